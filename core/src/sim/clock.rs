//! A node's own clocks. True time is known only to the machine; a node reads a wall clock that may
//! be offset, fast, slow or stepped, and its timers run on a steady clock that shares the rate but
//! not the steps, as in real operating systems.

use super::time::{Span, Time};
use serde::{Deserialize, Serialize};

const BILLION: i128 = 1_000_000_000;

/// What a node's wall clock shows, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalTime(pub i64);

impl LocalTime {
    /// How long after `earlier` this reading is; nothing if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

impl std::ops::Add<Span> for LocalTime {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }
}

/// A clock that may run fast or slow and be set to another time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// The true time since which the clock has run at its present rate.
    since: Time,
    /// What the steady clock showed then.
    steady_then: u64,
    /// How much faster than true time it runs, in parts of a billion.
    rate: i32,
    /// Wall clock minus steady clock.
    offset: i64,
}

impl Clock {
    /// What the steady clock shows: it never jumps.
    #[must_use]
    pub fn steady(&self, now: Time) -> u64 {
        let passed = now.since(self.since).0;
        if self.rate == 0 {
            return self.steady_then.saturating_add(passed);
        }
        let scaled = i128::from(passed) * (BILLION + i128::from(self.rate)) / BILLION;
        self.steady_then.saturating_add(scaled as u64)
    }

    /// The same as a node reads it.
    #[must_use]
    pub fn steady_reading(&self, now: Time) -> LocalTime {
        LocalTime(i64::try_from(self.steady(now)).unwrap_or(i64::MAX))
    }

    /// What the wall clock shows.
    #[must_use]
    pub fn wall(&self, now: Time) -> LocalTime {
        LocalTime(self.steady_reading(now).0.saturating_add(self.offset))
    }

    /// The first moment of true time at which the steady clock shows at least `steady`.
    #[must_use]
    pub fn when(&self, steady: u64) -> Time {
        let wait = i128::from(steady.saturating_sub(self.steady_then));
        let speed = BILLION + i128::from(self.rate);
        let passed = if self.rate == 0 { wait } else { (wait * BILLION + speed - 1) / speed };
        self.since + Span(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// Sets the wall clock forward, or back.
    pub(crate) fn step(&mut self, by: i64) {
        self.offset = self.offset.saturating_add(by);
    }

    /// From now on the clock runs at another rate. It never stops or runs backwards.
    pub(crate) fn set_rate(&mut self, now: Time, parts_per_billion: i32) {
        self.steady_then = self.steady(now);
        self.since = now;
        self.rate = parts_per_billion.max(-999_999_999);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_reaches_its_timers_early_and_exactly() {
        let mut clock = Clock::default();
        clock.set_rate(Time(1_000), 250_000_000);
        assert_eq!(clock.steady(Time(5_000)), 6_000);
        for target in [1_001, 1_002, 1_003, 6_000, 123_457] {
            let due = clock.when(target);
            assert!(clock.steady(due) >= target);
            assert!(clock.steady(Time(due.0 - 1)) < target);
        }
    }

    #[test]
    fn a_step_moves_the_wall_and_not_the_timers() {
        let mut clock = Clock::default();
        clock.step(-500);
        assert_eq!(clock.wall(Time(200)), LocalTime(-300));
        assert_eq!(clock.steady(Time(200)), 200);
        assert_eq!(clock.wall(Time(900)).since(clock.wall(Time(200))), Span(700));
        assert_eq!(clock.wall(Time(200)).since(clock.wall(Time(900))), Span::ZERO);
    }
}
