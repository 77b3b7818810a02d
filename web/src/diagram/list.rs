//! From a stretch of the trace to a list of things to draw. Nothing is in it that is not in the
//! trace; of messages on their way, whose end is not known, only the direction is.

use super::past::causal_past;
use crate::panel::promises::is_blamed;
use crate::promise::accused;
use crate::session::Session;
use crate::stage::{Area, Point, tone, width_of};
use faultline::scenario::Input;
use faultline::sim::{EventKind, NodeId, NodeStatus, Row, Sim, Span, Time};
use faultline::view::Tone;
use std::collections::BTreeSet;

/// The stretch of time that is shown, and how large. Where it is does not change with every frame:
/// it is drawn from `origin` on and moved by `shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Pixels in a nanosecond.
    scale: f64,
    playhead: Time,
    /// What stands where the playhead stands as long as nobody looks elsewhere.
    center: Time,
    origin: Time,
}

/// How many seconds of the learner fit in, as long as a second has not too few or too many pixels
/// for a message. So at every speed a run passes by equally fast.
const SECONDS: f64 = 9.0;
const PACE: (f64, f64) = (40.0, 80.0);
/// How far to the right the playhead stands, so that there is room for what is known of the future.
const HEAD: f64 = 0.78;
/// How much of a picture of a whole stretch that stretch takes: what happens last has a name too.
const WHOLE: f64 = 0.96;

impl Window {
    /// `ratio` is how many nanoseconds of the run pass in one of the learner; `center` is where else
    /// than at the playhead somebody looks.
    pub(crate) fn new(width: f64, height: f64, ratio: f64, playhead: Time, center: Option<Time>) -> Self {
        let center = center.unwrap_or(playhead);
        let scale = (width / SECONDS).clamp(PACE.0, PACE.1) / 1e9 / ratio;
        let whole = ((width / scale) as u64).max(1);
        let start = center.since(Time((width * HEAD / scale) as u64)).0;
        Self { width, height, scale, playhead, center, origin: Time(start / whole * whole) }
    }

    /// All of a stretch of a run, which has come to the end of it.
    pub(crate) fn whole(width: f64, height: f64, from: Time, until: Time) -> Self {
        let scale = width * WHOLE / until.since(from).0.max(1) as f64;
        Self { width, height, scale, playhead: until, center: from + Span((width * HEAD / scale) as u64), origin: from }
    }

    /// Where a moment is drawn.
    fn x(&self, time: Time) -> f64 {
        (time.0 as f64 - self.origin.0 as f64) * self.scale
    }

    /// How far to the left the drawing is moved.
    pub(crate) fn shift(&self) -> f64 {
        (self.x(self.center) - self.width * HEAD).max(0.0)
    }

    /// Where the playhead stands.
    pub(crate) fn head(&self) -> f64 {
        self.x(self.playhead) - self.shift()
    }

    /// The center after so many pixels to the right, but never after the end of what is known.
    pub(crate) fn moved(&self, pixels: f64, end: Time) -> Time {
        let first = Time((self.width * HEAD / self.scale) as u64);
        let goal = self.center.0 as f64 + pixels / self.scale;
        Time(goal.max(0.0) as u64).clamp(first.min(end), end)
    }

    /// From where on it is drawn: what is drawn changes only with this, and with the run.
    pub(crate) fn origin(&self) -> Time {
        self.origin
    }

    /// The stretch that is in sight, as far as it has happened.
    pub(crate) fn seen(&self) -> (Time, Time) {
        let at = |x: f64| Time(self.origin.0 + (x / self.scale).max(0.0) as u64);
        (at(self.shift()), at(self.shift() + self.width).min(self.playhead + Span(1)))
    }

    /// The stretch that may come into sight before it is drawn anew, and a little before it, where
    /// messages may have left that arrive in it.
    fn stretch(&self) -> (Time, Time) {
        let whole = Span((self.width / self.scale) as u64);
        (self.origin - Span(whole.0 / 2), self.origin + whole + whole)
    }
}

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
    message: u32,
    ends: (NodeId, NodeId),
}

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

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrived,
    Lost,
    /// It is on its way: `to` is only its direction.
    Flying,
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
/// With more requests than this none could be read.
const MOST_BARS: usize = 200;
/// How high a bar is, and into how many parts its room can be divided.
const BAR: f64 = 12.0;
const MOST_PARTS: usize = 4;
/// With more rows than this a picture would be grey, and slow.
const MOST_ROWS: u32 = 600;
/// With more messages than this their words would cover one another.
const MOST_LABELS: usize = 26;
/// How far along a message its words stand: where those of others that left together are not.
const WORDS: f64 = 0.38;
const OTHER_WORDS: [f64; 4] = [0.5, 0.62, 0.26, 0.74];
/// The height of words.
const LETTERS: f64 = 13.0;
/// How much of a message a node sees: that it left, or that it came.
const STUB: f64 = 20.0;
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

    /// What clients asked in the stretch of time that is shown.
    fn bars(&mut self, session: &Session, window: &Window) {
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

    /// Writes on messages what they say, if there is room: the first along the arrow that no other
    /// words have taken. What is said to many at once is written once.
    fn label(&mut self, sim: &Sim, shift: f64) {
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

    /// A message leaves. Where it will end is not known yet.
    fn send(&mut self, sim: &Sim, window: &Window, message: u32, index: u32) {
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
    fn end(&mut self, sim: &Sim, window: &Window, index: u32, row: &Row) {
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
    fn stub(&mut self, sim: &Sim, window: &Window, index: u32, row: &Row) {
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
}

/// Lets the bars of one client that last at the same time, the earliest first, share their room.
fn part(bars: Vec<&mut Bar>) {
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

/// The rows to draw: those of the window's stretch, or the nearest to the playhead if they are too many.
fn stretch(sim: &Sim, window: &Window) -> std::ops::Range<u32> {
    let (first, last) = window.stretch();
    let (start, end) = (sim.trace().first_at(first), sim.trace().first_at(last));
    let nearest = sim.trace().first_at(window.center).saturating_sub(MOST_ROWS * 3 / 4);
    if end - start <= MOST_ROWS { start..end } else { start.max(nearest)..end.min(nearest + MOST_ROWS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::touch;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario as sim;
    use faultline::sim::Chance;

    fn session(model: &str, loss: u32, ms: u64) -> Session {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        scenario.network.loss = Chance::percent(loss);
        let mut session = Session::new(&library, scenario).unwrap();
        session.seek(Time::ZERO + Span::millis(ms));
        session
    }

    fn window(session: &Session) -> Window {
        Window::new(800.0, 200.0, 0.05, session.playhead(), None)
    }

    fn list(session: &Session) -> List {
        List::of(session, window(session))
    }

    #[test]
    fn a_message_is_a_line_from_its_sending_to_its_arrival() {
        let session = session("ping-pong", 0, 55);
        let list = list(&session);
        let flight = session.sim().trace().row(1).unwrap();
        let first = &list.arrows[0];
        assert_eq!((first.fate, first.label.as_str(), first.from), (Fate::Arrived, "ping 1", (0.0, list.lanes[0].y)));
        let arrived =
            session.sim().trace().rows().unwrap().find(|row| row.kind == EventKind::Deliver && row.subject == flight.subject).unwrap();
        // A twentieth of real time, 80 pixels a second.
        assert!((first.to.0 - arrived.time.0 as f64 / 1e9 * 1600.0).abs() < 1e-6);
        assert_eq!(first.to.1, list.lanes[1].y);
        assert_eq!(list.arrows[1].fate, Fate::Flying);
    }

    #[test]
    fn a_message_that_a_hand_delays_is_on_its_way_until_then_and_lost_where_it_was() {
        let mut session = session("ping-pong", 0, 10);
        let (id, sent) = {
            let flight = session.sim().flights().next().unwrap();
            session.edit(vec![touch::decide(session.sim(), flight.message, sim::Fate::Delay(Span::secs(1))).unwrap()]).unwrap();
            (flight.message, flight.sent)
        };
        let due = session.sim().due(id).unwrap();
        assert_eq!(session.sim().flights().find(|flight| flight.message == id).unwrap().due, due);
        let half = sent + Span(due.since(sent).0 / 2);
        session.seek(half);
        let arrow = |session: &Session| list(session).arrows.into_iter().find(|arrow| arrow.message == id).unwrap();
        let flying = arrow(&session);
        assert_eq!((flying.fate, flying.to.0), (Fate::Flying, window(&session).x(due)));
        session.edit(touch::cut(session.sim(), NodeId(0), NodeId(1))).unwrap();
        let (lost, lanes) = (arrow(&session), list(&session).lanes);
        assert_eq!(lost.fate, Fate::Lost);
        assert!((lost.to.1 - (lanes[0].y + lanes[1].y) / 2.0).abs() < 0.1, "{lost:?}");
    }

    #[test]
    fn a_loss_ends_on_the_way() {
        let session = session("ping-pong", 100, 100);
        let lost = list(&session).arrows[0].clone();
        assert_eq!(lost.fate, Fate::Lost);
        assert!(lost.from.1 < lost.to.1 && lost.to.1 < list(&session).lanes[1].y);
    }

    #[test]
    fn the_playhead_stands_still_once_there_is_a_past_and_the_picture_passes_under_it() {
        let at = |ms: u64| Window::new(800.0, 200.0, 0.05, Time::ZERO + Span::millis(ms), None);
        assert_eq!((at(0).head(), at(0).shift()), (0.0, 0.0));
        assert!((at(100).head() - 160.0).abs() < 1e-6);
        for ms in [1_000, 10_000, 3_600_000] {
            assert!((at(ms).head() - 800.0 * HEAD).abs() < 1e-3, "{}", at(ms).head());
            assert!(at(ms).shift() <= 800.0, "what is in sight is drawn");
        }
    }

    #[test]
    fn what_happened_last_is_marked_and_the_known_future_is_drawn() {
        let mut session = session("ping-pong", 0, 400);
        session.seek(Time(120_000_000));
        let list = list(&session);
        let here: Vec<_> = list.dots.iter().filter(|dot| dot.here).collect();
        assert_eq!(here.len(), 1);
        assert!(here[0].row < session.sim().rows());
        assert!(list.dots.iter().any(|dot| dot.row >= session.sim().rows()));
        assert!(list.arrows.iter().any(|arrow| arrow.here));
    }

    #[test]
    fn what_a_client_is_told_to_ask_is_on_its_own_lane_and_what_changes_for_all_on_none() {
        let mut session = session("primary-backup", 0, 100);
        session.edit(vec![Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 }]).unwrap();
        session.edit(vec![Input::HealAll]).unwrap();
        let list = list(&session);
        let places = |kind| list.dots.iter().filter(|dot| dot.kind == kind).map(|dot| dot.y).collect::<Vec<_>>();
        assert_eq!(places(EventKind::Invoke), [Some(list.lanes[3].y)]);
        assert_eq!(places(EventKind::Input), [None]);
    }

    #[test]
    fn a_crash_breaks_the_lane_until_the_restart() {
        let mut session = session("ping-pong", 0, 100);
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        session.seek(Time(200_000_000));
        session.edit(vec![Input::Restart(NodeId(1))]).unwrap();
        session.seek(Time(300_000_000));
        let states: Vec<_> = list(&session).lanes[1].pieces.iter().map(|piece| piece.2).collect();
        assert_eq!(states, [NodeStatus::Up, NodeStatus::Down, NodeStatus::Up]);
        assert_eq!(list(&session).lanes[0].pieces.len(), 1);
    }

    #[test]
    fn a_node_sees_only_that_its_own_messages_left_or_came() {
        let mut session = session("primary-backup", 20, 700);
        session.knower = Some(NodeId(1));
        let list = list(&session);
        assert!(list.dots.iter().all(|dot| dot.y == Some(list.lanes[1].y)));
        assert!(!list.dots.is_empty() && !list.arrows.is_empty());
        assert!(list.arrows.iter().all(|arrow| arrow.fate != Fate::Lost));
        assert!(list.arrows.iter().all(|arrow| arrow.from.1 == list.lanes[1].y || arrow.to.1 == list.lanes[1].y));
        assert!(list.lanes[0].pieces.is_empty() && !list.lanes[1].pieces.is_empty());
    }

    #[test]
    fn what_a_client_asks_is_a_bar_on_its_lane_from_asking_to_answer() {
        let mut session = session("primary-backup", 0, 100);
        session.edit(vec![Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 }]).unwrap();
        session.seek(Time(120_000_000));
        let waits = list(&session).bars;
        assert_eq!((waits.len(), waits[0].outcome, waits[0].y), (1, Came::Waits, list(&session).lanes[3].y));
        session.seek(Time(600_000_000));
        let done = &list(&session).bars[0];
        assert_eq!(done.outcome, Came::Done);
        assert!(done.label.starts_with("write") && done.from < done.to && done.to < 3.0 * 800.0, "{done:?}");
        session.knower = Some(NodeId(0));
        assert!(list(&session).bars.is_empty());
    }

    #[test]
    fn bars_that_last_at_the_same_time_share_their_room_and_those_after_them_have_all_of_it() {
        let mut bars = [(0.0, 30.0), (10.0, 60.0), (35.0, 50.0), (60.0, 90.0)].map(|(from, to)| Bar {
            from,
            to,
            y: 50.0,
            reach: (-6.0, 6.0),
            row: 0,
            outcome: Came::Done,
            label: String::new(),
            blamed: false,
        });
        part(bars.iter_mut().collect());
        let [first, second, third, alone] = bars.each_ref().map(|bar| bar.reach);
        assert_eq!(alone, (-6.0, 6.0));
        assert_eq!(first, third, "the third comes when the first is over");
        assert!(first.1 < second.0, "{first:?} {second:?}");
        assert_eq!((first.0, second.1), (-7.0, 7.0));
        let mut crowd: Vec<Bar> = (0..9).map(|_| Bar { to: 1e9, ..bars[0].clone() }).collect();
        part(crowd.iter_mut().collect());
        assert!(crowd.iter().all(|bar| bar.reach.1 - bar.reach.0 > 2.5 && bar.reach.1 <= 7.0));
    }

    #[test]
    fn who_breaks_a_promise_is_marked_and_so_is_the_time_in_which_operations_contradict_one_another() {
        let mut session = session("primary-backup", 0, 100);
        session.edit(vec![Input::Set { key: "wait-for".into(), value: 1 }, Input::Set { key: "read-anywhere".into(), value: 1 }]).unwrap();
        session.edit(vec![Input::Cut { from: NodeId(0), to: NodeId(2) }]).unwrap();
        for (node, op) in [(0, 1), (2, 0)] {
            session.edit(vec![Input::Invoke { client: 0, node: NodeId(node), op, argument: 0 }]).unwrap();
            session.seek(session.playhead() + Span::millis(300));
        }
        session.choose_promise(2);
        let blamed = list(&session);
        assert_eq!((blamed.bars.iter().filter(|bar| bar.blamed).count(), blamed.because.len()), (2, 2));
        let (from, to) = blamed.doubt.unwrap();
        assert!(blamed.bars.iter().all(|bar| bar.from >= from && bar.to <= to));
        assert_eq!(blamed.lanes.iter().map(|lane| lane.accused).collect::<Vec<_>>(), [false, false, false, true]);
        session.seek(Time(150_000_000));
        session.judge();
        let before = list(&session);
        assert!(before.doubt.is_none() && before.because.is_empty() && before.lanes.iter().all(|lane| !lane.accused));
    }

    #[test]
    fn a_hidden_lane_takes_no_room_and_no_messages_and_what_only_one_does_is_folded() {
        let mut session = session("primary-backup", 0, 700);
        let all = list(&session);
        session.hidden.insert(NodeId(1));
        let less = list(&session);
        assert!(less.lanes[1].hidden && less.lanes[2].y < all.lanes[2].y);
        assert!(!less.arrows.is_empty() && less.arrows.len() < all.arrows.len());
        assert!(less.arrows.iter().all(|arrow| arrow.ends.0 != NodeId(1) && arrow.ends.1 != NodeId(1)));

        let mut list = List { dots: all.dots[..1].to_vec(), ..List::default() };
        let dot = Dot { local: true, here: false, count: 1, ..list.dots[0] };
        list.dots = [0.0, 5.0, 10.0, 60.0].map(|x| Dot { x, end: x, ..dot }).to_vec();
        list.dots.push(Dot { x: 62.0, end: 62.0, local: false, ..dot });
        list.fold();
        let folded: Vec<_> = list.dots.iter().map(|dot| (dot.x, dot.end, dot.count)).collect();
        assert_eq!(folded, [(0.0, 10.0, 3), (60.0, 60.0, 1), (62.0, 62.0, 1)]);
    }

    #[test]
    fn one_can_look_elsewhere_than_at_the_playhead_but_not_beyond_the_run() {
        let now = Time(9_000_000_000);
        let window = Window::new(800.0, 200.0, 0.05, now, None);
        let back = window.moved(-1600.0, now);
        assert_eq!(back, Time(8_000_000_000));
        assert_eq!(window.moved(50.0, now), now);
        let elsewhere = Window::new(800.0, 200.0, 0.05, now, Some(back));
        assert!((elsewhere.head() - (800.0 * HEAD + 1600.0)).abs() < 1e-6);
        assert!(elsewhere.seen().1 < now && window.seen().1 == now + Span(1));
        assert_eq!(elsewhere.moved(-1e9, now), Time((800.0 * HEAD / elsewhere.scale) as u64));
    }

    #[test]
    fn a_busy_run_is_drawn_in_part_around_the_playhead() {
        let session = session("gossip", 0, 60_000);
        let window = Window::new(800.0, 200.0, 10.0, session.playhead(), None);
        let rows = stretch(session.sim(), &window);
        assert!(rows.len() <= MOST_ROWS as usize && rows.contains(&(session.sim().rows() - 1)));
    }
}
