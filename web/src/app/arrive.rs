//! How a session begins: from what the address asks for, or from where the learner of a lab was; and what is said
//! instead if that cannot be opened.

use super::{App, Props};
use crate::dom::{self, Listener};
use crate::host;
use crate::lesson::{Lesson, Saved, progress};
use crate::route::{self, Route};
use crate::sandbox;
use crate::session::Session;
use crate::shared::Shared;
use crate::text;
use faultline::link::{self, Link};
use faultline::models::Library;
use yew::{Component, Context, Html, html};

/// The seed of a run of which nothing was said.
const SEED: u64 = 7;

/// The laboratory with what the address asks for, which begins anew with every number.
#[inline(never)]
pub(crate) fn laboratory(library: &Shared<Library>, opened: u32) -> Html {
    html! { <Laboratory key={opened} library={library.clone()} /> }
}

/// The laboratory, or why what the address asks for cannot be opened: never something that nobody asked for.
struct Laboratory {
    refused: Option<String>,
    _address: Listener,
}

impl Laboratory {
    fn refused(library: &Library) -> Option<String> {
        let refused = host::can_open(library, &dom::address::fragment()).err();
        if let Some(why) = &refused {
            host::tell(&host::Message::error(why));
        }
        refused
    }
}

impl Component for Laboratory {
    type Message = ();
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let address = ctx.link().callback(|()| ());
        let listener = Listener::on_window("hashchange", move |_| address.emit(()));
        Self { refused: Self::refused(&ctx.props().library), _address: listener }
    }

    fn update(&mut self, ctx: &Context<Self>, (): ()) -> bool {
        // Another screen may be asked for, which takes the place of this one.
        if Route::of(&dom::address::fragment()) == Route::Laboratory {
            self.refused = Self::refused(&ctx.props().library);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        match &self.refused {
            None => html! { <App library={ctx.props().library.clone()} /> },
            Some(why) => html! {
                <main class="wait">
                    <h1>{ text::CANNOT_BE_OPENED }</h1>
                    <p role="alert">{ why.clone() }</p>
                    <div class="ways"><a href="#">{ text::ALL_LABS }</a></div>
                </main>
            },
        }
    }
}

/// A lab from its beginning, or from where its learner was; and what there is to say of it.
pub(super) fn begin(lesson: &mut Lesson, library: &Shared<Library>) -> (Session, Option<String>) {
    let given = host::saved(&lesson.lab.id);
    let by_host = given.is_some();
    let saved = given.or_else(|| progress::place(&lesson.lab).and_then(|kept| Saved::read(&kept, library).ok()));
    let restored = saved.map(|saved| saved.restore(lesson));
    let mut notice = None;
    match restored {
        Some(Ok(session)) => {
            progress::keep(&lesson.lab.id, &lesson.progress);
            return (session, None);
        }
        Some(Err(why)) => {
            *lesson = Lesson::new(lesson.lab.clone(), library.clone(), lesson.progress.clone());
            progress::keep(&lesson.lab.id, &lesson.progress);
            // What the browser kept of a lab that is another by now is as if it had kept nothing.
            notice = by_host.then_some(why);
        }
        None => {}
    }
    (Session::new(library, lesson.scenario()).expect("a lab's world was run when it was read"), notice)
}

/// The run of the link behind the address, or else the first model; and what there is to say of it. What cannot
/// be opened at all has not come here ([`Laboratory`]).
pub(super) fn arrive(library: &Library, fragment: &str) -> (Session, Option<String>) {
    let seed = dom::address::seed().unwrap_or(SEED);
    if !fragment.starts_with(link::MARK) {
        let Some(id) = fragment.strip_prefix(route::FREE) else { return (open(library, 0, seed), None) };
        let asked = library.models().iter().position(|model| model.about().id == id);
        return (open(library, asked.unwrap_or(0), seed), None);
    }
    let opened = Link::read(fragment, library).map_err(|fault| fault.to_string());
    match opened.and_then(|link| Session::of_link(library, link).map_err(|fault| fault.to_string())) {
        Ok((session, verdict)) => (session, text::verdict(verdict).map(Into::into)),
        // The link stays in the address until something is done here.
        Err(why) => (open(library, 0, seed), Some(text::instead(&why))),
    }
}

/// A model as it is when it is opened.
fn open(library: &Library, model: usize, seed: u64) -> Session {
    let scenario = sandbox::opening(library, library.models()[model].about(), seed);
    let mut session = Session::new(library, scenario).expect("a model can be run as it is");
    if !dom::reduced_motion() {
        session.open();
    }
    session
}
