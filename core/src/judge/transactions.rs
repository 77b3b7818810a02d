//! Isolation: what transactions may notice of one another.
//!
//! The levels are those of Adya (1999), each named by the cycles of dependencies that it forbids. The
//! dependencies are found the way Kingsbury and Alvaro found them (2020): appends to a list leave their
//! order in every later read, and a value written once to a register says who was read. What the reads
//! leave open (which of two writes that nobody saw together came first) is tried both ways; a history
//! breaks a level only if every way leads to a forbidden cycle.
//!
//! Reads are of keys, never of predicates, so “repeatable read” is not told from “serializable”.

use super::history::{History, Outcome};
use super::linearizable::Verdict;
use super::value::{BadInput, Value};
use super::{Budget, Spent};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

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

impl<'a> Transactions<'a> {
    /// Reads the transactions of a history, on lists or on registers.
    ///
    /// # Errors
    /// If something is no transaction, or if a value does not say who wrote it.
    pub fn of(history: &'a History, lists: bool, initial: &'a Value) -> Result<Self, BadInput> {
        let mut found = Self {
            history,
            lists,
            txns: Vec::new(),
            keys: Vec::new(),
            versions: Vec::new(),
            reads: Vec::new(),
            flaws: Vec::new(),
            chains: Vec::new(),
        };
        let mut keys: BTreeMap<&Value, usize> = BTreeMap::new();
        let mut numbers: BTreeMap<(usize, &Value), u32> = BTreeMap::new();
        let mut parts = Vec::new();
        for (index, op) in history.ops.iter().enumerate() {
            let fault = |why: String| op.place.fault(why);
            let known = op.outcome == Outcome::Ok;
            let mut mine = Vec::new();
            let mut last: BTreeMap<usize, u32> = BTreeMap::new();
            for (f, key, value) in micro_operations(op.f.as_str(), op.key.as_ref(), if known { &op.output } else { &op.input })
                .ok_or_else(|| fault("a transaction is a list of [f key value]".into()))?
            {
                let writes = match f {
                    "append" if lists => true,
                    "w" | "write" if !lists => true,
                    "r" | "read" => false,
                    _ => return Err(fault(format!("{} has no {f}", if lists { "a list" } else { "a register" }))),
                };
                let key = *keys.entry(key).or_insert_with(|| {
                    found.keys.push(key);
                    found.keys.len() - 1
                });
                if !writes {
                    mine.push((key, Err(value)));
                    continue;
                }
                let version = found.versions.len() as u32;
                if (!lists && value == initial) || numbers.insert((key, value), version).is_some() {
                    return Err(fault(format!("{value} is written twice to {}: a read of it could have seen either", found.keys[key])));
                }
                if let Some(earlier) = last.insert(key, version) {
                    found.versions[earlier as usize].last = false;
                }
                found.versions.push(Version { key, value, writer: index, last: true });
                mine.push((key, Ok(version)));
            }
            found.txns.push(Txn { outcome: op.outcome, counts: known });
            parts.push(mine);
        }
        let mut lists_read: Vec<Vec<(usize, Vec<u32>)>> = vec![Vec::new(); found.keys.len()];
        for (txn, parts) in parts.into_iter().enumerate().filter(|(txn, _)| history.ops[*txn].outcome == Outcome::Ok) {
            let mut own: BTreeMap<usize, Own> = BTreeMap::new();
            for (key, part) in parts {
                let own = own.entry(key).or_default();
                let value = match part {
                    Ok(version) => {
                        own.write(version, lists);
                        continue;
                    }
                    Err(value) => value,
                };
                let items = match value {
                    Value::Nil if !lists && *initial != Value::Nil => continue,
                    Value::Nil => &[],
                    value if !lists && value == initial => &[],
                    Value::List(items) if lists => items.as_slice(),
                    value if !lists => std::slice::from_ref(value),
                    other => return Err(history.ops[txn].place.fault(format!("a list was read, not {other}"))),
                };
                let Some(seen) = items.iter().map(|item| numbers.get(&(key, item)).copied()).collect::<Option<Vec<_>>>() else {
                    found.flaw(Flaw::Unwritten, key, value, vec![txn]);
                    continue;
                };
                for version in &seen {
                    let writer = found.versions[*version as usize].writer;
                    found.txns[writer].counts |= found.txns[writer].outcome == Outcome::Unknown;
                }
                if seen.iter().collect::<BTreeSet<_>>().len() < seen.len() {
                    found.flaw(Flaw::Twice, key, value, vec![txn]);
                    continue;
                }
                let is_own = |version: &u32| found.versions[*version as usize].writer == txn;
                let foreign = seen.len() - seen.iter().rev().take_while(|version| is_own(version)).count();
                if !own.expects(&seen, is_own) {
                    found.flaw(Flaw::Internal, key, value, vec![txn]);
                }
                own.list.clone_from(&seen);
                own.exact = true;
                if lists {
                    lists_read[key].push((txn, seen.clone()));
                } else if foreign < seen.len() {
                    continue;
                }
                found.judge_read(txn, key, value, &seen[..foreign]);
                found.reads.push(Read { txn, key, seen: seen[..foreign].to_vec(), first: own.written.is_empty() });
            }
        }
        found.order_versions(lists_read);
        Ok(found)
    }

    fn flaw(&mut self, flaw: Flaw, key: usize, value: &Value, ops: Vec<usize>) {
        self.flaws.push(Broken::Read { flaw, key: self.keys[key].clone(), value: value.clone(), ops });
    }

    fn counts(&self, version: u32) -> bool {
        self.txns[self.versions[version as usize].writer].counts
    }

    fn judge_read(&mut self, txn: usize, key: usize, value: &Value, seen: &[u32]) {
        let writer = |version: &u32| self.versions[*version as usize].writer;
        let aborted = seen.iter().map(writer).find(|writer| self.txns[*writer].outcome == Outcome::Fail);
        let unfinished = seen.last().filter(|version| !self.versions[**version as usize].last).map(writer);
        let mut latest: BTreeMap<usize, u32> = BTreeMap::new();
        let turned = seen.iter().find(|version| latest.insert(writer(version), **version).is_some_and(|before| before > **version));
        if let Some(writer) = turned.map(writer) {
            self.flaw(Flaw::Disagree, key, value, vec![txn, writer]);
        }
        if let Some(writer) = aborted {
            self.flaw(Flaw::Aborted, key, value, vec![txn, writer]);
        }
        if let Some(writer) = unfinished {
            self.flaw(Flaw::Intermediate, key, value, vec![txn, writer]);
        }
    }

    /// The order of each list's appends is that of the longest read, and what nobody saw comes after it.
    /// A register shows no order.
    fn order_versions(&mut self, lists_read: Vec<Vec<(usize, Vec<u32>)>>) {
        let mut versions = vec![Vec::new(); self.keys.len()];
        (0..).zip(&self.versions).for_each(|(version, Version { key, .. })| versions[*key].push(version));
        for ((key, read), versions) in lists_read.into_iter().enumerate().zip(versions) {
            let committed: Vec<(usize, Vec<u32>)> =
                read.into_iter().map(|(txn, list)| (txn, list.into_iter().filter(|version| self.counts(*version)).collect())).collect();
            let longest = committed.iter().max_by_key(|(_, list)| list.len());
            let (reader, chain) = longest.cloned().unwrap_or_default();
            if let Some((txn, list)) = committed.iter().find(|(_, list)| !chain.starts_with(list)) {
                let value = Value::List(list.iter().map(|version| self.versions[*version as usize].value.clone()).collect());
                self.flaw(Flaw::Disagree, key, &value, vec![*txn, reader]);
                self.chains.push((Vec::new(), Vec::new()));
                continue;
            }
            let placed: BTreeSet<u32> = chain.iter().copied().collect();
            let is_open = |version: &u32| {
                let left_so = self.lists || self.versions[*version as usize].last;
                left_so && self.counts(*version) && !placed.contains(version)
            };
            let rest = versions.into_iter().filter(is_open).collect();
            self.chains.push((chain, rest));
        }
    }

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

/// The parts of a transaction: what is done, to which object, with what. One read or write alone is
/// one, too.
fn micro_operations<'a>(f: &'a str, key: Option<&'a Value>, value: &'a Value) -> Option<Vec<(&'a str, &'a Value, &'a Value)>> {
    if let Some(key) = key {
        return Some(vec![(f, key, value)]);
    }
    let items = value.items()?;
    let parts = items.iter().map(|part| match part.items() {
        Some([f, key, value]) => Some((f.name()?, key, value)),
        _ => None,
    });
    match (parts.collect::<Option<Vec<_>>>(), items) {
        (None, [key, value]) => Some(vec![(f, key, value)]),
        (parts, _) => parts,
    }
}

/// What a transaction must find in an object because of what it did itself.
#[derive(Default)]
struct Own {
    list: Vec<u32>,
    written: Vec<u32>,
    /// Whether there is nothing else in it.
    exact: bool,
}

impl Own {
    fn write(&mut self, version: u32, lists: bool) {
        if !lists {
            self.list.clear();
            self.written.clear();
            self.exact = true;
        }
        self.list.push(version);
        self.written.push(version);
    }

    fn expects(&self, seen: &[u32], is_own: impl Fn(&u32) -> bool) -> bool {
        let fits = if self.exact { seen == self.list } else { seen.ends_with(&self.list) };
        // Nothing of its own that it has yet to write.
        fits && seen.iter().filter(|version| is_own(version)).all(|version| self.written.contains(version))
    }
}

/// Two transactions that wrote the same object, and nobody saw which was first.
#[derive(Clone, Copy)]
struct Open {
    key: u32,
    one: u32,
    other: u32,
    decided: bool,
}

#[derive(Clone, Copy)]
struct Arrow {
    from: u32,
    to: u32,
    kind: Kind,
    key: u32,
    /// What was written first or seen, and what was written later.
    versions: (Option<u32>, Option<u32>),
}

/// Which transaction comes before which.
///
/// The clock's order of all transactions is told in few arrows: behind the transactions there are moments,
/// each after the one before, after those that had ended by then, and before those that began then.
struct Graph<'a> {
    facts: &'a Transactions<'a>,
    level: Level,
    arrows: Vec<Arrow>,
    /// The arrows that begin at each transaction, and at each moment.
    out: Vec<Vec<u32>>,
    /// For each version of a register who saw it.
    readers: BTreeMap<u32, Vec<usize>>,
    /// Whether there is a forbidden cycle, and all that is left is to find a short one.
    is_broken: bool,
}

/// How deep suppositions may lie inside suppositions.
const MOST_NESTED: usize = 40;

impl Open {
    fn turned(self) -> Self {
        Self { one: self.other, other: self.one, ..self }
    }

    /// Supposes that the one came before the other.
    fn suppose(self, graph: &mut Graph<'_>, budget: &mut Budget<'_>) -> Result<(), Spent> {
        graph.suppose(self.key as usize, self.one as usize, self.other as usize, budget)
    }
}

/// How many arrows there may be.
const MOST_ARROWS: usize = 1 << 24;

impl<'a> Graph<'a> {
    fn of(facts: &'a Transactions<'a>, level: Level, budget: &mut Budget<'_>) -> Result<Self, Spent> {
        let mut graph =
            Self { facts, level, arrows: Vec::new(), out: vec![Vec::new(); facts.txns.len()], readers: BTreeMap::new(), is_broken: false };
        let writer = |version: &u32| facts.versions[*version as usize].writer;
        for (key, (chain, rest)) in facts.chains.iter().enumerate() {
            for pair in chain.windows(2) {
                graph.add(Kind::Replaced, writer(&pair[0]), writer(&pair[1]), key, (Some(pair[0]), Some(pair[1])), budget)?;
            }
            if let Some(last) = chain.last() {
                for next in rest {
                    graph.add(Kind::Replaced, writer(last), writer(next), key, (Some(*last), Some(*next)), budget)?;
                }
            }
        }
        for Read { txn, key, seen, first } in &facts.reads {
            let last = seen.last().copied();
            if let Some(last) = last.filter(|last| facts.counts(*last)) {
                graph.add(Kind::Seen, writer(&last), *txn, *key, (None, Some(last)), budget)?;
            }
            let (chain, rest) = &facts.chains[*key];
            match (chain.get(seen.len()), facts.lists, last) {
                (Some(next), ..) => graph.add(Kind::Missed, *txn, writer(next), *key, (last, Some(*next)), budget)?,
                (None, true, _) | (None, false, None) => {
                    for next in rest {
                        graph.add(Kind::Missed, *txn, writer(next), *key, (last, Some(*next)), budget)?;
                    }
                }
                (None, false, Some(last)) => {
                    // Who read a register and wrote it replaced what it had read.
                    if let Some(own) = facts.written(*key, *txn).filter(|_| *first) {
                        graph.add(Kind::Replaced, writer(&last), *txn, *key, (Some(last), Some(own)), budget)?;
                    }
                    graph.readers.entry(last).or_default().push(*txn);
                }
            }
        }
        // What follows for the readers of what is known to have been replaced.
        for index in 0..graph.arrows.len() {
            let Arrow { from, to, kind, versions, key } = graph.arrows[index];
            if let (Kind::Replaced, (Some(before), _)) = (kind, versions) {
                debug_assert_eq!(from as usize, writer(&before));
                graph.missed(before, to as usize, key as usize, versions, budget)?;
            }
        }
        graph.add_sessions(budget)?;
        graph.add_moments(budget)?;
        Ok(graph)
    }

    fn add(
        &mut self,
        kind: Kind,
        from: usize,
        to: usize,
        key: usize,
        versions: (Option<u32>, Option<u32>),
        budget: &mut Budget<'_>,
    ) -> Result<(), Spent> {
        if from == to {
            return Ok(());
        }
        // One for the arrow, and one for its memory.
        budget.spend(2)?;
        if self.arrows.len() == MOST_ARROWS {
            return Err(Spent);
        }
        self.out[from].push(self.arrows.len() as u32);
        self.arrows.push(Arrow { from: from as u32, to: to as u32, kind, key: key as u32, versions });
        Ok(())
    }

    fn missed(
        &mut self,
        before: u32,
        to: usize,
        key: usize,
        versions: (Option<u32>, Option<u32>),
        budget: &mut Budget<'_>,
    ) -> Result<(), Spent> {
        for place in 0..self.readers.get(&before).map_or(0, Vec::len) {
            self.add(Kind::Missed, self.readers[&before][place], to, key, versions, budget)?;
        }
        Ok(())
    }

    /// The order of each process, if it counts.
    fn add_sessions(&mut self, budget: &mut Budget<'_>) -> Result<(), Spent> {
        if self.level.order < Order::Session {
            return Ok(());
        }
        let mut before: BTreeMap<usize, usize> = BTreeMap::new();
        for (index, _) in self.facts.txns.iter().enumerate().filter(|(_, txn)| txn.counts) {
            let op = &self.facts.history.ops[index];
            // What never ended may happen later than whatever its client did next.
            let last = if op.ret.is_some() { before.insert(op.process, index) } else { before.get(&op.process).copied() };
            if let Some(last) = last {
                self.add(Kind::Session, last, index, 0, (None, None), budget)?;
            }
        }
        Ok(())
    }

    /// The order of the clock, if it counts.
    fn add_moments(&mut self, budget: &mut Budget<'_>) -> Result<(), Spent> {
        if self.level.order < Order::Time {
            return Ok(());
        }
        let mut events = Vec::new();
        for (index, _) in self.facts.txns.iter().enumerate().filter(|(_, txn)| txn.counts) {
            let op = &self.facts.history.ops[index];
            events.push((op.call, index, false));
            events.extend(op.ret.map(|ret| (ret, index, true)));
        }
        events.sort_unstable();
        // The last moment, and whether anything has begun since.
        let mut last: Option<(usize, bool)> = None;
        for (_, index, ends) in events {
            let arrow = |graph: &mut Self, from, to, budget: &mut Budget<'_>| graph.add(Kind::Time, from, to, 0, (None, None), budget);
            match (ends, last) {
                (false, None) => {}
                (false, Some((moment, _))) => {
                    arrow(self, moment, index, budget)?;
                    last = Some((moment, true));
                }
                (true, Some((moment, false))) => arrow(self, index, moment, budget)?,
                (true, _) => {
                    let moment = self.out.len();
                    self.out.push(Vec::new());
                    if let Some((before, _)) = last {
                        arrow(self, before, moment, budget)?;
                    }
                    arrow(self, index, moment, budget)?;
                    last = Some((moment, false));
                }
            }
        }
        Ok(())
    }

    /// Whether it is a moment, and no transaction.
    fn is_moment(&self, number: u32) -> bool {
        number as usize >= self.facts.txns.len()
    }

    fn undo(&mut self, count: usize) {
        while self.arrows.len() > count {
            let arrow = self.arrows.pop().expect("there are more than so many");
            self.out[arrow.from as usize].pop();
        }
    }

    /// Supposes that one writer of an object came before another.
    fn suppose(&mut self, key: usize, from: usize, to: usize, budget: &mut Budget<'_>) -> Result<(), Spent> {
        let versions = (self.facts.written(key, from), self.facts.written(key, to));
        self.add(Kind::Replaced, from, to, key, versions, budget)?;
        versions.0.map_or(Ok(()), |before| self.missed(before, to, key, versions, budget))
    }

    /// Supposes that all who wrote an object nobody knows when did so in the order into which everything
    /// else puts them: that will often do. Says whether it does; if not, nothing is supposed.
    fn guess(&mut self, budget: &mut Budget<'_>) -> Result<bool, Spent> {
        let (count, level) = (self.arrows.len(), self.level);
        let (component, _) = self.components(budget)?;
        // Where some circles are allowed, what lies on the same one has an order without its misses.
        self.level.rule = level.rule.min(Rule::Reads);
        let within = if level.rule == Rule::OneMiss { self.components(budget) } else { Ok((Vec::new(), Vec::new())) };
        self.level = level;
        let (within, _) = within?;
        let split = level.rule == Rule::MissesApart;
        let place = |txn: &usize| {
            let component = component[if split { txn * 2 + 1 } else { *txn }];
            std::cmp::Reverse((component, within.get(*txn).copied()))
        };
        for key in 0..self.facts.keys.len() {
            let mut writers = self.facts.open_writers(key);
            budget.spend(writers.len() as u64)?;
            writers.sort_by_key(place);
            for pair in writers.windows(2) {
                self.suppose(key, pair[0], pair[1], budget)?;
            }
        }
        let suits = !self.is_cyclic(budget)?;
        if !suits {
            self.undo(count);
        }
        Ok(suits)
    }

    fn counts(&self, kind: Kind) -> bool {
        match kind {
            Kind::Replaced => true,
            Kind::Seen => self.level.rule >= Rule::Reads,
            Kind::Missed => self.level.rule >= Rule::OneMiss,
            Kind::Session => self.level.order >= Order::Session,
            Kind::Time => self.level.order >= Order::Time,
        }
    }

    /// With misses apart, every transaction is two places, its beginning and its end: it begins before
    /// what it missed ends, and all else it follows has ended before it begins. Then a forbidden cycle
    /// is a cycle of places.
    fn next(&self, place: usize, option: usize) -> Option<Step> {
        let split = self.level.rule == Rule::MissesApart;
        let txn = if split { place / 2 } else { place };
        let Some(arrow) = self.out[txn].get(option) else {
            return (split && place.is_multiple_of(2) && option == self.out[txn].len()).then_some(Step::To(place + 1, None));
        };
        let Arrow { to, kind, .. } = self.arrows[*arrow as usize];
        if !self.counts(kind) || split && (kind == Kind::Missed) != place.is_multiple_of(2) {
            return Some(Step::Nowhere);
        }
        let to = to as usize;
        Some(Step::To(if split { to * 2 + usize::from(kind == Kind::Missed) } else { to }, Some(*arrow)))
    }

    /// The strongly connected components of the places, each with a number that is greater than those
    /// of the components after it (Tarjan, 1972); and which have a cycle.
    fn components(&self, budget: &mut Budget<'_>) -> Result<(Vec<u32>, Vec<bool>), Spent> {
        const NEW: u32 = u32::MAX;
        let places = self.out.len() * if self.level.rule == Rule::MissesApart { 2 } else { 1 };
        let (mut found, mut low, mut component) = (vec![NEW; places], vec![0u32; places], vec![NEW; places]);
        let (mut stack, mut calls, mut cyclic, mut time) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for start in 0..places {
            if found[start] != NEW {
                continue;
            }
            calls.push((start, 0));
            while let Some((place, option)) = calls.last_mut() {
                budget.spend(1)?;
                let place = *place;
                if *option == 0 {
                    found[place] = time;
                    low[place] = time;
                    time += 1;
                    stack.push(place);
                }
                let step = self.next(place, *option);
                *option += 1;
                match step {
                    Some(Step::Nowhere) => {}
                    Some(Step::To(to, _)) if found[to] == NEW => calls.push((to, 0)),
                    Some(Step::To(to, _)) if component[to] == NEW => low[place] = low[place].min(found[to]),
                    Some(Step::To(..)) => {}
                    None => {
                        calls.pop();
                        if let Some((caller, _)) = calls.last() {
                            low[*caller] = low[*caller].min(low[place]);
                        }
                        if low[place] == found[place] {
                            let at = stack.iter().rposition(|other| *other == place).unwrap_or(0);
                            cyclic.push(stack.len() - at > 1);
                            stack.drain(at..).for_each(|member| component[member] = cyclic.len() as u32 - 1);
                        }
                    }
                }
            }
        }
        Ok((component, cyclic))
    }

    /// Whether there is a forbidden cycle.
    fn is_cyclic(&mut self, budget: &mut Budget<'_>) -> Result<bool, Spent> {
        if self.level.rule == Rule::OneMiss {
            return Ok(self.cycle(budget)?.is_some());
        }
        Ok(self.components(budget)?.1.contains(&true))
    }

    /// A shortest forbidden cycle, as arrows; or a short one, if the budget ends before that is sure. It
    /// begins at a transaction.
    fn cycle(&mut self, budget: &mut Budget<'_>) -> Result<Option<Vec<u32>>, Spent> {
        let level = self.level;
        if level.rule != Rule::OneMiss {
            return self.plain_cycle(budget);
        }
        self.level.rule = Rule::Reads;
        let without = self.plain_cycle(budget);
        self.level = level;
        if let Some(cycle) = without? {
            return Ok(Some(cycle));
        }
        let (component, _) = self.components(budget)?;
        self.level.rule = Rule::Reads;
        let with_one = self.cycle_of_one_miss(&component, budget);
        self.level = level;
        with_one
    }

    fn plain_cycle(&self, budget: &mut Budget<'_>) -> Result<Option<Vec<u32>>, Spent> {
        let (component, cyclic) = self.components(budget)?;
        let places = self.facts.txns.len() * if self.level.rule == Rule::MissesApart { 2 } else { 1 };
        let mut best: Option<Vec<u32>> = None;
        for place in (0..places).filter(|place| cyclic[component[*place] as usize]) {
            if self.is_broken {
                budget.tell(place, places);
            }
            if self.try_way(place, place, &[], &component, &mut best, budget).is_err() {
                break;
            }
        }
        Ok(best)
    }

    /// Of what was missed once, and seen or replaced all the way back.
    fn cycle_of_one_miss(&self, component: &[u32], budget: &mut Budget<'_>) -> Result<Option<Vec<u32>>, Spent> {
        let mut best = None;
        for (index, Arrow { from, to, kind, .. }) in self.arrows.iter().enumerate() {
            let (from, to) = (*from as usize, *to as usize);
            if *kind == Kind::Missed && component[from] == component[to] {
                let tried = self.try_way(to, from, &[index as u32], component, &mut best, budget);
                if tried.is_err() && best.is_some() {
                    break;
                }
                tried?;
            }
        }
        Ok(best)
    }

    /// Looks for a way that is shorter, together with what goes before it, than the best so far.
    fn try_way(
        &self,
        from: usize,
        to: usize,
        before: &[u32],
        component: &[u32],
        best: &mut Option<Vec<u32>>,
        budget: &mut Budget<'_>,
    ) -> Result<(), Spent> {
        let real = |way: &Vec<u32>| way.iter().filter(|arrow| !self.is_moment(self.arrows[**arrow as usize].to)).count();
        let most = best.as_ref().map_or(usize::MAX, |best| real(best) - before.len());
        let (way, looked) = self.way(from, to, most, component);
        if let Some(way) = way {
            *best = Some(before.iter().copied().chain(way).collect());
        }
        budget.spend(looked)
    }

    /// A shortest way inside a component, to fewer than so many transactions; and at how much it looked.
    fn way(&self, from: usize, to: usize, most: usize, component: &[u32]) -> (Option<Vec<u32>>, u64) {
        const ARROWS_A_STEP: u64 = 8;
        let split = self.level.rule == Rule::MissesApart;
        // How many transactions it is to a place, and from where.
        let mut found: BTreeMap<usize, (usize, usize, Option<u32>)> = BTreeMap::new();
        let mut queue = VecDeque::from([(from, 0)]);
        let (mut begun, mut pops, mut arrows) = (false, 0, 0);
        while let Some((place, length)) = queue.pop_front() {
            pops += 1;
            if begun && found[&place].0 < length {
                continue;
            }
            if begun && place == to {
                let (mut way, mut at) = (Vec::new(), to);
                while at != from || way.is_empty() {
                    let (_, previous, arrow) = found[&at];
                    way.extend(arrow);
                    at = previous;
                }
                way.reverse();
                return (Some(way), pops + arrows / ARROWS_A_STEP);
            }
            begun = true;
            for step in (0..).map_while(|option| self.next(place, option)) {
                arrows += 1;
                let Step::To(next, arrow) = step else { continue };
                let counts = arrow.is_some() && !self.is_moment((if split { next / 2 } else { next }) as u32);
                let length = length + usize::from(counts);
                if length >= most || component[next] != component[from] || found.get(&next).is_some_and(|(known, ..)| *known <= length) {
                    continue;
                }
                found.insert(next, (length, place, arrow));
                if counts { queue.push_back((next, length)) } else { queue.push_front((next, length)) }
            }
        }
        (None, pops + arrows / ARROWS_A_STEP)
    }

    /// The transactions in an order that suits every arrow.
    fn order(&self, budget: &mut Budget<'_>) -> Result<Vec<usize>, Spent> {
        let (component, _) = self.components(budget)?;
        let mut order: Vec<usize> = (0..self.facts.txns.len()).filter(|txn| self.facts.txns[*txn].counts).collect();
        order.sort_by_key(|txn| std::cmp::Reverse(component[*txn]));
        Ok(order)
    }

    /// Decides which of two writers came first wherever nobody saw it, so that there is no cycle; or
    /// shows that this cannot be done.
    fn settle(&mut self, open: &mut [Open], depth: usize, budget: &mut Budget<'_>) -> Result<Option<Proof>, Spent> {
        let begin = self.arrows.len();
        let mut refuted: Vec<(usize, Open, Proof)> = Vec::new();
        // Whoever begins has looked for a cycle, and guessed, before.
        let mut is_new = depth > 0;
        let mut proof = loop {
            if is_new {
                if let Some(cycle) = self.cycle(budget)? {
                    break self.proof(&cycle);
                }
                if self.guess(budget)? {
                    return Ok(None);
                }
            }
            is_new = true;
            if depth == 0 {
                budget.tell(refuted.len(), open.len());
            }
            let count = self.arrows.len();
            let mut step = None;
            'pairs: for (index, pair) in open.iter().enumerate().filter(|(_, pair)| !pair.decided) {
                for pair in [*pair, pair.turned()] {
                    pair.suppose(self, budget)?;
                    let cycle = self.cycle(budget)?;
                    let proof = cycle.map(|cycle| self.proof(&cycle));
                    self.undo(count);
                    if let Some(proof) = proof {
                        step = Some((index, pair, proof));
                        break 'pairs;
                    }
                }
            }
            if step.is_none() {
                // Nothing follows at once: suppose something and see.
                let index = open.iter().position(|pair| !pair.decided).expect("with all decided there was no cycle");
                if depth == MOST_NESTED {
                    return Err(Spent);
                }
                let pair = open[index];
                open[index].decided = true;
                pair.suppose(self, budget)?;
                match self.settle(open, depth + 1, budget)? {
                    None => return Ok(None),
                    Some(proof) => step = Some((index, pair, proof)),
                }
                self.undo(count);
            }
            if let Some((index, pair, proof)) = step {
                open[index].decided = true;
                pair.turned().suppose(self, budget)?;
                refuted.push((index, pair, proof));
            }
        };
        self.undo(begin);
        for (index, pair, if_one) in refuted.into_iter().rev() {
            open[index].decided = false;
            let Open { key, one, other, .. } = pair;
            let key = self.facts.keys[key as usize].clone();
            let (one, other) = (one as usize, other as usize);
            proof = Proof::Either { key, one, other, if_one: Box::new(if_one), if_other: Box::new(proof) };
        }
        Ok(Some(proof))
    }

    fn proof(&self, cycle: &[u32]) -> Proof {
        let value = |version: Option<u32>| version.map(|version| self.facts.versions[version as usize].value.clone());
        let (mut edges, mut start) = (Vec::new(), None);
        for arrow in cycle {
            let Arrow { from, to, kind, versions: (before, after), key } = self.arrows[*arrow as usize];
            let from = start.take().unwrap_or(from);
            // From one transaction to another by way of moments is one edge.
            if self.is_moment(to) {
                start = Some(from);
                continue;
            }
            let key = after.map(|_| self.facts.keys[key as usize].clone());
            edges.push(Edge { from: from as usize, to: to as usize, kind, key, before: value(before), after: value(after) });
        }
        while let Some(shorter) = self.shortcut(&edges) {
            edges = shorter;
        }
        Proof::Cycle(edges)
    }

    /// The same cycle with the longest way in it replaced that a process or the clock orders directly. In the
    /// graph both lead only from one transaction to the next, so a cycle may go around by many that do
    /// not matter. What is put in is no miss and stands for no fewer misses, so no rule allows it.
    fn shortcut(&self, edges: &[Edge]) -> Option<Vec<Edge>> {
        let count = edges.len();
        for length in (2..count).rev() {
            for first in 0..count {
                let (from, to) = (edges[first].from, edges[(first + length - 1) % count].to);
                if let Some(kind) = self.surely_before(from, to) {
                    let direct = Edge { from, to, kind, key: None, before: None, after: None };
                    let others = (length..count).map(|at| edges[(first + at) % count].clone());
                    return Some(std::iter::once(direct).chain(others).collect());
                }
            }
        }
        None
    }

    /// Whether one transaction comes before another by the order of its process or the clock.
    fn surely_before(&self, from: usize, to: usize) -> Option<Kind> {
        let (one, other) = (&self.facts.history.ops[from], &self.facts.history.ops[to]);
        let ended_before = one.ret.is_some_and(|ret| ret < other.call);
        let kind = if one.process == other.process { Kind::Session } else { Kind::Time };
        (ended_before && self.counts(kind)).then_some(kind)
    }
}

/// Where an arrow leads, at the level that is judged.
enum Step {
    Nowhere,
    To(usize, Option<u32>),
}

/// What a cycle is called.
#[must_use]
pub fn name(cycle: &[Edge]) -> String {
    let count = |kind: Kind| cycle.iter().filter(|edge| edge.kind == kind).count();
    let misses = count(Kind::Missed);
    let apart = (0..cycle.len()).all(|at| {
        let kinds = (cycle[at].kind, cycle[(at + 1) % cycle.len()].kind);
        cycle.len() == 1 || kinds != (Kind::Missed, Kind::Missed)
    });
    let mut name = match (misses, count(Kind::Seen), apart) {
        (0, 0, _) => "G0",
        (0, ..) => "G1c",
        (1, ..) => "G-single",
        (_, _, true) => "G-nonadjacent",
        _ => "G2-item",
    }
    .to_owned();
    if count(Kind::Time) > 0 {
        name.push_str("-realtime");
    } else if count(Kind::Session) > 0 {
        name.push_str("-session");
    }
    let same_key = cycle.iter().all(|edge| edge.key == cycle[0].key);
    name.push_str(match cycle {
        [_, _] if misses == 1 && count(Kind::Replaced) == 1 && same_key => " (lost update)",
        [_, _] if misses == 1 && count(Kind::Seen) == 1 && !same_key => " (read skew)",
        [_, _] if misses == 2 && !same_key => " (write skew)",
        [_, _, _, _] if misses == 2 && count(Kind::Seen) == 2 => " (long fork)",
        _ => "",
    });
    name
}

/// What shows that a level is broken, line by line, and the operations that do.
#[must_use]
pub fn explain(history: &History, broken: &Broken) -> (Vec<String>, Vec<usize>) {
    let mut lines = Vec::new();
    let mut ops = Vec::new();
    let keys = keys(broken);
    let keys: Vec<&Value> = keys.iter().collect();
    match broken {
        Broken::Read { flaw, key, value, ops: shown } => {
            lines.push(match flaw {
                Flaw::Unwritten => format!("{value} was read from {key}, and nobody wrote it:"),
                Flaw::Aborted => format!("G1a: {value} was read from {key}, and was taken back by its writer:"),
                Flaw::Intermediate => format!("G1b: {value} was read from {key}, before its writer had finished:"),
                Flaw::Internal => format!("{value} was read from {key}, against what the same transaction did:"),
                Flaw::Twice => format!("{value} was read from {key}, with the same append twice:"),
                Flaw::Disagree => format!("{value} was read from {key}, which contradicts another's order:"),
            });
            lines.extend(shown.iter().map(|op| format!("  {}", history.describe_on(*op, &keys))));
            ops.clone_from(shown);
        }
        Broken::Order(proof) => {
            gather(proof, &mut ops);
            let named = |op: usize| format!("T{}", ops.iter().position(|other| *other == op).unwrap_or(0) + 1);
            tell(proof, &named, "", &mut lines);
            lines.extend(ops.iter().map(|op| format!("{} is {}", named(*op), history.describe_on(*op, &keys))));
        }
    }
    (lines, ops)
}

/// The objects that show that a level is broken.
#[must_use]
pub fn keys(broken: &Broken) -> Vec<Value> {
    fn add(proof: &Proof, all: &mut BTreeSet<Value>) {
        match proof {
            Proof::Cycle(edges) => all.extend(edges.iter().filter_map(|edge| edge.key.clone())),
            Proof::Either { key, if_one, if_other, .. } => {
                all.insert(key.clone());
                add(if_one, all);
                add(if_other, all);
            }
        }
    }
    let mut all = BTreeSet::new();
    match broken {
        Broken::Read { key, .. } => all.extend([key.clone()]),
        Broken::Order(proof) => add(proof, &mut all),
    }
    all.into_iter().collect()
}

/// Which transactions must come before which, and cannot all do so.
#[must_use]
pub fn edges(broken: &Broken) -> Vec<(usize, usize)> {
    fn add(proof: &Proof, all: &mut Vec<(usize, usize)>) {
        match proof {
            Proof::Cycle(edges) => all.extend(edges.iter().map(|edge| (edge.from, edge.to))),
            Proof::Either { if_one, if_other, .. } => {
                add(if_one, all);
                add(if_other, all);
            }
        }
    }
    let mut all = Vec::new();
    if let Broken::Order(proof) = broken {
        add(proof, &mut all);
        all.sort_unstable();
        all.dedup();
    }
    all
}

fn gather(proof: &Proof, ops: &mut Vec<usize>) {
    let mut add = |op: usize| {
        if !ops.contains(&op) {
            ops.push(op);
        }
    };
    match proof {
        Proof::Cycle(edges) => edges.iter().for_each(|edge| add(edge.from)),
        Proof::Either { one, other, if_one, if_other, .. } => {
            add(*one);
            add(*other);
            gather(if_one, ops);
            gather(if_other, ops);
        }
    }
}

fn tell(proof: &Proof, named: &dyn Fn(usize) -> String, indent: &str, lines: &mut Vec<String>) {
    match proof {
        Proof::Cycle(edges) => {
            lines.push(format!("{indent}{}:", name(edges)));
            for Edge { from, to, kind, key, before, after } in edges {
                let (from, to) = (named(*from), named(*to));
                let text = |value: &Option<Value>| value.as_ref().map_or_else(String::new, Value::to_string);
                let (key, before, after) = (text(key), text(before), text(after));
                let mut line = format!("{indent}  {from} < {to}: ");
                let _ = match kind {
                    Kind::Replaced => write!(line, "{to} wrote {after} to {key} after {from} wrote {before}"),
                    Kind::Seen => write!(line, "{to} saw {after} in {key}, which {from} wrote"),
                    Kind::Missed if before.is_empty() => write!(line, "{from} saw the beginning of {key}, without {after} of {to}"),
                    Kind::Missed => write!(line, "{from} saw {before} in {key}, without {after} of {to}"),
                    Kind::Session => write!(line, "the same process asked for {from} first"),
                    Kind::Time => write!(line, "{from} had ended before {to} began"),
                };
                lines.push(line);
            }
        }
        Proof::Either { key, one, other, if_one, if_other } => {
            let deeper = format!("{indent}  ");
            for (first, second, proof) in [(one, other, if_one), (other, one, if_other)] {
                lines.push(format!("{indent}if {} wrote {key} before {}:", named(*first), named(*second)));
                tell(proof, named, &deeper, lines);
            }
        }
    }
}
