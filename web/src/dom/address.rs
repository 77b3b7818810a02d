//! The page's address: the link of the run stands in it, so that copying the address, bookmarking it
//! or reloading the page keeps the run.

use super::window;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Navigator, ShareData};

/// What stands between a fragment and the parameters of an embedded page (static/host.js).
const MORE: char = '&';

/// What stands behind the address of the page, with its mark, without parameters.
pub(crate) fn fragment() -> String {
    let whole = window().location().hash().unwrap_or_default();
    whole.split(MORE).next().unwrap_or_default().to_owned()
}

/// The parameter with which a run is asked for that has another seed.
const SEED: &str = "seed=";

/// The seed that the address asks for.
pub(crate) fn seed() -> Option<u64> {
    let location = window().location();
    let (fragment, query) = (location.hash().unwrap_or_default(), location.search().unwrap_or_default());
    let mut parameters = fragment.split(MORE).skip(1).chain(query.trim_start_matches('?').split(MORE));
    parameters.find_map(|parameter| parameter.strip_prefix(SEED)?.parse().ok())
}

/// The server that the page is from.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The whole address, with this behind it.
pub(crate) fn with(fragment: &str) -> String {
    let whole = window().location().href().unwrap_or_default();
    format!("{}{fragment}", whole.split('#').next().unwrap_or_default())
}

/// Puts a link behind the address, without a new entry in the history. Parameters stay, but for the
/// seed, which is in the link.
pub(crate) fn replace(link: &str) {
    let before = window().location().hash().unwrap_or_default();
    let kept = before.split(MORE).skip(1).filter(|parameter| !parameter.starts_with(SEED));
    replace_all(&kept.fold(link.to_owned(), |whole, parameter| [&whole, parameter].join("&")));
}

/// Puts this behind the address, without a new entry in the history.
pub(crate) fn replace_all(fragment: &str) {
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
    let navigator = window().navigator();
    // A site without a certificate has no clipboard at all.
    if !has(&navigator, "clipboard") {
        return done(false);
    }
    let copying = JsFuture::from(navigator.clipboard().write_text(text));
    spawn_local(async move { done(copying.await.is_ok()) });
}

/// Whether the device has a share sheet.
pub(crate) fn can_send() -> bool {
    has(&window().navigator(), "share")
}

/// Opens the share sheet of the device; whoever closes it again has changed his mind, and that is all.
pub(crate) fn send(title: &str, address: &str) {
    let data = ShareData::new();
    data.set_title(title);
    data.set_url(address);
    let sending = JsFuture::from(window().navigator().share_with_data(&data));
    spawn_local(async move { drop(sending.await) });
}

fn has(navigator: &Navigator, name: &str) -> bool {
    Reflect::get(navigator, &name.into()).is_ok_and(|value| !value.is_undefined())
}
