//! The contract: what the author of a protocol writes, and what the protocol gets for it.
//!
//! A protocol is a state machine. It reacts to messages, timers, requests and finished disk syncs,
//! and asks for effects through [`Cx`]; it never acts on the world itself. It describes its
//! settings, its messages and its state as data. In return it appears, without a line of code
//! elsewhere, in the list of models, the settings, the stage, the diagram, the inspector, the
//! checkers and the command.
//!
//! What a node keeps is in two types: [`Memory`](Protocol::Memory) is gone after a crash;
//! [`Disk`](Protocol::Disk) keeps every write that was synced.

use crate::judge::history::Word;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::measure::theory::Theory;
use crate::sim::{Calls, Chance, Effect, Latency, LocalTime, NodeId, Span, stable_hash};
use crate::view::{Tone, View};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A distributed protocol or mechanism.
pub trait Protocol: Clone + 'static {
    /// Everything about the protocol that can be said without running it.
    const ABOUT: &'static About;

    /// What nodes tell each other.
    type Message: Clone + Serialize + 'static;
    /// What a node can wake itself up for; see [`timers!`](crate::timers).
    type Timer: Timer;
    /// What a node knows until it crashes. Written down, it tells one state from another.
    type Memory: Clone + Serialize + 'static;
    /// What a node still knows after a crash; `()` if there is no disk.
    type Disk: Clone + Default + Serialize + 'static;
    /// One change of the disk; [`Nothing`] if there is no disk.
    type Write: Clone + Serialize + 'static;
    /// What a client asks for; [`Nothing`] if there are no clients.
    type Op: Clone + Serialize + 'static;
    /// What a client is answered.
    type Ret: Clone + Serialize + 'static;

    /// The protocol with these settings.
    fn configure(settings: &Settings<'_>) -> Self;

    /// A node starts, for the first time or after a crash. Its disk is as the crash left it; a crash takes
    /// its timers with it, so set here what must always run.
    fn start(&self, cx: &mut Cx<'_, Self>) -> Self::Memory;

    /// A message has arrived.
    fn on_message(&self, memory: &mut Self::Memory, from: NodeId, message: &Self::Message, cx: &mut Cx<'_, Self>);

    /// A timer has run out.
    fn on_timer(&self, _memory: &mut Self::Memory, _timer: Self::Timer, _cx: &mut Cx<'_, Self>) {}

    /// Everything written before the ticket is durable.
    fn on_synced(&self, _memory: &mut Self::Memory, _ticket: Ticket, _cx: &mut Cx<'_, Self>) {}

    /// A client's request has arrived. Answer it, now or later, with [`Cx::reply`], or say with
    /// [`Cx::refuse`] that it will never happen. If nobody does, its outcome stays unknown.
    ///
    /// Where the network duplicates messages, the same request can arrive twice, with the same `id`: what
    /// must happen once has to remember which requests were carried out.
    fn on_request(&self, _memory: &mut Self::Memory, _id: OpId, _op: &Self::Op, _cx: &mut Cx<'_, Self>) {}

    /// Carries one write out.
    fn apply(_disk: &mut Self::Disk, _write: &Self::Write) {}

    /// The kind of a message: an index into [`About::kinds`].
    fn kind(message: &Self::Message) -> u8;

    /// What a message says, in a few words.
    fn describe(message: &Self::Message) -> String;

    /// The size of a message in bytes, for links with a bandwidth.
    fn size(_message: &Self::Message) -> u32 {
        100
    }

    /// How a node shows itself, out of what this node knows and nothing else.
    fn view(&self, node: &Seen<'_, Self>, view: &mut View);

    /// The operation of that code (an index into [`About::ops`]) with that argument. Clients'
    /// operations should write values that are unique, which is what `unique` is for.
    fn op(_code: u8, _argument: i64, _unique: u32) -> Option<Self::Op> {
        None
    }

    /// What an operation asks for, in a few words.
    fn describe_op(_op: &Self::Op) -> String {
        String::new()
    }

    /// What an operation was answered, in a few words.
    fn describe_ret(_ret: &Self::Ret) -> String {
        String::new()
    }

    /// What an operation and its answer are to a judge of histories; nothing if clients do nothing
    /// that could be judged.
    fn word(_op: &Self::Op, _ret: Option<&Self::Ret>) -> Option<Word> {
        None
    }

    /// What kind of object clients ask, to a judge of their words. There may be one for each key.
    fn object() -> Object {
        Object::Register
    }

    /// What clients read, in the judge's words, before anything was written.
    fn initial() -> Value {
        Value::Int(0)
    }

    /// Which formula says what is to be expected of it, if one does.
    fn theory(&self, _nodes: u16) -> Option<Theory> {
        None
    }

    /// What must hold at every moment.
    fn invariants() -> &'static [Invariant<Self>] {
        &[]
    }
}

/// What can be said of a protocol without running it.
#[derive(Debug)]
pub struct About {
    /// Its name in scenarios and links. It never changes.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// The kinds of its messages.
    pub kinds: &'static [Kind],
    /// The operations that clients can ask for.
    pub ops: &'static [OpSpec],
    /// Its settings.
    pub params: &'static [ParamSpec],
    /// How many nodes it can have, and has if nothing is said.
    pub nodes: Nodes,
    /// How many clients it has if nothing is said.
    pub clients: u16,
    /// What is simpler here than in the world.
    pub leaves_out: &'static str,
}

/// How many nodes a protocol can have.
#[derive(Clone, Copy, Debug)]
pub struct Nodes {
    /// The fewest with which it makes sense.
    pub min: u16,
    /// The most it is meant for.
    pub max: u16,
    /// How many it has if nothing is said.
    pub default: u16,
}

/// A kind of message.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What it means, and so how it looks.
    pub tone: Tone,
}

/// An operation that a client can ask for.
#[derive(Clone, Copy, Debug)]
pub struct OpSpec {
    /// Its name, as a verb: `write`.
    pub name: &'static str,
    /// What its argument is, if it has one.
    pub argument: Option<&'static str>,
    /// How often clients that ask by themselves choose it, relative to the others.
    pub weight: u32,
}

/// A setting.
#[derive(Debug)]
pub struct ParamSpec {
    /// Its name in scenarios and links. It never changes.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// What it can be, and is if nothing is said.
    pub kind: ParamKind,
}

/// What a setting can be.
#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// A whole number.
    Number {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
        /// If nothing is said.
        default: i64,
    },
    /// On or off.
    Switch {
        /// If nothing is said.
        default: bool,
    },
    /// One of several.
    Choice {
        /// The names of all of them.
        names: &'static [&'static str],
        /// If nothing is said: an index.
        default: usize,
    },
    /// A length of time.
    Span {
        /// At least.
        min: Span,
        /// At most.
        max: Span,
        /// If nothing is said.
        default: Span,
    },
    /// A probability, in parts of a million.
    Chance {
        /// If nothing is said.
        default: u32,
    },
}

impl ParamKind {
    /// The value if nothing is said.
    #[must_use]
    pub const fn default(&self) -> i64 {
        match *self {
            Self::Number { default, .. } => default,
            Self::Switch { default } => default as i64,
            Self::Choice { default, .. } => default as i64,
            Self::Span { default, .. } => default.0 as i64,
            Self::Chance { default } => default as i64,
        }
    }

    /// The smallest and the largest value.
    #[must_use]
    pub const fn range(&self) -> (i64, i64) {
        match *self {
            Self::Number { min, max, .. } => (min, max),
            Self::Switch { .. } => (0, 1),
            Self::Choice { names, .. } => (0, names.len() as i64 - 1),
            Self::Span { min, max, .. } => (min.0 as i64, max.0 as i64),
            Self::Chance { .. } => (0, 1_000_000),
        }
    }

    /// A value as people read it: `on`, `one backup`, `150 ms`, `5%`, `3`.
    #[must_use]
    pub fn show(&self, value: i64) -> String {
        match self {
            Self::Number { .. } => value.to_string(),
            Self::Switch { .. } => if value == 0 { "off" } else { "on" }.into(),
            Self::Choice { names, .. } => names.get(value as usize).map_or_else(|| value.to_string(), |name| (*name).into()),
            Self::Span { .. } => format!("{}{}", if value < 0 { "-" } else { "" }, Span(value.unsigned_abs())),
            Self::Chance { .. } => Chance::per_million(value as u32).to_string(),
        }
    }

    /// Reads a value as people write it.
    ///
    /// # Errors
    /// If it is none, or none of those that are allowed: says so, with the name of the setting.
    pub fn read(&self, name: &str, text: &str) -> Result<i64, String> {
        let text = text.trim();
        let value = match self {
            Self::Number { .. } => text.parse().map_err(|_| format!("{name} is a whole number that fits, not “{text}”"))?,
            Self::Switch { .. } => match text {
                "on" | "true" => 1,
                "off" | "false" => 0,
                _ => return Err(format!("{name} is on or off, not “{text}”")),
            },
            Self::Choice { names, .. } => {
                let found = names.iter().position(|other| *other == text);
                found.ok_or_else(|| format!("there is no choice “{text}”; there are {}", names.join(", ")))? as i64
            }
            Self::Span { .. } => Span::parse(text)?.0 as i64,
            Self::Chance { .. } => Chance::parse(text)?.parts().into(),
        };
        self.check(name, value).map(|()| value)
    }

    /// Refuses a value that is not allowed.
    ///
    /// # Errors
    /// Says what is, with the name of the setting.
    pub fn check(&self, name: &str, value: i64) -> Result<(), String> {
        let (min, max) = self.range();
        if (min..=max).contains(&value) {
            return Ok(());
        }
        // A value that is far too large may be none that can be shown.
        let wrong = if matches!(self, Self::Chance { .. }) { format!("{value} parts of a million") } else { self.show(value) };
        Err(match self {
            Self::Switch { .. } => format!("{name} is on or off, 1 or 0, not {value}"),
            Self::Choice { names, .. } => format!("{name} is one of {}, 0 to {max}, not {value}", names.join(", ")),
            _ => format!("{name} goes from {} to {}, not {wrong}", self.show(min), self.show(max)),
        })
    }
}

/// The settings of a run: what the scenario says, and the defaults for the rest.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pub(crate) specs: &'static [ParamSpec],
    pub(crate) values: &'a BTreeMap<String, i64>,
}

impl Settings<'_> {
    /// The value of a setting.
    ///
    /// # Panics
    /// If the protocol has no setting of that name, which is a mistake of its author.
    #[must_use]
    pub fn get(&self, key: &str) -> i64 {
        let spec = self.specs.iter().find(|spec| spec.key == key).expect("the setting is in the table of settings");
        let (min, max) = spec.kind.range();
        self.values.get(key).copied().unwrap_or_else(|| spec.kind.default()).clamp(min, max)
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn on(&self, key: &str) -> bool {
        self.get(key) != 0
    }

    /// A length of time.
    #[must_use]
    pub fn span(&self, key: &str) -> Span {
        Span(self.get(key).unsigned_abs())
    }
}

/// What never exists: the messages, writes or requests of a protocol that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nothing {}

/// A client's operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub u32);

/// A promise of the disk to say when everything written so far is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u32);

/// Something a node can wake itself up for. Written by [`timers!`](crate::timers).
pub trait Timer: Copy + 'static {
    /// What each kind is called.
    const NAMES: &'static [&'static str];
    /// As a kind and a number.
    fn pack(self) -> TimerCode;
    /// Back from a kind and a number.
    fn unpack(code: TimerCode) -> Self;
}

/// A timer as the machine sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerCode {
    /// Which of the protocol's kinds of timer.
    pub kind: u8,
    /// Which of several of that kind.
    pub number: u32,
}

/// Declares the timers of a protocol, each with its name; one that exists several times carries a
/// `u32` that tells them apart.
///
/// ```
/// faultline::timers! {
///     /// What a node waits for.
///     pub enum Wait {
///         Election => "election timeout",
///         Retry(u32) => "retry",
///     }
/// }
/// ```
#[macro_export]
macro_rules! timers {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($variant:ident $(($number:ty))? => $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name {
            $(#[doc = $label] $variant $(($number))?,)*
        }

        const _: () = {
            #[repr(u8)]
            enum Index { $($variant),* }

            impl $crate::protocol::Timer for $name {
                const NAMES: &'static [&'static str] = &[$($label),*];

                #[allow(unused_mut, unused_assignments)]
                fn pack(self) -> $crate::protocol::TimerCode {
                    match self {
                        $($crate::timers!(@pattern $name $variant n $($number)?) => $crate::protocol::TimerCode {
                            kind: Index::$variant as u8,
                            number: $crate::timers!(@value n $($number)?),
                        },)*
                    }
                }

                fn unpack(code: $crate::protocol::TimerCode) -> Self {
                    let number = code.number;
                    $(if code.kind == Index::$variant as u8 {
                        return $crate::timers!(@build $name $variant number $($number)?);
                    })*
                    unreachable!("a timer of a kind that was never declared, number {number}")
                }
            }
        };
    };
    (@pattern $name:ident $variant:ident $n:ident $number:ty) => { $name::$variant($n) };
    (@pattern $name:ident $variant:ident $n:ident) => { $name::$variant };
    (@value $n:ident $number:ty) => { $n };
    (@value $n:ident) => { 0 };
    (@build $name:ident $variant:ident $n:ident $number:ty) => { $name::$variant($n) };
    (@build $name:ident $variant:ident $n:ident) => { $name::$variant };
}

/// Something that must hold at every moment.
pub struct Invariant<P: Protocol> {
    /// Its name in scenarios and searches. It never changes.
    pub id: &'static str,
    /// What it promises, in a sentence.
    pub promise: &'static str,
    /// Whether it holds; if not, why not.
    pub holds: fn(&Cluster<'_, P>) -> Result<(), String>,
}

/// One node as its view sees it: what it knows.
pub struct Seen<'a, P: Protocol> {
    /// Which node it is.
    pub me: NodeId,
    /// How many nodes there are.
    pub nodes: u16,
    /// What it keeps in memory; nothing while it is down.
    pub memory: Option<&'a P::Memory>,
    /// What is on its disk, or will be with the next sync.
    pub disk: &'a P::Disk,
    /// What would be left on its disk after a crash now.
    pub synced: &'a P::Disk,
    /// What its wall clock shows.
    pub now: LocalTime,
    /// What its steady clock shows.
    pub steady: LocalTime,
}

/// All nodes at once, as only an outside observer sees them.
pub struct Cluster<'a, P: Protocol> {
    pub(crate) protocol: &'a P,
    pub(crate) nodes: Vec<Seen<'a, P>>,
}

impl<P: Protocol> Cluster<'_, P> {
    /// The protocol and its settings.
    #[must_use]
    pub fn protocol(&self) -> &P {
        self.protocol
    }

    /// Every node.
    #[must_use]
    pub fn nodes(&self) -> &[Seen<'_, P>] {
        &self.nodes
    }
}

/// What a node can do: the effects it can ask for.
pub struct Cx<'a, P: Protocol> {
    pub(crate) calls: &'a mut Calls,
    pub(crate) disk: &'a mut P::Disk,
    pub(crate) writes: &'a mut Vec<P::Write>,
    pub(crate) outbox: &'a mut Vec<P::Message>,
    pub(crate) replies: &'a mut Vec<P::Ret>,
    pub(crate) messages_before: u32,
    pub(crate) answers_before: u32,
}

impl<P: Protocol> Cx<'_, P> {
    /// This node.
    #[must_use]
    pub fn me(&self) -> NodeId {
        self.calls.me
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> u16 {
        self.calls.nodes
    }

    /// Every node but this one.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + use<P> {
        let me = self.calls.me;
        (0..self.calls.nodes).map(NodeId).filter(move |&node| node != me)
    }

    /// What this node's wall clock shows, which may not be the true time.
    #[must_use]
    pub fn now(&self) -> LocalTime {
        self.calls.now
    }

    /// What this node's steady clock shows: nobody sets it, but it may run fast or slow. For how long
    /// something took, not for when it was.
    #[must_use]
    pub fn steady(&self) -> LocalTime {
        LocalTime(i64::try_from(self.calls.steady).unwrap_or(i64::MAX))
    }

    /// Sends a message. One to this node itself is not lost, copied or delayed by the network, but handled
    /// after this, like any other.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        let effect = self.pack(to, message);
        self.calls.effects.push(effect);
    }

    /// Sends a message to every other node.
    pub fn broadcast(&mut self, message: &P::Message) {
        for peer in self.peers() {
            self.send(peer, message.clone());
        }
    }

    /// Sends a message as soon as everything before the ticket is durable.
    pub fn send_after(&mut self, ticket: Ticket, to: NodeId, message: P::Message) {
        let effect = self.pack(to, message);
        self.calls.effects.push(Effect::After(ticket.0, Box::new(effect)));
    }

    fn pack(&mut self, to: NodeId, message: P::Message) -> Effect {
        let effect = Effect::Send {
            to,
            payload: self.messages_before + self.outbox.len() as u32,
            kind: P::kind(&message),
            size: P::size(&message),
            hash: stable_hash(&message),
        };
        self.outbox.push(message);
        effect
    }

    /// Wakes this node after a while by its own clock. The same timer set again starts anew.
    pub fn set(&mut self, timer: P::Timer, after: Span) {
        self.calls.effects.push(Effect::Set(timer.pack(), after));
    }

    /// Forgets a timer.
    pub fn cancel(&mut self, timer: P::Timer) {
        self.calls.effects.push(Effect::Cancel(timer.pack()));
    }

    /// What is on the disk, including what is not durable yet.
    #[must_use]
    pub fn disk(&self) -> &P::Disk {
        self.disk
    }

    /// Writes to the disk. A crash before the next sync may undo it.
    pub fn write(&mut self, write: P::Write) {
        P::apply(self.disk, &write);
        self.calls.effects.push(Effect::Write { hash: stable_hash(&write) });
        self.writes.push(write);
    }

    /// Makes everything written so far durable.
    pub fn sync(&mut self) -> Ticket {
        let ticket = self.calls.next_ticket;
        self.calls.next_ticket += 1;
        self.calls.effects.push(Effect::Sync(ticket));
        Ticket(ticket)
    }

    /// Answers a request.
    pub fn reply(&mut self, op: OpId, ret: P::Ret) {
        let effect = self.answer(op, ret, true);
        self.calls.effects.push(effect);
    }

    /// Answers a request as soon as everything before the ticket is durable.
    pub fn reply_after(&mut self, ticket: Ticket, op: OpId, ret: P::Ret) {
        let effect = self.answer(op, ret, true);
        self.calls.effects.push(Effect::After(ticket.0, Box::new(effect)));
    }

    /// Refuses a request: it surely has not happened, and never will.
    pub fn refuse(&mut self, op: OpId, ret: P::Ret) {
        let effect = self.answer(op, ret, false);
        self.calls.effects.push(effect);
    }

    fn answer(&mut self, op: OpId, ret: P::Ret, done: bool) -> Effect {
        let answer = self.answers_before + self.replies.len() as u32;
        let hash = stable_hash(&ret);
        self.replies.push(ret);
        Effect::Reply { op: op.0, answer, done, hash }
    }

    /// Refuses a request as soon as everything before the ticket is durable: a node that could forget
    /// that it refused might do it after all.
    pub fn refuse_after(&mut self, ticket: Ticket, op: OpId, ret: P::Ret) {
        let effect = self.answer(op, ret, false);
        self.calls.effects.push(Effect::After(ticket.0, Box::new(effect)));
    }

    /// Says in a few words why this node does what it does. Shown beside the event.
    pub fn note(&mut self, text: impl Into<Cow<'static, str>>) {
        self.calls.effects.push(Effect::Note(text.into()));
    }

    /// One of `0..bound`. Drawn from the seed in a run; a search tries each.
    pub fn choose(&mut self, bound: u64) -> u64 {
        self.calls.choose(bound)
    }

    /// How long something takes this time.
    pub fn sample(&mut self, latency: &Latency) -> Span {
        latency.sample(self.choose(u64::MAX))
    }

    /// A random length of time between two, for a timer.
    pub fn between(&mut self, min: Span, max: Span) -> Span {
        Span(min.0 + self.choose(max.0.saturating_sub(min.0) + 1))
    }
}
