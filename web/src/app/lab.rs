//! The lab that is being done: what is said to it, and what the run does then.

use super::{App, Msg};
use crate::dom;
use crate::knob::Knob;
use crate::lesson::{self, Lesson, Saved, Say, Then, progress};
use crate::panel::settings;
use crate::session::Session;
use crate::stage::{HEAL, Target, touch};
use crate::worker::{Doing, Job, Report};
use faultline::lab::script::Spot;
use faultline::sim::NodeId;
use yew::Context;

impl App {
    /// Something is said to the lab, and the run does what follows from it.
    pub(super) fn learn(&mut self, ctx: &Context<Self>, say: Say) {
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

    /// Leads to where the step waits for something: the focus goes there, and what has no element of its own
    /// opens its menu.
    pub(super) fn show_where(&mut self) {
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
            self.desk.menu = None;
            self.pick(target, true);
        }
    }

    /// The run does what follows from what was said to the lab.
    pub(super) fn follow(&mut self, ctx: &Context<Self>, then: Then) {
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
                        self.replace(session);
                    }
                }
                Err(fault) => self.notice = Some(fault.to_string()),
            },
        }
    }

    /// Does a job for the lesson beside the page.
    pub(super) fn work(&mut self, ctx: &Context<Self>, job: &Job) {
        if self.worker.as_ref().is_none_or(|worker| !worker.go_on(job)) {
            let tell = ctx.link().callback(|report: Report| Msg::Lesson(Say::Report(Box::new(report))));
            self.worker = Some(Doing::start(job.clone(), move |report| tell.emit(report)));
        }
    }

    /// A step stops where the model does what it waits for. Says whether it has.
    pub(super) fn follow_lesson(&mut self) -> bool {
        let Some(lesson) = &mut self.lesson else { return false };
        let moment = lesson.watch(&self.session);
        let solved = lesson.verdict(self.session.playhead()).is_some_and(|verdict| verdict.solved == Some(true));
        self.shows_verdict |= solved && !self.solved;
        self.solved = solved;
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
    pub(super) fn follow_curtain(&mut self) {
        let eyes = self.lesson.as_ref().and_then(Lesson::eyes);
        if eyes.is_some() || self.curtain {
            self.session.knower = eyes;
        }
        self.curtain = eyes.is_some();
    }

    /// Where in the lab one is survives a reload, if the browser keeps it.
    pub(super) fn keep_place(&self) {
        if let Some(lesson) = &self.lesson {
            let place = (!lesson.is_before()).then(|| Saved::write(lesson, &self.session.link().write()));
            progress::keep_place(&lesson.lab, place.as_deref());
        }
    }

    /// The settings that can be turned, and between how many nodes there is a choice; nothing if that is all of
    /// them.
    pub(super) fn knobs(&self) -> Option<(Vec<&str>, Vec<u16>)> {
        let lesson = self.lesson.as_ref().filter(|lesson| !lesson.is_open())?;
        Some((lesson.knobs(), lesson.sizes(self.session.sim().scenario())))
    }
}
