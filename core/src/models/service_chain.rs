//! A chain of services that call one another, each with a queue, a timeout and its own retries.
//!
//! Users ask the first, the first calls the second, and so on to the database at the end. When the
//! database stands still for a moment, everybody tries again: retries of retries arrive there, and
//! are still being worked on when nobody waits for them any more. So the overload can outlive what
//! began it.

use super::backoff::Backoff;
use crate::protocol::{About, Cx, Kind, Nodes, Nothing, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings};
use crate::sim::{Latency, LocalTime, NodeId, Span};
use crate::timers;
use crate::view::{Tone, Value, View};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The settings of the services.
#[derive(Clone, Debug)]
pub struct ServiceChain {
    work: Latency,
    pass_on: Span,
    room: usize,
    timeout: Span,
    attempts: u32,
    /// Whether every service tries again, or only the one that the user asked.
    everywhere: bool,
    retry_refused: bool,
    backoff: Backoff,
    /// How many retries there may be for a hundred calls; nothing if there is no limit.
    budget: Option<u32>,
    /// How long a user waits, if that is passed along.
    deadline: Option<Span>,
    stalled: bool,
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
    /// Do this; the caller waits for so long.
    Call(Ticket, Span),
    /// It is done.
    Done(Ticket),
    /// It is surely not done: there was no room for it.
    Refused(Ticket),
    /// It may or may not be done: nobody answered in time.
    Failed(Ticket),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Worked => "work is done",
        Stalled => "still standing still?",
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

/// What somebody asked for.
#[derive(Clone, Copy, Debug, Serialize)]
struct Job {
    asker: Asker,
    /// When its asker does not wait any more, by the clock of this node.
    late: LocalTime,
}

/// A call of the next service.
#[derive(Clone, Copy, Debug, Serialize)]
struct Call {
    job: Job,
    tries: u32,
    /// Whether a try is under way, and not the pause after it.
    trying: bool,
    pause: Span,
    /// Whether a try may have been carried out, for all its caller knows.
    unsure: bool,
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    queue: VecDeque<Job>,
    doing: Option<Job>,
    calls: BTreeMap<u32, Call>,
    next: u32,
    /// What is left of the budget, in hundredths of a retry.
    tokens: u32,
    received: u64,
    worked: u64,
    /// How much of the work was finished when its asker did not wait any more.
    wasted: u64,
    /// How many jobs were not worked on, because their askers did not wait any more.
    dropped: u64,
    turned_away: u64,
    first_tries: u64,
    retries: u64,
    answered: u64,
    given_up: u64,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Request;

/// What a client is answered. Whoever cannot know is not answered at all.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// It is done.
    Done,
    /// There was no room for it, every time.
    Refused,
}

impl ServiceChain {
    /// What one retry costs, and how much can be saved up.
    const RETRY: u32 = 100;
    const SAVED: u32 = 10 * Self::RETRY;
    /// The budget that is none.
    const NO_LIMIT: i64 = 1_000;
    /// How often a database that stands still looks whether it may go on.
    const GLANCE: Span = Span::millis(10);

    fn is_database(cx: &Cx<'_, Self>) -> bool {
        cx.me().0 + 1 == cx.nodes()
    }

    // ---- as a service -------------------------------------------------------------------------

    fn arrive(&self, memory: &mut Memory, job: Job, cx: &mut Cx<'_, Self>) {
        memory.received += 1;
        if memory.queue.len() >= self.room {
            memory.turned_away += 1;
            return self.answer(memory, job, Some(Ret::Refused), cx);
        }
        memory.queue.push_back(job);
        self.work(memory, cx);
    }

    /// Starts on the next in the queue, if it can.
    fn work(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        if memory.doing.is_some() {
            return;
        }
        if self.stalled && Self::is_database(cx) {
            return cx.set(Wait::Stalled, Self::GLANCE);
        }
        while let Some(job) = memory.queue.pop_front() {
            if self.deadline.is_some() && job.late <= cx.now() {
                cx.note("Its caller does not wait any more: not worth the work.");
                memory.dropped += 1;
                continue;
            }
            let time = if Self::is_database(cx) { cx.sample(&self.work) } else { self.pass_on };
            cx.set(Wait::Worked, time);
            memory.doing = Some(job);
            return;
        }
    }

    /// Tells who asked; nothing if nobody can say whether it was done.
    fn answer(&self, memory: &mut Memory, job: Job, ret: Option<Ret>, cx: &mut Cx<'_, Self>) {
        if matches!(ret, Some(Ret::Done)) {
            memory.answered += 1;
        }
        match (job.asker, ret) {
            (Asker::Caller(caller, ticket), Some(Ret::Done)) => cx.send(caller, Message::Done(ticket)),
            (Asker::Caller(caller, ticket), Some(Ret::Refused)) => cx.send(caller, Message::Refused(ticket)),
            (Asker::Caller(caller, ticket), None) => cx.send(caller, Message::Failed(ticket)),
            (Asker::Client(op), Some(Ret::Done)) => cx.reply(op, Ret::Done),
            (Asker::Client(op), Some(Ret::Refused)) => cx.refuse(op, Ret::Refused),
            (Asker::Client(_), None) => cx.note("Nobody can tell the user whether it was done."),
        }
    }

    // ---- as a caller --------------------------------------------------------------------------

    fn call(&self, memory: &mut Memory, job: Job, cx: &mut Cx<'_, Self>) {
        let number = memory.next;
        memory.next += 1;
        memory.first_tries += 1;
        memory.calls.insert(number, Call { job, tries: 0, trying: false, pause: Span::ZERO, unsure: false });
        if let Some(budget) = self.budget {
            memory.tokens = (memory.tokens + budget).min(Self::SAVED);
        }
        self.try_once(memory, number, cx);
    }

    fn try_once(&self, memory: &mut Memory, number: u32, cx: &mut Cx<'_, Self>) {
        let Some(call) = memory.calls.get_mut(&number) else { return };
        call.tries += 1;
        call.trying = true;
        let ticket = Ticket { call: number, try_number: call.tries };
        let left = call.job.late.since(cx.now());
        let wait = if self.deadline.is_some() { self.timeout.min(left) } else { self.timeout };
        cx.send(NodeId(cx.me().0 + 1), Message::Call(ticket, wait));
        cx.set(Wait::Answer(number), wait);
    }

    /// A try has failed: another one after a while, or the end.
    fn failed(&self, memory: &mut Memory, number: u32, refused: bool, cx: &mut Cx<'_, Self>) {
        cx.cancel(Wait::Answer(number));
        let Some(call) = memory.calls.get_mut(&number) else { return };
        call.unsure |= !refused;
        call.trying = false;
        let entered_here = matches!(call.job.asker, Asker::Client(_));
        let attempts = if self.everywhere || entered_here { self.attempts } else { 1 };
        if call.tries < attempts && (self.retry_refused || !refused) {
            let pause = self.backoff.pause(call.tries, call.pause, cx);
            if self.deadline.is_some() && call.job.late <= cx.now() + pause {
                cx.note("No time left for another try.");
            } else if self.budget.is_some() && memory.tokens < Self::RETRY {
                cx.note("No budget left for another try.");
            } else {
                if self.budget.is_some() {
                    memory.tokens -= Self::RETRY;
                }
                call.pause = pause;
                memory.retries += 1;
                return cx.set(Wait::Again(number), pause);
            }
        }
        if let Some(call) = memory.calls.remove(&number) {
            memory.given_up += 1;
            self.answer(memory, call.job, (!call.unsure).then_some(Ret::Refused), cx);
        }
    }
}

impl Protocol for ServiceChain {
    const ABOUT: &'static About = &About {
        id: "service-chain",
        title: "A chain of services",
        summary: "Each service calls the next and tries again if there is no answer in time; at the end is a database.",
        kinds: &[
            Kind { name: "call", tone: Tone::Ask },
            Kind { name: "done", tone: Tone::Answer },
            Kind { name: "refused", tone: Tone::Refuse },
            Kind { name: "failed", tone: Tone::Refuse },
        ],
        ops: &[OpSpec { name: "request", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "stalled",
                label: "The database stands still",
                help: "It takes requests in and works on none.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "attempts",
                label: "Attempts",
                help: "How often a service tries a call, the first time included. Over several services they multiply.",
                kind: ParamKind::Number { min: 1, max: 5, default: 3 },
            },
            ParamSpec {
                key: "retry-at",
                label: "Who tries again",
                help: "Every service, or only the one that the user asked.",
                kind: ParamKind::Choice { names: &["every service", "only the first"], default: 0 },
            },
            ParamSpec {
                key: "retry-refused",
                label: "Try again when refused",
                help: "Also if the other had no room.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "timeout",
                label: "Timeout",
                help: "How long a service waits for the answer to one try.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(600), default: Span::secs(1) },
            },
            Backoff::way(),
            Backoff::base(Span::millis(50)),
            Backoff::cap(Span::secs(5)),
            ParamSpec {
                key: "budget",
                label: "Retry budget",
                help: "How many retries a service allows itself for each hundred calls. 1000 is no limit.",
                kind: ParamKind::Number { min: 0, max: ServiceChain::NO_LIMIT, default: ServiceChain::NO_LIMIT },
            },
            ParamSpec {
                key: "deadline",
                label: "Deadline",
                help: "How long a user waits. It is passed along, and what is too late is dropped. Zero passes nothing along.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(600), default: Span::ZERO },
            },
            ParamSpec {
                key: "room",
                label: "Room in each queue",
                help: "How many requests may wait at a service; more are refused.",
                kind: ParamKind::Number { min: 1, max: 1_000_000, default: 10_000 },
            },
            ParamSpec {
                key: "work",
                label: "Work per request",
                help: "How long the database works on a request, on average.",
                kind: ParamKind::Span { min: Span::micros(1), max: Span::secs(10), default: Span::millis(10) },
            },
            ParamSpec {
                key: "variation",
                label: "The work varies",
                help: "Whether every request takes as long as the others, or some much longer.",
                kind: ParamKind::Choice { names: &["not at all", "exponentially"], default: 1 },
            },
            ParamSpec {
                key: "pass-on",
                label: "Work to pass a request on",
                help: "How long a service before the database works on a request.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(10), default: Span::millis(1) },
            },
        ],
        nodes: Nodes { min: 2, max: 6, default: 4 },
        clients: 4,
        leaves_out: "A service that waits for an answer can work on other requests meanwhile, as many as come. The first \
                     service has no queue of its own. How long a caller waits is counted from when its call arrives, as if \
                     the way took no time. A crash empties a queue. Doing a request twice does no harm here.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = ();
    type Write = Nothing;
    type Op = Request;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        let mean = settings.span("work");
        let budget = settings.get("budget");
        Self {
            work: if settings.get("variation") == 0 { Latency::Constant(mean) } else { Latency::Exponential { min: Span::ZERO, mean } },
            pass_on: settings.span("pass-on"),
            room: settings.get("room") as usize,
            timeout: settings.span("timeout"),
            attempts: settings.get("attempts") as u32,
            everywhere: settings.get("retry-at") == 0,
            retry_refused: settings.on("retry-refused"),
            backoff: Backoff::configure(settings),
            budget: (budget < Self::NO_LIMIT).then_some(budget as u32),
            deadline: Some(settings.span("deadline")).filter(|deadline| *deadline > Span::ZERO),
            stalled: settings.on("stalled"),
        }
    }

    fn start(&self, _cx: &mut Cx<'_, Self>) -> Memory {
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match *message {
            Message::Call(ticket, wait) => {
                let late = cx.now() + wait;
                self.arrive(memory, Job { asker: Asker::Caller(from, ticket), late }, cx);
            }
            Message::Done(Ticket { call, .. }) => {
                cx.cancel(Wait::Answer(call));
                cx.cancel(Wait::Again(call));
                match memory.calls.remove(&call) {
                    Some(call) => self.answer(memory, call.job, Some(Ret::Done), cx),
                    None => cx.note("Nobody waits for this any more."),
                }
            }
            Message::Refused(ticket) | Message::Failed(ticket) => {
                // What became of an earlier try says nothing about this one.
                let this = |call: &Call| call.trying && call.tries == ticket.try_number;
                if memory.calls.get(&ticket.call).is_some_and(this) {
                    self.failed(memory, ticket.call, matches!(message, Message::Refused(_)), cx);
                }
            }
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Worked => {
                let Some(job) = memory.doing.take() else { return };
                memory.worked += 1;
                memory.wasted += u64::from(job.late < cx.now());
                if Self::is_database(cx) {
                    self.answer(memory, job, Some(Ret::Done), cx);
                } else {
                    self.call(memory, job, cx);
                }
                self.work(memory, cx);
            }
            Wait::Stalled => self.work(memory, cx),
            Wait::Answer(number) => self.failed(memory, number, false, cx),
            Wait::Again(number) => self.try_once(memory, number, cx),
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, _op: &Request, cx: &mut Cx<'_, Self>) {
        let late = self.deadline.map_or(LocalTime(i64::MAX), |deadline| cx.now() + deadline);
        let job = Job { asker: Asker::Client(id), late };
        if Self::is_database(cx) {
            self.arrive(memory, job, cx);
        } else {
            self.call(memory, job, cx);
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Call(..) => 0,
            Message::Done(_) => 1,
            Message::Refused(_) => 2,
            Message::Failed(_) => 3,
        }
    }

    fn describe(message: &Message) -> String {
        let (Message::Call(ticket, _) | Message::Done(ticket) | Message::Refused(ticket) | Message::Failed(ticket)) = message;
        let name = Self::ABOUT.kinds[usize::from(Self::kind(message))].name;
        match ticket.try_number {
            1 => format!("{name} {}", ticket.call + 1),
            again => format!("{name} {}, try {again}", ticket.call + 1),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Some(memory) = node.memory else { return };
        let waiting = memory.queue.len() as u64;
        let database = node.me.0 + 1 == node.nodes;
        if database {
            view.role("database", if self.stalled { Tone::Refuse } else { Tone::Data });
        } else {
            view.role("service", Tone::Ask);
        }
        view.headline(Value::plain(if database { waiting } else { memory.calls.len() as u64 }));
        if node.me.0 > 0 {
            view.gauge("waiting", waiting, self.room as u64).field("received", memory.received).field("worked on", memory.worked);
            view.field("done too late", memory.wasted).field("dropped too late", memory.dropped).field("turned away", memory.turned_away);
        }
        if !database {
            view.field("calls open", memory.calls.len()).field("first tries", memory.first_tries).field("retries", memory.retries);
            view.field("given up", memory.given_up);
        }
        view.field("answered", memory.answered);
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
            Ret::Refused => "no room",
        }
        .into()
    }
}
