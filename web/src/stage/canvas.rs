//! Draws a display list on a canvas. One style at a time: what looks alike is drawn together, for
//! every change of style costs a call with a string.

use super::layout::{Layout, Point};
use super::scene::{Arc, DENSE, Link, Loss, Message, Person, Scene};
use super::touch::{Hand, Target};
use crate::dom;
use faultline::sim::{NodeId, NodeStatus};
use faultline::view::Tone;
use js_sys::JsString;
use std::f64::consts::{FRAC_PI_2, TAU};
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
}

/// The colours of the style sheet.
struct Palette {
    text: JsString,
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
}

const TONES: [Tone; 7] = [Tone::Plain, Tone::Ask, Tone::Answer, Tone::Data, Tone::Lead, Tone::Maybe, Tone::Refuse];
const DOT: f64 = 6.0;
/// Half the gap of a cut link.
const GAP: f64 = 14.0;

impl Painter {
    /// Nothing if the browser has no canvas to draw on.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let palette = Palette::of(&canvas);
        Some(Self { canvas, context, palette, width: 0.0, height: 0.0 })
    }

    /// The style sheet has changed.
    pub(crate) fn read_colours(&mut self) {
        self.palette = Palette::of(&self.canvas);
    }

    /// As many pixels as the screen has for it.
    pub(crate) fn resize(&mut self, width: f64, height: f64) {
        let density = dom::window().device_pixel_ratio();
        (self.width, self.height) = (width, height);
        self.canvas.set_width((width * density).round() as u32);
        self.canvas.set_height((height * density).round() as u32);
        let _ = self.context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0);
    }

    pub(crate) fn paint(&self, scene: &Scene, layout: &Layout, chosen: Option<NodeId>) {
        self.context.clear_rect(0.0, 0.0, self.width, self.height);
        self.links(&scene.links);
        self.crowd(&scene.crowd, layout.radius);
        if let Some(Hand::Over(target)) = &scene.hand {
            self.over(*target, scene, layout);
        }
        self.timers(&scene.timers);
        self.losses(&scene.losses);
        if scene.messages.len() > DENSE {
            self.dense(&scene.messages);
            let of_chosen = |message: &&Message| chosen.is_some_and(|node| node == message.ends.0 || node == message.ends.1);
            self.messages(&scene.messages.iter().filter(of_chosen).cloned().collect::<Vec<_>>());
        } else {
            self.messages(&scene.messages);
        }
        match &scene.hand {
            Some(Hand::Stroke(from, to)) => self.stroke(*from, *to),
            Some(Hand::Held(at, words)) => self.held(*at, words),
            _ => {}
        }
    }

    /// What a click would pick.
    fn over(&self, target: Target, scene: &Scene, layout: &Layout) {
        self.styles().set_stroke(&self.palette.accent);
        self.context.set_line_width(3.0);
        self.context.begin_path();
        match target {
            Target::Link(a, b) => {
                for link in scene.links.iter().filter(|link| link.ends == (a, b)) {
                    self.context.move_to(link.from.x, link.from.y);
                    self.context.line_to(link.to.x, link.to.y);
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

    fn styles(&self) -> &Styles {
        self.context.unchecked_ref()
    }

    fn links(&self, links: &[Link]) {
        self.styles().set_stroke(&self.palette.line);
        self.context.set_line_width(1.0);
        self.context.begin_path();
        for link in links.iter().filter(|link| link.there && link.back) {
            self.context.move_to(link.from.x, link.from.y);
            self.context.line_to(link.to.x, link.to.y);
        }
        self.context.stroke();
        // A cut is a gap, with a stop in front of each closed direction.
        self.styles().set_stroke(&self.palette.loss);
        self.context.set_line_width(1.5);
        self.context.begin_path();
        for link in links.iter().filter(|link| !(link.there && link.back)) {
            for (start, end, open) in [(link.from, link.to, link.there), (link.to, link.from, link.back)] {
                let near = start.towards(end, (0.5 - GAP / start.distance(end).max(1.0)).max(0.3));
                self.context.move_to(start.x, start.y);
                self.context.line_to(near.x, near.y);
                if !open {
                    let length = start.distance(end).max(1.0);
                    let (across_x, across_y) = ((end.y - start.y) / length * 9.0, (start.x - end.x) / length * 9.0);
                    self.context.move_to(near.x - across_x, near.y - across_y);
                    self.context.line_to(near.x + across_x, near.y + across_y);
                }
            }
        }
        self.context.stroke();
    }

    fn timers(&self, timers: &[Arc]) {
        self.styles().set_stroke(&self.palette.timer);
        self.context.set_line_width(3.0);
        self.context.begin_path();
        for arc in timers.iter().filter(|arc| arc.left > 0.0) {
            let end = -FRAC_PI_2 + TAU * arc.left;
            self.context.move_to(arc.at.x, arc.at.y - arc.radius);
            let _ = self.context.arc(arc.at.x, arc.at.y, arc.radius, -FRAC_PI_2, end);
        }
        self.context.stroke();
    }

    /// Everybody, by what they are at the moment.
    fn crowd(&self, crowd: &[Person], radius: f64) {
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
    fn dense(&self, messages: &[Message]) {
        self.context.set_global_alpha(0.55);
        for (tone, colour) in TONES.into_iter().zip(&self.palette.tones) {
            if !messages.iter().any(|message| message.tone == tone) {
                continue;
            }
            self.styles().set_fill(colour);
            for message in messages.iter().filter(|message| message.tone == tone) {
                self.context.fill_rect(message.at.x - 1.5, message.at.y - 1.5, 3.0, 3.0);
            }
        }
        self.context.set_global_alpha(1.0);
    }

    fn losses(&self, losses: &[Loss]) {
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
        self.styles().set_fill(&self.palette.text);
        self.styles().set_font(&self.palette.font);
        self.context.set_text_align("center");
        for message in messages {
            if let Some((label, place)) = &message.label {
                let y = if message.above { place.y - 14.0 } else { place.y + 23.0 };
                let _ = self.context.fill_text(label, place.x, y);
            }
        }
    }
}
