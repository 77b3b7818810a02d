//! `faultline search`: the smallest run that breaks a promise, or what was covered without one.
//!
//! Chaos uses every core. What it finds does not depend on how many there are: runs have numbers,
//! and it is the lightest of the first few that counts, whichever core came to it.

use super::{read, say};
use faultline::link::MARK;
use faultline::models::Library;
use faultline::protocol::About;
use faultline::scenario::Input;
use faultline::search::{Bounds, Chaos, Explored, Goal, NOT_TRIED, Plan, Sought, Violation, explore, shrink};
use faultline::sim::{EventKind, Span, Time};
use faultline::{Scenario, Sim};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many runs chaos tries if nothing is said.
const RUNS: u64 = 10_000;
/// How many of the runs that chaos found are made smaller, and how close they are to the first.
const KEPT: usize = 4;
const NEAR: u64 = 200;
/// How many runs the shrinking of one may take.
const SHRINKING: u64 = 5_000;

struct Wanted {
    scenario: Scenario,
    goal: Goal,
    exhaustive: Option<Bounds>,
    chaos: Option<u64>,
    threads: usize,
}

/// What chaos found.
struct Struck {
    lightest: Option<Violation>,
    /// How many runs there were until the first was found, or at all.
    runs: u64,
    undecided: u64,
}

pub(super) fn search(model: &str, options: &[&str]) -> Result<ExitCode, String> {
    let wanted = wanted(model, options)?;
    let (explored, struck) = std::thread::scope(|scope| {
        let exploring = wanted.exhaustive.map(|bounds| {
            scope.spawn({
                let wanted = &wanted;
                move || explored(wanted, bounds)
            })
        });
        let others = wanted.threads - usize::from(exploring.is_some() && wanted.threads > 1);
        let struck = wanted.chaos.map(|runs| chaos(&wanted, runs, others)).transpose();
        (exploring.map(|thread| thread.join().expect("an exploration comes to an end")).transpose(), struck)
    });
    let (explored, struck) = (explored?, struck?);
    let found = explored.as_ref().and_then(|explored| explored.found.as_ref());
    let runs = found.and_then(|found| found.run.as_ref()).map(|run| smaller(&wanted, run));
    let lightest = runs.into_iter().chain(struck.as_ref().and_then(|struck| struck.lightest.clone()));
    if let Some(violation) = lightest.min_by_key(|violation| wanted.goal.weight(violation)) {
        say(&told(&violation))?;
        return Ok(ExitCode::FAILURE);
    }
    if let Some(found) = found {
        say(&format!("{} is broken: {}", found.broken.property, found.broken.why))?;
        found.way.iter().try_for_each(|step| say(&format!("  {step}")))?;
        say("no run was found that takes these steps: it would need other clocks, or other chances")?;
        return Ok(ExitCode::FAILURE);
    }
    let mut everything = true;
    if let (Some(explored), Some(bounds)) = (&explored, wanted.exhaustive) {
        everything &= explored.covered && explored.undecided == 0;
        say(&covered(explored, bounds))?;
        say(&format!("  not tried: {NOT_TRIED}"))?;
    }
    if let Some(Struck { runs, undecided, .. }) = struck {
        everything &= undecided == 0;
        let until = Span(wanted.goal.until.0);
        say(&format!("chaos: {runs} runs of {until}, and nothing is broken{}", doubts(undecided)))?;
        say("  that is no proof: other faults, or others still, may break it")?;
    }
    Ok(if everything { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn doubts(undecided: u64) -> String {
    if undecided == 0 { String::new() } else { format!(" as far as is known: in {undecided} cases the judge found no verdict") }
}

fn explored(wanted: &Wanted, bounds: Bounds) -> Result<Explored, String> {
    explore(&Library::standard(), &wanted.scenario, &wanted.goal, bounds, &mut |_| true).map_err(|fault| fault.to_string())
}

fn covered(explored: &Explored, bounds: Bounds) -> String {
    let Bounds { depth, timers, crashes, asks, .. } = bounds;
    let visited = explored.visited;
    let mut text = match (explored.covered, explored.whole) {
        (true, true) => "exploration: every state that can be reached".to_owned(),
        (true, false) => format!("exploration: every state that {depth} steps lead to"),
        (false, _) => format!("exploration: not everything, it ended {} steps deep", visited.depth.saturating_sub(1)),
    };
    let _ = write!(text, ", where {timers} timers run out, {crashes} nodes crash and clients ask {asks} times at most");
    let _ = write!(text, ": {} states, {} steps, and nothing is broken{}", visited.unique, visited.total, doubts(explored.undecided));
    text
}

/// Tries runs on so many cores.
fn chaos(wanted: &Wanted, runs: u64, threads: usize) -> Result<Struck, String> {
    let library = Library::standard();
    let plan = Plan::new(wanted.scenario.clone(), wanted.goal.clone(), wanted.scenario.seed);
    let next = AtomicU64::new(0);
    // No run after this one is worth trying.
    let last = AtomicU64::new(runs.saturating_sub(1));
    let found: Mutex<Vec<(u64, Violation)>> = Mutex::default();
    let undecided = AtomicU64::new(0);
    on_threads(threads, || {
        let mut chaos = Chaos::new(&library, plan.clone()).map_err(|fault| fault.to_string())?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number > last.load(Ordering::Relaxed) {
                break;
            }
            if let Some(violation) = chaos.attempt(number) {
                last.fetch_min(number.saturating_add(NEAR), Ordering::Relaxed);
                found.lock().expect("nobody panics while holding it").push((number, violation));
            }
        }
        undecided.fetch_add(chaos.effort().undecided, Ordering::Relaxed);
        Ok(())
    })?;
    let mut found = found.into_inner().expect("nobody panics while holding it");
    found.sort_by_key(|(number, _)| *number);
    let first = found.first().map(|(number, _)| *number);
    found.retain(|(number, _)| first.is_some_and(|first| *number <= first.saturating_add(NEAR)));
    found.truncate(KEPT);

    let next = AtomicU64::new(0);
    let smallest: Mutex<Vec<(u64, Violation)>> = Mutex::default();
    on_threads(threads, || {
        while let Some((number, violation)) = found.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            let violation = smaller(wanted, violation);
            smallest.lock().expect("nobody panics while holding it").push((*number, violation));
        }
        Ok(())
    })?;
    let smallest = smallest.into_inner().expect("nobody panics while holding it");
    let lightest = smallest.into_iter().min_by_key(|(number, violation)| (wanted.goal.weight(violation), *number));
    Ok(Struck {
        lightest: lightest.map(|(_, violation)| violation),
        runs: first.map_or(runs, |first| first + 1),
        undecided: undecided.into_inner(),
    })
}

/// Does the same on so many threads. If it fails, then on all.
fn on_threads(threads: usize, work: impl Fn() -> Result<(), String> + Sync) -> Result<(), String> {
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        others.into_iter().map(|thread| thread.join().expect("a search does not panic")).fold(mine, Result::and)
    })
}

fn smaller(wanted: &Wanted, violation: &Violation) -> Violation {
    shrink(&Library::standard(), violation, &wanted.goal, &mut |effort| effort.runs < SHRINKING)
}

/// A violation in words, with its link.
fn told(violation: &Violation) -> String {
    let Violation { promise, promised, why, seal, .. } = violation;
    let mut text = format!("{promise} is broken at {}: {why}\n  promised: {promised}\n", seal.moment);
    let mut sim = Sim::new(&Library::standard(), violation.scenario.clone()).expect("it was run before");
    sim.run_until(seal.moment);
    for (index, row) in (0..sim.rows()).filter_map(|index| Some((index, sim.trace().row(index)?))) {
        let asks = |input: u32| matches!(violation.scenario.inputs.get(input as usize), Some(timed) if matches!(timed.input, Input::Invoke { .. }));
        if row.kind == EventKind::Invoke || row.kind == EventKind::Input && !asks(row.subject) {
            let _ = writeln!(text, "  {:>10}  {}", row.time.to_string(), sim.describe_row(index));
        }
    }
    text + &violation.link().write()
}

fn wanted(model: &str, options: &[&str]) -> Result<Wanted, String> {
    let library = Library::standard();
    let mut scenario = match library.find(model) {
        Some(model) => Scenario::new(model.about(), 1),
        None if model == "-" || model.contains(MARK) || model.contains('.') || model.contains('/') => read(model)?,
        None => return Err(format!("there is no model “{model}”; see faultline models")),
    };
    let about = library.find(&scenario.model).ok_or_else(|| format!("there is no model “{}”", scenario.model))?.about();
    let (mut promise, mut length, mut exhaustive, mut chaos) = (None, Span::secs(10), None, None);
    let mut threads = std::thread::available_parallelism().map_or(1, usize::from);
    for option in options.chunks(2) {
        match option {
            ["--break", name] => promise = Some(*name),
            ["--exhaustive", text] => exhaustive = Some(bounds(text)?),
            ["--chaos", runs] => chaos = Some(number("--chaos", runs)?),
            ["--set", text] => {
                let (key, value) = setting(about, text)?;
                scenario.settings.insert(key, value);
            }
            ["--for", span] => length = Span::parse(span)?,
            ["--nodes", nodes] => scenario.nodes = number("--nodes", nodes)?,
            ["--clients", clients] => scenario.clients = number("--clients", clients)?,
            ["--seed", seed] => scenario.seed = number("--seed", seed)?,
            ["--threads", count] => threads = number::<usize>("--threads", count)?.max(1),
            [other] => return Err(format!("{other} needs a value; see faultline help")),
            _ => return Err(format!("search does not know “{}”; see faultline help", option.join(" "))),
        }
    }
    scenario.check(&library).map_err(|fault| fault.to_string())?;
    let until = Time::ZERO + length;
    let sought = match promise {
        Some(name) => Sought::named(name, &library, &scenario, until)?,
        None if has_promises(&library, &scenario) => Sought::Any,
        None => return Err(format!("{} makes no promise of its own; say --break, with one that is made to clients", about.id)),
    };
    if exhaustive.is_none() && chaos.is_none() {
        chaos = Some(RUNS);
        // Exploration knows no time, and so not how long anybody waits.
        exhaustive = (!matches!(sought, Sought::Served(_))).then(Bounds::default);
    }
    Ok(Wanted { scenario, goal: Goal::new(sought, until), exhaustive, chaos, threads })
}

fn has_promises(library: &Library, scenario: &Scenario) -> bool {
    Sim::new(library, scenario.clone()).is_ok_and(|sim| !sim.promises().is_empty())
}

fn number<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{option}: “{text}” is not a number that fits"))
}

/// Reads `depth=9,timers=2`, or `9`, which is a depth.
fn bounds(text: &str) -> Result<Bounds, String> {
    let mut bounds = Bounds::default();
    for part in text.split(',') {
        match part.split_once('=').unwrap_or(("depth", part)) {
            ("depth", value) => bounds.depth = number("depth", value)?,
            ("states", value) => bounds.states = number("states", value)?,
            ("timers", value) => bounds.timers = number("timers", value)?,
            ("crashes", value) => bounds.crashes = number("crashes", value)?,
            ("asks", value) => bounds.asks = number("asks", value)?,
            (other, _) => return Err(format!("there is no bound “{other}”; there are depth, states, timers, crashes, asks")),
        }
    }
    Ok(bounds)
}

/// Reads `key=value`, the value as people say it: `on`, `120ms`, `5%`, a name or a number.
fn setting(about: &About, text: &str) -> Result<(String, i64), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("--set takes key=value, not “{text}”"))?;
    let Some(spec) = about.params.iter().find(|spec| spec.key == key) else {
        let known: Vec<_> = about.params.iter().map(|spec| spec.key).collect();
        return Err(format!("{} has no setting “{key}”; it has {}", about.id, known.join(", ")));
    };
    Ok((key.into(), spec.kind.read(key, value)?))
}
