//! A run as files: its scenario as JSON, and everything that happened as JSON lines. The command and
//! the page read and write the same ones; what clients saw has files of its own
//! ([`History`](crate::judge::history::History)).

use crate::models::Library;
use crate::scenario::Scenario;
use crate::sim::{Row, Sim};
use serde::Serialize;

/// The scenario as people write it.
#[must_use]
pub fn write_scenario(scenario: &Scenario) -> String {
    serde_json::to_string_pretty(scenario).expect("a scenario has no parts that JSON lacks")
}

/// A scenario out of its file. It can be run.
///
/// # Errors
/// Names the fault and its place: a line and a column, or a field.
pub fn read_scenario(text: &str, library: &Library) -> Result<Scenario, String> {
    let scenario: Scenario = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
    scenario.check(library).map_err(|fault| fault.to_string())?;
    Ok(scenario)
}

/// The text of a file that somebody gave.
///
/// # Errors
/// If it is none: says what it looks like, and where it ceases to be text.
pub fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    let looks = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => Some("this is packed with gzip: unpack it first"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("this is text in UTF-16: save it as UTF-8"),
        [b'J', b'E', b'P', b'S', b'E', b'N', ..] => Some("this is Jepsen's own binary form: take history.edn instead"),
        _ => None,
    };
    if let Some(looks) = looks {
        return Err(looks.into());
    }
    String::from_utf8(bytes).map_err(|fault| {
        let line = fault.as_bytes()[..fault.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line}: this is not text in UTF-8")
    })
}

/// One row of a trace, as one line of JSON.
#[must_use]
pub fn write_row(sim: &Sim, index: u32) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        row: u32,
        time: u64,
        kind: String,
        node: String,
        peer: String,
        subject: u32,
        cause: Option<u32>,
        text: String,
        notes: Vec<&'a str>,
    }
    let trace = sim.trace();
    let line = trace.row(index).map(|row| Line {
        row: index,
        time: row.time.0,
        kind: format!("{:?}", row.kind).to_lowercase(),
        node: sim.name(row.node),
        peer: sim.name(row.peer),
        subject: row.subject,
        cause: (row.cause != Row::NO_CAUSE).then_some(row.cause),
        text: sim.describe_row(index),
        notes: trace.notes(index),
    });
    serde_json::to_string(&line).expect("a row has no parts that JSON lacks")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Input;
    use crate::sim::{NodeId, Time};

    fn scenario() -> Scenario {
        let mut scenario = Scenario::new(Library::standard().find("primary-backup").unwrap().about(), 7);
        scenario.add(Time(120_000_000), Input::Crash(NodeId(1)));
        scenario
    }

    #[test]
    fn a_scenario_comes_back_from_its_file() {
        let text = write_scenario(&scenario());
        assert!(text.contains("120 ms") || text.contains("120ms"), "{text}");
        assert_eq!(read_scenario(&text, &Library::standard()), Ok(scenario()));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_with_its_place() {
        let library = Library::standard();
        let good = write_scenario(&scenario());
        for (from, to, said) in [
            ("\"nodes\": 3", "\"nodes\": 3000", "nodes: "),
            ("\"nodes\": 3", "\"knots\": 3", "unknown field `knots`"),
            ("\"nodes\": 3", "\"nodes\": \"three\"", "line 3"),
            ("primary-backup", "primary-backache", "model: there is no model"),
            ("\n}", "", "EOF"),
        ] {
            assert!(good.contains(from), "{from} in {good}");
            let why = read_scenario(&good.replace(from, to), &library).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn a_row_is_one_line_with_its_words() {
        let mut sim = Sim::new(&Library::standard(), scenario()).unwrap();
        sim.run_until(Time(200_000_000));
        for row in 0..sim.rows() {
            let line: serde_json::Value = serde_json::from_str(&write_row(&sim, row)).unwrap();
            assert_eq!((line["row"].as_u64(), line["text"].as_str()), (Some(row.into()), Some(sim.describe_row(row).as_str())));
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, why) in [
            (&b"\x1f\x8b\x08"[..], "packed with gzip"),
            (b"\xff\xfe{\0", "UTF-16"),
            (b"JEPSEN\0\0", "history.edn"),
            (b"one\ntwo \xfc", "line 2: this is not text"),
        ] {
            let fault = text_of(bytes.to_vec()).unwrap_err();
            assert!(fault.contains(why), "{fault}");
        }
        assert_eq!(text_of(b"text".to_vec()).as_deref(), Ok("text"));
    }
}
