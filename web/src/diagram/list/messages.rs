//! Messages, as arrows from lane to lane, and what is written on them.

use super::{List, Window};
use crate::stage::{Area, Point, tone, width_of};
use faultline::sim::{EventKind, NodeId, Row, Sim};
use faultline::view::Tone;

/// A message, from where and when it was sent to where and when it ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrow {
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
    pub(crate) tone: Tone,
    pub(crate) fate: Fate,
    /// The row in which it was sent, or came to this node.
    pub(crate) row: u32,
    /// Whether its beginning or its end is what happened last.
    pub(crate) here: bool,
    /// What is written on it, if anything.
    pub(crate) label: String,
    /// Where that is written.
    pub(crate) label_at: (f64, f64),
    pub(super) message: u32,
    pub(super) ends: (NodeId, NodeId),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrived,
    Lost,
    /// It is on its way: `to` is only its direction.
    Flying,
}

/// With more messages than this their words would cover one another.
const MOST_LABELS: usize = 26;
/// How far along a message its words stand: where those of others that left together are not.
const WORDS: f64 = 0.38;
const OTHER_WORDS: [f64; 4] = [0.5, 0.62, 0.26, 0.74];
/// The height of words.
const LETTERS: f64 = 13.0;
/// How much of a message a node sees: that it left, or that it came.
const STUB: f64 = 20.0;
impl List {
    /// A message leaves. Where it will end is not known yet.
    pub(super) fn send(&mut self, sim: &Sim, window: &Window, message: u32, index: u32) {
        let (Some(meta), Some(row), Some(due)) = (sim.trace().message(message), sim.trace().row(index), sim.due(message)) else { return };
        let (from, to) = ((window.x(row.time), self.y(meta.from)), (window.x(due), self.y(meta.to)));
        self.arrows.push(Arrow {
            from,
            to,
            tone: tone(sim, meta),
            fate: Fate::Flying,
            row: index,
            here: index + 1 == sim.rows(),
            label: String::new(),
            label_at: (from.0 + (to.0 - from.0) * WORDS, from.1 + (to.1 - from.1) * WORDS),
            message,
            ends: (meta.from, meta.to),
        });
    }

    /// A message arrives, or is lost on its way.
    pub(super) fn end(&mut self, sim: &Sim, window: &Window, index: u32, row: &Row) {
        let Some(meta) = sim.trace().message(row.subject) else { return };
        if !self.arrows.iter().any(|arrow| arrow.message == row.subject) {
            self.send(sim, window, row.subject, meta.row);
        }
        let Some(arrow) = self.arrows.iter_mut().rev().find(|arrow| arrow.message == row.subject) else { return };
        arrow.here |= index + 1 == sim.rows();
        let x = window.x(row.time);
        if row.kind == EventKind::Deliver {
            arrow.fate = Fate::Arrived;
            arrow.to.0 = x;
        } else {
            let way = arrow.to.0 - arrow.from.0;
            let share = if way > 0.0 { ((x - arrow.from.0) / way).clamp(0.0, 1.0) } else { 1.0 };
            arrow.fate = Fate::Lost;
            arrow.to = (x, arrow.from.1 + (arrow.to.1 - arrow.from.1) * share);
        }
    }

    /// What a node itself sees of a message.
    pub(super) fn stub(&mut self, sim: &Sim, window: &Window, index: u32, row: &Row) {
        let Some(meta) = sim.trace().message(row.subject) else { return };
        let (x, y) = (window.x(row.time), self.y(row.node));
        let down = 1.0f64.copysign(self.y(row.peer) - y);
        let away = y + STUB * down;
        let (from, to, fate) = match row.kind {
            EventKind::Send => ((x, y), (x + STUB, away), Fate::Flying),
            EventKind::Deliver => ((x - STUB, away), (x, y), Fate::Arrived),
            _ => return,
        };
        let here = index + 1 == sim.rows();
        // Beyond the outer end, where nothing else is.
        let label_at = (if fate == Fate::Flying { to.0 } else { from.0 }, away + 9.0 * down);
        let (tone, message) = (tone(sim, meta), row.subject);
        self.arrows.push(Arrow {
            from,
            to,
            tone,
            fate,
            row: index,
            here,
            label: String::new(),
            label_at,
            message,
            ends: (row.node, row.node),
        });
    }

    /// Writes on messages what they say, if there is room: the first along the arrow that no other
    /// words have taken. What is said to many at once is written once.
    pub(super) fn label(&mut self, sim: &Sim, shift: f64) {
        let arrows = &mut self.arrows;
        if arrows.iter().filter(|arrow| arrow.to.0 >= shift).count() > MOST_LABELS {
            return;
        }
        let mut taken: Vec<Area> = Vec::new();
        for index in 0..arrows.len() {
            let label = sim.describe_message(arrows[index].message);
            if arrows[..index].iter().any(|other| other.from == arrows[index].from && other.label == label) {
                continue;
            }
            let Arrow { from, to, label_at, .. } = arrows[index];
            let along = |share: f64| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            let width = width_of(&label) * 0.92;
            let area = |(x, y): (f64, f64)| Area::around(Point { x, y }, width, LETTERS);
            // What is only seen from one end has its words there.
            let places = [label_at].into_iter().chain(OTHER_WORDS.map(along).into_iter().filter(|_| label_at == along(WORDS)));
            // Before the beginning there is nothing to write on.
            let start = self.lanes.first().and_then(|lane| lane.pieces.first()).map_or(f64::MIN, |piece| piece.0);
            let is_free = |at: &(f64, f64)| area(*at).from.x > start && !taken.iter().any(|taken| taken.meets(&area(*at)));
            if let Some(at) = places.into_iter().find(is_free) {
                taken.push(area(at));
                (arrows[index].label, arrows[index].label_at) = (label, at);
            }
        }
    }
}
