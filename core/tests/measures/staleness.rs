//! How old what was read was, in histories that can be judged by hand. Events are a millisecond apart.

use crate::ms;
use faultline::judge::history::History;
use faultline::judge::value::Value;
use faultline::measure::staleness::{self, Read, at_least_behind};
use faultline::measure::{self};
use faultline::models::Library;
use faultline::scenario::{Input, Scenario};
use faultline::sim::{NodeId, Sim, Span};

/// Events as `process kind f value`, one to a line.
fn history(lines: &[&str]) -> History {
    let line = |line: &&str| {
        let [process, kind, f, value] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        format!("{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}\n")
    };
    History::read(&lines.iter().map(line).collect::<String>()).unwrap()
}

/// How many versions behind each read is, and for how many events there had been a newer one.
fn behind(lines: &[&str]) -> Vec<(u32, u64)> {
    let reads = staleness::of(&history(lines), &Value::Int(0), |event| ms(event as u64)).unwrap();
    reads.iter().map(|read| (read.behind, read.since.0 / 1_000_000)).collect()
}

#[test]
fn a_read_of_the_last_write_is_not_behind_and_one_of_an_earlier_is() {
    let written = ["0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "0 invoke write 3", "0 ok write 3"];
    for (read, is) in [("3", (0, 0)), ("2", (1, 1)), ("1", (2, 3)), ("0", (3, 5))] {
        let answer = format!("1 ok read {read}");
        let lines = [&written[..], &["1 invoke read nil", &answer]].concat();
        assert_eq!(behind(&lines), [is], "read {read}");
    }
}

#[test]
fn nobody_is_behind_what_happens_at_the_same_time() {
    // The second write is not done when the read begins.
    let lines = ["0 invoke write 1", "0 ok write 1", "0 invoke write 2", "1 invoke read nil", "0 ok write 2", "1 ok read 1"];
    assert_eq!(behind(&lines), [(0, 0)]);
    // The writes are done at the same time, so neither is newer.
    let lines = ["0 invoke write 1", "2 invoke write 2", "0 ok write 1", "2 ok write 2", "1 invoke read nil", "1 ok read 1"];
    assert_eq!(behind(&lines), [(0, 0)]);
    // A write without an answer may have happened late.
    let lines = ["0 invoke write 1", "2 invoke write 2", "2 ok write 2", "0 info write nil", "1 invoke read nil", "1 ok read 1"];
    assert_eq!(behind(&lines), [(0, 0)]);
}

#[test]
fn what_has_no_age_is_not_counted() {
    let writes = ["0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 fail write 2"];
    // Refused writes are no versions, reads without an answer saw nothing, and 7 was written by nobody.
    let read = |value: &str| format!("{}\n1 invoke read nil\n1 ok read {value}", writes.join("\n"));
    let count = |text: String| behind(&text.lines().collect::<Vec<_>>());
    assert_eq!(count(read("1")), [(0, 0)]);
    assert_eq!(count(read("7")), []);
    assert_eq!(behind(&["1 invoke read nil", "1 info read nil"]), []);
    assert_eq!(behind(&["1 invoke read nil", "1 ok read 0"]), [(0, 0)], "nothing was ever written");
    assert_eq!(staleness::of(&history(&["0 invoke write 1", "0 ok write 1"]), &Value::Int(0), |_| ms(0)), None);
}

#[test]
fn shares_count_everybody_who_is_so_far_behind_or_further() {
    let read = |behind| Read { op: 0, begun: ms(0), behind, since: Span::ZERO };
    assert_eq!(at_least_behind(&[read(0), read(1), read(1), read(3)], 4), [3, 1, 1, 0]);
}

#[test]
fn a_backup_that_was_cut_off_gives_away_how_old_it_is() {
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("primary-backup").unwrap().about(), 7);
    scenario.settings.insert("read-anywhere".into(), 1);
    scenario.settings.insert("wait-for".into(), 1);
    let ask = |node, op| Input::Invoke { client: 0, node: NodeId(node), op, argument: 0 };
    scenario.add(ms(10), Input::Cut { from: NodeId(0), to: NodeId(2) });
    scenario.add(ms(10), Input::Cut { from: NodeId(2), to: NodeId(0) });
    for (at, input) in [(20, ask(0, 1)), (420, ask(0, 1)), (820, ask(0, 0)), (1_000, ask(2, 0))] {
        scenario.add(ms(at), input);
    }
    let mut sim = Sim::new(&library, scenario).unwrap();
    sim.run_until(ms(1_200));
    let written = measure::Request::all(&sim)[0].ended.unwrap();
    let reads = measure::reads(&sim).unwrap();
    assert_eq!(reads.iter().map(|read| read.behind).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(reads[1].since, ms(1_000).since(written), "since the first write that it missed");
}
