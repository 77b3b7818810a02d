//! How time passes for whoever looks at a run, or at two of them: whether it does, how fast, and more slowly
//! for a while where somebody decides something. No types of the browser, so that all of this is tested
//! natively.

use faultline::sim::{Span, Time};

/// How time passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pacing {
    pub(crate) speed: Speed,
    pub(crate) care: Care,
    playing: bool,
    /// Whether so much happens that time cannot pass as fast as it should.
    pub(crate) strained: bool,
    /// How many nanoseconds of the run pass in one of the learner while something is only shown.
    hurry: Option<f64>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { speed: Speed::new(Speed::FIRST), care: Care::default(), playing: false, strained: false, hurry: None }
    }
}

impl Pacing {
    pub(crate) fn playing(&self) -> bool {
        self.playing
    }

    /// Nothing can be played where nothing will ever happen.
    pub(crate) fn play(&mut self, playing: bool, goes_on: bool) {
        self.playing = playing && goes_on;
        self.hurry = self.hurry.filter(|_| self.playing);
        self.strained &= self.playing;
    }

    /// Plays so fast that so much of the run is soon over, until it stops.
    pub(crate) fn hurry(&mut self, span: Span) {
        self.playing = true;
        self.hurry = Some((span.0 as f64 / (SHOWN_MS * 1e6)).max(self.speed.ratio()));
    }

    /// Whether something is only shown.
    pub(crate) fn hurries(&self) -> bool {
        self.hurry.is_some()
    }

    pub(crate) fn stop(&mut self) {
        (self.playing, self.strained, self.hurry) = (false, false, None);
    }

    /// To which moment so much real time leads from this one, and whether a decision on the way matters;
    /// nothing if time stands still.
    pub(crate) fn goal(&mut self, now: Time, real_ms: f64) -> Option<(Time, bool)> {
        if !self.playing {
            return None;
        }
        let real_ms = real_ms.clamp(0.0, LONGEST_FRAME_MS);
        let goal = now + Span((real_ms * 1e6 * self.ratio()) as u64);
        Some((goal, self.care.pass(real_ms) && self.hurry.is_none()))
    }

    /// How many nanoseconds of the run pass in a nanosecond of the learner, at the moment.
    pub(crate) fn ratio(&self) -> f64 {
        self.hurry.unwrap_or_else(|| self.speed.ratio() * self.care.share())
    }
}

/// How long something that is only shown takes at most.
const SHOWN_MS: f64 = 2_000.0;

/// How fast virtual time passes, on a scale of 1, 2, 5, 10, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed(i32);

impl Speed {
    /// A thousand times slower than real time.
    pub(crate) const SLOWEST: i32 = -9;
    /// Twenty times faster than real time.
    pub(crate) const FASTEST: i32 = 4;
    /// Twenty times slower: a message of 50 ms takes a second to cross the stage.
    pub(crate) const FIRST: i32 = -4;

    pub(crate) fn new(step: i32) -> Self {
        Self(step.clamp(Self::SLOWEST, Self::FASTEST))
    }

    pub(crate) fn step(self) -> i32 {
        self.0
    }

    /// How many nanoseconds of the run pass in a nanosecond of the learner.
    pub(crate) fn ratio(self) -> f64 {
        const RATIOS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0];
        RATIOS[(self.0 - Self::SLOWEST) as usize]
    }
}

/// Time that passes more slowly for a while where somebody decides something, and after that not
/// again for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Care {
    /// Whether it does so at all.
    pub(crate) on: bool,
    /// For how many milliseconds of the learner it does so yet, and how many more it may not again.
    slowed: f64,
    rest: f64,
}

impl Default for Care {
    fn default() -> Self {
        Self { on: true, slowed: 0.0, rest: 0.0 }
    }
}

impl Care {
    /// So much of the learner's time has passed. Says whether decisions matter now.
    fn pass(&mut self, real_ms: f64) -> bool {
        self.slowed -= real_ms;
        self.rest -= real_ms;
        self.on && self.rest <= 0.0
    }

    /// Somebody has just decided something.
    pub(crate) fn notice(&mut self) {
        (self.slowed, self.rest) = (SLOWED_MS, SLOWED_MS + REST_MS);
    }

    /// Whether time passes more slowly at the moment.
    pub(crate) fn is_slowing(&self) -> bool {
        self.on && self.slowed > 0.0
    }

    /// How fast time passes at the moment, as a part of its speed.
    fn share(&self) -> f64 {
        if self.is_slowing() { CAREFUL } else { 1.0 }
    }
}

/// How much slower time passes around a decision, for how long, and how long not again after that.
const CAREFUL: f64 = 0.2;
const SLOWED_MS: f64 = 1_200.0;
const REST_MS: f64 = 4_000.0;
/// A tab that slept does not wake up in another age.
const LONGEST_FRAME_MS: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_a_scale_from_a_thousandth_to_twenty() {
        let steps = [Speed::SLOWEST, Speed::FIRST, -1, 0, 1, Speed::FASTEST];
        for (step, ratio) in steps.into_iter().zip([0.001, 0.05, 0.5, 1.0, 2.0, 20.0]) {
            assert!((Speed::new(step).ratio() - ratio).abs() < 1e-9);
        }
        assert_eq!(Speed::new(99).step(), Speed::FASTEST);
    }
}
