//! Elections: what the interaction scripts of known implementations look for, and the first lab.

use crate::story::Story;

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

#[test]
fn a_candidate_whose_log_is_behind_deposes_the_leader_and_does_not_win() {
    let mut story = Story::new(3, &[]);
    story.elect(1).wait(100).part(&[&[1, 2], &[3]]).write(1, 1).wait(200);
    assert_eq!(story.logs(), ["1 1|", "1 1|", "1|"]);
    story.campaign(3).wait(50).heal().campaign(3).wait(90);
    assert_eq!((story.role(1), story.role(3), story.leaders().len()), ("follower", "candidate", 0));
    assert_eq!(story.term(1), 3, "whoever hears of a newer term is in it");
    story.elect(2);
    assert_eq!(story.leaders(), [(2, 4)]);
    story.wait(200);
    assert_eq!(story.logs(), ["1 1 4|"; 3]);
    story.kept();
}

#[test]
fn a_node_votes_once_in_a_term() {
    let mut story = Story::new(5, &[]);
    story.campaign(1).campaign(5).wait(90);
    // Each voter heard one of them first.
    let votes: Vec<_> = (2..=4).map(|voter| story.shows(voter, "voted for")).collect();
    assert_eq!(story.leaders().len(), 1, "{votes:?}");
    story.kept();
}

#[test]
fn a_vote_is_told_when_it_is_on_disk_and_survives_a_crash() {
    let mut story = Story::new(3, &[]);
    story.part(&[&[1, 3], &[2]]).slow_disk(3, 50).campaign(1).wait(40);
    assert_eq!((story.shows(3, "voted for").as_str(), story.role(1)), ("n1", "candidate"), "voted, but nobody knows");
    story.crash(3).restart(3);
    assert_eq!(story.shows(3, "voted for"), "nobody", "what nobody knew was forgotten");
    story.wait(100).campaign(1).wait(100);
    assert_eq!(story.leaders(), [(1, 2)]);
    story.crash(3).restart(3);
    assert_eq!((story.term(3), story.shows(3, "voted for").as_str()), (2, "n1"));
    story.kept();
}

#[test]
fn with_pre_vote_nobody_is_disturbed_by_a_candidate_who_cannot_win() {
    let mut story = Story::new(3, &[("pre-vote", 1)]);
    // The others have heard from their leader not long ago.
    story.elect(1).wait(100).campaign(3).wait(80);
    assert_eq!((story.leaders(), story.term(3), story.sent("no vote")), (vec![(1, 1)], 1, 2));
    // The leader is gone, but this one's log is behind.
    story.part(&[&[1, 2], &[3]]).write(1, 1).wait(10_000).crash(1).heal().campaign(3).wait(80);
    assert_eq!((story.role(3), story.term(3), story.sent("no vote")), ("asking", 1, 3));
    story.kept();
}

#[test]
fn with_pre_vote_a_candidate_who_can_win_does_in_the_next_term() {
    let mut story = Story::with_timeouts(3, &[("pre-vote", 1)]);
    story.elect(1);
    assert_eq!(story.leaders(), [(1, 1)]);
    story.crash(1).wait(3_000);
    assert_eq!(story.leaders().iter().map(|(_, term)| *term).collect::<Vec<_>>(), [2]);
    story.kept();
}

/// A node that was alone for a while comes back.
fn rude_guest(pre_vote: i64) -> Story {
    let mut story = Story::with_timeouts(5, &[("pre-vote", pre_vote)]);
    story.elect(1).part(&[&[1, 2, 3, 4], &[5]]).wait(10_000);
    assert_eq!(story.leaders(), [(1, story.term(1))]);
    story.heal().wait(1_000);
    story.kept();
    story
}

#[test]
fn a_guest_that_comes_back_costs_the_leader_its_job_and_with_pre_vote_does_not() {
    let (without, with) = (rude_guest(0), rude_guest(1));
    assert!(without.term(1) > 5);
    assert!(!without.leaders().contains(&(1, 1)));
    assert_eq!((with.leaders(), with.term(5)), (vec![(1, 1)], 1));
}

#[test]
fn with_check_quorum_a_leader_that_hears_nobody_steps_down() {
    for check_quorum in [0, 1] {
        let mut story = Story::with_timeouts(5, &[("check-quorum", check_quorum)]);
        story.wait(3_000);
        let (old, term) = story.leaders()[0];
        let rest: Vec<_> = (1..=5).filter(|&number| number != old).collect();
        story.part(&[&[old], &rest]).wait(5_000);
        let leaders = story.leaders();
        assert_eq!(leaders.contains(&(old, term)), check_quorum == 0, "{leaders:?}");
        assert_eq!(leaders.iter().filter(|(number, _)| *number != old).count(), 1, "{leaders:?}");
        story.heal().wait(3_000);
        assert_eq!(story.leaders().len(), 1);
        story.kept();
    }
}

#[test]
fn with_check_quorum_those_who_hear_their_leader_give_no_votes() {
    let mut story = Story::new(3, &[("check-quorum", 1)]);
    story.elect(1);
    assert_eq!(story.leaders(), [(1, 1)]);
    // Forced, it is in a term of its own, in which nobody follows it.
    story.campaign(2).wait(15);
    assert_eq!((story.role(2), story.term(2), story.term(3)), ("candidate", 2, 1));
    story.kept();
}

/// Nobody can tell the leader anything, but it can tell everybody that it leads.
fn deaf_leader(check_quorum: i64) -> Story {
    let mut story = Story::with_timeouts(5, &[("pre-vote", 1), ("check-quorum", check_quorum)]);
    story.wait(3_000);
    let deaf = story.leaders()[0].0;
    for other in (1..=5).filter(|&other| other != deaf) {
        story.cut(other, deaf);
    }
    let leader = story.wait(8_000).leaders()[0].0;
    story.write(1, leader).wait(500);
    story.kept();
    story
}

#[test]
fn pre_vote_alone_keeps_a_deaf_leader_for_ever_and_check_quorum_does_not() {
    assert_eq!(deaf_leader(0).answers(), ["open"]);
    assert_eq!(deaf_leader(1).answers(), ["done"]);
}

#[test]
fn a_leader_hands_over_to_a_node_that_has_everything() {
    for check_quorum in [0, 1] {
        let mut story = Story::new(3, &[("check-quorum", check_quorum)]);
        story.elect(1).part(&[&[1, 2], &[3]]).write(1, 1).wait(50);
        story.hand_over(1, 3).wait(300);
        assert_eq!((story.leaders(), story.answers()), (vec![(1, 1)], vec!["done".into(), "open".into()]), "it has not everything");
        story.heal().wait(300);
        assert_eq!(story.leaders(), [(3, 2)]);
        assert_eq!(story.answers(), ["done", "done"]);
        story.kept();
    }
}

/// Lab 17, challenge 1.
#[test]
fn without_randomness_votes_are_split_for_ever() {
    let ms = |ms: i64| ms * 1_000_000;
    let story = |range: i64| {
        let mut story = Story::with_timeouts(5, &[("election-max", ms(600 + range))]);
        story.wait(8_000);
        story.kept();
        story
    };
    let (fixed, random) = (story(0), story(600));
    assert!(fixed.leaders().is_empty() && fixed.term(1) >= 10, "term {}", fixed.term(1));
    assert_eq!(random.leaders().len(), 1);
    assert!(random.term(1) < 4);
}

/// Lab 17, challenge 2.
#[test]
fn two_lead_at_once_in_different_terms_and_what_the_older_appends_then_never_stays() {
    let mut story = Story::new(5, &[]);
    story.elect(1).part(&[&[1, 2], &[3, 4, 5]]).elect(3);
    assert_eq!(story.leaders(), [(1, 1), (3, 2)]);
    story.write(1, 1).write(2, 3).wait(300);
    assert_eq!(story.answers(), ["open", "done"]);
    assert_eq!(story.logs(), ["1|1", "1|1", "1 2 2|", "1 2 2|", "1 2 2|"]);
    story.heal().wait(300);
    assert_eq!(story.leaders(), [(3, 2)]);
    assert_eq!(story.logs(), ["1 2 2|"; 5]);
    story.wait(5_000);
    assert_eq!(story.answers(), ["unknown", "done"]);
    story.kept();
}

/// Only a vote or a leader's message keeps a node from becoming a candidate: one that asks and is
/// denied does not.
#[test]
fn a_candidate_that_cannot_win_does_not_keep_others_from_trying() {
    let mut story = Story::with_timeouts(3, &[]);
    story.wait(3_000);
    let leader = story.leaders()[0].0;
    let [behind, other] = [leader % 3 + 1, (leader + 1) % 3 + 1];
    story.part(&[&[leader, other], &[behind]]).write(1, leader).wait(200).crash(leader).heal();
    let led = (0..8).any(|_| story.campaign(behind).wait(200).leaders().iter().any(|(number, _)| *number == other));
    assert!(led, "its timeout is not put off by requests that it denies");
    story.kept();
}
