//! Every word on the page, in one place, so that a language can be added. Models and labs bring words
//! of their own; what is said before the program runs, or after it has failed, is in index.html,
//! static/boot.js and static/crash.js.

pub(crate) mod curtain;
pub(crate) mod map;
pub(crate) mod search;
pub(crate) mod study;

use crate::labs::Entry;
use crate::session::Until;
use faultline::lab::predicate::Value;
use faultline::lab::tour::{Answer, Guess, Truth};
use faultline::link::Verdict;
use faultline::protocol::About;
use faultline::scenario::Fate;
use faultline::sim::{NodeStatus, Span, Time};
use faultline::view::Meaning;
use std::collections::BTreeMap;

pub(crate) const NAME: &str = "Faultline";
pub(crate) const PLAY: &str = "Play";
pub(crate) const PAUSE: &str = "Pause";
pub(crate) const STEP: &str = "Next event";
pub(crate) const BACK: &str = "Previous event";
pub(crate) const SPACE: &str = "Space";
pub(crate) const MORE: &str = "Go on until";
pub(crate) const CAREFUL: &str = "Slow down at decisions";
pub(crate) const BRANCHES: &str = "Other futures";
pub(crate) const UNTOUCHED: &str = "nothing was done";
pub(crate) const PROMISES: &str = "Promises";
pub(crate) const PROMISED: &str = "Clients were promised";
pub(crate) const CLOSE_PROMISES: &str = "Hide";
pub(crate) const KEPT: &str = "kept";
pub(crate) const BROKEN: &str = "broken";
pub(crate) const UNSURE: &str = "not known";
pub(crate) const CONTRADICT: &str = "These cannot all be true:";
pub(crate) const HERE: &str = "Back to now";
pub(crate) const TOOLS: &str = "Diagram: lanes and files";
pub(crate) const SAVE: &str = "Save what is shown";
pub(crate) const SAVE_SVG: &str = "as SVG";
pub(crate) const SAVE_PNG: &str = "as PNG";
pub(crate) const SAVE_MERMAID: &str = "as Mermaid text";
pub(crate) const LANES: &str = "Lanes";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const REDO: &str = "Redo";
pub(crate) const HEAL_ALL: &str = "Heal all";
pub(crate) const OTHERS: &str = "More to do";
pub(crate) const SHARE: &str = "Share";
pub(crate) const THIS_RUN: &str = "This run";
pub(crate) const SHOWS_RUN: &str = "Whoever opens it sees this run, at this moment.";
pub(crate) const THIS_LAB: &str = "This lab";
pub(crate) const SHOWS_LAB: &str = "Whoever opens it begins this lab.";
pub(crate) const COPY: &str = "Copy link";
pub(crate) const COPIED: &str = "Copied.";
pub(crate) const COPY_BY_HAND: &str = "The browser did not allow copying. It is selected: copy it by hand.";
pub(crate) const EMBED: &str = "For a page of yours";
pub(crate) const COPY_EMBED: &str = "Copy code";
pub(crate) const EMBED_HOW: &str = "One line of HTML; with a fixed height it needs no script. Height:";
pub(crate) const AS_HIGH_AS_IT_NEEDS: &str = "as high as it needs";
pub(crate) const EMBED_HEIGHT: &str = "Height";
pub(crate) const QR: &str = "QR code";
pub(crate) const SEND: &str = "Send…";
pub(crate) const FILES: &str = "Files";
pub(crate) const SAVE_SCENARIO: &str = "Scenario";
pub(crate) const SAVE_HISTORY: &str = "What clients saw";
pub(crate) const SAVE_TRACE: &str = "Everything that happened";
pub(crate) const SAVE_DIAGRAM: &str = "Diagram";
pub(crate) const JSON_LINES: &str = "JSON lines";
pub(crate) const BRING: &str = "Or open what somebody gave you";
pub(crate) const OPEN_FILE: &str = "Open a file";
pub(crate) const BRING_HOW: &str = "A scenario, a link, a lab, a history or what you have done elsewhere, chosen or dropped anywhere on the page. It stays on this machine.";
pub(crate) const DROP_HERE: &str = "Drop it to open it";
pub(crate) const GIVEN_TEXT: &str = "what was dropped";
pub(crate) const NO_WORKER: &str = "What does this work could not be loaded. Load the page again to try once more.";
pub(crate) const NOTHING_IN_IT: &str = "there is nothing in it";
pub(crate) const NOTHING_KNOWN: &str =
    "this is no scenario (JSON), no link, no lab (TOML), no history (EDN, JSON lines or a Jepsen log) and no faultline-progress.txt";
pub(crate) const NO_FILE: &str = "The lab was in a file";
pub(crate) const NO_FILE_HOW: &str = "Files are not kept when the page is loaded again. Open it once more.";
pub(crate) const FORGETFUL: &str =
    "This browser keeps nothing for this page, or has no room left. Everything works; what you do in labs is forgotten when you leave.";
pub(crate) const NEWER: &str = "A newer version is ready.";
pub(crate) const UPDATE: &str = "Update";
pub(crate) const LATER: &str = "Not now";
pub(crate) const LINK: &str = "Link";
pub(crate) const MOMENT: &str = "Moment";
/// Said in place of a speed.
pub(crate) const STRAINED: &str = "as fast as it can";
pub(crate) const SPEED: &str = "Speed";
pub(crate) const LOSS: &str = "Messages lost";
pub(crate) const LOSS_HELP: &str = "How likely the network loses a message on its way, from now on.";
pub(crate) const DELAY: &str = "Delay by";
pub(crate) const MILLISECONDS: &str = "ms";
pub(crate) const ARRIVED: &str = "It is not on its way any more.";
/// A node is left with nobody, or with one client.
pub(crate) fn cut_off(with: Option<&str>) -> String {
    with.map_or_else(|| "Cut off".to_owned(), |client| format!("Cut off with {client}"))
}
pub(crate) const CLOCK_AHEAD: &str = "Clock 1 s ahead";
pub(crate) const A_CLICK: &str = "A click";
pub(crate) const CLICKS: [&str; 2] = ["cuts and heals", "makes slow or normal"];
pub(crate) const GAUGES: &str = "Measured";
pub(crate) const MORE_MEASURED: &str = "More that is measured";
pub(crate) const NOT_YET: &str = "not yet";
pub(crate) const YES: &str = "yes";
pub(crate) const NO: &str = "no";
pub(crate) const BEFORE_THIS: &str = "Before this: ";
pub(crate) const STRAIGHT_TO_CHALLENGES: &str = "Straight to the challenges";
pub(crate) const TRY_EVERYTHING: &str = "Try every order of events";
pub(crate) const TRIED_WITH: &str = "Any message may arrive next or never, any timer may run out next.";
pub(crate) const ATTACKING: &str = "Attacking…";
pub(crate) const THE_WAY: &str = "The steps to it";
/// Settings of the world: their names, and what they do.
pub(crate) const NODES: (&str, &str) = ("Nodes", "How many nodes there are. Another number begins another run.");
pub(crate) const CLIENTS: (&str, &str) = ("Clients", "How many clients there are. Another number begins another run.");
pub(crate) const SEED: (&str, &str) = ("Seed", "All chance follows from it. Another seed is another run in which the same is done.");
pub(crate) const ASKING: (&str, &str) = ("Clients ask", "Whether clients ask by themselves. Another choice begins another run.");
pub(crate) const LOADS: [&str; 3] = ["when told", "after each answer", "at a steady pace"];
pub(crate) const GAP: (&str, &str) =
    ("Time between requests", "How long it takes from one request of a client to its next. The run begins again.");
pub(crate) const PATIENCE: (&str, &str) =
    ("Clients wait", "How long a client waits for an answer before it gives up. The run begins again.");
/// Settings of the network.
pub(crate) const FASTEST: (&str, &str) = ("Fastest message", "The shortest time a message can be on its way, from now on.");
pub(crate) const SLOWEST: (&str, &str) = ("Slowest message", "The longest time a message can be on its way, from now on.");
pub(crate) const DUPLICATE: (&str, &str) = ("Messages doubled", "How likely a message arrives twice, from now on.");
pub(crate) const REORDER: (&str, &str) = ("Messages held back", "How likely a message is overtaken by those after it, from now on.");
pub(crate) const ORDERED: (&str, &str) =
    ("Links keep order", "Whether messages on a link arrive in the order in which they were sent, as on a TCP connection.");
pub(crate) const WORLD: &str = "World";
pub(crate) const NETWORK: &str = "Network";
pub(crate) const ANOTHER: &str = "Another seed";
pub(crate) const LINKS: &str = "Slow and lossy links";
pub(crate) const LINKS_HOW: &str = "One direction of one link, from now on.";
pub(crate) const LINK_FROM: &str = "From";
pub(crate) const LINK_TO: &str = "To";
pub(crate) const LINK_TAKES: &str = "Takes";
pub(crate) const LINK_LOSES: &str = "Loses";
pub(crate) const LINK_SET: &str = "Set";
pub(crate) const LINK_USUAL: &str = "as the others";
pub(crate) const VARYING: &str = "a time that varies";
pub(crate) const LINK_RESET: &str = "As the others";
pub(crate) const MODEL: &str = "Model";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const EVENTS: &str = "What happened";
pub(crate) const NOTHING_YET: &str = "Nothing yet.";
pub(crate) const STANDS_STILL: &str =
    "Time stands still: things go on happening at this very moment. Give messages, timers or clients some time.";
pub(crate) const QUIET: &str = "Nothing more happens by itself. Choose a client and let it ask.";
pub(crate) const MEASURED_SO_FAR: &str = "Measured so far";
pub(crate) const CHART: &str = "Chart";
pub(crate) const MESSAGES: &str = "Messages";
pub(crate) const LATENCY: &str = "Latency";
pub(crate) const AVAILABILITY: &str = "Availability";
pub(crate) const STALENESS: &str = "Staleness";
pub(crate) const LOAD: &str = "Load of nodes";
pub(crate) const NO_ANSWERS: &str = "No client has an answer yet. Let one ask.";
pub(crate) const NO_READS: &str = "No client has read a value yet. Let one write and read.";
pub(crate) const PERCENTILE: &str = "percentile";
pub(crate) const WITHIN: &str = "within";
pub(crate) const MEAN: &str = "mean";
pub(crate) const DONE: &str = "done";
pub(crate) const REFUSED: &str = "refused";
pub(crate) const GAVE_UP: &str = "gave up";
pub(crate) const BEHIND: &str = "versions behind";
pub(crate) const READS: &str = "reads";
pub(crate) const FOR_UP_TO: &str = "for up to";
pub(crate) const RECEIVED: &str = "received";
pub(crate) const PBS: &str = "at most, for quorums at random";
pub(crate) const AS_SVG: &str = "SVG";
pub(crate) const AS_CSV: &str = "CSV";
pub(crate) const MESSAGES_SENT: &str = "Messages sent";
pub(crate) const MESSAGES_LOST: &str = "Messages lost";
pub(crate) const REQUESTS_ENDED: &str = "Requests ended";
pub(crate) const LATENCY_HALF: &str = "Half within";
pub(crate) const LATENCY_99: &str = "99 % within";
pub(crate) const STALE_READS: &str = "Stale reads";
pub(crate) const MOST_STALE: &str = "Most stale";
pub(crate) const BUSIEST: &str = "Most for one node";
pub(crate) const AS_TABLE: &str = "As a table";
pub(crate) const SENT: &str = "sent";
pub(crate) const DELIVERED: &str = "delivered";
pub(crate) const LOST: &str = "lost";
pub(crate) const TIME: &str = "time";
pub(crate) const KILL: &str = "Kill";
pub(crate) const RESTART: &str = "Restart";
pub(crate) const FREEZE: &str = "Pause it";
pub(crate) const THAW: &str = "Resume it";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CLOSE_MENU: &str = "Close the menu";
pub(crate) const SLOW: &str = "Slow down";
pub(crate) const FAST: &str = "Full speed";
pub(crate) const CUT_BOTH: &str = "Cut both ways";
pub(crate) const CUT_REST: &str = "Cut the other way too";
pub(crate) const HEAL_BOTH: &str = "Heal both ways";
pub(crate) const MATRIX: &str = "Who can reach whom";
pub(crate) const FROM_TO: &str = "from, to";
pub(crate) const FLIGHTS: &str = "On their way";
pub(crate) const NO_REQUESTS: &str = "It has not asked anything yet.";
pub(crate) const STAGE: &str = "Stage";
pub(crate) const DIAGRAM: &str = "Diagram";
pub(crate) const EVERYTHING: &str = "Show everything";
pub(crate) const VIEW: &str = "View";
pub(crate) const TOO_MANY_LANES: &str = "Too many nodes to draw as lanes.";
pub(crate) const LEAVES_OUT: &str = "What this model leaves out";
pub(crate) const CLIENT: &str = "client";
pub(crate) const ASK_WHOM: &str = "Asks whom";
pub(crate) const REQUESTS: &str = "Its last requests";
pub(crate) const OPEN: &str = "waiting…";
pub(crate) const UNKNOWN: &str = "unknown: gave up";
pub(crate) const HELP: &str = "What you can do";
pub(crate) const KEYS: &str = "Keys";
pub(crate) const SINGLE_KEYS: &str = "Keys without Ctrl do something";
pub(crate) const CLOSE_HELP: &str = "Close help";
pub(crate) const GESTURES: [(&str, &str); 5] = [
    ("Click a node, a link or a message", "see what can be done to it"),
    ("Draw a line across the stage", "cut what it crosses"),
    ("Drag a message back", "make it come later"),
    ("Drag it to its end, or away", "deliver or drop it"),
    ("Point at an event", "see what had to happen before it"),
];
pub(crate) const SHORTCUTS: [(&str, &str); 9] = [
    ("Space", "play and pause"),
    (". and ,", "next and previous event"),
    (">", "next message that arrives"),
    ("Right and left", "to the next node or client, to the one before"),
    ("Down and up", "to the one that stands there"),
    ("Enter", "what can be done to a node"),
    ("Ctrl Z, Ctrl Shift Z", "take back, do again"),
    ("Escape", "close what is open"),
    ("?", "this list"),
];
pub(crate) const CHANGED: &str = "changed";
pub(crate) const DIFFERENT: &str = "differs";
pub(crate) const STATE: &str = "All nodes in one table";
pub(crate) const ACTORS: &str = "Nodes and clients: arrow keys go from one to another, right and left in their order";
pub(crate) const NODE: &str = "node";
pub(crate) const CONDITION: &str = "state";

pub(crate) const AGAIN: &str = "Try again";

pub(crate) const COMPARE: &str = "Compare";
pub(crate) const COMPARE_WITH: &str = "Compare this run";
pub(crate) const COMPARE_KNOB: &str = "with another setting or model";
pub(crate) const COMPARED: &str = "The same seed, the same faults, side by side.";
pub(crate) const DIFFERS: &str = "What differs";
pub(crate) const NOTHING_DIFFERS: &str = "Nothing yet. Choose another model or setting for B.";
pub(crate) const COUNTERS: &str = "So far";
pub(crate) const FAULTS: &str = "Faults";
pub(crate) const NEXT_MOMENT: &str = "Next moment";
pub(crate) const PREVIOUS_MOMENT: &str = "Previous moment";
pub(crate) const FIND_DIFFERENCE: &str = "Find the first difference";
pub(crate) const NEVER_DIFFERENT: &str = "In two minutes of these runs, or 400,000 events, they never differ.";
pub(crate) const NOT_THEN: &str = "nothing then";
pub(crate) const CLIENTS_ASK: &str = "Clients ask";
pub(crate) const MODEL_OF_A: &str = "Model of A";
pub(crate) const MODEL_OF_B: &str = "Model of B";
pub(crate) const BOTH_RUNS: &str = "Both runs";
pub(crate) const SHOWS_BOTH: &str = "Whoever opens it sees both runs, at this moment.";
pub(crate) const TO_THE_LABORATORY: &str = "To the laboratory";
pub(crate) const OTHER_PACE: &str = "as in the link";

/// What a run of two is called.
pub(crate) const SIDES: [&str; 2] = ["A", "B"];

/// How often clients ask by themselves.
pub(crate) fn pace(gap: Option<Span>) -> String {
    gap.map_or_else(|| "only when told".into(), |gap| format!("every {gap}, on average"))
}

/// Where two runs part.
pub(crate) fn first_difference(at: Time) -> String {
    format!("First difference at {}", clock(at))
}

/// Something that was done, and when.
pub(crate) fn done_at(what: &str, at: Time) -> String {
    format!("{what} at {}", clock(at))
}

/// What cannot be done to both of two runs.
pub(crate) fn not_in_both(title: &str) -> String {
    format!("{title} has no such thing, and both runs get the same: nothing was done.")
}

/// Inputs that another model does not know.
pub(crate) fn left_out(count: usize, title: &str) -> String {
    format!(
        "{count} of the inputs {} nothing in {title} and {} left out.",
        if count == 1 { "means" } else { "mean" },
        if count == 1 { "was" } else { "were" }
    )
}

/// A lab among others.
pub(crate) fn lab(Entry { id, title, .. }: &Entry) -> String {
    format!("{id} · {title}")
}

/// A link to two runs that cannot be opened.
pub(crate) fn bad_comparison(why: &str) -> String {
    format!("This comparison cannot be opened: {why}.")
}

/// A future that was left, to compare with.
pub(crate) fn compare_branch(what: &str) -> String {
    format!("with the future in which {what}")
}

/// A length of time in milliseconds, as exactly as matters.
pub(crate) fn millis(span: Span) -> String {
    let micros = span.0 / 1_000;
    match micros {
        0 if span.0 > 0 => "< 1 µs".into(),
        ..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{}.{:02} ms", micros / 1_000, micros % 1_000 / 10),
        10_000..100_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        100_000..10_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

/// The median of how long clients waited.
pub(crate) fn half_within(middle: &str) -> String {
    format!("half within {middle}")
}

/// What a formula says.
pub(crate) fn by_theory(name: &str, mean: &str) -> String {
    format!("{name}: mean {mean}")
}

/// The share of requests that were done.
pub(crate) fn served(share: &str) -> String {
    format!("{share} done")
}

/// How many reads were stale.
pub(crate) fn stale_reads(stale: u32, reads: u32) -> String {
    format!("{stale} of {reads} reads stale")
}

/// How stale a read was.
pub(crate) fn stale_by(versions: u32, since: &str) -> String {
    format!("by {versions}, for {since}")
}

/// The node that had most to do.
pub(crate) fn busiest(node: &str, received: u32) -> String {
    format!("{node} received most: {received}")
}

/// Taking a chart along.
pub(crate) fn save_chart(chart: &str, form: &str) -> String {
    format!("Save {chart} as {form}")
}

/// Why most of the page is missing.
pub(crate) fn missing(why: &str) -> String {
    format!("Most of the page could not be loaded. {why}")
}

pub(crate) const LOADING: &str = "Loading…";
pub(crate) const HOME_TITLE: &str = "Break a distributed system with your own hands.";
pub(crate) const HOME_PROMISE: &str =
    "This cluster of five runs inside your page. Choose a node to kill it, and once more to bring it back.";
pub(crate) const FREE_TITLE: &str = "Play freely";
pub(crate) const CANNOT_BE_OPENED: &str = "This cannot be opened";
pub(crate) const ONWARD: &str = "This is Raft. See ";
pub(crate) const ONWARD_LAB: &str = "how a new leader is found";
pub(crate) const ONWARD_OR: &str = ", or go on with ";
pub(crate) const ONWARD_FREE: &str = "the whole cluster, by hand";
pub(crate) const TOOLS_TITLE: &str = "Tools";
pub(crate) const MAP_TITLE: &str = "What can be promised";
pub(crate) const MAP_PROMISE: &str =
    "Twenty promises on a map, and for every two that are neighbours the smallest history that tells them apart.";
pub(crate) const CHECK_TITLE: &str = "Judge a history";
pub(crate) const CHECK_PROMISE: &str = "Drop what your own system's clients saw, and learn which promise it broke.";
pub(crate) const CHECK_HOW: &str =
    "Drop a file of what clients did and saw: Jepsen's EDN, the same as JSON lines, or a Jepsen log. It stays on this machine.";
pub(crate) const CHECK_FILE: &str = "Choose a file";
pub(crate) const CHECK_EXAMPLE: &str = "Try an example";
pub(crate) const CHECK_TEXT: &str = "The history";
pub(crate) const CHECK_OBJECT: &str = "Clients talk to a";
pub(crate) const CHECK_REPLACED: &str = "This took the place of what was here before.";
pub(crate) const CHECK_TOO_LONG: &str = "This is too long to be kept here: after a reload it has to be given again.";
pub(crate) const CHECK_PROMISE_LABEL: &str = "that is promised to be";
pub(crate) const CHECK_INITIAL: &str = "and holds at first";
pub(crate) const CHECK_START: &str = "Judge";
pub(crate) const CHECK_WORKING: &str = "Judging…";

/// How far a judgement is.
pub(crate) fn so_far(done: usize, of: usize) -> String {
    format!("{done} of {of}")
}

pub(crate) const CHECK_PICTURE: &str = "Operations over time";
pub(crate) const CANCEL: &str = "Cancel";

/// How long a history is.
pub(crate) fn operations(count: usize) -> String {
    format!("{count} operation{}", if count == 1 { "" } else { "s" })
}

/// Why a file cannot be judged.
pub(crate) fn unreadable(name: &str, why: &str) -> String {
    format!("{name} cannot be read as text. {why}")
}

/// A file that is no scenario, lab or history, by its size alone.
pub(crate) fn too_large(name: &str) -> String {
    format!("{name} has more than 64 MB. Nothing that can be opened here has.")
}

/// What was kept of a learner's place cannot be read.
pub(crate) fn bad_state(line: u32) -> String {
    format!("line {line} of the state cannot be read")
}

pub(crate) const NO_SUCH_PLACE: &str = "the lab has no such place any more";
pub(crate) const STRANGE_RUN: &str = "the run of the state is not one of this lab";

/// A server that has no file for us.
pub(crate) fn answered(status: u16) -> String {
    format!("the server answered {status}")
}

/// A lab that cannot be shown.
pub(crate) fn bad_lab(id: &str) -> String {
    format!("The lab {id} cannot be shown")
}

pub(crate) const LABS_TITLE: &str = "Labs";
pub(crate) const FIND_LAB: &str = "Find a lab";
pub(crate) const NO_SUCH_LAB: &str = "No lab has these words.";
pub(crate) const KEPT_HERE: &str = "What you have done is kept on this device only.";
pub(crate) const TAKE_ALONG: &str = "Save as a file";
pub(crate) const BROUGHT: &str = "What the file says you have done counts here now too.";
pub(crate) const FORGET: &str = "Erase";
pub(crate) const FORGET_SURELY: &str = "Erase all of it";

/// The report has not come.
pub(crate) fn no_report(why: &str) -> String {
    format!("The report could not be loaded: {why}.")
}

/// The beginning of something too long to be read here.
pub(crate) fn beginning(of: &str) -> String {
    format!("{of} … (`faultline check --order` prints all of it)")
}

/// A lab was asked for that is not on the page's own server.
pub(crate) fn lab_elsewhere(address: &str) -> String {
    format!("{address}: a lab comes from the same server as this page. Save the file there, or drop it here.")
}

/// The list of labs has not come.
pub(crate) fn no_list(why: &str) -> String {
    format!("The labs could not be loaded: {why}.")
}

/// How many stars a lab has.
pub(crate) fn so_many_stars(count: u32) -> String {
    if count == 0 { "begun".into() } else { format!("{count} ★") }
}

pub(crate) const ALL_LABS: &str = "All labs";
pub(crate) const LESSON: &str = "Lab";
pub(crate) const CONTINUE: &str = "Continue";
pub(crate) const BEFORE_STEPS: &str = "Before the first step";
pub(crate) const AFTER_STEPS: &str = "After the last step";
pub(crate) const START_AGAIN: &str = "Start again";
pub(crate) const START_AGAIN_SURELY: &str = "Forget this run and the bet";
pub(crate) const FOR_TEACHERS: &str = "For teachers";
pub(crate) const PRINT: &str = "Print";
pub(crate) const BACK_TO_LAB: &str = "To the lab";
pub(crate) const FIVE_MINUTES: &str = "Five minutes";
pub(crate) const TO_DISCUSS: &str = "To discuss";
pub(crate) const RUNS_TO_SHOW: &str = "Runs to show";
pub(crate) const EVIDENCE_TITLE: &str = "What the engine is held to";
pub(crate) const EVIDENCE_PROMISE: &str = "Published and proved numbers beside the ones that are measured here.";
pub(crate) const EVIDENCE_HOW: &str = "Published or proved numbers, measured with the models of the labs, and states that others counted. The seeds are fixed, so whoever runs this makes the same report again:";
pub(crate) const EVIDENCE_COMMAND: &str = "faultline validate";
pub(crate) const EVIDENCE_COLUMNS: [&str; 7] = ["What", "Known", "Ours", "n", "95 % interval", "Tolerance", "Verdict"];
pub(crate) const AUTHOR_TITLE: &str = "Write a lab";
pub(crate) const AUTHOR_HOW: &str = "Perform a run, say what happens in it, set a goal, and save the lab as a file.";
pub(crate) const MAKE_A_LAB: &str = "Make a lab";
pub(crate) const NO_RUN: &str = "First perform a run: open a model, do what you want to show, and choose “Make a lab”.";
pub(crate) const OPEN_MODEL: &str = "Open a model";
pub(crate) const OPEN_LAB_FILE: &str = "Open a lab file";
pub(crate) const SAVE_FILE: &str = "Save the file";
pub(crate) const TRY_ALL: &str = "Try everything out";
pub(crate) const TRYING: &str = "Trying every step, challenge and scene…";
pub(crate) const IS_WELL: &str = "The lab is well: every step, challenge and scene comes to its end.";
pub(crate) const PREVIEW: &str = "Preview";
pub(crate) const BACK_TO_WRITING: &str = "Back to writing";
pub(crate) const DRAFT_REPLACED: &str = "The lab that you were writing gave way to this one.";
pub(crate) const BRING_BACK: &str = "Bring it back";
pub(crate) const START_OVER: &str = "Start over";
pub(crate) const THE_RUN: &str = "The run";
pub(crate) const THE_WORDS: &str = "Every field";
pub(crate) const THE_FILE: &str = "The file";
pub(crate) const BEGIN_HERE: &str = "Begin here";
pub(crate) const END_HERE: &str = "End here";
pub(crate) const CAPTION: &str = "What to say at this moment";
pub(crate) const ADD_CAPTION: &str = "Add caption";
pub(crate) const CAPTIONS: &str = "Captions";
pub(crate) const GOAL: &str = "Goal of the first challenge";
pub(crate) const CHOOSE_GOAL: &str = "Choose what must come true…";
pub(crate) const PERFORM_ON: &str = "Perform on";
pub(crate) const REMOVE: &str = "Remove";
pub(crate) const NOT_SAID: &str = "not said";
pub(crate) const NO_TIME: &str = "A lab cannot end before it begins.";
pub(crate) const NOT_KEPT: &str = "The browser keeps nothing for this page: save the file before you leave.";
pub(crate) const NOTHING_WRONG: &str = "The file can be read. Try everything out before you give it to others.";
pub(crate) const PREVIOUS: &str = "Previous";
pub(crate) const SKIP: &str = "Skip";
pub(crate) const JUST_SHOW: &str = "No bet, just show me";
pub(crate) const YOUR_ANSWER: &str = "Your answer";
pub(crate) const BET: &str = "Bet";
pub(crate) const WHY: &str = "Why?";
pub(crate) const DO_IT_FOR_ME: &str = "Do it for me";
pub(crate) const TO_THE_END: &str = "To the end of this";
pub(crate) const NOW_BREAK_IT: &str = "Now it is yours. What can you make it do?";
pub(crate) const TEXTBOOK: &str = "Textbook code";
pub(crate) const AS_WRITTEN: &str = "Run it as written";
pub(crate) const CORRECTED: &str = "Run it corrected";
pub(crate) const PLAY_FREELY: &str = "Play freely";
pub(crate) const ATTACK: &str = "Let the attacks begin";
pub(crate) const HINT: &str = "Hint";
pub(crate) const HALF_WAY: &str = "Show me the first half";
pub(crate) const AGAIN_FROM_START: &str = "From the start";
pub(crate) const ANOTHER_SEED: &str = "With another seed";
pub(crate) const ALL_CHALLENGES: &str = "All challenges";
pub(crate) const SOLVED: &str = "Solved";
pub(crate) const NOT_SOLVED: &str = "Not yet";
pub(crate) const NOT_KNOWN: &str = "Nobody knows";
pub(crate) const SHORTEST: &str = "Show the shortest run that does this";
pub(crate) const LOOK: &str = "Look at that run";
pub(crate) const CORRECTNESS: &str = "What an expert would ask";
pub(crate) const RELATED: &str = "Related: ";

/// How far in the guided part one is.
pub(crate) fn step_of(step: usize, steps: usize) -> String {
    format!("Step {step} of {steps}")
}

/// What somebody answered.
pub(crate) fn guess(answer: &Answer, guess: &Guess) -> String {
    match (answer, guess) {
        (Answer::Options(options), Guess::Option(index)) => options.get(*index).map_or_else(String::new, |(say, _)| say.clone()),
        (_, Guess::Number(value)) => value.to_string(),
        (_, Guess::Option(index)) => (index + 1).to_string(),
    }
}

/// What was right.
pub(crate) fn truth(answer: &Answer, truth: &Truth) -> String {
    match (answer, truth) {
        (Answer::Options(options), Truth::Options(right, _)) => {
            let said: Vec<_> = right.iter().filter_map(|index| options.get(*index)).map(|(say, _)| say.as_str()).collect();
            said.join("; ")
        }
        (_, Truth::Number(value)) => value.to_string(),
        _ => String::new(),
    }
}

/// A bet that is still open.
pub(crate) fn you_bet(said: &str) -> String {
    format!("Your bet: {said}")
}

/// A bet that is decided.
pub(crate) fn bet_decided(said: &str, right: bool, truth: &str) -> String {
    if right { format!("✓ You bet right: {said}") } else { format!("✗ You bet: {said}. It was: {truth}") }
}

/// What kind of challenge it is.
pub(crate) fn challenge_kind(kind: &str) -> &'static str {
    match kind {
        "break" => "Break it",
        "defend" => "Defend it",
        _ => "Predict it",
    }
}

/// Something that can be done to a run, in the words of its button.
fn deed(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ask" => "ask",
        "crash" => "kill",
        "restart" => "restart",
        "pause" => "pause a node",
        "resume" => "resume it",
        "slow" => "slow down a node",
        "clock" => "set a clock",
        "disk" => "a fault of a disk",
        "cut" => "cut",
        "heal" => "heal",
        "partition" => "draw a line across the stage",
        "link" => "slow down a link",
        "network" => "settings of the network",
        "drop" => "drop a message",
        "duplicate" => "duplicate a message",
        "delay" => "make a message come later",
        "deliver" => "deliver a message now",
        "fire" => "fire a timer",
        "set" => "settings",
        _ => return None,
    })
}

/// What may be done in a challenge, in the words of its buttons, and how often if not as often as one likes.
pub(crate) fn allowed(kinds: &[String], at_most: &BTreeMap<String, u32>) -> String {
    let often = |kind: &String| match at_most.get(kind) {
        None => String::new(),
        Some(1) => " (once)".into(),
        Some(most) => format!(" (at most {most} times)"),
    };
    let all: Vec<String> = kinds.iter().map(|kind| [deed(kind).unwrap_or(kind), &often(kind)].concat()).collect();
    format!("Allowed: {}", all.join(", "))
}

/// A step that has come to its end, by the first sentence of what it says.
pub(crate) fn stopped(say: &str) -> String {
    let about = say.split_inclusive(['.', '?', '!', ':']).next().unwrap_or(say);
    format!("Done: {}.", about.trim_end_matches(['.', ':', '!']))
}

/// Something that a challenge does not let one do, and how often it does.
pub(crate) fn not_part(kind: &str, most: u32) -> String {
    let what = match kind {
        "ask" => "Letting a client ask",
        "crash" => "Killing a node",
        "restart" => "Restarting a node",
        "pause" => "Pausing a node",
        "resume" => "Resuming a node",
        "slow" => "Slowing a node down",
        "clock" => "Setting a clock",
        "disk" => "A fault of a disk",
        "cut" => "Cutting a link",
        "heal" => "Healing a link",
        "partition" => "Dividing the whole stage",
        "link" => "Slowing a link down",
        "network" => "Changing the network",
        "drop" => "Dropping a message",
        "duplicate" => "Duplicating a message",
        "delay" => "Making a message come later",
        "deliver" => "Delivering a message now",
        "fire" => "Firing a timer",
        _ => "Changing a setting",
    };
    match most {
        0 => format!("{what} is not part of this challenge."),
        1 => format!("{what} is allowed once here."),
        most => format!("{what} is allowed {most} times here."),
    }
}

pub(crate) const NOT_PART: &str = "Grey: not part of this challenge.";
pub(crate) const FIRST_DO: &str = "When the step is done";
pub(crate) const SHOW_WHERE: &str = "Show me where";
pub(crate) const CHALLENGES: &str = "Challenges";
pub(crate) const STARS: &str = "Stars";
pub(crate) const STAR_SOLVED: &str = "solved";
pub(crate) const STAR_AGAIN: &str = "bet right, or a second seed";
/// What hints have cost.
pub(crate) fn hints_cost(hints: usize) -> String {
    if hints == 1 { "1 star less for a hint".into() } else { format!("{hints} stars less for hints") }
}

pub(crate) const PLAYING_ON: &str = "You are playing on. Your solution is kept.";
pub(crate) const SHOW_SOLUTION: &str = "Show it";

/// What the second star is for.
pub(crate) fn star_few(par: u32) -> String {
    if par == 1 { "with one action".into() } else { format!("with {par} actions or fewer") }
}

/// What a screen reader says of a star.
pub(crate) fn star(what: &str, earned: bool) -> String {
    format!("{what}: {}", if earned { "earned" } else { "open" })
}

/// What is said of a challenge that is decided.
pub(crate) fn decided(solved: Option<bool>, said: &str) -> String {
    let so = match solved {
        Some(true) => SOLVED,
        Some(false) => NOT_SOLVED,
        None => NOT_KNOWN,
    };
    format!("{so}: {said}.")
}

/// What is shown of something that is measured.
pub(crate) fn measured(value: &Value) -> String {
    match value {
        // Three digits behind the point are enough for whoever watches.
        Value::Number(parts) => Value::Number((parts + parts.signum() * 500) / 1000 * 1000).to_string(),
        Value::Text(text) => text.clone(),
        Value::Nothing => "–".into(),
        // What is done at once is done a nanosecond later.
        Value::Span(-999..1_000) => "0 ms".into(),
        value => value.to_string(),
    }
}

/// How many of how many.
pub(crate) fn share(hits: &Value, of: &Value) -> String {
    match of {
        Value::Number(0) | Value::Nothing => NOT_YET.into(),
        of => format!("{} of {}", measured(hits), measured(of)),
    }
}

/// The bounds within which every order of events was tried.
pub(crate) fn bounds(nodes: u16, timers: u16, crashes: u16, worlds: usize) -> String {
    let some = |count: u16, one: &str, several: &str| match count {
        0 => format!("no {several}"),
        1 => format!("at most one {one}"),
        count => format!("at most {count} {several}"),
    };
    let (timers, crashes) = (some(timers, "timer", "timers"), some(crashes, "crash", "crashes"));
    let worlds = if worlds == 1 { "one world".into() } else { format!("{worlds} worlds") };
    format!("{nodes} nodes, {timers}, {crashes}, {worlds}")
}

/// How far trying every order of events has come.
pub(crate) fn tried(done: usize, worlds: usize, states: u64) -> String {
    format!("{done} of {worlds} worlds, {states} states")
}

/// What trying every order of events has shown.
pub(crate) fn all_tried(worlds: usize, states: u64, found: usize, contradicted: u64) -> String {
    let so = match found {
        0 => "It was found in none".to_owned(),
        found => format!("It was found in {found} of {worlds} worlds"),
    };
    let why = if contradicted == 0 {
        String::new()
    } else {
        format!(" In {contradicted} of them all were served, and contradicted each other; in the others somebody was not.")
    };
    format!("{so}: {states} states, all that there are within these bounds.{why}")
}

/// How well a challenge was solved.
pub(crate) fn stars(count: u8) -> String {
    format!("{count} of 3 stars")
}

/// The world in a few words.
pub(crate) fn world(nodes: u16, lost: &str) -> String {
    format!("{nodes} nodes, {lost} {LOST}")
}

/// What is different about one direction of a link.
pub(crate) fn link_rule(takes: Option<String>, loses: Option<String>) -> String {
    let takes = takes.map(|time| format!("takes {time}"));
    let loses = loses.map(|part| format!("loses {part}"));
    [takes, loses].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Any length of time between two.
pub(crate) fn between(min: Span, max: Span) -> String {
    format!("{min} to {max}")
}

/// A link that is not as the others are, and how.
pub(crate) fn special_link(from: &str, to: &str, how: &str) -> String {
    format!("{from} → {to} {how}")
}

/// How many links are not as the others are.
pub(crate) fn special_links(count: usize) -> String {
    match count {
        0 => "none".into(),
        count => count.to_string(),
    }
}

/// An address that names no model.
pub(crate) fn no_model(id: &str) -> String {
    format!("There is no model “{id}”.")
}

/// An address that is none of this page.
pub(crate) fn no_address(fragment: &str) -> String {
    let most: String = fragment.chars().take(60).collect();
    format!("There is nothing at the address “{most}”. Look for a letter too many or too few.")
}

/// A number that no count can be.
pub(crate) fn not_so_many(most: u16, value: i64) -> String {
    format!("there can be 0 to {most}, not {value}")
}

pub(crate) const NO_SEED: &str = "a seed is 0 or more";
/// A job about a part of a lab that the lab does not have: only a fault of this program asks so.
pub(crate) const NOT_IN_LAB: &str = "the lab has no such part";

/// How high something is.
pub(crate) fn pixels(height: u32) -> String {
    format!("{height} pixels")
}

/// That a file has not everything that happened.
pub(crate) fn only_the_newest(rows: u32, of: u32) -> String {
    format!("The file has the newest {rows} of {of} events. The command writes them all.")
}

/// A file in one of its forms.
pub(crate) fn in_form(name: &str, form: &str) -> String {
    format!("{name} {form}")
}

/// What has to be known of a link of so many letters.
pub(crate) fn long_link(letters: usize, careful: usize, most: usize) -> String {
    match letters {
        _ if letters > most => format!("With {letters} letters it is too long to be opened: send the scenario file instead."),
        _ if letters > careful => format!("It has {letters} letters, and some programs cut long links: the scenario file is safer."),
        _ => String::new(),
    }
}

/// An address without a QR code.
pub(crate) fn no_qr(letters: usize, most: usize) -> String {
    format!("This link has {letters} letters. A QR code that a phone can read off a screen holds {most}.")
}

/// Faults that are not shown.
pub(crate) fn and_more(count: usize) -> String {
    format!("… and {count} more")
}

/// What draws a learner in: of the first screen a riddle, of every other model what it does.
pub(crate) fn hook(about: &About) -> &'static str {
    match about.id {
        "ping-pong" => "Two nodes, one ball. The network loses some. Who can tell?",
        _ => about.summary,
    }
}

/// Why what was typed cannot be a setting.
pub(crate) fn not_a_number(label: &str, typed: &str) -> String {
    format!("{label} needs a whole number, not “{typed}”")
}

/// What has to be said of the run of a link.
pub(crate) fn verdict(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Same | Verdict::Unsealed => None,
        Verdict::Different(..) => {
            Some("This is not quite the run that was shared: the link was made by another version of Faultline, or changed.")
        }
        Verdict::TooLong => Some("The run of this link is too long to be played up to its moment. This is its beginning."),
    }
}

/// A link that cannot be opened.
pub(crate) fn bad_link(why: &str) -> String {
    format!("This link cannot be opened: {why}.")
}

/// The same, where something else is shown.
pub(crate) fn instead(why: &str) -> String {
    format!("{} Here is the first model instead.", bad_link(why))
}

/// How fast time passes, compared with the learner's.
pub(crate) fn speed(ratio: f64) -> String {
    let times = if ratio < 1.0 { 1.0 / ratio } else { ratio };
    let word = match ratio {
        1.0 => return "real time".into(),
        ..1.0 => "slower",
        _ => "faster",
    };
    format!("{}× {word}", (times + 0.5) as u64)
}

/// What can be waited for.
pub(crate) fn until(until: Until) -> &'static str {
    match until {
        Until::Delivery => "the next message arrives",
        Until::Reply => "a client is answered",
        Until::Loss => "a message is lost",
        Until::Timer => "a timer runs out",
        Until::Decision => "a node decides something",
        Until::Broken => "a promise is broken",
    }
}

pub(crate) const IN_THIS_RUN: &str = "this run";
pub(crate) const IN_THESE_RUNS: &str = "these runs";

/// What was waited for in vain in this run, or in these.
pub(crate) fn not_until(waited: Until, runs: &str) -> String {
    format!("In two minutes of {runs} it never happens that {}.", until(waited))
}

/// How much was judged.
pub(crate) fn judged(count: usize) -> String {
    match count {
        1 => "What clients were promised, in one operation:".into(),
        count => format!("What clients were promised, in {count} operations:"),
    }
}

/// An operation of a client and its answer, if it has one.
pub(crate) fn operation(client: &str, node: &str, asked: &str, answer: Option<&str>) -> String {
    format!("{client} asks {node}: {asked} → {}", answer.unwrap_or("?"))
}

/// From when to when an operation went on: what contradicts another is in the order.
pub(crate) fn lasted(begun: Time, ended: Option<Time>) -> String {
    let ended = ended.map_or_else(|| OPEN.into(), clock);
    format!(" {} to {ended}", clock(begun))
}

/// A future that was left.
pub(crate) fn branch(what: &str, left_at: Time, reached: Time) -> String {
    format!("Another future: {what}. It parts at {} and reaches {}.", clock(left_at), clock(reached))
}

/// A future in which something was not done.
pub(crate) fn without(what: &str) -> String {
    format!("without: {what}")
}

/// What puts a future that was left into another place.
pub(crate) fn move_branch(what: &str) -> String {
    format!("Move: {what}. Drag it, or use the arrow keys.")
}

/// A moment on the clock of the transport: always as wide as any other.
pub(crate) fn clock(moment: Time) -> String {
    let millis = moment.0 / 1_000_000;
    format!("{}.{:03} s", millis / 1000, millis % 1000)
}

/// Whether a node works.
pub(crate) fn status(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Up => "up",
        NodeStatus::Paused => "paused",
        NodeStatus::Down => "down",
    }
}

/// What a node has just become, or is.
pub(crate) fn is(name: &str, what: &str) -> String {
    [name, " is ", what].concat()
}

/// A term of Raft.
pub(crate) fn term(term: &str) -> String {
    ["term ", term].concat()
}

/// Whether a node leads in a term, or wants to.
pub(crate) fn leads(name: &str, leads: bool, term: &str) -> String {
    [name, if leads { " leads in term " } else { " wants to lead in term " }, term].concat()
}

/// Whether a node works, and whether well.
pub(crate) fn condition(state: NodeStatus, slow: bool) -> String {
    let slow = if slow && state != NodeStatus::Down { ", slow" } else { "" };
    format!("{}{slow}", status(state))
}

/// What stands under the name of a node.
pub(crate) fn below(role: Option<&str>, state: NodeStatus, slow: bool) -> String {
    match state {
        NodeStatus::Up if slow => role.map_or_else(|| "slow".into(), |role| format!("{role} · slow")),
        NodeStatus::Up => role.unwrap_or_default().into(),
        _ => status(state).into(),
    }
}

/// So much of a whole.
pub(crate) fn gauge(amount: u64, of: u64) -> String {
    format!("{amount} of {of}")
}

/// A call and whom it asks.
pub(crate) fn call(what: &str, of: &str) -> String {
    format!("{what} → {of}")
}

/// How long a call goes on waiting.
pub(crate) fn waits(left: Span) -> String {
    format!("gives up in {left}")
}

/// What a layer that makes messages of calls does: how many wait, and how many it gave up.
pub(crate) fn calls(waiting: usize, given_up: u64) -> String {
    let waiting = match waiting {
        0 => "no call waits".to_owned(),
        1 => "1 call waits".to_owned(),
        more => format!("{more} calls wait"),
    };
    if given_up > 0 { format!("{waiting}, {}", self::given_up(given_up)) } else { waiting }
}

/// The same with the name of the layer.
pub(crate) fn layer(name: &str, waiting: usize, given_up: u64) -> String {
    format!("{name}: {}", calls(waiting, given_up))
}

/// How many calls were given up.
pub(crate) fn given_up(calls: u64) -> String {
    format!("gave up: {calls}")
}

/// What a timer that is fired by hand is called.
pub(crate) fn fire(timer: &str) -> String {
    format!("Fire: {timer}")
}

/// A request of a client.
pub(crate) fn ask(client: &str, op: &str) -> String {
    format!("{client} asks: {op}")
}

/// The box in which a client asks.
pub(crate) fn asks(client: &str) -> String {
    format!("{client} asks")
}

/// A link, whatever its direction.
pub(crate) fn link(a: &str, b: &str) -> String {
    format!("{a} ↔ {b}")
}

/// Closing one direction of a link.
pub(crate) fn cut(from: &str, to: &str) -> String {
    format!("Cut {from} → {to}")
}

/// Opening one direction of a link.
pub(crate) fn heal(from: &str, to: &str) -> String {
    format!("Heal {from} → {to}")
}

/// One direction of a link in the table of them.
pub(crate) fn reaches(from: &str, to: &str, slow: bool) -> String {
    format!("{from} reaches {to}{}", if slow { ", slowly" } else { "" })
}

/// Making one direction of a link slow, or as it was.
pub(crate) fn slow(from: &str, to: &str, is_slow: bool) -> String {
    format!("{} {from} → {to}", if is_slow { "Full speed" } else { "Slow down" })
}

/// How many directions of links are closed.
pub(crate) fn closed(count: usize) -> String {
    match count {
        0 => "all".into(),
        count => format!("{count} cut"),
    }
}

/// What a hand does to a message.
pub(crate) fn fate(fate: Fate) -> String {
    match fate {
        Fate::Drop => "Drop".into(),
        Fate::Duplicate => "Duplicate".into(),
        Fate::Deliver => "Deliver now".into(),
        Fate::Delay(by) => format!("Delay by {}", Span(by.0 / 1_000_000 * 1_000_000)),
    }
}

/// A message on its way.
pub(crate) fn flight(what: &str, from: &str, to: &str) -> String {
    format!("{what}, {from} to {to}")
}

/// What is shown in the view of a node.
pub(crate) fn only(name: &str) -> String {
    format!("Only what {name} knows")
}

/// What a node knows of anybody else.
pub(crate) fn stranger(name: &str, knower: &str) -> String {
    format!("{name}: {knower} cannot see how it is")
}

/// What a screen reader says of a node.
pub(crate) fn node(name: &str, condition: &str, shown: [Option<&str>; 3]) -> String {
    let mut words = format!("Node {name}, {condition}");
    for part in shown.into_iter().flatten() {
        words.push_str(", ");
        words.push_str(part);
    }
    words
}

/// What a value is, for whoever does not see its colour.
pub(crate) fn meant(meaning: Meaning, value: &str) -> String {
    match meaning {
        Meaning::Term(_) => term(value),
        Meaning::Version(_) => format!("version {value}"),
        Meaning::Index(_) => format!("{value} in the log"),
        // A number alone would be anything.
        Meaning::Plain if value.bytes().all(|letter| letter.is_ascii_digit()) => format!("value {value}"),
        Meaning::Plain | Meaning::Node(_) => value.into(),
    }
}

/// Somebody to whom a step of a lab wants something done.
pub(crate) fn wanted(somebody: &str) -> String {
    format!("{somebody}, the step waits for something here")
}

/// Somebody who shows that a promise is broken.
pub(crate) fn accused(somebody: &str) -> String {
    format!("{somebody}, breaks a promise")
}

/// What a screen reader says of a client: its name, and whom it waits for if it does.
pub(crate) fn client(name: &str, waits: Option<(String, String)>) -> String {
    match waits {
        Some((node, asked)) => format!("Client {name}, waits for {node}: {asked}"),
        None => format!("Client {name}"),
    }
}

/// The answer to a request that surely did not happen.
pub(crate) fn refused(answer: &str) -> String {
    format!("refused: {answer}")
}

/// What a screen reader says of the diagram; the events beside it say the rest.
pub(crate) fn diagram(messages: usize, lost: usize) -> String {
    format!("Messages between nodes over time: {messages} here, {lost} lost. The list of events leads to the same moments.")
}

/// How many lines of a report hold.
pub(crate) fn so_many_hold(holds: usize, all: usize) -> String {
    format!("{holds} of {all} hold.")
}

/// How much is wrong with a lab that is being written.
pub(crate) fn so_much_to_do(problems: usize) -> String {
    if problems == 1 { "One thing is missing or wrong:".into() } else { format!("{problems} things are missing or wrong:") }
}

/// What a screen reader says of the diagram of a run on paper.
pub(crate) fn diagram_of(from: Time, until: Time, sent: usize, lost: usize) -> String {
    format!("Messages between nodes from {from} to {until}: {sent} sent, {lost} lost.")
}

/// What a screen reader says of the diagram of a run that ends at a moment.
pub(crate) fn diagram_until(moment: Time) -> String {
    format!("The messages of the two seconds before {moment}")
}

/// The stretch of a run that a lab shows.
pub(crate) fn stretch(from: Time, to: Time) -> String {
    format!("The lab shows {from} to {to}.")
}

/// How much is missing or wrong in a part of a lab.
pub(crate) fn to_do(problems: usize) -> String {
    format!(" {problems} to do")
}

/// Adding one more table to a list of them.
pub(crate) fn add(what: &str) -> String {
    format!("Add: {what}")
}

/// Taking one out again.
pub(crate) fn remove(what: &str) -> String {
    format!("{REMOVE} {what}")
}

/// The name of a promise or a model as people say it.
pub(crate) fn plain(name: &str) -> String {
    name.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::deed;
    use faultline::lab::script::ACTIONS;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn everything_that_can_be_allowed_has_words_of_its_own() {
        let words: BTreeSet<_> = ACTIONS.iter().map(|action| deed(action).unwrap_or_else(|| panic!("{action} has no words"))).collect();
        assert_eq!(words.len(), ACTIONS.len());
    }

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                files(&entry.path(), found);
            } else {
                found.push(entry.path());
            }
        }
    }

    #[test]
    fn no_words_stand_anywhere_else() {
        let (folder, mut all) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), Vec::new());
        files(&folder, &mut all);
        assert!(all.len() > 50);
        let begins = [">{ \"", "> { \"", "label=\"", "label={\"", "title=\"", "title={\"", "alt=\"", "placeholder=\""];
        for file in all.iter().filter(|file| !file.ends_with("text.rs")) {
            for line in std::fs::read_to_string(file).unwrap().lines().map(str::trim).filter(|line| !line.starts_with("//")) {
                for begin in begins {
                    let Some((_, said)) = line.split_once(begin) else { continue };
                    let said = said.split('"').next().unwrap_or_default();
                    // `nil` is what EDN calls nothing; a sign is no word.
                    let word = said.chars().filter(|letter| letter.is_alphabetic()).count() > 1 && said != "nil";
                    assert!(!word || line.contains("iframe"), "{}: {line}", file.display());
                }
            }
        }
    }
}
