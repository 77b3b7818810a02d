//! A cluster on the first screen: alive, and each node can be killed and started again with a click.
//! What just happened stands below in a sentence of the engine's.

use crate::dom::{self, Listener, Pulse, Sight, Size};
use crate::pacing::Speed;
use crate::session::Session;
use crate::shared::Shared;
use crate::stage::{Layout, Painter, Scene, Who, tone_name};
use crate::text;
use faultline::Scenario;
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::{NodeId, NodeStatus, Span, Time};
use faultline::view::Tone;
use web_sys::{Element, HtmlCanvasElement};
use yew::{Component, Context, Html, NodeRef, Properties, html};

/// The cluster's model, which is in the first part of the program (web/tools/finish-site.mjs).
const MODEL: &str = "raft";
const NODES: u16 = 5;
const SEED: u64 = 11;
/// When there is a leader, and something to see at once.
const OPENING: Time = Time(1_000_000_000);
/// Ten times slower than real time: a heartbeat is on its way for a third of a second.
const SPEED: i32 = -3;
/// How long a loss stays on the stage, in the learner's time.
const LINGER_MS: f64 = 700.0;
/// Words change at most this often.
const RENDER_EVERY_MS: f64 = 250.0;

/// What the cluster is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
}

/// What can happen to the cluster.
pub(crate) enum Msg {
    /// The browser is about to repaint.
    Frame(f64),
    /// Play or pause.
    Toggle,
    /// Kill a node, or start it again.
    Flip(NodeId),
    Resized(f64, f64),
    InSight(bool),
    Theme,
}

/// Who leads, or wants to, in words.
fn leaders(session: &Session) -> Vec<String> {
    let sim = session.sim();
    let mut leaders = Vec::new();
    for node in (0..NODES).map(NodeId).filter(|node| sim.status(*node) == NodeStatus::Up) {
        let view = sim.view(node);
        if let (Some((_, tone @ (Tone::Lead | Tone::Maybe))), Some(term)) = (view.role, view.headline) {
            leaders.push(text::leads(&sim.name(node), tone == Tone::Lead, &term.text));
        }
    }
    leaders
}

/// The cluster.
pub(crate) struct Hero {
    session: Session,
    layout: Layout,
    stage: NodeRef,
    canvas: NodeRef,
    painter: Option<Painter>,
    pulse: Pulse,
    rendered_at: f64,
    in_sight: bool,
    /// What was said last to whoever does not see the stage, and who led then, or wanted to.
    said: String,
    leaders: Vec<String>,
    watches: (Option<Size>, Option<Sight>, Option<Listener>),
}

impl Component for Hero {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let library = &ctx.props().library;
        let about = library.find(MODEL).expect("the model of the first screen is in every library").about();
        let mut scenario = Scenario::new(about, SEED);
        (scenario.nodes, scenario.clients) = (NODES, 0);
        let layout = Layout::new(scenario.nodes, scenario.clients, 0.0, 0.0);
        let mut session = Session::new(library, scenario).expect("a model can be run as it is");
        session.pacing.speed = Speed::new(SPEED);
        session.seek(OPENING);
        session.pacing.care.on = false;
        session.play(!dom::reduced_motion());
        Self {
            said: String::new(),
            leaders: leaders(&session),
            session,
            layout,
            stage: NodeRef::default(),
            canvas: NodeRef::default(),
            painter: None,
            pulse: Pulse::default(),
            rendered_at: 0.0,
            in_sight: true,
            watches: (None, None, None),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let mut render = true;
        match msg {
            Msg::Frame(now) => {
                self.session.advance(self.pulse.passed(now));
                render = now - self.rendered_at >= RENDER_EVERY_MS || !self.session.playing();
                if render {
                    self.rendered_at = now;
                }
            }
            Msg::Toggle => self.session.play(!self.session.playing()),
            Msg::Flip(node) => {
                let input = match self.session.sim().status(node) {
                    NodeStatus::Down => Input::Restart(node),
                    _ => Input::Crash(node),
                };
                // A node that is there can be killed, and one that is down can start.
                drop(self.session.edit(vec![input]));
                let sim = self.session.sim();
                self.said = text::is(&sim.name(node), text::status(sim.status(node)));
                self.leaders = leaders(&self.session);
            }
            Msg::Resized(width, height) => {
                let scenario = self.session.sim().scenario();
                self.layout = Layout::new(scenario.nodes, scenario.clients, width, height);
                if let Some(painter) = &mut self.painter {
                    painter.resize(width, height);
                }
            }
            Msg::InSight(in_sight) => self.in_sight = in_sight,
            Msg::Theme => {
                if let Some(painter) = &mut self.painter {
                    painter.read_colours();
                }
            }
        }
        if render {
            let leaders = leaders(&self.session);
            // What was so before is no news.
            if let Some(news) = leaders.iter().rfind(|leader| !self.leaders.contains(leader)) {
                self.said.clone_from(news);
            }
            self.leaders = leaders;
        }
        self.run_frames(ctx);
        self.paint();
        render
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let sim = self.session.sim();
        let scenario = sim.scenario();
        let playing = self.session.playing();
        let happened = self.session.last_rows().next().map(|(row, _)| sim.describe_row(row));
        html! {
            <section class="hero" aria-label={sim.about().title}>
                <div class="stage" ref={self.stage.clone()}>
                    <canvas ref={self.canvas.clone()} aria-hidden="true" />
                    <ul class="nodes">
                        { for (0..scenario.nodes).map(NodeId).map(|node| self.node(ctx, node)) }
                    </ul>
                </div>
                <p class="happened"><button onclick={ctx.link().callback(|_| Msg::Toggle)}>{ if playing { text::PAUSE } else { text::PLAY } }</button>
                    <span>{ happened.unwrap_or_default() }</span></p>
                <p class="announcer" role="status">{ self.said.clone() }</p>
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if !first {
            return;
        }
        self.painter = self.canvas.cast::<HtmlCanvasElement>().and_then(Painter::new);
        if let Some(stage) = self.stage.cast::<Element>() {
            let size = ctx.link().callback(|(width, height)| Msg::Resized(width, height));
            let sight = ctx.link().callback(Msg::InSight);
            let theme = ctx.link().callback(|()| Msg::Theme);
            self.watches = (
                Size::of(&stage, move |width, height| size.emit((width, height))),
                Sight::of(&stage, move |in_sight| sight.emit(in_sight)),
                Some(dom::theme(move || theme.emit(()))),
            );
        }
        self.run_frames(ctx);
    }
}

impl Hero {
    fn node(&self, ctx: &Context<Self>, node: NodeId) -> Html {
        let sim = self.session.sim();
        let (status, view, name) = (sim.status(node), sim.view(node), sim.name(node));
        let role = view.role.map(|(role, _)| role);
        let headline = view.headline.map(|value| value.text);
        let term = headline.as_deref().map(text::term);
        let place = self.layout.place(node);
        // In whole pixels: words for fractions are not in the first part of the program.
        let [x, y, radius] = [place.x, place.y, self.layout.reach(node)].map(|length| length.round() as i32);
        let position = format!("left:{x}px;top:{y}px;--radius:{radius}px");
        let down = status == NodeStatus::Down;
        let class = format!("node {} tone-{}", if down { "down" } else { "up" }, view.role.map_or("plain", |(_, tone)| tone_name(tone)));
        let act = if down { text::RESTART } else { text::KILL };
        let label = format!("{act} {}", text::node(&name, text::status(status), [role, term.as_deref(), None]));
        let below = if down { text::status(status) } else { role.unwrap_or_default() };
        html! {
            <li key={node.0} style={position}>
                <button {class} aria-label={label} title={act} onclick={ctx.link().callback(move |_| Msg::Flip(node))}>if let Some(headline) = headline { <span>{ headline }</span> }</button>
                <b aria-hidden="true">{ name }</b>
                <span class="name" aria-hidden="true"><small>{ below }</small></span>
            </li>
        }
    }

    /// Frames run while something moves that somebody can see.
    fn run_frames(&mut self, ctx: &Context<Self>) {
        self.pulse.run(self.session.playing() && self.in_sight, || ctx.link().callback(Msg::Frame));
    }

    fn paint(&self) {
        if let Some(painter) = &self.painter {
            let linger = Span((LINGER_MS * 1e6 * self.session.pacing.speed.ratio()) as u64);
            let scene = Scene::of(self.session.sim(), &self.layout, self.session.playhead(), linger, Who::default());
            painter.paint(&scene, &self.layout);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leads_or_wants_to_is_named_and_nobody_else() {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find(MODEL).unwrap().about(), SEED);
        (scenario.nodes, scenario.clients) = (NODES, 0);
        let mut session = Session::new(&library, scenario).unwrap();
        session.seek(OPENING);
        assert_eq!(leaders(&session), ["n4 wants to lead in term 1"]);
        session.seek(OPENING + Span::millis(200));
        let first = leaders(&session);
        assert_eq!(first, ["n4 leads in term 1"]);
        session.edit(vec![Input::Crash(NodeId(3))]).unwrap();
        assert!(leaders(&session).is_empty(), "who is down leads nobody");
        session.seek(OPENING + Span::secs(5));
        let then = leaders(&session);
        assert!(then.len() == 1 && then[0].contains(" leads in term ") && then != first, "{then:?}");
    }
}
