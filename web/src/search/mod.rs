//! Searches from the laboratory: for a run that breaks a promise, for what each fault changed, and for
//! the moment from which on it was too late. The work is done beside the page (`worker`).

use crate::app::Msg;
use crate::desk::{OfRun, OfTime};
use crate::sandbox;
use crate::session::Session;
use crate::text::{self, search as words};
use crate::ui::{self, Named};
use crate::worker::search::{Effort, Found, Hunt, Odds, Run, Without};
use crate::worker::{Doing, Job, Report};
use faultline::judge::Promise;
use faultline::link::Link;
use faultline::scenario::{Input, Scenario};
use faultline::search::{Bounds, Sought};
use faultline::sim::Time;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, TargetCast, html};

/// What is said to the searches.
#[derive(Clone, Debug)]
pub(crate) enum Say {
    /// Another promise is to be broken: its place among those of this run.
    Promise(usize),
    /// Another way of looking.
    Way(usize),
    /// A bound is typed.
    Bound(usize, String),
    Hunt,
    Faults,
    TooLate,
    /// Stop one of them.
    Stop(Which),
    /// One of them has news; which one it was when it was asked.
    Told(Which, u32, Report),
}

/// Which search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Hunt,
    Faults,
    TooLate,
}

/// A search and what it has said so far.
#[derive(Default)]
struct Quest {
    doing: Option<Doing>,
    /// How often it was asked: news of an earlier one do not count.
    number: u32,
    /// The run that was asked about, and how far it had been taken.
    of: Option<(Scenario, Time)>,
    news: Vec<Report>,
}

/// All searches.
pub(crate) struct Searches {
    /// Which promise, if one was chosen.
    promise: Option<usize>,
    everything: bool,
    bounds: [String; 5],
    refused: Option<String>,
    hunt: Quest,
    faults: Quest,
    too_late: Quest,
}

/// The bounds if nothing is said, and the most that each may be.
const BOUNDS: [(u64, u64); 5] = [(2_000, 1_000_000), (12, 60), (3, 100), (1, 100), (2, Bounds::MOST_ASKS as u64)];
/// More states would not fit into a page.
const MOST_STATES: u64 = 400_000;
/// How long a run is in which a way is looked for.
const LONG: Time = Time(10_000_000_000);
/// From how many moments other futures are asked, and how many of each.
const MOMENTS: u64 = 24;
const FUTURES: u32 = 60;

impl Default for Searches {
    fn default() -> Self {
        Self {
            promise: None,
            everything: false,
            bounds: BOUNDS.map(|(usual, _)| usual.to_string()),
            refused: None,
            hunt: Quest::default(),
            faults: Quest::default(),
            too_late: Quest::default(),
        }
    }
}

impl Quest {
    fn start(&mut self, which: Which, job: Job, of: (Scenario, Time), send: &Callback<Msg>) {
        self.number += 1;
        (self.news, self.of) = (Vec::new(), Some(of));
        let (number, send) = (self.number, send.clone());
        self.doing = Some(Doing::start(job, move |report| send.emit(Msg::Search(Say::Told(which, number, report)))));
    }

    fn hear(&mut self, number: u32, report: Report) {
        if number != self.number || self.doing.is_none() {
            return;
        }
        let goes_on = matches!(report, Report::Effort(_) | Report::Odds(_) | Report::Without(_));
        // Of how far it is, only the last counts.
        if !matches!(report, Report::Without(_)) {
            self.news.retain(|news| {
                !(matches!(news, Report::Effort(_)) || matches!(news, Report::Odds(_)) && matches!(report, Report::Odds(_)))
            });
        }
        self.news.push(report);
        if !goes_on {
            self.doing = None;
        }
    }

    fn stop(&mut self) {
        self.doing = None;
        self.news.retain(|news| !matches!(news, Report::Effort(_)));
    }

    /// What was found of another run says nothing of this one.
    fn forget(&mut self) {
        *self = Self { number: self.number + 1, ..Self::default() };
    }

    /// Whether everything was said that there is to say.
    fn is_whole(&self) -> bool {
        self.news.contains(&Report::Over)
    }

    fn fault(&self) -> Option<&str> {
        self.news.iter().find_map(|news| match news {
            Report::Bad(why) | Report::Failed(why) => Some(why.as_str()),
            _ => None,
        })
    }
}

impl Searches {
    pub(crate) fn hear(&mut self, say: Say, session: &Session, send: &Callback<Msg>) {
        match say {
            Say::Promise(promise) => {
                self.promise = Some(promise);
                [&mut self.hunt, &mut self.faults, &mut self.too_late].into_iter().for_each(Quest::forget);
            }
            Say::Way(way) => self.everything = way == 1,
            Say::Bound(bound, typed) => self.bounds[bound] = typed,
            Say::Hunt => match self.bounds() {
                Ok(hunt) => {
                    self.refused = None;
                    let base = base(session);
                    let run = self.run(session, base.clone(), LONG);
                    self.hunt.start(Which::Hunt, Job::Hunt(run, hunt), (base, LONG), send);
                }
                Err(why) => self.refused = Some(why),
            },
            Say::Faults => {
                let (scenario, end) = whole(session);
                let run = self.run(session, scenario.clone(), end);
                self.faults.start(Which::Faults, Job::Matter(run), (scenario, end), send);
            }
            Say::TooLate => {
                let (scenario, end) = whole(session);
                let run = self.run(session, scenario.clone(), end);
                let moments = (0..=MOMENTS).map(|moment| Time(end.0 / MOMENTS * moment)).collect();
                self.too_late.start(Which::TooLate, Job::TooLate(run, moments, FUTURES), (scenario, end), send);
            }
            Say::Stop(which) => self.quest(which).stop(),
            Say::Told(which, number, report) => self.quest(which).hear(number, report),
        }
    }

    /// What was found of faults that are not those of the run any more is forgotten.
    pub(crate) fn follow(&mut self, session: &Session) {
        let scenario = session.sim().scenario();
        for quest in [&mut self.faults, &mut self.too_late] {
            if quest.of.as_ref().is_some_and(|(of, _)| of != scenario) {
                quest.forget();
            }
        }
        if self.hunt.of.as_ref().is_some_and(|(of, _)| of.model != scenario.model) {
            self.hunt.forget();
            self.promise = None;
        }
    }

    fn quest(&mut self, which: Which) -> &mut Quest {
        match which {
            Which::Hunt => &mut self.hunt,
            Which::Faults => &mut self.faults,
            Which::TooLate => &mut self.too_late,
        }
    }

    /// Which promise is to be broken, of those that the run has.
    fn chosen(&self, session: &Session) -> usize {
        let all = promises(session);
        // What is watched is what somebody wants to know of, where the model has no promise of its own.
        let watched = all.iter().position(|name| name.as_deref() == Some(Promise::ALL[session.promise().promise].0));
        let usual = if all.first() == Some(&None) { 0 } else { watched.unwrap_or(0) };
        self.promise.unwrap_or(usual).min(all.len().saturating_sub(1))
    }

    fn run(&self, session: &Session, scenario: Scenario, until: Time) -> Run {
        let promise = promises(session).into_iter().nth(self.chosen(session)).flatten();
        Run { link: Link { scenario, seal: None }.write(), promise, until }
    }

    /// The bounds as they were typed.
    fn bounds(&self) -> Result<Hunt, String> {
        let read = |bound: usize| {
            let (typed, (_, most)) = (self.bounds[bound].trim(), BOUNDS[bound]);
            let number = typed.parse::<u64>().ok().filter(|number| *number <= most);
            number.ok_or_else(|| words::bad_bound(words::BOUNDS[bound], typed, most))
        };
        if !self.everything {
            return Ok(Hunt::Chaos(read(0)?.max(1)));
        }
        let (depth, timers) = (read(1)? as u32, read(2)? as u16);
        Ok(Hunt::Everything { depth, states: MOST_STATES, timers, crashes: read(3)? as u16, asks: read(4)? as u16 })
    }

    /// The odds of this run, as far as they are known, and of how many futures.
    fn odds(&self) -> Option<&[Odds]> {
        self.too_late.news.iter().find_map(|news| match news {
            Report::Odds(odds) => Some(odds.as_slice()),
            _ => None,
        })
    }

    /// The panels beside the stage.
    pub(crate) fn panels(&self, session: &Session, send: &Callback<Msg>) -> Html {
        // No node knows of promises about all, and where none are made there is none to break.
        if session.knower.is_some() || promises(session).is_empty() {
            return Html::default();
        }
        html! {
            <>
            <details class="panel search">
                <summary>{ words::TITLE }</summary>
                { self.form(session, send) }
                <div class="outcome" aria-live="polite">{ self.outcome(send) }</div>
            </details>
            <details class="panel search mattered">
                <summary>{ words::MATTERED }</summary>
                { self.promise(session, send) }
                { self.faults(session, send) }
                { self.too_late(send) }
            </details>
            </>
        }
    }

    fn promise(&self, session: &Session, send: &Callback<Msg>) -> Html {
        let names: Vec<String> =
            promises(session).into_iter().map(|name| name.map_or_else(|| words::ANY.to_owned(), |name| text::plain(&name))).collect();
        let named = Named { label: Some(words::PROMISE), ..Named::default() };
        let choose = send.reform(|promise| Msg::Search(Say::Promise(promise)));
        html! { <label>{ words::PROMISE }{ ui::choice(named, names.iter().map(String::as_str), self.chosen(session), choose) }</label> }
    }

    fn form(&self, session: &Session, send: &Callback<Msg>) -> Html {
        let named = Named { label: Some(words::WAY), ..Named::default() };
        let choose = send.reform(|way| Msg::Search(Say::Way(way)));
        let asked = if self.everything { 1..5 } else { 0..1 };
        html! {
            <div class="entry">
                { self.promise(session, send) }
                <label>{ words::WAY }{ ui::choice(named, words::WAYS.into_iter(), usize::from(self.everything), choose) }</label>
                { for asked.map(|bound| {
                    let oninput = send.reform(move |event: InputEvent| Msg::Search(Say::Bound(bound, event.target_unchecked_into::<HtmlInputElement>().value())));
                    html! {
                        <label key={bound}>{ words::BOUNDS[bound] }<input type="number" min="0" max={BOUNDS[bound].1.to_string()} value={self.bounds[bound].clone()} {oninput} /></label>
                    }
                }) }
                if let Some(why) = &self.refused { <p class="refused" role="alert">{ why.clone() }</p> }
                if self.hunt.doing.is_none() { <button class="go" onclick={send.reform(|_| Msg::Search(Say::Hunt))}>{ words::START }</button> }
            </div>
        }
    }

    /// What has come of the hunt.
    fn outcome(&self, send: &Callback<Msg>) -> Html {
        if self.hunt.doing.is_some() {
            let effort = self.hunt.news.iter().find_map(|news| if let Report::Effort(effort) = news { Some(effort) } else { None });
            return working(Which::Hunt, &words::effort(effort.unwrap_or(&Effort::default())), send);
        }
        if let Some(why) = self.hunt.fault() {
            return html! { <p class="refused" role="alert">{ why.to_owned() }</p> };
        }
        match self.hunt.news.first() {
            Some(Report::Found(found)) => self.found(found, send),
            Some(Report::Covered(covered)) => html! { <p>{ words::covered(covered) }</p> },
            _ => Html::default(),
        }
    }

    fn found(&self, found: &Found, send: &Callback<Msg>) -> Html {
        let Found { promise, promised, why, inputs, run, way } = found;
        html! {
            <>
            <p class="broken"><i aria-hidden="true">{ "✕" }</i>{ words::found(promise, why, run.as_ref().map(|(_, at)| *at)) }</p>
            if !promised.is_empty() { <p><small>{ promised.clone() }</small></p> }
            if let Some((link, _)) = run {
                <p><small>{ words::smallest(*inputs) }</small></p>
                <button onclick={let link = link.clone(); send.reform(move |_| Msg::Found(link.clone()))}>{ words::SHOW }</button>
            } else {
                <p>{ words::NO_RUN }</p>
                <ol class="way">{ for way.iter().map(|step| html! { <li>{ step.clone() }</li> }) }</ol>
            }
            </>
        }
    }

    fn faults(&self, session: &Session, send: &Callback<Msg>) -> Html {
        let (scenario, end) = whole(session);
        let is_fault = |input: &Input| !matches!(input, Input::Invoke { .. });
        let any = scenario.inputs.iter().any(|timed| is_fault(&timed.input) && timed.at <= end);
        let found = self.faults.news.iter().filter_map(|news| if let Report::Without(without) = news { Some(without) } else { None });
        html! {
            <section aria-labelledby="faults-title">
                <h2 id="faults-title">{ words::FAULTS }</h2>
                if !any { <p class="empty">{ words::NO_FAULTS }</p> }
                <ol class="faults">{ for found.map(|without| fault(session, &scenario, without, send)) }</ol>
                if let Some(why) = self.faults.fault() { <p class="refused" role="alert">{ why.to_owned() }</p> }
                if self.faults.doing.is_some() {
                    { working(Which::Faults, "", send) }
                } else if any {
                    if let Some((_, end)) = self.faults.of { <p><small>{ words::looked_at(end, self.faults.is_whole()) }</small></p> }
                    <button onclick={send.reform(|_| Msg::Search(Say::Faults))}>{ words::FAULTS_START }</button>
                }
            </section>
        }
    }

    fn too_late(&self, send: &Callback<Msg>) -> Html {
        let odds = self.odds().unwrap_or_default();
        let asked = odds.first().map_or(0, |odds| odds.runs);
        html! {
            <section aria-labelledby="too-late-title">
                <h2 id="too-late-title">{ words::TOO_LATE }</h2>
                if odds.is_empty() { <p class="empty">{ words::too_late_how(MOMENTS as usize + 1, FUTURES) }</p> }
                if let Some(why) = self.too_late.fault() { <p class="refused" role="alert">{ why.to_owned() }</p> }
                if !odds.is_empty() { <p role="status">{ words::point(point(odds), asked) }</p> }
                if self.too_late.doing.is_some() {
                    { working(Which::TooLate, &words::futures(asked), send) }
                } else {
                    <button onclick={send.reform(|_| Msg::Search(Say::TooLate))}>{ words::TOO_LATE_START }</button>
                }
                if !odds.is_empty() {
                    <details>
                        <summary>{ text::AS_TABLE }</summary>
                        <table>
                            <thead><tr><th scope="col">{ words::FROM }</th><th scope="col">{ words::BAD_ENDS }</th><th scope="col">{ words::SURELY }</th></tr></thead>
                            <tbody>{ for odds.iter().map(|odds| {
                                let ((share, low, high), from) = (odds.shares(), odds.from);
                                html! {
                                    <tr key={from.0}><td><button class="value" onclick={send.reform(move |_| Msg::Time(OfTime::Seek(from)))}>{ text::clock(from) }</button></td>
                                        <td>{ words::percent(share) }</td><td>{ words::between(low, high) }</td></tr>
                                }
                            }) }</tbody>
                        </table>
                    </details>
                }
            </section>
        }
    }

    /// The odds along the slider of the transport, on the same scale; nothing if they were not asked.
    pub(crate) fn strip(&self, session: &Session) -> Html {
        const HEIGHT: f64 = 30.0;
        let Some(odds) = self.odds() else { return Html::default() };
        let end = session.branches().1.0.max(1) as f64;
        let x = |odds: &Odds| odds.from.0 as f64 / end * 1_000.0;
        let y = |thousandths: u32| HEIGHT * (1.0 - f64::from(thousandths) / 1_000.0);
        let line: Vec<String> = odds.iter().map(|odds| format!("{:.1} {:.1}", x(odds), y(odds.shares().0))).collect();
        let low = odds.iter().map(|odds| format!("{:.1} {:.1}", x(odds), y(odds.shares().1)));
        let high = odds.iter().rev().map(|odds| format!("{:.1} {:.1}", x(odds), y(odds.shares().2)));
        let band: Vec<String> = low.chain(high).collect();
        let runs = odds.first().map_or(0, |odds| odds.runs);
        let at = odds.iter().find(|odds| Some(odds.from) == point(self.odds().unwrap_or_default())).map(x);
        html! {
            <div class="odds" role="img" aria-label={words::point(point(odds), runs)}>
                <svg viewBox={format!("0 0 1000 {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    <path class="band" d={format!("M{}Z", band.join("L"))} />
                    <path class="line" d={format!("M{}", line.join("L"))} />
                    if let Some(at) = at { <path class="point" d={format!("M{at:.1} 0V{HEIGHT}")} /> }
                </svg>
                <small>{ format!("{}, {}", words::BAD_ENDS, words::futures(runs)) }</small>
            </div>
        }
    }
}

/// A search that goes on, and the way to stop it.
fn working(which: Which, how_far: &str, send: &Callback<Msg>) -> Html {
    html! {
        <p class="working"><progress aria-label={words::WORKING} /><span>{ how_far.to_owned() }</span>
            <button onclick={send.reform(move |_| Msg::Search(Say::Stop(which)))}>{ text::CANCEL }</button></p>
    }
}

/// What one fault changed; leads to where it did.
fn fault(session: &Session, scenario: &Scenario, without: &Without, send: &Callback<Msg>) -> Html {
    let Some(timed) = scenario.inputs.get(without.input) else { return Html::default() };
    let sim = session.sim();
    let row = without.row.filter(|row| (*row as usize) < sim.trace().len());
    let happened = row.map(|row| sim.describe_row(row));
    let what = without.at.map(|at| words::first_change(at, happened.as_deref(), without.instead.as_deref()));
    let matters = without.at.is_some();
    html! {
        <li key={without.input} class={if matters { "matters" } else { "idle" }}>
            <b>{ format!("{} {}", text::clock(timed.at), sim.describe_input(&timed.input)) }</b>
            if let Some(what) = what {
                if let Some(row) = row {
                    <button onclick={send.reform(move |_| Msg::Run(OfRun::ShowRow(row)))}>{ what }</button>
                } else { <p>{ what }</p> }
                <small>{ words::without(without.broken) }</small>
            } else { <p>{ words::NOTHING_CHANGED }</p> }
        </li>
    }
}

/// The first of the moments from which, and from all later ones, every future ended badly.
fn point(odds: &[Odds]) -> Option<Time> {
    odds.iter().rev().take_while(|odds| odds.runs > 0 && odds.bad == odds.runs).last().map(|odds| odds.from)
}

/// What can be broken in a run, by name: first any of the model's own, if it has some.
fn promises(session: &Session) -> Vec<Option<String>> {
    let sim = session.sim();
    let own: Vec<Option<String>> = sim.promises().into_iter().map(|(id, ..)| Some(id.to_owned())).collect();
    let any = (!own.is_empty()).then_some(None);
    let clients = sim.scenario().clients > 0 && !sim.about().ops.is_empty();
    let theirs = Promise::ALL.iter().filter(|(_, promise)| !matches!(promise, Promise::Isolation(_))).map(|(name, _)| *name);
    let theirs = theirs.chain([Sought::SERVED]).filter(|_| clients).map(|name| Some(name.to_owned()));
    any.into_iter().chain(own).chain(theirs).collect()
}

/// The run as it is looked at, and how far it was taken.
fn whole(session: &Session) -> (Scenario, Time) {
    (session.sim().scenario().clone(), session.reached().max(session.playhead()))
}

/// What a way is looked for in: the run as it could begin now, with the settings, the network and the links
/// of this moment, and nothing else done to it yet.
fn base(session: &Session) -> Scenario {
    sandbox::from_now(session.sim(), session.playhead())
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::models::Library;
    use faultline::sim::NodeId;

    fn session() -> Session {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        session.seek(Time(100_000_000));
        session
    }

    #[test]
    fn a_way_is_looked_for_with_the_settings_as_they_are_and_without_what_was_done() {
        let mut session = session();
        session.edit(vec![Input::Crash(NodeId(0)), Input::Set { key: "wait-for".into(), value: 1 }]).unwrap();
        let base = base(&session);
        assert!(base.inputs.is_empty() && base.settings.get("wait-for") == Some(&1));
        // What is cut stays cut, by a line or one by one.
        let line = Input::Partition(vec![vec![NodeId(0)]]);
        session.edit(vec![line.clone()]).unwrap();
        session.edit(vec![Input::Heal { from: NodeId(0), to: NodeId(1) }]).unwrap();
        let base = super::base(&session);
        assert_eq!(
            base.inputs.iter().map(|timed| &timed.input).collect::<Vec<_>>(),
            [&line, &Input::Heal { from: NodeId(0), to: NodeId(1) }]
        );
        let mut again = Session::new(&Library::standard(), base).unwrap();
        again.seek(session.playhead());
        let open = |session: &Session| (0..3).map(|to| session.sim().connects(NodeId(0), NodeId(to))).collect::<Vec<_>>();
        assert_eq!(open(&again), open(&session));
    }

    #[test]
    fn any_promise_of_the_model_comes_first_and_else_what_is_watched() {
        let session = session();
        let searches = Searches::default();
        assert_eq!((promises(&session)[0].clone(), searches.chosen(&session)), (None, 0));
        let library = Library::standard();
        let none = Session::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
        assert!(promises(&none).is_empty());
    }

    #[test]
    fn a_bound_that_is_none_is_named() {
        let mut searches = Searches::default();
        searches.bounds[0] = "many".into();
        assert!(searches.bounds().unwrap_err().contains("Runs: “many”"));
        searches.everything = true;
        assert!(matches!(searches.bounds(), Ok(Hunt::Everything { depth: 12, asks: 2, .. })));
        searches.bounds[4] = "9".into();
        assert!(searches.bounds().unwrap_err().contains("Requests"));
    }

    #[test]
    fn news_of_an_earlier_search_do_not_count_and_what_was_found_of_another_run_is_forgotten() {
        let odds = |bad| vec![Odds { from: Time(0), bad: 1, runs: 5 }, Odds { from: Time(5), bad, runs: 5 }];
        assert_eq!((point(&odds(5)), point(&odds(4))), (Some(Time(5)), None));
        let mut searches = Searches::default();
        let mut session = session();
        searches.faults.of = Some((session.sim().scenario().clone(), Time::ZERO));
        searches.faults.hear(3, Report::Over);
        assert!(searches.faults.news.is_empty());
        searches.follow(&session);
        assert!(searches.faults.of.is_some());
        session.edit(vec![Input::Crash(NodeId(0))]).unwrap();
        searches.follow(&session);
        assert!(searches.faults.of.is_none());
    }
}
