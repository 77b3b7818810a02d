//! A lab as it is being written: a file that need not be well yet, whose every field can be looked at
//! and changed as text, and that a run which somebody performed can be put into.
//!
//! The run stays with the draft, in a comment on top of the file, so that it can be trimmed again after
//! the file was saved and opened.

use super::document::{self, Node, Problem, Table, Value};
use super::format::{Kind, LAB, Shape};
use super::predicate::Names;
use super::script::kind_of;
use super::write;
use crate::link::Link;
use crate::models::Library;
use crate::scenario::{Pace, Route, Scenario};
use crate::sim::{Chance, NodeId, Span, Time};

/// A run that somebody performed, and which stretch of it the lab shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performance {
    /// The whole run.
    pub run: Scenario,
    /// What is done before this happens by itself.
    pub from: Time,
    /// What is done after this is left out; here the run ends.
    pub to: Time,
}

/// A lab that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    root: Table,
    performance: Option<Performance>,
}

/// What stands before the run in the comment on top of the file.
const RUN: &str = "# performed: ";
/// What stands before the moment of a caption in the stop of its step.
const MOMENT: &str = "time >= ";
/// How long a step may take if its `within` says nothing.
const USUAL: Span = Span::secs(30);

impl Draft {
    /// A draft with everything that a lab needs, and nothing said in it yet, around a run.
    ///
    /// # Errors
    /// If the run has something in it for which lab files have no words: says what.
    pub fn of_run(library: &Library, performance: Performance) -> Result<Self, String> {
        let model = library.find(&performance.run.model).ok_or("there is no such model")?;
        let mut draft = Self { root: Table::default(), performance: None };
        for (path, text) in [
            ("format", "1"),
            ("id", "my-lab"),
            ("track", "Own labs"),
            ("level", "foundation"),
            ("leaves-out", model.about().leaves_out),
            ("bet.when", "end"),
            ("challenge[1].id", "first"),
            ("challenge[1].kind", "break"),
            ("teacher.scene[1].until", "end"),
        ] {
            draft.put(path, text);
        }
        draft.perform(library, performance)?;
        Ok(draft)
    }

    /// Reads a file, whether it is a whole lab or not.
    ///
    /// # Errors
    /// If it is not TOML: every place at which it is not.
    pub fn read(text: &str, library: &Library) -> Result<Self, Vec<Problem>> {
        let (root, problems) = document::read(text);
        if !problems.is_empty() {
            return Err(problems);
        }
        let performed = text.lines().find_map(|line| line.strip_prefix(RUN));
        Ok(Self { root, performance: performed.and_then(|line| performance(line, library)) })
    }

    /// The file.
    #[must_use]
    pub fn write(&self) -> String {
        let head = self.performance.as_ref().map_or_else(String::new, |performance| {
            let Performance { run, from, to } = performance;
            let link = Link { scenario: run.clone(), seal: None }.write();
            let moment = |moment: Time| write::span(moment.since(Time::ZERO));
            format!("{RUN}{} {} {link}\n", moment(*from), moment(*to))
        });
        head + &write::document(&self.root, &LAB)
    }

    /// The run that was performed, if the draft was made from one.
    #[must_use]
    pub fn performance(&self) -> Option<&Performance> {
        self.performance.as_ref()
    }

    // ---- every field as text --------------------------------------------------------------------

    /// What stands in a field, such as `step[2].say`, as somebody edits it: lists and tables have a line
    /// for each of their parts.
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        self.find(path).map(|node| shown(&node.value)).unwrap_or_default()
    }

    /// Puts something into a field; nothing if it is empty. The tables on the way to it are made.
    pub fn put(&mut self, path: &str, text: &str) {
        let Some(kind) = kind(path) else { return };
        let value = if text.trim().is_empty() { None } else { Some(told(kind, text)) };
        let (way, name) = path.rsplit_once('.').unwrap_or(("", path));
        if let Some(table) = self.table(way) {
            table.put(name, value);
        }
    }

    /// How many tables stand in a list of them, such as `step`.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        match self.find(path).map(|node| &node.value) {
            Some(Value::List(items)) => items.len(),
            _ => 0,
        }
    }

    /// Adds an empty table to a list of them.
    pub fn add(&mut self, path: &str) {
        let next = self.count(path) + 1;
        self.table(&format!("{path}[{next}]"));
    }

    /// Takes a table out of a list of them, such as `step[2]`.
    pub fn remove(&mut self, path: &str) {
        let Some((list, number)) = numbered(path) else { return };
        let (way, name) = list.rsplit_once('.').unwrap_or(("", list));
        if let Some(Node { value: Value::List(items), .. }) = self.table(way).and_then(|table| table.get_mut(name))
            && number <= items.len()
        {
            items.remove(number - 1);
        }
    }

    fn find(&self, path: &str) -> Option<&Node> {
        let mut table = &self.root;
        let mut found = None;
        for part in path.split('.') {
            let (name, number) = numbered(part).map_or((part, None), |(name, number)| (name, Some(number)));
            let mut node = table.get(name)?;
            if let Some(number) = number {
                let Value::List(items) = &node.value else { return None };
                node = items.get(number - 1)?;
            }
            if let Value::Table(inner) = &node.value {
                table = inner;
            }
            found = Some(node);
        }
        found
    }

    /// The table at that path, made if need be.
    fn table(&mut self, path: &str) -> Option<&mut Table> {
        let mut table = &mut self.root;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let (name, number) = numbered(part).map_or((part, None), |(name, number)| (name, Some(number)));
            if table.get(name).is_none() {
                let empty = if number.is_some() { Value::List(Vec::new()) } else { Value::Table(Table::default()) };
                table.put(name, Some(empty));
            }
            let mut node = table.get_mut(name)?;
            if let Some(number) = number {
                let Value::List(items) = &mut node.value else { return None };
                while items.len() < number {
                    items.push(Node { at: 0, value: Value::Table(Table::default()) });
                }
                node = items.get_mut(number - 1)?;
            }
            let Value::Table(inner) = &mut node.value else { return None };
            table = inner;
        }
        Some(table)
    }

    // ---- a run ------------------------------------------------------------------------------------

    /// Puts a run into the lab: its world, what each caption's step does, the solution of the first
    /// challenge, and the first scene for teachers. Words stay as they are.
    ///
    /// # Errors
    /// If the run has something in it for which lab files have no words: says what. Nothing is changed then.
    pub fn perform(&mut self, library: &Library, performance: Performance) -> Result<(), String> {
        let before = self.clone();
        let done = self.try_perform(library, performance);
        if done.is_err() {
            *self = before;
        }
        done
    }

    fn try_perform(&mut self, library: &Library, performance: Performance) -> Result<(), String> {
        let Performance { run, from, to } = &performance;
        let names = names(library, run)?;
        self.world(run, &names, *to)?;
        self.put("world.script", &lines(run, &names, Time::ZERO, *from)?.join("\n"));
        let played = lines(run, &names, *from, *to)?.join("\n");
        if self.text("challenge[1].kind") == "break" {
            let done = run.inputs.iter().filter(|timed| *from <= timed.at && timed.at < *to);
            let mut allowed: Vec<&str> = done.map(|timed| kind_of(&timed.input)).collect();
            allowed.sort_unstable();
            allowed.dedup();
            self.put("challenge[1].allow", &allowed.join("\n"));
            self.put("challenge[1].solution", &played);
        }
        if self.count("teacher.scene") > 0 {
            self.put("teacher.scene[1].script", &played);
        }
        self.performance = Some(performance);
        self.share_out(library)
    }

    /// Gives the step of each caption what was done in the run since the caption before.
    ///
    /// # Errors
    /// If the run has something in it for which lab files have no words: says what.
    pub fn share_out(&mut self, library: &Library) -> Result<(), String> {
        let Some(Performance { run, from, .. }) = self.performance.clone() else { return Ok(()) };
        let names = names(library, &run)?;
        let mut last = from;
        for (number, moment) in self.captions() {
            let done = lines(&run, &names, last, moment.max(last))?;
            let path = |field: &str| format!("step[{number}].{field}");
            self.put(&path("kind"), if done.is_empty() { "see" } else { "do" });
            self.put(&path("script"), &done.join("\n"));
            let needs = moment.since(last) + Span::secs(1);
            self.put(&path("within"), &if needs > USUAL { write::span(needs) } else { String::new() });
            last = moment.max(last);
        }
        Ok(())
    }

    fn world(&mut self, run: &Scenario, names: &Names, to: Time) -> Result<(), String> {
        let Scenario { network, disk, .. } = run;
        let share = |chance: Chance| if chance == Chance::NEVER { String::new() } else { chance.to_string() };
        let settings = run.settings.iter().filter_map(|(key, value)| {
            let spec = names.about.params.iter().find(|spec| spec.key == key)?;
            Some(format!("{key} = {}", write::setting(spec, *value)))
        });
        for (field, text) in [
            ("model", run.model.clone()),
            ("nodes", run.nodes.to_string()),
            ("clients", run.clients.to_string()),
            ("seed", run.seed.to_string()),
            ("length", write::span(to.since(Time::ZERO))),
            ("patience", write::span(run.patience)),
            ("settings", settings.collect::<Vec<_>>().join("\n")),
            ("latency", write::latency(&network.latency)?),
            ("loss", share(network.loss)),
            ("duplicate", share(network.duplicate)),
            ("reorder", share(network.reorder)),
            ("ordered", if network.ordered { "true".into() } else { String::new() }),
            ("bandwidth", network.bandwidth.map_or_else(String::new, |bytes| bytes.to_string())),
            ("disk", write::latency(&disk.sync)?),
            ("torn", share(disk.torn)),
        ] {
            self.put(&format!("world.{field}"), &text);
        }
        match &run.workload {
            None => self.root_world(|world| world.put("load", None)),
            Some(load) => {
                let (open, every) = match &load.pace {
                    Pace::Open(every) => ("true", every),
                    Pace::Closed(every) => ("", every),
                };
                let route = match load.route {
                    Route::To(NodeId(node)) => format!("n{}", node + 1),
                    Route::Home => "home".into(),
                    Route::Rotate => "rotate".into(),
                    Route::Random => "random".into(),
                };
                let limit = if load.limit == u32::MAX { String::new() } else { load.limit.to_string() };
                for (field, text) in [
                    ("every", write::latency(every)?),
                    ("open", open.into()),
                    ("route", route),
                    ("keys", load.keys.to_string()),
                    ("limit", limit),
                ] {
                    self.put(&format!("world.load.{field}"), &text);
                }
            }
        }
        Ok(())
    }

    fn root_world(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(world) = self.table("world") {
            change(world);
        }
    }

    /// The steps that stop at a moment, by their numbers, and these moments.
    #[must_use]
    pub fn captions(&self) -> Vec<(usize, Time)> {
        let moment = |number: usize| {
            let stop = self.text(&format!("step[{number}].stop"));
            Some((number, Time::ZERO + Span::parse(stop.strip_prefix(MOMENT)?).ok()?))
        };
        (1..=self.count("step")).filter_map(moment).collect()
    }

    /// Says something at a moment of the run: a step that stops there, in its place among the others.
    ///
    /// # Errors
    /// If the run has something in it for which lab files have no words.
    pub fn caption(&mut self, library: &Library, at: Time, say: &str) -> Result<(), String> {
        let after = self.captions().into_iter().filter(|(_, moment)| *moment <= at).map(|(number, _)| number).max();
        let place = after.unwrap_or(0);
        let mut step = Table::default();
        step.put("kind", Some(Value::Text("see".into())));
        step.put("say", Some(Value::Text(say.into())));
        step.put("stop", Some(Value::Text(format!("{MOMENT}{}", write::span(at.since(Time::ZERO))))));
        if self.root.get("step").is_none() {
            self.root.put("step", Some(Value::List(Vec::new())));
        }
        if let Some(Node { value: Value::List(items), .. }) = self.root.get_mut("step") {
            items.insert(place.min(items.len()), Node { at: 0, value: Value::Table(step) });
        }
        self.share_out(library)
    }
}

fn names(library: &Library, run: &Scenario) -> Result<Names, String> {
    let model = library.find(&run.model).ok_or_else(|| format!("there is no model “{}”", run.model))?;
    Ok(Names::of(model, run))
}

/// What is done to a run from one moment on and before another, as lines of a script.
fn lines(run: &Scenario, names: &Names, from: Time, until: Time) -> Result<Vec<String>, String> {
    let done = run.inputs.iter().filter(|timed| from <= timed.at && timed.at < until);
    done.map(|timed| write::line(timed.at, &timed.input, names)).collect()
}

/// The run of a comment on top of a file.
fn performance(line: &str, library: &Library) -> Option<Performance> {
    let mut words = line.split_whitespace();
    let mut moment = || Some(Time::ZERO + Span::parse(words.next()?).ok()?);
    let (from, to) = (moment()?, moment()?);
    Some(Performance { run: Link::read(words.next()?, library).ok()?.scenario, from, to })
}

/// The name and the number of a part such as `step[2]`.
fn numbered(part: &str) -> Option<(&str, usize)> {
    let (name, number) = part.strip_suffix(']')?.rsplit_once('[')?;
    Some((name, number.parse().ok().filter(|number| (1..=1000).contains(number))?))
}

/// What the format says a field at that path can be.
#[must_use]
pub fn kind(path: &str) -> Option<Kind> {
    let mut shape: &'static Shape = &LAB;
    let mut found = None;
    for part in path.split('.') {
        let name = numbered(part).map_or(part, |(name, _)| name);
        let kind = shape.fields.iter().find(|field| field.name == name)?.kind;
        if let Kind::Table(inner) | Kind::Tables(inner, ..) = kind {
            shape = inner;
        }
        found = Some(kind);
    }
    found
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::List(items) => {
            let item = |item: &Node| match &item.value {
                Value::Table(table) => pairs(table).join(", "),
                value => shown(value),
            };
            items.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        Value::Table(table) => pairs(table).join("\n"),
        Value::Strange(name) => (*name).to_owned(),
    }
}

fn pairs(table: &Table) -> Vec<String> {
    table.entries.iter().map(|entry| format!("{} = {}", entry.key, shown(&entry.node.value))).collect()
}

/// What somebody typed into a field of that kind. What is no number stays text, and the reader of labs
/// says that it is none.
fn told(kind: Kind, text: &str) -> Value {
    let texts = |text: &str| {
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| Node { at: 0, value: Value::Text(line.trim().into()) }).collect()
    };
    match kind {
        Kind::Number(..) | Kind::Switch => plain(text),
        Kind::Numbers(..) => {
            let numbers = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|number| !number.is_empty());
            Value::List(numbers.map(|number| Node { at: 0, value: plain(number) }).collect())
        }
        Kind::Texts | Kind::Lines(..) | Kind::Ids | Kind::Script | Kind::Knobs | Kind::Actions => Value::List(texts(text)),
        Kind::Settings | Kind::Limits => Value::Table(table(text.lines())),
        Kind::ManySettings => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            Value::List(lines.map(|line| Node { at: 0, value: Value::Table(table(line.split(','))) }).collect())
        }
        _ => Value::Text(text.into()),
    }
}

fn table<'a>(pairs: impl Iterator<Item = &'a str>) -> Table {
    let mut table = Table::default();
    for pair in pairs.filter(|pair| !pair.trim().is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        table.put(key.trim(), Some(plain(value)));
    }
    table
}

fn plain(text: &str) -> Value {
    match text.trim() {
        "true" => Value::Switch(true),
        "false" => Value::Switch(false),
        text => text.parse().map_or_else(|_| Value::Text(text.into()), Value::Number),
    }
}
