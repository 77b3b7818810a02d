//! Predicates over runs: what each part means, what is said about it, and that it depends on nothing but
//! the run.

mod support;

use faultline::Sim;
use faultline::judge::spec::Object;
use faultline::judge::value::Value as Word;
use faultline::lab::predicate::{Found, Measure, Names, Observer, Predicate, Subject, Value};
use faultline::lab::script::{ACTIONS, Script, kind_of};
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::sim::{EventKind, Latency, Span, Time};
use support::Dice;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const END: Time = Time(10_000_000_000);

fn subject() -> Subject {
    Subject { object: Object::Register, initial: Word::Int(0) }
}

/// Three nodes, two clients, no chance: a message travels 50 ms, a sync takes 5 ms.
fn scenario() -> Scenario {
    let mut scenario = Scenario::new(Library::standard().find("primary-backup").unwrap().about(), 7);
    scenario.clients = 2;
    scenario.network.latency = Latency::Constant(Span::millis(50));
    scenario.settings.insert("wait-for".into(), 2);
    scenario
}

fn names() -> Names {
    let library = Library::standard();
    Names::of(library.find("primary-backup").unwrap(), &scenario())
}

fn predicate(text: &str) -> Predicate {
    Predicate::parse(text, &names()).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"))
}

fn performed(lines: &[&str]) -> Scenario {
    let script = Script::parse(lines, &names()).unwrap();
    let done = script.perform(&Library::standard(), &scenario(), &subject(), Time::ZERO, END).unwrap();
    assert_eq!(done.stuck, None);
    done.scenario
}

fn found(scenario: &Scenario, text: &str) -> Found {
    let mut observer = Observer::new(&Library::standard(), scenario.clone(), &subject(), END).unwrap();
    let watch = observer.watch(&predicate(text), 0);
    observer.run(END, &[watch]);
    observer.found(watch)
}

/// The first millisecond at which a predicate is true.
fn first(scenario: &Scenario, text: &str) -> Option<u64> {
    found(scenario, text).first.map(|moment| moment.time.0 / 1_000_000)
}

/// The primary loses its backups, acknowledges a write, and dies; a backup takes over, and is read.
const LOST: [&str; 4] = [
    "at 1s: cut n1 -> n2; cut n1 -> n3",
    "at 1.2s: c1 asks n1 write",
    "when requests(write, ok) >= 1: crash n1",
    "at 4s: c2 asks n2 read; c2 asks n3 read",
];

#[test]
fn every_part_means_what_the_guide_says() {
    let run = performed(&LOST);
    for (text, expected) in [
        ("time >= 3s", Some(3_000)),
        ("time > 3s", Some(3_000)),
        ("end", Some(10_000)),
        ("end then end", None),
        ("end and time = 10s", Some(10_000)),
        ("down(n1)", Some(1_305)),
        ("not up(n1)", Some(1_305)),
        ("paused(n1)", None),
        ("not connected(n1, n2)", Some(1_000)),
        ("not connected(n2, n1)", None),
        ("faults(cut) = 2", Some(1_000)),
        ("faults(cut, on n3) = 2", None),
        ("faults() = 5", Some(4_000)),
        ("requests(write) = 1", Some(1_200)),
        ("requests(write, ok, by c1, to n1) = 1", Some(1_305)),
        ("requests(ok, by c2, to n2) = 1", Some(4_100)),
        ("requests(open) = 2", Some(4_000)),
        ("requests(ok, answer 0) = 1", Some(4_100)),
        ("requests(ok, answer '1') = 1", None),
        ("requests(failed) = 1", Some(4_100)),
        ("requests(ended) = 3", Some(4_100)),
        ("requests(ok, faster 101ms) = 1", Some(4_100)),
        ("requests(ok, slower 101ms) = 1", Some(1_305)),
        ("latency(100%, write) = 105ms", Some(1_305)),
        ("latency(50%, ok) = 100ms", Some(4_100)),
        ("messages(heartbeat, delivered, from n1, to n2) = 1", Some(50)),
        ("messages(copy, lost) = 2", Some(1_255)),
        ("messages(request, under way) = 1", Some(1_200)),
        ("messages(answer, delivered) = 1", Some(1_305)),
        ("nodes(role primary) = 0", Some(1_305)),
        ("nodes(up, role = backup) = 2", Some(0)),
        ("nodes(up, role primary) = 0 then nodes(up, role primary) = 1", Some(1_550)),
        ("role(n2) = primary", Some(1_550)),
        ("broken(one-primary)", None),
        ("broken(linearizable)", Some(4_100)),
        ("field(n1, value) = 1", Some(1_250)),
        ("highest(version) = 1", Some(1_250)),
        ("different(value) = 2", Some(1_250)),
        ("lowest(version, up) = 0", Some(0)),
        ("copies(value) = 1", Some(1_305)),
        ("lost(value) = 1", Some(1_305)),
        ("setting(wait-for) = nobody", Some(0)),
        ("setting(heartbeat) >= 150ms", Some(0)),
        ("setting(take-over) = off", None),
        ("events(timer 'nothing heard from the primary', on n2) = 1", Some(1_550)),
        ("events(start) = 3", Some(0)),
        ("events(durable, on n1) >= 1", Some(1_255)),
        ("down(n1) for 1s", Some(2_305)),
        ("always up(n1) and time >= 2s", None),
        ("always up(n2) and time >= 2s", Some(2_000)),
        ("requests(ok) >= 1 within 100ms after requests(write) = 1", None),
        ("requests(ok) >= 1 within 200ms after requests(write) = 1", Some(1_305)),
        ("requests(begun, last 1s) = 0 and time >= 2s", Some(2_200)),
        ("requests(ok) / requests(ended) < 70%", Some(4_100)),
        ("requests(write) + requests(read) * 2 = 5", Some(4_000)),
        ("(requests(write) + 1) * 2 = 4", Some(1_200)),
        ("(up(n1) or time >= 5s) and not up(n1)", Some(5_000)),
    ] {
        assert_eq!(first(&run, text), expected, "{text}\n{}", lines(&found(&run, text)));
    }
    // The old primary lives, and hears of the new one 50 ms after that took over.
    let two = performed(&LOST[..1]);
    assert_eq!(first(&two, "broken(one-primary)"), Some(1_550));
    assert_eq!(first(&two, "kept(one-primary) and ever broken(one-primary)"), Some(1_600));
    let mut silent = scenario();
    silent.settings.insert("heartbeat".into(), 10_000_000_000);
    silent.settings.insert("take-over".into(), 0);
    assert_eq!(first(&silent, "messages(delivered) >= 1 then quiet"), Some(50));
}

fn lines(found: &Found) -> String {
    found.why.iter().map(|reason| format!("{reason}\n")).collect()
}

#[test]
fn what_holds_and_what_does_not_is_explained() {
    let run = performed(&[LOST[0], "at 3s: crash n1"]);
    assert_eq!(
        lines(&found(&run, "ever broken(one-primary) and (requests(write, ok) >= 2 or nodes(up) = 2)")),
        "✓ ever broken(one-primary) and (requests(write, ok) >= 2 or nodes(up) = 2)\n  \
           ✓ ever broken(one-primary): since 1.55 s\n    \
             ✓ broken(one-primary): n1 and n2 are all primary\n  \
           ✓ requests(write, ok) >= 2 or nodes(up) = 2\n    \
             ✗ requests(write, ok) >= 2: it is 0\n    \
             ✓ nodes(up) = 2: it is 2 (n2, n3)\n"
    );
    let run = performed(&LOST);
    let text = lines(&found(&run, "field(n2, vaule) = 1"));
    assert_eq!(text, "✗ field(n2, vaule) = 1: it is nothing yet, for n2 shows no “vaule”, only: view, version, value, on disk\n");
    let text = lines(&found(&run, "broken(linearizable)"));
    assert!(text.contains("not linearizable; ") && text.contains("read -> 0"), "{text}");
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    for (text, at, why) in [
        ("", 0, "something is missing"),
        ("up(n4)", 3, "there is no node or client “n4”"),
        ("up(c1)", 3, "must be a node"),
        ("broken(one-primry)", 7, "did you mean “one-primary”?"),
        ("messages(copi) >= 1", 9, "did you mean “copy”?"),
        ("requests(wirte) >= 1", 9, "did you mean “write”?"),
        ("faults(crsh) >= 1", 7, "did you mean “crash”?"),
        ("setting(waitfor) = nobody", 8, "did you mean “wait-for”?"),
        ("setting(wait-for) = one", 20, "there are all backups, one backup, nobody"),
        ("events(timer election) = 1", 13, "there is no timer “election”"),
        ("requests(ok) >= 1s", 16, "a number cannot be compared with a length of time"),
        ("time >= 3", 8, "a length of time cannot be compared with a number"),
        ("time + 1 > 3s", 7, "cannot be added"),
        ("requests(slower 1s) = 1", 18, "only requests that have ended"),
        ("requests(open, last 1s) = 1", 22, "has no “last”"),
        ("requests(ok) >= 1 and", 21, "something is missing"),
        ("requests(ok) >= 1 up(n1)", 18, "should end here"),
        ("requests(ok) >= ", 16, "something is missing"),
        ("requests(ok", 11, "an operation"),
        ("messges(copy) = 1", 0, "did you mean “messages”?"),
        ("latency(ok) < 1s", 8, "begins with a share"),
        ("up(n1) for long", 11, "length of time"),
        ("role(n1) = 'primary", 11, "never closed"),
        ("up(n1) & up(n2)", 7, "means nothing here"),
        ("time > 3parsecs", 7, "no number, share or length of time"),
    ] {
        let wrong = Predicate::parse(text, &names()).unwrap_err();
        assert!(wrong.at == at && wrong.why.contains(why), "{text}: {wrong:?}");
    }
    for deep in ["(".repeat(5_000), "not ".repeat(5_000)] {
        assert!(Predicate::parse(&format!("{deep}up(n1)"), &names()).is_err());
    }
}

/// Random runs with faults and clients: whoever asks, in whatever portions, gets the same.
#[test]
fn what_is_found_does_not_depend_on_how_one_looks() {
    let library = Library::standard();
    let about = library.find("primary-backup").unwrap().about();
    let texts = [
        "requests(ended, last 700ms) >= 2 for 300ms",
        "messages(under way) = 0 for 20ms",
        "down(n1) then up(n1) for 400ms",
        "requests(ok) >= 1 within 300ms after faults() >= 1",
        "ever broken(one-primary) or latency(50%, ok, last 2s) > 150ms",
        "time >= 1234567us and quiet",
        "end",
    ];
    for number in 0..20 {
        let mut scenario = support::scenario(about, number);
        scenario.nodes = scenario.nodes.max(3);
        let mut dice = Dice::new(number);
        let run = |dice: Option<&mut Dice>| {
            let mut observer = Observer::new(&library, scenario.clone(), &subject(), END).unwrap();
            let watches: Vec<_> = texts.iter().map(|text| observer.watch(&predicate(text), 0)).collect();
            if let Some(dice) = dice {
                let mut at = Time::ZERO;
                while at < END {
                    at = (at + Span::millis(dice.below(300))).min(END);
                    observer.run(at, &[]);
                }
            }
            observer.run(END, &[]);
            watches.iter().map(|watch| (observer.found(*watch).first, observer.holds(*watch))).collect::<Vec<_>>()
        };
        assert_eq!(run(None), run(Some(&mut dice)), "run {number}");
    }
}

/// Everything that was acknowledged longer before the crash than the recovery point is there; the oldest of
/// what is not was acknowledged just so long before it.
#[test]
fn the_recovery_point_is_how_far_back_what_is_lost_reaches() {
    let library = Library::standard();
    let model = library.find("replicated-log").unwrap();
    let mut scenario = Scenario::new(model.about(), 7);
    scenario.clients = 2;
    scenario.network.latency = Latency::Constant(Span::millis(50));
    scenario.settings.extend([("wait-for".into(), 0), ("careful".into(), 0)]);
    let names = Names::of(model, &scenario);
    let lines = [
        "at 200ms: c1 asks n1 write",
        "at 1s: cut n1 -> n2; cut n1 -> n3",
        "at 1.2s: c1 asks n1 write",
        "at 1.4s: c2 asks n1 write",
        "at 1.6s: crash n1",
        "at 2s: c2 asks n2 promote",
        "at 3s: restart n1",
        "at 4s: heal all",
    ];
    let run = Script::parse(&lines, &names).unwrap().perform(&library, &scenario, &subject(), Time::ZERO, END).unwrap().scenario;
    let first = |text: &str| {
        let mut observer = Observer::new(&library, run.clone(), &subject(), END).unwrap();
        let watch = observer.watch(&Predicate::parse(text, &names).unwrap(), 0);
        observer.run(END, &[watch]);
        observer.first(watch).map(|moment| moment.time.0 / 1_000_000)
    };
    let gone = first("time > 4s and lost(log) = 2");
    assert!(gone.is_some(), "n1 hears of its successor, and throws away what only it has");
    for (text, expected) in [
        ("recovery-point(log) = 0ms", Some(310)),
        ("recovery-point(log) > 0ms", Some(1_600)),
        ("recovery-point(log) = 290ms and lost(log) = 2", Some(1_600)),
        ("recovery-point(log) - 90ms = 200ms", Some(1_600)),
        // With its node the log comes back for a while; the writes in it were lost when the node was.
        ("down(n1) then recovery-point(log) = 0ms", Some(3_000)),
        ("time > 4s and recovery-point(log) = 290ms", gone),
        ("recovery-point(log) > 290ms", None),
    ] {
        assert_eq!(first(text), expected, "{text}");
    }
    // A measure looks at every moment, whenever it is asked.
    let mut observer = Observer::new(&library, run, &subject(), END).unwrap();
    let point = observer.measure(&Measure::parse("recovery-point(log)", &names).unwrap());
    observer.run(Time::ZERO + Span::millis(100), &[]);
    assert_eq!(observer.value(point), Value::Nothing);
    observer.run(END, &[]);
    assert_eq!(observer.value(point), Value::Span(290_000_000));
}

/// What is counted row by row is what a look at the whole trace counts.
#[test]
fn counts_agree_with_the_trace() {
    let library = Library::standard();
    let about = library.find("primary-backup").unwrap().about();
    for number in 0..30 {
        let mut scenario = support::scenario(about, number);
        scenario.nodes = scenario.nodes.max(3);
        let mut observer = Observer::new(&library, scenario.clone(), &subject(), END).unwrap();
        let names = Names::of(library.find("primary-backup").unwrap(), &scenario);
        let texts = [
            "messages()",
            "messages(delivered)",
            "messages(lost)",
            "messages(duplicated)",
            "messages(under way)",
            "requests(ok)",
            "requests(unknown)",
            "requests(open)",
            "faults()",
            "messages(sent, last 1s)",
        ];
        let measures = texts.map(|text| observer.measure(&Measure::parse(text, &names).unwrap()));
        observer.run(END, &[]);
        let mut sim = Sim::new(&library, scenario).unwrap();
        sim.run_until(END);
        let count = |kind: EventKind| sim.trace().rows().unwrap().filter(|row| row.kind == kind).count();
        let (sent, doubled) = (count(EventKind::Send), count(EventKind::Duplicate));
        let ok = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Return && row.detail == 1).count();
        let recent = sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Send && row.time > END - Span::secs(1)).count();
        let expected = [
            sent,
            count(EventKind::Deliver),
            count(EventKind::Lose),
            doubled,
            sent + doubled - count(EventKind::Deliver) - count(EventKind::Lose),
            ok,
            count(EventKind::Unknown),
            count(EventKind::Invoke) - count(EventKind::Return) - count(EventKind::Unknown),
            sim.trace().rows().unwrap().filter(|row| row.kind == EventKind::Input && row.detail == 0).count(),
            recent,
        ];
        for ((text, measure), expected) in texts.iter().zip(measures).zip(expected) {
            assert_eq!(observer.value(measure), Value::whole(expected as i128), "{text} in run {number}");
        }
    }
}

#[test]
fn what_time_alone_changes_is_noticed_to_the_nanosecond() {
    // Between these two moments and the next ones nothing happens that somebody would look at.
    let run = performed(&["at 1s: crash n1", "at 1501ms: crash n2", "at 2s: crash n3"]);
    for (text, nanos) in [
        ("total(down(n1)) >= 1.2345s", 2_234_500_000),
        ("total(down(n1)) + total(down(n2)) >= 2s", 2_250_500_000),
        ("total(down(n1)) + total(down(n2)) - 1s > 1s", 2_250_500_001),
        ("2s < total(down(n1)) + total(down(n2))", 2_250_500_001),
        ("total(down(n1)) * 3 >= 4s", 2_333_333_334),
        ("total(down(n1)) >= total(up(n1)) + 100ms", 2_100_000_000),
        ("total(down(n1)) / time >= 53%", 2_127_659_575),
        ("total(down(n3)) > 0ms", 2_000_000_001),
    ] {
        assert_eq!(found(&run, text).first.map(|moment| moment.time.0), Some(nanos), "{text}");
    }
}

#[test]
fn every_action_can_be_written() {
    let lines = [
        "crash n1",
        "at 1s: restart n1; pause n2",
        "after 5ms: resume n2",
        "slow n1 by 40ms to 60ms",
        "cut n1 -- n2",
        "heal n1 -> n2; heal all",
        "partition n1 c1 | n2",
        "network latency 90% 5ms or 10% exponential 20ms, loss 5%, ordered",
        "link n1 -> c1 latency 2ms plus pareto 5ms alpha 1.5, duplicate 1%",
        "clock n1 by -500ms; clock n2 rate +0.1%",
        "disk n1 sync log-normal 5ms sigma 0.5 torn 10%",
        "c2 asks n3 write",
        "when messages(copy, under way, from n3) >= 0: duplicate #3 n1 -> n2; deliver #1 n2 -> n1; delay #2 n1 -> n3 by 1s; drop #9 n1 -> n2",
        "fire n2 heartbeat due",
        "set wait-for one backup",
    ];
    let run = performed(&lines);
    let kinds: Vec<_> = run.inputs.iter().map(|timed| kind_of(&timed.input)).collect();
    for action in ACTIONS {
        assert!(kinds.contains(&action), "{action} among {kinds:?}");
    }
    assert!(run.inputs.iter().any(|timed| timed.input == Input::Set { key: "wait-for".into(), value: 1 }));
    let ends: Vec<_> = run.inputs.iter().map(|timed| timed.at.0).collect();
    assert!(ends.is_sorted());
    let written: Vec<_> = Script::parse(&lines, &names()).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(written, lines);
}

#[test]
fn a_message_is_found_by_its_kind_when_it_is_under_way() {
    let run = performed(&["c1 asks n1 write", "when messages(copy, under way, to n3) >= 1: drop copy n1 -> n3"]);
    assert_eq!(first(&run, "messages(copy, lost, from n1, to n3) = 1"), Some(55));
    let script = Script::parse(&["at 1s: drop copy n1 -> n3"], &names()).unwrap();
    let done = script.perform(&Library::standard(), &scenario(), &subject(), Time::ZERO, END).unwrap();
    assert_eq!(done.stuck, Some((1, "no such message is under way".into())));
}

#[test]
fn a_line_can_be_done_again_and_again_until_a_moment() {
    let run = performed(&["at 1s: crash n3", "every 100ms until 1400ms: c1 asks n1 write; c2 asks n2 read", "restart n3"]);
    let asked: Vec<_> = run.inputs.iter().filter(|timed| kind_of(&timed.input) == "ask").map(|timed| timed.at).collect();
    let moments = [1000, 1100, 1200, 1300, 1400].map(|ms| Time::ZERO + Span::millis(ms));
    assert_eq!(asked, moments.map(|moment| [moment; 2]).concat());
    let restarted = run.inputs.last().unwrap();
    assert_eq!((kind_of(&restarted.input), restarted.at), ("restart", moments[4]));
}

#[test]
fn a_line_that_looks_again_and_again_finds_what_it_has_done_itself() {
    let library = Library::standard();
    let mut pings = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
    pings.network.latency = Latency::Constant(Span::millis(50));
    pings.settings.insert("pause".into(), 0);
    let names = Names::of(library.find("ping-pong").unwrap(), &pings);
    let done = |run: &Scenario, lines: &[String]| {
        let done = Script::parse(lines, &names).unwrap().perform(&library, run, &subject(), Time::ZERO, END).unwrap();
        assert_eq!(done.stuck, None);
        done.scenario
    };
    // Each ping that is held up makes all later ones later.
    let again = done(&pings, &["at 10ms: heal n1 -> n2".into(), "every 120ms until 2s: delay ping n1 -> n2 by 20ms".into()]);
    let one_by_one: Vec<_> = (0..17).map(|round| format!("at {}ms: delay ping n1 -> n2 by 20ms", 10 + 120 * round)).collect();
    assert_eq!(again.inputs[1..], done(&pings, &one_by_one).inputs);
    // A long run may be looked at at many of its moments.
    pings.nodes = 50;
    pings.network.latency = Latency::Constant(Span::millis(5));
    let mut long = Sim::new(&library, pings.clone()).unwrap();
    long.run_until(Time::ZERO + Span::secs(9));
    assert!(long.steps() * 91 / 2 > 2_000_000, "{}", long.steps());
    assert_eq!(done(&pings, &["every 100ms until 9s: network loss 1%".into()]).inputs.len(), 91);
}

#[test]
fn a_line_that_waits_in_vain_says_for_what() {
    let script = Script::parse(&["crash n1", "when up(n1): crash n2", "crash n3"], &names()).unwrap();
    let done = script.perform(&Library::standard(), &scenario(), &subject(), Time::ZERO, END).unwrap();
    assert_eq!(done.stuck, Some((2, "it waits in vain for up(n1): ✗ up(n1)".into())));
    assert_eq!(done.scenario.inputs.len(), 1);
}

#[test]
fn a_line_that_cannot_be_read_is_named_with_its_place() {
    for (line, at, why) in [
        ("explode n1", 0, "there is no action “explode”"),
        ("crsh n1", 0, "did you mean “crash”?"),
        ("at 2s crash n1", 0, "after “at …” comes a colon"),
        ("at soon: crash n1", 2, "“soon” is not a length of time"),
        ("at 1s: crash n1; crash n7", 17, "there is no node or client “n7”"),
        ("every 5ms: crash n1", 5, "write until when"),
        ("every 0ms until 2s: crash n1", 5, "never end"),
        ("slow n1 by 1ms plus 1ms plus 1ms plus 1ms plus 1ms plus 1ms", 0, "more than 4 deep"),
        ("when up(n9): crash n1", 8, "there is no node or client “n9”"),
        ("cut n1 n2", 0, "stands -> or --"),
        ("drop copy n1 -- n2", 0, "goes one way"),
        ("drop kopy n1 -> n2", 0, "did you mean “copy”?"),
        ("drop #0 n1 -> n2", 0, "#1 is the first"),
        ("set wait-for everybody", 0, "there is no choice “everybody”"),
        ("set heartbeat 1us", 0, "heartbeat goes from 1 ms to 10 s"),
        ("fire n1 dinner", 0, "there is no timer “dinner”"),
        ("c1 asks n1 sing", 0, "there is no operation “sing”"),
        ("crash n1 now", 0, "“now” is too much here"),
        ("network speed 5ms", 0, "there is no part of a network “speed”"),
        ("slow n1 by sometimes", 0, "“sometimes” is not a length of time"),
        ("slow n1 by 9ms to 3ms", 0, "is above its longest"),
    ] {
        let wrongs = Script::parse(&["crash n1", line], &names()).unwrap_err();
        let [(1, wrong)] = wrongs.as_slice() else { panic!("{line}: {wrongs:?}") };
        assert!(wrong.at == at && wrong.why.contains(why), "{line}: {wrong:?}");
    }
}

#[test]
fn a_script_that_does_too_much_says_so_before_it_is_done() {
    for lines in [&["every 1ns until 10s: crash n1"][..], &["every 1ms until 9s: crash n1; restart n1", "every 1us until 10s: crash n2"]] {
        let script = Script::parse(lines, &names()).unwrap();
        let done = script.perform(&Library::standard(), &scenario(), &subject(), Time::ZERO, END).unwrap();
        let (line, why) = done.stuck.unwrap();
        assert!(line == lines.len() && why.contains("more than 20000 inputs"), "{line}: {why}");
    }
    // A run in which things happen without end is not waited for either.
    let mut busy = scenario();
    busy.network.latency = Latency::Constant(Span::ZERO);
    busy.model = "ping-pong".into();
    busy.clients = 0;
    busy.settings = [("pause".to_owned(), 0)].into();
    let names = Names::of(Library::standard().find("ping-pong").unwrap(), &busy);
    let script = Script::parse(&["at 9s: drop ping n1 -> n2"], &names).unwrap();
    let done = script.perform(&Library::standard(), &busy, &subject(), Time::ZERO, END).unwrap();
    assert!(done.stuck.as_ref().is_some_and(|(_, why)| why.contains("nobody looks further")), "{:?}", done.stuck);
}

#[test]
fn a_shape_that_can_be_written_can_be_read_from_a_link() {
    let deepest = "slow n1 by 1ms plus 1ms plus 1ms plus 1ms plus 1ms";
    let run = performed(&[deepest]);
    let link = faultline::link::Link { scenario: run.clone(), seal: None };
    assert_eq!(faultline::link::Link::read(&link.write(), &Library::standard()).unwrap().scenario, run);
    // It comes back at once, however many there are.
    let endless = format!("slow n1 by {}1ms", "1ms plus ".repeat(9_000));
    assert!(Script::parse(&[endless], &names()).unwrap_err()[0].1.why.contains("more than 4 deep"));
}

#[test]
fn a_judge_who_does_not_know_decides_nothing() {
    // A register has no transactions, so nobody can tell whether they are serializable.
    let run = performed(&LOST);
    for text in [
        "not kept(serializable)",
        "not broken(serializable)",
        "ever not kept(serializable)",
        "not ever broken(serializable)",
        "not always kept(serializable)",
        "not kept(serializable) and time >= 2s",
        "time < 0s or not kept(serializable)",
        "not kept(serializable) for 1s",
        "time >= 1s then not kept(serializable)",
        "kept(serializable) within 9s after time >= 1s",
    ] {
        let found = found(&run, text);
        assert!(found.first.is_none() && found.doubted.is_some() && found.holds.is_none(), "{text}: {found:?}");
    }
    // What does not depend on it is known all the same.
    for (text, first) in [
        ("kept(serializable) or time >= 1s", true),
        ("kept(serializable) and time < 0s", false),
        ("not (kept(serializable) and time < 0s)", true),
        ("ever (kept(serializable) or time >= 1s)", true),
    ] {
        let found = found(&run, text);
        assert!(found.first.is_some() == first && found.holds == Some(first), "{text}: {found:?}");
    }
    // One predicate's doubt is not another's.
    let mut observer = Observer::new(&Library::standard(), run, &subject(), END).unwrap();
    let [doubted, known] = ["kept(serializable)", "time >= 99s"].map(|text| observer.watch(&predicate(text), 0));
    observer.run(END, &[]);
    assert_eq!((observer.found(doubted).doubted.is_some(), observer.found(known).doubted), (true, None));
}
