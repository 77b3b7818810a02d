//! The messages of a dense stage, kept from frame to frame: to look each of them up in the run again
//! would take longer than to draw it.

use super::layout::Layout;
use super::scene::tone;
use super::way::Way;
use faultline::sim::{EventKind, Row, Sim, Time};

/// Every message on its way. It follows a run that goes on; after anything else it has to be made anew.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// How many rows of the trace it knows.
    rows: Option<u32>,
    grains: [Vec<Grain>; 7],
}

/// A message on its way.
#[derive(Clone, Copy, Debug)]
struct Grain {
    message: u32,
    sent: Time,
    due: Time,
    /// Its way: where it starts, and what the share of the way and the square of that share add.
    way: [[f32; 2]; 3],
}

impl Grain {
    fn new(message: u32, sent: Time, due: Time, Way { from, bend, to }: Way) -> Self {
        let along = |from: f64, bend: f64, to: f64| [from, 2.0 * (bend - from), from - 2.0 * bend + to].map(|part| part as f32);
        let ([x, dx, ddx], [y, dy, ddy]) = (along(from.x, bend.x, to.x), along(from.y, bend.y, to.y));
        Self { message, sent, due, way: [[x, y], [dx, dy], [ddx, ddy]] }
    }

    fn at(&self, now: Time) -> [f32; 2] {
        let share = (now.since(self.sent).0 as f64 / self.due.since(self.sent).0 as f64) as f32;
        let [start, once, twice] = self.way;
        [start[0] + share * (once[0] + share * twice[0]), start[1] + share * (once[1] + share * twice[1])]
    }
}

impl Traffic {
    /// Whether it was asked since it was made.
    pub(super) fn is_followed(&self) -> bool {
        self.rows.is_some()
    }

    /// Where every message is at a moment, by tone.
    #[inline(never)]
    pub(super) fn places(&mut self, sim: &Sim, layout: &Layout, now: Time) -> [Vec<[f32; 2]>; 7] {
        self.catch_up(sim, layout);
        self.grains.each_mut().map(|grains| {
            let mut places = Vec::with_capacity(grains.len());
            while let Some(grain) = grains.get(places.len()) {
                if grain.due > now {
                    places.push(grain.at(now));
                } else {
                    grains.swap_remove(places.len());
                }
            }
            places
        })
    }

    /// Follows the run through what has happened in it since the last frame.
    fn catch_up(&mut self, sim: &Sim, layout: &Layout) {
        let known = self.rows.replace(sim.rows()).unwrap_or(u32::MAX);
        let news = || (known..sim.rows()).filter_map(|row| sim.trace().row(row));
        // An input may do anything to what is on its way.
        if known > sim.rows() || news().any(|row| row.kind == EventKind::Input) {
            self.grains = Default::default();
            for flight in sim.flights() {
                self.add(sim, layout, flight.message, flight.sent, flight.due);
            }
            return;
        }
        for Row { kind, subject, time, .. } in news() {
            match kind {
                EventKind::Send | EventKind::Duplicate => {
                    let due = sim.trace().message(*subject).map_or(*time, |meta| meta.due);
                    self.add(sim, layout, *subject, *time, due);
                }
                EventKind::Lose => self.grains.iter_mut().for_each(|grains| grains.retain(|grain| grain.message != *subject)),
                _ => {}
            }
        }
    }

    fn add(&mut self, sim: &Sim, layout: &Layout, message: u32, sent: Time, due: Time) {
        if let Some(meta) = sim.trace().message(message) {
            self.grains[tone(sim, meta) as usize].push(Grain::new(message, sent, due, layout.way(meta.from, meta.to)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Point;
    use super::super::scene::on_its_way;
    use super::super::touch::decide;
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::{Fate, Input};
    use faultline::sim::{Chance, NodeId, Span};

    /// Everything on its way, as the run itself says.
    fn looked_up(sim: &Sim, layout: &Layout, now: Time) -> Vec<Point> {
        sim.flights().filter(|flight| flight.due > now).map(|flight| on_its_way(layout, &flight, now)).collect()
    }

    #[test]
    fn it_is_where_looking_everything_up_says_whatever_happens() {
        let library = Library::standard();
        for (model, nodes) in [("gossip", 60), ("raft", 5), ("primary-backup", 3)] {
            let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
            (scenario.nodes, scenario.clients) = (nodes, scenario.clients.max(2));
            let ms = |ms| Time::ZERO + Span::millis(ms);
            (scenario.network.loss, scenario.network.duplicate) = (Chance::percent(10), Chance::percent(20));
            for client in 0..2 {
                scenario.add(ms(30), Input::Invoke { client, node: NodeId(0), op: 0, argument: 0 });
            }
            scenario.add(ms(200), Input::Crash(NodeId(1)));
            scenario.add(ms(300), Input::Cut { from: NodeId(0), to: NodeId(2) });
            scenario.add(ms(420), Input::Restart(NodeId(1)));
            // A message on its way that a hand takes hold of.
            let mut sim = Sim::new(&library, scenario.clone()).unwrap();
            sim.run_until(ms(45));
            let last = sim.flights().filter(|flight| flight.lost.is_none()).max_by_key(|flight| flight.due).unwrap();
            scenario.add(ms(46), decide(&sim, last.message, Fate::Delay(Span::millis(200))).unwrap());
            let layout = Layout::new(nodes, scenario.clients, 800.0, 400.0);
            let mut sim = Sim::new(&library, scenario).unwrap();
            let (mut traffic, mut most) = (Traffic::default(), 0);
            for frame in 0..500 {
                let now = ms(2 * frame);
                sim.run_until(now);
                let found: Vec<_> = traffic.places(&sim, &layout, now).concat();
                let mut missing = looked_up(&sim, &layout, now);
                assert_eq!(found.len(), missing.len(), "{model} at {now:?}");
                for [x, y] in found {
                    let found = Point { x: x.into(), y: y.into() };
                    let near = missing.iter().position(|place| place.distance(found) < 0.01);
                    missing.swap_remove(near.unwrap_or_else(|| panic!("{model} at {now:?}: nothing is at {found:?}")));
                }
                most = most.max(sim.flights().count());
            }
            assert!(most > 3, "{model}: {most}");
        }
    }
}
