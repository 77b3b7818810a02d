//! A study: something is found out from many runs, of which one is on the stage.

use super::{Lesson, Place, Then, Work};
use crate::worker::Job;
use faultline::lab::study::Chosen;
use faultline::sim::Time;

impl Lesson {
    /// To this study, with nothing chosen and nothing found.
    pub(super) fn study(&mut self, index: usize) -> Then {
        (self.place, self.chosen, self.won) = (Place::Study(index), Chosen::default(), None);
        (self.seen, self.before, self.stars) = (None, None, None);
        self.sample(index)
    }

    /// Another world of the study.
    pub(super) fn case(&mut self, case: usize) -> Then {
        let Place::Study(index) = self.place else { return Then::Nothing };
        self.chosen.case = case.min(self.lab.studies[index].cases.len() - 1);
        // Where all are measured together it says only what is on the stage.
        if self.lab.studies[index].together { self.example(index) } else { self.sample(index) }
    }

    /// Does the runs of the study.
    pub(super) fn measure(&mut self) -> Then {
        let Place::Study(index) = self.place else { return Then::Nothing };
        (self.work, self.seen) = (Some(Work::Measuring), None);
        Then::Work(Box::new(Job::measure(&self.lab, index, &self.chosen)))
    }

    /// One of the runs of a study, to be looked at; what was found with other choices stays in sight.
    pub(super) fn sample(&mut self, index: usize) -> Then {
        self.work = None;
        if let Some(seen) = self.seen.take() {
            self.before = Some(seen);
        }
        self.example(index)
    }

    /// One of the runs of a study, to be looked at.
    pub(super) fn example(&mut self, index: usize) -> Then {
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
    pub(super) fn with(&self, index: usize, case: usize) -> String {
        let study = &self.lab.studies[index];
        let (world, case) = (study.world(&self.lab, case), study.cases.get(case).map_or("", |case| &case.name));
        let settings = world.show(&self.library, &self.chosen.settings);
        [case, &settings].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}
