//! A chain of services: how retries multiply, how an overload outlives its cause, and what stops it.

use faultline::models::Library;
use faultline::scenario::{Input, Pace, Route, Scenario, Workload};
use faultline::sim::{EventKind, Latency, NodeId, Sim, Span, Time};
use faultline::view::Widget;

const MS: i64 = 1_000_000;

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn scenario(nodes: u16, settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find("service-chain").unwrap().about(), 3);
    scenario.nodes = nodes;
    scenario.network.latency = Latency::Constant(Span::millis(1));
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario
}

/// So many requests a second, whatever becomes of them.
fn load(scenario: &mut Scenario, per_second: u64) {
    let gap = Span(1_000_000_000 * u64::from(scenario.clients) / per_second);
    scenario.workload = Some(Workload {
        pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean: gap }),
        route: Route::To(NodeId(0)),
        keys: 1,
        limit: u32::MAX,
    });
}

/// The database stands still for ten seconds.
fn stall(scenario: &mut Scenario) {
    scenario.add(at(10_000), Input::Set { key: "stalled".into(), value: 1 });
    scenario.add(at(20_000), Input::Set { key: "stalled".into(), value: 0 });
}

fn run(scenario: Scenario, ms: u64) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(at(ms));
    sim
}

fn field(sim: &Sim, node: u16, field: &str) -> u64 {
    let found = sim.view(NodeId(node)).widgets.into_iter().find_map(|widget| match widget {
        Widget::Field { name, value } if name == field => value.text.parse().ok(),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("n{} shows no {field}", node + 1))
}

/// The share of the requests sent between two moments that were answered, in percent.
fn goodput(sim: &Sim, from: u64, to: u64) -> u64 {
    let (mut asked, mut good) = (0, 0);
    for op in (0..sim.trace().ops() as u32).filter_map(|op| sim.trace().op(op)) {
        if (at(from)..at(to)).contains(&op.begun) {
            asked += 1;
            good += u64::from(op.ended.is_some_and(|ended| ended.kind == EventKind::Return && ended.detail == 1));
        }
    }
    assert!(asked > 100, "{asked}");
    good * 100 / asked
}

/// How many calls one request becomes at a database that does not answer.
fn amplification(nodes: u16, settings: &[(&str, i64)]) -> u64 {
    let mut scenario = scenario(nodes, settings);
    scenario.settings.extend([("stalled".into(), 1), ("timeout".into(), 100 * MS)]);
    scenario.add(Time::ZERO, Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
    field(&run(scenario, 30_000), nodes - 1, "received")
}

#[test]
fn attempts_multiply_with_every_service() {
    for nodes in 2..=5 {
        for attempts in 1..=4_u64 {
            assert_eq!(amplification(nodes, &[("attempts", attempts as i64)]), attempts.pow(u32::from(nodes) - 1));
        }
    }
    assert_eq!(amplification(6, &[("attempts", 3)]), 243);
    // Pauses spread the load and do not lessen it.
    for backoff in 1..5 {
        assert_eq!(amplification(4, &[("backoff", backoff)]), 27);
    }
    assert_eq!(amplification(4, &[("retry-at", 1)]), 3);
    // Three attempts fit into three timeouts, and none of the others' retries.
    assert!(amplification(4, &[("deadline", 290 * MS)]) <= 6);
}

#[test]
fn a_full_queue_that_is_asked_again_multiplies_too() {
    let refused = |retry_refused| {
        let mut scenario = scenario(4, &[("stalled", 1), ("room", 1), ("timeout", 10_000 * MS), ("retry-refused", retry_refused)]);
        for ms in [0, 1_000] {
            scenario.add(at(ms), Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
        }
        let sim = run(scenario, 9_000);
        let answers = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 0).count();
        (field(&sim, 3, "turned away"), answers)
    };
    // Who was refused every time knows that nothing has happened.
    assert_eq!(refused(1), (27, 1));
    assert_eq!(refused(0), (1, 1));
}

#[test]
fn news_of_an_earlier_try_does_not_end_this_one() {
    // The second service gives up just after the first has tried again, and says so.
    let mut scenario = scenario(3, &[("stalled", 1), ("timeout", 100 * MS), ("retry-at", 1)]);
    scenario.add(Time::ZERO, Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
    let given_up = |ms| field(&run(scenario.clone(), ms), 0, "given up");
    assert_eq!((given_up(299), given_up(302)), (0, 1));
}

#[test]
fn a_deadline_that_is_passed_along_spares_work_for_nobody() {
    let wasted = |deadline| {
        let mut scenario = scenario(4, &[("attempts", 1), ("deadline", deadline)]);
        load(&mut scenario, 40);
        stall(&mut scenario);
        let sim = run(scenario, 40_000);
        field(&sim, 3, "worked on") - field(&sim, 0, "answered")
    };
    let (without, with) = (wasted(0), wasted(1_000 * MS));
    assert!(without > 300 && with < 60, "{without} without, {with} with");
}

#[test]
fn work_that_is_done_after_its_caller_gave_up_is_counted() {
    let late = |settings: &[(&str, i64)]| {
        let sim = storm(settings, 25_000);
        // What the database was told and has said, by the words of the messages.
        let messages = |kind: &str, from: u16, event: EventKind| {
            let rows = sim.trace().rows().expect("all of it").filter(move |row| row.kind == event);
            let words = rows.filter(|row| sim.trace().message(row.subject).is_some_and(|meta| meta.from == NodeId(from)));
            let words = words.map(|row| (sim.describe_message(row.subject), row.time)).filter(|(words, _)| words.starts_with(kind));
            words.map(|(words, time)| (words[kind.len()..].to_owned(), time)).collect::<Vec<_>>()
        };
        let calls: std::collections::BTreeMap<_, _> = messages("call", 2, EventKind::Deliver).into_iter().collect();
        let done = messages("done", 3, EventKind::Send);
        let late = done.iter().filter(|(call, time)| *time > calls[call] + Span::millis(1_000)).count() as u64;
        assert_eq!((field(&sim, 3, "done too late"), field(&sim, 3, "worked on")), (late, done.len() as u64));
        (late, done.len() as u64)
    };
    let (wasted, worked) = late(&[]);
    assert!(wasted * 2 > worked, "{wasted} of {worked}");
    let (wasted, worked) = late(&[("deadline", 1_000 * MS)]);
    assert!(wasted * 50 < worked, "{wasted} of {worked}");
}

#[test]
fn a_budget_bounds_the_amplification() {
    for (budget, most) in [(0, 100), (3, 110), (10, 134)] {
        let mut scenario = scenario(4, &[("stalled", 1), ("budget", budget), ("timeout", 200 * MS)]);
        load(&mut scenario, 100);
        let sim = run(scenario, 20_000);
        let (asked, received) = (field(&sim, 0, "first tries"), field(&sim, 3, "received"));
        assert!(asked > 1_500 && received * 100 <= asked * most, "{budget}: {received} of {asked}");
        // It is used, too: but for what was not asked again yet, and what came before there were savings.
        assert!(received * 100 >= asked * (most - 4), "{budget}: {received} of {asked}");
    }
}

/// Four services, and a database that can do a hundred requests a second and is asked for forty.
fn storm(settings: &[(&str, i64)], until: u64) -> Sim {
    let mut scenario = scenario(4, settings);
    load(&mut scenario, 40);
    stall(&mut scenario);
    run(scenario, until)
}

#[test]
fn the_overload_outlives_its_cause_and_each_cure_ends_it() {
    let sim = storm(&[], 81_000);
    assert_eq!(goodput(&sim, 0, 9_000), 100);
    assert!(goodput(&sim, 20_000, 80_000) < 10, "{}", goodput(&sim, 20_000, 80_000));
    // The database has never been so busy, for nobody.
    assert!(field(&sim, 3, "worked on") > 5_000 && field(&sim, 0, "answered") < 1_000);

    for cure in [
        [("budget", 3), ("deadline", 0)].as_slice(),
        &[("deadline", 1_000 * MS)],
        &[("room", 50), ("retry-refused", 0)],
        &[("attempts", 1)],
    ] {
        let sim = storm(cure, 56_000);
        assert!(goodput(&sim, 40_000, 55_000) >= 95, "{cure:?}: {}", goodput(&sim, 40_000, 55_000));
    }
    // Pauses alone cure nothing: the users go on asking.
    let sim = storm(&[("backoff", 3)], 46_000);
    assert!(goodput(&sim, 40_000, 45_000) < 50, "{}", goodput(&sim, 40_000, 45_000));
}
