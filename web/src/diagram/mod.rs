//! The space-time diagram: who told whom what when. Time runs to the right, everybody has a lane,
//! a message is a line from one lane to another. A stretch of the trace becomes a display list, the
//! list becomes a picture; what moves with time is moved by the style sheet alone.

mod list;
mod svg;

pub(crate) use list::{List, MOST_LANES, Window};

use crate::app::Msg;
use crate::session::Session;
use crate::text;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::{AttrValue, Callback, Html, MouseEvent, NodeRef, html};

/// How wide the names of the lanes are, in pixels; the style sheet knows it too.
pub(crate) const NAMES: f64 = 48.0;

/// The diagram around the playhead. A click on an event or a message leads to its moment.
pub(crate) fn diagram(session: &Session, window: Window, place: &NodeRef, send: &Callback<Msg>) -> Html {
    let scenario = session.sim().scenario();
    let lanes = usize::from(scenario.nodes + scenario.clients);
    let content = if lanes > MOST_LANES {
        html! { <p class="empty">{ text::TOO_MANY_LANES }</p> }
    } else {
        picture(session, window)
    };
    let send = send.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if let Some(row) = row_at(&event) {
            send.emit(Msg::ShowRow(row));
        }
    });
    // Room for every lane, but the stage stays the larger of the two.
    let height = format!("--height:{}px", (lanes * 34 + 30).clamp(150, 250));
    html! { <section class="diagram" style={height} aria-label={text::DIAGRAM} ref={place.clone()} {onclick}>{ content }</section> }
}

fn picture(session: &Session, window: Window) -> Html {
    let list = List::of(session, window);
    let lost = list.arrows.iter().filter(|arrow| arrow.fate == list::Fate::Lost).count();
    let raw = |picture: String| Html::from_html_unchecked(AttrValue::from(picture));
    html! {
        <>
        <ol class="lanes" aria-hidden="true">{ for list.lanes.iter().enumerate().map(|(index, lane)| {
            html! { <li key={index} style={format!("top:{:.0}px", lane.y)}>{ lane.name.clone() }</li> }
        }) }</ol>
        <div class="time" role="img" aria-label={text::diagram(list.arrows.len(), lost)}>
            <div class="past">{ raw(svg::flying(&list)) }</div>
            { raw(svg::known(&list)) }
            <div class="future" />
        </div>
        </>
    }
}

/// The row of the trace that was clicked on.
fn row_at(event: &MouseEvent) -> Option<u32> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("[data-row]").ok()??.get_attribute("data-row")?.parse().ok()
}

/// Moves the picture to the playhead. Called for every frame, and so without Yew.
pub(crate) fn follow(place: &NodeRef, window: Window) {
    let Some(element) = place.cast::<HtmlElement>() else { return };
    let style = element.style();
    let _ = style.set_property("--shift", &format!("{:.2}px", -window.shift()));
    let _ = style.set_property("--head", &format!("{:.2}px", window.head()));
}
