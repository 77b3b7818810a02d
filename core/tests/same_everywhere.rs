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
const EACH: u64 = 250;

/// For each model how many rows its random scenarios have together, and the hash of their hashes.
const FROZEN: &[(&str, u32, u64)] = &[
    ("ping-pong", 0xaec6, 0x9484_7f2d_5d80_2ef7),
    ("primary-backup", 0x1_8508, 0xb578_f5c3_0105_a48f),
    ("queue-server", 0x1_2ba1, 0x52d8_6abf_e866_2c74),
    ("gossip", 0x1_2ba2, 0xd3e8_917e_8897_02ee),
    ("raft", 0x2_55a6, 0x38e4_1801_58b9_77cc),
    ("register", 0x3_8819, 0x9e5a_17d3_db61_abac),
    ("quorums", 0x1_6d47, 0xbeb_9c87_786e_5c1e),
    ("replicated-log", 0x1_e73b, 0x5725_515d_eb99_831b),
    ("cluster", 0x3_449b, 0xbca3_92df_7db8_849a),
    ("account", 0x1_14a2, 0xae7e_ba60_9e58_9ff2),
    ("two-generals", 0x11a8, 0x4bc6_ee3f_250c_7274),
    ("two-phase-commit", 0x2_3812, 0x20cc_c7a3_9ffe_ba11),
    ("lock-service", 0x1_4a25, 0x42db_e445_a49f_5e8d),
    ("service-chain", 0x1_cc92, 0x3a51_b808_6321_d70a),
    ("contention", 0x9eb6, 0xbbab_1999_82c2_d96e),
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
