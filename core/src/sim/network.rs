//! The network: what may happen to a message between two nodes.
//!
//! Every link has a direction. A cut from n1 to n2 leaves n2 to n1 alone, because in real networks
//! it often does.

use super::NodeId;
use super::draw::Chance;
use super::latency::Latency;
use super::time::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How every link behaves that has no rule of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// How long a message travels.
    pub latency: Latency,
    /// How likely a message is lost on its way.
    #[serde(default)]
    pub loss: Chance,
    /// How likely a message arrives twice.
    #[serde(default)]
    pub duplicate: Chance,
    /// Whether a link keeps its messages in order, as a TCP connection does.
    #[serde(default)]
    pub ordered: bool,
    /// How likely a message is held back for a second latency and out of order.
    #[serde(default)]
    pub reorder: Chance,
    /// How many bytes a link carries a second; without a number, any.
    #[serde(default)]
    pub bandwidth: Option<u64>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            latency: Latency::Uniform { min: Span::millis(40), max: Span::millis(60) },
            loss: Chance::NEVER,
            duplicate: Chance::NEVER,
            ordered: false,
            reorder: Chance::NEVER,
            bandwidth: None,
        }
    }
}

/// What is different about one link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRule {
    /// Another latency.
    #[serde(default)]
    pub latency: Option<Latency>,
    /// Another loss.
    #[serde(default)]
    pub loss: Option<Chance>,
    /// Another chance of arriving twice.
    #[serde(default)]
    pub duplicate: Option<Chance>,
}

/// What the network remembers of one link.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LinkMemory {
    /// How many messages were sent on it.
    pub(crate) sent: u32,
    /// When it has put its last byte on the wire.
    pub(crate) free: Time,
    /// When the last message in order arrives.
    pub(crate) last_due: Time,
}

/// One direction between two endpoints, as one number.
#[inline]
pub(crate) fn link_key(from: NodeId, to: NodeId) -> u32 {
    u32::from(from.0) << 16 | u32::from(to.0)
}

/// All links that were ever used, found by their key: open addressing in a power of two, so that a
/// keyframe is one plain copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    slots: Vec<(u32, LinkMemory)>,
    used: usize,
}

impl Links {
    /// No link has this key: it would lead from the last possible node to itself.
    const EMPTY: u32 = u32::MAX;

    #[inline]
    pub(crate) fn get(&mut self, key: u32) -> &mut LinkMemory {
        if self.used * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let slot = Self::find(&self.slots, key);
        let (found, memory) = &mut self.slots[slot];
        if *found == Self::EMPTY {
            *found = key;
            self.used += 1;
        }
        memory
    }

    #[inline]
    fn find(slots: &[(u32, LinkMemory)], key: u32) -> usize {
        let mask = slots.len() - 1;
        let mut slot = (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while slots[slot].0 != key && slots[slot].0 != Self::EMPTY {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let mut larger = vec![(Self::EMPTY, LinkMemory::default()); size];
        for (key, memory) in self.slots.drain(..).filter(|(key, _)| *key != Self::EMPTY) {
            let slot = Self::find(&larger, key);
            larger[slot] = (key, memory);
        }
        self.slots = larger;
    }
}

/// Who can reach whom, and which links are special.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topology {
    cuts: BTreeSet<u32>,
    /// The side of the partition on which each endpoint is, if there is one.
    sides: Vec<u8>,
    pub(crate) rules: BTreeMap<u32, LinkRule>,
}

impl Topology {
    #[inline]
    pub(crate) fn connects(&self, from: NodeId, to: NodeId) -> bool {
        if self.cuts.is_empty() && self.sides.is_empty() {
            return true;
        }
        !self.cuts.contains(&link_key(from, to)) && self.sides.get(from.index()) == self.sides.get(to.index())
    }

    pub(crate) fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cuts.insert(link_key(from, to));
    }

    pub(crate) fn heal(&mut self, from: NodeId, to: NodeId) {
        self.cuts.remove(&link_key(from, to));
    }

    /// Puts each group on a side of its own; whoever is in no group is together on one more side.
    pub(crate) fn partition(&mut self, groups: &[Vec<NodeId>], endpoints: usize) {
        self.sides = vec![0; endpoints];
        for (side, group) in (1u8..).zip(groups) {
            for member in group {
                if let Some(place) = self.sides.get_mut(member.index()) {
                    *place = side;
                }
            }
        }
    }

    pub(crate) fn heal_all(&mut self) {
        self.cuts.clear();
        self.sides.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_remember_what_was_sent_however_many_there_are() {
        let mut links = Links::default();
        for round in 1..=3 {
            for from in 0..60 {
                for to in 0..60 {
                    let memory = links.get(link_key(NodeId(from), NodeId(to)));
                    memory.sent += 1;
                    assert_eq!(memory.sent, round);
                }
            }
        }
    }

    #[test]
    fn a_cut_has_a_direction_and_a_partition_has_sides() {
        let [a, b, c, d] = [0, 1, 2, 3].map(NodeId);
        let mut topology = Topology::default();
        topology.cut(a, b);
        assert!(!topology.connects(a, b) && topology.connects(b, a));
        topology.heal(a, b);
        assert!(topology.connects(a, b));
        topology.partition(&[vec![a, b]], 4);
        assert!(topology.connects(a, b) && topology.connects(c, d));
        assert!(!topology.connects(a, c) && !topology.connects(d, b));
        topology.heal_all();
        assert!(topology.connects(a, c));
    }
}
