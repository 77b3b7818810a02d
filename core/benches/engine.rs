//! How fast the engine is, natively and in WebAssembly, measured in one go so that the two can be
//! compared. `./run bench` builds it twice: the native one runs the other under Node and prints both.
//!
//! Timings depend on the machine and on what else it does: each is printed with the bar it is held
//! against and a floor far below that.

#![allow(clippy::print_stdout, clippy::disallowed_types, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]

use faultline::judge::history::{History, Op, Outcome};
use faultline::judge::linearizable::{Linearizability, Verdict};
use faultline::judge::spec::{Case, Object};
use faultline::judge::value::Value;
use faultline::models::Library;
use faultline::scenario::{Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Latency, NodeId, Purpose, Sim, Span, Time, Timeline, below, draw};
use faultline::view::Widget;

#[cfg(not(target_arch = "wasm32"))]
mod bar;

/// One thing measured.
struct Figure {
    name: &'static str,
    value: f64,
}

const EVENTS: &str = "events per second";
const ROWS: &str = "rows of trace per second";
const SEEK_HALF: &str = "seek, median, ms";
const SEEK_99: &str = "seek, 99th percentile, ms";
const SEEK_MEMORY: &str = "a trace of 1 M rows, MB";
const JUDGED: &str = "1,000 ops judged, ms";
const JUDGED_SLICE: &str = "... longest slice, ms";
const REFUTED: &str = "1,000 ops refuted, ms";
const REFUTED_SLICE: &str = "... longest slice of that, ms";
const GOSSIP_100: &str = "gossip, 100 nodes, ms";
const GOSSIP_1000: &str = "gossip, 1,000 nodes, ms";
const GOSSIP_10000: &str = "gossip, 10,000 nodes, ms";

fn scenario(model: &str, nodes: u16) -> Scenario {
    Scenario { nodes, ..Scenario::new(Library::standard().find(model).expect("the model is there").about(), 7) }
}

/// Five nodes, one of them the primary, and four clients that ask again as soon as they are answered.
fn busy_register() -> Scenario {
    let pace = Pace::Closed(Latency::Exponential { min: Span::ZERO, mean: Span::millis(4) });
    Scenario {
        clients: 4,
        workload: Some(Workload { pace, route: Route::To(NodeId(0)), keys: 1, limit: u32::MAX }),
        ..scenario("primary-backup", 5)
    }
}

fn events(clock: &impl Fn() -> f64, figures: &mut Vec<Figure>) {
    // The best of several, as what disturbs a run only ever slows it down.
    let (mut best_events, mut best_rows) = (0.0f64, 0.0f64);
    for _ in 0..5 {
        let mut sim = Sim::new(&Library::standard(), busy_register()).expect("it can be run");
        let start = clock();
        while sim.steps() < 400_000 && sim.step() {}
        let seconds = (clock() - start) / 1000.0;
        best_events = best_events.max(sim.steps() as f64 / seconds);
        best_rows = best_rows.max(f64::from(sim.rows()) / seconds);
    }
    figures.push(Figure { name: EVENTS, value: best_events });
    figures.push(Figure { name: ROWS, value: best_rows });
}

fn seek(clock: &impl Fn() -> f64, memory: &impl Fn() -> Option<f64>, figures: &mut Vec<Figure>) {
    const ROWS: u32 = 1_000_000;
    let before = memory();
    let mut timeline = Timeline::new(&Library::standard(), busy_register()).expect("it can be run");
    timeline.to_row(ROWS);
    let mut times: Vec<f64> = (0..1000)
        .map(|nth| {
            let row = (draw(1, Purpose::Choice, 0, nth) % u64::from(ROWS)) as u32;
            let start = clock();
            timeline.to_row(row);
            let passed = clock() - start;
            assert!(timeline.sim().rows() > row);
            passed
        })
        .collect();
    times.sort_by(f64::total_cmp);
    figures.push(Figure { name: SEEK_HALF, value: times[500] });
    figures.push(Figure { name: SEEK_99, value: times[990] });
    if let (Some(before), Some(after)) = (before, memory()) {
        figures.push(Figure { name: SEEK_MEMORY, value: (after - before) / 1e6 });
    }
}

/// A history of 1,000 operations on a register, by 5 clients who do not wait for one another, and of
/// whom some never hear what came of it. If it is to be refuted, one read late in it sees the value of
/// the very first write.
fn register_history(stale: bool) -> History {
    const OPS: u64 = 1_000;
    const CLIENTS: u64 = 5;
    const FIRST: i64 = 9;
    let dice = |what: u64, nth: u64, bound: u64| below(draw(3, Purpose::Choice, what, nth), bound);
    // For each operation when it begins, happens and ends.
    let mut free = [0; CLIENTS as usize];
    let mut times: Vec<(u64, u64, u64, usize)> = Vec::new();
    for op in 0..OPS {
        let client = (op % CLIENTS) as usize;
        let call = free[client] + 1 + dice(1, op, 200);
        let happens = call + 1 + dice(2, op, 500);
        let ret = happens + 1 + dice(3, op, 500);
        free[client] = ret;
        times.push((happens, call, ret, client));
    }
    times.sort_unstable();
    let mut value = 0;
    let mut ops: Vec<Op> = Vec::new();
    for (nth, (_, call, ret, client)) in (0..).zip(times) {
        let is_stale = stale && nth == OPS * 9 / 10;
        let reads = is_stale || nth > 0 && dice(4, nth, 2) == 0;
        let unknown = !is_stale && dice(5, nth, 50) == 0;
        if !reads {
            value = if nth == 0 { FIRST } else { dice(6, nth, 5) as i64 };
        }
        let seen = if is_stale { FIRST } else { value };
        // No two at the same moment.
        let moment = |time: u64| (time * CLIENTS) as usize + client;
        ops.push(Op {
            process: client,
            call: moment(call),
            ret: Some(moment(ret)).filter(|_| !unknown),
            f: if reads { "read" } else { "write" }.into(),
            key: None,
            input: if reads { Value::Nil } else { Value::Int(value) },
            output: if unknown { Value::Nil } else { Value::Int(seen) },
            outcome: if unknown { Outcome::Unknown } else { Outcome::Ok },
            place: faultline::judge::history::Place::line(1),
        });
    }
    ops.sort_by_key(|op| op.call);
    History { ops, processes: (0..CLIENTS as i64).map(Value::Int).collect(), ..History::default() }
}

/// Judges in slices, as a page does that wants to stay awake: how long it takes, and the longest slice.
fn judged(clock: &impl Fn() -> f64, stale: bool) -> (f64, f64) {
    const SLICE: u64 = 20_000;
    let history = register_history(stale);
    let start = clock();
    let case = Case::of(&history, Object::Register, &Value::Int(0)).expect("a register has these operations");
    let mut check = Linearizability::new(case.by_object());
    let (mut awake, mut longest) = (start, 0.0f64);
    let verdict = loop {
        let verdict = check.run(SLICE);
        let now = clock();
        longest = longest.max(now - awake);
        awake = now;
        if verdict.kept().is_some() {
            break verdict;
        }
    };
    match verdict {
        Verdict::Kept(orders) => assert!(!stale && orders[0].len() > 900),
        Verdict::Broken(why) => assert!(stale && !why.core.is_empty()),
        Verdict::Unknown => unreachable!("it has gone on until it knew"),
    }
    (awake - start, longest)
}

/// How long it takes until every node knows.
fn gossip(clock: &impl Fn() -> f64, nodes: u16) -> f64 {
    let mut scenario = scenario("gossip", nodes);
    scenario.add(Time::ZERO, Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 });
    let start = clock();
    let mut sim = Sim::new(&Library::standard(), scenario).expect("it can be run");
    let knows =
        |sim: &Sim, node: u16| sim.view(NodeId(node)).widgets.iter().any(|widget| matches!(widget, Widget::Field { name: "value", .. }));
    // A node that knows keeps knowing, so each has to be looked at once.
    let mut unsure = 0;
    while unsure < nodes {
        assert!(sim.step(), "gossip never ends");
        while unsure < nodes && sim.steps().is_multiple_of(64) && knows(&sim, unsure) {
            unsure += 1;
        }
    }
    clock() - start
}

fn measure(clock: &impl Fn() -> f64, memory: &impl Fn() -> Option<f64>) -> Vec<Figure> {
    let mut figures = Vec::new();
    // First, while nothing else has asked for memory.
    seek(clock, memory, &mut figures);
    events(clock, &mut figures);
    for (names, stale) in [([JUDGED, JUDGED_SLICE], false), ([REFUTED, REFUTED_SLICE], true)] {
        let (whole, longest) = judged(clock, stale);
        figures.extend([Figure { name: names[0], value: whole }, Figure { name: names[1], value: longest }]);
    }
    for (name, nodes) in [(GOSSIP_100, 100), (GOSSIP_1000, 1_000), (GOSSIP_10000, 10_000)] {
        figures.push(Figure { name, value: gossip(clock, nodes) });
    }
    figures
}

#[cfg(target_arch = "wasm32")]
mod in_wasm {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance)]
        fn now() -> f64;
        #[wasm_bindgen(js_namespace = console)]
        fn log(line: &str);
    }

    pub(crate) fn main() {
        let memory = || Some(core::arch::wasm32::memory_size(0) as f64 * 65_536.0);
        for figure in super::measure(&now, &memory) {
            log(&format!("{}={}", figure.name, figure.value));
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod natively {
    use super::bar::{Better, bar};
    use super::{
        EVENTS, Figure, GOSSIP_100, GOSSIP_1000, GOSSIP_10000, JUDGED, JUDGED_SLICE, REFUTED, REFUTED_SLICE, ROWS, SEEK_99, SEEK_MEMORY,
    };
    use std::collections::BTreeMap;
    use std::process::Command;
    use std::time::Instant;

    /// What the module built for Node prints, if `./run bench` named one.
    fn in_wasm() -> BTreeMap<String, f64> {
        let Ok(module) = std::env::var("FAULTLINE_WASM_BENCH") else { return BTreeMap::new() };
        let output = Command::new("node").arg(module).output().expect("Node runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.parse().expect("a number"))).collect()
    }

    pub(crate) fn main() {
        let start = Instant::now();
        let figures = super::measure(&|| start.elapsed().as_secs_f64() * 1000.0, &|| None);
        let wasm = in_wasm();
        println!("{:<28}{:>14}{:>14}{:>9}", "", "native", "WebAssembly", "ratio");
        let show = |value: Option<f64>| value.map_or("-".into(), number);
        let native: BTreeMap<&str, f64> = figures.iter().map(|Figure { name, value }| (*name, *value)).collect();
        for Figure { name, value } in &figures {
            let other = wasm.get(*name).copied();
            let ratio = other.map_or("-".into(), |other| format!("{:.2}", other / value));
            println!("{name:<28}{:>14}{:>14}{ratio:>9}", number(*value), show(other));
        }
        println!("{SEEK_MEMORY:<28}{:>14}{:>14}", "-", show(wasm.get(SEEK_MEMORY).copied()));

        println!();
        // What was not measured is no line of the table.
        let hold = |what: &str, better: Better, limit: f64, floor: f64, figure: Option<f64>, unit: &str| {
            if let Some(figure) = figure {
                bar(what, better, limit, floor, figure, unit);
            }
        };
        let get = |name: &str| wasm.get(name).copied();
        let millions = |value: f64| value / 1e6;
        hold("events handled in WebAssembly", Better::More, 1.0, 0.5, get(EVENTS).map(millions), " M/s");
        hold("... as a share of native", Better::More, 0.5, 0.35, get(EVENTS).map(|value| value / native[EVENTS]), "");
        hold("rows of trace natively (aim)", Better::More, 5.0, 2.0, Some(millions(native[ROWS])), " M/s");
        hold("seek in 1 M rows, WebAssembly, p99", Better::Less, 16.0, 60.0, get(SEEK_99), " ms");
        hold("... memory", Better::Less, 64.0, 80.0, get(SEEK_MEMORY), " MB");
        hold("1,000 operations judged, WebAssembly", Better::Less, 1_000.0, 2_000.0, get(JUDGED), " ms");
        hold("... and refuted, with enough for that", Better::Less, 1_000.0, 2_000.0, get(REFUTED), " ms");
        let longest = get(JUDGED_SLICE).into_iter().chain(get(REFUTED_SLICE)).reduce(f64::max);
        hold("... longest slice", Better::Less, 16.0, 60.0, longest, " ms");
        hold("10,000 nodes gossip to the last, natively", Better::Less, 2_000.0, 4_000.0, Some(native[GOSSIP_10000]), " ms");
        let per_n_log_n = [(GOSSIP_100, 100f64), (GOSSIP_1000, 1_000.0), (GOSSIP_10000, 10_000.0)]
            .map(|(name, nodes)| native[name] * 1e6 / (nodes * nodes.log2()));
        println!("gossip, ns per n log2 n: {per_n_log_n:.0?}");
    }

    fn number(value: f64) -> String {
        if value >= 1e4 { format!("{:.2} M", value / 1e6) } else { format!("{value:.2}") }
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    in_wasm::main();
    #[cfg(not(target_arch = "wasm32"))]
    natively::main();
}
