//! The labs as a map: tracks, and in each its labs in order, with what was done already. A word typed
//! into the search leaves those that have it.

use crate::dom;
use crate::kept;
use crate::route::LAB;
use crate::text;
use std::collections::BTreeMap;
use web_sys::HtmlInputElement;
use yew::{Component, Context, Html, InputEvent, Properties, TargetCast, html};

/// Where the list of the labs is (web/tools/finish-site.mjs writes it).
const LIST: &str = "labs/labs.tsv";

/// A lab in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    id: String,
    track: String,
    order: u32,
    level: String,
    title: String,
    hook: String,
}

/// What can happen to the map.
pub(crate) enum Msg {
    /// The list has come, or not.
    Came(Result<String, String>),
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
            Msg::Came(list) => self.labs = Some(list.map(|list| read(&list))),
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
                    <section key={(*track).to_owned()}>
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

impl Entry {
    fn has(&self, find: &str) -> bool {
        let find = find.trim().to_lowercase();
        [&self.id, &self.track, &self.title, &self.hook].iter().any(|text| text.to_lowercase().contains(&find))
    }
}

/// The labs of a list, track by track in the order of their first labs.
fn read(list: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some(Entry {
            id: cells.next()?,
            track: cells.next()?,
            order: cells.next()?.parse().ok()?,
            level: cells.next()?,
            title: cells.next()?,
            hook: cells.next()?,
        })
    };
    let mut labs: Vec<_> = list.lines().filter_map(entry).collect();
    labs.sort_by(|one, other| (one.order, &one.id).cmp(&(other.order, &other.id)));
    labs
}

fn fetch(ctx: &Context<Map>) {
    ctx.link().send_future(async { Msg::Came(dom::fetch_text(LIST).await) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_the_order_of_the_course() {
        let labs = read("L10\tReplication\t10\tfoundation\tCAP\tWhich?\nL01\tFoundations\t1\tfoundation\tMeet\tFive\n");
        assert_eq!(labs.iter().map(|lab| lab.id.as_str()).collect::<Vec<_>>(), ["L01", "L10"]);
        assert!(labs[1].has("cap") && labs[1].has("l10") && !labs[1].has("meet"));
        assert!(read("broken\n").is_empty());
    }
}
