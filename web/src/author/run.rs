//! The run of a lab that is being written: looked at along its diagram, trimmed, and given captions.

use super::Msg;
use crate::diagram;
use crate::session::Session;
use crate::text;
use faultline::Scenario;
use faultline::lab::draft::{Draft, Performance};
use faultline::link::Link;
use faultline::models::Library;
use faultline::sim::{Span, Time};
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, TargetCast, html};

/// A run, and the moment of it that is looked at.
pub(crate) struct Run {
    session: Session,
    scenario: Scenario,
    /// How far it can be looked at.
    end: Time,
    /// The diagram up to that moment.
    picture: String,
}

/// How much is shown after the last thing that was done.
const AFTER: Span = Span::secs(5);
/// How far the diagram looks back.
const BACK: Span = Span::secs(2);
const WIDTH: f64 = 900.0;
/// How finely moments can be chosen.
const FINE: u64 = 10_000_000;

impl Run {
    pub(super) fn new(library: &Library, performance: &Performance, moment: Option<Time>) -> Option<Self> {
        let mut session = Session::new(library, performance.run.clone()).ok()?;
        let last = performance.run.inputs.last().map_or(Time::ZERO, |timed| timed.at);
        let end = performance.to.max(last) + AFTER;
        session.seek(moment.unwrap_or(performance.to).min(end));
        let mut run = Self { session, scenario: performance.run.clone(), end, picture: String::new() };
        run.draw();
        Some(run)
    }

    pub(super) fn moment(&self) -> Time {
        self.session.playhead()
    }

    /// Whether this is the run that was performed.
    pub(super) fn shows(&self, performance: &Performance) -> bool {
        self.scenario == performance.run
    }

    pub(super) fn look(&mut self, moment: Time) {
        self.session.seek(moment.min(self.end));
        self.draw();
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    fn draw(&mut self) {
        let picture = diagram::stretch(&self.session, self.moment() - BACK, WIDTH);
        self.picture = format!("data:image/svg+xml,{}", js_sys::encode_uri_component(&picture));
    }
}

pub(super) fn view(run: &Run, draft: &Draft, saying: &str, send: &Callback<Msg>) -> Html {
    let Some(performance) = draft.performance() else { return Html::default() };
    let look = send.reform(|event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        Msg::Look(Time(value.parse::<u64>().unwrap_or(0) * FINE))
    });
    let say = send.reform(|event: InputEvent| Msg::Saying(event.target_unchecked_into::<HtmlInputElement>().value()));
    let sim = run.session.sim();
    let now = run.session.last_rows().next().map(|(row, _)| sim.describe_row(row)).unwrap_or_default();
    let on = Link { scenario: performance.run.clone(), seal: None }.write();
    html! {
        <section class="performed" aria-labelledby="run-title">
            <h2 id="run-title">{ text::THE_RUN }</h2>
            <div class="film" tabindex="0" role="group" aria-label={text::DIAGRAM}><img src={run.picture.clone()} alt={text::diagram_until(run.moment())} /></div>
            <label class="moment"><span>{ text::MOMENT }</span>
                <input type="range" min="0" max={(run.end.0 / FINE).to_string()} ~value={(run.moment().0 / FINE).to_string()}
                    aria-valuetext={run.moment().to_string()} oninput={look} />
                <output>{ run.moment().to_string() }</output></label>
            <p class="now">{ now }</p>
            <div class="ways">
                <button onclick={send.reform(|_| Msg::From)}>{ text::BEGIN_HERE }</button>
                <button onclick={send.reform(|_| Msg::To)}>{ text::END_HERE }</button>
                <span>{ text::stretch(performance.from, performance.to) }</span>
                <a href={on}>{ text::PERFORM_ON }</a>
            </div>
            <div class="entry ways">
                <input type="text" aria-label={text::CAPTION} placeholder={text::CAPTION} ~value={saying.to_owned()} oninput={say} />
                <button disabled={saying.trim().is_empty()} onclick={send.reform(|_| Msg::Caption)}>{ text::ADD_CAPTION }</button>
            </div>
            { captions(draft, send) }
        </section>
    }
}

fn captions(draft: &Draft, send: &Callback<Msg>) -> Html {
    let captions = draft.captions();
    if captions.is_empty() {
        return Html::default();
    }
    html! {
        <>
        <h3>{ text::CAPTIONS }</h3>
        <ol class="captions">{ for captions.into_iter().map(|(number, moment)| {
            let say = draft.text(&format!("step[{number}].say"));
            html! {
                <li key={number}><button class="quiet" onclick={send.reform(move |_| Msg::Look(moment))}>{ moment.to_string() }</button>
                    <span>{ say.clone() }</span>
                    <button class="quiet" aria-label={text::remove(&say)} onclick={send.reform(move |_| Msg::Remove(format!("step[{number}]")))}>{ text::REMOVE }</button></li>
            }
        }) }</ol>
        </>
    }
}
