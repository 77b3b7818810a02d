//! The machine that runs a scenario: integer time, keyed randomness, an ordered queue, a network
//! with faults, clocks that drift, disks that forget, and a trace of all that happened.
//!
//! Nothing here is generic over the protocol. The machine moves numbered messages between numbered
//! nodes; what a message says is known only to the `host`, the thin typed layer around one
//! protocol. So a new protocol adds its own logic to the program and nothing else.

mod chunked;
mod clock;
mod draw;
mod fixed;
mod forget;
mod hash;
mod host;
mod latency;
mod machine;
mod network;
mod parting;
mod queue;
mod state;
mod time;
mod timeline;
mod trace;

pub use clock::{Clock, LocalTime};
pub(crate) use draw::mix;
pub use draw::{Chance, Purpose, below, draw};
pub use hash::{TraceHash, stable_hash};
pub(crate) use host::Trial;
pub use host::{Calls, Effect, Happened, Host, Typed};
pub use latency::Latency;
pub(crate) use latency::MOST_NESTED;
pub use machine::{Came, Flight, Sim};
pub use network::{LinkRule, Network};
pub use parting::{Parted, Parting};
pub use state::NodeStatus;
pub use time::{Span, Time};
pub use timeline::{Branch, Timeline};
pub use trace::{Ended, EventKind, LossReason, MessageMeta, OpMeta, Row, Tally, Trace};

use serde::{Deserialize, Serialize};

/// A node or a client: a number that a message can be sent to.
///
/// The nodes of a run are `0..nodes`; its clients follow directly after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The position of this node in a list of all nodes.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "n{}", self.0 + 1)
    }
}
