//! The five properties of Raft, as far as one moment shows them: what nodes have forgotten in a crash
//! is not held against them.

use super::Raft;
use super::log::{Entry, Log};
use super::memory::{Leader, Memory, Role};
use crate::protocol::{Cluster, Invariant, Seen};

pub(super) const PROMISES: &[Invariant<Raft>] = &[
    Invariant { id: "election-safety", promise: "A term has at most one leader.", holds: election_safety },
    Invariant { id: "leader-append-only", promise: "A leader only ever adds to its log.", holds: leader_append_only },
    Invariant {
        id: "log-matching",
        promise: "Logs that share an entry's place and term share it and everything before it.",
        holds: log_matching,
    },
    Invariant { id: "leader-completeness", promise: "What is committed is in the log of every later leader.", holds: leader_completeness },
    Invariant {
        id: "state-machine-safety",
        promise: "No two nodes apply different entries at the same place.",
        holds: state_machine_safety,
    },
];

fn leaders<'a>(cluster: &'a Cluster<'_, Raft>) -> impl Iterator<Item = (&'a Seen<'a, Raft>, &'a Leader)> {
    cluster.nodes().iter().filter_map(|node| match node.memory {
        Some(Memory { role: Role::Leader(leader), .. }) => Some((node, &**leader)),
        _ => None,
    })
}

fn pairs<'a>(cluster: &'a Cluster<'_, Raft>) -> impl Iterator<Item = (&'a Seen<'a, Raft>, &'a Seen<'a, Raft>)> {
    let nodes = cluster.nodes();
    nodes.iter().enumerate().flat_map(move |(index, a)| nodes[index + 1..].iter().map(move |b| (a, b)))
}

/// The first place at which two lists of entries differ, where both have one.
fn first_difference(a: &[Entry], b: &[Entry]) -> Option<usize> {
    a.iter().zip(b).position(|(a, b)| a != b).map(|position| position + 1)
}

fn election_safety(cluster: &Cluster<'_, Raft>) -> Result<(), String> {
    let leads = |node: &Seen<'_, Raft>| matches!(node.memory, Some(Memory { role: Role::Leader(_), .. }));
    for (a, b) in pairs(cluster) {
        if leads(a) && leads(b) && a.disk.term == b.disk.term {
            return Err(format!("{} and {} both lead term {}", a.me, b.me, a.disk.term));
        }
    }
    Ok(())
}

fn leader_append_only(cluster: &Cluster<'_, Raft>) -> Result<(), String> {
    for (node, leader) in leaders(cluster) {
        let seal = node.disk.log.entries().iter().fold((0, 0), |seal, entry| Leader::seal(seal, *entry));
        if seal != leader.sealed {
            return Err(format!("{} leads, and its log is not what it has made of it", node.me));
        }
    }
    Ok(())
}

/// The last place at which two logs have the same term, if any.
fn last_shared(a: &Log, b: &Log) -> Option<u64> {
    (1..=a.len().min(b.len())).rev().find(|&index| a.term(index) == b.term(index))
}

fn log_matching(cluster: &Cluster<'_, Raft>) -> Result<(), String> {
    for (a, b) in pairs(cluster) {
        let (log_a, log_b) = (&a.disk.log, &b.disk.log);
        let Some(last) = last_shared(log_a, log_b) else { continue };
        if let Some(place) = first_difference(&log_a.entries()[..last as usize], log_b.entries()) {
            return Err(format!("{} and {} share the term at place {last}, and differ at {place}", a.me, b.me));
        }
    }
    Ok(())
}

fn leader_completeness(cluster: &Cluster<'_, Raft>) -> Result<(), String> {
    for (leader, _) in leaders(cluster) {
        for node in cluster.nodes().iter().filter(|node| node.disk.term <= leader.disk.term) {
            let Some(memory) = node.memory else { continue };
            let (log, committed) = (leader.disk.log.entries(), &memory.machine.applied);
            let lacks = first_difference(log, committed).or((log.len() < committed.len()).then_some(log.len() + 1));
            if let Some(place) = lacks {
                return Err(format!("{} leads without what {} knows to be committed at place {place}", leader.me, node.me));
            }
        }
    }
    Ok(())
}

fn state_machine_safety(cluster: &Cluster<'_, Raft>) -> Result<(), String> {
    for (a, b) in pairs(cluster) {
        let (Some(memory_a), Some(memory_b)) = (a.memory, b.memory) else { continue };
        if let Some(place) = first_difference(&memory_a.machine.applied, &memory_b.machine.applied) {
            return Err(format!("{} and {} have applied different entries at place {place}", a.me, b.me));
        }
    }
    Ok(())
}
