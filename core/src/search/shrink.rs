//! The smallest run that still breaks the promise.
//!
//! A run found by chaos is a heap of things of which few matter. Whatever can be taken away without
//! mending the promise is taken away: inputs first ("delta debugging", Zeller and Hildebrandt 2002),
//! then nodes, clients, settings and all that is unusual about network and disk; then what is left
//! gets round times, as early and as short as it can be. It is always the same promise that must
//! break: otherwise the search would slip from one bug to another.

use super::{Effort, Goal, Violation};
use crate::models::Library;
use crate::scenario::{Disk, Fate, Input, Route, Scenario, Timed};
use crate::sim::{Chance, EventKind, Latency, LossReason, Network, NodeId, Purpose, Sim, Span, Time, draw};
use std::collections::BTreeMap;

/// Makes a run smaller as long as it breaks the promise: in the end not one input can be taken away.
/// `go_on` is asked before every run, and told how many there were; when it says no, the smallest
/// run so far is the answer.
pub fn shrink(library: &Library, found: &Violation, goal: &Goal, go_on: &mut dyn FnMut(Effort) -> bool) -> Violation {
    let goal = goal.again(found);
    let bare = goal.bare(&found.scenario);
    let weight = Weight::of(found, &bare);
    let mut shrinker = Shrinker { library, goal, best: found.clone(), bare, weight, effort: Effort::default(), go_on, stopped: false };
    shrinker.inputs();
    if let Some(explicit) = concrete(library, &shrinker.best).map(|explicit| shrinker.goal.bare(&explicit)) {
        // More inputs for the moment, but each is one that can go.
        shrinker.attempt(explicit, true);
        shrinker.inputs();
    }
    // Every round makes something lighter, and nothing is infinitely light.
    loop {
        let before = shrinker.weight;
        shrinker.setting();
        shrinker.times();
        shrinker.merge();
        shrinker.inputs();
        if shrinker.weight == before || shrinker.stopped {
            return shrinker.best;
        }
    }
}

impl Goal {
    /// How much there is to understand in a run that breaks the promise. The smallest is the lightest.
    #[must_use]
    pub fn weight(&self, violation: &Violation) -> Weight {
        Weight::of(violation, &self.bare(&violation.scenario))
    }
}

/// How much there is to understand in a run, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight {
    /// Inputs, and a network so slow that it is as good as none.
    faults: usize,
    /// What is not as by default, and how many take part.
    parts: u64,
    /// How many digits its times have.
    digits: u64,
    /// How long one has to watch.
    moment: Time,
}

impl Weight {
    fn of(violation: &Violation, scenario: &Scenario) -> Self {
        let endpoints = u64::from(scenario.nodes) * 4 + u64::from(scenario.clients) * 2;
        let network = &scenario.network;
        let unusual = [
            !matches!(network.latency, Latency::Constant(_)),
            network.loss != Chance::NEVER,
            network.duplicate != Chance::NEVER,
            network.reorder != Chance::NEVER,
            network.ordered,
            network.bandwidth.is_some(),
            scenario.disk != Disk::default(),
            scenario.seed > 9,
            scenario.patience != Span::secs(1),
        ];
        let slow = network.latency.sample(u64::MAX / 2) > Span::secs(1);
        let unusual = unusual.into_iter().filter(|unusual| *unusual).count();
        let workload = scenario.workload.as_ref().map_or(0, |workload| 8 + u64::from(workload.limit.min(1_000)));
        let mut digits = 0;
        for (before, timed) in std::iter::once(Time::ZERO).chain(scenario.inputs.iter().map(|timed| timed.at)).zip(&scenario.inputs) {
            // A round moment, or one that is a round time after the one before, is easy to grasp.
            digits += roughness(timed.at.0).min(roughness(timed.at.since(before).0) + 1) * 2;
            digits += match &timed.input {
                Input::ClockStep { by, .. } => roughness(by.unsigned_abs()),
                Input::Message { fate: Fate::Delay(by), .. } => roughness(by.0),
                Input::Invoke { argument, .. } => argument.unsigned_abs().min(9),
                _ => 0,
            };
        }
        Self {
            faults: scenario.inputs.len() + if slow { 2 } else { 0 },
            parts: endpoints + scenario.settings.len() as u64 + unusual as u64 + workload,
            digits,
            moment: violation.seal.moment,
        }
    }
}

/// What times are made round to.
const GRID: [u64; 10] = [1_000_000_000, 500_000_000, 100_000_000, 50_000_000, 10_000_000, 5_000_000, 1_000_000, 100_000, 10_000, 1_000];

/// How far a length of time is from being a number of seconds.
fn roughness(time: u64) -> u64 {
    GRID.iter().position(|unit| time.is_multiple_of(*unit)).unwrap_or(GRID.len()) as u64
}

struct Shrinker<'a> {
    library: &'a Library,
    goal: Goal,
    best: Violation,
    /// The scenario of the best run, without what the goal adds to it.
    bare: Scenario,
    weight: Weight,
    effort: Effort,
    go_on: &'a mut dyn FnMut(Effort) -> bool,
    stopped: bool,
}

impl Shrinker<'_> {
    /// Takes a scenario if it breaks the promise and is lighter, or is wanted whatever it weighs.
    fn attempt(&mut self, scenario: Scenario, heavy: bool) -> bool {
        self.stopped = self.stopped || !(self.go_on)(self.effort);
        if self.stopped {
            return false;
        }
        let Ok(Some(violation)) = self.goal.first_break(self.library, &scenario, &mut self.effort) else { return false };
        let bare = self.goal.bare(&violation.scenario);
        let weight = Weight::of(&violation, &bare);
        if !heavy && weight >= self.weight {
            return false;
        }
        (self.best, self.bare, self.weight) = (violation, bare, weight);
        true
    }

    /// Tries the best run with a change.
    fn change(&mut self, change: impl FnOnce(&mut Scenario)) -> bool {
        let mut scenario = self.bare.clone();
        change(&mut scenario);
        scenario != self.bare && self.attempt(scenario, false)
    }

    /// Takes inputs away until none can go.
    fn inputs(&mut self) {
        let end = self.best.seal.moment;
        self.change(|scenario| scenario.inputs.retain(|timed| timed.at <= end));
        let mut size = self.bare.inputs.len();
        while size > 0 && !self.stopped {
            let mut taken = false;
            // From the end: what comes late matters least.
            let mut to = self.bare.inputs.len();
            while to > 0 {
                let from = to.saturating_sub(size);
                taken |= self.change(|scenario| drop(scenario.inputs.drain(from..to)));
                to = from.min(self.bare.inputs.len());
            }
            if !taken || size > 1 {
                size /= 2;
            }
        }
    }

    /// One thing that does the work of two: where nothing can be taken away any more, something
    /// stronger in the place of one input may make another superfluous.
    fn merge(&mut self) {
        let mut index = 0;
        while index < self.bare.inputs.len() && !self.stopped {
            let stronger = stronger(&self.bare.inputs[index].input);
            let pairs = stronger.iter().flat_map(|stronger| (0..self.bare.inputs.len()).map(move |other| (stronger, other)));
            let merged = pairs.filter(|(_, other)| *other != index).collect::<Vec<_>>().into_iter().any(|(stronger, other)| {
                self.change(|scenario| {
                    scenario.inputs[index].input = stronger.clone();
                    scenario.inputs.remove(other);
                })
            });
            index = if merged { 0 } else { index + 1 };
        }
    }

    /// Nodes, clients, workload, settings, network, disk and seed.
    fn setting(&mut self) {
        for node in (0..self.bare.nodes).rev() {
            if let Some(fewer) = without_node(&self.bare, NodeId(node)) {
                self.attempt(fewer, false);
            }
        }
        for client in (0..self.bare.clients).rev() {
            if let Some(fewer) = without_client(&self.bare, client) {
                self.attempt(fewer, false);
            }
        }
        if !self.change(|scenario| scenario.workload = None) {
            while self.change(|scenario| scenario.workload.iter_mut().for_each(|workload| workload.limit = workload.limit.min(1_000) / 2)) {
            }
            while self
                .change(|scenario| scenario.workload.iter_mut().for_each(|workload| workload.limit = workload.limit.saturating_sub(1)))
            {
            }
        }
        for key in self.bare.settings.keys().cloned().collect::<Vec<_>>() {
            self.change(|scenario| {
                scenario.settings.remove(&key);
            });
        }
        self.change(|scenario| scenario.network = Network { latency: Latency::Constant(Span::millis(50)), ..Network::default() });
        self.change(|scenario| scenario.network.loss = Chance::NEVER);
        self.change(|scenario| scenario.network.duplicate = Chance::NEVER);
        self.change(|scenario| scenario.network.reorder = Chance::NEVER);
        self.change(|scenario| scenario.network.ordered = false);
        self.change(|scenario| scenario.network.bandwidth = None);
        let middle = self.bare.network.latency.sample(u64::MAX / 2);
        let middle = Span((middle.0 / 1_000_000).max(1) * 1_000_000);
        self.change(|scenario| scenario.network.latency = Latency::Constant(middle));
        self.change(|scenario| scenario.disk = Disk::default());
        self.change(|scenario| scenario.patience = Span::secs(1));
        (1..=9).any(|seed| self.change(|scenario| scenario.seed = seed));
    }

    /// Times: earlier, rounder, and closer to one another.
    fn times(&mut self) {
        for index in 0..self.bare.inputs.len() {
            // This one and all after it earlier, then this one alone at a round time.
            for unit in GRID {
                while self.change(|scenario| shift(&mut scenario.inputs[index..], unit)) {}
            }
            for unit in GRID {
                for up in [0, 1] {
                    self.change(|scenario| put(scenario, index, |at| (at / unit).saturating_add(up).saturating_mul(unit)));
                }
            }
            // As long after the one before as can be said shortly.
            let before = index.checked_sub(1).map_or(0, |before| self.bare.inputs[before].at.0);
            for gap in [1u64, 10, 20, 50, 100, 200, 500, 1_000, 2_000].map(|ms| ms * 1_000_000) {
                self.change(|scenario| put(scenario, index, |at| at.min(before.saturating_add(gap))));
            }
            for unit in GRID {
                self.change(|scenario| match &mut scenario.inputs[index].input {
                    Input::ClockStep { by, .. } => *by = (*by / unit as i64) * unit as i64,
                    Input::Message { fate: Fate::Delay(by), .. } => by.0 = (by.0 / unit).max(1) * unit,
                    Input::Invoke { argument, .. } => *argument = 0,
                    _ => {}
                });
            }
        }
    }
}

/// What does at least as much to the same node or link.
fn stronger(input: &Input) -> Vec<Input> {
    match *input {
        Input::Message { from, to, fate: Fate::Drop | Fate::Delay(_), .. } | Input::Link { from, to, .. } => vec![Input::Cut { from, to }],
        Input::Work { node, .. } | Input::ClockRate { node, .. } | Input::Disk { node, .. } => {
            vec![Input::Pause(node), Input::Crash(node)]
        }
        Input::Pause(node) => vec![Input::Crash(node)],
        _ => Vec::new(),
    }
}

/// Puts all these inputs earlier.
fn shift(inputs: &mut [Timed], by: u64) {
    if inputs.first().is_some_and(|first| first.at.0 >= by) {
        inputs.iter_mut().for_each(|timed| timed.at.0 -= by);
    }
    inputs.sort_by_key(|timed| timed.at);
}

/// Puts one input to another time. It keeps its place in the list if it can.
fn put(scenario: &mut Scenario, index: usize, time: impl FnOnce(u64) -> u64) {
    let at = &mut scenario.inputs[index].at;
    at.0 = time(at.0);
    scenario.inputs.sort_by_key(|timed| timed.at);
}

/// The same run without chance in the network: every loss, copy and hold-up that happened until the
/// promise broke as an input of its own. Nothing if nothing was left to chance; the run may be
/// another one where one message met two fates.
#[must_use]
pub fn concrete(library: &Library, violation: &Violation) -> Option<Scenario> {
    let scenario = &violation.scenario;
    let calm = |network: &Network| Network { loss: Chance::NEVER, duplicate: Chance::NEVER, reorder: Chance::NEVER, ..network.clone() };
    let mut explicit = scenario.clone();
    explicit.network = calm(&scenario.network);
    for timed in &mut explicit.inputs {
        match &mut timed.input {
            Input::Network(network) => *network = calm(network),
            Input::Link { rule, .. } => (rule.loss, rule.duplicate) = (Some(Chance::NEVER), Some(Chance::NEVER)),
            _ => {}
        }
    }
    if explicit == *scenario {
        return None;
    }
    let mut sim = Sim::new(library, scenario.clone()).ok()?;
    let mut fates: BTreeMap<(Time, NodeId, NodeId, u32), Fate> = BTreeMap::new();
    while sim.step_until(violation.seal.moment) {}
    for row in sim.trace().rows()? {
        let Some(meta) = sim.trace().message(row.subject) else { continue };
        let sent = sim.trace().row(meta.row).map_or(Time::ZERO, |row| row.time);
        let key = (sent, meta.from, meta.to, meta.nth);
        match row.kind {
            EventKind::Send if scenario.network.reorder != Chance::NEVER => {
                let link = u64::from(meta.from.0) << 16 | u64::from(meta.to.0);
                let drawn = |purpose, copy| draw(scenario.seed, purpose, link, u64::from(meta.nth) << 8 | copy);
                if scenario.network.reorder.happens(drawn(Purpose::Reorder, 0)) {
                    fates.insert(key, Fate::Delay(scenario.network.latency.sample(drawn(Purpose::Latency, 2))));
                }
            }
            EventKind::Lose if LossReason::of(row.detail) == LossReason::Network => drop(fates.insert(key, Fate::Drop)),
            EventKind::Duplicate => drop(fates.insert((sent, meta.from, meta.to, meta.nth), Fate::Duplicate)),
            _ => {}
        }
    }
    for ((sent, from, to, nth), fate) in fates {
        explicit.add(sent, Input::Message { from, to, nth, fate });
    }
    Some(explicit)
}

/// The same without a node and without its number. Nothing if something is done to it.
fn without_node(scenario: &Scenario, gone: NodeId) -> Option<Scenario> {
    let mut fewer = without(scenario, gone)?;
    fewer.nodes = fewer.nodes.checked_sub(1)?;
    Some(fewer)
}

/// The same without a client and without its number. Nothing if it asks for something.
fn without_client(scenario: &Scenario, gone: u16) -> Option<Scenario> {
    if scenario.inputs.iter().any(|timed| matches!(timed.input, Input::Invoke { client, .. } if client == gone)) {
        return None;
    }
    let mut fewer = without(scenario, NodeId(scenario.nodes + gone))?;
    for timed in &mut fewer.inputs {
        if let Input::Invoke { client, .. } = &mut timed.input {
            *client -= u16::from(*client > gone);
        }
    }
    fewer.clients = fewer.clients.checked_sub(1)?;
    Some(fewer)
}

/// Gives the numbers behind an endpoint to those after it.
fn without(scenario: &Scenario, gone: NodeId) -> Option<Scenario> {
    let mut fewer = scenario.clone();
    if let Some(workload) = &mut fewer.workload
        && let Route::To(node) = &mut workload.route
    {
        *node = renumbered(*node, gone)?;
    }
    for timed in &mut fewer.inputs {
        match &mut timed.input {
            Input::Crash(node)
            | Input::Restart(node)
            | Input::Pause(node)
            | Input::Resume(node)
            | Input::Work { node, .. }
            | Input::ClockStep { node, .. }
            | Input::ClockRate { node, .. }
            | Input::Disk { node, .. }
            | Input::Invoke { node, .. }
            | Input::Fire { node, .. } => *node = renumbered(*node, gone)?,
            Input::Cut { from, to } | Input::Heal { from, to } | Input::Link { from, to, .. } | Input::Message { from, to, .. } => {
                (*from, *to) = (renumbered(*from, gone)?, renumbered(*to, gone)?);
            }
            Input::Partition(groups) => {
                for group in &mut *groups {
                    *group = group.iter().filter_map(|&member| renumbered(member, gone)).collect();
                }
                groups.retain(|group| !group.is_empty());
            }
            Input::HealAll | Input::Network(_) | Input::Set { .. } => {}
        }
    }
    Some(fewer)
}

fn renumbered(endpoint: NodeId, gone: NodeId) -> Option<NodeId> {
    (endpoint != gone).then_some(NodeId(endpoint.0 - u16::from(endpoint > gone)))
}
