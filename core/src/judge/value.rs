//! Reading what others write: EDN, as Jepsen's tools print it, and JSON, with one small reader.
//!
//! The two are close enough (commas are blanks in EDN, and a colon after a key is one in JSON) that
//! one grammar reads both. Written by hand because it must name line and column of every fault,
//! stop at hostile depths, and stay small in the page.

use std::fmt::{self, Write as _};

/// A value in somebody's history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing: `nil` or `null`.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not a whole one, as it was written.
    Number(String),
    /// A string.
    Text(String),
    /// A keyword or a symbol, without its colon.
    Word(String),
    /// A vector, list or array.
    List(Vec<Value>),
    /// A set, in the order of its members, however it was written.
    Set(Vec<Value>),
    /// A map or object, in the order of its keys, however it was written.
    Map(Vec<(Value, Value)>),
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl Value {
    /// The value of a key, whether it is written as a keyword or as a string.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name.name() == Some(key)).map(|(_, value)| value)
    }

    /// The text of a keyword or a string.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Word(text) | Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let list = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(",");
        match self {
            Self::Nil => "null".into(),
            Self::Word(text) => Self::Text(text.clone()).to_string(),
            // JSON has no sets.
            Self::List(items) | Self::Set(items) => format!("[{}]", list(&mut items.iter().map(Self::json))),
            Self::Map(entries) => {
                // All keys are strings there, and have the order of strings.
                let key = |key: &Self| key.name().map_or_else(|| key.to_string(), Into::into);
                let mut entries: Vec<(String, &Self)> = entries.iter().map(|(name, value)| (key(name), value)).collect();
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                let entry = |(key, value): (String, &Self)| format!("{}:{}", Self::Text(key), value.json());
                format!("{{{}}}", list(&mut entries.into_iter().map(entry)))
            }
            other => other.to_string(),
        }
    }

    /// The members of a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |out: &mut fmt::Formatter<'_>, items: &[Self]| {
            items.iter().enumerate().try_for_each(|(index, item)| write!(out, "{}{item}", if index == 0 { "" } else { " " }))
        };
        match self {
            Self::Nil => write!(out, "nil"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Int(value) => write!(out, "{value}"),
            Self::Number(text) => write!(out, "{text}"),
            Self::Text(text) => quoted(out, text),
            Self::Word(text) => write!(out, ":{text}"),
            Self::List(items) => {
                write!(out, "[")?;
                list(out, items)?;
                write!(out, "]")
            }
            Self::Set(items) => {
                write!(out, "#{{")?;
                list(out, items)?;
                write!(out, "}}")
            }
            Self::Map(entries) => {
                write!(out, "{{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(out, "{}{key} {value}", if index == 0 { "" } else { ", " })?;
                }
                write!(out, "}}")
            }
        }
    }
}

/// A string as EDN and JSON both have it.
fn quoted(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(out, "\\{letter}")?,
            '\n' => out.write_str("\\n")?,
            letter if letter < ' ' => write!(out, "\\u{:04x}", u32::from(letter))?,
            letter => out.write_char(letter)?,
        }
    }
    out.write_char('"')
}

/// What is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadInput {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub why: String,
}

impl fmt::Display for BadInput {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

impl std::error::Error for BadInput {}

/// A value and where it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The value.
    pub value: Value,
    /// Its place in the text, in bytes.
    pub at: usize,
}

/// What may have happened where the end of the text comes too early.
const CUT_OFF: &str = "the text ends here, as if it had been cut off";

/// How deep lists may lie inside lists.
const MOST_NESTED: usize = 64;

/// Reads values one after the other.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The list whose members are read one by one: where it begins, and what ends it.
    inside: Option<(usize, char)>,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, inside: None }
    }

    /// The next value, if there is one.
    ///
    /// # Errors
    /// Names what is wrong, and where.
    pub fn next_value(&mut self) -> Result<Option<Placed>, BadInput> {
        self.skip_blanks(0)?;
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let at = self.at;
        Ok(Some(Placed { value: self.value(0)?, at }))
    }

    /// The next value, if there is one; of a list that stands by itself its members, one by one.
    ///
    /// # Errors
    /// Names what is wrong, and where.
    pub fn next_member(&mut self) -> Result<Option<Placed>, BadInput> {
        let mut tag = None;
        loop {
            self.skip_blanks(0)?;
            let at = self.at;
            let end = match self.peek() {
                Some('[') => Some(']'),
                Some('(') => Some(')'),
                _ => None,
            };
            match (self.peek(), self.inside, end) {
                (Some('#'), ..) if !self.text[at..].starts_with("#{") => {
                    tag = tag.or(Some(at));
                    self.at += 1;
                    self.token();
                }
                (None | Some(']' | ')' | '}'), ..) if tag.is_some() => return self.fail(at, "a value is missing"),
                (None, None, _) => return Ok(None),
                (None, Some((begin, end)), _) => return self.unclosed(begin, end),
                (Some(letter), Some((_, end)), _) if letter == end => {
                    self.at += 1;
                    self.inside = None;
                }
                (_, None, Some(end)) => {
                    (tag, self.inside) = (None, Some((at, end)));
                    self.at += 1;
                }
                _ => {
                    let depth = usize::from(self.inside.is_some());
                    return Ok(Some(Placed { value: self.value(depth)?, at: tag.unwrap_or(at) }));
                }
            }
        }
    }

    /// A fault at a place.
    #[must_use]
    pub fn fault(text: &str, at: usize, why: impl Into<String>) -> BadInput {
        let before = &text[..floor(text, at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        BadInput { line, column, why: why.into() }
    }

    fn fail<T>(&self, at: usize, why: impl Into<String>) -> Result<T, BadInput> {
        Err(Self::fault(self.text, at, why))
    }

    fn unclosed<T>(&self, at: usize, end: char) -> Result<T, BadInput> {
        self.fail(at, format!("there is no “{end}” for this bracket: {CUT_OFF}"))
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Blanks, commas, comments and discarded forms.
    fn skip_blanks(&mut self, depth: usize) -> Result<(), BadInput> {
        let at = self.at;
        let mut discards = 0;
        loop {
            let rest = &self.text[self.at..];
            let next = rest.chars().next();
            match next {
                Some(';') => self.at += rest.find('\n').unwrap_or(rest.len()),
                Some(blank) if blank.is_whitespace() || blank == ',' || blank == '\u{feff}' => self.at += blank.len_utf8(),
                Some('#') if rest.starts_with("#_") => {
                    self.at += 2;
                    discards += 1;
                }
                _ if discards == 0 => return Ok(()),
                None | Some(']' | ')' | '}') => return self.fail(at, "there is nothing after #_ to leave out"),
                Some(_) => {
                    self.value(depth + 1)?;
                    discards -= 1;
                }
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, BadInput> {
        let at = self.at;
        if depth > MOST_NESTED {
            return self.fail(at, format!("lists lie inside lists, more than {MOST_NESTED} deep"));
        }
        let Some(first) = self.peek() else { return self.fail(at, "a value is missing") };
        match first {
            '[' => self.list(']', depth).map(Value::List),
            '(' => self.list(')', depth).map(Value::List),
            '{' => self.map(depth),
            '"' => self.string().map(Value::Text),
            '#' if self.text[at..].starts_with("#{") => {
                self.at += 1;
                let mut items = self.list('}', depth)?;
                items.sort();
                items.dedup();
                Ok(Value::Set(items))
            }
            '#' => {
                // What a tagged value is tagged with does not matter here.
                self.at += 1;
                self.token();
                self.skip_blanks(depth)?;
                self.value(depth + 1)
            }
            ']' | ')' | '}' => self.fail(at, format!("“{first}” closes nothing")),
            '\\' => {
                self.at += 1;
                let Some(letter) = self.peek() else { return self.fail(at, "a letter is missing after \\") };
                self.at += letter.len_utf8();
                let rest = self.token();
                Ok(Value::Text(format!("{letter}{rest}")))
            }
            _ => self.atom(at),
        }
    }

    fn atom(&mut self, at: usize) -> Result<Value, BadInput> {
        let keyword = self.peek() == Some(':');
        if keyword {
            self.at += 1;
        }
        let token = self.token();
        if token.is_empty() {
            let strange = self.peek().map_or_else(|| "the end".into(), |letter| format!("“{letter}”"));
            return self.fail(at, format!("a value was expected, not {strange}"));
        }
        if keyword {
            return Ok(Value::Word(token.into()));
        }
        Ok(match token {
            "nil" | "null" => Value::Nil,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if token.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit()) => {
                match token.strip_suffix('N').unwrap_or(token).parse() {
                    Ok(number) => Value::Int(number),
                    Err(_) => Value::Number(token.into()),
                }
            }
            _ => Value::Word(token.into()),
        })
    }

    /// The letters up to the next blank or bracket.
    fn token(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let token = &rest[..rest.find(ends_token).unwrap_or(rest.len())];
        self.at += token.len();
        token
    }

    fn list(&mut self, end: char, depth: usize) -> Result<Vec<Value>, BadInput> {
        let at = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blanks(depth)?;
            match self.peek() {
                None => return self.unclosed(at, end),
                Some(letter) if letter == end => {
                    self.at += 1;
                    return Ok(items);
                }
                Some(_) => items.push(self.value(depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, BadInput> {
        let at = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.skip_blanks(depth)?;
            match self.peek() {
                None => return self.unclosed(at, '}'),
                Some('}') => {
                    self.at += 1;
                    entries.sort_by(|(one, _), (other, _)| Value::cmp(one, other));
                    return Ok(Value::Map(entries));
                }
                Some(_) => {}
            }
            let key_at = self.at;
            let key = self.value(depth + 1)?;
            self.skip_blanks(depth)?;
            // JSON writes a colon between key and value.
            if matches!(key, Value::Text(_)) && self.peek() == Some(':') {
                self.at += 1;
                self.skip_blanks(depth)?;
            }
            match self.peek() {
                None => return self.fail(key_at, format!("the key {key} has no value: {CUT_OFF}")),
                Some('}') => return self.fail(key_at, format!("the key {key} has no value")),
                Some(_) => {}
            }
            entries.push((key, self.value(depth + 1)?));
        }
    }

    fn string(&mut self) -> Result<String, BadInput> {
        let at = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(letter) = self.peek() else { return self.fail(at, format!("this string does not end: {CUT_OFF}")) };
            self.at += letter.len_utf8();
            match letter {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                _ => text.push(letter),
            }
        }
    }

    /// The four digits of an escape.
    fn unit(&mut self, at: usize) -> Result<u32, BadInput> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return self.fail(at, "\\u needs four digits");
        };
        self.at += 4;
        Ok(code)
    }

    fn escape(&mut self) -> Result<char, BadInput> {
        let at = self.at - 1;
        let Some(letter) = self.peek() else { return self.fail(at, format!("this string does not end: {CUT_OFF}")) };
        self.at += letter.len_utf8();
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '"' | '\\' | '/' => letter,
            'u' => {
                let first = self.unit(at)?;
                // A letter beyond the first 65,536 is written in two halves.
                let code = match first {
                    0xd800..0xdc00 if self.text[self.at..].starts_with("\\u") => {
                        self.at += 2;
                        match self.unit(at)? {
                            second @ 0xdc00..0xe000 => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                            _ => first,
                        }
                    }
                    _ => first,
                };
                let Some(letter) = char::from_u32(code) else { return self.fail(at, "this is half of a letter, without its other half") };
                letter
            }
            _ => return self.fail(at, format!("there is no escape \\{letter}")),
        })
    }
}

fn ends_token(letter: char) -> bool {
    letter.is_whitespace() || ",;[](){}\"".contains(letter)
}

/// Whether a text can stand as a keyword.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && !text.contains(ends_token)
}

/// The start of the letter at a place.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Value>, BadInput> {
        let mut reader = Reader::new(text);
        let mut values = Vec::new();
        while let Some(placed) = reader.next_value()? {
            values.push(placed.value);
        }
        Ok(values)
    }

    #[test]
    fn edn_and_json_say_the_same() {
        let edn = read(r#"{:process 3, :type :ok, :value [1 nil "x y"]} ; and so on"#).unwrap();
        let json = read(r#"{"process": 3, "type": "ok", "value": [1, null, "x y"]}"#).unwrap();
        for key in ["process", "value"] {
            assert_eq!(edn[0].get(key), json[0].get(key));
        }
        assert_eq!(edn[0].get("type").unwrap().name(), json[0].get("type").unwrap().name());
    }

    #[test]
    fn the_corners_of_edn_are_read() {
        let values =
            read("#jepsen.history.Op{:a #{1 2}, :b (x/y -7 +3 2.5 9999999999999999999N)} #_ [gone] \\a :k #inst \"2026\"").unwrap();
        assert_eq!(values.len(), 4);
        assert_eq!(values[0].get("b").unwrap().to_string(), "[:x/y -7 3 2.5 9999999999999999999N]");
    }

    #[test]
    fn what_is_the_same_is_equal_and_nothing_else() {
        let same = |one: &str, other: &str| read(one).unwrap() == read(other).unwrap();
        assert!(same("#{1 2}", "#{2 1}"));
        assert!(same("{:a 1, :b 2}", "{:b 2, :a 1}"));
        assert!(same(r#"{"a": [1], "b": {"c": 1, "d": 2}}"#, r#"{"b": {"d": 2, "c": 1}, "a": [1]}"#));
        assert!(!same("[1 2]", "[2 1]") && !same("#{1 2}", "[1 2]") && !same("{1 2}", "{2 1}"));
        // Python writes every letter beyond the first 65,536 as a pair.
        assert!(same(r#""\ud83d\ude00""#, "\"\u{1f600}\"") && !same(r#""\ud83d\ude00""#, r#""\ud83d\ude01""#));
    }

    #[test]
    fn every_fault_has_a_line_and_a_column() {
        for (text, line, column, why) in [
            ("[1 2", 1, 1, "no “]” for this bracket: the text ends here"),
            ("{:a 1\n :b", 2, 2, "has no value: the text ends here"),
            ("1\n  }", 2, 3, "closes nothing"),
            ("{:a 1\n :b}", 2, 2, "has no value"),
            ("\"abc", 1, 1, "does not end"),
            ("ä \"\\q\"", 1, 4, "no escape"),
            ("#_", 1, 1, "nothing after"),
            ("\"a \\ud83d\"", 1, 4, "half of a letter"),
            ("\"\\ude00\\ud83d\"", 1, 2, "half of a letter"),
            ("\"\\ud83d\\u0041\"", 1, 2, "half of a letter"),
            ("\"\\u+123\"", 1, 2, "four digits"),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.line, fault.column), (line, column), "{text}: {fault}");
            assert!(fault.why.contains(why), "{fault}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text = "{:a [1 \"\\u00e4\" #{} (x)] #_ b ; c\n \"d\": -1.5e3}ä";
        for start in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            for end in (start..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let _ = read(&text[start..end]);
            }
        }
        for deep in ["[", "{", "(", "#a ", "{1 ", "#_"] {
            let _ = read(&deep.repeat(100_000)).unwrap_err();
        }
    }
}
