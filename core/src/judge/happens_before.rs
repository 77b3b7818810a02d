//! What could have caused what (Lamport, 1978): the order of each node, and from each event to what it
//! caused. Nothing is kept for it: one look back along the trace finds all that an event could know of,
//! which for each node is its events up to some last one. How many these are is the event's vector
//! clock.

use crate::sim::{EventKind, NodeId, Row, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// All that an event could know of.
#[derive(Clone, Debug)]
pub struct Past {
    row: u32,
    /// For each node or client the last of its events in this past, and for whom it is the reason that it is.
    latest: BTreeMap<NodeId, (u32, u32)>,
    /// What happened in this past on the way or from outside.
    apart: BTreeMap<u32, u32>,
}

/// Where an event happened; nothing if it was on the way, or came from outside.
fn place(row: &Row) -> Option<NodeId> {
    (!matches!(row.kind, EventKind::Lose | EventKind::Duplicate | EventKind::Input)).then_some(row.node)
}

impl Past {
    /// The past of a row, itself included, as far as it went through these nodes and clients.
    #[must_use]
    pub fn of(trace: &Trace, row: u32, through: impl Fn(NodeId) -> bool) -> Self {
        let mut past = Self { row, latest: BTreeMap::new(), apart: BTreeMap::new() };
        past.add(trace, row, row, &through);
        for index in (0..=row).rev() {
            if let Some(this) = trace.row(index).filter(|_| past.contains(trace, index)) {
                past.add(trace, this.cause, index, &through);
            }
        }
        past
    }

    fn add(&mut self, trace: &Trace, index: u32, reason: u32, through: &impl Fn(NodeId) -> bool) {
        let Some(row) = trace.row(index) else { return };
        match place(row) {
            Some(node) if through(node) => {
                let latest = self.latest.entry(node).or_insert((index, reason));
                *latest = (*latest).max((index, reason));
            }
            Some(_) => {}
            None => {
                self.apart.entry(index).or_insert(reason);
            }
        }
    }

    /// Whether a row is in this past.
    #[must_use]
    pub fn contains(&self, trace: &Trace, index: u32) -> bool {
        trace.row(index).is_some_and(|row| match place(row) {
            Some(node) => self.latest.get(&node).is_some_and(|(latest, _)| index <= *latest),
            None => self.apart.contains_key(&index),
        })
    }

    /// How many events of each node or client are in this past.
    #[must_use]
    pub fn clock(&self, trace: &Trace) -> BTreeMap<NodeId, u32> {
        let mut clock = BTreeMap::new();
        for index in (0..=self.row).filter(|index| self.contains(trace, *index)) {
            if let Some(node) = trace.row(index).and_then(place) {
                *clock.entry(node).or_default() += 1;
            }
        }
        clock
    }

    /// How a row leads to the one whose past this is: each caused the next, or came before it at the
    /// same place. Nothing if it does not.
    #[must_use]
    pub fn way(&self, trace: &Trace, from: u32) -> Option<Vec<u32>> {
        let (mut way, mut at) = (BTreeSet::from([from]), from);
        while at != self.row {
            at = match place(trace.row(at).filter(|_| self.contains(trace, at))?) {
                Some(node) => {
                    let (latest, reason) = self.latest[&node];
                    way.insert(latest);
                    reason
                }
                None => self.apart[&at],
            };
            way.insert(at);
        }
        Some(way.into_iter().collect())
    }
}

/// How two events are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The first could have caused the second.
    Before,
    /// The second could have caused the first.
    After,
    /// Neither could know of the other.
    Concurrent,
}

/// How two rows of a trace are related.
#[must_use]
pub fn relation(trace: &Trace, first: u32, second: u32) -> Relation {
    let leads = |from: u32, to: u32| from < to && Past::of(trace, to, |_| true).contains(trace, from);
    match (first == second, leads(first, second), leads(second, first)) {
        (true, ..) => Relation::Same,
        (_, true, _) => Relation::Before,
        (_, _, true) => Relation::After,
        _ => Relation::Concurrent,
    }
}
