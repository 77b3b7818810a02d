//! A server with a balance, and a watcher that cannot see it: what a timeout tells, and what not.
//!
//! A client that hears nothing cannot know whether its request was lost, its answer was lost, or the
//! server is dead, or slow. Nor can the watcher, which asks again and again whether the server is
//! there: if it waits for a short time it suspects the slow, if it waits long it trusts the dead.

use crate::judge::history::Word;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{Tone, Value, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The settings of an account.
#[derive(Clone, Debug)]
pub struct Account {
    identity: bool,
    period: Span,
    timeout: Span,
}

/// What the watcher and the server tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Are you there?
    Ping(u32),
    /// Yes.
    Pong(u32),
}

timers! {
    /// What the watcher waits for.
    pub enum Wait {
        Ask => "time to ask",
        Answer(u32) => "no answer in time",
    }
}

/// What is on the server's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    balance: i64,
    /// The deposits that were carried out.
    known: BTreeSet<OpId>,
}

/// A deposit.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Deposit(OpId, i64);

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As the watcher: the last question, those that wait for an answer, and those given up.
    asked: u32,
    open: BTreeSet<u32>,
    given_up: BTreeSet<u32>,
    suspects: bool,
    /// How many answers came in time, and how many after the server was suspected.
    in_time: u32,
    late: u32,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Op {
    /// How much is there?
    Balance,
    /// So much more.
    Deposit(i64),
}

impl Account {
    const SERVER: NodeId = NodeId(0);

    fn suspicion_is_right(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let alive = cluster.nodes()[Self::SERVER.index()].memory.is_some();
        let suspects = |node: &&Seen<'_, Self>| node.memory.is_some_and(|memory| memory.suspects);
        match cluster.nodes().iter().find(suspects).filter(|_| alive) {
            Some(node) => Err(format!("{} takes the server for dead, which is only slow or out of reach", node.me)),
            None => Ok(()),
        }
    }
}

impl Protocol for Account {
    const ABOUT: &'static About = &About {
        id: "account",
        title: "A bank that falls silent",
        summary: "A server keeps a balance; clients and a watcher know of it only what messages tell them.",
        kinds: &[Kind { name: "there?", tone: Tone::Ask }, Kind { name: "yes", tone: Tone::Answer }],
        ops: &[OpSpec { name: "balance", argument: None, weight: 1 }, OpSpec { name: "deposit", argument: Some("amount"), weight: 1 }],
        params: &[
            ParamSpec {
                key: "identity",
                label: "Requests have an identity",
                help: "A deposit that the network brings twice is carried out once. Off: textbook code.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "period",
                label: "Asks every",
                help: "How often the watcher asks whether the server is there.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(300) },
            },
            ParamSpec {
                key: "timeout",
                label: "Timeout",
                help: "How long the watcher waits for an answer before it takes the server for dead.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(150) },
            },
        ],
        nodes: Nodes { min: 1, max: 9, default: 2 },
        clients: 1,
        leaves_out: "Clients do not ask again. The first node is the server, and every other one is a watcher of its own. An \
                     account holds no more than its disk can count.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Deposit;
    type Op = Op;
    type Ret = i64;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { identity: settings.on("identity"), period: settings.span("period"), timeout: settings.span("timeout") }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if cx.me() != Self::SERVER {
            cx.set(Wait::Ask, self.period);
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Ping(number) => cx.send(from, Message::Pong(number)),
            Message::Pong(number) if memory.open.remove(&number) => {
                cx.cancel(Wait::Answer(number));
                memory.suspects = false;
                memory.in_time += 1;
            }
            Message::Pong(number) if memory.given_up.remove(&number) => {
                cx.note("It was only slow.");
                memory.suspects = false;
                memory.late += 1;
            }
            Message::Pong(_) => {}
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Ask => {
                memory.asked += 1;
                memory.open.insert(memory.asked);
                cx.send(Self::SERVER, Message::Ping(memory.asked));
                cx.set(Wait::Answer(memory.asked), self.timeout);
                cx.set(Wait::Ask, self.period);
            }
            Wait::Answer(number) => {
                memory.open.remove(&number);
                memory.given_up.insert(number);
                memory.suspects = true;
            }
        }
    }

    fn on_request(&self, _: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        if cx.me() != Self::SERVER {
            return cx.refuse(id, 0);
        }
        if let Op::Deposit(amount) = *op {
            if self.identity && cx.disk().known.contains(&id) {
                cx.note("The same request again: its money is here already.");
            } else {
                cx.write(Deposit(id, amount));
            }
        }
        let balance = cx.disk().balance;
        let durable = cx.sync();
        cx.reply_after(durable, id, balance);
    }

    fn apply(disk: &mut Disk, &Deposit(id, amount): &Deposit) {
        disk.balance = disk.balance.saturating_add(amount);
        disk.known.insert(id);
    }

    fn kind(message: &Message) -> u8 {
        u8::from(matches!(message, Message::Pong(_)))
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Ping(number) => format!("{number}: are you there?"),
            Message::Pong(number) => format!("{number}: yes"),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        if node.me == Self::SERVER {
            view.headline(Value::plain(node.disk.balance)).field("balance", node.disk.balance);
            view.field("on disk", node.synced.balance).field("deposits", node.disk.known.len());
            if node.memory.is_some() {
                view.role("server", Tone::Plain);
            }
            return;
        }
        let Some(memory) = node.memory else { return };
        let (role, tone) = if memory.suspects { ("takes it for dead", Tone::Maybe) } else { ("trusts it", Tone::Plain) };
        view.role(role, tone).field("answers in time", memory.in_time).field("answers too late", memory.late);
        view.field("no answer yet", memory.given_up.len());
    }

    fn op(code: u8, argument: i64, _unique: u32) -> Option<Op> {
        match code {
            0 => Some(Op::Balance),
            1 => Some(Op::Deposit(argument.max(1))),
            _ => None,
        }
    }

    fn describe_op(op: &Op) -> String {
        match op {
            Op::Balance => "balance".into(),
            Op::Deposit(amount) => format!("deposit {amount}"),
        }
    }

    fn describe_ret(balance: &i64) -> String {
        format!("balance {balance}")
    }

    fn word(_: &Op, _: Option<&i64>) -> Option<Word> {
        // Judges know registers and locks, and no sums.
        None
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant { id: "suspicion-is-right", promise: "Whoever takes the server for dead is right.", holds: Self::suspicion_is_right }]
    }
}
