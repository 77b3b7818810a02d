//! Conservation: however something is moved about (money, stock, tokens), the sum stays.

use super::convergence::shown;
use crate::sim::{NodeId, Sim};
use crate::view::Widget;
use std::fmt;

/// A sum that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// What it should be.
    pub expected: i64,
    /// The parts, and who has them.
    pub parts: Vec<(NodeId, i64)>,
}

impl Lost {
    /// What it is.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.parts.iter().fold(0, |sum, (_, part)| sum.saturating_add(*part))
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (node, part)) in self.parts.iter().enumerate() {
            write!(out, "{}{part} at {node}", if index == 0 { "" } else { " and " })?;
        }
        write!(out, " make {}, not {}", self.sum(), self.expected)
    }
}

/// Whether the parts (those on their way belong to whoever sent them) add up to what is expected.
///
/// # Errors
/// Gives the parts.
pub fn kept(expected: i64, parts: impl IntoIterator<Item = (NodeId, i64)>) -> Result<(), Lost> {
    let found = Lost { expected, parts: parts.into_iter().collect() };
    if found.sum() == expected { Ok(()) } else { Err(found) }
}

/// The numbers that nodes show under a name.
#[must_use]
pub fn numbers(sim: &Sim, name: &str) -> Vec<(NodeId, i64)> {
    let number = |widget: Widget| match widget {
        Widget::Gauge { amount, .. } => i64::try_from(amount).ok(),
        Widget::Field { value, .. } => value.text.parse().ok(),
        _ => None,
    };
    shown(sim, name).into_iter().filter_map(|(node, widget)| Some((node, number(widget)?))).collect()
}
