//! How old what was read was. Only what must be so is counted: a read is behind a write if the write
//! was acknowledged before the read began, and began after the write whose value was read had been
//! acknowledged. Writes at the same time stand in no order, and nobody is behind either of them.

use crate::judge::history::{History, Outcome};
use crate::judge::value::Value;
use crate::sim::{Span, Time};
use std::collections::BTreeMap;

/// How old what one read saw was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Which operation of the history it is.
    pub op: usize,
    /// When it began.
    pub begun: Time,
    /// How many newer versions it did not see.
    pub behind: u32,
    /// For how long there had been a newer one when it began.
    pub since: Span,
}

/// The writes of one key.
#[derive(Default)]
struct Writes<'a> {
    /// When those that were acknowledged ended and began, in the order of their ends.
    acknowledged: Vec<(usize, usize)>,
    /// Of each value: when writes of it began, and ended if that is known.
    of: BTreeMap<&'a Value, Vec<(usize, Option<usize>)>>,
}

/// How old each answered read of a history was; nothing if nothing in it reads a register or a key.
/// `time` is when an event of it was.
#[must_use]
pub fn of(history: &History, initial: &Value, time: impl Fn(usize) -> Time) -> Option<Vec<Read>> {
    let is = |f: &str, names: [&str; 2]| names.contains(&f);
    let mut keys: BTreeMap<Option<&Value>, Writes<'_>> = BTreeMap::new();
    for op in history.ops.iter().filter(|op| is(&op.f, ["write", "put"]) && op.outcome != Outcome::Fail) {
        let writes = keys.entry(op.key.as_ref()).or_default();
        writes.acknowledged.extend(op.ret.map(|ret| (ret, op.call)));
        writes.of.entry(&op.input).or_default().push((op.call, op.ret));
    }
    for writes in keys.values_mut() {
        writes.acknowledged.sort_unstable();
    }
    let reads = || history.ops.iter().enumerate().filter(|(_, op)| is(&op.f, ["read", "get"]));
    reads().next()?;
    let none = Writes::default();
    let read = |(index, op): (usize, &crate::judge::history::Op)| {
        let ret = op.ret.filter(|_| op.outcome == Outcome::Ok)?;
        let writes = keys.get(&op.key.as_ref()).unwrap_or(&none);
        // If the value was written more than once, the last of the writes that it can be from. One
        // that was never acknowledged may have happened just now.
        let from = writes.of.get(&op.output).into_iter().flatten().filter(|(call, _)| *call < ret);
        let since = from.map(|(_, ret)| ret.unwrap_or(usize::MAX)).max();
        // What nobody wrote has no age. That it was read is for a judge to say.
        let since = since.or((op.output == *initial).then_some(0))?;
        let before = writes.acknowledged.partition_point(|(ret, _)| *ret < op.call);
        let missed = writes.acknowledged[..before].iter().rev().take_while(|(ret, _)| *ret > since);
        let missed: Vec<usize> = missed.filter(|(_, call)| *call > since || since == 0).map(|(ret, _)| *ret).collect();
        let begun = time(op.call);
        let since = missed.last().map_or(Span::ZERO, |first| begun.since(time(*first)));
        Some(Read { op: index, begun, behind: missed.len() as u32, since })
    };
    Some(reads().filter_map(read).collect())
}

/// How many reads were at least so many versions behind: for 1, 2, and so on, up to `most`.
#[must_use]
pub fn at_least_behind(reads: &[Read], most: usize) -> Vec<u32> {
    (1..=most as u32).map(|versions| reads.iter().filter(|read| read.behind >= versions).count() as u32).collect()
}
