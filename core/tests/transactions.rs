//! Isolation against its definitions: every order of transactions, every interleaving of snapshots and
//! every order of versions is tried, and all evidence is held against the history alone.

mod support;

use faultline::judge::history::{History, Outcome};
use faultline::judge::linearizable::Verdict;
use faultline::judge::spec::Object;
use faultline::judge::transactions::{Broken, Edge, Flaw, Kind, Level, Order, Proof, Rule, Transactions, name};
use faultline::judge::value::Value;
use faultline::judge::{Budget, Promise, judge, sketch};
use std::collections::{BTreeMap, BTreeSet};

const ZERO: Value = Value::Int(0);

fn level(name: &str) -> Level {
    Level::ALL.iter().find(|(other, _)| *other == name).unwrap().1
}

fn found(text: &str, lists: bool, name: &str) -> Verdict<Vec<usize>, Broken> {
    let history = sketch::read(text, lists).unwrap();
    let verdict = Transactions::of(&history, lists, &ZERO).unwrap().check(level(name), &mut Budget::steps(1_000_000));
    verdict.unwrap()
}

fn strongest(text: &str, lists: bool) -> Vec<&'static str> {
    let history = sketch::read(text, lists).unwrap();
    let (names, sure) = Transactions::of(&history, lists, &ZERO).unwrap().strongest(&mut Budget::steps(1_000_000));
    assert!(sure);
    names
}

#[test]
fn each_anomaly_has_its_name_and_leaves_its_levels() {
    for (text, called, left) in [
        ("[x1 y1] / [x2 y2] / [x?12 y?21]", "G0", &[][..]),
        ("[x1]! / [x?1]", "Aborted", &["read-uncommitted"]),
        ("[x1 x2] / [x?1]", "Intermediate", &["read-uncommitted"]),
        ("[x1 y?1] / [y1 x?1]", "G1c", &["read-uncommitted"]),
        ("[x1] / [x2] / [x?12] / [x?21]", "Disagree", &["read-uncommitted"]),
        ("[x1 x2] / [x3] / [x?213]", "Disagree", &["read-uncommitted"]),
        ("[x?5]", "Unwritten", &["read-uncommitted"]),
        ("[x1] / [x?11]", "Twice", &["read-uncommitted"]),
        ("[x1 x?]", "Internal", &["read-committed"]),
        ("[x? x1] / [x? x2] / [x?12]", "G-single (lost update)", &["read-committed"]),
        ("[x1 y1] / [x? y?1]", "G-single (read skew)", &["read-committed"]),
        ("[x1] / [y1] / [x?1 y?] / [x? y?1]", "G-nonadjacent (long fork)", &["parallel-snapshot-isolation"]),
        ("[x? y1] / [y? x1]", "G2-item (write skew)", &["strong-snapshot-isolation"]),
        // The second begins after the first has ended, and does not see it.
        ("[x1] [x?]", "G-single-session", &["serializable"]),
        ("[x1] - / - [x?]", "G-single-realtime", &["strong-session-serializable"]),
        ("[x1] - / - [x?1]", "", &["strict-serializable"]),
        ("[x1]~ / [x?1]", "", &["strict-serializable"]),
    ] {
        let names = strongest(text, true);
        match found(text, true, "strict-serializable") {
            Verdict::Broken(Broken::Order(Proof::Cycle(edges))) => assert_eq!(name(&edges), called, "{text}"),
            Verdict::Broken(Broken::Read { flaw, .. }) => assert_eq!(format!("{flaw:?}"), called, "{text}"),
            Verdict::Broken(other) => panic!("{text}: {other:?}"),
            _ => assert_eq!(called, "", "{text}"),
        }
        assert_eq!(names, left, "{text}");
        // Whatever is stronger than what is left is broken.
        for (name, level) in Level::ALL {
            let allowed = names.iter().any(|kept| self::level(kept).implies(level));
            assert_eq!(allowed, !matches!(found(text, true, name), Verdict::Broken(_)), "{text}: {name}");
        }
    }
}

#[test]
fn what_nobody_saw_is_tried_both_ways() {
    // Both wrote z, and each missed what the other wrote: whichever came first, the other overlapped it.
    let text = "[x? y1 z1] / [y? x1 z2]";
    assert!(matches!(found(text, true, "snapshot-isolation"), Verdict::Broken(Broken::Order(Proof::Either { .. }))));
    assert!(matches!(found("[x?0 y1 z1] / [y?0 x1 z2]", false, "snapshot-isolation"), Verdict::Broken(_)));
    // A register does not show the order of its writes at all.
    let lost = "[x?0 x1] / [x?0 x2]";
    assert!(matches!(found(lost, false, "consistent-view"), Verdict::Broken(Broken::Order(Proof::Either { .. }))));
    assert_eq!(found(lost, false, "read-committed"), Verdict::Kept(vec![]));
}

// The judge too simple to be wrong.

/// A part of a transaction: the object, and what is written or read.
#[derive(Clone, Debug)]
enum Part {
    Write(usize, i64),
    Read(usize, Vec<i64>),
}

#[derive(Clone, Debug)]
struct Txn {
    op: usize,
    process: usize,
    call: usize,
    ret: Option<usize>,
    outcome: Outcome,
    parts: Vec<Part>,
}

impl Txn {
    fn writes(&self, key: usize) -> Vec<i64> {
        let of = |part: &Part| matches!(part, Part::Write(of, _) if *of == key).then(|| if let Part::Write(_, v) = part { *v } else { 0 });
        self.parts.iter().filter_map(of).collect()
    }

    fn reads(&self) -> impl Iterator<Item = (usize, &Vec<i64>)> {
        self.parts.iter().filter_map(|part| if let Part::Read(key, list) = part { Some((*key, list)) } else { None })
    }

    fn before(&self, other: &Self, order: Order) -> bool {
        let ended = self.outcome == Outcome::Ok && self.ret.is_some_and(|ret| ret < other.call);
        ended && (order == Order::Time || order == Order::Session && self.process == other.process)
    }
}

fn int(value: &Value) -> i64 {
    if let Value::Int(number) = value { *number } else { panic!("{value} is no number") }
}

fn plain(history: &History, lists: bool) -> Vec<Txn> {
    let txns = history.ops.iter().enumerate().map(|(op, txn)| {
        let parts = txn.input.items().unwrap().iter().map(|part| {
            let [f, key, value] = part.items().unwrap() else { panic!() };
            let key = usize::from(key.name() == Some("y"));
            match f.name().unwrap() {
                "append" | "write" => Part::Write(key, int(value)),
                _ if lists => Part::Read(key, value.items().unwrap().iter().map(int).collect()),
                _ => Part::Read(key, if *value == ZERO { vec![] } else { vec![int(value)] }),
            }
        });
        let (process, call, ret, outcome) = (txn.process, txn.call, txn.ret, txn.outcome);
        let mut parts: Vec<Part> = parts.collect();
        if outcome != Outcome::Ok {
            parts.retain(|part| matches!(part, Part::Write(..)));
        }
        Txn { op, process, call, ret, outcome, parts }
    });
    txns.collect()
}

/// What is committed: what was said to be, and what was seen of the rest.
fn committed(txns: &[Txn]) -> Vec<Txn> {
    let seen: BTreeSet<(usize, i64)> =
        txns.iter().flat_map(|txn| txn.reads().flat_map(|(key, list)| list.iter().map(move |value| (key, *value)))).collect();
    let counts = |txn: &&Txn| match txn.outcome {
        Outcome::Ok => true,
        Outcome::Fail => false,
        Outcome::Unknown => (0..2).any(|key| txn.writes(key).iter().any(|value| seen.contains(&(key, *value)))),
    };
    txns.iter().filter(counts).cloned().collect()
}

fn apply(state: &mut [Vec<i64>; 2], txn: &Txn, lists: bool) -> bool {
    txn.parts.iter().all(|part| match part {
        Part::Read(key, list) => state[*key] == *list,
        Part::Write(key, value) => {
            if !lists {
                state[*key].clear();
            }
            state[*key].push(*value);
            true
        }
    })
}

/// Serializability: some order of the transactions, one after the other, gives every read.
fn serializable(txns: &[Txn], lists: bool, order: Order) -> bool {
    fn go(txns: &[Txn], done: u32, state: &[Vec<i64>; 2], lists: bool, order: Order) -> bool {
        if done.count_ones() as usize == txns.len() {
            return true;
        }
        (0..txns.len()).filter(|at| done >> at & 1 == 0).any(|at| {
            let first = (0..txns.len()).all(|other| done >> other & 1 == 1 || !txns[other].before(&txns[at], order));
            let mut next = state.clone();
            first && apply(&mut next, &txns[at], lists) && go(txns, done | 1 << at, &next, lists, order)
        })
    }
    go(&committed(txns), 0, &[vec![], vec![]], lists, order)
}

/// Snapshot isolation: each reads what was committed when it began, and of two that overlap no two
/// write the same object.
fn snapshot(txns: &[Txn], lists: bool, order: Order) -> bool {
    type State = [Vec<i64>; 2];
    fn go(txns: &[Txn], begun: &mut Vec<Option<(State, usize)>>, done: &mut Vec<usize>, state: &State, lists: bool, order: Order) -> bool {
        if done.len() == txns.len() {
            return true;
        }
        for at in 0..txns.len() {
            if done.contains(&at) {
                continue;
            }
            let Some((snapshot, commits)) = begun[at].clone() else {
                if (0..txns.len()).any(|other| !done.contains(&other) && txns[other].before(&txns[at], order)) {
                    continue;
                }
                begun[at] = Some((state.clone(), done.len()));
                if apply(&mut state.clone(), &txns[at], lists) && go(txns, begun, done, state, lists, order) {
                    return true;
                }
                begun[at] = None;
                continue;
            };
            let clash = done[commits..]
                .iter()
                .any(|other| (0..2).any(|key| !txns[*other].writes(key).is_empty() && !txns[at].writes(key).is_empty()));
            if clash {
                continue;
            }
            let mut next = state.clone();
            for key in (0..2).filter(|key| !txns[at].writes(*key).is_empty()) {
                let mut mine = snapshot.clone();
                apply(&mut mine, &txns[at], lists);
                next[key].clone_from(&mine[key]);
            }
            done.push(at);
            if go(txns, begun, done, &next, lists, order) {
                return true;
            }
            done.pop();
        }
        false
    }
    let txns = committed(txns);
    go(&txns, &mut vec![None; txns.len()], &mut Vec::new(), &[vec![], vec![]], lists, order)
}

fn permutations(items: &[i64], found: &mut dyn FnMut(&[i64]) -> bool) -> bool {
    fn go(left: &mut Vec<i64>, chosen: &mut Vec<i64>, found: &mut dyn FnMut(&[i64]) -> bool) -> bool {
        if left.is_empty() {
            return found(chosen);
        }
        (0..left.len()).any(|at| {
            let item = left.remove(at);
            chosen.push(item);
            let yes = go(left, chosen, found);
            chosen.pop();
            left.insert(at, item);
            yes
        })
    }
    go(&mut items.to_vec(), &mut Vec::new(), found)
}

/// Adya's levels: some order of the versions has a graph without a forbidden cycle.
fn adya(txns: &[Txn], lists: bool, level: Level) -> bool {
    if level.rule >= Rule::Reads && (misread(txns, lists, false) || level.rule >= Rule::OneMiss && misread(txns, lists, true)) {
        return false;
    }
    let good = committed(txns);
    let values = |key: usize| -> Vec<i64> {
        let last = |txn: &Txn| txn.writes(key).last().copied();
        if lists { good.iter().flat_map(|txn| txn.writes(key)).collect() } else { good.iter().filter_map(last).collect() }
    };
    permutations(&values(0), &mut |first| {
        permutations(&values(1), &mut |second| {
            let orders = [first, second];
            (0..2).all(|key| !lists || suits(&good, key, orders[key])) && !has_cycle(&good, lists, &orders, level)
        })
    })
}

/// Whether a list's order of versions is what was read of it (if that says anything).
fn suits(good: &[Txn], key: usize, order: &[i64]) -> bool {
    let reads: Vec<Vec<i64>> = good
        .iter()
        .flat_map(|txn| txn.reads().filter(|(of, _)| *of == key).map(|(_, list)| list))
        .filter(|list| list.iter().collect::<BTreeSet<_>>().len() == list.len())
        .map(|list| list.iter().copied().filter(|value| order.contains(value)).collect())
        .collect();
    let agree = reads.iter().all(|one| reads.iter().all(|other| one.starts_with(other) || other.starts_with(one)));
    !agree || reads.iter().all(|list| order.starts_with(list))
}

/// G1a, G1b and reads that no order explains; or reads that contradict their own transaction.
fn misread(txns: &[Txn], lists: bool, internal: bool) -> bool {
    let writer = |key: usize, value: i64| txns.iter().find(|txn| txn.writes(key).contains(&value));
    let good = committed(txns);
    good.iter().any(|txn| {
        let mut own: BTreeMap<usize, (Vec<i64>, bool)> = BTreeMap::new();
        let mut wrote: BTreeSet<(usize, i64)> = BTreeSet::new();
        txn.parts.iter().any(|part| match part {
            Part::Write(key, value) => {
                let own = own.entry(*key).or_default();
                if !lists {
                    *own = (vec![], true);
                }
                own.0.push(*value);
                wrote.insert((*key, *value));
                false
            }
            Part::Read(key, list) if internal => {
                let (mine, exact) = own.entry(*key).or_default().clone();
                own.insert(*key, (list.clone(), true));
                let future = list.iter().any(|value| txn.writes(*key).contains(value) && !wrote.contains(&(*key, *value)));
                future || if exact { mine != *list } else { !list.ends_with(&mine) }
            }
            Part::Read(key, list) => {
                let foreign: Vec<i64> = {
                    let own = list.iter().rev().take_while(|value| txn.writes(*key).contains(value)).count();
                    list[..list.len() - own].to_vec()
                };
                list.iter().collect::<BTreeSet<_>>().len() < list.len()
                    || list.iter().any(|value| writer(*key, *value).is_none_or(|writer| writer.outcome == Outcome::Fail))
                    || foreign.last().is_some_and(|value| writer(*key, *value).unwrap().writes(*key).last() != Some(value))
                    || foreign.iter().enumerate().any(|(at, value)| {
                        let all = writer(*key, *value).unwrap().writes(*key);
                        foreign[..at].iter().any(|earlier| {
                            all.contains(earlier) && all.iter().position(|v| v == earlier) > all.iter().position(|v| v == value)
                        })
                    })
                    || lists
                        && good.iter().any(|other| {
                            other.reads().any(|(of, second)| {
                                let keep = |list: &[i64]| -> Vec<i64> {
                                    list.iter().copied().filter(|value| good.iter().any(|txn| txn.writes(*key).contains(value))).collect()
                                };
                                let (one, second) = (keep(list), keep(second));
                                of == *key && !one.starts_with(&second) && !second.starts_with(&one)
                            })
                        })
            }
        })
    })
}

fn has_cycle(good: &[Txn], lists: bool, orders: &[&[i64]; 2], level: Level) -> bool {
    let mut edges: BTreeSet<(usize, usize, bool)> = BTreeSet::new();
    let writer = |key: usize, value: i64| good.iter().position(|txn| txn.writes(key).contains(&value));
    for (key, order) in orders.iter().enumerate() {
        for pair in order.windows(2) {
            edges.insert((writer(key, pair[0]).unwrap(), writer(key, pair[1]).unwrap(), false));
        }
    }
    for (at, txn) in good.iter().enumerate() {
        for (key, list) in txn.reads() {
            let own = list.iter().rev().take_while(|value| txn.writes(key).contains(value)).count();
            if !lists && own > 0 {
                continue;
            }
            let seen = &list[..list.len() - own];
            let place = seen.iter().rev().find_map(|value| orders[key].iter().position(|other| other == value));
            if let Some(from) = seen.last().and_then(|last| writer(key, *last)).filter(|_| level.rule >= Rule::Reads) {
                edges.insert((from, at, false));
            }
            if let Some(next) = orders[key].get(place.map_or(0, |place| place + 1)).filter(|_| level.rule >= Rule::OneMiss) {
                edges.insert((at, writer(key, *next).unwrap(), true));
            }
        }
        for (other, later) in good.iter().enumerate() {
            if txn.before(later, level.order) {
                edges.insert((at, other, false));
            }
        }
    }
    edges.retain(|(from, to, _)| from != to);
    fn walk(edges: &BTreeSet<(usize, usize, bool)>, path: &mut Vec<(usize, bool)>, start: usize, at: usize, rule: Rule) -> bool {
        edges.iter().filter(|(from, ..)| *from == at).any(|(_, to, miss)| {
            if path.iter().any(|(node, _)| node == to) && *to != start {
                return false;
            }
            path.push((*to, *miss));
            let bad = if *to == start {
                forbidden(&path.iter().map(|(_, miss)| *miss).collect::<Vec<_>>(), rule)
            } else {
                walk(edges, path, start, *to, rule)
            };
            path.pop();
            bad
        })
    }
    (0..good.len()).any(|start| walk(&edges, &mut Vec::new(), start, start, level.rule))
}

/// Whether a cycle is forbidden: for each of its edges, whether it is a missed write.
fn forbidden(misses: &[bool], rule: Rule) -> bool {
    let count = misses.iter().filter(|miss| **miss).count();
    match rule {
        Rule::Writes | Rule::Reads => count == 0,
        Rule::OneMiss => count <= 1,
        Rule::MissesApart => (0..misses.len()).all(|at| !misses[at] || !misses[(at + 1) % misses.len()] || misses.len() == 1),
        Rule::Cycles => true,
    }
}

// Histories of systems that isolate well or badly.

fn random_history(number: u64, lists: bool) -> String {
    let mut dice = support::Dice::stream(number, if lists { 1 } else { 2 });
    let mut dice = |bound: u64| dice.below(bound) as usize;
    let count = 2 + dice(3);
    let snapshots = dice(3) == 0;
    let lies = dice(3) == 0;
    // What each does, step by step, in a random order of steps.
    let plans: Vec<Vec<(usize, bool)>> = (0..count).map(|_| (0..1 + dice(3)).map(|_| (dice(2), dice(2) == 0)).collect()).collect();
    let mut store = [vec![], vec![]];
    let mut taken: Vec<Option<[Vec<usize>; 2]>> = vec![None; count];
    let mut next = [0, 0];
    let mut words: Vec<Vec<String>> = vec![Vec::new(); count];
    while let Some(at) = {
        let open: Vec<usize> = (0..count).filter(|at| words[*at].len() < plans[*at].len()).collect();
        (!open.is_empty()).then(|| open[dice(open.len() as u64)])
    } {
        let (key, writes) = plans[at][words[at].len()];
        if snapshots && taken[at].is_none() {
            taken[at] = Some(store.clone());
        }
        let name = ["x", "y"][key];
        if writes && next[key] < 4 {
            next[key] += 1;
            for list in [Some(&mut store), taken[at].as_mut()].into_iter().flatten() {
                list[key].push(next[key]);
            }
            words[at].push(format!("{name}{}", next[key]));
            continue;
        }
        let mut seen = taken[at].as_ref().map_or_else(|| store[key].clone(), |taken| taken[key].clone());
        if lies && dice(3) == 0 {
            seen.pop();
        }
        if lies && dice(12) == 0 {
            seen.reverse();
        }
        let text: String = seen.iter().map(ToString::to_string).collect();
        let text = if lists { text } else { seen.last().map_or("0".into(), ToString::to_string) };
        words[at].push(format!("{name}?{text}"));
    }
    // Some follow one another.
    let mut lanes: Vec<Vec<String>> = Vec::new();
    for (at, words) in words.iter().enumerate() {
        let end = match dice(8) {
            0 => "!",
            1 => "~",
            _ => "",
        };
        let token = format!("[{}]{end}", words.join(" "));
        let open: Vec<usize> = (0..lanes.len()).filter(|lane| !lanes[*lane].last().unwrap().ends_with('~')).collect();
        if dice(2) == 0 && !open.is_empty() {
            let lane = open[dice(open.len() as u64)];
            lanes[lane].push(token);
        } else {
            let mut lane = vec!["-".to_owned(); dice(at as u64 + 1)];
            lane.push(token);
            lanes.push(lane);
        }
    }
    lanes.iter().map(|lane| lane.join(" ")).collect::<Vec<_>>().join(" / ")
}

#[test]
fn every_verdict_is_that_of_the_definitions() {
    let mut counts: BTreeMap<(&str, bool), u32> = BTreeMap::new();
    for lists in [true, false] {
        for number in 0..2_500 {
            let text = random_history(number, lists);
            let history = sketch::read(&text, lists).unwrap();
            let txns = plain(&history, lists);
            let transactions = Transactions::of(&history, lists, &ZERO).unwrap();
            for (name, level) in Level::ALL {
                let verdict = transactions.check(level, &mut Budget::steps(1_000_000)).unwrap();
                let kept = verdict.kept().unwrap();
                *counts.entry((name, kept)).or_default() += 1;
                assert_eq!(kept, adya(&txns, lists, level), "{text}: {name} by its graph, lists: {lists}");
                match level.rule {
                    Rule::Cycles => assert_eq!(kept, serializable(&txns, lists, level.order), "{text}: {name}"),
                    Rule::MissesApart => assert_eq!(kept, snapshot(&txns, lists, level.order), "{text}: {name}"),
                    _ => {}
                }
                holds(&text, &txns, lists, level, &verdict);
            }
            let promise = |name: &str| {
                let object = if lists { Object::ListAppend } else { Object::MultiRegister };
                judge(&history, object, Promise::named(name).unwrap(), &ZERO, 1_000_000).unwrap().kept
            };
            assert_eq!(promise("linearizable"), promise("strict-serializable"), "{text}");
            assert_eq!(promise("sequential"), promise("strong-session-serializable"), "{text}");
        }
    }
    for (name, _) in Level::ALL {
        for kept in [true, false] {
            let enough = if name == "read-uncommitted" && !kept { 3 } else { 200 };
            assert!(counts.get(&(name, kept)).copied().unwrap_or(0) >= enough, "{name} {kept}: {counts:?}");
        }
    }
}

/// What a verdict shows, held against the history alone.
fn holds(text: &str, txns: &[Txn], lists: bool, level: Level, verdict: &Verdict<Vec<usize>, Broken>) {
    match verdict {
        Verdict::Kept(order) if level.rule == Rule::Cycles => {
            let mut state = [vec![], vec![]];
            assert_eq!(order.len(), committed(txns).len(), "{text}");
            for (at, op) in order.iter().enumerate() {
                assert!(apply(&mut state, &txns[*op], lists), "{text}: {order:?}");
                assert!(!order[at + 1..].iter().any(|later| txns[*later].before(&txns[*op], level.order)), "{text}: {order:?}");
            }
        }
        Verdict::Broken(Broken::Order(proof)) => follows(text, txns, lists, level, proof, &mut Vec::new()),
        Verdict::Broken(Broken::Read { flaw, key, value, ops }) => {
            let reader = &txns[ops[0]];
            let key = usize::from(key.name() == Some("y"));
            let list = |value: &Value| match value {
                Value::List(items) => items.iter().map(int).collect(),
                Value::Int(0) => vec![],
                other => vec![int(other)],
            };
            let read: Vec<i64> = list(value);
            assert!(*flaw == Flaw::Disagree || reader.reads().any(|(of, list)| of == key && *list == read), "{text}");
            match flaw {
                Flaw::Unwritten => assert!(read.iter().any(|value| !txns.iter().any(|txn| txn.writes(key).contains(value))), "{text}"),
                Flaw::Aborted => {
                    assert!(txns[ops[1]].outcome == Outcome::Fail && txns[ops[1]].writes(key).iter().any(|v| read.contains(v)))
                }
                Flaw::Intermediate => {
                    let own = read.iter().rev().take_while(|value| reader.writes(key).contains(value)).count();
                    let last = read[read.len() - own - 1];
                    assert!(txns[ops[1]].writes(key).contains(&last) && txns[ops[1]].writes(key).last() != Some(&last), "{text}");
                }
                Flaw::Internal => assert!(misread(std::slice::from_ref(reader), lists, true), "{text}"),
                Flaw::Twice => assert!(read.iter().any(|value| read.iter().filter(|other| *other == value).count() > 1), "{text}"),
                Flaw::Disagree => assert!(misread(txns, lists, false), "{text}"),
            }
        }
        _ => {}
    }
}

/// Whether a proof proves, given what is supposed of who wrote an object before whom.
fn follows(text: &str, txns: &[Txn], lists: bool, level: Level, proof: &Proof, supposed: &mut Vec<(usize, usize, usize)>) {
    let key = |value: &Value| usize::from(value.name() == Some("y"));
    match proof {
        Proof::Either { key: object, one, other, if_one, if_other } => {
            let object = key(object);
            assert!(one != other && !txns[*one].writes(object).is_empty() && !txns[*other].writes(object).is_empty(), "{text}");
            for (first, second, then) in [(one, other, if_one), (other, one, if_other)] {
                supposed.push((object, *first, *second));
                follows(text, txns, lists, level, then, supposed);
                supposed.pop();
            }
        }
        Proof::Cycle(edges) => {
            let misses: Vec<bool> = edges.iter().map(|edge| edge.kind == Kind::Missed).collect();
            assert!(forbidden(&misses, level.rule), "{text}: {edges:?}");
            for (at, edge) in edges.iter().enumerate() {
                assert_eq!(edge.to, edges[(at + 1) % edges.len()].from, "{text}");
                assert!(edge_holds(txns, lists, level, edge, supposed), "{text}: {edge:?} given {supposed:?}");
            }
        }
    }
}

fn edge_holds(txns: &[Txn], lists: bool, level: Level, edge: &Edge, supposed: &[(usize, usize, usize)]) -> bool {
    let (from, to) = (&txns[edge.from], &txns[edge.to]);
    let counts = |txn: &Txn| committed(txns).iter().any(|other| other.op == txn.op);
    if !counts(from) || !counts(to) {
        return false;
    }
    let key = edge.key.as_ref().map_or(0, |key| usize::from(key.name() == Some("y")));
    let (before, after) = (edge.before.as_ref().map(int), edge.after.as_ref().map(int));
    let reads = || txns.iter().flat_map(|txn| txn.reads().filter(|(of, _)| *of == key).map(|(_, list)| list));
    let position = |list: &[i64], value: i64| list.iter().position(|other| *other == value);
    // Whether `first` was replaced by `second`, as far as the history or what is supposed says.
    let replaced = |first: i64, second: i64| {
        let writer = |value: i64| txns.iter().find(|txn| txn.writes(key).contains(&value)).unwrap();
        let (one, other) = (writer(first), writer(second));
        let shown = if lists {
            reads().any(|list| position(list, second).is_some_and(|at| position(list, first).is_some_and(|earlier| earlier < at)))
                || reads().any(|list| list.contains(&first)) && !reads().any(|list| list.contains(&second))
        } else {
            let mut parts = other.parts.iter().take_while(|part| !matches!(part, Part::Write(of, _) if *of == key));
            parts.any(|part| matches!(part, Part::Read(of, list) if *of == key && *list == [first]))
        };
        shown || supposed.contains(&(key, one.op, other.op))
    };
    match edge.kind {
        Kind::Replaced => {
            let (before, after) = (before.unwrap(), after.unwrap());
            from.writes(key).contains(&before) && to.writes(key).contains(&after) && replaced(before, after)
        }
        Kind::Seen => {
            let after = after.unwrap();
            from.writes(key).contains(&after) && to.reads().any(|(of, list)| of == key && list.contains(&after))
        }
        Kind::Missed => {
            let after = after.unwrap();
            let missed = |list: &[i64]| {
                if lists {
                    !list.contains(&after)
                } else {
                    before.map_or(list.is_empty(), |before| list == [before] && replaced(before, after))
                }
            };
            to.writes(key).contains(&after) && from.reads().any(|(of, list)| of == key && missed(list))
        }
        Kind::Session => level.order >= Order::Session && from.process == to.process && from.before(to, Order::Time),
        Kind::Time => level.order >= Order::Time && from.before(to, Order::Time),
    }
}

#[test]
fn a_long_history_is_judged_in_time_and_a_short_budget_says_so() {
    // One after the other, each reading what is there.
    let mut history = History { processes: (0..5).map(Value::Int).collect(), ..History::default() };
    let word = |text: &str| Value::Word(text.into());
    let mut lists = vec![Vec::new(); 40];
    for op in 0..2_000i64 {
        let key = (op * 7 % 40) as usize;
        let read = Value::List(vec![word("r"), Value::Int(key as i64), Value::List(lists[key].clone())]);
        let append = Value::List(vec![word("append"), Value::Int(key as i64), Value::Int(op)]);
        lists[key].push(Value::Int(op));
        history.ops.push(faultline::judge::history::Op {
            process: op as usize % 5,
            call: op as usize * 2,
            ret: Some(op as usize * 2 + 1),
            f: "txn".into(),
            key: None,
            input: Value::List(vec![read.clone(), append.clone()]),
            output: Value::List(vec![read, append]),
            outcome: Outcome::Ok,
            place: faultline::judge::history::Place::line(op as usize + 1),
        });
    }
    let promise = Promise::named("strict-serializable").unwrap();
    let judged = |steps| judge(&history, Object::ListAppend, promise, &Value::Nil, steps).unwrap().kept;
    assert_eq!((judged(100), judged(1_000_000)), (None, Some(true)));
}
