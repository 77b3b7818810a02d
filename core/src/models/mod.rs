//! The models: one file per protocol or mechanism. A new one is a file here and a line in
//! [`Library::standard`]; everything else finds it in the library.

mod account;
mod backoff;
mod cluster;
mod contention;
mod gossip;
mod lock_service;
mod number_set;
mod ping_pong;
mod primary_backup;
mod queue_server;
mod quorums;
mod raft;
mod read_write;
mod register;
mod replicated_log;
mod service_chain;
mod two_generals;
mod two_phase_commit;

pub use account::Account;
pub use cluster::Cluster;
pub use contention::Contention;
pub use gossip::Gossip;
pub use lock_service::LockService;
pub use ping_pong::PingPong;
pub use primary_backup::PrimaryBackup;
pub use queue_server::QueueServer;
pub use quorums::Quorums;
pub use raft::Raft;
pub use register::Register;
pub use replicated_log::ReplicatedLog;
pub use service_chain::ServiceChain;
pub use two_generals::TwoGenerals;
pub use two_phase_commit::TwoPhaseCommit;

use crate::protocol::{About, Protocol, Settings};
use crate::sim::{Host, Typed};

/// A protocol that can be run, its types forgotten.
///
/// What is said of it is asked for only when it is needed: a page that shows one model first need not
/// wait for the words of all the others.
#[derive(Clone, Copy)]
pub struct Model {
    id: &'static str,
    about: fn() -> &'static About,
    host: fn(u16, &Settings<'_>) -> Box<dyn Host>,
}

impl Model {
    /// The model of a protocol.
    #[must_use]
    pub fn of<P: Protocol>() -> Self {
        Self { id: P::ABOUT.id, about: || P::ABOUT, host: |nodes, settings| Box::new(Typed::<P>::new(nodes, settings)) }
    }

    /// What can be said of it without running it.
    #[must_use]
    pub fn about(&self) -> &'static About {
        (self.about)()
    }

    /// So many nodes of it that have not started yet.
    #[must_use]
    pub fn host(&self, nodes: u16, settings: &Settings<'_>) -> Box<dyn Host> {
        (self.host)(nodes, settings)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Model({})", self.id)
    }
}

/// The models that scenarios can name.
#[derive(Clone, Debug)]
pub struct Library(Vec<Model>);

impl Library {
    /// All models that come with Faultline.
    #[must_use]
    pub fn standard() -> Self {
        Self(vec![
            Model::of::<PingPong>(),
            Model::of::<PrimaryBackup>(),
            Model::of::<QueueServer>(),
            Model::of::<Gossip>(),
            Model::of::<Raft>(),
            Model::of::<Register>(),
            Model::of::<Quorums>(),
            Model::of::<ReplicatedLog>(),
            Model::of::<Cluster>(),
            Model::of::<Account>(),
            Model::of::<TwoGenerals>(),
            Model::of::<TwoPhaseCommit>(),
            Model::of::<LockService>(),
            Model::of::<ServiceChain>(),
            Model::of::<Contention>(),
        ])
    }

    /// This library and one model more.
    #[must_use]
    pub fn with<P: Protocol>(mut self) -> Self {
        self.0.push(Model::of::<P>());
        self
    }

    /// Every model.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.0
    }

    /// The model of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Model> {
        self.0.iter().copied().find(|model| model.id == id)
    }
}
