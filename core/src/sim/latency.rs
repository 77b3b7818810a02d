//! How long something takes: shapes of latency, sampled from 64 uniform bits in whole nanoseconds.

use super::draw::{below, mix};
use super::fixed;
use super::time::Span;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::cell::Cell;

/// The shape of a random length of time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// Anything from `min` to `max`, equally likely.
    Uniform {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
    /// At least `min`, and then memoryless with the given mean.
    Exponential {
        /// The shortest.
        min: Span,
        /// The mean of what comes on top.
        mean: Span,
    },
    /// A bell curve; what would be negative is folded back.
    Normal {
        /// The middle.
        mean: Span,
        /// The standard deviation.
        deviation: Span,
    },
    /// A bell curve on a logarithmic scale.
    LogNormal {
        /// Half of all are shorter.
        median: Span,
        /// The standard deviation of the logarithm, in thousandths.
        sigma: u32,
    },
    /// A heavy tail: the chance to be longer than x is `(min / x) ^ alpha`.
    Pareto {
        /// The shortest.
        min: Span,
        /// The tail's exponent in thousandths; smaller is heavier.
        alpha: u32,
    },
    /// One of several shapes, each as likely as its weight.
    Mixture(#[serde(deserialize_with = "nested")] Vec<(u32, Latency)>),
    /// A fixed length, and then another shape on top.
    After(Span, #[serde(deserialize_with = "nested")] Box<Latency>),
    /// Measured quantiles at equal steps of probability, from the shortest to the longest.
    Quantiles(Vec<Span>),
}

/// How deep shapes may lie inside shapes. A hostile link could nest them until the stack ends.
pub(crate) const MOST_NESTED: u8 = 4;

fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<T, D::Error> {
    thread_local! { static DEPTH: Cell<u8> = const { Cell::new(0) } }
    if DEPTH.get() >= MOST_NESTED {
        return Err(D::Error::custom(format_args!("shapes lie inside shapes, more than {MOST_NESTED} deep")));
    }
    DEPTH.set(DEPTH.get() + 1);
    let read = T::deserialize(input);
    DEPTH.set(DEPTH.get() - 1);
    read
}

impl Latency {
    /// The length of time that belongs to a draw.
    #[must_use]
    pub fn sample(&self, draw: u64) -> Span {
        match self {
            Self::Constant(span) => *span,
            Self::Uniform { min, max } => Span(min.0 + below(draw, max.0.saturating_sub(min.0).saturating_add(1))),
            Self::Exponential { min, mean } => {
                let extra = (u128::from(mean.0) * u128::from(fixed::neg_ln(draw))) >> 32;
                *min + Span(u64::try_from(extra).unwrap_or(u64::MAX))
            }
            Self::Normal { mean, deviation } => {
                let offset = (i128::from(deviation.0) * i128::from(fixed::normal(draw))) >> 32;
                let value = (i128::from(mean.0) + offset).unsigned_abs();
                Span(u64::try_from(value).unwrap_or(u64::MAX))
            }
            Self::LogNormal { median, sigma } => {
                let exponent = fixed::normal(draw) * i64::from(*sigma) / 1000;
                if exponent >= 0 {
                    return Span(fixed::scale_exp(median.0, exponent as u64));
                }
                // m * e^-x as m^2 / (m * e^x), in integers.
                let inverse = fixed::scale_exp(median.0, exponent.unsigned_abs()).max(1);
                Span((u128::from(median.0) * u128::from(median.0) / u128::from(inverse)) as u64)
            }
            Self::Pareto { min, alpha } => {
                let exponent = u128::from(fixed::neg_ln(draw)) * 1000 / u128::from((*alpha).max(1));
                Span(fixed::scale_exp(min.0, u64::try_from(exponent).unwrap_or(u64::MAX)))
            }
            Self::Mixture(parts) => {
                let total = parts.iter().map(|(weight, _)| u64::from(*weight)).sum();
                let mut pick = below(mix(draw), total);
                for (weight, part) in parts {
                    if pick < u64::from(*weight) {
                        return part.sample(mix(draw ^ 0x5851_f42d_4c95_7f2d));
                    }
                    pick -= u64::from(*weight);
                }
                Span::ZERO
            }
            Self::After(offset, rest) => *offset + rest.sample(draw),
            Self::Quantiles(points) => {
                let steps = points.len().saturating_sub(1) as u64;
                let place = u128::from(draw) * u128::from(steps);
                let (index, part) = ((place >> 64) as usize, place as u64);
                match (points.get(index), points.get(index + 1)) {
                    (Some(low), Some(high)) => Span(low.0 + below(part, high.0.saturating_sub(low.0).saturating_add(1))),
                    (Some(only), None) => *only,
                    _ => Span::ZERO,
                }
            }
        }
    }

    /// Refuses shapes that have no meaning, such as a shortest above the longest.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Uniform { min, max } if min > max => Err(format!("its shortest, {min}, is above its longest, {max}")),
            Self::Pareto { alpha, .. } if *alpha < 100 => Err("a Pareto tail needs an alpha of at least 0.1 (100 thousandths)".into()),
            Self::LogNormal { sigma, .. } if *sigma > 10_000 => Err("a sigma above 10 (10000 thousandths) has no use".into()),
            Self::Mixture(parts) if parts.iter().all(|(weight, _)| *weight == 0) => Err("a mixture needs a part with a weight".into()),
            Self::Mixture(parts) => parts.iter().try_for_each(|(_, part)| part.check()),
            Self::After(_, rest) => rest.check(),
            Self::Quantiles(points) if points.is_empty() => Err("measured quantiles need at least one point".into()),
            Self::Quantiles(points) if !points.is_sorted() => Err("measured quantiles must not fall".into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::draw::{Purpose, draw};
    use super::*;

    const MS: Span = Span::millis(1);

    fn mean_ms(shape: &Latency) -> f64 {
        let n = 200_000;
        (0..n).map(|i| shape.sample(draw(7, Purpose::Latency, 0, i)).as_millis()).sum::<f64>() / n as f64
    }

    fn share_above(shape: &Latency, limit: Span) -> f64 {
        let n = 200_000;
        (0..n).filter(|&i| shape.sample(draw(8, Purpose::Latency, 0, i)) > limit).count() as f64 / n as f64
    }

    #[track_caller]
    fn near(value: f64, wanted: f64, tolerance: f64) {
        assert!((value - wanted).abs() <= tolerance, "{value}, expected {wanted} ± {tolerance}");
    }

    #[test]
    fn each_shape_has_its_known_mean_and_tail() {
        near(mean_ms(&Latency::Constant(MS)), 1.0, 1e-9);
        near(mean_ms(&Latency::Uniform { min: MS, max: Span::millis(3) }), 2.0, 0.01);
        let exponential = Latency::Exponential { min: Span::ZERO, mean: Span::millis(10) };
        near(mean_ms(&exponential), 10.0, 0.1);
        near(share_above(&exponential, Span::micros(23_026)), 0.1, 0.003);
        near(share_above(&exponential, Span::micros(69_078)), 0.001, 0.000_4);
        let normal = Latency::Normal { mean: Span::millis(10), deviation: Span::millis(2) };
        near(mean_ms(&normal), 10.0, 0.03);
        near(share_above(&normal, Span::millis(12)), 0.158_7, 0.004);
        let log_normal = Latency::LogNormal { median: Span::millis(10), sigma: 500 };
        near(mean_ms(&log_normal), 11.331, 0.08);
        near(share_above(&log_normal, Span::millis(10)), 0.5, 0.005);
        let pareto = Latency::Pareto { min: Span::millis(3), alpha: 3_500 };
        near(mean_ms(&pareto), 4.2, 0.05);
        near(share_above(&pareto, Span::millis(6)), 0.088_4, 0.003);
        let mixture = Latency::Mixture(vec![(3, Latency::Constant(MS)), (1, Latency::Constant(Span::millis(5)))]);
        near(mean_ms(&mixture), 2.0, 0.02);
        near(mean_ms(&Latency::After(MS, Box::new(mixture))), 3.0, 0.02);
        let measured = Latency::Quantiles(vec![MS, Span::millis(2), Span::millis(7)]);
        near(mean_ms(&measured), 3.0, 0.02);
        near(share_above(&measured, Span::millis(2)), 0.5, 0.005);
    }

    #[test]
    fn a_shape_without_meaning_is_refused() {
        assert!(Latency::Uniform { min: Span::millis(2), max: MS }.check().is_err());
        assert!(Latency::Mixture(vec![]).check().is_err());
        assert!(Latency::Quantiles(vec![]).check().is_err());
        assert!(Latency::Quantiles(vec![Span::millis(2), MS]).check().is_err());
        assert!(Latency::After(MS, Box::new(Latency::Pareto { min: MS, alpha: 0 })).check().is_err());
        assert!(Latency::Constant(MS).check().is_ok());
    }
}
