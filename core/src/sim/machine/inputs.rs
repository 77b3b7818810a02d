//! What hands and scenarios do to a run.

use super::super::NodeId;
use super::super::draw::{Purpose, below, draw, mix};
use super::super::network::link_key;
use super::super::queue::What;
use super::super::state::{NodeStatus, Work};
use super::super::trace::{EventKind, LossReason, Row};
use super::Sim;
use crate::protocol::Settings;
use crate::scenario::{Fate, Input, Place};

impl Sim {
    pub(super) fn input(&mut self, index: u32) {
        let Some(timed) = self.scenario.inputs.get(index as usize) else { return };
        self.state.inputs_done = index + 1;
        let input = timed.input.clone();
        let place = match input.place() {
            Place::Node(node) => (node, node),
            Place::Link { from, to } => (from, to),
            Place::Everywhere => (NodeId(0), NodeId(0)),
        };
        let useless = !self.has_effect(&input);
        let row = self.record(EventKind::Input, place.0, place.1, index, u8::from(useless), Row::NO_CAUSE);
        if !useless {
            self.apply(input, row);
        }
    }

    fn has_effect(&self, input: &Input) -> bool {
        match input {
            Input::Crash(node) => self.status(*node) != NodeStatus::Down,
            Input::Restart(node) => self.status(*node) == NodeStatus::Down,
            Input::Pause(node) => self.status(*node) == NodeStatus::Up,
            Input::Resume(node) => self.status(*node) == NodeStatus::Paused,
            Input::Fire { node, timer } => self.next_timer(*node, *timer).is_some(),
            _ => true,
        }
    }

    pub(super) fn next_timer(&self, node: NodeId, kind: u8) -> Option<u32> {
        let timers = self.state.nodes[node.index()].timers.iter().filter(|timer| timer.code.kind == kind);
        timers.min_by_key(|timer| (timer.due, timer.handle)).map(|timer| timer.handle)
    }

    fn apply(&mut self, input: Input, row: u32) {
        match input {
            Input::Crash(node) => self.crash(node),
            Input::Restart(node) => {
                self.state.nodes[node.index()].status = NodeStatus::Up;
                self.boot(node, row, true);
            }
            Input::Pause(node) => {
                let state = &mut self.state.nodes[node.index()];
                state.status = NodeStatus::Paused;
                state.waking = None;
            }
            Input::Resume(node) => {
                self.state.nodes[node.index()].status = NodeStatus::Up;
                self.wake(node);
            }
            Input::Work { node, time } => self.state.nodes[node.index()].pace = time,
            Input::Cut { from, to } => {
                self.state.topology.cut(from, to);
                self.lose_what_is_cut();
            }
            Input::Heal { from, to } => self.state.topology.heal(from, to),
            Input::Partition(groups) => {
                let endpoints = usize::from(self.scenario.nodes) + usize::from(self.scenario.clients);
                self.state.topology.partition(&groups, endpoints);
                self.lose_what_is_cut();
            }
            Input::HealAll => self.state.topology.heal_all(),
            Input::Network(network) => self.state.network = network,
            Input::Link { from, to, rule } => {
                self.state.topology.rules.insert(link_key(from, to), rule);
            }
            Input::ClockStep { node, by } => self.state.nodes[node.index()].clock.step(by),
            Input::ClockRate { node, parts_per_billion } => self.set_clock_rate(node, parts_per_billion),
            Input::Disk { node, disk } => self.state.nodes[node.index()].disk = disk,
            Input::Invoke { client, node, op, argument } => {
                self.invoke(client, node, op, argument, false, row);
            }
            Input::Message { from, to, nth, fate } => self.decide(link_key(from, to), nth, fate),
            Input::Fire { node, timer } => {
                if let Some(handle) = self.next_timer(node, timer) {
                    self.work(node, Work::Timer(handle));
                }
            }
            Input::Set { key, value } => {
                self.state.settings.insert(key, value);
                self.configure();
            }
        }
    }

    pub(super) fn configure(&mut self) {
        let specs = self.host.about().params;
        self.host.configure(&Settings { specs, values: &self.state.settings });
    }

    fn crash(&mut self, node: NodeId) {
        let seed = self.scenario.seed;
        let state = &mut self.state.nodes[node.index()];
        let drawn = draw(seed, Purpose::Torn, u64::from(node.0), state.crashes);
        let torn = if state.disk.torn.happens(drawn) { below(mix(drawn), state.unsynced as u64 + 1) as usize } else { 0 };
        let inbox = std::mem::take(&mut state.inbox);
        state.crashes += 1;
        state.status = NodeStatus::Down;
        state.waking = None;
        state.timers.clear();
        state.syncing.clear();
        state.held.clear();
        state.unsynced = 0;
        self.host.persist(node, torn);
        self.host.crash(node);
        for work in inbox {
            if let Work::Message(id) = work {
                self.lose(id, LossReason::Down);
            }
        }
    }

    fn set_clock_rate(&mut self, node: NodeId, parts_per_billion: i32) {
        let now = self.state.now;
        let state = &mut self.state.nodes[node.index()];
        state.clock.set_rate(now, parts_per_billion);
        for timer in &mut state.timers {
            let due = state.clock.when(timer.steady).max(now);
            if due != timer.due {
                timer.due = due;
                self.state.queue.push(due, What::Timer { node, handle: timer.handle });
            }
        }
    }

    /// Whatever is on its way over a link that was just cut does not arrive.
    fn lose_what_is_cut(&mut self) {
        let (queue, topology, trace) = (&mut self.state.queue, &self.state.topology, &self.trace);
        let lost = queue.take(|event| match event.what {
            What::Deliver(id) | What::Lose(id, _) => trace.message(id).is_some_and(|meta| !topology.connects(meta.from, meta.to)),
            _ => false,
        });
        for event in lost {
            if let What::Deliver(id) | What::Lose(id, _) = event.what {
                self.lose(id, LossReason::Cut);
            }
        }
    }

    /// Decides what happens to one message, on its way or yet to be sent.
    fn decide(&mut self, key: u32, nth: u32, fate: Fate) {
        if self.state.links.get(key).sent <= nth {
            self.state.fates.insert((key, nth), fate);
            return;
        }
        let trace = &self.trace;
        let is_it =
            |id: u32| trace.message(id).is_some_and(|meta| link_key(meta.from, meta.to) == key && meta.nth == nth && meta.copy == 0);
        let found = self.state.queue.take(|event| matches!(event.what, What::Deliver(id) | What::Lose(id, _) if is_it(id)));
        for event in found {
            let (What::Deliver(id) | What::Lose(id, _)) = event.what else { continue };
            let due = self.trace.message(id).map_or(event.time, |meta| meta.due).max(event.time);
            match fate {
                Fate::Drop => self.lose(id, LossReason::Taken),
                // A hand is stronger than the network, which may have lost it already without anybody knowing.
                Fate::Delay(by) => self.state.queue.push(due + by, What::Deliver(id)),
                Fate::Deliver => self.state.queue.push(self.state.now, What::Deliver(id)),
                Fate::Duplicate => {
                    self.state.queue.push(event.time, event.what);
                    self.copy(id, due);
                }
            }
        }
    }
}
