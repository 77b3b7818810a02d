//! From the text of a lab file to a lab, with everything that is wrong with it at once.
//!
//! | file | what is in it |
//! |---|---|
//! | `words` | the languages of its fields: times, predicates, scripts, settings |
//! | `world` | what is on the stage |
//! | `tour` | bets, steps, questions |
//! | `challenge` | what the learner has to reach, survive, or foresee |
//! | `study` | what only many runs show |
//! | `teacher` | what is for whoever teaches with it |

mod challenge;
mod study;
mod teacher;
mod tour;
mod words;
mod world;

use super::document::{self, Lines, Node, Problem, Table, Value};
use super::format::{self, LAB};
use super::predicate::Names;
use super::shown::Mentioned;
use super::{Lab, Level};
use crate::models::Library;

/// The most letters that are read.
const MOST_LETTERS: usize = 1 << 16;

impl Lab {
    /// Reads a lab file. `id` is the name of the file without its ending.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the lines.
    pub fn read(text: &str, id: &str, library: &Library) -> Result<Self, Vec<Problem>> {
        Self::read_from(text, Some(id), library)
    }

    /// Reads a lab file whose name says nothing: one that was given by hand, and not found by its name.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the lines.
    pub fn read_alone(text: &str, library: &Library) -> Result<Self, Vec<Problem>> {
        Self::read_from(text, None, library)
    }

    fn read_from(text: &str, file: Option<&str>, library: &Library) -> Result<Self, Vec<Problem>> {
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
        let lab = reader.lab(&root, file);
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

    /// A number of somebody or something; nothing if it is so wrong that only its range is worth a word.
    fn count(&self, name: &str) -> Option<u16> {
        self.number(name).and_then(|number| u16::try_from(number).ok())
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
    fn lab(&mut self, root: &Table, file: Option<&str>) -> Option<Lab> {
        let part = Part { table: root, place: String::new() };
        if let (Some((id, at)), Some(file)) = (part.text("id"), file)
            && id != file
        {
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
            order: part.count("order").unwrap_or(9999),
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
}
