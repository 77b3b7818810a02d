//! The judge against other people's verdicts and against judges too simple to be wrong.

mod support;

use faultline::judge::history::{History, Outcome};
use faultline::judge::linearizable::{Linearizability, Refutation, Verdict, is_linearizable};
use faultline::judge::map::ARROWS;
use faultline::judge::spec::{Act, Case, Object, Step};
use faultline::judge::value::Value;
use faultline::judge::{Budget, Judgement, Progress, Promise, judge, judge_within, sketch};
use support::definition::{by_definition, each_small_register};

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
    let mut dice = support::Dice::stream(number, 1);
    let mut dice = |bound: u64| dice.below(bound);
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

/// Every history of a register with up to four operations of up to three clients and two values:
/// every way in which beginnings and ends can follow one another, every operation, every answer.
#[test]
fn every_small_history_of_a_register() {
    let mut counts = [0u32; 2];
    each_small_register(&mut |case| {
        let judged = is_linearizable(case, 1_000_000).unwrap();
        assert_eq!(judged, by_definition(case), "{:?}", case.steps);
        counts[usize::from(judged)] += 1;
    });
    assert!(counts[0] > 10_000 && counts[1] > 10_000, "{counts:?}");
}

/// What each kind of object is at the beginning, and what can be done to it.
fn objects() -> [(Value, Vec<Act>); 5] {
    let value = Value::Int;
    let text = |text: &str| Value::Text(text.into());
    let both = |first: Act, second: Act| Act::Together(vec![(value(0), first), (value(1), second)]);
    let (read, write) = (|n| Act::Read(Some(value(n))), |n| Act::Write(value(n)));
    let pair = |x: i64, y: i64| Value::Map(vec![(value(0), value(x)), (value(1), value(y))]);
    [
        (value(0), [vec![read(0)], (1..8).flat_map(|n| [read(n), write(n)]).collect()].concat()),
        (value(0), vec![read(1), read(2), write(1), Act::Swap(value(1), value(2)), Act::Swap(value(2), value(1)), Act::Differs(value(1))]),
        (
            Value::Nil,
            [
                ["", "a", "ab", "ba", "aba"].map(|seen| Act::Read(Some(text(seen)))).to_vec(),
                vec![Act::Append(text("a")), Act::Append(text("b")), Act::Write(text("a")), Act::Read(Some(Value::Nil))],
            ]
            .concat(),
        ),
        (Value::Nil, vec![Act::Acquire, Act::Release]),
        (
            pair(0, 0),
            vec![
                both(write(1), read(0)),
                both(read(1), write(1)),
                both(read(0), read(1)),
                both(write(2), write(2)),
                both(read(2), read(1)),
            ],
        ),
    ]
}

/// Operations at random, with random answers: few of them, because hardly any order explains many.
fn random_case(initial: &Value, acts: &[Act], dice: &mut support::Dice) -> Case {
    let steps = (0..4 + dice.below(4) as usize).map(|op| {
        // Beginnings follow one another; ends come a while later, or are not known.
        let call = op * 10;
        let ret = (dice.below(3) > 0).then(|| call + 5 + 10 * dice.below(4) as usize + op % 5);
        let act = acts[dice.below(acts.len() as u64) as usize].clone();
        Step { op, process: op, call, ret, key: Value::Nil, act }
    });
    Case { steps: steps.collect(), initial: initial.clone(), processes: 8 }
}

/// What an object really answered to several clients at once, except that two answers may have been
/// swapped: only a search that forgets nothing finds its way through.
fn nearly_right_case(initial: &Value, acts: &[Act], ops: usize, dice: &mut support::Dice) -> Case {
    let one = |acts: &[Act], dice: &mut support::Dice| acts[dice.below(acts.len() as u64) as usize].clone();
    let (mut state, mut steps) = (initial.clone(), Vec::<Step>::new());
    // For each client the operation that it waits for, and whether that has happened.
    let mut waits = [None; 5];
    for moment in 0.. {
        if steps.len() == ops && waits == [None; 5] {
            break;
        }
        // Some clients are slower than others.
        let client = dice.below(5).min(dice.below(5)) as usize;
        waits[client] = match waits[client] {
            None if steps.len() == ops => None,
            None => {
                steps.push(Step { op: steps.len(), process: client, call: moment, ret: None, key: Value::Nil, act: one(acts, dice) });
                Some((steps.len() - 1, false))
            }
            Some((_, false)) if dice.one_in(20) => None,
            Some((op, false)) => {
                let step = &mut steps[op];
                let can: Vec<Act> =
                    acts.iter().filter(|act| Step { act: (*act).clone(), ..step.clone() }.apply(&state).is_some()).cloned().collect();
                step.act = one(&can, dice);
                state = step.apply(&state).unwrap();
                Some((op, true))
            }
            Some((op, true)) => {
                steps[op].ret = Some(moment).filter(|_| !dice.one_in(20));
                None
            }
        };
    }
    let first = dice.below(ops as u64 - 4) as usize;
    let then = first + dice.below(5) as usize;
    if let Ok([first, then]) = steps.get_disjoint_mut([first, then]) {
        std::mem::swap(&mut first.act, &mut then.act);
    }
    Case { steps, initial: initial.clone(), processes: waits.len() }
}

/// Whatever operations do, and however many of them nobody knows the end of.
#[test]
fn histories_of_all_objects_are_judged_as_defined() {
    for (object, (initial, acts)) in objects().iter().enumerate() {
        for (random, cases) in [(true, 2_500), (false, 1_000)] {
            let mut counts = [0u32; 2];
            for number in 0..cases {
                let mut dice = support::Dice::new(number);
                let case = if random {
                    random_case(initial, acts, &mut dice)
                } else {
                    let ops = 12 + dice.below(29) as usize;
                    nearly_right_case(initial, acts, ops, &mut dice)
                };
                let refutation = judged_as_defined(&case);
                counts[usize::from(refutation.is_none())] += 1;
                if let Some(why) = refutation.filter(|_| random) {
                    assert_is_enough(&case, &why);
                }
            }
            assert!(counts.iter().all(|count| *count > 50), "object {object}: {counts:?}");
        }
    }
}

/// The judge's verdict, if it is that of the definition: nothing if an order exists.
fn judged_as_defined(case: &Case) -> Option<Refutation> {
    match Linearizability::new(vec![case.clone()]).run(u64::MAX) {
        Verdict::Kept(orders) => {
            assert!(is_order(case, &orders[0]), "{orders:?}: {:?}", case.steps);
            None
        }
        Verdict::Broken(why) => {
            assert!(!by_definition(case), "{:?}", case.steps);
            assert!(is_order(&with_ends(case, &[]), &why.longest), "{why:?}: {:?}", case.steps);
            Some(why)
        }
        Verdict::Unknown => unreachable!(),
    }
}

/// What contradicts itself does so by the definition, and no less of it does.
fn assert_is_enough(case: &Case, why: &Refutation) {
    assert!(!by_definition(&with_ends(case, &why.core)), "{why:?}: {:?}", case.steps);
    for needed in &why.core {
        let others: Vec<usize> = why.core.iter().copied().filter(|op| op != needed).collect();
        assert!(by_definition(&with_ends(case, &others)), "{needed} is not needed: {why:?}: {:?}", case.steps);
    }
}

/// However long a history is, it does not take much longer to show what is wrong than to know it; and
/// whoever stops earlier has something that is enough all the same.
#[test]
fn evidence_takes_little_longer_than_the_verdict() {
    const SLICE: u64 = 10_000;
    let [(initial, acts), ..] = objects();
    for number in 0..3 {
        let mut case = nearly_right_case(&initial, &acts, 300, &mut support::Dice::new(number));
        // Somebody reads at the end what was written at the very beginning, and never again.
        let stale = Value::Int(99);
        case.steps[0].act = Act::Write(stale.clone());
        case.steps.iter_mut().rfind(|step| matches!(step.act, Act::Read(_)) && step.ret.is_some()).unwrap().act = Act::Read(Some(stale));

        let mut check = Linearizability::new(vec![case.clone()]);
        let known_after = (1..).find(|_| check.decide(SLICE).is_some()).unwrap();
        let Verdict::Broken(early) = check.so_far() else { panic!("{number}: nobody can have read that") };
        let mut check = Linearizability::new(vec![case.clone()]);
        let shown = (0..known_after * 6 + 200).find_map(|_| match check.run(SLICE) {
            Verdict::Broken(why) => Some(why),
            _ => None,
        });
        let why = shown.unwrap_or_else(|| panic!("{number}: known after {known_after} slices, and not shown"));
        for why in [&early, &why] {
            assert_eq!(is_linearizable(&with_ends(&case, &why.core), u64::MAX), Some(false), "{number}: {why:?}");
        }
        assert!(why.core.len() * 5 < early.core.len(), "{number}: {} of {}", why.core.len(), early.core.len());
    }
}

/// Six operations of a store that kept its promise. The read of 9 begins only after the write of 16 has
/// ended, so that a search may give it the place which that had among the open ones.
#[test]
fn who_begins_after_another_has_ended_is_not_taken_for_it() {
    let (read, write) = (|value| Act::Read(Some(Value::Int(value))), |value| Act::Write(Value::Int(value)));
    let ops = [(0, 3, write(16)), (1, 2, write(9)), (4, 10, read(9)), (5, 6, write(6)), (7, 11, write(17)), (8, 9, read(17))];
    let steps =
        ops.into_iter().enumerate().map(|(op, (call, ret, act))| Step { op, process: op, call, ret: Some(ret), key: Value::Nil, act });
    assert_eq!(judged_as_defined(&Case { steps: steps.collect(), initial: Value::Int(0), processes: 6 }), None);
}

/// The same history, but only of these operations anybody knows when they ended.
fn with_ends(case: &Case, known: &[usize]) -> Case {
    case.with(case.steps.iter().map(|step| Step { ret: step.ret.filter(|_| known.contains(&step.op)), ..step.clone() }).collect())
}

/// Whether the operations can have happened in this order, and no others.
fn is_order(case: &Case, order: &[usize]) -> bool {
    let place = |step: &Step| order.iter().position(|op| *op == step.op).unwrap_or(usize::MAX);
    let ended = case.steps.iter().filter(|step| step.ret.is_some());
    let in_time = ended.clone().all(|first| case.steps.iter().all(|then| then.call < first.ret.unwrap() || place(first) < place(then)));
    let end = order.iter().try_fold(case.initial.clone(), |state, op| case.steps[*op].apply(&state));
    ended.clone().all(|step| order.contains(&step.op)) && in_time && end.is_some()
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
    use faultline::judge::sequential::Sequential;
    for number in 0..300 {
        let history = sessions(&random_sessions(number));
        let objects = Case::of(&history, Object::MultiRegister, &Value::Int(0)).unwrap().by_object();
        let straight = Linearizability::new(objects.clone()).run(u64::MAX);
        let mut check = Linearizability::new(objects.clone());
        let piecewise = loop {
            match check.run(1) {
                Verdict::Unknown => {}
                found => break found,
            }
        };
        assert_eq!(piecewise, straight);
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
    let mut looks = Vec::new();
    let mut look = |progress: Progress| {
        looks.push(progress);
        looks.len() < 3
    };
    let mut budget = Budget::watched(u64::MAX, &mut look);
    let judgement = judge_within(&history, Object::MultiRegister, Promise::Sequential, &Value::Int(0), &mut budget).unwrap();
    assert_eq!((judgement.kept, looks.len()), (None, 3));
    assert!(looks.iter().all(|progress| progress.of == history.ops.len() && (1..progress.of).contains(&progress.done)), "{looks:?}");
}

/// A check of what causes what says how far it is, and that more and more; and ends when it is told to.
#[test]
fn a_check_of_causes_says_how_far_it_is_and_can_be_stopped() {
    // Five who write and read each other's objects, of which each read sees the last write.
    let lane = |process: usize| (0..160).map(|at| format!("{}{}", ["x", "y"][process % 2], at % 9 + 1)).collect::<Vec<_>>().join(" ");
    let mut history = sessions(&(0..5).map(lane).collect::<Vec<_>>().join(" / "));
    let mut now = [Value::Int(0), Value::Int(0)];
    for (number, op) in history.ops.iter_mut().enumerate() {
        let last = &mut now[usize::from(op.key == Some(Value::Word("y".into())))];
        if number % 3 == 0 {
            (op.f, op.input, op.output) = ("read".into(), Value::Nil, last.clone());
        } else {
            *last = Value::Int(number as i64);
            (op.input, op.output) = (last.clone(), last.clone());
        }
    }
    for (name, promise) in Promise::ALL {
        if !matches!(promise, Promise::Weak(_)) {
            continue;
        }
        let judged = |look: &mut dyn FnMut(Progress) -> bool| {
            judge_within(&history, Object::MultiRegister, promise, &Value::Int(0), &mut Budget::watched(u64::MAX, look)).unwrap().kept
        };
        let mut shares = Vec::new();
        let kept = judged(&mut |Progress { done, of }| {
            // Nothing of 0 is known yet.
            shares.extend((of > 0).then(|| done as f64 / of as f64));
            true
        });
        assert_eq!(kept, Some(true), "{name}");
        assert!(shares.is_sorted() && shares.iter().all(|share| (0.0..1.0).contains(share)), "{name}: {shares:?}");
        let mut different = shares.clone();
        different.dedup();
        assert!(different.len() > 3, "{name}: {shares:?}");
        let mut looks = 0;
        let stopped = judged(&mut |_| {
            looks += 1;
            looks < 2
        });
        assert_eq!((stopped, looks), (None, 2), "{name}");
    }
}

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
