//! From a moment of a run to a list of things to draw. Nothing is on the stage that is not in the
//! run: a message's place follows from when it left and when it arrives.

use super::labels::{Label, Labels};
use super::layout::{Layout, Point};
use super::touch::Hand;
use super::traffic::Traffic;
use super::way::Way;
use faultline::sim::{EventKind, Flight, MessageMeta, NodeId, NodeStatus, Sim, Span, Time};
use faultline::view::{Tone, Widget};
use std::rc::Rc;

/// Everything that moves or changes colour, in the order in which it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    pub(crate) links: Vec<Link>,
    pub(crate) timers: Vec<Arc>,
    pub(crate) messages: Vec<Message>,
    /// The messages of a dense stage, by tone.
    pub(crate) grains: [Vec<[f32; 2]>; 7],
    pub(crate) losses: Vec<Loss>,
    /// Everybody, where they are too many to be elements of the page.
    pub(crate) crowd: Crowd,
    /// The gesture that is being made.
    pub(crate) hand: Option<Hand>,
}

/// How everybody in a crowd looks. Made anew only when something has happened, and shared until then.
pub(crate) type Crowd = Rc<[Person]>;

/// Somebody in a crowd.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) at: Point,
    pub(crate) tone: Tone,
    pub(crate) status: NodeStatus,
}

/// Where everybody in a run stands.
pub(crate) fn layout(sim: &Sim, width: f64, height: f64) -> Layout {
    let (nodes, clients) = (sim.scenario().nodes, sim.scenario().clients);
    let calls = |node: &NodeId| is_linked(sim) && sim.view(*node).widgets.iter().any(|widget| matches!(widget, Widget::Calls { .. }));
    Layout::new(nodes, clients, width, height).with_boxes((0..nodes).map(NodeId).filter(calls)).with_words()
}

/// Everybody, if they are a crowd.
pub(crate) fn crowd(sim: &Sim, layout: &Layout) -> Crowd {
    let count = if layout.is_crowd() { sim.scenario().nodes } else { 0 };
    let person = |node: NodeId| Person {
        at: layout.place(node),
        tone: sim.view(node).role.map_or(Tone::Plain, |(_, tone)| tone),
        status: sim.status(node),
    };
    (0..count).map(|node| person(NodeId(node))).collect()
}

/// Whose part in the run is shown in particular.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Who {
    /// Only what this node knows.
    pub(crate) knows: Option<NodeId>,
    pub(crate) chosen: Option<NodeId>,
}

/// A link between two nodes, or a client and a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) ends: (NodeId, NodeId),
    pub(crate) way: Way,
    /// Whether each direction is open.
    pub(crate) there: bool,
    pub(crate) back: bool,
}

/// How much of a timer is left, around its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arc {
    pub(crate) at: Point,
    pub(crate) radius: f64,
    /// From 1, just set, to 0.
    pub(crate) left: f64,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    /// Its number in the trace.
    pub(crate) id: u32,
    pub(crate) at: Point,
    pub(crate) tone: Tone,
    pub(crate) copy: bool,
    /// What it says, where there is room for it.
    pub(crate) label: Option<Label>,
}

/// Where a message was lost a moment ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Loss {
    pub(crate) at: Point,
    /// From 1, just now, to 0.
    pub(crate) fresh: f64,
}

/// With more messages than this on their way nobody reads what they say.
const MOST_LABELS: usize = 24;
/// With more nodes than this a line for every pair would be a grey disc.
const MOST_LINKED_NODES: u16 = 12;

/// Whether there are so few nodes that every link can be seen, and so be cut by itself.
pub(crate) fn is_linked(sim: &Sim) -> bool {
    sim.scenario().nodes <= MOST_LINKED_NODES
}
/// With more messages than this each is a grain.
pub(super) const DENSE: usize = 150;
/// Every tone, in the order in which what is alike is drawn.
pub(super) const TONES: [Tone; 7] = [Tone::Plain, Tone::Ask, Tone::Answer, Tone::Data, Tone::Lead, Tone::Maybe, Tone::Refuse];
/// How many rows back a loss is looked for.
const LOSS_ROWS: u32 = 200;

impl Scene {
    /// The stage at a moment. `linger` is how long, in virtual time, a loss stays to be seen. What a
    /// node knows of all this is its own timer. Whatever the density, the messages of somebody chosen
    /// can be told from each other.
    pub(crate) fn of(sim: &Sim, layout: &Layout, now: Time, linger: Span, who: Who) -> Self {
        Self::following(sim, layout, now, linger, who, &mut Traffic::default())
    }

    /// The same, with what was kept from the last frame, if the run has only gone on since.
    pub(crate) fn following(sim: &Sim, layout: &Layout, now: Time, linger: Span, who: Who, traffic: &mut Traffic) -> Self {
        let mut scene = Self::default();
        if let Some(knower) = who.knows {
            // Clients have no timers that could be drawn.
            if knower.0 < sim.scenario().nodes {
                scene.draw_timer(sim, layout, now, knower);
            }
            return scene;
        }
        scene.links = links(sim, layout);
        // The timers of a crowd would be a blur.
        for node in (0..sim.scenario().nodes).map(NodeId).filter(|_| !layout.is_crowd()) {
            scene.draw_timer(sim, layout, now, node);
        }
        scene.draw_messages(sim, layout, now, who.chosen, traffic);
        scene.draw_losses(sim, layout, now, linger);
        scene
    }

    fn draw_timer(&mut self, sim: &Sim, layout: &Layout, now: Time, node: NodeId) {
        // The one that runs out next is the one to watch.
        let Some((_, set, due)) = sim.timers(node).min_by_key(|(_, _, due)| *due) else { return };
        let whole = due.since(set).0.max(1) as f64;
        let left = (due.since(now).0 as f64 / whole).clamp(0.0, 1.0);
        self.timers.push(Arc { at: layout.place(node), radius: layout.radius + 5.0, left });
    }

    fn draw_messages(&mut self, sim: &Sim, layout: &Layout, now: Time, chosen: Option<NodeId>, traffic: &mut Traffic) {
        let most = if traffic.is_followed() { 0 } else { DENSE + 1 };
        let mut flights: Vec<Flight> = sim.flights().take(most).collect();
        if flights.len() == most {
            self.grains = traffic.places(sim, layout, now);
            if self.grains.iter().map(Vec::len).sum::<usize>() <= DENSE {
                *traffic = Traffic::default();
            }
            if let Some(chosen) = chosen {
                for flight in sim.flights().filter(|flight| chosen == flight.from || chosen == flight.to) {
                    let Some(meta) = sim.trace().message(flight.message) else { continue };
                    let at = on_its_way(layout, &flight, now);
                    self.messages.push(Message { id: flight.message, at, tone: tone(sim, meta), copy: meta.copy > 0, label: None });
                }
            }
            return;
        }
        // The heap is in no order that means anything.
        flights.sort_unstable_by_key(|flight| flight.message);
        let mut labels = (flights.len() <= MOST_LABELS).then(|| Labels::new(layout));
        for flight in flights {
            let Some(meta) = sim.trace().message(flight.message) else { continue };
            let way = layout.way(flight.from, flight.to);
            let share = share(flight.sent, flight.due, now);
            let label = labels.as_mut().and_then(|labels| labels.place(&way, share, sim.describe_message(flight.message), kind(sim, meta)));
            self.messages.push(Message { id: flight.message, at: way.at(share), tone: tone(sim, meta), copy: meta.copy > 0, label });
        }
    }

    fn draw_losses(&mut self, sim: &Sim, layout: &Layout, now: Time, linger: Span) {
        let end = sim.rows();
        for index in (end.saturating_sub(LOSS_ROWS)..end).rev() {
            let Some(row) = sim.trace().row(index) else { continue };
            let age = now.since(row.time);
            if age >= linger {
                break;
            }
            if row.kind != EventKind::Lose {
                continue;
            }
            let (Some(sent), Some(due)) = (sim.trace().row(row.cause), sim.due(row.subject)) else { continue };
            let place = share(sent.time, due, row.time);
            let fresh = 1.0 - age.0 as f64 / linger.0.max(1) as f64;
            self.losses.push(Loss { at: layout.along(row.peer, row.node, place), fresh });
        }
    }
}

/// The links that can be seen: between nodes, where those are few; of a client, where one is closed, or where
/// so little is on its way that what is on it has words.
pub(super) fn links(sim: &Sim, layout: &Layout) -> Vec<Link> {
    let (nodes, clients) = (sim.scenario().nodes, sim.scenario().clients);
    let mut links = Vec::new();
    let mut see = |a, b| links.push(Link { ends: (a, b), way: layout.way(a, b), there: sim.connects(a, b), back: sim.connects(b, a) });
    for a in 0..if is_linked(sim) { nodes } else { 0 } {
        for b in a + 1..nodes + clients {
            let (a, b) = (NodeId(a), NodeId(b));
            if b.0 < nodes || !sim.connects(a, b) || !sim.connects(b, a) {
                see(a, b);
            }
        }
    }
    let flights = || sim.flights().take(MOST_LABELS + 1);
    if clients > 0 && flights().count() <= MOST_LABELS {
        let of_a_client = |flight: &Flight| flight.from.max(flight.to).0 >= nodes && sim.connects(flight.to, flight.from);
        flights().filter(of_a_client).for_each(|flight| see(flight.from, flight.to));
    }
    links
}

/// What a message is called in one word or two.
fn kind(sim: &Sim, message: &MessageMeta) -> &'static str {
    let between_nodes = message.from.max(message.to).0 < sim.scenario().nodes;
    let kind = between_nodes.then(|| sim.about().kinds.get(usize::from(message.kind))).flatten();
    kind.map_or("", |kind| kind.name)
}

/// What a message means. Between a client and a node it is a question one way and an answer the other.
pub(crate) fn tone(sim: &Sim, message: &MessageMeta) -> Tone {
    let nodes = sim.scenario().nodes;
    if message.from.0 >= nodes {
        return Tone::Ask;
    }
    if message.to.0 >= nodes {
        return Tone::Answer;
    }
    sim.about().kinds.get(usize::from(message.kind)).map_or(Tone::Plain, |kind| kind.tone)
}

/// Where a message is on its way.
pub(crate) fn on_its_way(layout: &Layout, flight: &Flight, now: Time) -> Point {
    layout.along(flight.from, flight.to, share(flight.sent, flight.due, now))
}

/// How far along its way a message is.
pub(super) fn share(sent: Time, due: Time, now: Time) -> f64 {
    (now.since(sent).0 as f64 / due.since(sent).0.max(1) as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;

    fn at(ms: u64, inputs: &[(u64, Input)]) -> (Sim, Scene) {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        for (ms, input) in inputs {
            scenario.add(Time::ZERO + Span::millis(*ms), input.clone());
        }
        let mut sim = Sim::new(&library, scenario).unwrap();
        let now = Time::ZERO + Span::millis(ms);
        sim.run_until(now);
        let scene = Scene::of(&sim, &Layout::new(2, 0, 800.0, 400.0), now, Span::millis(50), Who::default());
        (sim, scene)
    }

    #[test]
    fn a_message_is_where_its_times_say() {
        let (sim, scene) = at(20, &[]);
        let flight = sim.flights().next().unwrap();
        let [message] = scene.messages.as_slice() else { panic!("one message is on its way") };
        let share = 20.0 / flight.due.since(flight.sent).as_millis();
        let link = scene.links[0];
        assert!((message.at.x - link.way.at(share).x).abs() < 1e-6);
        assert_eq!(message.label.as_ref().map(|label| label.words.as_str()), Some("ping 1"));
        assert_eq!(message.tone, Tone::Ask);
    }

    #[test]
    fn a_cut_is_seen_as_a_cut_in_its_direction_and_kills_what_is_on_its_way() {
        let (_, scene) = at(20, &[(10, Input::Cut { from: NodeId(0), to: NodeId(1) })]);
        assert!(!scene.links[0].there && scene.links[0].back);
        assert!(scene.messages.is_empty());
        assert_eq!(scene.losses.len(), 1);
        assert!(scene.losses[0].fresh > 0.7 && scene.losses[0].fresh < 0.9);
    }

    #[test]
    fn what_a_client_asks_travels_from_the_client_to_the_node_and_the_answer_back() {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("primary-backup").unwrap().about(), 7);
        scenario.add(Time(1_000_000), Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 });
        let (nodes, clients) = (scenario.nodes, scenario.clients);
        let layout = Layout::new(nodes, clients, 800.0, 400.0);
        let mut sim = Sim::new(&library, scenario).unwrap();
        let mut at = |ms: u64, from: NodeId, to: NodeId| {
            sim.run_until(Time::ZERO + Span::millis(ms));
            let scene = Scene::of(&sim, &layout, Time::ZERO + Span::millis(ms), Span::millis(50), Who::default());
            let way = layout.way(from, to);
            let on_the_way = |message: &&Message| way.beside(message.at).1 < 0.5;
            scene.messages.iter().find(on_the_way).map(|message| message.tone)
        };
        let client = NodeId(nodes);
        assert_eq!(at(20, client, NodeId(0)), Some(Tone::Ask));
        assert_eq!(at(75, NodeId(0), client), Some(Tone::Answer));
    }

    #[test]
    fn a_node_sees_no_links_no_messages_and_no_losses_only_its_own_timer() {
        let (sim, all) = at(20, &[(10, Input::Cut { from: NodeId(0), to: NodeId(1) })]);
        let layout = Layout::new(2, 0, 800.0, 400.0);
        let of = |node| Scene::of(&sim, &layout, Time(20_000_000), Span::millis(50), Who { knows: Some(NodeId(node)), chosen: None });
        assert!(!all.links.is_empty() && !all.losses.is_empty());
        assert_eq!(of(0), Scene { timers: all.timers.clone(), ..Scene::default() });
        assert_eq!(of(1), Scene::default());
        assert_eq!(of(2), Scene::default(), "nor does a client");
    }

    #[test]
    fn the_arc_of_a_timer_shrinks_with_virtual_time() {
        let (_, early) = at(10, &[]);
        let (_, late) = at(40, &[]);
        assert!((early.timers[0].left - 0.96).abs() < 1e-6);
        assert!((late.timers[0].left - 0.84).abs() < 1e-6);
    }
}
