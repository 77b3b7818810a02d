//! `faultline validate`: what others published, measured again.

use super::say;
use faultline::evidence::{self, EXPERIMENTS, REPORT, Report};
use std::process::ExitCode;

pub(super) fn validate(options: &[&str]) -> Result<ExitCode, String> {
    let format = match options {
        [] => "md",
        ["--format", name @ ("md" | "json" | "tsv")] => name,
        _ => return Err(format!("validate does not know “{}”; see faultline help", options.join(" "))),
    };
    // Each has seeds of its own, so that which of them ends first changes nothing.
    let report: Report = std::thread::scope(|scope| {
        let threads: Vec<_> = EXPERIMENTS.iter().map(|experiment| scope.spawn(move || (experiment, (experiment.run)(REPORT)))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "an experiment has failed".to_owned())).collect::<Result<_, _>>()
    })?;
    say(match format {
        "json" => serde_json::to_string_pretty(&evidence::json(&report)).map_err(|fault| fault.to_string())?,
        "tsv" => evidence::tsv(&report),
        _ => evidence::markdown(&report),
    }
    .trim_end())?;
    let all_hold = report.iter().all(|(_, findings)| findings.iter().all(|finding| finding.holds));
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
