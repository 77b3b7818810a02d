//! The same scenario gives the same trace on every machine: these very tests run natively, unoptimised
//! and optimised, and in WebAssembly under Node. A changed hash means that every link ever shared would
//! show another run; change one only together with the version of the link format.

mod support;

use faultline::Sim;
use faultline::models::Library;
use faultline::scenario::{Fate, Input, Scenario};
use faultline::sim::{Chance, NodeId, Span, Time, Timeline, stable_hash};
use support::{Dice, LENGTH};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn ping_pong(seed: u64) -> Scenario {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), seed);
    scenario.network.loss = Chance::percent(20);
    scenario
}

fn run(scenario: Scenario, until: Time) -> Sim {
    let mut sim = Sim::new(&Library::standard(), scenario).unwrap();
    sim.run_until(until);
    sim
}

#[test]
fn ping_pong_with_loss() {
    let sim = run(ping_pong(7), Time::ZERO + Span::secs(10));
    assert_eq!((sim.rows(), sim.hash().to_string().as_str()), (274, "36d6b075e9f56210"));
}

#[test]
fn ping_pong_with_every_fault() {
    let [a, b] = [NodeId(0), NodeId(1)];
    let mut scenario = ping_pong(8);
    scenario.network.duplicate = Chance::percent(10);
    for (ms, input) in [
        (500, Input::Cut { from: a, to: b }),
        (900, Input::Heal { from: a, to: b }),
        (1_200, Input::Pause(b)),
        (1_700, Input::Resume(b)),
        (2_000, Input::Crash(a)),
        (2_400, Input::Restart(a)),
        (2_500, Input::ClockRate { node: a, parts_per_billion: 300_000_000 }),
        (2_600, Input::Message { from: a, to: b, nth: 30, fate: Fate::Duplicate }),
        (3_000, Input::Partition(vec![vec![a], vec![b]])),
        (3_500, Input::HealAll),
        (3_600, Input::Set { key: "pause".into(), value: 1_000_000 }),
    ] {
        scenario.add(Time::ZERO + Span::millis(ms), input);
    }
    let sim = run(scenario, Time::ZERO + Span::secs(10));
    assert_eq!((sim.rows(), sim.hash().to_string().as_str()), (386, "7812adeb8f7467ef"));
}

/// How many random scenarios are run of each model.
const EACH: u64 = 80;

/// For each model how many rows its random scenarios have together, and the hash of their hashes.
const FROZEN: &[(&str, u32, u64)] = &[
    ("ping-pong", 0x3ebb, 0x68e1_5514_de7e_03eb),
    ("primary-backup", 0x7f3a, 0x5192_fd9a_9351_5182),
    ("queue-server", 0x6d05, 0xa509_f370_a32e_d1cc),
    ("gossip", 0x655a, 0x94d4_71e2_eb0b_01db),
    ("raft", 0xcf26, 0x94de_f787_aa76_ec40),
    ("register", 0x1_35d9, 0xe620_57f1_9973_6b85),
    ("quorums", 0x6277, 0xaff8_db2f_d1de_fc95),
    ("replicated-log", 0x9e2c, 0x29d2_bae5_b228_cc1b),
    ("cluster", 0x1_44f4, 0xec2d_2f7c_bf6e_6764),
    ("account", 0x54d3, 0x6b61_8db2_452b_937b),
    ("two-generals", 0x5df, 0x6e55_4b16_39f8_8642),
    ("two-phase-commit", 0x7a6f, 0xec78_4022_fc44_4dde),
    ("lock-service", 0x5d4f, 0xffcc_d438_d585_0b3e),
    ("service-chain", 0xa8f1, 0xf6cb_00fd_5f0f_6086),
    ("contention", 0x3823, 0x1db7_2309_8087_615e),
];

/// Random scenarios of every model, each also taken back to a random event and let go on.
#[test]
fn random_scenarios_of_every_model() {
    let library = Library::standard();
    let until = Time::ZERO + LENGTH;
    let mut found = Vec::new();
    for about in library.models().iter().map(|model| model.about()) {
        let (mut rows, mut total) = (0, 0);
        for number in 0..EACH {
            let scenario = support::scenario(about, number);
            let straight = run(scenario.clone(), until);
            rows += straight.rows();
            total = stable_hash(&(total, straight.hash()));

            let mut timeline = Timeline::new(&library, scenario).unwrap();
            timeline.seek(until);
            timeline.to_step(Dice::new(number).below(straight.steps() + 1));
            timeline.seek(until);
            assert_eq!((timeline.sim().rows(), timeline.sim().hash()), (straight.rows(), straight.hash()), "{} {number}", about.id);
        }
        found.push((about.id, rows, total));
    }
    assert!(found == FROZEN, "{found:#x?}");
}
