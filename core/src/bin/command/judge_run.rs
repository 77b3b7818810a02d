//! `faultline judge`: promises about a run that its clients cannot tell, because they are about what nodes
//! show, or about who could have known what.

use super::{read, run_for, say};
use faultline::judge::happens_before::{Past, Relation, relation};
use faultline::judge::linearizable::Verdict;
use faultline::judge::{conservation, convergence, replicas};
use faultline::models::Library;
use faultline::sim::{NodeId, Sim, Span};
use std::process::ExitCode;

/// What is asked.
enum Question<'a> {
    /// Do all nodes show the same here, once it is quiet?
    Same(&'a str),
    /// Does what they show here add up to this?
    Sum(&'a str, i64),
    /// Does every client find its own writes?
    OwnWrites,
    /// Could one of these rows have caused the other?
    Order(u32, u32),
}

pub(super) fn judge_run(file: &str, words: &[&str]) -> Result<ExitCode, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("“{text}” is not a whole number"));
    let row = |text: &str| text.parse().map_err(|_| format!("“{text}” is not a row: rows are numbered from 0, as run prints them"));
    let (question, options) = match words {
        ["same", field, options @ ..] => (Question::Same(field), options),
        ["sum", field, sum, options @ ..] => (Question::Sum(field, number(sum)?), options),
        ["own-writes", options @ ..] => (Question::OwnWrites, options),
        ["order", one, other, options @ ..] => (Question::Order(row(one)?, row(other)?), options),
        _ => return Err("judge takes a scenario and same, sum, own-writes or order; see faultline help".into()),
    };
    let (mut length, mut quiet) = (Span::secs(10), Span::secs(2));
    for option in options.chunks(2) {
        match option {
            ["--for", span] => length = Span::parse(span)?,
            ["--quiet", span] => quiet = Span::parse(span)?,
            _ => return Err(format!("judge does not know “{}”; see faultline help", option.join(" "))),
        }
    }
    let mut sim = Sim::new(&Library::standard(), read(file)?).map_err(|fault| format!("{file}: {fault}"))?;
    run_for(&mut sim, length)?;
    let (kept, words) = answer(&sim, &question, quiet)?;
    say(&words)?;
    Ok(match kept {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => ExitCode::from(3),
    })
}

fn answer(sim: &Sim, question: &Question<'_>, quiet: Span) -> Result<(Option<bool>, String), String> {
    Ok(match *question {
        Question::Same(field) => {
            is_shown(sim, field)?;
            match convergence::check(sim, field, quiet) {
                Verdict::Kept(()) => (Some(true), format!("all nodes that work show the same “{field}”")),
                Verdict::Broken(apart) => {
                    let [one, other] = [apart.one.0, apart.other.0].map(|node| sim.name(node));
                    (Some(false), format!("{one} and {other} show a different “{field}”, and nothing has disturbed the run for {quiet}"))
                }
                Verdict::Unknown if !convergence::is_quiet(sim, quiet) => {
                    (None, format!("unknown: the run was disturbed less than {quiet} before its end"))
                }
                Verdict::Unknown => (None, format!("unknown: fewer than two nodes work and show “{field}”")),
            }
        }
        Question::Sum(field, sum) => {
            is_shown(sim, field)?;
            let parts = conservation::numbers(sim, field);
            if parts.is_empty() {
                return Err(format!("“{field}” is no number"));
            }
            match conservation::kept(sum, parts) {
                Ok(()) => (Some(true), format!("“{field}” adds up to {sum}")),
                Err(lost) => (Some(false), lost.to_string()),
            }
        }
        Question::OwnWrites => match replicas::forgotten_write(sim, &sim.initial()) {
            None => (Some(true), "no client has read what it had replaced itself".into()),
            Some(forgotten) => {
                let history = faultline::judge::history::History::of(sim);
                let (write, read) = forgotten.ops;
                let ops = [write, read].map(|op| history.describe(op));
                (Some(false), format!("a client has not found its own write: {forgotten}\n  {}", ops.join("\n  ")))
            }
        },
        Question::Order(one, other) => {
            let rows = sim.rows();
            if let Some(row) = [one, other].into_iter().find(|row| *row >= rows) {
                return Err(format!("there is no row {row}: the run has {rows}"));
            }
            let trace = sim.trace();
            let way = |from: u32, to: u32| {
                let way = Past::of(trace, to, |_| true).way(trace, from).unwrap_or_default();
                way.iter().map(|row| format!("\n{row:>6}  {}", sim.describe_row(*row))).collect::<String>()
            };
            let words = match relation(trace, one, other) {
                Relation::Same => "they are the same row".into(),
                Relation::Before => format!("row {one} could have caused row {other}:{}", way(one, other)),
                Relation::After => format!("row {other} could have caused row {one}:{}", way(other, one)),
                Relation::Concurrent => "neither could know of the other".into(),
            };
            (Some(true), words)
        }
    })
}

/// Complains if no node shows anything by this name.
fn is_shown(sim: &Sim, field: &str) -> Result<(), String> {
    let views = (0..sim.scenario().nodes).map(|node| sim.view(NodeId(node)));
    let mut names: Vec<&str> = views.flat_map(|view| view.widgets.into_iter().map(|widget| widget.name())).collect();
    names.sort_unstable();
    names.dedup();
    if names.contains(&field) { Ok(()) } else { Err(format!("no node shows “{field}”; they show {}", names.join(", "))) }
}
