//! A protocol whose states can be counted by hand: every node tosses a coin when it starts and tells
//! every other node how it fell; a timer lets it forget everything it heard.

use faultline::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, Nothing, Protocol, Seen, Settings};
use faultline::sim::{NodeId, Span};
use faultline::timers;
use faultline::view::{Tone, View};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone)]
pub(crate) struct Votes;

#[derive(Clone, Serialize)]
pub(crate) struct Heard {
    mine: bool,
    others: BTreeMap<NodeId, bool>,
}

timers! {
    /// What nodes wait for.
    pub(crate) enum Wait {
        Forget => "time to forget",
    }
}

impl Votes {
    /// Nobody ever hears of nothing but heads: false, for the tests.
    fn not_all_heads(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let all = |node: &Seen<'_, Self>| {
            node.memory.is_some_and(|memory| {
                memory.mine && memory.others.len() + 1 == usize::from(node.nodes) && memory.others.values().all(|heads| *heads)
            })
        };
        cluster.nodes().iter().find(|node| all(node)).map_or(Ok(()), |node| Err(format!("{} has heard of heads only", node.me)))
    }
}

impl Protocol for Votes {
    const ABOUT: &'static About = &About {
        id: "votes",
        title: "Votes",
        summary: "Coins are tossed and told.",
        kinds: &[Kind { name: "coin", tone: Tone::Plain }],
        ops: &[],
        params: &[],
        nodes: Nodes { min: 2, max: 5, default: 3 },
        clients: 0,
        leaves_out: "Everything.",
    };

    type Message = bool;
    type Timer = Wait;
    type Memory = Heard;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(_: &Settings<'_>) -> Self {
        Self
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Heard {
        let mine = cx.choose(2) == 1;
        cx.broadcast(&mine);
        cx.set(Wait::Forget, Span::secs(1));
        Heard { mine, others: BTreeMap::new() }
    }

    fn on_message(&self, memory: &mut Heard, from: NodeId, heads: &bool, _: &mut Cx<'_, Self>) {
        memory.others.insert(from, *heads);
    }

    fn on_timer(&self, memory: &mut Heard, _: Wait, _: &mut Cx<'_, Self>) {
        memory.others.clear();
    }

    fn kind(_: &bool) -> u8 {
        0
    }

    fn describe(heads: &bool) -> String {
        if *heads { "heads".into() } else { "tails".into() }
    }

    fn view(&self, _: &Seen<'_, Self>, _: &mut View) {}

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant { id: "not-all-heads", promise: "Nobody hears of heads only.", holds: Self::not_all_heads }]
    }
}
