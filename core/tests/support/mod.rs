//! Random scenarios over every model, the same on every machine: what the tests of determinism run.

#![allow(dead_code, reason = "each test uses what it needs")]

pub(crate) mod definition;
pub(crate) mod promises;

use faultline::protocol::{About, ParamKind};
use faultline::scenario::{Disk, Fate, Input, Pace, Route, Scenario, Workload};
use faultline::sim::{Chance, Latency, LinkRule, Network, NodeId, Purpose, Span, Time, below, draw};

/// A stream of random numbers.
pub(crate) struct Dice {
    seed: u64,
    stream: u64,
    thrown: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self::stream(seed, u64::MAX)
    }

    /// Of several with the same seed the one of that number.
    pub(crate) fn stream(seed: u64, stream: u64) -> Self {
        Self { seed, stream, thrown: 0 }
    }

    /// One of `0..bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.thrown += 1;
        below(draw(self.seed, Purpose::Choice, self.stream, self.thrown), bound)
    }

    /// Whether one in so many throws is this one.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn span(&mut self, most_ms: u64) -> Span {
        Span::micros(1 + self.below(most_ms * 1000))
    }

    fn latency(&mut self) -> Latency {
        match self.below(9) {
            0 => Latency::Constant(self.span(80)),
            1 => Latency::Uniform { min: self.span(10), max: self.span(100) + Span::millis(10) },
            2 => Latency::Exponential { min: self.span(10), mean: self.span(50) },
            3 => Latency::Normal { mean: self.span(60), deviation: self.span(20) },
            4 => Latency::LogNormal { median: self.span(50), sigma: 200 + self.below(800) as u32 },
            5 => Latency::Pareto { min: self.span(20), alpha: 1_200 + self.below(2_000) as u32 },
            6 => Latency::Mixture(vec![
                (9, Latency::Constant(self.span(20))),
                (1, Latency::Exponential { min: Span::ZERO, mean: self.span(300) }),
            ]),
            7 => Latency::After(self.span(10), Box::new(Latency::Exponential { min: Span::ZERO, mean: self.span(50) })),
            _ => Latency::Quantiles(vec![self.span(5), Span::millis(5) + self.span(20), Span::millis(25) + self.span(200)]),
        }
    }

    fn chance(&mut self, most_percent: u64) -> Chance {
        Chance::per_million(self.below(most_percent * 10_000) as u32)
    }

    fn network(&mut self) -> Network {
        let mut network = Network { latency: self.latency(), ..Network::default() };
        if self.one_in(2) {
            network.loss = self.chance(20);
        }
        if self.one_in(3) {
            network.duplicate = self.chance(20);
        }
        if self.one_in(3) {
            network.reorder = self.chance(30);
        }
        if self.one_in(4) {
            network.bandwidth = Some(1_000 + self.below(100_000));
        }
        network.ordered = self.one_in(2);
        network
    }
}

/// How long the random scenarios run.
pub(crate) const LENGTH: Span = Span::millis(1_500);

/// The random scenario of that number for a model.
pub(crate) fn scenario(about: &About, number: u64) -> Scenario {
    let mut dice = Dice::new(number);
    let mut scenario = Scenario::new(about, dice.below(u64::MAX));
    scenario.nodes = about.nodes.min + dice.below(u64::from(about.nodes.max - about.nodes.min).min(7) + 1) as u16;
    scenario.network = dice.network();
    scenario.patience = dice.span(500);
    if dice.one_in(2) {
        scenario.disk = Disk { sync: dice.latency(), torn: dice.chance(50) };
    }
    for spec in about.params {
        if dice.one_in(3) {
            let value = setting(&mut dice, &spec.kind);
            scenario.settings.insert(spec.key.into(), value);
        }
    }
    if !about.ops.is_empty() {
        scenario.clients = 1 + dice.below(4) as u16;
        if dice.one_in(2) {
            let gap = dice.latency();
            let pace = if dice.one_in(2) { Pace::Open(gap) } else { Pace::Closed(gap) };
            let route = match dice.below(4) {
                0 => Route::To(NodeId(dice.below(u64::from(scenario.nodes)) as u16)),
                1 => Route::Home,
                2 => Route::Rotate,
                _ => Route::Random,
            };
            scenario.workload = Some(Workload { pace, route, keys: 1 + dice.below(3) as u32, limit: 1 + dice.below(60) as u32 });
        }
    }
    for _ in 0..dice.below(14) {
        let at = Time::ZERO + Span(dice.below(LENGTH.0));
        let input = input(&mut dice, &scenario, about);
        scenario.add(at, input);
    }
    scenario
}

fn setting(dice: &mut Dice, kind: &ParamKind) -> i64 {
    let (min, max) = kind.range();
    match kind {
        // Rounds of a millisecond for ever would only make the test long.
        ParamKind::Span { min, .. } => (min.0 + Span::millis(10).0 + dice.below(Span::millis(300).0)) as i64,
        _ => min + dice.below((max - min).min(50) as u64 + 1) as i64,
    }
}

fn input(dice: &mut Dice, scenario: &Scenario, about: &About) -> Input {
    let node = NodeId(dice.below(u64::from(scenario.nodes)) as u16);
    let ends = u64::from(scenario.nodes) + u64::from(scenario.clients);
    let from = NodeId(dice.below(ends) as u16);
    let to = NodeId(((u64::from(from.0) + 1 + dice.below(ends - 1)) % ends) as u16);
    match dice.below(20) {
        0 | 1 => Input::Crash(node),
        2 | 3 => Input::Restart(node),
        4 => Input::Pause(node),
        5 => Input::Resume(node),
        6 => Input::Work { node, time: Some(dice.latency()).filter(|_| dice.below(2) == 0) },
        7 => Input::Cut { from, to },
        8 => Input::Heal { from, to },
        9 => Input::Partition(vec![vec![node], vec![from]].into_iter().filter(|group| group[0] == node || from != node).collect()),
        10 => Input::HealAll,
        11 => Input::Network(dice.network()),
        12 => Input::Link { from, to, rule: LinkRule { latency: Some(dice.latency()), loss: Some(dice.chance(50)), duplicate: None } },
        13 => Input::ClockStep { node, by: dice.below(2_000_000_000) as i64 - 1_000_000_000 },
        14 => Input::ClockRate { node, parts_per_billion: dice.below(600_000_000) as i32 - 300_000_000 },
        15 => Input::Disk { node, disk: Disk { sync: dice.latency(), torn: dice.chance(100) } },
        16 if scenario.clients > 0 => Input::Invoke {
            client: dice.below(u64::from(scenario.clients)) as u16,
            node,
            op: dice.below(about.ops.len() as u64) as u8,
            argument: dice.below(5) as i64,
        },
        17 => {
            let fate = [Fate::Drop, Fate::Duplicate, Fate::Delay(dice.span(300)), Fate::Deliver][dice.below(4) as usize];
            Input::Message { from, to, nth: dice.below(30) as u32, fate }
        }
        18 => Input::Fire { node, timer: 0 },
        19 if !about.params.is_empty() => {
            let spec = &about.params[dice.below(about.params.len() as u64) as usize];
            Input::Set { key: spec.key.into(), value: setting(dice, &spec.kind) }
        }
        _ => Input::Crash(node),
    }
}
