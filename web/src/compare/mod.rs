//! Two runs side by side, in lock-step: the same seed, the same faults and the same moment; another
//! model, another setting or another deed. What differs, since when, and what came of it.

mod pair;
mod side;

use crate::app::{self, Away, Show};
use crate::chart::{self, Kind, Run};
use crate::desk::{Browser, Key, Listening, OfRun, OfTime, Resized};
use crate::dom::{self, Pulse};
use crate::knob::Knob;
use crate::pacing::Speed;
use crate::panel::settings::Draft;
use crate::panel::{branches, help, transport};
use crate::route::{self, Route};
use crate::session::Session;
use crate::share::{Share, Thing};
use crate::shared::Shared;
use crate::stage::Target;
use crate::text;
use crate::ui::{self, Named};
use faultline::link::Link;
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::Time;
use gloo_timers::callback::Timeout;
use pair::{PACES, Pair};
use side::Side;
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties, html};

/// What the page is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
}

/// Everything that can be said here.
pub(crate) enum Msg {
    /// The browser is about to repaint.
    Frame(f64),
    /// It is quiet: say where the runs are, and put their link into the address.
    Settle,
    Browser(Browser),
    Resized(usize, Resized),
    Key(Key),
    /// Something is said of the time of both.
    Time(OfTime),
    /// Something is said of one of the runs.
    Run(usize, OfRun),
    /// To where they part.
    First,
    /// Another model for one of them.
    Model(usize, usize),
    /// How often clients ask.
    Pace(usize),
    /// Another seed for both.
    Seed,
    TakeChart(Kind, chart::Take),
    /// The list of what can be done is opened or closed.
    Help(bool),
    /// The dialog for sharing is opened or closed.
    Share(bool),
    /// The notice was read.
    NoNotice,
}

/// The comparison.
pub(crate) struct Compare {
    /// The runs, or why there are none.
    pair: Result<Pair, String>,
    sides: [Side; 2],
    elsewhere: Option<Time>,
    notice: Option<String>,
    /// Whether the list of what can be waited for is open, and that of what can be done.
    more: bool,
    help: bool,
    /// What can be shared, while the dialog for it is open.
    sharing: Option<Thing>,
    focus: Option<String>,
    announced: AttrValue,
    pulse: Pulse,
    rendered_at: f64,
    in_sight: bool,
    shown: bool,
    settling: Option<Timeout>,
    main: NodeRef,
    listening: Option<Listening>,
}

/// Words, numbers and charts change at most this often while nothing happens but time.
const RENDER_EVERY_MS: f64 = 250.0;
/// How long it has to be quiet before the address is changed.
const QUIET_MS: u32 = 400;
const CHARTS: [Kind; 4] = [Kind::Latency, Kind::Availability, Kind::Staleness, Kind::Load];

impl Component for Compare {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let mut compare = Self {
            pair: Err(String::new()),
            sides: [0, 1].map(Side::new),
            elsewhere: None,
            notice: None,
            more: false,
            help: false,
            sharing: None,
            focus: None,
            announced: AttrValue::default(),
            pulse: Pulse::default(),
            rendered_at: 0.0,
            in_sight: true,
            shown: true,
            settling: None,
            main: NodeRef::default(),
            listening: None,
        };
        compare.arrive(&ctx.props().library);
        compare
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Frame(now) = msg {
            return self.frame(ctx, now);
        }
        let by_learner = !matches!(msg, Msg::Resized(..) | Msg::Browser(_) | Msg::Settle);
        if !self.said(&ctx.props().library, msg) {
            return false;
        }
        if by_learner {
            let link = ctx.link().clone();
            self.settling = Some(Timeout::new(QUIET_MS, move || link.send_message(Msg::Settle)));
        }
        self.sides.iter_mut().for_each(|side| side.desk.board.forget());
        self.refresh();
        self.run_frames(ctx);
        self.paint();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let send = ctx.link().callback(|msg: Msg| msg);
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
                Ok(pair) => self.content(pair, &ctx.props().library, &send),
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

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let Some(place) = self.focus.take() {
            dom::focus(&place);
        }
        if self.help {
            dom::show_modal(help::ID);
        }
        if self.pair.is_ok() {
            self.sides.iter_mut().for_each(|side| side.attach(ctx));
        } else {
            self.sides.iter_mut().for_each(|side| side.desk.detach());
        }
        if first {
            let link = ctx.link();
            self.listening = Some(Listening::to(&self.main, link.callback(Msg::Key), &link.callback(Msg::Browser)));
        }
    }
}

impl Compare {
    /// The runs of the address.
    fn arrive(&mut self, library: &Library) {
        let opened = Link::read_two(&dom::address::fragment(), library).map_err(|fault| fault.to_string());
        let opened = opened.and_then(|links| Pair::of_link(library, links).map_err(|fault| fault.to_string()));
        self.elsewhere = None;
        self.notice = None;
        self.pair = opened.map(|(pair, verdicts)| {
            self.notice = verdicts.into_iter().find_map(text::verdict).map(Into::into);
            pair
        });
        self.forget();
    }

    /// The runs are others, or their past is.
    fn forget(&mut self) {
        let Ok(pair) = &self.pair else { return };
        for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
            side.forget(session);
        }
        self.refresh();
    }

    /// What came of a change of both: what there is to say of it, or why it was not made.
    fn changed(&mut self, done: Result<Option<String>, String>) {
        if done.is_ok() {
            self.forget();
        }
        self.notice = done.unwrap_or_else(Some);
    }

    fn undo(&mut self, library: &Library, again: bool) {
        if let Ok(pair) = &mut self.pair {
            pair.undo(library, again);
        }
        self.changed(Ok(None));
    }

    fn escape(&mut self) {
        let Ok(pair) = &mut self.pair else { return };
        if std::mem::take(&mut self.help) {
            self.focus = Some("ask-help".into());
            return;
        }
        if std::mem::take(&mut self.more) {
            self.focus = Some("more".into());
            return;
        }
        let mut open = false;
        for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
            if std::mem::take(&mut side.desk.tools) {
                (self.focus, open) = (Some(format!("{}tools", session.prefix)), true);
            }
            if side.desk.menu.is_some() {
                side.desk.dismiss(session);
                open = true;
            }
        }
        if !open {
            pair.select(0, None);
        }
    }

    /// Does what was said. Says whether there is anything new to see.
    fn said(&mut self, library: &Library, msg: Msg) -> bool {
        if let Msg::Browser(Browser::Address) = msg {
            // The address of another screen is not for this one.
            if Route::of(&dom::address::fragment()) != Route::Compare {
                return false;
            }
            self.settling = None;
            self.arrive(library);
        }
        let Ok(pair) = &mut self.pair else { return true };
        match msg {
            Msg::Frame(_) | Msg::Browser(Browser::Address) => {}
            Msg::Settle => {
                dom::address::replace(&pair.link());
                if !pair.playing() {
                    self.announced = Self::in_words(pair).into();
                }
            }
            Msg::Browser(Browser::InSight(in_sight)) => self.in_sight = in_sight,
            Msg::Browser(Browser::Shown(shown)) => self.shown = shown,
            Msg::Browser(Browser::Theme) => self.sides.iter_mut().for_each(|side| side.desk.board.read_colours()),
            Msg::Resized(place, resized) => self.sides[place].desk.resize(&pair.sides[place], &resized),
            Msg::Key(Key::Time(said)) | Msg::Time(said) => self.time(library, said),
            Msg::Key(Key::Desk(place, said)) => return self.hear(library, place, OfRun::Desk(said)),
            Msg::Key(Key::Help) => self.help = true,
            Msg::Key(Key::Escape) => self.escape(),
            Msg::Run(place, said) => return self.hear(library, place, said),
            Msg::First => {
                if !pair.find_parting() {
                    self.notice = Some(text::NEVER_DIFFERENT.into());
                }
            }
            Msg::Model(side, model) => {
                let done = pair.choose(library, side, model);
                let title = library.models()[model].about().title;
                self.sides[side].refused += u32::from(done.is_err());
                self.changed(done.map(|lost| (lost > 0).then(|| text::left_out(lost, title))));
            }
            Msg::Pace(pace) => {
                let done = pair.ask_every(library, pace);
                self.changed(done.map(|()| None));
            }
            Msg::Seed => {
                let done = pair.begin_both(library, |scenario| scenario.seed = scenario.seed.wrapping_add(1));
                self.changed(done.map(|()| None));
            }
            Msg::TakeChart(kind, take) => self.measured(|runs| chart::take(kind, runs, take)),
            Msg::Help(open) => self.help = open,
            Msg::Share(true) => {
                pair.play(false);
                let link = pair.link();
                dom::address::replace(&link);
                self.sharing = Some(Thing { name: text::BOTH_RUNS, shows: text::SHOWS_BOTH, address: dom::address::with(&link) });
            }
            Msg::Share(false) => self.sharing = None,
            Msg::NoNotice => self.notice = None,
        }
        true
    }

    /// Something is said of the time of both.
    fn time(&mut self, library: &Library, said: OfTime) {
        let Ok(pair) = &mut self.pair else { return };
        match said {
            OfTime::Toggle => pair.play(!pair.playing()),
            OfTime::Step => pair.step(),
            OfTime::Back => pair.back(),
            OfTime::Undo => self.undo(library, false),
            OfTime::Redo => self.undo(library, true),
            OfTime::Seek(moment) => pair.seek(moment),
            OfTime::Speed(step) => pair.pacing.speed = Speed::new(step),
            OfTime::Until(until) => {
                self.more = false;
                self.notice = (!pair.wait(until)).then(|| text::not_until(until, text::IN_THESE_RUNS));
            }
            OfTime::More(open) => self.more = open,
            OfTime::Careful(careful) => pair.pacing.care.on = careful,
        }
    }

    /// Something is said of one of the runs. Says whether there is anything new to see.
    fn hear(&mut self, library: &Library, place: usize, said: OfRun) -> bool {
        let Ok(pair) = &mut self.pair else { return false };
        let desk = &mut self.sides[place].desk;
        match said {
            OfRun::Act(inputs) => self.act(place, &inputs),
            OfRun::Ask(client, op) => {
                let asked = desk.ask.input(&pair.sides[place], client, op);
                self.ask(place, asked);
            }
            OfRun::Delay(message) => {
                let asked = desk.ask.delay(&pair.sides[place], message);
                self.ask(place, asked);
            }
            OfRun::Turn(index, shown) => self.turn(library, place, index, shown),
            OfRun::Touch(finger) => {
                let Some(said) = desk.touched(&pair.sides[place], finger) else {
                    self.sides[place].paint(pair, self.elsewhere);
                    return false;
                };
                return self.hear(library, place, said);
            }
            OfRun::Hold => {
                pair.play(false);
                desk.dismiss(&pair.sides[place]);
            }
            OfRun::Pick(target, by_key) => {
                if let Target::Node(node) = target {
                    // Who is looked at here is looked at there, too.
                    pair.select(place, Some(node));
                }
                if let Target::Message(_) = target {
                    pair.play(false);
                }
                self.focus = desk.pick(&pair.sides[place], target, by_key);
                self.sides[1 - place].desk.menu = None;
            }
            OfRun::Select(node) => {
                pair.select(place, node);
                desk.menu = None;
            }
            OfRun::ShowRow(row) => pair.show_row(place, row),
            OfRun::Point(row) => return std::mem::replace(&mut pair.sides[place].pointed, row) != row,
            OfRun::Link(meaning) => pair.sides.iter_mut().for_each(|session| session.linked = meaning),
            OfRun::Pan(pixels) => {
                let moved = self.sides[place].window(pair, self.elsewhere).moved(pixels, pair.reached().max(pair.playhead()));
                self.elsewhere = Some(moved).filter(|center| *center != pair.playhead());
                pair.sides.iter_mut().for_each(|side| side.recall(moved));
            }
            OfRun::Here => self.elsewhere = None,
            OfRun::Take(take) => {
                desk.tools = false;
                self.sides[place].take(pair, self.elsewhere, take);
            }
            OfRun::Desk(said) => {
                let place = desk.hear(&mut pair.sides[place], said);
                self.focus = place.or(self.focus.take());
            }
        }
        true
    }

    /// What was asked for in a menu is done, or the menu says why not.
    fn ask(&mut self, place: usize, asked: Result<Input, String>) {
        match asked {
            Ok(input) => self.act(place, &[input]),
            Err(why) => self.sides[place].desk.ask.refused = Some(why),
        }
    }

    /// A gesture, done to both.
    fn act(&mut self, place: usize, inputs: &[Input]) {
        let Ok(pair) = &mut self.pair else { return };
        self.sides[place].desk.dismiss(&pair.sides[place]);
        let done = pair.act(place, inputs);
        self.changed(done.map(|()| None));
    }

    /// Gives a setting of one of them another value, from the beginning on.
    fn turn(&mut self, library: &Library, place: usize, index: usize, shown: String) {
        let Ok(pair) = &mut self.pair else { return };
        let session = &pair.sides[place];
        let Some(knob) = Knob::all(session.sim(), session.playhead()).into_iter().nth(index) else { return };
        let done = knob.heard(&shown).and_then(|value| pair.turn(library, place, &knob, value));
        match done {
            Ok(()) => self.changed(Ok(None)),
            Err(why) => self.sides[place].desk.draft = Some(Draft { knob: index, shown, refused: Some(why) }),
        }
    }

    /// Virtual time passes, both stages are painted, and Yew is asked only if there are new words.
    fn frame(&mut self, ctx: &Context<Self>, now: f64) -> bool {
        let passed = self.pulse.passed(now);
        self.elsewhere = None;
        let Ok(pair) = &mut self.pair else { return false };
        pair.advance(passed);
        let render = now - self.rendered_at >= RENDER_EVERY_MS || !pair.playing();
        if render {
            self.rendered_at = now;
            self.refresh();
        }
        self.paint();
        self.run_frames(ctx);
        render
    }

    /// Frames run while something moves that somebody can see.
    fn run_frames(&mut self, ctx: &Context<Self>) {
        let playing = self.pair.as_ref().is_ok_and(Pair::playing);
        self.pulse.run(playing && self.in_sight && self.shown, || ctx.link().callback(Msg::Frame));
    }

    fn refresh(&mut self) {
        if let Ok(pair) = &self.pair {
            for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
                side.desk.board.refresh(session);
            }
        }
    }

    fn paint(&self) {
        if let Ok(pair) = &self.pair {
            self.sides.iter().for_each(|side| side.paint(pair, self.elsewhere));
        }
    }

    /// Both runs as charts see them.
    fn measured<T: Default>(&self, then: impl FnOnce(&[Run<'_>]) -> T) -> T {
        let Ok(pair) = &self.pair else { return T::default() };
        then(&[0, 1].map(|place| Run { name: text::SIDES[place], sim: pair.sides[place].sim(), now: pair.playhead() }))
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

    /// The moment and where the runs part, for who listens.
    fn in_words(pair: &Pair) -> String {
        let mut words = text::clock(pair.playhead());
        if let Some(parted) = pair.parted() {
            words = format!("{words}. {}", text::first_difference(parted.at));
        }
        words
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
            { transport::pace(pair.pacing.speed, pair.pacing.care.is_slowing().then(|| pair.pacing.ratio()), send.reform(OfTime::Speed)) }
        </section>
    }
}

/// In the laboratory: the way here, with the run there and another one.
pub(crate) fn ask(session: &Session, open: bool, send: &Callback<app::Msg>) -> Html {
    let branches = session.branches().0;
    let go = |name: String, other: Option<usize>| {
        html! { <button key={name.clone()} onclick={send.reform(move |_| app::Msg::Go(Away::Compare(other)))}>{ name }</button> }
    };
    let onclick = send.reform(move |_| if open { app::Msg::Show(Show::Comparing(false)) } else { app::Msg::Go(Away::Compare(None)) });
    html! {
        <div class="ask-compare">
            <button id="compare" class="quiet" {onclick} aria-expanded={(!branches.is_empty()).then(|| open.to_string())}>
                { ui::icon(ui::COMPARE) }{ text::COMPARE }</button>
            if open {
                <div class="menu" role="group" aria-label={text::COMPARE_WITH}>
                    <p>{ text::COMPARE_WITH }</p>
                    { go(text::COMPARE_KNOB.into(), None) }
                    { for branches.iter().enumerate().rev().map(|(index, branch)| go(text::compare_branch(&branches::deed(session, branch)), Some(index))) }
                </div>
            }
        </div>
    }
}

/// A link to the run that is looked at beside a future of it that was left, or beside itself.
pub(crate) fn link(session: &Session, other: Option<usize>) -> String {
    let here = session.link();
    let branch = other.and_then(|other| session.branches().0.get(other));
    let there = branch.map_or_else(|| here.clone(), |branch| Link { scenario: branch.scenario.clone(), seal: None });
    Link::write_two(&[here, there])
}
