//! A set of numbers whose copies share what they have in common.
//!
//! A node that must carry a request out only once remembers every request it was ever asked for. Its
//! state is copied for each keyframe of a run, so that what it remembers must not be copied with it:
//! numbers that lie close together share a page, and pages are shared between copies until one of them
//! writes on it.

use serde::Serialize;
use std::sync::Arc;

const WORDS: usize = 16;
const PAGE: u32 = WORDS as u32 * u64::BITS;

/// Numbers, of which more and more come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberSet {
    /// In their order.
    pages: Vec<Page>,
}

/// Which numbers of those that lie close together are there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    number: u32,
    words: Arc<[u64; WORDS]>,
}

impl NumberSet {
    pub(super) fn contains(&self, number: u32) -> bool {
        let (page, word, bit) = place(number);
        self.find(page).is_ok_and(|index| self.pages[index].words[word] & bit != 0)
    }

    /// Says whether the number is new.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (page, word, bit) = place(number);
        let index = self.find(page).unwrap_or_else(|index| {
            self.pages.insert(index, Page { number: page, words: Arc::default() });
            index
        });
        let words = Arc::make_mut(&mut self.pages[index].words);
        let new = words[word] & bit == 0;
        words[word] |= bit;
        new
    }

    fn find(&self, page: u32) -> Result<usize, usize> {
        self.pages.binary_search_by_key(&page, |page| page.number)
    }
}

impl Serialize for NumberSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.pages.iter().map(|page| (page.number, *page.words)))
    }
}

/// The page, the word on it, and the bit in that.
fn place(number: u32) -> (u32, usize, u64) {
    let inside = number % PAGE;
    (number / PAGE, (inside / u64::BITS) as usize, 1 << (inside % u64::BITS))
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
        let shared = set.pages.iter().zip(&before.pages).filter(|(one, other)| Arc::ptr_eq(&one.words, &other.words)).count();
        assert_eq!((shared, before.pages.len()), (19, 20));
    }
}
