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
    /// Which of them must come before which, and that cannot all be.
    pub edges: Vec<(usize, usize)>,
}

/// Looks for the pattern that breaks a promise.
///
/// # Errors
/// If it cannot be told from this history which write a read saw: names the operation and the reason.
pub fn check(case: &Case, promise: Promise, budget: &mut Budget<'_>) -> Result<Verdict<(), Pattern>, (usize, String)> {
    let facts = Facts::of(case)?;
    let found = facts.thin_air().and_then(|()| match promise {
        Promise::Causal => facts.causal(budget).map(|_| ()),
        Promise::Convergence => {
            budget.begin(0, 2);
            facts.causal(budget).and_then(|causes| facts.convergence(&causes, budget))
        }
        Promise::Memory => {
            budget.begin(0, 2);
            facts.causal(budget).and_then(|causes| facts.memory(&causes, budget))
        }
        Promise::Pram => facts.pram(budget),
        session => facts.session(session, budget),
    });
    Ok(match found {
        Ok(()) => Verdict::Kept(()),
        Err(Stop::Broken(why, nodes)) => {
            let ops: Vec<usize> = nodes.into_iter().map(|node| facts.ops[node]).collect();
            let edges = if ops.len() < 2 { Vec::new() } else { (0..ops.len()).map(|at| (ops[at], ops[(at + 1) % ops.len()])).collect() };
            Verdict::Broken(Pattern { why, ops, edges })
        }
        Err(Stop::Replaced(why, nodes)) => {
            let [seen, write, read] = nodes.map(|node| facts.ops[node]);
            Verdict::Broken(Pattern { why, ops: vec![seen, write, read], edges: vec![(seen, write), (write, read), (read, write)] })
        }
        Err(Stop::Spent) => Verdict::Unknown,
    })
}

/// Why a check ends early.
enum Stop {
    /// The pattern was found: what is wrong, and the nodes that show it, each before the next and the
    /// last before the first.
    Broken(&'static str, Vec<usize>),
    /// A write was seen, another replaced it, and a read that is after the other saw the first.
    Replaced(&'static str, [usize; 3]),
    /// The budget has ended.
    Spent,
}

impl From<Spent> for Stop {
    fn from(_: Spent) -> Self {
        Self::Spent
    }
}

/// How many pairs can be looked up one by one in a step, which is for a word of a row.
const BITS_A_STEP: u64 = 8;

/// Which operations are related to which: a bit for each pair.
#[derive(Clone, PartialEq, Eq)]
struct Rows {
    words: usize,
    bits: Vec<u64>,
}

impl Rows {
    fn new(count: usize) -> Self {
        let words = count.div_ceil(64);
        Self { words, bits: vec![0; count * words] }
    }

    /// The row of one operation alone.
    fn one(count: usize) -> Self {
        let words = count.div_ceil(64);
        Self { words, bits: vec![0; words] }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.bits[from * self.words + to / 64] >> (to % 64) & 1 == 1
    }

    fn add(&mut self, from: usize, to: usize) {
        self.bits[from * self.words + to / 64] |= 1 << (to % 64);
    }

    fn row(&self, from: usize) -> &[u64] {
        &self.bits[from * self.words..(from + 1) * self.words]
    }

    /// Whatever the row has is related to this one.
    fn include(&mut self, from: usize, row: &[u64]) {
        let mine = &mut self.bits[from * self.words..(from + 1) * self.words];
        mine.iter_mut().zip(row).for_each(|(word, more)| *word |= more);
    }
}

/// What whoever watches is told while a relation is closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    HowFar,
    /// It is only a part of what they are told of.
    Nothing,
}

/// A relation between operations.
#[derive(Clone)]
struct Relation {
    count: usize,
    /// What was said, to find short ways again.
    edges: Vec<Vec<u32>>,
    /// What follows from it.
    rows: Rows,
}

impl Relation {
    fn new(count: usize) -> Self {
        Self { count, edges: vec![Vec::new(); count], rows: Rows::new(count) }
    }

    /// How many steps it takes to close a relation of so many operations.
    fn closing(count: usize) -> u64 {
        (count as u64).saturating_mul((count * count.div_ceil(64)) as u64)
    }

    fn add(&mut self, from: usize, to: usize) {
        if !self.has(from, to) {
            self.edges[from].push(to as u32);
            self.rows.add(from, to);
        }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.rows.has(from, to)
    }

    /// Everything that follows from what was said.
    fn close(&mut self, budget: &mut Budget<'_>, tells: Tells) -> Result<(), Spent> {
        let mut through = vec![0; self.rows.words];
        for middle in 0..self.count {
            if tells == Tells::HowFar {
                budget.tell(middle, self.count);
            }
            budget.spend((self.count * self.rows.words) as u64)?;
            through.copy_from_slice(self.rows.row(middle));
            for from in 0..self.count {
                if self.has(from, middle) {
                    self.rows.include(from, &through);
                }
            }
        }
        Ok(())
    }

    /// A shortest cycle, if there is one; or a short one, if the budget ends before that is sure.
    fn cycle(&self, budget: &mut Budget<'_>) -> Result<Option<Vec<usize>>, Spent> {
        let mut shortest: Option<Vec<usize>> = None;
        for start in (0..self.count).filter(|node| self.has(*node, *node)) {
            let (way, looked) = self.way(start, start);
            if shortest.is_none() || way.as_ref().map(Vec::len) < shortest.as_ref().map(Vec::len) {
                shortest = way;
            }
            let spent = budget.spend(looked).is_err();
            if spent || shortest.as_ref().is_some_and(|cycle| cycle.len() <= 2) {
                break;
            }
        }
        Ok(shortest)
    }

    /// A shortest way of at least one step, without its end; and at how many steps it looked.
    fn way(&self, from: usize, to: usize) -> (Option<Vec<usize>>, u64) {
        let mut looked = self.count as u64;
        let mut before = vec![usize::MAX; self.count];
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            looked += self.edges[node].len() as u64;
            for &next in &self.edges[node] {
                let next = next as usize;
                if next == to {
                    let mut way = vec![node];
                    while way[way.len() - 1] != from {
                        way.push(before[way[way.len() - 1]]);
                    }
                    way.reverse();
                    return (Some(way), looked);
                }
                if before[next] == usize::MAX && next != from {
                    before[next] = node;
                    queue.push_back(next);
                }
            }
        }
        (None, looked)
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
    /// The writes of each object in order.
    written: Vec<Vec<usize>>,
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
            written: vec![Vec::new(); keys.len()],
        };
        for (node, step) in steps.iter().enumerate() {
            facts.lanes[step.process].push(node);
            if facts.writes[node] {
                facts.written[facts.object[node]].push(node);
            }
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

    /// All writes of the object that somebody read.
    fn writes_for(&self, read: usize) -> impl Iterator<Item = usize> {
        self.written[self.object[read]].iter().copied()
    }

    /// How many steps it takes to look at them.
    fn looks(&self, read: usize) -> u64 {
        self.written[self.object[read]].len() as u64 / BITS_A_STEP + 1
    }

    fn thin_air(&self) -> Result<(), Stop> {
        self.unwritten.map_or(Ok(()), |read| Err(Stop::Broken("somebody read what nobody wrote:", vec![read])))
    }

    /// Causes: the order of each process, and from each write to whoever saw it.
    fn causes(&self, budget: &mut Budget<'_>) -> Result<Relation, Spent> {
        budget.covers(Relation::closing(self.count()))?;
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
        causes.close(budget, Tells::HowFar)?;
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
            for write in self.writes_for(read).filter(|write| causes.has(*write, read)) {
                match self.saw[read] {
                    None => return Err(Stop::Broken("a read saw the beginning, although a write is among its causes:", vec![write, read])),
                    Some(seen) if seen != write && causes.has(seen, write) => {
                        return Err(Stop::Replaced("a read saw a write that one of its causes had already replaced:", [seen, write, read]));
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(causes)
    }

    /// Whether all can agree on one order of writes.
    fn convergence(&self, causes: &Relation, budget: &mut Budget<'_>) -> Result<(), Stop> {
        budget.begin(1, 2);
        let mut order = causes.clone();
        for read in self.reads() {
            budget.spend(self.count() as u64)?;
            let Some(seen) = self.saw[read] else { continue };
            for write in self.writes_for(read) {
                if write != seen && causes.has(write, read) {
                    order.add(write, seen);
                }
            }
        }
        order.close(budget, Tells::HowFar)?;
        order.cycle(budget)?.map_or(Ok(()), |cycle| Err(Stop::Broken("no order of these suits everybody:", cycle)))
    }

    /// Whether each process can have seen its causes in an order of its own that it never changed.
    fn memory(&self, causes: &Relation, budget: &mut Budget<'_>) -> Result<(), Stop> {
        budget.begin(1, 2);
        for (done, lane) in self.lanes.iter().enumerate() {
            budget.tell(done, self.lanes.len());
            let Some(&last) = lane.last() else { continue };
            let mut order = Relation::new(self.count());
            let past: Vec<bool> = (0..self.count()).map(|node| node == last || causes.has(node, last)).collect();
            for from in (0..self.count()).filter(|node| past[*node]) {
                budget.spend(self.count() as u64 / BITS_A_STEP + 1)?;
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
            budget.covers(Relation::closing(self.count()))?;
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
            order.close(budget, Tells::Nothing)?;
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
                budget.spend(self.looks(read))?;
                for write in self.writes_for(read).filter(|write| order.has(*write, read)).collect::<Vec<_>>() {
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
            order.close(budget, Tells::Nothing)?;
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
            budget.begin(0, 2);
            match self.guaranteed(Guarantees { reads: true, ..Guarantees::default() }, budget) {
                Err(Stop::Broken(..) | Stop::Replaced(..)) => return Ok(()),
                other => other?,
            }
            budget.begin(1, 2);
        }
        self.guaranteed(asked, budget)
    }

    fn guaranteed(&self, asked: Guarantees, budget: &mut Budget<'_>) -> Result<(), Stop> {
        let seen = self.must_have_seen(asked, budget)?;
        let writes = |node: &usize| self.writes[*node];
        for read in self.reads().filter(|read| self.saw[*read].is_none()) {
            budget.spend(self.looks(read))?;
            if let Some(write) = self.writes_for(read).find(|write| seen.has(read, *write)) {
                return Err(Stop::Broken("a read saw the beginning, although it had to see a write:", vec![write, read]));
            }
        }
        budget.covers(Relation::closing(self.count()))?;
        let mut common = Relation::new(self.count());
        for lane in &self.lanes {
            // What must come before the next write of this process.
            let mut before = Rows::one(self.count());
            for &node in lane {
                if !self.writes[node] {
                    if asked.follow {
                        before.include(0, seen.row(node));
                    }
                    continue;
                }
                budget.spend(self.count() as u64 / BITS_A_STEP + 1)?;
                (0..self.count())
                    .filter(|earlier| *earlier != node && before.has(0, *earlier))
                    .for_each(|earlier| common.add(earlier, node));
                if asked.writes {
                    before.add(0, node);
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
                budget.spend(self.looks(read))?;
                let Some(last) = self.saw[read] else { continue };
                for write in self.writes_for(read).filter(|write| *write != last && seen.has(read, *write)) {
                    order.add(write, last);
                }
            }
            order.close(budget, Tells::Nothing)?;
            if let Some(cycle) = order.cycle(budget)? {
                return Err(Stop::Broken("no order of these writes suits what one process read:", cycle));
            }
        }
        Ok(())
    }

    /// For each read the writes that it must have seen, as far as these guarantees go.
    fn must_have_seen(&self, asked: Guarantees, budget: &mut Budget<'_>) -> Result<Rows, Spent> {
        // Memory costs, too: as much as it takes to fill it from many other rows.
        const ROWS: usize = 32;
        let words = self.count().div_ceil(64);
        budget.spend((self.count() * words * ROWS) as u64)?;
        let mut seen = Rows::new(self.count());
        for read in self.reads() {
            if let Some(write) = self.saw[read] {
                seen.add(read, write);
            }
        }
        // What else has seen, who has seen this write.
        let mut brings = Rows::new(if asked.writes || asked.follow { self.count() } else { 0 });
        loop {
            let before = seen.clone();
            budget.spend((self.count() * words) as u64)?;
            for lane in &self.lanes {
                let mut earlier = Rows::one(self.count());
                for &node in lane {
                    budget.spend(words as u64)?;
                    if !self.writes[node] && asked.follow {
                        earlier.include(0, seen.row(node));
                    } else if self.writes[node] {
                        if asked.writes || asked.follow {
                            brings.include(node, earlier.row(0));
                        }
                        if asked.writes {
                            earlier.add(0, node);
                        }
                    }
                }
            }
            for lane in &self.lanes {
                let mut earlier = Rows::one(self.count());
                for &node in lane {
                    budget.spend(words as u64)?;
                    if self.writes[node] {
                        if asked.own_writes {
                            earlier.add(0, node);
                        }
                        continue;
                    }
                    seen.include(node, earlier.row(0));
                    if asked.writes || asked.follow {
                        let writes: Vec<usize> = (0..self.count()).filter(|write| seen.has(node, *write)).collect();
                        budget.spend(self.count() as u64 / BITS_A_STEP + (writes.len() * words) as u64)?;
                        writes.into_iter().for_each(|write| seen.include(node, brings.row(write)));
                    }
                    if asked.reads {
                        earlier.include(0, seen.row(node));
                    }
                }
            }
            if seen == before {
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
