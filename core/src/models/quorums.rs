//! A store with quorums, as in Dynamo and Cassandra: a write goes to all replicas of a key and is done
//! when W of them have it; a read asks all and believes the newest of the first R answers.
//!
//! The first N nodes are the replicas; whoever is asked coordinates. A write is never rolled back: one
//! that too few have acknowledged may be read or not. Its place in the order is the time on its
//! coordinator's clock. Reads repair what they find to be old. A write that a replica does not
//! acknowledge can be left with another node as a hint; if that counts as a copy, the quorum is a
//! sloppy one, and R + W > N promises nothing.
//!
//! To measure staleness, another node can read each key some time after every write to it.

use super::number_set::NumberSet;
use super::read_write::KeyOp as Op;
use crate::judge::history::Word;
use crate::measure::theory::Theory;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{LocalTime, NodeId, Span};
use crate::timers;
use crate::view::{self, Tone, View};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The settings of a store.
#[derive(Clone, Debug)]
pub struct Quorums {
    replicas: u16,
    read_quorum: usize,
    write_quorum: usize,
    only_needed: bool,
    repair: Repair,
    hints: Hints,
    hint_after: Span,
    patience: Span,
    look: bool,
    look_after: Span,
}

/// When replicas that a read finds behind are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    Never,
    AfterTheAnswer,
    BeforeTheAnswer,
}

/// What becomes of a write that a replica does not acknowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hints {
    None,
    Kept,
    Counted,
}

/// Where a value stands among all values of its key: later ones win, then larger nodes. Nobody has
/// written what was there at the beginning, and whatever somebody writes comes after it: a clock may show
/// a time before zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    time: LocalTime,
    by: Option<(NodeId, OpId)>,
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |stamp: &Self| (stamp.by.is_some(), stamp.time, stamp.by);
        place(self).cmp(&place(other))
    }
}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A value and its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    stamp: Stamp,
    value: u32,
}

/// What a coordinator is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Call {
    /// This request of a client.
    Client(OpId),
    /// Looking how fresh this write is.
    Look(OpId),
}

impl Call {
    /// As the number of a timer.
    fn number(self) -> u32 {
        match self {
            Self::Client(OpId(id)) => id << 1,
            Self::Look(OpId(id)) => id << 1 | 1,
        }
    }

    fn of(number: u32) -> Self {
        let id = OpId(number >> 1);
        if number & 1 == 0 { Self::Client(id) } else { Self::Look(id) }
    }
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Keep this value of this key.
    Write(Call, u32, Copy),
    /// Keep this for that replica until it can be reached.
    Hint(Call, NodeId, u32, Copy),
    /// It is on my disk.
    Written(Call),
    /// What have you got of this key?
    Read(Call, u32),
    /// This.
    Found(Call, Copy),
    /// You are behind with this key.
    Repair(u32, Copy),
    /// This was left with me for you.
    HandOver(u32, Copy),
    /// I have it now.
    TakenOver(u32, Stamp),
    /// This write of this key is done: see whether it can be read.
    Look(OpId, u32, Stamp),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Hint(u32) => "no acknowledgement yet",
        GiveUp(u32) => "too few answers for too long",
        HandOver => "hints to hand over",
        Look(u32) => "time to look",
    }
}

/// What is on a node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    data: BTreeMap<u32, Copy>,
    /// What was left here: for which replica, of which key.
    hints: BTreeMap<(NodeId, u32), Copy>,
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Write {
    /// A newer value of a key.
    Value(u32, Copy),
    /// A hint.
    Hint(NodeId, u32, Copy),
    /// A hint that is not needed any more.
    HandedOver(NodeId, u32),
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    open: BTreeMap<Call, Open>,
    /// The sync after which everything on the disk is durable, if it is not yet.
    syncing: Option<Ticket>,
    /// What this node's own disk is to do for calls that it coordinates itself.
    mine: Vec<(Ticket, Call, Chore)>,
    /// The newest write of each key that a client was told is done.
    told: BTreeMap<u32, Stamp>,
    /// The writes that were asked for here: one that the network brings twice is done once.
    asked: NumberSet,
    /// Writes that will be looked for.
    looks: BTreeMap<OpId, (u32, Stamp)>,
    /// For each number of answers, how many of the looks were fresh by then.
    looked: Vec<(u32, u32)>,
}

/// A request that is not over: answered or not, replicas have yet to answer.
#[derive(Clone, Debug, Serialize)]
struct Open {
    key: u32,
    task: Task,
    /// The replicas that were asked.
    asked: Vec<NodeId>,
    /// What is written, or the newest that was found.
    best: Copy,
    /// Who has answered a read, and with what.
    found: BTreeMap<NodeId, Stamp>,
    /// Who has acknowledged a write.
    written: BTreeSet<NodeId>,
    /// Whether the client has its answer.
    done: bool,
}

/// What a node's own disk is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Chore {
    Read,
    Write,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Task {
    Write,
    Read,
    /// A read that writes back before it answers.
    WriteBack,
    Look(Stamp),
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Written.
    Done,
    /// Too few replicas have answered a read.
    TooFew,
}

impl Quorums {
    fn replicas(&self, nodes: u16) -> u16 {
        self.replicas.min(nodes)
    }

    fn quorum(wanted: usize, replicas: u16) -> usize {
        wanted.min(usize::from(replicas))
    }

    /// The replicas that are asked: all, or just enough, chosen at random.
    fn choose(&self, quorum: usize, cx: &mut Cx<'_, Self>) -> Vec<NodeId> {
        let mut replicas: Vec<NodeId> = (0..self.replicas(cx.nodes())).map(NodeId).collect();
        while self.only_needed && replicas.len() > quorum {
            let one = cx.choose(replicas.len() as u64) as usize;
            replicas.remove(one);
        }
        replicas
    }

    fn begin(&self, memory: &mut Memory, call: Call, key: u32, task: Task, best: Copy, cx: &mut Cx<'_, Self>) {
        let replicas = self.replicas(cx.nodes());
        let asked = match task {
            Task::Look(_) => (0..replicas).map(NodeId).collect(),
            Task::Write => self.choose(Self::quorum(self.write_quorum, replicas), cx),
            _ => self.choose(Self::quorum(self.read_quorum, replicas), cx),
        };
        let open = Open { key, task, asked: asked.clone(), best, found: BTreeMap::new(), written: BTreeSet::new(), done: false };
        memory.open.insert(call, open);
        for replica in asked {
            if task == Task::Write {
                self.store_at(memory, replica, call, key, best, cx);
            } else if replica != cx.me() {
                cx.send(replica, Message::Read(call, key));
            } else if let Some(ticket) = memory.syncing {
                memory.mine.push((ticket, call, Chore::Read));
            } else {
                let copy = Self::have(key, cx);
                self.found(memory, call, replica, copy, cx);
            }
        }
        if memory.open.contains_key(&call) {
            cx.set(Wait::GiveUp(call.number()), self.patience);
            if task == Task::Write && self.hints != Hints::None {
                cx.set(Wait::Hint(call.number()), self.hint_after);
            }
        }
    }

    fn have(key: u32, cx: &Cx<'_, Self>) -> Copy {
        cx.disk().data.get(&key).copied().unwrap_or_default()
    }

    /// Brings a copy to a replica, which may be this node, and wants to know when it is there.
    fn store_at(&self, memory: &mut Memory, replica: NodeId, call: Call, key: u32, copy: Copy, cx: &mut Cx<'_, Self>) {
        if replica == cx.me() {
            let ticket = Self::keep(memory, key, copy, cx);
            memory.mine.push((ticket, call, Chore::Write));
        } else {
            cx.send(replica, Message::Write(call, key, copy));
        }
    }

    /// Puts a copy on this node's disk unless there is a newer one.
    fn keep(memory: &mut Memory, key: u32, copy: Copy, cx: &mut Cx<'_, Self>) -> Ticket {
        if copy.stamp > Self::have(key, cx).stamp {
            cx.write(Write::Value(key, copy));
        }
        Self::sync(memory, cx)
    }

    fn sync(memory: &mut Memory, cx: &mut Cx<'_, Self>) -> Ticket {
        let ticket = cx.sync();
        memory.syncing = Some(ticket);
        ticket
    }

    /// A replica has answered a read.
    fn found(&self, memory: &mut Memory, call: Call, from: NodeId, copy: Copy, cx: &mut Cx<'_, Self>) {
        let replicas = self.replicas(cx.nodes());
        let Some(open) = memory.open.get_mut(&call) else { return };
        if open.task == Task::Write || open.found.insert(from, copy.stamp).is_some() {
            return;
        }
        if copy.stamp > open.best.stamp && open.task != Task::WriteBack {
            open.best = copy;
        }
        let answers = open.found.len();
        match open.task {
            Task::Look(wanted) => {
                if memory.looked.len() < answers {
                    memory.looked.resize(answers, (0, 0));
                }
                let (fresh, all) = &mut memory.looked[answers - 1];
                *fresh += u32::from(open.best.stamp >= wanted);
                *all += 1;
            }
            Task::Read if !open.done && answers == Self::quorum(self.read_quorum, replicas) => {
                if self.repair == Repair::BeforeTheAnswer {
                    return self.write_back(memory, call, cx);
                }
                open.done = true;
                Self::answer(call, Ret::Value(open.best.value), cx);
            }
            _ => {}
        }
        if self.repair == Repair::AfterTheAnswer && memory.open.get(&call).is_some_and(|open| open.task == Task::Read && open.done) {
            self.repair(memory, call, cx);
        }
        Self::close_if_over(memory, call, cx);
    }

    /// Tells the replicas that have answered with something older what is the newest.
    fn repair(&self, memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&call) else { return };
        let (key, best, me) = (open.key, open.best, cx.me());
        let behind = open.found.iter_mut().filter(|(_, stamp)| **stamp < best.stamp);
        let mut mine_too = false;
        for (replica, stamp) in behind {
            *stamp = best.stamp;
            mine_too |= *replica == me;
            if *replica != me {
                cx.send(*replica, Message::Repair(key, best));
            }
        }
        if mine_too {
            Self::keep(memory, key, best, cx);
        }
    }

    /// Sees to it that every later read will meet what this one is about to answer.
    fn write_back(&self, memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&call) else { return };
        open.task = Task::WriteBack;
        open.written = open.found.iter().filter(|(_, stamp)| **stamp >= open.best.stamp).map(|(node, _)| *node).collect();
        let (key, best) = (open.key, open.best);
        let missing: Vec<NodeId> = (0..self.replicas(cx.nodes())).map(NodeId).filter(|node| !open.written.contains(node)).collect();
        if !self.answer_if_enough(memory, call, cx) {
            for replica in missing {
                self.store_at(memory, replica, call, key, best, cx);
            }
        }
    }

    /// A replica, or who stands in for it, has acknowledged a write.
    fn written(&self, memory: &mut Memory, call: Call, from: NodeId, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&call) else { return };
        if !matches!(open.task, Task::Write | Task::WriteBack) || !open.written.insert(from) {
            return;
        }
        if !open.done {
            self.answer_if_enough(memory, call, cx);
        }
        Self::close_if_over(memory, call, cx);
    }

    fn answer_if_enough(&self, memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) -> bool {
        let replicas = self.replicas(cx.nodes());
        let Some(open) = memory.open.get_mut(&call) else { return false };
        let (needed, ret) = match open.task {
            Task::Write => (Self::quorum(self.write_quorum, replicas), Ret::Done),
            // Any R of N replicas meet one of these.
            _ => (usize::from(replicas) + 1 - Self::quorum(self.read_quorum, replicas), Ret::Value(open.best.value)),
        };
        if open.written.len() < needed {
            return false;
        }
        open.done = true;
        let (key, stamp, writes) = (open.key, open.best.stamp, open.task == Task::Write);
        Self::answer(call, ret, cx);
        if writes {
            let told = memory.told.entry(key).or_default();
            *told = stamp.max(*told);
            if self.look {
                self.look_soon(memory, key, stamp, cx);
            }
        } else {
            Self::close(memory, call, cx);
        }
        true
    }

    fn answer(call: Call, ret: Ret, cx: &mut Cx<'_, Self>) {
        if let Call::Client(id) = call {
            cx.reply(id, ret);
        }
    }

    /// Forgets a call when everybody has answered who was asked.
    fn close_if_over(memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) {
        let over = memory.open.get(&call).is_some_and(|open| match open.task {
            Task::Write => open.asked.iter().all(|node| open.written.contains(node)),
            Task::WriteBack => false,
            _ => open.found.len() == open.asked.len(),
        });
        if over {
            Self::close(memory, call, cx);
        }
    }

    fn close(memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) {
        memory.open.remove(&call);
        cx.cancel(Wait::GiveUp(call.number()));
        cx.cancel(Wait::Hint(call.number()));
    }

    /// Leaves a write that some replicas have not acknowledged with others.
    fn hint(&self, memory: &mut Memory, call: Call, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get(&call) else { return };
        let (key, copy, me) = (open.key, open.best, cx.me());
        // Whoever is no replica, this node before others.
        let mut stand_ins: Vec<NodeId> = (self.replicas(cx.nodes())..cx.nodes()).map(NodeId).collect();
        stand_ins.sort_by_key(|node| *node != me);
        stand_ins.retain(|_| self.hints == Hints::Counted);
        let mut stand_ins = stand_ins.into_iter();
        let missing: Vec<NodeId> = open.asked.iter().filter(|node| !open.written.contains(node)).copied().collect();
        for replica in missing.into_iter().filter(|replica| *replica != me) {
            match stand_ins.next() {
                Some(node) if node != me => cx.send(node, Message::Hint(call, replica, key, copy)),
                stand_in => {
                    let ticket = self.keep_hint(memory, replica, key, copy, cx);
                    if stand_in.is_some() {
                        memory.mine.push((ticket, call, Chore::Write));
                    }
                }
            }
        }
    }

    fn keep_hint(&self, memory: &mut Memory, replica: NodeId, key: u32, copy: Copy, cx: &mut Cx<'_, Self>) -> Ticket {
        if cx.disk().hints.get(&(replica, key)).is_none_or(|old| copy.stamp > old.stamp) {
            cx.write(Write::Hint(replica, key, copy));
        }
        cx.set(Wait::HandOver, self.hint_after);
        Self::sync(memory, cx)
    }

    fn look_soon(&self, memory: &mut Memory, key: u32, stamp: Stamp, cx: &mut Cx<'_, Self>) {
        let Some((_, id)) = stamp.by else { return };
        memory.looks.insert(id, (key, stamp));
        if self.look_after == Span::ZERO {
            self.send_look(memory, id, cx);
        } else {
            cx.set(Wait::Look(id.0), self.look_after);
        }
    }

    /// Lets another node look, one that is no replica if there is one.
    fn send_look(&self, memory: &mut Memory, id: OpId, cx: &mut Cx<'_, Self>) {
        let Some((key, stamp)) = memory.looks.remove(&id) else { return };
        let replicas = self.replicas(cx.nodes());
        let mut readers: Vec<NodeId> = cx.peers().filter(|node| node.0 >= replicas).collect();
        if readers.is_empty() {
            readers = cx.peers().collect();
        }
        let reader = readers[cx.choose(readers.len() as u64) as usize];
        cx.send(reader, Message::Look(id, key, stamp));
    }

    fn done_is_kept(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let store = cluster.protocol();
        let replicas = store.replicas(cluster.nodes().len() as u16);
        let needed = Self::quorum(store.write_quorum, replicas);
        for node in cluster.nodes() {
            for (key, told) in node.memory.iter().flat_map(|memory| &memory.told) {
                let has = |replica: &&Seen<'_, Self>| replica.synced.data.get(key).is_some_and(|copy| copy.stamp >= *told);
                let copies = cluster.nodes()[..usize::from(replicas)].iter().filter(has).count();
                if copies < needed {
                    return Err(format!("{} has said that key {key} is written, and {copies} of {needed} replicas have it", node.me));
                }
            }
        }
        Ok(())
    }
}

impl Protocol for Quorums {
    const ABOUT: &'static About = &About {
        id: "quorums",
        title: "Quorums",
        summary: "N replicas of every key: a write is done when W have it, a read believes the newest of R answers.",
        kinds: &[
            Kind { name: "write", tone: Tone::Data },
            Kind { name: "hint", tone: Tone::Maybe },
            Kind { name: "written", tone: Tone::Answer },
            Kind { name: "read", tone: Tone::Ask },
            Kind { name: "found", tone: Tone::Answer },
            Kind { name: "repair", tone: Tone::Data },
            Kind { name: "hand over", tone: Tone::Data },
            Kind { name: "taken over", tone: Tone::Answer },
            Kind { name: "look", tone: Tone::Plain },
        ],
        ops: &[OpSpec { name: "read", argument: Some("key"), weight: 1 }, OpSpec { name: "write", argument: Some("key"), weight: 1 }],
        params: &[
            ParamSpec {
                key: "replicas",
                label: "N",
                help: "How many nodes have a copy of every key: the first ones.",
                kind: ParamKind::Number { min: 1, max: 9, default: 3 },
            },
            ParamSpec {
                key: "read-quorum",
                label: "R",
                help: "How many replicas must answer before a read is.",
                kind: ParamKind::Number { min: 1, max: 9, default: 2 },
            },
            ParamSpec {
                key: "write-quorum",
                label: "W",
                help: "How many replicas must have a write on disk before it is done.",
                kind: ParamKind::Number { min: 1, max: 9, default: 2 },
            },
            ParamSpec {
                key: "ask",
                label: "Whom to ask",
                help: "All replicas, waiting for the first of them, or just as many as are needed, at random.",
                kind: ParamKind::Choice { names: &["all replicas", "only as many as needed"], default: 0 },
            },
            ParamSpec {
                key: "read-repair",
                label: "Read repair",
                help: "Whether a read tells the newest value to replicas that are behind, and whether its answer waits for them.",
                kind: ParamKind::Choice { names: &["never", "after the answer", "before the answer"], default: 1 },
            },
            ParamSpec {
                key: "hints",
                label: "Hints",
                help: "Whether a write that a replica does not acknowledge is left with another node, and counts as a copy there.",
                kind: ParamKind::Choice { names: &["none", "kept for later", "counted as copies"], default: 0 },
            },
            ParamSpec {
                key: "hint-after",
                label: "Hint after",
                help: "How long a replica may be silent before it gets a hint, and how often one is handed over.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(3600), default: Span::millis(200) },
            },
            ParamSpec {
                key: "patience",
                label: "Gives up after",
                help: "How long a coordinator waits for a quorum.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(3600), default: Span::millis(700) },
            },
            ParamSpec {
                key: "look",
                label: "Measure staleness",
                help: "After every write that is done another node reads it, and counts whether it sees it.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "look-after",
                label: "Time since the write",
                help: "How long after the write was done the other node reads.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(3600), default: Span::ZERO },
            },
        ],
        nodes: Nodes { min: 2, max: 99, default: 5 },
        clients: 2,
        leaves_out: "All keys have the same replicas, and there is no ring. Siblings of concurrent writes are not kept: the later \
                     clock wins. Replicas do not compare notes in the background. A coordinator that crashes forgets what it \
                     had begun, and which requests it has seen.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn theory(&self, nodes: u16) -> Option<Theory> {
        let replicas = self.replicas(nodes);
        let [read, write] = [self.read_quorum, self.write_quorum].map(|wanted| Self::quorum(wanted, replicas) as u32);
        Some(Theory::Quorums { replicas: replicas.into(), read, write })
    }

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            replicas: settings.get("replicas") as u16,
            read_quorum: settings.get("read-quorum") as usize,
            write_quorum: settings.get("write-quorum") as usize,
            only_needed: settings.get("ask") == 1,
            repair: [Repair::Never, Repair::AfterTheAnswer, Repair::BeforeTheAnswer][settings.get("read-repair") as usize],
            hints: [Hints::None, Hints::Kept, Hints::Counted][settings.get("hints") as usize],
            hint_after: settings.span("hint-after"),
            patience: settings.span("patience"),
            look: settings.on("look"),
            look_after: settings.span("look-after"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if !cx.disk().hints.is_empty() {
            cx.set(Wait::HandOver, self.hint_after);
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Write(call, key, copy) => {
                let durable = Self::keep(memory, key, copy, cx);
                cx.send_after(durable, from, Message::Written(call));
            }
            Message::Hint(call, replica, key, copy) => {
                let durable = self.keep_hint(memory, replica, key, copy, cx);
                cx.send_after(durable, from, Message::Written(call));
            }
            Message::Written(call) => self.written(memory, call, from, cx),
            Message::Read(call, key) => {
                let found = Message::Found(call, Self::have(key, cx));
                // What may yet be forgotten must not be read.
                match memory.syncing {
                    Some(ticket) => cx.send_after(ticket, from, found),
                    None => cx.send(from, found),
                }
            }
            Message::Found(call, copy) => self.found(memory, call, from, copy, cx),
            Message::Repair(key, copy) => {
                Self::keep(memory, key, copy, cx);
            }
            Message::HandOver(key, copy) => {
                let durable = Self::keep(memory, key, copy, cx);
                cx.send_after(durable, from, Message::TakenOver(key, copy.stamp));
            }
            Message::TakenOver(key, stamp) => {
                if cx.disk().hints.get(&(from, key)).is_some_and(|hint| hint.stamp <= stamp) {
                    cx.write(Write::HandedOver(from, key));
                    Self::sync(memory, cx);
                }
                if cx.disk().hints.is_empty() {
                    cx.cancel(Wait::HandOver);
                }
            }
            Message::Look(id, key, stamp) => {
                self.begin(memory, Call::Look(id), key, Task::Look(stamp), Copy::default(), cx);
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Hint(number) => self.hint(memory, Call::of(number), cx),
            Wait::GiveUp(number) => {
                let call = Call::of(number);
                let Some(open) = memory.open.get(&call) else { return };
                match (call, open.task) {
                    _ if open.done => {}
                    (_, Task::Write) => cx.note("Too few have it, and nobody takes it back: there is no honest answer."),
                    (Call::Client(id), _) => cx.refuse(id, Ret::TooFew),
                    (Call::Look(_), _) => {}
                }
                Self::close(memory, call, cx);
            }
            Wait::HandOver => {
                let hints: Vec<_> = cx.disk().hints.iter().map(|((replica, key), copy)| (*replica, *key, *copy)).collect();
                for (replica, key, copy) in hints {
                    cx.send(replica, Message::HandOver(key, copy));
                }
                cx.set(Wait::HandOver, self.hint_after);
            }
            Wait::Look(id) => self.send_look(memory, OpId(id), cx),
        }
    }

    fn on_synced(&self, memory: &mut Memory, ticket: Ticket, cx: &mut Cx<'_, Self>) {
        if memory.syncing == Some(ticket) {
            memory.syncing = None;
        }
        let ready: Vec<_> = memory.mine.extract_if(.., |(waits, ..)| *waits <= ticket).collect();
        for (_, call, chore) in ready {
            let Some(key) = memory.open.get(&call).map(|open| open.key) else { continue };
            match chore {
                Chore::Write => self.written(memory, call, cx.me(), cx),
                Chore::Read => {
                    let copy = Self::have(key, cx);
                    self.found(memory, call, cx.me(), copy, cx);
                }
            }
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        if !memory.asked.insert(id.0) {
            return;
        }
        match *op {
            Op::Read(key) => self.begin(memory, Call::Client(id), key, Task::Read, Copy::default(), cx),
            Op::Write(key, value) => {
                let copy = Copy { stamp: Stamp { time: cx.now(), by: Some((cx.me(), id)) }, value };
                self.begin(memory, Call::Client(id), key, Task::Write, copy, cx);
            }
        }
    }

    fn apply(disk: &mut Disk, write: &Write) {
        match *write {
            Write::Value(key, copy) => {
                disk.data.insert(key, copy);
            }
            Write::Hint(replica, key, copy) => {
                disk.hints.insert((replica, key), copy);
            }
            Write::HandedOver(replica, key) => {
                disk.hints.remove(&(replica, key));
            }
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Write(..) => 0,
            Message::Hint(..) => 1,
            Message::Written(_) => 2,
            Message::Read(..) => 3,
            Message::Found(..) => 4,
            Message::Repair(..) => 5,
            Message::HandOver(..) => 6,
            Message::TakenOver(..) => 7,
            Message::Look(..) => 8,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Write(_, key, copy) | Message::Repair(key, copy) | Message::HandOver(key, copy) => {
                format!("key {key} is {}", copy.value)
            }
            Message::Hint(_, replica, key, copy) => format!("for {replica}: key {key} is {}", copy.value),
            Message::Written(_) => "written".into(),
            Message::Read(_, key) => format!("key {key}?"),
            Message::Found(_, copy) => format!("found {}", copy.value),
            Message::TakenOver(key, _) => format!("have key {key} now"),
            Message::Look(_, key, _) => format!("look at key {key}"),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let value = |key: &u32| node.disk.data.get(key).map_or(0, |copy| copy.value);
        if node.me.0 < self.replicas(node.nodes) {
            view.headline(view::Value::plain(value(&0)));
            // The first few keys are enough to look at.
            let rows = node.disk.data.iter().take(8);
            view.table("values", rows.map(|(key, copy)| (view::Value::plain(key), view::Value::plain(copy.value))));
        }
        if !node.disk.hints.is_empty() {
            let rows = node.disk.hints.iter().take(8);
            view.table("hints", rows.map(|((replica, _), copy)| (view::Value::from(*replica), view::Value::plain(copy.value))));
        }
        let Some(memory) = node.memory else { return };
        view.role(if node.me.0 < self.replicas(node.nodes) { "replica" } else { "coordinator" }, Tone::Plain);
        if let Some(open) = memory.open.values().find(|open| !open.done) {
            let writes = open.task == Task::Write;
            let of = Self::quorum(if writes { self.write_quorum } else { self.read_quorum }, self.replicas(node.nodes));
            let amount = if writes { open.written.len() } else { open.found.len() };
            view.gauge(if writes { "written" } else { "found" }, amount as u64, of as u64);
        }
        let answers = Self::quorum(self.read_quorum, self.replicas(node.nodes));
        if let Some((fresh, all)) = memory.looked.get(answers - 1) {
            view.field("looks", all).field("stale looks", all - fresh);
        }
        if !memory.looked.is_empty() {
            let rows = (1..).zip(&memory.looked);
            let text = |(fresh, all): &(u32, u32)| view::Value::plain(format_args!("{fresh} of {all}"));
            view.table("fresh, by R", rows.map(|(quorum, counts)| (view::Value::plain(quorum), text(counts))));
        }
    }

    fn op(code: u8, argument: i64, unique: u32) -> Option<Op> {
        Op::of(code, argument, unique)
    }

    fn describe_op(op: &Op) -> String {
        op.describe()
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Value(value) => value.to_string(),
            Ret::Done => "done".into(),
            Ret::TooFew => "too few answers".into(),
        }
    }

    fn word(op: &Op, ret: Option<&Ret>) -> Option<Word> {
        let read = match ret {
            Some(Ret::Value(value)) => Some(*value),
            _ => None,
        };
        Some(op.word(read))
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant {
            id: "done-is-kept",
            promise: "A write that is done, or a newer one, is on the disks of W replicas.",
            holds: Self::done_is_kept,
        }]
    }
}
