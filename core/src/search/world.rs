//! A model as a system of states: everything that may happen next, whatever the clock says.
//!
//! A state is what the nodes know, which messages are on their way, which timers are set, and how
//! much of the bounds is left. Any message may arrive next, or never; any timer may run out next.
//! So times play no part: lost and late are the same, and every latency is covered. A choice of the
//! protocol is tried every way, unless it is one of more than sixteen: then each node has one choice of
//! its own, as if it were a length of time or a name, and the others are not tried.
//!
//! What is simpler than in a run: a sync takes no time, so that no crash comes before one; wall clocks
//! stand still; no message arrives twice; clients ask with the argument 0 only. What depends on more is
//! not found, and whoever says that nothing was found has to say so: [`NOT_TRIED`].
//!
//! It knows protocols only as [`Host`]s, so it is compiled once for all of them. A step changes one
//! node; the others are shared with the state before, and the fingerprint is a sum of which only the
//! summands that changed are computed anew.

use super::explore::{Answer, Broken, Explorer, System, Visited};
use super::goal::judge_clients;
use super::{Effort, Goal, Sought, Violation};
use crate::judge::history::{self, History, Outcome, Word};
use crate::judge::value::Value;
use crate::models::Library;
use crate::protocol::TimerCode;
use crate::scenario::{Disk, Fate, Fault, Input, Scenario};
use crate::sim::{Calls, Effect, Happened, Host, Latency, Network, NodeId, Span, Time, Trial, mix};
use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// How far an exploration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many steps lead to a state at most.
    pub depth: u32,
    /// How many states there are at most.
    pub states: u64,
    /// How many timers run out at most.
    pub timers: u16,
    /// How many crashes there are at most. Every crashed node may start again.
    pub crashes: u16,
    /// How many requests clients send at most, and no more than [`Bounds::MOST_ASKS`]. They arrive
    /// as soon as they are sent, and so do the answers: it is then that they promise most.
    pub asks: u16,
}

/// What an exploration never tries, in words: what it finds nothing of may still be in a run.
pub const NOT_TRIED: &str = "crashes while a disk writes, messages that come twice, clocks that move, \
                             other arguments than 0, more than one of a choice among more than 16";

impl Bounds {
    /// The most requests in one exploration.
    pub const MOST_ASKS: u16 = 8;
}

impl Default for Bounds {
    fn default() -> Self {
        Self { depth: 12, states: 100_000, timers: 3, crashes: 1, asks: 2 }
    }
}

/// A step of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// A message arrives.
    Deliver(Flight),
    /// A timer of a node runs out.
    Fire(NodeId, TimerCode),
    /// A client asks a node: the client, and the code of the operation.
    Ask(u16, NodeId, u8),
    /// A node crashes.
    Crash(NodeId),
    /// A crashed node starts again.
    Restart(NodeId),
}

impl Course {
    /// Where it happens.
    #[must_use]
    pub fn node(&self) -> NodeId {
        match *self {
            Self::Deliver(Flight { to: node, .. })
            | Self::Fire(node, _)
            | Self::Ask(_, node, _)
            | Self::Crash(node)
            | Self::Restart(node) => node,
        }
    }
}

/// A message on its way, whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flight {
    /// Where it goes.
    pub to: NodeId,
    /// Where it comes from.
    pub from: NodeId,
    /// What it says. It stands before the number, so that the order of flights does not depend on
    /// the order in which messages became known.
    hash: u64,
    payload: u32,
}

/// What a model is like between two steps.
#[derive(Clone)]
pub struct Moment {
    nodes: Vec<Rc<Actor>>,
    /// In order, each as often as it is on its way.
    flights: Vec<Flight>,
    hash: u64,
    timers: u16,
    crashes: u16,
    /// How often each client has asked, a byte for each.
    asks: u64,
    /// What clients did and saw, in some order in which it can have been; kept only if their promise
    /// is the one that is sought.
    told: Rc<Vec<Told>>,
    /// What was sent in the step to here, and to which clients; kept only while a way is retold.
    sent: Vec<Flight>,
    answered: Vec<u16>,
}

/// A client's request and what came of it.
#[derive(Clone)]
struct Told {
    request: usize,
    /// Which requests had been answered when it was sent, a bit for each.
    before: u64,
    /// When it was sent and answered, counted in requests and answers.
    call: usize,
    ret: Option<usize>,
    /// Whether its client has asked for something else before it was answered.
    given_up: bool,
    word: Option<Rc<Word>>,
    outcome: Outcome,
    /// A hash of the answer.
    answer: u64,
}

impl Told {
    fn fingerprint(&self) -> u64 {
        let came = match self.outcome {
            Outcome::Ok => mix(self.answer),
            Outcome::Fail => 1,
            Outcome::Unknown => 2 + u64::from(self.given_up),
        };
        mix(mix(came ^ self.before) ^ self.request as u64)
    }
}

/// A request that a client can send.
#[derive(Clone, Copy)]
struct Request {
    client: u16,
    /// How often that client has asked before.
    nth: u8,
    code: u8,
}

struct Actor {
    saved: Rc<dyn Any>,
    up: bool,
    /// In order.
    timers: Vec<TimerCode>,
    /// How many syncs it ever asked for: no part of its state, but tickets must not be used twice.
    next_ticket: u32,
    hash: u64,
}

/// A model that is explored.
pub struct World {
    host: Box<dyn Host>,
    calls: Calls,
    bounds: Bounds,
    sought: Sought,
    /// How many clients take part.
    clients: u16,
    /// How many steps a judge may think about what clients saw, and the verdicts so far.
    most_thought: u64,
    verdicts: BTreeMap<u64, Option<String>>,
    undecided: u64,
    /// The number of the message with this hash.
    known: BTreeMap<u64, u32>,
    /// Every request that can be sent, by its number.
    requests: Vec<Request>,
    /// The state that the host has of each node; nothing if it is none that was saved.
    loaded: Vec<Option<Rc<Actor>>>,
    /// The nodes before they start.
    unborn: Vec<Rc<Actor>>,
    retelling: bool,
    /// Whether a node did so much in one step that its end was not awaited.
    endless: bool,
}

/// How many syncs and messages to itself a node may go through in one step.
const MOST_AT_ONCE: u32 = 1_000;

impl World {
    /// The model of a scenario. Only its model, nodes, clients and settings matter.
    ///
    /// # Errors
    /// If the scenario cannot be run, or the promise cannot be explored.
    pub fn new(library: &Library, scenario: &Scenario, goal: &Goal, bounds: Bounds) -> Result<Self, Fault> {
        let model = scenario.check(library)?;
        if matches!(goal.sought, Sought::Served(_)) {
            let why = "whether clients are served in time cannot be explored, because exploration knows no time";
            return Err(Fault { place: "goal".into(), why: why.into() });
        }
        if bounds.asks > Bounds::MOST_ASKS {
            let why = format!("an exploration has at most {} requests, not {}", Bounds::MOST_ASKS, bounds.asks);
            return Err(Fault { place: "bounds.asks".into(), why });
        }
        let mut host = model.host(scenario.nodes, &scenario.settings(model.about()));
        let clients = scenario.clients.min(bounds.asks);
        let mut requests = Vec::new();
        for (nth, client) in (0..bounds.asks).flat_map(|nth| (0..clients).map(move |client| (nth, client))) {
            let unique = u32::from(nth) * u32::from(scenario.clients) + u32::from(client);
            for code in 0..model.about().ops.len() as u8 {
                if host.make_op(code, 0, unique).is_some() {
                    requests.push(Request { client, nth: nth as u8, code });
                }
            }
        }
        let unborn = |node| {
            let saved = host.save_node(NodeId(node));
            Rc::new(Actor { saved, up: true, timers: Vec::new(), next_ticket: 0, hash: 0 })
        };
        let unborn = (0..scenario.nodes).map(unborn).collect();
        let mut calls = Calls::new(scenario.nodes, scenario.seed);
        calls.trial = Some(Trial::default());
        Ok(Self {
            host,
            calls,
            bounds,
            sought: goal.sought,
            clients,
            most_thought: goal.most_thought,
            verdicts: BTreeMap::new(),
            undecided: 0,
            known: BTreeMap::new(),
            requests,
            loaded: vec![None; usize::from(scenario.nodes)],
            unborn,
            retelling: false,
            endless: false,
        })
    }

    /// What a step is, in a few words.
    #[must_use]
    pub fn describe(&self, course: &Course) -> String {
        match course {
            Course::Deliver(flight) => format!("{} receives “{}” from {}", flight.to, self.host.describe(flight.payload), flight.from),
            Course::Fire(node, code) => format!("{node}: {}", self.host.timer_names()[usize::from(code.kind)]),
            Course::Ask(client, node, code) => {
                format!("client {} asks {node}: {}", client + 1, self.host.about().ops[usize::from(*code)].name)
            }
            Course::Crash(node) => format!("{node} crashes"),
            Course::Restart(node) => format!("{node} starts again"),
        }
    }

    /// Lets the host have this state.
    fn load(&mut self, moment: &Moment) {
        for (index, actor) in moment.nodes.iter().enumerate() {
            let loaded = &mut self.loaded[index];
            if !loaded.as_ref().is_some_and(|loaded| Rc::ptr_eq(loaded, actor)) {
                self.host.load_node(NodeId(index as u16), &*actor.saved);
                *loaded = Some(Rc::clone(actor));
            }
        }
    }

    /// Every way in which a node may handle an event.
    fn branch(&mut self, before: &Moment, node: NodeId, event: Happened, out: &mut dyn FnMut(Moment)) {
        self.calls.trial = Some(Trial::default());
        loop {
            self.load(before);
            let mut after = before.clone();
            self.handle(&mut after, node, event);
            out(after);
            if !self.calls.trial.as_mut().is_some_and(Trial::advance) {
                return;
            }
        }
    }

    /// Lets a node handle an event, and all that follows from it at once.
    fn handle(&mut self, moment: &mut Moment, node: NodeId, event: Happened) {
        let index = node.index();
        let mut timers = moment.nodes[index].timers.clone();
        self.loaded[index] = None;
        self.calls.me = node;
        self.calls.next_ticket = moment.nodes[index].next_ticket;
        moment.sent.clear();
        moment.answered.clear();
        // In the order in which a run with a disk that takes no time would do it.
        let mut soon = VecDeque::from([event]);
        let mut syncing: VecDeque<(u32, usize)> = VecDeque::new();
        let mut held: Vec<(u32, Effect)> = Vec::new();
        let mut unsynced = 0;
        let said = self.host.messages();
        let mut new = false;
        for _ in 0..MOST_AT_ONCE {
            let Some(event) = soon.pop_front() else { break };
            let mut effects = VecDeque::new();
            if let Happened::Synced(ticket) = event {
                let writes = syncing.pop_front().map_or(0, |(_, writes)| writes);
                unsynced -= writes;
                syncing.iter_mut().for_each(|(_, later)| *later -= writes);
                self.host.persist(node, writes);
                effects.extend(held.extract_if(.., |(after, _)| *after <= ticket).map(|(_, effect)| effect));
            }
            self.host.happen(event, &mut self.calls);
            effects.extend(self.calls.effects.drain(..));
            while let Some(effect) = effects.pop_front() {
                match effect {
                    Effect::Send { to, payload, hash, .. } => {
                        let first = *self.known.entry(hash).or_insert(payload);
                        new |= first == payload;
                        if to == node {
                            soon.push_back(Happened::Message(node, first));
                        } else {
                            let flight = Flight { to, from: node, payload: first, hash };
                            moment.put(flight);
                            if self.retelling {
                                moment.sent.push(flight);
                            }
                        }
                    }
                    Effect::Set(code, _) => {
                        if !timers.contains(&code) {
                            timers.push(code);
                        }
                    }
                    Effect::Cancel(code) => timers.retain(|timer| *timer != code),
                    Effect::Write { .. } => unsynced += 1,
                    Effect::Sync(ticket) => {
                        syncing.push_back((ticket, unsynced));
                        soon.push_back(Happened::Synced(ticket));
                    }
                    Effect::After(ticket, effect) => {
                        if syncing.iter().any(|(pending, _)| *pending == ticket) {
                            // It will be sent later, and must be known by then.
                            if let Effect::Send { payload, hash, .. } = *effect {
                                new |= *self.known.entry(hash).or_insert(payload) == payload;
                            }
                            held.push((ticket, *effect));
                        } else {
                            effects.push_front(*effect);
                        }
                    }
                    Effect::Reply { op, answer, done, hash } => self.tell(moment, op, answer, done, hash),
                    Effect::Note(_) => {}
                }
            }
        }
        self.endless |= !soon.is_empty();
        // What was said before need not be kept twice.
        if !new {
            self.host.unsay(said);
        }
        self.settle(moment, node, true, timers);
    }

    /// A client is answered.
    fn tell(&self, moment: &mut Moment, request: u32, answer: u32, done: bool, hash: u64) {
        if self.retelling {
            moment.answered.push(self.requests[request as usize].client);
        }
        let Some(place) = moment.told.iter().position(|told| told.request == request as usize) else { return };
        if moment.told[place].ret.is_some() || moment.told[place].given_up {
            return;
        }
        let now = moment.told.iter().filter_map(|told| told.ret).count() + moment.told.len();
        let told = &mut Rc::make_mut(&mut moment.told)[place];
        moment.hash = moment.hash.wrapping_sub(told.fingerprint());
        told.ret = Some(now);
        told.answer = hash;
        told.outcome = if done { Outcome::Ok } else { Outcome::Fail };
        told.word = self.host.word(request, Some(answer)).map(Rc::new);
        moment.hash = moment.hash.wrapping_add(told.fingerprint());
    }

    /// The moment after a client has sent a request.
    fn asked(&self, state: &Moment, number: usize) -> Moment {
        let mut after = state.clone();
        let Request { client, .. } = self.requests[number];
        after.asks += 1 << (client * 8);
        if !matches!(self.sought, Sought::Clients(_)) {
            return after;
        }
        let told = Rc::make_mut(&mut after.told);
        for open in told.iter_mut().filter(|told| self.requests[told.request].client == client && told.ret.is_none()) {
            after.hash = after.hash.wrapping_sub(open.fingerprint());
            open.given_up = true;
            after.hash = after.hash.wrapping_add(open.fingerprint());
        }
        let answered = told.iter().filter(|told| told.ret.is_some());
        let before = answered.fold(0, |before, told| before | 1 << self.bit(told.request));
        let call = told.iter().filter_map(|told| told.ret).count() + told.len();
        let word = self.host.word(number as u32, None).map(Rc::new);
        let new = Told { request: number, before, call, ret: None, given_up: false, word, outcome: Outcome::Unknown, answer: 0 };
        after.hash = after.hash.wrapping_add(new.fingerprint());
        told.push(new);
        after
    }

    /// The place of a request among all that can be sent in one run.
    fn bit(&self, request: usize) -> u32 {
        let Request { client, nth, .. } = self.requests[request];
        u32::from(nth) * u32::from(self.clients) + u32::from(client)
    }

    /// What clients did and saw, as a history to be judged. It is empty unless their promise is the one
    /// that is sought.
    #[must_use]
    pub fn history(&self, moment: &Moment) -> History {
        let mut history = History::default();
        let mut goes_on: BTreeMap<u16, usize> = BTreeMap::new();
        for told in &*moment.told {
            let Some(word) = &told.word else { continue };
            let client = self.requests[told.request].client;
            let process = goes_on.remove(&client).unwrap_or_else(|| {
                history.processes.push(Value::Int(history.processes.len() as i64));
                history.processes.len() - 1
            });
            if !told.given_up {
                goes_on.insert(client, process);
            }
            history.ops.push(history::Op {
                process,
                call: told.call,
                ret: told.ret,
                f: word.f.into(),
                key: word.key.clone(),
                input: word.input.clone(),
                output: if told.ret.is_some() { word.output.clone() } else { Value::Nil },
                outcome: told.outcome,
                place: history::Place::line(history.ops.len() + 1),
            });
        }
        history
    }

    /// Saves what the host has of a node.
    fn settle(&mut self, moment: &mut Moment, node: NodeId, up: bool, mut timers: Vec<TimerCode>) {
        timers.sort_unstable_by_key(|code| (code.kind, code.number));
        let mut hash = mix(self.host.fingerprint(node) ^ u64::from(node.0) << 48 ^ u64::from(up));
        for code in &timers {
            hash = mix(hash ^ (u64::from(code.kind) << 32 | u64::from(code.number)));
        }
        let actor = Actor { saved: self.host.save_node(node), up, timers, next_ticket: self.calls.next_ticket, hash };
        let actor = Rc::new(actor);
        let old = std::mem::replace(&mut moment.nodes[node.index()], Rc::clone(&actor));
        moment.hash = moment.hash.wrapping_sub(old.hash).wrapping_add(hash);
        self.loaded[node.index()] = Some(actor);
    }

    /// Whether a request can be the next that is sent. Clients are alike, so one that has not asked
    /// yet asks only if every client before it has.
    fn may_ask(&self, state: &Moment, number: usize) -> bool {
        let Request { client, nth, .. } = self.requests[number];
        let asks = state.asks.to_le_bytes();
        let all = asks.iter().map(|asks| u16::from(*asks)).sum::<u16>();
        if all >= self.bounds.asks || asks[usize::from(client)] != nth {
            return false;
        }
        match self.sought {
            Sought::Clients(_) => asks[..usize::from(client)].iter().all(|asks| *asks > 0),
            // Who asks makes no difference.
            _ => client == all % self.clients,
        }
    }

    /// A node stops, and keeps only what is on its disk.
    fn crash(&mut self, before: &Moment, node: NodeId) -> Moment {
        self.load(before);
        let mut after = before.clone();
        after.crashes += 1;
        self.loaded[node.index()] = None;
        self.calls.next_ticket = before.nodes[node.index()].next_ticket;
        self.host.crash(node);
        self.settle(&mut after, node, false, Vec::new());
        after
    }
}

impl Moment {
    fn put(&mut self, flight: Flight) {
        let place = self.flights.partition_point(|other| *other <= flight);
        self.flights.insert(place, flight);
        self.hash = self.hash.wrapping_add(flight.fingerprint());
    }

    fn take(&mut self, index: usize) {
        let flight = self.flights.remove(index);
        self.hash = self.hash.wrapping_sub(flight.fingerprint());
    }

    /// This moment with another set of timers for a node.
    fn without_timer(&self, node: NodeId, code: TimerCode) -> Self {
        let mut after = self.clone();
        let Actor { saved, up, next_ticket, hash, timers } = &*self.nodes[node.index()];
        let timers = timers.iter().copied().filter(|timer| *timer != code).collect();
        after.nodes[node.index()] = Rc::new(Actor { saved: Rc::clone(saved), up: *up, timers, next_ticket: *next_ticket, hash: *hash });
        after.timers += 1;
        after
    }
}

impl Flight {
    fn fingerprint(&self) -> u64 {
        mix(self.hash ^ mix(u64::from(self.from.0) << 16 | u64::from(self.to.0)))
    }
}

impl System for World {
    type State = Moment;
    type Action = Course;

    fn starts(&mut self, out: &mut Vec<Moment>) {
        let nodes = self.unborn.clone();
        let nothing = Moment {
            nodes,
            flights: Vec::new(),
            hash: 0,
            timers: 0,
            crashes: 0,
            asks: 0,
            told: Rc::default(),
            sent: Vec::new(),
            answered: Vec::new(),
        };
        let mut moments = vec![nothing];
        for node in (0..self.loaded.len() as u16).map(NodeId) {
            for before in std::mem::take(&mut moments) {
                self.branch(&before, node, Happened::Boot, &mut |mut after| {
                    let mut sent = before.sent.clone();
                    sent.append(&mut after.sent);
                    after.sent = sent;
                    moments.push(after);
                });
            }
        }
        out.append(&mut moments);
    }

    fn steps(&mut self, state: &Moment, out: &mut Vec<(Course, Moment)>) {
        for index in 0..state.flights.len() {
            let flight = state.flights[index];
            if index > 0 && state.flights[index - 1] == flight || !state.nodes[flight.to.index()].up {
                continue;
            }
            let mut taken = state.clone();
            taken.take(index);
            let event = Happened::Message(flight.from, flight.payload);
            self.branch(&taken, flight.to, event, &mut |after| out.push((Course::Deliver(flight), after)));
        }
        for node in (0..state.nodes.len() as u16).map(NodeId) {
            let actor = Rc::clone(&state.nodes[node.index()]);
            if !actor.up {
                self.branch(state, node, Happened::Boot, &mut |after| out.push((Course::Restart(node), after)));
                continue;
            }
            if state.timers < self.bounds.timers {
                for &code in &actor.timers {
                    let before = state.without_timer(node, code);
                    self.branch(&before, node, Happened::Timer(code), &mut |after| out.push((Course::Fire(node, code), after)));
                }
            }
            for number in 0..self.requests.len() {
                if self.may_ask(state, number) {
                    let before = self.asked(state, number);
                    let Request { client, code, .. } = self.requests[number];
                    let event = Happened::Request(number as u32);
                    self.branch(&before, node, event, &mut |after| out.push((Course::Ask(client, node, code), after)));
                }
            }
            if state.crashes < self.bounds.crashes {
                out.push((Course::Crash(node), self.crash(state, node)));
            }
        }
    }

    fn fingerprint(&self, state: &Moment) -> u64 {
        let spent = u64::from(state.timers) << 32 | u64::from(state.crashes);
        state.hash.wrapping_add(mix(mix(spent) ^ state.asks))
    }

    fn broken(&mut self, state: &Moment) -> Option<Broken> {
        let Sought::Clients(promise) = self.sought else {
            self.load(state);
            let broken = self.host.invariants().into_iter().filter(|(id, ..)| self.sought.is(id));
            return broken.filter_map(|(property, _, holds)| Some(Broken { property, why: holds.err()? })).next();
        };
        if state.told.iter().all(|told| told.ret.is_none()) {
            return None;
        }
        let key = state.told.iter().fold(0, |sum: u64, told| sum.wrapping_add(told.fingerprint()));
        if !self.verdicts.contains_key(&key) {
            let judgement = judge_clients(&self.history(state), self.host.object(), &self.host.initial(), promise, self.most_thought);
            self.undecided += u64::from(judgement.as_ref().is_none_or(|judgement| judgement.kept.is_none()));
            let broken = judgement.filter(|judgement| judgement.kept == Some(false));
            self.verdicts.insert(key, broken.map(|judgement| judgement.to_string()));
        }
        let why = self.verdicts.get(&key)?.clone()?;
        Some(Broken { property: promise.name(), why })
    }
}

/// What an exploration of a model has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explored {
    /// What was visited.
    pub visited: Visited,
    /// Whether that is everything that can be reached with these timers, crashes and requests, in
    /// any number of steps.
    pub whole: bool,
    /// Whether every state within the bounds was visited.
    pub covered: bool,
    /// How often a judge of what clients saw came to no verdict.
    pub undecided: u64,
    /// What is broken, if anything is.
    pub found: Option<Found>,
}

/// A promise that exploration has seen broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which, and how.
    pub broken: Broken,
    /// The steps to it, in words.
    pub way: Vec<String>,
    /// The same steps as a run. Nothing if no run takes them: where a protocol looks at its clock,
    /// or chooses by chance what no seed that was tried makes it choose.
    pub run: Option<Violation>,
}

/// Explores the model of a scenario. `go_on` is asked from time to time, and told what was visited.
///
/// # Errors
/// If the scenario cannot be run.
pub fn explore(
    library: &Library,
    scenario: &Scenario,
    goal: &Goal,
    bounds: Bounds,
    go_on: &mut dyn FnMut(Visited) -> bool,
) -> Result<Explored, Fault> {
    const AT_ONCE: u64 = 1_000;
    let mut exploration = Exploration::new(library, scenario, goal, bounds)?;
    loop {
        if let Some(explored) = exploration.go_on(AT_ONCE) {
            return Ok(explored);
        }
        if !go_on(exploration.visited()) {
            return Ok(exploration.stop());
        }
    }
}

/// An exploration under way. It goes on where it stopped.
pub struct Exploration<'a> {
    library: &'a Library,
    scenario: Scenario,
    goal: Goal,
    bounds: Bounds,
    explorer: Explorer<World>,
}

impl<'a> Exploration<'a> {
    /// An exploration that has not begun.
    ///
    /// # Errors
    /// If the scenario cannot be run, or the promise cannot be explored.
    pub fn new(library: &'a Library, scenario: &Scenario, goal: &Goal, bounds: Bounds) -> Result<Self, Fault> {
        let world = World::new(library, scenario, goal, bounds)?;
        let explorer = Explorer::new(world, bounds.depth);
        Ok(Self { library, scenario: scenario.clone(), goal: goal.clone(), bounds, explorer })
    }

    /// What was visited so far.
    #[must_use]
    pub fn visited(&self) -> Visited {
        self.explorer.visited()
    }

    /// Looks at the steps from so many states more. Nothing as long as there are others left.
    pub fn go_on(&mut self, states: u64) -> Option<Explored> {
        match self.explorer.go_on(states) {
            Answer::More if self.visited().unique < self.bounds.states => None,
            Answer::More => Some(self.stop()),
            Answer::Covered => Some(Explored { covered: true, ..self.stop() }),
            Answer::Broken(number, broken) => {
                let found = retell(self.library, &self.scenario, &self.goal, &mut self.explorer, number, broken);
                Some(Explored { found: Some(found), ..self.stop() })
            }
        }
    }

    /// What was covered, if it ends here.
    pub fn stop(&mut self) -> Explored {
        let World { endless, undecided, .. } = *self.explorer.system();
        let whole = self.explorer.complete() && !endless;
        Explored { visited: self.visited(), whole, covered: false, undecided, found: None }
    }
}

/// The way to a state, in words and as a run.
fn retell(library: &Library, scenario: &Scenario, goal: &Goal, explorer: &mut Explorer<World>, number: u32, broken: Broken) -> Found {
    explorer.system().retelling = true;
    let told = explorer.way(number);
    explorer.system().retelling = false;
    let Some((start, way)) = told else { return Found { broken, way: Vec::new(), run: None } };
    let words = way.iter().map(|(course, _)| explorer.system().describe(course)).collect();
    let attempt = |step, seed| {
        let run = Scenario { seed, ..as_scenario(scenario, &start, &way, step) };
        let until = run.inputs.last().map_or(Time::ZERO, |last| last.at);
        let sought = if goal.sought == Sought::Any { Sought::Invariant(broken.property) } else { goal.sought };
        Goal { sought, until, ..goal.clone() }.first_break(library, &run, &mut Effort::default()).ok().flatten()
    };
    // As slowly as the model's timers allow, so that one can watch it.
    let calm = STEPS.iter().find_map(|step| attempt(*step, scenario.seed));
    let run = calm.or_else(|| (1..=SEEDS).find_map(|seed| attempt(STEPS[STEPS.len() - 1], seed)));
    Found { broken, way: words, run }
}

/// How much time lies between two steps of a run that retells an exploration.
const STEPS: [Span; 4] = [Span::millis(10), Span::millis(1), Span::micros(100), Span::micros(1)];

/// How many seeds are tried where a protocol chooses by chance.
const SEEDS: u64 = 200;

/// A run that takes these steps, one after the other, quicker than any timer runs out: messages are
/// slow, and each arrives when it is told to.
fn as_scenario(base: &Scenario, start: &Moment, way: &[(Course, Moment)], step: Span) -> Scenario {
    let mut run = Scenario {
        network: Network { latency: Latency::Constant(Span::secs(1_000)), ..Network::default() },
        disk: Disk { sync: Latency::Constant(Span::ZERO), ..Disk::default() },
        workload: None,
        inputs: Vec::new(),
        ..base.clone()
    };
    let mut sent: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    let mut waiting: Vec<(Flight, u32)> = Vec::new();
    let mut send = |flights: &[Flight], waiting: &mut Vec<(Flight, u32)>| {
        for flight in flights {
            let count = sent.entry((flight.from, flight.to)).or_default();
            waiting.push((*flight, *count));
            *count += 1;
        }
    };
    send(&start.sent, &mut waiting);
    let mut at = Time::ZERO;
    // How often each client and node have sent something to one another.
    let mut spoken: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    let mut arrives = |run: &mut Scenario, at, from, to| {
        let nth = spoken.entry((from, to)).or_default();
        run.add(at, Input::Message { from, to, nth: *nth, fate: Fate::Deliver });
        *nth += 1;
    };
    for (course, after) in way {
        at += step;
        match *course {
            Course::Deliver(flight) => {
                if let Some(place) = waiting.iter().position(|(other, _)| *other == flight) {
                    let (_, nth) = waiting.remove(place);
                    run.add(at, Input::Message { from: flight.from, to: flight.to, nth, fate: Fate::Deliver });
                }
            }
            Course::Fire(node, code) => {
                run.add(at, Input::Fire { node, timer: code.kind });
            }
            Course::Crash(node) => {
                run.add(at, Input::Crash(node));
            }
            Course::Restart(node) => {
                run.add(at, Input::Restart(node));
            }
            Course::Ask(client, node, op) => {
                run.add(at, Input::Invoke { client, node, op, argument: 0 });
                arrives(&mut run, at, NodeId(base.nodes + client), node);
            }
        }
        for client in &after.answered {
            arrives(&mut run, at, course.node(), NodeId(base.nodes + client));
        }
        send(&after.sent, &mut waiting);
    }
    run
}
