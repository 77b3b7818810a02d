//! The page: shows a run of the engine, moment by moment, and turns gestures into its inputs.
//!
//! | room | what is in it |
//! |---|---|
//! | `page` | the frame: which screen the address asks for (`route`) |
//! | `home` | the first screen |
//! | `app` | the laboratory: everything that can be said to it, and what follows |
//! | `desk` | what lies around one run on a screen, what can be said of it, and keys: for the laboratory and the comparison |
//! | `lesson` | a lab as it is being done: bet, guided steps, challenges |
//! | `share` | links, embed code, QR codes and files out; files and links in |
//! | `compare` | two runs side by side, in lock-step |
//! | `author` | where a lab is written around a run that somebody performed |
//! | `check` | where a history is judged |
//! | `labs` | the list of all labs |
//! | `map` | which promise implies which, and what tells them apart |
//! | `search` | runs that break a promise, what faults changed, and when it was too late |
//! | `evidence` | what the engine was held to |
//! | `worker` | heavy work beside the page |
//! | `session` | the run that is looked at, and the playhead; no browser types |
//! | `pacing` | whether time passes, how fast, and how carefully; no browser types |
//! | `kept` | what the device remembers of what was done |
//! | `sandbox` | a world that is built by hand; no browser types |
//! | `knob` | the settings that can be turned, as values and words; no browser types |
//! | `request` | what clients asked and what came of it; no browser types |
//! | `promise` | whether what clients were promised is kept; no browser types |
//! | `stage` | nodes, links and messages: world to display list to canvas |
//! | `diagram` | who told whom what when: trace to display list to SVG |
//! | `panel` | inspectors, settings, event log, transport |
//! | `chart` | charts with plotters |
//! | `rest` | the part of the program that is loaded after the first screen |
//! | `host` | the page inside of another page: what they say to each other |
//! | `dom` | the browser behind typed helpers: frames, sizes, themes, crashes |
//! | `shared` | what is the same only if it is the very same |
//! | `ui` | icons |
//! | `text` | every word on the page |

mod app;
mod author;
mod chart;
mod check;
mod compare;
mod desk;
mod diagram;
mod dom;
mod evidence;
mod home;
mod host;
mod kept;
mod knob;
mod labs;
mod lesson;
mod map;
mod pacing;
mod page;
mod panel;
mod promise;
mod request;
mod rest;
mod route;
mod sandbox;
mod search;
mod session;
mod share;
mod shared;
mod stage;
mod text;
mod ui;
mod worker;

use faultline::models::Library;
use shared::Shared;
use std::sync::OnceLock;
pub use worker::Work;

/// The models of this program, in the page and in its workers.
static LIBRARY: OnceLock<Library> = OnceLock::new();

/// Which models there are.
fn library() -> &'static Library {
    LIBRARY.get_or_init(Library::standard)
}

/// Puts the page with these models into the element `#app`. In a worker there is no page, and the
/// program waits to be given work.
pub fn start(library: Library) {
    dom::crash::report_panics();
    LIBRARY.get_or_init(|| library.clone());
    if let Some(root) = web_sys::window().and_then(|_| dom::by_id("app")) {
        yew::Renderer::<page::Page>::with_root_and_props(root, page::Props { library: Shared::new(library) }).render();
    }
}
