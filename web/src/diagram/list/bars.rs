//! What clients ask, as bars on their lanes.

use super::{List, Window};
use crate::panel::promises::is_blamed;
use crate::session::Session;
use crate::stage::width_of;
use faultline::sim::{EventKind, Span};

/// What a client asked, from when to when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) y: f64,
    /// How far above and below the lane it reaches: all of its room, or a part where others of the
    /// same client last at the same time.
    pub(crate) reach: (f64, f64),
    /// The row in which it began.
    pub(crate) row: u32,
    pub(crate) outcome: Came,
    pub(crate) label: String,
    /// Whether it shows that a promise is broken.
    pub(crate) blamed: bool,
}

/// What came of what a client asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Done,
    Refused,
    Unknown,
    /// It waits: `to` is only far away.
    Waits,
}

/// With more requests than this none could be read.
const MOST_BARS: usize = 200;
/// How high a bar is, and into how many parts its room can be divided.
const BAR: f64 = 12.0;
const MOST_PARTS: usize = 4;
impl List {
    /// What clients asked in the stretch of time that is shown.
    pub(super) fn bars(&mut self, session: &Session, window: &Window) {
        let (sim, (first, last)) = (session.sim(), window.stretch());
        let (trace, far) = (sim.trace(), window.width * 3.0);
        for op in (0..trace.ops_while(|op| op.begun <= last)).rev() {
            let Some(meta) = trace.op(op) else { continue };
            let begun = meta.begun;
            if session.hidden.contains(&meta.client) || session.knower.is_some_and(|knower| knower != meta.client) {
                continue;
            }
            if self.bars.len() == MOST_BARS || begun + sim.scenario().patience + Span::secs(1) < first {
                break;
            }
            let (to, outcome) = match meta.ended {
                None => (far, Came::Waits),
                Some(ended) if ended.kind == EventKind::Unknown => (window.x(ended.time), Came::Unknown),
                Some(ended) => (window.x(ended.time), if ended.detail == 1 { Came::Done } else { Came::Refused }),
            };
            let (asked, answer) = sim.describe_op(op);
            let label = if outcome == Came::Unknown {
                format!("{asked}: ?")
            } else {
                answer.map_or(asked.clone(), |answer| format!("{asked}: {answer}"))
            };
            let blamed = is_blamed(session.promise().found(), op);
            let (from, y) = (window.x(begun), self.y(meta.client));
            // The next request of the same client, if it comes too soon, has the room.
            let next = self.bars.iter().rev().find(|bar| bar.y == y).map_or(far, |bar| bar.from);
            let label = if blamed || from + width_of(&label) * 0.92 < next { label } else { String::new() };
            self.bars.push(Bar { from, to, y, reach: (-BAR / 2.0, BAR / 2.0), row: meta.invoked, outcome, label, blamed });
        }
        for lane in &self.lanes {
            part(self.bars.iter_mut().rev().filter(|bar| bar.y == lane.y).collect());
        }
    }
}

/// Lets the bars of one client that last at the same time, the earliest first, share their room.
pub(super) fn part(bars: Vec<&mut Bar>) {
    let mut together: Vec<(usize, &mut Bar)> = Vec::new();
    // Until when the bars in each part of the room last.
    let mut parts: Vec<f64> = Vec::new();
    let share = |together: &mut Vec<(usize, &mut Bar)>, count: usize| {
        let count = count.min(MOST_PARTS);
        let high = (BAR + 2.0 - (count as f64 - 1.0)) / count as f64;
        for (place, bar) in together.drain(..).filter(|_| count > 1) {
            let above = -(BAR + 2.0) / 2.0 + (place % MOST_PARTS) as f64 * (high + 1.0);
            bar.reach = (above, above + high);
        }
    };
    for bar in bars {
        if parts.iter().all(|until| *until <= bar.from) {
            share(&mut together, parts.len());
            parts.clear();
        }
        let place = parts.iter().position(|until| *until <= bar.from).unwrap_or(parts.len());
        parts.resize(parts.len().max(place + 1), 0.0);
        parts[place] = bar.to;
        together.push((place, bar));
    }
    share(&mut together, parts.len());
}
