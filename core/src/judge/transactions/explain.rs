//! What a cycle is called, and what shows that a level is broken, in words.

use super::super::history::History;
use super::super::value::Value;
use super::{Broken, Edge, Flaw, Kind, Proof};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What a cycle is called.
#[must_use]
pub fn name(cycle: &[Edge]) -> String {
    let count = |kind: Kind| cycle.iter().filter(|edge| edge.kind == kind).count();
    let misses = count(Kind::Missed);
    let apart = (0..cycle.len()).all(|at| {
        let kinds = (cycle[at].kind, cycle[(at + 1) % cycle.len()].kind);
        cycle.len() == 1 || kinds != (Kind::Missed, Kind::Missed)
    });
    let mut name = match (misses, count(Kind::Seen), apart) {
        (0, 0, _) => "G0",
        (0, ..) => "G1c",
        (1, ..) => "G-single",
        (_, _, true) => "G-nonadjacent",
        _ => "G2-item",
    }
    .to_owned();
    if count(Kind::Time) > 0 {
        name.push_str("-realtime");
    } else if count(Kind::Session) > 0 {
        name.push_str("-session");
    }
    let same_key = cycle.iter().all(|edge| edge.key == cycle[0].key);
    name.push_str(match cycle {
        [_, _] if misses == 1 && count(Kind::Replaced) == 1 && same_key => " (lost update)",
        [_, _] if misses == 1 && count(Kind::Seen) == 1 && !same_key => " (read skew)",
        [_, _] if misses == 2 && !same_key => " (write skew)",
        [_, _, _, _] if misses == 2 && count(Kind::Seen) == 2 => " (long fork)",
        _ => "",
    });
    name
}

/// What shows that a level is broken, line by line, and the operations that do.
#[must_use]
pub fn explain(history: &History, broken: &Broken) -> (Vec<String>, Vec<usize>) {
    let mut lines = Vec::new();
    let mut ops = Vec::new();
    let keys = keys(broken);
    let keys: Vec<&Value> = keys.iter().collect();
    match broken {
        Broken::Read { flaw, key, value, ops: shown } => {
            lines.push(match flaw {
                Flaw::Unwritten => format!("{value} was read from {key}, and nobody wrote it:"),
                Flaw::Aborted => format!("G1a: {value} was read from {key}, and was taken back by its writer:"),
                Flaw::Intermediate => format!("G1b: {value} was read from {key}, before its writer had finished:"),
                Flaw::Internal => format!("{value} was read from {key}, against what the same transaction did:"),
                Flaw::Twice => format!("{value} was read from {key}, with the same append twice:"),
                Flaw::Disagree => format!("{value} was read from {key}, which contradicts another's order:"),
            });
            lines.extend(shown.iter().map(|op| format!("  {}", history.describe_on(*op, &keys))));
            ops.clone_from(shown);
        }
        Broken::Order(proof) => {
            gather(proof, &mut ops);
            let named = |op: usize| format!("T{}", ops.iter().position(|other| *other == op).unwrap_or(0) + 1);
            tell(proof, &named, "", &mut lines);
            lines.extend(ops.iter().map(|op| format!("{} is {}", named(*op), history.describe_on(*op, &keys))));
        }
    }
    (lines, ops)
}

/// The objects that show that a level is broken.
#[must_use]
pub fn keys(broken: &Broken) -> Vec<Value> {
    fn add(proof: &Proof, all: &mut BTreeSet<Value>) {
        match proof {
            Proof::Cycle(edges) => all.extend(edges.iter().filter_map(|edge| edge.key.clone())),
            Proof::Either { key, if_one, if_other, .. } => {
                all.insert(key.clone());
                add(if_one, all);
                add(if_other, all);
            }
        }
    }
    let mut all = BTreeSet::new();
    match broken {
        Broken::Read { key, .. } => all.extend([key.clone()]),
        Broken::Order(proof) => add(proof, &mut all),
    }
    all.into_iter().collect()
}

/// Which transactions must come before which, and cannot all do so.
#[must_use]
pub fn edges(broken: &Broken) -> Vec<(usize, usize)> {
    fn add(proof: &Proof, all: &mut Vec<(usize, usize)>) {
        match proof {
            Proof::Cycle(edges) => all.extend(edges.iter().map(|edge| (edge.from, edge.to))),
            Proof::Either { if_one, if_other, .. } => {
                add(if_one, all);
                add(if_other, all);
            }
        }
    }
    let mut all = Vec::new();
    if let Broken::Order(proof) = broken {
        add(proof, &mut all);
        all.sort_unstable();
        all.dedup();
    }
    all
}

fn gather(proof: &Proof, ops: &mut Vec<usize>) {
    let mut add = |op: usize| {
        if !ops.contains(&op) {
            ops.push(op);
        }
    };
    match proof {
        Proof::Cycle(edges) => edges.iter().for_each(|edge| add(edge.from)),
        Proof::Either { one, other, if_one, if_other, .. } => {
            add(*one);
            add(*other);
            gather(if_one, ops);
            gather(if_other, ops);
        }
    }
}

fn tell(proof: &Proof, named: &dyn Fn(usize) -> String, indent: &str, lines: &mut Vec<String>) {
    match proof {
        Proof::Cycle(edges) => {
            lines.push(format!("{indent}{}:", name(edges)));
            for Edge { from, to, kind, key, before, after } in edges {
                let (from, to) = (named(*from), named(*to));
                let text = |value: &Option<Value>| value.as_ref().map_or_else(String::new, Value::to_string);
                let (key, before, after) = (text(key), text(before), text(after));
                let mut line = format!("{indent}  {from} < {to}: ");
                let _ = match kind {
                    Kind::Replaced => write!(line, "{to} wrote {after} to {key} after {from} wrote {before}"),
                    Kind::Seen => write!(line, "{to} saw {after} in {key}, which {from} wrote"),
                    Kind::Missed if before.is_empty() => write!(line, "{from} saw the beginning of {key}, without {after} of {to}"),
                    Kind::Missed => write!(line, "{from} saw {before} in {key}, without {after} of {to}"),
                    Kind::Session => write!(line, "the same process asked for {from} first"),
                    Kind::Time => write!(line, "{from} had ended before {to} began"),
                };
                lines.push(line);
            }
        }
        Proof::Either { key, one, other, if_one, if_other } => {
            let deeper = format!("{indent}  ");
            for (first, second, proof) in [(one, other, if_one), (other, one, if_other)] {
                lines.push(format!("{indent}if {} wrote {key} before {}:", named(*first), named(*second)));
                tell(proof, named, &deeper, lines);
            }
        }
    }
}
