//! What only many runs show.

use super::super::World;
use super::super::predicate::{Measure, Predicate, Value as Found, unknown};
use super::super::script;
use super::super::study::{self, Case, Estimate, Facts, Known, Own, Place, Question, Study, Sweep};
use super::words::some_time;
use super::{Part, Reader};
use crate::protocol::ParamKind;

/// The most places that a curve has.
const MOST_PLACES: usize = 16;

/// The most cases that can be told apart when they are drawn together.
const MOST_TOGETHER: usize = 6;

impl Reader<'_> {
    /// A study, once it is known which names there are in its world.
    pub(super) fn survey(&mut self, part: &Part<'_>, world: Option<World>) -> Option<Study> {
        let kind = part.said("kind");
        let (needed, other): (&[&str], &[&str]) = match kind.as_str() {
            "curve" => (&["sweep", "at"], &["value", "holds", "hits", "of", "against", "across"]),
            "spread" => (&["value"], &[]),
            "matrix" => (&["row", "column"], &[]),
            _ => return None,
        };
        for name in needed.iter().filter(|name| part.table.get(name).is_none()) {
            self.problem(part.table.at, part.path(name), format!("a {kind} needs this"));
        }
        for name in ["sweep", "at", "value", "holds", "hits", "of", "against", "across", "row", "column"] {
            if let Some(node) = part.table.get(name)
                && !needed.contains(&name)
                && !other.contains(&name)
            {
                self.problem(node.at, part.path(name), format!("a {kind} has none"));
            }
        }
        let sweep = self.sweep(part);
        let cases = self.cases(part, &kind, sweep.as_ref());
        let question = self.question(part, &kind, sweep);
        let known = self.known_values(part, question.as_ref(), &cases);
        let script = self.script(part, "script");
        let when = self.predicate(part, "when");
        self.check_cases(part, &kind, &cases);
        Some(Study {
            id: part.said("id"),
            title: part.said("title"),
            say: part.said("say"),
            name: part.said("name"),
            question: question?,
            runs: part.number("runs").unwrap_or(2).unsigned_abs(),
            settings: self.settings(part, "settings"),
            knobs: self.knobs(part, "knobs", &[]),
            down: self.chance(part, "down").unwrap_or_default(),
            script: script?,
            when,
            length: self.told(part, "length", some_time),
            world,
            cases,
            together: part.on("together"),
            known,
            line: self.lines.line(part.table.at),
        })
    }

    /// What is found out, in the names that there are now.
    fn question(&mut self, part: &Part<'_>, kind: &str, sweep: Option<Sweep>) -> Option<Question> {
        match kind {
            "curve" => sweep.and_then(|sweep| self.curve(part, sweep)),
            "spread" => self.in_language(part, "value", Measure::parse).map(Question::Spread),
            _ => Some(Question::Matrix { rows: self.classes(part, "row"), columns: self.classes(part, "column") }),
        }
    }

    /// What cannot be said of cases together.
    fn check_cases(&mut self, part: &Part<'_>, kind: &str, cases: &[Case]) {
        if let (true, Some(node)) = (part.on("together"), part.table.get("together")) {
            let why = match (kind, cases.len()) {
                ("matrix", _) => Some("a matrix shows one case; only curves and spreads can be drawn together"),
                (_, 0..=1) => Some("there is only one case"),
                (_, count) if count > MOST_TOGETHER => Some("more than six cases cannot be told apart in one chart"),
                _ => None,
            };
            if let Some(why) = why {
                self.problem(node.at, part.path("together"), why);
            }
        }
        for name in ["settings", "knobs"] {
            if let (true, Some(node)) = (cases.iter().any(|case| case.own.is_some()), part.table.get(name)) {
                self.problem(node.at, part.path(name), "where a case has a world of its own, settings stand in the worlds and the cases");
            }
        }
    }

    /// What the study asks and does, in a case's own world; nothing if that has none, or there is something wrong with it.
    fn own(&mut self, part: &Part<'_>, case: &Part<'_>, kind: &str) -> Option<Box<Own>> {
        let world = self.world(&case.part("world")?)?;
        let before = self.problems.len();
        let sweep = self.sweep(part);
        let question = self.question(part, kind, sweep);
        let (script, when) = (self.script(part, "script"), self.predicate(part, "when"));
        for problem in &mut self.problems[before..] {
            problem.why += &format!(" (in the world of the case “{}”)", case.said("name"));
        }
        Some(Box::new(Own { world, question: question?, script: script?, when }))
    }

    fn cases(&mut self, part: &Part<'_>, kind: &str, sweep: Option<&Sweep>) -> Vec<Case> {
        let mut cases = Vec::new();
        let names = self.names.clone();
        self.different(&part.parts("case"), "name", "case");
        for case in part.parts("case") {
            let own = self.own(part, &case, kind);
            let nodes = case.count("nodes");
            // Nodes that there are only in this case have names only there.
            if let (Some(names), Some(nodes)) = (&mut self.names, nodes) {
                names.nodes = nodes;
            }
            let settings = self.settings(&case, "settings");
            let script = self.script(&case, "script").unwrap_or_default();
            let at = match (case.table.get("at"), sweep) {
                (Some(_), Some(sweep)) => self.places(&case, sweep),
                (Some(node), None) => {
                    self.problem(node.at, case.path("at"), "only a curve has places");
                    Vec::new()
                }
                (None, _) => Vec::new(),
            };
            self.names.clone_from(&names);
            cases.push(Case { name: case.said("name"), nodes, settings, at, script, own });
        }
        if cases.is_empty() { vec![Case::default()] } else { cases }
    }

    /// What is different from place to place of a curve.
    fn sweep(&mut self, part: &Part<'_>) -> Option<Sweep> {
        let names = self.names.clone()?;
        self.told(part, "sweep", |text| match text {
            "nodes" => Ok(Sweep::Nodes),
            key => script::spec(&names, key).map(|spec| Sweep::Setting(spec.key.to_owned())),
        })
    }

    /// The places of a curve.
    fn places(&mut self, part: &Part<'_>, sweep: &Sweep) -> Vec<Place> {
        let (Some(names), Some(_)) = (self.names.clone(), part.table.get("at")) else { return Vec::new() };
        let spec = match sweep {
            Sweep::Setting(key) => script::spec(&names, key).ok(),
            Sweep::Nodes => None,
        };
        let mut at = Vec::new();
        for (index, (text, place)) in part.texts("at").into_iter().enumerate() {
            let read = match spec {
                Some(spec) => spec.kind.read(spec.key, text),
                None => {
                    text.parse().ok().filter(|nodes| (1..=20_000).contains(nodes)).ok_or_else(|| format!("“{text}” is no number of nodes"))
                }
            };
            match read {
                Ok(value) => {
                    let x = if spec.is_some_and(|spec| matches!(spec.kind, ParamKind::Span { .. })) {
                        value as f64 / 1e6
                    } else {
                        value as f64
                    };
                    at.push(Place { name: text.to_owned(), value, x });
                }
                Err(why) => self.problem(place, format!("{}[{}]", part.path("at"), index + 1), why),
            }
        }
        if !(2..=MOST_PLACES).contains(&at.len()) {
            self.problem(part.table.at, part.path("at"), format!("there are {}; a curve has 2 to {MOST_PLACES} places", at.len()));
        }
        at
    }

    fn curve(&mut self, part: &Part<'_>, sweep: Sweep) -> Option<Question> {
        let at = self.places(part, &sweep);
        let has = |name: &str| part.table.get(name).is_some();
        let estimate = match (has("value"), has("holds"), has("hits"), has("of")) {
            (true, false, false, false) => self.in_language(part, "value", Measure::parse).map(Estimate::Mean),
            (false, true, false, false) => self.predicate(part, "holds").map(Estimate::Share),
            (false, false, true, true) => {
                let (hits, of) = (self.in_language(part, "hits", Measure::parse), self.in_language(part, "of", Measure::parse));
                hits.zip(of).map(|(hits, of)| Estimate::Ratio(hits, of))
            }
            _ => {
                self.problem(part.table.at, part.path("value"), "there should be either a value, or what holds, or hits and of how many");
                None
            }
        };
        let against = self.in_language(part, "against", Measure::parse);
        let label = |key: &str| {
            self.names.as_ref().and_then(|names| script::spec(names, key).ok()).map_or_else(String::new, |spec| spec.label.into())
        };
        let across = match (&sweep, part.said("across")) {
            (Sweep::Setting(key), said) if said.is_empty() => label(key),
            (Sweep::Nodes, said) if said.is_empty() => "Nodes".into(),
            (_, said) => said,
        };
        Some(Question::Curve { sweep, at, estimate: estimate?, across, against })
    }

    fn classes(&mut self, part: &Part<'_>, name: &str) -> Vec<(String, Predicate)> {
        let classes = part.parts(name);
        classes.iter().filter_map(|class| Some((class.said("say"), self.predicate(class, "holds")?))).collect()
    }

    fn known_values(&mut self, part: &Part<'_>, question: Option<&Question>, cases: &[Case]) -> Vec<Known> {
        let mut all = Vec::new();
        let Some(question) = question else { return all };
        for known in part.parts("known") {
            let case = match known.text("case") {
                None => Some(0).filter(|_| cases.len() == 1),
                Some((name, _)) => cases.iter().position(|case| case.name == name),
            };
            let Some(case) = case else {
                let at = known.text("case").map_or(known.table.at, |(_, at)| at);
                let why = unknown("case", &known.said("case"), cases.iter().map(|case| case.name.as_str()));
                self.problem(at, known.path("case"), why);
                continue;
            };
            let mean = self.told(&known, "mean", plain);
            let facts = match question {
                Question::Curve { .. } => {
                    if let Some((_, at)) = known.text("mean") {
                        self.problem(at, known.path("mean"), "only something spread has a mean; of a curve there should be points");
                    }
                    let places = study::places(question, cases.get(case));
                    Facts::Curve(self.points(&known, |text| {
                        let place = places.iter().position(|place| place.name.trim() == text);
                        place.ok_or_else(|| "there is no such place; a curve is known only where it is measured".into())
                    }))
                }
                Question::Spread(_) => {
                    let points = self.points(&known, plain);
                    Facts::Spread { points, mean }
                }
                Question::Matrix { .. } => {
                    self.problem(known.table.at, part.path("known"), "of a matrix nothing can be known beforehand");
                    continue;
                }
            };
            if known.texts("points").is_empty() && known.text("mean").is_none() {
                self.problem(known.table.at, known.path("points"), "there should be points, or a mean");
            }
            all.push(Known {
                case,
                settings: self.settings(&known, "settings"),
                from: known.said("from"),
                facts,
                tolerance: self.chance(&known, "tolerance").map_or(0.0, |chance| f64::from(chance.parts()) / 1e6),
                held: known.switch("held") != Some(false),
                line: self.lines.line(known.table.at),
            });
        }
        all
    }

    /// What is known place by place: `5ms: 81.8%`.
    fn points<T>(&mut self, part: &Part<'_>, place: impl Fn(&str) -> Result<T, String>) -> Vec<(T, f64)> {
        let read = |text: &str| {
            let (at, value) =
                text.split_once(':').ok_or_else(|| format!("“{text}” is not it: write the place, a colon, and what is known there"))?;
            let value = Found::read(value).plain().ok_or_else(|| format!("“{}” is no number, share or length of time", value.trim()))?;
            Ok::<_, String>((place(at.trim())?, value))
        };
        let mut points = Vec::new();
        for (index, (text, at)) in part.texts("points").into_iter().enumerate() {
            match read(text) {
                Ok(point) => points.push(point),
                Err(why) => self.problem(at, format!("{}[{}]", part.path("points"), index + 1), why),
            }
        }
        points
    }
}

/// A number or a length of time, in milliseconds.
fn plain(text: &str) -> Result<f64, String> {
    Found::read(text).plain().ok_or_else(|| format!("“{text}” is no number or length of time"))
}
