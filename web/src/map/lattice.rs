//! Where each promise stands in the picture, on a desk and on a phone. No types of the browser, so that
//! this is tested natively.

use faultline::judge::map::PLACES;

/// A picture of the map: how large it is, how large a promise is in it, and where each one stands.
pub(crate) struct Lattice {
    pub(crate) size: (f64, f64),
    pub(crate) place: (f64, f64),
    /// How many letters fit into a line of a place.
    pub(crate) letters: usize,
    /// How high such a line is.
    pub(crate) line: f64,
    spots: [(f64, u8); PLACES.len()],
    row: f64,
}

/// Transactions to the left, single objects to the right. In the order of [`PLACES`]: how far from the
/// left, and in which row.
pub(crate) const WIDE: Lattice = Lattice {
    size: (1060.0, 604.0),
    place: (136.0, 56.0),
    letters: 14,
    line: 16.0,
    spots: [
        (300.0, 0),
        (120.0, 1),
        (75.0, 2),
        (300.0, 1),
        (235.0, 2),
        (120.0, 3),
        (300.0, 3),
        (210.0, 4),
        (210.0, 5),
        (210.0, 6),
        (690.0, 1),
        (690.0, 2),
        (590.0, 3),
        (770.0, 3),
        (890.0, 4),
        (730.0, 4),
        (840.0, 5),
        (680.0, 5),
        (520.0, 5),
        (990.0, 5),
    ],
    row: 90.0,
};

/// The same for a phone.
pub(crate) const NARROW: Lattice = Lattice {
    size: (360.0, 560.0),
    place: (82.0, 56.0),
    letters: 12,
    line: 13.0,
    spots: [
        (180.0, 0),
        (44.0, 1),
        (44.0, 2),
        (136.0, 1),
        (136.0, 2),
        (44.0, 3),
        (136.0, 3),
        (90.0, 4),
        (44.0, 5),
        (44.0, 6),
        (228.0, 1),
        (228.0, 2),
        (228.0, 3),
        (316.0, 3),
        (182.0, 4),
        (316.0, 4),
        (136.0, 5),
        (228.0, 5),
        (316.0, 6),
        (182.0, 6),
    ],
    row: 82.0,
};

impl Lattice {
    /// The middle of a promise.
    pub(crate) fn at(&self, promise: usize) -> (f64, f64) {
        let (x, row) = self.spots[promise];
        (x, self.place.1 / 2.0 + 4.0 + f64::from(row) * self.row)
    }

    /// From where to where an arrow goes.
    pub(crate) fn arrow(&self, strong: usize, weak: usize) -> ((f64, f64), (f64, f64)) {
        let ((from_x, from_y), (to_x, to_y)) = (self.at(strong), self.at(weak));
        let half = self.place.1 / 2.0;
        // Several arrows of a place leave it side by side.
        let lean = ((to_x - from_x) * 0.18).clamp(-self.place.0 * 0.36, self.place.0 * 0.36);
        ((from_x + lean, from_y + half), (to_x - lean, to_y - half - 2.0))
    }

    /// The next promise in a direction; nothing if there is none.
    pub(crate) fn beside(&self, from: usize, across: f64, down: f64) -> Option<usize> {
        let (x, y) = self.at(from);
        let cost = |other: &usize| {
            let (other_x, other_y) = self.at(*other);
            let (dx, dy) = (other_x - x, other_y - y);
            let (along, aside) = (dx * across + dy * down, (dx * down).abs() + (dy * across).abs());
            (along > 1.0).then_some(along + 2.0 * aside)
        };
        let costs = (0..PLACES.len()).filter_map(|other| Some((other, cost(&other)?)));
        costs.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(other, _)| other)
    }

    /// A name in lines that fit into a place.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in name.split('-') {
            match lines.last_mut() {
                Some(line) if line.len() + word.len() < self.letters => *line = format!("{line} {word}"),
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::judge::map::ARROWS;

    fn index(name: &str) -> usize {
        PLACES.iter().position(|place| place.name == name).unwrap()
    }

    #[test]
    fn arrows_lead_down_and_no_place_covers_another_or_leaves_the_picture() {
        for lattice in [WIDE, NARROW] {
            for arrow in ARROWS {
                let ((_, from), (_, to)) = lattice.arrow(index(arrow.strong), index(arrow.weak));
                assert!(from + 10.0 < to, "{} {}", arrow.strong, arrow.weak);
            }
            for (one, promise) in PLACES.iter().enumerate() {
                let (x, y) = lattice.at(one);
                let (width, height) = lattice.place;
                assert!(x - width / 2.0 > 0.0 && x + width / 2.0 < lattice.size.0 && y + height / 2.0 < lattice.size.1, "{}", promise.name);
                let apart = |other: usize| (lattice.at(other).0 - x).abs() > width || (lattice.at(other).1 - y).abs() > height;
                assert!((0..one).all(apart), "{}", promise.name);
                assert!(
                    lattice.lines(promise.name).len() <= 4 && lattice.lines(promise.name).iter().all(|line| line.len() <= lattice.letters)
                );
            }
        }
    }

    #[test]
    fn no_arrow_passes_behind_a_promise() {
        for lattice in [WIDE, NARROW] {
            for arrow in ARROWS {
                let (strong, weak) = (index(arrow.strong), index(arrow.weak));
                let ((x, y), (to_x, to_y)) = lattice.arrow(strong, weak);
                for (other, promise) in PLACES.iter().enumerate().filter(|(other, _)| ![strong, weak].contains(other)) {
                    let (middle, (width, height)) = (lattice.at(other), lattice.place);
                    let is_in = |share: f64| {
                        let (dx, dy) = (x + (to_x - x) * share - middle.0, y + (to_y - y) * share - middle.1);
                        dx.abs() < width / 2.0 + 2.0 && dy.abs() < height / 2.0 + 2.0
                    };
                    assert!(!(0..=100).any(|step| is_in(f64::from(step) / 100.0)), "{} to {}: {}", arrow.strong, arrow.weak, promise.name);
                }
            }
        }
    }

    #[test]
    fn every_promise_is_reached_by_arrow_keys() {
        for lattice in [WIDE, NARROW] {
            let mut reached = vec![0];
            let mut at = 0;
            while let Some(&from) = reached.get(at) {
                for (across, down) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    if let Some(next) = lattice.beside(from, across, down).filter(|next| !reached.contains(next)) {
                        reached.push(next);
                    }
                }
                at += 1;
            }
            assert_eq!(reached.len(), PLACES.len(), "{reached:?}");
        }
    }
}
