//! The files in which a run can be taken along.

use crate::diagram::{self, Take, Window};
use crate::dom;
use crate::session::Session;
use crate::text;
use faultline::files;
use faultline::judge::history::History;

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

/// Gives the reader a file.
pub(crate) fn save(session: &Session, window: Window, what: Save) {
    let sim = session.sim();
    match what {
        Save::Scenario => dom::file::save("faultline-scenario.json", "application/json", &files::write_scenario(sim.scenario())),
        Save::HistoryEdn => dom::file::save("faultline-history.edn", "text/plain", &History::of(sim).to_edn()),
        Save::HistoryJson => dom::file::save("faultline-history.jsonl", "text/plain", &History::of(sim).to_json_lines()),
        Save::Trace => {
            let mut lines = String::new();
            for row in 0..sim.rows() {
                lines.push_str(&files::write_row(sim, row));
                lines.push('\n');
            }
            dom::file::save("faultline-trace.jsonl", "text/plain", &lines);
        }
        Save::Diagram(take) => diagram::take(session, window, take),
    }
}
