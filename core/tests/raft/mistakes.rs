//! Each known mistake, made and not made, in the same run.

use crate::story::Story;
use faultline::scenario::{Fate, Input};
use faultline::sim::{Chance, Latency, LinkRule, NodeId, Span};

const TOLD_TOO_EARLY: i64 = 1;
const VOTE_FORGOTTEN: i64 = 2;

/// The paper's figure 8, one term lower. Lab 18, challenges 1 and 2.
fn figure_8(mistake: i64) -> Story {
    let mut story = Story::new(5, &[("no-op", 0), ("commits-old-terms", mistake)]);
    story.elect(1).write(1, 1).wait(150);
    // (a) An entry reaches one follower.
    story.part(&[&[1, 2], &[3, 4, 5]]).write(1, 1).wait(50);
    // (b) The leader crashes, and another that has not heard of the entry has one of its own.
    story.crash(1).elect(5).part(&[&[5], &[1, 2, 3, 4]]).write(1, 5).wait(50);
    assert_eq!(story.logs(), ["|1 1", "1|1", "1|", "1|", "1|2"]);
    // (c) That one crashes, the first is elected again, and the entry reaches a majority.
    story.crash(5).restart(1).part(&[&[1, 2, 3], &[4, 5]]).campaign(1).wait(50).elect(1).wait(150);
    assert_eq!(story.leaders(), [(1, 3)]);
    // (d) The second is elected again, by those who have an older last entry.
    story.part(&[&[1], &[2, 3, 4, 5]]).restart(5).campaign(5).wait(50).elect(5).wait(150).write(2, 5).wait(300);
    assert_eq!(story.leaders(), [(1, 3), (5, 4)]);
    assert_eq!(story.log(3), "1 2 4|");
    story
}

#[test]
fn a_majority_that_has_an_old_entry_can_be_outvoted() {
    let (made, right) = (figure_8(1), figure_8(0));
    assert_eq!(made.log(1), "1 1|");
    assert_eq!(made.broken(), ["leader-completeness", "state-machine-safety"]);
    assert_eq!(right.log(1), "|1 1");
    right.kept();
}

/// Without the mistake the leader cannot commit what it was left with; its own first entry does.
#[test]
fn an_old_entry_stays_with_the_first_entry_of_the_leaders_own_term() {
    let mut story = Story::new(5, &[("no-op", 0)]);
    story.elect(1).write(1, 1).wait(150).part(&[&[1, 2], &[3, 4, 5]]).write(1, 1).wait(50).heal().crash(1).elect(2).wait(500);
    assert_eq!(story.log(2), "1|1", "everybody has it, and it is not committed");
    story.write(2, 2).wait(300);
    assert_eq!(story.log(3), "1 1 2|");
    story.kept();
}

fn elect_one_that_is_behind(mistake: i64) -> Story {
    let mut story = Story::new(3, &[("votes-for-anyone", mistake)]);
    story.elect(1).wait(100).part(&[&[1, 2], &[3]]).write(1, 1).wait(200);
    story.part(&[&[1], &[2, 3]]).elect(3).read(2, 3).wait(500);
    story
}

#[test]
fn a_vote_for_a_log_that_is_behind_loses_what_was_committed() {
    let (made, right) = (elect_one_that_is_behind(1), elect_one_that_is_behind(0));
    assert_eq!(made.broken(), ["leader-completeness", "state-machine-safety"]);
    assert_eq!((made.answers(), made.linearizable()), (vec!["done".into(), "0".into()], false));
    assert_eq!(right.answers()[1], "no: no leader here");
    right.kept();
}

/// Lab 18, challenge 4: n3 votes for n1, is restarted, and is asked by n5.
fn ask_a_restarted_voter(durability: i64) -> Story {
    let mut story = Story::new(5, &[("durability", durability), ("no-op", 0)]);
    story.part(&[&[1, 2, 3], &[4, 5]]).elect(1).crash(3).restart(3);
    story.part(&[&[1, 2], &[3, 4, 5]]).elect(5);
    story
}

#[test]
fn a_voter_that_forgets_its_vote_elects_two_leaders_in_one_term() {
    let (made, right) = (ask_a_restarted_voter(VOTE_FORGOTTEN), ask_a_restarted_voter(0));
    assert_eq!((made.leaders(), made.broken()), (vec![(1, 1), (5, 1)], vec!["election-safety"]));
    assert_eq!(right.leaders(), [(1, 1)]);
    right.kept();
}

/// The same, but n3 crashes while its vote is on its way to the disk.
fn crash_a_voter_while_it_writes(durability: i64) -> Story {
    let mut story = Story::new(5, &[("durability", durability)]);
    story.slow_disk(3, 50).part(&[&[1, 2, 3], &[4, 5]]).campaign(1).wait(40).crash(3).restart(3);
    story.part(&[&[1, 2], &[3, 4, 5]]).campaign(5).wait(150);
    story
}

#[test]
fn a_vote_told_before_it_is_on_disk_elects_two_leaders_in_one_term() {
    let (made, right) = (crash_a_voter_while_it_writes(TOLD_TOO_EARLY), crash_a_voter_while_it_writes(0));
    assert_eq!((made.leaders(), made.broken()), (vec![(1, 1), (5, 1)], vec!["election-safety"]));
    assert_eq!(right.leaders(), [(5, 1)]);
    right.kept();
}

/// Entries that a follower only says to have on disk are lost with it.
fn crash_a_follower_while_it_writes(durability: i64) -> Story {
    let mut story = Story::new(3, &[("durability", durability)]);
    story.elect(1).wait(100).slow_disk(2, 50).part(&[&[1, 2], &[3]]).write(1, 1).wait(42).crash(2).restart(2);
    story.part(&[&[1], &[2, 3]]).elect(3).wait(300).read(2, 3).wait(200);
    story
}

#[test]
fn an_entry_acknowledged_before_it_is_on_disk_can_be_answered_and_lost() {
    let (made, right) = (crash_a_follower_while_it_writes(TOLD_TOO_EARLY), crash_a_follower_while_it_writes(0));
    assert_eq!((made.answers(), made.linearizable()), (vec!["done".into(), "0".into()], false));
    assert_eq!(made.broken(), ["leader-completeness", "state-machine-safety"]);
    assert_eq!(right.answers(), ["open", "0"]);
    right.kept();
}

fn two_halves(mistake: i64) -> Story {
    let mut story = Story::new(4, &[("half-is-enough", mistake)]);
    story
        .part(&[&[1, 2], &[3, 4]])
        .campaign(1)
        .elect(3)
        .write(1, 1)
        .write(2, 3)
        .wait(100)
        .read(1, 1)
        .wait(100)
        .read(2, 3)
        .wait(100)
        .read(1, 1)
        .wait(100);
    story
}

#[test]
fn two_halves_elect_two_leaders_and_both_commit() {
    let (made, right) = (two_halves(1), two_halves(0));
    assert_eq!(made.leaders(), [(1, 1), (3, 1)]);
    assert!(made.broken().contains(&"election-safety") && made.broken().contains(&"state-machine-safety"));
    assert_eq!((made.answers(), made.linearizable()), (["done", "done", "1", "2", "1"].map(String::from).to_vec(), false));
    assert!(right.leaders().is_empty());
    right.kept();
}

/// A heartbeat is held up, and arrives after the entries that were sent after it.
fn late_heartbeat(mistake: i64) -> Story {
    let mut story = Story::new(3, &[("truncates-always", mistake)]);
    story.elect(1).wait(100).part(&[&[1, 2], &[3]]);
    let nth = story.next_on_link(1, 2);
    story.does(Input::Message { from: NodeId(0), to: NodeId(1), nth, fate: Fate::Delay(Span::millis(150)) });
    story.wait(100).write(1, 1).wait(50);
    assert_eq!(story.answers(), ["done"]);
    // From now on only that heartbeat is on its way to n2.
    story.lose_new(1, 2).wait(120);
    story.part(&[&[1], &[2, 3]]).elect(3).wait(200).read(2, 3).wait(200);
    story
}

#[test]
fn a_log_that_is_cut_off_by_an_old_message_loses_what_was_committed() {
    let (made, right) = (late_heartbeat(1), late_heartbeat(0));
    assert_eq!(made.broken(), ["leader-completeness", "state-machine-safety"]);
    assert_eq!((made.answers(), made.linearizable()), (vec!["done".into(), "0".into()], false));
    right.kept();
}

/// Every request from the first client to n1 arrives twice, some time apart.
fn with_double_requests(nodes: u16, settings: &[(&str, i64)]) -> Story {
    let mut story = Story::new(nodes, settings);
    let slow = Latency::Uniform { min: Span::millis(10), max: Span::millis(900) };
    let rule = LinkRule { latency: Some(slow), duplicate: Some(Chance::percent(100)), loss: None };
    story.does(Input::Link { from: NodeId(nodes), to: NodeId(0), rule });
    story
}

/// A client's request arrives a second time, after another client's.
fn request_twice(sessions: i64) -> Story {
    let mut story = with_double_requests(3, &[("sessions", sessions)]);
    story.elect(1).write(1, 1);
    while story.answers()[0] == "open" {
        story.wait(10);
    }
    story.write(2, 1).wait(1_050).read(3, 1).wait(100);
    assert_eq!(story.broken(), [""; 0]);
    story
}

#[test]
fn a_write_that_is_carried_out_twice_comes_back_after_a_later_one() {
    let (made, right) = (request_twice(0), request_twice(1));
    assert_eq!((made.answers(), made.linearizable()), (vec!["done".into(), "done".into(), "1".into()], false));
    assert_eq!(right.answers(), ["done", "done", "2"]);
    right.kept();
}

#[test]
fn a_request_that_was_turned_away_is_not_done_when_it_comes_again() {
    let mut story = with_double_requests(3, &[]);
    story.write(1, 1);
    while story.answers()[0] == "open" {
        story.wait(1);
    }
    story.elect(1).wait(1_000).read(2, 1).wait(100);
    assert_eq!(story.answers(), ["no: no leader here", "0"]);
    story.kept();
}

#[test]
fn a_request_that_was_taken_is_not_turned_away_when_it_comes_again() {
    let mut story = with_double_requests(3, &[("pass-on", 0)]);
    story.elect(1).slow_disk(1, 500).slow_disk(3, 500).write(1, 1);
    while story.log(1).len() < "1|1".len() {
        story.wait(1);
    }
    // It is on its way to the others' disks when another node takes over.
    story.wait(20).elect(2).wait(2_000).read(2, 2).wait(100);
    assert_eq!(story.leaders(), [(2, 2)]);
    assert_eq!(story.answers(), ["open", "1"]);
    story.kept();
}
