//! The engine of Faultline: a laboratory for distributed systems that runs the same everywhere.
//!
//! A run is a pure function of a [`Scenario`]: which model, with which settings, from which seed,
//! with which faults and requests at which times. Everything shown, judged, shared or graded is
//! derived from the run's [`Trace`](sim::Trace).
//!
//! | room | what is in it |
//! |---|---|
//! | [`sim`] | the machine: time, keyed randomness, network, clocks, disks, faults, trace, time travel |
//! | [`protocol`] | what a protocol's author writes |
//! | [`view`] | the closed set of widgets in which a node shows itself |
//! | [`models`] | one file per protocol |
//! | [`scenario`] | the one input of a run |
//! | [`search`] | runs that break a promise: found, made smaller, explained |
//! | [`link`] | a run in a link |
//! | [`files`] | a run as files |
//! | [`measure`] | what can be counted on a run: messages, latencies, availability, staleness, load, and theory beside it |
//! | [`evidence`] | published numbers, measured with the models of the labs |
//! | [`judge`] | whether a run, or a history from anywhere, keeps a promise, and why |
//! | [`lab`] | lab files: guided tours, challenges, and who decides them |
//!
//! This crate knows no browser, no clock on the wall and no source of randomness but the seed.

pub mod evidence;
pub mod files;
pub mod judge;
pub mod lab;
pub mod link;
pub mod measure;
pub mod models;
pub mod protocol;
pub mod scenario;
pub mod search;
pub mod sim;
pub mod view;

pub use scenario::Scenario;
pub use sim::Sim;
