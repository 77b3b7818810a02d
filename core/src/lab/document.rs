//! A lab file as a tree in which everything knows its place, and a list of all that is wrong with it.
//!
//! The letters are read by `toml_parser`, which reports every fault and goes on. This file makes
//! tables of what it finds; TOML's rules about tables that are opened twice are kept here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{Expected, ParseError, Source, Span};

/// Something wrong with a lab file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `step[2].stop`; empty if it is about the whole file.
    pub field: String,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.field.is_empty() { "" } else { ": " };
        write!(out, "{}: {}{colon}{}", self.line, self.field, self.why)
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<Node>),
    Table(Table),
    /// Something that no field of a lab takes: a date, a number with a point.
    Strange(&'static str),
}

impl Value {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a whole number",
            Self::Switch(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Strange(name) => name,
        }
    }
}

/// A value and where its content begins in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Value,
}

/// Keys and values, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) at: usize,
    pub(super) entries: Vec<Entry>,
    /// The place of each key among the entries: a hostile table has many.
    places: BTreeMap<String, usize>,
    how: How,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: usize,
    pub(super) node: Node,
}

/// How a table came to be, which decides who may add to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum How {
    /// On the way to another: its own header may follow.
    #[default]
    Passed,
    /// By its header.
    Opened,
    /// By a key with dots.
    Dotted,
    /// In braces: it is complete.
    Closed,
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.places.get(key).map(|place| &self.entries[*place].node)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.places.get(key).map(|place| &mut self.entries[*place].node)
    }

    fn add(&mut self, entry: Entry) {
        self.places.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
    }

    /// The same key with another value, or without any.
    pub(super) fn put(&mut self, key: &str, value: Option<Value>) {
        match (self.places.get(key).copied(), value) {
            (Some(place), Some(value)) => self.entries[place].node.value = value,
            (Some(place), None) => {
                self.entries.remove(place);
                self.places.remove(key);
                for behind in self.places.values_mut().filter(|other| **other > place) {
                    *behind -= 1;
                }
            }
            (None, Some(value)) => self.add(Entry { key: key.into(), at: 0, node: Node { at: 0, value } }),
            (None, None) => {}
        }
    }

    fn get_or_add(&mut self, key: &str, at: usize, how: How) -> &mut Node {
        let place = self.places.get(key).copied().unwrap_or_else(|| {
            let value = Value::Table(Self { at, how, ..Self::default() });
            self.add(Entry { key: key.into(), at, node: Node { at, value } });
            self.entries.len() - 1
        });
        &mut self.entries[place].node
    }
}

/// Where the lines of a file end.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a place, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}

/// How deep lists and tables may lie inside one another.
const MOST_NESTED: u32 = 16;

/// Reads the letters of a file. What could be read is returned with whatever is wrong.
pub(super) fn read(text: &str) -> (Table, Vec<Problem>) {
    let source = Source::new(text);
    let mut events: Vec<Event> = Vec::new();
    let mut faults: Vec<ParseError> = Vec::new();
    parse_document(&source.lex().into_vec(), &mut RecursionGuard::new(&mut events, MOST_NESTED), &mut faults);
    events.retain(|event| !matches!(event.kind(), EventKind::Whitespace | EventKind::Comment | EventKind::Newline));
    let long: Vec<Span> = events.iter().filter(|event| is_long(event)).map(Event::span).collect();
    let mut reader = Reader { source, events: events.into_iter().peekable(), faults, again: Vec::new() };
    let root = reader.document();
    let lines = Lines::of(text);
    let mut strange: Vec<_> = reader.faults.iter().map(strange).collect();
    strange.sort();
    // One is enough of a line.
    strange.dedup_by_key(|(at, _)| lines.line(*at));
    if text.matches(LONG).count() % 2 == 1 {
        explain_long(&mut strange, &long, &lines);
    }
    let mut problems: Vec<_> = reader.again;
    problems.extend(strange);
    problems.sort();
    let problem = |(at, why)| Problem { line: lines.line(at), field: String::new(), why };
    (root, problems.into_iter().map(problem).collect())
}

/// What texts of several lines stand in.
const LONG: &str = "\"\"\"";

fn is_long(event: &Event) -> bool {
    event.encoding().is_some_and(|encoding| encoding.description().starts_with("multi"))
}

/// What is no TOML, and where.
fn strange(fault: &ParseError) -> (usize, String) {
    let quote = fault.expected().into_iter().flatten().find_map(|expected| match expected {
        Expected::Literal(quote @ ("\"" | "'")) => Some(quote),
        _ => None,
    });
    let start = |span: Option<Span>| span.map(|span| span.start());
    let (context, unexpected) = (start(fault.context()), start(fault.unexpected()));
    match quote {
        Some(quote) => {
            let why = format!("this is not TOML: a quote is missing; the text that begins here has no {quote} at its end");
            (context.or(unexpected).unwrap_or(0), why)
        }
        None => (unexpected.or(context).unwrap_or(0), format!("this is not TOML: {}", fault.description())),
    }
}

/// Where one of the marks of long texts has no partner, all that follows is taken for the other: the first place
/// at which that cannot be, and the last text before it, are all that is worth saying.
fn explain_long(strange: &mut Vec<(usize, String)>, long: &[Span], lines: &Lines) {
    strange.truncate(1);
    if let [(at, why)] = strange.as_mut_slice()
        && let Some(last) = long.iter().rfind(|span| span.start() < *at)
        && last.end() <= *at + 1
    {
        let (first, last) = (lines.line(last.start()), lines.line(last.end()));
        *why = format!(
            "this is not TOML: one of the {LONG} before it is missing; as it stands the last text goes from line {first} to line {last}"
        );
    }
}

struct Reader<'a> {
    source: Source<'a>,
    events: std::iter::Peekable<std::vec::IntoIter<Event>>,
    faults: Vec<ParseError>,
    /// What is there twice, or both a value and a table.
    again: Vec<(usize, String)>,
}

type Keys = Vec<(String, usize)>;

impl Reader<'_> {
    fn document(&mut self) -> Table {
        let mut root = Table { how: How::Opened, ..Table::default() };
        let mut path: Keys = Vec::new();
        while let Some(event) = self.events.peek().copied() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                    self.events.next();
                    path = self.keys();
                    if let Err(fault) = open(&mut root, &path, event.kind() == EventKind::ArrayTableOpen) {
                        self.again.push(fault);
                    }
                }
                EventKind::SimpleKey => {
                    let keys = self.keys();
                    let value = self.value();
                    if let Some(table) = inside(&mut root, &path) {
                        self.put(table, &keys, value);
                    }
                }
                _ => {
                    self.events.next();
                }
            }
        }
        root
    }

    /// The keys of a header or before an equals sign, with the sign behind them.
    fn keys(&mut self) -> Keys {
        let mut keys = Vec::new();
        while let Some(event) = self.events.peek().copied() {
            match event.kind() {
                EventKind::SimpleKey => {
                    let mut key = Cow::Borrowed("");
                    if let Some(raw) = self.source.get(event) {
                        raw.decode_key(&mut key, &mut self.faults);
                    }
                    keys.push((key.into_owned(), event.span().start()));
                }
                EventKind::KeySep => {}
                EventKind::KeyValSep | EventKind::StdTableClose | EventKind::ArrayTableClose => {
                    self.events.next();
                    break;
                }
                _ => break,
            }
            self.events.next();
        }
        if keys.len() > MOST_NESTED as usize {
            self.again.push((keys[0].1, format!("this key has {} parts; no lab has one with more than {MOST_NESTED}", keys.len())));
            keys.clear();
        }
        keys
    }

    fn value(&mut self) -> Option<Node> {
        let event =
            self.events.next_if(|event| matches!(event.kind(), EventKind::Scalar | EventKind::ArrayOpen | EventKind::InlineTableOpen))?;
        let at = event.span().start();
        Some(match event.kind() {
            EventKind::ArrayOpen => {
                let mut items = Vec::new();
                while let Some(event) = self.events.peek().copied() {
                    match event.kind() {
                        EventKind::ArrayClose => {
                            self.events.next();
                            break;
                        }
                        EventKind::Scalar | EventKind::ArrayOpen | EventKind::InlineTableOpen => items.extend(self.value()),
                        EventKind::StdTableOpen | EventKind::ArrayTableOpen => break,
                        _ => {
                            self.events.next();
                        }
                    }
                }
                Node { at, value: Value::List(items) }
            }
            EventKind::InlineTableOpen => {
                let mut table = Table { at, how: How::Dotted, ..Table::default() };
                while let Some(event) = self.events.peek().copied() {
                    match event.kind() {
                        EventKind::InlineTableClose => {
                            self.events.next();
                            break;
                        }
                        EventKind::SimpleKey => {
                            let keys = self.keys();
                            let value = self.value();
                            self.put(&mut table, &keys, value);
                        }
                        EventKind::StdTableOpen | EventKind::ArrayTableOpen => break,
                        _ => {
                            self.events.next();
                        }
                    }
                }
                table.how = How::Closed;
                Node { at, value: Value::Table(table) }
            }
            _ => self.scalar(event),
        })
    }

    fn scalar(&mut self, event: Event) -> Node {
        let Some(raw) = self.source.get(event) else { return Node { at: 0, value: Value::Strange("nothing") } };
        let mut text = Cow::Borrowed("");
        let value = match raw.decode_scalar(&mut text, &mut self.faults) {
            ScalarKind::String => {
                // Texts begin behind their quotes, long ones behind the line break after them.
                let quotes = if is_long(&event) { 3 } else { 1 };
                let rest = raw.as_str().get(quotes..).unwrap_or_default();
                let skipped = if quotes == 3 { rest.len() - rest.trim_start_matches('\r').trim_start_matches('\n').len() } else { 0 };
                return Node { at: event.span().start() + quotes + skipped.min(2), value: Value::Text(text.into_owned()) };
            }
            ScalarKind::Boolean(on) => Value::Switch(on),
            ScalarKind::Integer(radix) => match i64::from_str_radix(&text, radix.value()) {
                Ok(number) => Value::Number(number),
                Err(_) => Value::Strange("a number that is too large"),
            },
            ScalarKind::Float => Value::Strange("a number with a point (write shares as \"2.5%\" and times as \"1.5s\")"),
            ScalarKind::DateTime => Value::Strange("a date"),
        };
        Node { at: event.span().start(), value }
    }

    fn put(&mut self, table: &mut Table, keys: &[(String, usize)], value: Option<Node>) {
        let (Some(((last, at), way)), Some(node)) = (keys.split_last(), value) else { return };
        let mut table = table;
        for (key, at) in way {
            match &mut table.get_or_add(key, *at, How::Dotted).value {
                Value::Table(next) if next.how == How::Dotted => table = next,
                _ => return self.again.push((*at, format!("`{key}` is there already"))),
            }
        }
        if table.get(last).is_some() {
            return self.again.push((*at, format!("`{last}` is there twice")));
        }
        table.add(Entry { key: last.clone(), at: *at, node });
    }
}

/// Opens the table of a header.
fn open(root: &mut Table, path: &[(String, usize)], one_of_several: bool) -> Result<(), (usize, String)> {
    let Some(((last, at), way)) = path.split_last() else { return Ok(()) };
    let mut table = root;
    for (key, at) in way {
        table = step(table.get_or_add(key, *at, How::Passed)).ok_or_else(|| (*at, format!("`{key}` is there already, and no table")))?;
    }
    let known = table.get(last).is_some();
    let node = table.get_or_add(last, *at, How::Opened);
    let fault = || Err((*at, format!("`{last}` is there already")));
    if one_of_several {
        if !known {
            node.value = Value::List(Vec::new());
        }
        let Value::List(items) = &mut node.value else { return fault() };
        // As the first, so are all: a list in brackets is never added to.
        if items.first().is_some_and(|item| !matches!(&item.value, Value::Table(table) if table.how == How::Opened)) {
            return fault();
        }
        items.push(Node { at: *at, value: Value::Table(Table { at: *at, how: How::Opened, ..Table::default() }) });
        return Ok(());
    }
    match &mut node.value {
        Value::Table(table) if !known || table.how == How::Passed => {
            table.how = How::Opened;
            Ok(())
        }
        _ => fault(),
    }
}

/// The table at the end of a header's path: of several, the last.
fn inside<'a>(root: &'a mut Table, path: &[(String, usize)]) -> Option<&'a mut Table> {
    let mut table = root;
    for (key, _) in path {
        table = step(table.get_mut(key)?)?;
    }
    Some(table)
}

fn step(node: &mut Node) -> Option<&mut Table> {
    match &mut node.value {
        Value::Table(table) if table.how != How::Closed => Some(table),
        Value::List(items) => match items.last_mut() {
            Some(Node { value: Value::Table(table), .. }) if table.how != How::Closed => Some(table),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_a_tree_with_places() {
        let text =
            "a = 1\nb.c = 'x'\n[t]\nk = [true, \"two\",\n 3]\n[[s]]\nn = { x = 0x10, y = 2 }\n[s.deep]\nz = \"\"\"\nlong\"\"\"\n[[s]]\n";
        let (root, problems) = read(text);
        assert_eq!(problems, []);
        let keys: Vec<_> = root.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["a", "b", "t", "s"]);
        let Some(Node { value: Value::List(items), .. }) = root.get("s") else { panic!("s is a list") };
        assert_eq!(items.len(), 2);
        let Value::Table(first) = &items[0].value else { panic!("of tables") };
        let Some(Node { value: Value::Table(deep), .. }) = first.get("deep") else { panic!("with a table in it") };
        let z = deep.get("z").unwrap();
        assert_eq!((&z.value, Lines::of(text).line(z.at)), (&Value::Text("long".into()), 10));
        let Some(Node { value: Value::Table(n), .. }) = first.get("n") else { panic!("with n in it") };
        assert_eq!(n.get("x").unwrap().value, Value::Number(16));
    }

    #[test]
    fn a_missing_quote_is_called_one() {
        for (text, line, why) in [
            ("a = 1\nb = \"open\nc = 3\n", 2, "a quote is missing; the text that begins here has no \" at its end"),
            ("a = 'open\n", 1, "a quote is missing; the text that begins here has no ' at its end"),
            ("a = 1\nb = \"\"\"\nopen\nc = 3\n", 2, "a quote is missing"),
            ("a = \"\"\nprose of\nmany lines\"\"\"\nb = \"\"\"\nx\"\"\"\n", 2, "key with no value"),
            (
                "a = \"\"\"\nx\nb = \"\"\"\nmore prose\"\"\"\nc = 2\n",
                4,
                "is missing; as it stands the last text goes from line 1 to line 3",
            ),
        ] {
            let (_, problems) = read(text);
            let [problem] = problems.as_slice() else { panic!("{text}: {problems:#?}") };
            assert!(problem.line == line && problem.why.contains(why), "{text}: {problem}");
        }
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let (root, problems) = read("a = 1\nb = \na = 2\n[t]\nx = 1\n[t]\nt = nonsense\n[[a]]\nd = 5 5\n[u]\nv = 3\n");
        let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert!([2, 3, 6, 7, 8, 9].iter().all(|line| lines.contains(line)), "{problems:#?}");
        assert!(root.get("u").is_some(), "what follows a fault is read");
        let (_, problems) = read(&"[".repeat(10_000));
        assert!(!problems.is_empty());
        let (_, problems) = read(&format!("a{} = 1", ".a".repeat(10_000)));
        assert!(problems[0].why.contains("10001 parts"), "{problems:#?}");
        let (_, problems) = read(&format!("a = {}{}", "[".repeat(50), "]".repeat(50)));
        assert!(!problems.is_empty());
    }
}
