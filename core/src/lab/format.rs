//! The format of a lab file, as data: every field, what it can be, and what it is for.
//!
//! The reader, the JSON schema and the table in the authors' guide all come from here, so they cannot
//! disagree.

use super::document::{Lines, Node, Problem, Table, Value};
use super::nearest;

/// The fields of a table.
#[derive(Debug)]
pub struct Shape {
    /// What the table is for.
    pub help: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it can be.
    pub kind: Kind,
    /// Whether it must be there.
    pub needed: bool,
    /// What it is for.
    pub help: &'static str,
}

/// What a field can be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that stands on the stage: at most so many words.
    Words(usize),
    /// A name of letters, digits and hyphens.
    Id,
    /// A whole number.
    Number(i64, i64),
    /// Several whole numbers.
    Numbers(i64, i64),
    /// True or false.
    Switch,
    /// A length of time, such as `"500ms"`.
    Span,
    /// A share, such as `"5%"`.
    Share,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A condition on a run.
    Predicate,
    /// Something measured on a run.
    Measure,
    /// A shape of latency.
    Latency,
    /// Several texts.
    Texts,
    /// Texts for the stage: so many at least and at most, each of at most 40 words.
    Lines(usize, usize),
    /// Ids of other labs.
    Ids,
    /// Lines of a script.
    Script,
    /// Names of settings.
    Knobs,
    /// Names of actions.
    Actions,
    /// Settings of the model and their values.
    Settings,
    /// Several of them.
    ManySettings,
    /// Names of actions, each with a number.
    Limits,
    /// A table.
    Table(&'static Shape),
    /// So many tables at least and at most.
    Tables(&'static Shape, usize, usize),
}

/// How many words can be on the stage at a time.
pub const MOST_WORDS: usize = 40;

/// More tables of a kind are in no lab.
pub(super) const MOST_TABLES: usize = 20;

const fn needed(name: &'static str, kind: Kind, help: &'static str) -> Field {
    Field { name, kind, needed: true, help }
}

const fn optional(name: &'static str, kind: Kind, help: &'static str) -> Field {
    Field { name, kind, needed: false, help }
}

const SAID: Kind = Kind::Words(MOST_WORDS);

/// The format of a lab file.
pub static LAB: Shape = Shape {
    help: "A lab: one idea, a world to try it in, and challenges.",
    fields: &[
        needed("format", Kind::Number(1, 1), "The version of this format: 1."),
        needed("id", Kind::Id, "The lab's name in links: that of the file without .toml. It never changes."),
        needed("title", Kind::Text, "The lab's name for people."),
        needed("track", Kind::Text, "The part of the course it belongs to. Labs of the same track stand together."),
        needed("level", Kind::OneOf(&["foundation", "intermediate", "advanced"]), "How much one must know before."),
        optional("order", Kind::Number(0, 9999), "Its place in its track; the lowest comes first."),
        optional("prerequisites", Kind::Ids, "Labs that should be done before."),
        optional("related", Kind::Ids, "Labs that go on from here, or look at the same from another side."),
        needed("goal", Kind::Text, "What the learner can say afterwards, in a sentence."),
        needed("hook", SAID, "The first words on the stage: at most two sentences, no definition."),
        needed("world", Kind::Table(&WORLD), "What is on the stage."),
        needed("bet", Kind::Table(&BET), "The prediction that is asked for before the first run."),
        needed("step", Kind::Tables(&STEP, 3, 12), "The guided part: do, see, explain."),
        needed("challenge", Kind::Tables(&CHALLENGE, 1, 8), "What the learner has to reach, to survive, or to foresee."),
        optional("guess", Kind::Tables(&GUESS, 1, 2), "What went wrong behind a curtain: the learner guesses, round by round."),
        optional("study", Kind::Tables(&STUDY, 1, 4), "What only many runs show, as a chart that grows while they are done."),
        needed("free", SAID, "What to try when everything is open: a question that needs a knob not touched so far."),
        optional(
            "textbook",
            Kind::Tables(&TEXTBOOK, 1, 6),
            "Code as it stands in textbooks, and the setting that makes the run behave like it.",
        ),
        needed("leaves-out", Kind::Text, "What is simpler in this lab than in the world."),
        needed("correctness", Kind::Text, "What an expert would attack, and how the lab answers."),
        needed("teacher", Kind::Table(&TEACHER), "For whoever teaches with it."),
    ],
};

static WORLD: Shape = Shape {
    help: "A model, its settings, and what happens by itself.",
    fields: &[
        needed("model", Kind::Text, "The id of a model: see `faultline models`."),
        optional("nodes", Kind::Number(1, 20_000), "How many nodes; if nothing is said, as many as is usual for the model."),
        optional(
            "sizes",
            Kind::Numbers(1, 99),
            "Between how many nodes the learner chooses with the knob `nodes`, such as [2, 3, 5]; `nodes` is one of them.",
        ),
        optional("clients", Kind::Number(0, 20_000), "How many clients."),
        optional("seed", Kind::Number(0, i64::MAX), "All randomness follows from it; 1 if nothing is said."),
        needed("length", Kind::Span, "How long a run is. Challenges are decided at its end at the latest."),
        optional("patience", Kind::Span, "How long a client waits before it gives up."),
        optional("settings", Kind::Settings, "Settings of the model that are not as by default."),
        optional(
            "knobs",
            Kind::Knobs,
            "Settings that the learner sees, in the order in which they appear. Those that no step reveals are there from the start, two at most. Also `nodes`, where there are `sizes`.",
        ),
        optional("latency", Kind::Latency, "How long messages travel."),
        optional("loss", Kind::Share, "How likely a message is lost."),
        optional("duplicate", Kind::Share, "How likely a message arrives twice."),
        optional("reorder", Kind::Share, "How likely a message is held back behind later ones."),
        optional("ordered", Kind::Switch, "Whether a link keeps its messages in order."),
        optional("bandwidth", Kind::Number(1, i64::MAX), "How many bytes a link carries a second."),
        optional("disk", Kind::Latency, "How long a disk needs to make writes durable."),
        optional("torn", Kind::Share, "How likely a crash leaves some of what was not yet durable."),
        optional("load", Kind::Table(&LOAD), "What clients ask for by themselves."),
        optional("script", Kind::Script, "What happens by itself; every line begins with its moment."),
        optional(
            "object",
            Kind::OneOf(&["register", "cas-register", "multi-register", "mutex", "kv"]),
            "What clients talk to, as a judge of their history must know it; a register if nothing is said.",
        ),
        optional("initial", Kind::Text, "What that object holds at the beginning, as EDN; 0 if nothing is said."),
        optional("measure", Kind::Tables(&MEASURED, 1, 6), "What is shown of a run while it is played."),
    ],
};

static MEASURED: Shape = Shape {
    help: "Something that is shown while a run is played: a value, or a light.",
    fields: &[
        needed("name", Kind::Text, "Its name for people, with few words."),
        optional("value", Kind::Measure, "What is measured; or instead of it"),
        optional("hits", Kind::Measure, "how many there are"),
        optional("of", Kind::Measure, "of so many, as in “2 of 3”; or instead of these"),
        optional("holds", Kind::Predicate, "what is the case while the light is on."),
    ],
};

static LOAD: Shape = Shape {
    help: "Clients that ask by themselves.",
    fields: &[
        needed("every", Kind::Latency, "How long after the last request, or its answer, the next follows."),
        optional(
            "open",
            Kind::Switch,
            "Whether the next follows the last request whether it was answered or not; otherwise it waits for the answer.",
        ),
        optional(
            "route",
            Kind::Text,
            "Whom they ask: a node such as n1, home, rotate or random; each its own node (home) if nothing is said.",
        ),
        optional("keys", Kind::Number(1, 1_000_000), "How many keys they use."),
        optional("limit", Kind::Number(0, 4_000_000_000), "How many requests each client sends at most."),
    ],
};

static BET: Shape = Shape {
    help: "A prediction: asked before the run, kept on screen, compared with what happens.",
    fields: &[
        needed("ask", SAID, "The question. With its options it has at most 40 words."),
        optional("option", Kind::Tables(&OPTION, 2, 5), "The answers to choose from; exactly one must turn out right."),
        optional("measure", Kind::Measure, "Instead of options: what is measured, for a number to be typed."),
        optional(
            "tolerance",
            Kind::Text,
            "With a measure: how far off an answer may be, as \"20ms\", \"3\", or \"10%\" of what is measured.",
        ),
        needed("when", Kind::Predicate, "The bet is decided at the first moment at which this holds."),
    ],
};

static OPTION: Shape = Shape {
    help: "An answer.",
    fields: &[
        needed("say", SAID, "The answer in words."),
        needed("right", Kind::Predicate, "It was right if this holds when the bet is decided."),
    ],
};

static STEP: Shape = Shape {
    help: "One step of the guided part.",
    fields: &[
        needed(
            "kind",
            Kind::OneOf(&["do", "see", "explain"]),
            "do: the learner acts. see: the run goes on until something happens. explain: words only.",
        ),
        needed("say", SAID, "What stands on the stage."),
        optional("more", Kind::Text, "What the drawer says to those who open it."),
        optional("stop", Kind::Predicate, "do and see: the run stops at the first moment at which this holds. Counts begin with the step."),
        optional(
            "within",
            Kind::Span,
            "How long after the step began that must have happened when it is done for the learner; 30s if nothing is said.",
        ),
        optional("script", Kind::Script, "do: what is done if the learner asks to finish this now."),
        optional("reveal", Kind::Knobs, "Knobs that appear with this step."),
        optional(
            "shows",
            Kind::Texts,
            "Names of what is measured that the step is about. They alone stand beside the stage, the rest behind a button, until a later step shows others.",
        ),
        optional(
            "anyone",
            Kind::Switch,
            "do: whom it is done to depends on what happened, so the page does not point at those whom the script names.",
        ),
        optional(
            "world",
            Kind::Table(&WORLD),
            "Another world than before, from its beginning: a side stage. The steps that follow stay in it until one brings another.",
        ),
    ],
};

static CHALLENGE: Shape = Shape {
    help: "A puzzle: a state to reach (break), attacks to survive (defend), or a number to foresee (predict).",
    fields: &[
        needed("id", Kind::Id, "Its name in links and progress. It never changes."),
        needed("title", Kind::Text, "Its name for people."),
        needed("kind", Kind::OneOf(&["break", "defend", "predict"]), "What kind of puzzle it is."),
        needed("say", SAID, "The goal in words, never the clicks."),
        optional(
            "goal",
            Kind::Predicate,
            "break: solved at the first moment at which this holds. defend: must hold at the end of every attack.",
        ),
        optional("never", Kind::Predicate, "break: must not have held at any moment before that."),
        optional("world", Kind::Table(&WORLD), "Another world than the lab's, for this challenge alone: another model, say."),
        optional("length", Kind::Span, "How long the run is, if not as long as the world's."),
        optional("settings", Kind::Settings, "Settings with which the challenge begins, if not the world's."),
        optional(
            "knobs",
            Kind::Knobs,
            "Settings that the learner may choose before the run; also network, and `nodes` where the world has `sizes`. Where the network may be changed during the run, `network latency`, `network loss`, `network duplicate`, `network reorder` or `network ordered` says that only that part of it may.",
        ),
        optional("allow", Kind::Actions, "break: what the learner may do during the run. See the list of actions."),
        optional("at-most", Kind::Limits, "break: how often each action may be done."),
        optional(
            "par",
            Kind::Number(1, 1000),
            "break: the number of actions that earns the second star; that of the solution if nothing is said.",
        ),
        optional("solution", Kind::Script, "break: a script that reaches the goal."),
        optional(
            "fix",
            Kind::Settings,
            "break and predict: settings with which the same script does not reach the goal, or the same answer is wrong. \
             A challenge to break needs none if a `search` with `found = true` shows that nothing helps.",
        ),
        optional("defence", Kind::Settings, "defend: settings that survive every attack."),
        optional("mistakes", Kind::ManySettings, "defend: plausible settings that do not."),
        optional("attack", Kind::Tables(&ATTACK, 1, MOST_TABLES), "defend: what the settings must survive."),
        optional("survive", Kind::Share, "defend: what share of the attacks must be survived; all if nothing is said."),
        optional("script", Kind::Script, "predict: what is done in the run."),
        optional("option", Kind::Tables(&OPTION, 2, 5), "predict: the answers to choose from."),
        optional("measure", Kind::Measure, "predict: instead of options, what is measured."),
        optional("tolerance", Kind::Text, "predict: how far off the number may be."),
        optional("answer", Kind::Text, "predict: the right answer: the words of an option, or the number."),
        optional("when", Kind::Predicate, "predict: decided at the first moment at which this holds; at the end if nothing is said."),
        optional(
            "search",
            Kind::Tables(&SEARCH, 1, 4),
            "What trying every order of events shows: that it is impossible, or that nothing prevents it. Learners can repeat it.",
        ),
        needed("hints", Kind::Lines(1, 3), "Where to look; then which fault; each costs a star."),
        needed("won", SAID, "What stands on the stage when it is solved: what was found out, and its name."),
    ],
};

static GUESS: Shape = Shape {
    help: "Rounds of guessing. In each something else goes wrong, and only what one node or client knows is shown until the learner has guessed.",
    fields: &[
        needed("id", Kind::Id, "Its name in progress. It never changes."),
        needed("title", Kind::Text, "Its name for people."),
        needed("say", SAID, "The question."),
        needed("told", SAID, "What stands under the answer: what the guesses show."),
        optional("world", Kind::Table(&WORLD), "Another world than the lab's."),
        needed("eyes", Kind::Text, "Whose knowledge is shown: a node or client, such as c1."),
        optional("script", Kind::Script, "What is done in each round. `at 2s to 3s: …` acts at another moment in each."),
        needed("when", Kind::Predicate, "It is asked at the first moment at which this holds."),
        needed("case", Kind::Tables(&CAUSE, 2, 6), "What it may have been. Until it is asked, the same must be seen of all."),
    ],
};

static CAUSE: Shape = Shape {
    help: "What may have gone wrong.",
    fields: &[
        needed("id", Kind::Id, "Its name in progress. It never changes."),
        needed("say", Kind::Text, "It, in few words."),
        needed("script", Kind::Script, "What brings it about."),
        needed("holds", Kind::Predicate, "It was this if this holds at the end of the run."),
    ],
};

static STUDY: Shape = Shape {
    help: "Something measured over many runs, each with a seed of its own.",
    fields: &[
        needed("id", Kind::Id, "By this a learner's place is kept, and `lab measure` finds it. It never changes."),
        needed("title", Kind::Text, "Its name for people."),
        needed("say", SAID, "What is done in each run and what is looked at."),
        needed(
            "kind",
            Kind::OneOf(&["curve", "spread", "matrix"]),
            "curve: how something depends on a setting. spread: how often it is how large. matrix: how often this and that are so together.",
        ),
        needed("name", Kind::Text, "What is measured, with few words."),
        needed("runs", Kind::Number(2, 10_000), "How many runs; of a curve, at each of its places."),
        optional("world", Kind::Table(&WORLD), "Another world than the lab's."),
        optional("length", Kind::Span, "How long a run is, if not as long as the world's."),
        optional("settings", Kind::Settings, "Settings that are not the world's."),
        optional("knobs", Kind::Knobs, "Settings that the learner may choose."),
        optional("down", Kind::Share, "How likely each node is down from the beginning, in each run anew."),
        optional("script", Kind::Script, "What is done in each run. `at 2s to 3s: …` acts at another moment in each."),
        optional("when", Kind::Predicate, "A run is looked at at the first moment at which this holds; at its end if nothing is said."),
        optional("sweep", Kind::Text, "curve: the setting that is different from place to place, or `nodes`."),
        optional("at", Kind::Texts, "curve: the places, as [\"0ms\", \"5ms\"]."),
        optional("value", Kind::Measure, "spread: what is measured in each run. curve: its mean; or instead of it"),
        optional("holds", Kind::Predicate, "curve: in what share of the runs this is so; or instead of it"),
        optional("hits", Kind::Measure, "curve: how many there are in a run"),
        optional("of", Kind::Measure, "of so many: the share over all runs."),
        optional("against", Kind::Measure, "curve: what stands on the axis across instead of the place: the mean of this."),
        optional("across", Kind::Text, "curve: what is on the axis across, with few words; the setting's name if nothing is said."),
        optional("row", Kind::Tables(&CLASS, 2, 5), "matrix: what may be so."),
        optional("column", Kind::Tables(&CLASS, 2, 5), "matrix: what may be so at the same time, or be said."),
        optional("case", Kind::Tables(&CASE, 2, 8), "Worlds to choose from."),
        optional("together", Kind::Switch, "curve and spread: whether all cases are measured and drawn together, six at most."),
        optional(
            "known",
            Kind::Tables(&KNOWN, 1, MOST_TABLES),
            "What was published, or follows from a formula: it is laid over what is measured, and held against it.",
        ),
    ],
};

static CLASS: Shape = Shape {
    help: "Something that may be so; if several are, the first counts.",
    fields: &[needed("say", Kind::Text, "Its name for people."), needed("holds", Kind::Predicate, "When it is so.")],
};

static CASE: Shape = Shape {
    help: "A world to choose.",
    fields: &[
        needed("name", Kind::Text, "Its name for people."),
        optional("nodes", Kind::Number(1, 99), "How many nodes, if not as many as in the study's world."),
        optional("settings", Kind::Settings, "Settings that are not the study's."),
        optional("at", Kind::Texts, "curve: the places, if not those of the study."),
        optional("script", Kind::Script, "What is done in each run before the study's script."),
        optional(
            "world",
            Kind::Table(&WORLD),
            "Another world than the study's: another model, say. What the study asks and does is read with the names there.",
        ),
    ],
};

static KNOWN: Shape = Shape {
    help: "What others have found, or what follows from a formula.",
    fields: &[
        needed("from", Kind::Text, "From where, and with which assumptions."),
        optional("case", Kind::Text, "The name of the case that it is about."),
        optional("settings", Kind::Settings, "Values of the knobs that it is about, if not those of the case."),
        optional(
            "points",
            Kind::Texts,
            "curve: places and what is known there, as [\"0ms: 43.7%\"]. spread: what share is not larger, as [\"500ms: 99%\"].",
        ),
        optional("mean", Kind::Text, "spread: the mean."),
        optional("tolerance", Kind::Share, "How far off it may be beside chance; not at all if nothing is said."),
        optional("held", Kind::Switch, "Whether it is held against what is found. If not, as it was measured elsewhere, it is only drawn."),
    ],
};

static SEARCH: Shape = Shape {
    help: "A claim about every order of events within bounds: any message may arrive next or never, any timer may run out next. No message comes twice, and no node crashes while its disk writes.",
    fields: &[
        needed("say", SAID, "The claim in words."),
        needed(
            "seek",
            Kind::Text,
            "What is looked for: `broken(NAME)`, a promise of the model; or `done and kept(NAME)`, that everything asked is done and \
             the clients' promise kept.",
        ),
        needed("found", Kind::Switch, "Whether it is found: with each of the settings, or with none."),
        optional("nodes", Kind::Number(1, 5), "How many nodes, if not as many as in the world."),
        optional("settings", Kind::ManySettings, "It is tried with each of these; with those of the challenge if nothing is said."),
        optional(
            "cut",
            Kind::Switch,
            "Whether the nodes are cut in two from the beginning: in every way, with every node asked on each side.",
        ),
        optional(
            "ask",
            Kind::Texts,
            "Operations that clients ask for, each when the one before is done: with a cut on the two sides in turn, otherwise of the first \
             two nodes.",
        ),
        optional("timers", Kind::Number(0, 100), "How many timers run out at most; none if nothing is said."),
        optional("crashes", Kind::Number(0, 10), "How many crashes there are at most; none if nothing is said."),
    ],
};

static ATTACK: Shape = Shape {
    help: "Runs that a defence must survive.",
    fields: &[
        optional("script", Kind::Script, "What is done in each of these runs."),
        optional("seeds", Kind::Number(1, 500), "So many runs, with the seeds from the world's on; 1 if nothing is said."),
        optional(
            "everywhere",
            Kind::Script,
            "Actions without a moment: one run for every moment of the run at which something happens, with all of them done there.",
        ),
    ],
};

static TEXTBOOK: Shape = Shape {
    help: "Code as it stands in textbooks.",
    fields: &[
        needed("title", Kind::Text, "What the code does."),
        needed("code", Kind::Text, "The code, at most 30 lines."),
        needed("wrong", SAID, "What is wrong with it, or missing."),
        optional("challenge", Kind::Id, "The challenge in whose world it runs, if not in the lab's."),
        needed("as-written", Kind::Settings, "Settings with which the run behaves like this code."),
        needed("corrected", Kind::Settings, "Settings with which it behaves as it should."),
    ],
};

static TEACHER: Shape = Shape {
    help: "For whoever teaches with it.",
    fields: &[
        needed("goal", Kind::Text, "What a class should have understood at the end."),
        needed("plan", Kind::Texts, "Five minutes, line by line."),
        needed("questions", Kind::Lines(2, 2), "Two questions to discuss."),
        needed("scene", Kind::Tables(&SCENE, 1, 8), "Runs to show, as links that always show the same."),
    ],
};

static SCENE: Shape = Shape {
    help: "A run to show.",
    fields: &[
        needed("title", Kind::Text, "What it shows."),
        optional("challenge", Kind::Id, "The challenge in whose world it runs, if not in the lab's."),
        optional("seed", Kind::Number(0, i64::MAX), "The world's if nothing is said."),
        optional("settings", Kind::Settings, "Settings that are not the world's."),
        optional("script", Kind::Script, "What is done in it."),
        needed("until", Kind::Predicate, "The moment that the link shows: the first at which this holds."),
    ],
};

/// Finds everything in a file that does not have the shape it should have.
pub(super) fn check(lines: &Lines, table: &Table, shape: &Shape, place: &str, problems: &mut Vec<Problem>) {
    let path = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    for entry in &table.entries {
        match shape.fields.iter().find(|field| field.name == entry.key) {
            Some(field) => check_value(lines, &entry.node, field.kind, &path(field.name), problems),
            None => {
                let hint = nearest(&entry.key, shape.fields.iter().map(|field| field.name));
                let hint = hint.map_or_else(
                    || format!("there are {}", shape.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let why = format!("there is no such field; {hint}");
                problems.push(Problem { line: lines.line(entry.at), field: path(&entry.key), why });
            }
        }
    }
    for field in shape.fields.iter().filter(|field| field.needed && table.get(field.name).is_none()) {
        let why = format!("this is missing. {}", field.help);
        problems.push(Problem { line: lines.line(table.at), field: path(field.name), why });
    }
}

fn check_value(lines: &Lines, node: &Node, kind: Kind, place: &str, problems: &mut Vec<Problem>) {
    let mut problem = |at: usize, place: &str, why: String| problems.push(Problem { line: lines.line(at), field: place.into(), why });
    let wanted = match (&node.value, kind) {
        (Value::Text(words), Kind::Words(most)) => {
            let count = words.split_whitespace().count();
            if words.trim().is_empty() {
                problem(node.at, place, "there is nothing in it".into());
            } else if count > most {
                problem(node.at, place, format!("it has {count} words; on the stage there is room for {most}. Put the rest into `more`"));
            }
            return;
        }
        (Value::Text(id), Kind::Id) => {
            if id.is_empty() || id.contains(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-') {
                problem(node.at, place, "an id has letters, digits and hyphens".into());
            }
            return;
        }
        (Value::Text(found), Kind::OneOf(names)) => {
            if !names.contains(&found.as_str()) {
                problem(node.at, place, super::predicate::unknown(place.rsplit('.').next().unwrap_or(place), found, names.iter().copied()));
            }
            return;
        }
        (Value::Text(found), Kind::Text) => {
            if found.trim().is_empty() {
                problem(node.at, place, "there is nothing in it".into());
            }
            return;
        }
        // What they say is looked at where they are read.
        (Value::Text(_), Kind::Span | Kind::Share | Kind::Predicate | Kind::Measure | Kind::Latency) => return,
        (Value::Number(number), Kind::Number(min, max)) => {
            if !(min..=max).contains(number) {
                problem(node.at, place, format!("it goes from {min} to {max}"));
            }
            return;
        }
        (Value::Switch(_), Kind::Switch) => return,
        (Value::List(items), Kind::Numbers(min, max)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(lines, item, Kind::Number(min, max), &format!("{place}[{}]", index + 1), problems);
            }
            return;
        }
        (Value::List(items), Kind::Texts | Kind::Ids | Kind::Script | Kind::Knobs | Kind::Actions | Kind::Lines(..)) => {
            for (index, item) in items.iter().enumerate() {
                let place = format!("{place}[{}]", index + 1);
                let kind = if matches!(kind, Kind::Lines(..)) { SAID } else { Kind::Text };
                check_value(lines, item, kind, &place, problems);
            }
            if let Kind::Lines(least, most) = kind {
                check_count(lines, node, items.len(), (least, most), place, problems);
            }
            return;
        }
        (Value::Table(_), Kind::Settings | Kind::Limits) => return,
        (Value::List(items), Kind::ManySettings) => {
            for (index, item) in items.iter().enumerate() {
                check_value(lines, item, Kind::Settings, &format!("{place}[{}]", index + 1), problems);
            }
            return;
        }
        (Value::Table(table), Kind::Table(shape)) => return check(lines, table, shape, place, problems),
        (Value::List(items), Kind::Tables(shape, least, most)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(lines, item, Kind::Table(shape), &format!("{place}[{}]", index + 1), problems);
            }
            return check_count(lines, node, items.len(), (least, most), place, problems);
        }
        (_, kind) => kind.name(),
    };
    problem(node.at, place, format!("this is {}; it should be {wanted}", node.value.name()));
}

fn check_count(lines: &Lines, node: &Node, count: usize, (least, most): (usize, usize), place: &str, problems: &mut Vec<Problem>) {
    if !(least..=most).contains(&count) {
        let why = format!("there are {count}; there should be {least} to {most}");
        problems.push(Problem { line: lines.line(node.at), field: place.into(), why });
    }
}

impl Kind {
    /// What it is, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Words(_) => "text of at most 40 words",
            Self::Id => "a name of letters, digits and hyphens",
            Self::Number(..) => "a whole number",
            Self::Numbers(..) => "a list of whole numbers",
            Self::Switch => "true or false",
            Self::Span => "a length of time, such as \"500ms\"",
            Self::Share => "a share, such as \"5%\"",
            Self::OneOf(_) => "one of a few words",
            Self::Predicate => "a predicate",
            Self::Measure => "a measure",
            Self::Latency => "a latency, such as \"40ms to 60ms\"",
            Self::Texts => "a list of texts",
            Self::Lines(..) => "a list of texts of at most 40 words each",
            Self::Ids => "a list of ids",
            Self::Script => "a list of script lines",
            Self::Knobs => "a list of settings",
            Self::Actions => "a list of actions",
            Self::Settings => "a table of settings",
            Self::ManySettings => "a list of tables of settings",
            Self::Limits => "a table of actions and numbers",
            Self::Table(_) => "a table",
            Self::Tables(..) => "a list of tables",
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use describe::{schema, tables};

/// The format for others: as a JSON schema for editors, and as tables for people.
#[cfg(not(target_arch = "wasm32"))]
mod describe {
    use super::{Field, Kind, LAB, Shape};
    use crate::lab::script::ACTIONS;
    use serde_json::{Map, Value, json};

    /// The format as a JSON schema, which editors for TOML understand.
    #[must_use]
    pub fn schema() -> Value {
        let mut schema = object(&LAB);
        schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        schema["title"] = "A lab of Faultline".into();
        schema
    }

    fn object(shape: &Shape) -> Value {
        let properties: Map<_, _> = shape.fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
        let needed: Vec<_> = shape.fields.iter().filter(|field| field.needed).map(|field| field.name).collect();
        json!({
            "type": "object",
            "description": shape.help,
            "properties": properties,
            "required": needed,
            "additionalProperties": false,
        })
    }

    fn property(field: &Field) -> Value {
        let mut value = kind(field.kind);
        value["description"] = field.help.into();
        value
    }

    fn kind(kind: Kind) -> Value {
        let list = |items: Value| json!({ "type": "array", "items": items });
        let settings = || json!({ "type": "object", "additionalProperties": { "type": ["string", "integer", "boolean"] } });
        match kind {
            Kind::Text | Kind::Words(_) | Kind::Predicate | Kind::Measure | Kind::Latency => json!({ "type": "string" }),
            Kind::Id => json!({ "type": "string", "pattern": "^[A-Za-z0-9-]+$" }),
            Kind::Number(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Kind::Numbers(min, max) => list(json!({ "type": "integer", "minimum": min, "maximum": max })),
            Kind::Switch => json!({ "type": "boolean" }),
            Kind::Span => json!({ "type": "string", "pattern": "^ *[0-9.]+ *(ns|us|µs|ms|s|min)? *$" }),
            Kind::Share => json!({ "type": "string", "pattern": "^ *[0-9.]+ *% *$" }),
            Kind::OneOf(names) => json!({ "enum": names }),
            Kind::Texts | Kind::Script | Kind::Knobs => list(json!({ "type": "string" })),
            Kind::Ids => list(json!({ "type": "string", "pattern": "^[A-Za-z0-9-]+$" })),
            Kind::Lines(least, most) => json!({ "type": "array", "items": { "type": "string" }, "minItems": least, "maxItems": most }),
            Kind::Actions => list(json!({ "enum": ACTIONS })),
            Kind::Settings => settings(),
            Kind::ManySettings => list(settings()),
            Kind::Limits => json!({
                "type": "object",
                "propertyNames": { "enum": ACTIONS },
                "additionalProperties": { "type": "integer", "minimum": 0 },
            }),
            Kind::Table(shape) => object(shape),
            Kind::Tables(shape, least, most) => {
                json!({ "type": "array", "items": object(shape), "minItems": least, "maxItems": most })
            }
        }
    }

    /// Every table of the format and its fields, in Markdown.
    #[must_use]
    pub fn tables() -> String {
        let mut out = String::new();
        table(&LAB, "", &mut out);
        out
    }

    fn table(shape: &Shape, place: &str, out: &mut String) {
        let title = if place.is_empty() { "The file" } else { place };
        out.push_str(&format!("### {title}\n\n{}\n\n| field | what it is | what it is for |\n|---|---|---|\n", shape.help));
        for field in shape.fields {
            let what = match field.kind {
                Kind::OneOf(names) => names.join(", "),
                kind => kind.name().to_owned(),
            };
            let needed = if field.needed { " **(needed)**" } else { "" };
            out.push_str(&format!("| `{}` | {what}{needed} | {} |\n", field.name, field.help));
        }
        out.push('\n');
        for field in shape.fields {
            let dot = if place.is_empty() { "" } else { "." };
            let name = |place: &str| place.trim_matches(['[', ']', '`']).to_owned();
            match field.kind {
                Kind::Table(inner) => table(inner, &format!("`[{}{dot}{}]`", name(place), field.name), out),
                Kind::Tables(inner, ..) => table(inner, &format!("`[[{}{dot}{}]]`", name(place), field.name), out),
                _ => {}
            }
        }
    }
}
