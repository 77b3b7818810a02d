//! Small things that every panel uses.

use crate::desk::{OfRun, OfTime};
use crate::session::Session;
use crate::text;
use faultline::sim::NodeId;
use faultline::view::{Meaning, Value};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, MouseEvent, TargetCast, html};

/// An icon: one path on a 24 by 24 grid.
pub(crate) fn icon(path: &'static str) -> Html {
    html! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg> }
}

/// The head of an inspector: who is looked at, what that is at the moment, whether that is another
/// thing than in the run beside it, and the way back.
pub(crate) fn titled(session: &Session, who: NodeId, role: &'static str, differs: bool, send: &Callback<OfRun>) -> Html {
    html! {
        <header>
            <h2 id={inspector_title(session)}>{ session.sim().name(who) }<small>{ role }</small>if differs { <i>{ text::DIFFERENT }</i> }</h2>
            <button class="quiet" onclick={send.reform(|_| OfRun::Select(None))}>{ text::CLOSE }</button>
        </header>
    }
}

/// The ways back to what was before a gesture, and forward again. Both are there as soon as there was a gesture, and
/// have their room before: whoever presses one has the next under the same finger, and nothing beside them moves.
pub(crate) fn undo(can_undo: bool, can_redo: bool, send: &Callback<OfTime>) -> Html {
    let class = if can_undo || can_redo { "quiet" } else { "quiet unseen" };
    let way = |there: bool, shape, name: &'static str, said: fn(MouseEvent) -> OfTime| {
        html! { <button {class} aria-disabled={(!there).then_some("true")} onclick={send.reform(said)}>{ icon(shape) }{ name }</button> }
    };
    html! { <>{ way(can_undo, UNDO, text::UNDO, |_| OfTime::Undo) }{ way(can_redo, REDO, text::REDO, |_| OfTime::Redo) }</> }
}

/// The id of the head of an inspector.
pub(crate) fn inspector_title(session: &Session) -> String {
    format!("{}inspector-title", session.prefix)
}

/// A value, so that what means the same looks the same wherever it stands: a node leads to that node,
/// and choosing a term, a version or a place in a log marks all that are equal.
pub(crate) fn value(session: &Session, value: &Value, send: &Callback<OfRun>) -> Html {
    let meaning = value.meaning;
    let text = value.text.clone();
    match meaning {
        Meaning::Plain => html! { <span>{ text }</span> },
        Meaning::Node(node) => html! { <button class="value" onclick={send.reform(move |_| OfRun::Select(Some(node)))}>{ text }</button> },
        _ => {
            let linked = session.linked == Some(meaning);
            let onclick = send.reform(move |_| OfRun::Link((!linked).then_some(meaning)));
            html! { <button class={worn(session, meaning)} style={hue(meaning)} aria-pressed={linked.to_string()} {onclick}>{ text }</button> }
        }
    }
}

/// What the style sheet calls a value of this meaning.
pub(crate) fn worn(session: &Session, meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Plain | Meaning::Node(_) => "value",
        _ if session.linked == Some(meaning) => "value hued same",
        _ => "value hued",
    }
}

/// Neighbouring terms and versions have colours that are far apart.
pub(crate) fn hue(meaning: Meaning) -> Option<String> {
    let (first, number) = match meaning {
        Meaning::Term(number) => (250, number),
        Meaning::Version(number) => (20, number),
        Meaning::Index(number) => (140, number),
        Meaning::Plain | Meaning::Node(_) => return None,
    };
    Some(format!("--hue:{}", first + number % 360 * 137 % 360))
}

/// Who a choice is: either its label is elsewhere and knows its id, or it brings its own.
#[derive(Default)]
pub(crate) struct Named {
    pub(crate) id: Option<String>,
    pub(crate) described_by: Option<String>,
    pub(crate) label: Option<&'static str>,
}

/// One of several, by its place among them.
pub(crate) fn choice<'a>(named: Named, names: impl Iterator<Item = &'a str>, chosen: usize, choose: Callback<usize>) -> Html {
    // A select has its value as an input has.
    let onchange = choose.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().value().parse().unwrap_or(0));
    // The attribute says what is chosen when it appears, the property from then on.
    html! {
        <select id={named.id} aria-label={named.label} aria-describedby={named.described_by} ~value={chosen.to_string()} {onchange}>
            { for names.enumerate().map(|(place, name)| html! {
                <option key={place} value={place.to_string()} selected={place == chosen}>{ name.to_owned() }</option>
            }) }
        </select>
    }
}

pub(crate) const PLAY: &str = "M7 4.5v15l12.5-7.5z";
pub(crate) const PAUSE: &str = "M7 5v14M17 5v14";
pub(crate) const STEP: &str = "M6 5v14l9-7zM19 5v14";
pub(crate) const BACK: &str = "M18 5v14l-9-7zM5 5v14";
pub(crate) const UNDO: &str = "M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-2";
pub(crate) const REDO: &str = "M15 7l4.5 4.5L15 16M19 11.5h-9a5 5 0 0 0 0 10h2";
pub(crate) const MORE: &str = "M4 6l6 6-6 6M12 6l6 6-6 6M20.5 5v14";
pub(crate) const DOTS: &str = "M5 12h.01M12 12h.01M19 12h.01";
pub(crate) const FLASK: &str = "M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M7.5 15h9";
pub(crate) const GRIP: &str = "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01";
pub(crate) const HELP: &str = "M9 9a3 3 0 1 1 4.2 2.75c-.8.35-1.2 1-1.2 1.75v.5M12 17.5h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18";
pub(crate) const CROSS: &str = "M6 6l12 12M18 6L6 18";
pub(crate) const DICE: &str = "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M8.5 8.5h.01M15.5 15.5h.01M12 12h.01";
pub(crate) const CHOOSE: &str = "M7 10l5 5 5-5";
pub(crate) const COMPARE: &str = "M4 5h6.5v14H4zM13.5 5H20v14h-6.5z";
pub(crate) const LINK: &str = "M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1";
