//! Two runs side by side, in lock-step: the same seed, the same faults and the same moment; another
//! model, another setting or another deed. What differs, since when, and what came of it.

mod pair;
mod side;

use crate::app;
use crate::chart::{self, Kind, Run};
use crate::dom::{self, Frames, Listener, Sight};
use crate::knob::Knob;
use crate::pacing::Speed;
use crate::panel::settings::Draft;
use crate::panel::{branches, help, transport};
use crate::route::{self, Route};
use crate::session::Session;
use crate::share::{Share, Thing};
use crate::shared::Shared;
use crate::stage::Target;
use crate::stage::touch::Deed;
use crate::text;
use crate::ui::{self, Named};
use faultline::link::Link;
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::Time;
use gloo_timers::callback::Timeout;
use pair::{PACES, Pair};
use side::Side;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties, html};

/// What the page is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
}

/// Everything that can happen here.
pub(crate) enum Msg {
    Frame(f64),
    /// Something is said of one of the runs, as in the laboratory.
    Side(usize, app::Msg),
    /// Something is said of both, as in the laboratory; and the run whose node has the focus.
    Both(usize, app::Msg),
    /// To where they part.
    First,
    /// Another model for one of them.
    Model(usize, usize),
    /// How often clients ask.
    Pace(usize),
    /// Another seed for both.
    Seed,
    TakeChart(Kind, chart::Take),
    Resized(usize, f64, f64),
    DiagramResized(usize, f64, f64),
    Theme,
    InSight(bool),
    Shown(bool),
    Settle,
    Address,
    /// The dialog for sharing is opened or closed.
    Share(bool),
    Close,
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
    frames: Option<Frames>,
    last_frame: Option<f64>,
    rendered_at: f64,
    in_sight: bool,
    shown: bool,
    settling: Option<Timeout>,
    main: NodeRef,
    watches: Option<[Option<Listener>; 4]>,
    sight: Option<Sight>,
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
            frames: None,
            last_frame: None,
            rendered_at: 0.0,
            in_sight: true,
            shown: true,
            settling: None,
            main: NodeRef::default(),
            watches: None,
            sight: None,
        };
        compare.arrive(&ctx.props().library);
        compare
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Frame(now) = msg {
            return self.frame(ctx, now);
        }
        let library = ctx.props().library.clone();
        let by_learner = !matches!(
            msg,
            Msg::Resized(..) | Msg::DiagramResized(..) | Msg::Theme | Msg::InSight(_) | Msg::Shown(_) | Msg::Settle | Msg::Address
        );
        if let Msg::Address = msg {
            // The address of another screen is not for this one.
            if Route::of(&dom::address::fragment()) != Route::Compare {
                return false;
            }
            self.settling = None;
            self.arrive(&library);
        }
        let Ok(pair) = &mut self.pair else { return true };
        match msg {
            Msg::Side(side, msg) => {
                if !self.hear(&library, side, msg) {
                    return false;
                }
            }
            Msg::Both(side, msg) => match msg {
                app::Msg::Toggle => pair.play(!pair.playing()),
                app::Msg::Step => pair.step(),
                app::Msg::Back => pair.back(),
                app::Msg::Seek(moment) => pair.seek(moment),
                app::Msg::Speed(step) => pair.pacing.speed = Speed::new(step),
                app::Msg::Until(until) => {
                    self.more = false;
                    self.notice = (!pair.wait(until)).then(|| text::not_until(until, text::IN_THESE_RUNS));
                }
                app::Msg::More(open) => self.more = open,
                app::Msg::Careful(careful) => pair.pacing.care.on = careful,
                app::Msg::Undo => self.undo(&library, false),
                app::Msg::Redo => self.undo(&library, true),
                app::Msg::Help(open) => self.help = open,
                app::Msg::Shortcuts(on) => {
                    dom::remember(app::NO_SHORTCUTS, (!on).then_some("1"));
                }
                app::Msg::Escape => self.escape(),
                app::Msg::Rove(..) | app::Msg::Next(..) => drop(self.hear(&library, side, msg)),
                _ => return false,
            },
            Msg::First => {
                if !pair.find_parting() {
                    self.notice = Some(text::NEVER_DIFFERENT.into());
                }
            }
            Msg::Model(side, model) => {
                let done = pair.choose(&library, side, model);
                let title = library.models()[model].about().title;
                self.sides[side].refused += u32::from(done.is_err());
                self.changed(done.map(|lost| (lost > 0).then(|| text::left_out(lost, title))));
            }
            Msg::Pace(pace) => {
                let done = pair.ask_every(&library, pace);
                self.changed(done.map(|()| None));
            }
            Msg::Seed => {
                let done = pair.begin_both(&library, |scenario| scenario.seed = scenario.seed.wrapping_add(1));
                self.changed(done.map(|()| None));
            }
            Msg::TakeChart(kind, take) => self.measured(|runs| chart::take(kind, runs, take)),
            Msg::Resized(side, width, height) => self.sides[side].board.resize(&pair.sides[side], width, height),
            Msg::DiagramResized(side, width, height) => self.sides[side].resize_diagram(width, height),
            Msg::Theme => self.sides.iter_mut().for_each(|side| side.board.read_colours()),
            Msg::InSight(in_sight) => self.in_sight = in_sight,
            Msg::Shown(shown) => self.shown = shown,
            Msg::Settle => {
                dom::address::replace(&pair.link());
                if !pair.playing() {
                    self.announced = Self::in_words(pair).into();
                }
            }
            Msg::Share(true) => {
                pair.play(false);
                let link = pair.link();
                dom::address::replace(&link);
                self.sharing = Some(Thing { name: text::BOTH_RUNS, shows: text::SHOWS_BOTH, address: dom::address::with(&link) });
            }
            Msg::Share(false) => self.sharing = None,
            Msg::Close => self.notice = None,
            Msg::Frame(_) | Msg::Address => {}
        }
        if by_learner {
            let link = ctx.link().clone();
            self.settling = Some(Timeout::new(QUIET_MS, move || link.send_message(Msg::Settle)));
        }
        self.sides.iter_mut().for_each(|side| side.board.forget());
        self.refresh();
        self.run_frames(ctx);
        self.paint();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let send = ctx.link().callback(|msg: Msg| msg);
        let both = both(&send);
        html! {
            <>
            <header class="bar">
                <a class="brand" href="#">{ text::NAME }</a>
                <h1>{ text::COMPARE }</h1>
                <p class="hook">{ text::COMPARED }</p>
                if let Ok(pair) = &self.pair {
                    <div class="deeds">
                        if pair.can_undo() {
                            <button class="quiet" onclick={both.reform(|_| app::Msg::Undo)}>{ ui::icon(ui::UNDO) }{ text::UNDO }</button>
                        }
                        if pair.can_redo() {
                            <button class="quiet" onclick={both.reform(|_| app::Msg::Redo)}>{ ui::icon(ui::REDO) }{ text::REDO }</button>
                        }
                        <button class="quiet" onclick={send.reform(|_| Msg::Share(true))}>{ ui::icon(ui::LINK) }{ text::SHARE }</button>
                        <button id="ask-help" class="quiet" aria-label={text::HELP} title={text::HELP} onclick={both.reform(|_| app::Msg::Help(true))}>{ ui::icon(ui::HELP) }</button>
                    </div>
                }
            </header>
            if self.help {
                { help::help(dom::remembered(app::NO_SHORTCUTS).is_none(), &both) }
            }
            if let Some(thing) = &self.sharing {
                <Share title={text::COMPARE} things={vec![thing.clone()]} close={send.reform(|()| Msg::Share(false))} />
            }
            if let Some(words) = &self.notice {
                <div class="notice">
                    <p role="alert">{ words.clone() }</p>
                    <button class="quiet" onclick={send.reform(|_| Msg::Close)}>{ text::CLOSE }</button>
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
            self.sides.iter_mut().for_each(Side::detach);
        }
        if !first {
            return;
        }
        let link = ctx.link();
        let (keys, address) = (link.batch_callback(|event: KeyboardEvent| key(&event)), link.callback(|()| Msg::Address));
        let (shown, theme, sight) = (link.callback(Msg::Shown), link.callback(|()| Msg::Theme), link.callback(Msg::InSight));
        self.watches = Some([
            Some(Listener::on_document("keydown", move |event| {
                if let Ok(event) = event.dyn_into() {
                    keys.emit(event);
                }
            })),
            Some(Listener::on_window("hashchange", move |_| address.emit(()))),
            Some(Listener::on_document("visibilitychange", move |_| shown.emit(!dom::document().hidden()))),
            Some(dom::theme(move || theme.emit(()))),
        ]);
        self.sight = self.main.cast::<Element>().and_then(|main| Sight::of(&main, move |in_sight| sight.emit(in_sight)));
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
            side.draft = None;
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
            if std::mem::take(&mut side.tools) {
                (self.focus, open) = (Some(format!("{}tools", session.prefix)), true);
            }
            if side.menu.is_some() {
                (self.focus, open) = (side.dismiss(session), true);
            }
        }
        if !open {
            pair.select(0, None);
        }
    }

    /// Something is said of one of the runs. Says whether the page has to show anything new.
    fn hear(&mut self, library: &Library, place: usize, msg: app::Msg) -> bool {
        let Ok(pair) = &mut self.pair else { return false };
        let side = &mut self.sides[place];
        match msg {
            app::Msg::Touch(finger) => {
                let said = match side.board.touched(&pair.sides[place], finger) {
                    Deed::Look => {
                        side.paint(pair, self.elsewhere);
                        return false;
                    }
                    Deed::Hold => {
                        pair.play(false);
                        app::Msg::Dismiss
                    }
                    Deed::Pick(target) => app::Msg::Pick(target, false),
                    Deed::Away => app::Msg::Select(None),
                    Deed::Act(inputs) => app::Msg::Act(inputs),
                };
                return self.hear(library, place, said);
            }
            app::Msg::Pick(target, by_key) => {
                if let Target::Node(node) = target {
                    // Who is looked at here is looked at there, too.
                    pair.select(place, Some(node));
                }
                if let Target::Message(_) = target {
                    pair.play(false);
                }
                self.sides[1 - place].menu = None;
                let side = &mut self.sides[place];
                side.ask.refused = None;
                if side.menu == Some(target) {
                    self.focus = side.dismiss(&pair.sides[place]);
                } else {
                    side.menu = Some(target);
                    self.focus = by_key.then(|| "menu".into());
                }
            }
            app::Msg::Dismiss => self.focus = side.dismiss(&pair.sides[place]),
            app::Msg::Select(node) => {
                pair.select(place, node);
                side.menu = None;
            }
            app::Msg::Act(inputs) => self.act(place, &inputs),
            app::Msg::AskOf(node) => side.ask.node = node,
            app::Msg::Lag(typed) => side.ask.lag = Some(typed),
            app::Msg::Delay(message) => match side.ask.delay(&pair.sides[place], message) {
                Ok(input) => self.act(place, &[input]),
                Err(why) => side.ask.refused = Some(why),
            },
            app::Msg::Argument(op, typed) => side.ask.say(op, typed),
            app::Msg::Ask(client, op) => match side.ask.input(&pair.sides[place], client, op) {
                Ok(input) => self.act(place, &[input]),
                Err(why) => side.ask.refused = Some(why),
            },
            app::Msg::Draft(knob, shown) => side.draft = Some(Draft { knob, shown, refused: None }),
            app::Msg::Turn(index, shown) => self.turn(library, place, index, shown),
            app::Msg::ShowRow(row) => pair.show_row(place, row),
            app::Msg::Point(row) => {
                if pair.sides[place].pointed == row {
                    return false;
                }
                pair.sides[place].pointed = row;
            }
            app::Msg::Pan(pixels) => {
                let moved = side.window(pair, self.elsewhere).moved(pixels, pair.reached().max(pair.playhead()));
                self.elsewhere = Some(moved).filter(|center| *center != pair.playhead());
                pair.sides.iter_mut().for_each(|side| side.recall(moved));
            }
            app::Msg::Here => self.elsewhere = None,
            app::Msg::Tools(open) => side.tools = open,
            app::Msg::Take(take) => {
                side.tools = false;
                side.take(pair, self.elsewhere, take);
            }
            app::Msg::Hide(lane) => {
                let hidden = &mut pair.sides[place].hidden;
                if !hidden.remove(&lane) {
                    hidden.insert(lane);
                }
            }
            app::Msg::Rove(from, down) => {
                if let Some(next) = side.board.layout.beside(from, 0.0, down) {
                    self.focus = Some(side.reach(&mut pair.sides[place], next));
                }
            }
            app::Msg::Next(from, on) => {
                let next = pair.sides[place].neighbour(from, on);
                self.focus = Some(side.reach(&mut pair.sides[place], next));
            }
            app::Msg::Link(meaning) => pair.sides.iter_mut().for_each(|session| session.linked = meaning),
            _ => return false,
        }
        true
    }

    /// A gesture, done to both.
    fn act(&mut self, place: usize, inputs: &[Input]) {
        let Ok(pair) = &mut self.pair else { return };
        let back = self.sides[place].dismiss(&pair.sides[place]);
        let done = pair.act(place, inputs);
        self.changed(done.map(|()| None));
        self.focus = back;
    }

    /// Gives a setting of one of them another value, from the beginning on.
    fn turn(&mut self, library: &Library, place: usize, index: usize, shown: String) {
        let Ok(pair) = &mut self.pair else { return };
        let session = &pair.sides[place];
        let Some(knob) = Knob::all(session.sim(), session.playhead()).into_iter().nth(index) else { return };
        let done = knob.heard(&shown).and_then(|value| pair.turn(library, place, &knob, value));
        match done {
            Ok(()) => self.changed(Ok(None)),
            Err(why) => self.sides[place].draft = Some(Draft { knob: index, shown, refused: Some(why) }),
        }
    }

    /// Virtual time passes, both stages are painted, and Yew is asked only if there are new words.
    fn frame(&mut self, ctx: &Context<Self>, now: f64) -> bool {
        let passed = self.last_frame.map_or(0.0, |last| now - last);
        self.last_frame = Some(now);
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
        if !(playing && self.in_sight && self.shown) {
            self.frames = None;
            self.last_frame = None;
        } else if self.frames.is_none() {
            let frame = ctx.link().callback(Msg::Frame);
            self.frames = Some(Frames::start(move |now| frame.emit(now)));
        }
    }

    fn refresh(&mut self) {
        if let Ok(pair) = &self.pair {
            for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
                side.board.refresh(session);
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
            <footer>{ time(pair, self.more, &both(send)) }</footer>
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

/// What is said of both runs as in the laboratory, when no node has the focus.
fn both(send: &Callback<Msg>) -> Callback<app::Msg> {
    send.reform(|msg| Msg::Both(0, msg))
}

fn time(pair: &Pair, more: bool, send: &Callback<app::Msg>) -> Html {
    let reached = pair.reached().0.max(1);
    let share = |moment: Time| moment.0 as f64 / reached as f64;
    let mark = pair.parted().filter(|parted| parted.at.0 <= reached).map(|parted| format!("--share:{:.4}", share(parted.at)));
    html! {
        <section class="transport" aria-label={text::MOMENT}>
            <div class="buttons">
                { transport::button(text::PREVIOUS_MOMENT, ",", ui::BACK, pair.playhead() == Time::ZERO, send.reform(|()| app::Msg::Back)) }
                { transport::play(pair.playing(), !pair.goes_on(), send.reform(|()| app::Msg::Toggle)) }
                { transport::button(text::NEXT_MOMENT, ".", ui::STEP, !pair.goes_on(), send.reform(|()| app::Msg::Step)) }
                if pair.playhead() > Time::ZERO {
                    { transport::waits(&pair.sides.each_ref(), more, pair.pacing.care.on, send) }
                }
            </div>
            <output class="clock" aria-live="off">{ text::clock(pair.playhead()) }</output>
            <div class="moments">
                { transport::moment(pair.playhead(), pair.reached(), send.reform(app::Msg::Seek)) }
                if let Some(style) = mark {
                    <i class="parts-at" {style} aria-hidden="true" />
                }
            </div>
            { transport::pace(pair.pacing.speed, pair.pacing.care.is_slowing().then(|| pair.pacing.ratio()), send.reform(app::Msg::Speed)) }
        </section>
    }
}

/// What a key does, and to whose node.
fn key(event: &KeyboardEvent) -> Option<Msg> {
    let single = dom::remembered(app::NO_SHORTCUTS).is_none();
    let id = event.target().and_then(|target| target.dyn_into::<Element>().ok()).map(|element| element.id()).unwrap_or_default();
    app::key(event, single).map(|msg| Msg::Both(usize::from(id.starts_with("b-")), msg))
}

/// In the laboratory: the way here, with the run there and another one.
pub(crate) fn ask(session: &Session, open: bool, send: &Callback<app::Msg>) -> Html {
    let branches = session.branches().0;
    let go = |name: String, other: Option<usize>| {
        html! { <button key={name.clone()} onclick={send.reform(move |_| app::Msg::Compare(other))}>{ name }</button> }
    };
    let onclick = send.reform(move |_| if open { app::Msg::Comparing(false) } else { app::Msg::Compare(None) });
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
