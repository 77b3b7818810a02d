//! What can be counted on a run, up to the moment it has come to: messages, what clients asked and
//! how long it took, how often they were served, how old what they read was, who had how much to do.
//! The page, the comparison of two runs and the predicates of labs all have their numbers from here.
//!
//! | room | what is in it |
//! |---|---|
//! | [`staleness`] | how old what was read was, in versions and in time |
//! | [`theory`] | what a formula says that was to be expected |

pub mod staleness;
pub mod theory;

use crate::judge::history::History;
pub use crate::sim::Tally;
use crate::sim::{EventKind, NodeId, Sim, Span, Time};
use staleness::Read;
use std::collections::BTreeMap;

/// What came of what a client asked, as far as it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It waits.
    Open,
    /// It was done.
    Done,
    /// It was refused, and surely not done.
    Refused,
    /// The client gave up, and cannot know.
    Unknown,
}

impl Outcome {
    /// What a row with this kind and detail says came of a request, if it says so.
    #[must_use]
    pub fn of(kind: EventKind, detail: u8) -> Option<Self> {
        match (kind, detail) {
            (EventKind::Return, 1) => Some(Self::Done),
            (EventKind::Return, _) => Some(Self::Refused),
            (EventKind::Unknown, _) => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// What a client asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number in the trace.
    pub op: u32,
    /// Who asked.
    pub client: NodeId,
    /// Whom.
    pub node: NodeId,
    /// When it began.
    pub begun: Time,
    /// When the client knew what came of it, or gave up.
    pub ended: Option<Time>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Request {
    /// An operation of a run, if it has begun. A trace may reach further than the run has come: what
    /// happens there has not happened yet.
    #[must_use]
    pub fn of(sim: &Sim, op: u32) -> Option<Self> {
        let meta = sim.trace().op(op)?;
        if meta.invoked >= sim.rows() {
            return None;
        }
        let end = meta.ended.filter(|ended| ended.row < sim.rows());
        Some(Self {
            op,
            client: meta.client,
            node: meta.node,
            begun: meta.begun,
            ended: end.map(|ended| ended.time),
            outcome: end.and_then(|ended| Outcome::of(ended.kind, ended.detail)).unwrap_or(Outcome::Open),
        })
    }

    /// Everything that clients have asked, in the order in which they did.
    #[must_use]
    pub fn all(sim: &Sim) -> Vec<Self> {
        (0..sim.trace().ops() as u32).map_while(|op| Self::of(sim, op)).collect()
    }

    /// How long the client waited, if it has its answer.
    #[must_use]
    pub fn latency(&self) -> Option<Span> {
        (self.outcome == Outcome::Done).then(|| self.ended.map(|ended| ended.since(self.begun))).flatten()
    }
}

/// The length that so many parts of a million do not exceed, by the nearest rank. The lengths stand
/// in their order.
#[must_use]
pub fn quantile(lengths: &[Span], parts: u32) -> Option<Span> {
    let rank = (lengths.len() as u64 * u64::from(parts)).div_ceil(1_000_000).max(1);
    lengths.get(rank as usize - 1).copied()
}

/// How long clients waited that have their answers, the shortest first.
#[must_use]
pub fn latencies(requests: &[Request]) -> Vec<Span> {
    let mut lengths: Vec<Span> = requests.iter().filter_map(Request::latency).collect();
    lengths.sort_unstable();
    lengths
}

/// How many requests came to which end. The share of those that were served is the availability: a
/// client that is refused, or gives up, was not served. Those that still wait say nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Done in time.
    pub done: u32,
    /// Refused.
    pub refused: u32,
    /// Given up by the client.
    pub unknown: u32,
    /// Still waiting.
    pub open: u32,
}

impl Served {
    /// Counts requests.
    #[must_use]
    pub fn of<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Self {
        let mut served = Self::default();
        for request in requests {
            *match request.outcome {
                Outcome::Open => &mut served.open,
                Outcome::Done => &mut served.done,
                Outcome::Refused => &mut served.refused,
                Outcome::Unknown => &mut served.unknown,
            } += 1;
        }
        served
    }

    /// How many came to an end.
    #[must_use]
    pub fn ended(&self) -> u32 {
        self.done + self.refused + self.unknown
    }

    /// The share of those that ended that were done, in parts of a million. Nothing if none has ended.
    #[must_use]
    pub fn availability(&self) -> Option<u32> {
        (self.ended() > 0).then(|| (u64::from(self.done) * 1_000_000 / u64::from(self.ended())) as u32)
    }
}

/// Requests by when they ended, in stretches of time of the same length, the last of which ends with
/// or after `until`. A stretch is as long as it must be for there to be no more than `most`, and is a
/// round number of milliseconds.
#[must_use]
pub fn availability(requests: &[Request], until: Time, most: usize) -> (Span, Vec<Served>) {
    let least = until.0.div_ceil(most.max(1) as u64);
    let mut length = 1_000_000;
    // 1, 2, 5, 10, and so on.
    while length < least {
        length = if length.to_string().starts_with('2') { length / 2 * 5 } else { length * 2 };
    }
    let mut stretches = vec![Served::default(); (until.0.div_ceil(length)).max(1) as usize];
    for request in requests {
        let Some(ended) = request.ended.filter(|ended| *ended <= until) else { continue };
        let last = stretches.len() - 1;
        let stretch = &mut stretches[((ended.0 / length) as usize).min(last)];
        let one = Served::of([request]);
        (stretch.done, stretch.refused, stretch.unknown) =
            (stretch.done + one.done, stretch.refused + one.refused, stretch.unknown + one.unknown);
    }
    (Span(length), stretches)
}

/// How much somebody had to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many messages came, those of clients too.
    pub received: u32,
    /// How many left, those to clients too.
    pub sent: u32,
}

/// How much each node has had to do.
#[must_use]
pub fn load(sim: &Sim) -> Vec<Load> {
    let load = |node| {
        let (received, sent) = sim.load(NodeId(node));
        Load { received, sent }
    };
    (0..sim.scenario().nodes).map(load).collect()
}

/// How old what clients read was, read by read; nothing if they read nothing that has versions.
#[must_use]
pub fn reads(sim: &Sim) -> Option<Vec<Read>> {
    let history = History::of(sim);
    let ops = (0..sim.trace().ops() as u32).filter_map(|op| sim.trace().op(op));
    let times: BTreeMap<u32, Time> =
        ops.flat_map(|op| [Some((op.invoked, op.begun)), op.ended.map(|ended| (ended.row, ended.time))]).flatten().collect();
    let time = |row: usize| times.get(&(row as u32)).copied().unwrap_or_default();
    staleness::of(&history, &sim.initial(), time)
}

/// How many messages there were as a run went on: at most `most` of these counts, and always the last,
/// or a curve would end before the moment that the run has come to. Where it has forgotten what happened
/// they are fewer.
#[must_use]
pub fn tallies(sim: &Sim, most: usize) -> Vec<Tally> {
    let stride = (sim.rows() as usize).div_ceil(most.max(1)).max(1);
    let mut tallies: Vec<Tally> = (1..=sim.rows()).rev().step_by(stride).map(|end| sim.trace().tally(end)).collect();
    tallies.dedup();
    tallies.reverse();
    tallies.retain(|tally| tally.sent > 0);
    tallies
}
