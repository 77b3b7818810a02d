//! Faultline, turmoil and madsim at the same work: how many messages does each deliver in a second?
//!
//! All three run distributed systems deterministically, but they are made for different ends, and the
//! ratios below compare the cost of one simulated message, not the worth of the tools:
//!
//! | | Faultline | turmoil | madsim |
//! |---|---|---|---|
//! | a node is | a state machine | an async program on a tokio runtime of its own | an async program on madsim's runtime |
//! | it can run for real | no | yes, on tokio | yes, on tokio |
//! | a message is | a value | bytes in a UDP datagram | bytes in a boxed buffer |
//! | time goes | from event to event | in ticks, each host in each | from event to event |
//! | each message is written down | yes: two rows with causes, hashed | no | no |
//! | a run can go back and branch | yes | no | no |
//!
//! turmoil and madsim test the code that goes into production, with its tasks, its sockets and its
//! buffers; that is what they spend their time on. Faultline runs models, and spends part of its time
//! on the trace, which cannot be switched off.
//!
//! How it is measured: everybody gets the protocols of [`work`] and the same latency, 1 to 10 ms, and
//! no loss; runs are set up before the clock starts and thrown away after it has stopped; a run ends
//! when enough messages are delivered. In every round each side runs once, one after the other, so
//! that what else the machine does hits all of them; the median of all rounds counts. All are built
//! with the same profile, without a subscriber for logs, and with `--cfg madsim`, which turns madsim
//! from a wrapper around tokio into a simulator.
//!
//! turmoil is measured twice. With its own tick of 1 ms it does the same work. With the tick that
//! suits it best it does less, because messages then wait for the next tick and their latencies run
//! together; see [`with_turmoil`].
//!
//! Run it in this folder, where cargo finds the flag: `cargo run --release --locked -- simulators`.

use crate::work::{Play, Work};
use crate::bar::{Better, bar};
use crate::clock::{seconds, spread};
use crate::{with_faultline, with_madsim, with_turmoil};
use std::time::Duration;

#[cfg(not(madsim))]
compile_error!("without --cfg madsim there is no simulator in madsim: run cargo in this package's folder");

/// What is measured. Enough messages for Faultline to need some hundredths of a second, few enough
/// for turmoil not to need many.
const WORKS: [Work; 3] = [
    Work { play: Play::PingPong, nodes: 2, messages: 400_000 },
    Work { play: Play::PingPong, nodes: 50, messages: 200_000 },
    Work { play: Play::Gossip, nodes: 100, messages: 100_000 },
];

const ROUNDS: usize = 7;

/// How much faster Faultline means to be.
const BAR_TURMOIL: f64 = 20.0;
const BAR_MADSIM: f64 = 10.0;

/// Measures all of it and prints a table.
pub(crate) fn main() {
    println!("Delivered messages per second: median of {ROUNDS} rounds, in each of which everybody runs once.");
    println!("Faultline runs state machines and traces every message; turmoil and madsim run async programs");
    println!("with sockets and bytes, as production code has them, and write nothing down.");
    println!("With a tick of more than 1 ms turmoil's latencies are no longer 1 to 10 ms, but multiples of the tick.");
    WORKS.iter().for_each(compare);
}

/// One run: how many messages were delivered, and in what time.
#[derive(Clone, Copy)]
struct Score {
    messages: u64,
    seconds: f64,
}

impl Score {
    fn rate(&self) -> f64 {
        self.messages as f64 / self.seconds
    }
}

/// Somebody who does the work, and how much faster than that Faultline means to be.
struct Side<'a> {
    name: String,
    bar: Option<f64>,
    run: Box<dyn Fn() -> Score + 'a>,
}

fn compare(work: &Work) {
    println!("\n{}", work.name());
    // Slow as it is with its own tick, a tenth of the work tells its rate.
    let part = Work { messages: work.messages / 10, ..*work };
    let (own, best) = (with_turmoil::TICKS[0], best_tick(&part));
    let mut sides = vec![
        Side { name: "Faultline".into(), bar: None, run: Box::new(|| faultline(work)) },
        Side { name: "madsim".into(), bar: Some(BAR_MADSIM), run: Box::new(|| madsim(work)) },
        Side { name: format!("turmoil, tick {best:?}"), bar: Some(BAR_TURMOIL), run: Box::new(|| turmoil(work, best)) },
    ];
    if best != own {
        sides.push(Side { name: format!("turmoil, tick {own:?}"), bar: Some(BAR_TURMOIL), run: Box::new(|| turmoil(&part, own)) });
    }

    let rounds: Vec<Vec<Score>> = (0..ROUNDS).map(|_| sides.iter().map(|side| (side.run)()).collect()).collect();
    println!("  {:<20}{:>9}{:>9}{:>12}  {:<20}Faultline is faster by", "", "messages", "seconds", "messages/s", "(slowest, fastest)");
    let mut held = Vec::new();
    for (index, Side { name, bar, .. }) in sides.iter().enumerate() {
        let column = |part: fn(&Score) -> f64| spread(rounds.iter().map(|round| part(&round[index])));
        let [_, messages, _] = column(|score| score.messages as f64);
        let [_, seconds, _] = column(|score| score.seconds);
        let [slowest, rate, fastest] = column(Score::rate);
        let range = format!("({slowest:.0}, {fastest:.0})");
        let [least, ratio, most] = spread(rounds.iter().map(|round| round[0].rate() / round[index].rate()));
        let faster = bar.map_or(String::new(), |_| format!("{ratio:.1}x ({least:.1}x to {most:.1}x)"));
        println!("  {name:<20}{messages:>9}{seconds:>9.3}{rate:>12.0}  {range:<20}{faster}");
        held.extend(bar.map(|bar| (format!("{}: faster than {name}", work.name()), bar, ratio)));
    }
    for (what, limit, ratio) in held {
        bar(&what, Better::More, limit, limit / 4.0, ratio, " x");
    }
}

/// The tick with which turmoil does this work in the least time.
fn best_tick(work: &Work) -> Duration {
    let rates = with_turmoil::TICKS.map(|tick| (tick, turmoil(work, tick).rate()));
    let shown = rates.map(|(tick, rate)| format!("{rate:.0}/s with {tick:?}"));
    println!("  turmoil by tick: {}", shown.join(", "));
    rates.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there are ticks").0
}

fn faultline(work: &Work) -> Score {
    let mut run = with_faultline::Run::new(work);
    timed(|| run.go())
}

fn turmoil(work: &Work, tick: Duration) -> Score {
    let mut run = with_turmoil::Run::new(work, tick);
    timed(|| run.go())
}

fn madsim(work: &Work) -> Score {
    let mut run = with_madsim::Run::new(work);
    timed(|| run.go())
}

fn timed(go: impl FnOnce() -> u64) -> Score {
    let (seconds, messages) = seconds(go);
    Score { messages, seconds }
}
