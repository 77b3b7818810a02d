//! What agreement costs in messages: counted, not estimated.

use super::Experiment;
use super::measure::{Finding, Unit};
use crate::models::Library;
use crate::scenario::{Disk, Input};
use crate::sim::{EventKind, Latency, NodeId, Span, Time};
use crate::{Scenario, Sim};

pub(super) const MESSAGES: Experiment = Experiment {
    id: "messages",
    title: "What agreement costs in messages",
    labs: &["L16", "L17"],
    source: "Counted by hand: a coordinator of its own asks N participants, hears and tells each (3N), and hears again (4N); a Raft leader asks and hears each of n - 1 others",
    how: "One transaction of N participants, and one command in a cluster of n, counted message by message.",
    limits: "No failures, and no heartbeats, which a Raft cluster sends anyway.",
    run: messages,
};

/// The kinds of messages that a Raft command costs, by their names.
const OF_A_COMMAND: [&str; 3] = ["append", "have it", "does not fit"];

/// How many messages of these kinds (of any, if none is named) nodes have sent each other after a moment.
fn sent(sim: &Sim, kinds: &[&str], after: Time) -> usize {
    let nodes = sim.scenario().nodes;
    let rows = sim
        .trace()
        .rows()
        .unwrap()
        .filter(|row| row.kind == EventKind::Send && row.node.0 < nodes && row.peer.0 < nodes && row.time >= after);
    rows.filter(|row| kinds.is_empty() || sim.about().kinds.get(usize::from(row.detail)).is_some_and(|kind| kinds.contains(&kind.name)))
        .count()
}

/// The run of a model with this many nodes, in which each message takes 10 ms and each sync 2 ms.
fn run(model: &str, nodes: u16, settings: &[(&str, Span)], inputs: &[(Time, Input)], until: Time) -> Option<Sim> {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find(model)?.about(), 1);
    scenario.nodes = nodes;
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario.disk = Disk { sync: Latency::Constant(Span::millis(2)), ..Disk::default() };
    scenario.patience = Span::secs(5);
    scenario.settings.extend(settings.iter().map(|(key, span)| ((*key).to_owned(), span.0 as i64)));
    for (at, input) in inputs {
        scenario.add(*at, input.clone());
    }
    let mut sim = Sim::new(&library, scenario).ok()?;
    sim.run_until(until);
    Some(sim)
}

fn messages(_effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut count = |what: String, known: u16, ours: Option<usize>| {
        findings.push(Finding::exact(what, Unit::Number, f64::from(known), ours.map_or(f64::NAN, |ours| ours as f64), 1));
    };
    for participants in [2, 4, 8] {
        let ask = [(Time::ZERO, Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 })];
        let sim = run("two-phase-commit", participants + 1, &[], &ask, Time::ZERO + Span::secs(60));
        let sent = |kinds| sim.as_ref().map(|sim| sent(sim, kinds, Time::ZERO));
        count(format!("two-phase commit, N = {participants}, to the decision"), 3 * participants, sent(&["prepare", "yes", "commit"]));
        count(format!("two-phase commit, N = {participants}, with acknowledgements"), 4 * participants, sent(&[]));
    }
    for nodes in [3, 5, 7, 9] {
        // One is made to lead, and its next heartbeat is far away.
        let settings =
            [("election-min", Span::secs(10)), ("election-max", Span::secs(20)), ("heartbeat", Span::secs(9)), ("lease", Span::secs(8))];
        let second = Time::ZERO + Span::secs(1);
        let inputs = [
            (Time::ZERO + Span::millis(1), Input::Fire { node: NodeId(0), timer: 0 }),
            (second, Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 }),
        ];
        let sim = run("raft", nodes, &settings, &inputs, second + Span::millis(500));
        count(format!("Raft, n = {nodes}, a command"), 2 * (nodes - 1), sim.map(|sim| sent(&sim, &OF_A_COMMAND, second)));
    }
    findings
}
