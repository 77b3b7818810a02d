//! The settings that a learner can turn: those that the model declares, and how much the network
//! loses. Each is a value, its words, and what a control of the page says and hears of it. No types
//! of the browser, so that all of this is tested natively.

use crate::text;
use faultline::protocol::ParamKind;
use faultline::scenario::Input;
use faultline::sim::{Chance, Latency, Network, Sim, Span, Time};

/// What a knob turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turns {
    /// How much the network loses.
    Loss,
    /// How long messages travel.
    Latency,
    /// A setting of the model, by its name in the scenario.
    Setting(&'static str),
}

impl Turns {
    /// A name for lists: those of the network are none of a setting.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Loss => "network loss",
            Self::Latency => "network latency",
            Self::Setting(key) => key,
        }
    }
}

/// One setting as it is at the playhead.
#[derive(Clone, Debug)]
pub(crate) struct Knob {
    pub(crate) turns: Turns,
    pub(crate) label: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: ParamKind,
    pub(crate) value: i64,
}

/// One percent, in parts of a million.
const PERCENT: i64 = 10_000;

impl Knob {
    /// Every setting of a run: the network's first, then the model's.
    pub(crate) fn all(sim: &Sim, playhead: Time) -> Vec<Self> {
        let loss = sim.network().loss.parts();
        let loss = Self {
            turns: Turns::Loss,
            label: text::LOSS,
            help: text::LOSS_HELP,
            kind: ParamKind::Chance { default: loss },
            value: i64::from(loss),
        };
        // Where it varies, the control shows what is in the middle, and makes it constant.
        let typical = sim.network().latency.sample(u64::MAX / 2);
        let latency = Self {
            turns: Turns::Latency,
            label: text::TRAVEL,
            help: text::TRAVEL_HELP,
            kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(10), default: typical },
            value: typical.0 as i64,
        };
        let own = sim.about().params.iter().map(|spec| Self {
            turns: Turns::Setting(spec.key),
            label: spec.label,
            help: spec.help,
            kind: spec.kind,
            value: current(sim, playhead, spec.key).unwrap_or_else(|| spec.kind.default()),
        });
        [loss, latency].into_iter().chain(own).collect()
    }

    /// What its control shows: the control of a span shows a place on its scale.
    pub(crate) fn shown(&self) -> String {
        match self.kind {
            ParamKind::Span { .. } => self.scale().partition_point(|&value| value < self.value),
            ParamKind::Chance { .. } => (self.value / PERCENT) as usize,
            _ => return self.value.to_string(),
        }
        .to_string()
    }

    /// The value that a control means by what it shows.
    ///
    /// # Errors
    /// If it is no number: says so, and names the setting.
    pub(crate) fn heard(&self, shown: &str) -> Result<i64, String> {
        let number: i64 = shown.trim().parse().map_err(|_| text::not_a_number(self.label, shown))?;
        Ok(match self.kind {
            ParamKind::Span { .. } => *self.scale().get(number as usize).unwrap_or(&self.value),
            ParamKind::Chance { .. } => number.saturating_mul(PERCENT),
            _ => number,
        })
    }

    /// A value as people read it.
    pub(crate) fn words(&self, value: i64) -> String {
        match self.kind {
            ParamKind::Span { .. } => Span(value.unsigned_abs()).to_string(),
            ParamKind::Chance { .. } => Chance::per_million(value as u32).to_string(),
            _ => value.to_string(),
        }
    }

    /// The gesture that gives it a value.
    pub(crate) fn turn(&self, value: i64, network: &Network) -> Input {
        match self.turns {
            Turns::Setting(key) => Input::Set { key: key.into(), value },
            Turns::Latency => Input::Network(Network { latency: Latency::Constant(Span(value.unsigned_abs())), ..network.clone() }),
            Turns::Loss => Input::Network(Network { loss: Chance::per_million(value.clamp(0, 1_000_000) as u32), ..network.clone() }),
        }
    }

    /// The lengths of time between which its slider chooses: steps of 1, 2, 5, which the eye can
    /// follow from microseconds to minutes, and what it is now and by default.
    pub(crate) fn scale(&self) -> Vec<i64> {
        let (min, max) = self.kind.range();
        let default = self.kind.default();
        // From nought a scale of proportions needs a first step that is worth taking.
        let finest = if default > 0 { default / 100 } else { max / 100_000 };
        let mut values = Vec::new();
        let mut decade = 1;
        while decade <= max {
            values.extend(
                [1, 2, 5].map(|step| decade.saturating_mul(step)).into_iter().filter(|value| (min.max(finest)..max).contains(value)),
            );
            decade = decade.saturating_mul(10);
        }
        for value in [min, max, default, self.value] {
            let place = values.partition_point(|other| *other < value);
            if values.get(place) != Some(&value) {
                values.insert(place, value);
            }
        }
        values
    }
}

/// What the scenario says of a setting: its last change up to the playhead, or how it began.
fn current(sim: &Sim, playhead: Time, key: &str) -> Option<i64> {
    let scenario = sim.scenario();
    let changed = scenario.inputs.iter().rev().filter(|timed| timed.at <= playhead).find_map(|timed| match &timed.input {
        Input::Set { key: other, value } if other == key => Some(*value),
        _ => None,
    });
    changed.or_else(|| scenario.settings.get(key).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use faultline::Scenario;
    use faultline::models::Library;

    fn session() -> Session {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        scenario.settings.insert("pause".into(), 30_000_000);
        Session::new(&library, scenario).unwrap()
    }

    fn knob(session: &Session, label: &str) -> Knob {
        Knob::all(session.sim(), session.playhead()).into_iter().find(|knob| knob.label == label).unwrap()
    }

    fn chance() -> Knob {
        Knob { turns: Turns::Loss, label: "C", help: "", kind: ParamKind::Chance { default: 0 }, value: 250_000 }
    }

    #[test]
    fn a_setting_is_its_last_change_up_to_the_playhead_or_how_it_began_or_its_default() {
        let mut session = session();
        let words = |session: &Session, label| {
            let knob = knob(session, label);
            knob.words(knob.value)
        };
        assert_eq!(words(&session, "Pause between balls"), "30 ms");
        assert_eq!(words(&session, "Patience"), "250 ms");
        assert_eq!(words(&session, text::LOSS), "0%");
        session.seek(Time(100_000_000));
        let patience = knob(&session, "Patience");
        session.edit(vec![patience.turn(500_000_000, session.sim().network())]).unwrap();
        session.seek(Time(200_000_000));
        assert_eq!(words(&session, "Patience"), "500 ms");
        session.seek(Time(50_000_000));
        assert_eq!(words(&session, "Patience"), "250 ms");
        session.undo();
        session.seek(Time(300_000_000));
        assert_eq!(words(&session, "Patience"), "250 ms");
    }

    #[test]
    fn a_control_hears_what_it_shows() {
        let session = session();
        for knob in Knob::all(session.sim(), Time::ZERO).into_iter().chain([chance()]) {
            assert_eq!(knob.heard(&knob.shown()), Ok(knob.value), "{knob:?}");
        }
        assert_eq!(chance().heard("40"), Ok(400_000));
        assert!(chance().heard("four").unwrap_err().contains('C'));
    }

    #[test]
    fn lengths_of_time_are_chosen_on_a_scale_that_has_both_ends_and_the_present_value() {
        let session = session();
        let scale = knob(&session, "Pause between balls").scale();
        assert_eq!((scale.first(), scale.last()), (Some(&0), Some(&10_000_000_000)));
        assert!(scale.contains(&30_000_000) && scale.contains(&20_000_000));
        assert!(scale.is_sorted() && scale.len() < 30, "{scale:?}");
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_the_name_and_the_range() {
        let mut session = session();
        let patience = knob(&session, "Patience");
        let fault = session.edit(vec![patience.turn(0, session.sim().network())]).unwrap_err();
        assert!(fault.why.contains("Patience") && fault.why.contains("1 ms"), "{}", fault.why);
    }
}
