//! What is still to come, in a total order: by time, at equal times the scenario's own inputs
//! first, and otherwise in the order in which things were put in.

use super::NodeId;
use super::time::Time;
use super::trace::LossReason;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A fault, a request or another input of the scenario.
    Input(u32),
    /// A node starts for the first time.
    Boot(NodeId),
    /// A message reaches its receiver.
    Deliver(u32),
    /// A message disappears on its way.
    Lose(u32, LossReason),
    /// A timer runs out, unless it was cancelled or set anew.
    Timer { node: NodeId, handle: u32 },
    /// A node gets to the next piece of work in its inbox.
    Wake { node: NodeId, token: u32 },
    /// A disk has made everything up to a ticket durable.
    Synced { node: NodeId, ticket: u32 },
    /// A client sends its next request.
    Issue(u16),
    /// A client gives up waiting for an answer.
    Expire(u32),
}

/// Something that will happen, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) time: Time,
    order: u64,
    pub(crate) what: What,
}

impl Ord for Event {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time, self.order).cmp(&(other.time, other.order))
    }
}

impl PartialOrd for Event {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Event>>,
    pushed: u64,
}

impl Queue {
    #[inline]
    pub(crate) fn push(&mut self, time: Time, what: What) {
        const AFTER_INPUTS: u64 = 1 << 63;
        self.pushed += 1;
        let order = if matches!(what, What::Input(_)) { self.pushed } else { self.pushed | AFTER_INPUTS };
        self.heap.push(Reverse(Event { time, order, what }));
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.heap.pop().map(|Reverse(event)| event)
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<&Event> {
        self.heap.peek().map(|Reverse(event)| event)
    }

    pub(crate) fn len(&self) -> u64 {
        self.heap.len() as u64
    }

    /// All that is to come, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.heap.iter().map(|Reverse(event)| event)
    }

    /// Takes out everything that fits, in order.
    pub(crate) fn take(&mut self, mut fits: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let mut taken = Vec::new();
        self.heap.retain(|Reverse(event)| {
            let keep = !fits(event);
            if !keep {
                taken.push(*event);
            }
            keep
        });
        taken.sort_unstable();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_then_inputs_then_in_the_order_they_were_put_in() {
        let mut queue = Queue::default();
        let at = Time;
        queue.push(at(5), What::Deliver(1));
        queue.push(at(3), What::Deliver(2));
        queue.push(at(5), What::Deliver(3));
        queue.push(at(5), What::Input(4));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|event| event.what).collect();
        assert_eq!(order, [What::Deliver(2), What::Input(4), What::Deliver(1), What::Deliver(3)]);
    }

    #[test]
    fn taking_some_events_out_keeps_the_order_of_the_rest() {
        let mut queue = Queue::default();
        (0..100).for_each(|n| queue.push(Time(u64::from(n * 37 % 100)), What::Deliver(n)));
        let taken = queue.take(|event| event.time.0 % 2 == 0);
        assert_eq!(taken.len(), 50);
        assert!(taken.is_sorted());
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|event| event.time.0).collect();
        assert!(rest.iter().copied().eq((1..100).step_by(2)));
    }
}
