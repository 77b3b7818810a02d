//! The closed set of widgets in which a node shows what it knows.
//!
//! A protocol says what a value means, not how it looks; so the same term or the same node looks
//! the same in every model, and a protocol needs no code in the page.

use crate::sim::{NodeId, Span};
use std::fmt::Display;

/// What something means, and so which colour and which shape it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tone {
    /// Nothing in particular.
    Plain = 0,
    /// A request, a question, a proposal.
    Ask = 1,
    /// An answer, an acknowledgement.
    Answer = 2,
    /// Data on its way.
    Data = 3,
    /// In charge: leader, primary, holder of a lock.
    Lead = 4,
    /// Undecided: candidate, prepared, suspected.
    Maybe = 5,
    /// Refused, aborted, failed.
    Refuse = 6,
}

/// What a value is, so that equal things look alike wherever they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Just a value.
    Plain,
    /// A node.
    Node(NodeId),
    /// A term, an epoch, a ballot.
    Term(u64),
    /// A place in a log.
    Index(u64),
    /// A version of some data.
    Version(u64),
}

/// A value and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As people read it.
    pub text: String,
    /// What it is.
    pub meaning: Meaning,
}

impl Value {
    /// Any value that can be read.
    #[must_use]
    pub fn plain(value: impl Display) -> Self {
        Self { text: value.to_string(), meaning: Meaning::Plain }
    }
}

impl From<NodeId> for Value {
    fn from(node: NodeId) -> Self {
        Self { text: node.to_string(), meaning: Meaning::Node(node) }
    }
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub index: u64,
    /// The term in which it was made.
    pub term: u64,
    /// What it says.
    pub text: String,
    /// Whether it will stay.
    pub committed: bool,
    /// Whether it would survive a crash.
    pub durable: bool,
}

/// A call that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What was asked for.
    pub what: String,
    /// Who was asked.
    pub of: NodeId,
    /// How long until it is given up,
    pub left: Span,
    /// and how long that was when it was made.
    pub patience: Span,
}

/// One part of a node's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Widget {
    /// A named value.
    Field {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: Value,
    },
    /// A named quantity out of a whole.
    Gauge {
        /// Its name.
        name: &'static str,
        /// How much.
        amount: u64,
        /// Out of how much.
        of: u64,
    },
    /// A set, or a list.
    List {
        /// Its name.
        name: &'static str,
        /// Its members.
        items: Vec<Value>,
    },
    /// Keys and their values.
    Table {
        /// Its name.
        name: &'static str,
        /// Its rows.
        rows: Vec<(Value, Value)>,
    },
    /// A replicated log.
    Log {
        /// Its name.
        name: &'static str,
        /// Its entries.
        entries: Vec<Entry>,
    },
    /// The layer that makes messages of a node's calls and waits for the answers. It stands beside the node, too.
    Calls {
        /// Its name.
        name: &'static str,
        /// The calls that wait, the oldest first.
        waiting: Vec<Call>,
        /// How many it gave up.
        given_up: u64,
    },
}

impl Widget {
    /// The name by which two views of a node at different times are compared.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Field { name, .. }
            | Self::Gauge { name, .. }
            | Self::List { name, .. }
            | Self::Table { name, .. }
            | Self::Log { name, .. }
            | Self::Calls { name, .. } => name,
        }
    }
}

/// How a node shows itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What it is at the moment: `leader`.
    pub role: Option<(&'static str, Tone)>,
    /// The one value that stands on the node itself.
    pub headline: Option<Value>,
    /// Everything else it shows.
    pub widgets: Vec<Widget>,
}

impl View {
    /// Says what the node is at the moment.
    pub fn role(&mut self, name: &'static str, tone: Tone) -> &mut Self {
        self.role = Some((name, tone));
        self
    }

    /// Puts one value on the node itself.
    pub fn headline(&mut self, value: Value) -> &mut Self {
        self.headline = Some(value);
        self
    }

    /// Shows a named value.
    pub fn field(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        self.value(name, Value::plain(value))
    }

    /// Shows a length of time.
    pub fn span(&mut self, name: &'static str, span: Span) -> &mut Self {
        self.value(name, Value::plain(span))
    }

    /// Shows a named value that means something.
    pub fn value(&mut self, name: &'static str, value: Value) -> &mut Self {
        self.widgets.push(Widget::Field { name, value });
        self
    }

    /// Shows a named quantity out of a whole.
    pub fn gauge(&mut self, name: &'static str, amount: u64, of: u64) -> &mut Self {
        self.widgets.push(Widget::Gauge { name, amount, of });
        self
    }

    /// Shows a set or a list.
    pub fn list(&mut self, name: &'static str, items: impl IntoIterator<Item = Value>) -> &mut Self {
        self.widgets.push(Widget::List { name, items: items.into_iter().collect() });
        self
    }

    /// Shows keys and their values.
    pub fn table(&mut self, name: &'static str, rows: impl IntoIterator<Item = (Value, Value)>) -> &mut Self {
        self.widgets.push(Widget::Table { name, rows: rows.into_iter().collect() });
        self
    }

    /// Shows the layer that makes messages of calls.
    pub fn calls(&mut self, name: &'static str, waiting: impl IntoIterator<Item = Call>, given_up: u64) -> &mut Self {
        self.widgets.push(Widget::Calls { name, waiting: waiting.into_iter().collect(), given_up });
        self
    }

    /// Shows a log.
    pub fn log(&mut self, name: &'static str, entries: Vec<Entry>) -> &mut Self {
        self.widgets.push(Widget::Log { name, entries });
        self
    }
}
