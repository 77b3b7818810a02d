//! How often a group can commit at all: every participant must be there, so each one more makes it
//! less likely. With participants that are up with probability p it is p to the power of their
//! number.

use crate::measure::{Measured, more};
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::{Chance, EventKind, NodeId, Purpose, Span, Time, draw};
use faultline::{Scenario, Sim};

/// Whether a write is committed while each participant may be down.
fn commits(seed: u64, participants: u16, down: Chance) -> bool {
    let mut scenario = Scenario::new(Library::standard().find("two-phase-commit").unwrap().about(), seed);
    scenario.nodes = participants + 1;
    for node in 1..=participants {
        if down.happens(draw(seed, Purpose::Search, u64::from(node), 0)) {
            scenario.add(Time::ZERO, Input::Crash(NodeId(node)));
        }
    }
    scenario.add(Time::ZERO, Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(Time::ZERO + Span::secs(2));
    sim.trace().rows().any(|row| row.kind == EventKind::Return && row.detail == 1)
}

#[test]
fn all_must_be_there_to_commit() {
    for (participants, known) in [(3, 0.9703), (5, 0.9510), (10, 0.9044)] {
        let runs = more(800);
        let hits = (0..runs).filter(|seed| commits(*seed, participants, Chance::percent(1))).count();
        Measured::share(hits, runs as usize).check(&format!("{participants} participants, up 99% of the time: commits"), known, 0.000_1);
    }
}
