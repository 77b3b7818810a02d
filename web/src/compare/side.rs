//! One of the two runs on the page: its stage, its diagram, its settings. What is done there is said
//! as in the laboratory, and done to both.

use super::Msg;
use super::pair::Pair;
use crate::app;
use crate::diagram::{self, Window};
use crate::dom::Size;
use crate::panel::client::{self, Ask};
use crate::panel::settings::{self, Draft, Which};
use crate::panel::{inspector, menu, state};
use crate::session::Session;
use crate::stage::{Board, Target};
use crate::text;
use crate::ui::{self, Named};
use faultline::models::Library;
use faultline::sim::{NodeId, Time};
use web_sys::Element;
use yew::{Callback, Context, Html, NodeRef, html};

/// What is on the page of one run, beside the run itself.
pub(super) struct Side {
    place: usize,
    pub(super) board: Board,
    pub(super) menu: Option<Target>,
    pub(super) ask: Ask,
    pub(super) draft: Option<Draft>,
    pub(super) tools: bool,
    /// How often another model was refused: the choice must show again what is.
    pub(super) refused: u32,
    diagram_size: (f64, f64),
    diagram: NodeRef,
    size: Option<Size>,
}

impl Side {
    pub(super) fn new(place: usize) -> Self {
        Self {
            place,
            board: Board::default(),
            menu: None,
            ask: Ask::default(),
            draft: None,
            tools: false,
            refused: 0,
            diagram_size: (0.0, 0.0),
            diagram: NodeRef::default(),
            size: None,
        }
    }

    /// The run is another one, or its past is.
    pub(super) fn forget(&mut self, session: &Session) {
        self.menu = None;
        self.board.seat(session);
    }

    pub(super) fn resize_diagram(&mut self, width: f64, height: f64) {
        self.diagram_size = ((width - diagram::NAMES).max(0.0), height);
    }

    /// Begins to draw, as soon as there is something to draw on.
    pub(super) fn attach(&mut self, ctx: &Context<super::Compare>) {
        if self.size.is_some() {
            return;
        }
        let place = self.place;
        self.board.attach(ctx.link().callback(move |(width, height)| Msg::Resized(place, width, height)));
        let size = ctx.link().callback(move |(width, height)| Msg::DiagramResized(place, width, height));
        let diagram = self.diagram.cast::<Element>();
        self.size = diagram.and_then(|diagram| Size::of(&diagram, move |width, height| size.emit((width, height))));
    }

    /// What there is to draw on is gone.
    pub(super) fn detach(&mut self) {
        self.board.detach();
        self.size = None;
    }

    pub(super) fn window(&self, pair: &Pair, elsewhere: Option<Time>) -> Window {
        let (width, height) = self.diagram_size;
        Window::new(width, height, pair.pacing.speed.ratio(), pair.playhead(), elsewhere)
    }

    pub(super) fn paint(&self, pair: &Pair, elsewhere: Option<Time>) {
        let session = &pair.sides[self.place];
        self.board.paint(session, pair.pacing.speed);
        diagram::follow(session, &self.diagram, self.window(pair, elsewhere));
    }

    pub(super) fn view(&self, pair: &Pair, library: &Library, elsewhere: Option<Time>, send: &Callback<Msg>) -> Html {
        let (place, session) = (self.place, &pair.sides[self.place]);
        let here = send.reform(move |msg: app::Msg| Msg::Side(place, msg));
        let models = library.models();
        let chosen = models.iter().position(|model| model.about().id == session.about().id).unwrap_or(0);
        let label = if place == 0 { text::MODEL_OF_A } else { text::MODEL_OF_B };
        let named = Named { label: Some(label), ..Named::default() };
        let titles = models.iter().map(|model| model.about().title);
        let menu = self.menu.map(|target| menu::menu(session, &self.board.layout, target, &self.ask, &|_| None, &here)).unwrap_or_default();
        html! {
            <section class="side" aria-label={session.titled(session.about().title)}>
                <header key={self.refused}><h2>{ text::SIDES[place] }</h2>{ ui::choice(named, titles, chosen, send.reform(move |model| Msg::Model(place, model))) }</header>
                <div class="stage" ref={self.board.place.clone()}>
                    { self.board.content(session, self.menu, menu, &here) }
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
