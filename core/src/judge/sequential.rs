//! Sequential consistency (Lamport, 1979): all operations happen in one order, in which every process
//! finds its own in the order in which it asked. No clock says anything about two processes.
//!
//! It cannot be judged object by object, so this is one search over how far each process has come,
//! with a memory of the places and states it has been in. It can be interrupted after any number of steps
//! and goes on where it was.

use super::Progress;
use super::linearizable::{Seen, Verdict};
use super::spec::{Case, NONE, States};

/// A check that can be interrupted.
pub struct Sequential<'a> {
    case: &'a Case,
    /// The steps of each process, in its order, and how many of them must have happened.
    lanes: Vec<Vec<usize>>,
    needed: Vec<u32>,
    /// Objects have states of their own; each step's object, and its place there.
    states: Vec<States>,
    place: Vec<(usize, usize)>,
    /// How far each process is, and the state of each object.
    at: Vec<u32>,
    now: Vec<u32>,
    seen: Seen,
    /// What was chosen: the option, the object and its state before. Option `2 * lane` lets a process's
    /// next operation happen; the one after it passes over an operation that may never have happened.
    chosen: Vec<(usize, usize, u32)>,
    furthest: (usize, Vec<u32>),
    option: usize,
}

impl<'a> Sequential<'a> {
    /// A check of a history and the same history object by object (see [`Case::by_object`]).
    #[must_use]
    pub fn new(case: &'a Case, objects: &[Case]) -> Self {
        let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); case.processes];
        for (index, step) in case.steps.iter().enumerate() {
            lanes[step.process].push(index);
        }
        lanes.retain(|lane| !lane.is_empty());
        let mut place = vec![(0, 0); case.steps.len()];
        for (object, other) in objects.iter().enumerate() {
            for (index, step) in other.steps.iter().enumerate() {
                let at = case.steps.partition_point(|mine| mine.op < step.op);
                place[at] = (object, index);
            }
        }
        let ended = |step: &usize| case.steps[*step].ret.is_some();
        let needed = lanes.iter().map(|lane| lane.iter().rposition(ended).map_or(0, |last| last as u32 + 1)).collect();
        let at = vec![0; lanes.len()];
        let mut check = Self {
            case,
            states: objects.iter().map(States::new).collect(),
            place,
            now: vec![0; objects.len()],
            seen: Seen::new((lanes.len() + objects.len()).div_ceil(2), 0),
            chosen: Vec::new(),
            furthest: (0, at.clone()),
            option: 0,
            needed,
            lanes,
            at,
        };
        check.is_new();
        check
    }

    /// Whether the search has not been here before.
    fn is_new(&mut self) -> bool {
        let mut halves = self.at.iter().chain(&self.now).copied();
        let word = || Some(u64::from(halves.next()?) << 32 | u64::from(halves.next().unwrap_or(0)));
        let words: Vec<u64> = std::iter::from_fn(word).collect();
        self.seen.insert(0, 0, &words, &mut 0)
    }

    fn is_done(&self) -> bool {
        self.at.iter().zip(&self.needed).all(|(at, needed)| at >= needed)
    }

    fn order(&self) -> Vec<usize> {
        let mut at = vec![0; self.lanes.len()];
        let mut order = Vec::with_capacity(self.chosen.len());
        for (option, ..) in &self.chosen {
            let lane = option / 2;
            if option % 2 == 0 {
                order.push(self.case.steps[self.lanes[lane][at[lane]]].op);
            }
            at[lane] += 1;
        }
        order
    }

    /// How many operations found a place, as far as the search ever came.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { done: self.furthest.0, of: self.case.steps.len() }
    }

    /// Goes on for about so many steps. Finds an order of all operations (indices into the history), or the
    /// operations that no order gets past.
    pub fn run(&mut self, steps: u64) -> Verdict<Vec<usize>, Vec<usize>> {
        // Long situations take longer to be compared and remembered.
        let cost = 1 + (self.at.len() + self.now.len()) as u64 / 8;
        let mut left = if self.states.iter().any(States::are_too_many) { 0 } else { steps };
        while left > 0 {
            left = left.saturating_sub(cost);
            if self.option == 0 && self.is_done() {
                return Verdict::Kept(self.order());
            }
            let lane = self.option / 2;
            if lane >= self.lanes.len() {
                let Some((last, object, before)) = self.chosen.pop() else {
                    let stuck = self.lanes.iter().zip(&self.furthest.1).filter_map(|(lane, at)| lane.get(*at as usize));
                    return Verdict::Broken(stuck.map(|step| self.case.steps[*step].op).collect());
                };
                self.at[last / 2] -= 1;
                self.now[object] = before;
                self.option = last + 1;
                continue;
            }
            if let Some(&step) = self.lanes[lane].get(self.at[lane] as usize) {
                let (object, index) = self.place[step];
                let before = self.now[object];
                let next = match (self.option % 2, self.case.steps[step].ret) {
                    (0, _) => self.states[object].next(before, index),
                    (_, None) => before,
                    _ => NONE,
                };
                left = left.saturating_sub(self.states[object].bill());
                if self.states[object].are_too_many() {
                    break;
                }
                if next != NONE {
                    self.at[lane] += 1;
                    self.now[object] = next;
                    if self.is_new() {
                        self.chosen.push((self.option, object, before));
                        if self.chosen.len() > self.furthest.0 {
                            self.furthest = (self.chosen.len(), self.at.clone());
                        }
                        self.option = 0;
                        continue;
                    }
                    self.at[lane] -= 1;
                    self.now[object] = before;
                }
            }
            self.option += 1;
        }
        if self.option == 0 && self.is_done() { Verdict::Kept(self.order()) } else { Verdict::Unknown }
    }
}
