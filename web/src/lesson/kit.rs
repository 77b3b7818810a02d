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
use faultline::scenario::{Fault, Scenario};
use faultline::sim::{EventKind, Sim, Span, Time};
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
    let shown = Shown::of(library, link.scenario.clone(), until).map_err(|fault| fault.to_string())?;
    let mut session = Session::new(library, link.scenario).map_err(|fault| fault.to_string())?;
    session.seek(until);
    let picture = diagram::stretch(&session, shown.from, WIDTH);
    Ok(Scene {
        title: scene.title.clone(),
        link: letters,
        picture: format!("data:image/svg+xml,{}", js_sys::encode_uri_component(&picture)),
        words: text::diagram_of(shown.from, until, shown.sent, shown.lost),
    })
}

/// What of a run there is to see on paper.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    from: Time,
    /// How many messages were sent since then, and how many lost.
    sent: usize,
    lost: usize,
}

impl Shown {
    /// Lets the run happen once more: of one that is looked at, what happened long ago is forgotten.
    fn of(library: &Library, scenario: Scenario, until: Time) -> Result<Self, Fault> {
        let mut sim = Sim::new(library, scenario)?;
        sim.run_until(until);
        let rows = || sim.trace().rows().into_iter().flatten();
        // Until something is done or said there is nothing to see.
        let first = rows().find(|row| row.kind != EventKind::Boot).map_or(Time::ZERO, |row| row.time);
        let before = Span(until.since(first).0 / BEFORE);
        let last: Vec<Time> = rows().rev().filter(|row| row.kind == EventKind::Send).map(|row| row.time).take(MOST_MESSAGES).collect();
        let from = last.get(MOST_MESSAGES - 1).copied().unwrap_or(first - before);
        let lost = rows().filter(|row| row.kind == EventKind::Lose && row.time >= from).count();
        Ok(Self { from, sent: last.len(), lost })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_may_be_longer_than_what_is_remembered_of_a_run() {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        scenario.nodes = 100;
        let until = Time::ZERO + Span::secs(120);
        let mut session = Session::new(&library, scenario.clone()).unwrap();
        session.seek(until);
        assert!(session.sim().rows() > 70_000 && session.sim().trace().rows().is_none(), "{} rows", session.sim().rows());
        let shown = Shown::of(&library, scenario, until).unwrap();
        assert!(shown.from < until && shown.sent == MOST_MESSAGES && shown.lost == 0, "{shown:?}");
        assert!(diagram::stretch(&session, shown.from, WIDTH).contains("<svg"));
    }
}
