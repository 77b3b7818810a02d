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
}
