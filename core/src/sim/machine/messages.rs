//! Messages: sent, copied, lost, delivered.

use super::super::NodeId;
use super::super::draw::{Chance, Purpose, draw};
use super::super::network::link_key;
use super::super::queue::What;
use super::super::state::{NodeStatus, Work};
use super::super::time::{Span, Time};
use super::super::trace::{EventKind, LossReason, MessageMeta};
use super::{Parcel, Sim};
use crate::scenario::Fate;

impl Sim {
    pub(super) fn send(&mut self, from: NodeId, to: NodeId, parcel: Parcel, cause: u32) {
        let now = self.state.now;
        let seed = self.scenario.seed;
        let key = link_key(from, to);
        let rule = if self.state.topology.rules.is_empty() { None } else { self.state.topology.rules.get(&key) };
        let network = &self.state.network;
        let latency = rule.and_then(|rule| rule.latency.as_ref()).unwrap_or(&network.latency);
        let loss = rule.and_then(|rule| rule.loss).unwrap_or(network.loss);
        let duplicate = rule.and_then(|rule| rule.duplicate).unwrap_or(network.duplicate);

        let link = self.state.links.get(key);
        let nth = link.sent;
        link.sent += 1;
        if let Some(node) = self.state.nodes.get_mut(from.index()) {
            node.sent += 1;
        }
        // Two draws of one message differ in the low bits of their counter.
        let drawn = |purpose, copy: u64| draw(seed, purpose, u64::from(key), u64::from(nth) << 8 | copy);
        let happens = |chance: Chance, purpose| chance != Chance::NEVER && chance.happens(drawn(purpose, 0));

        let mut left = now;
        if let Some(bandwidth) = network.bandwidth {
            let wire = u128::from(parcel.size) * 1_000_000_000 / u128::from(bandwidth);
            left = left.max(link.free) + Span(u64::try_from(wire).unwrap_or(u64::MAX));
            link.free = left;
        }
        let travel = |copy| if from == to { Span::ZERO } else { latency.sample(drawn(Purpose::Latency, copy)) };
        let mut due = left + travel(0);
        if happens(network.reorder, Purpose::Reorder) {
            due += travel(2);
        } else if network.ordered {
            due = due.max(link.last_due);
            link.last_due = due;
        }
        let mut lost = from != to && happens(loss, Purpose::Loss);
        let mut copies = u8::from(from != to && happens(duplicate, Purpose::Duplicate));

        let mut taken = false;
        if !self.state.fates.is_empty() {
            match self.state.fates.remove(&(key, nth)) {
                Some(Fate::Drop) => taken = true,
                Some(Fate::Duplicate) => copies += 1,
                Some(Fate::Delay(by)) => (due, lost) = (due + by, false),
                Some(Fate::Deliver) => (due, lost) = (now, false),
                None => {}
            }
        }
        // Most messages have no copy, and a draw takes time.
        let mut copy_due = due;
        if copies > 0 {
            copy_due = left + travel(1);
            if network.ordered {
                copy_due = copy_due.max(link.last_due);
                link.last_due = copy_due;
            }
        }

        let row = self.state.cursor.rows;
        let meta = MessageMeta { from, to, row, due, nth, cargo: parcel.cargo, kind: parcel.kind, copy: 0 };
        let id = self.trace.push_message(&mut self.state.cursor, meta);
        self.state.cursor.hash.add(parcel.hash);
        self.record(EventKind::Send, from, to, id, parcel.kind, cause);

        if !self.state.topology.connects(from, to) {
            return self.lose(id, LossReason::Cut);
        }
        let half_way = now + Span(due.since(now).0 / 2);
        match (taken, lost) {
            (true, _) => self.state.queue.push(half_way, What::Lose(id, LossReason::Taken)),
            (_, true) => self.state.queue.push(half_way, What::Lose(id, LossReason::Network)),
            _ => self.state.queue.push(due, What::Deliver(id)),
        }
        for _ in 0..copies {
            self.copy(id, copy_due);
        }
    }

    /// A message is there a second time.
    pub(super) fn copy(&mut self, id: u32, due: Time) {
        let Some(&original) = self.trace.message(id) else { return };
        let meta = MessageMeta { row: self.state.cursor.rows, due, copy: original.copy + 1, ..original };
        let copy = self.trace.push_message(&mut self.state.cursor, meta);
        self.record(EventKind::Duplicate, original.to, original.from, copy, 0, original.row);
        self.state.queue.push(due, What::Deliver(copy));
    }

    pub(super) fn lose(&mut self, id: u32, reason: LossReason) {
        let Some(&meta) = self.trace.message(id) else { return };
        self.record(EventKind::Lose, meta.to, meta.from, id, reason as u8, meta.row);
    }

    pub(super) fn arrive(&mut self, id: u32, meta: MessageMeta) {
        if meta.to.0 >= self.scenario.nodes {
            return self.answer(id, meta);
        }
        if self.status(meta.to) == NodeStatus::Down {
            return self.lose(id, LossReason::Down);
        }
        self.work(meta.to, Work::Message(id));
    }
}
