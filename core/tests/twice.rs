//! The network may bring a request twice, and the second time much later. What a client was told stays
//! true then, crashes or not: what is done is done once, and what was refused is never done.

use faultline::judge::history::{History, Outcome};
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use faultline::models::Library;
use faultline::scenario::{Fate, Input, Scenario};
use faultline::sim::{Latency, NodeId, Sim, Span, Time};

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const N3: NodeId = NodeId(2);
const READ: u8 = 0;
const WRITE: u8 = 1;
const PROMOTE: u8 = 2;

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

/// Three nodes (and a fourth where the first only coordinates). A message takes 50 ms, a sync 5 ms.
fn scenario(model: &str, settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find(model).unwrap().about(), 1);
    scenario.nodes = if model == "two-phase-commit" { 4 } else { 3 };
    scenario.clients = 2;
    scenario.network.latency = Latency::Constant(Span::millis(50));
    scenario.disk.sync = Latency::Constant(Span::millis(5));
    scenario.patience = Span::secs(20);
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario
}

fn ask(scenario: &mut Scenario, ms: u64, client: u16, node: NodeId, op: u8) {
    scenario.add(at(ms), Input::Invoke { client, node, op, argument: 0 });
}

/// The first client asks a node to write at this moment. A copy of its request arrives 50 ms later, and
/// the request itself so much later than that.
fn ask_twice(scenario: &mut Scenario, ms: u64, node: NodeId, op: u8, late: Span) {
    let from = NodeId(scenario.nodes);
    scenario.add(at(0), Input::Message { from, to: node, nth: 0, fate: Fate::Duplicate });
    ask(scenario, ms, 0, node, op);
    scenario.add(at(ms + 10), Input::Message { from, to: node, nth: 0, fate: Fate::Delay(late) });
}

fn run(scenario: Scenario, ms: u64) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(at(ms));
    sim
}

fn linearizable(sim: &Sim) -> bool {
    judge(&History::of(sim), Object::Register, Promise::Linearizable, &Value::Int(0), 300_000).unwrap().kept == Some(true)
}

/// What became of each operation, and what it returned.
fn outcomes(sim: &Sim) -> Vec<(Outcome, Value)> {
    History::of(sim).ops.iter().map(|op| (op.outcome, op.output.clone())).collect()
}

#[test]
fn a_write_that_comes_twice_is_done_once() {
    for model in ["primary-backup", "replicated-log", "register", "raft"] {
        let mut scenario = scenario(model, &[]);
        if model == "raft" {
            scenario.add(at(1), Input::Fire { node: N1, timer: 0 });
        }
        ask_twice(&mut scenario, 400, N1, WRITE, Span::secs(2));
        ask(&mut scenario, 1_500, 1, N1, WRITE);
        ask(&mut scenario, 4_000, 1, N1, READ);
        let sim = run(scenario, 6_000);
        assert_eq!(outcomes(&sim).last(), Some(&(Outcome::Ok, Value::Int(2))), "{model}");
        assert!(linearizable(&sim), "{model}");
    }
}

/// A node that does not lead refuses; then it leads, with or without a crash between, and the request
/// comes again.
#[test]
fn a_write_that_was_refused_is_never_done() {
    for crash in [false, true] {
        for (model, settings) in [("primary-backup", [("wait-for", 2)].as_slice()), ("replicated-log", &[]), ("raft", &[])] {
            let mut scenario = scenario(model, settings);
            ask_twice(&mut scenario, 0, N2, WRITE, Span::secs(3));
            if crash {
                scenario.add(at(150), Input::Crash(N2));
                scenario.add(at(200), Input::Restart(N2));
            }
            let takes_over = match model {
                "primary-backup" => Input::Crash(N1),
                "replicated-log" => Input::Invoke { client: 1, node: N2, op: PROMOTE, argument: 0 },
                _ => Input::Fire { node: N2, timer: 0 },
            };
            scenario.add(at(300), takes_over);
            ask(&mut scenario, 5_000, 1, N2, READ);
            let sim = run(scenario, 7_000);
            let outcomes = outcomes(&sim);
            let (first, last) = (&outcomes[0], &outcomes[outcomes.len() - 1]);
            assert_eq!((first.0, last), (Outcome::Fail, &(Outcome::Ok, Value::Int(0))), "{model}, crash: {crash}");
            assert!(linearizable(&sim), "{model}, crash: {crash}");
        }
    }
}

/// A leader of Raft sends a write on before its own disk has it. It crashes, the request comes again
/// while it knows no leader, and then the others commit what it sent.
#[test]
fn a_raft_leader_that_crashed_does_not_refuse_what_it_may_have_sent_on() {
    let mut scenario = scenario("raft", &[]);
    scenario.add(at(1), Input::Fire { node: N1, timer: 0 });
    ask_twice(&mut scenario, 400, N1, WRITE, Span::millis(100));
    scenario.add(at(451), Input::Crash(N1));
    scenario.add(at(500), Input::Restart(N1));
    ask(&mut scenario, 4_000, 1, N2, READ);
    let sim = run(scenario, 6_000);
    assert_eq!(outcomes(&sim).last(), Some(&(Outcome::Ok, Value::Int(1))), "the others have committed it");
    assert!(linearizable(&sim), "{:?}", outcomes(&sim));
}

/// A coordinator has committed, and crashes before its client hears of it. The request comes again, when
/// a participant is down, so that another attempt would have to be aborted.
#[test]
fn a_coordinator_that_crashed_does_not_abort_what_it_has_committed() {
    let (write, read) = (0, 1);
    for protocol in [0, 2] {
        let mut scenario = scenario("two-phase-commit", &[("protocol", protocol)]);
        let client = NodeId(scenario.nodes);
        scenario.add(at(0), Input::Message { from: N1, to: client, nth: 0, fate: Fate::Drop });
        ask_twice(&mut scenario, 0, N1, write, Span::millis(400));
        scenario.add(at(300), Input::Crash(N1));
        scenario.add(at(310), Input::Crash(N3));
        scenario.add(at(350), Input::Restart(N1));
        ask(&mut scenario, 4_000, 1, N2, read);
        let sim = run(scenario, 6_000);
        assert_eq!(outcomes(&sim).last(), Some(&(Outcome::Ok, Value::Int(1))), "protocol {protocol}: it was committed");
        assert!(linearizable(&sim), "protocol {protocol}: {:?}", outcomes(&sim));
    }
}
