//! Where the nodes stand: on a ring, the first at the top; two stand side by side. In a stage of
//! any shape the ring becomes an ellipse that fills it.

use faultline::sim::NodeId;
use std::f64::consts::TAU;

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
        (other.x - self.x).hypot(other.y - self.y)
    }
}

/// The size of a stage and the places on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) radius: f64,
    places: Vec<Point>,
}

impl Layout {
    pub(crate) fn new(nodes: u16, width: f64, height: f64) -> Self {
        let center = Point { x: width / 2.0, y: height / 2.0 };
        let radius = (width.min(height) / 7.0).clamp(Self::SMALLEST, Self::LARGEST);
        // Room for the name under a node.
        let (across, down) = ((center.x - radius * 1.5).max(0.0), (center.y - radius * 2.0).max(0.0));
        let across = if nodes == 2 { across.min(260.0) } else { across.min(down * 1.8) };
        let start = if nodes == 2 { 0.5 } else { 0.75 };
        let place = |node: u16| {
            let angle = TAU * (start + f64::from(node) / f64::from(nodes.max(1)));
            Point { x: center.x + across * angle.cos(), y: center.y + down * angle.sin() }
        };
        let places: Vec<Point> = (0..nodes).map(place).collect();
        let nearest = places.iter().enumerate().flat_map(|(index, a)| places[..index].iter().map(|b| a.distance(*b)));
        let room = nearest.fold(f64::INFINITY, f64::min) / 2.6;
        Self { width, height, radius: radius.min(room), places }
    }

    /// A finger fits on a node while there are few.
    const LARGEST: f64 = 40.0;
    const SMALLEST: f64 = 3.0;

    pub(crate) fn place(&self, node: NodeId) -> Point {
        self.places.get(node.index()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stand_apart_and_inside_the_stage_at_every_size() {
        for (width, height) in [(358.0, 320.0), (800.0, 480.0), (1600.0, 300.0)] {
            for nodes in [2, 3, 5, 9, 30] {
                let layout = Layout::new(nodes, width, height);
                for a in 0..nodes {
                    let place = layout.place(NodeId(a));
                    assert!(place.x - layout.radius >= 0.0 && place.x + layout.radius <= width, "{nodes} in {width}x{height}: {place:?}");
                    assert!(place.y - layout.radius >= 0.0 && place.y + layout.radius <= height, "{nodes} in {width}x{height}: {place:?}");
                    for b in 0..a {
                        assert!(
                            place.distance(layout.place(NodeId(b))) >= layout.radius * 2.0,
                            "{a} and {b} of {nodes} in {width}x{height}"
                        );
                    }
                }
            }
        }
    }
}
