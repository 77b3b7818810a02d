//! What can be asked of a worker, and what it answers.

use faultline::judge::history::History;
use faultline::judge::spec::Object;
use faultline::judge::value::{BadInput, Reader, Value};
use faultline::judge::{self, Budget, Progress, Promise};
use faultline::lab::Lab;
use faultline::lab::challenge::Verdict;
use faultline::lab::search::Tried;
use faultline::lab::tour::Guess;
use faultline::models::Library;
use faultline::scenario::Scenario;
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
}

/// A challenge of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Puzzle {
    /// The file of the lab.
    source: String,
    id: String,
    /// Its place among the lab's challenges.
    challenge: usize,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// A verdict on a history.
    Judged(Judged),
    /// A verdict on a challenge.
    Decided(Box<Verdict>),
    /// What trying every order of events has shown in one world.
    Tried(Tried),
    /// The history cannot be read, or not as such an object: where, and why.
    Bad(String),
    /// The work itself has failed.
    Failed(String),
    /// It goes on, and has come so far: more comes later.
    SoFar { done: usize, of: usize },
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
    pub(crate) text: String,
    /// Whether it is one of those that show the verdict.
    pub(crate) guilty: bool,
}

/// A search that takes more steps is given up.
const STEPS: u64 = 200_000_000;
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

    /// Does it here and now, and says how far it is.
    pub(crate) fn work(&self, library: &Library, tell: &mut dyn FnMut(Report)) -> Report {
        let done = match self {
            Self::Check(checking) => check(checking, tell).map_err(|fault| fault.to_string()),
            Self::Decide(puzzle, played, guess) => puzzle.decide(library, played, guess.as_ref()),
            Self::Search(puzzle, search, case) => puzzle.search(library, *search, *case),
        };
        done.unwrap_or_else(Report::Bad)
    }
}

impl Puzzle {
    fn of(lab: &Lab, challenge: usize) -> Self {
        Self { source: lab.source.clone(), id: lab.id.clone(), challenge }
    }

    fn lab(&self, library: &Library) -> Result<Lab, String> {
        Lab::read(&self.source, &self.id, library).map_err(|problems| problems.iter().map(|problem| format!("{problem}. ")).collect())
    }

    fn decide(&self, library: &Library, played: &Scenario, guess: Option<&Guess>) -> Result<Report, String> {
        let lab = self.lab(library)?;
        let challenge = lab.challenges.get(self.challenge).ok_or("there is no such challenge")?;
        let verdict = challenge.decide(&lab, library, played, guess).map_err(|fault| fault.to_string())?;
        Ok(Report::Decided(Box::new(verdict)))
    }

    fn search(&self, library: &Library, search: usize, case: usize) -> Result<Report, String> {
        let lab = self.lab(library)?;
        let challenge = lab.challenges.get(self.challenge).ok_or("there is no such challenge")?;
        let search = challenge.searches.get(search).ok_or("there is no such search")?;
        let cases = search.cases(challenge, &lab);
        let case = cases.get(case).ok_or("there is no such world")?;
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

/// Does a job that was packed, and tells how far it is in the same way.
#[inline(never)]
pub(crate) fn work(job: &[u8], library: &Library, tell: &mut dyn FnMut(Vec<u8>)) -> Vec<u8> {
    let mut tell = |report: Report| tell(report.pack());
    postcard::from_bytes::<Job>(job).map_or_else(|fault| Report::Failed(fault.to_string()), |job| job.work(library, &mut tell)).pack()
}

fn check(job: &Checking, tell: &mut dyn FnMut(Report)) -> Result<Report, BadInput> {
    let history = History::read(&job.text)?;
    let initial = Reader::new(&job.initial).next_value()?.map_or(Value::Nil, |placed| placed.value);
    let (object, promise) = (Object::ALL[job.object].1, Promise::ALL[job.promise].1);
    // A search that takes choices back has still come as far as it once was.
    let mut furthest = 0;
    let mut look = |Progress { done, of }| {
        if done > furthest {
            furthest = done;
            tell(Report::SoFar { done, of });
        }
        true
    };
    let judgement = judge::judge_within(&history, object, promise, &initial, &mut Budget::watched(STEPS, &mut look))?;
    let (lanes, bars) = picture(&history, &judgement.ops);
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
fn picture(history: &History, guilty: &[usize]) -> (Vec<String>, Vec<Bar>) {
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

    fn judge(text: &str) -> Report {
        Report::unpack(&work(&Job::Check(Checking { text: text.into(), ..Checking::default() }).pack(), &Library::standard(), &mut |_| ()))
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
        assert!(matches!(Report::unpack(&work(&[9, 9, 9], &Library::standard(), &mut |_| ())), Report::Failed(_)));
    }

    #[test]
    fn the_object_is_guessed_by_its_words() {
        let guess = |text: &str| Object::ALL[likely_object(&History::read(text).expect("a history"))].0;
        assert_eq!(guess("{:process 0 :type :invoke :f :acquire :value nil}"), "mutex");
        assert_eq!(guess("{:process 0 :type :invoke :f :cas :value [1 2]}"), "cas-register");
        assert_eq!(guess("{:process 0 :type :invoke :f :txn :value [[:append :x 1]]}"), "list-append");
    }
}
