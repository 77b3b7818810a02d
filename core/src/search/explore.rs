//! Every state of a system that can be reached, the near ones first.
//!
//! Breadth first, so the way to the first state that breaks a property is a shortest one. Of a state
//! that was seen, eight bytes are kept to know it again, and six that say how it was reached: its
//! predecessor, and which of the predecessor's steps it was. The way is found again by taking these
//! steps once more. Two states with the same fingerprint are taken for one; with n states that
//! happens with a probability of at most n²/2⁶⁵, one in three million at a million states.

use std::collections::VecDeque;

/// Something with states and steps between them.
pub trait System {
    /// A state.
    type State;
    /// What a step is called.
    type Action;

    /// The states to begin with.
    fn starts(&mut self, out: &mut Vec<Self::State>);

    /// Every step from a state, always in the same order.
    fn steps(&mut self, state: &Self::State, out: &mut Vec<(Self::Action, Self::State)>);

    /// The same number for the same state, and practically never for another.
    fn fingerprint(&self, state: &Self::State) -> u64;

    /// What does not hold in a state, if anything. It is asked once for every state.
    fn broken(&mut self, _state: &Self::State) -> Option<Broken> {
        None
    }
}

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub property: &'static str,
    /// How it is broken.
    pub why: String,
}

/// Where a way begins, and each of its steps with the state that it leads to.
pub type Way<S> = (<S as System>::State, Vec<(<S as System>::Action, <S as System>::State)>);

/// What has been visited so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visited {
    /// How many different states.
    pub unique: u64,
    /// How many states were made: the starts, and one for every step.
    pub total: u64,
    /// How many states lie on the longest of all shortest ways.
    pub depth: u32,
}

/// What an exploration has to say when it stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The budget is used up. It can go on.
    More,
    /// Every state within the bounds was visited, and nothing is broken.
    Covered,
    /// A property is broken in the state of this number.
    Broken(u32, Broken),
}

/// An exploration under way. It goes on where it stopped.
pub struct Explorer<S: System> {
    system: S,
    most_depth: u32,
    seen: Seen,
    /// How each state was reached: its predecessor's number, and which of its steps it was.
    parents: Vec<u32>,
    choices: Vec<u16>,
    /// What is still to be looked at, with its number.
    frontier: VecDeque<(S::State, u32)>,
    /// How many of the frontier belong to the present depth.
    level: usize,
    depth: u32,
    total: u64,
    steps: Vec<(S::Action, S::State)>,
    /// What is broken in a start, the first found and not yet told.
    broken: Option<(u32, Broken)>,
}

const NO_PARENT: u32 = u32::MAX;

impl<S: System> Explorer<S> {
    /// An exploration of all states that at most `most_depth` steps lead to.
    #[must_use]
    pub fn new(mut system: S, most_depth: u32) -> Self {
        let mut starts = Vec::new();
        system.starts(&mut starts);
        let mut explorer = Self {
            system,
            most_depth,
            seen: Seen::default(),
            parents: Vec::new(),
            choices: Vec::new(),
            frontier: VecDeque::new(),
            level: 0,
            depth: 1,
            total: 0,
            steps: Vec::new(),
            broken: None,
        };
        for (choice, start) in starts.into_iter().enumerate() {
            explorer.meet(start, NO_PARENT, choice as u16);
        }
        explorer.level = explorer.frontier.len();
        explorer
    }

    /// What has been visited so far.
    #[must_use]
    pub fn visited(&self) -> Visited {
        Visited { unique: self.parents.len() as u64, total: self.total, depth: self.depth }
    }

    /// Whether there is no state left whose steps were not looked at.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.frontier.is_empty()
    }

    /// The system.
    pub fn system(&mut self) -> &mut S {
        &mut self.system
    }

    /// Looks at the steps from so many states more, or fewer if something is found.
    pub fn go_on(&mut self, states: u64) -> Answer {
        for _ in 0..states {
            if let Some((number, broken)) = self.broken.take() {
                return Answer::Broken(number, broken);
            }
            if self.level == 0 {
                if self.frontier.is_empty() || self.depth > self.most_depth {
                    return Answer::Covered;
                }
                self.level = self.frontier.len();
                self.depth += 1;
            }
            if self.depth > self.most_depth {
                return Answer::Covered;
            }
            let Some((state, number)) = self.frontier.pop_front() else { return Answer::Covered };
            self.level -= 1;
            let mut steps = std::mem::take(&mut self.steps);
            self.system.steps(&state, &mut steps);
            for (choice, (_, next)) in steps.drain(..).enumerate() {
                self.meet(next, number, choice as u16);
            }
            // Keeps its room for the next state.
            self.steps = steps;
        }
        match self.broken.take() {
            Some((number, broken)) => Answer::Broken(number, broken),
            None => Answer::More,
        }
    }

    fn meet(&mut self, state: S::State, parent: u32, choice: u16) {
        self.total += 1;
        if !self.seen.insert(self.system.fingerprint(&state)) {
            return;
        }
        let number = self.parents.len() as u32;
        self.parents.push(parent);
        self.choices.push(choice);
        if self.broken.is_none()
            && let Some(broken) = self.system.broken(&state)
        {
            self.broken = Some((number, broken));
        }
        self.frontier.push_back((state, number));
    }

    /// The way to the state of this number: where it begins, and every step.
    pub fn way(&mut self, number: u32) -> Option<Way<S>> {
        let mut choices = Vec::new();
        let mut at = number;
        while at != NO_PARENT {
            choices.push(usize::from(*self.choices.get(at as usize)?));
            at = *self.parents.get(at as usize)?;
        }
        let mut starts = Vec::new();
        self.system.starts(&mut starts);
        let start = starts.into_iter().nth(choices.pop()?)?;
        let mut way: Vec<(S::Action, S::State)> = Vec::new();
        for choice in choices.into_iter().rev() {
            let mut steps = Vec::new();
            let last = way.last().map_or(&start, |(_, state)| state);
            self.system.steps(last, &mut steps);
            way.push(steps.into_iter().nth(choice)?);
        }
        Some((start, way))
    }
}

/// A set of fingerprints: open addressing in a power of two.
#[derive(Default)]
pub(super) struct Seen {
    slots: Vec<u64>,
    used: usize,
}

impl Seen {
    const EMPTY: u64 = 0;

    /// Whether it is new.
    #[inline]
    pub(super) fn insert(&mut self, fingerprint: u64) -> bool {
        if self.used * 8 >= self.slots.len() * 5 {
            self.grow();
        }
        let fingerprint = fingerprint.max(1);
        let slot = Self::find(&self.slots, fingerprint);
        if self.slots[slot] == fingerprint {
            return false;
        }
        self.slots[slot] = fingerprint;
        self.used += 1;
        true
    }

    #[inline]
    fn find(slots: &[u64], fingerprint: u64) -> usize {
        let mask = slots.len() - 1;
        // The upper half: sums of hashes are as good there, and small numbers are spread too.
        let mut slot = (fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24) as usize & mask;
        while slots[slot] != fingerprint && slots[slot] != Self::EMPTY {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = vec![Self::EMPTY; (self.slots.len() * 2).max(1024)];
        for &fingerprint in self.slots.iter().filter(|slot| **slot != Self::EMPTY) {
            let slot = Self::find(&larger, fingerprint);
            larger[slot] = fingerprint;
        }
        self.slots = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two jugs of 5 and 3 litres: how does one measure 4?
    struct Jugs;

    impl System for Jugs {
        type State = (u64, u64);
        type Action = &'static str;

        fn starts(&mut self, out: &mut Vec<(u64, u64)>) {
            out.push((0, 0));
        }

        fn steps(&mut self, &(large, small): &(u64, u64), out: &mut Vec<(&'static str, (u64, u64))>) {
            let (there, back) = (large.min(3 - small), small.min(5 - large));
            out.push(("fill the large one", (5, small)));
            out.push(("fill the small one", (large, 3)));
            out.push(("empty the large one", (0, small)));
            out.push(("empty the small one", (large, 0)));
            out.push(("pour into the small one", (large - there, small + there)));
            out.push(("pour into the large one", (large + back, small - back)));
        }

        fn fingerprint(&self, (large, small): &(u64, u64)) -> u64 {
            large * 4 + small
        }

        fn broken(&mut self, (large, _): &(u64, u64)) -> Option<Broken> {
            (*large == 4).then(|| Broken { property: "never-4", why: "there are 4 litres".into() })
        }
    }

    #[test]
    fn the_way_to_a_broken_property_is_a_shortest_one_however_often_one_stops() {
        for budget in [1, 3, u64::MAX] {
            let mut explorer = Explorer::new(Jugs, 100);
            let mut answer = Answer::More;
            while answer == Answer::More {
                answer = explorer.go_on(budget);
            }
            let Answer::Broken(number, broken) = answer else { panic!("{answer:?}") };
            assert_eq!(broken.property, "never-4");
            let (start, way) = explorer.way(number).unwrap();
            assert_eq!(start, (0, 0));
            assert_eq!(way.iter().map(|(_, state)| *state).collect::<Vec<_>>(), [(5, 0), (2, 3), (2, 0), (0, 2), (5, 2), (4, 3)]);
            assert_eq!(way[5].0, "pour into the small one");
        }
    }

    #[test]
    fn a_depth_that_is_too_small_finds_nothing() {
        let mut explorer = Explorer::new(Jugs, 5);
        assert_eq!(explorer.go_on(u64::MAX), Answer::Covered);
        assert_eq!(explorer.visited().depth, 6);
    }

    #[test]
    fn a_set_of_fingerprints_knows_what_it_has_seen() {
        let mut seen = Seen::default();
        for round in 0..2 {
            for n in 1..10_000u64 {
                assert_eq!(seen.insert(n * n), round == 0);
            }
        }
    }
}
