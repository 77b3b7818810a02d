//! What is measured on a run, held against runs that can be counted by hand.

mod parting;
mod staleness;
mod theory;

use faultline::measure::{self, Load, Outcome, Request, Served, Tally, quantile};
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::sim::{Latency, NodeId, Sim, Span, Time};

pub(crate) fn ms(count: u64) -> Time {
    Time::ZERO + Span::millis(count)
}

/// Three nodes and a client; every way takes 10 ms, every sync none. The second node is cut off from
/// the client, and the third is dead.
fn asked() -> Sim {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("register").unwrap().about(), 1);
    (scenario.nodes, scenario.clients, scenario.patience) = (3, 1, Span::millis(200));
    scenario.network.latency = Latency::Constant(Span::millis(10));
    scenario.disk.sync = Latency::Constant(Span::ZERO);
    let client = NodeId(3);
    let ask = |node, op| Input::Invoke { client: 0, node: NodeId(node), op, argument: 0 };
    scenario.add(ms(0), Input::Crash(NodeId(2)));
    scenario.add(ms(0), Input::Cut { from: client, to: NodeId(1) });
    // Asks, is answered by one other, stores at it, is answered: six ways.
    scenario.add(ms(100), ask(0, 1));
    scenario.add(ms(300), ask(0, 0));
    // Lost on its way: given up after 200 ms.
    scenario.add(ms(500), ask(1, 0));
    // Nobody is there to hear it, either.
    scenario.add(ms(990), ask(2, 0));
    let mut sim = Sim::new(&library, scenario).unwrap();
    sim.run_until(ms(1_000));
    sim
}

#[test]
fn every_request_has_its_times_and_its_end() {
    let requests = Request::all(&asked());
    let seen: Vec<_> = requests.iter().map(|request| (request.begun, request.ended, request.outcome)).collect();
    assert_eq!(
        seen,
        [
            (ms(100), Some(ms(160)), Outcome::Done),
            (ms(300), Some(ms(360)), Outcome::Done),
            (ms(500), Some(ms(700)), Outcome::Unknown),
            (ms(990), None, Outcome::Open),
        ]
    );
    assert_eq!(measure::latencies(&requests), [Span::millis(60), Span::millis(60)]);
    let served = Served::of(&requests);
    assert_eq!(served, Served { done: 2, refused: 0, unknown: 1, open: 1 });
    assert_eq!((served.ended(), served.availability()), (3, Some(666_666)));
    assert_eq!(Served::default().availability(), None, "nobody has asked");
}

#[test]
fn what_has_not_happened_yet_is_not_counted_though_the_trace_knows_it() {
    let library = Library::standard();
    let mut timeline = faultline::sim::Timeline::new(&library, asked().scenario().clone()).unwrap();
    timeline.seek(ms(1_000));
    timeline.seek(ms(330));
    let requests = Request::all(timeline.sim());
    assert_eq!(requests.iter().map(|request| request.outcome).collect::<Vec<_>>(), [Outcome::Done, Outcome::Open]);
}

#[test]
fn availability_over_time_counts_requests_where_they_end() {
    let requests = Request::all(&asked());
    let (length, stretches) = measure::availability(&requests, ms(1_000), 10);
    assert_eq!((length, stretches.len()), (Span::millis(100), 10));
    let ended: Vec<u32> = stretches.iter().map(Served::ended).collect();
    assert_eq!(ended, [0, 1, 0, 1, 0, 0, 0, 1, 0, 0]);
    assert_eq!((stretches[1].availability(), stretches[7].availability()), (Some(1_000_000), Some(0)));
    for (most, length) in [(9, 200), (4, 500), (2, 500), (1, 1_000), (1_000, 1)] {
        let (span, stretches) = measure::availability(&requests, ms(1_000), most);
        assert_eq!((span, stretches.len()), (Span::millis(length), (1_000 / length) as usize), "at most {most}");
    }
    assert_eq!(measure::availability(&[], Time::ZERO, 10).1.len(), 1);
}

#[test]
fn load_is_what_came_and_left_and_messages_are_counted_once() {
    let sim = asked();
    // Two operations: a request, two answers of the second node. And what the first sent: an answer to
    // the client, two phases to both others, those to the third repeated until the operation was done.
    let loads = measure::load(&sim);
    assert_eq!((loads[0].received, loads[1].received, loads[2]), (6, 4, Load::default()));
    assert_eq!(loads[1].sent, 4);
    let tally = measure::tallies(&sim, 1).pop().unwrap();
    let sent: u32 = loads.iter().map(|load| load.sent).sum::<u32>() + 4;
    assert_eq!((tally.sent, tally.delivered), (sent, 6 + 4 + 2), "four requests, two answers");
    assert_eq!(tally.sent, tally.delivered + tally.lost + sim.flights().count() as u32);
}

#[test]
fn tallies_are_the_same_however_time_goes_and_never_too_many() {
    let library = Library::standard();
    let mut timeline = faultline::sim::Timeline::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
    timeline.seek(ms(5_000));
    let straight = measure::tallies(timeline.sim(), 10_000).last().copied();
    timeline.seek(ms(1_000));
    let early: Tally = measure::tallies(timeline.sim(), 10_000).pop().unwrap();
    assert!(early.time <= timeline.playhead() && early.sent < straight.unwrap().sent);
    timeline.seek(ms(5_000));
    assert_eq!(measure::tallies(timeline.sim(), 10_000).pop(), straight);
    let few = measure::tallies(timeline.sim(), 10);
    assert!(few.len() <= 10);
    assert_eq!(few.last().copied(), straight);
}

#[test]
fn a_quantile_is_one_of_the_lengths_by_the_nearest_rank() {
    let lengths: Vec<Span> = (1..=10).map(Span::millis).collect();
    for (parts, is) in [(0, 1), (100_000, 1), (100_001, 2), (500_000, 5), (900_000, 9), (990_000, 10), (1_000_000, 10)] {
        assert_eq!(quantile(&lengths, parts), Some(Span::millis(is)), "{parts}");
    }
    assert_eq!(quantile(&[], 500_000), None);
}
