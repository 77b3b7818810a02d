//! What is said to a screen reader when it is quiet, and never twice.

use super::{App, Msg};
use crate::dom;
use crate::lesson::Lesson;
use crate::panel::promises;
use crate::session::Session;
use crate::text;
use gloo_timers::callback::Timeout;
use yew::{AttrValue, Context};

/// How long it has to be quiet before a screen reader is told what happened.
const QUIET_MS: u32 = 400;
/// How long what is done one thing after the other stays unkept.
const LONGEST_MS: f64 = 2_000.0;

/// What was said last.
#[derive(Default)]
pub(super) struct Announcer {
    pub(super) words: AttrValue,
    /// Of the lab, of the run and of promises.
    lesson: String,
    state: String,
    promises: Vec<(String, Option<bool>)>,
}

impl Announcer {
    /// Says what is new. What decides the step or the challenge takes the place of what came last.
    fn tell(&mut self, session: &Session, lesson: Option<&Lesson>) {
        let news = promises::news(session, &mut self.promises);
        let lesson = lesson.and_then(|lesson| lesson.in_words(session.playhead())).unwrap_or_default();
        let state = state_in_words(session);
        let (is_decided, has_moved) = (is_fresh(&lesson, &mut self.lesson), is_fresh(&state, &mut self.state));
        let words = if is_decided && !lesson.is_empty() {
            lesson
        } else if has_moved {
            state
        } else {
            String::new()
        };
        let all: Vec<_> = [words, news].into_iter().filter(|words| !words.is_empty()).collect();
        if !all.is_empty() {
            self.words = all.join(" ").into();
        }
    }
}

/// Whether these words are others than before.
fn is_fresh(words: &str, before: &mut String) -> bool {
    let fresh = words != before.as_str();
    words.clone_into(before);
    fresh
}

/// The moment, and what has happened last.
fn state_in_words(session: &Session) -> String {
    let mut words = text::clock(session.playhead());
    if let Some((last, _)) = session.last_rows().next() {
        words.push_str(": ");
        words.push_str(&session.sim().describe_row(last));
    }
    words
}

impl App {
    /// When it has been quiet for a while, what has happened is said, and the run is kept; where it is never quiet,
    /// it is kept now and then.
    pub(super) fn settle(&mut self, ctx: &Context<Self>) {
        let (link, now) = (ctx.link().clone(), dom::now());
        let since = self.settling.as_ref().map_or(now, |(_, since)| *since);
        let long = now - since > LONGEST_MS;
        if long {
            self.keep();
        }
        let quiet = Timeout::new(QUIET_MS, move || link.send_message(Msg::Settle));
        self.settling = Some((quiet, if long { now } else { since }));
    }

    /// It is quiet.
    pub(super) fn settled(&mut self) {
        self.settling = None;
        self.keep();
        if !self.session.playing() {
            self.announcer.tell(&self.session, self.lesson.as_ref());
        }
    }
}
