//! What a teacher takes along of a lab, on paper or on the screen: its goal, a plan for five minutes, two
//! questions, and runs that always show the same, each with its diagram.

use crate::diagram;
use crate::dom;
use crate::route::LAB;
use crate::session::Session;
use crate::shared::Shared;
use crate::text;
use faultline::lab::Lab;
use faultline::models::Library;
use faultline::sim::{EventKind, Span, Time};
use yew::{Component, Context, Html, Properties, html};

/// Of which lab.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    pub(crate) lab: Shared<Lab>,
    /// Its id, or the address of its file.
    pub(crate) asked: String,
}

/// A run to show.
struct Scene {
    title: String,
    link: String,
    /// The diagram of it as a picture, and in words.
    picture: String,
    words: String,
}

/// The kit of a lab: each of its scenes as far as it can be shown.
pub(crate) struct Kit {
    scenes: Vec<Result<Scene, String>>,
}

/// How many messages a diagram on paper has room for.
const MOST_MESSAGES: usize = 60;
/// How small a part of it shows the time before anything happens.
const BEFORE: u64 = 16;
/// How wide it is, in pixels.
const WIDTH: f64 = 900.0;

impl Component for Kit {
    type Message = ();
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        Self { scenes: scenes(ctx.props()) }
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &Self::Properties) -> bool {
        self.scenes = scenes(ctx.props());
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { asked, lab, .. } = ctx.props();
        paper(asked, lab, &self.scenes)
    }
}

fn scenes(Props { library, lab, .. }: &Props) -> Vec<Result<Scene, String>> {
    lab.teacher.scenes.iter().map(|scene| show(scene, lab, library)).collect()
}

fn paper(asked: &str, lab: &Lab, scenes: &[Result<Scene, String>]) -> Html {
    let list = |lines: &[String]| html! { <ol>{ for lines.iter().map(|line| html! { <li>{ line.clone() }</li> }) }</ol> };
    html! {
        <main class="kit">
            <nav class="ways" aria-label={text::FOR_TEACHERS}>
                <a href={format!("{LAB}{asked}")}>{ text::BACK_TO_LAB }</a>
                <button class="go" onclick={|_| dom::print()}>{ text::PRINT }</button>
            </nav>
            <h1>{ lab.title.clone() }</h1>
            <p class="goal">{ lab.teacher.goal.clone() }</p>
            <h2>{ text::FIVE_MINUTES }</h2>
            { list(&lab.teacher.plan) }
            <h2>{ text::TO_DISCUSS }</h2>
            { list(&lab.teacher.questions) }
            <h2>{ text::RUNS_TO_SHOW }</h2>
            { for scenes.iter().enumerate().map(|(number, scene)| match scene {
                Ok(scene) => html! {
                    <figure key={number}>
                        <figcaption><h3>{ scene.title.clone() }</h3></figcaption>
                        <img src={scene.picture.clone()} alt={scene.words.clone()} />
                        <p class="link"><a href={scene.link.clone()}>{ dom::address::with(&scene.link) }</a></p>
                    </figure>
                },
                Err(why) => html! { <p key={number} class="bad">{ why.clone() }</p> },
            }) }
            <h2>{ text::LEAVES_OUT }</h2>
            <p>{ lab.leaves_out.clone() }</p>
            <h2>{ text::CORRECTNESS }</h2>
            <p>{ lab.correctness.clone() }</p>
        </main>
    }
}

/// The run of a scene, its link and its diagram.
fn show(scene: &faultline::lab::Scene, lab: &Lab, library: &Library) -> Result<Scene, String> {
    let link = scene.link(lab, library).map_err(|why| format!("{}: {why}", scene.title))?;
    let letters = link.write();
    let until = link.seal.as_ref().map_or(lab.world.length, |seal| seal.moment);
    let mut session = Session::new(library, link.scenario).map_err(|fault| fault.to_string())?;
    session.seek(until);
    let rows = || session.sim().trace().rows();
    let sent: Vec<Time> = rows().filter(|row| row.kind == EventKind::Send).map(|row| row.time).collect();
    // Until something is done or said there is nothing to see.
    let first = rows().find(|row| row.kind != EventKind::Boot).map_or(Time::ZERO, |row| row.time);
    let before = Span(until.since(first).0 / BEFORE);
    let from = sent.len().checked_sub(MOST_MESSAGES).map_or(first - before, |first| sent[first]);
    let picture = diagram::stretch(&session, from, WIDTH);
    let lost = session.sim().trace().rows().filter(|row| row.kind == EventKind::Lose && row.time >= from).count();
    Ok(Scene {
        title: scene.title.clone(),
        link: letters,
        picture: format!("data:image/svg+xml,{}", js_sys::encode_uri_component(&picture)),
        words: text::diagram_of(from, until, sent.len().min(MOST_MESSAGES), lost),
    })
}
