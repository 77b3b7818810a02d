//! What a node of Raft keeps on its disk, and the log that everything is about.
//!
//! Places in a log count from 1; place 0 stands for the beginning, which all logs share.

use super::super::number_set::NumberSet;
use crate::protocol::OpId;
use crate::sim::NodeId;
use serde::{Deserialize, Serialize};

/// What is on a node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// The newest term this node knows of.
    pub(super) term: u64,
    /// Whom it voted for in that term.
    pub(super) vote: Option<NodeId>,
    pub(super) log: Log,
    /// The writes that it has said no to.
    pub(super) turned_away: NumberSet,
}

/// One change of the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Write {
    /// A term and the vote in it.
    Ballot(u64, Option<NodeId>),
    /// More entries at the end of the log.
    Append(Vec<Entry>),
    /// Only so many entries stay.
    Truncate(u64),
    /// This write is turned away.
    TurnAway(OpId),
}

/// One entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The term of the leader that made it.
    pub(super) term: u64,
    pub(super) command: Command,
}

/// What the machine behind the log is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Command {
    /// Nothing: a new leader's first entry.
    Nothing,
    /// Read a key, for this operation.
    Read(OpId, u32),
    /// Write a key, for this operation.
    Write(OpId, u32, u32),
}

/// Where an entry is. Of two logs the one whose last entry has the later term is the newer one, and
/// of two with the same last term the longer one, which is this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub(super) term: u64,
    pub(super) index: u64,
}

/// Entries in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Log(Vec<Entry>);

impl Disk {
    pub(super) fn apply(&mut self, write: &Write) {
        match write {
            Write::Ballot(term, vote) => (self.term, self.vote) = (*term, *vote),
            Write::Append(entries) => self.log.0.extend(entries),
            Write::Truncate(len) => self.log.0.truncate(*len as usize),
            Write::TurnAway(id) => drop(self.turned_away.insert(id.0)),
        }
    }
}

impl Log {
    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn get(&self, index: u64) -> Option<&Entry> {
        self.0.get(usize::try_from(index.checked_sub(1)?).ok()?)
    }

    /// The term of the entry at a place, if there is one.
    pub(super) fn term(&self, index: u64) -> Option<u64> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The place of the last entry.
    pub(super) fn last(&self) -> Place {
        Place { term: self.0.last().map_or(0, |entry| entry.term), index: self.len() }
    }

    /// At most so many entries from a place on.
    pub(super) fn from(&self, index: u64, most: u64) -> Vec<Entry> {
        self.0.iter().skip(index.saturating_sub(1) as usize).take(most as usize).copied().collect()
    }

    /// The first place with the term of the entry at this one.
    pub(super) fn first_of_term_at(&self, index: u64) -> u64 {
        let term = self.term(index);
        (1..index).rev().take_while(|&before| self.term(before) == term).last().unwrap_or(index)
    }

    /// The last place with this term.
    pub(super) fn last_of_term(&self, term: u64) -> Option<u64> {
        self.0.iter().rposition(|entry| entry.term == term).map(|position| position as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[u64]) -> Log {
        Log(terms.iter().map(|&term| Entry { term, command: Command::Nothing }).collect())
    }

    #[test]
    fn the_newer_log_has_the_later_last_term_and_then_more_entries() {
        assert!(log(&[1, 1, 3]).last() > log(&[1, 2, 2, 2]).last());
        assert!(log(&[1, 1, 3, 3]).last() > log(&[1, 1, 3]).last());
        assert_eq!(log(&[1, 2]).last(), log(&[1, 2]).last());
        assert!(log(&[1]).last() > Log::default().last());
    }

    #[test]
    fn terms_have_a_first_and_a_last_place() {
        let log = log(&[1, 1, 4, 4, 4, 6]);
        assert_eq!([1, 2, 3, 4, 5, 6].map(|index| log.first_of_term_at(index)), [1, 1, 3, 3, 3, 6]);
        assert_eq!([1, 4, 5, 6].map(|term| log.last_of_term(term)), [Some(2), Some(5), None, Some(6)]);
        assert_eq!((log.term(0), log.term(6), log.term(7)), (Some(0), Some(6), None));
    }
}
