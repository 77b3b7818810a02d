//! What the browser tells a screen on which runs are played, and the keys that are pressed there.

use super::keys::{self, Key};
use crate::dom::{self, Listener, Sight};
use web_sys::Element;
use yew::{Callback, NodeRef};

/// What the browser tells.
pub(crate) enum Browser {
    /// The address was changed by hand.
    Address,
    /// The page can be seen, or not any more.
    Shown(bool),
    /// What moves is in sight, or not any more.
    InSight(bool),
    /// Light has become dark, or dark light.
    Theme,
}

/// Listens until dropped.
pub(crate) struct Listening {
    _listeners: [Listener; 4],
    _sight: Option<Sight>,
}

impl Listening {
    pub(crate) fn to(place: &NodeRef, pressed: Callback<Key>, told: &Callback<Browser>) -> Self {
        let (address, shown, theme, sight) = (told.clone(), told.clone(), told.clone(), told.clone());
        let place = place.cast::<Element>();
        Self {
            _listeners: [
                keys::listen(pressed),
                Listener::on_window("hashchange", move |_| address.emit(Browser::Address)),
                Listener::on_document("visibilitychange", move |_| shown.emit(Browser::Shown(!dom::document().hidden()))),
                dom::theme(move || theme.emit(Browser::Theme)),
            ],
            _sight: place.and_then(|place| Sight::of(&place, move |in_sight| sight.emit(Browser::InSight(in_sight)))),
        }
    }
}
