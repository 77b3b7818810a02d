//! How many states there are: the explorer against the counts that others published.
//!
//! The systems of `published` are those of the examples of TLA+, stated again at the same
//! granularity; what TLC counted is in the manifests beside them. The counts of two-phase commit with
//! more resource managers are those of the crate `stateright`.

mod published;
pub mod two_phase;

use super::Experiment;
use super::measure::{Finding, Unit};
use crate::search::{Explorer, System, Visited};

pub(super) const STATES: Experiment = Experiment {
    id: "states",
    title: "How many states there are",
    labs: &[],
    source: "The examples of TLA+, with what TLC counted of each; of two-phase commit with five managers what stateright counted",
    how: "The systems are stated again, and the explorer of searches visits every state. Counted are different states, states made (the starts, and one for every step), and how many states lie on the way to the deepest.",
    limits: "It is the explorer that is held to something, not a model of a lab. In EWD840 TLC says a depth of 10, which workers that overtake one another can make of 9.",
    run: states,
};

/// Visits every state of a system.
///
/// # Panics
/// If one of them breaks something.
#[must_use]
pub fn visit(system: impl System) -> Visited {
    let mut explorer = Explorer::new(system, u32::MAX);
    let answer = explorer.go_on(u64::MAX);
    assert!(explorer.complete(), "{answer:?}");
    explorer.visited()
}

fn states(_effort: u64) -> Vec<Finding> {
    let all = published::all().into_iter();
    let mut findings: Vec<Finding> = all.map(|(name, visited, known)| finding(name, visited, known)).collect();
    let five = visit(two_phase::TwoPhase::new(5));
    findings.push(Finding::exact("two-phase commit with 5 managers: different", Unit::Number, 8_832.0, five.unique as f64, five.total));
    findings
}

fn finding(name: &str, Visited { unique, total, depth }: Visited, known: [u64; 3]) -> Finding {
    let ours = [unique, total, u64::from(depth)];
    let words = |counts: [u64; 3]| counts.map(|count| count.to_string()).join(", ");
    Finding {
        what: format!("{name}: different, made, deepest"),
        known: words(known),
        ours: words(ours),
        n: total,
        interval: String::new(),
        tolerance: "none".into(),
        holds: ours == known,
    }
}
