//! Linearizability by its definition alone, and every small history of a register: what judges are
//! held against, ours in its tests and somebody else's in `benches/against`.

use faultline::judge::spec::{Act, Case, Step};
use faultline::judge::value::Value;
use std::collections::BTreeSet;

/// Linearizability by trying every order, as its definition says. What follows after the same
/// operations have led to the same state is tried once.
pub(crate) fn by_definition(case: &Case) -> bool {
    fn go(case: &Case, done: u64, state: &Value, hopeless: &mut BTreeSet<(u64, Value)>) -> bool {
        let open = |index: &usize| done >> index & 1 == 0;
        let left = || (0..case.steps.len()).filter(open);
        let Some(first_end) = left().filter_map(|index| case.steps[index].ret).min() else { return true };
        // Nothing that is still open may have ended before the next one began.
        let mut next = left().filter(|index| case.steps[*index].call < first_end);
        !hopeless.contains(&(done, state.clone()))
            && (next.any(|index| case.steps[index].apply(state).is_some_and(|state| go(case, done | 1 << index, &state, hopeless)))
                || !hopeless.insert((done, state.clone())))
    }
    assert!(case.steps.len() <= 64, "each operation has a bit");
    go(case, 0, &case.initial, &mut BTreeSet::new())
}

/// Calls back with every history of a register with up to four operations of up to three clients and
/// two values: every way in which beginnings and ends can follow one another, every operation, every
/// answer.
pub(crate) fn each_small_register(found: &mut dyn FnMut(&Case)) {
    for ops in 1..=4 {
        each_interleaving(ops, &mut |events| each_act(ops, &mut |acts| found(&small_case(events, acts))));
    }
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
