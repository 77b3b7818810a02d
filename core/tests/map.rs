//! The map of promises against every small history.

use faultline::Sim;
use faultline::judge::history::History;
use faultline::judge::map::{self, ARROWS, Arrow, Example, PLACES, Place, implies};
use faultline::judge::transactions::Order;
use faultline::judge::{self, Promise};
use faultline::link::{Link, Verdict};
use faultline::models::Library;
use faultline::sim::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Which histories are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    /// Several parts make a transaction.
    transactions: bool,
    /// A process does one thing after the other.
    sessions: bool,
    /// Things happen at different times.
    timed: bool,
}

/// Calls back with every history of so many reads and writes of two registers, as a line, each once
/// up to the names of processes and registers (or a few times).
fn each_history(size: usize, shape: Shape, found: &mut dyn FnMut(&str)) {
    let mut lanes = Vec::new();
    each_split(size, size, &mut Vec::new(), &mut |lengths| {
        lanes.clear();
        each_frame(lengths, shape, &mut lanes, found);
    });
}

/// Every way to write a number as a sum of numbers that do not grow.
fn each_split(left: usize, most: usize, parts: &mut Vec<usize>, found: &mut dyn FnMut(&[usize])) {
    if left == 0 {
        found(parts);
    }
    for part in (1..=most.min(left)).rev() {
        parts.push(part);
        each_split(left - part, part, parts, found);
        parts.pop();
    }
}

/// A lane: its tokens, each a column and a number of parts.
type Lane = Vec<(usize, usize)>;

fn each_frame(lengths: &[usize], shape: Shape, lanes: &mut Vec<Lane>, found: &mut dyn FnMut(&str)) {
    let Some((length, rest)) = lengths.split_first() else {
        fill(lanes, found);
        return;
    };
    // Every way to cut the lane into transactions, and to place them in columns.
    let total: usize = lengths.iter().sum::<usize>() + lanes.iter().flatten().map(|(_, parts)| parts).sum::<usize>();
    for cuts in 0..1u32 << (length - 1) {
        let mut sizes = vec![1];
        for at in 0..length - 1 {
            if cuts >> at & 1 == 1 { sizes.push(1) } else { *sizes.last_mut().unwrap() += 1 }
        }
        if !shape.transactions && sizes.len() < *length || !shape.sessions && sizes.len() > 1 {
            continue;
        }
        let columns = if shape.timed { total } else { sizes.len() };
        each_choice(columns, sizes.len(), &mut Vec::new(), &mut |chosen| {
            lanes.push(chosen.iter().copied().zip(sizes.iter().copied()).collect());
            each_frame(rest, shape, lanes, found);
            lanes.pop();
        });
    }
}

fn each_choice(columns: usize, count: usize, chosen: &mut Vec<usize>, found: &mut dyn FnMut(&[usize])) {
    if chosen.len() == count {
        return found(chosen);
    }
    for column in chosen.last().map_or(0, |last| last + 1)..columns {
        chosen.push(column);
        each_choice(columns, count, chosen, found);
        chosen.pop();
    }
}

/// Every way to read and write in a frame.
fn fill(lanes: &[Lane], found: &mut dyn FnMut(&str)) {
    // No column is empty for all.
    let columns = lanes.iter().flatten().map(|(column, _)| column + 1).max().unwrap_or(0);
    if (0..columns).any(|column| !lanes.iter().flatten().any(|(other, _)| *other == column)) {
        return;
    }
    let size: usize = lanes.iter().flatten().map(|(_, parts)| parts).sum();
    for acts in 0..4usize.pow(size as u32) {
        let act = |at: usize| acts / 4usize.pow(at as u32) % 4;
        // The first register that is named is x.
        if act(0) >= 2 {
            continue;
        }
        let written = [0, 1].map(|key| (0..size).filter(|at| act(*at) == key * 2).count());
        let mut choices = vec![0; size];
        'reads: loop {
            let mut next = [0, 0];
            let words: Vec<String> = (0..size)
                .map(|at| {
                    let (key, reads) = (act(at) / 2, act(at) % 2 == 1);
                    let name = ["x", "y"][key];
                    if reads {
                        return format!("{name}?{}", choices[at]);
                    }
                    next[key] += 1;
                    format!("{name}{}", next[key])
                })
                .collect();
            if possible(lanes, &words) {
                found(&draw(lanes, &words));
            }
            for at in 0..size {
                if act(at) % 2 == 1 {
                    choices[at] += 1;
                    if choices[at] <= written[act(at) / 2] {
                        continue 'reads;
                    }
                    choices[at] = 0;
                }
            }
            break;
        }
    }
}

/// Whether nobody reads what is not written yet: not in their own order, not by the clock, and not in a
/// circle.
fn possible(lanes: &[Lane], words: &[String]) -> bool {
    let parts: Vec<(usize, usize)> = lanes
        .iter()
        .enumerate()
        .flat_map(|(lane, txns)| txns.iter().flat_map(move |(column, parts)| vec![(lane, *column); *parts]))
        .collect();
    let first = |from: usize, to: usize| {
        let seen = words[to].replace('?', "") == words[from] && words[to] != words[from];
        seen || parts[from].1 < parts[to].1 || parts[from].0 == parts[to].0 && from < to
    };
    let mut open: Vec<usize> = (0..parts.len()).collect();
    while let Some(at) = open.iter().position(|to| !open.iter().any(|from| first(*from, *to))) {
        open.remove(at);
    }
    open.is_empty()
}

fn draw(lanes: &[Lane], words: &[String]) -> String {
    let mut words = words.iter();
    let lanes = lanes.iter().map(|lane| {
        let mut tokens = Vec::new();
        for (column, parts) in lane {
            tokens.resize(*column, "-".to_owned());
            let inner: Vec<&str> = words.by_ref().take(*parts).map(String::as_str).collect();
            tokens.push(if *parts == 1 { inner[0].to_owned() } else { format!("[{}]", inner.join(" ")) });
        }
        tokens.join(" ")
    });
    lanes.collect::<Vec<_>>().join(" / ")
}

const SINGLE: Shape = Shape { transactions: false, sessions: true, timed: false };
const TIMED: Shape = Shape { timed: true, ..SINGLE };
const ALONE: Shape = Shape { transactions: true, sessions: false, timed: false };
const SESSIONS: Shape = Shape { sessions: true, ..ALONE };
const TRANSACTIONS: Shape = Shape { timed: true, ..SESSIONS };

fn promise(name: &str) -> Promise {
    Promise::named(name).unwrap()
}

fn keeps(text: &str, name: &str) -> bool {
    map::keeps(text, promise(name)).unwrap()
}

/// How many reads and writes there are in a line.
fn size(text: &str) -> usize {
    text.chars().filter(|letter| "xy".contains(*letter)).count()
}

/// Among which histories two promises are told apart: clocks and processes only where they count.
fn shape(strong: &str) -> Shape {
    match promise(strong) {
        Promise::Linearizable => TIMED,
        Promise::Isolation(level) if level.order == Order::Time => TRANSACTIONS,
        Promise::Isolation(level) if level.order == Order::Session => SESSIONS,
        Promise::Isolation(_) => ALONE,
        _ => SINGLE,
    }
}

#[test]
fn every_promise_is_on_the_map_once() {
    let names: BTreeSet<&str> = PLACES.iter().map(|place| place.name).collect();
    assert_eq!((names.len(), PLACES.len()), (Promise::ALL.len(), Promise::ALL.len()));
    assert!(Promise::ALL.iter().all(|(name, _)| names.contains(name)));
    for Arrow { strong, weak, .. } in ARROWS {
        // No arrow follows from others, and what is stronger is not more available.
        assert!(!ARROWS.iter().any(|arrow| arrow.strong == strong && arrow.weak != weak && implies(arrow.weak, weak)), "{strong} {weak}");
        let availability = |name: &str| PLACES.iter().find(|place| place.name == name).unwrap().availability;
        assert!(availability(strong) <= availability(weak), "{strong} {weak}");
        assert!(!implies(weak, strong), "{strong} {weak}");
    }
}

#[test]
fn each_arrow_is_one_way_and_its_history_is_a_smallest() {
    let mut smaller: BTreeMap<Shape, Vec<Vec<String>>> = BTreeMap::new();
    for Arrow { strong, weak, apart } in ARROWS {
        assert!(keeps(apart, weak) && !keeps(apart, strong), "{strong} {weak} {apart}");
        let histories = smaller.entry(shape(strong)).or_default();
        while histories.len() + 1 < size(apart) {
            let mut found = Vec::new();
            each_history(histories.len() + 1, shape(strong), &mut |text| found.push(text.to_owned()));
            histories.push(found);
        }
        for text in histories.iter().take(size(apart) - 1).flatten() {
            // Linearizability knows no order inside of a transaction.
            let about = weak != "linearizable" || !text.split(['[', ']']).any(twice);
            assert!(!about || !keeps(text, weak) || keeps(text, strong), "{strong} and {weak} are told apart by {text}");
        }
    }
}

#[test]
fn every_example_is_the_run_that_it_was_and_breaks_its_promise_with_its_last_event() {
    let library = Library::standard();
    for Example { promise: name, model, link } in map::EXAMPLES {
        let link = Link::read(link, &library).unwrap();
        assert_eq!((link.scenario.model.as_str(), link.verify(&library, 10_000)), (model, Ok(Verdict::Same)), "{name}");
        let seal = link.seal.unwrap();
        let mut sim = Sim::new(&library, link.scenario).unwrap();
        let kept = |sim: &Sim| {
            let history = History::of(sim);
            judge::judge(&history, sim.object(), promise(name), &sim.initial(), 100_000).unwrap().kept
        };
        sim.run_until(seal.moment - Span(1));
        assert_eq!(kept(&sim), Some(true), "{name}");
        sim.run_until(seal.moment);
        assert_eq!(kept(&sim), Some(false), "{name}");
    }
}

/// Whether some words name a register twice.
fn twice(words: &str) -> bool {
    ["x", "y"].iter().any(|name| words.matches(name).count() > 1)
}

#[test]
fn no_small_history_contradicts_the_map() {
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut tell = |text: &str, of_it: &dyn Fn(&str) -> bool| {
        let names = PLACES.iter().map(|place| place.name).filter(|name| of_it(name));
        let (kept, broken): (Vec<&str>, Vec<&str>) = names.partition(|name| keeps(text, name));
        told.extend(kept.iter().flat_map(|kept| broken.iter().map(move |broken| (*kept, *broken))));
    };
    for (shape, most) in [(SINGLE, 4), (TIMED, 3), (ALONE, 4), (SESSIONS, 3), (TRANSACTIONS, 3)] {
        let of_it = |name: &str| match promise(name) {
            Promise::Isolation(_) => shape.transactions,
            Promise::Linearizable => shape.timed && !shape.transactions,
            _ => !shape.transactions,
        };
        (1..=most).for_each(|size| each_history(size, shape, &mut |text| tell(text, &of_it)));
    }
    // Some need more: the histories of the arrows, and what Bouajjani and others found.
    let isolation = |name: &str| matches!(promise(name), Promise::Isolation(_));
    for Arrow { strong, weak, apart } in ARROWS.iter().filter(|arrow| isolation(arrow.strong) == isolation(arrow.weak)) {
        tell(apart, &|name| isolation(name) == isolation(strong) && isolation(name) == isolation(weak));
    }
    for text in ["z1 x1 y1 / x2 z?0 y?1 x?2", "x1 x?1 x?2 x?1 / x2", "x1 y1 y?1 x?2 x?1 / x2"] {
        tell(text, &|name| !isolation(name));
    }
    for (kept, broken) in &told {
        assert!(!implies(kept, broken), "{kept} was kept without {broken}");
    }
    // And what the map does not say is not so, of promises about the same.
    for Place { name: one, .. } in PLACES {
        for Place { name: other, .. } in PLACES.iter().filter(|other| isolation(other.name) == isolation(one)) {
            let apart = implies(one, other) != told.contains(&(one, *other));
            assert!(apart, "{one} and {other}");
        }
    }
}
