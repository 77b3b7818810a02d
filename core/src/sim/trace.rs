//! What happened, row by row, each row with its cause. The trace only grows; everything on the
//! screen, every verdict and every grade is read from it.
//!
//! A run that is looked at for long forgets what lies far from the playhead, and makes it again when
//! somebody goes there ([`Timeline`](super::Timeline)). What clients asked and what came of it is never
//! forgotten, nor how many messages there were.

use super::NodeId;
use super::chunked::{CHUNK, Chunked, chunk_of};
use super::hash::TraceHash;
use super::time::Time;
use std::borrow::Cow;

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventKind {
    /// A node started; `detail` is 1 when it had run before.
    Boot = 0,
    /// `node` sent message `subject` to `peer`.
    Send = 1,
    /// `node` received message `subject` from `peer`.
    Deliver = 2,
    /// Message `subject` from `peer` to `node` was lost; `detail` is a [`LossReason`].
    Lose = 3,
    /// Message `subject` from `peer` to `node` exists a second time.
    Duplicate = 4,
    /// A timer of `node` ran out; `detail` is its kind.
    Timer = 5,
    /// `node` wrote to its disk; not yet durable.
    Write = 6,
    /// Everything up to sync `subject` is durable on `node`.
    Durable = 7,
    /// An input of the scenario took effect; `subject` is its index, `detail` 1 if it had no effect.
    Input = 8,
    /// Client `node` began operation `subject`, addressed to `peer`.
    Invoke = 9,
    /// Operation `subject` of client `node` returned; `detail` is 1 if it succeeded, 0 if it surely did not happen.
    Return = 10,
    /// Client `node` gave up waiting for operation `subject`: its outcome is unknown.
    Unknown = 11,
}

/// Why a message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LossReason {
    /// The network lost it.
    Network = 0,
    /// The link was cut.
    Cut = 1,
    /// Its receiver was down.
    Down = 2,
    /// An input of the scenario took it out.
    Taken = 3,
}

impl LossReason {
    /// The reason that a row's `detail` stands for.
    #[must_use]
    pub const fn of(detail: u8) -> Self {
        match detail {
            0 => Self::Network,
            1 => Self::Cut,
            2 => Self::Down,
            _ => Self::Taken,
        }
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, in true time.
    pub time: Time,
    /// The row without which this one would not be; [`Row::NO_CAUSE`] if there is none.
    pub cause: u32,
    /// The message, operation, ticket or input it is about.
    pub subject: u32,
    /// Where it happened.
    pub node: NodeId,
    /// The other end, if there is one; otherwise `node` again.
    pub peer: NodeId,
    /// What happened.
    pub kind: EventKind,
    /// More about it; see [`EventKind`].
    pub detail: u8,
}

impl Row {
    /// The cause of what has none: the beginning, and the scenario's inputs.
    pub const NO_CAUSE: u32 = u32::MAX;

    /// Whether a node or client knows of it: what it did and what came to it, but not what became of its
    /// messages, nor what was done to it.
    #[must_use]
    pub const fn is_known_to(&self, who: NodeId) -> bool {
        self.node.0 == who.0 && !matches!(self.kind, EventKind::Lose | EventKind::Duplicate | EventKind::Input)
    }

    fn words(&self) -> [u64; 3] {
        [
            self.time.0,
            u64::from(self.cause) << 32 | u64::from(self.subject),
            u64::from(self.node.0) << 32 | u64::from(self.peer.0) << 16 | u64::from(self.kind as u8) << 8 | u64::from(self.detail),
        ]
    }
}

/// What a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cargo {
    /// Message number so and so of the protocol.
    Protocol(u32),
    /// A client's request.
    Request(u32),
    /// The answer to a client's request.
    Reply { op: u32, answer: u32, done: bool },
}

/// What the machine knows of one message: everything but what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageMeta {
    /// Its sender.
    pub from: NodeId,
    /// Its receiver.
    pub to: NodeId,
    /// The row in which it was sent (or came into being a second time).
    pub row: u32,
    /// When it arrives if nothing happens to it.
    pub due: Time,
    /// How many messages were sent on this link before it.
    pub nth: u32,
    pub(crate) cargo: Cargo,
    /// Its kind, an index into the model's list of kinds.
    pub kind: u8,
    /// 0 for the message itself, 1 and up for its copies.
    pub copy: u8,
}

/// One operation of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpMeta {
    /// Who asked.
    pub client: NodeId,
    /// Whom.
    pub node: NodeId,
    /// The row in which it began.
    pub invoked: u32,
    /// When it began.
    pub begun: Time,
    /// How it ended, if it has.
    pub ended: Option<Ended>,
}

/// How an operation of a client ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The row in which it did.
    pub row: u32,
    /// When it did.
    pub time: Time,
    /// What that row says: [`EventKind::Return`] or [`EventKind::Unknown`].
    pub kind: EventKind,
    /// Its detail: for a return, 1 if the operation succeeded, 0 if it surely did not happen.
    pub detail: u8,
    /// The answer it got, if it got one.
    pub answer: Option<u32>,
}

/// How many messages were sent, delivered and lost up to a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The moment of the last of them.
    pub time: Time,
    /// How many were sent. One that exists twice was sent twice.
    pub sent: u32,
    /// How many arrived.
    pub delivered: u32,
    /// How many were lost.
    pub lost: u32,
}

impl Tally {
    /// What there is after more rows.
    fn after<'a>(mut self, rows: impl IntoIterator<Item = &'a Row>) -> Self {
        for row in rows {
            *match row.kind {
                EventKind::Send | EventKind::Duplicate => &mut self.sent,
                EventKind::Deliver => &mut self.delivered,
                EventKind::Lose => &mut self.lost,
                _ => continue,
            } += 1;
            self.time = row.time;
        }
        self
    }
}

/// After how many rows it is noted down how many messages there were: whole chunks.
const COUNTED: usize = 4 * CHUNK;

/// All that happened in a run, in order.
#[derive(Debug, Default)]
pub struct Trace {
    pub(crate) rows: Chunked<Row>,
    pub(crate) messages: Chunked<MessageMeta>,
    pub(crate) ops: Chunked<OpMeta>,
    pub(crate) notes: Chunked<(u32, Cow<'static, str>)>,
    /// How many messages there were after so many rows, and twice as many, and so on.
    tallies: Vec<Tally>,
}

/// How far a run has come in its trace. A run that was taken back and goes on again passes the same
/// rows once more without writing them a second time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) rows: u32,
    pub(crate) messages: u32,
    pub(crate) ops: u32,
    pub(crate) notes: u32,
    pub(crate) hash: TraceHash,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { rows: 0, messages: 0, ops: 0, notes: 0, hash: TraceHash::EMPTY }
    }
}

impl Trace {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing has happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row, if it was written and is not forgotten. Whatever is given a row is also given the notes
    /// on it and, as long as the message is not much older, what was sent in it.
    #[must_use]
    pub fn row(&self, index: u32) -> Option<&Row> {
        self.rows.get(index as usize)
    }

    /// Every row, from the first; nothing if part of it is forgotten. Nobody looks at a run that
    /// belongs to no [`Timeline`](super::Timeline), so that it forgets nothing: whoever has to see all of a run
    /// lets it happen again for itself.
    pub fn rows(&self) -> Option<impl DoubleEndedIterator<Item = &Row>> {
        self.has(0, self.len() as u32).then(|| self.rows.iter())
    }

    /// Whether none of these rows is forgotten.
    #[must_use]
    pub fn has(&self, first: u32, end: u32) -> bool {
        let last = |chunk: usize| ((chunk + 1) * CHUNK).min(end as usize).checked_sub(1);
        first >= end || (chunk_of(first)..=chunk_of(end - 1)).all(|chunk| last(chunk).is_none_or(|last| self.rows.get(last).is_some()))
    }

    /// The first row that is not before a moment, of those that are not forgotten.
    #[must_use]
    pub fn first_at(&self, moment: Time) -> u32 {
        let (mut from, mut rows) = (self.len() - self.rows.tail().len(), self.rows.tail());
        for (chunk, items) in self.rows.chunks().rev().take_while(|(_, items)| items.last().is_some_and(|last| last.time >= moment)) {
            (from, rows) = (chunk * CHUNK, items);
        }
        (from + rows.partition_point(|row| row.time < moment)) as u32
    }

    /// The full chunks whose rows will be counted together with those to come.
    pub(super) fn uncounted(&self) -> std::ops::Range<usize> {
        self.len() / COUNTED * (COUNTED / CHUNK)..self.len() / CHUNK
    }

    /// How many rows are not forgotten.
    pub(super) fn held(&self) -> usize {
        self.rows.held()
    }

    /// How many messages there were before a row; if what is around it is forgotten, a little earlier.
    #[must_use]
    pub fn tally(&self, before: u32) -> Tally {
        let counted = before as usize / COUNTED;
        let tally = counted.checked_sub(1).map_or_else(Tally::default, |last| self.tallies[last]);
        tally.after((counted * COUNTED..before as usize).map_while(|index| self.rows.get(index)))
    }

    #[cold]
    fn count(&mut self) {
        if self.rows.len().is_multiple_of(COUNTED) {
            debug_assert!(self.has((self.rows.len() - COUNTED) as u32, self.rows.len() as u32), "what is to be counted is forgotten");
            let rows = (self.rows.len() - COUNTED..self.rows.len()).map_while(|index| self.rows.get(index));
            self.tallies.push(self.tallies.last().copied().unwrap_or_default().after(rows));
        }
    }

    /// One message.
    #[must_use]
    pub fn message(&self, id: u32) -> Option<&MessageMeta> {
        self.messages.get(id as usize)
    }

    /// How many messages were sent.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages.len()
    }

    /// One operation of a client.
    #[must_use]
    pub fn op(&self, id: u32) -> Option<&OpMeta> {
        self.ops.get(id as usize)
    }

    /// How many operations clients have begun.
    #[must_use]
    pub fn ops(&self) -> usize {
        self.ops.len()
    }

    /// How many of them, the first ones, something is true of that is true of no later one.
    #[must_use]
    pub fn ops_while(&self, is: impl Fn(&OpMeta) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.ops.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.ops.get(middle).is_some_and(&is) { low = middle + 1 } else { high = middle }
        }
        low as u32
    }

    /// What the protocol had to say about a row.
    #[must_use]
    pub fn notes(&self, row: u32) -> Vec<&str> {
        // Notes are in the order of their rows, and those of late rows are asked for most.
        let mut notes = Vec::new();
        for part in [self.notes.tail()].into_iter().chain(self.notes.chunks().rev().map(|(_, part)| part)) {
            let first = part.partition_point(|(at, _)| *at < row);
            notes.splice(0..0, part[first..].iter().take_while(|(at, _)| *at == row).map(|(_, text)| text.as_ref()));
            if first > 0 {
                break;
            }
        }
        notes
    }

    /// Always inlined: then a row is hashed and written out of registers, and never put together in
    /// memory to be read back at once.
    #[inline(always)]
    pub(crate) fn push(&mut self, cursor: &mut Cursor, row: Row) -> u32 {
        let index = cursor.rows;
        for word in row.words() {
            cursor.hash.add(word);
        }
        cursor.rows += 1;
        if index as usize == self.rows.len() {
            if self.rows.push(row) {
                self.count();
            }
        } else {
            self.rows.refill(index as usize, row);
            debug_assert_eq!(self.rows.get(index as usize), Some(&row), "a replay left its trace");
        }
        index
    }

    #[inline(always)]
    pub(crate) fn push_message(&mut self, cursor: &mut Cursor, meta: MessageMeta) -> u32 {
        let id = cursor.messages;
        cursor.messages += 1;
        self.messages.put(id as usize, meta);
        id
    }

    pub(crate) fn push_op(&mut self, cursor: &mut Cursor, meta: OpMeta) -> u32 {
        let id = cursor.ops;
        cursor.ops += 1;
        self.ops.put(id as usize, meta);
        id
    }

    pub(crate) fn push_note(&mut self, cursor: &mut Cursor, row: u32, text: Cow<'static, str>) {
        let index = cursor.notes;
        cursor.notes += 1;
        self.notes.put(index as usize, (row, text));
    }

    /// The beginning of this trace, up to a cursor, sharing what it can with it.
    pub(crate) fn prefix(&self, cursor: &Cursor) -> Self {
        let mut ops = self.ops.prefix(cursor.ops as usize);
        for index in 0..ops.len() {
            if ops.get(index).and_then(|op| op.ended).is_some_and(|ended| ended.row >= cursor.rows) {
                ops.change(index, |op| op.ended = None);
            }
        }
        Self {
            rows: self.rows.prefix(cursor.rows as usize),
            messages: self.messages.prefix(cursor.messages as usize),
            ops,
            notes: self.notes.prefix(cursor.notes as usize),
            tallies: self.tallies[..cursor.rows as usize / COUNTED].to_vec(),
        }
    }
}
