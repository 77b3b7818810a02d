//! Where a lab is written: around a run that somebody performed in the laboratory, trimmed, with captions
//! at its moments and a goal; every field of the file can be edited, and nothing is lost by a reload.

mod form;
mod run;

use crate::app::App;
use crate::dom::{self, Listener};
use crate::route;
use crate::share;
use crate::shared::Shared;
use crate::text;
use crate::ui;
use faultline::lab::draft::{Draft, Performance};
use faultline::lab::{Lab, Problem};
use faultline::link::{Link, MARK};
use faultline::models::Library;
use faultline::sim::{Span, Time};
use gloo_timers::callback::Timeout;
use run::Run;
use web_sys::File;
use yew::{Component, Context, Html, Properties, html};

/// What the screen is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    /// The letters of a run to write a lab around, if there is one.
    pub(crate) run: Option<String>,
}

/// What can happen here.
pub(crate) enum Msg {
    /// A field gets another text.
    Put(String, String),
    /// A field is being typed in.
    Typing(String, String),
    /// Another tab of this browser has changed what is kept.
    Elsewhere,
    /// One more table in a list of them, or one less.
    Add(String),
    Remove(String),
    /// Another moment of the run is looked at.
    Look(Time),
    /// The lab begins or ends at the moment that is looked at.
    From,
    To,
    Saying(String),
    /// What is being said is said at the moment that is looked at.
    Caption,
    Undo,
    Redo,
    Take(File),
    Taken(String, Result<String, String>),
    Save,
    Try,
    Tried(Vec<Problem>),
    Preview(bool),
    StartOver,
}

/// What is known of the lab beyond that its file can be read.
enum Trial {
    No,
    Running,
    /// What does not come to its end.
    Done(Vec<Problem>),
}

/// The screen.
pub(crate) struct Author {
    draft: Option<Draft>,
    past: Vec<Option<Draft>>,
    future: Vec<Option<Draft>>,
    run: Option<Run>,
    saying: String,
    /// The file as it is, and the lab in it or what is wrong with it.
    file: String,
    lab: Result<Shared<Lab>, Vec<Problem>>,
    trial: Trial,
    preview: Option<Shared<Lab>>,
    /// Whether the browser keeps the draft.
    kept: bool,
    fault: Option<String>,
    /// Whether another draft was just put aside for this one.
    replaced: bool,
    _elsewhere: Listener,
}

/// Where the browser keeps the draft; what is being typed in a field, which is no change yet: the field, and below it
/// its text; and the caption that is being written.
const DRAFT: &str = "faultline.draft";
const TYPING: &str = "faultline.draft.typing";
const SAYING: &str = "faultline.draft.saying";
/// How long a run is shown if nobody said.
const LENGTH: Time = Time(10_000_000_000);
/// How many changes can be taken back.
const MOST_UNDO: usize = 100;

impl Component for Author {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let library = &ctx.props().library;
        let kept = dom::remembered(DRAFT).and_then(|text| Draft::read(&text, library).ok());
        let elsewhere = ctx.link().callback(|()| Msg::Elsewhere);
        let mut author = Self {
            draft: kept,
            past: Vec::new(),
            future: Vec::new(),
            run: None,
            saying: dom::remembered(SAYING).unwrap_or_default(),
            file: String::new(),
            lab: Err(Vec::new()),
            trial: Trial::No,
            preview: None,
            kept: true,
            fault: None,
            replaced: false,
            _elsewhere: Listener::on_window("storage", move |_| elsewhere.emit(())),
        };
        author.settle(library);
        author.keep();
        // What was being typed when the page went.
        if let Some((path, text)) = dom::remembered(TYPING).as_deref().and_then(|typing| typing.split_once('\n')) {
            author.put(library, path, text);
        }
        author.arrive(ctx);
        author
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &Props) -> bool {
        self.arrive(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let library = &ctx.props().library;
        self.fault = None;
        match msg {
            Msg::Put(path, text) => self.put(library, &path, &text),
            Msg::Typing(path, text) => {
                dom::remember(TYPING, Some(&format!("{path}\n{text}")));
                return false;
            }
            // It is the draft now; what was here can be had back.
            Msg::Elsewhere => {
                let there = dom::remembered(DRAFT).unwrap_or_default();
                let read = if there.is_empty() { Ok(None) } else { Draft::read(&there, library).map(Some) };
                match read {
                    Ok(draft) if there != self.file => self.take_over(library, draft),
                    _ => return false,
                }
            }
            Msg::Add(path) => self.change(library, |draft| {
                draft.add(&path);
                Ok(())
            }),
            Msg::Remove(path) => self.change(library, |draft| {
                draft.remove(&path);
                draft.share_out(library)
            }),
            Msg::Look(moment) => {
                if let Some(run) = &mut self.run {
                    run.look(moment);
                }
            }
            Msg::From | Msg::To => {
                let Some(at) = self.run.as_ref().map(Run::moment) else { return false };
                self.change(library, |draft| {
                    let Some(mut performance) = draft.performance().cloned() else { return Ok(()) };
                    if matches!(msg, Msg::From) {
                        performance.from = at;
                    } else {
                        performance.to = at;
                    }
                    if performance.from >= performance.to {
                        return Err(text::NO_TIME.into());
                    }
                    draft.perform(library, performance)
                });
            }
            Msg::Saying(saying) => {
                dom::remember(SAYING, Some(&saying));
                self.saying = saying;
            }
            Msg::Caption => {
                let Some(at) = self.run.as_ref().map(Run::moment) else { return false };
                let saying = self.saying.clone();
                self.change(library, |draft| draft.caption(library, at, saying.trim()));
                if self.fault.is_none() {
                    self.saying.clear();
                    dom::remember(SAYING, None);
                }
            }
            Msg::Undo | Msg::Redo => {
                let (from, onto) =
                    if matches!(msg, Msg::Undo) { (&mut self.past, &mut self.future) } else { (&mut self.future, &mut self.past) };
                if let Some(draft) = from.pop() {
                    onto.push(std::mem::replace(&mut self.draft, draft));
                    self.settle(library);
                    self.keep();
                }
            }
            Msg::Take(file) => {
                let name = file.name();
                let done = ctx.link().callback(move |text| Msg::Taken(name.clone(), text));
                dom::read_text(&file, move |text| done.emit(text));
            }
            // Whatever was said of the lab before is not said of this file.
            Msg::Taken(name, Err(why)) => (self.fault, self.trial) = (Some(text::unreadable(&name, &why)), Trial::No),
            Msg::Taken(name, Ok(letters)) if letters.trim().is_empty() => {
                (self.fault, self.trial) = (Some(format!("{name}: {}", text::NOTHING_IN_IT)), Trial::No);
            }
            Msg::Taken(name, Ok(letters)) => match Draft::read(&letters, library) {
                Ok(draft) => self.replace(library, Some(draft)),
                Err(problems) => {
                    let lines: Vec<_> = problems.iter().map(|problem| format!("{name}:{problem}")).collect();
                    (self.fault, self.trial) = (Some(lines.join("\n")), Trial::No);
                }
            },
            Msg::Save => dom::file::save(&format!("{}.toml", self.id()), "application/toml", &self.file),
            Msg::Try => {
                let Ok(lab) = self.lab.clone() else { return false };
                self.trial = Trial::Running;
                // After the page has said that it begins.
                let (library, done) = (library.clone(), ctx.link().callback(Msg::Tried));
                Timeout::new(30, move || done.emit(lab.check(&library))).forget();
            }
            // What was changed meanwhile was not tried.
            Msg::Tried(problems) => match self.trial {
                Trial::Running => self.trial = Trial::Done(problems),
                _ => return false,
            },
            Msg::Preview(false) => self.preview = None,
            Msg::Preview(true) => {
                // Without a name, so that nothing of the trial is kept as done.
                self.preview = self.lab.as_ref().ok().map(|lab| Shared::new(Lab { id: String::new(), ..Lab::clone(lab) }));
            }
            Msg::StartOver => self.replace(library, None),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        if let Some(lab) = &self.preview {
            return html! {
                <>
                <div class="notice"><p>{ text::PREVIEW }</p><button onclick={link.callback(|_| Msg::Preview(false))}>{ text::BACK_TO_WRITING }</button></div>
                <App library={ctx.props().library.clone()} lab={lab.clone()} />
                </>
            };
        }
        html! {
            <main class="author">
                <header>
                    <p><a href="#">{ text::NAME }</a></p>
                    <h1>{ text::AUTHOR_TITLE }</h1>
                    <p>{ text::AUTHOR_HOW }</p>
                </header>
                <div class="deeds" role="group" aria-label={text::AUTHOR_TITLE}>
                    { share::chooser(text::OPEN_LAB_FILE, link.callback(Msg::Take)) }
                    if self.draft.is_some() || !self.past.is_empty() || !self.future.is_empty() {
                        <button disabled={self.past.is_empty()} onclick={link.callback(|_| Msg::Undo)}>{ ui::icon(ui::UNDO) }{ text::UNDO }</button>
                        <button disabled={self.future.is_empty()} onclick={link.callback(|_| Msg::Redo)}>{ ui::icon(ui::REDO) }{ text::REDO }</button>
                    }
                    if self.draft.is_some() {
                        <button onclick={link.callback(|_| Msg::Save)}>{ text::SAVE_FILE }</button>
                        <button disabled={self.lab.is_err()} onclick={link.callback(|_| Msg::Preview(true))}>{ text::PREVIEW }</button>
                        <button disabled={self.lab.is_err() || matches!(self.trial, Trial::Running)} onclick={link.callback(|_| Msg::Try)}>{ text::TRY_ALL }</button>
                        <button class="quiet" onclick={link.callback(|_| Msg::StartOver)}>{ text::START_OVER }</button>
                    }
                </div>
                if self.replaced {
                    <p class="replaced" role="status">{ text::DRAFT_REPLACED }{ " " }<button class="quiet" onclick={link.callback(|_| Msg::Undo)}>{ text::BRING_BACK }</button></p>
                }
                if !self.kept { <p class="bad" role="status">{ text::NOT_KEPT }</p> }
                if let Some(fault) = &self.fault { <p class="bad evidence" role="alert">{ fault.clone() }</p> }
                { self.state() }
                { self.performed(ctx) }
                if let Some(draft) = &self.draft {
                    <section aria-labelledby="words-title">
                        <h2 id="words-title">{ text::THE_WORDS }</h2>
                        { form::form(draft, self.problems(), self.run.as_ref(), &link.callback(|msg| msg)) }
                    </section>
                    <details class="letters"><summary>{ text::THE_FILE }</summary><pre tabindex="0">{ self.file.clone() }</pre></details>
                }
            </main>
        }
    }
}

impl Author {
    fn id(&self) -> String {
        let id = self.draft.as_ref().map(|draft| draft.text("id")).unwrap_or_default();
        if id.trim().is_empty() { "my-lab".into() } else { id }
    }

    /// What is wrong, as far as it is known.
    fn problems(&self) -> &[Problem] {
        match (&self.lab, &self.trial) {
            (Err(problems), _) => problems,
            (Ok(_), Trial::Done(problems)) => problems,
            _ => &[],
        }
    }

    /// Takes in the run that the address brings, once.
    fn arrive(&mut self, ctx: &Context<Self>) {
        let Props { library, run } = ctx.props();
        let Some(letters) = run else { return };
        match Link::read(&format!("{MARK}{letters}"), library) {
            Err(why) => self.fault = Some(text::bad_link(&why.to_string())),
            Ok(link) => {
                let to = link.seal.as_ref().map_or(LENGTH, |seal| seal.moment).max(Time::ZERO + Span::millis(1));
                let performance = Performance { run: link.scenario, from: Time::ZERO, to };
                // The words that are there already stay, if they are about the same model.
                let same = self.draft.as_ref().is_some_and(|draft| draft.text("world.model") == performance.run.model);
                if same {
                    self.change(library, |draft| draft.perform(library, performance));
                } else {
                    match Draft::of_run(library, performance) {
                        Ok(draft) => {
                            let replaced = self.draft.is_some();
                            self.replace(library, Some(draft));
                            self.replaced = replaced;
                        }
                        Err(why) => self.fault = Some(why),
                    }
                }
                // From now on the draft is what counts; where it is not kept, the run stays in the address.
                if self.kept && self.fault.is_none() {
                    dom::address::replace(route::AUTHOR);
                }
            }
        }
    }

    /// Changes the draft so that it can be taken back.
    fn change(&mut self, library: &Shared<Library>, change: impl FnOnce(&mut Draft) -> Result<(), String>) {
        let Some(mut draft) = self.draft.clone() else { return };
        match change(&mut draft) {
            Ok(()) if Some(&draft) != self.draft.as_ref() => self.replace(library, Some(draft)),
            Ok(()) => {}
            Err(why) => self.fault = Some(why),
        }
    }

    /// A field gets another text: what was being typed is a change now.
    fn put(&mut self, library: &Shared<Library>, path: &str, text: &str) {
        self.change(library, |draft| {
            draft.put(path, text);
            Ok(())
        });
        dom::remember(TYPING, None);
    }

    fn replace(&mut self, library: &Shared<Library>, draft: Option<Draft>) {
        self.take_over(library, draft);
        self.keep();
    }

    /// Another draft takes the place of this one, which can be taken back.
    fn take_over(&mut self, library: &Shared<Library>, draft: Option<Draft>) {
        self.past.push(std::mem::replace(&mut self.draft, draft));
        if self.past.len() > MOST_UNDO {
            self.past.remove(0);
        }
        self.future.clear();
        self.settle(library);
    }

    /// The browser keeps the draft, or forgets it.
    fn keep(&mut self) {
        let done = dom::remember(DRAFT, self.draft.is_some().then_some(&*self.file));
        self.kept = done || self.kept && self.draft.is_none();
    }

    /// After every change: reads the file again and shows its run.
    fn settle(&mut self, library: &Shared<Library>) {
        self.trial = Trial::No;
        self.replaced = false;
        let Some(draft) = &self.draft else {
            (self.file, self.lab, self.run) = (String::new(), Err(Vec::new()), None);
            return;
        };
        self.file = draft.write();
        self.lab = Lab::read(&self.file, &self.id(), library).map(Shared::new);
        let moment = self.run.as_ref().map(Run::moment);
        match (draft.performance(), &self.run) {
            (Some(performance), Some(run)) if run.shows(performance) => {}
            (Some(performance), _) => self.run = Run::new(library, performance, moment),
            (None, _) => self.run = None,
        }
    }

    /// Whether the lab is well, and if not why not.
    fn state(&self) -> Html {
        if self.draft.is_none() {
            return Html::default();
        }
        let problems = self.problems();
        if self.fault.is_some() && problems.is_empty() {
            return Html::default();
        }
        html! {
            <section class="state-of-lab" aria-live="polite">
                if problems.is_empty() {
                    <p>{ match self.trial {
                        Trial::No => text::NOTHING_WRONG,
                        Trial::Running => text::TRYING,
                        Trial::Done(_) => text::IS_WELL,
                    } }</p>
                } else {
                    <details open={problems.len() < 6}><summary>{ text::so_much_to_do(problems.len()) }</summary>
                        <ul>{ for problems.iter().map(|problem| {
                            let field = form::place_of(&problem.field);
                            html! { <li><button class="quiet" onclick={move |_| dom::reveal(&field)}>{ format!("{}.toml:{problem}", self.id()) }</button></li> }
                        }) }</ul>
                    </details>
                }
            </section>
        }
    }

    fn performed(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let Some(draft) = &self.draft else {
            return html! { <p class="empty">{ text::NO_RUN }{ " " }<a href={format!("{}primary-backup", route::FREE)}>{ text::OPEN_MODEL }</a></p> };
        };
        let Some(run) = &self.run else { return Html::default() };
        run::view(run, draft, &self.saying, &link.callback(|msg| msg))
    }
}
