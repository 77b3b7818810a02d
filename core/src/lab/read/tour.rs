//! The guided part: bets, steps, questions.

use super::super::document::Problem;
use super::super::format;
use super::super::predicate::{Measure, Value as Found};
use super::super::tour::{Answer, Bet, Doing, Step};
use super::super::{NODES, World};
use super::{Part, Reader};
use crate::sim::Span;
use std::collections::BTreeSet;

impl Reader<'_> {
    /// What a bet or a challenge lets one foresee.
    pub(super) fn answer(&mut self, part: &Part<'_>) -> Option<Answer> {
        let mut options = Vec::new();
        for option in part.parts("option") {
            if let Some(right) = self.predicate(&option, "right") {
                options.push((option.said("say"), right));
            }
        }
        let at = part.table.at;
        let words = |text: &str| text.split_whitespace().count();
        let asked = part.text("ask").map_or(0, |(text, _)| words(text)) + options.iter().map(|(say, _)| words(say)).sum::<usize>();
        if asked > format::MOST_WORDS {
            self.problem(
                at,
                part.path("option"),
                format!("the question and its options have {asked} words together; there is room for 40"),
            );
        }
        let measured = part.table.get("measure").is_some();
        if measured != part.items("option").is_empty() {
            self.problem(at, part.path("option"), "there should be either options or a measure");
            return None;
        }
        if !measured {
            return (options.len() == part.items("option").len()).then_some(Answer::Options(options));
        }
        let measure = self.in_language(part, "measure", Measure::parse);
        let Some((text, at)) = part.text("tolerance") else {
            self.problem(at, part.path("tolerance"), "a measure needs to know how far off an answer may be");
            return None;
        };
        let relative = text.trim().ends_with('%');
        let tolerance = Found::read(text);
        if !matches!(tolerance, Found::Number(0..) | Found::Span(0..)) {
            self.problem(at, part.path("tolerance"), "this is no number, share or length of time");
        }
        Some(Answer::Number { measure: measure?, tolerance, relative })
    }

    pub(super) fn bet(&mut self, part: &Part<'_>) -> Option<Bet> {
        let answer = self.answer(part);
        let when = self.predicate(part, "when");
        Some(Bet { ask: part.said("ask"), answer: answer?, when: when?, line: self.lines.line(part.table.at) })
    }

    pub(super) fn step(&mut self, part: &Part<'_>) -> Option<Step> {
        let own = part.part("world");
        let world = own.as_ref().and_then(|part| self.world(part));
        if own.is_some() && world.is_none() {
            return None;
        }
        let stop = self.predicate(part, "stop");
        let script = self.script(part, "script");
        let within = self.span(part, "within").unwrap_or(Span::secs(30));
        let reveal = self.knobs(part, "reveal", &[NODES]);
        let kind = part.said("kind");
        let has = |name: &str| part.table.get(name).is_some();
        let (wanted, not): (&[&str], &[&str]) = match kind.as_str() {
            "do" => (&["stop", "script"], &[]),
            "see" => (&["stop"], &["script", "anyone"]),
            "explain" => (&[], &["stop", "script", "within", "anyone"]),
            // That there is no such kind was said already, and what it would need is not known.
            _ => return None,
        };
        for name in wanted.iter().filter(|name| !has(name)) {
            self.problem(part.table.at, part.path(name), format!("a step to {kind} needs this"));
        }
        for name in not.iter().filter(|name| has(name)) {
            self.problem(part.table.at, part.path(name), format!("a step to {kind} has none"));
        }
        let doing = match kind.as_str() {
            "do" => Doing::Do { stop: stop?, script: script?, within },
            "see" => Doing::See { stop: stop?, within },
            _ => Doing::Explain,
        };
        Some(Step {
            doing,
            say: part.said("say"),
            more: part.text("more").map(|(text, _)| text.trim().to_owned()),
            reveal,
            shows: part.lines("shows"),
            anyone: part.on("anyone"),
            world,
            line: self.lines.line(part.table.at),
        })
    }

    pub(super) fn check_steps(&mut self, part: &Part<'_>, steps: &[Step]) {
        let Some(node) = part.table.get("step") else { return };
        if steps.len() < part.items("step").len() {
            return;
        }
        let is = |kind: fn(&Doing) -> bool| steps.iter().any(|step| kind(&step.doing));
        for (name, found) in [
            ("do", is(|doing| matches!(doing, Doing::Do { .. }))),
            ("see", is(|doing| matches!(doing, Doing::See { .. }))),
            ("explain", is(|doing| matches!(doing, Doing::Explain))),
        ] {
            if !found {
                self.problem(node.at, "step", format!("no step is of the kind “{name}”"));
            }
        }
        if matches!(steps.first(), Some(Step { doing: Doing::Explain, .. })) {
            self.problem(node.at, "step[1].kind", "a lab never begins with an explanation");
        }
        if steps.first().is_some_and(|step| step.world.is_some()) {
            self.problem(node.at, "step[1].world", "a lab begins in its own world; a later step may bring another");
        }
    }
    pub(super) fn check_shows(&mut self, world: &World, steps: &[Step]) {
        let mut measures = &world.measures;
        for (number, step) in (1..).zip(steps) {
            measures = step.world.as_ref().map_or(measures, |world| &world.measures);
            for name in step.shows.iter().filter(|name| !measures.iter().any(|measure| measure.name == **name)) {
                let names: Vec<_> = measures.iter().map(|measure| format!("“{}”", measure.name)).collect();
                let why = match names.as_slice() {
                    [] => format!("“{name}” is not measured here, and nothing else is"),
                    names => format!("“{name}” is not measured here; measured are {}", names.join(", ")),
                };
                self.problems.push(Problem { line: step.line, field: format!("step[{number}].shows"), why });
            }
        }
    }

    pub(super) fn check_knobs(&mut self, part: &Part<'_>, world: &World, steps: &[Step]) {
        let at = part.table.get("knobs").map_or(part.table.at, |node| node.at);
        let mut revealed: BTreeSet<&String> = BTreeSet::new();
        let mut known: BTreeSet<&String> = world.knobs.iter().collect();
        let mut own = BTreeSet::new();
        for (number, step) in (1..).zip(steps) {
            if let Some(world) = &step.world {
                known = world.knobs.iter().collect();
                own.append(&mut std::mem::take(&mut revealed));
            }
            for knob in &step.reveal {
                let again = !revealed.insert(knob);
                let why = if again { "was revealed before" } else { "is not among the knobs of the world" };
                if again || !known.contains(knob) {
                    let field = format!("step[{number}].reveal");
                    self.problems.push(Problem { line: step.line, field, why: format!("{knob} {why}") });
                }
            }
            // With another number of nodes the run begins anew, and its nodes may not be those that a step names.
            let goes_on = steps.get(number).is_some_and(|next| next.world.is_none());
            if step.reveal.iter().any(|knob| knob == NODES) && (goes_on || !matches!(step.doing, Doing::Explain)) {
                let why = "nodes can be revealed only by a step to explain that is the last in its world";
                self.problems.push(Problem { line: step.line, field: format!("step[{number}].reveal"), why: why.into() });
            }
        }
        revealed.append(&mut own);
        let first = world.knobs.iter().filter(|knob| !revealed.contains(knob)).count();
        if first > 2 {
            let why =
                format!("{first} knobs are there from the start; with more than two nobody knows where to begin. Let steps reveal them");
            self.problem(at, part.path("knobs"), why);
        }
        if world.scenario.nodes > 5 && part.table.get("nodes").is_some() && world.scenario.nodes < 30 {
            let at = part.table.get("nodes").map_or(at, |node| node.at);
            self.problem(at, part.path("nodes"), "the first screen has at most 5 nodes, or more than 30 as a crowd");
        }
    }
}
