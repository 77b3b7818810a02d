//! Two-phase commit: all or nothing under any faults, and blocked exactly where it must be.

mod support;

use faultline::judge::history::{History, Outcome};
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use faultline::models::Library;
use faultline::scenario::{Disk, Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, EventKind, Latency, NodeId, Sim, Span, Time};
use faultline::view::Widget;
use support::Dice;
use support::promises::{broken, ever_broken};

const WRITE: u8 = 0;
const READ: u8 = 1;
const PUBLISHED: i64 = 0;
const TEXTBOOK: i64 = 1;
const REPLICATED: i64 = 2;
const WAIT: (&str, i64) = ("locked", 1);

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

/// Every message takes 10 ms and every sync 5 ms.
fn scenario(settings: &[(&str, i64)]) -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find("two-phase-commit").unwrap().about(), 1);
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario.disk.sync = Latency::Constant(Span::millis(5));
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    scenario
}

fn ask(scenario: &mut Scenario, ms: u64, client: u16, node: u16, op: u8) {
    scenario.add(at(ms), Input::Invoke { client, node: NodeId(node), op, argument: 0 });
}

fn sim(scenario: Scenario) -> Sim {
    Sim::new(&Library::standard(), scenario).unwrap()
}

fn run(scenario: Scenario, ms: u64) -> Sim {
    let mut sim = sim(scenario);
    sim.run_until(at(ms));
    sim
}

fn state(sim: &Sim, node: u16) -> String {
    let found = sim.view(NodeId(node)).widgets.into_iter().find_map(|widget| match widget {
        Widget::Field { name: "state", value } => Some(value.text),
        _ => None,
    });
    found.expect("every participant shows its state")
}

fn states(sim: &Sim) -> Vec<String> {
    (1..sim.scenario().nodes).map(|node| state(sim, node)).collect()
}

/// How many messages of a kind were sent between nodes.
fn sent(sim: &Sim, kinds: &[&str]) -> usize {
    let between =
        |row: &&faultline::sim::Row| row.kind == EventKind::Send && row.node.0 < sim.scenario().nodes && row.peer.0 < sim.scenario().nodes;
    let named = |row: &&faultline::sim::Row| kinds.is_empty() || kinds.contains(&sim.about().kinds[usize::from(row.detail)].name);
    sim.trace().rows().unwrap().filter(between).filter(named).count()
}

/// The answers that clients got, in order.
fn answers(sim: &Sim) -> Vec<String> {
    let returns = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return);
    returns.map(|row| sim.describe_op(row.subject).1.unwrap()).collect()
}

#[test]
fn three_messages_for_each_participant_decide_and_a_fourth_ends_it() {
    for nodes in 2..=12 {
        let participants = usize::from(nodes) - 1;
        let mut scenario = scenario(&[]);
        scenario.nodes = nodes;
        ask(&mut scenario, 0, 0, 0, WRITE);
        let sim = run(scenario.clone(), 60_000);
        assert_eq!(sent(&sim, &["prepare", "yes", "commit"]), 3 * participants);
        assert_eq!(sent(&sim, &[]), 4 * participants);
        assert_eq!(states(&sim), vec!["committed"; participants]);

        // A majority that keeps the decision costs a question to every other node and its answer.
        scenario.settings.insert("protocol".into(), REPLICATED);
        assert_eq!(sent(&run(scenario, 60_000), &[]), 4 * participants + 2 * (usize::from(nodes) - 1));
    }
}

#[test]
fn one_no_aborts_everywhere() {
    for protocol in [PUBLISHED, REPLICATED] {
        let mut scenario = scenario(&[("protocol", protocol)]);
        // Two coordinators want the same locks, and each has got one first.
        ask(&mut scenario, 0, 0, 1, WRITE);
        ask(&mut scenario, 0, 1, 2, WRITE);
        let sim = run(scenario, 20_000);
        assert_eq!(answers(&sim), ["aborted", "aborted"]);
        assert_eq!((states(&sim), broken(&sim)), (vec!["aborted".to_owned(); 3], vec![]));
    }
}

/// What a crash of the coordinator leaves, if it never comes back: for each moment of it in
/// milliseconds, how many participants stay locked.
fn locked_after_crash(settings: &[(&str, i64)]) -> Vec<usize> {
    let crash = |ms| {
        let mut scenario = scenario(settings);
        ask(&mut scenario, 0, 0, 0, WRITE);
        scenario.add(at(ms), Input::Crash(NodeId(0)));
        let sim = run(scenario, 120_000);
        assert_eq!(broken(&sim), [""; 0]);
        states(&sim).iter().filter(|state| *state == "prepared").count()
    };
    (0..80).map(crash).collect()
}

#[test]
fn a_dead_coordinator_blocks_everybody_exactly_while_all_are_in_doubt() {
    // The request arrives at 10 ms, prepare is out at once, all have voted and know nothing more
    // until the coordinator has its commit on disk: 10 + 10 + 5 + 10 + 5 = 40 ms.
    let window = |from: usize, to: usize| (0..80).map(|ms| if (from..=to).contains(&ms) { 3 } else { 0 }).collect::<Vec<_>>();
    // Whatever happens in the same millisecond comes after the input.
    assert_eq!(locked_after_crash(&[]), window(11, 40));
    // Asking one another does not help: nobody knows, and nobody can still say no.
    assert_eq!(locked_after_crash(&[("ask-peers", 1)]), window(11, 40));
    // A majority can always finish.
    assert_eq!(locked_after_crash(&[("protocol", REPLICATED)]), window(1, 0));
}

#[test]
fn asking_the_others_helps_as_soon_as_one_of_them_knows() {
    let locked = |ask_peers, fate: Fate, nth| {
        let mut scenario = scenario(&[("ask-peers", ask_peers)]);
        ask(&mut scenario, 0, 0, 0, WRITE);
        // One participant's prepare (the first message to it) or commit (the second) goes missing, and
        // with it the coordinator.
        scenario.add(Time::ZERO, Input::Message { from: NodeId(0), to: NodeId(1), nth, fate });
        scenario.add(at(41), Input::Crash(NodeId(0)));
        let sim = run(scenario, 60_000);
        assert_eq!(broken(&sim), [""; 0]);
        states(&sim)
    };
    assert_eq!(locked(0, Fate::Drop, 1), ["prepared", "committed", "committed"]);
    assert_eq!(locked(1, Fate::Drop, 1), ["committed"; 3]);
    assert_eq!(locked(0, Fate::Drop, 0), ["nothing yet", "prepared", "prepared"]);
    assert_eq!(locked(1, Fate::Drop, 0), ["aborted"; 3]);
}

#[test]
fn the_coordinator_comes_back_and_finishes() {
    for crash in 11..80 {
        let mut scenario = scenario(&[]);
        ask(&mut scenario, 0, 0, 0, WRITE);
        scenario.add(at(crash), Input::Crash(NodeId(0)));
        scenario.add(at(20_000), Input::Restart(NodeId(0)));
        let sim = run(scenario, 40_000);
        // Until its commit is on disk nothing was promised, and nothing is presumed.
        let end = if crash <= 40 { "aborted" } else { "committed" };
        assert_eq!((states(&sim), broken(&sim)), (vec![end.to_owned(); 3], vec![]), "crash at {crash} ms");
    }
}

#[test]
fn a_reader_waits_for_the_lock_or_sees_half_a_transaction() {
    // n2 has committed, n3 has not heard of it yet.
    let reads = |reads| {
        let mut scenario = scenario(&[("reads", reads)]);
        scenario.patience = Span::secs(10);
        ask(&mut scenario, 0, 0, 0, WRITE);
        scenario.add(Time::ZERO, Input::Message { from: NodeId(0), to: NodeId(2), nth: 1, fate: Fate::Delay(Span::millis(500)) });
        ask(&mut scenario, 100, 1, 1, READ);
        ask(&mut scenario, 150, 1, 2, READ);
        answers(&run(scenario, 10_000))
    };
    assert_eq!(reads(0), ["committed", "1", "1"]);
    assert_eq!(reads(1), ["committed", "1", "0"]);
}

#[test]
fn a_participant_that_guesses_can_guess_wrong() {
    let guess = |heuristic| {
        let mut scenario = scenario(&[("heuristic", heuristic)]);
        ask(&mut scenario, 0, 0, 0, WRITE);
        // Its commit does not come for a while.
        scenario.add(at(35), Input::Cut { from: NodeId(0), to: NodeId(1) });
        scenario.add(at(8_000), Input::HealAll);
        let sim = run(scenario, 20_000);
        (states(&sim).join(" "), broken(&sim))
    };
    assert_eq!(guess(0), ("committed committed committed".into(), vec![]));
    assert_eq!(guess(1), ("aborted committed committed".into(), vec!["atomic"]));
    assert_eq!(guess(2), ("committed committed committed".into(), vec![]));
}

/// Random faults for six seconds; then everything is mended and the rest of half a minute is left to finish.
fn random(number: u64, settings: &[(&str, i64)]) -> Scenario {
    let mut dice = Dice::new(number);
    let mut scenario = scenario(settings);
    scenario.seed = number;
    scenario.nodes = 3 + dice.below(3) as u16;
    scenario.clients = 3;
    scenario.disk = Disk { sync: Latency::Uniform { min: Span::millis(1), max: Span::millis(30) }, torn: Chance::percent(30) };
    scenario.network.latency = Latency::Exponential { min: Span::millis(1), mean: Span::millis(20) };
    scenario.network.loss = Chance::percent(dice.below(15) as u32);
    scenario.network.duplicate = Chance::percent(dice.below(15) as u32);
    scenario.workload = Some(Workload {
        pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(400) }),
        route: Route::Random,
        keys: 1,
        limit: 15,
    });
    for _ in 0..2 + dice.below(10) {
        let node = NodeId(dice.below(scenario.nodes.into()) as u16);
        let other = NodeId((node.0 + 1 + dice.below(u64::from(scenario.nodes) - 1) as u16) % scenario.nodes);
        let input = match dice.below(6) {
            0 | 1 => Input::Crash(node),
            2 => Input::Restart(node),
            3 => Input::Pause(node),
            4 => Input::Cut { from: node, to: other },
            _ => Input::Partition(vec![vec![node]]),
        };
        scenario.add(at(dice.below(6_000)), input);
    }
    let mended = at(6_000);
    scenario.add(mended, Input::HealAll);
    scenario.add(mended, Input::Network(faultline::sim::Network::default()));
    for node in (0..scenario.nodes).map(NodeId) {
        scenario.add(mended, Input::Resume(node));
        scenario.add(mended, Input::Restart(node));
    }
    scenario
}

/// What a random scenario breaks at any moment, whether somebody is still in doubt at the end, and
/// what the clients saw.
fn outcome(scenario: Scenario) -> (Vec<&'static str>, bool, History) {
    let mut sim = sim(scenario);
    let found = ever_broken(&mut sim, at(30_000));
    let stuck = states(&sim).iter().any(|state| state == "prepared");
    (found, stuck, History::of(&sim))
}

#[test]
fn nothing_breaks_atomicity_and_nobody_stays_in_doubt() {
    let mut committed = 0;
    for number in 0..70 {
        // In a hurry everybody asks, claims and gives up while the others are not finished yet.
        let hurry = [("retry", 40_000_000), ("patience", 150_000_000)];
        let [asking, kept] = [("ask-peers", 1), ("protocol", REPLICATED)].map(|setting| [vec![setting], hurry.to_vec()].concat());
        let variants = [vec![], vec![WAIT], asking, kept];
        for settings in &variants {
            let scenario = random(number, settings);
            let (mut broken, stuck, history) = outcome(scenario);
            // Those who wait for a lock may wait in a circle, for a while.
            let circles = broken.extract_if(.., |id| *id == "no-deadlock").count();
            assert!(circles == 0 || settings.contains(&WAIT), "scenario {number}, {settings:?}");
            assert_eq!((broken, stuck), (vec![], false), "scenario {number}, {settings:?}");
            let judged = judge(&history, Object::Register, Promise::Linearizable, &Value::Int(0), 100_000).unwrap();
            assert_ne!(judged.kept, Some(false), "scenario {number}, {settings:?}: {judged:#}");
            committed += history.ops.iter().filter(|op| op.f == "write" && op.outcome == Outcome::Ok).count();
        }
    }
    // Or the test would say nothing.
    assert!(committed > 400, "{committed}");
}

#[test]
fn each_missing_precaution_is_found_out() {
    let caught = |settings: &[(&str, i64)], what: fn(&[&str], bool) -> bool| {
        let runs = (0..30).map(|number| outcome(random(number, settings)));
        let hits = runs.filter(|(broken, stuck, _)| what(broken, *stuck)).count();
        assert!(hits > 1, "{settings:?}: {hits}");
    };
    caught(&[("log", 0)], |broken, _| broken.contains(&"nothing-forgotten"));
    caught(&[("insist", 0)], |broken, stuck| broken.is_empty() && stuck);
    caught(&[("numbers", 0)], |broken, _| broken.contains(&"atomic"));
    caught(&[("heuristic", 1), ("heuristic-after", 500_000_000)], |broken, _| broken.contains(&"atomic"));
    caught(&[("protocol", TEXTBOOK)], |broken, _| broken.len() == 2);
}

#[test]
fn without_cleaning_up_a_missing_vote_leaves_locks_until_somebody_asks() {
    let locked = |clean_up, insist, protocol| {
        let mut scenario = scenario(&[("clean-up", clean_up), ("insist", insist), ("protocol", protocol)]);
        ask(&mut scenario, 0, 0, 0, WRITE);
        scenario.add(Time::ZERO, Input::Crash(NodeId(3)));
        let sim = run(scenario, 60_000);
        assert_eq!(answers(&sim), ["aborted"]);
        states(&sim)[..2].join(" ")
    };
    assert_eq!(locked(1, 0, PUBLISHED), "aborted aborted");
    assert_eq!(locked(0, 1, PUBLISHED), "aborted aborted");
    assert_eq!(locked(0, 0, PUBLISHED), "prepared prepared");
    assert_eq!(locked(1, 1, TEXTBOOK), "prepared prepared");
}

/// Two coordinators want to write at the same time. Each participant's lock goes to whom it hears first.
#[test]
fn transactions_that_wait_for_each_other_are_a_circle_that_no_participant_sees() {
    let together = |settings: &[(&str, i64)], crosswise: bool| {
        let mut scenario = scenario(settings);
        ask(&mut scenario, 0, 0, 0, WRITE);
        ask(&mut scenario, 15, 1, 1, WRITE);
        if crosswise {
            // The last participant hears of the second first.
            let fate = Fate::Delay(Span::millis(17));
            scenario.add(Time::ZERO, Input::Message { from: NodeId(0), to: NodeId(3), nth: 0, fate });
        }
        let mut sim = sim(scenario);
        let mut circle = None;
        while sim.step_until(at(10_000)) {
            let found = sim.promises().into_iter().find(|(id, ..)| *id == "no-deadlock");
            circle = circle.or(found.and_then(|(.., holds)| holds.err()));
        }
        assert_eq!(broken(&sim), [""; 0]);
        let mut answers = answers(&sim);
        answers.sort();
        (answers.join(" "), circle)
    };
    assert_eq!(together(&[], false), ("aborted committed".into(), None));
    assert_eq!(together(&[WAIT], false), ("committed committed".into(), None));
    assert_eq!(together(&[], true), ("aborted aborted".into(), None));
    assert_eq!(together(&[WAIT], true), ("aborted aborted".into(), Some("1 waits for 2 waits for 1".into())));
}
