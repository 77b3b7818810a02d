//! What happened, in words: the last rows of the trace, each a way back to its moment.

use crate::desk::OfRun;
use crate::session::Session;
use crate::text;
use yew::{Callback, Html, html};

const ROWS: usize = 40;

pub(crate) fn events(session: &Session, send: &Callback<OfRun>) -> Html {
    let sim = session.sim();
    let rows = session.last_rows().take(ROWS).map(|(index, row)| {
        let onclick = send.reform(move |_| OfRun::ShowRow(index));
        let onmouseenter = send.reform(move |_| OfRun::Point(Some(index)));
        let onfocus = send.reform(move |_| OfRun::Point(Some(index)));
        html! {
            <li key={index}>
                <button {onclick} {onmouseenter} {onfocus}><span class="when">{ text::clock(row.time) }</span><span class="what">{ sim.describe_row(index) }</span></button>
                { for sim.trace().notes(index).into_iter().map(|note| html! { <p class="note">{ note.to_owned() }</p> }) }
            </li>
        }
    });
    let rows: Vec<Html> = rows.collect();
    html! {
        <section class="panel events" aria-labelledby="events-title">
            <h2 id="events-title">{ text::EVENTS }</h2>
            if sim.stands_still() {
                <p class="empty">{ text::STANDS_STILL }</p>
            } else if sim.next_time().is_none() && sim.scenario().clients > 0 {
                <p class="empty">{ text::QUIET }</p>
            }
            if rows.is_empty() {
                <p class="empty">{ text::NOTHING_YET }</p>
            } else {
                <ol reversed={true} onmouseleave={send.reform(|_| OfRun::Point(None))} onfocusout={send.reform(|_| OfRun::Point(None))}>{ rows }</ol>
            }
        </section>
    }
}
