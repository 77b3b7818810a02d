//! The files in which a run can be taken along.

use crate::diagram::{self, Take, Window};
use crate::dom;
use crate::session::Session;
use crate::text;
use faultline::files;
use faultline::judge::history::History;
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

/// How many rows of a trace are written, the newest: whoever has more of them asks the command.
const MOST_ROWS: u32 = 1_000_000;
/// How long a part of a file may become, in bytes.
const PART: usize = 1 << 20;

/// Everything that happened in a run up to now, in parts. A long run has forgotten its beginning, so it
/// happens once more for this.
fn trace(sim: &Sim) -> Option<Array> {
    let (parts, mut part) = (Array::new(), String::new());
    let mut again = Timeline::new(crate::library(), sim.scenario().clone()).ok()?;
    let mut next = sim.rows().saturating_sub(MOST_ROWS);
    again.to_row(next);
    while next < sim.rows() {
        for row in next..again.sim().rows().min(sim.rows()) {
            part.push_str(&files::write_row(again.sim(), row));
            part.push('\n');
        }
        if part.len() > PART {
            parts.push(&part.as_str().into());
            part.clear();
        }
        next = again.sim().rows();
        if !again.step() {
            break;
        }
    }
    parts.push(&part.into());
    Some(parts)
}

/// Gives the reader a file.
pub(crate) fn save(session: &Session, window: Window, what: Save) {
    let sim = session.sim();
    match what {
        Save::Scenario => dom::file::save("faultline-scenario.json", "application/json", &files::write_scenario(sim.scenario())),
        Save::HistoryEdn => dom::file::save("faultline-history.edn", "text/plain", &History::of(sim).to_edn()),
        Save::HistoryJson => dom::file::save("faultline-history.jsonl", "text/plain", &History::of(sim).to_json_lines()),
        Save::Trace => {
            let parts = trace(sim).unwrap_or_default();
            dom::file::save_parts("faultline-trace.jsonl", "text/plain", &parts);
        }
        Save::Diagram(take) => diagram::take(session, window, take),
    }
}
