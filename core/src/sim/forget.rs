//! What a run that has become long forgets: what happened far from where somebody looks. The rest is
//! made again from a keyframe, because a run is a function of its scenario.
//!
//! A keyframe stands for everything that comes after it. So what it needs to go on is never forgotten:
//! the messages that are on their way then, what they say, and the chunks in which it goes on writing. Nor
//! are rows forgotten that will be counted with those that come next.

use super::chunked::{CHUNK, chunk_of};
use super::host::Effect;
use super::machine::{Keyframe, Sim};
use super::queue::What;
use super::state::{State, Work};
use super::trace::{Cargo, EventKind, Trace};

/// So many rows before and after where somebody looks stay, whatever else is there.
const LEAST_AROUND: usize = 1 << 13;

/// Which chunks of a list are kept.
#[derive(Default)]
struct Kept(Vec<bool>);

impl Kept {
    fn add(&mut self, chunk: usize) {
        if self.0.len() <= chunk {
            self.0.resize(chunk + 1, false);
        }
        self.0[chunk] = true;
    }

    fn has(&self, chunk: usize) -> bool {
        self.0.get(chunk).copied().unwrap_or(false)
    }

    /// Whether it has one of those in which the first and the last of these rows are, and all between.
    fn meets(&self, first: Option<u32>, last: Option<u32>) -> bool {
        first.zip(last).is_some_and(|(first, last)| (chunk_of(first)..=chunk_of(last)).any(|chunk| self.has(chunk)))
    }
}

#[derive(Default)]
struct Needed {
    rows: Kept,
    messages: Kept,
    notes: Kept,
    /// What the messages say.
    said: Kept,
}

impl Needed {
    /// What a run needs to go on from a state.
    fn state(&mut self, state: &State, said: u32, trace: &Trace) {
        self.rows.add(chunk_of(state.cursor.rows));
        self.messages.add(chunk_of(state.cursor.messages));
        self.notes.add(chunk_of(state.cursor.notes));
        self.said.add(chunk_of(said));
        for event in state.queue.iter() {
            if let What::Deliver(message) | What::Lose(message, _) = event.what {
                self.message(message, trace);
            }
        }
        for node in &state.nodes {
            for work in &node.inbox {
                if let Work::Message(message) = work {
                    self.message(*message, trace);
                }
            }
            for held in &node.held {
                if let Effect::Send { payload, .. } = held.effect {
                    self.said.add(chunk_of(payload));
                }
            }
            for timer in &node.timers {
                self.rows.add(chunk_of(timer.row));
            }
        }
    }

    fn message(&mut self, message: u32, trace: &Trace) {
        self.messages.add(chunk_of(message));
        if let Some(meta) = trace.message(message) {
            self.rows.add(chunk_of(meta.row));
            if let Cargo::Protocol(payload) = meta.cargo {
                self.said.add(chunk_of(payload));
            }
        }
    }
}

impl Sim {
    /// Forgets rows until there are no more than `most`. Those stay without which one of the keyframes, or
    /// this moment, could not go on; and of the others those that are nearest to one of `near`, of which
    /// there are always some.
    pub(super) fn forget(&mut self, frames: &[Keyframe], near: [u32; 2], most: usize) {
        let trace = &self.trace;
        let mut needed = Needed::default();
        needed.state(&self.state, self.host.messages(), trace);
        for frame in frames {
            needed.state(&frame.state, frame.said, trace);
        }
        trace.uncounted().for_each(|chunk| needed.rows.add(chunk));
        let distance = |chunk: usize| near.map(|row| chunk_of(row).abs_diff(chunk)).into_iter().min().unwrap_or_default();
        // The largest distance within which there are not too many.
        let (mut within, mut beyond) = (LEAST_AROUND / CHUNK, trace.rows.len() / CHUNK + 1);
        while beyond.saturating_sub(within) > 1 {
            let middle = usize::midpoint(within, beyond);
            let count = trace.rows.chunks().filter(|(chunk, _)| distance(*chunk) <= middle || needed.rows.has(*chunk)).count();
            *if count * CHUNK <= most { &mut within } else { &mut beyond } = middle;
        }
        for (chunk, _) in trace.rows.chunks().filter(|(chunk, _)| distance(*chunk) <= within) {
            needed.rows.add(chunk);
        }
        // Whoever finds a row finds what belongs to it: the notes, the messages that were sent, and those
        // that came, however long they were on their way.
        let mut sent = Kept::default();
        for (chunk, messages) in trace.messages.chunks() {
            if needed.rows.meets(messages.first().map(|first| first.row), messages.last().map(|last| last.row)) {
                sent.add(chunk);
                needed.messages.add(chunk);
                for meta in messages {
                    if let Cargo::Protocol(payload) = meta.cargo {
                        needed.said.add(chunk_of(payload));
                    }
                }
            }
        }
        let mut came = Vec::new();
        for (_, rows) in trace.rows.chunks().filter(|(chunk, _)| needed.rows.has(*chunk)) {
            let ends = rows.iter().filter(|row| matches!(row.kind, EventKind::Deliver | EventKind::Lose));
            came.extend(ends.map(|row| row.subject).filter(|message| !sent.has(chunk_of(*message))));
        }
        for message in came {
            needed.message(message, trace);
        }
        for (chunk, notes) in trace.notes.chunks() {
            if needed.rows.meets(notes.first().map(|(row, _)| *row), notes.last().map(|(row, _)| *row)) {
                needed.notes.add(chunk);
            }
        }
        self.trace.rows.forget(&|chunk| needed.rows.has(chunk));
        self.trace.messages.forget(&|chunk| needed.messages.has(chunk));
        self.trace.notes.forget(&|chunk| needed.notes.has(chunk));
        self.host.forget(&|chunk| needed.said.has(chunk));
    }
}
