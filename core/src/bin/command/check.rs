//! `faultline check`: whether a history keeps a promise, and why, for people or for other programs.

use super::{read_text, say};
use faultline::judge::history::{History, Op, Outcome};
use faultline::judge::spec::Object;
use faultline::judge::value::{Reader, Value};
use faultline::judge::{self, Budget, Judgement, Promise};
use serde::Serialize;
use std::process::ExitCode;

/// How long a check searches before it says that it does not know, in millions of steps: as long as the page.
const EFFORT: u64 = 200;

/// What other tools call these objects and promises.
const OTHER_OBJECTS: [(&str, &str); 1] = [("rw-register", "multi-register")];
const OTHER_PROMISES: [(&str, &str); 3] =
    [("strong-serializable", "strict-serializable"), ("linearizability", "linearizable"), ("serializability", "serializable")];

/// What is asked of a history.
struct Asked {
    object: Object,
    promise: Promise,
    initial: Value,
    /// In millions of steps.
    effort: u64,
    order: bool,
    json: bool,
}

pub(super) fn check(file: &str, options: &[&str]) -> Result<ExitCode, String> {
    let asked = Asked::read(options)?;
    let text = read_text(file)?;
    let history = History::read(&text).map_err(|fault| format!("{file}: {fault}"))?;
    let steps = asked.effort.saturating_mul(1_000_000);
    let mut budget = Budget::steps(steps);
    let judgement = judge::judge_within(&history, asked.object, asked.promise, &asked.initial, &mut budget)
        .map_err(|fault| format!("{file}: {fault}"))?;
    if asked.json {
        say(&asked.json(&history, &judgement, steps - budget.left()))?;
    } else {
        asked.text(&history, &judgement)?;
    }
    Ok(match judgement.kept {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => ExitCode::from(3),
    })
}

impl Asked {
    fn read(options: &[&str]) -> Result<Self, String> {
        let (mut object, mut promise, mut initial, mut effort, mut order, mut json) = (None, None, Value::Nil, EFFORT, false, false);
        let mut options = options.iter().copied();
        while let Some(option) = options.next() {
            let mut value = || options.next().ok_or_else(|| format!("{option} needs a value"));
            match option {
                "--model" => object = Some(named("model", value()?, &Object::ALL, &OTHER_OBJECTS)?),
                "--consistency" => promise = Some(named("consistency", value()?, &Promise::ALL, &OTHER_PROMISES)?),
                "--initial" => {
                    let mut reader = Reader::new(value()?);
                    let value = reader.next_value().map_err(|fault| format!("--initial: {fault}"))?;
                    initial = value.map_or(Value::Nil, |placed| placed.value);
                }
                "--effort" => {
                    let text = value()?;
                    let millions = text.parse().ok().filter(|millions| *millions > 0);
                    effort = millions.ok_or_else(|| format!("“{text}” is no effort: it is a whole number of millions of steps"))?;
                }
                "--order" => order = true,
                "--format" => {
                    json = match value()? {
                        "text" => false,
                        "json" => true,
                        other => return Err(format!("there is no format “{other}”; there are text and json")),
                    }
                }
                _ => return Err(format!("check does not know “{option}”; see faultline help check")),
            }
        }
        let object = object.ok_or("which kind of object? Say --model")?;
        let promise = promise.ok_or("which promise? Say --consistency")?;
        Ok(Self { object, promise, initial, effort, order, json })
    }

    /// The verdict for people.
    fn text(&self, history: &History, judgement: &Judgement) -> Result<(), String> {
        say(&format!("{} ({})", judgement.verdict, extent(history)))?;
        let shown = self.order || judgement.kept != Some(true);
        judgement.evidence.iter().filter(|_| shown).try_for_each(|line| say(&format!("  {line}")))?;
        match judgement.kept {
            None => say(&format!("  given up after {} million steps; --effort takes more", self.effort)),
            Some(_) => Ok(()),
        }
    }

    /// The verdict for other programs.
    fn json(&self, history: &History, judgement: &Judgement, spent: u64) -> String {
        let place = |op: usize| judgement.ops.iter().position(|other| *other == op);
        let shown = |ops: &[usize]| ops.iter().map(|op| Shown::of(history, *op)).collect::<Vec<_>>();
        let with_outcome = |outcome| history.ops.iter().filter(|op| op.outcome == outcome).count();
        let verdict = Verdict {
            verdict: match judgement.kept {
                Some(true) => "kept",
                Some(false) => "broken",
                None => "unknown",
            },
            object: Object::ALL.iter().find(|(_, object)| *object == self.object).map_or("", |(name, _)| name),
            consistency: self.promise.name(),
            says: &judgement.verdict,
            reason: judgement.kept.is_none().then(|| format!("given up after {} million steps; --effort takes more", self.effort)),
            counts: Counts {
                operations: history.ops.len(),
                unknown: with_outcome(Outcome::Unknown),
                failed: with_outcome(Outcome::Fail),
                left_out: history.left_out,
            },
            evidence: Evidence {
                text: if judgement.kept == Some(true) { &[] } else { &judgement.evidence },
                operations: shown(&judgement.ops),
                before: judgement.edges.iter().filter_map(|(one, other)| Some((place(*one)?, place(*other)?))).collect(),
            },
            order: (self.order && judgement.kept == Some(true)).then(|| shown(&judgement.order)),
            effort: Effort { spent, most: self.effort.saturating_mul(1_000_000) },
        };
        serde_json::to_string_pretty(&verdict).expect("a verdict has no parts that JSON lacks")
    }
}

/// A verdict as other programs read it; docs/histories.md says what its fields mean.
#[derive(Serialize)]
struct Verdict<'a> {
    verdict: &'static str,
    object: &'static str,
    consistency: &'static str,
    says: &'a str,
    reason: Option<String>,
    counts: Counts,
    evidence: Evidence<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Vec<Shown>>,
    effort: Effort,
}

#[derive(Serialize)]
struct Counts {
    operations: usize,
    unknown: usize,
    failed: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Evidence<'a> {
    text: &'a [String],
    operations: Vec<Shown>,
    before: Vec<(usize, usize)>,
}

#[derive(Serialize)]
struct Effort {
    spent: u64,
    most: u64,
}

/// An operation, in the words of its file.
#[derive(Serialize)]
struct Shown {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<i64>,
    process: serde_json::Value,
    f: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<serde_json::Value>,
    asked: serde_json::Value,
    answered: serde_json::Value,
    outcome: &'static str,
}

impl Shown {
    fn of(history: &History, op: usize) -> Self {
        let Op { process, f, key, input, output, outcome, place, .. } = &history.ops[op];
        Self {
            line: place.line,
            column: place.column,
            index: place.index,
            process: json(&history.processes[*process]),
            f: f.clone(),
            key: key.as_ref().map(json),
            asked: json(input),
            answered: json(output),
            outcome: match outcome {
                Outcome::Ok => "ok",
                Outcome::Fail => "fail",
                Outcome::Unknown => "info",
            },
        }
    }
}

/// A value as JSON; what is no JSON, such as a ratio, as it was written.
fn json(value: &Value) -> serde_json::Value {
    serde_json::from_str(&value.json()).unwrap_or_else(|_| value.to_string().into())
}

/// How much of a history was judged.
fn extent(history: &History) -> String {
    let unknown = history.ops.iter().filter(|op| op.outcome == Outcome::Unknown).count();
    let ops = if history.ops.len() == 1 { "operation" } else { "operations" };
    match unknown {
        0 => format!("{} {ops}", history.ops.len()),
        _ => format!("{} {ops}, {unknown} of unknown outcome", history.ops.len()),
    }
}

/// What is called so: with blanks for hyphens or as a keyword, too.
fn named<T: Copy>(what: &str, name: &str, known: &[(&str, T)], others: &[(&str, &str)]) -> Result<T, String> {
    let plain = name.trim_start_matches(':').replace(' ', "-").to_lowercase();
    let usual = others.iter().find(|(other, _)| *other == plain).map_or(plain.as_str(), |(_, usual)| *usual);
    let found = known.iter().find(|(other, _)| *other == usual).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        format!("there is no {what} “{name}”; there are {}", names.join(", "))
    })
}
