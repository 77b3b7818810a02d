//! Five nodes, three clients, and everything that can go wrong, all at once.
//!
//! The five properties are looked at after every event, the clients' history at the end; and when
//! everything is well again, somebody must lead.

use crate::story::linearizable;
use crate::support::Dice;
use faultline::judge::history::History;
use faultline::models::Library;
use faultline::scenario::{Disk, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, Latency, Network, NodeId, Sim, Span, Time};

const NODES: u16 = 5;
/// The nodes and the clients.
const ENDS: u16 = NODES + 3;
/// Until when there are faults, and until when a run is looked at.
const FAULTS: u64 = 2_500;
const LENGTH: u64 = 4_500;

fn between(dice: &mut Dice, min: u64, max: u64) -> Span {
    Span::micros(min * 1_000 + dice.below((max - min) * 1_000))
}

fn percent(dice: &mut Dice, most: u64) -> Chance {
    if dice.below(2) == 0 { Chance::NEVER } else { Chance::per_million(dice.below(most * 10_000) as u32) }
}

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

/// The run of that number: settings, network and faults are all drawn from it.
pub(crate) fn scenario(number: u64, settings: &[(&str, i64)]) -> Scenario {
    let mut dice = Dice::stream(number, 0);
    let mut scenario = Scenario::new(Library::standard().find("raft").unwrap().about(), number);
    scenario.nodes = NODES;
    scenario.clients = ENDS - NODES;
    scenario.patience = Span::secs(1);
    let gap = Latency::Exponential { min: Span::ZERO, mean: Span::millis(100) };
    scenario.workload = Some(Workload { pace: Pace::Closed(gap), route: Route::Random, keys: 1 + number as u32 % 2, limit: 20 });
    scenario.network.latency = Latency::Uniform { min: Span::millis(1), max: between(&mut dice, 2, 40) };
    scenario.network.loss = percent(&mut dice, 20);
    scenario.network.duplicate = percent(&mut dice, 20);
    scenario.network.reorder = percent(&mut dice, 30);
    scenario.disk = Disk { sync: Latency::Uniform { min: Span::ZERO, max: between(&mut dice, 0, 20) }, torn: percent(&mut dice, 100) };
    let ms = |ms| Span::millis(ms).0 as i64;
    for (key, value) in [
        ("election-min", ms(150)),
        ("election-max", ms(300)),
        ("heartbeat", ms(50)),
        ("lease", ms(140)),
        ("pre-vote", dice.below(2) as i64),
        ("check-quorum", dice.below(2) as i64),
        ("no-op", i64::from(dice.below(4) > 0)),
        ("reads", dice.below(3) as i64),
        ("pass-on", i64::from(dice.below(4) > 0)),
        ("batch", [1, 2, 16][dice.below(3) as usize]),
    ] {
        scenario.settings.insert(key.into(), value);
    }
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).into(), *value)));
    let with_leases = scenario.settings["reads"] == 2;
    for _ in 0..2 + dice.below(12) {
        fault(&mut dice, &mut scenario, with_leases);
    }
    for node in (0..NODES).map(NodeId) {
        let rate = Input::ClockRate { node, parts_per_billion: 0 };
        for input in [Input::Restart(node), Input::Resume(node), Input::Work { node, time: None }, rate] {
            scenario.add(at(FAULTS), input);
        }
    }
    scenario.add(at(FAULTS), Input::HealAll);
    let network = Network { latency: scenario.network.latency.clone(), ..Network::default() };
    scenario.add(at(FAULTS), Input::Network(network));
    scenario
}

/// One fault and, mostly, its end.
fn fault(dice: &mut Dice, scenario: &mut Scenario, with_leases: bool) {
    let began = at(0) + between(dice, 100, FAULTS);
    let ends = (began + between(dice, 20, 900)).min(at(FAULTS));
    let node = NodeId(dice.below(NODES.into()) as u16);
    let other = NodeId((node.0 + 1 + dice.below(u64::from(ENDS) - 1) as u16) % ENDS);
    let (input, undo) = match dice.below(10) {
        0..3 => (Input::Crash(node), Some(Input::Restart(node))),
        3 => (Input::Pause(node), Some(Input::Resume(node))),
        4 => (Input::Cut { from: node, to: other }, Some(Input::Heal { from: node, to: other })),
        5 | 6 => {
            let group = (0..ENDS).map(NodeId).filter(|_| dice.below(2) == 0).collect();
            (Input::Partition(vec![group]), Some(Input::HealAll))
        }
        7 => (Input::Work { node, time: Some(Latency::Constant(between(dice, 0, 20))) }, None),
        8 => (Input::Invoke { client: 0, node, op: 2, argument: 1 + dice.below(NODES.into()) as i64 }, None),
        // A lease promises nothing if clocks do not run alike, and a forced timeout is such a clock.
        _ if with_leases => (Input::ClockStep { node, by: between(dice, 0, 9_000).0 as i64 - 4_500_000_000 }, None),
        _ if dice.below(2) == 0 => (Input::Fire { node, timer: 0 }, None),
        _ => (Input::ClockRate { node, parts_per_billion: dice.below(800_000_000) as i32 - 400_000_000 }, None),
    };
    scenario.add(began, input);
    if let Some(undo) = undo {
        scenario.add(ends, undo);
    }
}

/// What a run broke, if anything.
pub(crate) fn broken(scenario: Scenario) -> Option<String> {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    while sim.step_until(at(LENGTH)) {
        if let Some((id, _, Err(why))) = sim.promises().into_iter().find(|(.., holds)| holds.is_err()) {
            return Some(format!("{id} at {}: {why}", sim.now()));
        }
    }
    let leads = |node| sim.view(NodeId(node)).role.is_some_and(|(role, _)| role == "leader");
    if !(0..NODES).any(leads) {
        return Some("nobody leads, though all is well".into());
    }
    (!linearizable(&History::of(&sim))).then(|| "not linearizable".into())
}

fn nothing_breaks(runs: std::ops::Range<u64>) {
    for number in runs {
        if let Some(why) = broken(scenario(number, &[])) {
            panic!("run {number}: {why}");
        }
    }
}

#[test]
fn no_chaos_breaks_a_promise() {
    nothing_breaks(0..60);
}

/// In an optimised build some minutes:
/// `cargo test --profile native -p faultline --test raft -- --ignored ten_thousand`.
#[test]
#[ignore = "takes minutes, and an optimised build"]
fn no_chaos_breaks_a_promise_in_ten_thousand_runs() {
    nothing_breaks(0..10_000);
}

/// Chaos is worth something: it finds the mistakes that need no particular order of events. For the
/// others there are stories.
#[test]
fn chaos_finds_mistakes() {
    for (mistake, value, runs) in
        [("half-is-enough", 1, 10), ("votes-for-anyone", 1, 20), ("truncates-always", 1, 20), ("reads", 3, 150), ("reads", 4, 10)]
    {
        let found = (0..runs).any(|number| broken(scenario(number, &[(mistake, value)])).is_some());
        assert!(found, "{mistake} = {value} breaks nothing in {runs} runs");
    }
}
