//! Every word on the page, in one place, so that a language can be added.

use crate::session::Speed;
use faultline::link::Verdict;
use faultline::protocol::About;
use faultline::sim::{NodeStatus, Time};

pub(crate) const PLAY: &str = "Play";
pub(crate) const PAUSE: &str = "Pause";
pub(crate) const STEP: &str = "Next event";
pub(crate) const BACK: &str = "Previous event";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const COPY: &str = "Copy link";
pub(crate) const COPIED: &str = "Copied. Whoever opens the link sees this run, at this moment.";
pub(crate) const COPY_BY_HAND: &str = "The browser did not allow copying. Here is the link:";
pub(crate) const LINK: &str = "Link";
pub(crate) const MOMENT: &str = "Moment";
pub(crate) const SPEED: &str = "Speed";
pub(crate) const LOSS: &str = "Messages lost";
pub(crate) const LOSS_HELP: &str = "How likely the network loses a message on its way, from now on.";
pub(crate) const MODEL: &str = "Model";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const EVENTS: &str = "What happened";
pub(crate) const NOTHING_YET: &str = "Nothing yet. Press play.";
pub(crate) const QUIET: &str = "Nothing more happens by itself. Choose a client and let it ask.";
pub(crate) const MESSAGES: &str = "Messages so far";
pub(crate) const AS_TABLE: &str = "As a table";
pub(crate) const SENT: &str = "sent";
pub(crate) const DELIVERED: &str = "delivered";
pub(crate) const LOST: &str = "lost";
pub(crate) const TIME: &str = "time";
pub(crate) const KILL: &str = "Kill";
pub(crate) const RESTART: &str = "Restart";
pub(crate) const FREEZE: &str = "Pause";
pub(crate) const THAW: &str = "Resume";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const STAGE: &str = "Stage";
pub(crate) const DIAGRAM: &str = "Diagram";
pub(crate) const EVERYTHING: &str = "Show everything";
pub(crate) const VIEW: &str = "View";
pub(crate) const TOO_MANY_LANES: &str = "Too many nodes to draw as lanes.";
pub(crate) const LEAVES_OUT: &str = "What this model leaves out";
pub(crate) const CLIENT: &str = "client";
pub(crate) const ASKS: &str = "Asks";
pub(crate) const ASK_WHOM: &str = "Asks whom";
pub(crate) const REQUESTS: &str = "Its last requests";
pub(crate) const OPEN: &str = "waiting…";
pub(crate) const UNKNOWN: &str = "unknown: gave up";
pub(crate) const KEYS: &str = "Space plays, . and , step";

pub(crate) const AGAIN: &str = "Try again";

/// Why most of the page is missing.
pub(crate) fn missing(why: &str) -> String {
    format!("Most of the page could not be loaded. {why}")
}

pub(crate) const LOADING: &str = "Loading…";
pub(crate) const HOME_TITLE: &str = "Break a distributed system with your own hands.";
pub(crate) const HOME_PROMISE: &str = "This cluster runs inside your page. Click a node to kill it. Nothing here is a film.";
pub(crate) const FREE_TITLE: &str = "Play freely";
pub(crate) const CHECK_TITLE: &str = "Judge a history";
pub(crate) const CHECK_PROMISE: &str = "Drop what your own system's clients saw, and learn which promise it broke.";
pub(crate) const CHECK_HOW: &str =
    "Drop a file of what clients did and saw: Jepsen's EDN, the same as JSON lines, or a Jepsen log. It stays on this machine.";
pub(crate) const CHECK_FILE: &str = "Choose a file";
pub(crate) const CHECK_EXAMPLE: &str = "Try an example";
pub(crate) const CHECK_TEXT: &str = "The history";
pub(crate) const CHECK_OBJECT: &str = "Clients talk to a";
pub(crate) const CHECK_PROMISE_LABEL: &str = "that is promised to be";
pub(crate) const CHECK_INITIAL: &str = "and holds at first";
pub(crate) const CHECK_START: &str = "Judge";
pub(crate) const CHECK_WORKING: &str = "Judging…";
pub(crate) const CANCEL: &str = "Cancel";

/// How long a history is.
pub(crate) fn operations(count: usize) -> String {
    format!("{count} operation{}", if count == 1 { "" } else { "s" })
}

/// Why a file cannot be judged.
pub(crate) fn unreadable(name: &str, why: &str) -> String {
    format!("{name} cannot be read as text. {why}")
}

/// No lab has that id.
pub(crate) fn no_lab(id: &str) -> String {
    format!("There is no lab {id}.")
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
    format!("This link cannot be opened: {why}. Here is the first model instead.")
}

/// How fast time passes, compared with the learner's.
pub(crate) fn speed(speed: Speed) -> String {
    match (speed.step(), speed.ratio()) {
        (0, _) => "real time".into(),
        (..0, ratio) => format!("{:.0}× slower", 1.0 / ratio),
        (_, ratio) => format!("{ratio:.0}× faster"),
    }
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

/// What is shown in the view of a node.
pub(crate) fn only(name: &str) -> String {
    format!("Only what {name} knows")
}

/// What a node knows of anybody else.
pub(crate) fn stranger(name: &str, knower: &str) -> String {
    format!("{name}: {knower} cannot see how it is")
}

/// What a screen reader says of a node.
pub(crate) fn node(name: &str, state: NodeStatus, role: Option<&str>, headline: Option<&str>) -> String {
    let mut words = format!("Node {name}, {}", status(state));
    for part in [role, headline].into_iter().flatten() {
        words.push_str(", ");
        words.push_str(part);
    }
    words
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
