//! One node: what it knows, and what has just changed of that; or, where two runs are compared, what of
//! it is not so in the other.

use crate::app::{Msg, Show};
use crate::desk::OfRun;
use crate::session::Session;
use crate::text;
use crate::ui;
use faultline::sim::{NodeId, Sim};
use faultline::view::{Meaning, Value, View, Widget};
use yew::{Callback, Html, html};

pub(crate) fn inspector(session: &Session, node: NodeId, send: &Callback<Msg>) -> Html {
    let knows = session.knower == Some(node);
    let of_run = send.reform(Msg::Run);
    let other_view = send.reform(move |_| Msg::Show(Show::Know((!knows).then_some(node))));
    let mark = |part: &Widget| session.changes().is_new(part.name()).then_some(text::CHANGED);
    let (sim, view) = (session.sim(), session.sim().view(node));
    html! {
        <section class="panel inspector" aria-labelledby={ui::inspector_title(session)}>
            { ui::titled(session, node, is(sim, node, &view), false, &of_run) }
            <dl>{ for view.widgets.iter().map(|part| widget(session, part, mark(part), &of_run)) }</dl>
            <button class="quiet" onclick={other_view}>{ if knows { text::EVERYTHING.into() } else { text::only(&sim.name(node)) } }</button>
        </section>
    }
}

/// A node, and what of it is not so with the same node of the run beside it, if it is there.
pub(crate) fn beside(session: &Session, node: NodeId, other: Option<&Sim>, send: &Callback<OfRun>) -> Html {
    let (sim, view) = (session.sim(), session.sim().view(node));
    let theirs = other.map(|other| (other, other.view(node)));
    // What only one of two models knows is no difference between the runs.
    let same_model = other.is_some_and(|other| other.about().id == sim.about().id);
    let mark = |part: &Widget| {
        let theirs = theirs.as_ref()?.1.widgets.iter().find(|theirs| theirs.name() == part.name());
        theirs.map_or(same_model, |theirs| theirs != part).then_some(text::DIFFERENT)
    };
    let is_here = is(sim, node, &view);
    let another = theirs.as_ref().is_some_and(|(other, theirs)| is(other, node, theirs) != is_here);
    html! {
        <section class="panel inspector" aria-labelledby={ui::inspector_title(session)}>
            { ui::titled(session, node, is_here, another, send) }
            <dl>{ for view.widgets.iter().map(|part| widget(session, part, mark(part), send)) }</dl>
        </section>
    }
}

/// What a node is at the moment, as its view says or else whether it is up.
fn is(sim: &Sim, node: NodeId, view: &View) -> &'static str {
    view.role.map_or(text::status(sim.status(node)), |(role, _)| role)
}

/// Somebody of whom the node whose view it is knows nothing.
pub(crate) fn stranger(session: &Session, endpoint: NodeId, knower: NodeId, send: &Callback<Msg>) -> Html {
    let (name, knower) = (session.sim().name(endpoint), session.sim().name(knower));
    html! {
        <section class="panel inspector" aria-labelledby={ui::inspector_title(session)}>
            { ui::titled(session, endpoint, "", false, &send.reform(Msg::Run)) }
            <p class="empty">{ text::stranger(&name, &knower) }</p>
            if !session.is_client(endpoint) {
                <button class="quiet" onclick={send.reform(move |_| Msg::Show(Show::Know(Some(endpoint))))}>{ text::only(&name) }</button>
            }
        </section>
    }
}

fn widget(session: &Session, widget: &Widget, mark: Option<&'static str>, send: &Callback<OfRun>) -> Html {
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
        Widget::Calls { waiting, given_up, .. } => html! {
            <div class="calls">
                if waiting.is_empty() || *given_up > 0 { <p>{ text::calls(waiting.len(), *given_up) }</p> }
                { for waiting.iter().map(|call| {
                    let (left, patience) = (call.left.0.to_string(), call.patience.0.to_string());
                    html! { <p>{ text::call(&call.what, &session.sim().name(call.of)) }<meter min="0" max={patience} value={left} /><small>{ text::waits(call.left) }</small></p> }
                }) }
            </div>
        },
        Widget::Log { entries, .. } => html! {
            <ol class="log">{ for entries.iter().map(|entry| {
                let class = if entry.committed { "committed" } else { "open" };
                let term = Value { text: entry.term.to_string(), meaning: Meaning::Term(entry.term) };
                html! { <li {class} value={entry.index.to_string()}>{ entry.text.clone() }{ " (" }{ words(&term) }{ ")" }</li> }
            }) }</ol>
        },
    };
    // Without a key: what a protocol calls its widgets need not be unique.
    html! {
        <div class={if mark.is_some() { "new" } else { "" }}><dt>{ widget.name() }if let Some(mark) = mark { <i>{ mark }</i> }</dt><dd>{ shown }</dd></div>
    }
}
