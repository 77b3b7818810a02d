//! The same engine without a browser.
//!
//! Exit codes: 0 all is well, 1 the answer is no, 2 the input cannot be used, 3 nobody knows.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on its standard output")]

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod command {
    mod check;
    mod judge_run;
    mod lab;
    mod package;
    mod search;
    mod validate;

    use faultline::files;
    use faultline::judge::Promise;
    use faultline::judge::history::History;
    use faultline::judge::map::{ARROWS, Arrow, PLACES, Place};
    use faultline::judge::spec::Object;
    use faultline::lab::shown::Names as Shown;
    use faultline::link::{Link, MARK, Seal, Verdict};
    use faultline::models::Library;
    use faultline::protocol::{Nodes, OpSpec, ParamKind};
    use faultline::sim::{Span, Time};
    use faultline::{Scenario, Sim};
    use std::collections::BTreeSet;
    use std::io::{BufWriter, Read, Write};
    use std::process::ExitCode;

    const HELP: &str = "\
faultline: a laboratory for distributed systems

  faultline models [MODEL]               what can be run; of one model its settings, and every name that a lab uses
  faultline new MODEL [--seed N]         a scenario to start from, as JSON
  faultline run SCENARIO [--for 10s] [--format text|json|hash]
                                         runs it and prints what happened
  faultline link SCENARIO [--for 10s]    a link to the run, sealed at that moment
  faultline verify LINK                  runs a link again: is it the run that was shared?
  faultline history SCENARIO [--for 10s] [--format edn|json]
                                         what the clients of the run did and saw
  faultline check FILE --model OBJECT --consistency PROMISE [--initial VALUE] [--effort MILLIONS] [--order]
                   [--format text|json]
                                         whether a history keeps a promise, and why; --order prints an order that
                                         shows it, --effort says after how many million steps to give up (200)
  faultline judge SCENARIO same FIELD | sum FIELD NUMBER | own-writes | order ROW ROW [--for 10s] [--quiet 2s]
                                         what clients cannot tell and the run can: do all nodes show the same once
                                         it is quiet, does what they show add up, does every client find its own
                                         writes whichever node it asks; which row could have caused the other
  faultline map                          which promise implies which, and what tells them apart
  faultline lab check FILE...            whether lab files are well: every fault with its line and field, and
                                         every step, challenge and scene tried out
  faultline lab list [FOLDER]            the labs in a folder
  faultline lab measure FILE [STUDY]     does the studies of a lab, with all their runs, and holds them against what is known
  faultline lab kit FILE                 what a teacher needs, as Markdown, with links to runs
  faultline lab schema | fields          the format of lab files: a JSON schema, or tables to read
  faultline grade LAB LINK [--challenge ID] [--answer TEXT]
                                         whether a run solves a lab's challenge, and why
  faultline package LAB --scorm|--html --out FILE [--site dist]
                                         a lab of a built site for a learning platform, or as one file
  faultline search MODEL [--break PROMISE] [--exhaustive BOUNDS | --chaos RUNS]
                   [--set KEY=VALUE]... [--nodes N] [--clients N] [--seed N] [--for 10s] [--threads N]
                                         the smallest run that breaks a promise, or what was covered
  faultline validate [--format md|json|tsv]
                                         what others published, measured with the models of the labs

SCENARIO is a file, - for standard input, or a link. LINK is a link, with the page's address or without.
FILE is a history as Jepsen writes it: EDN maps, JSON lines, or lines of its log. Histories of several keys
(jepsen.independent) are of a kv; rw-register is multi-register. docs/histories.md says more.
OBJECT is one of {objects}; PROMISE one of {promises},
and for a search also one of the model's own, or served-again: that clients are served once all faults are undone.
BOUNDS are like depth=12,states=100000,timers=3,crashes=1,asks=2, each of which may be left out.
Exit codes: 0 all is well, 1 the answer is no, 2 the input cannot be used, 3 nobody knows.";

    /// The longest run that is verified.
    const MOST_ROWS: u32 = 50_000_000;

    pub(super) fn main() -> ExitCode {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = match words.as_slice() {
            [] | ["help" | "--help" | "-h"] => say(&help()),
            ["help", about @ ..] => help_about(about),
            [about @ .., "--help" | "-h"] => help_about(about),
            ["models"] => models(),
            ["models", model] => names(model),
            ["map"] => map(),
            ["new", model, options @ ..] => new(model, options),
            ["run", file, options @ ..] => run(file, options),
            ["link", file, options @ ..] => link(file, options),
            ["history", file, options @ ..] => history(file, options),
            ["check", file, options @ ..] => return check::check(file, options).unwrap_or_else(|why| useless(&why)),
            ["judge", file, words @ ..] => return judge_run::judge_run(file, words).unwrap_or_else(|why| useless(&why)),
            ["lab", words @ ..] => return lab::lab(words).unwrap_or_else(|why| useless(&why)),
            ["grade", file, link, options @ ..] => return lab::grade(file, link, options).unwrap_or_else(|why| useless(&why)),
            ["package", lab, options @ ..] => package::package(lab, options),
            ["package"] => Err("package takes a lab; see faultline help".into()),
            ["grade", ..] => Err("grade takes a lab file and a link".into()),
            ["search", model, options @ ..] => return search::search(model, options).unwrap_or_else(|why| useless(&why)),
            ["validate", options @ ..] => return validate::validate(options).unwrap_or_else(|why| useless(&why)),
            ["verify", link] => return verify(link).unwrap_or_else(|why| useless(&why)),
            ["verify", ..] => Err("verify takes one link".into()),
            ["run" | "link" | "new" | "check" | "history" | "judge" | "search"] => {
                Err(format!("{} needs one word more; see faultline help", words[0]))
            }
            [other, ..] => Err(format!("there is no command “{other}”; see faultline help")),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => useless(&why),
        }
    }

    fn help() -> String {
        let objects: Vec<_> = Object::ALL.iter().map(|(name, _)| *name).collect();
        let promises: Vec<_> = Promise::ALL.iter().map(|(name, _)| *name).collect();
        HELP.replace("{objects}", &objects.join(", ")).replace("{promises}", &promises.join(", "))
    }

    /// What the help says of one command.
    fn help_about(words: &[&str]) -> Result<(), String> {
        let help = help();
        let mut entries: Vec<String> = Vec::new();
        for line in help.lines().skip(2).take_while(|line| !line.is_empty()) {
            match entries.last_mut().filter(|_| line.starts_with("   ")) {
                Some(entry) => entry.extend(["\n", line]),
                None => entries.push(line.into()),
            }
        }
        let command = |length: usize| format!("  faultline {} ", words[..length.min(words.len())].join(" "));
        // The second word is often a file, not a part of the name.
        let found = [2, 1].map(|length| entries.iter().filter(|entry| entry.starts_with(&command(length))).cloned().collect::<Vec<_>>());
        match found.iter().find(|entries| !entries.is_empty()) {
            Some(entries) => say(&entries.join("\n")),
            None => Err(format!("there is no command “{}”; see faultline help", words.join(" "))),
        }
    }

    fn useless(why: &str) -> ExitCode {
        eprintln!("faultline: {why}");
        ExitCode::from(2)
    }

    /// A reader that went away is no fault of ours.
    fn say(text: &str) -> Result<(), String> {
        let _ = writeln!(std::io::stdout(), "{text}");
        Ok(())
    }

    fn models() -> Result<(), String> {
        Library::standard()
            .models()
            .iter()
            .map(|model| model.about())
            .try_for_each(|about| say(&format!("{:<18}{}", about.id, about.summary)))
    }

    /// Every name of a model that a scenario, a lab's script or its predicates can use.
    fn names(id: &str) -> Result<(), String> {
        let library = Library::standard();
        let model = library.find(id).ok_or_else(|| format!("there is no model “{id}”; see faultline models"))?;
        let about = model.about();
        let sim = Sim::new(&library, Scenario::new(about, 1)).map_err(|fault| fault.to_string())?;
        say(&format!("{}. {}\n\nsettings", about.title, about.summary))?;
        for spec in about.params {
            let usual = spec.kind.show(spec.kind.default());
            let (min, max) = spec.kind.range();
            let values = match spec.kind {
                ParamKind::Number { .. } | ParamKind::Span { .. } => {
                    format!("{usual} ({} to {})", spec.kind.show(min), spec.kind.show(max))
                }
                ParamKind::Switch { .. } | ParamKind::Choice { .. } => {
                    let others: Vec<_> =
                        (min..=max).filter(|value| *value != spec.kind.default()).map(|value| spec.kind.show(value)).collect();
                    format!("{usual} (or {})", others.join(", or "))
                }
                ParamKind::Chance { .. } => usual,
            };
            say(&format!("    {} = {values}\n        {}", spec.key, spec.help))?;
        }
        let promises: Vec<_> = sim.promises().into_iter().map(|(id, promised, _)| format!("{id}: {promised}")).collect();
        // What nodes show stands in no table: a run tells.
        let mut shown = Shown::default();
        shown.follow(&library, Scenario::new(about, 1), Time::ZERO + Span::secs(10), |_| false).map_err(|fault| fault.to_string())?;
        let own = |names: BTreeSet<&'static str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let Nodes { min, max, default } = about.nodes;
        say(&format!("nodes\n    {default} ({min} to {max}), called n1, n2, …; clients: {}, called c1, c2, …", about.clients))?;
        let op = |op: &OpSpec| op.argument.map_or_else(|| op.name.to_owned(), |argument| format!("{}, with {argument}", op.name));
        let lists = [
            ("kinds of messages", about.kinds.iter().map(|kind| kind.name.to_owned()).collect()),
            ("operations of clients", about.ops.iter().map(op).collect()),
            ("timers", sim.timer_names().iter().map(|name| (*name).to_owned()).collect()),
            ("promises", promises),
            ("fields that nodes show (in a run of 10 s)", own(shown.fields)),
            ("roles that nodes show (in a run of 10 s)", own(shown.roles)),
        ];
        lists
            .into_iter()
            .filter(|(_, names): &(_, Vec<String>)| !names.is_empty())
            .try_for_each(|(title, names)| say(&format!("{title}\n    {}", names.join("\n    "))))
    }

    fn map() -> Result<(), String> {
        for Place { name, availability, says } in PLACES {
            say(&format!("{name}: {says}\n    {}", availability.describe()))?;
            for Arrow { weak, apart, .. } in ARROWS.iter().filter(|arrow| arrow.strong == name) {
                say(&format!("    implies {weak}; not the other way: {apart}"))?;
            }
        }
        Ok(())
    }

    fn new(id: &str, options: &[&str]) -> Result<(), String> {
        let seed = match options {
            [] => 1,
            ["--seed", seed] => seed.parse().map_err(|_| format!("“{seed}” is not a seed: it is a whole number"))?,
            _ => return Err("new takes a model and --seed".into()),
        };
        let library = Library::standard();
        let model = library.find(id).ok_or_else(|| format!("there is no model “{id}”; see faultline models"))?;
        say(&files::write_scenario(&Scenario::new(model.about(), seed)))
    }

    /// Lets a run go on for so long, and says which moment that is.
    fn run_for(sim: &mut Sim, length: Span) -> Result<Time, String> {
        let moment = Time::ZERO + length;
        sim.run_until(moment);
        if sim.stands_still() {
            let at = sim.now();
            return Err(format!("time stands still at {at}: things happen there without end; give messages, timers or clients some time"));
        }
        Ok(moment)
    }

    fn run(file: &str, options: &[&str]) -> Result<(), String> {
        let (mut length, mut format) = (Span::secs(10), "text");
        for option in options.chunks(2) {
            match option {
                ["--for", span] => length = Span::parse(span)?,
                ["--format", name @ ("text" | "json" | "hash")] => format = name,
                _ => return Err(format!("run does not know “{}”; see faultline help", option.join(" "))),
            }
        }
        let scenario = read(file)?;
        let mut sim = Sim::new(&Library::standard(), scenario).map_err(|fault| format!("{file}: {fault}"))?;
        run_for(&mut sim, length)?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        let written = match format {
            "hash" => writeln!(out, "{} {}", sim.hash(), sim.rows()),
            "json" => (0..sim.rows()).try_for_each(|row| writeln!(out, "{}", files::write_row(&sim, row))),
            _ => print_text(&sim, &mut out),
        };
        match written.and_then(|()| out.flush()) {
            Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("cannot write: {fault}")),
            _ => Ok(()),
        }
    }

    fn link(file: &str, options: &[&str]) -> Result<(), String> {
        let length = match options {
            [] => Span::secs(10),
            ["--for", span] => Span::parse(span)?,
            _ => return Err("link takes a scenario and --for".into()),
        };
        let scenario = read(file)?;
        let mut sim = Sim::new(&Library::standard(), scenario.clone()).map_err(|fault| format!("{file}: {fault}"))?;
        let moment = run_for(&mut sim, length)?;
        say(&Link { scenario, seal: Some(Seal::of(&sim, moment)) }.write())
    }

    fn history(file: &str, options: &[&str]) -> Result<(), String> {
        let (mut length, mut format) = (Span::secs(10), "edn");
        for option in options.chunks(2) {
            match option {
                ["--for", span] => length = Span::parse(span)?,
                ["--format", name @ ("edn" | "json")] => format = name,
                _ => return Err(format!("history does not know “{}”; see faultline help", option.join(" "))),
            }
        }
        let mut sim = Sim::new(&Library::standard(), read(file)?).map_err(|fault| format!("{file}: {fault}"))?;
        run_for(&mut sim, length)?;
        let history = History::of(&sim);
        say(if format == "edn" { history.to_edn() } else { history.to_json_lines() }.trim_end())
    }

    fn verify(text: &str) -> Result<ExitCode, String> {
        let library = Library::standard();
        let link = Link::read(text, &library).map_err(|fault| fault.to_string())?;
        let verdict = link.verify(&library, MOST_ROWS).map_err(|fault| fault.to_string())?;
        match (verdict, link.seal) {
            (Verdict::Same, Some(seal)) => {
                say(&format!("the same run: {} rows up to {}, hash {}", seal.rows, seal.moment, seal.hash))?;
                Ok(ExitCode::SUCCESS)
            }
            (Verdict::Different(rows, hash), Some(seal)) => {
                say(&format!("another run: {rows} rows, hash {hash}; the link promises {} rows, hash {}", seal.rows, seal.hash))?;
                Ok(ExitCode::FAILURE)
            }
            (Verdict::TooLong, Some(seal)) => Err(format!("the run has {} rows; at most {MOST_ROWS} are verified", seal.rows)),
            _ => Err("the link is not sealed: it does not say what the run was like".into()),
        }
    }

    fn read(file: &str) -> Result<Scenario, String> {
        if file.contains(MARK) {
            return Link::read(file, &Library::standard()).map(|link| link.scenario).map_err(|fault| fault.to_string());
        }
        let text = read_text(file)?;
        files::read_scenario(&text, &Library::standard()).map_err(|fault| format!("{file}: {fault}"))
    }

    fn read_text(file: &str) -> Result<String, String> {
        let mut bytes = Vec::new();
        let read = if file == "-" {
            std::io::stdin().read_to_end(&mut bytes)
        } else {
            std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
        };
        read.map_err(|fault| format!("{file}: {fault}"))?;
        files::text_of(bytes).map_err(|fault| format!("{file}: {fault}"))
    }

    fn print_text(sim: &Sim, out: &mut impl Write) -> std::io::Result<()> {
        for (index, row) in (0..sim.rows()).filter_map(|index| Some((index, sim.trace().row(index)?))) {
            writeln!(out, "{:>6}  {:>10}  {}", index, row.time.to_string(), sim.describe_row(index))?;
            for note in sim.trace().notes(index) {
                writeln!(out, "{:>20}{note}", "")?;
            }
        }
        writeln!(out, "{} rows, hash {}", sim.rows(), sim.hash())
    }
}
