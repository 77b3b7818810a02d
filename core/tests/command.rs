//! The command as people use it: what it prints, and the code it ends with.

#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;
use std::process::{Command, Stdio};

/// The exit code, standard output and standard error.
fn faultline(words: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultline"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn works(words: &[&str], input: &str) -> String {
    let (code, output, complaint) = faultline(words, input);
    assert_eq!((code, complaint.as_str()), (0, ""), "{words:?}");
    output
}

/// Ends with code 2 and a complaint that says all of this.
fn complains(words: &[&str], input: &str, what: &[&str]) {
    let (code, output, complaint) = faultline(words, input);
    assert_eq!((code, output.as_str()), (2, ""), "{words:?}");
    for word in what {
        assert!(complaint.contains(word), "{words:?} says {complaint}");
    }
}

#[test]
fn every_model_can_be_started_run_linked_and_verified() {
    let models = works(&["models"], "");
    let models: Vec<&str> = models.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(models.len() >= 4);
    for model in models {
        let scenario = works(&["new", model, "--seed", "7"], "");
        let text = works(&["run", "-", "--for", "2s"], &scenario);
        assert!(text.contains("n1 starts") && text.contains("rows, hash "));
        let hash = works(&["run", "-", "--for", "2s", "--format", "hash"], &scenario);
        let link = works(&["link", "-", "--for", "2s"], &scenario);
        let verdict = works(&["verify", link.trim()], "");
        assert!(verdict.starts_with("the same run") && verdict.contains(hash.split_whitespace().next().unwrap()), "{verdict}");
        assert_eq!(works(&["run", link.trim(), "--for", "2s", "--format", "hash"], ""), hash);
        for line in works(&["run", "-", "--for", "1s", "--format", "json"], &scenario).lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(row["text"].is_string());
        }
    }
}

#[test]
fn a_link_to_another_run_is_a_no() {
    use faultline::link::Link;
    use faultline::models::Library;
    let scenario = works(&["new", "ping-pong"], "");
    let text = works(&["link", "-"], &scenario);
    let mut link = Link::read(&text, &Library::standard()).unwrap();
    link.scenario.seed = 99;
    let (code, output, _) = faultline(&["verify", &link.write()], "");
    assert_eq!(code, 1);
    assert!(output.starts_with("another run"));
}

#[test]
fn bad_input_is_named_with_its_place() {
    let scenario = works(&["new", "ping-pong"], "");
    complains(&["dance"], "", &["dance", "faultline help"]);
    complains(&["run"], "", &["run needs one word more"]);
    complains(&["new", "paxos-on-ice"], "", &["paxos-on-ice"]);
    complains(&["new", "ping-pong", "--seed", "x"], "", &["“x” is not a seed"]);
    complains(&["run", "/no/such/file"], "", &["/no/such/file"]);
    complains(&["run", "-", "--for", "soon"], &scenario, &["soon"]);
    complains(&["run", "-"], "{", &["line 1 column 1"]);
    complains(&["run", "-"], &scenario.replace("\"nodes\"", "\"knots\""), &["knots", "line"]);
    complains(&["run", "-"], &scenario.replace("\"nodes\": 2", "\"nodes\": 1"), &["nodes", "2 to"]);
    complains(&["verify", "#run=1abcdefgh"], "", &["missing or was changed"]);
    complains(&["verify", "#run=9abc"], "", &["version 9"]);
    complains(&["verify"], "", &["one link"]);
}

#[test]
fn transactions_are_judged_from_a_file() {
    let check = |level: &str, history: &str| faultline(&["check", "-", "--model", "list-append", "--consistency", level], history);
    // Each read one list and appended to the other.
    let skew = "{:process 0, :type :invoke, :f :txn, :value [[:r :x nil] [:append :y 1]]}
                {:process 1, :type :invoke, :f :txn, :value [[:r :y nil] [:append :x 2]]}
                {:process 0, :type :ok, :f :txn, :value [[:r :x []] [:append :y 1]]}
                {:process 1, :type :ok, :f :txn, :value [[:r :y nil] [:append :x 2]]}";
    let (code, output, _) = check("serializable", skew);
    assert_eq!(code, 1, "{output}");
    for word in [
        "serializable is broken",
        "G2-item (write skew)",
        "T1 saw the beginning of :x, without 2 of T2",
        "line 2",
        "strong-snapshot-isolation",
    ] {
        assert!(output.contains(word), "{output}");
    }
    assert_eq!(check("strong-snapshot-isolation", skew).0, 0);
    assert_eq!(check("linearizable", skew).0, 1);
    for (bad, why) in [
        (skew.replace("[:append :x 2]", "[:append :y 1]"), "line 2, column 1: 1 is written twice to :y"),
        (skew.replace("[:append :y 1]", "[:increment :y 1]"), "line 1, column 1: a list has no increment"),
        (skew.replace("[:r :x []]", "[:r :x 7]"), "line 1, column 1: a list was read, not 7"),
        (skew.replace("[[:r :y nil] [:append :x 2]]", ":timeout"), "line 2, column 1: a transaction is a list"),
    ] {
        let (code, _, complaint) = check("serializable", &bad);
        assert!(code == 2 && complaint.contains(why), "{code} {complaint}");
    }
    let register = faultline(&["check", "-", "--model", "register", "--consistency", "serializable"], "");
    assert!(register.0 == 2 && register.2.contains("list-append or multi-register"), "{}", register.2);
}

#[test]
fn the_map_of_promises_is_printed() {
    let map = works(&["map"], "");
    for line in ["strict-serializable: all transactions", "    implies sequential; not the other way: x1 - / - x?0", "    always available"]
    {
        assert!(map.lines().any(|printed| printed.starts_with(line)), "{line}: {map}");
    }
}
