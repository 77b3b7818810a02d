//! Where the two runs part, and what is not the same in them.

use super::Pair;
use crate::knob::{Group, Knob};
use crate::session::{Session, WAIT};
use crate::text;
use faultline::scenario::{Fault, Input};
use faultline::sim::{Parted, Parting, Sim, Span, Time, Timeline};

/// What is not the same in the two runs: what it is, and how it is in each.
pub(crate) type Differing = (String, [String; 2]);

/// In which steps a difference is looked for, and in how long a run.
const LEAP: Span = Span::millis(50);
const MOST_ROWS: u32 = 400_000;

impl Pair {
    /// Where they part, as far as that is known.
    pub(crate) fn parted(&self) -> Option<Parted> {
        self.parting.found()
    }

    /// What is the first thing that happens in one side and not in the other, in its words.
    pub(crate) fn parts_with(&self, side: usize) -> Option<String> {
        let row = self.parted()?.rows[side]?;
        let sim = self.sides[side].sim();
        // Before that moment it is known, but has not happened.
        sim.trace()
            .row(row)
            .is_some_and(|row| row.time == self.parted().map_or(Time::ZERO, |parted| parted.at))
            .then(|| sim.describe_row(row))
    }

    /// Goes to where they part. If they do not for a long time, nothing has happened; says so.
    pub(crate) fn find_parting(&mut self) -> bool {
        self.pacing.stop();
        let (before, reached) = (self.playhead(), self.reached());
        let limit = reached.max(before) + WAIT;
        let mut moment = reached.max(before);
        while self.parted().is_none() && moment < limit && self.goes_on() && self.sides.iter().all(|side| side.sim().rows() < MOST_ROWS) {
            moment += LEAP;
            self.seek(moment);
        }
        if let Some(parted) = self.parted() {
            self.seek(parted.at);
            self.forget_after(reached);
            return true;
        }
        self.seek(before);
        self.forget_after(reached);
        false
    }

    /// Notes what came of a move.
    pub(super) fn look(&mut self) {
        let [a, b] = self.sides.each_ref().map(Session::sim);
        if !self.parting.can_look(a, b) {
            self.parting = self.look_again().unwrap_or_default();
        }
        let parted = self.parting.look(self.sides[0].sim(), self.sides[1].sim(), self.playhead());
        for side in &mut self.sides {
            side.parts = parted.map(|parted| parted.at);
        }
    }

    /// Looks from the beginning on for where they part, at two long runs that have forgotten how they began.
    fn look_again(&self) -> Result<Parting, Fault> {
        let [a, b] = self.scenarios();
        let (mut a, mut b) = (Timeline::new(crate::library(), a)?, Timeline::new(crate::library(), b)?);
        let (mut parting, mut moment) = (Parting::default(), Time::ZERO);
        while moment < self.playhead() && parting.found().is_none() {
            moment = self.playhead().min(moment + LEAP);
            a.seek(moment);
            b.seek(moment);
            parting.look(a.sim(), b.sim(), moment);
        }
        Ok(parting)
    }

    /// What is not the same in the two runs.
    pub(crate) fn differing(&self) -> Vec<Differing> {
        let [a, b] = self.sides.each_ref().map(Session::sim);
        let both = |what: &str, a: String, b: String| (what.to_owned(), [a, b]);
        let mut found = Vec::new();
        if a.about().id != b.about().id {
            found.push(both(text::MODEL, a.about().title.into(), b.about().title.into()));
        }
        let [of_a, of_b] = self.sides.each_ref().map(|side| Knob::all(side.sim(), side.playhead()));
        for knob in of_a.iter().filter(|knob| knob.group() != Group::World) {
            let Some(other) = of_b.iter().find(|other| other.what == knob.what && other.label == knob.label) else { continue };
            if knob.value != other.value {
                found.push(both(knob.label, knob.words(knob.value), other.words(other.value)));
            }
        }
        if a.scenario().seed != b.scenario().seed {
            found.push(both(text::SEED.0, a.scenario().seed.to_string(), b.scenario().seed.to_string()));
        }
        let own = |sim: &Sim, other: &Sim| {
            let own = sim.scenario().inputs.iter().find(|timed| !other.scenario().inputs.contains(timed) && !is_setting(&timed.input));
            own.map(|timed| text::done_at(&sim.describe_input(&timed.input), timed.at))
        };
        // The same deed is told by other means to another model.
        if a.about().id == b.about().id {
            let (in_a, in_b) = (own(a, b), own(b, a));
            if in_a.is_some() || in_b.is_some() {
                found.push(both(text::FAULTS, in_a.unwrap_or_else(|| "–".into()), in_b.unwrap_or_else(|| "–".into())));
            }
        }
        found
    }
}

fn is_setting(input: &Input) -> bool {
    matches!(input, Input::Set { .. } | Input::Network(_))
}
