//! Both ways are tried where nobody saw which of two writers came first; what came of them is a proof.

use super::super::{Budget, Spent};
use super::graph::{Arrow, Graph, Open};
use super::{Edge, Kind, Proof};

/// How deep suppositions may lie inside suppositions.
const MOST_NESTED: usize = 40;

impl Graph<'_> {
    /// Decides which of two writers came first wherever nobody saw it, so that there is no cycle; or
    /// shows that this cannot be done.
    pub(super) fn settle(&mut self, open: &mut [Open], depth: usize, budget: &mut Budget<'_>) -> Result<Option<Proof>, Spent> {
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

    pub(super) fn proof(&self, cycle: &[u32]) -> Proof {
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
