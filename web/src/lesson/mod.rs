//! A lab as it is being done: the bet, the guided steps, the challenges. It remembers where each step
//! began, watches the run, and says when a step stops; how that looks is in `panel`. No types of the
//! browser in here, so that all of it is tested natively.

mod kit;
mod load;
mod memo;
mod panel;
pub(crate) mod progress;
mod screen;

pub(crate) use kit::Kit;
pub(crate) use panel::panel;
pub(crate) use screen::Screen;

use crate::session::Session;
use faultline::Scenario;
use faultline::lab::Lab;
use faultline::lab::challenge::{Task, Verdict};
use faultline::lab::predicate::Moment;
use faultline::lab::progress::LabProgress;
use faultline::lab::tour::{Doing, Guess, Truth};
use faultline::models::Library;
use faultline::sim::Time;
use std::rc::Rc;

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
    /// Everything is open.
    Free,
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
    /// From the bet on, as if nothing had been done.
    StartAgain,
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
    /// What decided it elsewhere has come back.
    Decided(Box<Result<Verdict, String>>),
    /// Show the run that the verdict is about, or the shortest that does the same.
    Look(bool),
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
    /// Another run takes its place, at this moment.
    Show(Box<Scenario>, Time, bool),
}

/// A lab as it is being done.
pub(crate) struct Lesson {
    pub(crate) lab: Rc<Lab>,
    library: Rc<Library>,
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
    /// What is known of the challenge as it was played: the run, and the verdict.
    decided: Option<(Scenario, Verdict)>,
    pub(crate) stars: Option<u8>,
    /// What went wrong, for the author of the lab to mend.
    pub(crate) fault: Option<String>,
    pub(crate) progress: LabProgress,
}

impl Lesson {
    pub(crate) fn new(lab: Rc<Lab>, library: Rc<Library>, progress: LabProgress) -> Self {
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
            decided: None,
            stars: None,
            fault: None,
            progress,
        }
    }

    /// The run with which the lab begins.
    pub(crate) fn scenario(&self) -> Scenario {
        self.lab.world.scenario.clone()
    }

    /// Whether the whole laboratory is open, or only what the step is about.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.place, Place::Free)
    }

    /// The settings that can be turned here.
    pub(crate) fn knobs(&self) -> Vec<&str> {
        let revealed = |upto: usize| self.lab.steps.iter().take(upto).flat_map(|step| step.reveal.iter().map(String::as_str));
        match self.place {
            Place::Bet => Vec::new(),
            Place::Step(index) => revealed(index + 1).collect(),
            Place::Challenge(index) => self.lab.challenges[index].knobs.iter().map(String::as_str).collect(),
            Place::Choice | Place::Free => self.lab.world.knobs.iter().map(String::as_str).collect(),
        }
    }

    /// Whether the challenge as it was played is solved, once that is decided.
    pub(crate) fn is_solved(&self) -> Option<bool> {
        self.decided.as_ref()?.1.solved
    }

    /// Goes to a place where somebody has been before. The steps before it are done as the lab does
    /// them, so that there is a way back.
    pub(crate) fn return_to(&mut self, place: Place) -> Result<(), String> {
        let steps = match place {
            Place::Bet => return Ok(()),
            Place::Step(index) => index,
            _ => self.lab.steps.len(),
        };
        let mut session = Session::new(&self.library, self.scenario()).map_err(|fault| fault.to_string())?;
        self.go_on(&session);
        for say in (0..steps).flat_map(|_| [Say::Finish, Say::Continue]) {
            if let Then::Show(scenario, moment, _) = self.hear(say, &session) {
                session = Session::new(&self.library, *scenario).map_err(|fault| fault.to_string())?;
                session.seek(moment);
            }
        }
        self.place = place;
        Ok(())
    }

    /// What the challenge came to, as far as the run has been looked at.
    pub(crate) fn verdict(&self, playhead: Time) -> Option<&Verdict> {
        let (_, verdict) = self.decided.as_ref()?;
        let Place::Challenge(index) = self.place else { return None };
        let challenge = &self.lab.challenges[index];
        match challenge.task {
            Task::Break { .. } => {
                let seen = verdict.at.map_or(challenge.end(&self.lab), |at| at.time);
                (playhead >= seen).then_some(verdict)
            }
            Task::Defend { .. } | Task::Predict { .. } => Some(verdict),
        }
    }

    /// Looks at the run. Says where it should stand still, if the step stops here.
    pub(crate) fn watch(&mut self, session: &Session) -> Option<Time> {
        let scenario = session.sim().scenario();
        let playhead = session.playhead();
        if self.bet.is_some() && self.truth == Truth::Open && matches!(self.place, Place::Step(_)) {
            let bet = &self.lab.bet;
            match bet.answer.truth(&self.lab, &self.library, scenario, &bet.when, self.lab.world.length, playhead) {
                Ok(truth) => {
                    self.progress.bet = self.bet.as_ref().and_then(|guess| bet.answer.is_right(guess, &truth));
                    self.truth = truth;
                }
                Err(fault) => self.fault = Some(fault.to_string()),
            }
        }
        match self.place {
            Place::Step(index) if self.stopped.is_none() => {
                let (_, began) = self.began.get(index)?;
                let found = match self.lab.steps[index].stops(&self.lab, &self.library, scenario, *began, playhead) {
                    Ok(found) => found?,
                    Err(fault) => {
                        self.fault = Some(fault.to_string());
                        return None;
                    }
                };
                self.stopped = found.first;
                self.progress.step = self.progress.step.max(index as u32 + 1);
                found.first.map(|moment| moment.time)
            }
            Place::Challenge(index) => {
                let challenge = &self.lab.challenges[index];
                let known = self.decided.as_ref().is_some_and(|(decided, _)| decided == scenario);
                if matches!(challenge.task, Task::Break { .. }) && !known {
                    match challenge.decide(&self.lab, &self.library, scenario, None) {
                        Ok(verdict) => self.decided = Some((scenario.clone(), verdict)),
                        Err(fault) => self.fault = Some(fault.to_string()),
                    }
                }
                let verdict = self.verdict(playhead)?;
                if verdict.solved == Some(true) && self.stars.is_none() {
                    let (at, verdict) = (verdict.at.map(|at| at.time), verdict.clone());
                    self.score(index, &verdict);
                    return at;
                }
                None
            }
            _ => None,
        }
    }

    fn score(&mut self, index: usize, verdict: &Verdict) {
        let challenge = &self.lab.challenges[index];
        let par = challenge.par(&self.lab, &self.library).unwrap_or(0);
        self.stars = Some(self.progress.decided(&challenge.id, verdict, par, self.hints as u8));
    }

    /// What somebody says, and what the run has to do then.
    pub(crate) fn hear(&mut self, say: Say, session: &Session) -> Then {
        self.fault = None;
        match say {
            Say::Typed(typed) => self.typed = typed,
            Say::Guess(text) => return self.guess(&text, session),
            Say::Continue => return self.go_on(session),
            Say::Previous => return self.go_back(),
            Say::StartAgain => {
                *self = Self::new(self.lab.clone(), self.library.clone(), self.progress.clone());
                return Then::Show(Box::new(self.scenario()), Time::ZERO, false);
            }
            Say::Finish => return self.finish(session),
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
                    let challenge = &self.lab.challenges[index];
                    let played = session.sim().scenario();
                    let verdict = challenge.decide(&self.lab, &self.library, played, self.answer.as_ref());
                    return self.hear(Say::Decided(Box::new(verdict.map_err(|fault| fault.to_string()))), session);
                }
            }
            Say::Decided(verdict) => match (*verdict, self.place) {
                (Ok(verdict), Place::Challenge(index)) => {
                    if verdict.solved == Some(true) {
                        self.score(index, &verdict);
                    }
                    self.decided = Some((session.sim().scenario().clone(), verdict));
                }
                (Err(why), _) => self.fault = Some(why),
                _ => {}
            },
            Say::Look(minimal) => return self.look(minimal),
            Say::Choice => {
                self.place = Place::Choice;
                return Then::Play(false);
            }
            Say::Free => {
                self.place = Place::Free;
                return Then::Show(Box::new(self.scenario()), Time::ZERO, true);
            }
            Say::Textbook(index, corrected) => {
                let code = &self.lab.textbook[index];
                let scenario = self.lab.with(if corrected { &code.corrected } else { &code.as_written });
                self.place = Place::Free;
                return Then::Show(Box::new(scenario), Time::ZERO, true);
            }
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
        self.began.push((sim.scenario().clone(), Moment { time: session.playhead(), steps: sim.steps(), rows: sim.rows() }));
        if next == self.lab.steps.len() {
            self.place = Place::Choice;
            return Then::Play(false);
        }
        self.place = Place::Step(next);
        Then::Play(!matches!(self.lab.steps[next].doing, Doing::Explain))
    }

    fn go_back(&mut self) -> Then {
        let before = match self.place {
            Place::Step(0) => {
                self.place = Place::Bet;
                (self.bet, self.truth) = (None, Truth::Open);
                return Then::Show(Box::new(self.scenario()), Time::ZERO, false);
            }
            Place::Step(index) => index - 1,
            Place::Choice if !self.began.is_empty() => self.lab.steps.len() - 1,
            _ => return Then::Nothing,
        };
        let Some((scenario, moment)) = self.began.get(before).cloned() else { return Then::Nothing };
        self.place = Place::Step(before);
        self.stopped = None;
        Then::Show(Box::new(scenario), moment.time, !matches!(self.lab.steps[before].doing, Doing::Explain))
    }

    fn finish(&mut self, session: &Session) -> Then {
        let Place::Step(index) = self.place else { return Then::Nothing };
        let Some((_, began)) = self.began.get(index) else { return Then::Nothing };
        match self.lab.steps[index].finish(&self.lab, &self.library, session.sim().scenario(), *began, session.playhead()) {
            Ok((scenario, moment)) => {
                self.stopped = Some(moment);
                Then::Show(Box::new(scenario), moment.time, false)
            }
            // What was done to the run may have made the step impossible: then it is done from its beginning.
            Err(_) => {
                let (scenario, began) = self.began[index].clone();
                match self.lab.steps[index].finish(&self.lab, &self.library, &scenario, began, began.time) {
                    Ok((scenario, moment)) => {
                        self.stopped = Some(moment);
                        Then::Show(Box::new(scenario), moment.time, false)
                    }
                    Err(why) => {
                        self.fault = Some(why);
                        Then::Nothing
                    }
                }
            }
        }
    }

    fn challenge(&mut self, index: usize, seed: Option<u64>) -> Then {
        let Some(challenge) = self.lab.challenges.get(index) else { return Then::Nothing };
        let mut scenario = challenge.start(&self.lab);
        scenario.seed = seed.unwrap_or(scenario.seed);
        if self.place != Place::Challenge(index) {
            self.hints = 0;
        }
        (self.place, self.decided, self.stars, self.answer) = (Place::Challenge(index), None, None, None);
        self.typed.clear();
        let moves = matches!(challenge.task, Task::Break { .. });
        Then::Show(Box::new(scenario), Time::ZERO, moves)
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
                (self.decided, self.stars) = (None, None);
                Then::Show(Box::new(scenario), session.playhead(), true)
            }
            Ok(None) => Then::Nothing,
            Err(fault) => {
                self.fault = Some(fault.to_string());
                Then::Nothing
            }
        }
    }

    fn look(&mut self, minimal: bool) -> Then {
        let (Place::Challenge(index), Some((played, verdict))) = (self.place, &self.decided) else { return Then::Nothing };
        let run = if minimal { self.lab.challenges[index].minimal(&self.lab, &self.library, played) } else { Ok(verdict.run.clone()) };
        match run {
            Ok(run) => {
                self.place = Place::Free;
                Then::Show(Box::new(run), Time::ZERO, true)
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
    use faultline::lab::challenge::Challenge;
    use std::path::PathBuf;

    fn labs() -> Vec<Rc<Lab>> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../static/labs");
        let library = Library::standard();
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("labs").flatten().map(|entry| entry.path()).collect();
        files.sort();
        let read = |path: PathBuf| {
            let id = path.file_stem()?.to_str()?.to_owned();
            path.extension().filter(|extension| *extension == "toml")?;
            Some(Rc::new(Lab::read(&std::fs::read_to_string(path).ok()?, &id, &library).expect("a lab")))
        };
        files.into_iter().filter_map(read).collect()
    }

    fn begin(lab: &Rc<Lab>) -> (Lesson, Session) {
        let library = Rc::new(Library::standard());
        let lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
        let session = Session::new(&library, lesson.scenario()).expect("a run");
        (lesson, session)
    }

    fn hear(lesson: &mut Lesson, session: &mut Session, say: Say) {
        if let Then::Show(scenario, moment, _) = lesson.hear(say, session) {
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
            assert_eq!(lesson.memo(&session), None, "nothing was done");
            hear(&mut lesson, &mut session, Say::Guess("1".into()));
            if lesson.bet.is_none() {
                hear(&mut lesson, &mut session, Say::Guess("100ms".into()));
            }
            let back = |lesson: &Lesson, session: &Session| {
                let memo = lesson.memo(session).expect("something was done");
                let (mut again, _) = begin(&lab);
                let (scenario, moment) = again.recall(&memo).expect("it can be read");
                let mut there = Session::new(&Library::standard(), scenario).expect("a run");
                there.seek(moment);
                assert_eq!(again.memo(&there), Some(memo), "{}", lab.id);
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
            let memo = lesson.memo(&session).expect("a challenge was begun");
            for damaged in ["", "step 0 0", "step 99 0\nnone\n", &memo[..memo.len() / 2], &memo.replace("challenge 0", "challenge 99")] {
                assert!(begin(&lab).0.recall(damaged).is_none(), "{damaged}");
            }
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
