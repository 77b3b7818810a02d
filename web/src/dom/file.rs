//! Files that the page makes and gives to the reader.

use super::{document, window};
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Url};

/// Drawn this much larger than shown, for screens and printers with more pixels.
const SCALE: f64 = 2.0;

/// Gives the reader a text as a file.
pub(crate) fn save(name: &str, kind: &str, text: &str) {
    save_parts(name, kind, &Array::of1(&text.into()));
}

/// Gives the reader a text as a file that is too long to be in memory in one piece.
pub(crate) fn save_parts(name: &str, kind: &str, parts: &Array) {
    if let Some(blob) = blob(kind, parts) {
        give(name, &blob);
    }
}

/// Gives the reader a picture that was written as SVG as one of pixels.
pub(crate) fn save_png(name: &'static str, svg: &str) {
    let Some(address) = blob("image/svg+xml", &Array::of1(&svg.into())).and_then(|blob| Url::create_object_url_with_blob(&blob).ok())
    else {
        return;
    };
    let Ok(image) = HtmlImageElement::new() else { return };
    let drawn = image.clone();
    let loaded = Closure::once_into_js(move || {
        let canvas: Option<HtmlCanvasElement> = document().create_element("canvas").ok().and_then(|canvas| canvas.dyn_into().ok());
        let Some(canvas) = canvas else { return };
        canvas.set_width((f64::from(drawn.natural_width()) * SCALE) as u32);
        canvas.set_height((f64::from(drawn.natural_height()) * SCALE) as u32);
        let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
        if let Some(context) = context {
            let _ = context.scale(SCALE, SCALE);
            let _ = context.draw_image_with_html_image_element(&drawn, 0.0, 0.0);
        }
        let _ = Url::revoke_object_url(&drawn.src());
        let made = Closure::once_into_js(move |blob: Blob| give(name, &blob));
        let _ = canvas.to_blob(made.unchecked_ref());
    });
    image.set_onload(Some(loaded.unchecked_ref()));
    image.set_src(&address);
}

fn blob(kind: &str, parts: &Array) -> Option<Blob> {
    let about = BlobPropertyBag::new();
    about.set_type(kind);
    Blob::new_with_str_sequence_and_options(parts, &about).ok()
}

fn give(name: &str, blob: &Blob) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else { return };
    let link: Option<HtmlAnchorElement> = document().create_element("a").ok().and_then(|link| link.dyn_into().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // The browser takes the file after this, and the address is for nobody else.
    let forget = Closure::once_into_js(move || drop(Url::revoke_object_url(&address)));
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 10_000);
}
