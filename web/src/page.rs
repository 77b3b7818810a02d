//! The page as a frame: which screen the address asks for, and the wait for the part of the program
//! that all screens but the first need.

use crate::app::{self, App};
use crate::author::Author;
use crate::check::{self, Check};
use crate::compare::Compare;
use crate::dom::given::Offer;
use crate::dom::{self, Listener};
use crate::evidence::Evidence;
use crate::home::Home;
use crate::host;
use crate::lesson::{Screen, progress};
use crate::map;
use crate::rest;
use crate::route::{self, Route};
use crate::share::{self, Given};
use crate::shared::Shared;
use crate::text;
use faultline::lab::Lab;
use faultline::models::Library;
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;
use yew::{Component, Context, Html, Properties, html};

/// What the page is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
}

/// What can happen to the frame.
pub(crate) enum Msg {
    /// The address has changed.
    Address,
    /// The page around this one wants this to be opened.
    Open(String),
    /// The rest of the program has come, or cannot come.
    Whole(Result<(), String>),
    /// Try again to load it.
    Again,
    /// A file or a text is given to the page.
    Given(Offer),
    /// What was said of it was read.
    Heard,
    /// A newer version of the page can be had.
    Newer,
    /// Now, or not now.
    Update(bool),
    /// The browser keeps nothing for the page.
    Forgetful(bool),
}

/// The page.
pub(crate) struct Page {
    route: Route,
    /// Whether the rest of the program is there; see [`rest`].
    whole: bool,
    /// Why it cannot come.
    missing: Option<String>,
    /// The seed that the address asks for.
    seed: Option<u64>,
    /// How often something was opened: whatever it is, it begins anew.
    opened: u32,
    /// What was given before the rest was there to read it.
    waiting: Option<Offer>,
    /// Something is held above the page.
    above: bool,
    /// What is wrong with what was given.
    faults: Vec<String>,
    /// The lab of a file, and how many there were.
    file: Option<Shared<Lab>>,
    files: u32,
    /// The history that was given.
    history: Option<check::Given>,
    /// How many files could not be taken.
    refused: u32,
    /// How often what was done elsewhere was brought here, and whether that was just said.
    brought: u32,
    said_brought: bool,
    newer: bool,
    /// Whether the browser keeps nothing, and whether that was said.
    forgetful: bool,
    told: bool,
    _listeners: Vec<Listener>,
}

/// So many faults of a file are shown.
const MOST_FAULTS: usize = 6;

impl Component for Page {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let address = ctx.link().callback(|()| Msg::Address);
        let route = Route::of(&dom::address::fragment());
        // Where the first screen is what is asked for, it goes first.
        if route != Route::Home {
            complete(ctx);
        }
        let given = ctx.link().callback(Msg::Given);
        let newer = ctx.link().callback(|()| Msg::Newer);
        let forgetful = ctx.link().callback(|()| Msg::Forgetful(true));
        let mut listeners = Vec::from(dom::given::listen(move |offer| given.emit(offer)));
        let open = ctx.link().callback(Msg::Open);
        listeners.push(Listener::on_window("faultline:open", move |event| {
            if let Some(what) = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string()) {
                open.emit(what);
            }
        }));
        listeners.push(Listener::on_window("hashchange", move |_| address.emit(())));
        listeners.push(Listener::on_window(dom::FORGETFUL, move |_| forgetful.emit(())));
        listeners.push(dom::offline::on_newer(move || newer.emit(())));
        Self {
            route,
            whole: false,
            missing: None,
            seed: dom::address::seed(),
            opened: 0,
            waiting: None,
            above: false,
            faults: Vec::new(),
            file: None,
            files: 0,
            history: None,
            refused: 0,
            brought: 0,
            said_brought: false,
            newer: false,
            forgetful: false,
            told: false,
            _listeners: listeners,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Address => {
                let route = Route::of(&dom::address::fragment());
                let seed = dom::address::seed();
                if std::mem::replace(&mut self.seed, seed) != self.seed {
                    self.opened += 1;
                } else if self.route == route {
                    return false;
                }
                self.route = route;
            }
            // Until it is whole nothing can be opened; the page around is told when it is.
            Msg::Open(_) if !self.whole => return false,
            Msg::Open(what) => {
                if let Err(why) = host::open(&ctx.props().library, &what) {
                    host::tell(&host::Message::error(&why));
                    return false;
                }
                self.route = Route::of(&dom::address::fragment());
                self.seed = dom::address::seed();
                self.opened += 1;
            }
            Msg::Whole(came) => {
                self.whole = came.is_ok();
                self.missing = came.err();
                if self.whole && matches!(self.route, Route::Home | Route::Check | Route::Compare) {
                    host::tell(&host::Message::new("ready", &[]));
                }
                if let Some(Offer::Text(name, given)) = self.waiting.take_if(|_| self.whole) {
                    self.take(ctx, name, given);
                }
            }
            Msg::Again => {
                self.missing = None;
                complete(ctx);
            }
            Msg::Given(Offer::Above(above)) => return std::mem::replace(&mut self.above, above) != above,
            Msg::Given(Offer::Bad(why)) => (self.faults, self.refused) = (vec![why], self.refused + 1),
            Msg::Given(Offer::Text(name, given)) if self.whole => self.take(ctx, name, given),
            Msg::Given(given) => self.waiting = Some(given),
            Msg::Heard => {
                self.faults.clear();
                self.said_brought = false;
            }
            Msg::Newer => self.newer = true,
            Msg::Update(now) => {
                self.newer = now;
                if now {
                    dom::offline::update();
                }
            }
            // It is heard with everything that is not kept, and said once.
            Msg::Forgetful(true) if self.told => return false,
            Msg::Forgetful(now) => {
                self.forgetful = now;
                self.told = true;
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let library = &ctx.props().library;
        html! {
            <>
            if let Some(why) = &self.missing {
                <div class="notice">
                    <p role="alert">{ text::missing(why) }</p>
                    <button class="quiet" onclick={ctx.link().callback(|_| Msg::Again)}>{ text::AGAIN }</button>
                </div>
            }
            if self.whole {
                { self.notices(ctx) }
            }
            if self.above {
                <p class="drop-here">{ text::DROP_HERE }</p>
            }
            { match &self.route {
                Route::Home => html! { <Home library={library.clone()} whole={self.whole} brought={self.brought} /> },
                _ if !self.whole => html! { <main class="wait" aria-busy="true">if self.missing.is_none() { <p role="status">{ text::LOADING }</p> }</main> },
                Route::Laboratory => app::laboratory(library, self.opened),
                Route::Lab(id) => html! { <Screen key={self.opened} library={library.clone()} asked={id.clone()} /> },
                Route::Kit(id) => html! { <Screen library={library.clone()} asked={id.clone()} kit={true} /> },
                Route::Author(run) => html! { <Author library={library.clone()} run={run.clone()} /> },
                Route::Evidence => html! { <Evidence /> },
                Route::Check => html! { <Check given={self.history.clone()} refused={self.refused} /> },
                Route::File => match &self.file {
                    Some(lab) => html! { <App key={self.files} library={library.clone()} lab={lab.clone()} /> },
                    None => no_file(),
                },
                Route::Map => html! { <map::Screen /> },
                Route::Compare => html! { <Compare library={library.clone()} /> },
            } }
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first && self.route == Route::Home {
            complete(ctx);
        }
    }
}

impl Page {
    /// What there is to say above every screen, once the rest of the program is there.
    #[inline(never)]
    fn notices(&self, ctx: &Context<Self>) -> Html {
        html! {
            <>
            if !self.faults.is_empty() {
                <div class="notice">
                    <div role="alert"><ul>{ for self.faults.iter().map(|fault| html! { <li>{ fault.clone() }</li> }) }</ul></div>
                    <button class="quiet" onclick={ctx.link().callback(|_| Msg::Heard)}>{ text::CLOSE }</button>
                </div>
            }
            if self.said_brought {
                <div class="notice">
                    <p role="status">{ text::BROUGHT }</p>
                    <button class="quiet" onclick={ctx.link().callback(|_| Msg::Heard)}>{ text::CLOSE }</button>
                </div>
            }
            if self.forgetful {
                <div class="notice">
                    <p role="status">{ text::FORGETFUL }</p>
                    <button class="quiet" onclick={ctx.link().callback(|_| Msg::Forgetful(false))}>{ text::CLOSE }</button>
                </div>
            }
            if self.newer {
                <div class="notice">
                    <p role="status">{ text::NEWER }</p>
                    <button onclick={ctx.link().callback(|_| Msg::Update(true))}>{ text::UPDATE }</button>
                    <button class="quiet" onclick={ctx.link().callback(|_| Msg::Update(false))}>{ text::LATER }</button>
                </div>
            }
            </>
        }
    }

    /// Opens what was given where it belongs. If something is wrong with it, everything stays as it is.
    fn take(&mut self, ctx: &Context<Self>, name: Option<String>, given: String) {
        let called = name.clone().unwrap_or_else(|| text::GIVEN_TEXT.into());
        self.faults.clear();
        match share::read(name.as_deref(), &given, &ctx.props().library) {
            Ok(Given::Address(address)) => dom::address::go(&address),
            Ok(Given::Lab(lab)) => {
                self.file = Some(Shared::new(*lab));
                self.files += 1;
                dom::address::go(route::FILE);
            }
            Ok(Given::Progress(progress)) => {
                progress::take_in(progress);
                (self.brought, self.said_brought) = (self.brought + 1, true);
                dom::address::go("#");
            }
            // Where histories are judged, one with a fault can be mended.
            Ok(Given::History) => self.judge(called, given),
            Err(_) if self.route == Route::Check => self.judge(called, given),
            Err(mut faults) => {
                let more = faults.len().saturating_sub(MOST_FAULTS);
                faults.truncate(MOST_FAULTS);
                if more > 0 {
                    faults.push(text::and_more(more));
                }
                self.faults = faults;
            }
        }
    }

    fn judge(&mut self, name: String, history: String) {
        self.history = Some(Shared::new((name, history)));
        dom::address::go(route::CHECK);
    }
}

/// The lab of a file after the page was loaded again: files are not kept.
#[inline(never)]
fn no_file() -> Html {
    html! {
        <main class="wait">
            <h1>{ text::NO_FILE }</h1>
            <p>{ text::NO_FILE_HOW }</p>
            <div class="ways">
                { share::chooser(text::OPEN_FILE, yew::Callback::from(|file| dom::given::give(&file))) }
                <a href="#">{ text::ALL_LABS }</a>
            </div>
        </main>
    }
}

/// Loads the rest of the program.
fn complete(ctx: &Context<Page>) {
    ctx.link().send_future(async { Msg::Whole(rest::load().await) });
}
