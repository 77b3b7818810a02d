//! Links that are slower or lose more than the others, one direction at a time: those there are, and
//! the controls that make one. Which links are cut is in the matrix.

use crate::app::{Msg, Show};
use crate::desk::OfRun;
use crate::sandbox;
use crate::session::Session;
use crate::text;
use crate::ui::{self, Named};
use faultline::scenario::Input;
use faultline::sim::{Chance, Latency, LinkRule, NodeId, Span};
use yew::{Callback, Html, html};

/// The lengths of time and the losses that can be chosen, in milliseconds and percent.
const TAKES: [u64; 6] = [5, 100, 250, 500, 1_000, 5_000];
const LOSES: [u32; 5] = [0, 10, 25, 50, 90];

/// What is about to be said of a link: from whom, to whom, and which of the choices; none is as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    from: u16,
    to: u16,
    takes: Option<usize>,
    loses: Option<usize>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { from: 0, to: 1, takes: Some(3), loses: None }
    }
}

impl Draft {
    /// The gesture that it stands for; nothing if it is no link.
    fn input(self, endpoints: u16) -> Option<Input> {
        let rule = LinkRule {
            latency: self.takes.and_then(|place| TAKES.get(place)).map(|&millis| Latency::Constant(Span::millis(millis))),
            loss: self.loses.and_then(|place| LOSES.get(place)).map(|&percent| Chance::percent(percent)),
            ..LinkRule::default()
        };
        let fits = self.from != self.to && self.from.max(self.to) < endpoints && rule != LinkRule::default();
        fits.then_some(Input::Link { from: NodeId(self.from), to: NodeId(self.to), rule })
    }
}

/// The links that are not as the others are, and one more.
pub(crate) fn links(session: &Session, draft: Draft, send: &Callback<Msg>) -> Html {
    let sim = session.sim();
    let endpoints = sim.scenario().nodes + sim.scenario().clients;
    if session.knower.is_some() || endpoints < 2 {
        return Html::default();
    }
    let special = sandbox::special(sim, session.playhead());
    let names: Vec<String> = (0..endpoints).map(|endpoint| sim.name(NodeId(endpoint))).collect();
    let usual = || std::iter::once(text::LINK_USUAL.to_owned());
    let times: Vec<String> = usual().chain(TAKES.map(|millis| Span::millis(millis).to_string())).collect();
    let losses: Vec<String> = usual().chain(LOSES.map(|percent| Chance::percent(percent).to_string())).collect();
    let choice = |label: &'static str, names: &[String], chosen: usize, choose: fn(Draft, usize) -> Draft| {
        let named = Named { label: Some(label), ..Named::default() };
        let chosen_now = send.reform(move |place| Msg::Show(Show::Link(choose(draft, place))));
        html! { <label>{ label }{ ui::choice(named, names.iter().map(String::as_str), chosen, chosen_now) }</label> }
    };
    let place = |choice: Option<usize>| choice.map_or(0, |place| place + 1);
    let input = draft.input(endpoints);
    let disabled = input.is_none();
    let set = send.reform(move |_| Msg::Run(OfRun::Act(input.iter().cloned().collect())));
    html! {
        <details class="panel links">
            <summary>{ text::LINKS }{ " " }<small>{ text::special_links(special.len()) }</small></summary>
            <ul>{ for special.iter().map(|(from, to, rule)| {
                let (from, to) = (*from, *to);
                let how = text::link_rule(rule.latency.as_ref().map(words), rule.loss.map(|loss| loss.to_string()));
                let back = send.reform(move |_| Msg::Run(OfRun::Act(vec![Input::Link { from, to, rule: LinkRule::default() }])));
                html! {
                    <li key={format!("{} {}", from.0, to.0)}>{ text::special_link(&sim.name(from), &sim.name(to), &how) }
                        <button class="quiet" onclick={back}>{ text::LINK_RESET }</button></li>
                }
            }) }</ul>
            <p>{ text::LINKS_HOW }</p>
            <div class="choices">
                { choice(text::LINK_FROM, &names, draft.from.into(), |draft, place| Draft { from: place as u16, ..draft }) }
                { choice(text::LINK_TO, &names, draft.to.into(), |draft, place| Draft { to: place as u16, ..draft }) }
                { choice(text::LINK_TAKES, &times, place(draft.takes), |draft, place| Draft { takes: place.checked_sub(1), ..draft }) }
                { choice(text::LINK_LOSES, &losses, place(draft.loses), |draft, place| Draft { loses: place.checked_sub(1), ..draft }) }
                <button onclick={set} {disabled}>{ text::LINK_SET }</button>
            </div>
        </details>
    }
}

/// A length of time in a few words, whatever its shape.
fn words(latency: &Latency) -> String {
    match latency {
        Latency::Constant(span) => span.to_string(),
        Latency::Uniform { min, max } => text::between(*min, *max),
        _ => text::VARYING.into(),
    }
}
