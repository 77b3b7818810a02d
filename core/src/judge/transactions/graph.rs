//! Which transaction comes before which: what they saw of one another, what their processes and the clock
//! say, and what is supposed.

use super::super::{Budget, Spent};
use super::{Kind, Level, Order, Read, Rule, Transactions};
use std::collections::BTreeMap;

/// Two transactions that wrote the same object, and nobody saw which was first.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) key: u32,
    pub(super) one: u32,
    pub(super) other: u32,
    pub(super) decided: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Arrow {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) kind: Kind,
    pub(super) key: u32,
    /// What was written first or seen, and what was written later.
    pub(super) versions: (Option<u32>, Option<u32>),
}

/// Which transaction comes before which.
///
/// The clock's order of all transactions is told in few arrows: behind the transactions there are moments,
/// each after the one before, after those that had ended by then, and before those that began then.
pub(super) struct Graph<'a> {
    pub(super) facts: &'a Transactions<'a>,
    pub(super) level: Level,
    pub(super) arrows: Vec<Arrow>,
    /// The arrows that begin at each transaction, and at each moment.
    pub(super) out: Vec<Vec<u32>>,
    /// For each version of a register who saw it.
    pub(super) readers: BTreeMap<u32, Vec<usize>>,
    /// Whether there is a forbidden cycle, and all that is left is to find a short one.
    pub(super) is_broken: bool,
}

impl Open {
    pub(super) fn turned(self) -> Self {
        Self { one: self.other, other: self.one, ..self }
    }

    /// Supposes that the one came before the other.
    pub(super) fn suppose(self, graph: &mut Graph<'_>, budget: &mut Budget<'_>) -> Result<(), Spent> {
        graph.suppose(self.key as usize, self.one as usize, self.other as usize, budget)
    }
}

/// How many arrows there may be.
const MOST_ARROWS: usize = 1 << 24;

impl<'a> Graph<'a> {
    pub(super) fn of(facts: &'a Transactions<'a>, level: Level, budget: &mut Budget<'_>) -> Result<Self, Spent> {
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
    pub(super) fn is_moment(&self, number: u32) -> bool {
        number as usize >= self.facts.txns.len()
    }

    pub(super) fn undo(&mut self, count: usize) {
        while self.arrows.len() > count {
            let arrow = self.arrows.pop().expect("there are more than so many");
            self.out[arrow.from as usize].pop();
        }
    }

    /// Supposes that one writer of an object came before another.
    pub(super) fn suppose(&mut self, key: usize, from: usize, to: usize, budget: &mut Budget<'_>) -> Result<(), Spent> {
        let versions = (self.facts.written(key, from), self.facts.written(key, to));
        self.add(Kind::Replaced, from, to, key, versions, budget)?;
        versions.0.map_or(Ok(()), |before| self.missed(before, to, key, versions, budget))
    }

    /// Supposes that all who wrote an object nobody knows when did so in the order into which everything
    /// else puts them: that will often do. Says whether it does; if not, nothing is supposed.
    pub(super) fn guess(&mut self, budget: &mut Budget<'_>) -> Result<bool, Spent> {
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

    pub(super) fn counts(&self, kind: Kind) -> bool {
        match kind {
            Kind::Replaced => true,
            Kind::Seen => self.level.rule >= Rule::Reads,
            Kind::Missed => self.level.rule >= Rule::OneMiss,
            Kind::Session => self.level.order >= Order::Session,
            Kind::Time => self.level.order >= Order::Time,
        }
    }
}
