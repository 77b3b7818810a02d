//! madsim at work: a node of its runtime for every node, an endpoint for every node.
//!
//! An endpoint is what madsim's UDP socket is made of; using it directly spares madsim the socket's
//! log spans. Its default network is the one wanted here, and is spelt out all the same.

use crate::work::{GOSSIP_EVERY, Gossip, LONGEST, Play, SEED, SHORTEST, Work};
use madsim::Config;
use madsim::net::Endpoint;
use madsim::runtime::Runtime;
use madsim::time::{interval, sleep};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PORT: u16 = 9000;
/// Endpoints sort what they receive by tags. One is enough.
const TAG: u64 = 0;

/// A run that is ready to start.
pub(crate) struct Run {
    runtime: Runtime,
    messages: u64,
    delivered: Arc<AtomicU64>,
}

impl Run {
    pub(crate) fn new(work: &Work) -> Self {
        let mut config = Config::default();
        config.net.packet_loss_rate = 0.0;
        config.net.send_latency = SHORTEST..LONGEST;
        let runtime = Runtime::with_seed_and_config(SEED, config);
        let delivered = Arc::new(AtomicU64::new(0));
        let Work { play, nodes, messages } = *work;
        for node in 0..nodes {
            let delivered = delivered.clone();
            let host = runtime.create_node().name(format!("n{node}")).ip(address(node).ip()).build();
            host.spawn(async move {
                let endpoint = Endpoint::bind(address(node)).await?;
                match play {
                    Play::PingPong if node.is_multiple_of(2) => serve(&endpoint, address(node + 1), &delivered).await,
                    Play::PingPong => return_balls(&endpoint, &delivered).await,
                    Play::Gossip => gossip(Gossip::new(node, nodes), endpoint, delivered).await,
                }
            });
        }
        Self { runtime, messages, delivered }
    }

    /// Runs until enough messages are delivered; says how many.
    pub(crate) fn go(&mut self) -> u64 {
        self.runtime.block_on(async {
            while self.delivered.load(Ordering::Relaxed) < self.messages {
                sleep(Duration::from_millis(100)).await;
            }
        });
        self.delivered.load(Ordering::Relaxed)
    }
}

fn address(node: u16) -> SocketAddr {
    let [high, low] = (node + 1).to_be_bytes();
    (IpAddr::from(Ipv4Addr::new(10, 0, high, low)), PORT).into()
}

/// Receives one number.
async fn receive(endpoint: &Endpoint, delivered: &AtomicU64) -> io::Result<(u64, SocketAddr)> {
    let mut bytes = [0; 8];
    let (_, from) = endpoint.recv_from(TAG, &mut bytes).await?;
    delivered.fetch_add(1, Ordering::Relaxed);
    Ok((u64::from_le_bytes(bytes), from))
}

async fn serve(endpoint: &Endpoint, partner: SocketAddr, delivered: &AtomicU64) -> io::Result<()> {
    let mut ball = 0u64;
    loop {
        ball += 1;
        endpoint.send_to(partner, TAG, &ball.to_le_bytes()).await?;
        while receive(endpoint, delivered).await?.0 != ball {}
    }
}

async fn return_balls(endpoint: &Endpoint, delivered: &AtomicU64) -> io::Result<()> {
    loop {
        let (ball, from) = receive(endpoint, delivered).await?;
        endpoint.send_to(from, TAG, &ball.to_le_bytes()).await?;
    }
}

async fn gossip(gossip: Gossip, endpoint: Endpoint, delivered: Arc<AtomicU64>) -> io::Result<()> {
    let gossip = Arc::new(Mutex::new(gossip));
    let (ears, heard) = (endpoint.clone(), gossip.clone());
    madsim::task::spawn(async move {
        while let Ok((news, _)) = receive(&ears, &delivered).await {
            heard.lock().expect("no task panics").hear(news);
        }
    });
    let mut rounds = interval(GOSSIP_EVERY);
    loop {
        rounds.tick().await;
        let (to, news) = {
            let mut gossip = gossip.lock().expect("no task panics");
            (gossip.tell(), gossip.news)
        };
        endpoint.send_to(address(to), TAG, &news.to_le_bytes()).await?;
    }
}
