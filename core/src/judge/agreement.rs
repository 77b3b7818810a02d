//! Agreement: nobody holds something else by the same name. Copies of the same version agree on its
//! value, all nodes on who leads a term; and a transaction is atomic if its participants agree on what
//! became of it, all or nothing.

use crate::sim::NodeId;
use std::collections::BTreeMap;
use std::fmt;

/// Two who hold different things by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart<Name, Held> {
    /// The name.
    pub name: Name,
    /// Who holds what.
    pub one: (NodeId, Held),
    /// Who holds something else.
    pub other: (NodeId, Held),
}

impl<Name: fmt::Display, Held: fmt::Display> fmt::Display for Apart<Name, Held> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, one, other } = self;
        write!(out, "{name} is {} at {}, and {} at {}", one.1, one.0, other.1, other.0)
    }
}

/// Whether all who hold something by the same name hold the same. Who is undecided holds nothing.
///
/// # Errors
/// Names the first two who do not.
pub fn agree<Name: Ord + Clone, Held: PartialEq>(held: impl IntoIterator<Item = (Name, NodeId, Held)>) -> Result<(), Apart<Name, Held>> {
    let mut first: BTreeMap<Name, (NodeId, Held)> = BTreeMap::new();
    for (name, node, held) in held {
        match first.remove(&name) {
            Some(one) if one.1 != held => return Err(Apart { name, one, other: (node, held) }),
            _ => drop(first.insert(name, (node, held))),
        }
    }
    Ok(())
}
