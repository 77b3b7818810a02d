//! Which parts of a node's view have just changed.

use faultline::sim::{NodeId, Sim, TraceHash};
use faultline::view::Widget;

/// The last view of the node that is looked at, and what changed since the one before.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    of: Option<(NodeId, TraceHash)>,
    seen: Vec<Widget>,
    /// The names of what changed, and for how many more looks that is shown while time passes.
    marks: Vec<(&'static str, u8)>,
}

/// About a second, at ten looks a second.
const LOOKS: u8 = 10;

impl Changes {
    /// Looks at a node. Whoever stands still sees what the last step changed; while time passes a
    /// change stays marked for a moment.
    pub(crate) fn look(&mut self, sim: &Sim, node: Option<NodeId>, playing: bool) {
        let Some(node) = node.filter(|node| node.0 < sim.scenario().nodes) else {
            *self = Self::default();
            return;
        };
        let same_node = self.of.is_some_and(|(of, _)| of == node);
        if playing {
            self.marks.retain_mut(|(_, looks)| {
                *looks = looks.saturating_sub(1);
                *looks > 0
            });
        }
        if self.of == Some((node, sim.hash())) {
            return;
        }
        let view = sim.view(node).widgets;
        if !same_node || !playing {
            self.marks.clear();
        }
        if same_node {
            for widget in &view {
                let before = self.seen.iter().find(|other| other.name() == widget.name());
                if before != Some(widget) {
                    self.marks.retain(|(name, _)| *name != widget.name());
                    self.marks.push((widget.name(), LOOKS));
                }
            }
        }
        (self.of, self.seen) = (Some((node, sim.hash())), view);
    }

    /// Whether a part of the view has just changed.
    pub(crate) fn is_new(&self, name: &str) -> bool {
        self.marks.iter().any(|(other, _)| *other == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;

    #[test]
    fn what_the_last_step_changed_is_marked_and_nothing_else() {
        let library = Library::standard();
        let mut sim = Sim::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
        let mut changes = Changes::default();
        let mut marked = 0;
        for _ in 0..60 {
            let before = sim.view(NodeId(1)).widgets;
            sim.step();
            changes.look(&sim, Some(NodeId(1)), false);
            let after = sim.view(NodeId(1)).widgets;
            for widget in &after {
                let changed = before.iter().find(|other| other.name() == widget.name()) != Some(widget);
                // Of what was never seen before nothing can have changed.
                assert_eq!(changes.is_new(widget.name()), changed && sim.steps() > 1, "step {}", sim.steps());
                marked += u32::from(changed);
            }
        }
        assert!(marked > 5);
    }
}
