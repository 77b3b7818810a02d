//! What a learner has done so far, kept on the device. Where the browser refuses to keep anything, it
//! is forgotten with the page and nothing else is lost.

use crate::dom;
use crate::kept::NAME;
use faultline::lab::progress::{LabProgress, Progress};

/// Everything that was done; what cannot be read counts as nothing.
pub(crate) fn all() -> Progress {
    dom::remembered(NAME).and_then(|text| Progress::read(&text).ok()).unwrap_or_default()
}

/// Before the id of a lab: where in it somebody is.
const PLACE: &str = "faultline.place.";

/// Where in a lab somebody was.
pub(crate) fn place(lab: &str) -> Option<String> {
    dom::remembered(&format!("{PLACE}{lab}"))
}

/// Keeps where in a lab somebody is; what the browser refuses to keep is forgotten with the page.
pub(crate) fn keep_place(lab: &str, place: Option<&str>) {
    if !lab.is_empty() {
        dom::remember(&format!("{PLACE}{lab}"), place);
    }
}

/// What was done in one lab.
pub(crate) fn of(lab: &str) -> LabProgress {
    all().labs.remove(lab).unwrap_or_default()
}

/// Keeps what was done in one lab.
pub(crate) fn keep(lab: &str, progress: &LabProgress) {
    // A lab that is only being tried out has no name, and nothing of it is kept.
    if lab.is_empty() {
        return;
    }
    let mut all = all();
    if all.labs.get(lab) != Some(progress) {
        all.labs.insert(lab.to_owned(), progress.clone());
        dom::remember(NAME, Some(&all.write()));
    }
}
