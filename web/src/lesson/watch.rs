//! Watching the run: where a step stops, what decides the bet and the challenge, and what is measured.

use super::looking::Looking;
use super::{Lesson, Place, looking};
use crate::session::Session;
use crate::text;
use faultline::lab::challenge::Task;
use faultline::lab::tour::Truth;
use faultline::sim::Time;

impl Lesson {
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

    /// What is measured of the run as far as it was looked at: names and values.
    pub(crate) fn measured(&self) -> Vec<(&str, looking::Shown)> {
        let Some(looking) = self.looking.as_ref().filter(|_| self.eyes().is_none()) else { return Vec::new() };
        let names = self.world(looking.scenario()).measures.iter().map(|measure| measure.name.as_str());
        names.zip(looking.shown()).collect()
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
}
