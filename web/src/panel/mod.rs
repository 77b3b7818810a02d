//! What stands around the stage.

pub(crate) mod branches;
pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod flights;
pub(crate) mod inspector;
pub(crate) mod matrix;
pub(crate) mod menu;
pub(crate) mod promises;
pub(crate) mod settings;
pub(crate) mod transport;
