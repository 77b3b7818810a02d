//! What says in words and numbers what the stage shows. It follows when the picture has been shown: a
//! learner sees at once what a click has done, and can read about it a moment later.

use crate::shared::Shared;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::html::Scope;
use yew::{Component, Context, Html, Properties};

#[wasm_bindgen]
extern "C" {
    /// Calls back when the page has had time to show its picture (static/frame.js).
    #[wasm_bindgen(js_namespace = faultline, js_name = afterPicture)]
    fn after_picture(callback: &JsValue);
}

/// Through which the words come to their place in the page.
pub(crate) struct Teller {
    place: Shared<RefCell<Option<Scope<Told>>>>,
    waits: Cell<bool>,
}

impl Teller {
    pub(crate) fn new() -> Self {
        Self { place: Shared::new(RefCell::new(None)), waits: Cell::new(false) }
    }

    /// Their place in the page.
    pub(crate) fn place(&self) -> Props {
        Props { place: self.place.clone() }
    }

    /// Something is to be told anew: asks for it when the picture has been shown.
    pub(crate) fn soon(&self, tell: impl FnOnce() + 'static) {
        if !self.waits.replace(true) {
            after_picture(&Closure::once_into_js(tell));
        }
    }

    pub(crate) fn tell(&self, words: Html) {
        self.waits.set(false);
        if let Some(place) = &*self.place.borrow() {
            place.send_message(words);
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    place: Shared<RefCell<Option<Scope<Told>>>>,
}

pub(crate) struct Told {
    words: Html,
}

impl Component for Told {
    type Message = Html;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        ctx.props().place.replace(Some(ctx.link().clone()));
        Self { words: Html::default() }
    }

    fn update(&mut self, _: &Context<Self>, words: Html) -> bool {
        self.words = words;
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        self.words.clone()
    }
}
