//! The stretch of time that the diagram shows: where it begins, how large it is, and where the playhead stands.

use faultline::sim::{Span, Time};

/// The stretch of time that is shown, and how large. Where it is does not change with every frame:
/// it is drawn from `origin` on and moved by `shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Pixels in a nanosecond.
    pub(super) scale: f64,
    playhead: Time,
    /// What stands where the playhead stands as long as nobody looks elsewhere.
    pub(super) center: Time,
    origin: Time,
}

/// How many seconds of the learner fit in, as long as a second has not too few or too many pixels
/// for a message. So at every speed a run passes by equally fast.
const SECONDS: f64 = 9.0;
const PACE: (f64, f64) = (40.0, 80.0);
/// How far to the right the playhead stands, so that there is room for what is known of the future.
pub(super) const HEAD: f64 = 0.78;
/// How much of a picture of a whole stretch that stretch takes: what happens last has a name too.
const WHOLE: f64 = 0.96;

impl Window {
    /// `ratio` is how many nanoseconds of the run pass in one of the learner; `center` is where else
    /// than at the playhead somebody looks.
    pub(crate) fn new(width: f64, height: f64, ratio: f64, playhead: Time, center: Option<Time>) -> Self {
        let center = center.unwrap_or(playhead);
        let scale = (width / SECONDS).clamp(PACE.0, PACE.1) / 1e9 / ratio;
        let whole = ((width / scale) as u64).max(1);
        let start = center.since(Time((width * HEAD / scale) as u64)).0;
        Self { width, height, scale, playhead, center, origin: Time(start / whole * whole) }
    }

    /// All of a stretch of a run, which has come to the end of it.
    pub(crate) fn whole(width: f64, height: f64, from: Time, until: Time) -> Self {
        let scale = width * WHOLE / until.since(from).0.max(1) as f64;
        Self { width, height, scale, playhead: until, center: from + Span((width * HEAD / scale) as u64), origin: from }
    }

    /// Where a moment is drawn.
    pub(super) fn x(&self, time: Time) -> f64 {
        (time.0 as f64 - self.origin.0 as f64) * self.scale
    }

    /// How far to the left the drawing is moved.
    pub(crate) fn shift(&self) -> f64 {
        (self.x(self.center) - self.width * HEAD).max(0.0)
    }

    /// Where the playhead stands.
    pub(crate) fn head(&self) -> f64 {
        self.x(self.playhead) - self.shift()
    }

    /// The center after so many pixels to the right, but never after the end of what is known.
    pub(crate) fn moved(&self, pixels: f64, end: Time) -> Time {
        let first = Time((self.width * HEAD / self.scale) as u64);
        let goal = self.center.0 as f64 + pixels / self.scale;
        Time(goal.max(0.0) as u64).clamp(first.min(end), end)
    }

    /// From where on it is drawn: what is drawn changes only with this, and with the run.
    pub(crate) fn origin(&self) -> Time {
        self.origin
    }

    /// The stretch that is in sight, as far as it has happened.
    pub(crate) fn seen(&self) -> (Time, Time) {
        let at = |x: f64| Time(self.origin.0 + (x / self.scale).max(0.0) as u64);
        (at(self.shift()), at(self.shift() + self.width).min(self.playhead + Span(1)))
    }

    /// The stretch that may come into sight before it is drawn anew, and a little before it, where
    /// messages may have left that arrive in it.
    pub(super) fn stretch(&self) -> (Time, Time) {
        let whole = Span((self.width / self.scale) as u64);
        (self.origin - Span(whole.0 / 2), self.origin + whole + whole)
    }
}
