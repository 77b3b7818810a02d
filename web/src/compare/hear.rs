//! What can be said to the comparison, and what it does then: mostly to both runs.

use super::Compare;
use super::pair::Pair;
use crate::chart::{self, Kind};
use crate::desk::{Browser, Key, OfRun, OfTime, Resized};
use crate::dom;
use crate::knob::Knob;
use crate::pacing::Speed;
use crate::panel::settings::Draft;
use crate::route::Route;
use crate::share::Thing;
use crate::stage::Target;
use crate::text;
use faultline::models::Library;
use faultline::scenario::Input;

/// Everything that can be said here.
pub(crate) enum Msg {
    /// The browser is about to repaint.
    Frame(f64),
    /// It is quiet: say where the runs are, and put their link into the address.
    Settle,
    Browser(Browser),
    Resized(usize, Resized),
    Key(Key),
    /// Something is said of the time of both.
    Time(OfTime),
    /// Something is said of one of the runs.
    Run(usize, OfRun),
    /// To where they part.
    First,
    /// Another model for one of them.
    Model(usize, usize),
    /// How often clients ask.
    Pace(usize),
    /// Another seed for both.
    Seed,
    TakeChart(Kind, chart::Take),
    /// The list of what can be done is opened or closed.
    Help(bool),
    /// The dialog for sharing is opened or closed.
    Share(bool),
    /// The notice was read.
    NoNotice,
}

impl Compare {
    /// Does what was said. Says whether there is anything new to see.
    pub(super) fn said(&mut self, library: &Library, msg: Msg) -> bool {
        if let Msg::Browser(Browser::Address) = msg {
            // The address of another screen is not for this one.
            if Route::of(&dom::address::fragment()) != Route::Compare {
                return false;
            }
            self.settling = None;
            self.arrive(library);
        }
        let Ok(pair) = &mut self.pair else { return true };
        match msg {
            Msg::Frame(_) | Msg::Browser(Browser::Address) => {}
            Msg::Settle => {
                dom::address::replace(&pair.link());
                if !pair.playing() {
                    self.announced = Self::in_words(pair).into();
                }
            }
            Msg::Browser(Browser::InSight(in_sight)) => self.in_sight = in_sight,
            Msg::Browser(Browser::Shown(shown)) => self.shown = shown,
            Msg::Browser(Browser::Theme) => self.sides.iter_mut().for_each(|side| side.desk.board.read_colours()),
            Msg::Resized(place, resized) => self.sides[place].desk.resize(&pair.sides[place], &resized),
            Msg::Key(Key::Time(said)) | Msg::Time(said) => self.time(library, said),
            Msg::Key(Key::Desk(place, said)) => return self.hear(library, place, OfRun::Desk(said)),
            Msg::Key(Key::Help) => self.help = true,
            Msg::Key(Key::Escape) => self.escape(),
            Msg::Run(place, said) => return self.hear(library, place, said),
            Msg::First => {
                if !pair.find_parting() {
                    self.notice = Some(text::NEVER_DIFFERENT.into());
                }
            }
            Msg::Model(side, model) => {
                let done = pair.choose(library, side, model);
                let title = library.models()[model].about().title;
                self.sides[side].refused += u32::from(done.is_err());
                self.changed(done.map(|lost| (lost > 0).then(|| text::left_out(lost, title))));
            }
            Msg::Pace(pace) => {
                let done = pair.ask_every(library, pace);
                self.changed(done.map(|()| None));
            }
            Msg::Seed => {
                let done = pair.begin_both(library, |scenario| scenario.seed = scenario.seed.wrapping_add(1));
                self.changed(done.map(|()| None));
            }
            Msg::TakeChart(kind, take) => self.measured(|runs| chart::take(kind, runs, take)),
            Msg::Help(open) => self.help = open,
            Msg::Share(true) => {
                pair.play(false);
                let link = pair.link();
                dom::address::replace(&link);
                self.sharing = Some(Thing { name: text::BOTH_RUNS, shows: text::SHOWS_BOTH, address: dom::address::with(&link) });
            }
            Msg::Share(false) => self.sharing = None,
            Msg::NoNotice => self.notice = None,
        }
        true
    }

    /// Something is said of the time of both.
    fn time(&mut self, library: &Library, said: OfTime) {
        let Ok(pair) = &mut self.pair else { return };
        match said {
            OfTime::Toggle => pair.play(!pair.playing()),
            OfTime::Step => pair.step(),
            OfTime::Back => pair.back(),
            OfTime::Undo => self.undo(library, false),
            OfTime::Redo => self.undo(library, true),
            OfTime::Seek(moment) => pair.seek(moment),
            OfTime::Speed(step) => pair.pacing.speed = Speed::new(step),
            OfTime::Until(until) => {
                self.more = false;
                self.notice = (!pair.wait(until)).then(|| text::not_until(until, text::IN_THESE_RUNS));
            }
            OfTime::More(open) => self.more = open,
            OfTime::Careful(careful) => pair.pacing.care.on = careful,
        }
    }

    /// Something is said of one of the runs. Says whether there is anything new to see.
    fn hear(&mut self, library: &Library, place: usize, said: OfRun) -> bool {
        let Ok(pair) = &mut self.pair else { return false };
        let desk = &mut self.sides[place].desk;
        match said {
            OfRun::Act(inputs) => self.act(place, &inputs),
            OfRun::Ask(client, op) => {
                let asked = desk.ask.input(&pair.sides[place], client, op);
                self.ask(place, asked);
            }
            OfRun::Delay(message) => {
                let asked = desk.ask.delay(&pair.sides[place], message);
                self.ask(place, asked);
            }
            OfRun::Turn(index, shown) => self.turn(library, place, index, shown),
            OfRun::Touch(finger) => {
                let Some(said) = desk.touched(&pair.sides[place], finger) else {
                    self.sides[place].paint(pair, self.elsewhere);
                    return false;
                };
                return self.hear(library, place, said);
            }
            OfRun::Hold => {
                pair.play(false);
                desk.dismiss(&pair.sides[place]);
            }
            OfRun::Pick(target, by_key) => {
                if let Target::Node(node) = target {
                    // Who is looked at here is looked at there, too.
                    pair.select(place, Some(node));
                }
                if let Target::Message(_) = target {
                    pair.play(false);
                }
                self.focus = desk.pick(&pair.sides[place], target, by_key);
                self.sides[1 - place].desk.menu = None;
            }
            OfRun::Select(node) => {
                pair.select(place, node);
                desk.menu = None;
            }
            OfRun::ShowRow(row) => pair.show_row(place, row),
            OfRun::Point(row) => return std::mem::replace(&mut pair.sides[place].pointed, row) != row,
            OfRun::Link(meaning) => pair.sides.iter_mut().for_each(|session| session.linked = meaning),
            OfRun::Pan(pixels) => {
                let moved = self.sides[place].window(pair, self.elsewhere).moved(pixels, pair.reached().max(pair.playhead()));
                self.elsewhere = Some(moved).filter(|center| *center != pair.playhead());
                pair.sides.iter_mut().for_each(|side| side.recall(moved));
            }
            OfRun::Here => self.elsewhere = None,
            OfRun::Take(take) => {
                desk.tools = false;
                self.sides[place].take(pair, self.elsewhere, take);
            }
            OfRun::Desk(said) => {
                let place = desk.hear(&mut pair.sides[place], said);
                self.focus = place.or(self.focus.take());
            }
        }
        true
    }

    /// What was asked for in a menu is done, or the menu says why not.
    fn ask(&mut self, place: usize, asked: Result<Input, String>) {
        match asked {
            Ok(input) => self.act(place, &[input]),
            Err(why) => self.sides[place].desk.ask.refused = Some(why),
        }
    }

    /// A gesture, done to both.
    fn act(&mut self, place: usize, inputs: &[Input]) {
        let Ok(pair) = &mut self.pair else { return };
        self.sides[place].desk.dismiss(&pair.sides[place]);
        let done = pair.act(place, inputs);
        self.changed(done.map(|()| None));
    }

    /// Gives a setting of one of them another value, from the beginning on.
    fn turn(&mut self, library: &Library, place: usize, index: usize, shown: String) {
        let Ok(pair) = &mut self.pair else { return };
        let session = &pair.sides[place];
        let Some(knob) = Knob::all(session.sim(), session.playhead()).into_iter().nth(index) else { return };
        let done = knob.heard(&shown).and_then(|value| pair.turn(library, place, &knob, value));
        match done {
            Ok(()) => self.changed(Ok(None)),
            Err(why) => self.sides[place].desk.draft = Some(Draft { knob: index, shown, refused: Some(why) }),
        }
    }

    /// What came of a change of both: what there is to say of it, or why it was not made.
    fn changed(&mut self, done: Result<Option<String>, String>) {
        if done.is_ok() {
            self.forget();
        }
        self.notice = done.unwrap_or_else(Some);
    }

    fn undo(&mut self, library: &Library, again: bool) {
        if let Ok(pair) = &mut self.pair {
            pair.undo(library, again);
        }
        self.changed(Ok(None));
    }

    fn escape(&mut self) {
        let Ok(pair) = &mut self.pair else { return };
        if std::mem::take(&mut self.help) {
            self.focus = Some("ask-help".into());
            return;
        }
        if std::mem::take(&mut self.more) {
            self.focus = Some("more".into());
            return;
        }
        let mut open = false;
        for (side, session) in self.sides.iter_mut().zip(&pair.sides) {
            if std::mem::take(&mut side.desk.tools) {
                (self.focus, open) = (Some(format!("{}tools", session.prefix)), true);
            }
            if side.desk.menu.is_some() {
                side.desk.dismiss(session);
                open = true;
            }
        }
        if !open {
            pair.select(0, None);
        }
    }

    /// The moment and where the runs part, for who listens.
    fn in_words(pair: &Pair) -> String {
        let mut words = text::clock(pair.playhead());
        if let Some(parted) = pair.parted() {
            words = format!("{words}. {}", text::first_difference(parted.at));
        }
        words
    }
}
