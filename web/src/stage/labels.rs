//! Where the words of messages stand: beside their way, clear of nodes, of what stands under them and of
//! each other. The side and the stretch of the way in which there is room follow from the way alone, so
//! words move evenly with their message; those that would cover the words of an earlier message wait.

use super::layout::{Area, Layout, Point};
use super::way::Way;

/// The words of a message, and their middle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) words: String,
    pub(crate) at: Point,
}

/// Who gives words their places at one moment.
pub(super) struct Labels<'a> {
    layout: &'a Layout,
    taken: Vec<Area>,
    given: Vec<Area>,
}

/// The height of the letters, and how far words stay away from the middle of their message.
const HEIGHT: f64 = 14.0;
const OFF: f64 = 10.0;
/// Into how many parts a way is divided to look for room.
const PARTS: u32 = 20;
/// Words wait for their message, or stay behind it, no further than this.
const BEHIND: f64 = 44.0;
/// Where there is room along less of the way than this, fewer words are better.
const ENOUGH: u32 = 6;

/// A stretch of a way beside which there is room: the side, and from where to where.
#[derive(Clone, Copy)]
struct Stretch {
    side: f64,
    first: u32,
    last: u32,
}

impl Stretch {
    fn parts(&self) -> u32 {
        self.last - self.first + 1
    }
}

impl<'a> Labels<'a> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        Self { layout, taken: layout.taken(), given: Vec::new() }
    }

    /// The place for the words of a message that has come so far; nothing if there is none. If there
    /// is too little room for all the words, the short ones have to do.
    pub(super) fn place(&mut self, way: &Way, share: f64, words: String, short: &str) -> Option<Label> {
        let whole = self.room(way, width_of(&words));
        let (words, stretch) = match whole {
            Some(stretch) if stretch.parts() >= ENOUGH => (words, stretch),
            _ => match self.room(way, width_of(short)) {
                Some(stretch)
                    if !short.is_empty() && short.len() < words.len() && whole.is_none_or(|whole| whole.parts() < stretch.parts()) =>
                {
                    (short.into(), stretch)
                }
                _ => (words, whole?),
            },
        };
        let near = share.clamp(f64::from(stretch.first) / f64::from(PARTS), f64::from(stretch.last) / f64::from(PARTS));
        if way.at(near).distance(way.at(share)) > BEHIND {
            return None;
        }
        let area = beside(way, near, stretch.side, width_of(&words));
        if self.given.iter().any(|given| given.meets(&area)) {
            return None;
        }
        self.given.push(area);
        Some(Label { words, at: area.from.towards(area.to, 0.5) })
    }

    /// The longest stretch with room for words so wide; on the right as on a road, if that is no worse.
    fn room(&self, way: &Way, width: f64) -> Option<Stretch> {
        let stage = self.layout.area();
        let is_free = |side: f64, part: u32| {
            let area = beside(way, f64::from(part) / f64::from(PARTS), side, width);
            stage.holds(&area) && !self.taken.iter().any(|taken| taken.meets(&area))
        };
        let mut best: Option<Stretch> = None;
        for side in [1.0, -1.0] {
            let mut first = None;
            for part in 0..=PARTS {
                if !is_free(side, part) {
                    first = None;
                    continue;
                }
                let found = Stretch { side, first: *first.get_or_insert(part), last: part };
                if best.is_none_or(|best| found.parts() > best.parts()) {
                    best = Some(found);
                }
            }
        }
        best
    }
}

/// Where words so wide stand beside a place on a way: as near as they can without covering the way.
fn beside(way: &Way, share: f64, side: f64, width: f64) -> Area {
    let (at, right) = (way.at(share), way.right(share));
    let off = side * (OFF + right.x.abs() * width / 2.0 + right.y.abs() * HEIGHT / 2.0);
    Area::around(Point { x: at.x + right.x * off, y: at.y + right.y * off }, width, HEIGHT)
}

/// About how wide words are, rather too much than too little: to ask the browser costs more than to know.
pub(crate) fn width_of(words: &str) -> f64 {
    let letter = |letter: char| match letter {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '(' | ')' => 4.6,
        'm' | 'w' | 'M' | 'W' | '→' | '…' => 11.0,
        _ => 7.5,
    };
    words.chars().map(letter).sum::<f64>() + 4.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::sim::NodeId;

    /// A message of everybody to everybody, all of them so far on their way.
    fn all(layout: &Layout, nodes: u16, clients: u16, share: f64, words: &str) -> (usize, Vec<Area>) {
        let mut labels = Labels::new(layout);
        let mut count = 0;
        for from in (0..nodes + clients).map(NodeId) {
            for to in (0..nodes + clients).map(NodeId).filter(|to| *to != from && to.0.min(from.0) < nodes) {
                labels.place(&layout.way(from, to), share, words.into(), "vote");
                count += 1;
            }
        }
        (count, labels.given)
    }

    #[test]
    fn words_cover_no_node_and_no_other_words_wherever_messages_are() {
        for (width, height) in [(390.0, 300.0), (940.0, 420.0)] {
            for (nodes, clients) in [(2, 0), (3, 2), (4, 4), (5, 2)] {
                let layout = Layout::new(nodes, clients, width, height);
                let taken = layout.taken();
                let mut seen = 0;
                for step in 0..=40 {
                    let (_, given) = all(&layout, nodes, clients, f64::from(step) / 40.0, "a vote for me");
                    seen += given.len();
                    for (index, area) in given.iter().enumerate() {
                        assert!(layout.area().holds(area), "{area:?}");
                        assert!(!taken.iter().chain(&given[..index]).any(|other| other.meets(area)), "{area:?}");
                    }
                }
                assert!(seen > 40, "{nodes} and {clients} in {width}x{height}: {seen}");
            }
        }
    }

    #[test]
    fn the_words_of_a_message_move_evenly_from_frame_to_frame() {
        for (width, height) in [(390.0, 300.0), (940.0, 420.0)] {
            let layout = Layout::new(5, 2, width, height);
            for (from, to) in [(0, 2), (4, 1), (5, 0), (3, 6), (6, 3)] {
                let way = layout.way(NodeId(from), NodeId(to));
                let step = way.from.distance(way.to) / 400.0;
                let mut before: Option<Point> = None;
                for frame in 0..=400 {
                    let label = Labels::new(&layout).place(&way, f64::from(frame) / 400.0, "a vote for me".into(), "vote");
                    if let (Some(before), Some(label)) = (before, &label) {
                        assert!(before.distance(label.at) < step * 3.0 + 0.5, "{from} to {to} at {frame}");
                    }
                    before = label.map(|label| label.at);
                }
            }
        }
    }

    #[test]
    fn a_message_alone_on_a_wide_stage_says_all_it_has_to_say() {
        let layout = Layout::new(2, 0, 800.0, 400.0);
        let label = Labels::new(&layout).place(&layout.way(NodeId(0), NodeId(1)), 0.5, "ping 1".into(), "ping").unwrap();
        assert_eq!(label.words, "ping 1");
        assert!(label.at.distance(layout.place(NodeId(0)).towards(layout.place(NodeId(1)), 0.5)) < 20.0);
    }

    #[test]
    fn where_there_is_little_room_the_short_words_stand() {
        let layout = Layout::new(3, 2, 390.0, 250.0);
        let long = "term 0: 1 records after 0, the last is 1";
        let label = Labels::new(&layout).place(&layout.way(NodeId(0), NodeId(1)), 0.5, long.into(), "records");
        assert_eq!(label.map(|label| label.words), Some("records".into()));
    }
}
