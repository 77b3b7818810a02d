//! Isolation: what transactions may notice of one another.
//!
//! The levels are those of Adya (1999), each named by the cycles of dependencies that it forbids. The
//! dependencies are found the way Kingsbury and Alvaro found them (2020): appends to a list leave their
//! order in every later read, and a value written once to a register says who was read. What the reads
//! leave open (which of two writes that nobody saw together came first) is tried both ways; a history
//! breaks a level only if every way leads to a forbidden cycle.
//!
//! | file | what is in it |
//! |---|---|
//! | `read` | the transactions of a history, what each saw, and the order that lists leave |
//! | `graph` | which transaction comes before which |
//! | `cycle` | a shortest cycle that a level forbids |
//! | `settle` | both ways tried where nobody saw who was first |
//! | `explain` | the name of a cycle, and all of it in words |
//!
//! Reads are of keys, never of predicates, so “repeatable read” is not told from “serializable”.

mod cycle;
mod explain;
mod graph;
mod read;
mod settle;

pub use explain::{edges, explain, keys, name};

use super::history::{History, Outcome};
use super::linearizable::Verdict;
use super::value::Value;
use super::{Budget, Spent};
use graph::{Graph, Open};

/// Which cycles are forbidden; each rule forbids what those before it forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Of writes alone (G0).
    Writes,
    /// Of writes and reads of them (G1); also reads of what was never committed.
    Reads,
    /// With one missed write (G-single); also transactions that contradict themselves.
    OneMiss,
    /// With no two missed writes in a row.
    MissesApart,
    /// All.
    Cycles,
}

/// Which orders count beside what transactions saw; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// None.
    Free,
    /// That of each process.
    Session,
    /// That of the clock.
    Time,
}

/// A level of isolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Which cycles it forbids.
    pub rule: Rule,
    /// Of which orders.
    pub order: Order,
}

impl Level {
    const fn new(rule: Rule, order: Order) -> Self {
        Self { rule, order }
    }

    /// All of them and their names, no level before a stronger one.
    pub const ALL: [(&'static str, Self); 10] = [
        ("strict-serializable", Self::new(Rule::Cycles, Order::Time)),
        ("strong-session-serializable", Self::new(Rule::Cycles, Order::Session)),
        ("serializable", Self::new(Rule::Cycles, Order::Free)),
        ("strong-snapshot-isolation", Self::new(Rule::MissesApart, Order::Time)),
        ("strong-session-snapshot-isolation", Self::new(Rule::MissesApart, Order::Session)),
        ("snapshot-isolation", Self::new(Rule::MissesApart, Order::Free)),
        ("parallel-snapshot-isolation", Self::new(Rule::OneMiss, Order::Session)),
        ("consistent-view", Self::new(Rule::OneMiss, Order::Free)),
        ("read-committed", Self::new(Rule::Reads, Order::Free)),
        ("read-uncommitted", Self::new(Rule::Writes, Order::Free)),
    ];

    /// Whether whatever keeps this level keeps the other.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        self.rule >= other.rule && self.order >= other.order
    }
}

/// Why one transaction comes before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It wrote what the other replaced.
    Replaced,
    /// It wrote what the other saw.
    Seen,
    /// It did not see what the other wrote.
    Missed,
    /// Its process asked for it first.
    Session,
    /// It had ended when the other began.
    Time,
}

/// One transaction comes before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The earlier: an index into the history.
    pub from: usize,
    /// The later.
    pub to: usize,
    /// Why.
    pub kind: Kind,
    /// The object, if one shows it.
    pub key: Option<Value>,
    /// What was written or seen first; nothing if it was the beginning.
    pub before: Option<Value>,
    /// What was written later, or was seen.
    pub after: Option<Value>,
}

/// Why no order of the transactions suits what they saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They come before one another in a circle.
    Cycle(Vec<Edge>),
    /// Nobody saw which of two writes of one object came first, but neither can have.
    Either {
        /// The object.
        key: Value,
        /// The first transaction.
        one: usize,
        /// The second.
        other: usize,
        /// What follows if the first was first.
        if_one: Box<Proof>,
        /// What follows if the second was first.
        if_other: Box<Proof>,
    },
}

/// What one transaction should not have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// What nobody wrote.
    Unwritten,
    /// What was taken back (G1a).
    Aborted,
    /// What its writer had not finished (G1b).
    Intermediate,
    /// Something else than it wrote or read itself.
    Internal,
    /// The same append twice.
    Twice,
    /// The appends in another order than they were written in, or than somebody else read.
    Disagree,
}

impl Flaw {
    fn rule(self) -> Rule {
        if self == Self::Internal { Rule::OneMiss } else { Rule::Reads }
    }
}

/// Why a level is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// One read is enough.
    Read {
        /// What is wrong with it.
        flaw: Flaw,
        /// The object.
        key: Value,
        /// What was read.
        value: Value,
        /// Who read it, and who wrote it or read something else: indices into the history.
        ops: Vec<usize>,
    },
    /// No order is possible.
    Order(Proof),
}

/// The transactions of a history.
pub struct Transactions<'a> {
    history: &'a History,
    lists: bool,
    txns: Vec<Txn>,
    keys: Vec<&'a Value>,
    versions: Vec<Version<'a>>,
    reads: Vec<Read>,
    flaws: Vec<Broken>,
    /// For each object what is known of the order of its versions, and what must come after that.
    chains: Vec<(Vec<u32>, Vec<u32>)>,
}

/// A transaction; its number is its place in the history.
struct Txn {
    outcome: Outcome,
    /// Whether it has happened: somebody was told so, or saw it.
    counts: bool,
}

struct Version<'a> {
    key: usize,
    value: &'a Value,
    writer: usize,
    /// Whether its writer left it so.
    last: bool,
}

struct Read {
    txn: usize,
    key: usize,
    /// What others had written. Of a register only the last of it is known.
    seen: Vec<u32>,
    /// Whether it came before all the transaction wrote there.
    first: bool,
}

impl Transactions<'_> {
    /// Whether a level is kept. With all cycles forbidden, an order in which the transactions can have
    /// happened shows that it is; for weaker levels it is empty.
    ///
    /// # Errors
    /// If the budget ended first.
    pub fn check(&self, level: Level, budget: &mut Budget<'_>) -> Result<Verdict<Vec<usize>, Broken>, Spent> {
        let flaw = self.flaws.iter().find(|flaw| matches!(flaw, Broken::Read { flaw, .. } if flaw.rule() <= level.rule));
        if let Some(flaw) = flaw {
            return Ok(Verdict::Broken(flaw.clone()));
        }
        let mut graph = Graph::of(self, level, budget)?;
        if graph.is_cyclic(budget)? {
            graph.is_broken = true;
            // The plainest of them says most.
            for order in [Order::Free, Order::Session, Order::Time] {
                for rule in [Rule::Writes, Rule::Reads, Rule::OneMiss, Rule::MissesApart, Rule::Cycles] {
                    graph.level = Level { rule, order };
                    if !level.implies(graph.level) {
                        continue;
                    }
                    if let Some(cycle) = graph.cycle(budget)? {
                        return Ok(Verdict::Broken(Broken::Order(graph.proof(&cycle))));
                    }
                }
            }
        }
        let broken = match graph.guess(budget)? {
            true => None,
            false => graph.settle(&mut self.open_pairs(budget)?, 0, budget)?,
        };
        match broken {
            None => Ok(Verdict::Kept(if level.rule == Rule::Cycles { graph.order(budget)? } else { Vec::new() })),
            Some(proof) => Ok(Verdict::Broken(Broken::Order(proof))),
        }
    }

    /// Who wrote an object nobody knows when, one after the other.
    fn open_writers(&self, key: usize) -> Vec<usize> {
        let mut writers: Vec<usize> = self.chains[key].1.iter().map(|version| self.versions[*version as usize].writer).collect();
        writers.dedup();
        writers
    }

    /// What a transaction left in an object, if nobody knows when.
    fn written(&self, key: usize, txn: usize) -> Option<u32> {
        let rest = &self.chains[key].1;
        let writer = |version: &u32| self.versions[*version as usize].writer;
        // They are in the order of their writers.
        rest.get(rest.partition_point(|version| writer(version) < txn)).copied().filter(|version| writer(version) == txn)
    }

    /// All pairs of them.
    fn open_pairs(&self, budget: &mut Budget<'_>) -> Result<Vec<Open>, Spent> {
        const MOST: usize = 1 << 24;
        let mut open = Vec::new();
        for key in 0..self.keys.len() {
            let writers = self.open_writers(key);
            let pairs = writers.len() * writers.len().saturating_sub(1) / 2;
            if open.len() + pairs > MOST {
                return Err(Spent);
            }
            budget.spend(pairs as u64)?;
            open.reserve_exact(pairs);
            for (place, one) in writers.iter().enumerate() {
                open.extend(writers[place + 1..].iter().map(|other| Open {
                    key: key as u32,
                    one: *one as u32,
                    other: *other as u32,
                    decided: false,
                }));
            }
        }
        Ok(open)
    }

    /// The strongest levels that are not broken, and whether the budget was enough to be sure.
    pub fn strongest(&self, budget: &mut Budget<'_>) -> (Vec<&'static str>, bool) {
        let mut kept: Vec<(&str, Level)> = Vec::new();
        let mut sure = true;
        for (place, (name, level)) in Level::ALL.into_iter().enumerate() {
            // The other half of the work has found out that there was something to ask.
            budget.begin(Level::ALL.len() + place, 2 * Level::ALL.len());
            if kept.iter().any(|(_, stronger)| stronger.implies(level)) {
                continue;
            }
            match self.check(level, budget) {
                Ok(Verdict::Broken(_)) => {}
                Ok(_) => kept.push((name, level)),
                Err(Spent) => sure = false,
            }
        }
        (kept.into_iter().map(|(name, _)| name).collect(), sure)
    }
}
