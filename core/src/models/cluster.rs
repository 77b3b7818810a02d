//! A small cluster: a load balancer, and members that hold one small map and watch one another.
//!
//! Every member tells all others that it is alive, and what its map holds. Whoever has not been heard
//! for a while is down in the table of the one who did not hear it, and in no other: each node has a
//! table of its own. In charge is the first member that is up in one's table. It takes the writes,
//! so two members that do not hear each other may both be in charge; afterwards the later write of
//! each key wins, and the other one is gone.
//!
//! The load balancer calls a member as if it were a function of its own. What makes a message of the
//! call, waits for the result, and gives up after a while is its RPC layer, which shows itself.

use super::read_write::KeyOp as Op;
use crate::judge::exclusion::at_most_one;
use crate::judge::history::Word;
use crate::protocol::{About, Cluster as Whole, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{LocalTime, NodeId, Span};
use crate::timers;
use crate::view::{self, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The settings of a cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    heartbeat: Span,
    patience: Span,
}

/// A value and its place among all values of its key: later versions win, then larger nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    version: u32,
    by: NodeId,
    value: u32,
}

/// The small map.
type Map = BTreeMap<u32, Item>;

/// What nodes tell each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// I am alive, and this is my map.
    Alive(Map),
    /// A client of the load balancer wants this. How often it was passed on.
    Call(OpId, Op, u8),
    /// That is the answer.
    Result(OpId, Ret),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Beat => "heartbeat due",
        Silence(u32) => "not heard for too long",
        Call(u32) => "no answer to a call",
    }
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Put(u32, Item);

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// The members that this node takes for down.
    down: BTreeSet<NodeId>,
    /// Whether it has taken a write since it is in charge.
    acts: bool,
    /// As the load balancer: who is next,
    turn: u16,
    /// and in its RPC layer: the calls that wait, and how many were given up.
    calls: BTreeMap<OpId, Call>,
    given_up: u32,
}

/// A call that waits for its result.
#[derive(Clone, Copy, Debug, Serialize)]
struct Call {
    op: Op,
    of: NodeId,
    /// When it is given up, by the caller's steady clock.
    until: LocalTime,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Written.
    Done,
    /// Nobody is up, or this node takes no requests.
    Nobody,
}

impl Cluster {
    const BALANCER: NodeId = NodeId(0);
    /// A call that was passed on so often goes around in circles.
    const MOST_HOPS: u8 = 3;

    fn members(nodes: u16) -> impl Iterator<Item = NodeId> {
        (1..nodes).map(NodeId)
    }

    fn in_charge(memory: &Memory, nodes: u16) -> Option<NodeId> {
        Self::members(nodes).find(|member| !memory.down.contains(member))
    }

    fn beat(cx: &mut Cx<'_, Self>) {
        let map = cx.disk().clone();
        let durable = cx.sync();
        for peer in cx.peers() {
            cx.send_after(durable, peer, Message::Alive(map.clone()));
        }
    }

    /// The table has changed: who is not in charge any more does not act.
    fn changed(memory: &mut Memory, cx: &Cx<'_, Self>) {
        memory.acts &= Self::in_charge(memory, cx.nodes()) == Some(cx.me());
    }

    fn serve(memory: &mut Memory, id: OpId, op: Op, hops: u8, cx: &mut Cx<'_, Self>) {
        match op {
            Op::Read(key) => {
                let value = cx.disk().get(&key).map_or(0, |item| item.value);
                cx.send(Self::BALANCER, Message::Result(id, Ret::Value(value)));
            }
            Op::Write(key, value) => match Self::in_charge(memory, cx.nodes()) {
                Some(node) if node == cx.me() => {
                    let version = cx.disk().get(&key).map_or(0, |item| item.version) + 1;
                    cx.write(Put(key, Item { version, by: cx.me(), value }));
                    memory.acts = true;
                    let durable = cx.sync();
                    cx.send_after(durable, Self::BALANCER, Message::Result(id, Ret::Done));
                    Self::beat(cx);
                }
                Some(node) if hops < Self::MOST_HOPS => cx.send(node, Message::Call(id, op, hops + 1)),
                _ => cx.note("Nobody seems to be in charge."),
            },
        }
    }

    fn one_acts(cluster: &Whole<'_, Self>) -> Result<(), String> {
        let acts = |node: &&Seen<'_, Self>| node.memory.is_some_and(|memory| memory.acts);
        let acting = cluster.nodes().iter().filter(acts).map(|node| node.me);
        at_most_one(acting, "are all in charge, and take writes")
    }

    fn tables_agree(cluster: &Whole<'_, Self>) -> Result<(), String> {
        for about in Self::members(cluster.nodes().len() as u16) {
            let says = |node: &Seen<'_, Self>, down: bool| {
                node.me != about && node.memory.is_some_and(|memory| memory.down.contains(&about) == down)
            };
            let find = |down: bool| cluster.nodes().iter().find(|node| says(node, down)).map(|node| node.me);
            if let (Some(down), Some(up)) = (find(true), find(false)) {
                return Err(format!("{about} is down to {down} and up to {up}"));
            }
        }
        Ok(())
    }

    fn all_are_up(cluster: &Whole<'_, Self>) -> Result<(), String> {
        for node in cluster.nodes() {
            if let Some(down) = node.memory.and_then(|memory| memory.down.first()) {
                return Err(format!("{down} is down to {}", node.me));
            }
        }
        Ok(())
    }

    fn maps_agree(cluster: &Whole<'_, Self>) -> Result<(), String> {
        let mut running = cluster.nodes().iter().filter(|node| node.me != Self::BALANCER && node.memory.is_some());
        let Some(first) = running.next() else { return Ok(()) };
        match running.find(|node| node.disk != first.disk) {
            Some(other) => Err(format!("{} and {} hold different maps", first.me, other.me)),
            None => Ok(()),
        }
    }
}

impl Protocol for Cluster {
    const ABOUT: &'static About = &About {
        id: "cluster",
        title: "A small cluster",
        summary: "A load balancer and a few members that hold one small map; each has its own table of who is up.",
        kinds: &[
            Kind { name: "alive", tone: Tone::Plain },
            Kind { name: "call", tone: Tone::Ask },
            Kind { name: "result", tone: Tone::Answer },
        ],
        ops: &[OpSpec { name: "read", argument: Some("key"), weight: 1 }, OpSpec { name: "write", argument: Some("key"), weight: 1 }],
        params: &[
            ParamSpec {
                key: "heartbeat",
                label: "Heartbeat",
                help: "How often every member says that it is alive, and what its map holds.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(250) },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a node does not hear a member before it takes it for down.",
                kind: ParamKind::Span { min: Span::millis(2), max: Span::secs(3600), default: Span::millis(800) },
            },
        ],
        nodes: Nodes { min: 3, max: 9, default: 4 },
        clients: 1,
        leaves_out: "The load balancer is one node, and its calls are not repeated: what became of a lost one nobody knows. Of its \
                     RPC layer the caller's side is shown; the other only unpacks what comes, and answers. \
                     Members read what they have. Nobody asks anybody before being in charge. A request that the network brings twice is \
                     carried out twice.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Map;
    type Write = Put;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { heartbeat: settings.span("heartbeat"), patience: settings.span("patience") }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        let me = cx.me();
        for member in Self::members(cx.nodes()).filter(|member| *member != me) {
            cx.set(Wait::Silence(member.0.into()), self.patience);
        }
        if cx.me() != Self::BALANCER {
            Self::beat(cx);
            cx.set(Wait::Beat, self.heartbeat);
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match message {
            Message::Alive(map) => {
                cx.set(Wait::Silence(from.0.into()), self.patience);
                if memory.down.remove(&from) {
                    cx.note(format!("{from} is up again."));
                    Self::changed(memory, cx);
                }
                if cx.me() == Self::BALANCER {
                    return;
                }
                for (&key, &item) in map {
                    if cx.disk().get(&key).is_none_or(|mine| item > *mine) {
                        cx.write(Put(key, item));
                    }
                }
            }
            Message::Call(id, op, hops) => Self::serve(memory, *id, *op, *hops, cx),
            Message::Result(id, ret) => {
                if memory.calls.remove(id).is_some() {
                    cx.cancel(Wait::Call(id.0));
                    cx.reply(*id, *ret);
                }
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Beat => {
                Self::beat(cx);
                cx.set(Wait::Beat, self.heartbeat);
            }
            Wait::Silence(member) => {
                memory.down.insert(NodeId(member as u16));
                Self::changed(memory, cx);
                if Self::in_charge(memory, cx.nodes()) == Some(cx.me()) {
                    cx.note("Nobody before me seems to be up: I am in charge.");
                }
            }
            Wait::Call(id) => {
                memory.given_up += u32::from(memory.calls.remove(&OpId(id)).is_some());
                cx.note("No answer: lost, or carried out, or yet to be.");
            }
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        let members = cx.nodes() - 1;
        let turn = (0..members).map(|step| 1 + (memory.turn + step) % members).map(NodeId);
        let next = turn.into_iter().find(|member| !memory.down.contains(member));
        match next.filter(|_| cx.me() == Self::BALANCER) {
            Some(member) => {
                memory.turn = member.0 % members;
                memory.calls.insert(id, Call { op: *op, of: member, until: cx.steady() + self.patience });
                cx.send(member, Message::Call(id, *op, 0));
                cx.set(Wait::Call(id.0), self.patience);
            }
            None => cx.refuse(id, Ret::Nobody),
        }
    }

    fn apply(disk: &mut Map, &Put(key, item): &Put) {
        disk.insert(key, item);
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Alive(_) => 0,
            Message::Call(..) => 1,
            Message::Result(..) => 2,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Alive(_) => "alive".into(),
            Message::Call(_, op, _) => Self::describe_op(op),
            Message::Result(_, ret) => Self::describe_ret(ret),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(memory) = node.memory else { return };
        if node.me == Self::BALANCER {
            view.role("load balancer", Tone::Plain);
            let patience = self.patience;
            let waiting = memory.calls.values().map(|call| view::Call {
                what: Self::describe_op(&call.op),
                of: call.of,
                left: call.until.since(node.steady).min(patience),
                patience,
            });
            view.calls("RPC layer", waiting, memory.given_up.into());
        } else {
            match Self::in_charge(memory, node.nodes) == Some(node.me) {
                true => view.role("in charge", Tone::Lead),
                false => view.role("member", Tone::Plain),
            };
            let rows = node.disk.iter().take(8);
            view.table("map", rows.map(|(key, item)| (view::Value::plain(key), view::Value::plain(item.value))));
            view.headline(view::Value::plain(node.disk.get(&0).map_or(0, |item| item.value)));
        }
        let others = Self::members(node.nodes).filter(|member| *member != node.me);
        let says = |member: &NodeId| view::Value::plain(if memory.down.contains(member) { "down" } else { "up" });
        view.table("members", others.map(|member| (view::Value::from(member), says(&member))));
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
            Ret::Nobody => "nobody is up".into(),
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
            Invariant { id: "one-acts", promise: "No two members take writes as the one in charge.", holds: Self::one_acts },
            Invariant { id: "tables-agree", promise: "Nobody is up to one and down to another.", holds: Self::tables_agree },
            Invariant { id: "all-are-up", promise: "Everybody is up to everybody.", holds: Self::all_are_up },
            Invariant { id: "maps-agree", promise: "All running members hold the same map.", holds: Self::maps_agree },
        ]
    }
}
