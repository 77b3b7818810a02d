//! A shortest cycle that a level forbids.

use super::super::{Budget, Spent};
use super::graph::{Arrow, Graph};
use super::{Kind, Rule};
use std::collections::{BTreeMap, VecDeque};

/// Where an arrow leads, at the level that is judged.
enum Step {
    Nowhere,
    To(usize, Option<u32>),
}

impl Graph<'_> {
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
    pub(super) fn components(&self, budget: &mut Budget<'_>) -> Result<(Vec<u32>, Vec<bool>), Spent> {
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
    pub(super) fn is_cyclic(&mut self, budget: &mut Budget<'_>) -> Result<bool, Spent> {
        if self.level.rule == Rule::OneMiss {
            return Ok(self.cycle(budget)?.is_some());
        }
        Ok(self.components(budget)?.1.contains(&true))
    }

    /// A shortest forbidden cycle, as arrows; or a short one, if the budget ends before that is sure. It
    /// begins at a transaction.
    pub(super) fn cycle(&mut self, budget: &mut Budget<'_>) -> Result<Option<Vec<u32>>, Spent> {
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
    pub(super) fn order(&self, budget: &mut Budget<'_>) -> Result<Vec<usize>, Spent> {
        let (component, _) = self.components(budget)?;
        let mut order: Vec<usize> = (0..self.facts.txns.len()).filter(|txn| self.facts.txns[*txn].counts).collect();
        order.sort_by_key(|txn| std::cmp::Reverse(component[*txn]));
        Ok(order)
    }
}
