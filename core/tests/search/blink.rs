//! A protocol whose promise is broken for a moment, in which a timer would have run out that was set anew.

use faultline::protocol::{About, Cx, Invariant, Nodes, Nothing, Protocol, Seen, Settings};
use faultline::sim::{NodeId, Span};
use faultline::timers;
use faultline::view::View;

#[derive(Clone)]
pub(crate) struct Blink;

timers! {
    /// What nodes wait for.
    pub(crate) enum Wait {
        Shut => "time to shut",
        Open => "time to open",
    }
}

impl Protocol for Blink {
    const ABOUT: &'static About = &About {
        id: "blink",
        title: "Blink",
        summary: "An eye shuts and opens.",
        kinds: &[],
        ops: &[],
        params: &[],
        nodes: Nodes { min: 1, max: 1, default: 1 },
        clients: 0,
        leaves_out: "Everything.",
    };

    type Message = Nothing;
    type Timer = Wait;
    type Memory = bool;
    type Disk = ();
    type Write = Nothing;
    type Op = Nothing;
    type Ret = Nothing;

    fn configure(_: &Settings<'_>) -> Self {
        Self
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> bool {
        cx.set(Wait::Shut, Span::millis(10));
        cx.set(Wait::Open, Span::millis(10));
        cx.set(Wait::Open, Span::millis(20));
        false
    }

    fn on_message(&self, _: &mut bool, _: NodeId, _: &Nothing, _: &mut Cx<'_, Self>) {}

    fn on_timer(&self, shut: &mut bool, timer: Wait, _: &mut Cx<'_, Self>) {
        *shut = timer == Wait::Shut;
    }

    fn kind(_: &Nothing) -> u8 {
        0
    }

    fn describe(_: &Nothing) -> String {
        String::new()
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[Invariant {
            id: "open",
            promise: "The eye is open.",
            holds: |cluster| if cluster.nodes().iter().any(|node| node.memory == Some(&true)) { Err("it is shut".into()) } else { Ok(()) },
        }]
    }

    fn view(&self, _: &Seen<'_, Self>, _: &mut View) {}
}
