//! The few things that can be done to what was picked on the stage, in a small box beside it.

use super::client::{self, Ask};
use crate::desk::{OfDesk, OfRun};
use crate::dom;
use crate::session::Session;
use crate::stage::{Layout, Point, Target, on_its_way, touch, width_of};
use crate::text;
use crate::ui;
use faultline::scenario::{Fate, Input};
use faultline::sim::{Latency, NodeId, NodeStatus};
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, TargetCast, html};

/// How wide it can be, as the style sheet says; and its letters, compared with those on the stage.
const WIDEST: f64 = 250.0;
/// How high a line of it is, for a mouse and for a finger.
const LINES: [f64; 2] = [34.0, 44.0];
const LETTERS: f64 = 1.12;

/// What can be done: its name and what it does.
type Action = (String, Vec<Input>);

/// The box of what was picked; nothing if that is not there any more.
/// What a challenge refuses stays in it, grey.
pub(crate) fn menu(
    session: &Session,
    layout: &Layout,
    target: Target,
    ask: &Ask,
    refuses: &dyn Fn(&[Input]) -> Option<String>,
    send: &Callback<OfRun>,
) -> Html {
    let Some((place, reach, title, actions)) = content(session, layout, target, ask) else { return Html::default() };
    let line = LINES[usize::from(dom::matches("(pointer: coarse)"))];
    let height = ((actions.len().max(1) + 1) as f64 * line + 12.0).min(layout.height);
    let right = place.x > layout.width / 2.0;
    let words = actions.iter().map(|(name, _)| width_of(name)).fold(width_of(&title), f64::max);
    let width = (words * LETTERS + 48.0).min(WIDEST);
    let room = if right { place.x } else { layout.width - place.x } - reach - 18.0;
    let middle = place.x.clamp(WIDEST / 2.0, (layout.width - WIDEST / 2.0).max(WIDEST / 2.0));
    let (side, left, top) = match target {
        // Beside a node, towards the middle of the stage, so that it covers little, if it fits there; and never the node.
        Target::Node(_) if room < width && place.y + reach + height + 14.0 <= layout.height => ("under", middle, place.y + reach + 8.0),
        Target::Node(_) if room < width && place.y - reach - height - 14.0 >= 0.0 => ("under", middle, place.y - reach - height - 8.0),
        Target::Node(_) if right => ("before", place.x - reach - 12.0, place.y - height / 2.0),
        Target::Node(_) => ("after", place.x + reach + 12.0, place.y - height / 2.0),
        // Under a link, so that it does not cover the way.
        _ => ("under", middle, place.y + 26.0),
    };
    let top = top.clamp(6.0, (layout.height - height - 6.0).max(6.0));
    let asks = match target {
        Target::Node(client) if session.is_client(client) => client::ask(session, client, ask, send),
        Target::Message(message) => {
            let oninput =
                send.reform(|event: InputEvent| OfRun::Desk(OfDesk::Lag(event.target_unchecked_into::<HtmlInputElement>().value())));
            html! {
                <>
                <div class="ask"><div class="entry">
                    <button onclick={send.reform(move |_| OfRun::Delay(message))}>{ text::DELAY }</button>
                    <label>{ text::MILLISECONDS }<input type="number" min="1" value={ask.lag(session, message)} {oninput} /></label>
                </div></div>
                if let Some(refused) = ask.refused.clone() {
                    <p class="refused" role="alert">{ refused }</p>
                }
                </>
            }
        }
        _ => Html::default(),
    };
    let refused: Vec<Option<String>> = actions.iter().map(|(_, inputs)| refuses(inputs)).collect();
    let grey = refused.iter().any(Option::is_some);
    html! {
        <div id="menu" class={format!("menu {side}")} role="group" aria-label={title.clone()} style={format!("left:{left:.0}px;top:{top:.0}px;--room:{room:.0}px")}>
            <p>{ title }<button class="quiet" aria-label={text::CLOSE_MENU} onclick={send.reform(|_| OfRun::Desk(OfDesk::Dismiss))}>{ ui::icon(ui::CROSS) }</button></p>
            { asks }
            { for actions.into_iter().zip(refused).map(|((name, inputs), refused)| {
                let off = refused.is_some().then_some("true");
                html! { <button key={name.clone()} aria-disabled={off} title={refused} onclick={send.reform(move |_| OfRun::Act(inputs.clone()))}>{ name }</button> }
            }) }
            if grey {
                <p class="grey">{ text::NOT_PART }</p>
            }
        </div>
    }
}

fn content(session: &Session, layout: &Layout, target: Target, ask: &Ask) -> Option<(Point, f64, String, Vec<Action>)> {
    let sim = session.sim();
    match target {
        Target::Node(client) if session.is_client(client) => {
            Some((layout.place(client), layout.reach(client), text::asks(&sim.name(client)), Vec::new()))
        }
        Target::Node(node) => {
            let title = format!("{} · {}", sim.name(node), text::status(sim.status(node)));
            Some((layout.place(node), layout.reach(node), title, of_node(session, node, ask)))
        }
        Target::Link(a, b) => {
            let middle = layout.way(a, b).at(0.5);
            Some((middle, 0.0, text::link(&sim.name(a), &sim.name(b)), of_link(session, a, b)))
        }
        Target::Message(id) => {
            let flight = touch::flight(sim, id)?;
            let place = on_its_way(layout, &flight, session.playhead());
            let title = format!("{} → {}: {}", sim.name(flight.from), sim.name(flight.to), sim.describe_message(id));
            let fates = [Fate::Deliver, Fate::Duplicate, Fate::Drop];
            let action = |fate| Some((text::fate(fate), vec![touch::decide(sim, id, fate)?]));
            Some((place, 8.0, title, fates.into_iter().filter_map(action).collect()))
        }
    }
}

fn of_node(session: &Session, node: NodeId, ask: &Ask) -> Vec<Action> {
    let sim = session.sim();
    let one = |name: &str, input: Input| (name.to_owned(), vec![input]);
    let mut actions = match sim.status(node) {
        NodeStatus::Down => return vec![one(text::RESTART, Input::Restart(node))],
        NodeStatus::Up => vec![one(text::KILL, Input::Crash(node)), one(text::FREEZE, Input::Pause(node))],
        NodeStatus::Paused => vec![one(text::KILL, Input::Crash(node)), one(text::THAW, Input::Resume(node))],
    };
    actions.push(match sim.pace(node) {
        None => one(text::SLOW, Input::Work { node, time: Some(Latency::Constant(touch::SLOW)) }),
        Some(_) => one(text::FAST, Input::Work { node, time: None }),
    });
    actions.extend(cut_off(session, node));
    actions.push(one(text::CLOCK_AHEAD, Input::ClockStep { node, by: touch::CLOCK_STEP }));
    actions.extend(sim.timer_kinds(node).into_iter().map(|(timer, name)| (text::fire(name), vec![Input::Fire { node, timer }])));
    if sim.scenario().clients > 0 {
        let client = NodeId(sim.scenario().nodes);
        let ask = Ask { node, ..ask.clone() };
        let asked = session.about().ops.iter().enumerate();
        actions.extend(
            asked.filter_map(|(op, spec)| Some((text::ask(&sim.name(client), spec.name), vec![ask.input(session, client, op).ok()?]))),
        );
    }
    actions
}

/// The node is cut off from all others, but for a client: in one gesture, as a line around it would do.
fn cut_off(session: &Session, node: NodeId) -> Option<Action> {
    let sim = session.sim();
    let (nodes, clients) = (sim.scenario().nodes, sim.scenario().clients);
    let mut others = (0..nodes).map(NodeId).filter(|other| *other != node);
    if nodes < 3 || !others.any(|other| sim.connects(node, other) || sim.connects(other, node)) {
        return None;
    }
    let with = (clients > 0).then(|| NodeId(nodes + node.0 % clients));
    let name = text::cut_off(with.map(|client| sim.name(client)).as_deref());
    Some((name, vec![Input::Partition(vec![[node].into_iter().chain(with).collect()])]))
}

fn of_link(session: &Session, a: NodeId, b: NodeId) -> Vec<Action> {
    let sim = session.sim();
    let (there, back) = (sim.connects(a, b), sim.connects(b, a));
    let (a_name, b_name) = (sim.name(a), sim.name(b));
    let mut actions = Vec::new();
    if there || back {
        let name = if there && back { text::CUT_BOTH } else { text::CUT_REST };
        actions.push((name.to_owned(), touch::cut(sim, a, b)));
    }
    for (from, to, open, from_name, to_name) in [(a, b, there, &a_name, &b_name), (b, a, back, &b_name, &a_name)] {
        if there && back {
            actions.push((text::cut(from_name, to_name), vec![Input::Cut { from, to }]));
        } else if !open {
            actions.push((text::heal(from_name, to_name), touch::heal(sim, &[(from, to)])));
        }
    }
    for (from, to, from_name, to_name) in [(a, b, &a_name, &b_name), (b, a, &b_name, &a_name)] {
        actions.push((text::slow(from_name, to_name, touch::is_slow(sim, from, to)), vec![touch::toggle_slow(sim, from, to)]));
    }
    if !there && !back {
        actions.push((text::HEAL_BOTH.to_owned(), touch::heal(sim, &[(a, b), (b, a)])));
    }
    actions
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::sim::Time;

    fn session(model: &str) -> Session {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find(model).unwrap().about(), 7)).unwrap();
        session.seek(Time(10_000_000));
        session
    }

    fn names(actions: Vec<Action>) -> Vec<String> {
        actions.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_a_node_offers_can_be_done_and_changes_what_it_offers() {
        let mut session = session("primary-backup");
        let offers = |session: &Session| names(of_node(session, NodeId(0), &Ask::default()));
        let all = offers(&session);
        for name in [text::KILL, text::FREEZE, text::SLOW, "c1 asks: read", "c1 asks: write"] {
            assert!(all.iter().any(|other| other == name), "{name} in {all:?}");
        }
        assert!(all.iter().any(|name| name.starts_with("Fire")), "{all:?}");
        for (name, inputs) in of_node(&session, NodeId(0), &Ask::default()) {
            session.edit(inputs).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            session.undo();
        }
        session.edit(vec![Input::Crash(NodeId(0))]).unwrap();
        assert_eq!(offers(&session), [text::RESTART]);
    }

    #[test]
    fn a_link_can_be_cut_and_healed_in_each_direction() {
        let mut session = session("ping-pong");
        let (a, b) = (NodeId(0), NodeId(1));
        assert_eq!(names(of_link(&session, a, b)).len(), 5);
        let one = of_link(&session, a, b).swap_remove(1);
        session.edit(one.1).unwrap();
        assert!(!session.sim().connects(a, b) && session.sim().connects(b, a));
        let heal = of_link(&session, a, b).swap_remove(1);
        session.edit(heal.1).unwrap();
        assert!(session.sim().connects(a, b));
    }
}
