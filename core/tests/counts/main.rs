//! What the explorer finds where something is wrong, and how many states Paxos has: what the report on
//! published numbers (`faultline::evidence::counts`) does not hold.

use faultline::evidence::counts::two_phase::TwoPhase;
use faultline::evidence::counts::visit;
use faultline::search::{Answer, Explorer};

mod paxos;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn as_many_states_of_two_phase_commit_in_webassembly_as_elsewhere() {
    assert_eq!(visit(TwoPhase::new(3)).unique, 288);
}

#[test]
fn a_manager_that_does_not_wait_for_all_is_found_out_in_the_fewest_steps() {
    let mut explorer = Explorer::new(TwoPhase { hasty: true, ..TwoPhase::new(3) }, u32::MAX);
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
