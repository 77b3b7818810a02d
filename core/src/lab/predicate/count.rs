//! What is counted row by row: messages, clients' requests, faults, and other events.

use crate::lab::script::kind_of;
use crate::measure::{self, Outcome};
use crate::sim::{EventKind, MessageMeta, NodeId, Row, Sim, Span, Time};
use std::collections::VecDeque;

/// What is counted, and what has been counted so far.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    pub(super) what: What,
    /// Only what happened so recently.
    pub(super) last: Option<Span>,
    /// What was counted: when it happened, and how long it took.
    seen: VecDeque<(Time, Span)>,
    /// How many there are, of what comes and goes.
    open: u64,
    /// The same as in `seen`, in the order of their lengths.
    lengths: Vec<Span>,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Messages { stage: MessageStage, kind: Option<MessageKind>, from: Option<NodeId>, to: Option<NodeId> },
    Requests(Requests),
    Faults { kind: Option<&'static str>, on: Option<NodeId> },
    Events { kind: EventKind, timer: Option<u8>, on: Option<NodeId> },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    pub(super) stage: RequestStage,
    pub(super) op: Option<u8>,
    pub(super) by: Option<NodeId>,
    pub(super) to: Option<NodeId>,
    pub(super) answer: Option<String>,
    pub(super) slower: Option<Span>,
    pub(super) faster: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageStage {
    Sent,
    Delivered,
    Lost,
    Duplicated,
    UnderWay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum MessageKind {
    /// One of the model's own.
    Own(u8),
    /// A client's request.
    Request,
    /// The answer to it.
    Answer,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RequestStage {
    #[default]
    Begun,
    Ok,
    Failed,
    Unknown,
    Ended,
    Open,
}

impl MessageKind {
    /// What a message is, in a run of so many nodes.
    pub(in crate::lab) fn of(meta: &MessageMeta, nodes: u16) -> Self {
        match (meta.from.0 < nodes, meta.to.0 < nodes) {
            (true, true) => Self::Own(meta.kind),
            (false, _) => Self::Request,
            _ => Self::Answer,
        }
    }
}

impl Counter {
    pub(super) fn new(what: What, last: Option<Span>) -> Self {
        Self { what, last, seen: VecDeque::new(), open: 0, lengths: Vec::new() }
    }

    /// Takes one row in. Rows before the count began only tell what is under way.
    pub(super) fn take(&mut self, sim: &Sim, row: &Row, counting: bool) {
        let Some((change, length)) = self.what.change(sim, row) else { return };
        match change {
            Change::Comes => self.open += 1,
            // What came before this run's first row is not there.
            Change::Goes => self.open = self.open.saturating_sub(1),
            Change::Happens if counting => {
                self.seen.push_back((row.time, length));
                let place = self.lengths.partition_point(|other| *other <= length);
                self.lengths.insert(place, length);
            }
            Change::Happens => {}
        }
    }

    /// Forgets what is no longer recent.
    pub(super) fn forget(&mut self, now: Time) {
        let Some(last) = self.last else { return };
        while self.seen.front().is_some_and(|(time, _)| *time + last <= now) {
            let length = self.seen.pop_front().map_or(Span::ZERO, |(_, length)| length);
            let place = self.lengths.partition_point(|other| *other < length);
            self.lengths.remove(place);
        }
    }

    /// When the next will be forgotten.
    pub(super) fn forgets(&self) -> Option<Time> {
        self.seen.front().and_then(|(time, _)| Some(*time + self.last?))
    }

    pub(super) fn count(&self) -> u64 {
        if self.what.comes_and_goes() { self.open } else { self.seen.len() as u64 }
    }

    /// The length that so many parts of a million do not exceed, by the nearest rank.
    pub(super) fn quantile(&self, parts: u32) -> Option<Span> {
        measure::quantile(&self.lengths, parts)
    }
}

enum Change {
    Happens,
    Comes,
    Goes,
}

impl What {
    fn comes_and_goes(&self) -> bool {
        match self {
            Self::Messages { stage, .. } => *stage == MessageStage::UnderWay,
            Self::Requests(requests) => requests.stage == RequestStage::Open,
            _ => false,
        }
    }

    fn change(&self, sim: &Sim, row: &Row) -> Option<(Change, Span)> {
        let is = |wanted: Option<NodeId>, node: NodeId| wanted.is_none_or(|wanted| wanted == node);
        match self {
            Self::Messages { stage, kind, from, to } => {
                let change = match (row.kind, stage) {
                    (EventKind::Send, MessageStage::Sent)
                    | (EventKind::Deliver, MessageStage::Delivered)
                    | (EventKind::Lose, MessageStage::Lost)
                    | (EventKind::Duplicate, MessageStage::Duplicated) => Change::Happens,
                    (EventKind::Send | EventKind::Duplicate, MessageStage::UnderWay) => Change::Comes,
                    (EventKind::Deliver | EventKind::Lose, MessageStage::UnderWay) => Change::Goes,
                    _ => return None,
                };
                let meta = sim.trace().message(row.subject)?;
                let kinds = kind.is_none_or(|kind| kind == MessageKind::of(meta, sim.scenario().nodes));
                (kinds && is(*from, meta.from) && is(*to, meta.to)).then_some((change, Span::ZERO))
            }
            Self::Requests(requests) => requests.change(sim, row),
            Self::Faults { kind, on } => {
                if row.kind != EventKind::Input || row.detail != 0 {
                    return None;
                }
                let input = &sim.scenario().inputs.get(row.subject as usize)?.input;
                let kinds = kind.is_none_or(|kind| kind == kind_of(input));
                let named = on.is_none_or(|node| node == row.node || node == row.peer);
                (kinds && named).then_some((Change::Happens, Span::ZERO))
            }
            Self::Events { kind, timer, on } => {
                let matches = row.kind == *kind && is(*on, row.node) && timer.is_none_or(|timer| timer == row.detail);
                matches.then_some((Change::Happens, Span::ZERO))
            }
        }
    }
}

impl Requests {
    fn change(&self, sim: &Sim, row: &Row) -> Option<(Change, Span)> {
        use RequestStage::{Begun, Ended, Failed, Ok, Open, Unknown};
        let change = match (Outcome::of(row.kind, row.detail), self.stage) {
            (None, Begun) if row.kind == EventKind::Invoke => Change::Happens,
            (None, Open) if row.kind == EventKind::Invoke => Change::Comes,
            (Some(_), Open) => Change::Goes,
            (Some(_), Ended) | (Some(Outcome::Done), Ok) | (Some(Outcome::Refused), Failed) | (Some(Outcome::Unknown), Unknown) => {
                Change::Happens
            }
            _ => return None,
        };
        let meta = sim.trace().op(row.subject)?;
        let invoked = sim.trace().row(meta.invoked)?;
        let wanted = self.op.is_none_or(|op| op == invoked.detail)
            && self.by.is_none_or(|by| by == meta.client)
            && self.to.is_none_or(|to| to == meta.node);
        let length = row.time.since(invoked.time);
        let wanted = wanted && self.slower.is_none_or(|least| length > least) && self.faster.is_none_or(|most| length < most);
        let answered = || self.answer.is_none() || sim.describe_op(row.subject).1 == self.answer;
        (wanted && answered()).then_some((change, length))
    }
}
