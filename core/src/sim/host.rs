//! The thin typed layer around one protocol.
//!
//! The machine is compiled once and knows only numbers; [`Typed`] turns a numbered event into a
//! call of the protocol and the protocol's effects back into numbers. It keeps the nodes' states
//! and what the messages say.

use super::NodeId;
use super::chunked::Chunked;
use super::clock::LocalTime;
use super::draw::{Purpose, below, draw};
use super::time::Span;
use crate::judge::history::Word;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::measure::theory::Theory;
use crate::protocol::{About, Cluster, Cx, OpId, Protocol, Seen, Settings, Ticket, Timer, TimerCode};
use crate::view::View;
use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

/// What a node asked for while it handled one event, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a message.
    Send {
        /// To whom.
        to: NodeId,
        /// Which of the protocol's messages it is.
        payload: u32,
        /// Its kind.
        kind: u8,
        /// Its size in bytes.
        size: u32,
        /// The hash of what it says.
        hash: u64,
    },
    /// Do something once a sync is through.
    After(u32, Box<Effect>),
    /// Set a timer.
    Set(TimerCode, Span),
    /// Forget a timer.
    Cancel(TimerCode),
    /// Something was written to the disk.
    Write {
        /// The hash of what was written.
        hash: u64,
    },
    /// Make everything written so far durable.
    Sync(u32),
    /// Answer a client.
    Reply {
        /// Which operation.
        op: u32,
        /// Which of the protocol's answers it is.
        answer: u32,
        /// Whether it was done; if not, it surely was not.
        done: bool,
        /// The hash of the answer.
        hash: u64,
    },
    /// Words about this event.
    Note(Cow<'static, str>),
}

/// One event's worth of a node: what it may know, and what it asks for.
#[derive(Debug)]
pub struct Calls {
    pub(crate) me: NodeId,
    pub(crate) nodes: u16,
    pub(crate) now: LocalTime,
    pub(crate) steady: u64,
    pub(crate) seed: u64,
    pub(crate) choices: u64,
    pub(crate) next_ticket: u32,
    pub(crate) effects: Vec<Effect>,
    /// In an exploration: what is chosen instead of what the seed says.
    pub(crate) trial: Option<Trial>,
}

/// The choices of one event, tried one after the other.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// What was chosen, and out of how many.
    choices: Vec<(u64, u64)>,
    made: usize,
}

impl Trial {
    /// A choice among more than this many is not tried. Mostly it is a length of time, and exploration
    /// knows no time.
    const MOST: u64 = 16;

    fn choose(&mut self, bound: u64, me: NodeId) -> u64 {
        if bound > Self::MOST {
            // Or it is a name that no other node should have.
            return (bound / 2 + u64::from(me.0)) % bound;
        }
        if self.made == self.choices.len() {
            self.choices.push((0, bound));
        }
        let (choice, _) = self.choices[self.made];
        self.made += 1;
        choice
    }

    /// Goes over to the next combination. Says whether there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.made = 0;
        while let Some((choice, bound)) = self.choices.pop() {
            if choice + 1 < bound {
                self.choices.push((choice + 1, bound));
                return true;
            }
        }
        false
    }
}

impl Calls {
    pub(crate) fn new(nodes: u16, seed: u64) -> Self {
        let me = NodeId(0);
        Self { me, nodes, now: LocalTime::default(), steady: 0, seed, choices: 0, next_ticket: 0, effects: Vec::new(), trial: None }
    }

    pub(crate) fn choose(&mut self, bound: u64) -> u64 {
        if let Some(trial) = &mut self.trial {
            return trial.choose(bound, self.me);
        }
        let drawn = draw(self.seed, Purpose::Choice, u64::from(self.me.0), self.choices);
        self.choices += 1;
        below(drawn, bound)
    }
}

/// What a node has to handle.
#[derive(Clone, Copy, Debug)]
pub enum Happened {
    /// It starts.
    Boot,
    /// A message arrives: from whom, and its number.
    Message(NodeId, u32),
    /// A timer has run out.
    Timer(TimerCode),
    /// A sync is through.
    Synced(u32),
    /// A client's request arrives: its number.
    Request(u32),
}

/// A protocol as the machine sees it: everything by number.
pub trait Host {
    /// What can be said of the protocol without running it.
    fn about(&self) -> &'static About;
    /// The names of its timers.
    fn timer_names(&self) -> &'static [&'static str];
    /// Gives it other settings, now and for good.
    fn configure(&mut self, settings: &Settings<'_>);

    /// A node handles an event.
    fn happen(&mut self, event: Happened, calls: &mut Calls);

    /// Makes the next operation of that code; its number is the count of those before it, and
    /// `unique` is what no other operation of the run is given.
    fn make_op(&mut self, code: u8, argument: i64, unique: u32) -> Option<u64>;
    /// The first so many unsynced writes of a node are now on its disk.
    fn persist(&mut self, node: NodeId, writes: usize);
    /// A node loses its memory and every write that is not on its disk.
    fn crash(&mut self, node: NodeId);

    /// The kind of a message.
    fn kind(&self, payload: u32) -> u8;
    /// What a message says.
    fn describe(&self, payload: u32) -> String;
    /// What an operation asks for.
    fn describe_op(&self, op: u32) -> String;
    /// What an answer says.
    fn describe_answer(&self, answer: u32) -> String;
    /// What an operation and its answer are to a judge.
    fn word(&self, op: u32, answer: Option<u32>) -> Option<Word>;
    /// What kind of object clients ask.
    fn object(&self) -> Object;
    /// What clients read before anything was written.
    fn initial(&self) -> Value;
    /// Which formula is about it.
    fn theory(&self) -> Option<Theory>;
    /// How a node shows itself whose wall clock and steady clock show this.
    fn view(&self, node: NodeId, now: LocalTime, steady: LocalTime) -> View;
    /// The promises: name, what is promised, and whether it holds.
    fn invariants(&self) -> Vec<(&'static str, &'static str, Result<(), String>)>;

    /// The state of all nodes, to come back to.
    fn save(&self) -> Box<dyn Any>;
    /// Comes back to a saved state.
    fn load(&mut self, saved: &dyn Any);
    /// Forgets everything that was said after the present state.
    fn forget_future(&mut self);
    /// How many messages were made.
    fn messages(&self) -> u32;
    /// Forgets the chunks of messages that are not to be kept.
    fn forget(&mut self, keep: &dyn Fn(usize) -> bool);

    // For explorations, which leap from state to state, and of each change only what is different.

    /// The state of one node, to come back to.
    fn save_node(&self, node: NodeId) -> Rc<dyn Any>;
    /// Brings one node back to a saved state.
    fn load_node(&mut self, node: NodeId, saved: &dyn Any);
    /// The stable hash of one node's state.
    fn fingerprint(&self, node: NodeId) -> u64;
    /// How many words one node's state is. To learn it takes as long as a hash.
    fn words(&self, node: NodeId) -> usize;
    /// Forgets all answers, and all messages but the first so many.
    fn unsay(&mut self, messages: u32);
}

struct Node<P: Protocol> {
    memory: Option<P::Memory>,
    /// What a crash would leave.
    synced: P::Disk,
    /// What the node sees: `synced` and the writes that are not durable yet.
    disk: P::Disk,
    unsynced: Vec<P::Write>,
}

impl<P: Protocol> Clone for Node<P> {
    fn clone(&self) -> Self {
        Self { memory: self.memory.clone(), synced: self.synced.clone(), disk: self.disk.clone(), unsynced: self.unsynced.clone() }
    }
}

impl<P: Protocol> Node<P> {
    fn hash_and_size(&self) -> (u64, usize) {
        let Self { memory, synced, disk, unsynced } = self;
        super::hash::hash_and_size(&(memory, synced, disk, unsynced))
    }
}

struct State<P: Protocol> {
    nodes: Vec<Node<P>>,
    /// How many messages, operations and answers were made so far.
    messages: u32,
    ops: u32,
    answers: u32,
}

impl<P: Protocol> Clone for State<P> {
    fn clone(&self) -> Self {
        Self { nodes: self.nodes.clone(), ..*self }
    }
}

/// Everything that was ever said in a run, but for the messages that are forgotten.
struct Said<P: Protocol> {
    messages: Chunked<P::Message>,
    ops: Chunked<P::Op>,
    answers: Chunked<P::Ret>,
}

/// Appends what is new. A run that was taken back says the same things again, so nothing is.
fn keep<T: Clone>(list: &mut Chunked<T>, count: &mut u32, items: impl Iterator<Item = T>) {
    for item in items {
        list.put(*count as usize, item);
        *count += 1;
    }
}

/// The host of one protocol.
pub struct Typed<P: Protocol> {
    protocol: P,
    state: State<P>,
    said: Said<P>,
    /// What one event's handling sends and answers, until the lists above may be changed again.
    outbox: Vec<P::Message>,
    replies: Vec<P::Ret>,
}

impl<P: Protocol> Typed<P> {
    /// So many nodes that have not started yet.
    #[must_use]
    pub fn new(nodes: u16, settings: &Settings<'_>) -> Self {
        let node = Node { memory: None, synced: P::Disk::default(), disk: P::Disk::default(), unsynced: Vec::new() };
        Self {
            protocol: P::configure(settings),
            state: State { nodes: vec![node; usize::from(nodes)], messages: 0, ops: 0, answers: 0 },
            said: Said { messages: Chunked::default(), ops: Chunked::default(), answers: Chunked::default() },
            outbox: Vec::new(),
            replies: Vec::new(),
        }
    }

    fn seen(&self, node: NodeId, now: LocalTime, steady: LocalTime) -> Seen<'_, P> {
        let Node { memory, synced, disk, .. } = &self.state.nodes[node.index()];
        Seen { me: node, nodes: self.state.nodes.len() as u16, memory: memory.as_ref(), disk, synced, now, steady }
    }
}

impl<P: Protocol> Host for Typed<P> {
    fn about(&self) -> &'static About {
        P::ABOUT
    }

    fn timer_names(&self) -> &'static [&'static str] {
        P::Timer::NAMES
    }

    fn configure(&mut self, settings: &Settings<'_>) {
        self.protocol = P::configure(settings);
    }

    // One function for all kinds of event, because the page pays for each once per protocol.
    fn happen(&mut self, event: Happened, calls: &mut Calls) {
        let node = &mut self.state.nodes[calls.me.index()];
        let mut cx = Cx {
            calls,
            disk: &mut node.disk,
            writes: &mut node.unsynced,
            outbox: &mut self.outbox,
            replies: &mut self.replies,
            messages_before: self.state.messages,
            answers_before: self.state.answers,
        };
        let protocol = &self.protocol;
        match (event, &mut node.memory) {
            (Happened::Boot, memory) => *memory = Some(protocol.start(&mut cx)),
            (Happened::Message(from, payload), Some(memory)) => {
                if let Some(message) = self.said.messages.get(payload as usize) {
                    protocol.on_message(memory, from, message, &mut cx);
                }
            }
            (Happened::Timer(code), Some(memory)) => protocol.on_timer(memory, P::Timer::unpack(code), &mut cx),
            (Happened::Synced(ticket), Some(memory)) => protocol.on_synced(memory, Ticket(ticket), &mut cx),
            (Happened::Request(op), Some(memory)) => {
                if let Some(request) = self.said.ops.get(op as usize) {
                    protocol.on_request(memory, OpId(op), request, &mut cx);
                }
            }
            (_, None) => {}
        }
        keep(&mut self.said.messages, &mut self.state.messages, self.outbox.drain(..));
        keep(&mut self.said.answers, &mut self.state.answers, self.replies.drain(..));
    }

    fn make_op(&mut self, code: u8, argument: i64, unique: u32) -> Option<u64> {
        let op = P::op(code, argument, unique)?;
        let hash = super::hash::stable_hash(&op);
        keep(&mut self.said.ops, &mut self.state.ops, std::iter::once(op));
        Some(hash)
    }

    fn persist(&mut self, node: NodeId, writes: usize) {
        let node = &mut self.state.nodes[node.index()];
        for write in node.unsynced.drain(..writes) {
            P::apply(&mut node.synced, &write);
        }
    }

    fn crash(&mut self, node: NodeId) {
        let node = &mut self.state.nodes[node.index()];
        node.memory = None;
        node.unsynced.clear();
        node.disk = node.synced.clone();
    }

    fn kind(&self, payload: u32) -> u8 {
        self.said.messages.get(payload as usize).map_or(0, P::kind)
    }

    fn describe(&self, payload: u32) -> String {
        self.said.messages.get(payload as usize).map(P::describe).unwrap_or_default()
    }

    fn describe_op(&self, op: u32) -> String {
        self.said.ops.get(op as usize).map(P::describe_op).unwrap_or_default()
    }

    fn describe_answer(&self, answer: u32) -> String {
        self.said.answers.get(answer as usize).map(P::describe_ret).unwrap_or_default()
    }

    fn word(&self, op: u32, answer: Option<u32>) -> Option<Word> {
        P::word(self.said.ops.get(op as usize)?, answer.and_then(|answer| self.said.answers.get(answer as usize)))
    }

    fn object(&self) -> Object {
        P::object()
    }

    fn initial(&self) -> Value {
        P::initial()
    }

    fn theory(&self) -> Option<Theory> {
        self.protocol.theory(self.state.nodes.len() as u16)
    }

    fn view(&self, node: NodeId, now: LocalTime, steady: LocalTime) -> View {
        let mut view = View::default();
        self.protocol.view(&self.seen(node, now, steady), &mut view);
        view
    }

    fn invariants(&self) -> Vec<(&'static str, &'static str, Result<(), String>)> {
        let nodes =
            (0..self.state.nodes.len() as u16).map(|node| self.seen(NodeId(node), LocalTime::default(), LocalTime::default())).collect();
        let cluster = Cluster { protocol: &self.protocol, nodes };
        P::invariants().iter().map(|invariant| (invariant.id, invariant.promise, (invariant.holds)(&cluster))).collect()
    }

    fn save(&self) -> Box<dyn Any> {
        Box::new(self.state.clone())
    }

    fn load(&mut self, saved: &dyn Any) {
        if let Some(state) = saved.downcast_ref::<State<P>>() {
            self.state = state.clone();
        }
    }

    fn forget_future(&mut self) {
        let State { messages, ops, answers, .. } = self.state;
        self.said.messages = self.said.messages.prefix(messages as usize);
        self.said.ops = self.said.ops.prefix(ops as usize);
        self.said.answers = self.said.answers.prefix(answers as usize);
    }

    fn messages(&self) -> u32 {
        self.state.messages
    }

    fn forget(&mut self, keep: &dyn Fn(usize) -> bool) {
        self.said.messages.forget(keep);
    }

    fn save_node(&self, node: NodeId) -> Rc<dyn Any> {
        Rc::new(self.state.nodes[node.index()].clone())
    }

    fn load_node(&mut self, node: NodeId, saved: &dyn Any) {
        if let Some(saved) = saved.downcast_ref::<Node<P>>() {
            self.state.nodes[node.index()].clone_from(saved);
        }
    }

    fn fingerprint(&self, node: NodeId) -> u64 {
        self.state.nodes[node.index()].hash_and_size().0
    }

    fn words(&self, node: NodeId) -> usize {
        self.state.nodes[node.index()].hash_and_size().1
    }

    fn unsay(&mut self, messages: u32) {
        self.state.messages = messages;
        self.state.answers = 0;
        self.said.messages.truncate(messages as usize);
        self.said.answers.truncate(0);
    }
}
