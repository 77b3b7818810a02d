//! What an object does when one operation happens after the other: the meaning of a history's words.
//!
//! Checkers never look at values. Every value has a number, and what reads, writes and swaps do to a
//! number needs no more than to compare it. What anything else leads to is worked out once and looked up
//! in a table after that, so that a step of a search is one look into an array.

use super::history::{History, Op, Outcome, Place};
use super::value::{BadInput, Value};
use std::collections::{BTreeMap, BTreeSet};

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
        } else if history.ops.iter().any(|op| op.key.is_some()) || says(&["get", "put", "append"]) || has_keys_in_values(history) {
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

/// Which objects have an operation.
fn who_has(f: &str) -> &'static str {
    match f {
        "cas" => "cas-register and kv have",
        "append" => "kv has, and within transactions list-append",
        "acquire" | "release" | "lock" | "unlock" => "mutex has",
        "txn" => "multi-register and list-append have",
        _ => "nothing that can be judged here has: there are read, write, cas, get, put, append, acquire, release and txn",
    }
}

/// Whether its values are `[key value]`, as `jepsen.independent` writes them: every read asks for `[key nil]`.
fn has_keys_in_values(history: &History) -> bool {
    let mut reads = history.ops.iter().filter(|op| op.f == "read").peekable();
    reads.peek().is_some() && reads.all(|op| op.key.is_none() && matches!(op.input.items(), Some([_, Value::Nil])))
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
    /// The part of a state that it is about.
    #[must_use]
    pub fn touches(&self, state: &Value) -> Value {
        match (&self.act, state) {
            (Act::Together(acts), Value::Map(registers)) => {
                let mine = registers.iter().filter(|(key, _)| acts.iter().any(|(name, _)| name == key));
                Value::Map(mine.cloned().collect())
            }
            _ => state.clone(),
        }
    }

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
                let place = registers.binary_search_by(|(name, _)| name.cmp(key)).ok()?;
                registers[place].1 = apply(act, &registers[place].1)?;
            }
            Some(Value::Map(registers))
        }
    }
}

impl Act {
    /// Whether it can happen in a state, if it leaves every state as it is.
    fn sees(&self, state: &Value) -> bool {
        match (self, state) {
            (Self::Read(seen), _) => seen.as_ref().is_none_or(|seen| seen == state),
            (Self::Differs(value), _) => value != state,
            (Self::Together(acts), Value::Map(registers)) => acts.iter().all(|(key, act)| {
                let place = registers.binary_search_by(|(name, _)| name.cmp(key));
                place.is_ok_and(|place| act.sees(&registers[place].1))
            }),
            _ => false,
        }
    }

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
        if matches!(object, Object::Register | Object::CasRegister) && has_keys_in_values(history) {
            let why = "every read asks for [key nil], as jepsen.independent does: there are several keys, and the object is kv";
            let place = history.ops.iter().find(|op| op.f == "read").map_or(Place::line(1), |op| op.place);
            return Err(place.fault(why));
        }
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
        let mut names = BTreeSet::new();
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

    /// The first read of a value that nobody can have written, and the value: nothing more is needed to
    /// have no order. Not looked for where values are put together from several.
    #[must_use]
    pub fn out_of_nothing(&self) -> Option<(usize, &Value)> {
        let mut written = BTreeSet::new();
        for step in &self.steps {
            match &step.act {
                Act::Write(value) | Act::Swap(_, value) => written.insert((&step.key, value)),
                Act::Append(_) | Act::Together(_) | Act::Acquire | Act::Release => return None,
                Act::Read(_) | Act::Differs(_) => continue,
            };
        }
        self.steps.iter().find_map(|step| match &step.act {
            Act::Read(Some(value)) if *value != self.initial && !written.contains(&(&step.key, value)) => Some((step.op, value)),
            _ => None,
        })
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
        let fault = |why: String| op.place.fault(why);
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
            (object, other) => return Err(fault(format!("a {} has no operation {other}; {}", object.name(), who_has(other)))),
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

/// What an act does to the number of a state.
#[derive(Clone, Copy, Debug)]
enum Move {
    Stay,
    /// Stays, and can happen in this state alone.
    Only(u32),
    /// Stays, and can happen in any state but this.
    Except(u32),
    Become(u32),
    /// From the first alone, to the second.
    Swap(u32, u32),
    /// Has to be worked out: this column of the table.
    Ask(u32),
}

/// The states of an object by number, and which operation leads where.
#[derive(Debug, Default)]
pub(super) struct States {
    acts: Vec<Act>,
    /// For each step the number of its act: many steps do the same.
    pub(super) act_of: Vec<u32>,
    /// For each act what it does.
    moves: Vec<Move>,
    numbers: BTreeMap<Value, u32>,
    values: Vec<Value>,
    /// One row of answers for each state, as far as there is room for them.
    table: Vec<u32>,
    columns: usize,
    /// Whether all that changes a state sets it to a value or appends to it.
    foreseeable: bool,
    /// How many bytes the values take that had to be worked out, and whether that was too many.
    held: usize,
    full: bool,
    /// How many the largest of them takes.
    largest: usize,
    /// What working them out has cost and nobody has paid for yet, in steps of a search.
    owed: u64,
}

impl States {
    /// How many bytes values, and how many answers of the table, may take.
    const MOST_HELD: usize = 1 << 27;
    const MOST_ANSWERS: usize = 1 << 25;

    pub(super) fn new(case: &Case) -> Self {
        let mut states = Self { largest: size(&case.initial), ..Self::default() };
        states.number(case.initial.clone());
        let mut kinds: BTreeMap<&Act, u32> = BTreeMap::new();
        for step in &case.steps {
            let act = *kinds.entry(&step.act).or_insert_with(|| {
                let does = states.does(&step.act);
                states.moves.push(does);
                states.acts.push(step.act.clone());
                states.acts.len() as u32 - 1
            });
            states.act_of.push(act);
        }
        states.foreseeable =
            states.acts.iter().all(|act| act.only_looks() || matches!(act, Act::Write(_) | Act::Swap(..) | Act::Append(_)));
        states
    }

    fn number(&mut self, value: Value) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.numbers.insert(value.clone(), number);
        self.values.push(value);
        number
    }

    fn does(&mut self, act: &Act) -> Move {
        match act {
            Act::Read(None) => Move::Stay,
            Act::Read(Some(value)) => Move::Only(self.number(value.clone())),
            Act::Differs(value) => Move::Except(self.number(value.clone())),
            Act::Write(value) => Move::Become(self.number(value.clone())),
            Act::Swap(from, to) => Move::Swap(self.number(from.clone()), self.number(to.clone())),
            Act::Append(_) | Act::Acquire | Act::Release | Act::Together(_) => {
                self.columns += 1;
                Move::Ask(self.columns as u32 - 1)
            }
        }
    }

    /// How many different acts there are.
    pub(super) fn acts(&self) -> usize {
        self.acts.len()
    }

    /// The state that a step leads to, or [`NONE`].
    #[inline]
    pub(super) fn next(&mut self, state: u32, step: usize) -> u32 {
        let act = self.act_of[step] as usize;
        let (can, next) = match self.moves[act] {
            Move::Stay => (true, state),
            Move::Only(only) => (state == only, state),
            Move::Except(not) => (state != not, state),
            Move::Become(next) => (true, next),
            Move::Swap(from, to) => (state == from, to),
            Move::Ask(column) => {
                let place = state as usize * self.columns + column as usize;
                return match self.table.get(place) {
                    Some(&known) if known != UNASKED => known,
                    _ => self.ask(act, state, place),
                };
            }
        };
        if can { next } else { NONE }
    }

    #[cold]
    fn ask(&mut self, act: usize, state: u32, place: usize) -> u32 {
        const BYTES_A_STEP: usize = 16;
        let (does, before) = (&self.acts[act], &self.values[state as usize]);
        let next = if does.only_looks() {
            if does.sees(before) { state } else { NONE }
        } else if self.full {
            NONE
        } else if let Some(value) = apply(does, before) {
            let (bytes, known) = (size(&value), self.values.len());
            self.owed += (bytes / BYTES_A_STEP) as u64;
            self.largest = self.largest.max(bytes);
            let number = self.number(value);
            if self.values.len() > known {
                self.held += 2 * bytes;
                self.full = self.held > Self::MOST_HELD;
            }
            number
        } else {
            NONE
        };
        let row = (state as usize + 1) * self.columns;
        if row > self.table.len() && row <= Self::MOST_ANSWERS {
            self.owed += ((row - self.table.len()) * size_of::<u32>() / BYTES_A_STEP) as u64;
            self.table.resize(row, UNASKED);
        }
        if let Some(answer) = self.table.get_mut(place) {
            *answer = next;
        }
        next
    }

    /// Whether there are more states than there is room for: whoever searches cannot go on.
    pub(super) fn are_too_many(&self) -> bool {
        self.full
    }

    /// Whether it can take long to work one of them out.
    pub(super) fn are_large(&self) -> bool {
        const LARGE: usize = 1_000;
        self.largest > LARGE
    }

    /// How much that is by now.
    pub(super) fn owed(&self) -> u64 {
        self.owed
    }

    /// What is to be paid for the states that were worked out since this was asked last.
    pub(super) fn bill(&mut self) -> u64 {
        std::mem::take(&mut self.owed)
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

/// About how many bytes a value takes.
fn size(value: &Value) -> usize {
    let inside = match value {
        Value::Nil | Value::Bool(_) | Value::Int(_) => 0,
        Value::Number(text) | Value::Text(text) | Value::Word(text) => text.len(),
        Value::List(items) | Value::Set(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
    };
    inside + size_of::<Value>()
}
