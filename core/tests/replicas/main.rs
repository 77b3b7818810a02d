//! The models of replicated data: what each promises holds whatever happens, what each is known to
//! get wrong is caught, and each sends as many messages as it is known to.

mod quorums;
mod register;
mod replicated_log;

#[path = "../support/mod.rs"]
mod support;

use faultline::judge::history::History;
use faultline::judge::linearizable::is_linearizable;
use faultline::judge::spec::{Case, Object};
use faultline::judge::value::Value;
use faultline::judge::{Judgement, Promise, judge};
use faultline::models::Library;
use faultline::scenario::{Input, Pace, Route, Scenario, Workload};
use faultline::sim::{EventKind, Latency, NodeId, Sim, Span, Time};
use support::promises::{broken, ever_broken};

fn scenario(model: &str, seed: u64) -> Scenario {
    Scenario::new(Library::standard().find(model).unwrap().about(), seed)
}

/// A random scenario with random faults, in which clients of a model with its default settings keep asking.
fn stormy(model: &str, seed: u64) -> Scenario {
    let mut scenario = support::scenario(Library::standard().find(model).unwrap().about(), seed);
    scenario.settings.clear();
    scenario.inputs.retain(|timed| !matches!(timed.input, Input::Set { .. }));
    scenario.clients = scenario.clients.max(2);
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(20) });
    scenario.workload = Some(Workload { pace, route: Route::Random, keys: 1, limit: 12 });
    scenario
}

fn with(mut scenario: Scenario, settings: &[(&str, i64)]) -> Scenario {
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario
}

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn start(scenario: Scenario) -> Sim {
    Sim::new(&Library::standard(), scenario).unwrap()
}

fn run(scenario: Scenario, until: Time) -> Sim {
    let mut sim = start(scenario);
    sim.run_until(until);
    sim
}

fn ask(client: u16, node: u16, op: u8) -> Input {
    Input::Invoke { client, node: NodeId(node), op, argument: 0 }
}

fn linearizable(sim: &Sim) -> Judgement {
    judge(&History::of(sim), Object::Register, Promise::Linearizable, &Value::Int(0), 300_000).unwrap()
}

/// Whether what the clients saw is impossible for registers; without saying why, which takes longer.
fn contradicts(sim: &Sim) -> bool {
    let case = Case::of(&History::of(sim), Object::Register, &Value::Int(0)).unwrap();
    case.by_object().iter().any(|object| is_linearizable(object, 300_000) == Some(false))
}

/// What was answered to each operation, in the order in which they were asked: nothing if nobody knows.
fn answers(sim: &Sim) -> Vec<Option<String>> {
    (0..sim.trace().ops() as u32).map(|op| sim.describe_op(op).1).collect()
}

/// How many messages the nodes have sent one another.
fn messages(sim: &Sim) -> usize {
    let nodes = sim.scenario().nodes;
    sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Send && row.node.0 < nodes && row.peer.0 < nodes).count()
}

/// How long each operation took that was answered, in the order in which they were asked.
fn taken(sim: &Sim) -> Vec<Span> {
    let trace = sim.trace();
    (0..trace.ops() as u32).filter_map(|op| trace.op(op)).filter_map(|op| Some(op.ended?.time.since(op.begun))).collect()
}

fn headlines(sim: &Sim) -> Vec<String> {
    (0..sim.scenario().nodes).map(|node| sim.view(NodeId(node)).headline.map_or_else(String::new, |value| value.text)).collect()
}
