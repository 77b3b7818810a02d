//! A plot as SVG text, by plotters. Colours are stand-ins that become custom properties of the style
//! sheet, so that a chart follows the theme without being drawn again; in a file they become colours.

use super::plot::{Curve, Ink, Plot, Shape};
use plotters::prelude::*;

/// How large a dot is, in the pixels that are shown.
const DOT: f64 = 2.5;
/// Drawn this much larger than shown, because plotters rounds to whole pixels.
const SCALE: u32 = 4;
/// Where the keys of a file stand, how much room each letter of them takes, and a line.
const KEY_LEFT: u32 = 32;
const KEY_GAP: u32 = 40;
const KEY_LETTER: u32 = 22;
const KEY_LINE: u32 = 52;
const WIDTH: u32 = 320;
const HEIGHT: u32 = 150;

/// A stand-in: how plotters is told, how it writes it, what it becomes on the page, what in a file,
/// and how its lines are broken, so that nobody needs colours to tell them apart.
struct StandIn(RGBColor, &'static str, &'static str, &'static str, &'static str);

const TEXT: StandIn = StandIn(RGBColor(1, 0, 0), "#010000", "var(--text-soft)", "#565c69", "");
const LINE: StandIn = StandIn(RGBColor(2, 0, 0), "#020000", "var(--line)", "#e3e5ea", "");
const INKS: [StandIn; 9] = [
    StandIn(RGBColor(3, 0, 0), "#030000", "var(--tone-ask)", "#2f5fd0", ""),
    StandIn(RGBColor(4, 0, 0), "#040000", "var(--tone-answer)", "#0b7d5e", ""),
    StandIn(RGBColor(5, 0, 0), "#050000", "var(--bad)", "#c22f1d", ""),
    StandIn(RGBColor(6, 0, 0), "#060000", "var(--tone-lead)", "#a06200", "28 14"),
    StandIn(RGBColor(7, 0, 0), "#070000", "var(--text-soft)", "#565c69", "6 14"),
    StandIn(RGBColor(8, 0, 0), "#080000", "var(--tone-data)", "#87459b", "40 10 8 10"),
    StandIn(RGBColor(9, 0, 0), "#090000", "var(--tone-answer)", "#0b7d5e", "8 10"),
    StandIn(RGBColor(10, 0, 0), "#0A0000", "var(--text)", "#16181d", "64 12"),
    StandIn(RGBColor(11, 0, 0), "#0B0000", "var(--tone-maybe)", "#7a6a00", "20 8 6 8 6 8"),
];

fn stand_in(ink: Ink) -> &'static StandIn {
    &INKS[ink as usize]
}

/// The plot for the page: it has the size and the colours that the page gives it.
pub(super) fn for_page(plot: &Plot) -> String {
    let drawn = draw(plot).unwrap_or_default();
    coloured(&sized(&drawn, "aria-hidden=\"true\" "), |stand_in| stand_in.2)
}

/// The plot as a file of its own: light, because it is for paper, with its title and its keys.
pub(super) fn for_file(title: &str, plot: &Plot) -> String {
    let (width, height) = (WIDTH * SCALE, HEIGHT * SCALE);
    let mut keys = String::new();
    let (mut x, mut line) = (KEY_LEFT, 0);
    for Curve { name, ink, .. } in plot.curves.iter().filter(|curve| !curve.name.is_empty()) {
        let wide = KEY_GAP + name.chars().count() as u32 * KEY_LETTER;
        if x > KEY_LEFT && x + wide > width {
            (x, line) = (KEY_LEFT, line + 1);
        }
        keys += &format!("<text x=\"{x}\" y=\"{}\" font-size=\"40\" fill=\"{}\">", line * KEY_LINE, stand_in(*ink).3);
        escape(&mut keys, name);
        keys += "</text>";
        x += wide;
    }
    // Above the drawing: the title, and the keys line by line.
    let above = 120 + line * KEY_LINE;
    let drawn = coloured(&sized(&draw(plot).unwrap_or_default(), ""), |stand_in| stand_in.3);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 -{above} {width} {}\" font-family=\"system-ui, sans-serif\" font-size=\"48\">\
         <rect y=\"-{above}\" width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"32\" y=\"{}\" fill=\"#16181d\">",
        WIDTH * 2,
        (HEIGHT + above / SCALE) * 2,
        height + above,
        56 - above as i32
    );
    escape(&mut svg, title);
    svg += &format!("</text><g transform=\"translate(0 {})\">{keys}</g>", 112 - above as i32);
    // The drawing is an SVG of its own inside: it keeps its coordinates.
    svg + &drawn.replacen("<svg ", &format!("<svg width=\"{width}\" height=\"{height}\" "), 1) + "</svg>"
}

fn draw(plot: &Plot) -> Option<String> {
    let mut picture = String::new();
    {
        let area = SVGBackend::with_string(&mut picture, (WIDTH * SCALE, HEIGHT * SCALE)).into_drawing_area();
        let (x, y) = (plot.x, plot.y);
        let mut chart = ChartBuilder::on(&area)
            .margin(8 * SCALE)
            .x_label_area_size(18 * SCALE)
            .y_label_area_size(34 * SCALE)
            .build_cartesian_2d(x.from..x.to.max(x.from + 0.001), y.from..y.to.max(y.from + 0.001))
            .ok()?;
        let style = ("system-ui, sans-serif", 13 * SCALE).into_font().color(&TEXT.0);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE.0)
            .axis_style(LINE.0)
            .label_style(style)
            .x_labels(x.labels)
            .y_labels(y.labels)
            .y_label_formatter(&|value| (y.say)(*value))
            .x_label_formatter(&|value| (x.say)(*value))
            .draw()
            .ok()?;
        for Curve { ink, shape, points, .. } in &plot.curves {
            let colour = stand_in(*ink).0;
            match shape {
                Shape::Bars(width) => {
                    let bar = |(x, y): &(f64, f64)| Rectangle::new([(x - width / 2.0, 0.0), (x + width / 2.0, *y)], colour.filled());
                    chart.draw_series(points.iter().map(bar)).ok()?;
                }
                Shape::Dots => {
                    let dot = |at: &(f64, f64)| Circle::new(*at, (DOT * f64::from(SCALE)) as i32, colour.filled());
                    chart.draw_series(points.iter().map(dot)).ok()?;
                }
                // A line ends where nothing is known, and begins anew.
                Shape::Line | Shape::Steps => {
                    for piece in points.split(|(_, y)| y.is_nan()).filter(|piece| !piece.is_empty()) {
                        let level = |pair: &[(f64, f64)]| [pair[0], if *shape == Shape::Steps { (pair[1].0, pair[0].1) } else { pair[0] }];
                        let line = piece.windows(2).flat_map(level).chain(piece.last().copied());
                        chart.draw_series(LineSeries::new(line, colour.stroke_width(2 * SCALE))).ok()?;
                    }
                }
            }
        }
    }
    Some(picture)
}

/// Another size than that in pixels.
fn sized(picture: &str, size: &str) -> String {
    picture.replacen(&format!("width=\"{}\" height=\"{}\" ", WIDTH * SCALE, HEIGHT * SCALE), size, 1)
}

/// Stand-ins become colours, and lines are broken that are.
fn coloured(picture: &str, colour: fn(&StandIn) -> &'static str) -> String {
    [TEXT, LINE].iter().chain(&INKS).fold(picture.to_owned(), |picture, stand_in| {
        let StandIn(_, written, _, _, dashes) = stand_in;
        let colour = colour(stand_in);
        let stroke = format!("stroke=\"{written}\"");
        let broken = if dashes.is_empty() { stroke.clone() } else { format!("{stroke} stroke-dasharray=\"{dashes}\"") };
        picture.replace(&stroke, &broken).replace(written, colour)
    })
}

/// What a protocol says is text, whatever it looks like.
fn escape(svg: &mut String, text: &str) {
    *svg += &text.replace('&', "&amp;").replace('<', "&lt;");
}

#[cfg(test)]
mod tests {
    use super::super::plot::{Axis, Table};
    use super::*;

    fn plot(curves: Vec<Curve>) -> Plot {
        let axis = Axis { from: 0.0, to: 10.0, labels: 4, say: |value| format!("{value}") };
        Plot { x: axis, y: axis, curves, summary: String::new(), table: Table::default() }
    }

    fn curve(ink: Ink, shape: Shape, points: &[(f64, f64)]) -> Curve {
        Curve { name: "a<b".into(), ink, shape, points: points.to_vec() }
    }

    #[test]
    fn a_chart_takes_its_colours_and_its_size_from_the_page() {
        let picture = for_page(&plot(vec![curve(Ink::First, Shape::Line, &[(0.0, 1.0), (5.0, 3.0)])]));
        assert!(picture.starts_with("<svg aria-hidden=\"true\" viewBox"), "{}", &picture[..80]);
        assert!(picture.contains("stroke=\"var(--tone-ask)\"") && !picture.contains("#030000") && !picture.contains("#010000"));
    }

    #[test]
    fn every_stand_in_is_the_colour_that_plotters_writes() {
        for StandIn(colour, written, ..) in [TEXT, LINE].iter().chain(&INKS) {
            assert_eq!(format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2), written.to_uppercase());
        }
    }

    #[test]
    fn a_second_run_is_told_from_the_first_without_its_colour_too() {
        let picture = for_page(&plot(vec![curve(Ink::Second, Shape::Line, &[(0.0, 1.0), (5.0, 3.0)])]));
        assert!(picture.contains("stroke=\"var(--tone-lead)\" stroke-dasharray"));
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known_and_steps_are_level() {
        let lines = |shape, points: &[(f64, f64)]| for_page(&plot(vec![curve(Ink::First, shape, points)])).matches("<polyline").count();
        let bare = lines(Shape::Line, &[]);
        assert_eq!(lines(Shape::Line, &[(0.0, 1.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, 1.0), (4.0, 2.0)]) - bare, 2);
        let corners = |shape| {
            let picture = for_page(&plot(vec![curve(shape, Shape::Steps, &[(0.0, 0.0), (5.0, 10.0), (10.0, 10.0)])]));
            let line = picture.lines().find(|line| line.contains("var(--tone-ask)")).unwrap_or_default().to_owned();
            line.split("points=\"").nth(1).map_or(0, |points| points.split('"').next().unwrap_or_default().split_whitespace().count())
        };
        assert_eq!(corners(Ink::First), 5);
    }

    #[test]
    fn a_file_needs_nothing_from_the_page_and_no_name_is_markup() {
        let picture = for_file("x & y", &plot(vec![curve(Ink::First, Shape::Bars(1.0), &[(1.0, 2.0)])]));
        assert!(picture.starts_with("<svg xmlns=") && picture.contains("x &amp; y") && picture.contains("a&lt;b"));
        assert!(!picture.contains("var(") && picture.contains("#2f5fd0"));
        assert_eq!(picture.matches("<svg").count(), picture.matches("</svg>").count());
    }
}
