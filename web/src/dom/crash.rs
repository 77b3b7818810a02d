//! A panic is an end: the page says so, and the dialog of `static/crash.js`, which lives outside of
//! WebAssembly and so survives it, offers what is left to do.

use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// From now on a panic opens the crash dialog.
pub(crate) fn report_panics() {
    yew::set_custom_panic_hook(Box::new(|panic| {
        let text = panic.to_string();
        // In a worker there is no page to stop: whoever gave the work is told that it failed.
        let Some(window) = web_sys::window() else { wasm_bindgen::throw_str(&text) };
        let detail = CustomEventInit::new();
        detail.set_detail(&JsValue::from_str(&text));
        if let Ok(event) = CustomEvent::new_with_event_init_dict("faultline:panic", &detail) {
            let _ = window.dispatch_event(&event);
        }
    }));
}
