//! The store with quorums: what overlap buys, and what it does not.

use super::*;
use faultline::measure::theory::Theory;
use faultline::scenario::Disk;
use faultline::sim::LinkRule;

const READ: u8 = 0;
const WRITE: u8 = 1;

const WRITE_BACK: (&str, i64) = ("read-repair", 2);

/// Clocks that are right: the order of writes is that of their coordinators' clocks.
fn on_time(mut scenario: Scenario) -> Scenario {
    scenario.inputs.retain(|timed| !matches!(timed.input, Input::ClockStep { .. } | Input::ClockRate { .. }));
    scenario
}

#[test]
fn quorums_that_overlap_and_write_back_are_one_register() {
    let mut answered = 0;
    for seed in 0..300 {
        for (read, write) in [(2, 2), (3, 1), (1, 3)] {
            let settings = [WRITE_BACK, ("read-quorum", read), ("write-quorum", write)];
            let sim = run(with(on_time(stormy("quorums", seed)), &settings), Time::ZERO + support::LENGTH);
            answered += sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1).count();
            let judgement = linearizable(&sim);
            assert_eq!(judgement.kept, Some(true), "seed {seed}, R={read}, W={write}: {judgement}\n{}", History::of(&sim).to_edn());
        }
    }
    assert!(answered > 3_000, "{answered} operations were answered");
}

/// No fault but a network that is sometimes slow, and clients that ask at the same time.
fn crowd(seed: u64, settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = with(with(scenario("quorums", seed), &[("patience", Span::secs(9).0 as i64)]), settings);
    scenario.patience = Span::secs(10);
    scenario.clients = 4;
    let slow = Latency::Exponential { min: Span::ZERO, mean: Span::millis(300) };
    scenario.network.latency = Latency::Mixture(vec![(7, Latency::Constant(Span::millis(5))), (3, slow)]);
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(20) });
    scenario.workload = Some(Workload { pace, route: Route::Random, keys: 1, limit: 12 });
    scenario
}

#[test]
fn less_is_caught() {
    let caught = |settings: &[(&str, i64)]| {
        let caught = |seed: &u64| contradicts(&run(crowd(*seed, settings), at(30_000)));
        (0..100).filter(caught).count()
    };
    assert_eq!(caught(&[WRITE_BACK]), 0);
    for less in [("read-repair", 0), ("read-quorum", 1)] {
        let times = caught(&[less]);
        assert!(times > 2, "{less:?}: {times}");
    }
}

#[test]
fn whatever_happens_what_is_done_is_kept_unless_hints_are_counted() {
    let broke = |seed: u64, hints: i64| {
        let mut sim = start(with(stormy("quorums", seed), &[("hints", hints)]));
        !ever_broken(&mut sim, Time::ZERO + support::LENGTH).is_empty()
    };
    for seed in 0..50 {
        assert!(!broke(seed, 0) && !broke(seed, 1), "seed {seed}");
    }
    assert!((0..50).filter(|seed| broke(*seed, 2)).count() > 5);
}

#[test]
fn messages_are_counted_exactly() {
    let count = |replicas: i64, node: u16, op: u8, settings: &[(&str, i64)]| {
        let mut scenario = with(with(scenario("quorums", 3), &[("replicas", replicas)]), settings);
        scenario.nodes = 10;
        scenario.add(at(10), ask(0, node, op));
        messages(&run(scenario, Time::NEVER))
    };
    for replicas in 1..=9 {
        for op in [READ, WRITE] {
            // A coordinator that is a replica has its own copy at hand.
            assert_eq!(count(replicas, 9, op, &[]), 2 * replicas as usize);
            assert_eq!(count(replicas, 0, op, &[]), 2 * (replicas as usize - 1));
            for quorum in 1..=replicas {
                let settings = [("ask", 1), ("read-quorum", quorum), ("write-quorum", quorum)];
                assert_eq!(count(replicas, 9, op, &settings), 2 * quorum as usize);
            }
        }
    }
}

/// A client writes, and when it has its answer another one reads elsewhere.
fn write_then_read(settings: &[(&str, i64)], reader: u16) -> Sim {
    let mut scenario = with(scenario("quorums", 1), settings);
    let far = LinkRule { latency: Some(Latency::Constant(Span::millis(400))), ..LinkRule::default() };
    for node in 1..3 {
        scenario.add(at(0), Input::Link { from: NodeId(0), to: NodeId(node), rule: far.clone() });
    }
    scenario.add(at(10), ask(0, 0, WRITE));
    scenario.add(at(150), ask(1, reader, READ));
    run(scenario, at(3_000))
}

#[test]
fn quorums_that_do_not_overlap_miss_a_write_that_is_done() {
    let sim = write_then_read(&[("read-quorum", 1), ("write-quorum", 1)], 2);
    assert_eq!((answers(&sim), linearizable(&sim).kept), (vec![Some("done".into()), Some("0".into())], Some(false)));
    for (read, write) in [(3, 1), (2, 2)] {
        let sim = write_then_read(&[("read-quorum", read), ("write-quorum", write)], 2);
        assert_eq!(linearizable(&sim).kept, Some(true), "R={read} W={write}");
    }
}

/// While a write is on its way, one read meets it and a later one does not (Kleppmann, “Designing
/// Data-Intensive Applications”, figure 9-6): N = 3, R = W = 2, no fault.
#[test]
fn overlapping_quorums_are_not_enough() {
    let values = |repair: i64| {
        let mut scenario = with(scenario("quorums", 1), &[("read-repair", repair)]);
        scenario.clients = 3;
        scenario.nodes = 6;
        scenario.network.latency = Latency::Constant(Span::millis(10));
        let mut far = |from: u16, to: u16| {
            let rule = LinkRule { latency: Some(Latency::Constant(Span::millis(300))), ..LinkRule::default() };
            scenario.add(at(0), Input::Link { from: NodeId(from), to: NodeId(to), rule });
        };
        // The writer n4 is far from n2 and n3, the first reader n5 from n3, the second reader n6 from n1.
        far(3, 1);
        far(3, 2);
        far(2, 4);
        far(0, 5);
        scenario.add(at(10), ask(0, 3, WRITE));
        scenario.add(at(60), ask(1, 4, READ));
        scenario.add(at(160), ask(2, 5, READ));
        let sim = run(scenario, at(3_000));
        (answers(&sim), linearizable(&sim).kept)
    };
    let some = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned())).to_vec();
    assert_eq!(values(0), (some(["done", "1", "0"]), Some(false)));
    assert_eq!(values(2), (some(["done", "1", "1"]), Some(true)));
}

#[test]
fn what_a_crash_can_undo_is_not_read() {
    let mut scenario = with(scenario("quorums", 1), &[("replicas", 1), ("patience", Span::secs(5).0 as i64)]);
    scenario.patience = Span::secs(10);
    scenario.add(at(0), Input::Disk { node: NodeId(0), disk: Disk { sync: Latency::Constant(Span::secs(2)), ..Disk::default() } });
    scenario.add(at(10), ask(0, 1, WRITE));
    scenario.add(at(200), ask(1, 2, READ));
    scenario.add(at(1_000), Input::Crash(NodeId(0)));
    scenario.add(at(1_100), Input::Restart(NodeId(0)));
    scenario.add(at(1_200), ask(1, 2, READ));
    let sim = run(scenario, at(9_000));
    assert_eq!(answers(&sim), [None, Some("too few answers".into()), Some("0".into())]);
    assert_eq!(linearizable(&sim).kept, Some(true));
}

#[test]
fn acknowledged_hints_are_no_copies() {
    let sim = |hints: i64| {
        let mut scenario = with(scenario("quorums", 1), &[("hints", hints)]);
        // n1 and those that are no replicas, with the first client; n2 and n3 with the second.
        scenario.add(at(5), Input::Partition(vec![vec![NodeId(1), NodeId(2), NodeId(6)]]));
        scenario.add(at(10), ask(0, 3, WRITE));
        scenario.add(at(700), ask(1, 1, READ));
        scenario.add(at(1_500), Input::HealAll);
        scenario.add(at(2_500), ask(1, 1, READ));
        scenario
    };
    let words = |texts: [Option<&str>; 3]| texts.map(|text| text.map(str::to_owned)).to_vec();
    let sloppy = run(sim(2), at(1_400));
    assert_eq!(answers(&sloppy), words([Some("done"), Some("0"), None])[..2]);
    assert_eq!((broken(&sloppy), linearizable(&sloppy).kept), (vec!["done-is-kept"], Some(false)));
    // Handed over at last.
    let sloppy = run(sim(2), at(4_000));
    assert_eq!((answers(&sloppy), broken(&sloppy)), (words([Some("done"), Some("0"), Some("1")]), vec![]));
    // Without counting hints the write is not done, though it may yet be read.
    let kept = run(sim(1), at(4_000));
    assert_eq!(answers(&kept), words([None, Some("0"), Some("1")]));
    assert_eq!(linearizable(&kept).kept, Some(true));
    assert_eq!(run(sim(2), Time::NEVER).next_time(), None, "when all is handed over nothing is left to do");
}

#[test]
fn a_write_by_a_clock_that_is_far_behind_is_a_write() {
    let mut scenario = scenario("quorums", 1);
    scenario.add(Time::ZERO, Input::ClockStep { node: NodeId(0), by: -10_000_000_000 });
    scenario.add(at(1_000), ask(0, 0, WRITE));
    scenario.add(at(2_000), ask(0, 3, READ));
    let sim = run(scenario, at(4_000));
    assert_eq!(answers(&sim), [Some("done".into()), Some("1".into())]);
    assert_eq!(broken(&sim), [""; 0]);
}

#[test]
fn the_curve_is_that_of_the_store_that_runs() {
    let theory = |nodes: u16, replicas: i64, read: i64, write: i64| {
        let mut scenario = with(scenario("quorums", 1), &[("replicas", replicas), ("read-quorum", read), ("write-quorum", write)]);
        scenario.nodes = nodes;
        match start(scenario).theory() {
            Some(Theory::Quorums { replicas, read, write }) => (replicas, read, write),
            _ => panic!("there is a formula for quorums"),
        }
    };
    assert_eq!(theory(9, 9, 4, 3), (9, 4, 3));
    assert_eq!(theory(5, 9, 7, 6), (5, 5, 5));
    assert_eq!(theory(5, 3, 9, 1), (3, 3, 1));
}
