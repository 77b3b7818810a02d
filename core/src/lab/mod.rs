//! Labs: one idea each, a world to try it in, a guided tour through it, and challenges that a machine
//! decides. A lab is a file that a course author writes by hand; `static/labs/README.md` is the guide.
//!
//! | room | what is in it |
//! |---|---|
//! | [`format`](mod@format) | every field of a lab file, as data |
//! | [`predicate`] | what a run must be like, in a sentence |
//! | [`script`] | what is done to a run, line by line |
//! | [`tour`] | the bet and the guided steps |
//! | [`challenge`] | puzzles, and who decides them |
//! | [`guess`] | what went wrong behind a curtain |
//! | [`search`] | what trying every order of events shows |
//! | [`study`] | what only many runs show |
//! | [`shown`] | the names of what nodes show, known only from runs |
//! | [`progress`] | what a learner has done so far |
//! | [`draft`] | a lab as it is being written, made from a run that somebody performed |
//! | [`write`](mod@write) | a lab file from its parts |

mod document;
mod read;

pub mod challenge;
pub mod draft;
pub mod format;
pub mod guess;
pub mod predicate;
pub mod progress;
pub mod script;
pub mod search;
pub mod shown;
pub mod study;
pub mod tour;
pub mod write;

pub use document::Problem;

use crate::link::{Link, Seal};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Sim, Time};
use challenge::Challenge;
use guess::Guess;
use predicate::{Measure, Observer, Predicate, Subject};
use script::Script;
use shown::Mentioned;
use std::collections::BTreeMap;
use study::Study;
use tour::{Bet, Stage, Step, Truth};

/// Settings of a model that are not as by default.
pub type Settings = BTreeMap<String, i64>;

/// A lab.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its name in links.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The part of the course it belongs to.
    pub track: String,
    /// How much one must know before.
    pub level: Level,
    /// Its place in its track.
    pub order: u16,
    /// Labs that should be done before.
    pub prerequisites: Vec<String>,
    /// Labs that go on from here.
    pub related: Vec<String>,
    /// What the learner can say afterwards.
    pub goal: String,
    /// The first words on the stage.
    pub hook: String,
    /// What is on the stage.
    pub world: World,
    /// The prediction before the first run.
    pub bet: Bet,
    /// The guided part.
    pub steps: Vec<Step>,
    /// The puzzles.
    pub challenges: Vec<Challenge>,
    /// What is guessed behind a curtain.
    pub guesses: Vec<Guess>,
    /// What many runs show.
    pub studies: Vec<Study>,
    /// What to try when everything is open.
    pub free: String,
    /// Code as it stands in textbooks.
    pub textbook: Vec<Textbook>,
    /// What is simpler here than in the world.
    pub leaves_out: String,
    /// What an expert would attack.
    pub correctness: String,
    /// For whoever teaches with it.
    pub teacher: Teacher,
    /// The file that it was read from, for whoever reads it again elsewhere.
    pub source: String,
    /// Names of fields and roles that only its runs can show to be right.
    pub mentioned: Vec<Mentioned>,
}

/// How much one must know before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    Foundation,
    /// The foundations.
    Intermediate,
    /// The labs before it.
    Advanced,
}

/// What is on the stage.
#[derive(Clone, Debug)]
pub struct World {
    /// The run as it is if nobody touches it.
    pub scenario: Scenario,
    /// How long a run is.
    pub length: Time,
    /// Settings that the learner sees, in the order in which they appear.
    pub knobs: Vec<String>,
    /// What clients talk to, for a judge of their history.
    pub subject: Subject,
    /// What is shown of a run while it is played.
    pub measures: Vec<Measured>,
    /// The same world with each other number of nodes that the learner may choose: other nodes are meant
    /// by the names of clients there.
    pub sizes: Vec<World>,
}

/// Something that is shown of a run while it is played.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub what: Gauge,
}

/// What is shown of a run at every moment.
#[derive(Clone, Debug)]
pub enum Gauge {
    /// A number, a length of time, or a text.
    Value(Measure),
    /// How many of how many.
    Share {
        /// How many there are.
        hits: Measure,
        /// Of so many.
        of: Measure,
    },
    /// Whether something is the case.
    Holds(Predicate),
}

/// Code as it stands in textbooks, and settings that behave like it.
#[derive(Clone, Debug)]
pub struct Textbook {
    /// What the code does.
    pub title: String,
    /// The code.
    pub code: String,
    /// What is wrong with it.
    pub wrong: String,
    /// The challenge in whose world it runs, by its place, if not in the lab's.
    pub challenge: Option<usize>,
    /// Settings that behave like it.
    pub as_written: Settings,
    /// Settings that behave as it should.
    pub corrected: Settings,
}

impl Textbook {
    /// The run that behaves like the code, or as it should.
    #[must_use]
    pub fn run(&self, lab: &Lab, corrected: bool) -> Scenario {
        lab.world_of(self.challenge).with(if corrected { &self.corrected } else { &self.as_written })
    }
}

/// For whoever teaches with it.
#[derive(Clone, Debug)]
pub struct Teacher {
    /// What a class should have understood.
    pub goal: String,
    /// Five minutes, line by line.
    pub plan: Vec<String>,
    /// Questions to discuss.
    pub questions: Vec<String>,
    /// Runs to show.
    pub scenes: Vec<Scene>,
}

/// A run to show.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What it shows.
    pub title: String,
    /// The challenge in whose world it runs, by its place, if not in the lab's.
    pub challenge: Option<usize>,
    /// Its seed, if not that of the world.
    pub seed: Option<u64>,
    /// Settings that are not the world's.
    pub settings: Settings,
    /// What is done in it.
    pub script: Script,
    /// What the link shows: the first moment at which this holds.
    pub until: Predicate,
    /// The line of the file on which it begins.
    pub line: usize,
}

impl Scene {
    /// The link that always shows the same.
    ///
    /// # Errors
    /// If the run does not come to that moment: says why.
    pub fn link(&self, lab: &Lab, library: &Library) -> Result<Link, String> {
        let world = lab.world_of(self.challenge);
        let (end, subject) = (world.length, &world.subject);
        let mut scenario = world.with(&self.settings);
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        let done = self.script.perform(library, &scenario, subject, Time::ZERO, end).map_err(|fault| fault.to_string())?;
        if let Some((line, why)) = done.stuck {
            return Err(format!("line {line} of its script: {why}"));
        }
        let mut observer = Observer::new(library, done.scenario.clone(), subject, end).map_err(|fault| fault.to_string())?;
        let until = observer.watch(&self.until, 0);
        observer.run(end, &[until]);
        let found = observer.found(until);
        let Some(moment) = found.first else {
            let why: Vec<_> = found.why.iter().map(ToString::to_string).collect();
            return Err(format!("its moment never comes: {}", why.join("; ")));
        };
        sealed(library, done.scenario, moment.time).map_err(|fault| fault.to_string())
    }
}

/// A run in a link, as it is at a moment.
fn sealed(library: &Library, scenario: Scenario, moment: Time) -> Result<Link, Fault> {
    let mut sim = Sim::new(library, scenario.clone())?;
    sim.run_until(moment);
    Ok(Link { scenario, seal: Some(Seal::of(&sim, moment)) })
}

/// What the number of nodes is called among the knobs.
pub const NODES: &str = "nodes";

impl World {
    /// The numbers of nodes between which the learner may choose; none if there is no choice.
    #[must_use]
    pub fn choices(&self) -> Vec<u16> {
        let mut all: Vec<_> = self.sizes.iter().map(|size| size.scenario.nodes).collect();
        if !all.is_empty() {
            all.push(self.scenario.nodes);
            all.sort_unstable();
        }
        all
    }

    /// The same world with so many nodes, if that may be chosen; otherwise as it is.
    #[must_use]
    pub fn sized(&self, nodes: u16) -> &Self {
        self.sizes.iter().find(|size| size.scenario.nodes == nodes).unwrap_or(self)
    }

    /// The run with some settings changed.
    #[must_use]
    pub fn with(&self, settings: &Settings) -> Scenario {
        let mut scenario = self.scenario.clone();
        scenario.settings.extend(settings.clone());
        scenario
    }

    /// Settings as an author writes them.
    #[must_use]
    pub fn show(&self, library: &Library, settings: &Settings) -> String {
        let params = library.find(&self.scenario.model).map_or(&[][..], |model| model.about().params);
        let show = |key: &str, value: i64| {
            let spec = params.iter().find(|spec| spec.key == key);
            spec.map_or_else(|| value.to_string(), |spec| write::setting(spec, value))
        };
        settings.iter().map(|(key, value)| format!("{key} = {}", show(key, *value))).collect::<Vec<_>>().join(", ")
    }
}

impl Lab {
    /// The challenge of that id.
    #[must_use]
    pub fn challenge(&self, id: &str) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.id == id)
    }

    /// The world of a challenge, by its place; the lab's if none is meant.
    fn world_of(&self, challenge: Option<usize>) -> &World {
        challenge.and_then(|index| self.challenges.get(index)).map_or(&self.world, |challenge| challenge.world(self))
    }

    /// Every world that can be on the stage, the lab's own first.
    pub fn worlds(&self) -> impl Iterator<Item = &World> {
        let steps = self.steps.iter().filter_map(|step| step.world.as_ref());
        let challenges = self.challenges.iter().filter_map(|challenge| challenge.world.as_ref());
        let guesses = self.guesses.iter().filter_map(|guess| guess.world.as_ref());
        let studies = self.studies.iter().flat_map(Study::worlds);
        std::iter::once(&self.world).chain(steps).chain(challenges).chain(guesses).chain(studies)
    }

    /// Runs everything that the lab promises: every step of the tour comes to its stop, the bet has one
    /// right answer, every challenge passes its three checks, nothing gives away what is guessed, every scene comes
    /// to its moment, and every field and role that is named is shown by a node somewhere.
    #[must_use]
    pub fn check(&self, library: &Library) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |line: usize, field: String, why: String| problems.push(Problem { line, field, why });
        match self.walk(library) {
            Err((index, why)) => problem(self.steps[index].line, format!("step[{}]", index + 1), why),
            Ok(stages) => {
                // The bet is about the lab's world.
                let Stage { scenario, end, .. } = &stages[0];
                let until = end.time.max(self.world.length);
                match self.bet.answer.truth(&self.world.subject, library, scenario, &self.bet.when, self.world.length, until) {
                    Err(fault) => problem(self.bet.line, "bet".into(), fault.to_string()),
                    Ok(Truth::Open) => problem(self.bet.line, "bet.when".into(), "the tour never comes to it".into()),
                    Ok(Truth::Options(right, _)) if right.len() != 1 => {
                        problem(self.bet.line, "bet.option".into(), format!("{} options turn out right; exactly one should", right.len()));
                    }
                    Ok(Truth::Number(predicate::Value::Nothing | predicate::Value::Text(_))) => {
                        problem(self.bet.line, "bet.measure".into(), "there is no number to compare with".into());
                    }
                    Ok(_) => {}
                }
            }
        }
        for (number, challenge) in (1..).zip(&self.challenges) {
            if let Err((field, why)) = challenge.check(self, library) {
                problem(challenge.line, format!("challenge[{number}].{field}"), why);
            }
        }
        for (number, guess) in (1..).zip(&self.guesses) {
            for (field, why) in guess.check(self, library) {
                problem(guess.line, format!("guess[{number}].{field}"), why);
            }
        }
        for (number, study) in (1..).zip(&self.studies) {
            for (line, field, why) in study.check(self, library) {
                problem(line, format!("study[{number}].{field}"), why);
            }
        }
        for (number, scene) in (1..).zip(&self.teacher.scenes) {
            if let Err(why) = scene.link(self, library) {
                problem(scene.line, format!("teacher.scene[{number}]"), why);
            }
        }
        problems.extend(self.never_shown(library));
        problems
    }

    /// Every run that the lab ships, by name: the world as it is, the tour, the solutions, the rounds, the scenes.
    ///
    /// # Errors
    /// Which of them cannot be run, and why.
    pub fn runs(&self, library: &Library) -> Result<Vec<(String, Scenario, Time)>, String> {
        let mut runs = vec![("world".to_owned(), self.world.scenario.clone(), self.world.length)];
        for stage in self.walk(library).map_err(|(index, why)| format!("step {}: {why}", index + 1))? {
            let name = if stage.first == 0 { "tour".to_owned() } else { format!("tour from step {}", stage.first + 1) };
            runs.push((name, stage.scenario, stage.end.time));
        }
        for challenge in &self.challenges {
            let run = challenge.solved(self, library).map_err(|fault| fault.to_string())?;
            runs.push((format!("challenge {}", challenge.id), run, challenge.end(self)));
        }
        for guess in &self.guesses {
            for (cause, case) in guess.cases.iter().enumerate() {
                runs.push((format!("guess {} {}", guess.id, case.id), guess.run(self, library, 0, cause)?, guess.world(self).length));
            }
        }
        for (number, scene) in (1..).zip(&self.teacher.scenes) {
            let link = scene.link(self, library)?;
            let moment = link.seal.map_or(self.world.length, |seal| seal.moment);
            runs.push((format!("scene {number}"), link.scenario, moment));
        }
        Ok(runs)
    }
}

/// The name that somebody probably meant.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|other| (distance(name, other), other)).min()?;
    // A third of the letters may be wrong.
    (near.0 <= name.chars().count().div_ceil(3)).then_some(near.1)
}

/// How many letters must be put in, taken out or exchanged to make one word of another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, letter) in (1..).zip(a.chars()) {
        let mut diagonal = std::mem::replace(&mut row[0], line);
        for (column, other) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}
