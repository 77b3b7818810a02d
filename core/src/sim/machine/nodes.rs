//! What a node does with what comes for it: its protocol is asked, and what it asks for is carried out.

use super::super::NodeId;
use super::super::draw::{Purpose, draw};
use super::super::host::{Effect, Happened};
use super::super::queue::What;
use super::super::state::{Held, NodeStatus, TimerState, Work};
use super::super::time::Span;
use super::super::trace::{Cargo, EventKind, Row};
use super::{Parcel, Sim};
use crate::protocol::TimerCode;

impl Sim {
    pub(super) fn boot(&mut self, node: NodeId, cause: u32, again: bool) {
        let row = self.record(EventKind::Boot, node, node, 0, u8::from(again), cause);
        self.call(node, row, Happened::Boot);
    }

    /// Something has come for a node: it handles it at once if it can.
    pub(super) fn work(&mut self, node: NodeId, work: Work) {
        let state = &mut self.state.nodes[node.index()];
        if state.status == NodeStatus::Down {
            return;
        }
        if state.status == NodeStatus::Up && state.pace.is_none() && state.inbox.is_empty() && state.waking.is_none() {
            return self.handle(node, work);
        }
        state.inbox.push_back(work);
        self.wake(node);
    }

    /// Sees to it that a node gets to the next piece of work in its inbox.
    pub(super) fn wake(&mut self, node: NodeId) {
        let state = &mut self.state.nodes[node.index()];
        if state.status != NodeStatus::Up || state.waking.is_some() || state.inbox.is_empty() {
            return;
        }
        let needed = state.pace.as_ref().map_or(Span::ZERO, |pace| {
            let drawn = draw(self.scenario.seed, Purpose::Work, u64::from(node.0), state.worked);
            state.worked += 1;
            pace.sample(drawn)
        });
        let token = state.next_token;
        state.next_token += 1;
        state.waking = Some(token);
        self.state.queue.push(self.state.now + needed, What::Wake { node, token });
    }

    pub(super) fn handle(&mut self, node: NodeId, work: Work) {
        match work {
            Work::Boot => self.boot(node, Row::NO_CAUSE, false),
            Work::Message(id) => {
                let Some(&meta) = self.trace.message(id) else { return };
                let row = self.record(EventKind::Deliver, node, meta.from, id, 0, meta.row);
                self.state.nodes[node.index()].received += 1;
                match meta.cargo {
                    Cargo::Protocol(payload) => self.call(node, row, Happened::Message(meta.from, payload)),
                    Cargo::Request(op) => self.call(node, row, Happened::Request(op)),
                    Cargo::Reply { .. } => {}
                }
            }
            Work::Timer(handle) => {
                let timers = &mut self.state.nodes[node.index()].timers;
                // It may have been cancelled while it waited.
                let Some(index) = timers.iter().position(|timer| timer.handle == handle) else { return };
                let timer = timers.swap_remove(index);
                let row = self.record(EventKind::Timer, node, node, timer.code.number, timer.code.kind, timer.row);
                self.call(node, row, Happened::Timer(timer.code));
            }
            Work::Synced { ticket, row } => {
                let held = &mut self.state.nodes[node.index()].held;
                let ready: Vec<_> = held.extract_if(.., |held| held.ticket <= ticket).collect();
                for Held { effect, .. } in ready {
                    self.effect(node, effect, row);
                }
                self.call(node, row, Happened::Synced(ticket));
            }
        }
    }

    /// Lets the protocol handle an event and carries out what it asks for.
    fn call(&mut self, node: NodeId, row: u32, event: Happened) {
        let state = &self.state.nodes[node.index()];
        self.calls.me = node;
        self.calls.now = state.clock.wall(self.state.now);
        self.calls.steady = state.clock.steady(self.state.now);
        self.calls.choices = state.choices;
        self.calls.next_ticket = state.next_ticket;
        self.host.happen(event, &mut self.calls);
        let state = &mut self.state.nodes[node.index()];
        state.choices = self.calls.choices;
        state.next_ticket = self.calls.next_ticket;
        let mut effects = std::mem::take(&mut self.calls.effects);
        for effect in effects.drain(..) {
            self.effect(node, effect, row);
        }
        // Keeps its room for the next event.
        self.calls.effects = effects;
    }

    fn effect(&mut self, node: NodeId, effect: Effect, cause: u32) {
        match effect {
            Effect::Send { to, payload, kind, size, hash } => {
                self.send(node, to, Parcel { cargo: Cargo::Protocol(payload), kind, size, hash }, cause);
            }
            Effect::Set(code, after) => self.set_timer(node, code, after, cause),
            Effect::Cancel(code) => self.state.nodes[node.index()].timers.retain(|timer| timer.code != code),
            Effect::Write { hash } => {
                self.state.nodes[node.index()].unsynced += 1;
                self.state.cursor.hash.add(hash);
                self.record(EventKind::Write, node, node, 0, 0, cause);
            }
            Effect::Sync(ticket) => self.sync(node, ticket),
            Effect::After(ticket, effect) => {
                let state = &mut self.state.nodes[node.index()];
                if state.syncing.iter().any(|(pending, _)| *pending == ticket) {
                    state.held.push(Held { ticket, effect: *effect });
                } else {
                    self.effect(node, *effect, cause);
                }
            }
            Effect::Reply { op, answer, done, hash } => {
                if let Some(client) = self.trace.op(op).map(|meta| meta.client) {
                    self.send(node, client, Parcel { cargo: Cargo::Reply { op, answer, done }, kind: 0, size: 100, hash }, cause);
                }
            }
            Effect::Note(text) => self.trace.push_note(&mut self.state.cursor, cause, text),
        }
    }

    fn set_timer(&mut self, node: NodeId, code: TimerCode, after: Span, row: u32) {
        let now = self.state.now;
        let state = &mut self.state.nodes[node.index()];
        let steady = state.clock.steady(now).saturating_add(after.0);
        let handle = state.next_handle;
        state.next_handle += 1;
        let timer = TimerState { code, handle, steady, due: state.clock.when(steady).max(now), row };
        self.state.queue.push(timer.due, What::Timer { node, handle });
        match state.timers.iter_mut().find(|other| other.code == code) {
            Some(other) => *other = timer,
            None => state.timers.push(timer),
        }
    }

    fn sync(&mut self, node: NodeId, ticket: u32) {
        let state = &mut self.state.nodes[node.index()];
        let drawn = draw(self.scenario.seed, Purpose::Disk, u64::from(node.0), u64::from(ticket));
        // A disk does one sync after the other.
        let done = state.disk_free.max(self.state.now) + state.disk.sync.sample(drawn);
        state.disk_free = done;
        state.syncing.push_back((ticket, state.unsynced));
        self.state.queue.push(done, What::Synced { node, ticket });
    }

    pub(super) fn synced(&mut self, node: NodeId, ticket: u32) -> bool {
        let state = &mut self.state.nodes[node.index()];
        if state.syncing.front().is_none_or(|(pending, _)| *pending != ticket) {
            return false;
        }
        let writes = state.syncing.pop_front().map_or(0, |(_, writes)| writes);
        state.unsynced -= writes;
        for (_, later) in &mut state.syncing {
            *later -= writes;
        }
        self.host.persist(node, writes);
        let row = self.record(EventKind::Durable, node, node, ticket, 0, Row::NO_CAUSE);
        self.work(node, Work::Synced { ticket, row });
        true
    }
}
