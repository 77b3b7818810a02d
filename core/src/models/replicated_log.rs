//! A replicated log with a primary: when a write is acknowledged, and what is left of it after a crash.
//!
//! The primary appends every write to its log and sends it to the replicas; how many of them must
//! have it before the client is answered is a setting, and so is whether "have" means on disk. Each
//! time somebody else is made the primary a new term begins. Whoever is promoted carefully first asks
//! a majority what it has, takes the newest log among the answers for its own, and is obeyed in no
//! older term any more: what a majority has on disk cannot be lost. In the textbook's way a replica
//! takes over with the log that it happens to have, and what it does not have is gone, acknowledged
//! or not.

use super::number_set::NumberSet;
use crate::judge::exclusion::at_most_one;
use crate::judge::history::Word;
use crate::protocol::{About, Cluster, Cx, Invariant, Kind, Nodes, OpId, OpSpec, ParamKind, ParamSpec, Protocol, Seen, Settings, Ticket};
use crate::sim::{NodeId, Span};
use crate::timers;
use crate::view::{self, Entry, Meaning, Tone, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings of a log.
#[derive(Clone, Debug)]
pub struct ReplicatedLog {
    wait_for: WaitFor,
    on_disk: bool,
    careful: bool,
    automatic: bool,
    heartbeat: Span,
    patience: Span,
}

/// Whose copies a write waits for before it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitFor {
    Nobody,
    One,
    Majority,
    All,
}

/// One write in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    term: u64,
    value: u32,
}

/// What nodes tell each other. Every message carries the term of its sender.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// The primary of this term has this log: from so many records on, these. Which round of telling
    /// it is.
    Append(u64, u32, Vec<Record>, u32),
    /// I have the log of this term as it was in this round: so many records.
    Have(u64, u32, u32),
    /// Somebody wants to be the primary of this term: what have you got?
    Promote(u64),
    /// I obey no older term any more. My log is of this term, and it is this.
    Obey(u64, u64, Vec<Record>),
    /// The term is over: this is the newest I know of.
    Over(u64),
}

timers! {
    /// What nodes wait for.
    pub enum Wait {
        Beat => "heartbeat due",
        Silence => "nothing heard from a primary",
        Again => "too few have answered",
    }
}

/// What is on a node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// The newest term this node knows of. Its primary is the node of that number, counted around.
    term: u64,
    /// The term of the primary that this log is a copy of.
    of: u64,
    log: Vec<Record>,
    /// The writes that it was asked for, and carries out or has said no to. The network may bring a
    /// request twice. A client that was told no relies on it, so what was turned away must not be taken
    /// after all; and what may have been done must not be turned away.
    taken: NumberSet,
    turned_away: NumberSet,
}

/// One change of the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Write {
    /// A newer term.
    Term(u64),
    /// This request is carried out.
    Taken(OpId),
    /// The log of this term's primary: so many records stay, these follow.
    Log(u64, u32, Vec<Record>),
    /// This request is refused.
    TurnedAway(OpId),
}

/// What a node remembers.
#[derive(Clone, Debug, Serialize)]
pub enum Memory {
    /// It listens to the primary.
    Replica,
    /// It has asked to be the primary, and has these answers: of which term the log is, and the log.
    Candidate(BTreeMap<NodeId, (u64, Vec<Record>)>),
    /// It is the primary.
    Primary(Reign),
}

/// What a primary remembers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reign {
    round: u32,
    /// For each replica that has the log of this term: how much of it, and of which round.
    have: BTreeMap<NodeId, (u32, u32)>,
    /// What is not answered yet, the oldest first.
    open: Vec<Open>,
    /// The highest round that is on this node's own disk, and the sync of the rounds that are not.
    durable: u32,
    syncing: Vec<(Ticket, u32)>,
    /// How much of the log may be shown as acknowledged.
    acknowledged: u32,
}

/// A request that waits for copies: a read waits too, or a primary that was replaced would answer it.
#[derive(Clone, Copy, Debug, Serialize)]
struct Open {
    op: OpId,
    ret: Ret,
    round: u32,
    length: u32,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Op {
    /// What is the value?
    Read,
    /// It is this from now on.
    Write(u32),
    /// Be the primary. This is what an operator asks for.
    Promote,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Ret {
    /// The value.
    Value(u32),
    /// Written, or promoted.
    Done,
    /// Another node is the primary, as far as this one knows.
    Ask(NodeId),
}

impl ReplicatedLog {
    fn primary(term: u64, nodes: u16) -> NodeId {
        NodeId((term % u64::from(nodes)) as u16)
    }

    /// How many replicas must have a write.
    fn needed(&self, nodes: u16) -> usize {
        let replicas = usize::from(nodes) - 1;
        match self.wait_for {
            WaitFor::Nobody => 0,
            WaitFor::One => 1.min(replicas),
            WaitFor::Majority => usize::from(nodes) / 2,
            WaitFor::All => replicas,
        }
    }

    fn listen(&self, cx: &mut Cx<'_, Self>) {
        if self.automatic {
            // Not all at once: the next in line is the first to lose its patience.
            let nodes = u64::from(cx.nodes());
            let rank = (u64::from(cx.me().0) + nodes - cx.disk().term % nodes) % nodes;
            cx.set(Wait::Silence, Span(self.patience.0 + rank * self.heartbeat.0));
        }
    }

    /// A new round begins: what is in the log by now, on this node's own disk.
    fn round(&self, reign: &mut Reign, cx: &mut Cx<'_, Self>) -> Ticket {
        reign.round += 1;
        let durable = cx.sync();
        reign.syncing.push((durable, reign.round));
        if !self.on_disk {
            reign.durable = reign.round;
        }
        durable
    }

    /// Tells every replica what it does not have, in a new round.
    fn tell(&self, reign: &mut Reign, cx: &mut Cx<'_, Self>) {
        let durable = self.round(reign, cx);
        for peer in cx.peers() {
            let (have, _) = reign.have.get(&peer).copied().unwrap_or_default();
            let Disk { term, log, .. } = cx.disk();
            let have = have.min(log.len() as u32);
            let append = Message::Append(*term, have, log[have as usize..].to_vec(), reign.round);
            // Nobody may know what a crash could make this node forget, or it would write another log of
            // the same term.
            if self.on_disk { cx.send_after(durable, peer, append) } else { cx.send(peer, append) }
        }
        cx.set(Wait::Beat, self.heartbeat);
    }

    /// Tells the replicas now if anybody waits for them, and else with the next heartbeat.
    fn soon(&self, reign: &mut Reign, cx: &mut Cx<'_, Self>) {
        if self.needed(cx.nodes()) > 0 {
            self.tell(reign, cx);
        } else {
            self.round(reign, cx);
        }
    }

    /// Answers everything that enough copies were made of.
    fn answer(&self, reign: &mut Reign, cx: &mut Cx<'_, Self>) {
        let needed = self.needed(cx.nodes());
        let Reign { have, open, durable, acknowledged, .. } = reign;
        open.retain(|open| {
            let copies = have.values().filter(|(_, round)| *round >= open.round).count();
            let enough = copies >= needed && *durable >= open.round;
            if enough {
                cx.reply(open.op, open.ret);
                *acknowledged = open.length.max(*acknowledged);
            }
            !enough
        });
    }

    /// Every message carries a term. Follows a newer one; says whether this one is worth reading.
    fn follow(&self, memory: &mut Memory, from: NodeId, term: u64, cx: &mut Cx<'_, Self>) -> bool {
        let mine = cx.disk().term;
        if term > mine {
            if matches!(memory, Memory::Primary(_)) {
                cx.note(format!("There is a term {term}: no longer the primary."));
            }
            cx.cancel(Wait::Beat);
            cx.cancel(Wait::Again);
            *memory = Memory::Replica;
            cx.write(Write::Term(term));
            self.listen(cx);
        }
        if term < mine {
            cx.send(from, Message::Over(mine));
        }
        term >= mine
    }

    /// Begins the next term that is this node's own.
    fn promote(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let term = (cx.disk().term + 1..).find(|term| Self::primary(*term, cx.nodes()) == cx.me()).unwrap_or_default();
        cx.cancel(Wait::Silence);
        cx.write(Write::Term(term));
        if self.careful {
            let Disk { of, log, .. } = cx.disk().clone();
            let durable = cx.sync();
            for peer in cx.peers() {
                cx.send_after(durable, peer, Message::Promote(term));
            }
            cx.set(Wait::Again, self.heartbeat);
            *memory = Memory::Candidate(BTreeMap::from([(cx.me(), (of, log))]));
        } else {
            cx.note("The primary now, without asking anybody what they have.");
            self.reign(memory, cx);
        }
    }

    /// The log of this node is the log of its term from now on.
    fn reign(&self, memory: &mut Memory, cx: &mut Cx<'_, Self>) {
        let Disk { term, log, .. } = cx.disk();
        let write = Write::Log(*term, log.len() as u32, Vec::new());
        cx.cancel(Wait::Again);
        cx.write(write);
        let mut reign = Reign::default();
        self.tell(&mut reign, cx);
        *memory = Memory::Primary(reign);
    }

    fn value(log: &[Record]) -> u32 {
        log.last().map_or(0, |record| record.value)
    }

    fn one_log_of_a_term(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let logs = cluster.nodes();
        for (index, one) in logs.iter().enumerate() {
            for other in &logs[..index] {
                if one.disk.of == other.disk.of && one.disk.log.iter().zip(&other.disk.log).any(|(one, other)| one != other) {
                    return Err(format!("{} and {} have different logs of term {}", other.me, one.me, one.disk.of));
                }
            }
        }
        Ok(())
    }

    fn acknowledged_is_copied(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let needed = cluster.protocol().needed(cluster.nodes().len() as u16) + 1;
        for node in cluster.nodes() {
            let Some(Memory::Primary(reign)) = node.memory else { continue };
            let log = &node.disk.log[..reign.acknowledged as usize];
            let copies = cluster.nodes().iter().filter(|other| other.synced.log.starts_with(log)).count();
            // After a new term began, others may follow it.
            let current = cluster.nodes().iter().all(|other| other.disk.term <= node.disk.term);
            if current && copies < needed {
                return Err(format!("{} has acknowledged {} writes that {copies} of {needed} have on disk", node.me, log.len()));
            }
        }
        Ok(())
    }

    fn one_primary(cluster: &Cluster<'_, Self>) -> Result<(), String> {
        let leads = |node: &&Seen<'_, Self>| matches!(node.memory, Some(Memory::Primary(_)));
        let leaders = cluster.nodes().iter().filter(leads).map(|node| node.me);
        at_most_one(leaders, "are all primary")
    }
}

impl Protocol for ReplicatedLog {
    const ABOUT: &'static About = &About {
        id: "replicated-log",
        title: "A log and its acknowledgements",
        summary: "A primary appends every write to its log and sends it on; when the client is told “done” is a setting.",
        kinds: &[
            Kind { name: "append", tone: Tone::Data },
            Kind { name: "have", tone: Tone::Answer },
            Kind { name: "promote", tone: Tone::Ask },
            Kind { name: "obey", tone: Tone::Answer },
            Kind { name: "over", tone: Tone::Refuse },
        ],
        ops: &[
            OpSpec { name: "read", argument: None, weight: 1 },
            OpSpec { name: "write", argument: None, weight: 1 },
            OpSpec { name: "promote", argument: None, weight: 0 },
        ],
        params: &[
            ParamSpec {
                key: "wait-for",
                label: "A write waits for",
                help: "How many replicas must have a write before its client is told that it is done. If nobody, they get it with the next heartbeat.",
                kind: ParamKind::Choice { names: &["nobody", "one replica", "a majority", "all"], default: 2 },
            },
            ParamSpec {
                key: "on-disk",
                label: "Having means on disk",
                help: "Whether a node says that it has a write only when it would survive a crash. Off: textbook code.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "careful",
                label: "Careful promotion",
                help: "A new primary first takes the newest log of a majority. Off: textbook code, it goes on with the log it has.",
                kind: ParamKind::Switch { default: true },
            },
            ParamSpec {
                key: "automatic",
                label: "Replicas promote themselves",
                help: "A replica that has heard nothing for too long wants to be the primary. Off: an operator promotes.",
                kind: ParamKind::Switch { default: false },
            },
            ParamSpec {
                key: "heartbeat",
                label: "Heartbeat",
                help: "How often the primary says that it is alive, and sends again what was lost.",
                kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default: Span::millis(250) },
            },
            ParamSpec {
                key: "patience",
                label: "Patience",
                help: "How long a replica hears nothing before it wants to be the primary.",
                kind: ParamKind::Span { min: Span::millis(2), max: Span::secs(3600), default: Span::millis(800) },
            },
        ],
        nodes: Nodes { min: 2, max: 9, default: 3 },
        clients: 2,
        leaves_out: "The value is the last write in the log, and the log is never cut short at its beginning. Nodes do not come \
                     and go. Clients that ask a replica are told whom to ask, and do not follow by themselves. A node never \
                     forgets which writes it was asked for.",
    };

    type Message = Message;
    type Timer = Wait;
    type Memory = Memory;
    type Disk = Disk;
    type Write = Write;
    type Op = Op;
    type Ret = Ret;

    fn configure(settings: &Settings<'_>) -> Self {
        Self {
            wait_for: [WaitFor::Nobody, WaitFor::One, WaitFor::Majority, WaitFor::All][settings.get("wait-for") as usize],
            on_disk: settings.on("on-disk"),
            careful: settings.on("careful"),
            automatic: settings.on("automatic"),
            heartbeat: settings.span("heartbeat"),
            patience: settings.span("patience"),
        }
    }

    fn start(&self, cx: &mut Cx<'_, Self>) -> Memory {
        // Only the first primary begins as one. A primary that crashed does not know whether it still
        // is, so without care it takes it for granted, and with care it asks.
        let term = cx.disk().term;
        let mut memory = Memory::Replica;
        if Self::primary(term, cx.nodes()) != cx.me() {
            self.listen(cx);
        } else if cx.disk().of < term || self.careful && !cx.disk().log.is_empty() {
            self.promote(&mut memory, cx);
        } else {
            self.reign(&mut memory, cx);
        }
        memory
    }

    fn on_message(&self, memory: &mut Memory, from: NodeId, message: &Message, cx: &mut Cx<'_, Self>) {
        let (Message::Append(term, ..) | Message::Have(term, ..) | Message::Promote(term) | Message::Obey(term, ..) | Message::Over(term)) =
            *message;
        if !self.follow(memory, from, term, cx) {
            return;
        }
        match (message, &mut *memory) {
            (&Message::Append(_, have, ref records, round), _) => {
                self.listen(cx);
                let Disk { of, log, .. } = cx.disk();
                let (of, length) = (*of, log.len() as u32);
                let end = have + records.len() as u32;
                if of < term && have > 0 || of == term && have > length {
                    // A hole: what is before it will be sent again when this node has told what it has.
                    let known = if of == term { length } else { 0 };
                    cx.send(from, Message::Have(term, known, 0));
                    return;
                }
                if of < term {
                    let lost = log.iter().zip(records).take_while(|(mine, theirs)| mine == theirs).count();
                    if lost < log.len() {
                        cx.note(format!("{} records are not in the new primary's log: they are cut off.", log.len() - lost));
                    }
                    cx.write(Write::Log(term, 0, records.clone()));
                } else if end > length {
                    cx.write(Write::Log(term, length, records[(length - have) as usize..].to_vec()));
                }
                let have = Message::Have(term, end.max(if of == term { length } else { 0 }), round);
                if self.on_disk {
                    let durable = cx.sync();
                    cx.send_after(durable, from, have);
                } else {
                    cx.sync();
                    cx.send(from, have);
                }
            }
            (&Message::Have(_, length, round), Memory::Primary(reign)) => {
                let (known, newest) = reign.have.entry(from).or_default();
                // A replica that has crashed may have less than before.
                *known = if round == 0 { length } else { length.max(*known) };
                *newest = round.max(*newest);
                self.answer(reign, cx);
            }
            (Message::Promote(_), _) => {
                self.listen(cx);
                let Disk { of, log, .. } = cx.disk().clone();
                let durable = cx.sync();
                cx.send_after(durable, from, Message::Obey(term, of, log));
            }
            (Message::Obey(_, of, log), Memory::Candidate(answers)) => {
                answers.insert(from, (*of, log.clone()));
                if answers.len() > usize::from(cx.nodes()) / 2 {
                    let newest = answers.values().max_by_key(|(of, log)| (*of, log.len()));
                    if let Some((_, log)) = newest.cloned() {
                        cx.write(Write::Log(term, 0, log));
                    }
                    cx.note("A majority obeys, and the newest log among theirs is the log of this term.");
                    self.reign(memory, cx);
                }
            }
            _ => {}
        }
    }

    fn on_timer(&self, memory: &mut Memory, timer: Wait, cx: &mut Cx<'_, Self>) {
        match (timer, &mut *memory) {
            (Wait::Beat, Memory::Primary(reign)) => self.tell(reign, cx),
            (Wait::Again, Memory::Candidate(answers)) => {
                let term = cx.disk().term;
                for peer in cx.peers().filter(|peer| !answers.contains_key(peer)) {
                    cx.send(peer, Message::Promote(term));
                }
                cx.set(Wait::Again, self.heartbeat);
            }
            (Wait::Silence, _) => {
                cx.note("Nothing heard for too long.");
                self.promote(memory, cx);
            }
            _ => {}
        }
    }

    fn on_synced(&self, memory: &mut Memory, ticket: Ticket, cx: &mut Cx<'_, Self>) {
        let Memory::Primary(reign) = memory else { return };
        for (_, round) in reign.syncing.extract_if(.., |(waits, _)| *waits <= ticket) {
            reign.durable = reign.durable.max(round);
        }
        self.answer(reign, cx);
    }

    fn on_request(&self, memory: &mut Memory, id: OpId, op: &Op, cx: &mut Cx<'_, Self>) {
        let Disk { term, log, .. } = cx.disk();
        let (term, primary) = (*term, Self::primary(*term, cx.nodes()));
        match (op, &mut *memory) {
            (Op::Promote, Memory::Primary(_)) => cx.reply(id, Ret::Done),
            (Op::Promote, _) => {
                self.promote(memory, cx);
                cx.reply(id, Ret::Done);
            }
            (Op::Read, Memory::Primary(reign)) => {
                let ret = Ret::Value(Self::value(log));
                let length = log.len() as u32;
                self.soon(reign, cx);
                reign.open.push(Open { op: id, ret, round: reign.round, length });
                self.answer(reign, cx);
            }
            (Op::Write(_), _) if cx.disk().taken.contains(id.0) => {
                cx.note("The same request again: it is carried out once.");
            }
            (&Op::Write(value), Memory::Primary(reign)) if !cx.disk().turned_away.contains(id.0) => {
                let length = log.len() as u32;
                cx.write(Write::Taken(id));
                cx.write(Write::Log(term, length, vec![Record { term, value }]));
                self.soon(reign, cx);
                reign.open.push(Open { op: id, ret: Ret::Done, round: reign.round, length: length + 1 });
                self.answer(reign, cx);
            }
            (Op::Write(_), _) => {
                // It may be the primary when the same request comes again.
                cx.write(Write::TurnedAway(id));
                let durable = cx.sync();
                cx.refuse_after(durable, id, Ret::Ask(primary));
            }
            (Op::Read, _) => cx.refuse(id, Ret::Ask(primary)),
        }
    }

    fn apply(disk: &mut Disk, write: &Write) {
        match write {
            Write::Term(term) => disk.term = *term,
            Write::Taken(id) => drop(disk.taken.insert(id.0)),
            Write::TurnedAway(id) => drop(disk.turned_away.insert(id.0)),
            Write::Log(of, keep, records) => {
                disk.of = *of;
                disk.log.truncate(*keep as usize);
                disk.log.extend(records);
            }
        }
    }

    fn kind(message: &Message) -> u8 {
        match message {
            Message::Append(..) => 0,
            Message::Have(..) => 1,
            Message::Promote(_) => 2,
            Message::Obey(..) => 3,
            Message::Over(_) => 4,
        }
    }

    fn describe(message: &Message) -> String {
        match message {
            Message::Append(term, have, records, _) => match records.last() {
                Some(last) => format!("term {term}: {} records after {have}, the last is {}", records.len(), last.value),
                None => format!("alive in term {term}"),
            },
            Message::Have(_, length, _) => format!("have {length} records"),
            Message::Promote(term) => format!("primary of term {term}?"),
            Message::Obey(_, of, log) => format!("yes, and I have {} records of term {of}", log.len()),
            Message::Over(term) => format!("there is a term {term}"),
        }
    }

    fn size(message: &Message) -> u32 {
        match message {
            Message::Append(_, _, records, _) | Message::Obey(_, _, records) => 100 + 20 * records.len() as u32,
            _ => 100,
        }
    }

    fn view(&self, node: &Seen<'_, Self>, view: &mut View) {
        let Disk { term, log, .. } = node.disk;
        view.headline(view::Value::plain(Self::value(log)));
        let acknowledged = match node.memory {
            Some(Memory::Primary(reign)) => {
                view.role("primary", Tone::Lead);
                reign.acknowledged
            }
            Some(Memory::Candidate(answers)) => {
                view.role("asking", Tone::Maybe).gauge("obey", answers.len() as u64, u64::from(node.nodes / 2 + 1));
                0
            }
            Some(Memory::Replica) => {
                view.role("replica", Tone::Plain);
                0
            }
            None => 0,
        };
        view.value("term", view::Value { text: term.to_string(), meaning: Meaning::Term(*term) });
        view.field("records", log.len());
        let same = log.iter().zip(&node.synced.log).take_while(|(mine, synced)| mine == synced).count();
        let entries = log.iter().enumerate().map(|(index, record)| Entry {
            index: index as u64 + 1,
            term: record.term,
            text: record.value.to_string(),
            committed: index < acknowledged as usize,
            durable: index < same,
        });
        // The end of a long log is what happens now.
        view.log("log", entries.skip(log.len().saturating_sub(32)).collect());
        if let Some(Memory::Primary(reign)) = node.memory {
            let rows = reign.have.iter().map(|(node, (length, _))| (view::Value::from(*node), view::Value::plain(length)));
            view.table("replicas have", rows);
            view.field("not acknowledged yet", reign.open.len());
        }
    }

    fn op(code: u8, _argument: i64, unique: u32) -> Option<Op> {
        match code {
            0 => Some(Op::Read),
            // The register begins with 0.
            1 => Some(Op::Write(unique + 1)),
            2 => Some(Op::Promote),
            _ => None,
        }
    }

    fn describe_op(op: &Op) -> String {
        match op {
            Op::Read => "read".into(),
            Op::Write(value) => format!("write {value}"),
            Op::Promote => "be the primary".into(),
        }
    }

    fn describe_ret(ret: &Ret) -> String {
        match ret {
            Ret::Value(value) => value.to_string(),
            Ret::Done => "done".into(),
            Ret::Ask(node) => format!("ask {node}"),
        }
    }

    fn word(op: &Op, ret: Option<&Ret>) -> Option<Word> {
        let read = match ret {
            Some(Ret::Value(value)) => Some(*value),
            _ => None,
        };
        match op {
            Op::Read => Some(Word::read(None, read)),
            Op::Write(value) => Some(Word::write(None, *value)),
            Op::Promote => None,
        }
    }

    fn invariants() -> &'static [Invariant<Self>] {
        &[
            Invariant { id: "one-primary", promise: "There is never more than one primary.", holds: Self::one_primary },
            Invariant {
                id: "one-log-of-a-term",
                promise: "Of two logs of one term, one is the beginning of the other.",
                holds: Self::one_log_of_a_term,
            },
            Invariant {
                id: "acknowledged-is-copied",
                promise: "What the newest primary has acknowledged is on as many disks as it had to wait for.",
                holds: Self::acknowledged_is_copied,
            },
        ]
    }
}
