//! Linearizability: every operation seems to happen at one moment between its beginning and its end.
//!
//! The search of Wing and Gong (1993) with the memory of Lowe (2017): walk along the events; an
//! operation that is open may happen next; when one must have ended and cannot have happened, take
//! the last choice back. A choice that leads to a set of done operations and a state seen before
//! is not worth trying again. Each object is searched alone (Herlihy and Wing, 1990), all of them in
//! turns, the shortest first, so that one that is easy to refute is refuted early. A search can be
//! interrupted after any number of steps and goes on where it was.

use super::spec::{Case, NONE, States, Step};
use super::value::Value;

/// What a checker found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<Yes, No> {
    /// The promise is kept, and this is how.
    Kept(Yes),
    /// The promise is broken, and this is why.
    Broken(No),
    /// The budget ended first.
    Unknown,
}

impl<Yes, No> Verdict<Yes, No> {
    /// Whether it is kept, if that is known.
    #[must_use]
    pub fn kept(&self) -> Option<bool> {
        match self {
            Self::Kept(_) => Some(true),
            Self::Broken(_) => Some(false),
            Self::Unknown => None,
        }
    }
}

/// For every object an order in which its operations can have happened: indices into the history.
pub type Witness = Vec<Vec<usize>>;

/// Why no order exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// Which object.
    pub key: Value,
    /// The first operation that found no place, as far as the search ever came.
    pub stuck: usize,
    /// The longest order there was before it.
    pub longest: Vec<usize>,
    /// The value there.
    pub state: String,
    /// A few operations of the history that are enough: without their ends, or without these reads,
    /// an order would exist.
    pub core: Vec<usize>,
}

/// A check that can be interrupted.
pub struct Linearizability<'a> {
    objects: Vec<(&'a Case, Search<'a>)>,
    turn: usize,
    witness: Witness,
}

impl<'a> Linearizability<'a> {
    /// A check of a history, object by object (see [`Case::by_object`]).
    #[must_use]
    pub fn new(objects: &'a [Case]) -> Self {
        let mut objects: Vec<_> = objects.iter().map(|case| (case, Search::new(case))).collect();
        objects.sort_by_key(|(case, _)| case.steps.len());
        Self { objects, turn: 0, witness: Vec::new() }
    }

    /// Goes on for about so many steps.
    pub fn run(&mut self, steps: u64) -> Verdict<Witness, Refutation> {
        /// How long each object's search goes on before it is the next one's turn.
        const TURN: u64 = 20_000;
        let mut left = steps;
        while !self.objects.is_empty() {
            if left == 0 {
                return Verdict::Unknown;
            }
            let slice = TURN.min(left);
            left -= slice;
            self.turn %= self.objects.len();
            let (case, search) = &mut self.objects[self.turn];
            match search.run(slice) {
                Some(true) => {
                    self.witness.push(search.order());
                    self.objects.remove(self.turn);
                }
                Some(false) => return Verdict::Broken(explain(case, search)),
                None => self.turn += 1,
            }
        }
        Verdict::Kept(std::mem::take(&mut self.witness))
    }
}

/// Whether one object's history is linearizable, if that is found in so many steps.
#[must_use]
pub fn is_linearizable(case: &Case, steps: u64) -> Option<bool> {
    Search::new(case).run(steps)
}

fn explain(case: &Case, search: &Search<'_>) -> Refutation {
    let stuck = search.stuck.expect("a search that failed got stuck");
    Refutation {
        key: case.steps[stuck].key.clone(),
        stuck: case.steps[stuck].op,
        longest: search.longest.iter().map(|&step| case.steps[step as usize].op).collect(),
        state: search.states.value(search.longest_state).to_string(),
        core: core(case, stuck),
    }
}

/// Takes away whatever the contradiction does not need. Only what can be taken away safely is: an
/// end (the operation may then happen later, or never), or a read. So if what is left has no order,
/// neither has the whole.
fn core(case: &Case, stuck: usize) -> Vec<usize> {
    const STEPS: u64 = 200_000;
    // Nothing that began after the operation that found no place was needed to refute it.
    let end = case.steps[stuck].ret.unwrap_or(usize::MAX);
    let mut steps: Vec<Step> = case.steps.iter().filter(|step| step.call < end).cloned().collect();
    for step in &mut steps {
        step.ret = step.ret.filter(|ret| *ret <= end);
    }
    let refuted = |steps: &[Step]| is_linearizable(&case.with(steps.to_vec()), STEPS) == Some(false);
    if !refuted(&steps) {
        steps.clone_from(&case.steps);
    }
    // The latest first: what is early tends to explain the most.
    for index in (0..steps.len()).rev() {
        if steps[index].ret.is_some() {
            let ret = steps[index].ret.take();
            if !refuted(&steps) {
                steps[index].ret = ret;
            }
        }
    }
    steps.iter().filter(|step| step.ret.is_some()).map(|step| step.op).collect()
}

/// The end of a list of events.
const END: u32 = u32::MAX;

/// The search for an order of one object's operations.
struct Search<'a> {
    states: States<'a>,
    ops: Vec<usize>,
    /// The events in a doubly linked list. Event `2 * step` is its beginning, `2 * step + 1` its end;
    /// the list starts behind the event that is one past all others.
    next: Vec<u32>,
    before: Vec<u32>,
    /// How many ends are still in the list.
    ends: usize,
    done: Vec<u64>,
    state: u32,
    /// What was chosen, and the state it was chosen in.
    chosen: Vec<(u32, u32)>,
    seen: Seen,
    at: u32,
    longest: Vec<u32>,
    longest_state: u32,
    stuck: Option<usize>,
}

impl<'a> Search<'a> {
    fn new(case: &'a Case) -> Self {
        let count = case.steps.len();
        let has_end = |step: &Step| step.ret.is_some();
        let mut events: Vec<(usize, u32)> = Vec::with_capacity(count * 2);
        for (index, step) in case.steps.iter().enumerate() {
            events.push((step.call, index as u32 * 2));
            events.extend(step.ret.map(|ret| (ret, index as u32 * 2 + 1)));
        }
        events.sort_unstable();
        let head = count * 2;
        let (mut next, mut before) = (vec![END; head + 1], vec![END; head + 1]);
        let mut last = head as u32;
        for (_, event) in events {
            next[last as usize] = event;
            before[event as usize] = last;
            last = event;
        }
        let words = count.div_ceil(64).max(1);
        let at = next[head];
        Self {
            states: States::new(case),
            ops: case.steps.iter().map(|step| step.op).collect(),
            next,
            before,
            ends: case.steps.iter().filter(|step| has_end(step)).count(),
            done: vec![0; words],
            state: 0,
            chosen: Vec::new(),
            seen: Seen::new(words),
            at,
            longest: Vec::new(),
            longest_state: 0,
            stuck: None,
        }
    }

    /// Goes on for so many steps; whether there is an order, once that is known.
    fn run(&mut self, steps: u64) -> Option<bool> {
        let head = (self.next.len() - 1) as u32;
        for _ in 0..steps {
            if self.ends == 0 {
                return Some(true);
            }
            let event = self.at;
            if event != END && event & 1 == 0 {
                let step = (event >> 1) as usize;
                let state = self.states.next(self.state, step);
                if state != NONE {
                    self.done[step / 64] |= 1 << (step % 64);
                    if self.seen.insert(&self.done, state) {
                        self.chosen.push((event, self.state));
                        self.state = state;
                        self.take_out(event);
                        self.at = self.next[head as usize];
                        continue;
                    }
                    self.done[step / 64] &= !(1 << (step % 64));
                }
                self.at = self.next[event as usize];
                continue;
            }
            // An operation has ended that cannot have happened yet (or nothing is left to try).
            if event != END && (self.stuck.is_none() || self.chosen.len() > self.longest.len()) {
                self.stuck = Some((event >> 1) as usize);
                self.longest.clear();
                self.longest.extend(self.chosen.iter().map(|(event, _)| event >> 1));
                self.longest_state = self.state;
            }
            let Some((event, state)) = self.chosen.pop() else { return Some(false) };
            let step = (event >> 1) as usize;
            self.state = state;
            self.done[step / 64] &= !(1 << (step % 64));
            self.put_back(event);
            self.at = self.next[event as usize];
        }
        if self.ends == 0 { Some(true) } else { None }
    }

    /// The order that was found, as indices into the history.
    fn order(&self) -> Vec<usize> {
        self.chosen.iter().map(|(event, _)| self.ops[(event >> 1) as usize]).collect()
    }

    fn unlink(&mut self, event: u32) {
        let (before, next) = (self.before[event as usize], self.next[event as usize]);
        self.next[before as usize] = next;
        if next != END {
            self.before[next as usize] = before;
        }
    }

    fn relink(&mut self, event: u32) {
        let (before, next) = (self.before[event as usize], self.next[event as usize]);
        self.next[before as usize] = event;
        if next != END {
            self.before[next as usize] = event;
        }
    }

    fn take_out(&mut self, event: u32) {
        self.unlink(event);
        // An operation whose end is not known has none in the list.
        if self.before[event as usize + 1] != END {
            self.unlink(event + 1);
            self.ends -= 1;
        }
    }

    fn put_back(&mut self, event: u32) {
        if self.before[event as usize + 1] != END {
            self.relink(event + 1);
            self.ends += 1;
        }
        self.relink(event);
    }
}

/// The sets of done operations and the states that were seen together: open addressing over one flat
/// array, because this is where a search spends its time. When it is full, nothing more is remembered:
/// a search is then slower, and no less right.
pub(super) struct Seen {
    words: usize,
    /// For each slot the state and one, or 0 if it is free.
    states: Vec<u32>,
    sets: Vec<u64>,
    count: usize,
}

impl Seen {
    /// How many words of memory a search may take.
    const MOST_WORDS: usize = 1 << 25;

    pub(super) fn new(words: usize) -> Self {
        const FIRST: usize = 256;
        Self { words, states: vec![0; FIRST], sets: vec![0; FIRST * words], count: 0 }
    }

    /// Whether it is new, or cannot be remembered.
    pub(super) fn insert(&mut self, set: &[u64], state: u32) -> bool {
        let mut room = true;
        if self.count * 2 >= self.states.len() {
            room = self.sets.len() * 2 <= Self::MOST_WORDS;
            if room {
                self.grow();
            }
        }
        let slot = self.slot(set, state);
        if self.states[slot] != 0 {
            return false;
        }
        if room {
            self.put(slot, set, state);
        }
        true
    }

    fn put(&mut self, slot: usize, set: &[u64], state: u32) {
        self.states[slot] = state + 1;
        self.sets[slot * self.words..(slot + 1) * self.words].copy_from_slice(set);
        self.count += 1;
    }

    /// Where it is, or where it goes.
    fn slot(&self, set: &[u64], state: u32) -> usize {
        let mut hash = u64::from(state).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for word in set {
            hash = (hash.rotate_left(23) ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        }
        let mask = self.states.len() - 1;
        let mut slot = (hash ^ hash >> 29) as usize & mask;
        while self.states[slot] != 0 && (self.states[slot] != state + 1 || self.sets[slot * self.words..(slot + 1) * self.words] != *set) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let room = self.states.len() * 2;
        let old = std::mem::replace(self, Self { words: self.words, states: vec![0; room], sets: vec![0; room * self.words], count: 0 });
        for (slot, state) in old.states.iter().enumerate().filter(|(_, state)| **state != 0) {
            let set = &old.sets[slot * old.words..(slot + 1) * old.words];
            let place = self.slot(set, state - 1);
            self.put(place, set, state - 1);
        }
    }
}
