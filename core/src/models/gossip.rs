//! Gossip: every node tells a random other node, again and again, until all know.
//!
//! After Demers et al., “Epidemic algorithms for replicated database maintenance” (1987). Anti-entropy
//! compares notes with somebody every round, for ever. A rumor is told while it is hot, and its teller
//! loses interest when it meets others who know it already. What spreads is one register; of two
//! values the later one wins.

use super::read_write::ValueOp as Op;
use crate::judge::history::Word;
use crate::protocol::{About, Cx, Kind, Nodes, Nothing, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{self, Tone, View};
use serde::{Deserialize, Serialize};

/// The settings of the gossip.
#[derive(Clone, Debug)]
pub struct Gossip {
    push: bool,
    pull: bool,
    interest: Interest,
    unneeded: u64,
    round: Span,
    together: bool,
}

/// When a node stops telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interest {
    /// Never: anti-entropy.
    Forever,
    /// After so many who knew already.
    Counter,
    /// With one chance in so many each time somebody knew already.
    Coin,
}

/// A value and its place in the order of all values: later versions win, then larger nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct News {
    version: u32,
    by: u16,
    value: u32,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// This is what I know.
    Tell(News),
    /// This is what I know; tell me if you know better.
    Ask(News),
    /// I knew that.
    Known(News),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Round => "next round",
    }
}

/// What a node remembers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Memory {
    news: News,
    /// Whether it still tells.
    hot: bool,
    /// How many have known already.
    in_vain: u64,
}

impl Gossip {
    /// A node learns something, if it is news to it.
    fn learn(memory: &mut Memory, news: News) -> bool {
        if news <= memory.news {
            return false;
        }
        *memory = Memory { news, hot: true, in_vain: 0 };
        true
    }

    /// Somebody knew already.
    fn bored(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        if !memory.hot {
            return;
        }
        memory.in_vain += 1;
        let over = match self.interest {
            Interest::Forever => false,
            Interest::Counter => memory.in_vain >= self.unneeded,
            Interest::Coin => cx.choose(self.unneeded) == 0,
        };
        if over {
            cx.note("Everybody seems to know: not telling any more.");
            memory.hot = false;
        }
    }
}

impl Protocol for Gossip {
    const ABOUT: &'static About = &About {
        id: "gossip",
        title: "Gossip",
        summary: "Every round each node exchanges what it knows with a random other node, until all know it.",
        kinds: &[
            Kind { name: "tell", tone: Tone::Data },
            Kind { name: "ask", tone: Tone::Ask },
            Kind { name: "known", tone: Tone::Answer },
        ],
        ops: &[OpSpec { name: "read", argument: None, weight: 3 }, OpSpec { name: "write", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "way",
                label: "Way of exchange",
                help: "Whether a node tells what it knows, asks for what it does not, or both. Rumors are always told.",
                kind: ParamKind::Choice { names: &["push", "pull", "push and pull"], default: 2 },
            },
            ParamSpec {
                key: "interest",
                label: "A node tells",
                help: "For ever (anti-entropy), or until it has met some who knew already (rumor).",
                kind: ParamKind::Choice { names: &["for ever", "until k knew already", "until a coin says stop"], default: 0 },
            },
            ParamSpec {
                key: "k",
                label: "k",
                help: "How many must have known already; or one chance in k to stop each time.",
                kind: ParamKind::Number { min: 1, max: 20, default: 2 },
            },
            ParamSpec {
                key: "round",
                label: "Round",
                help: "How often a node turns to another.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(200) },
            },
            ParamSpec {
                key: "together",
                label: "Rounds start together",
                help: "All nodes act at the same times, as in the mathematics; otherwise each begins at a random time.",
                kind: ParamKind::Switch { default: false },
            },
        ],
        nodes: Nodes { min: 2, max: 10_000, default: 5 },
        clients: 1,
        leaves_out: "Every node knows all others. One register stands for a whole database, and nothing is kept on disk: \
                     a node that crashes knows nothing when it starts again.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = ();
    type Write = Nothing;
    type Op = Op;
    type Ret = u32;

    fn configure(settings: &Settings<'_>) -> Self {
        let way = settings.get("way");
        Self {
            push: way != 1,
            pull: way != 0,
            interest: [Interest::Forever, Interest::Counter, Interest::Coin][settings.get("interest") as usize],
            unneeded: settings.get("k").unsigned_abs(),
            round: settings.span("round"),
            together: settings.on("together"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        let first = if self.together { self.round } else { cx.between(Span(1), self.round) };
        cx.set(Wait::Round, first);
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Tell(news) => {
                let fresh = Self::learn(memory, news);
                if !fresh && self.interest != Interest::Forever {
                    cx.send(from, Message::Known(news));
                }
            }
            Message::Ask(news) => {
                if self.push {
                    Self::learn(memory, news);
                }
                if memory.news > news {
                    cx.send(from, Message::Tell(memory.news));
                }
            }
            Message::Known(news) => {
                if news == memory.news {
                    self.bored(memory, cx);
                }
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, Wait::Round: Wait, cx: &mut Cx<'_, Self>) {
        cx.set(Wait::Round, self.round);
        let asks = self.pull && self.interest == Interest::Forever;
        let tells = memory.news != News::default() && (memory.hot || self.interest == Interest::Forever);
        if !asks && !tells {
            return;
        }
        let other = cx.choose(u64::from(cx.nodes()) - 1) as u16;
        let other = NodeId(other + u16::from(other >= cx.me().0));
        cx.send(other, if asks { Message::Ask(memory.news) } else { Message::Tell(memory.news) });
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        if let Op::Write(value) = *op {
            let news = News { version: memory.news.version + 1, by: cx.me().0, value };
            Self::learn(memory, news);
        }
        cx.reply(id, memory.news.value);
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Tell(_) => 0,
            Message::Ask(_) => 1,
            Message::Known(_) => 2,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Tell(news) => format!("it is {}", news.value),
            Message::Ask(news) if news.version == 0 => "any news?".into(),
            Message::Ask(news) => format!("newer than {}?", news.value),
            Message::Known(_) => "knew that".into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(memory) = node.memory else { return };
        let News { version, value, .. } = memory.news;
        if version == 0 {
            view.role("knows nothing", Tone::Plain).headline(view::Value::plain("–"));
            return;
        }
        let tells = memory.hot || self.interest == Interest::Forever;
        view.role(if tells { "tells" } else { "knows" }, if tells { Tone::Data } else { Tone::Answer });
        view.headline(view::Value::plain(value)).field("value", value).field("version", version);
        if self.interest != Interest::Forever {
            view.field("told in vain", memory.in_vain);
        }
    }

    fn op(code: u8, _argument: i64, unique: u32) -> Option<Op> {
        Op::of(code, unique)
    }

    fn describe_op(op: &Op) -> String {
        op.describe()
    }

    fn word(op: &Op, ret: Option<&u32>) -> Option<Word> {
        Some(op.word(ret.copied()))
    }

    fn describe_ret(ret: &u32) -> String {
        ret.to_string()
    }
}
