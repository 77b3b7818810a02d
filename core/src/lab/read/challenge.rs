//! What the learner has to reach, to survive, or to foresee.

use super::super::challenge::{Attack, Challenge, NETWORK_PARTS, Task};
use super::super::document::Value;
use super::super::format::{self};
use super::super::guess::{Cause, Guess};
use super::super::predicate::{Names, Predicate, unknown};
use super::super::script::ACTIONS;
use super::super::search::{Search, Seek};
use super::super::tour::Answer;
use super::super::{NODES, Settings, World};
use super::words::some_time;
use super::{Part, Reader};
use crate::judge::Promise;
use crate::sim::Chance;
use std::collections::{BTreeMap, BTreeSet};

impl Reader<'_> {
    pub(super) fn challenge(&mut self, part: &Part<'_>, lab: Option<&World>) -> Option<Challenge> {
        let kind = part.said("kind");
        const SHARED: [&str; 11] = ["id", "title", "kind", "say", "world", "length", "settings", "knobs", "search", "hints", "won"];
        let (needed, other): (&[&str], &[&str]) = match kind.as_str() {
            "break" => (&["goal", "allow", "solution"], &["never", "at-most", "par", "fix"]),
            "defend" => (&["goal", "knobs", "defence", "mistakes", "attack"], &["survive"]),
            "predict" => (&["answer", "fix"], &["script", "option", "measure", "tolerance", "when"]),
            _ => return None,
        };
        for name in needed.iter().filter(|name| part.table.get(name).is_none()) {
            self.problem(part.table.at, part.path(name), format!("a challenge to {kind} needs this"));
        }
        for entry in &part.table.entries {
            let key = entry.key.as_str();
            let known = format::LAB.fields.iter().find_map(|field| match field.kind {
                format::Kind::Tables(shape, ..) if field.name == "challenge" => Some(shape),
                _ => None,
            });
            let is_field = known.is_some_and(|shape| shape.fields.iter().any(|field| field.name == key));
            if is_field && !SHARED.contains(&key) && !needed.contains(&key) && !other.contains(&key) {
                self.problem(entry.at, part.path(key), format!("a challenge to {kind} has none"));
            }
        }
        let names = self.names.clone();
        let own = part.part("world");
        let world = own.as_ref().and_then(|part| self.world(part));
        let mut challenge = None;
        if own.is_none() || world.is_some() {
            let sizes = world.as_ref().or(lab).map_or_else(Vec::new, |world| world.sizes.clone());
            challenge = self.puzzle(part, &kind, world);
            if let Some(challenge) = challenge.as_mut().filter(|challenge| challenge.knobs.iter().any(|knob| knob == NODES)) {
                challenge.sizes = self.sized(part, &kind, sizes);
            }
        }
        self.names = names;
        challenge
    }

    /// Reads what may have a world of its own, in the names that there are in that.
    pub(super) fn in_own_world<T>(
        &mut self,
        part: &Part<'_>,
        read: impl FnOnce(&mut Self, &Part<'_>, Option<World>) -> Option<T>,
    ) -> Option<T> {
        let lab = self.names.clone();
        let own = part.part("world");
        let world = own.as_ref().and_then(|part| self.world(part));
        let found = if own.is_some() && world.is_none() { None } else { read(self, part, world) };
        self.names = lab;
        found
    }

    /// The same challenge in worlds with other numbers of nodes.
    fn sized(&mut self, part: &Part<'_>, kind: &str, worlds: Vec<World>) -> Vec<Challenge> {
        if worlds.is_empty() {
            let at = part.table.get("knobs").map_or(part.table.at, |node| node.at);
            self.problem(at, part.path("knobs"), "its world has no `sizes`, so nobody can choose how many nodes there are");
        }
        let mut sizes = Vec::new();
        for world in worlds {
            self.names = self.library.find(&world.scenario.model).map(|model| Names::of(model, &world.scenario));
            sizes.extend(self.with_nodes(world.scenario.nodes.into(), |reader| reader.puzzle(part, kind, Some(world))));
        }
        sizes
    }

    /// A challenge, once it is known which names there are in its world.
    fn puzzle(&mut self, part: &Part<'_>, kind: &str, world: Option<World>) -> Option<Challenge> {
        let length = self.told(part, "length", some_time);
        let settings = self.settings(part, "settings");
        let others: Vec<_> = [NODES, "network"].into_iter().chain(NETWORK_PARTS).collect();
        let knobs = self.knobs(part, "knobs", &others);
        let searches: Vec<_> = part.parts("search").iter().filter_map(|part| self.search(part)).collect();
        if kind == "break" && part.table.get("fix").is_none() && !searches.iter().any(|search| search.found) {
            self.problem(part.table.at, part.path("fix"), "a challenge to break needs this, or a search that shows that nothing helps");
        }
        let task = match kind {
            "break" => self.breaking(part),
            "defend" => self.defending(part, &knobs),
            _ => self.predicting(part),
        };
        let during = matches!(&task, Some(Task::Break { allow, .. }) if allow.iter().any(|action| action == "network"));
        if let Some(alone) = knobs.iter().find(|knob| !during && NETWORK_PARTS.contains(&knob.as_str())) {
            let at = part.table.get("knobs").map_or(part.table.at, |node| node.at);
            self.problem(at, part.path("knobs"), format!("{alone} can be turned alone only where `allow` has network"));
        }
        Some(Challenge {
            id: part.said("id"),
            title: part.said("title"),
            say: part.said("say"),
            length,
            settings,
            knobs,
            hints: part.lines("hints"),
            won: part.said("won"),
            task: task?,
            world,
            searches,
            sizes: Vec::new(),
            line: self.lines.line(part.table.at),
        })
    }

    fn search(&mut self, part: &Part<'_>) -> Option<Search> {
        let names = self.names.clone()?;
        let seek = self.told(part, "seek", |text| {
            let inner = |form: &str| text.trim().strip_prefix(form)?.strip_suffix(')');
            if let Some(name) = inner("broken(") {
                let found = names.promises.iter().find(|promise| **promise == name);
                return found.map(|promise| Seek::Broken(promise)).ok_or_else(|| unknown("promise", name, names.promises.iter().copied()));
            }
            let name = inner("done and kept(").ok_or("it is broken(NAME), or done and kept(NAME)")?;
            let found = Promise::named(name).map(Seek::Done);
            found.ok_or_else(|| unknown("promise", name, Promise::ALL.iter().map(|(name, _)| *name)))
        });
        let mut ask = Vec::new();
        for (index, (text, at)) in part.texts("ask").into_iter().enumerate() {
            match names.op(text) {
                Ok(op) => ask.push(op),
                Err(why) => self.problem(at, format!("{}[{}]", part.path("ask"), index + 1), why),
            }
        }
        let settings: Vec<_> = (1..)
            .zip(part.items("settings"))
            .map(|(number, node)| self.settings_of(node, &format!("{}[{number}]", part.path("settings"))))
            .collect();
        Some(Search {
            say: part.said("say"),
            nodes: part.count("nodes"),
            settings: if settings.is_empty() { vec![Settings::new()] } else { settings },
            cut: part.on("cut"),
            ask,
            timers: part.count("timers").unwrap_or(0),
            crashes: part.count("crashes").unwrap_or(0),
            seek: seek?,
            found: part.on("found"),
            line: self.lines.line(part.table.at),
        })
    }

    fn breaking(&mut self, part: &Part<'_>) -> Option<Task> {
        let goal = self.predicate(part, "goal");
        let never = self.predicate(part, "never");
        let allow = self.known(part, "allow", "action", &ACTIONS);
        let mut at_most = BTreeMap::new();
        if let Some(limits) = part.part("at-most") {
            for entry in &limits.table.entries {
                let number = match entry.node.value {
                    Value::Number(number) => u32::try_from(number).ok(),
                    _ => None,
                };
                match (ACTIONS.contains(&entry.key.as_str()), number) {
                    (false, _) => self.problem(entry.at, limits.path(&entry.key), unknown("action", &entry.key, ACTIONS.into_iter())),
                    (_, None) => self.problem(entry.node.at, limits.path(&entry.key), "this should be a whole number"),
                    (true, Some(number)) => {
                        at_most.insert(entry.key.clone(), number);
                    }
                }
            }
        }
        let solution = self.script(part, "solution");
        let fix = part.table.get("fix").map(|_| self.settings(part, "fix"));
        let par = part.number("par").map(|par| par as u32);
        Some(Task::Break { goal: goal?, never, allow, at_most, par, solution: solution?, fix })
    }

    fn defending(&mut self, part: &Part<'_>, knobs: &[String]) -> Option<Task> {
        let goal = self.predicate(part, "goal");
        let survive = self.chance(part, "survive").unwrap_or(Chance::ALWAYS);
        let attacks: Vec<_> = part
            .parts("attack")
            .iter()
            .filter_map(|part| {
                let script = self.script(part, "script")?;
                let everywhere = self.script(part, "everywhere")?;
                Some(Attack { script, seeds: part.number("seeds").unwrap_or(1) as u64, everywhere })
            })
            .collect();
        let defence = self.settings(part, "defence");
        let mistakes: Vec<_> = (1..)
            .zip(part.items("mistakes"))
            .map(|(number, node)| self.settings_of(node, &format!("{}[{number}]", part.path("mistakes"))))
            .collect();
        if part.table.get("mistakes").is_some() && mistakes.is_empty() {
            self.problem(
                part.table.at,
                part.path("mistakes"),
                "name at least one plausible mistake, so that it is known that the attacks find it",
            );
        }
        for key in defence.keys().filter(|key| !knobs.contains(key)) {
            self.problem(part.table.at, part.path("defence"), format!("{key} is not among the knobs, so nobody can choose it"));
        }
        Some(Task::Defend { goal: goal?, attacks, survive, defence, mistakes })
    }

    fn predicting(&mut self, part: &Part<'_>) -> Option<Task> {
        let answer = self.answer(part);
        let script = self.script(part, "script");
        let when = match part.text("when") {
            Some(_) => self.predicate(part, "when"),
            None => Predicate::parse("end", self.names.as_ref()?).ok(),
        };
        let fix = self.settings(part, "fix");
        let right = part.said("answer");
        if let Some(Answer::Options(options)) = &answer
            && !options.iter().any(|(say, _)| *say == right)
        {
            let at = part.text("answer").map_or(part.table.at, |(_, at)| at);
            self.problem(at, part.path("answer"), unknown("option", &right, options.iter().map(|(say, _)| say.as_str())));
        }
        Some(Task::Predict { script: script?, answer: answer?, when: when?, right, fix })
    }

    /// Complains about what has the same name as another.
    pub(super) fn different(&mut self, parts: &[Part<'_>], name: &str, what: &str) {
        let mut names = BTreeSet::new();
        for part in parts {
            if let Some((text, at)) = part.text(name)
                && !names.insert(text)
            {
                self.problem(at, part.path(name), format!("another {what} has the same"));
            }
        }
    }

    pub(super) fn guess(&mut self, part: &Part<'_>, world: Option<World>) -> Option<Guess> {
        let names = self.names.clone()?;
        let eyes = self.told(part, "eyes", |text| names.endpoint(text).ok_or_else(|| format!("there is no node or client “{text}”")));
        let (script, when) = (self.script(part, "script"), self.predicate(part, "when"));
        let mut cases = Vec::new();
        self.different(&part.parts("case"), "id", "case");
        for case in part.parts("case") {
            let (script, holds) = (self.script(&case, "script"), self.predicate(&case, "holds"));
            if let (Some(script), Some(holds)) = (script, holds) {
                cases.push(Cause { id: case.said("id"), say: case.said("say"), script, holds });
            }
        }
        Some(Guess {
            id: part.said("id"),
            title: part.said("title"),
            say: part.said("say"),
            told: part.said("told"),
            world,
            eyes: eyes?,
            script: script?,
            when: when?,
            cases: (cases.len() > 1).then_some(cases)?,
            line: self.lines.line(part.table.at),
        })
    }
}
