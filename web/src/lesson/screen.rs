//! The screen of a lab, or of its kit, while the file of the lab is on the way, and when there is something wrong
//! with it.

use super::{Kit, load};
use crate::app::App;
use crate::dom;
use crate::host;
use crate::shared::Shared;
use crate::text;
use faultline::lab::Lab;
use faultline::models::Library;
use yew::{Callback, Component, Context, Html, MouseEvent, Properties, html};

/// Which lab.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    /// Its id, or the address of its file.
    pub(crate) asked: String,
    /// Whether what its teacher takes along is wanted, and not the lab.
    #[prop_or_default]
    pub(crate) kit: bool,
}

/// What can happen.
pub(crate) enum Msg {
    /// The file of that lab has come, or what is wrong with it.
    Came(String, Result<Box<Lab>, Vec<String>>),
    Again,
}

/// The screen of a lab.
pub(crate) struct Screen {
    lab: Option<Result<Shared<Lab>, Vec<String>>>,
}

impl Component for Screen {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        fetch(ctx);
        Self { lab: None }
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &Self::Properties) -> bool {
        self.lab = None;
        fetch(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            // Another lab may have been asked for since.
            Msg::Came(asked, _) if asked != ctx.props().asked => return false,
            Msg::Came(_, Ok(mut lab)) => {
                // A kit has runs that always show the same.
                if let Some(seed) = dom::address::seed().filter(|_| !ctx.props().kit) {
                    lab.world.scenario.seed = seed;
                }
                self.lab = Some(Ok(Shared::new(*lab)));
            }
            Msg::Came(_, Err(problems)) => {
                host::tell(&host::Message::error(&problems.join("\n")));
                self.lab = Some(Err(problems));
            }
            Msg::Again => {
                self.lab = None;
                fetch(ctx);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        match &self.lab {
            None => html! { <main class="wait" aria-busy="true"><p role="status">{ text::LOADING }</p></main> },
            Some(Ok(lab)) if ctx.props().kit => {
                html! { <Kit library={ctx.props().library.clone()} lab={lab.clone()} asked={ctx.props().asked.clone()} /> }
            }
            Some(Ok(lab)) => html! { <App key={lab.id.clone()} library={ctx.props().library.clone()} lab={lab.clone()} /> },
            Some(Err(problems)) => bad(&ctx.props().asked, problems, ctx.link().callback(|_| Msg::Again)),
        }
    }
}

/// What is wrong with a lab, and the ways from here.
fn bad(asked: &str, problems: &[String], again: Callback<MouseEvent>) -> Html {
    html! {
        <main class="wait">
            <h1>{ text::bad_lab(asked) }</h1>
            <div role="alert"><ul class="evidence">{ for problems.iter().map(|problem| html! { <li>{ problem.clone() }</li> }) }</ul></div>
            <div class="ways">
                <button onclick={again}>{ text::AGAIN }</button>
                <a href="#">{ text::ALL_LABS }</a>
            </div>
        </main>
    }
}

fn fetch(ctx: &Context<Screen>) {
    let Props { library, asked, .. } = ctx.props().clone();
    ctx.link().send_future(async move {
        let lab = load::load(&asked, &library).await.map(Box::new);
        Msg::Came(asked, lab)
    });
}
