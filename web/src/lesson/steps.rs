//! The guided part: the bet, the steps one after the other, and the way back.

use super::{Lesson, Place, Then};
use crate::session::Session;
use crate::stage::touch;
use faultline::Scenario;
use faultline::lab::predicate::Moment;
use faultline::lab::script::Spot;
use faultline::lab::tour::{Doing, Truth};
use faultline::sim::Time;

impl Lesson {
    pub(super) fn go_on(&mut self, session: &Session) -> Then {
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

    pub(super) fn go_back(&mut self) -> Then {
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

    pub(super) fn finish(&mut self, session: &Session) -> Then {
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

    pub(super) fn do_it(&mut self, session: &Session, index: usize) -> Option<(Scenario, Moment)> {
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

    /// The names of what is measured that the step is about; all of it if there are none.
    pub(crate) fn shows(&self) -> &[String] {
        match self.place {
            Place::Step(index) => self.lab.shows(index),
            _ => &[],
        }
    }
}
