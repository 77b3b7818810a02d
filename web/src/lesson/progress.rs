//! What a learner has done so far, kept on the device. Where the browser refuses to keep anything, it
//! is forgotten with the page and nothing else is lost.

use crate::dom;
use crate::kept::{NAME, PLACE};
use faultline::lab::Lab;
use faultline::lab::progress::{LabProgress, Progress};
use faultline::sim::stable_hash;

/// Everything that was done; what cannot be read counts as nothing.
pub(crate) fn all() -> Progress {
    dom::remembered(NAME).and_then(|text| Progress::read(&text).ok()).unwrap_or_default()
}

/// Where in a lab somebody was.
pub(crate) fn place(lab: &Lab) -> Option<String> {
    dom::remembered(&key(lab))
}

/// Keeps where in a lab somebody is; what the browser refuses to keep is forgotten with the page.
pub(crate) fn keep_place(lab: &Lab, place: Option<&str>) {
    if !lab.id.is_empty() {
        dom::remember(&key(lab), place);
    }
}

/// Under which name a place is kept: a look at the lab with another seed, or at a lab of somebody else's
/// with the same id, is another place.
fn key(lab: &Lab) -> String {
    format!("{PLACE}{}.{:x}", lab.id, stable_hash(&lab.world.scenario))
}

/// What was done in one lab.
pub(crate) fn of(lab: &str) -> LabProgress {
    all().labs.remove(lab).unwrap_or_default()
}

/// Keeps what was done in one lab.
pub(crate) fn keep(lab: &str, progress: &LabProgress) {
    // A lab that is only being tried out has no name, and nothing of it is kept.
    if !lab.is_empty() {
        take_in(Progress { labs: [(lab.to_owned(), progress.clone())].into() });
    }
}

/// Forgets what was guessed in a lab, but for what is given.
pub(crate) fn forget_guesses(lab: &str, left: &LabProgress) {
    let mut all = all();
    if let Some(kept) = all.labs.get_mut(lab) {
        kept.guesses.clone_from(&left.guesses);
        dom::remember(NAME, Some(&all.write()));
    }
}

/// Brings what was done here together with what is kept: it may have been done in another window, or on
/// another device.
pub(crate) fn take_in(done: Progress) {
    let kept = all();
    let mut all = kept.clone();
    all.merge(done);
    if all != kept {
        dom::remember(NAME, Some(&all.write()));
    }
}
