//! What happened, row by row, each row with its cause. The trace only grows; everything on the
//! screen, every verdict and every grade is read from it.

use super::NodeId;
use super::chunked::Chunked;
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
    /// The row in which it ended, if it has, and the answer it got, if it got one.
    pub ended: Option<(u32, Option<u32>)>,
}

/// All that happened in a run, in order.
#[derive(Debug, Default)]
pub struct Trace {
    pub(crate) rows: Chunked<Row>,
    pub(crate) messages: Chunked<MessageMeta>,
    pub(crate) ops: Chunked<OpMeta>,
    pub(crate) notes: Chunked<(u32, Cow<'static, str>)>,
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

    /// One row.
    #[must_use]
    pub fn row(&self, index: u32) -> Option<&Row> {
        self.rows.get(index as usize)
    }

    /// Every row, from the first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter()
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

    /// What the protocol had to say about a row.
    #[must_use]
    pub fn notes(&self, row: u32) -> Vec<&str> {
        // Notes are in the order of their rows, so the first is found by halving.
        let (mut low, mut high) = (0, self.notes.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.notes.get(middle) {
                Some((at, _)) if *at < row => low = middle + 1,
                _ => high = middle,
            }
        }
        (low..).map_while(|index| self.notes.get(index)).take_while(|(at, _)| *at == row).map(|(_, text)| text.as_ref()).collect()
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
            self.rows.push(row);
        } else {
            debug_assert_eq!(self.rows.get(index as usize), Some(&row), "a replay left its trace");
        }
        index
    }

    #[inline(always)]
    pub(crate) fn push_message(&mut self, cursor: &mut Cursor, meta: MessageMeta) -> u32 {
        let id = cursor.messages;
        cursor.messages += 1;
        if id as usize == self.messages.len() {
            self.messages.push(meta);
        }
        id
    }

    pub(crate) fn push_op(&mut self, cursor: &mut Cursor, meta: OpMeta) -> u32 {
        let id = cursor.ops;
        cursor.ops += 1;
        if id as usize == self.ops.len() {
            self.ops.push(meta);
        }
        id
    }

    pub(crate) fn push_note(&mut self, cursor: &mut Cursor, row: u32, text: Cow<'static, str>) {
        let index = cursor.notes;
        cursor.notes += 1;
        if index as usize == self.notes.len() {
            self.notes.push((row, text));
        }
    }

    /// The beginning of this trace, up to a cursor, sharing what it can with it.
    pub(crate) fn prefix(&self, cursor: &Cursor) -> Self {
        let mut ops = self.ops.prefix(cursor.ops as usize);
        for index in 0..ops.len() {
            if ops.get(index).and_then(|op| op.ended).is_some_and(|(row, _)| row >= cursor.rows) {
                ops.change(index, |op| op.ended = None);
            }
        }
        Self {
            rows: self.rows.prefix(cursor.rows as usize),
            messages: self.messages.prefix(cursor.messages as usize),
            ops,
            notes: self.notes.prefix(cursor.notes as usize),
        }
    }
}
