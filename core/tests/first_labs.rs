//! The models of the first labs: a cluster in its five states, a server that is dead or slow, and two
//! generals.

mod support;

use faultline::models::Library;
use faultline::scenario::{Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{EventKind, Latency, LinkRule, NodeId, Sim, Span, Time};
use faultline::view::Widget;
use support::promises::broken;

fn scenario(model: &str, seed: u64) -> Scenario {
    Scenario::new(Library::standard().find(model).unwrap().about(), seed)
}

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn run(scenario: &Scenario, ms: u64) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario.clone()).unwrap();
    sim.run_until(at(ms));
    sim
}

fn role(sim: &Sim, node: u16) -> &'static str {
    sim.view(NodeId(node)).role.map_or("", |(role, _)| role)
}

fn shows(sim: &Sim, node: u16, field: &str) -> u64 {
    let view = sim.view(NodeId(node));
    let found = view.widgets.iter().find_map(|widget| match widget {
        Widget::Field { name, value } if *name == field => value.text.parse().ok(),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("n{} shows no {field}", node + 1))
}

const WRITE: u8 = 1;

fn ask(op: u8, argument: i64) -> Input {
    Input::Invoke { client: 0, node: NodeId(0), op, argument }
}

// ---- a cluster --------------------------------------------------------------------------------

#[test]
fn a_cluster_without_faults_keeps_every_promise() {
    let mut scenario = scenario("cluster", 1);
    scenario.add(at(1_000), ask(WRITE, 0));
    for ms in [900, 1_600, 5_000] {
        assert_eq!(broken(&run(&scenario, ms)), [""; 0], "at {ms} ms");
    }
    let sim = run(&scenario, 5_000);
    assert_eq!([0, 1, 2, 3].map(|node| role(&sim, node)), ["load balancer", "in charge", "member", "member"]);
    assert_eq!(sim.describe_op(0).1.as_deref(), Some("done"));
}

/// The layer that makes messages of calls: it waits as long as the patience says, and then gives up; what comes
/// later is nobody's answer any more.
#[test]
fn a_call_waits_for_its_answer_and_is_given_up() {
    let calls = |sim: &Sim| match sim.view(NodeId(0)).widgets.into_iter().find(|widget| widget.name() == "RPC layer") {
        Some(Widget::Calls { waiting, given_up, .. }) => (waiting, given_up),
        other => panic!("{other:?}"),
    };
    let mut asked = scenario("cluster", 1);
    asked.network.latency = Latency::Constant(Span::millis(50));
    asked.add(at(1_000), ask(WRITE, 0));
    assert_eq!(calls(&run(&asked, 1_040)), (vec![], 0), "the request is on its way");
    let (waiting, given_up) = calls(&run(&asked, 1_060));
    let [call] = waiting.as_slice() else { panic!("one call waits") };
    assert_eq!((call.what.as_str(), call.of, call.patience), ("write 1 to key 0", NodeId(1), Span::millis(800)));
    assert!(call.left > Span::millis(780) && call.left < call.patience, "{}", call.left);
    assert_eq!(given_up, 0);
    assert_eq!(calls(&run(&asked, 2_000)), (vec![], 0), "answered");

    // The answer takes longer than the patience: the write is done, and nobody says so.
    let mut late = asked.clone();
    late.add(
        at(500),
        Input::Link {
            from: NodeId(1),
            to: NodeId(0),
            rule: LinkRule { latency: Some(Latency::Constant(Span::secs(1))), ..LinkRule::default() },
        },
    );
    assert_eq!(calls(&run(&late, 1_849)).0.len(), 1);
    let sim = run(&late, 4_000);
    assert_eq!(calls(&sim), (vec![], 1));
    assert_eq!((sim.describe_op(0).1, broken(&sim).contains(&"maps-agree")), (None, false));
    assert_eq!(sim.view(NodeId(2)).headline.map(|value| value.text).as_deref(), Some("1"));
}

/// Members that do not hear each other are both in charge. It is a split brain when both have taken
/// writes, and over when they hear each other; their maps agree some time later.
#[test]
fn a_partition_a_split_brain_and_a_recovery() {
    let mut scenario = scenario("cluster", 1);
    scenario.add(at(1_000), ask(WRITE, 0));
    // n2 alone among members; the load balancer and the client reach everybody at first.
    for (from, to) in [(1, 2), (2, 1), (1, 3), (3, 1)] {
        scenario.add(at(2_000), Input::Cut { from: NodeId(from), to: NodeId(to) });
    }
    let sim = run(&scenario, 3_500);
    assert_eq!((role(&sim, 1), role(&sim, 2)), ("in charge", "in charge"));
    assert_eq!(broken(&sim), ["tables-agree", "all-are-up"], "both could act, but only one has");
    for write in 0..3 {
        scenario.add(at(3_600 + 200 * write), ask(WRITE, 0));
    }
    assert_eq!(broken(&run(&scenario, 4_500)), ["one-acts", "tables-agree", "all-are-up", "maps-agree"]);
    scenario.add(at(5_000), Input::HealAll);
    // It recovers with the first heartbeats.
    assert_eq!(broken(&run(&scenario, 5_005)), ["one-acts", "tables-agree", "all-are-up", "maps-agree"]);
    assert_eq!(broken(&run(&scenario, 6_000)), [""; 0]);
    scenario.add(at(7_000), Input::Partition(vec![vec![NodeId(1)]]));
    assert_eq!(broken(&run(&scenario, 9_000)), ["tables-agree", "all-are-up"]);
}

/// For a second and more n3 is down to one node and up to another, and nobody has crashed.
#[test]
fn two_truths_without_a_crash() {
    let mut scenario = scenario("cluster", 1);
    scenario.add(at(1_000), Input::Cut { from: NodeId(2), to: NodeId(1) });
    for ms in (2_000..4_000).step_by(50) {
        assert_eq!(broken(&run(&scenario, ms)), ["tables-agree", "all-are-up"], "at {ms} ms");
    }
    // What n2 says still reaches n3.
    let sim = run(&scenario, 4_000);
    let delivered = |from: u16, to: u16| {
        let rows = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Deliver && row.time > at(1_100));
        rows.filter(|row| row.node == NodeId(to) && row.peer == NodeId(from)).count()
    };
    assert!(delivered(1, 2) > 10 && delivered(2, 1) == 0);
}

#[test]
fn a_crash_forgets_the_table_and_a_pause_does_not() {
    let tables = |stop: Input, again: Input| {
        let mut scenario = scenario("cluster", 1);
        // n4 is out of n3's reach all the time, so n3 has it down.
        scenario.add(at(500), Input::Cut { from: NodeId(3), to: NodeId(2) });
        scenario.add(at(1_000), ask(WRITE, 0));
        scenario.add(at(3_000), stop);
        scenario.add(at(3_100), again);
        let sim = run(&scenario, 3_120);
        let view = sim.view(NodeId(2));
        let Some(Widget::Table { rows, .. }) = view.widgets.iter().find(|widget| widget.name() == "members") else { panic!() };
        (rows.iter().map(|(_, says)| says.text.clone()).collect::<Vec<_>>(), view.headline.unwrap().text)
    };
    assert_eq!(tables(Input::Crash(NodeId(2)), Input::Restart(NodeId(2))), (vec!["up".into(), "up".into()], "1".into()));
    assert_eq!(tables(Input::Pause(NodeId(2)), Input::Resume(NodeId(2))), (vec!["up".into(), "down".into()], "1".into()));
}

#[test]
fn whatever_happened_a_healed_cluster_agrees_again() {
    for seed in 0..40u64 {
        let mut scenario = scenario("cluster", seed);
        let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(100) });
        scenario.workload = Some(Workload { pace, route: Route::To(NodeId(0)), keys: 3, limit: 30 });
        for round in 0..4 {
            let (one, other) = (1 + ((seed + round) % 3) as u16, 1 + ((seed + round + 1) % 3) as u16);
            scenario.add(at(500 + 1_000 * round), Input::Cut { from: NodeId(one), to: NodeId(other) });
            scenario.add(at(700 + 1_000 * round), Input::Crash(NodeId(other)));
            scenario.add(at(900 + 1_000 * round), Input::Restart(NodeId(other)));
        }
        scenario.add(at(5_000), Input::HealAll);
        assert_eq!(broken(&run(&scenario, 60_000)), [""; 0], "seed {seed}");
    }
}

// ---- dead, or slow ----------------------------------------------------------------------------

/// What the client sees: what it asks and what it hears, and when.
fn seen_by_client(sim: &Sim) -> Vec<(Time, EventKind, u32)> {
    let client = NodeId(sim.scenario().nodes);
    let rows = sim.trace().rows().unwrap().filter(|row| row.node == client && row.kind != EventKind::Input);
    let seen = rows.filter(|row| matches!(row.kind, EventKind::Invoke | EventKind::Return | EventKind::Unknown));
    seen.map(|row| (row.time, row.kind, row.subject)).collect()
}

#[test]
fn five_causes_have_one_face() {
    const DEPOSIT: u8 = 1;
    let run_with = |inputs: &[(u64, Input)]| {
        let mut scenario = scenario("account", 1);
        for (ms, input) in inputs {
            scenario.add(at(*ms), input.clone());
        }
        scenario.add(at(100), ask(DEPOSIT, 10));
        let sim = run(&scenario, 5_000);
        (seen_by_client(&sim), shows(&sim, 0, "balance"))
    };
    let (server, client) = (NodeId(0), NodeId(2));
    let drop = |from, to| Input::Message { from, to, nth: 0, fate: Fate::Drop };
    let far = LinkRule { latency: Some(Latency::Constant(Span::secs(3))), ..LinkRule::default() };
    let causes = [
        ("the request is lost", vec![(0, drop(client, server))], 0),
        ("the answer is lost", vec![(0, drop(server, client))], 10),
        ("crashed before", vec![(110, Input::Crash(server))], 0),
        ("crashed after", vec![(0, drop(server, client)), (400, Input::Crash(server))], 10),
        ("merely slow", vec![(0, Input::Link { from: server, to: client, rule: far })], 10),
    ];
    let faces: Vec<_> = causes.iter().map(|(name, inputs, balance)| (name, run_with(inputs), balance)).collect();
    for (name, (face, found), balance) in &faces {
        assert_eq!(found, *balance, "{name}");
        assert_eq!(*face, faces[0].1.0, "{name}");
        assert_eq!(face.last().unwrap().1, EventKind::Unknown, "{name}");
    }
    let (face, _) = run_with(&[]);
    assert_eq!(face.last().unwrap().1, EventKind::Return);
}

#[test]
fn a_deposit_that_comes_twice_counts_once_if_it_has_an_identity() {
    let balance = |identity: i64| {
        let mut scenario = scenario("account", 1);
        scenario.settings.insert("identity".into(), identity);
        scenario.add(at(0), Input::Message { from: NodeId(2), to: NodeId(0), nth: 0, fate: Fate::Duplicate });
        scenario.add(at(100), ask(1, 10));
        shows(&run(&scenario, 5_000), 0, "balance")
    };
    assert_eq!((balance(0), balance(1)), (20, 10));
}

/// How many of the watcher's suspicions were false, in parts of all questions, and how long a dead
/// server is trusted, with round trips that are mostly short and sometimes long.
#[test]
fn a_short_timeout_suspects_the_slow_and_a_long_one_trusts_the_dead() {
    let measure = |timeout: u64| {
        let mut scenario = scenario("account", 7);
        scenario.settings.extend([("period".into(), Span::millis(200).0 as i64), ("timeout".into(), Span::millis(timeout).0 as i64)]);
        scenario.network.latency = Latency::Exponential { min: Span::millis(5), mean: Span::millis(30) };
        // It dies long after.
        scenario.add(at(300_100), Input::Crash(NodeId(0)));
        let before = run(&scenario, 300_000);
        let (in_time, late) = (shows(&before, 1, "answers in time"), shows(&before, 1, "answers too late"));
        assert!(in_time + late > 1_480);
        let mut sim = before;
        let mut ms = 300_100;
        while role(&sim, 1) != "takes it for dead" || ms == 300_100 {
            ms += 1;
            sim.run_until(at(ms));
        }
        (late as f64 / (in_time + late) as f64, ms - 300_100)
    };
    let (eager, balanced, patient) = (measure(60), measure(230), measure(2_000));
    assert!(eager.0 > 0.3 && eager.1 < 400, "{eager:?}");
    assert!(balanced.0 > 0.0 && balanced.0 <= 0.01 && balanced.1 <= 500, "{balanced:?}");
    assert!(patient.0 == 0.0 && patient.1 > 1_500, "{patient:?}");
}

#[test]
fn a_false_suspicion_breaks_the_promise_and_a_right_one_does_not() {
    let mut slow = scenario("account", 1);
    slow.add(at(1_000), Input::Pause(NodeId(0)));
    assert_eq!(broken(&run(&slow, 900)), [""; 0]);
    assert_eq!(broken(&run(&slow, 2_000)), ["suspicion-is-right"]);
    let mut dead = scenario("account", 1);
    dead.add(at(1_000), Input::Crash(NodeId(0)));
    let sim = run(&dead, 2_000);
    assert_eq!((role(&sim, 1), broken(&sim)), ("takes it for dead", vec![]));
}

// ---- two generals -----------------------------------------------------------------------------

/// Every number of acknowledgements and every set of lost messengers: one of them always leaves one
/// general alone, and it is the last.
#[test]
fn whatever_is_agreed_the_loss_of_the_last_messenger_divides_them() {
    for acknowledgements in 0..=8u32 {
        let divided: Vec<u32> = (0..1u32 << (acknowledgements + 1))
            .filter(|lost| {
                let mut scenario = scenario("two-generals", 1);
                scenario.settings.insert("acknowledgements".into(), acknowledgements.into());
                for number in (0..=acknowledgements).filter(|number| lost >> number & 1 == 1) {
                    let from = (number % 2) as u16;
                    let link = (NodeId(from), NodeId(1 - from));
                    scenario.add(at(0), Input::Message { from: link.0, to: link.1, nth: number / 2, fate: Fate::Drop });
                }
                !broken(&run(&scenario, 1_500)).is_empty()
            })
            .collect();
        assert_eq!(divided, [1 << acknowledgements], "{acknowledgements} acknowledgements");
    }
}

#[test]
fn generals_attack_when_all_messengers_arrive() {
    for acknowledgements in 0..=8 {
        let mut scenario = scenario("two-generals", 1);
        scenario.settings.insert("acknowledgements".into(), acknowledgements);
        let sim = run(&scenario, 1_500);
        assert_eq!((role(&sim, 0), role(&sim, 1)), ("attacks", "attacks"));
    }
}
