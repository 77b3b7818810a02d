//! A stage that hands can touch, in the laboratory and on both sides of a comparison: its canvas, what is
//! kept from frame to frame, and the gesture that is being made on it.

use super::scene::{Crowd, Scene, Who, crowd, layout};
use super::touch::{self, Deed, Finger, Target, Touch};
use super::traffic::Traffic;
use super::{Layout, Painter, Point, actors};
use crate::desk::OfRun;
use crate::dom::{self, Listener, Size};
use crate::pacing::Speed;
use crate::session::Session;
use crate::text;
use faultline::scenario::Input;
use faultline::sim::Span;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, PointerEvent};
use yew::{Callback, Html, NodeRef, html};

/// The id of the button that heals all, and room for it on the stage.
pub(crate) const HEAL: &str = "heal";
const HEAL_ROOM: (f64, f64) = (90.0, 36.0);
/// How long a loss stays on the stage, in the learner's time.
const LINGER_MS: f64 = 700.0;

/// A stage that hands can touch.
#[derive(Default)]
pub(crate) struct Board {
    pub(crate) layout: Layout,
    /// The element around all that is on it.
    pub(crate) place: NodeRef,
    canvas: NodeRef,
    painter: Option<Painter>,
    touch: Touch,
    /// Whether the finger that went down moves a message, and so must not move the page.
    holds: Rc<Cell<bool>>,
    crowd: Crowd,
    traffic: RefCell<Traffic>,
    watches: Option<(Option<Size>, Listener)>,
}

impl Board {
    /// Begins to draw, as soon as there is something to draw on.
    pub(crate) fn attach(&mut self, resized: Callback<(f64, f64)>) {
        let (Some(place), Some(canvas)) = (self.place.cast::<Element>(), self.canvas.cast::<HtmlCanvasElement>()) else { return };
        if self.watches.is_some() {
            return;
        }
        let holds = self.holds.clone();
        let scrolls = Listener::new(canvas.clone().into(), "touchstart", move |event| {
            if holds.get() {
                event.prevent_default();
            }
        });
        self.painter = Painter::new(canvas);
        self.watches = Some((Size::of(&place, move |width, height| resized.emit((width, height))), scrolls));
    }

    /// What there is to draw on is gone.
    pub(crate) fn detach(&mut self) {
        (self.painter, self.watches) = (None, None);
    }

    /// There is so much room now.
    pub(crate) fn resize(&mut self, session: &Session, width: f64, height: f64) {
        self.layout = layout(session.sim(), width, height);
        if let Some(painter) = &mut self.painter {
            painter.resize(width, height);
        }
    }

    /// Others may be on it from now on.
    pub(crate) fn seat(&mut self, session: &Session) {
        self.layout = layout(session.sim(), self.layout.width, self.layout.height);
    }

    /// What was being done is about nobody who is there now.
    pub(crate) fn let_go(&mut self) {
        self.touch = Touch::default();
    }

    pub(crate) fn read_colours(&mut self) {
        if let Some(painter) = &mut self.painter {
            painter.read_colours();
        }
    }

    /// The run may have done anything since the last frame, and not only have gone on.
    pub(crate) fn forget(&mut self) {
        self.traffic.take();
    }

    /// Words and elements are about to be made anew.
    pub(crate) fn refresh(&mut self, session: &Session) {
        self.crowd = crowd(session.sim(), &self.layout);
    }

    pub(crate) fn paint(&self, session: &Session, speed: Speed) {
        let Some(painter) = &self.painter else { return };
        let linger = Span((LINGER_MS * 1e6 * speed.ratio()) as u64);
        let who = Who { knows: session.knower, chosen: session.selected };
        let scene = Scene::following(session.sim(), &self.layout, session.playhead(), linger, who, &mut self.traffic.borrow_mut());
        let hand = self.touch.hand(session, &self.layout);
        painter.paint(&Scene { hand, crowd: self.crowd.clone(), ..scene }, &self.layout);
        painter.light(touch::wanted(session).into_iter().map(|(a, b)| self.layout.way(a, b)));
    }

    /// What a finger comes to.
    pub(crate) fn touched(&mut self, session: &Session, finger: Finger) -> Deed {
        let deed = self.touch.finger(finger, session, &self.layout);
        // Whoever has taken hold of a message does not want to move the page, unless it is somebody else's.
        self.holds.set(self.touch.holds() && !dom::is_embedded());
        if let Some(canvas) = self.canvas.cast::<HtmlElement>() {
            let _ = canvas.style().set_property("cursor", if self.touch.is_over() { "pointer" } else { "crosshair" });
        }
        deed
    }

    /// All that is on it, with the menu of what is picked.
    pub(crate) fn content(&self, session: &Session, picked: Option<Target>, menu: Html, send: &Callback<OfRun>) -> Html {
        let heal = self.layout.free_corner(HEAL_ROOM.0, HEAL_ROOM.1);
        let heal = format!("left:{:.0}px;top:{:.0}px", heal.x, heal.y);
        let gone = || send.reform(|_| OfRun::Touch(Finger::Gone));
        html! {
            <>
            <canvas ref={self.canvas.clone()} aria-hidden="true" onpointerdown={finger(send, Finger::Down)}
                onpointermove={finger(send, Finger::Move)} onpointerup={finger(send, Finger::Up)}
                onclick={send.reform(|_| OfRun::Touch(Finger::Click))} onpointercancel={gone()} onpointerleave={gone()} />
            { actors(session, &self.layout, picked, send) }
            { menu }
            if session.knower.is_none() && !touch::is_whole(session.sim()) {
                <button id={format!("{}{HEAL}", session.prefix)} class="heal" style={heal} onclick={send.reform(|_| OfRun::Act(vec![Input::HealAll]))}>{ text::HEAL_ALL }</button>
            }
            </>
        }
    }
}

/// What a finger on the stage does, in the pixels of the stage. Only one finger does something, or the button
/// of a mouse that is for doing: a pinch or a menu must not cut anything.
fn finger(send: &Callback<OfRun>, does: fn(Point) -> Finger) -> Callback<PointerEvent> {
    let send = send.clone();
    Callback::from(move |event: PointerEvent| {
        let down = event.type_() == "pointerdown";
        if !event.is_primary() || down && event.button() != 0 {
            // Nor does the first finger, where another one joins it.
            if down && !event.is_primary() {
                send.emit(OfRun::Touch(Finger::Gone));
            }
            return;
        }
        let at = Point { x: f64::from(event.offset_x()), y: f64::from(event.offset_y()) };
        // A gesture that began on the stage ends on it, wherever the finger goes.
        if down && let Some(stage) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            let _ = stage.set_pointer_capture(event.pointer_id());
        }
        send.emit(OfRun::Touch(does(at)));
    })
}
