//! Published numbers, through the labs' own models; and the report that the page shows of them.

// The same runs give the same traces in WebAssembly, which `same_everywhere` holds; what is computed
// from them here is for people, and in a debug build there would take a minute.
#![cfg(not(target_arch = "wasm32"))]

use faultline::evidence::{EXPERIMENTS, Finding, REPORT};
use std::collections::BTreeSet;
use std::path::Path;

/// Runs an experiment, in short where nothing is optimised, and holds the report's lines against it.
fn holds(id: &str) {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.id == id).expect("an experiment");
    let whole = !cfg!(debug_assertions);
    let findings = (experiment.run)(if whole { REPORT } else { 1 });
    assert!(!findings.is_empty());
    let reported = reported(id);
    for finding in &findings {
        eprintln!("{}", finding.line());
        assert!(finding.holds, "{}", finding.line());
        let line = reported.iter().find(|line| line[1] == finding.what).unwrap_or_else(|| panic!("{}: {STALE}", finding.what));
        // What is known and allowed does not depend on how often it is tried; the rest does.
        assert_eq!((&line[2], &line[6]), (&finding.known, &finding.tolerance), "{}: {STALE}", finding.what);
        if whole || line[4] == finding.n.to_string() {
            assert_eq!(line[1..], cells(finding), "{STALE}");
        }
    }
    if whole {
        assert_eq!(reported.len(), findings.len(), "{STALE}");
    }
}

const STALE: &str =
    "static/evidence.tsv is of other code; make it anew: cargo run --profile native -- validate --format tsv > static/evidence.tsv";

fn cells(finding: &Finding) -> Vec<String> {
    let Finding { what, known, ours, n, interval, tolerance, holds } = finding.clone();
    vec![what, known, ours, n.to_string(), interval, tolerance, if holds { "holds" } else { "fails" }.into()]
}

fn report() -> Vec<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/evidence.tsv");
    let text = std::fs::read_to_string(file).expect("the report is beside the page's other files");
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The report's lines about an experiment.
fn reported(id: &str) -> Vec<Vec<String>> {
    let report = report();
    let from = report.iter().skip_while(|line| line[0] != "experiment" || line[1] != id).skip(1);
    from.take_while(|line| line[0] == "finding").cloned().collect()
}

macro_rules! experiments {
    ($($name:ident $id:literal),* $(,)?) => {
        $(#[test] fn $name() { holds($id); })*

        #[test]
        fn every_experiment_is_in_the_report_and_held() {
            let tested = BTreeSet::from([$($id),*]);
            let all: Vec<_> = EXPERIMENTS.iter().map(|experiment| experiment.id).collect();
            assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), tested);
            let report = report();
            let heads: Vec<_> = report.iter().filter(|line| line[0] == "experiment").collect();
            assert_eq!(heads.len(), all.len(), "{STALE}");
            for (head, experiment) in heads.iter().zip(&EXPERIMENTS) {
                let labs = experiment.labs.join(" ");
                let known = ["experiment", experiment.id, experiment.title, &labs, experiment.source, experiment.how, experiment.limits];
                assert_eq!(head.as_slice(), known, "{STALE}");
            }
            assert!(report.iter().filter(|line| line[0] == "finding").all(|line| line[7] == "holds"));
        }
    };
}

experiments! {
    votes_are_split_as_often_as_the_formula_says "split-votes",
    without_a_leader_for_as_long_as_the_formula_says "downtime",
    on_a_wide_area_network_a_leader_is_found_as_fast_as_was_simulated "wide-area",
    the_shape_of_figure_16 "figure-16",
    reads_from_partial_quorums_are_as_stale_as_published "staleness",
    reads_are_as_many_versions_behind_as_the_closed_form_says "versions",
    pauses_that_differ_save_tries "contention",
    a_server_gets_over_a_standstill_if_attempts_times_load_is_less_than_it_can_do "standstill",
    a_group_answers_as_often_as_arithmetic_says "availability",
    agreement_costs_as_many_messages_as_published "messages",
    as_many_states_as_were_counted "states",
}
