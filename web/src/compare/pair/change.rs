//! What is changed in both runs, or in one of them, and taken back: gestures, settings, models, what clients ask.

use super::Pair;
use crate::knob::{Knob, Turned, What};
use crate::session::Session;
use crate::text;
use faultline::Scenario;
use faultline::models::Library;
use faultline::protocol::About;
use faultline::scenario::{Input, Pace, Route, Workload};
use faultline::sim::{Latency, Parting, Sim, Span};

/// How often each client asks by itself, on average, if it does.
pub(crate) const PACES: [Option<Span>; 5] =
    [None, Some(Span::millis(1_000)), Some(Span::millis(300)), Some(Span::millis(100)), Some(Span::millis(50))];
/// No comparison runs so long that this many requests are sent.
const MOST_REQUESTS: u32 = 1_000_000;
/// How many changes can be taken back.
const MOST_UNDONE: usize = 200;

impl Pair {
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
