//! The page as a frame: which screen the address asks for, and the wait for the part of the program
//! that all screens but the first need.

use crate::app::App;
use crate::author::Author;
use crate::check::Check;
use crate::compare::Compare;
use crate::dom::{self, Listener};
use crate::evidence::Evidence;
use crate::home::Home;
use crate::host;
use crate::lesson::{Kit, Screen};
use crate::rest;
use crate::route::Route;
use crate::text;
use faultline::models::Library;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;
use yew::{Component, Context, Html, Properties, html};

/// What the page is made with.
#[derive(Properties, Clone)]
pub(crate) struct Props {
    pub(crate) library: Rc<Library>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.library, &other.library)
    }
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
    _listeners: [Listener; 2],
}

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
        let listener = Listener::on_window("hashchange", move |_| address.emit(()));
        let open = ctx.link().callback(Msg::Open);
        let opens = Listener::on_window("faultline:open", move |event| {
            if let Some(what) = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string()) {
                open.emit(what);
            }
        });
        Self { route, whole: false, missing: None, seed: dom::address::seed(), opened: 0, _listeners: [listener, opens] }
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
            }
            Msg::Again => {
                self.missing = None;
                complete(ctx);
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
            { match &self.route {
                Route::Home => html! { <Home library={library.clone()} whole={self.whole} /> },
                _ if !self.whole => html! { <main class="wait" aria-busy="true"><p role="status">{ text::LOADING }</p></main> },
                Route::Laboratory => html! { <App key={self.opened} library={library.clone()} /> },
                Route::Lab(id) => html! { <Screen key={self.opened} library={library.clone()} asked={id.clone()} /> },
                Route::Kit(id) => html! { <Kit library={library.clone()} asked={id.clone()} /> },
                Route::Author(run) => html! { <Author library={library.clone()} run={run.clone()} /> },
                Route::Evidence => html! { <Evidence /> },
                Route::Check => html! { <Check /> },
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

/// Loads the rest of the program.
fn complete(ctx: &Context<Page>) {
    ctx.link().send_future(async { Msg::Whole(rest::load().await) });
}
