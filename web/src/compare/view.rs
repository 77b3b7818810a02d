//! What there is to see of the comparison: both runs, what is not the same in them, and their numbers and charts.

use super::pair::{PACES, Pair};
use super::{Compare, Msg};
use crate::chart::{self, Kind, Run};
use crate::desk::OfTime;
use crate::panel::{help, transport};
use crate::route;
use crate::share::Share;
use crate::text;
use crate::ui::{self, Named};
use faultline::models::Library;
use faultline::sim::Time;
use yew::{Callback, Html, html};

const CHARTS: [Kind; 4] = [Kind::Latency, Kind::Availability, Kind::Staleness, Kind::Load];

impl Compare {
    /// All of it.
    pub(super) fn all(&self, library: &Library, send: &Callback<Msg>) -> Html {
        html! {
            <>
            <header class="bar">
                <a class="brand" href="#">{ text::NAME }</a>
                <h1>{ text::COMPARE }</h1>
                <p class="hook">{ text::COMPARED }</p>
                if let Ok(pair) = &self.pair {
                    <div class="deeds">
                        { ui::undo(pair.can_undo(), pair.can_redo(), &send.reform(Msg::Time)) }
                        <button class="quiet" onclick={send.reform(|_| Msg::Share(true))}>{ ui::icon(ui::LINK) }{ text::SHARE }</button>
                        <button id="ask-help" class="quiet" aria-label={text::HELP} title={text::HELP} onclick={send.reform(|_| Msg::Help(true))}>{ ui::icon(ui::HELP) }</button>
                    </div>
                }
            </header>
            if self.help {
                { help::help(&send.reform(|()| Msg::Help(false))) }
            }
            if let Some(thing) = &self.sharing {
                <Share title={text::COMPARE} things={vec![thing.clone()]} close={send.reform(|()| Msg::Share(false))} />
            }
            if let Some(words) = &self.notice {
                <div class="notice">
                    <p role="alert">{ words.clone() }</p>
                    <button class="quiet" onclick={send.reform(|_| Msg::NoNotice)}>{ text::CLOSE }</button>
                </div>
            }
            { match &self.pair {
                Ok(pair) => self.content(pair, library, send),
                Err(why) => html! {
                    <main class="wait">
                        <p role="alert">{ text::bad_comparison(why) }</p>
                        <p><a href={format!("{}ping-pong", route::FREE)}>{ text::TO_THE_LABORATORY }</a></p>
                    </main>
                },
            } }
            <p class="announcer" role="status">{ self.announced.clone() }</p>
            </>
        }
    }

    fn content(&self, pair: &Pair, library: &Library, send: &Callback<Msg>) -> Html {
        let take = send.reform(|(kind, take)| Msg::TakeChart(kind, take));
        html! {
            <>
            <main class="compare" ref={self.main.clone()}>
                { for self.sides.iter().map(|side| side.view(pair, library, self.elsewhere, send)) }
                <div class="beside">
                    { differing(pair, send) }
                    { self.counters() }
                </div>
                <div class="charts">
                    { self.measured(|runs| CHARTS.iter().map(|kind| html! {
                        <section key={kind.name()} class="panel" aria-label={kind.name()}><h2>{ kind.name() }</h2>{ chart::chart(*kind, runs, &take) }</section>
                    }).collect::<Html>()) }
                </div>
            </main>
            <footer>{ time(pair, self.more, &send.reform(Msg::Time)) }</footer>
            </>
        }
    }

    /// Both runs as charts see them.
    pub(super) fn measured<T: Default>(&self, then: impl FnOnce(&[Run<'_>]) -> T) -> T {
        let Ok(pair) = &self.pair else { return T::default() };
        then(&[0, 1].map(|place| Run { name: text::SIDES[place], sim: pair.sides[place].sim(), now: pair.playhead() }))
    }

    /// The numbers of both, side by side.
    fn counters(&self) -> Html {
        let [a, b] = self.measured(|runs| runs.iter().map(chart::numbers).collect::<Vec<_>>()).try_into().unwrap_or_default();
        html! {
            <section class="panel counters" aria-labelledby="counters-title">
                <h2 id="counters-title">{ text::COUNTERS }</h2>
                <table>
                    <thead><tr><td></td>{ for text::SIDES.map(|side| html! { <th key={side} scope="col">{ side }</th> }) }</tr></thead>
                    <tbody>{ for a.into_iter().zip(b).map(|((name, a), (_, b))| html! {
                        <tr key={name} class={if a == b { "" } else { "other" }}><th scope="row">{ name }</th><td>{ a }</td><td>{ b }</td></tr>
                    }) }</tbody>
                </table>
            </section>
        }
    }
}

/// What is not the same, and since when.
fn differing(pair: &Pair, send: &Callback<Msg>) -> Html {
    let named = Named { label: Some(text::CLIENTS_ASK), ..Named::default() };
    let paces: Vec<String> = PACES.iter().map(|gap| text::pace(*gap)).collect();
    let others = pair.pace().is_none().then_some(text::OTHER_PACE);
    let pace = pair.pace().unwrap_or(PACES.len());
    let found = pair.differing();
    html! {
        <section class="panel differing" aria-labelledby="differing-title">
            <h2 id="differing-title">{ text::DIFFERS }</h2>
            if found.is_empty() {
                <p class="empty">{ text::NOTHING_DIFFERS }</p>
            } else {
                <dl>{ for found.into_iter().map(|(what, [a, b])| html! {
                    <div key={what.clone()}><dt>{ what }</dt><dd><b>{ text::SIDES[0] }</b>{ a }</dd><dd><b>{ text::SIDES[1] }</b>{ b }</dd></div>
                }) }</dl>
            }
            <button id="first" class="first" onclick={send.reform(|_| Msg::First)}>
                { pair.parted().map_or_else(|| text::FIND_DIFFERENCE.into(), |parted| text::first_difference(parted.at)) }</button>
            if pair.parted().is_some() {
                <dl class="parting">{ for text::SIDES.into_iter().enumerate().map(|(place, side)| html! {
                    <div key={side}><dd><b>{ side }</b>{ pair.parts_with(place).unwrap_or_else(|| text::NOT_THEN.into()) }</dd></div>
                }) }</dl>
            }
            <div class="shared">
                if pair.can_ask() {
                    <label><span>{ text::CLIENTS_ASK }</span>
                        { ui::choice(named, paces.iter().map(String::as_str).chain(others), pace, send.reform(Msg::Pace)) }</label>
                }
                <button class="quiet" onclick={send.reform(|_| Msg::Seed)}>{ text::ANOTHER_SEED }</button>
            </div>
        </section>
    }
}

fn time(pair: &Pair, more: bool, send: &Callback<OfTime>) -> Html {
    let reached = pair.reached().0.max(1);
    let share = |moment: Time| moment.0 as f64 / reached as f64;
    let mark = pair.parted().filter(|parted| parted.at.0 <= reached).map(|parted| format!("--share:{:.4}", share(parted.at)));
    html! {
        <section class="transport" aria-label={text::MOMENT}>
            <div class="buttons">
                { transport::button(text::PREVIOUS_MOMENT, ",", ui::BACK, pair.playhead() == Time::ZERO, send.reform(|()| OfTime::Back)) }
                { transport::play(pair.playing(), !pair.goes_on(), send.reform(|()| OfTime::Toggle)) }
                { transport::button(text::NEXT_MOMENT, ".", ui::STEP, !pair.goes_on(), send.reform(|()| OfTime::Step)) }
                if pair.playhead() > Time::ZERO {
                    { transport::waits(&pair.sides.each_ref(), more, pair.pacing.care.on, send) }
                }
            </div>
            <output class="clock" aria-live="off">{ text::clock(pair.playhead()) }</output>
            <div class="moments">
                { transport::moment(pair.playhead(), pair.reached(), send.reform(OfTime::Seek)) }
                if let Some(style) = mark {
                    <i class="parts-at" {style} aria-hidden="true" />
                }
            </div>
            { transport::pace(&pair.pacing, send.reform(OfTime::Speed)) }
        </section>
    }
}
