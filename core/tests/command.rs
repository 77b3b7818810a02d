//! The command as people use it: what it prints, and the code it ends with.

#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;
use std::process::{Command, Stdio};

/// The exit code, standard output and standard error.
fn faultline(words: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultline"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who complains about its words may end before it has read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
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
    complains(&["models", "rafts"], "", &["no model “rafts”"]);
    for model in models {
        let names = works(&["models", model], "");
        assert!(names.contains("settings\n") && names.contains("kinds of messages\n"), "{names}");
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
    let register = faultline(&["check", "-", "--model", "register", "--consistency", "serializable"], &history_of(&["0 write 1 1"]));
    assert!(register.0 == 2 && register.2.contains("list-append or multi-register"), "{}", register.2);
}

/// Operations as maps, one after the other: process, f, what was asked, what was answered.
fn history_of(ops: &[&str]) -> String {
    let event =
        |kind: &str, process: &str, f: &str, value: &str| format!("{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}\n");
    let both = |op: &&str| {
        let [process, f, asked, answered] = op.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let values = [asked, answered].map(|value: &str| value.replace('_', " "));
        event("invoke", process, f, &values[0]) + &event("ok", process, f, &values[1])
    };
    ops.iter().map(both).collect()
}

fn check(model: &str, promise: &str, history: &str) -> (i32, String, String) {
    faultline(&["check", "-", "--model", model, "--consistency", promise], history)
}

/// A broken upload must not pass.
#[test]
fn a_history_of_nothing_is_not_judged() {
    for nothing in ["", "\n\n", "{:process :nemesis, :type :info, :f :start, :value nil}\n", "INFO jepsen.util: Downloading\n"] {
        for promise in ["linearizable", "serializable"] {
            let (code, output, complaint) = check("list-append", promise, nothing);
            assert_eq!((code, output.as_str()), (2, ""), "{nothing:?}: {complaint}");
        }
    }
    let (code, output, _) = check("register", "linearizable", &history_of(&["0 write 1 1", "1 read nil 1"]));
    assert_eq!((code, output.as_str()), (0, "linearizable (2 operations)\n"));
}

#[test]
fn a_log_of_today_is_judged() {
    let log = "2024-03-01 12:00:00,200{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t1\n\
               2024-03-01 12:00:00,210{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:ok\t:write\t1\n\
               2024-03-01 12:00:00,220{GMT}\tINFO\t[jepsen worker 1] jepsen.util: 1\t:invoke\t:read\tnil\n\
               2024-03-01 12:00:00,230{GMT}\tINFO\t[jepsen worker 1] jepsen.util: 1\t:ok\t:read\t99\n";
    let (code, output, _) = check("register", "linearizable", log);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains("read -> 99 (line 3)") && output.contains("nobody ever wrote 99"), "{output}");
    assert_eq!(check("register", "linearizable", &log.replace("99", "1")).0, 0);
}

#[test]
fn a_history_of_several_keys_is_no_register() {
    let keys = history_of(&["0 write [7_1] [7_1]", "1 read [8_nil] [8_nil]", "1 read [7_nil] [7_1]"]);
    for model in ["register", "cas-register"] {
        let (code, _, complaint) = check(model, "linearizable", &keys);
        assert!(code == 2 && complaint.contains("line 3") && complaint.contains("the object is kv"), "{code} {complaint}");
    }
    assert_eq!(check("kv", "linearizable", &keys).0, 0);
}

/// One read of what nobody wrote is enough, however many other operations there are.
#[test]
fn a_value_out_of_nothing_is_blamed_alone() {
    let mut ops: Vec<String> = (0..300).flat_map(|n| [format!("{} write {n} {n}", n % 5), format!("{} read nil {n}", 5 + n % 5)]).collect();
    ops.insert(200, "3 read nil 999".into());
    let (code, output, _) = check("register", "linearizable", &history_of(&ops.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(code, 1);
    assert!(output.contains("no place for process 3: read -> 999 (line 401)") && output.lines().count() == 4, "{output}");
    let (code, output, _) = check("register", "sequential", &history_of(&["0 read nil 7", "0 write 1 1"]));
    assert!(code == 1 && output.contains("nobody ever wrote 7"), "{output}");
    // What is there from the beginning was written by nobody, too.
    let first = history_of(&["0 read nil 0", "0 write 1 1"]);
    assert!(check("register", "linearizable", &first).1.contains("--initial 0"));
    let known = ["check", "-", "--model", "register", "--consistency", "linearizable", "--initial", "0"];
    assert_eq!(faultline(&known, &first).0, 0);
}

/// Another program reads what people read: the verdict, what it is about, and what shows it.
#[test]
fn a_verdict_can_be_read_by_another_program() {
    let json = |words: &[&str], history: &str| {
        let mut all = vec!["check", "-", "--format", "json"];
        all.extend(words);
        let (code, output, complaint) = faultline(&all, history);
        assert_eq!(complaint, "");
        (code, serde_json::from_str::<serde_json::Value>(&output).unwrap_or_else(|fault| panic!("{fault}: {output}")))
    };
    let skew = "{:process 0, :type :invoke, :f :txn, :value [[:r :x nil] [:append :y 1]]}
                {:process :nemesis, :type :info, :f :cut}
                {:process 1, :type :invoke, :f :txn, :value [[:r :y nil] [:append :x 2]]}
                {:process 0, :type :ok, :f :txn, :value [[:r :x []] [:append :y 1]]}
                {:process 1, :type :ok, :f :txn, :value [[:r :y nil] [:append :x 2]]}
                {:process 2, :type :invoke, :f :txn, :value [[:append :z 1]]}
                {:process 2, :type :fail, :f :txn, :value [[:append :z 1]]}";
    let (code, broken) = json(&["--model", "list-append", "--consistency", "serializable"], skew);
    assert_eq!((code, broken["verdict"].as_str(), broken["object"].as_str()), (1, Some("broken"), Some("list-append")));
    assert_eq!(broken["counts"], serde_json::json!({"operations": 3, "unknown": 0, "failed": 1, "left_out": 1}));
    let evidence = &broken["evidence"];
    assert!(evidence["text"][0].as_str().unwrap().contains("write skew"), "{evidence}");
    assert_eq!(evidence["operations"][1]["line"], 3);
    assert_eq!(evidence["operations"][0]["answered"], serde_json::json!([["r", "x", []], ["append", "y", 1]]));
    assert_eq!(evidence["before"], serde_json::json!([[0, 1], [1, 0]]));
    assert_eq!(broken["reason"], serde_json::Value::Null);
    let (code, kept) =
        json(&["--model", "register", "--consistency", "linearizable", "--order"], &history_of(&["0 write 1 1", "1 read nil 1"]));
    assert_eq!((code, kept["verdict"].as_str(), kept["order"][1]["f"].as_str()), (0, Some("kept"), Some("read")));
    // Nobody has seen in which order forty clients wrote, and each has seen something else at last.
    let open = of_a_register(400).replace(":value 4}", ":value 3}");
    let (code, unknown) = json(&["--model", "register", "--consistency", "sequential", "--effort", "1"], &open);
    assert_eq!((code, unknown["verdict"].as_str()), (3, Some("unknown")), "{unknown}");
    assert!(unknown["reason"].as_str().unwrap().contains("1 million"));
    let effort = |of: &str| unknown["effort"][of].as_u64().unwrap();
    assert!(effort("spent") > 900_000 && effort("spent") <= effort("most") && effort("most") == 1_000_000, "{unknown}");
    complains(&["check", "-", "--model", "register", "--consistency", "linearizable", "--format", "yaml"], "", &["no format “yaml”"]);
}

/// As histories stand in books: only how each transaction ended. What orders by the clock cannot be judged of them.
#[test]
fn a_history_of_ends_alone_is_judged_as_far_as_it_goes() {
    let book = "[{:type :ok, :value [[:append :x 1] [:r :y [1]]]}
                 {:type :ok, :value [[:append :x 2] [:append :y 1]]}
                 {:type :ok, :value [[:r :x [1 2]]]}]";
    let (code, output, complaint) = check("list-append", "serializable", book);
    assert!(
        code == 1 && output.contains("G1c") && output.contains("T2 saw 1 in :x") | output.contains("saw 1 in :y"),
        "{output}{complaint}"
    );
    assert_eq!(check("list-append", "serializable", &book.replace("[:r :y [1]]", "[:r :y []]")).0, 0);
    let (code, _, complaint) = check("list-append", "strict-serializable", book);
    assert!(code == 2 && complaint.contains("no :invoke") && complaint.contains("serializable can be judged"), "{complaint}");
    let (code, _, complaint) = check("list-append", "strong-session-serializable", book);
    assert!(code == 2 && complaint.contains("no :process"), "{complaint}");
    // With processes, what each did first is known, and what was over before something else began is not.
    let named = "{:process 0, :type :ok, :value [[:append :x 1]]} {:process 0, :type :ok, :value [[:r :x []]]}";
    assert_eq!(check("list-append", "strong-session-serializable", named).0, 1);
    assert_eq!(check("list-append", "serializable", named).0, 0);
    assert_eq!(check("list-append", "strong-snapshot-isolation", named).0, 2);
    let aborted = "{:type :fail, :value [[:w :x 1]]}\n{:type :ok, :value [[:r :x 1]]}";
    let (code, output, _) = check("multi-register", "read-committed", aborted);
    assert!(code == 1 && output.contains("G1a"), "{output}");
    for (bad, why) in [
        ("{:process 0, :type :ok, :f :read, :value 1}", "no event of this file is an :invoke"),
        ("{:type :ok, :f :read, :value 1}", "this event has no :process"),
        ("{:process 0, :type :ok, :value 1}", "this event has no :f"),
        ("{:type :invoke, :value [[:r :x nil]]}", "this event has no :process"),
        (
            "{:process 0, :type :invoke, :value [[:r :x nil]]}\n{:process 1, :type :ok, :value [[:r :x 1]]}",
            "line 2, column 1: process 1 ends",
        ),
    ] {
        let (code, _, complaint) = check("multi-register", "serializable", bad);
        assert!(code == 2 && complaint.contains(why), "{bad}: {complaint}");
    }
}

/// Where many events stand on one line, their `:index` or their column says which is meant.
#[test]
fn evidence_says_where_even_if_all_is_on_one_line() {
    let json = r#"[{"process":0,"type":"invoke","f":"write","value":1},{"process":0,"type":"ok","f":"write","value":1},{"process":1,"type":"invoke","f":"read"},{"process":1,"type":"ok","f":"read","value":7}]"#;
    let column = json.find(r#"{"process":1"#).unwrap() + 1;
    let (code, output, _) = check("register", "linearizable", json);
    assert!(code == 1 && output.contains(&format!("read -> 7 (line 1, column {column})")), "{output}");
    let counted = json.replace(r#""f":"read"}"#, r#""f":"read","index":12}"#);
    assert!(check("register", "linearizable", &counted).1.contains("read -> 7 (:index 12)"));
    let lines = counted.replace("},{", "},\n{");
    assert!(check("register", "linearizable", &lines).1.contains("read -> 7 (line 3)"));
    let (code, _, complaint) = check("register", "linearizable", &json.replace(r#""read""#, r#""look""#));
    assert!(code == 2 && complaint.contains(&format!("line 1, column {column}: ")), "{complaint}");
}

/// A contradiction is about few objects: the others are left out of what shows it.
#[test]
fn evidence_of_transactions_leaves_out_other_objects() {
    let mut ops: Vec<String> = (0..9).map(|key| format!("0 txn [[:append_{key}_1]] [[:append_{key}_1]]")).collect();
    ops.push("1 txn [[:r_3_nil]_[:r_4_nil]_[:r_5_nil]] [[:r_3_[1]]_[:r_4_nil]_[:r_5_[1]]]".into());
    let history = history_of(&ops.iter().map(String::as_str).collect::<Vec<_>>());
    let (code, output, _) = check("list-append", "linearizable", &history);
    assert!(code == 1 && output.contains("leads to {3 [1], 4 [1], 5 [1]}"), "{output}");
    let (code, output, _) = check("list-append", "strict-serializable", &history);
    assert!(code == 1 && output.contains("txn [… [:r 4 nil] [:r 5 nil]] -> [… [:r 4 nil] [:r 5 [1]]] (line 19)"), "{output}");
}

#[test]
fn an_order_is_printed_when_it_is_asked_for() {
    let history = history_of(&["0 write 1 1", "1 read nil 1"]);
    let words = ["check", "-", "--model", "register", "--consistency", "linearizable", "--order"];
    assert!(works(&words, &history).contains("in this order: process 0: write 1 (line 1), process 1: read -> 1 (line 3)"));
}

/// What a register really answered to ten clients at once.
fn of_a_register(ops: u32) -> String {
    let mut drawn = 12_345_u64;
    let mut below = |bound: u64| {
        drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (drawn >> 33) % bound
    };
    let (mut state, mut begun, mut history) = (0, 0, String::new());
    // For each client what it waits for: the operation, its value, and whether it has happened.
    let mut waits = [None; 10];
    while begun < ops || waits != [None; 10] {
        let process = below(10) as usize;
        let mut event = |kind: &str, f: &str, value: &str| {
            history += &format!("{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}\n");
        };
        waits[process] = match waits[process] {
            None if begun == ops => None,
            None => {
                begun += 1;
                let (value, f) = (below(5), if below(3) == 0 { "write" } else { "read" });
                event("invoke", f, &if f == "write" { value.to_string() } else { "nil".into() });
                Some((f, value, false))
            }
            Some((f, value, false)) => {
                state = if f == "write" { value } else { state };
                Some((f, state, true))
            }
            Some((f, value, true)) => {
                event("ok", f, &value.to_string());
                None
            }
        };
    }
    history
}

/// What is linearizable is sequentially consistent, and where there are very many orders without a clock,
/// an order with one is found sooner.
#[test]
fn a_yes_to_the_stronger_promise_is_one_to_the_weaker() {
    let words = ["check", "-", "--model", "register", "--consistency", "sequential", "--initial", "0", "--effort", "20", "--order"];
    let judged = works(&words, &of_a_register(400));
    assert!(judged.starts_with("sequentially consistent (400 operations)\n  it is even linearizable"), "{judged}");
}

/// Whoever misses its own append is contradicted by that alone, whatever it did in between.
#[test]
fn a_cycle_takes_the_shortest_way() {
    let history = history_of(&[
        "2 txn [[:append_:x_1]] [[:append_:x_1]]",
        "2 txn [[:append_:y_1]] [[:append_:y_1]]",
        "3 txn [[:r_:y_nil]_[:append_:z_1]] [[:r_:y_[1]]_[:append_:z_1]]",
        "2 txn [[:r_:z_nil]] [[:r_:z_[1]]]",
        "2 txn [[:r_:x_nil]] [[:r_:x_nil]]",
    ]);
    for promise in ["strong-session-serializable", "strict-serializable"] {
        let (code, output, _) = check("list-append", promise, &history);
        assert!(code == 1 && output.contains("T2 is") && !output.contains("T3 is"), "{promise}: {output}");
    }
}

#[test]
fn names_of_other_tools_are_understood() {
    let history = "{:process 0, :type :invoke, :f :txn, :value [[:w :x 1] [:r :y nil]]}
                   {:process 0, :type :ok, :f :txn, :value [[:w :x 1] [:r :y nil]]}";
    for promise in ["strict serializable", "strong-serializable", ":serializable", "Serializable"] {
        let (code, output, complaint) = check("rw-register", promise, history);
        assert_eq!(code, 0, "{promise}: {output}{complaint}");
    }
}

#[test]
fn a_command_says_what_it_takes() {
    for words in [&["check", "--help"][..], &["help", "check"], &["check", "-", "-h"]] {
        let help = works(words, "");
        assert!(help.starts_with("  faultline check FILE --model") && help.contains("--effort") && !help.contains("judge"), "{help}");
    }
    assert!(works(&["lab", "check", "--help"], "").starts_with("  faultline lab check FILE"));
    complains(&["help", "dance"], "", &["there is no command “dance”"]);
}

#[test]
fn a_length_of_time_needs_a_unit() {
    let scenario = works(&["new", "ping-pong"], "");
    complains(&["run", "-", "--for", "1"], &scenario, &["it has no unit; say 1s or 1ms"]);
}

#[test]
fn what_nodes_show_is_listed() {
    let names = works(&["models", "primary-backup"], "");
    for line in ["fields that nodes show", "    value", "roles that nodes show", "    primary", "    3 (2 to 99), called n1"] {
        assert!(names.lines().any(|shown| shown.starts_with(line)), "{line}: {names}");
    }
}

#[test]
fn a_name_that_no_node_shows_is_a_fault_of_the_lab() {
    let folder = std::env::temp_dir().join(format!("faultline-shown-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("acknowledged-and-lost.toml");
    let text = std::fs::read_to_string(LAB).unwrap();
    for (right, wrong, why) in [
        ("lost(value)", "lost(valeu)", "no run of this lab a node shows a field “valeu”; did you mean “value”?"),
        ("role primary", "role primari", "no run of this lab a node is ever “primari”; did you mean “primary”?"),
    ] {
        assert!(text.contains(right), "{right}");
        std::fs::write(&file, text.replacen(right, wrong, 1)).unwrap();
        let (code, output, _) = faultline(&["lab", "check", file.to_str().unwrap()], "");
        let line = text.lines().position(|line| line.contains(right)).unwrap() + 1;
        assert!(code == 1 && output.lines().any(|said| said.contains(&format!(":{line}: ")) && said.contains(why)), "{output}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_map_of_promises_is_printed() {
    let map = works(&["map"], "");
    for line in ["strict-serializable: all transactions", "    implies sequential; not the other way: x1 - / - x?0", "    always available"]
    {
        assert!(map.lines().any(|printed| printed.starts_with(line)), "{line}: {map}");
    }
}

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/acknowledged-and-lost.toml");

#[test]
fn a_lab_is_checked_and_every_fault_has_its_place() {
    assert!(works(&["lab", "check", LAB], "").contains("is well: 7 steps, 4 challenges"));
    let list = works(&["lab", "list", concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs")], "");
    assert!(list.lines().any(|line| line.starts_with("L01 ")), "{list}");
    let kit = works(&["lab", "kit", LAB], "");
    let link = kit.lines().find_map(|line| line.split('`').find(|part| part.starts_with("#run="))).unwrap();
    assert!(works(&["verify", link], "").starts_with("the same run"));

    let folder = std::env::temp_dir().join(format!("faultline-lab-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("acknowledged-and-lost.toml");
    let text = std::fs::read_to_string(LAB).unwrap();
    std::fs::write(&file, text.replacen("order = 10", "ordr = 10\nrelated = [\"no-lab\"]", 1)).unwrap();
    let file = file.to_str().unwrap();
    let (code, output, _) = faultline(&["lab", "check", LAB, file], "");
    assert_eq!(code, 1);
    assert!(output.ends_with(&format!("{file}:6: ordr: there is no such field; did you mean `order`?\n")), "{output}");
    let named = text.replacen("order = 10", "order = 10\nrelated = [\"no-lab\"]", 1);
    std::fs::write(file, named).unwrap();
    let (code, output, _) = faultline(&["lab", "check", file], "");
    assert_eq!((code, output), (1, format!("{file}:7: related: there is no lab “no-lab” beside this one\n")));
    complains(&["grade", "/no/such/lab", "#run=1"], "", &["/no/such/lab"]);
    complains(&["lab", "check"], "", &["faultline help"]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_run_is_graded_with_reasons() {
    use faultline::lab::Lab;
    use faultline::link::Link;
    use faultline::models::Library;
    let library = Library::standard();
    let lab = Lab::read(&std::fs::read_to_string(LAB).unwrap(), "acknowledged-and-lost", &library).unwrap();
    let run = |wanted: &str| lab.runs(&library).unwrap().into_iter().find(|(name, ..)| name == wanted).unwrap().1;
    let link = |wanted: &str| Link { scenario: run(wanted), seal: None }.write();
    let graded = works(&["grade", LAB, &link("challenge lose"), "--challenge", "lose"], "");
    assert!(graded.starts_with("lose: solved: reached at ") && graded.contains("4 actions; par is 4"), "{graded}");
    let (code, output, _) = faultline(&["grade", LAB, &link("world"), "--challenge", "lose"], "");
    assert!(code == 1 && output.contains("lose: not solved: not reached within 10 s") && output.contains("✗ lost(value) >= 1"), "{output}");
    // All of them: one is enough.
    let graded = works(&["grade", LAB, &link("challenge any-crash")], "");
    assert!(graded.contains("any-crash: solved: survived ") && graded.contains("price: not solved"), "{graded}");
    let start = lab.challenge("price").unwrap().start(&lab);
    let start = Link { scenario: start, seal: None }.write();
    assert!(works(&["grade", LAB, &start, "--challenge", "price", "--answer", "205ms"], "").starts_with("price: solved"));
    assert_eq!(faultline(&["grade", LAB, &start, "--challenge", "price", "--answer", "100ms"], "").0, 1);
    complains(&["grade", LAB, &start, "--challenge", "prize"], "", &["there is no challenge “prize”", "lose, two-heads"]);
    complains(&["grade", LAB, "#run=1x"], "", &["missing or was changed"]);
}

/// The exit code, and what is printed.
fn search(words: &[&str]) -> (i32, String) {
    let (code, output, complaint) = faultline(&[&["search"], words].concat(), "");
    assert_eq!(complaint, "", "{words:?}");
    (code, output)
}

#[test]
fn a_search_ends_with_a_link_that_holds() {
    let (code, output) = search(&["primary-backup"]);
    assert_eq!(code, 1);
    assert!(output.starts_with("one-primary is broken at "), "{output}");
    assert!(works(&["verify", output.lines().last().unwrap()], "").starts_with("the same run"));
    // What is not asked for is not found.
    let (code, output) = search(&["primary-backup", "--break", "same-stamp-same-value", "--chaos", "50"]);
    assert_eq!(code, 0);
    assert!(output.contains("50 runs of 10 s, and nothing is broken"), "{output}");
}

#[test]
fn a_search_is_the_same_on_any_number_of_threads() {
    for [model, promise] in [["primary-backup", "one-primary"], ["gossip", "linearizable"]] {
        let on = |threads| search(&[model, "--break", promise, "--for", "2s", "--chaos", "300", "--threads", threads]);
        let once = on("1");
        assert_eq!(once.0, 1, "{}", once.1);
        assert_eq!((on("2"), on("3")), (once.clone(), once));
    }
}

#[test]
fn an_exploration_says_what_it_covered() {
    let explored = |bounds| search(&["primary-backup", "--break", "same-stamp-same-value", "--exhaustive", bounds]);
    let (code, output) = explored("depth=4,timers=1,crashes=1,asks=1");
    assert_eq!(code, 0);
    assert!(output.contains("every state that 4 steps lead to, where 1 timers run out, 1 nodes crash"), "{output}");
    assert!(output.contains("not tried: crashes while a disk writes, messages that come twice"), "{output}");
    let (code, output) = explored("depth=9,states=500");
    assert_eq!(code, 3);
    assert!(output.contains("not everything"), "{output}");
    let (code, output) = search(&["primary-backup", "--exhaustive", "depth=3", "--nodes", "2"]);
    assert_eq!((code, output.contains("#run=")), (1, true), "{output}");
}

#[test]
fn a_search_that_makes_no_sense_is_named() {
    complains(&["search"], "", &["search needs one word more"]);
    complains(&["search", "raft-on-ice"], "", &["raft-on-ice"]);
    complains(&["search", "ping-pong"], "", &["makes no promise of its own", "--break"]);
    complains(&["search", "primary-backup", "--break", "physics"], "", &["physics", "one-primary", "linearizable", "served-again"]);
    complains(&["search", "ping-pong", "--break", "linearizable"], "", &["promised to clients", "none"]);
    complains(&["search", "primary-backup", "--exhaustive", "width=3"], "", &["width", "depth"]);
    complains(&["search", "primary-backup", "--exhaustive", "asks=9"], "", &["asks", "8"]);
    complains(&["search", "primary-backup", "--break", "served-again", "--exhaustive", "3"], "", &["knows no time"]);
    complains(&["search", "primary-backup", "--set", "patience=soon"], "", &["soon"]);
    complains(&["search", "primary-backup", "--set", "speed=9"], "", &["speed", "patience"]);
    complains(&["search", "primary-backup", "--set", "wait-for=9"], "", &["there is no choice “9”", "one backup"]);
    complains(&["search", "primary-backup", "--set", "patience=1ns"], "", &["patience goes from", "not 1 ns"]);
    complains(&["search", "primary-backup", "--nodes", "1"], "", &["2 to 99 nodes"]);
    complains(&["search", "primary-backup", "--chaos"], "", &["--chaos needs a value"]);
    complains(&["search", "primary-backup", "--dance", "1"], "", &["--dance"]);
}

#[test]
fn what_clients_cannot_tell_is_judged_of_the_run() {
    use faultline::files::write_scenario;
    use faultline::models::Library;
    use faultline::scenario::{Input, Pace, Route, Scenario, Workload};
    use faultline::sim::{Latency, NodeId, Span, Time};
    // One write at the primary, then a read of the same client at a backup that has not heard of it.
    let library = Library::standard();
    let mut scenario = Scenario::new(library.find("primary-backup").unwrap().about(), 1);
    scenario.network.latency = Latency::Constant(Span::millis(50));
    scenario.settings.extend([("read-anywhere".to_owned(), 1), ("wait-for".to_owned(), 2)]);
    let [primary, backup] = [NodeId(0), NodeId(1)];
    for (ms, node, op) in [(0, primary, 1), (200, backup, 0)] {
        scenario.add(Time::ZERO + Span::millis(ms), Input::Invoke { client: 0, node, op, argument: 0 });
    }
    scenario.add(Time::ZERO, Input::Cut { from: primary, to: backup });
    let judge = |scenario: &Scenario, words: &[&str]| {
        let (code, output, complaint) = faultline(&[&["judge", "-"], words].concat(), &write_scenario(scenario));
        assert_eq!(complaint, "", "{words:?}");
        (code, output)
    };
    let (code, output) = judge(&scenario, &["own-writes"]);
    assert_eq!(code, 1);
    assert!(output.contains("n1 acknowledged the write; n2 had not heard of it when it answered the read"), "{output}");
    // While they are parted, the backup takes over: three views, and a copy each.
    let (code, output) = judge(&scenario, &["same", "value", "--for", "2900ms"]);
    assert_eq!((code, output.trim()), (1, "n1 and n2 show a different “value”, and nothing has disturbed the run for 2 s"));
    let (code, output) = judge(&scenario, &["same", "value", "--for", "1s"]);
    assert_eq!((code, output.trim()), (3, "unknown: the run was disturbed less than 2 s before its end"));
    let mut whole = scenario.clone();
    whole.inputs.retain(|timed| !matches!(timed.input, Input::Cut { .. }));
    assert_eq!(judge(&whole, &["same", "value"]).0, 0);
    assert_eq!(judge(&whole, &["sum", "version", "3"]), (0, "“version” adds up to 3\n".into()));
    assert_eq!(judge(&whole, &["sum", "version", "4"]), (1, "1 at n1 and 1 at n2 and 1 at n3 make 3, not 4\n".into()));
    let rows = works(&["run", "-", "--for", "300ms"], &write_scenario(&whole));
    let row = |what: &str| rows.lines().find(|line| line.contains(what)).unwrap().split_whitespace().next().unwrap().to_owned();
    let (asks, starts, writes) = (row("c1 asks"), row("n1 starts"), row("n2 writes to its disk"));
    assert_eq!(judge(&whole, &["order", &asks, &starts]), (0, "neither could know of the other\n".into()), "{rows}");
    let (_, output) = judge(&whole, &["order", &writes, &asks]);
    assert!(output.starts_with(&format!("row {asks} could have caused row {writes}:\n")) && output.lines().count() > 3, "{output}");
    complains(&["judge", "-", "same", "valu"], &write_scenario(&whole), &["no node shows “valu”", "version"]);
    complains(&["judge", "-", "order", "0", "999999"], &write_scenario(&whole), &["no row 999999"]);
    // Where time stands still, the moment that is asked about never comes.
    let pace = Pace::Open(Latency::Constant(Span::ZERO));
    let still = Scenario { workload: Some(Workload { pace, route: Route::Rotate, keys: 1, limit: u32::MAX }), ..whole.clone() };
    complains(&["judge", "-", "sum", "version", "3"], &write_scenario(&still), &["time stands still at 0 ns"]);
    complains(&["judge", "-", "guess"], &write_scenario(&whole), &["same, sum, own-writes or order"]);
}
