//! The log and its acknowledgements: “done” means exactly what the settings say.

use super::*;
use faultline::scenario::Disk;
use faultline::sim::{Chance, LinkRule};
use std::collections::BTreeSet;

/// No value is lost.
const NONE: [u32; 0] = [];
const WRITE: u8 = 1;
const PROMOTE: u8 = 2;
const NOBODY: (&str, i64) = ("wait-for", 0);
const ONE: (&str, i64) = ("wait-for", 1);
const MAJORITY: (&str, i64) = ("wait-for", 2);
const ALL: (&str, i64) = ("wait-for", 3);
const CARELESS: (&str, i64) = ("careful", 0);
const IN_MEMORY: (&str, i64) = ("on-disk", 0);

/// A storm in which replicas lose their patience quickly.
fn coup(seed: u64, settings: &[(&str, i64)]) -> Scenario {
    let quick = [("automatic", 1), ("heartbeat", Span::millis(40).0 as i64), ("patience", Span::millis(150).0 as i64)];
    let mut scenario = with(with(stormy("replicated-log", seed), &quick), settings);
    scenario.workload.as_mut().unwrap().limit = 30;
    scenario
}

/// The values whose writes were acknowledged and that are in the log of no running node.
fn lost(sim: &Sim) -> Vec<u32> {
    let mut kept = BTreeSet::new();
    for node in 0..sim.scenario().nodes {
        let node = NodeId(node);
        for widget in sim.view(node).widgets {
            if let faultline::view::Widget::Log { entries, .. } = widget
                && sim.status(node) == faultline::sim::NodeStatus::Up
            {
                kept.extend(entries.iter().map(|entry| entry.text.clone()));
            }
        }
    }
    let done = (0..sim.trace().ops() as u32).filter(|op| sim.describe_op(*op).1.as_deref() == Some("done"));
    let written = done.filter_map(|op| sim.describe_op(op).0.strip_prefix("write ").map(str::to_owned));
    written.filter(|value| !kept.contains(value)).map(|value| value.parse().unwrap()).collect()
}

#[test]
fn whatever_happens_a_careful_log_is_one_register() {
    let (mut answered, mut primaries) = (0, 0);
    for seed in 0..300 {
        for wait_for in [MAJORITY, ALL] {
            let sim = run(coup(seed, &[wait_for]), Time::ZERO + support::LENGTH);
            answered += sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1).count();
            primaries += usize::from((0..sim.scenario().nodes).any(|node| {
                let view = sim.view(NodeId(node));
                node > 0 && view.role.is_some_and(|(role, _)| role == "primary")
            }));
            let judgement = linearizable(&sim);
            assert_eq!(judgement.kept, Some(true), "seed {seed} {wait_for:?}: {judgement}\n{}", History::of(&sim).to_edn());
        }
    }
    assert!(answered > 1_000 && primaries > 100, "{answered} operations were answered, {primaries} times by another primary");
}

#[test]
fn whatever_happens_what_is_acknowledged_is_copied() {
    for seed in 0..40 {
        for wait_for in [NOBODY, ONE, MAJORITY, ALL] {
            let mut sim = start(coup(seed, &[wait_for]));
            while sim.step_until(Time::ZERO + support::LENGTH) {
                let broken = broken(&sim);
                assert!(broken.iter().all(|id| *id == "one-primary"), "seed {seed} {wait_for:?} at {}: {:?}", sim.now(), sim.promises());
            }
        }
    }
}

/// Now a minority is cut off with its clients, now the power fails, and disks are slow.
fn trouble(seed: u64, nodes: u16, settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = coup(seed, settings);
    scenario = Scenario { settings: scenario.settings, nodes, clients: nodes, ..self::scenario("replicated-log", seed) };
    scenario.patience = Span::millis(300);
    scenario.network.latency = Latency::Exponential { min: Span::millis(1), mean: Span::millis(5) };
    scenario.disk = Disk { sync: Latency::Constant(Span::millis(20)), ..Disk::default() };
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(40) });
    scenario.workload = Some(Workload { pace, route: Route::Home, keys: 1, limit: 60 });
    let mut dice = support::Dice::new(seed);
    for round in 0..5 {
        let begin = 200 + 600 * round + dice.below(80);
        let first = dice.below(u64::from(nodes)) as u16;
        let second = dice.below(u64::from(nodes)) as u16;
        let cut_off = if nodes > 3 { vec![first, second] } else { vec![first] };
        let group = cut_off.iter().flat_map(|node| [NodeId(*node), NodeId(nodes + node)]).collect();
        scenario.add(at(begin), Input::Partition(vec![group]));
        scenario.add(at(begin + 450), Input::HealAll);
        let fails: Vec<u16> = if round % 2 == 1 { (0..nodes).collect() } else { vec![first] };
        for node in fails {
            let at_once = begin + 460;
            scenario.add(at(at_once), Input::Crash(NodeId(node)));
            scenario.add(at(at_once + 10), Input::Restart(NodeId(node)));
        }
    }
    scenario
}

#[test]
fn every_shortcut_is_caught() {
    let caught = |nodes: u16, settings: &[(&str, i64)]| {
        let (mut judged, mut seen) = (0, 0);
        for seed in 0..40 {
            let mut sim = start(trouble(seed, nodes, settings));
            seen += u32::from(ever_broken(&mut sim, at(3_500)).iter().any(|id| *id != "one-primary"));
            judged += u32::from(contradicts(&sim));
        }
        (judged, seen)
    };
    assert_eq!((caught(3, &[]), caught(5, &[])), ((0, 0), (0, 0)));
    for shortcut in [NOBODY, CARELESS, IN_MEMORY] {
        let (judged, seen) = caught(3, &[shortcut]);
        assert!(judged > 1, "{shortcut:?}: {judged} judged, {seen} seen");
        assert!(seen > 3 || shortcut != IN_MEMORY);
    }
}

#[test]
fn acknowledged_by_nobody_and_lost() {
    let lost_with = |wait_for| {
        let mut scenario = with(scenario("replicated-log", 1), &[wait_for]);
        scenario.add(at(100), ask(0, 0, WRITE));
        scenario.add(at(220), Input::Crash(NodeId(0)));
        scenario.add(at(400), ask(1, 1, PROMOTE));
        let sim = run(scenario, at(3_000));
        (answers(&sim)[0].clone(), lost(&sim))
    };
    assert_eq!(lost_with(NOBODY), (Some("done".into()), vec![1]));
    for safe in [ONE, MAJORITY, ALL] {
        assert_eq!(lost_with(safe), (None, vec![]), "{safe:?}: it was not acknowledged yet");
    }
}

#[test]
fn with_one_copy_the_right_replica_must_be_promoted() {
    let lost_with = |careful, chosen| {
        let mut scenario = with(scenario("replicated-log", 1), &[ONE, ("careful", careful)]);
        scenario.add(at(50), Input::Cut { from: NodeId(0), to: NodeId(2) });
        scenario.add(at(100), ask(0, 0, WRITE));
        scenario.add(at(600), Input::Crash(NodeId(0)));
        scenario.add(at(700), ask(1, chosen, PROMOTE));
        lost(&run(scenario, at(3_000)))
    };
    assert_eq!(lost_with(0, 2), [1]);
    assert_eq!(lost_with(0, 1), NONE);
    assert_eq!(lost_with(1, 2), NONE);
}

#[test]
fn an_old_primary_that_returns_is_cut_to_the_new_log() {
    let sim = |wait_for| {
        let mut scenario = with(scenario("replicated-log", 1), &[wait_for, CARELESS]);
        scenario.add(at(100), Input::Partition(vec![vec![NodeId(0), NodeId(3)]]));
        scenario.add(at(200), ask(0, 0, WRITE));
        scenario.add(at(500), ask(1, 1, PROMOTE));
        scenario.add(at(800), ask(1, 1, WRITE));
        scenario.add(at(1_500), Input::HealAll);
        run(scenario, at(4_000))
    };
    let sim_nobody = sim(NOBODY);
    assert_eq!((headlines(&sim_nobody), lost(&sim_nobody)), (vec!["4".to_owned(); 3], vec![1]));
    assert_eq!(lost(&sim(MAJORITY)), NONE);
}

/// A long log of an old term is not newer than a short one of a later term.
#[test]
fn the_newest_log_is_not_the_longest() {
    let mut scenario = scenario("replicated-log", 1);
    scenario.add(at(50), Input::Partition(vec![vec![NodeId(0), NodeId(3)]]));
    for write in 0..3 {
        scenario.add(at(100 + 10 * write), ask(0, 0, WRITE));
    }
    scenario.add(at(500), ask(1, 1, PROMOTE));
    scenario.add(at(1_000), ask(1, 1, WRITE));
    scenario.add(at(1_500), Input::Crash(NodeId(1)));
    scenario.add(at(1_510), Input::HealAll);
    scenario.add(at(1_511), ask(1, 2, PROMOTE));
    let sim = run(scenario, at(4_000));
    assert_eq!(answers(&sim)[4].as_deref(), Some("done"));
    assert_eq!(lost(&sim), NONE);
    assert_eq!(headlines(&sim)[2], headlines(&sim)[0]);
}

/// Whoever has promised to obey a new primary must not forget it, or the old one goes on with its help.
#[test]
fn a_promise_to_obey_survives_a_crash() {
    let mut scenario = scenario("replicated-log", 1);
    let slow = Disk { sync: Latency::Constant(Span::millis(300)), ..Disk::default() };
    scenario.patience = Span::secs(5);
    for (from, to) in [(0, 1), (1, 0)] {
        scenario.add(at(500), Input::Cut { from: NodeId(from), to: NodeId(to) });
    }
    scenario.add(at(900), Input::Disk { node: NodeId(2), disk: slow });
    scenario.add(at(1_000), ask(1, 1, PROMOTE));
    scenario.add(at(1_200), Input::Crash(NodeId(2)));
    scenario.add(at(1_201), Input::Cut { from: NodeId(1), to: NodeId(2) });
    scenario.add(at(1_210), Input::Restart(NodeId(2)));
    scenario.add(at(1_300), ask(0, 0, WRITE));
    scenario.add(at(3_000), Input::HealAll);
    let sim = run(scenario, at(6_000));
    assert_eq!(answers(&sim)[1].as_deref(), Some("done"));
    assert_eq!(lost(&sim), NONE);
}

/// The second copy of a write comes when another one has been written.
#[test]
fn a_write_that_is_asked_for_twice_is_carried_out_once() {
    for seed in 0..20 {
        let mut scenario = scenario("replicated-log", seed);
        scenario.patience = Span::secs(10);
        let latency = Some(Latency::Uniform { min: Span::millis(10), max: Span::secs(3) });
        let rule = LinkRule { latency, duplicate: Some(Chance::percent(100)), ..LinkRule::default() };
        scenario.add(at(0), Input::Link { from: NodeId(3), to: NodeId(0), rule });
        scenario.add(at(10), ask(0, 0, WRITE));
        for round in 1..8 {
            scenario.add(at(500 * round), ask(1, 0, WRITE));
            scenario.add(at(500 * round + 250), ask(1, 0, 0));
        }
        assert_eq!(linearizable(&run(scenario, at(9_000))).kept, Some(true), "seed {seed}");
    }
}

#[test]
fn a_power_cut_takes_what_was_only_in_memory() {
    let lost_with = |on_disk| {
        let mut scenario = with(scenario("replicated-log", 1), &[MAJORITY, ("on-disk", on_disk)]);
        scenario.disk = Disk { sync: Latency::Constant(Span::millis(400)), ..Disk::default() };
        scenario.patience = Span::secs(5);
        scenario.add(at(1_000), ask(0, 0, WRITE));
        let written = run(scenario.clone(), at(6_000));
        let done = written.trace().rows().unwrap().find(|row| row.kind == EventKind::Return).unwrap().time;
        for node in 0..3 {
            scenario.add(done + Span(1), Input::Crash(NodeId(node)));
            scenario.add(done + Span::millis(100), Input::Restart(NodeId(node)));
        }
        lost(&run(scenario, at(9_000)))
    };
    assert_eq!(lost_with(0), [1]);
    assert_eq!(lost_with(1), NONE);
}

/// Each node crashes once at every event of a run with three writes, and somebody else is promoted.
#[test]
fn no_single_crash_loses_what_was_acknowledged() {
    let losses = |settings: &[(&str, i64)]| {
        let mut base = with(scenario("replicated-log", 1), settings);
        // One replica is far away, and the operator promotes it.
        let far = LinkRule { latency: Some(Latency::Constant(Span::millis(400))), ..LinkRule::default() };
        base.add(at(0), Input::Link { from: NodeId(0), to: NodeId(2), rule: far });
        for write in 0..3 {
            base.add(at(100 + 150 * write), ask(0, 0, WRITE));
        }
        let whole = run(base.clone(), at(1_200));
        let times: BTreeSet<Time> = whole.trace().rows().unwrap().map(|row| row.time).filter(|time| *time >= at(100)).collect();
        let mut losses = 0;
        for (&time, node) in times.iter().flat_map(|time| (0..3).map(move |node| (time, NodeId(node)))) {
            let mut scenario = base.clone();
            scenario.add(time, Input::Crash(node));
            if node == NodeId(0) {
                scenario.add(time + Span::millis(50), ask(1, 2, PROMOTE));
            }
            losses += usize::from(!lost(&run(scenario, time + Span::secs(2))).is_empty());
        }
        (losses, times.len())
    };
    for settings in [&[ONE][..], &[MAJORITY], &[ALL], &[ALL, CARELESS]] {
        let (losses, moments) = losses(settings);
        assert!(losses == 0 && moments > 40, "{settings:?}: {losses} of {moments}");
    }
    assert!(losses(&[NOBODY]).0 > 0 && losses(&[MAJORITY, CARELESS]).0 > 0);
}

/// One message and one answer for every replica.
#[test]
fn messages_are_counted_exactly() {
    for nodes in 2..=9 {
        let count = |ops: &[Input]| {
            let mut scenario = with(scenario("replicated-log", 3), &[("heartbeat", Span::secs(60).0 as i64)]);
            scenario.nodes = nodes;
            for op in ops {
                scenario.add(at(1_000), op.clone());
            }
            messages(&run(scenario, at(5_000)))
        };
        let others = usize::from(nodes) - 1;
        let idle = count(&[]);
        assert_eq!(idle, 2 * others, "the primary introduces itself");
        assert_eq!(count(&[ask(0, 0, WRITE)]), idle + 2 * others);
        // Asked, obeyed, told.
        assert_eq!(count(&[ask(0, 1, PROMOTE)]), idle + 4 * others);
    }
}

#[test]
fn waiting_for_fewer_is_faster() {
    let median = |wait_for| {
        let mut scenario = with(scenario("replicated-log", 9), &[wait_for]);
        scenario.nodes = 5;
        scenario.network.latency = Latency::Exponential { min: Span::millis(5), mean: Span::millis(40) };
        scenario.network.loss = Chance::NEVER;
        for write in 0..60 {
            scenario.add(at(500 + 700 * write), ask(0, 0, WRITE));
        }
        let mut taken = taken(&run(scenario, at(60_000)));
        taken.sort_unstable();
        taken[taken.len() / 2]
    };
    let medians = [NOBODY, ONE, MAJORITY, ALL].map(median);
    assert!(medians.is_sorted() && medians[0] < medians[3], "{medians:?}");
}
