//! An append-only list that shares its past, and can forget parts of it.
//!
//! A trace only grows, and a branch of a run has the same beginning as the run it left. Full chunks
//! are shared between copies, so a branch costs one chunk, and growing never moves what is there. A
//! chunk that is forgotten leaves its place: whoever lets the same things happen again from its
//! beginning fills it again.

use std::sync::Arc;

/// Small, because every keyframe of a long run holds on to a few.
pub(crate) const CHUNK: usize = 256;

#[derive(Debug)]
pub(crate) struct Chunked<T> {
    /// Nothing where a chunk was forgotten. One that is being filled again is not full yet.
    full: Vec<Option<Arc<Vec<T>>>>,
    tail: Vec<T>,
    /// How many chunks are there.
    held: usize,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { full: Vec::new(), tail: Vec::new(), held: 0 }
    }
}

/// Which chunk an item is in.
pub(crate) const fn chunk_of(index: u32) -> usize {
    index as usize / CHUNK
}

impl<T> Chunked<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len()
    }

    /// How many items are not forgotten, counted by full chunks.
    #[inline]
    pub(crate) fn held(&self) -> usize {
        self.held * CHUNK
    }

    /// Says whether a chunk is full with that.
    #[inline]
    pub(crate) fn push(&mut self, item: T) -> bool {
        self.tail.push(item);
        let full = self.tail.len() == CHUNK;
        if full {
            self.begin_chunk();
        }
        full
    }

    #[cold]
    fn begin_chunk(&mut self) {
        self.held += 1;
        self.full.push(Some(Arc::new(std::mem::replace(&mut self.tail, Vec::with_capacity(CHUNK)))));
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        // The end is where a run reads.
        match self.tail.get(index.wrapping_sub(self.full.len() * CHUNK)) {
            Some(item) => Some(item),
            None => self.full.get(index / CHUNK)?.as_ref()?.get(index % CHUNK),
        }
    }

    /// What is behind the last full chunk.
    pub(crate) fn tail(&self) -> &[T] {
        &self.tail
    }

    /// Every item that is not forgotten.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.full.iter().flatten().flat_map(|chunk| chunk.iter()).chain(&self.tail)
    }

    /// The full chunks that are there, with their numbers.
    pub(crate) fn chunks(&self) -> impl DoubleEndedIterator<Item = (usize, &[T])> {
        self.full.iter().enumerate().filter_map(|(number, chunk)| Some((number, chunk.as_ref()?.as_slice())))
    }

    /// Forgets the full chunks that are not to be kept.
    pub(crate) fn forget(&mut self, keep: &dyn Fn(usize) -> bool) {
        for (number, chunk) in self.full.iter_mut().enumerate() {
            if chunk.is_some() && !keep(number) {
                *chunk = None;
                self.held -= 1;
            }
        }
    }
}

impl<T: Clone> Chunked<T> {
    /// Puts an item where it belongs, if it is not there: at the end, or in a chunk that was forgotten
    /// and is now filled again from its beginning.
    #[inline]
    pub(crate) fn put(&mut self, index: usize, item: T) {
        if index == self.len() {
            self.push(item);
        } else {
            self.refill(index, item);
        }
    }

    #[cold]
    pub(crate) fn refill(&mut self, index: usize, item: T) {
        // The tail is never forgotten.
        let Some(chunk) = self.full.get_mut(index / CHUNK) else { return };
        if chunk.is_none() {
            self.held += 1;
        }
        let chunk = chunk.get_or_insert_default();
        debug_assert!(chunk.len() >= index % CHUNK, "a chunk is filled from its beginning");
        if chunk.len() == index % CHUNK {
            Arc::make_mut(chunk).push(item);
        }
    }

    /// Changes one item, wherever it is.
    pub(crate) fn change(&mut self, index: usize, change: impl FnOnce(&mut T)) {
        let item = match self.full.get_mut(index / CHUNK) {
            Some(chunk) => chunk.as_mut().and_then(|chunk| Arc::make_mut(chunk).get_mut(index % CHUNK)),
            None => self.tail.get_mut(index.wrapping_sub(self.full.len() * CHUNK)),
        };
        if let Some(item) = item {
            change(item);
        }
    }

    /// Forgets everything but the first `len` items.
    pub(crate) fn truncate(&mut self, len: usize) {
        let len = len.min(self.len());
        if len / CHUNK < self.full.len() {
            *self = self.prefix(len);
        } else {
            self.tail.truncate(len % CHUNK);
        }
    }

    /// The first `len` items, sharing every full chunk with this list. The chunk of the last of them is there.
    pub(crate) fn prefix(&self, len: usize) -> Self {
        let len = len.min(self.len());
        let whole = len / CHUNK;
        let rest = len % CHUNK;
        let last = self.full.get(whole).map_or(self.tail.as_slice(), |chunk| chunk.as_ref().map_or(&[], |chunk| chunk.as_slice()));
        let full = self.full[..whole].to_vec();
        Self { held: full.iter().flatten().count(), full, tail: last[..rest].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_the_beginning_and_grows_on_its_own() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let mut list = Chunked::default();
            (0..len).for_each(|n| list.put(n, n));
            assert_eq!(list.len(), len);
            assert!(list.iter().copied().eq(0..len));
            assert_eq!(list.get(len), None);
            for cut in [0, 1, len / 2, CHUNK, len] {
                let mut prefix = list.prefix(cut);
                assert!(prefix.iter().copied().eq(0..cut.min(len)));
                prefix.push(7);
                assert_eq!(prefix.iter().last(), Some(&7));
                assert_eq!(list.len(), len, "the original is untouched");
                let mut cut_off = list.prefix(len);
                cut_off.truncate(cut);
                assert!(cut_off.iter().copied().eq(0..cut.min(len)));
            }
        }
    }

    #[test]
    fn a_change_in_one_copy_does_not_reach_the_other() {
        let mut list = Chunked::default();
        (0..2 * CHUNK).for_each(|n| list.put(n, n));
        let copy = list.prefix(2 * CHUNK);
        list.change(3, |item| *item = 99);
        assert_eq!((list.get(3), copy.get(3)), (Some(&99), Some(&3)));
    }

    #[test]
    fn what_is_forgotten_leaves_its_place_and_is_filled_again() {
        let mut list = Chunked::default();
        (0..4 * CHUNK + 9).for_each(|n| list.put(n, n));
        let copy = list.prefix(list.len());
        list.forget(&|chunk| chunk == 2);
        assert_eq!((list.len(), list.held(), copy.held()), (4 * CHUNK + 9, CHUNK, 4 * CHUNK));
        assert_eq!((list.get(CHUNK), list.get(2 * CHUNK), list.get(4 * CHUNK)), (None, Some(&(2 * CHUNK)), Some(&(4 * CHUNK))));
        (0..CHUNK + 3).for_each(|n| list.put(n, n));
        assert_eq!((list.get(5), list.get(CHUNK + 2), list.get(CHUNK + 3)), (Some(&5), Some(&(CHUNK + 2)), None));
        (CHUNK..list.len()).for_each(|n| list.put(n, n));
        assert!(list.iter().copied().eq(0..list.len()));
    }
}
