//! Systems whose states TLC has counted: how many different ones, how many were made, and how deep
//! the deepest lies. (In EWD840 TLC says 10, which workers that overtake one another can make of 9.)
//! Each is a list of starts and a function that names every next state.

use super::{two_phase, visit};
use crate::search::{System, Visited};
use crate::sim::stable_hash;
use serde::Serialize;

type Next<S> = fn(&S, &mut dyn FnMut(S));

struct Spec<S> {
    starts: Vec<S>,
    next: Next<S>,
}

impl<S: Serialize> System for Spec<S> {
    type State = S;
    type Action = ();

    fn starts(&mut self, out: &mut Vec<S>) {
        out.append(&mut self.starts);
    }

    fn steps(&mut self, state: &S, out: &mut Vec<((), S)>) {
        (self.next)(state, &mut |next| out.push(((), next)));
    }

    fn fingerprint(&self, state: &S) -> u64 {
        stable_hash(state)
    }
}

fn count<S: Serialize>(starts: Vec<S>, next: Next<S>) -> Visited {
    visit(Spec { starts, next })
}

/// Each with its name, what was visited, and what TLC counted: different states, states made, and the depth.
pub(super) fn all() -> Vec<(&'static str, Visited, [u64; 3])> {
    vec![
        ("TwoPhase", visit(two_phase::TwoPhase::new(3)), [288, 1_146, 11]),
        ("TCommit", count(vec![[WORKING; 3]], transaction_commit), [34, 94, 7]),
        ("TokenRing", count(tuples::<6>(6), token_ring), [46_656, 248_832, 1]),
        ("EWD840", count(ewd840_starts(), ewd840), [302, 2_001, 9]),
        ("SyncTerminationDetection", count(termination_starts(), termination), [129, 3_722, 1]),
        ("ChangRoberts", count(ring_starts(), chang_roberts), [137, 227, 10]),
        ("Peterson", count(vec![([0, 0], [false; 2], 0)], peterson), [42, 77, 11]),
        ("AlternatingBit", count(bit_starts(), alternating_bit), [240, 1_392, 10]),
        ("ABCorrectness", count(abstract_bit_starts(), abstract_bit), [20, 36, 3]),
        ("Channel", count(channel_starts(), channel), [12, 30, 2]),
        ("Simple", count(vec![([0; 5], [0; 5], [0; 5])], simple), [723, 1_842, 11]),
        ("Prisoners", count(prisoner_starts(), prisoners), [214, 860, 14]),
        ("CoffeeCan100Beans", count(beans(100), coffee_can), [5_150, 20_002, 1]),
        ("CatOddBoxes", count(cats(5), |cat, out| cat_puzzle(5, cat, out)), [30, 78, 1]),
        ("CatEvenBoxes", count(cats(6), |cat, out| cat_puzzle(6, cat, out)), [48, 128, 1]),
    ]
}

/// Every tuple of so many values below a bound.
fn tuples<const N: usize>(bound: u8) -> Vec<[u8; N]> {
    let all = (0..N).fold(1, |all, _| all * u32::from(bound));
    let digit = |number: u32, place: usize| (number / u32::from(bound).pow(place as u32) % u32::from(bound)) as u8;
    (0..all).map(|number| std::array::from_fn(|place| digit(number, place))).collect()
}

fn with<T: Copy, const N: usize>(list: &[T; N], index: usize, value: T) -> [T; N] {
    let mut changed = *list;
    changed[index] = value;
    changed
}

fn without<T: Clone>(list: &[T], index: usize) -> Vec<T> {
    [&list[..index], &list[index + 1..]].concat()
}

// ---- the atomic commitment of Gray and Lamport ------------------------------------------------

const WORKING: u8 = 0;
const PREPARED: u8 = 1;
const COMMITTED: u8 = 2;
const ABORTED: u8 = 3;

fn transaction_commit(managers: &[u8; 3], out: &mut dyn FnMut([u8; 3])) {
    let can_commit = managers.iter().all(|manager| [PREPARED, COMMITTED].contains(manager));
    let nobody_did = !managers.contains(&COMMITTED);
    for (index, manager) in managers.iter().enumerate() {
        if *manager == WORKING {
            out(with(managers, index, PREPARED));
        }
        if *manager == PREPARED && can_commit {
            out(with(managers, index, COMMITTED));
        }
        if [WORKING, PREPARED].contains(manager) && nobody_did {
            out(with(managers, index, ABORTED));
        }
    }
}

// ---- Dijkstra's stabilizing token ring, EWD 426: 6 nodes that count to 6 ------------------------

fn token_ring(counters: &[u8; 6], out: &mut dyn FnMut([u8; 6])) {
    if counters[0] == counters[5] {
        out(with(counters, 0, (counters[5] + 1) % 6));
    }
    for index in 1..6 {
        if counters[index] != counters[index - 1] {
            out(with(counters, index, counters[index - 1]));
        }
    }
}

// ---- termination detection on a ring, EWD 840: 3 nodes ------------------------------------------

/// Who is active, who is black, where the token is, and whether it is black.
type Ring = ([bool; 3], [bool; 3], usize, bool);

fn ewd840_starts() -> Vec<Ring> {
    let flags = || tuples::<3>(2).into_iter().map(|flags| flags.map(|flag| flag == 1));
    let pairs = flags().flat_map(|active| flags().map(move |black| (active, black)));
    pairs.flat_map(|(active, black)| (0..3).map(move |token| (active, black, token, true))).collect()
}

fn ewd840(&(active, black, token, dark): &Ring, out: &mut dyn FnMut(Ring)) {
    // TLC makes a state once for every reason to make it.
    let reasons = |reasons: &[bool]| reasons.iter().filter(|reason| **reason).count();
    if token == 0 {
        (0..reasons(&[dark, black[0]])).for_each(|_| out((active, with(&black, 0, false), 2, false)));
    } else {
        let passed = (active, with(&black, token, false), token - 1, dark || black[token]);
        (0..reasons(&[!active[token], black[token], dark])).for_each(|_| out(passed));
    }
    for from in (0..3).filter(|node| active[*node]) {
        for to in (0..3).filter(|to| *to != from) {
            out((with(&active, to, true), with(&black, from, to > from || black[from]), token, dark));
        }
        out((with(&active, from, false), black, token, dark));
    }
}

// ---- what a termination detector promises: 7 nodes ----------------------------------------------

type Detector = ([u8; 7], bool);

fn termination_starts() -> Vec<Detector> {
    let mut starts: Vec<Detector> = tuples::<7>(2).into_iter().map(|active| (active, false)).collect();
    // TLC names the start in which it may and does not see anything twice: once for each value.
    starts.extend(tuples::<7>(2).into_iter().map(|active| (active, active == [0; 7])).filter(|(_, detected)| *detected));
    starts
}

fn termination(&(active, detected): &Detector, out: &mut dyn FnMut(Detector)) {
    for node in (0..7).filter(|node| active[*node] == 1) {
        let passive = with(&active, node, 0);
        let over = passive == [0; 7];
        out((passive, detected));
        if over != detected {
            out((passive, over));
        }
        for other in 0..7 {
            out((with(&active, other, 1), detected));
        }
    }
    if active == [0; 7] {
        out((active, true));
    }
}

// ---- the election of Chang and Roberts on a ring of 3 -------------------------------------------

/// For each node: the identities on their way to it, whether it has begun, whether it will, and its
/// state (candidate, lost, won).
type Election = ([u8; 3], [bool; 3], [bool; 3], [u8; 3]);

fn ring_starts() -> Vec<Election> {
    let flags = tuples::<3>(2).into_iter().map(|flags| flags.map(|flag| flag == 1));
    flags.map(|starts| ([0; 3], [false; 3], starts, starts.map(|starts| u8::from(!starts)))).collect()
}

fn chang_roberts(&(messages, begun, starts, state): &Election, out: &mut dyn FnMut(Election)) {
    for node in 0..3 {
        let next = (node + 1) % 3;
        if !begun[node] {
            let sent = if starts[node] { messages[next] | 1 << node } else { messages[next] };
            out((with(&messages, next, sent), with(&begun, node, true), starts, state));
            continue;
        }
        for identity in (0..3).filter(|identity| messages[node] >> identity & 1 == 1) {
            let read = with(&messages, node, messages[node] & !(1 << identity));
            let passed = with(&read, next, read[next] | 1 << identity);
            out(match state[node] {
                1 => (passed, begun, starts, state),
                _ if identity < node => (passed, begun, starts, with(&state, node, 1)),
                _ if identity == node => (read, begun, starts, with(&state, node, 2)),
                _ => (read, begun, starts, state),
            });
        }
    }
}

// ---- Peterson's lock ----------------------------------------------------------------------------

/// Where each process is, who wants in, and whose turn it is.
type Lock = ([u8; 2], [bool; 2], usize);

fn peterson(&(at, wants, turn): &Lock, out: &mut dyn FnMut(Lock)) {
    for me in 0..2 {
        let on = with(&at, me, (at[me] + 1) % 6);
        match at[me] {
            1 => out((on, with(&wants, me, true), turn)),
            2 => out((on, wants, 1 - me)),
            3 if wants[1 - me] && turn != me => {}
            5 => out((on, with(&wants, me, false), turn)),
            _ => out((on, wants, turn)),
        }
    }
}

// ---- the alternating bit protocol: two values, queues of two ------------------------------------

/// Messages and acknowledgements on their way; the sender's bit, the last it knows to have arrived,
/// the receiver's; what was sent last and received last.
#[derive(Clone, PartialEq, Serialize)]
struct Bits {
    messages: Vec<(u8, u8)>,
    acks: Vec<u8>,
    bit: u8,
    acked: u8,
    theirs: u8,
    sent: u8,
    received: u8,
}

fn bit_starts() -> Vec<Bits> {
    let start = |[bit, sent, received]: [u8; 3]| {
        let (messages, acks) = (Vec::new(), Vec::new());
        Bits { messages, acks, bit, acked: bit, theirs: bit, sent, received }
    };
    tuples::<3>(2).into_iter().map(start).collect()
}

fn alternating_bit(now: &Bits, out: &mut dyn FnMut(Bits)) {
    // A state whose queues are too long is made, but is no part of the system: as if nothing happened.
    let mut change = |change: &dyn Fn(&mut Bits)| {
        let mut next = now.clone();
        change(&mut next);
        out(if next.messages.len().max(next.acks.len()) > 2 { now.clone() } else { next });
    };
    if now.acked == now.bit {
        for value in 0..2 {
            change(&|next| {
                next.sent = value;
                next.bit = 1 - now.bit;
                next.messages.push((next.bit, value));
            });
        }
    } else {
        change(&|next| next.messages.push((now.bit, now.sent)));
    }
    if !now.messages.is_empty() {
        change(&|next| (next.theirs, next.received) = next.messages.remove(0));
    }
    change(&|next| next.acks.push(now.theirs));
    if !now.acks.is_empty() {
        change(&|next| next.acked = next.acks.remove(0));
    }
    for index in 0..now.messages.len() {
        change(&|next| next.messages = without(&now.messages, index));
    }
    for index in 0..now.acks.len() {
        change(&|next| next.acks = without(&now.acks, index));
    }
}

/// The same without queues: the bits of the sender, of its acknowledgement and of the receiver.
type AbstractBits = [u8; 5];

fn abstract_bit_starts() -> Vec<AbstractBits> {
    tuples::<3>(2).into_iter().map(|[bit, sent, received]| [bit, bit, bit, sent, received]).collect()
}

fn abstract_bit(&[bit, acked, theirs, sent, received]: &AbstractBits, out: &mut dyn FnMut(AbstractBits)) {
    if acked == bit {
        (0..2).for_each(|value| out([1 - bit, acked, theirs, value, received]));
    }
    if theirs != bit {
        out([bit, acked, bit, sent, sent]);
    }
    if theirs != acked {
        out([bit, theirs, theirs, sent, received]);
    }
}

// ---- a channel that hands over one of three values at a time ------------------------------------

fn channel_starts() -> Vec<[u8; 3]> {
    tuples::<2>(3).into_iter().filter(|[_, ready]| *ready < 2).map(|[value, ready]| [value, ready, ready]).collect()
}

fn channel(&[value, ready, taken]: &[u8; 3], out: &mut dyn FnMut([u8; 3])) {
    if ready == taken {
        (0..3).for_each(|value| out([value, 1 - ready, taken]));
    } else {
        out([value, ready, 1 - taken]);
    }
}

// ---- Lamport's example for teaching concurrency: 5 processes ------------------------------------

/// Two variables of each process, and how far it is.
type Simple = ([u8; 5], [u8; 5], [u8; 5]);

fn simple(&(x, y, at): &Simple, out: &mut dyn FnMut(Simple)) {
    for me in 0..5 {
        let on = with(&at, me, at[me] + 1);
        match at[me] {
            0 => out((with(&x, me, 1), y, on)),
            1 => out((x, with(&y, me, x[(me + 4) % 5]), on)),
            _ => {}
        }
    }
    if at == [2; 5] {
        out((x, y, at));
    }
}

// ---- the prisoners and the two switches: a counter and three others -----------------------------

/// Both switches, how often each of the others has switched, and the count.
type Prison = (bool, bool, [u8; 3], u8);

fn prisoner_starts() -> Vec<Prison> {
    [(false, false), (false, true), (true, false), (true, true)].map(|(a, b)| (a, b, [0; 3], 0)).into()
}

fn prisoners(&(a, b, times, count): &Prison, out: &mut dyn FnMut(Prison)) {
    out(if a { (false, b, times, count + 1) } else { (a, !b, times, count) });
    for prisoner in 0..3 {
        let switches = !a && times[prisoner] < 2;
        out(if switches { (true, b, with(&times, prisoner, times[prisoner] + 1), count) } else { (a, !b, times, count) });
    }
}

// ---- the coffee can: black and white beans ------------------------------------------------------

fn beans(most: u32) -> Vec<(u32, u32)> {
    let pairs = (0..=most).flat_map(|black| (0..=most).map(move |white| (black, white)));
    pairs.filter(|(black, white)| (1..=most).contains(&(black + white))).collect()
}

fn coffee_can(&(black, white): &(u32, u32), out: &mut dyn FnMut((u32, u32))) {
    if white >= 2 {
        out((black + 1, white - 2));
    }
    if black >= 2 {
        out((black - 1, white));
    }
    if black >= 1 && white >= 1 {
        out((black - 1, white));
    }
    if black + white == 1 {
        out((black, white));
    }
}

// ---- the cat in one of several boxes ------------------------------------------------------------

/// Where the cat is, which box is looked into, and whether the next is on its right.
type Cat = (u8, u8, bool);

fn cats(boxes: u8) -> Vec<Cat> {
    let places = (1..=boxes).flat_map(|cat| (2..boxes).map(move |seen| (cat, seen)));
    places.flat_map(|(cat, seen)| [(cat, seen, false), (cat, seen, true)]).collect()
}

fn cat_puzzle(boxes: u8, &(cat, seen, right): &Cat, out: &mut dyn FnMut(Cat)) {
    let next = if right { seen + 1 } else { seen - 1 };
    let (seen, right) = if (2..boxes).contains(&next) { (next, right) } else { (seen, !right) };
    for cat in [cat + 1, cat - 1].into_iter().filter(|cat| (1..=boxes).contains(cat)) {
        out((cat, seen, right));
    }
}
