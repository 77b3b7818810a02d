//! Histories larger than anybody would look at: some thousands of operations that follow one another,
//! overlap or never end, on one object or on many, with answers that a real object gave, or almost.
//!
//! Each is made from keyed draws, so that its number says all about it. The first are those that a
//! judge once took far more time or memory for than it had said.

use super::support::Dice;
use faultline::judge::history::{History, Op, Outcome, Place};
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use std::collections::BTreeMap;

/// How many operations the largest have.
const MOST: usize = 4_000;

/// A history to be judged, and what it is a history of.
pub(crate) struct Large {
    pub(crate) called: String,
    pub(crate) history: History,
    pub(crate) object: Object,
}

/// What is drawn of a history before its operations are.
struct Plan {
    object: Object,
    ops: usize,
    processes: usize,
    keys: u64,
    /// How many operations lie open at a time.
    open: usize,
    /// One of so many has no end, or failed, or read something else than there was.
    endless: u64,
    failed: u64,
    wrong: u64,
    /// Whether no value is written twice.
    unique: bool,
    /// One of so many reads.
    reads: u64,
}

/// The history of that number.
pub(crate) fn large(number: u64) -> Large {
    match WORST.get(number as usize) {
        Some((called, worst)) => Large { called: (*called).into(), ..worst() },
        None => drawn(number),
    }
}

/// A history that was too much for a judge.
type Worst = (&'static str, fn() -> Large);

/// Those that were too much for a judge once.
const WORST: [Worst; 6] = [
    ("every value is written once and read once", || one_after_the_other(MOST, |op| (if op % 2 == 0 { "write" } else { "read" }, op / 2))),
    ("half of all have ended before the others begin", || in_waves(MOST, 2, |op| part("w", op, op))),
    ("all write the same object, and nobody reads it", || in_waves(MOST, 1, |op| part("w", 0, op))),
    ("all write the same object, and nobody has seen any of it", || {
        in_waves(MOST, 1, |op| if op % 2 == 0 { part("w", 0, op) } else { part("r", 0, Value::Nil) })
    }),
    ("a client who reads a lot, and then writes a lot", || {
        let mut large = one_after_the_other(MOST / 2, |op| if op < MOST / 4 { ("read", 0) } else { ("write", op) });
        let mut first = large.history.ops[0].clone();
        (first.process, first.f, first.input, first.output) = (1, "write".into(), Value::Int(0), Value::Int(0));
        large.history.ops.iter_mut().for_each(|op| {
            (op.call, op.ret, op.place.line) = (op.call + 2, op.ret.map(|ret| ret + 2), op.place.line + 1);
        });
        large.history.processes.push(Value::Int(1));
        large.history.ops.insert(0, first);
        large
    }),
    ("every client does one thing", || {
        let mut large = in_waves(MOST, MOST, |op| part(if op % 2 == 0 { "w" } else { "r" }, 0, op / 2));
        for op in &mut large.history.ops {
            let [f, _, value] = op.output.items().unwrap()[0].items().unwrap() else { unreachable!() };
            op.f = f.name().unwrap().into();
            (op.key, op.input, op.output) = (Some(Value::Int(0)), value.clone(), value.clone());
        }
        large
    }),
];

/// Of one client: what it does, and with which value.
fn one_after_the_other(ops: usize, does: impl Fn(usize) -> (&'static str, usize)) -> Large {
    let op = |op: usize| {
        let (f, value) = does(op);
        let value = Value::Int(value as i64);
        let input = if f == "read" { Value::Nil } else { value.clone() };
        Op { f: f.into(), input, output: value, ..blank(0, op * 2, Some(op * 2 + 1)) }
    };
    let history =
        History { ops: (0..ops).map(op).collect(), processes: vec![Value::Int(0)], comparisons_fail: false, untold: None, left_out: 0 };
    Large { called: String::new(), history, object: Object::Register }
}

/// Of so many waves of transactions, each of a client of its own; those of a wave overlap.
fn in_waves(ops: usize, waves: usize, does: impl Fn(usize) -> Value) -> Large {
    let size = ops / waves;
    let op = |op: usize| {
        let (wave, place) = (op / size, op % size);
        let txn = Value::List(vec![does(op)]);
        let call = wave * size * 2 + place;
        Op { f: "txn".into(), input: txn.clone(), output: txn, ..blank(op, call, Some(call + size)) }
    };
    let processes = (0..ops as i64).map(Value::Int).collect();
    let history = History { ops: (0..ops).map(op).collect(), processes, comparisons_fail: false, untold: None, left_out: 0 };
    Large { called: String::new(), history, object: Object::MultiRegister }
}

fn part(f: &str, key: usize, value: impl Into<Part>) -> Value {
    Value::List(vec![Value::Word(f.into()), Value::Int(key as i64), value.into().0])
}

struct Part(Value);

impl From<usize> for Part {
    fn from(number: usize) -> Self {
        Self(Value::Int(number as i64))
    }
}

impl From<Value> for Part {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

fn blank(process: usize, call: usize, ret: Option<usize>) -> Op {
    let (f, key, input, output, outcome) = (String::new(), None, Value::Nil, Value::Nil, Outcome::Ok);
    Op { process, call, ret, f, key, input, output, outcome, place: Place { line: call + 1, column: None, index: None } }
}

fn drawn(number: u64) -> Large {
    let mut dice = Dice::new(number);
    let any = |dice: &mut Dice, some: &[u64]| some[dice.below(some.len() as u64) as usize];
    let object = Object::ALL[dice.below(Object::ALL.len() as u64) as usize].1;
    let bits = 4 + dice.below(9);
    let ops = 1 + dice.below(1 << bits) as usize;
    let plan = Plan {
        object,
        ops,
        processes: any(&mut dice, &[1, 2, 5, 50, ops as u64]) as usize,
        keys: any(&mut dice, &[1, 3, 40, ops as u64]),
        open: any(&mut dice, &[1, 3, 10, 100, ops as u64]) as usize,
        endless: any(&mut dice, &[2, 20, 200, u64::MAX]),
        failed: any(&mut dice, &[3, 30, u64::MAX]),
        wrong: any(&mut dice, &[5, 1_000, u64::MAX]),
        unique: dice.one_in(2),
        reads: any(&mut dice, &[2, 2, 20]),
    };
    Large { called: format!("number {number}"), history: plan.history(&mut dice), object }
}

impl Plan {
    /// Operations begin and end in turns, and happen when they end.
    fn history(&self, dice: &mut Dice) -> History {
        let mut history = History::default();
        let mut state: BTreeMap<u64, Value> = BTreeMap::new();
        let (mut open, mut idle): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for moment in 0.. {
            let all = history.ops.len() == self.ops;
            if all && open.is_empty() {
                break;
            }
            let begins = !all && (open.is_empty() || open.len() < self.open && dice.below(3) > 0);
            if begins {
                let process = if idle.is_empty() || history.processes.len() < self.processes {
                    history.processes.push(Value::Int(history.processes.len() as i64));
                    history.processes.len() - 1
                } else {
                    idle.swap_remove(dice.below(idle.len() as u64) as usize)
                };
                open.push(history.ops.len());
                history.ops.push(blank(process, moment, None));
                continue;
            }
            let index = open.swap_remove(dice.below(open.len() as u64) as usize);
            let op = &mut history.ops[index];
            let (happens, ends) = (!dice.one_in(self.failed), !dice.one_in(self.endless));
            self.fill(op, index, &mut state, happens, dice);
            (op.outcome, op.ret) = match (ends, happens) {
                (true, true) => (Outcome::Ok, Some(moment)),
                (true, false) => (Outcome::Fail, Some(moment)),
                (false, _) => (Outcome::Unknown, None),
            };
            // Who does not know goes on as somebody else, or does not care.
            if ends || dice.one_in(2) {
                idle.push(op.process);
            }
        }
        history
    }

    fn fill(&self, op: &mut Op, index: usize, state: &mut BTreeMap<u64, Value>, happens: bool, dice: &mut Dice) {
        let parts = match self.object {
            Object::MultiRegister | Object::ListAppend => 1 + dice.below(3),
            _ => 1,
        };
        let (mut asked, mut answered) = (Vec::new(), Vec::new());
        for nth in 0..parts {
            let key = dice.below(self.keys);
            let lists = self.object == Object::ListAppend;
            let start = if lists { Value::List(Vec::new()) } else { Value::Nil };
            let now = state.entry(key).or_insert(start);
            let value = if self.unique { index as u64 * 4 + nth } else { dice.below(5) };
            let wrong = dice.one_in(self.wrong);
            let (f, input, output, then) = self.does(now, value, wrong, dice);
            if happens {
                *now = then;
            }
            let key = Value::Int(key as i64);
            if parts > 1 || lists || self.object == Object::MultiRegister {
                asked.push(Value::List(vec![Value::Word(f.into()), key.clone(), input]));
                answered.push(Value::List(vec![Value::Word(f.into()), key, output]));
            } else {
                op.f = f.into();
                op.key = Some(key).filter(|_| self.object == Object::Kv);
                (op.input, op.output) = (input, output);
            }
        }
        if !asked.is_empty() {
            op.f = "txn".into();
            (op.input, op.output) = (Value::List(asked), Value::List(answered));
        }
    }

    /// A word of the object, what it is asked with and answered, and what is there then.
    fn does(&self, now: &Value, value: u64, wrong: bool, dice: &mut Dice) -> (&'static str, Value, Value, Value) {
        let reads = dice.one_in(self.reads);
        let new = Value::Int(value as i64);
        let seen = if wrong { new.clone() } else { now.clone() };
        match self.object {
            Object::Mutex if *now == Value::Nil || wrong => ("acquire", Value::Nil, Value::Nil, Value::Bool(true)),
            Object::Mutex => ("release", Value::Nil, Value::Nil, Value::Nil),
            Object::ListAppend => {
                let Value::List(items) = now else { unreachable!("it is a list from the beginning") };
                if reads {
                    let seen = items[..items.len() - usize::from(wrong && !items.is_empty())].to_vec();
                    return ("r", Value::Nil, Value::List(seen), now.clone());
                }
                let then = items.iter().chain([&new]).cloned().collect();
                ("append", new.clone(), new, Value::List(then))
            }
            Object::MultiRegister if reads => ("r", Value::Nil, seen, now.clone()),
            Object::MultiRegister => ("w", new.clone(), new.clone(), new),
            Object::Kv if reads => ("get", Value::Nil, seen, now.clone()),
            Object::Kv => {
                let more = Value::Text(format!("{value} "));
                let then = match now {
                    Value::Text(text) => Value::Text(format!("{text}{value} ")),
                    _ => more.clone(),
                };
                ("append", more.clone(), more, then)
            }
            _ if reads => ("read", Value::Nil, seen, now.clone()),
            Object::CasRegister if dice.one_in(3) => {
                let both = Value::List(vec![now.clone(), new.clone()]);
                ("cas", both.clone(), both, new)
            }
            _ => ("write", new.clone(), new.clone(), new),
        }
    }
}
