//! Time: play, pause, step, scrub, speed.

use super::branches::{Glimpses, branches};
use crate::app::Msg;
use crate::session::{Session, Speed, Until};
use crate::text;
use crate::ui;
use faultline::models::Library;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, InputEvent, TargetCast, html};

/// The resolution of the slider for the moment.
const NOTCHES: u64 = 1_000;

pub(crate) fn transport(session: &Session, more: bool, strip: Html, glimpses: &Glimpses, library: &Library, send: &Callback<Msg>) -> Html {
    let button = |class: &'static str, label: &'static str, keys: &'static str, path: &'static str, disabled: bool, msg: fn() -> Msg| {
        let onclick = send.reform(move |_| msg());
        html! { <button {class} {disabled} {onclick} aria-label={label} title={format!("{label} ({keys})")}>{ ui::icon(path) }</button> }
    };
    let sim = session.sim();
    let reached = session.branches().1.0.max(1);
    let notch = (u128::from(session.playhead().0) * u128::from(NOTCHES) / u128::from(reached)) as u64;
    let seek = send.reform(move |event: InputEvent| Msg::Seek(reached / NOTCHES * number(&event.target_unchecked_into())));
    let speed = send.reform(|event: InputEvent| Msg::Speed(event.target_unchecked_into::<HtmlInputElement>().value_as_number() as i32));
    html! {
        <section class="transport" aria-label={text::MOMENT}>
            <div class="buttons">
                { button("", text::BACK, ",", ui::BACK, !session.begun(), || Msg::Back) }
                if session.playing() {
                    { button("primary", text::PAUSE, text::SPACE, ui::PAUSE, false, || Msg::Toggle) }
                } else {
                    { button("primary", text::PLAY, text::SPACE, ui::PLAY, sim.next_time().is_none(), || Msg::Toggle) }
                }
                { button("", text::STEP, ".", ui::STEP, sim.next_time().is_none(), || Msg::Step) }
                if session.begun() {
                    { waits(&[session], more, session.care.on, send) }
                }
            </div>
            <output class="clock">{ text::clock(session.playhead()) }</output>
            <input class="moment" type="range" min="0" max={NOTCHES.to_string()} value={notch.to_string()} oninput={seek}
                aria-label={text::MOMENT} aria-valuetext={text::clock(session.playhead())} />
            <label class="speed">
                <span class={if session.care.is_slowing() { "slowed" } else { "" }}>{ text::speed(session.ratio()) }</span>
                <input type="range" min={Speed::SLOWEST.to_string()} max={Speed::FASTEST.to_string()} value={session.speed.step().to_string()}
                    oninput={speed} aria-label={text::SPEED} aria-valuetext={text::speed(session.speed.ratio())} />
            </label>
            { strip }
            { branches(session, glimpses, library, send) }
        </section>
    }
}

/// What one can go on to in any of these runs, and whether time slows down by itself.
pub(crate) fn waits(sessions: &[&Session], open: bool, careful: bool, send: &Callback<Msg>) -> Html {
    let choose = send.reform(|event: Event| Msg::Careful(event.target_unchecked_into::<HtmlInputElement>().checked()));
    let fitting = Until::ALL.into_iter().filter(|until| sessions.iter().any(|session| fits(*until, session)));
    html! {
        <>
        <button id="more" aria-label={text::MORE} title={text::MORE} aria-expanded={open.to_string()}
            onclick={send.reform(move |_| Msg::More(!open))}>{ ui::icon(ui::MORE) }</button>
        if open {
            <div class="menu waits" role="group" aria-label={text::MORE}>
                <p>{ text::MORE }</p>
                { for fitting.map(|until| html! {
                    <button key={text::until(until)} onclick={send.reform(move |_| Msg::Until(until))}>{ text::until(until) }</button>
                }) }
                <label><input type="checkbox" checked={careful} onchange={choose} />{ text::CAREFUL }</label>
            </div>
        }
        </>
    }
}

/// Whether it can ever happen in this model.
fn fits(until: Until, session: &Session) -> bool {
    match until {
        Until::Reply => session.sim().scenario().clients > 0,
        Until::Broken => !session.sim().promises().is_empty(),
        _ => true,
    }
}

fn number(input: &HtmlInputElement) -> u64 {
    let value = input.value_as_number();
    if value.is_finite() { value.max(0.0) as u64 } else { 0 }
}
