//! The space-time diagram: who told whom what when. Time runs to the right, everybody has a lane,
//! a message is a line from one lane to another. A stretch of the trace becomes a display list, the
//! list becomes a picture; what moves with time is moved by the style sheet alone.

mod drawing;
mod export;
mod list;
mod past;
mod svg;
mod window;

pub(crate) use list::{List, MOST_LANES};
pub(crate) use past::causal_past;
pub(crate) use window::Window;

use crate::desk::{OfDesk, OfRun};
use crate::dom;
use crate::session::Session;
use crate::text;
use crate::ui;
use drawing::Drawing;
use faultline::sim::{NodeId, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, HtmlElement};
use yew::{Callback, Html, MouseEvent, NodeRef, PointerEvent, WheelEvent, html};

#[wasm_bindgen]
extern "C" {
    /// Moves the picture and the playhead in it, if they are elsewhere (static/frame.js).
    #[wasm_bindgen(js_namespace = faultline, js_name = moveDiagram)]
    fn move_diagram(diagram: &HtmlElement, shift: f64, head: f64);
}

/// How wide the names of the lanes are, in pixels; the style sheet knows it too.
pub(crate) const NAMES: f64 = 48.0;

/// How many lanes are shown.
fn lanes(session: &Session) -> usize {
    let scenario = session.sim().scenario();
    usize::from(scenario.nodes + scenario.clients) - session.hidden.len()
}

/// The diagram around the playhead. A click on an event or a message leads to its moment, and
/// pointing at one shows what had to happen before it.
pub(crate) fn diagram(session: &Session, window: Window, elsewhere: bool, tools: bool, place: &NodeRef, send: &Callback<OfRun>) -> Html {
    let shown = lanes(session);
    let lanes = shown + session.hidden.len();
    let content = if shown > MOST_LANES {
        html! { <p class="empty">{ text::TOO_MANY_LANES }</p> }
    } else {
        picture(session, window)
    };
    let onpointerup = {
        let send = send.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some(row) = released(&event) {
                send.emit(OfRun::ShowRow(row));
            }
        })
    };
    let onpointerdown = Callback::from(|event: PointerEvent| press(&event));
    let onmouseover = send.reform(|event: MouseEvent| OfRun::Point(row_at(&event)));
    let onmouseleave = send.reform(|_| OfRun::Point(None));
    // Only what goes to the side is ours: the page scrolls as ever.
    let onwheel = {
        let send = send.clone();
        Callback::from(move |event: WheelEvent| {
            let across = if event.shift_key() && event.delta_x() == 0.0 { event.delta_y() } else { event.delta_x() };
            if across != 0.0 {
                event.prevent_default();
                send.emit(OfRun::Pan(across));
            }
        })
    };
    // Room for every lane, but the stage stays the larger of the two.
    let height = format!("--height:{}px", if shown > MOST_LANES { 52 } else { (shown * 28 + 34).clamp(140, 230) });
    html! {
        <section class={if tools { "diagram with-tools" } else { "diagram" }} style={height} aria-label={session.titled(text::DIAGRAM)} ref={place.clone()} {onmouseover} {onmouseleave} {onwheel}>
            <div class="drawing" {onpointerdown} {onpointerup}>{ content }</div>
            <div class="tools">
                if elsewhere {
                    <button onclick={send.reform(|_| OfRun::Here)}>{ text::HERE }</button>
                }
                if session.begun() {
                    <button id={format!("{}tools", session.prefix)} class="ask-tools" aria-label={text::TOOLS} title={text::TOOLS} aria-expanded={tools.to_string()}
                        onclick={send.reform(move |_| OfRun::Desk(OfDesk::Tools(!tools)))}>{ ui::icon(ui::DOTS) }</button>
                }
            </div>
            if tools {
                { toolbox(session, lanes, send) }
            }
        </section>
    }
}

/// Which lanes are shown, and the ways to take the diagram along.
fn toolbox(session: &Session, lanes: usize, send: &Callback<OfRun>) -> Html {
    let lane = |index: usize| {
        let endpoint = NodeId(index as u16);
        html! {
            <label key={index}><input type="checkbox" checked={!session.hidden.contains(&endpoint)} onchange={send.reform(move |_| OfRun::Desk(OfDesk::Hide(endpoint)))} />
                { session.sim().name(endpoint) }</label>
        }
    };
    html! {
        <div class="menu toolbox" role="group" aria-label={text::TOOLS}>
            <p>{ text::SAVE }</p>
            { for [(text::SAVE_SVG, Take::Svg), (text::SAVE_PNG, Take::Png), (text::SAVE_MERMAID, Take::Mermaid)].map(|(name, take)| html! {
                <button key={name} onclick={send.reform(move |_| OfRun::Take(take))}>{ name }</button>
            }) }
            if lanes <= MOST_LANES {
                <fieldset><legend>{ text::LANES }</legend>{ for (0..lanes).map(lane) }</fieldset>
            }
        </div>
    }
}

/// A stretch of a run as a picture of its own, and how wide and high it is; the session has come to its end.
pub(crate) fn stretch(session: &Session, from: Time, width: f64) -> String {
    let scenario = session.sim().scenario();
    let height = f64::from(scenario.nodes + scenario.clients) * 34.0 + 30.0;
    export::picture(session, Window::whole(width, height, from, session.playhead()))
}

/// A form in which the diagram can be taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    Svg,
    Png,
    Mermaid,
}

/// Gives the reader what the diagram shows as a file.
pub(crate) fn take(session: &Session, window: Window, take: Take) {
    match take {
        Take::Svg => dom::file::save("faultline.svg", "image/svg+xml", &export::picture(session, window)),
        Take::Png => dom::file::save_png("faultline.png", &export::picture(session, window)),
        Take::Mermaid => dom::file::save("faultline.mmd", "text/plain", &export::mermaid(session, window)),
    }
}

fn picture(session: &Session, window: Window) -> Html {
    let list = List::of(session, window);
    let lost = list.arrows.iter().filter(|arrow| arrow.fate == list::Fate::Lost).count();
    let drawing = |items: String| html! { <Drawing width={list.width} height={list.height} tracing={!list.past.is_empty()} {items} /> };
    let lanes = list.lanes.iter().enumerate().filter(|(_, lane)| !lane.hidden);
    html! {
        <>
        <ol class="lanes" aria-hidden="true">{ for lanes.map(|(index, lane)| {
            let selected = session.selected.is_some_and(|selected| selected.index() == index);
            let class = [if selected { "selected" } else { "" }, if lane.accused { " accused" } else { "" }].concat();
            html! { <li key={index} {class} style={format!("top:{:.0}px", lane.y)}>{ lane.name.clone() }</li> }
        }) }</ol>
        <div class="time" role="img" aria-label={text::diagram(list.arrows.len(), lost)}>
            <div class="so-far">{ drawing(svg::flying(&list)) }</div>
            { drawing(svg::known(&list)) }
            <div class="playhead"><div class="future" />{ accusation(&list) }</div>
        </div>
        </>
    }
}

/// Whoever shows that a promise is broken, at the playhead, and what holds them together.
fn accusation(list: &List) -> Html {
    let accused: Vec<f64> = list.lanes.iter().filter(|lane| lane.accused && !lane.hidden).map(|lane| lane.y).collect();
    let Some((first, last)) = accused.first().zip(accused.last()) else { return Html::default() };
    html! {
        <div class="accusation" aria-hidden="true">
            <i class="between" style={format!("top:{first:.0}px;height:{:.0}px", last - first)} />
            { for accused.iter().map(|y| html! { <b style={format!("top:{y:.0}px")}>{ "✕" }</b> }) }
        </div>
    }
}

/// The row of the trace that is pointed at.
fn row_at(event: &MouseEvent) -> Option<u32> {
    around(event, "[data-row]")?.get_attribute("data-row")?.parse().ok()
}

fn around(event: &MouseEvent, what: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(what).ok()?
}

/// Where on the drawing it is kept which row a finger went down on, and where. While a run plays, that
/// has been drawn anew when the finger comes up, and browsers do not call that a click.
const PRESSED: &str = "data-pressed";
/// A finger that moves further than this does not mean what it went down on.
const STILL: i32 = 6;

fn press(event: &MouseEvent) {
    let Some(drawing) = around(event, ".drawing") else { return };
    let row = row_at(event).filter(|_| event.button() == 0);
    let pressed = row.map_or_else(String::new, |row| format!("{row} {} {}", event.client_x(), event.client_y()));
    let _ = drawing.set_attribute(PRESSED, &pressed);
}

/// The row that a finger went down on which comes up now.
fn released(event: &MouseEvent) -> Option<u32> {
    let pressed = around(event, ".drawing")?.get_attribute(PRESSED)?;
    let mut words = pressed.split(' ');
    let row = words.next()?.parse().ok()?;
    let mut near = |at: i32| words.next()?.parse().ok().filter(|before: &i32| (at - before).abs() <= STILL);
    near(event.client_x())?;
    near(event.client_y())?;
    Some(row)
}

/// Moves the picture to the playhead. Called for every frame, and so without Yew; and for parts that Yew has made.
pub(crate) fn follow(session: &Session, place: &NodeRef, window: Window) {
    if lanes(session) > MOST_LANES {
        return;
    }
    let Some(element) = place.cast::<HtmlElement>() else { return };
    move_diagram(&element, -window.shift(), window.head().clamp(-2.0, window.width + 2.0));
}
