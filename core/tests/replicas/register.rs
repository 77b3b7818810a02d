//! The register: by majority it is one register, at hand it always answers, and nothing is both.

use super::*;
use faultline::scenario::Fate;
use faultline::sim::{Chance, LinkRule};

const READ: u8 = 0;
const WRITE: u8 = 1;

#[test]
fn whatever_happens_by_majority_it_is_one_register() {
    let mut answered = 0;
    for seed in 0..400 {
        let sim = run(stormy("register", seed), Time::ZERO + support::LENGTH);
        answered += sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1).count();
        let judgement = linearizable(&sim);
        assert_eq!(judgement.kept, Some(true), "seed {seed}: {judgement}\n{}", History::of(&sim).to_edn());
    }
    assert!(answered > 1_000, "{answered} operations were answered");
}

#[test]
fn whatever_happens_what_was_told_is_kept() {
    for seed in 0..60 {
        let mut sim = start(stormy("register", seed));
        while sim.step_until(Time::ZERO + support::LENGTH) {
            assert_eq!(broken(&sim), [""; 0], "seed {seed} at {}: {:?}", sim.now(), sim.promises());
        }
    }
}

#[test]
fn reads_that_do_not_write_back_are_caught() {
    let (mut judged, mut seen) = (0, 0);
    for seed in 0..400 {
        let mut sim = start(with(stormy("register", seed), &[("write-back", 0)]));
        seen += u32::from(ever_broken(&mut sim, Time::ZERO + support::LENGTH).contains(&"told-is-kept"));
        judged += u32::from(contradicts(&sim));
    }
    assert!(judged > 2 && seen > 20, "{judged} judged, {seen} seen");
}

/// While a write is on its way, one read meets it and a later one does not (Kleppmann, “Designing
/// Data-Intensive Applications”, figure 9-6): three clients, quorums of two in three, no fault.
#[test]
fn overlapping_quorums_are_not_enough() {
    let values = |write_back: i64| {
        let mut scenario = with(scenario("register", 1), &[("write-back", write_back)]);
        scenario.clients = 3;
        scenario.network.latency = Latency::Constant(Span::millis(10));
        let far = LinkRule { latency: Some(Latency::Constant(Span::millis(300))), ..LinkRule::default() };
        // What the writer, n1, sends after its question takes long.
        scenario.add(at(10), ask(0, 0, WRITE));
        scenario.add(at(45), Input::Link { from: NodeId(0), to: NodeId(1), rule: far.clone() });
        scenario.add(at(45), Input::Link { from: NodeId(0), to: NodeId(2), rule: far.clone() });
        // n2 hears from n1 before it hears from n3; n3 hears from n2 before it hears from n1.
        scenario.add(at(50), Input::Link { from: NodeId(0), to: NodeId(1), rule: LinkRule::default() });
        scenario.add(at(50), Input::Link { from: NodeId(2), to: NodeId(1), rule: far });
        scenario.add(at(70), ask(1, 1, READ));
        scenario.add(at(160), Input::Link { from: NodeId(2), to: NodeId(1), rule: LinkRule::default() });
        scenario.add(at(170), ask(2, 2, READ));
        let sim = run(scenario, at(2_000));
        (answers(&sim), linearizable(&sim).kept)
    };
    let some = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned())).to_vec();
    assert_eq!(values(0), (some(["done", "1", "0"]), Some(false)));
    assert_eq!(values(1), (some(["done", "1", "1"]), Some(true)));
}

#[test]
fn at_hand_nodes_contradict_one_another() {
    let caught = (0..60).filter(|seed| {
        let sim = run(with(stormy("register", *seed), &[("mode", 1)]), Time::ZERO + support::LENGTH);
        contradicts(&sim)
    });
    assert!(caught.count() > 20);
}

/// Two clients write at two nodes at random times over a bad network; then everything is heard.
fn two_writers(seed: u64, versions: i64) -> Sim {
    let mut scenario = with(scenario("register", seed), &[("mode", 1), ("versions", versions)]);
    scenario.network.loss = Chance::percent(20);
    scenario.network.duplicate = Chance::percent(10);
    let pace = Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(60) });
    scenario.workload = Some(Workload { pace, route: Route::Home, keys: 1, limit: 6 });
    scenario.add(at(100), Input::Partition(vec![vec![NodeId(0)]]));
    scenario.add(at(250), Input::HealAll);
    // Nothing is left to happen: no message, no timer.
    run(scenario, Time::NEVER)
}

#[test]
fn with_versions_all_end_with_the_same_and_without_they_may_not() {
    let mut apart = 0;
    for seed in 0..100 {
        let values = headlines(&two_writers(seed, 1));
        assert!(values.iter().all(|value| *value == values[0]), "seed {seed}: {values:?}");
        let values = headlines(&two_writers(seed, 0));
        apart += usize::from(values.iter().any(|value| *value != values[0]));
    }
    assert!(apart > 30, "{apart}");
}

#[test]
fn two_who_write_at_once_may_stay_swapped_for_ever() {
    let swapped = |versions: i64| {
        let mut scenario = with(scenario("register", 1), &[("mode", 1), ("versions", versions)]);
        scenario.add(at(100), ask(0, 0, WRITE));
        scenario.add(at(100), ask(1, 1, WRITE));
        headlines(&run(scenario, Time::NEVER))[..2].to_vec()
    };
    assert_eq!(swapped(0), ["2", "1"]);
    assert_eq!(swapped(1)[0], swapped(1)[1]);
}

/// Two phases of a question and an answer with every other node, and nothing else.
#[test]
fn messages_are_counted_exactly() {
    let count = |nodes: u16, op: u8, settings: &[(&str, i64)]| {
        let mut scenario = with(scenario("register", 3), settings);
        scenario.nodes = nodes;
        scenario.add(at(10), ask(0, 0, op));
        messages(&run(scenario, Time::NEVER))
    };
    for nodes in 2..=9 {
        let others = usize::from(nodes) - 1;
        assert_eq!(count(nodes, WRITE, &[]), 4 * others);
        assert_eq!(count(nodes, READ, &[]), 4 * others);
        assert_eq!(count(nodes, READ, &[("write-back", 0)]), 2 * others);
        assert_eq!(count(nodes, WRITE, &[("mode", 1)]), 2 * others);
        assert_eq!(count(nodes, READ, &[("mode", 1)]), 0);
    }
}

#[test]
fn without_any_cut_consistency_costs_time_and_time_costs_consistency() {
    let mut scenario = scenario("register", 5);
    scenario.network.latency = Latency::Constant(Span::millis(50));
    // The second node is far from the first, and each client is near its own.
    let far = LinkRule { latency: Some(Latency::Constant(Span::millis(150))), ..LinkRule::default() };
    scenario.add(at(0), Input::Link { from: NodeId(0), to: NodeId(1), rule: far });
    scenario.add(at(10), ask(0, 0, WRITE));
    // The write was answered at 115 ms, if nobody else was asked.
    scenario.add(at(116), ask(1, 1, READ));
    let agreed = run(scenario.clone(), at(1_000));
    let at_hand = run(with(scenario, &[("mode", 1)]), at(1_000));
    assert!(taken(&agreed)[0] >= Span::millis(300), "{:?}", taken(&agreed));
    assert_eq!(linearizable(&agreed).kept, Some(true));
    assert!(taken(&at_hand).iter().all(|taken| *taken <= Span::millis(105)));
    assert_eq!(answers(&at_hand), [Some("done".into()), Some("0".into())]);
    assert_eq!(linearizable(&at_hand).kept, Some(false));
}

#[test]
fn in_a_cut_a_majority_goes_on_and_a_minority_refuses() {
    let mut scenario = scenario("register", 2);
    let minority = vec![NodeId(2), NodeId(4)];
    scenario.add(at(10), Input::Partition(vec![minority]));
    scenario.add(at(20), ask(0, 0, WRITE));
    scenario.add(at(20), ask(1, 2, WRITE));
    assert_eq!(answers(&run(scenario.clone(), at(2_000))), [Some("done".into()), Some("no majority".into())]);
    assert_eq!(answers(&run(with(scenario, &[("mode", 1)]), at(2_000))), [Some("done".into()), Some("done".into())]);
}

#[test]
fn half_of_the_nodes_are_no_majority() {
    for nodes in [2, 4] {
        let mut scenario = scenario("register", 2);
        scenario.nodes = nodes;
        scenario.add(at(10), Input::Partition(vec![(0..nodes / 2).chain([nodes]).map(NodeId).collect()]));
        for op in [READ, WRITE] {
            scenario.add(at(20), ask(0, 0, op));
            scenario.add(at(20), ask(1, nodes - 1, op));
        }
        let answers = answers(&run(scenario, at(2_000)));
        assert!(answers.iter().all(|answer| answer.as_deref() == Some("no majority")), "{nodes} nodes: {answers:?}");
    }
}

/// The second copy of a write comes when others have long written again.
#[test]
fn a_write_that_is_asked_for_twice_is_carried_out_once() {
    for seed in 0..40 {
        let mut scenario = scenario("register", seed);
        scenario.patience = Span::secs(10);
        let latency = Some(Latency::Uniform { min: Span::millis(10), max: Span::secs(3) });
        let rule = LinkRule { latency, duplicate: Some(Chance::percent(100)), ..LinkRule::default() };
        scenario.add(at(0), Input::Link { from: NodeId(3), to: NodeId(0), rule });
        scenario.add(at(10), ask(0, 0, WRITE));
        for round in 1..8 {
            scenario.add(at(700 * round), ask(1, 1, WRITE));
            scenario.add(at(700 * round + 350), ask(1, 2, READ));
        }
        let sim = run(scenario, at(9_000));
        assert_eq!(linearizable(&sim).kept, Some(true), "seed {seed}");
    }
}

/// What one try to keep both promises came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    available: bool,
    linearizable: bool,
}

/// A cut from the first moment to the last. One client asks on one side; when it is answered, another
/// one asks on the other side. Each is given five seconds.
fn across_a_cut(base: &Scenario, side: u16, first: (u16, u8), second: (u16, u8)) -> Kept {
    let mut scenario = base.clone();
    scenario.patience = Span::secs(5);
    let nodes = scenario.nodes;
    let mut members: Vec<NodeId> = (0..nodes).filter(|node| side >> node & 1 == 1).map(NodeId).collect();
    members.push(NodeId(nodes));
    scenario.add(Time::ZERO, Input::Partition(vec![members]));
    scenario.add(at(1), ask(0, first.0, first.1));
    let sim = run(scenario.clone(), at(6_000));
    let ended = sim.trace().rows().unwrap().find(|row| matches!(row.kind, EventKind::Return | EventKind::Unknown)).unwrap().time;
    scenario.add(ended + Span(1), ask(1, second.0, second.1));
    let sim = run(scenario, at(12_000));
    let answered = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1).count();
    Kept { available: answered == 2, linearizable: linearizable(&sim).kept.unwrap() }
}

/// Every way to cut two or three nodes in two, every node on either side to write and then to read
/// at, every setting of the model, and every fate (as it is, lost, late) of each of the first two
/// messages in either direction between two nodes that still reach one another.
#[test]
fn during_a_cut_nothing_keeps_both_promises() {
    let mut found = std::collections::BTreeMap::new();
    for nodes in 2..=3u16 {
        for side in 1..(1 << nodes) - 1u16 {
            let inside = |node: u16| side >> node & 1 == 1;
            let pair = (0..nodes).flat_map(|a| (0..nodes).map(move |b| (a, b))).find(|&(a, b)| a < b && inside(a) == inside(b));
            let links = pair.map_or(vec![], |(a, b)| vec![(a, b, 0), (b, a, 0), (a, b, 1), (b, a, 1)]);
            for (writer, reader) in (0..nodes).flat_map(|w| (0..nodes).map(move |r| (w, r))) {
                if !inside(writer) || inside(reader) {
                    continue;
                }
                for fates in 0..3u32.pow(links.len() as u32) {
                    let mut base = scenario("register", 1);
                    base.nodes = nodes;
                    for (place, &(from, to, nth)) in links.iter().enumerate() {
                        let fate = match fates / 3u32.pow(place as u32) % 3 {
                            0 => continue,
                            1 => Fate::Drop,
                            _ => Fate::Delay(Span::millis(450)),
                        };
                        base.add(Time::ZERO, Input::Message { from: NodeId(from), to: NodeId(to), nth, fate });
                    }
                    for settings in [
                        [("mode", 0), ("write-back", 1)],
                        [("mode", 0), ("write-back", 0)],
                        [("mode", 1), ("versions", 1)],
                        [("mode", 1), ("versions", 0)],
                    ] {
                        let kept = across_a_cut(&with(base.clone(), &settings), side, (writer, WRITE), (reader, READ));
                        *found.entry(kept).or_insert(0) += 1;
                    }
                }
            }
        }
    }
    assert_eq!(found.get(&Kept { available: true, linearizable: true }), None, "{found:?}");
    assert!(found[&Kept { available: true, linearizable: false }] > 0 && found[&Kept { available: false, linearizable: true }] > 0);
}

#[test]
fn reads_alone_keep_both_promises_during_a_cut() {
    let base = with(scenario("register", 1), &[("mode", 1)]);
    assert_eq!(across_a_cut(&base, 1, (0, READ), (1, READ)), Kept { available: true, linearizable: true });
}
