//! A lab that is written from a run, and labs that are read, written and read again.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use faultline::lab::Lab;
use faultline::lab::draft::{Draft, Performance};
use faultline::lab::predicate::{Names, Subject};
use faultline::lab::script::Script;
use faultline::lab::write;
use faultline::models::Library;
use faultline::scenario::Input;
use faultline::sim::{NodeId, Span, Time};
use faultline::{Scenario, judge};
use std::path::{Path, PathBuf};
use support::Dice;

fn labs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/labs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    assert!(files.len() >= 9);
    let read = |path: PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap());
    files.into_iter().map(read).collect()
}

/// A lab as words, without its file and the lines on which its parts begin.
fn described(lab: &Lab) -> String {
    let words = format!("{:?}", Lab { source: String::new(), mentioned: Vec::new(), ..lab.clone() });
    let mut out = String::new();
    let mut parts = words.split("line: ");
    out.push_str(parts.next().unwrap());
    for part in parts {
        out.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    out
}

#[test]
fn every_lab_that_is_written_again_is_the_same_lab() {
    let library = Library::standard();
    for (id, text) in labs() {
        let before = Lab::read(&text, &id, &library).unwrap();
        let written = Draft::read(&text, &library).unwrap().write();
        let after = Lab::read(&written, &id, &library).unwrap_or_else(|problems| panic!("{id}: {problems:#?}\n{written}"));
        assert_eq!(described(&after), described(&before), "{id}");
        assert_eq!(Draft::read(&written, &library).unwrap().write(), written, "{id}");
    }
}

#[test]
fn every_field_that_is_typed_again_is_the_same_field() {
    let library = Library::standard();
    for (id, text) in labs() {
        let mut draft = Draft::read(&text, &library).unwrap();
        let before = draft.write();
        for path in
            ["title", "order", "related", "world.settings", "world.knobs", "bet.ask", "step[1].stop", "challenge[1].hints", "teacher.plan"]
        {
            let typed = draft.text(path);
            draft.put(path, &typed);
        }
        assert_eq!(draft.write(), before, "{id}");
    }
}

#[test]
fn letters_of_every_kind_survive() {
    let library = Library::standard();
    for words in ["a \"word\"", "it's \"so\"", "two\nlines", "a\\b", "\"\"\"\n'''", "tab\tand é ✓", " blanks ", "\u{1}"] {
        let mut draft = Draft::read("format = 1\n", &library).unwrap();
        draft.put("goal", words);
        let again = Draft::read(&draft.write(), &library).unwrap_or_else(|problems| panic!("{words:?}: {problems:?}"));
        assert_eq!(again.text("goal"), words);
    }
}

#[test]
fn what_is_done_to_a_run_is_the_same_after_it_was_written_as_a_script() {
    let library = Library::standard();
    let mut dice = Dice::new(7);
    let (mut done, mut said) = (0, 0);
    for _ in 0..40 {
        for model in library.models() {
            let scenario = support::scenario(model.about(), dice.below(1_000_000));
            let names = Names::of(*model, &scenario);
            for timed in &scenario.inputs {
                done += 1;
                // What lab files have no words for is refused, never changed.
                let Ok(line) = write::line(timed.at, &timed.input, &names) else { continue };
                let script = Script::parse(&[&line], &names).unwrap_or_else(|wrongs| panic!("{line}: {wrongs:?}"));
                let bare = Scenario { inputs: Vec::new(), ..scenario.clone() };
                let subject = Subject { object: judge::spec::Object::Register, initial: judge::value::Value::Int(0) };
                let performed = script.perform(&library, &bare, &subject, Time::ZERO, Time::NEVER).unwrap();
                if let (Input::Network(was), Input::Network(is)) = (&timed.input, &performed.scenario.inputs[0].input) {
                    assert_eq!((&was.latency, was.loss, was.ordered), (&is.latency, is.loss, is.ordered), "{line}");
                } else {
                    assert_eq!(performed.scenario.inputs, std::slice::from_ref(timed), "{line}");
                }
                said += 1;
            }
        }
    }
    assert!(done > 1_000 && said * 10 > done * 9, "{said} of {done}");
}

fn at(ms: u64) -> Time {
    Time::ZERO + Span::millis(ms)
}

/// A write to the primary of three, which dies before the others have heard of it.
fn lost_write() -> Performance {
    let library = Library::standard();
    let mut run = Scenario::new(library.find("primary-backup").unwrap().about(), 1);
    run.settings.insert("wait-for".into(), 2);
    for backup in [1, 2] {
        run.add(at(900), Input::Cut { from: NodeId(0), to: NodeId(backup) });
    }
    run.add(at(1_000), Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 });
    run.add(at(1_500), Input::Crash(NodeId(0)));
    Performance { run, from: Time::ZERO, to: at(4_000) }
}

#[test]
fn a_run_that_is_performed_trimmed_and_given_words_is_a_lab_that_is_well() {
    let library = Library::standard();
    let mut draft = Draft::of_run(&library, lost_write()).unwrap();
    draft.caption(&library, at(1_400), "The primary has answered. Nobody else has heard of it.").unwrap();
    draft.caption(&library, at(3_000), "The primary is dead, and with it the write.").unwrap();
    draft.caption(&library, at(3_500), "Its backups have never heard of it.").unwrap();
    draft.add("step");
    for (path, text) in [
        ("title", "A lost write"),
        ("goal", "I can say when an acknowledged write is lost."),
        ("hook", "A write was acknowledged. Is it safe?"),
        ("bet.ask", "Will the write survive?"),
        ("bet.option[1].say", "Yes"),
        ("bet.option[1].right", "lost(value) = 0"),
        ("bet.option[2].say", "No"),
        ("bet.option[2].right", "lost(value) >= 1"),
        ("bet.when", "time >= 2s"),
        ("step[4].kind", "explain"),
        ("step[4].say", "An acknowledgement is a promise about copies."),
        ("challenge[1].title", "Lose a write"),
        ("challenge[1].say", "Make the cluster lose a write that it has acknowledged."),
        ("challenge[1].goal", "lost(value) >= 1"),
        ("challenge[1].fix", "wait-for = all backups"),
        ("challenge[1].hints", "Who has heard of the write?"),
        ("challenge[1].won", "You lost an acknowledged write."),
        ("free", "What if the primary waits for one backup?"),
        ("correctness", "Nothing is hidden."),
        ("teacher.goal", "Acknowledged is not replicated."),
        ("teacher.plan", "Bet.\nRun.\nDiscuss."),
        ("teacher.questions", "When is a write safe?\nWhat does waiting cost?"),
        ("teacher.scene[1].title", "The write is lost"),
        ("teacher.scene[1].until", "lost(value) >= 1"),
    ] {
        draft.put(path, text);
    }
    let text = draft.write();
    let lab = Lab::read(&text, "my-lab", &library).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"));
    assert_eq!(lab.check(&library), [], "{text}");

    // Saved, opened, and trimmed anew: what is done before the lab begins is done by itself.
    let mut again = Draft::read(&text, &library).unwrap();
    assert_eq!(again.performance(), Some(&lost_write()));
    again.perform(&library, Performance { from: at(950), ..lost_write() }).unwrap();
    assert_eq!(again.text("world.script"), "at 900ms: cut n1 -> n2\nat 900ms: cut n1 -> n3");
    assert_eq!(again.text("challenge[1].allow"), "ask\ncrash");
    assert_eq!(again.text("step[1].kind"), "do");
    let lab = Lab::read(&again.write(), "my-lab", &library).unwrap();
    assert_eq!(lab.check(&library), []);

    // A caption that is taken out leaves what was done at it to the next.
    again.remove("step[1]");
    again.share_out(&library).unwrap();
    assert_eq!(again.text("step[1].script").lines().count(), 2);
    // What is missing is named with its field.
    again.put("challenge[1].goal", "");
    let problems = Lab::read(&again.write(), "my-lab", &library).unwrap_err();
    assert!(problems.iter().any(|problem| problem.field == "challenge[1].goal" && problem.line > 1), "{problems:#?}");
}
