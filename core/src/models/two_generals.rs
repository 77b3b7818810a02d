//! Two generals who win if they attack together, and a valley in which messengers are lost.
//!
//! The first sends its plan; every message up to an agreed number is acknowledged by the next. At dawn
//! each attacks if it has received the last message that was meant for it. Whatever that number is,
//! there is a last message, and its sender cannot know whether it arrived (Gray 1978).

use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, Nothing, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{Tone, Value, View};
use serde::Serialize;

/// The settings of the generals.
#[derive(Clone, Debug)]
pub struct TwoGenerals {
    acknowledgements: u8,
    dawn: Span,
}

timers! {
    /// What generals wait for.
    pub enum Wait {
        Dawn => "dawn",
    }
}

/// What a general remembers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct General {
    /// The last message it has received; the plan is number 0.
    received: Option<u8>,
    /// What it did at dawn.
    attacked: Option<bool>,
}

impl TwoGenerals {
    const FIRST: NodeId = NodeId(0);

    /// The last message that is meant for a general, if any is.
    fn last_for(&self, general: NodeId) -> Option<u8> {
        // The plan and every second acknowledgement after it go to the second one.
        let other = u8::from(general == Self::FIRST);
        if self.acknowledgements % 2 == other { Some(self.acknowledgements) } else { self.acknowledgements.checked_sub(1) }
    }

    fn together(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let did: Vec<_> = cluster.nodes().iter().filter_map(|node| Some((node.memory?.attacked?, node.me))).collect();
        match did.as_slice() {
            [(one, first), (other, second)] if one != other => {
                let (who, alone) = if *one { (first, second) } else { (second, first) };
                Err(format!("{who} attacks and {alone} does not"))
            }
            _ => Ok(()),
        }
    }
}

impl Protocol for TwoGenerals {
    const ABOUT: &'static About = &About {
        id: "two-generals",
        title: "Two generals",
        summary: "One sends a plan, and messages are acknowledged so and so many times; at dawn each decides alone.",
        kinds: &[Kind { name: "plan", tone: Tone::Data }, Kind { name: "acknowledgement", tone: Tone::Answer }],
        ops: &[],
        params: &[
            ParamSpec {
                key: "acknowledgements",
                label: "Acknowledgements",
                help: "How many messages follow the plan, each the acknowledgement of the one before.",
                kind: ParamKind::Number { min: 0, max: 8, default: 2 },
            },
            ParamSpec {
                key: "dawn",
                label: "Dawn",
                help: "When both decide.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::secs(1) },
            },
        ],
        nodes: Nodes { min: 2, max: 2, default: 2 },
        clients: 0,
        leaves_out: "No message is sent a second time: that makes it likely that one arrives, and never certain.",
    };

    type Message = u8;
    type Timer = Wait;
    type Memory = General;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { acknowledgements: settings.get("acknowledgements") as u8, dawn: settings.span("dawn") }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> General {
        if cx.me() == Self::FIRST {
            cx.broadcast(&0);
        }
        cx.set(Wait::Dawn, self.dawn);
        General::default()
    }

    fn on_message(&self, general: &mut General, from: NodeId, &number: &u8, cx: &mut Cx<'_, Self>) {
        general.received = general.received.max(Some(number));
        if number < self.acknowledgements {
            cx.send(from, number + 1);
        }
    }

    fn on_timer(&self, general: &mut General, _: Wait, cx: &mut Cx<'_, Self>) {
        let last = self.last_for(cx.me());
        let attacks = last.is_none() || general.received >= last;
        cx.note(if attacks { "Everything that was meant for me has come: attack." } else { "Something has not come: stay." });
        general.attacked = Some(attacks);
    }

    fn kind(number: &u8) -> u8 {
        u8::from(*number > 0)
    }

    fn describe(number: &u8) -> String {
        if *number == 0 { "attack at dawn".into() } else { format!("acknowledgement {number}") }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(general) = node.memory else { return };
        let (role, tone) = match general.attacked {
            None => ("waits for dawn", Tone::Maybe),
            Some(true) => ("attacks", Tone::Lead),
            Some(false) => ("stays", Tone::Refuse),
        };
        view.role(role, tone).headline(Value::plain(role));
        let number = |number: Option<u8>| number.map_or("none".into(), |number| Self::describe(&number));
        view.field("received", number(general.received)).field("needs", number(self.last_for(node.me)));
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant { id: "together", promise: "Both attack, or neither does.", holds: Self::together }]
    }
}
