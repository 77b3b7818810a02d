//! Predicates along a run, and why they hold or do not.
//!
//! An [`Observer`] runs a scenario by itself and looks at every predicate after every event, and at
//! the few moments between events at which only time decides. So what it finds depends on nothing
//! but the scenario: not on how the page plays a run, nor on who asks.

use super::count::Counter;
use super::{
    Compare, Formula, Kind, Lasting, MILLION, Measure, NodeFilter, Once, Operator, Over, Predicate, Promised, Quantity, Value, Writes,
    Written,
};
use crate::judge;
use crate::judge::history::History;
use crate::judge::spec::Object;
use crate::judge::value::Value as Word;
use crate::models::Library;
use crate::protocol::ParamKind;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Came, EventKind, NodeId, NodeStatus, Row, Sim, Span, Time};
use crate::view::{View, Widget};
use serde::{Deserialize, Serialize};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How long a judge searches before it says that it does not know.
pub(super) const JUDGE_STEPS: u64 = 2_000_000;
/// How many events are looked at in a run at most.
pub(in crate::lab) const MOST_STEPS: u64 = 2_000_000;

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When it is.
    pub time: Time,
    /// How many events were handled before it.
    pub steps: u64,
    /// How many rows the trace has there.
    pub rows: u32,
}

impl Moment {
    /// The beginning of every run.
    pub const START: Self = Self { time: Time::ZERO, steps: 0, rows: 0 };
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// How deep it lies inside others.
    pub depth: u8,
    /// Whether this part holds.
    pub holds: bool,
    /// The part as it was written.
    pub text: String,
    /// What was found.
    pub found: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.holds { '✓' } else { '✗' };
        write!(out, "{:indent$}{mark} {}", "", self.text, indent = usize::from(self.depth) * 2)?;
        if self.found.is_empty() { Ok(()) } else { write!(out, ": {}", self.found) }
    }
}

/// What was found out about a predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The first moment at which it was true, if there was one.
    pub first: Option<Moment>,
    /// Whether it is true at the last moment that was looked at; nothing if a judge did not know.
    pub holds: Option<bool>,
    /// The first moment at which nobody knows whether it was true, because a judge did not.
    pub doubted: Option<Moment>,
    /// Why it was true at that first moment; or if there was none, why it is not true now.
    pub why: Vec<Reason>,
}

/// What clients talk to, as far as a judge must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of object.
    pub object: Object,
    /// What it holds at the beginning.
    pub initial: Word,
}

struct Watch {
    root: Formula,
    text: String,
    /// What happened before this row is not counted.
    from: u32,
    first: Option<Moment>,
    doubted: Option<Moment>,
    why: Vec<Reason>,
}

/// A run that is looked at.
pub struct Observer {
    sim: Sim,
    subject: Subject,
    watches: Vec<Watch>,
    measures: Vec<Quantity>,
    values: Vec<Value>,
    /// The moment at which `end` is true.
    end: Time,
    ended: bool,
    /// How many rows were taken in.
    taken: u32,
    now: Time,
    cut_short: bool,
}

impl Observer {
    /// A run at its beginning, with `end` true at that moment.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn new(library: &Library, scenario: Scenario, subject: &Subject, end: Time) -> Result<Self, Fault> {
        Ok(Self {
            sim: Sim::new(library, scenario)?,
            subject: subject.clone(),
            watches: Vec::new(),
            measures: Vec::new(),
            values: Vec::new(),
            end,
            ended: false,
            taken: 0,
            now: Time::ZERO,
            cut_short: false,
        })
    }

    /// Looks for a predicate from a row of the trace on, and says its number. What happened earlier
    /// is not counted.
    pub fn watch(&mut self, predicate: &Predicate, from: u32) -> usize {
        let (mut root, text) = (predicate.root.clone(), predicate.text.clone());
        let look = Look::new(&self.sim, &self.subject, self.now, false);
        for (index, row) in (0..self.taken).filter_map(|index| Some((index, self.sim.trace().row(index)?))) {
            root.take(&look, row, index >= from);
        }
        self.watches.push(Watch { root, text, from, first: None, doubted: None, why: Vec::new() });
        self.watches.len() - 1
    }

    /// Measures something, and says its number. To be called before the run begins.
    pub fn measure(&mut self, measure: &Measure) -> usize {
        self.measures.push(measure.root.clone());
        self.values.push(Value::Nothing);
        self.measures.len() - 1
    }

    /// Goes to a moment before anything is looked for.
    pub fn begin(&mut self, at: Time) {
        self.run(at, &[]);
        self.now = self.now.max(at);
    }

    /// Looks at the present moment: what is already the case need not happen.
    pub fn look_now(&mut self) {
        self.look(self.now, false);
    }

    /// Goes on up to and including a moment, or to the first moment at which one of the predicates
    /// in `stops` becomes true. Says whether it stopped there.
    pub fn run(&mut self, until: Time, stops: &[usize]) -> bool {
        let is_new = |watches: &[Watch], stops: &[usize]| stops.iter().filter(|stop| watches[**stop].first.is_some()).count();
        let before = is_new(&self.watches, stops);
        let mut stopped = false;
        while !stopped && self.advance(until) {
            stopped = is_new(&self.watches, stops) > before;
        }
        self.measure_now();
        stopped
    }

    /// Goes on up to and including a moment, and looks only there: for predicates that do not ask what
    /// was the case before.
    pub(in crate::lab) fn leap(&mut self, until: Time) {
        self.cut_short = self.sim.run_within(until, MOST_STEPS) != Came::There;
        let end = self.end <= until && !self.ended;
        self.ended |= end;
        self.look(until, end);
        self.measure_now();
    }

    /// Measures at the moment that was looked at last.
    fn measure_now(&mut self) {
        let look = Look::new(&self.sim, &self.subject, self.now, false);
        for (measure, value) in self.measures.iter_mut().zip(&mut self.values) {
            *value = measure.look(&look);
        }
    }

    fn is_cut_short(&self) -> bool {
        self.sim.steps() >= MOST_STEPS || self.sim.stands_still()
    }

    /// Looks at the next moment that is not after `until`. Says whether there was one.
    fn advance(&mut self, until: Time) -> bool {
        self.cut_short = self.is_cut_short();
        if self.cut_short {
            return false;
        }
        let mut alone = if self.ended { Time::NEVER } else { self.end };
        for watch in &self.watches {
            deadline(&watch.root, self.now, &mut alone);
        }
        for measure in &self.measures {
            measure.inner_deadlines(self.now, &mut alone);
        }
        if self.sim.step_until(until.min(alone)) {
            self.look(self.sim.now(), false);
        } else if alone <= until {
            let end = !self.ended && alone == self.end;
            self.ended |= end;
            self.look(alone, end);
        } else {
            return false;
        }
        true
    }

    /// The run as far as it has come.
    #[must_use]
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    /// Whether the run has too many events to be looked at to its end.
    #[must_use]
    pub fn cut_short(&self) -> bool {
        self.cut_short
    }

    /// Whether a predicate holds at the last moment that was looked at; nothing if a judge did not know.
    #[must_use]
    pub fn holds(&self, number: usize) -> Option<bool> {
        self.watches[number].root.holds
    }

    /// Why it does or does not.
    #[must_use]
    pub fn reasons(&self, number: usize) -> Vec<Reason> {
        let watch = &self.watches[number];
        watch.root.reasons(&Look::new(&self.sim, &self.subject, self.now, self.ended), &watch.text)
    }

    /// The first moment at which a predicate was true, if there was one so far.
    #[must_use]
    pub fn first(&self, number: usize) -> Option<Moment> {
        self.watches[number].first
    }

    /// What was found out so far.
    #[must_use]
    pub fn found(&self, number: usize) -> Found {
        let watch = &self.watches[number];
        let why = if watch.first.is_some() { watch.why.clone() } else { self.reasons(number) };
        Found { first: watch.first, holds: watch.root.holds, doubted: watch.doubted, why }
    }

    /// What was measured at the last moment that was looked at.
    #[must_use]
    pub fn value(&self, number: usize) -> Value {
        self.values[number].clone()
    }

    fn look(&mut self, now: Time, end: bool) {
        let rows: Vec<(u32, Row)> =
            (self.taken..self.sim.rows()).filter_map(|index| Some((index, *self.sim.trace().row(index)?))).collect();
        self.now = now;
        let look = Look::new(&self.sim, &self.subject, now, end);
        for watch in &mut self.watches {
            for (index, row) in &rows {
                watch.root.take(&look, row, *index >= watch.from);
            }
            if self.sim.rows() < watch.from {
                continue;
            }
            let holds = watch.root.look(&look, &watch.text);
            let moment = Moment { time: now, steps: self.sim.steps(), rows: self.sim.rows() };
            if holds.is_none() {
                watch.doubted.get_or_insert(moment);
            }
            if holds == Some(true) && watch.first.is_none() {
                watch.first = Some(moment);
                watch.why = watch.root.reasons(&look, &watch.text);
            }
        }
        for measure in &mut self.measures {
            for (_, row) in &rows {
                measure.take(&look, row, true);
            }
            measure.follow(&look);
        }
        self.taken = self.sim.rows();
    }
}

/// The earliest moment after now at which time alone can change something.
fn deadline(formula: &Formula, now: Time, earliest: &mut Time) {
    let mut at = |time: Time| {
        if time > now && time < *earliest {
            *earliest = time;
        }
    };
    match &formula.kind {
        Kind::Compare { left, right, .. } => {
            for side in [left, right] {
                side.deadlines(&mut at);
            }
            if let Some(span) = Course::apart(left, right, now).and_then(Course::until_nothing) {
                at(now + span);
                at(now + span + Span(1));
            }
        }
        Kind::For(_, span, Some(since)) => at(*since + *span),
        _ => {}
    }
    if let Kind::Compare { left, right, .. } = &formula.kind {
        left.inner_deadlines(now, earliest);
        right.inner_deadlines(now, earliest);
    }
    for child in formula.children() {
        deadline(child, now, earliest);
    }
}

/// How a length of time goes on from a moment, as long as nothing happens.
#[derive(Clone, Copy)]
struct Course {
    /// In nanoseconds.
    value: i128,
    /// How much it grows with time, in parts of a million.
    rate: i128,
}

impl Course {
    /// That of a quantity; nothing if that does not change with time alone, or not evenly.
    fn of(quantity: &Quantity, now: Time) -> Option<Self> {
        match quantity {
            Quantity::Given(Value::Span(nanos)) => Some(Self { value: *nanos, rate: 0 }),
            Quantity::Now => Some(Self { value: now.0.into(), rate: MILLION }),
            Quantity::Total(lasting) => {
                let running = lasting.since.map_or(Span::ZERO, |since| now.since(since));
                Some(Self { value: (lasting.before + running).0.into(), rate: if lasting.since.is_some() { MILLION } else { 0 } })
            }
            Quantity::Sum(Operator::Plus, left, right) => Some(Self::of(left, now)?.plus(Self::of(right, now)?, MILLION)),
            Quantity::Sum(Operator::Minus, left, right) => Some(Self::of(left, now)?.plus(Self::of(right, now)?, -MILLION)),
            Quantity::Sum(Operator::Times, left, right) => match (&**left, &**right) {
                (Quantity::Given(Value::Number(times)), all) | (all, Quantity::Given(Value::Number(times))) => {
                    Some(Self { value: 0, rate: 0 }.plus(Self::of(all, now)?, *times))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// How far apart two quantities are: nothing where they are alike.
    fn apart(left: &Quantity, right: &Quantity, now: Time) -> Option<Self> {
        match (left, right) {
            // A share is reached when the one is that share of the other.
            (Quantity::Sum(Operator::By, part, whole), Quantity::Given(Value::Number(share)))
            | (Quantity::Given(Value::Number(share)), Quantity::Sum(Operator::By, part, whole)) => {
                Some(Self::of(part, now)?.plus(Self::of(whole, now)?, -share))
            }
            _ => Some(Self::of(left, now)?.plus(Self::of(right, now)?, -MILLION)),
        }
    }

    /// With so many parts of a million of another.
    fn plus(self, other: Self, parts: i128) -> Self {
        let scaled = |part: i128| part.saturating_mul(parts) / MILLION;
        Self { value: self.value.saturating_add(scaled(other.value)), rate: self.rate.saturating_add(scaled(other.rate)) }
    }

    /// How long it takes until nothing is left of it, if it ever does.
    fn until_nothing(self) -> Option<Span> {
        let (left, rate) = (self.value.unsigned_abs(), self.rate.unsigned_abs());
        let shrinks = self.value == 0 || (self.value < 0) != (self.rate < 0);
        let nanos = left.saturating_mul(MILLION.unsigned_abs()).checked_div(rate)?;
        u64::try_from(nanos).ok().filter(|_| shrinks).map(Span)
    }
}

/// A run at the moment that is looked at, with what many parts ask for.
struct Look<'a> {
    sim: &'a Sim,
    subject: &'a Subject,
    now: Time,
    end: bool,
    views: RefCell<BTreeMap<NodeId, View>>,
    promises: OnceCell<Vec<(&'static str, Result<(), String>)>>,
}

impl<'a> Look<'a> {
    fn new(sim: &'a Sim, subject: &'a Subject, now: Time, end: bool) -> Self {
        Self { sim, subject, now, end, views: RefCell::default(), promises: OnceCell::new() }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.sim.scenario().nodes).map(NodeId)
    }

    fn with_view<T>(&self, node: NodeId, ask: impl FnOnce(&View) -> T) -> T {
        ask(self.views.borrow_mut().entry(node).or_insert_with(|| self.sim.view(node)))
    }

    fn role(&self, node: NodeId) -> Option<&'static str> {
        self.with_view(node, |view| view.role.map(|(name, _)| name))
    }

    /// The texts of a part of a node's view, each with its key if it has one.
    fn texts(&self, node: NodeId, name: &str) -> Option<Vec<(Option<String>, String)>> {
        self.with_view(node, |view| {
            let widget = view.widgets.iter().find(|widget| widget.name() == name)?;
            Some(match widget {
                Widget::Field { value, .. } => vec![(None, value.text.clone())],
                Widget::Gauge { amount, .. } => vec![(None, amount.to_string())],
                Widget::List { items, .. } => items.iter().map(|item| (None, item.text.clone())).collect(),
                Widget::Table { rows, .. } => rows.iter().map(|(key, value)| (Some(key.text.clone()), value.text.clone())).collect(),
                Widget::Log { entries, .. } => entries.iter().map(|entry| (Some(entry.index.to_string()), entry.text.clone())).collect(),
                Widget::Calls { waiting, given_up, .. } => {
                    let counts = [("waiting", waiting.len() as u64), ("given up", *given_up)];
                    counts.into_iter().map(|(key, count)| (Some(key.to_owned()), count.to_string())).collect()
                }
            })
        })
    }

    /// One value of a node's view: that of a key, or all there is.
    fn field(&self, node: NodeId, name: &str, key: Option<&str>) -> Value {
        let Some(texts) = self.texts(node, name) else { return Value::Nothing };
        match key {
            Some(key) => {
                texts.iter().find(|(other, _)| other.as_deref() == Some(key)).map_or(Value::Nothing, |(_, text)| Value::read(text))
            }
            None if texts.len() == 1 && texts[0].0.is_none() => Value::read(&texts[0].1),
            None => {
                let text =
                    |(key, text): &(Option<String>, String)| key.as_ref().map_or_else(|| text.clone(), |key| format!("{key} {text}"));
                Value::Text(texts.iter().map(text).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn matches(&self, node: NodeId, filter: &NodeFilter) -> bool {
        filter.status.is_none_or(|status| status == self.sim.status(node))
            && filter.role.as_deref().is_none_or(|role| self.role(node) == Some(role))
            && filter.fields.iter().all(|(name, how, value)| how.holds(&self.field(node, name, None), value))
    }

    fn names(&self, nodes: impl Iterator<Item = NodeId>) -> String {
        nodes.map(|node| self.sim.name(node)).collect::<Vec<_>>().join(", ")
    }

    fn promise(&self, id: &str) -> Result<(), String> {
        let all = self.promises.get_or_init(|| self.sim.promises().into_iter().map(|(id, _, holds)| (id, holds)).collect());
        all.iter().find(|(other, _)| *other == id).map_or(Ok(()), |(_, holds)| holds.clone())
    }

    /// The words that a working node shows in a part of its view, each with its key.
    fn held(&self, node: NodeId, name: &str) -> BTreeSet<(Option<String>, String)> {
        let texts = self.texts(node, name).unwrap_or_default();
        let words = |(key, text): (Option<String>, String)| {
            let split = |letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_';
            text.split(split).map(|word| (key.clone(), word.to_owned())).collect::<Vec<_>>()
        };
        texts.into_iter().flat_map(words).collect()
    }

    fn working(&self) -> impl Iterator<Item = NodeId> {
        self.nodes().filter(|node| self.sim.status(*node) != NodeStatus::Down)
    }
}

fn plain(value: &Word) -> String {
    value.name().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

impl Compare {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let order = match (left, right) {
            (Value::Nothing, _) | (_, Value::Nothing) => return false,
            (Value::Number(left), Value::Number(right)) | (Value::Span(left), Value::Span(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            // A number and a text, where the model says one and the author the other.
            _ => return self == Self::Different,
        };
        match self {
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Formula {
    fn take(&mut self, look: &Look<'_>, row: &Row, counting: bool) {
        match &mut self.kind {
            Kind::Compare { left, right, .. } => {
                left.take(look, row, counting);
                right.take(look, row, counting);
            }
            Kind::Not(inner) | Kind::Ever(inner, _) | Kind::Always(inner, _) | Kind::For(inner, ..) => inner.take(look, row, counting),
            Kind::All(parts) | Kind::Any(parts) => parts.iter_mut().for_each(|part| part.take(look, row, counting)),
            Kind::Then { first, second, .. } => {
                first.take(look, row, counting);
                second.take(look, row, counting);
            }
            Kind::Within { what, after, .. } => {
                what.take(look, row, counting);
                after.take(look, row, counting);
            }
            // An answer can change what is known; nothing mends a broken history, or one that the judge has
            // no patience left for.
            Kind::Promised { promise: Promised::History(_), verdict, patience, .. }
                if row.kind == EventKind::Return && *verdict != Some(Some(false)) && *patience > 0 =>
            {
                *verdict = None;
            }
            _ => {}
        }
    }

    /// Whether it holds now; nothing if a judge would have to know it who does not. Every part is looked
    /// at, for each remembers.
    fn look(&mut self, look: &Look<'_>, text: &str) -> Option<bool> {
        let now = look.now;
        let doubt = &mut self.doubt;
        self.holds = match &mut self.kind {
            Kind::Compare { left, how, right } => Some(how.holds(&left.look(look), &right.look(look))),
            Kind::Promised { promise: Promised::Model(id), wanted, why, .. } => {
                let held = look.promise(id);
                let kept = held.is_ok();
                *why = held.err().unwrap_or_else(|| "it holds".into());
                Some(kept == *wanted)
            }
            Kind::Promised { promise: Promised::History(promise), wanted, verdict, why, patience } => {
                let kept = *verdict.get_or_insert_with(|| {
                    let history = History::of(look.sim);
                    match judge::judge(&history, look.subject.object, *promise, &look.subject.initial, *patience) {
                        Ok(judgement) if judgement.kept == Some(false) => {
                            *why = judgement.to_string().replace('\n', "; ");
                            Some(false)
                        }
                        Ok(judgement) => {
                            // Each time it gives up it has half of its patience left, so that it comes to an end.
                            *patience >>= u32::from(judgement.kept.is_none());
                            *why = judgement.verdict;
                            judgement.kept
                        }
                        // It never can.
                        Err(fault) => {
                            (*patience, *why) = (0, fault.why);
                            None
                        }
                    }
                });
                kept.map(|kept| kept == *wanted)
            }
            Kind::Status(node, status) => Some(look.sim.status(*node) == *status),
            Kind::Connected(from, to) => Some(look.sim.connects(*from, *to)),
            Kind::Quiet => Some(look.sim.flights().next().is_none()),
            Kind::End => Some(look.end),
            Kind::Not(inner) => inner.look(look, text).map(|holds| !holds),
            Kind::All(parts) => joined(parts, false, look, text),
            Kind::Any(parts) => joined(parts, true, look, text),
            Kind::Ever(inner, once) => {
                let holds = inner.look(look, text);
                if holds == Some(true) && once.is_none() {
                    *once = Some(Once { time: now, why: inner.reasons(look, text) });
                }
                *doubt |= holds.is_none();
                unless(*doubt, once.is_some())
            }
            Kind::Always(inner, once) => {
                let holds = inner.look(look, text);
                if holds == Some(false) && once.is_none() {
                    *once = Some(Once { time: now, why: inner.reasons(look, text) });
                }
                *doubt |= holds.is_none();
                unless(*doubt, once.is_some()).map(|failed| !failed)
            }
            Kind::For(inner, span, since) => {
                let holds = inner.look(look, text);
                *doubt = holds.is_none() || *doubt && holds == Some(true);
                *since = since.filter(|_| holds == Some(true)).or_else(|| (holds == Some(true)).then_some(now));
                unless(*doubt, since.is_some_and(|since| now.since(since) >= *span))
            }
            Kind::Then { first, second, seen, done } => {
                let (first, then) = (first.look(look, text), second.look(look, text));
                if then == Some(true) && seen.is_some() && done.is_none() {
                    *done = Some(Once { time: now, why: second.reasons(look, text) });
                }
                *doubt |= first.is_none() || then.is_none() && seen.is_some();
                if first == Some(true) && seen.is_none() {
                    *seen = Some(now);
                }
                unless(*doubt, done.is_some())
            }
            Kind::Within { what, span, after, began, done } => {
                let was = after.holds == Some(true);
                let (what_holds, after_holds) = (what.look(look, text), after.look(look, text));
                if after_holds == Some(true) && (began.is_none() || !was) {
                    *began = Some(now);
                }
                let in_time = began.is_some_and(|began| now.since(began) <= *span);
                if what_holds == Some(true) && in_time && done.is_none() {
                    *done = Some(Once { time: now, why: what.reasons(look, text) });
                }
                *doubt |= after_holds.is_none() || what_holds.is_none() && in_time;
                unless(*doubt, done.is_some())
            }
        };
        self.holds
    }

    /// Why it holds, or does not.
    fn reasons(&self, look: &Look<'_>, text: &str) -> Vec<Reason> {
        let mut reasons = Vec::new();
        self.explain(look, text, 0, &mut reasons);
        reasons
    }

    fn explain(&self, look: &Look<'_>, text: &str, depth: u8, out: &mut Vec<Reason>) {
        let found = match &self.kind {
            Kind::Compare { left, right, .. } => {
                let asked = [left, right].into_iter().filter(|side| !matches!(side, Quantity::Given(_)));
                asked.map(|side| format!("it is {}{}", side.value(look), side.detail(look))).collect::<Vec<_>>().join("; ")
            }
            Kind::Promised { why, .. } => why.clone(),
            Kind::Ever(_, Some(once)) => format!("since {}", once.time),
            Kind::Ever(_, None) => "not once".into(),
            Kind::Always(_, Some(once)) => format!("not at {}", once.time),
            Kind::For(_, _, Some(since)) => format!("since {since}"),
            Kind::For(_, _, None) => "not now".into(),
            Kind::Then { done: Some(once), .. } => format!("at {}", once.time),
            Kind::Then { seen: Some(time), .. } => format!("the first at {time}, the second not after it"),
            Kind::Then { .. } => "not even the first".into(),
            Kind::Within { done: Some(once), .. } => format!("at {}", once.time),
            Kind::Within { began: Some(time), .. } => format!("not in that time after {time}"),
            Kind::Within { .. } => "what comes before has not happened".into(),
            _ => String::new(),
        };
        let part = text.get(self.from..self.to).unwrap_or_default();
        out.push(Reason { depth, holds: self.holds == Some(true), text: part.split_whitespace().collect::<Vec<_>>().join(" "), found });
        let once = match &self.kind {
            Kind::Ever(_, once) | Kind::Always(_, once) => once.as_ref(),
            Kind::Then { done, .. } | Kind::Within { done, .. } => done.as_ref(),
            _ => None,
        };
        match once {
            Some(once) => out.extend(once.why.iter().map(|reason| Reason { depth: depth + 1 + reason.depth, ..reason.clone() })),
            None => self.children().into_iter().for_each(|child| child.explain(look, text, depth + 1, out)),
        }
    }
}

/// What is not true in a doubtful case is not known.
fn unless(doubt: bool, holds: bool) -> Option<bool> {
    (holds || !doubt).then_some(holds)
}

/// Whether one of the parts is as wanted: that one alone decides.
fn joined(parts: &mut [Formula], wanted: bool, look: &Look<'_>, text: &str) -> Option<bool> {
    let mut all = Some(!wanted);
    for part in parts {
        match part.look(look, text) {
            Some(holds) if holds == wanted => all = Some(wanted),
            None if all != Some(wanted) => all = None,
            _ => {}
        }
    }
    all
}

impl Writes {
    fn take(&mut self, sim: &Sim, row: &Row) {
        match row.kind {
            EventKind::Invoke => {
                let Some(word) = sim.word(row.subject) else { return };
                if matches!(word.f, "write" | "put" | "set" | "append") {
                    let (key, value) = (word.key.as_ref().map(plain), plain(&word.input));
                    self.list.push(Written { op: row.subject, key, value, done: None, missed: None });
                }
            }
            EventKind::Return => {
                let Some(index) = self.list.iter().position(|write| write.op == row.subject) else { return };
                if row.detail == 1 {
                    self.list[index].done = Some(row.time);
                    self.last = Some(index);
                }
            }
            _ => {}
        }
    }

    /// Whether a node holds a write, or a later one that may rightly have replaced it.
    fn held(&self, held: &BTreeSet<(Option<String>, String)>, index: usize) -> bool {
        let write = &self.list[index];
        let shown = |value: &str| match &write.key {
            Some(key) if held.iter().any(|(other, _)| other.as_ref() == Some(key)) => held.contains(&(Some(key.clone()), value.to_owned())),
            _ => held.iter().any(|(_, word)| word == value),
        };
        shown(&write.value) || self.list[index + 1..].iter().any(|later| later.key == write.key && shown(&later.value))
    }

    /// The acknowledged writes that no working node holds, nor a later one that may rightly have replaced them.
    fn lost(&self, look: &Look<'_>, name: &str) -> Vec<usize> {
        let held: Vec<_> = look.working().map(|node| look.held(node, name)).collect();
        let lost = |index: &usize| self.list[*index].done.is_some() && !held.iter().any(|held| self.held(held, *index));
        (0..self.list.len()).filter(lost).collect()
    }

    /// Notes which writes are missed for the first time. One that comes back with its node and is thrown away
    /// there was lost when the node was, if it is lost.
    fn miss(&mut self, look: &Look<'_>, name: &str) {
        if self.list.iter().any(|write| write.done.is_some() && write.missed.is_none()) {
            for index in self.lost(look, name) {
                self.list[index].missed.get_or_insert(look.now);
            }
        }
    }
}

impl Quantity {
    fn counters(&mut self, with: &mut dyn FnMut(&mut Counter)) {
        match self {
            Self::Count(counter) | Self::Latency(_, counter) => with(counter),
            Self::Sum(_, left, right) => {
                left.counters(with);
                right.counters(with);
            }
            _ => {}
        }
    }

    fn written(&mut self, with: &mut dyn FnMut(&mut Writes)) {
        match self {
            Self::Lost(_, writes) | Self::RecoveryPoint(_, writes) | Self::Copies(_, writes) => with(writes),
            Self::Sum(_, left, right) => {
                left.written(with);
                right.written(with);
            }
            _ => {}
        }
    }

    fn missing(&mut self, look: &Look<'_>) {
        match self {
            Self::RecoveryPoint(name, writes) => writes.miss(look, name),
            Self::Sum(_, left, right) => {
                left.missing(look);
                right.missing(look);
            }
            _ => {}
        }
    }

    fn lasting(&mut self, with: &mut dyn FnMut(&mut Lasting)) {
        match self {
            Self::Total(lasting) => with(lasting),
            Self::Sum(_, left, right) => {
                left.lasting(with);
                right.lasting(with);
            }
            _ => {}
        }
    }

    /// The moments at which time alone changes something whose time is added up.
    fn inner_deadlines(&self, now: Time, earliest: &mut Time) {
        match self {
            Self::Total(lasting) => deadline(&lasting.what, now, earliest),
            Self::Sum(_, left, right) => {
                left.inner_deadlines(now, earliest);
                right.inner_deadlines(now, earliest);
            }
            _ => {}
        }
    }

    fn take(&mut self, look: &Look<'_>, row: &Row, counting: bool) {
        self.lasting(&mut |lasting| lasting.what.take(look, row, counting));
        self.counters(&mut |counter| counter.take(look.sim, row, counting));
        self.written(&mut |writes| writes.take(look.sim, row));
    }

    fn deadlines(&self, at: &mut dyn FnMut(Time)) {
        match self {
            Self::Count(counter) | Self::Latency(_, counter) => counter.forgets().into_iter().for_each(at),
            Self::Sum(_, left, right) => {
                left.deadlines(at);
                right.deadlines(at);
            }
            _ => {}
        }
    }

    fn look(&mut self, look: &Look<'_>) -> Value {
        self.counters(&mut |counter| counter.forget(look.now));
        self.follow(look);
        self.value(look)
    }

    /// Adds up the time of what is the case, and notes when writes are lost.
    fn follow(&mut self, look: &Look<'_>) {
        self.missing(look);
        self.lasting(&mut |lasting| {
            let holds = lasting.what.look(look, "");
            match (holds, lasting.since) {
                (Some(true), None) => lasting.since = Some(look.now),
                // What nobody knows is not added up.
                (Some(false) | None, Some(since)) => {
                    lasting.before = lasting.before + look.now.since(since);
                    lasting.since = None;
                }
                _ => {}
            }
        });
    }

    fn value(&self, look: &Look<'_>) -> Value {
        let count = |number: usize| Value::whole(number as i128);
        match self {
            Self::Given(value) => value.clone(),
            Self::Now => Value::Span(look.now.0.into()),
            Self::Count(counter) => Value::whole(counter.count()),
            Self::Latency(parts, counter) => counter.quantile(*parts).map_or(Value::Nothing, |span| Value::Span(span.0.into())),
            Self::Nodes(filter) => count(look.nodes().filter(|node| look.matches(*node, filter)).count()),
            Self::Role(node) => look.role(*node).map_or(Value::Nothing, |role| Value::Text(role.into())),
            Self::Field { node, name, key } => look.field(*node, name, key.as_deref()),
            Self::Over { what, name, nodes } => {
                let fields = look.nodes().filter(|node| look.matches(*node, nodes)).map(|node| look.field(node, name, None));
                let fields = fields.filter(|value| *value != Value::Nothing);
                let number = |value: &Value| match value {
                    Value::Number(number) | Value::Span(number) => Some(*number),
                    _ => None,
                };
                match what {
                    Over::Highest => fields.max_by_key(number).unwrap_or(Value::Nothing),
                    Over::Sum => total(fields.filter_map(|value| number(&value).map(|number| (matches!(value, Value::Span(_)), number)))),
                    Over::Lowest => fields.filter(|value| number(value).is_some()).min_by_key(number).unwrap_or(Value::Nothing),
                    Over::Different => count(fields.map(|value| value.to_string()).collect::<BTreeSet<_>>().len()),
                }
            }
            Self::Setting(key) => setting(look, key),
            Self::Total(lasting) => {
                let now = lasting.since.map_or(Span::ZERO, |since| look.now.since(since));
                Value::Span((lasting.before + now).0.into())
            }
            Self::Lost(name, writes) => count(writes.lost(look, name).len()),
            Self::RecoveryPoint(name, writes) => {
                let age = |write: &Written| write.missed.zip(write.done).map_or(Span::ZERO, |(missed, done)| missed.since(done));
                let oldest = writes.lost(look, name).into_iter().map(|index| age(&writes.list[index])).max();
                match writes.last {
                    Some(_) => Value::Span(oldest.unwrap_or(Span::ZERO).0.into()),
                    None => Value::Nothing,
                }
            }
            Self::Copies(name, writes) => {
                let Some(last) = writes.last else { return Value::Nothing };
                count(look.working().filter(|node| writes.held(&look.held(*node, name), last)).count())
            }
            Self::Sum(operator, left, right) => {
                let (left, right) = (left.value(look), right.value(look));
                let (Value::Number(a) | Value::Span(a), Value::Number(b) | Value::Span(b)) = (&left, &right) else { return Value::Nothing };
                let spans = (matches!(left, Value::Span(_)), matches!(right, Value::Span(_)));
                let number = match operator {
                    Operator::Plus => a.checked_add(*b),
                    Operator::Minus => a.checked_sub(*b),
                    Operator::Times => a.checked_mul(*b).map(|product| product / MILLION),
                    Operator::By => a.checked_mul(MILLION).and_then(|a| a.checked_div(*b)),
                };
                match (number, spans.0 && !(spans.1 && matches!(operator, Operator::By))) {
                    (Some(number), true) => Value::Span(number),
                    (Some(number), false) => Value::Number(number),
                    _ => Value::Nothing,
                }
            }
        }
    }

    /// What more can be said of a value, for people.
    fn detail(&self, look: &Look<'_>) -> String {
        match self {
            Self::Nodes(filter) => {
                let names = look.names(look.nodes().filter(|node| look.matches(*node, filter)));
                if names.is_empty() { names } else { format!(" ({names})") }
            }
            Self::Field { node, name, .. } if look.texts(*node, name).is_none() => {
                let shown = look.with_view(*node, |view| view.widgets.iter().map(Widget::name).collect::<Vec<_>>().join(", "));
                format!(", for {} shows no “{name}”, only: {shown}", look.sim.name(*node))
            }
            _ => String::new(),
        }
    }
}

/// Numbers added up, or lengths of time; nothing if there is none.
fn total(parts: impl Iterator<Item = (bool, i128)>) -> Value {
    let sum = parts.reduce(|(spans, sum), (span, part)| (spans || span, sum.saturating_add(part)));
    sum.map_or(Value::Nothing, |(spans, sum)| if spans { Value::Span(sum) } else { Value::Number(sum) })
}

fn setting(look: &Look<'_>, key: &'static str) -> Value {
    let Some(spec) = look.sim.about().params.iter().find(|spec| spec.key == key) else { return Value::Nothing };
    let value = look.sim.setting(key);
    match spec.kind {
        ParamKind::Number { .. } => Value::whole(value),
        ParamKind::Switch { .. } => Value::Text(if value == 0 { "off" } else { "on" }.into()),
        ParamKind::Choice { names, .. } => names.get(value as usize).map_or(Value::Nothing, |name| Value::Text((*name).into())),
        ParamKind::Span { .. } => Value::Span(value.into()),
        ParamKind::Chance { .. } => Value::Number(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Names;
    use super::*;
    use crate::scenario::Input;

    /// How long the judge of a promise still searches after each of the first answers.
    fn patience(promise: &str, first: u64) -> [u64; 4] {
        let library = Library::standard();
        let model = library.find("primary-backup").unwrap();
        let mut scenario = Scenario::new(model.about(), 1);
        for second in 1..4 {
            scenario.add(Time::ZERO + Span::secs(second), Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
        }
        let predicate = Predicate::parse(promise, &Names::of(model, &scenario)).unwrap();
        let subject = Subject { object: Object::Register, initial: Word::Int(0) };
        let mut observer = Observer::new(&library, scenario, &subject, Time::NEVER).unwrap();
        let watch = observer.watch(&predicate, 0);
        if let Kind::Promised { patience, .. } = &mut observer.watches[watch].root.kind {
            *patience = first;
        }
        [0, 1, 2, 3].map(|second| {
            observer.run(Time::ZERO + Span::millis(second * 1_000 + 900), &[]);
            match &observer.watches[watch].root.kind {
                Kind::Promised { verdict: Some(_), patience, .. } => *patience,
                other => panic!("{other:?}"),
            }
        })
    }

    #[test]
    fn a_judge_who_gives_up_is_asked_again_only_after_an_answer_and_has_less_patience_then() {
        assert_eq!(patience("kept(linearizable)", JUDGE_STEPS), [JUDGE_STEPS; 4]);
        assert_eq!(patience("kept(causal)", 1), [1, 0, 0, 0]);
        // A register has no transactions, so there is nothing to ask again.
        assert_eq!(patience("kept(serializable)", JUDGE_STEPS), [0; 4]);
    }
}
