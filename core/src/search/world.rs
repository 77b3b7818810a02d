//! A model as a system of states: everything that may happen next, whatever the clock says.
//!
//! A state is what the nodes know, which messages are on their way, which timers are set, and how
//! much of the bounds is left. Any message may arrive next, or never; any timer may run out next.
//! So times play no part: lost and late are the same, and every latency is covered. A choice of the
//! protocol is tried every way, unless it is one of so many that it can only be a length of time.
//!
//! What is simpler than in a run: a sync takes no time, wall clocks stand still, and no message
//! arrives twice.
//!
//! It knows protocols only as [`Host`]s, so it is compiled once for all of them. A step changes one
//! node; the others are shared with the state before, and the fingerprint is a sum of which only the
//! summands that changed are computed anew.

use super::explore::{Answer, Broken, Explorer, System, Visited};
use super::{Effort, Goal, Violation, first_break};
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
    /// How many requests clients send at most. They arrive as soon as they are sent.
    pub asks: u16,
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
    /// A client asks a node: its request and the code of the operation.
    Ask(NodeId, u8),
    /// A node crashes.
    Crash(NodeId),
    /// A crashed node starts again.
    Restart(NodeId),
}

/// A message on its way, whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flight {
    to: NodeId,
    from: NodeId,
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
    asks: u16,
    /// What was sent in the step to here; kept only while a way is retold.
    sent: Vec<Flight>,
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
    promise: Option<String>,
    /// The number of the message with this hash.
    known: BTreeMap<u64, u32>,
    /// Every request that can be sent: the how-manieth it is, its code and its number.
    requests: Vec<(u16, u8, u32)>,
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
    /// If the scenario cannot be run.
    pub fn new(library: &Library, scenario: &Scenario, promise: Option<&str>, bounds: Bounds) -> Result<Self, Fault> {
        let about = scenario.check(library)?;
        let mut host = about.host(scenario.nodes, &scenario.settings(about.about()));
        let mut requests = Vec::new();
        if scenario.clients > 0 {
            for nth in 0..bounds.asks {
                for code in 0..about.about().ops.len() as u8 {
                    if host.make_op(code, 0, u32::from(nth)).is_some() {
                        requests.push((nth, code, requests.len() as u32));
                    }
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
            promise: promise.map(Into::into),
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
            Course::Deliver(flight) => format!("{} receives {} from {}", flight.to, self.host.describe(flight.payload), flight.from),
            Course::Fire(node, code) => format!("{node}: {}", self.host.timer_names()[usize::from(code.kind)]),
            Course::Ask(node, code) => format!("a client asks {node}: {}", self.host.about().ops[usize::from(*code)].name),
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
                    Effect::Reply { .. } | Effect::Note(_) => {}
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
        let nothing = Moment { nodes, flights: Vec::new(), hash: 0, timers: 0, crashes: 0, asks: 0, sent: Vec::new() };
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
            for (nth, code, number) in self.requests.clone() {
                if nth == state.asks {
                    let before = Moment { asks: nth + 1, ..state.clone() };
                    self.branch(&before, node, Happened::Request(number), &mut |after| out.push((Course::Ask(node, code), after)));
                }
            }
            if state.crashes < self.bounds.crashes {
                out.push((Course::Crash(node), self.crash(state, node)));
            }
        }
    }

    fn fingerprint(&self, state: &Moment) -> u64 {
        let spent = u64::from(state.timers) << 32 | u64::from(state.crashes) << 16 | u64::from(state.asks);
        state.hash.wrapping_add(mix(spent))
    }

    fn broken(&mut self, state: &Moment) -> Option<Broken> {
        self.load(state);
        let sought = |id: &str| self.promise.as_ref().is_none_or(|sought| sought == id);
        let broken = self.host.invariants().into_iter().filter(|(id, ..)| sought(id));
        broken.filter_map(|(property, _, holds)| Some(Broken { property, why: holds.err()? })).next()
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
    promise: Option<&str>,
    bounds: Bounds,
    go_on: &mut dyn FnMut(Visited) -> bool,
) -> Result<Explored, Fault> {
    const AT_ONCE: u64 = 1_000;
    let world = World::new(library, scenario, promise, bounds)?;
    let mut explorer = Explorer::new(world, bounds.depth);
    loop {
        let answer = explorer.go_on(AT_ONCE);
        let visited = explorer.visited();
        let stop = visited.unique >= bounds.states || !go_on(visited);
        let mut explored =
            Explored { visited, whole: explorer.complete() && !explorer.system().endless, covered: answer == Answer::Covered, found: None };
        match answer {
            Answer::More if !stop => continue,
            Answer::More | Answer::Covered => {}
            Answer::Broken(number, broken) => explored.found = Some(retell(library, scenario, &mut explorer, number, broken)),
        }
        return Ok(explored);
    }
}

/// The way to a state, in words and as a run.
fn retell(library: &Library, scenario: &Scenario, explorer: &mut Explorer<World>, number: u32, broken: Broken) -> Found {
    explorer.system().retelling = true;
    let told = explorer.way(number);
    explorer.system().retelling = false;
    let Some((start, way)) = told else { return Found { broken, way: Vec::new(), run: None } };
    let words = way.iter().map(|(course, _)| explorer.system().describe(course)).collect();
    let attempt = |step, seed| {
        let run = Scenario { seed, ..as_scenario(scenario, &start, &way, step) };
        let until = run.inputs.last().map_or(Time::ZERO, |last| last.at);
        let goal = Goal::new(Some(broken.property), until);
        first_break(library, &run, &goal, &mut Effort::default()).ok().flatten()
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
    let mut asks: BTreeMap<(u16, NodeId), u32> = BTreeMap::new();
    let mut asked = 0;
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
            Course::Ask(node, op) => {
                let client = asked % base.clients.max(1);
                asked += 1;
                run.add(at, Input::Invoke { client, node, op, argument: 0 });
                let nth = asks.entry((client, node)).or_default();
                run.add(at, Input::Message { from: NodeId(base.nodes + client), to: node, nth: *nth, fate: Fate::Deliver });
                *nth += 1;
            }
        }
        send(&after.sent, &mut waiting);
    }
    run
}
