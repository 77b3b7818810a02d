//! The judge against other people's verdicts and against judges too simple to be wrong.

use faultline::judge::history::{History, Outcome};
use faultline::judge::linearizable::is_linearizable;
use faultline::judge::map::ARROWS;
use faultline::judge::spec::{Act, Case, Object, Step};
use faultline::judge::value::Value;
use faultline::judge::{Budget, Judgement, Promise, judge, judge_within, sketch};

fn sessions(text: &str) -> History {
    sketch::read(text, false).unwrap()
}

fn says(history: &History, promise: &str) -> Judgement {
    let promise = Promise::named(promise).unwrap();
    judge(history, Object::MultiRegister, promise, &Value::Int(0), 1_000_000).unwrap()
}

fn kept(text: &str, promise: &str) -> bool {
    says(&sessions(text), promise).kept.unwrap()
}

/// The histories (a) to (e) of Bouajjani, Enea, Guerraoui and Hamza (2017), figure 3.
#[test]
fn the_five_histories_of_bouajjani_and_others() {
    for (name, text, causal, memory, convergence) in [
        ("a", "x1 x?2 / x2 x?1", true, true, false),
        ("b", "z1 x1 y1 / x2 z?0 y?1 x?2", true, false, true),
        ("c", "x1 / x2 x?1 x?2", true, false, false),
        ("d", "x1 y?0 y1 x?1 / x2 y?0 y2 x?2", true, true, true),
        ("e", "x1 y1 / y?1 x2 / x?2 x?1", false, false, false),
    ] {
        let found = (kept(text, "causal"), kept(text, "causal-memory"), kept(text, "causal-convergence"));
        assert_eq!(found, (causal, memory, convergence), "history {name}: CC, CM, CCv");
        assert!(!kept(text, "sequential"), "history {name}");
    }
}

#[test]
fn each_session_guarantee_is_broken_alone() {
    let guarantees: [&str; 4] = ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"];
    for (text, broken) in [
        ("x1 x?0", &guarantees[..1]),
        ("x1 / x?1 x?0", &guarantees[1..2]),
        ("x1 x2 x?1", &guarantees[..1]),
        ("x1 / x2 / x?1 x?2 x?1", &guarantees[1..2]),
        ("x1 x2 / x?2 x?1", &guarantees[2..3]),
        ("x1 y1 / y?1 x?0", &guarantees[2..3]),
        ("x1 / x?1 y1 / y?1 x?0", &guarantees[3..]),
        ("x1 x2 / x?1 x?2", &guarantees[..0]),
    ] {
        let found: Vec<_> = guarantees.iter().copied().filter(|guarantee| !kept(text, guarantee)).collect();
        assert_eq!(found, broken, "{text}");
    }
}

#[test]
fn a_promise_keeps_every_weaker_one() {
    let about_one = |name: &str| !matches!(Promise::named(name), Some(Promise::Isolation(_)));
    let arrows: Vec<_> = ARROWS.iter().filter(|arrow| about_one(arrow.strong)).map(|arrow| (arrow.strong, arrow.weak)).collect();
    let mut separated = vec![false; arrows.len()];
    for number in 0..2_000 {
        let text = random_sessions(number);
        for ((strong, weak), separated) in arrows.iter().zip(&mut separated) {
            let (strongly, weakly) = (kept(&text, strong), kept(&text, weak));
            assert!(weakly || !strongly, "{text} keeps {strong} but not {weak}");
            *separated |= weakly && !strongly;
        }
    }
    assert!(separated.iter().all(|separated| *separated), "some pair was never told apart: {separated:?}");
}

/// Two or three processes, up to four operations each, every value written once.
fn random_sessions(number: u64) -> String {
    use faultline::sim::{Purpose, below, draw};
    let mut thrown = 0;
    let mut dice = |bound: u64| {
        thrown += 1;
        below(draw(number, Purpose::Choice, 1, thrown), bound)
    };
    let processes = 2 + dice(2);
    let mut written = [0; 2];
    let mut lanes = Vec::new();
    for _ in 0..processes {
        let mut lane = Vec::new();
        for _ in 0..1 + dice(4) {
            let object = dice(2) as usize;
            if dice(2) == 0 {
                written[object] += 1;
                lane.push(format!("{}{}", ["x", "y"][object], written[object]));
            } else {
                lane.push(format!("{}?#{}", ["x", "y"][object], dice(100)));
            }
        }
        lanes.push(lane.join(" "));
    }
    // Reads see what was written, now that this is known.
    let text = lanes.join(" / ");
    text.split(' ')
        .map(|word| match word.split_once("?#") {
            Some((object, seen)) => {
                let seen: u64 = seen.parse().unwrap();
                format!("{object}?{}", seen % (written[usize::from(object == "y")] + 1))
            }
            None => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Linearizability by trying every order, as its definition says.
fn by_definition(case: &Case) -> bool {
    fn go(case: &Case, done: u32, state: &Value) -> bool {
        let open = |index: usize| done >> index & 1 == 0;
        if case.steps.iter().enumerate().all(|(index, step)| !open(index) || step.ret.is_none()) {
            return true;
        }
        (0..case.steps.len()).filter(|index| open(*index)).any(|index| {
            // Nothing that is still open may have ended before this one began.
            let first =
                case.steps.iter().enumerate().all(|(other, step)| !open(other) || step.ret.is_none_or(|ret| ret > case.steps[index].call));
            first && case.steps[index].apply(state).is_some_and(|next| go(case, done | 1 << index, &next))
        })
    }
    go(case, 0, &case.initial)
}

/// Every history of a register with up to four operations of up to three clients and two values:
/// every way in which beginnings and ends can follow one another, every operation, every answer.
#[test]
fn every_small_history_of_a_register() {
    let mut counts = [0u32; 2];
    for ops in 1..=4 {
        each_interleaving(ops, &mut |events| {
            each_act(ops, &mut |acts| {
                let case = small_case(events, acts);
                let judged = is_linearizable(&case, 1_000_000).unwrap();
                assert_eq!(judged, by_definition(&case), "{:?}", case.steps);
                counts[usize::from(judged)] += 1;
            })
        });
    }
    assert!(counts[0] > 10_000 && counts[1] > 10_000, "{counts:?}");
}

/// When an operation begins and ends.
type Times = (usize, Option<usize>);

/// Calls back with every order of beginnings and ends, in which operations begin in the order of
/// their numbers and at most three are open at once. An end that is missing is unknown.
fn each_interleaving(ops: usize, found: &mut dyn FnMut(&[Times])) {
    fn go(ops: usize, time: usize, begun: &mut Vec<Times>, found: &mut dyn FnMut(&[Times])) {
        let open: Vec<usize> = (0..begun.len()).filter(|op| begun[*op].1.is_none()).collect();
        if begun.len() == ops {
            // One that never ends stands for all that may not.
            if open.len() <= 1 {
                found(begun);
            }
        } else if open.len() < 3 {
            begun.push((time, None));
            go(ops, time + 1, begun, found);
            begun.pop();
        }
        for op in open {
            begun[op].1 = Some(time);
            go(ops, time + 1, begun, found);
            begun[op].1 = None;
        }
    }
    go(ops, 0, &mut Vec::new(), found);
}

fn each_act(ops: usize, found: &mut dyn FnMut(&[Act])) {
    let value = |value: i64| Value::Int(value);
    let acts =
        [Act::Write(value(1)), Act::Write(value(2)), Act::Read(Some(value(0))), Act::Read(Some(value(1))), Act::Read(Some(value(2)))];
    for number in 0..acts.len().pow(ops as u32) {
        let chosen: Vec<Act> = (0..ops).map(|op| acts[number / acts.len().pow(op as u32) % acts.len()].clone()).collect();
        found(&chosen);
    }
}

fn small_case(events: &[Times], acts: &[Act]) -> Case {
    let steps = events.iter().zip(acts).enumerate().map(|(op, ((call, ret), act))| Step {
        op,
        process: op,
        call: *call,
        ret: *ret,
        key: Value::Nil,
        act: act.clone(),
    });
    Case { steps: steps.collect(), initial: Value::Int(0), processes: acts.len() }
}

/// What a verdict shows must hold without the judge: an order must be one, and the operations that
/// contradict one another must do so by the definition.
#[test]
fn evidence_is_evidence() {
    let mut checked = [0; 2];
    for number in 0..1_500 {
        let text = random_sessions(number);
        let history = sessions(&text);
        let judgement = says(&history, "linearizable");
        let case = Case::of(&history, Object::MultiRegister, &Value::Int(0)).unwrap();
        for object in case.by_object() {
            let core: Vec<Step> = object
                .steps
                .iter()
                .filter(|step| judgement.ops.contains(&step.op) || matches!(step.act, Act::Write(_)))
                .map(|step| Step { ret: step.ret.filter(|_| judgement.ops.contains(&step.op)), ..step.clone() })
                .collect();
            let accused = judgement.kept == Some(false) && object.steps.iter().any(|step| judgement.ops.contains(&step.op));
            if accused {
                assert!(!by_definition(&object.with(core)), "{text}: {judgement}");
            }
            checked[usize::from(accused)] += 1;
        }
        assert_eq!(judgement.kept == Some(true), case.by_object().iter().all(by_definition), "{text}");
    }
    assert!(checked.iter().all(|count| *count > 300), "{checked:?}");
}

#[test]
fn a_check_can_be_interrupted_at_any_step_and_says_the_same() {
    use faultline::judge::linearizable::{Linearizability, Verdict};
    use faultline::judge::sequential::Sequential;
    for number in 0..300 {
        let history = sessions(&random_sessions(number));
        let objects = Case::of(&history, Object::MultiRegister, &Value::Int(0)).unwrap().by_object();
        let straight = Linearizability::new(&objects).run(u64::MAX);
        let mut check = Linearizability::new(&objects);
        let piecewise = loop {
            match check.run(1) {
                Verdict::Unknown => {}
                found => break found,
            }
        };
        assert_eq!(piecewise.kept(), straight.kept());
        let case = Case::of(&history, Object::MultiRegister, &Value::Int(0)).unwrap();
        let straight = Sequential::new(&case, &objects).run(u64::MAX);
        let mut check = Sequential::new(&case, &objects);
        let piecewise = loop {
            match check.run(1) {
                Verdict::Unknown => {}
                found => break found,
            }
        };
        assert_eq!(piecewise, straight);
    }
}

#[test]
fn every_judgement_ends_with_its_budget_and_says_so() {
    let history = sessions("x1 y1 z?1 x?1 / x2 z1 y?1 x?2 / y?1 x?2 z?1");
    for (name, promise) in Promise::ALL {
        let with = |steps| judge(&history, Object::MultiRegister, promise, &Value::Int(0), steps).unwrap();
        let (none, all) = (with(0), with(1_000_000));
        assert_eq!(none.kept, None, "{name}");
        assert!(none.verdict.starts_with("unknown"));
        let enough = (0..20).map(|power| 1 << power).find(|steps| with(*steps).kept.is_some()).unwrap();
        assert_eq!(with(enough).kept, all.kept, "{name}");
    }
}

#[test]
fn whoever_waits_for_a_judgement_can_stop_it() {
    // Everybody writes and nobody reads: there are very many orders, and the last read has no place.
    let lane =
        |process: usize| (0..6).map(|at| format!("{}{}", ["x", "y", "z"][process % 3], (process / 3 * 6 + at) % 9 + 1)).collect::<Vec<_>>();
    let mut text: Vec<String> = (0..9).map(|process| lane(process).join(" ")).collect();
    text.push("x?0 y?9 z?9 x?0".into());
    let history = sessions(&text.join(" / "));
    let mut looks = 0;
    let mut look = || {
        looks += 1;
        looks < 3
    };
    let mut budget = Budget::watched(u64::MAX, &mut look);
    let judgement = judge_within(&history, Object::MultiRegister, Promise::Sequential, &Value::Int(0), &mut budget).unwrap();
    assert_eq!((judgement.kept, looks), (None, 3));
}

mod support;

/// The history of a run of primary and backups.
fn of_a_run(scenario: faultline::Scenario) -> History {
    let mut sim = faultline::Sim::new(&faultline::models::Library::standard(), scenario).unwrap();
    sim.run_until(faultline::sim::Time::ZERO + support::LENGTH);
    History::of(&sim)
}

fn primary_backup(seed: u64) -> faultline::Scenario {
    use faultline::scenario::{Pace, Route, Workload};
    use faultline::sim::{Latency, Span};
    let library = faultline::models::Library::standard();
    let mut scenario = support::scenario(library.find("primary-backup").unwrap().about(), seed);
    scenario.settings.clear();
    scenario.inputs.retain(|timed| !matches!(timed.input, faultline::scenario::Input::Set { .. }));
    scenario.clients = scenario.clients.max(2);
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(20) });
    scenario.workload = Some(Workload { pace, route: Route::Random, keys: 1, limit: 12 });
    scenario
}

#[test]
fn whatever_happens_a_register_that_waits_for_all_is_linearizable() {
    let mut answered = 0;
    for seed in 0..400 {
        let history = of_a_run(primary_backup(seed));
        answered += history.ops.iter().filter(|op| op.outcome == Outcome::Ok).count();
        let judgement = judge(&history, Object::Register, Promise::Linearizable, &Value::Int(0), 10_000_000).unwrap();
        assert_eq!(judgement.kept, Some(true), "seed {seed}: {judgement}\n{}", history.to_edn());
    }
    assert!(answered > 1_000, "{answered} operations were answered");
}

#[test]
fn a_register_that_is_read_at_backups_is_caught() {
    let caught = (0..400).filter(|seed| {
        let mut scenario = primary_backup(*seed);
        scenario.settings.insert("read-anywhere".into(), 1);
        scenario.settings.insert("wait-for".into(), 2);
        let history = of_a_run(scenario);
        judge(&history, Object::Register, Promise::Linearizable, &Value::Int(0), 10_000_000).unwrap().kept == Some(false)
    });
    assert!(caught.count() > 20);
}
