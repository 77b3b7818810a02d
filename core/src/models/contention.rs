//! Many writers and one row: whoever has read the newest version may write the next, and all others
//! have to begin again.
//!
//! Nobody waits for a lock (optimistic concurrency). Writers that collided once come back at the
//! same time and collide again, unless their pauses differ.

use super::backoff::Backoff;
use crate::judge::agreement::agree;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, Nothing, Protocol, Seen, Settings};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{Meaning, Tone, Value, View};
use serde::{Deserialize, Serialize};

/// The settings of the writers.
#[derive(Clone, Debug)]
pub struct Contention {
    backoff: Backoff,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Which version is the newest?
    Read,
    /// This one.
    Newest(u32),
    /// Write what follows this version.
    Write(u32),
    /// It is written, as this version.
    Written(u32),
    /// Somebody else was first.
    Conflict,
}

timers! {
    /// What writers wait for.
    pub enum Wait {
        Again => "time to try again",
    }
}

/// What the row's disk has.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Row {
    version: u32,
}

/// The row has its next version.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Next;

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As the row.
    writes: u32,
    conflicts: u32,
    /// As a writer: how often somebody else was first, the last pause, and what it has written.
    failed: u32,
    pause: Span,
    written: Option<u32>,
}

const ROW: NodeId = NodeId(0);

impl Contention {
    fn one_writer_each(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let written = cluster.nodes().iter().filter_map(|node| Some((node.memory?.written?, node.me, node.me)));
        agree(written).map_err(|apart| format!("{} and {} have both written version {}", apart.one.0, apart.other.0, apart.name))
    }
}

impl Protocol for Contention {
    const ABOUT: &'static About = &About {
        id: "contention",
        title: "One row, many writers",
        summary: "Each writer wants to change the same row once; who was not first begins again.",
        kinds: &[
            Kind { name: "read", tone: Tone::Ask },
            Kind { name: "newest", tone: Tone::Answer },
            Kind { name: "write", tone: Tone::Data },
            Kind { name: "written", tone: Tone::Answer },
            Kind { name: "conflict", tone: Tone::Refuse },
        ],
        ops: &[],
        params: &[Backoff::way(), Backoff::base(Span::millis(5)), Backoff::cap(Span::secs(2))],
        nodes: Nodes { min: 2, max: 200, default: 11 },
        clients: 0,
        leaves_out: "All writers begin at the same moment and write once. The row needs no time for a request but that of its \
                     disk. A writer does not notice that its message is lost.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Row;
    type Write = Next;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { backoff: Backoff::configure(settings) }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if cx.me() != ROW {
            cx.send(ROW, Message::Read);
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Read => {
                let version = cx.disk().version;
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Newest(version));
            }
            Message::Newest(version) => cx.send(ROW, Message::Write(version)),
            Message::Write(version) if version == cx.disk().version => {
                memory.writes += 1;
                cx.write(Next);
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Written(version + 1));
            }
            Message::Write(_) => {
                memory.writes += 1;
                memory.conflicts += 1;
                cx.send(from, Message::Conflict);
            }
            Message::Written(version) => memory.written = Some(version),
            Message::Conflict => {
                memory.failed += 1;
                memory.pause = self.backoff.pause(memory.failed, memory.pause, cx);
                cx.set(Wait::Again, memory.pause);
            }
        }
    }

    fn on_timer(&self, _memory: &mut Memory, _timer: Wait, cx: &mut Cx<'_, Self>) {
        cx.send(ROW, Message::Read);
    }

    fn apply(disk: &mut Row, _write: &Next) {
        disk.version += 1;
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Read => 0,
            Message::Newest(_) => 1,
            Message::Write(_) => 2,
            Message::Written(_) => 3,
            Message::Conflict => 4,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Read => "read".into(),
            Message::Newest(version) => format!("version {version}"),
            Message::Write(version) => format!("write after {version}"),
            Message::Written(version) => format!("written as {version}"),
            Message::Conflict => "conflict".into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(memory) = node.memory else { return };
        if node.me == ROW {
            let version = node.disk.version;
            view.role("row", Tone::Data).headline(Value { meaning: Meaning::Version(version.into()), ..Value::plain(version) });
            view.field("version", version).field("writes tried", memory.writes).field("conflicts", memory.conflicts);
            return;
        }
        match memory.written {
            Some(version) => view.role("done", Tone::Answer).headline(Value::plain("✓")).field("written as", version),
            None => view.role("writer", Tone::Maybe).headline(Value::plain(memory.failed)),
        };
        view.field("failed", memory.failed).span("last pause", memory.pause);
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant { id: "one-writer-each", promise: "No two writers have written the same version.", holds: Self::one_writer_each }]
    }
}
