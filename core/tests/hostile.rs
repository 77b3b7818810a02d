//! Whatever anybody feeds to a parser, it answers: no panic, no more memory than the input is worth,
//! no answer that takes ages, and what it reads it can write and read again.
//!
//! Inputs are made from the files in `corpus` by keyed draws, so that every failure can be repeated:
//! it names the number of its input and leaves the input in a file, which belongs into the corpus
//! once the fault is mended. Inputs that get a new kind of answer are mutated further. Short as a test;
//! `./run fuzz MINUTES` goes on for that long with each parser.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, clippy::print_stdout, reason = "it goes on for as long as it was told")]

#[path = "support/histories.rs"]
mod histories;
mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use faultline::files::{read_scenario, write_row, write_scenario};
use faultline::judge::history::{History, Outcome};
use faultline::judge::spec::Object;
use faultline::judge::value::Value;
use faultline::judge::{Promise, judge};
use faultline::lab::Lab;
use faultline::lab::challenge::Task;
use faultline::lab::draft::Draft;
use faultline::lab::progress::Progress;
use faultline::link::{Link, MARK};
use faultline::models::Library;
use faultline::sim::{Span, Time, stable_hash};
use faultline::{Scenario, Sim};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::Dice;

/// The system's memory, with a count of what each thread holds.
#[allow(unsafe_code, reason = "nobody but the allocator sees what is allocated")]
mod memory {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    thread_local! {
        static HELD: Cell<usize> = const { Cell::new(0) };
        static MOST: Cell<usize> = const { Cell::new(0) };
    }

    struct Counted;

    #[global_allocator]
    static MEMORY: Counted = Counted;

    // SAFETY: all that is asked for is asked of the system; counting allocates nothing.
    unsafe impl GlobalAlloc for Counted {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let held = HELD.get().wrapping_add(layout.size());
            HELD.set(held);
            MOST.set(MOST.get().max(held));
            // SAFETY: the caller keeps the system's contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
            HELD.set(HELD.get().wrapping_sub(layout.size()));
            // SAFETY: the caller keeps the system's contract.
            unsafe { System.dealloc(place, layout) }
        }
    }

    /// What was done, and the most bytes that it held at any time.
    pub(crate) fn most_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = HELD.get();
        MOST.set(before);
        let result = work();
        (result, MOST.get() - before)
    }
}

/// Somebody who reads what others have written.
struct Parser {
    /// The folder of its files.
    name: &'static str,
    /// Reads, with its memory counted, and says in a few words what came of it.
    read: fn(&str) -> String,
    /// What else must work with what was read.
    use_it: fn(&str),
    /// Words that mean something to it.
    words: &'static [&'static str],
    /// What lies in the input beneath its letters, if it is packed, and how to pack it again.
    unpack: fn(&[u8]) -> Option<Vec<u8>>,
    pack: fn(&[u8]) -> Vec<u8>,
    /// The most bytes that may be held for any input, and for each byte of it.
    bytes: usize,
    bytes_per_byte: usize,
}

const HISTORY: Parser = Parser {
    name: "",
    read: |text| match History::read(text) {
        Ok(history) => format!("{} operations", history.ops.len().min(9)),
        Err(fault) => fault.why,
    },
    use_it: |text| {
        if let Ok(history) = History::read(text) {
            comes_back(&history);
            is_judged(&history);
        }
    },
    words: &[],
    unpack: |_| None,
    pack: <[u8]>::to_vec,
    bytes: 16_384,
    bytes_per_byte: 200,
};

const EDN_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "#{",
    "#_",
    "#",
    "#x ",
    "\\",
    "\"",
    ";",
    ",",
    ":",
    " nil ",
    " true ",
    "-",
    "N",
    "9223372036854775808",
    "1e999",
    "{:process 0, :type :invoke, :f :read, :value nil}\n",
    "{:process 0, :type :ok, :f :read, :value 1}\n",
    ":nemesis",
    ":info",
    ":fail",
    ":txn",
    ":cas [1 2]",
    ":append",
    ":key ",
    "[[:r x 1]]",
    "[[:w x 1]]",
    "\\u",
    "\u{feff}",
    "\u{2028}",
    "é",
    "\u{1f600}",
    "\r\n",
    "\0",
];

const JSON_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "-0",
    "1e999",
    "99999999999999999999",
    "\\ud800",
    "\\u0000",
    "\\",
    "\\\"",
    "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n",
    "{\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":1}\n",
    "\"process\":",
    "\"type\":\"info\"",
    "\"f\":\"txn\"",
    "\"key\":",
    "\"value\":[[\"w\",1,2]]",
    "\u{feff}",
    "é",
    "\0",
];

const LOG_WORDS: &[&str] = &[
    "INFO  jepsen.util - ",
    "jepsen.util",
    " - ",
    "\t:invoke\t:read\tnil\n",
    "\t:ok\t:read\t1\n",
    "\t:info\t:write\t:timed-out\n",
    "\t:fail\t:cas\t[1 2]\n",
    ":nemesis",
    "\n",
    "-",
    "[",
    "\"",
    "#_",
    "\\",
    "é",
    "\u{85}",
];

const SCENARIO_WORDS: &[&str] = &[
    "0",
    "-1",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "\"584y\"",
    "\"1.5ms\"",
    "\"18446744073709551615ns\"",
    "\"100%\"",
    "\"0.0000001%\"",
    "null",
    "[",
    "]",
    "{",
    "}",
    "\"heal-all\"",
    "\"after\":",
    "{\"after\":[\"1s\",",
    "{\"mixture\":[[1,",
    "{\"quantiles\":[]}",
    "{\"constant\":\"1ms\"}",
    "\"nodes\":",
    "65535",
    "{\"at\":\"1s\",\"input\":{\"crash\":0}},",
    "\"gossip\"",
    "\"workload\":",
    "µs",
    "min",
];

const LAB_WORDS: &[&str] = &[
    "[[step]]\n",
    "[[challenge]]\n",
    "[world]\n",
    "\"\"\"",
    "'''",
    " = ",
    "[",
    "]",
    "{ a = ",
    "}",
    ".",
    "#",
    "1e9",
    "9223372036854775808",
    "1979-05-27T07:32:00Z",
    "\\u0000",
    "\\",
    "(",
    ")",
    "not ",
    " and ",
    " or ",
    " >= ",
    " + ",
    "every ",
    "some ",
    "ever ",
    "n1",
    "at 1s ",
    "at 1s: ",
    "every 1ns until 10s: ",
    "; restart n1",
    "slow n1 by ",
    "1ms plus ",
    "10% 1ms or 90% ",
    " then ",
    "crash n1",
    "cut n1 -> n2",
    "partition ",
    "1.5ms",
    "100%",
    "\r\n",
    "é",
];

const PROGRESS_WORDS: &[&str] =
    &["lab ", "challenge ", " step=", " bet=right", " stars=", " actions=", " hints=", " seeds=", ",", "=", "4294967296", "-1", "\n", "é"];

const LINK_WORDS: &[&str] = &["1", "2", "#run=", "A", "_", "-", "%", "=", "https://", "é", "\n"];

fn parsers() -> [Parser; 8] {
    [
        Parser { name: "edn", words: EDN_WORDS, ..HISTORY },
        Parser { name: "json", words: JSON_WORDS, ..HISTORY },
        Parser { name: "log", words: LOG_WORDS, ..HISTORY },
        Parser {
            name: "lab",
            read: |text| match Lab::read(text, "a-lab", &Library::standard()) {
                Ok(lab) => format!("a lab with {} challenges", lab.challenges.len().min(9)),
                Err(problems) => problems.last().map(ToString::to_string).unwrap_or_default(),
            },
            use_it: |text| {
                if let Ok(lab) = Lab::read(text, "a-lab", &Library::standard()) {
                    is_performed(&lab);
                }
            },
            words: LAB_WORDS,
            // Every letter can be a problem, and each is described.
            bytes: 65_536,
            bytes_per_byte: 1_000,
            ..HISTORY
        },
        Parser {
            name: "draft",
            read: |text| match Draft::read(text, &Library::standard()) {
                Ok(draft) => match draft.performance() {
                    Some(performance) => format!("performed {}", described(&performance.run)),
                    None => format!("a draft of {} steps", draft.count("step").min(9)),
                },
                Err(problems) => problems.last().map(ToString::to_string).unwrap_or_default(),
            },
            use_it: |text| {
                if let Ok(draft) = Draft::read(text, &Library::standard()) {
                    is_edited(draft);
                }
            },
            words: LAB_WORDS,
            bytes: 65_536,
            bytes_per_byte: 1_000,
            ..HISTORY
        },
        Parser {
            name: "progress",
            read: |text| match Progress::read(text) {
                Ok(_) => "progress".into(),
                Err(why) => why,
            },
            use_it: |text| {
                if let Ok(progress) = Progress::read(text) {
                    assert_eq!(Progress::read(&progress.write()).as_ref(), Ok(&progress), "it does not come back");
                }
            },
            words: PROGRESS_WORDS,
            ..HISTORY
        },
        Parser {
            name: "scenario",
            read: |text| read_scenario(text, &Library::standard()).map_or_else(|why| why, |scenario| described(&scenario)),
            use_it: |text| {
                if let Ok(scenario) = read_scenario(text, &Library::standard()) {
                    let again = write_scenario(&scenario);
                    assert_eq!(read_scenario(&again, &Library::standard()).as_ref(), Ok(&scenario), "it does not come back from {again}");
                    runs(scenario);
                }
            },
            words: SCENARIO_WORDS,
            ..HISTORY
        },
        Parser {
            name: "link",
            read: |text| match Link::read(text, &Library::standard()) {
                Ok(link) => described(&link.scenario),
                Err(fault) => fault.to_string(),
            },
            use_it: |text| {
                if let Ok(link) = Link::read(text, &Library::standard()) {
                    assert_eq!(Link::read(&link.write(), &Library::standard()).as_ref(), Ok(&link), "it does not come back");
                    runs(link.scenario);
                }
            },
            words: LINK_WORDS,
            unpack: |text| {
                let text = std::str::from_utf8(text).ok()?.trim();
                let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(MARK)?.get(1..)?).ok()?;
                Some(bytes[..bytes.len().checked_sub(4)?].to_vec())
            },
            pack: |body| {
                let mut bytes = body.to_vec();
                bytes.extend((stable_hash(body) as u32).to_le_bytes());
                format!("{MARK}1{}", URL_SAFE_NO_PAD.encode(bytes)).into_bytes()
            },
            ..HISTORY
        },
    ]
}

/// What is written of a history says the same again, unless nobody has done anything in it.
fn comes_back(history: &History) {
    for write in [History::to_edn, History::to_json_lines] {
        let text = write(history);
        if history.ops.is_empty() {
            assert!(History::read(&text).is_err(), "there is nothing to judge in {text}");
            continue;
        }
        let again = History::read(&text).unwrap_or_else(|fault| panic!("{fault}: what was written cannot be read: {text}"));
        assert_eq!(write(&again), text, "it does not come back");
        assert_eq!(again.ops.len(), history.ops.len(), "operations are lost: {text}");
    }
}

/// Every judge has an answer, and none of two judges says no where the stronger says yes.
fn is_judged(history: &History) {
    const MOST: usize = 24;
    const STEPS: u64 = 2_000;
    if history.ops.len() > MOST {
        return;
    }
    for (_, object) in Object::ALL {
        let kept = |promise| judge(history, object, promise, &Value::Nil, STEPS).ok().and_then(|judgement| judgement.kept);
        let verdicts = Promise::ALL.map(|(_, promise)| kept(promise));
        let ended = history.ops.iter().all(|op| op.outcome == Outcome::Ok);
        assert!(
            !ended || verdicts[0] != Some(true) || verdicts[1] != Some(false),
            "linearizable, but not sequential: {}",
            history.to_edn()
        );
    }
}

/// Whatever is done in a lab is done soon, with no more than a script may do, and is in the link.
fn is_performed(lab: &Lab) {
    const SOON: Span = Span::secs(2);
    const MOST_BYTES: usize = 200_000_000;
    const MOST_INPUTS: usize = 20_000;
    let library = Library::standard();
    for challenge in &lab.challenges {
        let start = challenge.start(lab);
        if start.nodes.saturating_add(start.clients) > MOST_ENDPOINTS {
            continue;
        }
        let scripts = match &challenge.task {
            Task::Break { solution, .. } => vec![solution],
            Task::Predict { script, .. } => vec![script],
            Task::Defend { attacks, .. } => attacks.iter().flat_map(|attack| [&attack.script, &attack.everywhere]).collect(),
        };
        for script in scripts {
            let subject = &challenge.world(lab).subject;
            let perform = || script.perform(&library, &start, subject, Time::ZERO, Time::ZERO + SOON);
            let (done, held) = memory::most_during(perform);
            assert!(held < MOST_BYTES, "{held} bytes are held while a script is performed");
            let Ok(done) = done else { continue };
            let inputs = done.scenario.inputs.len();
            assert!(inputs <= MOST_INPUTS, "a script does {inputs} things");
            let link = Link { scenario: done.scenario, seal: None };
            assert_eq!(Link::read(&link.write(), &library).as_ref(), Ok(&link), "its link does not come back");
        }
    }
}

/// Whatever is done to a draft, its file can be opened again, and is the same then.
fn is_edited(mut draft: Draft) {
    let library = Library::standard();
    let comes_back = |draft: &Draft| {
        let written = draft.write();
        let again = Draft::read(&written, &library).unwrap_or_else(|problems| panic!("{problems:?} in {written}"));
        assert_eq!(again.write(), written);
    };
    comes_back(&draft);
    for path in ["title", "world.settings", "bet.option[2].say", "step[1].stop", "challenge[1].hints", "teacher.plan"] {
        let text = draft.text(path);
        draft.put(path, &text);
        draft.put(path, "\u{1}\\\"'\n\t#");
    }
    draft.add("step");
    draft.remove("step[1]");
    if draft.caption(&library, Time::ZERO + Span::secs(1), "Look!").is_ok() {
        comes_back(&draft);
    }
    if let Some(performance) = draft.performance().cloned() {
        let before = draft.write();
        if draft.perform(&library, performance).is_err() {
            assert_eq!(draft.write(), before, "a run for which there are no words has changed something");
        }
    }
    comes_back(&draft);
}

/// However large a history is, no judge takes more time and memory than it has steps.
#[test]
fn large_histories() {
    const MOMENT: u64 = 30;
    /// What may be held for nothing, for each letter of the history and for each step.
    const BYTES: [usize; 3] = [1 << 20, 40, 64];
    let start = Instant::now();
    let end = minutes().map(|minutes| Duration::from_secs(minutes * 60));
    let (mut verdicts, mut hungriest, mut slowest) = ([0; 3], 0.0f64, Duration::ZERO);
    for number in 0.. {
        if end.map_or(number >= MOMENT, |end| start.elapsed() >= end) {
            println!(
                "large histories: {number}, {verdicts:?} kept, broken and unknown, {hungriest:.2} of the memory, {slowest:.1?} for the slowest"
            );
            break;
        }
        let large = histories::large(number);
        let letters = large.history.to_edn().len();
        for (name, promise) in Promise::ALL {
            for steps in [1_000, 100_000] {
                let begun = Instant::now();
                let (judgement, held) = memory::most_during(|| judge(&large.history, large.object, promise, &Value::Nil, steps));
                let took = begun.elapsed();
                let ops = large.history.ops.len();
                let allowed = BYTES[0] + BYTES[1] * letters + BYTES[2] * steps as usize;
                let what = format!("{}: {name} of {ops} operations in {steps} steps", large.called);
                assert!(held <= allowed, "{what}: {held} bytes are held, not {allowed}");
                assert!(took <= SLOWEST, "{what}: it took {took:?}");
                hungriest = hungriest.max(held as f64 / allowed as f64);
                slowest = slowest.max(took);
                if let Ok(judgement) = judgement {
                    verdicts[[Some(true), Some(false), None].iter().position(|kept| *kept == judgement.kept).unwrap()] += 1;
                }
            }
        }
    }
    assert!(verdicts.iter().all(|count| *count > 50), "{verdicts:?}");
}

/// What makes a scenario another kind of scenario.
fn described(scenario: &Scenario) -> String {
    let word = |what: String| what.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or("").to_lowercase();
    let inputs: BTreeSet<String> = scenario.inputs.iter().map(|timed| word(format!("{:?}", timed.input))).collect();
    format!("{} {} {inputs:?}", scenario.model, word(format!("{:?}", scenario.network.latency)))
}

/// What passes for a scenario can be run.
fn runs(scenario: Scenario) {
    const STEPS: u64 = 300;
    if scenario.nodes.saturating_add(scenario.clients) > MOST_ENDPOINTS {
        return;
    }
    let Ok(mut sim) = Sim::new(&Library::standard(), scenario) else { return };
    while sim.steps() < STEPS && sim.step() {}
    let _ = sim.promises();
    for row in 0..sim.rows() {
        let line = write_row(&sim, row);
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "row {row} is no line of JSON: {line}");
    }
    comes_back(&History::of(&sim));
}

/// Larger clusters are not run.
const MOST_ENDPOINTS: u16 = 50;
/// The longest input.
const LONGEST: usize = 30_000;
/// How long the answer to one may take, optimised, on a machine that does other things as well.
const SLOWEST: Duration = Duration::from_secs(10);

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files_in = |folder: &str| std::fs::read_dir(home.join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files_in(&format!("tests/corpus/{name}")).collect();
    if name == "lab" || name == "draft" {
        files.extend(files_in("../static/labs").filter(|file| file.extension().is_some_and(|ending| ending == "toml")));
    }
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// What was tried, and what is worth trying further.
struct Fuzz {
    parser: Parser,
    /// The inputs that others are made from; first those of the corpus, so many.
    pool: Vec<Vec<u8>>,
    given: usize,
    answers: BTreeSet<String>,
    tried: u64,
    hungriest: usize,
    slowest: Duration,
}

impl Fuzz {
    fn new(parser: Parser) -> Self {
        let pool = corpus(parser.name);
        assert!(pool.len() > 1, "{} has no corpus", parser.name);
        Self { parser, given: pool.len(), pool, answers: BTreeSet::new(), tried: 0, hungriest: 0, slowest: Duration::ZERO }
    }

    /// One more input. The first are those of the corpus as they are.
    fn next(&mut self) {
        const ANSWERS: usize = 2_000;
        let number = self.tried;
        self.tried += 1;
        let input = match self.pool[..self.given].get(number as usize) {
            Some(input) => input.clone(),
            None => mutated(&mut Dice::new(number), &self.parser, &self.pool),
        };
        let answer = self.feed(&input, number);
        // Numbers and names make an answer no other one.
        let kind: String = answer.chars().filter(|letter| letter.is_ascii_lowercase()).take(60).collect();
        if self.answers.len() < ANSWERS && self.answers.insert(kind) {
            self.pool.push(input);
        }
    }

    fn feed(&mut self, input: &[u8], number: u64) -> String {
        let Parser { name, read, use_it, bytes, bytes_per_byte, .. } = self.parser;
        // What ends the whole program leaves its input too.
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-now"));
        std::fs::write(&file, input).unwrap();
        // Who opens files and links refuses what is no text.
        let text = String::from_utf8_lossy(input);
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let (answer, held) = memory::most_during(|| read(&text));
            assert!(held <= bytes + bytes_per_byte * text.len(), "{held} bytes are held for an input of {} bytes", text.len());
            use_it(&text);
            (answer, held)
        }));
        let took = start.elapsed();
        let failure = match result {
            Ok((answer, held)) if took <= SLOWEST || minutes().is_none() => {
                self.hungriest = self.hungriest.max(held / (text.len() + 100));
                self.slowest = self.slowest.max(took);
                return answer;
            }
            Ok(_) => format!("it took {took:?}"),
            Err(panic) => {
                panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|&text| text.into())).unwrap_or_default()
            }
        };
        let file = file.with_file_name(format!("{name}-{number}"));
        std::fs::write(&file, input).unwrap();
        panic!("{name}, input {number}, left in {}: {failure}", file.display());
    }
}

/// Any number of less than so many bits, small ones more often.
fn length(dice: &mut Dice, bits: u64) -> usize {
    let bits = dice.below(bits);
    dice.below(1 << bits) as usize
}

/// An input made from others.
fn mutated(dice: &mut Dice, parser: &Parser, pool: &[Vec<u8>]) -> Vec<u8> {
    let any = |dice: &mut Dice| pool[dice.below(pool.len() as u64) as usize].clone();
    let mut input = any(dice);
    let inside = (parser.unpack)(&input).filter(|_| dice.below(8) > 0);
    let packed = inside.is_some();
    input = inside.unwrap_or(input);
    for _ in 0..1 + dice.below(5) {
        let at = dice.below(input.len() as u64 + 1) as usize;
        let end = (at + 1 + length(dice, 8)).min(input.len());
        let word = |dice: &mut Dice| match dice.below(3) {
            0 if packed => vec![0xff; 1 + dice.below(10) as usize],
            1 if packed => vec![dice.below(256) as u8],
            _ => parser.words[dice.below(parser.words.len() as u64) as usize].as_bytes().to_vec(),
        };
        let put_in = |input: &mut Vec<u8>, what: &[u8]| drop(input.splice(at..at, what.iter().copied()));
        match dice.below(12) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 if at < input.len() => input[at] = dice.below(256) as u8,
            2 => input.truncate(at),
            3 => drop(input.drain(at..end)),
            4 => {
                let part = input[at..end].to_vec();
                put_in(&mut input, &part.repeat(1 + length(dice, 10)));
            }
            5 => {
                // Deep, wide or long.
                let word = word(dice);
                put_in(&mut input, &word.repeat(1 << dice.below(15)));
            }
            6 => {
                let other = any(dice);
                let other = (parser.unpack)(&other).filter(|_| packed).unwrap_or(other);
                let from = dice.below(other.len() as u64 + 1) as usize;
                input.truncate(at);
                input.extend(&other[from..]);
            }
            7 => {
                // Another number in the place of one.
                let digits = |byte: &u8| byte.is_ascii_digit();
                if let Some(start) = input[at..].iter().position(digits) {
                    let start = at + start;
                    let end = input[start..].iter().position(|byte| !digits(byte)).map_or(input.len(), |length| start + length);
                    let number = match dice.below(4) {
                        0 => "9".repeat(1 << dice.below(12)),
                        1 => (1u128 << dice.below(80)).to_string(),
                        _ => length(dice, 16).to_string(),
                    };
                    input.splice(start..end, number.into_bytes());
                }
            }
            8 => put_in(&mut input, &[0xc3, 0x28, 0xf0, 0x80][..1 + dice.below(4) as usize]),
            _ => {
                let word = word(dice);
                input.splice(at..if dice.below(2) == 0 { at } else { end }, word);
            }
        }
        input.truncate(LONGEST);
    }
    if packed { (parser.pack)(&input) } else { input }
}

/// How long each parser is tried, if not just for a moment.
fn minutes() -> Option<u64> {
    std::env::var("FAULTLINE_FUZZ_MINUTES").ok().map(|minutes| minutes.parse().expect("minutes are a number"))
}

fn fuzz(name: &str) {
    const MOMENT: u64 = 300;
    let parser = parsers().into_iter().find(|parser| parser.name == name).unwrap();
    let mut fuzz = Fuzz::new(parser);
    let start = Instant::now();
    let end = minutes().map(|minutes| Duration::from_secs(minutes * 60));
    while end.map_or(fuzz.tried < MOMENT, |end| start.elapsed() < end) {
        fuzz.next();
    }
    let Fuzz { tried, answers, hungriest, slowest, .. } = &fuzz;
    println!(
        "{name}: {tried} inputs, {} kinds of answer, at most {hungriest} bytes held per byte, {slowest:.1?} for the slowest",
        answers.len()
    );
    assert!(answers.len() > 3, "the inputs never come past the parser's door: {answers:?}");
}

#[test]
fn edn() {
    fuzz("edn");
}

#[test]
fn json() {
    fuzz("json");
}

#[test]
fn log() {
    fuzz("log");
}

#[test]
fn labs() {
    fuzz("lab");
}

#[test]
fn drafts() {
    fuzz("draft");
}

#[test]
fn progress() {
    fuzz("progress");
}

#[test]
fn scenarios() {
    fuzz("scenario");
}

#[test]
fn links() {
    fuzz("link");
}
