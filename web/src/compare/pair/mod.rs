//! Two runs in lock-step: the same moment of both, the same gestures to both, and where they part. No
//! types of the browser, so that all of this is tested natively.

mod change;
mod parting;

pub(crate) use change::PACES;

use crate::pacing::Pacing;
use crate::session::{Session, Until, WAIT};
use faultline::Scenario;
use faultline::link::{Link, Verdict};
use faultline::models::Library;
use faultline::scenario::{Fault, Timed};
use faultline::sim::{NodeId, Parting, Time};

/// Two runs in lock-step.
pub(crate) struct Pair {
    pub(crate) sides: [Session; 2],
    pub(crate) pacing: Pacing,
    parting: Parting,
    /// The inputs that the comparison began with: they stay when the past is changed.
    script: [Vec<Timed>; 2],
    undone: Vec<[Scenario; 2]>,
    redone: Vec<[Scenario; 2]>,
}

impl Pair {
    /// Two runs at their beginning.
    ///
    /// # Errors
    /// If one of them cannot be run.
    pub(crate) fn new(library: &Library, scenarios: [Scenario; 2]) -> Result<Self, Fault> {
        let script = scenarios.each_ref().map(|scenario| scenario.inputs.clone());
        let [a, b] = scenarios;
        let mut sides = [Session::new(library, a)?, Session::new(library, b)?];
        (sides[0].prefix, sides[1].prefix) = ("a-", "b-");
        let mut pair =
            Self { sides, pacing: Pacing::default(), parting: Parting::default(), script, undone: Vec::new(), redone: Vec::new() };
        pair.look();
        Ok(pair)
    }

    /// The two runs of a link, and whether they still are what they were.
    ///
    /// # Errors
    /// If one of them cannot be run.
    pub(crate) fn of_link(library: &Library, links: [Link; 2]) -> Result<(Self, [Verdict; 2]), Fault> {
        let seals = links.each_ref().map(|link| link.seal);
        let mut pair = Self::new(library, links.map(|link| link.scenario))?;
        let verdicts = [pair.sides[0].arrive(seals[0]), pair.sides[1].arrive(seals[1])];
        pair.seek(pair.playhead().max(pair.sides[1].playhead()));
        Ok((pair, verdicts))
    }

    /// A link to both, as they are looked at.
    pub(crate) fn link(&self) -> String {
        Link::write_two(&self.sides.each_ref().map(Session::link))
    }

    pub(crate) fn playhead(&self) -> Time {
        self.sides[0].playhead()
    }

    /// How far either was ever taken.
    pub(crate) fn reached(&self) -> Time {
        self.sides[0].reached().max(self.sides[1].reached())
    }

    pub(crate) fn playing(&self) -> bool {
        self.pacing.playing()
    }

    /// Whether anything will ever happen.
    pub(crate) fn goes_on(&self) -> bool {
        self.next_time().is_some()
    }

    pub(crate) fn play(&mut self, playing: bool) {
        self.pacing.play(playing, self.goes_on());
    }

    /// So much real time has passed.
    pub(crate) fn advance(&mut self, real_ms: f64) {
        let Some((goal, careful)) = self.pacing.goal(self.playhead(), real_ms) else { return };
        if !careful {
            self.seek(goal);
        } else if self.run(goal, Until::Decision) {
            self.pacing.care.notice();
        }
        self.play(true);
    }

    /// Goes on until something happens in either, but not further than a moment. Says whether it has.
    fn run(&mut self, limit: Time, until: Until) -> bool {
        let in_first = self.sides[0].run(limit, until);
        let in_second = self.sides[1].run(self.sides[0].playhead(), until);
        self.seek(self.sides[1].playhead());
        in_first || in_second
    }

    /// Goes on until something happens in either, and stops there. If it does not happen for a long
    /// time, nothing has happened at all; says so.
    pub(crate) fn wait(&mut self, until: Until) -> bool {
        self.pacing.stop();
        let (before, reached) = (self.playhead(), self.reached());
        let found = self.run(before + WAIT, until);
        if !found {
            self.seek(before);
        }
        self.forget_after(reached);
        found
    }

    /// What comes after a moment was only tried, unless it is looked at.
    fn forget_after(&mut self, moment: Time) {
        for side in &mut self.sides {
            side.forget_after(moment);
        }
    }

    /// Somebody of one side is looked at, and who is the same on the other.
    pub(crate) fn select(&mut self, place: usize, who: Option<NodeId>) {
        let same = who.and_then(|who| self.same(place, who));
        self.sides[1 - place].selected = same;
        self.sides[place].selected = who;
        for side in &mut self.sides {
            side.first = side.selected.unwrap_or(side.first);
        }
    }

    /// Who on the other side is the same as somebody of this one: a node or a client with that number.
    pub(crate) fn same(&self, place: usize, who: NodeId) -> Option<NodeId> {
        let [here, there] = [place, 1 - place].map(|place| self.sides[place].sim().scenario());
        match who.0.checked_sub(here.nodes) {
            None => Some(who).filter(|node| node.0 < there.nodes),
            Some(client) => Some(NodeId(there.nodes + client)).filter(|_| client < there.clients),
        }
    }

    /// Both look at the same moment.
    pub(crate) fn seek(&mut self, moment: Time) {
        for side in &mut self.sides {
            side.seek(moment);
        }
        self.look();
    }

    fn next_time(&self) -> Option<Time> {
        self.sides.iter().filter_map(|side| side.sim().next_time()).min()
    }

    /// Goes to the next moment at which something happens in either.
    pub(crate) fn step(&mut self) {
        self.pacing.stop();
        let steps = |pair: &Self| pair.sides.each_ref().map(|side| side.sim().steps());
        let before = steps(self);
        while steps(self) == before {
            let Some(next) = self.next_time() else { return };
            self.seek(next);
        }
    }

    /// Goes back to the last moment before this one at which something happened in either.
    pub(crate) fn back(&mut self) {
        self.pacing.stop();
        let now = self.playhead();
        let last = |side: &Session| {
            let times = (0..side.sim().rows()).rev().filter_map(|row| side.sim().trace().row(row).map(|row| row.time));
            times.into_iter().find(|time| *time < now)
        };
        self.seek(self.sides.iter().filter_map(last).max().unwrap_or(Time::ZERO));
    }

    /// Both look at the moment of a row of one of them.
    pub(crate) fn show_row(&mut self, side: usize, row: u32) {
        self.pacing.stop();
        if let Some(at) = self.sides[side].sim().trace().row(row).map(|row| row.time) {
            self.seek(at);
        }
    }

    fn scenarios(&self) -> [Scenario; 2] {
        self.sides.each_ref().map(|side| side.sim().scenario().clone())
    }
}

#[cfg(test)]
mod tests;
