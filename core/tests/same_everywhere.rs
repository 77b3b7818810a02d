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
    ("ping-pong", 0x3eab, 0x8dbb_2d1b_5219_3f2a),
    ("primary-backup", 0x7f87, 0xa099_36a2_0b8f_212b),
    ("queue-server", 0x6c7e, 0x464b_f0b9_c81b_f4d6),
    ("gossip", 0x6557, 0x9881_05a2_a27f_aa5b),
    ("raft", 0xcf23, 0x2701_8336_0ef4_7351),
    ("register", 0x1_3571, 0x719c_e83c_3c46_e57f),
    ("quorums", 0x621b, 0xea85_85ea_0792_a26f),
    ("replicated-log", 0x9dea, 0x2cbc_31df_0bb9_23ca),
    ("cluster", 0x1_44ed, 0x5985_08fe_0bca_4eb4),
    ("account", 0x54c0, 0x31ee_6750_0fb7_f658),
    ("two-generals", 0x5df, 0x6320_faed_cb65_de34),
    ("two-phase-commit", 0x7a82, 0x0c9b_af9f_ae60_977c),
    ("lock-service", 0x5d5e, 0xfba8_3c11_5538_dd0c),
    ("service-chain", 0xa912, 0xbe46_e41b_6b81_fe3f),
    ("contention", 0x3730, 0x22e6_65ce_8dbb_7007),
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
    for &(id, rows, hash) in &found {
        let line = format!("(\"{id}\", {rows:#x}, {hash:#x})");
        match FROZEN.iter().find(|(other, ..)| *other == id) {
            None => panic!("{id} is new, so nothing holds its runs yet; add this line to FROZEN: {line},"),
            Some(row) => {
                assert!(*row == (id, rows, hash), "the runs of {id} are not what they were, and every link to one is broken: {line}")
            }
        }
    }
    assert_eq!(found.len(), FROZEN.len(), "a model is gone, and with it every link to its runs");
}
