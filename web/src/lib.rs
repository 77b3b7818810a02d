//! The page: shows a run of the engine, moment by moment, and turns gestures into its inputs.
//!
//! | room | what is in it |
//! |---|---|
//! | `app` | the page as a whole: one message for everything that can happen on it |
//! | `session` | the run that is looked at, the playhead and its speed; no browser types |
//! | `knob` | the settings that can be turned, as values and words; no browser types |
//! | `request` | what clients asked and what came of it; no browser types |
//! | `promise` | whether what clients were promised is kept; no browser types |
//! | `stage` | nodes, links and messages: world to display list to canvas |
//! | `diagram` | who told whom what when: trace to display list to SVG |
//! | `panel` | inspectors, settings, event log, transport |
//! | `chart` | charts with plotters |
//! | `dom` | the browser behind typed helpers: frames, sizes, themes, crashes |
//! | `ui` | icons |
//! | `text` | every word on the page |

mod app;
mod chart;
mod diagram;
mod dom;
mod knob;
mod panel;
mod promise;
mod request;
mod session;
mod stage;
mod text;
mod ui;

use faultline::models::Library;

/// Puts the page with these models into the element `#app`.
pub fn start(library: Library) {
    dom::crash::report_panics();
    if let Some(root) = dom::by_id("app") {
        yew::Renderer::<app::App>::with_root_and_props(root, app::Props { library: library.into() }).render();
    }
}
