//! The judge: whether a history keeps a promise, with evidence either way.
//!
//! | room | what is in it |
//! |---|---|
//! | [`value`] | reading what others write: EDN and JSON |
//! | [`history`] | who asked for what, when, and what came of it |
//! | [`spec`] | what an object does when one operation happens after the other |
//! | [`linearizable`] | one moment for every operation |
//! | [`sequential`] | one order for all, without a clock |
//! | [`causal`] | what only causes order: causal consistency, PRAM, session guarantees |

pub mod causal;
pub mod history;
pub mod linearizable;
pub mod sequential;
pub mod spec;
pub mod value;

use history::History;
use linearizable::{Linearizability, Verdict};
use spec::{Case, Object};
use std::fmt;
use value::{BadInput, Value};

/// What can be promised of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Every operation happens at one moment between its beginning and its end.
    Linearizable,
    /// All operations happen in one order, in which every process finds its own.
    Sequential,
    /// A promise that only orders what causes have ordered.
    Weak(causal::Promise),
}

impl Promise {
    /// All of them and their names, the strongest first.
    pub const ALL: [(&'static str, Self); 10] = [
        ("linearizable", Self::Linearizable),
        ("sequential", Self::Sequential),
        ("causal-convergence", Self::Weak(causal::Promise::Convergence)),
        ("causal-memory", Self::Weak(causal::Promise::Memory)),
        ("causal", Self::Weak(causal::Promise::Causal)),
        ("pram", Self::Weak(causal::Promise::Pram)),
        ("read-your-writes", Self::Weak(causal::Promise::ReadYourWrites)),
        ("monotonic-reads", Self::Weak(causal::Promise::MonotonicReads)),
        ("monotonic-writes", Self::Weak(causal::Promise::MonotonicWrites)),
        ("writes-follow-reads", Self::Weak(causal::Promise::WritesFollowReads)),
    ];
}

/// What the judge says, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the promise is kept, if that is known.
    pub kept: Option<bool>,
    /// The verdict in a sentence.
    pub verdict: String,
    /// What shows it, line by line.
    pub evidence: Vec<String>,
    /// The operations that show it: indices into the history.
    pub ops: Vec<usize>,
}

impl fmt::Display for Judgement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.verdict)?;
        self.evidence.iter().try_for_each(|line| write!(out, "\n  {line}"))
    }
}

/// Judges a history. A search that takes more than so many steps is given up.
///
/// # Errors
/// If the history has operations that the object does not have, or if the promise cannot be judged
/// from such a history: names the line and the reason.
pub fn judge(history: &History, object: Object, promise: Promise, initial: &Value, steps: u64) -> Result<Judgement, BadInput> {
    let case = Case::of(history, object, initial)?;
    Ok(match promise {
        Promise::Linearizable => linearizable(history, &case, steps),
        Promise::Sequential => sequential(history, &case, steps),
        Promise::Weak(promise) => weak(history, &case, promise)?,
    })
}

fn kept(verdict: &str, evidence: Vec<String>) -> Judgement {
    Judgement { kept: Some(true), verdict: verdict.into(), evidence, ops: Vec::new() }
}

fn unknown(steps: u64) -> Judgement {
    Judgement { kept: None, verdict: format!("unknown: {steps} steps of search were not enough"), evidence: Vec::new(), ops: Vec::new() }
}

fn linearizable(history: &History, case: &Case, steps: u64) -> Judgement {
    let mut check = Linearizability::new(case.by_object());
    if check.decide(steps).is_none() {
        return unknown(steps);
    }
    // What is known is worth being shown, however long that takes.
    match check.run(u64::MAX) {
        Verdict::Kept(orders) => {
            let order = |order: &Vec<usize>| order.iter().map(|op| history.describe(*op)).collect::<Vec<_>>().join(", ");
            kept("linearizable", orders.iter().map(|ops| format!("in this order: {}", order(ops))).collect())
        }
        Verdict::Broken(why) => {
            let mut evidence = vec![
                format!("no place for {}", history.describe(why.stuck)),
                format!("the longest order before it has {} operations and leads to {}", why.longest.len(), why.state),
                "these are enough to contradict one another:".into(),
            ];
            evidence.extend(why.core.iter().map(|op| format!("  {}", history.describe(*op))));
            Judgement { kept: Some(false), verdict: "not linearizable".into(), evidence, ops: why.core }
        }
        Verdict::Unknown => unknown(steps),
    }
}

fn sequential(history: &History, case: &Case, steps: u64) -> Judgement {
    match sequential::check(case, steps) {
        Verdict::Kept(order) => {
            let order: Vec<_> = order.iter().map(|op| history.describe(*op)).collect();
            kept("sequentially consistent", vec![format!("in this order: {}", order.join(", "))])
        }
        Verdict::Broken(ops) => {
            let mut evidence = vec!["the furthest that any order comes is before these:".to_owned()];
            evidence.extend(ops.iter().map(|op| format!("  {}", history.describe(*op))));
            Judgement { kept: Some(false), verdict: "not sequentially consistent".into(), evidence, ops }
        }
        Verdict::Unknown => unknown(steps),
    }
}

fn weak(history: &History, case: &Case, promise: causal::Promise) -> Result<Judgement, BadInput> {
    let name = Promise::ALL.iter().find(|(_, other)| *other == Promise::Weak(promise)).map_or("", |(name, _)| *name);
    Ok(match causal::check(case, promise).map_err(|(op, why)| BadInput { line: history.ops[op].line, column: 1, why })? {
        None => kept(&format!("{name} is kept"), Vec::new()),
        Some(pattern) => {
            let mut evidence = vec![pattern.why.to_owned()];
            evidence.extend(pattern.ops.iter().map(|op| format!("  {}", history.describe(*op))));
            Judgement { kept: Some(false), verdict: format!("{name} is broken"), evidence, ops: pattern.ops }
        }
    })
}
