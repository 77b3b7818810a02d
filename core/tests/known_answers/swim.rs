//! How long a crashed member of SWIM stays unnoticed (Das, Gupta and Motivala 2002, section 3.1).
//!
//! In one period each of the n - 1 living members pings one of its n - 1 others, so nobody pings the
//! dead one with probability `(1 - 1/(n - 1))^(n - 1)`, and the number of periods until somebody does
//! is geometric: on average `1 / (1 - (1 - 1/(n - 1))^(n - 1))`, which is e/(e - 1) in a large group.
//!
//! The formula counts whole periods, the one of the detection included. It does not mind whether the
//! members' periods begin together: from the crash on, each of them pings once in every stretch of
//! one period. Real time does mind. With periods of their own the pings come evenly spread, and the
//! time to the first one at the dead member, the integral of "nobody yet", is
//! `(n - 1)/n (1 - (1 - 1/(n - 1))^n)` for each whole period of the formula: in a large group exactly
//! one period, not 1.58. All three are measured.

#![allow(clippy::disallowed_methods, reason = "powers are for the known values, not for a run")]

use crate::measure::{Measured, check as hold, more};
use crate::protocols::Prober;
use faultline::models::Library;
use faultline::protocol::Protocol;
use faultline::scenario::Input;
use faultline::sim::{EventKind, Latency, NodeId, Span, Time};
use faultline::{Scenario, Sim};

/// In the middle of a period that begins together: every ping of it has been answered.
const CRASH: Time = Time(1_500_000_000);
/// Once in a trillion runs it takes longer.
const GIVE_UP: Time = Time(30_000_000_000);

/// When a crash was first noticed.
fn noticed(seed: u64, members: u16, together: bool, latency: &Latency) -> Time {
    let victim = NodeId((seed % u64::from(members)) as u16);
    let mut scenario = Scenario::new(Prober::ABOUT, seed);
    scenario.nodes = members;
    scenario.network.latency = latency.clone();
    scenario.settings.insert("together".into(), together.into());
    scenario.add(CRASH, Input::Crash(victim));
    let mut sim = Sim::new(&Library::standard().with::<Prober>(), scenario).unwrap();
    loop {
        assert!(sim.step_until(GIVE_UP), "nobody ever noticed");
        let last = sim.rows() - 1;
        let row = sim.trace().row(last).unwrap();
        if row.kind == EventKind::Timer && row.detail == Prober::NO_ANSWER {
            assert_eq!(sim.trace().notes(last), [format!("{victim} is dead")]);
            return row.time;
        }
    }
}

fn nobody_pings(members: u16) -> f64 {
    let others = f64::from(members) - 1.0;
    (1.0 - 1.0 / others).powf(others)
}

fn check_periods(what: &str, members: u16, periods: &[f64]) {
    let none = nobody_pings(members);
    hold(&Measured::mean(periods), &format!("SWIM, {members} members, {what}: periods"), 1.0 / (1.0 - none), 0.0);
    for (limit, name) in [(1.0, "in the first"), (2.0, "in the first two"), (3.0, "in the first three")] {
        let hits = periods.iter().filter(|&&count| count <= limit).count();
        let known = 1.0 - none.powf(limit);
        hold(&Measured::share(hits, periods.len()), &format!("SWIM, {members} members, {what}: {name}"), known, 0.0);
    }
}

const GROUPS: [(u16, u64); 3] = [(8, 3_000), (32, 1_000), (128, 250)];

#[test]
fn swim_notices_a_crash_after_the_known_number_of_periods() {
    let latency = Latency::Uniform { min: Span::millis(5), max: Span::millis(40) };
    let period = |time: Time| (time.0 / Prober::PERIOD.0) as f64;
    for (members, runs) in GROUPS {
        let periods: Vec<f64> = (0..more(runs)).map(|seed| period(noticed(seed, members, true, &latency)) - period(CRASH)).collect();
        check_periods("together", members, &periods);
    }
}

#[test]
fn swim_with_periods_of_their_own_needs_as_many_and_less_time() {
    // Every ping takes as long, so that those at the dead member too are one period apart.
    let travel = Span::millis(20);
    for (members, runs) in GROUPS {
        let elapsed: Vec<f64> = (0..more(runs))
            .map(|seed| {
                let arrived = noticed(seed, members, false, &Latency::Constant(travel)) - Prober::PATIENCE + travel;
                arrived.since(CRASH).0 as f64 / Prober::PERIOD.0 as f64
            })
            .collect();
        let periods: Vec<f64> = elapsed.iter().map(|time| time.ceil()).collect();
        check_periods("apart", members, &periods);
        let (n, none) = (f64::from(members), nobody_pings(members));
        let known = (n - 1.0) / n * (1.0 - none * (1.0 - 1.0 / (n - 1.0))) / (1.0 - none);
        hold(&Measured::mean(&elapsed), &format!("SWIM, {members} members, apart: time in periods"), known, 0.0);
    }
}
