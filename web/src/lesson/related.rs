//! Other labs that a lab names, as links: with their titles, as soon as the list of labs is there.

use crate::dom;
use crate::labs::{self, Entry};
use crate::route::LAB;
use crate::text;
use yew::{Component, Context, Html, Properties, html};

/// Which labs, and what stands before them.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) title: &'static str,
    pub(crate) ids: Vec<String>,
}

/// The list of labs has come.
pub(crate) struct Came(Vec<Entry>);

/// The links.
pub(crate) struct Related {
    /// All labs, as far as they are known.
    labs: Vec<Entry>,
}

impl Component for Related {
    type Message = Came;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        // A package has one lab, and says that it leaves out links to others.
        let hidden = || dom::document().query_selector("[data-hide~=links]").is_ok_and(|found| found.is_some());
        if !ctx.props().ids.is_empty() && !hidden() {
            ctx.link().send_future_batch(async { labs::fetch().await.ok().map(Came) });
        }
        Self { labs: Vec::new() }
    }

    fn update(&mut self, _: &Context<Self>, Came(labs): Came) -> bool {
        self.labs = labs;
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { title, ids } = ctx.props();
        let named = |id: &String| {
            let known = self.labs.iter().find(|lab| lab.id == *id);
            known.map_or_else(|| id.clone(), text::lab)
        };
        if ids.is_empty() {
            return Html::default();
        }
        html! {
            <p class="related">{ *title }{ for ids.iter().map(|id| html! { <a key={id.clone()} href={format!("{LAB}{id}")}>{ named(id) }</a> }) }</p>
        }
    }
}
