//! The one input of a run: which model, with which settings, from which seed, on which network, and
//! what is done to it when. The same scenario gives the same run on every machine.
//!
//! People write it as JSON (or TOML in a lab) with lengths of time like `120ms` and chances like
//! `5%`; links carry the same thing packed.

use crate::models::{Library, Model};
use crate::protocol::{About, Settings};
use crate::sim::{Chance, Latency, LinkRule, Network, NodeId, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that a run depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Which model: the id of one in the [`Library`].
    pub model: String,
    /// How many nodes it has.
    pub nodes: u16,
    /// How many clients there are.
    pub clients: u16,
    /// All randomness follows from it.
    pub seed: u64,
    /// Settings of the model that are not as by default.
    #[serde(default)]
    pub settings: BTreeMap<String, i64>,
    /// How messages travel.
    #[serde(default)]
    pub network: Network,
    /// How disks work.
    #[serde(default)]
    pub disk: Disk,
    /// What clients ask for by themselves, if anything.
    #[serde(default)]
    pub workload: Option<Workload>,
    /// How long a client waits for an answer before it gives up.
    pub patience: Span,
    /// Faults, requests and other gestures, in the order of their times.
    #[serde(default)]
    pub inputs: Vec<Timed>,
}

/// An input and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// When it takes effect.
    pub at: Time,
    /// What it does.
    pub input: Input,
}

/// Something done to a run from outside. Nothing else can influence it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Input {
    /// A node stops at once and forgets everything that is not on its disk.
    Crash(NodeId),
    /// A crashed node starts again.
    Restart(NodeId),
    /// A node stops working; nothing reaches it, nothing is forgotten.
    Pause(NodeId),
    /// A paused node goes on, and finds everything that came meanwhile.
    Resume(NodeId),
    /// A node needs this long for each event, or no time again.
    Work {
        /// Which node.
        node: NodeId,
        /// How long it needs.
        time: Option<Latency>,
    },
    /// Nothing passes in this direction any more, and what is on its way is lost.
    Cut {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
    },
    /// Undoes a cut.
    Heal {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
    },
    /// Only members of the same group reach one another; all others form one more group.
    Partition(Vec<Vec<NodeId>>),
    /// Undoes every cut and the partition.
    HealAll,
    /// The network works in another way from now on.
    Network(Network),
    /// One direction of a link works in a way of its own from now on.
    Link {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// What is different about it.
        rule: LinkRule,
    },
    /// A node's wall clock is set forward, or back.
    ClockStep {
        /// Which node.
        node: NodeId,
        /// By how many nanoseconds.
        by: i64,
    },
    /// A node's clocks run at another rate.
    ClockRate {
        /// Which node.
        node: NodeId,
        /// How much faster than true time, in parts of a billion.
        parts_per_billion: i32,
    },
    /// A node's disk works in another way from now on.
    Disk {
        /// Which node.
        node: NodeId,
        /// How it works.
        disk: Disk,
    },
    /// A client asks a node for something.
    Invoke {
        /// Which client, from 0.
        client: u16,
        /// Which node it asks.
        node: NodeId,
        /// What for: an index into the model's operations.
        op: u8,
        /// With which argument.
        argument: i64,
    },
    /// Something happens to one message: the `nth` on its link, from 0.
    Message {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// Which one.
        nth: u32,
        /// What happens to it.
        fate: Fate,
    },
    /// A node's next timer of this kind runs out now.
    Fire {
        /// Which node.
        node: NodeId,
        /// Which kind: an index into the model's timers.
        timer: u8,
    },
    /// A setting of the model changes.
    Set {
        /// Which setting.
        key: String,
        /// Its new value.
        value: i64,
    },
}

/// Where an input acts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At one node.
    Node(NodeId),
    /// On the way from one endpoint to another.
    Link {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
    },
    /// At no one place.
    Everywhere,
}

impl Input {
    /// Where it acts at once.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Crash(node)
            | Self::Restart(node)
            | Self::Pause(node)
            | Self::Resume(node)
            | Self::Work { node, .. }
            | Self::ClockStep { node, .. }
            | Self::ClockRate { node, .. }
            | Self::Disk { node, .. }
            | Self::Fire { node, .. }
            | Self::Invoke { node, .. } => Place::Node(*node),
            Self::Cut { from, to } | Self::Heal { from, to } | Self::Link { from, to, .. } | Self::Message { from, to, .. } => {
                Place::Link { from: *from, to: *to }
            }
            Self::Partition(_) | Self::HealAll | Self::Network(_) | Self::Set { .. } => Place::Everywhere,
        }
    }
}

/// What can happen to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It arrives this much later.
    Delay(Span),
    /// It arrives at once.
    Deliver,
}

/// How a disk works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// How long a sync takes.
    pub sync: Latency,
    /// How likely a crash leaves some of the unsynced writes on the disk: the first few, torn off
    /// at a random place.
    #[serde(default)]
    pub torn: Chance,
}

impl Default for Disk {
    fn default() -> Self {
        Self { sync: Latency::Constant(Span::millis(5)), torn: Chance::NEVER }
    }
}

/// What clients ask for by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How the requests of one client follow one another.
    pub pace: Pace,
    /// Whom they ask.
    pub route: Route,
    /// How many keys they use; with one, all ask for the same thing.
    pub keys: u32,
    /// How many requests each client sends at most.
    pub limit: u32,
}

/// How the requests of one client follow one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// The next is sent so long after the answer to the last: the load gives way.
    Closed(Latency),
    /// The next is sent so long after the last, answered or not: the load does not care.
    Open(Latency),
}

/// Whom clients ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Always the same node.
    To(NodeId),
    /// Each client a node of its own.
    Home,
    /// One after the other.
    Rotate,
    /// Any.
    Random,
}

/// Why a scenario cannot be run, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place, such as `inputs[3].cut.from`.
    pub place: String,
    /// What is wrong there.
    pub why: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.place, self.why)
    }
}

impl std::error::Error for Fault {}

fn fault<T>(place: impl Into<String>, why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { place: place.into(), why: why.into() })
}

impl Scenario {
    /// The largest number of nodes and clients together.
    pub const MOST_ENDPOINTS: u32 = 20_000;

    /// A model as it is if nothing is said.
    #[must_use]
    pub fn new(about: &About, seed: u64) -> Self {
        Self {
            model: about.id.into(),
            nodes: about.nodes.default,
            clients: about.clients,
            seed,
            settings: BTreeMap::new(),
            network: Network::default(),
            disk: Disk::default(),
            workload: None,
            patience: Span::secs(1),
            inputs: Vec::new(),
        }
    }

    /// Adds an input, keeping the inputs in order; among those of the same time it is the last.
    /// Returns its index.
    pub fn add(&mut self, at: Time, input: Input) -> usize {
        let index = self.inputs.partition_point(|other| other.at <= at);
        self.inputs.insert(index, Timed { at, input });
        index
    }

    /// The settings of a model, with what this scenario says of them.
    #[must_use]
    pub fn settings<'a>(&'a self, about: &About) -> Settings<'a> {
        Settings { specs: about.params, values: &self.settings }
    }

    /// The model of this scenario, if the scenario can be run.
    ///
    /// # Errors
    /// Names the first fault and its place.
    pub fn check(&self, library: &Library) -> Result<Model, Fault> {
        let Some(model) = library.find(&self.model) else {
            let known: Vec<_> = library.models().iter().map(|model| model.about().id).collect();
            return fault("model", format!("there is no model “{}”; there are {}", self.model, known.join(", ")));
        };
        self.check_for(model.about())?;
        Ok(model)
    }

    /// Whether this scenario can be run with a model of this description.
    ///
    /// # Errors
    /// Names the first fault and its place.
    pub fn check_for(&self, about: &About) -> Result<(), Fault> {
        let nodes = about.nodes;
        if self.nodes < nodes.min || self.nodes > nodes.max {
            return fault("nodes", format!("{} has {} to {} nodes, not {}", about.title, nodes.min, nodes.max, self.nodes));
        }
        if u32::from(self.nodes) + u32::from(self.clients) > Self::MOST_ENDPOINTS {
            return fault("clients", format!("there can be {} nodes and clients together", Self::MOST_ENDPOINTS));
        }
        for (key, value) in &self.settings {
            check_setting(about, key, *value, &format!("settings.{key}"))?;
        }
        check_network(&self.network, "network")?;
        check_latency(&self.disk.sync, "disk.sync")?;
        if let Some(workload) = &self.workload {
            let (Pace::Closed(gap) | Pace::Open(gap)) = &workload.pace;
            check_latency(gap, "workload.pace")?;
            if let Route::To(node) = workload.route {
                self.check_node(node, "workload.route")?;
            }
            if workload.keys == 0 {
                return fault("workload.keys", "clients need at least one key");
            }
            if about.ops.is_empty() {
                return fault("workload", format!("{} has no operations for clients", about.title));
            }
        }
        if !self.inputs.is_sorted_by_key(|timed| timed.at) {
            return fault("inputs", "they must stand in the order of their times");
        }
        for (index, timed) in self.inputs.iter().enumerate() {
            self.check_input(about, &timed.input, &format!("inputs[{index}]"))?;
        }
        Ok(())
    }

    fn check_input(&self, about: &About, input: &Input, place: &str) -> Result<(), Fault> {
        match input {
            Input::Crash(node)
            | Input::Restart(node)
            | Input::Pause(node)
            | Input::Resume(node)
            | Input::ClockStep { node, .. }
            | Input::ClockRate { node, .. }
            | Input::Fire { node, .. } => self.check_node(*node, place),
            Input::Work { node, time } => {
                self.check_node(*node, place)?;
                time.as_ref().map_or(Ok(()), |time| check_latency(time, place))
            }
            Input::Disk { node, disk } => {
                self.check_node(*node, place)?;
                check_latency(&disk.sync, place)
            }
            Input::Cut { from, to } | Input::Heal { from, to } | Input::Message { from, to, .. } => self.check_link(*from, *to, place),
            Input::Link { from, to, rule } => {
                self.check_link(*from, *to, place)?;
                rule.latency.as_ref().map_or(Ok(()), |latency| check_latency(latency, place))
            }
            Input::Partition(groups) => {
                if groups.len() > 255 {
                    return fault(place, "a partition has at most 255 groups");
                }
                groups.iter().flatten().try_for_each(|&member| self.check_endpoint(member, place))
            }
            Input::HealAll => Ok(()),
            Input::Network(network) => check_network(network, place),
            Input::Invoke { client, node, op, .. } => {
                self.check_node(*node, place)?;
                if *client >= self.clients {
                    return fault(place, format!("there is no client {}; there are {}", client + 1, self.clients));
                }
                if usize::from(*op) >= about.ops.len() {
                    return fault(place, format!("{} has no operation {op}", about.title));
                }
                Ok(())
            }
            Input::Set { key, value } => check_setting(about, key, *value, place),
        }
    }

    fn check_node(&self, node: NodeId, place: &str) -> Result<(), Fault> {
        if node.0 < self.nodes {
            return Ok(());
        }
        fault(place, format!("there is no node {node}; there are {}", self.nodes))
    }

    fn check_endpoint(&self, endpoint: NodeId, place: &str) -> Result<(), Fault> {
        if u32::from(endpoint.0) < u32::from(self.nodes) + u32::from(self.clients) {
            return Ok(());
        }
        fault(place, format!("there is no node or client {}", endpoint.0))
    }

    fn check_link(&self, from: NodeId, to: NodeId, place: &str) -> Result<(), Fault> {
        self.check_endpoint(from, place)?;
        self.check_endpoint(to, place)?;
        if from == to {
            return fault(place, format!("there is no link from {from} to itself"));
        }
        Ok(())
    }
}

fn check_latency(latency: &Latency, place: &str) -> Result<(), Fault> {
    latency.check().or_else(|why| fault(place, why))
}

fn check_network(network: &Network, place: &str) -> Result<(), Fault> {
    if network.bandwidth == Some(0) {
        return fault(format!("{place}.bandwidth"), "a link without any bandwidth carries nothing; cut it instead");
    }
    check_latency(&network.latency, &format!("{place}.latency"))
}

fn check_setting(about: &About, key: &str, value: i64, place: &str) -> Result<(), Fault> {
    let Some(spec) = about.params.iter().find(|spec| spec.key == key) else {
        let known: Vec<_> = about.params.iter().map(|spec| spec.key).collect();
        return fault(place, format!("{} has no setting “{key}”; it has {}", about.title, known.join(", ")));
    };
    spec.kind.check(spec.label, value).or_else(|why| fault(place, why))
}
