//! Published results, obtained by running the engine.
//!
//! The other tests show that a run is the same everywhere; these show that it is right. Each answer
//! is a number that somebody proved or measured without this engine: here the same system is built
//! from nodes, messages, timers and clients, run, and counted. A bias in how the engine draws a
//! latency, picks a peer, orders events or lets a node work shows as a wrong number.
//!
//! `cargo test --test known_answers -- --nocapture` prints the table. Seeds are fixed, so it is
//! always the same table.

// The same runs give the same traces in WebAssembly, which `same_everywhere` holds; what is computed
// from them here is for people, and in a debug build there would take a minute.
#![cfg(not(target_arch = "wasm32"))]

mod measure;
mod protocols;
mod queues;
mod rumors;
mod swim;
