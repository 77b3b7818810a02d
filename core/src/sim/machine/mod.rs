//! One run: takes the next thing from the queue, lets it happen, writes it down.
//!
//! | file | what is in it |
//! |---|---|
//! | `look` | what can be seen of it, and in what words |
//! | `nodes` | what a node does with what comes for it |
//! | `messages` | sent, copied, lost, delivered |
//! | `clients` | they ask, wait, and give up |
//! | `inputs` | what hands and scenarios do |
//! | `back` | coming back to a moment, and going on otherwise |

mod back;
mod clients;
mod inputs;
mod look;
mod messages;
mod nodes;

use super::NodeId;
use super::host::{Calls, Host};
use super::network::{Links, Topology};
use super::queue::{Queue, What};
use super::state::{Node, NodeStatus, State, Work};
use super::time::Time;
use super::trace::{Cargo, Cursor, Ended, EventKind, Row, Trace};
use crate::models::{Library, Model};
use crate::scenario::{Fault, Scenario};
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
}
