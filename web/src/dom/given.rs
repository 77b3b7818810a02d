//! Files and texts that somebody drops on the page or chooses in it.

use super::{Listener, read_text, window};
use crate::text;
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, CustomEventInit, DataTransfer, DragEvent, File};

/// The event with which a file that was chosen anywhere comes to the frame of the page.
const CHOSEN: &str = "faultline:file";
/// No scenario, lab or history is larger, and the browser has to hold it several times.
const MOST_BYTES: f64 = 64e6;

/// What happens to whoever listens.
pub(crate) enum Offer {
    /// Something is held above the page, or not any more.
    Above(bool),
    /// It was given: its name if it is a file, and its text.
    Text(Option<String>, String),
    /// It cannot be had: why.
    Bad(String),
}

/// Hands a file to the frame of the page.
pub(crate) fn give(file: &File) {
    let detail = CustomEventInit::new();
    detail.set_detail(file);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(CHOSEN, &detail) {
        let _ = window().dispatch_event(&event);
    }
}

/// Calls back with whatever is given, until dropped.
pub(crate) fn listen(tell: impl Fn(Offer) + Clone + 'static) -> [Listener; 4] {
    let (over, away, dropped, chosen) = (tell.clone(), tell.clone(), tell.clone(), tell);
    [
        Listener::on_window("dragover", move |event| {
            if transfer(&event).is_some_and(|transfer| has(&transfer, "Files") || has(&transfer, "text/uri-list")) {
                event.prevent_default();
                over(Offer::Above(true));
            }
        }),
        Listener::on_window("dragleave", move |event| {
            // From one element of the page to another is not away.
            if event.dyn_ref::<DragEvent>().is_none_or(|event| event.related_target().is_none()) {
                away(Offer::Above(false));
            }
        }),
        Listener::on_window("drop", move |event| {
            let Some(transfer) = transfer(&event) else { return };
            dropped(Offer::Above(false));
            if let Some(file) = transfer.files().and_then(|files| files.get(0)) {
                event.prevent_default();
                take(&file, dropped.clone());
            } else if has(&transfer, "text/uri-list") {
                event.prevent_default();
                dropped(Offer::Text(None, transfer.get_data("text/uri-list").unwrap_or_default()));
            }
        }),
        Listener::on_window(CHOSEN, move |event| {
            if let Some(file) = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().dyn_into().ok()) {
                take(&file, chosen.clone());
            }
        }),
    ]
}

fn take(file: &File, tell: impl Fn(Offer) + 'static) {
    let name = file.name();
    if file.size() > MOST_BYTES {
        return tell(Offer::Bad(text::too_large(&name)));
    }
    read_text(file, move |read| {
        tell(match read {
            Ok(given) => Offer::Text(Some(name), given),
            Err(why) => Offer::Bad(text::unreadable(&name, &why)),
        });
    });
}

fn transfer(event: &web_sys::Event) -> Option<DataTransfer> {
    event.dyn_ref::<DragEvent>()?.data_transfer()
}

fn has(transfer: &DataTransfer, kind: &str) -> bool {
    transfer.types().iter().any(|other| other.as_string().as_deref() == Some(kind))
}
