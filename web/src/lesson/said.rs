//! What can be said to a lab, and what the run has to do then.

use crate::worker::{Job, Report};
use faultline::Scenario;
use faultline::sim::Time;

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
    pub(super) fn show(scenario: Scenario, moment: Time, plays: bool) -> Self {
        Self::Show { scenario: Box::new(scenario), moment, plays, undoable: false }
    }

    /// Something was done to the run, or it begins anew, at the same place of the lab.
    pub(super) fn replace(scenario: Scenario, moment: Time, plays: bool) -> Self {
        Self::Show { scenario: Box::new(scenario), moment, plays, undoable: true }
    }
}
