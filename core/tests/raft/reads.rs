//! How fresh a read is, and what its freshness costs: the third lab.

use crate::story::Story;
use faultline::scenario::Input;
use faultline::sim::NodeId;

const INDEX: i64 = 0;
const LOG: i64 = 1;
const LEASE: i64 = 2;
const LEADERS_COPY: i64 = 3;
const ANY_COPY: i64 = 4;

/// Lab 19, challenge 1: a leader that does not know that it was deposed is asked.
fn ask_the_deposed(reads: i64) -> Story {
    let mut story = Story::with_timeouts(5, &[("reads", reads)]);
    let old = story.wait(3_000).leaders()[0].0;
    let rest: Vec<_> = (1..=5).filter(|&number| number != old).collect();
    story.write(1, old).wait(100).part(&[&[old], &rest]).wait(3_000);
    let new = story.leaders().into_iter().find(|(number, _)| *number != old).expect("a new leader").0;
    story.write(2, new).wait(100).read(1, old).wait(300);
    assert_eq!(story.broken(), [""; 0]);
    story
}

#[test]
fn a_deposed_leader_answers_from_its_copy_and_in_no_better_way() {
    for reads in [INDEX, LOG, LEASE] {
        let story = ask_the_deposed(reads);
        assert_eq!((story.answers()[2].as_str(), story.linearizable()), ("open", true), "reads {reads}");
    }
    for reads in [LEADERS_COPY, ANY_COPY] {
        let story = ask_the_deposed(reads);
        assert_eq!((story.answers()[2].as_str(), story.linearizable()), ("1", false), "reads {reads}");
    }
}

#[test]
fn a_read_that_found_no_proof_is_turned_away_when_the_leader_steps_down() {
    let mut story = ask_the_deposed(INDEX);
    story.heal().wait(300);
    assert_eq!(story.answers()[2], "no: no leader here");
    story.kept();
}

/// Lab 19, challenge 2: the same, a moment after the partition, with a leader whose clock runs at a
/// rate of its own.
fn ask_within_the_lease(parts_per_billion: i32) -> Story {
    let mut story = Story::with_timeouts(5, &[("reads", LEASE)]);
    let old = story.wait(3_000).leaders()[0].0;
    let rest: Vec<_> = (1..=5).filter(|&number| number != old).collect();
    story.does(Input::ClockRate { node: NodeId(old - 1), parts_per_billion });
    story.write(1, old).wait(1_000).part(&[&[old], &rest]);
    let mut new = None;
    while new.is_none() {
        new = story.wait(10).leaders().into_iter().find(|(number, _)| *number != old);
    }
    story.write(2, new.unwrap().0).wait(60).read(1, old).wait(300);
    assert_eq!(story.broken(), [""; 0]);
    story
}

#[test]
fn a_lease_is_worth_as_much_as_the_leaders_clock() {
    for rate in [0, 100_000_000, -100_000_000] {
        let story = ask_within_the_lease(rate);
        assert_eq!((story.answers()[2].as_str(), story.linearizable()), ("open", true), "at {rate}");
    }
    let story = ask_within_the_lease(-700_000_000);
    assert_eq!((story.answers()[2].as_str(), story.linearizable()), ("1", false));
}

#[test]
fn a_step_of_the_wall_clock_does_not_stretch_a_lease() {
    let mut story = Story::with_timeouts(5, &[("reads", LEASE)]);
    let old = story.wait(3_000).leaders()[0].0;
    let rest: Vec<_> = (1..=5).filter(|&number| number != old).collect();
    story.part(&[&[old], &rest]).wait(400).does(Input::ClockStep { node: NodeId(old - 1), by: -5_000_000_000 });
    story.wait(2_500);
    let new = story.leaders().into_iter().find(|(number, _)| *number != old).expect("a new leader").0;
    story.write(2, new).wait(100).read(1, old).wait(300);
    assert_eq!(story.answers()[1], "open");
    story.kept();
}

#[test]
fn a_leader_that_hands_over_gives_its_lease_up() {
    let mut story = Story::new(3, &[("reads", LEASE)]);
    story.wait(10_000).elect(1).wait(200).write(1, 1).wait(100);
    // The word to the heir arrives, what it does then reaches only the third.
    story.hand_over(1, 2).wait(15).cut(2, 1).cut(3, 1).wait(100);
    assert_eq!(story.leaders(), [(1, 1), (2, 2)]);
    story.write(2, 2).wait(100).read(3, 1).wait(50);
    assert_eq!(story.answers(), ["done", "done", "done", "open"]);
    story.kept();
}

#[test]
fn a_voter_that_was_restarted_keeps_the_promise_that_it_may_have_made() {
    let mut story = Story::new(5, &[("reads", LEASE)]);
    story.wait(10_000).elect(1).wait(100).part(&[&[1, 2, 3], &[4, 5]]).wait(10_500);
    // Two have heard nothing for long enough, and n3 has forgotten when it last did.
    story.crash(3).restart(3).part(&[&[1, 2], &[3, 4, 5]]).elect(4);
    assert_eq!(story.leaders(), [(1, 1)]);
    story.kept();
}

/// A new leader does not know yet what the old one had committed.
fn ask_too_early(too_early: i64) -> Story {
    let mut story = Story::new(5, &[("reads-too-early", too_early), ("no-op", 0)]);
    // The client is told, and the leader crashes before anybody else is.
    story.elect(1).write(1, 1).wait(32).crash(1).wait(10);
    assert_eq!((story.answers().as_slice(), story.log(2).as_str()), (&["done".to_owned()][..], "|1"));
    story.elect(2).read(2, 2).wait(200);
    assert_eq!(story.leaders(), [(2, 2)]);
    assert_eq!(story.broken(), [""; 0]);
    story
}

/// Lab 19, challenge 4.
#[test]
fn a_new_leader_must_commit_something_before_it_knows_what_is_committed() {
    let (early, right) = (ask_too_early(1), ask_too_early(0));
    assert_eq!((early.answers()[1].as_str(), early.linearizable()), ("0", false));
    assert_eq!((right.answers()[1].as_str(), right.linearizable()), ("open", true));
}

#[test]
fn without_an_empty_first_entry_a_read_waits_for_a_write() {
    let mut story = Story::new(3, &[("no-op", 0)]);
    story.elect(1).wait(100).read(1, 1).wait(1_000);
    assert_eq!(story.answers(), ["open"]);
    story.write(2, 1).wait(100);
    assert_eq!(story.answers(), ["2", "done"]);
    story.kept();
}

#[test]
fn a_follower_answers_a_read_when_it_has_what_the_leader_had() {
    let mut story = Story::new(3, &[]);
    story.elect(1).wait(100).write(1, 1).wait(42);
    assert_eq!((story.answers()[0].as_str(), story.log(3).as_str()), ("done", "1|1"), "it has the entry, and does not know that it stays");
    story.read(2, 3).wait(100);
    assert_eq!(story.answers(), ["done", "1"]);
    story.kept();
}
