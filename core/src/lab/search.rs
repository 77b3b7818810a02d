//! What trying every order of events shows: that something cannot be had at all, or that no setting
//! prevents it. A bounded claim, decided by looking everywhere within the bounds.
//!
//! Any message may arrive next or never, any timer may run out next: times play no part. So what no
//! order of events does, no run does either that stays within the bounds and has none of what an
//! exploration leaves out: crashes while a disk writes, messages that come twice, clocks that move,
//! other arguments, and long choices ([`NOT_TRIED`](crate::search::NOT_TRIED)).

use super::challenge::Challenge;
use super::{Lab, Settings};
use crate::judge::history::Outcome;
use crate::judge::{self, Promise};
use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::search::{Answer, Bounds, Broken, Course, Explorer, Goal, Moment, Sought, System, World};
use crate::sim::{NodeId, Time};
use serde::{Deserialize, Serialize};

/// A claim about every order of events.
#[derive(Clone, Debug)]
pub struct Search {
    /// The claim in words.
    pub say: String,
    /// How many nodes there are, if not as many as in the challenge.
    pub nodes: Option<u16>,
    /// With each of these settings it is tried.
    pub settings: Vec<Settings>,
    /// Whether the nodes are cut in two from the beginning, in every way.
    pub cut: bool,
    /// What clients ask, by the codes of the operations, each when the one before is done: with a cut,
    /// first on one side and then on the other.
    pub ask: Vec<u8>,
    /// How many timers run out at most.
    pub timers: u16,
    /// How many crashes there are at most.
    pub crashes: u16,
    /// What is looked for.
    pub seek: Seek,
    /// Whether that is found, with each of the settings.
    pub found: bool,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// A promise of the model is broken.
    Broken(&'static str),
    /// Everything that was asked is done, and the clients' promise is kept.
    Done(Promise),
}

/// One world of a search: some settings, and one way to cut it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which of the settings.
    pub settings: usize,
    scenario: Scenario,
    /// The nodes of one side, a bit for each; none if nothing is cut.
    side: u16,
    /// Whom each question goes to.
    asked: Vec<NodeId>,
}

/// What came of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// How many different states were visited.
    pub states: u64,
    /// The steps, in words, to what was looked for.
    pub way: Option<Vec<String>>,
    /// In how many states everything that was asked is done, and the clients' promise is broken.
    pub contradicted: u64,
}

/// More states than this are no lab but research.
const MOST_STATES: u64 = 1_000_000;
/// How many steps a judge may think about so few answers.
const MOST_THOUGHT: u64 = 10_000;

impl Search {
    /// Every world in which it is tried.
    #[must_use]
    pub fn cases(&self, challenge: &Challenge, lab: &Lab) -> Vec<Case> {
        let start = challenge.start(lab);
        let nodes = self.nodes.unwrap_or(start.nodes);
        let sides = if self.cut { 1..(1u16 << nodes) - 1 } else { 0..1 };
        let mut cases = Vec::new();
        for side in sides {
            let inside = |node: &u16| side >> node & 1 == 1;
            let first: Vec<u16> = (0..nodes).filter(|node| if self.cut { inside(node) } else { *node == 0 }).collect();
            let second: Vec<u16> = (0..nodes).filter(|node| if self.cut { !inside(node) } else { *node == nodes.min(2) - 1 }).collect();
            for (one, other) in first.iter().flat_map(|one| second.iter().map(move |other| (*one, *other))) {
                for (index, settings) in self.settings.iter().enumerate() {
                    let mut scenario = Scenario { nodes, inputs: Vec::new(), workload: None, ..start.clone() };
                    scenario.settings.extend(settings.clone());
                    let whom = |question: usize| NodeId(if question.is_multiple_of(2) { one } else { other });
                    let asked = (0..self.ask.len()).map(whom).collect();
                    cases.push(Case { settings: index, scenario, side, asked });
                }
            }
        }
        cases
    }

    /// Tries every order of events in one of its worlds.
    ///
    /// # Errors
    /// If the world cannot be explored, or not to its end.
    pub fn attempt(&self, challenge: &Challenge, lab: &Lab, library: &Library, case: &Case) -> Result<Tried, Fault> {
        let sought = match self.seek {
            Seek::Broken(promise) => Sought::Invariant(promise),
            Seek::Done(promise) => Sought::Clients(promise),
        };
        let bounds = Bounds { depth: 1_000, states: MOST_STATES, timers: self.timers, crashes: self.crashes, asks: self.ask.len() as u16 };
        let world = World::new(library, &case.scenario, &Goal::new(sought, Time::ZERO), bounds)?;
        let subject = &challenge.world(lab).subject;
        let judge = |promise, moment: &Moment, world: &World| {
            judge::judge(&world.history(moment), subject.object, promise, &subject.initial, MOST_THOUGHT).ok().and_then(|it| it.kept)
        };
        let system = Divided { world, case, ask: &self.ask, seek: self.seek, judge: &judge, contradicted: 0 };
        let mut explorer = Explorer::new(system, bounds.depth);
        let answer = explorer.go_on(MOST_STATES);
        let found = match answer {
            Answer::Broken(number, _) => Some(number),
            Answer::Covered if explorer.complete() => None,
            Answer::Covered | Answer::More => {
                let why = format!("there are more than {MOST_STATES} states within these bounds");
                return Err(Fault { place: "search".into(), why });
            }
        };
        let states = explorer.visited().unique;
        let way = found.and_then(|number| explorer.way(number)).map(|(_, steps)| steps);
        let world = &explorer.system().world;
        let way = way.map(|steps| steps.iter().map(|(course, _)| world.describe(course)).collect());
        Ok(Tried { states, way, contradicted: explorer.system().contradicted })
    }
}

/// A world of which some nodes cannot reach the others, and in which only this is asked.
struct Divided<'a> {
    world: World,
    case: &'a Case,
    ask: &'a [u8],
    seek: Seek,
    judge: &'a dyn Fn(Promise, &Moment, &World) -> Option<bool>,
    contradicted: u64,
}

impl Divided<'_> {
    fn crosses(&self, from: NodeId, to: NodeId) -> bool {
        (self.case.side >> from.0 ^ self.case.side >> to.0) & 1 == 1
    }

    /// What came of the requests so far.
    fn outcomes(&self, state: &Moment) -> Vec<Option<Outcome>> {
        if matches!(self.seek, Seek::Broken(_)) {
            return Vec::new();
        }
        self.world.history(state).ops.iter().map(|op| op.ret.map(|_| op.outcome)).collect()
    }
}

impl System for Divided<'_> {
    type State = Moment;
    type Action = Course;

    fn starts(&mut self, out: &mut Vec<Moment>) {
        self.world.starts(out);
    }

    fn steps(&mut self, state: &Moment, out: &mut Vec<(Course, Moment)>) {
        let outcomes = self.outcomes(state);
        // After the last answer, or a refusal, nothing that happens can change what clients saw.
        let over = outcomes.len() == self.ask.len() && outcomes.last().is_some_and(Option::is_some);
        if over || outcomes.contains(&Some(Outcome::Fail)) {
            return;
        }
        self.world.steps(state, out);
        let next = outcomes.len();
        // A question that is asked before the one before it is done may rightly hear of it or not.
        let ready = outcomes.last().is_none_or(|last| *last == Some(Outcome::Ok));
        out.retain(|(course, _)| match *course {
            Course::Deliver(flight) => !self.crosses(flight.from, flight.to),
            Course::Ask(client, node, op) => {
                ready && (next > 0 || client == 0) && self.case.asked.get(next) == Some(&node) && self.ask.get(next) == Some(&op)
            }
            Course::Fire(..) | Course::Crash(_) | Course::Restart(_) => true,
        });
    }

    fn fingerprint(&self, state: &Moment) -> u64 {
        self.world.fingerprint(state)
    }

    fn broken(&mut self, state: &Moment) -> Option<Broken> {
        let promise = match self.seek {
            Seek::Broken(_) => return self.world.broken(state),
            Seek::Done(promise) => promise,
        };
        let outcomes = self.outcomes(state);
        if outcomes.len() < self.ask.len() || outcomes.iter().any(|outcome| *outcome != Some(Outcome::Ok)) {
            return None;
        }
        match (self.judge)(promise, state, &self.world) {
            Some(false) => {
                self.contradicted += 1;
                None
            }
            // Whoever does not know has not shown that it cannot be.
            Some(true) | None => Some(Broken { property: promise.name(), why: String::new() }),
        }
    }
}
