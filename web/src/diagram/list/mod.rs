//! From a stretch of the trace to a list of things to draw. Nothing is in it that is not in the
//! trace; of messages on their way, whose end is not known, only the direction is.

mod bars;
mod messages;

pub(crate) use bars::{Bar, Came};
pub(crate) use messages::{Arrow, Fate};

use super::past::causal_past;
use super::window::Window;
use crate::promise::accused;
use crate::session::Session;
use faultline::scenario::Input;
use faultline::sim::{EventKind, NodeId, NodeStatus, Row, Sim, Time};
use std::collections::BTreeSet;

/// Everything in the diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct List {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) arrows: Vec<Arrow>,
    pub(crate) dots: Vec<Dot>,
    pub(crate) bars: Vec<Bar>,
    /// The rows that had to happen before the one that is pointed at.
    pub(crate) past: BTreeSet<u32>,
    /// From when to when clients did what shows that a promise is broken.
    pub(crate) doubt: Option<(f64, f64)>,
    /// From bar to bar: what must come before what, and cannot.
    pub(crate) because: Vec<((f64, f64), (f64, f64))>,
    /// Where the run parts from the one beside it.
    pub(crate) parts: Option<f64>,
}

/// One node or client through time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) y: f64,
    pub(crate) hidden: bool,
    /// Whether this one shows, at the playhead, that a promise is broken.
    pub(crate) accused: bool,
    /// From where to where it was in which state. Nothing of it is known of others in a node's view.
    pub(crate) pieces: Vec<(f64, f64, NodeStatus)>,
}

/// Something that happened to somebody, or to the whole network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dot {
    pub(crate) x: f64,
    /// Nothing for what happened to all.
    pub(crate) y: Option<f64>,
    pub(crate) row: u32,
    pub(crate) kind: EventKind,
    pub(crate) here: bool,
    /// Whether nobody else is involved.
    local: bool,
    /// How many things happened there.
    pub(crate) count: u32,
    /// Where the last of them happened.
    pub(crate) end: f64,
}

/// With more lanes than this none could be told from the next.
pub(crate) const MOST_LANES: usize = 24;
/// With more rows than this a picture would be grey, and slow.
const MOST_ROWS: u32 = 600;
/// How close things have to be to become one.
const FOLD: f64 = 11.0;

impl List {
    pub(crate) fn of(session: &Session, window: Window) -> Self {
        let sim = session.sim();
        let mut list = Self { width: window.width, height: window.height, ..Self::default() };
        list.lanes(session, &window);
        list.parts = session.parts.map(|at| window.x(at)).filter(|x| (-window.width..window.width * 3.0).contains(x));
        list.past = session.pointed.map_or_else(BTreeSet::new, |row| causal_past(sim, row));
        let rows = stretch(sim, &window);
        for index in rows.clone() {
            let Some(row) = sim.trace().row(index) else { continue };
            if session.knows(row) {
                list.row(session, &window, index, row);
            }
        }
        if session.knower.is_none() {
            // What left so long ago that its beginning is not in the stretch any more.
            for flight in sim.flights() {
                let sent = sim.trace().message(flight.message).map_or(0, |meta| meta.row);
                if sent < rows.start {
                    list.send(sim, &window, flight.message, sent);
                }
            }
        }
        if session.knower.is_none_or(|knower| session.is_client(knower)) {
            list.bars(session, &window);
            list.explain(session);
        }
        list.arrows.retain(|arrow| !session.hidden.contains(&arrow.ends.0) && !session.hidden.contains(&arrow.ends.1));
        list.fold();
        list.label(sim, window.shift());
        list
    }

    fn lanes(&mut self, session: &Session, window: &Window) {
        let sim = session.sim();
        let scenario = sim.scenario();
        let lanes = scenario.nodes + scenario.clients;
        let last = session.reached();
        let seen = (0..lanes).filter(|lane| !session.hidden.contains(&NodeId(*lane))).count().max(1);
        let mut above = 0;
        let accused = if session.knower.is_some() { BTreeSet::new() } else { accused(sim, session.promise().found()) };
        let (first_x, last_x) = (window.x(Time::ZERO).max(-window.width), window.width * 3.0);
        for lane in (0..lanes).map(NodeId) {
            let hidden = session.hidden.contains(&lane);
            let y = 12.0 + (window.height - 24.0) * (f64::from(above) + 0.5) / seen as f64;
            above += u32::from(!hidden);
            let (mut pieces, mut from, mut status) = (Vec::new(), first_x, NodeStatus::Up);
            for timed in scenario.inputs.iter().take_while(|timed| timed.at <= last) {
                let next = match &timed.input {
                    Input::Crash(node) if *node == lane => NodeStatus::Down,
                    Input::Restart(node) if *node == lane && status == NodeStatus::Down => NodeStatus::Up,
                    Input::Pause(node) if *node == lane && status == NodeStatus::Up => NodeStatus::Paused,
                    Input::Resume(node) if *node == lane && status == NodeStatus::Paused => NodeStatus::Up,
                    _ => continue,
                };
                let at = window.x(timed.at);
                if at > from {
                    pieces.push((from, at, status));
                    from = at;
                }
                status = next;
            }
            pieces.push((from, last_x, status));
            if hidden || session.knower.is_some_and(|knower| knower != lane) {
                pieces.clear();
            }
            self.lanes.push(Lane { name: sim.name(lane), y, hidden, accused: accused.contains(&lane), pieces });
        }
    }

    /// Marks how operations contradict one another: the time in which they do, and what must be before what.
    fn explain(&mut self, session: &Session) {
        let Some(judged) = session.promise().found() else { return };
        let blamed = self.bars.iter().filter(|bar| bar.blamed);
        self.doubt = blamed.fold(None, |all: Option<(f64, f64)>, bar| {
            let (from, to) = all.unwrap_or((bar.from, bar.to));
            Some((from.min(bar.from), to.max(bar.to)))
        });
        let trace = session.sim().trace();
        let middle = |op: u32| {
            let row = trace.op(op)?.invoked;
            let bar = self.bars.iter().find(|bar| bar.row == row)?;
            Some((f64::midpoint(bar.from, bar.to), bar.y))
        };
        self.because = judged.before.iter().filter_map(|(one, other)| Some((middle(*one)?, middle(*other)?))).collect();
    }

    fn y(&self, endpoint: NodeId) -> f64 {
        self.lanes.get(endpoint.index()).map_or(0.0, |lane| lane.y)
    }

    fn row(&mut self, session: &Session, window: &Window, index: u32, row: &Row) {
        let sim = session.sim();
        if session.knower.is_some() {
            self.stub(sim, window, index, row);
        } else {
            match row.kind {
                EventKind::Send | EventKind::Duplicate => self.send(sim, window, row.subject, index),
                EventKind::Deliver | EventKind::Lose => self.end(sim, window, index, row),
                _ => {}
            }
        }
        if matches!(row.kind, EventKind::Lose | EventKind::Duplicate) {
            return;
        }
        let happened = sim.scenario().inputs.get(row.subject as usize).filter(|_| row.kind == EventKind::Input);
        let input = happened.map(|timed| &timed.input);
        // That a client is told to ask happens to the client, whose own row follows.
        if matches!(input, Some(Input::Invoke { .. })) {
            return;
        }
        let everywhere = matches!(input, Some(Input::Partition(_) | Input::HealAll | Input::Network(_) | Input::Set { .. }));
        let (x, y) = (window.x(row.time), (!everywhere).then(|| self.y(row.node)));
        let here = index + 1 == sim.rows();
        // What happens to one node at one moment is one dot, which leads to the cause of the rest.
        if !everywhere && session.hidden.contains(&row.node) {
            return;
        }
        let local = matches!(row.kind, EventKind::Timer | EventKind::Write | EventKind::Durable);
        let same = self.dots.iter_mut().rev().take_while(|dot| dot.x == x).find(|dot| dot.y == y);
        match same {
            Some(dot) => (dot.here, dot.local) = (dot.here || here, dot.local && local),
            None => self.dots.push(Dot { x, y, row: index, kind: row.kind, here, local, count: 1, end: x }),
        }
    }

    /// Several things in a row that concern only one node become one, where they would cover one another.
    fn fold(&mut self) {
        let mut folded: Vec<Dot> = Vec::with_capacity(self.dots.len());
        for dot in self.dots.drain(..) {
            let before = folded.iter_mut().rev().find(|other| other.y == dot.y);
            match before {
                Some(before) if before.local && dot.local && !before.here && !dot.here && dot.x - before.end < FOLD => {
                    (before.count, before.end) = (before.count + 1, dot.x);
                }
                _ => folded.push(dot),
            }
        }
        self.dots = folded;
    }
}

/// The rows to draw: those of the window's stretch, or the nearest to the playhead if they are too many.
fn stretch(sim: &Sim, window: &Window) -> std::ops::Range<u32> {
    let (first, last) = window.stretch();
    let (start, end) = (sim.trace().first_at(first), sim.trace().first_at(last));
    let nearest = sim.trace().first_at(window.center).saturating_sub(MOST_ROWS * 3 / 4);
    if end - start <= MOST_ROWS { start..end } else { start.max(nearest)..end.min(nearest + MOST_ROWS) }
}

#[cfg(test)]
mod tests;
