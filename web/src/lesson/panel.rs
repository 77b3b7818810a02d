//! How a lab looks beside the stage: few words, one way on, always in the same place.

use super::looking::Shown;
use super::related::Related;
use super::{HERE, Lesson, Place, Say, Trying, VERDICT, WAY_ON, Work, curtain};
use crate::app::{Msg, Show};
use crate::chart::survey::{Seen, Survey};
use crate::dom;
use crate::route;
use crate::session::Session;
use crate::text;
use crate::text::study as words;
use crate::ui::{self, Named};
use faultline::lab::challenge::{Challenge, Task, Verdict};
use faultline::lab::study::Findings;
use faultline::lab::tour::{Answer, Doing};
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, MouseEvent, TargetCast, html};

/// Where in the lab one is, and the way on.
pub(crate) fn panel(lesson: &Lesson, session: &Session, send: &Callback<Msg>) -> Html {
    let say = send.reform(Msg::Lesson);
    html! {
        <section class={if lesson.is_before() { "lesson before" } else { "lesson" }} aria-label={text::LESSON}>
            <div class="way">
                { progress(lesson) }
                <p class="asides">
                    if matches!(lesson.place, Place::Step(_)) {
                        { quiet(text::CHALLENGES, Say::Choice, &say) }
                    }
                    if lesson.place != Place::Bet {
                        { quiet(if lesson.leaving { text::START_AGAIN_SURELY } else { text::START_AGAIN }, Say::StartAgain(true), &say) }
                        if lesson.leaving {
                            { quiet(text::CANCEL, Say::StartAgain(false), &say) }
                        }
                    }
                    // In a page of somebody else's it is students who come by.
                    if let Some(lab) = dom::address::fragment().strip_prefix(route::LAB).filter(|_| !dom::framed()) {
                        <a href={format!("{}{lab}", route::KIT)}>{ text::FOR_TEACHERS }</a>
                    }
                </p>
            </div>
            { match lesson.place {
                Place::Bet => bet(lesson, &say),
                Place::Step(index) => step(lesson, session, index, &say, send),
                Place::Choice => choice(lesson, &say),
                Place::Challenge(index) => challenge(lesson, session, index, &say),
                Place::Guess(_) => curtain::panel(lesson, session, &say),
                Place::Study(index) => study(lesson, index, &say),
                Place::Free => free(lesson, &say),
            } }
            { measured(lesson) }
            if let Some(fault) = &lesson.fault {
                <p class="refused" role="alert">{ fault.clone() }</p>
            }
        </section>
    }
}

/// What is measured of the run, now.
fn measured(lesson: &Lesson) -> Html {
    let measured = lesson.measured();
    if lesson.is_before() || measured.is_empty() {
        return Html::default();
    }
    let row = |(name, shown): &(&str, Shown)| {
        let (class, value) = match shown {
            Shown::Value(value) => ("", text::measured(value)),
            Shown::Share(hits, of) => ("", text::share(hits, of)),
            Shown::NotYet => ("", text::NOT_YET.to_owned()),
            Shown::Light(Some(true)) => ("on", text::YES.to_owned()),
            Shown::Light(Some(false)) => ("off", text::NO.to_owned()),
            Shown::Light(None) => ("", text::NOT_KNOWN.to_owned()),
        };
        html! { <div key={(*name).to_owned()} {class}><dt>{ (*name).to_owned() }</dt><dd>{ value }</dd></div> }
    };
    // What the step is about comes first.
    let shows = lesson.shows();
    let (first, rest): (Vec<_>, Vec<_>) =
        measured.iter().partition(|(name, _)| shows.is_empty() || shows.iter().any(|shown| shown == name));
    html! {
        <>
        <dl class="measured" aria-label={text::GAUGES}>{ for first.into_iter().map(row) }</dl>
        if !rest.is_empty() {
            <details class="more-measured"><summary>{ text::MORE_MEASURED }</summary><dl class="measured">{ for rest.into_iter().map(row) }</dl></details>
        }
        </>
    }
}

/// The way through the lab as a row of dots.
fn progress(lesson: &Lesson) -> Html {
    let steps = lesson.lab.steps.len();
    let at = match lesson.place {
        Place::Bet => 0,
        Place::Step(index) => index + 1,
        _ => steps + 1,
    };
    html! {
        <p class="dots"><span class="visually-hidden">{ match at {
            0 => text::BEFORE_STEPS.to_owned(),
            at if at > steps => text::AFTER_STEPS.to_owned(),
            at => text::step_of(at, steps),
        } }</span>
            { for (0..=steps).map(|dot| html! { <i key={dot} class={if dot < at { "done" } else if dot == at { "now" } else { "" }} aria-hidden="true" /> }) }
        </p>
    }
}

fn button(label: &'static str, what: Say, say: &Callback<Say>) -> Html {
    html! { <button onclick={say.reform(move |_| what.clone())}>{ label }</button> }
}

pub(super) fn quiet(label: &'static str, what: Say, say: &Callback<Say>) -> Html {
    html! { <button class="quiet" onclick={say.reform(move |_| what.clone())}>{ label }</button> }
}

/// The way on. It keeps the focus while it waits for something, and says for what.
pub(super) fn go(label: &'static str, what: Say, ready: bool, say: &Callback<Say>) -> Html {
    let pressed = say.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if ready {
            pressed.emit(what.clone());
        }
    });
    html! { <button id={WAY_ON} class="go" aria-disabled={(!ready).then_some("true")} title={(!ready).then_some(text::FIRST_DO)} {onclick}>{ label }</button> }
}

fn bet(lesson: &Lesson, say: &Callback<Say>) -> Html {
    html! {
        <>
        <p id={HERE} class="say" tabindex="-1">{ lesson.lab.hook.clone() }</p>
        <p class="ask">{ lesson.lab.bet.ask.clone() }</p>
        { answers(&lesson.lab.bet.answer, lesson, say) }
        <div class="ways">{ quiet(text::JUST_SHOW, Say::Continue, say) }{ quiet(text::STRAIGHT_TO_CHALLENGES, Say::Choice, say) }</div>
        <Related title={text::BEFORE_THIS} ids={lesson.lab.prerequisites.clone()} />
        </>
    }
}

/// What can be answered: one of several, or a number.
fn answers(answer: &Answer, lesson: &Lesson, say: &Callback<Say>) -> Html {
    match answer {
        Answer::Options(options) => html! {
            <ul class="answers">{ for options.iter().map(|(option, _)| {
                let option = option.clone();
                let what = Say::Guess(option.clone());
                html! { <li key={option.clone()}><button onclick={say.reform(move |_| what.clone())}>{ option }</button></li> }
            }) }</ul>
        },
        Answer::Number { .. } => {
            let typed = lesson.typed.clone();
            let bet = say.reform(move |_| Say::Guess(typed.clone()));
            let oninput = say.reform(|event: InputEvent| Say::Typed(event.target_unchecked_into::<HtmlInputElement>().value()));
            html! {
                <div class="entry answers">
                    <input type="text" inputmode="decimal" aria-label={text::YOUR_ANSWER} placeholder={text::YOUR_ANSWER} value={lesson.typed.clone()} {oninput} />
                    if answer.is_time() {
                        <span class="unit">{ text::MILLISECONDS }</span>
                    }
                    <button class="go" disabled={answer.guess(&lesson.typed).is_none()} onclick={bet}>{ text::BET }</button>
                </div>
            }
        }
    }
}

fn step(lesson: &Lesson, session: &Session, index: usize, say: &Callback<Say>, send: &Callback<Msg>) -> Html {
    let step = &lesson.lab.steps[index];
    let explains = matches!(step.doing, Doing::Explain);
    let stopped = lesson.stopped.is_some();
    html! {
        <>
        <p id={HERE} class="say" tabindex="-1">{ step.say.clone() }</p>
        if let Some(more) = &step.more {
            <details class="more"><summary>{ text::WHY }</summary><p>{ more.clone() }</p></details>
        }
        { wagered(lesson) }
        <div class="ways">
            { quiet(text::PREVIOUS, Say::Previous, say) }
            { go(text::CONTINUE, Say::Continue, explains || stopped, say) }
            if !explains && !stopped {
                { quiet(if matches!(step.doing, Doing::Do { .. }) { text::DO_IT_FOR_ME } else { text::TO_THE_END }, Say::Finish, say) }
                { quiet(text::SKIP, Say::Continue, say) }
                if session.wanted.is_some() {
                    <button class="quiet" onclick={send.reform(|_| Msg::Show(Show::Where))}>{ text::SHOW_WHERE }</button>
                }
            }
        </div>
        </>
    }
}

/// The bet stays in sight until it is decided, and then with what came of it.
fn wagered(lesson: &Lesson) -> Html {
    let Some(guess) = &lesson.bet else { return Html::default() };
    let answer = &lesson.lab.bet.answer;
    let said = text::guess(answer, guess);
    match answer.is_right(guess, &lesson.truth) {
        None => html! { <p class="wager">{ text::you_bet(&said) }</p> },
        Some(right) => html! {
            <p class={if right { "wager right" } else { "wager wrong" }} role="status">{ text::bet_decided(&said, right, &text::truth(answer, &lesson.truth)) }</p>
        },
    }
}

fn choice(lesson: &Lesson, say: &Callback<Say>) -> Html {
    let lab = &lesson.lab;
    html! {
        <>
        <p id={HERE} class="say" tabindex="-1">{ text::NOW_BREAK_IT }</p>
        { wagered(lesson) }
        <ul class="challenges">{ for lab.challenges.iter().enumerate().map(|(index, challenge)| html! {
            <li key={index}><button onclick={say.reform(move |_| Say::Challenge(index))}>
                <small>{ text::challenge_kind(challenge.kind()) }{ " " }</small>{ challenge.title.clone() }{ stars(lesson, challenge) }
            </button></li>
        }) }</ul>
        { curtains(lesson, say) }
        { studies(lesson, say) }
        if !lab.textbook.is_empty() {
            <h2>{ text::TEXTBOOK }</h2>
            { for lab.textbook.iter().enumerate().map(|(index, code)| html! {
                <details key={index} class="textbook"><summary>{ code.title.clone() }</summary>
                    <pre><code>{ code.code.clone() }</code></pre>
                    <p>{ code.wrong.clone() }</p>
                    <div class="ways">{ button(text::AS_WRITTEN, Say::Textbook(index, false), say) }{ button(text::CORRECTED, Say::Textbook(index, true), say) }</div>
                </details>
            }) }
        }
        <div class="ways">{ go(text::PLAY_FREELY, Say::Free, true, say) }{ quiet(text::PREVIOUS, Say::Previous, say) }</div>
        </>
    }
}

/// What can be guessed.
fn curtains(lesson: &Lesson, say: &Callback<Say>) -> Html {
    if lesson.lab.guesses.is_empty() {
        return Html::default();
    }
    html! {
        <>
        <h2>{ text::curtain::TITLE }</h2>
        <ul class="challenges">{ for lesson.lab.guesses.iter().enumerate().map(|(index, guess)| html! {
            <li key={index}><button onclick={say.reform(move |_| Say::Curtain(index))}><small>{ text::curtain::KIND }</small>{ guess.title.clone() }</button></li>
        }) }</ul>
        </>
    }
}

/// What can be found out from many runs.
fn studies(lesson: &Lesson, say: &Callback<Say>) -> Html {
    if lesson.lab.studies.is_empty() {
        return Html::default();
    }
    html! {
        <>
        <h2>{ words::TITLE }</h2>
        <ul class="challenges">{ for lesson.lab.studies.iter().enumerate().map(|(index, study)| html! {
            <li key={index}><button onclick={say.reform(move |_| Say::Study(index))}><small>{ words::KIND }</small>{ study.title.clone() }</button></li>
        }) }</ul>
        </>
    }
}

/// A study: what is chosen, how far it is, and what was found.
fn study(lesson: &Lesson, index: usize, say: &Callback<Say>) -> Html {
    let (lab, study) = (&*lesson.lab, &lesson.lab.studies[index]);
    let places = study.places(lesson.chosen.case).len();
    let cases = study.at_once(lesson.chosen.case).len();
    let (now, before) = (lesson.seen.as_ref(), lesson.before.as_ref());
    let sum = |of: fn(&Findings) -> u64| now.iter().flat_map(|seen| seen.iter()).map(|seen| of(&seen.findings)).sum::<u64>();
    let (done, of) = match now {
        None => (0, study.runs * (places.max(1) * cases) as u64),
        Some(_) => (sum(|findings| findings.done), sum(|findings| findings.of)),
    };
    let never = now.iter().flat_map(|seen| seen.iter()).filter(|seen| seen.findings.missed > 0);
    let missed = never.map(|Seen { case, with, findings }| {
        let end = study.end(lab, *case).to_string();
        match study.together {
            true => words::missed_in(with, findings.missed, findings.done, &end),
            false => words::missed(findings.missed, findings.done, &end),
        }
    });
    let named = if study.together { words::ON_STAGE } else { words::CASE };
    html! {
        <>
        <h2 id={HERE} tabindex="-1"><small>{ words::KIND }</small>{ study.title.clone() }</h2>
        <p class="say">{ study.say.clone() }</p>
        if study.cases.len() > 1 {
            <label class="case">{ named }
                { ui::choice(Named { label: Some(named), ..Named::default() }, study.cases.iter().map(|case| case.name.as_str()), lesson.chosen.case, say.reform(Say::Case)) }
            </label>
        }
        if lesson.work == Some(Work::Measuring) {
            <p class="working" role="status"><progress max={of.to_string()} value={now.map(|_| done.to_string())} aria-label={words::KIND} />
                { words::so_far(done, of) }</p>
            <div class="ways">{ quiet(text::CANCEL, Say::Cancel, say) }</div>
        } else if done < of {
            <p class="help">{ words::how_many(study.runs, places, cases) }</p>
            <div class="ways">{ go(if now.is_some() { words::AGAIN } else { words::START }, Say::Measure, true, say) }</div>
        } else {
            // The same choices would be the same runs.
            <p class="help" role="status">{ words::so_far(done, of) }</p>
        }
        // Until there is something new, what was found before is what there is to see.
        if let Some(seen) = now.or(before) {
            <Survey lab={lesson.lab.clone()} study={index} now={seen.clone()} before={now.and(before).cloned()} chosen={now.map(|_| lesson.chosen.clone())} />
        }
        { for missed.map(|words| html! { <p class="help">{ words }</p> }) }
        <div class="ways">{ quiet(text::ALL_CHALLENGES, Say::Choice, say) }</div>
        </>
    }
}

fn stars(lesson: &Lesson, challenge: &Challenge) -> Html {
    let stars = lesson.progress.challenges.get(&challenge.id).map_or(0, |solved| solved.stars);
    if stars == 0 {
        return Html::default();
    }
    shown(stars)
}

fn shown(stars: u8) -> Html {
    let row = "★".repeat(usize::from(stars));
    html! { <><span class="visually-hidden">{ ", " }</span><span class="stars" role="img" aria-label={text::stars(stars)}>{ row }</span></> }
}

fn challenge(lesson: &Lesson, session: &Session, index: usize, say: &Callback<Say>) -> Html {
    let challenge = &lesson.lab.challenges[index];
    let verdict = lesson.verdict(session.playhead());
    let solved = verdict.is_some_and(|verdict| verdict.solved == Some(true));
    let hints = challenge.hints.len() + usize::from(matches!(challenge.task, Task::Break { .. }));
    html! {
        <>
        <h2 id={HERE} tabindex="-1"><small>{ text::challenge_kind(challenge.kind()) }{ " " }</small>{ challenge.title.clone() }</h2>
        <p class="say">{ challenge.say.clone() }</p>
        { outlines(lesson, index) }
        { match &challenge.task {
            Task::Break { allow, at_most, .. } => html! { <p class="allowed">{ text::allowed(allow, at_most) }</p> },
            Task::Defend { .. } if !solved && lesson.work.is_none() => html! { <div class="ways">{ go(text::ATTACK, Say::Decide, true, say) }</div> },
            Task::Predict { answer, .. } if verdict.is_none() => answers(answer, lesson, say),
            _ => Html::default(),
        } }
        if lesson.work == Some(Work::Deciding) {
            <p class="working" role="status"><progress aria-label={text::ATTACKING} />{ text::ATTACKING }</p>
        }
        if let Some(verdict) = verdict {
            { decided(lesson, challenge, verdict, lesson.plays_on(session), say) }
        }
        // Who could still find out is not told; nor is what the challenge asks.
        if solved || matches!(challenge.task, Task::Predict { .. }) && verdict.is_some() || !lesson.tried.is_empty() {
            { searched(lesson, challenge, say) }
        }
        if lesson.work.is_some() {
            <div class="ways">{ quiet(text::CANCEL, Say::Cancel, say) }</div>
        }
        if !solved {
            <ul class="hints">{ for challenge.hints.iter().take(lesson.hints).map(|hint| html! { <li>{ hint.clone() }</li> }) }</ul>
        }
        <div class="ways">
            if !solved && lesson.hints < hints {
                { quiet(if lesson.hints < challenge.hints.len() { text::HINT } else { text::HALF_WAY }, Say::Hint, say) }
            }
            { quiet(text::AGAIN_FROM_START, Say::Again(false), say) }
            if solved {
                { quiet(text::ANOTHER_SEED, Say::Again(true), say) }
            }
            { quiet(text::ALL_CHALLENGES, Say::Choice, say) }
        </div>
        </>
    }
}

/// What there are stars for, and which of them are earned.
fn outlines(lesson: &Lesson, index: usize) -> Html {
    let challenge = &lesson.lab.challenges[index];
    let par = lesson.par(index);
    let [solved, few, again] = lesson.progress.reached(&challenge.id, par.unwrap_or(0));
    let kept = lesson.progress.challenges.get(&challenge.id).map_or(0, |solved| usize::from(solved.hints));
    let hints = kept.max(lesson.hints);
    let star = |count: usize, what: String, earned: bool| {
        let (class, sign) = if earned { ("earned", "★") } else { ("", "☆") };
        html! { <li {class} aria-label={text::star(&what, earned)}><i aria-hidden="true">{ sign.repeat(count) }</i><span aria-hidden="true">{ what }</span></li> }
    };
    html! {
        <ul class="outlines" aria-label={text::STARS}>
            { star(if par.is_some() { 1 } else { 2 }, text::STAR_SOLVED.into(), solved) }
            if let Some(par) = par {
                { star(1, text::star_few(par), few) }
            }
            { star(1, text::STAR_AGAIN.into(), again) }
            if hints > 0 {
                <li>{ text::hints_cost(hints) }</li>
            }
        </ul>
    }
}

fn decided(lesson: &Lesson, challenge: &Challenge, verdict: &Verdict, plays_on: bool, say: &Callback<Say>) -> Html {
    let (class, title) = match verdict.solved {
        Some(true) => ("verdict broken-by-you", text::SOLVED),
        Some(false) => ("verdict", text::NOT_SOLVED),
        None => ("verdict unknown", text::NOT_KNOWN),
    };
    let breaks = matches!(challenge.task, Task::Break { .. });
    html! {
        <div id={VERDICT} {class}>
            <h3>{ title }
                { lesson.stars.map_or_else(Html::default, shown) }
            </h3>
            if verdict.solved == Some(true) { <p>{ challenge.won.clone() }</p> }
            <p>{ verdict.said.clone() }</p>
            if plays_on {
                <p class="ways">{ text::PLAYING_ON }{ quiet(text::SHOW_SOLUTION, Say::Solution, say) }</p>
            }
            if !verdict.why.is_empty() {
                <details><summary>{ text::WHY }</summary><ul class="evidence">{ for verdict.why.iter().map(|reason| html! { <li>{ reason.to_string() }</li> }) }</ul></details>
            }
            <div class="ways">
                if breaks && verdict.solved == Some(true) { { button(text::SHORTEST, Say::Look(true), say) } }
                if !breaks { { button(text::LOOK, Say::Look(false), say) } }
            </div>
        </div>
    }
}

/// What trying every order of events shows, and the button that does it.
fn searched(lesson: &Lesson, challenge: &Challenge, say: &Callback<Say>) -> Html {
    if challenge.searches.is_empty() {
        return Html::default();
    }
    let nodes = challenge.start(&lesson.lab).nodes;
    html! {
        <section class="searched" aria-label={text::TRY_EVERYTHING}>
            <ul>{ for challenge.searches.iter().enumerate().map(|(index, search)| {
                let tried = lesson.tried.get(index);
                let worlds = search.cases(challenge, &lesson.lab).len();
                html! { <li key={index}>{ search.say.clone() }
                    <small>{ text::bounds(search.nodes.unwrap_or(nodes), search.timers, search.crashes, worlds) }</small>
                    { tried.map_or_else(Html::default, trying) }
                </li> }
            }) }</ul>
            <p class="help">{ text::TRIED_WITH }</p>
            if lesson.work.is_none() && lesson.tried.is_empty() {
                <div class="ways">{ quiet(text::TRY_EVERYTHING, Say::Search, say) }</div>
            }
        </section>
    }
}

fn trying(tried: &Trying) -> Html {
    if tried.done < tried.worlds {
        return html! { <p class="working"><progress max={tried.worlds.to_string()} value={tried.done.to_string()} aria-label={text::TRY_EVERYTHING} />
        { text::tried(tried.done, tried.worlds, tried.states) }</p> };
    }
    html! {
        <>
        <p role="status">{ text::all_tried(tried.worlds, tried.states, tried.found.len(), tried.contradicted) }</p>
        if !tried.found.is_empty() {
            <details><summary>{ text::THE_WAY }</summary><ol class="evidence">{ for tried.found.iter().map(|(with, way)| html! {
                <li key={with.clone()}>{ format!("{with}: {}", way.join("; ")) }</li>
            }) }</ol></details>
        }
        </>
    }
}

fn free(lesson: &Lesson, say: &Callback<Say>) -> Html {
    let lab = &lesson.lab;
    html! {
        <>
        <p id={HERE} class="say" tabindex="-1">{ lab.free.clone() }</p>
        { curtains(lesson, say) }
        { studies(lesson, say) }
        <details class="more"><summary>{ text::LEAVES_OUT }</summary><p>{ lab.leaves_out.clone() }</p></details>
        <details class="more"><summary>{ text::CORRECTNESS }</summary><p>{ lab.correctness.clone() }</p></details>
        <Related title={text::RELATED} ids={lab.related.clone()} />
        if EVIDENT.contains(&lab.id.as_str()) {
            <p class="related"><a href={route::EVIDENCE}>{ text::EVIDENCE_TITLE }</a></p>
        }
        <div class="ways">{ go(text::ALL_CHALLENGES, Say::Choice, true, say) }</div>
        </>
    }
}

/// The labs whose models were held to published numbers (static/evidence.tsv).
const EVIDENT: [&str; 5] = ["L10", "L12", "L16", "L17", "L24"];

#[cfg(test)]
mod tests {
    use super::EVIDENT;
    use std::collections::BTreeSet;

    #[test]
    fn every_lab_that_was_held_to_something_says_so() {
        let labs = faultline::evidence::EXPERIMENTS.iter().flat_map(|experiment| experiment.labs.iter().copied());
        assert_eq!(labs.collect::<BTreeSet<_>>(), BTreeSet::from(EVIDENT));
    }
}
