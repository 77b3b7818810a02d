//! One node: what it knows.

use crate::app::Msg;
use crate::session::Session;
use crate::text;
use crate::ui;
use faultline::sim::NodeId;
use faultline::view::{Meaning, Value, Widget};
use yew::{Callback, Html, html};

pub(crate) fn inspector(session: &Session, node: NodeId, send: &Callback<Msg>) -> Html {
    let sim = session.sim();
    let status = sim.status(node);
    let view = sim.view(node);
    let knows = session.knower == Some(node);
    let other_view = send.reform(move |_| Msg::Know((!knows).then_some(node)));
    html! {
        <section class="panel inspector" aria-labelledby="inspector-title">
            { ui::titled(sim.name(node), view.role.map_or(text::status(status), |(role, _)| role), send) }
            <dl>{ for view.widgets.iter().map(|part| widget(session, part, send)) }</dl>
            <button class="quiet" onclick={other_view}>{ if knows { text::EVERYTHING.into() } else { text::only(&sim.name(node)) } }</button>
        </section>
    }
}

/// Somebody of whom the node whose view it is knows nothing.
pub(crate) fn stranger(session: &Session, endpoint: NodeId, knower: NodeId, send: &Callback<Msg>) -> Html {
    let (name, knower) = (session.sim().name(endpoint), session.sim().name(knower));
    html! {
        <section class="panel inspector" aria-labelledby="inspector-title">
            { ui::titled(name.clone(), "", send) }
            <p class="empty">{ text::stranger(&name, &knower) }</p>
            if !session.is_client(endpoint) {
                <button class="quiet" onclick={send.reform(move |_| Msg::Know(Some(endpoint)))}>{ text::only(&name) }</button>
            }
        </section>
    }
}

fn widget(session: &Session, widget: &Widget, send: &Callback<Msg>) -> Html {
    let words = |value: &Value| ui::value(session, value, send);
    let shown = match widget {
        Widget::Field { value, .. } => words(value),
        Widget::Gauge { amount, of, .. } => {
            html! { <><meter min="0" max={of.to_string()} value={amount.to_string()} />{ format!(" {}", text::gauge(*amount, *of)) }</> }
        }
        Widget::List { items, .. } => {
            html! { <ul>{ for items.iter().map(|item| html! { <li>{ words(item) }</li> }) }</ul> }
        }
        Widget::Table { rows, .. } => html! {
            <table><tbody>{ for rows.iter().map(|(key, value)| {
                html! { <tr><th scope="row">{ words(key) }</th><td>{ words(value) }</td></tr> }
            }) }</tbody></table>
        },
        Widget::Log { entries, .. } => html! {
            <ol class="log">{ for entries.iter().map(|entry| {
                let class = if entry.committed { "committed" } else { "open" };
                let term = Value { text: entry.term.to_string(), meaning: Meaning::Term(entry.term) };
                html! { <li {class} value={entry.index.to_string()}>{ entry.text.clone() }{ " (" }{ words(&term) }{ ")" }</li> }
            }) }</ol>
        },
    };
    let new = session.changes().is_new(widget.name());
    // Without a key: what a protocol calls its widgets need not be unique.
    html! {
        <div class={if new { "new" } else { "" }}><dt>{ widget.name() }if new { <i>{ text::CHANGED }</i> }</dt><dd>{ shown }</dd></div>
    }
}
