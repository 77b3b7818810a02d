//! The languages in which the fields of a lab file are written: times, predicates, scripts, settings.

use super::super::Settings;
use super::super::document::{Node, Problem, Value};
use super::super::predicate::{Names, Predicate, Wrong, unknown};
use super::super::script::{self, Script};
use super::super::shown::{Mention, Mentioned, Mentions};
use super::{Part, Reader};
use crate::sim::{Chance, Latency, Span, Time};

impl Reader<'_> {
    pub(super) fn problem(&mut self, at: usize, field: impl Into<String>, why: impl Into<String>) {
        self.problems.push(Problem { line: self.lines.line(at), field: field.into(), why: why.into() });
    }

    /// Reads a text in some language of its own.
    pub(super) fn told<T>(&mut self, part: &Part<'_>, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, at) = part.text(name)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.problem(at, part.path(name), why);
                None
            }
        }
    }

    pub(super) fn span(&mut self, part: &Part<'_>, name: &str) -> Option<Span> {
        self.told(part, name, Span::parse)
    }

    pub(super) fn chance(&mut self, part: &Part<'_>, name: &str) -> Option<Chance> {
        self.told(part, name, Chance::parse)
    }

    pub(super) fn latency(&mut self, part: &Part<'_>, name: &str) -> Option<Latency> {
        self.told(part, name, |text| script::latency(&text.split_whitespace().collect::<Vec<_>>()))
    }

    /// Remembers names that only a run can show to be right.
    fn mentions(&mut self, at: usize, field: &str, mentions: Vec<Mention>) {
        let lines = &self.lines;
        let placed = |Mention { at: inner, what, name }| Mentioned { line: lines.line(at + inner), field: field.into(), what, name };
        self.mentioned.extend(mentions.into_iter().map(placed));
    }

    pub(super) fn in_language<T: Mentions>(
        &mut self,
        part: &Part<'_>,
        name: &str,
        read: fn(&str, &Names) -> Result<T, Wrong>,
    ) -> Option<T> {
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

    pub(super) fn predicate(&mut self, part: &Part<'_>, name: &str) -> Option<Predicate> {
        self.in_language(part, name, Predicate::parse)
    }

    pub(super) fn script(&mut self, part: &Part<'_>, name: &str) -> Option<Script> {
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

    pub(super) fn settings(&mut self, part: &Part<'_>, name: &str) -> Settings {
        part.table.get(name).map(|node| self.settings_of(node, &part.path(name))).unwrap_or_default()
    }

    pub(super) fn settings_of(&mut self, node: &Node, place: &str) -> Settings {
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
    pub(super) fn knobs(&mut self, part: &Part<'_>, name: &str, others: &[&'static str]) -> Vec<String> {
        let Some(names) = self.names.clone() else { return Vec::new() };
        let known: Vec<&str> = names.about.params.iter().map(|spec| spec.key).chain(others.iter().copied()).collect();
        self.known(part, name, "setting", &known)
    }

    pub(super) fn known(&mut self, part: &Part<'_>, name: &str, what: &str, known: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (index, (text, at)) in part.texts(name).into_iter().enumerate() {
            if !known.contains(&text) {
                self.problem(at, format!("{}[{}]", part.path(name), index + 1), unknown(what, text, known.iter().copied()));
            }
            found.push(text.to_owned());
        }
        found
    }
}

/// A length of time that is not nothing.
pub(super) fn some_time(text: &str) -> Result<Time, String> {
    match Span::parse(text)? {
        Span::ZERO => Err("a run needs some time".into()),
        span => Ok(Time::ZERO + span),
    }
}

/// What is wrong in a text, with the place where.
fn pointed(text: &str, wrong: &Wrong) -> String {
    let rest = text.get(wrong.at..).unwrap_or_default().trim_start();
    let near: String = rest.chars().take(24).collect();
    if near.is_empty() { format!("at the end: {}", wrong.why) } else { format!("at “{near}”: {}", wrong.why) }
}
