//! The promises: a light for each, always in sight, and on demand what shows that one is broken.

use crate::app::{Msg, Show};
use crate::desk::OfRun;
use crate::promise::Judged;
use crate::session::Session;
use crate::text;
use crate::ui::{self, Named};
use faultline::judge::Promise;
use yew::{Callback, Html, html};

/// A promise as it stands.
struct Light {
    name: String,
    promise: String,
    kept: Option<bool>,
    why: String,
}

fn lights_of(session: &Session) -> Vec<Light> {
    let sim = session.sim();
    // No node can see whether a promise about all of them is kept.
    if session.knower.is_some() {
        return Vec::new();
    }
    let own = sim.promises().into_iter().map(|(id, promise, holds)| Light {
        name: text::plain(id),
        promise: promise.into(),
        kept: Some(holds.is_ok()),
        why: holds.err().unwrap_or_default(),
    });
    let name = Promise::ALL[session.promise().promise].0;
    let clients = session.promise().found().map(|judged| Light {
        name: text::plain(name),
        promise: text::judged(judged.count),
        kept: judged.kept,
        why: if judged.kept == Some(true) { String::new() } else { judged.verdict.clone() },
    });
    own.chain(clients).collect()
}

/// What the style sheet calls it, a sign and a word for it.
pub(crate) fn mark(kept: Option<bool>) -> (&'static str, &'static str, &'static str) {
    match kept {
        Some(true) => ("kept", "✓", text::KEPT),
        Some(false) => ("broken", "✕", text::BROKEN),
        None => ("unsure", "?", text::UNSURE),
    }
}

/// A light for each promise; nothing if there are none.
pub(crate) fn lights(session: &Session, open: bool, send: &Callback<Msg>) -> Html {
    let lights = lights_of(session);
    if lights.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="lights" aria-label={text::PROMISES}>{ for lights.into_iter().enumerate().map(|(index, light)| {
            let (class, sign, word) = mark(light.kept);
            html! {
                <li key={index}><button {class} aria-expanded={open.to_string()} aria-label={format!("{}: {word}", light.name)} title={light.promise}
                    onclick={send.reform(move |_| Msg::Show(Show::Evidence(!open)))}><i aria-hidden="true">{ sign }</i>{ light.name }</button></li>
            }
        }) }</ul>
    }
}

/// What there is to say of each promise.
pub(crate) fn evidence(session: &Session, send: &Callback<Msg>) -> Html {
    let names = Promise::ALL.map(|(name, _)| text::plain(name));
    let named = Named { label: Some(text::PROMISED), ..Named::default() };
    let found = session.promise().found();
    html! {
        <section class="panel promises" aria-labelledby="promises-title">
            <header>
                <h2 id="promises-title" tabindex="-1">{ text::PROMISES }</h2>
                <button class="quiet" onclick={send.reform(|_| Msg::Show(Show::Evidence(false)))}>{ text::CLOSE_PROMISES }</button>
            </header>
            <ul>{ for lights_of(session).into_iter().enumerate().map(|(index, light)| {
                let (class, sign, word) = mark(light.kept);
                html! {
                    <li key={index} {class}><i aria-hidden="true">{ sign }</i><p>{ light.promise }
                        if !light.why.is_empty() { <small>{ light.why }</small> }</p><b>{ word }</b></li>
                }
            }) }</ul>
            if session.sim().scenario().clients > 0 {
                <label>{ text::PROMISED }{ ui::choice(named, names.iter().map(String::as_str), session.promise().promise, send.reform(Msg::Promise)) }</label>
                <button id="ask-map" onclick={send.reform(|_| Msg::Show(Show::Map(true)))}>{ text::map::OPEN }</button>
            }
            if let Some(judged) = found.filter(|judged| !judged.blamed.is_empty()) {
                <p>{ text::CONTRADICT }</p>
                <ol class="blamed">{ for judged.blamed.iter().map(|op| blamed(session, *op, send)) }</ol>
            }
        </section>
    }
}

/// An operation that shows that a promise is broken: leads to where it began.
fn blamed(session: &Session, op: u32, send: &Callback<Msg>) -> Html {
    let sim = session.sim();
    let Some(meta) = sim.trace().op(op) else { return Html::default() };
    let (asked, answer) = sim.describe_op(op);
    let row = meta.invoked;
    let words = text::operation(&sim.name(meta.client), &sim.name(meta.node), &asked, answer.as_deref());
    let when = text::lasted(meta.begun, meta.ended.map(|ended| ended.time));
    html! { <li key={op}><button onclick={send.reform(move |_| Msg::Run(OfRun::ShowRow(row)))}>{ words }<small>{ when }</small></button></li> }
}

/// What a screen reader is told when a promise was broken or is kept again.
pub(crate) fn news(session: &Session, before: &mut Vec<(String, Option<bool>)>) -> String {
    let now: Vec<_> = lights_of(session).into_iter().map(|light| (light.name, light.kept)).collect();
    let changed = now.iter().filter(|light| {
        let was = before.iter().find(|(name, _)| *name == light.0);
        was.is_none_or(|was| was.1 != light.1) && (light.1 == Some(false) || was.is_some())
    });
    let words: Vec<_> = changed.map(|(name, kept)| format!("{name}: {}", mark(*kept).2)).collect();
    *before = now;
    words.join(", ")
}

/// Whether an operation is among those that show that a promise is broken.
pub(crate) fn is_blamed(judged: Option<&Judged>, op: u32) -> bool {
    judged.is_some_and(|judged| judged.blamed.contains(&op))
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;
    use faultline::sim::{NodeId, Time};

    #[test]
    fn what_changed_is_told_once() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        session.seek(Time(100_000_000));
        let mut before = Vec::new();
        assert_eq!(news(&session, &mut before), "");
        session.edit(vec![Input::Partition(vec![vec![NodeId(0)]])]).unwrap();
        session.seek(Time(2_000_000_000));
        assert_eq!(news(&session, &mut before), "one primary: broken");
        assert_eq!(news(&session, &mut before), "");
        session.seek(Time(100_000_000));
        assert_eq!(news(&session, &mut before), "one primary: kept");
    }
}
