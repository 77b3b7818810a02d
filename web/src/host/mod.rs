//! The page inside of another page: what it says to the page around it, and what it hears from it.
//! `static/host.js` posts the messages and checks those that come; docs/embedding.md is the contract.

mod message;
mod order;
mod report;

pub(crate) use message::Message;
pub(crate) use order::Order;
pub(crate) use report::Report;

use crate::dom::{self, Listener};
use crate::lesson::Saved;
use crate::route::{self, Route};
use crate::text;
use faultline::link::{Link, MARK};
use faultline::models::Library;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::CustomEvent;

#[wasm_bindgen]
extern "C" {
    /// Of `static/host.js`: posts a message, whose fields are an object in JSON.
    #[wasm_bindgen(js_namespace = faultline, js_name = tell)]
    fn post(kind: &str, fields: &str);
}

thread_local! {
    /// Where the lab that is about to open goes on.
    static SAVED: RefCell<Option<Saved>> = const { RefCell::new(None) };
}

/// Says something to the page around this one, if there is one.
#[inline(never)]
pub(crate) fn tell(message: &Message) {
    post(message.kind, message.fields());
}

/// Calls back with every order, until dropped.
pub(crate) fn orders(each: impl Fn(Order) + 'static) -> Listener {
    Listener::on_window("faultline:order", move |event| {
        let word = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        if let Some(order) = word.and_then(|word| Order::read(&word)) {
            each(order);
        }
    })
}

/// Puts what is to be opened into the address, if it can be opened: a fragment, and behind it on lines
/// of its own the state that it is to have.
#[inline(never)]
pub(crate) fn open(library: &Library, what: &str) -> Result<(), String> {
    let (fragment, state) = what.split_once('\n').unwrap_or((what, ""));
    can_open(library, fragment.split('&').next().unwrap_or_default())?;
    let saved = if state.is_empty() { None } else { Some(Saved::read(state, library)?) };
    SAVED.with_borrow_mut(|place| *place = saved);
    dom::address::replace_all(fragment);
    Ok(())
}

/// Whether what stands behind an address can be opened, as far as it says itself; if not, why.
pub(crate) fn can_open(library: &Library, fragment: &str) -> Result<(), String> {
    if fragment.starts_with(MARK) {
        return Link::read(fragment, library).map(drop).map_err(|fault| text::bad_link(&fault.to_string()));
    }
    match fragment.strip_prefix(route::FREE) {
        Some(model) => library.find(model).map(drop).ok_or_else(|| text::no_model(model)),
        None if fragment == route::ANY || Route::of(fragment) != Route::Laboratory => Ok(()),
        None => Err(text::no_address(fragment)),
    }
}

/// Where the lab that opens now goes on, once.
pub(crate) fn saved(lab: &str) -> Option<Saved> {
    SAVED.take().filter(|saved| saved.lab == lab)
}
