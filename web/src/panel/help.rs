//! What hands and keys can do, in one place, and the switch for keys.

use crate::app::Msg;
use crate::dom;
use crate::text;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// The id of the dialog.
pub(crate) const ID: &str = "help";

pub(crate) fn help(shortcuts: bool, send: &Callback<Msg>) -> Html {
    let onclose = send.reform(|_: Event| Msg::Help(false));
    let onchange = send.reform(|event: Event| Msg::Shortcuts(event.target_unchecked_into::<HtmlInputElement>().checked()));
    let list = |entries: &'static [(&'static str, &'static str)]| {
        html! { <dl>{ for entries.iter().map(|(what, does)| html! { <div key={*what}><dt>{ *what }</dt><dd>{ *does }</dd></div> }) }</dl> }
    };
    html! {
        <dialog id={ID} aria-labelledby="help-title" {onclose}>
            <h2 id="help-title">{ text::HELP }</h2>
            { list(&text::GESTURES) }
            <h3>{ text::KEYS }</h3>
            { list(&text::SHORTCUTS) }
            <label><input type="checkbox" checked={shortcuts} {onchange} />{ text::SINGLE_KEYS }</label>
            <button onclick={|_| dom::close(ID)}>{ text::CLOSE_HELP }</button>
        </dialog>
    }
}
