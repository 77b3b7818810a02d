//! What a key does wherever a run is played.

use super::{OfDesk, OfTime};
use crate::dom::{self, Listener};
use crate::session::Until;
use faultline::sim::NodeId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::Callback;

/// What a key says.
pub(crate) enum Key {
    Time(OfTime),
    /// Of the node that has the focus, in this one of two runs.
    Desk(usize, OfDesk),
    /// The list of what can be done is asked for.
    Help,
    /// Away from here.
    Escape,
}

/// Where it is remembered that keys without Ctrl do nothing.
const NO_SHORTCUTS: &str = "faultline.no-shortcuts";

/// Whether keys without Ctrl do something.
pub(crate) fn are_single() -> bool {
    dom::remembered(NO_SHORTCUTS).is_none()
}

/// Lets keys without Ctrl do something, or nothing.
pub(crate) fn be_single(on: bool) {
    dom::remember(NO_SHORTCUTS, (!on).then_some("1"));
}

/// Calls back at every key that does something, until dropped.
pub(super) fn listen(said: Callback<Key>) -> Listener {
    Listener::on_document("keydown", move |event| {
        if let Some(key) = event.dyn_ref().and_then(key) {
            event.prevent_default();
            said.emit(key);
        }
    })
}

/// What a key does, unless it is meant for a control that has the focus.
fn key(event: &KeyboardEvent) -> Option<Key> {
    let element = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    // A dialog has keys of its own.
    if element.as_ref().is_some_and(|element| element.closest("dialog").ok().flatten().is_some()) {
        return None;
    }
    let focused = element.as_ref().map(|element| element.tag_name());
    let kind = element.as_ref().and_then(|element| element.get_attribute("type")).unwrap_or_default();
    let slides = kind == "range";
    let ticks = matches!(kind.as_str(), "checkbox" | "radio");
    // A text field takes back what was typed; nothing else has an undo of its own.
    let writes = matches!(focused.as_deref(), Some("INPUT" | "TEXTAREA")) && !slides && !ticks;
    let in_control = writes || matches!(focused.as_deref(), Some("SELECT"));
    let presses = ticks || matches!(focused.as_deref(), Some("BUTTON" | "SUMMARY"));
    let typed = event.key();
    if event.ctrl_key() || event.meta_key() {
        return match (typed.as_str(), event.shift_key()) {
            ("z", false) if !writes => Some(Key::Time(OfTime::Undo)),
            ("Z" | "z", true) | ("y", false) if !writes => Some(Key::Time(OfTime::Redo)),
            _ => None,
        };
    }
    if event.alt_key() {
        return None;
    }
    if let Some((side, node)) = element.and_then(|element| node(&element.id()))
        && let Some(said) = from_node(&typed, node)
    {
        return Some(Key::Desk(side, said));
    }
    match typed.as_str() {
        "Escape" => Some(Key::Escape),
        _ if !are_single() => None,
        "?" if !in_control => Some(Key::Help),
        " " if !in_control && !presses => Some(Key::Time(OfTime::Toggle)),
        "." if !in_control => Some(Key::Time(OfTime::Step)),
        ">" if !in_control => Some(Key::Time(OfTime::Until(Until::Delivery))),
        "," if !in_control => Some(Key::Time(OfTime::Back)),
        _ => None,
    }
}

/// The node whose element has this id, and in which of two runs.
fn node(id: &str) -> Option<(usize, NodeId)> {
    let (prefix, node) = id.rsplit_once("node-")?;
    Some((usize::from(prefix == "b-"), NodeId(node.parse().ok()?)))
}

/// Where a key leads from a node.
fn from_node(typed: &str, node: NodeId) -> Option<OfDesk> {
    match typed {
        "ArrowRight" | "PageDown" => Some(OfDesk::Next(node, true)),
        "ArrowLeft" | "PageUp" => Some(OfDesk::Next(node, false)),
        "ArrowDown" => Some(OfDesk::Rove(node, 1.0)),
        "ArrowUp" => Some(OfDesk::Rove(node, -1.0)),
        _ => None,
    }
}
