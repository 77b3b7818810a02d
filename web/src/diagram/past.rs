//! What had to happen before: the causal past of an event.

use faultline::sim::{EventKind, Row, Sim};
use std::collections::BTreeSet;

/// How many rows back the past is followed.
const MOST: u32 = 6_000;

/// The rows without which a row could not be: what caused it, what was done before at the same node,
/// and the past of all that. The row itself is one of them.
pub(crate) fn causal_past(sim: &Sim, of: u32) -> BTreeSet<u32> {
    let mut past = BTreeSet::from([of]);
    let mut nodes = BTreeSet::new();
    for index in (of.saturating_sub(MOST)..=of).rev() {
        let Some(row) = sim.trace().row(index) else { continue };
        let own = is_own(row);
        if !(past.contains(&index) || own && nodes.contains(&row.node)) {
            continue;
        }
        past.insert(index);
        if own {
            nodes.insert(row.node);
        }
        if row.cause != Row::NO_CAUSE {
            past.insert(row.cause);
        }
    }
    past
}

/// Whether a node does it or sees it: what becomes of its messages elsewhere it does not.
fn is_own(row: &Row) -> bool {
    !matches!(row.kind, EventKind::Lose | EventKind::Duplicate | EventKind::Input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::sim::{NodeId, Time};

    #[test]
    fn the_past_of_an_event_is_what_it_could_have_known_and_nothing_else() {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        scenario.nodes = 4;
        let mut sim = Sim::new(&library, scenario).unwrap();
        sim.run_until(Time(400_000_000));
        let row = |index: u32| *sim.trace().row(index).unwrap();
        let last = (0..sim.rows()).rev().find(|&index| row(index).kind == EventKind::Deliver && row(index).node == NodeId(1)).unwrap();
        let past = causal_past(&sim, last);
        assert!(past.contains(&last) && past.contains(&row(last).cause));
        // The other pair plays on its own.
        assert!(past.iter().all(|&index| row(index).node.0 < 2));
        // Everything the two did before the message left is in it, but nothing of the sender's later on.
        let sent = row(last).cause;
        for index in 0..last {
            let happened = row(index).node == NodeId(0) && index <= sent || row(index).node == NodeId(1);
            assert_eq!(past.contains(&index), happened, "{index}");
        }
    }
}
