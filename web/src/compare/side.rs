//! One of the two runs on the page: its stage, its diagram, its settings. What is done there is said
//! as in the laboratory, and done to both.

use super::Msg;
use super::pair::Pair;
use crate::desk::{Desk, Look, OfRun};
use crate::diagram::{self, Window};
use crate::panel::settings::{self, Which};
use crate::panel::{client, inspector, menu, state};
use crate::session::Session;
use crate::text;
use crate::ui::{self, Named};
use faultline::models::Library;
use faultline::sim::Time;
use yew::{Callback, Context, Html, html};

/// One of the two runs on the page, beside the run itself.
pub(super) struct Side {
    place: usize,
    pub(super) desk: Desk,
    /// How often another model was refused: the choice must show again what is.
    pub(super) refused: u32,
}

impl Side {
    pub(super) fn new(place: usize) -> Self {
        Self { place, desk: Desk::default(), refused: 0 }
    }

    /// The run is another one, or its past is.
    pub(super) fn forget(&mut self, session: &Session) {
        (self.desk.menu, self.desk.draft) = (None, None);
        self.desk.board.seat(session);
    }

    /// Begins to draw, as soon as there is something to draw on.
    pub(super) fn attach(&mut self, ctx: &Context<super::Compare>) {
        let place = self.place;
        self.desk.attach(&ctx.link().callback(move |resized| Msg::Resized(place, resized)));
    }

    pub(super) fn window(&self, pair: &Pair, elsewhere: Option<Time>) -> Window {
        self.desk.window(look(pair, elsewhere))
    }

    pub(super) fn paint(&self, pair: &Pair, elsewhere: Option<Time>) {
        self.desk.paint(&pair.sides[self.place], look(pair, elsewhere));
    }

    pub(super) fn view(&self, pair: &Pair, library: &Library, elsewhere: Option<Time>, send: &Callback<Msg>) -> Html {
        let (place, session) = (self.place, &pair.sides[self.place]);
        let (desk, here) = (&self.desk, send.reform(move |said: OfRun| Msg::Run(place, said)));
        let models = library.models();
        let chosen = models.iter().position(|model| model.about().id == session.about().id).unwrap_or(0);
        let label = if place == 0 { text::MODEL_OF_A } else { text::MODEL_OF_B };
        let named = Named { label: Some(label), ..Named::default() };
        let titles = models.iter().map(|model| model.about().title);
        let menu = desk.menu.map(|target| menu::menu(session, &desk.board.layout, target, &desk.ask, &|_| None, &here)).unwrap_or_default();
        html! {
            <section class="side" aria-label={session.titled(session.about().title)}>
                <header key={self.refused}><h2>{ text::SIDES[place] }</h2>{ ui::choice(named, titles, chosen, send.reform(move |model| Msg::Model(place, model))) }</header>
                <div class="stage" ref={desk.board.place.clone()}>
                    { desk.board.content(session, desk.menu, menu, &here) }
                </div>
                { diagram::diagram(session, self.window(pair, elsewhere), elsewhere.is_some(), desk.tools, &desk.diagram, &here) }
                { self.inspector(pair, &here) }
                { settings::settings(session, desk.draft.as_ref(), Which::NotOfTheWorld, &here) }
                { state::state(session, &here) }
            </section>
        }
    }

    /// Gives the reader what the diagram shows.
    pub(super) fn take(&self, pair: &Pair, elsewhere: Option<Time>, take: diagram::Take) {
        diagram::take(&pair.sides[self.place], self.window(pair, elsewhere), take);
    }

    /// Who is looked at here, beside the same on the other side.
    fn inspector(&self, pair: &Pair, here: &Callback<OfRun>) -> Html {
        let session = &pair.sides[self.place];
        let Some(who) = session.selected else { return Html::default() };
        let same = pair.same(self.place, who).map(|same| (pair.sides[1 - self.place].sim(), same));
        if session.is_client(who) {
            client::client(session, who, same, here)
        } else {
            inspector::beside(session, who, same.map(|(sim, _)| sim), here)
        }
    }
}

fn look(pair: &Pair, elsewhere: Option<Time>) -> Look {
    Look { playhead: pair.playhead(), speed: pair.pacing.speed, elsewhere }
}
