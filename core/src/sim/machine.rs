//! One run: takes the next thing from the queue, lets it happen, writes it down.

use super::NodeId;
use super::draw::{Chance, Purpose, below, draw, mix};
use super::hash::TraceHash;
use super::host::{Calls, Effect, Happened, Host};
use super::latency::Latency;
use super::network::{Links, Network, Topology, link_key};
use super::queue::{Queue, What};
use super::state::{Held, Node, NodeStatus, OpenOp, State, TimerState, Work};
use super::time::{Span, Time};
use super::trace::{Cargo, Cursor, Ended, EventKind, LossReason, MessageMeta, OpMeta, Row, Trace};
use crate::judge::history::Word;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::measure::theory::Theory;
use crate::models::{Library, Model};
use crate::protocol::{About, OpSpec, Settings, TimerCode};
use crate::scenario::{Fate, Fault, Input, Pace, Place, Route, Scenario};
use crate::view::View;
use std::any::Any;
use std::collections::BTreeMap;

/// A run of a scenario, as far as it has come.
pub struct Sim {
    scenario: Scenario,
    pub(super) host: Box<dyn Host>,
    pub(super) state: State,
    pub(super) trace: Trace,
    calls: Calls,
}

/// A message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Its number in the trace.
    pub message: u32,
    /// From.
    pub from: NodeId,
    /// To.
    pub to: NodeId,
    /// When it left.
    pub sent: Time,
    /// When it arrives, or would have.
    pub due: Time,
    /// When it disappears, if it does.
    pub lost: Option<Time>,
}

/// How far a run came that was to go to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// To that moment.
    There,
    /// Not so far: there are too many events before it.
    CutShort,
    /// To where time stands still: that moment never comes.
    StandsStill,
}

/// A run at one moment, to come back to.
pub(super) struct Keyframe {
    pub(super) state: State,
    pub(super) host: Box<dyn Any>,
    /// How many messages of the protocol there were.
    pub(super) said: u32,
}

/// How many rows there are of one moment at most. The largest cluster needs fewer to start at once; with
/// more, events cause one another without any time between them, and no later moment ever comes.
const MOST_AT_ONCE: u32 = 500_000;

/// What the trace's row is about, as the machine passes it on.
#[derive(Clone, Copy)]
struct Parcel {
    cargo: Cargo,
    kind: u8,
    size: u32,
    hash: u64,
}

impl Sim {
    /// A run at its beginning.
    ///
    /// # Errors
    /// If the scenario cannot be run: names the fault and its place.
    pub fn new(library: &Library, scenario: Scenario) -> Result<Self, Fault> {
        let model = scenario.check(library)?;
        Ok(Self::start(model, scenario))
    }

    fn start(model: Model, scenario: Scenario) -> Self {
        let about = model.about();
        let host = model.host(scenario.nodes, &scenario.settings(about));
        let mut queue = Queue::default();
        for node in 0..scenario.nodes {
            queue.push(Time::ZERO, What::Boot(NodeId(node)));
        }
        let mut sim = Self {
            host,
            state: State {
                now: Time::ZERO,
                queue,
                nodes: vec![Node::new(scenario.disk.clone()); usize::from(scenario.nodes)],
                links: Links::default(),
                topology: Topology::default(),
                network: scenario.network.clone(),
                settings: scenario.settings.clone(),
                fates: BTreeMap::new(),
                open: BTreeMap::new(),
                issued: vec![0; usize::from(scenario.clients)],
                asked: vec![0; usize::from(scenario.clients)],
                heard: 0,
                cursor: Cursor::default(),
                inputs_done: 0,
                steps: 0,
                moment_began: 0,
            },
            trace: Trace::default(),
            calls: Calls::new(scenario.nodes, scenario.seed),
            scenario,
        };
        sim.queue_inputs();
        if sim.scenario.workload.is_some() {
            for client in 0..sim.scenario.clients {
                sim.schedule_issue(client);
            }
        }
        sim
    }

    // ---- looking ------------------------------------------------------------------------------

    /// The scenario of this run.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What can be said of the model without running it.
    #[must_use]
    pub fn about(&self) -> &'static About {
        self.host.about()
    }

    /// The true time of the last thing that happened.
    #[must_use]
    pub fn now(&self) -> Time {
        self.state.now
    }

    /// The true time of the next thing that may happen, if there is one.
    #[must_use]
    pub fn next_time(&self) -> Option<Time> {
        let next = self.state.queue.peek()?.time;
        (next > self.state.now || !self.is_full()).then_some(next)
    }

    /// Whether the run ends here although more would happen, because all of it would happen at this very
    /// moment: without any time between events the next moment may never come.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.is_full() && self.state.queue.peek().is_some_and(|event| event.time <= self.state.now)
    }

    /// Whether as much has happened at the present moment as ever may.
    fn is_full(&self) -> bool {
        self.state.cursor.rows - self.state.moment_began >= MOST_AT_ONCE
    }

    /// How many events were handled so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state.steps
    }

    /// How much is queued that may happen.
    pub(super) fn queued(&self) -> u64 {
        self.state.queue.len()
    }

    /// How many rows of the trace lie behind.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.state.cursor.rows
    }

    /// The hash of everything that has happened so far.
    #[must_use]
    pub fn hash(&self) -> TraceHash {
        self.state.cursor.hash
    }

    /// Everything that has happened. A run that was taken back still holds what came after, and one that
    /// is looked at for long has forgotten what lies far away.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether a node works.
    #[must_use]
    pub fn status(&self, node: NodeId) -> NodeStatus {
        self.state.nodes.get(node.index()).map_or(NodeStatus::Down, |node| node.status)
    }

    /// How many pieces of work wait for a node that is paused or busy.
    #[must_use]
    pub fn waiting(&self, node: NodeId) -> usize {
        self.state.nodes.get(node.index()).map_or(0, |node| node.inbox.len())
    }

    /// How a node shows itself.
    #[must_use]
    pub fn view(&self, node: NodeId) -> View {
        let clock = &self.state.nodes[node.index()].clock;
        self.host.view(node, clock.wall(self.state.now), clock.steady_reading(self.state.now))
    }

    /// The timers of a node that will run out: what for, when it was set, and when it is due.
    #[must_use]
    pub fn timers(&self, node: NodeId) -> Vec<(&'static str, Time, Time)> {
        let names = self.host.timer_names();
        let set = |timer: &TimerState| self.trace.row(timer.row).map_or(Time::ZERO, |row| row.time);
        self.state.nodes[node.index()].timers.iter().map(|timer| (names[usize::from(timer.code.kind)], set(timer), timer.due)).collect()
    }

    /// The names of the model's kinds of timer.
    #[must_use]
    pub fn timer_names(&self) -> &'static [&'static str] {
        self.host.timer_names()
    }

    /// The timers of a node that could be made to run out now: each kind with its name, as
    /// [`Input::Fire`] counts them.
    #[must_use]
    pub fn timer_kinds(&self, node: NodeId) -> Vec<(u8, &'static str)> {
        let names = self.host.timer_names();
        let set = |kind: &u8| self.next_timer(node, *kind).is_some();
        (0..names.len() as u8).filter(set).map(|kind| (kind, names[usize::from(kind)])).collect()
    }

    /// How many messages a node has received, and how many it has sent: those of clients too.
    #[must_use]
    pub fn load(&self, node: NodeId) -> (u32, u32) {
        let node = &self.state.nodes[node.index()];
        (node.received, node.sent)
    }

    /// What clients have done and seen so far: how many operations they have begun, how many of these
    /// have not ended, and the row of the last that did either.
    #[must_use]
    pub fn heard(&self) -> (u32, usize, u32) {
        (self.state.cursor.ops, self.state.open.len(), self.state.heard)
    }

    /// How long a node needs for each event, if that was slowed.
    #[must_use]
    pub fn pace(&self, node: NodeId) -> Option<&Latency> {
        self.state.nodes.get(node.index())?.pace.as_ref()
    }

    /// How messages travel at the moment, where no link has a rule of its own.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.state.network
    }

    /// The value of a setting at the moment.
    ///
    /// # Panics
    /// If the model has no setting of that name.
    #[must_use]
    pub fn setting(&self, key: &str) -> i64 {
        Settings { specs: self.about().params, values: &self.state.settings }.get(key)
    }

    /// Whether messages pass from one to the other.
    #[must_use]
    pub fn connects(&self, from: NodeId, to: NodeId) -> bool {
        self.state.topology.connects(from, to)
    }

    /// Every message on its way.
    pub fn flights(&self) -> impl Iterator<Item = Flight> {
        self.state.queue.iter().filter_map(|event| {
            let (id, lost) = match event.what {
                What::Deliver(id) => (id, None),
                What::Lose(id, _) => (id, Some(event.time)),
                _ => return None,
            };
            let meta = self.trace.message(id)?;
            let sent = self.trace.row(meta.row)?.time;
            let due = if lost.is_some() { meta.due } else { event.time };
            Some(Flight { message: id, from: meta.from, to: meta.to, sent, due, lost })
        })
    }

    /// When a message arrives, or would have arrived: as the network had it, and later by as much as
    /// hands have delayed it since.
    #[must_use]
    pub fn due(&self, id: u32) -> Option<Time> {
        let meta = self.trace.message(id)?;
        let sent = self.trace.row(meta.row)?.time;
        let inputs = &self.scenario.inputs;
        let since = inputs[inputs.partition_point(|timed| timed.at <= sent)..].iter().take_while(|timed| timed.at <= self.now());
        let delays = since.filter_map(|timed| match &timed.input {
            Input::Message { from, to, nth, fate: Fate::Delay(by) }
                if (*from, *to, *nth, 0) == (meta.from, meta.to, meta.nth, meta.copy) =>
            {
                Some(*by)
            }
            _ => None,
        });
        Some(delays.fold(meta.due, |due, by| due + by))
    }

    /// What a message says, in a few words.
    #[must_use]
    pub fn describe_message(&self, id: u32) -> String {
        match self.trace.message(id).map(|meta| meta.cargo) {
            Some(Cargo::Protocol(payload)) => self.host.describe(payload),
            Some(Cargo::Request(op)) => self.host.describe_op(op),
            Some(Cargo::Reply { answer, .. }) => self.host.describe_answer(answer),
            None => String::new(),
        }
    }

    /// What an operation asks for and, if it was answered, what the answer says.
    #[must_use]
    pub fn describe_op(&self, op: u32) -> (String, Option<String>) {
        let answer = self.trace.op(op).and_then(|meta| meta.ended?.answer);
        (self.host.describe_op(op), answer.map(|answer| self.host.describe_answer(answer)))
    }

    /// What an operation and, if it was answered, its answer are to a judge.
    #[must_use]
    pub fn word(&self, op: u32) -> Option<Word> {
        self.host.word(op, self.trace.op(op).and_then(|meta| meta.ended?.answer))
    }

    /// What kind of object clients ask, to a judge.
    #[must_use]
    pub fn object(&self) -> Object {
        self.host.object()
    }

    /// What clients read, in the judge's words, before anything was written.
    #[must_use]
    pub fn initial(&self) -> Value {
        self.host.initial()
    }

    /// Which formula says what is to be expected of this model, if one does.
    #[must_use]
    pub fn theory(&self) -> Option<Theory> {
        self.host.theory()
    }

    /// What happened in a row, in a few words.
    #[must_use]
    pub fn describe_row(&self, index: u32) -> String {
        let Some(row) = self.trace.row(index) else { return String::new() };
        let message = || format!("“{}”", self.describe_message(row.subject));
        let (node, peer) = (self.name(row.node), self.name(row.peer));
        match row.kind {
            EventKind::Boot if row.detail == 1 => format!("{node} starts again"),
            EventKind::Boot => format!("{node} starts"),
            EventKind::Send => format!("{node} sends {} to {peer}", message()),
            EventKind::Deliver => format!("{node} receives {} from {peer}", message()),
            EventKind::Lose => {
                let why = match LossReason::of(row.detail) {
                    LossReason::Network => "lost by the network",
                    LossReason::Cut => "lost: the link is cut",
                    LossReason::Down => "lost: the receiver is down",
                    LossReason::Taken => "taken out",
                };
                format!("{} from {peer} to {node} is {why}", message())
            }
            EventKind::Duplicate => format!("{} from {peer} to {node} is now there twice", message()),
            EventKind::Timer => format!("{node}: {}", self.host.timer_names()[usize::from(row.detail)]),
            EventKind::Write => format!("{node} writes to its disk"),
            EventKind::Durable => format!("{node} has it on disk"),
            EventKind::Input => {
                self.scenario.inputs.get(row.subject as usize).map_or_else(String::new, |timed| self.describe_input(&timed.input))
            }
            EventKind::Invoke => format!("{node} asks {peer}: {}", self.host.describe_op(row.subject)),
            EventKind::Return => {
                let (op, answer) = self.describe_op(row.subject);
                format!("{node} has its answer to {op}: {}", answer.unwrap_or_default())
            }
            EventKind::Unknown => format!("{node} gives up on {}: its outcome is unknown", self.host.describe_op(row.subject)),
        }
    }

    /// What an input does, in a few words.
    #[must_use]
    pub fn describe_input(&self, input: &Input) -> String {
        let name = |node: &NodeId| self.name(*node);
        match input {
            Input::Crash(node) => format!("{} crashes", name(node)),
            Input::Restart(node) => format!("{} is restarted", name(node)),
            Input::Pause(node) => format!("{} is paused", name(node)),
            Input::Resume(node) => format!("{} goes on", name(node)),
            Input::Work { node, time: Some(_) } => format!("{} becomes slow", name(node)),
            Input::Work { node, time: None } => format!("{} is fast again", name(node)),
            Input::Cut { from, to } => format!("the link from {} to {} is cut", name(from), name(to)),
            Input::Heal { from, to } => format!("the link from {} to {} is healed", name(from), name(to)),
            Input::Partition(groups) => {
                let list = |group: &Vec<NodeId>| group.iter().map(name).collect::<Vec<_>>().join(", ");
                let sides: Vec<_> = groups.iter().map(list).collect();
                format!("the network is partitioned: {} on one side", sides.join(" and "))
            }
            Input::HealAll => "the network is healed".into(),
            Input::Network(_) => "the network changes".into(),
            Input::Link { from, to, .. } => format!("the link from {} to {} changes", name(from), name(to)),
            Input::ClockStep { node, by } => {
                format!("the clock of {} is set {} {}", name(node), Span(by.unsigned_abs()), if *by < 0 { "back" } else { "ahead" })
            }
            Input::ClockRate { node, parts_per_billion: 0 } => format!("the clock of {} runs as it should", name(node)),
            Input::ClockRate { node, parts_per_billion: rate } => {
                let share = f64::from(rate.unsigned_abs()) / 1e7;
                format!("the clock of {} runs {share}% {}", name(node), if *rate < 0 { "slow" } else { "fast" })
            }
            Input::Disk { node, .. } => format!("the disk of {} changes", name(node)),
            Input::Invoke { .. } => "a client asks".into(),
            Input::Message { from, to, nth, fate } => {
                let what = match fate {
                    Fate::Drop => "is dropped",
                    Fate::Duplicate => "is doubled",
                    Fate::Delay(_) => "is held up",
                    Fate::Deliver => "arrives at once",
                };
                format!("message {} from {} to {} {what}", nth + 1, name(from), name(to))
            }
            Input::Fire { node, .. } => format!("a timer of {} is fired", name(node)),
            Input::Set { key, value } => match self.about().params.iter().find(|spec| spec.key == key) {
                Some(spec) => format!("{}: {}", spec.label, spec.kind.show(*value)),
                None => format!("{key} is set to {value}"),
            },
        }
    }

    /// The name of a node or a client.
    #[must_use]
    pub fn name(&self, endpoint: NodeId) -> String {
        match endpoint.0.checked_sub(self.scenario.nodes) {
            Some(client) => format!("c{}", client + 1),
            None => endpoint.to_string(),
        }
    }

    /// The model's promises, and whether each holds at this moment.
    #[must_use]
    pub fn promises(&self) -> Vec<(&'static str, &'static str, Result<(), String>)> {
        self.host.invariants()
    }

    // ---- going on -----------------------------------------------------------------------------

    /// Lets the next thing happen. Says whether there was one.
    pub fn step(&mut self) -> bool {
        self.step_until(Time::NEVER)
    }

    /// Lets the next thing happen if it happens no later than a moment. Says whether there was one.
    pub fn step_until(&mut self, limit: Time) -> bool {
        while self.next_time().is_some_and(|next| next <= limit) {
            let Some(event) = self.state.queue.pop() else { return false };
            let before = std::mem::replace(&mut self.state.now, event.time);
            let rows = self.state.cursor.rows;
            if self.happen(event.what) {
                self.state.steps += 1;
                if event.time > before {
                    self.state.moment_began = rows;
                }
                return true;
            }
            self.state.now = before;
        }
        false
    }

    /// Lets everything happen up to and including a moment.
    pub fn run_until(&mut self, limit: Time) {
        while self.step_until(limit) {}
    }

    /// Lets everything happen up to and including a moment, but handles no more than so many events since
    /// the beginning. Says how far it came.
    #[must_use]
    pub fn run_within(&mut self, limit: Time, most: u64) -> Came {
        while self.state.steps < most {
            if !self.step_until(limit) {
                return if self.stands_still() { Came::StandsStill } else { Came::There };
            }
        }
        Came::CutShort
    }

    /// Whether it was anything: timers that were cancelled are not.
    fn happen(&mut self, what: What) -> bool {
        match what {
            What::Input(index) => self.input(index),
            What::Boot(node) => {
                let state = &self.state.nodes[node.index()];
                // An input at the very beginning may have stopped the node already, or stopped and started it.
                if state.crashes > 0 {
                    return false;
                }
                match state.status {
                    NodeStatus::Paused => self.work(node, Work::Boot),
                    _ => self.boot(node, Row::NO_CAUSE, false),
                }
            }
            What::Deliver(id) => {
                let Some(&meta) = self.trace.message(id) else { return false };
                self.arrive(id, meta);
            }
            What::Lose(id, reason) => self.lose(id, reason),
            What::Timer { node, handle } => {
                let now = self.state.now;
                let live = self.state.nodes[node.index()].timers.iter().any(|timer| timer.handle == handle && timer.due == now);
                if !live {
                    return false;
                }
                self.work(node, Work::Timer(handle));
            }
            What::Wake { node, token } => {
                let state = &mut self.state.nodes[node.index()];
                if state.waking != Some(token) {
                    return false;
                }
                state.waking = None;
                if let Some(work) = state.inbox.pop_front() {
                    self.handle(node, work);
                }
                self.wake(node);
            }
            What::Synced { node, ticket } => return self.synced(node, ticket),
            What::Issue(client) => self.issue(client),
            What::Expire(op) => {
                let Some(open) = self.state.open.remove(&op) else { return false };
                let client = self.client(open.client);
                let row = self.record(EventKind::Unknown, client, client, op, 0, open.row);
                self.end_op(op, Ended { row, time: self.state.now, kind: EventKind::Unknown, detail: 0, answer: None }, open);
            }
        }
        true
    }

    #[inline(always)]
    fn record(&mut self, kind: EventKind, node: NodeId, peer: NodeId, subject: u32, detail: u8, cause: u32) -> u32 {
        let row = Row { time: self.state.now, cause, subject, node, peer, kind, detail };
        self.trace.push(&mut self.state.cursor, row)
    }

    // ---- nodes --------------------------------------------------------------------------------

    fn boot(&mut self, node: NodeId, cause: u32, again: bool) {
        let row = self.record(EventKind::Boot, node, node, 0, u8::from(again), cause);
        self.call(node, row, Happened::Boot);
    }

    /// Something has come for a node: it handles it at once if it can.
    fn work(&mut self, node: NodeId, work: Work) {
        let state = &mut self.state.nodes[node.index()];
        if state.status == NodeStatus::Down {
            return;
        }
        if state.status == NodeStatus::Up && state.pace.is_none() && state.inbox.is_empty() && state.waking.is_none() {
            return self.handle(node, work);
        }
        state.inbox.push_back(work);
        self.wake(node);
    }

    /// Sees to it that a node gets to the next piece of work in its inbox.
    fn wake(&mut self, node: NodeId) {
        let state = &mut self.state.nodes[node.index()];
        if state.status != NodeStatus::Up || state.waking.is_some() || state.inbox.is_empty() {
            return;
        }
        let needed = state.pace.as_ref().map_or(Span::ZERO, |pace| {
            let drawn = draw(self.scenario.seed, Purpose::Work, u64::from(node.0), state.worked);
            state.worked += 1;
            pace.sample(drawn)
        });
        let token = state.next_token;
        state.next_token += 1;
        state.waking = Some(token);
        self.state.queue.push(self.state.now + needed, What::Wake { node, token });
    }

    fn handle(&mut self, node: NodeId, work: Work) {
        match work {
            Work::Boot => self.boot(node, Row::NO_CAUSE, false),
            Work::Message(id) => {
                let Some(&meta) = self.trace.message(id) else { return };
                let row = self.record(EventKind::Deliver, node, meta.from, id, 0, meta.row);
                self.state.nodes[node.index()].received += 1;
                match meta.cargo {
                    Cargo::Protocol(payload) => self.call(node, row, Happened::Message(meta.from, payload)),
                    Cargo::Request(op) => self.call(node, row, Happened::Request(op)),
                    Cargo::Reply { .. } => {}
                }
            }
            Work::Timer(handle) => {
                let timers = &mut self.state.nodes[node.index()].timers;
                // It may have been cancelled while it waited.
                let Some(index) = timers.iter().position(|timer| timer.handle == handle) else { return };
                let timer = timers.swap_remove(index);
                let row = self.record(EventKind::Timer, node, node, timer.code.number, timer.code.kind, timer.row);
                self.call(node, row, Happened::Timer(timer.code));
            }
            Work::Synced { ticket, row } => {
                let held = &mut self.state.nodes[node.index()].held;
                let ready: Vec<_> = held.extract_if(.., |held| held.ticket <= ticket).collect();
                for Held { effect, .. } in ready {
                    self.effect(node, effect, row);
                }
                self.call(node, row, Happened::Synced(ticket));
            }
        }
    }

    /// Lets the protocol handle an event and carries out what it asks for.
    fn call(&mut self, node: NodeId, row: u32, event: Happened) {
        let state = &self.state.nodes[node.index()];
        self.calls.me = node;
        self.calls.now = state.clock.wall(self.state.now);
        self.calls.steady = state.clock.steady(self.state.now);
        self.calls.choices = state.choices;
        self.calls.next_ticket = state.next_ticket;
        self.host.happen(event, &mut self.calls);
        let state = &mut self.state.nodes[node.index()];
        state.choices = self.calls.choices;
        state.next_ticket = self.calls.next_ticket;
        let mut effects = std::mem::take(&mut self.calls.effects);
        for effect in effects.drain(..) {
            self.effect(node, effect, row);
        }
        // Keeps its room for the next event.
        self.calls.effects = effects;
    }

    fn effect(&mut self, node: NodeId, effect: Effect, cause: u32) {
        match effect {
            Effect::Send { to, payload, kind, size, hash } => {
                self.send(node, to, Parcel { cargo: Cargo::Protocol(payload), kind, size, hash }, cause);
            }
            Effect::Set(code, after) => self.set_timer(node, code, after, cause),
            Effect::Cancel(code) => self.state.nodes[node.index()].timers.retain(|timer| timer.code != code),
            Effect::Write { hash } => {
                self.state.nodes[node.index()].unsynced += 1;
                self.state.cursor.hash.add(hash);
                self.record(EventKind::Write, node, node, 0, 0, cause);
            }
            Effect::Sync(ticket) => self.sync(node, ticket),
            Effect::After(ticket, effect) => {
                let state = &mut self.state.nodes[node.index()];
                if state.syncing.iter().any(|(pending, _)| *pending == ticket) {
                    state.held.push(Held { ticket, effect: *effect });
                } else {
                    self.effect(node, *effect, cause);
                }
            }
            Effect::Reply { op, answer, done, hash } => {
                if let Some(client) = self.trace.op(op).map(|meta| meta.client) {
                    self.send(node, client, Parcel { cargo: Cargo::Reply { op, answer, done }, kind: 0, size: 100, hash }, cause);
                }
            }
            Effect::Note(text) => self.trace.push_note(&mut self.state.cursor, cause, text),
        }
    }

    fn set_timer(&mut self, node: NodeId, code: TimerCode, after: Span, row: u32) {
        let now = self.state.now;
        let state = &mut self.state.nodes[node.index()];
        let steady = state.clock.steady(now).saturating_add(after.0);
        let handle = state.next_handle;
        state.next_handle += 1;
        let timer = TimerState { code, handle, steady, due: state.clock.when(steady).max(now), row };
        self.state.queue.push(timer.due, What::Timer { node, handle });
        match state.timers.iter_mut().find(|other| other.code == code) {
            Some(other) => *other = timer,
            None => state.timers.push(timer),
        }
    }

    fn sync(&mut self, node: NodeId, ticket: u32) {
        let state = &mut self.state.nodes[node.index()];
        let drawn = draw(self.scenario.seed, Purpose::Disk, u64::from(node.0), u64::from(ticket));
        // A disk does one sync after the other.
        let done = state.disk_free.max(self.state.now) + state.disk.sync.sample(drawn);
        state.disk_free = done;
        state.syncing.push_back((ticket, state.unsynced));
        self.state.queue.push(done, What::Synced { node, ticket });
    }

    fn synced(&mut self, node: NodeId, ticket: u32) -> bool {
        let state = &mut self.state.nodes[node.index()];
        if state.syncing.front().is_none_or(|(pending, _)| *pending != ticket) {
            return false;
        }
        let writes = state.syncing.pop_front().map_or(0, |(_, writes)| writes);
        state.unsynced -= writes;
        for (_, later) in &mut state.syncing {
            *later -= writes;
        }
        self.host.persist(node, writes);
        let row = self.record(EventKind::Durable, node, node, ticket, 0, Row::NO_CAUSE);
        self.work(node, Work::Synced { ticket, row });
        true
    }

    // ---- messages -----------------------------------------------------------------------------

    fn send(&mut self, from: NodeId, to: NodeId, parcel: Parcel, cause: u32) {
        let now = self.state.now;
        let seed = self.scenario.seed;
        let key = link_key(from, to);
        let rule = if self.state.topology.rules.is_empty() { None } else { self.state.topology.rules.get(&key) };
        let network = &self.state.network;
        let latency = rule.and_then(|rule| rule.latency.as_ref()).unwrap_or(&network.latency);
        let loss = rule.and_then(|rule| rule.loss).unwrap_or(network.loss);
        let duplicate = rule.and_then(|rule| rule.duplicate).unwrap_or(network.duplicate);

        let link = self.state.links.get(key);
        let nth = link.sent;
        link.sent += 1;
        if let Some(node) = self.state.nodes.get_mut(from.index()) {
            node.sent += 1;
        }
        // Two draws of one message differ in the low bits of their counter.
        let drawn = |purpose, copy: u64| draw(seed, purpose, u64::from(key), u64::from(nth) << 8 | copy);
        let happens = |chance: Chance, purpose| chance != Chance::NEVER && chance.happens(drawn(purpose, 0));

        let mut left = now;
        if let Some(bandwidth) = network.bandwidth {
            let wire = u128::from(parcel.size) * 1_000_000_000 / u128::from(bandwidth);
            left = left.max(link.free) + Span(u64::try_from(wire).unwrap_or(u64::MAX));
            link.free = left;
        }
        let travel = |copy| if from == to { Span::ZERO } else { latency.sample(drawn(Purpose::Latency, copy)) };
        let mut due = left + travel(0);
        if happens(network.reorder, Purpose::Reorder) {
            due += travel(2);
        } else if network.ordered {
            due = due.max(link.last_due);
            link.last_due = due;
        }
        let mut lost = from != to && happens(loss, Purpose::Loss);
        let mut copies = u8::from(from != to && happens(duplicate, Purpose::Duplicate));

        let mut taken = false;
        if !self.state.fates.is_empty() {
            match self.state.fates.remove(&(key, nth)) {
                Some(Fate::Drop) => taken = true,
                Some(Fate::Duplicate) => copies += 1,
                Some(Fate::Delay(by)) => (due, lost) = (due + by, false),
                Some(Fate::Deliver) => (due, lost) = (now, false),
                None => {}
            }
        }
        // Most messages have no copy, and a draw takes time.
        let mut copy_due = due;
        if copies > 0 {
            copy_due = left + travel(1);
            if network.ordered {
                copy_due = copy_due.max(link.last_due);
                link.last_due = copy_due;
            }
        }

        let row = self.state.cursor.rows;
        let meta = MessageMeta { from, to, row, due, nth, cargo: parcel.cargo, kind: parcel.kind, copy: 0 };
        let id = self.trace.push_message(&mut self.state.cursor, meta);
        self.state.cursor.hash.add(parcel.hash);
        self.record(EventKind::Send, from, to, id, parcel.kind, cause);

        if !self.state.topology.connects(from, to) {
            return self.lose(id, LossReason::Cut);
        }
        let half_way = now + Span(due.since(now).0 / 2);
        match (taken, lost) {
            (true, _) => self.state.queue.push(half_way, What::Lose(id, LossReason::Taken)),
            (_, true) => self.state.queue.push(half_way, What::Lose(id, LossReason::Network)),
            _ => self.state.queue.push(due, What::Deliver(id)),
        }
        for _ in 0..copies {
            self.copy(id, copy_due);
        }
    }

    /// A message is there a second time.
    fn copy(&mut self, id: u32, due: Time) {
        let Some(&original) = self.trace.message(id) else { return };
        let meta = MessageMeta { row: self.state.cursor.rows, due, copy: original.copy + 1, ..original };
        let copy = self.trace.push_message(&mut self.state.cursor, meta);
        self.record(EventKind::Duplicate, original.to, original.from, copy, 0, original.row);
        self.state.queue.push(due, What::Deliver(copy));
    }

    fn lose(&mut self, id: u32, reason: LossReason) {
        let Some(&meta) = self.trace.message(id) else { return };
        self.record(EventKind::Lose, meta.to, meta.from, id, reason as u8, meta.row);
    }

    fn arrive(&mut self, id: u32, meta: MessageMeta) {
        if meta.to.0 >= self.scenario.nodes {
            return self.answer(id, meta);
        }
        if self.status(meta.to) == NodeStatus::Down {
            return self.lose(id, LossReason::Down);
        }
        self.work(meta.to, Work::Message(id));
    }

    // ---- clients ------------------------------------------------------------------------------

    fn client(&self, number: u16) -> NodeId {
        NodeId(self.scenario.nodes + number)
    }

    fn schedule_issue(&mut self, client: u16) {
        let Some(workload) = &self.scenario.workload else { return };
        let issued = self.state.issued[usize::from(client)];
        if issued >= workload.limit {
            return;
        }
        let (Pace::Closed(gap) | Pace::Open(gap)) = &workload.pace;
        let gap = gap.sample(draw(self.scenario.seed, Purpose::Pace, u64::from(client), u64::from(issued)));
        self.state.queue.push(self.state.now + gap, What::Issue(client));
    }

    /// A client sends its next request by itself.
    fn issue(&mut self, client: u16) {
        let Some(workload) = &self.scenario.workload else { return };
        let issued = self.state.issued[usize::from(client)];
        self.state.issued[usize::from(client)] += 1;
        let drawn = draw(self.scenario.seed, Purpose::Workload, u64::from(client), u64::from(issued));
        let nodes = u64::from(self.scenario.nodes);
        let node = match workload.route {
            Route::To(node) => node,
            Route::Home => NodeId(client % self.scenario.nodes),
            Route::Rotate => NodeId(((u64::from(client) + u64::from(issued)) % nodes) as u16),
            Route::Random => NodeId(below(mix(drawn ^ 1), nodes) as u16),
        };
        let op = pick_op(self.host.about().ops, mix(drawn ^ 2));
        let key = below(mix(drawn ^ 3), u64::from(workload.keys)) as i64;
        let goes_on = matches!(workload.pace, Pace::Closed(_));
        self.invoke(client, node, op, key, goes_on, Row::NO_CAUSE);
        if !goes_on {
            self.schedule_issue(client);
        }
    }

    /// Whether the operation exists.
    fn invoke(&mut self, client: u16, node: NodeId, code: u8, argument: i64, goes_on: bool, cause: u32) -> bool {
        let endpoint = self.client(client);
        // Unique among all clients, and the same whatever the others do.
        let asked = &mut self.state.asked[usize::from(client)];
        let unique = *asked * u32::from(self.scenario.clients) + u32::from(client);
        *asked += 1;
        let Some(hash) = self.host.make_op(code, argument, unique) else { return false };
        let invoked = self.state.cursor.rows;
        let meta = OpMeta { client: endpoint, node, invoked, begun: self.state.now, ended: None };
        let op = self.trace.push_op(&mut self.state.cursor, meta);
        self.state.heard = invoked;
        let row = self.record(EventKind::Invoke, endpoint, node, op, code, cause);
        self.state.open.insert(op, OpenOp { client, row, goes_on });
        self.state.queue.push(self.state.now + self.scenario.patience, What::Expire(op));
        self.send(endpoint, node, Parcel { cargo: Cargo::Request(op), kind: 0, size: 100, hash }, row);
        true
    }

    /// A client has received an answer. An answer that comes too late tells it nothing any more.
    fn answer(&mut self, id: u32, meta: MessageMeta) {
        let row = self.record(EventKind::Deliver, meta.to, meta.from, id, 0, meta.row);
        let Cargo::Reply { op, answer, done } = meta.cargo else { return };
        if let Some(open) = self.state.open.remove(&op) {
            let detail = u8::from(done);
            let row = self.record(EventKind::Return, meta.to, meta.from, op, detail, row);
            self.end_op(op, Ended { row, time: self.state.now, kind: EventKind::Return, detail, answer: Some(answer) }, open);
        }
    }

    fn end_op(&mut self, op: u32, ended: Ended, open: OpenOp) {
        self.state.heard = ended.row;
        self.trace.ops.change(op as usize, |meta| meta.ended = Some(ended));
        if open.goes_on {
            self.schedule_issue(open.client);
        }
    }

    // ---- inputs -------------------------------------------------------------------------------

    fn input(&mut self, index: u32) {
        let Some(timed) = self.scenario.inputs.get(index as usize) else { return };
        self.state.inputs_done = index + 1;
        let input = timed.input.clone();
        let place = match input.place() {
            Place::Node(node) => (node, node),
            Place::Link { from, to } => (from, to),
            Place::Everywhere => (NodeId(0), NodeId(0)),
        };
        let useless = !self.has_effect(&input);
        let row = self.record(EventKind::Input, place.0, place.1, index, u8::from(useless), Row::NO_CAUSE);
        if !useless {
            self.apply(input, row);
        }
    }

    fn has_effect(&self, input: &Input) -> bool {
        match input {
            Input::Crash(node) => self.status(*node) != NodeStatus::Down,
            Input::Restart(node) => self.status(*node) == NodeStatus::Down,
            Input::Pause(node) => self.status(*node) == NodeStatus::Up,
            Input::Resume(node) => self.status(*node) == NodeStatus::Paused,
            Input::Fire { node, timer } => self.next_timer(*node, *timer).is_some(),
            _ => true,
        }
    }

    fn next_timer(&self, node: NodeId, kind: u8) -> Option<u32> {
        let timers = self.state.nodes[node.index()].timers.iter().filter(|timer| timer.code.kind == kind);
        timers.min_by_key(|timer| (timer.due, timer.handle)).map(|timer| timer.handle)
    }

    fn apply(&mut self, input: Input, row: u32) {
        match input {
            Input::Crash(node) => self.crash(node),
            Input::Restart(node) => {
                self.state.nodes[node.index()].status = NodeStatus::Up;
                self.boot(node, row, true);
            }
            Input::Pause(node) => {
                let state = &mut self.state.nodes[node.index()];
                state.status = NodeStatus::Paused;
                state.waking = None;
            }
            Input::Resume(node) => {
                self.state.nodes[node.index()].status = NodeStatus::Up;
                self.wake(node);
            }
            Input::Work { node, time } => self.state.nodes[node.index()].pace = time,
            Input::Cut { from, to } => {
                self.state.topology.cut(from, to);
                self.lose_what_is_cut();
            }
            Input::Heal { from, to } => self.state.topology.heal(from, to),
            Input::Partition(groups) => {
                let endpoints = usize::from(self.scenario.nodes) + usize::from(self.scenario.clients);
                self.state.topology.partition(&groups, endpoints);
                self.lose_what_is_cut();
            }
            Input::HealAll => self.state.topology.heal_all(),
            Input::Network(network) => self.state.network = network,
            Input::Link { from, to, rule } => {
                self.state.topology.rules.insert(link_key(from, to), rule);
            }
            Input::ClockStep { node, by } => self.state.nodes[node.index()].clock.step(by),
            Input::ClockRate { node, parts_per_billion } => self.set_clock_rate(node, parts_per_billion),
            Input::Disk { node, disk } => self.state.nodes[node.index()].disk = disk,
            Input::Invoke { client, node, op, argument } => {
                self.invoke(client, node, op, argument, false, row);
            }
            Input::Message { from, to, nth, fate } => self.decide(link_key(from, to), nth, fate),
            Input::Fire { node, timer } => {
                if let Some(handle) = self.next_timer(node, timer) {
                    self.work(node, Work::Timer(handle));
                }
            }
            Input::Set { key, value } => {
                self.state.settings.insert(key, value);
                self.configure();
            }
        }
    }

    fn configure(&mut self) {
        let specs = self.host.about().params;
        self.host.configure(&Settings { specs, values: &self.state.settings });
    }

    fn crash(&mut self, node: NodeId) {
        let seed = self.scenario.seed;
        let state = &mut self.state.nodes[node.index()];
        let drawn = draw(seed, Purpose::Torn, u64::from(node.0), state.crashes);
        let torn = if state.disk.torn.happens(drawn) { below(mix(drawn), state.unsynced as u64 + 1) as usize } else { 0 };
        let inbox = std::mem::take(&mut state.inbox);
        state.crashes += 1;
        state.status = NodeStatus::Down;
        state.waking = None;
        state.timers.clear();
        state.syncing.clear();
        state.held.clear();
        state.unsynced = 0;
        self.host.persist(node, torn);
        self.host.crash(node);
        for work in inbox {
            if let Work::Message(id) = work {
                self.lose(id, LossReason::Down);
            }
        }
    }

    fn set_clock_rate(&mut self, node: NodeId, parts_per_billion: i32) {
        let now = self.state.now;
        let state = &mut self.state.nodes[node.index()];
        state.clock.set_rate(now, parts_per_billion);
        for timer in &mut state.timers {
            let due = state.clock.when(timer.steady).max(now);
            if due != timer.due {
                timer.due = due;
                self.state.queue.push(due, What::Timer { node, handle: timer.handle });
            }
        }
    }

    /// Whatever is on its way over a link that was just cut does not arrive.
    fn lose_what_is_cut(&mut self) {
        let (queue, topology, trace) = (&mut self.state.queue, &self.state.topology, &self.trace);
        let lost = queue.take(|event| match event.what {
            What::Deliver(id) | What::Lose(id, _) => trace.message(id).is_some_and(|meta| !topology.connects(meta.from, meta.to)),
            _ => false,
        });
        for event in lost {
            if let What::Deliver(id) | What::Lose(id, _) = event.what {
                self.lose(id, LossReason::Cut);
            }
        }
    }

    /// Decides what happens to one message, on its way or yet to be sent.
    fn decide(&mut self, key: u32, nth: u32, fate: Fate) {
        if self.state.links.get(key).sent <= nth {
            self.state.fates.insert((key, nth), fate);
            return;
        }
        let trace = &self.trace;
        let is_it =
            |id: u32| trace.message(id).is_some_and(|meta| link_key(meta.from, meta.to) == key && meta.nth == nth && meta.copy == 0);
        let found = self.state.queue.take(|event| matches!(event.what, What::Deliver(id) | What::Lose(id, _) if is_it(id)));
        for event in found {
            let (What::Deliver(id) | What::Lose(id, _)) = event.what else { continue };
            let due = self.trace.message(id).map_or(event.time, |meta| meta.due).max(event.time);
            match fate {
                Fate::Drop => self.lose(id, LossReason::Taken),
                // A hand is stronger than the network, which may have lost it already without anybody knowing.
                Fate::Delay(by) => self.state.queue.push(due + by, What::Deliver(id)),
                Fate::Deliver => self.state.queue.push(self.state.now, What::Deliver(id)),
                Fate::Duplicate => {
                    self.state.queue.push(event.time, event.what);
                    self.copy(id, due);
                }
            }
        }
    }

    // ---- coming back --------------------------------------------------------------------------

    /// This moment, to come back to.
    pub(super) fn keyframe(&self) -> Keyframe {
        Keyframe { state: self.state.clone(), host: self.host.save(), said: self.host.messages() }
    }

    /// How many words the state of all nodes is.
    pub(super) fn size(&self) -> usize {
        (0..self.scenario.nodes).map(|node| self.host.words(NodeId(node))).sum()
    }

    /// Comes back to a moment of this run, or of the run that it shares its beginning with.
    pub(super) fn restore(&mut self, keyframe: &Keyframe) {
        self.state.clone_from(&keyframe.state);
        self.host.load(&*keyframe.host);
        self.configure();
        self.queue_inputs();
    }

    /// Looks at what would come if chance fell otherwise from here on, as it does with another seed.
    /// What has happened stays, and what is on its way arrives when it would have.
    pub(crate) fn with_other_chance<T>(&mut self, seed: u64, look: impl FnOnce(&mut Self) -> T) -> T {
        let here = self.keyframe();
        let scenario = self.scenario.clone();
        self.replace_future(Scenario { seed, ..scenario.clone() });
        let seen = look(self);
        self.restore(&here);
        self.replace_future(scenario);
        seen
    }

    /// Goes on from here with another scenario, of which everything up to now is the same.
    pub(super) fn replace_future(&mut self, scenario: Scenario) {
        self.calls.seed = scenario.seed;
        self.scenario = scenario;
        self.trace = self.trace.prefix(&self.state.cursor);
        self.host.forget_future();
        self.queue_inputs();
    }

    /// The inputs to come are always those of the scenario.
    fn queue_inputs(&mut self) {
        self.state.queue.take(|event| matches!(event.what, What::Input(_)));
        for (index, timed) in (0..).zip(&self.scenario.inputs).skip(self.state.inputs_done as usize) {
            self.state.queue.push(timed.at, What::Input(index));
        }
    }
}

impl Keyframe {
    /// How many rows of the trace lay behind.
    pub(super) fn rows(&self) -> u32 {
        self.state.cursor.rows
    }

    /// How many events were handled.
    pub(super) fn steps(&self) -> u64 {
        self.state.steps
    }

    /// The time of the last thing that had happened.
    pub(super) fn now(&self) -> Time {
        self.state.now
    }
}

/// One of the operations, each as likely as its weight.
fn pick_op(ops: &[OpSpec], drawn: u64) -> u8 {
    let total = ops.iter().map(|op| u64::from(op.weight)).sum();
    let mut pick = below(drawn, total);
    for (code, op) in (0..).zip(ops) {
        if pick < u64::from(op.weight) {
            return code;
        }
        pick -= u64::from(op.weight);
    }
    0
}
