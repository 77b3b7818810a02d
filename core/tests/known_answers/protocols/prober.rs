//! The probing half of SWIM: once in a period a member pings another, chosen at random, and takes
//! it for dead if no answer comes in time. Nobody is asked to ping for somebody else and nobody is
//! told, because the time to the first detection depends on neither.

use super::anybody_else;
use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, ParamKind, ParamSpec, Protocol, Seen, Settings};
use faultline::sim::{NodeId, Span};
use faultline::timers;
use faultline::view::{Tone, View};
use serde::Serialize;

#[derive(Clone)]
pub(crate) struct Prober {
    together: bool,
}

#[derive(Clone, Serialize)]
pub(crate) enum Probe {
    Ping,
    Ack,
}

timers! {
    pub(crate) enum Wait {
        Period => "next period",
        Answer => "no answer",
    }
}

impl Prober {
    /// How often a member pings.
    pub(crate) const PERIOD: Span = Span::secs(1);
    /// How long it waits for the answer.
    pub(crate) const PATIENCE: Span = Span::millis(200);
    /// The kind of the timer that means that somebody is dead.
    pub(crate) const NO_ANSWER: u8 = 1;
}

impl Protocol for Prober {
    const ABOUT: &'static About = &About {
        id: "prober",
        title: "Prober",
        summary: "Members ping one another at random and so find out who has crashed.",
        kinds: &[Kind { name: "ping", tone: Tone::Ask }, Kind { name: "ack", tone: Tone::Answer }],
        ops: &[],
        params: &[ParamSpec {
            key: "together",
            label: "Together",
            help: "Whether the periods of all members begin at the same moment, or each at one of its own.",
            kind: ParamKind::Switch { default: true },
        }],
        nodes: Nodes { min: 2, max: 1000, default: 8 },
        clients: 0,
        leaves_out: "Indirect pings, suspicion and the spreading of the news.",
    };

    type Message = Probe;
    type Timer = Wait;
    /// Whom it has pinged last.
    type Memory = Option<NodeId>;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { together: settings.on("together") }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Self::Memory {
        let first = if self.together { Self::PERIOD } else { cx.between(Span(1), Self::PERIOD) };
        cx.set(Wait::Period, first);
        None
    }

    fn on_message(&self, _pinged: &mut Self::Memory, from: NodeId, probe: &Probe, cx: &mut Cx<'_, Self>) {
        match probe {
            Probe::Ping => cx.send(from, Probe::Ack),
            Probe::Ack => cx.cancel(Wait::Answer),
        }
    }

    fn on_timer(&self, pinged: &mut Self::Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match (timer, *pinged) {
            (Wait::Period, _) => {
                let target = anybody_else(cx);
                *pinged = Some(target);
                cx.send(target, Probe::Ping);
                cx.set(Wait::Answer, Self::PATIENCE);
                cx.set(Wait::Period, Self::PERIOD);
            }
            (Wait::Answer, Some(target)) => cx.note(format!("{target} is dead")),
            (Wait::Answer, None) => {}
        }
    }

    fn kind(probe: &Probe) -> u8 {
        match probe {
            Probe::Ping => 0,
            Probe::Ack => 1,
        }
    }

    fn describe(probe: &Probe) -> String {
        Self::ABOUT.kinds[usize::from(Self::kind(probe))].name.into()
    }

    fn view(&self, _node: &Seen<'_, Self>, _view: &mut View) {}
}
