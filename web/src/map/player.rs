//! Plays the smallest history that tells two promises apart, event by event, with what the judge says
//! of both and what shows it.

use crate::panel::promises::mark;
use crate::text::{map as text, plain};
use faultline::judge::history::{History, Op};
use faultline::judge::map::{Arrow, judged};
use faultline::judge::value::Value;
use faultline::judge::{Judgement, Promise, sketch};
use yew::{Html, html};

/// A history and how far it is played.
pub(crate) struct Player {
    pub(crate) arrow: Arrow,
    history: History,
    /// When something begins or ends.
    events: Vec<usize>,
    /// How many of these have happened.
    pub(crate) step: usize,
}

/// How high a lane is, in pixels.
const LANE: f64 = 58.0;
/// How wide the names of the lanes are.
const NAMES: f64 = 30.0;
/// How wide an operation is, and how much there is between two.
const COLUMN: f64 = 104.0;
const GAP: f64 = 14.0;
const BAR: f64 = 24.0;

impl Player {
    pub(crate) fn new(arrow: Arrow) -> Option<Self> {
        let mut history = sketch::read(arrow.apart, false)?;
        in_time(&mut history);
        let mut events: Vec<usize> = history.ops.iter().flat_map(|op| [Some(op.call), op.ret]).flatten().collect();
        events.sort_unstable();
        Some(Self { arrow, history, events, step: 0 })
    }

    pub(crate) fn steps(&self) -> usize {
        self.events.len()
    }

    /// One event on or back; says whether there was one.
    pub(crate) fn go(&mut self, on: bool) -> bool {
        let next = if on { self.step + 1 } else { self.step.wrapping_sub(1) };
        let there = next <= self.steps();
        self.step = if there { next } else { self.step };
        there
    }

    /// The last event that has happened.
    fn now(&self) -> Option<usize> {
        Some(self.events[self.step.checked_sub(1)?])
    }

    /// What is said of a promise by now.
    fn verdict(&self, name: &str) -> Judgement {
        let nothing = Judgement { kept: Some(true), ..Judgement::default() };
        let Some((now, promise)) = self.now().zip(Promise::named(name)) else { return nothing };
        judged(&self.history, now, promise).unwrap_or_default()
    }

    pub(crate) fn view(&self) -> Html {
        let (weak, strong) = (self.verdict(self.arrow.weak), self.verdict(self.arrow.strong));
        html! {
            <>
            <ul class="both" aria-live="polite">
                { verdict(self.arrow.weak, &weak) }
                { verdict(self.arrow.strong, &strong) }
            </ul>
            { self.picture(&weak, &strong) }
            <ol class="visually-hidden">{ for self.history.ops.iter().filter(|op| self.now().is_some_and(|now| op.call <= now)).map(|op| {
                let done = op.ret.zip(self.now()).is_some_and(|(ret, now)| ret <= now);
                html! { <li key={op.place.line}>{ text::did(op.process + 1, &words(op, done), done) }</li> }
            }) }</ol>
            </>
        }
    }

    fn picture(&self, weak: &Judgement, strong: &Judgement) -> Html {
        let lanes = self.history.processes.len();
        let columns = self.history.ops.iter().map(|op| self.column(op) + 1).max().unwrap_or(1);
        let (width, height) = (NAMES + columns as f64 * COLUMN + 4.0, lanes as f64 * LANE + 6.0);
        let shown = |op: &&(usize, &Op)| self.now().is_some_and(|now| op.1.call <= now);
        let ops: Vec<(usize, &Op)> = self.history.ops.iter().enumerate().collect();
        let place = |op: usize| weak.order.iter().position(|other| *other == op).map(|place| place + 1);
        html! {
            <div class="lanes-picture">
                <svg viewBox={format!("0 0 {width} {height}")} style={format!("max-width:{width}px")} aria-hidden="true">
                    <defs><marker id="map-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z" /></marker></defs>
                    { for (0..lanes).map(|lane| html! {
                        <g key={format!("lane-{lane}")} class="lane">
                            <line x1="0" x2={width.to_string()} y1={middle(lane).to_string()} y2={middle(lane).to_string()} />
                            <text x="4" y={(middle(lane) - 8.0).to_string()}>{ text::process(lane + 1) }</text>
                        </g>
                    }) }
                    { for ops.iter().filter(shown).map(|(index, op)| html! { <g key={format!("op-{index}")}>{ self.bar(op, strong.ops.contains(index), place(*index)) }</g> }) }
                    { for strong.edges.iter().enumerate().map(|(index, (from, to))| html! {
                        <path key={format!("edge-{index}")} class="because" d={self.bow(*from, *to)} marker-end="url(#map-tip)" />
                    }) }
                </svg>
            </div>
        }
    }

    fn column(&self, op: &Op) -> usize {
        op.call / (2 * self.history.processes.len())
    }

    /// Where the bar of an operation is: its left, its middle from above, and how wide it is when it is done.
    fn spot(&self, op: &Op) -> (f64, f64, f64) {
        (NAMES + self.column(op) as f64 * COLUMN, middle(op.process), COLUMN - GAP)
    }

    fn bar(&self, op: &Op, blamed: bool, place: Option<usize>) -> Html {
        let (x, y, whole) = self.spot(op);
        let done = op.ret.zip(self.now()).is_some_and(|(ret, now)| ret <= now);
        let width = if done { whole } else { whole * 0.6 };
        let class = match (blamed, done) {
            (true, _) => "op guilty",
            (false, true) => "op",
            (false, false) => "op open",
        };
        html! {
            <g {class}>
                <rect x={x.to_string()} y={(y - BAR / 2.0).to_string()} width={width.to_string()} height={BAR.to_string()} rx="5" />
                <text x={(x + 7.0).to_string()} y={(y + 4.5).to_string()}>{ words(op, done) }</text>
                if let Some(place) = place {
                    <g class="nth"><circle cx={(x + width - 2.0).to_string()} cy={(y - BAR / 2.0).to_string()} r="9" />
                        <text x={(x + width - 2.0).to_string()} y={(y - BAR / 2.0 + 4.0).to_string()}>{ place }</text></g>
                }
            </g>
        }
    }

    /// A line that says that one comes before the other, bowed so that there and back are two.
    fn bow(&self, from: usize, to: usize) -> String {
        let center = |op: usize| {
            let (x, y, width) = self.spot(&self.history.ops[op]);
            (x + width / 2.0, y)
        };
        let ((x, y), (to_x, to_y)) = (center(from), center(to));
        let (across, down) = (to_x - x, to_y - y);
        let length = across.hypot(down).max(1.0);
        // From the edge of a bar, where it is beside the other, and from above or below where it is not.
        let side = BAR / 2.0 + 2.0;
        if down.abs() < 1.0 {
            let lift = if across > 0.0 { -side } else { side };
            let (x, to_x) = (x + 18.0 * across.signum(), to_x - 18.0 * across.signum());
            return format!("M{x:.1} {:.1}Q{:.1} {:.1} {to_x:.1} {:.1}", y + lift, f64::midpoint(x, to_x), y + lift * 2.1, to_y + lift);
        }
        let (off_x, off_y) = (side * down.signum(), side * down.signum());
        let bend = (-down / length * 16.0, across / length * 16.0);
        let shift = if down > 0.0 { -10.0 } else { 10.0 };
        let (x, y, to_x, to_y) = (x + shift, y + off_y, to_x + shift, to_y - off_x);
        format!("M{x:.1} {y:.1}Q{:.1} {:.1} {to_x:.1} {to_y:.1}", f64::midpoint(x, to_x) + bend.0, f64::midpoint(y, to_y) + bend.1)
    }
}

/// Where a line says nothing of the clock, somebody may read what stands further to the right: puts it
/// where it can have happened, after the write that it saw.
fn in_time(history: &mut History) {
    let lanes = history.processes.len();
    let mut columns: Vec<usize> = history.ops.iter().map(|op| op.call / (2 * lanes)).collect();
    let parts: Vec<Vec<(bool, &Value, &Value)>> = history.ops.iter().map(parts).collect();
    loop {
        let mut late = None;
        for (index, op) in history.ops.iter().enumerate() {
            let saw = |other: usize| {
                let reads = parts[index].iter().filter(|(reads, ..)| *reads);
                reads.clone().any(|(_, key, value)| parts[other].contains(&(false, *key, *value)))
            };
            let ends = |op: usize| (columns[op], history.ops[op].process);
            for (other, before) in history.ops.iter().enumerate() {
                let own = before.process == op.process && other < index && columns[other] >= columns[index];
                if own || before.process != op.process && saw(other) && ends(other) > ends(index) {
                    late = Some((index, columns[other] + 1));
                }
            }
        }
        let Some((index, column)) = late else { break };
        columns[index] = column;
    }
    for (op, column) in history.ops.iter_mut().zip(columns) {
        op.call = column * 2 * lanes + op.process;
        op.ret = op.ret.map(|_| op.call + lanes);
    }
    history.ops.sort_by_key(|op| op.call);
}

/// What an operation reads and writes: whether it is a read, of what, and the value.
fn parts(op: &Op) -> Vec<(bool, &Value, &Value)> {
    let reads = |f: &str| matches!(f, "read" | "r");
    match (&op.key, op.output.items()) {
        (Some(key), _) => vec![(reads(&op.f), key, &op.output)],
        (None, items) => {
            let part = |item| match Value::items(item)? {
                [f, key, value] => Some((reads(f.name()?), key, value)),
                _ => None,
            };
            items.unwrap_or_default().iter().filter_map(part).collect()
        }
    }
}

fn middle(lane: usize) -> f64 {
    lane as f64 * LANE + LANE / 2.0 + 6.0
}

fn verdict(name: &'static str, judgement: &Judgement) -> Html {
    let (class, sign, _) = mark(judgement.kept);
    let because = judgement.evidence.first().map(|line| line.trim_end_matches(':')).unwrap_or_default();
    html! {
        <li {class}><i aria-hidden="true">{ sign }</i><p><b>{ plain(name) }</b>
            <small>{ text::because(judgement.kept, name, because, !judgement.order.is_empty()) }</small></p></li>
    }
}

/// What an operation does, as far as it is known.
fn words(op: &Op, done: bool) -> String {
    let part = |(reads, key, value): (bool, &Value, &Value)| {
        let key = key.name().map_or_else(|| key.to_string(), str::to_owned);
        match (reads, done) {
            (true, true) => format!("{key} → {value}"),
            (true, false) => format!("{key} → …"),
            (false, _) => format!("{key} = {value}"),
        }
    };
    parts(op).into_iter().map(part).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::judge::map::ARROWS;

    #[test]
    fn every_arrow_ends_with_the_weaker_kept_and_the_stronger_broken_and_shown() {
        for arrow in ARROWS {
            let mut player = Player::new(arrow).unwrap();
            assert_eq!((player.verdict(arrow.weak).kept, player.verdict(arrow.strong).kept), (Some(true), Some(true)));
            while player.go(true) {
                let weak = player.verdict(arrow.weak);
                assert_ne!(weak.kept, Some(false), "{} {}: {weak}", arrow.strong, arrow.weak);
            }
            let (weak, strong) = (player.verdict(arrow.weak), player.verdict(arrow.strong));
            assert_eq!((weak.kept, strong.kept), (Some(true), Some(false)), "{} {}", arrow.strong, arrow.weak);
            assert!(!strong.ops.is_empty(), "{} {}: something is to be marked", arrow.strong, arrow.weak);
            assert!(strong.edges.iter().all(|(from, to)| *from < player.history.ops.len() && *to < player.history.ops.len()));
            assert!(!player.go(true) && player.go(false));
        }
    }

    #[test]
    fn what_is_not_answered_yet_is_not_told() {
        let arrow = *ARROWS.iter().find(|arrow| arrow.weak == "read-your-writes" && arrow.strong == "pram").unwrap();
        let mut player = Player::new(arrow).unwrap();
        player.go(true);
        let op = &player.history.ops[0];
        assert_eq!((words(op, false), words(op, true)), ("x = 1".into(), "x = 1".into()));
        let read = player.history.ops.iter().find(|op| op.f == "read").unwrap();
        assert_eq!((words(read, false), words(read, true)), ("x → …".into(), "x → 1".into()));
    }
}
