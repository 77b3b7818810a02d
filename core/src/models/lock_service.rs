//! A lock with a time limit, the processes that rely on it, and the file they change under it.
//!
//! A process that is asked to change the file takes the lock, reads, works for a while, writes, and
//! gives the lock back. The lock ends by itself after a time, because a process may die with it; so
//! it can also end while its holder is only slow, and goes on. What the file then does with the late
//! write decides whether the lock was one.

use super::number_set::NumberSet;
use crate::judge::exclusion::{Turns, at_most_one};
use crate::judge::history::Word;
use crate::judge::spec::Object;
use crate::judge::value::Value;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{LocalTime, NodeId, Span};
use crate::timers;
use crate::view::{self, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The settings of lock, processes and file.
#[derive(Clone, Debug, Serialize)]
pub struct LockService {
    ttl: Span,
    work: Span,
    patience: Span,
    poll: Span,
    release: Release,
    fencing: bool,
    random_tokens: bool,
    renew: bool,
    look_first: bool,
    wall_clock: bool,
    copy_first: bool,
    silence: Span,
}

/// How a lock is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Release {
    /// Deleted, if it is still the holder's.
    Compare,
    /// Deleted, whoever has it.
    Plain,
    /// Not at all: its time will run out.
    Never,
}

/// The random value by which the server tells one taking of the lock from another. It says nothing
/// about their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner(u32);

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04x}", self.0)
    }
}

/// The number that comes with the lock. Later ones are greater, also after another server took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Token {
    epoch: u32,
    count: u32,
}

impl fmt::Display for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch > 0 {
            write!(out, "{}.", self.epoch)?;
        }
        write!(out, "{}", self.count)
    }
}

/// What the lock's servers know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// How often a server has taken over from the other; says who is in charge.
    epoch: u32,
    /// How often it has changed since.
    version: u32,
    count: u32,
    held: Option<Held>,
    /// How often it was given back by one who did not have it.
    robbed: u32,
}

/// Who has the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    process: NodeId,
    owner: Owner,
    token: Token,
    /// When it ends, by the clock that counts here, of the server that knows this.
    until: LocalTime,
}

/// The file and who has used it.
#[derive(Clone, Debug, Default, Serialize)]
struct File {
    value: u32,
    /// The greatest token that came with an access.
    highest: Token,
    turns: Turns<Owner>,
    /// Those whose change was made.
    changed: BTreeSet<Owner>,
    /// How often somebody came back whose turn was over, and how many updates were written over unseen.
    overlaps: u32,
    lost: u32,
}

/// What is on a node's disk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Disk {
    lock: Lock,
    file: File,
}

/// One change of the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Write {
    /// At a server.
    Lock(Lock),
    /// At the file: it is read, or changed from one value to another.
    Use(Owner, Token, Option<(u32, u32)>),
}

/// What nodes tell each other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Give me the lock.
    Acquire(Owner),
    /// It is yours, with this token.
    Granted(Owner, Token),
    /// Somebody has it.
    Taken(Owner),
    /// Another server is in charge.
    AskOther(Owner),
    /// I still need it, at this time of my own clock.
    Renew(Owner, LocalTime),
    /// It is yours for longer, counted from then.
    Renewed(Owner, LocalTime),
    /// It is not yours any more.
    Gone(Owner),
    /// I do not need it any more.
    GiveBack(Owner),
    /// What is in the file?
    Read(Owner, Token),
    /// This.
    Content(Owner, u32),
    /// Change the file from one value to the other.
    Change(Owner, Token, u32, u32),
    /// It is changed.
    Changed(Owner),
    /// Somebody with a greater token was here.
    Rejected(Owner),
    /// A server in charge is alive, and the lock is so; it ends so long from now. And whether the
    /// other may take over: not while it could know less than processes were told.
    Copy(Lock, Span, bool),
    /// The lock is on my disk, in this version.
    Copied(u32, u32),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Answer => "no answer in time",
        Again => "time to ask again",
        Worked => "work is done",
        Renewal => "time to renew",
        Expiry => "the lock's time is over",
        Beat => "heartbeat due",
        Silence => "nothing heard from the other server",
    }
}

/// What a node remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Memory {
    /// As a process.
    job: Option<Job>,
    /// Whether it asks the second server.
    second: bool,
    /// The lock that it took, or may have taken, and never gave back.
    left_behind: Option<Owner>,
    /// And what it was asked for since it started.
    begun: NumberSet,
    /// As a server: what is to be said once the other has this version of the lock.
    unsaid: Vec<(u32, NodeId, Message)>,
    /// When the lock is durable as it is.
    durable: Option<Ticket>,
    /// It has taken over, and the other does not follow yet.
    alone: bool,
}

/// A change of the file under way.
#[derive(Clone, Copy, Debug, Serialize)]
struct Job {
    op: OpId,
    /// What it will write.
    value: u32,
    /// As whom it asked for the lock, anew each time.
    owner: Owner,
    step: Step,
    /// Until when the lock is its own at least, by its own clock, once it is.
    lease: LocalTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Step {
    Asking,
    Reading(Token),
    Working(Token, u32),
    Writing(Token, u32),
}

/// What a client asks for: change the file to this.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Update(u32);

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The file had the one value and has the other.
    Changed(u32, u32),
    /// The process has another job.
    Busy,
    /// The lock did not answer.
    NoLock,
    /// The lock was over before the file was changed.
    TooLate,
    /// The file refused.
    Rejected,
    /// No process runs on this node.
    NotHere,
}

/// What a node is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Part {
    Process,
    Server,
    File,
}

impl LockService {
    /// The last three nodes are the two servers and the file.
    fn part(node: NodeId, nodes: u16) -> Part {
        match nodes - node.0 {
            1 => Part::File,
            2 | 3 => Part::Server,
            _ => Part::Process,
        }
    }

    fn server(nodes: u16, second: bool) -> NodeId {
        NodeId(nodes - 3 + u16::from(second))
    }

    fn in_charge(epoch: u32, nodes: u16) -> NodeId {
        Self::server(nodes, !epoch.is_multiple_of(2))
    }

    fn leads(cx: &Cx<'_, Self>) -> bool {
        Self::in_charge(cx.disk().lock.epoch, cx.nodes()) == cx.me()
    }

    // ---- as a process -------------------------------------------------------------------------

    /// The clock by which locks end, which everybody has one of.
    fn clock(&self, cx: &Cx<'_, Self>) -> LocalTime {
        if self.wall_clock { cx.now() } else { cx.steady() }
    }

    fn ask(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let server = Self::server(cx.nodes(), memory.second);
        let Some(job) = &mut memory.job else { return };
        job.owner = Owner(cx.choose(1 << 32) as u32);
        job.lease = self.clock(cx) + self.ttl;
        cx.send(server, Message::Acquire(job.owner));
        cx.set(Wait::Answer, self.patience);
    }

    /// A job is over, one way or another.
    fn finish(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        for timer in [Wait::Answer, Wait::Again, Wait::Worked, Wait::Renewal] {
            cx.cancel(timer);
        }
        if let Some(job) = memory.job.take() {
            self.give_back(memory, job.owner, cx);
        }
    }

    fn give_back(&self, memory: &mut Memory, owner: Owner, cx: &mut Cx<'_, Self>) {
        if self.release == Release::Never {
            memory.left_behind = Some(owner);
        } else {
            cx.send(Self::server(cx.nodes(), memory.second), Message::GiveBack(owner));
        }
    }

    fn fail(&self, memory: &mut Memory, ret: Ret, cx: &mut Cx<'_, Self>) {
        if let Some(job) = memory.job {
            cx.refuse(job.op, ret);
        }
        self.finish(memory, cx);
    }

    fn process(&self, memory: &mut Memory, message: Message, cx: &mut Cx<'_, Self>) {
        let (Message::Granted(owner, _)
        | Message::Taken(owner)
        | Message::AskOther(owner)
        | Message::Renewed(owner, _)
        | Message::Gone(owner)
        | Message::Content(owner, _)
        | Message::Changed(owner)
        | Message::Rejected(owner)) = message
        else {
            return;
        };
        let file = NodeId(cx.nodes() - 1);
        let Some(job) = memory.job.as_mut().filter(|job| job.owner == owner) else {
            if matches!(message, Message::Granted(..)) && self.release != Release::Never {
                cx.note("Does not want it any more.");
                self.give_back(memory, owner, cx);
            }
            return;
        };
        match (message, job.step) {
            (Message::Granted(_, token), Step::Asking) => {
                job.step = Step::Reading(token);
                cx.send(file, Message::Read(owner, token));
                cx.set(Wait::Answer, self.patience);
                if self.renew {
                    cx.set(Wait::Renewal, Span(self.ttl.0 / 3));
                }
            }
            (Message::Taken(_) | Message::AskOther(_), Step::Asking) => {
                memory.second ^= matches!(message, Message::AskOther(_));
                cx.cancel(Wait::Answer);
                cx.set(Wait::Again, self.poll);
            }
            (Message::Renewed(_, asked), _) => job.lease = job.lease.max(asked + self.ttl),
            (Message::Gone(_), Step::Reading(_) | Step::Working(..)) => {
                cx.note("Has lost the lock, and knows it.");
                self.fail(memory, Ret::TooLate, cx);
            }
            (Message::Content(_, value), Step::Reading(token)) => {
                job.step = Step::Working(token, value);
                cx.cancel(Wait::Answer);
                cx.set(Wait::Worked, self.work);
            }
            (Message::Changed(_), Step::Writing(_, from)) => {
                cx.reply(job.op, Ret::Changed(from, job.value));
                self.finish(memory, cx);
            }
            (Message::Rejected(_), Step::Reading(_) | Step::Writing(..)) => self.fail(memory, Ret::Rejected, cx),
            _ => {}
        }
    }

    fn write(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Some(job) = &mut memory.job else { return };
        let Step::Working(token, from) = job.step else { return };
        if self.look_first && self.clock(cx) >= job.lease {
            cx.note("By its own clock the lock is over.");
            return self.fail(memory, Ret::TooLate, cx);
        }
        job.step = Step::Writing(token, from);
        cx.send(NodeId(cx.nodes() - 1), Message::Change(job.owner, token, from, job.value));
        cx.set(Wait::Answer, self.patience);
    }

    fn no_answer(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Some(job) = memory.job else { return };
        match job.step {
            Step::Asking if self.release == Release::Never => {
                cx.note("Takes silence for a no.");
                self.fail(memory, Ret::NoLock, cx);
            }
            Step::Asking => {
                cx.note("May have the lock without knowing it: gives it back, and asks the other server.");
                self.give_back(memory, job.owner, cx);
                memory.second = !memory.second;
                self.ask(memory, cx);
            }
            Step::Reading(_) | Step::Working(..) => self.fail(memory, Ret::NoLock, cx),
            // The file may have been changed: nobody can tell the client.
            Step::Writing(..) => self.finish(memory, cx),
        }
    }

    // ---- as a server --------------------------------------------------------------------------

    fn left(held: Option<Held>, now: LocalTime) -> Span {
        held.map_or(Span::ZERO, |held| held.until.since(now))
    }

    /// The lock changes, and then something may be said.
    fn change(&self, memory: &mut Memory, lock: Lock, said: Option<(NodeId, Message)>, cx: &mut Cx<'_, Self>) {
        let lock = Lock { version: lock.version + 1, ..lock };
        cx.write(Write::Lock(lock));
        let durable = cx.sync();
        if lock.held.is_some() {
            cx.set(Wait::Expiry, Self::left(lock.held, self.clock(cx)));
        } else {
            cx.cancel(Wait::Expiry);
        }
        memory.durable = Some(durable);
        match said {
            Some((to, message)) if self.copy_first && !memory.alone => memory.unsaid.push((lock.version, to, message)),
            Some((to, message)) => cx.send_after(durable, to, message),
            None => {}
        }
        if self.copy_first {
            self.copy(memory, cx);
        }
    }

    fn other(cx: &Cx<'_, Self>) -> NodeId {
        let first = Self::server(cx.nodes(), false);
        if cx.me() == first { Self::server(cx.nodes(), true) } else { first }
    }

    fn copy(&self, memory: &Memory, cx: &mut Cx<'_, Self>) {
        let lock = cx.disk().lock;
        let copy = Message::Copy(lock, Self::left(lock.held, self.clock(cx)), !(self.copy_first && memory.alone));
        match memory.durable {
            Some(durable) => cx.send_after(durable, Self::other(cx), copy),
            None => cx.send(Self::other(cx), copy),
        }
    }

    fn beat(&self, memory: &Memory, cx: &mut Cx<'_, Self>) {
        self.copy(memory, cx);
        cx.set(Wait::Beat, Span(self.silence.0 / 4));
    }

    /// By the wall clock a lock can be over before its timer says so.
    fn expire(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let lock = cx.disk().lock;
        if lock.held.is_some_and(|held| held.until <= cx.now()) && self.wall_clock {
            cx.note("By the wall clock its time is over.");
            self.change(memory, Lock { held: None, ..lock }, None, cx);
        }
    }

    fn serve(&self, memory: &mut Memory, from: NodeId, message: Message, cx: &mut Cx<'_, Self>) {
        match message {
            Message::Copy(lock, left, may_take_over) => return self.copied(memory, from, lock, left, may_take_over, cx),
            Message::Copied(epoch, version) => {
                let lock = cx.disk().lock;
                if epoch == lock.epoch {
                    memory.alone &= version != lock.version;
                    for (_, to, message) in memory.unsaid.extract_if(.., |(waits_for, ..)| *waits_for <= version) {
                        cx.send(to, message);
                    }
                }
                return;
            }
            Message::Acquire(owner) if !Self::leads(cx) => return cx.send(from, Message::AskOther(owner)),
            _ if !Self::leads(cx) => return,
            _ => self.expire(memory, cx),
        }
        let lock = cx.disk().lock;
        match (message, lock.held) {
            (Message::Acquire(owner), None) => {
                let count = lock.count + 1;
                let token = if self.random_tokens {
                    Token { epoch: 0, count: cx.choose(10_000) as u32 }
                } else {
                    Token { epoch: lock.epoch, count }
                };
                let held = Held { process: from, owner, token, until: self.clock(cx) + self.ttl };
                self.change(memory, Lock { count, held: Some(held), ..lock }, Some((from, Message::Granted(owner, token))), cx);
            }
            (Message::Acquire(owner), Some(held)) => {
                // The same question twice has the same answer, if that was given already.
                let known = memory.unsaid.is_empty();
                if held.owner != owner {
                    cx.send(from, Message::Taken(owner));
                } else if known {
                    cx.send(from, Message::Granted(owner, held.token));
                }
            }
            (Message::Renew(owner, asked), held) => match held.filter(|held| held.owner == owner) {
                Some(held) => {
                    let held = Held { until: self.clock(cx) + self.ttl, ..held };
                    self.change(memory, Lock { held: Some(held), ..lock }, Some((from, Message::Renewed(owner, asked))), cx);
                }
                None => cx.send(from, Message::Gone(owner)),
            },
            (Message::GiveBack(owner), Some(held)) => {
                let own = held.owner == owner;
                if own || self.release == Release::Plain {
                    if !own {
                        cx.note(format!("Deletes the lock, which {} has by now.", held.process));
                    }
                    self.change(memory, Lock { held: None, robbed: lock.robbed + u32::from(!own), ..lock }, None, cx);
                } else {
                    cx.note("Not the holder: nothing to delete.");
                }
            }
            _ => {}
        }
    }

    fn copied(&self, memory: &mut Memory, from: NodeId, lock: Lock, left: Span, may_take_over: bool, cx: &mut Cx<'_, Self>) {
        let mine = cx.disk().lock;
        if lock.epoch < mine.epoch {
            if Self::leads(cx) {
                self.copy(memory, cx);
            }
            return;
        }
        if lock.epoch > mine.epoch {
            memory.unsaid.clear();
            cx.cancel(Wait::Beat);
        }
        if may_take_over {
            cx.set(Wait::Silence, self.silence);
        }
        if (lock.epoch, lock.version) > (mine.epoch, mine.version) {
            let held = lock.held.map(|held| Held { until: self.clock(cx) + left, ..held });
            cx.write(Write::Lock(Lock { held, ..lock }));
            if held.is_some() {
                cx.set(Wait::Expiry, left);
            } else {
                cx.cancel(Wait::Expiry);
            }
        }
        let durable = cx.sync();
        cx.send_after(durable, from, Message::Copied(lock.epoch, lock.version));
    }

    fn time_over(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let lock = cx.disk().lock;
        let left = Self::left(lock.held, self.clock(cx));
        if self.wall_clock && left > Span::ZERO {
            return cx.set(Wait::Expiry, left);
        }
        if Self::leads(cx) {
            self.change(memory, Lock { held: None, ..lock }, None, cx);
        } else {
            // Its own copy ends too; what the server in charge has is for that one to say.
            cx.write(Write::Lock(Lock { held: None, ..lock }));
            cx.sync();
        }
    }

    fn take_over(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let lock = cx.disk().lock;
        cx.note(if lock.held.is_some() {
            "Takes over. It knows who has the lock."
        } else {
            "Takes over. As far as it knows the lock is free."
        });
        cx.write(Write::Lock(Lock { epoch: lock.epoch + 1, version: 0, ..lock }));
        memory.durable = Some(cx.sync());
        memory.alone = true;
        self.beat(memory, cx);
    }

    // ---- as the file --------------------------------------------------------------------------

    fn file(&self, from: NodeId, message: Message, cx: &mut Cx<'_, Self>) {
        let (owner, token, change) = match message {
            Message::Read(owner, token) => (owner, token, None),
            Message::Change(owner, token, from, to) => (owner, token, Some((from, to))),
            _ => return,
        };
        if change.is_some() && cx.disk().file.changed.contains(&owner) {
            cx.note("Has made this change before.");
            let durable = cx.sync();
            return cx.send_after(durable, from, Message::Changed(owner));
        }
        // A read counts as well: who has read with a greater token must find the file unchanged.
        if self.fencing && token < cx.disk().file.highest {
            cx.note(format!("Token {token} is older than {}.", cx.disk().file.highest));
            return cx.send(from, Message::Rejected(owner));
        }
        cx.write(Write::Use(owner, token, change));
        let durable = cx.sync();
        let answer = if change.is_some() { Message::Changed(owner) } else { Message::Content(owner, cx.disk().file.value) };
        cx.send_after(durable, from, answer);
    }

    // ---- promises -----------------------------------------------------------------------------

    fn the_file<'a>(cluster: &'a Cluster<'_, Self>) -> Option<(&'a File, NodeId)> {
        cluster.nodes().last().map(|node| (&node.disk.file, node.me))
    }

    fn mutual_exclusion(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        match Self::the_file(cluster) {
            Some((file, at)) if file.overlaps > 0 => Err(format!("{at} has accepted {} accesses after somebody else's", file.overlaps)),
            _ => Ok(()),
        }
    }

    fn no_lost_update(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        match Self::the_file(cluster) {
            Some((file, at)) if file.lost > 0 => Err(format!("{} updates were written over unseen at {at}", file.lost)),
            _ => Ok(()),
        }
    }

    fn one_holder(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let holds = |node: &&Seen<'_, Self>| node.memory.and_then(|memory| memory.job).is_some_and(|job| job.step != Step::Asking);
        let holders = cluster.nodes().iter().filter(holds).map(|node| node.me);
        at_most_one(holders, "all go on as if they had it")
    }

    fn given_back_by_its_holder(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let robbed = cluster.nodes().iter().find(|node| node.disk.lock.robbed > 0);
        robbed.map_or(Ok(()), |node| Err(format!("{} deleted a lock that another process had", node.me)))
    }

    fn no_leak(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        for node in cluster.nodes() {
            let Some(held) = node.disk.lock.held else { continue };
            let holder = cluster.nodes().iter().find(|other| other.me == held.process).and_then(|other| other.memory);
            let in_charge = Self::in_charge(node.disk.lock.epoch, node.nodes) == node.me;
            if in_charge && holder.is_some_and(|memory| memory.left_behind == Some(held.owner)) {
                return Err(format!("the lock is kept for {}, which does not want it", held.process));
            }
        }
        Ok(())
    }
}

impl Protocol for LockService {
    const ABOUT: &'static About = &About {
        id: "lock-service",
        title: "A lock with a time limit",
        summary: "Processes change a file under a lock that ends by itself, even while its holder still works.",
        kinds: &[
            Kind { name: "acquire", tone: Tone::Ask },
            Kind { name: "granted", tone: Tone::Lead },
            Kind { name: "taken", tone: Tone::Refuse },
            Kind { name: "ask the other", tone: Tone::Refuse },
            Kind { name: "renew", tone: Tone::Ask },
            Kind { name: "renewed", tone: Tone::Lead },
            Kind { name: "gone", tone: Tone::Refuse },
            Kind { name: "give back", tone: Tone::Plain },
            Kind { name: "read", tone: Tone::Ask },
            Kind { name: "content", tone: Tone::Answer },
            Kind { name: "write", tone: Tone::Data },
            Kind { name: "written", tone: Tone::Answer },
            Kind { name: "rejected", tone: Tone::Refuse },
            Kind { name: "copy", tone: Tone::Plain },
            Kind { name: "have it", tone: Tone::Plain },
        ],
        ops: &[OpSpec { name: "update", argument: None, weight: 1 }],
        params: &[
            ParamSpec {
                key: "ttl",
                label: "Time limit",
                help: "How long a lock lasts that nobody renews.",
                kind: ParamKind::Span { min: Span::millis(10), max: Span::secs(600), default: Span::secs(2) },
            },
            ParamSpec {
                key: "work",
                label: "Work",
                help: "How long a process works between reading and writing.",
                kind: ParamKind::Span { min: Span::ZERO, max: Span::secs(600), default: Span::millis(500) },
            },
            ParamSpec {
                key: "release",
                label: "Giving back",
                help: "Compare: only its holder can delete a lock. Plain: anybody can. Textbook code never gives it back.",
                kind: ParamKind::Choice { names: &["compare and delete", "plain delete", "never (textbook code)"], default: 0 },
            },
            ParamSpec {
                key: "fencing",
                label: "The file checks tokens",
                help: "It rejects who comes with a smaller token than somebody before.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "tokens",
                label: "Tokens are",
                help: "A number that grows with each lock, or a random value, which says nothing about who was first.",
                kind: ParamKind::Choice { names: &["growing numbers", "random values"], default: 0 },
            },
            ParamSpec {
                key: "renew",
                label: "Renew",
                help: "A process asks for more time while it works, every third of the time limit.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "look-first",
                label: "Look at the clock before writing",
                help: "A process does not write if its lock is over by its own clock.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "clock",
                label: "The lock ends by",
                help: "The wall clock, which can be set; or the steady clock, which cannot. Processes look at the same kind of clock.",
                kind: ParamKind::Choice { names: &["the wall clock", "the steady clock"], default: 1 },
            },
            ParamSpec {
                key: "copies",
                label: "The other server is told",
                help: "Before a process is answered, or some time after that.",
                kind: ParamKind::Choice { names: &["before the answer", "with the next heartbeat"], default: 0 },
            },
            ParamSpec {
                key: "silence",
                label: "Take over after",
                help: "How long a server hears nothing from the other before it takes over. Four heartbeats fit in.",
                kind: ParamKind::Span { min: Span::millis(4), max: Span::secs(60), default: Span::secs(1) },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a process waits for an answer.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(300) },
            },
            ParamSpec {
                key: "poll",
                label: "Ask again after",
                help: "How long a process waits that has found the lock taken.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(200) },
            },
        ],
        nodes: Nodes { min: 4, max: 15, default: 6 },
        clients: 3,
        leaves_out: "There is one lock and one file. Processes ask again and again instead of standing in line. A process does \
                     one job at a time. The lock survives a crash of its server; what a server forgets that has no disk, \
                     the other server can show. Nobody but the file can stop a process that goes on without the lock. \
                     A process has no disk: after a crash it knows nothing of what it was asked for before.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Write;
    type Op = Update;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            ttl: settings.span("ttl"),
            work: settings.span("work"),
            patience: settings.span("patience"),
            poll: settings.span("poll"),
            release: [Release::Compare, Release::Plain, Release::Never][settings.get("release") as usize],
            fencing: settings.on("fencing"),
            random_tokens: settings.get("tokens") == 1,
            renew: settings.on("renew"),
            look_first: settings.on("look-first"),
            wall_clock: settings.get("clock") == 0,
            copy_first: settings.get("copies") == 0,
            silence: settings.span("silence"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        if Self::part(cx.me(), cx.nodes()) == Part::Server {
            let lock = cx.disk().lock;
            if let Some(held) = lock.held {
                // A steady clock does not survive a crash, so the whole time begins again.
                let until = if self.wall_clock { held.until } else { self.clock(cx) + self.ttl };
                if until != held.until {
                    cx.write(Write::Lock(Lock { held: Some(Held { until, ..held }), ..lock }));
                    cx.sync();
                }
                cx.set(Wait::Expiry, until.since(self.clock(cx)));
            }
            if Self::leads(cx) {
                self.beat(&Memory::default(), cx);
            }
        }
        Memory::default()
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        match Self::part(cx.me(), cx.nodes()) {
            Part::Process => self.process(memory, *message, cx),
            Part::Server => self.serve(memory, from, *message, cx),
            Part::File => self.file(from, *message, cx),
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match timer {
            Wait::Answer => self.no_answer(memory, cx),
            Wait::Again => self.ask(memory, cx),
            Wait::Worked => self.write(memory, cx),
            Wait::Renewal => {
                if let Some(job) = memory.job {
                    cx.send(Self::server(cx.nodes(), memory.second), Message::Renew(job.owner, self.clock(cx)));
                    cx.set(Wait::Renewal, Span(self.ttl.0 / 3));
                }
            }
            Wait::Expiry => self.time_over(memory, cx),
            Wait::Beat => self.beat(memory, cx),
            Wait::Silence => self.take_over(memory, cx),
        }
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Update, cx: &mut Cx<'_, Self>) {
        if Self::part(cx.me(), cx.nodes()) != Part::Process {
            return cx.refuse(id, Ret::NotHere);
        }
        // A request that comes twice is carried out once.
        if !memory.begun.insert(id.0) {
            return;
        }
        if memory.job.is_some() {
            return cx.refuse(id, Ret::Busy);
        }
        memory.job = Some(Job { op: id, value: op.0, owner: Owner(0), step: Step::Asking, lease: self.clock(cx) });
        self.ask(memory, cx);
    }

    fn apply(disk: &mut Disk, write: &Write) {
        match *write {
            Write::Lock(lock) => disk.lock = lock,
            Write::Use(owner, token, change) => {
                let file = &mut disk.file;
                file.highest = file.highest.max(token);
                file.overlaps += u32::from(file.turns.take(owner).is_err());
                if let Some((from, to)) = change {
                    file.lost += u32::from(file.value != from);
                    file.value = to;
                    file.changed.insert(owner);
                }
            }
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Acquire(_) => 0,
            Message::Granted(..) => 1,
            Message::Taken(_) => 2,
            Message::AskOther(_) => 3,
            Message::Renew(..) => 4,
            Message::Renewed(..) => 5,
            Message::Gone(_) => 6,
            Message::GiveBack(_) => 7,
            Message::Read(..) => 8,
            Message::Content(..) => 9,
            Message::Change(..) => 10,
            Message::Changed(_) => 11,
            Message::Rejected(_) => 12,
            Message::Copy(..) => 13,
            Message::Copied(..) => 14,
        }
    }

    fn describe(message: &Message) -> String {
        let name = Self::ABOUT.kinds[usize::from(Self::kind(message))].name;
        match message {
            Message::Granted(_, token) => format!("granted, token {token}"),
            Message::Read(_, token) => format!("read, token {token}"),
            Message::Content(_, value) => format!("content is {value}"),
            Message::Change(_, token, _, to) => format!("write {to}, token {token}"),
            Message::Acquire(owner) | Message::GiveBack(owner) => format!("{name}, as {owner}"),
            Message::Copy(lock, ..) => format!("copy: {}", lock.held.map_or("free".into(), |held| held.process.to_string())),
            _ => name.into(),
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Disk { lock, file } = node.disk;
        let clock = if self.wall_clock { node.now } else { node.steady };
        match Self::part(node.me, node.nodes) {
            Part::Process => {
                let Some(memory) = node.memory else { return };
                let Some(job) = memory.job else {
                    view.role("process", Tone::Plain);
                    return;
                };
                let (role, tone, step, token) = match job.step {
                    Step::Asking => ("wants the lock", Tone::Maybe, "asks for the lock", None),
                    Step::Reading(token) => ("has the lock", Tone::Lead, "reads", Some(token)),
                    Step::Working(token, _) => ("has the lock", Tone::Lead, "works", Some(token)),
                    Step::Writing(token, _) => ("has the lock", Tone::Lead, "writes", Some(token)),
                };
                view.role(role, tone).field("step", step).field("owner value", job.owner).field("will write", job.value);
                if let Some(token) = token {
                    view.headline(view::Value::plain(token)).field("token", token);
                    view.gauge("time left, ms", job.lease.since(clock).0 / 1_000_000, self.ttl.0 / 1_000_000);
                }
            }
            Part::Server => {
                let leads = Self::in_charge(lock.epoch, node.nodes) == node.me;
                view.role(if leads { "lock server" } else { "standby" }, if leads { Tone::Lead } else { Tone::Plain });
                match lock.held {
                    Some(held) => {
                        view.headline(held.process.into()).value("holder", held.process.into());
                        view.field("token", held.token).field("owner value", held.owner);
                        view.gauge("time left, ms", held.until.since(clock).0 / 1_000_000, self.ttl.0 / 1_000_000);
                    }
                    None => {
                        view.headline(view::Value::plain("free")).field("holder", "nobody");
                    }
                }
                view.field("locks granted", lock.count).field("taken over", lock.epoch).field("deleted by others", lock.robbed);
            }
            Part::File => {
                view.role("file", Tone::Data).headline(view::Value::plain(file.value)).field("value", file.value);
                view.field("greatest token", file.highest).field("overlaps", file.overlaps).field("updates lost", file.lost);
            }
        }
    }

    fn op(code: u8, _argument: i64, unique: u32) -> Option<Update> {
        // The file begins with 0.
        (code == 0).then_some(Update(unique + 1))
    }

    fn describe_op(op: &Update) -> String {
        format!("update to {}", op.0)
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Changed(from, to) => format!("changed from {from} to {to}"),
            Ret::Busy => "busy".into(),
            Ret::NoLock => "no lock".into(),
            Ret::TooLate => "too late".into(),
            Ret::Rejected => "rejected".into(),
            Ret::NotHere => "no process here".into(),
        }
    }

    /// A read and a write in one: in order only if nobody else wrote between them.
    fn object() -> Object {
        Object::MultiRegister
    }

    fn word(op: &Update, ret: Option<&Ret>) -> Option<Word> {
        let part = |f: &str, value| Value::List(vec![Value::Word(f.into()), Value::Int(0), value]);
        let write = || part("w", Value::Int(op.0.into()));
        let read = match ret {
            Some(Ret::Changed(from, _)) => Value::Int((*from).into()),
            _ => Value::Nil,
        };
        let input = Value::List(vec![part("r", Value::Nil), write()]);
        Some(Word { f: "txn", key: None, input, output: Value::List(vec![part("r", read), write()]) })
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[
            Invariant {
                id: "mutual-exclusion",
                promise: "Once somebody else has used the file, it accepts nothing more from the one before.",
                holds: Self::mutual_exclusion,
            },
            Invariant { id: "no-lost-update", promise: "Every update has seen the one before it.", holds: Self::no_lost_update },
            Invariant { id: "one-holder", promise: "Never do two processes go on as if they had the lock.", holds: Self::one_holder },
            Invariant {
                id: "given-back-by-its-holder",
                promise: "A lock is given back only by the process that has it.",
                holds: Self::given_back_by_its_holder,
            },
            Invariant { id: "no-leak", promise: "No lock is kept for a process that does not want it.", holds: Self::no_leak },
        ]
    }
}
