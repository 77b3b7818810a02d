//! What a learner can turn here, and what follows: the run goes on, or begins anew.

use super::{Lesson, NETWORK, Place, Then};
use crate::knob::Turned;
use crate::session::Session;
use faultline::Scenario;
use faultline::lab::NODES;
use faultline::lab::challenge::Task;
use faultline::scenario::Input;
use faultline::sim::Time;

impl Lesson {
    /// The settings that can be turned here, and “network” or parts of it if those can.
    pub(crate) fn knobs(&self) -> Vec<&str> {
        match self.place {
            Place::Bet | Place::Guess(_) => Vec::new(),
            Place::Step(index) => {
                let steps = &self.lab.steps[self.lab.stage_begins(index)..=index];
                steps.iter().flat_map(|step| step.reveal.iter().map(String::as_str)).collect()
            }
            Place::Study(index) => self.lab.studies[index].knobs.iter().map(String::as_str).collect(),
            Place::Challenge(index) => {
                let challenge = &self.lab.challenges[index];
                let network = matches!(&challenge.task, Task::Break { allow, .. } if allow.iter().any(|action| action == NETWORK));
                let all = network && challenge.network_parts().next().is_none();
                challenge.knobs.iter().map(String::as_str).chain(all.then_some(NETWORK)).collect()
            }
            Place::Choice | Place::Free => self.lab.world.knobs.iter().map(String::as_str).collect(),
        }
    }

    /// Between how many nodes one can choose here.
    pub(crate) fn sizes(&self, scenario: &Scenario) -> Vec<u16> {
        if self.knobs().contains(&NODES) { self.place_world(scenario).choices() } else { Vec::new() }
    }

    /// Lets the run begin with what a control says, or the measurement; nothing if that is turned while the run
    /// goes on.
    pub(crate) fn choose(&mut self, turned: &Turned, session: &Session) -> Option<Then> {
        if let (Place::Study(index), Turned::Now(Input::Set { key, value })) = (self.place, turned) {
            if !self.lab.studies[index].knobs.contains(key) {
                return None;
            }
            self.chosen.settings.insert(key.clone(), *value);
            return Some(self.sample(index));
        }
        let scenario = self.begins(turned, session)?;
        self.undecide();
        Some(Then::replace(scenario, Time::ZERO, false))
    }

    /// The run that begins with what a control says, if that is chosen before the run here, and not turned
    /// while it goes on.
    pub(super) fn begins(&self, turned: &Turned, session: &Session) -> Option<Scenario> {
        let Place::Challenge(index) = self.place else { return None };
        let challenge = &self.lab.challenges[index];
        let now = session.sim().scenario();
        let turned = match turned {
            Turned::Now(input) => input,
            Turned::Anew(other) => {
                // Whatever was done was done to nodes that may not be there.
                let start = challenge.sized(other.nodes).start(&self.lab);
                let (seed, settings, network) = (now.seed, now.settings.clone(), now.network.clone());
                let may = challenge.knobs.iter().any(|knob| knob == NODES);
                return (may && other.nodes != now.nodes).then_some(Scenario { seed, settings, network, ..start });
            }
        };
        let (knob, action) = match turned {
            Input::Set { key, .. } => (key.as_str(), "set"),
            Input::Network(_) => (NETWORK, NETWORK),
            _ => return None,
        };
        let during = matches!(&challenge.task, Task::Break { allow, .. } if allow.iter().any(|allowed| allowed == action));
        if during || !challenge.knobs.iter().any(|other| other == knob) {
            return None;
        }
        let mut scenario = now.clone();
        match turned {
            Input::Set { key, value } => drop(scenario.settings.insert(key.clone(), *value)),
            Input::Network(network) => scenario.network = network.clone(),
            _ => return None,
        }
        Some(scenario)
    }
}
