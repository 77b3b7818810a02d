//! Time: play, pause, step, scrub, speed.

use crate::app::Msg;
use crate::session::{Session, Speed};
use crate::text;
use crate::ui;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, TargetCast, html};

/// The resolution of the slider for the moment.
const NOTCHES: u64 = 1_000;

pub(crate) fn transport(session: &Session, send: &Callback<Msg>) -> Html {
    let button = |class: &'static str, label: &'static str, keys: &'static str, path: &'static str, disabled: bool, msg: fn() -> Msg| {
        let onclick = send.reform(move |_| msg());
        html! { <button {class} {disabled} {onclick} aria-label={label} title={format!("{label} ({keys})")}>{ ui::icon(path) }</button> }
    };
    let sim = session.sim();
    let reached = session.reached().0.max(1);
    let notch = (u128::from(session.playhead().0) * u128::from(NOTCHES) / u128::from(reached)) as u64;
    let seek = send.reform(move |event: InputEvent| Msg::Seek(reached / NOTCHES * number(&event.target_unchecked_into())));
    let speed = send.reform(|event: InputEvent| Msg::Speed(event.target_unchecked_into::<HtmlInputElement>().value_as_number() as i32));
    html! {
        <section class="transport" aria-label={text::MOMENT}>
            <div class="buttons">
                { button("", text::BACK, ",", ui::BACK, !session.begun(), || Msg::Back) }
                if session.playing() {
                    { button("primary", text::PAUSE, "Space", ui::PAUSE, false, || Msg::Toggle) }
                } else {
                    { button("primary", text::PLAY, "Space", ui::PLAY, sim.next_time().is_none(), || Msg::Toggle) }
                }
                { button("", text::STEP, ".", ui::STEP, sim.next_time().is_none(), || Msg::Step) }
            </div>
            <output class="clock">{ text::clock(session.playhead()) }</output>
            <input class="moment" type="range" min="0" max={NOTCHES.to_string()} value={notch.to_string()} oninput={seek}
                aria-label={text::MOMENT} aria-valuetext={text::clock(session.playhead())} />
            <label class="speed">
                <span>{ text::speed(session.speed) }</span>
                <input type="range" min={Speed::SLOWEST.to_string()} max={Speed::FASTEST.to_string()} value={session.speed.step().to_string()}
                    oninput={speed} aria-label={text::SPEED} aria-valuetext={text::speed(session.speed)} />
            </label>
        </section>
    }
}

fn number(input: &HtmlInputElement) -> u64 {
    let value = input.value_as_number();
    if value.is_finite() { value.max(0.0) as u64 } else { 0 }
}
