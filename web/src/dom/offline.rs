//! What the keeper of the site's files (static/offline.js) tells the page, and is told by it.

use super::{Listener, window};
use web_sys::Event;

/// The events: a newer version is there; it is wanted now; the address has to be as new as the page.
const NEWER: &str = "faultline:newer";
const UPDATE: &str = "faultline:update";
const LEAVE: &str = "faultline:leave";

/// Calls back when a newer version can be had, until dropped.
pub(crate) fn on_newer(mut tell: impl FnMut() + 'static) -> Listener {
    Listener::on_window(NEWER, move |_| tell())
}

/// Calls back before the page goes away to come back in its newer version, until dropped.
pub(crate) fn on_leave(mut tell: impl FnMut() + 'static) -> Listener {
    Listener::on_window(LEAVE, move |_| tell())
}

/// Goes over to the newer version.
pub(crate) fn update() {
    for name in [LEAVE, UPDATE] {
        if let Ok(event) = Event::new(name) {
            let _ = window().dispatch_event(&event);
        }
    }
}
