//! The words of the searches.

use crate::text::{clock, plain};
use crate::worker::search::{Covered, Effort};
use faultline::search::NOT_TRIED;
use faultline::sim::Time;

pub(crate) const TITLE: &str = "Find a way to break it";
pub(crate) const PROMISE: &str = "Promise";
pub(crate) const ANY: &str = "any of its own";
pub(crate) const WAY: &str = "Look";
pub(crate) const WAYS: [&str; 2] = ["at random", "at everything, within bounds"];
pub(crate) const BOUNDS: [&str; 5] = ["Runs", "Steps", "Timers that run out", "Crashes", "Requests"];
pub(crate) const START: &str = "Look for it";
pub(crate) const WORKING: &str = "Looking";
pub(crate) const SHOW: &str = "Show this run";
pub(crate) const NO_RUN: &str = "These steps lead there, but no run was found that takes them:";
pub(crate) const MATTERED: &str = "What mattered";
pub(crate) const FAULTS: &str = "Did my fault matter?";
pub(crate) const FAULTS_START: &str = "Run it again without each";
/// What the answers about faults are about.
pub(crate) fn looked_at(end: Time, whole: bool) -> String {
    format!("{}The run up to {} was looked at.", if whole { "" } else { "Not every fault was left out. " }, clock(end))
}

pub(crate) const NO_FAULTS: &str = "Nothing was done to this run yet.";
pub(crate) const NOTHING_CHANGED: &str = "It changed nothing.";
pub(crate) const TOO_LATE: &str = "When was it too late?";
pub(crate) const TOO_LATE_START: &str = "Ask other futures";
pub(crate) const FROM: &str = "from";
pub(crate) const BAD_ENDS: &str = "bad ends";
pub(crate) const SURELY: &str = "95 % sure";

/// What is asked of other futures.
pub(crate) fn too_late_how(moments: usize, futures: u32) -> String {
    format!("From {moments} moments of this run, {futures} other futures each: in how many is the promise broken?")
}

/// A bound that is none.
pub(crate) fn bad_bound(label: &str, typed: &str, most: u64) -> String {
    format!("{label}: “{typed}” is not a whole number from 0 to {most}")
}

/// How far a search is.
pub(crate) fn effort(effort: &Effort) -> String {
    match effort {
        Effort { smaller: Some(inputs), .. } => format!("Found. Making it smaller: {}", things(*inputs)),
        Effort { states: 1.., .. } => format!("{} states, {} steps deep", effort.states, effort.depth),
        _ => format!("{} runs", effort.runs),
    }
}

/// How much is done to a run.
fn things(count: usize) -> String {
    format!("{count} thing{} done", if count == 1 { "" } else { "s" })
}

/// What was found.
pub(crate) fn found(promise: &str, why: &str, at: Option<Time>) -> String {
    let at = at.map_or_else(String::new, |at| format!(" at {}", super::clock(at)));
    format!("{} is broken{at}: {why}", plain(promise))
}

/// How small it is.
pub(crate) fn smallest(inputs: usize) -> String {
    format!("With {} to it; none of them can be left out.", things(inputs))
}

/// What was covered without finding anything.
pub(crate) fn covered(covered: &Covered) -> String {
    match covered {
        Covered::Runs(runs, doubts) => {
            format!("Not broken in {runs} runs of ten seconds{}. That is no proof: other faults may break it.", doubt(*doubts))
        }
        Covered::States { states, depth, covered, whole, doubts } => {
            let how = match (covered, whole) {
                (true, true) => "That is every state that can be reached within these bounds.".to_owned(),
                (true, false) => format!("That is every state that {depth} steps lead to."),
                (false, _) => format!("That is not all: it ended {depth} steps deep."),
            };
            format!("Not broken in {states} states{}. {how} Not tried: {NOT_TRIED}.", doubt(*doubts))
        }
    }
}

fn doubt(doubts: u64) -> String {
    if doubts == 0 { String::new() } else { format!(", as far as is known: in {doubts} cases the judge found no verdict") }
}

/// What a fault changed first.
pub(crate) fn first_change(at: Time, happened: Option<&str>, instead: Option<&str>) -> String {
    let at = super::clock(at);
    match (happened, instead) {
        (Some(happened), Some(instead)) => format!("{at}: {happened}. Without it: {instead}"),
        (Some(happened), None) => format!("{at}: {happened}. Without it nothing would happen any more"),
        (None, Some(instead)) => format!("{at}: nothing any more. Without it: {instead}"),
        (None, None) => at,
    }
}

/// What would have become of the promise.
pub(crate) fn without(broken: bool) -> &'static str {
    if broken { "Without it the promise is broken all the same." } else { "Without it the promise is kept." }
}

/// The point of no return.
pub(crate) fn point(from: Option<Time>, futures: u32) -> String {
    match from {
        Some(from) => format!("From {} on, each of {futures} futures ends badly.", super::clock(from)),
        None => format!("From no moment on did all of {futures} futures end badly."),
    }
}

/// How many futures were asked.
pub(crate) fn futures(count: u32) -> String {
    format!("n = {count}")
}

/// Parts of a thousand.
pub(crate) fn percent(thousandths: u32) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// A share and where the true one lies.
pub(crate) fn between(low: u32, high: u32) -> String {
    format!("{} to {}", percent(low), percent(high))
}
