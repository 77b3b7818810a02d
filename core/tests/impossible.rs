//! Nothing is both consistent and available, by looking everywhere: a register between whose two sides
//! nothing passes, one write on one side, and after its answer one read on the other. Whatever happens
//! when, not both are answered and agree with one register. Lab L10 says so, with these bounds.

use faultline::judge::history::Outcome;
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{self, Promise};
use faultline::models::Library;
use faultline::scenario::Scenario;
use faultline::search::{Answer, Bounds, Broken, Course, Explorer, Goal, Moment, Sought, System, World};
use faultline::sim::{NodeId, Time};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const READ: u8 = 0;
const WRITE: u8 = 1;

/// A model of which some nodes cannot reach the others, and in which only this is asked.
struct Divided {
    world: World,
    /// The nodes of one side, a bit for each; all or none if nothing is cut.
    side: u16,
    writer: NodeId,
    reader: NodeId,
}

impl Divided {
    fn crosses(&self, from: NodeId, to: NodeId) -> bool {
        (self.side >> from.0 ^ self.side >> to.0) & 1 == 1
    }

    /// What came of the requests so far.
    fn outcomes(&self, state: &Moment) -> Vec<Option<Outcome>> {
        self.world.history(state).ops.iter().map(|op| op.ret.map(|_| op.outcome)).collect()
    }
}

impl System for Divided {
    type State = Moment;
    type Action = Course;

    fn starts(&mut self, out: &mut Vec<Moment>) {
        self.world.starts(out);
    }

    fn steps(&mut self, state: &Moment, out: &mut Vec<(Course, Moment)>) {
        let outcomes = self.outcomes(state);
        let written = outcomes.first() == Some(&Some(Outcome::Ok));
        // After the last answer, or a refusal, nothing that happens can change what clients saw.
        if outcomes.len() == 2 && outcomes[1].is_some() || outcomes.contains(&Some(Outcome::Fail)) {
            return;
        }
        self.world.steps(state, out);
        out.retain(|(course, _)| match *course {
            Course::Deliver(flight) => !self.crosses(flight.from, flight.to),
            Course::Ask(0, node, op) => outcomes.is_empty() && node == self.writer && op == WRITE,
            // A read that begins before the write has ended may rightly see either value.
            Course::Ask(_, node, op) => written && node == self.reader && op == READ,
            Course::Fire(..) | Course::Crash(_) | Course::Restart(_) => true,
        });
    }

    fn fingerprint(&self, state: &Moment) -> u64 {
        self.world.fingerprint(state)
    }

    fn broken(&mut self, state: &Moment) -> Option<Broken> {
        if self.outcomes(state) != [Some(Outcome::Ok); 2] {
            return None;
        }
        let history = self.world.history(state);
        let judgement = judge::judge(&history, Object::Register, Promise::Linearizable, &Value::Int(0), 10_000).unwrap();
        let both = judgement.kept.expect("two requests are soon judged");
        both.then(|| Broken { property: "never-both", why: history.to_edn() })
    }
}

/// The states of a register with these settings.
fn explore(nodes: u16, side: u16, (writer, reader): (u16, u16), settings: &[(&str, i64)], bounds: Bounds) -> Explorer<Divided> {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("register").unwrap().about(), 1);
    scenario.nodes = nodes;
    scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
    let goal = Goal::new(Sought::Clients(Promise::Linearizable), Time::ZERO);
    let world = World::new(&library, &scenario, &goal, bounds).unwrap();
    Explorer::new(Divided { world, side, writer: NodeId(writer), reader: NodeId(reader) }, bounds.depth)
}

/// So many timers and crashes, and so many steps that it is never they that end an exploration.
fn bounds(timers: u16, crashes: u16) -> Bounds {
    Bounds { depth: 1_000, states: 1_000_000, timers, crashes, asks: 2 }
}

/// Every setting that changes what nodes do.
const SETTINGS: [[(&str, i64); 2]; 4] =
    [[("mode", 0), ("write-back", 1)], [("mode", 0), ("write-back", 0)], [("mode", 1), ("versions", 1)], [("mode", 1), ("versions", 0)]];

/// Every way to cut the nodes in two, every node to write at and every one on the other side to read
/// at: how many states there are in all.
fn every_cut(nodes: u16, bounds: Bounds) -> u64 {
    let mut states = 0;
    for side in 1..(1 << nodes) - 1u16 {
        let inside = |node: &u16| side >> node & 1 == 1;
        for writer in (0..nodes).filter(inside) {
            for reader in (0..nodes).filter(|node| !inside(node)) {
                for settings in &SETTINGS {
                    let mut explorer = explore(nodes, side, (writer, reader), settings, bounds);
                    let answer = explorer.go_on(bounds.states);
                    assert_eq!((answer, explorer.complete()), (Answer::Covered, true), "side {side:b}, n{writer} n{reader}, {settings:?}");
                    states += explorer.visited().unique;
                }
            }
        }
    }
    states
}

#[test]
fn two_nodes_across_a_cut() {
    assert_eq!(every_cut(2, bounds(10, 2)), 1_628);
}

#[test]
fn three_nodes_across_a_cut() {
    assert_eq!(every_cut(3, bounds(4, 0)), 20_112);
}

#[test]
fn three_nodes_across_a_cut_and_one_of_them_crashes() {
    assert_eq!(every_cut(3, bounds(2, 1)), 17_760);
}

/// Never to find it would say nothing if it could not be found.
#[test]
fn without_a_cut_both_are_had() {
    for settings in &SETTINGS {
        for nodes in 2..=3 {
            let answer = explore(nodes, 0, (0, 1), settings, bounds(0, 0)).go_on(1_000_000);
            assert!(matches!(answer, Answer::Broken(..)), "{nodes} nodes, {settings:?}: {answer:?}");
        }
    }
}
