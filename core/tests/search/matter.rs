//! What each fault changed, and when there was no way back.

use crate::{at, base, goal};
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::search::{Effort, NoReturn, Odds, matter};
use faultline::sim::{Chance, Latency, NodeId, Sim, Span, Time};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn cut_off() -> Scenario {
    let mut scenario = base("primary-backup");
    scenario.nodes = 2;
    // Nothing is paused, so nothing goes on.
    scenario.add(at(400), Input::Resume(NodeId(1)));
    scenario.add(at(1_000), Input::Cut { from: NodeId(0), to: NodeId(1) });
    // Changes something, but nothing that matters.
    scenario.add(at(1_100), Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
    scenario
}

#[test]
fn one_fault_matters_and_the_others_do_not() {
    let library = Library::standard();
    let scenario = cut_off();
    let without = matter(&library, &scenario, &goal("one-primary")).unwrap();
    assert_eq!(without.iter().map(|without| without.broken).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(without[0].first, None);

    let mut sim = Sim::new(&library, scenario).unwrap();
    sim.run_until(at(10_000));
    let told = |row: u32| (sim.trace().row(row).unwrap().time, sim.describe_row(row));
    let cut = without[1].first.clone().unwrap();
    let (when, happened) = told(cut.happened.unwrap());
    assert_eq!((when, cut.at), (at(1_050), at(1_050)), "the next heartbeat");
    assert_eq!(happened, "“alive in view 0” from n1 to n2 is lost: the link is cut");
    let (when, instead) = cut.instead.unwrap();
    assert!(when > at(1_050) && instead == "n2 receives “alive in view 0” from n1", "{when}: {instead}");

    let ask = without[2].first.clone().unwrap();
    assert_eq!(told(ask.happened.unwrap()), (at(1_100), "c1 asks n1: read".into()));
    assert_eq!(ask.at, at(1_100));
}

#[test]
fn without_chance_the_end_is_certain_from_the_beginning() {
    let mut scenario = cut_off();
    scenario.network.latency = Latency::Constant(Span::millis(50));
    let moments = [Time::ZERO, at(1_000), at(1_200)];
    let mut odds = NoReturn::new(&Library::standard(), &scenario, &goal("one-primary"), &moments).unwrap();
    assert_eq!(odds.point(), None, "nothing is known yet");
    odds.go_on(3);
    assert_eq!(odds.point(), Some(Odds { from: Time::ZERO, bad: 3, runs: 3 }));
    scenario.inputs.remove(1);
    let mut odds = NoReturn::new(&Library::standard(), &scenario, &goal("one-primary"), &moments).unwrap();
    odds.go_on(3);
    assert_eq!((odds.point(), odds.odds()[2]), (None, Odds { from: at(1_200), bad: 0, runs: 3 }));
}

#[test]
fn with_chance_the_odds_at_the_beginning_are_those_of_all_runs_and_end_in_certainty() {
    let library = Library::standard();
    let goal = goal("one-primary");
    let goal = faultline::search::Goal { until: at(4_000), ..goal };
    let mut scenario = base("primary-backup");
    scenario.nodes = 2;
    scenario.network.loss = Chance::percent(40);
    let breaks = |seed| goal.first_break(&library, &Scenario { seed, ..scenario.clone() }, &mut Effort::default()).unwrap();
    let all: Vec<_> = (1..=400).map(breaks).collect();
    let share = all.iter().flatten().count() as u32;

    let broken = all.into_iter().flatten().next().unwrap();
    let moment = broken.seal.moment;
    let before = |ms: u64| Time(moment.0 - ms * 1_000_000);
    // Just before it happens all that could prevent it is on its way or is not.
    let moments = [Time::ZERO, before(500), before(1), moment];
    let mut odds = NoReturn::new(&library, &broken.scenario, &goal, &moments).unwrap();
    odds.go_on(200);
    let (low, high) = odds.odds()[0].interval();
    let all = Odds { from: Time::ZERO, bad: share, runs: 400 };
    assert!(low < all.interval().1 && high > all.interval().0, "{:?} is not {all:?}", odds.odds()[0]);
    assert!((20..180).contains(&odds.odds()[0].bad), "{:?}", odds.odds());
    assert!(odds.odds()[1].bad < 200, "half a second before there was hope");
    assert_eq!(odds.odds()[3].bad, 200);
    assert_eq!(odds.point().map(|odds| odds.from), Some(before(1)));

    // In one go or in many, the same runs.
    let mut often = NoReturn::new(&library, &broken.scenario, &goal, &moments).unwrap();
    (0..200).for_each(|_| often.go_on(1));
    assert_eq!((often.odds(), often.effort()), (odds.odds(), odds.effort()));
}

#[test]
fn an_interval_is_the_one_in_the_tables() {
    // Wilson's interval for 8 of 10: 0.490 to 0.943; for none of 20: 0 to 0.161.
    let parts = |bad, runs| {
        let (low, high) = Odds { from: Time::ZERO, bad, runs }.interval();
        (low.parts() / 1_000, high.parts() / 1_000)
    };
    assert_eq!(parts(8, 10), (490, 943));
    assert_eq!(parts(0, 20), (0, 161));
    assert_eq!(parts(0, 0), (0, 1_000));
}
