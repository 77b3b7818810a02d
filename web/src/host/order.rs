//! What the page around this one may ask the laboratory to do. What it may ask to open is in
//! [`open`](super::open), what it may ask to look like in `static/host.js`.

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Play,
    Pause,
    Step,
    /// Back to the beginning of the lab, or of the run.
    Reset,
}

impl Order {
    /// An order by its name.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "play" => Self::Play,
            "pause" => Self::Pause,
            "step" => Self::Step,
            "reset" => Self::Reset,
            _ => return None,
        })
    }
}
