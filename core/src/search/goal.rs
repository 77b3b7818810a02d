//! What is to be broken, and whether a run breaks it.

use super::{Effort, Violation};
use crate::judge::history::History;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::judge::{self, Judgement, Promise};
use crate::link::Seal;
use crate::models::Library;
use crate::scenario::{Fault, Input, Scenario};
use crate::sim::{EventKind, LinkRule, NodeId, Sim, Span, Time};
use std::collections::BTreeMap;

/// A promise that is to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Any that the model makes of itself.
    Any,
    /// This one of them, by its id.
    Invariant(&'static str),
    /// What the clients were promised, judged by what they saw.
    Clients(Promise),
    /// That clients are served again after all faults were undone at this moment: every kind of
    /// request is carried out at least once before the end.
    Served(Time),
}

impl Sought {
    /// The name of the promise that clients are served again.
    pub const SERVED: &'static str = "served-again";
    /// For how much of a run there are faults before they are undone: one part of so many.
    const FAULTY_PART: u64 = 2;

    /// The promise of that name, in runs of a scenario that end at a moment.
    ///
    /// # Errors
    /// Says which names there are, or why this promise is none that the scenario could break.
    pub fn named(name: &str, library: &Library, scenario: &Scenario, until: Time) -> Result<Self, String> {
        let sim = Sim::new(library, scenario.clone()).map_err(|fault| fault.to_string())?;
        let own: Vec<_> = sim.promises().into_iter().map(|(id, ..)| id).collect();
        if let Some(id) = own.iter().find(|id| **id == name) {
            return Ok(Self::Invariant(id));
        }
        let served = name == Self::SERVED;
        let clients = Promise::named(name);
        if !served && clients.is_none() {
            let theirs = Promise::ALL.iter().map(|(known, _)| *known);
            let known: Vec<_> = own.iter().copied().chain([Self::SERVED]).chain(theirs).collect();
            return Err(format!("there is no promise “{name}”; there are {}", known.join(", ")));
        }
        if sim.about().ops.is_empty() || scenario.clients == 0 {
            return Err(format!("“{name}” is promised to clients, and this run has none"));
        }
        Ok(clients.map_or(Self::Served(Time(until.0 / Self::FAULTY_PART)), Self::Clients))
    }

    /// Whether this promise of a model is one of those.
    pub(super) fn is(&self, id: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Invariant(sought) => *sought == id,
            Self::Clients(_) | Self::Served(_) => false,
        }
    }
}

/// What is to be broken, and in which runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The promise.
    pub sought: Sought,
    /// Until when a run is looked at.
    pub until: Time,
    /// How many events of a run are looked at at most, however short their times.
    pub most_steps: u64,
    /// How many steps a judge may think about what the clients of one run saw.
    pub most_thought: u64,
}

/// A promise and how it was broken: its id, what it says, and why it does not hold.
pub(super) type Break = (&'static str, String, String);

impl Goal {
    /// A promise to be broken before a moment.
    #[must_use]
    pub fn new(sought: Sought, until: Time) -> Self {
        Self { sought, until, most_steps: 100_000, most_thought: 100_000 }
    }

    /// Until when faults may happen.
    pub(super) fn faults_end(&self) -> Time {
        match self.sought {
            Sought::Served(from) => Time(from.0.saturating_sub(1)),
            _ => self.until,
        }
    }

    /// The same, but only with the promise that was broken.
    pub(super) fn again(&self, violation: &Violation) -> Self {
        match self.sought {
            Sought::Any => Self { sought: Sought::Invariant(violation.promise), ..self.clone() },
            _ => self.clone(),
        }
    }

    /// The scenario without what [`Goal::complete`] adds.
    pub(super) fn bare(&self, scenario: &Scenario) -> Scenario {
        let mut bare = scenario.clone();
        if let Sought::Served(from) = self.sought {
            bare.inputs.retain(|timed| timed.at < from);
        }
        bare
    }

    /// The scenario as it is run: where clients are to be served again, all faults are undone, and
    /// then every node is asked for everything, a few times over.
    pub(super) fn complete(&self, scenario: &Scenario, kinds_of_request: usize) -> Scenario {
        const ROUNDS: u64 = 4;
        let mut run = self.bare(scenario);
        let Sought::Served(from) = self.sought else { return run };
        for input in undo(&run) {
            run.add(from, input);
        }
        let asks = u64::from(run.nodes) * kinds_of_request as u64 * ROUNDS;
        let gap = self.until.since(from).0 / (asks + ROUNDS);
        for ask in 0..asks {
            let node = NodeId((ask % u64::from(run.nodes)) as u16);
            let op = (ask / u64::from(run.nodes) % kinds_of_request as u64) as u8;
            let client = (ask % u64::from(run.clients.max(1))) as u16;
            run.add(from + Span(gap * (ask + 1)), Input::Invoke { client, node, op, argument: 0 });
        }
        run
    }

    /// The first moment of a run in which the promise is broken, if there is one. A model's promises
    /// are looked at when everything that happens at one moment has happened, as the timeline shows
    /// it; what clients saw is judged with each answer.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn first_break(&self, library: &Library, scenario: &Scenario, effort: &mut Effort) -> Result<Option<Violation>, Fault> {
        let about = scenario.check(library)?.about();
        let scenario = self.complete(scenario, about.ops.len());
        let mut sim = Sim::new(library, scenario.clone())?;
        effort.runs += 1;
        let found = self.watch(&mut sim, effort);
        effort.steps += sim.steps();
        let Some((broken, moment)) = found else { return Ok(None) };
        if moment < sim.now() {
            sim = Sim::new(library, scenario.clone())?;
            sim.run_until(moment);
            effort.steps += sim.steps();
        }
        let (promise, promised, why) = broken;
        Ok(Some(Violation { seal: Seal::of(&sim, moment), scenario, promise, promised, why }))
    }

    /// Lets a run go on until the promise is broken: how, and when.
    pub(super) fn watch(&self, sim: &mut Sim, effort: &mut Effort) -> Option<(Break, Time)> {
        let invariant = matches!(self.sought, Sought::Any | Sought::Invariant(_));
        while sim.steps() < self.most_steps && sim.step_until(self.until) {
            let now = sim.now();
            sim.run_until(now);
            if invariant && let Some(broken) = self.broken_invariant(sim) {
                return Some((broken, now));
            }
        }
        match self.sought {
            Sought::Any | Sought::Invariant(_) => None,
            Sought::Clients(promise) => self.judge(sim, promise, effort),
            // A run that was not looked at to its end says nothing.
            Sought::Served(_) if sim.stands_still() || sim.next_time().is_some_and(|next| next <= self.until) => None,
            Sought::Served(from) => unserved(sim, from).map(|broken| (broken, self.until)),
        }
    }

    /// Lets a run go on up to a moment. Says whether the promise was broken by then, of those that
    /// hold or do not at every moment.
    pub(super) fn broken_by(&self, sim: &mut Sim, moment: Time) -> bool {
        let until = moment.min(self.until);
        let broken = match self.sought {
            Sought::Any | Sought::Invariant(_) => Self { until, ..self.clone() }.watch(sim, &mut Effort::default()).is_some(),
            Sought::Clients(_) | Sought::Served(_) => false,
        };
        sim.run_until(until);
        broken
    }

    fn broken_invariant(&self, sim: &Sim) -> Option<Break> {
        let broken = sim.promises().into_iter().filter(|(id, ..)| self.sought.is(id));
        broken.filter_map(|(id, promised, holds)| Some((id, promised.to_owned(), holds.err()?))).next()
    }

    /// What the clients of a run saw, from the first answer on that gives it away.
    fn judge(&self, sim: &Sim, promise: Promise, effort: &mut Effort) -> Option<(Break, Time)> {
        let history = History::of(sim);
        let mut verdict = |history: &History| {
            let judgement = judge_clients(history, sim.object(), &sim.initial(), promise, self.most_thought);
            effort.undecided += u64::from(judgement.as_ref().is_none_or(|judgement| judgement.kept.is_none()));
            judgement.filter(|judgement| judgement.kept == Some(false))
        };
        let mut broken = verdict(&history)?;
        let mut answers: Vec<usize> = history.ops.iter().filter_map(|op| op.ret).collect();
        answers.sort_unstable();
        let mut last = *answers.last()?;
        // Later answers do not mend what earlier ones broke.
        let (mut low, mut high) = (0, answers.len() - 1);
        while low < high {
            let middle = usize::midpoint(low, high);
            match verdict(&history.until(answers[middle])) {
                Some(earlier) => (high, last, broken) = (middle, answers[middle], earlier),
                None => low = middle + 1,
            }
        }
        let moment = sim.trace().row(last as u32)?.time;
        let name = promise.name();
        Some(((name, promised(name), broken.to_string()), moment))
    }
}

/// The verdict on what clients saw; nothing if it cannot be judged by this promise.
pub(super) fn judge_clients(history: &History, object: Object, initial: &Value, promise: Promise, steps: u64) -> Option<Judgement> {
    judge::judge(history, object, promise, initial, steps).ok()
}

pub(super) fn promised(name: &str) -> String {
    format!("What clients see is what “{name}” allows.")
}

/// The kinds of request that nobody carried out any more.
fn unserved(sim: &Sim, from: Time) -> Option<Break> {
    if !is_healed(sim, from) {
        return None;
    }
    let mut served = vec![false; sim.about().ops.len()];
    let mut asked: BTreeMap<u32, usize> = BTreeMap::new();
    for row in sim.trace().rows()?.filter(|row| row.time >= from) {
        match row.kind {
            EventKind::Invoke => drop(asked.insert(row.subject, usize::from(row.detail))),
            EventKind::Return if row.detail == 1 => {
                if let Some(kind) = asked.get(&row.subject) {
                    served[*kind] = true;
                }
            }
            _ => {}
        }
    }
    let names: Vec<_> = sim.about().ops.iter().zip(served).filter(|(_, served)| !served).map(|(op, _)| op.name).collect();
    let promised = "Once all faults are undone, every kind of request is carried out again.".to_owned();
    let why = format!("{} after all faults were undone at {from}, nobody carries out: {}", sim.now().since(from), names.join(", "));
    (!names.is_empty()).then_some((Sought::SERVED, promised, why))
}

/// Whether no message that was sent from this moment on has met a fate of its own.
fn is_healed(sim: &Sim, from: Time) -> bool {
    let fated = |from: NodeId, to: NodeId, nth: u32| {
        let same = |input: &Input| matches!(*input, Input::Message { from: f, to: t, nth: n, .. } if (f, t, n) == (from, to, nth));
        sim.scenario().inputs.iter().any(|timed| same(&timed.input))
    };
    sim.trace().rows().is_some_and(|rows| {
        let late = rows.filter(|row| row.kind == EventKind::Send && row.time >= from);
        let mut sent = late.filter_map(|row| sim.trace().message(row.subject));
        !sent.any(|meta| fated(meta.from, meta.to, meta.nth))
    })
}

/// What undoes everything that was done to a run and still lasts.
fn undo(scenario: &Scenario) -> Vec<Input> {
    let mut undone: Vec<Input> = Vec::new();
    let mut steps: BTreeMap<NodeId, i64> = BTreeMap::new();
    for timed in &scenario.inputs {
        undone.push(match &timed.input {
            Input::Crash(node) => Input::Restart(*node),
            Input::Pause(node) => Input::Resume(*node),
            Input::Work { node, .. } => Input::Work { node: *node, time: None },
            Input::Cut { .. } | Input::Partition(_) => Input::HealAll,
            Input::Network(_) => Input::Network(scenario.network.clone()),
            Input::Link { from, to, .. } => Input::Link { from: *from, to: *to, rule: LinkRule::default() },
            Input::ClockRate { node, .. } => Input::ClockRate { node: *node, parts_per_billion: 0 },
            Input::Disk { node, .. } => Input::Disk { node: *node, disk: scenario.disk.clone() },
            Input::Set { key, .. } => match scenario.settings.get(key) {
                Some(value) => Input::Set { key: key.clone(), value: *value },
                None => continue,
            },
            Input::ClockStep { node, by } => {
                *steps.entry(*node).or_default() += by;
                continue;
            }
            Input::Restart(_) | Input::Resume(_) | Input::Heal { .. } | Input::HealAll => continue,
            // Requests and the fate of single messages do not last.
            Input::Invoke { .. } | Input::Message { .. } | Input::Fire { .. } => continue,
        });
    }
    undone.extend(steps.into_iter().filter(|(_, by)| *by != 0).map(|(node, by)| Input::ClockStep { node, by: -by }));
    let mut once: Vec<Input> = Vec::new();
    for input in undone {
        if !once.contains(&input) {
            once.push(input);
        }
    }
    once
}
