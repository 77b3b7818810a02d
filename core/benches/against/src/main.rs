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
//! from a wrapper around tokio into a simulator. turmoil gets the tick that suits it best; see
//! [`with_turmoil`].
//!
//! Run it in this folder, where cargo finds the flag: `cargo run --release --locked`.

mod with_faultline;
mod with_madsim;
mod with_turmoil;
mod work;

use std::time::Duration;
use work::{Play, Work};

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

fn main() {
    println!("Delivered messages per second: median of {ROUNDS} rounds, in each of which everybody runs once.");
    println!("Faultline runs state machines and traces every message; turmoil and madsim run async programs");
    println!("with sockets and bytes, as production code has them, and write nothing down.");
    WORKS.iter().for_each(compare);
}

/// One run: how many messages were delivered, and in what time.
#[derive(Clone, Copy)]
struct Score {
    messages: u64,
    seconds: f64,
}

impl Score {
    fn rate(self) -> f64 {
        self.messages as f64 / self.seconds
    }
}

fn compare(work: &Work) {
    println!("\n{}", work.name());
    let tick = best_tick(work);
    let rounds: Vec<[Score; 3]> = (0..ROUNDS).map(|_| [faultline(work), turmoil(work, tick), madsim(work)]).collect();
    let turmoil = format!("turmoil, tick {tick:?}");
    println!("  {:<22}{:>10}{:>10}{:>14}  {:<20}Faultline is faster by", "", "messages", "seconds", "messages/s", "(slowest, fastest)");
    for (side, (name, bar)) in
        [("Faultline", None), (turmoil.as_str(), Some(BAR_TURMOIL)), ("madsim", Some(BAR_MADSIM))].into_iter().enumerate()
    {
        let [slowest, median, fastest] = spread(rounds.iter().map(|round| round[side].rate()));
        let [seconds, messages] = [|score: Score| score.seconds, |score: Score| score.messages as f64]
            .map(|part| spread(rounds.iter().map(|round| part(round[side])))[1]);
        print!("  {name:<22}{messages:>10}{seconds:>10.3}{median:>14.0}  {:<20}", format!("({slowest:.0}, {fastest:.0})"));
        let Some(bar) = bar else {
            println!();
            continue;
        };
        let [least, ratio, most] = spread(rounds.iter().map(|round| round[0].rate() / round[side].rate()));
        let verdict = if ratio >= bar { "reached" } else { "missed" };
        println!("{ratio:.1}x ({least:.1}x to {most:.1}x); the bar of {bar}x is {verdict}");
    }
}

/// The tick with which turmoil does a tenth of the work in the least time.
fn best_tick(work: &Work) -> Duration {
    let part = Work { messages: work.messages / 10, ..*work };
    let rates = with_turmoil::TICKS.map(|tick| (tick, turmoil(&part, tick).rate()));
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

#[expect(clippy::disallowed_types, reason = "a benchmark looks at the clock on the wall")]
fn timed(go: impl FnOnce() -> u64) -> Score {
    let start = std::time::Instant::now();
    let messages = go();
    Score { messages, seconds: start.elapsed().as_secs_f64() }
}

/// The smallest, the middle and the largest.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [values[0], values[values.len() / 2], values[values.len() - 1]]
}
