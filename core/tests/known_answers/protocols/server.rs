//! A server that answers every request. How long a request takes is not its own business but that
//! of the machine, which lets a node work on one thing after the other.

use faultline::protocol::{About, Cx, Nodes, Nothing, OpId, OpSpec, Protocol, Seen, Settings, Timer, TimerCode};
use faultline::sim::NodeId;
use faultline::view::View;

#[derive(Clone)]
pub(crate) struct Server;

/// A server waits for nothing.
#[derive(Clone, Copy)]
pub(crate) enum NoTimer {}

impl Timer for NoTimer {
    const NAMES: &'static [&'static str] = &[];

    fn pack(self) -> TimerCode {
        match self {}
    }

    fn unpack(code: TimerCode) -> Self {
        unreachable!("nobody sets a timer, but {code:?} ran out")
    }
}

impl Protocol for Server {
    const ABOUT: &'static About = &About {
        id: "server",
        title: "Server",
        summary: "Answers every request.",
        kinds: &[],
        ops: &[OpSpec { name: "ask", argument: None, weight: 1 }],
        params: &[],
        nodes: Nodes { min: 1, max: 1, default: 1 },
        clients: 1,
        leaves_out: "Everything but the waiting.",
    };

    type Message = Nothing;
    type Timer = NoTimer;
    type Memory = ();
    type Disk = ();
    type Write = Nothing;
    type Op = ();
    type Ret = ();

    fn configure(_settings: &Settings<'_>) -> Self {
        Self
    }

    fn start(&self, _cx: &mut Cx<'_, Self>) {}

    fn on_message(&self, _memory: &mut (), _from: NodeId, message: &Nothing, _cx: &mut Cx<'_, Self>) {
        match *message {}
    }

    fn on_request(&self, _memory: &mut (), id: OpId, _op: &(), cx: &mut Cx<'_, Self>) {
        cx.reply(id, ());
    }

    fn kind(message: &Nothing) -> u8 {
        match *message {}
    }

    fn describe(message: &Nothing) -> String {
        match *message {}
    }

    fn op(_code: u8, _argument: i64, _unique: u32) -> Option<()> {
        Some(())
    }

    fn view(&self, _node: &Seen<'_, Self>, _view: &mut View) {}
}
