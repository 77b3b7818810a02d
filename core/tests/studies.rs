//! What labs measure over many runs: it agrees with the report on published numbers, which other code
//! measures; what is known is held against it; and what is wrong with a study is named with its place.

// As in `evidence`: the runs are the same in WebAssembly, and too many for a build without optimisation.
#![cfg(not(target_arch = "wasm32"))]

use faultline::lab::study::{Chosen, Findings, Found, Held, Study, Survey, Surveys};
use faultline::lab::{Lab, Settings};
use faultline::models::Library;
use faultline::sim::Time;
use std::path::Path;

fn beside(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../static").join(file)).expect("a file of the site")
}

fn read(id: &str, text: &str) -> Lab {
    Lab::read(text, id, &Library::standard()).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn lab(id: &str) -> Lab {
    read(id, &beside(&format!("labs/{id}.toml")))
}

fn study<'a>(lab: &'a Lab, id: &str) -> &'a Study {
    lab.studies.iter().find(|study| study.id == id).expect("a study")
}

/// All runs where everything is optimised, a tenth of them otherwise.
fn done(lab: &Lab, study: &Study, chosen: &Chosen) -> Findings {
    let runs = if cfg!(debug_assertions) { study.runs.div_ceil(10) } else { study.runs };
    Survey::new(study, chosen, runs).finish(study, lab, &Library::standard()).expect("runs")
}

fn chosen(study: &Study, case: &str, settings: &[(&str, i64)]) -> Chosen {
    let case = study.cases.iter().position(|other| other.name == case).expect("a case");
    Chosen { case, settings: settings.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect() }
}

/// What the report has measured, in percent or milliseconds, and between which bounds.
fn reported(what: &str) -> (f64, f64, f64) {
    let report = beside("evidence.tsv");
    let line = report.lines().find(|line| line.starts_with(&format!("finding\t{what}\t"))).unwrap_or_else(|| panic!("{what}"));
    let cells: Vec<_> = line.split('\t').collect();
    let number = |text: &str| text.split(' ').next().unwrap().parse::<f64>().unwrap();
    let (low, high) = cells[5].split_once(" to ").unwrap();
    (number(cells[3]), number(low), number(high))
}

/// Two intervals of three standard errors about the same value nearly always meet; these are given as of 95 %.
fn meet(what: &str, low: f64, high: f64) {
    let (ours, from, to) = reported(what);
    let slack = 0.27 * (to - from + high - low);
    assert!(low - slack <= to && from - slack <= high, "{what}: {low} to {high} here, {ours} ({from} to {to}) in the report");
}

#[test]
fn staleness_is_what_the_report_says() {
    let lab = lab("L12");
    let study = study(&lab, "fresh");
    for (case, name, after) in [
        ("Disks", "disk", ["0 ns", "5 ms"]),
        ("SSDs", "SSD", ["0 ns", "500 µs"]),
        ("Yammer", "Yammer", ["0 ns", "20 ms"]),
        ("Three data centres", "WAN", ["0 ns", "75 ms"]),
    ] {
        for (read, write) in [(1, 1), (2, 1), (1, 2)] {
            let chosen = chosen(study, case, &[("read-quorum", read), ("write-quorum", write)]);
            let findings = done(&lab, study, &chosen);
            let Found::Curve(points) = &findings.found else { panic!("a curve") };
            assert_eq!((findings.missed, points.len()), (0, 8));
            for after in after {
                let place = study.places(chosen.case).iter().position(|place| {
                    faultline::sim::Span(place.value as u64).to_string() == after.replace("0 ns", &faultline::sim::Span(0).to_string())
                });
                let point = &points[place.unwrap_or_else(|| panic!("{after}"))];
                meet(&format!("{name}, W={write} R={read}, fresh {after} after"), 100.0 * point.low, 100.0 * point.high);
            }
            let known: Vec<_> = study.known(&lab, &chosen).collect();
            assert_eq!(known.len(), 1, "{case} {read} {write}");
            assert_eq!(known[0].against(study, &findings).wrong, Vec::<String>::new(), "{case} R={read} W={write}");
        }
    }
}

#[test]
fn elections_are_what_the_report_says() {
    let lab = lab("L17");
    let downtime = study(&lab, "downtime");
    for (case, what) in [
        ("15 ms a message", "1 of 5 dead, 15 ms a message"),
        ("1.5 ms a message", "1 of 5 dead, 1.5 ms a message"),
        ("15 ms, and n5 is dead", "2 of 5 dead, 15 ms a message"),
    ] {
        let chosen = chosen(downtime, case, &[]);
        let findings = done(&lab, downtime, &chosen);
        let Found::Spread(samples) = &findings.found else { panic!("something spread") };
        let (low, high) = faultline::evidence::measure::Measured::mean(samples).shown();
        meet(what, low, high);
        assert!(samples.is_sorted() && samples.len() as u64 + findings.missed == findings.done);
        let known = downtime.known(&lab, &chosen).next().expect("the formula");
        assert_eq!(known.against(downtime, &findings).wrong, Vec::<String>::new(), "{case}");
    }
    let split = study(&lab, "split");
    for case in ["4 of 5 alive", "3 of 5 alive", "2 of 3 alive", "6 of 7 alive"] {
        let chosen = chosen(split, case, &[]);
        let findings = done(&lab, split, &chosen);
        let Found::Curve(points) = &findings.found else { panic!("a curve") };
        // 15 ms are 30, 20 and 10 % of these ranges.
        for (place, percent) in [(0, 30), (1, 20), (3, 10)] {
            meet(&format!("{case}, latency {percent} % of the range"), 100.0 * points[place].low, 100.0 * points[place].high);
        }
        let known = split.known(&lab, &chosen).next().expect("the formula");
        assert_eq!(known.against(split, &findings).wrong, Vec::<String>::new(), "{case}");
    }
}

#[test]
fn a_narrow_range_leaves_the_cluster_longer_without_a_leader_and_none_for_ever() {
    let lab = lab("L17");
    let study = study(&lab, "downtime");
    let found = |max: u64| {
        let chosen = chosen(study, "15 ms a message", &[("election-max", max as i64 * 1_000_000)]);
        let findings = Survey::new(study, &chosen, 30).finish(study, &lab, &Library::standard()).expect("runs");
        assert_eq!(study.known(&lab, &chosen).count(), usize::from(max == 300), "the formula is about one range");
        findings
    };
    let mean = |findings: &Findings| match &findings.found {
        Found::Spread(samples) => samples.iter().sum::<f64>() / samples.len() as f64,
        _ => panic!("something spread"),
    };
    assert!(mean(&found(165)) > 2.0 * mean(&found(300)));
    let never = found(150);
    assert_eq!((never.missed, never.done), (30, 30));
}

#[test]
fn a_detector_trades_one_mistake_for_the_other() {
    let lab = lab("L02");
    let said = study(&lab, "said");
    let counts = |timeout: i64| {
        let chosen = Chosen { case: 0, settings: Settings::from([("timeout".to_owned(), timeout * 1_000_000)]) };
        let findings = Survey::new(said, &chosen, 200).finish(said, &lab, &Library::standard()).expect("runs");
        let Found::Matrix(counts) = findings.found else { panic!("a matrix") };
        assert_eq!(counts.iter().flatten().sum::<u64>(), 200, "every run is one look");
        counts
    };
    let (hasty, patient) = (counts(60), counts(1_000));
    assert!(hasty[1][0] > 20 && patient[1][0] == 0, "{hasty:?} {patient:?}");
    assert!(hasty[0][1] * 2 < patient[0][1], "{hasty:?} {patient:?}");
    let Found::Curve(points) = done(&lab, study(&lab, "trade"), &Chosen::default()).found else { panic!("a curve") };
    assert!(points.windows(2).all(|pair| pair[0].x < pair[1].x && pair[0].value >= pair[1].value), "{points:?}");
}

/// L02's “trade” with other lines in it.
fn trade(changes: &[(&str, &str)]) -> Lab {
    let text = changes.iter().fold(beside("labs/L02.toml"), |text, (old, new)| {
        // Studies stand behind what the world measures.
        let (before, behind) = text.rsplit_once(old).unwrap_or_else(|| panic!("{old}"));
        [before, new, behind].concat()
    });
    read("L02", &text)
}

#[test]
fn what_is_known_of_a_curve_is_found_though_its_axis_is_measured_too() {
    let script = "script = [\"at 5s to 5300ms: crash n1\"]\n";
    let known =
        |points: &str| trade(&[(script, &format!("{script}[[study.known]]\nfrom = \"here\"\npoints = {points}\ntolerance = \"30%\"\n"))]);
    let against = |lab: &Lab| {
        let study = study(lab, "trade");
        let findings = Survey::new(study, &Chosen::default(), 20).finish(study, lab, &Library::standard()).expect("runs");
        let Found::Curve(points) = &findings.found else { panic!("a curve") };
        assert!(points.iter().zip(study.places(0)).all(|(point, place)| point.x != place.x));
        let shares: Vec<_> = points.iter().map(|point| 100.0 * point.value).collect();
        (study.known[0].against(study, &findings).wrong, shares)
    };
    let (_, shares) = against(&known("[\"60ms: 1%\"]"));
    let right = format!("[\"60ms: {:.2}%\", \"100ms: {:.2}%\"]", shares[0], shares[2]);
    assert_eq!(against(&known(&right)).0, Vec::<String>::new());
    let wrong = against(&known(&format!("[\"60ms: {:.2}%\", \"100ms: 99%\"]", shares[0]))).0;
    assert!(wrong.len() == 1 && wrong[0].starts_with("100ms: known is 99 %, found "), "{wrong:?}");
}

#[test]
fn few_runs_say_too_little_of_what_is_known() {
    let lab = lab("L17");
    let held = |id: &str, runs: u64| {
        let study = study(&lab, id);
        let findings = Survey::new(study, &Chosen::default(), runs).finish(study, &lab, &Library::standard()).expect("runs");
        study.known[0].against(study, &findings)
    };
    let one = held("downtime", 1);
    assert_eq!((one.wrong.len(), one.words().as_str()), (0, "these runs say too little of the mean"));
    let split = held("split", 2).words();
    assert!(split.contains("too little of") && split.ends_with("450ms"), "{split}");
    assert_eq!(held("downtime", 30).words(), "agrees");
}

#[test]
fn what_is_known_twice_is_measured_once() {
    let known = "[[study.known]]\nfrom = \"Ongaro 2014, his formula and one journey\"\ncase = \"15 ms a message\"\nmean = \"198.3ms\"\n";
    let text = beside("labs/L17.toml").replacen(known, &format!("{known}{known}"), 1);
    let twice = read("L17", &text);
    let cases = |lab: &Lab| study(lab, "downtime").choices(lab).iter().map(|chosen| chosen.case).collect::<Vec<_>>();
    assert_eq!(study(&twice, "downtime").known.len(), 4);
    assert_eq!((cases(&twice), cases(&lab("L17"))), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]));
    let lab = lab("L12");
    assert_eq!(study(&lab, "fresh").choices(&lab).len(), 12, "three quorums in each of four cases");
}

#[test]
fn a_run_that_shows_nothing_is_not_in_the_mean_of_what_is_across() {
    use faultline::lab::predicate::{Observer, Value};
    use faultline::lab::study::{Estimate, Question};
    let of = "of = \"field(n2, 'answers in time') + field(n2, 'answers too late')\"";
    let lab = trade(&[(of, "of = \"13\"")]);
    let (study, library) = (study(&lab, "trade"), Library::standard());
    let Question::Curve { estimate: Estimate::Ratio(hits, _), against: Some(against), .. } = &study.question else { panic!("a curve") };
    let runs = 30;
    let shown = (0..runs).filter_map(|number| {
        let run = study.run(&lab, &library, &Chosen::default(), Some(0), number).unwrap().unwrap();
        let mut observer = Observer::new(&library, run, &study.world(&lab, 0).subject, study.end(&lab, 0)).unwrap();
        let (hits, across) = (observer.measure(hits), observer.measure(against));
        let when = observer.watch(study.when.as_ref().unwrap(), 0);
        assert!(observer.run(study.end(&lab, 0), &[when]));
        match (observer.value(hits), observer.value(across)) {
            (Value::Number(hits), Value::Span(nanos)) if hits <= 13_000_000 => Some(nanos as f64 / 1e6),
            _ => None,
        }
    });
    let shown: Vec<f64> = shown.collect();
    assert!((2..runs as usize).contains(&shown.len()), "{}", shown.len());
    let findings = Survey::new(study, &Chosen::default(), runs).finish(study, &lab, &library).expect("runs");
    let Found::Curve(points) = findings.found else { panic!("a curve") };
    let mean = shown.iter().sum::<f64>() / shown.len() as f64;
    assert!((points[0].x - mean).abs() < 1e-9, "{} {mean}", points[0].x);
    assert!(findings.missed > 0);
}

#[test]
fn a_number_stays_one_where_what_is_across_is_a_time() {
    use faultline::evidence::measure::Unit;
    let (hits, of) =
        ("hits = \"field(n2, 'answers too late')\"\n", "of = \"field(n2, 'answers in time') + field(n2, 'answers too late')\"\n");
    let lab = trade(&[(hits, "value = \"field(n2, 'answers too late')\"\n"), (of, "")]);
    let findings = Survey::new(study(&lab, "trade"), &Chosen::default(), 2).finish(study(&lab, "trade"), &lab, &Library::standard());
    assert_eq!(findings.expect("runs").unit, Unit::Number);
}

#[test]
fn every_study_comes_to_something_and_is_the_same_every_time() {
    for id in ["L02", "L07", "L16", "L24"] {
        let lab = lab(id);
        for study in &lab.studies {
            let chosen = Chosen { case: study.cases.len() - 1, ..Chosen::default() };
            let run = || Survey::new(study, &chosen, 3).finish(study, &lab, &Library::standard()).expect("runs");
            let findings = run();
            assert!(findings == run() && findings.missed < findings.done, "{id} {}: {findings:?}", study.id);
            assert_eq!(findings.done, findings.of);
        }
    }
}

#[test]
fn each_run_has_another_moment_and_other_nodes_that_are_down() {
    let lab = lab("L16");
    let library = Library::standard();
    let doubt = study(&lab, "doubt");
    let crash = |number| {
        let run = doubt.run(&lab, &library, &Chosen::default(), None, number).unwrap().expect("nothing waits in vain");
        run.inputs.iter().map(|timed| timed.at).find(|at| *at > Time(1_000_000_001)).expect("a crash")
    };
    let moments: Vec<_> = (0..20).map(crash).collect();
    assert!(moments.iter().all(|at| (1_030..1_180).contains(&(at.0 / 1_000_000))), "{moments:?}");
    assert!(moments.windows(2).all(|pair| pair[0] != pair[1]) && moments == (0..20).map(crash).collect::<Vec<_>>());
    let everybody = study(&lab, "everybody");
    let down = |number| everybody.run(&lab, &library, &Chosen::default(), Some(6), number).unwrap().unwrap().inputs.len() - 1;
    let downs: usize = (0..100).map(down).sum();
    // 9 nodes in 100 runs, one in twenty of them.
    assert!((27..63).contains(&downs), "{downs}");
}

#[test]
fn a_case_with_a_world_of_its_own_runs_another_model_and_both_are_what_arithmetic_says() {
    let lab = lab("L16");
    let study = study(&lab, "everybody");
    let models: Vec<_> = (0..2).map(|case| study.world(&lab, case).scenario.model.clone()).collect();
    assert_eq!(models, ["two-phase-commit", "register"]);
    assert!(lab.worlds().any(|world| world.scenario.model == "register"), "its runs are runs of the lab");
    // The same nodes are down in both, so the two differ in nothing but who must be there.
    let inputs = |case, number| {
        let chosen = Chosen { case, ..Chosen::default() };
        let run = study.run(&lab, &Library::standard(), &chosen, Some(6), number).unwrap().unwrap();
        run.inputs.iter().filter(|timed| timed.at == Time::ZERO).count()
    };
    assert!((0..40).all(|number| inputs(0, number) == inputs(1, number)) && (0..40).any(|number| inputs(0, number) > 1));
    let mut surveys = Surveys::new(study, &Chosen::default(), if cfg!(debug_assertions) { 60 } else { study.runs });
    while surveys.step(study, &lab, &Library::standard()).expect("runs") {}
    let findings = surveys.findings(study);
    assert_eq!(findings.len(), 2);
    let shares = |findings: &Findings| match &findings.found {
        Found::Curve(points) => points.iter().map(|point| point.value).collect::<Vec<_>>(),
        _ => panic!("a curve"),
    };
    let (all, majority) = (shares(&findings[0]), shares(&findings[1]));
    assert!(all[6] < 0.8 && majority[6] > 0.95 && (all[0] - majority[0]).abs() < 1e-9, "{all:?} {majority:?}");
    for (case, findings) in findings.iter().enumerate() {
        let known: Vec<_> = study.known.iter().filter(|known| known.case == case).collect();
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].against(study, findings).wrong, Vec::<String>::new());
    }
}

#[test]
fn a_little_randomness_ends_elections_and_what_was_measured_elsewhere_is_only_drawn() {
    let lab = lab("L17");
    let study = study(&lab, "worst-case");
    let mut surveys = Surveys::new(study, &Chosen::default(), if cfg!(debug_assertions) { 12 } else { 100 });
    while surveys.step(study, &lab, &Library::standard()).expect("runs") {}
    let findings = surveys.findings(study);
    let spread = |case: usize| match &findings[case].found {
        Found::Spread(samples) => samples.clone(),
        _ => panic!("something spread"),
    };
    let median = |case: usize| spread(case).get(findings[case].done as usize / 2).copied().unwrap_or(f64::INFINITY);
    assert_eq!(findings[0].missed, findings[0].done, "without randomness nobody is elected");
    assert!(
        median(1) > 2_000.0 && median(2) > 500.0 && median(2) < median(1) && median(4) < 250.0,
        "{:?}",
        (0..6).map(median).collect::<Vec<_>>()
    );
    // Nobody leads before a timeout has passed that began with the last heartbeat, at most 75 ms before the crash.
    assert!((0..6).all(|case| spread(case).first().is_none_or(|least| *least > 75.0)));
    // A new leader is one of the two whose log is complete.
    let library = Library::standard();
    for number in 0..6 {
        let chosen = Chosen { case: 5, ..Chosen::default() };
        let run = study.run(&lab, &library, &chosen, None, number).unwrap().expect("nothing waits in vain");
        let mut sim = faultline::Sim::new(&library, run).unwrap();
        sim.run_until(study.end(&lab, 5));
        let leads = |node: &u16| sim.view(faultline::sim::NodeId(*node)).role.is_some_and(|(role, _)| role == "leader");
        assert_eq!((1..5).filter(leads).map(|node| node >= 3).collect::<Vec<_>>(), [true], "run {number}");
    }
    let elsewhere: Vec<_> = study.known.iter().filter(|known| !known.held).collect();
    assert_eq!(elsewhere.len(), 5);
    assert!(elsewhere.iter().all(|known| known.against(study, &findings[known.case]) == Held::default()));
    let mut held = elsewhere[1].clone();
    held.held = true;
    assert!(!held.against(study, &findings[2]).wrong.is_empty(), "what is held would not agree");
}

/// One change of a lab, and what is said about it.
#[test]
fn what_is_wrong_with_cases_is_named_with_its_place() {
    let text = beside("labs/L16.toml");
    let cases: &[(&str, &str, &str, &str)] = &[
        ("together = true", "together = true\nknobs = [\"protocol\"]", "study[1].knobs", "settings stand in the worlds"),
        ("model = \"register\"", "model = \"registers\"", "study[1].case[2].world.model", "did you mean “register”?"),
        ("holds = \"requests(ok) >= 1\"\ndown", "holds = \"nodes(role prepared) >= 1\"\ndown", "study[1].known", "known is"),
        ("sweep = \"nodes\"", "sweep = \"heuristic-after\"", "study[1].sweep", "(in the world of the case “A majority”)"),
        (
            "[[study.case]]\nname = \"Two-phase commit\"",
            "[[study.case]]\nnodes = 3\nname = \"Two phases\"",
            "study[1].known[1].case",
            "there is no case",
        ),
    ];
    for (old, new, field, why) in cases {
        assert!(text.contains(old), "{old}");
        let problems = match Lab::read(&text.replacen(old, new, 1), "L16", &Library::standard()) {
            Err(problems) => problems,
            Ok(mut lab) => {
                lab.challenges.clear();
                lab.teacher.scenes.clear();
                lab.check(&Library::standard())
            }
        };
        let said = problems.iter().any(|problem| problem.field == *field && problem.why.contains(why) && problem.line > 1);
        assert!(said, "{new}: {problems:#?}");
    }
    let matrix = beside("labs/L02.toml").replacen("kind = \"matrix\"", "kind = \"matrix\"\ntogether = true", 1);
    let problems = Lab::read(&matrix, "L02", &Library::standard()).unwrap_err();
    assert!(problems[0].field == "study[1].together" && problems[0].why.contains("a matrix shows one case"), "{problems:#?}");
}

#[test]
fn no_two_lines_of_a_run_draw_the_same_moment() {
    let script = "script = [\"at 100ms: c1 asks n1 balance\"]\n";
    let case = "[[study.case]]\nname = \"here\"\nscript = [\"at 1s to 2s: crash n1\"]\n[[study.case]]\nname = \"there\"\n";
    let lab = trade(&[(script, &format!("script = [\"at 1s to 2s: crash n2\"]\n{case}"))]);
    let study = study(&lab, "waits");
    let moments = |number| {
        let run = study.run(&lab, &Library::standard(), &Chosen::default(), None, number).unwrap().expect("nothing waits in vain");
        let drawn: Vec<_> = run.inputs.iter().filter(|timed| timed.at >= Time(1_000_000_000)).map(|timed| timed.at.0).collect();
        assert_eq!(drawn.len(), 2);
        drawn
    };
    let moments: Vec<_> = (0..200).map(moments).collect();
    // The mean distance of two moments that have nothing to do with each other is a third of the stretch.
    let apart = moments.iter().map(|both| (both[1] - both[0]) as f64 / 1e6).sum::<f64>() / moments.len() as f64;
    assert!((280.0..390.0).contains(&apart), "{apart}");
}

/// One change of a lab, and what is said about it.
#[test]
fn what_is_wrong_with_a_study_is_named_with_its_place() {
    let text = beside("labs/L17.toml");
    let cases: &[(&str, &str, &str, &str)] = &[
        ("kind = \"spread\"", "kind = \"spred\"", "study[1].kind", "did you mean “spread”?"),
        ("sweep = \"election-max\"", "sweep = \"election-mx\"", "study[3].sweep", "did you mean “election-max”?"),
        ("at = [\"200ms\",", "at = [\"200 meters\",", "study[3].at[1]", "“200 meters”"),
        ("holds = \"highest(term) >= 2\"\n", "", "study[3].value", "either a value, or what holds, or hits"),
        ("value = \"total(down(n1))\"\nwhen", "value = \"total(down(n1)\"\nwhen", "study[1].value", "here should be “)”"),
        ("value = \"total(down(n1))\"\nwhen", "when", "study[1].value", "a spread needs this"),
        ("case = \"15 ms a message\"", "case = \"15 ms each\"", "study[1].known[1].case", "there is no case “15 ms each”"),
        ("mean = \"198.3ms\"", "mean = \"soon\"", "study[1].known[1].mean", "“soon” is no number"),
        ("mean = \"198.3ms\"", "", "study[1].known[1].points", "there should be points, or a mean"),
        ("points = [\"200ms: 34.83%\"", "points = [\"201ms: 34.83%\"", "study[3].known[1].points[1]", "there is no such place"),
        ("id = \"split\"", "id = \"downtime\"", "study[3].id", "another study has the same"),
        ("name = \"3 servers\"", "name = \"7 servers\"", "study[1].case[5].name", "another case has the same"),
        ("mean = \"198.3ms\"", "points = [\"soon: 99%\"]", "study[1].known[1].points[1]", "“soon” is no number"),
        ("points = [\"200ms: 34.83%\"", "mean = \"1ms\"\npoints = [\"200ms: 34.83%\"", "study[3].known[1].mean", "only something spread"),
        ("nodes = 3\n", "nodes = 3\nat = [\"1ms\"]\n", "study[1].case[4].at", "only a curve has places"),
        (
            "\"at 1s to 1075ms: crash n1\"",
            "\"at 1075ms to 1s: crash n1\"",
            "study[1].script[2]",
            "the second moment must be after the first",
        ),
        ("at 10ms: fire n1 election timeout\", \"at 1s to", "at 10ms: c1 asks n1 write new\", \"at 1s to", "study[1].script[1]", "c1"),
        // What comes out when it is tried.
        ("mean = \"198.3ms\"", "mean = \"398.3ms\"", "study[1].known", "the mean: known is 398.3 ms, found 2"),
        ("points = [\"200ms: 34.83%\"", "points = [\"200ms: 94.83%\"", "study[3].known", "200ms: known is 94.83 %, found "),
        (
            "nodes(up, role leader) >= 1\"\nruns = 400\nlength = \"12s\"\nknobs",
            "nodes(up) = 0\"\nruns = 400\nlength = \"2s\"\nknobs",
            "study[1].when",
            "comes to its moment",
        ),
    ];
    for (old, new, field, why) in cases {
        assert!(text.contains(old), "{old}");
        let changed = text.replacen(old, new, 1);
        let problems = match Lab::read(&changed, "L17", &Library::standard()) {
            Err(problems) => problems,
            Ok(mut lab) => {
                // Only the studies are tried: the rest has its own tests.
                lab.challenges.clear();
                lab.teacher.scenes.clear();
                lab.check(&Library::standard())
            }
        };
        let said = problems.iter().any(|problem| problem.field == *field && problem.why.contains(why) && problem.line > 1);
        assert!(said, "{new}: {problems:#?}");
    }
}

#[test]
fn a_curve_without_places_is_one_mistake() {
    let text = beside("labs/L17.toml").replacen("at = [\"200ms\", ", "it = [\"200ms\", ", 1);
    let problems = Lab::read(&text, "L17", &Library::standard()).unwrap_err();
    let at: Vec<_> = problems.iter().filter(|problem| problem.field.ends_with("].at")).map(|problem| problem.why.as_str()).collect();
    assert_eq!(at, ["a curve needs this"]);
}
