//! The report on what the engine is held to, as `faultline validate` has made it.

use crate::dom;
use crate::route::LAB;
use crate::text;
use yew::{Component, Context, Html, html};

/// Where the report is.
const REPORT: &str = "evidence.tsv";

/// An experiment of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Experiment {
    title: String,
    labs: Vec<String>,
    source: String,
    how: String,
    limits: String,
    /// The cells of each line.
    findings: Vec<Vec<String>>,
}

/// What can happen here.
pub(crate) enum Msg {
    /// The report has come, or not.
    Came(Result<String, String>),
    Again,
}

/// The screen.
pub(crate) struct Evidence {
    report: Option<Result<Vec<Experiment>, String>>,
}

impl Component for Evidence {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        fetch(ctx);
        Self { report: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Came(report) => self.report = Some(report.map(|report| read(&report))),
            Msg::Again => {
                self.report = None;
                fetch(ctx);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let content = match &self.report {
            None => html! { <p role="status">{ text::LOADING }</p> },
            Some(Err(why)) => html! {
                <><p role="alert">{ text::no_report(why) }</p><button onclick={ctx.link().callback(|_| Msg::Again)}>{ text::AGAIN }</button></>
            },
            Some(Ok(report)) => shown(report),
        };
        html! {
            <main class="report" aria-busy={self.report.is_none().to_string()}>
                <header>
                    <p><a href="#">{ text::NAME }</a></p>
                    <h1>{ text::EVIDENCE_TITLE }</h1>
                    <p>{ text::EVIDENCE_HOW }{ " " }<code>{ text::EVIDENCE_COMMAND }</code></p>
                </header>
                { content }
            </main>
        }
    }
}

fn shown(report: &[Experiment]) -> Html {
    let findings = || report.iter().flat_map(|experiment| &experiment.findings);
    let holds = findings().filter(|cells| cells.last().is_some_and(|verdict| verdict == "holds")).count();
    html! {
        <>
        <p class="sum">{ text::so_many_hold(holds, findings().count()) }</p>
        { for report.iter().enumerate().map(|(number, experiment)| html! {
            <section key={number} aria-labelledby={format!("experiment-{number}")}>
                <h2 id={format!("experiment-{number}")}>{ experiment.title.clone() }
                    <small>{ for experiment.labs.iter().map(|lab| html! { <a key={lab.clone()} href={format!("{LAB}{lab}")}>{ lab.clone() }</a> }) }</small>
                </h2>
                <p>{ experiment.how.clone() }</p>
                <p class="source">{ experiment.source.clone() }</p>
                <p class="source">{ experiment.limits.clone() }</p>
                <div class="wide" tabindex="0" role="group" aria-label={experiment.title.clone()}>
                    <table>
                        <thead><tr>{ for text::EVIDENCE_COLUMNS.map(|name| html! { <th key={name} scope="col">{ name }</th> }) }</tr></thead>
                        <tbody>{ for experiment.findings.iter().map(|cells| html! {
                            <tr class={if cells.last().is_some_and(|verdict| verdict == "holds") { "" } else { "broken" }}>
                                { for cells.iter().enumerate().map(|(place, cell)| match place {
                                    0 => html! { <th scope="row">{ cell.clone() }</th> },
                                    _ => html! { <td>{ cell.clone() }</td> },
                                }) }
                            </tr>
                        }) }</tbody>
                    </table>
                </div>
            </section>
        }) }
        </>
    }
}

/// The experiments of a report.
fn read(report: &str) -> Vec<Experiment> {
    let mut experiments: Vec<Experiment> = Vec::new();
    for line in report.lines() {
        let mut cells = line.split('\t').map(str::to_owned);
        match cells.next().as_deref() {
            Some("experiment") => {
                let mut next = || cells.next().unwrap_or_default();
                let (_, title, labs) = (next(), next(), next());
                let labs = labs.split_whitespace().map(str::to_owned).collect();
                experiments.push(Experiment { title, labs, source: next(), how: next(), limits: next(), findings: Vec::new() });
            }
            Some("finding") => {
                if let Some(experiment) = experiments.last_mut() {
                    experiment.findings.push(cells.collect());
                }
            }
            _ => {}
        }
    }
    experiments
}

fn fetch(ctx: &Context<Evidence>) {
    ctx.link().send_future(async { Msg::Came(dom::fetch_text(REPORT).await) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::evidence::{EXPERIMENTS, Finding, tsv};

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let findings = vec![Finding::shape("what", "known", "ours".into(), 3, false)];
        let report = read(&tsv(&vec![(&EXPERIMENTS[0], findings)]));
        assert_eq!(report.len(), 1);
        assert_eq!((report[0].title.as_str(), report[0].labs.as_slice()), (EXPERIMENTS[0].title, &["L17".to_owned()][..]));
        assert_eq!(report[0].findings, [["what", "known", "ours", "3", "", "shape only", "fails"].map(str::to_owned)]);
        assert!(read("broken\n").is_empty());
    }
}
