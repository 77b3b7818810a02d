//! What is said of Raft: its names, its settings, and how a node shows itself.

use super::memory::{Memory, Role};
use super::{Ask, Command, Fit, Message, Raft};
use crate::protocol::{About, Kind, Nodes, OpSpec, ParamKind, ParamSpec, Seen};
use crate::sim::{NodeId, Span};
use crate::view::{Entry, Meaning, Tone, Value, View};

const fn switch(key: &'static str, default: bool, label: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { key, label, help, kind: ParamKind::Switch { default } }
}

const fn span(key: &'static str, default: Span, label: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { key, label, help, kind: ParamKind::Span { min: Span::millis(1), max: Span::secs(60), default } }
}

pub(super) static ABOUT: About = About {
    id: "raft",
    title: "Raft",
    summary: "Nodes elect a leader, the leader keeps a log, and what a majority has on disk stays.",
    kinds: &[
        Kind { name: "would you vote?", tone: Tone::Maybe },
        Kind { name: "vote for me", tone: Tone::Ask },
        Kind { name: "vote", tone: Tone::Answer },
        Kind { name: "no vote", tone: Tone::Refuse },
        Kind { name: "heartbeat", tone: Tone::Plain },
        Kind { name: "append", tone: Tone::Data },
        Kind { name: "have it", tone: Tone::Answer },
        Kind { name: "does not fit", tone: Tone::Refuse },
        Kind { name: "term is over", tone: Tone::Refuse },
        Kind { name: "your turn", tone: Tone::Lead },
        Kind { name: "for a client", tone: Tone::Ask },
    ],
    ops: &[
        OpSpec { name: "read", argument: Some("key"), weight: 1 },
        OpSpec { name: "write", argument: Some("key"), weight: 1 },
        OpSpec { name: "hand over", argument: Some("to node number"), weight: 0 },
    ],
    params: &[
        span("election-min", Span::millis(600), "Election timeout, at least", "How long a node hears nothing before it wants to lead."),
        span(
            "election-max",
            Span::millis(1200),
            "Election timeout, at most",
            "Each wait is drawn anew between the two. If they are equal, nothing is.",
        ),
        span("heartbeat", Span::millis(150), "Heartbeat", "How often the leader says that it is there."),
        switch("pre-vote", false, "Pre-vote", "A node begins a new term only if a majority says that it would vote for it."),
        switch(
            "check-quorum",
            false,
            "Check quorum",
            "A leader that a majority has not answered for an election timeout steps down, and nodes that have just heard from a leader give no votes.",
        ),
        switch("no-op", true, "Empty first entry", "A new leader appends an entry at once, so as to learn what is committed."),
        ParamSpec {
            key: "reads",
            label: "Reads",
            help: "How a read is answered. Only the first three promise the newest value, and a lease only while clocks run alike.",
            kind: ParamKind::Choice {
                names: &["ReadIndex", "through the log", "with a lease", "from the leader's copy", "from any copy"],
                default: 0,
            },
        },
        span(
            "lease",
            Span::millis(500),
            "Lease",
            "How long after it was last confirmed the leader answers reads alone. Shorter than the election timeout, by as much as clocks may differ.",
        ),
        switch("pass-on", true, "Followers pass on", "A follower passes requests on to the leader. If not, it only says who leads."),
        switch("sessions", true, "Sessions", "A write that comes twice is carried out once."),
        ParamSpec {
            key: "batch",
            label: "Entries in a message",
            help: "How many entries a leader sends at once at most.",
            kind: ParamKind::Number { min: 1, max: 1000, default: 16 },
        },
        ParamSpec {
            key: "durability",
            label: "Term, vote and log",
            help: "Whether they are on disk before anybody hears of them. All but the first is a known mistake.",
            kind: ParamKind::Choice { names: &["on disk before told", "told before on disk", "vote forgotten on restart"], default: 0 },
        },
        switch("half-is-enough", false, "Mistake: half is enough", "n/2 nodes decide instead of a majority."),
        switch("votes-for-anyone", false, "Mistake: votes for anyone", "Nodes vote without a look at the candidate's log."),
        switch(
            "commits-old-terms",
            false,
            "Mistake: old terms count",
            "A leader commits entries of older terms as soon as a majority has them.",
        ),
        switch(
            "truncates-always",
            false,
            "Mistake: always truncate",
            "A follower cuts its log off after every message of the leader, however old the message.",
        ),
        switch(
            "reads-too-early",
            false,
            "Mistake: reads too early",
            "A new leader answers reads before an entry of its own term is committed.",
        ),
    ],
    nodes: Nodes { min: 3, max: 9, default: 5 },
    clients: 2,
    leaves_out: "The log is never compacted, so there are no snapshots, and nodes neither join nor leave. Sessions never \
                 expire. Clients do not try again by themselves: one whose request was lost never knows. A follower that \
                 knows no leader turns writes away. One that was down gives no answer then: it may have taken the same \
                 request before it crashed.",
};

pub(super) fn kind(message: &Message) -> u8 {
    match message {
        Message::VoteForMe { ask: Ask::Before, .. } => 0,
        Message::VoteForMe { .. } => 1,
        Message::Vote { granted: true, .. } => 2,
        Message::Vote { granted: false, .. } => 3,
        Message::Append { entries, .. } if entries.is_empty() => 4,
        Message::Append { .. } => 5,
        Message::Heard { fit: Fit::Matches(_), .. } => 6,
        Message::Heard { .. } => 7,
        Message::Over(_) => 8,
        Message::YourTurn { .. } => 9,
        Message::PassOn(..) | Message::HowFar(_) | Message::ThisFar(..) => 10,
    }
}

/// How many of the last entries are shown.
const SHOWN: usize = 100;

fn index(index: u64) -> Value {
    Value { meaning: Meaning::Index(index), ..Value::plain(index) }
}

fn log(node: &Seen<'_, Raft>, commit: u64) -> Vec<Entry> {
    let entries = node.disk.log.entries();
    let durable = node.synced.log.entries();
    let hidden = entries.len().saturating_sub(SHOWN);
    let shown = entries.iter().enumerate().skip(hidden);
    let entry = |(position, entry): (usize, &super::Entry)| Entry {
        index: position as u64 + 1,
        term: entry.term,
        text: match entry.command {
            Command::Nothing => "–".into(),
            Command::Read(_, key) => format!("read {key}"),
            Command::Write(_, 0, value) => value.to_string(),
            Command::Write(_, key, value) => format!("{key}: {value}"),
        },
        committed: (position as u64) < commit,
        durable: durable.get(position) == Some(entry),
    };
    shown.map(entry).collect()
}

pub(super) fn view(raft: &Raft, node: &Seen<'_, Raft>, view: &mut View) {
    let term = node.disk.term;
    let term = Value { meaning: Meaning::Term(term), ..Value::plain(term) };
    view.headline(term.clone());
    view.value("term", term);
    view.value("voted for", node.disk.vote.map_or_else(|| Value::plain("nobody"), Value::from));
    let Some(memory) = node.memory else {
        view.log("log", log(node, 0));
        return;
    };
    let quorum = raft.quorum(node.nodes) as u64;
    match &memory.role {
        Role::Follower(_) => view.role("follower", Tone::Plain),
        Role::Asking(votes) => view.role("asking", Tone::Maybe).gauge("would vote", votes.len() as u64, quorum),
        Role::Candidate(votes) => view.role("candidate", Tone::Maybe).gauge("votes", votes.len() as u64, quorum),
        Role::Leader(_) => view.role("leader", Tone::Lead),
    };
    let Memory { commit, machine, role, .. } = memory;
    if let Role::Follower(_) = role {
        view.value("leader", role.leader(node.me).map_or_else(|| Value::plain("unknown"), Value::from));
    }
    view.value("committed", index(*commit)).value("applied", index(machine.len()));
    view.log("log", log(node, *commit));
    if let Role::Leader(leader) = role {
        let others = leader.peers.iter().enumerate().filter(|(other, _)| *other != node.me.index());
        view.table("others have", others.map(|(other, progress)| (Value::from(NodeId(other as u16)), index(progress.matched))));
        if !leader.reads.is_empty() {
            view.field("reads waiting", leader.reads.len());
        }
    }
    view.table("values", machine.values.iter().map(|(key, value)| (Value::plain(key), Value::plain(value))));
}
