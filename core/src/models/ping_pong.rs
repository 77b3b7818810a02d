//! Ping-pong: the smallest protocol in which something can go wrong.
//!
//! Nodes play in pairs. The first of a pair serves a numbered ball and waits; the second returns
//! it. If nothing comes back in time the first serves the same ball again, because it cannot know
//! whether its serve was lost, the return was lost, or the other is merely slow. So the second may
//! see one ball twice.

use crate::protocol::{About, Cx, Kind, Nodes, Nothing, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{Tone, Value, View};
use serde::{Deserialize, Serialize};

/// The settings of a game.
#[derive(Clone, Debug)]
pub struct PingPong {
    pause: Span,
    patience: Span,
}

/// A ball on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ball {
    /// Served, with its number.
    Ping(u64),
    /// Returned.
    Pong(u64),
}

timers! {
    /// What the first of a pair waits for.
    pub enum Wait {
        Serve => "next serve",
        Retry => "no return yet",
    }
}

/// What a player remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Player {
    /// The ball in play: the last one served, or the last one seen.
    ball: u64,
    /// Whether the ball in play has come back.
    back: bool,
    /// How often a ball was served again.
    again: u64,
    /// How often a ball was seen that had been seen before.
    twice: u64,
}

impl PingPong {
    fn partner(node: NodeId) -> NodeId {
        NodeId(node.0 ^ 1)
    }

    fn serves(node: NodeId) -> bool {
        node.0.is_multiple_of(2)
    }

    fn serve(&self, player: &Player, cx: &mut Cx<'_, Self>) {
        cx.send(Self::partner(cx.me()), Ball::Ping(player.ball));
        cx.set(Wait::Retry, self.patience);
    }
}

impl Protocol for PingPong {
    const ABOUT: &'static About = &About {
        id: "ping-pong",
        title: "Ping-pong",
        summary: "One node sends a numbered ball, the other returns it; a ball that does not come back in time is sent again.",
        kinds: &[Kind { name: "ping", tone: Tone::Ask }, Kind { name: "pong", tone: Tone::Answer }],
        ops: &[],
        params: &[
            ParamSpec {
                key: "pause",
                label: "Pause between balls",
                help: "How long a player waits before the next serve.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(10), default: Span::millis(20) },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a player waits for a return before it serves the same ball again.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(250) },
            },
        ],
        nodes: Nodes { min: 2, max: 1000, default: 2 },
        clients: 0,
        leaves_out: "The players keep nothing on disk: one that crashes starts again from the first ball.",
    };

    type Message = Ball;
    type Timer = Wait;
    type Memory = Player;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(settings: &Settings<'_>) -> Self {
        Self { pause: settings.span("pause"), patience: settings.span("patience") }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Player {
        let mut player = Player::default();
        // With an odd number of nodes the last one has nobody to play with.
        if Self::serves(cx.me()) && Self::partner(cx.me()).0 < cx.nodes() {
            player.ball = 1;
            self.serve(&player, cx);
        }
        player
    }

    fn on_message(&self, player: &mut Player, from: NodeId, ball: &Ball, cx: &mut Cx<'_, Self>) {
        match *ball {
            Ball::Ping(number) => {
                if number == player.ball {
                    player.twice += 1;
                    cx.note(format!("Ball {number} again: its return was lost, or is late."));
                }
                player.ball = number;
                cx.send(from, Ball::Pong(number));
            }
            Ball::Pong(number) if number == player.ball && !player.back => {
                player.back = true;
                cx.cancel(Wait::Retry);
                cx.set(Wait::Serve, self.pause);
            }
            Ball::Pong(_) => cx.note("An old ball. Nothing to do."),
        }
    }

    fn on_timer(&self, player: &mut Player, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Serve => {
                player.ball += 1;
                player.back = false;
            }
            Wait::Retry => {
                player.again += 1;
                cx.note(format!("No return in {}: serve ball {} again.", self.patience, player.ball));
            }
        }
        self.serve(player, cx);
    }

    fn kind(ball: &Ball) -> u8 {
        match ball {
            Ball::Ping(_) => 0,
            Ball::Pong(_) => 1,
        }
    }

    fn describe(ball: &Ball) -> String {
        match ball {
            Ball::Ping(number) => format!("ping {number}"),
            Ball::Pong(number) => format!("pong {number}"),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(player) = node.memory else { return };
        view.headline(Value::plain(player.ball));
        if Self::serves(node.me) {
            view.role("serves", Tone::Ask).field("ball", player.ball).field("served again", player.again);
        } else {
            view.role("returns", Tone::Answer).field("ball", player.ball).field("seen twice", player.twice);
        }
    }
}
