//! `faultline lab` and `faultline grade`: what course authors and graders need.

use super::{read_text, say};
use faultline::lab::challenge::{Challenge, Task};
use faultline::lab::study::Survey;
use faultline::lab::{Lab, Problem, format};
use faultline::link::Link;
use faultline::models::Library;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Where the labs are if nobody says.
const FOLDER: &str = "static/labs";

pub(super) fn lab(words: &[&str]) -> Result<ExitCode, String> {
    match words {
        ["check", files @ ..] if !files.is_empty() => check(files),
        ["list"] => list(FOLDER),
        ["list", folder] => list(folder),
        ["kit", file] => kit(file),
        ["measure", file] => measure(file, None),
        ["measure", file, study] => measure(file, Some(study)),
        ["schema"] => {
            say(&serde_json::to_string_pretty(&format::schema()).map_err(|fault| fault.to_string())?)?;
            Ok(ExitCode::SUCCESS)
        }
        ["fields"] => {
            say(format::tables().trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("lab takes check FILE..., list, kit FILE, measure FILE [STUDY], schema or fields; see faultline help".into()),
    }
}

/// The name of a file without folder and ending.
fn stem(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|name| name.to_str()).unwrap_or_default()
}

fn read(file: &str) -> Result<Result<Lab, Vec<Problem>>, String> {
    Ok(Lab::read(&read_text(file)?, stem(file), &Library::standard()))
}

/// A lab that can be used.
pub(super) fn usable(file: &str) -> Result<Lab, String> {
    read(file)?.map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(|problem| format!("{file}:{problem}")).collect();
        format!("{file} is no lab:\n{}", lines.join("\n"))
    })
}

/// The labs in a folder, in the order of their names.
fn files(folder: &str) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|fault| {
        let hint = if folder == FOLDER { "; say where the labs are: lab list FOLDER" } else { "" };
        format!("{folder}: {fault}{hint}")
    })?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned())).collect();
    files.retain(|file| file.ends_with(".toml"));
    files.sort();
    Ok(files)
}

fn check(files: &[&str]) -> Result<ExitCode, String> {
    let mut wrong = false;
    for file in files {
        let found = match read(file)? {
            Err(problems) => Err(problems),
            Ok(lab) => {
                let mut problems = lab.check(&Library::standard());
                problems.extend(strangers(file, &lab)?);
                if problems.is_empty() { Ok(lab) } else { Err(problems) }
            }
        };
        match found {
            Ok(lab) => {
                let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
                say(&format!(
                    "{file}: “{}” is well: {}, {}, {}",
                    lab.title,
                    count(lab.steps.len(), "step"),
                    count(lab.challenges.len(), "challenge"),
                    count(lab.teacher.scenes.len(), "scene")
                ))?;
            }
            Err(problems) => {
                wrong = true;
                problems.iter().try_for_each(|problem| say(&format!("{file}:{problem}")))?;
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Labs that a lab names and that are not beside it.
fn strangers(file: &str, lab: &Lab) -> Result<Vec<Problem>, String> {
    let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = if file == "-" { Vec::new() } else { files(folder.to_str().unwrap_or("."))? };
    let text = read_text(file)?;
    let mut problems = Vec::new();
    for (field, ids) in [("prerequisites", &lab.prerequisites), ("related", &lab.related)] {
        for id in ids.iter().filter(|id| !beside.iter().any(|file| stem(file) == id.as_str())) {
            let line = text.lines().position(|line| line.trim_start().starts_with(field)).map_or(1, |index| index + 1);
            problems.push(Problem { line, field: field.into(), why: format!("there is no lab “{id}” beside this one") });
        }
    }
    Ok(problems)
}

fn list(folder: &str) -> Result<ExitCode, String> {
    let mut labs = Vec::new();
    for file in files(folder)? {
        labs.push(usable(&file)?);
    }
    labs.sort_by(|one, other| (&one.track, one.order, &one.id).cmp(&(&other.track, other.order, &other.id)));
    for lab in labs {
        say(&format!("{:<28}{:<38}{}", lab.id, lab.track, lab.title))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Does the studies of a lab, or one of them, with all their runs: as the page does.
fn measure(file: &str, id: Option<&str>) -> Result<ExitCode, String> {
    let lab = usable(file)?;
    let library = Library::standard();
    let studies: Vec<_> = lab.studies.iter().filter(|study| id.is_none_or(|id| study.id == id)).collect();
    if studies.is_empty() {
        let ids: Vec<_> = lab.studies.iter().map(|study| study.id.as_str()).collect();
        return Err(format!("{file} has no such study; it has: {}", ids.join(", ")));
    }
    let (mut wrong, mut open) = (false, false);
    for study in studies {
        say(&format!("# {}\n\n{}\n", study.title, study.say))?;
        for chosen in &study.choices(&lab) {
            let name = study.cases.get(chosen.case).map_or("", |case| &case.name);
            let with = study.world(&lab, chosen.case).show(&library, &chosen.settings);
            let heading = [name, &with].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            if !heading.is_empty() {
                say(&format!("## {heading}"))?;
            }
            let findings = Survey::new(study, chosen, study.runs).finish(study, &lab, &library).map_err(|fault| fault.to_string())?;
            say(&findings.words(study, chosen))?;
            for known in study.known(&lab, chosen) {
                let held = known.against(study, &findings);
                (wrong, open) = (wrong || !held.wrong.is_empty(), open || !held.open.is_empty());
                let words = if known.held { held.words() } else { "measured elsewhere, and not held against this".into() };
                say(&format!("{}: {words}\n", known.from))?;
            }
        }
    }
    Ok(match (wrong, open) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn kit(file: &str) -> Result<ExitCode, String> {
    let lab = usable(file)?;
    let library = Library::standard();
    let mut out = format!("# {}\n\n{}\n\n## Five minutes\n\n", lab.title, lab.teacher.goal);
    for line in &lab.teacher.plan {
        let _ = writeln!(out, "- {line}");
    }
    out.push_str("\n## To discuss\n\n");
    for question in &lab.teacher.questions {
        let _ = writeln!(out, "- {question}");
    }
    out.push_str("\n## Runs to show\n\nPut the page's address before each.\n\n");
    for scene in &lab.teacher.scenes {
        let link = scene.link(&lab, &library).map_err(|why| format!("{file}: “{}”: {why}", scene.title))?;
        let _ = writeln!(out, "- {}: `{}`", scene.title, link.write());
    }
    let _ = write!(out, "\n## What this model leaves out\n\n{}\n\n## What an expert would ask\n\n{}", lab.leaves_out, lab.correctness);
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn grade(file: &str, link: &str, options: &[&str]) -> Result<ExitCode, String> {
    let lab = usable(file)?;
    let library = Library::standard();
    let link = Link::read(link, &library).map_err(|fault| fault.to_string())?;
    let (mut wanted, mut answer) = (None, None);
    for option in options.chunks(2) {
        match option {
            ["--challenge", id] => {
                let ids: Vec<_> = lab.challenges.iter().map(|challenge| challenge.id.as_str()).collect();
                let found = lab.challenge(id).ok_or_else(|| format!("there is no challenge “{id}”; there are {}", ids.join(", ")))?;
                wanted = Some(found);
            }
            ["--answer", text] => answer = Some(*text),
            _ => return Err(format!("grade does not know “{}”; see faultline help", option.join(" "))),
        }
    }
    let challenges: Vec<&Challenge> = wanted.map_or_else(|| lab.challenges.iter().collect(), |one| vec![one]);
    let mut solved = Some(false);
    for challenge in challenges {
        let guess = match (&challenge.task, answer) {
            (Task::Predict { answer, .. }, Some(text)) => {
                Some(answer.guess(text).ok_or_else(|| format!("“{text}” is no answer to “{}”", challenge.title))?)
            }
            _ => None,
        };
        let verdict = challenge.decide(&lab, &library, &link.scenario, guess.as_ref()).map_err(|fault| fault.to_string())?;
        let word = match verdict.solved {
            Some(true) => "solved",
            Some(false) => "not solved",
            None => "nobody knows",
        };
        let seed = if verdict.fresh_seed { ", with another seed" } else { "" };
        say(&format!("{}: {word}: {}{seed}", challenge.id, verdict.said))?;
        verdict.why.iter().try_for_each(|reason| say(&format!("  {reason}")))?;
        if verdict.solved == Some(true) {
            let par = challenge.par(&lab, &library).map_err(|fault| fault.to_string())?;
            if verdict.at.is_some() {
                say(&format!("  {} actions; par is {par}", verdict.actions))?;
                let least = challenge.minimal(&lab, &library, &link.scenario).map_err(|fault| fault.to_string())?;
                if least.inputs.len() < link.scenario.inputs.len() {
                    say(&format!("  as few actions as will do: {}", Link { scenario: least, seal: None }.write()))?;
                }
            }
        }
        solved = match (solved, verdict.solved) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            _ => Some(false),
        };
    }
    Ok(match solved {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => ExitCode::from(3),
    })
}
