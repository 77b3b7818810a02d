//! The judge: whether a history keeps a promise, with evidence either way; and whether a run does, where
//! clients cannot tell. What is judged of one moment returns a `Result` that an
//! [`Invariant`](crate::protocol::Invariant) can hand on.
//!
//! | room | what is in it |
//! |---|---|
//! | [`value`] | reading what others write: EDN and JSON |
//! | [`history`] | who asked for what, when, and what came of it |
//! | [`spec`] | what an object does when one operation happens after the other |
//! | [`linearizable`] | one moment for every operation |
//! | [`sequential`] | one order for all, without a clock |
//! | [`causal`] | what only causes order: causal consistency, PRAM, session guarantees |
//! | [`agreement`] | nobody holds something else by the same name: atomicity |
//! | [`convergence`] | all show the same once it is quiet |
//! | [`replicas`] | clients find their own writes, whomever they ask |
//! | [`exclusion`] | at most one, and one after the other |
//! | [`conservation`] | a sum stays |
//! | [`waits`] | nobody waits in a circle |
//! | [`happens_before`] | what could have caused what |
//! | [`map`] | which promise implies which |
//! | [`sketch`] | a history in a line |
//! | [`transactions`] | what transactions may notice of one another |

pub mod agreement;
pub mod causal;
pub mod conservation;
pub mod convergence;
pub mod exclusion;
pub mod happens_before;
pub mod history;
pub mod linearizable;
pub mod map;
pub mod replicas;
pub mod sequential;
pub mod sketch;
pub mod spec;
pub mod transactions;
pub mod value;
pub mod waits;

use history::{History, Untold};
use linearizable::{Linearizability, Verdict};
use sequential::Sequential;
use spec::{Case, Object};
use std::fmt;
use transactions::{Level, Order, Transactions};
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
    /// A level of isolation of transactions.
    Isolation(transactions::Level),
}

impl Promise {
    /// All of them and their names, the strongest of their kind first.
    pub const ALL: [(&'static str, Self); 20] = [
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
        Self::level(0),
        Self::level(1),
        Self::level(2),
        Self::level(3),
        Self::level(4),
        Self::level(5),
        Self::level(6),
        Self::level(7),
        Self::level(8),
        Self::level(9),
    ];

    const fn level(index: usize) -> (&'static str, Self) {
        (Level::ALL[index].0, Self::Isolation(Level::ALL[index].1))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name)
    }

    /// Why it cannot be judged where the beginnings of operations are left out, if it cannot.
    fn needs(self, untold: Untold) -> Option<BadInput> {
        let (clock, sessions) = match self {
            Self::Linearizable => (true, true),
            Self::Isolation(level) => (level.order == Order::Time, level.order >= Order::Session),
            Self::Sequential | Self::Weak(_) => (false, true),
        };
        let (what, missing) = match (clock, sessions && untold.processes) {
            (true, _) => ("what was over before something else began", "no :invoke"),
            (_, true) => ("what each process did first", "no :process"),
            _ => return None,
        };
        let name = self.name();
        Some(untold.place.fault(format!(
            "{name} is also about {what}, and this file does not say that: its events have {missing}; serializable can be judged"
        )))
    }

    /// The promise of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|(_, promise)| *promise)
    }
}

/// How far a judgement has come, as a share of all that it has to do; in operations that have found their
/// place, where it looks for one. A search that goes on in vain stays where it is; nothing of 0 is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// So many ...
    pub done: usize,
    /// ... of so many.
    pub of: usize,
}

/// What a judgement may cost, in steps that are all about as long. Whoever waits can look in now and
/// then, see how far it is, and say that it has been enough.
pub struct Budget<'a> {
    left: u64,
    until_look: u64,
    progress: Progress,
    /// Which of how many parts of the work this is.
    part: (usize, usize),
    go_on: Option<&'a mut dyn FnMut(Progress) -> bool>,
}

/// The budget has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

impl<'a> Budget<'a> {
    /// How many steps lie between two looks.
    const LOOK: u64 = 1 << 16;

    /// So many steps.
    #[must_use]
    pub fn steps(steps: u64) -> Self {
        Self { left: steps, until_look: Self::LOOK, progress: Progress::default(), part: (0, 1), go_on: None }
    }

    /// How many steps are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// So many steps, as long as whoever is asked every 65,536 steps says to go on.
    pub fn watched(steps: u64, go_on: &'a mut dyn FnMut(Progress) -> bool) -> Self {
        Self { go_on: Some(go_on), ..Self::steps(steps) }
    }

    /// Says that one of so many parts of the work begins.
    fn begin(&mut self, part: usize, parts: usize) {
        self.part = (part, parts);
    }

    /// Says how far this part of the work is.
    fn tell(&mut self, done: usize, of: usize) {
        let (part, parts) = self.part;
        self.progress = Progress { done: part * of + done, of: parts * of };
    }

    /// Whether there are so many steps, before something is begun that is worth nothing without them.
    fn covers(&self, steps: u64) -> Result<(), Spent> {
        if steps <= self.left { Ok(()) } else { Err(Spent) }
    }

    /// Takes so many steps.
    ///
    /// # Errors
    /// If there are not that many.
    #[inline]
    pub fn spend(&mut self, steps: u64) -> Result<(), Spent> {
        self.left = self.left.checked_sub(steps).ok_or(Spent)?;
        match self.until_look.checked_sub(steps) {
            Some(left) => self.until_look = left,
            None => {
                self.until_look = Self::LOOK;
                if self.go_on.as_mut().is_some_and(|go_on| !go_on(self.progress)) {
                    self.left = 0;
                    return Err(Spent);
                }
            }
        }
        Ok(())
    }
}

/// What the judge says, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the promise is kept, if that is known.
    pub kept: Option<bool>,
    /// The verdict in a sentence.
    pub verdict: String,
    /// What shows it, line by line.
    pub evidence: Vec<String>,
    /// The operations that show it: indices into the history.
    pub ops: Vec<usize>,
    /// Which of these must come before which, where it is that which contradicts itself.
    pub edges: Vec<(usize, usize)>,
    /// The objects of these transactions that show it; nothing if all may matter.
    pub keys: Vec<Value>,
    /// An order of the operations that shows that the promise is kept, where one does: one object after
    /// the other.
    pub order: Vec<usize>,
}

impl fmt::Display for Judgement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.verdict)?;
        self.evidence.iter().try_for_each(|line| write!(out, "\n  {line}"))
    }
}

/// Judges a history. A judgement that takes more than so many steps is given up.
///
/// # Errors
/// If the history has operations that the object does not have, or if the promise cannot be judged
/// from such a history: names the line and the reason.
pub fn judge(history: &History, object: Object, promise: Promise, initial: &Value, steps: u64) -> Result<Judgement, BadInput> {
    judge_within(history, object, promise, initial, &mut Budget::steps(steps))
}

/// The same, within a budget that somebody watches.
///
/// # Errors
/// As [`judge`].
pub fn judge_within(
    history: &History,
    object: Object,
    promise: Promise,
    initial: &Value,
    budget: &mut Budget<'_>,
) -> Result<Judgement, BadInput> {
    if let Some(fault) = history.untold.and_then(|untold| promise.needs(untold)) {
        return Err(fault);
    }
    if let Promise::Isolation(level) = promise {
        return isolation(history, object, level, initial, budget);
    }
    let case = Case::of(history, object, initial)?;
    match promise {
        Promise::Linearizable => Ok(linearizable(history, &case, budget)),
        Promise::Sequential => Ok(sequential(history, &case, budget)),
        Promise::Weak(weak_promise) => weak(history, &case, promise, weak_promise, budget),
        Promise::Isolation(_) => unreachable!("judged above"),
    }
}

fn kept(verdict: &str, history: &History, orders: &[Vec<usize>]) -> Judgement {
    let orders = orders.iter().filter(|order| !order.is_empty());
    let evidence = orders.clone().map(|order| in_order(history, order)).collect();
    Judgement { kept: Some(true), verdict: verdict.into(), evidence, order: orders.flatten().copied().collect(), ..Judgement::default() }
}

fn unknown() -> Judgement {
    let verdict = "unknown: the search was given up before it had an answer".into();
    let evidence = vec!["a shorter history, fewer operations of unknown outcome or a weaker promise is decided sooner".into()];
    Judgement { verdict, evidence, ..Judgement::default() }
}

/// Operations in an order, in words.
fn in_order(history: &History, order: &[usize]) -> String {
    let order: Vec<_> = order.iter().map(|op| history.describe(*op)).collect();
    format!("in this order: {}", order.join(", "))
}

/// Runs a search that can be interrupted as long as the budget lasts.
fn search<Yes, No>(budget: &mut Budget<'_>, run: impl FnMut(u64) -> (Verdict<Yes, No>, Progress)) -> Verdict<Yes, No> {
    search_for(u64::MAX, budget, run)
}

/// The same, but no longer than so many steps.
fn search_for<Yes, No>(
    mut most: u64,
    budget: &mut Budget<'_>,
    mut run: impl FnMut(u64) -> (Verdict<Yes, No>, Progress),
) -> Verdict<Yes, No> {
    loop {
        let slice = budget.left.min(Budget::LOOK).min(most);
        let (verdict, progress) = run(slice);
        budget.progress = progress;
        most -= slice;
        if !matches!(verdict, Verdict::Unknown) || slice == 0 || budget.spend(slice).is_err() {
            return verdict;
        }
    }
}

/// How many operations are named at most where no few are known to be enough.
const MOST_NAMED: usize = 20;

/// What one operation shows that read what nobody wrote: no order has a place for it, with or without a clock.
fn out_of_nothing(verdict: &str, history: &History, case: &Case) -> Option<Judgement> {
    let (op, value) = case.out_of_nothing()?;
    let mut evidence = vec![format!("no place for {}", history.describe(op)), format!("nobody ever wrote {value}")];
    if case.initial == Value::Nil {
        evidence.push(format!("if it was there from the beginning, say so: --initial {value}, or on the page “and holds at first”"));
    }
    Some(Judgement { kept: Some(false), verdict: verdict.into(), evidence, ops: vec![op], ..Judgement::default() })
}

fn linearizable(history: &History, case: &Case, budget: &mut Budget<'_>) -> Judgement {
    const BROKEN: &str = "not linearizable";
    if let Some(judgement) = out_of_nothing(BROKEN, history, case) {
        return judgement;
    }
    let mut check = Linearizability::new(case.by_object());
    let verdict = match search(budget, |steps| (check.run(steps), check.progress())) {
        Verdict::Unknown => check.so_far(),
        verdict => verdict,
    };
    match verdict {
        Verdict::Kept(orders) => kept("linearizable", history, &orders),
        Verdict::Broken(why) => {
            let named = if why.tried_all { why.core.len() } else { why.core.len().min(MOST_NAMED) };
            let mut evidence = vec![
                format!("no place for {}", history.describe(why.stuck)),
                format!("the longest order before it has {} operations and leads to {}", why.longest.len(), why.state),
                if why.tried_all {
                    "these are enough to contradict one another:".into()
                } else {
                    format!("{} operations contradict one another; whether fewer do was not found out:", why.core.len())
                },
            ];
            evidence.extend(why.core.iter().take(named).map(|op| format!("  {}", history.describe(*op))));
            if named < why.core.len() {
                evidence.push(format!("  and {} more", why.core.len() - named));
            }
            Judgement { kept: Some(false), verdict: BROKEN.into(), evidence, ops: why.core, ..Judgement::default() }
        }
        Verdict::Unknown => unknown(),
    }
}

/// How long an order without a clock is looked for before it is asked whether there is one with a clock:
/// that is often found sooner, and does as well.
const BEFORE_CLOCKS: u64 = 1 << 20;

fn sequential(history: &History, case: &Case, budget: &mut Budget<'_>) -> Judgement {
    const BROKEN: &str = "not sequentially consistent";
    if let Some(judgement) = out_of_nothing(BROKEN, history, case) {
        return judgement;
    }
    let objects = case.by_object();
    let mut check = Sequential::new(case, &objects);
    let mut found = search_for(BEFORE_CLOCKS, budget, |steps| (check.run(steps), check.progress()));
    if matches!(found, Verdict::Unknown) {
        let mut stronger = Linearizability::new(objects.clone());
        let mut decided = |steps| match stronger.decide(steps) {
            Some(true) => Verdict::Kept(()),
            Some(false) => Verdict::Broken(()),
            None => Verdict::Unknown,
        };
        if let Verdict::Kept(()) = search_for(budget.left / 4, budget, |steps| (decided(steps), check.progress()))
            && let Verdict::Kept(orders) = stronger.run(0)
        {
            let mut judgement = kept("sequentially consistent", history, &orders);
            judgement.evidence.insert(0, "it is even linearizable, and that implies it".into());
            return judgement;
        }
        found = search(budget, |steps| (check.run(steps), check.progress()));
    }
    match found {
        Verdict::Kept(order) => kept("sequentially consistent", history, &[order]),
        Verdict::Broken(ops) => {
            let mut evidence = vec!["the furthest that any order comes is before these:".to_owned()];
            evidence.extend(ops.iter().map(|op| format!("  {}", history.describe(*op))));
            Judgement { kept: Some(false), verdict: BROKEN.into(), evidence, ops, ..Judgement::default() }
        }
        Verdict::Unknown => unknown(),
    }
}

fn weak(
    history: &History,
    case: &Case,
    promise: Promise,
    weak_promise: causal::Promise,
    budget: &mut Budget<'_>,
) -> Result<Judgement, BadInput> {
    let found = causal::check(case, weak_promise, budget);
    Ok(match found.map_err(|(op, why)| history.ops[op].place.fault(why))? {
        Verdict::Kept(()) => kept(&format!("{} is kept", promise.name()), history, &[]),
        Verdict::Broken(pattern) => {
            let mut evidence = vec![pattern.why.to_owned()];
            evidence.extend(pattern.ops.iter().map(|op| format!("  {}", history.describe(*op))));
            let (verdict, edges) = (format!("{} is broken", promise.name()), pattern.edges);
            Judgement { kept: Some(false), verdict, evidence, ops: pattern.ops, edges, ..Judgement::default() }
        }
        Verdict::Unknown => unknown(),
    })
}

fn isolation(history: &History, object: Object, level: Level, initial: &Value, budget: &mut Budget<'_>) -> Result<Judgement, BadInput> {
    let lists = match object {
        Object::ListAppend => true,
        Object::MultiRegister => false,
        _ => {
            let why = "isolation is judged of transactions: --model list-append or multi-register".into();
            return Err(BadInput { line: 1, column: 1, why });
        }
    };
    let found = Transactions::of(history, lists, initial)?;
    budget.begin(0, 2);
    let name = Promise::Isolation(level).name();
    Ok(match found.check(level, budget) {
        Ok(Verdict::Kept(order)) => kept(&format!("{name} is kept"), history, &[order]),
        Ok(Verdict::Broken(broken)) => {
            let (mut evidence, ops) = transactions::explain(history, &broken);
            let (strongest, sure) = found.strongest(budget);
            evidence.push(match (strongest.as_slice(), sure) {
                ([], true) => "no level of isolation is kept".into(),
                (names, true) => format!("the strongest level that is kept: {}", names.join(", ")),
                (names, false) => format!("kept, and perhaps something stronger: {}", names.join(", ")),
            });
            let (edges, keys) = (transactions::edges(&broken), transactions::keys(&broken));
            Judgement { kept: Some(false), verdict: format!("{name} is broken"), evidence, ops, edges, keys, ..Judgement::default() }
        }
        Ok(Verdict::Unknown) | Err(Spent) => unknown(),
    })
}
