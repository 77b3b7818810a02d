//! Linearizability: every operation seems to happen at one moment between its beginning and its end.
//!
//! The search of Wing and Gong (1993) with the memory of Lowe (2017): choose who of those that lie
//! open happens next, until the first that must end has happened; where nobody can, take the last
//! choice back. A situation that was seen before is not worth trying again. Each object is searched
//! alone (Herlihy and Wing, 1990), all of them in turns, the shortest first, so that one that is easy
//! to refute is refuted early. A search can be interrupted after any number of steps and goes on
//! where it was.
//!
//! What is never tried, because something else is at least as good:
//! - to let a reader wait that could happen now;
//! - of several that do the same, any but the first to end;
//! - one that may never have happened, if nobody would notice;
//! - what makes a value that no longer can become what the next reader has read.

use super::Progress;
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
    /// The value there, as far as that operation is about it.
    pub state: String,
    /// A few operations of the history that are enough: without their ends, or without these reads,
    /// an order would exist.
    pub core: Vec<usize>,
    /// Whether it was tried of each of them to do without.
    pub tried_all: bool,
}

/// How long each object's search goes on before it is the next one's turn.
const TURN: u64 = 20_000;

/// A check that can be interrupted.
pub struct Linearizability {
    objects: Vec<(Search, Case)>,
    turn: usize,
    /// How long the turn still is.
    turn_left: u64,
    witness: Witness,
    why: Option<Explanation>,
    /// How many operations there are, and how many are of objects whose order is found.
    of: usize,
    placed: usize,
}

impl Linearizability {
    /// A check of a history, object by object (see [`Case::by_object`]).
    #[must_use]
    pub fn new(objects: Vec<Case>) -> Self {
        let mut objects: Vec<_> = objects.into_iter().map(|case| (Search::new(&case), case)).collect();
        objects.sort_by_key(|(_, case)| case.steps.len());
        let of = objects.iter().map(|(_, case)| case.steps.len()).sum();
        Self { objects, turn: 0, turn_left: TURN, witness: Vec::new(), why: None, of, placed: 0 }
    }

    /// Goes on for about so many steps (it looks at so many events), until there is a verdict with
    /// evidence.
    pub fn run(&mut self, steps: u64) -> Verdict<Witness, Refutation> {
        let mut left = steps;
        match self.go_on(&mut left) {
            Some(true) => Verdict::Kept(std::mem::take(&mut self.witness)),
            Some(false) => self.why.as_mut().and_then(|why| why.run(&mut left)).map_or(Verdict::Unknown, Verdict::Broken),
            None => Verdict::Unknown,
        }
    }

    /// How many operations found a place, as far as the searches ever came.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let searched = self.objects.iter().map(|(search, _)| search.furthest());
        Progress { done: self.placed + searched.sum::<usize>(), of: self.of }
    }

    /// What is known if it does not go on: a refutation may then have more operations than it needs.
    pub fn so_far(&mut self) -> Verdict<Witness, Refutation> {
        self.why.as_mut().map_or(Verdict::Unknown, |why| Verdict::Broken(why.so_far()))
    }

    /// Goes on for about so many steps, until it is known whether there is an order. What shows it
    /// comes with [`Self::run`].
    pub fn decide(&mut self, mut steps: u64) -> Option<bool> {
        self.go_on(&mut steps)
    }

    fn go_on(&mut self, left: &mut u64) -> Option<bool> {
        while self.why.is_none() {
            if self.objects.is_empty() {
                return Some(true);
            }
            if self.objects.iter().all(|(search, _)| search.states.are_too_many()) {
                *left = 0;
            }
            if *left == 0 {
                return None;
            }
            let mut slice = self.turn_left.min(*left);
            (self.turn_left, *left) = (self.turn_left - slice, *left - slice);
            let (search, case) = &mut self.objects[self.turn];
            let found = search.run(&mut slice);
            (self.turn_left, *left) = (self.turn_left + slice, *left + slice);
            match found {
                Some(true) => {
                    self.witness.push(search.order());
                    self.placed += case.steps.len();
                    self.objects.remove(self.turn);
                }
                Some(false) => self.why = Some(Explanation::new(case.clone(), search)),
                None if self.turn_left == 0 => self.turn += 1,
                None => continue,
            }
            self.turn_left = TURN;
            if self.turn >= self.objects.len() {
                self.turn = 0;
            }
        }
        Some(false)
    }
}

/// Whether one object's history is linearizable, if that is found in so many steps.
#[must_use]
pub fn is_linearizable(case: &Case, mut steps: u64) -> Option<bool> {
    Search::new(case).run(&mut steps)
}

/// The search for a few operations that are enough to have no order. It takes away what can be taken
/// away safely: an end (the operation may then happen later, or never). So if what is left has no
/// order, neither has the whole. It begins with readers, because fewer of them leave less to search,
/// and with half of all at once, then a quarter, and so on.
struct Explanation {
    why: Refutation,
    case: Case,
    /// The ends that are tried to do without now, by step.
    taken: Vec<(usize, usize)>,
    /// What is left if they are taken away, and how many steps may still be spent on it.
    trial: Search,
    left: u64,
    /// How long a trial may take: an end is kept if nobody knows whether it is needed.
    budget: u64,
    /// How long all of them may take.
    patience: u64,
    /// Whether it is the readers' turn, how many ends are taken at once, and before which step.
    readers: bool,
    size: usize,
    before: usize,
}

impl Explanation {
    fn new(case: Case, search: &mut Search) -> Self {
        let Longest { steps, state, stuck, .. } = &search.longest;
        let stuck = stuck.expect("a search that failed got stuck");
        let why = Refutation {
            key: case.steps[stuck].key.clone(),
            stuck: case.steps[stuck].op,
            longest: steps.iter().map(|&step| case.steps[step as usize].op).collect(),
            state: case.steps[stuck].touches(search.states.value(*state)).to_string(),
            core: Vec::new(),
            tried_all: true,
        };
        let mut new = Self {
            why,
            trial: Search::with(&case, std::mem::take(&mut search.states)),
            taken: Vec::new(),
            left: 0,
            budget: search.spent.saturating_mul(4).saturating_add(20_000),
            patience: search.spent.saturating_mul(5).saturating_add(2_000_000),
            readers: true,
            size: case.steps.len().div_ceil(2),
            before: case.steps.len(),
            case,
        };
        // What ends after the operation that found no place is the first to be tried to do without.
        let end = new.case.steps[stuck].ret.unwrap_or(usize::MAX);
        new.take(|step| step.ret.is_some_and(|ret| ret > end), 0);
        new
    }

    /// Takes away the ends of such steps, from one on, and begins to look whether there is an order now.
    fn take(&mut self, which: impl Fn(&Step) -> bool, from: usize) {
        self.taken.clear();
        for (index, step) in self.case.steps.iter_mut().enumerate().take(self.before).skip(from) {
            if which(step) {
                self.taken.extend(step.ret.take().map(|ret| (index, ret)));
            }
        }
        self.trial = Search::with(&self.case, std::mem::take(&mut self.trial.states));
        self.left = self.budget;
    }

    /// Goes on; the explanation, once it is found.
    fn run(&mut self, left: &mut u64) -> Option<Refutation> {
        while self.size > 0 {
            let mut steps = self.left.min(*left);
            (self.left, *left) = (self.left - steps, *left - steps);
            let found = self.trial.run(&mut steps);
            (self.left, *left) = (self.left + steps, *left + steps);
            if found.is_none() && self.left > 0 {
                return None;
            }
            if found != Some(false) {
                self.give_back();
            }
            self.patience = self.patience.saturating_sub(self.trial.spent);
            if self.patience == 0 {
                self.size = 0;
                self.why.tried_all = false;
            }
            self.next_trial();
            // It takes as long to begin a trial as to look at all events.
            *left = left.saturating_sub(self.case.steps.len() as u64 * 2);
        }
        self.taken.clear();
        Some(self.so_far())
    }

    fn give_back(&mut self) {
        for (index, ret) in self.taken.drain(..) {
            self.case.steps[index].ret = Some(ret);
        }
    }

    /// What is enough, as far as it is known. Nothing more is tried after that.
    fn so_far(&mut self) -> Refutation {
        self.give_back();
        self.why.tried_all &= self.size == 0;
        self.size = 0;
        let needed = self.case.steps.iter().filter(|step| step.ret.is_some());
        Refutation { core: needed.map(|step| step.op).collect(), ..self.why.clone() }
    }

    /// The latest ends first: what is early tends to explain the most.
    fn next_trial(&mut self) {
        while self.size > 0 {
            let readers = self.readers;
            let turn = |step: &Step| step.ret.is_some() && step.act.only_looks() == readers;
            let ends = (0..self.before).rev().filter(|index| turn(&self.case.steps[*index]));
            if let Some(from) = ends.take(self.size).last() {
                self.take(turn, from);
                self.before = from;
                return;
            }
            self.size /= 2;
            self.before = self.case.steps.len();
            if self.size == 0 && readers {
                self.readers = false;
                self.size = self.before.div_ceil(2);
            }
        }
    }
}

/// The end of a list of events.
const END: u32 = u32::MAX;

/// The search for an order of one object's operations.
struct Search {
    states: States,
    steps: Vec<Traits>,
    /// The events in a doubly linked list. Event `2 * step` is its beginning, `2 * step + 1` its end;
    /// the list starts behind the event that is one past all others.
    next: Vec<u32>,
    before: Vec<u32>,
    /// The steps that end, in the order in which they do.
    ended: Vec<u32>,
    /// How many of them are not in the list any more, nor is any before them.
    passed: usize,
    /// How many ends are still in the list.
    ends: usize,
    /// Which of the steps that lie open have happened, by slot: first those that end, then those that
    /// do not. With `passed` and `state` this says all that the rest of the search depends on.
    open: Vec<u64>,
    state: u32,
    /// What has happened, in this order.
    trail: Vec<u32>,
    /// Moments at which one of several operations had to be chosen, and what is left to be tried.
    forks: Vec<Fork>,
    options: Vec<u32>,
    /// For each act the fork at which it was an option, and where that option is.
    option_of: Vec<(usize, usize)>,
    visited: usize,
    seen: Seen,
    /// The state before the last step, if that was one of unknown outcome and nobody has noticed it.
    unnoticed: u32,
    arrived: bool,
    /// How many steps it has taken.
    spent: u64,
    longest: Longest,
}

/// What the search has to know of a step.
struct Traits {
    op: usize,
    act: u32,
    /// Where it ends among all that do, or [`END`].
    end: u32,
    /// The bit that stands for it while it lies open. Steps that do so together have different ones.
    slot: u32,
    only_looks: bool,
    happened: bool,
}

/// A moment at which several operations can be the next.
struct Fork {
    /// Who finds no place if none of them can.
    stuck: u32,
    options: usize,
    trail: usize,
    passed: usize,
    state: u32,
}

/// The longest order that was found, and where it ended.
#[derive(Default)]
struct Longest {
    steps: Vec<u32>,
    state: u32,
    stuck: Option<usize>,
    /// How many of its steps are the first steps of the present trail.
    shared: usize,
}

impl Search {
    fn new(case: &Case) -> Self {
        Self::with(case, States::new(case))
    }

    /// A search among states of which some may be known from another search for the same operations.
    fn with(case: &Case, states: States) -> Self {
        let count = case.steps.len();
        let mut steps: Vec<Traits> = case
            .steps
            .iter()
            .zip(&states.act_of)
            .map(|(step, &act)| Traits { op: step.op, act, end: END, slot: 0, only_looks: step.act.only_looks(), happened: false })
            .collect();
        let mut events: Vec<(usize, u32)> = Vec::with_capacity(count * 2);
        for (index, step) in case.steps.iter().enumerate() {
            // Who only looked, and never said what there was, does not matter.
            if step.ret.is_some() || !steps[index].only_looks {
                events.push((step.call, index as u32 * 2));
                events.extend(step.ret.map(|ret| (ret, index as u32 * 2 + 1)));
            }
        }
        events.sort_unstable();
        let head = count * 2;
        let (mut next, mut before) = (vec![END; head + 1], vec![END; head + 1]);
        let mut last = head as u32;
        let (mut ended, mut slots, mut free, mut endless) = (Vec::new(), 0, Vec::new(), Vec::new());
        for (_, event) in events {
            next[last as usize] = event;
            before[event as usize] = last;
            last = event;
            let step = &mut steps[event as usize / 2];
            if event & 1 == 0 && case.steps[event as usize / 2].ret.is_none() {
                endless.push(event / 2);
            } else if event & 1 == 0 {
                step.slot = free.pop().unwrap_or_else(|| {
                    slots += 1;
                    slots - 1
                });
            } else {
                step.end = ended.len() as u32;
                free.push(step.slot);
                ended.push(event / 2);
            }
        }
        let words = (slots as usize).div_ceil(64);
        for (slot, step) in endless.iter().enumerate() {
            steps[*step as usize].slot = (words * 64 + slot) as u32;
        }
        let more_words = endless.len().div_ceil(64);
        Self {
            option_of: vec![(0, 0); states.acts()],
            states,
            steps,
            next,
            before,
            ends: ended.len(),
            ended,
            passed: 0,
            open: vec![0; words + more_words],
            state: 0,
            trail: Vec::new(),
            forks: Vec::new(),
            options: Vec::new(),
            visited: 0,
            seen: Seen::new(words, more_words),
            unnoticed: NONE,
            arrived: true,
            spent: 0,
            longest: Longest::default(),
        }
    }

    /// Goes on for about so many steps; whether there is an order, once that is known.
    fn run(&mut self, left: &mut u64) -> Option<bool> {
        while *left > 0 {
            if self.states.are_too_many() {
                *left = 0;
                return None;
            }
            // Long situations take longer to be compared and remembered.
            let mut looked = 1 + self.open.len() as u64 / 4;
            if self.arrived {
                let end = self.let_readers_happen(&mut looked);
                if self.ends == 0 {
                    return Some(true);
                }
                if self.states.are_large() && !self.can_look_ahead(*left) {
                    self.states.bill();
                    *left = 0;
                    return None;
                }
                self.arrived = false;
                self.pass_until(self.steps[end as usize / 2].end as usize);
                if self.seen.insert(self.passed, self.state, &self.open, &mut looked) {
                    self.fork(&mut looked);
                } else {
                    self.go_back();
                }
            } else if self.options.len() > self.forks.last()?.options {
                let step = self.options.pop().expect("there are more");
                let state = self.states.next(self.state, step as usize);
                self.unnoticed = if self.steps[step as usize].end == END { self.state } else { NONE };
                self.state = state;
                self.take_out(step);
                self.arrived = true;
            } else {
                self.remember_longest();
                self.forks.pop();
                if self.forks.is_empty() {
                    return Some(false);
                }
                self.go_back();
            }
            *left = left.saturating_sub(looked + self.states.bill());
            self.spent += looked;
        }
        None
    }

    /// Whoever can happen now without changing anything, happens now: if it can happen later, it can
    /// do so now, and nobody else notices. Returns the first end in the list, or [`END`].
    fn let_readers_happen(&mut self, looked: &mut u64) -> u32 {
        let mut event = self.next[self.steps.len() * 2];
        while event != END && event & 1 == 0 {
            *looked += 1;
            let step = event / 2;
            if self.steps[step as usize].only_looks && self.states.next(self.state, step as usize) != NONE {
                self.take_out(step);
                self.unnoticed = NONE;
            }
            event = self.next[event as usize];
        }
        event
    }

    /// Works out what could come next, as far as so many steps last: whether that is all of it. What was
    /// worked out stays known.
    fn can_look_ahead(&mut self, left: u64) -> bool {
        let mut event = self.next[self.steps.len() * 2];
        while event & 1 == 0 {
            let step = (event / 2) as usize;
            for state in [self.state, self.unnoticed] {
                if state != NONE {
                    self.states.next(state, step);
                }
            }
            if self.states.owed() > left {
                return false;
            }
            event = self.next[event as usize];
        }
        true
    }

    /// Finds who can be the next, the one that ends first last.
    fn fork(&mut self, looked: &mut u64) {
        self.visited += 1;
        let first = self.options.len();
        let mut event = self.next[self.steps.len() * 2];
        while event & 1 == 0 {
            *looked += 1;
            let step = (event / 2) as usize;
            event = self.next[event as usize];
            let Traits { act, end, only_looks, .. } = self.steps[step];
            let state = self.states.next(self.state, step);
            if only_looks || state == NONE {
                continue;
            }
            // One that may never have happened is left out where that makes no difference ...
            if end == END && state == self.state {
                continue;
            }
            // ... and so is one that would leave nothing of such a one behind.
            if self.unnoticed != NONE && self.states.next(self.unnoticed, step) == state {
                continue;
            }
            // Of several that do the same the first to end happens first.
            let (fork, place) = &mut self.option_of[act as usize];
            if *fork == self.visited {
                let other = &mut self.options[*place];
                if end < self.steps[*other as usize].end {
                    *other = step as u32;
                }
            } else {
                (*fork, *place) = (self.visited, self.options.len());
                self.options.push(step as u32);
            }
        }
        let mut stuck = event / 2;
        if let Some(reader) = self.hard_to_please(event, looked) {
            let (states, steps, state) = (&mut self.states, &self.steps, self.state);
            let act = steps[reader as usize].act;
            let mut options = self.options.split_off(first);
            options.retain(|option| {
                let next = states.next(state, *option as usize);
                states.can_become(next, act)
            });
            self.options.append(&mut options);
            stuck = reader;
        }
        let steps = &self.steps;
        self.options[first..].sort_unstable_by_key(|step| std::cmp::Reverse((steps[*step as usize].end, *step)));
        self.forks.push(Fork { stuck, options: first, trail: self.trail.len(), passed: self.passed, state: self.state });
    }

    /// The first reader to end, if what it has read can only grow from what there is: because nobody
    /// who begins before that, and has not happened, sets the value to something that it could grow
    /// from. Whatever makes the value something else than a part of that, must not be the next.
    fn hard_to_please(&self, end: u32, looked: &mut u64) -> Option<u32> {
        const FAR: usize = 64;
        let event = |first: u32| std::iter::successors(Some(first), |event| Some(self.next[*event as usize]).filter(|next| *next != END));
        let reader = event(end).take(FAR).find(|event| event & 1 == 1 && self.states.reads(self.steps[*event as usize / 2].act))?;
        let act = self.steps[reader as usize / 2].act;
        let sets = |event: u32| event & 1 == 0 && self.states.sets_up(self.steps[event as usize / 2].act, act);
        let first = self.next[self.steps.len() * 2];
        let mut others = event(first).take_while(|event| *event != reader);
        (!others.any(|event| {
            *looked += 1;
            sets(event)
        }))
        .then_some(reader / 2)
    }

    /// Everything that ends before this end has happened: it is not open any more. What has happened
    /// since the last fork and ends later is open from now on; in this order, because a reader that
    /// began after one of those ended may have its slot.
    fn pass_until(&mut self, end: usize) {
        for step in &self.ended[self.passed..end] {
            let slot = self.steps[*step as usize].slot as usize;
            self.open[slot / 64] &= !(1 << (slot % 64));
        }
        self.passed = end;
        let known = self.forks.last().map_or(0, |fork| fork.trail);
        for step in &self.trail[known..] {
            let Traits { slot, end, .. } = self.steps[*step as usize];
            if end as usize >= self.passed {
                self.open[slot as usize / 64] |= 1 << (slot % 64);
            }
        }
    }

    /// Back to the last fork.
    fn go_back(&mut self) {
        let Some(Fork { trail, passed, state, .. }) = self.forks.last() else { return };
        let (trail, passed) = (*trail, *passed);
        self.state = *state;
        self.unnoticed = NONE;
        while self.trail.len() > trail {
            let step = self.trail.pop().expect("there are more");
            self.put_back(step);
        }
        self.longest.shared = self.longest.shared.min(trail);
        for index in passed..self.passed {
            let Traits { slot, happened, .. } = self.steps[self.ended[index] as usize];
            if happened {
                self.open[slot as usize / 64] |= 1 << (slot % 64);
            }
        }
        self.passed = passed;
    }

    fn remember_longest(&mut self) {
        let Longest { steps, state, stuck, shared } = &mut self.longest;
        if stuck.is_none() || self.trail.len() > steps.len() {
            *stuck = self.forks.last().map(|fork| fork.stuck as usize);
            *state = self.state;
            steps.truncate(*shared);
            steps.extend_from_slice(&self.trail[*shared..]);
            *shared = self.trail.len();
        }
    }

    /// How many steps have a place, in the longest order there was.
    fn furthest(&self) -> usize {
        self.longest.steps.len().max(self.trail.len())
    }

    /// The order that was found, as indices into the history.
    fn order(&self) -> Vec<usize> {
        self.trail.iter().map(|step| self.steps[*step as usize].op).collect()
    }

    fn take_out(&mut self, step: u32) {
        let Traits { end, happened, .. } = &mut self.steps[step as usize];
        *happened = true;
        if *end != END {
            self.ends -= 1;
            self.unlink(step * 2 + 1);
        }
        self.unlink(step * 2);
        self.trail.push(step);
    }

    fn put_back(&mut self, step: u32) {
        let Traits { end, slot, happened, .. } = &mut self.steps[step as usize];
        *happened = false;
        self.open[*slot as usize / 64] &= !(1 << (*slot % 64));
        let ends = *end != END;
        self.relink(step * 2);
        if ends {
            self.relink(step * 2 + 1);
            self.ends += 1;
        }
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
}

/// The situations that were seen: open addressing over one flat array, because this is where a search
/// spends its time.
///
/// A situation is as good as seen if it was seen with fewer of those done that never need to be: who
/// finds an order from here finds it from there. Such situations follow one another in the array.
///
/// When it is full, nothing more is remembered: a search is then slower, and no less right.
pub(super) struct Seen {
    /// How many words of a situation must be the same. The first is 0 in a free place only.
    same: usize,
    /// How many words it has.
    words: usize,
    situations: Vec<u64>,
    count: usize,
}

impl Seen {
    /// How many words of memory a search may take.
    const MOST_WORDS: usize = 1 << 25;

    pub(super) fn new(same: usize, fewer: usize) -> Self {
        const FIRST: usize = 64;
        let words = 1 + same + fewer;
        Self { same: 1 + same, words, situations: vec![0; FIRST * words], count: 0 }
    }

    /// Whether it is new, or cannot be remembered.
    pub(super) fn insert(&mut self, passed: usize, state: u32, open: &[u64], looked: &mut u64) -> bool {
        let full = self.count * 2 * self.words >= self.situations.len();
        let room = !full || self.situations.len() * 2 <= Self::MOST_WORDS;
        if full && room {
            self.grow();
            *looked += self.count as u64;
        }
        let first = ((passed as u64) << 32) | u64::from(state + 1);
        let mut place = self.start(first, open);
        loop {
            let seen = &self.situations[place * self.words..][..self.words];
            if seen[0] == 0 {
                break;
            }
            let (same, fewer) = (&open[..self.same - 1], &open[self.same - 1..]);
            if seen[0] == first && seen[1..self.same] == *same && seen[self.same..].iter().zip(fewer).all(|(seen, now)| seen & !now == 0) {
                return false;
            }
            *looked += 1;
            place = self.after(place);
        }
        if room {
            self.put(place, first, open);
        }
        true
    }

    fn put(&mut self, place: usize, first: u64, open: &[u64]) {
        let situation = &mut self.situations[place * self.words..][..self.words];
        situation[0] = first;
        situation[1..].copy_from_slice(open);
        self.count += 1;
    }

    /// The place where it is looked for first.
    fn start(&self, first: u64, open: &[u64]) -> usize {
        let mut hash = first.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for word in &open[..self.same - 1] {
            hash = ((hash ^ hash >> 32) ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        }
        (hash ^ hash >> 32) as usize & (self.situations.len() / self.words - 1)
    }

    /// The place after that.
    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.situations.len() / self.words - 1)
    }

    fn grow(&mut self) {
        let room = vec![0; self.situations.len() * 2];
        let old = std::mem::replace(&mut self.situations, room);
        self.count = 0;
        for situation in old.chunks(self.words).filter(|situation| situation[0] != 0) {
            let mut place = self.start(situation[0], &situation[1..]);
            while self.situations[place * self.words] != 0 {
                place = self.after(place);
            }
            self.put(place, situation[0], &situation[1..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::spec::Act;

    /// One client who writes and reads in turns, and at the end reads what was there at the beginning.
    fn stale() -> Case {
        const OPS: usize = 200;
        let act = |op: usize| match op {
            _ if op == OPS - 1 => Act::Read(Some(Value::Int(0))),
            _ if op.is_multiple_of(2) => Act::Write(Value::Int(op as i64 + 1)),
            _ => Act::Read(Some(Value::Int(op as i64))),
        };
        let step = |op: usize| Step { op, process: 0, call: op * 2, ret: Some(op * 2 + 1), key: Value::Nil, act: act(op) };
        Case { steps: (0..OPS).map(step).collect(), initial: Value::Int(0), processes: 1 }
    }

    /// What is enough to contradict, and how many steps it took to find that, with so much patience.
    fn explained(patience: Option<u64>) -> (usize, u64) {
        let case = stale();
        let mut search = Search::new(&case);
        assert_eq!(search.run(&mut u64::MAX.clone()), Some(false));
        let mut why = Explanation::new(case.clone(), &mut search);
        why.patience = patience.unwrap_or(why.patience);
        let mut left = u64::MAX;
        let found = why.run(&mut left).expect("there is no end of steps");
        assert_eq!(is_linearizable(&why.case, u64::MAX), Some(false));
        (found.core.len(), u64::MAX - left)
    }

    #[test]
    fn who_has_no_more_patience_tries_no_more() {
        let ((all, long), (some, short)) = (explained(None), explained(Some(1)));
        assert!(all <= 2 && some > 50, "{all} and {some} operations are enough");
        assert!(short * 4 < long, "{short} steps, and {long}");
    }
}
