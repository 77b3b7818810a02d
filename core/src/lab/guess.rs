//! Rounds of guessing behind a curtain: something goes wrong in a run, only what one node or client
//! knows of it is shown, and the learner says what it was. What it was is decided by predicates on the
//! run, and not by the script that was meant to bring it about.

use super::predicate::{Observer, Predicate, Reason};
use super::script::Script;
use super::{Lab, World};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{NodeId, Purpose, Time, below, draw};

/// Something to be guessed, again and again.
#[derive(Clone, Debug)]
pub struct Guess {
    /// Its name in links and progress.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The question.
    pub say: String,
    /// What stands under the answer.
    pub told: String,
    /// Its own world, if not that of the lab.
    pub world: Option<World>,
    /// Whose knowledge is shown.
    pub eyes: NodeId,
    /// What happens in each round, whatever it was.
    pub script: Script,
    /// It is asked at the first moment at which this holds.
    pub when: Predicate,
    /// What it may have been.
    pub cases: Vec<Cause>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What it may have been.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Its name in progress.
    pub id: String,
    /// It, in words.
    pub say: String,
    /// What brings it about.
    pub script: Script,
    /// It was this if this holds at the end of the run.
    pub holds: Predicate,
}

/// A round.
#[derive(Clone, Debug)]
pub struct Round {
    /// The run.
    pub scenario: Scenario,
    /// When there is something to be seen for the first time.
    pub begins: Time,
    /// When it is asked.
    pub asked: Time,
    /// What it was: the place among the causes.
    pub truth: usize,
    /// How that is known.
    pub why: Vec<Reason>,
}

/// How many runs of each cause are tried when a lab is checked.
const CHECKED: u64 = 8;

impl Guess {
    /// What is on the stage.
    #[must_use]
    pub fn world<'a>(&'a self, lab: &'a Lab) -> &'a World {
        self.world.as_ref().unwrap_or(&lab.world)
    }

    /// The round of that number. Whoever plays the same round plays the same run.
    ///
    /// # Errors
    /// If it cannot be run, or is no round: says why.
    pub fn round(&self, lab: &Lab, library: &Library, number: u64) -> Result<Round, String> {
        let seed = self.world(lab).scenario.seed.wrapping_add(number);
        let cause = below(draw(seed, Purpose::Script, u64::MAX, 2), self.cases.len() as u64) as usize;
        self.played(lab, library, number, cause).map(|(round, _)| round)
    }

    /// The run of a cause, with the seed of a round.
    ///
    /// # Errors
    /// If it cannot be run, or a line of a script waits in vain: says why.
    pub fn run(&self, lab: &Lab, library: &Library, number: u64, cause: usize) -> Result<Scenario, String> {
        let world = self.world(lab);
        let mut scenario = world.scenario.clone();
        scenario.seed = scenario.seed.wrapping_add(number);
        for script in [&self.script, &self.cases[cause].script] {
            let done = script.perform(library, &scenario, &world.subject, Time::ZERO, world.length).map_err(|fault| fault.to_string())?;
            if let Some((line, why)) = done.stuck {
                return Err(format!("line {line} of its script: {why}"));
            }
            scenario = done.scenario;
        }
        Ok(scenario)
    }

    /// A round, and all that is seen of it until it is asked.
    fn played(&self, lab: &Lab, library: &Library, number: u64, cause: usize) -> Result<(Round, Vec<String>), String> {
        let world = self.world(lab);
        let scenario = self.run(lab, library, number, cause)?;
        let observe = || Observer::new(library, scenario.clone(), &world.subject, world.length).map_err(|fault: Fault| fault.to_string());
        let mut observer = observe()?;
        let when = observer.watch(&self.when, 0);
        if !observer.run(world.length, &[when]) {
            return Err("the moment at which it is asked never comes".into());
        }
        let sim = observer.sim();
        let rows = (0..sim.rows()).filter_map(|row| Some((row, sim.trace().row(row)?)));
        let seen: Vec<_> = rows.filter(|(_, row)| row.is_known_to(self.eyes)).collect();
        let (begins, asked) = (seen.first().map_or(Time::ZERO, |(_, row)| row.time), sim.now());
        let seen = seen.into_iter().map(|(row, at)| format!("{}: {}", at.time, sim.describe_row(row))).collect();
        let mut observer = observe()?;
        let causes: Vec<_> = self.cases.iter().map(|cause| observer.watch(&cause.holds, 0)).collect();
        observer.run(world.length, &[]);
        let mut found = (0..causes.len()).filter(|cause| observer.holds(causes[*cause]) == Some(true));
        match (found.next(), found.next()) {
            (Some(truth), None) => Ok((Round { why: observer.reasons(causes[truth]), scenario, begins, asked, truth }, seen)),
            (None, _) => Err("at its end it is none of the causes".into()),
            (Some(one), Some(other)) => Err(format!("at its end it is both “{}” and “{}”", self.cases[one].say, self.cases[other].say)),
        }
    }

    /// Whether the rounds are well: each script brings about its own cause and no other, and until it is asked
    /// the same is seen, whatever it was.
    pub(super) fn check(&self, lab: &Lab, library: &Library) -> Vec<(String, String)> {
        let mut problems: Vec<(String, String)> = Vec::new();
        for number in 0..CHECKED {
            let mut first: Option<Vec<String>> = None;
            for (cause, case) in self.cases.iter().enumerate() {
                let place = |field: &str| format!("case[{}]{field}", cause + 1);
                let problem = match self.played(lab, library, number, cause) {
                    Err(why) => Some((place(".script"), why)),
                    Ok((Round { truth, .. }, _)) if truth != cause => {
                        Some((place(".holds"), format!("its script brings about “{}”", self.cases[truth].say)))
                    }
                    Ok((_, seen)) => match &first {
                        Some(first) => parting(first, &seen).map(|(here, there)| {
                            let why = format!("the curtain gives it away: in “{}” {there}, here {here}", self.cases[0].say);
                            (place(""), why)
                        }),
                        None => {
                            first = Some(seen);
                            None
                        }
                    },
                };
                let new = problem.filter(|(place, _)| !problems.iter().any(|(other, _)| other == place));
                problems.extend(new.map(|(place, why)| (place, format!("“{}”, round {number}: {why}", case.say))));
            }
        }
        problems
    }
}

/// Where what is seen is not the same: in the second, and in the first.
fn parting(first: &[String], second: &[String]) -> Option<(String, String)> {
    let most = first.len().max(second.len());
    let say =
        |seen: &[String], row: usize| seen.get(row).map_or_else(|| "nothing more is seen".to_owned(), |row| format!("“{row}” is seen"));
    (0..most).find(|row| first.get(*row) != second.get(*row)).map(|row| (say(second, row), say(first, row)))
}
