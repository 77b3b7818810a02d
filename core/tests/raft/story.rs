//! A way to tell a run: nodes have the names of the papers (1, 2, 3 …), nothing happens by itself but
//! heartbeats, and every promise is looked at after every event.

use faultline::judge::history::History;
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use faultline::models::Library;
use faultline::scenario::{Disk, Input};
use faultline::sim::{Chance, EventKind, Latency, LinkRule, NodeId, Span, Timeline};
use faultline::view::Widget;
use std::collections::BTreeSet;

/// The kinds of timer, and of operation, by their places in the model's lists.
const ELECTION: u8 = 0;
const READ: u8 = 0;
const WRITE: u8 = 1;
const HAND_OVER: u8 = 2;

const CLIENTS: u16 = 3;

/// A run that is told step by step.
pub(crate) struct Story {
    timeline: Timeline,
    nodes: u16,
    broken: BTreeSet<&'static str>,
}

fn node(number: u16) -> NodeId {
    NodeId(number - 1)
}

/// Does the linearizability of a history hold?
pub(crate) fn linearizable(history: &History) -> bool {
    judge(history, Object::Register, Promise::Linearizable, &Value::Int(0), 10_000_000).unwrap().kept.expect("a verdict")
}

impl Story {
    /// So many nodes, each message 10 ms on its way, each sync 2 ms, a heartbeat every 100 ms, and no
    /// election unless it is asked for.
    pub(crate) fn new(nodes: u16, settings: &[(&str, i64)]) -> Self {
        let library = Library::standard();
        let mut scenario = faultline::Scenario::new(library.find("raft").unwrap().about(), 1);
        scenario.nodes = nodes;
        scenario.clients = CLIENTS;
        scenario.patience = Span::secs(5);
        scenario.network.latency = Latency::Constant(Span::millis(10));
        scenario.disk = Disk { sync: Latency::Constant(Span::millis(2)), torn: Chance::NEVER };
        for (key, span) in [("election-min", 10_000), ("election-max", 20_000), ("heartbeat", 100), ("lease", 8_000)] {
            scenario.settings.insert(key.into(), Span::millis(span).0 as i64);
        }
        scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).into(), *value)));
        Self { timeline: Timeline::new(&library, scenario).unwrap(), nodes, broken: BTreeSet::new() }
    }

    /// The same, with election timeouts of 600 to 1200 ms that run out by themselves.
    pub(crate) fn with_timeouts(nodes: u16, settings: &[(&str, i64)]) -> Self {
        let ms = |ms| Span::millis(ms).0 as i64;
        let timeouts = [("election-min", ms(600)), ("election-max", ms(1200)), ("lease", ms(500))];
        Self::new(nodes, &[&timeouts, settings].concat())
    }

    // ---- what is done ----

    pub(crate) fn does(&mut self, input: Input) -> &mut Self {
        self.timeline.edit(input).unwrap();
        self.watch();
        self
    }

    /// Time passes, and all promises are looked at.
    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        let until = self.timeline.playhead() + Span::millis(ms);
        while self.timeline.run_until(until, |sim| sim.promises().iter().any(|(.., holds)| holds.is_err())) {
            self.watch();
        }
        self
    }

    fn watch(&mut self) {
        let broken = self.timeline.sim().promises().into_iter().filter(|(.., holds)| holds.is_err());
        self.broken.extend(broken.map(|(id, ..)| id));
    }

    pub(crate) fn campaign(&mut self, number: u16) -> &mut Self {
        self.does(Input::Fire { node: node(number), timer: ELECTION })
    }

    /// An election that has time to end.
    pub(crate) fn elect(&mut self, number: u16) -> &mut Self {
        self.campaign(number).wait(90)
    }

    pub(crate) fn crash(&mut self, number: u16) -> &mut Self {
        self.does(Input::Crash(node(number)))
    }

    pub(crate) fn restart(&mut self, number: u16) -> &mut Self {
        self.does(Input::Restart(node(number)))
    }

    pub(crate) fn cut(&mut self, from: u16, to: u16) -> &mut Self {
        self.does(Input::Cut { from: node(from), to: node(to) })
    }

    /// Only members of the same group reach one another; whoever is in none is alone.
    pub(crate) fn part(&mut self, groups: &[&[u16]]) -> &mut Self {
        let mut groups: Vec<Vec<_>> = groups.iter().map(|group| group.iter().map(|number| node(*number)).collect()).collect();
        for alone in (1..=self.nodes).map(node) {
            if !groups.iter().any(|group| group.contains(&alone)) {
                groups.push(vec![alone]);
            }
        }
        // The first client is with the first group, and so on.
        for (client, group) in (0..CLIENTS).zip(&mut groups) {
            group.push(NodeId(self.nodes + client));
        }
        self.does(Input::Partition(groups))
    }

    pub(crate) fn heal(&mut self) -> &mut Self {
        self.does(Input::HealAll)
    }

    /// From now on a sync of this node takes so long.
    pub(crate) fn slow_disk(&mut self, number: u16, ms: u64) -> &mut Self {
        let disk = Disk { sync: Latency::Constant(Span::millis(ms)), torn: Chance::NEVER };
        self.does(Input::Disk { node: node(number), disk })
    }

    /// A client writes a value of its own.
    pub(crate) fn write(&mut self, client: u16, number: u16) -> &mut Self {
        self.does(Input::Invoke { client: client - 1, node: node(number), op: WRITE, argument: 0 })
    }

    pub(crate) fn read(&mut self, client: u16, number: u16) -> &mut Self {
        self.does(Input::Invoke { client: client - 1, node: node(number), op: READ, argument: 0 })
    }

    pub(crate) fn hand_over(&mut self, from: u16, to: u16) -> &mut Self {
        self.does(Input::Invoke { client: 0, node: node(from), op: HAND_OVER, argument: to.into() })
    }

    /// How many messages were sent from one node to another: the number of the next.
    pub(crate) fn next_on_link(&self, from: u16, to: u16) -> u32 {
        let sim = self.timeline.sim();
        let rows = sim.trace().rows().unwrap().take(sim.rows() as usize);
        rows.filter(|row| row.kind == EventKind::Send && (row.node, row.peer) == (node(from), node(to))).count() as u32
    }

    /// From now on everything from one node to another is lost, but what is on its way arrives.
    pub(crate) fn lose_new(&mut self, from: u16, to: u16) -> &mut Self {
        let rule = LinkRule { loss: Some(Chance::percent(100)), ..LinkRule::default() };
        self.does(Input::Link { from: node(from), to: node(to), rule })
    }

    // ---- what is seen ----

    fn widget(&self, number: u16, name: &str) -> Option<Widget> {
        self.timeline.sim().view(node(number)).widgets.into_iter().find(|widget| widget.name() == name)
    }

    pub(crate) fn shows(&self, number: u16, field: &str) -> String {
        match self.widget(number, field) {
            Some(Widget::Field { value, .. }) => value.text,
            _ => panic!("n{number} shows no {field}"),
        }
    }

    pub(crate) fn role(&self, number: u16) -> &'static str {
        self.timeline.sim().view(node(number)).role.map_or("down", |(name, _)| name)
    }

    pub(crate) fn term(&self, number: u16) -> u64 {
        self.shows(number, "term").parse().unwrap()
    }

    /// Who leads, and which term.
    pub(crate) fn leaders(&self) -> Vec<(u16, u64)> {
        (1..=self.nodes).filter(|&number| self.role(number) == "leader").map(|number| (number, self.term(number))).collect()
    }

    /// The terms of a log's entries; what is committed stands before the bar.
    pub(crate) fn log(&self, number: u16) -> String {
        let Some(Widget::Log { entries, .. }) = self.widget(number, "log") else { panic!("n{number} shows no log") };
        let terms = |committed| entries.iter().filter(move |entry| entry.committed == committed).map(|entry| entry.term.to_string());
        format!("{}|{}", terms(true).collect::<Vec<_>>().join(" "), terms(false).collect::<Vec<_>>().join(" "))
    }

    pub(crate) fn logs(&self) -> Vec<String> {
        (1..=self.nodes).map(|number| self.log(number)).collect()
    }

    /// What came of the operations, in the order in which they began.
    pub(crate) fn answers(&self) -> Vec<String> {
        let sim = self.timeline.sim();
        let answer = |op: u32| {
            let ended = sim.trace().op(op).unwrap().ended;
            match ended.map(|ended| (ended.kind, ended.detail)) {
                None => "open".into(),
                Some((EventKind::Return, 1)) => sim.describe_op(op).1.unwrap(),
                Some((EventKind::Return, _)) => format!("no: {}", sim.describe_op(op).1.unwrap()),
                Some(_) => "unknown".into(),
            }
        };
        (0..sim.trace().ops() as u32).map(answer).collect()
    }

    pub(crate) fn linearizable(&self) -> bool {
        linearizable(&History::of(self.timeline.sim()))
    }

    /// The promises that did not hold at some moment.
    pub(crate) fn broken(&self) -> Vec<&'static str> {
        self.broken.iter().copied().collect()
    }

    /// Nothing that was promised was broken, to nodes or to clients.
    #[track_caller]
    pub(crate) fn kept(&self) {
        assert_eq!(self.broken(), [""; 0]);
        assert!(self.linearizable(), "{:?}", self.answers());
    }

    /// How many messages of a kind were sent.
    pub(crate) fn sent(&self, kind: &str) -> usize {
        let sim = self.timeline.sim();
        let kind = sim.about().kinds.iter().position(|known| known.name == kind).unwrap() as u8;
        let from_node = |from: NodeId| from.0 < self.nodes;
        let rows = sim.trace().rows().unwrap().take(sim.rows() as usize);
        let sends = rows.filter(|row| row.kind == EventKind::Send && from_node(row.node) && from_node(row.peer));
        sends.filter(|row| row.detail == kind).count()
    }
}
