//! The page's address: the link of the run stands in it, so that copying the address, bookmarking it
//! or reloading the page keeps the run.

use super::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What stands behind the address of the page, with its mark.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The whole address, with this behind it.
pub(crate) fn with(fragment: &str) -> String {
    let whole = window().location().href().unwrap_or_default();
    format!("{}{fragment}", whole.split('#').next().unwrap_or_default())
}

/// Puts a link behind the address, without a new entry in the history.
pub(crate) fn replace(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(fragment));
    }
}

/// Goes to another screen: the way back is the browser's.
pub(crate) fn go(fragment: &str) {
    let _ = window().location().set_hash(fragment);
}

/// Copies a text for the reader, and says whether the browser allowed it.
pub(crate) fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let copying = JsFuture::from(window().navigator().clipboard().write_text(text));
    spawn_local(async move { done(copying.await.is_ok()) });
}
