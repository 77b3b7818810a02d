//! The stage: a moment of a run becomes a display list, the list becomes a picture.

mod actors;
mod board;
mod canvas;
mod labels;
mod layout;
mod scene;
pub(crate) mod touch;
mod traffic;
mod way;

pub(crate) use actors::{actors, tone_name};
pub(crate) use board::{Board, HEAL};
pub(crate) use canvas::Painter;
pub(crate) use labels::width_of;
pub(crate) use layout::{Area, Layout, Point};
pub(crate) use scene::{Scene, Who, is_linked, on_its_way, tone};
pub(crate) use touch::{Finger, Target};
