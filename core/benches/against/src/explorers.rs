//! Faultline's exploration of states and that of stateright, on the same systems: two-phase commit,
//! and Paxos with clients whose histories must be linearizable.
//!
//! | | Faultline | stateright 0.31.0 |
//! |---|---|---|
//! | order | breadth first | breadth first |
//! | a state that was seen is known by | 8 bytes | 8 bytes, and 8 of its predecessor |
//! | a fingerprint is | kept by the state, and changed with it | computed from the whole state |
//! | of two-phase commit, that is | all of the state, packed | a hash |
//! | a history of clients is judged | once | in every state that has it |
//! | threads | one | one, of as many as one likes |
//!
//! How it is measured: what a node does with a message, and what a step of two-phase commit leads to,
//! is the same code for both, and so are its states; stateright's own [`ActorModel`] carries the
//! messages of Paxos, and its own tester of linearizability judges. Both must visit equally many
//! different states and make equally many before any clock is started. In every round each runs once.
//!
//! `cargo run --release --locked --bin explorers`

#[path = "../../bar/mod.rs"]
mod bar;
mod clock;
#[path = "../../../tests/counts/paxos.rs"]
mod paxos;

use bar::{Better, bar};
use clock::{seconds, spread};
use faultline::evidence::counts::two_phase::{self, TwoPhase};
use faultline::search::{Answer, Explorer, System};
use paxos::{CLIENTS, Message, Node, Paxos, SERVERS};
use stateright::actor::{Actor, ActorModel, Envelope, Id, Network, Out};
use stateright::semantics::register::{Register, RegisterOp, RegisterRet};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester};
use stateright::{Checker, Expectation, Model, Property};
use std::borrow::Cow;

const ROUNDS: usize = 7;

/// How much faster than stateright Faultline means to be.
const BAR_TWO_PHASE: f64 = 2.0;
const BAR_PAXOS: f64 = 3.0;

/// Two-phase commit as stateright wants it.
struct TheirTwoPhase(TwoPhase);

impl Model for TheirTwoPhase {
    type State = two_phase::State;
    type Action = two_phase::Action;

    fn init_states(&self) -> Vec<Self::State> {
        vec![TwoPhase::start()]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        self.0.each_action(state, |action| actions.push(action));
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        Some(TwoPhase::after(state, action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("consistent", |model: &Self, state| model.0.is_consistent(state))]
    }
}

/// A server or a client, as stateright wants it.
struct Place;

impl Actor for Place {
    type Msg = Message;
    type Timer = ();
    type State = Node;
    type Storage = ();
    type Random = ();

    fn on_start(&self, id: Id, _: &Option<()>, out: &mut Out<Self>) -> Node {
        let mut sent = Vec::new();
        let node = paxos::start(number(id), &mut sent);
        send(sent, out);
        node
    }

    fn on_msg(&self, id: Id, node: &mut Cow<'_, Node>, from: Id, message: Message, out: &mut Out<Self>) {
        if paxos::heeds(node, message) {
            let mut sent = Vec::new();
            paxos::deliver(node.to_mut(), number(id), number(from), message, &mut sent);
            send(sent, out);
        }
    }
}

fn number(id: Id) -> u8 {
    usize::from(id) as u8
}

fn send(sent: paxos::Sent, out: &mut Out<Place>) {
    sent.into_iter().for_each(|(to, message)| out.send(Id::from(usize::from(to)), message));
}

type History = LinearizabilityTester<Id, Register<u8>>;

fn asked(_: &(), history: &History, envelope: Envelope<&Message>) -> Option<History> {
    let op = match *envelope.msg {
        Message::Put(_, value) => RegisterOp::Write(value),
        Message::Get(_) => RegisterOp::Read,
        _ => return None,
    };
    let mut history = history.clone();
    history.on_invoke(envelope.src, op).expect("clients ask one thing after the other");
    Some(history)
}

fn answered(_: &(), history: &History, envelope: Envelope<&Message>) -> Option<History> {
    let ret = match *envelope.msg {
        Message::PutOk(_) => RegisterRet::WriteOk,
        Message::GetOk(_, value) => RegisterRet::ReadOk(value),
        _ => return None,
    };
    let mut history = history.clone();
    history.on_return(envelope.dst, ret).expect("only what was asked is answered");
    Some(history)
}

fn their_paxos() -> ActorModel<Place, (), History> {
    ActorModel::new((), LinearizabilityTester::new(Register(0)))
        .actors((0..SERVERS + CLIENTS).map(|_| Place))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "linearizable", |_, state| state.history.serialized_history().is_some())
        .record_msg_in(answered)
        .record_msg_out(asked)
}

/// How many different states, and how many states were made.
type Counts = (u64, u64);

fn theirs<M: Model + Send + Sync + 'static>(model: M) -> Counts
where
    M::State: Clone + PartialEq + std::fmt::Debug + std::hash::Hash + Send + Sync,
    M::Action: Clone + PartialEq + std::fmt::Debug,
{
    let checker = model.checker().threads(1).spawn_bfs().join();
    checker.assert_properties();
    (checker.unique_state_count() as u64, checker.state_count() as u64)
}

fn ours(system: impl System) -> Counts {
    let mut explorer = Explorer::new(system, u32::MAX);
    assert_eq!(explorer.go_on(u64::MAX), Answer::Covered, "nothing is broken");
    (explorer.visited().unique, explorer.visited().total)
}

/// Measures all of it and prints a table.
fn main() {
    println!("Different states per second, in thousands: median (slowest to fastest) of {ROUNDS} rounds. One thread each.");
    println!("  {:<22}{:>10}{:>12}  {:<28}{:<28}faster by", "", "different", "made", "stateright", "Faultline");
    for (managers, different) in [(3, 288), (5, 8_832), (7, 296_448), (8, 1_745_408)] {
        let limit = (managers >= 7).then_some(BAR_TWO_PHASE);
        let model = || TwoPhase::new(managers);
        compare(&format!("2PC, {managers} managers"), different, limit, || theirs(TheirTwoPhase(model())), || ours(model()));
    }
    compare("Paxos, 3 and 2 clients", 16_668, Some(BAR_PAXOS), || theirs(their_paxos()), || ours(Paxos::new(false)));
}

fn compare(name: &str, different: u64, limit: Option<f64>, theirs: impl Fn() -> Counts, ours: impl Fn() -> Counts) {
    let counts = ours();
    assert_eq!(counts.0, different, "{name}: Faultline counts otherwise than stateright's authors");
    assert_eq!(theirs(), counts, "{name}: the two count differently");
    let rounds: Vec<[f64; 2]> = (0..ROUNDS).map(|_| [seconds(&theirs).0, seconds(&ours).0]).collect();
    let rate = |side: usize| {
        let [least, median, most] = spread(rounds.iter().map(|times| different as f64 / times[side] / 1000.0));
        format!("{median:.0} ({least:.0} to {most:.0})")
    };
    let [least, faster, most] = spread(rounds.iter().map(|times| times[0] / times[1]));
    let faster_by = format!("{faster:.1}x ({least:.1}x to {most:.1}x)");
    println!("  {name:<22}{different:>10}{:>12}  {:<28}{:<28}{faster_by}", counts.1, rate(0), rate(1));
    if let Some(limit) = limit {
        bar(&format!("{name}: states/s, faster than stateright"), Better::More, limit, limit / 2.0, faster, " x");
    }
}
