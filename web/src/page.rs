//! The page as a frame: which screen the address asks for, and the wait for the part of the program
//! that all screens but the first need.

use crate::app::App;
use crate::check::Check;
use crate::compare::Compare;
use crate::dom::{self, Listener};
use crate::home::Home;
use crate::lesson::Screen;
use crate::map;
use crate::rest;
use crate::route::Route;
use crate::text;
use faultline::models::Library;
use std::rc::Rc;
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
    _address: Listener,
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
        Self { route, whole: false, missing: None, _address: listener }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Address => {
                let route = Route::of(&dom::address::fragment());
                return std::mem::replace(&mut self.route, route) != self.route;
            }
            Msg::Whole(came) => {
                self.whole = came.is_ok();
                self.missing = came.err();
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
                Route::Laboratory => html! { <App library={library.clone()} /> },
                Route::Lab(id) => html! { <Screen library={library.clone()} asked={id.clone()} /> },
                Route::Check => html! { <Check /> },
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

/// Loads the rest of the program.
fn complete(ctx: &Context<Page>) {
    ctx.link().send_future(async { Msg::Whole(rest::load().await) });
}
