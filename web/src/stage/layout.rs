//! Where nodes and clients stand: nodes on a ring, the first at the top; two side by side, one in
//! the middle. Clients stand outside of the ring, to its left and right, where even a narrow stage
//! can spare some room. In a stage of any shape the ring becomes an ellipse that fills it.

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
}

/// With more nodes than this they are a crowd.
const CROWD: u16 = 150;
/// Room for the name and the role under a node.
const NODE_NAME: f64 = 52.0;
/// Room between a client and the ring.
const BESIDE: f64 = 36.0;
/// From the edge of the stage.
const MARGIN: f64 = 16.0;

impl Layout {
    pub(crate) fn new(nodes: u16, clients: u16, width: f64, height: f64) -> Self {
        if nodes > CROWD {
            return Self::crowd(nodes, clients, width, height);
        }
        let radius = (width.min(height) / 7.0).clamp(Self::SMALLEST, Self::LARGEST);
        let (left, right) = (clients.div_ceil(2), clients / 2);
        let half = Self::CLIENT.min(height / f64::from(left.max(1)) / 4.0);
        let room = |clients: u16| if clients == 0 { 0.0 } else { 2.0 * half + BESIDE };
        let down = ((height - NODE_NAME) / 2.0 - radius - MARGIN).max(0.0);
        let free = ((width - room(left) - room(right)) / 2.0 - radius - MARGIN).max(0.0);
        let across = if nodes == 2 { free.min(260.0) } else { free.min(down * 2.4) };
        let center = Point { x: (width + room(left) - room(right)) / 2.0, y: MARGIN + radius + down };
        let start = if nodes == 2 { 0.5 } else { 0.75 };
        let ring = |node: u16| {
            let (cos, sin) = on_circle(start + f64::from(node) / f64::from(nodes));
            if nodes == 1 { center } else { Point { x: center.x + across * cos, y: center.y + down * sin } }
        };
        let aside = (across + radius + half + MARGIN + BESIDE).min(free + radius + half + BESIDE);
        let step = (height / f64::from(left.max(1))).min(5.0 * half);
        // One alone stands higher than the middle, where a node would be in its way.
        let top = center.y - f64::from(left.max(1) - 1) / 2.0 * step - if left == 1 { down * 0.45 } else { 0.0 };
        let around = |client: u16| {
            let (side, place) = if client < left { (-aside, client) } else { (aside, client - left) };
            Point { x: center.x + side, y: top + f64::from(place) * step }
        };
        let places: Vec<Point> = (0..nodes).map(ring).chain((0..clients).map(around)).collect();
        let radius = radius.min(nearest(&places[..usize::from(nodes)]) / 2.6);
        Self { width, height, radius, half, nodes, places }
    }

    /// So many that a ring has no room for them: rows and columns, the clients behind the nodes.
    fn crowd(nodes: u16, clients: u16, width: f64, height: f64) -> Self {
        let count = f64::from(nodes) + f64::from(clients);
        let (across, down) = ((width - 2.0 * MARGIN).max(1.0), (height - 2.0 * MARGIN).max(1.0));
        let columns = (count * across / down).sqrt().ceil().max(1.0);
        let rows = (count / columns).ceil();
        let cell = |index: u32| {
            let (row, column) = ((f64::from(index) / columns).floor(), f64::from(index) % columns);
            Point { x: MARGIN + (column + 0.5) * across / columns, y: MARGIN + (row + 0.5) * down / rows }
        };
        let places = (0..u32::from(nodes) + u32::from(clients)).map(cell).collect();
        let radius = (across / columns).min(down / rows) * 0.32;
        Self { width, height, radius, half: radius, nodes, places }
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
