//! A lab file from its parts: the opposite of reading one. What is read, written and read again is the
//! same, but for comments and the order of fields, which is that of the format.

use super::document::{Node, Table, Value};
use super::format::{Kind, Shape};
use super::predicate::Names;
use super::script::kind_of;
use crate::protocol::{ParamKind, ParamSpec};
use crate::scenario::{Fate, Input};
use crate::sim::{Chance, Latency, NodeId, Span, Time};
use std::fmt::Write as _;

// ---- the languages within ---------------------------------------------------------------------

/// A length of time in the largest unit that leaves no fraction.
#[must_use]
pub fn span(span: Span) -> String {
    for (scale, unit) in [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")] {
        if span.0.is_multiple_of(scale) {
            return format!("{}{unit}", span.0 / scale);
        }
    }
    format!("{}ns", span.0)
}

/// So many thousandths, as a number with a point.
fn thousandths(number: u32) -> String {
    let (whole, part) = (number / 1000, number % 1000);
    if part == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{part:03}").trim_end_matches('0')) }
}

/// A shape of latency in words.
///
/// # Errors
/// If lab files have no words for it.
pub fn latency(shape: &Latency) -> Result<String, String> {
    Ok(match shape {
        Latency::Constant(length) => span(*length),
        Latency::Uniform { min, max } => format!("{} to {}", span(*min), span(*max)),
        Latency::Exponential { min: Span::ZERO, mean } => format!("exponential {}", span(*mean)),
        Latency::Exponential { min, mean } => format!("{} plus exponential {}", span(*min), span(*mean)),
        Latency::Normal { mean, deviation } => format!("normal {} deviation {}", span(*mean), span(*deviation)),
        Latency::LogNormal { median, sigma } => format!("log-normal {} sigma {}", span(*median), thousandths(*sigma)),
        Latency::Pareto { min, alpha } => format!("pareto {} alpha {}", span(*min), thousandths(*alpha)),
        Latency::Quantiles(points) => format!("quantiles {}", points.iter().map(|point| span(*point)).collect::<Vec<_>>().join(" ")),
        Latency::After(offset, rest) if !matches!(**rest, Latency::Exponential { min: Span::ZERO, .. }) => {
            format!("{} plus {}", span(*offset), latency(rest)?)
        }
        Latency::Mixture(parts) => {
            let total: u64 = parts.iter().map(|(weight, _)| u64::from(*weight)).sum();
            let mut words = Vec::new();
            for (weight, shape) in parts {
                let shape = latency(shape)?;
                // Other weights of the same proportion would be another latency: other draws hit other parts.
                if total != 1_000_000 || shape.contains(" or ") {
                    return Err("a latency that is a mixture of such parts cannot be written in a lab file".into());
                }
                words.push(format!("{} {shape}", Chance::per_million(*weight)));
            }
            words.join(" or ")
        }
        Latency::After(..) => return Err("a latency of such a shape cannot be written in a lab file".into()),
    })
}

/// A setting as people write it.
#[must_use]
pub fn setting(spec: &ParamSpec, value: i64) -> String {
    match spec.kind {
        ParamKind::Span { .. } => span(Span(value.unsigned_abs())),
        kind => kind.show(value),
    }
}

/// What is done to a run, as a line of a script without its moment.
///
/// # Errors
/// If lab files have no words for it.
pub fn action(input: &Input, names: &Names) -> Result<String, String> {
    let name = |end: NodeId| {
        if end.0 < names.nodes { format!("n{}", end.0 + 1) } else { format!("c{}", end.0 - names.nodes + 1) }
    };
    let link = |from: NodeId, to: NodeId| format!("{} -> {}", name(from), name(to));
    let word = kind_of(input);
    Ok(match input {
        Input::Crash(node) | Input::Restart(node) | Input::Pause(node) | Input::Resume(node) => format!("{word} {}", name(*node)),
        Input::Work { node, time: None } => format!("slow {} off", name(*node)),
        Input::Work { node, time: Some(time) } => format!("slow {} by {}", name(*node), latency(time)?),
        Input::Cut { from, to } | Input::Heal { from, to } => format!("{word} {}", link(*from, *to)),
        Input::HealAll => "heal all".into(),
        Input::Partition(groups) => {
            let group = |group: &Vec<NodeId>| group.iter().map(|end| name(*end)).collect::<Vec<_>>().join(" ");
            format!("partition {}", groups.iter().map(group).collect::<Vec<_>>().join(" | "))
        }
        // How many bytes a link carries is no part of a script: it stays as it was.
        Input::Network(network) => format!(
            "network latency {}, loss {}, duplicate {}, reorder {}, {}",
            latency(&network.latency)?,
            network.loss,
            network.duplicate,
            network.reorder,
            if network.ordered { "ordered" } else { "unordered" }
        ),
        Input::Link { from, to, rule } => {
            let mut parts = Vec::new();
            if let Some(shape) = &rule.latency {
                parts.push(format!("latency {}", latency(shape)?));
            }
            parts.extend(rule.loss.map(|chance| format!("loss {chance}")));
            parts.extend(rule.duplicate.map(|chance| format!("duplicate {chance}")));
            if parts.is_empty() {
                return Err("a link that gets its usual rule back cannot be written in a lab file".into());
            }
            format!("link {} {}", link(*from, *to), parts.join(", "))
        }
        Input::ClockStep { node, by } => {
            format!("clock {} by {}{}", name(*node), if *by < 0 { "-" } else { "+" }, span(Span(by.unsigned_abs())))
        }
        Input::ClockRate { node, parts_per_billion } if parts_per_billion % 1000 == 0 => {
            let (sign, parts) = (if *parts_per_billion < 0 { "-" } else { "+" }, parts_per_billion.unsigned_abs() / 1000);
            format!("clock {} rate {sign}{}.{:04}%", name(*node), parts / 10_000, parts % 10_000)
        }
        Input::ClockRate { .. } => return Err("a clock's rate of less than a millionth cannot be written in a lab file".into()),
        Input::Disk { node, disk } => format!("disk {} sync {} torn {}", name(*node), latency(&disk.sync)?, disk.torn),
        Input::Invoke { client, node, op, argument } => {
            let spec = names.about.ops.get(usize::from(*op)).ok_or("there is no such operation")?;
            let argument = if *argument == 0 { String::new() } else { format!(" {argument}") };
            format!("c{} asks {} {}{argument}", client + 1, name(*node), quoted(spec.name))
        }
        Input::Message { from, to, nth, fate } => {
            let by = if let Fate::Delay(by) = fate { format!(" by {}", span(*by)) } else { String::new() };
            format!("{word} #{} {}{by}", nth + 1, link(*from, *to))
        }
        Input::Fire { node, timer } => {
            let timer = names.timers.get(usize::from(*timer)).ok_or("there is no such timer")?;
            format!("fire {} {timer}", name(*node))
        }
        Input::Set { key, value } => {
            let spec = names.about.params.iter().find(|spec| spec.key == key).ok_or("there is no such setting")?;
            format!("set {key} {}", setting(spec, *value))
        }
    })
}

/// A line of a script: this, at that moment.
///
/// # Errors
/// If lab files have no words for it.
pub fn line(at: Time, input: &Input, names: &Names) -> Result<String, String> {
    Ok(format!("at {}: {}", span(at.since(Time::ZERO)), action(input, names)?))
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.into() }
}

// ---- the letters of the file --------------------------------------------------------------------

/// The text of a lab file.
pub(super) fn document(root: &Table, shape: &'static Shape) -> String {
    let mut out = String::new();
    table(root, Some(shape), "", &mut out);
    out
}

/// The entries in the order of the format; those that it does not know, last: nothing is lost.
fn ordered<'a>(of: &'a Table, shape: Option<&'static Shape>) -> Vec<(&'a str, &'a Node, Option<Kind>)> {
    let fields = shape.map_or(&[][..], |shape| shape.fields);
    let known = fields.iter().filter_map(|field| Some((field.name, of.get(field.name)?, Some(field.kind))));
    let others = of.entries.iter().filter(|entry| !fields.iter().any(|field| field.name == entry.key));
    known.chain(others.map(|entry| (entry.key.as_str(), &entry.node, None))).collect()
}

fn table(of: &Table, shape: Option<&'static Shape>, place: &str, out: &mut String) {
    let entries = ordered(of, shape);
    let within = |name: &str| if place.is_empty() { key(name) } else { format!("{place}.{}", key(name)) };
    let is_table = |kind: Option<Kind>, node: &Node| match kind {
        Some(Kind::Table(_)) => matches!(node.value, Value::Table(_)),
        Some(Kind::Tables(..)) => {
            matches!(&node.value, Value::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item.value, Value::Table(_))))
        }
        _ => false,
    };
    for (name, node, _) in entries.iter().filter(|(_, node, kind)| !is_table(*kind, node)) {
        let _ = writeln!(out, "{} = {}", key(name), value(&node.value, true));
    }
    for (name, node, kind) in entries.iter().filter(|(_, node, kind)| is_table(*kind, node)) {
        match (&node.value, kind) {
            (Value::Table(inner), Some(Kind::Table(shape))) => {
                let _ = writeln!(out, "\n[{}]", within(name));
                table(inner, Some(shape), &within(name), out);
            }
            (Value::List(items), Some(Kind::Tables(shape, ..))) => {
                for item in items {
                    if let Value::Table(inner) = &item.value {
                        let _ = writeln!(out, "\n[[{}]]", within(name));
                        table(inner, Some(shape), &within(name), out);
                    }
                }
            }
            _ => {}
        }
    }
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
    if bare { name.into() } else { text(name) }
}

fn value(of: &Value, outside: bool) -> String {
    match of {
        Value::Text(words) => text(words),
        Value::Number(number) => number.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::List(items) if outside && items.len() > 1 => {
            let items: String = items.iter().map(|item| format!("\n  {},", value(&item.value, false))).collect();
            format!("[{items}\n]")
        }
        Value::List(items) => format!("[{}]", items.iter().map(|item| value(&item.value, false)).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let entry = |entry: &super::document::Entry| format!("{} = {}", key(&entry.key), value(&entry.node.value, false));
            let entries: Vec<_> = table.entries.iter().map(entry).collect();
            if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        // It was no value of a lab: a text that says so is none either, and can be mended.
        Value::Strange(name) => text(name),
    }
}

fn text(words: &str) -> String {
    let plain = |letter: char| !letter.is_control();
    if words.contains('"') && !words.contains('\'') && words.chars().all(plain) {
        return format!("'{words}'");
    }
    let long = words.contains('\n');
    let mut out = String::from(if long { "\"\"\"\n" } else { "\"" });
    for letter in words.chars() {
        match letter {
            '\n' if long => out.push('\n'),
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out + if long { "\"\"\"" } else { "\"" }
}
