//! Who can reach whom, as a table in which every direction can be cut and healed: the stage's links
//! for the keyboard and the screen reader, and for whoever wants an overview.

use crate::app::{Msg, Show};
use crate::desk::OfRun;
use crate::session::Session;
use crate::stage::{is_linked, touch};
use crate::text;
use crate::ui::{self, Named};
use faultline::scenario::Input;
use faultline::sim::NodeId;
use yew::{Callback, Html, html};

pub(crate) fn matrix(session: &Session, slowing: bool, send: &Callback<Msg>) -> Html {
    let sim = session.sim();
    let (nodes, all) = (sim.scenario().nodes, sim.scenario().nodes + sim.scenario().clients);
    if !is_linked(sim) || session.knower.is_some() {
        return Html::default();
    }
    let closed = touch::closed(sim);
    let named = Named { label: Some(text::A_CLICK), ..Named::default() };
    let everybody = || (0..all).map(NodeId);
    let cell = |from: NodeId, to: NodeId| {
        if from == to || from.min(to).0 >= nodes {
            return html! { <td key={to.0} /> };
        }
        let (open, slow) = (sim.connects(from, to), touch::is_slow(sim, from, to));
        let inputs = match (slowing, open) {
            (true, _) => vec![touch::toggle_slow(sim, from, to)],
            (false, true) => vec![Input::Cut { from, to }],
            (false, false) => touch::heal(sim, &[(from, to)]),
        };
        let label = text::reaches(&sim.name(from), &sim.name(to), slow);
        html! {
            <td key={to.0}><button aria-label={label} aria-pressed={open.to_string()} onclick={send.reform(move |_| Msg::Run(OfRun::Act(inputs.clone())))}>
                { if !open { "✕" } else if slow { "⇢" } else { "→" } }
            </button></td>
        }
    };
    html! {
        <details class="panel matrix">
            <summary>{ text::MATRIX }{ " " }<small>{ text::closed(closed) }</small></summary>
            <p class="slowing"><label>{ text::A_CLICK }{ ui::choice(named, text::CLICKS.into_iter(), usize::from(slowing), send.reform(|way| Msg::Show(Show::Slowing(way == 1)))) }</label></p>
            <table>
                <thead><tr><td>{ text::FROM_TO }</td>{ for everybody().map(|to| html! { <th key={to.0} scope="col">{ sim.name(to) }</th> }) }</tr></thead>
                <tbody>{ for everybody().map(|from| html! {
                    <tr key={from.0}><th scope="row">{ sim.name(from) }</th>{ for everybody().map(|to| cell(from, to)) }</tr>
                }) }</tbody>
            </table>
        </details>
    }
}
