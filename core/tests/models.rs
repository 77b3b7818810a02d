//! What each model promises and what it is known to get wrong, in runs of the engine.

mod support;

use faultline::models::Library;
use faultline::protocol::ParamKind;
use faultline::scenario::{Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, EventKind, Latency, NodeId, Sim, Span, Time};
use support::promises::broken;

fn scenario(model: &str, seed: u64) -> Scenario {
    Scenario::new(Library::standard().find(model).unwrap().about(), seed)
}

fn busy(model: &str, seed: u64, pace: Pace) -> Scenario {
    Scenario { workload: Some(Workload { pace, route: Route::To(NodeId(0)), keys: 1, limit: u32::MAX }), ..scenario(model, seed) }
}

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

fn run(scenario: Scenario, ms: u64) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(at(ms));
    sim
}

/// A field of a node's view.
fn shows(sim: &Sim, node: u16, field: &str) -> String {
    let view = sim.view(NodeId(node));
    let found = view.widgets.iter().find_map(|widget| match widget {
        faultline::view::Widget::Field { name, value } if *name == field => Some(value.text.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("n{} shows no {field}", node + 1))
}

/// The value of the last write that was answered.
fn last_written(sim: &Sim) -> u32 {
    let returns = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1);
    let mut written = returns.filter_map(|row| sim.describe_op(row.subject).0.strip_prefix("write ")?.parse().ok());
    written.next_back().expect("some write was answered")
}

#[test]
fn a_backup_takes_over_when_the_primary_dies_and_no_answered_write_is_lost() {
    let mut scenario = busy("primary-backup", 1, Pace::Closed(Latency::Constant(Span::millis(20))));
    scenario.add(at(3_000), Input::Crash(NodeId(0)));
    let sim = run(scenario, 6_000);
    assert_eq!(sim.view(NodeId(1)).role.unwrap().0, "primary");
    // Values grow. A write that was not answered may have been kept too.
    assert!(shows(&sim, 1, "value").parse::<u32>().unwrap() >= last_written(&sim));
}

#[test]
fn a_write_that_waits_for_nobody_can_be_answered_and_lost() {
    let value_after_failover = |wait_for: i64| {
        let mut scenario = busy("primary-backup", 1, Pace::Closed(Latency::Constant(Span::millis(20))));
        scenario.settings.insert("wait-for".into(), wait_for);
        // The client stays with the primary; then the primary dies.
        scenario.add(at(2_000), Input::Partition(vec![vec![NodeId(0), NodeId(3)]]));
        scenario.add(at(2_500), Input::Crash(NodeId(0)));
        let sim = run(scenario, 6_000);
        (shows(&sim, 1, "value").parse::<u32>().unwrap(), last_written(&sim))
    };
    let (kept, answered) = value_after_failover(2);
    assert!(kept < answered, "{kept} was kept, {answered} was answered");
    let (kept, answered) = value_after_failover(0);
    assert!(kept >= answered, "{kept} was kept, {answered} was answered");
}

#[test]
fn a_partition_leaves_two_primaries_and_healing_leaves_one() {
    let mut scenario = scenario("primary-backup", 1);
    scenario.add(at(1_000), Input::Partition(vec![vec![NodeId(0)]]));
    scenario.add(at(4_000), Input::HealAll);
    assert_eq!(broken(&run(scenario.clone(), 900)), [""; 0]);
    assert_eq!(broken(&run(scenario.clone(), 3_000)), ["one-primary"]);
    assert_eq!(broken(&run(scenario, 5_000)), [""; 0]);
}

#[test]
fn no_faults_make_two_copies_of_a_version_differ() {
    for seed in 0..60 {
        let mut scenario = busy("primary-backup", seed, Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(30) }));
        scenario.nodes = 4;
        scenario.workload.as_mut().unwrap().route = Route::Random;
        scenario.network.loss = Chance::percent(10);
        scenario.network.duplicate = Chance::percent(10);
        for round in 0..8 {
            let node = NodeId(((seed + round * 7) % 4) as u16);
            scenario.add(at(500 + round * 900), Input::Crash(node));
            scenario.add(at(500 + round * 900 + 50 * (seed % 17)), Input::Restart(node));
        }
        let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
        while sim.step_until(at(8_000)) {
            assert!(!broken(&sim).contains(&"same-stamp-same-value"), "seed {seed} at {}: {:?}", sim.now(), sim.promises());
        }
    }
}

#[test]
fn retries_turn_a_short_stall_into_a_long_one() {
    // 30 requests a second for a server that can do 50, and stands still for two seconds.
    let stalled = |retries: i64| {
        let mut scenario = busy("queue-server", 4, Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(100) }));
        scenario.patience = Span::secs(30);
        scenario.settings.extend([("retries".into(), retries), ("room".into(), 1_000)]);
        scenario.add(at(5_000), Input::Pause(NodeId(1)));
        scenario.add(at(7_000), Input::Resume(NodeId(1)));
        let sim = run(scenario, 60_000);
        shows(&sim, 1, "too late").parse::<u32>().unwrap()
    };
    let (without, with) = (stalled(0), stalled(5));
    assert!(with > without * 3, "{without} too late without retries, {with} with");
}

#[test]
fn a_full_queue_turns_requests_away() {
    let mut scenario = busy("queue-server", 4, Pace::Open(Latency::Constant(Span::millis(10))));
    scenario.settings.extend([("room".into(), 3), ("retries".into(), 0)]);
    let sim = run(scenario, 5_000);
    assert!(shows(&sim, 1, "turned away").parse::<u32>().unwrap() > 100);
    assert!(
        sim.trace().rows().unwrap().any(|row| row.kind == EventKind::Return && row.detail == 0),
        "a caller that was turned away says so"
    );
}

#[test]
fn gossip_reaches_everybody_in_each_way() {
    for way in 0..3 {
        let mut scenario = scenario("gossip", 9);
        scenario.nodes = 50;
        scenario.settings.insert("way".into(), way);
        scenario.add(at(100), Input::Invoke { client: 0, node: NodeId(7), op: 1, argument: 0 });
        let sim = run(scenario, 10_000);
        assert!((0..50).all(|node| shows(&sim, node, "value") == "1"), "way {way}");
    }
}

#[test]
fn a_rumor_dies_out() {
    for interest in 1..3 {
        let mut scenario = scenario("gossip", 9);
        scenario.nodes = 50;
        scenario.settings.insert("interest".into(), interest);
        scenario.add(at(100), Input::Invoke { client: 0, node: NodeId(7), op: 1, argument: 0 });
        let sends = |sim: &Sim| sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Send).count();
        let sim = run(scenario.clone(), 20_000);
        assert!(sends(&sim) > 50);
        assert_eq!(sends(&sim), sends(&run(scenario, 30_000)));
    }
}

/// A model says what kind of object its clients ask: its own words must be words of that.
#[test]
fn every_model_speaks_the_words_of_its_object() {
    use faultline::judge::history::History;
    use faultline::judge::spec::Case;
    let mut judged = Vec::new();
    let library = Library::standard();
    for model in library.models().iter().filter(|model| !model.about().ops.is_empty()) {
        let id = model.about().id;
        let sim = run(busy(id, 1, Pace::Closed(Latency::Constant(Span::millis(20)))), 2_000);
        let history = History::of(&sim);
        if let Err(fault) = Case::of(&history, sim.object(), &sim.initial()) {
            panic!("{id}: {fault}\n{}", history.to_edn());
        }
        judged.extend(history.ops.iter().any(|op| op.ret.is_some()).then_some(id));
    }
    assert!(judged.len() > 8 && judged.contains(&"lock-service"), "{judged:?}");
}

#[test]
fn an_account_is_full_at_some_point_and_does_not_begin_anew_below_zero() {
    let mut scenario = scenario("account", 1);
    for ms in [0, 500] {
        scenario.add(at(ms), Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: i64::MAX });
    }
    assert_eq!(shows(&run(scenario, 2_000), 0, "balance"), i64::MAX.to_string());
}

/// The server has no room for a caller's first try, and its word of that is slow: it arrives during the
/// second try, for which there is room.
#[test]
fn what_became_of_an_earlier_try_says_nothing_about_a_later_one() {
    let mut scenario = scenario("queue-server", 1);
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario.patience = Span::secs(30);
    let settings = [("service", 20_000_000), ("variation", 0), ("room", 0), ("patience", 50_000_000), ("pause", 0), ("retries", 1)];
    scenario.settings.extend(settings.map(|(key, value)| (key.to_owned(), value)));
    let [caller, server] = [NodeId(0), NodeId(1)];
    scenario.add(at(0), Input::Message { from: server, to: caller, nth: 0, fate: Fate::Delay(Span::millis(40)) });
    scenario.add(at(0), Input::Invoke { client: 0, node: server, op: 0, argument: 0 });
    scenario.add(at(0), Input::Invoke { client: 1, node: caller, op: 0, argument: 0 });
    let sim = run(scenario, 5_000);
    let answers: Vec<_> = (0..2).map(|op| sim.describe_op(op).1.unwrap()).collect();
    assert_eq!(answers, ["done", "done"]);
    assert_eq!((shows(&sim, 0, "calls sent"), shows(&sim, 0, "given up"), shows(&sim, 1, "served")), ("2".into(), "0".into(), "2".into()));
}

#[test]
fn every_setting_is_read_as_it_is_shown_and_refused_with_its_name() {
    for spec in Library::standard().models().iter().flat_map(|model| model.about().params) {
        let (kind, (min, max)) = (spec.kind, spec.kind.range());
        for value in [min, kind.default(), max] {
            assert_eq!(kind.read(spec.key, &kind.show(value)), Ok(value), "{}", spec.key);
        }
        for wrong in [max + 1, min - 1] {
            let why = kind.check(spec.key, wrong).unwrap_err();
            assert!(why.starts_with(spec.key), "{why}");
        }
        assert!(kind.read(spec.key, "neither nor").is_err());
    }
    // A share is shown as one also where it is refused.
    let chance = ParamKind::Chance { default: 0 };
    assert_eq!(chance.check("loss", 1_000_001).unwrap_err(), "loss goes from 0% to 100%, not 1000001 parts of a million");
    assert_eq!(ParamKind::Switch { default: true }.read("writes", "yes").unwrap_err(), "writes is on or off, not “yes”");
}
