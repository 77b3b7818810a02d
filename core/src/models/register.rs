//! One register on several nodes, which any of them reads and writes for its clients: by majority, or
//! with what is at hand.
//!
//! By majority it is the register of Attiya, Bar-Noy and Dolev (1995) with several writers: ask a
//! majority for the newest version, then store at a majority, before anybody is answered. A read
//! stores too, what it is about to answer; without that, two reads during a write can see the new
//! value and then the old one. A node that reaches no majority refuses.
//!
//! At hand, a node answers at once and tells the others afterwards, again and again until they have
//! heard it. So all can always answer, and may contradict one another. The later version wins; in
//! the textbook's code there are no versions, and the last message wins.

use super::number_set::NumberSet;
use super::read_write::ValueOp as Op;
use crate::judge::agreement::agree;
use crate::judge::history::Word;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{self, Meaning, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The settings of a register.
#[derive(Clone, Debug)]
pub struct Register {
    at_hand: bool,
    write_back: bool,
    versions: bool,
    again: Span,
    patience: Span,
}

/// Where a value stands among all values: later versions win, then larger nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    version: u32,
    /// The node that wrote it, and for which request. The value at the beginning is nobody's.
    by: Option<(NodeId, OpId)>,
}

/// A value and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    stamp: Stamp,
    value: u32,
}

impl Copy {
    const FIRST: Self = Self { stamp: Stamp { version: 0, by: None }, value: 0 };
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// For this request: what have you got?
    Ask(OpId),
    /// This.
    Have(OpId, Copy),
    /// For this request: keep this, unless you have something newer.
    Store(OpId, Copy),
    /// It is on my disk, or something newer is.
    Stored(OpId),
    /// A client of mine has written this.
    Tell(Copy),
    /// I have heard that.
    Heard(Stamp),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Again(u32) => "no majority yet",
        GiveUp(u32) => "no majority for too long",
        Tell => "somebody has not heard it yet",
    }
}

/// What is on a node's disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disk {
    copy: Copy,
    /// The writes that were asked for here: a request that the network brings twice is done once.
    asked: NumberSet,
}

impl Default for Disk {
    fn default() -> Self {
        Self { copy: Copy::FIRST, asked: NumberSet::default() }
    }
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Write {
    /// This write was asked for.
    Asked(OpId),
    /// Another value.
    Copy(Copy),
}

/// What a node remembers.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    /// By majority: the requests that are not answered yet.
    open: BTreeMap<OpId, Open>,
    /// The newest that a client was told after a majority was asked.
    told: Stamp,
    /// At hand: what was written here, and who has not heard it yet.
    untold: BTreeMap<(Stamp, NodeId), u32>,
}

/// A request on its way to a majority.
#[derive(Clone, Debug, Serialize)]
struct Open {
    op: Op,
    /// Asking: the newest that was seen. Storing: what is stored.
    copy: Copy,
    storing: bool,
    /// Who has answered in this phase.
    from: BTreeSet<NodeId>,
    /// This node's own disk is still at it.
    ticket: Option<Ticket>,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Written.
    Done,
    /// Too few others can be reached; nothing has happened.
    NoMajority,
}

impl Register {
    fn majority(nodes: u16) -> usize {
        usize::from(nodes) / 2 + 1
    }

    /// Sends what this phase of a request sends, to everybody who has not answered yet.
    fn ask(&self, id: OpId, open: &Open, cx: &mut Cx<'_, Self>) {
        cx.set(Wait::Again(id.0), self.again);
        for peer in cx.peers().filter(|peer| !open.from.contains(peer)) {
            match (open.storing, open.ticket) {
                (false, _) => cx.send(peer, Message::Ask(id)),
                // Nobody may know what a crash could make this node forget having been asked.
                (true, Some(ticket)) => cx.send_after(ticket, peer, Message::Store(id, open.copy)),
                (true, None) => cx.send(peer, Message::Store(id, open.copy)),
            }
        }
    }

    /// Somebody has answered: goes on as soon as a majority has.
    fn answered(&self, memory: &mut Memory, id: OpId, from: NodeId, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&id) else { return };
        open.from.insert(from);
        if open.from.len() < Self::majority(cx.nodes()) {
            return;
        }
        let done = open.storing || (open.op == Op::Read && !self.write_back);
        if !done {
            if let Op::Write(value) = open.op {
                open.copy = Copy { stamp: Stamp { version: open.copy.stamp.version + 1, by: Some((cx.me(), id)) }, value };
            }
            if open.copy.stamp > cx.disk().copy.stamp {
                cx.write(Write::Copy(open.copy));
            }
            open.ticket = Some(cx.sync());
            open.storing = true;
            open.from.clear();
            self.ask(id, open, cx);
            return;
        }
        let Copy { stamp, value } = open.copy;
        cx.reply(id, if open.op == Op::Read { Ret::Value(value) } else { Ret::Done });
        memory.told = memory.told.max(stamp);
        memory.open.remove(&id);
        cx.cancel(Wait::Again(id.0));
        cx.cancel(Wait::GiveUp(id.0));
    }

    fn begin(&self, memory: &mut Memory, id: OpId, op: Op, cx: &mut Cx<'_, Self>) {
        let ticket = match op {
            Op::Read => None,
            Op::Write(_) => {
                cx.write(Write::Asked(id));
                Some(cx.sync())
            }
        };
        let open = Open { op, copy: cx.disk().copy, storing: false, from: BTreeSet::from([cx.me()]), ticket };
        self.ask(id, &open, cx);
        memory.open.insert(id, open);
        cx.set(Wait::GiveUp(id.0), self.patience);
    }

    /// Tells a value to everybody, until each has heard it.
    fn tell(&self, memory: &mut Memory, copy: Copy, cx: &mut Cx<'_, Self>) {
        let durable = cx.sync();
        for peer in cx.peers() {
            memory.untold.insert((copy.stamp, peer), copy.value);
            cx.send_after(durable, peer, Message::Tell(copy));
        }
        cx.set(Wait::Tell, self.again);
    }

    fn told_is_kept(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let told = cluster.nodes().iter().filter_map(|node| Some((node.memory?.told, node.me))).max();
        let Some((told, by)) = told else { return Ok(()) };
        let holders = cluster.nodes().iter().filter(|node| node.synced.copy.stamp >= told).count();
        if holders >= Self::majority(cluster.nodes().len() as u16) {
            return Ok(());
        }
        Err(format!("{by} has told a client of version {}, which only {holders} have on disk", told.version))
    }

    fn same_version_same_value(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let copies = cluster.nodes().iter().map(|node| (node.disk.copy.stamp, node.me, node.disk.copy.value));
        agree(copies)
            .map_err(|apart| format!("{} and {} hold different values of version {}", apart.one.0, apart.other.0, apart.name.version))
    }
}

impl Protocol for Register {
    const ABOUT: &'static About = &About {
        id: "register",
        title: "One register, two answers to a cut",
        summary: "Every node reads and writes one register for its clients: by majority, or with what it has at hand.",
        kinds: &[
            Kind { name: "ask", tone: Tone::Ask },
            Kind { name: "have", tone: Tone::Answer },
            Kind { name: "store", tone: Tone::Data },
            Kind { name: "stored", tone: Tone::Answer },
            Kind { name: "tell", tone: Tone::Data },
            Kind { name: "heard", tone: Tone::Plain },
        ],
        ops: &[OpSpec { name: "read", argument: None, weight: 1 }, OpSpec { name: "write", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "mode",
                label: "A node answers",
                help: "After a majority has agreed, or at once with what it has, telling the others afterwards.",
                kind: ParamKind::Choice { names: &["by majority", "at hand"], default: 0 },
            },
            ParamSpec {
                key: "write-back",
                label: "Reads write back",
                help: "By majority: a read makes sure that a majority has what it answers. Off: textbook code, overlapping quorums and no more.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "versions",
                label: "Versions",
                help: "At hand: the later version wins. Off: textbook code, the last message wins.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "again",
                label: "Sends again after",
                help: "How long a node waits for answers before it sends a message again.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(200) },
            },
            ParamSpec {
                key: "patience",
                label: "Refuses after",
                help: "By majority: how long a node tries to reach one.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(3600), default: Span::millis(700) },
            },
        ],
        nodes: Nodes { min: 2, max: 9, default: 3 },
        clients: 2,
        leaves_out: "The register is one small value, so a copy is the whole of it. Nodes do not come and go: a majority is \
                     always one of all nodes. At hand, a node passes on only what its own clients have written, so what it \
                     had not told before it died is told when it returns.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            at_hand: settings.get("mode") == 1,
            write_back: settings.on("write-back"),
            versions: settings.on("versions"),
            again: settings.span("again"),
            patience: settings.span("patience"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        let mut memory = Memory { open: BTreeMap::new(), told: Copy::FIRST.stamp, untold: BTreeMap::new() };
        let copy = cx.disk().copy;
        // Whom it had told is forgotten. The textbook's code forgets that there was anything to tell.
        if self.at_hand && self.versions && copy != Copy::FIRST {
            self.tell(&mut memory, copy, cx);
        }
        memory
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Ask(id) => {
                let copy = cx.disk().copy;
                cx.send(from, Message::Have(id, copy));
            }
            Message::Have(id, copy) => {
                let Some(open) = memory.open.get_mut(&id).filter(|open| !open.storing) else { return };
                if copy.stamp > open.copy.stamp {
                    open.copy = copy;
                }
                self.answered(memory, id, from, cx);
            }
            Message::Store(id, copy) => {
                if copy.stamp > cx.disk().copy.stamp {
                    cx.write(Write::Copy(copy));
                }
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Stored(id));
            }
            Message::Stored(id) => {
                if memory.open.get(&id).is_some_and(|open| open.storing) {
                    self.answered(memory, id, from, cx);
                }
            }
            Message::Tell(copy) => {
                let mine = cx.disk().copy;
                if copy.stamp > mine.stamp || !self.versions {
                    if copy.stamp < mine.stamp {
                        cx.note(format!("An older value replaces {}: nobody compares.", mine.value));
                    }
                    cx.write(Write::Copy(copy));
                }
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Heard(copy.stamp));
            }
            Message::Heard(stamp) => {
                memory.untold.remove(&(stamp, from));
                if memory.untold.is_empty() {
                    cx.cancel(Wait::Tell);
                }
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Again(id) => {
                if let Some(open) = memory.open.get(&OpId(id)) {
                    self.ask(OpId(id), open, cx);
                }
            }
            Wait::GiveUp(id) => {
                let Some(open) = memory.open.remove(&OpId(id)) else { return };
                cx.cancel(Wait::Again(id));
                if matches!(open.op, Op::Write(_)) && (open.storing || open.ticket.is_some()) {
                    cx.note("No majority, but somebody may have stored it: there is no honest answer.");
                } else {
                    cx.note("No majority: the request is refused.");
                    cx.refuse(OpId(id), Ret::NoMajority);
                }
            }
            Wait::Tell => {
                for (&(stamp, peer), &value) in &memory.untold {
                    cx.send(peer, Message::Tell(Copy { stamp, value }));
                }
                cx.set(Wait::Tell, self.again);
            }
        }
    }

    fn on_synced(&self, memory: &mut Memory, ticket: Ticket, cx: &mut Cx<'_, Self>) {
        let synced = |open: &&mut Open| open.ticket.is_some_and(|waits| waits <= ticket);
        for open in memory.open.values_mut().filter(synced) {
            open.ticket = None;
        }
        let me = cx.me();
        let stored = |open: &Open| open.storing && open.ticket.is_none() && !open.from.contains(&me);
        let mine: Vec<OpId> = memory.open.iter().filter(|(_, open)| stored(open)).map(|(id, _)| *id).collect();
        for id in mine {
            self.answered(memory, id, me, cx);
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        if cx.disk().asked.contains(id.0) || memory.open.contains_key(&id) {
            cx.note("The same request again: it is carried out once.");
            return;
        }
        match *op {
            _ if !self.at_hand => self.begin(memory, id, *op, cx),
            Op::Read => {
                let value = cx.disk().copy.value;
                cx.reply(id, Ret::Value(value));
            }
            Op::Write(value) => {
                let copy = Copy { stamp: Stamp { version: cx.disk().copy.stamp.version + 1, by: Some((cx.me(), id)) }, value };
                cx.write(Write::Asked(id));
                cx.write(Write::Copy(copy));
                let durable = cx.sync();
                cx.reply_after(durable, id, Ret::Done);
                self.tell(memory, copy, cx);
            }
        }
    }

    fn apply(disk: &mut Disk, write: &Write) {
        match *write {
            Write::Asked(id) => drop(disk.asked.insert(id.0)),
            Write::Copy(copy) => disk.copy = copy,
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Ask(_) => 0,
            Message::Have(..) => 1,
            Message::Store(..) => 2,
            Message::Stored(_) => 3,
            Message::Tell(_) => 4,
            Message::Heard(_) => 5,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Ask(_) => "what have you got?".into(),
            Message::Have(_, copy) => format!("have {} of version {}", copy.value, copy.stamp.version),
            Message::Store(_, copy) => format!("store {} of version {}", copy.value, copy.stamp.version),
            Message::Stored(_) => "stored".into(),
            Message::Tell(copy) => format!("value is {}", copy.value),
            Message::Heard(_) => "heard".into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Copy { stamp, value } = node.disk.copy;
        view.headline(view::Value::plain(value));
        let version = u64::from(stamp.version);
        view.value("version", view::Value { text: version.to_string(), meaning: Meaning::Version(version) });
        view.field("value", value).field("on disk", node.synced.copy.value);
        let Some(memory) = node.memory else { return };
        if let Some(open) = memory.open.values().next() {
            view.role(if open.storing { "storing" } else { "asking" }, Tone::Maybe);
            view.gauge("answers", open.from.len() as u64, Self::majority(node.nodes) as u64);
        }
        if !memory.untold.is_empty() {
            view.list("have not heard it", memory.untold.keys().map(|(_, peer)| view::Value::from(*peer)));
        }
    }

    fn op(code: u8, _argument: i64, unique: u32) -> Option<Op> {
        Op::of(code, unique)
    }

    fn describe_op(op: &Op) -> String {
        op.describe()
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Value(value) => value.to_string(),
            Ret::Done => "done".into(),
            Ret::NoMajority => "no majority".into(),
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
        &[
            Invariant {
                id: "told-is-kept",
                promise: "What a majority has agreed to tell a client is on the disks of a majority, or something newer is.",
                holds: Self::told_is_kept,
            },
            Invariant {
                id: "same-version-same-value",
                promise: "Copies of the same version hold the same value.",
                holds: Self::same_version_same_value,
            },
        ]
    }
}
