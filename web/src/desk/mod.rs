//! What the laboratory and the comparison have in common: what lies around one run on a screen, what can be said
//! of it (`said`), the keys, and what the browser tells.

mod browser;
mod keys;
mod said;

pub(crate) use browser::{Browser, Listening};
pub(crate) use keys::{Key, are_single, be_single};
pub(crate) use said::{OfDesk, OfRun, OfTime};

use crate::diagram::{self, Window};
use crate::dom::{self, Size};
use crate::pacing::Speed;
use crate::panel::client::Ask;
use crate::panel::settings::Draft;
use crate::session::Session;
use crate::stage::touch::Deed;
use crate::stage::{Board, Finger, Target};
use faultline::sim::{NodeId, Time};
use web_sys::Element;
use yew::{Callback, NodeRef};

/// Something on a desk has another width and height.
pub(crate) enum Resized {
    Stage(f64, f64),
    Diagram(f64, f64),
}

/// What is looked at, wherever there is more than one run of which it is true.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) playhead: Time,
    pub(crate) speed: Speed,
    /// Where in time the diagram looks, if not at the playhead.
    pub(crate) elsewhere: Option<Time>,
}

/// What lies around one run, beside the run itself: its stage and its diagram, the menu that is open, what is being
/// typed.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) board: Board,
    pub(crate) menu: Option<Target>,
    pub(crate) ask: Ask,
    pub(crate) draft: Option<Draft>,
    pub(crate) tools: bool,
    pub(crate) diagram: NodeRef,
    diagram_size: (f64, f64),
    watch: Option<Size>,
}

impl Desk {
    /// Begins to draw, as soon as there is something to draw on.
    pub(crate) fn attach(&mut self, resized: &Callback<Resized>) {
        if self.watch.is_some() {
            return;
        }
        self.board.attach(resized.reform(|(width, height)| Resized::Stage(width, height)));
        let (diagram, resized) = (self.diagram.cast::<Element>(), resized.clone());
        self.watch = diagram.and_then(|diagram| Size::of(&diagram, move |width, height| resized.emit(Resized::Diagram(width, height))));
    }

    /// What there is to draw on is gone.
    pub(crate) fn detach(&mut self) {
        self.board.detach();
        self.watch = None;
    }

    pub(crate) fn resize(&mut self, session: &Session, resized: &Resized) {
        match *resized {
            Resized::Stage(width, height) => self.board.resize(session, width, height),
            Resized::Diagram(width, height) => self.diagram_size = ((width - diagram::NAMES).max(0.0), height),
        }
    }

    /// What the diagram shows.
    pub(crate) fn window(&self, look: Look) -> Window {
        let (width, height) = self.diagram_size;
        Window::new(width, height, look.speed.ratio(), look.playhead, look.elsewhere)
    }

    pub(crate) fn paint(&self, session: &Session, look: Look) {
        self.board.paint(session, look.speed);
        diagram::follow(session, &self.diagram, self.window(look));
    }

    /// Others may be here from now on: nothing of what was being done is about them.
    pub(crate) fn clear(&mut self, session: &Session) {
        (self.menu, self.draft, self.ask) = (None, None, Ask::default());
        self.board.let_go();
        self.board.seat(session);
    }

    /// What a finger on the stage comes to; nothing if only the picture changes.
    pub(crate) fn touched(&mut self, session: &Session, finger: Finger) -> Option<OfRun> {
        match self.board.touched(session, finger) {
            Deed::Look => None,
            Deed::Hold => Some(OfRun::Hold),
            Deed::Pick(target) => Some(OfRun::Pick(target, false)),
            Deed::Away => Some(OfRun::Select(None)),
            Deed::Act(inputs) => Some(OfRun::Act(inputs)),
        }
    }

    /// Opens the menu of what was picked, or closes it if it was open. Says where the focus goes then.
    pub(crate) fn pick(&mut self, session: &Session, target: Target, by_key: bool) -> Option<String> {
        self.ask.refused = None;
        if self.menu == Some(target) {
            self.dismiss(session);
            return None;
        }
        self.menu = Some(target);
        by_key.then(|| "menu".into())
    }

    /// Closes the menu; the focus goes back to where it came from. That is before the menu is gone: taking away
    /// what has the focus, and looking for another place when nothing lies where it lay, costs a browser a picture.
    pub(crate) fn dismiss(&mut self, session: &Session) {
        if let Some(Target::Node(node)) = self.menu.take() {
            dom::focus(&id(session, node));
        }
    }

    /// Something is said of what lies here. Says where the focus goes then.
    pub(crate) fn hear(&mut self, session: &mut Session, said: OfDesk) -> Option<String> {
        match said {
            OfDesk::Dismiss => self.dismiss(session),
            OfDesk::AskOf(node) => self.ask.node = node,
            OfDesk::Argument(op, typed) => self.ask.say(op, typed),
            OfDesk::Lag(typed) => self.ask.lag = Some(typed),
            OfDesk::Draft(knob, shown) => self.draft = Some(Draft { knob, shown, refused: None }),
            OfDesk::Tools(open) => self.tools = open,
            OfDesk::Hide(lane) => {
                if !session.hidden.remove(&lane) {
                    session.hidden.insert(lane);
                }
            }
            OfDesk::Rove(from, down) => return Some(reach(session, self.board.layout.beside(from, 0.0, down)?)),
            OfDesk::Next(from, on) => return Some(reach(session, session.neighbour(from, on))),
        }
        None
    }
}

/// The keys reach this one first from now on. Says which element it is.
fn reach(session: &mut Session, who: NodeId) -> String {
    session.first = who;
    id(session, who)
}

fn id(session: &Session, who: NodeId) -> String {
    format!("{}node-{}", session.prefix, who.0)
}
