//! Primary and backups: one register, one node in charge of it, the others with copies.
//!
//! The primary gives every write a version, puts it on its disk, tells its backups, and answers when
//! as many of them as was asked for have it on disk too. Backups listen for its heartbeat. One that has heard nothing for
//! too long takes over in the next view that is its own. Nobody is asked for consent: that is the
//! classic design, and why a partition can leave two primaries, and why an answer given too early
//! can be forgotten.

use super::number_set::NumberSet;
use super::read_write::ValueOp as Op;
use crate::judge::agreement::agree;
use crate::judge::exclusion::at_most_one;
use crate::judge::history::Word;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{self, Meaning, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings of a register.
#[derive(Clone, Debug)]
pub struct PrimaryBackup {
    wait_for: WaitFor,
    read_anywhere: bool,
    take_over: bool,
    heartbeat: Span,
    patience: Span,
}

/// Whose copies a write waits for before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitFor {
    All,
    One,
    Nobody,
}

/// Where in the history of the register something belongs: later views win, then later versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    view: u64,
    version: u64,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// The primary of this view is alive, and its register is this new.
    Heartbeat(u64, Stamp),
    /// The register, as the primary of this view has it.
    Copy(u64, Stamp, u32),
    /// The register is on my disk, at least this new.
    Have(u64, Stamp),
    /// My register is older than yours: send it.
    Behind(u64),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Beat => "heartbeat due",
        Silence => "nothing heard from the primary",
    }
}

/// What is on a node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The newest view this node knows of.
    view: u64,
    stamp: Stamp,
    value: u32,
    /// The writes that it was asked for, and carries out or has said no to. The network may bring a
    /// request twice. A client that was told no relies on it, so what was turned away must not be taken
    /// after all; and what may have been done must not be turned away.
    taken: NumberSet,
    turned_away: NumberSet,
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Write {
    /// A newer view.
    View(u64),
    /// A newer register.
    Value(Stamp, u32),
    /// This request is carried out.
    Taken(OpId),
    /// This request is refused.
    TurnedAway(OpId),
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As the primary: how new each node's copy is at least.
    have: BTreeMap<NodeId, Stamp>,
    /// As the primary: what is not answered yet, the oldest first.
    open: Vec<Open>,
}

/// A write that is not safe yet, or a read of it.
#[derive(Clone, Copy, Debug, Serialize)]
struct Open {
    op: OpId,
    ret: Ret,
    stamp: Stamp,
    /// The primary's own copy is durable then.
    ticket: Ticket,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Written.
    Done,
    /// Another node is the primary, as far as this one knows.
    Ask(NodeId),
}

impl PrimaryBackup {
    fn primary(view: u64, nodes: u16) -> NodeId {
        NodeId((view % u64::from(nodes)) as u16)
    }

    fn leads(cx: &Cx<'_, Self>) -> bool {
        Self::primary(cx.disk().view, cx.nodes()) == cx.me()
    }

    fn needed(&self, nodes: u16) -> usize {
        match self.wait_for {
            WaitFor::All => usize::from(nodes) - 1,
            WaitFor::One => 1.min(usize::from(nodes) - 1),
            WaitFor::Nobody => 0,
        }
    }

    fn beat(&self, memory: &Memory, cx: &mut Cx<'_, Self>) {
        let Register { view, stamp, .. } = *cx.disk();
        if memory.open.is_empty() {
            cx.broadcast(&Message::Heartbeat(view, stamp));
        } else {
            // A copy, or the word that it arrived, may have been lost.
            self.tell(cx.peers(), cx);
        }
        cx.set(Wait::Beat, self.heartbeat);
    }

    /// Sends the register as soon as it is on this node's own disk: nobody may know what a crash
    /// could make this node forget, or it would give the same version to another value.
    fn tell(&self, peers: impl Iterator<Item = NodeId>, cx: &mut Cx<'_, Self>) -> Ticket {
        let Register { view, stamp, value, .. } = *cx.disk();
        let durable = cx.sync();
        for peer in peers {
            cx.send_after(durable, peer, Message::Copy(view, stamp, value));
        }
        durable
    }

    fn listen(&self, cx: &mut Cx<'_, Self>) {
        if self.take_over {
            // The next in line is the first to lose its patience.
            let Register { view, .. } = *cx.disk();
            let rank = u64::from(cx.me().0 + cx.nodes()) - view % u64::from(cx.nodes());
            let rank = (rank - 1) % u64::from(cx.nodes());
            cx.set(Wait::Silence, Span(self.patience.0 + rank * self.heartbeat.0));
        }
    }

    /// Every message carries the view of its sender. Says whether it is worth reading.
    fn follow(&self, memory: &mut Memory, view: u64, cx: &mut Cx<'_, Self>) -> bool {
        let Register { view: mine, .. } = *cx.disk();
        if view > mine {
            if Self::leads(cx) {
                cx.note(format!("There is a view {view}: no longer the primary."));
                cx.cancel(Wait::Beat);
                *memory = Memory::default();
            }
            cx.write(Write::View(view));
            cx.sync();
            self.listen(cx);
        }
        view >= mine
    }

    /// Answers every write that enough copies were made of.
    fn answer(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let (needed, have) = (self.needed(cx.nodes()), &memory.have);
        memory.open.retain(|open| {
            let copied = have.values().filter(|stamp| **stamp >= open.stamp).count() >= needed;
            if copied {
                cx.reply_after(open.ticket, open.op, open.ret);
            }
            !copied
        });
    }

    fn one_primary(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let leads = |node: &&Seen<'_, Self>| node.memory.is_some() && Self::primary(node.disk.view, node.nodes) == node.me;
        let leaders = cluster.nodes().iter().filter(leads).map(|node| node.me);
        at_most_one(leaders, "are all primary")
    }

    fn same_stamp_same_value(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let copies = cluster.nodes().iter().map(|node| (node.disk.stamp, node.me, node.disk.value));
        agree(copies)
            .map_err(|apart| format!("{} and {} hold different values of version {}", apart.one.0, apart.other.0, apart.name.version))
    }
}

impl Protocol for PrimaryBackup {
    const ABOUT: &'static About = &About {
        id: "primary-backup",
        title: "Primary and backups",
        summary: "One node takes all writes and tells the others; if it falls silent, a backup takes over.",
        kinds: &[
            Kind { name: "heartbeat", tone: Tone::Plain },
            Kind { name: "copy", tone: Tone::Data },
            Kind { name: "have it", tone: Tone::Answer },
            Kind { name: "behind", tone: Tone::Ask },
        ],
        ops: &[OpSpec { name: "read", argument: None, weight: 1 }, OpSpec { name: "write", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "wait-for",
                label: "A write waits for",
                help: "How many backups must have a write on disk before the client is answered.",
                kind: ParamKind::Choice { names: &["all backups", "one backup", "nobody"], default: 0 },
            },
            ParamSpec {
                key: "read-anywhere",
                label: "Read at backups",
                help: "Backups answer reads themselves, with what they have.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "take-over",
                label: "Backups take over",
                help: "A backup that has not heard from the primary for too long becomes the primary.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "heartbeat",
                label: "Heartbeat",
                help: "How often the primary says that it is alive.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(10), default: Span::millis(150) },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a backup hears nothing before it takes over.",
                kind: ParamKind::Span { min: Span::millis(2), max: Span::secs(60), default: Span::millis(600) },
            },
        ],
        nodes: Nodes { min: 2, max: 99, default: 3 },
        clients: 1,
        leaves_out: "The register is one value, so a copy is the whole of it and no log is kept. A new primary does not ask \
                     the others whether they have something newer, and no node is ever taken out of the group: while one \
                     is down, a write that waits for all waits for it. Clients that ask a backup are told whom to ask, \
                     and do not follow by themselves. A node never forgets which writes it was asked for.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Register;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            wait_for: [WaitFor::All, WaitFor::One, WaitFor::Nobody][settings.get("wait-for") as usize],
            read_anywhere: settings.on("read-anywhere"),
            take_over: settings.on("take-over"),
            heartbeat: settings.span("heartbeat"),
            patience: settings.span("patience"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if Self::leads(cx) {
            self.beat(&Memory::default(), cx);
        } else {
            self.listen(cx);
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        let (Message::Heartbeat(view, _) | Message::Copy(view, ..) | Message::Have(view, _) | Message::Behind(view)) = *message;
        if !self.follow(memory, view, cx) {
            let Register { view: mine, stamp, .. } = *cx.disk();
            cx.note(format!("View {view} is over: this is view {mine}."));
            if Self::leads(cx) {
                cx.send(from, Message::Heartbeat(mine, stamp));
            }
            return;
        }
        match *message {
            Message::Heartbeat(_, stamp) => {
                self.listen(cx);
                if stamp > cx.disk().stamp {
                    cx.send(from, Message::Behind(view));
                }
            }
            Message::Copy(_, stamp, value) => {
                self.listen(cx);
                if stamp > cx.disk().stamp {
                    cx.write(Write::Value(stamp, value));
                }
                let durable = cx.sync();
                let mine = cx.disk().stamp;
                cx.send_after(durable, from, Message::Have(view, mine));
            }
            Message::Have(_, stamp) => {
                let known = memory.have.entry(from).or_default();
                *known = stamp.max(*known);
                self.answer(memory, cx);
            }
            Message::Behind(_) => {
                self.tell(std::iter::once(from), cx);
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Beat => self.beat(memory, cx),
            Wait::Silence => {
                let Register { view, .. } = *cx.disk();
                let mine = (view + 1..).find(|view| Self::primary(*view, cx.nodes()) == cx.me()).unwrap_or(view);
                cx.note(format!("Nothing heard for too long: primary of view {mine}, without asking anyone."));
                cx.write(Write::View(mine));
                cx.sync();
                self.beat(memory, cx);
            }
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        let leads = Self::leads(cx);
        let Register { view, stamp, value, .. } = *cx.disk();
        match *op {
            // What may yet be forgotten must not be read: the read waits with the write.
            Op::Read if leads => match memory.open.last().copied() {
                Some(write) => memory.open.push(Open { op: id, ret: Ret::Value(value), ..write }),
                None => cx.reply(id, Ret::Value(value)),
            },
            Op::Read if self.read_anywhere => cx.reply(id, Ret::Value(value)),
            Op::Write(_) if cx.disk().taken.contains(id.0) => {
                cx.note("The same request again: it is carried out once.");
            }
            Op::Write(value) if leads && !cx.disk().turned_away.contains(id.0) => {
                let stamp = Stamp { view, version: stamp.version + 1 };
                cx.write(Write::Taken(id));
                cx.write(Write::Value(stamp, value));
                let ticket = self.tell(cx.peers(), cx);
                memory.open.push(Open { op: id, ret: Ret::Done, stamp, ticket });
                self.answer(memory, cx);
            }
            Op::Write(_) => {
                // It may be the primary when the same request comes again.
                cx.write(Write::TurnedAway(id));
                let durable = cx.sync();
                cx.refuse_after(durable, id, Ret::Ask(Self::primary(view, cx.nodes())));
            }
            Op::Read => cx.refuse(id, Ret::Ask(Self::primary(view, cx.nodes()))),
        }
    }

    fn apply(disk: &mut Register, write: &Write) {
        match *write {
            Write::View(view) => disk.view = view,
            Write::Value(stamp, value) => (disk.stamp, disk.value) = (stamp, value),
            Write::Taken(id) => drop(disk.taken.insert(id.0)),
            Write::TurnedAway(id) => drop(disk.turned_away.insert(id.0)),
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Heartbeat(..) => 0,
            Message::Copy(..) => 1,
            Message::Have(..) => 2,
            Message::Behind(_) => 3,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Heartbeat(view, _) => format!("alive in view {view}"),
            Message::Copy(_, _, value) => format!("value is {value}"),
            Message::Have(_, stamp) => format!("have version {}", stamp.version),
            Message::Behind(_) => "send me the value".into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Register { view: number, stamp, value, .. } = *node.disk;
        view.headline(view::Value::plain(value));
        let Some(memory) = node.memory else { return };
        if Self::primary(number, node.nodes) == node.me {
            view.role("primary", Tone::Lead);
        } else {
            view.role("backup", Tone::Plain);
        }
        let term = view::Value { text: number.to_string(), meaning: Meaning::Term(number) };
        let version = view::Value { text: stamp.version.to_string(), meaning: Meaning::Version(stamp.version) };
        view.value("view", term).value("version", version).field("value", value);
        view.field("on disk", format!("version {}", node.synced.stamp.version));
        if !memory.open.is_empty() {
            view.field("not answered yet", memory.open.len());
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
            Ret::Ask(node) => format!("ask {node}"),
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
            Invariant { id: "one-primary", promise: "There is never more than one primary.", holds: Self::one_primary },
            Invariant {
                id: "same-stamp-same-value",
                promise: "Copies of the same version hold the same value.",
                holds: Self::same_stamp_same_value,
            },
        ]
    }
}
