//! Virtual time in whole nanoseconds. A run never looks at a clock on the wall, and no moment is
//! ever a floating-point number, so every machine computes the same moments.
//!
//! People write and read `120ms`; links carry the bare integer.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A moment of true time: nanoseconds since the run began. No node can read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

impl Time {
    /// When every run begins.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// How long after `earlier` this moment is; nothing if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    #[must_use]
    pub const fn micros(count: u64) -> Self {
        Self(count.saturating_mul(1_000))
    }

    /// So many milliseconds.
    #[must_use]
    pub const fn millis(count: u64) -> Self {
        Self(count.saturating_mul(1_000_000))
    }

    /// So many seconds.
    #[must_use]
    pub const fn secs(count: u64) -> Self {
        Self(count.saturating_mul(1_000_000_000))
    }

    /// This length in milliseconds, for drawing and for statistics, never for a run.
    #[must_use]
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Reads `90us`, `1.5ms`, `2s` or `3min`. Only 0 needs no unit.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fault = |why: &str| Err(format!("“{text}” is not a length of time: {why}"));
        let text_trimmed = text.trim();
        let split = text_trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text_trimmed.len());
        let (number, unit) = text_trimmed.split_at(split);
        let scale: u64 = match unit.trim() {
            // Nothing is as long in every unit.
            "" if !number.is_empty() && number.bytes().all(|digit| matches!(digit, b'0' | b'.')) => 1,
            "" if number.bytes().any(|digit| digit.is_ascii_digit()) => {
                return fault(&format!("it has no unit; say {number}s or {number}ms"));
            }
            "" | "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "min" => 60_000_000_000,
            _ => return fault("use ns, us, ms, s or min"),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && part.is_empty() {
            return fault("it has no number");
        }
        if part.len() > 9 || part.contains('.') {
            return fault("its number cannot be read");
        }
        let digits = |d: &str| if d.is_empty() { Ok(0) } else { d.parse::<u64>() };
        let (Ok(whole), Ok(fraction)) = (digits(whole), digits(part)) else {
            return fault("its number cannot be read");
        };
        let fraction = u128::from(fraction) * u128::from(scale) / 10u128.pow(part.len() as u32);
        let total = u128::from(whole) * u128::from(scale) + fraction;
        match u64::try_from(total) {
            Ok(nanos) => Ok(Self(nanos)),
            Err(_) => fault("it is longer than 584 years"),
        }
    }

    /// The shortest exact text for this length: `1.5ms`.
    fn exact(self) -> String {
        let (scale, unit) = match self.0 {
            0 => return "0ms".into(),
            n if n % 1_000 != 0 => return format!("{n}ns"),
            n if n % 1_000_000_000 == 0 => (1_000_000_000, "s"),
            n if n % 1_000_000 == 0 || n > 1_000_000 => (1_000_000, "ms"),
            _ => (1_000, "us"),
        };
        let (whole, rest) = (self.0 / scale, self.0 % scale);
        if rest == 0 {
            return format!("{whole}{unit}");
        }
        let rest = format!("{rest:0width$}", width = scale.ilog10() as usize);
        format!("{whole}.{}{unit}", rest.trim_end_matches('0'))
    }
}

/// For people: three significant figures and a unit.
impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, unit) = match self.0 {
            0..1_000 => return write!(out, "{} ns", self.0),
            1_000..1_000_000 => (1e3, "µs"),
            1_000_000..1_000_000_000 => (1e6, "ms"),
            _ => (1e9, "s"),
        };
        let value = self.0 as f64 / scale;
        let decimals = usize::from(value < 100.0) + usize::from(value < 10.0);
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        write!(out, "{text} {unit}")
    }
}

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(out)
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() { out.serialize_str(&self.exact()) } else { out.serialize_u64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Span;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a length of time such as \"120ms\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                Span::parse(text).map_err(E::custom)
            }
        }
        if input.is_human_readable() { input.deserialize_str(Text) } else { u64::deserialize(input).map(Self) }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Span(self.0).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Span::deserialize(input).map(|span| Self(span.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_written_and_read_back_exactly() {
        for nanos in [0, 1, 999, 1_000, 1_500, 120_000_000, 1_234_567, 1_500_000_000, 2_000_000_000, u64::MAX] {
            let text = Span(nanos).exact();
            assert_eq!(Span::parse(&text), Ok(Span(nanos)), "{text}");
        }
        assert_eq!(Span::millis(1_500).exact(), "1500ms");
        assert_eq!(Span::parse("1.5 ms"), Ok(Span::micros(1_500)));
        assert_eq!(Span::parse(".25s"), Ok(Span::millis(250)));
        assert_eq!(Span::parse("0"), Ok(Span::ZERO));
    }

    #[test]
    fn a_number_without_a_unit_is_no_length_of_time() {
        for text in ["20", "1", "0.5", " 20 "] {
            let fault = Span::parse(text).unwrap_err();
            assert!(fault.contains("it has no unit; say ") && fault.contains(text), "{fault}");
        }
    }

    #[test]
    fn a_bad_length_of_time_is_named() {
        for text in ["", "fast", "12 parsecs", "1.2.3s", "99999999999min", "."] {
            let fault = Span::parse(text).unwrap_err();
            assert!(fault.contains(text), "{fault}");
        }
    }

    #[test]
    fn people_read_three_figures() {
        assert_eq!(Span(1_234_567).to_string(), "1.23 ms");
        assert_eq!(Span::millis(50).to_string(), "50 ms");
        assert_eq!(Span::secs(100).to_string(), "100 s");
    }
}
