//! Raft: one log, the same on every node, in spite of crashes, losses and partitions.
//!
//! After Ongaro and Ousterhout, “In search of an understandable consensus algorithm” (2014), and
//! Ongaro's dissertation of the same year for pre-vote, sessions, handing over, and reads. Nodes elect
//! a leader for a term; the leader alone adds to the log, and what a majority has on disk stays.
//!
//! | file | what is in it |
//! |---|---|
//! | `log.rs` | what is on disk |
//! | `memory.rs` | what a crash takes away: the role, the machine behind the log |
//! | `election.rs` | votes and terms |
//! | `replication.rs` | entries, and when they stay |
//! | `reads.rs` | clients, and how a read is answered |
//! | `promises.rs` | the five properties |
//! | `about.rs` | settings and names |
//!
//! Each mistake that is known to have been made with Raft is a switch, off by default.

mod about;
mod election;
mod log;
mod memory;
mod promises;
mod reads;
mod replication;

use log::{Command, Disk, Entry, Place, Write};
use memory::{Machine, Memory, Role};

use super::number_set::NumberSet;
use crate::judge::history::Word;
use crate::protocol::{About, Cx, Invariant, OpId, Protocol, Seen, Settings, Ticket};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// The settings of Raft.
#[derive(Clone, Debug)]
pub struct Raft {
    election_min: Span,
    election_max: Span,
    heartbeat: Span,
    pre_vote: bool,
    check_quorum: bool,
    no_op: bool,
    reads: Reads,
    lease: Span,
    passes_on: bool,
    sessions: bool,
    batch: u64,
    durability: Durability,
    half_is_enough: bool,
    votes_for_anyone: bool,
    commits_old_terms: bool,
    truncates_always: bool,
    reads_too_early: bool,
}

/// How a read is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    Index,
    Log,
    Lease,
    LeadersCopy,
    AnyCopy,
}

/// What a crash may undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// Nothing that anybody has heard of.
    InTime,
    /// What was told before it was on disk.
    TooLate,
    /// The vote, always.
    VoteForgotten,
}

/// What a vote is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Would you?
    Before,
    /// Do.
    Now,
    /// Do, the leader itself wants it.
    HandedOver,
}

/// What came of a leader's message at a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    /// The log is the leader's up to here, and durable.
    Matches(u64),
    /// There is an entry of another term where the leader's message begins.
    Conflicts {
        /// Where, and of which term.
        at: Place,
        /// The first entry of that term.
        first: u64,
    },
    /// The log ends before the leader's message begins.
    Ends {
        /// What it lacks first.
        next: u64,
    },
}

/// What nodes tell each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Vote for me in this term: my log ends here.
    VoteForMe {
        /// The term in which it would lead.
        term: u64,
        /// The last entry of its log.
        last: Place,
        /// What kind of vote it asks for.
        ask: Ask,
    },
    /// The answer.
    Vote {
        /// The term of the voter.
        term: u64,
        /// Whether it gives its vote.
        granted: bool,
        /// Whether it was only asked whether it would.
        pre: bool,
    },
    /// I lead; these entries come after that one.
    Append {
        /// The leader's term.
        term: u64,
        /// To be sent back.
        round: u64,
        /// The entry before these.
        before: Place,
        /// The entries; none in a mere sign of life.
        entries: Vec<Entry>,
        /// How much of the log will stay.
        commit: u64,
    },
    /// The answer.
    Heard {
        /// The follower's term.
        term: u64,
        /// Which round it answers.
        round: u64,
        /// Whether the entries fit.
        fit: Fit,
    },
    /// Your term is over: this is the present one.
    Over(u64),
    /// Become the leader after me.
    YourTurn {
        /// The leader's term.
        term: u64,
    },
    /// A client has asked me for this.
    PassOn(OpId, Op),
    /// How far must the log be applied for this read?
    HowFar(OpId),
    /// This far.
    ThisFar(OpId, u64),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Election => "election timeout",
        Beat => "heartbeat due",
    }
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Op {
    /// What is the value of this key?
    Read(u32),
    /// This key has this value from now on.
    Write(u32, u32),
    /// That node shall lead.
    HandOver(NodeId),
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Done.
    Done,
    /// It was not done: this node does not lead, but perhaps that one.
    Ask(Option<NodeId>),
}

impl Raft {
    /// How many nodes decide. Two majorities share a node, two halves need not.
    fn quorum(&self, nodes: u16) -> usize {
        let half = usize::from(nodes) / 2;
        if self.half_is_enough { half.max(1) } else { half + 1 }
    }

    /// Whether a node that has just heard from a leader refuses to elect another. A lease is worth
    /// nothing without it, and a leader that steps down by itself can afford it.
    fn votes_are_loyal(&self) -> bool {
        self.check_quorum || self.reads == Reads::Lease
    }

    /// What a leader says counts in its own term only. Says whether that is the present one.
    fn same_term(&self, memory: &mut Memory, from: NodeId, term: u64, cx: &mut Cx<'_, Self>) -> bool {
        self.learn_term(memory, term, cx);
        let mine = cx.disk().term;
        if term < mine {
            self.say(memory, from, Message::Over(mine), cx);
        }
        term == mine
    }
}

impl Protocol for Raft {
    const ABOUT: &'static About = &about::ABOUT;

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        let election_min = settings.span("election-min");
        Self {
            election_min,
            election_max: settings.span("election-max").max(election_min),
            heartbeat: settings.span("heartbeat"),
            pre_vote: settings.on("pre-vote"),
            check_quorum: settings.on("check-quorum"),
            no_op: settings.on("no-op"),
            reads: [Reads::Index, Reads::Log, Reads::Lease, Reads::LeadersCopy, Reads::AnyCopy][settings.get("reads") as usize],
            lease: settings.span("lease"),
            passes_on: settings.on("pass-on"),
            sessions: settings.on("sessions"),
            batch: settings.get("batch").unsigned_abs(),
            durability: [Durability::InTime, Durability::TooLate, Durability::VoteForgotten][settings.get("durability") as usize],
            half_is_enough: settings.on("half-is-enough"),
            votes_for_anyone: settings.on("votes-for-anyone"),
            commits_old_terms: settings.on("commits-old-terms"),
            truncates_always: settings.on("truncates-always"),
            reads_too_early: settings.on("reads-too-early"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if self.durability == Durability::VoteForgotten {
            let term = cx.disk().term;
            cx.write(Write::Ballot(term, None));
        }
        self.await_leader(cx);
        Memory {
            role: Role::follower(None),
            commit: 0,
            machine: Machine::default(),
            // Before it crashed it may have promised a leader to elect nobody else for a while.
            heard: (self.reads == Reads::Lease).then(|| cx.steady()),
            ballot: None,
            written: None,
            taken: NumberSet::default(),
            // Nobody hears from a node before its term is on disk, so one without a term has taken nothing.
            forgetful: cx.disk().term > 0,
        }
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::VoteForMe { term, last, ask } => self.on_vote_for_me(memory, from, term, last, ask, cx),
            Message::Vote { term, granted, pre } => {
                self.learn_term(memory, term, cx);
                // Who only was asked whether it would may be behind.
                if granted && (pre || term == cx.disk().term) {
                    self.on_vote(memory, from, pre, cx);
                }
            }
            Message::Append { term, round, before, ref entries, commit } => {
                if self.same_term(memory, from, term, cx) {
                    self.on_append(memory, from, round, before, entries, commit, cx);
                }
            }
            Message::Heard { term, round, fit } => {
                self.learn_term(memory, term, cx);
                if term == cx.disk().term {
                    self.on_heard(memory, from, round, fit, cx);
                }
            }
            Message::Over(term) => self.learn_term(memory, term, cx),
            Message::YourTurn { term } => {
                if self.same_term(memory, from, term, cx) && !matches!(memory.role, Role::Leader(_)) {
                    self.campaign(memory, Ask::HandedOver, cx);
                }
            }
            Message::PassOn(id, op) => {
                if matches!(memory.role, Role::Leader(_)) {
                    match op {
                        Op::Read(key) => self.read(memory, id, key, cx),
                        _ => self.take(memory, id, op, cx),
                    }
                }
            }
            Message::HowFar(op) => self.wait_for_proof(memory, op, 0, Some(from), cx),
            Message::ThisFar(op, index) => self.on_this_far(memory, op, index, cx),
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Election => self.election_timeout(memory, cx),
            Wait::Beat => self.beat(memory, cx),
        }
    }

    fn on_synced(&self, memory: &mut Memory, ticket: Ticket, cx: &mut Cx<'_, Self>) {
        self.on_durable(memory, ticket, cx);
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        match *op {
            Op::Read(key) => self.read(memory, id, key, cx),
            op => self.change(memory, id, op, cx),
        }
    }

    fn apply(disk: &mut Disk, write: &Write) {
        disk.apply(write);
    }

    fn kind(message: &Message) -> u8 {
        about::kind(message)
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::VoteForMe { term, ask: Ask::Before, .. } => format!("would you vote for me in term {term}?"),
            Message::VoteForMe { term, .. } => format!("vote for me in term {term}"),
            Message::Vote { granted: true, pre: true, .. } => "I would".into(),
            Message::Vote { granted: true, term, .. } => format!("my vote in term {term}"),
            Message::Vote { .. } => "no vote".into(),
            Message::Append { term, entries, before, .. } => match (before.index + 1, before.index + entries.len() as u64) {
                (first, last) if first > last => format!("I lead term {term}"),
                (first, last) if first == last => format!("entry {first}"),
                (first, last) => format!("entries {first} to {last}"),
            },
            Message::Heard { fit, .. } => match fit {
                Fit::Matches(matched) => format!("have up to {matched}"),
                Fit::Conflicts { at, .. } => format!("mine at {} is of term {}", at.index, at.term),
                Fit::Ends { next } => format!("I lack {next}"),
            },
            Message::Over(term) => format!("it is term {term}"),
            Message::YourTurn { .. } => "your turn to lead".into(),
            Message::PassOn(_, op) => format!("for a client: {}", Self::describe_op(op)),
            Message::HowFar(_) => "how far for this read?".into(),
            Message::ThisFar(_, index) => format!("applied up to {index}"),
        }
    }

    fn size(message: &Message) -> u32 {
        let Message::Append { entries, .. } = message else { return 100 };
        100 + 20 * entries.len() as u32
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        about::view(self, node, view);
    }

    fn op(code: u8, argument: i64, unique: u32) -> Option<Op> {
        match code {
            0 => Some(Op::Read(u32::try_from(argument).ok()?)),
            // Every key begins with 0.
            1 => Some(Op::Write(u32::try_from(argument).ok()?, unique + 1)),
            2 => Some(Op::HandOver(NodeId(u16::try_from(argument.checked_sub(1)?).ok()?))),
            _ => None,
        }
    }

    fn describe_op(op: &Op) -> String {
        match op {
            Op::Read(0) => "read".into(),
            Op::Read(key) => format!("read key {key}"),
            Op::Write(0, value) => format!("write {value}"),
            Op::Write(key, value) => format!("write {value} to key {key}"),
            Op::HandOver(heir) => format!("hand over to {heir}"),
        }
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Value(value) => value.to_string(),
            Ret::Done => "done".into(),
            Ret::Ask(Some(node)) => format!("ask {node}"),
            Ret::Ask(None) => "no leader here".into(),
        }
    }

    fn word(op: &Op, ret: Option<&Ret>) -> Option<Word> {
        let read = match ret {
            Some(Ret::Value(value)) => Some(*value),
            _ => None,
        };
        match *op {
            Op::Read(key) => Some(Word::read(Some(key), read)),
            Op::Write(key, value) => Some(Word::write(Some(key), value)),
            Op::HandOver(_) => None,
        }
    }

    fn invariants() -> &'static [Invariant<Self>] {
        promises::PROMISES
    }
}
