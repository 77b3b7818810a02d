//! The transactions of a history: what each did and saw, what is wrong with one read alone, and in which
//! order the versions of every object came.

use super::super::history::{History, Outcome};
use super::super::value::{BadInput, Value};
use super::{Broken, Flaw, Read, Transactions, Txn, Version};
use std::collections::{BTreeMap, BTreeSet};

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

    pub(super) fn counts(&self, version: u32) -> bool {
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
