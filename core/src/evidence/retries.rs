//! What retries cost.
//!
//! Many writers of one row, each of whom must win once: how many writes are tried and how long it
//! takes until the last has won, for five ways to wait before the next try. The model is that of the
//! article “Exponential Backoff and Jitter” (AWS Architecture Blog, 2015) and its published
//! simulator: normal latency of 10 ms, deviation 2 ms, shortest pause 5 ms doubled from the first
//! retry on, longest pause 2 s, mean of 100 runs. The known numbers come from an independent Monte
//! Carlo of that model and are given with 8% for their own error.
//!
//! And the threshold of a metastable failure: a server that can do 100 requests a second, callers
//! that wait for one second and try up to A times, and a standstill of ten seconds. The server gets
//! over it if, and only if, A times the load is less than it can do. Our own result, in the spirit of
//! Bronson and others (HotOS 2021), whose systems were others.

use super::Experiment;
use super::measure::{Finding, Measured, Tolerance, Unit};
use crate::models::Library;
use crate::scenario::{Input, Pace, Route, Workload};
use crate::sim::{EventKind, Latency, NodeId, Row, Span, Time};
use crate::{Scenario, Sim};

pub(super) const CONTENTION: Experiment = Experiment {
    id: "contention",
    title: "What retries cost, and what jitter saves",
    labs: &["L24"],
    source: "Exponential Backoff and Jitter, AWS Architecture Blog, 2015, and its published simulator",
    how: "So many writers of one row, each of whom must win once. Counted are all tries, and the time until the last has won; the mean of the runs.",
    limits: "Known are the values of an independent Monte Carlo of the simulator's model, not the article's charts. No pause at all ends soonest here: its cost is tries.",
    run: contention,
};

pub(super) const STANDSTILL: Experiment = Experiment {
    id: "standstill",
    title: "When an overload outlives its cause",
    labs: &["L24"],
    source: "Our own threshold, in the spirit of Bronson and others, Metastable Failures in Distributed Systems, HotOS 2021",
    how: "A server that does 100 requests a second, callers that wait a second and try up to A times, a standstill of ten seconds. It gets over it if A times the load is less than it can do.",
    limits: "No published number. The systems of the paper were others.",
    run: standstill,
};

fn scenario(model: &str, seed: u64) -> Scenario {
    Scenario::new(Library::standard().find(model).unwrap().about(), seed)
}

/// How many writes were tried, and after how many milliseconds the last writer knew that it had won.
fn contend(seed: u64, writers: u16, backoff: i64) -> (f64, f64) {
    let mut scenario = scenario("contention", seed);
    scenario.nodes = writers + 1;
    scenario.network.latency = Latency::Normal { mean: Span::millis(10), deviation: Span::millis(2) };
    scenario.disk.sync = Latency::Constant(Span::ZERO);
    scenario.settings.insert("backoff".into(), backoff);
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(Time::NEVER);
    debug_assert!(sim.promises().iter().all(|(.., holds)| holds.is_ok()));
    let arrived = |name: &str| -> Vec<Time> {
        let named = |row: &&Row| sim.about().kinds[usize::from(sim.trace().message(row.subject).unwrap().kind)].name == name;
        sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Deliver).filter(named).map(|row| row.time).collect()
    };
    let won = arrived("written");
    debug_assert_eq!(won.len(), usize::from(writers));
    (arrived("write").len() as f64, won[won.len() - 1].0 as f64 / 1e6)
}

/// For each number of writers the tries and the milliseconds of each way.
type Known = (u16, [(f64, f64); 5]);

const KNOWN: [Known; 4] = [
    (20, [(152.0, 607.0), (152.0, 14_960.0), (108.0, 1_710.0), (100.0, 1_007.0), (101.0, 814.0)]),
    (50, [(690.0, 1_147.0), (625.0, 36_600.0), (347.0, 4_212.0), (333.0, 2_865.0), (375.0, 2_122.0)]),
    (100, [(2_426.0, 2_037.0), (1_852.0, 63_200.0), (811.0, 6_690.0), (796.0, 4_943.0), (1_003.0, 4_588.0)]),
    (190, [(8_001.0, 3_533.0), (5_154.0, 101_000.0), (1_760.0, 9_485.0), (1_773.0, 7_501.0), (2_441.0, 7_990.0)]),
];

const WAYS: [&str; 5] = ["no pause", "exponential", "equal jitter", "full jitter", "decorrelated"];

fn contention(effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (writers, known) in &KNOWN {
        for (way, (tries, ms)) in known.iter().enumerate() {
            let runs: Vec<_> = (0..effort * 10).map(|seed| contend(seed, *writers, way as i64)).collect();
            let name = format!("{writers} writers, {}", WAYS[way]);
            for (what, unit, known, of) in [
                ("tries", Unit::Number, *tries, (|run| run.0) as fn(&(f64, f64)) -> f64),
                ("until all have won", Unit::Ms, *ms, |run| run.1),
            ] {
                let measured = Measured::mean(&runs.iter().map(of).collect::<Vec<_>>());
                findings.push(Finding::number(format!("{name}, {what}"), unit, known, Tolerance::Relative(0.08), &measured));
            }
        }
    }
    findings
}

/// The share of users who are answered, in the last ten seconds of so many after a standstill.
fn after_standstill(seed: u64, attempts: i64, load: u64, settings: &[(&str, i64)], seconds: u64) -> f64 {
    let mut scenario = scenario("service-chain", seed);
    scenario.nodes = 2;
    scenario.clients = 1;
    scenario.network.latency = Latency::Constant(Span::ZERO);
    scenario.patience = Span::secs(20);
    scenario.settings.extend([("attempts".into(), attempts), ("room".into(), 1_000_000)]);
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario.workload = Some(Workload {
        pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span(1_000_000_000 / load) }),
        route: Route::To(NodeId(0)),
        keys: 1,
        limit: u32::MAX,
    });
    let second = |seconds| Time::ZERO + Span::secs(seconds);
    scenario.add(second(5), Input::Set { key: "stalled".into(), value: 1 });
    scenario.add(second(15), Input::Set { key: "stalled".into(), value: 0 });
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(second(15 + seconds + 10));
    let (mut asked, mut answered) = (0, 0);
    for op in (0..sim.trace().ops() as u32).filter_map(|op| sim.trace().op(op)) {
        let time = op.begun;
        if time >= second(15 + seconds - 10) && time < second(15 + seconds) {
            asked += 1;
            answered += u32::from(op.ended.is_some_and(|ended| ended.kind == EventKind::Return));
        }
    }
    f64::from(answered) / f64::from(asked)
}

fn standstill(effort: u64) -> Vec<Finding> {
    // The backlog of ten seconds, and what is tried again, must have been worked off by then.
    const LATER: u64 = 130;
    let mut findings = Vec::new();
    for (attempts, load, recovers) in
        [(1, 80, true), (2, 40, true), (2, 50, false), (3, 30, true), (3, 40, false), (4, 20, true), (4, 30, false)]
    {
        let shares: Vec<f64> = (0..effort).map(|seed| after_standstill(seed, attempts, load, &[], LATER)).collect();
        let holds = shares.iter().all(|share| if recovers { *share > 0.99 } else { *share < 0.1 });
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let what = format!("A = {attempts}, {load} requests a second, {LATER} s later");
        let known = if recovers { "answers all" } else { "answers nearly nobody" };
        findings.push(Finding::shape(what, known, format!("{:.1} % answered", 100.0 * mean), effort, holds));
        let cured = after_standstill(0, attempts, load, &[("room", 50), ("retry-refused", 0)], 20);
        let what = format!("A = {attempts}, {load} requests a second, room for 50, 20 s later");
        findings.push(Finding::shape(what, "answers all", format!("{:.1} % answered", 100.0 * cured), 1, cured > 0.99));
    }
    findings
}
