//! What is judged of runs rather than of histories, against judges that look at everything.

mod support;

use faultline::judge::agreement::agree;
use faultline::judge::exclusion::{Turns, at_most_one};
use faultline::judge::happens_before::{Past, Relation, relation};
use faultline::judge::history::History;
use faultline::judge::linearizable::Verdict;
use faultline::judge::replicas::forgotten_write;
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::waits::no_circle;
use faultline::judge::{Promise, conservation, convergence, judge};
use faultline::models::Library;
use faultline::scenario::{Input, Pace, Route, Scenario, Timed, Workload};
use faultline::sim::{EventKind, Latency, NodeId, Sim, Span, Time, Trace};
use std::collections::{BTreeMap, BTreeSet};
use support::Dice;

fn run(scenario: Scenario, until: Span) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(Time::ZERO + until);
    sim
}

/// For each row the rows it directly follows from: its cause, and what came before it at its place.
fn directly(trace: &Trace, through: impl Fn(NodeId) -> bool) -> Vec<BTreeSet<u32>> {
    let mut last: BTreeMap<NodeId, u32> = BTreeMap::new();
    let apart = |kind: EventKind| matches!(kind, EventKind::Lose | EventKind::Duplicate | EventKind::Input);
    let rows = trace.rows().unwrap().enumerate().map(|(index, row)| {
        let mut from: BTreeSet<u32> = trace.row(row.cause).map(|_| row.cause).into_iter().collect();
        if !apart(row.kind) {
            from.extend(last.insert(row.node, index as u32));
        }
        from.retain(|from| trace.row(*from).is_some_and(|row| apart(row.kind) || through(row.node)));
        from
    });
    rows.collect()
}

/// For each row all rows that lead to it.
fn closed(direct: &[BTreeSet<u32>]) -> Vec<BTreeSet<u32>> {
    let mut all: Vec<BTreeSet<u32>> = Vec::new();
    for from in direct {
        let mut past = from.clone();
        from.iter().for_each(|row| past.extend(&all[*row as usize]));
        all.push(past);
    }
    all
}

#[test]
fn what_could_have_caused_what_is_what_causes_lead_to() {
    let mut found = [0; 2];
    for model in Library::standard().models() {
        for seed in 0..3 {
            let mut sim = Sim::new(&Library::standard(), support::scenario(model.about(), seed)).unwrap();
            while sim.rows() < 120 && sim.step() {}
            let trace = sim.trace();
            let direct = directly(trace, |_| true);
            let all = closed(&direct);
            let clocks: Vec<_> = (0..trace.len() as u32).map(|row| Past::of(trace, row, |_| true).clock(trace)).collect();
            for later in 0..trace.len() as u32 {
                let past = Past::of(trace, later, |_| true);
                for earlier in 0..later {
                    let leads = all[later as usize].contains(&earlier);
                    assert_eq!(past.contains(trace, earlier), leads, "{earlier} {later}");
                    if (earlier + later) % 9 == 0 {
                        let told = [relation(trace, earlier, later), relation(trace, later, earlier)];
                        let right = if leads { [Relation::Before, Relation::After] } else { [Relation::Concurrent; 2] };
                        assert_eq!(told, right, "{earlier} {later}");
                    }
                    found[usize::from(leads)] += 1;
                    if leads {
                        let way = past.way(trace, earlier).unwrap();
                        assert_eq!((way[0], way[way.len() - 1]), (earlier, later));
                        for pair in way.windows(2) {
                            let lane = trace.row(pair[0]).unwrap().node == trace.row(pair[1]).unwrap().node;
                            let step = direct[pair[1] as usize].contains(&pair[0]) || lane && all[pair[1] as usize].contains(&pair[0]);
                            assert!(step, "{way:?}");
                        }
                        let [before, after] = [&clocks[earlier as usize], &clocks[later as usize]];
                        assert!(before.iter().all(|(node, count)| after.get(node) >= Some(count)), "a clock went back");
                    } else {
                        assert_eq!(past.way(trace, earlier), None);
                    }
                }
            }
        }
    }
    assert!(found.iter().all(|count| *count > 2_000), "{found:?}");
}

fn clients(model: &str, seed: u64, inputs: Vec<Timed>) -> Scenario {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find(model).unwrap().about(), seed);
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(20) });
    scenario.network.latency = Latency::Exponential { min: Span::millis(5), mean: Span::millis(60) };
    scenario.clients = 2;
    scenario.workload = Some(Workload { pace, route: Route::Random, keys: 1, limit: 12 });
    scenario.inputs = inputs;
    scenario
}

#[test]
fn copies_converge_when_they_can_and_not_when_they_cannot() {
    let mut found = [0; 3];
    for seed in 0..40 {
        let cut = Timed { at: Time::ZERO + Span::millis(1), input: Input::Partition(vec![vec![NodeId(0)], vec![NodeId(1), NodeId(2)]]) };
        let pause = Timed { at: Time::ZERO + Span::millis(1), input: Input::Pause(NodeId(2)) };
        for inputs in [vec![], vec![cut], vec![pause]] {
            let mut scenario = clients("primary-backup", seed, inputs);
            scenario.settings.insert("wait-for".into(), 2);
            for length in [Span::millis(200), Span::secs(40)] {
                let sim = run(scenario.clone(), length);
                let headlines: BTreeSet<String> = (0..3).map(|node| sim.view(NodeId(node)).headline.unwrap().text).collect();
                let disturbs = |kind: EventKind| matches!(kind, EventKind::Input | EventKind::Lose | EventKind::Invoke);
                let last = sim.trace().rows().unwrap().rfind(|row| disturbs(row.kind));
                let disturbed = last.is_none_or(|row| sim.now().since(row.time) < Span::secs(2));
                let kept = match convergence::check(&sim, "value", Span::secs(2)) {
                    Verdict::Kept(()) => Some(true),
                    Verdict::Broken(apart) => {
                        let shows = |node: NodeId| sim.view(node).widgets.into_iter().find(|widget| widget.name() == "value").unwrap();
                        assert!(apart.one.1 != apart.other.1 && shows(apart.one.0) == apart.one.1 && shows(apart.other.0) == apart.other.1);
                        Some(false)
                    }
                    Verdict::Unknown => None,
                };
                assert!(kept.is_some() || disturbed, "seed {seed}: nobody knows, although it is quiet");
                if let Some(kept) = kept {
                    assert!(!disturbed);
                    assert_eq!(kept, headlines.len() == 1, "seed {seed}: {headlines:?}");
                }
                found[kept.map_or(2, usize::from)] += 1;
            }
        }
    }
    assert!(found.iter().all(|count| *count > 20), "{found:?}");
}

#[test]
fn a_client_that_does_not_find_its_own_write_is_found() {
    let (mut found, mut unheard) = (0, 0);
    for seed in 0..300 {
        let honest = run(clients("primary-backup", seed, vec![]), Span::secs(5));
        assert_eq!(forgotten_write(&honest, &Value::Int(0)), None, "seed {seed}");
        let mut scenario = clients("primary-backup", seed, vec![]);
        scenario.settings.insert("read-anywhere".into(), 1);
        scenario.settings.insert("wait-for".into(), 2);
        let sim = run(scenario, Span::secs(5));
        let Some(forgotten) = forgotten_write(&sim, &Value::Int(0)) else { continue };
        found += 1;
        let history = History::of(&sim);
        let (write, read) = (&history.ops[forgotten.ops.0], &history.ops[forgotten.ops.1]);
        assert!(write.process == read.process && write.ret.unwrap() < read.call && write.input != read.output, "seed {seed}");
        let weak = judge(&history, Object::Register, Promise::named("read-your-writes").unwrap(), &Value::Int(0), 1_000_000);
        assert_eq!(weak.unwrap().kept, Some(false), "seed {seed}: {forgotten}");
        // From what each node did until the answer: did anything the writer did lead there?
        let trace = sim.trace();
        let all = closed(&directly(trace, |node| node.0 < sim.scenario().nodes));
        let at = |from: usize, until: usize, kind: EventKind, node: NodeId, peer: NodeId| {
            let is = |index: &usize| trace.row(*index as u32).is_some_and(|row| (row.kind, row.node, row.peer) == (kind, node, peer));
            (from..until).find(is).unwrap()
        };
        let client = trace.row(write.call as u32).unwrap().node;
        let asked = at(write.call, write.ret.unwrap(), EventKind::Deliver, forgotten.nodes.0, client);
        let answered = at(read.call, read.ret.unwrap(), EventKind::Send, forgotten.nodes.1, client);
        assert_eq!(forgotten.heard, all[answered].contains(&(asked as u32)), "seed {seed}: {forgotten}");
        unheard += u32::from(!forgotten.heard);
    }
    assert!(found > 20 && unheard > 10, "{found} {unheard}");
}

#[test]
fn a_sum_is_what_nodes_show() {
    let sim = run(clients("primary-backup", 1, vec![]), Span::secs(5));
    let versions = conservation::numbers(&sim, "version");
    assert_eq!(versions.len(), 3);
    let sum: i64 = versions.iter().map(|(_, version)| version).sum();
    assert!(sum > 3);
    assert_eq!(conservation::kept(sum, versions.clone()), Ok(()));
    let lost = conservation::kept(sum + 1, versions).unwrap_err();
    assert_eq!(lost.sum(), sum);
    assert!(lost.to_string().ends_with(&format!(" make {sum}, not {}", sum + 1)), "{lost}");
}

#[test]
fn those_who_hold_different_things_by_one_name_are_found() {
    let mut dice = Dice::new(1);
    let mut found = [0; 2];
    for _ in 0..2_000 {
        let held: Vec<(u64, NodeId, u64)> =
            (0..dice.below(7)).map(|_| (dice.below(4), NodeId(dice.below(3) as u16), dice.below(5) / 3)).collect();
        let differ = held.iter().any(|one| held.iter().any(|other| one.0 == other.0 && one.2 != other.2));
        found[usize::from(differ)] += 1;
        match agree(held.clone()) {
            Ok(()) => assert!(!differ),
            Err(apart) => {
                assert!(apart.one.1 != apart.other.1);
                for (node, value) in [apart.one, apart.other] {
                    assert!(held.contains(&(apart.name, node, value)));
                }
            }
        }
    }
    assert!(found.iter().all(|count| *count > 200), "{found:?}");
    // All or nothing: one has carried the transfer out, the other has taken it back.
    let torn = agree([("transfer 7", NodeId(0), "committed"), ("transfer 7", NodeId(1), "aborted")]).unwrap_err();
    assert_eq!(torn.to_string(), "transfer 7 is committed at n1, and aborted at n2");
}

#[test]
fn a_holder_that_comes_back_is_found() {
    assert_eq!(at_most_one([NodeId(3)], "lead"), Ok(()));
    assert_eq!(at_most_one([NodeId(0), NodeId(2)], "lead"), Err("n1 and n3 lead".into()));
    let mut dice = Dice::new(2);
    let mut found = [0; 2];
    for _ in 0..2_000 {
        let uses: Vec<u64> = (0..dice.below(7)).map(|_| dice.below(4)).collect();
        // Who comes back, did something else happen between that was not itself a coming back?
        let mut turns = Turns::default();
        let mut begun: Vec<u64> = Vec::new();
        for holding in uses {
            let back = begun.contains(&holding) && begun.last() != Some(&holding);
            assert_eq!(turns.take(holding).is_err(), back, "{begun:?}, then {holding}");
            if !back {
                begun.push(holding);
            }
            found[usize::from(back)] += 1;
        }
    }
    assert!(found.iter().all(|count| *count > 200), "{found:?}");
}

#[test]
fn a_circle_of_waiting_is_found_and_is_a_shortest() {
    let mut dice = Dice::new(3);
    let mut found = [0; 2];
    for _ in 0..2_000 {
        let waits: BTreeSet<(u64, u64)> = (0..dice.below(9)).map(|_| (dice.below(6), dice.below(6))).collect();
        // After so many steps somebody is back where they began, if anybody ever is.
        let mut steps: BTreeSet<(u64, u64)> = waits.clone();
        let mut shortest = None;
        for length in 1..=6 {
            if steps.iter().any(|(from, to)| from == to) {
                shortest = Some(length);
                break;
            }
            steps = steps
                .iter()
                .flat_map(|(from, to)| waits.iter().filter(move |(who, _)| who == to).map(|(_, whom)| (*from, *whom)))
                .collect();
        }
        found[usize::from(shortest.is_some())] += 1;
        match no_circle(waits.iter().copied()) {
            Ok(()) => assert_eq!(shortest, None, "{waits:?}"),
            Err(circle) => {
                let circle = circle.0;
                assert_eq!(Some(circle.len()), shortest, "{waits:?}");
                assert!((0..circle.len()).all(|at| waits.contains(&(circle[at], circle[(at + 1) % circle.len()]))), "{waits:?} {circle:?}");
            }
        }
    }
    assert!(found.iter().all(|count| *count > 200), "{found:?}");
    let circle = no_circle([("a", "b"), ("b", "c"), ("c", "b")]).unwrap_err();
    assert_eq!(circle.to_string(), "b waits for c waits for b");
}
