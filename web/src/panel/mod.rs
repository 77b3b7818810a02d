//! What stands around the stage.

pub(crate) mod branches;
pub(crate) mod changes;
pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod flights;
pub(crate) mod help;
pub(crate) mod inspector;
pub(crate) mod links;
pub(crate) mod matrix;
pub(crate) mod menu;
pub(crate) mod promises;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod told;
pub(crate) mod transport;
