//! The run as it is being looked at in a lab: whether the step stops, what came of the bet and of the
//! challenge, and what is measured. It goes on with the playhead, so that a long run is not looked at
//! again from its beginning with every frame.

use super::{Lesson, Place};
use crate::session::Session;
use faultline::Scenario;
use faultline::lab::Gauge;
use faultline::lab::challenge::Attempt;
use faultline::lab::predicate::{Moment, Observer, Value};
use faultline::lab::tour::{Asked, Doing, Truth};
use faultline::scenario::Fault;
use faultline::sim::Time;

/// What is shown of something that is measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    Value(Value),
    /// How many of how many.
    Share(Value, Value),
    /// What has a length has not begun.
    NotYet,
    /// Whether something holds; nothing if no judge knows.
    Light(Option<bool>),
}

/// The run as far as it was looked at.
pub(crate) struct Looking {
    place: Place,
    scenario: Scenario,
    upto: Time,
    observer: Observer,
    gauges: Vec<Number>,
    stop: Option<usize>,
    bet: Option<Asked>,
    truth: Option<Truth>,
    attempt: Option<Attempt>,
}

/// The number of something that is measured.
enum Number {
    Value(usize),
    Share(usize, usize),
    /// How long something was the case all together.
    Total(usize),
    Light(usize),
}

impl Looking {
    /// Looks at the run from its beginning. What was found out about the same run is taken over.
    pub(super) fn begin(lesson: &Lesson, session: &Session, before: Option<Self>) -> Result<Self, Fault> {
        let scenario = session.sim().scenario();
        if let Some(mut before) = before
            && before.scenario == *scenario
            && before.upto <= session.playhead()
            && matches!((before.place, lesson.place), (Place::Bet | Place::Step(_), Place::Step(_)))
        {
            before.place = lesson.place;
            before.step(lesson);
            return Ok(before);
        }
        let world = lesson.world(scenario);
        let end = match lesson.place {
            Place::Challenge(index) => lesson.lab.challenges[index].end(&lesson.lab),
            _ => world.length,
        };
        let mut observer = Observer::new(&lesson.library, scenario.clone(), &world.subject, end)?;
        let gauges = world.measures.iter().map(|measure| match &measure.what {
            Gauge::Value(value) if value.is_total() => Number::Total(observer.measure(value)),
            Gauge::Value(value) => Number::Value(observer.measure(value)),
            Gauge::Share { hits, of } => Number::Share(observer.measure(hits), observer.measure(of)),
            Gauge::Holds(predicate) => Number::Light(observer.watch(predicate, 0)),
        });
        let gauges = gauges.collect();
        let bet = &lesson.lab.bet;
        // The bet is about the lab's own world, with as many nodes as it begins with.
        let in_tour = match lesson.place {
            Place::Bet => true,
            Place::Step(index) => lesson.lab.stage_begins(index) == 0 && scenario.nodes == lesson.lab.world.scenario.nodes,
            _ => false,
        };
        let attempt = match lesson.place {
            Place::Challenge(index) => lesson.lab.challenges[index].watch(&lesson.lab, &lesson.library, &mut observer),
            _ => None,
        };
        let bet = in_tour.then(|| bet.answer.ask(&mut observer, &bet.when));
        let (place, scenario) = (lesson.place, scenario.clone());
        let mut looking = Self { place, scenario, upto: Time::ZERO, observer, gauges, stop: None, bet, truth: None, attempt };
        looking.step(lesson);
        Ok(looking)
    }

    /// Looks out for the stop of the step, from where the step began.
    fn step(&mut self, lesson: &Lesson) {
        self.stop = None;
        let Place::Step(index) = self.place else { return };
        let (Some((_, began)), Doing::Do { stop, .. } | Doing::See { stop, .. }) =
            (lesson.began.get(index), &lesson.lab.steps[index].doing)
        else {
            return;
        };
        self.go_on(began.time);
        self.stop = Some(self.observer.watch(stop, began.rows));
        self.observer.look_now();
    }

    /// Whether this is what is looked at, and not yet past the playhead.
    pub(super) fn is_of(&self, session: &Session, place: Place) -> bool {
        self.place == place && self.upto <= session.playhead() && self.scenario == *session.sim().scenario()
    }

    pub(super) fn go_on(&mut self, playhead: Time) {
        if let (Some(bet), None) = (&self.bet, &self.truth)
            && self.observer.run(playhead, &[bet.when])
        {
            self.truth = Some(bet.truth(&self.observer));
        }
        self.observer.run(playhead, &[]);
        self.observer.begin(playhead);
        self.upto = playhead.max(self.upto);
    }

    pub(super) const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub(super) const fn truth(&self) -> Option<&Truth> {
        self.truth.as_ref()
    }

    /// Where the step stops, as far as was looked.
    pub(super) fn stopped(&self) -> Option<Moment> {
        self.stop.and_then(|stop| self.observer.first(stop))
    }

    /// What came of the challenge, once that is settled, if it is one to break.
    pub(super) fn verdict(&self) -> Option<faultline::lab::challenge::Verdict> {
        self.attempt.as_ref().and_then(|attempt| attempt.settled(&self.observer, self.upto))
    }

    /// What is measured now.
    pub(super) fn shown(&self) -> impl Iterator<Item = Shown> {
        self.gauges.iter().map(|gauge| match gauge {
            Number::Value(value) => Shown::Value(self.observer.value(*value)),
            Number::Share(hits, of) => Shown::Share(self.observer.value(*hits), self.observer.value(*of)),
            Number::Total(value) => match self.observer.value(*value) {
                Value::Span(0) | Value::Nothing => Shown::NotYet,
                value => Shown::Value(value),
            },
            Number::Light(light) => Shown::Light(self.observer.holds(*light)),
        })
    }
}
