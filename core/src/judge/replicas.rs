//! Read your writes, through replicas: a client whose write was acknowledged by one node must not read
//! from another what was there before. The history says that it did; the trace says which nodes were
//! asked, and whether the second had heard from the first by then.

use super::happens_before::Past;
use super::history::{History, Op, Outcome};
use super::value::Value;
use crate::sim::{EventKind, NodeId, Sim};
use std::fmt;

/// A client that did not find its own write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The write and the read: indices into the history.
    pub ops: (usize, usize),
    /// Who acknowledged the write, and who answered the read.
    pub nodes: (NodeId, NodeId),
    /// Whether a message could have told the second of the write before it answered.
    pub heard: bool,
}

impl fmt::Display for Forgotten {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrote, read) = self.nodes;
        match (wrote == read, self.heard) {
            (true, _) => write!(out, "{read} acknowledged the write, and answered the read without it"),
            (_, true) => write!(out, "{wrote} acknowledged the write; {read} could have heard of it, and answered the read without it"),
            (_, false) => write!(out, "{wrote} acknowledged the write; {read} had not heard of it when it answered the read"),
        }
    }
}

/// The first read of a run that returned what its own client had replaced: the beginning, or an earlier
/// write of the same client. Clients write values that are unique.
#[must_use]
pub fn forgotten_write(sim: &Sim, initial: &Value) -> Option<Forgotten> {
    let history = History::of(sim);
    let is_write = |op: &Op| matches!(op.f.as_str(), "write" | "put");
    for (read, op) in history.ops.iter().enumerate().filter(|(_, op)| op.outcome == Outcome::Ok && matches!(op.f.as_str(), "read" | "get"))
    {
        let same = |other: &&(usize, &Op)| other.1.process == op.process && other.1.key == op.key;
        let mine: Vec<(usize, &Op)> = history.ops[..read].iter().enumerate().filter(|(_, op)| is_write(op)).collect();
        let mine: Vec<&(usize, &Op)> = mine.iter().filter(same).collect();
        let Some(last) = mine.iter().rposition(|(_, write)| write.outcome == Outcome::Ok) else { continue };
        if op.output == *initial || mine[..last].iter().any(|(_, earlier)| earlier.input == op.output) {
            let write = mine[last].0;
            return explain(sim, &history, write, read);
        }
    }
    None
}

fn explain(sim: &Sim, history: &History, write: usize, read: usize) -> Option<Forgotten> {
    let trace = sim.trace();
    // From the answer back to the node that gave it.
    let answer = |op: usize| {
        let mut index = history.ops[op].ret? as u32;
        loop {
            let row = trace.row(index)?;
            if row.kind == EventKind::Send {
                return Some((index, row.node));
            }
            index = row.cause;
        }
    };
    let ((_, wrote_at), (answered, read_at)) = (answer(write)?, answer(read)?);
    // What a node may have told others it can have told from the moment it was asked: when the message
    // that the write began with (or a copy of it) arrived.
    let invoked = history.ops[write].call as u32;
    let began_with = |cause: u32| {
        let causes = std::iter::successors(trace.row(cause), |row| trace.row(row.cause));
        causes.take(3).any(|row| row.cause == invoked)
    };
    let mut rows = (invoked..answered).filter_map(|index| Some((index, trace.row(index)?)));
    let (asked, _) = rows.find(|(_, row)| row.kind == EventKind::Deliver && row.node == wrote_at && began_with(row.cause))?;
    let nodes = sim.scenario().nodes;
    let heard = Past::of(trace, answered, |node| node.0 < nodes).contains(trace, asked);
    Some(Forgotten { ops: (write, read), nodes: (wrote_at, read_at), heard })
}
