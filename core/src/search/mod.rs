//! The search for runs that break a promise, and for the smallest of them.
//!
//! | who | what it does |
//! |---|---|
//! | [`Goal`] | says which promise is to be broken, and whether a run does it |
//! | [`Chaos`] | makes up faults and requests, run after run, until a promise is broken |
//! | [`shrink`] | takes away from such a run whatever it does not need |
//! | [`Explorer`] | visits every state of a system that can be reached, the near ones first |
//! | [`World`] | a model as such a system: any message may arrive next, any timer run out |
//! | [`matter`] | tells what each input of a run changed |
//! | [`NoReturn`] | tells from which moment on a run could only end badly |
//!
//! None of them draws from anything but a seed, uses a thread or looks at a clock: whoever waits for
//! one gives it a budget or a callback, and can stop it at any time.

mod chaos;
mod explore;
mod goal;
mod matter;
mod shrink;
mod world;

pub use chaos::{Chaos, FaultKind, Plan};
pub use explore::{Answer, Broken, Explorer, System, Visited, Way};
pub use goal::{Goal, Sought};
pub use matter::{Difference, Matter, NoReturn, Odds, Without, matter};
pub use shrink::{Weight, concrete, shrink};
pub use world::{Bounds, Course, Exploration, Explored, Found, Moment, NOT_TRIED, World, explore};

use crate::link::{Link, Seal};
use crate::scenario::Scenario;

/// A run that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The run.
    pub scenario: Scenario,
    /// The id of the promise that it breaks.
    pub promise: &'static str,
    /// What is promised.
    pub promised: String,
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
    /// How often a judge of what clients saw came to no verdict.
    pub undecided: u64,
}
