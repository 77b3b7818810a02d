//! Where somebody is in a lab, as a few lines of text that the browser keeps: so that reloading the page
//! leads back to the step and the run. What is told from the run anyway is not kept.

use super::{Lesson, Place};
use crate::session::Session;
use faultline::Scenario;
use faultline::lab::predicate::Moment;
use faultline::lab::tour::{Guess, Truth};
use faultline::link::Link;
use faultline::sim::Time;
use std::fmt::Write as _;

/// What is written before a number that was bet, and before the place of an option.
const NUMBER: &str = "number";
const OPTION: &str = "option";

fn letters(scenario: &Scenario) -> String {
    Link { scenario: scenario.clone(), seal: None }.write()
}

impl Lesson {
    /// Where one is, to be recalled; nothing if nothing was done.
    pub(crate) fn memo(&self, session: &Session) -> Option<String> {
        let (place, index) = match self.place {
            Place::Bet => return None,
            Place::Step(index) => ("step", index),
            Place::Choice => ("choice", 0),
            Place::Challenge(index) => ("challenge", index),
            Place::Study(index) => ("study", index),
            Place::Free => ("free", 0),
        };
        let mut out = format!("{place} {index} {}\n", self.hints);
        let _ = match &self.bet {
            Some(Guess::Option(index)) => writeln!(out, "{OPTION} {index}"),
            Some(Guess::Number(value)) => writeln!(out, "{NUMBER} {value}"),
            None => writeln!(out, "none"),
        };
        let _ = writeln!(out, "{} {}", session.playhead().0, letters(session.sim().scenario()));
        for (scenario, Moment { time, steps, rows }) in &self.began {
            let _ = writeln!(out, "{} {steps} {rows} {}", time.0, letters(scenario));
        }
        Some(out)
    }

    /// Goes back to where one was; returns the run and its moment. Nothing is changed if that cannot be read,
    /// or if the lab is another by now.
    pub(crate) fn recall(&mut self, memo: &str) -> Option<(Scenario, Time)> {
        let mut lines = memo.lines();
        let mut first = lines.next()?.split(' ');
        let (place, index) = (first.next()?, first.next()?.parse::<usize>().ok()?);
        let hints = first.next()?.parse().ok()?;
        let bet = match lines.next()?.split_once(' ') {
            Some((OPTION, index)) => Some(Guess::Option(index.parse().ok()?)),
            Some((NUMBER, text)) => Some(self.lab.bet.answer.guess(text)?),
            _ => None,
        };
        let run = |text: &str| Some(Link::read(text, &self.library).ok()?.scenario);
        let (playhead, now) = lines.next()?.split_once(' ')?;
        let (playhead, now) = (Time(playhead.parse().ok()?), run(now)?);
        let mut began = Vec::new();
        for line in lines {
            let mut words = line.split(' ');
            let (time, steps, rows) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            began.push((run(words.next()?)?, Moment { time: Time(time), steps, rows }));
        }
        let place = match place {
            "step" if index < began.len() && index < self.lab.steps.len() => Place::Step(index),
            "choice" => Place::Choice,
            "challenge" if index < self.lab.challenges.len() => Place::Challenge(index),
            "study" if index < self.lab.studies.len() => Place::Study(index),
            "free" => Place::Free,
            _ => return None,
        };
        if !self.lab.worlds().any(|world| world.scenario.model == now.model)
            || began.first().is_some_and(|(scenario, _)| *scenario != self.lab.world.scenario)
        {
            return None;
        }
        // In a step the bet is decided as the run goes on; after the last of them, it was in the run with which that ended.
        // Where a step brought another world the moment before is not known any more, but the run is.
        let last = (1..began.len()).find(|step| self.lab.steps.get(*step).is_some_and(|step| step.world.is_some()));
        let decided = match last {
            Some(step) => began.get(step - 1).map(|(scenario, _)| (scenario, Moment { time: self.lab.world.length, ..Moment::START })),
            None => began.last().map(|(scenario, moment)| (scenario, *moment)),
        };
        let undecided = last.is_none() && matches!(place, Place::Step(_));
        if let (Some(_), Some((scenario, moment)), false) = (&bet, decided, undecided) {
            let asked = &self.lab.bet;
            let truth =
                asked.answer.truth(&self.lab.world.subject, &self.library, scenario, &asked.when, self.lab.world.length, moment.time);
            self.truth = truth.unwrap_or(Truth::Open);
        }
        (self.place, self.hints, self.bet, self.began) = (place, hints, bet, began);
        Some((now, playhead))
    }
}
