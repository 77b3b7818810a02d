//! A part of the diagram's picture in the page. Whatever happens in a run, nearly all that is drawn of it
//! stays as it was: so what is drawn again is only what has become another, item by item (static/frame.js).

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;
use yew::{Component, Context, Html, NodeRef, Properties, html};

#[wasm_bindgen]
extern "C" {
    /// Draws one item for each line of SVG, in their order; items that are there already stay.
    #[wasm_bindgen(js_namespace = faultline, js_name = drawItems)]
    fn draw_items(place: &Element, items: &str);
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Whether something is pointed at, so that what did not have to happen before it fades.
    pub(super) tracing: bool,
    /// A line of SVG for each.
    pub(super) items: String,
}

pub(super) struct Drawing {
    place: NodeRef,
}

impl Component for Drawing {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { place: NodeRef::default() }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { width, height, tracing, .. } = ctx.props();
        html! {
            <div class="moving"><svg width={format!("{width:.0}")} height={format!("{height:.0}")} aria-hidden="true">
                <g class={if *tracing { "drawn tracing" } else { "drawn" }} ref={self.place.clone()} />
            </svg></div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some(place) = self.place.cast::<Element>() {
            draw_items(&place, &ctx.props().items);
        }
    }
}
