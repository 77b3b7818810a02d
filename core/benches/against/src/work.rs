//! The work that everybody is given. Each side has its own code for it, in the style of its own
//! documentation, but the protocols and the choices in them are the same.

use faultline::sim::{Purpose, below, draw};
use std::time::Duration;

/// No message is faster.
pub(crate) const SHORTEST: Duration = Duration::from_millis(1);
/// No message is slower.
pub(crate) const LONGEST: Duration = Duration::from_millis(10);
/// How long a gossip waits before it tells somebody else.
pub(crate) const GOSSIP_EVERY: Duration = Duration::from_millis(10);

/// A protocol, a number of nodes, and how many messages are to be delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) play: Play,
    pub(crate) nodes: u16,
    pub(crate) messages: u64,
}

/// What the nodes do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Play {
    /// Nodes 0 and 1, 2 and 3 and so on play: one sends a numbered ball, the other returns it, and
    /// only then comes the next.
    PingPong,
    /// Every 10 ms each node tells the latest news it knows to a random other one. Node 0 always has
    /// something newer.
    Gossip,
}

impl Work {
    /// In the words of a table.
    pub(crate) fn name(&self) -> String {
        match self.play {
            Play::PingPong => format!("ping-pong, {} nodes", self.nodes),
            Play::Gossip => format!("gossip, {} nodes", self.nodes),
        }
    }
}

/// What a node of the gossip does, the same for everybody.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Gossip {
    me: u16,
    nodes: u16,
    rounds: u64,
    pub(crate) news: u64,
}

impl Gossip {
    pub(crate) fn new(me: u16, nodes: u16) -> Self {
        Self { me, nodes, rounds: 0, news: 0 }
    }

    /// It is time to tell somebody: whom. The random number is one that Faultline draws too.
    pub(crate) fn tell(&mut self) -> u16 {
        let drawn = draw(SEED, Purpose::Choice, u64::from(self.me), self.rounds);
        self.rounds += 1;
        self.news += u64::from(self.me == 0);
        let other = below(drawn, u64::from(self.nodes - 1)) as u16;
        other + u16::from(other >= self.me)
    }

    /// Somebody has told this.
    pub(crate) fn hear(&mut self, news: u64) {
        self.news = self.news.max(news);
    }
}

/// Everybody's seed.
pub(crate) const SEED: u64 = 7;
