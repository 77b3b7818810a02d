//! The labs as a map: tracks, and in each its labs in order, with what was done already. A word typed
//! into the search leaves those that have it.

use crate::dom;
use crate::kept;
use crate::labs::{self, Entry};
use crate::route::LAB;
use crate::text;
use std::collections::BTreeMap;
use web_sys::HtmlInputElement;
use yew::{Component, Context, Html, InputEvent, Properties, TargetCast, html};

/// What can happen to the map.
pub(crate) enum Msg {
    /// The list has come, or not.
    Came(Result<Vec<Entry>, String>),
    /// A search was typed.
    Find(String),
    /// Try again to load the list.
    Again,
    /// What was done is forgotten, once that was asked twice.
    Forget(bool),
    /// What was done is taken along as a file.
    Take,
}

/// What the map is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    /// How often what was done elsewhere was brought here.
    pub(crate) brought: u32,
}

/// The map.
pub(crate) struct Map {
    labs: Option<Result<Vec<Entry>, String>>,
    find: String,
    forgetting: bool,
}

impl Component for Map {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        fetch(ctx);
        Self { labs: None, find: String::new(), forgetting: false }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Came(labs) => self.labs = Some(labs),
            Msg::Find(find) => self.find = find,
            Msg::Again => {
                self.labs = None;
                fetch(ctx);
            }
            Msg::Forget(sure) if self.forgetting && sure => {
                kept::forget();
                self.forgetting = false;
            }
            Msg::Forget(ask) => self.forgetting = ask,
            Msg::Take => dom::file::save("faultline-progress.txt", "text/plain", &dom::remembered(kept::NAME).unwrap_or_default()),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let labs = match &self.labs {
            None => return html! { <section class="map"><p role="status">{ text::LOADING }</p></section> },
            Some(Err(why)) => {
                return html! {
                    <section class="map"><p role="alert">{ text::no_list(why) }</p><button onclick={link.callback(|_| Msg::Again)}>{ text::AGAIN }</button></section>
                };
            }
            Some(Ok(labs)) => labs,
        };
        let done = kept::stars();
        let found: Vec<&Entry> = labs.iter().filter(|lab| lab.has(&self.find)).collect();
        let mut tracks: Vec<&str> = Vec::new();
        for lab in &found {
            if !tracks.contains(&lab.track.as_str()) {
                tracks.push(&lab.track);
            }
        }
        let oninput = link.callback(|event: InputEvent| Msg::Find(event.target_unchecked_into::<HtmlInputElement>().value()));
        html! {
            <nav class="map" aria-labelledby="labs-title">
                <header>
                    <h2 id="labs-title">{ text::LABS_TITLE }</h2>
                    <input type="search" aria-label={text::FIND_LAB} placeholder={text::FIND_LAB} value={self.find.clone()} {oninput} />
                </header>
                if found.is_empty() { <p role="status">{ text::NO_SUCH_LAB }</p> }
                { for tracks.iter().map(|track| html! {
                    <section class="shelf" key={(*track).to_owned()}>
                        <h3>{ (*track).to_owned() }</h3>
                        <ul class="cards">{ for found.iter().filter(|lab| lab.track == **track).map(|lab| card(lab, &done)) }</ul>
                    </section>
                }) }
                if !done.is_empty() {
                    <p class="kept">{ text::KEPT_HERE }
                        <button class="quiet" onclick={link.callback(|_| Msg::Take)}>{ text::TAKE_ALONG }</button>
                        if self.forgetting {
                            <button class="quiet" onclick={link.callback(|_| Msg::Forget(true))}>{ text::FORGET_SURELY }</button>
                            <button class="quiet" onclick={link.callback(|_| Msg::Forget(false))}>{ text::CANCEL }</button>
                        } else {
                            <button class="quiet" onclick={link.callback(|_| Msg::Forget(true))}>{ text::FORGET }</button>
                        }
                    </p>
                }
            </nav>
        }
    }
}

fn card(lab: &Entry, done: &BTreeMap<String, u32>) -> Html {
    let stars = done.get(&lab.id).copied();
    html! {
        <li key={lab.id.clone()}><a href={format!("{LAB}{}", lab.id)}>
            <small>{ format!("{} · {}", lab.id, lab.level) }
                if let Some(stars) = stars { <span class="stars">{ text::so_many_stars(stars) }</span> }
            </small>
            <strong>{ lab.title.clone() }</strong><span>{ lab.hook.clone() }</span>
        </a></li>
    }
}

fn fetch(ctx: &Context<Map>) {
    ctx.link().send_future(async { Msg::Came(labs::fetch().await) });
}
