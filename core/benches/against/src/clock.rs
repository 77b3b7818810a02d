//! Looking at the clock, and making one of many looks.

/// How long something takes, and what comes of it.
#[expect(clippy::disallowed_types, reason = "a benchmark looks at the clock on the wall")]
pub(crate) fn seconds<T>(go: impl FnOnce() -> T) -> (f64, T) {
    let start = std::time::Instant::now();
    let result = go();
    (start.elapsed().as_secs_f64(), result)
}

/// The smallest, the middle and the largest.
pub(crate) fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [values[0], values[values.len() / 2], values[values.len() - 1]]
}
