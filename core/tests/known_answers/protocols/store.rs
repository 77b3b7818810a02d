//! A replicated store without any repair: a write goes to all replicas and is done when some have
//! it, a read asks all replicas and believes the first few. So it is in Dynamo and Cassandra.
//!
//! Nodes 0, 1 and 2 are the replicas, node 3 coordinates every write, and every further node
//! coordinates reads. As soon as a write is done, readers hear of it and read; how late, and how
//! far away from the replicas, is up to the network. Every write has a key of its own, so that no
//! write helps or hinders another.

use super::NoTimer;
use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use faultline::sim::{LocalTime, NodeId};
use faultline::view::{Tone, Value, View};
use serde::Serialize;
use std::collections::BTreeMap;

/// The replicas.
pub(crate) const REPLICAS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];
/// Coordinates the writes.
pub(crate) const WRITER: NodeId = NodeId(3);

#[derive(Clone)]
pub(crate) struct Store {
    write_quorum: u16,
    readers_each: u16,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) enum Leg {
    Write(u32),
    Ack(u32),
    Done(u32),
    Read(u32),
    Response { key: u32, fresh: bool },
}

/// The one thing that clients ask for: write this key.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Put(u32);

#[derive(Clone, Serialize)]
pub(crate) enum Role {
    Replica {
        /// Whether it has each key.
        has: Vec<bool>,
    },
    Writer {
        /// The writes under way, with their acknowledgements.
        acks: BTreeMap<u32, (OpId, u16)>,
    },
    Reader {
        /// The reads under way: when they began, how many replicas answered, and whether one of those had the key.
        open: BTreeMap<u32, (LocalTime, usize, bool)>,
        /// For a read quorum of one, two and three: how many reads were fresh, and how long each took.
        seen: [(usize, Vec<f64>); 3],
    },
}

impl Store {
    /// What a reader shows for a read quorum of one, two and three.
    pub(crate) const FRESH: [&'static str; 3] = ["fresh with R=1", "fresh with R=2", "fresh with R=3"];
    /// In milliseconds.
    pub(crate) const TAKEN: [&'static str; 3] = ["taken with R=1", "taken with R=2", "taken with R=3"];
}

impl Protocol for Store {
    const ABOUT: &'static About = &About {
        id: "store",
        title: "Store",
        summary: "Three replicas, one that writes to them, and some that read.",
        kinds: &[
            Kind { name: "write", tone: Tone::Data },
            Kind { name: "ack", tone: Tone::Answer },
            Kind { name: "done", tone: Tone::Plain },
            Kind { name: "read", tone: Tone::Ask },
            Kind { name: "response", tone: Tone::Answer },
        ],
        ops: &[OpSpec { name: "write", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "write-quorum",
                label: "W",
                help: "How many replicas must have a write before it is done.",
                kind: ParamKind::Number { min: 1, max: 3, default: 1 },
            },
            ParamSpec {
                key: "readers-each",
                label: "Readers of a kind",
                help: "Of so many readers that follow one another, any one reads.",
                kind: ParamKind::Number { min: 1, max: 100, default: 1 },
            },
        ],
        nodes: Nodes { min: 5, max: 100, default: 5 },
        clients: 1,
        leaves_out: "Versions, repair and failures.",
    };

    type Message = Leg;
    type Timer = NoTimer;
    type Memory = Role;
    type Disk = ();
    type Write = Nothing;
    type Op = Put;
    type Ret = ();

    fn configure(settings: &Settings<'_>) -> Self {
        Self { write_quorum: settings.get("write-quorum") as u16, readers_each: settings.get("readers-each") as u16 }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Role {
        match cx.me() {
            node if REPLICAS.contains(&node) => Role::Replica { has: Vec::new() },
            WRITER => Role::Writer { acks: BTreeMap::new() },
            _ => Role::Reader { open: BTreeMap::new(), seen: Default::default() },
        }
    }

    fn on_request(&self, role: &mut Role, id: OpId, &Put(key): &Put, cx: &mut Cx<'_, Self>) {
        let Role::Writer { acks } = role else { return };
        acks.insert(key, (id, 0));
        for replica in REPLICAS {
            cx.send(replica, Leg::Write(key));
        }
    }

    fn on_message(&self, role: &mut Role, from: NodeId, leg: &Leg, cx: &mut Cx<'_, Self>) {
        match (role, *leg) {
            (Role::Replica { has }, Leg::Write(key)) => {
                let key_at = key as usize;
                has.resize(has.len().max(key_at + 1), false);
                has[key_at] = true;
                cx.send(from, Leg::Ack(key));
            }
            (Role::Writer { acks }, Leg::Ack(key)) => {
                let Some((id, count)) = acks.get_mut(&key) else { return };
                *count += 1;
                if *count == self.write_quorum {
                    cx.reply(*id, ());
                    acks.remove(&key);
                    for first in (WRITER.0 + 1..cx.nodes()).step_by(usize::from(self.readers_each)) {
                        let reader = NodeId(first + cx.choose(u64::from(self.readers_each)) as u16);
                        cx.send(reader, Leg::Done(key));
                    }
                }
            }
            (Role::Reader { open, .. }, Leg::Done(key)) => {
                open.insert(key, (cx.now(), 0, false));
                for replica in REPLICAS {
                    cx.send(replica, Leg::Read(key));
                }
            }
            (Role::Replica { has }, Leg::Read(key)) => {
                let fresh = has.get(key as usize).is_some_and(|&has| has);
                cx.send(from, Leg::Response { key, fresh });
            }
            (Role::Reader { open, seen }, Leg::Response { key, fresh }) => {
                let Some((began, answers, any_fresh)) = open.get_mut(&key) else { return };
                *any_fresh |= fresh;
                let (count, taken) = &mut seen[*answers];
                *count += usize::from(*any_fresh);
                taken.push(cx.now().since(*began).as_millis());
                *answers += 1;
                if *answers == REPLICAS.len() {
                    open.remove(&key);
                }
            }
            _ => {}
        }
    }

    fn kind(leg: &Leg) -> u8 {
        match leg {
            Leg::Write(_) => 0,
            Leg::Ack(_) => 1,
            Leg::Done(_) => 2,
            Leg::Read(_) => 3,
            Leg::Response { .. } => 4,
        }
    }

    fn describe(leg: &Leg) -> String {
        Self::ABOUT.kinds[usize::from(Self::kind(leg))].name.into()
    }

    fn op(_code: u8, _argument: i64, unique: u32) -> Option<Put> {
        Some(Put(unique))
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(Role::Reader { seen, .. }) = node.memory else { return };
        for (quorum, (fresh, taken)) in seen.iter().enumerate() {
            view.field(Self::FRESH[quorum], fresh).list(Self::TAKEN[quorum], taken.iter().map(Value::plain));
        }
    }
}
