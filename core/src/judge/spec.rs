//! What an object does when one operation happens after the other: the meaning of a history's words.
//!
//! Checkers never look at values. A specification gives every state a number and answers from a table
//! which state an operation leads to, so that a step of a search is one look into an array.

use super::history::{History, Op, Outcome};
use super::value::{BadInput, Value};
use std::collections::BTreeMap;

/// The kinds of object whose histories can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// Read and write.
    Register,
    /// Read, write, and compare-and-set.
    CasRegister,
    /// Several registers, read and written one at a time or together.
    MultiRegister,
    /// Acquire and release.
    Mutex,
    /// Keys: get, put, append, compare-and-set.
    Kv,
    /// Several lists, read and appended to in transactions.
    ListAppend,
}

impl Object {
    /// All of them and their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("register", Self::Register),
        ("cas-register", Self::CasRegister),
        ("multi-register", Self::MultiRegister),
        ("mutex", Self::Mutex),
        ("kv", Self::Kv),
        ("list-append", Self::ListAppend),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name)
    }

    /// The kind of object that is asked in the words of this history.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let says = |words: &[&str]| history.ops.iter().any(|op| words.contains(&op.f.as_str()));
        if says(&["acquire", "release", "lock", "unlock"]) {
            Self::Mutex
        } else if says(&["txn"]) {
            if appends(history) { Self::ListAppend } else { Self::MultiRegister }
        } else if history.ops.iter().any(|op| op.key.is_some()) || says(&["get", "put", "append"]) {
            Self::Kv
        } else {
            Self::CasRegister
        }
    }
}

/// Whether a transaction of this history appends to a list.
fn appends(history: &History) -> bool {
    let is_append = |step: &Value| step.items().and_then(|words| words.first()?.name()) == Some("append");
    history.ops.iter().filter_map(|op| op.input.items()).flatten().any(is_append)
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The value was this; nothing if nobody knows what was read.
    Read(Option<Value>),
    /// It is this from now on.
    Write(Value),
    /// If it is the first, it becomes the second.
    Swap(Value, Value),
    /// It was not this.
    Differs(Value),
    /// This is put behind it.
    Append(Value),
    /// The lock is taken.
    Acquire,
    /// The lock is given back.
    Release,
    /// Several at once, each on its own register.
    Together(Vec<(Value, Act)>),
}

/// An operation as checkers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its index in the history.
    pub op: usize,
    /// Whose it is.
    pub process: usize,
    /// When it began.
    pub call: usize,
    /// When it ended, if its end is known.
    pub ret: Option<usize>,
    /// Which object, where there are several.
    pub key: Value,
    /// What it does.
    pub act: Act,
}

impl Step {
    /// What it does to a state, if it can happen there.
    #[must_use]
    pub fn apply(&self, state: &Value) -> Option<Value> {
        apply(&self.act, state)
    }
}

fn apply(act: &Act, state: &Value) -> Option<Value> {
    match act {
        Act::Read(None) => Some(state.clone()),
        Act::Read(Some(value)) => (value == state).then(|| state.clone()),
        Act::Write(value) => Some(value.clone()),
        Act::Swap(from, to) => (from == state).then(|| to.clone()),
        Act::Differs(value) => (value != state).then(|| state.clone()),
        Act::Append(value) => Some(match (state, value) {
            (Value::Nil, _) => value.clone(),
            (Value::Text(before), Value::Text(after)) => Value::Text(format!("{before}{after}")),
            (Value::List(before), _) => Value::List(before.iter().chain([value]).cloned().collect()),
            (before, after) => Value::List(vec![before.clone(), after.clone()]),
        }),
        Act::Acquire => (*state == Value::Nil).then_some(Value::Bool(true)),
        Act::Release => (*state != Value::Nil).then_some(Value::Nil),
        Act::Together(acts) => {
            let Value::Map(registers) = state else { return None };
            let mut registers = registers.clone();
            for (key, act) in acts {
                let place = registers.iter().position(|(name, _)| name == key)?;
                registers[place].1 = apply(act, &registers[place].1)?;
            }
            Some(Value::Map(registers))
        }
    }
}

impl Act {
    /// Whether it leaves every state as it is.
    pub(super) fn only_looks(&self) -> bool {
        match self {
            Self::Read(_) | Self::Differs(_) => true,
            Self::Together(acts) => acts.iter().all(|(_, act)| act.only_looks()),
            _ => false,
        }
    }
}

/// Whether one value can become the other by having values put behind it.
fn grows_into(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Nil, _) => true,
        (Value::Text(before), Value::Text(after)) => after.starts_with(before.as_str()),
        (Value::List(before), Value::List(after)) => after.starts_with(before),
        (before, Value::List(after)) => after.first().is_some_and(|first| grows_into(before, first)),
        _ => before == after,
    }
}

/// A history of one kind of object, ready to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What happened or may have happened, in the order in which it began.
    pub steps: Vec<Step>,
    /// What every object is at the beginning.
    pub initial: Value,
    /// How many processes there are.
    pub processes: usize,
}

impl Case {
    /// Reads the words of a history.
    ///
    /// # Errors
    /// Names the first operation that the object does not have.
    pub fn of(history: &History, object: Object, initial: &Value) -> Result<Self, BadInput> {
        let mut reading = Reading { object, initial, history };
        let mut steps = Vec::new();
        for (index, op) in history.ops.iter().enumerate() {
            if let Some((key, act)) = reading.act(op)? {
                let ret = op.ret.filter(|_| op.outcome != Outcome::Unknown);
                steps.push(Step { op: index, process: op.process, call: op.call, ret, key, act });
            }
        }
        let mut case = Self { steps, initial: initial.clone(), processes: history.processes.len() };
        case.join_registers(object == Object::ListAppend);
        case.forget_impossible_nils();
        Ok(case)
    }

    /// Where operations touch several registers at once, all of them are one object.
    fn join_registers(&mut self, lists: bool) {
        if !self.steps.iter().any(|step| matches!(step.act, Act::Together(_))) {
            return;
        }
        let mut names = std::collections::BTreeSet::new();
        for step in &mut self.steps {
            if !matches!(step.act, Act::Together(_)) {
                let alone = std::mem::replace(&mut step.act, Act::Acquire);
                step.act = Act::Together(vec![(std::mem::replace(&mut step.key, Value::Nil), alone)]);
            }
            if let Act::Together(acts) = &step.act {
                names.extend(acts.iter().map(|(name, _)| name.clone()));
            }
        }
        let start = |name: &Value| match &self.initial {
            _ if lists => Value::List(Vec::new()),
            Value::Map(values) => values.iter().find(|(key, _)| key == name).map_or(Value::Nil, |(_, value)| value.clone()),
            other => other.clone(),
        };
        self.initial = Value::Map(names.iter().map(|name| (name.clone(), start(name))).collect());
    }

    /// A read of nil says that nobody knows what was read, unless there is a nil to be read.
    fn forget_impossible_nils(&mut self) {
        let makes_nil = |step: &Step| matches!(&step.act, Act::Write(Value::Nil) | Act::Swap(_, Value::Nil));
        if self.initial == Value::Nil || matches!(self.initial, Value::Map(_)) || self.steps.iter().any(makes_nil) {
            return;
        }
        for step in &mut self.steps {
            if step.act == Act::Read(Some(Value::Nil)) {
                step.act = Act::Read(None);
            }
        }
        self.steps.retain(|step| step.act != Act::Read(None));
    }

    /// The same for every object alone: linearizability of all is that of each.
    #[must_use]
    pub fn by_object(&self) -> Vec<Self> {
        let mut objects: BTreeMap<&Value, Vec<Step>> = BTreeMap::new();
        for step in &self.steps {
            objects.entry(&step.key).or_default().push(step.clone());
        }
        objects.into_values().map(|steps| Self { steps, ..self.clone_empty() }).collect()
    }

    fn clone_empty(&self) -> Self {
        Self { steps: Vec::new(), initial: self.initial.clone(), processes: self.processes }
    }

    /// This case with some of its steps only.
    #[must_use]
    pub fn with(&self, steps: Vec<Step>) -> Self {
        Self { steps, ..self.clone_empty() }
    }
}

struct Reading<'a> {
    object: Object,
    initial: &'a Value,
    history: &'a History,
}

impl Reading<'_> {
    /// Which object an operation touches and what it does there; nothing if it says nothing.
    fn act(&mut self, op: &Op) -> Result<Option<(Value, Act)>, BadInput> {
        let fault = |why: String| BadInput { line: op.line, column: 1, why };
        let failed_swap = op.outcome == Outcome::Fail && self.history.comparisons_fail && op.f == "cas";
        if op.outcome == Outcome::Fail && !failed_swap {
            return Ok(None);
        }
        let known = op.outcome == Outcome::Ok;
        let (key, input, output) = self.key(op).map_err(fault)?;
        let pair = |value: &Value| match value.items() {
            Some([from, to]) => Ok((from.clone(), to.clone())),
            _ => Err(fault(format!("a compare-and-set takes two values, not {value}"))),
        };
        let act = match (self.object, op.f.as_str()) {
            (Object::Mutex, "acquire" | "lock") => Act::Acquire,
            (Object::Mutex, "release" | "unlock") => Act::Release,
            (Object::MultiRegister | Object::ListAppend, "txn" | "read" | "write")
                if input.items().is_some_and(|items| items.iter().all(is_micro)) =>
            {
                return self.together(if known { &op.output } else { &op.input }, known).map_err(fault);
            }
            (Object::Mutex, other) => return Err(fault(format!("a mutex has acquire and release, not {other}"))),
            (Object::ListAppend, other) => {
                return Err(fault(format!("list-append has transactions of [:append k v] and [:r k nil], not {other}")));
            }
            (_, "read" | "get") => {
                if !known {
                    return Ok(None);
                }
                Act::Read(Some(self.plain(output)))
            }
            (_, "write" | "put" | "set") => Act::Write(self.plain(input)),
            (Object::Kv, "append") => Act::Append(input),
            (Object::CasRegister | Object::Kv, "cas") => {
                let (from, to) = pair(&input)?;
                match output {
                    _ if failed_swap => Act::Differs(from),
                    Value::Bool(false) => Act::Differs(from),
                    _ => Act::Swap(from, to),
                }
            }
            (object, other) => return Err(fault(format!("a {} has no operation {other}", object.name()))),
        };
        Ok(Some((key, act)))
    }

    /// Nothing stored and an empty string are the same to a store of strings.
    fn plain(&self, value: Value) -> Value {
        let empty = self.object == Object::Kv && *self.initial == Value::Nil && value == Value::Text(String::new());
        if empty { Value::Nil } else { value }
    }

    /// The object, and input and output without it: the key stands beside the value, or in it.
    fn key(&self, op: &Op) -> Result<(Value, Value, Value), String> {
        if let Some(key) = &op.key {
            return Ok((key.clone(), op.input.clone(), op.output.clone()));
        }
        let keyed = matches!(self.object, Object::Kv | Object::MultiRegister) && op.f != "txn";
        if !keyed || op.input.items().is_some_and(|items| items.iter().all(is_micro)) {
            return Ok((Value::Nil, op.input.clone(), op.output.clone()));
        }
        let apart = |value: &Value| match value.items() {
            Some([key, value]) => Some((key.clone(), value.clone())),
            _ => None,
        };
        let Some((key, input)) = apart(&op.input) else {
            return Err(format!("which key? The event has no :key, and its value is not [key value] but {}", op.input));
        };
        let output = apart(&op.output).map_or_else(|| op.output.clone(), |(_, value)| value);
        Ok((key, input, output))
    }

    fn together(&self, value: &Value, known: bool) -> Result<Option<(Value, Act)>, String> {
        let mut acts = Vec::new();
        for part in value.items().unwrap_or_default() {
            let Some([f, key, value]) = part.items() else { return Err(format!("a part of a transaction is [f key value], not {part}")) };
            match f.name() {
                Some("append") if self.object == Object::ListAppend => acts.push((key.clone(), Act::Append(value.clone()))),
                Some("r" | "read") if self.object == Object::ListAppend => {
                    if known {
                        let list = if *value == Value::Nil { Value::List(Vec::new()) } else { value.clone() };
                        acts.push((key.clone(), Act::Read(Some(list))));
                    }
                }
                Some("r" | "read") if !known || *value == Value::Nil && *self.initial != Value::Nil => {}
                Some("r" | "read") => acts.push((key.clone(), Act::Read(Some(value.clone())))),
                Some("w" | "write") if self.object == Object::MultiRegister => acts.push((key.clone(), Act::Write(value.clone()))),
                _ => return Err(format!("a {} has no {f}", self.object.name())),
            }
        }
        Ok((!acts.is_empty()).then_some((Value::Nil, Act::Together(acts))))
    }
}

fn is_micro(value: &Value) -> bool {
    matches!(value.items(), Some([f, _, _]) if f.name().is_some_and(|f| matches!(f, "r" | "read" | "w" | "write" | "append")))
}

/// No state: the operation cannot happen there.
pub(super) const NONE: u32 = u32::MAX;
const UNASKED: u32 = u32::MAX - 1;

/// The states of an object by number, and which operation leads where.
#[derive(Debug)]
pub(super) struct States {
    acts: Vec<Act>,
    /// For each step the number of its act: many steps do the same.
    pub(super) act_of: Vec<u32>,
    numbers: BTreeMap<Value, u32>,
    values: Vec<Value>,
    /// One row of answers for each state.
    table: Vec<u32>,
    /// Whether all that changes a state sets it to a value or appends to it.
    foreseeable: bool,
}

impl States {
    pub(super) fn new(case: &Case) -> Self {
        let mut kinds: BTreeMap<&Act, u32> = BTreeMap::new();
        let mut acts = Vec::new();
        let mut act_of = Vec::with_capacity(case.steps.len());
        for step in &case.steps {
            let number = *kinds.entry(&step.act).or_insert_with(|| {
                acts.push(step.act.clone());
                acts.len() as u32 - 1
            });
            act_of.push(number);
        }
        let table = vec![UNASKED; acts.len()];
        let foreseeable = acts.iter().all(|act| act.only_looks() || matches!(act, Act::Write(_) | Act::Swap(..) | Act::Append(_)));
        Self { acts, act_of, numbers: BTreeMap::from([(case.initial.clone(), 0)]), values: vec![case.initial.clone()], table, foreseeable }
    }

    /// How many different acts there are.
    pub(super) fn acts(&self) -> usize {
        self.acts.len()
    }

    /// The state that a step leads to, or [`NONE`].
    #[inline]
    pub(super) fn next(&mut self, state: u32, step: usize) -> u32 {
        let place = state as usize * self.acts.len() + self.act_of[step] as usize;
        match self.table[place] {
            UNASKED => self.ask(place, state),
            known => known,
        }
    }

    #[cold]
    fn ask(&mut self, place: usize, state: u32) -> u32 {
        let act = &self.acts[place - state as usize * self.acts.len()];
        let next = match apply(act, &self.values[state as usize]) {
            None => NONE,
            Some(value) => match self.numbers.get(&value) {
                Some(number) => *number,
                None => {
                    let number = self.values.len() as u32;
                    self.numbers.insert(value.clone(), number);
                    self.values.push(value);
                    self.table.resize(self.values.len() * self.acts.len(), UNASKED);
                    number
                }
            },
        };
        self.table[place] = next;
        next
    }

    /// Whether an act has read something, which can be foreseen.
    pub(super) fn reads(&self, act: u32) -> bool {
        self.foreseeable && matches!(self.acts[act as usize], Act::Read(Some(_)))
    }

    /// Whether what was read can come to be, in this state, by appending alone.
    pub(super) fn can_become(&self, state: u32, read: u32) -> bool {
        matches!(&self.acts[read as usize], Act::Read(Some(value)) if grows_into(self.value(state), value))
    }

    /// Whether what was read can come to be after an act, by appending alone, whatever was before.
    pub(super) fn sets_up(&self, act: u32, read: u32) -> bool {
        let (Act::Write(start) | Act::Swap(_, start)) = &self.acts[act as usize] else { return false };
        matches!(&self.acts[read as usize], Act::Read(Some(value)) if grows_into(start, value))
    }

    pub(super) fn value(&self, state: u32) -> &Value {
        &self.values[state as usize]
    }
}
