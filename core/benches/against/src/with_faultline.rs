//! Faultline at work, with both protocols written to its contract. The trace is on, because it always
//! is: every message leaves two rows with their causes, and every row goes into the hash of the run.
//! The messages are counted by reading the trace, in the time that is measured.
//!
//! The ping-pong model that comes with Faultline is not used: its players also set a timer for every
//! ball, in case it is lost, and its rivals' players here do not.

use crate::work::{GOSSIP_EVERY, Gossip, LONGEST, Play, SEED, SHORTEST, Work};
use faultline::models::Library;
use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, Protocol, Seen, Settings};
use faultline::sim::{EventKind, Latency, NodeId, Span, Time};
use faultline::view::{Tone, View};
use faultline::{Scenario, Sim, timers};
use std::time::Duration;

/// A run that is ready to start.
pub(crate) struct Run {
    sim: Sim,
    messages: u64,
}

impl Run {
    pub(crate) fn new(work: &Work) -> Self {
        let library = Library::standard().with::<Balls>().with::<Gossiping>();
        let about = match work.play {
            Play::PingPong => Balls::ABOUT,
            Play::Gossip => Gossiping::ABOUT,
        };
        let mut scenario = Scenario::new(about, SEED);
        scenario.nodes = work.nodes;
        scenario.network.latency = Latency::Uniform { min: span(SHORTEST), max: span(LONGEST) };
        let sim = Sim::new(&library, scenario).expect("the scenario can be run");
        Self { sim, messages: work.messages }
    }

    /// Runs until enough messages are delivered; says how many.
    pub(crate) fn go(&mut self) -> u64 {
        let (mut delivered, mut read, mut until) = (0, 0, Time::ZERO);
        while delivered < self.messages {
            until += Span::millis(100);
            self.sim.run_until(until);
            let new = (read..self.sim.rows()).filter_map(|row| self.sim.trace().row(row));
            delivered += new.filter(|row| row.kind == EventKind::Deliver).count() as u64;
            read = self.sim.rows();
        }
        delivered
    }
}

fn span(duration: Duration) -> Span {
    Span(duration.as_nanos() as u64)
}

timers! {
    /// What a gossip waits for. In ping-pong nobody waits for anything but the ball.
    enum Wait {
        Tell => "tell somebody",
    }
}

/// Ping-pong without loss.
#[derive(Clone, Debug)]
struct Balls;

impl Protocol for Balls {
    const ABOUT: &'static About = &About {
        id: "balls",
        title: "Balls",
        summary: "One node sends a numbered ball, the other returns it.",
        kinds: &[Kind { name: "ball", tone: Tone::Ask }],
        ops: &[],
        params: &[],
        nodes: Nodes { min: 2, max: 1000, default: 2 },
        clients: 0,
        leaves_out: "What to do when a ball is lost.",
    };

    type Message = u64;
    type Timer = Wait;
    type Memory = u64;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(_: &Settings<'_>) -> Self {
        Self
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> u64 {
        let me = cx.me().0;
        if me.is_multiple_of(2) {
            cx.send(NodeId(me + 1), 1);
        }
        1
    }

    fn on_message(&self, ball: &mut u64, from: NodeId, received: &u64, cx: &mut Cx<'_, Self>) {
        if !cx.me().0.is_multiple_of(2) {
            cx.send(from, *received);
        } else if received == ball {
            *ball += 1;
            cx.send(from, *ball);
        }
    }

    fn kind(_: &u64) -> u8 {
        0
    }

    fn describe(ball: &u64) -> String {
        format!("ball {ball}")
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        if let Some(ball) = node.memory {
            view.field("ball", ball);
        }
    }
}

/// The gossip as a protocol.
#[derive(Clone, Debug)]
struct Gossiping;

impl Gossiping {
    fn tell(gossip: &mut Gossip, cx: &mut Cx<'_, Self>) {
        let to = gossip.tell();
        cx.send(NodeId(to), gossip.news);
        cx.set(Wait::Tell, span(GOSSIP_EVERY));
    }
}

impl Protocol for Gossiping {
    const ABOUT: &'static About = &About {
        id: "gossip",
        title: "Gossip",
        summary: "Every node keeps telling its news to a random other one.",
        kinds: &[Kind { name: "news", tone: Tone::Data }],
        ops: &[],
        params: &[],
        nodes: Nodes { min: 2, max: 1000, default: 100 },
        clients: 0,
        leaves_out: "Everything but the telling.",
    };

    type Message = u64;
    type Timer = Wait;
    type Memory = Gossip;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(_: &Settings<'_>) -> Self {
        Self
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Gossip {
        let mut gossip = Gossip::new(cx.me().0, cx.nodes());
        Self::tell(&mut gossip, cx);
        gossip
    }

    fn on_message(&self, gossip: &mut Gossip, _: NodeId, news: &u64, _: &mut Cx<'_, Self>) {
        gossip.hear(*news);
    }

    fn on_timer(&self, gossip: &mut Gossip, Wait::Tell: Wait, cx: &mut Cx<'_, Self>) {
        Self::tell(gossip, cx);
    }

    fn kind(_: &u64) -> u8 {
        0
    }

    fn describe(news: &u64) -> String {
        format!("news {news}")
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        if let Some(gossip) = node.memory {
            view.field("news", gossip.news);
        }
    }
}
