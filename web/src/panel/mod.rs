//! What stands around the stage.

pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod inspector;
pub(crate) mod settings;
pub(crate) mod transport;
