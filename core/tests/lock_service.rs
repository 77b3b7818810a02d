//! A lock with a time limit: what it cannot promise, and what a file that checks tokens can.

mod support;

use faultline::judge::history::{History, Outcome};
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use faultline::models::Library;
use faultline::scenario::{Disk, Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, EventKind, Latency, Network, NodeId, Sim, Span, Time};
use faultline::view::Widget;
use support::Dice;
use support::promises::ever_broken;

const A: NodeId = NodeId(0);
const SERVER: NodeId = NodeId(3);
const STANDBY: NodeId = NodeId(4);
const FILE: NodeId = NodeId(5);

const PLAIN: (&str, i64) = ("release", 1);
const TEXTBOOK: (&str, i64) = ("release", 2);
const NO_FENCING: (&str, i64) = ("fencing", 0);
const LATE_COPIES: (&str, i64) = ("copies", 1);

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

/// Every message takes 10 ms and every sync 5 ms. A lock lasts 2 s, work under it half a second.
fn scenario(settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find("lock-service").unwrap().about(), 1);
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario.disk.sync = Latency::Constant(Span::millis(5));
    scenario.patience = Span::secs(20);
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario
}

fn update(scenario: &mut Scenario, ms: u64, process: u16) {
    scenario.add(at(ms), Input::Invoke { client: process, node: NodeId(process), op: 0, argument: 0 });
}

/// Runs a scenario and says what was broken at any moment.
fn watch(scenario: Scenario, ms: u64) -> (Sim, Vec<&'static str>) {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    let broken = ever_broken(&mut sim, at(ms));
    (sim, broken)
}

fn answers(sim: &Sim) -> Vec<String> {
    let returns = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return);
    returns.map(|row| sim.describe_op(row.subject).1.unwrap()).collect()
}

fn field(sim: &Sim, node: NodeId, field: &str) -> String {
    let found = sim.view(node).widgets.into_iter().find_map(|widget| match widget {
        Widget::Field { name, value } if name == field => Some(value.text),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{node} shows no {field}"))
}

#[test]
fn without_faults_the_processes_take_turns() {
    let mut scenario = scenario(&[]);
    for process in 0..3 {
        update(&mut scenario, 100, process);
    }
    let (sim, broken) = watch(scenario, 10_000);
    assert_eq!(broken, [""; 0]);
    let mut changed = answers(&sim);
    changed.sort();
    // Each has seen the one before it.
    assert_eq!((changed.len(), field(&sim, FILE, "updates lost").as_str(), field(&sim, SERVER, "locks granted").as_str()), (3, "0", "3"));
    assert!(changed[0].starts_with("changed from 0 to "), "{changed:?}");
    assert_eq!(field(&sim, SERVER, "holder"), "nobody");
}

/// A is paused while it works, until its lock is over and B has begun.
fn paused(settings: &[(&str, i64)]) -> (Sim, Vec<&'static str>) {
    let mut scenario = scenario(settings);
    update(&mut scenario, 0, 0);
    scenario.add(at(300), Input::Pause(A));
    update(&mut scenario, 1_900, 1);
    scenario.add(at(2_500), Input::Resume(A));
    watch(scenario, 10_000)
}

#[test]
fn a_pause_makes_two_holders_and_only_the_file_can_refuse_one() {
    let (sim, broken) = paused(&[NO_FENCING]);
    assert_eq!(broken, ["mutual-exclusion", "no-lost-update", "one-holder"]);
    assert_eq!(answers(&sim), ["changed from 0 to 1", "changed from 0 to 2"]);
    let (sim, broken) = paused(&[]);
    assert_eq!(broken, ["one-holder"]);
    assert_eq!(answers(&sim), ["rejected", "changed from 0 to 2"]);
    // A look at the clock before writing helps here, and renewing does not: who is paused does not renew.
    let (sim, broken) = paused(&[NO_FENCING, ("look-first", 1)]);
    assert_eq!((answers(&sim), broken), (vec!["too late".into(), "changed from 0 to 2".into()], vec!["one-holder"]));
    assert!(paused(&[NO_FENCING, ("renew", 1)]).1.contains(&"mutual-exclusion"));
}

#[test]
fn a_late_message_is_late_whatever_its_sender_has_looked_at() {
    // A's read is its first message to the file, its write the second.
    let delayed = |nth, settings: &[(&str, i64)]| {
        let mut scenario = scenario(settings);
        scenario.settings.insert("patience".into(), 10_000_000_000);
        update(&mut scenario, 0, 0);
        scenario.add(Time::ZERO, Input::Message { from: A, to: FILE, nth, fate: Fate::Delay(Span::millis(2_240 - 510 * u64::from(nth))) });
        update(&mut scenario, 1_900, 1);
        watch(scenario, 10_000)
    };
    let (_, broken) = delayed(1, &[NO_FENCING, ("look-first", 1)]);
    assert_eq!(broken, ["mutual-exclusion", "no-lost-update", "one-holder"]);
    for nth in 0..2 {
        let (sim, broken) = delayed(nth, &[("look-first", 1)]);
        assert_eq!((answers(&sim), broken), (vec!["rejected".into(), "changed from 0 to 2".into()], vec!["one-holder"]));
    }
}

#[test]
fn a_plain_delete_takes_the_lock_from_somebody_else() {
    let stolen = |next: u16, settings: &[(&str, i64)]| {
        let mut scenario = scenario(settings);
        update(&mut scenario, 0, 0);
        // A's work is done in time; only its word that it is done is late, and the next has the lock by then.
        for nth in 0..4 {
            scenario.add(at(580), Input::Message { from: A, to: SERVER, nth, fate: Fate::Delay(Span::millis(1_800)) });
        }
        update(&mut scenario, 1_950, next);
        update(&mut scenario, 2_300, 2);
        let (sim, broken) = watch(scenario, 10_000);
        (broken, field(&sim, SERVER, "deleted by others") != "0")
    };
    let everything = vec!["given-back-by-its-holder", "mutual-exclusion", "no-lost-update", "one-holder"];
    assert_eq!(stolen(1, &[PLAIN, NO_FENCING]), (everything, true));
    assert_eq!(stolen(1, &[PLAIN]), (vec!["given-back-by-its-holder", "one-holder"], true));
    assert_eq!(stolen(1, &[NO_FENCING]), (vec![], false));
    // Nor may a process give back what it has taken anew.
    assert_eq!(stolen(0, &[NO_FENCING]), (vec![], false));
}

/// The server dies as soon as A has its lock; the standby takes over and B asks for it.
fn failed_over(settings: &[(&str, i64)]) -> (Sim, Vec<&'static str>) {
    let mut scenario = scenario(settings);
    scenario.settings.extend([("work".into(), 1_700_000_000), ("silence".into(), 400_000_000)]);
    update(&mut scenario, 0, 0);
    scenario.add(at(70), Input::Crash(SERVER));
    update(&mut scenario, 800, 1);
    watch(scenario, 20_000)
}

#[test]
fn a_lock_that_was_not_copied_yet_is_lost_with_its_server() {
    let (_, broken) = failed_over(&[LATE_COPIES, NO_FENCING]);
    assert_eq!(broken, ["mutual-exclusion", "no-lost-update", "one-holder"]);
    let (sim, broken) = failed_over(&[LATE_COPIES]);
    assert_eq!(broken, ["one-holder"]);
    assert_eq!(answers(&sim)[0], "rejected");
    let (sim, broken) = failed_over(&[NO_FENCING]);
    assert_eq!((answers(&sim), broken), (vec!["changed from 0 to 1".into(), "changed from 1 to 2".into()], vec![]));
    assert_eq!(field(&sim, STANDBY, "taken over"), "1");
}

#[test]
fn two_servers_that_copy_first_never_give_the_lock_to_two() {
    // Nobody is late and no lock runs out, so it is for the servers alone to keep it.
    let broken = |copies| {
        let run = |number| {
            let mut dice = Dice::new(number);
            let mut scenario = random(number, &[("copies", copies)]);
            scenario.network = Network { latency: Latency::Uniform { min: Span::millis(1), max: Span::millis(9) }, ..Network::default() };
            scenario.settings.extend([("ttl", 60_000), ("patience", 1_000), ("work", 800)].map(|(key, ms)| (key.into(), ms * 1_000_000)));
            scenario.inputs.clear();
            for _ in 0..3 + dice.below(9) {
                let node = [SERVER, STANDBY][dice.below(2) as usize];
                let other = if node == SERVER { STANDBY } else { SERVER };
                let start = dice.below(8_000);
                let (fault, cure) = match dice.below(3) {
                    0 => (Input::Crash(node), Input::Restart(node)),
                    1 => (Input::Partition(vec![vec![node]]), Input::HealAll),
                    _ => (Input::Cut { from: node, to: other }, Input::Heal { from: node, to: other }),
                };
                scenario.add(at(start), fault);
                scenario.add(at(start + 50 + dice.below(2_000)), cure);
            }
            watch(scenario, 10_000)
        };
        let runs: Vec<_> = (0..80).map(run).collect();
        let changed = runs.iter().map(|(sim, _)| answers(sim).iter().filter(|answer| answer.starts_with("changed")).count()).sum::<usize>();
        assert!(changed > 200, "{changed}");
        runs.iter().filter(|(_, broken)| broken.contains(&"one-holder")).count()
    };
    assert_eq!(broken(0), 0);
    assert!(broken(1) > 2);
}

#[test]
fn who_took_over_alone_is_not_taken_over_from_until_the_other_knows_all() {
    for heard in [false, true] {
        let mut scenario = scenario(&[("work", 1_700_000_000), ("silence", 400_000_000)]);
        // The standby hears nothing and takes over. Does it hear that the first follows?
        scenario.add(at(100), Input::Cut { from: SERVER, to: STANDBY });
        if heard {
            scenario.add(at(700), Input::HealAll);
        }
        update(&mut scenario, 1_000, 0);
        scenario.add(at(1_200), Input::Partition(vec![vec![SERVER, NodeId(1), NodeId(7)], vec![STANDBY, A, FILE]]));
        update(&mut scenario, 1_700, 1);
        let (sim, broken) = watch(scenario, 3_000);
        assert_eq!((field(&sim, SERVER, "taken over").as_str(), broken), (if heard { "2" } else { "1" }, vec![]));
    }
}

#[test]
fn a_lock_nobody_knows_of_is_kept_for_its_whole_time() {
    let leaked = |settings: &[(&str, i64)]| {
        let mut scenario = scenario(settings);
        update(&mut scenario, 0, 0);
        // The word that A has the lock does not arrive in time.
        scenario.add(at(15), Input::Cut { from: SERVER, to: A });
        scenario.add(at(600), Input::HealAll);
        update(&mut scenario, 700, 1);
        let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
        let mut kept = Span::ZERO;
        let mut before = Time::ZERO;
        let mut leaks = false;
        // By then B has it.
        while sim.step_until(at(2_400)) {
            if leaks {
                kept = Span(kept.0 + sim.now().since(before).0);
            }
            leaks = sim.promises().iter().any(|(id, _, holds)| *id == "no-leak" && holds.is_err());
            before = sim.now();
        }
        (answers(&sim)[0].clone(), field(&sim, SERVER, "holder"), kept)
    };
    // From when A gives up until the lock is over, B waits for nobody.
    let (answer, holder, kept) = leaked(&[TEXTBOOK]);
    assert_eq!((answer.as_str(), holder.as_str()), ("no lock", "n2"));
    assert!(kept > Span::millis(1_600) && kept <= Span::secs(2), "{kept}");
    let (answer, _, kept) = leaked(&[]);
    assert!(answer.starts_with("changed from 0") && kept == Span::ZERO, "{answer}, {kept}");
}

#[test]
fn a_clock_that_is_set_ends_locks_that_go_by_it() {
    let jump = |clock| {
        let mut scenario = scenario(&[NO_FENCING, ("clock", clock)]);
        update(&mut scenario, 0, 0);
        scenario.add(at(200), Input::ClockStep { node: SERVER, by: 3_000_000_000 });
        update(&mut scenario, 250, 1);
        watch(scenario, 10_000).1
    };
    assert_eq!(jump(0), ["mutual-exclusion", "no-lost-update", "one-holder"]);
    assert_eq!(jump(1), [""; 0]);
}

#[test]
fn who_renews_can_work_longer_than_the_limit() {
    let long = |renew| {
        let mut scenario = scenario(&[("work", 5_000_000_000), ("renew", renew)]);
        update(&mut scenario, 0, 0);
        update(&mut scenario, 1_000, 1);
        let (sim, broken) = watch(scenario, 20_000);
        (answers(&sim), broken)
    };
    assert_eq!(long(1), (vec!["changed from 0 to 1".into(), "changed from 1 to 2".into()], vec![]));
    assert_eq!(long(0), (vec!["rejected".into(), "changed from 0 to 2".into()], vec!["one-holder"]));
}

#[test]
fn a_random_value_is_no_token() {
    let rejected = |tokens| {
        let mut scenario = scenario(&[("tokens", tokens)]);
        for ms in 0..20 {
            update(&mut scenario, 1_500 * ms, (ms % 3) as u16);
        }
        let (sim, broken) = watch(scenario, 40_000);
        assert_eq!((answers(&sim).len(), broken), (20, vec![]));
        answers(&sim).iter().filter(|answer| *answer == "rejected").count()
    };
    assert_eq!(rejected(0), 0);
    // It says nothing about who was first, so the file turns rightful holders away, and soon all of them.
    assert!(rejected(1) > 10, "{}", rejected(1));
}

/// Eight seconds of random faults, with clients that ask all the time.
fn random(number: u64, settings: &[(&str, i64)]) -> Scenario {
    let mut dice = Dice::new(number);
    let mut scenario = scenario(settings);
    scenario.seed = number;
    scenario.disk = Disk { sync: Latency::Uniform { min: Span::millis(1), max: Span::millis(30) }, torn: Chance::percent(30) };
    scenario.network = Network {
        latency: Latency::Exponential { min: Span::millis(1), mean: Span::millis(15) },
        loss: Chance::percent(dice.below(8) as u32),
        duplicate: Chance::percent(dice.below(8) as u32),
        ..Network::default()
    };
    scenario.settings.extend([("ttl".into(), 400_000_000), ("work".into(), 100_000_000), ("patience".into(), 120_000_000)]);
    scenario.settings.extend([("silence".into(), 300_000_000), ("poll".into(), 40_000_000)]);
    scenario.workload = Some(Workload {
        pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(400) }),
        route: Route::Home,
        keys: 1,
        limit: 12,
    });
    for _ in 0..4 + dice.below(12) {
        let node = NodeId(dice.below(6) as u16);
        let other = NodeId((node.0 + 1 + dice.below(5) as u16) % 6);
        let start = dice.below(7_000);
        let end = at(start + 50 + dice.below(1_500));
        let (fault, cure) = match dice.below(5) {
            0 => (Input::Crash(node), Input::Restart(node)),
            1 => (Input::Partition(vec![vec![node]]), Input::HealAll),
            2 => (Input::Cut { from: node, to: other }, Input::Heal { from: node, to: other }),
            3 => (Input::ClockStep { node, by: dice.below(1_000_000_000) as i64 - 500_000_000 }, Input::HealAll),
            _ => (Input::Pause(node), Input::Resume(node)),
        };
        scenario.add(at(start), fault);
        scenario.add(end, cure);
    }
    scenario
}

fn judged(sim: &Sim) -> Option<bool> {
    judge(&History::of(sim), Object::MultiRegister, Promise::Linearizable, &Value::Int(0), 100_000).unwrap().kept
}

#[test]
fn a_file_that_checks_tokens_keeps_order_under_any_faults() {
    let (mut changed, mut two_holders) = (0, 0);
    for number in 0..120 {
        let settings = [[LATE_COPIES].as_slice(), &[], &[("renew", 1), ("clock", 0)], &[PLAIN], &[TEXTBOOK, LATE_COPIES]];
        let settings = settings[number as usize % settings.len()];
        let (sim, broken) = watch(random(number, settings), 9_000);
        assert!(!broken.contains(&"mutual-exclusion") && !broken.contains(&"no-lost-update"), "{number}, {settings:?}: {broken:?}");
        assert_ne!(judged(&sim), Some(false), "{number}, {settings:?}");
        changed += History::of(&sim).ops.iter().filter(|op| op.outcome == Outcome::Ok).count();
        two_holders += usize::from(broken.contains(&"one-holder"));
    }
    // Or the test would say nothing.
    assert!(changed > 600 && two_holders > 20, "{changed} changes, {two_holders} with two holders");
}

#[test]
fn each_mistake_is_found_out() {
    let caught = |settings: &[(&str, i64)], promise: &str, seen_by_clients: bool| {
        let runs: Vec<_> = (0..40).map(|number| watch(random(number, settings), 9_000)).collect();
        let hits = runs.iter().filter(|(_, broken)| broken.contains(&promise)).count();
        assert!(hits > 2, "{settings:?}: {hits}");
        if seen_by_clients {
            assert!(runs.iter().any(|(sim, _)| judged(sim) == Some(false)), "{settings:?}");
        }
    };
    caught(&[NO_FENCING], "mutual-exclusion", true);
    caught(&[PLAIN], "given-back-by-its-holder", false);
    caught(&[TEXTBOOK], "no-leak", false);
}

/// The server's wall clock is set forward while somebody has the lock, its copy is made after that, and
/// then the two servers do not hear each other.
#[test]
fn the_steady_clock_counts_in_copies_too() {
    let parted = |clock| {
        let mut scenario = scenario(&[LATE_COPIES, NO_FENCING, ("clock", clock), ("work", 1_900_000_000)]);
        update(&mut scenario, 0, 0);
        scenario.add(at(100), Input::ClockStep { node: SERVER, by: 3_000_000_000 });
        scenario.add(at(400), Input::Partition(vec![vec![SERVER]]));
        update(&mut scenario, 1_400, 1);
        let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
        sim.run_until(at(350));
        (field(&sim, STANDBY, "holder"), watch(sim.scenario().clone(), 1_990).1)
    };
    assert_eq!(parted(0).0, "nobody");
    assert_eq!(parted(1), (A.to_string(), vec![]));
}

/// A process that looks at the clock first looks at the one by which the lock ends.
#[test]
fn a_process_looks_at_the_clock_that_counts() {
    let set_back = |clock| {
        let mut scenario = scenario(&[("look-first", 1), ("clock", clock), ("work", 2_500_000_000)]);
        update(&mut scenario, 0, 0);
        scenario.add(at(1_000), Input::ClockStep { node: A, by: -5_000_000_000 });
        answers(&watch(scenario, 5_000).0)
    };
    assert_eq!(set_back(0), ["changed from 0 to 1"]);
    assert_eq!(set_back(1), ["too late"]);
}
