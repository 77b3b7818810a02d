//! The stage: a moment of a run becomes a display list, the list becomes a picture.

mod actors;
mod canvas;
mod layout;
mod scene;
pub(crate) mod touch;

pub(crate) use actors::{actors, tone_name};
pub(crate) use canvas::Painter;
pub(crate) use layout::{Layout, Point};
pub(crate) use scene::{Crowd, Scene, crowd, on_its_way, tone};
pub(crate) use touch::{Finger, Target, Touch};
