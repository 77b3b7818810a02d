//! A claim about every order of events, tried world by world beside the page.

use super::{Lesson, Place, Then, Work};
use crate::worker::Job;
use faultline::lab::search::Tried;

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

impl Lesson {
    /// The next world in which every order of events is tried, if there is one.
    pub(super) fn search(&mut self) -> Then {
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
    pub(super) fn found(&mut self, index: usize, tried: Tried) -> Then {
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
}
