//! From text to tree. Every name is looked up in the model, and what is wrong is named with its place.
//!
//! ```text
//! condition = part { "then" part }            first this, at a later moment that
//! part      = both { "or" both }
//! both      = single { "and" single }
//! single    = ("not" | "ever" | "always") single | lasting
//! lasting   = simple [ "for" SPAN | "within" SPAN "after" simple ]
//! simple    = "(" condition ")" | fact | quantity ("=" | "!=" | "<" | "<=" | ">" | ">=") quantity
//! quantity  = product { ("+" | "-") product }
//! product   = term { ("*" | "/") term }
//! ```

use super::count::{Counter, MessageKind, MessageStage, RequestStage, Requests, What};
use super::watch::JUDGE_STEPS;
use super::{Compare, Formula, Kind, Lasting, Measure, NodeFilter, Operator, Over, Predicate, Promised, Quantity, Value, Writes};
use crate::judge::Promise;
use crate::lab::nearest;
use crate::lab::script::ACTIONS;
use crate::lab::shown::{Mention, Shown};
use crate::models::Model;
use crate::protocol::{About, ParamKind};
use crate::scenario::Scenario;
use crate::sim::{EventKind, NodeId, NodeStatus, Span};

/// The names that a predicate can use: those of a model, and those of the nodes and clients of a run.
#[derive(Clone, Debug)]
pub struct Names {
    pub(in crate::lab) about: &'static About,
    pub(in crate::lab) timers: &'static [&'static str],
    pub(in crate::lab) promises: Vec<&'static str>,
    pub(in crate::lab) nodes: u16,
    pub(in crate::lab) clients: u16,
}

impl Names {
    /// The names in a scenario of this model.
    #[must_use]
    pub fn of(model: Model, scenario: &Scenario) -> Self {
        // Names are the same for any number of nodes, and this one may be absurd.
        let host = model.host(model.about().nodes.default, &scenario.settings(model.about()));
        Self {
            about: model.about(),
            timers: host.timer_names(),
            promises: host.invariants().into_iter().map(|(id, ..)| id).collect(),
            nodes: scenario.nodes,
            clients: scenario.clients,
        }
    }

    /// The node or client of that name.
    pub(in crate::lab) fn endpoint(&self, name: &str) -> Option<NodeId> {
        let (kind, number) = name.split_at_checked(1)?;
        let number = number.parse::<u16>().ok()?.checked_sub(1)?;
        match kind {
            "n" if number < self.nodes => Some(NodeId(number)),
            "c" if number < self.clients => self.nodes.checked_add(number).map(NodeId),
            _ => None,
        }
    }

    /// What is said of a node or client that is not there.
    pub(in crate::lab) fn no_endpoint(&self, name: &str) -> String {
        let clients = match self.clients {
            0 => "no clients".to_owned(),
            1 => "one client, c1".to_owned(),
            clients => format!("clients c1 to c{clients}"),
        };
        format!("there is no node or client “{name}”; there are nodes n1 to n{} and {clients}", self.nodes)
    }

    pub(in crate::lab) fn message_kind(&self, name: &str) -> Result<MessageKind, String> {
        let own = self.about.kinds.iter().position(|kind| kind.name == name).map(|index| MessageKind::Own(index as u8));
        let others = [("request", MessageKind::Request), ("answer", MessageKind::Answer)];
        let found = own.or_else(|| others.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind));
        found.ok_or_else(|| {
            let known = self.about.kinds.iter().map(|kind| kind.name).chain(["request", "answer"]);
            unknown("kind of message", name, known)
        })
    }

    pub(in crate::lab) fn op(&self, name: &str) -> Result<u8, String> {
        let found = self.about.ops.iter().position(|op| op.name == name).map(|index| index as u8);
        found.ok_or_else(|| unknown("operation", name, self.about.ops.iter().map(|op| op.name)))
    }

    pub(in crate::lab) fn timer(&self, name: &str) -> Result<u8, String> {
        let found = self.timers.iter().position(|timer| *timer == name).map(|index| index as u8);
        found.ok_or_else(|| unknown("timer", name, self.timers.iter().copied()))
    }
}

/// What is said of a name that is not there.
pub(in crate::lab) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean “{near}”?"),
        None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
    };
    format!("there is no {what} “{name}”; {hint}")
}

/// What is wrong with a text, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The place, in bytes.
    pub at: usize,
    /// What is wrong there.
    pub why: String,
}

impl Predicate {
    /// Reads a predicate.
    ///
    /// # Errors
    /// Names the first thing wrong, and its place.
    pub fn parse(text: &str, names: &Names) -> Result<Self, Wrong> {
        let mut parser = Parser::new(text, names)?;
        let root = parser.condition()?;
        parser.end()?;
        Ok(Self { text: text.into(), root, mentions: parser.mentions })
    }
}

impl Measure {
    /// Reads a measure.
    ///
    /// # Errors
    /// Names the first thing wrong, and its place.
    pub fn parse(text: &str, names: &Names) -> Result<Self, Wrong> {
        let mut parser = Parser::new(text, names)?;
        let root = parser.quantity()?;
        parser.end()?;
        Ok(Self { text: text.into(), root, mentions: parser.mentions })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// In quotes: always a name.
    Name(String),
    Value(Value),
    Sign(&'static str),
    End,
}

/// What the two sides of a comparison can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Number,
    Span,
    Text,
    /// Known only in the run.
    Any,
}

const SIGNS: [&str; 13] = ["!=", "<=", ">=", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/"];
const FACTS: [&str; 8] = ["kept", "broken", "up", "down", "paused", "connected", "quiet", "end"];
const TERMS: [&str; 18] = [
    "messages",
    "requests",
    "faults",
    "events",
    "nodes",
    "latency",
    "role",
    "field",
    "highest",
    "lowest",
    "sum",
    "different",
    "total",
    "setting",
    "lost",
    "recovery-point",
    "copies",
    "time",
];
/// How deep a predicate can be: deeper ones are nobody's handwriting.
const MOST_NESTED: usize = 40;

/// How long it can be.
const MOST_WORDS: usize = 1_000;

struct Parser<'a> {
    names: &'a Names,
    tokens: Vec<(Token, usize, usize)>,
    next: usize,
    depth: usize,
    mentions: Vec<Mention>,
}

type Parsed<T> = Result<T, Wrong>;

impl<'a> Parser<'a> {
    fn new(text: &str, names: &'a Names) -> Parsed<Self> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let rest = &text[at..];
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
            let (token, length) = if letter.is_whitespace() {
                at += letter.len_utf8();
                continue;
            } else if letter == '\'' || letter == '"' {
                let Some(length) = rest[1..].find(letter) else {
                    return Err(Wrong { at, why: "this quote is never closed".into() });
                };
                (Token::Name(rest[1..=length].into()), length + 2)
            } else if letter.is_ascii_digit() {
                let length = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '%').unwrap_or(rest.len());
                match Value::read(&rest[..length]) {
                    Value::Text(text) => return Err(Wrong { at, why: format!("“{text}” is no number, share or length of time") }),
                    value => (Token::Value(value), length),
                }
            } else if letter.is_alphabetic() {
                let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                (Token::Word(rest[..length].into()), length)
            } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                (Token::Sign(sign), sign.len())
            } else {
                return Err(Wrong { at, why: format!("“{letter}” means nothing here") });
            };
            if tokens.len() == MOST_WORDS {
                return Err(Wrong { at, why: format!("this has more than {MOST_WORDS} words and signs") });
            }
            tokens.push((token, at, at + length));
            at += length;
        }
        tokens.push((Token::End, text.len(), text.len()));
        Ok(Self { names, tokens, next: 0, depth: 0, mentions: Vec::new() })
    }

    // ---- letters ------------------------------------------------------------------------------

    fn peek(&self) -> &Token {
        &self.tokens[self.next].0
    }

    fn at(&self) -> usize {
        self.tokens[self.next].1
    }

    /// Where the last token ended.
    fn behind(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |last| self.tokens[last].2)
    }

    fn wrong<T>(&self, why: impl Into<String>) -> Parsed<T> {
        Err(Wrong { at: self.at(), why: why.into() })
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(other) if other == word);
        if found {
            self.take();
        }
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(other) if *other == sign);
        if found {
            self.take();
        }
        found
    }

    fn need(&mut self, sign: &'static str) -> Parsed<()> {
        if self.sign(sign) { Ok(()) } else { self.wrong(format!("here should be “{sign}”")) }
    }

    fn end(&self) -> Parsed<()> {
        if *self.peek() == Token::End { Ok(()) } else { self.wrong("the predicate should end here; join two with and, or, then") }
    }

    /// A name, in quotes or a bare word.
    fn name(&mut self, what: &str) -> Parsed<String> {
        match self.peek().clone() {
            Token::Word(name) | Token::Name(name) => {
                self.take();
                Ok(name)
            }
            // Fields and values can be bare numbers too.
            _ => self.wrong(format!("here should be {what}")),
        }
    }

    /// A name of something that nodes show.
    fn shown(&mut self, what: Shown, wanted: &str) -> Parsed<String> {
        let at = self.at();
        let name = self.name(wanted)?;
        self.mentions.push(Mention { at, what, name: name.clone() });
        Ok(name)
    }

    /// A name that is looked up; if it is wrong, the fault is there.
    fn known<T>(&mut self, what: &str, find: impl FnOnce(&Names, &str) -> Result<T, String>) -> Parsed<T> {
        let at = self.at();
        let name = self.name(what)?;
        find(self.names, &name).map_err(|why| Wrong { at, why })
    }

    fn endpoint(&mut self) -> Parsed<NodeId> {
        self.known("a node or client, such as n1", |names, name| names.endpoint(name).ok_or_else(|| names.no_endpoint(name)))
    }

    fn node(&mut self) -> Parsed<NodeId> {
        let at = self.at();
        let found = self.endpoint()?;
        if found.0 < self.names.nodes { Ok(found) } else { Err(Wrong { at, why: "this must be a node, not a client".into() }) }
    }

    fn span(&mut self) -> Parsed<Span> {
        match *self.peek() {
            Token::Value(Value::Span(nanos)) => {
                self.take();
                Ok(Span(nanos.unsigned_abs() as u64))
            }
            _ => self.wrong("here should be a length of time, such as 500ms"),
        }
    }

    // ---- true or false ------------------------------------------------------------------------

    fn condition(&mut self) -> Parsed<Formula> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return self.wrong("this is too deep inside");
        }
        let from = self.at();
        let mut first = self.either()?;
        while self.word("then") {
            let second = Box::new(self.either()?);
            first = self.formula(from, Kind::Then { first: Box::new(first), second, seen: None, done: None });
        }
        self.depth -= 1;
        Ok(first)
    }

    fn formula(&self, from: usize, kind: Kind) -> Formula {
        Formula { from, to: self.behind(), kind, holds: Some(false), doubt: false }
    }

    fn either(&mut self) -> Parsed<Formula> {
        self.joined("or", Self::both, Kind::Any)
    }

    fn both(&mut self) -> Parsed<Formula> {
        self.joined("and", Self::single, Kind::All)
    }

    fn joined(&mut self, word: &str, part: fn(&mut Self) -> Parsed<Formula>, kind: fn(Vec<Formula>) -> Kind) -> Parsed<Formula> {
        let from = self.at();
        let mut parts = vec![part(self)?];
        while self.word(word) {
            parts.push(part(self)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(self.formula(from, kind(parts)))
            }
        }
    }

    fn single(&mut self) -> Parsed<Formula> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return self.wrong("this is too deep inside");
        }
        let from = self.at();
        let formula = if self.word("not") {
            let inner = Box::new(self.single()?);
            self.formula(from, Kind::Not(inner))
        } else if self.word("ever") {
            let inner = Box::new(self.single()?);
            self.formula(from, Kind::Ever(inner, None))
        } else if self.word("always") {
            let inner = Box::new(self.single()?);
            self.formula(from, Kind::Always(inner, None))
        } else {
            let simple = self.simple()?;
            if self.word("for") {
                let span = self.span()?;
                self.formula(from, Kind::For(Box::new(simple), span, None))
            } else if self.word("within") {
                let span = self.span()?;
                if !self.word("after") {
                    return self.wrong("here should be “after” and a condition");
                }
                let after = Box::new(self.simple()?);
                self.formula(from, Kind::Within { what: Box::new(simple), span, after, began: None, done: None })
            } else {
                simple
            }
        };
        self.depth -= 1;
        Ok(formula)
    }

    fn simple(&mut self) -> Parsed<Formula> {
        let from = self.at();
        if self.opens_condition() {
            self.take();
            let inner = self.condition()?;
            self.need(")")?;
            return Ok(inner);
        }
        if let Token::Word(word) = self.peek().clone()
            && let Some(kind) = self.fact(&word)?
        {
            return Ok(self.formula(from, kind));
        }
        let left = self.quantity()?;
        let how = self.compare()?;
        let at = self.at();
        let right = self.compared()?;
        let kinds = (self.type_of(&left), self.type_of(&right));
        let fits = kinds.0 == kinds.1 || kinds.0 == Type::Any || kinds.1 == Type::Any;
        if !fits {
            return Err(Wrong { at, why: format!("{} cannot be compared with {}", kind_name(kinds.0), kind_name(kinds.1)) });
        }
        if let (Quantity::Setting(key), Quantity::Given(Value::Text(text))) = (&left, &right) {
            self.check_choice(key, text, at)?;
        }
        if let (Quantity::Role(_), Quantity::Given(Value::Text(name))) = (&left, &right) {
            self.mentions.push(Mention { at, what: Shown::Role, name: name.clone() });
        }
        Ok(self.formula(from, Kind::Compare { left, how, right }))
    }

    /// Whether the bracket here encloses a condition and not a quantity: then something that only
    /// a condition has stands in it before it closes.
    fn opens_condition(&self) -> bool {
        if *self.peek() != Token::Sign("(") {
            return false;
        }
        let mut open = 0;
        for (token, ..) in &self.tokens[self.next..] {
            match token {
                Token::Sign("(") => open += 1,
                Token::Sign(")") => {
                    open -= 1;
                    if open == 0 {
                        return false;
                    }
                }
                // Filters have comparisons too, but in brackets of their own.
                Token::Sign("=" | "!=" | "<" | "<=" | ">" | ">=") if open == 1 => return true,
                Token::Word(word)
                    if open == 1 && (FACTS.contains(&word.as_str()) || matches!(word.as_str(), "not" | "ever" | "always")) =>
                {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn fact(&mut self, word: &str) -> Parsed<Option<Kind>> {
        if !FACTS.contains(&word) {
            return Ok(None);
        }
        self.take();
        Ok(Some(match word {
            "quiet" => Kind::Quiet,
            "end" => Kind::End,
            "kept" | "broken" => {
                self.need("(")?;
                let promise = self.known("the name of a promise", promise)?;
                self.need(")")?;
                Kind::Promised { promise, wanted: word == "kept", verdict: None, why: String::new(), patience: JUDGE_STEPS }
            }
            "connected" => {
                self.need("(")?;
                let from = self.endpoint()?;
                self.sign(",");
                let to = self.endpoint()?;
                self.need(")")?;
                Kind::Connected(from, to)
            }
            _ => {
                self.need("(")?;
                let node = self.node()?;
                self.need(")")?;
                Kind::Status(node, status(word).unwrap_or(NodeStatus::Up))
            }
        }))
    }

    fn compare(&mut self) -> Parsed<Compare> {
        let how = match self.peek() {
            Token::Sign("=") => Compare::Equal,
            Token::Sign("!=") => Compare::Different,
            Token::Sign("<") => Compare::Less,
            Token::Sign("<=") => Compare::AtMost,
            Token::Sign(">") => Compare::More,
            Token::Sign(">=") => Compare::AtLeast,
            _ => return self.wrong("here should be a comparison: =, !=, <, <=, > or >="),
        };
        self.take();
        Ok(how)
    }

    /// The right side of a comparison, where a bare word can be a text.
    fn compared(&mut self) -> Parsed<Quantity> {
        match self.peek().clone() {
            Token::Word(word) if !TERMS.contains(&word.as_str()) => {
                self.take();
                Ok(Quantity::Given(Value::Text(word)))
            }
            _ => self.quantity(),
        }
    }

    fn check_choice(&self, key: &str, text: &str, at: usize) -> Parsed<()> {
        let spec = self.names.about.params.iter().find(|spec| spec.key == key);
        let names: &[&str] = match spec.map(|spec| &spec.kind) {
            Some(ParamKind::Choice { names, .. }) => names,
            Some(ParamKind::Switch { .. }) => &["on", "off"],
            _ => return Ok(()),
        };
        if names.contains(&text) { Ok(()) } else { Err(Wrong { at, why: unknown("choice", text, names.iter().copied()) }) }
    }

    // ---- values -------------------------------------------------------------------------------

    fn quantity(&mut self) -> Parsed<Quantity> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Token::Sign("+") => Operator::Plus,
                Token::Sign("-") => Operator::Minus,
                _ => return Ok(left),
            };
            self.take();
            let at = self.at();
            let right = self.product()?;
            self.same(&left, &right, at)?;
            left = Quantity::Sum(operator, Box::new(left), Box::new(right));
        }
    }

    fn product(&mut self) -> Parsed<Quantity> {
        let mut left = self.term()?;
        loop {
            let operator = match self.peek() {
                Token::Sign("*") => Operator::Times,
                Token::Sign("/") => Operator::By,
                _ => return Ok(left),
            };
            self.take();
            let at = self.at();
            let right = self.term()?;
            if matches!(self.type_of(&right), Type::Text) || (matches!(operator, Operator::Times) && self.type_of(&right) == Type::Span) {
                return Err(Wrong { at, why: "here should be a number".into() });
            }
            left = Quantity::Sum(operator, Box::new(left), Box::new(right));
        }
    }

    fn same(&self, left: &Quantity, right: &Quantity, at: usize) -> Parsed<()> {
        let kinds = (self.type_of(left), self.type_of(right));
        if kinds.0 == Type::Text || kinds.1 == Type::Text || (kinds.0 != kinds.1 && kinds.0 != Type::Any && kinds.1 != Type::Any) {
            return Err(Wrong { at, why: format!("{} and {} cannot be added", kind_name(kinds.0), kind_name(kinds.1)) });
        }
        Ok(())
    }

    fn term(&mut self) -> Parsed<Quantity> {
        match self.peek().clone() {
            Token::Value(value) => {
                self.take();
                Ok(Quantity::Given(value))
            }
            Token::Name(text) => {
                self.take();
                Ok(Quantity::Given(Value::Text(text)))
            }
            Token::Sign("(") => {
                self.take();
                self.depth += 1;
                if self.depth > MOST_NESTED {
                    return self.wrong("this is too deep inside");
                }
                let inner = self.quantity()?;
                self.depth -= 1;
                self.need(")")?;
                Ok(inner)
            }
            Token::Word(word) if TERMS.contains(&word.as_str()) => {
                self.take();
                if word == "time" {
                    return Ok(Quantity::Now);
                }
                self.need("(")?;
                let term = self.named_term(&word)?;
                self.need(")")?;
                Ok(term)
            }
            Token::Word(word) => {
                let known = FACTS.iter().chain(&TERMS).chain(&["not", "ever", "always"]).copied();
                self.wrong(unknown("word", &word, known))
            }
            _ => self.wrong("here something is missing"),
        }
    }

    fn named_term(&mut self, word: &str) -> Parsed<Quantity> {
        let count = |what, last| Quantity::Count(Box::new(Counter::new(what, last)));
        Ok(match word {
            "messages" => {
                let (mut stage, mut kind, mut from, mut to, mut last) = (MessageStage::Sent, None, None, None, None);
                while *self.peek() != Token::Sign(")") {
                    if self.word("sent") {
                        stage = MessageStage::Sent;
                    } else if self.word("delivered") {
                        stage = MessageStage::Delivered;
                    } else if self.word("lost") {
                        stage = MessageStage::Lost;
                    } else if self.word("duplicated") {
                        stage = MessageStage::Duplicated;
                    } else if self.word("under") {
                        if !self.word("way") {
                            return self.wrong("here should be “way”");
                        }
                        stage = MessageStage::UnderWay;
                    } else if self.word("from") {
                        from = Some(self.endpoint()?);
                    } else if self.word("to") {
                        to = Some(self.endpoint()?);
                    } else if self.word("last") {
                        last = Some(self.span()?);
                    } else {
                        kind = Some(self.known("a kind of message", Names::message_kind)?);
                    }
                    self.sign(",");
                }
                count(What::Messages { stage, kind, from, to }, last)
            }
            "requests" => {
                let (requests, last) = self.requests()?;
                count(What::Requests(requests), last)
            }
            "latency" => {
                let at = self.at();
                let Token::Value(Value::Number(parts @ 0..=1_000_000)) = self.take() else {
                    return Err(Wrong { at, why: "latency begins with a share of the requests: latency(50%, ok)".into() });
                };
                self.sign(",");
                let at = self.at();
                let (mut requests, last) = self.requests()?;
                if requests.stage == RequestStage::Begun {
                    requests.stage = RequestStage::Ok;
                } else if requests.stage == RequestStage::Open {
                    return Err(Wrong { at, why: "requests that are open have no latency yet".into() });
                }
                Quantity::Latency(parts as u32, Box::new(Counter::new(What::Requests(requests), last)))
            }
            "faults" => {
                let (mut kind, mut on, mut last) = (None, None, None);
                while *self.peek() != Token::Sign(")") {
                    if self.word("on") {
                        on = Some(self.endpoint()?);
                    } else if self.word("last") {
                        last = Some(self.span()?);
                    } else {
                        kind = Some(self.known("a kind of action", |_, name| {
                            ACTIONS.iter().copied().find(|known| *known == name).ok_or_else(|| unknown("action", name, ACTIONS.into_iter()))
                        })?);
                    }
                    self.sign(",");
                }
                count(What::Faults { kind, on }, last)
            }
            "events" => {
                let (mut found, mut timer, mut on, mut last) = (None, None, None, None);
                while *self.peek() != Token::Sign(")") {
                    if self.word("on") {
                        on = Some(self.node()?);
                    } else if self.word("last") {
                        last = Some(self.span()?);
                    } else if self.word("start") {
                        found = Some(EventKind::Boot);
                    } else if self.word("write") {
                        found = Some(EventKind::Write);
                    } else if self.word("durable") {
                        found = Some(EventKind::Durable);
                    } else if self.word("timer") {
                        found = Some(EventKind::Timer);
                        timer = Some(self.known("the name of a timer", Names::timer)?);
                    } else {
                        return self.wrong("events are start, write, durable, or timer and its name");
                    }
                    self.sign(",");
                }
                let Some(kind) = found else { return self.wrong("which events? start, write, durable, or timer and its name") };
                count(What::Events { kind, timer, on }, last)
            }
            "nodes" => Quantity::Nodes(self.node_filter()?),
            "role" => Quantity::Role(self.node()?),
            "field" => {
                let node = self.node()?;
                self.sign(",");
                let name = self.shown(Shown::Field, "the name of a field")?;
                let key = if self.sign(",") { Some(self.name("a key")?) } else { None };
                Quantity::Field { node, name, key }
            }
            "highest" | "lowest" | "sum" | "different" => {
                let name = self.shown(Shown::Field, "the name of a field")?;
                self.sign(",");
                let what = match word {
                    "highest" => Over::Highest,
                    "lowest" => Over::Lowest,
                    "sum" => Over::Sum,
                    _ => Over::Different,
                };
                Quantity::Over { what, name, nodes: self.node_filter()? }
            }
            "total" => {
                let what = self.condition()?;
                Quantity::Total(Box::new(Lasting { what, before: Span::ZERO, since: None }))
            }
            "setting" => Quantity::Setting(self.known("the name of a setting", |names, name| {
                let found = names.about.params.iter().find(|spec| spec.key == name).map(|spec| spec.key);
                found.ok_or_else(|| unknown("setting", name, names.about.params.iter().map(|spec| spec.key)))
            })?),
            _ => {
                let name = self.shown(Shown::Field, "the name of the field in which nodes keep what is written")?;
                let writes = Writes::default();
                match word {
                    "lost" => Quantity::Lost(name, writes),
                    "recovery-point" => Quantity::RecoveryPoint(name, writes),
                    _ => Quantity::Copies(name, writes),
                }
            }
        })
    }

    fn requests(&mut self) -> Parsed<(Requests, Option<Span>)> {
        let (mut requests, mut last) = (Requests::default(), None);
        while *self.peek() != Token::Sign(")") {
            if self.word("ok") {
                requests.stage = RequestStage::Ok;
            } else if self.word("failed") {
                requests.stage = RequestStage::Failed;
            } else if self.word("unknown") {
                requests.stage = RequestStage::Unknown;
            } else if self.word("ended") {
                requests.stage = RequestStage::Ended;
            } else if self.word("open") {
                requests.stage = RequestStage::Open;
            } else if self.word("begun") {
                requests.stage = RequestStage::Begun;
            } else if self.word("by") {
                requests.by = Some(self.endpoint()?);
            } else if self.word("to") {
                requests.to = Some(self.node()?);
            } else if self.word("answer") {
                let from = self.at();
                requests.answer = Some(match self.take() {
                    Token::Word(text) | Token::Name(text) => text,
                    Token::Value(value) => value.to_string(),
                    _ => return Err(Wrong { at: from, why: "here should be the answer, in quotes".into() }),
                });
            } else if self.word("slower") {
                requests.slower = Some(self.span()?);
            } else if self.word("faster") {
                requests.faster = Some(self.span()?);
            } else if self.word("last") {
                last = Some(self.span()?);
            } else {
                requests.op = Some(self.known("an operation", Names::op)?);
            }
            self.sign(",");
        }
        let timed = requests.slower.is_some() || requests.faster.is_some() || requests.answer.is_some();
        if timed && matches!(requests.stage, RequestStage::Begun | RequestStage::Open) {
            return self.wrong("only requests that have ended have an answer and a length: add ok, failed, unknown or ended");
        }
        if last.is_some() && requests.stage == RequestStage::Open {
            return self.wrong("“open” says how many there are now, and has no “last”");
        }
        Ok((requests, last))
    }

    fn node_filter(&mut self) -> Parsed<NodeFilter> {
        let mut filter = NodeFilter::default();
        while *self.peek() != Token::Sign(")") {
            if let Token::Word(word) = self.peek()
                && let Some(found) = status(word)
            {
                filter.status = Some(found);
                self.take();
                self.sign(",");
                continue;
            }
            if self.word("role") {
                self.sign("=");
                filter.role = Some(self.shown(Shown::Role, "the name of a role")?);
            } else {
                let name = self.shown(Shown::Field, "up, down, paused, role, or the name of a field")?;
                let how = self.compare()?;
                let at = self.at();
                let value = match self.take() {
                    Token::Word(text) | Token::Name(text) => Value::Text(text),
                    Token::Value(value) => value,
                    _ => return Err(Wrong { at, why: "here should be a value".into() }),
                };
                filter.fields.push((name, how, value));
            }
            self.sign(",");
        }
        Ok(filter)
    }

    fn type_of(&self, quantity: &Quantity) -> Type {
        match quantity {
            Quantity::Given(Value::Number(_)) | Quantity::Count(_) | Quantity::Nodes(_) | Quantity::Lost(..) | Quantity::Copies(..) => {
                Type::Number
            }
            Quantity::Given(Value::Span(_)) | Quantity::Now | Quantity::Latency(..) | Quantity::Total(_) | Quantity::RecoveryPoint(..) => {
                Type::Span
            }
            Quantity::Given(_) | Quantity::Role(_) => Type::Text,
            Quantity::Over { what: Over::Different, .. } => Type::Number,
            Quantity::Field { .. } | Quantity::Over { .. } => Type::Any,
            Quantity::Setting(key) => match self.names.about.params.iter().find(|spec| spec.key == *key).map(|spec| &spec.kind) {
                Some(ParamKind::Number { .. } | ParamKind::Chance { .. }) => Type::Number,
                Some(ParamKind::Span { .. }) => Type::Span,
                _ => Type::Text,
            },
            Quantity::Sum(operator, left, right) => match (operator, self.type_of(left), self.type_of(right)) {
                (Operator::By, Type::Span, Type::Span) => Type::Number,
                (_, Type::Any, other) => other,
                (_, kind, _) => kind,
            },
        }
    }
}

fn promise(names: &Names, name: &str) -> Result<Promised, String> {
    if let Some(own) = names.promises.iter().find(|own| **own == name) {
        return Ok(Promised::Model(own));
    }
    let judged = Promise::named(name).map(Promised::History);
    judged.ok_or_else(|| unknown("promise", name, names.promises.iter().copied().chain(Promise::ALL.iter().map(|(name, _)| *name))))
}

fn status(word: &str) -> Option<NodeStatus> {
    match word {
        "up" => Some(NodeStatus::Up),
        "down" => Some(NodeStatus::Down),
        "paused" => Some(NodeStatus::Paused),
        _ => None,
    }
}

const fn kind_name(kind: Type) -> &'static str {
    match kind {
        Type::Number => "a number",
        Type::Span => "a length of time",
        Type::Text => "a text",
        Type::Any => "a value",
    }
}
