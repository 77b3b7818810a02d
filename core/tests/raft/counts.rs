//! What a command, a read and an election cost: exact counts of messages.

use crate::story::Story;

/// The messages of all kinds that something causes. Heartbeats and their answers are not counted:
/// they are as many without it.
fn messages(nodes: u16, settings: &[(&str, i64)], what: impl Fn(&mut Story)) -> usize {
    let second = 1_000_000_000;
    // Only one heartbeat, with the election.
    let mut story = Story::new(nodes, &[&[("heartbeat", 9 * second)], settings].concat());
    story.wait(10_000).elect(1);
    let kinds = ["vote for me", "vote", "no vote", "heartbeat", "append", "have it", "does not fit", "for a client"];
    let sent = |story: &Story| kinds.iter().map(|kind| story.sent(kind)).sum::<usize>();
    let before = sent(&story);
    what(&mut story);
    story.wait(200);
    story.kept();
    sent(&story) - before
}

#[test]
fn a_command_costs_a_message_and_an_answer_for_each_other_node() {
    let write = |nodes, number| {
        messages(nodes, &[], |story| {
            story.write(1, number);
        })
    };
    for nodes in 3..=9 {
        assert_eq!(write(nodes, 1), 2 * (usize::from(nodes) - 1));
    }
    assert_eq!(write(5, 2), 1 + 8, "and one more to pass it on");
}

#[test]
fn a_read_costs_as_much_as_a_write_or_nothing() {
    let ways = [("ReadIndex", 8, 8 + 2), ("log", 8, 8 + 1), ("lease", 0, 1), ("leader's copy", 0, 1), ("any copy", 0, 0)];
    for (reads, (way, at_leader, at_follower)) in (0..).zip(ways) {
        let read = |number| {
            messages(5, &[("reads", reads)], |story| {
                story.read(1, number);
            })
        };
        assert_eq!((read(1), read(2)), (at_leader, at_follower), "{way}");
    }
}

#[test]
fn an_election_costs_two_rounds_and_with_pre_vote_three() {
    for (pre_vote, rounds) in [(0, 2), (1, 3)] {
        let mut story = Story::new(5, &[("pre-vote", pre_vote)]);
        story.elect(1);
        let kinds = ["would you vote?", "vote for me", "vote", "append", "have it"];
        assert_eq!(kinds.iter().map(|kind| story.sent(kind)).sum::<usize>(), 8 * rounds);
        assert_eq!(story.sent("no vote") + story.sent("does not fit"), 0);
    }
}
