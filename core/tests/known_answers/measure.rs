//! How long the experiments here are, and what makes one fail.

use faultline::evidence::Finding;
use faultline::evidence::measure::{Tolerance, Unit};

pub(crate) use faultline::evidence::measure::Measured;

/// How often something is tried: without optimisation an event takes ten times as long.
pub(crate) const fn more(count: u64) -> u64 {
    if cfg!(debug_assertions) { count } else { 10 * count }
}

/// Writes the line, and fails unless the known value is where it should be.
#[track_caller]
pub(crate) fn check(measured: &Measured, what: &str, known: f64, allowed: f64) {
    let finding = Finding::number(what, Unit::Number, known, Tolerance::Absolute(allowed), measured);
    eprintln!("{}", finding.line());
    assert!(finding.holds, "{}", finding.line());
}
