//! turmoil at work: a host for every node, a UDP socket for every host, as in its documentation.
//!
//! turmoil moves in ticks: in each, the network and then every host gets its turn, whether there is
//! something to do or not. So a longer tick is less work for the same messages, but also a coarser
//! network: a message waits for the next tick. [`TICKS`] go up to the longest latency; with that one
//! every message takes one tick, and there is no random latency left.

use crate::work::{GOSSIP_EVERY, Gossip, LONGEST, Play, SEED, SHORTEST, Work};
use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::interval;
use turmoil::net::UdpSocket;
use turmoil::{Builder, Sim};

/// The lengths of a tick to choose from; 1 ms is turmoil's own.
pub(crate) const TICKS: [Duration; 4] =
    [Duration::from_millis(1), Duration::from_millis(2), Duration::from_millis(5), Duration::from_millis(10)];

/// turmoil's latencies are exponential and cut off at the longest. With this rate their mean is that
/// of the uniform ones, 5.5 ms.
const LATENCY_CURVE: f64 = 1.39;

const PORT: u16 = 9000;

/// A run that is ready to start.
pub(crate) struct Run {
    sim: Sim<'static>,
    messages: u64,
    delivered: Rc<Cell<u64>>,
}

impl Run {
    pub(crate) fn new(work: &Work, tick: Duration) -> Self {
        let mut sim = Builder::new()
            .rng_seed(SEED)
            .tick_duration(tick)
            .min_message_latency(SHORTEST)
            .max_message_latency(LONGEST)
            // Ends early only if there is something wrong.
            .simulation_duration(Duration::MAX)
            .build();
        sim.set_message_latency_curve(LATENCY_CURVE);
        let delivered = Rc::new(Cell::new(0));
        let addresses: Rc<[SocketAddr]> = (0..work.nodes).map(|node| (sim.lookup(format!("n{node}")), PORT).into()).collect();
        let Work { play, nodes, messages } = *work;
        for node in 0..nodes {
            let (addresses, delivered) = (addresses.clone(), delivered.clone());
            sim.host(addresses[usize::from(node)].ip(), move || {
                let (addresses, delivered) = (addresses.clone(), delivered.clone());
                async move {
                    match play {
                        Play::PingPong if node.is_multiple_of(2) => serve(addresses[usize::from(node + 1)], &delivered).await,
                        Play::PingPong => return_balls(&delivered).await,
                        Play::Gossip => gossip(Gossip::new(node, nodes), addresses, delivered).await,
                    }
                }
            });
        }
        Self { sim, messages, delivered }
    }

    /// Runs until enough messages are delivered; says how many.
    pub(crate) fn go(&mut self) -> u64 {
        while self.delivered.get() < self.messages {
            self.sim.step().expect("no host fails");
        }
        self.delivered.get()
    }
}

async fn socket() -> turmoil::Result<UdpSocket> {
    Ok(UdpSocket::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?)
}

/// Receives one number.
async fn receive(socket: &UdpSocket, delivered: &Cell<u64>) -> turmoil::Result<(u64, SocketAddr)> {
    let mut bytes = [0; 8];
    let (_, from) = socket.recv_from(&mut bytes).await?;
    delivered.set(delivered.get() + 1);
    Ok((u64::from_le_bytes(bytes), from))
}

async fn serve(partner: SocketAddr, delivered: &Cell<u64>) -> turmoil::Result {
    let socket = socket().await?;
    let mut ball = 0u64;
    loop {
        ball += 1;
        socket.send_to(&ball.to_le_bytes(), partner).await?;
        while receive(&socket, delivered).await?.0 != ball {}
    }
}

async fn return_balls(delivered: &Cell<u64>) -> turmoil::Result {
    let socket = socket().await?;
    loop {
        let (ball, from) = receive(&socket, delivered).await?;
        socket.send_to(&ball.to_le_bytes(), from).await?;
    }
}

async fn gossip(gossip: Gossip, addresses: Rc<[SocketAddr]>, delivered: Rc<Cell<u64>>) -> turmoil::Result {
    let socket = Rc::new(socket().await?);
    let gossip = Rc::new(RefCell::new(gossip));
    let (ears, heard) = (socket.clone(), gossip.clone());
    tokio::task::spawn_local(async move {
        while let Ok((news, _)) = receive(&ears, &delivered).await {
            heard.borrow_mut().hear(news);
        }
    });
    let mut rounds = interval(GOSSIP_EVERY);
    loop {
        rounds.tick().await;
        let to = gossip.borrow_mut().tell();
        let news = gossip.borrow().news;
        socket.send_to(&news.to_le_bytes(), addresses[usize::from(to)]).await?;
    }
}
