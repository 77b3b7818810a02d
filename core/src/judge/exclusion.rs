//! Mutual exclusion: of those who may hold something at most one does, and a resource never sees the old
//! holder again after the new one. The first is about what nodes believe, the second about what the
//! resource lets happen; a lock can keep the first and break the second.

use crate::sim::NodeId;
use serde::Serialize;
use std::collections::BTreeSet;

/// Whether at most one is among the holders, as an [`Invariant`](crate::protocol::Invariant) says it.
///
/// # Errors
/// Names all of them, and what they do: `n1 and n3 are all primary`.
pub fn at_most_one(holders: impl IntoIterator<Item = NodeId>, do_what: &str) -> Result<(), String> {
    let holders: Vec<_> = holders.into_iter().map(|node| node.to_string()).collect();
    if holders.len() < 2 { Ok(()) } else { Err(format!("{} {do_what}", holders.join(" and "))) }
}

/// A holder came back to the resource after somebody else's turn had begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameBack;

/// The uses of a resource so far: each holding (a lease, a fencing token) has its uses together, and once
/// another has begun it does not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turns<Holding> {
    current: Option<Holding>,
    over: BTreeSet<Holding>,
}

impl<Holding> Default for Turns<Holding> {
    fn default() -> Self {
        Self { current: None, over: BTreeSet::new() }
    }
}

impl<Holding: Ord> Turns<Holding> {
    /// The next use. One that comes back does not begin another turn.
    ///
    /// # Errors
    /// If its turn was over.
    pub fn take(&mut self, holding: Holding) -> Result<(), CameBack> {
        if self.over.contains(&holding) {
            return Err(CameBack);
        }
        if self.current.as_ref() != Some(&holding) {
            self.over.extend(self.current.replace(holding));
        }
        Ok(())
    }
}
