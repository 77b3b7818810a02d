//! Where somebody is in a lab, as a few lines of text: the browser keeps it so that the page can be loaded
//! again, and the page around keeps it for a learner, where the browser keeps nothing or is another one.
//!
//! ```text
//! faultline state 1
//! lab L10 step 2
//! run 1DnByaW1hcnktYmFja3Vw...
//! hints 0
//! bet option 1
//! began 0 8 12 1DnByaW1hcnktYmFja3Vw...
//! began 1250000000 41 60 1DnByaW1hcnktYmFja3Vw...
//! faultline progress 1
//! lab L10 step=3 bet=right
//! challenge L10 lose stars=2 actions=3 hints=0 seeds=7
//! ```
//!
//! `began` is the run with which a step began, and the last one ended: its moment, and how many events and
//! rows there were by then. Whoever has no room may leave out the run, and these lines: then the steps are done
//! again as the lab does them, and the hints and the bet stay as they were.

use super::{Lesson, Place, Say, Then};
use crate::session::Session;
use crate::text;
use faultline::Scenario;
use faultline::lab::Lab;
use faultline::lab::predicate::Moment;
use faultline::lab::progress::{LabProgress, Progress};
use faultline::lab::tour::{Guess, Truth};
use faultline::link::{Link, MARK};
use faultline::models::Library;
use faultline::sim::Time;
use std::fmt::Write as _;

/// Where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) lab: String,
    /// The place in the lab: its kind, and which one.
    place: (String, String),
    /// The run, unless whoever kept this had no room for it.
    link: Option<Link>,
    /// How it came to that, unless whoever kept this had no room for it.
    way: Option<Way>,
    progress: LabProgress,
}

/// What was done on the way there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Way {
    hints: usize,
    /// The bet: its kind and what was said.
    bet: Option<(String, String)>,
    began: Vec<(Scenario, Moment)>,
}

const HEAD: &str = "faultline state 1";
/// What is written before a number that was bet, and before the place of an option.
const NUMBER: &str = "number";
const OPTION: &str = "option";

impl Saved {
    /// Where somebody is now, as text.
    pub(crate) fn write(lesson: &Lesson, link: &str) -> String {
        let id = &lesson.lab.id;
        let which = match lesson.place {
            Place::Step(index) => (index + 1).to_string(),
            Place::Guess(index) => lesson.lab.guesses[index].id.clone(),
            Place::Study(index) => lesson.lab.studies[index].id.clone(),
            Place::Challenge(index) => lesson.lab.challenges[index].id.clone(),
            Place::Bet | Place::Choice | Place::Free => String::new(),
        };
        let letters = |link: &str| link.trim_start_matches(MARK).to_owned();
        let mut out = format!("{HEAD}\nlab {id} {} {which}\nrun {}\nhints {}\n", lesson.place.name(), letters(link), lesson.hints);
        let _ = match &lesson.bet {
            Some(Guess::Option(index)) => writeln!(out, "bet {OPTION} {index}"),
            Some(Guess::Number(value)) => writeln!(out, "bet {NUMBER} {value}"),
            None => Ok(()),
        };
        for (scenario, Moment { time, steps, rows }) in &lesson.began {
            let run = Link { scenario: scenario.clone(), seal: None }.write();
            let _ = writeln!(out, "began {} {steps} {rows} {}", time.0, letters(&run));
        }
        let mut progress = Progress::default();
        progress.labs.insert(id.clone(), lesson.progress.clone());
        out + &progress.write()
    }

    /// Reads what [`write`](Self::write) has written, or says which part of it cannot be read.
    pub(crate) fn read(text: &str, library: &Library) -> Result<Self, String> {
        let begin = text.find("\nfaultline progress ").map_or(text.len(), |end| end + 1);
        let (state, progress) = text.split_at(begin);
        let mut lines = (1..).zip(state.lines());
        let bad = text::bad_state;
        let mut next = |line: u32, begin: &str| lines.next().and_then(|(_, text)| text.strip_prefix(begin)).ok_or_else(|| bad(line));
        next(1, HEAD)?;
        let mut words = next(2, "lab ")?.split(' ');
        let (Some(lab), Some(place)) = (words.next(), words.next()) else { return Err(bad(2)) };
        let place = (place.to_owned(), words.next().unwrap_or_default().to_owned());
        let link = match next(3, "run ")? {
            "" => None,
            run => Some(Link::read(run, library).map_err(|fault| fault.to_string())?),
        };
        let mut way = None;
        for (number, line) in lines {
            read_way(line, &mut way, library).ok_or_else(|| bad(number))?;
        }
        let progress = Progress::read(progress)?.labs.remove(lab).unwrap_or_default();
        Ok(Self { lab: lab.to_owned(), place, link, way, progress })
    }

    /// The place in a lab, if there is one like it.
    fn place(&self, lab: &Lab) -> Option<Place> {
        let (kind, which) = &self.place;
        let numbered = |all: usize| which.parse::<usize>().ok()?.checked_sub(1).filter(|place| *place < all);
        let all = [
            Some(Place::Bet),
            numbered(lab.steps.len()).map(Place::Step),
            lab.guesses.iter().position(|guess| guess.id == *which).map(Place::Guess),
            // Once they were kept by their number.
            lab.studies.iter().position(|study| study.id == *which).or_else(|| numbered(lab.studies.len())).map(Place::Study),
            Some(Place::Choice),
            lab.challenges.iter().position(|challenge| challenge.id == *which).map(Place::Challenge),
            Some(Place::Free),
        ];
        all.into_iter().flatten().find(|place| place.name() == kind)
    }

    /// Brings a lesson and its run to this place; says what is in the way. What was solved counts, whatever
    /// becomes of the place.
    pub(crate) fn restore(mut self, lesson: &mut Lesson) -> Result<Session, String> {
        lesson.progress.merge(std::mem::take(&mut self.progress));
        let place = self.place(&lesson.lab).ok_or(text::NO_SUCH_PLACE)?;
        if self.link.as_ref().is_some_and(|link| !lesson.has(&link.scenario)) {
            return Err(text::STRANGE_RUN.into());
        }
        let nodes = self.link.as_ref().map_or(lesson.lab.world.scenario.nodes, |link| link.scenario.nodes);
        let there = match self.way {
            Some(way) if way.leads(place, lesson) => {
                way.take(place, nodes, lesson);
                None
            }
            way => {
                let there = lesson.walk(place)?;
                if let Some(way) = way.filter(|way| way.began.is_empty()) {
                    Way { began: std::mem::take(&mut lesson.began), ..way }.take(place, nodes, lesson);
                }
                Some(there)
            }
        };
        // What was chosen in a study is not kept, and so neither is its run: what is shown is what will be measured.
        let sample = match place {
            Place::Study(index) => Some(lesson.sample(index)),
            _ => None,
        };
        // What is behind the curtain is not to be brought along: a round begins anew.
        if let Place::Guess(index) = place {
            let Then::Show { scenario, moment, .. } = lesson.draw_curtain(index) else { return Err(text::NO_SUCH_PLACE.into()) };
            let mut session = Session::new(&lesson.library, *scenario).map_err(|fault| fault.to_string())?;
            session.seek(moment);
            return Ok(session);
        }
        let library = &lesson.library;
        if let Some(Then::Show { scenario, .. }) = sample {
            return Session::new(library, *scenario).map_err(|fault| fault.to_string());
        }
        let session = match (self.link, there, place) {
            (Some(link), ..) => Session::of_link(library, link).map(|(session, _)| session),
            (None, _, Place::Challenge(index)) => Session::new(library, lesson.lab.challenges[index].start(&lesson.lab)),
            (None, Some(there), _) => Ok(there),
            (None, None, _) => Session::new(library, lesson.scenario()),
        };
        session.map_err(|fault| fault.to_string())
    }
}

/// Takes in a line that says what was done on the way.
fn read_way(line: &str, way: &mut Option<Way>, library: &Library) -> Option<()> {
    let (what, rest) = line.split_once(' ')?;
    if what == "hints" {
        way.get_or_insert_default().hints = rest.parse().ok()?;
        return Some(());
    }
    let way = way.as_mut()?;
    match what {
        "bet" => way.bet = rest.split_once(' ').map(|(kind, said)| (kind.to_owned(), said.to_owned())),
        "began" => {
            let mut words = rest.split(' ');
            let (time, steps, rows) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            way.began.push((Link::read(words.next()?, library).ok()?.scenario, Moment { time: Time(time), steps, rows }));
        }
        // A later version may know more.
        _ => {}
    }
    Some(())
}

impl Way {
    /// Whether it leads to this place of the lab as it is now.
    fn leads(&self, place: Place, lesson: &Lesson) -> bool {
        let far = match place {
            Place::Bet => true,
            Place::Step(index) => index < self.began.len(),
            _ => !self.began.is_empty() && self.began.len() <= lesson.lab.steps.len() + 1,
        };
        far && self.began.first().is_none_or(|(scenario, _)| *scenario == lesson.lab.world.scenario)
    }

    fn take(self, place: Place, nodes: u16, lesson: &mut Lesson) {
        let asked = &lesson.lab.bet;
        let bet = self.bet.and_then(|(kind, said)| match kind.as_str() {
            OPTION => said.parse().ok().map(Guess::Option),
            NUMBER => asked.answer.guess(&said),
            _ => None,
        });
        // In a step the bet is decided as the run goes on; after the last of them, it was in the run with which that ended.
        // Where a step brought another world the moment before is not known any more, but the run is. With another
        // number of nodes it is not what the bet is about.
        let world = &lesson.lab.world;
        let own = |nodes: u16| nodes == world.scenario.nodes;
        let last = (1..self.began.len()).find(|step| lesson.lab.steps.get(*step).is_some_and(|step| step.world.is_some()));
        let decided = match last {
            Some(step) => self.began.get(step - 1).map(|(scenario, _)| (scenario, Moment { time: world.length, ..Moment::START })),
            None => self.began.iter().rev().find(|(scenario, _)| own(scenario.nodes)).map(|(scenario, moment)| (scenario, *moment)),
        };
        let undecided = last.is_none() && matches!(place, Place::Step(_)) && own(nodes);
        if let (Some(_), Some((scenario, moment)), false) = (&bet, decided, undecided) {
            let truth = asked.answer.truth(&world.subject, &lesson.library, scenario, &asked.when, world.length, moment.time);
            lesson.truth = truth.unwrap_or(Truth::Open);
        }
        (lesson.place, lesson.hints, lesson.bet, lesson.began) = (place, self.hints, bet, self.began);
    }
}

impl Lesson {
    /// Goes to a place where somebody has been before. The steps before it are done as the lab does
    /// them, so that there is a way back. Returns the run with which that place begins.
    fn walk(&mut self, place: Place) -> Result<Session, String> {
        let steps = match place {
            Place::Bet => 0,
            Place::Step(index) => index,
            _ => self.lab.steps.len(),
        };
        let mut session = Session::new(&self.library, self.scenario()).map_err(|fault| fault.to_string())?;
        if place == Place::Bet {
            return Ok(session);
        }
        // On the way there the learner has not been any further than before.
        let progress = self.progress.clone();
        self.go_on(&session);
        for say in (0..steps).flat_map(|_| [Say::Finish, Say::Continue]) {
            if let Then::Show { scenario, moment, .. } = self.hear(say, &session) {
                session = Session::new(&self.library, *scenario).map_err(|fault| fault.to_string())?;
                session.seek(moment);
            }
        }
        (self.place, self.progress) = (place, progress);
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use faultline::sim::Time;

    fn lab() -> Shared<Lab> {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs/L10.toml")).expect("a lab");
        Shared::new(Lab::read(&text, "L10", &Library::standard()).expect("a lab"))
    }

    fn lesson(lab: &Shared<Lab>) -> (Lesson, Session) {
        let library = Shared::new(Library::standard());
        let lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
        let session = Session::new(&library, lesson.scenario()).expect("a run");
        (lesson, session)
    }

    #[test]
    fn every_place_is_found_again() {
        let (lab, library) = (lab(), Library::standard());
        for place in [Place::Bet, Place::Step(0), Place::Step(lab.steps.len() - 1), Place::Choice, Place::Challenge(0), Place::Free] {
            let (mut before, mut session) = lesson(&lab);
            before.walk(place).expect("a place");
            before.progress.step = 3;
            session.seek(Time(70_000_000));
            let text = Saved::write(&before, &session.link().write());
            let (mut after, _) = lesson(&lab);
            let again = Saved::read(&text, &library).expect("a state").restore(&mut after).expect("the place");
            assert_eq!((after.place, after.progress.step), (place, 3));
            assert_eq!((again.sim().hash(), again.playhead()), (session.sim().hash(), session.playhead()));
            if let Place::Step(step) = place {
                after.hear(Say::Previous, &again);
                assert_eq!(after.place, if step == 0 { Place::Bet } else { Place::Step(step - 1) });
            }
        }
    }

    #[test]
    fn the_run_of_a_challenge_in_a_world_of_its_own_is_found_again_wherever_it_is_looked_at() {
        let library = Library::standard();
        for id in ["L02", "L07", "L24"] {
            let text = std::fs::read_to_string(format!("{}/../static/labs/{id}.toml", env!("CARGO_MANIFEST_DIR"))).expect("a file");
            let lab = Shared::new(Lab::read(&text, id, &library).expect("a lab"));
            let own = lab.challenges.iter().position(|challenge| challenge.world.is_some()).expect("a world of its own");
            let session = Session::new(&library, lab.challenges[own].start(&lab)).expect("a run");
            for place in [Place::Challenge(own), Place::Choice, Place::Free] {
                let (mut before, _) = lesson(&lab);
                before.place = place;
                before.progress.step = 3;
                let text = Saved::write(&before, &session.link().write());
                let (mut after, _) = lesson(&lab);
                let again = Saved::read(&text, &library).expect("a state").restore(&mut after).expect("the place");
                assert_eq!((after.place, again.about().id), (place, session.about().id));
                // Whoever keeps it may have no room for the run.
                let short = text.lines().map(|line| if line.starts_with("run ") { "run " } else { line });
                let short = Saved::read(&short.collect::<Vec<_>>().join("\n"), &library).expect("a state without its run");
                let again = short.restore(&mut lesson(&lab).0).expect("the place");
                assert_eq!(again.about().id == session.about().id, place == Place::Challenge(own));
            }
        }
    }

    #[test]
    fn whoever_has_no_room_for_runs_keeps_the_bet_and_the_hints() {
        let (lab, library) = (lab(), Library::standard());
        for place in [Place::Step(2), Place::Challenge(0)] {
            let (mut before, _) = lesson(&lab);
            let session = before.walk(place).expect("a place");
            (before.hints, before.bet) = (1, Some(Guess::Option(1)));
            let text = Saved::write(&before, &session.link().write());
            let short =
                text.lines().filter(|line| !line.starts_with("began ")).map(|line| if line.starts_with("run ") { "run " } else { line });
            let short = short.collect::<Vec<_>>().join("\n");
            let (mut after, _) = lesson(&lab);
            Saved::read(&short, &library).expect("a state").restore(&mut after).expect("the place");
            assert_eq!((after.place, after.hints, &after.bet, &after.began), (place, 1, &before.bet, &before.began));
        }
    }

    #[test]
    fn a_study_is_found_by_its_id_wherever_it_stands_now() {
        let library = Shared::new(Library::standard());
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs/L02.toml")).expect("a lab");
        let mut lab = Lab::read(&text, "L02", &library).expect("a lab");
        let lesson_of = |lab: &Lab| Lesson::new(Shared::new(lab.clone()), library.clone(), LabProgress::default());
        let mut before = lesson_of(&lab);
        before.place = Place::Study(1);
        let session = Session::new(&library, before.scenario()).expect("a run");
        let kept = Saved::write(&before, &session.link().write());
        assert!(kept.contains("\nlab L02 study trade\n"), "{kept}");
        lab.studies.swap(0, 1);
        for (text, place) in [(kept.clone(), 0), (kept.replace("study trade", "study 2"), 1)] {
            let mut after = lesson_of(&lab);
            Saved::read(&text, &library).expect("a state").restore(&mut after).expect("the place");
            assert_eq!(after.place, Place::Study(place));
        }
    }

    #[test]
    fn what_was_solved_counts_though_the_place_is_gone() {
        let (lab, library) = (lab(), Library::standard());
        let (mut before, session) = lesson(&lab);
        before.progress.step = 3;
        let text = Saved::write(&before, &session.link().write());
        for gone in [text.replace("lab L10 bet", "lab L10 step 99"), text.replace("lab L10 bet", "lab L10 challenge no-more")] {
            let (mut after, _) = lesson(&lab);
            assert!(Saved::read(&gone, &library).expect("readable").restore(&mut after).is_err());
            assert_eq!(after.progress.step, 3);
        }
    }

    #[test]
    fn a_damaged_state_is_refused() {
        let (lab, library) = (lab(), Library::standard());
        let (lesson, session) = lesson(&lab);
        let text = Saved::write(&lesson, &session.link().write());
        for end in 0..text.len() - 1 {
            if text.is_char_boundary(end) && end < text.find("\nfaultline progress").expect("progress") {
                assert!(Saved::read(&text[..end], &library).is_err(), "{end}");
            }
        }
        assert!(Saved::read(&text.replace("run 1", "run 9"), &library).is_err());
        let run = text.lines().nth(2).expect("a run").to_owned();
        let short = Saved::read(&text.replace(&run, "run "), &library).expect("a state without its run");
        let (mut other, _) = self::lesson(&lab);
        assert_eq!(short.restore(&mut other).expect("the place").playhead(), Time::ZERO);
        let strange = Saved::read(&text.replace("lab L10 bet", "lab L10 step 99"), &library).expect("readable");
        assert!(strange.restore(&mut other).is_err());
        assert_eq!(other.place, Place::Bet);
    }
}
