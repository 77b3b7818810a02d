//! Where two runs part: the first thing that happens in one and not in the other. Every draw has a
//! key of its own, so runs that differ in one thing are the same until that thing matters.

use super::machine::Sim;
use super::time::Time;
use super::trace::{EventKind, Row};

/// Where two runs part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parted {
    /// When: the earlier of the two rows.
    pub at: Time,
    /// What happens then in each of them: a row of its trace. Nothing if it is over.
    pub rows: [Option<u32>; 2],
}

/// Looks for the place where two runs part while both go on.
#[derive(Clone, Debug, Default)]
pub struct Parting {
    /// How many rows of each were looked at.
    seen: [u32; 2],
    found: Option<Parted>,
}

impl Parting {
    /// Where they part, if they do up to this moment. Both must have been taken so far. What is done
    /// to them from outside is no difference by itself.
    pub fn look(&mut self, a: &Sim, b: &Sim, upto: Time) -> Option<Parted> {
        while self.found.is_none() {
            let next = [next(a, &mut self.seen[0], upto), next(b, &mut self.seen[1], upto)];
            match next {
                [None, None] => break,
                [Some(one), Some(other)] if same(a, one, b, other) => self.seen = [self.seen[0] + 1, self.seen[1] + 1],
                _ => {
                    let at = next.iter().flatten().map(|(_, row)| row.time).min().unwrap_or(upto);
                    self.found = Some(Parted { at, rows: next.map(|next| next.map(|(index, _)| index)) });
                }
            }
        }
        self.found
    }

    /// Whether what was not looked at yet can be: neither run has forgotten it.
    #[must_use]
    pub fn can_look(&self, a: &Sim, b: &Sim) -> bool {
        self.found.is_some() || [a, b].into_iter().zip(self.seen).all(|(sim, seen)| sim.trace().has(seen, sim.rows()))
    }

    /// What was found so far.
    #[must_use]
    pub fn found(&self) -> Option<Parted> {
        self.found
    }
}

/// The next row that is no input, if there is one by then.
fn next<'a>(sim: &'a Sim, seen: &mut u32, upto: Time) -> Option<(u32, &'a Row)> {
    while *seen < sim.rows() {
        let row = sim.trace().row(*seen)?;
        if row.kind != EventKind::Input {
            return (row.time <= upto).then_some((*seen, row));
        }
        *seen += 1;
    }
    None
}

/// Whether two rows of two runs say the same. Numbers of rows and messages may differ.
fn same(a: &Sim, (i, one): (u32, &Row), b: &Sim, (j, other): (u32, &Row)) -> bool {
    let key = |row: &Row| (row.time, row.kind, row.node, row.peer, row.detail);
    key(one) == key(other) && a.describe_row(i) == b.describe_row(j)
}
