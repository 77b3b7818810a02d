//! The map of promises: which implies which, and which can be kept while the network is parted.
//!
//! The levels of isolation and their availability are those of Adya (1999) and of Bailis and others,
//! “Highly available transactions” (2013), as far as a judge here can tell them apart; causal
//! consistency is that of Bouajjani and others (2017), whose weakest reading implies less than the word
//! mostly does. Each arrow comes with a smallest history that keeps the weaker promise and breaks the
//! stronger one. They were found by going through all small histories in which nobody reads what is yet to
//! be written, and the tests go through them again.

use super::history::{History, Op};
use super::spec::Object;
use super::transactions::Transactions;
use super::value::Value;
use super::{Budget, Judgement, Promise, judge, sketch};

/// Who is still served while some nodes cannot reach one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// Not everybody.
    Unavailable,
    /// Everybody who stays with the nodes that served them before.
    Sticky,
    /// Everybody.
    Total,
}

impl Availability {
    /// In a few words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Unavailable => "not available when the network is parted",
            Self::Sticky => "available to who stays with the same nodes",
            Self::Total => "always available",
        }
    }
}

/// A promise on the map.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its name, as in [`Promise::ALL`].
    pub name: &'static str,
    /// Who can have it while the network is parted.
    pub availability: Availability,
    /// What it says.
    pub says: &'static str,
}

const fn place(name: &'static str, availability: Availability, says: &'static str) -> Place {
    Place { name, availability, says }
}

/// All promises that can be judged, no weaker one before a stronger.
pub const PLACES: [Place; 20] = {
    use Availability::{Sticky, Total, Unavailable};
    [
        place("strict-serializable", Unavailable, "all transactions happen one after the other, each between its beginning and its end"),
        place("strong-session-serializable", Unavailable, "one after the other, and those of a process in its order"),
        place("serializable", Unavailable, "one after the other"),
        place(
            "strong-snapshot-isolation",
            Unavailable,
            "each sees all that had ended when it began, and no two that overlap write the same",
        ),
        place("strong-session-snapshot-isolation", Unavailable, "the same, where a process sees at least its own past"),
        place("snapshot-isolation", Unavailable, "each sees one moment of the past, and no two that overlap write the same"),
        place("parallel-snapshot-isolation", Unavailable, "the same, but not all agree on the order of what is far apart"),
        place("consistent-view", Unavailable, "nobody sees one write of a transaction and misses another, or writes over what it missed"),
        place("read-committed", Total, "nobody sees what is taken back or not finished"),
        place("read-uncommitted", Total, "the writes of transactions do not mix"),
        place("linearizable", Unavailable, "every operation happens at one moment between its beginning and its end"),
        place("sequential", Unavailable, "all operations happen in one order, and those of a process in its own"),
        place("causal-convergence", Sticky, "nobody sees an effect without its causes, and all agree on the order of the rest"),
        place("causal-memory", Sticky, "nobody sees an effect without its causes, or changes their mind about an order they saw"),
        place("causal", Sticky, "nobody sees an effect without its causes"),
        place("pram", Sticky, "everybody sees the writes of each process in its order"),
        place("read-your-writes", Sticky, "a process sees its own writes"),
        place("monotonic-reads", Total, "what a process has seen it goes on seeing"),
        place("monotonic-writes", Total, "who sees a write sees what its process wrote before"),
        place("writes-follow-reads", Total, "who sees a write sees what its writer had seen"),
    ]
};

/// One promise implies another.
#[derive(Clone, Copy, Debug)]
pub struct Arrow {
    /// The stronger.
    pub strong: &'static str,
    /// The weaker.
    pub weak: &'static str,
    /// A smallest history that keeps the weaker and breaks the stronger, as a line (see [`sketch`]).
    pub apart: &'static str,
}

const fn arrow(strong: &'static str, weak: &'static str, apart: &'static str) -> Arrow {
    Arrow { strong, weak, apart }
}

/// Everything on the map that does not follow from the rest of it.
pub const ARROWS: [Arrow; 26] = {
    const LATE: &str = "x1 - / - x?0";
    const FORGETFUL: &str = "x1 x?0";
    const BACKWARDS: &str = "x1 / x?1 x?0";
    const WRITE_SKEW: &str = "[x?0 y1] / [y?0 x1]";
    [
        arrow("strict-serializable", "linearizable", WRITE_SKEW),
        arrow("strict-serializable", "strong-session-serializable", LATE),
        arrow("strict-serializable", "strong-snapshot-isolation", WRITE_SKEW),
        arrow("strong-session-serializable", "serializable", FORGETFUL),
        arrow("strong-session-serializable", "strong-session-snapshot-isolation", WRITE_SKEW),
        arrow("serializable", "snapshot-isolation", WRITE_SKEW),
        arrow("strong-snapshot-isolation", "strong-session-snapshot-isolation", LATE),
        arrow("strong-session-snapshot-isolation", "snapshot-isolation", FORGETFUL),
        arrow("strong-session-snapshot-isolation", "parallel-snapshot-isolation", "x1 y?0 / y1 x?0"),
        arrow("snapshot-isolation", "consistent-view", "x1 / y1 / [x?1 y?0] / [x?0 y?1]"),
        arrow("parallel-snapshot-isolation", "consistent-view", FORGETFUL),
        arrow("consistent-view", "read-committed", "[x1 x?0]"),
        arrow("read-committed", "read-uncommitted", "[x1 x2] / x?1"),
        arrow("linearizable", "sequential", LATE),
        arrow("sequential", "causal-convergence", "x1 y?0 / y1 x?0"),
        arrow("sequential", "causal-memory", "x1 x?2 / x2 x?1"),
        arrow("causal-convergence", "causal", "x1 x?2 / x2 x?1"),
        arrow("causal-memory", "causal", "x1 / x2 x?1 x?2"),
        arrow("causal-convergence", "monotonic-reads", FORGETFUL),
        arrow("causal-convergence", "monotonic-writes", FORGETFUL),
        arrow("causal-memory", "pram", "x1 / x?1 y1 / y?1 x?0"),
        arrow("causal", "read-your-writes", BACKWARDS),
        arrow("causal", "writes-follow-reads", FORGETFUL),
        arrow("pram", "read-your-writes", BACKWARDS),
        arrow("pram", "monotonic-reads", FORGETFUL),
        arrow("pram", "monotonic-writes", FORGETFUL),
    ]
};

/// Whether one promise implies another, by the arrows.
#[must_use]
pub fn implies(strong: &str, weak: &str) -> bool {
    strong == weak || ARROWS.iter().any(|arrow| arrow.strong == strong && implies(arrow.weak, weak))
}

/// How far a history of the map is thought about.
const STEPS: u64 = 1_000_000;

/// Whether a history, as a line, keeps a promise; nothing if it cannot be told. Where transactions are
/// judged by what linearizability says, which is about each object alone, each of their parts happens by
/// itself.
#[must_use]
pub fn keeps(text: &str, promise: Promise) -> Option<bool> {
    let mut history = sketch::read(text, false)?;
    let initial = Value::Int(0);
    if let Promise::Isolation(level) = promise {
        return Transactions::of(&history, false, &initial).ok()?.check(level, &mut Budget::steps(STEPS)).ok()?.kept();
    }
    if promise == Promise::Linearizable {
        take_apart(&mut history);
    }
    judge(&history, Object::MultiRegister, promise, &initial, STEPS).ok()?.kept
}

/// The same with what shows it, of what is known of the history when an event of it has happened.
#[must_use]
pub fn judged(history: &History, event: usize, promise: Promise) -> Option<Judgement> {
    let mut history = history.until(event);
    let parts = (promise == Promise::Linearizable).then(|| take_apart(&mut history));
    let mut judgement = judge(&history, Object::MultiRegister, promise, &Value::Int(0), STEPS).ok()?;
    if let Some(parts) = parts {
        let whole = |op: &mut usize| *op = parts[*op];
        judgement.ops.iter_mut().chain(&mut judgement.order).for_each(whole);
        judgement.ops.dedup();
        // Where an operation has several parts, no one order is that of all of them.
        if parts.windows(2).any(|pair| pair[0] == pair[1]) {
            judgement.order.clear();
        }
    }
    Some(judgement)
}

/// Makes each part of a transaction an operation of its own process; says which one each comes from.
fn take_apart(history: &mut History) -> Vec<usize> {
    let parts = history.ops.iter().enumerate().flat_map(|(whole, op)| match (op.f.as_str(), op.output.items()) {
        ("txn", Some(items)) => {
            let part = |item: &Value| {
                let [f, key, value] = item.items()? else { return None };
                let (f, key, value) = (f.name()?.to_owned(), Some(key.clone()), value.clone());
                Some((whole, Op { f, key, input: value.clone(), output: value, ..op.clone() }))
            };
            items.iter().filter_map(part).collect()
        }
        _ => vec![(whole, op.clone())],
    });
    let (from, ops): (Vec<usize>, Vec<Op>) = parts.unzip();
    history.ops = ops;
    history.processes = (0..history.ops.len() as i64).map(Value::Int).collect();
    history.ops.iter_mut().enumerate().for_each(|(process, op)| op.process = process);
    from
}

/// A smallest run of a model in which a promise is broken.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The promise.
    pub promise: &'static str,
    /// The model.
    pub model: &'static str,
    /// The run, as a link.
    pub link: &'static str,
}

/// Runs that break promises, found by the search.
pub const EXAMPLES: [Example; 12] = {
    const FORGOTTEN: &str = "#run=1DnByaW1hcnktYmFja3VwAwEBAQh3YWl0LWZvcgIAgOHrFwAAAAAAAMCWsQIAAICU69wDBAAFAAEABQEAgJTr3AMOAAEBAICo1rkHDgAAAAABgOqt6QehAYq8-O_wj4Ps2gGDyxS2";
    const BACK_AGAIN: &str = "#run=1DnByaW1hcnktYmFja3VwAwEBAQh3YWl0LWZvcgIAgOHrFwAAAAAAAMCWsQIAAICU69wDBQAFAAEABQEAgJTr3AMOAAEBAICU69wDDgABAACAqNa5Bw4AAAAAAYDqrekHqAGV_8nru8LT6z3bokFI";
    const BEHIND: &str = "#run=1B3F1b3J1bXMCAgMCC3JlYWQtcXVvcnVtAgx3cml0ZS1xdW9ydW0CAIDh6xcAAAAAAADAlrECAACAlOvcAwMADgEAAQAADwABAACAlOvcAw4AAQAAAYDWwowEGZmcgvGrg5abJbdo-BI";
    const TOO_FEW: &str = "#run=1B3F1b3J1bXMCAQECC3JlYWQtcXVvcnVtAgx3cml0ZS1xdW9ydW0CAIDh6xcAAAAAAADAlrECAACAlOvcAwMACgABAQCAp_KmAQEAAQAADgAAAQCAhK9fDgABAAABgMaGjwEX2Y6-ube7-LyjAV_bViY";
    [
        Example { promise: "linearizable", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "sequential", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "causal-convergence", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "causal-memory", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "causal", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "pram", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "read-your-writes", model: "primary-backup", link: FORGOTTEN },
        Example { promise: "monotonic-reads", model: "primary-backup", link: BACK_AGAIN },
        Example { promise: "linearizable", model: "quorums", link: BEHIND },
        Example { promise: "sequential", model: "quorums", link: TOO_FEW },
        Example { promise: "causal", model: "quorums", link: TOO_FEW },
        Example { promise: "read-your-writes", model: "quorums", link: TOO_FEW },
    ]
};
