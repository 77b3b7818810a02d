//! What the page around hears of a lab without asking: that it is ready, how far the learner is, what
//! was foreseen and what came of it, and every challenge that was solved, with the run as its proof. No
//! types of the browser, so that all of it is tested natively.

use super::message::{Json, Message};
use crate::lesson::{Lesson, Place, Saved};
use crate::session::Session;
use crate::text;
use faultline::lab::challenge::{Challenge, Task};
use faultline::lab::progress::LabProgress;

/// What was said already.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What was asked for: a lab by its id or by the address of its file.
    lab: Option<String>,
    ready: bool,
    /// Where the learner is since when, in milliseconds, and what was done by then.
    place: Option<(Place, f64)>,
    done: LabProgress,
    foreseen: Vec<Message>,
    solved: bool,
    playing: bool,
    state: Option<Message>,
}

/// How many stars a challenge can have.
const MOST_STARS: u32 = 3;

impl Report {
    /// Nothing was said yet of this lab, as it was asked for, or of what is no lab.
    pub(crate) fn of(lab: Option<String>) -> Self {
        Self { lab, ..Self::default() }
    }

    /// What is new, at this time in milliseconds; the page says at which address it stands.
    pub(crate) fn look(&mut self, lesson: Option<&Lesson>, session: &Session, address: &dyn Fn() -> String, now: f64) -> Vec<Message> {
        let mut news = Vec::new();
        if !self.ready {
            self.ready = true;
            news.push(ready(lesson, session));
        }
        if let Some(lesson) = lesson {
            self.progress(lesson, now, &mut news);
            self.foreseen(lesson, &mut news);
            self.solved(lesson, session, address, now, &mut news);
        }
        if self.playing != session.playing() {
            self.playing = session.playing();
            news.extend(self.state(lesson, session));
        }
        news
    }

    /// The run as it is now, if it is not as it was said to be.
    pub(crate) fn state(&mut self, lesson: Option<&Lesson>, session: &Session) -> Option<Message> {
        let link = session.link().write();
        let saved = Json::or_null(lesson, |lesson| Json::text(&Saved::write(lesson, &link)));
        let state = Message::new(
            "state",
            &[
                ("lab", Json::or_null(self.lab.as_deref(), Json::text)),
                ("playing", Json::flag(session.playing())),
                ("milliseconds", Json::number(session.playhead().0 / 1_000_000)),
                ("link", Json::text(&link)),
                ("state", saved),
            ],
        );
        let new = self.state.as_ref() != Some(&state);
        self.state = Some(state.clone());
        new.then_some(state)
    }

    fn progress(&mut self, lesson: &Lesson, now: f64, news: &mut Vec<Message>) {
        let moved = self.place.is_none_or(|(place, _)| place != lesson.place);
        if moved {
            self.place = Some((lesson.place, now));
            self.solved = false;
        }
        if !moved && self.done == lesson.progress {
            return;
        }
        self.done = lesson.progress.clone();
        let lab = &lesson.lab;
        let stars = |challenge: &Challenge| lesson.progress.challenges.get(&challenge.id).map_or(0, |solved| u64::from(solved.stars));
        let place = match lesson.place {
            // Whoever guesses or measures plays freely, as far as others need to know.
            Place::Guess(_) | Place::Study(_) => Place::Free.name(),
            place => place.name(),
        };
        let challenge = |challenge: &Challenge| {
            Json::object(&[
                ("id", Json::text(&challenge.id)),
                ("title", Json::text(&challenge.title)),
                ("stars", Json::number(stars(challenge))),
            ])
        };
        news.push(Message::new(
            "progress",
            &[
                ("lab", Json::text(&lab.id)),
                ("place", Json::text(place)),
                ("step", Json::number(u64::from(lesson.progress.step))),
                ("steps", Json::number(lab.steps.len() as u64)),
                ("challenges", Json::list(lab.challenges.iter().map(challenge))),
                ("stars", Json::number(lab.challenges.iter().map(stars).sum())),
                ("mostStars", Json::number(lab.challenges.len() as u64 * u64::from(MOST_STARS))),
            ],
        ));
    }

    /// The bet and the answers of challenges, as they are given and as they are decided.
    fn foreseen(&mut self, lesson: &Lesson, news: &mut Vec<Message>) {
        let bet = &lesson.lab.bet;
        let mut said = Vec::new();
        if let Some(guess) = &lesson.bet {
            let right = bet.answer.is_right(guess, &lesson.truth);
            let truth = right.map(|_| text::truth(&bet.answer, &lesson.truth));
            said.push(prediction(&lesson.lab.id, "bet", &bet.ask, &text::guess(&bet.answer, guess), truth, right));
        }
        if let (Place::Challenge(index), Some(guess)) = (lesson.place, &lesson.answer) {
            let challenge = &lesson.lab.challenges[index];
            if let Task::Predict { answer, .. } = &challenge.task {
                // It can be tried again, so what would have been right is not given away.
                let answered = text::guess(answer, guess);
                said.push(prediction(&lesson.lab.id, &challenge.id, &challenge.say, &answered, None, lesson.is_solved()));
            }
        }
        for message in said {
            if !self.foreseen.contains(&message) {
                self.foreseen.push(message.clone());
                news.push(message);
            }
        }
    }

    fn solved(&mut self, lesson: &Lesson, session: &Session, address: &dyn Fn() -> String, now: f64, news: &mut Vec<Message>) {
        let (Place::Challenge(index), Some(stars)) = (lesson.place, lesson.stars) else {
            // The same challenge again: its time begins anew.
            if std::mem::take(&mut self.solved) {
                self.place = Some((lesson.place, now));
            }
            return;
        };
        if std::mem::replace(&mut self.solved, true) {
            return;
        }
        let challenge = &lesson.lab.challenges[index];
        let since = self.place.map_or(now, |(_, since)| since);
        let seconds = ((now - since).max(0.0) / 1000.0) as u64;
        news.push(completed(lesson, challenge, u32::from(stars), seconds, &session.link().write(), &address()));
    }
}

fn ready(lesson: Option<&Lesson>, session: &Session) -> Message {
    let scenario = session.sim().scenario();
    Message::new(
        "ready",
        &[
            ("version", Json::text(env!("CARGO_PKG_VERSION"))),
            ("lab", Json::or_null(lesson, |lesson| Json::text(&lesson.lab.id))),
            ("title", Json::text(lesson.map_or(session.about().title, |lesson| &lesson.lab.title))),
            ("model", Json::text(session.about().id)),
            // As text: not every seed is a number in JavaScript.
            ("seed", Json::text(&scenario.seed.to_string())),
        ],
    )
}

fn prediction(lab: &str, about: &str, asked: &str, answered: &str, truth: Option<String>, right: Option<bool>) -> Message {
    let fields = [
        ("lab", Json::text(lab)),
        ("about", Json::text(about)),
        ("asked", Json::text(asked)),
        ("answered", Json::text(answered)),
        ("truth", Json::or_null(truth, |truth| Json::text(&truth))),
        ("right", Json::or_null(right, Json::flag)),
    ];
    Message::new("prediction", &fields)
}

fn completed(lesson: &Lesson, challenge: &Challenge, stars: u32, seconds: u64, link: &str, address: &str) -> Message {
    let lab = &lesson.lab;
    let score = || {
        Json::object(&[
            ("raw", Json::number(u64::from(stars))),
            ("min", Json::number(0)),
            ("max", Json::number(u64::from(MOST_STARS))),
            ("scaled", Json(["0", "0.33", "0.67", "1"][stars.min(MOST_STARS) as usize].into())),
        ])
    };
    let duration = || Json::text(&["PT", &seconds.to_string(), "S"].concat());
    let named = |name: &str| Json::object(&[("en", Json::text(name))]);
    let object = Json::object(&[
        ("objectType", Json::text("Activity")),
        ("id", Json::text(&[address, crate::route::LAB, &lab.id, "&challenge=", &challenge.id].concat())),
        (
            "definition",
            Json::object(&[
                ("name", named(&[&lab.title, ": ", &challenge.title].concat())),
                ("type", Json::text("http://adlnet.gov/expapi/activities/simulation")),
            ]),
        ),
    ]);
    let result = Json::object(&[
        ("score", score()),
        ("success", Json::flag(true)),
        ("completion", Json::flag(true)),
        ("duration", duration()),
        ("response", Json::text(link)),
    ]);
    let verb = Json::object(&[("id", Json::text("http://adlnet.gov/expapi/verbs/completed")), ("display", named("completed"))]);
    Message::new(
        "completed",
        &[
            ("lab", Json::text(&lab.id)),
            ("challenge", Json::text(&challenge.id)),
            ("score", score()),
            ("duration", duration()),
            ("link", Json::text(link)),
            ("statement", Json::object(&[("verb", verb), ("object", object), ("result", result)])),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Say, Then};
    use crate::shared::Shared;
    use faultline::lab::Lab;
    use faultline::link::Link;
    use faultline::models::Library;

    fn lab(id: &str) -> Shared<Lab> {
        let file = format!("{}/../static/labs/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        Shared::new(Lab::read(&std::fs::read_to_string(file).expect("a file"), id, &Library::standard()).expect("a lab"))
    }

    fn hear(lesson: &mut Lesson, session: &mut Session, say: Say) {
        if let Then::Show { scenario, moment, .. } = lesson.hear(say, session) {
            *session = Session::new(&Library::standard(), *scenario).expect("a run");
            session.seek(moment);
        }
    }

    fn kinds(news: &[Message]) -> Vec<&'static str> {
        news.iter().map(|message| message.kind).collect()
    }

    #[test]
    fn everything_is_said_once_and_the_proof_is_a_proof() {
        let (lab, library) = (lab("L10"), Shared::new(Library::standard()));
        let mut lesson = Lesson::new(lab.clone(), library.clone(), LabProgress::default());
        let mut session = Session::new(&library, lesson.scenario()).expect("a run");
        let mut report = Report::default();
        assert_eq!(kinds(&report.look(Some(&lesson), &session, &String::new, 0.0)), ["ready", "progress"]);
        assert!(report.look(Some(&lesson), &session, &String::new, 1.0).is_empty());
        hear(&mut lesson, &mut session, Say::Guess("1".into()));
        assert_eq!(kinds(&report.look(Some(&lesson), &session, &String::new, 2.0)), ["progress", "prediction"]);
        let (index, challenge) =
            lab.challenges.iter().enumerate().find(|(_, one)| matches!(one.task, Task::Break { .. })).expect("something to break");
        hear(&mut lesson, &mut session, Say::Challenge(index));
        assert_eq!(kinds(&report.look(Some(&lesson), &session, &String::new, 1_000.0)), ["progress"]);
        let run = lab.runs(&library).expect("runs").into_iter().find(|(name, ..)| *name == format!("challenge {}", challenge.id));
        session = Session::new(&library, run.expect("its solution").1).expect("a run");
        session.seek(challenge.end(&lab));
        let at = lesson.watch(&session).expect("solved");
        session.seek(at);
        let news = report.look(Some(&lesson), &session, &|| "https://a.course/x/".into(), 84_500.0);
        assert_eq!(kinds(&news), ["progress", "completed"]);
        let said = news[1].fields();
        assert!(said.contains("\"duration\":\"PT83S\""), "{said}");
        assert!(said.contains(&format!("\"id\":\"https://a.course/x/#lab=L10&challenge={}\"", challenge.id)), "{said}");
        let link = said.split("\"link\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        let link = Link::read(link, &library).expect("a link that can be read");
        assert_eq!(link.verify(&library, 1_000_000), Ok(faultline::link::Verdict::Same));
        assert_eq!(challenge.decide(&lab, &library, &link.scenario, None).map(|verdict| verdict.solved), Ok(Some(true)));
        assert!(report.look(Some(&lesson), &session, &String::new, 90_000.0).is_empty());
    }
}
