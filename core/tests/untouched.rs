//! Taking one fault out of a scenario changes nothing that the fault had no way to reach: every draw is
//! keyed by what it is for, not by how many draws came before it. This is what makes “without this
//! fault” a fair question.

mod support;

use faultline::Sim;
use faultline::models::Library;
use faultline::scenario::{Input, Place, Scenario};
use faultline::sim::{EventKind, Row, Time};

/// Whom a fault touches at once; nothing if it may touch anybody.
fn touched_by(input: &Input, endpoints: u16, nodes: u16) -> Option<Vec<u16>> {
    match (input, input.place()) {
        (Input::Invoke { client, node, .. }, _) => Some(vec![nodes + client, node.0]),
        (_, Place::Node(node)) => Some(vec![node.0]),
        (_, Place::Link { from, to }) => Some(vec![from.0, to.0]),
        (_, Place::Everywhere) => None,
    }
    .filter(|touched| touched.iter().all(|endpoint| *endpoint < endpoints))
}

/// Spreads contact along what happened in a run: whatever a touched endpoint sends touches its
/// receiver, when it arrives and when it does not. Says whether anything was new.
fn spread(sim: &Sim, since: &mut [Time]) -> bool {
    let mut news = false;
    for row in sim.trace().rows().unwrap() {
        let arrives = matches!(row.kind, EventKind::Deliver | EventKind::Lose | EventKind::Duplicate);
        let touched = arrives && sim.trace().row(row.cause).is_some_and(|sent| sent.time >= since[row.peer.index()]);
        if touched && row.time < since[row.node.index()] {
            since[row.node.index()] = row.time;
            news = true;
        }
    }
    news
}

/// For each endpoint the time from which the fault may have reached it. A message that was sent in
/// only one of the two runs is contact too, so contact spreads along both until nothing is new.
fn contact(runs: [&Sim; 2], fault: Time, touched: &[u16], endpoints: u16) -> Vec<Time> {
    let mut since = vec![Time::NEVER; usize::from(endpoints)];
    for endpoint in touched {
        since[usize::from(*endpoint)] = fault;
    }
    while runs.map(|run| spread(run, &mut since)).contains(&true) {}
    since
}

/// What happened at an endpoint before a moment, in words and in draws.
fn story(sim: &Sim, endpoint: u16, before: Time) -> Vec<String> {
    let rows = (0..sim.rows()).zip(sim.trace().rows().unwrap());
    let mine = |row: &Row| row.node.0 == endpoint && row.time < before && row.kind != EventKind::Input;
    rows.filter(|(_, row)| mine(row))
        .map(|(index, row)| {
            let drawn = match row.kind {
                EventKind::Send => sim.trace().message(row.subject).map(|meta| (meta.due, meta.nth)),
                _ => None,
            };
            format!("{} {} {drawn:?} {:?}", row.time, sim.describe_row(index), sim.trace().notes(index))
        })
        .collect()
}

fn run(library: &Library, scenario: Scenario) -> Sim {
    let mut sim = Sim::new(library, scenario).unwrap();
    sim.run_until(Time::ZERO + support::LENGTH);
    sim
}

#[test]
fn what_a_fault_cannot_reach_stays_the_same_without_it() {
    let library = Library::standard();
    let (mut compared, mut rows_after_the_fault) = (0, 0);
    for about in library.models().iter().map(|model| model.about()) {
        for number in 0..60 {
            let with = support::scenario(about, number);
            let endpoints = with.nodes + with.clients;
            let whole = run(&library, with.clone());
            for index in 0..with.inputs.len() {
                let fault = &with.inputs[index];
                let Some(touched) = touched_by(&fault.input, endpoints, with.nodes) else { continue };
                let mut without = with.clone();
                without.inputs.remove(index);
                let rest = run(&library, without);
                let since = contact([&whole, &rest], fault.at, &touched, endpoints);
                for (endpoint, &until) in (0..endpoints).zip(&since) {
                    let (story_with, story_without) = (story(&whole, endpoint, until), story(&rest, endpoint, until));
                    assert_eq!(story_with, story_without, "{} {number} without input {index}, endpoint {endpoint}: {fault:?}", about.id);
                    compared += 1;
                    rows_after_the_fault += whole
                        .trace()
                        .rows()
                        .unwrap()
                        .filter(|row| row.node.0 == endpoint && row.time > fault.at && row.time < until)
                        .count();
                }
            }
        }
    }
    // Or the test would say nothing.
    assert!(compared > 3_000 && rows_after_the_fault > 10_000, "{compared} endpoints, {rows_after_the_fault} rows");
}
