//! What can be seen of a run at its present moment, and in what words.

use super::super::NodeId;
use super::super::hash::TraceHash;
use super::super::latency::Latency;
use super::super::network::Network;
use super::super::queue::What;
use super::super::state::{NodeStatus, TimerState};
use super::super::time::{Span, Time};
use super::super::trace::{Cargo, EventKind, LossReason, Trace};
use super::{Flight, MOST_AT_ONCE, Sim};
use crate::judge::history::Word;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::measure::theory::Theory;
use crate::protocol::{About, Settings};
use crate::scenario::{Fate, Input, Scenario};
use crate::view::View;

impl Sim {
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
    pub(in crate::sim) fn queued(&self) -> u64 {
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
    pub fn timers(&self, node: NodeId) -> impl Iterator<Item = (&'static str, Time, Time)> {
        let names = self.host.timer_names();
        let set = move |timer: &TimerState| self.trace.row(timer.row).map_or(Time::ZERO, |row| row.time);
        self.state.nodes[node.index()].timers.iter().map(move |timer| (names[usize::from(timer.code.kind)], set(timer), timer.due))
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
}
