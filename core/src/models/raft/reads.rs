//! What clients ask for, and the five ways to answer a read.
//!
//! A leader that was deposed without knowing it still has a copy, and the copy may be old. So a read
//! goes through the log like a write; or the leader notes how far it has committed, and asks the
//! others whether it still leads (ReadIndex); or it trusts them to elect nobody for a while (a lease).

use super::log::{Command, Write};
use super::memory::{Leader, Memory, Read, Role};
use super::{Message, Op, Raft, Reads, Ret};
use crate::protocol::{Cx, OpId};
use crate::sim::NodeId;

impl Raft {
    /// A client asks for something that changes something. Who is told no relies on it, and the same request
    /// may come again, so a no is on disk before it is said. A node sends a write on before its own disk has
    /// it; so after a crash it does not know what it took, and says no to nothing.
    pub(super) fn change(&self, memory: &mut Memory, id: OpId, op: Op, cx: &mut Cx<'_, Self>) {
        let leader = memory.role.leader(cx.me()).filter(|&leader| self.passes_on || leader == cx.me());
        let was_turned_away = cx.disk().turned_away.contains(id.0);
        match leader.filter(|_| !was_turned_away) {
            Some(leader) => {
                memory.taken.insert(id.0);
                if leader == cx.me() {
                    self.take(memory, id, op, cx);
                } else {
                    self.say(memory, leader, Message::PassOn(id, op), cx);
                }
            }
            None if memory.taken.contains(id.0) => cx.note("It was taken once: nobody can say that it will not happen."),
            None if memory.forgetful && !was_turned_away => {
                cx.note("It may have been taken here before the crash: nobody can say that it will not happen.");
            }
            None => {
                cx.write(Write::TurnAway(id));
                let durable = cx.sync();
                cx.refuse_after(durable, id, Ret::Ask(memory.role.leader(cx.me())));
            }
        }
    }

    /// The leader is asked for something that goes through the log, or that only it can do.
    pub(super) fn take(&self, memory: &mut Memory, id: OpId, op: Op, cx: &mut Cx<'_, Self>) {
        if let Op::HandOver(heir) = op {
            return self.hand_over(memory, id, heir, cx);
        }
        let Role::Leader(leader) = &mut memory.role else { return };
        if self.sessions && memory.machine.done.contains(id.0) {
            return cx.reply(id, Ret::Done);
        }
        if let Some(command) = Command::of(id, op) {
            leader.waiting.insert(id);
            self.append(memory, command, cx);
            self.broadcast(memory, cx);
        }
    }

    pub(super) fn read(&self, memory: &mut Memory, id: OpId, key: u32, cx: &mut Cx<'_, Self>) {
        let (op, quorum) = (Op::Read(key), self.quorum(cx.nodes()));
        let value = Ret::Value(memory.machine.value(key));
        match (&mut memory.role, self.reads) {
            (_, Reads::AnyCopy) | (Role::Leader(_), Reads::LeadersCopy) => cx.reply(id, value),
            (Role::Leader(_), Reads::Log) => self.take(memory, id, op, cx),
            (Role::Leader(leader), Reads::Lease)
                if memory.commit >= leader.first && leader.has_lease(cx.me(), quorum, cx.steady(), self.lease) =>
            {
                cx.reply(id, value);
            }
            (Role::Leader(_), _) => self.wait_for_proof(memory, id, key, None, cx),
            (Role::Follower(follower), reads) if self.passes_on && follower.leader.is_some() => {
                let Some(leader) = follower.leader else { return };
                let message = if reads == Reads::Index {
                    follower.reads.push((id, key, None));
                    Message::HowFar(id)
                } else {
                    Message::PassOn(id, op)
                };
                self.say(memory, leader, message, cx);
            }
            (role, _) => cx.refuse(id, Ret::Ask(role.leader(cx.me()))),
        }
    }

    /// A read waits until it is proven that the leader was still the leader after it had come.
    pub(super) fn wait_for_proof(&self, memory: &mut Memory, op: OpId, key: u32, asker: Option<NodeId>, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        leader.reads.push(Read { op, key, asker, needs: None });
        self.serve_reads(memory, cx);
    }

    /// The leader has said how far the log must be applied for a read at this follower.
    pub(super) fn on_this_far(&self, memory: &mut Memory, op: OpId, index: u64, cx: &mut Cx<'_, Self>) {
        let Role::Follower(follower) = &mut memory.role else { return };
        for (_, _, needs) in follower.reads.iter_mut().filter(|(read, ..)| *read == op) {
            *needs = Some(index);
        }
        self.serve_reads(memory, cx);
    }

    /// Answers every read that waits for nothing any more.
    pub(super) fn serve_reads(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let (commit, applied) = (memory.commit, memory.machine.len());
        match &mut memory.role {
            Role::Follower(follower) => {
                let ready = |needs: Option<u64>| needs.is_some_and(|needs| applied >= needs);
                for (op, key, _) in follower.reads.extract_if(.., |(.., needs)| ready(*needs)) {
                    cx.reply(op, Ret::Value(memory.machine.value(key)));
                }
            }
            Role::Leader(leader) => {
                // Until an entry of its own term has stayed, a leader cannot know what has.
                let knows = commit >= leader.first || self.reads_too_early;
                let round = leader.round + 1;
                let new = leader.reads.iter_mut().filter(|read| knows && read.needs.is_none());
                if new.map(|read| read.needs = Some((commit, round))).count() > 0 {
                    self.broadcast(memory, cx);
                }
                self.answer_reads(memory, cx);
            }
            _ => {}
        }
    }

    fn answer_reads(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Role::Leader(leader) = &mut memory.role else { return };
        let confirmed = leader.confirmed(cx.me(), self.quorum(cx.nodes()));
        let applied = memory.machine.len();
        let ready = |read: &mut Read| read.needs.is_some_and(|(index, round)| applied >= index && confirmed >= round);
        let ready: Vec<Read> = leader.reads.extract_if(.., ready).collect();
        for Read { op, key, asker, needs } in ready {
            match (asker, needs) {
                (Some(asker), Some((index, _))) => self.say(memory, asker, Message::ThisFar(op, index), cx),
                _ => cx.reply(op, Ret::Value(memory.machine.value(key))),
            }
        }
    }

    /// A read that found no proof has surely not happened.
    pub(super) fn turn_reads_away(&self, leader: &Leader, cx: &mut Cx<'_, Self>) {
        for read in leader.reads.iter().filter(|read| read.asker.is_none()) {
            cx.refuse(read.op, Ret::Ask(None));
        }
    }
}
