//! Two-phase commit: one decision for data in several places, all or nothing.
//!
//! The node that is asked to write coordinates: it asks every participant to prepare, and commits if
//! all say yes. A participant that has said yes is locked and cannot decide alone; if its
//! coordinator falls silent just then, it waits. Beside the protocol as it was published stand the
//! code that textbooks print, which forgets and gives up, and a coordinator whose decision a
//! majority of nodes keeps, so that others can finish what it began.
//!
//! An abort is presumed: a coordinator's disk has to have a commit before anybody hears of it, and an abort
//! it need not have. Only the client is told of an abort when the disk has that its request was begun, or
//! the same request, brought twice by the network, could still be carried out after a crash.
//!
//! Where locks are waited for, two transactions can each have the lock of one participant and wait for
//! that of another. No participant sees the circle; a coordinator that has waited for long enough ends it.

use super::number_set::NumberSet;
use crate::judge::history::Word;
use crate::judge::waits::no_circle;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{self, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// The settings of a group.
#[derive(Clone, Debug, Serialize)]
pub struct TwoPhaseCommit {
    /// Whether a majority keeps the decision, and not the coordinator alone.
    replicated: bool,
    log: bool,
    insist: bool,
    clean_up: bool,
    numbers: bool,
    ask_peers: bool,
    /// What a participant decides alone after so long.
    heuristic: Option<Decision>,
    heuristic_after: Span,
    reads_wait: bool,
    /// Whether a transaction waits for a lock that another has.
    locks_wait: bool,
    patience: Span,
    retry: Span,
}

/// A transaction: the value that it writes everywhere, and a mark by which a coordinator that was
/// asked the same thing again, and has forgotten, does not take one attempt for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tx {
    value: u32,
    mark: u32,
}

impl Tx {
    /// Every attempt to write a value.
    fn of(value: u32) -> RangeInclusive<Self> {
        Self { value, mark: 0 }..=Self { value, mark: u32::MAX }
    }
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Decision {
    /// It happens, everywhere.
    Commit,
    /// It does not.
    Abort,
}

impl Decision {
    const fn past(self) -> &'static str {
        match self {
            Self::Commit => "committed",
            Self::Abort => "aborted",
        }
    }
}

/// Whose turn it is to bring a decision about: later rounds win. The first is the coordinator's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ballot {
    round: u32,
    node: NodeId,
}

/// What a node has promised and accepted where a majority keeps the decision (Lamport 1998).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    promised: Ballot,
    accepted: Option<(Ballot, Decision)>,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Can you do this, whatever happens?
    Prepare(Tx),
    /// I can, and am locked.
    Yes(Tx),
    /// I cannot, and will not.
    No(Tx),
    /// This is how it ends.
    Decide(Tx, Decision),
    /// I have committed it.
    Done(Tx),
    /// I am in doubt about a transaction of this coordinator: how did it end?
    Ask(Tx, NodeId),
    /// I finish this transaction: what have you accepted?
    Claim(Tx, Ballot),
    /// Nothing older from now on; and this is what I have.
    Promise(Tx, Ballot, Option<(Ballot, Decision)>),
    /// Keep this decision.
    Keep(Tx, Ballot, Decision),
    /// I keep it.
    Kept(Tx, Ballot),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Retry(u32) => "no answer yet",
        Doubt(u32) => "still in doubt",
        Alone(u32) => "waited too long: decides alone",
    }
}

/// What has become of a transaction at a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    /// It said yes, and is locked.
    Prepared,
    Ended(Decision),
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Ended(decision) => decision.past(),
        }
    }
}

/// A transaction at a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    coordinator: NodeId,
    state: State,
}

/// What is on a node's disk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Log {
    /// As a participant: its data, and every transaction it has to do with.
    value: u32,
    parts: BTreeMap<Tx, Part>,
    /// As a coordinator: what it has begun to write. It does not wait for its disk with this, but whatever
    /// it decides or tells a client comes after it.
    begun: NumberSet,
    /// And what it has committed, and whether everybody has said that it knows.
    committed: BTreeMap<Tx, bool>,
    /// As one of those who keep decisions.
    kept: BTreeMap<Tx, Keeping>,
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Write {
    /// As a participant.
    Part(Tx, Part),
    /// As a coordinator: a client wants this value everywhere.
    Begun(u32),
    /// As a coordinator.
    Commit(Tx, bool),
    /// As one of those who keep decisions.
    Keep(Tx, Keeping),
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As a coordinator: what is under way.
    open: BTreeMap<Tx, Open>,
    /// As a participant: who waits for the lock, to read or to prepare. A crash makes the latter a vote that
    /// is missing.
    readers: Vec<OpId>,
    waiting: Vec<(NodeId, Tx)>,
}

/// A transaction under way, at its coordinator.
#[derive(Clone, Debug, Serialize)]
struct Open {
    op: Option<OpId>,
    phase: Phase,
}

#[derive(Clone, Debug, Serialize)]
enum Phase {
    /// It waits for votes and has those of these.
    Voting(BTreeSet<NodeId>),
    /// It asks the keepers what they have.
    Claiming(Ballot, BTreeSet<NodeId>, Option<(Ballot, Decision)>),
    /// It waits for a majority to keep the decision.
    Keeping(Ballot, Decision, BTreeSet<NodeId>),
    /// It tells these, once its own disk knows.
    Telling(Option<Ticket>, BTreeSet<NodeId>),
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Op {
    /// Write this at every participant.
    Write(u32),
    /// What is the value here?
    Read,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// It is committed.
    Committed,
    /// It is aborted.
    Aborted,
    /// The value.
    Value(u32),
    /// There is no data here.
    NoData,
}

impl TwoPhaseCommit {
    /// The first node only coordinates.
    fn participants(nodes: u16) -> impl Iterator<Item = NodeId> {
        (1..nodes).map(NodeId)
    }

    fn majority(nodes: u16) -> usize {
        usize::from(nodes) / 2 + 1
    }

    /// Makes what was written durable, if this node keeps a log at all.
    fn force(&self, cx: &mut Cx<'_, Self>) -> Option<Ticket> {
        self.log.then(|| cx.sync())
    }

    fn send(ticket: Option<Ticket>, to: NodeId, message: Message, cx: &mut Cx<'_, Self>) {
        match ticket {
            Some(ticket) => cx.send_after(ticket, to, message),
            None => cx.send(to, message),
        }
    }

    fn answer(ticket: Option<Ticket>, op: OpId, ret: Ret, cx: &mut Cx<'_, Self>) {
        match ticket {
            Some(ticket) => cx.reply_after(ticket, op, ret),
            None => cx.reply(op, ret),
        }
    }

    /// Tells a client that its write surely is not done: a coordinator that could forget it might begin
    /// anew when the same request comes again.
    fn refuse(&self, op: OpId, cx: &mut Cx<'_, Self>) {
        match self.force(cx) {
            Some(durable) => cx.refuse_after(durable, op, Ret::Aborted),
            None => cx.refuse(op, Ret::Aborted),
        }
    }

    // ---- as a coordinator ---------------------------------------------------------------------

    fn begin(&self, memory: &mut Memory, op: OpId, value: u32, cx: &mut Cx<'_, Self>) {
        if cx.disk().begun.contains(value) {
            cx.note("The same request again: it is carried out once.");
            return;
        }
        cx.write(Write::Begun(value));
        if !self.numbers && !memory.open.is_empty() {
            cx.note("Its own lock is taken: one at a time here, whatever others do.");
            return self.refuse(op, cx);
        }
        let tx = Tx { value, mark: cx.choose(u64::from(u32::MAX)) as u32 };
        memory.open.insert(tx, Open { op: Some(op), phase: Phase::Voting(BTreeSet::new()) });
        for node in Self::participants(cx.nodes()) {
            cx.send(node, Message::Prepare(tx));
        }
        cx.set(Wait::Retry(value), self.patience);
    }

    fn vote(&self, memory: &mut Memory, from: NodeId, tx: Tx, yes: bool, cx: &mut Cx<'_, Self>) {
        let Some(Open { phase: Phase::Voting(voted), .. }) = memory.open.get_mut(&tx) else { return };
        if !yes {
            return self.decide(memory, tx, Decision::Abort, cx);
        }
        voted.insert(from);
        if voted.len() + 1 == usize::from(cx.nodes()) {
            cx.note("All said yes.");
            self.decide(memory, tx, Decision::Commit, cx);
        }
    }

    /// The votes are in, or will not come.
    fn decide(&self, memory: &mut Memory, tx: Tx, decision: Decision, cx: &mut Cx<'_, Self>) {
        if self.replicated {
            let ballot = Ballot { round: 0, node: cx.me() };
            return self.keep(memory, tx, ballot, decision, cx);
        }
        if decision == Decision::Commit {
            cx.write(Write::Commit(tx, false));
        }
        let durable = if decision == Decision::Commit { self.force(cx) } else { None };
        self.tell(memory, tx, decision, durable, cx);
    }

    /// The decision stands as soon as the ticket does.
    fn tell(&self, memory: &mut Memory, tx: Tx, decision: Decision, durable: Option<Ticket>, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&tx) else { return };
        for node in Self::participants(cx.nodes()) {
            Self::send(durable, node, Message::Decide(tx, decision), cx);
        }
        match (open.op.take(), decision) {
            (Some(op), Decision::Commit) => Self::answer(durable, op, Ret::Committed, cx),
            (Some(op), Decision::Abort) => self.refuse(op, cx),
            (None, _) => {}
        }
        // Nobody has to say that it knows of an abort: who does not will ask.
        if decision == Decision::Abort || !self.insist {
            cx.cancel(Wait::Retry(tx.value));
            memory.open.remove(&tx);
        } else {
            open.phase = Phase::Telling(durable, Self::participants(cx.nodes()).collect());
            cx.set(Wait::Retry(tx.value), self.retry);
        }
    }

    fn knows(&self, memory: &mut Memory, from: NodeId, tx: Tx, cx: &mut Cx<'_, Self>) {
        let Some(Open { phase: Phase::Telling(_, missing), .. }) = memory.open.get_mut(&tx) else { return };
        missing.remove(&from);
        if missing.is_empty() {
            cx.note("Everybody knows.");
            cx.cancel(Wait::Retry(tx.value));
            memory.open.remove(&tx);
            if cx.disk().committed.contains_key(&tx) {
                // No hurry: without it the others would only be told once more.
                cx.write(Write::Commit(tx, true));
            }
        }
    }

    fn no_answer(&self, memory: &mut Memory, tx: Tx, cx: &mut Cx<'_, Self>) {
        let Some(open) = memory.open.get_mut(&tx) else { return };
        match &open.phase {
            Phase::Voting(_) if self.clean_up => {
                cx.note("A vote is missing: abort.");
                self.decide(memory, tx, Decision::Abort, cx);
            }
            Phase::Voting(_) => {
                cx.note("A vote is missing: gives up, and leaves the others as they are.");
                if let Some(op) = open.op {
                    self.refuse(op, cx);
                }
                memory.open.remove(&tx);
            }
            Phase::Claiming(..) | Phase::Keeping(..) => self.claim(memory, tx, cx),
            Phase::Telling(durable, missing) => {
                for node in missing {
                    Self::send(*durable, *node, Message::Decide(tx, Decision::Commit), cx);
                }
                cx.set(Wait::Retry(tx.value), self.retry);
            }
        }
    }

    // ---- as one of those who keep the decision ------------------------------------------------

    /// Finishes what another has begun, or what it could not finish itself.
    fn claim(&self, memory: &mut Memory, tx: Tx, cx: &mut Cx<'_, Self>) {
        let (round, accepted) = cx.disk().kept.get(&tx).map_or((0, None), |kept| (kept.promised.round, kept.accepted));
        let ballot = Ballot { round: round + 1, node: cx.me() };
        cx.write(Write::Keep(tx, Keeping { promised: ballot, accepted }));
        // Its own promise counts at once: no other can arrive before this one is durable.
        let durable = cx.sync();
        for peer in cx.peers() {
            cx.send_after(durable, peer, Message::Claim(tx, ballot));
        }
        let open = memory.open.entry(tx).or_insert(Open { op: None, phase: Phase::Voting(BTreeSet::new()) });
        open.phase = Phase::Claiming(ballot, BTreeSet::from([cx.me()]), accepted);
        self.give_way(tx, ballot, cx);
    }

    /// Two who finish the same thing at the same time stop each other, until one of them waits longer.
    fn give_way(&self, tx: Tx, ballot: Ballot, cx: &mut Cx<'_, Self>) {
        let longest = Span(self.retry.0 * (2 + u64::from(ballot.round.min(60))));
        let pause = cx.between(self.retry, longest);
        cx.set(Wait::Retry(tx.value), pause);
    }

    fn promised(&self, memory: &mut Memory, from: NodeId, tx: Tx, ballot: Ballot, had: Option<(Ballot, Decision)>, cx: &mut Cx<'_, Self>) {
        let Some(Open { phase: Phase::Claiming(mine, promises, newest), .. }) = memory.open.get_mut(&tx) else { return };
        if *mine != ballot {
            return;
        }
        promises.insert(from);
        *newest = had.max(*newest);
        if promises.len() >= Self::majority(cx.nodes()) {
            let decision = newest.map_or(Decision::Abort, |(_, decision)| decision);
            cx.note(if newest.is_some() { "There may be a decision: this one." } else { "Nobody can have decided: abort." });
            self.keep(memory, tx, ballot, decision, cx);
        }
    }

    fn keep(&self, memory: &mut Memory, tx: Tx, ballot: Ballot, decision: Decision, cx: &mut Cx<'_, Self>) {
        if cx.disk().kept.get(&tx).is_some_and(|kept| kept.promised > ballot) {
            return self.claim(memory, tx, cx);
        }
        let Some(open) = memory.open.get_mut(&tx) else { return };
        open.phase = Phase::Keeping(ballot, decision, BTreeSet::from([cx.me()]));
        cx.write(Write::Keep(tx, Keeping { promised: ballot, accepted: Some((ballot, decision)) }));
        let durable = cx.sync();
        for peer in cx.peers() {
            cx.send_after(durable, peer, Message::Keep(tx, ballot, decision));
        }
        self.give_way(tx, ballot, cx);
    }

    fn on_keepers(&self, memory: &mut Memory, from: NodeId, message: Message, cx: &mut Cx<'_, Self>) {
        let promised = |tx: &Tx, cx: &Cx<'_, Self>| cx.disk().kept.get(tx).copied();
        match message {
            Message::Claim(tx, ballot) => {
                let kept = promised(&tx, cx);
                if kept.is_none_or(|kept| kept.promised < ballot) {
                    let accepted = kept.and_then(|kept| kept.accepted);
                    cx.write(Write::Keep(tx, Keeping { promised: ballot, accepted }));
                    let durable = cx.sync();
                    cx.send_after(durable, from, Message::Promise(tx, ballot, accepted));
                }
            }
            Message::Promise(tx, ballot, had) => self.promised(memory, from, tx, ballot, had, cx),
            Message::Keep(tx, ballot, decision) if promised(&tx, cx).is_none_or(|kept| kept.promised <= ballot) => {
                cx.write(Write::Keep(tx, Keeping { promised: ballot, accepted: Some((ballot, decision)) }));
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Kept(tx, ballot));
            }
            Message::Kept(tx, ballot) => {
                let Some(Open { phase: Phase::Keeping(mine, decision, have), .. }) = memory.open.get_mut(&tx) else { return };
                if *mine == ballot {
                    have.insert(from);
                    if have.len() >= Self::majority(cx.nodes()) {
                        let decision = *decision;
                        cx.note("A majority keeps the decision.");
                        self.tell(memory, tx, decision, None, cx);
                    }
                }
            }
            _ => {}
        }
    }

    // ---- as a participant ---------------------------------------------------------------------

    fn locked(log: &Log) -> Option<Tx> {
        log.parts.iter().find(|(_, part)| part.state == State::Prepared).map(|(tx, _)| *tx)
    }

    fn prepare(&self, memory: &mut Memory, from: NodeId, tx: Tx, cx: &mut Cx<'_, Self>) {
        let known = cx.disk().parts.get(&tx).map(|part| part.state);
        let holder = Self::locked(cx.disk()).filter(|holder| *holder != tx);
        let yes = match (known, holder) {
            (Some(state), _) => state != State::Ended(Decision::Abort),
            (None, Some(holder)) if self.locks_wait => {
                if memory.waiting.iter().all(|(_, waits)| *waits != tx) {
                    cx.note(format!("Locked for {}: {} waits.", holder.value, tx.value));
                    memory.waiting.push((from, tx));
                }
                return;
            }
            (None, Some(holder)) if self.numbers => {
                cx.note(format!("Locked for {}: no.", holder.value));
                false
            }
            (None, Some(holder)) => {
                cx.note(format!("What was prepared for {} is gone: it is one key.", holder.value));
                self.end(memory, holder, Decision::Abort, cx);
                true
            }
            (None, None) => true,
        };
        if known.is_none() {
            let state = if yes { State::Prepared } else { State::Ended(Decision::Abort) };
            cx.write(Write::Part(tx, Part { coordinator: from, state }));
        }
        let durable = self.force(cx);
        Self::send(durable, from, if yes { Message::Yes(tx) } else { Message::No(tx) }, cx);
        if cx.disk().parts.get(&tx).is_some_and(|part| part.state == State::Prepared) {
            self.wait(tx, cx);
        }
    }

    /// Sees to it that a lock does not stand for ever, as far as the settings allow.
    fn wait(&self, tx: Tx, cx: &mut Cx<'_, Self>) {
        if self.insist {
            self.doubt(tx, cx);
        }
        if self.heuristic.is_some() {
            cx.set(Wait::Alone(tx.value), self.heuristic_after);
        }
    }

    fn doubt(&self, tx: Tx, cx: &mut Cx<'_, Self>) {
        // Better if not all of them want to finish it at the same time.
        let pause = if self.replicated { cx.between(self.retry, Span(self.retry.0 * 2)) } else { self.retry };
        cx.set(Wait::Doubt(tx.value), pause);
    }

    /// A participant learns how a transaction ends, or ends it alone.
    fn end(&self, memory: &mut Memory, tx: Tx, decision: Decision, cx: &mut Cx<'_, Self>) -> Option<Ticket> {
        let coordinator = cx.disk().parts.get(&tx).map_or(cx.me(), |part| part.coordinator);
        cx.write(Write::Part(tx, Part { coordinator, state: State::Ended(decision) }));
        cx.cancel(Wait::Doubt(tx.value));
        cx.cancel(Wait::Alone(tx.value));
        memory.waiting.retain(|(_, waits)| *waits != tx);
        let durable = self.force(cx);
        if Self::locked(cx.disk()).is_none() {
            let value = cx.disk().value;
            for op in memory.readers.drain(..) {
                Self::answer(durable, op, Ret::Value(value), cx);
            }
        }
        while Self::locked(cx.disk()).is_none() && !memory.waiting.is_empty() {
            let (coordinator, next) = memory.waiting.remove(0);
            self.prepare(memory, coordinator, next, cx);
        }
        durable
    }

    fn decided(&self, memory: &mut Memory, from: NodeId, named: Tx, decision: Decision, cx: &mut Cx<'_, Self>) {
        // Without a number it can only be about whatever is locked.
        let tx = if self.numbers { named } else { Self::locked(cx.disk()).unwrap_or(named) };
        let durable = match (cx.disk().parts.get(&tx).map(|part| part.state), decision) {
            (Some(State::Prepared), _) | (None, Decision::Abort) => self.end(memory, tx, decision, cx),
            (None, Decision::Commit) => return cx.note("Knows nothing of it, so there is nothing to commit."),
            (Some(State::Ended(mine)), _) => {
                if mine != decision {
                    cx.note("Has decided otherwise, and cannot take it back.");
                }
                self.force(cx)
            }
        };
        if decision == Decision::Commit && self.insist {
            Self::send(durable, from, Message::Done(named), cx);
        }
    }

    /// Somebody is in doubt. Who knows the end says it; who could still have said no says it now.
    fn asked(&self, memory: &mut Memory, from: NodeId, tx: Tx, coordinator: NodeId, cx: &mut Cx<'_, Self>) {
        let me = cx.me();
        let part = cx.disk().parts.get(&tx).map(|part| part.state);
        let (durable, decision) = match (memory.open.get(&tx).map(|open| &open.phase), part) {
            (Some(Phase::Telling(durable, _)), _) => (*durable, Decision::Commit),
            (Some(_), _) => return,
            _ if cx.disk().committed.contains_key(&tx) => (None, Decision::Commit),
            _ if coordinator == me => {
                cx.note("Knows of no commit, so it is aborted.");
                (None, Decision::Abort)
            }
            (_, Some(State::Ended(decision))) => (self.force(cx), decision),
            (_, Some(State::Prepared)) => return,
            (_, None) if me == NodeId(0) => return,
            (_, None) => {
                cx.note("Was never asked, and will say no.");
                cx.write(Write::Part(tx, Part { coordinator, state: State::Ended(Decision::Abort) }));
                (self.force(cx), Decision::Abort)
            }
        };
        Self::send(durable, from, Message::Decide(tx, decision), cx);
    }

    fn in_doubt(&self, memory: &mut Memory, tx: Tx, cx: &mut Cx<'_, Self>) {
        let Some(&Part { coordinator, state: State::Prepared }) = cx.disk().parts.get(&tx) else { return };
        if self.replicated {
            if !memory.open.contains_key(&tx) {
                cx.note("Waited long enough: finishes it for its coordinator.");
                self.claim(memory, tx, cx);
            }
        } else if self.ask_peers {
            cx.broadcast(&Message::Ask(tx, coordinator));
        } else {
            cx.send(coordinator, Message::Ask(tx, coordinator));
        }
        self.doubt(tx, cx);
    }

    fn alone(&self, memory: &mut Memory, tx: Tx, cx: &mut Cx<'_, Self>) {
        let prepared = cx.disk().parts.get(&tx).is_some_and(|part| part.state == State::Prepared);
        if let (true, Some(decision)) = (prepared, self.heuristic) {
            cx.note("Nobody told it in time, so it guesses.");
            self.end(memory, tx, decision, cx);
        }
    }

    // ---- promises -----------------------------------------------------------------------------

    /// Where each transaction is committed, if it is.
    fn committed(cluster: &Cluster<'_, Self>) -> BTreeMap<Tx, NodeId> {
        let mut found = BTreeMap::new();
        for node in cluster.nodes() {
            let parts = node.disk.parts.iter().filter(|(_, part)| part.state == State::Ended(Decision::Commit)).map(|(tx, _)| tx);
            for tx in parts.chain(node.disk.committed.keys()) {
                found.entry(*tx).or_insert(node.me);
            }
        }
        found
    }

    fn atomic(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        for (tx, there) in Self::committed(cluster) {
            let aborted = |node: &&Seen<'_, Self>| node.disk.parts.get(&tx).is_some_and(|part| part.state == State::Ended(Decision::Abort));
            if let Some(here) = cluster.nodes().iter().find(aborted) {
                return Err(format!("{} is committed at {there} and aborted at {}", tx.value, here.me));
            }
        }
        Ok(())
    }

    /// Of everybody's locks together: no node sees a circle that goes through several.
    fn no_deadlock(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let at = |node: &Seen<'_, Self>| {
            let waiting = node.memory.map_or(&[][..], |memory| &memory.waiting);
            let holder = Self::locked(node.disk);
            waiting.iter().filter_map(|(_, waits)| Some((waits.value, holder?.value))).collect::<Vec<_>>()
        };
        no_circle(cluster.nodes().iter().flat_map(at)).map_err(|circle| circle.to_string())
    }

    fn nothing_forgotten(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        for (tx, there) in Self::committed(cluster) {
            if let Some(here) = cluster.nodes().iter().skip(1).find(|node| !node.disk.parts.contains_key(&tx)) {
                return Err(format!("{} is committed at {there}, and {} knows nothing of it", tx.value, here.me));
            }
        }
        Ok(())
    }
}

impl Protocol for TwoPhaseCommit {
    const ABOUT: &'static About = &About {
        id: "two-phase-commit",
        title: "Two-phase commit",
        summary: "A coordinator asks everybody to prepare and commits if all can: all or nothing, and sometimes nobody moves.",
        kinds: &[
            Kind { name: "prepare", tone: Tone::Ask },
            Kind { name: "yes", tone: Tone::Answer },
            Kind { name: "no", tone: Tone::Refuse },
            Kind { name: "commit", tone: Tone::Lead },
            Kind { name: "abort", tone: Tone::Refuse },
            Kind { name: "done", tone: Tone::Answer },
            Kind { name: "how did it end?", tone: Tone::Ask },
            Kind { name: "claim", tone: Tone::Ask },
            Kind { name: "promise", tone: Tone::Answer },
            Kind { name: "keep", tone: Tone::Data },
            Kind { name: "kept", tone: Tone::Answer },
        ],
        ops: &[OpSpec { name: "write", argument: None, weight: 1 }, OpSpec { name: "read", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "protocol",
                label: "Protocol",
                help: "As published; as textbook code has it, with none of the four precautions below; or with a majority of all \
                       nodes keeping the decision, so that anybody can finish.",
                kind: ParamKind::Choice { names: &["as published", "textbook code", "replicated coordinator"], default: 0 },
            },
            ParamSpec {
                key: "log",
                label: "Write it down first",
                help: "A participant has its yes on disk before it says so, and a coordinator its commit.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "insist",
                label: "Ask and tell again",
                help: "A coordinator repeats a commit until everybody has it; a participant in doubt asks.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "clean-up",
                label: "Abort if a vote is missing",
                help: "Otherwise those who said yes stay locked.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "numbers",
                label: "Transactions have numbers",
                help: "Otherwise what two coordinators want at the same time is mixed up.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "ask-peers",
                label: "Ask the others too",
                help: "A participant in doubt asks all others, not only its coordinator. One that was never asked says no for good.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "heuristic",
                label: "Decide alone",
                help: "What a participant does that has been in doubt for too long.",
                kind: ParamKind::Choice { names: &["never", "abort", "commit"], default: 0 },
            },
            ParamSpec {
                key: "heuristic-after",
                label: "Decide alone after",
                help: "How long is too long.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(600), default: Span::secs(5) },
            },
            ParamSpec {
                key: "reads",
                label: "Readers",
                help: "Whether a reader waits while a participant is locked.",
                kind: ParamKind::Choice { names: &["wait for the lock", "read what is there"], default: 0 },
            },
            ParamSpec {
                key: "locked",
                label: "If the lock is taken",
                help: "A participant says no to another transaction, or lets it wait. Two that wait for each other, at two \
                       participants, get on only when a coordinator loses its patience.",
                kind: ParamKind::Choice { names: &["say no", "wait"], default: 0 },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a coordinator waits for votes.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(500) },
            },
            ParamSpec {
                key: "retry",
                label: "Ask and tell again after",
                help: "How long nothing is heard before the same is said or asked again.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::secs(1) },
            },
        ],
        nodes: Nodes { min: 2, max: 12, default: 4 },
        clients: 2,
        leaves_out: "Every transaction writes the same value at every participant, and a participant has one lock; who waits for \
                     it waits in line, and nobody looks for circles. Logs are never cut short. The replicated coordinator has a majority \
                     keep its decision; keeping every vote, as Paxos Commit does, saves one message delay. Textbook code \
                     asks one participant after the other; here all are asked at once.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Log;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        let protocol = settings.get("protocol");
        let careful = |key| protocol != 1 && (protocol == 2 || settings.on(key));
        Self {
            replicated: protocol == 2,
            log: careful("log"),
            insist: careful("insist"),
            clean_up: careful("clean-up"),
            numbers: careful("numbers"),
            ask_peers: settings.on("ask-peers"),
            heuristic: [None, Some(Decision::Abort), Some(Decision::Commit)][settings.get("heuristic") as usize],
            heuristic_after: settings.span("heuristic-after"),
            reads_wait: protocol != 1 && settings.get("reads") == 0,
            locks_wait: protocol != 1 && settings.get("locked") == 1,
            patience: settings.span("patience"),
            retry: settings.span("retry"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        let mut memory = Memory::default();
        let committed: Vec<_> = cx.disk().committed.iter().filter(|(_, known)| !**known).map(|(tx, _)| *tx).collect();
        for tx in committed {
            memory.open.insert(tx, Open { op: None, phase: Phase::Voting(BTreeSet::new()) });
            self.tell(&mut memory, tx, Decision::Commit, None, cx);
        }
        if let Some(tx) = Self::locked(cx.disk()) {
            self.wait(tx, cx);
        }
        memory
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Prepare(tx) => self.prepare(memory, from, tx, cx),
            Message::Yes(tx) => self.vote(memory, from, tx, true, cx),
            Message::No(tx) => self.vote(memory, from, tx, false, cx),
            Message::Decide(tx, decision) => self.decided(memory, from, tx, decision, cx),
            Message::Done(tx) => self.knows(memory, from, tx, cx),
            Message::Ask(tx, coordinator) => self.asked(memory, from, tx, coordinator, cx),
            Message::Claim(..) | Message::Promise(..) | Message::Keep(..) | Message::Kept(..) => {
                self.on_keepers(memory, from, *message, cx);
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        let (Wait::Retry(value) | Wait::Doubt(value) | Wait::Alone(value)) = timer;
        let open = memory.open.range(Tx::of(value)).map(|(tx, _)| *tx);
        let here = cx.disk().parts.range(Tx::of(value)).map(|(tx, _)| *tx);
        let each: BTreeSet<Tx> = open.chain(here).collect();
        for tx in each {
            match timer {
                Wait::Retry(_) => self.no_answer(memory, tx, cx),
                Wait::Doubt(_) => self.in_doubt(memory, tx, cx),
                Wait::Alone(_) => self.alone(memory, tx, cx),
            }
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        match *op {
            Op::Write(value) => self.begin(memory, id, value, cx),
            Op::Read if cx.me() == NodeId(0) => cx.refuse(id, Ret::NoData),
            Op::Read if self.reads_wait && Self::locked(cx.disk()).is_some() => memory.readers.push(id),
            Op::Read => cx.reply(id, Ret::Value(cx.disk().value)),
        }
    }

    fn apply(disk: &mut Log, write: &Write) {
        match *write {
            Write::Part(tx, part) => {
                if part.state == State::Ended(Decision::Commit) {
                    disk.value = tx.value;
                }
                disk.parts.insert(tx, part);
            }
            Write::Begun(value) => drop(disk.begun.insert(value)),
            Write::Commit(tx, known) => {
                disk.committed.insert(tx, known);
            }
            Write::Keep(tx, kept) => {
                disk.kept.insert(tx, kept);
            }
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Prepare(_) => 0,
            Message::Yes(_) => 1,
            Message::No(_) => 2,
            Message::Decide(_, Decision::Commit) => 3,
            Message::Decide(_, Decision::Abort) => 4,
            Message::Done(_) => 5,
            Message::Ask(..) => 6,
            Message::Claim(..) => 7,
            Message::Promise(..) => 8,
            Message::Keep(..) => 9,
            Message::Kept(..) => 10,
        }
    }

    fn describe(message: &Message) -> String {
        let (Message::Prepare(tx)
        | Message::Yes(tx)
        | Message::No(tx)
        | Message::Decide(tx, _)
        | Message::Done(tx)
        | Message::Ask(tx, _)
        | Message::Claim(tx, _)
        | Message::Promise(tx, ..)
        | Message::Keep(tx, ..)
        | Message::Kept(tx, _)) = message;
        let what = match message {
            Message::Keep(.., Decision::Commit) => "keep: commit",
            Message::Keep(.., Decision::Abort) => "keep: abort",
            _ => Self::ABOUT.kinds[usize::from(Self::kind(message))].name,
        };
        format!("{what} {}", tx.value)
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Log { value, parts, committed, kept, .. } = node.disk;
        let locked = Self::locked(node.disk).is_some();
        let latest =
            if locked { State::Prepared.name() } else { parts.last_key_value().map_or("nothing yet", |(_, part)| part.state.name()) };
        if node.me == NodeId(0) {
            view.role("coordinator", Tone::Lead);
        } else {
            view.role(if locked { "prepared" } else { "participant" }, if locked { Tone::Maybe } else { Tone::Plain });
            view.headline(view::Value::plain(value)).field("value", value).field("state", latest);
        }
        if let Some(memory) = node.memory {
            if node.me == NodeId(0) || !memory.open.is_empty() {
                let phase = memory.open.values().next_back().map_or("nothing under way", |open| match open.phase {
                    Phase::Voting(_) => "waits for votes",
                    Phase::Claiming(..) => "asks what is kept",
                    Phase::Keeping(..) => "has its decision kept",
                    Phase::Telling(..) => "tells the others",
                });
                view.field("coordinates", phase);
            }
            if !memory.readers.is_empty() {
                view.field("readers waiting", memory.readers.len());
            }
            if !memory.waiting.is_empty() {
                view.list("wait for the lock", memory.waiting.iter().map(|(_, tx)| view::Value::plain(tx.value)));
            }
        }
        let rows =
            |items: Vec<(u32, &'static str)>| items.into_iter().map(|(tx, state)| (view::Value::plain(tx), view::Value::plain(state)));
        // The last few say it all, and the panel is small.
        const LAST: usize = 6;
        if !parts.is_empty() {
            view.table("here", rows(parts.iter().rev().take(LAST).map(|(tx, part)| (tx.value, part.state.name())).collect()));
        }
        if !committed.is_empty() {
            let known = |known: &bool| if *known { "committed, all know" } else { "committed" };
            view.table("decided", rows(committed.iter().rev().take(LAST).map(|(tx, all)| (tx.value, known(all))).collect()));
        }
        if !kept.is_empty() {
            let name = |kept: &Keeping| kept.accepted.map_or("promised", |(_, decision)| decision.past());
            view.table("keeps", rows(kept.iter().rev().take(LAST).map(|(tx, kept)| (tx.value, name(kept))).collect()));
        }
    }

    fn op(code: u8, _argument: i64, unique: u32) -> Option<Op> {
        match code {
            // The data begins with 0.
            0 => Some(Op::Write(unique + 1)),
            1 => Some(Op::Read),
            _ => None,
        }
    }

    fn describe_op(op: &Op) -> String {
        match op {
            Op::Write(value) => format!("write {value} everywhere"),
            Op::Read => "read".into(),
        }
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Committed => "committed".into(),
            Ret::Aborted => "aborted".into(),
            Ret::Value(value) => value.to_string(),
            Ret::NoData => "no data here".into(),
        }
    }

    /// As every transaction writes the same everywhere, all participants together are one register.
    fn word(op: &Op, ret: Option<&Ret>) -> Option<Word> {
        let read = match ret {
            Some(Ret::Value(value)) => Some(*value),
            _ => None,
        };
        Some(match op {
            Op::Write(value) => Word::write(None, *value),
            Op::Read => Word::read(None, read),
        })
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[
            Invariant { id: "atomic", promise: "No transaction is committed at one node and aborted at another.", holds: Self::atomic },
            Invariant { id: "no-deadlock", promise: "No transactions wait for one another in a circle.", holds: Self::no_deadlock },
            Invariant {
                id: "nothing-forgotten",
                promise: "What is committed somewhere is committed, or prepared to be, at every participant.",
                holds: Self::nothing_forgotten,
            },
        ]
    }
}
