//! Keyed randomness: every draw is `hash(seed, purpose, entity, counter)`.
//!
//! There is no stream of random numbers that one more draw could shift. The fate of the seventh
//! message from n1 to n2 depends on the seed and on those three numbers, so taking one fault out
//! of a scenario leaves the rest of its world as it was. The function is frozen: changing it would
//! change every run that anybody ever shared, and the tests hold its values.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// What a draw is for. Draws for different purposes never influence one another.
///
/// The numbers are part of the frozen function: add at the end, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// How long a message travels.
    Latency = 1,
    /// Whether a message is lost.
    Loss = 2,
    /// Whether a message is delivered twice.
    Duplicate = 3,
    /// Whether a message is held back behind later ones.
    Reorder = 4,
    /// A protocol's own choice.
    Choice = 5,
    /// What a client asks for, and where.
    Workload = 6,
    /// How long a client waits between requests.
    Pace = 7,
    /// How long a disk takes to sync.
    Disk = 8,
    /// How many unsynced writes survive a crash.
    Torn = 9,
    /// How long a slow node works on one event.
    Work = 10,
    /// Faults made up by a search.
    Search = 11,
    /// When a line of a script acts, and which nodes are down in a study.
    Script = 12,
}

/// One random number, a pure function of its key.
#[must_use]
#[inline]
pub const fn draw(seed: u64, purpose: Purpose, entity: u64, counter: u64) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let a = mix(seed.wrapping_add((purpose as u64).wrapping_mul(GOLDEN)));
    let b = mix(a ^ entity.wrapping_mul(0xd6e8_feb8_6659_fd93));
    mix(b.wrapping_add(counter.wrapping_mul(GOLDEN)))
}

/// A number in `0..bound`, from a draw. Zero if there is nothing to choose from.
#[must_use]
#[inline]
pub const fn below(draw: u64, bound: u64) -> u64 {
    ((draw as u128 * bound as u128) >> 64) as u64
}

/// Every bit of the result depends on every bit of the input: the finalizer of SplitMix64
/// (Steele, Lea and Flood 2014; constants by Stafford).
#[must_use]
#[inline]
pub(crate) const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A probability in whole parts of a million, so that it is the same number everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chance(u32);

impl Chance {
    /// It never happens.
    pub const NEVER: Self = Self(0);
    /// It always happens.
    pub const ALWAYS: Self = Self(1_000_000);

    /// So many parts of a million; at most all of them.
    #[must_use]
    pub const fn per_million(parts: u32) -> Self {
        if parts > 1_000_000 { Self::ALWAYS } else { Self(parts) }
    }

    /// So many percent.
    #[must_use]
    pub const fn percent(parts: u32) -> Self {
        Self::per_million(parts.saturating_mul(10_000))
    }

    /// Parts of a million.
    #[must_use]
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// Whether it happens, given a draw.
    #[must_use]
    #[inline]
    pub const fn happens(self, draw: u64) -> bool {
        below(draw, 1_000_000) < self.0 as u64
    }

    /// Reads `12.5%`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fault = || format!("“{text}” is not a probability: write it as a percentage such as 12.5%");
        let number = text.trim().strip_suffix('%').ok_or_else(fault)?.trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let padded = format!("{part:0<4}");
        if part.len() > 4 || number.is_empty() {
            return Err(fault());
        }
        let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| fault())? };
        let part: u32 = padded.parse().map_err(|_| fault())?;
        match whole.checked_mul(10_000).and_then(|parts| parts.checked_add(part)) {
            Some(parts) if parts <= 1_000_000 => Ok(Self(parts)),
            _ => Err(format!("“{text}” is more than 100%")),
        }
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 10_000, self.0 % 10_000);
        if part == 0 {
            return write!(out, "{whole}%");
        }
        write!(out, "{whole}.{}%", format!("{part:04}").trim_end_matches('0'))
    }
}

impl Serialize for Chance {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() { out.collect_str(self) } else { out.serialize_u32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Chance {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Chance;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a probability such as \"12.5%\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Chance, E> {
                Chance::parse(text).map_err(E::custom)
            }
        }
        if input.is_human_readable() {
            input.deserialize_str(Text)
        } else {
            let parts = u32::deserialize(input)?;
            if parts > 1_000_000 {
                return Err(de::Error::custom("a probability above 100%"));
            }
            Ok(Self(parts))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_is_frozen() {
        let drawn: Vec<u64> = [
            (0, Purpose::Latency, 0, 0),
            (1, Purpose::Latency, 0, 0),
            (1, Purpose::Loss, 0, 0),
            (1, Purpose::Loss, 7 << 16 | 3, 0),
            (1, Purpose::Loss, 7 << 16 | 3, 1),
            (u64::MAX, Purpose::Search, u64::MAX, u64::MAX),
        ]
        .map(|(seed, purpose, entity, counter)| draw(seed, purpose, entity, counter))
        .to_vec();
        assert_eq!(drawn, FROZEN);
    }

    const FROZEN: [u64; 6] = [
        3_746_585_686_858_627_171,
        736_442_933_886_495_122,
        5_608_870_745_677_987_462,
        4_130_072_633_146_800_516,
        7_668_947_722_748_450_292,
        5_106_515_040_466_406_441,
    ];

    #[test]
    fn every_bit_of_a_draw_is_a_fair_coin_whatever_part_of_the_key_counts_up() {
        let rounds = 1 << 16;
        let keys: [fn(u64) -> u64; 3] =
            [|n| draw(n, Purpose::Loss, 3, 9), |n| draw(5, Purpose::Loss, n, 9), |n| draw(5, Purpose::Loss, 3, n)];
        for key in keys {
            let mut ones = [0i64; 64];
            let mut agree = [0i64; 63];
            for n in 0..rounds {
                let x = key(n);
                for (bit, count) in ones.iter_mut().enumerate() {
                    *count += (x >> bit & 1) as i64;
                }
                for (bit, count) in agree.iter_mut().enumerate() {
                    *count += i64::from(x >> bit & 1 == x >> (bit + 1) & 1);
                }
            }
            // Five standard deviations of a fair coin over 65,536 throws.
            let allowed = 5 * 128;
            for count in ones.into_iter().chain(agree) {
                assert!((count - rounds as i64 / 2).abs() < allowed, "{count} of {rounds}");
            }
        }
    }

    #[test]
    fn a_chance_happens_as_often_as_it_says() {
        let hits = (0..100_000).filter(|&n| Chance::percent(20).happens(draw(1, Purpose::Loss, 0, n))).count();
        // Five standard deviations: 5 * sqrt(100000 * 0.2 * 0.8) = 632.
        assert!((19_368..=20_632).contains(&hits), "{hits}");
        assert!((0..1000).all(|n| Chance::ALWAYS.happens(draw(1, Purpose::Loss, 0, n))));
        assert!(!(0..1000).any(|n| Chance::NEVER.happens(draw(1, Purpose::Loss, 0, n))));
    }

    #[test]
    fn chances_are_written_as_percentages() {
        for parts in [0, 1, 5_000, 123_456, 200_000, 1_000_000] {
            let chance = Chance::per_million(parts);
            assert_eq!(Chance::parse(&chance.to_string()), Ok(chance));
        }
        for text in ["", "12", "101%", "1.23456%", "x%", "%", "99999999%"] {
            assert!(Chance::parse(text).unwrap_err().contains(text));
        }
    }
}
