//! Other labs that a lab names, as links: with their titles, as soon as the list of labs is there.

use crate::dom;
use crate::map;
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
pub(crate) struct Came(String);

/// The links.
pub(crate) struct Related {
    /// The ids and titles of all labs, as far as they are known.
    titles: Vec<(String, String)>,
}

impl Component for Related {
    type Message = Came;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        // A package has one lab, and says that it leaves out links to others.
        let hidden = || dom::document().query_selector("[data-hide~=links]").is_ok_and(|found| found.is_some());
        if !ctx.props().ids.is_empty() && !hidden() {
            ctx.link().send_future_batch(async { dom::fetch_text(map::LABS).await.ok().map(Came) });
        }
        Self { titles: Vec::new() }
    }

    fn update(&mut self, _: &Context<Self>, Came(list): Came) -> bool {
        self.titles = map::labs(&list).into_iter().map(|(id, title, _)| (id, title)).collect();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { title, ids } = ctx.props();
        let named = |id: &String| {
            let known = self.titles.iter().find(|(other, _)| other == id);
            known.map_or_else(|| id.clone(), |(id, title)| text::lab(id, title))
        };
        if ids.is_empty() {
            return Html::default();
        }
        html! {
            <p class="related">{ *title }{ for ids.iter().map(|id| html! { <a key={id.clone()} href={format!("{LAB}{id}")}>{ named(id) }</a> }) }</p>
        }
    }
}
