//! What can be asked of a worker, and what it answers.

use super::search::{self, Covered, Effort, Found, Hunt, Odds, Run, Without};
use crate::text;
use faultline::judge::history::History;
use faultline::judge::spec::Object;
use faultline::judge::value::{BadInput, Reader, Value};
use faultline::judge::{self, Budget, Progress, Promise};
use faultline::lab::Lab;
use faultline::lab::challenge::Verdict;
use faultline::lab::search::Tried;
use faultline::lab::study::{Chosen, Findings, Surveys};
use faultline::lab::tour::Guess;
use faultline::models::Library;
use faultline::scenario::Scenario;
use faultline::sim::Time;
use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Judge a history.
    Check(Checking),
    /// Decide a challenge as it was played.
    Decide(Puzzle, Box<Scenario>, Option<Guess>),
    /// Try every order of events: in which search of the challenge, and in which of its worlds.
    Search(Puzzle, usize, usize),
    /// Find out from many runs: which study, by its place, and what was chosen in it.
    Measure(Puzzle, Chosen),
    /// Judge a history by every promise there is.
    Promises(Checking),
    /// Look for a run that breaks a promise.
    Hunt(Run, Hunt),
    /// Find out what each fault of a run changed.
    Matter(Run),
    /// Find out from when on a run could only end badly: the moments to ask, and how many futures of each.
    TooLate(Run, Vec<Time>, u32),
}

/// A challenge or a study of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Puzzle {
    /// The file of the lab.
    source: String,
    id: String,
    /// Its place among the lab's challenges, or studies.
    place: usize,
}

/// A history to be judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checking {
    pub(crate) text: String,
    /// Which kind of object: its place among all.
    pub(crate) object: usize,
    /// Which promise: its place among all.
    pub(crate) promise: usize,
    /// What the object holds at first, as the file would write it.
    pub(crate) initial: String,
}

/// What has come of it, or how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// A verdict on a history.
    Judged(Judged),
    /// A verdict on a challenge.
    Decided(Box<Verdict>),
    /// What trying every order of events has shown in one world.
    Tried(Tried),
    /// What many runs have shown so far.
    Measured(Vec<Findings>),
    /// What one of all promises comes to.
    Promise(Light),
    /// How far a search is.
    Effort(Effort),
    /// The smallest run that a search has found.
    Found(Found),
    /// A search has found nothing.
    Covered(Covered),
    /// What the run would be without one of its faults.
    Without(Without),
    /// How often each moment's futures ended badly, so far.
    Odds(Vec<Odds>),
    /// That was all.
    Over,
    /// What was asked makes no sense: where, and why.
    Bad(String),
    /// The work itself has failed.
    Failed(String),
    /// It goes on, and has come so far: more comes later.
    SoFar { done: usize, of: usize },
}

/// What one promise comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Light {
    /// Its place among all.
    pub(crate) promise: usize,
    pub(crate) kept: Option<bool>,
    pub(crate) verdict: String,
    /// The operations that show it, in words.
    pub(crate) blamed: Vec<String>,
}

/// A verdict on a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Judged {
    /// Whether the promise is kept, if that is known.
    pub(crate) kept: Option<bool>,
    pub(crate) verdict: String,
    pub(crate) evidence: Vec<String>,
    /// How many operations there are.
    pub(crate) ops: usize,
    /// The processes of the picture.
    pub(crate) lanes: Vec<String>,
    /// The operations of the picture: those that show it and what happened around them.
    pub(crate) bars: Vec<Bar>,
}

/// An operation in the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bar {
    pub(crate) lane: usize,
    /// When it began and ended, in places from left to right; without an end nobody knows.
    pub(crate) from: usize,
    pub(crate) to: Option<usize>,
    /// Who did what, and where that stands.
    pub(crate) text: String,
    /// What was done, as far as it matters.
    pub(crate) label: String,
    /// Whether it is one of those that show the verdict.
    pub(crate) guilty: bool,
}

/// A search that takes more steps is given up.
const STEPS: u64 = 200_000_000;
/// The same where one promise of many is judged.
const STEPS_EACH: u64 = 10_000_000;
/// More operations than this are no picture.
const MOST_BARS: usize = 40;

impl Job {
    pub(crate) fn pack(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("a job can be written")
    }
}

impl Job {
    /// To decide a challenge of a lab, by its place, as it was played.
    pub(crate) fn decide(lab: &Lab, challenge: usize, played: &Scenario, guess: Option<&Guess>) -> Self {
        Self::Decide(Puzzle::of(lab, challenge), Box::new(played.clone()), guess.cloned())
    }

    /// To try every order of events in one world of a search.
    pub(crate) fn search(lab: &Lab, challenge: usize, search: usize, case: usize) -> Self {
        Self::Search(Puzzle::of(lab, challenge), search, case)
    }

    /// To find something out from many runs.
    pub(crate) fn measure(lab: &Lab, study: usize, chosen: &Chosen) -> Self {
        Self::Measure(Puzzle::of(lab, study), chosen.clone())
    }

    /// Does all of it here and now.
    pub(crate) fn work(self) -> Report {
        Steps::of(self, crate::library()).last().unwrap_or(Report::Over)
    }
}

impl Puzzle {
    fn of(lab: &Lab, place: usize) -> Self {
        Self { source: lab.source.clone(), id: lab.id.clone(), place }
    }

    fn lab(&self, library: &Library) -> Result<Lab, String> {
        Lab::read(&self.source, &self.id, library).map_err(|problems| problems.iter().map(|problem| format!("{problem}. ")).collect())
    }

    fn decide(&self, library: &Library, played: &Scenario, guess: Option<&Guess>) -> Result<Report, String> {
        let lab = self.lab(library)?;
        let challenge = lab.challenges.get(self.place).ok_or(text::NOT_IN_LAB)?;
        let verdict = challenge.decide(&lab, library, played, guess).map_err(|fault| fault.to_string())?;
        Ok(Report::Decided(Box::new(verdict)))
    }

    /// A run with each step, and what all of them have shown so far.
    fn measure(&self, library: &'static Library, chosen: &Chosen) -> Result<Steps, String> {
        let (lab, place) = (self.lab(library)?, self.place);
        let study = lab.studies.get(place).ok_or(text::NOT_IN_LAB)?;
        let mut surveys = Surveys::new(study, chosen, study.runs);
        let mut over = Some(Report::Over);
        Ok(Steps::new(move || {
            let study = lab.studies.get(place)?;
            Some(match surveys.step(study, &lab, library) {
                Ok(true) => Report::Measured(surveys.findings(study)),
                Ok(false) => return over.take(),
                Err(fault) => Report::Bad(fault.to_string()),
            })
        }))
    }

    fn search(&self, library: &Library, search: usize, case: usize) -> Result<Report, String> {
        let lab = self.lab(library)?;
        let challenge = lab.challenges.get(self.place).ok_or(text::NOT_IN_LAB)?;
        let search = challenge.searches.get(search).ok_or(text::NOT_IN_LAB)?;
        let cases = search.cases(challenge, &lab);
        let case = cases.get(case).ok_or(text::NOT_IN_LAB)?;
        search.attempt(challenge, &lab, library, case).map(Report::Tried).map_err(|fault| fault.to_string())
    }
}

impl Report {
    pub(crate) fn pack(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("a report can be written")
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Self {
        postcard::from_bytes(bytes).unwrap_or_else(|fault| Self::Failed(fault.to_string()))
    }
}

/// A job under way, done a piece at a time.
pub(crate) struct Steps(Box<Step>);

/// Does a piece of the work; one that takes long says how far it is.
type Step = dyn FnMut(&mut dyn FnMut(Report)) -> Option<Report>;

impl Steps {
    /// A job that was packed.
    #[inline(never)]
    pub(crate) fn unpack(job: &[u8], library: &'static Library) -> Self {
        match postcard::from_bytes(job) {
            Ok(job) => Self::of(job, library),
            Err(fault) => Self::once(Report::Failed(fault.to_string())),
        }
    }

    /// A job that has not begun.
    #[inline(never)]
    pub(crate) fn of(job: Job, library: &'static Library) -> Self {
        let steps = match job {
            Job::Check(job) => {
                let mut job = Some(job);
                return Self(Box::new(move |tell| {
                    let job = job.take()?;
                    Some(check(&job, tell).unwrap_or_else(|fault| Report::Bad(fault.to_string())))
                }));
            }
            Job::Decide(puzzle, played, guess) => {
                return Self::later(move || puzzle.decide(library, &played, guess.as_ref()).unwrap_or_else(Report::Bad));
            }
            Job::Search(puzzle, search, case) => {
                return Self::later(move || puzzle.search(library, search, case).unwrap_or_else(Report::Bad));
            }
            Job::Measure(puzzle, chosen) => puzzle.measure(library, &chosen),
            Job::Promises(job) => promises(&job).map_err(|fault| fault.to_string()),
            Job::Hunt(run, hunt) => search::hunt(library, &run, &hunt),
            Job::Matter(run) => search::matter(library, &run),
            Job::TooLate(run, moments, futures) => search::too_late(library, &run, &moments, futures),
        };
        steps.unwrap_or_else(|why| Self::once(Report::Bad(why)))
    }

    /// Each call does a piece of the work.
    pub(super) fn new(mut step: impl FnMut() -> Option<Report> + 'static) -> Self {
        Self(Box::new(move |_| step()))
    }

    /// Does a piece. One that takes long says meanwhile how far it is.
    pub(super) fn step(&mut self, meanwhile: &mut dyn FnMut(Report)) -> Option<Report> {
        (self.0)(meanwhile)
    }

    fn once(report: Report) -> Self {
        Self::later(move || report)
    }

    fn later(work: impl FnOnce() -> Report + 'static) -> Self {
        let mut work = Some(work);
        Self::new(move || Some(work.take()?()))
    }
}

impl Iterator for Steps {
    type Item = Report;

    fn next(&mut self) -> Option<Report> {
        self.step(&mut |_| ())
    }
}

/// Judges a history by one promise after the other.
fn promises(job: &Checking) -> Result<Steps, BadInput> {
    let history = History::read(&job.text)?;
    let initial = Reader::new(&job.initial).next_value()?.map_or(Value::Nil, |placed| placed.value);
    let object = Object::ALL[job.object].1;
    let alone = single_operations(&history);
    let mut all = Promise::ALL.into_iter().enumerate();
    let mut over = Some(Report::Over);
    Ok(Steps::new(move || {
        let Some((promise, (_, asked))) = all.next() else { return over.take() };
        let (history, object) = match (asked, &alone) {
            (Promise::Isolation(_), Some(alone)) => (alone, Object::MultiRegister),
            _ => (&history, object),
        };
        let judgement = judge::judge(history, object, asked, &initial, STEPS_EACH);
        Some(Report::Promise(match judgement {
            Ok(judgement) => Light {
                promise,
                kept: judgement.kept,
                verdict: judgement.verdict,
                blamed: judgement.ops.iter().take(MOST_BARS).map(|op| history.describe(*op)).collect(),
            },
            Err(fault) => Light { promise, kept: None, verdict: fault.why, blamed: Vec::new() },
        }))
    }))
}

/// Where there are no transactions, each operation is one by itself: the history in the words of
/// registers. Nothing if it has transactions of its own.
fn single_operations(history: &History) -> Option<History> {
    let mut alone = history.clone();
    for op in &mut alone.ops {
        op.f = match op.f.as_str() {
            "txn" => return None,
            "get" => "read".into(),
            "put" => "write".into(),
            _ => continue,
        };
    }
    for op in &mut alone.ops {
        op.key.get_or_insert_with(|| Value::Word("x".into()));
    }
    Some(alone)
}

fn check(job: &Checking, tell: &mut dyn FnMut(Report)) -> Result<Report, BadInput> {
    let history = History::read(&job.text)?;
    let initial = Reader::new(&job.initial).next_value()?.map_or(Value::Nil, |placed| placed.value);
    let (object, promise) = (Object::ALL[job.object].1, Promise::ALL[job.promise].1);
    // A search that takes choices back has still come as far as it once was.
    let mut furthest = (0, 1);
    let mut look = |Progress { done, of }| {
        if done as u64 * furthest.1 as u64 > furthest.0 as u64 * of as u64 {
            furthest = (done, of);
            tell(Report::SoFar { done, of });
        }
        true
    };
    let judgement = judge::judge_within(&history, object, promise, &initial, &mut Budget::watched(STEPS, &mut look))?;
    let keys: Vec<&Value> = judgement.keys.iter().collect();
    let (lanes, bars) = picture(&history, &judgement.ops, &keys);
    Ok(Report::Judged(Judged {
        kept: judgement.kept,
        verdict: judgement.verdict,
        evidence: judgement.evidence,
        ops: history.ops.len(),
        lanes,
        bars,
    }))
}

/// The guilty and those who were at work at the same time; without guilty ones, the first.
fn picture(history: &History, guilty: &[usize], keys: &[&Value]) -> (Vec<String>, Vec<Bar>) {
    let ops = &history.ops;
    let first = guilty.iter().map(|op| ops[*op].call).min().unwrap_or(0);
    let last = guilty.iter().map(|op| ops[*op].ret.unwrap_or(ops[*op].call)).max().unwrap_or(usize::MAX);
    let nearby = (0..ops.len()).filter(|op| ops[*op].call <= last && ops[*op].ret.is_none_or(|ret| ret >= first));
    let others = nearby.filter(|op| !guilty.contains(op)).take(MOST_BARS.saturating_sub(guilty.len()));
    let mut shown: Vec<usize> = guilty.iter().copied().take(MOST_BARS).chain(others).collect();
    shown.sort_unstable();
    let mut moments: Vec<usize> = shown.iter().flat_map(|op| [Some(ops[*op].call), ops[*op].ret]).flatten().collect();
    moments.sort_unstable();
    let place = |moment: usize| moments.partition_point(|other| *other < moment);
    let mut processes: Vec<usize> = shown.iter().map(|op| ops[*op].process).collect();
    processes.sort_unstable();
    processes.dedup();
    let bars = shown.iter().map(|&op| Bar {
        lane: processes.partition_point(|process| *process < ops[op].process),
        from: place(ops[op].call),
        to: ops[op].ret.map(place),
        text: history.describe(op),
        label: ops[op].words(keys),
        guilty: guilty.contains(&op),
    });
    let names = processes.iter().map(|process| history.processes[*process].to_string());
    (names.collect(), bars.collect())
}

/// What a history is a history of, to judge by its words: the place of the object among all.
pub(crate) fn likely_object(history: &History) -> usize {
    let object = Object::of(history);
    Object::ALL.iter().position(|(_, other)| *other == object).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> &'static Library {
        Box::leak(Box::new(Library::standard()))
    }

    fn only(job: &[u8]) -> Report {
        let [report] = Steps::unpack(job, library()).collect::<Vec<_>>().try_into().expect("one report");
        report
    }

    fn judge(text: &str) -> Report {
        Report::unpack(&only(&Job::Check(Checking { text: text.into(), ..Checking::default() }).pack()).pack())
    }

    #[test]
    fn a_stale_read_is_found_and_drawn() {
        let report = judge(
            "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 1}\n\
             {:process 1 :type :invoke :f :read :value nil}\n{:process 1 :type :ok :f :read :value nil}\n",
        );
        let Report::Judged(judged) = report else { panic!("{report:?}") };
        assert_eq!(judged.kept, Some(false));
        assert_eq!(judged.lanes, ["0", "1"]);
        assert_eq!(judged.bars.iter().filter(|bar| bar.guilty).count(), 2);
        assert_eq!(judged.bars.iter().map(|bar| (bar.from, bar.to)).collect::<Vec<_>>(), [(0, Some(1)), (2, Some(3))]);
    }

    #[test]
    fn what_cannot_be_read_names_the_place() {
        let report = judge("{:process 0 :type :invoke\n :f }");
        let Report::Bad(why) = report else { panic!("{report:?}") };
        assert!(why.starts_with("line 2"), "{why}");
    }

    #[test]
    fn a_damaged_job_is_a_report_too() {
        assert!(matches!(only(&[99, 9, 9]), Report::Failed(_)));
    }

    #[test]
    fn every_promise_is_judged_and_single_operations_are_transactions_too() {
        let text = "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 1}\n\
                    {:process 1 :type :invoke :f :read :value nil}\n{:process 1 :type :ok :f :read :value 0}\n";
        let job = Job::Promises(Checking { text: text.into(), initial: "0".into(), ..Checking::default() });
        let lights: Vec<_> = Steps::of(job, library()).collect();
        assert_eq!((lights.len(), lights.last()), (Promise::ALL.len() + 1, Some(&Report::Over)));
        let kept = |name: &str| {
            let place = Promise::ALL.iter().position(|(other, _)| *other == name).expect("a promise");
            let Report::Promise(light) = &lights[place] else { panic!("{:?}", lights[place]) };
            (light.kept, light.blamed.len())
        };
        assert_eq!((kept("linearizable"), kept("sequential")), ((Some(false), 2), (Some(true), 0)));
        assert_eq!((kept("strict-serializable"), kept("serializable")), ((Some(false), 2), (Some(true), 0)));
    }

    #[test]
    fn the_object_is_guessed_by_its_words() {
        let guess = |text: &str| Object::ALL[likely_object(&History::read(text).expect("a history"))].0;
        assert_eq!(guess("{:process 0 :type :invoke :f :acquire :value nil}"), "mutex");
        assert_eq!(guess("{:process 0 :type :invoke :f :cas :value [1 2]}"), "cas-register");
        assert_eq!(guess("{:process 0 :type :invoke :f :txn :value [[:append :x 1]]}"), "list-append");
    }
}
