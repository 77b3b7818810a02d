//! What there is to play with freely: every model, the tools, and the way in for files. It
//! comes with the rest of the program, as do the words of the models.

use crate::dom;
use crate::route;
use crate::share;
use crate::text;
use faultline::models::Library;
use yew::{Callback, Html, html};

/// What the cluster above leads to.
#[inline(never)]
pub(super) fn onward() -> Html {
    html! {
        <p class="onward">{ text::ONWARD }<a href={format!("{}L17", route::LAB)}>{ text::ONWARD_LAB }</a>{ text::ONWARD_OR }
            <a href={format!("{}raft", route::FREE)}>{ text::ONWARD_FREE }</a>{ "." }</p>
    }
}

/// Every model by name, every tool, and where a file can be given.
#[inline(never)]
pub(super) fn free(library: &Library) -> Html {
    let card = |to: String, title: &'static str, words: &'static str| html! { <li key={to.clone()}><a href={to}><strong>{ title }</strong><span>{ words }</span></a></li> };
    let models = library.models().iter().map(|model| model.about());
    html! {
        <nav class="free" aria-label={text::FREE_TITLE}>
            <section class="shelf">
                <h2>{ text::FREE_TITLE }</h2>
                <ul class="cards">{ for models.map(|about| card(format!("{}{}", route::FREE, about.id), about.title, about.summary)) }</ul>
            </section>
            <section class="shelf">
                <h2>{ text::TOOLS_TITLE }</h2>
                <ul class="cards">
                    { card(route::CHECK.into(), text::CHECK_TITLE, text::CHECK_PROMISE) }
                    { card(route::MAP.into(), text::MAP_TITLE, text::MAP_PROMISE) }
                    { card(route::AUTHOR.into(), text::AUTHOR_TITLE, text::AUTHOR_HOW) }
                    { card(route::EVIDENCE.into(), text::EVIDENCE_TITLE, text::EVIDENCE_PROMISE) }
                </ul>
            </section>
            <p class="bring">{ share::chooser(text::OPEN_FILE, Callback::from(|file| dom::given::give(&file))) }{ text::BRING_HOW }</p>
        </nav>
    }
}
