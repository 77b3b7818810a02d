//! The cases of a study that belong together, in one chart: a curve each, or how many runs were over by
//! when, with what is known of each as dots in its ink.

use super::plot::{Axis, Curve, Ink, Plot, Shape, Table};
use super::survey::{Seen, axis, drawn, unit_of};
use crate::text::study as words;
use faultline::evidence::measure::{Measured, Unit};
use faultline::lab::study::{Facts, Found, Known, Place, Point, Question, Study};

/// The inks of the cases, in their order.
const INKS: [Ink; 6] = [Ink::First, Ink::Second, Ink::Third, Ink::Fourth, Ink::Fifth, Ink::Sixth];
/// Steps that are drawn of what is spread, at most.
const MOST_STEPS: usize = 200;
/// Where the largest is so many times the smallest, each tenfold of it has the same room.
const WIDE: f64 = 20.0;
/// The shares of the table.
const SHARES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];
/// How much room there is at both ends of such an axis, in powers of ten.
const ROOM: f64 = 0.06;

/// What was found in each case, and what is known of it.
type Cases<'a> = [(&'a Seen, Vec<&'a Known>)];

/// What is drawn; nothing before there is anything to see.
pub(super) fn plot(study: &Study, cases: &Cases<'_>) -> Option<Plot> {
    match &study.question {
        Question::Curve { .. } => curves(study, cases),
        Question::Spread(_) => spreads(cases),
        Question::Matrix { .. } => None,
    }
}

/// What is known at a place of a curve, place by place.
fn at_places(known: &Known) -> &[(usize, f64)] {
    match &known.facts {
        Facts::Curve(facts) => facts,
        Facts::Spread { .. } => &[],
    }
}

/// What share is not larger, of something spread.
fn up_to(known: &Known) -> &[(f64, f64)] {
    match &known.facts {
        Facts::Spread { points, .. } => points,
        Facts::Curve(_) => &[],
    }
}

/// From where what is known is, each name once.
fn sources(cases: &Cases<'_>) -> Vec<Curve> {
    let mut names: Vec<&str> = Vec::new();
    for known in cases.iter().flat_map(|(_, known)| known) {
        if !names.contains(&known.from.as_str()) {
            names.push(&known.from);
        }
    }
    names.into_iter().map(|name| Curve { name: name.into(), ink: Ink::Theory, shape: Shape::Dots, points: Vec::new() }).collect()
}

fn curves(study: &Study, cases: &Cases<'_>) -> Option<Plot> {
    let unit = cases.first()?.0.findings.unit;
    let (mut curves, mut rows, mut said) = (Vec::new(), Vec::new(), Vec::new());
    let (mut right, mut top) = (0.0f64, 0.0f64);
    let mut spans = false;
    for ((seen, known), ink) in cases.iter().zip(INKS) {
        let Found::Curve(points) = &seen.findings.found else { continue };
        let places = study.places(seen.case);
        spans |= places.iter().any(|place| place.x != place.value as f64);
        let line = points.iter().map(|point| (point.x, drawn(unit, point.value))).collect();
        let least = points.iter().map(|point| point.n).min().unwrap_or(0);
        curves.push(Curve { name: words::case(&seen.with, least), ink, shape: Shape::Line, points: line });
        // Each interval stands upright; between two of them there is nothing.
        let upright = |point: &Point| [point.low, point.high, f64::NAN].map(|y| (point.x, drawn(unit, y)));
        curves.push(Curve { name: String::new(), ink, shape: Shape::Line, points: points.iter().flat_map(upright).collect() });
        for known in known {
            let dot = |(place, y): &(usize, f64)| Some((places.get(*place).map(|place: &Place| place.x)?, drawn(unit, *y)));
            let dots = at_places(known).iter().filter_map(dot).collect();
            curves.push(Curve { name: String::new(), ink, shape: Shape::Dots, points: dots });
        }
        let own = points.iter().map(|point| (point.place, point));
        let row = |(place, point): (usize, &Point)| {
            let at = places.get(place).map_or_else(String::new, |place| place.name.clone());
            let known = known.iter().flat_map(|known| at_places(known)).find(|(at, _)| *at == place).map(|(_, y)| unit.show(*y));
            vec![
                seen.with.clone(),
                at,
                unit.show(point.value),
                unit.between(point.low, point.high),
                words::n(point.n, point.runs()),
                known.unwrap_or_else(|| "–".into()),
            ]
        };
        let own: Vec<Vec<String>> = own.map(row).collect();
        said.push(format!("{}: {}", seen.with, own.iter().map(|row| format!("{} {}", row[1], row[2])).collect::<Vec<_>>().join(", ")));
        rows.extend(own);
    }
    for (x, y) in curves.iter().flat_map(|curve| &curve.points).filter(|(x, y)| x.is_finite() && y.is_finite()) {
        (right, top) = (right.max(*x), top.max(*y));
    }
    let left = curves.iter().flat_map(|curve| &curve.points).map(|(x, _)| *x).fold(right, f64::min);
    if rows.is_empty() {
        return None;
    }
    curves.extend(sources(cases));
    let across = axis(unit_of(spans), right);
    let x = Axis { from: if left < right / 4.0 { 0.0 } else { left - (right - left) * 0.05 }, to: right + (right - left) * 0.03, ..across };
    let head = [words::CASE, study.across_name(), &study.name, words::INTERVAL, words::N, words::KNOWN].map(str::to_owned).to_vec();
    Some(Plot { x, y: axis(unit, top), curves, summary: said.join("; "), table: Table { head, rows } })
}

fn spreads(cases: &Cases<'_>) -> Option<Plot> {
    let unit = cases.iter().map(|(seen, _)| seen.findings.unit).find(|unit| *unit == Unit::Ms).unwrap_or(Unit::Number);
    let samples = |seen: &Seen| match &seen.findings.found {
        Found::Spread(samples) => samples.clone(),
        _ => Vec::new(),
    };
    let all: Vec<_> = cases.iter().map(|(seen, known)| (*seen, known, samples(seen))).collect();
    if all.iter().all(|(.., samples)| samples.len() < 2) {
        return None;
    }
    let seen_or_known = || {
        let known = cases.iter().flat_map(|(_, known)| known).flat_map(|known| up_to(known)).map(|(x, _)| *x);
        all.iter().flat_map(|(.., samples)| samples.iter().copied()).chain(known)
    };
    let (least, most) = seen_or_known().fold((f64::INFINITY, 0.0f64), |(least, most), x| (least.min(x), most.max(x)));
    let wide = least > 0.0 && most > WIDE * least;
    let place = |x: f64| if wide { x.log10() } else { x };
    let x = if wide {
        let say =
            if unit == Unit::Ms { |power: f64| words::tenfold(power, words::millis) } else { |power| words::tenfold(power, words::number) };
        Axis { from: least.log10() - ROOM, to: most.log10() + ROOM, labels: 4, say }
    } else {
        axis(unit, most)
    };
    let (mut curves, mut rows) = (Vec::new(), Vec::new());
    for ((seen, known, samples), ink) in all.iter().zip(INKS) {
        let runs = seen.findings.done.max(1);
        let share = |count: usize| count as f64 * 100.0 / runs as f64;
        let stride = samples.len().div_ceil(MOST_STEPS).max(1);
        let steps = (0..samples.len()).filter(|index| (samples.len() - 1 - index) % stride == 0);
        let steps = steps.map(|index| (place(samples[index]), share(index + 1)));
        let points = [(x.from, 0.0)].into_iter().chain(steps).chain([(x.to, share(samples.len()))]).collect();
        // A run that never came to it took longer than any other.
        let mut every = samples.clone();
        every.resize(runs as usize, f64::INFINITY);
        let quantiles = SHARES.map(|share| Measured::quantile(every.clone(), share));
        let half = quantiles[0].value();
        let name = words::half(&seen.with, runs, half.is_finite().then(|| unit.show(half)).as_deref());
        curves.push(Curve { name, ink, shape: Shape::Steps, points });
        for known in *known {
            let dots = up_to(known).iter().map(|(x, y)| (place(*x), y * 100.0)).collect();
            curves.push(Curve { name: String::new(), ink, shape: Shape::Dots, points: dots });
        }
        let cell = |quantile: &Measured| {
            let (low, high) = quantile.shown();
            if quantile.value().is_finite() {
                format!("{} ({})", unit.show(quantile.value()), unit.between(low, high))
            } else {
                "–".into()
            }
        };
        let missed = seen.findings.missed.to_string();
        rows.push([seen.with.clone(), runs.to_string()].into_iter().chain(quantiles.iter().map(cell)).chain([missed]).collect::<Vec<_>>());
        for known in *known {
            let at = |share: &f64| up_to(known).iter().find(|(_, y)| y == share).map_or_else(|| "–".into(), |(x, _)| unit.show(*x));
            let quantiles = SHARES.iter().map(at);
            rows.push(
                [words::known_of(&known.from, &seen.with), String::new()].into_iter().chain(quantiles).chain([String::new()]).collect(),
            );
        }
    }
    let summary = curves.iter().map(|curve| curve.name.as_str()).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
    curves.extend(sources(cases));
    let shares = SHARES.map(|share| words::within(&Unit::Share.show(share)));
    let head = [words::CASE.to_owned(), words::N.into()].into_iter().chain(shares).chain([words::NEVER.to_owned()]).collect();
    let y = Axis { from: 0.0, to: 100.0, labels: 4, say: words::percent };
    Some(Plot { x, y, curves, summary, table: Table { head, rows } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::lab::Lab;
    use faultline::lab::study::{Chosen, Surveys};
    use faultline::models::Library;

    fn plotted(id: &str, study: &str, runs: u64) -> Plot {
        let library = Library::standard();
        let file = format!("{}/../static/labs/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        let lab = Lab::read(&std::fs::read_to_string(file).expect("a lab"), id, &library).expect("a lab");
        let study = lab.studies.iter().find(|other| other.id == study).expect("a study");
        let mut surveys = Surveys::new(study, &Chosen::default(), runs);
        while surveys.step(study, &lab, &library).expect("runs") {}
        let found = surveys.findings(study).into_iter().enumerate();
        let seen: Vec<_> = found.map(|(case, findings)| Seen { case, with: study.cases[case].name.clone(), findings }).collect();
        let chosen: Vec<_> = seen.iter().map(|seen| Chosen { case: seen.case, ..Chosen::default() }).collect();
        let cases: Vec<_> = seen.iter().zip(&chosen).map(|(seen, chosen)| (seen, study.known(&lab, chosen).collect())).collect();
        plot(study, &cases).expect("a plot")
    }

    fn fits(plot: &Plot) {
        for (x, y) in plot.curves.iter().flat_map(|curve| &curve.points).filter(|(_, y)| !y.is_nan()) {
            assert!((plot.x.from - 1e-9..=plot.x.to + 1e-9).contains(x), "{x} in {:?}", plot.x);
            assert!((plot.y.from..=plot.y.to + 1e-9).contains(y), "{y} in {:?}", plot.y);
        }
        assert!(plot.table.rows.iter().all(|row| row.len() == plot.table.head.len()), "{:?}", plot.table);
    }

    #[test]
    fn two_models_have_a_curve_each_and_dots_in_the_same_ink() {
        let plot = plotted("L16", "everybody", 10);
        fits(&plot);
        for ink in [Ink::First, Ink::Second] {
            let of = |shape| plot.curves.iter().filter(|curve| curve.ink == ink && curve.shape == shape).collect::<Vec<_>>();
            assert_eq!((of(Shape::Line)[0].points.len(), of(Shape::Dots)[0].points.len()), (7, 7), "{ink:?}");
        }
        let names: Vec<_> = plot.curves.iter().filter(|curve| !curve.name.is_empty()).map(|curve| curve.name.as_str()).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        let cell = |case: &str, at: &str| plot.table.rows.iter().find(|row| row[0] == case && row[1] == at).map(|row| row[5].clone());
        assert_eq!((cell("Two-phase commit", "5"), cell("A majority", "5")), (Some("77.38 %".into()), Some("99.88 %".into())));
        assert!(plot.summary.contains("A majority: 2 "), "{}", plot.summary);
    }

    #[test]
    fn times_from_tens_of_milliseconds_to_seconds_have_room_on_one_axis_and_what_never_happened_stays_below() {
        let plot = plotted("L17", "worst-case", 3);
        fits(&plot);
        assert!((1.0..5.0).contains(&plot.x.from) && (plot.x.say)(3.0) == "1000 ms" && (plot.x.say)(2.5).is_empty());
        let steps: Vec<_> = plot.curves.iter().filter(|curve| curve.shape == Shape::Steps).collect();
        assert_eq!(steps.len(), 6);
        assert!(steps[0].points.iter().all(|(_, share)| *share == 0.0), "nobody is elected without randomness");
        assert!(steps[5].points.last().is_some_and(|(_, share)| *share == 100.0));
        assert!(steps.iter().all(|curve| curve.points.is_sorted_by(|one, other| one.1 <= other.1)));
        let published = plot.table.rows.iter().find(|row| row[0].contains("150 to 155 ms") && row[1].is_empty()).expect("what is known");
        assert_eq!((published[2].as_str(), published[3].as_str()), ("287 ms", "609 ms"));
    }
}
