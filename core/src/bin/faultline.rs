//! The same engine without a browser.
//!
//! Exit codes: 0 all is well, 1 the answer is no, 2 the input cannot be used.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on its standard output")]

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod command {
    use faultline::models::Library;
    use faultline::sim::{Span, Time};
    use faultline::{Scenario, Sim};
    use std::io::{BufWriter, Read, Write};
    use std::process::ExitCode;

    const HELP: &str = "\
faultline: a laboratory for distributed systems

  faultline models                       what can be run
  faultline new MODEL [--seed N]         a scenario to start from, as JSON
  faultline run SCENARIO [--for 10s] [--format text|json|hash]
                                         runs it and prints what happened

SCENARIO is a file, or - for standard input.
Exit codes: 0 all is well, 1 the answer is no, 2 the input cannot be used.";

    pub(super) fn main() -> ExitCode {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = match words.as_slice() {
            [] | ["help" | "--help" | "-h"] => say(HELP),
            ["models"] => models(),
            ["new", model, options @ ..] => new(model, options),
            ["run", file, options @ ..] => run(file, options),
            [other, ..] => Err(format!("there is no command “{other}”; see faultline help")),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("faultline: {why}");
                ExitCode::from(2)
            }
        }
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
            .try_for_each(|about| say(&format!("{:<16}{}", about.id, about.summary)))
    }

    fn new(id: &str, options: &[&str]) -> Result<(), String> {
        let seed = match options {
            [] => 1,
            ["--seed", seed] => seed.parse().map_err(|_| format!("“{seed}” is not a seed: it is a whole number"))?,
            _ => return Err("new takes a model and --seed".into()),
        };
        let library = Library::standard();
        let model = library.find(id).ok_or_else(|| format!("there is no model “{id}”; see faultline models"))?;
        say(&serde_json::to_string_pretty(&Scenario::new(model.about(), seed)).map_err(|fault| fault.to_string())?)
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
        sim.run_until(Time::ZERO + length);
        let mut out = BufWriter::new(std::io::stdout().lock());
        let written = match format {
            "hash" => writeln!(out, "{} {}", sim.hash(), sim.rows()),
            "json" => (0..sim.rows()).try_for_each(|row| writeln!(out, "{}", row_as_json(&sim, row))),
            _ => print_text(&sim, &mut out),
        };
        match written.and_then(|()| out.flush()) {
            Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("cannot write: {fault}")),
            _ => Ok(()),
        }
    }

    fn read(file: &str) -> Result<Scenario, String> {
        let mut text = String::new();
        let read = if file == "-" {
            std::io::stdin().read_to_string(&mut text)
        } else {
            std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
        };
        read.map_err(|fault| format!("{file}: {fault}"))?;
        serde_json::from_str(&text).map_err(|fault| format!("{file}: {fault}"))
    }

    fn print_text(sim: &Sim, out: &mut impl Write) -> std::io::Result<()> {
        for (index, row) in (0..sim.rows()).zip(sim.trace().rows()) {
            writeln!(out, "{:>6}  {:>10}  {}", index, row.time.to_string(), sim.describe_row(index))?;
            for note in sim.trace().notes(index) {
                writeln!(out, "{:>20}{note}", "")?;
            }
        }
        writeln!(out, "{} rows, hash {}", sim.rows(), sim.hash())
    }

    fn row_as_json(sim: &Sim, index: u32) -> serde_json::Value {
        let Some(row) = sim.trace().row(index) else { return serde_json::Value::Null };
        serde_json::json!({
            "row": index,
            "time": row.time.0,
            "kind": format!("{:?}", row.kind).to_lowercase(),
            "node": sim.name(row.node),
            "peer": sim.name(row.peer),
            "subject": row.subject,
            "cause": sim.trace().row(row.cause).map(|_| row.cause),
            "text": sim.describe_row(index),
            "notes": sim.trace().notes(index),
        })
    }
}
