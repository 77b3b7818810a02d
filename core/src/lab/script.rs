//! What is done to a run, line by line, as a course author writes it: `at 2s: crash n1`, or
//! `when messages(copy, under way) >= 1: cut n1 -> n2`.
//!
//! A line waits for a moment, or for what the model does; then its actions take effect. What comes
//! out is a scenario like any other, with a time for every input.

use super::predicate::{MOST_STEPS, MessageKind, Names, Observer, Predicate, Subject, Value, Wrong, unknown};
use super::shown::{Mention, Mentions};
use crate::models::Library;
use crate::protocol::ParamSpec;
use crate::scenario::{Disk, Fate, Fault, Input, Scenario};
use crate::sim::{Chance, Latency, LinkRule, MOST_NESTED, Network, NodeId, Purpose, Sim, Span, Time, Timeline, below, draw};

/// The names of everything that can be done to a run: what challenges allow and predicates count.
pub const ACTIONS: [&str; 19] = [
    "crash",
    "restart",
    "pause",
    "resume",
    "slow",
    "cut",
    "heal",
    "partition",
    "network",
    "link",
    "clock",
    "disk",
    "ask",
    "drop",
    "duplicate",
    "delay",
    "deliver",
    "fire",
    "set",
];

/// What an input is called.
#[must_use]
pub fn kind_of(input: &Input) -> &'static str {
    match input {
        Input::Crash(_) => "crash",
        Input::Restart(_) => "restart",
        Input::Pause(_) => "pause",
        Input::Resume(_) => "resume",
        Input::Work { .. } => "slow",
        Input::Cut { .. } => "cut",
        Input::Heal { .. } | Input::HealAll => "heal",
        Input::Partition(_) => "partition",
        Input::Network(_) => "network",
        Input::Link { .. } => "link",
        Input::ClockStep { .. } | Input::ClockRate { .. } => "clock",
        Input::Disk { .. } => "disk",
        Input::Invoke { .. } => "ask",
        Input::Message { fate: Fate::Drop, .. } => "drop",
        Input::Message { fate: Fate::Duplicate, .. } => "duplicate",
        Input::Message { fate: Fate::Delay(_), .. } => "delay",
        Input::Message { fate: Fate::Deliver, .. } => "deliver",
        Input::Fire { .. } => "fire",
        Input::Set { .. } => "set",
    }
}

/// Where something is done to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At a node or a client.
    Actor(NodeId),
    /// At the links between these; of each pair at least one direction.
    Links(Vec<(NodeId, NodeId)>),
    /// At the next message from one to another.
    Message(NodeId, NodeId),
    /// At all that is cut.
    Cuts,
    /// At a setting of the model with this key, or of the network, as labs name it.
    Setting(String),
}

/// Things to do, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Script(Vec<Line>);

#[derive(Clone, Debug)]
struct Line {
    text: String,
    wait: Wait,
    acts: Vec<Act>,
}

#[derive(Clone, Debug)]
enum Wait {
    /// Until a moment of the run.
    At(Time),
    /// So long after the line before.
    After(Span),
    /// Until a moment that is drawn anew for each seed, from the first on and before the second.
    Between(Time, Time),
    /// Until something is the case.
    For(Box<Predicate>),
    /// Not at all, and again after each such time, until a moment of the run.
    Every(Span, Time),
}

#[derive(Clone, Debug)]
enum Act {
    Inputs(Vec<Input>),
    /// A client asks, each time with another number: 0, 1, and so on.
    AskNew {
        client: u16,
        node: NodeId,
        op: u8,
    },
    /// Needs to know the network as it is then.
    Network(Vec<Part>),
    /// Needs to know which messages are under way then.
    Message {
        kind: MessageKind,
        from: NodeId,
        to: NodeId,
        fate: Fate,
    },
}

#[derive(Clone, Debug)]
enum Part {
    Latency(Latency),
    Loss(Chance),
    Duplicate(Chance),
    Reorder(Chance),
    Ordered(bool),
}

/// More inputs than these are no script but a mistake.
const MOST_INPUTS: usize = 20_000;

/// What came of a script.
#[derive(Clone, Debug)]
pub struct Performed {
    /// The run with everything that was done.
    pub scenario: Scenario,
    /// The moment after the last line.
    pub now: Time,
    /// Which line waited in vain or could not be done, from 1, and why. What follows it was not done.
    pub stuck: Option<(usize, String)>,
    /// Whether that is only because its moment comes when nobody looks any more.
    pub late: bool,
    /// With this number, and with later ones, no line has drawn its moment yet.
    undrawn: u64,
}

impl Performed {
    /// A run to which nothing was done yet.
    #[must_use]
    pub fn nothing(scenario: Scenario, now: Time) -> Self {
        Self { scenario, now, stuck: None, late: false, undrawn: 0 }
    }
}

impl Script {
    /// The names in its conditions that only a run can show to be right, by line.
    pub(super) fn mentions(&self) -> impl Iterator<Item = (usize, Vec<Mention>)> {
        self.0.iter().enumerate().filter_map(|(index, line)| match &line.wait {
            Wait::For(predicate) => Some((index, predicate.mentions())),
            _ => None,
        })
    }

    /// Reads lines.
    ///
    /// # Errors
    /// Names what is wrong in each line that cannot be read: its index, and the place in it.
    pub fn parse<T: AsRef<str>>(lines: &[T], names: &Names) -> Result<Self, Vec<(usize, Wrong)>> {
        let mut read = Vec::new();
        let mut wrongs = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            match Line::parse(line.as_ref(), names) {
                Ok(line) => read.push(line),
                Err(wrong) => wrongs.push((index, wrong)),
            }
        }
        if wrongs.is_empty() { Ok(Self(read)) } else { Err(wrongs) }
    }

    /// The lines as they were written.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|line| line.text.as_str())
    }

    /// Whether nothing is done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where those things are to be done, in their order, that were not done to a run since it was as it began.
    /// With which argument a client asks does not matter, nor when anything is done.
    #[must_use]
    pub fn spots(&self, began: &Scenario, now: &Scenario) -> Vec<Spot> {
        let mut before: Vec<&Input> = began.inputs.iter().map(|timed| &timed.input).collect();
        let mut done: Vec<&Input> = now.inputs.iter().map(|timed| &timed.input).collect();
        done.retain(|input| before.iter().position(|other| other == input).map(|place| before.swap_remove(place)).is_none());
        let acts = self.0.iter().flat_map(|line| &line.acts);
        acts.filter_map(|act| act.spot(&mut done, now.nodes)).collect()
    }

    /// The first half: a hint, but not the solution.
    #[must_use]
    pub fn first_half(&self) -> Self {
        Self(self.0[..self.0.len().div_ceil(2)].to_vec())
    }

    /// The inputs, if every line says its moment and asks nothing about the run.
    pub(super) fn fixed(&self, scenario: &mut Scenario) -> Result<(), String> {
        for line in &self.0 {
            let Wait::At(at) = line.wait else { return Err(format!("“{}” must begin with its moment: at 2s: …", line.text)) };
            for act in &line.acts {
                let inputs = act.inputs(scenario.nodes, &scenario.network, None, 0)?;
                inputs.into_iter().for_each(|input| {
                    scenario.add(at, input);
                });
            }
        }
        Ok(())
    }

    /// Does it all to a run that has come to a moment, but waits no longer than until another.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn perform(&self, library: &Library, scenario: &Scenario, subject: &Subject, from: Time, until: Time) -> Result<Performed, Fault> {
        self.go_on(library, Performed::nothing(scenario.clone(), from), subject, from, until)
    }

    /// Does it all to what came of another script, whatever became of that. A moment that is drawn is drawn
    /// by the number of its line: those of this script begin behind the last with which the other has drawn.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn go_on(&self, library: &Library, before: Performed, subject: &Subject, from: Time, until: Time) -> Result<Performed, Fault> {
        let mut done = Performed { now: from, stuck: None, late: false, ..before };
        let first = done.undrawn;
        for (index, line) in self.0.iter().enumerate() {
            if let Err(why) = line.perform(library, subject, until, first + index as u64, &mut done)? {
                done.stuck = Some((index + 1, why));
                break;
            }
        }
        Ok(done)
    }
}

impl Line {
    fn parse(text: &str, names: &Names) -> Result<Self, Wrong> {
        let colon = || {
            let mut quote = None;
            text.char_indices().find_map(|(at, letter)| {
                match quote {
                    Some(open) if open == letter => quote = None,
                    None if letter == '\'' || letter == '"' => quote = Some(letter),
                    None if letter == ':' => return Some(at),
                    _ => {}
                }
                None
            })
        };
        let start = text.len() - text.trim_start().len();
        let first = text.trim_start().split(' ').next().unwrap_or_default();
        let (wait, rest) = if matches!(first, "at" | "after" | "when" | "every") {
            let Some(colon) = colon() else {
                return Err(Wrong { at: start, why: format!("after “{first} …” comes a colon and what is done") });
            };
            let begin = start + first.len();
            let condition = &text[begin..colon];
            let wait = if first == "when" {
                let predicate = Predicate::parse(condition, names).map_err(|wrong| Wrong { at: begin + wrong.at, ..wrong })?;
                Wait::For(Box::new(predicate))
            } else if first == "every" {
                let span = |text: &str| Span::parse(text.trim()).map_err(|why| Wrong { at: begin, why });
                let Some((period, end)) = condition.split_once(" until ") else {
                    return Err(Wrong { at: begin, why: "write until when: every 20ms until 2s: …".into() });
                };
                let period = span(period)?;
                if period == Span::ZERO {
                    return Err(Wrong { at: begin, why: "that would never end".into() });
                }
                Wait::Every(period, Time::ZERO + span(end)?)
            } else {
                let span = |text: &str| Span::parse(text.trim()).map_err(|why| Wrong { at: begin, why });
                match (first, condition.split_once(" to ")) {
                    ("at", Some((from, to))) => {
                        let (from, to) = (Time::ZERO + span(from)?, Time::ZERO + span(to)?);
                        if from >= to {
                            return Err(Wrong { at: begin, why: "the second moment must be after the first".into() });
                        }
                        Wait::Between(from, to)
                    }
                    ("at", None) => Wait::At(Time::ZERO + span(condition)?),
                    _ => Wait::After(span(condition)?),
                }
            };
            (wait, colon + 1)
        } else {
            (Wait::After(Span::ZERO), 0)
        };
        let mut acts = Vec::new();
        let mut at = rest;
        for part in text[rest..].split(';') {
            let act = Act::parse(part, names).and_then(|act| match (&act, &wait) {
                (Act::AskNew { .. }, Wait::Every(..)) => Ok(act),
                (Act::AskNew { .. }, _) => Err("only with “every” is there a new number each time".into()),
                _ => Ok(act),
            });
            acts.push(act.map_err(|why| Wrong { at: at + (part.len() - part.trim_start().len()), why })?);
            at += part.len() + 1;
        }
        Ok(Self { text: text.into(), wait, acts })
    }

    /// Waits and acts; or says why that came to nothing.
    fn perform(
        &self,
        library: &Library,
        subject: &Subject,
        until: Time,
        number: u64,
        done: &mut Performed,
    ) -> Result<Result<(), String>, Fault> {
        let at = match &self.wait {
            Wait::Every(period, end) => {
                let last = until.min(*end);
                let moments = std::iter::successors(Some(done.now), |at| Some(*at + *period));
                return self.act(library, moments.take_while(|at| *at <= last), done);
            }
            Wait::At(at) => *at,
            Wait::After(span) => done.now + *span,
            Wait::Between(from, to) => {
                done.undrawn = number + 1;
                *from + Span(below(draw(done.scenario.seed, Purpose::Script, number, 0), to.since(*from).0))
            }
            Wait::For(predicate) => {
                let mut observer = Observer::new(library, done.scenario.clone(), subject, Time::NEVER)?;
                observer.begin(done.now);
                let wait = observer.watch(predicate, observer.sim().rows());
                observer.look_now();
                observer.run(until, &[wait]);
                let found = observer.found(wait);
                let Some(first) = found.first else {
                    let why: Vec<_> = found.why.iter().map(ToString::to_string).collect();
                    return Ok(Err(format!("it waits in vain for {}: {}", predicate.text().trim(), why.join("; "))));
                };
                // What happens at that moment has happened.
                first.time + Span(1)
            }
        };
        let at = at.max(done.now);
        if at > until {
            done.late = true;
            return Ok(Err(format!("it comes after {until}, when nobody looks any more")));
        }
        self.act(library, std::iter::once(at), done)
    }

    /// Acts at each of these moments; or says why that cannot be done then.
    fn act(&self, library: &Library, moments: impl Iterator<Item = Time>, done: &mut Performed) -> Result<Result<(), String>, Fault> {
        let looks = !self.acts.iter().all(|act| matches!(act, Act::Inputs(_) | Act::AskNew { .. }));
        let mut run = if looks { Some(Timeline::new(library, done.scenario.clone())?) } else { None };
        for (number, at) in (0..).zip(moments) {
            if let Some(run) = &mut run {
                // Everything that this line has done so far is in it.
                run.turn_into(done.scenario.clone())?;
                if run.run_until(at, |sim| sim.steps() >= MOST_STEPS) || run.sim().stands_still() {
                    let steps = run.sim().steps();
                    return Ok(Err(format!("the first {steps} events are not enough to come to it; nobody looks further")));
                }
            }
            let sim = run.as_ref().map(Timeline::sim);
            let network = sim.map_or_else(|| done.scenario.network.clone(), |sim| sim.network().clone());
            for act in &self.acts {
                match act.inputs(done.scenario.nodes, &network, sim, number) {
                    Ok(inputs) if done.scenario.inputs.len() + inputs.len() > MOST_INPUTS => {
                        return Ok(Err(format!("these are more than {MOST_INPUTS} inputs")));
                    }
                    Ok(inputs) => inputs.into_iter().for_each(|input| {
                        done.scenario.add(at, input);
                    }),
                    Err(why) => return Ok(Err(why)),
                }
            }
            done.now = at;
        }
        done.scenario.check(library)?;
        Ok(Ok(()))
    }
}

impl Act {
    fn parse(text: &str, names: &Names) -> Result<Self, String> {
        let mut words = Words { words: split(text)?, next: 0, names };
        let act = words.act()?;
        match words.peek() {
            None => Ok(act),
            Some(word) => Err(format!("“{word}” is too much here")),
        }
    }

    /// Where this is to be done, if it is not among what was done; of that it takes away what it is.
    fn spot(&self, done: &mut Vec<&Input>, nodes: u16) -> Option<Spot> {
        let mut was_done =
            |is: &dyn Fn(&Input) -> bool| done.iter().position(|input| is(input)).map(|place| done.swap_remove(place)).is_some();
        match self {
            Self::Inputs(inputs) => {
                let mut open = inputs.iter().filter(|input| !was_done(&|other| is_alike(input, other)));
                let first = open.next()?;
                let more = open.filter_map(link_of);
                Some(match (spot_of(first, nodes), link_of(first)) {
                    (_, Some(link)) => Spot::Links(std::iter::once(link).chain(more).collect()),
                    (spot, None) => spot,
                })
            }
            Self::AskNew { client, node, op } => {
                let asked =
                    |input: &Input| matches!(input, Input::Invoke { client: c, node: n, op: o, .. } if (c, n, o) == (client, node, op));
                (!was_done(&asked)).then_some(Spot::Actor(NodeId(nodes + client)))
            }
            Self::Network(parts) => {
                let named = match parts.first()? {
                    Part::Latency(_) => "network latency",
                    Part::Loss(_) => "network loss",
                    Part::Duplicate(_) => "network duplicate",
                    Part::Reorder(_) => "network reorder",
                    Part::Ordered(_) => "network ordered",
                };
                (!was_done(&|input| matches!(input, Input::Network(_)))).then(|| Spot::Setting(named.into()))
            }
            Self::Message { from, to, fate, .. } => {
                let decided =
                    |input: &Input| matches!(input, Input::Message { from: f, to: t, fate: d, .. } if (f, t, d) == (from, to, fate));
                (!was_done(&decided)).then_some(Spot::Message(*from, *to))
            }
        }
    }

    /// What is put into the run when this is done for the so manyth time.
    fn inputs(&self, nodes: u16, network: &Network, sim: Option<&Sim>, number: i64) -> Result<Vec<Input>, String> {
        Ok(match self {
            Self::Inputs(inputs) => inputs.clone(),
            Self::AskNew { client, node, op } => {
                vec![Input::Invoke { client: *client, node: *node, op: *op, argument: number }]
            }
            Self::Network(parts) => {
                let mut network = network.clone();
                for part in parts.iter().cloned() {
                    match part {
                        Part::Latency(latency) => network.latency = latency,
                        Part::Loss(chance) => network.loss = chance,
                        Part::Duplicate(chance) => network.duplicate = chance,
                        Part::Reorder(chance) => network.reorder = chance,
                        Part::Ordered(on) => network.ordered = on,
                    }
                }
                vec![Input::Network(network)]
            }
            Self::Message { kind, from, to, fate } => {
                let sim = sim.ok_or("say which message: drop #3 n1 -> n2")?;
                let flights = sim.flights().filter(|flight| (flight.from, flight.to) == (*from, *to) && flight.lost.is_none());
                let metas = flights.filter_map(|flight| sim.trace().message(flight.message));
                let fits = metas.filter(|meta| meta.copy == 0 && MessageKind::of(meta, nodes) == *kind);
                let nth = fits.map(|meta| meta.nth).min().ok_or("no such message is under way")?;
                vec![Input::Message { from: *from, to: *to, nth, fate: *fate }]
            }
        })
    }
}

/// Whether two inputs are the same to whoever is asked to do one of them.
fn is_alike(one: &Input, other: &Input) -> bool {
    match (one, other) {
        (Input::Invoke { client: c, node: n, op: o, .. }, Input::Invoke { client, node, op, .. }) => (c, n, o) == (client, node, op),
        _ => one == other,
    }
}

/// The link to which an input does something.
fn link_of(input: &Input) -> Option<(NodeId, NodeId)> {
    match input {
        Input::Cut { from, to } | Input::Heal { from, to } | Input::Link { from, to, .. } => Some((*from, *to)),
        _ => None,
    }
}

/// Where an input is given.
fn spot_of(input: &Input, nodes: u16) -> Spot {
    match input {
        Input::Crash(node)
        | Input::Restart(node)
        | Input::Pause(node)
        | Input::Resume(node)
        | Input::Work { node, .. }
        | Input::ClockStep { node, .. }
        | Input::ClockRate { node, .. }
        | Input::Disk { node, .. }
        | Input::Fire { node, .. } => Spot::Actor(*node),
        Input::Cut { from, to } | Input::Heal { from, to } | Input::Link { from, to, .. } => Spot::Links(vec![(*from, *to)]),
        Input::Partition(groups) => {
            let of = |node: u16| groups.iter().position(|group| group.contains(&NodeId(node)));
            let pairs = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b)));
            Spot::Links(pairs.filter(|(a, b)| of(*a) != of(*b)).map(|(a, b)| (NodeId(a), NodeId(b))).collect())
        }
        Input::HealAll => Spot::Cuts,
        Input::Invoke { client, .. } => Spot::Actor(NodeId(nodes + client)),
        Input::Message { from, to, .. } => Spot::Message(*from, *to),
        Input::Set { key, .. } => Spot::Setting(key.clone()),
        Input::Network(_) => Spot::Setting("network".into()),
    }
}

/// Words; what is in quotes is one.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if first == '\'' || first == '"' {
            let end = rest[1..].find(first).ok_or("this quote is never closed")?;
            words.push(rest[1..=end].to_owned());
            end + 2
        } else {
            let end = rest.find(|letter: char| letter.is_whitespace() || letter == ',').unwrap_or(rest.len());
            if end > 0 {
                words.push(rest[..end].to_owned());
            }
            end
        };
        rest = rest[end..].trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
    }
    Ok(words)
}

struct Words<'a> {
    words: Vec<String>,
    next: usize,
    names: &'a Names,
}

impl Words<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.next).map(String::as_str)
    }

    fn take(&mut self, what: &str) -> Result<String, String> {
        let word = self.peek().ok_or_else(|| format!("here should be {what}"))?.to_owned();
        self.next += 1;
        Ok(word)
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.next += usize::from(found);
        found
    }

    fn need(&mut self, word: &str) -> Result<(), String> {
        if self.word(word) { Ok(()) } else { Err(format!("here should be “{word}”")) }
    }

    fn endpoint(&mut self) -> Result<NodeId, String> {
        let name = self.take("a node or client, such as n1")?;
        self.names.endpoint(&name).ok_or_else(|| self.names.no_endpoint(&name))
    }

    fn node(&mut self) -> Result<NodeId, String> {
        let node = self.endpoint()?;
        if node.0 < self.names.nodes { Ok(node) } else { Err("this must be a node, not a client".into()) }
    }

    fn span(&mut self) -> Result<Span, String> {
        Span::parse(&self.take("a length of time")?)
    }

    fn chance(&mut self) -> Result<Chance, String> {
        Chance::parse(&self.take("a share, such as 5%")?)
    }

    /// Both ends of a link, and whether both directions are meant.
    fn link(&mut self) -> Result<(NodeId, NodeId, bool), String> {
        let from = self.endpoint()?;
        let both = match self.take("-> or --")?.as_str() {
            "->" => false,
            "--" => true,
            other => return Err(format!("between two ends stands -> or --, not “{other}”")),
        };
        Ok((from, self.endpoint()?, both))
    }

    fn one_way(&mut self) -> Result<(NodeId, NodeId), String> {
        match self.link()? {
            (from, to, false) => Ok((from, to)),
            _ => Err("a message goes one way: write ->".into()),
        }
    }

    /// A shape of latency: everything up to the next word in `until`.
    fn latency(&mut self, until: &[&str]) -> Result<Latency, String> {
        let from = self.next;
        while self.peek().is_some_and(|word| !until.contains(&word)) {
            self.next += 1;
        }
        latency(&self.words[from..self.next])
    }

    fn act(&mut self) -> Result<Act, String> {
        let word = self.take("what is done")?;
        let one = |input| Ok(Act::Inputs(vec![input]));
        match word.as_str() {
            "crash" => one(Input::Crash(self.node()?)),
            "restart" => one(Input::Restart(self.node()?)),
            "pause" => one(Input::Pause(self.node()?)),
            "resume" => one(Input::Resume(self.node()?)),
            "slow" => {
                let node = self.node()?;
                if self.word("off") {
                    return one(Input::Work { node, time: None });
                }
                self.need("by")?;
                one(Input::Work { node, time: Some(self.latency(&[])?) })
            }
            "heal" if self.word("all") => one(Input::HealAll),
            "cut" | "heal" => {
                let (from, to, both) = self.link()?;
                let make = |from, to| if word == "cut" { Input::Cut { from, to } } else { Input::Heal { from, to } };
                Ok(Act::Inputs(if both { vec![make(from, to), make(to, from)] } else { vec![make(from, to)] }))
            }
            "partition" => {
                let mut groups = vec![Vec::new()];
                while self.peek().is_some() {
                    if self.word("|") {
                        groups.push(Vec::new());
                    } else if let (Some(group), member) = (groups.last_mut(), self.endpoint()?) {
                        group.push(member);
                    }
                }
                one(Input::Partition(groups))
            }
            "network" => Ok(Act::Network(self.parts()?)),
            "link" => {
                let (from, to, both) = self.link()?;
                let mut rule = LinkRule::default();
                for part in self.parts()? {
                    match part {
                        Part::Latency(latency) => rule.latency = Some(latency),
                        Part::Loss(chance) => rule.loss = Some(chance),
                        Part::Duplicate(chance) => rule.duplicate = Some(chance),
                        Part::Reorder(_) | Part::Ordered(_) => return Err("one link has latency, loss and duplicate of its own".into()),
                    }
                }
                let make = |from, to| Input::Link { from, to, rule: rule.clone() };
                Ok(Act::Inputs(if both { vec![make(from, to), make(to, from)] } else { vec![make(from, to)] }))
            }
            "clock" => {
                let node = self.node()?;
                let rate = self.word("rate");
                if !rate {
                    self.need("by")?;
                }
                let text = self.take("how much, such as +500ms or +0.1%")?;
                match (rate, Value::read(text.trim_start_matches('+'))) {
                    (true, Value::Number(parts)) => match i32::try_from(parts * 1000) {
                        Ok(parts_per_billion) => one(Input::ClockRate { node, parts_per_billion }),
                        Err(_) => Err("a clock's rate is wrong by at most 214%".into()),
                    },
                    (false, Value::Span(nanos)) => one(Input::ClockStep { node, by: nanos as i64 }),
                    _ => Err(format!("“{text}” is not it: clock n1 by +500ms, or clock n1 rate +0.1%")),
                }
            }
            "disk" => {
                let node = self.node()?;
                self.need("sync")?;
                let sync = self.latency(&["torn"])?;
                let torn = if self.word("torn") { self.chance()? } else { Chance::NEVER };
                one(Input::Disk { node, disk: Disk { sync, torn } })
            }
            "drop" | "duplicate" | "delay" | "deliver" => self.message(&word),
            "fire" => {
                let node = self.node()?;
                let name = self.words[self.next..].join(" ");
                self.next = self.words.len();
                one(Input::Fire { node, timer: self.names.timer(&name)? })
            }
            "set" => {
                let key = self.take("the name of a setting")?;
                let text = self.words[self.next..].join(" ");
                self.next = self.words.len();
                let spec = spec(self.names, &key)?;
                one(Input::Set { key, value: spec.kind.read(spec.key, &text)? })
            }
            client => {
                let Some(endpoint) = self.names.endpoint(client).filter(|endpoint| endpoint.0 >= self.names.nodes) else {
                    // “c2 asks …” is about a client, whether there is one or not.
                    if self.peek() == Some("asks") {
                        return Err(self.names.no_endpoint(client));
                    }
                    return Err(unknown("action", client, ACTIONS.iter().copied()));
                };
                self.need("asks")?;
                let node = self.node()?;
                let op = self.names.op(&self.take("an operation")?)?;
                if self.word("new") {
                    return Ok(Act::AskNew { client: endpoint.0 - self.names.nodes, node, op });
                }
                let argument = match self.peek() {
                    Some(number) => number.parse().map_err(|_| format!("“{number}” is no whole number"))?,
                    None => 0,
                };
                self.next = self.words.len();
                one(Input::Invoke { client: endpoint.0 - self.names.nodes, node, op, argument })
            }
        }
    }

    fn message(&mut self, word: &str) -> Result<Act, String> {
        let mut kind = self.take("a kind of message, or #3 for the third on the link")?;
        while self.peek().is_some_and(|word| self.names.endpoint(word).is_none()) {
            kind = format!("{kind} {}", self.take("a kind of message")?);
        }
        let (from, to) = self.one_way()?;
        let fate = match word {
            "drop" => Fate::Drop,
            "duplicate" => Fate::Duplicate,
            "deliver" => Fate::Deliver,
            _ => {
                self.need("by")?;
                Fate::Delay(self.span()?)
            }
        };
        if let Some(number) = kind.strip_prefix('#') {
            let nth = number.parse::<u32>().ok().and_then(|number| number.checked_sub(1));
            let nth = nth.ok_or_else(|| format!("“{kind}” is not it: #1 is the first message on the link"))?;
            return Ok(Act::Inputs(vec![Input::Message { from, to, nth, fate }]));
        }
        Ok(Act::Message { kind: self.names.message_kind(&kind)?, from, to, fate })
    }

    fn parts(&mut self) -> Result<Vec<Part>, String> {
        const PARTS: [&str; 6] = ["latency", "loss", "duplicate", "reorder", "ordered", "unordered"];
        let mut parts = Vec::new();
        while self.peek().is_some() || parts.is_empty() {
            let word = self.take("latency, loss, duplicate, reorder, ordered or unordered")?;
            parts.push(match word.as_str() {
                "latency" => Part::Latency(self.latency(&PARTS)?),
                "loss" => Part::Loss(self.chance()?),
                "duplicate" => Part::Duplicate(self.chance()?),
                "reorder" => Part::Reorder(self.chance()?),
                "ordered" => Part::Ordered(true),
                "unordered" => Part::Ordered(false),
                other => return Err(unknown("part of a network", other, PARTS.into_iter())),
            });
        }
        Ok(parts)
    }
}

/// A shape of latency in words: `50ms`, `40ms to 60ms`, `exponential 20ms`, `normal 50ms deviation 5ms`,
/// `log-normal 50ms sigma 0.5`, `pareto 5ms alpha 1.5`, `quantiles 1ms 2ms 9ms`, `2ms plus …`,
/// `90% 5ms or 10% …`.
pub(super) fn latency<T: AsRef<str>>(words: &[T]) -> Result<Latency, String> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    shape(&words, MOST_NESTED)
}

/// A shape of latency that may have so many inside one another.
fn shape(words: &[&str], nested: u8) -> Result<Latency, String> {
    const FORMS: &str = "a latency is 50ms, 40ms to 60ms, exponential 20ms, normal 50ms deviation 5ms, log-normal 50ms sigma 0.5, \
                         pareto 5ms alpha 1.5, quantiles 1ms 2ms 9ms, or 2ms plus one of these, or 90% one or 10% another";
    let inner = |words: &[&str]| match nested.checked_sub(1) {
        Some(nested) => shape(words, nested),
        None => Err(format!("shapes lie inside shapes, more than {MOST_NESTED} deep")),
    };
    let thousandths = |text: &str| match Value::read(text) {
        Value::Number(parts) => u32::try_from(parts / 1000).map_err(|_| format!("“{text}” is too large")),
        _ => Err(format!("“{text}” is no number")),
    };
    let found = match words {
        [first, ..] if first.ends_with('%') => {
            let parts = words.split(|word| *word == "or").map(|part| match part {
                [chance, rest @ ..] => Ok((Chance::parse(chance)?.parts(), inner(rest)?)),
                [] => Err(FORMS.into()),
            });
            Latency::Mixture(parts.collect::<Result<_, String>>()?)
        }
        [span] => Latency::Constant(Span::parse(span)?),
        [min, "to", max] => Latency::Uniform { min: Span::parse(min)?, max: Span::parse(max)? },
        ["exponential", mean] => Latency::Exponential { min: Span::ZERO, mean: Span::parse(mean)? },
        [min, "plus", "exponential", mean] => Latency::Exponential { min: Span::parse(min)?, mean: Span::parse(mean)? },
        ["normal", mean, "deviation", deviation] => Latency::Normal { mean: Span::parse(mean)?, deviation: Span::parse(deviation)? },
        ["log-normal", median, "sigma", sigma] => Latency::LogNormal { median: Span::parse(median)?, sigma: thousandths(sigma)? },
        ["pareto", min, "alpha", alpha] => Latency::Pareto { min: Span::parse(min)?, alpha: thousandths(alpha)? },
        ["quantiles", points @ ..] => Latency::Quantiles(points.iter().map(|point| Span::parse(point)).collect::<Result<_, _>>()?),
        [offset, "plus", rest @ ..] => Latency::After(Span::parse(offset)?, Box::new(inner(rest)?)),
        _ => return Err(FORMS.into()),
    };
    found.check().map(|()| found)
}

/// The description of a setting.
pub(super) fn spec<'a>(names: &Names, key: &str) -> Result<&'a ParamSpec, String> {
    let params = names.about.params;
    params.iter().find(|spec| spec.key == key).ok_or_else(|| unknown("setting", key, params.iter().map(|spec| spec.key)))
}
