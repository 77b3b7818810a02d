//! The live map of promises: which implies which, who can have them while the network is parted, what
//! tells two of them apart, and which of them a history keeps.

mod lattice;
mod player;

use crate::dom::{self, Listener};
use crate::labs::{self, Entry};
use crate::panel::promises::mark;
use crate::route;
use crate::shared::Shared;
use crate::text::{self, map as words, plain};
use crate::ui;
use crate::worker::{Checking, Doing, Job, Light, Report};
use faultline::judge::Promise;
use faultline::judge::map::{ARROWS, Availability, EXAMPLES, PLACES};
use gloo_timers::callback::Interval;
use lattice::{Lattice, NARROW, WIDE};
use player::Player;
use web_sys::KeyboardEvent;
use yew::{Callback, Component, Context, Event, Html, MouseEvent, Properties, component, html};

/// The id of the dialog in which the map stands above a run.
pub(crate) const ID: &str = "map-dialog";
/// How long an event of a history stands before the next one follows.
const BEAT_MS: u32 = 900;
/// Where there is room for the picture as it is on a desk.
const ROOM: &str = "(min-width: 761px)";

/// The map as a screen.
#[component(Screen)]
pub(crate) fn screen() -> Html {
    html! {
        <main class="map-screen">
            <header>
                <p><a href="#">{ text::NAME }</a></p>
                <h1>{ words::TITLE }</h1>
                <p>{ words::HOW }</p>
            </header>
            <Map />
        </main>
    }
}

/// The map above something else, with what its history keeps.
pub(crate) fn dialog(asked: &Shared<Checking>, close: &Callback<()>, pick: Option<Callback<usize>>) -> Html {
    let onclose = close.reform(|_: Event| ());
    // What is typed here is not for what lies below.
    let onkeydown = Callback::from(|event: KeyboardEvent| event.stop_propagation());
    html! {
        <dialog id={ID} aria-labelledby="map-title" {onclose} {onkeydown}>
            <header><h2 id="map-title">{ words::TITLE }</h2><button class="quiet" onclick={|_| dom::close(ID)}>{ text::CLOSE }</button></header>
            <Map asked={asked.clone()} {pick} />
        </dialog>
    }
}

/// What the map is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    /// The history that is judged by every promise, if there is one.
    #[prop_or_default]
    pub(crate) asked: Option<Shared<Checking>>,
    /// Who wants to know which promise is to be watched: its place among all of the judge's.
    #[prop_or_default]
    pub(crate) pick: Option<Callback<usize>>,
}

/// What can happen to the map.
pub(crate) enum Msg {
    Place(usize),
    Arrow(usize),
    /// The focus goes to whoever stands in this direction.
    Rove(usize, f64, f64),
    /// One event of the history on or back.
    Step(bool),
    /// From the beginning.
    Again,
    /// The next event, if it is being played.
    Beat,
    /// Play or pause.
    Toggle,
    Report(Report),
    Labs(Vec<Entry>),
    /// There is more room, or less.
    Room,
}

/// What is looked at.
enum Chosen {
    Nothing,
    Place(usize),
    Arrow(Player),
}

/// The map.
pub(crate) struct Map {
    chosen: Chosen,
    /// Whom the keys reach first.
    first: usize,
    focus: Option<String>,
    beat: Option<Interval>,
    /// What the history comes to, in the order of the places.
    lights: Vec<Option<Light>>,
    doing: Option<Doing>,
    failed: Option<String>,
    labs: Vec<Entry>,
    roomy: bool,
    _room: Option<Listener>,
}

impl Component for Map {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let room = ctx.link().callback(|()| Msg::Room);
        ctx.link().send_future(async { Msg::Labs(labs::fetch().await.unwrap_or_default()) });
        let doing = ctx.props().asked.as_ref().map(|asked| {
            let told = ctx.link().callback(Msg::Report);
            Doing::start(Job::Promises((**asked).clone()), move |report| told.emit(report))
        });
        Self {
            chosen: Chosen::Nothing,
            first: 0,
            focus: None,
            beat: None,
            lights: vec![None; PLACES.len()],
            doing,
            failed: None,
            labs: Vec::new(),
            roomy: dom::matches(ROOM),
            _room: dom::media(ROOM, move || room.emit(())),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Place(place) => {
                (self.chosen, self.first, self.beat) = (Chosen::Place(place), place, None);
            }
            Msg::Arrow(arrow) => {
                let Some(mut player) = Player::new(ARROWS[arrow]) else { return false };
                self.beat = None;
                if dom::reduced_motion() {
                    while player.go(true) {}
                } else {
                    self.play(ctx);
                }
                self.chosen = Chosen::Arrow(player);
            }
            Msg::Rove(from, across, down) => {
                let Some(next) = self.lattice().beside(from, across, down) else { return false };
                self.first = next;
                self.focus = Some(place_id(next));
            }
            Msg::Step(on) => {
                self.beat = None;
                self.step(on);
            }
            Msg::Again => {
                if let Chosen::Arrow(player) = &mut self.chosen {
                    player.step = 0;
                }
                self.beat = None;
            }
            Msg::Beat => {
                if !self.step(true) {
                    self.beat = None;
                }
            }
            Msg::Toggle if self.beat.is_some() => self.beat = None,
            Msg::Toggle => {
                if let Chosen::Arrow(player) = &mut self.chosen
                    && player.step == player.steps()
                {
                    player.step = 0;
                }
                self.play(ctx);
            }
            Msg::Report(Report::Promise(light)) => {
                let name = Promise::ALL[light.promise].0;
                if let Some(place) = PLACES.iter().position(|place| place.name == name) {
                    self.lights[place] = Some(light);
                }
            }
            Msg::Report(Report::Over) => self.doing = None,
            Msg::Report(Report::Bad(why) | Report::Failed(why)) => {
                (self.doing, self.failed) = (None, Some(why));
            }
            Msg::Report(_) => return false,
            // Without the list the map only names no labs.
            Msg::Labs(labs) => self.labs = labs,
            Msg::Room => self.roomy = dom::matches(ROOM),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! {
            <div class="promise-map">
                <div class="lattice">
                    { self.news(ctx) }
                    { self.picture(ctx) }
                    { legend(ctx.props().asked.is_some()) }
                    { self.table(ctx) }
                </div>
                <section class="told" aria-label={words::DETAILS}>{ self.details(ctx) }</section>
                <p class="visually-hidden" role="status">{ self.in_words() }</p>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let Some(place) = self.focus.take() {
            dom::focus(&place);
        }
        if first && ctx.props().asked.is_some() {
            dom::show_modal(ID);
        }
    }
}

impl Map {
    fn lattice(&self) -> &'static Lattice {
        if self.roomy { &WIDE } else { &NARROW }
    }

    fn play(&mut self, ctx: &Context<Self>) {
        let beat = ctx.link().callback(|()| Msg::Beat);
        self.beat = Some(Interval::new(BEAT_MS, move || beat.emit(())));
    }

    fn step(&mut self, on: bool) -> bool {
        match &mut self.chosen {
            Chosen::Arrow(player) => player.go(on),
            _ => false,
        }
    }

    /// What was chosen, for whoever does not see it appear elsewhere.
    fn in_words(&self) -> String {
        match &self.chosen {
            Chosen::Place(place) => format!("{}: {}.", plain(PLACES[*place].name), PLACES[*place].says),
            Chosen::Arrow(player) => words::difference(player.arrow.strong, player.arrow.weak),
            Chosen::Nothing => String::new(),
        }
    }

    /// How far the judge is with the history.
    fn news(&self, ctx: &Context<Self>) -> Html {
        if ctx.props().asked.is_none() {
            return Html::default();
        }
        let judged = self.lights.iter().flatten().count();
        let of = |kept: Option<bool>| self.lights.iter().flatten().filter(|light| light.kept == kept).count();
        html! {
            <p class="judging">
                if let Some(why) = &self.failed {
                    <span class="bad" role="alert">{ why.clone() }</span>
                } else if self.doing.is_some() {
                    <progress aria-label={text::CHECK_WORKING} max={PLACES.len().to_string()} value={judged.to_string()} />{ words::judged(judged) }
                } else {
                    <span role="status">{ words::sum(of(Some(true)), of(Some(false)), of(None)) }</span>
                }
            </p>
        }
    }

    fn picture(&self, ctx: &Context<Self>) -> Html {
        let lattice = self.lattice();
        let (width, height) = lattice.size;
        html! {
            <svg class={if self.roomy { "wide" } else { "narrow" }} viewBox={format!("0 0 {width} {height}")} role="group" aria-label={words::PICTURE}>
                <defs><marker id="map-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" /></marker></defs>
                { for (0..PLACES.len()).map(|place| self.place(ctx, lattice, place)) }
                { for (0..ARROWS.len()).map(|arrow| self.arrow(ctx, lattice, arrow)) }
            </svg>
        }
    }

    fn arrow(&self, ctx: &Context<Self>, lattice: &Lattice, arrow: usize) -> Html {
        let (strong, weak) = (index(ARROWS[arrow].strong), index(ARROWS[arrow].weak));
        let ((x, y), (to_x, to_y)) = lattice.arrow(strong, weak);
        let way = format!("M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}");
        let chosen = match &self.chosen {
            Chosen::Arrow(player) => (player.arrow.strong, player.arrow.weak) == (ARROWS[arrow].strong, ARROWS[arrow].weak),
            Chosen::Place(place) => *place == strong || *place == weak,
            Chosen::Nothing => false,
        };
        html! {
            <g key={format!("arrow-{arrow}")} class={if chosen { "implies chosen" } else { "implies" }} role="button" tabindex="-1"
                aria-label={words::apart(ARROWS[arrow].strong, ARROWS[arrow].weak)} onclick={ctx.link().callback(move |_| Msg::Arrow(arrow))}
                onkeydown={ctx.link().batch_callback(move |event: KeyboardEvent| pressed(&event).then_some(Msg::Arrow(arrow)))}>
                <title>{ words::apart(ARROWS[arrow].strong, ARROWS[arrow].weak) }</title>
                <path class="near" d={way.clone()} /><path d={way} marker-end="url(#map-head)" />
            </g>
        }
    }

    fn place(&self, ctx: &Context<Self>, lattice: &Lattice, place: usize) -> Html {
        let ((x, y), (width, height)) = (lattice.at(place), lattice.place);
        let about = PLACES[place];
        let light = self.lights[place].as_ref().map(|light| light.kept);
        let class = format!("promise {} {}", availability(about.availability).0, light.map_or("", |kept| mark(kept).0));
        let pressed_now = matches!(self.chosen, Chosen::Place(other) if other == place);
        let lines = lattice.lines(about.name);
        let top = y - (lines.len() as f64 - 1.0) * lattice.line / 2.0 + lattice.line / 3.0;
        let key = move |event: KeyboardEvent| {
            let (across, down) = match event.key().as_str() {
                "ArrowRight" => (1.0, 0.0),
                "ArrowLeft" => (-1.0, 0.0),
                "ArrowDown" => (0.0, 1.0),
                "ArrowUp" => (0.0, -1.0),
                _ => return pressed(&event).then_some(Msg::Place(place)),
            };
            event.prevent_default();
            Some(Msg::Rove(place, across, down))
        };
        html! {
            <g key={about.name} id={place_id(place)} {class} role="button" tabindex={if self.first == place { "0" } else { "-1" }}
                aria-pressed={pressed_now.to_string()} aria-label={words::place(about.name, about.availability, light)}
                onclick={ctx.link().callback(move |_| Msg::Place(place))} onkeydown={ctx.link().batch_callback(key)}>
                <rect x={(x - width / 2.0).to_string()} y={(y - height / 2.0).to_string()} width={width.to_string()} height={height.to_string()} rx="8" />
                <text x={x.to_string()}>{ for lines.iter().enumerate().map(|(line, words)| html! {
                    <tspan key={line} x={x.to_string()} y={(top + line as f64 * lattice.line).to_string()}>{ format!("{words} ") }</tspan>
                }) }</text>
                <text class="sign" x={(x + width / 2.0 - 9.0).to_string()} y={(y - height / 2.0 + 13.0).to_string()}>{ availability(about.availability).1 }</text>
                if let Some(kept) = light {
                    <text class="light" x={(x - width / 2.0 + 10.0).to_string()} y={(y - height / 2.0 + 14.0).to_string()}>{ mark(kept).1 }</text>
                }
            </g>
        }
    }

    /// The picture for whoever reads it.
    fn table(&self, ctx: &Context<Self>) -> Html {
        let asked = ctx.props().asked.is_some();
        html! {
            <details class="as-table">
                <summary>{ text::AS_TABLE }</summary>
                <div class="wide" tabindex="0" role="region" aria-label={words::PICTURE}><table>
                    <thead><tr><th scope="col">{ words::PROMISE }</th><th scope="col">{ words::AVAILABLE }</th><th scope="col">{ words::IMPLIES }</th>
                        if asked { <th scope="col">{ words::HERE }</th> }</tr></thead>
                    <tbody>{ for PLACES.iter().enumerate().map(|(place, about)| html! {
                        <tr key={about.name}><th scope="row">{ plain(about.name) }</th><td>{ about.availability.describe() }</td>
                            <td>{ ARROWS.iter().filter(|arrow| arrow.strong == about.name).map(|arrow| plain(arrow.weak)).collect::<Vec<_>>().join(", ") }</td>
                            if asked { <td>{ self.lights[place].as_ref().map_or("…", |light| mark(light.kept).2) }</td> }</tr>
                    }) }</tbody>
                </table></div>
            </details>
        }
    }

    fn details(&self, ctx: &Context<Self>) -> Html {
        match &self.chosen {
            Chosen::Nothing => html! { <p class="empty">{ words::CHOOSE }</p> },
            Chosen::Place(place) => self.about(ctx, *place),
            Chosen::Arrow(player) => self.playing(ctx, player),
        }
    }

    /// A promise in words, who gives it, where it is seen, and what is next to it.
    fn about(&self, ctx: &Context<Self>, place: usize) -> Html {
        let about = PLACES[place];
        let (class, sign) = availability(about.availability);
        let light = self.lights[place].as_ref();
        let next = |title: &'static str, stronger: bool| {
            let near =
                ARROWS.iter().enumerate().filter(|(_, arrow)| if stronger { arrow.weak == about.name } else { arrow.strong == about.name });
            let near: Vec<(usize, &'static str)> =
                near.map(|(arrow, found)| (arrow, if stronger { found.strong } else { found.weak })).collect();
            html! {
                if !near.is_empty() {
                    <h3>{ title }</h3>
                    <ul class="next">{ for near.into_iter().map(|(arrow, other)| html! {
                        <li key={other}><button class="quiet" onclick={ctx.link().callback(move |_| Msg::Place(index(other)))}>{ plain(other) }</button>
                            <button onclick={ctx.link().callback(move |_| Msg::Arrow(arrow))} aria-label={words::difference_from(about.name, other)}>{ words::DIFFERENCE }</button></li>
                    }) }</ul>
                }
            }
        };
        let labs: Vec<_> = self.labs.iter().filter(|lab| lab.promises.iter().any(|name| name == about.name)).collect();
        let runs: Vec<_> = EXAMPLES.iter().filter(|example| example.promise == about.name).collect();
        html! {
            <>
            <h2>{ plain(about.name) }</h2>
            <p class="says">{ format!("{}.", capital(about.says)) }</p>
            <p class={format!("who {class}")}><i aria-hidden="true">{ sign }</i>{ capital(about.availability.describe()) }</p>
            if let Some(light) = light {
                <div class={format!("here {}", mark(light.kept).0)}>
                    <p><b>{ format!("{} {}", mark(light.kept).1, words::in_this(light.kept)) }</b></p>
                    if light.kept != Some(true) { <p>{ light.verdict.clone() }</p> }
                    if !light.blamed.is_empty() { <ul>{ for light.blamed.iter().map(|op| html! { <li key={op.clone()}>{ op.clone() }</li> }) }</ul> }
                    if let Some(pick) = &ctx.props().pick {
                        <button onclick={let (pick, promise) = (pick.clone(), light.promise); move |_| pick.emit(promise)}>{ words::WATCH }</button>
                    }
                </div>
            }
            if let Some(who) = words::given(about.name) { <h3>{ words::GIVEN }</h3><p>{ who }</p> }
            if !labs.is_empty() || !runs.is_empty() {
                <h3>{ words::SEEN }</h3>
                <ul class="seen">
                    { for runs.iter().map(|run| html! { <li key={run.model}><a href={run.link}>{ words::broken_by(run.model) }</a></li> }) }
                    { for labs.iter().map(|lab| html! { <li key={lab.id.clone()}><a href={format!("{}{}", route::LAB, lab.id)}>{ text::lab(lab) }</a></li> }) }
                </ul>
            }
            { next(words::IMPLIES_TITLE, false) }
            { next(words::IMPLIED_TITLE, true) }
            </>
        }
    }

    /// A history that tells two promises apart.
    fn playing(&self, ctx: &Context<Self>, player: &Player) -> Html {
        let link = ctx.link();
        let (strong, weak) = (player.arrow.strong, player.arrow.weak);
        html! {
            <>
            <h2>{ words::difference(strong, weak) }</h2>
            <p class="says">{ words::smallest(strong, weak) }</p>
            { player.view() }
            <div class="steps" role="group" aria-label={words::HISTORY}>
                <button onclick={link.callback(|_| Msg::Again)} disabled={player.step == 0}>{ words::FROM_START }</button>
                { button(text::BACK, ui::BACK, player.step == 0, link.callback(|_| Msg::Step(false))) }
                if self.beat.is_some() {
                    { button(text::PAUSE, ui::PAUSE, false, link.callback(|_| Msg::Toggle)) }
                } else {
                    { button(text::PLAY, ui::PLAY, false, link.callback(|_| Msg::Toggle)) }
                }
                { button(text::STEP, ui::STEP, player.step == player.steps(), link.callback(|_| Msg::Step(true))) }
                <output>{ words::event(player.step, player.steps()) }</output>
            </div>
            <ul class="next">{ for [strong, weak].map(|name| html! {
                <li key={name}><button class="quiet" onclick={link.callback(move |_| Msg::Place(index(name)))}>{ words::more_about(name) }</button></li>
            }) }</ul>
            </>
        }
    }
}

fn button(label: &'static str, path: &'static str, disabled: bool, onclick: Callback<MouseEvent>) -> Html {
    html! { <button {disabled} {onclick} aria-label={label} title={label}>{ ui::icon(path) }</button> }
}

/// What the signs mean.
fn legend(asked: bool) -> Html {
    let all = [Availability::Total, Availability::Sticky, Availability::Unavailable];
    html! {
        <ul class="legend">
            { for all.map(|level| html! { <li key={availability(level).0} class={availability(level).0}><i aria-hidden="true">{ availability(level).1 }</i>{ level.describe() }</li> }) }
            if asked { { for [Some(true), Some(false), None].map(|kept| html! { <li key={mark(kept).2}><i aria-hidden="true">{ mark(kept).1 }</i>{ words::in_this(kept) }</li> }) } }
        </ul>
    }
}

fn index(name: &str) -> usize {
    PLACES.iter().position(|place| place.name == name).unwrap_or(0)
}

fn place_id(place: usize) -> String {
    format!("promise-{place}")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What the style sheet calls it, and a sign for it.
fn availability(level: Availability) -> (&'static str, &'static str) {
    match level {
        Availability::Total => ("total", "●"),
        Availability::Sticky => ("sticky", "◐"),
        Availability::Unavailable => ("unavailable", "○"),
    }
}

/// Whether a key does what a click does.
fn pressed(event: &KeyboardEvent) -> bool {
    let pressed = matches!(event.key().as_str(), "Enter" | " ");
    if pressed {
        event.prevent_default();
    }
    pressed
}
