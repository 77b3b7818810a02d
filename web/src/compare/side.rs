//! One of the two runs on the page: its stage, its diagram, its settings. What is done there is said
//! as in the laboratory, and done to both.

use super::Msg;
use super::pair::Pair;
use crate::app::{self, HEAL, finger};
use crate::diagram::{self, Window};
use crate::dom::Size;
use crate::panel::client::{self, Ask};
use crate::panel::settings::{self, Draft, Which};
use crate::panel::{inspector, menu, state};
use crate::session::Session;
use crate::stage::touch::{self, Deed};
use crate::stage::{self, Crowd, Finger, Layout, Painter, Scene, Target, Touch, Traffic, Who};
use crate::text;
use crate::ui::{self, Named};
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::{NodeId, Span, Time};
use std::cell::RefCell;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};
use yew::{Callback, Context, Html, NodeRef, html};

/// How long a loss stays on the stage, in the learner's time.
const LINGER_MS: f64 = 700.0;

/// What is on the page of one run, beside the run itself.
pub(super) struct Side {
    place: usize,
    pub(super) layout: Layout,
    pub(super) touch: Touch,
    crowd: Crowd,
    traffic: RefCell<Traffic>,
    pub(super) menu: Option<Target>,
    pub(super) ask: Ask,
    pub(super) draft: Option<Draft>,
    pub(super) tools: bool,
    /// How often another model was refused: the choice must show again what is.
    pub(super) refused: u32,
    diagram_size: (f64, f64),
    stage: NodeRef,
    diagram: NodeRef,
    canvas: NodeRef,
    painter: Option<Painter>,
    _watches: Option<(Option<Size>, Option<Size>)>,
}

impl Side {
    pub(super) fn new(place: usize) -> Self {
        Self {
            place,
            layout: Layout::new(1, 0, 0.0, 0.0),
            touch: Touch::default(),
            crowd: Crowd::default(),
            traffic: RefCell::default(),
            menu: None,
            ask: Ask::default(),
            draft: None,
            tools: false,
            refused: 0,
            diagram_size: (0.0, 0.0),
            stage: NodeRef::default(),
            diagram: NodeRef::default(),
            canvas: NodeRef::default(),
            painter: None,
            _watches: None,
        }
    }

    /// The run is another one, or its past is.
    pub(super) fn forget(&mut self, session: &Session) {
        self.menu = None;
        self.resize(session, self.layout.width, self.layout.height);
    }

    pub(super) fn resize(&mut self, session: &Session, width: f64, height: f64) {
        self.layout = stage::layout(session.sim(), width, height);
        if let Some(painter) = &mut self.painter {
            painter.resize(width, height);
        }
    }

    pub(super) fn resize_diagram(&mut self, width: f64, height: f64) {
        self.diagram_size = ((width - diagram::NAMES).max(0.0), height);
    }

    pub(super) fn read_colours(&mut self) {
        if let Some(painter) = &mut self.painter {
            painter.read_colours();
        }
    }

    /// Begins to draw, as soon as there is something to draw on.
    pub(super) fn attach(&mut self, ctx: &Context<super::Compare>) {
        if self.painter.is_some() {
            return;
        }
        self.painter = self.canvas.cast::<HtmlCanvasElement>().and_then(Painter::new);
        if let (Some(stage), Some(diagram)) = (self.stage.cast::<Element>(), self.diagram.cast::<Element>()) {
            let place = self.place;
            let size = ctx.link().callback(move |(width, height)| Msg::Resized(place, width, height));
            let diagram_size = ctx.link().callback(move |(width, height)| Msg::DiagramResized(place, width, height));
            let sizes = (
                Size::of(&stage, move |width, height| size.emit((width, height))),
                Size::of(&diagram, move |width, height| diagram_size.emit((width, height))),
            );
            self._watches = Some(sizes);
        }
    }

    /// What there is to draw on is gone.
    pub(super) fn detach(&mut self) {
        (self.painter, self._watches) = (None, None);
    }

    /// Words and elements are about to be made anew.
    pub(super) fn refresh(&mut self, session: &Session) {
        self.crowd = stage::crowd(session.sim(), &self.layout);
        self.traffic.take();
    }

    pub(super) fn window(&self, pair: &Pair, elsewhere: Option<Time>) -> Window {
        let (width, height) = self.diagram_size;
        Window::new(width, height, pair.speed.ratio(), pair.playhead(), elsewhere)
    }

    pub(super) fn paint(&self, pair: &Pair, elsewhere: Option<Time>) {
        let session = &pair.sides[self.place];
        if let Some(painter) = &self.painter {
            let linger = Span((LINGER_MS * 1e6 * pair.speed.ratio()) as u64);
            let scene = Scene::of(
                session.sim(),
                &self.layout,
                session.playhead(),
                linger,
                Who { knows: None, chosen: session.selected },
                &mut self.traffic.borrow_mut(),
            );
            let hand = self.touch.hand(session, &self.layout);
            painter.paint(&Scene { hand, crowd: self.crowd.clone(), ..scene }, &self.layout);
        }
        diagram::follow(session, &self.diagram, self.window(pair, elsewhere));
    }

    /// What a finger on the stage comes to.
    pub(super) fn touched(&mut self, pair: &Pair, finger: Finger) -> Deed {
        let session = &pair.sides[self.place];
        let scene = Scene::of(session.sim(), &self.layout, session.playhead(), Span::ZERO, Who::default(), &mut Traffic::default());
        let deed = self.touch.finger(finger, session, &self.layout, &scene);
        if let Some(canvas) = self.canvas.cast::<HtmlElement>() {
            let _ = canvas.style().set_property("cursor", if self.touch.is_over() { "pointer" } else { "crosshair" });
        }
        deed
    }

    pub(super) fn view(&self, pair: &Pair, library: &Library, elsewhere: Option<Time>, send: &Callback<Msg>) -> Html {
        let (place, session) = (self.place, &pair.sides[self.place]);
        let here = send.reform(move |msg: app::Msg| Msg::Side(place, msg));
        let models = library.models();
        let chosen = models.iter().position(|model| model.about().id == session.about().id).unwrap_or(0);
        let label = if place == 0 { text::MODEL_OF_A } else { text::MODEL_OF_B };
        let named = Named { label: Some(label), ..Named::default() };
        let titles = models.iter().map(|model| model.about().title);
        let heal = self.layout.free_corner(HEAL.0, HEAL.1);
        let heal = format!("left:{:.0}px;top:{:.0}px", heal.x, heal.y);
        html! {
            <section class="side" aria-label={session.titled(session.about().title)}>
                <header key={self.refused}><h2>{ text::SIDES[place] }</h2>{ ui::choice(named, titles, chosen, send.reform(move |model| Msg::Model(place, model))) }</header>
                <div class="stage" ref={self.stage.clone()}>
                    <canvas ref={self.canvas.clone()} aria-hidden="true" onpointerdown={finger(&here, Finger::Down)}
                        onpointermove={finger(&here, Finger::Move)} onpointerup={finger(&here, Finger::Up)}
                        onclick={here.reform(|_| app::Msg::Touch(Finger::Click))}
                        onpointercancel={here.reform(|_| app::Msg::Touch(Finger::Gone))} onpointerleave={here.reform(|_| app::Msg::Touch(Finger::Gone))} />
                    { stage::actors(session, &self.layout, self.menu, &here) }
                    if let Some(target) = self.menu {
                        { menu::menu(session, &self.layout, target, &self.ask, &here) }
                    }
                    if !touch::is_whole(session.sim()) {
                        <button class="heal" style={heal} onclick={here.reform(|_| app::Msg::Act(vec![Input::HealAll]))}>{ text::HEAL_ALL }</button>
                    }
                </div>
                { diagram::diagram(session, self.window(pair, elsewhere), elsewhere.is_some(), self.tools, &self.diagram, &here) }
                { self.inspector(pair, &here) }
                { settings::settings(session, self.draft.as_ref(), Which::NotOfTheWorld, &here) }
                { state::state(session, &here) }
            </section>
        }
    }

    /// Closes the menu, and says where the focus goes back to.
    pub(super) fn dismiss(&mut self, session: &Session) -> Option<String> {
        match self.menu.take()? {
            Target::Node(node) => Some(format!("{}node-{}", session.prefix, node.0)),
            _ => None,
        }
    }

    /// Gives the reader what the diagram shows.
    pub(super) fn take(&self, pair: &Pair, elsewhere: Option<Time>, take: diagram::Take) {
        diagram::take(&pair.sides[self.place], self.window(pair, elsewhere), take);
    }

    /// The keys reach this one first from now on. Says which element it is.
    pub(super) fn reach(&self, session: &mut Session, who: NodeId) -> String {
        session.first = who;
        format!("{}node-{}", session.prefix, who.0)
    }

    /// Who is looked at here, beside the same on the other side.
    fn inspector(&self, pair: &Pair, here: &Callback<app::Msg>) -> Html {
        let session = &pair.sides[self.place];
        let Some(who) = session.selected else { return Html::default() };
        let same = pair.same(self.place, who).map(|same| (pair.sides[1 - self.place].sim(), same));
        if session.is_client(who) {
            client::client(session, who, same, here)
        } else {
            inspector::beside(session, who, same.map(|(sim, _)| sim), here)
        }
    }
}
