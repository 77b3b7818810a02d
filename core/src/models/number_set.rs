//! A set of numbers whose copies share what they have in common.
//!
//! A node that must carry a request out only once remembers every request it was ever asked for. Its
//! state is copied for each keyframe of a run, so that what it remembers must not be copied with it:
//! numbers that lie close together share a page, and pages are shared between copies until one of them
//! writes on it.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const WORDS: usize = 16;
const PAGE: u32 = WORDS as u32 * u64::BITS;

/// Numbers, of which more and more come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct NumberSet(#[serde(serialize_with = "pages")] BTreeMap<u32, Arc<[u64; WORDS]>>);

impl NumberSet {
    pub(super) fn contains(&self, number: u32) -> bool {
        let (page, word, bit) = place(number);
        self.0.get(&page).is_some_and(|words| words[word] & bit != 0)
    }

    /// Says whether the number is new.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (page, word, bit) = place(number);
        let words = Arc::make_mut(self.0.entry(page).or_default());
        let new = words[word] & bit == 0;
        words[word] |= bit;
        new
    }
}

/// The page, the word on it, and the bit in that.
fn place(number: u32) -> (u32, usize, u64) {
    let inside = number % PAGE;
    (number / PAGE, (inside / u64::BITS) as usize, 1 << (inside % u64::BITS))
}

fn pages<S: serde::Serializer>(pages: &BTreeMap<u32, Arc<[u64; WORDS]>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pages.iter().map(|(page, words)| (page, **words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_holds_what_was_put_into_it_and_copies_part() {
        let (mut set, mut same, mut number) = (NumberSet::default(), BTreeSet::new(), 1_u32);
        for _ in 0..2_000 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = [number % 3_000, number][usize::from(number % 50 == 0)];
            assert_eq!(set.insert(number), same.insert(number), "{number}");
        }
        let before = set.clone();
        assert!(set.insert(100_000) && !before.contains(100_000) && set.contains(100_000));
        for number in (0..4_000).chain(same.iter().copied()).chain([u32::MAX]) {
            assert_eq!(before.contains(number), same.contains(&number), "{number}");
        }
    }

    #[test]
    fn copies_share_all_pages_but_those_that_one_has_written_on() {
        let mut set = NumberSet::default();
        for number in 0..10 * PAGE {
            set.insert(2 * number);
        }
        let before = set.clone();
        set.insert(1);
        let shared = set.0.iter().zip(&before.0).filter(|((_, one), (_, other))| Arc::ptr_eq(one, other)).count();
        assert_eq!((shared, before.0.len()), (19, 20));
    }
}
