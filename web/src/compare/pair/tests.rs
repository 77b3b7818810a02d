//! Two runs as a learner changes them, natively.

use super::*;
use crate::knob::Knob;
use crate::text;
use faultline::protocol::About;
use faultline::scenario::Input;
use faultline::sim::NodeStatus;
use faultline::sim::Span;

fn ms(count: u64) -> Time {
    Time::ZERO + Span::millis(count)
}

fn pair(model: &str) -> (Library, Pair) {
    let library = Library::standard();
    let scenario = Scenario::new(library.find(model).unwrap().about(), 7);
    let pair = Pair::new(&library, [scenario.clone(), scenario]).unwrap();
    (library, pair)
}

fn knob(pair: &Pair, label: &str) -> Knob {
    Knob::all(pair.sides[1].sim(), pair.playhead()).into_iter().find(|knob| knob.label == label).unwrap()
}

#[test]
fn the_same_is_the_same_until_a_knob_of_one_side_is_turned() {
    let (library, mut pair) = pair("ping-pong");
    pair.seek(ms(400));
    assert_eq!((pair.parted(), pair.differing()), (None, vec![]));
    assert!(!pair.find_parting());
    assert_eq!((pair.playhead(), pair.reached()), (ms(400), ms(400)), "it was only tried");
    let patience = knob(&pair, "Patience");
    pair.turn(&library, 1, &patience, 30_000_000).unwrap();
    assert_eq!(pair.differing(), [("Patience".into(), ["250 ms".into(), "30 ms".into()])]);
    assert_eq!((pair.playhead(), pair.parted().map(|parted| parted.at)), (ms(400), Some(ms(30))));
    assert_eq!(pair.sides[0].parts, Some(ms(30)));
    assert!(pair.parts_with(1).unwrap().contains("no return yet") && pair.parts_with(0).is_none());
    assert!(pair.find_parting());
    assert_eq!(pair.playhead(), ms(30));
    pair.undo(&library, false);
    assert_eq!((pair.parted(), pair.differing(), pair.can_undo()), (None, vec![], false));
    pair.undo(&library, true);
    assert_eq!(pair.differing().len(), 1);
}

#[test]
fn time_is_the_same_on_both_sides_whatever_moves_it() {
    let (library, mut pair) = pair("ping-pong");
    let patience = knob(&pair, "Patience");
    pair.turn(&library, 1, &patience, 30_000_000).unwrap();
    let mut moments = vec![pair.playhead()];
    for _ in 0..12 {
        pair.step();
        assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
        moments.push(pair.playhead());
    }
    assert!(moments.is_sorted() && moments[12] > moments[1], "{moments:?}");
    while pair.playhead() > Time::ZERO {
        let before = pair.playhead();
        pair.back();
        assert!(pair.playhead() < before && pair.sides[0].playhead() == pair.sides[1].playhead());
    }
    pair.play(true);
    pair.advance(100.0);
    assert_eq!(pair.sides.each_ref().map(Session::playhead), [Time(5_000_000); 2]);
    pair.show_row(1, 5);
    assert!(!pair.playing() && pair.sides[0].playhead() == pair.sides[1].playhead());
}

#[test]
fn both_slow_down_where_somebody_decides_on_either_side_and_can_be_told_not_to() {
    let (library, mut pair) = pair("ping-pong");
    let patience = knob(&pair, "Patience");
    // So B loses its patience at 30 ms, which A does much later.
    pair.turn(&library, 1, &patience, 30_000_000).unwrap();
    pair.play(true);
    let mut before = pair.pacing.ratio();
    while pair.playhead() < ms(40) && !pair.pacing.care.is_slowing() {
        before = pair.pacing.ratio();
        pair.advance(16.0);
    }
    assert_eq!(pair.playhead(), ms(30), "at the decision itself");
    assert!((pair.pacing.ratio() - before / 5.0).abs() < 1e-9);
    assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
    pair.pacing.care.on = false;
    assert!(!pair.pacing.care.is_slowing() && (pair.pacing.ratio() - before).abs() < 1e-9);
}

#[test]
fn one_can_wait_for_what_happens_on_either_side_and_is_told_if_it_does_not() {
    let (library, mut pair) = pair("ping-pong");
    let patience = knob(&pair, "Patience");
    for side in [0, 1] {
        pair.turn(&library, 1 - side, &patience, 250_000_000).unwrap();
        pair.turn(&library, side, &patience, 30_000_000).unwrap();
        pair.seek(Time::ZERO);
        assert!(pair.wait(Until::Decision));
        assert_eq!((pair.playhead(), pair.sides[1].playhead(), pair.reached()), (ms(30), ms(30), ms(30)));
    }
    let (there, reached) = (pair.playhead(), pair.reached());
    assert!(!pair.wait(Until::Broken), "ping-pong promises nothing");
    assert_eq!((pair.playhead(), pair.reached()), (there, reached));
}

#[test]
fn who_is_looked_at_on_one_side_is_looked_at_on_the_other_if_it_is_there() {
    let library = Library::standard();
    let scenario = Scenario::new(library.find("primary-backup").unwrap().about(), 7);
    let mut larger = scenario.clone();
    larger.nodes += 1;
    let nodes = scenario.nodes;
    let mut pair = Pair::new(&library, [scenario, larger]).unwrap();
    pair.select(0, Some(NodeId(1)));
    assert_eq!(pair.sides.each_ref().map(|side| side.selected), [Some(NodeId(1)); 2]);
    pair.select(0, Some(NodeId(nodes)));
    assert_eq!(pair.sides[1].selected, Some(NodeId(nodes + 1)), "the first client has another place there");
    pair.select(1, Some(NodeId(nodes)));
    assert_eq!(pair.sides.each_ref().map(|side| side.selected), [None, Some(NodeId(nodes))], "A has no such node");
    pair.select(0, None);
    assert!(pair.sides.iter().all(|side| side.selected.is_none()));
}

#[test]
fn a_gesture_is_done_to_both_in_the_same_nanosecond_and_taken_back_from_both() {
    let (library, mut pair) = pair("ping-pong");
    let patience = knob(&pair, "Patience");
    pair.turn(&library, 1, &patience, 30_000_000).unwrap();
    // Here one side has just done something, the other has not.
    pair.seek(ms(30));
    pair.act(0, &[Input::Crash(NodeId(1))]).unwrap();
    let inputs = pair.sides.each_ref().map(|side| side.sim().scenario().inputs.clone());
    assert_eq!(inputs[0], inputs[1]);
    assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Down));
    assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
    pair.undo(&library, false);
    assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Up));
    pair.undo(&library, true);
    assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Down));
    // In the past, the later gesture belonged to the other future.
    pair.seek(ms(10));
    pair.act(1, &[Input::HealAll]).unwrap();
    assert!(pair.sides.iter().all(|side| side.sim().scenario().inputs.len() == 1));
}

#[test]
fn another_model_gets_the_same_world_and_faults_and_what_it_does_not_know_is_named() {
    let (library, mut pair) = pair("primary-backup");
    pair.seek(ms(50));
    let op = |about: &About, name: &str| about.ops.iter().position(|op| op.name == name).unwrap() as u8;
    let write = op(pair.sides[0].about(), "write");
    pair.act(0, &[Input::Invoke { client: 0, node: NodeId(0), op: write, argument: 0 }]).unwrap();
    pair.act(0, &[Input::Crash(NodeId(2))]).unwrap();
    let heartbeat = Input::Set { key: "heartbeat".into(), value: 150_000_000 };
    pair.act(0, std::slice::from_ref(&heartbeat)).unwrap();
    let model = library.models().iter().position(|model| model.about().id == "register").unwrap();
    assert_eq!(pair.choose(&library, 1, model), Ok(1), "a register has no heartbeat");
    let (a, b) = (pair.sides[0].sim(), pair.sides[1].sim());
    assert_eq!((b.about().id, a.scenario().seed, b.status(NodeId(2))), ("register", b.scenario().seed, NodeStatus::Down));
    let asked = b.scenario().inputs.iter().find_map(|timed| match timed.input {
        Input::Invoke { op, .. } => Some(op),
        _ => None,
    });
    assert_eq!(asked, Some(op(b.about(), "write")));
    assert!(pair.differing().iter().any(|(what, _)| what == text::MODEL));
    let before = pair.scenarios();
    assert!(pair.act(0, &[heartbeat]).unwrap_err().contains("register"));
    assert_eq!(pair.scenarios(), before, "neither has it");
    let generals = library.models().iter().position(|model| model.about().id == "two-generals").unwrap();
    assert!(pair.choose(&library, 1, generals).unwrap_err().contains("nodes"), "there are two");
}

#[test]
fn a_link_brings_back_both_runs_the_moment_and_where_they_part() {
    let (library, mut pair) = pair("raft");
    pair.ask_every(&library, 2).unwrap();
    assert_eq!(pair.pace(), Some(2));
    pair.seek(ms(700));
    let model = library.models().iter().position(|model| model.about().id == "primary-backup").unwrap();
    let _ = pair.choose(&library, 1, model);
    pair.act(0, &[Input::Crash(NodeId(0))]).unwrap();
    let links = Link::read_two(&pair.link(), &library).unwrap();
    let (again, verdicts) = Pair::of_link(&library, links).unwrap();
    assert_eq!(verdicts, [Verdict::Same; 2]);
    assert_eq!((again.playhead(), again.parted().map(|parted| parted.at)), (pair.playhead(), pair.parted().map(|parted| parted.at)));
    for (old, new) in pair.sides.iter().zip(&again.sides) {
        assert_eq!(old.sim().hash(), new.sim().hash());
    }
}

#[test]
fn a_branch_differs_in_what_was_done_in_it() {
    let library = Library::standard();
    let scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
    let mut branch = scenario.clone();
    branch.add(ms(20), Input::Crash(NodeId(1)));
    let pair = Pair::new(&library, [scenario, branch]).unwrap();
    assert_eq!(pair.differing(), [(text::FAULTS.into(), ["–".into(), "n2 crashes at 0.020 s".into()])]);
}
