//! Searches as jobs: for a run that breaks a promise, for what each fault changed, and for the moment
//! from which on a run could only end badly. A run travels as its link.

use super::job::{Report, Steps};
use faultline::link::Link;
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::search::{self, Bounds, Chaos, Exploration, Explored, Goal, Plan, Sought, Violation, shrink};
use faultline::sim::Time;
use serde::{Deserialize, Serialize};

/// A run and what is to be broken in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// The scenario, as a link.
    pub(crate) link: String,
    /// The promise; nothing for any that the model makes of itself.
    pub(crate) promise: Option<String>,
    /// Until when it is looked at.
    pub(crate) until: Time,
}

/// How to look for a run that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Hunt {
    /// So many runs with faults made up at random.
    Chaos(u64),
    /// Every way within bounds: steps, states, timers, crashes, requests.
    Everything { depth: u32, states: u64, timers: u16, crashes: u16, asks: u16 },
}

/// How far a search is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effort {
    /// How many runs were tried.
    pub(crate) runs: u64,
    /// How many states were visited, and how many steps deep.
    pub(crate) states: u64,
    pub(crate) depth: u32,
    /// Whether something was found and is being made smaller: how many inputs it has by now.
    pub(crate) smaller: Option<usize>,
}

/// A run that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) promise: String,
    pub(crate) promised: String,
    pub(crate) why: String,
    /// How many things are done in it.
    pub(crate) inputs: usize,
    /// The run as a link, and the moment in which it breaks the promise. Nothing if only steps are
    /// known that no run takes.
    pub(crate) run: Option<(String, Time)>,
    /// Those steps.
    pub(crate) way: Vec<String>,
}

/// What was covered without finding anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Covered {
    /// So many runs.
    Runs(u64, Doubts),
    /// So many states, so many steps deep; whether these are all within the bounds, and all there are.
    States { states: u64, depth: u32, covered: bool, whole: bool, doubts: Doubts },
}

/// In how many cases the judge found no verdict.
pub(crate) type Doubts = u64;

/// What a run would be without one of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Without {
    /// Which one: its place among all.
    pub(crate) input: usize,
    /// When the two runs part; nothing if they do not.
    pub(crate) at: Option<Time>,
    /// What happened then: a row of the run.
    pub(crate) row: Option<u32>,
    /// What would have happened without it.
    pub(crate) instead: Option<String>,
    /// Whether the promise would be broken without it.
    pub(crate) broken: bool,
}

/// How often a moment's futures ended badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Odds {
    pub(crate) from: Time,
    pub(crate) bad: u32,
    pub(crate) runs: u32,
}

impl Odds {
    /// The share of bad ends, and where the true one lies with a confidence of 95 %: parts in a thousand.
    pub(crate) fn shares(&self) -> (u32, u32, u32) {
        let odds = search::Odds { from: self.from, bad: self.bad, runs: self.runs };
        let (low, high) = odds.interval();
        let of_thousand = |chance: faultline::sim::Chance| (chance.parts() + 500) / 1_000;
        (of_thousand(odds.share()), of_thousand(low), of_thousand(high))
    }
}

/// How much is done between two looks.
const RUNS_AT_ONCE: u64 = 4;
const STATES_AT_ONCE: u64 = 400;
/// How many runs the first attempt to make a run smaller may take, and all of them together.
const SHRINK_AT_ONCE: u64 = 60;
const SHRINK_AT_MOST: u64 = 20_000;

/// A goal in a scenario: both are checked.
fn goal(library: &Library, run: &Run) -> Result<(Scenario, Goal), String> {
    let scenario = Link::read(&run.link, library).map_err(|fault| fault.to_string())?.scenario;
    let sought = match &run.promise {
        None => Sought::Any,
        Some(name) => Sought::named(name, library, &scenario, run.until)?,
    };
    Ok((scenario, Goal::new(sought, run.until)))
}

/// Who looks.
enum Hunter {
    Chaos(Box<Chaos<'static>>, u64),
    Everything(Box<Exploration<'static>>),
    /// Something was found and is made smaller: in attempts that grow, for each begins anew.
    Shrinking(Box<Violation>, u64, u64),
    Done,
}

pub(super) fn hunt(library: &'static Library, run: &Run, hunt: &Hunt) -> Result<Steps, String> {
    let (scenario, goal) = goal(library, run)?;
    let mut hunter = match *hunt {
        Hunt::Chaos(runs) => {
            let plan = Plan::new(scenario.clone(), goal.clone(), scenario.seed);
            Hunter::Chaos(Box::new(Chaos::new(library, plan).map_err(|fault| fault.why)?), runs)
        }
        Hunt::Everything { depth, states, timers, crashes, asks } => {
            let bounds = Bounds { depth, states, timers, crashes, asks };
            Hunter::Everything(Box::new(Exploration::new(library, &scenario, &goal, bounds).map_err(|fault| fault.why)?))
        }
    };
    let mut tried = Effort::default();
    Ok(Steps::new(move || {
        let next = match &mut hunter {
            Hunter::Chaos(chaos, runs) => {
                let found = chaos.go_on(RUNS_AT_ONCE.min(*runs - tried.runs));
                tried.runs = chaos.effort().runs;
                match found {
                    Some(violation) => Hunter::Shrinking(Box::new(violation), 0, SHRINK_AT_ONCE),
                    None if tried.runs < *runs => return Some(Report::Effort(tried.clone())),
                    None => {
                        let covered = Covered::Runs(tried.runs, chaos.effort().undecided);
                        hunter = Hunter::Done;
                        return Some(Report::Covered(covered));
                    }
                }
            }
            Hunter::Everything(exploration) => {
                let explored = exploration.go_on(STATES_AT_ONCE);
                let visited = exploration.visited();
                (tried.states, tried.depth) = (visited.unique, visited.depth.saturating_sub(1));
                match explored {
                    None => return Some(Report::Effort(tried.clone())),
                    Some(Explored { found: Some(search::Found { run: Some(run), .. }), .. }) => {
                        Hunter::Shrinking(Box::new(run), 0, SHRINK_AT_ONCE)
                    }
                    Some(explored) => {
                        hunter = Hunter::Done;
                        return Some(nothing_to_play(explored));
                    }
                }
            }
            Hunter::Shrinking(best, spent, at_once) => {
                let mut stopped = false;
                let smaller = shrink(library, best, &goal, &mut |effort| {
                    stopped |= effort.runs >= *at_once;
                    !stopped
                });
                if !stopped || *spent > SHRINK_AT_MOST {
                    hunter = Hunter::Done;
                    return Some(Report::Found(found(&smaller)));
                }
                Hunter::Shrinking(Box::new(smaller), *spent + *at_once, *at_once * 2)
            }
            Hunter::Done => return None,
        };
        if let Hunter::Shrinking(best, ..) = &next {
            tried.smaller = Some(best.scenario.inputs.len());
        }
        hunter = next;
        Some(Report::Effort(tried.clone()))
    }))
}

fn found(violation: &Violation) -> Found {
    Found {
        promise: violation.promise.into(),
        promised: violation.promised.clone(),
        why: violation.why.clone(),
        inputs: violation.scenario.inputs.len(),
        run: Some((violation.link().write(), violation.seal.moment)),
        way: Vec::new(),
    }
}

/// An exploration that has come to an end without a run.
fn nothing_to_play(explored: Explored) -> Report {
    match explored.found {
        Some(search::Found { broken, way, .. }) => {
            let (promise, why) = (broken.property.to_owned(), broken.why);
            Report::Found(Found { promise, promised: String::new(), why, inputs: way.len(), run: None, way })
        }
        None => Report::Covered(Covered::States {
            states: explored.visited.unique,
            depth: explored.visited.depth.saturating_sub(1),
            covered: explored.covered,
            whole: explored.whole,
            doubts: explored.undecided,
        }),
    }
}

pub(super) fn matter(library: &'static Library, run: &Run) -> Result<Steps, String> {
    let (scenario, goal) = goal(library, run)?;
    let compared = search::Matter::new(library, &scenario, &goal).map_err(|fault| fault.to_string())?;
    // What clients ask for is no fault.
    let faults =
        scenario.inputs.iter().enumerate().filter(|(_, timed)| !matches!(timed.input, Input::Invoke { .. }) && timed.at <= run.until);
    let mut faults = faults.map(|(input, _)| input).collect::<Vec<_>>().into_iter();
    let mut over = Some(Report::Over);
    Ok(Steps::new(move || {
        let Some(input) = faults.next() else { return over.take() };
        Some(match compared.without(input) {
            Ok(without) => Report::Without(Without {
                input,
                at: without.first.as_ref().map(|first| first.at),
                row: without.first.as_ref().and_then(|first| first.happened),
                instead: without.first.and_then(|first| first.instead).map(|(_, words)| words),
                broken: without.broken,
            }),
            Err(fault) => Report::Bad(fault.to_string()),
        })
    }))
}

pub(super) fn too_late(library: &'static Library, run: &Run, moments: &[Time], futures: u32) -> Result<Steps, String> {
    let (scenario, goal) = goal(library, run)?;
    let mut sampled = search::NoReturn::new(library, &scenario, &goal, moments).map_err(|fault| fault.to_string())?;
    let (mut done, mut over) = (0, Some(Report::Over));
    Ok(Steps::new(move || {
        if done == futures {
            return over.take();
        }
        done += 1;
        sampled.go_on(1);
        Some(Report::Odds(sampled.odds().iter().map(|odds| Odds { from: odds.from, bad: odds.bad, runs: odds.runs }).collect()))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::job::Job;
    use super::*;
    use faultline::sim::NodeId;

    fn library() -> &'static Library {
        Box::leak(Box::new(Library::standard()))
    }

    fn scenario(library: &Library) -> Scenario {
        let mut scenario = Scenario::new(library.find("primary-backup").expect("a model").about(), 7);
        scenario.settings.insert("wait-for".into(), 1);
        scenario.settings.insert("read-anywhere".into(), 1);
        scenario
    }

    fn run(scenario: Scenario, promise: &str, secs: u64) -> Run {
        Run { link: Link { scenario, seal: None }.write(), promise: Some(promise.into()), until: Time(secs * 1_000_000_000) }
    }

    #[test]
    fn a_hunt_ends_with_a_smallest_run_and_its_progress_is_told() {
        let library = library();
        let run = run(scenario(library), "linearizable", 10);
        let reports: Vec<_> = Steps::of(Job::Hunt(run, Hunt::Chaos(500)), library).collect();
        let Some(Report::Found(found)) = reports.last() else { panic!("{:?}", reports.last()) };
        assert!(reports.len() > 1 && found.inputs <= 4, "{found:?}");
        let (link, _) = found.run.as_ref().expect("a run");
        assert_eq!(Link::read(link, library).expect("a link").scenario.inputs.len(), found.inputs);
    }

    #[test]
    fn what_cannot_be_broken_is_told_with_what_was_covered() {
        let library = library();
        let hunt = Hunt::Everything { depth: 4, states: 5_000, timers: 0, crashes: 0, asks: 1 };
        let last = Steps::of(Job::Hunt(run(scenario(library), "one-primary", 10), hunt), library).last();
        assert!(matches!(last, Some(Report::Covered(Covered::States { states: 1.., .. }))), "{last:?}");
        let last = Steps::of(Job::Hunt(run(scenario(library), "nonsense", 10), Hunt::Chaos(9)), library).last();
        assert!(matches!(&last, Some(Report::Bad(why)) if why.contains("nonsense")), "{last:?}");
    }

    #[test]
    fn a_fault_that_changed_nothing_is_told_from_one_that_did() {
        let library = library();
        let mut scenario = scenario(library);
        scenario.add(Time(50_000_000), Input::Partition(vec![vec![NodeId(0)]]));
        scenario.add(Time(3_000_000_000), Input::Heal { from: NodeId(1), to: NodeId(2) });
        let reports: Vec<_> = Steps::of(Job::Matter(run(scenario.clone(), "one-primary", 4)), library).collect();
        let [Report::Without(cut), Report::Without(heal), Report::Over] = reports.as_slice() else { panic!("{reports:?}") };
        assert!(cut.at.is_some() && cut.row.is_some() && !cut.broken && heal.at.is_none() && heal.broken);

        let moments = [Time::ZERO, Time(4_000_000_000)];
        let reports: Vec<_> = Steps::of(Job::TooLate(run(scenario, "one-primary", 4), moments.to_vec(), 5), library).collect();
        let [.., Report::Odds(odds), Report::Over] = reports.as_slice() else { panic!("{reports:?}") };
        assert_eq!((odds[1].bad, odds[1].runs), (5, 5));
        assert_eq!(odds[1].shares().0, 1_000);
    }
}
