//! The first screen: a cluster that is alive and can be broken at once, and the ways from here.

mod hero;
mod map;

use crate::dom;
use crate::route;
use crate::share;
use crate::text;
use faultline::models::Library;
use hero::Hero;
use map::Map;
use std::rc::Rc;
use yew::{Callback, Html, Properties, component, html};

/// What the first screen is made with.
#[derive(Properties, Clone)]
pub(crate) struct Props {
    pub(crate) library: Rc<Library>,
    /// Whether the rest of the program is there.
    pub(crate) whole: bool,
    /// How often what was done elsewhere was brought here.
    pub(crate) brought: u32,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.library, &other.library) && (self.whole, self.brought) == (other.whole, other.brought)
    }
}

/// The first screen.
#[component(Home)]
pub(crate) fn home(props: &Props) -> Html {
    html! {
        <main class="home" aria-busy={(!props.whole).to_string()}>
            <header>
                <p class="brand-large">{ text::NAME }</p>
                <h1>{ text::HOME_TITLE }</h1>
                <p>{ text::HOME_PROMISE }</p>
            </header>
            <Hero library={props.library.clone()} />
            if props.whole { <Map brought={props.brought} /> }
            <nav aria-labelledby="free-title">
                <h2 id="free-title">{ text::FREE_TITLE }</h2>
                <ul class="cards">
                    { for props.library.models().iter().map(|model| {
                        let about = model.about();
                        html! {
                            <li key={about.id}><a href={format!("{}{}", route::FREE, about.id)}>
                                <strong>{ about.title }</strong><span>{ about.summary }</span>
                            </a></li>
                        }
                    }) }
                    <li><a href={route::CHECK}><strong>{ text::CHECK_TITLE }</strong><span>{ text::CHECK_PROMISE }</span></a></li>
                    <li><a href={route::MAP}><strong>{ text::MAP_TITLE }</strong><span>{ text::MAP_PROMISE }</span></a></li>
                </ul>
                if props.whole { { bring() } }
            </nav>
            <nav class="foot" aria-label={text::MORE_HERE}>
                <a href={route::EVIDENCE}>{ text::EVIDENCE_TITLE }</a>
                <a href={route::AUTHOR}>{ text::AUTHOR_TITLE }</a>
            </nav>
        </main>
    }
}

/// The way in for files.
#[inline(never)]
fn bring() -> Html {
    html! { <p class="bring">{ share::chooser(text::OPEN_FILE, Callback::from(|file| dom::given::give(&file))) }{ text::BRING_HOW }</p> }
}
