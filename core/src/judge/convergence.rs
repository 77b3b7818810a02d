//! Convergence: when nothing has disturbed the system for a while, all that work show the same. A promise
//! about the end of a run: before it is quiet, nobody knows.

use super::agreement::{Apart, agree};
use super::linearizable::Verdict;
use crate::sim::{EventKind, NodeId, NodeStatus, Sim, Span};
use crate::view::Widget;

/// What every node that works shows under a name.
pub fn shown(sim: &Sim, name: &str) -> Vec<(NodeId, Widget)> {
    let nodes = (0..sim.scenario().nodes).map(NodeId).filter(|node| sim.status(*node) != NodeStatus::Down);
    nodes.filter_map(|node| Some((node, sim.view(node).widgets.into_iter().find(|widget| widget.name() == name)?))).collect()
}

/// Whether nothing has disturbed a run for so long: no fault, no client, no lost message.
#[must_use]
pub fn is_quiet(sim: &Sim, quiet: Span) -> bool {
    let disturbs =
        |kind: EventKind| matches!(kind, EventKind::Input | EventKind::Invoke | EventKind::Return | EventKind::Unknown | EventKind::Lose);
    // What is forgotten may have been a disturbance.
    let mut rows = (0..sim.rows()).rev().map_while(|index| sim.trace().row(index));
    let last = rows.find(|row| disturbs(row.kind)).map(|row| row.time);
    last.is_some_and(|last| sim.now().since(last) >= quiet)
}

/// Whether all nodes that work show the same under a name, now that the run has been quiet for so long.
pub fn check<'a>(sim: &Sim, name: &'a str, quiet: Span) -> Verdict<(), Apart<&'a str, Widget>> {
    let held = shown(sim, name);
    if held.len() < 2 || !is_quiet(sim, quiet) {
        return Verdict::Unknown;
    }
    match agree(held.into_iter().map(|(node, widget)| (name, node, widget))) {
        Ok(()) => Verdict::Kept(()),
        Err(apart) => Verdict::Broken(apart),
    }
}
