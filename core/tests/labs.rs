//! Every lab that ships is well, its runs are the same everywhere, and what is wrong with a lab file is
//! named with its place.

use faultline::Sim;
use faultline::lab::challenge::Task;
use faultline::lab::predicate::{Moment, Names};
use faultline::lab::script::{Script, Spot};
use faultline::lab::tour::{Doing, Guess};
use faultline::lab::{Lab, Problem};
use faultline::models::Library;
use faultline::scenario::{Input, Scenario, Timed};
use faultline::sim::{Chance, Latency, Network, NodeId, Span, Time};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A lab that is not shown: what the reader says to it, changed in one place, is tested here.
const LOST: &str = include_str!("support/acknowledged-and-lost.toml");

/// A lab that was written from the guide alone, as somebody else would.
const RUMOURS: &str = include_str!("support/rumours.toml");

/// Every lab, by the name of its file.
const LABS: &[(&str, &str)] = &[
    ("L01", include_str!("../../static/labs/L01.toml")),
    ("L02", include_str!("../../static/labs/L02.toml")),
    ("L07", include_str!("../../static/labs/L07.toml")),
    ("L10", include_str!("../../static/labs/L10.toml")),
    ("L12", include_str!("../../static/labs/L12.toml")),
    ("L16", include_str!("../../static/labs/L16.toml")),
    ("L17", include_str!("../../static/labs/L17.toml")),
    ("L21", include_str!("../../static/labs/L21.toml")),
    ("L24", include_str!("../../static/labs/L24.toml")),
];

/// Every run that a lab ships: how many rows it has, and its hash.
const FROZEN: &[(&str, &str, u32, &str)] = &[
    ("L01", "world", 1924, "e9655dc105992c8d"),
    ("L01", "tour", 419, "bd23c3dc36278c00"),
    ("L01", "challenge bingo", 1958, "afb38f78d3fe2499"),
    ("L01", "challenge two-truths", 1926, "b91a82152c990ffa"),
    ("L01", "challenge silent-half", 1926, "a21bb12983cb257b"),
    ("L01", "challenge switched", 1950, "679985629f037e32"),
    ("L01", "scene 1", 267, "6e6530a3eb376ea6"),
    ("L01", "scene 2", 224, "e8bb12d3e4fe85c4"),
    ("L01", "scene 3", 225, "50c77dc7bf0b7348"),
    ("L02", "world", 332, "5bc41f8dab99367c"),
    ("L02", "tour", 108, "25a45d9f65f76e9c"),
    ("L02", "challenge same-face", 351, "c54f652b01bfe49f"),
    ("L02", "challenge twice", 348, "315052bb09c6fbbf"),
    ("L02", "challenge tune", 1049, "d83ba70e16035eb2"),
    ("L02", "challenge balance", 354, "a770d78acf4d5737"),
    ("L02", "challenge generals", 11, "f3d2ebb29cf25cb5"),
    ("L02", "guess silence request-lost", 8, "54fa752bfcb28e43"),
    ("L02", "guess silence answer-lost", 12, "c7e054c6716c7384"),
    ("L02", "guess silence crashed-before", 10, "aa07355cd72075b9"),
    ("L02", "guess silence crashed-after", 12, "6097cf1708692bb7"),
    ("L02", "guess silence slow", 12, "15ca867f92647afd"),
    ("L02", "scene 1", 34, "a20dc3377fd8cbbf"),
    ("L02", "scene 2", 30, "feeb2bd8186fe447"),
    ("L02", "scene 3", 7, "e20e56c852fd4663"),
    ("L07", "world", 964, "8e4132288ba3e0b6"),
    ("L07", "tour", 125, "cebb778e9e140763"),
    ("L07", "challenge lose", 763, "402bee49ef48d42b"),
    ("L07", "challenge wrong-heir", 765, "1c4acea84d92eb28"),
    ("L07", "challenge parted", 1000, "0a9600933cb75201"),
    ("L07", "challenge any-crash", 100, "9a599644ed94c95a"),
    ("L07", "challenge price", 985, "f79c4553b4c7f44d"),
    ("L07", "challenge recovery-point", 290, "2d4dc980b868e5aa"),
    ("L07", "challenge swapped", 49, "0502bd3575a3a0c9"),
    ("L07", "scene 1", 81, "372fb196ad4686bc"),
    ("L07", "scene 2", 96, "bb4190a5af1d6ffe"),
    ("L07", "scene 3", 99, "1c23212b337ced0f"),
    ("L07", "scene 4", 140, "4dc0b82827c66e6a"),
    ("L10", "world", 3, "8e9bf27d701647b4"),
    ("L10", "tour", 208, "6d453253c770eaaa"),
    ("L10", "challenge proof", 462, "8e987e5332182088"),
    ("L10", "challenge refused", 52, "cbdc0b4884127c4e"),
    ("L10", "challenge impossible", 54, "fdff3c9a07d1b123"),
    ("L10", "challenge else-consistency", 34, "f5718e8645cd9c20"),
    ("L10", "challenge else-latency", 40, "5700f27310c6508f"),
    ("L10", "scene 1", 26, "975b2d5511315850"),
    ("L10", "scene 2", 58, "84925333f794e033"),
    ("L10", "scene 3", 18, "e00beea671ad24dc"),
    ("L10", "scene 4", 29, "1d939b7c17a4d635"),
    ("L12", "world", 13, "aa1ee36bbd8dc76c"),
    ("L12", "tour", 151, "310ac07278529811"),
    ("L12", "challenge stale", 57, "319b56926c1262b9"),
    ("L12", "challenge overlap", 71, "5d6bc2a64c383b56"),
    ("L12", "challenge sloppy", 214, "00d49df049c4f3ca"),
    ("L12", "challenge dials", 13, "aa1ee36bbd8dc76c"),
    ("L12", "challenge two-dead", 31, "d1b9af9fde8f2e6b"),
    ("L12", "scene 1", 41, "d3695fb889ff5c20"),
    ("L12", "scene 2", 68, "c05793ff33ced2c7"),
    ("L12", "scene 3", 59, "cf6dea41d4b88089"),
    ("L16", "world", 4, "699f1190c5598ac7"),
    ("L16", "tour", 252, "ad91dfe3661381dd"),
    ("L16", "challenge everyone-waits", 281, "4391a0d1ca0f73f1"),
    ("L16", "challenge half", 37, "3c469ad14890cce3"),
    ("L16", "challenge guess", 154, "6f5a07962111478b"),
    ("L16", "challenge mixed-reads", 66, "da0d17c375d8b763"),
    ("L16", "challenge availability", 890, "b6ddc613e04f35fe"),
    ("L16", "scene 1", 101, "98aa2895fa98b119"),
    ("L16", "scene 2", 80, "0816f0dad6710908"),
    ("L16", "scene 3", 37, "3c469ad14890cce3"),
    ("L17", "world", 4670, "6175965ffa695659"),
    ("L17", "tour", 1786, "03d3c29d35e9f054"),
    ("L17", "challenge perpetual", 2506, "7773f701d93a05f4"),
    ("L17", "challenge two-leaders", 3623, "dd65922d199d09aa"),
    ("L17", "challenge one-term", 3640, "518cf9c3886c5054"),
    ("L17", "challenge downtime", 301, "cc3c879f9153c3ef"),
    ("L17", "challenge old-write", 2807, "fb0b3f2a999b92d9"),
    ("L17", "scene 1", 395, "531ad67c3b9dfd28"),
    ("L17", "scene 2", 193, "7bf2bae28e97c604"),
    ("L17", "scene 3", 77, "f5d341ab82818030"),
    ("L21", "world", 366, "2a59cc85c59664e7"),
    ("L21", "tour", 281, "384606bff2f5fea7"),
    ("L21", "challenge two-hands", 435, "c7eca2b14dcc6a7c"),
    ("L21", "challenge stolen", 476, "8f0cfbb9601bc705"),
    ("L21", "challenge failover", 544, "a23720ea70bb9e80"),
    ("L21", "challenge leak", 389, "e9a84d8ec33d5153"),
    ("L21", "challenge fence", 907, "51f9fa736a66edfe"),
    ("L21", "scene 1", 159, "c9887cbe2bd76f72"),
    ("L21", "scene 2", 163, "e0e09d50bccb22e0"),
    ("L21", "scene 3", 141, "f63578061b2e323e"),
    ("L24", "world", 16_384, "240d50150b89cf2e"),
    ("L24", "tour", 47_593, "c429ef3a1d5ab778"),
    ("L24", "tour from step 10", 2_629, "d2eeb5157bb075ac"),
    ("L24", "challenge kindness", 149_878, "9179c4ef79f9c9e0"),
    ("L24", "challenge cure", 7_081, "ed72df5fa3457b23"),
    ("L24", "challenge power", 51_597, "c9122cfb1e8c88d2"),
    ("L24", "challenge budget", 4_393, "f49f3ba580f3f27b"),
    ("L24", "challenge threshold", 42_079, "01fd3935938e5119"),
    ("L24", "challenge one-row", 3511, "e15aeadd47584bc2"),
    ("L24", "scene 1", 34_373, "feca48cbd95e263c"),
    ("L24", "scene 2", 5_536, "d4839d2ee485e1a4"),
];

fn read(id: &str, text: &str) -> Lab {
    Lab::read(text, id, &Library::standard()).unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

fn lost() -> Lab {
    read("acknowledged-and-lost", LOST)
}

#[test]
fn every_lab_is_well() {
    for (id, text) in LABS.iter().chain(&[("acknowledged-and-lost", LOST), ("rumours", RUMOURS)]) {
        let problems = read(id, text).check(&Library::standard());
        assert!(problems.is_empty(), "{id}:\n{}", shown(&problems));
    }
}

#[test]
fn every_run_of_a_lab_is_the_same_everywhere() {
    let library = Library::standard();
    let mut found = Vec::new();
    for (id, text) in LABS {
        for (name, scenario, until) in read(id, text).runs(&library).unwrap() {
            let mut sim = Sim::new(&library, scenario).unwrap();
            sim.run_until(until);
            found.push((*id, name, sim.rows(), sim.hash().to_string()));
        }
    }
    let frozen: Vec<_> = FROZEN.iter().map(|(id, name, rows, hash)| (*id, (*name).to_owned(), *rows, (*hash).to_owned())).collect();
    assert!(found == frozen, "{found:#?}");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn no_lab_is_forgotten_and_the_guide_and_the_schema_say_what_the_reader_does() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/labs");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|file| file.ends_with(".toml"));
    files.sort();
    assert_eq!(files, LABS.iter().map(|(id, _)| format!("{id}.toml")).collect::<Vec<_>>());
    for (id, text) in LABS {
        let lab = read(id, text);
        for other in lab.prerequisites.iter().chain(&lab.related) {
            assert!(LABS.iter().any(|(id, _)| id == other), "{id} names {other}");
        }
    }
    let guide = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
    let tables = faultline::lab::format::tables();
    assert!(guide.ends_with(tables.trim_end()) || guide.trim_end().ends_with(tables.trim_end()), "faultline lab fields has changed");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(format!("{folder}/schema.json")).unwrap()).unwrap();
    assert_eq!(schema, faultline::lab::format::schema(), "faultline lab schema has changed");
    for action in faultline::lab::script::ACTIONS {
        assert!(guide.contains(&format!("`{action}`")), "the guide does not name {action}");
    }
}

/// What follows from a fault is not said beside it.
#[test]
fn a_fault_is_said_once() {
    for (from, to, why) in [("kind = \"see\"", "kind = \"sea\"", "did you mean “see”?"), ("seed = 7", "seed = ", "this is not TOML")] {
        let problems = Lab::read(&LOST.replacen(from, to, 1), "acknowledged-and-lost", &Library::standard()).unwrap_err();
        assert!(problems.len() == 1 && problems[0].why.contains(why), "{to}:\n{}", shown(&problems));
    }
}

/// One change of the lab file, and what is said about it: the field, and some of the words.
#[test]
fn every_mistake_is_named_with_its_line_and_field() {
    let cases: &[(&str, &str, &str, &str)] = &[
        // Letters.
        ("seed = 7", "seed = ", "", "this is not TOML"),
        ("seed = 7", "seed = 7\nseed = 8", "", "`seed` is there twice"),
        // Fields.
        ("order = 10", "ordr = 10", "ordr", "did you mean `order`?"),
        ("seed = 7", "seed = \"7\"", "world.seed", "this is text; it should be a whole number"),
        ("seed = 7", "seed = -7", "world.seed", "it goes from 0"),
        ("format = 1", "format = 2", "format", "it goes from 1 to 1"),
        ("goal = \"An", "goall = \"An", "goal", "this is missing"),
        ("level = \"foundation\"", "level = \"fundation\"", "level", "did you mean “foundation”?"),
        ("id = \"acknowledged-and-lost\"", "id = \"lost\"", "id", "the file is called acknowledged-and-lost.toml"),
        ("isn't it?\"", "isn't it? No. It is not.\"", "hook", "it has 4 sentences"),
        // What the page has no control for cannot be chosen.
        ("knobs = [\"wait-for\"]", "knobs = [\"wait-for\", \"disk\"]", "challenge[3].knobs[2]", "there is no setting “disk”"),
        ("knobs = [\"wait-for\"]", "knobs = [\"wait-for\", \"load\"]", "challenge[3].knobs[2]", "there is no setting “load”"),
        (
            "knobs = [\"wait-for\"]",
            "knobs = [\"wait-for\", \"network loss\"]",
            "challenge[3].knobs",
            "can be turned alone only where `allow` has network",
        ),
        ("model = \"primary-backup\"", "model = \"primary-backups\"", "world.model", "did you mean “primary-backup”?"),
        ("nodes = 3", "nodes = 100", "world.nodes", "2 to 99 nodes"),
        ("nodes = 3", "nodes = 100000", "world.nodes", "it goes from 1 to 20000"),
        ("nodes = 3", "nodes = 7", "world.nodes", "at most 5 nodes"),
        ("length = \"10s\"", "length = \"10 weeks\"", "world.length", "“10 weeks” is not a length of time"),
        ("length = \"10s\"", "length = \"10\"", "world.length", "it has no unit; say 10s or 10ms"),
        ("latency = \"45ms to 55ms\"", "latency = \"55ms to 45ms\"", "world.latency", "above its longest"),
        ("nodes = 3", "nodes = 3\nsizes = [2, 3]", "world.sizes", "nodes is not among the knobs"),
        ("knobs = [\"wait-for\", ", "knobs = [\"nodes\", ", "world.sizes", "between how many nodes is there a choice?"),
        ("knobs = [\"wait-for\", ", "sizes = [4, 5]\nknobs = [\"nodes\", ", "world.sizes", "3, as many as there are at the beginning"),
        ("knobs = [\"wait-for\", ", "sizes = [3, 2]\nknobs = [\"nodes\", ", "world.sizes", "the smallest first"),
        ("knobs = [\"wait-for\", ", "sizes = [3, \"5\"]\nknobs = [\"nodes\", ", "world.sizes[2]", "this is text"),
        ("knobs = [\"wait-for\", ", "sizes = [3, 100]\nknobs = [\"nodes\", ", "world.sizes[2]", "it goes from 1 to 99"),
        ("knobs = [\"wait-for\"]", "knobs = [\"wait-for\", \"nodes\"]", "challenge[3].knobs", "its world has no `sizes`"),
        (
            "settings = { wait-for = \"nobody\" }\nknobs",
            "settings = { wait-fr = \"nobody\" }\nknobs",
            "world.settings.wait-fr",
            "did you mean “wait-for”?",
        ),
        (
            "settings = { wait-for = \"nobody\" }\nknobs",
            "settings = { wait-for = \"noone\" }\nknobs",
            "world.settings.wait-for",
            "there is no choice “noone”",
        ),
        ("\"take-over\"]", "\"take-over\", \"patience\", \"heartbeat\"]", "world.knobs", "3 knobs are there from the start"),
        ("reveal = [\"wait-for\"]", "reveal = [\"heartbeat\"]", "step[7].reveal", "heartbeat is not among the knobs of the world"),
        // Words.
        (
            "say = \"Cut the two links that lead out of n1 to its backups.\"",
            "say = \"one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten more\"",
            "step[3].say",
            "it has 41 words",
        ),
        (
            "say = \"An error\"",
            "say = \"An error of some kind that nobody of us here has ever seen before in all our lives\"",
            "bet.option",
            "words together",
        ),
        // Languages.
        (
            "stop = \"copies(value) = 3\"",
            "stop = \"copies(value) = 3s\"",
            "step[2].stop",
            "at “3s”: a number cannot be compared with a length of time",
        ),
        (
            "script = [\"c2 asks n2 read\"]",
            "script = [\"c9 asks n2 read\"]",
            "step[6].script[1]",
            "no node or client “c9”; there are nodes n1 to n3",
        ),
        ("script = [\"c2 asks n2 read\"]", "script = [\"c2 asks n9 read\"]", "step[6].script[1]", "there is no node or client “n9”"),
        (
            "allow = [\"ask\", \"crash\", \"restart\"",
            "allow = [\"ask\", \"crush\", \"restart\"",
            "challenge[1].allow[2]",
            "did you mean “crash”?",
        ),
        ("at-most = { crash = 1 }", "at-most = { crsh = 1 }", "challenge[1].at-most.crsh", "did you mean “crash”?"),
        // What belongs together.
        ("tolerance = \"25ms\"", "", "challenge[4].tolerance", "how far off"),
        ("answer = \"210ms\"\n", "", "challenge[4].answer", "a challenge to predict needs this"),
        ("mistakes = [{ wait-for = \"nobody\" }, { wait-for = \"one backup\" }]", "mistakes = []", "challenge[3].mistakes", "at least one"),
        (
            "fix = { take-over = false }",
            "fix = { take-over = false }\nsurvive = \"50%\"",
            "challenge[2].survive",
            "a challenge to break has none",
        ),
        ("id = \"two-heads\"", "id = \"lose\"", "challenge[2].id", "another challenge has the same"),
        ("stop = \"copies(value) = 3\"\n", "", "step[2].stop", "a step to see needs this"),
        (
            "corrected = { wait-for = \"all backups\" }",
            "corrected = { wait-for = \"nobody\" }",
            "textbook[1].corrected",
            "the same settings",
        ),
        // Worlds of their own, searches, measures.
        ("id = \"two-heads\"", "id = \"two-heads\"\nworld = { model = \"raft\" }", "challenge[2].world.length", "this is missing"),
        (
            "id = \"two-heads\"",
            "id = \"two-heads\"\nworld = { model = \"rafts\", length = \"9s\" }",
            "challenge[2].world.model",
            "did you mean “raft”?",
        ),
        (
            "id = \"two-heads\"",
            "id = \"two-heads\"\nsearch = [{ say = \"x\", found = true, seek = \"broken(one-primry)\" }]",
            "challenge[2].search[1].seek",
            "did you mean “one-primary”?",
        ),
        (
            "id = \"two-heads\"",
            "id = \"two-heads\"\nsearch = [{ say = \"x\", found = true, seek = \"done and kept(linearizable)\", ask = [\"wride\"] }]",
            "challenge[2].search[1].ask[1]",
            "did you mean “write”?",
        ),
        ("seed = 7", "seed = 7\nmeasure = [{ name = \"x\" }]", "world.measure[1].value", "either a value, hits of how many, or what holds"),
        ("seed = 7", "seed = 7\nmeasure = [{ name = \"x\", hits = \"requests(ok)\" }]", "world.measure[1].value", "hits of how many"),
        ("stop = \"copies(value) = 3\"", "stop = \"copies(value) = 3\"\nshows = [\"x\"]", "step[2].shows", "“x” is not measured here"),
        ("stop = \"copies(value) = 3\"", "stop = \"copies(value) = 3\"\nanyone = true", "step[2].anyone", "a step to see has none"),
        ("fix = { take-over = false }\n", "", "challenge[2].fix", "or a search that shows that nothing helps"),
        (
            "as-written = { wait-for = \"nobody\" }",
            "challenge = \"loose\"\nas-written = { wait-for = \"nobody\" }",
            "textbook[1].challenge",
            "did you mean “lose”?",
        ),
        // What comes out when everything is tried.
        (
            "id = \"two-heads\"",
            "id = \"two-heads\"\nsearch = [{ say = \"x\", found = true, seek = \"broken(one-primary)\", timers = 0 }]",
            "challenge[2].search",
            "not found in ",
        ),
        ("stop = \"copies(value) = 3\"", "stop = \"copies(valeu) >= 0\"", "step[2].stop", "shows a field “valeu”; did you mean “value”?"),
        ("stop = \"copies(value) = 3\"", "stop = \"copies(value) = 4\"", "step[2]", "✗ copies(value) = 4: it is 3"),
        (
            "right = \"requests(read, ok) >= 1 and not broken(linearizable)\"",
            "right = \"up(n2)\"",
            "bet.option",
            "2 options turn out right",
        ),
        ("when = \"requests(read, ended) >= 1\"", "when = \"requests(read, ended) >= 9\"", "bet.when", "the tour never comes to it"),
        ("  \"when requests(write, ok) >= 1: crash n1\",\n]", "]", "challenge[1].solution", "it does not solve the challenge"),
        (
            "goal = \"lost(value) >= 1 for 1s and",
            "goal = \"lost(value) >= 0 for 1s and",
            "challenge[1].goal",
            "doing nothing solves it too",
        ),
        (
            "fix = { wait-for = \"all backups\" }\nhints",
            "fix = { heartbeat = \"140ms\" }\nhints",
            "challenge[1].fix",
            "with it the solution still works",
        ),
        ("crash = 1 }", "crash = 0 }", "challenge[1].solution", "“crash” was done 1 times; 0 are allowed"),
        (
            "never = \"faults(crash) >= 1\"",
            "never = \"nodes(role primary) >= 2\"",
            "challenge[2].solution",
            "what must never happen has happened",
        ),
        (
            "defence = { wait-for = \"all backups\" }",
            "survive = \"1%\"\ndefence = { wait-for = \"all backups\" }",
            "challenge[3].attack",
            "doing nothing is enough",
        ),
        (
            "defence = { wait-for = \"all backups\" }",
            "defence = { wait-for = \"one backup\" }",
            "challenge[3].defence",
            "it is not enough: survived ",
        ),
        (
            "mistakes = [{ wait-for = \"nobody\" }",
            "mistakes = [{ wait-for = \"all backups\" }",
            "challenge[3].mistakes",
            "wait-for = all backups is no mistake",
        ),
        // Nobody has solved or survived what nobody knows.
        (
            "goal = \"broken(linearizable)\"",
            "goal = \"not kept(serializable)\"",
            "challenge[2].solution",
            "not reached, as far as the judge of histories knows",
        ),
        (
            "never = \"faults(crash) >= 1\"",
            "never = \"broken(serializable)\"",
            "challenge[2].solution",
            "does not know whether what must never happen has happened",
        ),
        (
            "goal = \"not broken(linearizable) and lost(value) = 0\"",
            "goal = \"not broken(serializable) and lost(value) = 0\"",
            "challenge[3].defence",
            "nobody knows",
        ),
        (
            "script = [\"at 500ms: cut n1 -> n2\", \"at 600ms: c1 asks n1 write\"",
            "script = [\"at 500ms: cut n1 -> n2\", \"when nodes(up) = 0: c1 asks n1 write\"",
            "challenge[3].attack",
            "line 2 of an attack: it waits in vain for nodes(up) = 0",
        ),
        ("answer = \"210ms\"", "answer = \"150ms\"", "challenge[4].answer", "this is not right; right is 2"),
        (
            "fix = { wait-for = \"nobody\" }\nhints = [\"Follow",
            "fix = { heartbeat = \"140ms\" }\nhints = [\"Follow",
            "challenge[4].fix",
            "the answer is still right",
        ),
        ("until = \"requests(write, unknown) >= 1\"", "until = \"requests(write, ok) >= 1\"", "teacher.scene[2]", "its moment never comes"),
    ];
    // Trying everything out takes time, and only the last of these need it.
    let heavy = |field: &str| field.starts_with("challenge[3]");
    for (from, to, field, why) in cases {
        assert_eq!(
            LOST.matches(from).count(),
            if from.starts_with("settings = {") { 1 } else { LOST.matches(from).count().max(1) },
            "{from}"
        );
        let text = LOST.replacen(from, to, 1);
        let problems = match Lab::read(&text, "acknowledged-and-lost", &Library::standard()) {
            Err(problems) => problems,
            Ok(mut lab) => {
                if !heavy(field) {
                    lab.challenges.retain(|challenge| !matches!(challenge.task, Task::Defend { .. }));
                }
                lab.check(&Library::standard())
            }
        };
        let renumbered = field.replace("challenge[4]", "challenge[3]");
        let named = problems.iter().find(|problem| (problem.field == *field || problem.field == renumbered) && problem.why.contains(why));
        let named = named.unwrap_or_else(|| panic!("{to}: {field} should say “{why}”, but there is\n{}", shown(&problems)));
        let changed = 1 + LOST[..LOST.find(from).unwrap()].matches('\n').count();
        // A table is named by its first line, which stands above what is wrong in it.
        assert!(named.line <= changed + 1 && named.line + 20 > changed, "{to} in line {changed}: {named}");
    }
}

#[test]
fn several_mistakes_are_named_at_once_in_their_order() {
    let text = LOST.replacen("order = 10", "ordr = 10", 1).replacen("seed = 7", "seed = true", 1).replacen("say = \"Let", "sey = \"Let", 1);
    let text = text.replacen("goal = \"broken(linearizable)\"", "goal = \"broken(linearisable)\"", 1);
    let problems = Lab::read(&text, "acknowledged-and-lost", &Library::standard()).unwrap_err();
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["ordr", "world.seed", "step[1].say", "step[1].sey", "challenge[2].goal"], "{}", shown(&problems));
    assert!(problems.is_sorted_by_key(|problem| problem.line));
}

/// One change of the rounds behind a curtain, and what is said about it.
#[test]
fn a_curtain_that_gives_something_away_is_named_and_so_is_a_cause_that_is_another() {
    let text = LABS.iter().find(|(id, _)| *id == "L02").expect("a lab with a curtain").1;
    let lost = "script = [\"when messages(answer, under way) >= 1: drop answer n1 -> c1\"]";
    let cases: &[(&str, &str, &str, &str)] = &[
        ("eyes = \"c1\"", "eyes = \"c2\"", "guess[1].eyes", "there is no node or client “c2”"),
        ("id = \"answer-lost\"", "id = \"request-lost\"", "guess[1].case[2].id", "another case has the same"),
        ("eyes = \"c1\"", "eyes = \"n1\"", "guess[1].case[2]", "the curtain gives it away: in “The request was lost” nothing more is seen"),
        (
            lost,
            "script = [\"when messages(request, under way) >= 1: drop request c1 -> n1\"]",
            "guess[1].case[2].holds",
            "its script brings about “The request was lost”",
        ),
        (lost, "script = [\"when down(n1): restart n1\"]", "guess[1].case[2].script", "line 1 of its script: it waits in vain"),
        ("by 1500ms\"]", "by 100ms\"]", "guess[1].case[5].script", "the moment at which it is asked never comes"),
        (
            "messages(answer, lost) = 1 and field(n1, deposits) = 1",
            "field(n1, deposits) = 1",
            "guess[1].case[5].script",
            "it is both “The answer was lost” and “It was merely slow”",
        ),
        ("messages(answer, lost) = 1 and", "messages(answer, lost) = 2 and", "guess[1].case[2].script", "it is none of the causes"),
    ];
    for (from, to, field, why) in cases {
        assert!(text.contains(from), "{from}");
        let problems = match Lab::read(&text.replacen(from, to, 1), "L02", &Library::standard()) {
            Err(problems) => problems,
            Ok(mut lab) => {
                lab.challenges.clear();
                lab.studies.clear();
                lab.check(&Library::standard())
            }
        };
        assert!(problems.iter().any(|problem| problem.field == *field && problem.why.contains(why)), "{to}: {}", shown(&problems));
    }
}

#[test]
fn rounds_are_the_same_for_everybody_and_each_cause_comes() {
    let (lab, library) = (read("L02", LABS[1].1), Library::standard());
    let guess = &lab.guesses[0];
    let rounds: Vec<_> = (0..40).map(|number| guess.round(&lab, &library, number).expect("a round")).collect();
    for cause in 0..guess.cases.len() {
        assert!((3..16).contains(&rounds.iter().filter(|round| round.truth == cause).count()), "{cause}");
    }
    let again = guess.round(&lab, &library, 7).expect("a round");
    assert_eq!((again.scenario, again.asked, again.truth), (rounds[7].scenario.clone(), rounds[7].asked, rounds[7].truth));
    assert!(rounds.windows(2).all(|pair| pair[0].scenario.seed != pair[1].scenario.seed && pair[0].asked != pair[1].asked));
    assert!(rounds.iter().all(|round| !round.why.is_empty() && round.why.iter().all(|reason| reason.holds)));
}

/// Names of clients are names of others where there are other nodes; so what can be played with several numbers
/// of nodes is read with each, and a run is decided with its own.
#[test]
fn how_many_nodes_there_are_can_be_chosen_and_everything_fits_each_number() {
    let library = Library::standard();
    let text = LABS.iter().find(|(id, _)| *id == "L10").unwrap().1;
    let named = |from: &str, to: &str, field: &str, why: &str| {
        assert!(text.contains(from), "{from}");
        let problems = Lab::read(&text.replacen(from, to, 1), "L10", &library).unwrap_err();
        assert!(problems.iter().any(|problem| problem.field == field && problem.why.contains(why)), "{}", shown(&problems));
    };
    named("\"at 1s: partition n1 c1; c1 asks n1 read\"", "\"at 1s: crash n3\"", "challenge[2].solution[1]", "with 2 nodes: at “crash n3”");
    named(
        "reveal = [\"write-back\", \"nodes\"]\n",
        "reveal = [\"write-back\"]\n\n[[step]]\nkind = \"explain\"\nsay = \"x\"\nreveal = [\"nodes\"]\n\n[[step]]\nkind = \"explain\"\nsay = \"x\"\n",
        "step[13].reveal",
        "the last in its world",
    );
    named("reveal = [\"versions\"]", "reveal = [\"versions\", \"nodes\"]", "step[10].reveal", "the last in its world");

    let lab = read("L10", text);
    assert_eq!(lab.world.choices(), [2, 3, 5]);
    let challenge = lab.challenge("refused").unwrap();
    let Task::Break { solution, .. } = &challenge.sized(5).task else { panic!("it is to break") };
    let start = Scenario { nodes: 5, ..challenge.start(&lab) };
    let played = solution.perform(&library, &start, &lab.world.subject, Time::ZERO, challenge.end(&lab)).unwrap().scenario;
    let verdict = challenge.decide(&lab, &library, &played, None).unwrap();
    assert_eq!((verdict.solved, verdict.actions), (Some(true), 3), "{}", verdict.said);
    let least = challenge.minimal(&lab, &library, &played).unwrap();
    assert_eq!((least.nodes, least.inputs.len()), (5, 3));
    for (nodes, said) in [(2, "not reached"), (4, "the number of nodes is another")] {
        let alone = Script::parse(&["at 1s: partition n1 c1; c1 asks n1 read", "after 400ms: c2 asks n2 read"], &names_of(&lab, nodes));
        let start = Scenario { nodes, ..challenge.start(&lab) };
        let played = alone.unwrap().perform(&library, &start, &lab.world.subject, Time::ZERO, challenge.end(&lab)).unwrap().scenario;
        let verdict = challenge.decide(&lab, &library, &played, None).unwrap();
        assert!(verdict.solved == Some(false) && verdict.said.contains(said), "{nodes}: {}", verdict.said);
    }
    // Where it is not offered, other nodes are another challenge.
    let proof = lab.challenge("proof").unwrap();
    let verdict = proof.decide(&lab, &library, &Scenario { nodes: 5, ..proof.start(&lab) }, None).unwrap();
    assert!(verdict.said.contains("the number of nodes is another"), "{}", verdict.said);
    // What is foreseen of two, three and five nodes is the same, by majority and at hand.
    let foreseen = lab.challenge("impossible").unwrap();
    for nodes in [2, 3, 5] {
        for (mode, answer) in [(0, "Availability: somebody is refused"), (1, "Consistency: the read is old")] {
            let mut run = Scenario { nodes, ..foreseen.start(&lab) };
            run.settings.insert("mode".into(), mode);
            let Task::Predict { answer: asked, .. } = &foreseen.task else { panic!("it is to predict") };
            let verdict = foreseen.decide(&lab, &library, &run, asked.guess(answer).as_ref()).unwrap();
            assert_eq!(verdict.solved, Some(true), "{nodes} nodes, {mode}: {}", verdict.said);
        }
    }
}

/// The names in a lab's world with so many nodes.
fn names_of(lab: &Lab, nodes: u16) -> Names {
    let scenario = Scenario { nodes, ..lab.world.scenario.clone() };
    Names::of(Library::standard().find(&scenario.model).unwrap(), &scenario)
}

/// Half of a file, and files with letters changed, are refused or read, and nothing worse.
#[test]
fn no_file_brings_the_reader_down() {
    let library = Library::standard();
    for cut in (0..LOST.len()).step_by(191).filter(|cut| LOST.is_char_boundary(*cut)) {
        assert!(Lab::read(&LOST[..cut], "acknowledged-and-lost", &library).is_err());
        for other in ["\"", "[", "]", "=", "\n", "(", "9999999999999999999", "é"] {
            let text = format!("{}{other}{}", &LOST[..cut], &LOST[cut..]);
            let _ = Lab::read(&text, "acknowledged-and-lost", &library);
        }
    }
}

#[test]
fn a_solution_is_graded_and_made_as_small_as_it_can_be() {
    let (lab, library) = (lost(), Library::standard());
    let challenge = lab.challenge("lose").unwrap();
    let (_, solution, end) = lab.runs(&library).unwrap().into_iter().find(|(name, ..)| name == "challenge lose").unwrap();
    let verdict = challenge.decide(&lab, &library, &solution, None).unwrap();
    assert_eq!((verdict.solved, verdict.actions, verdict.fresh_seed), (Some(true), 4, false));
    assert_eq!(challenge.par(&lab, &library), Ok(4));
    assert!(verdict.why.iter().all(|reason| reason.holds), "{:?}", verdict.why);
    let link = verdict.link(&library, end).unwrap();
    assert_eq!(link.seal.map(|seal| seal.moment), verdict.at.map(|moment| moment.time));

    // More than is needed, and what is needed remains.
    let mut more = solution.clone();
    for (ms, input) in [
        (100, Input::Invoke { client: 1, node: NodeId(0), op: 0, argument: 0 }),
        (300, Input::Cut { from: NodeId(1), to: NodeId(2) }),
        (3_000, Input::Invoke { client: 1, node: NodeId(1), op: 0, argument: 0 }),
    ] {
        more.add(Time::ZERO + Span::millis(ms), input);
    }
    assert_eq!(challenge.decide(&lab, &library, &more, None).unwrap().solved, Some(true));
    let least = challenge.minimal(&lab, &library, &more).unwrap();
    assert_eq!(least.inputs, solution.inputs);

    // The same with another seed counts, and is said.
    let other = Scenario { seed: 8, ..challenge.start(&lab) };
    let Task::Break { solution: script, .. } = &challenge.task else { panic!("it is to break") };
    let played = script.perform(&library, &other, &lab.world.subject, Time::ZERO, end).unwrap().scenario;
    let verdict = challenge.decide(&lab, &library, &played, None).unwrap();
    assert_eq!((verdict.solved, verdict.fresh_seed), (Some(true), true));
    let ghost = challenge.ghost(&lab, &library).unwrap().unwrap();
    assert!(ghost.inputs.len() < solution.inputs.len() && !ghost.inputs.is_empty());
}

#[test]
fn what_is_not_the_challenge_is_not_graded() {
    let (lab, library) = (lost(), Library::standard());
    let challenge = lab.challenge("lose").unwrap();
    let (_, solution, _) = lab.runs(&library).unwrap().into_iter().find(|(name, ..)| name == "challenge lose").unwrap();
    type Change = fn(&mut Scenario);
    let changes: [(Change, &str); 8] = [
        (|run| run.nodes = 4, "the number of nodes is another"),
        (|run| run.clients = 3, "the number of clients is another"),
        (|run| run.patience = Span::secs(1), "the clients' patience is another"),
        (|run| run.network.loss = Chance::percent(50), "the network is another"),
        (|run| run.disk.torn = Chance::ALWAYS, "the disk is another"),
        (
            |run| {
                run.settings.insert("heartbeat".into(), 1_000_000_000);
            },
            "the setting heartbeat is another",
        ),
        (
            |run| {
                run.add(Time::ZERO, Input::Pause(NodeId(1)));
            },
            "“pause” at 0 ns is not allowed",
        ),
        (
            |run| {
                run.add(Time(1), Input::Crash(NodeId(1)));
            },
            "“crash” was done 2 times; 1 are allowed",
        ),
    ];
    for (change, why) in changes {
        let mut run = solution.clone();
        change(&mut run);
        let verdict = challenge.decide(&lab, &library, &run, None).unwrap();
        assert!(verdict.solved == Some(false) && verdict.said.contains(why), "{}", verdict.said);
    }
    // A default that is written down is still the default.
    let mut same = solution;
    same.settings.insert("take-over".into(), 1);
    assert_eq!(challenge.decide(&lab, &library, &same, None).unwrap().solved, Some(true));
}

#[test]
fn an_attack_at_every_moment_of_a_run_without_end_is_refused() {
    use faultline::scenario::{Pace, Route, Workload};
    let (_, text) = LABS.iter().find(|(id, _)| *id == "L07").unwrap();
    let (lab, library) = (read("L07", text), Library::standard());
    let everywhere =
        |task: &Task| matches!(task, Task::Defend { attacks, .. } if attacks.iter().any(|attack| !attack.everywhere.is_empty()));
    let challenge = lab.challenges.iter().find(|challenge| everywhere(&challenge.task)).unwrap();
    let start = challenge.start(&lab);
    assert!(!challenge.attacks(&lab, &library, &start).unwrap().is_empty());
    let pace = Pace::Open(Latency::Constant(Span::ZERO));
    let still = Scenario { workload: Some(Workload { pace, route: Route::Rotate, keys: 1, limit: u32::MAX }), ..start };
    let fault = challenge.attacks(&lab, &library, &still).unwrap_err();
    assert!(fault.place == "attack" && fault.why.contains("time stands still"), "{fault}");
}

#[test]
fn where_one_part_of_the_network_is_meant_the_others_stay() {
    let library = Library::standard();
    let lab = read("L17", LABS.iter().find(|(id, _)| *id == "L17").unwrap().1);
    let challenge = lab.challenge("perpetual").unwrap();
    let network = |change: fn(&mut Network)| {
        let mut network = challenge.start(&lab).network;
        change(&mut network);
        network
    };
    let said = |first: Network, then: Option<Network>| {
        let mut run = challenge.start(&lab);
        run.add(Time(1), Input::Network(first));
        run.inputs.extend(then.map(|network| Timed { at: Time(2), input: Input::Network(network) }));
        challenge.decide(&lab, &library, &run, None).unwrap().said
    };
    let slow: fn(&mut Network) = |network| network.latency = Latency::Constant(Span::millis(400));
    assert!(!said(network(slow), None).contains("must stay"));
    let lossy: fn(&mut Network) = |network| network.loss = Chance::percent(5);
    assert!(said(network(lossy), None).contains("the network loss must stay as it is"));
    let ordered: fn(&mut Network) = |network| network.ordered = !network.ordered;
    assert!(said(network(ordered), Some(network(slow))).contains("the network ordered must stay as it is"));
}

#[test]
fn a_prediction_is_compared_with_what_is_measured() {
    let (lab, library) = (lost(), Library::standard());
    let challenge = lab.challenge("price").unwrap();
    let Task::Predict { answer, .. } = &challenge.task else { panic!("it is to predict") };
    let decided = |text: &str| {
        let guess = answer.guess(text);
        challenge.decide(&lab, &library, &challenge.start(&lab), guess.as_ref()).unwrap()
    };
    for (text, right) in
        [("210ms", true), ("0.22s", true), ("150ms", false), ("260ms", false), ("210", true), ("2", false), ("long", false)]
    {
        let verdict = decided(text);
        assert_eq!(verdict.solved, Some(right), "{text}: {}", verdict.said);
    }
    assert!(decided("150ms").said.starts_with("it is 2"));
    assert!(decided("").said.contains("nothing was foreseen"));
    assert_eq!(lab.bet.answer.guess("An older value"), Some(Guess::Option(1)));
    assert_eq!(lab.bet.answer.guess("3"), Some(Guess::Option(2)));
    assert_eq!(lab.bet.answer.guess("4"), None);
}

#[test]
fn a_step_stops_where_the_model_does_it_and_can_be_finished_from_anywhere() {
    let (lab, library) = (lost(), Library::standard());
    let start = lab.world.scenario.clone();
    let second = Time::ZERO + Span::secs(1);
    let step = &lab.steps[0];
    let found = step.stops(&lab.world.subject, &library, &start, Moment::START, second).unwrap().unwrap();
    assert_eq!((found.first, found.why[0].found.as_str()), (None, "it is 0"));
    // Finished from a later moment: what was done before stays.
    let mut played = start;
    played.add(Time(1), Input::Crash(NodeId(2)));
    let (run, moment) = step.finish(&lab.world.subject, &library, &played, Moment::START, second).unwrap();
    assert_eq!(run.inputs.len(), 2);
    assert!(moment.time > second);
    let found = step.stops(&lab.world.subject, &library, &run, Moment::START, Time::ZERO + Span::secs(9)).unwrap().unwrap();
    assert_eq!(found.first, Some(moment));
    // Counts begin with the step: the write that was before it does not stop it.
    let found = step.stops(&lab.world.subject, &library, &run, moment, Time::ZERO + Span::secs(9)).unwrap().unwrap();
    assert_eq!(found.first, None);
}

/// While a step waits, it is known where: at the first line of its script that was not done, in whatever order
/// the others were.
#[test]
fn a_step_waits_where_its_script_would_act_next() {
    let lab = |id: &str| LABS.iter().find(|(other, _)| *other == id).map(|(id, text)| read(id, text)).unwrap();
    let l10 = lab("L10");
    let began = l10.world.scenario.clone();
    let after = |inputs: &[Input]| {
        let mut now = began.clone();
        for input in inputs {
            now.add(Time(5_000_000), input.clone());
        }
        now
    };
    let (n1, n2, n3) = (NodeId(0), NodeId(1), NodeId(2));
    let ask = |client: u16, node: NodeId, op: u8, argument: i64| Input::Invoke { client, node, op, argument };
    let first = &l10.steps[0];
    let write = l10.steps[0].spots(&began, &began);
    assert_eq!(write, [Spot::Actor(NodeId(3)), Spot::Actor(NodeId(4))], "c1 writes, then c2 reads");
    let Doing::Do { script, .. } = &first.doing else { panic!("something to do") };
    assert_eq!(script.lines().count(), 2);
    let op = |name: &str| Library::standard().find(&began.model).unwrap().about().ops.iter().position(|op| op.name == name).unwrap() as u8;
    assert_eq!(first.spots(&began, &after(&[ask(0, n1, op("write"), 99)])), [Spot::Actor(NodeId(4))], "whatever is written");
    assert_eq!(first.spots(&began, &after(&[ask(0, n1, op("write"), 1), ask(1, n2, op("read"), 0)])), []);
    let cuts = &l10.steps[1];
    let cut = |from, to| Input::Cut { from, to };
    assert_eq!(cuts.spots(&began, &began)[0], Spot::Links(vec![(n1, n2), (n2, n1)]));
    assert_eq!(cuts.spots(&began, &after(&[cut(n1, n2), cut(n2, n1)])), [Spot::Links(vec![(n1, n3), (n3, n1)])]);
    assert_eq!(l10.steps[4].spots(&began, &began), [Spot::Setting("mode".into())]);
    assert_eq!(l10.steps[7].spots(&began, &began), [Spot::Cuts]);
    // What was done before the step began does not count.
    let cut_before = after(&[cut(n1, n2), cut(n2, n1)]);
    assert_eq!(cuts.spots(&cut_before, &cut_before).len(), 2);
    // Whom chance chooses is not pointed at.
    let l17 = lab("L17");
    assert_eq!(l17.steps[4].spots(&l17.world.scenario, &l17.world.scenario), []);
    // A step is about what it shows, and so are those after it.
    assert_eq!(l10.shows(1), ["c1 was answered", "c2 was answered"]);
    assert_eq!(l10.shows(7), ["Different values"]);
}
