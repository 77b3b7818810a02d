//! Time: play, pause, step, scrub, speed.

use super::branches::{Glimpses, branches};
use crate::app::Msg;
use crate::desk::OfTime;
use crate::pacing::{Pacing, Speed};
use crate::session::{Session, Until};
use crate::text;
use crate::ui;
use faultline::sim::Time;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, InputEvent, TargetCast, html};

/// The resolution of the slider for the moment.
const NOTCHES: u64 = 1_000;

pub(crate) fn transport(
    session: &Session,
    waits_for_bet: bool,
    more: bool,
    strip: Html,
    glimpses: &Glimpses,
    send: &Callback<Msg>,
) -> Html {
    let of_time = send.reform(Msg::Time);
    let ended = waits_for_bet || session.sim().next_time().is_none();
    html! {
        <section class="transport" aria-label={text::MOMENT}>
            <div class="buttons">
                { button(text::BACK, ",", ui::BACK, !session.begun(), of_time.reform(|()| OfTime::Back)) }
                { play(session.playing(), ended, of_time.reform(|()| OfTime::Toggle)) }
                { button(text::STEP, ".", ui::STEP, ended, of_time.reform(|()| OfTime::Step)) }
                if session.begun() {
                    { waits(&[session], more, session.pacing.care.on, &of_time) }
                }
            </div>
            // Time passes all the time: nobody wants to hear of that.
            <output class="clock" aria-live="off">{ text::clock(session.playhead()) }</output>
            { moment(session.playhead(), session.branches().1, of_time.reform(OfTime::Seek)) }
            { pace(&session.pacing, of_time.reform(OfTime::Speed)) }
            { strip }
            { branches(session, glimpses, send) }
        </section>
    }
}

/// What one can go on to in any of these runs, and whether time slows down by itself.
pub(crate) fn waits(sessions: &[&Session], open: bool, careful: bool, send: &Callback<OfTime>) -> Html {
    let choose = send.reform(|event: Event| OfTime::Careful(event.target_unchecked_into::<HtmlInputElement>().checked()));
    let fitting = Until::ALL.into_iter().filter(|until| sessions.iter().any(|session| fits(*until, session)));
    html! {
        <>
        <button id="more" aria-label={text::MORE} title={text::MORE} aria-expanded={open.to_string()}
            onclick={send.reform(move |_| OfTime::More(!open))}>{ ui::icon(ui::MORE) }</button>
        if open {
            <div class="menu waits" role="group" aria-label={text::MORE}>
                <p>{ text::MORE }</p>
                { for fitting.map(|until| html! {
                    <button key={text::until(until)} onclick={send.reform(move |_| OfTime::Until(until))}>{ text::until(until) }</button>
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

// ---- what every run that is played has ----

/// A button that moves time by a little.
pub(crate) fn button(label: &'static str, keys: &'static str, path: &'static str, disabled: bool, press: Callback<()>) -> Html {
    html! { <button {disabled} onclick={press.reform(|_| ())} aria-label={label} title={format!("{label} ({keys})")}>{ ui::icon(path) }</button> }
}

/// Play or pause. At its end a run cannot be played.
pub(crate) fn play(playing: bool, ended: bool, press: Callback<()>) -> Html {
    let (label, path) = if playing { (text::PAUSE, ui::PAUSE) } else { (text::PLAY, ui::PLAY) };
    html! {
        <button class="primary" disabled={ended && !playing} onclick={press.reform(|_| ())} aria-label={label}
            title={format!("{label} ({})", text::SPACE)}>{ ui::icon(path) }</button>
    }
}

/// The slider for the moment, whose last notch is how far the run was ever taken.
pub(crate) fn moment(playhead: Time, reached: Time, seek: Callback<Time>) -> Html {
    let oninput = seek.reform(move |event: InputEvent| moment_of(number(&event) as u64, reached));
    html! {
        <input class="moment" type="range" min="0" max={NOTCHES.to_string()} value={notch_of(playhead, reached).to_string()} {oninput}
            aria-label={text::MOMENT} aria-valuetext={text::clock(playhead)} />
    }
}

/// How fast time passes, and that it passes slower just now.
pub(crate) fn pace(pacing: &Pacing, set: Callback<i32>) -> Html {
    let speed = pacing.speed;
    let slowed = pacing.strained || pacing.care.is_slowing();
    let now = if pacing.strained { text::STRAINED.to_owned() } else { text::speed(if slowed { pacing.ratio() } else { speed.ratio() }) };
    let oninput = set.reform(|event: InputEvent| number(&event) as i32);
    html! {
        <label class="speed">
            <span class={if slowed { "slowed" } else { "" }}>{ now }</span>
            <input type="range" min={Speed::SLOWEST.to_string()} max={Speed::FASTEST.to_string()} value={speed.step().to_string()}
                {oninput} aria-label={text::SPEED} aria-valuetext={text::speed(speed.ratio())} />
        </label>
    }
}

fn number(event: &InputEvent) -> f64 {
    event.target_unchecked_into::<HtmlInputElement>().value_as_number()
}

/// A notch and its moment. Rounded up, so that a moment that was asked for by its notch is at that
/// notch, and the last one is the end itself.
fn moment_of(notch: u64, reached: Time) -> Time {
    Time((u128::from(reached.0) * u128::from(notch)).div_ceil(u128::from(NOTCHES)) as u64)
}

fn notch_of(moment: Time, reached: Time) -> u64 {
    (u128::from(moment.0) * u128::from(NOTCHES) / u128::from(reached.0.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notch_is_where_it_leads_to_and_the_last_is_the_end() {
        for reached in [1_000, 1_001, 123_456_789, 60_000_000_001, u64::MAX].map(Time) {
            for notch in 0..=NOTCHES {
                assert_eq!(notch_of(moment_of(notch, reached), reached), notch, "of {reached:?}");
            }
            assert_eq!(moment_of(NOTCHES, reached), reached);
        }
    }
}
