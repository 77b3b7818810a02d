//! The words of the map of promises.

use super::plain;
use faultline::judge::map::Availability;

pub(crate) use super::MAP_TITLE as TITLE;
pub(crate) const HOW: &str = "Every arrow leads from a promise to one that it implies. Choose a promise, or an arrow: the smallest history that tells the two apart is played.";
pub(crate) const OPEN: &str = "All promises on a map";
pub(crate) const PICTURE: &str = "Promises, and which implies which";
pub(crate) const DETAILS: &str = "What was chosen";
pub(crate) const CHOOSE: &str = "Choose a promise or an arrow.";
pub(crate) const PROMISE: &str = "promise";
pub(crate) const AVAILABLE: &str = "while the network is parted";
pub(crate) const IMPLIES: &str = "implies";
pub(crate) const HERE: &str = "here";
pub(crate) const IMPLIES_TITLE: &str = "It implies";
pub(crate) const IMPLIED_TITLE: &str = "It is implied by";
pub(crate) const DIFFERENCE: &str = "The difference";
pub(crate) const GIVEN: &str = "Who gives it";
pub(crate) const SEEN: &str = "See it broken here";
pub(crate) const WATCH: &str = "Watch this promise in the run";
pub(crate) const HISTORY: &str = "The history, event by event";
pub(crate) const FROM_START: &str = "From the start";

/// Who says that they give it, in their documentation or in the paper that made it known.
pub(crate) fn given(name: &str) -> Option<&'static str> {
    Some(match name {
        "strict-serializable" => "etcd, for the requests to its keys; Google Spanner, which calls it external consistency.",
        "serializable" => "PostgreSQL, at its level Serializable.",
        "snapshot-isolation" => "PostgreSQL, at its level Repeatable Read.",
        "parallel-snapshot-isolation" => "Walter (2011), which gave it its name.",
        "read-committed" => "PostgreSQL, if nothing else is asked for.",
        "linearizable" => "Whoever is strict serializable, for single operations: etcd, for example.",
        "sequential" => "ZooKeeper: writes in one order, and each client sees its own in their order.",
        "causal-convergence" => "COPS (2011), which calls it causal+.",
        "causal-memory" => "Ahamad and others (1995), who gave it its name.",
        "pram" => "Lipton and Sandberg (1988), who gave it its name.",
        "read-your-writes" | "monotonic-reads" | "monotonic-writes" | "writes-follow-reads" => {
            "Bayou (1994), which gave it its name; MongoDB in a causally consistent session with majority concerns; Azure Cosmos DB within a session."
        }
        _ => return None,
    })
}

/// What a screen reader says of a promise in the picture.
pub(crate) fn place(name: &str, availability: Availability, light: Option<Option<bool>>) -> String {
    let here = light.map_or_else(String::new, |kept| format!(", {}", in_this(kept)));
    format!("{}, {}{here}", plain(name), availability.describe())
}

/// What an arrow leads to.
pub(crate) fn apart(strong: &str, weak: &str) -> String {
    format!("What tells {} from {}", plain(strong), plain(weak))
}

/// The way to that, from one of the two.
pub(crate) fn difference_from(this: &str, other: &str) -> String {
    format!("{DIFFERENCE} between {} and {}", plain(this), plain(other))
}

/// What is played.
pub(crate) fn difference(strong: &str, weak: &str) -> String {
    let (strong, weak) = (plain(strong), plain(weak));
    format!("{strong} → {weak}")
}

/// What is to be seen in it.
pub(crate) fn smallest(strong: &str, weak: &str) -> String {
    format!("Nothing smaller keeps {} and breaks {}.", plain(weak), plain(strong))
}

/// Back to a promise.
pub(crate) fn more_about(name: &str) -> String {
    format!("More about {}", plain(name))
}

/// How far a history is played.
pub(crate) fn event(step: usize, of: usize) -> String {
    format!("event {step} of {of}")
}

/// Who did something.
pub(crate) fn process(number: usize) -> String {
    format!("p{number}")
}

/// What somebody did, or is doing.
pub(crate) fn did(process: usize, what: &str, done: bool) -> String {
    format!("p{process}: {what}{}", if done { "" } else { ", not answered yet" })
}

/// Why a promise is kept or broken.
pub(crate) fn because(kept: Option<bool>, name: &str, because: &str, numbered: bool) -> String {
    match (kept, name) {
        (Some(true), _) if numbered => "kept: the numbers are an order that suits everybody".into(),
        (Some(true), _) => "kept: nothing contradicts it".into(),
        (Some(false), "linearizable") => "broken: what is marked fits into no order that the clock allows".into(),
        (Some(false), "sequential") => "broken: what is marked fits into no order".into(),
        (Some(false), _) => format!("broken: {because}"),
        (None, _) => "not known".into(),
    }
}

/// What a history does to a promise.
pub(crate) fn in_this(kept: Option<bool>) -> &'static str {
    match kept {
        Some(true) => "kept in this history",
        Some(false) => "broken in this history",
        None => "cannot be told from this history",
    }
}

/// How far the judge is.
pub(crate) fn judged(count: usize) -> String {
    format!("{count} promises judged")
}

/// What the judge has found.
pub(crate) fn sum(kept: usize, broken: usize, unknown: usize) -> String {
    let unknown = if unknown == 0 { String::new() } else { format!("; of {unknown} it cannot be told") };
    format!("This history keeps {kept} promises and breaks {broken}{unknown}.")
}

/// A run in which a promise is broken.
pub(crate) fn broken_by(model: &str) -> String {
    format!("A smallest run of {}", plain(model))
}
