//! What a learner has done so far, kept on the device. Where the browser refuses to keep anything, it
//! is forgotten with the page and nothing else is lost.

use crate::dom;
use crate::kept::NAME;
use faultline::lab::progress::{LabProgress, Progress};

/// Everything that was done; what cannot be read counts as nothing.
pub(crate) fn all() -> Progress {
    dom::remembered(NAME).and_then(|text| Progress::read(&text).ok()).unwrap_or_default()
}

/// What was done in one lab.
pub(crate) fn of(lab: &str) -> LabProgress {
    all().labs.remove(lab).unwrap_or_default()
}

/// Keeps what was done in one lab.
pub(crate) fn keep(lab: &str, progress: &LabProgress) {
    let mut all = all();
    if all.labs.get(lab) != Some(progress) {
        all.labs.insert(lab.to_owned(), progress.clone());
        dom::remember(NAME, Some(&all.write()));
    }
}
