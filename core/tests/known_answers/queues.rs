//! How long a request waits for a server that works on one at a time: M/M/1 and M/D/1.
//!
//! Requests come from an open Poisson workload; the server's work is the machine's own, as for any
//! slow node. In a stable queue the mean response time, in units of the mean service time, is
//! `1 / (1 - rho)` if service is exponential and `1 + rho / (2 (1 - rho))` if it is constant
//! (Pollaczek 1930, Khinchine 1932).
//!
//! Neighbouring requests wait for the same queue, so single response times say nothing about the
//! error. What is averaged are independent runs, each without its beginning, when the queue was
//! still empty.

use crate::measure::{Measured, check as hold, more};
use crate::protocols::Server;
use faultline::models::Library;
use faultline::protocol::Protocol;
use faultline::scenario::{Input, Pace, Route, Workload};
use faultline::sim::{Latency, NodeId, Span, Time};
use faultline::{Scenario, Sim};

const SERVICE: Span = Span::millis(1);

/// The mean response time in one run, in service times.
fn response(seed: u64, load: f64, service: &Latency, warm_up: usize, requests: usize) -> f64 {
    let gap = Span((SERVICE.0 as f64 / load) as u64);
    let mut scenario = Scenario::new(Server::ABOUT, seed);
    scenario.network.latency = Latency::Constant(Span::ZERO);
    scenario.patience = Span::secs(1_000_000);
    scenario.workload = Some(Workload {
        pace: Pace::Open(Latency::Exponential { min: Span::ZERO, mean: gap }),
        route: Route::To(NodeId(0)),
        keys: 1,
        limit: (warm_up + requests) as u32,
    });
    scenario.add(Time::ZERO, Input::Work { node: NodeId(0), time: Some(service.clone()) });
    let mut sim = Sim::new(&Library::standard().with::<Server>(), scenario).unwrap();
    sim.run_until(Time::NEVER);

    let trace = sim.trace();
    assert_eq!(trace.ops(), warm_up + requests);
    let taken = |op| {
        let op = trace.op(op).unwrap();
        op.ended.unwrap().time.since(op.begun).0 as f64
    };
    (warm_up..trace.ops()).map(|op| taken(op as u32)).sum::<f64>() / requests as f64 / SERVICE.0 as f64
}

/// The loads, and for each how many requests of a run come before those that count, how many count,
/// and how many runs there are. The nearer a server is to its limit, the longer it remembers.
const LOADS: [(f64, usize, usize, u64); 3] = [(0.5, 200, 2_000, 30), (0.8, 500, 4_000, 30), (0.9, 2_000, 6_000, 30)];

fn check(name: &str, service: &Latency, known: fn(f64) -> f64) {
    for (load, warm_up, requests, runs) in LOADS {
        let means: Vec<f64> = (0..more(runs)).map(|seed| response(seed, load, service, warm_up, requests)).collect();
        hold(&Measured::mean(&means), &format!("{name}, load {load}: response in service times"), known(load), 0.0);
    }
}

#[test]
fn exponential_work_gives_the_response_time_of_m_m_1() {
    check("M/M/1", &Latency::Exponential { min: Span::ZERO, mean: SERVICE }, |load| 1.0 / (1.0 - load));
}

#[test]
fn constant_work_gives_the_response_time_of_m_d_1() {
    check("M/D/1", &Latency::Constant(SERVICE), |load| 1.0 + load / (2.0 * (1.0 - load)));
}
