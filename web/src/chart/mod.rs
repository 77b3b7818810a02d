//! Charts, drawn by plotters as SVG text. Colours are stand-ins that become custom properties of
//! the style sheet, so that a chart follows the theme without being drawn again.

use crate::text;
use faultline::measure::Tally;
use faultline::sim::Time;
use plotters::prelude::*;
use yew::{AttrValue, Html, html};

/// Drawn this much larger than shown, because plotters rounds to whole pixels.
const SCALE: u32 = 4;
const WIDTH: u32 = 320;
const HEIGHT: u32 = 150;

/// The stand-in for each colour, and what it becomes.
const INK: [(RGBColor, &str, &str); 5] = [
    (RGBColor(1, 0, 0), "#010000", "var(--text-soft)"),
    (RGBColor(2, 0, 0), "#020000", "var(--line)"),
    (RGBColor(3, 0, 0), "#030000", "var(--tone-ask)"),
    (RGBColor(4, 0, 0), "#040000", "var(--tone-answer)"),
    (RGBColor(5, 0, 0), "#050000", "var(--bad)"),
];

/// One curve: its name, its ink, and what it counts.
type Curve = (&'static str, usize, fn(&Tally) -> u32);

const CURVES: [Curve; 3] =
    [(text::SENT, 2, |tally| tally.sent), (text::DELIVERED, 3, |tally| tally.delivered), (text::LOST, 4, |tally| tally.lost)];

/// Messages over virtual time, with the numbers as a table behind it.
pub(crate) fn messages(points: &[Tally]) -> Html {
    let Some(last) = points.last() else { return html! { <p class="empty">{ text::NOTHING_YET }</p> } };
    let summary = format!("{} {}, {} {}, {} {}", last.sent, text::SENT, last.delivered, text::DELIVERED, last.lost, text::LOST);
    let picture = draw(points).unwrap_or_default();
    let rows = points.iter().rev().step_by(points.len().div_ceil(8).max(1)).map(|point| {
        html! { <tr><td>{ text::clock(point.time) }</td><td>{ point.sent }</td><td>{ point.delivered }</td><td>{ point.lost }</td></tr> }
    });
    html! {
        <figure class="chart">
            <figcaption>{ for CURVES.map(|(name, ink, value)| html! {
                <span key={name} class={format!("key ink-{ink}")}>{ format!("{} {name}", value(last)) }</span>
            }) }</figcaption>
            <div class="picture" role="img" aria-label={summary}>{ Html::from_html_unchecked(AttrValue::from(picture)) }</div>
            <details>
                <summary>{ text::AS_TABLE }</summary>
                <table>
                    <thead><tr><th scope="col">{ text::TIME }</th>{ for CURVES.map(|(name, ..)| html! { <th key={name} scope="col">{ name }</th> }) }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </details>
        </figure>
    }
}

fn draw(points: &[Tally]) -> Option<String> {
    let last = points.last()?;
    let seconds = |time: Time| time.0 as f64 / 1e9;
    let mut picture = String::new();
    {
        let area = SVGBackend::with_string(&mut picture, (WIDTH * SCALE, HEIGHT * SCALE)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8 * SCALE)
            .x_label_area_size(18 * SCALE)
            .y_label_area_size(30 * SCALE)
            .build_cartesian_2d(0.0..seconds(last.time).max(0.001), 0..last.sent.max(4))
            .ok()?;
        let style = ("system-ui, sans-serif", 13 * SCALE).into_font().color(&INK[0].0);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(INK[1].0)
            .axis_style(INK[1].0)
            .label_style(style)
            .x_labels(4)
            .y_labels(4)
            // The corner has one nought already.
            .y_label_formatter(&|count| if *count == 0 { String::new() } else { count.to_string() })
            .x_label_formatter(&|seconds| format!("{} s", (seconds * 100.0).round() / 100.0))
            .draw()
            .ok()?;
        for (_, ink, value) in CURVES {
            // A count jumps at the moment of the event and is level in between.
            let steps =
                points.windows(2).flat_map(|pair| [(seconds(pair[0].time), value(&pair[0])), (seconds(pair[1].time), value(&pair[0]))]);
            let steps = steps.chain([(seconds(last.time), value(last))]);
            chart.draw_series(LineSeries::new(steps, INK[ink].0.stroke_width(2 * SCALE))).ok()?;
        }
    }
    Some(themed(&picture))
}

/// Stand-ins become the style sheet's colours, and the fixed size becomes that of the page.
fn themed(picture: &str) -> String {
    let size = format!("width=\"{}\" height=\"{}\" ", WIDTH * SCALE, HEIGHT * SCALE);
    let picture = picture.replacen(&size, "aria-hidden=\"true\" ", 1);
    INK.iter().fold(picture, |picture, (_, stand_in, colour)| picture.replace(stand_in, colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_takes_its_colours_and_its_size_from_the_page() {
        let size = format!("<svg width=\"{}\" height=\"{}\" viewBox", WIDTH * SCALE, HEIGHT * SCALE);
        let picture = themed(&format!("{size}><path stroke=\"#030000\"/></svg>"));
        assert!(picture.starts_with("<svg aria-hidden"), "{picture}");
        assert!(picture.contains("var(--tone-ask)") && !picture.contains("#030000"));
    }

    #[test]
    fn every_stand_in_is_the_colour_that_plotters_writes() {
        for (colour, stand_in, _) in INK {
            assert_eq!(format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2), stand_in.to_uppercase());
        }
    }
}
