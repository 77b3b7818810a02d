//! What only many runs show: a share that depends on a setting, how something is spread, how often
//! what was said is so. A study is data like the rest of a lab; each of its runs is one of the lab's
//! own, with a seed of its own, and is done one at a time, so that whoever waits sees it grow and can
//! end it.

use super::predicate::{Measure, Observer, Predicate, Value};
use super::script::{Performed, Script};
use super::{Lab, Settings, World};
use crate::evidence::measure::{Agreement, Measured, Scatter, Unit, design_effect};
use crate::models::Library;
use crate::scenario::{Fault, Input, Scenario};
use crate::sim::{Chance, NodeId, Purpose, Time, below, draw};
use serde::{Deserialize, Serialize};

/// Something to be found out from many runs.
#[derive(Clone, Debug)]
pub struct Study {
    /// By this a learner's place is kept.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What is done and looked at, in words.
    pub say: String,
    /// What is measured, in a few words.
    pub name: String,
    /// What is found out.
    pub question: Question,
    /// How many runs there are, for each place of a curve.
    pub runs: u64,
    /// Settings with which it begins.
    pub settings: Settings,
    /// Settings that the learner may choose.
    pub knobs: Vec<String>,
    /// How likely each node is down from the beginning.
    pub down: Chance,
    /// What is done in each run.
    pub script: Script,
    /// Each run is looked at at the first moment at which this holds; at its end if nothing is said.
    pub when: Option<Predicate>,
    /// How long a run is, if not as long as the world's.
    pub length: Option<Time>,
    /// Its own world, if not that of the lab.
    pub world: Option<World>,
    /// Worlds to choose from; one without a name if there is no choice.
    pub cases: Vec<Case>,
    /// Whether all of them are measured and drawn together, and none is chosen.
    pub together: bool,
    /// What is known of it.
    pub known: Vec<Known>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What is found out.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a lab has a few, made once")]
pub enum Question {
    /// How something depends on something else.
    Curve {
        /// What is different from place to place.
        sweep: Sweep,
        /// The places, where a case has none of its own.
        at: Vec<Place>,
        /// What is measured there.
        estimate: Estimate,
        /// What is on the axis across, in a few words.
        across: String,
        /// What is measured instead of the place itself for that axis.
        against: Option<Measure>,
    },
    /// How something is spread.
    Spread(Measure),
    /// How often it is this and that at the same time: names, and when it is so.
    Matrix {
        /// What is so.
        rows: Vec<(String, Predicate)>,
        /// What is said.
        columns: Vec<(String, Predicate)>,
    },
}

/// What is different from place to place of a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// A setting.
    Setting(String),
    /// How many nodes there are.
    Nodes,
}

/// A place of a curve.
#[derive(Clone, Debug)]
pub struct Place {
    /// As an author writes it.
    pub name: String,
    /// As the engine takes it.
    pub value: i64,
    /// Where it is on the axis across: a length of time in milliseconds, all else as it is.
    pub x: f64,
}

/// What is measured at a place of a curve.
#[derive(Clone, Debug)]
pub enum Estimate {
    /// The mean of something.
    Mean(Measure),
    /// In what share of the runs something is the case.
    Share(Predicate),
    /// The share of those that are counted in each run, added up over all of them.
    Ratio(Measure, Measure),
}

/// A world to choose.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Its name for people.
    pub name: String,
    /// How many nodes, if not as many as in the world.
    pub nodes: Option<u16>,
    /// Settings that are not the study's.
    pub settings: Settings,
    /// The places of its curve, if they are not the study's.
    pub at: Vec<Place>,
    /// What is done in each run before all else.
    pub script: Script,
    /// Its own world, if it has one.
    pub own: Option<Box<Own>>,
}

/// A world of a case alone, and what the study asks and does, in the names that there are in it.
#[derive(Clone, Debug)]
pub struct Own {
    /// The world.
    pub world: World,
    /// What is found out there.
    pub question: Question,
    /// What is done in each run.
    pub script: Script,
    /// When each run is looked at.
    pub when: Option<Predicate>,
}

/// What others have found, or what follows from a formula.
#[derive(Clone, Debug)]
pub struct Known {
    /// In which case.
    pub case: usize,
    /// With which settings, for all others as they are in the case.
    pub settings: Settings,
    /// From where.
    pub from: String,
    /// What.
    pub facts: Facts,
    /// How far off it may be, beside chance: a share of what is known.
    pub tolerance: f64,
    /// Whether it is held against what is found. If not, it is only laid over it.
    pub held: bool,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What is known.
#[derive(Clone, Debug)]
pub enum Facts {
    /// Of a curve: numbers of places, and what is known there.
    Curve(Vec<(usize, f64)>),
    /// Of something spread.
    Spread {
        /// Up to here, this share.
        points: Vec<(f64, f64)>,
        /// Its mean.
        mean: Option<f64>,
    },
}

/// Which of a study's worlds, and with which of its knobs turned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The place of the case.
    pub case: usize,
    /// Settings that are not those of the case.
    pub settings: Settings,
}

/// What was found so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// How many runs are done, and how many there are to be.
    pub done: u64,
    /// See `done`.
    pub of: u64,
    /// In how many of them the moment never came.
    pub missed: u64,
    /// In what the numbers are given: shares of one, milliseconds, or plain numbers.
    pub unit: Unit,
    /// The numbers.
    pub found: Found,
}

/// What a study finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Found {
    /// The places at which there is something by now, in their order.
    Curve(Vec<Point>),
    /// What was measured, the smallest first.
    Spread(Vec<f64>),
    /// How often, row by row.
    Matrix(Vec<Vec<u64>>),
}

/// What was found at a place of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Which place.
    pub place: usize,
    /// Where that is on the axis across: a setting in milliseconds or as a number, or what was measured.
    pub x: f64,
    /// Of how many.
    pub n: u64,
    /// What was found.
    pub value: f64,
    /// Between these the true value is in 95 of 100 cases.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// What says how far it may be off.
    pub scatter: Scatter,
}

/// How many times fewer runs there are when a lab is only checked.
const CHECKED: u64 = 20;

impl Study {
    /// What is on the stage in a case.
    #[must_use]
    pub fn world<'a>(&'a self, lab: &'a Lab, case: usize) -> &'a World {
        self.own(case).map(|own| &own.world).or(self.world.as_ref()).unwrap_or(&lab.world)
    }

    /// Every world that is not the lab's.
    pub fn worlds(&self) -> impl Iterator<Item = &World> {
        self.world.iter().chain(self.cases.iter().filter_map(|case| Some(&case.own.as_ref()?.world)))
    }

    fn own(&self, case: usize) -> Option<&Own> {
        self.cases.get(case)?.own.as_deref()
    }

    /// What is found out in a case.
    #[must_use]
    pub fn question(&self, case: usize) -> &Question {
        self.own(case).map_or(&self.question, |own| &own.question)
    }

    /// The cases that are measured at once.
    #[must_use]
    pub fn at_once(&self, chosen: usize) -> std::ops::Range<usize> {
        if self.together { 0..self.cases.len() } else { chosen..chosen + 1 }
    }

    /// The run before anything is done to it.
    #[must_use]
    pub fn start(&self, lab: &Lab, chosen: &Chosen) -> Scenario {
        let mut scenario = match self.own(chosen.case) {
            Some(own) => own.world.scenario.clone(),
            None => self.world(lab, chosen.case).with(&self.settings),
        };
        if let Some(case) = self.cases.get(chosen.case) {
            scenario.settings.extend(case.settings.clone());
            scenario.nodes = case.nodes.unwrap_or(scenario.nodes);
        }
        scenario.settings.extend(chosen.settings.clone());
        scenario
    }

    /// One of its runs: of the first place of a curve if nothing else is said. Nothing if a line of its
    /// script waits in vain there.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn run(&self, lab: &Lab, library: &Library, chosen: &Chosen, place: Option<usize>, number: u64) -> Result<Option<Scenario>, Fault> {
        let mut scenario = self.start(lab, chosen);
        scenario.seed = scenario.seed.wrapping_add(number);
        if let (Question::Curve { sweep, .. }, Some(place)) = (self.question(chosen.case), place)
            && let Some(Place { value, .. }) = self.places(chosen.case).get(place)
        {
            match sweep {
                Sweep::Setting(key) => {
                    scenario.settings.insert(key.clone(), *value);
                }
                Sweep::Nodes => scenario.nodes = u16::try_from(*value).unwrap_or(u16::MAX),
            }
        }
        let likely = u64::from(self.down.parts());
        for node in (0..scenario.nodes).map(NodeId) {
            // The moments of a script are drawn with another counter.
            if below(draw(scenario.seed, Purpose::Script, u64::from(node.0), 1), 1_000_000) < likely {
                scenario.add(Time::ZERO, Input::Crash(node));
            }
        }
        let (subject, end) = (&self.world(lab, chosen.case).subject, self.end(lab, chosen.case));
        let script = self.own(chosen.case).map_or(&self.script, |own| &own.script);
        let mut done = Performed::nothing(scenario, Time::ZERO);
        for script in self.cases.get(chosen.case).map(|case| &case.script).into_iter().chain([script]) {
            done = script.go_on(library, done, subject, Time::ZERO, end)?;
            if done.stuck.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(done.scenario))
    }

    /// The moment at which a run is looked at at the latest.
    #[must_use]
    pub fn end(&self, lab: &Lab, case: usize) -> Time {
        self.length.unwrap_or(self.world(lab, case).length)
    }

    /// What is on the axis across.
    #[must_use]
    pub fn across_name(&self) -> &str {
        match &self.question {
            Question::Curve { across, .. } => across,
            _ => "",
        }
    }

    /// The places of a curve, in a case.
    #[must_use]
    pub fn places(&self, case: usize) -> &[Place] {
        places(self.question(case), self.cases.get(case))
    }

    /// What is known with these choices.
    pub fn known<'a>(&'a self, lab: &'a Lab, chosen: &'a Chosen) -> impl Iterator<Item = &'a Known> {
        let now = self.start(lab, chosen).settings;
        self.known.iter().filter(move |known| {
            let then = self.start(lab, &Chosen { case: known.case, settings: known.settings.clone() }).settings;
            // A curve has its own values of what it sweeps.
            let alike = |key: &String| then.get(key) == now.get(key) || self.sweeps(key);
            known.case == chosen.case && then.keys().chain(now.keys()).all(alike)
        })
    }

    fn sweeps(&self, key: &str) -> bool {
        matches!(&self.question, Question::Curve { sweep: Sweep::Setting(swept), .. } if swept == key)
    }

    /// What there is to choose of which something is known, each once; and every case of which nothing is.
    #[must_use]
    pub fn choices(&self, lab: &Lab) -> Vec<Chosen> {
        let mut choices: Vec<Chosen> = Vec::new();
        for case in 0..self.cases.len() {
            let about: Vec<_> = self.known.iter().filter(|known| known.case == case).collect();
            if about.is_empty() {
                choices.push(Chosen { case, settings: Settings::new() });
            }
            for known in about {
                let has = |chosen: &Chosen| self.known(lab, chosen).any(|other| std::ptr::eq(other, known));
                if !choices.iter().any(has) {
                    choices.push(Chosen { case, settings: known.settings.clone() });
                }
            }
        }
        choices
    }

    /// Whether the study is well: its runs come to their moment, and what is known is found.
    pub(super) fn check(&self, lab: &Lab, library: &Library) -> Vec<(usize, &'static str, String)> {
        let (mut problems, mut never, mut looks) = (Vec::new(), Vec::new(), 0);
        let runs = self.runs.div_ceil(CHECKED).max(2);
        for chosen in &self.choices(lab) {
            looks += 1;
            let line = self.known(lab, chosen).next().map_or(self.line, |known| known.line);
            // The only case often has no name.
            let name = self.cases.get(chosen.case).map_or("", |case| &case.name);
            let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
            match Survey::new(self, chosen, runs).finish(self, lab, library) {
                Err(fault) => problems.push((line, "case", format!("{name}{fault}"))),
                Ok(findings) if findings.missed == findings.done => {
                    never.push((line, format!("{name}no run of {} comes to its moment", findings.done)))
                }
                Ok(findings) => {
                    for known in self.known(lab, chosen) {
                        let wrong = known.against(self, &findings).wrong;
                        problems.extend(wrong.into_iter().map(|why| (known.line, "known", format!("{name}{why}"))));
                    }
                }
            }
        }
        // Where several cases are drawn together, that it never happens in one of them may be what they show.
        if !self.together || never.len() == looks {
            problems.extend(never.into_iter().map(|(line, why)| (line, "when", why)));
        }
        problems
    }
}

/// The places of a curve, in a case.
pub(super) fn places<'a>(question: &'a Question, case: Option<&'a Case>) -> &'a [Place] {
    match (question, case) {
        (Question::Curve { .. }, Some(case)) if !case.at.is_empty() => &case.at,
        (Question::Curve { at, .. }, _) => at,
        _ => &[],
    }
}

impl Findings {
    /// The findings as lines of text.
    #[must_use]
    pub fn words(&self, study: &Study, chosen: &Chosen) -> String {
        let mut out = format!("{} runs", self.done);
        if self.missed > 0 {
            out += &format!(", in {} of which the moment never came", self.missed);
        }
        out.push('\n');
        let between = |low: f64, high: f64| self.unit.between(low, high);
        match &self.found {
            Found::Curve(points) => {
                let places = study.places(chosen.case);
                for point in points {
                    let Point { place, x, n, value, low, high, .. } = point;
                    let name = places.get(*place).map_or("", |place| &place.name);
                    let x = if places.get(*place).is_some_and(|place| place.x == *x) { String::new() } else { format!(" ({x:.1})") };
                    let runs = point.runs().map_or_else(String::new, |runs| format!(" in {runs} runs"));
                    out += &format!("{name:>12}{x}  {}  n={n}{runs}, 95 % interval {}\n", self.unit.show(*value), between(*low, *high));
                }
            }
            Found::Spread(samples) if samples.len() > 1 => {
                let mean = Measured::mean(samples);
                let (low, high) = mean.shown();
                out +=
                    &format!("        mean  {}  n={}, 95 % interval {}\n", self.unit.show(mean.value()), samples.len(), between(low, high));
                for share in [0.5, 0.9, 0.99] {
                    let quantile = Measured::quantile(samples.clone(), share);
                    let (low, high) = quantile.shown();
                    out += &format!("{:>11}%  {}  95 % interval {}\n", share * 100.0, self.unit.show(quantile.value()), between(low, high));
                }
            }
            Found::Spread(_) => {}
            Found::Matrix(counts) => {
                if let Question::Matrix { rows, columns } = &study.question {
                    for ((row, _), counts) in rows.iter().zip(counts) {
                        let cells = columns.iter().zip(counts).map(|((column, _), count)| format!("{column} {count}"));
                        out += &format!("{row:>12}: {}\n", cells.collect::<Vec<_>>().join(", "));
                    }
                }
            }
        }
        out
    }
}

/// What came of holding what is known against what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// What is not the same.
    pub wrong: Vec<String>,
    /// Of what so few runs say nothing.
    pub open: Vec<String>,
}

impl Held {
    fn take(&mut self, what: &str, known: f64, own: f64, unit: Unit, measured: &Measured) {
        match measured.agrees(known, own) {
            Agreement::Yes => {}
            Agreement::No => {
                let ((low, high), known, found) = (measured.tested(), unit.show(known), unit.show(measured.value()));
                self.wrong.push(format!("{what}: known is {known}, found {found} in {}", unit.between(low, high)));
            }
            Agreement::SaysNothing => self.open.push(what.to_owned()),
        }
    }

    /// What came of it, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let open = (!self.open.is_empty()).then(|| format!("these runs say too little of {}", self.open.join(", ")));
        let all: Vec<_> = self.wrong.iter().cloned().chain(open).collect();
        if all.is_empty() { "agrees".into() } else { all.join("; ") }
    }
}

impl Known {
    /// Holds it against what was found; nothing comes of what is only laid over it.
    #[must_use]
    pub fn against(&self, study: &Study, findings: &Findings) -> Held {
        let mut held = Held::default();
        if !self.held {
            return held;
        }
        match (&self.facts, &findings.found) {
            (Facts::Curve(known), Found::Curve(points)) => {
                let places = study.places(self.case);
                for (place, known) in known {
                    let name = places.get(*place).map_or("", |place| &place.name);
                    match points.iter().find(|point| point.place == *place) {
                        Some(point) => held.take(name, *known, self.tolerance * known, findings.unit, &point.measured()),
                        None => held.wrong.push(format!("nothing was found at {name}")),
                    }
                }
            }
            (Facts::Spread { points, mean }, Found::Spread(samples)) => {
                let all = samples.len() + findings.missed as usize;
                for (x, known) in points {
                    let hits = samples.partition_point(|sample| sample <= x);
                    let what = format!("up to {}", findings.unit.show(*x));
                    held.take(&what, *known, self.tolerance * known, Unit::Share, &Measured::share(hits, all));
                }
                if let Some(mean) = *mean {
                    held.take("the mean", mean, self.tolerance * mean, findings.unit, &Measured::mean(samples));
                }
            }
            _ => {}
        }
        held
    }
}

impl Point {
    /// What was found there.
    fn measured(&self) -> Measured {
        Measured::about(self.value, self.n as usize, self.scatter)
    }

    /// From how many runs its trials come, several from each; nothing if each run is one.
    #[must_use]
    pub const fn runs(&self) -> Option<u64> {
        if let Scatter::Runs { runs, .. } = self.scatter { Some(runs) } else { None }
    }
}

/// What was measured at one place in all runs so far.
#[derive(Clone, Debug, Default)]
struct Tally {
    samples: Vec<f64>,
    /// Of a share of runs: how many of how many.
    hits: usize,
    trials: usize,
    /// Of a share of what is counted in each run: how many of how many there.
    counted: Vec<(f64, f64)>,
    /// Of what is across.
    across: Vec<f64>,
}

impl Tally {
    /// What was measured at a place, if there is enough to say how far off it may be. Of trials that all came out alike
    /// it takes the greatest design effect of the curve's other places.
    fn point(&self, index: usize, place: &Place, greatest: Option<f64>) -> Option<Point> {
        let measured = if self.trials > 0 {
            Measured::share(self.hits, self.trials)
        } else if !self.counted.is_empty() {
            Measured::ratio(&self.counted, greatest)
        } else if self.samples.len() < 2 {
            return None;
        } else {
            Measured::mean(&self.samples)
        };
        let x = if self.across.is_empty() { place.x } else { self.across.iter().sum::<f64>() / self.across.len() as f64 };
        let (low, high) = measured.shown();
        Some(Point { place: index, x, n: measured.n() as u64, value: measured.value(), low, high, scatter: measured.scatter()? })
    }
}

/// A study under way. It does not hold the study: who has it gives it with every step.
#[derive(Clone, Debug)]
pub struct Survey {
    chosen: Chosen,
    runs: u64,
    done: u64,
    missed: u64,
    unit: Unit,
    tallies: Vec<Tally>,
    counts: Vec<Vec<u64>>,
}

impl Survey {
    /// A study that has not begun, with so many runs at each place.
    #[must_use]
    pub fn new(study: &Study, chosen: &Chosen, runs: u64) -> Self {
        let (unit, counts) = match &study.question {
            Question::Curve { estimate: Estimate::Share(_) | Estimate::Ratio(..), .. } => (Unit::Share, Vec::new()),
            Question::Matrix { rows, columns } => (Unit::Number, vec![vec![0; columns.len()]; rows.len()]),
            _ => (Unit::Number, Vec::new()),
        };
        let tallies = vec![Tally::default(); study.places(chosen.case).len().max(1)];
        Self { chosen: chosen.clone(), runs, done: 0, missed: 0, unit, tallies, counts }
    }

    /// How many runs there are to be.
    #[must_use]
    pub fn of(&self) -> u64 {
        self.runs * self.tallies.len() as u64
    }

    /// Does one run; says whether there was one to do.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn step(&mut self, study: &Study, lab: &Lab, library: &Library) -> Result<bool, Fault> {
        if self.done >= self.of() {
            return Ok(false);
        }
        // All places in turn, so that the whole curve is there early.
        let places = self.tallies.len() as u64;
        let (place, number) = ((self.done % places) as usize, self.done / places);
        self.done += 1;
        let at = matches!(study.question, Question::Curve { .. }).then_some(place);
        let Some(scenario) = study.run(lab, library, &self.chosen, at, number)? else {
            self.missed += 1;
            return Ok(true);
        };
        let case = self.chosen.case;
        let (end, question) = (study.end(lab, case), study.question(case));
        let mut observer = Observer::new(library, scenario, &study.world(lab, case).subject, end)?;
        let asked = Asked::of(question, &mut observer);
        match study.own(case).map_or(&study.when, |own| &own.when) {
            None if asked.momentary => observer.leap(end),
            None => {
                observer.run(end, &[]);
            }
            Some(when) => {
                let when = observer.watch(when, 0);
                if !observer.run(end, &[when]) {
                    self.missed += 1;
                    return Ok(true);
                }
            }
        }
        self.missed += u64::from(!self.take(question, &asked, &observer, place));
        Ok(true)
    }

    /// Takes what a run shows; says whether it shows anything.
    fn take(&mut self, question: &Question, asked: &Asked, observer: &Observer, place: usize) -> bool {
        let tally = &mut self.tallies[place];
        let number = |watch: usize| observer.value(watch).plain();
        let across = asked.across.map(number);
        if across == Some(None) {
            return false;
        }
        let shows = match (question, asked.watches.as_slice()) {
            (Question::Curve { estimate: Estimate::Share(_), .. }, [holds]) => {
                let Some(holds) = observer.holds(*holds) else { return false };
                tally.hits += usize::from(holds);
                tally.trials += 1;
                true
            }
            (Question::Curve { estimate: Estimate::Ratio(..), .. }, [hits, of]) => match (number(*hits), number(*of)) {
                (Some(hits), Some(of)) if of > 0.0 && hits <= of => {
                    tally.counted.push((hits, of));
                    true
                }
                _ => false,
            },
            (Question::Matrix { rows, .. }, watches) => {
                let (rows, columns) = watches.split_at(rows.len());
                let which = |watches: &[usize]| watches.iter().position(|watch| observer.holds(*watch) == Some(true));
                let (Some(row), Some(column)) = (which(rows), which(columns)) else { return false };
                self.counts[row][column] += 1;
                true
            }
            (_, [value]) => {
                if matches!(observer.value(*value), Value::Span(_)) {
                    self.unit = Unit::Ms;
                }
                let spread = matches!(question, Question::Spread(_));
                number(*value).is_some_and(|value| {
                    // What is spread is kept in order.
                    let place = if spread { tally.samples.partition_point(|other| *other <= value) } else { tally.samples.len() };
                    tally.samples.insert(place, value);
                    true
                })
            }
            _ => false,
        };
        if shows {
            tally.across.extend(across.flatten());
        }
        shows
    }

    /// What was found so far.
    #[must_use]
    pub fn findings(&self, study: &Study) -> Findings {
        let found = match &study.question {
            Question::Curve { .. } => {
                let points = study.places(self.chosen.case).iter().zip(&self.tallies).enumerate();
                let greatest = self.tallies.iter().filter_map(|tally| design_effect(&tally.counted)).max_by(f64::total_cmp);
                Found::Curve(points.filter_map(|(index, (place, tally))| tally.point(index, place, greatest)).collect())
            }
            Question::Spread(_) => Found::Spread(self.tallies[0].samples.clone()),
            Question::Matrix { .. } => Found::Matrix(self.counts.clone()),
        };
        Findings { done: self.done, of: self.of(), missed: self.missed, unit: self.unit, found }
    }

    /// Does all that is left.
    ///
    /// # Errors
    /// If a run cannot be run.
    pub fn finish(mut self, study: &Study, lab: &Lab, library: &Library) -> Result<Findings, Fault> {
        while self.step(study, lab, library)? {}
        Ok(self.findings(study))
    }
}

/// A study under way with all the cases that are measured at once.
#[derive(Clone, Debug)]
pub struct Surveys {
    surveys: Vec<Survey>,
    next: usize,
}

impl Surveys {
    /// What has not begun, with so many runs at each place of each case.
    #[must_use]
    pub fn new(study: &Study, chosen: &Chosen, runs: u64) -> Self {
        let of = |case| Survey::new(study, &Chosen { case, ..chosen.clone() }, runs);
        Self { surveys: study.at_once(chosen.case).map(of).collect(), next: 0 }
    }

    /// Does one run, of each case in turn; says whether there was one to do.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn step(&mut self, study: &Study, lab: &Lab, library: &Library) -> Result<bool, Fault> {
        for _ in 0..self.surveys.len() {
            let survey = self.next;
            self.next = (survey + 1) % self.surveys.len();
            if self.surveys[survey].step(study, lab, library)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What was found so far in each of the cases.
    #[must_use]
    pub fn findings(&self, study: &Study) -> Vec<Findings> {
        self.surveys.iter().map(|survey| survey.findings(study)).collect()
    }
}

/// What an observer looks for in a run.
struct Asked {
    watches: Vec<usize>,
    across: Option<usize>,
    /// Whether only the last moment counts.
    momentary: bool,
}

impl Asked {
    fn of(question: &Question, observer: &mut Observer) -> Self {
        let mut momentary = true;
        let mut measure = |observer: &mut Observer, measure: &Measure| {
            momentary &= measure.is_of_the_moment();
            observer.measure(measure)
        };
        let across = match question {
            Question::Curve { against: Some(across), .. } => Some(measure(observer, across)),
            _ => None,
        };
        let watches = match question {
            Question::Curve { estimate: Estimate::Mean(value), .. } | Question::Spread(value) => vec![measure(observer, value)],
            Question::Curve { estimate: Estimate::Ratio(hits, of), .. } => vec![measure(observer, hits), measure(observer, of)],
            Question::Curve { estimate: Estimate::Share(holds), .. } => {
                momentary &= holds.is_of_the_moment();
                vec![observer.watch(holds, 0)]
            }
            Question::Matrix { rows, columns } => {
                let all = rows.iter().chain(columns);
                all.map(|(_, holds)| {
                    momentary &= holds.is_of_the_moment();
                    observer.watch(holds, 0)
                })
                .collect()
            }
        };
        Self { watches, across, momentary }
    }
}
