//! What a run must be like, in a sentence that a course author writes by hand.
//!
//! `ever broken(one-primary) and requests(write, ok) >= 1`
//!
//! A predicate is true or false at every moment of a run, and looks only back. So it needs no more
//! than the run so far: a guided stop fires, and a challenge is solved, at the first moment at which
//! its predicate is true. A measure is a number, a length of time or a text at every moment.
//!
//! | room | what is in it |
//! |---|---|
//! | `parse` | from text to tree, with every name looked up in the model |
//! | `count` | what is counted row by row: messages, requests, faults, events |
//! | `watch` | the tree along a run, and why it holds or does not |

mod count;
mod parse;
mod watch;

pub(in crate::lab) use count::MessageKind;
pub(in crate::lab) use parse::unknown;
pub use parse::{Names, Wrong};
pub(in crate::lab) use watch::MOST_STEPS;
pub use watch::{Found, Moment, Observer, Reason, Subject};

use super::shown::{Mention, Mentions};
use crate::judge::Promise;
use crate::sim::{NodeId, NodeStatus, Span, Time};
use count::Counter;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A condition on a run.
#[derive(Clone, Debug)]
pub struct Predicate {
    text: String,
    root: Formula,
    mentions: Vec<Mention>,
}

/// Something that can be measured on a run.
#[derive(Clone, Debug)]
pub struct Measure {
    text: String,
    root: Quantity,
    mentions: Vec<Mention>,
}

impl Mentions for Predicate {
    fn mentions(&self) -> Vec<Mention> {
        self.mentions.clone()
    }
}

impl Mentions for Measure {
    fn mentions(&self) -> Vec<Mention> {
        self.mentions.clone()
    }
}

impl Measure {
    /// Whether it is a length of time, as far as that is known before a run.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.root.is_time()
    }

    /// Whether it says how long something has been the case all together.
    #[must_use]
    pub fn is_total(&self) -> bool {
        matches!(self.root, Quantity::Total(_))
    }
}

impl Predicate {
    /// The predicate as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is only about the moment, and about how often something happened before, but not about
    /// what was the case before.
    #[must_use]
    pub fn is_of_the_moment(&self) -> bool {
        let looks_back = |kind: &Kind| match kind {
            Kind::Ever(..) | Kind::Always(..) | Kind::For(..) | Kind::Then { .. } | Kind::Within { .. } => true,
            Kind::Compare { left, right, .. } => left.remembers() || right.remembers(),
            _ => false,
        };
        !self.root.any(&mut |formula| looks_back(&formula.kind))
    }
}

impl Measure {
    /// Whether it is only about the moment, and about how often something happened before.
    #[must_use]
    pub fn is_of_the_moment(&self) -> bool {
        !self.root.remembers()
    }

    /// The measure as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What a measure gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// A number, in parts of a million.
    Number(i128),
    /// A length of time, or a moment, in nanoseconds.
    Span(i128),
    /// A text.
    Text(String),
    /// There is nothing to measure yet.
    Nothing,
}

impl Value {
    /// A whole number.
    #[must_use]
    pub fn whole(number: impl Into<i128>) -> Self {
        Self::Number(number.into() * MILLION)
    }

    /// A number as it is, a share of one, a length of time in milliseconds.
    #[must_use]
    pub fn plain(&self) -> Option<f64> {
        match self {
            Self::Number(parts) => Some(*parts as f64 / 1e6),
            Self::Span(nanos) => Some(*nanos as f64 / 1e6),
            Self::Text(_) | Self::Nothing => None,
        }
    }

    /// Reads `12`, `12.5`, `95%` or `120ms`; anything else is a text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let (negative, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Self::Text(text.into());
        }
        let number = digits.strip_suffix('%').unwrap_or(digits);
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if all_digits(whole) && all_digits(part) && whole.len() <= 18 && part.len() <= 6 {
            let scale = if digits.ends_with('%') { MILLION / 100 } else { MILLION };
            let part = format!("{part:0<6}").parse::<i128>().unwrap_or(0) * scale / MILLION;
            return Self::Number(negative * (whole.parse::<i128>().unwrap_or(0) * scale + part));
        }
        match Span::parse(digits) {
            Ok(span) => Self::Span(negative * i128::from(span.0)),
            Err(_) => Self::Text(text.into()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(parts) => {
                let (sign, parts) = if *parts < 0 { ("-", -parts) } else { ("", *parts) };
                let part = format!("{:06}", parts % MILLION);
                let part = part.trim_end_matches('0');
                let point = if part.is_empty() { "" } else { "." };
                write!(out, "{sign}{}{point}{part}", parts / MILLION)
            }
            Self::Span(nanos) => write!(out, "{}{}", if *nanos < 0 { "-" } else { "" }, Span(nanos.unsigned_abs() as u64)),
            Self::Text(text) => write!(out, "“{text}”"),
            Self::Nothing => write!(out, "nothing yet"),
        }
    }
}

const MILLION: i128 = 1_000_000;

/// A part of a predicate that is true or false.
#[derive(Clone, Debug)]
struct Formula {
    /// Where it stands in the text.
    from: usize,
    to: usize,
    kind: Kind,
    /// Whether it holds at the moment that was looked at last; nothing if a judge would have to know it
    /// who does not.
    holds: Option<bool>,
    /// For what remembers: whether it would now be true if a judge had known at some moment before.
    doubt: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Compare {
        left: Quantity,
        how: Compare,
        right: Quantity,
    },
    Promised {
        promise: Promised,
        wanted: bool,
        /// What was found when it was last asked; nothing if it must be asked anew.
        verdict: Option<Option<bool>>,
        why: String,
        /// How long the judge searches when it is asked; nothing when it is asked no more.
        patience: u64,
    },
    Status(NodeId, NodeStatus),
    Connected(NodeId, NodeId),
    Quiet,
    End,
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    /// It was true once, and then for these reasons.
    Ever(Box<Formula>, Option<Once>),
    /// It was always true, if it did not fail once, and then for these reasons.
    Always(Box<Formula>, Option<Once>),
    For(Box<Formula>, Span, Option<Time>),
    /// The first was true, and at a later moment the second.
    Then {
        first: Box<Formula>,
        second: Box<Formula>,
        seen: Option<Time>,
        done: Option<Once>,
    },
    /// The first was true no longer than a span after the second had become true.
    Within {
        what: Box<Formula>,
        span: Span,
        after: Box<Formula>,
        began: Option<Time>,
        done: Option<Once>,
    },
}

/// A moment that decided something for good, and why.
#[derive(Clone, Debug)]
struct Once {
    time: Time,
    why: Vec<Reason>,
}

#[derive(Clone, Copy, Debug)]
enum Promised {
    /// The model's own.
    Model(&'static str),
    /// Of a history of clients.
    History(Promise),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Equal,
    Different,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A part of a predicate that has a value.
#[derive(Clone, Debug)]
enum Quantity {
    Given(Value),
    Now,
    Count(Box<Counter>),
    /// The latency that so many parts of a million of the requests do not exceed.
    Latency(u32, Box<Counter>),
    Nodes(NodeFilter),
    Role(NodeId),
    Field {
        node: NodeId,
        name: String,
        key: Option<String>,
    },
    Over {
        what: Over,
        name: String,
        nodes: NodeFilter,
    },
    Setting(&'static str),
    /// How long something has been the case so far, all together.
    Total(Box<Lasting>),
    /// How many acknowledged writes no working node holds any more.
    Lost(String, Writes),
    /// How old the oldest of the lost writes was when it was lost.
    RecoveryPoint(String, Writes),
    /// How many working nodes hold the last acknowledged write.
    Copies(String, Writes),
    Sum(Operator, Box<Quantity>, Box<Quantity>),
}

/// Something whose time is added up.
#[derive(Clone, Debug)]
struct Lasting {
    what: Formula,
    /// How long it was the case before it last ceased to be.
    before: Span,
    /// Since when it is the case, if it is.
    since: Option<Time>,
}

/// What clients have written so far, in the order in which they began.
#[derive(Clone, Debug, Default)]
struct Writes {
    list: Vec<Written>,
    /// Which of them was acknowledged last.
    last: Option<usize>,
}

#[derive(Clone, Debug)]
struct Written {
    op: u32,
    key: Option<String>,
    value: String,
    /// When it was acknowledged, if it was.
    done: Option<Time>,
    /// When it was acknowledged and no working node held it, for the first time; kept only where that is asked.
    missed: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
enum Over {
    Highest,
    Lowest,
    Sum,
    Different,
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Plus,
    Minus,
    Times,
    By,
}

/// Which nodes are meant.
#[derive(Clone, Debug, Default)]
struct NodeFilter {
    status: Option<NodeStatus>,
    role: Option<String>,
    fields: Vec<(String, Compare, Value)>,
}

impl Quantity {
    /// Whether it is a length of time, as far as that is known before a run.
    fn is_time(&self) -> bool {
        match self {
            Self::Given(Value::Span(_)) | Self::Now | Self::Latency(..) | Self::Total(_) | Self::RecoveryPoint(..) => true,
            Self::Sum(Operator::By, part, whole) => part.is_time() && !whole.is_time(),
            Self::Sum(_, left, right) => left.is_time() || right.is_time(),
            _ => false,
        }
    }

    /// Whether when something was the case is a part of it: then every moment has to be looked at.
    fn remembers(&self) -> bool {
        match self {
            Self::Total(_) | Self::RecoveryPoint(..) => true,
            Self::Sum(_, left, right) => left.remembers() || right.remembers(),
            _ => false,
        }
    }
}

impl Formula {
    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Not(inner) | Kind::Ever(inner, _) | Kind::Always(inner, _) | Kind::For(inner, ..) => vec![inner],
            Kind::All(parts) | Kind::Any(parts) => parts.iter().collect(),
            Kind::Then { first, second, .. } => vec![first, second],
            Kind::Within { what, after, .. } => vec![what, after],
            _ => Vec::new(),
        }
    }

    fn any(&self, is: &mut dyn FnMut(&Self) -> bool) -> bool {
        is(self) || self.children().into_iter().any(|child| child.any(is))
    }
}
