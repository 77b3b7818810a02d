//! What a file or a text is that somebody gives to the page, and what is wrong with it if it is
//! nothing. No types of the browser, so that all of this is tested natively.

use crate::route::{CHECK, FREE, LAB};
use crate::text;
use faultline::files;
use faultline::judge::history::History;
use faultline::judge::value::{Reader, Value};
use faultline::lab::Lab;
use faultline::lab::progress::Progress;
use faultline::link::{Link, MARK};
use faultline::models::Library;

/// What was given.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// Something with an address in this page.
    Address(String),
    /// A lab that has none.
    Lab(Box<Lab>),
    /// What clients of some system saw.
    History,
    /// What somebody has done in the labs, here or on another device.
    Progress(Progress),
}

/// What it looks like, before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Link,
    Lab,
    Scenario,
    History,
    Progress,
}

/// Finds out what a text is, and reads it. `name` is that of its file; a text that was dragged here
/// has none.
///
/// # Errors
/// Says what is wrong with it and where, line by line.
pub(crate) fn read(name: Option<&str>, given: &str, library: &Library) -> Result<Given, Vec<String>> {
    let called = name.unwrap_or(text::GIVEN_TEXT);
    let said = |why: String| vec![format!("{called}: {why}")];
    let given = given.trim_start_matches('\u{feff}');
    if given.trim().is_empty() {
        return Err(said(text::NOTHING_IN_IT.into()));
    }
    match looks(name, given) {
        Some(Looks::Link) => address(given, library).map(Given::Address).map_err(said),
        Some(Looks::Lab) => {
            // A browser that saves a file twice, or a person, may have given it another name.
            let lab = Lab::read_alone(given, library);
            lab.map(|lab| Given::Lab(Box::new(lab)))
                .map_err(|problems| problems.iter().map(|problem| format!("{called}:{problem}")).collect())
        }
        Some(Looks::Scenario) => {
            let scenario = files::read_scenario(given, library).map_err(said)?;
            Ok(Given::Address(Link { scenario, seal: None }.write()))
        }
        Some(Looks::History) => History::read(given).map(|_| Given::History).map_err(|fault| said(fault.to_string())),
        Some(Looks::Progress) => Progress::read(given).map(Given::Progress).map_err(said),
        None => Err(said(text::NOTHING_KNOWN.into())),
    }
}

fn looks(name: Option<&str>, given: &str) -> Option<Looks> {
    let ending = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let start = given.trim_start();
    let first = start.lines().next().unwrap_or_default();
    if first.starts_with("faultline progress") {
        return Some(Looks::Progress);
    }
    match ending.as_deref() {
        Some("toml") => return Some(Looks::Lab),
        Some("edn" | "jsonl" | "log") => return Some(Looks::History),
        _ => {}
    }
    if start.starts_with(['{', '[']) && !first.trim_end().ends_with(']') {
        // Whole or not: a scenario names its model, which no operation of a client does.
        let scenario = match Reader::new(given).next_value() {
            Ok(value) => value.is_some_and(|placed| placed.value.get("model").is_some() || is_part_of_scenario(&placed.value)),
            Err(_) => given.contains("\"model\"") || ending.as_deref() == Some("json") && !given.contains("\"process\""),
        };
        return Some(if scenario { Looks::Scenario } else { Looks::History });
    }
    let one_line = start.trim_end().lines().count() == 1;
    if given.contains(MARK) || one_line && [LAB, FREE, CHECK].iter().any(|mark| given.contains(mark)) {
        return Some(Looks::Link);
    }
    if start.lines().any(|line| line.trim() == "[bet]" || line.trim() == "[world]" || line.trim() == "[[step]]") {
        return Some(Looks::Lab);
    }
    // A line of Jepsen's log, or of JSON or EDN after a comment.
    (start.starts_with([';', '#', '(']) || first.contains("jepsen") || first.contains(":invoke")).then_some(Looks::History)
}

fn is_part_of_scenario(value: &Value) -> bool {
    value.get("nodes").is_some() && value.get("process").is_none()
}

/// The address in this page that a text names, checked.
fn address(given: &str, library: &Library) -> Result<String, String> {
    if let Some((_, link)) = given.split_once(MARK) {
        let letters =
            link.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '>' | '<')).next().unwrap_or_default();
        let link = format!("{MARK}{letters}");
        return Link::read(&link, library).map(|_| link).map_err(|fault| fault.to_string());
    }
    let begin = given.find('#').unwrap_or(0);
    Ok(given[begin..].trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use std::path::Path;

    fn library() -> Library {
        Library::standard()
    }

    fn scenario() -> Scenario {
        Scenario::new(library().find("raft").unwrap().about(), 7)
    }

    #[test]
    fn a_scenario_is_known_by_what_it_says_and_becomes_the_link_of_its_run() {
        let file = files::write_scenario(&scenario());
        for name in [Some("my.json"), Some("notes.txt"), None] {
            let Ok(Given::Address(link)) = read(name, &file, &library()) else { panic!("{name:?}") };
            assert_eq!(Link::read(&link, &library()).unwrap(), Link { scenario: scenario(), seal: None });
        }
    }

    #[test]
    fn a_link_is_found_in_whatever_stands_around_it() {
        let link = Link { scenario: scenario(), seal: None }.write();
        for around in [format!("https://a.b/c/{link}\n"), format!("See <a href=\"https://a.b/{link}\">this</a>"), link.clone()] {
            let Ok(Given::Address(found)) = read(None, &around, &library()) else { panic!("{around}") };
            assert_eq!(found, link);
        }
        let Ok(Given::Address(lab)) = read(Some("link.txt"), "https://a.b/c/#lab=L10\n", &library()) else { panic!() };
        assert_eq!(lab, "#lab=L10");
    }

    #[test]
    fn every_lab_is_known_by_its_name_and_without_it() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/labs/L07.toml");
        let lab = std::fs::read_to_string(file).unwrap();
        for name in ["L07.toml", "L07 (1).toml", "something else.toml"] {
            assert!(matches!(read(Some(name), &lab, &library()), Ok(Given::Lab(lab)) if lab.id == "L07"), "{name}");
        }
        assert_eq!(looks(Some("L07.txt"), &lab), Some(Looks::Lab));
    }

    #[test]
    fn what_was_done_is_known_by_its_first_line() {
        let done = "faultline progress 1\nlab L10 step=3\n";
        for name in [Some("faultline-progress.txt"), Some("mine (2).txt"), None] {
            assert!(matches!(read(name, done, &library()), Ok(Given::Progress(progress)) if progress.labs["L10"].step == 3));
        }
    }

    #[test]
    fn histories_are_known_in_all_their_forms() {
        let edn = "{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value 1}\n";
        let json = "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n{\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":1}\n";
        let vector = format!("[{edn}]");
        for (name, given) in [(Some("h.edn"), edn), (Some("h.jsonl"), json), (Some("h.json"), json), (None, edn), (None, &vector)] {
            assert!(matches!(read(name, given, &library()), Ok(Given::History)), "{name:?} {given}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_the_file_and_the_place() {
        let good = files::write_scenario(&scenario());
        let link = Link { scenario: scenario(), seal: None }.write();
        for (name, given, said) in [
            ("my.json", good.replace("\"nodes\": 5", "\"nodes\": \"five\""), "my.json: invalid type"),
            ("my.json", good.replace("\"nodes\": 5", "\"nodes\": 4000"), "my.json: nodes: "),
            ("my.json", good[..good.len() - 3].to_owned(), "line "),
            ("my.json", "{\"seed\": 5".to_owned(), "line 1"),
            ("my.toml", "title = \n".to_owned(), "my.toml:1: "),
            ("my.edn", "{:process 0, :type :invoke".to_owned(), "my.edn: line 1, column 1"),
            ("link.txt", link[..link.len() - 4].to_owned(), "link.txt: a part of the link is missing"),
            ("done.txt", "faultline progress 1\nlab L10 step=x\n".to_owned(), "done.txt: line 2 cannot be read"),
            ("poem.txt", "Shall I compare thee\nto a summer's day?".to_owned(), "poem.txt: "),
            ("empty.json", " \n".to_owned(), "empty.json: "),
        ] {
            let why = read(Some(name), &given, &library()).expect_err(name).join("\n");
            assert!(why.contains(said), "{name}: {why}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let file = files::write_scenario(&scenario());
        for end in (0..file.len()).filter(|end| file.is_char_boundary(*end)) {
            let _ = read(Some("x.json"), &file[..end], &library());
            let _ = read(None, &file[end..], &library());
        }
    }
}
