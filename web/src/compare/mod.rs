//! Two runs side by side, in lock-step: the same seed, the same faults and the same moment; another
//! model, another setting or another deed. What differs, since when, and what came of it.
//!
//! | file | what is in it |
//! |---|---|
//! | `pair` | the two runs, without the page |
//! | `hear` | what can be said, and what it does to them |
//! | `side` | one of them on the page |
//! | `view` | what there is to see of both |

mod hear;
mod pair;
mod side;
mod view;

pub(crate) use hear::Msg;

use crate::app::{self, Away, Show};
use crate::desk::Listening;
use crate::dom::{self, Pulse};
use crate::panel::{branches, help};
use crate::session::Session;
use crate::share::Thing;
use crate::shared::Shared;
use crate::text;
use crate::ui;
use faultline::link::Link;
use faultline::models::Library;
use faultline::sim::Time;
use gloo_timers::callback::Timeout;
use pair::Pair;
use side::Side;
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties, html};

/// What the page is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) library: Shared<Library>,
}

/// The comparison.
pub(crate) struct Compare {
    /// The runs, or why there are none.
    pair: Result<Pair, String>,
    sides: [Side; 2],
    elsewhere: Option<Time>,
    notice: Option<String>,
    /// Whether the list of what can be waited for is open, and that of what can be done.
    more: bool,
    help: bool,
    /// What can be shared, while the dialog for it is open.
    sharing: Option<Thing>,
    focus: Option<String>,
    announced: AttrValue,
    pulse: Pulse,
    rendered_at: f64,
    in_sight: bool,
    shown: bool,
    settling: Option<Timeout>,
    main: NodeRef,
    listening: Option<Listening>,
}

/// Words, numbers and charts change at most this often while nothing happens but time.
const RENDER_EVERY_MS: f64 = 250.0;
/// How long it has to be quiet before the address is changed.
const QUIET_MS: u32 = 400;

impl Component for Compare {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let mut compare = Self {
            pair: Err(String::new()),
            sides: [0, 1].map(Side::new),
            elsewhere: None,
            notice: None,
            more: false,
            help: false,
            sharing: None,
            focus: None,
            announced: AttrValue::default(),
            pulse: Pulse::default(),
            rendered_at: 0.0,
            in_sight: true,
            shown: true,
            settling: None,
            main: NodeRef::default(),
            listening: None,
        };
        compare.arrive(&ctx.props().library);
        compare
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Frame(now) = msg {
            return self.frame(ctx, now);
        }
        let by_learner = !matches!(msg, Msg::Resized(..) | Msg::Browser(_) | Msg::Settle);
        if !self.said(&ctx.props().library, msg) {
            return false;
        }
        if by_learner {
            let link = ctx.link().clone();
            self.settling = Some(Timeout::new(QUIET_MS, move || link.send_message(Msg::Settle)));
        }
        self.sides.iter_mut().for_each(|side| side.desk.board.forget());
        self.refresh();
        self.run_frames(ctx);
        self.paint();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.all(&ctx.props().library, &ctx.link().callback(|msg: Msg| msg))
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let Some(place) = self.focus.take() {
            dom::focus(&place);
        }
        if self.help {
            dom::show_modal(help::ID);
        }
        if self.pair.is_ok() {
            self.sides.iter_mut().for_each(|side| side.attach(ctx));
        } else {
            self.sides.iter_mut().for_each(|side| side.desk.detach());
        }
        if first {
            let link = ctx.link();
            self.listening = Some(Listening::to(&self.main, link.callback(Msg::Key), &link.callback(Msg::Browser)));
        }
    }
}

impl Compare {
    /// The runs of the address.
    fn arrive(&mut self, library: &Library) {
        let opened = Link::read_two(&dom::address::fragment(), library).map_err(|fault| fault.to_string());
        let opened = opened.and_then(|links| Pair::of_link(library, links).map_err(|fault| fault.to_string()));
        self.elsewhere = None;
        self.notice = None;
        self.pair = opened.map(|(pair, verdicts)| {
            self.notice = verdicts.into_iter().find_map(text::verdict).map(Into::into);
            pair
        });
        self.forget();
    }

    /// The runs are others, or their past is.
    fn forget(&mut self) {
        let Ok(pair) = &self.pair else { return };
        for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
            side.forget(session);
        }
        self.refresh();
    }

    /// Virtual time passes, both stages are painted, and Yew is asked only if there are new words.
    fn frame(&mut self, ctx: &Context<Self>, now: f64) -> bool {
        let passed = self.pulse.passed(now);
        self.elsewhere = None;
        let Ok(pair) = &mut self.pair else { return false };
        pair.advance(passed);
        let render = now - self.rendered_at >= RENDER_EVERY_MS || !pair.playing();
        if render {
            self.rendered_at = now;
            self.refresh();
        }
        self.paint();
        self.run_frames(ctx);
        render
    }

    /// Frames run while something moves that somebody can see.
    fn run_frames(&mut self, ctx: &Context<Self>) {
        let playing = self.pair.as_ref().is_ok_and(Pair::playing);
        self.pulse.run(playing && self.in_sight && self.shown, || ctx.link().callback(Msg::Frame));
    }

    fn refresh(&mut self) {
        if let Ok(pair) = &self.pair {
            for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
                side.desk.board.refresh(session);
            }
        }
    }

    fn paint(&self) {
        if let Ok(pair) = &self.pair {
            self.sides.iter().for_each(|side| side.paint(pair, self.elsewhere));
        }
    }
}

/// In the laboratory: the way here, with the run there and another one.
pub(crate) fn ask(session: &Session, open: bool, send: &Callback<app::Msg>) -> Html {
    let branches = session.branches().0;
    let go = |name: String, other: Option<usize>| {
        html! { <button key={name.clone()} onclick={send.reform(move |_| app::Msg::Go(Away::Compare(other)))}>{ name }</button> }
    };
    let onclick = send.reform(move |_| if open { app::Msg::Show(Show::Comparing(false)) } else { app::Msg::Go(Away::Compare(None)) });
    html! {
        <div class="ask-compare">
            <button id="compare" class="quiet" {onclick} aria-expanded={(!branches.is_empty()).then(|| open.to_string())}>
                { ui::icon(ui::COMPARE) }{ text::COMPARE }</button>
            if open {
                <div class="menu" role="group" aria-label={text::COMPARE_WITH}>
                    <p>{ text::COMPARE_WITH }</p>
                    { go(text::COMPARE_KNOB.into(), None) }
                    { for branches.iter().enumerate().rev().map(|(index, branch)| go(text::compare_branch(&branches::deed(session, branch)), Some(index))) }
                </div>
            }
        </div>
    }
}

/// A link to the run that is looked at beside a future of it that was left, or beside itself.
pub(crate) fn link(session: &Session, other: Option<usize>) -> String {
    let here = session.link();
    let branch = other.and_then(|other| session.branches().0.get(other));
    let there = branch.map_or_else(|| here.clone(), |branch| Link { scenario: branch.scenario.clone(), seal: None });
    Link::write_two(&[here, there])
}
