//! How often votes are split, and how long there is no leader (Ongaro, Consensus: Bridging Theory and
//! Practice, 2014, chapter 9; Ongaro and Ousterhout, In Search of an Understandable Consensus
//! Algorithm, 2014, figure 16).
//!
//! If s of n servers are alive, their timeouts begin together and spread over a range of which one
//! message needs the share l, then nobody wins at once exactly if the first c of them time out within
//! l, with c = s - floor(n/2) + 1: too few are left to vote for the first. That is a sum of binomial
//! terms.
//!
//! The formula for the mean time without a leader counts the timeouts from when the last heartbeat
//! was sent, here they begin when it arrives: a message's time later. It lets all timeouts of a later
//! round begin together too; with long messages they do not, and votes are split less often.
//!
//! Of figure 16 only the shape can be had, as the paper does not say how its 15 ms are divided between
//! network and disk: here 6 ms for each of two syncs, and 0.5 to 2 ms a message.

#![allow(clippy::disallowed_methods, reason = "powers are for the known values, not for a run")]

use super::Experiment;
use super::measure::{Finding, Measured, Tolerance, Unit};
use crate::models::Library;
use crate::scenario::{Disk, Input};
use crate::sim::{Chance, EventKind, Latency, NodeId, Row, Span, Time};
use crate::view::Widget;
use crate::{Scenario, Sim};

const DISSERTATION: &str = "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 9";

pub(super) const SPLIT_VOTES: Experiment = Experiment {
    id: "split-votes",
    title: "How often votes are split",
    labs: &["L17"],
    source: DISSERTATION,
    how: "Raft with all election timeouts beginning together and a fixed latency. Votes were split if the first leader's term is not the first.",
    limits: "Known is the dissertation's formula, which gives the three shares that it prints (0.06, 5.2 and 18.1 % for 4 of 5).",
    run: split_votes,
};

pub(super) const DOWNTIME: Experiment = Experiment {
    id: "downtime",
    title: "How long there is no leader",
    labs: &["L17"],
    source: DISSERTATION,
    how: "Raft, 5 servers, timeouts of 150 to 300 ms. The leader crashes at a random moment of a heartbeat's period; measured is the time to the next leader's first message.",
    limits: "Known is the dissertation's formula and the time of one message: it counts timeouts from when the last heartbeat was sent, and here they begin when it arrives. It lets all timeouts of a later round begin together; with long messages they do not, so at 30 ms a tenth is allowed.",
    run: downtimes,
};

pub(super) const WIDE_AREA: Experiment = Experiment {
    id: "wide-area",
    title: "Elections on a wide-area network",
    labs: &["L17"],
    source: "Ongaro's dissertation, chapter 9, its simulation: 300 to 600 ms timeouts, 30 to 40 ms a message",
    how: "Raft, 5 servers with fresh timers; the time to the first leader.",
    limits: "The known means are read off a chart.",
    run: wide_area,
};

pub(super) const FIGURE_16: Experiment = Experiment {
    id: "figure-16",
    title: "The shape of the Raft paper's figure 16",
    labs: &["L17"],
    source: "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, 2014, figure 16",
    how: "The worst case: the leader crashes right after a heartbeat, and two of the four others lack an entry. 6 ms a sync, 0.5 to 2 ms a message.",
    limits: "No number of the figure: the paper does not say how its 15 ms are divided between network and disk, and its candidate does not wait for its disk.",
    run: figure_16,
};

/// The places of these kinds in the model's list.
const HEARTBEAT: u8 = 4;
const APPEND: u8 = 5;

/// Servers with timeouts in that range, on a network and disks of that kind.
fn servers(seed: u64, nodes: u16, timeouts: (Span, Span), latency: Latency, sync: Span) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find("raft").unwrap().about(), seed);
    scenario.nodes = nodes;
    scenario.network.latency = latency;
    scenario.disk = Disk { sync: Latency::Constant(sync), torn: Chance::NEVER };
    for (key, span) in [("election-min", timeouts.0), ("election-max", timeouts.1), ("heartbeat", Span(timeouts.0.0 / 2))] {
        scenario.settings.insert(key.into(), span.0 as i64);
    }
    scenario
}

fn run(scenario: Scenario) -> Sim {
    Sim::new(&Library::standard(), scenario).unwrap()
}

/// Goes on until the first row of a kind that is later than a moment.
fn until(sim: &mut Sim, after: Time, give_up: Time, found: impl Fn(&Row) -> bool) -> Option<Row> {
    let mut seen = sim.rows();
    loop {
        while seen < sim.rows() {
            let row = *sim.trace().row(seen)?;
            seen += 1;
            if row.time > after && found(&row) {
                return Some(row);
            }
        }
        if !sim.step_until(give_up) {
            return None;
        }
    }
}

fn leads(row: &Row) -> bool {
    row.kind == EventKind::Send && (row.detail == HEARTBEAT || row.detail == APPEND)
}

/// The value of a field of a node's view.
fn shows(sim: &Sim, node: NodeId, field: &str) -> String {
    let view = sim.view(node);
    let found = view.widgets.iter().find_map(|widget| match widget {
        Widget::Field { name, value } if *name == field => Some(value.text.clone()),
        _ => None,
    });
    found.expect("a node shows it")
}

/// When there was a leader for the first time, and in which term: in the first if no votes were split.
fn first_election(scenario: Scenario) -> (Time, u64) {
    let mut sim = run(scenario);
    let leader = until(&mut sim, Time::ZERO, Time::NEVER, leads).expect("there is always something to come");
    (leader.time, shows(&sim, leader.node, "term").parse().unwrap())
}

fn choose(n: u32, k: u32) -> f64 {
    (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product()
}

fn split(nodes: u16, alive: u16, l: f64) -> f64 {
    let (s, c) = (u32::from(alive), u32::from(alive - nodes / 2 + 1));
    ((c - 1)..=s).map(|k| choose(s, k) * l.powi(k as i32) * (1.0 - l).powi((s - k) as i32)).sum()
}

fn split_votes(effort: u64) -> Vec<Finding> {
    let (min, range) = (Span::millis(150), Span::millis(150));
    let mut findings = Vec::new();
    for (nodes, alive) in [(5, 4), (5, 3), (3, 2), (7, 6), (7, 4)] {
        for (percent, runs) in [(1, 400), (5, 400), (10, 500), (20, 120), (30, 120)] {
            let known = split(nodes, alive, percent as f64 / 100.0);
            // Too rare to be met often enough in the report.
            if known * ((super::REPORT * runs) as f64) < 16.0 {
                continue;
            }
            let runs = effort * runs;
            let splits = (0..runs).filter(|&seed| {
                let latency = Latency::Constant(Span(range.0 * percent / 100));
                let mut scenario = servers(seed, nodes, (min, min + range), latency, Span::ZERO);
                for dead in alive..nodes {
                    scenario.add(Time::ZERO, Input::Crash(NodeId(dead)));
                }
                first_election(scenario).1 > 1
            });
            let what = format!("{alive} of {nodes} alive, latency {percent} % of the range");
            findings.push(Finding::number(what, Unit::Share, known, Tolerance::Chance, &Measured::share(splits.count(), runs as usize)));
        }
    }
    findings
}

/// How long there is no leader, in milliseconds, after one has crashed at a random moment.
fn downtime(seed: u64, dead: u16, latency: Span) -> f64 {
    let timeouts = (Span::millis(150), Span::millis(300));
    let scenario = servers(seed, 5, timeouts, Latency::Constant(latency), Span::ZERO);
    let mut calm = run(scenario.clone());
    calm.run_until(Time::ZERO + Span::secs(4));
    let leader = calm.trace().rows().unwrap().rfind(|row| leads(row)).unwrap().node;
    let mut scenario = scenario;
    let others = (0..5).map(NodeId).filter(|node| *node != leader);
    for other in others.take(usize::from(dead) - 1) {
        scenario.add(Time::ZERO + Span::secs(4), Input::Crash(other));
    }
    // Any moment of a heartbeat's period, which is 75 ms.
    let crash = Time::ZERO + Span::millis(4_100) + Span(seed * 7_919_773 % Span::millis(75).0);
    scenario.add(crash, Input::Crash(leader));
    let mut sim = run(scenario);
    sim.run_until(crash);
    let next = until(&mut sim, crash, Time::NEVER, leads).unwrap();
    next.time.since(crash).as_millis()
}

fn downtimes(effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dead in [1, 2] {
        for tenths in [15, 75, 150, 300] {
            let (alive, l) = (f64::from(5 - dead), tenths as f64 / 1500.0);
            let formula = 150.0 * ((1.0 + 1.0 / (alive + 1.0) + l) / (1.0 - split(5, 5 - dead, l)) + l - 0.25);
            let latency = Span::micros(tenths * 100);
            let samples: Vec<f64> = (0..effort * 40).map(|seed| downtime(seed, dead, latency)).collect();
            let what = format!("{dead} of 5 dead, {latency} a message");
            let inexact = Tolerance::Relative(if tenths == 300 { 0.1 } else { 0.02 });
            findings.push(Finding::number(what, Unit::Ms, formula + latency.as_millis(), inexact, &Measured::mean(&samples)));
        }
    }
    findings
}

fn wide_area(effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (dead, mean, most) in [(1, 475.0, 1.5), (2, 650.0, 3.0)] {
        let samples = (0..effort * 400).map(|seed| {
            let latency = Latency::Uniform { min: Span::millis(30), max: Span::millis(40) };
            let mut scenario = servers(seed, 5, (Span::millis(300), Span::millis(600)), latency, Span::ZERO);
            for dead in 0..dead {
                scenario.add(Time::ZERO, Input::Crash(NodeId(dead)));
            }
            first_election(scenario).0.since(Time::ZERO).as_millis()
        });
        let samples: Vec<f64> = samples.collect();
        let what = |rest: &str| format!("{dead} of 5 dead, {rest}");
        findings.push(Finding::number(what("time to a leader"), Unit::Ms, mean, Tolerance::Relative(0.08), &Measured::mean(&samples)));
        let in_time = Measured::share(samples.iter().filter(|&&ms| ms <= most * 1000.0).count(), samples.len());
        findings.push(Finding::number(what(&format!("within {most} s")), Unit::Share, 0.999, Tolerance::Absolute(0.001), &in_time));
    }
    findings
}

/// Whom chance makes the leader, and when it sends its first heartbeat after a moment.
fn heartbeat_after(scenario: &Scenario, moment: Time) -> (NodeId, Time) {
    let mut sim = run(scenario.clone());
    sim.run_until(moment);
    let row = until(&mut sim, moment, Time::NEVER, leads).expect("a leader never stops");
    (row.node, row.time)
}

/// How long there is no leader, in milliseconds, in the worst case of figure 16: the leader crashes
/// right after a heartbeat, so that all timeouts begin together, and two of the four others lack an
/// entry, so that they cannot win. Nothing if nobody leads within ten seconds.
fn worst_case(seed: u64, min: u64, max: u64) -> Option<f64> {
    let latency = Latency::Uniform { min: Span::micros(500), max: Span::micros(2_000) };
    let timeouts = (Span::millis(min), Span::millis(max));
    let calm_timeouts = (Span::millis(min), Span::millis(min.max(100) * 2));
    let mut scenario = servers(seed, 5, calm_timeouts, latency, Span::millis(6));
    scenario.settings.insert("heartbeat".into(), (timeouts.0.0 / 2) as i64);
    let (leader, beat) = heartbeat_after(&scenario, Time::ZERO + Span::secs(3));
    let (_, crash) = heartbeat_after(&scenario, beat);
    let behind: Vec<_> = (0..5).map(NodeId).filter(|node| *node != leader).take(2).collect();
    for &node in &behind {
        scenario.add(beat + Span::micros(2_100), Input::Cut { from: leader, to: node });
    }
    scenario.add(beat + Span::micros(2_200), Input::Invoke { client: 0, node: leader, op: 1, argument: 0 });
    // Timeouts are drawn from the range that is measured from the last heartbeat on.
    scenario.add(beat + Span::micros(5_500), Input::Set { key: "election-max".into(), value: timeouts.1.0 as i64 });
    scenario.add(beat + Span::micros(5_500), Input::HealAll);
    scenario.add(crash + Span::micros(400), Input::Crash(leader));
    let mut sim = run(scenario);
    let crash = crash + Span::micros(400);
    sim.run_until(crash);
    let next = until(&mut sim, crash, crash + Span::secs(10), leads)?;
    debug_assert!(!behind.contains(&next.node), "it lacks an entry");
    Some(next.time.since(crash).as_millis())
}

/// What a range of timeouts leads to.
struct Curve {
    downtimes: Vec<f64>,
    mean: f64,
    worst: f64,
}

impl Curve {
    fn of(effort: u64, min: u64, max: u64) -> Self {
        // Nobody elected within ten seconds counts as ten.
        let downtimes: Vec<f64> = (0..effort * 40).map(|seed| worst_case(seed, min, max).unwrap_or(10_000.0)).collect();
        let n = downtimes.len();
        let (mean, worst) = (downtimes.iter().sum::<f64>() / n as f64, downtimes.iter().copied().fold(0.0, f64::max));
        Self { downtimes, mean, worst }
    }

    /// Which share of downtimes is between two.
    fn between(&self, low: f64, high: f64) -> f64 {
        self.downtimes.iter().filter(|&&ms| low <= ms && ms < high).count() as f64 / self.downtimes.len() as f64
    }
}

fn figure_16(effort: u64) -> Vec<Finding> {
    let runs = effort * 4;
    let never = (0..runs).filter(|&seed| worst_case(seed, 150, 150).is_none()).count();
    let [little, more, much] = [175, 200, 300].map(|max| Curve::of(effort, 150, max));
    let [long, short, too_short] = [(100, 200), (25, 50), (12, 24)].map(|(min, max)| Curve::of(effort, min, max));
    let n = little.downtimes.len() as u64;
    let list =
        |curves: &[&Curve], of: fn(&Curve) -> f64| curves.iter().map(|curve| format!("{:.0}", of(curve))).collect::<Vec<_>>().join(", ");
    let stairs = [little.between(0.0, 160.0), little.between(160.0, 210.0), little.between(210.0, 315.0), little.between(315.0, 370.0)];
    vec![
        Finding::shape(
            "150 to 150 ms: elected within 10 s",
            "never",
            format!("{} of {runs}", runs as usize - never),
            runs,
            never as u64 == runs,
        ),
        Finding::shape(
            "150 to 175, 200, 300 ms: longest downtime",
            "falls with randomness",
            format!("{} ms", list(&[&little, &more, &much], |curve| curve.worst)),
            n,
            little.worst > more.worst && more.worst > much.worst,
        ),
        Finding::shape(
            "150 to 175, 200 ms: mean downtime",
            "falls with randomness",
            format!("{} ms", list(&[&little, &more], |curve| curve.mean)),
            n,
            little.mean > more.mean,
        ),
        Finding::shape(
            "150 to 175 ms: share before, on, between and on the next step of one timeout",
            "a staircase",
            stairs.map(|share| format!("{:.0}", 100.0 * share)).join(", ") + " %",
            n,
            stairs[0] == 0.0 && stairs[1] > 0.4 && stairs[2] == 0.0 && stairs[3] > 0.05,
        ),
        Finding::shape(
            "100 to 200, 25 to 50, 12 to 24 ms: mean downtime",
            "falls, until a timeout is as short as an election",
            format!("{} ms", list(&[&long, &short, &too_short], |curve| curve.mean)),
            n,
            long.mean > short.mean && too_short.mean > short.mean,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_formula_is_the_one_of_the_dissertation() {
        for (l, printed) in [(0.01, 0.06), (0.1, 5.2), (0.2, 18.1)] {
            assert!((split(5, 4, l) * 100.0 - printed).abs() < 0.05);
        }
    }
}
