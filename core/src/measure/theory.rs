//! What a formula says that is to be expected, to be laid over what was measured. A model says which
//! formulas are about it ([`Protocol::theory`](crate::protocol::Protocol::theory)); whether they apply
//! to a run depends on its scenario too, and where they do not there is none.

use crate::scenario::{Pace, Route};
use crate::sim::{Chance, Latency, NodeId, Sim, Span};

/// What a model is, to a theory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Theory {
    /// One server that works on one request at a time, and has room for all that wait.
    Queue {
        /// Whoever is asked and is not the server asks the server.
        server: NodeId,
        /// How long it works on a request.
        service: Latency,
    },
    /// Every value has copies, of which a write and a read wait for some.
    Quorums {
        /// How many copies there are.
        replicas: u32,
        /// How many a read waits for.
        read: u32,
        /// How many a write waits for.
        write: u32,
    },
}

/// How long clients wait for a server with a queue, if nobody gives up and nothing is lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Kendall's name of the queue.
    pub name: &'static str,
    /// The share of time that the server works.
    pub load: f64,
    /// The mean, with all ways through the network.
    pub mean: Span,
    /// How long the ways through the network take, if they always take the same, and the mean time at
    /// the server, if that is exponential: then the whole distribution is known.
    known: Option<(Span, f64)>,
}

impl Response {
    /// How long clients of a run wait, by theory. Nothing if there is none, or if more comes than the
    /// server can work on.
    #[must_use]
    pub fn of(sim: &Sim) -> Option<Self> {
        let Theory::Queue { server, service } = sim.theory()? else { return None };
        let (scenario, network) = (sim.scenario(), sim.network());
        let workload = scenario.workload.as_ref()?;
        let Pace::Open(Latency::Exponential { min: Span::ZERO, mean: gap }) = &workload.pace else { return None };
        if network.loss != Chance::NEVER || network.duplicate != Chance::NEVER || network.bandwidth.is_some() || gap.0 == 0 {
            return None;
        }
        // In nanoseconds. Poisson streams that are put together or held up at random stay Poisson.
        let rate = f64::from(scenario.clients) / gap.0 as f64;
        let mean = mean(&service)?;
        let load = rate * mean;
        if load >= 1.0 {
            return None;
        }
        // Pollaczek 1930, Khinchine 1932.
        let (name, sojourn) = match service {
            Latency::Constant(_) => ("M/D/1", mean * (1.0 + load / (2.0 * (1.0 - load)))),
            Latency::Exponential { min: Span::ZERO, .. } => ("M/M/1", mean / (1.0 - load)),
            _ => return None,
        };
        let asked: Vec<NodeId> = match workload.route {
            Route::To(node) => vec![node],
            Route::Home => (0..scenario.clients).map(|client| NodeId(client % scenario.nodes)).collect(),
            Route::Rotate | Route::Random => (0..scenario.nodes).map(NodeId).collect(),
        };
        let ways = |node: &NodeId| if *node == server { 2.0 } else { 4.0 };
        let mean_ways = asked.iter().map(ways).sum::<f64>() / asked.len().max(1) as f64;
        let way = self::mean(&network.latency)?;
        let alike = matches!(network.latency, Latency::Constant(_)) && asked.iter().all(|node| ways(node) == mean_ways);
        let network = Span((mean_ways * way) as u64);
        let known = (alike && name == "M/M/1").then_some((network, sojourn));
        Some(Self { name, load, mean: network + Span(sojourn as u64), known })
    }

    /// The share of clients that wait no longer than this, if it is known.
    #[must_use]
    pub fn within(&self, wait: Span) -> Option<f64> {
        let (network, sojourn) = self.known?;
        Some(if wait < network { 0.0 } else { 1.0 - inverse_exp((wait.0 - network.0) as f64 / sojourn) })
    }
}

/// The probability that a read that begins when a write is done is at least so many versions behind
/// if quorums are chosen at random and no write spreads further: probabilistically bounded staleness
/// (Bailis and others 2012, equations 1 and 2). More copies only make it smaller.
#[must_use]
pub fn behind(replicas: u32, read: u32, write: u32, versions: u32) -> f64 {
    // Reading R copies none of which is among W.
    let missed = |taken: u32| f64::from((replicas - write.min(replicas)).saturating_sub(taken)) / f64::from(replicas - taken);
    let one: f64 = (0..read.min(replicas)).map(missed).product();
    (0..versions).map(|_| one).product()
}

fn mean(latency: &Latency) -> Option<f64> {
    Some(match latency {
        Latency::Constant(span) => span.0 as f64,
        Latency::Uniform { min, max } => (min.0 as f64 + max.0 as f64) / 2.0,
        Latency::Exponential { min, mean } => min.0 as f64 + mean.0 as f64,
        _ => return None,
    })
}

/// e to the power of -x, by nothing but products and sums, and so the same everywhere.
fn inverse_exp(x: f64) -> f64 {
    // Halved until a short series is exact, and squared as often.
    let small = x.clamp(0.0, 700.0) / 1024.0;
    let mut sum = 1.0;
    for term in (1..=12).rev() {
        sum = 1.0 + sum * small / f64::from(term);
    }
    let whole = (0..10).fold(sum, |power, _| power * power);
    1.0 / whole
}
