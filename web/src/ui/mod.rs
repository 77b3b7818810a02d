//! Small things that every panel uses.

use yew::{Html, html};

/// An icon: one path on a 24 by 24 grid.
pub(crate) fn icon(path: &'static str) -> Html {
    html! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}

pub(crate) const PLAY: &str = "M7 4.5v15l12.5-7.5z";
pub(crate) const PAUSE: &str = "M7 5v14M17 5v14";
pub(crate) const STEP: &str = "M6 5v14l9-7zM19 5v14";
pub(crate) const BACK: &str = "M18 5v14l-9-7zM5 5v14";
pub(crate) const UNDO: &str = "M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-2";
