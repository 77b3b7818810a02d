//! The words of what many runs show.

pub(crate) const TITLE: &str = "Measure it, over many runs";
pub(crate) const KIND: &str = "Measure";
pub(crate) const CASE: &str = "World";
pub(crate) const ON_STAGE: &str = "On the stage";
pub(crate) const START: &str = "Measure";
pub(crate) const AGAIN: &str = "Measure again";
pub(crate) const INTERVALS: &str = "95 % intervals";
pub(crate) const INTERVAL: &str = "95 % interval";
pub(crate) const N: &str = "n";
pub(crate) const KNOWN: &str = "known";
pub(crate) const NEVER: &str = "never";

/// How many runs there will be.
pub(crate) fn how_many(runs: u64, places: usize, cases: usize) -> String {
    let each = if cases > 1 { format!(", in each of {cases} worlds") } else { String::new() };
    if places > 1 {
        format!("{runs} runs at each of {places} places{each}, each with a seed of its own.")
    } else {
        format!("{runs} runs{each}, each with a seed of its own.")
    }
}

/// How far it is.
pub(crate) fn so_far(done: u64, of: u64) -> String {
    format!("{done} of {of} runs")
}

/// That some runs did not come to what is measured.
pub(crate) fn missed(missed: u64, done: u64, end: &str) -> String {
    format!("In {missed} of {done} runs it did not happen within {end}.")
}

/// Of how many trials a point is, and in how many runs if there are several in one.
pub(crate) fn n(trials: u64, runs: Option<u64>) -> String {
    runs.map_or_else(|| trials.to_string(), |runs| format!("{trials} in {runs} runs"))
}

/// What a curve shows.
pub(crate) fn curve(name: &str, with: &str, least: u64) -> String {
    let with = if with.is_empty() { String::new() } else { format!(", {with}") };
    format!("{name}{with} (n ≥ {least})")
}

/// What a histogram shows.
pub(crate) fn spread(name: &str, with: &str, n: usize, mean: &str, interval: &str) -> String {
    let with = if with.is_empty() { String::new() } else { format!(", {with}") };
    format!("{name}{with}: mean {mean} ({interval}), n = {n}")
}

/// A case that is drawn with others, by its curve.
pub(crate) fn case(name: &str, least: u64) -> String {
    format!("{name} (n ≥ {least})")
}

/// A case that is drawn with others, by how soon half of its runs were over.
pub(crate) fn half(name: &str, runs: u64, half: Option<&str>) -> String {
    half.map_or_else(|| format!("{name}: not half of {runs} runs"), |half| format!("{name}: half within {half}"))
}

/// What share of the runs was over.
pub(crate) fn within(share: &str) -> String {
    format!("{share} within")
}

/// What is known of a case.
pub(crate) fn known_of(from: &str, case: &str) -> String {
    format!("{case}, {from}")
}

/// That some runs of a case did not come to what is measured.
pub(crate) fn missed_in(case: &str, missed: u64, done: u64, end: &str) -> String {
    format!("{case}: in {missed} of {done} runs it did not happen within {end}.")
}

/// The label of an axis on which each tenfold has the same room.
pub(crate) fn tenfold(power: f64, say: fn(f64) -> String) -> String {
    if power.fract() == 0.0 { say(10f64.powi(power as i32)) } else { String::new() }
}

/// What was found before.
pub(crate) fn before(with: &str) -> String {
    if with.is_empty() { "before".into() } else { format!("before: {with}") }
}

/// A mean that is known.
pub(crate) fn known_mean(from: &str, mean: &str) -> String {
    format!("{from}: mean {mean}")
}

/// What share of a row a cell is.
pub(crate) fn share(count: u64, of: u64, interval: &str) -> String {
    format!("{} % ({interval})", (count * 100 + of / 2) / of)
}

/// Of how many.
pub(crate) fn of(count: u64) -> String {
    format!("n = {count}")
}

/// The label of an axis in percent.
pub(crate) fn percent(percent: f64) -> String {
    format!("{} %", tenths(percent))
}

/// The label of an axis of milliseconds.
pub(crate) fn millis(millis: f64) -> String {
    if millis >= 10_000.0 { format!("{} s", tenths(millis / 1_000.0)) } else { format!("{} ms", tenths(millis)) }
}

/// The label of an axis of numbers.
pub(crate) fn number(number: f64) -> String {
    tenths(number)
}

fn tenths(value: f64) -> String {
    ((value * 10.0).round() / 10.0).to_string()
}
