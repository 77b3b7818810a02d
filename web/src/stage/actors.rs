//! The nodes and clients on the stage: real buttons, for a finger, a key and a screen reader.

use super::layout::{Layout, Side};
use super::touch::Target;
use crate::desk::OfRun;
use crate::diagram::causal_past;
use crate::promise::accused;
use crate::request::{Outcome, Request};
use crate::session::Session;
use crate::text;
use crate::ui;
use faultline::lab::script::Spot;
use faultline::sim::{NodeId, NodeStatus};
use faultline::view::{Call, Tone, Widget};
use std::collections::BTreeSet;
use yew::{Callback, Html, MouseEvent, html};

/// Everybody in the run.
pub(crate) fn actors(session: &Session, layout: &Layout, menu: Option<Target>, send: &Callback<OfRun>) -> Html {
    let scenario = session.sim().scenario();
    // Who had a part in what is pointed at.
    let lit: BTreeSet<NodeId> = session.pointed.map_or_else(BTreeSet::new, |row| {
        let rows = causal_past(session.sim(), row).into_iter();
        rows.filter_map(|row| session.sim().trace().row(row)).map(|row| row.node).collect()
    });
    // No node can see whether a promise about all of them is kept.
    let accused = if session.knower.is_some() { BTreeSet::new() } else { accused(session.sim(), session.promise().found()) };
    let everybody = (0..scenario.nodes + scenario.clients).map(NodeId);
    // Of a crowd only those are elements whom somebody looks at.
    let is_lit = |endpoint: NodeId| lit.contains(&endpoint) || session.wanted == Some(Spot::Actor(endpoint));
    let is_there = |endpoint: &NodeId| !layout.is_crowd() || session.first == *endpoint || session.selected == Some(*endpoint);
    let everybody = everybody.filter(is_there);
    let class = if layout.is_roomy {
        "nodes"
    } else if layout.is_brief() {
        "nodes tight brief"
    } else {
        "nodes tight"
    };
    html! { <ul {class} aria-label={text::ACTORS}>{ for everybody.map(|endpoint| actor(session, layout, endpoint, menu, Marks { lit: is_lit(endpoint), accused: accused.contains(&endpoint) }, send)) }</ul> }
}

/// What is pointed out about somebody.
#[derive(Clone, Copy)]
struct Marks {
    /// They had a part in what is pointed at, or something is to be done to them.
    lit: bool,
    /// They show that a promise is broken.
    accused: bool,
}

/// How somebody looks, and what is said of them.
struct Look {
    class: String,
    label: String,
    headline: Html,
    below: String,
    /// On which side of it that stands, if there is room.
    side: Option<Side>,
    /// What makes messages of its calls, and waits.
    layer: Html,
}

fn actor(session: &Session, layout: &Layout, endpoint: NodeId, menu: Option<Target>, marks: Marks, send: &Callback<OfRun>) -> Html {
    let name = session.sim().name(endpoint);
    let look = match session.knower {
        Some(knower) if knower != endpoint => stranger(&name, &session.sim().name(knower)),
        _ if session.is_client(endpoint) => client(session, endpoint, &name),
        _ => node(session, layout, endpoint, &name),
    };
    let inside = layout.holds_names();
    let shape = if layout.is_crowd() {
        "node grain"
    } else if session.is_client(endpoint) {
        "node client"
    } else if inside {
        "node"
    } else {
        "node small"
    };
    let inside = inside || session.is_client(endpoint);
    let selected = session.selected == Some(endpoint);
    let place = layout.place(endpoint);
    let position = format!("left:{:.1}px;top:{:.1}px;--radius:{:.1}px", place.x, place.y, layout.reach(endpoint));
    let words = match look.side {
        Some(Side::Under) => "name",
        Some(Side::Left) => "name left",
        Some(Side::Right) => "name right",
        None => "name narrow",
    };
    // A click without a finger or a mouse behind it was made by a key.
    let onclick = send.reform(move |event: MouseEvent| OfRun::Pick(Target::Node(endpoint), event.detail() == 0));
    let open = menu == Some(Target::Node(endpoint));
    let chosen =
        [if selected { " selected" } else { "" }, if marks.lit { " lit" } else { "" }, if marks.accused { " accused" } else { "" }]
            .concat();
    let label = if marks.accused { text::accused(&look.label) } else { look.label };
    let label = if session.wanted == Some(Spot::Actor(endpoint)) { text::wanted(&label) } else { label };
    html! {
        <li key={endpoint.0} style={position}>
            <button id={format!("{}node-{}", session.prefix, endpoint.0)} class={format!("{shape} {}{chosen}", look.class)} aria-label={label}
                aria-expanded={open.to_string()} tabindex={if session.first == endpoint { "0" } else { "-1" }} {onclick}>{ look.headline }</button>
            if inside { <b aria-hidden="true">{ &name }</b> }
            <span class={words} aria-hidden="true">if !inside { { name } }<small>{ look.below }</small></span>
            { look.layer }
        </li>
    }
}

fn node(session: &Session, layout: &Layout, node: NodeId, name: &str) -> Look {
    let sim = session.sim();
    let (status, view) = (sim.status(node), sim.view(node));
    let state = match status {
        NodeStatus::Up => "up",
        NodeStatus::Paused => "paused",
        NodeStatus::Down => "down",
    };
    let role = view.role.map(|(role, _)| role);
    let calls = view.widgets.iter().find_map(|widget| match widget {
        Widget::Calls { name, waiting, given_up } => Some((*name, waiting.as_slice(), *given_up)),
        _ => None,
    });
    let layer = calls.filter(|_| layout.is_roomy).map_or_else(Html::default, |calls| layer(session, layout, node, calls));
    let calls = calls.map(|(name, waiting, given_up)| text::layer(name, waiting.len(), given_up));
    let headline = view.headline;
    let said = headline.as_ref().map(|value| text::meant(value.meaning, &value.text));
    let words = said.as_deref();
    let below = text::below(role, status, sim.pace(node).is_some());
    // What a node is comes before what it holds.
    let brief = layout.is_brief() && role.is_some();
    Look {
        class: format!("{state} tone-{}", view.role.map_or("plain", |(_, tone)| tone_name(tone))),
        label: text::node(name, &text::condition(status, sim.pace(node).is_some()), [role, words, calls.as_deref()]),
        layer,
        headline: headline.filter(|_| !brief).map_or_else(Html::default, |value| {
            html! { <span class={ui::worn(session, value.meaning)} style={ui::hue(value.meaning)}>{ value.text }</span> }
        }),
        side: layout.side(node, &below),
        below,
    }
}

/// The layer of a node that makes messages of its calls, beside it: what waits, and how long it still will.
fn layer(session: &Session, layout: &Layout, node: NodeId, (name, waiting, given_up): (&str, &[Call], u64)) -> Html {
    let class = if layout.box_is_left(node) { "layer left" } else { "layer" };
    html! {
        <div {class} aria-hidden="true">{ name.to_owned() }
            { for waiting.iter().map(|call| {
                let left = format!("--left:{}%", call.left.0 * 100 / call.patience.0.max(1));
                html! { <p>{ text::call(&call.what, &session.sim().name(call.of)) }<i style={left} /></p> }
            }) }
            if given_up > 0 { <p>{ text::given_up(given_up) }</p> }
        </div>
    }
}

/// Somebody of whom the node whose view it is knows nothing but the name.
fn stranger(name: &str, knower: &str) -> Look {
    Look {
        class: "stranger".into(),
        label: text::stranger(name, knower),
        headline: Html::default(),
        below: String::new(),
        side: None,
        layer: Html::default(),
    }
}

fn client(session: &Session, client: NodeId, name: &str) -> Look {
    let last = Request::of(session.sim(), client, 1).pop();
    let open = last.filter(|request| request.outcome == Outcome::Open);
    Look {
        class: if open.is_some() { "asks".into() } else { String::new() },
        headline: Html::default(),
        layer: Html::default(),
        below: if open.is_some() { text::OPEN.into() } else { String::new() },
        side: None,
        label: text::client(name, open.map(|request| (session.sim().name(request.node), request.asked))),
    }
}

/// What the style sheet calls a tone.
pub(crate) fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Ask => "ask",
        Tone::Answer => "answer",
        Tone::Data => "data",
        Tone::Lead => "lead",
        Tone::Maybe => "maybe",
        Tone::Refuse => "refuse",
    }
}
