//! The way of a message from one endpoint to another: straight, unless somebody stands in between.

use super::layout::Point;

/// A curve from edge to edge, drawn towards a third point. If that is in the middle, it is straight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Way {
    pub(crate) from: Point,
    pub(crate) bend: Point,
    pub(crate) to: Point,
}

/// Into how many straight pieces a curve is cut to be measured.
const PIECES: usize = 24;

impl Way {
    /// The place so far along the way.
    pub(crate) fn at(&self, share: f64) -> Point {
        self.from.towards(self.bend, share).towards(self.bend.towards(self.to, share), share)
    }

    /// The same way, the other way round.
    pub(crate) fn back(&self) -> Self {
        Self { from: self.to, to: self.from, ..*self }
    }

    /// The first part of the way.
    pub(crate) fn until(&self, share: f64) -> Self {
        Self { from: self.from, bend: self.from.towards(self.bend, share), to: self.at(share) }
    }

    /// Which way is to the right of somebody who goes along there: a step of one pixel.
    pub(crate) fn right(&self, share: f64) -> Point {
        let (a, b) = (self.from.towards(self.bend, share), self.bend.towards(self.to, share));
        let length = a.distance(b).max(1e-6);
        Point { x: (a.y - b.y) / length, y: (b.x - a.x) / length }
    }

    /// As straight pieces, with the share at which each begins.
    fn pieces(&self) -> impl Iterator<Item = (f64, Point, Point)> {
        let share = |piece: usize| piece as f64 / PIECES as f64;
        (0..PIECES).map(move |piece| (share(piece), self.at(share(piece)), self.at(share(piece + 1))))
    }

    /// How far along the way a point is, and how far off it.
    pub(crate) fn beside(&self, at: Point) -> (f64, f64) {
        let nearest = self.pieces().map(|(start, a, b)| {
            let (share, off) = beside(a, b, at);
            (start + share / PIECES as f64, off)
        });
        nearest.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or_default()
    }

    /// Whether a line crosses it.
    pub(crate) fn crosses(&self, from: Point, to: Point) -> bool {
        let parted = |a: Point, b: Point, one: Point, other: Point| (turn(a, b, one) > 0.0) != (turn(a, b, other) > 0.0);
        self.pieces().any(|(_, a, b)| parted(a, b, from, to) && parted(from, to, a, b))
    }
}

/// How far along the way from one point to another a third is, and how far off it.
fn beside(from: Point, to: Point, at: Point) -> (f64, f64) {
    let (across, down) = (to.x - from.x, to.y - from.y);
    let length = (across * across + down * down).max(1e-6);
    let share = (((at.x - from.x) * across + (at.y - from.y) * down) / length).clamp(0.0, 1.0);
    (share, from.towards(to, share).distance(at))
}

/// On which side of a line a point is: more or less than nought.
pub(super) fn turn(from: Point, to: Point, at: Point) -> f64 {
    (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRAIGHT: Way = Way { from: Point { x: 0.0, y: 0.0 }, bend: Point { x: 50.0, y: 0.0 }, to: Point { x: 100.0, y: 0.0 } };
    const BENT: Way = Way { bend: Point { x: 50.0, y: 60.0 }, ..STRAIGHT };

    #[test]
    fn on_a_straight_way_a_message_moves_evenly() {
        for share in [0.0, 0.1, 0.5, 0.9, 1.0] {
            assert!(STRAIGHT.at(share).distance(Point { x: share * 100.0, y: 0.0 }) < 1e-9);
        }
        assert_eq!(STRAIGHT.right(0.3), Point { x: 0.0, y: 1.0 });
    }

    #[test]
    fn every_place_on_a_way_is_found_again() {
        for way in [STRAIGHT, BENT, BENT.back()] {
            for share in [0.0, 0.13, 0.5, 0.77, 1.0] {
                let (found, off) = way.beside(way.at(share));
                assert!((found - share).abs() < 0.01 && off < 0.5, "{way:?} {share}: {found} {off}");
            }
        }
        assert!(BENT.until(0.5).at(1.0).distance(BENT.at(0.5)) < 1e-9);
        assert!(BENT.until(0.5).at(0.5).distance(BENT.at(0.25)) < 1e-9);
    }

    #[test]
    fn a_line_crosses_a_bent_way_where_it_goes() {
        let (above, below) = (Point { x: 50.0, y: 10.0 }, Point { x: 50.0, y: 50.0 });
        assert!(BENT.crosses(above, below) && !STRAIGHT.crosses(above, below));
        assert!(!BENT.crosses(Point { x: 50.0, y: -10.0 }, above));
    }
}
