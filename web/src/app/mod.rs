//! The laboratory, free or with a lab. Only what changes words or elements goes through Yew; what moves goes to the
//! canvas directly.
//!
//! | file | what is in it |
//! |---|---|
//! | `said` | everything that can be said to it |
//! | `arrive` | how a session begins, from an address or where a learner was |
//! | `run` | what is said of the run and of its time, and the runs that take its place |
//! | `lab` | what is said to the lab, and what the run does then |
//! | `show` | what is opened, closed and chosen to be seen |
//! | `frames` | what happens as time passes |
//! | `announce` | what a screen reader is told when it is quiet |
//! | `away` | ways out: the address, files, other screens, the page around this one |
//! | `view` | what there is to see |

mod announce;
mod arrive;
mod away;
mod frames;
mod lab;
mod run;
mod said;
mod show;
mod view;

pub(crate) use arrive::laboratory;
pub(crate) use said::{Away, Msg, OfBranch, Show};

use crate::chart;
use crate::desk::{Browser, Desk, Key, Listening, OfRun};
use crate::diagram;
use crate::dom::{self, Listener, Pulse};
use crate::host::{self, Report};
use crate::lesson::{self, Lesson, Say, progress};
use crate::panel::branches::Glimpses;
use crate::panel::told::Teller;
use crate::panel::{help, links};
use crate::route::{self, Route};
use crate::search::Searches;
use crate::session::Session;
use crate::share::Thing;
use crate::shared::Shared;
use crate::worker::{Checking, Doing};
use announce::Announcer;
use faultline::Scenario;
use faultline::lab::Lab;
use faultline::lab::progress::LabProgress;
use faultline::models::Library;
use faultline::sim::Time;
use frames::Last;
use gloo_timers::callback::Timeout;
use yew::{Component, Context, Html, NodeRef, Properties};

/// What the laboratory is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
    /// The lab that is being done, if it is one.
    #[prop_or_default]
    pub(crate) lab: Option<Shared<Lab>>,
}

/// The laboratory.
pub(crate) struct App {
    session: Session,
    /// The run as it was opened.
    opened: Scenario,
    /// Who is in it, as far as the page knows.
    world: (&'static str, u16, u16),
    desk: Desk,
    /// Where in time the diagram looks, if not at the playhead.
    elsewhere: Option<Time>,

    lesson: Option<Lesson>,
    /// Whether only what somebody knows may be shown.
    curtain: bool,
    /// What was done in the lab, as it was kept last.
    progress: LabProgress,
    /// Whether the challenge is solved at this moment, and whether that is still to be brought into sight.
    solved: bool,
    shows_verdict: bool,
    /// What works for the lesson beside the page.
    worker: Option<Doing>,

    // What is open, and what is chosen there.
    diagram_first: bool,
    more: bool,
    evidence: bool,
    help: bool,
    comparing: bool,
    others: bool,
    slowing: bool,
    link_draft: links::Draft,
    chart: chart::Kind,
    searches: Searches,
    glimpses: Glimpses,
    /// The history that is judged by every promise, if somebody wants to know.
    map: Option<Shared<Checking>>,
    /// What can be shared, while the dialog for it is open.
    sharing: Option<Vec<Thing>>,

    /// What the reader has to know.
    notice: Option<String>,
    /// Why the last gesture was not done.
    refused: Option<String>,
    /// What there is to say of the file that was taken there last.
    saved: Option<String>,
    announcer: Announcer,
    teller: Teller,
    /// Where the focus goes when the page shows what has changed: the id of an element.
    focus: Option<String>,

    pulse: Pulse,
    last: Last,
    in_sight: bool,
    shown: bool,
    /// Whether anything was done since the page was opened. Until then its address is what it was.
    touched: bool,
    /// What waits for quiet, and since when.
    settling: Option<(Timeout, f64)>,
    /// The element in which everything moves.
    views: NodeRef,
    listening: Option<(Listening, [Listener; 2])>,
    /// What the page around this one was told, if there is one.
    report: Option<Report>,
}

/// What has to follow from what was said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Nothing,
    /// There is something else to see.
    Seen,
    /// Something was done: to the run, to the lab, or to what is open.
    Done,
}

impl Heard {
    /// Only the picture, or words as well.
    fn seen(words: bool) -> Self {
        if words { Self::Seen } else { Self::Nothing }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { library, lab } = ctx.props();
        let mut lesson = lab.as_ref().map(|lab| Lesson::new(lab.clone(), library.clone(), progress::of(&lab.id)));
        let (session, notice) = match &mut lesson {
            Some(lesson) => arrive::begin(lesson, library),
            None => arrive::arrive(library, &dom::address::fragment()),
        };
        let mut desk = Desk::default();
        desk.board.seat(&session);
        let mut app = Self {
            opened: lesson.as_ref().map_or_else(|| session.sim().scenario().clone(), Lesson::scenario),
            world: session.world(),
            session,
            desk,
            elsewhere: None,
            progress: lesson.as_ref().map(|lesson| lesson.progress.clone()).unwrap_or_default(),
            lesson,
            curtain: false,
            solved: false,
            shows_verdict: false,
            worker: None,
            diagram_first: false,
            more: false,
            evidence: false,
            help: false,
            comparing: false,
            others: false,
            slowing: false,
            link_draft: links::Draft::default(),
            chart: chart::Kind::Messages,
            searches: Searches::default(),
            glimpses: Glimpses::default(),
            map: None,
            sharing: None,
            notice,
            refused: None,
            saved: None,
            announcer: Announcer::default(),
            teller: Teller::new(),
            focus: None,
            pulse: Pulse::default(),
            last: Last::default(),
            in_sight: true,
            shown: true,
            touched: false,
            settling: None,
            views: NodeRef::default(),
            listening: None,
            report: dom::framed().then(|| Report::of(route::lab(&dom::address::fragment()).map(str::to_owned))),
        };
        app.follow_curtain();
        app.run_frames(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let (by_learner, refused) = (msg.is_by_learner(), self.refused.take());
        // Of what is worked on beside the page, only that it is over is news.
        let reports = matches!(msg, Msg::Lesson(Say::Report(_)));
        let heard = self.hear(ctx, msg);
        if heard != Heard::Done || !by_learner {
            self.refused = refused;
        }
        if heard == Heard::Done {
            let goes_on = reports && self.lesson.as_ref().is_some_and(|lesson| lesson.work.is_some());
            self.follow_up(ctx, by_learner && !goes_on);
        }
        heard != Heard::Nothing
    }

    /// Who goes elsewhere in this page comes back to where they were, however soon they went.
    fn destroy(&mut self, _: &Context<Self>) {
        self.keep_place();
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.content(&ctx.props().library, &ctx.link().callback(|msg: Msg| msg))
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        match self.focus.take() {
            Some(place) if place == lesson::HERE => dom::arrive(&place, ".views"),
            Some(place) => dom::focus(&place),
            None => {}
        }
        if std::mem::take(&mut self.shows_verdict) {
            dom::into_sight(lesson::VERDICT, ".views");
        }
        if self.help {
            dom::show_modal(help::ID);
        }
        diagram::follow(&self.session, &self.desk.diagram, self.window());
        let link = ctx.link();
        let tell = link.clone();
        self.teller.soon(move || tell.send_message(Msg::Tell));
        if first {
            self.desk.attach(&link.callback(Msg::Resized));
            let listening = Listening::to(&self.views, link.callback(Msg::Key), &link.callback(Msg::Browser));
            let (order, leave) = (link.callback(Msg::Host), link.callback(|()| Msg::Leave));
            let around = [host::orders(move |asked| order.emit(asked)), dom::offline::on_leave(move || leave.emit(()))];
            self.listening = Some((listening, around));
            self.report();
        }
    }
}

impl App {
    /// Does what was said, and says what has to follow.
    fn hear(&mut self, ctx: &Context<Self>, msg: Msg) -> Heard {
        let library = &ctx.props().library;
        let send = || ctx.link().callback(|msg: Msg| msg);
        match msg {
            Msg::Frame(now) => return Heard::seen(self.frame(ctx, now)),
            Msg::Tell => {
                self.teller.tell(self.words(&send()));
                return Heard::seen(self.glimpses.draw(library));
            }
            Msg::Settle => self.settled(),
            Msg::Browser(told) => return self.told(library, &told),
            Msg::Resized(resized) => self.desk.resize(&self.session, &resized),
            Msg::Leave => self.keep(),
            Msg::Host(order) => self.obey(library, order),
            Msg::Key(Key::Time(said)) | Msg::Time(said) => self.time(said),
            Msg::Key(Key::Desk(_, said)) => return self.run(ctx, OfRun::Desk(said)),
            Msg::Key(Key::Help) => self.help = true,
            Msg::Key(Key::Escape) => self.escape(),
            Msg::Run(said) => return self.run(ctx, said),
            Msg::Branch(said) => self.branch(said),
            Msg::Model(model) => self.model(library, model),
            Msg::Found(link) => self.found(library, &link),
            Msg::Promise(promise) => self.session.choose_promise(promise),
            Msg::Picked(promise) => self.picked(promise),
            Msg::Lesson(say) => self.learn(ctx, say),
            Msg::Search(say) => self.searches.hear(say, &self.session, &send()),
            Msg::Show(show) => self.show(show),
            Msg::Go(away) => return self.go(away),
        }
        Heard::Done
    }

    /// The browser tells something.
    fn told(&mut self, library: &Library, told: &Browser) -> Heard {
        match told {
            Browser::Address => return self.readdressed(library),
            Browser::Shown(shown) => {
                self.shown = *shown;
                // Who goes away may never come back: a browser ends what nobody sees.
                if !shown {
                    self.keep();
                }
            }
            Browser::InSight(in_sight) => self.in_sight = *in_sight,
            Browser::Theme => self.desk.board.read_colours(),
        }
        Heard::Done
    }

    /// The address was changed by hand.
    fn readdressed(&mut self, library: &Library) -> Heard {
        let fragment = dom::address::fragment();
        // The address of another screen is not for the laboratory.
        if self.lesson.is_some() || Route::of(&fragment) != Route::Laboratory {
            return Heard::Done;
        }
        // Why it cannot be opened takes the place of all this.
        if host::can_open(library, &fragment).is_err() {
            return Heard::Nothing;
        }
        let (session, notice) = arrive::arrive(library, &fragment);
        self.opened = session.sim().scenario().clone();
        self.replace(session);
        (self.notice, self.map) = (notice, None);
        self.touched = false;
        // What was about to be put into the address would replace the link.
        self.settling = None;
        Heard::Done
    }

    /// Everything else goes along with what was done.
    fn follow_up(&mut self, ctx: &Context<Self>, touched: bool) {
        self.follow_lesson();
        self.follow_curtain();
        self.session.wanted = self.lesson.as_ref().and_then(|lesson| lesson.spot(&self.session));
        self.searches.follow(&self.session);
        if touched {
            self.touched = true;
            self.settle(ctx);
        }
        self.desk.board.forget();
        self.desk.board.refresh(&self.session);
        self.session.watch();
        if !self.session.playing() {
            self.session.judge();
        }
        self.run_frames(ctx);
        self.paint();
        self.report();
    }
}
