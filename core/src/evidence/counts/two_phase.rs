//! Two-phase commit, at the granularity of Gray and Lamport (2006): resource managers prepare and
//! abort by themselves, and a message that was sent stays there to be received.

use crate::search::{Broken, System};

/// A resource manager is working (0), prepared, committed or aborted.
const PREPARED: u32 = 1;
const COMMITTED: u32 = 2;
const ABORTED: u32 = 3;

/// A state. Sets of managers have a bit for each; two bits say what each of them is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    managers: u32,
    /// What the transaction manager has decided: nothing (0), to commit or to abort.
    decided: u8,
    /// From whom it has heard.
    heard: u16,
    /// Who has said that it is prepared.
    said: u16,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The transaction manager commits.
    Commit,
    /// It aborts.
    Abort,
    /// It hears that this resource manager is prepared.
    Hear(u32),
    /// A resource manager prepares.
    Prepare(u32),
    /// It aborts by itself.
    GiveUp(u32),
    /// It commits as it was told.
    ObeyCommit(u32),
    /// It aborts as it was told.
    ObeyAbort(u32),
}

/// The protocol, with so many resource managers.
#[derive(Clone, Copy, Debug)]
pub struct TwoPhase {
    /// How many.
    pub managers: u32,
    /// Whether the transaction manager commits as soon as one is prepared, which is wrong.
    pub hasty: bool,
}

impl State {
    fn manager(&self, index: u32) -> u32 {
        self.managers >> (2 * index) & 3
    }

    fn with(self, index: u32, manager: u32) -> Self {
        Self { managers: self.managers & !(3 << (2 * index)) | manager << (2 * index), ..self }
    }
}

impl TwoPhase {
    /// As it should be.
    #[must_use]
    pub const fn new(managers: u32) -> Self {
        Self { managers, hasty: false }
    }

    /// Nobody has done anything.
    #[must_use]
    pub const fn start() -> State {
        State { managers: 0, decided: 0, heard: 0, said: 0 }
    }

    /// Every step that can be taken.
    #[inline]
    pub fn each_action(&self, state: &State, mut out: impl FnMut(Action)) {
        let everybody = (1 << self.managers) - 1;
        if state.decided == 0 {
            if state.heard == everybody || self.hasty && state.heard != 0 {
                out(Action::Commit);
            }
            out(Action::Abort);
        }
        for index in 0..self.managers {
            if state.decided == 0 && state.said >> index & 1 == 1 {
                out(Action::Hear(index));
            }
            if state.manager(index) == 0 {
                out(Action::Prepare(index));
                out(Action::GiveUp(index));
            }
            match state.decided {
                1 => out(Action::ObeyCommit(index)),
                2 => out(Action::ObeyAbort(index)),
                _ => {}
            }
        }
    }

    /// Where a step leads.
    #[inline]
    #[must_use]
    pub fn after(state: &State, action: Action) -> State {
        match action {
            Action::Commit => State { decided: 1, ..*state },
            Action::Abort => State { decided: 2, ..*state },
            Action::Hear(index) => State { heard: state.heard | 1 << index, ..*state },
            Action::Prepare(index) => State { said: state.said | 1 << index, ..state.with(index, PREPARED) },
            Action::ObeyCommit(index) => state.with(index, COMMITTED),
            Action::GiveUp(index) | Action::ObeyAbort(index) => state.with(index, ABORTED),
        }
    }

    /// Nobody aborts what another commits.
    #[must_use]
    pub fn is_consistent(&self, state: &State) -> bool {
        let any = |what| (0..self.managers).any(|index| state.manager(index) == what);
        !(any(COMMITTED) && any(ABORTED))
    }
}

impl System for TwoPhase {
    type State = State;
    type Action = Action;

    fn starts(&mut self, out: &mut Vec<State>) {
        out.push(Self::start());
    }

    fn steps(&mut self, state: &State, out: &mut Vec<(Action, State)>) {
        self.each_action(state, |action| out.push((action, Self::after(state, action))));
    }

    fn fingerprint(&self, state: &State) -> u64 {
        // All of it fits, so it needs no hash; only 0 is no fingerprint.
        (u64::from(state.managers) << 34 | u64::from(state.decided) << 32 | u64::from(state.heard) << 16 | u64::from(state.said)) + 1
    }

    fn broken(&mut self, state: &State) -> Option<Broken> {
        (!self.is_consistent(state)).then(|| Broken { property: "consistent", why: format!("{state:?}") })
    }
}
