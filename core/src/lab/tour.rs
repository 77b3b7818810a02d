//! The guided part of a lab: a bet, and steps whose stops fire on what the model does.
//!
//! A tour holds no state of the page. Whoever shows it remembers at which row of the trace each step
//! began, and asks where the step stops; so Previous, and a run that is changed in between, need
//! nothing special.

use super::predicate::{Found, Measure, Moment, Observer, Predicate, Reason, Subject, Value};
use super::script::{Performed, Script, Spot};
use super::{Lab, World};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Span, Time};
use serde::{Deserialize, Serialize};

/// A prediction.
#[derive(Clone, Debug)]
pub struct Bet {
    /// The question.
    pub ask: String,
    /// What can be answered.
    pub answer: Answer,
    /// It is decided at the first moment at which this holds.
    pub when: Predicate,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What can be answered to a question, and what decides it.
#[derive(Clone, Debug)]
pub enum Answer {
    /// One of these texts; it is right if its predicate holds when it is decided.
    Options(Vec<(String, Predicate)>),
    /// A number.
    Number {
        /// What is measured.
        measure: Measure,
        /// How far off the answer may be.
        tolerance: Value,
        /// Whether that is a share of what is measured.
        relative: bool,
    },
}

/// What a question turned out to have as its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It is not decided yet, or no judge knows.
    Open,
    /// These of the options are right, for these reasons.
    Options(Vec<usize>, Vec<Reason>),
    /// This was measured.
    Number(Value),
}

/// A question whose answer an observer looks for.
#[derive(Debug)]
pub struct Asked {
    /// The number of the predicate that decides it.
    pub when: usize,
    what: Sought,
}

#[derive(Debug)]
enum Sought {
    Options(Vec<usize>),
    Number(usize),
}

impl Asked {
    /// The answer, if it is decided at the moment that the observer looks at.
    #[must_use]
    pub fn truth(&self, observer: &Observer) -> Truth {
        match &self.what {
            Sought::Options(watches) => {
                let found: Vec<_> = watches.iter().map(|watch| observer.found(*watch)).collect();
                // Whoever does not know of one of them does not know the answer.
                if found.iter().any(|found| found.holds.is_none()) {
                    return Truth::Open;
                }
                let right: Vec<_> = (0..found.len()).filter(|index| found[*index].holds == Some(true)).collect();
                let why = right.first().map_or_else(Vec::new, |index| found[*index].why.clone());
                Truth::Options(right, why)
            }
            Sought::Number(measure) => Truth::Number(observer.value(*measure)),
        }
    }
}

/// What somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guess {
    /// One of the options.
    Option(usize),
    /// A number, as it was typed.
    Number(Value),
}

impl Answer {
    /// Whether it is a length of time.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Number { measure, .. } if measure.is_time())
    }

    /// Reads what somebody answers: the text or the number (from 1) of an option, or what is measured. Where that
    /// is a length of time, a number alone means milliseconds.
    #[must_use]
    pub fn guess(&self, text: &str) -> Option<Guess> {
        match self {
            Self::Options(options) => {
                let said = options.iter().position(|(say, _)| say == text.trim());
                let number = || text.trim().parse::<usize>().ok()?.checked_sub(1);
                said.or_else(number).filter(|index| *index < options.len()).map(Guess::Option)
            }
            Self::Number { measure, .. } => match Value::read(text) {
                Value::Text(_) | Value::Nothing => None,
                // Parts of a million are to a number what nanoseconds are to milliseconds.
                Value::Number(parts) if measure.is_time() => Some(Guess::Number(Value::Span(parts))),
                value => Some(Guess::Number(value)),
            },
        }
    }

    /// What is said to an author whose answer is not right: what would be.
    pub(super) fn correction(&self, truth: &Truth) -> String {
        let right = match (self, truth) {
            (_, Truth::Open) => return "it is not decided: the run never comes to `when`, or no judge knows".into(),
            (Self::Options(options), Truth::Options(right, _)) if !right.is_empty() => {
                let said = right.iter().filter_map(|index| options.get(*index));
                said.map(|(say, _)| format!("“{say}”")).collect::<Vec<_>>().join(" and ")
            }
            (_, Truth::Options(..)) => return "none of the options is right".into(),
            (_, Truth::Number(Value::Span(nanos))) => Value::Span(*nanos).to_string().replace(' ', ""),
            (_, Truth::Number(value)) => value.to_string(),
        };
        format!("this is not right; right is {right}")
    }

    /// Whether an answer is right; nothing if that is not decided.
    #[must_use]
    pub fn is_right(&self, guess: &Guess, truth: &Truth) -> Option<bool> {
        match (self, guess, truth) {
            (_, _, Truth::Open) => None,
            (Self::Options(_), Guess::Option(index), Truth::Options(right, _)) => Some(right.contains(index)),
            (Self::Number { tolerance, relative, .. }, Guess::Number(guess), Truth::Number(truth)) => {
                let (off, allowed) = match (guess, truth, tolerance) {
                    (Value::Number(guess), Value::Number(truth), Value::Number(allowed))
                    | (Value::Span(guess), Value::Span(truth), Value::Number(allowed))
                        if *relative =>
                    {
                        ((guess - truth).abs(), truth.abs() * allowed / 1_000_000)
                    }
                    (Value::Number(guess), Value::Number(truth), Value::Number(allowed))
                    | (Value::Span(guess), Value::Span(truth), Value::Span(allowed)) => ((guess - truth).abs(), *allowed),
                    _ => return Some(false),
                };
                Some(off <= allowed)
            }
            _ => Some(false),
        }
    }

    /// What is right in a run, at the first moment at which something holds.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn truth(
        &self,
        subject: &Subject,
        library: &Library,
        scenario: &Scenario,
        when: &Predicate,
        end: Time,
        until: Time,
    ) -> Result<Truth, Fault> {
        let mut observer = Observer::new(library, scenario.clone(), subject, end)?;
        let asked = self.ask(&mut observer, when);
        let decided = observer.run(until, &[asked.when]);
        Ok(if decided { asked.truth(&observer) } else { Truth::Open })
    }

    /// Lets an observer at the beginning of a run look for the answer.
    #[must_use]
    pub fn ask(&self, observer: &mut Observer, when: &Predicate) -> Asked {
        let when = observer.watch(when, 0);
        let what = match self {
            Self::Options(options) => Sought::Options(options.iter().map(|(_, right)| observer.watch(right, 0)).collect()),
            Self::Number { measure, .. } => Sought::Number(observer.measure(measure)),
        };
        Asked { when, what }
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What happens in it.
    pub doing: Doing,
    /// What stands on the stage.
    pub say: String,
    /// What the drawer says.
    pub more: Option<String>,
    /// Knobs that appear with it.
    pub reveal: Vec<String>,
    /// The names of what is measured that it is about, if it is about others than the step before.
    pub shows: Vec<String>,
    /// Whether those whom its script names may be others by now.
    pub anyone: bool,
    /// A world that the stage shows from here on, from its beginning, if it is not the one before.
    pub world: Option<World>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub enum Doing {
    /// The learner acts.
    Do {
        /// The run stops at the first moment at which this holds.
        stop: Predicate,
        /// What is done if the learner asks to finish this now.
        script: Script,
        /// How long it takes at most to come to the stop, when the script is done.
        within: Span,
    },
    /// The run goes on by itself.
    See {
        /// Until this holds.
        stop: Predicate,
        /// How long it takes at most.
        within: Span,
    },
    /// Words only.
    Explain,
}

impl Step {
    /// Whether and where the step stops in this run before a moment; `began` is where it began. A step of
    /// words has no stop.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn stops(
        &self,
        subject: &Subject,
        library: &Library,
        scenario: &Scenario,
        began: Moment,
        until: Time,
    ) -> Result<Option<Found>, Fault> {
        let (Doing::Do { stop, .. } | Doing::See { stop, .. }) = &self.doing else { return Ok(None) };
        let mut observer = Observer::new(library, scenario.clone(), subject, Time::NEVER)?;
        observer.begin(began.time);
        let watch = observer.watch(stop, began.rows);
        observer.look_now();
        if observer.found(watch).first.is_none() {
            observer.run(until, &[watch]);
        }
        Ok(Some(observer.found(watch)))
    }

    /// Where those things are to be done, in their order, that were not yet done since the step began with a run.
    #[must_use]
    pub fn spots(&self, began: &Scenario, now: &Scenario) -> Vec<Spot> {
        match &self.doing {
            Doing::Do { script, .. } if !self.anyone => script.spots(began, now),
            _ => Vec::new(),
        }
    }

    /// The run when the learner asks at a moment to finish this step now, and where it then stops.
    ///
    /// # Errors
    /// If the scenario cannot be run, or if the step does not come to its end: says why.
    pub fn finish(
        &self,
        subject: &Subject,
        library: &Library,
        scenario: &Scenario,
        began: Moment,
        now: Time,
    ) -> Result<(Scenario, Moment), String> {
        let (script, within) = match &self.doing {
            Doing::Do { script, within, .. } => (Some(script), *within),
            Doing::See { within, .. } => (None, *within),
            Doing::Explain => return Ok((scenario.clone(), began)),
        };
        let until = now + within;
        let mut done = Performed::nothing(scenario.clone(), now);
        if let Some(script) = script {
            done = script.perform(library, scenario, subject, now, until).map_err(|fault| fault.to_string())?;
        }
        if let Some((line, why)) = done.stuck {
            return Err(format!("line {line} of its script: {why}"));
        }
        let found = self.stops(subject, library, &done.scenario, began, until).map_err(|fault| fault.to_string())?;
        let found = found.ok_or("it has no stop")?;
        match found.first {
            Some(moment) => Ok((done.scenario, moment)),
            None => {
                let why: Vec<_> = found.why.iter().map(ToString::to_string).collect();
                Err(format!("its stop does not fire within {within}: {}", why.join("; ")))
            }
        }
    }
}

/// The guided part in one world, done for the learner.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The step with which it begins.
    pub first: usize,
    /// The run.
    pub scenario: Scenario,
    /// The moment at which its last step stops.
    pub end: Moment,
}

impl Lab {
    /// The step with which the stage of a step began: where the last world of its own was brought, or the
    /// beginning.
    #[must_use]
    pub fn stage_begins(&self, step: usize) -> usize {
        let upto = self.steps.len().min(step + 1);
        self.steps[..upto].iter().rposition(|step| step.world.is_some()).unwrap_or(0)
    }

    /// The names of what is measured that a step is about; all of it if there are none.
    #[must_use]
    pub fn shows(&self, step: usize) -> &[String] {
        let upto = self.steps.len().min(step + 1);
        let steps = self.steps[self.stage_begins(step)..upto].iter().rev();
        steps.map(|step| step.shows.as_slice()).find(|shows| !shows.is_empty()).unwrap_or_default()
    }

    /// What is on the stage in a step.
    #[must_use]
    pub fn stage(&self, step: usize) -> &World {
        let own = self.steps.get(self.stage_begins(step)).and_then(|step| step.world.as_ref());
        own.unwrap_or(&self.world)
    }

    /// The whole guided part, done for the learner: a run for each world that it goes through.
    ///
    /// # Errors
    /// Which step, from 0, does not come to its end, and why.
    pub fn walk(&self, library: &Library) -> Result<Vec<Stage>, (usize, String)> {
        let mut stages = vec![Stage { first: 0, scenario: self.world.scenario.clone(), end: Moment::START }];
        for (index, step) in self.steps.iter().enumerate() {
            if let Some(world) = &step.world {
                stages.push(Stage { first: index, scenario: world.scenario.clone(), end: Moment::START });
            }
            let Some(stage) = stages.last_mut() else { break };
            let finished = step.finish(&self.stage(index).subject, library, &stage.scenario, stage.end, stage.end.time);
            (stage.scenario, stage.end) = finished.map_err(|why| (index, why))?;
        }
        Ok(stages)
    }
}
