//! Coming back to a moment, and going on from there with another scenario.

use super::super::NodeId;
use super::super::queue::What;
use super::super::time::Time;
use super::{Keyframe, Sim};
use crate::scenario::Scenario;

impl Sim {
    /// This moment, to come back to.
    pub(in crate::sim) fn keyframe(&self) -> Keyframe {
        Keyframe { state: self.state.clone(), host: self.host.save(), said: self.host.messages() }
    }

    /// How many words the state of all nodes is.
    pub(in crate::sim) fn size(&self) -> usize {
        (0..self.scenario.nodes).map(|node| self.host.words(NodeId(node))).sum()
    }

    /// Comes back to a moment of this run, or of the run that it shares its beginning with.
    pub(in crate::sim) fn restore(&mut self, keyframe: &Keyframe) {
        self.state.clone_from(&keyframe.state);
        self.host.load(&*keyframe.host);
        self.configure();
        self.queue_inputs();
    }

    /// Looks at what would come if chance fell otherwise from here on, as it does with another seed.
    /// What has happened stays, and what is on its way arrives when it would have.
    pub(crate) fn with_other_chance<T>(&mut self, seed: u64, look: impl FnOnce(&mut Self) -> T) -> T {
        let here = self.keyframe();
        let scenario = self.scenario.clone();
        self.replace_future(Scenario { seed, ..scenario.clone() });
        let seen = look(self);
        self.restore(&here);
        self.replace_future(scenario);
        seen
    }

    /// Goes on from here with another scenario, of which everything up to now is the same.
    pub(in crate::sim) fn replace_future(&mut self, scenario: Scenario) {
        self.calls.seed = scenario.seed;
        self.scenario = scenario;
        self.trace = self.trace.prefix(&self.state.cursor);
        self.host.forget_future();
        self.queue_inputs();
    }

    /// The inputs to come are always those of the scenario.
    pub(super) fn queue_inputs(&mut self) {
        self.state.queue.take(|event| matches!(event.what, What::Input(_)));
        for (index, timed) in (0..).zip(&self.scenario.inputs).skip(self.state.inputs_done as usize) {
            self.state.queue.push(timed.at, What::Input(index));
        }
    }
}

impl Keyframe {
    /// How many rows of the trace lay behind.
    pub(in crate::sim) fn rows(&self) -> u32 {
        self.state.cursor.rows
    }

    /// How many events were handled.
    pub(in crate::sim) fn steps(&self) -> u64 {
        self.state.steps
    }

    /// The time of the last thing that had happened.
    pub(in crate::sim) fn now(&self) -> Time {
        self.state.now
    }
}
