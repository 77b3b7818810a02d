//! How stale a read from a partial quorum may be: probabilistically bounded staleness (Bailis,
//! Venkataraman, Franklin, Hellerstein and Stoica 2012, model WARS, table 3 and figure 5).
//!
//! Each of the four legs of a write and a read (write, acknowledgement, read, response) has a latency
//! that the authors fitted to production systems. A read that begins t after a write was done is
//! stale if every replica among its first R answers was asked before the write came to it.
//!
//! The paper prints one such share, 43.9 % for disks with R = W = 1 and t = 0, and otherwise curves
//! and quantiles. So the known values are those of the paper's model, integrated by another program
//! (four million reads, floating point, another generator): 43.7 % there, and the latencies at the
//! 99.9th percentile of the paper's table 4 within 3 %. Left out are the table's times to 99.9 %
//! fresh: they are 2 to 12 % shorter than the model's, because they are the first moments at which a
//! sample was fresh enough, and by chance one of those comes early.

use super::Experiment;
use super::measure::{Finding, Measured, Tolerance, Unit};
use crate::models::Library;
use crate::scenario::{Disk, Input};
use crate::sim::{Latency, LinkRule, NodeId, Span, Time};
use crate::view::Widget;
use crate::{Scenario, Sim};

pub(super) const TIME: Experiment = Experiment {
    id: "staleness",
    title: "How stale a read from a partial quorum may be",
    labs: &["L12"],
    source: "Bailis and others, Probabilistically Bounded Staleness for Practical Partial Quorums, VLDB 2012: model WARS, the latencies of table 3",
    how: "Quorums of three replicas, a thousand keys a run, each leg with the latency that the authors fitted to a production system. Fresh: the read returned the write that was done so long before it.",
    limits: "The paper prints one share of fresh reads (43.9 % for disks, R = W = 1, at once). Known are its model's values from another program (four million reads), and for latencies at 99.9 % those agree with the paper's table 4 within 3 %. Its times to 99.9 % fresh are left out: they are 2 to 12 % shorter than its model's.",
    run: staleness,
};

pub(super) const VERSIONS: Experiment = Experiment {
    id: "versions",
    title: "How many versions a read may be behind",
    labs: &["L12"],
    source: "The same paper, its closed form for quorums that do not expand: 1 - (C(N-W, R) / C(N, R))^k",
    how: "Three replicas. Every key is written five times, each time at W replicas chosen at random, and then read at R.",
    limits: "Replicas that were not asked hear nothing: what dials do not promise, not what a database in use would do.",
    run: versions,
};

/// One of the paper's systems, and what is known of it.
struct System {
    name: &'static str,
    write: Latency,
    other: Latency,
    /// Whether each replica is in a data centre of its own, the writer beside the first and the
    /// reader beside any.
    apart: bool,
    /// How long after the write was done reads begin, in microseconds.
    after: [u64; READS],
    /// For each of them the percentage of fresh reads with R = 1 and R = 2 if W = 1, and with R = 1
    /// if W = 2. In all other cases the quorums meet.
    fresh: [[f64; READS]; 3],
    /// The latency in milliseconds at each of [`SHARES`], for a quorum of one and of two.
    writes: [[f64; 3]; 2],
    reads: [[f64; 3]; 2],
    /// How often a thousand operations are done.
    runs: u64,
}

/// The nodes that have copies.
const REPLICAS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];
/// The node that coordinates every write. Every further node coordinates reads.
const WRITER: NodeId = NodeId(3);
const READ: u8 = 0;
const WRITE: u8 = 1;

const READS: usize = 2;
const SHARES: [f64; 3] = [0.5, 0.99, 0.999];
/// How well the known latencies at these shares are known, relatively.
const KNOWN_WITHIN: [f64; 3] = [0.001, 0.003, 0.01];
const OPS_IN_A_RUN: u32 = 1_000;
/// One way to another data centre.
const AWAY: Span = Span::millis(75);

/// Mostly a Pareto body, and else an exponential tail. The body's weight is in tenths of a percent
/// of a percent, its alpha in thousandths.
fn fitted(body: u32, min_us: u64, alpha: u32, tail_mean_ns: u64) -> Latency {
    let tail = Latency::Exponential { min: Span::ZERO, mean: Span(tail_mean_ns) };
    Latency::Mixture(vec![(body, Latency::Pareto { min: Span::micros(min_us), alpha }), (10_000 - body, tail)])
}

/// The means of the tails are the inverses of the paper's rates: 1.66, 0.183, 0.0028 and 0.0217 in a
/// millisecond.
fn ssd() -> Latency {
    fitted(9_122, 235, 10_000, 602_410)
}

fn disk() -> Latency {
    fitted(3_800, 1_050, 1_510, 5_464_481)
}

fn systems() -> [System; 4] {
    [
        System {
            name: "SSD",
            write: ssd(),
            other: ssd(),
            apart: false,
            after: [0, 500],
            fresh: [[97.36, 98.85], [99.94, 99.99], [97.82, 99.05]],
            writes: [[0.4889, 0.5628, 0.6561], [0.5146, 0.9099, 1.627]],
            reads: [[0.4889, 0.5627, 0.6530], [0.5146, 0.9098, 1.634]],
            runs: 2,
        },
        System {
            name: "disk",
            write: disk(),
            other: ssd(),
            apart: false,
            after: [0, 5_000],
            fresh: [[43.66, 81.82], [76.31, 97.50], [71.26, 89.44]],
            writes: [[1.505, 6.744, 10.94], [2.769, 13.96, 20.91]],
            reads: [[0.4889, 0.5627, 0.6530], [0.5146, 0.9098, 1.634]],
            // The one share that the paper prints is among these: enough that they scatter by less than a point.
            runs: 10,
        },
        System {
            name: "Yammer",
            // The paper prints an alpha of 3.35; the authors' program, which made its table, has 3.5.
            write: fitted(9_390, 3_000, 3_500, 357_142_857),
            other: fitted(9_820, 1_500, 3_800, 46_082_949),
            apart: false,
            after: [0, 20_000],
            fresh: [[89.30, 94.32], [99.10, 99.69], [91.93, 94.70]],
            writes: [[5.073, 7.422, 10.71], [5.808, 53.19, 427.2]],
            reads: [[3.366, 4.612, 5.592], [3.800, 6.682, 32.88]],
            runs: 3,
        },
        System {
            name: "WAN",
            write: disk(),
            other: ssd(),
            apart: true,
            after: [0, 75_000],
            fresh: [[33.35, 71.97], [85.84, 99.99], [99.95, 99.98]],
            writes: [[2.767, 25.00, 55.24], [151.7, 160.9, 167.7]],
            reads: [[0.5146, 2.005, 3.440], [150.5, 150.7, 151.3]],
            runs: 3,
        },
    ]
}

impl System {
    /// How many readers there are for each moment: one in each data centre.
    fn readers_each(&self) -> usize {
        if self.apart { REPLICAS.len() } else { 1 }
    }

    fn leg(&self, latency: &Latency, near: bool) -> Latency {
        if self.apart && !near { Latency::After(AWAY, Box::new(latency.clone())) } else { latency.clone() }
    }

    /// A run of the model in which a thousand operations follow one another, each on a key of its
    /// own, so that none helps or hinders another.
    fn run(&self, seed: u64, settings: &[(&str, i64)], op: u8) -> Sim {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("quorums").unwrap().about(), seed);
        let readers = (WRITER.0 + 1..).take(self.readers_each()).map(NodeId).collect::<Vec<_>>();
        scenario.nodes = WRITER.0 + 1 + readers.len() as u16;
        scenario.settings.extend([("read-repair".into(), 0), ("patience".into(), Span::secs(3600).0 as i64)]);
        scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
        // The client is on the coordinator's own machine, and the disk is part of the write's latency.
        scenario.network.latency = Latency::Constant(Span::ZERO);
        scenario.disk = Disk { sync: Latency::Constant(Span::ZERO), ..Disk::default() };
        scenario.patience = Span::secs(1_000_000);
        let mut link = |from, to, latency| {
            let rule = LinkRule { latency: Some(latency), ..LinkRule::default() };
            scenario.add(Time::ZERO, Input::Link { from, to, rule });
        };
        for replica in REPLICAS {
            link(WRITER, replica, self.leg(&self.write, replica.0 == 0));
            link(replica, WRITER, self.leg(&self.other, replica.0 == 0));
            for (place, &reader) in readers.iter().enumerate() {
                let leg = self.leg(&self.other, replica.index() == place);
                link(reader, replica, leg.clone());
                link(replica, reader, leg);
            }
        }
        for key in 0..OPS_IN_A_RUN {
            let node = if op == WRITE { WRITER } else { readers[key as usize % readers.len()] };
            let input = Input::Invoke { client: 0, node, op, argument: i64::from(key) };
            scenario.add(Time::ZERO + Span::millis(u64::from(key)), input);
        }
        let mut sim = Sim::new(&library, scenario).unwrap();
        sim.run_until(Time::NEVER);
        sim
    }
}

/// How long each operation took, in milliseconds.
fn taken(sim: &Sim) -> impl Iterator<Item = f64> {
    let trace = sim.trace();
    (0..trace.ops() as u32).filter_map(|op| trace.op(op)).map(|op| op.ended.unwrap().time.since(op.begun).as_millis())
}

/// Adds what the readers say: with how many answers how many reads were fresh.
fn add_fresh(sim: &Sim, fresh: &mut [usize; 3]) {
    for reader in WRITER.0 + 1..sim.scenario().nodes {
        for widget in sim.view(NodeId(reader)).widgets {
            let Widget::Table { name: "fresh, by R", rows } = widget else { continue };
            for ((_, count), fresh) in rows.iter().zip(&mut *fresh) {
                *fresh += count.text.split_once(" of ").unwrap().0.parse::<usize>().unwrap();
            }
        }
    }
}

fn latencies(what: &str, samples: &[f64], known: [f64; 3], findings: &mut Vec<Finding>) {
    for ((share, within), known) in SHARES.into_iter().zip(KNOWN_WITHIN).zip(known) {
        let measured = Measured::quantile(samples.to_vec(), share);
        let (low, high) = measured.interval(3.0);
        // Of an interval without an end nothing could ever be wrong.
        if low.is_finite() && high.is_finite() {
            let what = format!("{what}, {} % of them within", 100.0 * share);
            findings.push(Finding::number(what, Unit::Ms, known, Tolerance::Relative(within), &measured));
        }
    }
}

fn staleness(effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for system in &systems() {
        measure(system, effort, &mut findings);
    }
    findings
}

fn measure(system: &System, effort: u64, findings: &mut Vec<Finding>) {
    let runs = effort * system.runs;
    let number = runs as usize * OPS_IN_A_RUN as usize;
    for write_quorum in 1..=2 {
        let mut writes = Vec::new();
        for (moment, after) in system.after.into_iter().enumerate() {
            let mut fresh = [0; 3];
            for run in 0..runs {
                let seed = 4 * run + 2 * moment as u64 + write_quorum as u64;
                let after = Span::micros(after).0 as i64;
                let sim = system.run(seed, &[("write-quorum", write_quorum as i64), ("look", 1), ("look-after", after)], WRITE);
                writes.extend(taken(&sim));
                add_fresh(&sim, &mut fresh);
            }
            for (read_quorum, fresh) in (1..).zip(fresh) {
                let what = format!("{}, W={write_quorum} R={read_quorum}, fresh {} after", system.name, Span::micros(after));
                let (number, measured) = (number as u64, Measured::share(fresh, number));
                let case = match (write_quorum, read_quorum) {
                    (1, 1) => 0,
                    (1, 2) => 1,
                    (2, 1) => 2,
                    // The quorums meet.
                    _ => {
                        findings.push(Finding::exact(what, Unit::Share, 1.0, fresh as f64 / number as f64, number));
                        continue;
                    }
                };
                let known = system.fresh[case][moment] / 100.0;
                findings.push(Finding::number(what, Unit::Share, known, Tolerance::Absolute(0.001), &measured));
            }
        }
        latencies(&format!("{}, W={write_quorum} writes", system.name), &writes, system.writes[write_quorum - 1], findings);
    }
    for (read_quorum, known) in (1..).zip(system.reads) {
        let mut reads: Vec<f64> = Vec::new();
        for seed in 0..runs {
            reads.extend(taken(&system.run(seed, &[("read-quorum", read_quorum)], READ)));
        }
        latencies(&format!("{}, R={read_quorum} reads", system.name), &reads, known, findings);
    }
}

fn versions(effort: u64) -> Vec<Finding> {
    const VERSIONS: u64 = 5;
    let mut findings = Vec::new();
    // C(N-W, R) / C(N, R) for N = 3.
    for (read_quorum, write_quorum, missed) in [(1, 1, 2.0 / 3.0), (1, 2, 1.0 / 3.0), (2, 1, 1.0 / 3.0)] {
        let keys = effort * 1_000;
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("quorums").unwrap().about(), read_quorum as u64 * 3 + write_quorum as u64);
        scenario.settings.extend([("ask".into(), 1), ("read-repair".into(), 0)]);
        scenario.settings.extend([("read-quorum".into(), read_quorum), ("write-quorum".into(), write_quorum)]);
        scenario.network.latency = Latency::Constant(Span::millis(1));
        for key in 0..keys {
            for version in 0..=VERSIONS {
                let op = if version < VERSIONS { WRITE } else { READ };
                let input = Input::Invoke { client: 0, node: WRITER, op, argument: key as i64 };
                scenario.add(Time::ZERO + Span::millis(key * (VERSIONS + 1) * 20 + version * 20), input);
            }
        }
        let mut sim = Sim::new(&library, scenario).unwrap();
        sim.run_until(Time::NEVER);
        let mut behind = [0usize; VERSIONS as usize + 1];
        for key in 0..keys as u32 {
            let first = key * (VERSIONS as u32 + 1);
            let words: Vec<_> = (0..=VERSIONS as u32).map(|op| sim.word(first + op).unwrap()).collect();
            let read = &words[VERSIONS as usize].output;
            let newer = words[..VERSIONS as usize].iter().rev().position(|word| word.input == *read);
            behind[newer.unwrap_or(VERSIONS as usize)] += 1;
        }
        let mut fresh = 0;
        for within in 1..=VERSIONS as usize {
            fresh += behind[within - 1];
            let known = 1.0 - (0..within).fold(1.0, |product, _| product * missed);
            let what = format!("W={write_quorum} R={read_quorum}, fresh within {within} versions");
            findings.push(Finding::number(what, Unit::Share, known, Tolerance::Chance, &Measured::share(fresh, keys as usize)));
        }
    }
    findings
}
