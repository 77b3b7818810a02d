//! The systems that are measured, each as its source describes it and no larger.

mod server;

pub(crate) use server::Server;
