//! Clients: they ask by themselves or by hand, wait, and give up.

use super::super::NodeId;
use super::super::draw::{Purpose, below, draw, mix};
use super::super::queue::What;
use super::super::state::OpenOp;
use super::super::trace::{Cargo, Ended, EventKind, MessageMeta, OpMeta, Row};
use super::{Parcel, Sim};
use crate::protocol::OpSpec;
use crate::scenario::{Pace, Route};

impl Sim {
    pub(super) fn client(&self, number: u16) -> NodeId {
        NodeId(self.scenario.nodes + number)
    }

    pub(super) fn schedule_issue(&mut self, client: u16) {
        let Some(workload) = &self.scenario.workload else { return };
        let issued = self.state.issued[usize::from(client)];
        if issued >= workload.limit {
            return;
        }
        let (Pace::Closed(gap) | Pace::Open(gap)) = &workload.pace;
        let gap = gap.sample(draw(self.scenario.seed, Purpose::Pace, u64::from(client), u64::from(issued)));
        self.state.queue.push(self.state.now + gap, What::Issue(client));
    }

    /// A client sends its next request by itself.
    pub(super) fn issue(&mut self, client: u16) {
        let Some(workload) = &self.scenario.workload else { return };
        let issued = self.state.issued[usize::from(client)];
        self.state.issued[usize::from(client)] += 1;
        let drawn = draw(self.scenario.seed, Purpose::Workload, u64::from(client), u64::from(issued));
        let nodes = u64::from(self.scenario.nodes);
        let node = match workload.route {
            Route::To(node) => node,
            Route::Home => NodeId(client % self.scenario.nodes),
            Route::Rotate => NodeId(((u64::from(client) + u64::from(issued)) % nodes) as u16),
            Route::Random => NodeId(below(mix(drawn ^ 1), nodes) as u16),
        };
        let op = pick_op(self.host.about().ops, mix(drawn ^ 2));
        let key = below(mix(drawn ^ 3), u64::from(workload.keys)) as i64;
        let goes_on = matches!(workload.pace, Pace::Closed(_));
        self.invoke(client, node, op, key, goes_on, Row::NO_CAUSE);
        if !goes_on {
            self.schedule_issue(client);
        }
    }

    /// Whether the operation exists.
    pub(super) fn invoke(&mut self, client: u16, node: NodeId, code: u8, argument: i64, goes_on: bool, cause: u32) -> bool {
        let endpoint = self.client(client);
        // Unique among all clients, and the same whatever the others do.
        let asked = &mut self.state.asked[usize::from(client)];
        let unique = *asked * u32::from(self.scenario.clients) + u32::from(client);
        *asked += 1;
        let Some(hash) = self.host.make_op(code, argument, unique) else { return false };
        let invoked = self.state.cursor.rows;
        let meta = OpMeta { client: endpoint, node, invoked, begun: self.state.now, ended: None };
        let op = self.trace.push_op(&mut self.state.cursor, meta);
        self.state.heard = invoked;
        let row = self.record(EventKind::Invoke, endpoint, node, op, code, cause);
        self.state.open.insert(op, OpenOp { client, row, goes_on });
        self.state.queue.push(self.state.now + self.scenario.patience, What::Expire(op));
        self.send(endpoint, node, Parcel { cargo: Cargo::Request(op), kind: 0, size: 100, hash }, row);
        true
    }

    /// A client has received an answer. An answer that comes too late tells it nothing any more.
    pub(super) fn answer(&mut self, id: u32, meta: MessageMeta) {
        let row = self.record(EventKind::Deliver, meta.to, meta.from, id, 0, meta.row);
        let Cargo::Reply { op, answer, done } = meta.cargo else { return };
        if let Some(open) = self.state.open.remove(&op) {
            let detail = u8::from(done);
            let row = self.record(EventKind::Return, meta.to, meta.from, op, detail, row);
            self.end_op(op, Ended { row, time: self.state.now, kind: EventKind::Return, detail, answer: Some(answer) }, open);
        }
    }

    pub(super) fn end_op(&mut self, op: u32, ended: Ended, open: OpenOp) {
        self.state.heard = ended.row;
        self.trace.ops.change(op as usize, |meta| meta.ended = Some(ended));
        if open.goes_on {
            self.schedule_issue(open.client);
        }
    }
}

/// One of the operations, each as likely as its weight.
fn pick_op(ops: &[OpSpec], drawn: u64) -> u8 {
    let total = ops.iter().map(|op| u64::from(op.weight)).sum();
    let mut pick = below(drawn, total);
    for (code, op) in (0..).zip(ops) {
        if pick < u64::from(op.weight) {
            return code;
        }
        pick -= u64::from(op.weight);
    }
    0
}
