//! From what was measured to what is drawn, and to the table behind it. One run or two: the second is
//! laid over the first. No types of the browser, so that all of this is tested natively.

use crate::text;
use faultline::measure::staleness::{Read, at_least_behind};
use faultline::measure::theory::{self, Response, Theory};
use faultline::measure::{self, Request, Served, Tally, quantile};
use faultline::sim::{NodeId, Sim, Span, Time};

/// What a chart is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Messages,
    Latency,
    Availability,
    Staleness,
    Load,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Messages, Self::Latency, Self::Availability, Self::Staleness, Self::Load];

    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Messages => text::MESSAGES,
            Self::Latency => text::LATENCY,
            Self::Availability => text::AVAILABILITY,
            Self::Staleness => text::STALENESS,
            Self::Load => text::LOAD,
        }
    }

    /// What there has to be before there is anything to see.
    pub(crate) fn waits_for(self) -> &'static str {
        match self {
            Self::Messages | Self::Load => text::NOTHING_YET,
            Self::Latency | Self::Availability => text::NO_ANSWERS,
            Self::Staleness => text::NO_READS,
        }
    }
}

/// A run that is measured at the moment that is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    /// What it is called, if there are two.
    pub(crate) name: &'static str,
    pub(crate) sim: &'a Sim,
    pub(crate) now: Time,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) curves: Vec<Curve>,
    /// In a sentence, for who cannot see it.
    pub(super) summary: String,
    pub(super) table: Table,
}

/// From where to where an axis goes, how many labels it has room for, and what they say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) labels: usize,
    pub(super) say: fn(f64) -> String,
}

/// One series of points.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// What stands in the key; nothing if it belongs to the series before.
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) shape: Shape,
    /// No number is a gap.
    pub(super) points: Vec<(f64, f64)>,
}

/// What a series looks like: the place of its ink among the inks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    First,
    Good,
    Bad,
    Second,
    Theory,
    Third,
    Fourth,
    Fifth,
    Sixth,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Line,
    /// Level until the next point.
    Steps,
    /// From nought, so wide.
    Bars(f64),
    /// Each point by itself.
    Dots,
}

/// The numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// As a file for spreadsheets.
    pub(super) fn csv(&self) -> String {
        let cell = |cell: &String| {
            if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        };
        let line = |cells: &Vec<String>| cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
        [&self.head].into_iter().chain(&self.rows).map(line).collect()
    }
}

/// The inks of a run and of the one that is laid over it.
const INKS: [Ink; 2] = [Ink::First, Ink::Second];
/// The percentiles of the table, in parts of a million.
const PERCENTILES: [(u32, &str); 5] = [(500_000, "50 %"), (900_000, "90 %"), (990_000, "99 %"), (999_000, "99.9 %"), (1_000_000, "100 %")];
/// Stretches of time in which availability is counted, at most.
const STRETCHES: usize = 24;
/// How many versions behind a read is told apart from more.
const MOST_BEHIND: usize = 5;
/// Points of a curve that is known by a formula.
const POINTS: u32 = 60;
/// Moments at which messages are counted, at most.
const MOMENTS: usize = 120;
/// Lines that are drawn of a distribution, at most.
const MOST_POINTS: usize = 400;

/// What is drawn of a kind; nothing if there is nothing to see yet.
pub(super) fn plot(kind: Kind, runs: &[Run<'_>]) -> Option<Plot> {
    match kind {
        Kind::Messages => messages(runs),
        Kind::Latency => latency(runs),
        Kind::Availability => availability(runs),
        Kind::Staleness => staleness(runs),
        Kind::Load => load(runs),
    }
}

fn seconds(time: Time) -> f64 {
    time.0 as f64 / 1e9
}

fn millis(span: Span) -> f64 {
    span.0 as f64 / 1e6
}

fn time_axis(runs: &[Run<'_>]) -> Axis {
    let end = runs.iter().map(|run| run.now).max().unwrap_or(Time::ZERO);
    Axis { from: 0.0, to: seconds(end), labels: 4, say: |seconds| format!("{} s", (seconds * 100.0).round() / 100.0) }
}

fn share_axis() -> Axis {
    Axis { from: 0.0, to: 100.0, labels: 4, say: |percent| format!("{percent} %") }
}

fn count_axis(most: f64) -> Axis {
    // The corner has one nought already.
    let say = |count: f64| if count < 0.5 || count.fract() > 1e-6 { String::new() } else { count.to_string() };
    Axis { from: 0.0, to: most.max(4.0), labels: 4, say }
}

/// A name with the run that it is of, if there are two.
fn of(run: &Run<'_>, name: &str) -> String {
    match (run.name, name) {
        ("", name) => name.to_owned(),
        (run, "") => run.to_owned(),
        (run, name) => format!("{run}: {name}"),
    }
}

fn percent(parts: u32) -> String {
    // With one digit after the point, and none if it is nought. Never more than was measured.
    let tenths = parts / 1_000;
    if tenths.is_multiple_of(10) { format!("{} %", tenths / 10) } else { format!("{}.{} %", tenths / 10, tenths % 10) }
}

fn parts(count: u32, of: u32) -> u32 {
    (u64::from(count) * 1_000_000 / u64::from(of.max(1))) as u32
}

fn said(span: Option<Span>) -> String {
    span.map_or_else(|| "–".into(), text::millis)
}

/// One kind of count of a tally.
type Counted = (&'static str, Ink, fn(&Tally) -> u32);

const COUNTED: [Counted; 3] = [
    (text::SENT, Ink::First, |tally| tally.sent),
    (text::DELIVERED, Ink::Good, |tally| tally.delivered),
    (text::LOST, Ink::Bad, |tally| tally.lost),
];

fn messages(runs: &[Run<'_>]) -> Option<Plot> {
    let counted: Vec<(&Run<'_>, Vec<Tally>)> = runs.iter().map(|run| (run, measure::tallies(run.sim, MOMENTS))).collect();
    let last = |tallies: &[Tally]| tallies.last().copied().unwrap_or_default();
    let longest = &counted.iter().max_by_key(|(_, tallies)| tallies.len()).filter(|(_, tallies)| !tallies.is_empty())?.1;
    let most = counted.iter().map(|(_, tallies)| last(tallies).sent).max().unwrap_or(0);
    // Of one run everything, of two what they sent.
    let shown = if runs.len() == 1 { &COUNTED[..] } else { &COUNTED[..1] };
    let mut curves = Vec::new();
    for (place, (run, tallies)) in counted.iter().enumerate() {
        for (name, ink, value) in shown {
            let mut points: Vec<_> = tallies.iter().map(|tally| (seconds(tally.time), f64::from(value(tally)))).collect();
            points.push((seconds(run.now), f64::from(value(&last(tallies)))));
            let ink = if runs.len() == 1 { *ink } else { INKS[place] };
            curves.push(Curve { name: of(run, &format!("{} {name}", value(&last(tallies)))), ink, shape: Shape::Steps, points });
        }
    }
    let mut head = vec![text::TIME.to_owned()];
    head.extend(runs.iter().flat_map(|run| COUNTED.map(|(name, ..)| of(run, name))));
    let row = |tally: &Tally| {
        let at = |tallies: &[Tally]| last(&tallies[..tallies.partition_point(|other| other.time <= tally.time)]);
        let numbers = counted.iter().flat_map(|(_, tallies)| COUNTED.map(|(_, _, value)| value(&at(tallies)).to_string()));
        [text::clock(tally.time)].into_iter().chain(numbers).collect()
    };
    // The newest first, at the moments of the run that has more to say.
    let rows = longest.iter().rev().step_by(longest.len().div_ceil(8).max(1)).map(row).collect();
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(Plot { x: time_axis(runs), y: count_axis(f64::from(most)), curves, summary, table: Table { head, rows } })
}

fn latency(runs: &[Run<'_>]) -> Option<Plot> {
    let measured: Vec<_> = runs.iter().map(|run| (run, measure::latencies(&Request::all(run.sim)), Response::of(run.sim))).collect();
    let longest = measured.iter().filter_map(|(_, lengths, _)| lengths.last()).max()?;
    let most = millis(*longest) * 1.05;
    let mut curves = Vec::new();
    for ((run, lengths, theory), ink) in measured.iter().zip(INKS) {
        if !lengths.is_empty() {
            let stride = lengths.len().div_ceil(MOST_POINTS);
            let share = |index: usize| (index + 1) as f64 / lengths.len() as f64 * 100.0;
            let steps = (0..lengths.len()).filter(|index| (lengths.len() - 1 - index) % stride == 0);
            let first = [(0.0, 0.0)].into_iter();
            let points = first.chain(steps.map(|index| (millis(lengths[index]), share(index)))).chain([(most, 100.0)]).collect();
            let middle = said(quantile(lengths, 500_000));
            curves.push(Curve { name: of(run, &text::half_within(&middle)), ink, shape: Shape::Steps, points });
        }
        if let Some(theory) = theory {
            let at = |point: u32| most * f64::from(point) / f64::from(POINTS);
            let within = |point| Some((at(point), theory.within(Span((at(point) * 1e6) as u64))? * 100.0));
            let known: Option<Vec<_>> = (0..=POINTS).map(within).collect();
            // Where only the mean is known it stands upright.
            let points = known.unwrap_or_else(|| vec![(millis(theory.mean), 0.0), (millis(theory.mean), 100.0)]);
            let points = points.into_iter().filter(|(x, _)| *x <= most).collect();
            curves.push(Curve {
                name: of(run, &text::by_theory(theory.name, &text::millis(theory.mean))),
                ink: Ink::Theory,
                shape: Shape::Line,
                points,
            });
        }
    }
    let head = [text::PERCENTILE.to_owned()].into_iter().chain(measured.iter().map(|(run, ..)| of(run, text::WITHIN))).collect();
    let row = |(parts, name): (u32, &str)| {
        [name.to_owned()].into_iter().chain(measured.iter().map(|(_, lengths, _)| said(quantile(lengths, parts)))).collect()
    };
    let mean = |lengths: &[Span]| (lengths.iter().map(|span| u128::from(span.0)).sum::<u128>()).checked_div(lengths.len() as u128);
    let means = measured.iter().map(|(_, lengths, theory)| {
        let mean = said(mean(lengths).map(|mean| Span(mean as u64)));
        theory.as_ref().map_or_else(|| mean.clone(), |theory| format!("{mean} ({} {})", theory.name, text::millis(theory.mean)))
    });
    let means = [text::MEAN.to_owned()].into_iter().chain(means).collect();
    let rows = PERCENTILES.into_iter().map(row).chain([means]).collect();
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    let x = Axis { from: 0.0, to: most, labels: 4, say: |millis| format!("{} ms", millis.round()) };
    Some(Plot { x, y: share_axis(), curves, summary, table: Table { head, rows } })
}

fn availability(runs: &[Run<'_>]) -> Option<Plot> {
    let end = runs.iter().map(|run| run.now).max()?;
    let measured: Vec<_> = runs.iter().map(|run| (run, Request::all(run.sim))).collect();
    let all: Vec<Served> = measured.iter().map(|(_, requests)| Served::of(requests)).collect();
    if all.iter().all(|served| served.ended() == 0) {
        return None;
    }
    let stretches: Vec<_> = measured.iter().map(|(_, requests)| measure::availability(requests, end, STRETCHES)).collect();
    let length = stretches[0].0;
    let mut curves = Vec::new();
    for (((run, _), (_, stretches)), (served, ink)) in measured.iter().zip(&stretches).zip(all.iter().zip(INKS)) {
        let share = |served: &Served| served.availability().map_or(f64::NAN, |parts| f64::from(parts) / 10_000.0);
        let edge = |index: usize| (seconds(Time(length.0 * index as u64))).min(seconds(end));
        // Level over each stretch; a gap where nobody asked.
        let level =
            stretches.iter().enumerate().flat_map(|(index, served)| [(edge(index), share(served)), (edge(index + 1), share(served))]);
        let overall = served.availability().map_or_else(|| "–".into(), percent);
        curves.push(Curve { name: of(run, &text::served(&overall)), ink, shape: Shape::Line, points: level.collect() });
    }
    let mut head = vec![text::TIME.to_owned()];
    head.extend(runs.iter().flat_map(|run| [text::DONE, text::REFUSED, text::GAVE_UP].map(|name| of(run, name))));
    let row = |index: usize| {
        let counts = stretches.iter().flat_map(|(_, stretches)| {
            let served = stretches[index];
            [served.done, served.refused, served.unknown].map(|count| count.to_string())
        });
        [text::clock(Time(length.0 * index as u64))].into_iter().chain(counts).collect()
    };
    let rows = (0..stretches[0].1.len()).map(row).collect();
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(Plot { x: time_axis(runs), y: share_axis(), curves, summary, table: Table { head, rows } })
}

fn staleness(runs: &[Run<'_>]) -> Option<Plot> {
    let measured: Vec<(&Run<'_>, Vec<Read>)> = runs.iter().map(|run| (run, measure::reads(run.sim).unwrap_or_default())).collect();
    if measured.iter().all(|(_, reads)| reads.is_empty()) {
        return None;
    }
    let width = 0.7 / runs.len() as f64;
    let (mut curves, mut most) = (Vec::new(), 0.0f64);
    for (place, ((run, reads), ink)) in measured.iter().zip(INKS).enumerate() {
        let count = reads.len() as u32;
        let behind = at_least_behind(reads, MOST_BEHIND);
        let share = |count_behind: &u32| f64::from(parts(*count_behind, count)) / 10_000.0;
        let middle = (place as f64 - (runs.len() - 1) as f64 / 2.0) * width;
        let points: Vec<_> = behind.iter().enumerate().map(|(index, behind)| (index as f64 + 1.0 + middle, share(behind))).collect();
        most = points.iter().map(|(_, y)| *y).fold(most, f64::max);
        curves.push(Curve { name: of(run, &text::stale_reads(behind[0], count)), ink, shape: Shape::Bars(width), points });
        if let Some(Theory::Quorums { replicas, read, write }) = run.sim.theory() {
            let at = |versions: u32| (f64::from(versions), theory::behind(replicas, read, write, versions) * 100.0);
            let points: Vec<_> = (1..=MOST_BEHIND as u32).map(at).collect();
            most = points.iter().map(|(_, y)| *y).fold(most, f64::max);
            curves.push(Curve { name: of(run, text::PBS), ink: Ink::Theory, shape: Shape::Line, points });
        }
    }
    let mut head = vec![text::BEHIND.to_owned()];
    head.extend(runs.iter().flat_map(|run| [of(run, text::READS), of(run, text::FOR_UP_TO)]));
    let row = |versions: usize| {
        let cells = measured.iter().flat_map(|(_, reads)| {
            let these = || {
                reads.iter().filter(|read| read.behind as usize == versions || versions == MOST_BEHIND && read.behind as usize > versions)
            };
            [these().count().to_string(), if versions == 0 { "–".into() } else { said(these().map(|read| read.since).max()) }]
        });
        let name = if versions == MOST_BEHIND { format!("≥ {versions}") } else { versions.to_string() };
        [name].into_iter().chain(cells).collect()
    };
    let rows = (0..=MOST_BEHIND).map(row).collect();
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    let x = Axis {
        from: 0.4,
        to: MOST_BEHIND as f64 + 0.6,
        labels: MOST_BEHIND,
        say: |versions| if versions.fract() > 1e-6 { String::new() } else { format!("≥ {versions}") },
    };
    let y = Axis {
        to: if most > 50.0 { 100.0 } else { (most * 1.15).max(5.0) },
        say: |percent| format!("{} %", percent.round()),
        ..share_axis()
    };
    Some(Plot { x, y, curves, summary, table: Table { head, rows } })
}

fn load(runs: &[Run<'_>]) -> Option<Plot> {
    let measured: Vec<_> = runs.iter().map(|run| (run, measure::load(run.sim))).collect();
    let most = measured.iter().flat_map(|(_, loads)| loads.iter().map(|load| load.received)).max().filter(|most| *most > 0)?;
    let nodes = measured.iter().map(|(_, loads)| loads.len()).max()?;
    let width = 0.7 / runs.len() as f64;
    let mut curves = Vec::new();
    for (place, ((run, loads), ink)) in measured.iter().zip(INKS).enumerate() {
        let middle = (place as f64 - (runs.len() - 1) as f64 / 2.0) * width;
        let points = loads.iter().enumerate().map(|(node, load)| (node as f64 + 1.0 + middle, f64::from(load.received))).collect();
        let busiest = loads.iter().enumerate().rev().max_by_key(|(_, load)| load.received).map_or(0, |(node, _)| node);
        let name = text::busiest(&run.sim.name(NodeId(busiest as u16)), loads[busiest].received);
        curves.push(Curve { name: of(run, &name), ink, shape: Shape::Bars(width), points });
    }
    let mut head = vec![text::NODE.to_owned()];
    head.extend(runs.iter().flat_map(|run| [text::RECEIVED, text::SENT].map(|name| of(run, name))));
    let row = |node: usize| {
        let cells = measured.iter().flat_map(|(_, loads)| {
            loads.get(node).map_or(["–".to_owned(), "–".to_owned()], |load| [load.received, load.sent].map(|count| count.to_string()))
        });
        [NodeId(node as u16).to_string()].into_iter().chain(cells).collect()
    };
    let rows = (0..nodes).map(row).collect();
    let summary = curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>().join(", ");
    let say = |node: f64| if node < 0.9 || node.fract() > 1e-6 { String::new() } else { format!("n{node}") };
    let x = Axis { from: 0.4, to: nodes as f64 + 0.6, labels: nodes.min(10), say };
    Some(Plot { x, y: count_axis(f64::from(most)), curves, summary, table: Table { head, rows } })
}

/// A run in the numbers that fit into a few lines: what each is called, and what it is.
pub(crate) fn numbers(run: &Run<'_>) -> Vec<(&'static str, String)> {
    let requests = Request::all(run.sim);
    let (served, lengths) = (Served::of(&requests), measure::latencies(&requests));
    let tally = run.sim.trace().tally(run.sim.rows());
    let reads = measure::reads(run.sim);
    let nothing = || "–".to_owned();
    let stale = reads
        .as_ref()
        .filter(|reads| !reads.is_empty())
        .map_or_else(nothing, |reads| text::gauge(reads.iter().filter(|read| read.behind > 0).count() as u64, reads.len() as u64));
    let worst = reads.iter().flatten().map(|read| (read.behind, read.since)).max().filter(|(behind, _)| *behind > 0);
    let busiest = measure::load(run.sim).iter().map(|load| load.received).max().filter(|most| *most > 0);
    vec![
        (text::MESSAGES_SENT, tally.sent.to_string()),
        (text::MESSAGES_LOST, tally.lost.to_string()),
        (text::REQUESTS_ENDED, text::gauge(served.ended().into(), requests.len() as u64)),
        (text::AVAILABILITY, served.availability().map_or_else(nothing, percent)),
        (text::LATENCY_HALF, said(quantile(&lengths, 500_000))),
        (text::LATENCY_99, said(quantile(&lengths, 990_000))),
        (text::STALE_READS, stale),
        (text::MOST_STALE, worst.map_or_else(nothing, |(behind, since)| text::stale_by(behind, &text::millis(since)))),
        (text::BUSIEST, busiest.map_or_else(nothing, |most| most.to_string())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::{Pace, Route, Workload};
    use faultline::sim::Latency;

    fn sim(model: &str, until: u64) -> Sim {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        let gap = Latency::Exponential { min: Span::ZERO, mean: Span::millis(100) };
        if scenario.clients > 0 {
            scenario.workload = Some(Workload { pace: Pace::Open(gap), route: Route::Home, keys: 1, limit: 10_000 });
        }
        let mut sim = Sim::new(&library, scenario).unwrap();
        sim.run_until(Time::ZERO + Span::millis(until));
        sim
    }

    fn with<T>(sim: &Sim, twice: bool, then: impl FnOnce(&[Run<'_>]) -> T) -> T {
        let run = |name| Run { name, sim, now: sim.now() };
        if twice { then(&[run("A"), run("B")]) } else { then(&[run("")]) }
    }

    #[test]
    fn every_chart_of_a_busy_run_has_curves_inside_its_axes_and_a_table_that_fits() {
        for model in ["quorums", "queue-server", "primary-backup"] {
            let sim = sim(model, 4_000);
            for twice in [false, true] {
                for kind in Kind::ALL {
                    let Some(plot) = with(&sim, twice, |runs| plot(kind, runs)) else {
                        assert!(model == "queue-server" && kind == Kind::Staleness, "{model} {kind:?}");
                        continue;
                    };
                    assert!(!plot.summary.is_empty());
                    let points = plot.curves.iter().flat_map(|curve| &curve.points).filter(|(_, y)| !y.is_nan());
                    for (x, y) in points {
                        assert!((plot.x.from..=plot.x.to + 1e-9).contains(x), "{model} {kind:?}: {x} in {:?}", plot.x);
                        assert!((plot.y.from..=plot.y.to + 1e-9).contains(y), "{model} {kind:?}: {y} in {:?}", plot.y);
                    }
                    assert!(!plot.table.rows.is_empty() && plot.table.rows.len() <= 24);
                    assert!(plot.table.rows.iter().all(|row| row.len() == plot.table.head.len()), "{kind:?} {:?}", plot.table);
                }
            }
        }
    }

    #[test]
    fn before_anything_has_happened_there_is_nothing_to_draw() {
        for kind in Kind::ALL {
            assert!(with(&sim("ping-pong", 0), false, |runs| plot(kind, runs).is_none() || kind == Kind::Messages), "{kind:?}");
        }
    }

    #[test]
    fn theory_is_laid_over_what_it_is_about() {
        let names = |model: &str, kind| {
            with(&sim(model, 4_000), false, |runs| {
                plot(kind, runs)
                    .unwrap()
                    .curves
                    .into_iter()
                    .filter(|curve| curve.ink == Ink::Theory)
                    .map(|curve| curve.name)
                    .collect::<Vec<_>>()
            })
        };
        assert!(names("queue-server", Kind::Latency)[0].contains("M/M/1"));
        assert_eq!(names("quorums", Kind::Staleness), [text::PBS]);
        assert!(names("primary-backup", Kind::Latency).is_empty());
    }

    #[test]
    fn a_file_for_spreadsheets_has_one_line_for_each_row_and_no_stray_commas() {
        let table = Table { head: vec!["a".into(), "b, c".into()], rows: vec![vec!["1".into(), "say \"x\"".into()]] };
        assert_eq!(table.csv(), "a,\"b, c\"\n1,\"say \"\"x\"\"\"\n");
    }

    #[test]
    fn shares_are_said_with_one_digit_at_most() {
        for (parts, is) in [(1_000_000, "100 %"), (666_666, "66.6 %"), (0, "0 %"), (999_999, "99.9 %"), (5_000, "0.5 %")] {
            assert_eq!(percent(parts), is);
        }
    }

    #[test]
    fn the_numbers_of_a_run_are_those_of_its_charts() {
        let sim = sim("quorums", 4_000);
        let numbers = with(&sim, false, |runs| numbers(&runs[0]));
        let of = |name| numbers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone()).unwrap();
        let table = |kind| with(&sim, false, |runs| plot(kind, runs).unwrap().table.rows);
        assert_eq!(of(text::LATENCY_HALF), table(Kind::Latency)[0][1]);
        assert_eq!(of(text::MESSAGES_SENT), table(Kind::Messages)[0][1]);
        let busiest = table(Kind::Load).iter().map(|row| row[1].parse::<u32>().unwrap()).max().unwrap();
        assert_eq!(of(text::BUSIEST), busiest.to_string());
    }
}
