//! The first screen: a cluster that is alive and can be broken at once, and the ways from here.

mod free;
mod hero;
mod map;

use crate::shared::Shared;
use crate::text;
use faultline::models::Library;
use hero::Hero;
use map::Map;
use yew::{Html, Properties, component, html};

/// What the first screen is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    /// Whether the rest of the program is there.
    pub(crate) whole: bool,
    /// How often what was done elsewhere was brought here.
    pub(crate) brought: u32,
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
            if props.whole {
                { free::onward() }
                <Map brought={props.brought} />
                { free::free(&props.library) }
            }
        </main>
    }
}
