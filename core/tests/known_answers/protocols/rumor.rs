//! Rumor mongering: a node that has heard something passes it on to others chosen at random, one in
//! each cycle, until it loses interest. Four of the variants of Demers et al.: the rumor is pushed by
//! those who have it or pulled by everybody, and interest is lost by counting contacts who knew
//! it already (feedback and counter) or by tossing a coin after each (blind and coin).

use super::anybody_else;
use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, ParamKind, ParamSpec, Protocol, Seen, Settings};
use faultline::sim::{LocalTime, NodeId, Span};
use faultline::timers;
use faultline::view::{Tone, View};
use serde::Serialize;

#[derive(Clone)]
pub(crate) struct Rumor {
    style: Style,
    k: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    PushFeedbackCounter = 0,
    PushBlindCoin = 1,
    PullFeedbackCounter = 2,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) enum Gossip {
    Ask,
    Tell,
    /// Whether the receiver had not known at the beginning of the cycle.
    News(bool),
}

timers! {
    pub(crate) enum Wait {
        Cycle => "next cycle",
    }
}

#[derive(Clone, Default, Serialize)]
pub(crate) struct Site {
    /// The cycle in which it heard the rumor.
    heard: Option<u64>,
    /// Whether it still passes the rumor on.
    hot: bool,
    /// Whether anybody was told in the last cycle, and whether it was news to any of those.
    told: bool,
    news: bool,
    /// For how many cycles in a row it was news to nobody.
    in_vain: u64,
}

impl Rumor {
    /// Longer than a message to another node, the answer, and the answer to that.
    pub(crate) const CYCLE: Span = Span::millis(100);
    /// The kind of the message that carries the rumor.
    pub(crate) const TELL: u8 = 1;
    /// The role of a node that still passes the rumor on.
    pub(crate) const HOT: &'static str = "hot";

    fn cycle(now: LocalTime) -> u64 {
        now.0.unsigned_abs() / Self::CYCLE.0
    }

    fn wait_for_next_cycle(cx: &mut Cx<'_, Self>) {
        cx.set(Wait::Cycle, Span(Self::CYCLE.0 - cx.now().0.unsigned_abs() % Self::CYCLE.0));
    }

    fn hear(&self, site: &mut Site, cx: &mut Cx<'_, Self>) {
        site.heard = Some(Self::cycle(cx.now()));
        site.hot = true;
        if self.style != Style::PullFeedbackCounter {
            Self::wait_for_next_cycle(cx);
        }
    }

    /// Draws the conclusion from a cycle's contacts.
    fn conclude(&self, site: &mut Site, cx: &mut Cx<'_, Self>) {
        let Site { told, news, .. } = *site;
        (site.told, site.news) = (false, false);
        if !told {
            return;
        }
        if self.style == Style::PushBlindCoin {
            site.hot = cx.choose(self.k) != 0;
            return;
        }
        site.in_vain = if news { 0 } else { site.in_vain + 1 };
        site.hot = site.in_vain < self.k;
    }
}

impl Protocol for Rumor {
    const ABOUT: &'static About = &About {
        id: "rumor",
        title: "Rumor",
        summary: "Nodes pass a rumor on to others at random until they lose interest.",
        kinds: &[Kind { name: "ask", tone: Tone::Ask }, Kind { name: "tell", tone: Tone::Data }, Kind { name: "news", tone: Tone::Answer }],
        ops: &[],
        params: &[
            ParamSpec {
                key: "style",
                label: "Style",
                help: "How the rumor spreads and how interest in it is lost.",
                kind: ParamKind::Choice { names: &["push, feedback, counter", "push, blind, coin", "pull, feedback, counter"], default: 0 },
            },
            ParamSpec {
                key: "k",
                label: "k",
                help: "Interest is lost after so many cycles in vain, or with one in so many tosses.",
                kind: ParamKind::Number { min: 1, max: 100, default: 1 },
            },
        ],
        nodes: Nodes { min: 2, max: 10_000, default: 1_000 },
        clients: 0,
        leaves_out: "Everything but one rumor.",
    };

    type Message = Gossip;
    type Timer = Wait;
    type Memory = Site;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(settings: &Settings<'_>) -> Self {
        let style = match settings.get("style") {
            0 => Style::PushFeedbackCounter,
            1 => Style::PushBlindCoin,
            _ => Style::PullFeedbackCounter,
        };
        Self { style, k: settings.get("k").unsigned_abs() }
    }

    /// The first node knows from the beginning.
    fn start(&self, cx: &mut Cx<'_, Self>) -> Site {
        let mut site = Site::default();
        if self.style == Style::PullFeedbackCounter {
            Self::wait_for_next_cycle(cx);
        }
        if cx.me() == NodeId(0) {
            self.hear(&mut site, cx);
        }
        site
    }

    fn on_timer(&self, site: &mut Site, _timer: Wait, cx: &mut Cx<'_, Self>) {
        self.conclude(site, cx);
        if self.style == Style::PullFeedbackCounter {
            let other = anybody_else(cx);
            cx.send(other, Gossip::Ask);
            Self::wait_for_next_cycle(cx);
        } else if site.hot {
            site.told = true;
            let other = anybody_else(cx);
            cx.send(other, Gossip::Tell);
            Self::wait_for_next_cycle(cx);
        }
    }

    fn on_message(&self, site: &mut Site, from: NodeId, gossip: &Gossip, cx: &mut Cx<'_, Self>) {
        let this_cycle = Self::cycle(cx.now());
        match gossip {
            // What was heard in this cycle is passed on in the next.
            Gossip::Ask if site.hot && site.heard.is_some_and(|cycle| cycle < this_cycle) => {
                site.told = true;
                cx.send(from, Gossip::Tell);
            }
            Gossip::Ask => {}
            Gossip::Tell => {
                if self.style != Style::PushBlindCoin {
                    cx.send(from, Gossip::News(site.heard.is_none_or(|cycle| cycle == this_cycle)));
                }
                if site.heard.is_none() {
                    self.hear(site, cx);
                }
            }
            Gossip::News(news) => site.news |= news,
        }
    }

    fn kind(gossip: &Gossip) -> u8 {
        match gossip {
            Gossip::Ask => 0,
            Gossip::Tell => 1,
            Gossip::News(_) => 2,
        }
    }

    fn describe(gossip: &Gossip) -> String {
        Self::ABOUT.kinds[usize::from(Self::kind(gossip))].name.into()
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        if node.memory.is_some_and(|site| site.hot) {
            view.role(Self::HOT, Tone::Data);
        }
    }
}
