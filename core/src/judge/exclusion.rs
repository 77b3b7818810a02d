//! Mutual exclusion: of those who may hold something at most one does, and a resource never sees the old
//! holder again after the new one. The first is about what nodes believe, the second about what the
//! resource lets happen; a lock can keep the first and break the second.

use crate::sim::NodeId;
use std::collections::BTreeMap;
use std::fmt;

/// All who hold what only one should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together(pub Vec<NodeId>);

impl fmt::Display for Together {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, node)| write!(out, "{}{node}", if index == 0 { "" } else { " and " }))
    }
}

/// Whether at most one is among the holders.
///
/// # Errors
/// Names all of them.
pub fn at_most_one(holders: impl IntoIterator<Item = NodeId>) -> Result<(), Together> {
    let holders: Vec<_> = holders.into_iter().collect();
    if holders.len() < 2 { Ok(()) } else { Err(Together(holders)) }
}

/// A holder that came back to the resource after it was somebody else's turn: indices into its uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// Its last use before.
    pub before: usize,
    /// The other's use.
    pub between: usize,
    /// Its use after.
    pub after: usize,
}

/// Whether the uses of a resource, in their order, are turns: each holding (a lease, a fencing token)
/// has its uses together, and once another has begun it does not come back.
///
/// # Errors
/// Names the first that comes back.
pub fn turns<Holding: Ord>(uses: impl IntoIterator<Item = Holding>) -> Result<(), Return> {
    let mut last: BTreeMap<Holding, usize> = BTreeMap::new();
    for (after, holding) in uses.into_iter().enumerate() {
        match last.insert(holding, after) {
            Some(before) if before + 1 < after => return Err(Return { before, between: before + 1, after }),
            _ => {}
        }
    }
    Ok(())
}
