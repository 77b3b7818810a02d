//! Faultline's check of linearizability and that of porcupine-rs, on the histories that porcupine-rs
//! ships: 102 runs of etcd under Jepsen, and 6 of a store of keys.
//!
//! | | Faultline | porcupine-rs 0.3.0 |
//! |---|---|---|
//! | the search | Wing and Gong with Lowe's memory | the same |
//! | what it leaves out | choices that another one makes needless, see [`faultline::judge::linearizable`] | nothing |
//! | several objects | one after the other, on one thread | each on a thread of its own |
//! | a model is | data that is read at run time | code that is compiled in |
//! | without a verdict it can | be stopped and go on | be stopped |
//! | with a verdict comes | an order, or the operations that are enough to contradict | nothing (asked again: an order as far as it goes) |
//!
//! How it is measured: both get their histories read beforehand, porcupine-rs by its own code and into
//! its own models, and both start with the history in one piece, so that taking it apart into objects
//! counts. Verdicts are compared with those that porcupine-rs's authors wrote down, before any clock
//! is started. What Faultline's evidence costs is measured apart: that is the whole of `faultline
//! check`, reading included.

mod theirs {
    include!(concat!(env!("OUT_DIR"), "/readers.rs"));
}

#[path = "../../../tests/support/definition.rs"]
mod definition;

use crate::bar::{Better, bar};
use crate::clock::{seconds, spread};
use definition::{by_definition, each_small_register};
use faultline::judge::history::History;
use faultline::judge::linearizable::{Linearizability, is_linearizable};
use faultline::judge::spec::{Act, Case, Object, Step};
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use porcupine_rs::{Operation, check_events, check_operations};
use theirs::jepsen_loader::{EtcdModel, EtcdOp};

/// Which histories are linearizable, as their authors say. Number 95 of etcd's is not among them: there
/// the cluster did not start, and the history is empty.
const VERDICTS: &str = include_str!("../verdicts.tsv");

const ROUNDS: usize = 15;

/// How much faster than porcupine-rs Faultline means to be, over all of etcd's histories and over all
/// of the store's.
const BAR_FASTER: f64 = 3.0;
/// How soon it means to refute the largest history, and to have evidence.
const BAR_REFUTED: f64 = 0.050;
const BAR_EVIDENCE: f64 = 0.100;

/// One history, as each side wants it.
struct Log {
    name: String,
    text: String,
    object: Object,
    case: Case,
    theirs: Box<dyn Fn() -> bool>,
    linearizable: bool,
}

impl Log {
    fn new(name: &str, file: &str, object: Object, linearizable: bool, theirs: Box<dyn Fn() -> bool>) -> Self {
        let text = std::fs::read_to_string(file).expect("porcupine-rs ships its histories");
        let history = History::read(&text).expect("it is a history");
        let case = Case::of(&history, object, &Value::Nil).expect("it is one of such an object");
        Self { name: name.into(), text, object, case, theirs, linearizable }
    }

    fn all() -> Vec<Self> {
        VERDICTS
            .lines()
            .map(|line| line.split_once('\t').expect("a name and a verdict"))
            .map(|(name, verdict)| Self::named(name, verdict == "linearizable"))
            .collect()
    }

    fn named(name: &str, linearizable: bool) -> Self {
        if let Some(number) = name.strip_prefix("etcd_") {
            let events = theirs::jepsen_loader::load_jepsen_log(number.parse().expect("a number"));
            let theirs = Box::new(move || check_events(&events));
            Self::new(name, &format!("test_data/jepsen/{name}.log"), Object::CasRegister, linearizable, theirs)
        } else {
            let events = theirs::kv_loader::load_kv_log(name);
            let theirs = Box::new(move || check_events(&events));
            Self::new(name, &format!("test_data/kv/{name}.txt"), Object::Kv, linearizable, theirs)
        }
    }

    fn ours(&self) -> bool {
        Linearizability::new(self.case.by_object()).decide(u64::MAX).expect("there is no end of steps")
    }

    /// What `faultline check` does.
    fn with_evidence(&self) -> Option<bool> {
        let history = History::read(&self.text).expect("it was one before");
        judge(&history, self.object, Promise::Linearizable, &Value::Nil, u64::MAX).expect("it was one before").kept
    }

    fn assert_verdicts(&self) {
        assert_eq!((self.theirs)(), self.linearizable, "{}: porcupine-rs has another verdict than its tests", self.name);
        assert_eq!(self.ours(), self.linearizable, "{}: Faultline is wrong", self.name);
        assert_eq!(self.with_evidence(), Some(self.linearizable), "{}: Faultline is wrong", self.name);
    }
}

/// Seconds of one round: porcupine-rs, Faultline, and Faultline with reading and evidence.
type Times = [f64; 3];

/// Measures all of it and prints a table.
pub(crate) fn main() {
    // Its readers look for the histories from where they were written.
    std::env::set_current_dir(env!("PORCUPINE_RS")).expect("cargo still has it");
    let (stores, etcd): (Vec<Log>, Vec<Log>) = Log::all().into_iter().partition(|log| log.object == Object::Kv);
    etcd.iter().chain(&stores).for_each(Log::assert_verdicts);
    println!("Checks of linearizability, milliseconds: median (fastest to slowest) of {ROUNDS} rounds.");
    println!("All {} verdicts of both are right. Faultline uses one thread, porcupine-rs one for each key.", etcd.len() + stores.len());
    println!("  {:<22}{:<32}{:<32}{:<28}reading, verdict and evidence", "", "porcupine-rs", "Faultline", "faster by");

    // For each round the times of each log.
    let measure = |logs: &[Log]| -> Vec<Vec<Times>> { (0..ROUNDS).map(|_| logs.iter().map(measure).collect()).collect() };
    let (etcd_rounds, store_rounds) = (measure(&etcd), measure(&stores));
    row("etcd, 102 histories", &totals(&etcd_rounds), Some(BAR_FASTER));
    row("store, 6 histories", &totals(&store_rounds), Some(BAR_FASTER));
    for (index, Log { name, .. }) in stores.iter().enumerate() {
        let times: Vec<Times> = store_rounds.iter().map(|round| round[index]).collect();
        row(&format!("  {name}"), &times, None);
        if name == "c50-bad" {
            within("c50-bad is refuted", spread(times.iter().map(|times| times[1]))[1], BAR_REFUTED);
            within("... and read, refuted and explained", spread(times.iter().map(|times| times[2]))[1], BAR_EVIDENCE);
        }
    }
    small_registers();
}

/// Every small history of a register, judged by both and by the definition.
fn small_registers() {
    let (mut all, mut kept) = (0u32, 0u32);
    let (mut ours, mut theirs) = (0.0, 0.0);
    each_small_register(&mut |case| {
        let operations: Vec<_> = case.steps.iter().map(operation).collect();
        let (seconds_of_ours, mine) = seconds(|| is_linearizable(case, u64::MAX).expect("there is no end of steps"));
        let (seconds_of_theirs, other) = seconds(|| check_operations(&operations));
        assert_eq!((mine, other), (by_definition(case), mine), "{:?}", case.steps);
        ours += seconds_of_ours;
        theirs += seconds_of_theirs;
        all += 1;
        kept += u32::from(mine);
    });
    println!("All {all} histories of a register with up to 4 operations, 3 clients and 2 values ({kept} are linearizable):");
    println!("  definition, Faultline and porcupine-rs agree on each; {:.1} s porcupine-rs, {:.1} s Faultline", theirs, ours);
}

/// A step of a register, in porcupine-rs's words for etcd. Its register begins with nothing in it.
fn operation(step: &Step) -> Operation<EtcdModel> {
    let number = |value: &Value| match value {
        Value::Int(value) => *value as i32,
        other => unreachable!("a small register holds no {other}"),
    };
    let op = match &step.act {
        Act::Read(Some(value)) => EtcdOp::Read { exists: number(value) != 0, value: number(value), unknown: step.ret.is_none() },
        Act::Write(value) => EtcdOp::Write { value: number(value) },
        other => unreachable!("a small register has no {other:?}"),
    };
    Operation { client_id: None, call_time: step.call as i64, return_time: step.ret.map_or(i64::MAX, |ret| ret as i64), op, metadata: None }
}

fn measure(log: &Log) -> Times {
    [seconds(&log.theirs).0, seconds(|| log.ours()).0, seconds(|| log.with_evidence()).0]
}

fn totals(rounds: &[Vec<Times>]) -> Vec<Times> {
    rounds.iter().map(|round| std::array::from_fn(|side| round.iter().map(|times| times[side]).sum())).collect()
}

fn row(name: &str, rounds: &[Times], limit: Option<f64>) {
    let times = |side: usize| {
        let [fastest, median, slowest] = spread(rounds.iter().map(|times| times[side] * 1000.0));
        format!("{median:.2} ({fastest:.2} to {slowest:.2})")
    };
    let [least, faster, most] = spread(rounds.iter().map(|times| times[0] / times[1]));
    let faster_by = format!("{faster:.1}x ({least:.1}x to {most:.1}x)");
    println!("  {name:<22}{:<32}{:<32}{faster_by:<28}{}", times(0), times(1), times(2));
    if let Some(limit) = limit {
        bar(&format!("{name}: faster than porcupine-rs"), Better::More, limit, limit / 2.0, faster, " x");
    }
}

fn within(what: &str, seconds: f64, limit: f64) {
    bar(what, Better::Less, limit * 1000.0, limit * 3000.0, seconds * 1000.0, " ms");
}
