//! What is said of the run and of its time, and the runs that take its place.

use super::{App, Heard, OfBranch};
use crate::desk::{OfRun, OfTime};
use crate::diagram;
use crate::dom;
use crate::host::Order;
use crate::knob::{Knob, Turned};
use crate::lesson::Lesson;
use crate::pacing::Speed;
use crate::panel::links;
use crate::panel::settings::Draft;
use crate::sandbox;
use crate::session::Session;
use crate::shared::Shared;
use crate::stage::{Finger, Target};
use crate::text;
use faultline::Scenario;
use faultline::link::Link;
use faultline::models::Library;
use faultline::scenario::{Fault, Input};
use faultline::sim::Time;
use yew::Context;

// ---- what is said ----

impl App {
    /// Something is said of time.
    pub(super) fn time(&mut self, said: OfTime) {
        match said {
            OfTime::Toggle => self.session.play(!self.session.playing()),
            OfTime::Step => self.session.step(),
            OfTime::Back => self.session.back(),
            OfTime::Undo => {
                self.session.undo();
                self.look_back();
            }
            OfTime::Redo => {
                self.session.redo();
                self.look_back();
            }
            OfTime::Seek(moment) => self.session.seek(moment),
            OfTime::Speed(step) => self.session.pacing.speed = Speed::new(step),
            OfTime::Until(until) => {
                self.more = false;
                self.notice = (!self.session.wait(until)).then(|| text::not_until(until, text::IN_THIS_RUN));
            }
            OfTime::More(open) => self.more = open,
            OfTime::Careful(careful) => self.session.pacing.care.on = careful,
        }
    }

    /// Something is said of the run.
    pub(super) fn run(&mut self, ctx: &Context<Self>, said: OfRun) -> Heard {
        match said {
            OfRun::Act(inputs) => {
                // The page offers only what can be done, but not all of that is part of every challenge.
                self.refused = self.act(inputs).err().map(|fault| fault.why);
                self.desk.dismiss(&self.session);
            }
            OfRun::Ask(client, op) => self.ask(self.desk.ask.input(&self.session, client, op)),
            OfRun::Delay(message) => self.ask(self.desk.ask.delay(&self.session, message)),
            OfRun::Turn(knob, shown) => self.turn(ctx, knob, shown),
            OfRun::Touch(finger) => {
                // A finger on the stage closes what lies over it.
                let closes = matches!(finger, Finger::Down(_)) && std::mem::take(&mut self.others);
                let Some(said) = self.desk.touched(&self.session, finger) else {
                    self.paint();
                    return Heard::seen(closes);
                };
                return self.run(ctx, said);
            }
            OfRun::Hold => {
                self.session.play(false);
                self.desk.dismiss(&self.session);
            }
            OfRun::Pick(target, by_key) => self.pick(target, by_key),
            OfRun::Select(node) => (self.session.selected, self.desk.menu) = (node, None),
            OfRun::ShowRow(row) => self.session.show_row(row),
            OfRun::Point(row) => return Heard::seen(std::mem::replace(&mut self.session.pointed, row) != row),
            OfRun::Link(meaning) => self.session.linked = meaning,
            OfRun::Pan(pixels) => return Heard::seen(self.pan(pixels)),
            OfRun::Here => self.elsewhere = None,
            OfRun::Take(take) => {
                self.desk.tools = false;
                diagram::take(&self.session, self.window(), take);
            }
            OfRun::Desk(said) => {
                let place = self.desk.hear(&mut self.session, said);
                self.focus = place.or(self.focus.take());
            }
        }
        Heard::Done
    }

    /// Something is said of the futures that were left.
    pub(super) fn branch(&mut self, said: OfBranch) {
        match said {
            OfBranch::Go(index) => {
                self.session.switch(index);
                self.look_anew();
            }
            OfBranch::Grab(branch) => self.glimpses.held.set(branch),
            OfBranch::Arrange(from, to, by_key) => {
                self.session.arrange(from, to);
                self.glimpses.held.set(self.glimpses.held.get().map(|held| if held == from { to } else { held }));
                if by_key {
                    self.focus = self.glimpses.grip(&self.session, to);
                }
            }
        }
    }

    /// The page around this one asks for something.
    pub(super) fn obey(&mut self, library: &Shared<Library>, order: Order) {
        match order {
            Order::Play => self.session.play(true),
            Order::Pause => self.session.play(false),
            Order::Step => self.session.step(),
            Order::Reset => {
                if let Some(lesson) = &mut self.lesson {
                    *lesson = Lesson::new(lesson.lab.clone(), library.clone(), lesson.progress.clone());
                }
                match (Session::new(library, self.opened.clone()), &self.lesson) {
                    (Ok(session), Some(_)) => self.replace(session),
                    // Whoever did something to a run can have it back.
                    (Ok(session), None) => self.give_way(session),
                    (Err(fault), _) => self.notice = Some(fault.to_string()),
                }
            }
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

    /// What was asked for in a menu is done, or the menu says why not.
    fn ask(&mut self, asked: Result<Input, String>) {
        self.desk.ask.refused = asked.and_then(|input| self.act(vec![input]).map_err(|fault| fault.why)).err();
        if self.desk.ask.refused.is_none() {
            self.desk.dismiss(&self.session);
        }
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
        self.desk.draft = done.err().map(|why| Draft { knob: index, shown, refused: Some(why) });
    }

    /// Opens the menu of what was picked, or closes it if it was open.
    pub(super) fn pick(&mut self, target: Target, by_key: bool) {
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
        let place = self.desk.pick(&self.session, target, by_key);
        self.focus = place.or(self.focus.take());
    }

    /// Looks at another stretch of the diagram; says whether that has to be drawn anew.
    fn pan(&mut self, pixels: f64) -> bool {
        let (before, was) = (self.window(), self.elsewhere.is_some());
        let end = self.session.reached().max(self.session.playhead());
        self.elsewhere = Some(before.moved(pixels, end)).filter(|center| *center != self.session.playhead());
        self.elsewhere.into_iter().for_each(|moment| self.session.recall(moment));
        diagram::follow(&self.session, &self.desk.diagram, self.window());
        self.window().origin() != before.origin() || self.elsewhere.is_some() != was
    }
}

// ---- other runs ----

impl App {
    /// Another model, in the world that there is.
    pub(super) fn model(&mut self, library: &Library, model: usize) {
        let about = library.models()[model].about();
        let scenario = sandbox::with_model(library, self.session.sim(), self.session.playhead(), about);
        self.notice = self.build(scenario).err().map(|fault| fault.to_string());
    }

    /// A run that was found takes the place of this one, until that is taken back.
    pub(super) fn found(&mut self, library: &Library, link: &str) {
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
    pub(super) fn give_way(&mut self, session: Session) {
        self.session.give_way(session);
        self.begin();
    }

    /// Another run takes the place of this one.
    pub(super) fn replace(&mut self, session: Session) {
        self.session = session;
        self.begin();
    }

    /// Nothing that belonged to the run before is left.
    fn begin(&mut self) {
        self.world = self.session.world();
        self.elsewhere = None;
        self.link_draft = links::Draft::default();
        self.desk.clear(&self.session);
    }

    /// Another world takes the place of this one, and can be taken back.
    fn build(&mut self, scenario: Scenario) -> Result<(), Fault> {
        let playing = self.session.playing() || !self.session.begun() && !dom::reduced_motion();
        self.session.rebuild(scenario)?;
        if playing {
            self.session.open();
        }
        self.look_anew();
        Ok(())
    }

    /// The run has changed, and maybe who is in it.
    fn look_anew(&mut self) {
        if self.world != self.session.world() {
            self.begin();
        }
    }

    /// The same after a gesture was taken back: it may have been another run before.
    fn look_back(&mut self) {
        self.look_anew();
        self.desk.board.seat(&self.session);
    }
}
