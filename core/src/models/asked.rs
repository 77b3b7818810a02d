//! What a node did with a write that a client asked it for.
//!
//! The network may bring a request twice. A client that was told no relies on it: its write has not
//! happened and never will. So what was turned away must not be taken after all, and what may have been
//! done must not be turned away, whatever the node forgets in a crash.

use serde::Serialize;

/// What a node did with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Asked {
    /// It carries it out.
    Taken,
    /// It said no.
    TurnedAway,
}
