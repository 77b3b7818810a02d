//! A panic is an end: the page says so, and the dialog of `static/crash.js`, which lives outside of
//! WebAssembly and so survives it, offers what is left to do.

use super::window;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// From now on a panic opens the crash dialog.
pub(crate) fn report_panics() {
    yew::set_custom_panic_hook(Box::new(|panic| {
        let text = CustomEventInit::new();
        text.set_detail(&JsValue::from_str(&panic.to_string()));
        if let Ok(event) = CustomEvent::new_with_event_init_dict("faultline:panic", &text) {
            let _ = window().dispatch_event(&event);
        }
    }));
}
