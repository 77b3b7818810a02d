//! A history in a line, for the map of promises, for lessons and for tests.
//!
//! Processes stand beside one another, with `/` between them. `x1` writes 1 to x, or appends it to the
//! list x; `x?1` reads 1 from x, or the list of 1 (`x?12` is 1 and 2, `x?` nothing). Brackets make a
//! transaction: `[x?0 y1]`; `!` behind it says that it was taken back, `~` that nobody knows. Things in
//! the same column happen at the same time, things in later columns later; `-` leaves a column empty.

use super::history::{History, Op, Outcome, Place};
use super::value::Value;

/// The history that a line draws, of registers or of lists; nothing if it draws none.
#[must_use]
pub fn read(text: &str, lists: bool) -> Option<History> {
    let mut history = History::default();
    let lanes: Vec<&str> = text.split('/').collect();
    for (process, lane) in lanes.iter().enumerate() {
        history.processes.push(Value::Int(process as i64));
        let (mut column, mut rest) = (0, lane.trim());
        while !rest.is_empty() {
            let token;
            let end = if rest.starts_with('[') { rest.find(']')? } else { 0 };
            (token, rest) = rest.split_at(rest[end..].find(' ').map_or(rest.len(), |blank| end + blank));
            rest = rest.trim_start();
            column += 1;
            if token != "-" {
                let begin = (column - 1) * 2 * lanes.len() + process;
                history.ops.push(operation(token, lists, process, begin, begin + lanes.len())?);
            }
        }
    }
    history.ops.sort_by_key(|op| op.call);
    history.ops.iter_mut().enumerate().for_each(|(index, op)| op.place = Place::line(index + 1));
    Some(history)
}

fn operation(token: &str, lists: bool, process: usize, call: usize, ret: usize) -> Option<Op> {
    let (token, outcome) = match token.strip_suffix(['!', '~']) {
        Some(bare) => (bare, if token.ends_with('!') { Outcome::Fail } else { Outcome::Unknown }),
        None => (token, Outcome::Ok),
    };
    let op = |f: &str, key: Option<Value>, value: Value| Op {
        process,
        call,
        ret: Some(ret).filter(|_| outcome != Outcome::Unknown),
        f: f.into(),
        key,
        input: value.clone(),
        output: value,
        outcome,
        place: Place::default(),
    };
    let Some(parts) = token.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) else {
        let (f, key, value) = part(token, lists)?;
        return Some(op(f, Some(key), value));
    };
    let parts = parts.split_whitespace().map(|word| {
        let (f, key, value) = part(word, lists)?;
        Some(Value::List(vec![Value::Word(f.into()), key, value]))
    });
    Some(op("txn", None, Value::List(parts.collect::<Option<_>>()?)))
}

fn part(word: &str, lists: bool) -> Option<(&'static str, Value, Value)> {
    let (key, rest) = word.split_at_checked(1)?;
    let key = Value::Word(key.into());
    let digits = rest.trim_start_matches('?');
    let digits: Vec<Value> = digits.chars().map(|digit| Some(Value::Int(digit.to_digit(10)?.into()))).collect::<Option<_>>()?;
    match (rest.starts_with('?'), lists, digits.as_slice()) {
        (true, true, _) => Some(("r", key, Value::List(digits))),
        (true, false, [value]) => Some(("read", key, value.clone())),
        (false, _, [value]) => Some((if lists { "append" } else { "write" }, key, value.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_history() {
        let history = read("[x1 y?12]~ x?1 / - x2", true).unwrap();
        let ops: Vec<_> = history.ops.iter().map(|op| (op.process, op.output.to_string(), op.outcome)).collect();
        assert_eq!(
            ops,
            [(0, "[[:append :x 1] [:r :y [1 2]]]".into(), Outcome::Unknown), (0, "[1]".into(), Outcome::Ok), (1, "2".into(), Outcome::Ok)]
        );
        assert!(history.ops[1].call < history.ops[2].call && history.ops[2].call < history.ops[1].ret.unwrap());
    }

    #[test]
    fn what_is_no_history_is_none() {
        for text in ["x", "[x1", "x?12", "xy", "[x1]]", "ä1 ?", "x1!!"] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }
}
