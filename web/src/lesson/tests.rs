//! Labs as learners go through them, natively: every lab of the course is clicked through, forwards and back.

use super::*;
use crate::knob::{Knob, Turned, What};
use faultline::lab::challenge::Challenge;
use faultline::lab::predicate::Value;
use faultline::lab::study::Survey;
use faultline::scenario::Input;
use faultline::sim::NodeId;
use std::path::PathBuf;

fn labs() -> Vec<Shared<Lab>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../static/labs");
    let library = Library::standard();
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("labs").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let id = path.file_stem()?.to_str()?.to_owned();
        path.extension().filter(|extension| *extension == "toml")?;
        Some(Shared::new(Lab::read(&std::fs::read_to_string(path).ok()?, &id, &library).expect("a lab")))
    };
    files.into_iter().filter_map(read).collect()
}

pub(super) fn lab(id: &str) -> Shared<Lab> {
    labs().into_iter().find(|lab| lab.id == id).expect("a lab")
}

pub(super) fn begin(lab: &Shared<Lab>) -> (Lesson, Session) {
    let library = Shared::new(Library::standard());
    let lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
    let session = Session::new(&library, lesson.scenario()).expect("a run");
    (lesson, session)
}

pub(super) fn hear(lesson: &mut Lesson, session: &mut Session, say: Say) {
    if let Then::Show { scenario, moment, .. } = lesson.hear(say, session) {
        *session = Session::new(&Library::standard(), *scenario).expect("a run");
        session.seek(moment);
    }
}

#[test]
fn every_lab_can_be_clicked_through_and_previous_leads_back_exactly() {
    for lab in labs() {
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Guess("1".into()));
        for index in 0..lab.steps.len() {
            assert_eq!(lesson.place, Place::Step(index), "{}", lab.id);
            let (began, at) = (session.sim().scenario().clone(), session.playhead());
            hear(&mut lesson, &mut session, Say::Finish);
            assert_eq!(lesson.fault, None, "{} step {index}", lab.id);
            let stopped = session.sim().hash();
            hear(&mut lesson, &mut session, Say::Continue);
            hear(&mut lesson, &mut session, Say::Previous);
            assert_eq!((session.sim().scenario(), session.playhead()), (&began, at), "{} step {index}", lab.id);
            hear(&mut lesson, &mut session, Say::Finish);
            assert_eq!(session.sim().hash(), stopped, "{} step {index}", lab.id);
            hear(&mut lesson, &mut session, Say::Continue);
        }
        assert_eq!(lesson.place, Place::Choice);
    }
}

#[test]
fn whoever_comes_back_is_where_they_were() {
    for lab in labs() {
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Guess("1".into()));
        if lesson.bet.is_none() {
            hear(&mut lesson, &mut session, Say::Guess("100ms".into()));
        }
        let back = |lesson: &Lesson, session: &Session| {
            let text = Saved::write(lesson, &session.link().write());
            let (mut again, _) = begin(&lab);
            let there = Saved::read(&text, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
            assert_eq!(Saved::write(&again, &there.link().write()), text, "{}", lab.id);
            assert_eq!((again.place, again.bet.clone()), (lesson.place, lesson.bet.clone()));
            again.watch(&there);
            assert_eq!((there.sim().hash(), &again.truth), (session.sim().hash(), &lesson.truth), "{}", lab.id);
        };
        for _ in 0..lab.steps.len() {
            hear(&mut lesson, &mut session, Say::Finish);
            lesson.watch(&session);
            back(&lesson, &session);
            hear(&mut lesson, &mut session, Say::Continue);
        }
        back(&lesson, &session);
        hear(&mut lesson, &mut session, Say::Challenge(0));
        back(&lesson, &session);
    }
}

#[test]
fn a_bet_stays_open_until_what_it_is_about_has_happened() {
    for lab in labs() {
        let (mut lesson, mut session) = begin(&lab);
        lesson.bet = lab.bet.answer.guess("1").or_else(|| lab.bet.answer.guess("100ms"));
        hear(&mut lesson, &mut session, Say::Continue);
        lesson.watch(&session);
        session.seek(Time(20_000_000));
        lesson.watch(&session);
        assert_eq!(lesson.truth, Truth::Open, "{}", lab.id);
    }
}

#[test]
fn a_bet_is_compared_with_what_happened() {
    for lab in labs() {
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Guess("1".into()));
        assert!(lesson.bet.is_some() || !matches!(lab.bet.answer, faultline::lab::tour::Answer::Options(_)), "{}", lab.id);
        if lesson.bet.is_none() {
            hear(&mut lesson, &mut session, Say::Guess("100ms".into()));
        }
        for _ in 0..lab.steps.len() {
            hear(&mut lesson, &mut session, Say::Finish);
            lesson.watch(&session);
            hear(&mut lesson, &mut session, Say::Continue);
        }
        assert_ne!(lesson.truth, Truth::Open, "{}: the bet is decided by the guided part", lab.id);
    }
}

#[test]
fn a_defence_is_chosen_with_the_controls_and_decided_beside_the_page() {
    for lab in labs().into_iter().filter(|lab| ["L02", "L21"].contains(&lab.id.as_str())) {
        let (index, task) = lab
            .challenges
            .iter()
            .map(|challenge| &challenge.task)
            .enumerate()
            .find(|(_, task)| matches!(task, Task::Defend { .. }))
            .expect("one");
        let Task::Defend { defence, .. } = task else { panic!("to defend") };
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Challenge(index));
        let decided = |lesson: &mut Lesson, session: &mut Session| {
            let Then::Work(job) = lesson.hear(Say::Decide, session) else { panic!("there is something to do") };
            assert_eq!((lesson.work, lesson.verdict(Time::ZERO)), (Some(Work::Deciding), None));
            lesson.hear(Say::Report(Box::new(job.work())), session);
            assert_eq!((lesson.work, &lesson.fault), (None, &None));
            lesson.verdict(Time::ZERO).expect("a verdict").solved
        };
        assert_eq!(decided(&mut lesson, &mut session), Some(false), "{}", lab.id);
        for (key, value) in defence {
            let set = Turned::Now(Input::Set { key: key.clone(), value: *value });
            let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
            session = Session::new(&Library::standard(), *scenario).expect("a run");
        }
        assert_eq!(lesson.verdict(Time::ZERO), None, "what was decided before is not about this");
        assert_eq!(decided(&mut lesson, &mut session), Some(true), "{}", lab.id);
        assert!(lesson.stars.is_some());
    }
}

#[test]
fn what_is_decided_is_about_the_run_that_was_there_when_that_was_asked() {
    let lab = lab("L21");
    let defends = |challenge: &Challenge| matches!(challenge.task, Task::Defend { .. });
    let index = lab.challenges.iter().position(defends).expect("something to defend");
    let Task::Defend { defence, .. } = &lab.challenges[index].task else { panic!("to defend") };
    let (mut lesson, mut session) = begin(&lab);
    hear(&mut lesson, &mut session, Say::Challenge(index));
    let before = session.sim().scenario().clone();
    for (key, value) in defence {
        let set = Turned::Now(Input::Set { key: key.clone(), value: *value });
        let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
        session = Session::new(&Library::standard(), *scenario).expect("a run");
    }
    lesson.watch(&session);
    let Then::Work(job) = lesson.hear(Say::Decide, &session) else { panic!("there is something to do") };
    let verdict = Box::new(job.work());
    // The settings are others by the time that it has an answer, by a control or by taking them back.
    session = Session::new(&Library::standard(), before).expect("a run");
    lesson.watch(&session);
    assert_eq!(lesson.work, None, "nobody waits for it any more");
    lesson.hear(Say::Report(verdict), &session);
    assert_eq!((lesson.is_solved(), lesson.stars), (None, None));
}

#[test]
fn a_network_that_may_be_chosen_is_there_from_the_beginning() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs/L07.toml")).expect("a file");
    let text = text.replacen(
        "knobs = [\"wait-for\", \"careful\", \"on-disk\"]",
        "knobs = [\"wait-for\", \"careful\", \"on-disk\", \"network\"]",
        1,
    );
    let library = Library::standard();
    let lab = Shared::new(Lab::read(&text, "L07", &library).expect("a lab"));
    let index = lab.challenges.iter().position(|challenge| challenge.id == "any-crash").expect("a challenge");
    let (mut lesson, mut session) = begin(&lab);
    hear(&mut lesson, &mut session, Say::Challenge(index));
    assert!(lesson.knobs().contains(&NETWORK));
    let knobs = Knob::all(session.sim(), Time::ZERO);
    let loss = knobs.iter().find(|knob| knob.what == What::Loss).expect("the network loses messages");
    let turned = loss.turn(50_000, &session).expect("it can be turned");
    let Some(Then::Show { scenario, .. }) = lesson.choose(&turned, &session) else { panic!("another run") };
    assert!(scenario.inputs == session.sim().scenario().inputs && scenario.network != session.sim().scenario().network);
    let verdict = lab.challenges[index].decide(&lab, &library, &scenario, None).expect("a verdict");
    assert!(verdict.said.starts_with("survived "), "{}", verdict.said);
}

#[test]
fn a_study_that_is_measured_again_begins_with_nothing_and_no_choice_in_it_can_be_taken_back() {
    let lab = lab("L02");
    let (mut lesson, mut session) = begin(&lab);
    hear(&mut lesson, &mut session, Say::Study(0));
    let set = Turned::Now(Input::Set { key: lab.studies[0].knobs[0].clone(), value: 50_000_000 });
    assert!(matches!(lesson.choose(&set, &session), Some(Then::Show { undoable: false, .. })));
    for _ in 0..2 {
        let Then::Work(_) = lesson.hear(Say::Measure, &session) else { panic!("there is something to do") };
        assert!(lesson.seen.is_none(), "nothing is done yet");
        let findings = Survey::new(&lab.studies[0], &lesson.chosen, 3).finish(&lab.studies[0], &lab, &Library::standard());
        lesson.hear(Say::Report(Box::new(Report::Measured(vec![findings.expect("runs")]))), &session);
        assert!(lesson.seen.is_some());
        lesson.hear(Say::Cancel, &session);
    }
}

#[test]
fn whoever_comes_back_to_a_study_sees_the_run_of_what_will_be_measured() {
    let lab = lab("L02");
    let (mut lesson, mut session) = begin(&lab);
    hear(&mut lesson, &mut session, Say::Study(0));
    let usual = session.sim().scenario().clone();
    let set = Turned::Now(Input::Set { key: lab.studies[0].knobs[0].clone(), value: 50_000_000 });
    let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
    session = Session::new(&Library::standard(), *scenario).expect("a run");
    let kept = Saved::write(&lesson, &session.link().write());
    let (mut again, _) = begin(&lab);
    let there = Saved::read(&kept, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
    assert_eq!((again.place, &again.chosen), (Place::Study(0), &Chosen::default()));
    assert_eq!(there.sim().scenario(), &usual);
}

#[test]
fn how_many_nodes_there_are_is_chosen_where_the_lab_offers_it_and_all_else_stays_exact() {
    let lab = lab("L10");
    let (mut lesson, mut session) = begin(&lab);
    let chosen = |lesson: &mut Lesson, session: &mut Session, nodes: i64| {
        let knobs = Knob::all(session.sim(), session.playhead());
        let knob = knobs.into_iter().find(|knob| knob.what == What::Nodes).expect("a knob");
        let turned = knob.turn(nodes, session).expect("it can be turned");
        match (lesson.choose(&turned, session), turned) {
            (Some(Then::Show { scenario, .. }), _) => *session = Session::new(&Library::standard(), *scenario).expect("a run"),
            (None, Turned::Anew(scenario)) => session.rebuild(*scenario).expect("a run"),
            other => panic!("{other:?}"),
        }
    };
    let sizes = |lesson: &Lesson, session: &Session| lesson.sizes(session.sim().scenario());
    hear(&mut lesson, &mut session, Say::Guess("1".into()));
    for _ in 1..lab.steps.len() {
        assert_eq!(sizes(&lesson, &session), [0; 0], "a step that others go on from");
        hear(&mut lesson, &mut session, Say::Finish);
        lesson.watch(&session);
        hear(&mut lesson, &mut session, Say::Continue);
    }
    let (before, at, truth) = (session.sim().scenario().clone(), session.playhead(), lesson.truth.clone());
    assert_ne!(truth, Truth::Open);
    assert_eq!(sizes(&lesson, &session), [2, 3, 5]);
    chosen(&mut lesson, &mut session, 5);
    assert_eq!((session.sim().scenario().nodes, session.playhead()), (5, Time::ZERO));
    // Names of clients mean the same clients: those behind five nodes.
    let mut asked = session.sim().scenario().clone();
    asked.add(Time(1_000_000), Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 });
    session = Session::new(&Library::standard(), asked).expect("a run");
    session.seek(Time(1_000_000_000));
    lesson.watch(&session);
    let answered = lesson.measured().into_iter().find(|(name, _)| *name == "c1 was answered").map(|(_, shown)| shown);
    assert_eq!(answered, Some(looking::Shown::Share(Value::whole(1), Value::whole(1))));
    assert_eq!(lesson.truth, truth, "the bet is about the run that it was made for");
    // What is kept of that place leads back to it.
    let kept = Saved::write(&lesson, &session.link().write());
    let (mut again, _) = begin(&lab);
    let there = Saved::read(&kept, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
    again.watch(&there);
    assert_eq!((there.sim().scenario().nodes, &again.truth), (5, &truth));
    hear(&mut lesson, &mut session, Say::Continue);
    assert_eq!(sizes(&lesson, &session), [2, 3, 5]);
    hear(&mut lesson, &mut session, Say::Previous);
    assert_eq!((session.sim().scenario(), session.playhead()), (&before, at));

    // Who has not come to what the bet is about does not come to it with other nodes.
    let (mut skipped, mut run) = begin(&lab);
    hear(&mut skipped, &mut run, Say::Guess("1".into()));
    for _ in 1..lab.steps.len() {
        hear(&mut skipped, &mut run, Say::Continue);
    }
    chosen(&mut skipped, &mut run, 5);
    let mut asked = run.sim().scenario().clone();
    for (ms, node) in [(1, 0), (1_000, 0), (2_000, 1)] {
        let write = Input::Invoke { client: node, node: NodeId(node), op: 1, argument: 0 };
        asked.add(Time(ms * 1_000_000), write);
    }
    run = Session::new(&Library::standard(), asked).expect("a run");
    run.seek(Time(5_000_000_000));
    skipped.watch(&run);
    assert_eq!(skipped.truth, Truth::Open);

    // A challenge begins anew with as many, and is decided with the names that there are then.
    let library = Library::standard();
    let index = lab.challenges.iter().position(|challenge| challenge.id == "refused").expect("a challenge");
    for (nodes, solved) in [(2, false), (3, true), (5, true)] {
        hear(&mut lesson, &mut session, Say::Challenge(index));
        assert_eq!(session.sim().scenario(), &lab.challenges[index].start(&lab), "as the lab has it");
        if nodes != 3 {
            chosen(&mut lesson, &mut session, nodes.into());
        }
        let Task::Break { solution, .. } = &lab.challenges[index].sized(nodes).task else { panic!("to break") };
        let done = solution.perform(&library, session.sim().scenario(), &lab.world.subject, Time::ZERO, lab.world.length);
        session = Session::new(&library, done.expect("a run").scenario).expect("a run");
        session.seek(lab.world.length);
        lesson.watch(&session);
        assert_eq!(lesson.is_solved(), Some(solved), "{nodes} nodes: {:?}", lesson.verdict(session.playhead()));
    }
    let other = lab.challenges.iter().position(|challenge| challenge.id == "proof").expect("a challenge");
    hear(&mut lesson, &mut session, Say::Challenge(other));
    assert_eq!(sizes(&lesson, &session), [0; 0]);
}

#[test]
fn every_order_of_events_is_tried_world_by_world_until_somebody_cancels() {
    let lab = lab("L02");
    let index = lab.challenges.iter().position(|challenge| challenge.id == "generals").expect("two generals");
    let (mut lesson, mut session) = begin(&lab);
    hear(&mut lesson, &mut session, Say::Challenge(index));
    let mut then = lesson.hear(Say::Search, &session);
    while let Then::Work(job) = then {
        assert_eq!(lesson.work, Some(Work::Searching));
        then = lesson.hear(Say::Report(Box::new(job.work())), &session);
    }
    let tried = &lesson.tried[0];
    assert_eq!((lesson.tried.len(), tried.done, tried.worlds, tried.found.len(), lesson.work), (1, 9, 9, 9, None));
    assert!(tried.found[8].0.contains("acknowledgements = 8"));
    let Then::Work(job) = lesson.hear(Say::Search, &session) else { panic!("once more") };
    lesson.hear(Say::Cancel, &session);
    assert_eq!(lesson.hear(Say::Report(Box::new(job.work())), &session), Then::Nothing);
    assert!(lesson.tried.is_empty() && lesson.work.is_none());
}

#[test]
fn a_challenge_is_solved_by_its_solution_and_not_by_waiting() {
    for lab in labs() {
        for (index, challenge) in lab.challenges.iter().enumerate() {
            let Task::Break { .. } = challenge.task else { continue };
            let (mut lesson, mut session) = begin(&lab);
            hear(&mut lesson, &mut session, Say::Challenge(index));
            session.seek(Challenge::end(challenge, &lab));
            lesson.watch(&session);
            assert_eq!(lesson.verdict(session.playhead()).map(|verdict| verdict.solved), Some(Some(false)), "{} {}", lab.id, challenge.id);
            let solved = lab.runs(&Library::standard()).expect("runs");
            let run = solved.into_iter().find(|(name, ..)| *name == format!("challenge {}", challenge.id)).expect("its solution").1;
            session = Session::new(&Library::standard(), run).expect("a run");
            session.seek(Challenge::end(challenge, &lab));
            lesson.watch(&session);
            assert!(lesson.stars.is_some(), "{} {}", lab.id, challenge.id);
        }
    }
}
