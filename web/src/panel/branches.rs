//! The futures that were left: a row for each below the slider, on the same scale, with a glimpse of what
//! happens in it. A row leads there, and can be put into another place.

use crate::app::{Msg, OfBranch};
use crate::dom;
use crate::session::Session;
use crate::stage::{tone, tone_name};
use crate::text;
use crate::ui;
use faultline::models::Library;
use faultline::scenario::Timed;
use faultline::sim::{Branch, EventKind, NodeId, Sim, Span, Time};
use faultline::view::Tone;
use std::cell::{Cell, RefCell};
use yew::{AttrValue, Callback, Html, KeyboardEvent, PointerEvent, html};

pub(crate) fn branches(session: &Session, glimpses: &Glimpses, send: &Callback<Msg>) -> Html {
    let (branches, end) = session.branches();
    if branches.is_empty() {
        return Html::default();
    }
    let share = |moment: Time| moment.0 as f64 / end.0.max(1) as f64 * 100.0;
    let pictures = glimpses.of(branches);
    let row = |(index, branch): (usize, &Branch)| {
        let style = format!("--from:{:.2}%;--to:{:.2}%", share(branch.left_at), share(branch.reached));
        let what = deed(session, branch);
        let label = text::branch(&what, branch.left_at, branch.reached);
        let (id, picture) = pictures[index].clone();
        html! {
            <li key={id} data-place={index.to_string()}>
                if branches.len() > 1 {
                    <button id={grip(id)} class="quiet grip" aria-label={text::move_branch(&what)} title={text::move_branch(&what)}
                        onpointerdown={send.reform(move |_| Msg::Branch(OfBranch::Grab(Some(index))))} onkeydown={keys(index, branches.len(), send)}>{ ui::icon(ui::GRIP) }</button>
                }
                { Html::from_html_unchecked(picture) }
                <button class="branch" {style} title={label.clone()} aria-label={label} onclick={send.reform(move |_| Msg::Branch(OfBranch::Go(index)))}>
                    <i />
                    <span>{ what }</span>
                </button>
            </li>
        }
    };
    let let_go = {
        let (held, send) = (glimpses.held.get().is_some(), send.clone());
        Callback::from(move |_: PointerEvent| {
            if held {
                send.emit(Msg::Branch(OfBranch::Grab(None)));
            }
        })
    };
    // The one that was left last is the nearest.
    html! {
        <ol class="branches" aria-label={text::BRANCHES} onpointermove={dragged(glimpses.held.get(), send)}
            onpointerup={let_go.clone()} onpointercancel={let_go.clone()} onpointerleave={let_go}>
            { for branches.iter().enumerate().rev().map(row) }
        </ol>
    }
}

/// Arrows put a row one place up or down. The last row is the first branch.
fn keys(index: usize, count: usize, send: &Callback<Msg>) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowUp" => index + 1,
            "ArrowDown" => index.wrapping_sub(1),
            _ => return,
        };
        event.prevent_default();
        if to < count {
            send.emit(Msg::Branch(OfBranch::Arrange(index, to, true)));
        }
    })
}

/// A row that is held goes where the finger is.
fn dragged(held: Option<usize>, send: &Callback<Msg>) -> Callback<PointerEvent> {
    let send = send.clone();
    Callback::from(move |event: PointerEvent| {
        let Some(from) = held else { return };
        let under = dom::document().element_from_point(event.client_x() as f32, event.client_y() as f32);
        let row = under.and_then(|element| element.closest("[data-place]").ok().flatten());
        let to = row.and_then(|row| row.get_attribute("data-place")?.parse().ok());
        if let Some(to) = to.filter(|to| *to != from) {
            send.emit(Msg::Branch(OfBranch::Arrange(from, to, false)));
        }
    })
}

fn grip(id: u32) -> String {
    format!("grip-{id}")
}

/// What was done in that future and not in this one, or else what was done only in this one.
pub(crate) fn deed(session: &Session, branch: &Branch) -> String {
    let (here, there) = (&session.sim().scenario().inputs, &branch.scenario.inputs);
    let only = |one: &[Timed], other: &[Timed]| {
        let timed = one.iter().find(|timed| !other.contains(timed));
        timed.map(|timed| session.sim().describe_input(&timed.input))
    };
    match (only(there, here), only(here, there)) {
        (Some(there), _) => there,
        (None, Some(here)) if !there.is_empty() => text::without(&here),
        _ => text::UNTOUCHED.to_owned(),
    }
}

/// Small pictures of the futures that were left. Each is run once more to be drawn, when the page has shown
/// everything else, and then kept.
#[derive(Debug, Default)]
pub(crate) struct Glimpses {
    drawn: RefCell<Vec<Drawn>>,
    /// The branch that is held, to put it elsewhere: its place.
    pub(crate) held: Cell<Option<usize>>,
}

#[derive(Debug)]
struct Drawn {
    /// What the row is called as long as it is there, wherever it stands.
    id: u32,
    branch: Branch,
    picture: Option<AttrValue>,
}

/// The size of a picture, in the units of its drawing.
const WIDTH: u64 = 960;
const HEIGHT: u64 = 320;
/// In a run of more events nobody would wait for the picture.
const MOST_STEPS: u64 = 40_000;
/// With more messages than this the picture would be grey.
const MOST_LINES: usize = 160;
/// A lane for everybody, up to here.
const MOST_LANES: u64 = 24;

impl Glimpses {
    /// For each branch what it is called and its picture, which is empty until it is drawn.
    fn of(&self, branches: &[Branch]) -> Vec<(u32, AttrValue)> {
        let mut before = self.drawn.take();
        let mut next = before.iter().map(|drawn| drawn.id + 1).max().unwrap_or(0);
        let mut drawn: Vec<Drawn> = Vec::with_capacity(branches.len());
        for branch in branches {
            drawn.push(match before.iter().position(|drawn| drawn.branch == *branch) {
                Some(place) => before.swap_remove(place),
                None => {
                    next += 1;
                    Drawn { id: next, branch: branch.clone(), picture: None }
                }
            });
        }
        let seen = drawn.iter().map(|drawn| (drawn.id, drawn.picture.clone().unwrap_or_else(|| svg(None).into()))).collect();
        self.drawn.replace(drawn);
        seen
    }

    /// Draws what is still empty, and says whether anything was: a future is run again for it, so that
    /// nobody waits for this to see what a click has done.
    pub(crate) fn draw(&self, library: &Library) -> bool {
        let mut drawn = self.drawn.borrow_mut();
        let mut empty = drawn.iter_mut().filter(|drawn| drawn.picture.is_none()).peekable();
        let any = empty.peek().is_some();
        empty.for_each(|drawn| drawn.picture = Some(svg(glimpse(library, &drawn.branch)).into()));
        any
    }

    /// The id of the element that moves the branch in a place, as it will be.
    pub(crate) fn grip(&self, session: &Session, place: usize) -> Option<String> {
        let branch = session.branches().0.get(place)?;
        self.drawn.borrow().iter().find(|drawn| drawn.branch == *branch).map(|drawn| grip(drawn.id))
    }
}

/// What is drawn of a future: paths, by what the style sheet calls them.
type Paths = Vec<(String, String)>;

/// The messages and deeds of a future from a little before it parts to its end: a diagram of the size of
/// a thumb. Nothing if it is too long for that.
fn glimpse(library: &Library, branch: &Branch) -> Option<Paths> {
    let mut sim = Sim::new(library, branch.scenario.clone()).ok()?;
    let lanes = u64::from(sim.scenario().nodes) + u64::from(sim.scenario().clients);
    if lanes > MOST_LANES {
        return None;
    }
    while sim.next_time().is_some_and(|time| time <= branch.reached) {
        if sim.steps() > MOST_STEPS {
            return None;
        }
        sim.step();
    }
    let whole = branch.reached.since(branch.left_at).0.max(1);
    let first = Time(branch.left_at.0.saturating_sub(whole / 4));
    let span = branch.reached.since(first).0.max(1);
    let x = |time: Time| (u128::from(time.since(first).0) * u128::from(WIDTH) / u128::from(span)) as u64;
    let y = |endpoint: NodeId| HEIGHT * (2 * u64::from(endpoint.0) + 1) / (2 * lanes.max(1));
    let lane = (0..lanes as u16).map(|lane| format!("M0 {}H{WIDTH}", y(NodeId(lane)))).collect();
    let mut lines: [String; 7] = Default::default();
    let (mut deeds, mut losses, mut count) = (String::new(), String::new(), 0);
    for row in (0..sim.rows()).filter_map(|index| sim.trace().row(index)).filter(|row| row.time >= first) {
        match row.kind {
            EventKind::Input => deeds += &format!("M{} {}h.1", x(row.time), y(row.node)),
            EventKind::Deliver | EventKind::Lose if count < MOST_LINES => {
                let Some(meta) = sim.trace().message(row.subject) else { continue };
                let sent = sim.trace().row(meta.row).map_or(row.time, |row| row.time);
                let (start, end, due) = (y(meta.from), y(meta.to), meta.due.since(sent).0.max(1));
                let passed = if row.kind == EventKind::Lose { row.time.since(sent) } else { Span(due) }.0.min(due);
                let down = (i128::from(end) - i128::from(start)) * i128::from(passed) / i128::from(due) + i128::from(start);
                lines[tone(&sim, meta) as usize] += &format!("M{} {start}L{} {down}", x(sent.max(first)), x(row.time));
                if row.kind == EventKind::Lose {
                    losses += &format!("M{} {down}h.1", x(row.time));
                }
                count += 1;
            }
            _ => {}
        }
    }
    let parting = format!("M{} 0V{HEIGHT}", x(branch.left_at));
    let tones = [Tone::Plain, Tone::Ask, Tone::Answer, Tone::Data, Tone::Lead, Tone::Maybe, Tone::Refuse];
    let messages = tones
        .into_iter()
        .zip(lines)
        .filter(|(_, line)| !line.is_empty())
        .map(|(tone, line)| (format!("message tone-{}", tone_name(tone)), line));
    let around = [("lanes".to_owned(), lane), ("parting".to_owned(), parting)];
    Some(around.into_iter().chain(messages).chain([("deed".to_owned(), losses + &deeds)]).collect())
}

/// The picture; an empty one where there are no paths, so that the rows stay in line.
fn svg(paths: Option<Paths>) -> String {
    let paths = paths.unwrap_or_default().into_iter().map(|(class, path)| format!("<path class=\"{class}\" d=\"{path}\"/>"));
    format!(
        "<svg class=\"glimpse\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{}</svg>",
        paths.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::scenario::Input;

    fn left(model: &str) -> (Library, Session) {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find(model).unwrap().about(), 7)).unwrap();
        session.seek(Time(300_000_000));
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        session.seek(Time(600_000_000));
        session.seek(Time(100_000_000));
        session.edit(vec![Input::Pause(NodeId(0))]).unwrap();
        (library, session)
    }

    #[test]
    fn a_future_is_named_after_what_was_done_in_it() {
        let (_, mut session) = left("ping-pong");
        assert_eq!(deed(&session, &session.branches().0[0]), "n2 crashes");
        session.switch(0);
        assert_eq!(deed(&session, &session.branches().0[0]), "n1 is paused");
        assert_eq!(session.playhead(), Time(600_000_000));
    }

    #[test]
    fn a_future_in_which_less_was_done_is_named_after_what_is_missing() {
        let (_, mut session) = left("ping-pong");
        session.seek(Time(500_000_000));
        session.seek(Time(200_000_000));
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        assert_eq!(deed(&session, &session.branches().0[1]), "without: n2 crashes");
    }

    #[test]
    fn a_glimpse_shows_what_happens_in_that_future_and_not_in_this_one() {
        let (library, mut session) = left("ping-pong");
        let there = glimpse(&library, &session.branches().0[0]).unwrap();
        let classes: Vec<&str> = there.iter().map(|(class, _)| class.as_str()).collect();
        assert_eq!(classes, ["lanes", "parting", "message tone-ask", "message tone-answer", "deed"]);
        let deed = |paths: &Paths| paths.last().unwrap().1.clone();
        // n2, the lower of two lanes, crashes at 300 ms of the stretch from 0 to 600 ms.
        assert!(deed(&there).ends_with("M480 240h.1"), "{}", deed(&there));
        session.seek(Time(600_000_000));
        session.switch(0);
        let here = glimpse(&library, &session.branches().0[0]).unwrap();
        assert_ne!(deed(&here), deed(&there));
    }

    #[test]
    fn a_picture_is_drawn_once_and_goes_along_when_its_branch_is_put_elsewhere() {
        let (library, mut session) = left("ping-pong");
        session.seek(Time(500_000_000));
        session.seek(Time(50_000_000));
        session.edit(vec![Input::Crash(NodeId(0))]).unwrap();
        let glimpses = Glimpses::default();
        let empty = glimpses.of(session.branches().0);
        assert!(glimpses.draw(&library));
        let before = glimpses.of(session.branches().0);
        assert!(before.len() == 2 && before[0].0 != before[1].0 && before[0].1 != before[1].1);
        assert!(before.iter().zip(&empty).all(|(before, empty)| before.0 == empty.0 && before.1 != empty.1));
        assert!(!glimpses.draw(&library), "what is drawn is kept");
        session.arrange(0, 1);
        assert_eq!(glimpses.grip(&session, 1), Some(grip(before[0].0)));
        assert_eq!(glimpses.of(session.branches().0), [before[1].clone(), before[0].clone()]);
    }

    #[test]
    fn of_a_crowd_there_is_no_glimpse() {
        let (library, session) = left("gossip");
        let mut branch = session.branches().0[0].clone();
        assert!(glimpse(&library, &branch).is_some());
        branch.scenario.nodes = 200;
        assert_eq!(glimpse(&library, &branch), None);
        assert!(svg(None).starts_with("<svg class=\"glimpse\""));
    }
}
