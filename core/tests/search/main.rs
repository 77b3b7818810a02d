//! The search: that it finds what is there to be found, that what it hands back is as small as it
//! says, and that it is the same search every time.

use blink::Blink;
use errand::Errand;
use faultline::judge::Promise;
use faultline::link::{Link, Verdict};
use faultline::models::Library;
use faultline::protocol::Protocol;
use faultline::scenario::{Fate, Input, Scenario};
use faultline::search::{Bounds, Chaos, Effort, Explored, Goal, Plan, Sought, Violation, concrete, explore, shrink};
use faultline::sim::{Chance, NodeId, Span, Time};
use votes::Votes;

mod blink;
mod errand;
mod matter;
mod votes;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn base(model: &str) -> Scenario {
    Scenario::new(Library::standard().find(model).unwrap().about(), 1)
}

const LINEARIZABLE: Sought = Sought::Clients(Promise::Linearizable);

fn goal(promise: &'static str) -> Goal {
    Goal::new(Sought::Invariant(promise), at(10_000))
}

fn breaks(scenario: &Scenario, goal: &Goal) -> Option<Violation> {
    goal.first_break(&Library::standard(), scenario, &mut Effort::default()).unwrap()
}

/// What chaos finds and shrinking leaves.
fn smallest(base: Scenario, goal: &Goal, seed: u64) -> Violation {
    let library = Library::standard();
    let mut chaos = Chaos::new(&library, Plan::new(base, goal.clone(), seed)).unwrap();
    let found = chaos.go_on(2_000).unwrap_or_else(|| panic!("seed {seed}: {goal:?} was not broken in {:?}", chaos.effort()));
    shrink(&library, &found, goal, &mut |_| true)
}

/// Without any one of its inputs, the promise holds until the end.
fn every_input_is_needed(violation: &Violation, goal: &Goal) {
    for index in 0..violation.scenario.inputs.len() {
        let mut without = violation.scenario.clone();
        let input = without.inputs.remove(index);
        assert_eq!(breaks(&without, goal), None, "{input:?} is not needed");
    }
}

#[test]
fn two_primaries_are_found_and_one_fault_is_left() {
    for seed in 1..=5 {
        let violation = smallest(base("primary-backup"), &goal("one-primary"), seed);
        assert_eq!(violation.promise, "one-primary");
        assert_eq!(violation.scenario.inputs.len(), 1, "{:?}", violation.scenario.inputs);
        assert_eq!(violation.scenario.nodes, 2);
        assert_eq!(violation.scenario.clients, 0);
        every_input_is_needed(&violation, &goal("one-primary"));
    }
}

#[test]
fn a_promise_that_is_kept_is_not_broken() {
    let library = Library::standard();
    let plan = Plan::new(base("primary-backup"), goal("same-stamp-same-value"), 1);
    let mut chaos = Chaos::new(&library, plan).unwrap();
    assert_eq!(chaos.go_on(300), None);
    assert_eq!(chaos.effort().runs, 300);
}

#[test]
fn what_was_found_is_a_link_that_holds() {
    let library = Library::standard();
    let violation = smallest(base("primary-backup"), &goal("one-primary"), 1);
    let link = Link::read(&violation.link().write(), &library).unwrap();
    assert_eq!(link.verify(&library, 100_000), Ok(Verdict::Same));
}

#[test]
fn the_same_seed_is_the_same_search_in_one_go_or_in_many() {
    let library = Library::standard();
    let plan = Plan::new(base("primary-backup"), goal("one-primary"), 9);
    let mut once = Chaos::new(&library, plan.clone()).unwrap();
    let mut often = Chaos::new(&library, plan).unwrap();
    let found = once.go_on(2_000);
    let again = (0..2_000).find_map(|_| often.go_on(1));
    assert_eq!((found, once.effort()), (again, often.effort()));
}

#[test]
fn a_shrinking_that_is_stopped_hands_back_the_smallest_run_so_far() {
    let library = Library::standard();
    let goal = goal("one-primary");
    let found = Chaos::new(&library, Plan::new(base("primary-backup"), goal.clone(), 3)).unwrap().go_on(2_000).unwrap();
    for most in [0, 1, 7, 30] {
        let mut asked = 0;
        let smaller = shrink(&library, &found, &goal, &mut |_| {
            asked += 1;
            asked <= most
        });
        assert_eq!(asked, most + 1, "it stops when it is told to");
        assert_eq!(breaks(&smaller.scenario, &goal), Some(smaller));
    }
}

#[test]
fn chance_is_replaced_by_the_losses_that_matter_and_these_by_one_cut() {
    let mut scenario = base("primary-backup");
    scenario.network.loss = Chance::percent(35);
    scenario.network.duplicate = Chance::percent(10);
    let goal = goal("one-primary");
    let found = (0..100).find_map(|seed| breaks(&Scenario { seed, ..scenario.clone() }, &goal)).unwrap();
    let explicit = concrete(&Library::standard(), &found).unwrap();
    assert_eq!((explicit.network.loss, explicit.network.duplicate), (Chance::NEVER, Chance::NEVER));
    assert_eq!(breaks(&explicit, &goal).unwrap().seal.moment, found.seal.moment, "the very same happens");
    let smallest = shrink(&Library::standard(), &found, &goal, &mut |_| true);
    assert_eq!(smallest.scenario.network.loss, Chance::NEVER);
    // Heartbeats in a row were lost, as if the link were cut.
    assert_eq!(smallest.scenario.inputs.len(), 1, "{:#?}", smallest.scenario.inputs);
    assert!(matches!(smallest.scenario.inputs[0].input, Input::Cut { from: NodeId(0), .. }));
    every_input_is_needed(&smallest, &goal);
}

fn explored(model: &str, promise: &'static str, bounds: Bounds) -> Explored {
    explore(&Library::standard(), &base(model), &goal(promise), bounds, &mut |_| true).unwrap()
}

#[test]
fn exploration_finds_the_shortest_way_to_two_primaries_and_it_is_a_run() {
    let explored = explored("primary-backup", "one-primary", Bounds::default());
    let found = explored.found.unwrap();
    assert_eq!(found.way, ["n2: nothing heard from the primary"]);
    let run = found.run.unwrap();
    assert_eq!(run.promise, "one-primary");
    assert_eq!(run.link().verify(&Library::standard(), 10_000), Ok(Verdict::Same));
    let smaller = shrink(&Library::standard(), &run, &Goal::new(Sought::Any, run.seal.moment), &mut |_| true);
    assert_eq!(smaller.scenario.inputs, run.scenario.inputs);
    assert_eq!((smaller.scenario.nodes, smaller.scenario.network.loss), (2, Chance::NEVER));
}

#[test]
fn exploration_visits_as_many_states_as_there_are() {
    let library = Library::standard().with::<Votes>();
    let mut scenario = Scenario::new(Votes::ABOUT, 1);
    let mut count = |nodes, bounds| {
        scenario.nodes = nodes;
        let explored = explore(&library, &scenario, &goal("none"), bounds, &mut |_| true).unwrap();
        assert!(explored.whole);
        explored.visited.unique
    };
    let bounds = Bounds { depth: 99, states: 1_000_000, timers: 0, crashes: 0, asks: 0 };
    // Every coin has two sides, and every message has arrived or not.
    assert_eq!(count(2, bounds), 4 * 4);
    assert_eq!(count(3, bounds), 8 * 64);
    // A timer of n1 or n2 runs out at most once: then its node has heard nothing, or what comes
    // later. Without timers, 4 combinations; with n1's, those in which the message to n1 is still on
    // its way, has arrived and been forgotten, or arrived after; the same for n2.
    assert_eq!(count(2, Bounds { timers: 1, ..bounds }), 4 * (4 + 2 * (3 * 2)));
    // A node has crashed and is down: its coin is known from its message, and each message is still
    // on its way or was read.
    let down = 4 * 2 * 2;
    // It came back and tossed again. It has the other's coin, or had it before, or not yet. The other
    // has read none, one or both of its messages, and knows the last: 3 cases if they say the same;
    // if not, 5, but that it has read both and knows the newer one looks as if they had been the same.
    let back = 3 * (4 * 3 + 4 * (5 - 1));
    // When everything is read and known, nobody can tell who it was that crashed.
    let either = 4;
    assert_eq!(count(2, Bounds { crashes: 1, ..bounds }), 4 * 4 + 2 * (down + back) - either);
}

#[test]
fn choices_that_exploration_made_are_looked_for_in_the_seeds() {
    let library = Library::standard().with::<Votes>();
    let scenario = Scenario::new(Votes::ABOUT, 1);
    let bounds = Bounds { depth: 9, states: 100_000, timers: 0, crashes: 0, asks: 0 };
    let found = explore(&library, &scenario, &Goal::new(Sought::Any, at(0)), bounds, &mut |_| true).unwrap().found.unwrap();
    assert_eq!((found.broken.property, found.way.len()), ("not-all-heads", 2));
    let run = found.run.unwrap();
    assert_eq!(run.why, found.broken.why);
    assert_eq!(run.link().verify(&library, 10_000), Ok(Verdict::Same));
}

#[test]
fn exploration_covers_all_that_can_happen_within_its_bounds() {
    let bounds = Bounds { depth: 6, states: 1_000_000, timers: 2, crashes: 1, asks: 2 };
    let explored = explored("primary-backup", "same-stamp-same-value", bounds);
    assert_eq!((explored.covered, explored.whole, explored.found), (true, false, None));
    assert_eq!(explored.visited.depth, 7);
}

fn read_anywhere() -> Scenario {
    let mut scenario = base("primary-backup");
    scenario.settings.insert("read-anywhere".into(), 1);
    scenario.settings.insert("wait-for".into(), 2);
    scenario
}

#[test]
fn what_clients_were_promised_is_broken_by_chaos_and_little_is_left() {
    let goal = Goal::new(LINEARIZABLE, at(3_000));
    let found: Vec<_> = (1..=4).map(|seed| smallest(read_anywhere(), &goal, seed)).collect();
    for violation in &found {
        assert_eq!(violation.promise, "linearizable");
        assert!(violation.why.contains("not linearizable"), "{}", violation.why);
        every_input_is_needed(violation, &goal);
        assert_eq!(violation.link().verify(&Library::standard(), 100_000), Ok(Verdict::Same));
    }
    let smallest = found.iter().min_by_key(|violation| goal.weight(violation)).unwrap();
    let requests = smallest.scenario.inputs.iter().filter(|timed| matches!(timed.input, Input::Invoke { .. }));
    // A write, a read, and one fault that keeps the copy from the backup.
    assert_eq!((requests.count(), smallest.scenario.inputs.len()), (2, 3), "{:#?}", smallest.scenario);
}

#[test]
fn exploration_breaks_what_clients_were_promised_in_the_fewest_steps() {
    let library = Library::standard();
    let goal = Goal::new(LINEARIZABLE, at(3_000));
    let bounds = Bounds { timers: 0, crashes: 0, ..Bounds::default() };
    let found = explore(&library, &read_anywhere(), &goal, bounds, &mut |_| true).unwrap().found.unwrap();
    assert_eq!(found.way, ["client 1 asks n1: write", "client 1 asks n2: read"]);
    let run = found.run.unwrap();
    assert_eq!(run.promise, "linearizable");
    assert_eq!(run.link().verify(&library, 10_000), Ok(Verdict::Same));
    // Whoever asks only the primary, and waits for all, is not betrayed.
    let safe = explore(&library, &base("primary-backup"), &goal, bounds, &mut |_| true).unwrap();
    assert_eq!((safe.covered, safe.undecided, safe.found), (true, 0, None));
}

#[test]
fn exploration_tells_apart_what_clients_can_tell_apart() {
    let library = Library::standard().with::<Errand>();
    let scenario = Scenario { clients: 2, ..Scenario::new(Errand::ABOUT, 1) };
    let bounds = Bounds { depth: 99, states: 1_000_000, timers: 0, crashes: 0, asks: 2 };
    let explored = explore(&library, &scenario, &Goal::new(LINEARIZABLE, at(0)), bounds, &mut |_| true).unwrap();
    // One request at one of two nodes: what it asks of the other is under way, or the answer is; or
    // it is answered, and nobody knows where it was asked.
    let one = 2 * 2 + 1;
    // A second at the other node, before the first is answered: both are under way, or one of them,
    // or none. At the same node it is refused. After the answer it is like a first, but known to be later.
    let before = (2 * 2 * 2 + 2 * (2 * 2) + 1) + one;
    // The second is the same client's, who gives up the first if it has no answer, or the other's.
    assert_eq!(explored.visited.unique, 1 + one + 2 * (before + one));
    assert!(explored.whole);
}

#[test]
fn a_message_that_is_lost_after_the_healing_is_no_wound() {
    let library = Library::standard().with::<Errand>();
    let goal = Goal::new(Sought::Served(at(4_000)), at(10_000));
    let lost = |from, to| Input::Message { from: NodeId(from), to: NodeId(to), nth: 0, fate: Fate::Drop };
    let mut scenario = Scenario::new(Errand::ABOUT, 1);
    scenario.add(at(0), lost(0, 1));
    scenario.add(at(0), lost(1, 0));
    let breaks = |scenario: &Scenario| goal.first_break(&library, scenario, &mut Effort::default()).unwrap();
    assert_eq!(breaks(&scenario), None, "nothing was asked before, so they are lost later");
    for node in [0, 1] {
        scenario.add(at(1_000), Input::Invoke { client: 0, node: NodeId(node), op: 0, argument: 0 });
    }
    assert_eq!(breaks(&scenario).map(|broken| broken.promise), Some(Sought::SERVED));
}

#[test]
fn a_node_that_no_healing_frees_is_found_and_one_that_asks_again_is_free() {
    let library = Library::standard().with::<Errand>();
    let goal = Goal::new(Sought::Served(at(4_000)), at(10_000));
    let mut scenario = Scenario::new(Errand::ABOUT, 1);
    let plan = Plan::new(scenario.clone(), goal.clone(), 1);
    let found = Chaos::new(&library, plan).unwrap().go_on(2_000).unwrap();
    let smallest = shrink(&library, &found, &goal, &mut |_| true);
    assert_eq!(smallest.promise, Sought::SERVED);
    assert!(smallest.why.ends_with("nobody carries out: confirm"), "{}", smallest.why);
    let faults: Vec<_> = smallest.scenario.inputs.iter().filter(|timed| timed.at < at(4_000)).collect();
    // Both nodes are asked, and what they ask each other is lost.
    assert_eq!(faults.iter().filter(|timed| matches!(timed.input, Input::Invoke { .. })).count(), 2);
    assert!(faults.len() <= 4, "{faults:#?}");
    for index in 0..faults.len() {
        let mut without = smallest.scenario.clone();
        let input = without.inputs.remove(index);
        let again = goal.first_break(&library, &without, &mut Effort::default()).unwrap();
        assert_eq!(again, None, "{input:?} is not needed");
    }
    assert_eq!(smallest.link().verify(&library, 10_000), Ok(Verdict::Same));

    scenario.settings.insert("again".into(), 1);
    let mut chaos = Chaos::new(&library, Plan::new(scenario, goal, 1)).unwrap();
    assert_eq!((chaos.go_on(500), chaos.effort().runs), (None, 500));
}

#[test]
fn a_promise_that_is_broken_for_a_moment_is_seen_broken() {
    let library = Library::standard().with::<Blink>();
    let broken = goal("open").first_break(&library, &Scenario::new(Blink::ABOUT, 1), &mut Effort::default()).unwrap();
    assert_eq!(broken.map(|broken| broken.seal.moment), Some(at(10)));
}

#[test]
fn chaos_comes_to_an_end_where_there_is_one_node() {
    let library = Library::standard();
    let alone = Scenario { nodes: 1, ..base("account") };
    let mut chaos = Chaos::new(&library, Plan::new(alone, Goal::new(Sought::Any, at(2_000)), 1)).unwrap();
    while chaos.effort().runs < 60 {
        let before = chaos.effort().runs;
        let found = chaos.go_on(20);
        assert!(found.is_some() || chaos.effort().runs == before + 20, "it tries the same run again and again: {:?}", chaos.effort());
    }
}

/// What every client holds is its own, though none of the many names that it could choose is tried.
#[test]
fn who_chooses_a_name_in_an_exploration_is_not_taken_for_another() {
    let library = Library::standard();
    let locks = |settings: &[(&str, i64)]| {
        let mut locks = Scenario { nodes: 5, ..base("lock-service") };
        locks.settings = settings.iter().map(|&(key, value)| (key.to_owned(), value)).collect();
        locks
    };
    let bounds = Bounds { depth: 8, states: 1_000_000, timers: 0, crashes: 0, asks: 2 };
    let explored = explore(&library, &locks(&[]), &Goal::new(Sought::Any, at(0)), bounds, &mut |_| true).unwrap();
    assert_eq!((explored.found, explored.covered), (None, true));
}
