//! What a finger, a mouse or a pen does on the stage: what it points at, and which inputs of the run
//! its gesture stands for. A click picks, a line through links cuts them, a message can be dragged. No
//! types of the browser, so that all of this is tested natively.

use super::layout::{Layout, Point};
use super::scene::{self, on_its_way};
use super::way::turn;
use crate::sandbox;
use crate::session::Session;
use crate::text;
use faultline::lab::script::Spot;
use faultline::scenario::{Fate, Input};
use faultline::sim::{Flight, Latency, LinkRule, NodeId, Sim, Span, Time};

/// What can be picked on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A node or a client.
    Node(NodeId),
    /// A link, whatever its direction.
    Link(NodeId, NodeId),
    /// A message on its way: its number in the trace.
    Message(u32),
}

/// What a finger does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finger {
    Down(Point),
    Move(Point),
    Up(Point),
    /// What follows when a finger has come up: only now may something appear under it.
    Click,
    Gone,
}

/// What a gesture comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// Nothing but a new picture.
    Look,
    /// Time stops, because what moves was taken hold of.
    Hold,
    Pick(Target),
    /// A click beside everything.
    Away,
    Act(Vec<Input>),
}

/// What is drawn of a gesture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Hand {
    /// What lies under it, and what that says.
    Over(Target, String),
    Stroke(Point, Point),
    /// A message is held here, and this is what letting go would do.
    Held(Point, String),
}

/// The gesture that is being made.
#[derive(Debug, Default)]
pub(crate) struct Touch {
    press: Option<Press>,
    /// What was under a finger that did not move.
    clicked: Option<Deed>,
    over: Option<Target>,
}

#[derive(Debug)]
struct Press {
    from: Point,
    at: Point,
    on: Option<Target>,
    dragging: bool,
}

/// A finger that moves less than this has clicked.
const CLICK: f64 = 6.0;
/// How near a finger has to come to a message and to a link.
const NEAR_MESSAGE: f64 = 18.0;
const NEAR_LINK: f64 = 9.0;
/// How far from its link a message is dragged to be dropped, and how close to its end to be delivered.
const OFF: f64 = 44.0;
const ARRIVED: f64 = 24.0;
/// How slow a node becomes that is slowed.
pub(crate) const SLOW: Span = Span::millis(100);
/// How long messages travel on a link that is slowed.
const SLOW_LINK: Span = Span::millis(300);
/// By how much a clock is set forward at a time.
pub(crate) const CLOCK_STEP: i64 = 1_000_000_000;

impl Touch {
    /// A finger does something; what comes of it.
    pub(crate) fn finger(&mut self, finger: Finger, session: &Session, layout: &Layout) -> Deed {
        match finger {
            Finger::Down(at) => {
                let on = hit(session, layout, at);
                (self.over, self.clicked) = (None, None);
                self.press = Some(Press { from: at, at, on, dragging: false });
                if matches!(on, Some(Target::Message(_))) { Deed::Hold } else { Deed::Look }
            }
            Finger::Move(at) => {
                match &mut self.press {
                    Some(press) => {
                        press.at = at;
                        press.dragging |= press.from.distance(at) > CLICK;
                    }
                    None => self.over = hit(session, layout, at),
                }
                Deed::Look
            }
            Finger::Up(at) => match self.press.take() {
                None => Deed::Look,
                Some(Press { dragging: false, on, .. }) => {
                    self.clicked = Some(on.map_or(Deed::Away, Deed::Pick));
                    Deed::Look
                }
                Some(Press { on: Some(Target::Message(id)), .. }) => {
                    let fate = held(session.sim(), layout, id, at, session.playhead()).and_then(|(_, fate)| fate);
                    fate.and_then(|fate| decide(session.sim(), id, fate)).map_or(Deed::Look, |input| Deed::Act(vec![input]))
                }
                Some(Press { from, .. }) => {
                    let inputs = stroke(session.sim(), layout, from, at);
                    if inputs.is_empty() { Deed::Look } else { Deed::Act(inputs) }
                }
            },
            Finger::Click => self.clicked.take().unwrap_or(Deed::Look),
            Finger::Gone => {
                (self.press, self.over) = (None, None);
                Deed::Look
            }
        }
    }

    /// Whether a finger has taken hold of a message.
    pub(crate) fn holds(&self) -> bool {
        matches!(self.press, Some(Press { on: Some(Target::Message(_)), .. }))
    }

    /// Whether there is something under the finger that can be picked.
    pub(crate) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// What is to be drawn of the gesture.
    pub(crate) fn hand(&self, session: &Session, layout: &Layout) -> Option<Hand> {
        match &self.press {
            Some(Press { dragging: true, on: Some(Target::Message(id)), at, .. }) => {
                let (place, fate) = held(session.sim(), layout, *id, *at, session.playhead())?;
                Some(Hand::Held(place, fate.map_or_else(String::new, text::fate)))
            }
            Some(Press { dragging: true, from, at, .. }) => Some(Hand::Stroke(*from, *at)),
            _ => self.over.map(|target| match target {
                Target::Message(id) => Hand::Over(target, session.sim().describe_message(id)),
                _ => Hand::Over(target, String::new()),
            }),
        }
    }
}

/// What there is to pick at a point: messages lie above links.
fn hit(session: &Session, layout: &Layout, at: Point) -> Option<Target> {
    // In a crowd a message is no more than a grain.
    if layout.is_crowd() {
        return layout.at(at).map(Target::Node);
    }
    // A node knows of no message on its way, and of no link.
    if session.knower.is_some() {
        return None;
    }
    let sim = session.sim();
    let near = |distance: f64, limit: f64| (distance <= limit).then_some((distance * 16.0) as u32);
    let messages = within_reach(sim).map(|flight| (flight.message, on_its_way(layout, &flight, session.playhead())));
    if let Some((_, id)) = messages.filter_map(|(id, place)| Some((near(place.distance(at), NEAR_MESSAGE)?, id))).min() {
        return Some(Target::Message(id));
    }
    let link = scene::links(sim, layout).into_iter().filter_map(|link| Some((near(link.way.beside(at).1, NEAR_LINK)?, link.ends))).min();
    link.map(|(_, (a, b))| Target::Link(a, b))
}

/// The links at which a step of a lab waits for something to be done.
pub(crate) fn wanted(session: &Session) -> Vec<(NodeId, NodeId)> {
    // A node knows of no link.
    if session.knower.is_some() {
        return Vec::new();
    }
    let sim = session.sim();
    match &session.wanted {
        Some(Spot::Links(links)) => {
            let mut links: Vec<_> = links.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
            links.sort_unstable();
            links.dedup();
            links
        }
        Some(Spot::Message(from, to)) => vec![(*from, *to)],
        Some(Spot::Cuts) => {
            let cut = scene::links(sim, &Layout::default()).into_iter().filter(|link| !(link.there && link.back));
            cut.map(|link| link.ends).collect()
        }
        _ => Vec::new(),
    }
}

/// The messages on their way that a hand can take hold of. What happens to copies cannot be said, and
/// a gesture comes too late for what ends in this very moment.
pub(crate) fn within_reach(sim: &Sim) -> impl Iterator<Item = Flight> {
    let original = |id: u32| sim.trace().message(id).is_some_and(|meta| meta.copy == 0);
    sim.flights().filter(move |flight| flight.lost.unwrap_or(flight.due) > sim.now() && original(flight.message))
}

/// A message that a hand can take hold of, if it still can.
pub(crate) fn flight(sim: &Sim, id: u32) -> Option<Flight> {
    within_reach(sim).find(|flight| flight.message == id)
}

/// The input that decides what happens to a message.
pub(crate) fn decide(sim: &Sim, id: u32, fate: Fate) -> Option<Input> {
    let meta = sim.trace().message(id)?;
    Some(Input::Message { from: meta.from, to: meta.to, nth: meta.nth, fate })
}

/// Where a message is shown that is held at a point, and what letting go there would do to it.
fn held(sim: &Sim, layout: &Layout, id: u32, at: Point, now: Time) -> Option<(Point, Option<Fate>)> {
    let flight = flight(sim, id)?;
    let way = layout.way(flight.from, flight.to);
    let (share, off) = way.beside(at);
    if off > OFF {
        return Some((at, Some(Fate::Drop)));
    }
    if way.to.distance(at) <= ARRIVED || share >= 1.0 {
        return Some((way.to, Some(Fate::Deliver)));
    }
    let passed = now.since(flight.sent).0 as f64;
    let here = scene::share(flight.sent, flight.due, now);
    // Further back on the same way at the same moment means: slower, and so later.
    let due = flight.sent + Span((passed / share.max(0.02)) as u64);
    let fate = (share < here - 0.01 && due > flight.due).then(|| Fate::Delay(due.since(flight.due)));
    Some((way.at(if fate.is_some() { share } else { here }), fate))
}

/// What a line drawn across the stage cuts: every link that it crosses, and if that leaves two parts
/// of a whole network, the network.
fn stroke(sim: &Sim, layout: &Layout, from: Point, to: Point) -> Vec<Input> {
    let scenario = sim.scenario();
    let everybody: Vec<NodeId> = (0..scenario.nodes + scenario.clients).map(NodeId).collect();
    let left = |point: Point| turn(from, to, point) > 0.0;
    let (one, other): (Vec<NodeId>, Vec<NodeId>) = everybody.iter().partition(|&&endpoint| left(layout.place(endpoint)));
    let crosses = |a: NodeId, b: NodeId| layout.way(a, b).crosses(from, to);
    // What nobody sees is not cut unawares.
    let seen: Vec<_> = scene::links(sim, layout).into_iter().map(|link| link.ends).collect();
    let is_seen = |&(a, b): &(NodeId, NodeId)| seen.contains(&(a, b)) || seen.contains(&(b, a));
    let crowd = !scene::is_linked(sim);
    let pairs = || one.iter().flat_map(|a| other.iter().map(move |b| (*a, *b)));
    // Clients do not talk to each other.
    let linked = |&(a, b): &(NodeId, NodeId)| a.min(b).0 < scenario.nodes;
    let whole = is_whole(sim);
    if whole && !one.is_empty() && !other.is_empty() && (crowd || pairs().filter(linked).all(|(a, b)| crosses(a, b))) {
        // The side that does not hold the first node is the one that is named.
        let side = if one.contains(&NodeId(0)) { other } else { one };
        return vec![Input::Partition(vec![side])];
    }
    if crowd {
        return Vec::new();
    }
    pairs().filter(linked).filter(is_seen).filter(|(a, b)| crosses(*a, *b)).flat_map(|(a, b)| cut(sim, a, b)).collect()
}

/// The cuts that close a link in both directions, as far as it is open.
pub(crate) fn cut(sim: &Sim, a: NodeId, b: NodeId) -> Vec<Input> {
    [(a, b), (b, a)].into_iter().filter(|(from, to)| sim.connects(*from, *to)).map(|(from, to)| Input::Cut { from, to }).collect()
}

/// Whether one direction of a link has a latency of its own now.
pub(crate) fn is_slow(sim: &Sim, a: NodeId, b: NodeId) -> bool {
    sandbox::rule(sim, sim.now(), a, b).latency.is_some()
}

/// Makes one direction of a link slow, or as fast as the others. What else is different about it stays.
pub(crate) fn toggle_slow(sim: &Sim, from: NodeId, to: NodeId) -> Input {
    let rule = sandbox::rule(sim, sim.now(), from, to);
    let latency = if rule.latency.is_some() { None } else { Some(Latency::Constant(SLOW_LINK)) };
    Input::Link { from, to, rule: LinkRule { latency, ..rule } }
}

/// Every direction between two that talk to each other.
fn directions(sim: &Sim) -> impl Iterator<Item = (NodeId, NodeId)> {
    let (nodes, all) = (sim.scenario().nodes, sim.scenario().nodes + sim.scenario().clients);
    (0..all).flat_map(move |a| (0..all).map(move |b| (NodeId(a), NodeId(b)))).filter(move |(a, b)| a != b && a.min(b).0 < nodes)
}

/// Whether everybody can reach everybody.
pub(crate) fn is_whole(sim: &Sim) -> bool {
    // Most runs have no cut at all, and there are many pairs.
    !sim.scenario().inputs.iter().any(|timed| timed.at <= sim.now() && matches!(timed.input, Input::Cut { .. } | Input::Partition(_)))
        || directions(sim).all(|(from, to)| sim.connects(from, to))
}

/// How many directions are closed.
pub(crate) fn closed(sim: &Sim) -> usize {
    if is_whole(sim) { 0 } else { directions(sim).filter(|(from, to)| !sim.connects(*from, *to)).count() }
}

/// The inputs that open a link in these directions again. A partition cannot be opened for one link
/// alone: it becomes the cuts that it consists of, without those.
pub(crate) fn heal(sim: &Sim, open: &[(NodeId, NodeId)]) -> Vec<Input> {
    let inputs = sim.scenario().inputs.iter().take_while(|timed| timed.at <= sim.now()).map(|timed| &timed.input);
    let partitioned = inputs.fold(false, |before, input| match input {
        Input::Partition(_) => true,
        Input::HealAll => false,
        _ => before,
    });
    if !partitioned {
        return open.iter().map(|&(from, to)| Input::Heal { from, to }).collect();
    }
    let rest = directions(sim).filter(|(from, to)| !sim.connects(*from, *to) && !open.contains(&(*from, *to)));
    [Input::HealAll].into_iter().chain(rest.map(|(from, to)| Input::Cut { from, to })).collect()
}

#[cfg(test)]
mod tests {
    use super::scene::{Scene, Who};
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;

    fn session(model: &str, nodes: u16) -> (Session, Layout) {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        scenario.nodes = nodes;
        let layout = Layout::new(nodes, scenario.clients, 800.0, 400.0);
        (Session::new(&library, scenario).unwrap(), layout)
    }

    fn scene(session: &Session, layout: &Layout) -> Scene {
        Scene::of(session.sim(), layout, session.playhead(), Span::ZERO, Who::default())
    }

    fn drag(session: &Session, layout: &Layout, from: Point, to: Point) -> Deed {
        let mut touch = Touch::default();
        touch.finger(Finger::Down(from), session, layout);
        touch.finger(Finger::Move(to), session, layout);
        match touch.finger(Finger::Up(to), session, layout) {
            Deed::Look => touch.finger(Finger::Click, session, layout),
            deed => deed,
        }
    }

    #[test]
    fn a_click_picks_what_is_under_it_messages_before_links_and_beside_everything_nothing() {
        let (mut session, layout) = session("ping-pong", 2);
        session.seek(Time(20_000_000));
        let seen = scene(&session, &layout);
        let click = |at| drag(&session, &layout, at, at);
        assert_eq!(click(seen.messages[0].at), Deed::Pick(Target::Message(seen.messages[0].id)));
        assert_eq!(click(seen.links[0].way.at(0.9)), Deed::Pick(Target::Link(NodeId(0), NodeId(1))));
        assert_eq!(click(Point { x: 3.0, y: 3.0 }), Deed::Away);
        let mut touch = Touch::default();
        assert_eq!(touch.finger(Finger::Down(seen.messages[0].at), &session, &layout), Deed::Hold);
    }

    #[test]
    fn what_arrives_in_this_very_moment_is_out_of_reach() {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("raft").unwrap().about(), 7);
        scenario.network.latency = Latency::Constant(Span::millis(20));
        let mut session = Session::new(&library, scenario).unwrap();
        let (mut of_now, mut in_reach) = (0, 0);
        for _ in 0..200 {
            session.step();
            let sim = session.sim();
            of_now += sim.flights().filter(|flight| flight.due == sim.now()).count();
            assert!(within_reach(sim).all(|flight| flight.due > sim.now()));
            in_reach += within_reach(sim).count();
        }
        assert!(of_now > 0 && in_reach > 0, "messages arrive together, one by one: {of_now}, {in_reach}");
    }

    #[test]
    fn a_line_through_the_stage_partitions_what_it_separates() {
        let (session, layout) = session("gossip", 5);
        let (top, left) = (layout.place(NodeId(0)), layout.place(NodeId(4)));
        let level = (top.y + left.y) / 2.0;
        let deed = drag(&session, &layout, Point { x: 10.0, y: level }, Point { x: 790.0, y: level });
        let Deed::Act(inputs) = deed else { panic!("{deed:?}") };
        let [Input::Partition(groups)] = inputs.as_slice() else { panic!("{inputs:?}") };
        let side = &groups[0];
        assert!(!side.contains(&NodeId(0)));
        assert!((1..5).map(NodeId).all(|node| side.contains(&node)));
    }

    #[test]
    fn a_short_line_cuts_the_links_that_it_crosses_in_both_directions() {
        let (session, layout) = session("gossip", 5);
        let (a, b) = (layout.place(NodeId(2)), layout.place(NodeId(3)));
        let middle = a.towards(b, 0.5);
        let deed = drag(&session, &layout, Point { y: middle.y - 15.0, ..middle }, Point { y: middle.y + 15.0, ..middle });
        let cut = |from, to| Input::Cut { from: NodeId(from), to: NodeId(to) };
        let Deed::Act(inputs) = deed else { panic!("{deed:?}") };
        assert!(inputs.len() == 2 && inputs.contains(&cut(2, 3)) && inputs.contains(&cut(3, 2)), "{inputs:?}");
        assert_eq!(drag(&session, &layout, Point { x: 1.0, y: 1.0 }, Point { x: 30.0, y: 1.0 }), Deed::Look);
    }

    #[test]
    fn one_link_of_a_partition_can_be_opened_alone() {
        let (mut session, _) = session("gossip", 4);
        session.seek(Time(1_000_000));
        session.edit(vec![Input::Partition(vec![vec![NodeId(2), NodeId(3)]])]).unwrap();
        assert_eq!(closed(session.sim()), 12);
        let inputs = heal(session.sim(), &[(NodeId(0), NodeId(2))]);
        session.edit(inputs).unwrap();
        assert!(session.sim().connects(NodeId(0), NodeId(2)) && !session.sim().connects(NodeId(2), NodeId(0)));
        assert_eq!(closed(session.sim()), 11);
        session.edit(heal(session.sim(), &[(NodeId(2), NodeId(0))])).unwrap();
        assert_eq!(closed(session.sim()), 10);
    }

    #[test]
    fn a_message_that_is_dragged_back_comes_later_and_stays_where_it_was_put() {
        let (mut session, layout) = session("ping-pong", 2);
        session.seek(Time(30_000_000));
        let seen = scene(&session, &layout);
        let (link, id) = (seen.links[0], seen.messages[0].id);
        let goal = link.way.at(0.25);
        let Deed::Act(inputs) = drag(&session, &layout, seen.messages[0].at, goal) else { panic!("it is delayed") };
        assert!(matches!(inputs[0], Input::Message { fate: Fate::Delay(_), .. }));
        session.edit(inputs).unwrap();
        let after = scene(&session, &layout);
        assert_eq!(after.messages[0].id, id);
        assert!(after.messages[0].at.distance(goal) < 1.0, "{:?} {goal:?}", after.messages[0].at);

        let fate = |to: Point| match drag(&session, &layout, after.messages[0].at, to) {
            Deed::Act(inputs) => match inputs[0] {
                Input::Message { fate, .. } => Some(fate),
                _ => None,
            },
            _ => None,
        };
        assert_eq!(fate(link.way.to), Some(Fate::Deliver));
        assert_eq!(fate(Point { x: 400.0, y: 390.0 }), Some(Fate::Drop));
        assert_eq!(fate(link.way.at(0.6)), None, "it cannot come earlier than at once");
    }
}
