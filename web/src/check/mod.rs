//! Where a history is judged: dropped, chosen or pasted, whoever has recorded it. The work is done
//! beside the page; the file never leaves the machine.

mod kept;
mod picture;

use crate::dom;
use crate::map;
use crate::share;
use crate::shared::Shared;
use crate::text::{self, plain};
use crate::ui::{self, Named};
use crate::worker::{Checking, Doing, Job, Judged, Report, likely_object};
use faultline::judge::Promise;
use faultline::judge::history::History;
use faultline::judge::spec::Object;
use kept::Asked;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::{Callback, Component, Context, Html, InputEvent, Properties, TargetCast, html};

/// A history that was given to the page: its name and its text.
pub(crate) type Given = Shared<(String, String)>;

/// What the screen is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) given: Option<Given>,
    /// How many files could not be taken: a verdict says nothing of those.
    pub(crate) refused: u32,
}

/// What can happen here.
pub(crate) enum Msg {
    Typed(String),
    Object(usize),
    Promise(usize),
    Initial(String),
    Start,
    Cancel,
    Report(Report),
    /// The map with what all promises come to, or not any more.
    Map(bool),
    Example,
    /// What was here before something else took its place comes back.
    BringBack,
}

/// Where the work is.
enum State {
    /// Nothing was asked yet.
    Idle,
    /// It is being done.
    Working { _doing: Doing, so_far: Option<(usize, usize)> },
    /// It is done.
    Done(Report),
}

/// The screen.
pub(crate) struct Check {
    job: Checking,
    file: Option<String>,
    state: State,
    /// What is judged by every promise, if somebody wants to know.
    map: Option<Shared<Checking>>,
    /// What something else took the place of.
    before: Option<Asked>,
    /// Whether the browser can keep it.
    fits: bool,
}

/// How much of one line of evidence is shown.
const MOST_LETTERS: usize = 4_000;

/// Whoever has no history at hand can try this one: a client reads what was overwritten before it asked.
const EXAMPLE: &str = "{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :write, :value 2}
{:process 2, :type :invoke, :f :read, :value nil}
{:process 2, :type :ok, :f :read, :value 2}
{:process 0, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :read, :value 1}
{:process 1, :type :ok, :f :write, :value 2}
";

impl Component for Check {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let (job, file) = kept::kept().unwrap_or_default();
        let mut check = Self { job, file, state: State::Idle, map: None, before: None, fits: true };
        check.take(ctx);
        check
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &Props) -> bool {
        if ctx.props().refused == before.refused {
            self.take(ctx);
        } else {
            (self.file, self.state) = (None, State::Idle);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let changes = matches!(msg, Msg::Typed(_) | Msg::Object(_) | Msg::Promise(_) | Msg::Initial(_));
        match msg {
            Msg::Typed(text) => {
                (self.file, self.before) = (None, None);
                self.read(text);
            }
            Msg::Example => self.replace(ctx, EXAMPLE.into(), None),
            Msg::BringBack => {
                if let Some((job, file)) = self.before.take() {
                    (self.job, self.file, self.state) = (job, file, State::Idle);
                    self.keep();
                }
            }
            // What was judged, or is, says nothing of another question.
            Msg::Object(object) => (self.job.object, self.state) = (object, State::Idle),
            Msg::Promise(promise) => (self.job.promise, self.state) = (promise, State::Idle),
            Msg::Initial(initial) => (self.job.initial, self.state) = (initial, State::Idle),
            Msg::Start => {
                let done = ctx.link().callback(Msg::Report);
                let doing = Doing::start(Job::Check(self.job.clone()), move |report| done.emit(report));
                self.state = State::Working { _doing: doing, so_far: None };
            }
            Msg::Cancel => self.state = State::Idle,
            // What was cancelled has nothing more to say.
            Msg::Report(report) => match (&mut self.state, report) {
                (State::Working { so_far, .. }, Report::SoFar { done, of }) => *so_far = Some((done, of)),
                (State::Working { .. }, report) => self.state = State::Done(report),
                _ => return false,
            },
            Msg::Map(open) => self.map = open.then(|| Shared::new(self.job.clone())),
        }
        if changes {
            self.keep();
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let objects = Object::ALL.iter().map(|(name, _)| *name);
        let promises = Promise::ALL.map(|(name, _)| plain(name));
        let label = |label| Named { label: Some(label), ..Named::default() };
        let working = matches!(self.state, State::Working { .. });
        html! {
            <main class="check">
                <header>
                    <p><a href="#">{ text::NAME }</a></p>
                    <h1>{ text::CHECK_TITLE }</h1>
                    <p>{ text::CHECK_HOW }</p>
                </header>
                <div class="given">
                    <div class="deeds">
                        { share::chooser(text::CHECK_FILE, Callback::from(|file| dom::given::give(&file))) }
                        <button onclick={link.callback(|_| Msg::Example)}>{ text::CHECK_EXAMPLE }</button>
                        <span>{ self.file.clone().unwrap_or_default() }</span>
                    </div>
                    <textarea aria-label={text::CHECK_TEXT} spellcheck="false" rows="10" ~value={self.job.text.clone()}
                        oninput={link.callback(|event: InputEvent| Msg::Typed(event.target_unchecked_into::<HtmlTextAreaElement>().value()))} />
                </div>
                if self.before.is_some() {
                    <p class="replaced" role="status">{ text::CHECK_REPLACED }{ " " }<button class="quiet" onclick={link.callback(|_| Msg::BringBack)}>{ text::BRING_BACK }</button></p>
                }
                if !self.fits { <p class="replaced" role="status">{ text::CHECK_TOO_LONG }</p> }
                <div class="asked">
                    <label>{ text::CHECK_OBJECT }{ ui::choice(label(text::CHECK_OBJECT), objects, self.job.object, link.callback(Msg::Object)) }</label>
                    <label>{ text::CHECK_PROMISE_LABEL }{ ui::choice(label(text::CHECK_PROMISE_LABEL), promises.iter().map(String::as_str), self.job.promise, link.callback(Msg::Promise)) }</label>
                    <label>{ text::CHECK_INITIAL }<input type="text" placeholder="nil" value={self.job.initial.clone()}
                        oninput={link.callback(|event: InputEvent| Msg::Initial(event.target_unchecked_into::<HtmlInputElement>().value()))} /></label>
                    <button class="go" disabled={working || self.job.text.trim().is_empty()} onclick={link.callback(|_| Msg::Start)}>{ text::CHECK_START }</button>
                    <button disabled={self.job.text.trim().is_empty()} onclick={link.callback(|_| Msg::Map(true))}>{ text::map::OPEN }</button>
                </div>
                <section class="found" aria-live="polite">{ self.found(ctx) }</section>
                if let Some(asked) = &self.map {
                    { map::dialog(asked, &link.callback(|()| Msg::Map(false)), None) }
                }
            </main>
        }
    }
}

impl Check {
    /// What was given to the page is judged at once.
    fn take(&mut self, ctx: &Context<Self>) {
        if let Some(given) = ctx.props().given.clone() {
            self.replace(ctx, given.1.clone(), Some(given.0.clone()));
        }
    }

    /// Another history takes the place of what is there, and is judged.
    fn replace(&mut self, ctx: &Context<Self>, text: String, file: Option<String>) {
        if ![text.trim(), EXAMPLE.trim(), ""].contains(&self.job.text.trim()) {
            self.before = Some((self.job.clone(), self.file.take()));
        }
        self.file = file;
        self.read(text);
        self.keep();
        ctx.link().send_message(Msg::Start);
    }

    fn keep(&mut self) {
        self.fits = kept::keep(&self.job, self.file.as_deref());
    }

    fn read(&mut self, text: String) {
        if let Ok(history) = History::read(&text) {
            self.job.object = likely_object(&history);
            self.job.promise = likely_promise(Object::ALL[self.job.object].1, self.job.promise);
        }
        self.job.text = text;
        self.state = State::Idle;
    }

    fn found(&self, ctx: &Context<Self>) -> Html {
        match &self.state {
            State::Idle | State::Done(Report::SoFar { .. }) => Html::default(),
            State::Working { so_far, .. } => html! {
                <p class="working">{ bar(*so_far) }{ text::CHECK_WORKING }
                    { for so_far.map(|(done, of)| html! { <small>{ text::so_far(done, of) }</small> }) }
                    <button onclick={ctx.link().callback(|_| Msg::Cancel)}>{ text::CANCEL }</button></p>
            },
            State::Done(Report::Judged(judged)) => verdict(judged),
            State::Done(Report::Decided(_) | Report::Tried(_)) => Html::default(),
            State::Done(Report::Bad(why) | Report::Failed(why)) => html! { <p class="bad" role="alert">{ why.clone() }</p> },
            // Whoever asks for a verdict gets no other news.
            State::Done(_) => Html::default(),
        }
    }
}

/// Transactions are promised something else than single operations: the strongest, if what was chosen is not of
/// that kind.
fn likely_promise(object: Object, chosen: usize) -> usize {
    let is_isolation = |promise: &Promise| matches!(promise, Promise::Isolation(_));
    let transactions = matches!(object, Object::MultiRegister | Object::ListAppend);
    if is_isolation(&Promise::ALL[chosen].1) == transactions {
        return chosen;
    }
    Promise::ALL.iter().position(|(_, promise)| is_isolation(promise) == transactions).unwrap_or(chosen)
}

/// How far the work is, if that is known.
fn bar(so_far: Option<(usize, usize)>) -> Html {
    match so_far {
        Some((done, of)) => html! { <progress aria-label={text::CHECK_WORKING} value={done.to_string()} max={of.to_string()} /> },
        None => html! { <progress aria-label={text::CHECK_WORKING} /> },
    }
}

/// Of a long order nobody reads the end here; the command prints all of it.
fn beginning(line: &str) -> String {
    match line.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => text::beginning(&line[..end]),
        None => line.to_owned(),
    }
}

fn verdict(judged: &Judged) -> Html {
    let class = match judged.kept {
        Some(true) => "verdict kept",
        Some(false) => "verdict broken",
        None => "verdict unknown",
    };
    html! {
        <>
        <h2 {class}>{ judged.verdict.clone() }<small>{ text::operations(judged.ops) }</small></h2>
        { picture::picture(judged) }
        <ul class="evidence">{ for judged.evidence.iter().map(|line| html! { <li>{ beginning(line) }</li> }) }</ul>
        </>
    }
}
