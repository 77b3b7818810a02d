//! Paxos for one value, with clients that write once and then read: every server may lead, the
//! network delivers every message once and in any order, and what clients see is part of the state.

use faultline::judge::linearizable::is_linearizable;
use faultline::judge::spec::{Act, Case, Step};
use faultline::judge::value::Value;
use faultline::search::{Broken, System};
use faultline::sim::stable_hash;
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) const SERVERS: u8 = 3;
const QUORUM: u32 = 2;

/// A round and its leader.
pub(crate) type Ballot = (u8, u8);
/// A client's request, the client, and the value.
pub(crate) type Proposal = (u8, u8, u8);
pub(crate) type Accepted = Option<(Ballot, Proposal)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) enum Message {
    Put(u8, u8),
    Get(u8),
    PutOk(u8),
    GetOk(u8, u8),
    Prepare(Ballot),
    Prepared(Ballot, Accepted),
    Accept(Ballot, Proposal),
    Accepted(Ballot),
    Decided(Ballot, Proposal),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Node {
    Server(Server),
    /// What it waits for, and how often it has asked.
    Client(Option<u8>, u8),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Server {
    ballot: Ballot,
    proposal: Option<Proposal>,
    /// What each server had accepted when it promised.
    promised: BTreeMap<u8, Accepted>,
    /// Who has accepted, a bit for each.
    accepts: u8,
    accepted: Accepted,
    decided: bool,
}

/// What a node sends: to whom, and what.
pub(crate) type Sent = Vec<(u8, Message)>;

fn tell_others(me: u8, message: Message, out: &mut Sent) {
    out.extend((0..SERVERS).filter(|other| *other != me).map(|other| (other, message)));
}

/// A node before anything has happened, and what it sends.
pub(crate) fn start(me: u8, out: &mut Sent) -> Node {
    if me < SERVERS {
        return Node::Server(Server::default());
    }
    out.push((me % SERVERS, Message::Put(me, value_of(me))));
    Node::Client(Some(me), 1)
}

/// What a client writes. Nothing is 0.
pub(crate) fn value_of(client: u8) -> u8 {
    client - SERVERS + 1
}

/// Whether a message changes a node or makes it say something.
pub(crate) fn heeds(node: &Node, message: Message) -> bool {
    match (node, message) {
        (Node::Client(waits, _), Message::PutOk(request) | Message::GetOk(request, _)) => *waits == Some(request),
        (Node::Server(server), Message::Get(_)) => server.decided,
        (Node::Server(server), _) if server.decided => false,
        (Node::Server(server), Message::Put(..)) => server.proposal.is_none(),
        (Node::Server(server), Message::Prepare(ballot)) => ballot > server.ballot,
        (Node::Server(server), Message::Accept(ballot, _)) => ballot >= server.ballot,
        (Node::Server(server), Message::Prepared(ballot, _) | Message::Accepted(ballot)) => ballot == server.ballot,
        (Node::Server(_), Message::Decided(..)) => true,
        _ => false,
    }
}

/// A node reads a message that it heeds.
pub(crate) fn deliver(node: &mut Node, me: u8, from: u8, message: Message, out: &mut Sent) {
    match node {
        Node::Client(waits, asked) => {
            *waits = None;
            if let Message::PutOk(_) = message {
                let request = (*asked + 1) * me;
                out.push(((me + *asked) % SERVERS, Message::Get(request)));
                *waits = Some(request);
            }
            *asked += 1;
        }
        Node::Server(server) => server.deliver(me, from, message, out),
    }
}

impl Server {
    fn deliver(&mut self, me: u8, from: u8, message: Message, out: &mut Sent) {
        match message {
            Message::Get(request) => {
                let (_, (_, _, value)) = self.accepted.expect("what is decided is accepted");
                out.push((from, Message::GetOk(request, value)));
            }
            Message::Put(request, value) => {
                self.proposal = Some((request, from, value));
                self.ballot = (self.ballot.0 + 1, me);
                self.promised = BTreeMap::from([(me, self.accepted)]);
                self.accepts = 0;
                tell_others(me, Message::Prepare(self.ballot), out);
            }
            Message::Prepare(ballot) => {
                self.ballot = ballot;
                out.push((from, Message::Prepared(ballot, self.accepted)));
            }
            Message::Prepared(ballot, accepted) => {
                self.promised.insert(from, accepted);
                if self.promised.len() as u32 == QUORUM {
                    // What may have been decided before must be proposed again.
                    let newest = self.promised.values().max().copied().flatten();
                    let proposal = newest.map(|(_, proposal)| proposal).or(self.proposal).expect("whoever leads has something to propose");
                    self.proposal = Some(proposal);
                    self.accepted = Some((ballot, proposal));
                    self.accepts |= 1 << me;
                    tell_others(me, Message::Accept(ballot, proposal), out);
                }
            }
            Message::Accept(ballot, proposal) => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                out.push((from, Message::Accepted(ballot)));
            }
            Message::Accepted(ballot) => {
                self.accepts |= 1 << from;
                if self.accepts.count_ones() == QUORUM {
                    self.decided = true;
                    let proposal @ (request, client, _) = self.proposal.expect("what was accepted was proposed");
                    tell_others(me, Message::Decided(ballot, proposal), out);
                    out.push((client, Message::PutOk(request)));
                }
            }
            Message::Decided(ballot, proposal) => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                self.decided = true;
            }
            Message::PutOk(_) | Message::GetOk(..) => {}
        }
    }
}

pub(crate) const CLIENTS: u8 = 2;
const NODES: usize = (SERVERS + CLIENTS) as usize;

/// What one client has seen. All write at the beginning and read when they have written.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// How often it was answered, how often the other was when it began to read, and what it read.
    answers: u8,
    before: u8,
    read: u8,
    /// When it began to read, and when it was answered, in some order in which it can have been.
    reads: usize,
    answered: [usize; 2],
}

impl Seen {
    fn fingerprint(self, client: usize) -> u64 {
        stable_hash(&(client as u8, self.answers, self.before, self.read))
    }
}

/// What is known between two steps. The fingerprint is a sum, of which a step changes a few summands.
#[derive(Clone)]
pub(crate) struct State {
    nodes: [Rc<(Node, u64)>; NODES],
    /// What is on its way: sender, receiver and message, in order, with a hash.
    flights: Vec<(u64, u8, u8, Message)>,
    seen: [Seen; CLIENTS as usize],
    fingerprint: u64,
}

impl State {
    fn add(&mut self, summand: u64) {
        self.fingerprint = self.fingerprint.wrapping_add(summand);
    }

    fn take(&mut self, summand: u64) {
        self.fingerprint = self.fingerprint.wrapping_sub(summand);
    }

    fn send(&mut self, from: u8, sent: &mut Sent) {
        for (to, message) in sent.drain(..) {
            let flight = (stable_hash(&(from, to, message)), from, to, message);
            let place = self.flights.partition_point(|other| *other < flight);
            self.flights.insert(place, flight);
            self.add(flight.0);
        }
    }

    /// A client is answered, and perhaps begins to read.
    fn answer(&mut self, client: usize, message: Message) {
        let before = self.seen[1 - client].answers;
        let now = usize::from(self.seen.iter().map(|seen| seen.answers).sum::<u8>());
        let mut seen = self.seen[client];
        self.take(seen.fingerprint(client));
        seen.answered[usize::from(seen.answers)] = 2 * now + 2;
        seen.answers += 1;
        match message {
            Message::GetOk(_, value) => seen.read = value,
            _ => (seen.before, seen.reads) = (before, 2 * now + 3),
        }
        self.add(seen.fingerprint(client));
        self.seen[client] = seen;
    }
}

pub(crate) struct Paxos {
    forgetful: bool,
    /// Whether the clients that have seen this have seen something linearizable.
    verdicts: BTreeMap<u64, bool>,
    sent: Sent,
}

impl Paxos {
    /// If the acceptors are forgetful they accept whatever they have promised, which is wrong.
    pub(crate) fn new(forgetful: bool) -> Self {
        Self { forgetful, verdicts: BTreeMap::new(), sent: Vec::new() }
    }

    fn is_linearizable(seen: &[Seen; CLIENTS as usize]) -> bool {
        let mut steps = Vec::new();
        for (client, seen) in seen.iter().enumerate() {
            let step = |act, call, ret: Option<usize>| Step { op: 0, process: client, call, ret, key: Value::Nil, act };
            let written = Value::Int(client as i64 + 1);
            steps.push(step(Act::Write(written), client, (seen.answers > 0).then_some(seen.answered[0])));
            if seen.answers == 2 {
                steps.push(step(Act::Read(Some(Value::Int(seen.read.into()))), seen.reads, Some(seen.answered[1])));
            }
        }
        steps.sort_by_key(|step| step.call);
        (0..).zip(&mut steps).for_each(|(op, step)| step.op = op);
        is_linearizable(&Case { steps, initial: Value::Int(0), processes: CLIENTS.into() }, u64::MAX) == Some(true)
    }
}

impl System for Paxos {
    type State = State;
    /// Which message arrives where, and from whom.
    type Action = (u8, u8, Message);

    fn starts(&mut self, out: &mut Vec<State>) {
        let nothing = Rc::new((Node::Client(None, 0), 0));
        let seen = [Seen::default(); CLIENTS as usize];
        let mut state = State { nodes: std::array::from_fn(|_| Rc::clone(&nothing)), flights: Vec::new(), seen, fingerprint: 0 };
        for me in 0..NODES as u8 {
            let node = start(me, &mut self.sent);
            let hash = stable_hash(&(me, &node));
            state.add(hash);
            state.nodes[usize::from(me)] = Rc::new((node, hash));
            state.send(me, &mut self.sent);
        }
        (0..).zip(&seen).for_each(|(client, seen)| state.add(seen.fingerprint(client)));
        out.push(state);
    }

    fn steps(&mut self, state: &State, out: &mut Vec<((u8, u8, Message), State)>) {
        for (index, &(hash, from, me, message)) in state.flights.iter().enumerate() {
            let before = &state.nodes[usize::from(me)];
            let old = matches!((&before.0, message), (Node::Server(server), Message::Accept(..)) if self.forgetful && !server.decided);
            if index > 0 && state.flights[index - 1].0 == hash || !(heeds(&before.0, message) || old) {
                continue;
            }
            let mut next = state.clone();
            next.flights.remove(index);
            next.take(hash);
            let mut node = before.0.clone();
            deliver(&mut node, me, from, message, &mut self.sent);
            let hash = stable_hash(&(me, &node));
            next.take(before.1);
            next.add(hash);
            next.nodes[usize::from(me)] = Rc::new((node, hash));
            if me >= SERVERS {
                next.answer(usize::from(me - SERVERS), message);
            }
            next.send(me, &mut self.sent);
            out.push(((from, me, message), next));
        }
    }

    fn fingerprint(&self, state: &State) -> u64 {
        state.fingerprint
    }

    fn broken(&mut self, state: &State) -> Option<Broken> {
        let key = (0..).zip(&state.seen).fold(0, |key: u64, (client, seen)| key.wrapping_add(seen.fingerprint(client)));
        let holds = *self.verdicts.entry(key).or_insert_with(|| Self::is_linearizable(&state.seen));
        (!holds).then(|| Broken { property: "linearizable", why: format!("{:?}", state.seen) })
    }
}
