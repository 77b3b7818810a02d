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
    /// Of a mean or a share.
    Of(Scatter),
    /// Of a quantile: the samples in order, and which share of them.
    Quantile(Vec<f64>, f64),
}

/// What says how far a mean or a share may be off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scatter {
    /// Of a mean: its standard error.
    Mean(f64),
    /// Of a share: its trials were independent.
    Share,
    /// Of a share whose trials come from runs, several from each.
    Runs {
        /// How many runs.
        runs: u64,
        /// As many independent trials would tell as much.
        effective: f64,
    },
}

impl Measured {
    /// The mean of independent samples.
    #[must_use]
    pub fn mean(samples: &[f64]) -> Self {
        let n = samples.len() as f64;
        let value = samples.iter().sum::<f64>() / n;
        let variance = samples.iter().map(|sample| (sample - value) * (sample - value)).sum::<f64>() / (n - 1.0);
        Self { n: samples.len(), value, error: Error::Of(Scatter::Mean((variance / n).sqrt())) }
    }

    /// The share of independent trials that were hits.
    #[must_use]
    pub fn share(hits: usize, trials: usize) -> Self {
        Self { n: trials, value: hits as f64 / trials as f64, error: Error::Of(Scatter::Share) }
    }

    /// The value below which a share of independent samples lies.
    #[must_use]
    pub fn quantile(mut samples: Vec<f64>, share: f64) -> Self {
        samples.sort_unstable_by(f64::total_cmp);
        let value = at(&samples, samples.len() as f64 * share);
        Self { n: samples.len(), value, error: Error::Quantile(samples, share) }
    }

    /// The share of all trials that were hits, where several come from one run: hits and trials of each. The runs
    /// are independent, their trials need not be: how much the runs differ says how much less they tell.
    ///
    /// If all trials came out alike, nothing shows how much they hang together. Then it is as much as `elsewhere`, a
    /// design effect that was found for the same trials elsewhere; without one, each run counts as one trial.
    #[must_use]
    pub fn ratio(runs: &[(f64, f64)], elsewhere: Option<f64>) -> Self {
        let (hits, trials) = sums(runs);
        let effective = design_effect(runs).or(elsewhere).map_or(runs.len() as f64, |effect| trials / effect);
        let scatter = Scatter::Runs { runs: runs.len() as u64, effective };
        Self { n: trials as usize, value: hits / trials, error: Error::Of(scatter) }
    }

    /// A mean or a share of so many, with what says how far it may be off.
    #[must_use]
    pub const fn about(value: f64, n: usize, scatter: Scatter) -> Self {
        Self { n, value, error: Error::Of(scatter) }
    }

    /// What says how far a mean or a share may be off.
    #[must_use]
    pub const fn scatter(&self) -> Option<Scatter> {
        if let Error::Of(scatter) = self.error { Some(scatter) } else { None }
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

    /// Of how many samples or trials.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.n
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
        let (n, value) = (self.n as f64, self.value);
        // As many more as Student's distribution asks for when the variance is measured too.
        let student = |errors: f64, n: f64| errors + errors * (errors * errors + 1.0) / (4.0 * (n - 1.0));
        match &self.error {
            Error::Of(Scatter::Mean(error)) => {
                let half = student(errors, n) * error;
                (value - half, value + half)
            }
            Error::Of(Scatter::Share) => wilson(value, n, errors),
            Error::Of(Scatter::Runs { runs: 0 | 1, effective }) => wilson(value, *effective, errors),
            Error::Of(Scatter::Runs { runs, effective }) => wilson(value, *effective, student(errors, *runs as f64)),
            // How many samples lie below the true one is binomial, whatever the distribution.
            Error::Quantile(samples, share) => {
                let spread = errors * (n * share * (1.0 - share)).sqrt();
                (at(samples, n * share - spread), at(samples, n * share + spread))
            }
        }
    }
}

/// Wilson's interval (1927) of a share, which is right for rare hits too.
fn wilson(share: f64, n: f64, errors: f64) -> (f64, f64) {
    let z2 = errors * errors;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = errors / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

fn sums(runs: &[(f64, f64)]) -> (f64, f64) {
    runs.iter().fold((0.0, 0.0), |(hits, trials), (more_hits, more_trials)| (hits + more_hits, trials + more_trials))
}

/// How many times greater the variance of a share is, because several of its trials come from one run, than that of
/// independent trials; never less than once. Nothing if it cannot be told: hits and trials of each run.
///
/// The variance is that of the ratio of two sums, linearised: of what each run has more hits than its trials explain.
#[must_use]
pub fn design_effect(runs: &[(f64, f64)]) -> Option<f64> {
    let (count, (hits, trials)) = (runs.len() as f64, sums(runs));
    let share = hits / trials;
    if runs.len() < 2 || share <= 0.0 || share >= 1.0 {
        return None;
    }
    let surplus: f64 = runs.iter().map(|(hits, trials)| (hits - share * trials) * (hits - share * trials)).sum();
    let (variance, if_independent) = (count / (count - 1.0) * surplus / (trials * trials), share * (1.0 - share) / trials);
    Some((variance / if_independent).max(1.0))
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

    /// In how many of a thousand surveys the interval holds the true share: each of forty runs, some long, some short, is
    /// of one of two kinds, with these chances of a hit. Of the ratio's interval, and of one as if all trials were
    /// independent.
    fn held(chances: [f64; 2]) -> (u32, u32) {
        use crate::sim::{Purpose, below, draw};
        let (mut ratio, mut pooled) = (0, 0);
        for survey in 0..1_000u64 {
            let mut thrown = 0;
            let mut dice = |bound: u64| {
                thrown += 1;
                below(draw(survey, Purpose::Choice, 0, thrown), bound)
            };
            let mut run = |number: u64| {
                let chance = chances[usize::from(dice(2) == 0)];
                let trials = 10 + 30 * (number % 3);
                let hits = (0..trials).filter(|_| (dice(1_000_000) as f64) < chance * 1e6).count();
                (hits as f64, trials as f64)
            };
            let runs: Vec<_> = (0..40).map(&mut run).collect();
            let holds = |(low, high): (f64, f64)| u32::from((low..=high).contains(&((chances[0] + chances[1]) / 2.0)));
            let (hits, trials) = sums(&runs);
            ratio += holds(Measured::ratio(&runs, None).shown());
            pooled += holds(Measured::share(hits as usize, trials as usize).shown());
        }
        (ratio, pooled)
    }

    #[test]
    fn the_interval_of_a_ratio_holds_the_true_share_as_often_as_it_says() {
        let (ratio, pooled) = held([0.1, 0.5]);
        assert!((930..=975).contains(&ratio) && pooled < 700, "{ratio} {pooled}");
        let (ratio, pooled) = held([0.3, 0.3]);
        assert!((930..=990).contains(&ratio) && (930..=970).contains(&pooled), "{ratio} {pooled}");
        // Where each run is all one or all the other, there are no more trials than runs.
        let (ratio, pooled) = held([0.0, 1.0]);
        assert!((925..=975).contains(&ratio) && pooled < 400, "{ratio} {pooled}");
    }

    #[test]
    fn where_all_trials_came_out_alike_a_run_is_one_trial_unless_more_is_known() {
        let none = [(0.0, 250.0); 20];
        let (low, high) = Measured::ratio(&none, None).shown();
        assert!(low == 0.0 && (0.15..0.2).contains(&high), "{high}");
        let (_, high) = Measured::ratio(&none, Some(2.0)).shown();
        assert!((0.001..0.003).contains(&high), "{high}");
        assert_eq!(Measured::ratio(&[(3.0, 3.0)], None).shown(), Measured::share(1, 1).shown());
        assert_eq!(design_effect(&[(1.0, 2.0), (1.0, 2.0)]), Some(1.0));
    }

    #[test]
    fn too_few_samples_say_neither_yes_nor_no() {
        assert_eq!(Measured::share(1, 2).agrees(0.1, 0.0), Agreement::SaysNothing);
        assert_eq!(Measured::share(0, 400).agrees(0.1, 0.0), Agreement::No);
        assert_eq!(Measured::mean(&[7.0]).agrees(7.0, 0.0), Agreement::SaysNothing);
        assert_eq!(Measured::mean(&[]).agrees(7.0, 0.0), Agreement::SaysNothing);
        let three = Measured::mean(&[6.0, 7.0, 8.0]);
        let again = Measured::about(three.value(), 3, three.scatter().unwrap());
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
