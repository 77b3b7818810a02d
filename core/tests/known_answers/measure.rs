//! What a measurement is worth, and the lines of the table.

/// The half width of an interval, in standard errors. The table has some 130 lines, and a true
/// value is more than four standard errors away once in 16,000: so it is the table as a whole that
/// is right in 99 of 100 cases, not each of its lines.
const STANDARD_ERRORS: f64 = 4.0;

/// How often something is tried: without optimisation an event takes ten times as long.
pub(crate) const fn more(count: u64) -> u64 {
    if cfg!(debug_assertions) { count } else { 10 * count }
}

/// A measured value, and the interval in which the true one lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    n: usize,
    value: f64,
    low: f64,
    high: f64,
}

impl Measured {
    /// The mean of independent samples.
    pub(crate) fn mean(samples: &[f64]) -> Self {
        let n = samples.len() as f64;
        let value = samples.iter().sum::<f64>() / n;
        let variance = samples.iter().map(|sample| (sample - value) * (sample - value)).sum::<f64>() / (n - 1.0);
        // As many more as Student's distribution asks for when the variance is measured too.
        let errors = STANDARD_ERRORS + STANDARD_ERRORS * (STANDARD_ERRORS * STANDARD_ERRORS + 1.0) / (4.0 * (n - 1.0));
        let half = errors * (variance / n).sqrt();
        Self { n: samples.len(), value, low: value - half, high: value + half }
    }

    /// The share of independent trials that were hits: Wilson's interval (1927), which is right for
    /// rare hits too.
    pub(crate) fn share(hits: usize, trials: usize) -> Self {
        let (n, z2) = (trials as f64, STANDARD_ERRORS * STANDARD_ERRORS);
        let value = hits as f64 / n;
        let middle = (value + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = STANDARD_ERRORS / (1.0 + z2 / n) * (value * (1.0 - value) / n + z2 / (4.0 * n * n)).sqrt();
        Self { n: trials, value, low: middle - half, high: middle + half }
    }

    /// The value below which a share of independent samples lies. How many of them lie below the
    /// true one is binomial, whatever the distribution.
    pub(crate) fn quantile(samples: &mut [f64], share: f64) -> Self {
        samples.sort_unstable_by(f64::total_cmp);
        let n = samples.len() as f64;
        let spread = STANDARD_ERRORS * (n * share * (1.0 - share)).sqrt();
        // Beyond the last sample nothing is known.
        let at = |rank: f64| if rank < 0.0 { f64::NEG_INFINITY } else { samples.get(rank as usize).copied().unwrap_or(f64::INFINITY) };
        Self { n: samples.len(), value: at(n * share), low: at(n * share - spread), high: at(n * share + spread) }
    }

    /// Writes the line, and fails unless the known value is in the interval, or outside it by no
    /// more than what is allowed for the known value's own error. An interval as wide as a barn door
    /// is a failure too: samples that scatter without measure would always hit.
    #[track_caller]
    pub(crate) fn check(self, what: &str, known: f64, allowed: f64) {
        let Self { n, value, low, high } = self;
        eprintln!("{what:<56} n={n:<8} {value:>10.5} in [{low:>9.5}, {high:>9.5}]  known {known:>9.5} ± {allowed:.5}");
        assert!(high - low <= 4.0 * known, "{what}: {value} in [{low}, {high}] says nothing about {known}");
        assert!(low - allowed <= known && known <= high + allowed, "{what}: {value} in [{low}, {high}] is not {known} ± {allowed}");
    }
}
