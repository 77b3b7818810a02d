//! The laboratory, free or with a lab. Everything that can happen in it is one message; only what changes words or
//! elements goes through Yew, what moves goes to the canvas directly.

use crate::chart;
use crate::compare;
use crate::diagram;
use crate::dom::{self, Frames, Listener, Sight, Size};
use crate::host::{self, Order};
use crate::knob::{Knob, Turned};
use crate::lesson::{self, Lesson, Saved, Say, Then, progress};
use crate::map;
use crate::pacing::Speed;
use crate::panel::branches::Glimpses;
use crate::panel::client::{self, Ask};
use crate::panel::settings::{self, Draft, Which};
use crate::panel::told::{Teller, Told};
use crate::panel::{events, flights, help, inspector, links, matrix, menu, promises, state, transport};
use crate::route::{self, Route};
use crate::sandbox;
use crate::search::{self, Searches};
use crate::session::{Session, Until};
use crate::share::{self, Save, Share, Thing};
use crate::shared::Shared;
use crate::stage::touch::{self, Deed};
use crate::stage::{Board, Finger, HEAL, Target};
use crate::text;
use crate::ui::{self, Named};
use crate::worker::{self, Checking, Doing, Job};
use faultline::Scenario;
use faultline::judge::history::History;
use faultline::judge::spec::Object;
use faultline::lab::Lab;
use faultline::lab::progress::LabProgress;
use faultline::lab::script::Spot;
use faultline::link::{self, Link};
use faultline::models::Library;
use faultline::scenario::{Fault, Input};
use faultline::sim::{NodeId, Time};
use faultline::view::Meaning;
use gloo_timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties, html};

/// What the laboratory is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    /// The lab that is being done, if it is one.
    #[prop_or_default]
    pub(crate) lab: Option<Shared<Lab>>,
}

/// Everything that can happen in the laboratory.
pub(crate) enum Msg {
    /// The browser is about to repaint.
    Frame(f64),
    Toggle,
    Step,
    Back,
    Undo,
    Redo,
    /// Look at this nanosecond.
    Seek(Time),
    ShowRow(u32),
    Speed(i32),
    /// Go on until this happens.
    Until(Until),
    /// The list of what can be waited for is opened or closed.
    More(bool),
    Careful(bool),
    /// What shows that promises are kept or broken is wanted, or not any more.
    Evidence(bool),
    /// This row of the trace is pointed at, in the diagram or the list of events.
    Point(Option<u32>),
    /// The diagram is moved by so many pixels.
    Pan(f64),
    /// The diagram goes back to the playhead.
    Here,
    /// The diagram's box of tools is opened or closed.
    Tools(bool),
    /// A lane is hidden, or shown again.
    Hide(NodeId),
    /// The diagram is taken along.
    Take(diagram::Take),
    /// Equal values are marked.
    Link(Option<Meaning>),
    /// The focus goes to where the step waits for something.
    ShowWhere,
    /// The focus goes to whoever stands above, or else below.
    Rove(NodeId, f64),
    /// The focus goes to the next of all, or to the one before.
    Next(NodeId, bool),
    /// The list of what can be done is opened or closed.
    Help(bool),
    /// Whether keys without Ctrl do something.
    Shortcuts(bool),
    /// The page can be seen, or not any more.
    Shown(bool),
    /// The page goes away, to come back in its newer version.
    Leave,
    /// Another promise is watched: its place among all.
    Promise(usize),
    /// Over to a future that was left: its place among them.
    Branch(usize),
    /// A future that was left is taken hold of, to put it elsewhere, or let go.
    Grab(Option<usize>),
    /// It goes from one place among them to another, and whether by a key: then the focus goes along.
    Arrange(usize, usize, bool),
    /// Another model: its place in the library.
    Open(usize),
    /// A control of the settings is being moved, and shows this.
    Draft(usize, String),
    /// A choice about one link is being made.
    LinkDraft(links::Draft),
    /// A control of the settings was set to this.
    Turn(usize, String),
    Select(Option<NodeId>),
    /// Something on the stage was picked, and whether by a key: then the key goes on in its menu.
    Pick(Target, bool),
    /// The menu of what was picked is closed.
    Dismiss,
    /// A finger on the stage.
    Touch(Finger),
    /// Away from here, by key.
    Escape,
    /// Show only what this node knows, or everything.
    Know(Option<NodeId>),
    /// A gesture: all of it can be taken back at once.
    Act(Vec<Input>),
    /// The client will ask this node.
    AskOf(NodeId),
    /// The argument of an operation is being typed.
    Argument(usize, String),
    /// A client asks, now.
    Ask(NodeId, usize),
    Resized(f64, f64),
    DiagramResized(f64, f64),
    /// Where there is room for one of them: the diagram, or else the stage.
    View(bool),
    Theme,
    InSight(bool),
    /// It is quiet: say what has happened, and put the link into the address.
    Settle,
    /// The address was changed by hand.
    Address,
    /// A lab is to be written around this run.
    Author,
    /// The dialog for sharing is opened or closed.
    Share(bool),
    /// The run is taken along in a file.
    Save(Save),
    /// Another chart: its place among all.
    Chart(usize),
    /// A chart is taken along.
    TakeChart(chart::Kind, chart::Take),
    /// The list of what to compare with is opened or closed.
    Comparing(bool),
    /// What a narrow page keeps behind one button is opened or closed.
    Others(bool),
    /// This run beside another: the future that was left at this place, or itself.
    Compare(Option<usize>),
    /// The notice was read.
    Close,
    /// Something is said to the lab.
    Lesson(Say),
    /// Something is said to the searches.
    Search(search::Say),
    /// A run that was found takes the place of this one: its link.
    Show(String),
    /// The map with what the clients' history keeps, or not any more.
    Map(bool),
    /// A promise was picked on the map.
    Picked(usize),
    /// The page around this one asks for something.
    Host(Order),
    /// How late a message is to come, as it is typed, in milliseconds.
    Lag(String),
    /// This message comes so much later.
    Delay(u32),
    /// Whether the table of links slows them down, or cuts them.
    Slowing(bool),
    /// The picture has been shown: it is time for the words.
    Tell,
}

/// The laboratory.
pub(crate) struct App {
    session: Session,
    /// The run as it was opened.
    opened: Scenario,
    /// Who is in it, as far as the page knows.
    world: (&'static str, u16, u16),
    lesson: Option<Lesson>,
    /// Whether only what somebody knows may be shown.
    curtain: bool,
    /// What was done in the lab, as it was kept last.
    progress: LabProgress,
    /// What works for the lesson beside the page.
    worker: Option<Doing>,
    slowing: bool,
    searches: Searches,
    /// The history that is judged by every promise, if somebody wants to know.
    map: Option<Shared<Checking>>,
    glimpses: Glimpses,
    chart: chart::Kind,
    comparing: bool,
    others: bool,
    draft: Option<Draft>,
    link_draft: links::Draft,
    ask: Ask,
    board: Board,
    teller: Teller,
    menu: Option<Target>,
    more: bool,
    evidence: bool,
    tools: bool,
    help: bool,
    /// What can be shared, while the dialog for it is open.
    sharing: Option<Vec<Thing>>,
    /// Why the last gesture was not done.
    refused: Option<String>,
    /// What there is to say of the file that was taken there last.
    saved: Option<String>,
    shortcuts: Rc<Cell<bool>>,
    shown: bool,
    /// Where in time the diagram looks, if not at the playhead.
    elsewhere: Option<Time>,
    /// When the clients' history was judged last, and what was said of promises.
    judged_at: f64,
    /// When the link of the run was put into the address last while it was playing.
    kept_at: f64,
    /// Whether anything was done since the page was opened. Until then its address is what it was.
    touched: bool,
    told: Vec<(String, Option<bool>)>,
    /// Where the focus goes when the page shows what has changed: the id of an element.
    focus: Option<String>,
    diagram_size: (f64, f64),
    diagram_first: bool,
    views: NodeRef,
    diagram: NodeRef,
    frames: Option<Frames>,
    last_frame: Option<f64>,
    /// When Yew last rendered, and what there was to see.
    rendered_at: f64,
    rendered_rows: u32,
    in_sight: bool,
    announced: AttrValue,
    /// What was said last of the lab, and of the run.
    said: (String, String),
    settling: Option<Timeout>,
    /// What the reader has to know.
    notice: Option<String>,
    watches: Watches,
    /// What the page around this one was told, if there is one.
    report: Option<host::Report>,
}

/// What tells the page about the browser.
#[derive(Default)]
struct Watches {
    _keys: Option<Listener>,
    _address: Option<Listener>,
    _shown: Option<Listener>,
    _leave: Option<Listener>,
    _diagram_size: Option<Size>,
    _sight: Option<Sight>,
    _orders: Option<Listener>,
    _theme: Option<Listener>,
}

/// Where it is remembered that keys without Ctrl do nothing.
pub(crate) const NO_SHORTCUTS: &str = "faultline.no-shortcuts";
/// The seed of a run of which nothing was said.
const SEED: u64 = 7;
/// Words and numbers change at most this often while nothing happens but time.
const RENDER_EVERY_MS: f64 = 100.0;
/// The clients' history is judged at most this often while time passes.
const JUDGE_EVERY_MS: f64 = 500.0;
/// While time passes, the address is never older than this. Browsers refuse to be asked much more often.
const KEEP_EVERY_MS: f64 = 2_000.0;
/// With more nodes than this words do not keep up with every event.
const MOST_CALM: u16 = 12;
/// How long it has to be quiet before a screen reader is told what happened.
const QUIET_MS: u32 = 400;

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

impl Component for App {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { library, lab } = ctx.props();
        let mut lesson = lab.as_ref().map(|lab| Lesson::new(lab.clone(), library.clone(), progress::of(&lab.id)));
        let (session, notice) = match &mut lesson {
            Some(lesson) => begin(lesson, library),
            None => arrive(library, &dom::address::fragment()),
        };
        let mut board = Board::default();
        board.seat(&session);
        let mut app = Self {
            opened: lesson.as_ref().map_or_else(|| session.sim().scenario().clone(), Lesson::scenario),
            progress: lesson.as_ref().map(|lesson| lesson.progress.clone()).unwrap_or_default(),
            lesson,
            curtain: false,
            worker: None,
            slowing: false,
            world: session.world(),
            session,
            searches: Searches::default(),
            map: None,
            glimpses: Glimpses::default(),
            chart: chart::Kind::Messages,
            comparing: false,
            others: false,
            draft: None,
            link_draft: links::Draft::default(),
            ask: Ask::default(),
            board,
            teller: Teller::new(),
            menu: None,
            more: false,
            evidence: false,
            tools: false,
            help: false,
            sharing: None,
            refused: None,
            saved: None,
            shortcuts: Rc::new(Cell::new(dom::remembered(NO_SHORTCUTS).is_none())),
            shown: true,
            elsewhere: None,
            judged_at: 0.0,
            kept_at: 0.0,
            touched: false,
            told: Vec::new(),
            focus: None,
            diagram_size: (0.0, 0.0),
            diagram_first: false,
            views: NodeRef::default(),
            diagram: NodeRef::default(),
            frames: None,
            last_frame: None,
            rendered_at: 0.0,
            rendered_rows: 0,
            in_sight: true,
            announced: AttrValue::default(),
            said: (String::new(), String::new()),
            settling: None,
            notice,
            watches: Watches::default(),
            report: dom::framed().then(|| host::Report::of(route::lab(&dom::address::fragment()).map(str::to_owned))),
        };
        app.follow_curtain();
        app.run_frames(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Frame(now) = msg {
            return self.frame(ctx, now);
        }
        if let Msg::Tell = msg {
            self.teller.tell(self.words(&ctx.link().callback(|msg: Msg| msg)));
            return false;
        }
        let msg = match msg {
            Msg::Touch(finger) => match self.touched(finger) {
                Some(msg) => msg,
                None => return false,
            },
            msg => msg,
        };
        match msg {
            Msg::Point(row) if row == self.session.pointed => return false,
            Msg::Point(row) => {
                self.session.pointed = row;
                return true;
            }
            Msg::Pan(pixels) => return self.pan(pixels),
            _ => {}
        }
        let by_learner = !matches!(
            msg,
            Msg::Resized(..)
                | Msg::DiagramResized(..)
                | Msg::Theme
                | Msg::InSight(_)
                | Msg::Settle
                | Msg::Address
                | Msg::Shown(_)
                | Msg::Leave
                | Msg::Search(_)
                | Msg::Map(_)
        );
        if by_learner {
            self.refused = None;
        }
        let reports = matches!(msg, Msg::Lesson(Say::Report(_)));
        match msg {
            Msg::Frame(_) | Msg::Tell | Msg::Touch(_) | Msg::Point(_) | Msg::Pan(_) => {}
            Msg::Link(meaning) => self.session.linked = meaning,
            Msg::ShowWhere => self.show_where(),
            Msg::Rove(from, down) => {
                if let Some(next) = self.board.layout.beside(from, 0.0, down) {
                    self.session.first = next;
                    self.focus = Some(format!("node-{}", next.0));
                }
            }
            Msg::Next(from, on) => {
                let next = self.session.neighbour(from, on);
                self.session.first = next;
                self.focus = Some(format!("node-{}", next.0));
            }
            Msg::Help(open) => self.help = open,
            Msg::Shortcuts(on) => {
                self.shortcuts.set(on);
                dom::remember(NO_SHORTCUTS, (!on).then_some("1"));
            }
            Msg::Shown(shown) => {
                self.shown = shown;
                // Who goes away may never come back: a browser ends what nobody sees.
                if !shown {
                    self.keep();
                }
            }
            Msg::Leave => self.keep(),
            Msg::Here => self.elsewhere = None,
            Msg::Tools(open) => self.tools = open,
            Msg::Hide(lane) => {
                if !self.session.hidden.remove(&lane) {
                    self.session.hidden.insert(lane);
                }
            }
            Msg::Take(take) => {
                self.tools = false;
                diagram::take(&self.session, self.window(), take);
            }
            Msg::Toggle => self.session.play(!self.session.playing()),
            Msg::Step => self.session.step(),
            Msg::Back => self.session.back(),
            Msg::Undo | Msg::Redo => {
                match msg {
                    Msg::Undo => self.session.undo(),
                    _ => self.session.redo(),
                };
                self.look_anew();
                // It may have been another run before.
                self.board.seat(&self.session);
            }
            Msg::Seek(moment) => self.session.seek(moment),
            Msg::ShowRow(row) => self.session.show_row(row),
            Msg::Until(until) => {
                self.more = false;
                self.notice = (!self.session.wait(until)).then(|| text::not_until(until, text::IN_THIS_RUN));
            }
            Msg::More(more) => self.more = more,
            Msg::Evidence(open) => {
                self.evidence = open;
                self.focus = open.then(|| "promises-title".into());
            }
            Msg::Promise(promise) => self.session.choose_promise(promise),
            Msg::Careful(careful) => self.session.pacing.care.on = careful,
            Msg::Branch(index) => {
                self.session.switch(index);
                self.look_anew();
            }
            Msg::Grab(branch) => self.glimpses.held.set(branch),
            Msg::Arrange(from, to, by_key) => {
                self.session.arrange(from, to);
                self.glimpses.held.set(self.glimpses.held.get().map(|held| if held == from { to } else { held }));
                if by_key {
                    self.focus = self.glimpses.grip(&self.session, to);
                }
            }
            Msg::Speed(step) => self.session.pacing.speed = Speed::new(step),
            Msg::Open(model) => {
                let library = &ctx.props().library;
                let about = library.models()[model].about();
                let scenario = sandbox::with_model(library, self.session.sim(), self.session.playhead(), about);
                self.notice = self.build(scenario).err().map(|fault| fault.to_string());
            }
            Msg::LinkDraft(draft) => self.link_draft = draft,
            Msg::Draft(knob, shown) => self.draft = Some(Draft { knob, shown, refused: None }),
            Msg::Turn(knob, shown) => self.turn(ctx, knob, shown),
            Msg::Know(node) => self.session.knower = node,
            Msg::Select(node) => (self.session.selected, self.menu) = (node, None),
            Msg::Pick(target, by_key) => self.pick(target, by_key),
            Msg::Dismiss => self.dismiss(),
            Msg::Escape if self.help => {
                self.help = false;
                self.focus = Some("ask-help".into());
            }
            Msg::Escape if self.tools => {
                self.tools = false;
                self.focus = Some("tools".into());
            }
            Msg::Escape if self.comparing => {
                self.comparing = false;
                self.focus = Some("compare".into());
            }
            Msg::Escape if self.others => {
                self.others = false;
                self.focus = Some("others".into());
            }
            Msg::Escape if self.more => {
                self.more = false;
                self.focus = Some("more".into());
            }
            Msg::Escape if self.menu.is_some() => self.dismiss(),
            Msg::Escape => self.session.selected = None,
            Msg::Act(inputs) => {
                // The page offers only what can be done, but not all of that is part of every challenge.
                self.refused = self.act(inputs).err().map(|fault| fault.why);
                if self.menu.is_some() {
                    self.dismiss();
                }
            }
            Msg::AskOf(node) => self.ask.node = node,
            Msg::Argument(op, typed) => self.ask.say(op, typed),
            Msg::Ask(client, op) => {
                let input = self.ask.input(&self.session, client, op);
                self.ask.refused = input.and_then(|input| self.act(vec![input]).map_err(|fault| fault.why)).err();
                if self.ask.refused.is_none() {
                    self.dismiss();
                }
            }
            Msg::Resized(width, height) => self.board.resize(&self.session, width, height),
            Msg::DiagramResized(width, height) => self.diagram_size = ((width - diagram::NAMES).max(0.0), height),
            Msg::View(diagram) => self.diagram_first = diagram,
            Msg::Theme => self.board.read_colours(),
            Msg::InSight(in_sight) => self.in_sight = in_sight,
            Msg::Settle => {
                self.keep();
                if !self.session.playing() {
                    let news = promises::news(&self.session, &mut self.told);
                    let lesson = self.lesson.as_ref().and_then(|lesson| lesson.in_words(self.session.playhead()));
                    // Nothing is said twice, and what decides the step or the challenge instead of what came last.
                    let fresh = |words: &str, before: &mut String| {
                        let fresh = words != before.as_str();
                        words.clone_into(before);
                        fresh
                    };
                    let state = self.state_in_words();
                    let lesson = lesson.unwrap_or_default();
                    let (is_decided, has_moved) = (fresh(&lesson, &mut self.said.0), fresh(&state, &mut self.said.1));
                    let words = if is_decided && !lesson.is_empty() {
                        lesson
                    } else if has_moved {
                        state
                    } else {
                        String::new()
                    };
                    let all: Vec<_> = [words, news].into_iter().filter(|words| !words.is_empty()).collect();
                    if !all.is_empty() {
                        self.announced = all.join(" ").into();
                    }
                }
            }
            // The address of another screen is not for the laboratory.
            Msg::Address if self.lesson.is_some() || Route::of(&dom::address::fragment()) != Route::Laboratory => {}
            // Why it cannot be opened takes the place of all this ([`Laboratory`]).
            Msg::Address if host::can_open(&ctx.props().library, &dom::address::fragment()).is_err() => return false,
            Msg::Address => {
                let (session, notice) = arrive(&ctx.props().library, &dom::address::fragment());
                self.opened = session.sim().scenario().clone();
                self.show(session);
                (self.notice, self.map) = (notice, None);
                self.touched = false;
                // What was about to be put into the address would replace the link.
                self.settling = None;
            }
            Msg::Author => {
                let link = self.session.link().write();
                dom::address::replace(&link);
                dom::address::go(&format!("{}={}", route::AUTHOR, link.trim_start_matches(link::MARK)));
                // What was about to be put into the address would lead back here.
                self.settling = None;
                return false;
            }
            Msg::Share(true) => self.share(),
            Msg::Share(false) => (self.sharing, self.saved) = (None, None),
            Msg::Save(what) => self.saved = share::save(&self.session, self.window(), what),
            Msg::Chart(kind) => self.chart = chart::Kind::ALL[kind.min(chart::Kind::ALL.len() - 1)],
            Msg::TakeChart(kind, take) => self.measured(|runs| chart::take(kind, runs, take)),
            Msg::Comparing(open) => self.comparing = open,
            Msg::Others(open) => (self.others, self.comparing) = (open, false),
            Msg::Compare(None) if !self.comparing && !self.session.branches().0.is_empty() => self.comparing = true,
            Msg::Compare(other) => {
                // What is about to be put into the address would replace the comparison.
                self.settling = None;
                self.keep();
                dom::address::go(&compare::link(&self.session, other));
                return true;
            }
            Msg::Close => self.notice = None,
            Msg::Search(say) => self.searches.hear(say, &self.session, &ctx.link().callback(|msg| msg)),
            Msg::Show(link) => self.show_found(&ctx.props().library, &link),
            Msg::Map(open) => {
                self.map = open.then(|| Shared::new(history(&self.session)));
                if !open {
                    self.focus = Some("ask-map".into());
                }
            }
            Msg::Picked(promise) => {
                dom::close(map::ID);
                (self.map, self.evidence) = (None, true);
                self.session.choose_promise(promise);
            }
            Msg::Host(order) => self.obey(&ctx.props().library, order),
            Msg::Lesson(say) => self.hear(ctx, say),
            Msg::Lag(typed) => self.ask.lag = Some(typed),
            Msg::Delay(message) => {
                let input = self.ask.delay(&self.session, message);
                self.ask.refused = input.and_then(|input| self.act(vec![input]).map_err(|fault| fault.why)).err();
                if self.ask.refused.is_none() {
                    self.dismiss();
                }
            }
            Msg::Slowing(slowing) => self.slowing = slowing,
        }
        self.follow_lesson();
        self.follow_curtain();
        self.session.wanted = self.lesson.as_ref().and_then(|lesson| lesson.spot(&self.session));
        self.searches.follow(&self.session);
        // Of what is worked on beside the page, only that it is over is news.
        let goes_on = reports && self.lesson.as_ref().is_some_and(|lesson| lesson.work.is_some());
        if by_learner && !goes_on {
            self.touched = true;
            self.settle(ctx);
        }
        self.board.forget();
        self.board.refresh(&self.session);
        self.session.watch();
        if !self.session.playing() {
            self.session.judge();
        }
        self.run_frames(ctx);
        self.paint();
        self.report();
        true
    }

    /// Who goes elsewhere in this page comes back to where they were, however soon they went.
    fn destroy(&mut self, _: &Context<Self>) {
        self.keep_place();
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let send = ctx.link().callback(|msg: Msg| msg);
        let session = &self.session;
        let about = session.about();
        let models = ctx.props().library.models();
        let titles = models.iter().map(|model| model.about().title);
        let chosen = models.iter().position(|model| model.about().id == about.id).unwrap_or(0);
        let menu = self
            .menu
            .map(|target| {
                menu::menu(
                    session,
                    &self.board.layout,
                    target,
                    &self.ask,
                    &|inputs| self.lesson.as_ref().and_then(|lesson| lesson.refuses(session, inputs)),
                    &send,
                )
            })
            .unwrap_or_default();
        let named = Named { label: Some(text::MODEL), ..Named::default() };
        let open = !self.others;
        let others = send.reform(move |_| Msg::Others(open));
        let leaves_out = html! { <details class="leaves-out"><summary>{ text::LEAVES_OUT }</summary><p>{ about.leaves_out }</p></details> };
        let aside = html! {
        <aside>
            { match session.selected {
                Some(other) if session.knower.is_some_and(|knower| knower != other) => {
                    inspector::stranger(session, other, session.knower.unwrap_or(other), &send)
                }
                Some(client) if session.is_client(client) => client::client(session, client, None, &send),
                Some(node) => inspector::inspector(session, node, &send),
                None => Html::default(),
            } }
            if self.evidence {
                { promises::evidence(session, &send) }
            }
            { settings::settings(session, self.draft.as_ref(), self.knobs().as_ref().map_or(Which::Everything, |(names, sizes)| Which::These(names, sizes)), &send) }
            if self.lesson.as_ref().is_none_or(|lesson| !lesson.is_before()) {
                { matrix::matrix(session, self.slowing, &send) }
                if self.lesson.as_ref().is_none_or(Lesson::is_open) {
                    { self.searches.panels(session, &send) }
                    { links::links(session, self.link_draft, &send) }
                }
            }
            <Told ..self.teller.place() />
        </aside>
        };
        html! {
            <>
            <header class="bar">
                <a class="brand" href="#">{ text::NAME }</a>
                if let Some(lesson) = &self.lesson {
                    <h1>{ lesson.lab.title.clone() }</h1>
                    <p class="hook">{ lesson.lab.goal.clone() }</p>
                } else {
                    <h1>{ ui::choice(named, titles, chosen, send.reform(Msg::Open)) }{ ui::icon(ui::CHOOSE) }</h1>
                    <p class="hook">{ text::hook(about) }</p>
                }
                <div class="deeds">
                    if session.can_undo() {
                        <button class="quiet" onclick={send.reform(|_| Msg::Undo)}>{ ui::icon(ui::UNDO) }{ text::UNDO }</button>
                    }
                    if session.can_redo() {
                        <button class="quiet" onclick={send.reform(|_| Msg::Redo)}>{ ui::icon(ui::REDO) }{ text::REDO }</button>
                    }
                    // Whoever takes the run along looks behind the curtain.
                    if !self.curtain {
                        <button class="quiet" onclick={send.reform(|_| Msg::Share(true))}>{ ui::icon(ui::LINK) }{ text::SHARE }</button>
                    }
                    <button id="others" class="quiet" aria-label={text::OTHERS} title={text::OTHERS} aria-expanded={self.others.to_string()}
                        onclick={others}>{ ui::icon(ui::DOTS) }</button>
                    <div class={if self.others { "others open" } else { "others" }}>
                        if !self.curtain {
                            { compare::ask(session, self.comparing, &send) }
                        }
                        if self.lesson.is_none() {
                            <button class="quiet" onclick={send.reform(|_| Msg::Author)}>{ ui::icon(ui::FLASK) }{ text::MAKE_A_LAB }</button>
                        }
                        <button id="ask-help" class="quiet" aria-label={text::HELP} title={text::HELP} onclick={send.reform(|_| Msg::Help(true))}>{ ui::icon(ui::HELP) }<span>{ text::HELP }</span></button>
                    </div>
                </div>
            </header>
            if let Some(words) = &self.notice {
                <div class="notice">
                    <p role="alert">{ words.clone() }</p>
                    <button class="quiet" onclick={send.reform(|_| Msg::Close)}>{ text::CLOSE }</button>
                </div>
            }
            <main class={if self.lesson.is_some() { "laboratory with-lesson" } else { "laboratory" }}>
                <div class={if self.diagram_first { "views diagram-first" } else { "views" }} ref={self.views.clone()}>
                    <div class="switch" role="group" aria-label={text::VIEW}>
                        { for [(text::STAGE, false), (text::DIAGRAM, true)].map(|(name, diagram)| html! {
                            <button key={name} aria-pressed={(self.diagram_first == diagram).to_string()} onclick={send.reform(move |_| Msg::View(diagram))}>{ name }</button>
                        }) }
                    </div>
                    if let Some(knower) = session.knower {
                        <p class="knower"><span role="status">{ text::only(&session.sim().name(knower)) }</span>
                            if !self.curtain {
                                <button class="quiet" onclick={send.reform(|_| Msg::Know(None))}>{ text::EVERYTHING }</button>
                            }</p>
                    }
                    { promises::lights(session, self.evidence, &send) }
                    <section class="stage" aria-label={text::STAGE} ref={self.board.place.clone()}>
                        { self.board.content(session, self.menu, menu, &send) }
                        if let Some(why) = &self.refused {
                            <p class="refusal" role="alert">{ why.clone() }</p>
                        }
                    </section>
                    { diagram::diagram(session, self.window(), self.elsewhere.is_some(), self.tools, &self.diagram, &send) }
                </div>
                if let Some(lesson) = &self.lesson {
                    <div class="side">
                        { lesson::panel(lesson, session, &send) }
                        { aside }
                        { leaves_out.clone() }
                    </div>
                } else {
                    { aside }
                }
            </main>
            <footer>
                { transport::transport(session, self.lesson.as_ref().is_some_and(Lesson::is_before), self.more, self.searches.strip(session), &self.glimpses, &ctx.props().library, &send) }
            </footer>
            if self.lesson.is_none() {
                { leaves_out }
            }
            if let Some(things) = &self.sharing {
                <Share title={self.title()} things={things.clone()} save={Some(send.reform(Msg::Save))} saved={self.saved.clone()} close={send.reform(|()| Msg::Share(false))} />
            }
            if self.help {
                { help::help(self.shortcuts.get(), &send) }
            }
            if let Some(asked) = &self.map {
                { map::dialog(asked, &send.reform(|()| Msg::Map(false)), Some(send.reform(Msg::Picked))) }
            }
            <p class="announcer" role="status">{ self.announced.clone() }</p>
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        match self.focus.take() {
            Some(place) if place == lesson::HERE => dom::arrive(&place, ".views"),
            Some(place) => dom::focus(&place),
            None => {}
        }
        if self.help {
            dom::show_modal(help::ID);
        }
        diagram::follow(&self.session, &self.diagram, self.window());
        let link = ctx.link().clone();
        self.teller.soon(move || link.send_message(Msg::Tell));
        if !first {
            return;
        }
        self.board.attach(ctx.link().callback(|(width, height)| Msg::Resized(width, height)));
        let element = |place: &NodeRef| place.cast::<web_sys::Element>();
        if let (Some(views), Some(diagram)) = (element(&self.views), element(&self.diagram)) {
            let diagram_size = ctx.link().callback(|(width, height)| Msg::DiagramResized(width, height));
            let sight = ctx.link().callback(Msg::InSight);
            let theme = ctx.link().callback(|()| Msg::Theme);
            let shortcuts = self.shortcuts.clone();
            let keys = ctx.link().batch_callback(move |event: KeyboardEvent| key(&event, shortcuts.get()));
            let shown = ctx.link().callback(Msg::Shown);
            let address = ctx.link().callback(|()| Msg::Address);
            let order = ctx.link().callback(Msg::Host);
            let leave = ctx.link().callback(|()| Msg::Leave);
            self.watches = Watches {
                _orders: Some(host::orders(move |asked| order.emit(asked))),
                _leave: Some(dom::offline::on_leave(move || leave.emit(()))),
                _shown: Some(Listener::on_document("visibilitychange", move |_| shown.emit(!dom::document().hidden()))),
                _address: Some(Listener::on_window("hashchange", move |_| address.emit(()))),
                _keys: Some(Listener::on_document("keydown", move |event| {
                    if let Ok(event) = event.dyn_into() {
                        keys.emit(event);
                    }
                })),
                _diagram_size: Size::of(&diagram, move |width, height| diagram_size.emit((width, height))),
                _sight: Sight::of(&views, move |in_sight| sight.emit(in_sight)),
                _theme: Some(dom::theme(move || theme.emit(()))),
            };
            self.report();
        }
    }
}

impl App {
    /// Virtual time passes, the stage is painted, and Yew is asked only if there are new words.
    fn frame(&mut self, ctx: &Context<Self>, now: f64) -> bool {
        let passed = self.last_frame.map_or(0.0, |last| now - last);
        self.last_frame = Some(now);
        self.elsewhere = None;
        self.session.advance(passed);
        if self.follow_lesson() {
            self.session.wanted = None;
            self.settle(ctx);
        }
        self.paint();
        let rows = self.session.sim().rows();
        // Where something happens all the time, words need not keep up with every bit of it.
        let calm = self.session.sim().scenario().nodes <= MOST_CALM;
        let render = calm && rows != self.rendered_rows || now - self.rendered_at >= RENDER_EVERY_MS || !self.session.playing();
        if now - self.judged_at >= JUDGE_EVERY_MS || !self.session.playing() {
            self.judged_at = now;
            self.session.judge();
        }
        if now - self.kept_at >= KEEP_EVERY_MS {
            self.kept_at = now;
            self.keep();
        }
        if render {
            self.board.refresh(&self.session);
            self.session.watch();
            (self.rendered_at, self.rendered_rows) = (now, rows);
        }
        self.run_frames(ctx);
        self.report();
        render
    }

    /// Puts the link of the run into the address, so that it is there when the page comes back. In a
    /// lab the address names the lab.
    fn keep(&mut self) {
        if self.touched && self.lesson.is_none() {
            dom::address::replace(&self.session.link().write());
        }
        self.keep_place();
        if let Some(report) = &mut self.report {
            report.state(self.lesson.as_ref(), &self.session).iter().for_each(host::tell);
        }
    }

    /// Frames run while something moves that somebody can see.
    fn run_frames(&mut self, ctx: &Context<Self>) {
        let wanted = self.session.playing() && self.in_sight && self.shown;
        if !wanted {
            self.frames = None;
            self.last_frame = None;
        } else if self.frames.is_none() {
            let frame = ctx.link().callback(Msg::Frame);
            self.frames = Some(Frames::start(move |now| frame.emit(now)));
        }
    }

    fn paint(&self) {
        self.board.paint(&self.session, self.session.pacing.speed);
        diagram::follow(&self.session, &self.diagram, self.window());
    }

    /// What the diagram shows.
    fn window(&self) -> diagram::Window {
        let (width, height) = self.diagram_size;
        diagram::Window::new(width, height, self.session.pacing.speed.ratio(), self.session.playhead(), self.elsewhere)
    }

    /// Looks at another stretch of the diagram; says whether that has to be drawn anew.
    fn pan(&mut self, pixels: f64) -> bool {
        let (before, was) = (self.window(), self.elsewhere.is_some());
        let end = self.session.reached().max(self.session.playhead());
        self.elsewhere = Some(before.moved(pixels, end)).filter(|center| *center != self.session.playhead());
        self.elsewhere.into_iter().for_each(|moment| self.session.recall(moment));
        diagram::follow(&self.session, &self.diagram, self.window());
        self.window().origin() != before.origin() || self.elsewhere.is_some() != was
    }

    /// What this is called.
    fn title(&self) -> String {
        self.lesson.as_ref().map_or_else(|| self.session.about().title.to_owned(), |lesson| lesson.lab.title.clone())
    }

    /// Time stands still while something is shared: it is this moment that others will see.
    fn share(&mut self) {
        self.session.play(false);
        let link = self.session.link().write();
        let mut things = vec![Thing { name: text::THIS_RUN, shows: text::SHOWS_RUN, address: dom::address::with(&link) }];
        if self.lesson.is_none() {
            dom::address::replace(&link);
        } else if let Some(lab) = route::lab(&dom::address::fragment()) {
            let address = dom::address::with(&format!("{}{lab}", route::LAB));
            things.push(Thing { name: text::THIS_LAB, shows: text::SHOWS_LAB, address });
        }
        self.sharing = Some(things);
    }

    /// The settings that can be turned, and between how many nodes there is a choice; nothing if that is all of
    /// them.
    fn knobs(&self) -> Option<(Vec<&str>, Vec<u16>)> {
        let lesson = self.lesson.as_ref().filter(|lesson| !lesson.is_open())?;
        Some((lesson.knobs(), lesson.sizes(self.session.sim().scenario())))
    }

    /// Something is said to the lab, and the run does what follows from it.
    fn hear(&mut self, ctx: &Context<Self>, say: Say) {
        let Some(lesson) = &mut self.lesson else { return };
        let (place, decides) = (lesson.place, matches!(say, Say::Decide | Say::Guess(_) | Say::Again(_)));
        let finishes = matches!(say, Say::Finish);
        // What is done for somebody is shown; whoever presses once more, or wants no motion, sees how it ends.
        let done = if finishes && !dom::reduced_motion() { lesson.done(&self.session) } else { None };
        if let Some((_, end)) = &done
            && self.session.pacing.hurries()
        {
            self.session.seek(end.time);
            self.focus = Some(lesson::WAY_ON.into());
            return;
        }
        if let Some((scenario, end)) = done
            && end.time > self.session.playhead()
            && let Ok(mut session) = Session::new(&ctx.props().library, scenario)
        {
            session.look_like(&self.session);
            session.seek(self.session.playhead());
            session.pacing.hurry(end.time.since(session.playhead()));
            return self.give_way(session);
        }
        let forgets = matches!(say, Say::ForgetGuesses);
        let then = lesson.hear(say, &self.session);
        if forgets {
            self.progress = lesson.progress.clone();
            progress::forget_guesses(&lesson.lab.id, &self.progress);
        }
        if lesson.place != place || decides {
            self.focus = Some(lesson::HERE.into());
        } else if finishes {
            self.focus = Some(lesson::WAY_ON.into());
        }
        self.follow(ctx, then);
    }

    /// The run does what follows from what was said to the lab.
    fn follow(&mut self, ctx: &Context<Self>, then: Then) {
        let library = &ctx.props().library;
        match then {
            Then::Nothing => {}
            Then::Work(job) => self.work(ctx, &job),
            Then::Play(playing) => self.session.play(playing && !dom::reduced_motion()),
            Then::Show { scenario, moment, plays, undoable } => match Session::new(library, *scenario) {
                Ok(mut session) => {
                    session.look_like(&self.session);
                    session.seek(moment);
                    session.play(plays && !dom::reduced_motion());
                    if undoable {
                        self.give_way(session);
                    } else {
                        self.show(session);
                    }
                }
                Err(fault) => self.notice = Some(fault.to_string()),
            },
        }
    }

    /// Where in the lab one is survives a reload, if the browser keeps it.
    fn keep_place(&self) {
        if let Some(lesson) = &self.lesson {
            let place = (!lesson.is_before()).then(|| Saved::write(lesson, &self.session.link().write()));
            progress::keep_place(&lesson.lab, place.as_deref());
        }
    }

    /// The page around this one asks for something.
    fn obey(&mut self, library: &Shared<Library>, order: Order) {
        match order {
            Order::Play => self.session.play(true),
            Order::Pause => self.session.play(false),
            Order::Step => self.session.step(),
            Order::Reset => {
                if let Some(lesson) = &mut self.lesson {
                    *lesson = Lesson::new(lesson.lab.clone(), library.clone(), lesson.progress.clone());
                }
                match (Session::new(library, self.opened.clone()), &self.lesson) {
                    (Ok(session), Some(_)) => self.show(session),
                    // Whoever did something to a run can have it back.
                    (Ok(session), None) => self.give_way(session),
                    (Err(fault), _) => self.notice = Some(fault.to_string()),
                }
            }
        }
    }

    /// Tells the page around this one what is new.
    fn report(&mut self) {
        if let Some(report) = &mut self.report {
            let news = report.look(self.lesson.as_ref(), &self.session, &|| dom::address::with(""), dom::now());
            news.iter().for_each(host::tell);
        }
    }

    /// Does a job for the lesson beside the page.
    fn work(&mut self, ctx: &Context<Self>, job: &Job) {
        if self.worker.as_ref().is_none_or(|worker| !worker.go_on(job)) {
            let tell = ctx.link().callback(|report: worker::Report| Msg::Lesson(Say::Report(Box::new(report))));
            self.worker = Some(Doing::start(job.clone(), move |report| tell.emit(report)));
        }
    }

    /// When it has been quiet for a while, what has happened is said.
    fn settle(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.settling = Some(Timeout::new(QUIET_MS, move || link.send_message(Msg::Settle)));
    }

    /// A step stops where the model does what it waits for. Says whether it has.
    fn follow_lesson(&mut self) -> bool {
        let Some(lesson) = &mut self.lesson else { return false };
        let moment = lesson.watch(&self.session);
        if lesson.progress != self.progress {
            self.progress = lesson.progress.clone();
            progress::keep(&lesson.lab.id, &lesson.progress);
        }
        // Whatever is not waited for any more ends at once.
        if lesson.work.is_none() {
            self.worker = None;
        }
        let Some(moment) = moment else { return false };
        self.session.play(false);
        self.session.seek(moment);
        self.keep_place();
        true
    }

    /// While a curtain is closed only what somebody knows is shown; when it opens, everything.
    fn follow_curtain(&mut self) {
        let eyes = self.lesson.as_ref().and_then(Lesson::eyes);
        if eyes.is_some() || self.curtain {
            self.session.knower = eyes;
        }
        self.curtain = eyes.is_some();
    }

    /// A run that was found takes the place of this one, until that is taken back.
    fn show_found(&mut self, library: &Library, link: &str) {
        let found = Link::read(link, library).map_err(|fault| fault.to_string());
        let found = found.and_then(|found| {
            let moment = found.seal.as_ref().map_or(Time::ZERO, |seal| seal.moment);
            Ok((Session::new(library, found.scenario).map_err(|fault| fault.to_string())?, moment))
        });
        match found {
            Ok((mut found, moment)) => {
                found.seek(moment);
                self.give_way(found);
                self.notice = None;
            }
            Err(why) => self.notice = Some(why),
        }
    }

    /// Another run takes the place of this one, until that is taken back.
    fn give_way(&mut self, session: Session) {
        self.session.give_way(session);
        self.begin();
    }

    /// Another run takes the place of this one.
    fn show(&mut self, session: Session) {
        self.session = session;
        self.begin();
    }

    /// Nothing that belonged to the run before is left.
    fn begin(&mut self) {
        self.world = self.session.world();
        self.draft = None;
        self.link_draft = links::Draft::default();
        self.ask = Ask::default();
        self.board.let_go();
        (self.menu, self.elsewhere) = (None, None);
        self.board.seat(&self.session);
    }

    /// What a finger on the stage comes to; nothing if only the picture changes, and that is done.
    fn touched(&mut self, finger: Finger) -> Option<Msg> {
        match self.board.touched(&self.session, finger) {
            Deed::Look => {
                self.paint();
                None
            }
            Deed::Hold => {
                self.session.play(false);
                Some(Msg::Dismiss)
            }
            Deed::Pick(target) => Some(Msg::Pick(target, false)),
            Deed::Away => Some(Msg::Select(None)),
            Deed::Act(inputs) => Some(Msg::Act(inputs)),
        }
    }

    /// Leads to where the step waits for something: the focus goes there, and what has no element of its own
    /// opens its menu.
    fn show_where(&mut self) {
        let Some(spot) = self.session.wanted.clone() else { return };
        self.diagram_first = false;
        let actor = |actor: NodeId| format!("node-{}", actor.0);
        let target = match spot {
            Spot::Actor(who) => {
                self.session.first = who;
                self.focus = Some(actor(who));
                return;
            }
            Spot::Cuts => {
                self.focus = Some(HEAL.into());
                return;
            }
            Spot::Setting(key) => {
                let knobs = Knob::all(self.session.sim(), self.session.playhead());
                let place = knobs.iter().position(|knob| knob.is_among(&[&key]));
                place.into_iter().for_each(|place| dom::reveal(&settings::setting_id(self.session.prefix, place)));
                return;
            }
            Spot::Links(links) => links.first().map(|(a, b)| Target::Link(*a.min(b), *a.max(b))),
            Spot::Message(from, to) => {
                let flight = touch::within_reach(self.session.sim()).find(|flight| (flight.from, flight.to) == (from, to));
                self.focus = Some(actor(from));
                flight.map(|flight| Target::Message(flight.message))
            }
        };
        if let Some(target) = target {
            self.menu = None;
            self.pick(target, true);
        }
    }

    /// Opens the menu of what was picked, or closes it if it was open.
    fn pick(&mut self, target: Target, by_key: bool) {
        if let Target::Node(node) = target {
            self.session.selected = Some(node);
            self.session.first = node;
            // Of others it knows nothing, and of itself not what will be done to it.
            if self.session.knower.is_some() {
                return;
            }
        }
        if let Target::Message(_) = target {
            self.session.play(false);
        }
        self.ask.refused = None;
        if self.menu == Some(target) {
            return self.dismiss();
        }
        self.menu = Some(target);
        if by_key {
            self.focus = Some("menu".into());
        }
    }

    /// Closes the menu; the focus goes back to where it came from. That is before the menu is gone: taking away
    /// what has the focus, and looking for another place when nothing lies where it lay, costs a browser a picture.
    fn dismiss(&mut self) {
        if let Some(Target::Node(node)) = self.menu.take() {
            dom::focus(&format!("node-{}", node.0));
        }
    }

    /// Another world takes the place of this one, and can be taken back.
    fn build(&mut self, scenario: Scenario) -> Result<(), Fault> {
        let playing = self.session.playing() || !self.session.begun() && !dom::reduced_motion();
        self.session.rebuild(scenario)?;
        self.session.play(playing);
        self.look_anew();
        Ok(())
    }

    /// The run has changed, and maybe who is in it.
    fn look_anew(&mut self) {
        if std::mem::replace(&mut self.world, self.session.world()) != self.session.world() {
            (self.menu, self.elsewhere, self.draft) = (None, None, None);
            self.link_draft = links::Draft::default();
            self.ask = Ask::default();
            self.board.let_go();
            self.board.seat(&self.session);
        }
    }

    fn act(&mut self, inputs: Vec<Input>) -> Result<(), Fault> {
        if let Some(why) = self.lesson.as_ref().and_then(|lesson| lesson.refuses(&self.session, &inputs)) {
            return Err(Fault { place: String::new(), why });
        }
        // Nobody reaches behind a curtain.
        if self.curtain {
            return Ok(());
        }
        self.session.edit(inputs)?;
        Ok(())
    }

    /// Gives a setting another value. If that cannot be, the control keeps what was said and the
    /// page says why.
    fn turn(&mut self, ctx: &Context<Self>, index: usize, shown: String) {
        let Some(knob) = Knob::all(self.session.sim(), self.session.playhead()).into_iter().nth(index) else { return };
        let turned = knob.heard(&shown).and_then(|value| knob.turn(value, &self.session));
        if let (Some(lesson), Ok(turned)) = (&mut self.lesson, &turned)
            && let Some(then) = lesson.choose(turned, &self.session)
        {
            return self.follow(ctx, then);
        }
        let done = turned.and_then(|turned| {
            let done = match turned {
                Turned::Now(input) => self.act(vec![input]),
                Turned::Anew(scenario) => self.build(*scenario),
            };
            done.map_err(|fault| fault.why)
        });
        self.draft = done.err().map(|why| Draft { knob: index, shown, refused: Some(why) });
    }

    /// The run as charts see it.
    fn measured<T>(&self, then: impl FnOnce(&[chart::Run<'_>]) -> T) -> T {
        let sim = self.session.sim();
        then(&[chart::Run { name: "", sim, now: self.session.playhead() }])
    }

    /// What the run is in words and numbers.
    fn words(&self, send: &Callback<Msg>) -> Html {
        let (session, lesson) = (&self.session, self.lesson.as_ref());
        if lesson.is_some_and(|lesson| lesson.is_before()) {
            return Html::default();
        }
        html! {
            <>
            { flights::flights(session, send) }
            // No node can count what happens to messages; in a lab what is measured is chosen.
            if session.knower.is_none() && lesson.is_none_or(Lesson::is_open) {
                { self.chart(send) }
            }
            { state::state(session, send) }
            { events::events(session, send) }
            </>
        }
    }

    fn chart(&self, send: &Callback<Msg>) -> Html {
        let named = Named { label: Some(text::CHART), ..Named::default() };
        let chosen = chart::Kind::ALL.iter().position(|kind| *kind == self.chart).unwrap_or(0);
        let take = send.reform(|(kind, take)| Msg::TakeChart(kind, take));
        html! {
            <section class="panel measured" aria-labelledby="measured-title">
                <header><h2 id="measured-title">{ text::MEASURED_SO_FAR }</h2>
                    { ui::choice(named, chart::Kind::ALL.iter().map(|kind| kind.name()), chosen, send.reform(Msg::Chart)) }</header>
                { self.measured(|runs| chart::chart(self.chart, runs, &take)) }
            </section>
        }
    }

    fn state_in_words(&self) -> String {
        let sim = self.session.sim();
        let mut words = text::clock(self.session.playhead());
        if let Some((last, _)) = self.session.last_rows().next() {
            words.push_str(": ");
            words.push_str(&sim.describe_row(last));
        }
        words
    }
}

/// A lab from its beginning, or from where its learner was; and what there is to say of it.
fn begin(lesson: &mut Lesson, library: &Shared<Library>) -> (Session, Option<String>) {
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
fn arrive(library: &Library, fragment: &str) -> (Session, Option<String>) {
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

/// What clients did and saw so far, to be judged.
fn history(session: &Session) -> Checking {
    let history = History::of(session.sim());
    let object = Object::ALL.iter().position(|(_, object)| *object == session.sim().object()).unwrap_or(0);
    Checking { text: history.to_edn(), object, promise: session.promise().promise, initial: session.sim().initial().to_string() }
}

/// A model as it is when it is opened.
fn open(library: &Library, model: usize, seed: u64) -> Session {
    let scenario = sandbox::opening(library, library.models()[model].about(), seed);
    let mut session = Session::new(library, scenario).expect("a model can be run as it is");
    session.play(!dom::reduced_motion());
    session
}

/// What a key does, unless it is meant for a control that has the focus.
pub(crate) fn key(event: &KeyboardEvent, single: bool) -> Option<Msg> {
    let element = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let node = element.as_ref().and_then(|element| element.id().rsplit_once("node-")?.1.parse().ok()).map(NodeId);
    // A dialog has keys of its own.
    if element.as_ref().is_some_and(|element| element.closest("dialog").ok().flatten().is_some()) {
        return None;
    }
    let focused = element.as_ref().map(|element| element.tag_name());
    let kind = element.as_ref().and_then(|element| element.get_attribute("type")).unwrap_or_default();
    let slides = kind == "range";
    let ticks = matches!(kind.as_str(), "checkbox" | "radio");
    // A text field takes back what was typed; nothing else has an undo of its own.
    let writes = matches!(focused.as_deref(), Some("INPUT" | "TEXTAREA")) && !slides && !ticks;
    let in_control = writes || matches!(focused.as_deref(), Some("SELECT"));
    let presses = ticks || matches!(focused.as_deref(), Some("BUTTON" | "SUMMARY"));
    let typed = event.key();
    if event.ctrl_key() || event.meta_key() {
        let msg = match (typed.as_str(), event.shift_key()) {
            ("z", false) if !writes => Msg::Undo,
            ("Z" | "z", true) | ("y", false) if !writes => Msg::Redo,
            _ => return None,
        };
        event.prevent_default();
        return Some(msg);
    }
    if event.alt_key() {
        return None;
    }
    let arrow = match typed.as_str() {
        "ArrowRight" => Some((1.0, 0.0)),
        "ArrowLeft" => Some((-1.0, 0.0)),
        "ArrowDown" => Some((0.0, 1.0)),
        "ArrowUp" => Some((0.0, -1.0)),
        _ => None,
    };
    if let (Some(node), Some((across, down))) = (node, arrow) {
        event.prevent_default();
        return Some(if down == 0.0 { Msg::Next(node, across > 0.0) } else { Msg::Rove(node, down) });
    }
    if let (Some(node), "PageDown" | "PageUp") = (node, typed.as_str()) {
        event.prevent_default();
        return Some(Msg::Next(node, typed == "PageDown"));
    }
    let msg = match typed.as_str() {
        "Escape" => Msg::Escape,
        _ if !single => return None,
        "?" if !in_control => Msg::Help(true),
        " " if !in_control && !presses => Msg::Toggle,
        "." if !in_control => Msg::Step,
        ">" if !in_control => Msg::Until(Until::Delivery),
        "," if !in_control => Msg::Back,
        _ => return None,
    };
    event.prevent_default();
    Some(msg)
}
