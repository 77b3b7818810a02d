//! From the text of a lab file to a lab, with everything that is wrong with it at once.

use super::challenge::{Attack, Challenge, NETWORK_PARTS, Task};
use super::document::{self, Lines, Node, Problem, Table, Value};
use super::format::{self, LAB};
use super::guess::{Cause, Guess};
use super::predicate::{Measure, Names, Predicate, Subject, Value as Found, Wrong, unknown};
use super::script::{self, ACTIONS, Script};
use super::search::{Search, Seek};
use super::shown::{Mention, Mentioned, Mentions};
use super::study::{self, Case, Estimate, Facts, Known, Own, Place, Question, Study, Sweep};
use super::tour::{Answer, Bet, Doing, Step};
use super::{Gauge, Lab, Level, Measured, NODES, Scene, Settings, Teacher, Textbook, World};
use crate::judge::Promise;
use crate::judge::spec::Object;
use crate::judge::value::Reader as EdnReader;
use crate::judge::value::Value as Word;
use crate::models::Library;
use crate::protocol::ParamKind;
use crate::scenario::{Pace, Route, Scenario, Workload};
use crate::sim::{Chance, Latency, Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The most places that a curve has.
const MOST_PLACES: usize = 16;

/// The most cases that can be told apart when they are drawn together.
const MOST_TOGETHER: usize = 6;
/// The most numbers of nodes to choose from.
const MOST_SIZES: usize = 5;

/// The most letters that are read.
const MOST_LETTERS: usize = 1 << 16;

impl Lab {
    /// Reads a lab file. `id` is the name of the file without its ending.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the lines.
    pub fn read(text: &str, id: &str, library: &Library) -> Result<Self, Vec<Problem>> {
        if text.len() > MOST_LETTERS {
            let why = format!("this has {} letters; no lab has more than {MOST_LETTERS}", text.len());
            return Err(vec![Problem { line: 1, field: String::new(), why }]);
        }
        let (root, mut problems) = document::read(text);
        // What can be read of a broken text says nothing of what its author meant.
        if !problems.is_empty() {
            return Err(problems);
        }
        let lines = Lines::of(text);
        format::check(&lines, &root, &LAB, "", &mut problems);
        let mut reader = Reader { lines, library, names: None, problems, mentioned: Vec::new() };
        let lab = reader.lab(&root, id);
        // A part may have been read again, with another number of nodes.
        let mut mentioned = reader.mentioned;
        mentioned
            .sort_by(|one, other| (one.line, &one.field, one.what, &one.name).cmp(&(other.line, &other.field, other.what, &other.name)));
        mentioned.dedup();
        let mut problems = reader.problems;
        problems.sort_by_key(|problem| problem.line);
        problems.dedup();
        match lab {
            Some(lab) if problems.is_empty() => Ok(Self { source: text.to_owned(), mentioned, ..lab }),
            _ => Err(problems),
        }
    }
}

/// A table of the file, and its place in it.
#[derive(Clone)]
struct Part<'a> {
    table: &'a Table,
    place: String,
}

impl<'a> Part<'a> {
    fn path(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }

    fn text(&self, name: &str) -> Option<(&'a str, usize)> {
        match self.table.get(name)? {
            Node { at, value: Value::Text(text) } => Some((text, *at)),
            _ => None,
        }
    }

    fn said(&self, name: &str) -> String {
        self.text(name).map(|(text, _)| text.trim().to_owned()).unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<i64> {
        match self.table.get(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn switch(&self, name: &str) -> Option<bool> {
        match self.table.get(name)?.value {
            Value::Switch(on) => Some(on),
            _ => None,
        }
    }

    fn on(&self, name: &str) -> bool {
        self.switch(name) == Some(true)
    }

    fn part(&self, name: &str) -> Option<Self> {
        match &self.table.get(name)?.value {
            Value::Table(table) => Some(Self { table, place: self.path(name) }),
            _ => None,
        }
    }

    fn items(&self, name: &str) -> &'a [Node] {
        match self.table.get(name) {
            Some(Node { value: Value::List(items), .. }) => items,
            _ => &[],
        }
    }

    fn parts(&self, name: &str) -> Vec<Self> {
        // No table of the format may be there more often; that there are too many was said already.
        let parts = (1..).zip(self.items(name)).take(format::MOST_TABLES);
        parts
            .filter_map(|(number, item)| match &item.value {
                Value::Table(table) => Some(Self { table, place: format!("{}[{number}]", self.path(name)) }),
                _ => None,
            })
            .collect()
    }

    fn texts(&self, name: &str) -> Vec<(&'a str, usize)> {
        let items = self.items(name).iter();
        items
            .filter_map(|item| match &item.value {
                Value::Text(text) => Some((text.as_str(), item.at)),
                _ => None,
            })
            .collect()
    }

    fn lines(&self, name: &str) -> Vec<String> {
        self.texts(name).into_iter().map(|(text, _)| text.trim().to_owned()).collect()
    }
}

struct Reader<'a> {
    lines: Lines,
    library: &'a Library,
    names: Option<Names>,
    problems: Vec<Problem>,
    mentioned: Vec<Mentioned>,
}

impl Reader<'_> {
    fn problem(&mut self, at: usize, field: impl Into<String>, why: impl Into<String>) {
        self.problems.push(Problem { line: self.lines.line(at), field: field.into(), why: why.into() });
    }

    /// Reads a text in some language of its own.
    fn told<T>(&mut self, part: &Part<'_>, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, at) = part.text(name)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.problem(at, part.path(name), why);
                None
            }
        }
    }

    fn span(&mut self, part: &Part<'_>, name: &str) -> Option<Span> {
        self.told(part, name, Span::parse)
    }

    fn chance(&mut self, part: &Part<'_>, name: &str) -> Option<Chance> {
        self.told(part, name, Chance::parse)
    }

    fn latency(&mut self, part: &Part<'_>, name: &str) -> Option<Latency> {
        self.told(part, name, |text| script::latency(&text.split_whitespace().collect::<Vec<_>>()))
    }

    /// Remembers names that only a run can show to be right.
    fn mentions(&mut self, at: usize, field: &str, mentions: Vec<Mention>) {
        let lines = &self.lines;
        let placed = |Mention { at: inner, what, name }| Mentioned { line: lines.line(at + inner), field: field.into(), what, name };
        self.mentioned.extend(mentions.into_iter().map(placed));
    }

    fn in_language<T: Mentions>(&mut self, part: &Part<'_>, name: &str, read: fn(&str, &Names) -> Result<T, Wrong>) -> Option<T> {
        let (text, at) = part.text(name)?;
        match read(text, self.names.as_ref()?) {
            Ok(value) => {
                self.mentions(at, &part.path(name), value.mentions());
                Some(value)
            }
            Err(wrong) => {
                self.problem(at + wrong.at, part.path(name), pointed(text, &wrong));
                None
            }
        }
    }

    fn predicate(&mut self, part: &Part<'_>, name: &str) -> Option<Predicate> {
        self.in_language(part, name, Predicate::parse)
    }

    fn script(&mut self, part: &Part<'_>, name: &str) -> Option<Script> {
        let lines = part.texts(name);
        let texts: Vec<_> = lines.iter().map(|(text, _)| *text).collect();
        match Script::parse(&texts, self.names.as_ref()?) {
            Ok(script) => {
                for (index, mentions) in script.mentions() {
                    self.mentions(lines[index].1, &format!("{}[{}]", part.path(name), index + 1), mentions);
                }
                Some(script)
            }
            Err(wrongs) => {
                for (index, wrong) in wrongs {
                    let (text, at) = lines[index];
                    self.problem(at + wrong.at, format!("{}[{}]", part.path(name), index + 1), pointed(text, &wrong));
                }
                None
            }
        }
    }

    fn settings(&mut self, part: &Part<'_>, name: &str) -> Settings {
        part.table.get(name).map(|node| self.settings_of(node, &part.path(name))).unwrap_or_default()
    }

    fn settings_of(&mut self, node: &Node, place: &str) -> Settings {
        let mut settings = Settings::new();
        let (Value::Table(table), Some(names)) = (&node.value, self.names.clone()) else { return settings };
        for entry in &table.entries {
            let text = match &entry.node.value {
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Switch(on) => on.to_string(),
                other => {
                    let why = format!("this is {}; a setting is text, a whole number, or true or false", other.name());
                    self.problem(entry.node.at, format!("{place}.{}", entry.key), why);
                    continue;
                }
            };
            match script::spec(&names, &entry.key).and_then(|spec| spec.kind.read(spec.key, &text)) {
                Ok(value) => {
                    settings.insert(entry.key.clone(), value);
                }
                Err(why) => self.problem(entry.at, format!("{place}.{}", entry.key), why),
            }
        }
        settings
    }

    /// Names of settings, and of whatever else can be meant there.
    fn knobs(&mut self, part: &Part<'_>, name: &str, others: &[&'static str]) -> Vec<String> {
        let Some(names) = self.names.clone() else { return Vec::new() };
        let known: Vec<&str> = names.about.params.iter().map(|spec| spec.key).chain(others.iter().copied()).collect();
        self.known(part, name, "setting", &known)
    }

    fn known(&mut self, part: &Part<'_>, name: &str, what: &str, known: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (index, (text, at)) in part.texts(name).into_iter().enumerate() {
            if !known.contains(&text) {
                self.problem(at, format!("{}[{}]", part.path(name), index + 1), unknown(what, text, known.iter().copied()));
            }
            found.push(text.to_owned());
        }
        found
    }

    // ---- the lab ------------------------------------------------------------------------------

    fn lab(&mut self, root: &Table, file: &str) -> Option<Lab> {
        let part = Part { table: root, place: String::new() };
        if let Some((id, at)) = part.text("id").filter(|(id, _)| *id != file) {
            self.problem(at, "id", format!("the file is called {file}.toml, so this should be “{file}”, not “{id}”"));
        }
        if let Some((hook, at)) = part.text("hook") {
            let ends = hook.split_whitespace().filter(|word| word.ends_with(['.', '!', '?', '…'])).count();
            if ends > 2 {
                self.problem(at, "hook", format!("it has {ends} sentences; a hook has two at most"));
            }
        }
        let world_part = part.part("world")?;
        let world = self.world(&world_part);
        let bet = part.part("bet").and_then(|part| self.bet(&part));
        let names = self.names.clone();
        let steps: Vec<_> = part.parts("step").iter().filter_map(|part| self.step(part)).collect();
        // A step may have brought a world of its own.
        self.names = names;
        self.check_steps(&part, &steps);
        let challenges: Vec<_> = part.parts("challenge").iter().filter_map(|part| self.challenge(part, world.as_ref())).collect();
        self.different(&part.parts("challenge"), "id", "challenge");
        self.different(&part.parts("guess"), "id", "guess");
        self.different(&part.parts("study"), "id", "study");
        let guesses = part.parts("guess").iter().filter_map(|part| self.in_own_world(part, Self::guess)).collect();
        let studies = part.parts("study").iter().filter_map(|part| self.in_own_world(part, Self::survey)).collect();
        let textbook = part.parts("textbook").iter().map(|part| self.textbook(part, &challenges)).collect();
        let teacher = part.part("teacher").map(|part| self.teacher(&part, &challenges));
        let world = world?;
        self.check_knobs(&world_part, &world, &steps);
        self.check_shows(&world, &steps);
        Some(Lab {
            id: part.said("id"),
            title: part.said("title"),
            track: part.said("track"),
            level: match part.said("level").as_str() {
                "advanced" => Level::Advanced,
                "intermediate" => Level::Intermediate,
                _ => Level::Foundation,
            },
            order: part.number("order").unwrap_or(9999) as u16,
            prerequisites: part.lines("prerequisites"),
            related: part.lines("related"),
            goal: part.said("goal"),
            hook: part.said("hook"),
            world,
            bet: bet?,
            steps,
            challenges,
            guesses,
            studies,
            free: part.said("free"),
            textbook,
            leaves_out: part.said("leaves-out"),
            correctness: part.said("correctness"),
            teacher: teacher?,
            source: String::new(),
            mentioned: Vec::new(),
        })
    }

    /// A world, with every number of nodes that it can have.
    fn world(&mut self, part: &Part<'_>) -> Option<World> {
        let before = self.problems.len();
        let mut world = self.world_with(part, part.number("nodes"))?;
        self.check_sizes(part, &world);
        if self.problems.len() == before {
            let names = self.names.clone();
            let own = i64::from(world.scenario.nodes);
            for nodes in numbers(part.items("sizes")).filter(|nodes| *nodes != own) {
                world.sizes.extend(self.with_nodes(nodes, |reader| reader.world_with(part, Some(nodes))));
            }
            self.names = names;
        }
        Some(world)
    }

    /// Reads something again as it is with another number of nodes. What is wrong only there says so.
    fn with_nodes<T>(&mut self, nodes: i64, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.problems.len();
        let found = read(self);
        for problem in &mut self.problems[before..] {
            problem.why = format!("with {nodes} nodes: {}", problem.why);
        }
        found
    }

    fn check_sizes(&mut self, part: &Part<'_>, world: &World) {
        let chosen = world.knobs.iter().any(|knob| knob == NODES);
        let Some(node) = part.table.get("sizes") else {
            if chosen {
                self.problem(part.table.at, part.path("sizes"), "the knob nodes needs this: between how many nodes is there a choice?");
            }
            return;
        };
        let sizes: Vec<i64> = numbers(part.items("sizes")).collect();
        let own = i64::from(world.scenario.nodes);
        if !chosen {
            self.problem(node.at, part.path("sizes"), "nobody can choose: nodes is not among the knobs");
        } else if !(2..=MOST_SIZES).contains(&sizes.len()) || !sizes.is_sorted_by(|one, next| one < next) {
            self.problem(node.at, part.path("sizes"), format!("these should be 2 to {MOST_SIZES} numbers, the smallest first"));
        } else if !sizes.contains(&own) {
            self.problem(node.at, part.path("sizes"), format!("{own}, as many as there are at the beginning, is not among them"));
        }
    }

    fn world_with(&mut self, part: &Part<'_>, nodes: Option<i64>) -> Option<World> {
        let (id, at) = part.text("model")?;
        let Some(model) = self.library.find(id) else {
            let known: Vec<_> = self.library.models().iter().map(|model| model.about().id).collect();
            self.problem(at, part.path("model"), unknown("model", id, known.into_iter()));
            return None;
        };
        let mut scenario = Scenario::new(model.about(), part.number("seed").unwrap_or(1).unsigned_abs());
        if let Some(nodes) = nodes {
            scenario.nodes = nodes as u16;
        }
        if let Some(clients) = part.number("clients") {
            scenario.clients = clients as u16;
        }
        self.names = Some(Names::of(model, &scenario));
        scenario.settings = self.settings(part, "settings");
        scenario.patience = self.span(part, "patience").unwrap_or(scenario.patience);
        let network = &mut scenario.network;
        network.ordered = part.on("ordered");
        network.bandwidth = part.number("bandwidth").map(i64::unsigned_abs);
        if let Some(latency) = self.latency(part, "latency") {
            network.latency = latency;
        }
        network.loss = self.chance(part, "loss").unwrap_or_default();
        network.duplicate = self.chance(part, "duplicate").unwrap_or_default();
        network.reorder = self.chance(part, "reorder").unwrap_or_default();
        if let Some(sync) = self.latency(part, "disk") {
            scenario.disk.sync = sync;
        }
        scenario.disk.torn = self.chance(part, "torn").unwrap_or_default();
        scenario.workload = part.part("load").and_then(|part| self.load(&part));
        let script = self.script(part, "script");
        if let (Some(script), Some(node)) = (script, part.table.get("script"))
            && let Err(why) = script.fixed(&mut scenario)
        {
            self.problem(node.at, part.path("script"), why);
        }
        if let Err(fault) = scenario.check(self.library) {
            let at = part.table.get(fault.place.split(['.', '[']).next().unwrap_or_default()).map_or(part.table.at, |node| node.at);
            self.problem(at, part.path(&fault.place), fault.why);
        }
        let object = part.text("object").and_then(|(name, _)| Object::ALL.iter().find(|(other, _)| *other == name));
        let initial = self.told(part, "initial", |text| {
            let mut reader = EdnReader::new(text);
            let value = reader.next_value().map_err(|fault| fault.to_string())?;
            Ok(value.map_or(Word::Nil, |placed| placed.value))
        });
        let measures = part.parts("measure").iter().filter_map(|part| self.measured(part)).collect();
        Some(World {
            measures,
            length: self.told(part, "length", some_time).unwrap_or(Time::ZERO),
            knobs: self.knobs(part, "knobs", &[NODES]),
            sizes: Vec::new(),
            subject: Subject { object: object.map_or(Object::Register, |(_, object)| *object), initial: initial.unwrap_or(Word::Int(0)) },
            scenario,
        })
    }

    fn measured(&mut self, part: &Part<'_>) -> Option<Measured> {
        let what = match ["value", "hits", "of", "holds"].map(|name| part.table.get(name).is_some()) {
            [true, false, false, false] => self.in_language(part, "value", Measure::parse).map(Gauge::Value),
            [false, true, true, false] => {
                let hits = self.in_language(part, "hits", Measure::parse);
                hits.zip(self.in_language(part, "of", Measure::parse)).map(|(hits, of)| Gauge::Share { hits, of })
            }
            [false, false, false, true] => self.predicate(part, "holds").map(Gauge::Holds),
            _ => {
                self.problem(part.table.at, part.path("value"), "there should be either a value, hits of how many, or what holds");
                None
            }
        };
        Some(Measured { name: part.said("name"), what: what? })
    }

    fn load(&mut self, part: &Part<'_>) -> Option<Workload> {
        let names = self.names.clone()?;
        let every = self.latency(part, "every")?;
        let route = self.told(part, "route", |text| match text {
            "home" => Ok(Route::Home),
            "rotate" => Ok(Route::Rotate),
            "random" => Ok(Route::Random),
            node => {
                let found = names.endpoint(node).filter(|node| node.0 < names.nodes);
                found.map(Route::To).ok_or_else(|| "it is home, rotate, random, or a node such as n1".into())
            }
        });
        Some(Workload {
            pace: if part.on("open") { Pace::Open(every) } else { Pace::Closed(every) },
            route: route.unwrap_or(Route::Home),
            keys: part.number("keys").unwrap_or(1) as u32,
            limit: part.number("limit").map_or(u32::MAX, |limit| limit as u32),
        })
    }

    /// What a bet or a challenge lets one foresee.
    fn answer(&mut self, part: &Part<'_>) -> Option<Answer> {
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

    fn bet(&mut self, part: &Part<'_>) -> Option<Bet> {
        let answer = self.answer(part);
        let when = self.predicate(part, "when");
        Some(Bet { ask: part.said("ask"), answer: answer?, when: when?, line: self.lines.line(part.table.at) })
    }

    fn step(&mut self, part: &Part<'_>) -> Option<Step> {
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

    fn check_steps(&mut self, part: &Part<'_>, steps: &[Step]) {
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

    fn check_shows(&mut self, world: &World, steps: &[Step]) {
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

    fn check_knobs(&mut self, part: &Part<'_>, world: &World, steps: &[Step]) {
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

    // ---- challenges ---------------------------------------------------------------------------

    fn challenge(&mut self, part: &Part<'_>, lab: Option<&World>) -> Option<Challenge> {
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
    fn in_own_world<T>(&mut self, part: &Part<'_>, read: impl FnOnce(&mut Self, &Part<'_>, Option<World>) -> Option<T>) -> Option<T> {
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
            nodes: part.number("nodes").map(|nodes| nodes as u16),
            settings: if settings.is_empty() { vec![Settings::new()] } else { settings },
            cut: part.on("cut"),
            ask,
            timers: part.number("timers").unwrap_or(0) as u16,
            crashes: part.number("crashes").unwrap_or(0) as u16,
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
    fn different(&mut self, parts: &[Part<'_>], name: &str, what: &str) {
        let mut names = BTreeSet::new();
        for part in parts {
            if let Some((text, at)) = part.text(name)
                && !names.insert(text)
            {
                self.problem(at, part.path(name), format!("another {what} has the same"));
            }
        }
    }

    // ---- guesses ------------------------------------------------------------------------------

    fn guess(&mut self, part: &Part<'_>, world: Option<World>) -> Option<Guess> {
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

    // ---- studies ------------------------------------------------------------------------------

    /// A study, once it is known which names there are in its world.
    fn survey(&mut self, part: &Part<'_>, world: Option<World>) -> Option<Study> {
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
            let nodes = case.number("nodes").map(|nodes| nodes as u16);
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

    // ---- beside it ----------------------------------------------------------------------------

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

    fn textbook(&mut self, part: &Part<'_>, challenges: &[Challenge]) -> Textbook {
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

    fn teacher(&mut self, part: &Part<'_>, challenges: &[Challenge]) -> Teacher {
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

/// The whole numbers of a list.
fn numbers(items: &[Node]) -> impl Iterator<Item = i64> {
    items.iter().filter_map(|item| if let Value::Number(number) = item.value { Some(number) } else { None })
}

/// A length of time that is not nothing.
fn some_time(text: &str) -> Result<Time, String> {
    match Span::parse(text)? {
        Span::ZERO => Err("a run needs some time".into()),
        span => Ok(Time::ZERO + span),
    }
}

/// A number or a length of time, in milliseconds.
fn plain(text: &str) -> Result<f64, String> {
    Found::read(text).plain().ok_or_else(|| format!("“{text}” is no number or length of time"))
}

/// What is wrong in a text, with the place where.
fn pointed(text: &str, wrong: &Wrong) -> String {
    let rest = text.get(wrong.at..).unwrap_or_default().trim_start();
    let near: String = rest.chars().take(24).collect();
    if near.is_empty() { format!("at the end: {}", wrong.why) } else { format!("at “{near}”: {}", wrong.why) }
}
