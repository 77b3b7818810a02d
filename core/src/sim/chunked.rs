//! An append-only list that shares its past.
//!
//! A trace only grows, and a branch of a run has the same beginning as the run it left. Full chunks
//! are shared between copies, so a branch costs one chunk, and growing never moves what is there.

use std::sync::Arc;

const CHUNK: usize = 4096;

#[derive(Debug)]
pub(crate) struct Chunked<T> {
    full: Vec<Arc<Vec<T>>>,
    tail: Vec<T>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { full: Vec::new(), tail: Vec::new() }
    }
}

impl<T> Chunked<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len()
    }

    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        self.tail.push(item);
        if self.tail.len() == CHUNK {
            self.begin_chunk();
        }
    }

    #[cold]
    fn begin_chunk(&mut self) {
        self.full.push(Arc::new(std::mem::replace(&mut self.tail, Vec::with_capacity(CHUNK))));
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        // The end is where a run reads.
        match self.tail.get(index.wrapping_sub(self.full.len() * CHUNK)) {
            Some(item) => Some(item),
            None => self.full.get(index / CHUNK)?.get(index % CHUNK),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(&self.tail)
    }
}

impl<T: Clone> Chunked<T> {
    /// Changes one item, wherever it is.
    pub(crate) fn change(&mut self, index: usize, change: impl FnOnce(&mut T)) {
        let item = match self.full.get_mut(index / CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).get_mut(index % CHUNK),
            None => self.tail.get_mut(index.wrapping_sub(self.full.len() * CHUNK)),
        };
        if let Some(item) = item {
            change(item);
        }
    }

    /// Forgets everything but the first `len` items.
    pub(crate) fn truncate(&mut self, len: usize) {
        let len = len.min(self.len());
        let whole = len / CHUNK;
        if whole < self.full.len() {
            self.tail = self.full.drain(whole..).next().map(Arc::unwrap_or_clone).unwrap_or_default();
        }
        self.tail.truncate(len % CHUNK);
    }

    /// The first `len` items, sharing every full chunk with this list.
    pub(crate) fn prefix(&self, len: usize) -> Self {
        let len = len.min(self.len());
        let whole = len / CHUNK;
        let rest = len % CHUNK;
        let last = self.full.get(whole).map_or(&self.tail, |chunk| chunk.as_ref());
        Self { full: self.full[..whole].to_vec(), tail: last[..rest].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_the_beginning_and_grows_on_its_own() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let mut list = Chunked::default();
            (0..len).for_each(|n| list.push(n));
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
        (0..2 * CHUNK).for_each(|n| list.push(n));
        let copy = list.prefix(2 * CHUNK);
        list.change(3, |item| *item = 99);
        assert_eq!((list.get(3), copy.get(3)), (Some(&99), Some(&3)));
    }
}
