//! A lab as it is being done: the bet, the guided steps, the challenges. It remembers where each step
//! began, watches the run, and says when a step stops; how that looks is in `panel`. What is said to it, and what
//! follows, knows no types of the browser, so that all of it is tested natively.
//!
//! | file | what is in it |
//! |---|---|
//! | `said` | what can be said to a lab, and what the run has to do then |
//! | `steps` | the guided part: the bet, the steps, the way back |
//! | `challenge`, `trying` | a challenge, and a claim about every order of events |
//! | `study` | something that is found out from many runs |
//! | `curtain` | guessing what went wrong where it cannot be seen |
//! | `choose` | what can be turned, and what follows |
//! | `watch`, `looking` | what the run shows: where a step stops, what is decided and measured |
//! | `saved`, `progress` | what is kept of it, in the browser or by the page around |
//! | `screen`, `load`, `panel`, `kit`, `related` | how it comes to the page, and how it looks |

mod challenge;
mod choose;
mod curtain;
mod kit;
mod load;
mod looking;
mod panel;
pub(crate) mod progress;
mod related;
mod said;
mod saved;
mod screen;
mod steps;
mod study;
mod trying;
mod watch;

use curtain::Playing;
use kit::Kit;
use looking::Looking;
pub(crate) use panel::panel;
pub(crate) use said::{Say, Then};
pub(crate) use saved::Saved;
pub(crate) use screen::Screen;
pub(crate) use trying::Trying;

use crate::chart::survey::Seen;
use crate::session::Session;
use crate::shared::Shared;
use crate::worker::Report;
use faultline::Scenario;
use faultline::lab::challenge::{Task, Verdict};
use faultline::lab::predicate::Moment;
use faultline::lab::progress::LabProgress;
use faultline::lab::study::Chosen;
use faultline::lab::tour::{Guess, Truth};
use faultline::lab::{Lab, World};
use faultline::models::Library;
use faultline::sim::Time;
use std::cell::Cell;

/// Where in the lab somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the first run: what will happen?
    Bet,
    /// In a guided step.
    Step(usize),
    /// The guided part is over: what next?
    Choice,
    /// In a challenge.
    Challenge(usize),
    /// Guessing what went wrong behind a curtain.
    Guess(usize),
    /// Finding something out from many runs.
    Study(usize),
    /// Everything is open.
    Free,
}

impl Place {
    /// What it is called where it is kept, and by the page around.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bet => "bet",
            Self::Step(_) => "step",
            Self::Choice => "choice",
            Self::Challenge(_) => "challenge",
            Self::Guess(_) => "guess",
            Self::Study(_) => "study",
            Self::Free => "free",
        }
    }
}

/// What is worked on beside the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// A challenge is decided.
    Deciding,
    /// Every order of events is tried.
    Searching,
    /// Many runs are done.
    Measuring,
}

/// The ids of what says where one is, and of the way on.
pub(crate) const HERE: &str = "lesson-here";
/// The id of what was found about a challenge.
pub(crate) const VERDICT: &str = "lesson-verdict";
pub(crate) const WAY_ON: &str = "lesson-go";

/// What a challenge calls all that there is to turn of the network.
pub(crate) const NETWORK: &str = "network";

/// A lab as it is being done.
pub(crate) struct Lesson {
    pub(crate) lab: Shared<Lab>,
    library: Shared<Library>,
    pub(crate) place: Place,
    /// The run and the moment with which each step began, and with which the last one ended.
    began: Vec<(Scenario, Moment)>,
    /// Where the step stopped, once it has.
    pub(crate) stopped: Option<Moment>,
    pub(crate) typed: String,
    /// What was bet, and what came of it.
    pub(crate) bet: Option<Guess>,
    pub(crate) truth: Truth,
    /// What was answered in a challenge that asks.
    pub(crate) answer: Option<Guess>,
    pub(crate) hints: usize,
    /// The run that was decided, or is, where that is not seen as it goes on.
    judged: Option<Scenario>,
    /// What is known of the challenge as it was played.
    decided: Option<Verdict>,
    /// How a challenge to break was solved: whoever plays on has solved it all the same.
    pub(crate) won: Option<Verdict>,
    /// What is worked on beside the page.
    pub(crate) work: Option<Work>,
    /// Whether it was said once that everything is to begin again.
    pub(crate) leaving: bool,
    /// What trying every order of events has shown so far, one by one.
    pub(crate) tried: Vec<Trying>,
    /// What is chosen in a study, what was found with that, and what before.
    pub(crate) chosen: Chosen,
    pub(crate) seen: Option<Shared<Vec<Seen>>>,
    pub(crate) before: Option<Shared<Vec<Seen>>>,
    /// The round behind a curtain that is being played.
    playing: Option<Playing>,
    /// The run as far as it was looked at.
    looking: Option<Looking>,
    pub(crate) stars: Option<u8>,
    /// With how many actions a challenge has its second star, where that was asked last.
    par: Cell<Option<(usize, Option<u32>)>>,
    /// The run in which the step is done for the learner, and where it stops in that.
    doing: Option<(Scenario, Moment)>,
    /// What went wrong, for the author of the lab to mend.
    pub(crate) fault: Option<String>,
    pub(crate) progress: LabProgress,
}

impl Lesson {
    pub(crate) fn new(lab: Shared<Lab>, library: Shared<Library>, progress: LabProgress) -> Self {
        Self {
            lab,
            library,
            place: Place::Bet,
            began: Vec::new(),
            stopped: None,
            typed: String::new(),
            bet: None,
            truth: Truth::Open,
            answer: None,
            hints: 0,
            judged: None,
            decided: None,
            won: None,
            work: None,
            leaving: false,
            tried: Vec::new(),
            chosen: Chosen::default(),
            seen: None,
            before: None,
            playing: None,
            looking: None,
            stars: None,
            par: Cell::new(None),
            doing: None,
            fault: None,
            progress,
        }
    }

    /// The run with which the lab begins.
    pub(crate) fn scenario(&self) -> Scenario {
        self.lab.world.scenario.clone()
    }

    /// Whether nothing has been run yet.
    pub(crate) fn is_before(&self) -> bool {
        matches!(self.place, Place::Bet)
    }

    /// Whether the whole laboratory is open, or only what the step is about.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.place, Place::Free)
    }

    /// What is on the stage in a run.
    fn world(&self, scenario: &Scenario) -> &World {
        self.place_world(scenario).sized(scenario.nodes)
    }

    /// The same, with as many nodes as it begins with.
    fn place_world(&self, scenario: &Scenario) -> &World {
        match self.place {
            Place::Step(index) => self.lab.stage(index),
            Place::Challenge(index) => self.lab.challenges[index].world(&self.lab),
            Place::Guess(index) => self.lab.guesses[index].world(&self.lab),
            Place::Study(index) => self.lab.studies[index].world(&self.lab, self.chosen.case),
            // The run of a step, a challenge or a study may still be there.
            Place::Choice | Place::Free => {
                let of_model = |world: &&World| world.scenario.model == scenario.model;
                let with = |world: &World| (world.sized(scenario.nodes).scenario.nodes, world.scenario.clients);
                let same = |world: &&World| of_model(world) && with(world) == (scenario.nodes, scenario.clients);
                self.lab.worlds().find(same).or_else(|| self.lab.worlds().find(of_model)).unwrap_or(&self.lab.world)
            }
            Place::Bet => &self.lab.world,
        }
    }

    /// Whether a run may be one of this lab: a step, a challenge or a study may have a world of its own, and what
    /// was left of it may be looked at elsewhere.
    pub(crate) fn has(&self, run: &Scenario) -> bool {
        self.lab.worlds().any(|world| world.scenario.model == run.model)
    }

    /// What somebody says, and what the run has to do then.
    pub(crate) fn hear(&mut self, say: Say, session: &Session) -> Then {
        self.fault = None;
        let leaving = std::mem::take(&mut self.leaving);
        match say {
            Say::Typed(typed) => self.typed = typed,
            Say::Guess(text) => return self.guess(&text, session),
            Say::Continue => return self.go_on(session),
            Say::Previous => return self.go_back(),
            Say::StartAgain(sure) if !(leaving && sure) => self.leaving = sure,
            Say::StartAgain(_) => {
                *self = Self::new(self.lab.clone(), self.library.clone(), self.progress.clone());
                return Then::show(self.scenario(), Time::ZERO, false);
            }
            Say::Finish if matches!(self.place, Place::Guess(_)) => return self.to_question(),
            Say::Finish => return self.finish(session),
            Say::Curtain(index) => return self.draw_curtain(index),
            Say::Cause(cause) => return self.guessed(cause, session),
            Say::ForgetGuesses => self.forget_guesses(),
            Say::Challenge(index) => return self.challenge(index, None),
            Say::Again(other_seed) => {
                if let Place::Challenge(index) = self.place {
                    let seed = session.sim().scenario().seed;
                    return self.challenge(index, Some(if other_seed { seed + 1 } else { seed }));
                }
            }
            Say::Hint => return self.hint(session),
            Say::Decide => return self.decide(session),
            Say::Search => {
                self.tried.clear();
                return self.search();
            }
            Say::Report(report) => return self.take(*report),
            Say::Cancel => {
                if self.work.take() == Some(Work::Searching) {
                    self.tried.clear();
                }
            }
            Say::Study(index) => return self.study(index),
            Say::Case(case) => return self.case(case),
            Say::Measure => return self.measure(),
            Say::Look(minimal) => return self.look(minimal),
            Say::Solution => {
                if let Some(won) = &self.won {
                    return Then::replace(won.run.clone(), won.at.map_or(Time::ZERO, |at| at.time), false);
                }
            }
            Say::Choice => {
                (self.place, self.work, self.won) = (Place::Choice, None, None);
                return Then::Play(false);
            }
            Say::Free => {
                self.place = Place::Free;
                return Then::show(self.scenario(), Time::ZERO, true);
            }
            Say::Textbook(index, corrected) => {
                let code = &self.lab.textbook[index];
                let scenario = code.run(&self.lab, corrected);
                self.place = Place::Free;
                return Then::show(scenario, Time::ZERO, true);
            }
        }
        Then::Nothing
    }

    /// What was worked on beside the page has come back.
    fn take(&mut self, report: Report) -> Then {
        match (self.place, self.work, report) {
            (Place::Challenge(index), Some(Work::Deciding), Report::Decided(verdict)) => {
                self.work = None;
                if verdict.solved == Some(true) {
                    self.score(index, &verdict);
                }
                self.decided = Some(*verdict);
            }
            (Place::Challenge(index), Some(Work::Searching), Report::Tried(tried)) => return self.found(index, tried),
            (Place::Study(index), Some(Work::Measuring), Report::Measured(findings)) => {
                let cases = self.lab.studies[index].at_once(self.chosen.case).zip(findings);
                let seen = cases.map(|(case, findings)| Seen { case, with: self.with(index, case), findings }).collect();
                self.seen = Some(Shared::new(seen));
            }
            (Place::Study(_), Some(Work::Measuring), Report::Over) => self.work = None,
            (Place::Challenge(_) | Place::Study(_), Some(_), Report::Bad(why) | Report::Failed(why)) => {
                self.work = None;
                self.fault = Some(why);
            }
            // What was cancelled has nothing more to say.
            _ => {}
        }
        Then::Nothing
    }

    fn guess(&mut self, text: &str, session: &Session) -> Then {
        match self.place {
            Place::Bet => {
                self.bet = self.lab.bet.answer.guess(text);
                if self.bet.is_none() { Then::Nothing } else { self.go_on(session) }
            }
            Place::Challenge(index) => {
                if let Task::Predict { answer, .. } = &self.lab.challenges[index].task {
                    self.answer = answer.guess(text);
                    if self.answer.is_some() {
                        return self.hear(Say::Decide, session);
                    }
                }
                Then::Nothing
            }
            _ => Then::Nothing,
        }
    }
}

#[cfg(test)]
mod tests;
