//! The log: how logs that differ become one, when an entry stays, and when a client hears of it.

use crate::story::Story;

/// Elects a node and cuts it off from all others in the same moment, so that it can write what nobody
/// hears of.
fn elect_and_isolate(story: &mut Story, number: u16, voters: &[u16]) {
    story.part(&[voters]).campaign(number);
    for _ in 0..100 {
        if story.role(number) == "leader" {
            story.part(&[&[number]]);
            return;
        }
        story.wait(1);
    }
    panic!("n{number} is not elected");
}

/// The seven logs of the paper's figure 7, made as its caption says they can have come about.
fn figure_7() -> Story {
    let mut story = Story::new(7, &[("no-op", 0), ("batch", 16)]);
    let write = |story: &mut Story, leader: u16, times: usize, among: &[u16]| {
        story.part(&[among]);
        for _ in 0..times {
            story.write(1, leader).wait(40);
        }
    };
    let everybody = [1, 2, 3, 4, 5, 6, 7];
    story.elect(1);
    write(&mut story, 1, 3, &everybody);
    // f leads terms 2 and 3 alone.
    for times in [3, 5] {
        elect_and_isolate(&mut story, 7, &everybody);
        write(&mut story, 7, times, &[7]);
        story.crash(7).restart(7);
    }
    story.part(&[&[1, 2, 3, 4, 5, 6]]).elect(6);
    write(&mut story, 6, 1, &[1, 2, 3, 4, 5, 6]);
    write(&mut story, 6, 1, &[1, 2, 4, 5, 6]);
    write(&mut story, 6, 2, &[6]);
    story.part(&[&[1, 2, 4, 5]]).elect(1);
    write(&mut story, 1, 2, &[1, 2, 4, 5]);
    story.elect(4);
    write(&mut story, 4, 2, &[1, 2, 4, 5]);
    write(&mut story, 4, 1, &[1, 4, 5]);
    write(&mut story, 4, 1, &[4]);
    elect_and_isolate(&mut story, 5, &[1, 2, 3, 5]);
    write(&mut story, 5, 2, &[5]);
    story
}

#[test]
fn the_logs_of_figure_7_become_one() {
    let mut story = figure_7();
    let terms = |story: &Story| story.logs().iter().map(|log| log.replace('|', " ").trim().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        terms(&story),
        [
            "1 1 1 4 4 5 5 6 6 6",
            "1 1 1 4 4 5 5 6 6",
            "1 1 1 4",
            "1 1 1 4 4 5 5 6 6 6 6",
            "1 1 1 4 4 5 5 6 6 6 7 7",
            "1 1 1 4 4 4 4",
            "1 1 1 2 2 2 3 3 3 3 3",
        ]
    );
    story.part(&[&[1, 2, 3, 6, 7]]).elect(1);
    assert_eq!(story.leaders().iter().filter(|(number, _)| *number == 1).collect::<Vec<_>>(), [&(1, 8)]);
    story.heal().wait(300);
    // What the leader has and others lack, they have now; what only others have stays until the
    // leader has something for the place.
    let logs = terms(&story);
    assert_eq!([0, 1, 2, 5, 6].map(|number| logs[number].as_str()), ["1 1 1 4 4 5 5 6 6 6"; 5]);
    assert_eq!([3, 4].map(|number| logs[number].as_str()), ["1 1 1 4 4 5 5 6 6 6 6", "1 1 1 4 4 5 5 6 6 6 7 7"]);
    story.write(1, 1).wait(200);
    assert_eq!(story.logs(), ["1 1 1 4 4 5 5 6 6 6 8|"; 7]);
    story.kept();
}

#[test]
fn a_leader_steps_back_a_term_at_a_time_not_an_entry() {
    let mut story = Story::new(3, &[]);
    story.elect(1).part(&[&[1], &[2, 3]]);
    for _ in 0..30 {
        story.write(1, 1).wait(5);
    }
    story.elect(2);
    for _ in 0..20 {
        story.write(2, 2).wait(5);
    }
    story.wait(100);
    let before = story.sent("does not fit");
    story.heal().wait(300);
    assert_eq!(story.logs()[0], story.logs()[1]);
    // One answer says of which term the entries are that differ, and where that term begins.
    assert_eq!(story.sent("does not fit") - before, 1);
    story.kept();
}

#[test]
fn a_follower_learns_what_is_committed_with_the_next_message() {
    let mut story = Story::new(3, &[]);
    story.elect(1).wait(60).write(1, 1).wait(50);
    assert_eq!(story.logs(), ["1 1|", "1|1", "1|1"]);
    story.wait(100);
    assert_eq!(story.logs(), ["1 1|"; 3]);
    // One that was away does not slow the others down, and catches up.
    story.part(&[&[1, 2]]).write(1, 1).wait(50).write(1, 1).wait(150);
    assert_eq!(story.logs(), ["1 1 1 1|", "1 1 1 1|", "1 1|"]);
    story.heal().wait(300);
    assert_eq!(story.logs(), ["1 1 1 1|"; 3]);
    assert_eq!(story.answers(), ["done"; 3]);
    story.kept();
}

#[test]
fn a_follower_that_is_restarted_knows_nothing_to_be_committed_until_it_is_told() {
    let mut story = Story::new(3, &[]);
    story.elect(1).write(1, 1).wait(200).crash(3).restart(3);
    assert_eq!(story.log(3), "|1 1");
    story.wait(200);
    assert_eq!(story.log(3), "1 1|");
    story.kept();
}

#[test]
fn batches_bring_a_follower_up_one_after_the_other() {
    let mut story = Story::new(3, &[("batch", 2)]);
    story.elect(1).part(&[&[1, 2]]);
    for _ in 0..9 {
        story.write(1, 1).wait(5);
    }
    let before = story.wait(100).sent("append");
    story.heal().wait(300);
    assert_eq!(story.log(3), "1 1 1 1 1 1 1 1 1 1|");
    assert_eq!(story.sent("append") - before, 5, "ten entries, two at a time");
    story.kept();
}

#[test]
fn a_client_hears_of_a_write_when_a_majority_has_it_on_disk() {
    let mut story = Story::new(3, &[]);
    story.elect(1).wait(100);
    // 10 ms to the leader, 10 to the followers, 2 on their disks, 10 back, 10 to the client.
    story.write(1, 1).wait(41);
    assert_eq!(story.answers(), ["open"]);
    assert_eq!(story.wait(1).answers(), ["done"]);
    // The leader's own disk need not be among them.
    story.slow_disk(1, 1_000).write(1, 1).wait(42);
    assert_eq!(story.answers(), ["done"; 2]);
    story.slow_disk(2, 1_000).write(1, 1).wait(900);
    assert_eq!(story.answers(), ["done", "done", "open"]);
    story.kept();
}

/// Lab 18, challenge 3.
#[test]
fn an_entry_that_only_one_follower_has_may_disappear_as_long_as_nobody_was_told() {
    let mut story = Story::new(5, &[]);
    story.elect(1).wait(100).part(&[&[1, 2], &[3, 4, 5]]).write(1, 1).wait(200);
    assert_eq!(story.log(2), "1|1");
    story.crash(1).elect(4).heal().wait(300);
    assert_eq!(story.log(2), "1 2|");
    story.restart(1).wait(300).read(2, 4).wait(5_000);
    assert_eq!(story.logs(), ["1 2|"; 5]);
    assert_eq!(story.answers(), ["unknown", "0"]);
    story.kept();
}

#[test]
fn who_does_not_lead_says_who_does_or_passes_on() {
    for pass_on in [0, 1] {
        let mut story = Story::new(3, &[("pass-on", pass_on)]);
        story.write(1, 2).elect(1).wait(100).write(1, 2).wait(100).read(1, 3).wait(100);
        let expected = if pass_on == 1 { ["done", "4"].map(String::from) } else { ["no: ask n1"; 2].map(String::from) };
        let answers = story.answers();
        assert_eq!((answers[0].as_str(), &answers[1..]), ("no: no leader here", &expected[..]));
        story.kept();
    }
}
