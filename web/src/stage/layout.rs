//! Where nodes and clients stand: nodes on a ring, the first at the top; two side by side, one in
//! the middle. In a stage of any shape the ring becomes an ellipse that fills it. Clients stand beside
//! the ring, or where the stage is narrow in its corners, which no ring needs. Nobody stands in the way
//! of a message: the way bends.

use super::labels::width_of;
use super::way::Way;
use faultline::sim::NodeId;
use std::f64::consts::FRAC_PI_2;

/// A point in the pixels of the page, from the upper left of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    /// The point so far along the way to another.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share }
    }

    pub(crate) fn distance(self, other: Self) -> f64 {
        let (across, down) = (other.x - self.x, other.y - self.y);
        (across * across + down * down).sqrt()
    }
}

/// A rectangle: its upper left corner and its lower right one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) from: Point,
    pub(crate) to: Point,
}

impl Area {
    pub(crate) fn around(middle: Point, width: f64, height: f64) -> Self {
        let (across, down) = (width / 2.0, height / 2.0);
        Self { from: Point { x: middle.x - across, y: middle.y - down }, to: Point { x: middle.x + across, y: middle.y + down } }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.from.x < other.to.x && other.from.x < self.to.x && self.from.y < other.to.y && other.from.y < self.to.y
    }

    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.from.x <= other.from.x && other.to.x <= self.to.x && self.from.y <= other.from.y && other.to.y <= self.to.y
    }

    /// Whether it comes nearer to a point than so much.
    fn is_near(&self, at: Point, distance: f64) -> bool {
        at.distance(Point { x: at.x.clamp(self.from.x, self.to.x), y: at.y.clamp(self.from.y, self.to.y) }) < distance
    }
}

/// The size of a stage and the places on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Of a node.
    pub(crate) radius: f64,
    /// Half the side of a client.
    pub(crate) half: f64,
    nodes: u16,
    /// The nodes, and then the clients.
    places: Vec<Point>,
    /// How far the way between each client and each node is drawn aside.
    bends: Vec<Point>,
    /// Whether there is room for words under the nodes.
    pub(crate) is_roomy: bool,
    /// Where else there is room for those of each node, if there is not: on which side, and how wide.
    asides: Vec<Option<(Side, f64)>>,
    /// Who has a box beside them.
    boxed: Vec<NodeId>,
}

/// On which side of a node its words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Under,
    Left,
    Right,
}

/// With more nodes than this they are a crowd.
const CROWD: u16 = 150;
/// Room for the words under a node and under a client.
const WORDS: f64 = 22.0;
const WORDS_WIDTH: f64 = 88.0;
/// Where there is little room: how wide words may be, the widest first, and how small they are beside those of messages.
const NARROWER: [f64; 6] = [88.0, 76.0, 66.0, 56.0, 46.0, 34.0];
const SMALLER: f64 = 0.84;
/// In a smaller node than this there is no room for more than its name.
const BRIEF: f64 = 21.0;
/// Room for the box beside a node that says what its calls do, and how far it stands away.
const BOX: (f64, f64) = (146.0, 40.0);
const BOX_OFF: f64 = 12.0;
/// Room between a client and the ring.
const BESIDE: f64 = 36.0;
/// From the edge of the stage.
const MARGIN: f64 = 16.0;
/// A timer runs around a node at this distance, and what passes by keeps that and more.
const PASSING: f64 = 14.0;
/// Nearer than so many times their radius nodes do not come to each other.
const APART: f64 = 3.1;
/// With more nodes than this nobody could follow single ways.
const MOST_BENT: u16 = 12;

impl Default for Layout {
    /// Before anybody is there, or any room.
    fn default() -> Self {
        Self::new(1, 0, 0.0, 0.0)
    }
}

impl Layout {
    pub(crate) fn new(nodes: u16, clients: u16, width: f64, height: f64) -> Self {
        if nodes > CROWD {
            return Self::crowd(nodes, clients, width, height);
        }
        let beside = Self::ring(nodes, clients, width, height, false);
        // In the corners clients leave the ring its room, if they are not in its way.
        let cornered = (clients > 0 && nodes > 1).then(|| Self::ring(nodes, clients, width, height, true));
        let better = cornered.filter(|cornered| cornered.is_apart() && cornered.distance() > beside.distance() * 1.1);
        let mut layout = better.unwrap_or(beside);
        layout.is_roomy = layout.has_room_for_words();
        layout.bend();
        layout
    }

    fn ring(nodes: u16, clients: u16, width: f64, height: f64, cornered: bool) -> Self {
        let radius = (width.min(height) / 9.0).clamp(Self::SMALLEST, Self::LARGEST);
        let (left, right) = (clients.div_ceil(2), clients / 2);
        let half = Self::CLIENT.min(height / f64::from(left.max(1)) / 4.0);
        let room = |clients: u16| if clients == 0 || cornered { 0.0 } else { 2.0 * half + BESIDE };
        let down = ((height - WORDS) / 2.0 - radius - MARGIN).max(0.0);
        let free = ((width - room(left) - room(right)) / 2.0 - radius - MARGIN).max(0.0);
        let across = if nodes == 2 { free.min(260.0) } else { free.min(down * 2.3) };
        let center = Point { x: (width + room(left) - room(right)) / 2.0, y: MARGIN + radius + down };
        let start = if nodes == 2 { 0.5 } else { 0.75 };
        let circle: Vec<(f64, f64)> = (0..nodes).map(|node| on_circle(start + f64::from(node) / f64::from(nodes))).collect();
        // The lowest of an odd number are not as far down as the first is up.
        let lowest = circle.iter().fold(0.0, |lowest: f64, (_, sin)| lowest.max(*sin));
        let widest = circle.iter().fold(0.1, |widest: f64, (cos, _)| widest.max(*cos));
        let on_ring = |(cos, sin): &(f64, f64)| {
            let level = if nodes < 3 { 0.0 } else { (sin + 1.0) / (lowest + 1.0) * 2.0 - 1.0 };
            if nodes == 1 { center } else { Point { x: center.x + across * cos / widest, y: center.y + down * level } }
        };
        let aside = if cornered {
            width / 2.0 - half - MARGIN
        } else {
            (across + radius + half + MARGIN + BESIDE).min(free + radius + half + BESIDE)
        };
        let step = if cornered { height - 2.0 * (half + MARGIN) - WORDS } else { (height / f64::from(left.max(1))).min(5.0 * half) };
        // One alone stands higher than the middle, where a node would be in its way.
        let top = if cornered {
            half + MARGIN
        } else {
            center.y - f64::from(left.max(1) - 1) / 2.0 * step - if left == 1 { down * 0.45 } else { 0.0 }
        };
        let step = if cornered { step / f64::from(left.max(2) - 1) } else { step };
        let around = |client: u16| {
            let (side, place) = if client < left { (-aside, client) } else { (aside, client - left) };
            Point { x: center.x + side, y: top + f64::from(place) * step }
        };
        let places: Vec<Point> = circle.iter().map(on_ring).chain((0..clients).map(around)).collect();
        let radius = radius.min(nearest(&places[..usize::from(nodes)]) / APART);
        Self { width, height, radius, half, nodes, places, bends: Vec::new(), is_roomy: false, asides: Vec::new(), boxed: Vec::new() }
    }

    /// How far the nearest nodes are from each other.
    fn distance(&self) -> f64 {
        nearest(&self.places[..usize::from(self.nodes)])
    }

    /// Whether no client stands too near to a node.
    fn is_apart(&self) -> bool {
        let (nodes, clients) = self.places.split_at(usize::from(self.nodes));
        let least = self.radius + self.half + PASSING;
        clients.iter().all(|client| {
            nodes.iter().all(|node| node.distance(*client) >= least && !self.words(*node, self.radius).is_near(*client, self.half))
        })
    }

    /// Where the words under somebody stand.
    fn words(&self, place: Point, reach: f64) -> Area {
        Area::around(Point { x: place.x, y: place.y + reach + WORDS / 2.0 + 4.0 }, WORDS_WIDTH, WORDS - 4.0)
    }

    /// The same on some side, and so wide.
    fn words_on(&self, side: Side, place: Point, wide: f64) -> Area {
        let beside = self.radius + 5.0 + wide / 2.0;
        match side {
            Side::Under => Area {
                from: Point { x: place.x - wide / 2.0, ..self.words(place, self.radius).from },
                to: Point { x: place.x + wide / 2.0, ..self.words(place, self.radius).to },
            },
            Side::Left => Area::around(Point { x: place.x - beside, ..place }, wide, WORDS - 6.0),
            Side::Right => Area::around(Point { x: place.x + beside, ..place }, wide, WORDS - 6.0),
        }
    }

    /// Finds a place for the words of each node where not all have room under themselves: there, or on the
    /// side that looks away from the others.
    pub(crate) fn with_words(mut self) -> Self {
        if self.is_roomy || self.nodes > MOST_BENT || !self.holds_names() {
            return self;
        }
        let (nodes, clients) = self.places.split_at(usize::from(self.nodes));
        let (mut given, mut asides): (Vec<Area>, Vec<_>) = Default::default();
        for node in nodes {
            let outward = if node.x < self.width / 2.0 { Side::Left } else { Side::Right };
            let ways = NARROWER.iter().flat_map(|wide| [(Side::Under, *wide), (outward, *wide)]);
            let free = |(side, wide): &(Side, f64)| {
                let words = self.words_on(*side, *node, *wide);
                self.area().holds(&words)
                    && !nodes.iter().any(|other| other != node && words.is_near(*other, self.radius + 3.0))
                    && !clients.iter().any(|client| words.is_near(*client, self.half + 2.0))
                    && !given.iter().any(|given| given.meets(&words))
            };
            let found = ways.into_iter().find(free);
            given.extend(found.map(|(side, wide)| self.words_on(side, *node, wide)));
            asides.push(found);
        }
        self.asides = asides;
        self
    }

    /// On which side of a node words stand, if there is room for them.
    pub(crate) fn side(&self, node: NodeId, words: &str) -> Option<Side> {
        if self.is_roomy {
            return Some(Side::Under);
        }
        let (side, wide) = (*self.asides.get(node.index())?)?;
        (width_of(words) * SMALLER <= wide).then_some(side)
    }

    /// Whether a node has room for its name and for nothing beside that.
    pub(crate) fn is_brief(&self) -> bool {
        self.radius < BRIEF
    }

    fn has_room_for_words(&self) -> bool {
        let nodes = &self.places[..usize::from(self.nodes)];
        self.nodes <= MOST_BENT
            && nodes.iter().all(|place| {
                let words = self.words(*place, self.radius);
                nodes
                    .iter()
                    .all(|other| other == place || !(words.is_near(*other, self.radius) || words.meets(&self.words(*other, self.radius))))
            })
    }

    /// The same with boxes beside these nodes.
    pub(crate) fn with_boxes(mut self, boxed: impl Iterator<Item = NodeId>) -> Self {
        if self.is_roomy {
            self.boxed = boxed.collect();
        }
        self
    }

    /// Whether the box of a node stands on its left, as there is no room on its right.
    pub(crate) fn box_is_left(&self, node: NodeId) -> bool {
        self.place(node).x + self.radius + BOX_OFF + BOX.0 > self.width
    }

    fn box_of(&self, node: NodeId) -> Area {
        let place = self.place(node);
        let away = self.radius + BOX_OFF + BOX.0 / 2.0;
        Area::around(Point { x: if self.box_is_left(node) { place.x - away } else { place.x + away }, ..place }, BOX.0, BOX.1)
    }

    /// Everything on the stage that words must not cover.
    pub(crate) fn taken(&self) -> Vec<Area> {
        let everybody = (0..self.places.len() as u16).map(NodeId);
        let mut taken: Vec<Area> = Vec::with_capacity(2 * self.places.len());
        for endpoint in everybody {
            let (place, reach) = (self.place(endpoint), self.reach(endpoint));
            let around = 2.0 * (reach + 6.0);
            taken.push(Area::around(place, around, around));
            // A client says that it waits, whoever else is silent.
            if self.is_roomy || endpoint.0 >= self.nodes {
                taken.push(self.words(place, reach));
            } else if let Some(Some((side, wide))) = self.asides.get(endpoint.index()) {
                taken.push(self.words_on(*side, place, *wide));
            }
        }
        taken.extend(self.boxed.iter().map(|node| self.box_of(*node)));
        taken
    }

    /// The whole stage.
    pub(crate) fn area(&self) -> Area {
        Area { from: Point::default(), to: Point { x: self.width, y: self.height } }
    }

    /// The upper left corner of a free place at the edge for something so large.
    pub(crate) fn free_corner(&self, width: f64, height: f64) -> Point {
        let (right, middle, bottom) = (self.width - width - 12.0, (self.width - width) / 2.0, self.height - height - 10.0);
        let corners = [(right, 12.0), (right, bottom), (12.0, bottom), (12.0, 12.0), (middle, bottom)];
        let edges = (1..16).flat_map(|part| [right, 12.0, middle].map(|x| (x, 12.0 + (bottom - 12.0) * f64::from(part) / 16.0)));
        let taken = self.taken();
        let is_free = |corner: &Point| {
            let area = Area { from: *corner, to: Point { x: corner.x + width, y: corner.y + height } };
            !taken.iter().any(|taken| taken.meets(&area))
        };
        let mut places = corners.into_iter().chain(edges).map(|(x, y)| Point { x, y });
        places.find(is_free).unwrap_or(Point { x: right, y: 12.0 })
    }

    /// The way of a message, from edge to edge.
    pub(crate) fn way(&self, from: NodeId, to: NodeId) -> Way {
        let (a, b) = (self.place(from), self.place(to));
        let middle = a.towards(b, 0.5);
        let aside = self.bends.get(self.bend_of(from, to)).copied().unwrap_or_default();
        let bend = Point { x: middle.x + aside.x, y: middle.y + aside.y };
        let edge = |endpoint, at: Point| at.towards(bend, ((self.reach(endpoint) + 10.0) / at.distance(bend).max(1.0)).min(1.0));
        let (from, to) = (edge(from, a), edge(to, b));
        // Exactly in the middle, a straight way is straight and even.
        Way { from, to, bend: if aside == Point::default() { from.towards(to, 0.5) } else { bend } }
    }

    /// The place so far along a way: a way that is straight need not be known for that.
    pub(crate) fn along(&self, from: NodeId, to: NodeId, share: f64) -> Point {
        if !self.bends.is_empty() {
            return self.way(from, to).at(share);
        }
        let (a, b) = (self.place(from), self.place(to));
        let length = a.distance(b).max(1e-6);
        let edge = |endpoint| ((self.reach(endpoint) + 10.0) / length).min(0.5);
        let (start, end) = (edge(from), 1.0 - edge(to));
        a.towards(b, start + (end - start) * share)
    }

    fn bend_of(&self, from: NodeId, to: NodeId) -> usize {
        let (node, client) = (from.0.min(to.0), from.0.max(to.0));
        let row = client.checked_sub(self.nodes).map(|client| usize::from(client) * usize::from(self.nodes) + usize::from(node));
        row.unwrap_or(usize::MAX)
    }

    /// Draws the ways between clients and nodes aside, so that they do not pass behind others. Those
    /// between nodes on a ring never do.
    fn bend(&mut self) {
        let clients = self.places.len() as u16 - self.nodes;
        if self.nodes > MOST_BENT || clients == 0 || self.width <= 0.0 {
            return;
        }
        self.bends = vec![Point::default(); usize::from(clients) * usize::from(self.nodes)];
        for client in (self.nodes..self.nodes + clients).map(NodeId) {
            for node in (0..self.nodes).map(NodeId) {
                let (a, b) = (self.place(client), self.place(node));
                let length = a.distance(b).max(1.0);
                let tries = (0..24_i32).map(|step| f64::from((step + 1) / 2) * if step % 2 == 0 { 18.0 } else { -18.0 });
                let aside = |amount: f64| Point { x: (a.y - b.y) / length * amount, y: (b.x - a.x) / length * amount };
                let mut best = (f64::NEG_INFINITY, Point::default());
                for amount in tries {
                    let index = self.bend_of(client, node);
                    self.bends[index] = aside(amount);
                    let room = self.room_beside(client, node);
                    if room > best.0 + 0.5 {
                        best = (room, aside(amount));
                    }
                    if room >= 0.0 {
                        break;
                    }
                }
                let index = self.bend_of(client, node);
                self.bends[index] = best.1;
            }
        }
    }

    /// How much room a way leaves between itself and whoever is nearest to it; less than nought if
    /// it goes through somebody or off the stage.
    fn room_beside(&self, from: NodeId, to: NodeId) -> f64 {
        let way = self.way(from, to);
        let others = || (0..self.places.len() as u16).map(NodeId).filter(|other| *other != from && *other != to);
        let room = |share: f64| {
            let at = way.at(share);
            let edge = at.x.min(at.y).min(self.width - at.x).min(self.height - at.y) - 8.0;
            others().map(|other| self.place(other).distance(at) - self.reach(other) - PASSING).fold(edge, f64::min)
        };
        (1..24).map(|step| room(f64::from(step) / 24.0)).fold(f64::INFINITY, f64::min)
    }

    /// So many that a ring has no room for them: rows and columns, the clients behind the nodes.
    fn crowd(nodes: u16, clients: u16, width: f64, height: f64) -> Self {
        let count = f64::from(nodes) + f64::from(clients);
        let (across, down) = ((width - 2.0 * MARGIN).max(1.0), (height - 2.0 * MARGIN).max(1.0));
        let columns = (count * across / down).sqrt().ceil().max(1.0);
        let rows = (count / columns).ceil();
        let cell = |index: u32| {
            let row = (f64::from(index) / columns).floor();
            let column = f64::from(index) - row * columns;
            Point { x: MARGIN + (column + 0.5) * across / columns, y: MARGIN + (row + 0.5) * down / rows }
        };
        let places = (0..u32::from(nodes) + u32::from(clients)).map(cell).collect();
        let radius = (across / columns).min(down / rows) * 0.32;
        Self {
            width,
            height,
            radius,
            half: radius,
            nodes,
            places,
            bends: Vec::new(),
            is_roomy: false,
            asides: Vec::new(),
            boxed: Vec::new(),
        }
    }

    /// Whether there are too many to be elements of the page: then they are drawn.
    pub(crate) fn is_crowd(&self) -> bool {
        self.nodes > CROWD
    }

    /// Who stands at a point of a crowd.
    pub(crate) fn at(&self, point: Point) -> Option<NodeId> {
        let near = |place: &Point| place.distance(point);
        let nearest = self.places.iter().enumerate().min_by(|(_, a), (_, b)| near(a).total_cmp(&near(b)))?;
        (near(nearest.1) <= self.radius * 2.4).then_some(NodeId(nearest.0 as u16))
    }

    /// A finger fits on a node while there are few.
    const LARGEST: f64 = 40.0;
    const SMALLEST: f64 = 3.0;
    const CLIENT: f64 = 17.0;

    pub(crate) fn place(&self, endpoint: NodeId) -> Point {
        self.places.get(endpoint.index()).copied().unwrap_or_default()
    }

    /// Who stands nearest in a direction: to the right and down are positive.
    pub(crate) fn beside(&self, endpoint: NodeId, across: f64, down: f64) -> Option<NodeId> {
        let from = self.place(endpoint);
        let cost = |place: &Point| {
            let (dx, dy) = (place.x - from.x, place.y - from.y);
            let (ahead, aside) = (dx * across + dy * down, (dx * down).abs() + (dy * across).abs());
            // Within sight in that direction, and rather straight ahead than near.
            (ahead > 1.0 && aside <= ahead * 2.5).then_some(((ahead + 2.0 * aside) * 16.0) as u64)
        };
        let others = self.places.iter().enumerate().filter_map(|(index, place)| Some((cost(place)?, index)));
        others.min().map(|(_, index)| NodeId(index as u16))
    }

    /// Whether a node is large enough for its name.
    pub(crate) fn holds_names(&self) -> bool {
        self.radius >= 17.0 && !self.is_crowd()
    }

    /// How far a node or a client reaches from its place.
    pub(crate) fn reach(&self, endpoint: NodeId) -> f64 {
        if endpoint.0 < self.nodes { self.radius } else { self.half }
    }
}

/// The smallest distance between two of the places.
fn nearest(places: &[Point]) -> f64 {
    let pairs = places.iter().enumerate().flat_map(|(index, a)| places[..index].iter().map(|b| a.distance(*b)));
    pairs.fold(f64::INFINITY, f64::min)
}

/// Cosine and sine of so many turns, exact to far less than a pixel. The general ones, for angles of
/// any size, would be among the largest functions of the page.
fn on_circle(turns: f64) -> (f64, f64) {
    let quarters = (turns * 4.0).floor();
    let x = (turns * 4.0 - quarters) * FRAC_PI_2;
    let series = |mut term: f64, first: i32| {
        let mut sum = term;
        for n in 1..8 {
            let k = f64::from(first + 2 * n);
            term *= -x * x / (k * (k - 1.0));
            sum += term;
        }
        sum
    };
    let (cos, sin) = (series(1.0, 0), series(x, 1));
    match quarters as i64 & 3 {
        0 => (cos, sin),
        1 => (-sin, cos),
        2 => (-cos, -sin),
        _ => (sin, -cos),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn nodes_and_clients_stand_apart_and_inside_the_stage_at_every_size() {
        for (width, height) in [(358.0, 320.0), (800.0, 380.0), (1600.0, 300.0)] {
            for (nodes, clients) in [(2, 0), (3, 0), (5, 0), (9, 0), (30, 0), (1, 4), (2, 2), (3, 1), (3, 3), (4, 2), (5, 1), (7, 5)] {
                let layout = Layout::new(nodes, clients, width, height);
                for a in (0..nodes + clients).map(NodeId) {
                    let (place, reach) = (layout.place(a), layout.reach(a));
                    let what = format!("{a} of {nodes} and {clients} in {width}x{height}: {place:?}");
                    assert!(place.x - reach >= 0.0 && place.x + reach <= width, "{what}");
                    assert!(place.y - reach >= 0.0 && place.y + reach <= height, "{what}");
                    for b in (0..a.0).map(NodeId) {
                        assert!(place.distance(layout.place(b)) >= reach + layout.reach(b), "{what} and {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_way_passes_behind_somebody_on_a_usual_stage() {
        for (width, height) in [(390.0, 340.0), (390.0, 280.0), (940.0, 420.0)] {
            for (nodes, clients) in [(1, 4), (2, 3), (3, 2), (4, 2), (4, 4), (5, 1), (5, 2), (7, 2)] {
                let layout = Layout::new(nodes, clients, width, height);
                for client in (nodes..nodes + clients).map(NodeId) {
                    for node in (0..nodes).map(NodeId) {
                        let room = layout.room_beside(client, node);
                        assert!(room > -PASSING + 2.0, "{client} to {node} of {nodes} and {clients} in {width}x{height}: {room}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_place_on_a_way_is_the_same_with_and_without_the_way() {
        for (nodes, clients) in [(3, 0), (5, 2), (50, 1), (1000, 1)] {
            let layout = Layout::new(nodes, clients, 940.0, 420.0);
            for (from, to) in [(0, nodes - 1), (nodes - 1, nodes - 2), (0, 1), (nodes + clients - 1, 1)] {
                for share in [0.0, 0.4, 1.0] {
                    let (from, to) = (NodeId(from), NodeId(to));
                    assert!(
                        layout.along(from, to, share).distance(layout.way(from, to).at(share)) < 1e-6,
                        "{from} to {to} of {nodes} at {share}"
                    );
                }
            }
        }
    }

    #[test]
    fn words_under_the_nodes_of_usual_models_have_room_on_a_phone() {
        for (nodes, clients) in [(2, 2), (3, 2), (4, 4), (5, 2)] {
            let layout = Layout::new(nodes, clients, 390.0, 300.0);
            assert!(layout.is_roomy, "{nodes} and {clients}: {layout:?}");
        }
    }

    #[test]
    fn every_role_of_the_locks_has_its_place_on_the_smallest_stage_and_covers_nobody() {
        for (width, height) in [(390.0, 211.0), (320.0, 160.0)] {
            let layout = Layout::new(5, 2, width, height).with_words();
            let mut all: Vec<Area> = Vec::new();
            for (node, role) in (0..).map(NodeId).zip(["process", "process", "lock server", "copy", "file"]) {
                let side = layout.side(node, role).unwrap_or_else(|| panic!("{width}x{height}: {node} is {role}: {layout:?}"));
                let words = layout.words_on(side, layout.place(node), width_of(role) * SMALLER);
                assert!(layout.area().holds(&words) && !all.iter().any(|other| other.meets(&words)), "{width}x{height}: {node}");
                for other in (0..7).map(NodeId).filter(|other| *other != node) {
                    assert!(!words.is_near(layout.place(other), layout.reach(other)), "{width}x{height}: {node} and {other}");
                }
                all.push(words);
            }
        }
    }

    #[test]
    fn what_stands_in_the_free_corner_covers_nobody() {
        for (nodes, clients) in [(2, 2), (3, 2), (4, 4), (5, 2), (5, 1)] {
            let layout = Layout::new(nodes, clients, 390.0, 300.0);
            let corner = layout.free_corner(90.0, 36.0);
            let area = Area { from: corner, to: Point { x: corner.x + 90.0, y: corner.y + 36.0 } };
            assert!(!layout.taken().iter().any(|taken| taken.meets(&area)), "{nodes} and {clients}: {corner:?}");
        }
    }

    #[test]
    fn a_finger_fits_on_every_node_and_client_of_a_usual_model_on_a_phone() {
        for (nodes, clients) in [(2, 0), (3, 1), (5, 1), (4, 2)] {
            let layout = Layout::new(nodes, clients, 390.0, 340.0);
            assert!(layout.radius >= 24.0 && (clients == 0 || layout.half >= 12.0), "{nodes} and {clients}: {layout:?}");
        }
    }

    #[test]
    fn a_crowd_fills_the_stage_and_everybody_in_it_is_found() {
        for (nodes, clients, width, height) in
            [(151, 1, 940.0, 470.0), (1000, 1, 940.0, 470.0), (1000, 3, 358.0, 340.0), (10_000, 1, 940.0, 470.0)]
        {
            let layout = Layout::new(nodes, clients, width, height);
            assert!(layout.is_crowd() && layout.radius > 0.8, "{nodes}: {}", layout.radius);
            for endpoint in (0..nodes + clients).step_by(97).map(NodeId) {
                let place = layout.place(endpoint);
                assert!(place.x > 0.0 && place.x < width && place.y > 0.0 && place.y < height, "{endpoint} {place:?}");
                assert_eq!(layout.at(place), Some(endpoint));
            }
        }
    }

    #[test]
    fn arrows_reach_everybody_and_lead_back() {
        for (nodes, clients) in [(2, 0), (3, 1), (5, 2), (7, 5)] {
            let layout = Layout::new(nodes, clients, 940.0, 470.0);
            let mut reached = vec![NodeId(0)];
            let mut next = 0;
            while next < reached.len() {
                for (across, down) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    if let Some(other) = layout.beside(reached[next], across, down).filter(|other| !reached.contains(other)) {
                        reached.push(other);
                    }
                }
                next += 1;
            }
            assert_eq!(reached.len(), usize::from(nodes + clients), "{nodes} and {clients}: {reached:?}");
        }
    }

    #[test]
    fn the_circle_is_round() {
        for step in -50..150 {
            let turns = f64::from(step) / 37.0;
            let (cos, sin) = on_circle(turns);
            assert!((cos - (turns * TAU).cos()).abs() < 1e-7 && (sin - (turns * TAU).sin()).abs() < 1e-7, "{turns}");
        }
    }
}
