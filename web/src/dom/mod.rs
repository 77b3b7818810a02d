//! The browser behind a few typed helpers.

pub(crate) mod address;
pub(crate) mod crash;
pub(crate) mod file;
mod frames;
pub(crate) mod given;
pub(crate) mod offline;
mod watch;

pub(crate) use frames::Pulse;
pub(crate) use watch::{Listener, Sight, Size, media, theme};

use crate::text;
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement, HtmlInputElement, Window};

pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// Whether this page is a part of somebody else's, whose scrolling comes first.
pub(crate) fn is_embedded() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-embed"))
}

pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

pub(crate) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Whether the page is inside of another page.
pub(crate) fn framed() -> bool {
    window().parent().ok().flatten().is_some_and(|around| around != window())
}

/// The time in milliseconds, to measure how long something took.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Puts the focus on an element, or on the first button in it; but never takes it from another page.
pub(crate) fn focus(id: &str) {
    if framed() && !document().has_focus().unwrap_or(false) {
        return;
    }
    let Some(element) = by_id(id) else { return };
    let inner = element.query_selector("select, button:not([aria-label])").ok().flatten();
    // What is drawn can have the focus as well.
    let _ = inner.unwrap_or(element).unchecked_ref::<HtmlElement>().focus();
}

/// Puts the focus where somebody has arrived, and brings the beginning of that into sight, below what stays in sight
/// above it. A page around this one is not moved.
pub(crate) fn arrive(id: &str, above: &str) {
    if framed() && !document().has_focus().unwrap_or(false) {
        return;
    }
    let Some(element) = by_id(id) else { return };
    let _ = element.unchecked_ref::<HtmlElement>().focus();
    if let Some(side) = element.closest(".side").ok().flatten() {
        side.set_scroll_top(0);
    }
    if let Some(section) = element.closest("section").ok().flatten() {
        below(&section, above);
    }
}

/// Brings an element into sight if it lies above that, wherever the focus is.
#[inline(never)]
pub(crate) fn into_sight(id: &str, above: &str) {
    let Some(element) = by_id(id) else { return };
    if let Some(side) = element.closest(".side").ok().flatten() {
        let hidden = element.get_bounding_client_rect().top() - side.get_bounding_client_rect().top() - 12.0;
        if hidden < 0.0 {
            side.set_scroll_top(side.scroll_top() + hidden as i32);
        }
    }
    below(&element, above);
}

/// Scrolls the page so far that an element begins below what stays in sight above it.
fn below(element: &Element, above: &str) {
    let above = document().query_selector(above).ok().flatten();
    if let (Some(above), false) = (above, is_embedded()) {
        let hidden = element.get_bounding_client_rect().top() - above.get_bounding_client_rect().bottom();
        let beside = element.get_bounding_client_rect().left() >= above.get_bounding_client_rect().right();
        if hidden < 0.0 && !beside {
            window().scroll_by_with_x_and_y(0.0, hidden);
        }
    }
}

/// Opens what an element lies in, and puts the focus on it.
pub(crate) fn reveal(id: &str) {
    let Some(element) = by_id(id) else { return };
    let mut around = element.closest("details").ok().flatten();
    while let Some(details) = around {
        let _ = details.set_attribute("open", "");
        around = details.parent_element().and_then(|parent| parent.closest("details").ok().flatten());
    }
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Opens a dialog, unless it is open.
pub(crate) fn show_modal(id: &str) {
    if let Some(dialog) = by_id(id).and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

thread_local! {
    /// What is remembered where the browser refuses to, as in a frame without an origin, or has no room: until the page goes.
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// What the browser remembers for the page.
pub(crate) fn remembered(key: &str) -> Option<String> {
    MEMORY.with_borrow(|memory| memory.get(key).cloned()).or_else(|| window().local_storage().ok()??.get_item(key).ok()?)
}

/// The event with which the page hears that the browser keeps nothing.
pub(crate) const FORGETFUL: &str = "faultline:forgetful";

/// Lets the browser remember something, or forget it. Where it refuses, or is full, it is remembered until
/// the page goes, and the page hears of that. Says whether the browser remembers it.
pub(crate) fn remember(key: &str, value: Option<&str>) -> bool {
    let storage = window().local_storage().ok().flatten();
    let done = match (&storage, value) {
        (Some(storage), Some(value)) => storage.set_item(key, value).is_ok(),
        (Some(storage), None) => storage.remove_item(key).is_ok(),
        // What was never kept is forgotten already.
        (None, value) => value.is_none(),
    };
    MEMORY.with_borrow_mut(|memory| match value {
        Some(value) if !done => drop(memory.insert(key.to_owned(), value.to_owned())),
        _ => drop(memory.remove(key)),
    });
    if !done && let Ok(event) = web_sys::Event::new(FORGETFUL) {
        let _ = window().dispatch_event(&event);
    }
    done
}

/// Lets the browser forget everything whose name begins like this.
pub(crate) fn forget_all(begin: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let names: Vec<String> = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?).collect();
        for name in names.iter().filter(|name| name.starts_with(begin)) {
            let _ = storage.remove_item(name);
        }
    }
    MEMORY.with_borrow_mut(|memory| memory.retain(|name, _| !name.starts_with(begin)));
}

/// Prints the page.
pub(crate) fn print() {
    let _ = window().print();
}

/// Closes a dialog; the browser gives the focus back to where it came from.
pub(crate) fn close(id: &str) {
    if let Some(dialog) = by_id(id).and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Selects the text of a field, so that it can be copied by hand.
pub(crate) fn select(id: &str) {
    if let Some(field) = by_id(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}

/// A colour of the style sheet as a canvas understands it, read off the element that will show it.
pub(crate) fn colour(element: &HtmlElement, name: &str) -> String {
    let style = element.style();
    let _ = style.set_property("color", &format!("var({name})"));
    let computed = window().get_computed_style(element).ok().flatten();
    let colour = computed.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default();
    let _ = style.remove_property("color");
    colour
}

/// The text of a file that the learner gave, or why it cannot be read.
pub(crate) fn read_text(file: &web_sys::File, done: impl FnOnce(Result<String, String>) + 'static) {
    let reading = JsFuture::from(file.array_buffer());
    spawn_local(async move {
        let bytes =
            reading.await.map_err(|fault| fault.dyn_into::<js_sys::Error>().map_or_else(|_| String::new(), |fault| fault.message().into()));
        done(bytes.and_then(|bytes| faultline::files::text_of(js_sys::Uint8Array::new(&bytes).to_vec())));
    });
}

/// The text of a file of this site, or why it cannot be had.
pub(crate) async fn fetch_text(address: &str) -> Result<String, String> {
    // A page that is one file has its files in it (`faultline package --html`).
    if let Some(inside) = by_id(&["file:", address].concat()) {
        return Ok(inside.text_content().unwrap_or_default());
    }
    let said =
        |fault: wasm_bindgen::JsValue| fault.dyn_into::<js_sys::Error>().map_or_else(|_| String::new(), |fault| fault.message().into());
    let response = JsFuture::from(window().fetch_with_str(address)).await.map_err(said)?;
    let response: web_sys::Response = response.dyn_into().map_err(said)?;
    if !response.ok() {
        return Err(text::answered(response.status()));
    }
    let text = JsFuture::from(response.text().map_err(said)?).await.map_err(said)?;
    Ok(text.as_string().unwrap_or_default())
}

/// Whether the learner asked for less motion.
pub(crate) fn reduced_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Whether a media query holds.
pub(crate) fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}
