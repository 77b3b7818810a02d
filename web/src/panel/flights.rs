//! The messages on their way, in words: each leads to what can be done to it.

use crate::desk::OfRun;
use crate::session::Session;
use crate::stage::{Target, touch};
use crate::text;
use yew::{Callback, Html, html};

/// How many are listed, the next to arrive first.
const MOST: usize = 12;

pub(crate) fn flights(session: &Session, send: &Callback<OfRun>) -> Html {
    let sim = session.sim();
    if session.knower.is_some() {
        return Html::default();
    }
    let mut flights: Vec<_> = touch::within_reach(sim).collect();
    flights.sort_unstable_by_key(|flight| (flight.due, flight.message));
    let count = flights.len();
    let row = |flight: &faultline::sim::Flight| {
        let target = Target::Message(flight.message);
        let words = text::flight(&sim.describe_message(flight.message), &sim.name(flight.from), &sim.name(flight.to));
        html! { <li key={flight.message}><button onclick={send.reform(move |_| OfRun::Pick(target, true))}>{ words }</button></li> }
    };
    html! {
        <details class="panel flights">
            <summary>{ text::FLIGHTS }{ " " }<small>{ count }</small></summary>
            <ul>{ for flights.iter().take(MOST).map(row) }</ul>
        </details>
    }
}
