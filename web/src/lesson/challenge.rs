//! A challenge: what may be done in it, what it has come to, its hints, and the run that its verdict is about.

use super::{Lesson, Place, Then, Work};
use crate::session::Session;
use crate::text;
use crate::worker::Job;
use faultline::lab::challenge::{Task, Verdict};
use faultline::scenario::Input;
use faultline::sim::Time;

impl Lesson {
    pub(super) fn challenge(&mut self, index: usize, seed: Option<u64>) -> Then {
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

    /// Decides the challenge as it was played.
    pub(super) fn decide(&mut self, session: &Session) -> Then {
        let Place::Challenge(index) = self.place else { return Then::Nothing };
        self.work = Some(Work::Deciding);
        (self.judged, self.decided) = (Some(session.sim().scenario().clone()), None);
        let job = Job::decide(&self.lab, index, session.sim().scenario(), self.answer.as_ref());
        // One run is soon over; many attacks would make the page stand still.
        let many = matches!(self.lab.challenges[index].task, Task::Defend { .. });
        if many { Then::Work(Box::new(job)) } else { self.take(job.work()) }
    }

    /// What was decided, or is, says nothing of another run.
    pub(super) fn undecide(&mut self) {
        (self.judged, self.decided, self.answer, self.stars) = (None, None, None, None);
        if self.work == Some(Work::Deciding) {
            self.work = None;
        }
    }

    pub(super) fn score(&mut self, index: usize, verdict: &Verdict) {
        let challenge = &self.lab.challenges[index];
        let par = self.par(index).unwrap_or(0);
        self.stars = Some(self.progress.decided(&challenge.id, verdict, par, self.hints as u8));
    }

    pub(super) fn hint(&mut self, session: &Session) -> Then {
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

    pub(super) fn look(&mut self, minimal: bool) -> Then {
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
