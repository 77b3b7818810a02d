//! What clients asked and what came of it, read from the trace up to the playhead. No types of the
//! browser, so that all of this is tested natively.

use faultline::measure;
use faultline::sim::{NodeId, Sim, Time};

/// How many requests of all clients are looked through for those of one.
const MOST_BACK: usize = 10_000;

/// One request of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Its number in the trace.
    pub(crate) op: u32,
    /// Who was asked.
    pub(crate) node: NodeId,
    pub(crate) asked: String,
    pub(crate) begun: Time,
    pub(crate) outcome: Outcome,
}

/// What a client knows of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It waits.
    Open,
    /// It was answered.
    Done(String),
    /// It surely did not happen.
    Refused(String),
    /// It gave up waiting, and cannot know.
    Unknown,
}

impl Request {
    /// The last requests of a client, the newest first.
    pub(crate) fn of(sim: &Sim, client: NodeId, most: usize) -> Vec<Self> {
        let begun = sim.trace().ops_while(|op| op.invoked < sim.rows());
        let mine = (0..begun).rev().take(MOST_BACK).filter_map(|op| measure::Request::of(sim, op));
        mine.filter(|request| request.client == client)
            .take(most)
            .map(|request| {
                let (asked, answer) = sim.describe_op(request.op);
                let outcome = match request.outcome {
                    measure::Outcome::Open => Outcome::Open,
                    measure::Outcome::Unknown => Outcome::Unknown,
                    measure::Outcome::Refused => Outcome::Refused(answer.unwrap_or_default()),
                    measure::Outcome::Done => Outcome::Done(answer.unwrap_or_default()),
                };
                Self { op: request.op, node: request.node, asked, begun: request.begun, outcome }
            })
            .collect()
    }

    /// Whether it is the same request with the same outcome, in whichever run.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.begun, self.node, &self.asked, &self.outcome) == (other.begun, other.node, &other.asked, &other.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use faultline::Scenario;
    use faultline::models::Library;
    use faultline::scenario::Input;

    #[test]
    fn a_request_is_open_until_the_client_knows_better_and_again_when_time_goes_back() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        let client = NodeId(session.sim().scenario().nodes);
        session.seek(Time(10_000_000));
        assert!(Request::of(session.sim(), client, 5).is_empty());
        session.edit(vec![Input::Invoke { client: 0, node: NodeId(0), op: 1, argument: 0 }]).unwrap();
        let [request] = Request::of(session.sim(), client, 5).try_into().unwrap();
        assert_eq!((request.node, request.outcome), (NodeId(0), Outcome::Open));
        assert!(request.asked.contains("write"), "{}", request.asked);
        session.seek(Time(900_000_000));
        assert!(matches!(Request::of(session.sim(), client, 5)[0].outcome, Outcome::Done(_)));
        session.seek(Time(20_000_000));
        assert_eq!(Request::of(session.sim(), client, 5)[0].outcome, Outcome::Open);

        session.edit(vec![Input::Crash(NodeId(0))]).unwrap();
        session.seek(Time(1_500_000_000));
        assert_eq!(Request::of(session.sim(), client, 5)[0].outcome, Outcome::Unknown);
    }
}
