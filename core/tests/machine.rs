//! What the machine does at its edges: at the very first moment, where time stands still, and with a
//! message that is there twice.

use faultline::Sim;
use faultline::models::Library;
use faultline::scenario::{Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, EventKind, Latency, NodeId, Row, Span, Time, Timeline};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn scenario(model: &str) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find(model).unwrap().about(), 5);
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario
}

fn run(scenario: &Scenario, until: Time) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario.clone()).unwrap();
    sim.run_until(until);
    sim
}

fn rows(sim: &Sim, kind: EventKind) -> Vec<Row> {
    sim.trace().rows().unwrap().filter(|row| row.kind == kind).copied().collect()
}

#[test]
fn a_run_whose_time_stands_still_ends_there_and_says_so() {
    let mut echoes = scenario("ping-pong");
    echoes.network.latency = Latency::Constant(Span::ZERO);
    echoes.settings.insert("pause".into(), 0);
    let mut asked = scenario("primary-backup");
    asked.workload = Some(Workload { pace: Pace::Open(Latency::Constant(Span::ZERO)), route: Route::Home, keys: 1, limit: u32::MAX });
    for endless in [echoes.clone(), asked] {
        let mut timeline = Timeline::new(&Library::standard(), endless).unwrap();
        timeline.seek(Time::ZERO);
        assert!(timeline.sim().stands_still() && timeline.sim().next_time().is_none());
        timeline.seek(at(1_000));
        assert_eq!((timeline.playhead(), timeline.reached()), (Time::ZERO, Time::ZERO), "no later moment ever comes");
        assert!(!timeline.step());
        timeline.to_step(100);
        assert!(!timeline.sim().stands_still(), "the run up to there can still be looked at");
        timeline.seek(Time::ZERO);
        assert!(timeline.sim().stands_still());
    }
    // It is that moment which has no end, not the run.
    let mut later = scenario("ping-pong");
    for input in [Input::Network(echoes.network.clone()), Input::Set { key: "pause".into(), value: 0 }] {
        later.add(at(500), input);
    }
    let sim = run(&later, at(9_000));
    assert!(sim.stands_still());
    assert!(sim.now() >= at(500) && sim.now() < at(600), "{}", sim.now());
    let calm = run(&scenario("ping-pong"), at(9_000));
    assert!(!calm.stands_still() && calm.now() > at(8_000));
}

#[test]
fn what_was_done_at_the_very_beginning_can_be_taken_back() {
    let library = Library::standard();
    let plain = scenario("ping-pong");
    let mut dropped = plain.clone();
    dropped.add(Time::ZERO, Input::Message { from: A, to: B, nth: 0, fate: Fate::Drop });
    let mut timeline = Timeline::resume(&library, dropped.clone()).unwrap();
    timeline.seek(at(300));
    assert_ne!(timeline.sim().hash(), run(&plain, at(300)).hash());
    assert!(timeline.undo());
    assert_eq!(timeline.sim().scenario(), &plain);
    assert_eq!(timeline.sim().hash(), run(&plain, at(300)).hash(), "the message is lost all the same");
    // The next gesture is the first input of this run.
    timeline.edit(Input::Crash(B)).unwrap();
    timeline.seek(at(400));
    assert_eq!(timeline.sim().hash(), run(timeline.sim().scenario(), at(400)).hash());
    assert!(timeline.undo() && timeline.redo());
    timeline.turn_into(dropped.clone()).unwrap();
    timeline.seek(at(400));
    assert_eq!(timeline.sim().hash(), run(&dropped, at(400)).hash());
}

#[test]
fn a_node_starts_once_however_early_it_was_crashed_or_paused() {
    let mut crashed = scenario("ping-pong");
    crashed.add(Time::ZERO, Input::Crash(A));
    crashed.add(Time::ZERO, Input::Restart(A));
    let sim = run(&crashed, at(5));
    let boots: Vec<_> = rows(&sim, EventKind::Boot).iter().map(|row| (row.node, row.detail)).collect();
    assert_eq!(boots, [(A, 1), (B, 0)]);

    let mut paused = scenario("ping-pong");
    paused.add(Time::ZERO, Input::Pause(A));
    paused.add(at(700), Input::Resume(A));
    let sim = run(&paused, at(699));
    assert!(rows(&sim, EventKind::Send).iter().all(|row| row.node != A), "it does nothing while it is paused");
    assert_eq!(sim.waiting(A), 1);
    let sim = run(&paused, at(1_500));
    let boots: Vec<_> = rows(&sim, EventKind::Boot).iter().map(|row| (row.time, row.node)).collect();
    assert_eq!(boots, [(Time::ZERO, B), (at(700), A)]);
    assert!(rows(&sim, EventKind::Send).iter().any(|row| row.node == A));
}

/// When the messages on the link from A to B arrive: the number of each, and whether it is a copy.
fn arrivals(sim: &Sim) -> Vec<(Time, u32, bool)> {
    let arrived = rows(sim, EventKind::Deliver);
    let arrived = arrived.iter().filter(|row| (row.peer, row.node) == (A, B));
    let arrived = arrived.filter_map(|row| sim.trace().message(row.subject).map(|meta| (row.time, meta.nth, meta.copy > 0)));
    arrived.collect()
}

#[test]
fn a_copy_is_no_sooner_on_the_wire_than_its_message_and_keeps_the_order_too() {
    let mut narrow = scenario("ping-pong");
    narrow.network.bandwidth = Some(1_000);
    narrow.add(Time::ZERO, Input::Message { from: A, to: B, nth: 0, fate: Fate::Duplicate });
    let arrived = arrivals(&run(&narrow, at(1_000)));
    let times: Vec<_> = arrived.iter().filter(|(_, nth, _)| *nth == 0).map(|(time, ..)| *time).collect();
    assert!(times.len() == 2 && times[0] == times[1], "{arrived:?}");

    let mut ordered = scenario("ping-pong");
    ordered.network.latency = Latency::Uniform { min: Span::millis(1), max: Span::millis(900) };
    ordered.network.ordered = true;
    ordered.network.duplicate = Chance::percent(100);
    ordered.settings.insert("pause".into(), 1_000_000);
    ordered.nodes = 9;
    let arrived = arrivals(&run(&ordered, at(20_000)));
    let numbers: Vec<_> = arrived.iter().map(|(_, nth, _)| *nth).collect();
    assert!(arrived.iter().filter(|(_, _, copy)| *copy).count() > 5, "{arrived:?}");
    assert!(numbers.is_sorted(), "{numbers:?}");
}
