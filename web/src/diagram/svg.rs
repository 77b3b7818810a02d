//! The display list as text of SVG, a line for each item. What has not changed is the same line, and then
//! the page is not touched.

use super::list::{Arrow, Bar, Came, Dot, Fate, List};
use crate::stage::tone_name;
use faultline::sim::{EventKind, NodeStatus};
use std::collections::BTreeSet;

/// Messages on their way: cut off at the playhead by the page, for further is not known.
pub(crate) fn flying(list: &List) -> String {
    let mut svg = String::new();
    draw_flying(&mut svg, list);
    svg
}

/// Everything else.
pub(crate) fn known(list: &List) -> String {
    let mut svg = String::new();
    draw_known(&mut svg, list);
    svg
}

pub(crate) fn draw_flying(svg: &mut String, list: &List) {
    for bar in list.bars.iter().filter(|bar| bar.outcome == Came::Waits) {
        draw_bar(svg, bar);
    }
    for arrow in list.arrows.iter().filter(|arrow| arrow.fate == Fate::Flying) {
        draw_arrow(svg, arrow, &list.past);
    }
    for bar in list.bars.iter().filter(|bar| bar.outcome == Came::Waits) {
        draw_asked(svg, bar);
    }
}

pub(crate) fn draw_known(svg: &mut String, list: &List) {
    if let Some((from, to)) = list.doubt {
        *svg += &format!("<rect class=\"doubt\" x=\"{from:.1}\" y=\"0\" width=\"{:.1}\" height=\"{:.0}\"/>\n", to - from, list.height);
    }
    for lane in &list.lanes {
        for (from, to, status) in &lane.pieces {
            let class = match status {
                NodeStatus::Up => "up",
                NodeStatus::Paused => "paused",
                NodeStatus::Down => continue,
            };
            *svg += &format!("<path class=\"lane {class}\" d=\"M{from:.1} {y:.1}H{to:.1}\"/>\n", y = lane.y);
        }
    }
    if let Some(x) = list.parts {
        *svg += &format!("<path class=\"parts\" d=\"M{x:.1} 0V{:.0}\"/>\n", list.height);
    }
    for bar in list.bars.iter().filter(|bar| bar.outcome != Came::Waits) {
        draw_bar(svg, bar);
    }
    for arrow in list.arrows.iter().filter(|arrow| arrow.fate != Fate::Flying) {
        draw_arrow(svg, arrow, &list.past);
    }
    for dot in &list.dots {
        draw_dot(svg, dot, list);
    }
    for bar in list.bars.iter().filter(|bar| bar.outcome != Came::Waits) {
        draw_asked(svg, bar);
    }
    for (from, to) in &list.because {
        draw_because(svg, *from, *to);
    }
}

/// What must come before what: bowed, there above and back below, with a tip at its end.
fn draw_because(svg: &mut String, (x, y): (f64, f64), (to_x, to_y): (f64, f64)) {
    let side = if to_x >= x { -1.0 } else { 1.0 };
    let (y, to_y) = (y + side * 7.0, to_y + side * 7.0);
    let (bend_x, bend_y) = (f64::midpoint(x, to_x), if side < 0.0 { y.min(to_y) } else { y.max(to_y) } + side * 16.0);
    let (across, down) = (to_x - bend_x, to_y - bend_y);
    let length = across.hypot(down).max(1.0);
    let (back_x, back_y) = (to_x - across / length * 8.0, to_y - down / length * 8.0);
    let (aside_x, aside_y) = (down / length * 4.0, -across / length * 4.0);
    *svg += &format!(
        "<g class=\"because\"><path d=\"M{x:.1} {y:.1}Q{bend_x:.1} {bend_y:.1} {to_x:.1} {to_y:.1}\"/>\
         <path class=\"head\" d=\"M{to_x:.1} {to_y:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/></g>\n",
        back_x + aside_x,
        back_y + aside_y,
        back_x - aside_x,
        back_y - aside_y
    );
}

/// Marks what had to happen before what is pointed at.
fn past(past: &BTreeSet<u32>, row: u32) -> &'static str {
    if past.contains(&row) { " past" } else { "" }
}

fn here(here: bool) -> &'static str {
    if here { " here" } else { "" }
}

fn draw_arrow(svg: &mut String, arrow: &Arrow, rows: &BTreeSet<u32>) {
    let ((x, y), (to_x, to_y)) = (arrow.from, arrow.to);
    let (across, down) = (to_x - x, to_y - y);
    let length = (across * across + down * down).sqrt().max(1.0);
    let (across, down) = (across / length, down / length);
    let tone = tone_name(arrow.tone);
    *svg += &format!("<g class=\"message tone-{tone}{}{}\" data-row=\"{}\">", here(arrow.here), past(rows, arrow.row), arrow.row);
    // The first is wide and not to be seen: it is what a finger meets.
    let way = format!("d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}\"/>");
    *svg += &format!("<path class=\"near\" {way}<path {way}");
    match arrow.fate {
        Fate::Arrived => {
            let (back_x, back_y) = (to_x - across * 8.0, to_y - down * 8.0);
            let (side_x, side_y) = (down * 3.5, across * 3.5);
            *svg += &format!(
                "<path class=\"head\" d=\"M{to_x:.1} {to_y:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/>",
                back_x - side_x,
                back_y + side_y,
                back_x + side_x,
                back_y - side_y
            );
        }
        Fate::Lost => *svg += &format!("<path class=\"loss\" d=\"M{:.1} {:.1}l9 9m0-9l-9 9\"/>", to_x - 4.5, to_y - 4.5),
        Fate::Flying => {}
    }
    if !arrow.label.is_empty() {
        let (at_x, at_y) = arrow.label_at;
        *svg += &format!("<text x=\"{at_x:.1}\" y=\"{:.1}\">", at_y + 4.0);
        escape(svg, &arrow.label);
        *svg += "</text>";
    }
    *svg += "</g>\n";
}

fn draw_bar(svg: &mut String, bar: &Bar) {
    let came = match bar.outcome {
        Came::Done => "done",
        Came::Refused => "failed",
        Came::Unknown => "unknown",
        Came::Waits => "open",
    };
    let blamed = if bar.blamed { " blamed" } else { "" };
    let (x, width, (above, below)) = (bar.from, (bar.to - bar.from).max(4.0), bar.reach);
    *svg += &format!(
        "<g class=\"op {came}{blamed}\" data-row=\"{}\"><rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"{:.1}\"/></g>\n",
        bar.row,
        bar.y + above,
        below - above,
        ((below - above) / 3.0).min(4.0)
    );
}

/// What was asked and answered, below the bar, where no message covers it.
fn draw_asked(svg: &mut String, bar: &Bar) {
    if bar.label.is_empty() {
        return;
    }
    let blamed = if bar.blamed { " blamed" } else { "" };
    *svg += &format!("<g class=\"op{blamed}\" data-row=\"{}\"><text x=\"{:.1}\" y=\"{:.1}\">", bar.row, bar.from + 2.0, bar.y + 17.0);
    escape(svg, &bar.label);
    *svg += "</text></g>\n";
}

fn draw_dot(svg: &mut String, dot: &Dot, list: &List) {
    let kind = match dot.kind {
        EventKind::Send | EventKind::Deliver => "message",
        EventKind::Input => "input",
        EventKind::Timer => "timer",
        _ => "own",
    };
    let (marks, row, x) = ([here(dot.here), past(&list.past, dot.row)].concat(), dot.row, dot.x);
    *svg += &match dot.y {
        Some(y) if dot.count > 1 => format!(
            "<rect class=\"event {kind}{marks}\" data-row=\"{row}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"8\" rx=\"4\"><title>{}</title></rect>\n",
            x - 4.0,
            y - 4.0,
            dot.end - x + 8.0,
            dot.count
        ),
        Some(y) => format!("<circle class=\"event {kind}{marks}\" data-row=\"{row}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>\n"),
        None => format!("<path class=\"event all{marks}\" data-row=\"{row}\" d=\"M{x:.1} 0V{:.0}\"/>\n", list.height),
    };
}

/// What a protocol says is text, whatever it looks like.
fn escape(svg: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => *svg += "&lt;",
            '&' => *svg += "&amp;",
            '\n' => svg.push(' '),
            _ => svg.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Window;
    use super::*;
    use crate::session::Session;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::sim::Time;

    #[test]
    fn every_message_and_every_event_leads_to_its_row_and_no_text_is_markup() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("ping-pong").unwrap().about(), 7)).unwrap();
        session.seek(Time(300_000_000));
        let mut list = List::of(&session, Window::new(800.0, 200.0, 0.05, session.playhead(), None));
        list.arrows[0].label = "<b>\n&".into();
        let picture = known(&list) + &flying(&list);
        assert_eq!(picture.matches("data-row").count(), list.arrows.len() + list.dots.len());
        assert!(picture.contains("&lt;b> &amp;") && !picture.contains("<b>"));
        assert!(picture.ends_with('\n') && picture.lines().all(|line| line.starts_with('<') && line.ends_with('>')), "{picture}");
    }
}
