//! What is on the stage.

use super::super::document::{Node, Value};
use super::super::predicate::{Measure, Names, Subject, unknown};
use super::super::{Gauge, Measured, NODES, World};
use super::words::some_time;
use super::{Part, Reader};
use crate::judge::spec::Object;
use crate::judge::value::{Reader as EdnReader, Value as Word};
use crate::scenario::{Pace, Route, Scenario, Workload};
use crate::sim::Time;

/// The most numbers of nodes to choose from.
const MOST_SIZES: usize = 5;

impl Reader<'_> {
    /// A world, with every number of nodes that it can have.
    pub(super) fn world(&mut self, part: &Part<'_>) -> Option<World> {
        let before = self.problems.len();
        let mut world = self.world_with(part, part.count("nodes"))?;
        self.check_sizes(part, &world);
        if self.problems.len() == before {
            let names = self.names.clone();
            let own = i64::from(world.scenario.nodes);
            for nodes in numbers(part.items("sizes")).filter(|nodes| *nodes != own) {
                world.sizes.extend(self.with_nodes(nodes, |reader| reader.world_with(part, u16::try_from(nodes).ok())));
            }
            self.names = names;
        }
        Some(world)
    }

    /// Reads something again as it is with another number of nodes. What is wrong only there says so.
    pub(super) fn with_nodes<T>(&mut self, nodes: i64, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.problems.len();
        let found = read(self);
        for problem in &mut self.problems[before..] {
            problem.why = format!("with {nodes} nodes: {}", problem.why);
        }
        found
    }

    fn check_sizes(&mut self, part: &Part<'_>, world: &World) {
        let chosen = world.knobs.iter().any(|knob| knob == NODES);
        let Some(node) = part.table.get("sizes") else {
            if chosen {
                self.problem(part.table.at, part.path("sizes"), "the knob nodes needs this: between how many nodes is there a choice?");
            }
            return;
        };
        let sizes: Vec<i64> = numbers(part.items("sizes")).collect();
        let own = i64::from(world.scenario.nodes);
        if !chosen {
            self.problem(node.at, part.path("sizes"), "nobody can choose: nodes is not among the knobs");
        } else if !(2..=MOST_SIZES).contains(&sizes.len()) || !sizes.is_sorted_by(|one, next| one < next) {
            self.problem(node.at, part.path("sizes"), format!("these should be 2 to {MOST_SIZES} numbers, the smallest first"));
        } else if !sizes.contains(&own) {
            self.problem(node.at, part.path("sizes"), format!("{own}, as many as there are at the beginning, is not among them"));
        }
    }

    fn world_with(&mut self, part: &Part<'_>, nodes: Option<u16>) -> Option<World> {
        let (id, at) = part.text("model")?;
        let Some(model) = self.library.find(id) else {
            let known: Vec<_> = self.library.models().iter().map(|model| model.about().id).collect();
            self.problem(at, part.path("model"), unknown("model", id, known.into_iter()));
            return None;
        };
        let mut scenario = Scenario::new(model.about(), part.number("seed").unwrap_or(1).unsigned_abs());
        if let Some(nodes) = nodes {
            scenario.nodes = nodes;
        }
        if let Some(clients) = part.count("clients") {
            scenario.clients = clients;
        }
        self.names = Some(Names::of(model, &scenario));
        scenario.settings = self.settings(part, "settings");
        scenario.patience = self.span(part, "patience").unwrap_or(scenario.patience);
        let network = &mut scenario.network;
        network.ordered = part.on("ordered");
        network.bandwidth = part.number("bandwidth").map(i64::unsigned_abs);
        if let Some(latency) = self.latency(part, "latency") {
            network.latency = latency;
        }
        network.loss = self.chance(part, "loss").unwrap_or_default();
        network.duplicate = self.chance(part, "duplicate").unwrap_or_default();
        network.reorder = self.chance(part, "reorder").unwrap_or_default();
        if let Some(sync) = self.latency(part, "disk") {
            scenario.disk.sync = sync;
        }
        scenario.disk.torn = self.chance(part, "torn").unwrap_or_default();
        scenario.workload = part.part("load").and_then(|part| self.load(&part));
        let script = self.script(part, "script");
        if let (Some(script), Some(node)) = (script, part.table.get("script"))
            && let Err(why) = script.fixed(&mut scenario)
        {
            self.problem(node.at, part.path("script"), why);
        }
        if let Err(fault) = scenario.check(self.library) {
            let at = part.table.get(fault.place.split(['.', '[']).next().unwrap_or_default()).map_or(part.table.at, |node| node.at);
            self.problem(at, part.path(&fault.place), fault.why);
        }
        let object = part.text("object").and_then(|(name, _)| Object::ALL.iter().find(|(other, _)| *other == name));
        let initial = self.told(part, "initial", |text| {
            let mut reader = EdnReader::new(text);
            let value = reader.next_value().map_err(|fault| fault.to_string())?;
            Ok(value.map_or(Word::Nil, |placed| placed.value))
        });
        let measures = part.parts("measure").iter().filter_map(|part| self.measured(part)).collect();
        Some(World {
            measures,
            length: self.told(part, "length", some_time).unwrap_or(Time::ZERO),
            knobs: self.knobs(part, "knobs", &[NODES]),
            sizes: Vec::new(),
            subject: Subject { object: object.map_or(Object::Register, |(_, object)| *object), initial: initial.unwrap_or(Word::Int(0)) },
            scenario,
        })
    }

    fn measured(&mut self, part: &Part<'_>) -> Option<Measured> {
        let what = match ["value", "hits", "of", "holds"].map(|name| part.table.get(name).is_some()) {
            [true, false, false, false] => self.in_language(part, "value", Measure::parse).map(Gauge::Value),
            [false, true, true, false] => {
                let hits = self.in_language(part, "hits", Measure::parse);
                hits.zip(self.in_language(part, "of", Measure::parse)).map(|(hits, of)| Gauge::Share { hits, of })
            }
            [false, false, false, true] => self.predicate(part, "holds").map(Gauge::Holds),
            _ => {
                self.problem(part.table.at, part.path("value"), "there should be either a value, hits of how many, or what holds");
                None
            }
        };
        Some(Measured { name: part.said("name"), what: what? })
    }

    fn load(&mut self, part: &Part<'_>) -> Option<Workload> {
        let names = self.names.clone()?;
        let every = self.latency(part, "every")?;
        let route = self.told(part, "route", |text| match text {
            "home" => Ok(Route::Home),
            "rotate" => Ok(Route::Rotate),
            "random" => Ok(Route::Random),
            node => {
                let found = names.endpoint(node).filter(|node| node.0 < names.nodes);
                found.map(Route::To).ok_or_else(|| "it is home, rotate, random, or a node such as n1".into())
            }
        });
        Some(Workload {
            pace: if part.on("open") { Pace::Open(every) } else { Pace::Closed(every) },
            route: route.unwrap_or(Route::Home),
            keys: part.number("keys").unwrap_or(1) as u32,
            limit: part.number("limit").map_or(u32::MAX, |limit| limit as u32),
        })
    }
}

/// The whole numbers of a list.
fn numbers(items: &[Node]) -> impl Iterator<Item = i64> {
    items.iter().filter_map(|item| if let Value::Number(number) = item.value { Some(number) } else { None })
}
