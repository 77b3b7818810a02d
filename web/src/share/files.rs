//! The files in which a run can be taken along.

use crate::diagram::{self, Take, Window};
use crate::dom;
use crate::session::Session;
use crate::text;
use faultline::files;
use faultline::judge::history::History;
use faultline::scenario::Fault;
use faultline::sim::{Sim, Timeline};
use js_sys::Array;

/// A file of a run as far as it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Save {
    /// What leads to the run.
    Scenario,
    /// What its clients did and saw, in EDN or JSON lines.
    HistoryEdn,
    HistoryJson,
    /// Everything that happened.
    Trace,
    /// What the diagram shows.
    Diagram(Take),
}

impl Save {
    /// What can be taken along, and in which forms.
    pub(crate) const ALL: [(&'static str, &'static [(&'static str, Self)]); 4] = [
        (text::SAVE_SCENARIO, &[("JSON", Self::Scenario)]),
        (text::SAVE_HISTORY, &[("EDN", Self::HistoryEdn), (text::JSON_LINES, Self::HistoryJson)]),
        (text::SAVE_TRACE, &[(text::JSON_LINES, Self::Trace)]),
        (
            text::SAVE_DIAGRAM,
            &[("SVG", Self::Diagram(Take::Svg)), ("PNG", Self::Diagram(Take::Png)), ("Mermaid", Self::Diagram(Take::Mermaid))],
        ),
    ];
}

/// How many rows of a trace are written, the newest.
const MOST_ROWS: u32 = 1_000_000;
/// How long a part of a file may become, in bytes.
const PART: usize = 1 << 20;

/// Everything that happened in a run up to now, or the newest `most` rows of it, in parts. A long run has
/// forgotten its beginning, so it happens once more for this. Says how many rows were left out.
fn trace(sim: &Sim, most: u32, mut put: impl FnMut(&str)) -> Result<u32, Fault> {
    let mut part = String::new();
    let mut again = Timeline::new(crate::library(), sim.scenario().clone())?;
    let first = sim.rows().saturating_sub(most);
    let mut next = first;
    again.to_row(next);
    while next < sim.rows() {
        for row in next..again.sim().rows().min(sim.rows()) {
            part.push_str(&files::write_row(again.sim(), row));
            part.push('\n');
        }
        if part.len() > PART {
            put(&part);
            part.clear();
        }
        next = again.sim().rows();
        if !again.step() {
            break;
        }
    }
    put(&part);
    Ok(first)
}

/// Gives the reader a file. Says what there is to say of it.
pub(crate) fn save(session: &Session, window: Window, what: Save) -> Option<String> {
    let sim = session.sim();
    match what {
        Save::Scenario => dom::file::save("faultline-scenario.json", "application/json", &files::write_scenario(sim.scenario())),
        Save::HistoryEdn => dom::file::save("faultline-history.edn", "text/plain", &History::of(sim).to_edn()),
        Save::HistoryJson => dom::file::save("faultline-history.jsonl", "text/plain", &History::of(sim).to_json_lines()),
        Save::Trace => {
            let parts = Array::new();
            let put = |part: &str| {
                parts.push(&part.into());
            };
            match trace(sim, MOST_ROWS, put) {
                Ok(left_out) => {
                    dom::file::save_parts("faultline-trace.jsonl", "text/plain", &parts);
                    return (left_out > 0).then(|| text::only_the_newest(sim.rows() - left_out, sim.rows()));
                }
                Err(fault) => return Some(fault.to_string()),
            }
        }
        Save::Diagram(take) => diagram::take(session, window, take),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::sim::Time;

    #[test]
    fn of_a_long_run_the_newest_rows_are_written_and_it_is_known_how_many_are_not() {
        let about = crate::library().find("raft").expect("a model").about();
        let mut sim = Sim::new(crate::library(), Scenario::new(about, 7)).expect("a run");
        sim.run_until(Time(2_000_000_000));
        for (most, left_out) in [(sim.rows(), 0), (100, sim.rows() - 100)] {
            let mut text = String::new();
            assert_eq!(trace(&sim, most, |part| text.push_str(part)), Ok(left_out));
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len() as u32, sim.rows() - left_out);
            assert_eq!(
                (lines[0], *lines.last().expect("rows")),
                (&*files::write_row(&sim, left_out), &*files::write_row(&sim, sim.rows() - 1))
            );
        }
    }
}
