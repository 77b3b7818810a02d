//! How the leader's log becomes everybody's, and when an entry will stay.

use super::log::{Command, Entry, Place, Write};
use super::memory::{Leader, Memory, Role};
use super::{Durability, Fit, Message, Raft, Wait};
use crate::protocol::{Cx, OpId, Ticket};
use crate::sim::NodeId;

impl Raft {
    /// The leader puts one more entry on its log. It is sent on before it is durable here: it counts
    /// here only when it is.
    pub(super) fn append(&self, memory: &mut Memory, command: Command, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        let entry = Entry { term: cx.disk().term, command };
        cx.write(Write::Append(vec![entry]));
        let ticket = cx.sync();
        memory.written = Some(ticket);
        leader.sealed = Leader::seal(leader.sealed, entry);
        let last = cx.disk().log.len();
        if self.durability == Durability::TooLate {
            leader.durable = last;
        } else {
            leader.syncing.push_back((ticket, last));
        }
    }

    pub(super) fn on_durable(&self, memory: &mut Memory, ticket: Ticket, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        while let Some((_, last)) = leader.syncing.pop_front_if(|(pending, _)| *pending <= ticket) {
            leader.durable = last;
        }
        self.advance(memory, cx);
    }

    /// The leader's sign of life, with what the others lack.
    pub(super) fn beat(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &memory.role else { return };
        if self.check_quorum {
            let now = cx.steady();
            let present = cx.peers().filter(|peer| now.since(leader.peers[peer.index()].heard) < self.election_min).count();
            if present + 1 < self.quorum(cx.nodes()) {
                cx.note("Too few have answered for too long.");
                return self.resign(memory, cx);
            }
        }
        self.broadcast(memory, cx);
        cx.set(Wait::Beat, self.heartbeat);
    }

    /// A new round: a message for every other node.
    pub(super) fn broadcast(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        leader.begin_round(cx.steady(), self.lease);
        for peer in cx.peers() {
            self.replicate(memory, peer, cx);
        }
    }

    /// Sends one node what it lacks, and expects that it arrives.
    fn replicate(&self, memory: &mut Memory, peer: NodeId, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        let progress = &mut leader.peers[peer.index()];
        let disk = cx.disk();
        let index = progress.next - 1;
        let before = Place { term: disk.log.term(index).unwrap_or(0), index };
        let entries = disk.log.from(progress.next, self.batch);
        progress.next += entries.len() as u64;
        let message = Message::Append { term: disk.term, round: leader.round, before, entries, commit: memory.commit };
        self.say(memory, peer, message, cx);
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one message")]
    pub(super) fn on_append(
        &self,
        memory: &mut Memory,
        from: NodeId,
        round: u64,
        before: Place,
        entries: &[Entry],
        commit: u64,
        cx: &mut Cx<'_, Self>,
    ) {
        if matches!(memory.role, Role::Leader(_)) {
            cx.note("Another leader of my own term.");
            return;
        }
        self.follow(memory, from, cx);
        let log = &cx.disk().log;
        let fit = match log.term(before.index) {
            Some(term) if term == before.term => {
                self.write_entries(memory, before.index, entries, cx);
                Fit::Matches(before.index + entries.len() as u64)
            }
            Some(term) => Fit::Conflicts { at: Place { term, ..before }, first: log.first_of_term_at(before.index) },
            None => Fit::Ends { next: log.len() + 1 },
        };
        if let Fit::Matches(matched) = fit {
            self.commit(memory, commit.min(matched), cx);
        }
        let message = Message::Heard { term: cx.disk().term, round, fit };
        match memory.written.filter(|_| self.durability != Durability::TooLate) {
            Some(ticket) => cx.send_after(ticket, from, message),
            None => cx.send(from, message),
        }
    }

    /// Puts entries after a place. What is there already stays: the message may be an old one, and
    /// only an entry that contradicts may be taken away, with all after it.
    fn write_entries(&self, memory: &mut Memory, after: u64, entries: &[Entry], cx: &mut Cx<'_, Self>) {
        let log = &cx.disk().log;
        let known = if self.truncates_always {
            0
        } else {
            (after + 1..).zip(entries).take_while(|(index, entry)| log.term(*index) == Some(entry.term)).count()
        };
        let (keep, new) = (after + known as u64, &entries[known..]);
        let contradicts = log.len() > keep && (self.truncates_always || !new.is_empty());
        if contradicts {
            cx.note(format!("Entries after {keep} are taken away."));
            cx.write(Write::Truncate(keep));
        }
        if !new.is_empty() {
            cx.write(Write::Append(new.to_vec()));
        }
        if contradicts || !new.is_empty() {
            memory.written = Some(cx.sync());
        }
    }

    pub(super) fn on_heard(&self, memory: &mut Memory, from: NodeId, round: u64, fit: Fit, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        let log = &cx.disk().log;
        let progress = &mut leader.peers[from.index()];
        progress.round = progress.round.max(round);
        progress.heard = cx.steady();
        let lacks = match fit {
            Fit::Matches(matched) => {
                progress.matched = progress.matched.max(matched);
                progress.next.max(matched + 1)
            }
            // What the leader has of that term may be shared; if it has nothing, none of it is.
            Fit::Conflicts { at, first } => log.last_of_term(at.term).map_or(first, |last| last + 1).min(at.index),
            Fit::Ends { next } => next,
        };
        // An old answer may ask for what has been acknowledged since.
        if lacks > progress.matched && lacks <= log.len() {
            progress.next = lacks;
            self.replicate(memory, from, cx);
        }
        self.advance(memory, cx);
        self.try_to_hand_over(memory, cx);
        self.serve_reads(memory, cx);
    }

    /// An entry will stay if it is durable on a majority, and of the leader's own term: a majority
    /// that has an older entry can still be outvoted. The entries before it stay with it.
    fn advance(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &memory.role else { return };
        let disk = cx.disk();
        let reached = leader.reached(cx.me(), leader.durable, self.quorum(cx.nodes()), |peer| peer.matched).min(disk.log.len());
        if disk.log.term(reached) == Some(disk.term) || self.commits_old_terms {
            self.commit(memory, reached, cx);
        }
    }

    /// Everything up to there will stay: the machine is told, and then the clients.
    fn commit(&self, memory: &mut Memory, commit: u64, cx: &mut Cx<'_, Self>) {
        memory.commit = commit.max(memory.commit);
        while memory.machine.len() < memory.commit {
            let Some(&entry) = cx.disk().log.get(memory.machine.len() + 1) else { break };
            let answer = memory.machine.apply(entry, self.sessions);
            if let (Some((op, ret)), Role::Leader(leader)) = (answer, &mut memory.role)
                && leader.waiting.remove(&op)
            {
                cx.reply(op, ret);
            }
        }
        self.serve_reads(memory, cx);
    }

    /// The leader wants another node to lead: as soon as that one has everything.
    pub(super) fn try_to_hand_over(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        let Some((heir, waiting)) = &mut leader.heir else { return };
        let heir = *heir;
        if leader.peers[heir.index()].matched < cx.disk().log.len() {
            return;
        }
        if let Some(op) = waiting.take() {
            let term = cx.disk().term;
            cx.reply(op, super::Ret::Done);
            self.say(memory, heir, Message::YourTurn { term }, cx);
        }
    }

    pub(super) fn hand_over(&self, memory: &mut Memory, id: OpId, heir: NodeId, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        if heir == cx.me() || heir.0 >= cx.nodes() {
            return cx.refuse(id, super::Ret::Ask(Some(cx.me())));
        }
        leader.heir = Some((heir, Some(id)));
        self.try_to_hand_over(memory, cx);
    }
}
