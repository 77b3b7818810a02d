//! The settings of the run, each by a control that fits what it can be. A change is a gesture like
//! any other: it happens at the playhead and can be taken back.

use crate::desk::{OfDesk, OfRun};
use crate::knob::{Group, Knob, What};
use crate::session::Session;
use crate::text;
use crate::ui::{self, Named};
use faultline::lab::script::Spot;
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

/// Which of the settings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    Everything,
    /// All but those of the world.
    NotOfTheWorld,
    /// Those of the model with these keys, and of the network what is named; and how many nodes there are, if
    /// that is one of these numbers.
    These(&'a [&'a str], &'a [u16]),
}

/// The settings that are shown here.
pub(crate) fn settings(session: &Session, draft: Option<&Draft>, which: Which<'_>, send: &Callback<OfRun>) -> Html {
    let sim = session.sim();
    let knobs = Knob::all(sim, session.playhead());
    let shown = |knob: &Knob| match which {
        Which::Everything => true,
        Which::NotOfTheWorld => knob.group() != Group::World,
        Which::These(names, sizes) => knob.is_among(names) || knob.what == What::Nodes && !sizes.is_empty(),
    };
    let sizes = if let Which::These(_, sizes) = which { sizes } else { &[] };
    if !knobs.iter().any(shown) {
        return Html::default();
    }
    let all = !matches!(which, Which::These(..));
    let group = |group: Group, name: &'static str| {
        let mut of_group = knobs.iter().enumerate().filter(|(_, knob)| knob.group() == group && shown(knob)).peekable();
        if of_group.peek().is_none() {
            return Html::default();
        }
        html! {
            <div key={name} class="group" role="group" aria-label={name}>
                if all { <h2>{ name }</h2> }
                { for of_group.map(|(index, knob)| {
                    control(session, index, knob, if knob.what == What::Nodes { sizes } else { &[] }, draft.filter(|draft| draft.knob == index), send)
                }) }
            </div>
        }
    };
    let world = text::world(sim.scenario().nodes, &sim.network().loss.to_string());
    html! {
        <details class="panel settings" open={!all}>
            <summary>{ text::SETTINGS }{ " " }<small>{ world }</small></summary>
            { group(Group::World, text::WORLD) }
            { group(Group::Network, text::NETWORK) }
            { group(Group::Model, session.about().title) }
        </details>
    }
}

/// The id of the control of a setting, by the place of its knob among all.
pub(crate) fn setting_id(prefix: &str, index: usize) -> String {
    format!("{prefix}setting-{index}")
}

/// The control of one setting; if it can only be one of a few numbers, these are to choose from.
fn control(session: &Session, index: usize, knob: &Knob, numbers: &[u16], draft: Option<&Draft>, send: &Callback<OfRun>) -> Html {
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
    let oninput = send.reform(move |event: InputEvent| OfRun::Desk(OfDesk::Draft(index, said(event.target_unchecked_into()))));
    let onchange = send.reform(move |event: Event| OfRun::Turn(index, said(event.target_unchecked_into())));
    let id = setting_id(session.prefix, index);
    let wanted = matches!(&session.wanted, Some(Spot::Setting(key)) if knob.is_among(&[key]));
    let help = format!("{id}-help");
    let named = || Named { id: Some(id.clone()), described_by: Some(help.clone()), label: None };
    let entry = match knob.kind {
        ParamKind::Choice { names, .. } => {
            let turn = send.reform(move |place: usize| OfRun::Turn(index, place.to_string()));
            ui::choice(named(), names.iter().copied(), knob.value as usize, turn)
        }
        _ if !numbers.is_empty() => {
            let mut numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
            let now = numbers.iter().position(|number| *number == shown).unwrap_or_else(|| {
                numbers.push(shown.clone());
                numbers.len() - 1
            });
            let said = numbers.clone();
            let turn = send.reform(move |place: usize| OfRun::Turn(index, said[place].clone()));
            ui::choice(named(), numbers.iter().map(String::as_str), now, turn)
        }
        _ => html! {
            <input id={id.clone()} type={kind} min={min.to_string()} max={max.to_string()} value={shown} checked={value != 0} {oninput} {onchange}
                aria-describedby={help.clone()} aria-valuetext={words.clone()} aria-invalid={refused.as_ref().map(|_| "true")} />
        },
    };
    html! {
        <div key={knob.label} class={if wanted { "setting wanted" } else { "setting" }} title={knob.help}>
            <label for={id.clone()}>{ knob.label }</label>
            { entry }
            <output for={id} aria-live="off">{ words.unwrap_or_default() }</output>
            if knob.what == What::Seed {
                { another(index, knob.value, send) }
            }
            <p id={help} class="help">{ knob.help }</p>
            if let Some(refused) = refused {
                <p class="refused" role="alert">{ refused }</p>
            }
        </div>
    }
}

/// A button for whoever does not care which seed it is.
fn another(index: usize, seed: i64, send: &Callback<OfRun>) -> Html {
    let next = seed.checked_add(1).unwrap_or_default().to_string();
    let onclick = send.reform(move |_| OfRun::Turn(index, next.clone()));
    html! { <button class="quiet" aria-label={text::ANOTHER} title={text::ANOTHER} {onclick}>{ ui::icon(ui::DICE) }</button> }
}
