//! What the diagram draws of a run.

use super::bars::part;
use super::*;
use crate::diagram::window::HEAD;
use crate::stage::touch;
use faultline::Scenario;
use faultline::models::Library;
use faultline::scenario as sim;
use faultline::sim::Chance;
use faultline::sim::Span;

fn session(model: &str, loss: u32, ms: u64) -> Session {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
    scenario.network.loss = Chance::percent(loss);
    let mut session = Session::new(&library, scenario).unwrap();
    session.seek(Time::ZERO + Span::millis(ms));
    session
}

fn window(session: &Session) -> Window {
    Window::new(800.0, 200.0, 0.05, session.playhead(), None)
}

fn list(session: &Session) -> List {
    List::of(session, window(session))
}

#[test]
fn a_message_is_a_line_from_its_sending_to_its_arrival() {
    let session = session("ping-pong", 0, 55);
    let list = list(&session);
    let flight = session.sim().trace().row(1).unwrap();
    let first = &list.arrows[0];
    assert_eq!((first.fate, first.label.as_str(), first.from), (Fate::Arrived, "ping 1", (0.0, list.lanes[0].y)));
    let arrived =
        session.sim().trace().rows().unwrap().find(|row| row.kind == EventKind::Deliver && row.subject == flight.subject).unwrap();
    // A twentieth of real time, 80 pixels a second.
    assert!((first.to.0 - arrived.time.0 as f64 / 1e9 * 1600.0).abs() < 1e-6);
    assert_eq!(first.to.1, list.lanes[1].y);
    assert_eq!(list.arrows[1].fate, Fate::Flying);
}

#[test]
fn a_message_that_a_hand_delays_is_on_its_way_until_then_and_lost_where_it_was() {
    let mut session = session("ping-pong", 0, 10);
    let (id, sent) = {
        let flight = session.sim().flights().next().unwrap();
        session.edit(vec![touch::decide(session.sim(), flight.message, sim::Fate::Delay(Span::secs(1))).unwrap()]).unwrap();
        (flight.message, flight.sent)
    };
    let due = session.sim().due(id).unwrap();
    assert_eq!(session.sim().flights().find(|flight| flight.message == id).unwrap().due, due);
    let half = sent + Span(due.since(sent).0 / 2);
    session.seek(half);
    let arrow = |session: &Session| list(session).arrows.into_iter().find(|arrow| arrow.message == id).unwrap();
    let flying = arrow(&session);
    assert_eq!((flying.fate, flying.to.0), (Fate::Flying, window(&session).x(due)));
    session.edit(touch::cut(session.sim(), NodeId(0), NodeId(1))).unwrap();
    let (lost, lanes) = (arrow(&session), list(&session).lanes);
    assert_eq!(lost.fate, Fate::Lost);
    assert!((lost.to.1 - (lanes[0].y + lanes[1].y) / 2.0).abs() < 0.1, "{lost:?}");
}

#[test]
fn a_loss_ends_on_the_way() {
    let session = session("ping-pong", 100, 100);
    let lost = list(&session).arrows[0].clone();
    assert_eq!(lost.fate, Fate::Lost);
    assert!(lost.from.1 < lost.to.1 && lost.to.1 < list(&session).lanes[1].y);
}

#[test]
fn the_playhead_stands_still_once_there_is_a_past_and_the_picture_passes_under_it() {
    let at = |ms: u64| Window::new(800.0, 200.0, 0.05, Time::ZERO + Span::millis(ms), None);
    assert_eq!((at(0).head(), at(0).shift()), (0.0, 0.0));
    assert!((at(100).head() - 160.0).abs() < 1e-6);
    for ms in [1_000, 10_000, 3_600_000] {
        assert!((at(ms).head() - 800.0 * HEAD).abs() < 1e-3, "{}", at(ms).head());
        assert!(at(ms).shift() <= 800.0, "what is in sight is drawn");
    }
}

#[test]
fn what_happened_last_is_marked_and_the_known_future_is_drawn() {
    let mut session = session("ping-pong", 0, 400);
    session.seek(Time(120_000_000));
    let list = list(&session);
    let here: Vec<_> = list.dots.iter().filter(|dot| dot.here).collect();
    assert_eq!(here.len(), 1);
    assert!(here[0].row < session.sim().rows());
    assert!(list.dots.iter().any(|dot| dot.row >= session.sim().rows()));
    assert!(list.arrows.iter().any(|arrow| arrow.here));
}

#[test]
fn what_a_client_is_told_to_ask_is_on_its_own_lane_and_what_changes_for_all_on_none() {
    let mut session = session("primary-backup", 0, 100);
    session.edit(vec![Input::Invoke { client: 0, node: NodeId(0), op: 0, argument: 0 }]).unwrap();
    session.edit(vec![Input::HealAll]).unwrap();
    let list = list(&session);
    let places = |kind| list.dots.iter().filter(|dot| dot.kind == kind).map(|dot| dot.y).collect::<Vec<_>>();
    assert_eq!(places(EventKind::Invoke), [Some(list.lanes[3].y)]);
    assert_eq!(places(EventKind::Input), [None]);
}

#[test]
fn a_crash_breaks_the_lane_until_the_restart() {
    let mut session = session("ping-pong", 0, 100);
    session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
    session.seek(Time(200_000_000));
    session.edit(vec![Input::Restart(NodeId(1))]).unwrap();
    session.seek(Time(300_000_000));
    let states: Vec<_> = list(&session).lanes[1].pieces.iter().map(|piece| piece.2).collect();
    assert_eq!(states, [NodeStatus::Up, NodeStatus::Down, NodeStatus::Up]);
    assert_eq!(list(&session).lanes[0].pieces.len(), 1);
}

#[test]
fn a_node_sees_only_that_its_own_messages_left_or_came() {
    let mut session = session("primary-backup", 20, 700);
    session.knower = Some(NodeId(1));
    let list = list(&session);
    assert!(list.dots.iter().all(|dot| dot.y == Some(list.lanes[1].y)));
    assert!(!list.dots.is_empty() && !list.arrows.is_empty());
    assert!(list.arrows.iter().all(|arrow| arrow.fate != Fate::Lost));
    assert!(list.arrows.iter().all(|arrow| arrow.from.1 == list.lanes[1].y || arrow.to.1 == list.lanes[1].y));
    assert!(list.lanes[0].pieces.is_empty() && !list.lanes[1].pieces.is_empty());
}

#[test]
fn what_a_client_asks_is_a_bar_on_its_lane_from_asking_to_answer() {
    let mut session = session("primary-backup", 0, 100);
    session.edit(vec![Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 }]).unwrap();
    session.seek(Time(120_000_000));
    let waits = list(&session).bars;
    assert_eq!((waits.len(), waits[0].outcome, waits[0].y), (1, Came::Waits, list(&session).lanes[3].y));
    session.seek(Time(600_000_000));
    let done = &list(&session).bars[0];
    assert_eq!(done.outcome, Came::Done);
    assert!(done.label.starts_with("write") && done.from < done.to && done.to < 3.0 * 800.0, "{done:?}");
    session.knower = Some(NodeId(0));
    assert!(list(&session).bars.is_empty());
}

#[test]
fn bars_that_last_at_the_same_time_share_their_room_and_those_after_them_have_all_of_it() {
    let mut bars = [(0.0, 30.0), (10.0, 60.0), (35.0, 50.0), (60.0, 90.0)].map(|(from, to)| Bar {
        from,
        to,
        y: 50.0,
        reach: (-6.0, 6.0),
        row: 0,
        outcome: Came::Done,
        label: String::new(),
        blamed: false,
    });
    part(bars.iter_mut().collect());
    let [first, second, third, alone] = bars.each_ref().map(|bar| bar.reach);
    assert_eq!(alone, (-6.0, 6.0));
    assert_eq!(first, third, "the third comes when the first is over");
    assert!(first.1 < second.0, "{first:?} {second:?}");
    assert_eq!((first.0, second.1), (-7.0, 7.0));
    let mut crowd: Vec<Bar> = (0..9).map(|_| Bar { to: 1e9, ..bars[0].clone() }).collect();
    part(crowd.iter_mut().collect());
    assert!(crowd.iter().all(|bar| bar.reach.1 - bar.reach.0 > 2.5 && bar.reach.1 <= 7.0));
}

#[test]
fn who_breaks_a_promise_is_marked_and_so_is_the_time_in_which_operations_contradict_one_another() {
    let mut session = session("primary-backup", 0, 100);
    session.edit(vec![Input::Set { key: "wait-for".into(), value: 1 }, Input::Set { key: "read-anywhere".into(), value: 1 }]).unwrap();
    session.edit(vec![Input::Cut { from: NodeId(0), to: NodeId(2) }]).unwrap();
    for (node, op) in [(0, 1), (2, 0)] {
        session.edit(vec![Input::Invoke { client: 0, node: NodeId(node), op, argument: 0 }]).unwrap();
        session.seek(session.playhead() + Span::millis(300));
    }
    session.choose_promise(2);
    let blamed = list(&session);
    assert_eq!((blamed.bars.iter().filter(|bar| bar.blamed).count(), blamed.because.len()), (2, 2));
    let (from, to) = blamed.doubt.unwrap();
    assert!(blamed.bars.iter().all(|bar| bar.from >= from && bar.to <= to));
    assert_eq!(blamed.lanes.iter().map(|lane| lane.accused).collect::<Vec<_>>(), [false, false, false, true]);
    session.seek(Time(150_000_000));
    session.judge();
    let before = list(&session);
    assert!(before.doubt.is_none() && before.because.is_empty() && before.lanes.iter().all(|lane| !lane.accused));
}

#[test]
fn a_hidden_lane_takes_no_room_and_no_messages_and_what_only_one_does_is_folded() {
    let mut session = session("primary-backup", 0, 700);
    let all = list(&session);
    session.hidden.insert(NodeId(1));
    let less = list(&session);
    assert!(less.lanes[1].hidden && less.lanes[2].y < all.lanes[2].y);
    assert!(!less.arrows.is_empty() && less.arrows.len() < all.arrows.len());
    assert!(less.arrows.iter().all(|arrow| arrow.ends.0 != NodeId(1) && arrow.ends.1 != NodeId(1)));

    let mut list = List { dots: all.dots[..1].to_vec(), ..List::default() };
    let dot = Dot { local: true, here: false, count: 1, ..list.dots[0] };
    list.dots = [0.0, 5.0, 10.0, 60.0].map(|x| Dot { x, end: x, ..dot }).to_vec();
    list.dots.push(Dot { x: 62.0, end: 62.0, local: false, ..dot });
    list.fold();
    let folded: Vec<_> = list.dots.iter().map(|dot| (dot.x, dot.end, dot.count)).collect();
    assert_eq!(folded, [(0.0, 10.0, 3), (60.0, 60.0, 1), (62.0, 62.0, 1)]);
}

#[test]
fn one_can_look_elsewhere_than_at_the_playhead_but_not_beyond_the_run() {
    let now = Time(9_000_000_000);
    let window = Window::new(800.0, 200.0, 0.05, now, None);
    let back = window.moved(-1600.0, now);
    assert_eq!(back, Time(8_000_000_000));
    assert_eq!(window.moved(50.0, now), now);
    let elsewhere = Window::new(800.0, 200.0, 0.05, now, Some(back));
    assert!((elsewhere.head() - (800.0 * HEAD + 1600.0)).abs() < 1e-6);
    assert!(elsewhere.seen().1 < now && window.seen().1 == now + Span(1));
    assert_eq!(elsewhere.moved(-1e9, now), Time((800.0 * HEAD / elsewhere.scale) as u64));
}

#[test]
fn a_busy_run_is_drawn_in_part_around_the_playhead() {
    let session = session("gossip", 0, 60_000);
    let window = Window::new(800.0, 200.0, 10.0, session.playhead(), None);
    let rows = stretch(session.sim(), &window);
    assert!(rows.len() <= MOST_ROWS as usize && rows.contains(&(session.sim().rows() - 1)));
}
