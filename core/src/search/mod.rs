//! The search for runs that break a promise, and for the smallest of them.
//!
//! | who | what it does |
//! |---|---|
//! | [`Chaos`] | makes up faults and requests, run after run, until a promise is broken |
//! | [`shrink`] | takes away from such a run whatever it does not need |
//! | [`Explorer`] | visits every state of a system that can be reached, the near ones first |
//! | [`World`] | a model as such a system: any message may arrive next, any timer run out |
//!
//! None of them draws from anything but a seed, uses a thread or looks at a clock: whoever waits for
//! one gives it a budget or a callback, and can stop it at any time.

mod chaos;
mod explore;
mod shrink;
mod world;

pub use chaos::{Chaos, FaultKind, Plan};
pub use explore::{Answer, Broken, Explorer, System, Visited, Way};
pub use shrink::{concrete, shrink};
pub use world::{Bounds, Course, Explored, Found, Moment, World, explore};

use crate::link::{Link, Seal};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Sim, Time};

/// What is to be broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The id of the promise; nothing if any will do.
    pub promise: Option<String>,
    /// Until when a run is looked at.
    pub until: Time,
    /// How many events of a run are looked at at most, however short their times.
    pub most_steps: u64,
}

impl Goal {
    /// A promise, or any, to be broken before a moment.
    #[must_use]
    pub fn new(promise: Option<&str>, until: Time) -> Self {
        Self { promise: promise.map(Into::into), until, most_steps: 100_000 }
    }
}

/// A run that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The run.
    pub scenario: Scenario,
    /// The id of the promise that it breaks.
    pub promise: &'static str,
    /// What is promised.
    pub promised: &'static str,
    /// How it is broken.
    pub why: String,
    /// When it is, and what the run was until then.
    pub seal: Seal,
}

impl Violation {
    /// A link to the moment in which the promise is broken.
    #[must_use]
    pub fn link(&self) -> Link {
        Link { scenario: self.scenario.clone(), seal: Some(self.seal) }
    }
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// How many runs were begun.
    pub runs: u64,
    /// How many events were handled in all of them.
    pub steps: u64,
}

/// The first moment of a run in which a promise is broken, if there is one. Promises are looked at
/// when everything that happens at one moment has happened, as the timeline shows it.
///
/// # Errors
/// If the scenario cannot be run.
pub fn first_break(library: &Library, scenario: &Scenario, goal: &Goal, effort: &mut Effort) -> Result<Option<Violation>, Fault> {
    let mut sim = Sim::new(library, scenario.clone())?;
    effort.runs += 1;
    let found = watch(&mut sim, goal);
    effort.steps += sim.steps();
    Ok(found.map(|(promise, promised, why)| Violation {
        scenario: scenario.clone(),
        promise,
        promised,
        why,
        seal: Seal::of(&sim, sim.now()),
    }))
}

/// Lets a run go on until a promise is broken: which, and how.
fn watch(sim: &mut Sim, goal: &Goal) -> Option<(&'static str, &'static str, String)> {
    while sim.steps() < goal.most_steps && sim.step_until(goal.until) {
        if sim.next_time() == Some(sim.now()) {
            continue;
        }
        if let Some(broken) = broken(sim, goal.promise.as_deref()) {
            return Some(broken);
        }
    }
    None
}

/// The promise that does not hold now, if it is the one that is looked for.
fn broken(sim: &Sim, promise: Option<&str>) -> Option<(&'static str, &'static str, String)> {
    let sought = |id: &str| promise.is_none_or(|sought| sought == id);
    sim.promises().into_iter().filter(|(id, ..)| sought(id)).find_map(|(id, promised, holds)| Some((id, promised, holds.err()?)))
}
