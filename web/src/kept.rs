//! What the device remembers of what was done in the labs, as far as the first screen needs it. The
//! reader of whole progress files comes with the labs themselves.

use crate::dom;
use std::collections::BTreeMap;

/// Under which name the browser keeps it.
pub(crate) const NAME: &str = "faultline.progress";

/// What comes before the id of a lab in the name of where in it somebody is.
pub(crate) const PLACE: &str = "faultline.place.";

/// Forgets everything that was done.
pub(crate) fn forget() {
    dom::remember(NAME, None);
    dom::forget_all(PLACE);
}

/// The stars of every lab that was begun.
pub(crate) fn stars() -> BTreeMap<String, u32> {
    count(&dom::remembered(NAME).unwrap_or_default())
}

/// A challenge is a line with the lab and `stars=N`, as `faultline::lab::progress` writes it.
fn count(kept: &str) -> BTreeMap<String, u32> {
    let mut done = BTreeMap::new();
    for line in kept.lines() {
        let mut words = line.split(' ');
        let (Some("lab" | "challenge"), Some(lab)) = (words.next(), words.next()) else { continue };
        let stars = words.find_map(|word| word.strip_prefix("stars=")?.parse().ok());
        *done.entry(lab.to_owned()).or_default() += stars.unwrap_or(0);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::lab::progress::{Progress, Solved};

    #[test]
    fn the_stars_of_the_map_are_those_that_the_labs_have_written() {
        let mut progress = Progress::default();
        let solved = |stars| Solved { stars, seeds: [7].into(), ..Solved::default() };
        let lab = progress.labs.entry("L07".into()).or_default();
        (lab.step, lab.bet) = (12, Some(true));
        lab.challenges = [("lose".into(), solved(3)), ("parted".into(), solved(2))].into();
        progress.labs.entry("L10".into()).or_default().step = 1;
        assert_eq!(count(&progress.write()), [("L07".into(), 5), ("L10".into(), 0)].into());
        assert!(count("").is_empty());
    }
}
