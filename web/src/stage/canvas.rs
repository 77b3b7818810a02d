//! Draws a display list on a canvas. One style at a time: what looks alike is drawn together, for
//! every change of style costs a call with a string.

use super::labels;
use super::layout::{Layout, Point};
use super::scene::{Arc, Crowd, Link, Loss, Message, Person, Scene, TONES};
use super::touch::{Hand, Target};
use super::way::Way;
use crate::dom;
use faultline::sim::NodeStatus;
use faultline::view::Tone;
use js_sys::JsString;
use std::cell::RefCell;
use std::f64::consts::TAU;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

#[wasm_bindgen]
extern "C" {
    /// The context again, with setters that take strings which are already the browser's.
    type Styles;
    #[wasm_bindgen(method, setter, structural, js_name = fillStyle)]
    fn set_fill(this: &Styles, style: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = strokeStyle)]
    fn set_stroke(this: &Styles, style: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = font)]
    fn set_font(this: &Styles, font: &JsString);

    /// Squares around these places, so many pixels wide (static/frame.js).
    #[wasm_bindgen(js_namespace = faultline)]
    fn squares(context: &CanvasRenderingContext2d, side: f32, middles: &[f32]);
    /// What is left of these rings, clockwise from the top: of each its middle, its radius and the part that is left.
    #[wasm_bindgen(js_namespace = faultline)]
    fn rings(context: &CanvasRenderingContext2d, rings: &[f32]);
}

/// The colours of the style sheet.
#[derive(Clone)]
struct Palette {
    text: JsString,
    strong_text: JsString,
    paper: JsString,
    line: JsString,
    timer: JsString,
    loss: JsString,
    accent: JsString,
    tones: [JsString; 7],
    font: JsString,
    strong: JsString,
}

impl Palette {
    fn of(canvas: &HtmlCanvasElement) -> Self {
        let value = |name: &str| JsString::from(dom::colour(canvas, name));
        Self {
            text: value("--text-soft"),
            strong_text: value("--text"),
            paper: value("--stage"),
            line: value("--line-strong"),
            timer: value("--timer"),
            loss: value("--bad"),
            accent: value("--accent"),
            tones: ["plain", "ask", "answer", "data", "lead", "maybe", "refuse"].map(|tone| value(&format!("--tone-{tone}"))),
            font: JsString::from("12px system-ui, sans-serif"),
            strong: JsString::from("600 13px system-ui, sans-serif"),
        }
    }
}

/// A canvas and what it takes to draw on it.
pub(crate) struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    palette: Palette,
    width: f64,
    height: f64,
    /// A crowd as it was drawn last: it changes far more seldom than messages move.
    backdrop: RefCell<Option<(Crowd, HtmlCanvasElement)>>,
}

const DOT: f64 = 6.0;
/// Half the gap of a cut link.
const GAP: f64 = 14.0;
/// Half the width of a stop.
const STOP: f64 = 9.0;

impl Painter {
    /// Nothing if the browser has no canvas to draw on.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let palette = Palette::of(&canvas);
        Some(Self { canvas, context, palette, width: 0.0, height: 0.0, backdrop: RefCell::default() })
    }

    /// The style sheet has changed.
    pub(crate) fn read_colours(&mut self) {
        self.palette = Palette::of(&self.canvas);
        self.backdrop.take();
    }

    /// As many pixels as the screen has for it.
    pub(crate) fn resize(&mut self, width: f64, height: f64) {
        let density = dom::window().device_pixel_ratio();
        (self.width, self.height) = (width, height);
        self.backdrop.take();
        self.canvas.set_width((width * density).round() as u32);
        self.canvas.set_height((height * density).round() as u32);
        let _ = self.context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0);
    }

    pub(crate) fn paint(&self, scene: &Scene, layout: &Layout) {
        self.context.clear_rect(0.0, 0.0, self.width, self.height);
        self.links(&scene.links);
        self.crowd(&scene.crowd, layout.radius);
        if let Some(Hand::Over(target, _)) = &scene.hand {
            self.over(*target, scene, layout);
        }
        self.timers(&scene.timers);
        self.losses(&scene.losses);
        self.grains(&scene.grains);
        self.labels(&scene.messages);
        self.messages(&scene.messages);
        match &scene.hand {
            Some(Hand::Stroke(from, to)) => self.stroke(*from, *to),
            Some(Hand::Held(at, words)) => self.held(*at, words),
            Some(Hand::Over(Target::Message(id), words)) => {
                if let Some(message) = scene.messages.iter().find(|message| message.id == *id) {
                    self.chip(message.at, words);
                }
            }
            _ => {}
        }
    }

    /// Lights ways on what is painted: something is to be done there.
    pub(crate) fn light(&self, ways: impl Iterator<Item = Way>) {
        self.styles().set_stroke(&self.palette.accent);
        self.context.set_line_width(9.0);
        self.context.set_global_alpha(0.28);
        self.context.begin_path();
        ways.for_each(|way| self.way(&way));
        self.context.stroke();
        self.context.set_global_alpha(1.0);
    }

    /// What a click would pick.
    fn over(&self, target: Target, scene: &Scene, layout: &Layout) {
        self.styles().set_stroke(&self.palette.accent);
        self.context.set_line_width(3.0);
        self.context.begin_path();
        match target {
            Target::Link(a, b) => {
                for link in scene.links.iter().filter(|link| link.ends == (a, b)) {
                    self.way(&link.way);
                }
            }
            Target::Message(id) => {
                for message in scene.messages.iter().filter(|message| message.id == id) {
                    let _ = self.context.arc(message.at.x, message.at.y, DOT + 6.0, 0.0, TAU);
                }
            }
            Target::Node(node) => {
                let place = layout.place(node);
                let _ = self.context.arc(place.x, place.y, layout.radius + 3.0, 0.0, TAU);
            }
        }
        self.context.stroke();
    }

    /// The line that will cut.
    fn stroke(&self, from: Point, to: Point) {
        self.styles().set_stroke(&self.palette.loss);
        self.context.set_line_width(2.5);
        let _ = self.context.set_line_dash(&js_sys::Array::of2(&8.0.into(), &6.0.into()));
        self.context.begin_path();
        self.context.move_to(from.x, from.y);
        self.context.line_to(to.x, to.y);
        self.context.stroke();
        let _ = self.context.set_line_dash(&js_sys::Array::new());
    }

    /// A message in the hand, and what becomes of it.
    fn held(&self, at: Point, words: &str) {
        self.styles().set_stroke(&self.palette.accent);
        self.styles().set_fill(&self.palette.text);
        self.context.set_line_width(3.0);
        self.context.begin_path();
        let _ = self.context.arc(at.x, at.y, DOT + 6.0, 0.0, TAU);
        self.context.stroke();
        self.styles().set_font(&self.palette.strong);
        self.context.set_text_align("center");
        let _ = self.context.fill_text(words, at.x, at.y - 22.0);
    }

    /// What a message says that is pointed at, whatever is behind it.
    fn chip(&self, at: Point, words: &str) {
        let width = labels::width_of(words) + 12.0;
        let x = at.x.clamp(width / 2.0 + 4.0, (self.width - width / 2.0 - 4.0).max(width / 2.0 + 4.0));
        let y = if at.y > 48.0 { at.y - 28.0 } else { at.y + 28.0 };
        self.styles().set_fill(&self.palette.paper);
        self.styles().set_stroke(&self.palette.line);
        self.context.set_line_width(1.0);
        self.context.begin_path();
        let _ = self.context.round_rect_with_f64(x - width / 2.0, y - 12.0, width, 24.0, 6.0);
        self.context.fill();
        self.context.stroke();
        self.styles().set_fill(&self.palette.strong_text);
        self.styles().set_font(&self.palette.font);
        self.context.set_text_align("center");
        let _ = self.context.fill_text(words, x, y + 4.0);
    }

    fn way(&self, way: &Way) {
        self.context.move_to(way.from.x, way.from.y);
        self.context.quadratic_curve_to(way.bend.x, way.bend.y, way.to.x, way.to.y);
    }

    fn styles(&self) -> &Styles {
        self.context.unchecked_ref()
    }

    fn links(&self, links: &[Link]) {
        if links.is_empty() {
            return;
        }
        self.styles().set_stroke(&self.palette.line);
        self.context.set_line_width(1.0);
        self.context.begin_path();
        for link in links.iter().filter(|link| link.there && link.back) {
            self.way(&link.way);
        }
        self.context.stroke();
        // A cut is a gap, with a stop in front of each closed direction.
        self.styles().set_stroke(&self.palette.loss);
        self.context.set_line_width(1.5);
        self.context.begin_path();
        for link in links.iter().filter(|link| !(link.there && link.back)) {
            let length = link.way.from.distance(link.way.to).max(1.0);
            let near = (0.5 - GAP / length).max(0.3);
            for (way, open) in [(link.way, link.there), (link.way.back(), link.back)] {
                let (until, stop) = (way.until(near), way.right(near));
                self.way(&until);
                if !open {
                    self.context.move_to(until.to.x - stop.x * STOP, until.to.y - stop.y * STOP);
                    self.context.line_to(until.to.x + stop.x * STOP, until.to.y + stop.y * STOP);
                }
            }
        }
        self.context.stroke();
    }

    fn timers(&self, timers: &[Arc]) {
        if timers.is_empty() {
            return;
        }
        self.styles().set_stroke(&self.palette.timer);
        self.context.set_line_width(3.0);
        self.context.begin_path();
        let left = timers.iter().filter(|arc| arc.left > 0.0);
        let all: Vec<[f32; 4]> = left.map(|arc| [arc.at.x, arc.at.y, arc.radius, arc.left].map(|part| part as f32)).collect();
        rings(&self.context, all.as_flattened());
        self.context.stroke();
    }

    /// Everybody in a crowd: drawn where nobody sees it, and from there onto the stage until it changes.
    fn crowd(&self, crowd: &Crowd, radius: f64) {
        if crowd.is_empty() {
            return;
        }
        let mut backdrop = self.backdrop.borrow_mut();
        let as_before = backdrop.as_ref().is_some_and(|(drawn, _)| Rc::ptr_eq(drawn, crowd) || drawn == crowd);
        if !as_before {
            let Some((canvas, context)) = self.another(backdrop.take().map(|(_, canvas)| canvas)) else { return };
            Self { context, palette: self.palette.clone(), canvas: canvas.clone(), backdrop: RefCell::default(), ..*self }
                .people(crowd, radius);
            *backdrop = Some((crowd.clone(), canvas));
        }
        if let Some((_, canvas)) = &*backdrop {
            let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(canvas, 0.0, 0.0, self.width, self.height);
        }
    }

    /// A canvas like this one: the one there was, or a new one.
    fn another(&self, before: Option<HtmlCanvasElement>) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
        let canvas: HtmlCanvasElement = match before {
            Some(canvas) => canvas,
            None => dom::document().create_element("canvas").ok()?.dyn_into().ok()?,
        };
        canvas.set_width(self.canvas.width());
        canvas.set_height(self.canvas.height());
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let density = dom::window().device_pixel_ratio();
        let _ = context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0);
        Some((canvas, context))
    }

    /// Everybody, by what they are at the moment.
    fn people(&self, crowd: &[Person], radius: f64) {
        for (tone, colour) in TONES.into_iter().zip(&self.palette.tones) {
            let mut alike = crowd.iter().filter(|person| person.tone == tone && person.status != NodeStatus::Down).peekable();
            if alike.peek().is_none() {
                continue;
            }
            self.styles().set_fill(colour);
            self.context.begin_path();
            for Person { at, .. } in alike {
                self.context.move_to(at.x + radius, at.y);
                let _ = self.context.arc(at.x, at.y, radius, 0.0, TAU);
            }
            self.context.set_global_alpha(0.35);
            self.context.fill();
            self.context.set_global_alpha(1.0);
        }
        // Whoever is down is hollow and crossed out.
        self.styles().set_stroke(&self.palette.loss);
        self.context.set_line_width(1.5);
        self.context.begin_path();
        for Person { at, .. } in crowd.iter().filter(|person| person.status == NodeStatus::Down) {
            for side in [-radius, radius] {
                self.context.move_to(at.x - radius, at.y - side);
                self.context.line_to(at.x + radius, at.y + side);
            }
        }
        self.context.stroke();
    }

    /// Messages as grains: where there are many it is dense.
    fn grains(&self, grains: &[Vec<[f32; 2]>; 7]) {
        if grains.iter().all(Vec::is_empty) {
            return;
        }
        self.context.set_global_alpha(0.55);
        for (grains, colour) in grains.iter().zip(&self.palette.tones).filter(|(grains, _)| !grains.is_empty()) {
            self.styles().set_fill(colour);
            squares(&self.context, 3.0, grains.as_flattened());
        }
        self.context.set_global_alpha(1.0);
    }

    fn losses(&self, losses: &[Loss]) {
        if losses.is_empty() {
            return;
        }
        self.styles().set_stroke(&self.palette.loss);
        self.context.set_line_width(2.0);
        for loss in losses {
            self.context.set_global_alpha(loss.fresh);
            self.context.begin_path();
            for side in [-5.0, 5.0] {
                self.context.move_to(loss.at.x - 5.0, loss.at.y - side);
                self.context.line_to(loss.at.x + 5.0, loss.at.y + side);
            }
            self.context.stroke();
        }
        self.context.set_global_alpha(1.0);
    }

    fn messages(&self, messages: &[Message]) {
        self.context.set_line_width(2.5);
        for (tone, colour) in TONES.into_iter().zip(&self.palette.tones) {
            if !messages.iter().any(|message| message.tone == tone) {
                continue;
            }
            // What asks is full, what answers is hollow: the shape says it without the colour.
            let hollow = matches!(tone, Tone::Answer | Tone::Refuse);
            self.styles().set_stroke(colour);
            self.styles().set_fill(if hollow { &self.palette.paper } else { colour });
            self.context.begin_path();
            for message in messages.iter().filter(|message| message.tone == tone) {
                let radius = if message.copy { DOT - 2.0 } else { DOT };
                self.context.move_to(message.at.x + radius, message.at.y);
                let _ = self.context.arc(message.at.x, message.at.y, radius, 0.0, TAU);
            }
            self.context.fill();
            self.context.stroke();
        }
    }

    /// What messages say: legible over links, and under the messages themselves.
    fn labels(&self, messages: &[Message]) {
        let mut labels = messages.iter().filter_map(|message| message.label.as_ref()).peekable();
        if labels.peek().is_none() {
            return;
        }
        self.styles().set_fill(&self.palette.text);
        self.styles().set_stroke(&self.palette.paper);
        self.context.set_line_width(4.0);
        self.context.set_line_join("round");
        self.styles().set_font(&self.palette.font);
        self.context.set_text_align("center");
        for label in labels {
            let _ = self.context.stroke_text(&label.words, label.at.x, label.at.y + 4.0);
            let _ = self.context.fill_text(&label.words, label.at.x, label.at.y + 4.0);
        }
    }
}
