//! Where somebody is in a lab, as a few lines of text that the page around can keep and give back: the
//! browser keeps nothing for a page in a strange page, and a course keeps it for the learner.
//!
//! ```text
//! faultline state 1
//! lab L10 step 2
//! run 1DnByaW1hcnktYmFja3Vw...
//! faultline progress 1
//! lab L10 step=3 bet=right
//! challenge L10 lose stars=2 actions=3 hints=0 seeds=7
//! ```

use crate::lesson::{Lesson, Place};
use crate::session::Session;
use faultline::lab::Lab;
use faultline::lab::progress::{LabProgress, Progress};
use faultline::link::Link;
use faultline::models::Library;

/// Where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) lab: String,
    /// The place in the lab: its kind, and which one.
    place: (String, String),
    /// The run, unless whoever kept this had no room for it.
    link: Option<Link>,
    pub(crate) progress: LabProgress,
}

const HEAD: &str = "faultline state 1";

impl Saved {
    /// Where somebody is now, as text.
    pub(crate) fn write(lesson: &Lesson, link: &str) -> String {
        let id = &lesson.lab.id;
        let (place, which) = match lesson.place {
            Place::Bet => ("bet", String::new()),
            Place::Step(index) => ("step", (index + 1).to_string()),
            Place::Choice => ("choice", String::new()),
            Place::Challenge(index) => ("challenge", lesson.lab.challenges[index].id.clone()),
            Place::Free | Place::Study(_) => ("free", String::new()),
        };
        let mut progress = Progress::default();
        progress.labs.insert(id.clone(), lesson.progress.clone());
        let run = link.trim_start_matches(faultline::link::MARK);
        [HEAD, "\nlab ", id, " ", place, " ", &which, "\nrun ", run, "\n", &progress.write()].concat()
    }

    /// Reads what [`write`](Self::write) has written, or says which part of it cannot be read.
    pub(crate) fn read(text: &str, library: &Library) -> Result<Self, String> {
        let bad = |line: u32| format!("line {line} of the state cannot be read");
        let mut lines = text.splitn(4, '\n');
        let mut next = |line: u32, begin: &str| lines.next().and_then(|text| text.strip_prefix(begin)).ok_or_else(|| bad(line));
        next(1, HEAD)?;
        let mut words = next(2, "lab ")?.split(' ');
        let (Some(lab), Some(place)) = (words.next(), words.next()) else { return Err(bad(2)) };
        let place = (place.to_owned(), words.next().unwrap_or_default().to_owned());
        let link = match next(3, "run ")? {
            "" => None,
            run => Some(Link::read(run, library).map_err(|fault| fault.to_string())?),
        };
        let progress = Progress::read(lines.next().unwrap_or_default())?.labs.remove(lab).unwrap_or_default();
        Ok(Self { lab: lab.to_owned(), place, link, progress })
    }

    /// The place in a lab, if there is one like it.
    pub(crate) fn place(&self, lab: &Lab) -> Option<Place> {
        let (kind, which) = &self.place;
        Some(match kind.as_str() {
            "bet" => Place::Bet,
            "step" => Place::Step(which.parse::<usize>().ok()?.checked_sub(1).filter(|step| *step < lab.steps.len())?),
            "choice" => Place::Choice,
            "challenge" => Place::Challenge(lab.challenges.iter().position(|challenge| challenge.id == *which)?),
            "free" => Place::Free,
            _ => return None,
        })
    }

    /// Brings a lesson and its run to this place; says what is in the way.
    pub(crate) fn restore(self, lesson: &mut Lesson, library: &Library) -> Result<Session, String> {
        let place = self.place(&lesson.lab).ok_or("the lab has no such place any more")?;
        // A challenge may have a world of its own.
        let model = match place {
            Place::Challenge(index) => lesson.lab.challenges[index].start(&lesson.lab).model,
            _ => lesson.scenario().model,
        };
        let session = match self.link {
            Some(link) if link.scenario.model != model => {
                return Err("the run of the state is not one of this lab".into());
            }
            Some(link) => Session::of_link(library, link).map(|(session, _)| session),
            None => Session::new(library, lesson.scenario()),
        };
        let session = session.map_err(|fault| fault.to_string())?;
        let mut all = Progress::default();
        all.labs.insert(String::new(), std::mem::take(&mut lesson.progress));
        all.merge(Progress { labs: [(String::new(), self.progress)].into() });
        lesson.progress = all.labs.remove("").unwrap_or_default();
        // On the way there the learner has not been any further than before.
        let progress = lesson.progress.clone();
        lesson.return_to(place)?;
        lesson.progress = progress;
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Say;
    use faultline::sim::Time;
    use std::rc::Rc;

    fn lab() -> Rc<Lab> {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs/L10.toml")).expect("a lab");
        Rc::new(Lab::read(&text, "L10", &Library::standard()).expect("a lab"))
    }

    fn lesson(lab: &Rc<Lab>) -> (Lesson, Session) {
        let library = Rc::new(Library::standard());
        let lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
        let session = Session::new(&library, lesson.scenario()).expect("a run");
        (lesson, session)
    }

    #[test]
    fn every_place_is_found_again() {
        let (lab, library) = (lab(), Library::standard());
        for place in [Place::Bet, Place::Step(0), Place::Step(lab.steps.len() - 1), Place::Choice, Place::Challenge(0), Place::Free] {
            let (mut before, mut session) = lesson(&lab);
            before.return_to(place).expect("a place");
            before.progress.step = 3;
            session.seek(Time(70_000_000));
            let text = Saved::write(&before, &session.link().write());
            let (mut after, _) = lesson(&lab);
            let again = Saved::read(&text, &library).expect("a state").restore(&mut after, &library).expect("the place");
            assert_eq!((after.place, after.progress.step), (place, 3));
            assert_eq!((again.sim().hash(), again.playhead()), (session.sim().hash(), session.playhead()));
            if let Place::Step(step) = place {
                after.hear(Say::Previous, &again);
                assert_eq!(after.place, if step == 0 { Place::Bet } else { Place::Step(step - 1) });
            }
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
        assert_eq!(short.restore(&mut other, &library).expect("the place").playhead(), Time::ZERO);
        let strange = Saved::read(&text.replace("lab L10 bet", "lab L10 step 99"), &library).expect("readable");
        assert!(strange.restore(&mut other, &library).is_err());
        assert_eq!(other.place, Place::Bet);
    }
}
