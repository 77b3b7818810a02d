//! The rest of the program: what the first screen can do without is in a second file, which comes
//! while the first screen is already being used (web/tools/finish-site.mjs says what is in it). The
//! page must not call into it before [`load`] has ended. A function in it that the first part calls
//! is marked `#[inline(never)]`: else the compiler would make it part of its caller.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Of `static/boot.js`.
    #[wasm_bindgen(catch, js_namespace = faultline, js_name = rest)]
    async fn rest() -> Result<JsValue, JsValue>;
}

/// Waits until the rest is there; if it cannot come, says why. It can be tried again.
pub(crate) async fn load() -> Result<(), String> {
    rest().await.map(drop).map_err(|fault| fault.dyn_into::<js_sys::Error>().map_or_else(|_| String::new(), |fault| fault.message().into()))
}
