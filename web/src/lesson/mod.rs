//! A lab as it is being done: the bet, the guided steps, the challenges. It remembers where each step
//! began, watches the run, and says when a step stops; how that looks is in `panel`. No types of the
//! browser in here, so that all of it is tested natively.

mod curtain;
mod kit;
mod load;
mod looking;
mod panel;
pub(crate) mod progress;
mod related;
mod saved;
mod screen;

use curtain::Playing;
use kit::Kit;
use looking::Looking;
pub(crate) use panel::panel;
pub(crate) use saved::Saved;
pub(crate) use screen::Screen;

use crate::chart::survey::Seen;
use crate::knob::Turned;
use crate::session::Session;
use crate::shared::Shared;
use crate::stage::touch;
use crate::text;
use crate::worker::{Job, Report};
use faultline::Scenario;
use faultline::lab::challenge::{Task, Verdict};
use faultline::lab::predicate::Moment;
use faultline::lab::progress::LabProgress;
use faultline::lab::script::Spot;
use faultline::lab::search::Tried;
use faultline::lab::study::Chosen;
use faultline::lab::tour::{Doing, Guess, Truth};
use faultline::lab::{Lab, NODES, World};
use faultline::models::Library;
use faultline::scenario::Input;
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

/// What can be said to a lab.
#[derive(Clone, Debug)]
pub(crate) enum Say {
    /// An answer is being typed.
    Typed(String),
    /// This is the answer.
    Guess(String),
    /// On, whether there was an answer or not.
    Continue,
    Previous,
    /// From the bet on, as if nothing had been done, once that was asked twice.
    StartAgain(bool),
    /// Do this step for me.
    Finish,
    /// To this challenge.
    Challenge(usize),
    /// The same challenge from its beginning, with another seed or the same.
    Again(bool),
    /// One more hint.
    Hint,
    /// Decide the challenge now.
    Decide,
    /// Try every order of events.
    Search,
    /// What was worked on beside the page has come back.
    Report(Box<Report>),
    /// Do not go on with it.
    Cancel,
    /// Show the run that the verdict is about, or the shortest that does the same.
    Look(bool),
    /// Back to the run that solved the challenge.
    Solution,
    /// To the next round of this.
    Curtain(usize),
    /// It was this: its place among the causes.
    Cause(usize),
    /// What was guessed is to be forgotten.
    ForgetGuesses,
    /// To this study.
    Study(usize),
    /// This world of the study.
    Case(usize),
    /// Do the runs of the study.
    Measure,
    /// To the list of challenges.
    Choice,
    /// Let me play.
    Free,
    /// The textbook code of that place, as it was written or corrected.
    Textbook(usize, bool),
}

/// What the run has to do then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Then {
    Nothing,
    Play(bool),
    /// Something to be worked on beside the page.
    Work(Box<Job>),
    /// Another run takes its place, at this moment; and whether that can be taken back like a gesture.
    Show {
        scenario: Box<Scenario>,
        moment: Time,
        plays: bool,
        undoable: bool,
    },
}

impl Then {
    /// Another place of the lab, or another choice there: the way back is in the panel.
    fn show(scenario: Scenario, moment: Time, plays: bool) -> Self {
        Self::Show { scenario: Box::new(scenario), moment, plays, undoable: false }
    }

    /// Something was done to the run, or it begins anew, at the same place of the lab.
    fn replace(scenario: Scenario, moment: Time, plays: bool) -> Self {
        Self::Show { scenario: Box::new(scenario), moment, plays, undoable: true }
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

/// A claim about every order of events, as far as it was tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trying {
    /// How many worlds there are, and how many of them were tried.
    pub(crate) worlds: usize,
    pub(crate) done: usize,
    pub(crate) states: u64,
    pub(crate) contradicted: u64,
    /// In which worlds what was looked for was found: with which settings, and the way to it.
    pub(crate) found: Vec<(String, Vec<String>)>,
}

/// The ids of what says where one is, and of the way on.
pub(crate) const HERE: &str = "lesson-here";
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

    /// Between how many nodes one can choose here.
    pub(crate) fn sizes(&self, scenario: &Scenario) -> Vec<u16> {
        if self.knobs().contains(&NODES) { self.place_world(scenario).choices() } else { Vec::new() }
    }

    /// Whether a run may be one of this lab: a step, a challenge or a study may have a world of its own, and what
    /// was left of it may be looked at elsewhere.
    pub(crate) fn has(&self, run: &Scenario) -> bool {
        self.lab.worlds().any(|world| world.scenario.model == run.model)
    }

    /// What is measured of the run as far as it was looked at: names and values.
    pub(crate) fn measured(&self) -> Vec<(&str, looking::Shown)> {
        let Some(looking) = self.looking.as_ref().filter(|_| self.eyes().is_none()) else { return Vec::new() };
        let names = self.world(looking.scenario()).measures.iter().map(|measure| measure.name.as_str());
        names.zip(looking.shown()).collect()
    }

    /// The names of what is measured that the step is about; all of it if there are none.
    pub(crate) fn shows(&self) -> &[String] {
        match self.place {
            Place::Step(index) => self.lab.shows(index),
            _ => &[],
        }
    }

    /// Where the step waits for something to be done; nothing while somebody is shown how it is done.
    pub(crate) fn spot(&self, session: &Session) -> Option<Spot> {
        let Place::Step(index) = self.place else { return None };
        if self.stopped.is_some() || session.pacing.hurries() {
            return None;
        }
        let (began, _) = self.began.get(index)?;
        let spots = self.lab.steps[index].spots(began, session.sim().scenario());
        // What is whole already was healed in some other way.
        let mut spots = spots.into_iter().filter(|spot| *spot != Spot::Cuts || !touch::is_whole(session.sim()));
        let mut first = spots.next()?;
        // Links are seen at once.
        if let Spot::Links(links) = &mut first {
            let more = spots.map_while(|spot| if let Spot::Links(more) = spot { Some(more) } else { None });
            links.extend(more.flatten());
        }
        Some(first)
    }

    /// The run that begins with what a control says, if that is chosen before the run here, and not turned
    /// while it goes on.
    fn begins(&self, turned: &Turned, session: &Session) -> Option<Scenario> {
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

    /// What was decided, or is, says nothing of another run.
    fn undecide(&mut self) {
        (self.judged, self.decided, self.answer, self.stars) = (None, None, None, None);
        if self.work == Some(Work::Deciding) {
            self.work = None;
        }
    }

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

    /// Whether the challenge as it was played is solved, once that is decided.
    pub(crate) fn is_solved(&self) -> Option<bool> {
        self.won.as_ref().or(self.decided.as_ref())?.solved
    }

    /// Whether the run was changed since it solved the challenge.
    pub(crate) fn plays_on(&self, session: &Session) -> bool {
        self.won.as_ref().is_some_and(|won| won.run != *session.sim().scenario())
    }

    /// Why something is not to be done to the run here; nothing if it may be done. Whoever has solved a challenge may
    /// do anything.
    pub(crate) fn refuses(&self, session: &Session, inputs: &[Input]) -> Option<String> {
        let Place::Challenge(index) = self.place else { return None };
        let played = session.sim().scenario();
        let challenge = self.lab.challenges[index].sized(played.nodes);
        let refused = if self.won.is_some() { Ok(()) } else { challenge.allows(&self.lab, played, inputs) };
        refused.err().map(|(kind, most)| text::not_part(kind, most))
    }

    /// With how many actions a challenge has its second star, if that is a matter of actions.
    pub(crate) fn par(&self, index: usize) -> Option<u32> {
        if let Some((_, par)) = self.par.get().filter(|(of, _)| *of == index) {
            return par;
        }
        let challenge = self.lab.challenges.get(index)?;
        let par = matches!(challenge.task, Task::Break { .. }).then(|| challenge.par(&self.lab, &self.library).unwrap_or(0));
        self.par.set(Some((index, par)));
        par
    }

    /// What the challenge came to, as far as the run has been looked at.
    pub(crate) fn verdict(&self, playhead: Time) -> Option<&Verdict> {
        if self.won.is_some() {
            return self.won.as_ref();
        }
        let verdict = self.decided.as_ref()?;
        let Place::Challenge(index) = self.place else { return None };
        let seen = verdict.at.map_or(Time::ZERO, |at| at.time);
        (playhead >= seen && (verdict.over || playhead >= self.lab.challenges[index].end(&self.lab))).then_some(verdict)
    }

    /// What somebody who does not see the panel has to hear of it: that the challenge is decided, or
    /// that the step has come to its end.
    pub(crate) fn in_words(&self, playhead: Time) -> Option<String> {
        match self.place {
            Place::Step(index) if self.stopped.is_some() => Some(text::stopped(&self.lab.steps[index].say)),
            Place::Guess(_) => self.round_in_words(playhead),
            _ => self.verdict(playhead).map(|verdict| text::decided(verdict.solved, &verdict.said)),
        }
    }

    /// Looks at the run. Says where it should stand still, if the step stops here.
    pub(crate) fn watch(&mut self, session: &Session) -> Option<Time> {
        if self.judged.as_ref().is_some_and(|judged| judged != session.sim().scenario()) {
            self.undecide();
        }
        let mut looking = match self.looking.take() {
            Some(looking) if looking.is_of(session, self.place) => looking,
            other => match Looking::begin(self, session, other) {
                Ok(looking) => looking,
                Err(fault) => {
                    self.fault = Some(fault.to_string());
                    return None;
                }
            },
        };
        looking.go_on(session.playhead());
        if self.bet.is_some()
            && self.truth == Truth::Open
            && let Some(truth) = looking.truth()
        {
            self.progress.bet = self.bet.as_ref().and_then(|guess| self.lab.bet.answer.is_right(guess, truth));
            self.truth = truth.clone();
        }
        let stopped = looking.stopped();
        let verdict = looking.verdict();
        self.looking = Some(looking);
        match self.place {
            Place::Step(index) if self.stopped.is_none() => {
                self.stopped = Some(stopped?);
                self.progress.step = self.progress.step.max(index as u32 + 1);
                stopped.map(|moment| moment.time)
            }
            Place::Challenge(index) => {
                if matches!(self.lab.challenges[index].task, Task::Break { .. }) {
                    self.decided = verdict;
                    let before = self.won.take();
                    match self.verdict(session.playhead()).filter(|verdict| verdict.solved == Some(true)).cloned() {
                        // The same solution, whatever was done since.
                        Some(verdict) if before.as_ref().is_none_or(|before| before.at != verdict.at) => {
                            let at = verdict.at.map(|at| at.time);
                            self.score(index, &verdict);
                            self.won = Some(verdict);
                            return at;
                        }
                        _ => self.won = before,
                    }
                }
                None
            }
            Place::Guess(_) => self.asked().filter(|asked| session.playhead() > *asked),
            _ => None,
        }
    }

    fn score(&mut self, index: usize, verdict: &Verdict) {
        let challenge = &self.lab.challenges[index];
        let par = self.par(index).unwrap_or(0);
        self.stars = Some(self.progress.decided(&challenge.id, verdict, par, self.hints as u8));
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
            Say::Decide => {
                if let Place::Challenge(index) = self.place {
                    self.work = Some(Work::Deciding);
                    (self.judged, self.decided) = (Some(session.sim().scenario().clone()), None);
                    let job = Job::decide(&self.lab, index, session.sim().scenario(), self.answer.as_ref());
                    // One run is soon over; many attacks would make the page stand still.
                    let many = matches!(self.lab.challenges[index].task, Task::Defend { .. });
                    return if many { Then::Work(Box::new(job)) } else { self.take(job.work()) };
                }
            }
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
            Say::Study(index) => {
                (self.place, self.chosen, self.won) = (Place::Study(index), Chosen::default(), None);
                (self.seen, self.before, self.stars) = (None, None, None);
                return self.sample(index);
            }
            Say::Case(case) => {
                if let Place::Study(index) = self.place {
                    self.chosen.case = case.min(self.lab.studies[index].cases.len() - 1);
                    // Where all are measured together it says only what is on the stage.
                    return if self.lab.studies[index].together { self.example(index) } else { self.sample(index) };
                }
            }
            Say::Measure => {
                if let Place::Study(index) = self.place {
                    (self.work, self.seen) = (Some(Work::Measuring), None);
                    return Then::Work(Box::new(Job::measure(&self.lab, index, &self.chosen)));
                }
            }
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

    /// One of the runs of a study, to be looked at; what was found with other choices stays in sight.
    fn sample(&mut self, index: usize) -> Then {
        self.work = None;
        if let Some(seen) = self.seen.take() {
            self.before = Some(seen);
        }
        self.example(index)
    }

    /// One of the runs of a study, to be looked at.
    fn example(&mut self, index: usize) -> Then {
        match self.lab.studies[index].run(&self.lab, &self.library, &self.chosen, Some(0), 0) {
            Ok(Some(scenario)) => Then::show(scenario, Time::ZERO, true),
            Ok(None) => Then::show(self.lab.studies[index].start(&self.lab, &self.chosen), Time::ZERO, true),
            Err(fault) => {
                self.fault = Some(fault.to_string());
                Then::Nothing
            }
        }
    }

    /// What is chosen in a study, in words.
    fn with(&self, index: usize, case: usize) -> String {
        let study = &self.lab.studies[index];
        let (world, case) = (study.world(&self.lab, case), study.cases.get(case).map_or("", |case| &case.name));
        let settings = world.show(&self.library, &self.chosen.settings);
        [case, &settings].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// What was worked on beside the page has come back.
    fn take(&mut self, report: Report) -> Then {
        if let Place::Study(index) = self.place {
            match (self.work, report) {
                (Some(Work::Measuring), Report::Measured(findings)) => {
                    let cases = self.lab.studies[index].at_once(self.chosen.case).zip(findings);
                    let seen = cases.map(|(case, findings)| Seen { case, with: self.with(index, case), findings }).collect();
                    self.seen = Some(Shared::new(seen));
                }
                (Some(Work::Measuring), Report::Over) => self.work = None,
                (Some(_), Report::Bad(why) | Report::Failed(why)) => {
                    self.work = None;
                    self.fault = Some(why);
                }
                _ => {}
            }
            return Then::Nothing;
        }
        let Place::Challenge(index) = self.place else { return Then::Nothing };
        match (self.work, report) {
            (Some(Work::Deciding), Report::Decided(verdict)) => {
                self.work = None;
                if verdict.solved == Some(true) {
                    self.score(index, &verdict);
                }
                self.decided = Some(*verdict);
            }
            (Some(Work::Searching), Report::Tried(tried)) => return self.found(index, tried),
            (Some(_), Report::Bad(why) | Report::Failed(why)) => {
                self.work = None;
                self.fault = Some(why);
            }
            // What was cancelled has nothing more to say.
            _ => {}
        }
        Then::Nothing
    }

    /// The next world in which every order of events is tried, if there is one.
    fn search(&mut self) -> Then {
        let Place::Challenge(index) = self.place else { return Then::Nothing };
        let challenge = &self.lab.challenges[index];
        if self.tried.last().is_none_or(|tried| tried.done == tried.worlds) {
            let Some(next) = challenge.searches.get(self.tried.len()) else {
                self.work = None;
                return Then::Nothing;
            };
            self.tried.push(Trying { worlds: next.cases(challenge, &self.lab).len(), ..Trying::default() });
        }
        self.work = Some(Work::Searching);
        let case = self.tried.last().map_or(0, |tried| tried.done);
        Then::Work(Box::new(Job::search(&self.lab, index, self.tried.len() - 1, case)))
    }

    /// One world more was tried.
    fn found(&mut self, index: usize, tried: Tried) -> Then {
        let challenge = &self.lab.challenges[index];
        let which = self.tried.len().saturating_sub(1);
        if let (Some(trying), Some(search)) = (self.tried.last_mut(), challenge.searches.get(which)) {
            if let Some(way) = tried.way {
                let settings = search.cases(challenge, &self.lab).get(trying.done).map_or(0, |case| case.settings);
                let with =
                    search.settings.get(settings).map_or_else(String::new, |with| challenge.world(&self.lab).show(&self.library, with));
                trying.found.push((with, way));
            }
            trying.done += 1;
            trying.states += tried.states;
            trying.contradicted += tried.contradicted;
        }
        self.search()
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

    fn go_on(&mut self, session: &Session) -> Then {
        let next = match self.place {
            Place::Bet => 0,
            Place::Step(index) => index + 1,
            _ => return Then::Nothing,
        };
        self.stopped = None;
        self.progress.step = self.progress.step.max(next as u32);
        let sim = session.sim();
        self.began.truncate(next);
        let own = self.lab.steps.get(next).and_then(|step| step.world.as_ref());
        self.began.push(match own {
            Some(world) => (world.scenario.clone(), Moment::START),
            None => (sim.scenario().clone(), Moment { time: session.playhead(), steps: sim.steps(), rows: sim.rows() }),
        });
        if next == self.lab.steps.len() {
            self.place = Place::Choice;
            return Then::Play(false);
        }
        self.place = Place::Step(next);
        let plays = !matches!(self.lab.steps[next].doing, Doing::Explain);
        match own {
            Some(world) => Then::show(world.scenario.clone(), Time::ZERO, plays),
            None => Then::Play(plays),
        }
    }

    fn go_back(&mut self) -> Then {
        let before = match self.place {
            Place::Step(0) => {
                self.place = Place::Bet;
                (self.bet, self.truth) = (None, Truth::Open);
                return Then::show(self.scenario(), Time::ZERO, false);
            }
            Place::Step(index) => index - 1,
            Place::Choice if !self.began.is_empty() => self.lab.steps.len() - 1,
            _ => return Then::Nothing,
        };
        let Some((scenario, moment)) = self.began.get(before).cloned() else { return Then::Nothing };
        self.place = Place::Step(before);
        self.stopped = None;
        Then::show(scenario, moment.time, !matches!(self.lab.steps[before].doing, Doing::Explain))
    }

    fn finish(&mut self, session: &Session) -> Then {
        let (Place::Step(index), Some((scenario, moment))) = (self.place, self.done(session)) else { return Then::Nothing };
        self.stopped = Some(moment);
        self.progress.step = self.progress.step.max(index as u32 + 1);
        Then::replace(scenario, moment.time, false)
    }

    /// The run in which this step is done for the learner, and where it stops.
    pub(crate) fn done(&mut self, session: &Session) -> Option<(Scenario, Moment)> {
        let Place::Step(index) = self.place else { return None };
        // What is being shown is not done once more.
        if session.pacing.hurries()
            && let Some(doing) = self.doing.clone().filter(|(scenario, _)| scenario == session.sim().scenario())
        {
            return Some(doing);
        }
        self.doing = self.do_it(session, index);
        self.doing.clone()
    }

    fn do_it(&mut self, session: &Session, index: usize) -> Option<(Scenario, Moment)> {
        let (_, began) = self.began.get(index)?;
        let subject = &self.lab.stage(index).subject;
        match self.lab.steps[index].finish(subject, &self.library, session.sim().scenario(), *began, session.playhead()) {
            Ok(done) => Some(done),
            // What was done to the run may have made the step impossible: then it is done from its beginning.
            Err(_) => {
                let (scenario, began) = self.began[index].clone();
                match self.lab.steps[index].finish(subject, &self.library, &scenario, began, began.time) {
                    Ok(done) => Some(done),
                    Err(why) => {
                        self.fault = Some(why);
                        None
                    }
                }
            }
        }
    }

    fn challenge(&mut self, index: usize, seed: Option<u64>) -> Then {
        let Some(challenge) = self.lab.challenges.get(index) else { return Then::Nothing };
        let mut scenario = challenge.start(&self.lab);
        scenario.seed = seed.unwrap_or(scenario.seed);
        let again = self.place == Place::Challenge(index);
        if !again {
            self.hints = 0;
        }
        let moves = matches!(challenge.task, Task::Break { .. });
        self.place = Place::Challenge(index);
        self.undecide();
        (self.work, self.tried, self.won) = (None, Vec::new(), None);
        self.typed.clear();
        if again { Then::replace(scenario, Time::ZERO, moves) } else { Then::show(scenario, Time::ZERO, moves) }
    }

    fn hint(&mut self, session: &Session) -> Then {
        let Place::Challenge(index) = self.place else { return Then::Nothing };
        let challenge = &self.lab.challenges[index];
        let last = challenge.hints.len();
        if self.hints < last {
            self.hints += 1;
            return Then::Nothing;
        }
        // The last hint: the first half of the solution, done.
        match challenge.ghost(&self.lab, &self.library) {
            Ok(Some(scenario)) => {
                self.hints = last + 1;
                (self.decided, self.stars, self.won) = (None, None, None);
                Then::replace(scenario, session.playhead(), true)
            }
            Ok(None) => Then::Nothing,
            Err(fault) => {
                self.fault = Some(fault.to_string());
                Then::Nothing
            }
        }
    }

    fn look(&mut self, minimal: bool) -> Then {
        let verdict = self.won.as_ref().or(self.decided.as_ref());
        let (Place::Challenge(index), Some(verdict)) = (self.place, verdict) else { return Then::Nothing };
        let played = &verdict.run;
        let run = if minimal { self.lab.challenges[index].minimal(&self.lab, &self.library, played) } else { Ok(played.clone()) };
        match run {
            Ok(run) => {
                (self.place, self.won) = (Place::Free, None);
                Then::show(run, Time::ZERO, true)
            }
            Err(fault) => {
                self.fault = Some(fault.to_string());
                Then::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knob::{Knob, What};
    use faultline::lab::challenge::Challenge;
    use faultline::lab::predicate::Value;
    use faultline::lab::study::Survey;
    use faultline::sim::NodeId;
    use std::path::PathBuf;

    fn labs() -> Vec<Shared<Lab>> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../static/labs");
        let library = Library::standard();
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("labs").flatten().map(|entry| entry.path()).collect();
        files.sort();
        let read = |path: PathBuf| {
            let id = path.file_stem()?.to_str()?.to_owned();
            path.extension().filter(|extension| *extension == "toml")?;
            Some(Shared::new(Lab::read(&std::fs::read_to_string(path).ok()?, &id, &library).expect("a lab")))
        };
        files.into_iter().filter_map(read).collect()
    }

    fn begin(lab: &Shared<Lab>) -> (Lesson, Session) {
        let library = Shared::new(Library::standard());
        let lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
        let session = Session::new(&library, lesson.scenario()).expect("a run");
        (lesson, session)
    }

    fn hear(lesson: &mut Lesson, session: &mut Session, say: Say) {
        if let Then::Show { scenario, moment, .. } = lesson.hear(say, session) {
            *session = Session::new(&Library::standard(), *scenario).expect("a run");
            session.seek(moment);
        }
    }

    #[test]
    fn every_lab_can_be_clicked_through_and_previous_leads_back_exactly() {
        for lab in labs() {
            let (mut lesson, mut session) = begin(&lab);
            hear(&mut lesson, &mut session, Say::Guess("1".into()));
            for index in 0..lab.steps.len() {
                assert_eq!(lesson.place, Place::Step(index), "{}", lab.id);
                let (began, at) = (session.sim().scenario().clone(), session.playhead());
                hear(&mut lesson, &mut session, Say::Finish);
                assert_eq!(lesson.fault, None, "{} step {index}", lab.id);
                let stopped = session.sim().hash();
                hear(&mut lesson, &mut session, Say::Continue);
                hear(&mut lesson, &mut session, Say::Previous);
                assert_eq!((session.sim().scenario(), session.playhead()), (&began, at), "{} step {index}", lab.id);
                hear(&mut lesson, &mut session, Say::Finish);
                assert_eq!(session.sim().hash(), stopped, "{} step {index}", lab.id);
                hear(&mut lesson, &mut session, Say::Continue);
            }
            assert_eq!(lesson.place, Place::Choice);
        }
    }

    #[test]
    fn whoever_comes_back_is_where_they_were() {
        for lab in labs() {
            let (mut lesson, mut session) = begin(&lab);
            hear(&mut lesson, &mut session, Say::Guess("1".into()));
            if lesson.bet.is_none() {
                hear(&mut lesson, &mut session, Say::Guess("100ms".into()));
            }
            let back = |lesson: &Lesson, session: &Session| {
                let text = Saved::write(lesson, &session.link().write());
                let (mut again, _) = begin(&lab);
                let there = Saved::read(&text, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
                assert_eq!(Saved::write(&again, &there.link().write()), text, "{}", lab.id);
                assert_eq!((again.place, again.bet.clone()), (lesson.place, lesson.bet.clone()));
                again.watch(&there);
                assert_eq!((there.sim().hash(), &again.truth), (session.sim().hash(), &lesson.truth), "{}", lab.id);
            };
            for _ in 0..lab.steps.len() {
                hear(&mut lesson, &mut session, Say::Finish);
                lesson.watch(&session);
                back(&lesson, &session);
                hear(&mut lesson, &mut session, Say::Continue);
            }
            back(&lesson, &session);
            hear(&mut lesson, &mut session, Say::Challenge(0));
            back(&lesson, &session);
        }
    }

    #[test]
    fn a_bet_stays_open_until_what_it_is_about_has_happened() {
        for lab in labs() {
            let (mut lesson, mut session) = begin(&lab);
            lesson.bet = lab.bet.answer.guess("1").or_else(|| lab.bet.answer.guess("100ms"));
            hear(&mut lesson, &mut session, Say::Continue);
            lesson.watch(&session);
            session.seek(Time(20_000_000));
            lesson.watch(&session);
            assert_eq!(lesson.truth, Truth::Open, "{}", lab.id);
        }
    }

    #[test]
    fn a_bet_is_compared_with_what_happened() {
        for lab in labs() {
            let (mut lesson, mut session) = begin(&lab);
            hear(&mut lesson, &mut session, Say::Guess("1".into()));
            assert!(lesson.bet.is_some() || !matches!(lab.bet.answer, faultline::lab::tour::Answer::Options(_)), "{}", lab.id);
            if lesson.bet.is_none() {
                hear(&mut lesson, &mut session, Say::Guess("100ms".into()));
            }
            for _ in 0..lab.steps.len() {
                hear(&mut lesson, &mut session, Say::Finish);
                lesson.watch(&session);
                hear(&mut lesson, &mut session, Say::Continue);
            }
            assert_ne!(lesson.truth, Truth::Open, "{}: the bet is decided by the guided part", lab.id);
        }
    }

    #[test]
    fn a_defence_is_chosen_with_the_controls_and_decided_beside_the_page() {
        for lab in labs().into_iter().filter(|lab| ["L02", "L21"].contains(&lab.id.as_str())) {
            let (index, task) = lab
                .challenges
                .iter()
                .map(|challenge| &challenge.task)
                .enumerate()
                .find(|(_, task)| matches!(task, Task::Defend { .. }))
                .expect("one");
            let Task::Defend { defence, .. } = task else { panic!("to defend") };
            let (mut lesson, mut session) = begin(&lab);
            hear(&mut lesson, &mut session, Say::Challenge(index));
            let decided = |lesson: &mut Lesson, session: &mut Session| {
                let Then::Work(job) = lesson.hear(Say::Decide, session) else { panic!("there is something to do") };
                assert_eq!((lesson.work, lesson.verdict(Time::ZERO)), (Some(Work::Deciding), None));
                lesson.hear(Say::Report(Box::new(job.work())), session);
                assert_eq!((lesson.work, &lesson.fault), (None, &None));
                lesson.verdict(Time::ZERO).expect("a verdict").solved
            };
            assert_eq!(decided(&mut lesson, &mut session), Some(false), "{}", lab.id);
            for (key, value) in defence {
                let set = Turned::Now(Input::Set { key: key.clone(), value: *value });
                let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
                session = Session::new(&Library::standard(), *scenario).expect("a run");
            }
            assert_eq!(lesson.verdict(Time::ZERO), None, "what was decided before is not about this");
            assert_eq!(decided(&mut lesson, &mut session), Some(true), "{}", lab.id);
            assert!(lesson.stars.is_some());
        }
    }

    #[test]
    fn what_is_decided_is_about_the_run_that_was_there_when_that_was_asked() {
        let lab = labs().into_iter().find(|lab| lab.id == "L21").expect("a lab");
        let defends = |challenge: &Challenge| matches!(challenge.task, Task::Defend { .. });
        let index = lab.challenges.iter().position(defends).expect("something to defend");
        let Task::Defend { defence, .. } = &lab.challenges[index].task else { panic!("to defend") };
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Challenge(index));
        let before = session.sim().scenario().clone();
        for (key, value) in defence {
            let set = Turned::Now(Input::Set { key: key.clone(), value: *value });
            let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
            session = Session::new(&Library::standard(), *scenario).expect("a run");
        }
        lesson.watch(&session);
        let Then::Work(job) = lesson.hear(Say::Decide, &session) else { panic!("there is something to do") };
        let verdict = Box::new(job.work());
        // The settings are others by the time that it has an answer, by a control or by taking them back.
        session = Session::new(&Library::standard(), before).expect("a run");
        lesson.watch(&session);
        assert_eq!(lesson.work, None, "nobody waits for it any more");
        lesson.hear(Say::Report(verdict), &session);
        assert_eq!((lesson.is_solved(), lesson.stars), (None, None));
    }

    #[test]
    fn a_network_that_may_be_chosen_is_there_from_the_beginning() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs/L07.toml")).expect("a file");
        let text = text.replacen(
            "knobs = [\"wait-for\", \"careful\", \"on-disk\"]",
            "knobs = [\"wait-for\", \"careful\", \"on-disk\", \"network\"]",
            1,
        );
        let library = Library::standard();
        let lab = Shared::new(Lab::read(&text, "L07", &library).expect("a lab"));
        let index = lab.challenges.iter().position(|challenge| challenge.id == "any-crash").expect("a challenge");
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Challenge(index));
        assert!(lesson.knobs().contains(&NETWORK));
        let knobs = Knob::all(session.sim(), Time::ZERO);
        let loss = knobs.iter().find(|knob| knob.what == What::Loss).expect("the network loses messages");
        let turned = loss.turn(50_000, &session).expect("it can be turned");
        let Some(Then::Show { scenario, .. }) = lesson.choose(&turned, &session) else { panic!("another run") };
        assert!(scenario.inputs == session.sim().scenario().inputs && scenario.network != session.sim().scenario().network);
        let verdict = lab.challenges[index].decide(&lab, &library, &scenario, None).expect("a verdict");
        assert!(verdict.said.starts_with("survived "), "{}", verdict.said);
    }

    #[test]
    fn a_study_that_is_measured_again_begins_with_nothing_and_no_choice_in_it_can_be_taken_back() {
        let lab = labs().into_iter().find(|lab| lab.id == "L02").expect("a lab");
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Study(0));
        let set = Turned::Now(Input::Set { key: lab.studies[0].knobs[0].clone(), value: 50_000_000 });
        assert!(matches!(lesson.choose(&set, &session), Some(Then::Show { undoable: false, .. })));
        for _ in 0..2 {
            let Then::Work(_) = lesson.hear(Say::Measure, &session) else { panic!("there is something to do") };
            assert!(lesson.seen.is_none(), "nothing is done yet");
            let findings = Survey::new(&lab.studies[0], &lesson.chosen, 3).finish(&lab.studies[0], &lab, &Library::standard());
            lesson.hear(Say::Report(Box::new(Report::Measured(vec![findings.expect("runs")]))), &session);
            assert!(lesson.seen.is_some());
            lesson.hear(Say::Cancel, &session);
        }
    }

    #[test]
    fn whoever_comes_back_to_a_study_sees_the_run_of_what_will_be_measured() {
        let lab = labs().into_iter().find(|lab| lab.id == "L02").expect("a lab");
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Study(0));
        let usual = session.sim().scenario().clone();
        let set = Turned::Now(Input::Set { key: lab.studies[0].knobs[0].clone(), value: 50_000_000 });
        let Some(Then::Show { scenario, .. }) = lesson.choose(&set, &session) else { panic!("another run") };
        session = Session::new(&Library::standard(), *scenario).expect("a run");
        let kept = Saved::write(&lesson, &session.link().write());
        let (mut again, _) = begin(&lab);
        let there = Saved::read(&kept, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
        assert_eq!((again.place, &again.chosen), (Place::Study(0), &Chosen::default()));
        assert_eq!(there.sim().scenario(), &usual);
    }

    #[test]
    fn how_many_nodes_there_are_is_chosen_where_the_lab_offers_it_and_all_else_stays_exact() {
        let lab = labs().into_iter().find(|lab| lab.id == "L10").expect("a lab");
        let (mut lesson, mut session) = begin(&lab);
        let chosen = |lesson: &mut Lesson, session: &mut Session, nodes: i64| {
            let knobs = Knob::all(session.sim(), session.playhead());
            let knob = knobs.into_iter().find(|knob| knob.what == What::Nodes).expect("a knob");
            let turned = knob.turn(nodes, session).expect("it can be turned");
            match (lesson.choose(&turned, session), turned) {
                (Some(Then::Show { scenario, .. }), _) => *session = Session::new(&Library::standard(), *scenario).expect("a run"),
                (None, Turned::Anew(scenario)) => session.rebuild(*scenario).expect("a run"),
                other => panic!("{other:?}"),
            }
        };
        let sizes = |lesson: &Lesson, session: &Session| lesson.sizes(session.sim().scenario());
        hear(&mut lesson, &mut session, Say::Guess("1".into()));
        for _ in 1..lab.steps.len() {
            assert_eq!(sizes(&lesson, &session), [0; 0], "a step that others go on from");
            hear(&mut lesson, &mut session, Say::Finish);
            lesson.watch(&session);
            hear(&mut lesson, &mut session, Say::Continue);
        }
        let (before, at, truth) = (session.sim().scenario().clone(), session.playhead(), lesson.truth.clone());
        assert_ne!(truth, Truth::Open);
        assert_eq!(sizes(&lesson, &session), [2, 3, 5]);
        chosen(&mut lesson, &mut session, 5);
        assert_eq!((session.sim().scenario().nodes, session.playhead()), (5, Time::ZERO));
        // Names of clients mean the same clients: those behind five nodes.
        let mut asked = session.sim().scenario().clone();
        asked.add(Time(1_000_000), Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 });
        session = Session::new(&Library::standard(), asked).expect("a run");
        session.seek(Time(1_000_000_000));
        lesson.watch(&session);
        let answered = lesson.measured().into_iter().find(|(name, _)| *name == "c1 was answered").map(|(_, shown)| shown);
        assert_eq!(answered, Some(looking::Shown::Share(Value::whole(1), Value::whole(1))));
        assert_eq!(lesson.truth, truth, "the bet is about the run that it was made for");
        // What is kept of that place leads back to it.
        let kept = Saved::write(&lesson, &session.link().write());
        let (mut again, _) = begin(&lab);
        let there = Saved::read(&kept, &lesson.library).expect("it can be read").restore(&mut again).expect("the place");
        again.watch(&there);
        assert_eq!((there.sim().scenario().nodes, &again.truth), (5, &truth));
        hear(&mut lesson, &mut session, Say::Continue);
        assert_eq!(sizes(&lesson, &session), [2, 3, 5]);
        hear(&mut lesson, &mut session, Say::Previous);
        assert_eq!((session.sim().scenario(), session.playhead()), (&before, at));

        // Who has not come to what the bet is about does not come to it with other nodes.
        let (mut skipped, mut run) = begin(&lab);
        hear(&mut skipped, &mut run, Say::Guess("1".into()));
        for _ in 1..lab.steps.len() {
            hear(&mut skipped, &mut run, Say::Continue);
        }
        chosen(&mut skipped, &mut run, 5);
        let mut asked = run.sim().scenario().clone();
        for (ms, node) in [(1, 0), (1_000, 0), (2_000, 1)] {
            let write = Input::Invoke { client: node, node: NodeId(node), op: 1, argument: 0 };
            asked.add(Time(ms * 1_000_000), write);
        }
        run = Session::new(&Library::standard(), asked).expect("a run");
        run.seek(Time(5_000_000_000));
        skipped.watch(&run);
        assert_eq!(skipped.truth, Truth::Open);

        // A challenge begins anew with as many, and is decided with the names that there are then.
        let library = Library::standard();
        let index = lab.challenges.iter().position(|challenge| challenge.id == "refused").expect("a challenge");
        for (nodes, solved) in [(2, false), (3, true), (5, true)] {
            hear(&mut lesson, &mut session, Say::Challenge(index));
            assert_eq!(session.sim().scenario(), &lab.challenges[index].start(&lab), "as the lab has it");
            if nodes != 3 {
                chosen(&mut lesson, &mut session, nodes.into());
            }
            let Task::Break { solution, .. } = &lab.challenges[index].sized(nodes).task else { panic!("to break") };
            let done = solution.perform(&library, session.sim().scenario(), &lab.world.subject, Time::ZERO, lab.world.length);
            session = Session::new(&library, done.expect("a run").scenario).expect("a run");
            session.seek(lab.world.length);
            lesson.watch(&session);
            assert_eq!(lesson.is_solved(), Some(solved), "{nodes} nodes: {:?}", lesson.verdict(session.playhead()));
        }
        let other = lab.challenges.iter().position(|challenge| challenge.id == "proof").expect("a challenge");
        hear(&mut lesson, &mut session, Say::Challenge(other));
        assert_eq!(sizes(&lesson, &session), [0; 0]);
    }

    #[test]
    fn every_order_of_events_is_tried_world_by_world_until_somebody_cancels() {
        let lab = labs().into_iter().find(|lab| lab.id == "L02").expect("a lab");
        let index = lab.challenges.iter().position(|challenge| challenge.id == "generals").expect("two generals");
        let (mut lesson, mut session) = begin(&lab);
        hear(&mut lesson, &mut session, Say::Challenge(index));
        let mut then = lesson.hear(Say::Search, &session);
        while let Then::Work(job) = then {
            assert_eq!(lesson.work, Some(Work::Searching));
            then = lesson.hear(Say::Report(Box::new(job.work())), &session);
        }
        let tried = &lesson.tried[0];
        assert_eq!((lesson.tried.len(), tried.done, tried.worlds, tried.found.len(), lesson.work), (1, 9, 9, 9, None));
        assert!(tried.found[8].0.contains("acknowledgements = 8"));
        let Then::Work(job) = lesson.hear(Say::Search, &session) else { panic!("once more") };
        lesson.hear(Say::Cancel, &session);
        assert_eq!(lesson.hear(Say::Report(Box::new(job.work())), &session), Then::Nothing);
        assert!(lesson.tried.is_empty() && lesson.work.is_none());
    }

    #[test]
    fn a_challenge_is_solved_by_its_solution_and_not_by_waiting() {
        for lab in labs() {
            for (index, challenge) in lab.challenges.iter().enumerate() {
                let Task::Break { .. } = challenge.task else { continue };
                let (mut lesson, mut session) = begin(&lab);
                hear(&mut lesson, &mut session, Say::Challenge(index));
                session.seek(Challenge::end(challenge, &lab));
                lesson.watch(&session);
                assert_eq!(
                    lesson.verdict(session.playhead()).map(|verdict| verdict.solved),
                    Some(Some(false)),
                    "{} {}",
                    lab.id,
                    challenge.id
                );
                let solved = lab.runs(&Library::standard()).expect("runs");
                let run = solved.into_iter().find(|(name, ..)| *name == format!("challenge {}", challenge.id)).expect("its solution").1;
                session = Session::new(&Library::standard(), run).expect("a run");
                session.seek(Challenge::end(challenge, &lab));
                lesson.watch(&session);
                assert!(lesson.stars.is_some(), "{} {}", lab.id, challenge.id);
            }
        }
    }
}
