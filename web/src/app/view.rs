//! What there is to see of the laboratory: the bar, the stage and the diagram, what lies beside them, time below.

use super::{App, Away, Msg, Show};
use crate::chart;
use crate::compare;
use crate::diagram;
use crate::lesson::{self, Lesson};
use crate::map;
use crate::panel::settings::{self, Which};
use crate::panel::told::Told;
use crate::panel::{client, events, flights, help, inspector, links, matrix, menu, promises, state, transport};
use crate::share::Share;
use crate::text;
use crate::ui::{self, Named};
use faultline::models::Library;
use yew::{Callback, Html, html};

impl App {
    /// All of it but the words that follow the picture.
    pub(super) fn content(&self, library: &Library, send: &Callback<Msg>) -> Html {
        let (session, lesson) = (&self.session, self.lesson.as_ref());
        let time = transport::transport(
            session,
            lesson.is_some_and(Lesson::is_before),
            self.more,
            self.searches.strip(session),
            &self.glimpses,
            send,
        );
        html! {
            <>
            { self.bar(library, send) }
            if let Some(words) = &self.notice {
                <div class="notice">
                    <p role="alert">{ words.clone() }</p>
                    <button class="quiet" onclick={send.reform(|_| Msg::Show(Show::NoNotice))}>{ text::CLOSE }</button>
                </div>
            }
            <main class={if lesson.is_some() { "laboratory with-lesson" } else { "laboratory" }}>
                { self.views(send) }
                if let Some(lesson) = lesson {
                    <div class="side">
                        { lesson::panel(lesson, session, send) }
                        { self.aside(send) }
                        { self.leaves_out() }
                    </div>
                } else {
                    { self.aside(send) }
                }
            </main>
            <footer>{ time }</footer>
            if lesson.is_none() {
                { self.leaves_out() }
            }
            { self.dialogs(send) }
            <p class="announcer" role="status">{ self.announcer.words.clone() }</p>
            </>
        }
    }

    /// What this is, and what can be done with all of it.
    fn bar(&self, library: &Library, send: &Callback<Msg>) -> Html {
        let (session, about, models) = (&self.session, self.session.about(), library.models());
        let titles = models.iter().map(|model| model.about().title);
        let chosen = models.iter().position(|model| model.about().id == about.id).unwrap_or(0);
        let named = Named { label: Some(text::MODEL), ..Named::default() };
        let open = !self.others;
        let others = send.reform(move |_| Msg::Show(Show::Others(open)));
        html! {
            <header class="bar">
                <a class="brand" href="#">{ text::NAME }</a>
                if let Some(lesson) = &self.lesson {
                    <h1>{ lesson.lab.title.clone() }</h1>
                    <p class="hook">{ lesson.lab.goal.clone() }</p>
                } else {
                    <h1>{ ui::choice(named, titles, chosen, send.reform(Msg::Model)) }{ ui::icon(ui::CHOOSE) }</h1>
                    <p class="hook">{ text::hook(about) }</p>
                }
                <div class="deeds">
                    { ui::undo(session.can_undo(), session.can_redo(), &send.reform(Msg::Time)) }
                    // Whoever takes the run along looks behind the curtain.
                    if !self.curtain {
                        <button class="quiet" onclick={send.reform(|_| Msg::Show(Show::Share(true)))}>{ ui::icon(ui::LINK) }{ text::SHARE }</button>
                    }
                    <button id="others" class="quiet" aria-label={text::OTHERS} title={text::OTHERS} aria-expanded={self.others.to_string()}
                        onclick={others}>{ ui::icon(ui::DOTS) }</button>
                    <div class={if self.others { "others open" } else { "others" }}>
                        if !self.curtain {
                            { compare::ask(session, self.comparing, send) }
                        }
                        if self.lesson.is_none() {
                            <button class="quiet" onclick={send.reform(|_| Msg::Go(Away::Author))}>{ ui::icon(ui::FLASK) }{ text::MAKE_A_LAB }</button>
                        }
                        <button id="ask-help" class="quiet" aria-label={text::HELP} title={text::HELP} onclick={send.reform(|_| Msg::Show(Show::Help(true)))}>{ ui::icon(ui::HELP) }<span>{ text::HELP }</span></button>
                    </div>
                </div>
            </header>
        }
    }

    /// The stage and the diagram.
    fn views(&self, send: &Callback<Msg>) -> Html {
        let (session, desk, of_run) = (&self.session, &self.desk, send.reform(Msg::Run));
        let refuses = |inputs: &[_]| self.lesson.as_ref().and_then(|lesson| lesson.refuses(session, inputs));
        let menu = desk.menu.map(|target| menu::menu(session, &desk.board.layout, target, &desk.ask, &refuses, &of_run));
        html! {
            <div class={if self.diagram_first { "views diagram-first" } else { "views" }} ref={self.views.clone()}>
                <div class="switch" role="group" aria-label={text::VIEW}>
                    { for [(text::STAGE, false), (text::DIAGRAM, true)].map(|(name, diagram)| html! {
                        <button key={name} aria-pressed={(self.diagram_first == diagram).to_string()} onclick={send.reform(move |_| Msg::Show(Show::Diagram(diagram)))}>{ name }</button>
                    }) }
                </div>
                if let Some(knower) = session.knower {
                    <p class="knower"><span role="status">{ text::only(&session.sim().name(knower)) }</span>
                        if !self.curtain {
                            <button class="quiet" onclick={send.reform(|_| Msg::Show(Show::Know(None)))}>{ text::EVERYTHING }</button>
                        }</p>
                }
                { promises::lights(session, self.evidence, send) }
                <section class="stage" aria-label={text::STAGE} ref={desk.board.place.clone()}>
                    { desk.board.content(session, desk.menu, menu.unwrap_or_default(), &of_run) }
                    if let Some(why) = &self.refused {
                        <p class="refusal" role="alert">{ why.clone() }</p>
                    }
                </section>
                { diagram::diagram(session, self.window(), self.elsewhere.is_some(), desk.tools, &desk.diagram, &of_run) }
            </div>
        }
    }

    /// What lies beside the stage.
    fn aside(&self, send: &Callback<Msg>) -> Html {
        let (session, of_run) = (&self.session, send.reform(Msg::Run));
        let knobs = self.knobs();
        let which = knobs.as_ref().map_or(Which::Everything, |(names, sizes)| Which::These(names, sizes));
        html! {
            <aside>
                { match session.selected {
                    Some(other) if session.knower.is_some_and(|knower| knower != other) => {
                        inspector::stranger(session, other, session.knower.unwrap_or(other), send)
                    }
                    Some(client) if session.is_client(client) => client::client(session, client, None, &of_run),
                    Some(node) => inspector::inspector(session, node, send),
                    None => Html::default(),
                } }
                if self.evidence {
                    { promises::evidence(session, send) }
                }
                { settings::settings(session, self.desk.draft.as_ref(), which, &of_run) }
                <Told ..self.teller.place() />
            </aside>
        }
    }

    fn leaves_out(&self) -> Html {
        html! { <details class="leaves-out"><summary>{ text::LEAVES_OUT }</summary><p>{ self.session.about().leaves_out }</p></details> }
    }

    fn dialogs(&self, send: &Callback<Msg>) -> Html {
        html! {
            <>
            if let Some(things) = &self.sharing {
                <Share title={self.title()} things={things.clone()} save={Some(send.reform(|what| Msg::Go(Away::Save(what))))} saved={self.saved.clone()}
                    close={send.reform(|()| Msg::Show(Show::Share(false)))} />
            }
            if self.help {
                { help::help(&send.reform(|()| Msg::Show(Show::Help(false)))) }
            }
            if let Some(asked) = &self.map {
                { map::dialog(asked, &send.reform(|()| Msg::Show(Show::Map(false))), Some(send.reform(Msg::Picked))) }
            }
            </>
        }
    }

    /// What the run is in words and numbers.
    pub(super) fn words(&self, send: &Callback<Msg>) -> Html {
        let (session, lesson, of_run) = (&self.session, self.lesson.as_ref(), send.reform(Msg::Run));
        if lesson.is_some_and(|lesson| lesson.is_before()) {
            return Html::default();
        }
        html! {
            <>
            { matrix::matrix(session, self.slowing, send) }
            if lesson.is_none_or(Lesson::is_open) {
                { self.searches.panels(session, send) }
                { links::links(session, self.link_draft, send) }
            }
            { flights::flights(session, &of_run) }
            // No node can count what happens to messages; in a lab what is measured is chosen.
            if session.knower.is_none() && lesson.is_none_or(Lesson::is_open) {
                { self.chart(send) }
            }
            { state::state(session, &of_run) }
            { events::events(session, &of_run) }
            </>
        }
    }

    fn chart(&self, send: &Callback<Msg>) -> Html {
        let named = Named { label: Some(text::CHART), ..Named::default() };
        let chosen = chart::Kind::ALL.iter().position(|kind| *kind == self.chart).unwrap_or(0);
        let choose = send.reform(|kind| Msg::Show(Show::Chart(kind)));
        let take = send.reform(|(kind, take)| Msg::Go(Away::Chart(kind, take)));
        html! {
            <section class="panel measured" aria-labelledby="measured-title">
                <header><h2 id="measured-title">{ text::MEASURED_SO_FAR }</h2>
                    { ui::choice(named, chart::Kind::ALL.iter().map(|kind| kind.name()), chosen, choose) }</header>
                { self.measured(|runs| chart::chart(self.chart, runs, &take)) }
            </section>
        }
    }

    /// The run as charts see it.
    pub(super) fn measured<T>(&self, then: impl FnOnce(&[chart::Run<'_>]) -> T) -> T {
        let sim = self.session.sim();
        then(&[chart::Run { name: "", sim, now: self.session.playhead() }])
    }

    /// What this is called.
    fn title(&self) -> String {
        self.lesson.as_ref().map_or_else(|| self.session.about().title.to_owned(), |lesson| lesson.lab.title.clone())
    }
}
