//! Raft as its readers know it: what its papers tell, what its implementers got wrong, and what no
//! chaos may break.

// The same runs give the same traces in WebAssembly, which `same_everywhere` holds.
#![cfg(not(target_arch = "wasm32"))]

mod chaos;
mod counts;
mod elections;
mod logs;
mod mistakes;
mod reads;
mod story;
#[path = "../support/mod.rs"]
mod support;
