//! What many runs have shown, as a chart or a table: a curve with its intervals, a histogram, a matrix.
//! What is known is laid over it, and so is what was found before something else was chosen. Cases that
//! belong together have a chart in `together`.

use super::plot::{Axis, Curve, Ink, Plot, Shape, Table};
use super::{figure, save, together};
use crate::shared::Shared;
use crate::text;
use faultline::evidence::measure::{Measured, Unit};
use faultline::lab::Lab;
use faultline::lab::study::{Chosen, Facts, Findings, Found, Known, Place, Point, Question, Study};
use yew::{Callback, Component, Context, Html, Properties, html};

/// Something that was found, with what was chosen then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) case: usize,
    /// What was chosen, in words; empty if nothing was.
    pub(crate) with: String,
    pub(crate) findings: Findings,
}

/// Bars of a histogram, at most.
const MOST_BARS: usize = 30;
/// The share of what is spread that the axis shows; what is beyond stands in the last bar.
const SHOWN: f64 = 0.995;
/// The rows of the table of a histogram.
const SHARES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

/// What the chart of a study is made with.
#[derive(Properties, Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lab: Shared<Lab>,
    /// The place of the study among those of the lab.
    pub(crate) study: usize,
    /// What was found in the cases that are measured at once, and what was found before it.
    pub(crate) now: Shared<Vec<Seen>>,
    pub(crate) before: Option<Shared<Vec<Seen>>>,
    /// What is chosen, if what is known of that is to be laid over it.
    pub(crate) chosen: Option<Chosen>,
}

/// The chart of a study: drawn when something was found, and not whenever the run beside it goes on.
pub(crate) struct Survey;

impl Component for Survey {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { lab, study, now, before, chosen } = ctx.props();
        let before = before.as_ref().and_then(|before| before.first());
        chart(lab, &lab.studies[*study], now, before, chosen.as_ref())
    }
}

fn chart(lab: &Lab, study: &Study, now: &[Seen], before: Option<&Seen>, chosen: Option<&Chosen>) -> Html {
    let all: Vec<_> = now.iter().filter_map(|seen| Some(Chosen { case: seen.case, settings: chosen?.settings.clone() })).collect();
    let known = |place: usize| all.get(place).into_iter().flat_map(|chosen| study.known(lab, chosen)).collect::<Vec<_>>();
    let shown = if study.together {
        together::plot(study, &now.iter().enumerate().map(|(place, seen)| (seen, known(place))).collect::<Vec<_>>())
    } else {
        let Some(now) = now.first() else { return Html::default() };
        if let (Question::Matrix { rows, columns }, Found::Matrix(counts)) = (study.question(now.case), &now.findings.found) {
            return matrix(&study.name, (rows, columns), counts);
        }
        plot(study, now, before, &known(0))
    };
    let Some(plot) = shown else { return Html::default() };
    let (title, taken) = (study.name.clone(), plot.clone());
    figure(&study.name, &plot, &Callback::from(move |take| save(&title, &taken, take)))
}

type Classes = Vec<(String, faultline::lab::predicate::Predicate)>;

/// How often what is said goes with what is so: of each row how many, and what share of it that is.
fn matrix(name: &str, (rows, columns): (&Classes, &Classes), counts: &[Vec<u64>]) -> Html {
    let cell = |count: u64, of: u64| {
        let (low, high) = Measured::share(count as usize, of as usize).shown();
        let share = (of > 0).then(|| text::study::share(count, of, &Unit::Share.between(low, high)));
        html! { <td style={format!("--share:{}", (count * 100).checked_div(of).unwrap_or(0))}><b>{ count }</b><small>{ share }</small></td> }
    };
    html! {
        <div class="wide matrix-of" tabindex="0" role="group" aria-label={name.to_owned()}><table>
            <thead><tr><td></td>{ for columns.iter().map(|(say, _)| html! { <th scope="col">{ say.clone() }</th> }) }</tr></thead>
            <tbody>{ for rows.iter().zip(counts).map(|((say, _), counts)| {
                let of = counts.iter().sum::<u64>();
                html! { <tr><th scope="row">{ say.clone() }<small>{ text::study::of(of) }</small></th>{ for counts.iter().map(|count| cell(*count, of)) }</tr> }
            }) }</tbody>
        </table></div>
    }
}

/// How often it was what and that was said, of the same few things. Its columns have numbers, as there is no room
/// for words above them.
pub(crate) fn counted(name: &str, corner: &'static str, things: &[&str], counts: &[Vec<u64>]) -> Html {
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let cell = |count: u64| html! { <td style={format!("--share:{}", count * 100 / most)}><b>{ count }</b></td> };
    html! {
        <div class="wide matrix-of narrow" tabindex="0" role="group" aria-label={name.to_owned()}><table>
            <thead><tr><td>{ corner }</td>{ for (1..).zip(things).map(|(number, thing)| html! {
                <th scope="col" title={(*thing).to_owned()}><span aria-hidden="true">{ number }</span><span class="visually-hidden">{ (*thing).to_owned() }</span></th>
            }) }</tr></thead>
            <tbody>{ for (1..).zip(things).zip(counts).map(|((number, thing), counts)| html! {
                <tr><th scope="row"><span aria-hidden="true">{ number }{ " " }</span>{ (*thing).to_owned() }</th>{ for counts.iter().map(|count| cell(*count)) }</tr>
            }) }</tbody>
        </table></div>
    }
}

/// What is drawn; nothing before there is anything to see.
fn plot(study: &Study, now: &Seen, before: Option<&Seen>, known: &[&Known]) -> Option<Plot> {
    match (study.question(now.case), &now.findings.found) {
        (Question::Curve { .. }, Found::Curve(points)) => curve(study, now, points, before, known),
        (Question::Spread(_), Found::Spread(samples)) => spread(study, now, samples, before, known),
        _ => None,
    }
}

/// A share is drawn in percent.
pub(super) fn drawn(unit: Unit, value: f64) -> f64 {
    if unit == Unit::Share { value * 100.0 } else { value }
}

/// An axis that ends at a round number.
pub(super) fn axis(unit: Unit, most: f64) -> Axis {
    let say = match unit {
        Unit::Share => |percent: f64| text::study::percent(percent),
        Unit::Ms => |millis: f64| text::study::millis(millis),
        Unit::Number => |number: f64| text::study::number(number),
    };
    let most = if most <= 0.0 { 1.0 } else { most };
    Axis { from: 0.0, to: if unit == Unit::Share { (most * 1.1).min(100.0) } else { most * 1.1 }, labels: 4, say }
}

fn curve(study: &Study, now: &Seen, points: &[Point], before: Option<&Seen>, known: &[&Known]) -> Option<Plot> {
    let places = study.places(now.case);
    let least = points.iter().map(|point| point.n).min()?;
    let Findings { unit, .. } = now.findings;
    let line = |points: &[Point]| points.iter().map(|point| (point.x, drawn(unit, point.value))).collect::<Vec<_>>();
    let mut curves =
        vec![Curve { name: text::study::curve(&study.name, &now.with, least), ink: Ink::First, shape: Shape::Line, points: line(points) }];
    // Each interval stands upright; between two of them there is nothing.
    let upright = |point: &Point| [point.low, point.high, f64::NAN].map(|y| (point.x, drawn(unit, y)));
    curves.push(Curve {
        name: text::study::INTERVALS.into(),
        ink: Ink::First,
        shape: Shape::Line,
        points: points.iter().flat_map(upright).collect(),
    });
    let against = matches!(study.question, Question::Curve { against: Some(_), .. });
    let known_at = |known: &Known, place: usize| match &known.facts {
        Facts::Curve(facts) => facts.iter().find(|(at, _)| *at == place).map(|(_, y)| *y),
        Facts::Spread { .. } => None,
    };
    for known in known {
        // Where what is across is measured too, a place is only known by what was found there.
        let x = |(index, place): (usize, &Place)| match points.iter().find(|point| point.place == index) {
            Some(point) => Some((index, point.x)),
            None => (!against).then_some((index, place.x)),
        };
        let at = places.iter().enumerate().filter_map(x);
        let points = at.filter_map(|(index, x)| Some((x, drawn(unit, known_at(known, index)?)))).collect();
        curves.push(Curve { name: known.from.clone(), ink: Ink::Theory, shape: Shape::Line, points });
    }
    if let Some((Seen { with, .. }, points)) = before.and_then(|seen| match &seen.findings.found {
        Found::Curve(points) if !points.is_empty() => Some((seen, points)),
        _ => None,
    }) {
        curves.push(Curve { name: text::study::before(with), ink: Ink::Second, shape: Shape::Line, points: line(points) });
    }
    let all = || curves.iter().flat_map(|curve| &curve.points).filter(|(x, y)| x.is_finite() && y.is_finite());
    let (right, top) = all().fold((0.0f64, 0.0f64), |(right, top), (x, y)| (right.max(*x), top.max(*y)));
    let left = all().map(|(x, _)| *x).fold(right, f64::min);
    // Lengths of time are in milliseconds here, all else is a plain number.
    let spans = against || places.iter().any(|place| place.x != place.value as f64);
    let across = axis(if spans { Unit::Ms } else { Unit::Number }, right);
    let x = Axis { from: if left < right / 4.0 { 0.0 } else { left - (right - left) * 0.05 }, to: right + (right - left) * 0.03, ..across };
    let head = [study.across_name(), &study.name, text::study::INTERVAL, text::study::N].map(str::to_owned).into_iter();
    let head: Vec<_> = head.chain(known.iter().map(|known| known.from.clone())).collect();
    let row = |point: &Point| {
        let place = places.get(point.place);
        let at = place.map_or_else(String::new, |place| {
            if place.x == point.x { place.name.clone() } else { format!("{} ({})", unit_of(spans).show(round(point.x)), place.name) }
        });
        let cells = [at, unit.show(point.value), unit.between(point.low, point.high), text::study::n(point.n, point.runs())].into_iter();
        let known = known.iter().map(|known| known_at(known, point.place).map_or_else(|| "–".into(), |y| unit.show(y)));
        cells.chain(known).collect()
    };
    let table = Table { head, rows: points.iter().map(row).collect() };
    let summary = table.rows.iter().map(|row| format!("{}: {}", row[0], row[1])).collect::<Vec<_>>().join(", ");
    Some(Plot { x, y: axis(unit, top), curves, summary, table })
}

pub(super) fn unit_of(spans: bool) -> Unit {
    if spans { Unit::Ms } else { Unit::Number }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A number with one digit that counts, 1, 2 or 5, not below this one; whole if it must be.
fn round_up(least: f64, whole: bool) -> f64 {
    let mut width = if whole { 1.0 } else { 1e-3 };
    let steps = [2.0, 2.5, 2.0];
    for step in (0..).map(|index| steps[index % 3]) {
        if width >= least || width > 1e12 {
            break;
        }
        width *= step;
    }
    width
}

fn spread(study: &Study, now: &Seen, samples: &[f64], before: Option<&Seen>, known: &[&Known]) -> Option<Plot> {
    let Findings { unit, missed, done, .. } = now.findings;
    if samples.len() < 2 {
        return None;
    }
    let earlier = before.and_then(|seen| match &seen.findings.found {
        Found::Spread(samples) if samples.len() > 1 => Some((seen, samples.as_slice())),
        _ => None,
    });
    let reach = |samples: &[f64]| samples[((samples.len() as f64 * SHOWN) as usize).min(samples.len() - 1)];
    let least = samples[0].min(earlier.map_or(f64::INFINITY, |(_, samples)| samples[0]));
    let most = reach(samples).max(earlier.map_or(0.0, |(_, samples)| reach(samples)));
    let whole = unit == Unit::Number && samples.iter().all(|sample| sample.fract() == 0.0);
    let from = if least < most / 3.0 { 0.0 } else { least };
    let width = round_up(((most - from) / MOST_BARS as f64).max(1e-3), whole);
    let begin = (from / width).floor() * width;
    let bars = ((most - begin) / width).floor() as usize + 1;
    // Of all runs, and what is beyond the axis in the last bar.
    let shares = |samples: &[f64], all: u64| {
        let mut counts = vec![0u32; bars];
        for sample in samples {
            counts[(((sample - begin) / width).floor() as usize).min(bars - 1)] += 1;
        }
        counts.into_iter().map(|count| f64::from(count) * 100.0 / all.max(1) as f64).collect::<Vec<_>>()
    };
    let middle = |bar: usize| begin + (bar as f64 + if whole { 0.0 } else { 0.5 }) * width;
    let mean = Measured::mean(samples);
    let (low, high) = mean.shown();
    let own = shares(samples, done);
    let mut curves = vec![Curve {
        name: text::study::spread(&study.name, &now.with, samples.len(), &unit.show(mean.value()), &unit.between(low, high)),
        ink: Ink::First,
        shape: Shape::Bars(width * 0.92),
        points: own.iter().enumerate().map(|(bar, share)| (middle(bar), *share)).collect(),
    }];
    let mut top = own.iter().copied().fold(0.0, f64::max);
    if let Some((Seen { with, findings, .. }, samples)) = earlier {
        let shares = shares(samples, findings.done);
        top = shares.iter().copied().fold(top, f64::max);
        let edge = |bar: usize| middle(bar) - width / 2.0;
        let points = shares.iter().enumerate().map(|(bar, share)| (edge(bar), *share));
        let points = points.chain([(edge(bars), *shares.last()?)]).collect();
        curves.push(Curve { name: text::study::before(with), ink: Ink::Second, shape: Shape::Steps, points });
    }
    let mean_of = |known: &Known| match known.facts {
        Facts::Spread { mean, .. } => mean,
        Facts::Curve(_) => None,
    };
    for known in known {
        if let Some(mean) = mean_of(known).filter(|mean| (begin..begin + bars as f64 * width).contains(mean)) {
            let name = text::study::known_mean(&known.from, &unit.show(mean));
            curves.push(Curve { name, ink: Ink::Theory, shape: Shape::Line, points: vec![(mean, 0.0), (mean, top)] });
        }
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let of_mean = known.iter().filter_map(|known| mean_of(known)).map(|mean| unit.show(mean)).next().unwrap_or_else(|| "–".into());
    rows.push(vec![text::MEAN.into(), unit.show(mean.value()), unit.between(low, high), of_mean]);
    // A run that never came to it took longer than any other.
    let mut all = samples.to_vec();
    all.resize(samples.len() + missed as usize, f64::INFINITY);
    for share in SHARES {
        let quantile = Measured::quantile(all.clone(), share);
        let (low, high) = quantile.shown();
        let value = if quantile.value().is_finite() { unit.show(quantile.value()) } else { "–".into() };
        rows.push(vec![Unit::Share.show(share), value, unit.between(low, high), "–".into()]);
    }
    rows.push(vec![text::study::N.into(), all.len().to_string(), String::new(), String::new()]);
    if missed > 0 {
        rows.push(vec![text::study::NEVER.into(), missed.to_string(), String::new(), String::new()]);
    }
    let head = [text::PERCENTILE, &study.name, text::study::INTERVAL, text::study::KNOWN].map(str::to_owned).to_vec();
    let half = if whole { width / 2.0 } else { 0.0 };
    let x = Axis { from: begin - half, to: begin + bars as f64 * width - half, ..axis(unit, most) };
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(Plot { x, y: axis(Unit::Share, top), curves, summary, table: Table { head, rows } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::lab::study::Survey as Runs;
    use faultline::models::Library;

    fn lab(id: &str) -> Lab {
        let file = format!("{}/../static/labs/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        Lab::read(&std::fs::read_to_string(file).expect("a lab"), id, &Library::standard()).expect("a lab")
    }

    fn seen(lab: &Lab, study: &Study, case: usize) -> Seen {
        let chosen = Chosen { case, ..Chosen::default() };
        let findings = Runs::new(study, &chosen, 6).finish(study, lab, &Library::standard()).expect("runs");
        Seen { case, with: "something".into(), findings }
    }

    #[test]
    fn every_study_has_curves_inside_its_axes_and_a_table_that_fits() {
        for id in ["L02", "L07", "L12", "L16", "L17"] {
            let lab = lab(id);
            for study in lab.studies.iter().filter(|study| !study.together && !matches!(study.question, Question::Matrix { .. })) {
                let (now, before) = (seen(&lab, study, 0), seen(&lab, study, study.cases.len() - 1));
                let chosen = Chosen::default();
                let known: Vec<_> = study.known(&lab, &chosen).collect();
                let plot = plot(study, &now, Some(&before), &known).unwrap_or_else(|| panic!("{id} {}", study.id));
                for (x, y) in plot.curves.iter().flat_map(|curve| &curve.points).filter(|(_, y)| !y.is_nan()) {
                    assert!((plot.x.from - 1e-9..=plot.x.to + 1e-9).contains(x), "{id} {}: {x} in {:?}", study.id, plot.x);
                    assert!((plot.y.from..=plot.y.to + 1e-9).contains(y), "{id} {}: {y} in {:?}", study.id, plot.y);
                }
                assert!(plot.table.rows.iter().all(|row| row.len() == plot.table.head.len()) && !plot.table.rows.is_empty());
                assert_eq!(plot.curves.iter().any(|curve| curve.ink == Ink::Theory), !known.is_empty(), "{id} {}", study.id);
            }
        }
    }

    #[test]
    fn the_bars_of_a_histogram_are_all_runs_together() {
        let lab = lab("L17");
        let study = &lab.studies[0];
        let plot = plot(study, &seen(&lab, study, 0), None, &[]).expect("a plot");
        let sum: f64 = plot.curves[0].points.iter().map(|(_, share)| share).sum();
        assert!((sum - 100.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn bars_are_as_wide_as_a_round_number() {
        assert_eq!([0.9, 1.2, 2.1, 7.0].map(|least| round_up(least, true)), [1.0, 2.0, 5.0, 10.0]);
        assert!((round_up(0.013, false) - 0.02).abs() < 1e-9);
    }
}
