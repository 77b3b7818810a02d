//! Which promises of a run are broken: at its present moment, or at any moment on the way.

use faultline::Sim;
use faultline::sim::Time;
use std::collections::BTreeSet;

/// What is broken now.
pub(crate) fn broken(sim: &Sim) -> Vec<&'static str> {
    sim.promises().into_iter().filter(|(.., holds)| holds.is_err()).map(|(id, ..)| id).collect()
}

/// Goes on to a moment; says what was ever broken on the way there, in the order of the names.
pub(crate) fn ever_broken(sim: &mut Sim, until: Time) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    while sim.step_until(until) {
        found.extend(broken(sim));
    }
    found.into_iter().collect()
}
