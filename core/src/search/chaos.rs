//! Chaos: faults and requests made up at random, but at the moments at which they hurt.
//!
//! Every run gets a list of inputs that says all that is done to it. So a run that breaks a promise
//! is a scenario like any other, and can be made smaller. Each run uses only some of the kinds of
//! fault, because many bugs show only where other faults are absent ("swarm testing", Groce and
//! others 2012), and most have few faults, because most bugs need few.

use super::{Effort, Goal, Sought, Violation};
use crate::models::Library;
use crate::protocol::{About, ParamKind};
use crate::scenario::{Disk, Fate, Fault, Input, Scenario};
use crate::sim::{Chance, EventKind, Latency, LinkRule, NodeId, Purpose, Sim, Span, Time, below, draw};

/// A kind of thing that chaos does to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A client asks for something.
    Ask,
    /// A node crashes, and perhaps comes back.
    Crash,
    /// A node is paused, and perhaps goes on.
    Pause,
    /// A node becomes slow.
    Slow,
    /// One direction of a link is cut, and perhaps healed.
    Cut,
    /// The network falls into parts, and perhaps comes together again.
    Partition,
    /// Some links become slower than others, so that what they carry comes later than what was sent
    /// after it elsewhere.
    Order,
    /// A message is lost.
    Drop,
    /// A message arrives twice.
    Duplicate,
    /// A message is held up.
    Delay,
    /// The network loses and doubles messages at random for a while.
    Noise,
    /// A wall clock is set.
    ClockStep,
    /// A node's clocks run at a wrong rate.
    ClockRate,
    /// A disk becomes slow, and leaves torn writes behind.
    Disk,
    /// A timer runs out early, as if its clock had run ahead.
    Fire,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Ask,
        Self::Crash,
        Self::Pause,
        Self::Slow,
        Self::Cut,
        Self::Partition,
        Self::Order,
        Self::Drop,
        Self::Duplicate,
        Self::Delay,
        Self::Noise,
        Self::ClockStep,
        Self::ClockRate,
        Self::Disk,
        Self::Fire,
    ];
}

/// What chaos is to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What all runs have in common: model, nodes, settings, network, and inputs that are always there.
    pub base: Scenario,
    /// What is to be broken.
    pub goal: Goal,
    /// What the faults follow from.
    pub seed: u64,
    /// What may be done.
    pub kinds: Vec<FaultKind>,
    /// How many things are done to a run at most.
    pub most: u64,
}

impl Plan {
    /// Everything that can be done, within reason.
    #[must_use]
    pub fn new(base: Scenario, goal: Goal, seed: u64) -> Self {
        Self { base, goal, seed, kinds: FaultKind::ALL.to_vec(), most: 12 }
    }
}

/// A search under way. It goes on where it stopped.
pub struct Chaos<'a> {
    library: &'a Library,
    about: &'static About,
    plan: Plan,
    /// The messages, timers and writes of the run to which nothing is done.
    calm: Sim,
    spans: Vec<Span>,
    effort: Effort,
}

/// The rows of the undisturbed run that are looked at: enough to know its habits.
const CALM_ROWS: u32 = 20_000;

impl<'a> Chaos<'a> {
    /// A search that has not begun.
    ///
    /// # Errors
    /// If the plan's scenario cannot be run.
    pub fn new(library: &'a Library, plan: Plan) -> Result<Self, Fault> {
        let mut calm = Sim::new(library, plan.base.clone())?;
        while calm.rows() < CALM_ROWS && calm.step_until(plan.goal.faults_end()) {}
        let about = calm.about();
        Ok(Self { library, about, spans: spans(about, &plan.base), calm, plan, effort: Effort::default() })
    }

    /// What was done so far.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Tries so many runs more, or fewer if one breaks the promise.
    pub fn go_on(&mut self, runs: u64) -> Option<Violation> {
        (0..runs).find_map(|_| self.attempt(self.effort.runs))
    }

    /// Tries the run of that number, which is the same whatever was tried before.
    pub fn attempt(&mut self, number: u64) -> Option<Violation> {
        let scenario = self.make_up(number);
        let runs = self.effort.runs;
        let found = self.plan.goal.first_break(self.library, &scenario, &mut self.effort).ok().flatten();
        // It was tried even if it could not be run: the next has another number.
        self.effort.runs = runs + 1;
        found
    }

    /// The scenario of that number.
    fn make_up(&self, number: u64) -> Scenario {
        let mut dice = Dice { seed: self.plan.seed, number, thrown: 0 };
        let mut scenario = self.plan.base.clone();
        // Latencies and choices are part of what goes wrong.
        scenario.seed = self.plan.base.seed.wrapping_add(number / 8);
        let mut kinds = self.plan.kinds.clone();
        kinds.retain(|_| dice.one_in(2));
        if self.about.ops.is_empty() || scenario.clients == 0 {
            kinds.retain(|kind| *kind != FaultKind::Ask);
        }
        if self.calm.timer_names().is_empty() {
            kinds.retain(|kind| *kind != FaultKind::Fire);
        }
        if scenario.nodes < 2 {
            kinds.retain(|kind| !matches!(kind, FaultKind::Cut | FaultKind::Order));
        }
        if matches!(self.plan.goal.sought, Sought::Clients(_)) || kinds.contains(&FaultKind::Ask) {
            // Clients that ask for nothing see nothing, and those that ask far apart see little.
            let (mut at, ..) = self.moment(&mut dice, &scenario);
            for _ in 0..2 + dice.below(7) {
                let node = NodeId(dice.below(u64::from(scenario.nodes)) as u16);
                self.ask(at.min(self.plan.goal.faults_end()), node, &mut dice, &mut scenario);
                let gap = *dice.pick(&self.spans);
                at += Span(dice.below(gap.0));
            }
        }
        if kinds.is_empty() {
            return scenario;
        }
        let most = 1 + dice.below(self.plan.most);
        for _ in 0..=dice.below(most) {
            let kind = *dice.pick(&kinds);
            self.strike(kind, &mut dice, &mut scenario);
        }
        scenario
    }

    /// Does one thing to a run, and perhaps undoes it later.
    fn strike(&self, kind: FaultKind, dice: &mut Dice, scenario: &mut Scenario) {
        let (at, node, other) = self.moment(dice, scenario);
        let span = *dice.pick(&self.spans);
        let lasts = dice.below(4) > 0;
        let mut add = |input: Input, undo: Input| {
            scenario.add(at, input);
            if lasts {
                scenario.add(at + span, undo);
            }
        };
        match kind {
            FaultKind::Crash => add(Input::Crash(node), Input::Restart(node)),
            FaultKind::Pause => add(Input::Pause(node), Input::Resume(node)),
            FaultKind::Slow => add(Input::Work { node, time: Some(Latency::Constant(span)) }, Input::Work { node, time: None }),
            FaultKind::Cut => add(Input::Cut { from: node, to: other }, Input::Heal { from: node, to: other }),
            FaultKind::Partition => {
                let mut group = vec![node];
                group.extend((0..self.plan.base.nodes).map(NodeId).filter(|&member| member != node && member != other && dice.one_in(2)));
                group.sort_unstable();
                add(Input::Partition(vec![group]), Input::HealAll);
            }
            FaultKind::Order => {
                // The ranks of a schedule (Burckhardt and others 2010) as lengths of time.
                for _ in 0..1 + dice.below(u64::from(self.plan.base.nodes)) {
                    let from = NodeId(dice.below(u64::from(self.plan.base.nodes)) as u16);
                    let to = self.another(from, dice);
                    let rank = LinkRule { latency: Some(Latency::Constant(*dice.pick(&self.spans))), ..LinkRule::default() };
                    add(Input::Link { from, to, rule: rank }, Input::Link { from, to, rule: LinkRule::default() });
                }
            }
            FaultKind::Noise => {
                let mut noisy = self.plan.base.network.clone();
                noisy.loss = Chance::percent(5 * dice.below(9) as u32);
                noisy.duplicate = Chance::percent(5 * dice.below(9) as u32);
                add(Input::Network(noisy), Input::Network(self.plan.base.network.clone()));
            }
            FaultKind::Disk => {
                let usual = self.plan.base.disk.clone();
                let disk = Disk { sync: Latency::Constant(span), torn: Chance::percent(50 * dice.below(3) as u32) };
                add(Input::Disk { node, disk }, Input::Disk { node, disk: usual });
            }
            FaultKind::ClockStep => {
                let by = span.0 as i64;
                let by = if dice.one_in(2) { by } else { -by };
                add(Input::ClockStep { node, by }, Input::ClockStep { node, by: -by });
            }
            FaultKind::ClockRate => {
                let parts_per_billion = *dice.pick(&[-500_000_000, -100_000_000, 100_000_000, 1_000_000_000]);
                add(Input::ClockRate { node, parts_per_billion }, Input::ClockRate { node, parts_per_billion: 0 });
            }
            FaultKind::Fire => {
                let timer = dice.below(self.calm.timer_names().len() as u64) as u8;
                scenario.add(at, Input::Fire { node, timer });
            }
            FaultKind::Ask => self.ask(at, node, dice, scenario),
            FaultKind::Drop | FaultKind::Duplicate | FaultKind::Delay => {
                let fate = match kind {
                    FaultKind::Drop => Fate::Drop,
                    FaultKind::Duplicate => Fate::Duplicate,
                    _ => Fate::Delay(span),
                };
                // Usually one of the messages that is about to be sent, or one that no calm run has.
                let about_to = self.calm.trace().message(dice.below(self.calm.trace().messages() as u64) as u32);
                let (from, to, nth) = match about_to {
                    Some(meta) if meta.from != meta.to && (dice.below(4) > 0 || node == other) => (meta.from, meta.to, meta.nth),
                    // A node alone has nobody to send to but the clients.
                    _ if node == other => return,
                    _ => (node, other, dice.below(12) as u32),
                };
                // The fate waits for its message from the beginning, so that it never comes too late.
                scenario.add(Time::ZERO, Input::Message { from, to, nth, fate });
            }
        }
    }

    fn ask(&self, at: Time, node: NodeId, dice: &mut Dice, scenario: &mut Scenario) {
        let client = dice.below(u64::from(scenario.clients)) as u16;
        let op = dice.below(self.about.ops.len() as u64) as u8;
        scenario.add(at, Input::Invoke { client, node, op, argument: dice.below(2) as i64 });
    }

    /// Another node, if there is one.
    fn another(&self, node: NodeId, dice: &mut Dice) -> NodeId {
        let nodes = u64::from(self.plan.base.nodes);
        NodeId(((u64::from(node.0) + 1 + dice.below(nodes.max(2) - 1)) % nodes) as u16)
    }

    /// A moment at which something may go wrong: just before or after something happens in the calm
    /// run, or soon after one of this run's own inputs; and the nodes that are concerned.
    fn moment(&self, dice: &mut Dice, scenario: &Scenario) -> (Time, NodeId, NodeId) {
        let nodes = u64::from(scenario.nodes);
        let any = NodeId(dice.below(nodes) as u16);
        let other = self.another(any, dice);
        let until = self.plan.goal.faults_end();
        let chosen = dice.below(8);
        if chosen == 0 {
            // In whole milliseconds, as people do it.
            return (Time(dice.below(until.0 / 1_000_000 + 1) * 1_000_000), any, other);
        }
        if chosen < 4 && !scenario.inputs.is_empty() {
            let at = dice.pick(&scenario.inputs).at;
            let after = *dice.pick(&self.spans);
            return ((at + Span(dice.below(after.0.max(1)))).min(until), any, other);
        }
        let Some(row) = self.calm.trace().row(dice.below(u64::from(self.calm.rows())) as u32) else { return (Time::ZERO, any, other) };
        let at = match row.kind {
            EventKind::Timer | EventKind::Durable | EventKind::Deliver if dice.one_in(2) => row.time - Span(1),
            _ => row.time + Span(1),
        };
        let [first, second] = if dice.one_in(2) { [row.node, row.peer] } else { [row.peer, row.node] };
        let node = if u64::from(first.0) < nodes { first } else { any };
        let other = if u64::from(second.0) < nodes && second != node { second } else { self.another(node, dice) };
        (at, node, other)
    }
}

/// How long things last: a few lengths that suit every model, and those that it is set to.
fn spans(about: &About, base: &Scenario) -> Vec<Span> {
    let mut spans: Vec<Span> = [1, 10, 50, 200, 1_000, 3_000].map(Span::millis).into();
    let settings = base.settings(about);
    for spec in about.params.iter().filter(|spec| matches!(spec.kind, ParamKind::Span { .. })) {
        let span = settings.span(spec.key).0;
        spans.extend([span / 2, span + span / 4, span.saturating_mul(2)].map(Span));
    }
    spans.retain(|span| span.0 > 0 && *span <= Span::secs(60));
    spans
}

struct Dice {
    seed: u64,
    number: u64,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.thrown += 1;
        below(draw(self.seed, Purpose::Search, self.number, self.thrown), bound)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_made_up_can_be_run_also_with_as_few_nodes_as_there_may_be() {
        let library = Library::standard();
        for about in library.models().iter().map(|model| model.about()) {
            let base = Scenario { nodes: about.nodes.min, ..Scenario::new(about, 1) };
            let chaos = Chaos::new(&library, Plan::new(base, Goal::new(Sought::Any, Time::ZERO + Span::secs(2)), 1)).unwrap();
            for number in 0..300 {
                assert_eq!(chaos.make_up(number).check(&library).map(|_| ()), Ok(()), "{} {number}", about.id);
            }
        }
    }
}
