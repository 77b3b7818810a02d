//! A world that is built by hand: how many nodes and clients, from which seed, with which model. What
//! somebody has set stays when something else changes. No types of the browser, so that all of this is
//! tested natively.

use crate::text;
use faultline::Scenario;
use faultline::models::Library;
use faultline::protocol::About;
use faultline::scenario::Route;
use faultline::scenario::{Fault, Input, Pace, Timed, Workload};
use faultline::sim::{Chance, Latency, LinkRule, NodeId, Sim, Span, Time};
use std::collections::BTreeMap;

/// A change of the world. Each begins another run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// So many nodes; any number, so that the model can say how many it takes.
    Nodes(i64),
    Clients(i64),
    Seed(i64),
    /// How long a client waits for an answer.
    Patience(Span),
    /// How clients ask by themselves.
    Load(Load),
    /// How long it takes from one request of a client to its next.
    Gap(Span),
}

/// How clients ask by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    None,
    /// The next after the answer to the last.
    Closed,
    /// The next whatever became of the last.
    Open,
}

impl Load {
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Closed, Self::Open];

    /// How the clients of a scenario ask, and how long it takes from one request to the next.
    pub(crate) fn of(scenario: &Scenario) -> (Self, Span) {
        match scenario.workload.as_ref().map(|workload| &workload.pace) {
            None => (Self::None, GAP),
            Some(Pace::Closed(gap)) => (Self::Closed, typical(gap)),
            Some(Pace::Open(gap)) => (Self::Open, typical(gap)),
        }
    }
}

/// How long it takes from one request to the next if nothing is said.
pub(crate) const GAP: Span = Span::millis(200);

/// One number for a shape.
fn typical(latency: &Latency) -> Span {
    match latency {
        Latency::Constant(span) | Latency::Uniform { max: span, .. } => *span,
        Latency::Exponential { min, mean } => *min + *mean,
        _ => GAP,
    }
}

/// A model as it is when it is opened. The first is shown on a network that loses some.
pub(crate) fn opening(library: &Library, about: &About, seed: u64) -> Scenario {
    let mut scenario = Scenario::new(about, seed);
    if library.models().first().is_some_and(|first| first.about().id == about.id) {
        scenario.network.loss = Chance::percent(20);
    }
    scenario
}

/// The same world with one thing changed. Another seed leaves everything that was done in its place;
/// where nodes or clients change, the run begins with the settings, the network and the links as they
/// are now, and nothing else has been done to it.
///
/// # Errors
/// If there is no such number: names the fault. Whether the model takes it is for whoever runs it.
pub(crate) fn changed(sim: &Sim, playhead: Time, change: Change) -> Result<Scenario, Fault> {
    let mut scenario = match change {
        Change::Seed(_) => sim.scenario().clone(),
        _ => from_now(sim, playhead),
    };
    // Where others are there, nobody knows on which side of a line they stand.
    if matches!(change, Change::Nodes(_) | Change::Clients(_)) {
        scenario.inputs.retain(|timed| !matches!(timed.input, Input::Partition(_) | Input::Heal { .. }));
    }
    let count =
        |value: i64, place: &str| u16::try_from(value).map_err(|_| Fault { place: place.into(), why: text::not_so_many(u16::MAX, value) });
    match change {
        Change::Nodes(nodes) => {
            scenario.nodes = count(nodes, "nodes")?;
            // Clients have the numbers after the nodes, and who is gone has no links.
            scenario
                .inputs
                .retain(|timed| ends(&timed.input).is_none_or(|(from, to)| from.max(to).0 < scenario.nodes.min(sim.scenario().nodes)));
        }
        Change::Clients(clients) => {
            scenario.clients = count(clients, "clients")?;
            let all = u32::from(scenario.nodes) + u32::from(scenario.clients);
            scenario.inputs.retain(|timed| ends(&timed.input).is_none_or(|(from, to)| u32::from(from.max(to).0) < all));
        }
        Change::Seed(seed) => {
            scenario.seed = u64::try_from(seed).map_err(|_| Fault { place: "seed".into(), why: text::NO_SEED.into() })?;
        }
        Change::Patience(patience) => scenario.patience = patience,
        Change::Load(load) => {
            let gap = Latency::Constant(Load::of(sim.scenario()).1);
            let pace = match load {
                Load::None => None,
                Load::Closed => Some(Pace::Closed(gap)),
                Load::Open => Some(Pace::Open(gap)),
            };
            let old = scenario.workload.take();
            scenario.workload = pace.map(|pace| match old {
                Some(old) => Workload { pace, ..old },
                None => Workload { pace, route: Route::Rotate, keys: 1, limit: u32::MAX },
            });
        }
        Change::Gap(gap) => {
            if let Some(workload) = &mut scenario.workload {
                let (Pace::Closed(old) | Pace::Open(old)) = &mut workload.pace;
                *old = Latency::Constant(gap);
            }
        }
    }
    Ok(scenario)
}

/// Another model in the same world: what somebody has set stays where the other model can have it.
pub(crate) fn with_model(library: &Library, sim: &Sim, playhead: Time, about: &About) -> Scenario {
    let (old, was) = (from_now(sim, playhead), sim.about());
    let usual = opening(library, was, old.seed);
    let mut scenario = opening(library, about, old.seed);
    if old.nodes != usual.nodes && (about.nodes.min..=about.nodes.max).contains(&old.nodes) {
        scenario.nodes = old.nodes;
    }
    if old.clients != usual.clients {
        scenario.clients = old.clients;
    }
    if old.network != usual.network {
        scenario.network = old.network;
    }
    scenario.disk = old.disk;
    scenario.patience = old.patience;
    if !about.ops.is_empty() {
        scenario.workload = old.workload.filter(|workload| !matches!(workload.route, Route::To(node) if node.0 >= scenario.nodes));
    }
    scenario
}

/// The run as it could begin now: with the settings, the network and the links of this moment.
pub(crate) fn from_now(sim: &Sim, playhead: Time) -> Scenario {
    let mut scenario = sim.scenario().clone();
    scenario.network = sim.network().clone();
    let mut rules: BTreeMap<(NodeId, NodeId), LinkRule> = BTreeMap::new();
    // What was cut and healed, in this order.
    let mut cuts: Vec<Input> = Vec::new();
    for timed in std::mem::take(&mut scenario.inputs).into_iter().filter(|timed| timed.at <= playhead) {
        match timed.input {
            Input::Set { key, value } => {
                scenario.settings.insert(key, value);
            }
            Input::Link { from, to, rule } => {
                rules.insert((from, to), rule);
            }
            cut @ (Input::Cut { .. } | Input::Partition(_)) if !cuts.contains(&cut) => cuts.push(cut),
            Input::Heal { from, to } => {
                cuts.retain(|cut| *cut != Input::Cut { from, to });
                if cuts.iter().any(|cut| matches!(cut, Input::Partition(_))) {
                    cuts.push(Input::Heal { from, to });
                }
            }
            Input::HealAll => cuts.clear(),
            _ => {}
        }
    }
    let rules = rules.into_iter().filter(|(_, rule)| *rule != LinkRule::default()).map(|((from, to), rule)| Input::Link { from, to, rule });
    scenario.inputs = rules.chain(cuts).map(|input| Timed { at: Time::ZERO, input }).collect();
    scenario
}

/// Between whom something was done.
fn ends(input: &Input) -> Option<(NodeId, NodeId)> {
    match input {
        Input::Cut { from, to } | Input::Heal { from, to } | Input::Link { from, to, .. } => Some((*from, *to)),
        _ => None,
    }
}

/// What is different about one direction of a link at a moment.
pub(crate) fn rule(sim: &Sim, playhead: Time, from: NodeId, to: NodeId) -> LinkRule {
    let mut before = sim.scenario().inputs.iter().rev().filter(|timed| timed.at <= playhead);
    let found = before.find_map(|timed| match &timed.input {
        Input::Link { from: a, to: b, rule } if (*a, *b) == (from, to) => Some(rule.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Every direction of a link that is not as the others are.
pub(crate) fn special(sim: &Sim, playhead: Time) -> Vec<(NodeId, NodeId, LinkRule)> {
    let mut ways: Vec<_> = sim
        .scenario()
        .inputs
        .iter()
        .filter(|timed| timed.at <= playhead)
        .filter_map(|timed| match timed.input {
            Input::Link { from, to, .. } => Some((from, to)),
            _ => None,
        })
        .collect();
    ways.sort_unstable();
    ways.dedup();
    let ways = ways.into_iter().map(|(from, to)| (from, to, rule(sim, playhead, from, to)));
    ways.filter(|(.., rule)| *rule != LinkRule::default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;

    const NOW: Time = Time(300_000_000);

    fn session(model: &str) -> Session {
        let library = Library::standard();
        let mut session = Session::new(&library, opening(&library, library.find(model).unwrap().about(), 7)).unwrap();
        session.seek(Time(200_000_000));
        session
    }

    fn act(session: &mut Session, inputs: Vec<Input>) {
        session.edit(inputs).unwrap();
    }

    fn change(session: &Session, change: Change) -> Scenario {
        changed(session.sim(), session.playhead(), change).unwrap()
    }

    #[test]
    fn another_number_of_nodes_keeps_settings_network_and_links_and_nothing_else() {
        let mut session = session("primary-backup");
        let slow = LinkRule { latency: Some(Latency::Constant(Span::millis(500))), ..LinkRule::default() };
        let [a, b, c] = [0, 1, 2].map(NodeId);
        act(
            &mut session,
            vec![
                Input::Set { key: "heartbeat".into(), value: 150_000_000 },
                Input::Link { from: a, to: b, rule: slow.clone() },
                Input::Link { from: a, to: c, rule: slow },
                Input::Cut { from: b, to: a },
                Input::Cut { from: b, to: c },
                Input::Crash(NodeId(2)),
            ],
        );
        act(&mut session, vec![Input::Heal { from: b, to: c }]);
        let more = change(&session, Change::Nodes(5));
        assert_eq!((more.nodes, more.settings.get("heartbeat")), (5, Some(&150_000_000)));
        assert_eq!(more.inputs.len(), 3, "{:?}", more.inputs);
        assert!(more.inputs.iter().all(|timed| timed.at == Time::ZERO));
        let fewer = change(&session, Change::Nodes(2));
        assert_eq!(fewer.inputs.iter().filter_map(|timed| ends(&timed.input)).collect::<Vec<_>>(), [(a, b), (b, a)]);
        for scenario in [more, fewer] {
            assert!(Session::new(&Library::standard(), scenario).is_ok());
        }
        assert_eq!(changed(session.sim(), NOW, Change::Nodes(-1)).unwrap_err().place, "nodes");
    }

    #[test]
    fn another_seed_keeps_everything_that_was_done() {
        let mut session = session("raft");
        act(&mut session, vec![Input::Crash(NodeId(1))]);
        let other = change(&session, Change::Seed(8));
        assert_eq!(other, Scenario { seed: 8, ..session.sim().scenario().clone() });
        assert!(changed(session.sim(), NOW, Change::Seed(-8)).is_err());
    }

    #[test]
    fn clients_ask_by_themselves_when_they_are_told_to() {
        let session = session("raft");
        let asking = change(&session, Change::Load(Load::Closed));
        assert_eq!(Load::of(&asking), (Load::Closed, GAP));
        let mut run = Session::new(&Library::standard(), asking).unwrap();
        run.seek(Time(3_000_000_000));
        let asked = |run: &Session| run.last_rows().filter(|(_, row)| row.kind == faultline::sim::EventKind::Invoke).count();
        assert!(asked(&run) > 2);
        let slower = change(&run, Change::Gap(Span::secs(1)));
        assert_eq!(Load::of(&slower), (Load::Closed, Span::secs(1)));
        let none = change(&run, Change::Load(Load::None));
        assert_eq!(none.workload, None);
    }

    #[test]
    fn another_model_keeps_what_was_set_and_takes_the_rest_as_it_is() {
        let library = Library::standard();
        let mut session = session("ping-pong");
        let raft = library.find("raft").unwrap().about();
        assert_eq!(with_model(&library, session.sim(), session.playhead(), raft), opening(&library, raft, 7));
        let network = faultline::sim::Network { loss: Chance::percent(5), ..session.sim().network().clone() };
        act(&mut session, vec![Input::Network(network.clone())]);
        session.rebuild(change(&session, Change::Nodes(7))).unwrap();
        let there = with_model(&library, session.sim(), session.playhead(), raft);
        assert_eq!((there.nodes, &there.network, there.seed), (7, &network, 7));
        let two = library.find("two-generals").unwrap().about();
        assert_eq!(with_model(&library, session.sim(), session.playhead(), two).nodes, 2, "seven are too many for it");
        for model in library.models() {
            let there = with_model(&library, session.sim(), session.playhead(), model.about());
            assert!(there.check(&library).is_ok(), "{}", there.model);
        }
    }

    #[test]
    fn links_that_are_not_as_the_others_are_listed_until_they_are() {
        let mut session = session("raft");
        let [a, b] = [0, 1].map(NodeId);
        let lossy = LinkRule { loss: Some(Chance::percent(50)), ..LinkRule::default() };
        act(&mut session, vec![Input::Link { from: a, to: b, rule: lossy.clone() }]);
        assert_eq!(special(session.sim(), session.playhead()), [(a, b, lossy)]);
        act(&mut session, vec![Input::Link { from: a, to: b, rule: LinkRule::default() }]);
        assert_eq!(special(session.sim(), session.playhead()), []);
    }
}
