//! How many states there are: the explorer against the counts that others published.
//!
//! The systems of `published` are those of the examples of TLA+, stated again at the same
//! granularity; what TLC counted is in the manifests beside them. The counts of two-phase commit with
//! more resource managers and of Paxos with its clients are those of the crate `stateright`.

use faultline::search::{Answer, Explorer, System, Visited};

mod paxos;
mod published;
mod two_phase;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn visit(system: impl System) -> Visited {
    let mut explorer = Explorer::new(system, u32::MAX);
    assert_eq!(explorer.go_on(u64::MAX), Answer::Covered);
    assert!(explorer.complete());
    explorer.visited()
}

#[test]
fn as_many_states_as_tlc_found() {
    for (name, counted, [unique, total, depth]) in published::all() {
        assert_eq!(counted, Visited { unique, total, depth: depth as u32 }, "{name}");
    }
}

#[test]
fn as_many_states_of_two_phase_commit_as_stateright_found() {
    for (managers, unique) in [(3, 288), (5, 8_832)] {
        let visited = visit(two_phase::TwoPhase::new(managers));
        assert_eq!(visited.unique, unique, "{managers} resource managers");
    }
}

#[test]
fn a_manager_that_does_not_wait_for_all_is_found_out_in_the_fewest_steps() {
    let mut explorer = Explorer::new(two_phase::TwoPhase { hasty: true, ..two_phase::TwoPhase::new(3) }, u32::MAX);
    let Answer::Broken(number, broken) = explorer.go_on(u64::MAX) else { panic!("nothing is broken") };
    assert_eq!(broken.property, "consistent");
    // One prepares, the manager hears of it and commits, the one hears of that, another aborts.
    assert_eq!(explorer.way(number).unwrap().1.len(), 5);
}
#[test]
fn as_many_states_of_paxos_as_stateright_found() {
    let visited = visit(paxos::Paxos::new(false));
    assert_eq!(visited.unique, 16_668);
}

#[test]
fn an_acceptor_that_forgets_its_promise_breaks_what_clients_see() {
    let mut explorer = Explorer::new(paxos::Paxos::new(true), u32::MAX);
    let Answer::Broken(_, broken) = explorer.go_on(u64::MAX) else { panic!("nothing is broken") };
    assert_eq!(broken.property, "linearizable");
}
