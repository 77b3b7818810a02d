//! A server with a queue, behind callers that lose their patience.
//!
//! Clients ask a caller; the caller asks the server, waits, and tries again. The server works on one
//! request at a time and lets the others wait. When it falls behind, callers give up on requests
//! that it will still work on, and send them again: the load grows just when there is no room for it.

use crate::measure::theory::Theory;
use crate::protocol::Nothing;
use crate::protocol::{About, Cx, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{Latency, LocalTime, NodeId, Span};
use crate::timers;
use crate::view::{Tone, Value, View};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The settings of callers and server.
#[derive(Clone, Debug)]
pub struct QueueServer {
    service: Latency,
    room: usize,
    patience: Span,
    retries: u32,
    pause: Span,
    backoff: bool,
    jitter: bool,
    skip_late: bool,
}

/// Which call, and which try of it, so that answers find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    call: u32,
    try_number: u32,
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Do this, unless its caller has given up by then: its patience ends so long after it arrives.
    Call(Ticket, Span),
    /// It is done.
    Done(Ticket),
    /// The queue is full, and this call not in it.
    Full(Ticket),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Served => "work is done",
        Answer(u32) => "no answer in time",
        Again(u32) => "time to try again",
    }
}

/// Somebody who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Asker {
    Caller(NodeId, Ticket),
    Client(OpId),
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Job {
    asker: Asker,
    /// When its asker will have given up, by the server's clock.
    late: LocalTime,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Call {
    op: OpId,
    tries: u32,
    /// Whether a try is under way, and not the pause after it.
    trying: bool,
    /// Whether a try may have been taken on, for all its caller knows.
    unsure: bool,
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As the server: what waits; the first is being worked on.
    queue: VecDeque<Job>,
    served: u64,
    too_late: u64,
    turned_away: u64,
    /// As a caller: what was asked and not answered.
    calls: BTreeMap<u32, Call>,
    next: u32,
    asked: u64,
    given_up: u64,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Request;

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// It is done.
    Done,
    /// The server had no room, every time.
    Full,
    /// The server did not answer in time. It may do the work all the same.
    GaveUp,
}

impl QueueServer {
    fn server(nodes: u16) -> NodeId {
        NodeId(nodes - 1)
    }

    fn enqueue(&self, memory: &mut Memory, job: Job, cx: &mut Cx<'_, Self>) {
        if memory.queue.len() > self.room {
            memory.turned_away += 1;
            match job.asker {
                Asker::Caller(caller, call) => cx.send(caller, Message::Full(call)),
                Asker::Client(op) => cx.refuse(op, Ret::Full),
            }
            return;
        }
        memory.queue.push_back(job);
        if memory.queue.len() == 1 {
            self.work(memory, cx);
        }
    }

    /// Starts on the first in the queue.
    fn work(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let now = cx.now();
        while let Some(job) = memory.queue.front() {
            if !(self.skip_late && job.late < now) {
                let service = cx.sample(&self.service);
                cx.set(Wait::Served, service);
                return;
            }
            cx.note("Its caller has given up: not worth the work.");
            memory.too_late += 1;
            memory.queue.pop_front();
        }
    }

    fn call(&self, memory: &mut Memory, number: u32, cx: &mut Cx<'_, Self>) {
        let Some(call) = memory.calls.get_mut(&number) else { return };
        call.tries += 1;
        call.trying = true;
        memory.asked += 1;
        let ticket = Ticket { call: number, try_number: call.tries };
        cx.send(Self::server(cx.nodes()), Message::Call(ticket, self.patience));
        cx.set(Wait::Answer(number), self.patience);
    }

    /// A call has failed: tries it again after a while, or tells the client.
    fn failed(&self, memory: &mut Memory, number: u32, ret: Ret, cx: &mut Cx<'_, Self>) {
        let Some(call) = memory.calls.get_mut(&number) else { return };
        call.unsure |= matches!(ret, Ret::GaveUp);
        call.trying = false;
        if call.tries > self.retries {
            memory.given_up += 1;
            if call.unsure {
                cx.reply(call.op, Ret::GaveUp);
            } else {
                cx.refuse(call.op, Ret::Full);
            }
            memory.calls.remove(&number);
            return;
        }
        let longest = if self.backoff { Span(self.pause.0 << (call.tries - 1).min(16)) } else { self.pause };
        let pause = if self.jitter { cx.between(Span::ZERO, longest) } else { longest };
        cx.set(Wait::Again(number), pause);
    }
}

impl Protocol for QueueServer {
    const ABOUT: &'static About = &About {
        id: "queue-server",
        title: "A queue behind timeouts",
        summary: "A server works on one request at a time; callers that wait too long give up and ask again.",
        kinds: &[
            Kind { name: "call", tone: Tone::Ask },
            Kind { name: "done", tone: Tone::Answer },
            Kind { name: "full", tone: Tone::Refuse },
        ],
        ops: &[OpSpec { name: "request", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "service",
                label: "Work per request",
                help: "How long the server works on a request, on average.",
                kind: ParamKind::Span { min: Span::micros(1), max: Span::secs(10), default: Span::millis(20) },
            },
            ParamSpec {
                key: "variation",
                label: "The work varies",
                help: "Whether every request takes as long as the others, or some much longer.",
                kind: ParamKind::Choice { names: &["not at all", "exponentially"], default: 1 },
            },
            ParamSpec {
                key: "room",
                label: "Room in the queue",
                help: "How many requests may wait; more are turned away.",
                kind: ParamKind::Number { min: 0, max: 100_000, default: 20 },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a caller waits for an answer.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(3_600), default: Span::millis(300) },
            },
            ParamSpec {
                key: "retries",
                label: "Retries",
                help: "How often a caller asks again before it gives up.",
                kind: ParamKind::Number { min: 0, max: 20, default: 2 },
            },
            ParamSpec {
                key: "pause",
                label: "Pause before a retry",
                help: "How long a caller waits before it asks again.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(60), default: Span::millis(100) },
            },
            ParamSpec {
                key: "backoff",
                label: "Back off",
                help: "Each pause is twice as long as the one before.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "jitter",
                label: "Jitter",
                help: "Each pause is drawn anew, between nothing and its full length.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "skip-late",
                label: "Skip what is too late",
                help: "The server does not start on requests whose callers have given up.",
                kind: ParamKind::Switch { default: false },
            },
        ],
        nodes: Nodes { min: 2, max: 100, default: 2 },
        clients: 3,
        leaves_out: "The server works on one request at a time and can neither hurry nor be interrupted. A crash empties \
                     its queue. How late a request is, is counted from its arrival, as if the way there took no time.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = ();
    type Write = Nothing;
    type Op = Request;
    type Ret = Ret;

    fn theory(&self, nodes: u16) -> Option<Theory> {
        Some(Theory::Queue { server: Self::server(nodes), service: self.service.clone() })
    }

    fn configure(settings: &Settings<'_>) -> Self {
        let mean = settings.span("service");
        Self {
            service: if settings.get("variation") == 0 { Latency::Constant(mean) } else { Latency::Exponential { min: Span::ZERO, mean } },
            room: settings.get("room") as usize,
            patience: settings.span("patience"),
            retries: settings.get("retries") as u32,
            pause: settings.span("pause"),
            backoff: settings.on("backoff"),
            jitter: settings.on("jitter"),
            skip_late: settings.on("skip-late"),
        }
    }

    fn start(&self, _cx: &mut Cx<'_, Self>) -> Memory {
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Call(call, patience) => {
                let late = cx.now() + patience;
                self.enqueue(memory, Job { asker: Asker::Caller(from, call), late }, cx);
            }
            Message::Done(Ticket { call, .. }) => {
                cx.cancel(Wait::Answer(call));
                cx.cancel(Wait::Again(call));
                match memory.calls.remove(&call) {
                    Some(call) => cx.reply(call.op, Ret::Done),
                    None => cx.note("Nobody waits for this any more."),
                }
            }
            Message::Full(ticket) => {
                // What became of an earlier try says nothing about this one.
                let this = |call: &Call| call.trying && call.tries == ticket.try_number;
                if memory.calls.get(&ticket.call).is_some_and(this) {
                    cx.cancel(Wait::Answer(ticket.call));
                    self.failed(memory, ticket.call, Ret::Full, cx);
                }
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Served => {
                let Some(job) = memory.queue.pop_front() else { return };
                memory.served += 1;
                memory.too_late += u64::from(job.late < cx.now());
                match job.asker {
                    Asker::Caller(caller, call) => cx.send(caller, Message::Done(call)),
                    Asker::Client(op) => cx.reply(op, Ret::Done),
                }
                self.work(memory, cx);
            }
            Wait::Answer(number) => self.failed(memory, number, Ret::GaveUp, cx),
            Wait::Again(number) => self.call(memory, number, cx),
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, _op: &Request, cx: &mut Cx<'_, Self>) {
        if cx.me() == Self::server(cx.nodes()) {
            // A client at the server's own door waits as long as it takes.
            return self.enqueue(memory, Job { asker: Asker::Client(id), late: LocalTime(i64::MAX) }, cx);
        }
        let number = memory.next;
        memory.next += 1;
        memory.calls.insert(number, Call { op: id, tries: 0, trying: false, unsure: false });
        self.call(memory, number, cx);
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Call(..) => 0,
            Message::Done(_) => 1,
            Message::Full(_) => 2,
        }
    }

    fn describe(message: &Message) -> String {
        let (Message::Call(ticket, _) | Message::Done(ticket) | Message::Full(ticket)) = message;
        let call = match ticket.try_number {
            1 => format!("call {}", ticket.call + 1),
            again => format!("call {}, try {again}", ticket.call + 1),
        };
        match message {
            Message::Call(..) => call,
            Message::Done(_) => format!("done: {call}"),
            Message::Full(_) => format!("no room: {call}"),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(memory) = node.memory else { return };
        if node.me == Self::server(node.nodes) {
            let waiting = memory.queue.len().saturating_sub(1) as u64;
            view.role(if memory.queue.is_empty() { "server, idle" } else { "server, busy" }, Tone::Data);
            view.headline(Value::plain(waiting)).gauge("waiting", waiting, self.room as u64);
            view.field("served", memory.served).field("too late", memory.too_late).field("turned away", memory.turned_away);
        } else {
            view.role("caller", Tone::Ask).headline(Value::plain(memory.calls.len()));
            view.field("waits for", memory.calls.len()).field("calls sent", memory.asked).field("given up", memory.given_up);
        }
    }

    fn op(code: u8, _argument: i64, _unique: u32) -> Option<Request> {
        (code == 0).then_some(Request)
    }

    fn describe_op(_op: &Request) -> String {
        "request".into()
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Done => "done",
            Ret::Full => "no room",
            Ret::GaveUp => "no answer in time",
        }
        .into()
    }
}
