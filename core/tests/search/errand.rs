//! A protocol that a lost message can block for good: every node lets the next one confirm each
//! request, one at a time, and asks again only if it is told to.

use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use faultline::sim::{NodeId, Span};
use faultline::timers;
use faultline::view::{Tone, View};
use serde::Serialize;

#[derive(Clone)]
pub(crate) struct Errand {
    asks_again: bool,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) enum Message {
    Please,
    Done,
}

timers! {
    /// What nodes wait for.
    pub(crate) enum Wait {
        Again => "time to ask again",
    }
}

impl Errand {
    fn ask(&self, cx: &mut Cx<'_, Self>) {
        let next = NodeId((cx.me().0 + 1) % cx.nodes());
        cx.send(next, Message::Please);
        if self.asks_again {
            cx.set(Wait::Again, Span::millis(300));
        }
    }
}

impl Protocol for Errand {
    const ABOUT: &'static About = &About {
        id: "errand",
        title: "Errand",
        summary: "Every request is confirmed by a neighbour.",
        kinds: &[Kind { name: "please", tone: Tone::Ask }, Kind { name: "done", tone: Tone::Answer }],
        ops: &[OpSpec { name: "confirm", argument: None, weight: 1 }],
        params: &[ParamSpec { key: "again", label: "Again", help: "Asks again.", kind: ParamKind::Switch { default: false } }],
        nodes: Nodes { min: 2, max: 5, default: 2 },
        clients: 1,
        leaves_out: "Everything.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Option<OpId>;
    type Disk = ();
    type Write = Nothing;
    type Op = ();
    type Ret = ();

    fn configure(settings: &Settings<'_>) -> Self {
        Self { asks_again: settings.on("again") }
    }

    fn start(&self, _: &mut Cx<'_, Self>) -> Option<OpId> {
        None
    }

    fn on_message(&self, busy: &mut Option<OpId>, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match message {
            Message::Please => cx.send(from, Message::Done),
            Message::Done => {
                cx.cancel(Wait::Again);
                if let Some(op) = busy.take() {
                    cx.reply(op, ());
                }
            }
        }
    }

    fn on_timer(&self, _: &mut Option<OpId>, _: Wait, cx: &mut Cx<'_, Self>) {
        self.ask(cx);
    }

    fn on_request(&self, busy: &mut Option<OpId>, op: OpId, (): &(), cx: &mut Cx<'_, Self>) {
        if busy.is_some() {
            return cx.refuse(op, ());
        }
        *busy = Some(op);
        self.ask(cx);
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Please => 0,
            Message::Done => 1,
        }
    }

    fn describe(message: &Message) -> String {
        Self::ABOUT.kinds[usize::from(Self::kind(message))].name.into()
    }

    fn op(_: u8, _: i64, _: u32) -> Option<()> {
        Some(())
    }

    fn view(&self, _: &Seen<'_, Self>, _: &mut View) {}
}
