//! What the engine is held to: numbers that others published or that follow from a proof, measured
//! with the very models that the labs run; and, of the explorer, how many states others counted.
//!
//! The tests run these experiments, `faultline validate` runs them at full length, and the page shows
//! the report that came of it (`static/evidence.tsv`). The seeds are fixed, so it is always the same
//! report: a change of a model that changes a number changes the file, or a test says that it should.

mod availability;
mod costs;
pub mod counts;
mod elections;
pub mod measure;
mod retries;
mod staleness;

pub use measure::Finding;

/// One experiment.
#[derive(Debug)]
pub struct Experiment {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The labs whose model it runs, if it runs any.
    pub labs: &'static [&'static str],
    /// Who published what is known.
    pub source: &'static str,
    /// What is measured, and how.
    pub how: &'static str,
    /// What it does not show.
    pub limits: &'static str,
    /// Does it, so many times as often as it takes to say anything at all.
    pub run: fn(u64) -> Vec<Finding>,
}

/// How long the experiments of the report are.
pub const REPORT: u64 = 10;

/// Every experiment, in the order of the report.
pub static EXPERIMENTS: [Experiment; 11] = [
    elections::SPLIT_VOTES,
    elections::DOWNTIME,
    elections::WIDE_AREA,
    elections::FIGURE_16,
    staleness::TIME,
    staleness::VERSIONS,
    retries::CONTENTION,
    retries::STANDSTILL,
    availability::PATTERNS,
    costs::MESSAGES,
    counts::STATES,
];

/// What came of each experiment.
pub type Report = Vec<(&'static Experiment, Vec<Finding>)>;

/// The report for people, in Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = "# What the engine is held to\n\n".to_owned();
    let total: usize = report.iter().map(|(_, findings)| findings.len()).sum();
    let holds = report.iter().flat_map(|(_, findings)| findings).filter(|finding| finding.holds).count();
    out.push_str(&format!("{holds} of {total} hold. Made by `faultline validate`.\n"));
    for (experiment, findings) in report {
        let labs = if experiment.labs.is_empty() { String::new() } else { format!("Labs: {}\n\n", experiment.labs.join(", ")) };
        out.push_str(&format!(
            "\n## {}\n\nSource: {}\n\nMeasured: {}\n\nNot shown: {}\n\n{labs}",
            experiment.title, experiment.source, experiment.how, experiment.limits
        ));
        out.push_str("| what | known | ours | n | 95 % interval | tolerance | verdict |\n|---|---|---|---|---|---|---|\n");
        for finding in findings {
            let verdict = if finding.holds { "holds" } else { "**does not hold**" };
            let Finding { what, known, ours, n, interval, tolerance, .. } = finding;
            out.push_str(&format!("| {what} | {known} | {ours} | {n} | {interval} | {tolerance} | {verdict} |\n"));
        }
    }
    out
}

/// The report for the page: a line for each experiment and each of its findings, cells between tabs.
#[must_use]
pub fn tsv(report: &Report) -> String {
    let mut out = String::new();
    let mut line = |cells: &[&str]| {
        out.push_str(&cells.join("\t"));
        out.push('\n');
    };
    for (experiment, findings) in report {
        let Experiment { id, title, source, how, limits, .. } = experiment;
        line(&["experiment", id, title, &experiment.labs.join(" "), source, how, limits]);
        for Finding { what, known, ours, n, interval, tolerance, holds } in findings {
            line(&["finding", what, known, ours, &n.to_string(), interval, tolerance, if *holds { "holds" } else { "fails" }]);
        }
    }
    out
}

/// The report for other programs, as JSON.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn json(report: &Report) -> serde_json::Value {
    let finding = |finding: &Finding| {
        let Finding { what, known, ours, n, interval, tolerance, holds } = finding;
        serde_json::json!({
            "what": what, "known": known, "ours": ours, "n": n, "interval": interval, "tolerance": tolerance, "holds": holds,
        })
    };
    let experiment = |(experiment, findings): &(&'static Experiment, Vec<Finding>)| {
        let Experiment { id, title, labs, source, how, limits, .. } = experiment;
        let findings: Vec<_> = findings.iter().map(finding).collect();
        serde_json::json!({
            "id": id, "title": title, "labs": labs, "source": source, "how": how, "limits": limits, "findings": findings,
        })
    };
    report.iter().map(experiment).collect()
}
