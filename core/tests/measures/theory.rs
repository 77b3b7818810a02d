//! What formulas say, held against numbers that are in the books, and against runs.

use faultline::measure::theory::{Response, behind};
use faultline::measure::{self, Request};
use faultline::models::Library;
use faultline::scenario::{Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, Latency, NodeId, Sim, Span, Time};

fn queue(change: impl FnOnce(&mut Scenario)) -> Sim {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("queue-server").unwrap().about(), 3);
    scenario.network.latency = Latency::Constant(Span::millis(5));
    scenario.patience = Span::secs(100);
    for (key, value) in [("service", 10_000_000), ("patience", 100_000_000_000), ("room", 10_000)] {
        scenario.settings.insert(key.into(), value);
    }
    // Three clients, 20 requests a second each: 60 % of the time the server works.
    let gap = Latency::Exponential { min: Span::ZERO, mean: Span::millis(50) };
    scenario.workload = Some(Workload { pace: Pace::Open(gap), route: Route::To(NodeId(0)), keys: 1, limit: 3_000 });
    change(&mut scenario);
    Sim::new(&library, scenario).unwrap()
}

#[test]
fn response_times_of_queues_are_those_of_the_books() {
    // Two callers' and two servers' ways of 5 ms; 10 ms / (1 - 0.6), and 10 ms (1 + 0.6 / 0.8).
    let exponential = Response::of(&queue(|_| {})).unwrap();
    assert_eq!((exponential.name, exponential.mean), ("M/M/1", Span::millis(45)));
    assert!((exponential.load - 0.6).abs() < 1e-9);
    let constant = Response::of(&queue(|scenario| {
        scenario.settings.insert("variation".into(), 0);
    }))
    .unwrap();
    assert_eq!((constant.name, constant.mean), ("M/D/1", Span::micros(37_500)));
    assert_eq!(constant.within(Span::millis(40)), None);
    // Whoever asks the server itself has half of the ways.
    let direct = queue(|scenario| scenario.workload.as_mut().unwrap().route = Route::To(NodeId(1)));
    assert_eq!(Response::of(&direct).unwrap().mean, Span::millis(35));
    // Exponential: half of all wait no longer than the mean times ln 2.
    assert_eq!(exponential.within(Span::millis(19)), Some(0.0));
    let half = exponential.within(Span::millis(20) + Span((25e6 * std::f64::consts::LN_2) as u64)).unwrap();
    assert!((half - 0.5).abs() < 1e-7, "{half}");
    assert!((exponential.within(Span::millis(20 + 75)).unwrap() - 0.950_212_931_6).abs() < 1e-9, "1 - e^-3");
    assert_eq!(exponential.within(Span::secs(1_000)), Some(1.0));
}

#[test]
fn where_a_formula_does_not_apply_there_is_none() {
    assert!(Response::of(&queue(|scenario| scenario.workload = None)).is_none());
    assert!(Response::of(&queue(|scenario| scenario.network.loss = Chance::percent(1))).is_none());
    assert!(
        Response::of(&queue(|scenario| {
            scenario.settings.insert("service".into(), 17_000_000);
        }))
        .is_none(),
        "overloaded"
    );
    let closed = Pace::Closed(Latency::Constant(Span::millis(50)));
    assert!(Response::of(&queue(|scenario| scenario.workload.as_mut().unwrap().pace = closed)).is_none());
    let library = Library::standard();
    let raft = Sim::new(&library, Scenario::new(library.find("raft").unwrap().about(), 1)).unwrap();
    assert!(raft.theory().is_none() && Response::of(&raft).is_none());
}

#[test]
fn a_run_agrees_with_theory_in_its_mean_and_its_distribution() {
    let mut sim = queue(|_| {});
    let theory = Response::of(&sim).unwrap();
    sim.run_until(Time::NEVER);
    let latencies = measure::latencies(&Request::all(&sim));
    assert_eq!(latencies.len(), 9_000);
    let mean = latencies.iter().map(|span| span.0 as f64).sum::<f64>() / 9_000.0;
    assert!((mean / theory.mean.0 as f64 - 1.0).abs() < 0.05, "{mean}");
    for parts in [250_000, 500_000, 750_000, 900_000, 990_000] {
        let share = theory.within(measure::quantile(&latencies, parts).unwrap()).unwrap();
        assert!((share - f64::from(parts) / 1e6).abs() < 0.03, "{parts}: {share}");
    }
}

#[test]
fn quorums_at_random_miss_each_other_as_often_as_bailis_and_others_say() {
    // Section 3.1 of the paper: N = 3, R = W = 1 misses in two of three cases; N = 3, R = 1, W = 2 in one.
    for (n, r, w, one) in [(3, 1, 1, 2.0 / 3.0), (3, 1, 2, 1.0 / 3.0), (3, 2, 1, 1.0 / 3.0), (3, 2, 2, 0.0), (5, 2, 2, 0.3), (2, 3, 3, 0.0)]
    {
        assert!((behind(n, r, w, 1) - one).abs() < 1e-12, "{n} {r} {w}");
        assert!((behind(n, r, w, 3) - one * one * one).abs() < 1e-12);
    }
}
