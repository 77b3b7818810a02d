//! Everything a run has to remember to go on, apart from the trace: one value that can be copied.
//! A copy is a keyframe.

use super::clock::Clock;
use super::host::Effect;
use super::latency::Latency;
use super::network::{Links, Network, Topology};
use super::queue::Queue;
use super::time::Time;
use super::trace::Cursor;
use crate::protocol::TimerCode;
use crate::scenario::{Disk, Fate};
use std::collections::{BTreeMap, VecDeque};

/// Whether a node works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeStatus {
    /// It works.
    Up,
    /// It keeps everything, and does nothing.
    Paused,
    /// It has crashed.
    Down,
}

/// Work that waits for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// To start, for a node that was paused before it could.
    Boot,
    /// A message to read.
    Message(u32),
    /// A timer that ran out.
    Timer(u32),
    /// A sync that is through, with the row that says so.
    Synced { ticket: u32, row: u32 },
}

#[derive(Clone, Debug)]
pub(super) struct TimerState {
    pub(super) code: TimerCode,
    pub(super) handle: u32,
    /// When it runs out, by the node's steady clock and in true time.
    pub(super) steady: u64,
    pub(super) due: Time,
    /// The row in which it was set.
    pub(super) row: u32,
}

/// An effect that waits for the disk.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) ticket: u32,
    pub(super) effect: Effect,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) status: NodeStatus,
    pub(super) clock: Clock,
    pub(super) timers: Vec<TimerState>,
    pub(super) next_handle: u32,
    pub(super) choices: u64,

    /// Work that came while the node was paused or busy.
    pub(super) inbox: VecDeque<Work>,
    /// The token of the event that will wake the node for its next piece of work.
    pub(super) waking: Option<u32>,
    pub(super) next_token: u32,
    /// How long it needs for each piece of work.
    pub(super) pace: Option<Latency>,
    pub(super) worked: u64,

    pub(super) disk: Disk,
    pub(super) disk_free: Time,
    pub(super) next_ticket: u32,
    /// Syncs under way: the ticket, and how many of the unsynced writes it covers.
    pub(super) syncing: VecDeque<(u32, usize)>,
    pub(super) unsynced: usize,
    pub(super) held: Vec<Held>,
    pub(super) crashes: u64,
    /// How many messages it has received.
    pub(super) received: u32,
    /// How many it has sent.
    pub(super) sent: u32,
}

impl Node {
    pub(super) fn new(disk: Disk) -> Self {
        Self {
            status: NodeStatus::Up,
            clock: Clock::default(),
            timers: Vec::new(),
            next_handle: 0,
            choices: 0,
            inbox: VecDeque::new(),
            waking: None,
            next_token: 0,
            pace: None,
            worked: 0,
            disk,
            disk_free: Time::ZERO,
            next_ticket: 0,
            syncing: VecDeque::new(),
            unsynced: 0,
            held: Vec::new(),
            crashes: 0,
            received: 0,
            sent: 0,
        }
    }
}

/// An operation that a client still waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenOp {
    pub(super) client: u16,
    /// The row in which it began.
    pub(super) row: u32,
    /// Whether the client sends its next request when this one has ended.
    pub(super) goes_on: bool,
}

#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) now: Time,
    pub(super) queue: Queue,
    pub(super) nodes: Vec<Node>,
    pub(super) links: Links,
    pub(super) topology: Topology,
    pub(super) network: Network,
    pub(super) settings: BTreeMap<String, i64>,
    /// What will happen to messages that are not sent yet.
    pub(super) fates: BTreeMap<(u32, u32), Fate>,
    pub(super) open: BTreeMap<u32, OpenOp>,
    /// How many requests each client has sent by itself.
    pub(super) issued: Vec<u32>,
    /// How often each client asked, by itself or because it was told to.
    pub(super) asked: Vec<u32>,
    /// The last row that is about a client's operation.
    pub(super) heard: u32,
    pub(super) cursor: Cursor,
    /// How many of the scenario's inputs lie behind.
    pub(super) inputs_done: u32,
    /// How many events were handled.
    pub(super) steps: u64,
    /// How many rows lay behind when the present moment began.
    pub(super) moment_began: u32,
}
