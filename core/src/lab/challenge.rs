//! Puzzles, and who decides them: the same code on the page, in the command, and in the tests.

use super::predicate::{MOST_STEPS, Moment, Observer, Predicate, Reason};
use super::script::{Performed, Script, kind_of};
use super::search::Search;
use super::tour::{Answer, Guess, Truth};
use super::{Lab, Settings, World};
use crate::link::Link;
use crate::models::Library;
use crate::scenario::{Fault, Input, Scenario, Timed};
use crate::sim::{Came, Chance, Network, Sim, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A puzzle.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its name in links and progress.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The goal in words.
    pub say: String,
    /// How long the run is, if not as long as the world's.
    pub length: Option<Time>,
    /// Settings with which it begins.
    pub settings: Settings,
    /// What the learner may choose before the run: settings, and network. Where the network
    /// may be changed during the run, one of [`NETWORK_PARTS`] says that only that part of it may.
    pub knobs: Vec<String>,
    /// Hints; each costs a star.
    pub hints: Vec<String>,
    /// What stands on the stage when it is solved.
    pub won: String,
    /// What is to be done.
    pub task: Task,
    /// Its own world, if not that of the lab.
    pub world: Option<World>,
    /// What trying every order of events shows.
    pub searches: Vec<Search>,
    /// The same challenge with each other number of nodes, if that may be chosen.
    pub sizes: Vec<Challenge>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Reach a state.
    Break {
        /// Solved at the first moment at which this holds,
        goal: Predicate,
        /// if this has not held by then.
        never: Option<Predicate>,
        /// What may be done.
        allow: Vec<String>,
        /// How often.
        at_most: BTreeMap<String, u32>,
        /// With how many actions there is a second star, if not with those of the solution.
        par: Option<u32>,
        /// A way to the goal.
        solution: Script,
        /// Settings with which that is no way; none if a search shows that nothing helps.
        fix: Option<Settings>,
    },
    /// Survive attacks.
    Defend {
        /// What must hold at the end of each.
        goal: Predicate,
        /// What must be survived.
        attacks: Vec<Attack>,
        /// What share of it.
        survive: Chance,
        /// Settings that do.
        defence: Settings,
        /// Plausible settings that do not.
        mistakes: Vec<Settings>,
    },
    /// Foresee something.
    Predict {
        /// What is done in the run.
        script: Script,
        /// What can be answered.
        answer: Answer,
        /// It is decided at the first moment at which this holds.
        when: Predicate,
        /// What is right.
        right: String,
        /// Settings with which that is wrong.
        fix: Settings,
    },
}

/// Runs that a defence must survive.
#[derive(Clone, Debug)]
pub struct Attack {
    /// What is done in each.
    pub script: Script,
    /// How many seeds are tried.
    pub seeds: u64,
    /// What is done once at every moment at which something happens, in a run for each.
    pub everywhere: Script,
}

/// A run of an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assault {
    /// The run.
    pub scenario: Scenario,
    /// Which line of the script could not be done in it, from 1, and why: then it is not the whole attack.
    pub stuck: Option<(usize, String)>,
}

/// What came of all attacks.
#[derive(Default)]
struct Assaults {
    total: u64,
    survived: u64,
    /// How many could not be carried out, and why the first of them could not.
    stuck: u64,
    stuck_because: Option<(usize, String)>,
    /// Of how many nobody knows.
    unknown: u64,
    /// The first that was not survived, and why not.
    lost: Option<(Scenario, Vec<Reason>)>,
}

impl Assaults {
    /// The verdict, if this share must be survived.
    fn verdict(self, survive: Chance, verdict: Verdict) -> Verdict {
        let enough = |count: u64| count * 1_000_000 >= self.total * u64::from(survive.parts());
        let solved = match (enough(self.survived), enough(self.survived + self.stuck + self.unknown)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        };
        let mut said = format!("survived {} of {} attacks", self.survived, self.total);
        if let Some((line, why)) = &self.stuck_because {
            said += &format!("; {} could not be carried out: line {line}: {why}", self.stuck);
        }
        if self.unknown > 0 {
            said += &format!("; of {} nobody knows: the run is too long, or the judge of histories gave up", self.unknown);
        }
        let (run, why) = self.lost.unwrap_or((verdict.run.clone(), Vec::new()));
        Verdict { solved, said, why, run, ..verdict }
    }
}

/// How a challenge was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it is solved; nothing if nobody knows.
    pub solved: Option<bool>,
    /// The verdict in a sentence that says exactly what was checked.
    pub said: String,
    /// Why, line by line.
    pub why: Vec<Reason>,
    /// When the goal was reached.
    pub at: Option<Moment>,
    /// How many actions the learner took.
    pub actions: u32,
    /// Whether the seed is not that of the lab.
    pub fresh_seed: bool,
    /// Whether nothing that happens later in the run can change it.
    pub over: bool,
    /// A run to look at: the one that was decided, or the attack that was not survived.
    pub run: Scenario,
}

/// More attacks than this are no lab but a search.
const MOST_ATTACKS: usize = 3_000;

/// The parts of the network that can be turned alone: their names among the knobs of a challenge.
pub const NETWORK_PARTS: [&str; 5] = ["network latency", "network loss", "network duplicate", "network reorder", "network ordered"];

/// Whether two networks are alike in each of [`NETWORK_PARTS`], and in everything else.
fn alike(one: &Network, other: &Network) -> ([bool; NETWORK_PARTS.len()], bool) {
    let Network { latency, loss, duplicate, reorder, ordered, bandwidth } = one;
    let parts = [
        *latency == other.latency,
        *loss == other.loss,
        *duplicate == other.duplicate,
        *reorder == other.reorder,
        *ordered == other.ordered,
    ];
    (parts, *bandwidth == other.bandwidth)
}

/// How many things were done. Links that were cut at one moment are one: a line across the stage cuts several.
fn hands(actions: &[Timed]) -> u32 {
    let of_a_line = |timed: &&Timed| matches!(timed.input, Input::Cut { .. });
    let lines: BTreeSet<Time> = actions.iter().filter(of_a_line).map(|timed| timed.at).collect();
    (actions.len() - actions.iter().filter(of_a_line).count() + lines.len()) as u32
}

/// What a learner has done to a run, and what of it was not allowed.
struct Played {
    actions: Vec<Timed>,
    offences: Vec<String>,
}

/// A challenge to break, as it is being played.
#[derive(Debug)]
pub struct Attempt {
    goal: usize,
    never: Option<usize>,
    end: Time,
    /// What is known before anything has happened.
    verdict: Verdict,
}

impl Attempt {
    /// The verdict, once nothing that happens later can change it.
    #[must_use]
    pub fn settled(&self, observer: &Observer, now: Time) -> Option<Verdict> {
        let happened = |number: usize| observer.first(number).is_some();
        let settled = self.verdict.over || now >= self.end || happened(self.goal) || self.never.is_some_and(happened);
        settled.then(|| self.verdict(observer))
    }

    /// The verdict on the run as far as the observer has come.
    #[must_use]
    pub fn verdict(&self, observer: &Observer) -> Verdict {
        let verdict = self.verdict.clone();
        if verdict.over {
            return verdict;
        }
        let found = observer.found(self.goal);
        let never = self.never.map(|never| observer.found(never));
        let first = |moment: &Moment| found.first.is_none_or(|goal| moment.steps <= goal.steps);
        let doubted = never.as_ref().and_then(|never| never.doubted).is_some_and(|moment| first(&moment));
        if let Some(broken) = never.filter(|never| never.first.as_ref().is_some_and(first)) {
            return Verdict { said: "what must never happen has happened".into(), why: broken.why, over: true, ..verdict };
        }
        let (solved, said) = match found.first {
            Some(moment) if doubted => {
                let said = "reached, but the judge of histories does not know whether what must never happen has happened";
                (None, format!("{said} before {}", moment.time))
            }
            Some(moment) => (Some(true), format!("reached at {} with {} actions", moment.time, verdict.actions)),
            None if observer.cut_short() => (None, format!("not reached within {} events; nobody looked further", observer.sim().steps())),
            None if found.doubted.is_some() => {
                (None, "not reached, as far as the judge of histories knows; it gave up at least once".into())
            }
            None => (Some(false), format!("not reached within {}", self.end)),
        };
        Verdict { solved, said, why: found.why, at: found.first, over: found.first.is_some(), ..verdict }
    }
}

impl Challenge {
    /// What kind of task it is: break, defend or predict.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.task {
            Task::Break { .. } => "break",
            Task::Defend { .. } => "defend",
            Task::Predict { .. } => "predict",
        }
    }

    /// What is on the stage: the lab's world, or one of its own.
    #[must_use]
    pub fn world<'a>(&'a self, lab: &'a Lab) -> &'a World {
        self.world.as_ref().unwrap_or(&lab.world)
    }

    /// The run as the learner finds it.
    #[must_use]
    pub fn start(&self, lab: &Lab) -> Scenario {
        self.world(lab).with(&self.settings)
    }

    /// The same challenge with so many nodes, if that may be chosen; otherwise as it is.
    #[must_use]
    pub fn sized(&self, nodes: u16) -> &Self {
        let has = |size: &&Self| size.world.as_ref().is_some_and(|world| world.scenario.nodes == nodes);
        self.sizes.iter().find(has).unwrap_or(self)
    }

    /// The moment at which it is decided at the latest.
    #[must_use]
    pub fn end(&self, lab: &Lab) -> Time {
        self.length.unwrap_or(self.world(lab).length)
    }

    /// With how many actions there is a second star.
    ///
    /// # Errors
    /// If the lab's scenario cannot be run.
    pub fn par(&self, lab: &Lab, library: &Library) -> Result<u32, Fault> {
        Ok(match &self.task {
            Task::Break { par: Some(par), .. } => *par,
            Task::Break { solution, .. } => {
                let start = self.start(lab);
                let done = solution.perform(library, &start, &self.world(lab).subject, Time::ZERO, self.end(lab))?;
                let mut actions = done.scenario.inputs;
                for timed in &start.inputs {
                    if let Some(place) = actions.iter().position(|other| other == timed) {
                        actions.remove(place);
                    }
                }
                hands(&actions)
            }
            _ => 0,
        })
    }

    /// The last hint: the run with the first half of the solution.
    ///
    /// # Errors
    /// If the lab's scenario cannot be run.
    pub fn ghost(&self, lab: &Lab, library: &Library) -> Result<Option<Scenario>, Fault> {
        let Task::Break { solution, .. } = &self.task else { return Ok(None) };
        let done = solution.first_half().perform(library, &self.start(lab), &self.world(lab).subject, Time::ZERO, self.end(lab))?;
        Ok(Some(done.scenario))
    }

    /// Decides a run that somebody has played, or a guess that somebody has made.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn decide(&self, lab: &Lab, library: &Library, played: &Scenario, guess: Option<&Guess>) -> Result<Verdict, Fault> {
        played.check(library)?;
        let this = self.sized(played.nodes);
        let verdict = this.begun(lab, library, played);
        if !verdict.said.is_empty() {
            return Ok(verdict);
        }
        match &this.task {
            Task::Break { .. } => {
                let end = this.end(lab);
                let mut observer = Observer::new(library, played.clone(), &this.world(lab).subject, end)?;
                let Some(attempt) = this.watch(lab, library, &mut observer) else { return Ok(verdict) };
                observer.run(end, &[attempt.goal]);
                Ok(attempt.verdict(&observer))
            }
            Task::Defend { survive, .. } => Ok(this.assaults(lab, library, played)?.verdict(*survive, verdict)),
            Task::Predict { answer, .. } => {
                let Some(guess) = guess else { return Ok(Verdict { said: "nothing was foreseen: say the answer".into(), ..verdict }) };
                let (run, truth) = this.foreseen(lab, library, played)?;
                let solved = answer.is_right(guess, &truth);
                let why = if let Truth::Options(_, why) = &truth { why.clone() } else { Vec::new() };
                let said = match (&truth, answer) {
                    (Truth::Open, _) => "the run never comes to the question, or no judge knows the answer".into(),
                    (Truth::Number(value), _) => format!("it is {value}"),
                    (Truth::Options(right, _), Answer::Options(options)) => {
                        let says: Vec<_> = right.iter().filter_map(|index| options.get(*index)).map(|(say, _)| say.as_str()).collect();
                        format!("right is: {}", says.join("; "))
                    }
                    _ => String::new(),
                };
                Ok(Verdict { solved, said, why, run, ..verdict })
            }
        }
    }

    /// The verdict before anything was looked at: that is all there is to say if it is not the challenge.
    fn begun(&self, lab: &Lab, library: &Library, played: &Scenario) -> Verdict {
        let Played { actions, offences } = self.played(lab, library, played);
        let said = if offences.is_empty() { String::new() } else { format!("this is not the challenge: {}", offences.join("; ")) };
        Verdict {
            solved: Some(false),
            said,
            why: Vec::new(),
            at: None,
            actions: hands(&actions),
            fresh_seed: played.seed != self.world(lab).scenario.seed,
            over: !offences.is_empty() || !matches!(self.task, Task::Break { .. }),
            run: played.clone(),
        }
    }

    /// Lets an observer at the beginning of a run look whether the goal is reached. Nothing if this is
    /// no challenge to break.
    #[must_use]
    pub fn watch(&self, lab: &Lab, library: &Library, observer: &mut Observer) -> Option<Attempt> {
        let played = observer.sim().scenario().clone();
        let this = self.sized(played.nodes);
        let Task::Break { goal, never, .. } = &this.task else { return None };
        let verdict = this.begun(lab, library, &played);
        let goal = observer.watch(goal, 0);
        let never = never.as_ref().map(|never| observer.watch(never, 0));
        Some(Attempt { goal, never, end: this.end(lab), verdict })
    }

    /// Every run that these settings must survive.
    ///
    /// # Errors
    /// If the scenario cannot be run, or if there are too many.
    pub fn attacks(&self, lab: &Lab, library: &Library, played: &Scenario) -> Result<Vec<Assault>, Fault> {
        let Task::Defend { attacks, .. } = &self.task else { return Ok(Vec::new()) };
        let (end, subject) = (self.end(lab), &self.world(lab).subject);
        let mut runs = Vec::new();
        for attack in attacks {
            for number in 0..attack.seeds {
                let scenario = Scenario { seed: played.seed.wrapping_add(number), ..played.clone() };
                let done = attack.script.perform(library, &scenario, subject, Time::ZERO, end)?;
                // What would be done after the end changes nothing.
                let stuck = |done: &Performed| done.stuck.clone().filter(|_| !done.late);
                let (run, not_done) = (done.scenario.clone(), stuck(&done));
                if attack.everywhere.is_empty() {
                    runs.push(Assault { scenario: run, stuck: not_done });
                    continue;
                }
                let mut sim = Sim::new(library, run)?;
                let cut_short = match sim.run_within(end, MOST_STEPS) {
                    Came::There => None,
                    Came::CutShort => Some(format!("the run has more than {MOST_STEPS} events, so not all of its moments are known")),
                    Came::StandsStill => Some(format!("time stands still in the run at {}, so no later moment comes", sim.now())),
                };
                if let Some(why) = cut_short {
                    return Err(Fault { place: "attack".into(), why });
                }
                let mut moments: Vec<Time> = (0..sim.rows()).filter_map(|row| Some(sim.trace().row(row)?.time + Span(1))).collect();
                moments.dedup();
                for moment in moments.into_iter().filter(|moment| *moment < end) {
                    let done = attack.everywhere.go_on(library, done.clone(), subject, moment, end)?;
                    let not_done = not_done.clone().or_else(|| stuck(&done));
                    runs.push(Assault { scenario: done.scenario, stuck: not_done });
                    if runs.len() > MOST_ATTACKS {
                        let why = format!("these are more than {MOST_ATTACKS} attacks");
                        return Err(Fault { place: "attack".into(), why });
                    }
                }
            }
        }
        Ok(runs)
    }

    /// What comes of every attack.
    fn assaults(&self, lab: &Lab, library: &Library, played: &Scenario) -> Result<Assaults, Fault> {
        let mut all = Assaults::default();
        for Assault { scenario, stuck } in self.attacks(lab, library, played)? {
            let (held, why) = self.survives(lab, library, &scenario)?;
            all.total += 1;
            match (held, stuck) {
                (Some(false), _) => {
                    all.lost.get_or_insert((scenario, why));
                }
                (_, Some(stuck)) => {
                    all.stuck += 1;
                    all.stuck_because.get_or_insert(stuck);
                }
                (Some(true), None) => all.survived += 1,
                (None, None) => all.unknown += 1,
            }
        }
        Ok(all)
    }

    /// Whether one attack is survived; if not, why not. Nothing if nobody knows.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn survives(&self, lab: &Lab, library: &Library, attack: &Scenario) -> Result<(Option<bool>, Vec<Reason>), Fault> {
        let Task::Defend { goal, .. } = &self.task else { return Ok((Some(true), Vec::new())) };
        let end = self.end(lab);
        let mut observer = Observer::new(library, attack.clone(), &self.world(lab).subject, end)?;
        let momentary = goal.is_of_the_moment();
        let goal = observer.watch(goal, 0);
        if momentary {
            observer.leap(end);
        } else {
            observer.run(end, &[]);
        }
        let held = observer.holds(goal).filter(|_| !observer.cut_short());
        Ok((held, if held == Some(true) { Vec::new() } else { observer.reasons(goal) }))
    }

    /// The run in which a prediction is decided, and what is right there.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn foreseen(&self, lab: &Lab, library: &Library, played: &Scenario) -> Result<(Scenario, Truth), Fault> {
        let Task::Predict { script, answer, when, .. } = &self.task else { return Ok((played.clone(), Truth::Open)) };
        let end = self.end(lab);
        let run = script.perform(library, played, &self.world(lab).subject, Time::ZERO, end)?.scenario;
        let truth = answer.truth(&self.world(lab).subject, library, &run, when, end, end)?;
        Ok((run, truth))
    }

    /// The run with as few of the learner's actions as will do: not one can be taken away.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn minimal(&self, lab: &Lab, library: &Library, played: &Scenario) -> Result<Scenario, Fault> {
        let mut best = played.clone();
        let mut again = true;
        while again {
            again = false;
            for action in self.sized(played.nodes).played(lab, library, &best).actions.into_iter().rev() {
                let mut less = best.clone();
                let Some(place) = less.inputs.iter().rposition(|timed| *timed == action) else { continue };
                less.inputs.remove(place);
                if self.decide(lab, library, &less, None)?.solved == Some(true) {
                    best = less;
                    again = true;
                }
            }
        }
        Ok(best)
    }

    /// What of a run is the learner's, and what of that is against the rules.
    fn played(&self, lab: &Lab, library: &Library, played: &Scenario) -> Played {
        let start = self.start(lab);
        let mut offences = Vec::new();
        let mut offend = |why: String| offences.push(why);
        for (what, same) in [
            ("model", played.model == start.model),
            ("number of nodes", played.nodes == start.nodes),
            ("number of clients", played.clients == start.clients),
            ("clients' patience", played.patience == start.patience),
            ("network", played.network == start.network || self.may("network")),
            ("disk", played.disk == start.disk),
            ("load", played.workload == start.workload),
        ] {
            if !same {
                offend(format!("the {what} is another"));
            }
        }
        if let Some(about) = library.find(&start.model).map(|model| model.about()) {
            for spec in about.params {
                let value = |scenario: &Scenario| scenario.settings.get(spec.key).copied().unwrap_or_else(|| spec.kind.default());
                if value(played) != value(&start) && !self.may(spec.key) {
                    offend(format!("the setting {} is another", spec.key));
                }
            }
        }
        let mut actions = played.inputs.clone();
        for timed in &start.inputs {
            match actions.iter().position(|other| other == timed) {
                Some(index) => {
                    actions.remove(index);
                }
                None => offend(format!("what happens by itself at {} is missing", timed.at)),
            }
        }
        let (allow, at_most) = match &self.task {
            Task::Break { allow, at_most, .. } => (allow.as_slice(), Some(at_most)),
            _ => (&[][..], None),
        };
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for Timed { at, input } in &actions {
            let kind = kind_of(input);
            *counts.entry(kind).or_default() += 1;
            if !allow.iter().any(|allowed| allowed == kind) {
                offend(format!("“{kind}” at {at} is not allowed"));
            } else if let Input::Set { key, .. } = input
                && !self.may(key)
            {
                offend(format!("the setting {key} must stay as it is"));
            } else if let Input::Network(network) = input
                && self.network_parts().next().is_some()
            {
                let before = played.inputs.iter().take_while(|other| (other.at, &other.input) != (*at, input));
                let last = before.filter_map(|other| if let Input::Network(network) = &other.input { Some(network) } else { None }).last();
                let (parts, rest) = alike(network, last.unwrap_or(&played.network));
                for (part, _) in NETWORK_PARTS.iter().zip(parts).filter(|(part, alike)| !alike && !self.may(part)) {
                    offend(format!("the {part} must stay as it is"));
                }
                if !rest {
                    offend("the network's bandwidth must stay as it is".into());
                }
            }
        }
        for (kind, most) in at_most.into_iter().flatten() {
            let count = counts.get(kind.as_str()).copied().unwrap_or(0);
            if count > *most {
                offend(format!("“{kind}” was done {count} times; {most} are allowed"));
            }
        }
        Played { actions, offences }
    }

    /// Whether that may be done now, in a run in which the learner has done what is in it.
    ///
    /// # Errors
    /// If not: what is not allowed, as [`kind_of`] calls it, and how often it is at most.
    pub fn allows(&self, lab: &Lab, played: &Scenario, inputs: &[Input]) -> Result<(), (&'static str, u32)> {
        let Task::Break { allow, at_most, .. } = &self.task else { return Ok(()) };
        let given = &self.start(lab).inputs;
        let mine = played.inputs.iter().filter(|timed| !given.contains(timed)).map(|timed| &timed.input);
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        mine.for_each(|input| *counts.entry(kind_of(input)).or_default() += 1);
        for kind in inputs.iter().map(kind_of) {
            let count = counts.entry(kind).or_default();
            *count += 1;
            let most = if allow.iter().any(|allowed| allowed == kind) { at_most.get(kind).copied() } else { Some(0) };
            if let Some(most) = most.filter(|most| *count > *most) {
                return Err((kind, most));
            }
        }
        Ok(())
    }

    /// The parts of the network that may be changed during the run; none if all of it may, or nothing.
    pub fn network_parts(&self) -> impl Iterator<Item = &str> {
        self.knobs.iter().map(String::as_str).filter(|knob| NETWORK_PARTS.contains(knob))
    }

    fn may(&self, knob: &str) -> bool {
        self.knobs.iter().any(|other| other == knob)
    }

    /// The three checks that every challenge must pass: its solution works, doing nothing does not, and
    /// the fix is one.
    pub(super) fn check(&self, lab: &Lab, library: &Library) -> Result<(), (&'static str, String)> {
        let failed = |field: &'static str| move |fault: Fault| (field, fault.to_string());
        let start = self.start(lab);
        let (end, subject) = (self.end(lab), &self.world(lab).subject);
        let says = |verdict: &Verdict| {
            let why: Vec<_> = verdict.why.iter().map(|reason| format!("\n    {reason}")).collect();
            format!("{}{}", verdict.said, why.concat())
        };
        match &self.task {
            Task::Break { solution, fix, .. } => {
                let done = solution.perform(library, &start, subject, Time::ZERO, end).map_err(failed("solution"))?;
                if let Some((line, why)) = done.stuck {
                    return Err(("solution", format!("line {line}: {why}")));
                }
                let verdict = self.decide(lab, library, &done.scenario, None).map_err(failed("solution"))?;
                if verdict.solved != Some(true) {
                    return Err(("solution", format!("it does not solve the challenge: {}", says(&verdict))));
                }
                let nothing = self.decide(lab, library, &start, None).map_err(failed("goal"))?;
                if nothing.solved != Some(false) {
                    return Err(("goal", format!("doing nothing solves it too: {}", says(&nothing))));
                }
                let Some(fix) = fix else { return self.check_searches(lab, library) };
                let fixed = Self { settings: merged(&self.settings, fix), ..self.clone() };
                let start = fixed.start(lab);
                let done = solution.perform(library, &start, subject, Time::ZERO, end).map_err(failed("fix"))?;
                let verdict = fixed.decide(lab, library, &done.scenario, None).map_err(failed("fix"))?;
                if verdict.solved != Some(false) {
                    return Err(("fix", format!("with it the solution still works: {}", says(&verdict))));
                }
            }
            Task::Defend { defence, mistakes, survive, .. } => {
                let with = |settings: &Settings| {
                    let mut scenario = start.clone();
                    scenario.settings.extend(settings.clone());
                    scenario
                };
                let decided = |settings: &Settings| self.decide(lab, library, &with(settings), None);
                let defended = with(defence);
                let assaults = self.assaults(lab, library, &defended).map_err(failed("attack"))?;
                if let Some((line, why)) = &assaults.stuck_because {
                    return Err(("attack", format!("line {line} of an attack: {why}")));
                }
                let verdict = assaults.verdict(*survive, self.begun(lab, library, &defended));
                if verdict.solved != Some(true) {
                    return Err(("defence", format!("it is not enough: {}", says(&verdict))));
                }
                let nothing = decided(&Settings::new()).map_err(failed("attack"))?;
                if nothing.solved != Some(false) {
                    return Err(("attack", format!("doing nothing is enough: {}", says(&nothing))));
                }
                for mistake in mistakes {
                    let verdict = decided(mistake).map_err(failed("mistakes"))?;
                    if verdict.solved != Some(false) {
                        return Err(("mistakes", format!("{} is no mistake: {}", self.world(lab).show(library, mistake), says(&verdict))));
                    }
                }
            }
            Task::Predict { answer, right, fix, .. } => {
                let Some(guess) = answer.guess(right) else {
                    return Err(("answer", format!("“{right}” is no answer to the question")));
                };
                let decided = |scenario: &Scenario, guess: &Guess| {
                    self.foreseen(lab, library, scenario).map(|(_, truth)| (answer.is_right(guess, &truth), truth))
                };
                let (is_right, truth) = decided(&start, &guess).map_err(failed("answer"))?;
                if is_right != Some(true) {
                    return Err(("answer", answer.correction(&truth)));
                }
                if let Truth::Options(rights, _) = &truth
                    && rights.len() != 1
                {
                    return Err(("option", format!("{} options are right; exactly one should be", rights.len())));
                }
                let mut fixed = start.clone();
                fixed.settings.extend(fix.clone());
                let (is_right, _) = decided(&fixed, &guess).map_err(failed("fix"))?;
                if is_right != Some(false) {
                    return Err(("fix", "with it the answer is still right, or the run never comes to the question".into()));
                }
            }
        }
        self.check_searches(lab, library)
    }

    /// Whether trying every order of events shows what the lab says.
    fn check_searches(&self, lab: &Lab, library: &Library) -> Result<(), (&'static str, String)> {
        for search in &self.searches {
            for case in search.cases(self, lab) {
                let tried = search.attempt(self, lab, library, &case).map_err(|fault| ("search", fault.to_string()))?;
                if tried.way.is_some() != search.found {
                    let with = self.world(lab).show(library, &search.settings[case.settings]);
                    let way = tried.way.map_or_else(|| format!("not found in {} states", tried.states), |way| way.join("; "));
                    return Err(("search", format!("with {with}: {way}")));
                }
            }
        }
        Ok(())
    }

    /// The run that solves it, as far as there is one.
    pub(super) fn solved(&self, lab: &Lab, library: &Library) -> Result<Scenario, Fault> {
        let mut start = self.start(lab);
        let (end, subject) = (self.end(lab), &self.world(lab).subject);
        Ok(match &self.task {
            Task::Break { solution, .. } => solution.perform(library, &start, subject, Time::ZERO, end)?.scenario,
            Task::Predict { script, .. } => script.perform(library, &start, subject, Time::ZERO, end)?.scenario,
            Task::Defend { defence, .. } => {
                start.settings.extend(defence.clone());
                start
            }
        })
    }
}

fn merged(first: &Settings, second: &Settings) -> Settings {
    let mut all = first.clone();
    all.extend(second.clone());
    all
}

impl Verdict {
    /// A link to the run, at the moment that decided it.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn link(&self, library: &Library, end: Time) -> Result<Link, Fault> {
        let moment = self.at.map_or(end, |moment| moment.time);
        super::sealed(library, self.run.clone(), moment)
    }
}
