//! How long to wait before trying again: the ways that retries are known to be spread, shared by the
//! models in which somebody retries.

use crate::protocol::{Cx, ParamKind, ParamSpec, Protocol, Settings};
use crate::sim::Span;

/// A way to wait, and its lengths.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    way: Way,
    base: Span,
    cap: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    None,
    Exponential,
    EqualJitter,
    FullJitter,
    Decorrelated,
}

impl Backoff {
    /// The setting of the way.
    pub(super) const fn way() -> ParamSpec {
        ParamSpec {
            key: "backoff",
            label: "Pause before a retry",
            help: "None; twice as long each time; that, half of it or all of it drawn at random; or up to three times the last.",
            kind: ParamKind::Choice { names: &["none", "exponential", "equal jitter", "full jitter", "decorrelated jitter"], default: 0 },
        }
    }

    /// The setting of the shortest pause, before it is doubled.
    pub(super) const fn base(default: Span) -> ParamSpec {
        ParamSpec {
            key: "base",
            label: "Shortest pause",
            help: "What is doubled with each retry.",
            kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(10), default },
        }
    }

    /// The setting of the longest pause.
    pub(super) const fn cap(default: Span) -> ParamSpec {
        ParamSpec {
            key: "cap",
            label: "Longest pause",
            help: "No pause is longer.",
            kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(600), default },
        }
    }

    pub(super) fn configure(settings: &Settings<'_>) -> Self {
        let ways = [Way::None, Way::Exponential, Way::EqualJitter, Way::FullJitter, Way::Decorrelated];
        Self { way: ways[settings.get("backoff") as usize], base: settings.span("base"), cap: settings.span("cap") }
    }

    /// The pause before the next try, after so many that failed; the last pause was so long.
    pub(super) fn pause<P: Protocol>(&self, failed: u32, last: Span, cx: &mut Cx<'_, P>) -> Span {
        let whole = Span(self.cap.0.min(self.base.0 << failed.min(20)));
        match self.way {
            Way::None => Span::ZERO,
            Way::Exponential => whole,
            Way::EqualJitter => Span(whole.0 / 2 + cx.between(Span::ZERO, Span(whole.0 / 2)).0),
            Way::FullJitter => cx.between(Span::ZERO, whole),
            Way::Decorrelated => cx.between(self.base, Span(last.max(self.base).0 * 3)).min(self.cap),
        }
    }
}
