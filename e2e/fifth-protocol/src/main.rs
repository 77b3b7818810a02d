//! Faultline's page with a protocol that Faultline has never heard of. It exists to be tested: if a
//! protocol in one file is all it takes, then this one is in the list, the settings, the stage, the
//! diagram and the inspector, and its clients can ask for its operation.
//!
//! The protocol is a token ring: whoever holds the token may let the clients in that wait at it.

use faultline::models::Library;
use faultline::protocol::{About, Cx, Kind, Nodes, Nothing, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use faultline::sim::{NodeId, Span};
use faultline::timers;
use faultline::view::{Tone, Value, View};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

fn main() {
    faultline_web::start(Library::standard().with::<TokenRing>());
}

/// How the ring works.
#[derive(Clone, Debug)]
struct TokenRing {
    hold: Span,
    batch: usize,
    backwards: bool,
    tell: bool,
    linger: u64,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Message {
    /// The token, and how often it was passed on.
    Token(u64),
    /// The sender has the token.
    Mine,
}

timers! {
    /// What a holder waits for.
    enum Wait {
        Pass => "pass the token on",
    }
}

/// What a node remembers.
#[derive(Clone, Debug, Serialize)]
struct Place {
    token: Option<u64>,
    waiting: VecDeque<(OpId, i64)>,
    /// How often each node was heard to have the token.
    heard: Vec<u64>,
}

const MOST_WAITING: usize = 8;

impl TokenRing {
    fn next(&self, cx: &Cx<'_, Self>) -> NodeId {
        let step = if self.backwards { cx.nodes() - 1 } else { 1 };
        NodeId((cx.me().0 + step) % cx.nodes())
    }

    fn take(&self, place: &mut Place, round: u64, cx: &mut Cx<'_, Self>) {
        place.token = Some(round);
        place.heard[cx.me().index()] += 1;
        for (op, ticket) in place.waiting.drain(..self.batch.min(place.waiting.len())) {
            cx.reply(op, ticket);
        }
        if self.tell {
            cx.broadcast(&Message::Mine);
        }
        cx.set(Wait::Pass, self.hold);
    }
}

impl Protocol for TokenRing {
    const ABOUT: &'static About = &About {
        id: "token-ring",
        title: "Token ring",
        summary: "A token goes round; only its holder lets waiting clients in.",
        kinds: &[Kind { name: "token", tone: Tone::Lead }, Kind { name: "mine", tone: Tone::Data }],
        ops: &[OpSpec { name: "enter", argument: Some("ticket"), weight: 1 }],
        params: &[
            ParamSpec {
                key: "hold",
                label: "Hold",
                help: "How long a node keeps the token.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(5), default: Span::millis(30) },
            },
            ParamSpec {
                key: "batch",
                label: "Batch",
                help: "How many clients come in at each visit of the token.",
                kind: ParamKind::Number { min: 1, max: 8, default: 2 },
            },
            ParamSpec {
                key: "direction",
                label: "Direction",
                help: "Which way the token goes.",
                kind: ParamKind::Choice { names: &["forwards", "backwards"], default: 0 },
            },
            ParamSpec {
                key: "tell",
                label: "Tell the others",
                help: "Whether a holder says so to everybody.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "linger",
                label: "Linger",
                help: "How likely a holder keeps the token for another while.",
                kind: ParamKind::Chance { default: 0 },
            },
        ],
        nodes: Nodes { min: 2, max: 200, default: 4 },
        clients: 2,
        leaves_out: "A token that is lost stays lost until n1 is restarted.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Place;
    type Disk = ();
    type Write = Nothing;
    type Op = i64;
    type Ret = i64;

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            hold: settings.span("hold"),
            batch: settings.get("batch") as usize,
            backwards: settings.get("direction") == 1,
            tell: settings.on("tell"),
            linger: settings.get("linger").unsigned_abs(),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Place {
        let mut place = Place { token: None, waiting: VecDeque::new(), heard: vec![0; usize::from(cx.nodes())] };
        if cx.me() == NodeId(0) {
            self.take(&mut place, 1, cx);
        }
        place
    }

    fn on_message(&self, place: &mut Place, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Token(round) => self.take(place, round, cx),
            Message::Mine => place.heard[from.index()] += 1,
        }
    }

    fn on_timer(&self, place: &mut Place, _timer: Wait, cx: &mut Cx<'_, Self>) {
        if cx.choose(1_000_000) < self.linger {
            cx.note("Not yet.");
            return cx.set(Wait::Pass, self.hold);
        }
        if let Some(round) = place.token.take() {
            cx.send(self.next(cx), Message::Token(round + 1));
        }
    }

    fn on_request(&self, place: &mut Place, id: OpId, ticket: &i64, cx: &mut Cx<'_, Self>) {
        if place.waiting.len() == MOST_WAITING {
            cx.refuse(id, *ticket);
        } else if place.token.is_some() {
            cx.reply(id, *ticket);
        } else {
            place.waiting.push_back((id, *ticket));
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Token(_) => 0,
            Message::Mine => 1,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Token(round) => format!("token {round}"),
            Message::Mine => "mine".into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(place) = node.memory else { return };
        match place.token {
            Some(round) => view.role("holds", Tone::Lead).headline(Value::plain(round)),
            None if place.waiting.is_empty() => view.role("idle", Tone::Plain),
            None => view.role("waits", Tone::Maybe),
        };
        view.gauge("at the door", place.waiting.len() as u64, MOST_WAITING as u64)
            .list("tickets", place.waiting.iter().map(|(_, ticket)| Value::plain(ticket)))
            .table("had the token", (0..).map(NodeId).zip(&place.heard).map(|(node, times)| (node.into(), Value::plain(times))));
    }

    fn op(_code: u8, argument: i64, _unique: u32) -> Option<i64> {
        Some(argument)
    }

    fn describe_op(ticket: &i64) -> String {
        format!("enter {ticket}")
    }

    fn describe_ret(ticket: &i64) -> String {
        format!("{ticket} came in")
    }
}
