//! The settings that a learner can turn: the world, the network, and what the model declares. Each is
//! a value, its words, and what a control of the page says and hears of it. No types of the browser,
//! so that all of this is tested natively.

use crate::sandbox::{self, Change, Load};
use crate::session::Session;
use crate::text;
use faultline::Scenario;
use faultline::protocol::ParamKind;
use faultline::scenario::Input;
use faultline::sim::{Chance, Latency, Network, Sim, Span, Time};

/// One setting as it is at the playhead.
#[derive(Clone, Debug)]
pub(crate) struct Knob {
    pub(crate) what: What,
    pub(crate) label: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: ParamKind,
    pub(crate) value: i64,
}

/// What it sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Nodes,
    Clients,
    Seed,
    Load,
    Gap,
    Patience,
    Fastest,
    Slowest,
    Loss,
    Duplicate,
    Reorder,
    Ordered,
    /// A setting of the model: its name in the scenario.
    Own(&'static str),
}

/// Settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    World,
    Network,
    Model,
}

/// What turning a setting does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turned {
    /// Something happens at the playhead.
    Now(Input),
    /// Another run begins.
    Anew(Box<Scenario>),
}

/// More clients than the page has room for are better asked for in a scenario file.
const MOST_CLIENTS: u16 = 200;
/// The longest that a message can be made to travel here.
const LONGEST: Span = Span::secs(10);
/// One percent, in parts of a million.
const PERCENT: i64 = 10_000;

impl Knob {
    /// Every setting of a run: the world's first, then the network's, then the model's.
    pub(crate) fn all(sim: &Sim, playhead: Time) -> Vec<Self> {
        let (scenario, about, network) = (sim.scenario(), sim.about(), sim.network());
        let knob = |what, (label, help), kind, value| Self { what, label, help, kind, value };
        let number = |min: u16, max: u16, default: u16| ParamKind::Number { min: min.into(), max: max.into(), default: default.into() };
        let span = |min, max, default| ParamKind::Span { min, max, default };
        let chance = |default: Chance| ParamKind::Chance { default: default.parts() };
        let nodes = number(about.nodes.min, about.nodes.max, about.nodes.default);
        let usual = Network::default();
        let mut knobs = vec![knob(What::Nodes, text::NODES, nodes, scenario.nodes.into())];
        if !about.ops.is_empty() {
            knobs.push(knob(What::Clients, text::CLIENTS, number(0, MOST_CLIENTS, about.clients), scenario.clients.into()));
        }
        let seed = ParamKind::Number { min: 0, max: i64::MAX, default: 7 };
        knobs.push(knob(What::Seed, text::SEED, seed, i64::try_from(scenario.seed).unwrap_or(i64::MAX)));
        if !about.ops.is_empty() && scenario.clients > 0 {
            let (load, gap) = Load::of(scenario);
            let place = Load::ALL.iter().position(|other| *other == load).unwrap_or(0);
            knobs.push(knob(What::Load, text::ASKING, ParamKind::Choice { names: &text::LOADS, default: 0 }, place as i64));
            if load != Load::None {
                knobs.push(knob(What::Gap, text::GAP, span(Span::millis(1), Span::secs(10), sandbox::GAP), gap.0 as i64));
            }
            let patience = span(Span::millis(10), Span::secs(60), Span::secs(1));
            knobs.push(knob(What::Patience, text::PATIENCE, patience, scenario.patience.0 as i64));
        }
        // Other shapes than these have no two ends that could be turned.
        if let Some((fastest, slowest)) = between(&network.latency) {
            let (least, most) = between(&usual.latency).unwrap_or_default();
            knobs.push(knob(What::Fastest, text::FASTEST, span(Span::ZERO, LONGEST, least), fastest.0 as i64));
            knobs.push(knob(What::Slowest, text::SLOWEST, span(Span::ZERO, LONGEST, most), slowest.0 as i64));
        }
        knobs.push(knob(What::Loss, (text::LOSS, text::LOSS_HELP), chance(network.loss), network.loss.parts().into()));
        knobs.push(knob(What::Duplicate, text::DUPLICATE, chance(usual.duplicate), network.duplicate.parts().into()));
        knobs.push(knob(What::Reorder, text::REORDER, chance(usual.reorder), network.reorder.parts().into()));
        knobs.push(knob(What::Ordered, text::ORDERED, ParamKind::Switch { default: usual.ordered }, network.ordered.into()));
        knobs.extend(about.params.iter().map(|spec| Self {
            what: What::Own(spec.key),
            label: spec.label,
            help: spec.help,
            kind: spec.kind,
            value: current(sim, playhead, spec.key).unwrap_or_else(|| spec.kind.default()),
        }));
        knobs
    }

    /// Whether it is one of these: keys of settings, the network, or parts of that.
    pub(crate) fn is_among(&self, names: &[&str]) -> bool {
        let part = match self.what {
            What::Own(key) => return names.contains(&key),
            What::Fastest | What::Slowest => "network latency",
            What::Loss => "network loss",
            What::Duplicate => "network duplicate",
            What::Reorder => "network reorder",
            What::Ordered => "network ordered",
            What::Nodes | What::Clients | What::Seed | What::Load | What::Gap | What::Patience => return false,
        };
        names.contains(&"network") || names.contains(&part)
    }

    pub(crate) fn group(&self) -> Group {
        match self.what {
            What::Nodes | What::Clients | What::Seed | What::Load | What::Gap | What::Patience => Group::World,
            What::Own(_) => Group::Model,
            _ => Group::Network,
        }
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
        self.kind.show(value)
    }

    /// What gives it a value.
    ///
    /// # Errors
    /// If it cannot have that value: says why.
    pub(crate) fn turn(&self, value: i64, session: &Session) -> Result<Turned, String> {
        let network = session.sim().network();
        let part = Chance::per_million(value.clamp(0, 1_000_000) as u32);
        let time = Span(value.unsigned_abs());
        let ends = between(&network.latency).unwrap_or_default();
        let lasting = |min: Span, max: Span| Network { latency: Latency::Uniform { min, max }, ..network.clone() };
        let network = match self.what {
            What::Own(key) => return Ok(Turned::Now(Input::Set { key: key.into(), value })),
            What::Fastest => lasting(time, time.max(ends.1)),
            What::Slowest => lasting(time.min(ends.0), time),
            What::Loss => Network { loss: part, ..network.clone() },
            What::Duplicate => Network { duplicate: part, ..network.clone() },
            What::Reorder => Network { reorder: part, ..network.clone() },
            What::Ordered => Network { ordered: value != 0, ..network.clone() },
            What::Nodes | What::Clients | What::Seed | What::Load | What::Gap | What::Patience => {
                let change = match self.what {
                    What::Nodes => Change::Nodes(value),
                    What::Clients => Change::Clients(value),
                    What::Seed => Change::Seed(value),
                    What::Load => Change::Load(Load::ALL[(value.clamp(0, 2)) as usize]),
                    What::Gap => Change::Gap(time),
                    _ => Change::Patience(time),
                };
                let changed = sandbox::changed(session.sim(), session.playhead(), change).map_err(|fault| fault.why)?;
                return Ok(Turned::Anew(Box::new(changed)));
            }
        };
        Ok(Turned::Now(Input::Network(network)))
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

/// The shortest and the longest, if that is all there is to say of it.
fn between(latency: &Latency) -> Option<(Span, Span)> {
    match *latency {
        Latency::Constant(span) => Some((span, span)),
        Latency::Uniform { min, max } => Some((min, max)),
        _ => None,
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

    fn turn(session: &mut Session, knob: &Knob, value: i64) -> Result<(), String> {
        let done = match knob.turn(value, session)? {
            Turned::Now(input) => session.edit(vec![input]),
            Turned::Anew(scenario) => session.rebuild(*scenario),
        };
        done.map_err(|fault| fault.why)
    }

    fn chance() -> Knob {
        Knob { what: What::Own("c"), label: "C", help: "", kind: ParamKind::Chance { default: 0 }, value: 250_000 }
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
        turn(&mut session, &patience, 500_000_000).unwrap();
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
        let why = turn(&mut session, &patience, 0).unwrap_err();
        assert!(why.contains("Patience") && why.contains("1 ms"), "{why}");
        let nodes = knob(&session, text::NODES.0);
        let why = turn(&mut session, &nodes, 5_000).unwrap_err();
        assert!(why.contains("2 to 1000 nodes"), "{why}");
    }

    #[test]
    fn every_setting_can_be_turned_and_taken_back() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("raft").unwrap().about(), 7)).unwrap();
        session.seek(Time(100_000_000));
        for load in [0, 1] {
            let choice = knob(&session, text::ASKING.0);
            turn(&mut session, &choice, load).unwrap();
            for knob in Knob::all(session.sim(), session.playhead()) {
                let other = match knob.kind {
                    ParamKind::Span { .. } => knob.scale()[knob.scale().len() / 2],
                    ParamKind::Chance { .. } => 400_000,
                    _ if knob.value == knob.kind.range().0 => knob.value + 1,
                    _ => knob.value - 1,
                };
                turn(&mut session, &knob, other).unwrap_or_else(|why| panic!("{}: {why}", knob.label));
                let place = |session: &Session| Knob::all(session.sim(), session.playhead()).into_iter().find(|now| now.what == knob.what);
                assert_eq!(place(&session).map_or(other, |now| now.value), other, "{}", knob.label);
                assert!(session.undo());
                assert_eq!(place(&session).unwrap().value, knob.value, "{}", knob.label);
            }
        }
    }

    #[test]
    fn the_fastest_message_never_overtakes_the_slowest() {
        let mut session = session();
        let fastest = knob(&session, text::FASTEST.0);
        turn(&mut session, &fastest, 500_000_000).unwrap();
        let slowest = knob(&session, text::SLOWEST.0);
        assert_eq!(slowest.value, 500_000_000);
        turn(&mut session, &slowest, 1_000_000).unwrap();
        assert_eq!(knob(&session, text::FASTEST.0).value, 1_000_000);
    }
}
