//! Who asked for what, when, and what came of it.
//!
//! A history is what is left of a run when only its clients may speak. It is read from the files of
//! Jepsen and its relatives (EDN maps with `:process :type :f :value`, the same as JSON lines, or the
//! lines of `jepsen.log` and `history.txt`), and written in the maps' forms.

use super::value::{BadInput, Placed, Reader, Value, is_token};
use crate::sim::{EventKind, NodeId, Sim};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// What came of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Ok,
    /// It did not happen, and never will.
    Fail,
    /// It may have happened, may happen yet, or may never happen.
    Unknown,
}

/// One operation of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// Whose: an index into the history's processes.
    pub process: usize,
    /// When it began, counted in events.
    pub call: usize,
    /// When it ended, counted in events. Unknown operations never do.
    pub ret: Option<usize>,
    /// What was asked for: `read`, `write`, `cas`.
    pub f: String,
    /// Which object, if the file says so apart from the value.
    pub key: Option<Value>,
    /// What it was asked with.
    pub input: Value,
    /// What it was answered.
    pub output: Value,
    /// What came of it.
    pub outcome: Outcome,
    /// Where it began in its file, for messages.
    pub place: Place,
}

impl Op {
    /// What was asked for and what came of it, of a transaction on these objects alone; on all if none are named.
    #[must_use]
    pub fn words(&self, keys: &[&Value]) -> String {
        let key = self.key.as_ref().map_or_else(String::new, |key| format!(" {key}"));
        let asked = if self.input == Value::Nil { String::new() } else { format!(" {}", on_keys(&self.input, keys)) };
        // What was read is said even if it is nothing: that may be what is wrong.
        let looked = matches!(self.f.as_str(), "read" | "get");
        let came = match self.outcome {
            Outcome::Ok if self.output == self.input && !looked => String::new(),
            Outcome::Ok => format!(" -> {}", on_keys(&self.output, keys)),
            Outcome::Fail => " failed".into(),
            Outcome::Unknown => " with unknown outcome".into(),
        };
        format!("{}{key}{asked}{came}", self.f)
    }
}

/// A transaction's parts on some objects, with … for others.
fn on_keys(value: &Value, keys: &[&Value]) -> String {
    let parts = value.items().filter(|_| !keys.is_empty() && is_transaction(value));
    let Some(parts) = parts else { return value.to_string() };
    let shown = |part: &Value| part.items().is_some_and(|part| keys.contains(&&part[1]));
    let mut words: Vec<String> = parts.iter().map(|part| if shown(part) { part.to_string() } else { "…".into() }).collect();
    words.dedup_by(|one, other| one == "…" && other == "…");
    format!("[{}]", words.join(" "))
}

/// Where something stands in the file of a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, if other events begin on the same line.
    pub column: Option<usize>,
    /// Its `:index`, if the file counts its events.
    pub index: Option<i64>,
}

impl Place {
    /// All of a line.
    #[must_use]
    pub const fn line(line: usize) -> Self {
        Self { line, column: None, index: None }
    }

    /// A fault there.
    #[must_use]
    pub fn fault(self, why: impl Into<String>) -> BadInput {
        BadInput { line: self.line, column: self.column.unwrap_or(1), why: why.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.column, self.index) {
            (None, _) => write!(out, "line {}", self.line),
            (Some(_), Some(index)) => write!(out, ":index {index}"),
            (Some(column), None) => write!(out, "line {}, column {column}", self.line),
        }
    }
}

/// What a file of ends alone does not say: its transactions have no beginnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The first event.
    pub place: Place,
    /// Whether it does not even say who asked.
    pub processes: bool,
}

/// What an operation of a model is to a judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What was asked for, in the words of [`super::spec::Object`]: `read`, `write`, `cas`.
    pub f: &'static str,
    /// Which object, if there are several.
    pub key: Option<Value>,
    /// What it was asked with.
    pub input: Value,
    /// What it was answered.
    pub output: Value,
}

impl Word {
    /// A read of a value, or of that of a key, with what was read if it was answered.
    #[must_use]
    pub fn read(key: Option<u32>, read: Option<u32>) -> Self {
        Self { f: "read", key: key.map(Value::from), input: Value::Nil, output: read.map_or(Value::Nil, Value::from) }
    }

    /// A write of a value, or to a key.
    #[must_use]
    pub fn write(key: Option<u32>, value: u32) -> Self {
        Self { f: "write", key: key.map(Value::from), input: value.into(), output: value.into() }
    }
}

/// What clients did and saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The operations, in the order in which they began.
    pub ops: Vec<Op>,
    /// The names of the processes.
    pub processes: Vec<Value>,
    /// Whether it comes from a log in which a failed comparison is written as a failed operation.
    pub comparisons_fail: bool,
    /// What it does not say of the order of its operations, if their beginnings are left out.
    pub untold: Option<Untold>,
    /// How many events of the file are no client's, and how many lines of a log are no events.
    pub left_out: usize,
}

/// An event of an operation, as a file has it.
struct Event {
    /// Nothing where the file does not say who asked.
    process: Option<Value>,
    kind: String,
    f: String,
    key: Option<Value>,
    value: Value,
    index: Option<i64>,
    at: usize,
}

impl Event {
    /// What disturbs the system is no client of it.
    fn is_of_nemesis(&self) -> bool {
        self.process.as_ref().and_then(Value::name) == Some("nemesis")
    }
}

impl History {
    /// Reads a history in any of the known forms.
    ///
    /// # Errors
    /// Names what is wrong, and where.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        // Maps may have anything in their strings.
        let is_form = |line: &str| line.trim_start().starts_with(['{', '[', '(', '#', ';', '\u{feff}']);
        let first = text.lines().find(|line| !line.trim().is_empty());
        let log = LogForm::ALL.into_iter().find(|form| text.lines().any(|line| form.operation(line).is_some()));
        let log = log.filter(|_| first.is_some_and(|line| !is_form(line)));
        let mut left_out = 0;
        let mut events = match log {
            Some(form) => log_events(text, form, &mut left_out)?,
            None if first.is_some_and(|line| line.contains(MARK) && !is_form(line)) => {
                let why = format!("this looks like Jepsen's log, but no line has an operation such as {MARK}: 0 :invoke :write 1");
                return Err(Reader::fault(text, 0, why));
            }
            None => form_events(text)?,
        };
        let all = events.len();
        events.retain(|event| !event.is_of_nemesis());
        left_out += all - events.len();
        let mut history = if is_short(&events) { Self::ends(text, events) } else { Self::pair(text, events)? };
        // Every promise is kept where nothing was done: a file without operations is the wrong file.
        if history.ops.is_empty() {
            return Err(Reader::fault(text, text.len(), "the file ends, and no client has done anything in it: there is nothing to judge"));
        }
        history.comparisons_fail = matches!(log, Some(LogForm::Marked));
        history.left_out = left_out;
        Ok(history)
    }

    /// What the clients of a run did and saw, up to its present moment.
    ///
    /// A client that asks again before it was answered, or after it gave up, goes on as a new process:
    /// a process does one thing after the other.
    #[must_use]
    pub fn of(sim: &Sim) -> Self {
        let mut history = Self::default();
        // When each operation began, and when and how it was answered.
        let mut events: Vec<(u32, u32, Option<u8>)> = Vec::new();
        for (number, op) in (0..).map_while(|number| Some((number, sim.trace().op(number)?))).take_while(|(_, op)| op.invoked < sim.rows())
        {
            events.push((op.invoked, number, None));
            let answered = op.ended.filter(|ended| ended.row < sim.rows() && ended.kind == EventKind::Return);
            events.extend(answered.map(|ended| (ended.row, number, Some(ended.detail))));
        }
        events.sort_unstable();
        let mut open: BTreeMap<u32, usize> = BTreeMap::new();
        // For each client the process it goes on as, once it is free again.
        let mut free: BTreeMap<NodeId, usize> = BTreeMap::new();
        for (when, number, answered) in events {
            let Some(client) = sim.trace().op(number).map(|op| op.client) else { continue };
            match answered {
                None => {
                    let Some(word) = sim.word(number) else { continue };
                    let process = free.remove(&client).unwrap_or_else(|| {
                        history.processes.push(Value::Int(history.processes.len() as i64));
                        history.processes.len() - 1
                    });
                    open.insert(number, history.ops.len());
                    history.ops.push(Op {
                        process,
                        call: when as usize,
                        ret: None,
                        f: word.f.into(),
                        key: word.key,
                        input: word.input,
                        output: word.output,
                        outcome: Outcome::Unknown,
                        place: Place::line(history.ops.len() + 1),
                    });
                }
                Some(done) => {
                    let Some(index) = open.remove(&number) else { continue };
                    let op = &mut history.ops[index];
                    op.ret = Some(when as usize);
                    op.outcome = if done == 1 { Outcome::Ok } else { Outcome::Fail };
                    free.insert(client, op.process);
                }
            }
        }
        // What was not answered yet says nothing.
        for op in history.ops.iter_mut().filter(|op| op.outcome == Outcome::Unknown) {
            op.output = Value::Nil;
        }
        history
    }

    /// What was known when this event, counted as the operations count them, had happened.
    #[must_use]
    pub fn until(&self, event: usize) -> Self {
        let mut earlier = self.clone();
        earlier.ops.retain(|op| op.call <= event);
        for op in earlier.ops.iter_mut().filter(|op| op.ret.is_some_and(|ret| ret > event)) {
            (op.ret, op.outcome, op.output) = (None, Outcome::Unknown, Value::Nil);
        }
        earlier
    }

    /// The number of a process.
    fn process(&mut self, numbers: &mut BTreeMap<Value, usize>, process: &Value) -> usize {
        *numbers.entry(process.clone()).or_insert_with(|| {
            self.processes.push(process.clone());
            self.processes.len() - 1
        })
    }

    /// Brings beginnings and ends together.
    fn pair(text: &str, events: Vec<Event>) -> Result<Self, BadInput> {
        let mut history = Self::default();
        let mut numbers: BTreeMap<Value, usize> = BTreeMap::new();
        let mut open: BTreeMap<usize, usize> = BTreeMap::new();
        let begun = events.iter().any(|event| event.kind == "invoke");
        let places = places(text, &events);
        for (when, (event, place)) in events.into_iter().zip(places).enumerate() {
            let fault = |why: String| Err(Reader::fault(text, event.at, why));
            let Some(name) = &event.process else { return fault(format!("this event has no :process: {}", shortened(&event.value))) };
            let process = history.process(&mut numbers, name);
            if event.kind == "invoke" {
                if open.contains_key(&process) {
                    return fault(format!("process {name} begins an operation before the last one has ended"));
                }
                open.insert(process, history.ops.len());
                history.ops.push(Op {
                    process,
                    call: when,
                    ret: None,
                    f: event.f,
                    key: event.key,
                    input: event.value,
                    output: Value::Nil,
                    outcome: Outcome::Unknown,
                    place,
                });
                continue;
            }
            let Some(ended) = outcome(&event.kind) else {
                return fault(format!("“{}” is no type of event: there are invoke, ok, fail and info", event.kind));
            };
            let Some(index) = open.remove(&process) else {
                return fault(if begun {
                    format!("process {name} ends an operation that it did not begin")
                } else {
                    format!(
                        "process {name} ends an operation that it did not begin: no event of this file is an :invoke. \
                         Only transactions, with values like [[:append :x 1] [:r :y [2]]], are judged without"
                    )
                });
            };
            let op = &mut history.ops[index];
            if op.f != event.f {
                return fault(format!("process {name} began {} and ends {}", op.f, event.f));
            }
            op.output = event.value;
            (op.outcome, op.ret) = match ended {
                Outcome::Unknown => (Outcome::Unknown, None),
                known => (known, Some(when)),
            };
        }
        Ok(history)
    }

    /// Transactions of which only the ends are told. Those of one process came one after the other; all that is
    /// said of when they began must not be asked for.
    fn ends(text: &str, events: Vec<Event>) -> Self {
        let mut history = Self::default();
        let mut numbers: BTreeMap<Value, usize> = BTreeMap::new();
        let places = places(text, &events);
        let processes = events.iter().any(|event| event.process.is_none());
        history.untold = places.first().map(|place| Untold { place: *place, processes });
        for (when, (event, place)) in events.into_iter().zip(places).enumerate() {
            let own = || Value::Word(format!("t{}", when + 1));
            let process = history.process(&mut numbers, &event.process.unwrap_or_else(own));
            let outcome = outcome(&event.kind).unwrap_or(Outcome::Unknown);
            history.ops.push(Op {
                process,
                call: 2 * when,
                ret: (outcome != Outcome::Unknown).then_some(2 * when + 1),
                f: event.f,
                key: event.key,
                input: event.value.clone(),
                output: event.value,
                outcome,
                place,
            });
        }
        history
    }

    /// An operation in a few words: who asked for what, what came of it, and where that stands.
    #[must_use]
    pub fn describe(&self, index: usize) -> String {
        self.describe_on(index, &[])
    }

    /// The same, of a transaction with what it did to these objects alone; of any object if none are named.
    #[must_use]
    pub fn describe_on(&self, index: usize, keys: &[&Value]) -> String {
        let op = &self.ops[index];
        format!("process {}: {} ({})", self.processes[op.process], op.words(keys), op.place)
    }

    /// As EDN, one map to a line.
    #[must_use]
    pub fn to_edn(&self) -> String {
        self.write(|out, process, kind, op, value| {
            let f = if is_token(&op.f) { Value::Word(op.f.clone()) } else { Value::Text(op.f.clone()) };
            let _ = write!(out, "{{:process {process}, :type :{kind}, :f {f}");
            if let Some(key) = &op.key {
                let _ = write!(out, ", :key {key}");
            }
            let _ = writeln!(out, ", :value {value}}}");
        })
    }

    /// As JSON, one object to a line.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        self.write(|out, process, kind, op, value| {
            let _ = write!(out, "{{\"process\":{},\"type\":\"{kind}\",\"f\":{}", process.json(), Value::Text(op.f.clone()).json());
            if let Some(key) = &op.key {
                let _ = write!(out, ",\"key\":{}", key.json());
            }
            let _ = writeln!(out, ",\"value\":{}}}", value.json());
        })
    }

    fn write(&self, event: impl Fn(&mut String, &Value, &str, &Op, &Value)) -> String {
        let mut events: Vec<(usize, bool, &Op)> = self.ops.iter().map(|op| (op.call, false, op)).collect();
        events.extend(self.ops.iter().filter_map(|op| Some((op.ret?, true, op))));
        events.sort_by_key(|(when, ..)| *when);
        let mut out = String::new();
        let mut open: Vec<Option<&Op>> = vec![None; self.processes.len()];
        for (_, ends, op) in events {
            let process = &self.processes[op.process];
            let before = std::mem::replace(&mut open[op.process], Some(op).filter(|_| !ends));
            if ends {
                event(&mut out, process, if op.outcome == Outcome::Ok { "ok" } else { "fail" }, op, &op.output);
                continue;
            }
            // A process that goes on says that it does not know.
            if let Some(unknown) = before {
                event(&mut out, process, "info", unknown, &unknown.output);
            }
            event(&mut out, process, "invoke", op, &op.input);
        }
        out
    }
}

/// The events of a file of maps: one after the other, or all in one list.
fn form_events(text: &str) -> Result<Vec<Event>, BadInput> {
    let mut reader = Reader::new(text);
    let mut events = Vec::new();
    while let Some(Placed { value, at }) = reader.next_member()? {
        events.push(map_event(text, at, &value)?);
    }
    Ok(events)
}

fn map_event(text: &str, at: usize, map: &Value) -> Result<Event, BadInput> {
    let fault = |why: String| Reader::fault(text, at, why);
    if !matches!(map, Value::Map(_)) {
        return Err(fault(format!("an event is a map with :process, :type, :f and :value, not {}", shortened(map))));
    }
    let name = |key: &str| {
        let value = map.get(key).ok_or_else(|| fault(format!("this event has no :{key}: {}", shortened(map))))?;
        value.name().map(str::to_owned).ok_or_else(|| fault(format!(":{key} is a keyword, not {}", shortened(value))))
    };
    let (process, kind) = (map.get("process").cloned(), name("type")?);
    let value = map.get("value").cloned().unwrap_or(Value::Nil);
    let is_transaction = is_transaction(&value);
    let f = match map.get("f") {
        // A nemesis does what it likes.
        _ if process.as_ref().and_then(Value::name) == Some("nemesis") => String::new(),
        None if is_transaction => "txn".into(),
        _ => name("f")?,
    };
    // What a transaction shows can be judged without knowing who asked for it.
    if process.is_none() && (kind == "invoke" || !is_transaction) {
        return Err(fault(format!("this event has no :process: {}", shortened(map))));
    }
    let index = match map.get("index") {
        Some(Value::Int(index)) => Some(*index),
        _ => None,
    };
    Ok(Event { process, kind, f, key: map.get("key").cloned(), value, index, at })
}

/// Whether a value is that of a transaction: a list of `[f key value]`.
fn is_transaction(value: &Value) -> bool {
    let is_part = |part: &Value| matches!(part.items(), Some([f, _, _]) if f.name().is_some());
    value.items().is_some_and(|parts| !parts.is_empty() && parts.iter().all(is_part))
}

/// Whether a file has transactions alone, and only their ends: as short histories in books are written.
fn is_short(events: &[Event]) -> bool {
    events.iter().all(|event| event.f == "txn" && event.key.is_none() && outcome(&event.kind).is_some() && event.value.items().is_some())
}

/// What came of an operation, by the type of its last event.
fn outcome(kind: &str) -> Option<Outcome> {
    Some(match kind {
        "ok" => Outcome::Ok,
        "fail" => Outcome::Fail,
        "info" => Outcome::Unknown,
        _ => return None,
    })
}

/// Where each event stands: by its line, and where a line has several, more closely.
fn places(text: &str, events: &[Event]) -> Vec<Place> {
    let (mut line, mut column, mut counted) = (1, 1, 0);
    let mut places: Vec<Place> = Vec::with_capacity(events.len());
    for event in events {
        for letter in text[counted..event.at].chars() {
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        counted = event.at;
        places.push(Place { line, column: Some(column), index: event.index });
    }
    let shares = |at: usize| {
        let same = |other: Option<&Place>| other.is_some_and(|other| other.line == places[at].line);
        same(at.checked_sub(1).and_then(|before| places.get(before))) || same(places.get(at + 1))
    };
    let alone: Vec<bool> = (0..places.len()).map(|at| !shares(at)).collect();
    places.into_iter().zip(alone).map(|(place, alone)| Place { column: place.column.filter(|_| !alone), ..place }).collect()
}

fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What stands before the operations in Jepsen's log.
const MARK: &str = "jepsen.util";

/// How the lines of a log have their operations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LogForm {
    /// `jepsen.log`: `INFO jepsen.util: 0 :invoke :write 3`, or with a dash, as it was in former years.
    Marked,
    /// `history.txt`: the operation alone, with tabs, perhaps behind a time.
    Bare,
}

impl LogForm {
    const ALL: [Self; 2] = [Self::Marked, Self::Bare];

    /// The operation of a line: its process and what follows. Most lines of a log have none.
    fn operation(self, line: &str) -> Option<&str> {
        let operation = match self {
            Self::Marked => line.split_once(MARK)?.1.split_once(['-', ':'])?.1,
            Self::Bare => {
                let process = line.split_once('\t')?.0;
                &line[process.rfind(' ').map_or(0, |blank| blank + 1)..]
            }
        };
        let kind = operation.split_whitespace().nth(1)?;
        matches!(kind, ":invoke" | ":ok" | ":fail" | ":info").then_some(operation)
    }
}

/// The events of a log.
fn log_events(text: &str, form: LogForm, left_out: &mut usize) -> Result<Vec<Event>, BadInput> {
    let mut events = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some(rest) = form.operation(line) else {
            *left_out += usize::from(!line.trim().is_empty());
            continue;
        };
        let mut reader = Reader::new(rest);
        let mut values = Vec::new();
        let offset = at + line.len() - rest.len();
        let fault = |fault: BadInput| {
            let begin = Reader::fault(text, offset, fault.why);
            BadInput { column: begin.column + fault.column - 1, ..begin }
        };
        while let Some(Placed { value, .. }) = reader.next_value().map_err(fault)? {
            values.push(value);
        }
        let [process, kind, f, value @ ..] = values.as_slice() else { continue };
        let (Some(kind), Some(f)) = (kind.name(), f.name()) else { continue };
        let value = value.first().cloned().unwrap_or(Value::Nil);
        events.push(Event { process: Some(process.clone()), kind: kind.into(), f: f.into(), key: None, value, index: None, at: offset });
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDN: &str = "
        {:process 0, :type :invoke, :f :write, :value 1}
        {:process :nemesis, :type :info, :f :start, :value nil}
        {:process 1, :type :invoke, :f :read, :value nil}
        {:process 0, :type :ok, :f :write, :value 1}
        {:process 1, :type :ok, :f :read, :value 1}
        {:process 1, :type :invoke, :f :write, :value 2}
        {:process 1, :type :info, :f :write, :value :timed-out}
        {:process 2, :type :invoke, :f :cas, :value [1 3]}
        {:process 2, :type :fail, :f :cas, :value [1 3]}";

    #[test]
    fn beginnings_and_ends_are_paired() {
        let history = History::read(EDN).unwrap();
        let seen: Vec<_> = history.ops.iter().map(|op| (op.f.as_str(), op.outcome, op.ret.is_some())).collect();
        assert_eq!(
            seen,
            [("write", Outcome::Ok, true), ("read", Outcome::Ok, true), ("write", Outcome::Unknown, false), ("cas", Outcome::Fail, true)]
        );
        assert_eq!(history.ops[1].output, Value::Int(1));
        assert!(history.ops[0].ret.unwrap() < history.ops[1].ret.unwrap());
        assert_eq!(history.ops[3].place, Place::line(9));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let history = History::read(EDN).unwrap();
        let plain = |history: &History| {
            history.ops.iter().map(|op| (op.process, op.f.clone(), op.input.to_string(), op.outcome)).collect::<Vec<_>>()
        };
        for text in [history.to_edn(), history.to_json_lines()] {
            let again = History::read(&text).unwrap();
            assert_eq!(plain(&again), plain(&history), "{text}");
            // In one list it is the same, down to the lines.
            for (begin, end) in [("[", "]"), ("(", "\n)"), ("#history [", "]")] {
                assert_eq!(History::read(&format!("{begin}{text}{end}")).as_ref(), Ok(&again), "{begin}{text}{end}");
            }
        }
    }

    #[test]
    fn the_lines_of_a_log_are_read() {
        let history =
            History::read("INFO  jepsen.util - 3\t:invoke\t:write\t4\nINFO  jepsen.util - 3\t:info\t:write\t:timed-out\n").unwrap();
        assert_eq!(history.ops.len(), 1);
        assert!(history.comparisons_fail);
        let fault = History::read("INFO  jepsen.util - 3\t:invoke\t:read\tnil\na  jepsen.util - 3\t:ok\t:readä\t]").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 31), "{fault}");
    }

    #[test]
    fn bad_files_are_named_with_their_place() {
        for (text, line, why) in [
            ("{:process 0, :type :invoke, :f :read}\n{:process 0, :type :invoke, :f :read}", 2, "before the last one has ended"),
            ("{:process 0, :type :ok, :f :read}", 1, "did not begin"),
            ("{:process 0, :type :invoke, :f :read} {:process 0, :type :ok, :f :write}", 1, "began read and ends write"),
            ("{:process 0, :type :invoke, :f :read} {:process 0, :type :done, :f :read}", 1, "no type of event"),
            ("{:process 0, :type :done, :f :read}", 1, "no type of event"),
            ("{:process 0, :f :read}", 1, "no :type"),
            ("\n 7", 2, "an event is a map"),
            ("[{:process 0", 1, "bracket"),
            ("[{:process 0, :type :invoke, :f :read}\n 7]", 2, "an event is a map"),
            ("[{:process 0, :type :invoke, :f :read}\n{:process 0, :type :invoke, :f :read}]", 2, "before the last one has ended"),
            ("\n[{:process 0, :type :invoke, :f :read}\n", 2, "no “]” for this bracket"),
            ("[[{:process 0, :type :invoke, :f :read}]]", 1, "an event is a map"),
            ("{:process 0, :type :invoke, :f :read}\n]", 2, "closes nothing"),
            ("[#a]", 1, "a value is missing"),
        ] {
            let fault = History::read(text).unwrap_err();
            assert_eq!(fault.line, line, "{text}: {fault}");
            assert!(fault.why.contains(why), "{fault}");
        }
    }

    /// Every promise is kept where nothing was done, so a file that holds nothing must not be judged.
    #[test]
    fn a_file_without_operations_is_a_fault() {
        let nemesis = "{:process :nemesis, :type :info, :f :start, :value nil}\n";
        for text in ["", "\n \n", "[]", "; nothing\n", nemesis] {
            let fault = History::read(text).unwrap_err();
            assert!(fault.why.contains("nothing to judge"), "{text:?}: {fault}");
        }
        let prose = History::read("INFO jepsen.util: Downloading it\nINFO jepsen.util: done\n").unwrap_err();
        assert!(prose.why.contains("looks like Jepsen's log"), "{prose}");
    }

    #[test]
    fn every_form_of_a_log_says_the_same() {
        let operations =
            ["0\t:invoke\t:write\t1", "0\t:ok\t:write\t1", ":nemesis\t:info\t:start\tnil", "1\t:invoke\t:read\tnil", "1\t:ok\t:read\t99"];
        let log = |before: &str| operations.map(|operation| format!("{before}{operation}\n")).concat();
        for before in [
            "2024-03-01 12:00:00,200{GMT}\tINFO\t[jepsen worker 0] jepsen.util: ",
            "10:22:24.820 [jepsen worker 4] INFO  jepsen.util - ",
            "",
            "2014-11-30 22:12:38,102 ",
        ] {
            let plain = log(before);
            let among_others = format!("10:00 INFO jepsen.core: Running test:\n {{:name \"etcd\"}}\n{plain}10:01 INFO jepsen.core: done\n");
            for text in [plain, among_others] {
                let history = History::read(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
                let seen: Vec<_> = history.ops.iter().map(|op| (op.f.as_str(), op.output.to_string())).collect();
                assert_eq!(seen, [("write", "1".to_owned()), ("read", "99".to_owned())], "{text}");
            }
        }
    }

    #[test]
    fn what_was_read_is_said_even_if_it_was_nothing() {
        let history =
            History::read("{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value nil}").unwrap();
        assert_eq!(history.describe(0), "process 0: read -> nil (line 1)");
    }
}
