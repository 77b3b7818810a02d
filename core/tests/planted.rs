//! Known mistakes, planted as settings of the models: the search finds each, leaves nothing of the run
//! that could be taken away, and not much more than a person would need to show it.

#![cfg(not(target_arch = "wasm32"))]

use faultline::judge::Promise;
use faultline::models::Library;
use faultline::scenario::Scenario;
use faultline::search::{Chaos, Effort, Goal, Plan, Sought, Violation, shrink};
use faultline::sim::{Span, Time};

const LINEARIZABLE: Sought = Sought::Clients(Promise::Linearizable);

struct Planted {
    model: &'static str,
    nodes: u16,
    /// The settings that are the mistake, and what each is without it.
    mistake: &'static [(&'static str, i64, i64)],
    sought: Sought,
    /// How long the runs are, in milliseconds, and how many are tried.
    length: u64,
    runs: u64,
    /// How many inputs a person needs to show it.
    by_hand: usize,
}

impl Planted {
    fn goal(&self) -> Goal {
        Goal::new(self.sought, Time::ZERO + Span::millis(self.length))
    }

    fn scenario(&self, planted: bool) -> Scenario {
        let mut scenario = Scenario::new(Library::standard().find(self.model).unwrap().about(), 1);
        scenario.nodes = self.nodes;
        let value = |right: i64, wrong: i64| if planted { wrong } else { right };
        scenario.settings = self.mistake.iter().map(|&(key, wrong, right)| (key.into(), value(right, wrong))).collect();
        scenario
    }

    fn search(&self, planted: bool) -> (Option<Violation>, Effort) {
        let library = Library::standard();
        let mut chaos = Chaos::new(&library, Plan::new(self.scenario(planted), self.goal(), 1)).unwrap();
        let found = chaos.go_on(self.runs);
        (found.map(|found| shrink(&library, &found, &self.goal(), &mut |_| true)), chaos.effort())
    }

    /// It is found and small; without the mistake the same search finds nothing.
    fn is_found(&self) {
        let (found, effort) = self.search(true);
        let found = found.unwrap_or_else(|| panic!("{} {:?} is not found: {effort:?}", self.model, self.mistake));
        let faults = match self.sought {
            Sought::Served(from) => found.scenario.inputs.partition_point(|timed| timed.at < from),
            _ => found.scenario.inputs.len(),
        };
        for index in 0..faults {
            let mut without = found.scenario.clone();
            let input = without.inputs.remove(index);
            let again = self.goal().first_break(&Library::standard(), &without, &mut Effort::default()).unwrap();
            assert_eq!(again.map(|again| again.promise).filter(|promise| *promise == found.promise), None, "{input:?} is not needed");
        }
        assert!(2 * faults <= 3 * self.by_hand, "{} {:?} needs {faults} inputs", self.model, self.mistake);
        let (right, effort) = self.search(false);
        assert_eq!(right.map(|right| right.why), None, "{} without {:?}: {effort:?}", self.model, self.mistake);
    }
}

/// Reads believe the first majority, and do not tell the others.
#[test]
fn reads_that_do_not_write_back() {
    Planted { model: "register", nodes: 3, mistake: &[("write-back", 0, 1)], sought: LINEARIZABLE, length: 4_000, runs: 1_000, by_hand: 5 }
        .is_found();
}

#[test]
fn quorums_that_do_not_meet() {
    let mistake = &[("read-quorum", 1, 2), ("write-quorum", 1, 2)];
    Planted { model: "quorums", nodes: 5, mistake, sought: LINEARIZABLE, length: 4_000, runs: 300, by_hand: 3 }.is_found();
}

#[test]
fn a_yes_that_is_not_written_down() {
    let sought = Sought::Invariant("nothing-forgotten");
    Planted { model: "two-phase-commit", nodes: 3, mistake: &[("log", 0, 1)], sought, length: 4_000, runs: 300, by_hand: 2 }.is_found();
}

#[test]
fn a_participant_that_decides_alone() {
    let sought = Sought::Invariant("atomic");
    let mistake = &[("heuristic", 1, 0), ("heuristic-after", 1_000_000_000, 5_000_000_000)];
    Planted { model: "two-phase-commit", nodes: 3, mistake, sought, length: 8_000, runs: 300, by_hand: 2 }.is_found();
}

#[test]
fn a_decision_that_is_told_only_once_blocks_for_good() {
    let sought = Sought::Served(Time::ZERO + Span::millis(4_000));
    Planted { model: "two-phase-commit", nodes: 3, mistake: &[("insist", 0, 1)], sought, length: 12_000, runs: 300, by_hand: 2 }.is_found();
}

#[test]
fn a_lock_without_fencing() {
    let sought = Sought::Invariant("mutual-exclusion");
    Planted { model: "lock-service", nodes: 5, mistake: &[("fencing", 0, 1)], sought, length: 8_000, runs: 300, by_hand: 3 }.is_found();
}

#[test]
fn a_lock_that_anybody_gives_back() {
    let sought = Sought::Invariant("given-back-by-its-holder");
    Planted { model: "lock-service", nodes: 5, mistake: &[("release", 1, 0)], sought, length: 8_000, runs: 300, by_hand: 2 }.is_found();
}

#[test]
fn votes_for_anyone() {
    let sought = Sought::Invariant("leader-completeness");
    Planted { model: "raft", nodes: 3, mistake: &[("votes-for-anyone", 1, 0)], sought, length: 4_000, runs: 500, by_hand: 2 }.is_found();
}

#[test]
fn half_is_enough() {
    let sought = Sought::Invariant("election-safety");
    Planted { model: "raft", nodes: 4, mistake: &[("half-is-enough", 1, 0)], sought, length: 2_000, runs: 300, by_hand: 1 }.is_found();
}

#[test]
fn reads_from_any_copy() {
    Planted { model: "raft", nodes: 3, mistake: &[("reads", 4, 0)], sought: LINEARIZABLE, length: 4_000, runs: 500, by_hand: 2 }.is_found();
}

#[test]
fn an_acknowledgement_of_what_is_not_on_disk() {
    let sought = Sought::Invariant("acknowledged-is-copied");
    Planted { model: "replicated-log", nodes: 3, mistake: &[("on-disk", 0, 1)], sought, length: 4_000, runs: 500, by_hand: 3 }.is_found();
}
