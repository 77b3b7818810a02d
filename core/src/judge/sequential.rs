//! Sequential consistency (Lamport, 1979): all operations happen in one order, in which every process
//! finds its own in the order in which it asked. No clock says anything about two processes.
//!
//! It cannot be judged object by object, so this is one search over how far each process has come,
//! with a memory of the places and states it has been in.

use super::linearizable::Verdict;
use super::spec::{Case, NONE, States};
use std::collections::BTreeSet;

/// An order of all operations (indices into the history), or the operations that no order gets past.
#[must_use]
pub fn check(case: &Case, mut steps: u64) -> Verdict<Vec<usize>, Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); case.processes];
    for (index, step) in case.steps.iter().enumerate() {
        lanes[step.process].push(index);
    }
    lanes.retain(|lane| !lane.is_empty());
    // Objects have states of their own.
    let objects = case.by_object();
    let mut states: Vec<States> = objects.iter().map(States::new).collect();
    let mut place = vec![(0, 0); case.steps.len()];
    for (object, other) in objects.iter().enumerate() {
        for (index, step) in other.steps.iter().enumerate() {
            let at = case.steps.partition_point(|mine| mine.op < step.op);
            place[at] = (object, index);
        }
    }

    let mut at = vec![0u32; lanes.len()];
    let mut now = vec![0u32; objects.len()];
    let mut seen = BTreeSet::from([(at.clone(), now.clone())]);
    // What was chosen: the option, the object and its state before. Option `2 * lane` lets a process's
    // next operation happen; the one after it passes over an operation that may never have happened.
    let mut chosen: Vec<(usize, usize, u32)> = Vec::new();
    let mut furthest: (usize, Vec<u32>) = (0, at.clone());
    let mut option = 0;
    let needed = |lane: &[usize], at: u32| lane[at as usize..].iter().any(|step| case.steps[*step].ret.is_some());
    loop {
        if !lanes.iter().zip(&at).any(|(lane, at)| needed(lane, *at)) {
            let mut at = vec![0; lanes.len()];
            let mut order = Vec::with_capacity(chosen.len());
            for (option, ..) in chosen {
                let lane = option / 2;
                if option % 2 == 0 {
                    order.push(case.steps[lanes[lane][at[lane]]].op);
                }
                at[lane] += 1;
            }
            return Verdict::Kept(order);
        }
        if steps == 0 {
            return Verdict::Unknown;
        }
        steps -= 1;
        let lane = option / 2;
        if lane < lanes.len() {
            if let Some(&step) = lanes[lane].get(at[lane] as usize) {
                let (object, index) = place[step];
                let before = now[object];
                let next = match (option % 2, case.steps[step].ret) {
                    (0, _) => states[object].next(before, index),
                    (_, None) => before,
                    _ => NONE,
                };
                if next != NONE {
                    at[lane] += 1;
                    now[object] = next;
                    if seen.insert((at.clone(), now.clone())) {
                        chosen.push((option, object, before));
                        if chosen.len() > furthest.0 {
                            furthest = (chosen.len(), at.clone());
                        }
                        option = 0;
                        continue;
                    }
                    at[lane] -= 1;
                    now[object] = before;
                }
            }
            option += 1;
            continue;
        }
        let Some((last, object, before)) = chosen.pop() else {
            let stuck = lanes.iter().zip(&furthest.1).filter_map(|(lane, at)| lane.get(*at as usize));
            return Verdict::Broken(stuck.map(|step| case.steps[*step].op).collect());
        };
        at[last / 2] -= 1;
        now[object] = before;
        option = last + 1;
    }
}
