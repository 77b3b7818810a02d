//! Whether what clients were promised is kept, judged on the run as it is looked at. No types of the
//! browser, so that all of this is tested natively.

use faultline::judge::history::History;
use faultline::judge::{Promise, judge};
use faultline::sim::{NodeId, Sim};
use std::collections::BTreeSet;

/// What the judge says of the clients' history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Whether the promise is kept, if that is known.
    pub(crate) kept: Option<bool>,
    /// In a sentence.
    pub(crate) verdict: String,
    /// How many operations were judged.
    pub(crate) count: usize,
    /// The operations that show it: their numbers in the trace.
    pub(crate) blamed: Vec<u32>,
    /// Which of these must come before which, where it is that which contradicts itself.
    pub(crate) before: Vec<(u32, u32)>,
}

/// The promise that is watched, and what was found last.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Its place among [`Promise::ALL`].
    pub(crate) promise: usize,
    found: Option<Judged>,
    /// What there was to judge when it was found: [`Sim::heard`].
    of: Option<(u32, usize, u32)>,
}

/// How far a judge searches while somebody waits.
const STEPS: u64 = 30_000;
/// A longer history is judged only when time stands still.
const MOST_WHILE_PLAYING: u32 = 200;

/// The promises of the model that are broken.
#[inline(never)]
pub(crate) fn broken(sim: &Sim) -> Vec<&'static str> {
    sim.promises().into_iter().filter(|(.., holds)| holds.is_err()).map(|(id, ..)| id).collect()
}

impl Watch {
    /// What was found.
    pub(crate) fn found(&self) -> Option<&Judged> {
        self.found.as_ref()
    }

    /// Watches another promise from now on.
    pub(crate) fn choose(&mut self, promise: usize) {
        (self.promise, self.of) = (promise.min(Promise::ALL.len() - 1), None);
    }

    /// Judges anew if clients have done or seen anything since.
    pub(crate) fn look(&mut self, sim: &Sim, playing: bool) {
        let of = sim.heard();
        if self.of == Some(of) || playing && of.0 > MOST_WHILE_PLAYING {
            return;
        }
        self.of = Some(of);
        self.found = (of.0 > 0).then(|| judged(sim, Promise::ALL[self.promise].1)).flatten();
    }
}

/// Who is named where it is said why a promise of the model does not hold, and the clients whose
/// operations show that theirs is not kept.
pub(crate) fn accused(sim: &Sim, found: Option<&Judged>) -> BTreeSet<NodeId> {
    let whys: Vec<String> = sim.promises().into_iter().filter_map(|(.., holds)| holds.err()).collect();
    let says = |name: &str| whys.iter().any(|why| why.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name));
    let nodes = (0..sim.scenario().nodes).map(NodeId).filter(|node| !whys.is_empty() && says(&sim.name(*node)));
    let blamed = found.into_iter().flat_map(|judged| &judged.blamed);
    nodes.chain(blamed.filter_map(|op| sim.trace().op(*op)).map(|op| op.client)).collect()
}

fn judged(sim: &Sim, promise: Promise) -> Option<Judged> {
    let history = History::of(sim);
    if history.ops.is_empty() {
        return None;
    }
    let trace = sim.trace();
    let number = |op: usize| trace.ops_while(|other| (other.invoked as usize) < history.ops[op].call);
    Some(match judge(&history, sim.object(), promise, &sim.initial(), STEPS) {
        Ok(judgement) => Judged {
            kept: judgement.kept,
            verdict: judgement.verdict,
            count: history.ops.len(),
            before: judgement.edges.into_iter().map(|(one, other)| (number(one), number(other))).collect(),
            blamed: judgement.ops.into_iter().map(number).collect(),
        },
        Err(fault) => Judged { kept: None, verdict: fault.why, count: history.ops.len(), blamed: Vec::new(), before: Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;
    use faultline::sim::{NodeId, Time};

    fn sim(inputs: &[(u64, Input)]) -> Sim {
        sim_of("primary-backup", &[("read-anywhere", 1)], inputs)
    }

    fn sim_of(model: &str, settings: &[(&str, i64)], inputs: &[(u64, Input)]) -> Sim {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find(model).unwrap().about(), 7);
        scenario.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), *value)));
        for (ms, input) in inputs {
            scenario.add(Time(ms * 1_000_000), input.clone());
        }
        Sim::new(&library, scenario).unwrap()
    }

    fn ask(node: u16, op: u8) -> Input {
        Input::Invoke { client: 0, node: NodeId(node), op, argument: 0 }
    }

    #[test]
    fn a_read_at_a_backup_that_was_cut_off_breaks_the_promise_and_is_blamed() {
        let cut = |from, to| Input::Cut { from: NodeId(from), to: NodeId(to) };
        let mut run = sim(&[(10, cut(0, 2)), (10, cut(2, 0)), (20, ask(0, 1)), (900, ask(2, 0))]);
        // A write that waits for one backup only.
        let mut scenario = run.scenario().clone();
        scenario.settings.insert("wait-for".into(), 1);
        run = Sim::new(&Library::standard(), scenario).unwrap();
        let mut watch = Watch::default();
        run.run_until(Time(5_000_000));
        watch.look(&run, false);
        assert_eq!(watch.found(), None);
        run.run_until(Time(600_000_000));
        watch.look(&run, false);
        assert_eq!(watch.found().map(|judged| (judged.kept, judged.count)), Some((Some(true), 1)));
        run.run_until(Time(1_100_000_000));
        watch.look(&run, false);
        let found = watch.found().unwrap().clone();
        assert_eq!((found.kept, found.blamed.as_slice()), (Some(false), &[0, 1][..]), "{found:?}");
        let client = NodeId(run.scenario().nodes);
        // Cut off from the primary, the backup has made itself one too.
        assert_eq!(accused(&run, Some(&found)), BTreeSet::from([NodeId(0), NodeId(2), client]));
        watch.choose(Promise::ALL.iter().position(|(name, _)| *name == "causal").unwrap());
        watch.look(&run, false);
        let found = watch.found().unwrap().clone();
        assert!(found.verdict.contains("causal") && found.before == [(0, 1), (1, 0)], "{found:?}");
    }

    #[test]
    fn who_breaks_a_promise_of_the_model_is_accused() {
        let mut run = sim(&[(10, Input::Partition(vec![vec![NodeId(0)]]))]);
        run.run_until(Time(5_000_000));
        assert!(accused(&run, None).is_empty());
        run.run_until(Time(3_000_000_000));
        let accused = accused(&run, None);
        assert!(accused.len() == 2 && accused.contains(&NodeId(0)), "{accused:?}");
    }

    #[test]
    fn who_reads_a_store_of_keys_before_anything_is_written_is_not_told_off() {
        let mut run = sim_of("quorums", &[], &[(10, ask(0, 0))]);
        run.run_until(Time(1_000_000_000));
        let mut watch = Watch::default();
        watch.look(&run, false);
        let found = watch.found().map(|judged| (judged.kept, judged.count));
        assert_eq!(found, Some((Some(true), 1)), "{:?}", watch.found());
    }
}
