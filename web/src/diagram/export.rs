//! The diagram to take along: as a picture that needs no page around it, and as text that Mermaid draws.

use super::list::List;
use super::svg;
use super::window::Window;
use crate::session::Session;
use faultline::sim::{EventKind, NodeId};
use std::fmt::Write as _;

/// Light, because it is for paper. The same classes as in the style sheet.
const STYLE: &str = "text{font:11px system-ui,sans-serif;fill:#565c69}.drawn path{fill:none;stroke:var(--ink)}\
.lane{--ink:#c3c7d0}.paused{stroke-dasharray:2 5}.message{--ink:#565c69;stroke-width:1.5}.tone-ask{--ink:#2f5fd0}.tone-answer{--ink:#0b7d5e}\
.tone-data{--ink:#87459b}.tone-lead{--ink:#a06200}.tone-maybe{--ink:#7a6a00}.tone-refuse{--ink:#c22f1d}.message .near{display:none}\
.message .head{fill:var(--ink)}.message .loss{stroke:#c22f1d;stroke-width:2}.message text{text-anchor:middle}\
text{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.event{--ink:#565c69;fill:var(--ink)}.timer{--ink:#9aa3bd}\
.input{--ink:#c22f1d}.drawn .all{stroke-dasharray:1 4}.op{--ink:#565c69}.op rect{fill:#f0f1f4;stroke:var(--ink)}.done{--ink:#0b7d5e}\
.parts{--ink:#7a6a00;stroke-width:2;stroke-dasharray:5 3}.failed,.unknown{--ink:#c22f1d}.blamed rect{stroke:#c22f1d;stroke-width:2.5}\
.doubt{fill:#c22f1d;fill-opacity:.07}.because{--ink:#c22f1d;stroke-width:1.75}.because .head{fill:#c22f1d}";
/// Room for the names of the lanes.
const NAMES: f64 = 48.0;

/// What the diagram shows, as a picture of its own.
pub(crate) fn picture(session: &Session, window: Window) -> String {
    let list = List::of(session, window);
    let (width, height, shift) = (window.width, window.height, window.shift());
    let head = window.head().clamp(0.0, width);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0}\" height=\"{height:.0}\" viewBox=\"{1} 0 {0:.0} {height:.0}\"><style>{STYLE}</style>\
         <rect x=\"{1}\" width=\"100%\" height=\"100%\" fill=\"#fff\"/><svg width=\"{head:.0}\" height=\"{height:.0}\"><g class=\"drawn\" transform=\"translate({2:.1})\">",
        width + NAMES,
        -NAMES,
        -shift
    );
    svg::draw_flying(&mut svg, &list);
    let _ = write!(
        svg,
        "</g></svg><svg width=\"{width:.0}\" height=\"{height:.0}\"><g class=\"drawn\" transform=\"translate({:.1})\">",
        -shift
    );
    svg::draw_known(&mut svg, &list);
    svg += "</g></svg>";
    for lane in list.lanes.iter().filter(|lane| !lane.hidden) {
        let _ = write!(svg, "<text x=\"-8\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", lane.y + 4.0, lane.name);
    }
    svg + "</svg>"
}

/// What the diagram shows, as a sequence diagram for Mermaid.
pub(crate) fn mermaid(session: &Session, window: Window) -> String {
    let sim = session.sim();
    let (first, last) = window.seen();
    let mut text = "sequenceDiagram\n".to_owned();
    let everybody = (0..sim.scenario().nodes + sim.scenario().clients).map(NodeId);
    for endpoint in everybody.filter(|endpoint| !session.hidden.contains(endpoint)) {
        let _ = writeln!(text, "    participant {}", sim.name(endpoint));
    }
    for index in sim.trace().first_at(first)..sim.trace().first_at(last).min(sim.rows()) {
        let Some(row) = sim.trace().row(index).filter(|row| session.knows(row)) else { continue };
        if [row.node, row.peer].iter().any(|end| session.hidden.contains(end)) {
            continue;
        }
        let (node, peer) = (sim.name(row.node), sim.name(row.peer));
        let message = || plain(&sim.describe_message(row.subject));
        let _ = match row.kind {
            EventKind::Deliver => writeln!(text, "    {peer}->>{node}: {}", message()),
            EventKind::Lose => writeln!(text, "    {peer}-x{node}: {}", message()),
            EventKind::Timer | EventKind::Input | EventKind::Unknown | EventKind::Durable => {
                let words = sim.describe_row(index);
                writeln!(text, "    Note over {node}: {}", plain(words.strip_prefix(&format!("{node}: ")).unwrap_or(&words)))
            }
            _ => Ok(()),
        };
    }
    text
}

/// Without what means something to Mermaid.
fn plain(words: &str) -> String {
    words.chars().map(|letter| if matches!(letter, ';' | '#' | ':' | '\n') { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;
    use faultline::sim::Time;

    fn session() -> (Session, Window) {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
        session.seek(Time(120_000_000));
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        session.seek(Time(300_000_000));
        let window = Window::new(800.0, 200.0, 0.05, session.playhead(), None);
        (session, window)
    }

    #[test]
    fn a_picture_needs_nothing_from_the_page() {
        let (session, window) = session();
        let picture = picture(&session, window);
        assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && picture.ends_with("</svg>"));
        assert_eq!(picture.matches("<svg").count(), picture.matches("</svg>").count());
        assert!(picture.contains("ping 1") && picture.contains(">n2</text>"));
        for class in ["tone-ask", "event", "lane"] {
            assert!(picture.contains(&format!("class=\"{class}")) || picture.contains(&format!(" {class}")), "{class}");
            assert!(STYLE.contains(class), "{class}");
        }
    }

    #[test]
    fn mermaid_has_every_message_in_order_and_what_became_of_it() {
        let (session, window) = session();
        let text = mermaid(&session, window);
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        assert_eq!(&lines[..4], ["sequenceDiagram", "participant n1", "participant n2", "n1->>n2: ping 1"]);
        assert!(lines.contains(&"Note over n2: n2 crashes"), "{text}");
        assert!(lines.iter().any(|line| line.starts_with("n1-xn2: ping")), "{text}");
    }

    #[test]
    fn a_picture_grows_with_what_it_shows_and_not_with_the_run() {
        let (mut session, _) = session();
        session.undo();
        let length = |session: &mut Session, seconds: u64| {
            session.seek(Time(seconds * 1_000_000_000));
            let window = Window::new(800.0, 200.0, 0.05, session.playhead(), None);
            picture(session, window).len()
        };
        let (short, long) = (length(&mut session, 2), length(&mut session, 60));
        assert!(long < short * 2, "{short} {long}");
    }
}
