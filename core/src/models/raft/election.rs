//! How a leader is found, and how one stops being it.

use super::memory::{Leader, Memory, Role};
use super::{Ask, Durability, Message, Raft, Wait};
use crate::models::raft::log::{Command, Place, Write};
use crate::protocol::Cx;
use crate::sim::NodeId;
use std::collections::BTreeSet;

impl Raft {
    /// A new random timeout each time: it is what keeps nodes from voting for themselves all at once
    /// for ever.
    pub(super) fn await_leader(&self, cx: &mut Cx<'_, Self>) {
        let wait = cx.between(self.election_min, self.election_max);
        cx.set(Wait::Election, wait);
    }

    /// Writes a term and a vote down.
    fn cast(&self, memory: &mut Memory, term: u64, vote: Option<NodeId>, cx: &mut Cx<'_, Self>) {
        cx.write(Write::Ballot(term, vote));
        memory.ballot = Some(cx.sync());
        memory.written = memory.ballot;
    }

    /// Sends a message as soon as the term and the vote behind it are durable: nobody may hear of
    /// what a crash could make this node forget.
    pub(super) fn say(&self, memory: &Memory, to: NodeId, message: Message, cx: &mut Cx<'_, Self>) {
        match memory.ballot.filter(|_| self.durability != Durability::TooLate) {
            Some(ticket) => cx.send_after(ticket, to, message),
            None => cx.send(to, message),
        }
    }

    /// Nothing was heard from a leader for too long.
    pub(super) fn election_timeout(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        if self.pre_vote {
            let term = cx.disk().term + 1;
            cx.note(format!("No leader: would anybody vote for me in term {term}?"));
            memory.role = Role::Asking(BTreeSet::from([cx.me()]));
            self.await_leader(cx);
            self.ask(memory, term, Ask::Before, cx);
            self.count(memory, cx);
        } else {
            self.campaign(memory, Ask::Now, cx);
        }
    }

    pub(super) fn campaign(&self, memory: &mut Memory, ask: Ask, cx: &mut Cx<'_, Self>) {
        let term = cx.disk().term + 1;
        cx.note(format!("Candidate in term {term}."));
        self.resign(memory, cx);
        let me = cx.me();
        self.cast(memory, term, Some(me), cx);
        memory.role = Role::Candidate(BTreeSet::from([me]));
        self.await_leader(cx);
        self.ask(memory, term, ask, cx);
        self.count(memory, cx);
    }

    fn ask(&self, memory: &Memory, term: u64, ask: Ask, cx: &mut Cx<'_, Self>) {
        let last = cx.disk().log.last();
        for peer in cx.peers() {
            self.say(memory, peer, Message::VoteForMe { term, last, ask }, cx);
        }
    }

    /// Whether it would be a betrayal to vote for somebody else: a leader was heard not long ago.
    fn is_loyal(&self, memory: &Memory, ask: Ask, cx: &Cx<'_, Self>) -> bool {
        let asked_to_be = match ask {
            Ask::Before => true,
            Ask::Now => self.votes_are_loyal(),
            // The leader itself wants it.
            Ask::HandedOver => false,
        };
        let leads = matches!(memory.role, Role::Leader(_));
        asked_to_be && (leads || memory.heard.is_some_and(|heard| cx.steady().since(heard) < self.election_min))
    }

    pub(super) fn on_vote_for_me(&self, memory: &mut Memory, from: NodeId, term: u64, last: Place, ask: Ask, cx: &mut Cx<'_, Self>) {
        let pre = ask == Ask::Before;
        let loyal = self.is_loyal(memory, ask, cx);
        let (mine, mut vote, mine_ends) = (cx.disk().term, cx.disk().vote, cx.disk().log.last());
        let newer = self.votes_for_anyone || last >= mine_ends;
        let free = term > mine || (!pre && term == mine && vote.is_none_or(|vote| vote == from));
        let granted = free && newer && !loyal;
        if loyal {
            cx.note("There is a leader: no vote for anybody.");
        } else if !newer {
            cx.note("My log is newer: no vote.");
        }
        if !pre && !loyal && term >= mine {
            if term > mine {
                self.resign(memory, cx);
                vote = None;
            }
            if granted {
                vote = Some(from);
                if !matches!(memory.role, Role::Follower(_)) {
                    memory.role = Role::follower(None);
                }
                self.await_leader(cx);
            }
            if (term, vote) != (mine, cx.disk().vote) {
                self.cast(memory, term, vote, cx);
            }
        }
        let term = cx.disk().term;
        self.say(memory, from, Message::Vote { term, granted, pre }, cx);
    }

    pub(super) fn on_vote(&self, memory: &mut Memory, from: NodeId, pre: bool, cx: &mut Cx<'_, Self>) {
        match &mut memory.role {
            Role::Asking(votes) if pre => votes.insert(from),
            Role::Candidate(votes) if !pre => votes.insert(from),
            _ => return,
        };
        self.count(memory, cx);
    }

    fn count(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let quorum = self.quorum(cx.nodes());
        match &memory.role {
            Role::Asking(votes) if votes.len() >= quorum => self.campaign(memory, Ask::Now, cx),
            Role::Candidate(votes) if votes.len() >= quorum => self.lead(memory, cx),
            _ => {}
        }
    }

    fn lead(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        cx.note(format!("Leader of term {}.", cx.disk().term));
        cx.cancel(Wait::Election);
        memory.role = Role::Leader(Box::new(Leader::new(cx.nodes(), cx.disk().log.entries(), cx.steady())));
        if self.no_op {
            self.append(memory, Command::Nothing, cx);
        }
        self.beat(memory, cx);
    }

    /// Any newer term ends what this node is in an older one.
    pub(super) fn learn_term(&self, memory: &mut Memory, term: u64, cx: &mut Cx<'_, Self>) {
        if term > cx.disk().term {
            self.resign(memory, cx);
            self.cast(memory, term, None, cx);
        }
    }

    /// No longer what it was, and without a leader.
    pub(super) fn resign(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        if let Role::Leader(leader) = std::mem::replace(&mut memory.role, Role::follower(None)) {
            cx.note("No longer the leader.");
            cx.cancel(Wait::Beat);
            self.await_leader(cx);
            self.turn_reads_away(&leader, cx);
        }
    }

    /// There is a leader of this node's term.
    pub(super) fn follow(&self, memory: &mut Memory, leader: NodeId, cx: &mut Cx<'_, Self>) {
        if !matches!(&memory.role, Role::Follower(follower) if follower.leader == Some(leader)) {
            memory.role = Role::follower(Some(leader));
        }
        memory.heard = Some(cx.steady());
        self.await_leader(cx);
    }
}
