//! Watching the browser for as long as somebody wants to know: events, sizes, media, visibility.

use super::{document, window};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, IntersectionObserver, IntersectionObserverEntry, MediaQueryList, ResizeObserver};

/// Calls back at every event of a kind, until dropped.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(crate) fn new(target: EventTarget, kind: &'static str, each: impl FnMut(Event) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(each);
        let _ = target.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
        Self { target, kind, callback }
    }

    pub(crate) fn on_window(kind: &'static str, each: impl FnMut(Event) + 'static) -> Self {
        Self::new(window().into(), kind, each)
    }

    pub(crate) fn on_document(kind: &'static str, each: impl FnMut(Event) + 'static) -> Self {
        Self::new(document().into(), kind, each)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.kind, self.callback.as_ref().unchecked_ref());
    }
}

/// Calls back when a media query begins or ceases to hold, until dropped.
pub(crate) fn media(query: &str, changed: impl Fn() + 'static) -> Option<Listener> {
    let list: MediaQueryList = window().match_media(query).ok().flatten()?;
    Some(Listener::new(list.into(), "change", move |_| changed()))
}

/// Calls back when light becomes dark, or dark light, until dropped: by the browser's wish, or by that of
/// the page around this one (static/host.js).
pub(crate) fn theme(changed: impl Fn() + 'static) -> Listener {
    Listener::on_window("faultline:theme", move |_| changed())
}

/// Calls back with an element's width and height whenever they change, until dropped.
pub(crate) struct Size {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Size {
    pub(crate) fn of(element: &Element, changed: impl Fn(f64, f64) + 'static) -> Option<Self> {
        let watched = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let area = watched.get_bounding_client_rect();
            changed(area.width(), area.height());
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Size {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Calls back whenever an element comes into sight or leaves it, until dropped.
pub(crate) struct Sight {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

impl Sight {
    pub(crate) fn of(element: &Element, changed: impl Fn(bool) + 'static) -> Option<Self> {
        let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            // Only the last entry says how it is now.
            let last: JsValue = entries.get(entries.length().saturating_sub(1));
            if let Ok(entry) = last.dyn_into::<IntersectionObserverEntry>() {
                changed(entry.is_intersecting());
            }
        });
        let observer = IntersectionObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
