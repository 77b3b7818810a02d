//! Promises that order only what causes have ordered: causal consistency in its three readings, PRAM,
//! and the four session guarantees.
//!
//! When every value is written once per object, a read says which write it saw, and each of these
//! promises is broken exactly if a small pattern occurs. The causal ones are those of Bouajjani, Enea,
//! Guerraoui and Hamza, “On verifying causal consistency” (2017); PRAM is their causal memory with a
//! process's own order in the place of causes. The session guarantees are those of Terry et al. (1994),
//! as far as clients can tell: for every read the smallest set of writes that it must have seen is
//! computed, and each process must be able to put all writes into one order in which each of its reads
//! returns the last of them. Two of them say nothing about a single read, so they are judged together
//! with monotonic reads, and are broken if that alone is not.

use super::linearizable::Verdict;
use super::spec::{Act, Case};
use super::value::Value;
use super::{Budget, Spent};
use std::collections::BTreeMap;

/// What can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Nobody sees an effect without its causes (CC).
    Causal,
    /// The same, and all agree on the order of what has no common cause (CCv).
    Convergence,
    /// The same as causal, and nobody changes their mind about an order they saw (CM).
    Memory,
    /// Everybody sees the writes of each process in their order.
    Pram,
    /// A process sees its own writes.
    ReadYourWrites,
    /// What a process has seen it goes on seeing.
    MonotonicReads,
    /// The writes of a process are seen in their order.
    MonotonicWrites,
    /// Who sees a write also sees what its writer had seen.
    WritesFollowReads,
}

/// A pattern that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What is wrong.
    pub why: &'static str,
    /// The operations that show it: indices into the history.
    pub ops: Vec<usize>,
}

/// Looks for the pattern that breaks a promise.
///
/// # Errors
/// If it cannot be told from this history which write a read saw: names the operation and the reason.
pub fn check(case: &Case, promise: Promise, budget: &mut Budget<'_>) -> Result<Verdict<(), Pattern>, (usize, String)> {
    let facts = Facts::of(case)?;
    let found = facts.thin_air().and_then(|()| match promise {
        Promise::Causal => facts.causal(budget).map(|_| ()),
        Promise::Convergence => facts.causal(budget).and_then(|causes| facts.convergence(&causes, budget)),
        Promise::Memory => facts.causal(budget).and_then(|causes| facts.memory(&causes, budget)),
        Promise::Pram => facts.pram(budget),
        session => facts.session(session, budget),
    });
    Ok(match found {
        Ok(()) => Verdict::Kept(()),
        Err(Stop::Broken(why, nodes)) => Verdict::Broken(Pattern { why, ops: nodes.into_iter().map(|node| facts.ops[node]).collect() }),
        Err(Stop::Spent) => Verdict::Unknown,
    })
}

/// Why a check ends early.
enum Stop {
    /// The pattern was found: what is wrong, and the nodes that show it.
    Broken(&'static str, Vec<usize>),
    /// The budget has ended.
    Spent,
}

impl From<Spent> for Stop {
    fn from(_: Spent) -> Self {
        Self::Spent
    }
}

/// A relation between operations.
#[derive(Clone)]
struct Relation {
    count: usize,
    words: usize,
    /// What was said, to find short ways again.
    edges: Vec<Vec<u32>>,
    /// What follows from it.
    rows: Vec<u64>,
}

impl Relation {
    fn new(count: usize) -> Self {
        let words = count.div_ceil(64);
        Self { count, words, edges: vec![Vec::new(); count], rows: vec![0; count * words] }
    }

    fn add(&mut self, from: usize, to: usize) {
        if self.has(from, to) {
            return;
        }
        self.edges[from].push(to as u32);
        self.rows[from * self.words + to / 64] |= 1 << (to % 64);
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.rows[from * self.words + to / 64] >> (to % 64) & 1 == 1
    }

    fn row(&self, from: usize) -> &[u64] {
        &self.rows[from * self.words..(from + 1) * self.words]
    }

    /// Everything that follows from what was said.
    fn close(&mut self, budget: &mut Budget<'_>) -> Result<(), Spent> {
        let words = self.words;
        let mut through = vec![0; words];
        for middle in 0..self.count {
            budget.spend((self.count * words) as u64)?;
            through.copy_from_slice(self.row(middle));
            for from in 0..self.count {
                if self.has(from, middle) {
                    let row = &mut self.rows[from * words..(from + 1) * words];
                    row.iter_mut().zip(&through).for_each(|(word, more)| *word |= more);
                }
            }
        }
        Ok(())
    }

    /// A shortest cycle, if there is one.
    fn cycle(&self, budget: &mut Budget<'_>) -> Result<Option<Vec<usize>>, Spent> {
        let mut shortest: Option<Vec<usize>> = None;
        for start in (0..self.count).filter(|node| self.has(*node, *node)) {
            budget.spend(self.count as u64)?;
            let way = self.way(start, start);
            if shortest.is_none() || way.as_ref().map(Vec::len) < shortest.as_ref().map(Vec::len) {
                shortest = way;
            }
        }
        Ok(shortest)
    }

    /// A shortest way of at least one step, without its end.
    fn way(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let mut before = vec![usize::MAX; self.count];
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for &next in &self.edges[node] {
                let next = next as usize;
                if next == to {
                    let mut way = vec![node];
                    while way[way.len() - 1] != from {
                        way.push(before[way[way.len() - 1]]);
                    }
                    way.reverse();
                    return Some(way);
                }
                if before[next] == usize::MAX && next != from {
                    before[next] = node;
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

/// Who wrote what and who saw which write.
struct Facts {
    /// For each node of the relations its operation in the history.
    ops: Vec<usize>,
    process: Vec<usize>,
    object: Vec<usize>,
    writes: Vec<bool>,
    /// For each read the write that it saw; nothing if it saw the beginning.
    saw: Vec<Option<usize>>,
    /// A read of what nobody wrote.
    unwritten: Option<usize>,
    /// The nodes of each process in order.
    lanes: Vec<Vec<usize>>,
}

impl Facts {
    fn of(case: &Case) -> Result<Self, (usize, String)> {
        let mut writers: BTreeMap<(&Value, &Value), usize> = BTreeMap::new();
        let read_values: std::collections::BTreeSet<(&Value, &Value)> = case
            .steps
            .iter()
            .filter_map(|step| match &step.act {
                Act::Read(Some(value)) => Some((&step.key, value)),
                _ => None,
            })
            .collect();
        let mut steps = Vec::new();
        for step in &case.steps {
            match &step.act {
                Act::Read(_) => steps.push(step),
                Act::Write(value) => {
                    if *value == case.initial {
                        return Err((
                            step.op,
                            format!("{value} is written, and is also the value at the beginning: a read of it could have seen either"),
                        ));
                    }
                    // What nobody saw and nobody confirmed need not have happened.
                    if step.ret.is_some() || read_values.contains(&(&step.key, value)) {
                        if writers.insert((&step.key, value), steps.len()).is_some() {
                            return Err((
                                step.op,
                                format!("{value} is written twice to the same object: a read of it could have seen either"),
                            ));
                        }
                        steps.push(step);
                    }
                }
                _ => return Err((step.op, "only reads and writes can be judged by what causes what".into())),
            }
        }
        let keys: BTreeMap<&Value, usize> = {
            let names: std::collections::BTreeSet<_> = steps.iter().map(|step| &step.key).collect();
            names.into_iter().zip(0..).collect()
        };
        let mut facts = Self {
            ops: steps.iter().map(|step| step.op).collect(),
            process: steps.iter().map(|step| step.process).collect(),
            object: steps.iter().map(|step| keys[&step.key]).collect(),
            writes: steps.iter().map(|step| matches!(step.act, Act::Write(_))).collect(),
            saw: vec![None; steps.len()],
            unwritten: None,
            lanes: vec![Vec::new(); case.processes],
        };
        for (node, step) in steps.iter().enumerate() {
            facts.lanes[step.process].push(node);
            if let Act::Read(Some(value)) = &step.act {
                facts.saw[node] = writers.get(&(&step.key, value)).copied();
                if facts.saw[node].is_none() && *value != case.initial {
                    facts.unwritten = facts.unwritten.or(Some(node));
                }
            }
        }
        Ok(facts)
    }

    fn count(&self) -> usize {
        self.ops.len()
    }

    fn reads(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(|node| !self.writes[*node])
    }

    fn writes_of(&self, object: usize) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(move |node| self.writes[*node] && self.object[*node] == object)
    }

    fn thin_air(&self) -> Result<(), Stop> {
        self.unwritten.map_or(Ok(()), |read| Err(Stop::Broken("somebody read what nobody wrote:", vec![read])))
    }

    /// Causes: the order of each process, and from each write to whoever saw it.
    fn causes(&self, budget: &mut Budget<'_>) -> Result<Relation, Spent> {
        let mut causes = Relation::new(self.count());
        for lane in &self.lanes {
            for pair in lane.windows(2) {
                causes.add(pair[0], pair[1]);
            }
        }
        for read in self.reads() {
            if let Some(write) = self.saw[read] {
                causes.add(write, read);
            }
        }
        causes.close(budget)?;
        Ok(causes)
    }

    /// The causes, if no pattern of CC occurs in them.
    fn causal(&self, budget: &mut Budget<'_>) -> Result<Relation, Stop> {
        let causes = self.causes(budget)?;
        if let Some(cycle) = causes.cycle(budget)? {
            return Err(Stop::Broken("these cause one another in a circle:", cycle));
        }
        for read in self.reads() {
            budget.spend(self.count() as u64)?;
            for write in self.writes_of(self.object[read]).filter(|write| causes.has(*write, read)) {
                match self.saw[read] {
                    None => return Err(Stop::Broken("a read saw the beginning, although a write is among its causes:", vec![write, read])),
                    Some(seen) if seen != write && causes.has(seen, write) => {
                        return Err(Stop::Broken(
                            "a read saw a write that one of its causes had already replaced:",
                            vec![seen, write, read],
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(causes)
    }

    /// Whether all can agree on one order of writes.
    fn convergence(&self, causes: &Relation, budget: &mut Budget<'_>) -> Result<(), Stop> {
        let mut order = causes.clone();
        for read in self.reads() {
            budget.spend(self.count() as u64)?;
            let Some(seen) = self.saw[read] else { continue };
            for write in self.writes_of(self.object[read]) {
                if write != seen && causes.has(write, read) {
                    order.add(write, seen);
                }
            }
        }
        order.close(budget)?;
        order.cycle(budget)?.map_or(Ok(()), |cycle| Err(Stop::Broken("no order of these suits everybody:", cycle)))
    }

    /// Whether each process can have seen its causes in an order of its own that it never changed.
    fn memory(&self, causes: &Relation, budget: &mut Budget<'_>) -> Result<(), Stop> {
        for (done, lane) in self.lanes.iter().enumerate() {
            budget.tell(done, self.lanes.len());
            let Some(&last) = lane.last() else { continue };
            let mut order = Relation::new(self.count());
            let past: Vec<bool> = (0..self.count()).map(|node| node == last || causes.has(node, last)).collect();
            for from in (0..self.count()).filter(|node| past[*node]) {
                for to in (0..self.count()).filter(|node| past[*node] && causes.has(from, *node)) {
                    order.add(from, to);
                }
            }
            self.saturate(lane, &mut order, budget)?;
        }
        Ok(())
    }

    fn pram(&self, budget: &mut Budget<'_>) -> Result<(), Stop> {
        for (process, lane) in self.lanes.iter().enumerate() {
            budget.tell(process, self.lanes.len());
            let mut order = Relation::new(self.count());
            for other in &self.lanes {
                let seen: Vec<usize> = other.iter().copied().filter(|node| self.writes[*node] || self.process[*node] == process).collect();
                for pair in seen.windows(2) {
                    order.add(pair[0], pair[1]);
                }
            }
            for read in lane.iter().filter(|node| !self.writes[**node]) {
                if let Some(write) = self.saw[*read] {
                    order.add(write, *read);
                }
            }
            order.close(budget)?;
            self.saturate(lane, &mut order, budget)?;
        }
        Ok(())
    }

    /// One process's reads fix the order of what it saw: a write before a read is before the write
    /// that was read. Adds all that follows from that.
    fn saturate(&self, lane: &[usize], order: &mut Relation, budget: &mut Budget<'_>) -> Result<(), Stop> {
        loop {
            if let Some(cycle) = order.cycle(budget)? {
                return Err(Stop::Broken("one process can have seen these in no order:", cycle));
            }
            let mut news = false;
            for &read in lane.iter().filter(|node| !self.writes[**node]) {
                for write in self.writes_of(self.object[read]).filter(|write| order.has(*write, read)).collect::<Vec<_>>() {
                    match self.saw[read] {
                        None => return Err(Stop::Broken("a read saw the beginning, after a write had been seen:", vec![write, read])),
                        Some(seen) if seen != write && !order.has(write, seen) => {
                            order.add(write, seen);
                            news = true;
                        }
                        Some(_) => {}
                    }
                }
            }
            if !news {
                return Ok(());
            }
            order.close(budget)?;
        }
    }

    fn session(&self, promise: Promise, budget: &mut Budget<'_>) -> Result<(), Stop> {
        let mut asked = Guarantees { own_writes: promise == Promise::ReadYourWrites, ..Guarantees::default() };
        match promise {
            Promise::MonotonicReads => asked.reads = true,
            Promise::MonotonicWrites => asked.writes = true,
            Promise::WritesFollowReads => asked.follow = true,
            _ => {}
        }
        if asked.writes || asked.follow {
            asked.reads = true;
            match self.guaranteed(Guarantees { reads: true, ..Guarantees::default() }, budget) {
                Err(Stop::Broken(..)) => return Ok(()),
                other => other?,
            }
        }
        self.guaranteed(asked, budget)
    }

    fn guaranteed(&self, asked: Guarantees, budget: &mut Budget<'_>) -> Result<(), Stop> {
        let seen = self.must_have_seen(asked, budget)?;
        let writes = |node: &usize| self.writes[*node];
        let mut common = Relation::new(self.count());
        for lane in &self.lanes {
            for (place, &write) in lane.iter().enumerate().filter(|(_, node)| writes(node)) {
                for &earlier in &lane[..place] {
                    if self.writes[earlier] {
                        if asked.writes {
                            common.add(earlier, write);
                        }
                    } else if asked.follow {
                        (0..self.count())
                            .filter(|node| seen.has(earlier, *node) && *node != write)
                            .for_each(|node| common.add(node, write));
                    }
                }
            }
        }
        for (done, lane) in self.lanes.iter().enumerate() {
            budget.tell(done, self.lanes.len());
            let mut order = common.clone();
            let own: Vec<usize> = lane.iter().copied().filter(writes).collect();
            if asked.own_writes {
                own.windows(2).for_each(|pair| order.add(pair[0], pair[1]));
            }
            for &read in lane.iter().filter(|node| !writes(node)) {
                for write in self.writes_of(self.object[read]).filter(|write| seen.has(read, *write)) {
                    match self.saw[read] {
                        None => return Err(Stop::Broken("a read saw the beginning, although it had to see a write:", vec![write, read])),
                        Some(last) if last != write => order.add(write, last),
                        Some(_) => {}
                    }
                }
            }
            order.close(budget)?;
            if let Some(cycle) = order.cycle(budget)? {
                return Err(Stop::Broken("no order of these writes suits what one process read:", cycle));
            }
        }
        Ok(())
    }

    /// For each read the writes that it must have seen, as far as these guarantees go.
    fn must_have_seen(&self, asked: Guarantees, budget: &mut Budget<'_>) -> Result<Relation, Spent> {
        let mut seen = Relation::new(self.count());
        for read in self.reads() {
            if let Some(write) = self.saw[read] {
                seen.add(read, write);
            }
        }
        loop {
            let before = seen.rows.clone();
            for lane in &self.lanes {
                for (place, &read) in lane.iter().enumerate().filter(|(_, node)| !self.writes[**node]) {
                    budget.spend(self.count() as u64)?;
                    for &earlier in &lane[..place] {
                        if self.writes[earlier] {
                            if asked.own_writes {
                                seen.add(read, earlier);
                            }
                        } else if asked.reads {
                            seen.include(read, earlier);
                        }
                    }
                    if asked.writes || asked.follow {
                        for write in (0..self.count()).filter(|node| self.writes[*node] && seen.has(read, *node)).collect::<Vec<_>>() {
                            for &earlier in self.lanes[self.process[write]].iter().take_while(|node| **node != write) {
                                if self.writes[earlier] {
                                    if asked.writes {
                                        seen.add(read, earlier);
                                    }
                                } else if asked.follow {
                                    seen.include(read, earlier);
                                }
                            }
                        }
                    }
                }
            }
            if seen.rows == before {
                return Ok(seen);
            }
        }
    }
}

/// Which of the four guarantees are asked for.
#[derive(Clone, Copy, Default)]
struct Guarantees {
    own_writes: bool,
    reads: bool,
    writes: bool,
    follow: bool,
}

impl Relation {
    /// Whatever is related to the second is related to the first.
    fn include(&mut self, first: usize, second: usize) {
        for to in 0..self.count {
            if self.has(second, to) {
                self.add(first, to);
            }
        }
    }
}
