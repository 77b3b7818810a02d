//! Two runs in lock-step: the same moment of both, the same gestures to both, and where they part. No
//! types of the browser, so that all of this is tested natively.

use crate::knob::{Group, Knob, Turned, What};
use crate::pacing::Pacing;
use crate::session::{Session, Until, WAIT};
use crate::text;
use faultline::Scenario;
use faultline::link::{Link, Verdict};
use faultline::models::Library;
use faultline::protocol::About;
use faultline::scenario::{Fault, Input, Pace, Route, Timed, Workload};
use faultline::sim::{Latency, NodeId, Parted, Parting, Sim, Span, Time, Timeline};

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

/// What is not the same in the two runs: what it is, and how it is in each.
pub(crate) type Differing = (String, [String; 2]);

/// How often each client asks by itself, on average, if it does.
pub(crate) const PACES: [Option<Span>; 5] =
    [None, Some(Span::millis(1_000)), Some(Span::millis(300)), Some(Span::millis(100)), Some(Span::millis(50))];
/// No comparison runs so long that this many requests are sent.
const MOST_REQUESTS: u32 = 1_000_000;
/// In which steps a difference is looked for, and in how long a run.
const LEAP: Span = Span::millis(50);
const MOST_ROWS: u32 = 400_000;
/// How many changes can be taken back.
const MOST_UNDONE: usize = 200;

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
    fn look(&mut self) {
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

    /// Does one or several things to both at the playhead, said of one of them.
    ///
    /// # Errors
    /// If they cannot be done to both: says which cannot.
    pub(crate) fn act(&mut self, said_of: usize, inputs: &[Input]) -> Result<(), String> {
        let at = self.sides[0].next_gesture().max(self.sides[1].next_gesture());
        let [a, b] = [0, 1].map(|side| {
            let (from, to) = (self.sides[said_of].sim(), self.sides[side].sim());
            let mut scenario = to.scenario().clone();
            // Later gestures belonged to the other future.
            scenario.inputs.retain(|timed| timed.at <= at || self.script[side].contains(timed));
            for input in inputs {
                scenario.add(at, translated(from, to.about(), Some(to), input).ok_or_else(|| text::not_in_both(to.about().title))?);
            }
            scenario.check_for(to.about()).map_err(|fault| fault.why)?;
            Ok::<_, String>(scenario)
        });
        let next = [a?, b?];
        self.remember();
        for (side, scenario) in self.sides.iter_mut().zip(next) {
            side.turn_into(scenario).map_err(|fault| fault.why)?;
        }
        self.parting = Parting::default();
        self.seek(at);
        Ok(())
    }

    /// Lets one of them begin in another way.
    ///
    /// # Errors
    /// If it cannot be run so: says why.
    pub(crate) fn begin(&mut self, library: &Library, side: usize, change: impl FnOnce(&mut Scenario)) -> Result<(), String> {
        let mut next = self.scenarios();
        change(&mut next[side]);
        self.replace(library, next)
    }

    /// Lets both of them begin in another way.
    ///
    /// # Errors
    /// If one cannot be run so: says why.
    pub(crate) fn begin_both(&mut self, library: &Library, change: impl Fn(&mut Scenario)) -> Result<(), String> {
        let mut next = self.scenarios();
        next.iter_mut().for_each(change);
        self.replace(library, next)
    }

    /// Another model on one side, in the same world and with the same faults. Says how many of the
    /// inputs that model does not know.
    ///
    /// # Errors
    /// If it cannot be run so: says why.
    pub(crate) fn choose(&mut self, library: &Library, side: usize, model: usize) -> Result<usize, String> {
        let about = library.models()[model].about();
        let from = self.sides[side].sim();
        let mut lost = 0;
        let mut scenario = from.scenario().clone();
        scenario.model = about.id.into();
        let same = |key: &str| about.params.iter().any(|spec| spec.key == key);
        scenario.settings.retain(|key, _| same(key));
        if about.ops.is_empty() {
            scenario.workload = None;
        }
        scenario.inputs.retain_mut(|timed| match translated(from, about, None, &timed.input) {
            Some(input) => {
                timed.input = input;
                true
            }
            None => {
                lost += 1;
                false
            }
        });
        self.begin(library, side, |old| *old = scenario)?;
        Ok(lost)
    }

    /// Gives a setting of one side another value from the beginning; the network's is that of both.
    ///
    /// # Errors
    /// If that cannot be: says why.
    pub(crate) fn turn(&mut self, library: &Library, side: usize, knob: &Knob, value: i64) -> Result<(), String> {
        let What::Own(key) = knob.what else {
            return match knob.turn(value, &self.sides[side])? {
                Turned::Now(Input::Network(network)) => self.begin_both(library, |scenario| {
                    scenario.inputs.retain(|timed| !matches!(timed.input, Input::Network(_)));
                    scenario.network = network.clone();
                }),
                Turned::Now(_) => Ok(()),
                Turned::Anew(next) => self.begin(library, side, |scenario| *scenario = *next),
            };
        };
        self.begin(library, side, |scenario| {
            scenario.inputs.retain(|timed| !matches!(&timed.input, Input::Set { key: other, .. } if other == key));
            if value == knob.kind.default() {
                scenario.settings.remove(key);
            } else {
                scenario.settings.insert(key.into(), value);
            }
        })
    }

    /// How often clients ask by themselves: its place among [`PACES`], if it is one of them.
    pub(crate) fn pace(&self) -> Option<usize> {
        let [a, b] = self.sides.each_ref().map(|side| side.sim().scenario().workload.as_ref());
        let gap = match a.or(b) {
            None => None,
            Some(Workload { pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean }), .. }) => Some(*mean),
            Some(_) => return None,
        };
        PACES.iter().position(|pace| *pace == gap)
    }

    /// Lets the clients of both ask so often by themselves.
    ///
    /// # Errors
    /// If they cannot: says why.
    pub(crate) fn ask_every(&mut self, library: &Library, pace: usize) -> Result<(), String> {
        let workload = PACES.get(pace).copied().flatten().map(|mean| Workload {
            pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean }),
            route: Route::Home,
            keys: 1,
            limit: MOST_REQUESTS,
        });
        self.begin_both(library, |scenario| {
            let asks = library.find(&scenario.model).is_some_and(|model| !model.about().ops.is_empty());
            scenario.workload = workload.clone().filter(|_| asks);
        })
    }

    /// Whether clients can ask for anything in either.
    pub(crate) fn can_ask(&self) -> bool {
        self.sides.iter().any(|side| !side.about().ops.is_empty() && side.sim().scenario().clients > 0)
    }

    fn scenarios(&self) -> [Scenario; 2] {
        self.sides.each_ref().map(|side| side.sim().scenario().clone())
    }

    fn remember(&mut self) {
        self.redone.clear();
        self.undone.push(self.scenarios());
        if self.undone.len() > MOST_UNDONE {
            self.undone.remove(0);
        }
    }

    /// Goes over to other beginnings, and looks at the same moment of them.
    fn replace(&mut self, library: &Library, next: [Scenario; 2]) -> Result<(), String> {
        if next == self.scenarios() {
            return Ok(());
        }
        let sides = self.renewed(library, &next)?;
        self.remember();
        self.script = next.map(|scenario| scenario.inputs);
        self.show(sides);
        Ok(())
    }

    fn renewed(&self, library: &Library, next: &[Scenario; 2]) -> Result<[Session; 2], String> {
        let [a, b] = next.each_ref().map(|scenario| Session::new(library, scenario.clone()).map_err(|fault| fault.why));
        let mut sides = [a?, b?];
        for (new, old) in sides.iter_mut().zip(&self.sides) {
            new.prefix = old.prefix;
            new.selected = old.selected.filter(|node| node.0 < new.sim().scenario().nodes + new.sim().scenario().clients);
        }
        Ok(sides)
    }

    fn show(&mut self, sides: [Session; 2]) {
        let (moment, playing) = (self.playhead(), self.playing());
        self.sides = sides;
        self.parting = Parting::default();
        self.seek(moment);
        self.play(playing);
    }

    pub(crate) fn can_undo(&self) -> bool {
        !self.undone.is_empty()
    }

    pub(crate) fn can_redo(&self) -> bool {
        !self.redone.is_empty()
    }

    /// Takes the last change back, or does it again.
    pub(crate) fn undo(&mut self, library: &Library, again: bool) {
        let now = self.scenarios();
        let (from, to) = if again { (&mut self.redone, &mut self.undone) } else { (&mut self.undone, &mut self.redone) };
        let Some(next) = from.pop() else { return };
        to.push(now);
        if let Ok(sides) = self.renewed(library, &next) {
            self.show(sides);
        }
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

/// An input of one run in the words of another model: operations and timers have numbers of their own
/// there. Nothing if it has no such thing. Timers are known by name only where there is a run.
fn translated(from: &Sim, to: &About, run: Option<&Sim>, input: &Input) -> Option<Input> {
    if from.about().id == to.id {
        return Some(input.clone());
    }
    match input {
        Input::Invoke { client, node, op, argument } => {
            let name = from.about().ops.get(usize::from(*op))?.name;
            let op = to.ops.iter().position(|spec| spec.name == name)? as u8;
            Some(Input::Invoke { client: *client, node: *node, op, argument: *argument })
        }
        Input::Fire { node, timer } => {
            let name = from.timer_names().get(usize::from(*timer))?;
            let timer = run?.timer_names().iter().position(|other| other == name)? as u8;
            Some(Input::Fire { node: *node, timer })
        }
        Input::Set { key, .. } => to.params.iter().any(|spec| spec.key == key).then(|| input.clone()),
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::sim::NodeStatus;

    fn ms(count: u64) -> Time {
        Time::ZERO + Span::millis(count)
    }

    fn pair(model: &str) -> (Library, Pair) {
        let library = Library::standard();
        let scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        let pair = Pair::new(&library, [scenario.clone(), scenario]).unwrap();
        (library, pair)
    }

    fn knob(pair: &Pair, label: &str) -> Knob {
        Knob::all(pair.sides[1].sim(), pair.playhead()).into_iter().find(|knob| knob.label == label).unwrap()
    }

    #[test]
    fn the_same_is_the_same_until_a_knob_of_one_side_is_turned() {
        let (library, mut pair) = pair("ping-pong");
        pair.seek(ms(400));
        assert_eq!((pair.parted(), pair.differing()), (None, vec![]));
        assert!(!pair.find_parting());
        assert_eq!((pair.playhead(), pair.reached()), (ms(400), ms(400)), "it was only tried");
        let patience = knob(&pair, "Patience");
        pair.turn(&library, 1, &patience, 30_000_000).unwrap();
        assert_eq!(pair.differing(), [("Patience".into(), ["250 ms".into(), "30 ms".into()])]);
        assert_eq!((pair.playhead(), pair.parted().map(|parted| parted.at)), (ms(400), Some(ms(30))));
        assert_eq!(pair.sides[0].parts, Some(ms(30)));
        assert!(pair.parts_with(1).unwrap().contains("no return yet") && pair.parts_with(0).is_none());
        assert!(pair.find_parting());
        assert_eq!(pair.playhead(), ms(30));
        pair.undo(&library, false);
        assert_eq!((pair.parted(), pair.differing(), pair.can_undo()), (None, vec![], false));
        pair.undo(&library, true);
        assert_eq!(pair.differing().len(), 1);
    }

    #[test]
    fn time_is_the_same_on_both_sides_whatever_moves_it() {
        let (library, mut pair) = pair("ping-pong");
        let patience = knob(&pair, "Patience");
        pair.turn(&library, 1, &patience, 30_000_000).unwrap();
        let mut moments = vec![pair.playhead()];
        for _ in 0..12 {
            pair.step();
            assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
            moments.push(pair.playhead());
        }
        assert!(moments.is_sorted() && moments[12] > moments[1], "{moments:?}");
        while pair.playhead() > Time::ZERO {
            let before = pair.playhead();
            pair.back();
            assert!(pair.playhead() < before && pair.sides[0].playhead() == pair.sides[1].playhead());
        }
        pair.play(true);
        pair.advance(100.0);
        assert_eq!(pair.sides.each_ref().map(Session::playhead), [Time(5_000_000); 2]);
        pair.show_row(1, 5);
        assert!(!pair.playing() && pair.sides[0].playhead() == pair.sides[1].playhead());
    }

    #[test]
    fn both_slow_down_where_somebody_decides_on_either_side_and_can_be_told_not_to() {
        let (library, mut pair) = pair("ping-pong");
        let patience = knob(&pair, "Patience");
        // So B loses its patience at 30 ms, which A does much later.
        pair.turn(&library, 1, &patience, 30_000_000).unwrap();
        pair.play(true);
        let mut before = pair.pacing.ratio();
        while pair.playhead() < ms(40) && !pair.pacing.care.is_slowing() {
            before = pair.pacing.ratio();
            pair.advance(16.0);
        }
        assert_eq!(pair.playhead(), ms(30), "at the decision itself");
        assert!((pair.pacing.ratio() - before / 5.0).abs() < 1e-9);
        assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
        pair.pacing.care.on = false;
        assert!(!pair.pacing.care.is_slowing() && (pair.pacing.ratio() - before).abs() < 1e-9);
    }

    #[test]
    fn one_can_wait_for_what_happens_on_either_side_and_is_told_if_it_does_not() {
        let (library, mut pair) = pair("ping-pong");
        let patience = knob(&pair, "Patience");
        for side in [0, 1] {
            pair.turn(&library, 1 - side, &patience, 250_000_000).unwrap();
            pair.turn(&library, side, &patience, 30_000_000).unwrap();
            pair.seek(Time::ZERO);
            assert!(pair.wait(Until::Decision));
            assert_eq!((pair.playhead(), pair.sides[1].playhead(), pair.reached()), (ms(30), ms(30), ms(30)));
        }
        let (there, reached) = (pair.playhead(), pair.reached());
        assert!(!pair.wait(Until::Broken), "ping-pong promises nothing");
        assert_eq!((pair.playhead(), pair.reached()), (there, reached));
    }

    #[test]
    fn who_is_looked_at_on_one_side_is_looked_at_on_the_other_if_it_is_there() {
        let library = Library::standard();
        let scenario = Scenario::new(library.find("primary-backup").unwrap().about(), 7);
        let mut larger = scenario.clone();
        larger.nodes += 1;
        let nodes = scenario.nodes;
        let mut pair = Pair::new(&library, [scenario, larger]).unwrap();
        pair.select(0, Some(NodeId(1)));
        assert_eq!(pair.sides.each_ref().map(|side| side.selected), [Some(NodeId(1)); 2]);
        pair.select(0, Some(NodeId(nodes)));
        assert_eq!(pair.sides[1].selected, Some(NodeId(nodes + 1)), "the first client has another place there");
        pair.select(1, Some(NodeId(nodes)));
        assert_eq!(pair.sides.each_ref().map(|side| side.selected), [None, Some(NodeId(nodes))], "A has no such node");
        pair.select(0, None);
        assert!(pair.sides.iter().all(|side| side.selected.is_none()));
    }

    #[test]
    fn a_gesture_is_done_to_both_in_the_same_nanosecond_and_taken_back_from_both() {
        let (library, mut pair) = pair("ping-pong");
        let patience = knob(&pair, "Patience");
        pair.turn(&library, 1, &patience, 30_000_000).unwrap();
        // Here one side has just done something, the other has not.
        pair.seek(ms(30));
        pair.act(0, &[Input::Crash(NodeId(1))]).unwrap();
        let inputs = pair.sides.each_ref().map(|side| side.sim().scenario().inputs.clone());
        assert_eq!(inputs[0], inputs[1]);
        assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Down));
        assert_eq!(pair.sides[0].playhead(), pair.sides[1].playhead());
        pair.undo(&library, false);
        assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Up));
        pair.undo(&library, true);
        assert!(pair.sides.iter().all(|side| side.sim().status(NodeId(1)) == NodeStatus::Down));
        // In the past, the later gesture belonged to the other future.
        pair.seek(ms(10));
        pair.act(1, &[Input::HealAll]).unwrap();
        assert!(pair.sides.iter().all(|side| side.sim().scenario().inputs.len() == 1));
    }

    #[test]
    fn another_model_gets_the_same_world_and_faults_and_what_it_does_not_know_is_named() {
        let (library, mut pair) = pair("primary-backup");
        pair.seek(ms(50));
        let op = |about: &About, name: &str| about.ops.iter().position(|op| op.name == name).unwrap() as u8;
        let write = op(pair.sides[0].about(), "write");
        pair.act(0, &[Input::Invoke { client: 0, node: NodeId(0), op: write, argument: 0 }]).unwrap();
        pair.act(0, &[Input::Crash(NodeId(2))]).unwrap();
        let heartbeat = Input::Set { key: "heartbeat".into(), value: 150_000_000 };
        pair.act(0, std::slice::from_ref(&heartbeat)).unwrap();
        let model = library.models().iter().position(|model| model.about().id == "register").unwrap();
        assert_eq!(pair.choose(&library, 1, model), Ok(1), "a register has no heartbeat");
        let (a, b) = (pair.sides[0].sim(), pair.sides[1].sim());
        assert_eq!((b.about().id, a.scenario().seed, b.status(NodeId(2))), ("register", b.scenario().seed, NodeStatus::Down));
        let asked = b.scenario().inputs.iter().find_map(|timed| match timed.input {
            Input::Invoke { op, .. } => Some(op),
            _ => None,
        });
        assert_eq!(asked, Some(op(b.about(), "write")));
        assert!(pair.differing().iter().any(|(what, _)| what == text::MODEL));
        let before = pair.scenarios();
        assert!(pair.act(0, &[heartbeat]).unwrap_err().contains("register"));
        assert_eq!(pair.scenarios(), before, "neither has it");
        let generals = library.models().iter().position(|model| model.about().id == "two-generals").unwrap();
        assert!(pair.choose(&library, 1, generals).unwrap_err().contains("nodes"), "there are two");
    }

    #[test]
    fn a_link_brings_back_both_runs_the_moment_and_where_they_part() {
        let (library, mut pair) = pair("raft");
        pair.ask_every(&library, 2).unwrap();
        assert_eq!(pair.pace(), Some(2));
        pair.seek(ms(700));
        let model = library.models().iter().position(|model| model.about().id == "primary-backup").unwrap();
        let _ = pair.choose(&library, 1, model);
        pair.act(0, &[Input::Crash(NodeId(0))]).unwrap();
        let links = Link::read_two(&pair.link(), &library).unwrap();
        let (again, verdicts) = Pair::of_link(&library, links).unwrap();
        assert_eq!(verdicts, [Verdict::Same; 2]);
        assert_eq!((again.playhead(), again.parted().map(|parted| parted.at)), (pair.playhead(), pair.parted().map(|parted| parted.at)));
        for (old, new) in pair.sides.iter().zip(&again.sides) {
            assert_eq!(old.sim().hash(), new.sim().hash());
        }
    }

    #[test]
    fn a_branch_differs_in_what_was_done_in_it() {
        let library = Library::standard();
        let scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        let mut branch = scenario.clone();
        branch.add(ms(20), Input::Crash(NodeId(1)));
        let pair = Pair::new(&library, [scenario, branch]).unwrap();
        assert_eq!(pair.differing(), [(text::FAULTS.into(), ["–".into(), "n2 crashes at 0.020 s".into()])]);
    }
}
