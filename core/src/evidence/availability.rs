//! How often a group can answer at all, if each of its members is up 99 % of the time: by majority,
//! and if all must be there.
//!
//! Nothing is left to chance here: every pattern of members that are down is run, and counts as much
//! as it is likely.

use super::Experiment;
use super::measure::{Finding, Unit};
use crate::models::Library;
use crate::scenario::Input;
use crate::sim::{EventKind, NodeId, Span, Time};
use crate::{Scenario, Sim};

pub(super) const PATTERNS: Experiment = Experiment {
    id: "availability",
    title: "How often a group can answer",
    labs: &["L10", "L16"],
    source: "Arithmetic: sums of binomial terms",
    how: "Every member is up 99 % of the time. Every pattern of members that are down is run, and counts as much as it is likely. A majority register is asked to write; two-phase commit to commit.",
    limits: "Members fail independently, and before the request, not during it. Four answer less often than three.",
    run: patterns,
};

const UP: f64 = 0.99;

/// Whether a client is answered that so asks a group in which these are down.
fn answers(model: &str, nodes: u16, down: &[NodeId], node: NodeId, op: u8) -> bool {
    let library = Library::standard();
    let Some(model) = library.find(model) else { return false };
    let mut scenario = Scenario::new(model.about(), 1);
    scenario.nodes = nodes;
    for down in down {
        scenario.add(Time::ZERO, Input::Crash(*down));
    }
    scenario.add(Time::ZERO, Input::Invoke { client: 0, node, op, argument: 0 });
    let Ok(mut sim) = Sim::new(&library, scenario) else { return false };
    sim.run_until(Time::ZERO + Span::secs(10));
    sim.trace().rows().unwrap().any(|row| row.kind == EventKind::Return && row.detail == 1)
}

/// How likely an answer is: over every pattern of which of so many members are down.
fn likely(members: u16, answered: impl Fn(&[u16]) -> bool) -> f64 {
    let pattern = |pattern: u32| -> f64 {
        let down: Vec<u16> = (0..members).filter(|member| pattern >> member & 1 == 1).collect();
        let weight = (0..members).fold(1.0, |weight, member| weight * if down.contains(&member) { 1.0 - UP } else { UP });
        if answered(&down) { weight } else { 0.0 }
    };
    (0..1 << members).map(pattern).sum()
}

fn patterns(_effort: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (members, known) in [(3, 0.999_702), (4, 0.999_407_97), (5, 0.999_990_149_4)] {
        let ours = likely(members, |down| {
            let up = (0..members).find(|member| !down.contains(member));
            let down: Vec<_> = down.iter().map(|member| NodeId(*member)).collect();
            up.is_some_and(|up| answers("register", members, &down, NodeId(up), 1))
        });
        findings.push(Finding::exact(format!("a majority of {members}"), Unit::Share, known, ours, 1 << members));
    }
    for (participants, known) in [(3, 0.970_299), (5, 0.950_990_049_9), (10, 0.904_382_075_008_805)] {
        let ours = likely(participants, |down| {
            let down: Vec<_> = down.iter().map(|member| NodeId(member + 1)).collect();
            answers("two-phase-commit", participants + 1, &down, NodeId(0), 0)
        });
        findings.push(Finding::exact(format!("all of {participants}"), Unit::Share, known, ours, 1 << participants));
    }
    findings
}
