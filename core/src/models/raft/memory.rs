//! What a node of Raft knows until it crashes: its role, and the machine that the log drives.

use super::super::number_set::NumberSet;
use super::log::{Command, Entry};
use super::{Op, Ret};
use crate::protocol::{OpId, Ticket};
use crate::sim::{LocalTime, NodeId, Span, stable_hash};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What a node knows until it crashes.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    pub(super) role: Role,
    /// How much of the log will stay.
    pub(super) commit: u64,
    pub(super) machine: Machine,
    /// When it last heard from a leader, by its steady clock.
    pub(super) heard: Option<LocalTime>,
    /// Its term and its vote are durable then.
    pub(super) ballot: Option<Ticket>,
    /// Everything on its disk is durable then.
    pub(super) written: Option<Ticket>,
    /// The writes that it appended or passed on. A request may arrive twice: what may have been done must
    /// not be turned away, and what was turned away, which is on disk, must not be done after all.
    pub(super) taken: NumberSet,
    /// It was up before, and may have taken writes that it does not know of any more.
    pub(super) forgetful: bool,
}

/// What a node is at the moment.
#[derive(Clone, Debug, Serialize)]
pub(super) enum Role {
    /// It does as it is told.
    Follower(Follower),
    /// It asks whether it would be elected, without a new term.
    Asking(BTreeSet<NodeId>),
    /// It wants to be elected: who votes for it.
    Candidate(BTreeSet<NodeId>),
    /// It is in charge.
    Leader(Box<Leader>),
}

/// What a follower knows of its leader.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Follower {
    pub(super) leader: Option<NodeId>,
    /// Reads for which it asked the leader how far the log must be applied, and what it was told.
    pub(super) reads: Vec<(OpId, u32, Option<u64>)>,
}

/// What a leader knows of its term.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Leader {
    /// One for each node; its own counts for nothing but its place.
    pub(super) peers: Vec<Progress>,
    /// The first place that can hold an entry of its own term.
    pub(super) first: u64,
    /// How many rounds of messages it sent to all.
    pub(super) round: u64,
    /// When rounds began, as long as that matters.
    pub(super) rounds: VecDeque<(u64, LocalTime)>,
    /// Up to where its own log is durable, and what is not yet.
    pub(super) durable: u64,
    pub(super) syncing: VecDeque<(Ticket, u64)>,
    /// Operations in the log whose clients wait for an answer.
    pub(super) waiting: BTreeSet<OpId>,
    pub(super) reads: Vec<Read>,
    /// Whom it hands over to, and who wants to know. It never trusts its lease again.
    pub(super) heir: Option<(NodeId, Option<OpId>)>,
    /// How long its log was when it last appended, and the hash of all of it: for observers, who want
    /// to see that it only grew.
    pub(super) sealed: (u64, u64),
}

/// What a leader knows of another node.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Progress {
    /// The next entry to send it.
    pub(super) next: u64,
    /// Up to where its log is the leader's, and durable.
    pub(super) matched: u64,
    /// The last round it answered.
    pub(super) round: u64,
    /// When it last answered.
    pub(super) heard: LocalTime,
}

/// A read that waits for proof that the leader still leads.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Read {
    pub(super) op: OpId,
    pub(super) key: u32,
    /// The follower that asked, if it was not a client.
    pub(super) asker: Option<NodeId>,
    /// How far the log must be applied, and which round must be answered.
    pub(super) needs: Option<(u64, u64)>,
}

/// Keys and their values, and which operations made them so.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Machine {
    /// Everything it was told, in order.
    pub(super) applied: Vec<Entry>,
    pub(super) values: BTreeMap<u32, u32>,
    /// Writes it has carried out, so that none is carried out twice.
    pub(super) done: NumberSet,
}

impl Machine {
    pub(super) fn len(&self) -> u64 {
        self.applied.len() as u64
    }

    pub(super) fn value(&self, key: u32) -> u32 {
        self.values.get(&key).copied().unwrap_or(0)
    }

    /// Carries out one entry: whose operation it was, and the answer.
    pub(super) fn apply(&mut self, entry: Entry, once: bool) -> Option<(OpId, Ret)> {
        self.applied.push(entry);
        match entry.command {
            Command::Nothing => None,
            Command::Read(op, key) => Some((op, Ret::Value(self.value(key)))),
            Command::Write(op, key, value) => {
                if self.done.insert(op.0) || !once {
                    self.values.insert(key, value);
                }
                Some((op, Ret::Done))
            }
        }
    }
}

impl Command {
    /// The entry for what a client asks for, if it is for the machine.
    pub(super) fn of(id: OpId, op: Op) -> Option<Self> {
        match op {
            Op::Read(key) => Some(Self::Read(id, key)),
            Op::Write(key, value) => Some(Self::Write(id, key, value)),
            Op::HandOver(_) => None,
        }
    }
}

impl Role {
    pub(super) fn follower(leader: Option<NodeId>) -> Self {
        Self::Follower(Follower { leader, reads: Vec::new() })
    }

    /// Whom this node takes for the leader.
    pub(super) fn leader(&self, me: NodeId) -> Option<NodeId> {
        match self {
            Self::Follower(follower) => follower.leader,
            Self::Leader(_) => Some(me),
            _ => None,
        }
    }
}

impl Leader {
    pub(super) fn new(nodes: u16, log: &[Entry], now: LocalTime) -> Self {
        let next = log.len() as u64 + 1;
        Self {
            peers: vec![Progress { next, matched: 0, round: 0, heard: now }; usize::from(nodes)],
            first: next,
            round: 0,
            rounds: VecDeque::new(),
            durable: next - 1,
            syncing: VecDeque::new(),
            waiting: BTreeSet::new(),
            reads: Vec::new(),
            heir: None,
            sealed: log.iter().fold((0, 0), |seal, entry| Self::seal(seal, *entry)),
        }
    }

    /// The seal of a log with one more entry.
    pub(super) fn seal((len, hash): (u64, u64), entry: Entry) -> (u64, u64) {
        (len + 1, stable_hash(&(hash, entry)))
    }

    /// A new round begins. Rounds that began too long ago prove nothing about the present.
    pub(super) fn begin_round(&mut self, now: LocalTime, lease: Span) {
        self.rounds.retain(|(_, began)| now.since(*began) < lease);
        self.round += 1;
        self.rounds.push_back((self.round, now));
    }

    /// The largest number that so many nodes have reached, this one included.
    pub(super) fn reached(&self, me: NodeId, mine: u64, quorum: usize, of: impl Fn(&Progress) -> u64) -> u64 {
        let numbers = self.peers.iter().enumerate().map(|(node, peer)| if node == me.index() { mine } else { of(peer) });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers[quorum - 1]
    }

    /// The last round that a majority has answered, this node included.
    pub(super) fn confirmed(&self, me: NodeId, quorum: usize) -> u64 {
        self.reached(me, self.round, quorum, |peer| peer.round)
    }

    /// Whether a majority has promised, less than a lease ago, to elect nobody else for a while.
    pub(super) fn has_lease(&self, me: NodeId, quorum: usize, now: LocalTime, lease: Span) -> bool {
        let confirmed = self.confirmed(me, quorum);
        let began = self.rounds.iter().find(|(round, _)| *round == confirmed);
        self.heir.is_none() && began.is_some_and(|(_, began)| now.since(*began) < lease)
    }
}
