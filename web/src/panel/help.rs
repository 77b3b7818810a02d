//! What hands and keys can do, in one place, and the switch for keys.

use crate::desk;
use crate::dom;
use crate::text;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// The id of the dialog.
pub(crate) const ID: &str = "help";

pub(crate) fn help(close: &Callback<()>) -> Html {
    let onclose = close.reform(|_: Event| ());
    let onchange = |event: Event| desk::be_single(event.target_unchecked_into::<HtmlInputElement>().checked());
    let list = |entries: &'static [(&'static str, &'static str)]| {
        html! { <dl>{ for entries.iter().map(|(what, does)| html! { <div key={*what}><dt>{ *what }</dt><dd>{ *does }</dd></div> }) }</dl> }
    };
    html! {
        <dialog id={ID} aria-labelledby="help-title" {onclose}>
            <h2 id="help-title">{ text::HELP }</h2>
            { list(&text::GESTURES) }
            <h3>{ text::KEYS }</h3>
            { list(&text::SHORTCUTS) }
            <label><input type="checkbox" checked={desk::are_single()} {onchange} />{ text::SINGLE_KEYS }</label>
            <button onclick={|_| dom::close(ID)}>{ text::CLOSE_HELP }</button>
        </dialog>
    }
}
