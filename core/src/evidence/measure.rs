//! What a measurement is worth, and how it is held against what is known.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The half width, in standard errors, of the interval in which the known value must lie. Of a
/// hundred and fifty lines one is further off by chance every other time; that the seeds are fixed
/// makes it the same line for everybody.
const STANDARD_ERRORS: f64 = 3.0;
/// The half width of the interval that is shown: 95 of 100 such intervals hold the true value.
const SHOWN_ERRORS: f64 = 1.959_964;

/// A measured value, and how far the true one may be from it.
#[derive(Clone, Debug)]
pub struct Measured {
    n: usize,
    value: f64,
    error: Error,
}

#[derive(Clone, Debug)]
enum Error {
    /// Of a mean: its standard error.
    Mean(f64),
    /// Of a share: it was counted.
    Share,
    /// Of a quantile: the samples in order, and which share of them.
    Quantile(Vec<f64>, f64),
}

impl Measured {
    /// The mean of independent samples.
    #[must_use]
    pub fn mean(samples: &[f64]) -> Self {
        let n = samples.len() as f64;
        let value = samples.iter().sum::<f64>() / n;
        let variance = samples.iter().map(|sample| (sample - value) * (sample - value)).sum::<f64>() / (n - 1.0);
        Self { n: samples.len(), value, error: Error::Mean((variance / n).sqrt()) }
    }

    /// The share of independent trials that were hits.
    #[must_use]
    pub fn share(hits: usize, trials: usize) -> Self {
        Self { n: trials, value: hits as f64 / trials as f64, error: Error::Share }
    }

    /// The value below which a share of independent samples lies.
    #[must_use]
    pub fn quantile(mut samples: Vec<f64>, share: f64) -> Self {
        samples.sort_unstable_by(f64::total_cmp);
        let value = at(&samples, samples.len() as f64 * share);
        Self { n: samples.len(), value, error: Error::Quantile(samples, share) }
    }

    /// The mean of so many samples, of which the standard error is known.
    #[must_use]
    pub const fn about(value: f64, error: f64, n: usize) -> Self {
        Self { n, value, error: Error::Mean(error) }
    }

    /// The standard error of a mean.
    #[must_use]
    pub const fn error(&self) -> Option<f64> {
        if let Error::Mean(error) = self.error { Some(error) } else { None }
    }

    /// Whether what is known is no further from what was measured than three standard errors and so much
    /// of its own.
    #[must_use]
    pub fn agrees(&self, known: f64, own: f64) -> Agreement {
        let (low, high) = self.tested();
        if low - own > known || known > high + own {
            Agreement::No
        } else if high - low <= 4.0 * known.abs() {
            Agreement::Yes
        } else {
            Agreement::SaysNothing
        }
    }

    /// The interval in which what is known must lie.
    #[must_use]
    pub fn tested(&self) -> (f64, f64) {
        self.interval(STANDARD_ERRORS)
    }

    /// What was measured.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The interval that is shown: 95 of 100 such intervals hold the true value.
    #[must_use]
    pub fn shown(&self) -> (f64, f64) {
        self.interval(SHOWN_ERRORS)
    }

    /// The interval with that half width in standard errors.
    #[must_use]
    pub fn interval(&self, errors: f64) -> (f64, f64) {
        let (n, value, z2) = (self.n as f64, self.value, errors * errors);
        match &self.error {
            Error::Mean(error) => {
                // As many more as Student's distribution asks for when the variance is measured too.
                let half = (errors + errors * (z2 + 1.0) / (4.0 * (n - 1.0))) * error;
                (value - half, value + half)
            }
            // Wilson's interval (1927), which is right for rare hits too.
            Error::Share => {
                let middle = (value + z2 / (2.0 * n)) / (1.0 + z2 / n);
                let half = errors / (1.0 + z2 / n) * (value * (1.0 - value) / n + z2 / (4.0 * n * n)).sqrt();
                ((middle - half).max(0.0), (middle + half).min(1.0))
            }
            // How many samples lie below the true one is binomial, whatever the distribution.
            Error::Quantile(samples, share) => {
                let spread = errors * (n * share * (1.0 - share)).sqrt();
                (at(samples, n * share - spread), at(samples, n * share + spread))
            }
        }
    }
}

/// Whether what is known and what was measured are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// As far as can be told.
    Yes,
    /// They are too far apart.
    No,
    /// So little was measured that nearly everything would agree.
    SaysNothing,
}

/// The sample of that rank. Beyond the last nothing is known.
fn at(samples: &[f64], rank: f64) -> f64 {
    if rank < 0.0 { f64::NEG_INFINITY } else { samples.get(rank as usize).copied().unwrap_or(f64::INFINITY) }
}

/// In what a value is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Of all.
    Share,
    /// Milliseconds.
    Ms,
    /// A plain number.
    Number,
}

impl Unit {
    /// An interval. So few samples may not say how far up it goes.
    #[must_use]
    pub fn between(self, low: f64, high: f64) -> String {
        match (low.is_finite(), high.is_finite()) {
            (true, true) => format!("{} to {}", self.show(low), self.show(high)),
            (true, false) => format!("{} or more", self.show(low)),
            (false, true) => format!("{} or less", self.show(high)),
            (false, false) => "–".into(),
        }
    }

    /// A value with its unit.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        let (value, unit) = match self {
            Self::Share => (100.0 * value, " %"),
            Self::Ms => (value, " ms"),
            Self::Number => (value, ""),
        };
        // Four digits that count; all of them where nearly everything is hit.
        let digits = match value.abs() {
            _ if self == Self::Share && value > 99.9 && value < 100.0 => 6,
            size if size >= 1_000.0 => 0,
            size if size >= 100.0 => 1,
            size if size >= 10.0 => 2,
            size if size >= 1.0 => 3,
            _ => 4,
        };
        let mut text = format!("{value:.digits$}");
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        text + unit
    }
}

/// How far the measured value may be from the known one, beside chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// Not at all: only chance.
    Chance,
    /// By a share of the known value.
    Relative(f64),
    /// By so much.
    Absolute(f64),
}

/// One line of the report: something known, and what came of measuring it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is measured.
    pub what: String,
    /// What is known.
    pub known: String,
    /// What was measured.
    pub ours: String,
    /// In how many runs, or of how many samples.
    pub n: u64,
    /// The interval that holds the true value in 95 of 100 cases; empty if nothing was left to chance.
    pub interval: String,
    /// How far off it may be.
    pub tolerance: String,
    /// Whether it is not further off.
    pub holds: bool,
}

impl Finding {
    /// A number. It holds if the known value is no further than three standard errors and the tolerance
    /// from the measured one; and if these are not so many that everything would hold.
    #[must_use]
    pub fn number(what: impl Into<String>, unit: Unit, known: f64, tolerance: Tolerance, measured: &Measured) -> Self {
        let (own, said) = match tolerance {
            Tolerance::Chance => (0.0, String::new()),
            Tolerance::Relative(share) => (share * known, format!("{} and ", Unit::Share.show(share))),
            Tolerance::Absolute(own) if unit == Unit::Share => (own, format!("{} points and ", Unit::Number.show(100.0 * own))),
            Tolerance::Absolute(own) => (own, format!("{} and ", unit.show(own))),
        };
        let (low_shown, high_shown) = measured.shown();
        Self {
            what: what.into(),
            known: unit.show(known),
            ours: unit.show(measured.value),
            n: measured.n as u64,
            interval: format!("{} to {}", unit.show(low_shown), unit.show(high_shown)),
            tolerance: format!("± {said}3 standard errors"),
            holds: measured.agrees(known, own) == Agreement::Yes,
        }
    }

    /// A number that leaves nothing to chance: it was counted, or every case was run.
    #[must_use]
    pub fn exact(what: impl Into<String>, unit: Unit, known: f64, ours: f64, n: u64) -> Self {
        Self {
            what: what.into(),
            known: unit.show(known),
            ours: unit.show(ours),
            n,
            interval: String::new(),
            tolerance: "none".into(),
            holds: (known - ours).abs() <= 1e-9 * known.abs(),
        }
    }

    /// A shape: something that is so or not in every one of these runs.
    #[must_use]
    pub fn shape(what: impl Into<String>, known: &str, ours: String, n: u64, holds: bool) -> Self {
        Self { what: what.into(), known: known.into(), ours, n, interval: String::new(), tolerance: "shape only".into(), holds }
    }

    /// As a line of text.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = format!("{:<64} known {:<14} ours {:<14} n={}", self.what, self.known, self.ours, self.n);
        if !self.interval.is_empty() {
            let _ = write!(line, ", 95 % interval {}", self.interval);
        }
        let _ = write!(line, ", {}: {}", self.tolerance, if self.holds { "holds" } else { "DOES NOT HOLD" });
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(known: f64, tolerance: Tolerance, measured: &Measured) -> bool {
        Finding::number("it", Unit::Number, known, tolerance, measured).holds
    }

    #[test]
    fn what_is_too_far_off_or_says_nothing_does_not_hold() {
        let half = Measured::share(5_000, 10_000);
        assert!(holds(0.51, Tolerance::Chance, &half) && !holds(0.52, Tolerance::Chance, &half));
        assert!(holds(0.52, Tolerance::Absolute(0.01), &half) && holds(0.54, Tolerance::Relative(0.08), &half));
        assert!(!holds(0.001, Tolerance::Chance, &Measured::share(0, 100)), "so few trials would fit anything");
        let ten: Vec<f64> = (0..1_000).map(|number| f64::from(number % 21)).collect();
        let mean = Measured::mean(&ten);
        assert!(holds(10.0, Tolerance::Chance, &mean) && !holds(11.0, Tolerance::Chance, &mean));
        let quantile = Measured::quantile(ten, 0.5);
        assert!(holds(10.0, Tolerance::Chance, &quantile) && !holds(13.0, Tolerance::Chance, &quantile));
        assert!(!Finding::exact("it", Unit::Number, 6.0, 7.0, 1).holds && !Finding::exact("it", Unit::Number, 6.0, f64::NAN, 1).holds);
    }

    #[test]
    fn too_few_samples_say_neither_yes_nor_no() {
        assert_eq!(Measured::share(1, 2).agrees(0.1, 0.0), Agreement::SaysNothing);
        assert_eq!(Measured::share(0, 400).agrees(0.1, 0.0), Agreement::No);
        assert_eq!(Measured::mean(&[7.0]).agrees(7.0, 0.0), Agreement::SaysNothing);
        assert_eq!(Measured::mean(&[]).agrees(7.0, 0.0), Agreement::SaysNothing);
        let three = Measured::mean(&[6.0, 7.0, 8.0]);
        let again = Measured::about(three.value(), three.error().unwrap(), 3);
        assert_eq!((again.tested(), again.agrees(7.0, 0.0)), (three.tested(), Agreement::Yes));
    }

    #[test]
    fn values_have_four_digits_and_a_unit() {
        assert_eq!(Unit::Share.show(0.181), "18.1 %");
        assert_eq!(Unit::Share.show(0.999_702), "99.9702 %");
        assert_eq!(
            (Unit::Ms.show(1.5), Unit::Ms.show(101_000.0), Unit::Number.show(6.0)),
            ("1.5 ms".into(), "101000 ms".into(), "6".into())
        );
    }
}
