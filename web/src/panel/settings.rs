//! The settings of the run, each by a control that fits what it can be. A change is a gesture like
//! any other: it happens at the playhead and can be taken back.

use crate::app::Msg;
use crate::knob::{Knob, Turns};
use crate::session::Session;
use crate::text;
use crate::ui::{self, Named};
use faultline::protocol::ParamKind;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, InputEvent, TargetCast, html};

/// What a learner is about to say with a control, and why it was refused if it was.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Which control: the place of its knob.
    pub(crate) knob: usize,
    pub(crate) shown: String,
    pub(crate) refused: Option<String>,
}

/// The settings, or only those with these keys.
pub(crate) fn settings(session: &Session, draft: Option<&Draft>, only: Option<&[&str]>, send: &Callback<Msg>) -> Html {
    let knobs = Knob::all(session.sim(), session.playhead());
    let shown = |knob: &Knob| {
        only.is_none_or(|only| match knob.turns {
            Turns::Setting(key) => only.contains(&key),
            Turns::Loss | Turns::Latency => only.contains(&"network"),
        })
    };
    if !knobs.iter().any(shown) {
        return Html::default();
    }
    html! {
        <details class="panel settings" open={only.is_some()}>
            <summary>{ text::SETTINGS }<small>{ format!("{} {}", knobs[0].words(knobs[0].value), text::LOST) }</small></summary>
            { for knobs.iter().enumerate().filter(|(_, knob)| shown(knob)).map(|(index, knob)| control(session.prefix, index, knob, draft.filter(|draft| draft.knob == index), send)) }
        </details>
    }
}

fn control(prefix: &str, index: usize, knob: &Knob, draft: Option<&Draft>, send: &Callback<Msg>) -> Html {
    let shown = draft.map_or_else(|| knob.shown(), |draft| draft.shown.clone());
    let value = knob.heard(&shown).unwrap_or(knob.value);
    let words = match knob.kind {
        ParamKind::Span { .. } | ParamKind::Chance { .. } => Some(knob.words(value)),
        _ => None,
    };
    let refused = draft.and_then(|draft| draft.refused.clone());
    let (min, max) = knob.kind.range();
    let (kind, min, max) = match knob.kind {
        ParamKind::Switch { .. } => ("checkbox", 0, 0),
        ParamKind::Span { .. } => ("range", 0, knob.scale().len() as i64 - 1),
        ParamKind::Chance { .. } => ("range", 0, 100),
        _ => ("number", min, max),
    };
    let said = move |input: HtmlInputElement| if kind == "checkbox" { u8::from(input.checked()).to_string() } else { input.value() };
    let oninput = send.reform(move |event: InputEvent| Msg::Draft(index, said(event.target_unchecked_into())));
    let onchange = send.reform(move |event: Event| Msg::Turn(index, said(event.target_unchecked_into())));
    let id = format!("{prefix}setting-{index}");
    let help = format!("{id}-help");
    let entry = match knob.kind {
        ParamKind::Choice { names, .. } => {
            let named = Named { id: Some(id.clone()), described_by: Some(help.clone()), label: None };
            ui::choice(
                named,
                names.iter().copied(),
                knob.value as usize,
                send.reform(move |place: usize| Msg::Turn(index, place.to_string())),
            )
        }
        _ => html! {
            <input id={id.clone()} type={kind} min={min.to_string()} max={max.to_string()} value={shown} checked={value != 0} {oninput} {onchange}
                aria-describedby={help.clone()} aria-valuetext={words.clone()} aria-invalid={refused.as_ref().map(|_| "true")} />
        },
    };
    html! {
        <div key={knob.turns.key()} class="setting" title={knob.help}>
            <label for={id.clone()}>{ knob.label }</label>
            { entry }
            <output for={id}>{ words.unwrap_or_default() }</output>
            <p id={help} class="help">{ knob.help }</p>
            if let Some(refused) = refused {
                <p class="refused" role="alert">{ refused }</p>
            }
        </div>
    }
}
