//! What each input of a run changed, and when there was no way back.
//!
//! Both are answered by other runs. Without one input, chance falls as before, because every draw has
//! a key of its own; so what differs is what the input did. From an earlier moment, with chance
//! falling anew, the same inputs lead to the same end more or less often; from the point of no return
//! on they always do.

use super::{Effort, Goal};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Chance, Parted, Parting, Purpose, Sim, Time, draw};

/// What a run would have been without one of its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Without {
    /// Which input: an index into the scenario's inputs.
    pub input: usize,
    /// The first thing that would have been different. Nothing if the input changed nothing.
    pub first: Option<Difference>,
    /// Whether the promise would have been broken without it.
    pub broken: bool,
}

/// Where two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When.
    pub at: Time,
    /// What happened then: a row of the run. Nothing if the run was over.
    pub happened: Option<u32>,
    /// What would have happened instead or before it, and when. Nothing if the run would have been over.
    pub instead: Option<(Time, String)>,
}

/// Runs a scenario again without each of its inputs.
///
/// # Errors
/// If the scenario cannot be run.
pub fn matter(library: &Library, scenario: &Scenario, goal: &Goal) -> Result<Vec<Without>, Fault> {
    let matter = Matter::new(library, scenario, goal)?;
    (0..matter.inputs()).map(|input| matter.without(input)).collect()
}

/// A run that is compared with what it would have been without one of its inputs.
pub struct Matter<'a> {
    library: &'a Library,
    goal: Goal,
    bare: Scenario,
    with: Sim,
}

impl<'a> Matter<'a> {
    /// The run as it is.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn new(library: &'a Library, scenario: &Scenario, goal: &Goal) -> Result<Self, Fault> {
        let bare = goal.bare(scenario);
        let (with, _) = run(library, &bare, goal)?;
        Ok(Self { library, goal: goal.clone(), bare, with })
    }

    /// How many inputs it has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.bare.inputs.len()
    }

    /// What it would have been without one of them.
    ///
    /// # Errors
    /// If it cannot be run without it.
    pub fn without(&self, input: usize) -> Result<Without, Fault> {
        let mut fewer = self.bare.clone();
        fewer.inputs.remove(input);
        let (without, broken) = run(self.library, &fewer, &self.goal)?;
        Ok(Without { input, first: first_difference(&self.with, &without), broken })
    }
}

/// A whole run, and whether the promise is broken in it.
fn run(library: &Library, scenario: &Scenario, goal: &Goal) -> Result<(Sim, bool), Fault> {
    let about = scenario.check(library)?.about();
    let mut sim = Sim::new(library, goal.complete(scenario, about.ops.len()))?;
    let broken = goal.watch(&mut sim, &mut Effort::default()).is_some();
    while sim.steps() < goal.most_steps && sim.step_until(goal.until) {}
    Ok((sim, broken))
}

/// The first thing that happens in one run and not in the other, apart from the inputs themselves.
fn first_difference(with: &Sim, without: &Sim) -> Option<Difference> {
    let Parted { at, rows: [happened, instead] } = Parting::default().look(with, without, Time::NEVER)?;
    let instead = instead.and_then(|row| Some((without.trace().row(row)?.time, without.describe_row(row))));
    Some(Difference { at, happened, instead })
}

/// How often a run ends badly if chance falls anew from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Odds {
    /// From which moment on. Everything up to and including it stays as it was.
    pub from: Time,
    /// In how many runs the promise was broken.
    pub bad: u32,
    /// Of how many.
    pub runs: u32,
}

impl Odds {
    /// The share of bad ends among the runs.
    #[must_use]
    pub fn share(&self) -> Chance {
        Chance::per_million((u64::from(self.bad) * 1_000_000 / u64::from(self.runs.max(1))) as u32)
    }

    /// Where the true probability lies, with a confidence of 95% (Wilson 1927).
    #[must_use]
    pub fn interval(&self) -> (Chance, Chance) {
        const Z: f64 = 1.96;
        let (bad, runs) = (f64::from(self.bad), f64::from(self.runs));
        if self.runs == 0 {
            return (Chance::NEVER, Chance::ALWAYS);
        }
        let middle = bad + Z * Z / 2.0;
        let half = Z * (bad * (runs - bad) / runs + Z * Z / 4.0).sqrt();
        let parts = |n: f64| Chance::per_million((n / (runs + Z * Z) * 1e6).round() as u32);
        (parts(middle - half), parts(middle + half))
    }
}

/// The odds of a bad end, from each of several moments. It goes on where it stopped.
pub struct NoReturn {
    goal: Goal,
    /// The run up to each moment, and whether the promise was broken by then.
    pasts: Vec<(Sim, bool)>,
    odds: Vec<Odds>,
    effort: Effort,
}

impl NoReturn {
    /// Odds from these moments on, of which nothing is known yet.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn new(library: &Library, scenario: &Scenario, goal: &Goal, moments: &[Time]) -> Result<Self, Fault> {
        let about = scenario.check(library)?.about();
        let scenario = goal.complete(scenario, about.ops.len());
        let mut pasts = Vec::new();
        for &from in moments {
            let mut sim = Sim::new(library, scenario.clone())?;
            let broken = goal.broken_by(&mut sim, from);
            pasts.push((sim, broken));
        }
        let odds = moments.iter().map(|&from| Odds { from, bad: 0, runs: 0 }).collect();
        Ok(Self { goal: goal.clone(), pasts, odds, effort: Effort::default() })
    }

    /// What is known so far.
    #[must_use]
    pub fn odds(&self) -> &[Odds] {
        &self.odds
    }

    /// How much was done so far.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Runs each moment's future so many times more.
    pub fn go_on(&mut self, runs: u32) {
        for (number, ((past, broken), odds)) in (0..).zip(self.pasts.iter_mut().zip(&mut self.odds)) {
            for _ in 0..runs {
                let seed = draw(past.scenario().seed, Purpose::Search, number, u64::from(odds.runs));
                let bad = *broken || {
                    let before = past.steps();
                    let bad = past.with_other_chance(seed, |sim| {
                        let bad = self.goal.watch(sim, &mut self.effort).is_some();
                        self.effort.steps += sim.steps() - before;
                        bad
                    });
                    self.effort.runs += 1;
                    bad
                };
                odds.bad += u32::from(bad);
                odds.runs += 1;
            }
        }
    }

    /// The first of the moments from which, and from all later ones, every run so far ended badly.
    #[must_use]
    pub fn point(&self) -> Option<Odds> {
        let certain = |odds: &&Odds| odds.bad == odds.runs && odds.runs > 0;
        self.odds.iter().rev().take_while(certain).last().copied()
    }
}
