//! Elections: the outcomes that scripts for implementations of Raft look for, and those of the first
//! lab.

use crate::story::Story;
use faultline::scenario::Input;
use faultline::sim::{LinkRule, NodeId, Span};

#[test]
fn a_candidate_with_a_majority_leads_and_the_others_follow_it() {
    let mut story = Story::new(3, &[]);
    story.elect(1);
    assert_eq!(story.leaders(), [(1, 1)]);
    for follower in [2, 3] {
        assert_eq!((story.role(follower), story.shows(follower, "leader").as_str()), ("follower", "n1"));
        assert_eq!(story.shows(follower, "voted for"), "n1");
    }
    // The new leader's empty entry is committed at once, and known to be so with the next heartbeat.
    story.wait(100);
    assert_eq!(story.logs(), ["1|"; 3]);
    story.kept();
}
