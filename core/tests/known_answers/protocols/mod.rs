//! The systems that are measured, each as its source describes it and no larger.

mod prober;
mod rumor;
mod server;

pub(crate) use prober::Prober;
pub(crate) use rumor::{Rumor, Style};
pub(crate) use server::Server;

use faultline::protocol::{Cx, Protocol};
use faultline::sim::NodeId;

/// Any node but this one, each as likely as the others.
fn anybody_else<P: Protocol>(cx: &mut Cx<'_, P>) -> NodeId {
    let other = cx.choose(u64::from(cx.nodes()) - 1) as u16;
    NodeId(if other < cx.me().0 { other } else { other + 1 })
}
