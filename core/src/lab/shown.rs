//! What nodes show of themselves: the names of fields and roles. They stand in no table of a model, so
//! whether a lab has them right is known only once a node has shown them. A name that no node ever shows
//! makes a condition that is always false, and a measure that is always nothing: both look well.

use super::{Lab, Problem, nearest};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{NodeId, Sim, Time};
use std::collections::BTreeSet;

/// How many events of each run are looked at.
const MOST_STEPS: u64 = 20_000;

/// What nodes show of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// A part of what they know.
    Field,
    /// What they are at the moment.
    Role,
}

/// A name of something shown, in a predicate or a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands, in bytes.
    pub at: usize,
    /// What it is meant to be the name of.
    pub what: Shown,
    /// The name.
    pub name: String,
}

/// What can have such names in it.
pub(super) trait Mentions {
    /// All of them.
    fn mentions(&self) -> Vec<Mention>;
}

/// A name of something shown, and where the lab's file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentioned {
    /// The line.
    pub line: usize,
    /// The field of the file.
    pub field: String,
    /// What it is meant to be the name of.
    pub what: Shown,
    /// The name.
    pub name: String,
}

/// What the nodes of some runs have shown.
#[derive(Debug, Default)]
pub struct Names {
    /// The names of fields.
    pub fields: BTreeSet<&'static str>,
    /// The names of roles.
    pub roles: BTreeSet<&'static str>,
}

impl Names {
    fn of(&self, what: Shown) -> &BTreeSet<&'static str> {
        match what {
            Shown::Field => &self.fields,
            Shown::Role => &self.roles,
        }
    }

    fn lack(&self, mentioned: &Mentioned) -> bool {
        !self.of(mentioned.what).contains(mentioned.name.as_str())
    }

    /// Takes in what the nodes of a run show, event by event, until that is enough.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn follow(&mut self, library: &Library, scenario: Scenario, end: Time, enough: impl Fn(&Self) -> bool) -> Result<(), Fault> {
        let mut sim = Sim::new(library, scenario)?;
        loop {
            for node in (0..sim.scenario().nodes).map(NodeId) {
                let view = sim.view(node);
                self.fields.extend(view.widgets.iter().map(|widget| widget.name()));
                self.roles.extend(view.role.map(|(name, _)| name));
            }
            if enough(self) || sim.steps() >= MOST_STEPS || !sim.step_until(end) {
                return Ok(());
            }
        }
    }
}

impl Lab {
    /// Names of fields and roles that no node shows in any run of the lab.
    pub(super) fn never_shown(&self, library: &Library) -> Vec<Problem> {
        let mut shown = Names::default();
        let enough = |shown: &Names| !self.mentioned.iter().any(|mentioned| shown.lack(mentioned));
        let worlds = self.worlds().map(|world| (world.scenario.clone(), world.length));
        let studied = self.studies.iter().flat_map(|study| {
            study.choices(self).into_iter().map(|chosen| {
                let world = study.world(self, chosen.case);
                (world.with(&chosen.settings), world.length)
            })
        });
        // What cannot be run was said where it was found.
        let played = || self.runs(library).unwrap_or_default().into_iter().map(|(_, scenario, end)| (scenario, end));
        let attacked = || {
            self.challenges.iter().flat_map(|challenge| {
                let attacks = challenge.attacks(self, library, &challenge.start(self)).unwrap_or_default();
                attacks.into_iter().map(|attack| (attack.scenario, challenge.end(self)))
            })
        };
        let runs = worlds.chain(studied).chain(std::iter::once_with(played).flatten()).chain(std::iter::once_with(attacked).flatten());
        for (scenario, end) in runs {
            if enough(&shown) {
                return Vec::new();
            }
            let _ = shown.follow(library, scenario, end, enough);
        }
        let strange = self.mentioned.iter().filter(|mentioned| shown.lack(mentioned));
        strange.map(|mentioned| Problem { line: mentioned.line, field: mentioned.field.clone(), why: shown.complaint(mentioned) }).collect()
    }
}

impl Names {
    fn complaint(&self, mentioned: &Mentioned) -> String {
        let (known, name) = (self.of(mentioned.what), &mentioned.name);
        let (has, them) = match mentioned.what {
            Shown::Field => ("shows a field", "fields"),
            Shown::Role => ("is ever", "roles"),
        };
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None if known.is_empty() => format!("the model shows no {them}"),
            None => format!("{them} are {}", known.iter().copied().collect::<Vec<_>>().join(", ")),
        };
        format!("in no run of this lab a node {has} “{name}”; {hint}")
    }
}
