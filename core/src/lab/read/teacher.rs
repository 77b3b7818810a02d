//! What is for whoever teaches with the lab.

use super::super::challenge::Challenge;
use super::super::predicate::{Names, unknown};
use super::super::{Scene, Teacher, Textbook};
use super::{Part, Reader};

impl Reader<'_> {
    /// The challenge in whose world something runs, by its place. Names are those of that world from then on.
    fn in_challenge(&mut self, part: &Part<'_>, challenges: &[Challenge]) -> Option<usize> {
        let (id, at) = part.text("challenge")?;
        let challenge = challenges.iter().position(|challenge| challenge.id == id);
        if challenge.is_none() {
            let why = unknown("challenge", id, challenges.iter().map(|challenge| challenge.id.as_str()));
            self.problem(at, part.path("challenge"), why);
        }
        if let Some(world) = challenge.and_then(|index| challenges[index].world.as_ref()) {
            self.names = self.library.find(&world.scenario.model).map(|model| Names::of(model, &world.scenario));
        }
        challenge
    }

    pub(super) fn textbook(&mut self, part: &Part<'_>, challenges: &[Challenge]) -> Textbook {
        let lab = self.names.clone();
        let challenge = self.in_challenge(part, challenges);
        if let Some((code, at)) = part.text("code").filter(|(code, _)| code.trim().lines().count() > 30) {
            self.problem(at, part.path("code"), format!("it has {} lines; nobody reads more than 30", code.trim().lines().count()));
        }
        let (as_written, corrected) = (self.settings(part, "as-written"), self.settings(part, "corrected"));
        self.names = lab;
        if as_written == corrected {
            self.problem(part.table.at, part.path("corrected"), "these are the same settings as those as written");
        }
        Textbook { title: part.said("title"), code: part.said("code"), wrong: part.said("wrong"), challenge, as_written, corrected }
    }

    pub(super) fn teacher(&mut self, part: &Part<'_>, challenges: &[Challenge]) -> Teacher {
        let mut scenes = Vec::new();
        for scene in part.parts("scene") {
            let lab = self.names.clone();
            let challenge = self.in_challenge(&scene, challenges);
            let settings = self.settings(&scene, "settings");
            let script = self.script(&scene, "script");
            let until = self.predicate(&scene, "until");
            if let (Some(script), Some(until)) = (script, until) {
                let seed = scene.number("seed").map(i64::unsigned_abs);
                let line = self.lines.line(scene.table.at);
                scenes.push(Scene { title: scene.said("title"), challenge, seed, settings, script, until, line });
            }
            self.names = lab;
        }
        Teacher { goal: part.said("goal"), plan: part.lines("plan"), questions: part.lines("questions"), scenes }
    }
}
