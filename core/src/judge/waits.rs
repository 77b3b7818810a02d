//! Deadlock: some wait for one another in a circle.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Each waits for the next, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle<Who>(pub Vec<Who>);

impl<Who: fmt::Display> fmt::Display for Circle<Who> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|who| write!(out, "{who} waits for "))?;
        self.0.first().map_or(Ok(()), |first| write!(out, "{first}"))
    }
}

/// Whether nobody waits for themselves by way of others, given who waits for whom.
///
/// # Errors
/// Gives a shortest circle.
pub fn no_circle<Who: Ord + Clone>(waits: impl IntoIterator<Item = (Who, Who)>) -> Result<(), Circle<Who>> {
    let mut next: BTreeMap<Who, Vec<Who>> = BTreeMap::new();
    waits.into_iter().for_each(|(who, whom)| next.entry(who).or_default().push(whom));
    let shortest = next.keys().filter_map(|start| {
        let mut before: BTreeMap<&Who, &Who> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(who) = queue.pop_front() {
            for whom in next.get(who).into_iter().flatten() {
                if whom == start {
                    let mut circle = vec![who.clone()];
                    let mut at = who;
                    while at != start {
                        at = before[at];
                        circle.push(at.clone());
                    }
                    circle.reverse();
                    return Some(circle);
                }
                if !before.contains_key(whom) {
                    before.insert(whom, who);
                    queue.push_back(whom);
                }
            }
        }
        None
    });
    shortest.min_by_key(Vec::len).map_or(Ok(()), |circle| Err(Circle(circle)))
}
