//! The run that is looked at: where the playhead is, how it got there, what is selected. No types
//! of the browser, so that all of this is tested natively.

use crate::pacing::Pacing;
use crate::panel::changes::Changes;
use crate::promise::{Watch, broken};
use faultline::lab::script::Spot;
use faultline::link::{Link, Seal, Verdict};
use faultline::models::Library;
use faultline::protocol::About;
use faultline::scenario::{Fault, Input, Scenario};
use faultline::sim::{Branch, EventKind, NodeId, Row, Sim, Span, Time, Timeline};
use faultline::view::Meaning;
use std::collections::BTreeSet;

/// The run that is looked at.
pub(crate) struct Session {
    timeline: Timeline,
    /// The world in which what is selected, hidden and marked is.
    shown: (&'static str, u16, u16),
    /// How many events it takes until every node has started: where looking begins.
    opening: u64,
    pub(crate) pacing: Pacing,
    promise: Watch,
    changes: Changes,
    /// Values that are marked because they are equal.
    pub(crate) linked: Option<Meaning>,
    /// Whom the keys reach first on the stage.
    pub(crate) first: NodeId,
    pub(crate) selected: Option<NodeId>,
    /// The row of the trace that is pointed at.
    pub(crate) pointed: Option<u32>,
    /// Where a step of a lab waits for something to be done.
    pub(crate) wanted: Option<Spot>,
    /// Whose lanes the diagram leaves out.
    pub(crate) hidden: BTreeSet<NodeId>,
    /// Whose knowledge is shown, if not everything.
    pub(crate) knower: Option<NodeId>,
    /// The run that this one took the place of, and the one that this one gave its place back to.
    before: Option<Box<Session>>,
    after: Option<Box<Session>>,
    /// Where it parts from the run beside it, if there is one and it does.
    pub(crate) parts: Option<Time>,
    /// What the ids of its elements begin with: two runs may be on one page.
    pub(crate) prefix: &'static str,
}

/// What a learner can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// A message arrives.
    Delivery,
    /// A client has its answer, or gives up.
    Reply,
    /// A message is lost.
    Loss,
    /// A timer runs out.
    Timer,
    /// A node says why it does what it does.
    Decision,
    /// A promise is broken that was kept.
    Broken,
}

impl Until {
    pub(crate) const ALL: [Self; 6] = [Self::Delivery, Self::Reply, Self::Loss, Self::Timer, Self::Decision, Self::Broken];

    /// Whether a row is what was waited for.
    fn is(self, sim: &Sim, index: u32) -> bool {
        let Some(row) = sim.trace().row(index) else { return false };
        match self {
            Self::Delivery => row.kind == EventKind::Deliver,
            Self::Reply => matches!(row.kind, EventKind::Return | EventKind::Unknown),
            Self::Loss => row.kind == EventKind::Lose,
            Self::Timer => row.kind == EventKind::Timer,
            Self::Decision => row.kind == EventKind::Unknown || !sim.trace().notes(index).is_empty(),
            Self::Broken => false,
        }
    }
}

/// How far a run went on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// To the moment that was asked for.
    There,
    /// Until what was waited for.
    Found,
    /// Through as many rows as somebody can wait for.
    Enough,
}

/// How far ahead something is waited for, and how many events.
pub(crate) const WAIT: Span = Span::secs(120);
const MOST_EVENTS: u32 = 200_000;
/// More rows than this are not written in one frame: time passes more slowly instead.
const MOST_PER_FRAME: u32 = 20_000;
/// A longer run would make the reader wait.
const MOST_ROWS: u32 = 1_000_000;
/// How many runs that gave their place can be had back.
const MOST_BEFORE: usize = 12;
/// A run in which nothing happens for so long opens shortly before the first thing that does.
const QUIET: Span = Span::millis(100);
const LEAD: Span = Span::millis(40);
/// How far back rows are looked for that a node knows.
const MOST_ROWS_BACK: usize = 20_000;

impl Session {
    pub(crate) fn new(library: &Library, scenario: Scenario) -> Result<Self, Fault> {
        Ok(Self::at_the_beginning(Timeline::new(library, scenario)?))
    }

    /// The run of a link at the moment that was looked at, and whether it is the same run.
    pub(crate) fn of_link(library: &Library, link: Link) -> Result<(Self, Verdict), Fault> {
        let mut session = Self::at_the_beginning(Timeline::resume(library, link.scenario)?);
        let verdict = session.arrive(link.seal);
        Ok((session, verdict))
    }

    /// Goes to the moment of a link, and says whether that is the same run.
    pub(crate) fn arrive(&mut self, seal: Option<Seal>) -> Verdict {
        let Some(seal) = seal else { return Verdict::Unsealed };
        if seal.rows > MOST_ROWS {
            return Verdict::TooLong;
        }
        // A run that has become longer is another one; nobody has to wait for its end.
        if self.timeline.run_until(seal.moment, |sim| sim.rows() > seal.rows) {
            return Verdict::Different(seal.rows + 1, seal.hash);
        }
        let sim = self.sim();
        let same = (sim.rows(), sim.hash()) == (seal.rows, seal.hash);
        if same { Verdict::Same } else { Verdict::Different(sim.rows(), sim.hash()) }
    }

    /// A link to the run as it is looked at.
    pub(crate) fn link(&self) -> Link {
        Link { scenario: self.sim().scenario().clone(), seal: Some(Seal::of(self.sim(), self.playhead())) }
    }

    fn at_the_beginning(mut timeline: Timeline) -> Self {
        timeline.seek(Time::ZERO);
        let opening = timeline.sim().steps();
        let scenario = timeline.sim().scenario();
        Self {
            shown: (timeline.sim().about().id, scenario.nodes, scenario.clients),
            timeline,
            opening,
            pacing: Pacing::default(),
            promise: Watch::default(),
            changes: Changes::default(),
            linked: None,
            first: NodeId(0),
            selected: None,
            pointed: None,
            wanted: None,
            hidden: BTreeSet::new(),
            knower: None,
            before: None,
            after: None,
            parts: None,
            prefix: "",
        }
    }

    /// What something of this run is called, where there are two.
    pub(crate) fn titled(&self, what: &str) -> String {
        match self.prefix.trim_end_matches('-') {
            "" => what.into(),
            side => format!("{}: {what}", side.to_uppercase()),
        }
    }

    /// It is looked at in the way in which another run was.
    pub(crate) fn look_like(&mut self, other: &Self) {
        (self.pacing.speed, self.pacing.care.on) = (other.pacing.speed, other.pacing.care.on);
        self.promise.promise = other.promise.promise;
    }

    /// Another run takes the place of this one, which undoing brings back.
    pub(crate) fn give_way(&mut self, mut other: Self) {
        other.look_like(self);
        let mut before = std::mem::replace(self, other);
        // What was taken back before would come between this run and the other when that is done again.
        before.timeline.forget_undone();
        before.pacing.stop();
        before.after = None;
        self.before = Some(Box::new(before));
        // Each of them is a whole run with its past.
        let mut oldest = &mut self.before;
        for _ in 0..MOST_BEFORE {
            let Some(before) = oldest else { return };
            oldest = &mut before.before;
        }
        *oldest = None;
    }

    pub(crate) fn sim(&self) -> &Sim {
        self.timeline.sim()
    }

    /// The next of all, or the one before.
    pub(crate) fn neighbour(&self, from: NodeId, on: bool) -> NodeId {
        let scenario = self.sim().scenario();
        let all = scenario.nodes + scenario.clients;
        NodeId((from.0 + if on { 1 } else { all - 1 }) % all)
    }

    /// Whether it is a client and not a node.
    pub(crate) fn is_client(&self, endpoint: NodeId) -> bool {
        endpoint.0 >= self.sim().scenario().nodes
    }

    pub(crate) fn about(&self) -> &'static About {
        self.sim().about()
    }

    pub(crate) fn playhead(&self) -> Time {
        self.timeline.playhead()
    }

    pub(crate) fn reached(&self) -> Time {
        self.timeline.reached()
    }

    pub(crate) fn playing(&self) -> bool {
        self.pacing.playing()
    }

    pub(crate) fn play(&mut self, playing: bool) {
        self.pacing.play(playing, self.sim().next_time().is_some());
    }

    /// So much real time has passed.
    pub(crate) fn advance(&mut self, real_ms: f64) {
        let Some((goal, careful)) = self.pacing.goal(self.playhead(), real_ms) else { return };
        let gone = self.go(goal, careful.then_some(Until::Decision), MOST_PER_FRAME);
        self.pacing.strained = gone == Gone::Enough;
        if gone == Gone::Found {
            self.pacing.care.notice();
        }
        self.play(true);
    }

    /// Goes on until something happens, but not further than a moment. Says whether it has.
    pub(crate) fn run(&mut self, limit: Time, until: Until) -> bool {
        self.go(limit, Some(until), MOST_EVENTS) == Gone::Found
    }

    fn go(&mut self, limit: Time, until: Option<Until>, most: u32) -> Gone {
        let mut seen = self.sim().rows();
        let most = seen.saturating_add(most);
        let mut before = if until == Some(Until::Broken) { broken(self.sim()) } else { Vec::new() };
        let mut gone = Gone::There;
        self.timeline.run_until(limit, |sim| {
            let mut found = (seen..sim.rows()).any(|row| until.is_some_and(|until| until.is(sim, row)));
            if until == Some(Until::Broken) && seen != sim.rows() {
                let now = broken(sim);
                found = now.iter().any(|id| !before.contains(id));
                before = now;
            }
            seen = sim.rows();
            if found {
                gone = Gone::Found;
            } else if seen > most {
                gone = Gone::Enough;
            }
            gone != Gone::There
        });
        gone
    }

    /// Goes on until something happens, and stops there. If it does not happen for a long time,
    /// nothing has happened at all; says so.
    pub(crate) fn wait(&mut self, until: Until) -> bool {
        self.pacing.stop();
        let (before, reached) = (self.playhead(), self.reached());
        let found = self.run(before + WAIT, until);
        if !found {
            self.timeline.seek(before);
            self.forget_after(reached);
        }
        found
    }

    /// What clients were promised, and whether that is kept.
    pub(crate) fn promise(&self) -> &Watch {
        &self.promise
    }

    /// What has just changed in the view of the node that is selected.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Looks what has changed in it since the last look.
    pub(crate) fn watch(&mut self) {
        self.changes.look(self.timeline.sim(), self.selected, self.playing());
    }

    /// Judges the clients' history as it is now.
    pub(crate) fn judge(&mut self) {
        self.promise.look(self.timeline.sim(), self.pacing.playing());
    }

    /// Another promise is watched.
    pub(crate) fn choose_promise(&mut self, promise: usize) {
        self.promise.choose(promise);
        self.judge();
    }

    /// The futures that were left, and the latest moment that any of them or this one reached.
    pub(crate) fn branches(&self) -> (&[Branch], Time) {
        let branches = self.timeline.branches();
        (branches, branches.iter().map(|branch| branch.reached).fold(self.reached(), Time::max))
    }

    /// Puts a future that was left into another place among them.
    pub(crate) fn arrange(&mut self, from: usize, to: usize) {
        self.timeline.arrange(from, to);
    }

    /// Goes over to a future that was left.
    pub(crate) fn switch(&mut self, index: usize) {
        self.pacing.stop();
        self.timeline.switch(index);
    }

    /// Lets the next thing happen, and stops there.
    pub(crate) fn step(&mut self) {
        self.pacing.stop();
        self.timeline.step();
    }

    /// Whether anything has happened since the beginning.
    pub(crate) fn begun(&self) -> bool {
        self.playhead() > Time::ZERO || self.sim().steps() > self.opening
    }

    /// Begins to play. Who opens a run does not wait for the first thing to happen in it.
    pub(crate) fn open(&mut self) {
        let quiet = self.sim().next_time().filter(|next| !self.begun() && *next > self.playhead() + QUIET);
        if let Some(next) = quiet {
            self.timeline.seek(Time(next.0 - LEAD.0));
        }
        self.play(true);
    }

    /// Takes the last thing back, and stops there.
    pub(crate) fn back(&mut self) {
        self.pacing.stop();
        if !self.begun() {
            return;
        }
        // Between two events, the first step back is to the event that was last.
        if self.playhead() > self.sim().now() {
            self.timeline.seek(self.sim().now());
        } else {
            self.timeline.back();
        }
    }

    pub(crate) fn seek(&mut self, moment: Time) {
        self.timeline.seek(moment);
    }

    /// Sees to it that what happened around a moment is known, however long ago it was.
    pub(crate) fn recall(&mut self, moment: Time) {
        self.timeline.recall(moment);
    }

    /// Looks at the moment of a row of the trace, and stops there.
    pub(crate) fn show_row(&mut self, row: u32) {
        self.pacing.stop();
        self.timeline.to_row(row);
    }

    /// Does one or several things in one gesture.
    pub(crate) fn edit(&mut self, inputs: Vec<Input>) -> Result<(), Fault> {
        self.timeline.edit_all(inputs)?;
        self.after = None;
        Ok(())
    }

    /// Another world, in one gesture: other nodes, another seed, another model.
    pub(crate) fn rebuild(&mut self, scenario: Scenario) -> Result<(), Fault> {
        self.timeline.rebuild(scenario)?;
        self.after = None;
        self.pacing.stop();
        self.settle_in();
        Ok(())
    }

    /// Where another world is shown, what was looked at in the old one may not be there.
    fn settle_in(&mut self) {
        let (world, playhead) = (self.world(), self.playhead());
        if self.shown == world {
            return;
        }
        self.shown = world;
        self.timeline.seek(Time::ZERO);
        self.opening = self.timeline.sim().steps();
        self.timeline.seek(playhead);
        self.promise = Watch::default();
        self.changes = Changes::default();
        (self.linked, self.selected, self.pointed, self.knower) = (None, None, None, None);
        self.first = NodeId(0);
        self.hidden.clear();
    }

    /// What decides who is there to be looked at.
    pub(crate) fn world(&self) -> (&'static str, u16, u16) {
        let scenario = self.sim().scenario();
        (self.about().id, scenario.nodes, scenario.clients)
    }

    /// The earliest moment for a gesture.
    pub(crate) fn next_gesture(&self) -> Time {
        self.timeline.next_gesture()
    }

    /// Becomes another run from the same beginning.
    pub(crate) fn turn_into(&mut self, scenario: Scenario) -> Result<(), Fault> {
        self.timeline.turn_into(scenario)
    }

    /// What comes after a moment was only tried.
    pub(crate) fn forget_after(&mut self, moment: Time) {
        self.timeline.forget_after(moment);
    }

    /// Whether there is a gesture to take back.
    pub(crate) fn can_undo(&self) -> bool {
        self.timeline.can_undo() || self.before.is_some()
    }

    /// Takes the last gesture back, if there is one.
    pub(crate) fn undo(&mut self) -> bool {
        let done = self.timeline.undo()
            || self.before.take().is_some_and(|before| {
                let after = std::mem::replace(self, *before);
                self.after = Some(Box::new(after));
                true
            });
        self.settle_in();
        done
    }

    /// Whether a gesture was taken back that can be done again.
    pub(crate) fn can_redo(&self) -> bool {
        self.timeline.can_redo() || self.after.is_some()
    }

    /// Does the last gesture that was taken back again, if there is one.
    pub(crate) fn redo(&mut self) -> bool {
        let done = self.timeline.redo()
            || self.after.take().is_some_and(|after| {
                let before = std::mem::replace(self, *after);
                self.before = Some(Box::new(before));
                true
            });
        self.settle_in();
        done
    }

    /// Whether a row is to be shown.
    pub(crate) fn knows(&self, row: &Row) -> bool {
        self.knower.is_none_or(|me| row.is_known_to(me))
    }

    /// The last rows of the trace up to the playhead that are to be shown, the newest first.
    pub(crate) fn last_rows(&self) -> impl Iterator<Item = (u32, &Row)> {
        let rows = (0..self.sim().rows()).rev().take(MOST_ROWS_BACK);
        rows.filter_map(|index| Some((index, self.sim().trace().row(index)?))).filter(|(_, row)| self.knows(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacing::Speed;
    use faultline::sim::Chance;

    fn session() -> Session {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 7);
        scenario.network.loss = Chance::percent(20);
        Session::new(&library, scenario).unwrap()
    }

    #[test]
    fn time_passes_only_while_playing_and_never_in_leaps() {
        let mut session = session();
        session.advance(16.0);
        assert_eq!(session.playhead(), Time::ZERO);
        session.play(true);
        session.pacing.speed = Speed::new(0);
        session.advance(16.0);
        assert_eq!(session.playhead(), Time(16_000_000));
        session.advance(60_000.0);
        assert_eq!(session.playhead(), Time(116_000_000));
    }

    #[test]
    fn time_slows_down_where_somebody_decides_and_goes_on_as_before() {
        let mut session = session();
        session.play(true);
        session.pacing.speed = Speed::new(-1);
        let mut slow = 0;
        for _ in 0..2_000 {
            session.advance(16.0);
            slow += usize::from(session.pacing.care.is_slowing());
            if slow == 1 {
                let last = session.sim().rows() - 1;
                assert!((0..=last).rev().take(4).any(|row| Until::Decision.is(session.sim(), row)), "at the decision itself");
                assert!((session.pacing.ratio() - 0.1).abs() < 1e-9);
            }
        }
        assert!(slow > 70 && slow < 1_000, "{slow}");
        assert!(session.pacing.care.is_slowing() || (session.pacing.ratio() - 0.5).abs() < 1e-9);
        session.pacing.care.on = false;
        assert!(!session.pacing.care.is_slowing());
    }

    #[test]
    fn a_run_in_which_nothing_happens_for_long_opens_where_something_does() {
        let library = Library::standard();
        let mut quiet = Session::new(&library, Scenario::new(library.find("raft").unwrap().about(), 7)).unwrap();
        let first = quiet.sim().next_time().unwrap();
        assert!(first > Time::ZERO + QUIET, "or this tests nothing");
        quiet.open();
        assert!(quiet.playing() && quiet.playhead() + LEAD == first);
        let mut busy = session();
        busy.open();
        assert!(busy.playing() && busy.playhead() == Time::ZERO);
        quiet.seek(Time(50_000_000));
        quiet.open();
        assert_eq!(quiet.playhead(), Time(50_000_000), "who looks at a moment stays there");
    }

    #[test]
    fn one_can_wait_for_what_happens_and_is_told_if_it_does_not() {
        let mut session = session();
        for until in [Until::Delivery, Until::Loss, Until::Timer, Until::Decision] {
            assert!(session.wait(until), "{until:?}");
            let rows = session.sim().rows();
            assert!((0..rows).rev().take(8).any(|row| until.is(session.sim(), row)), "{until:?}");
        }
        let (there, reached) = (session.playhead(), session.reached());
        assert!(!session.wait(Until::Broken), "ping-pong promises nothing");
        assert_eq!((session.playhead(), session.reached()), (there, reached));
    }

    #[test]
    fn a_broken_promise_is_found() {
        let library = Library::standard();
        let mut session = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        session.seek(Time(100_000_000));
        session.edit(vec![Input::Partition(vec![vec![NodeId(0)]])]).unwrap();
        assert!(session.wait(Until::Broken));
        assert!(session.sim().promises().iter().any(|(id, _, holds)| *id == "one-primary" && holds.is_err()));
    }

    #[test]
    fn stepping_back_first_returns_to_the_last_event_and_then_takes_it_back() {
        let mut session = session();
        session.seek(Time(55_000_000));
        let last = session.sim().now();
        assert!(last < session.playhead());
        let rows = session.sim().rows();
        session.back();
        assert_eq!((session.playhead(), session.sim().rows()), (last, rows));
        session.back();
        assert!(session.sim().rows() < rows);
    }

    #[test]
    fn a_node_knows_what_it_did_and_what_came_to_it_and_nothing_else() {
        let mut session = session();
        session.seek(Time(2_000_000_000));
        session.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        session.seek(Time(3_000_000_000));
        let all = session.last_rows().count();
        session.knower = Some(NodeId(1));
        let known: Vec<Row> = session.last_rows().map(|(_, row)| *row).collect();
        assert!(!known.is_empty() && known.len() < all);
        assert!(known.iter().all(|row| row.node == NodeId(1) && row.time <= Time(2_000_000_000)));
        assert!(known.iter().all(|row| matches!(row.kind, EventKind::Boot | EventKind::Send | EventKind::Deliver)));
    }

    #[test]
    fn a_run_that_took_the_place_of_another_gives_it_back() {
        let library = Library::standard();
        let mut first = session();
        first.seek(Time(300_000_000));
        first.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        let other = Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap();
        let mut now = first;
        now.give_way(other);
        now.edit(vec![Input::Crash(NodeId(0))]).unwrap();
        assert!(now.undo() && now.about().id == "primary-backup");
        assert!(now.undo() && now.about().id == "ping-pong" && now.sim().scenario().inputs.len() == 1);
        assert!(now.redo() && now.about().id == "primary-backup" && now.can_redo());
        assert!(now.undo() && now.undo() && now.sim().scenario().inputs.is_empty() && !now.can_undo());
    }

    #[test]
    fn only_so_many_runs_are_kept_that_gave_their_place() {
        let mut now = session();
        for seed in 0..MOST_BEFORE as u64 + 5 {
            let mut scenario = now.sim().scenario().clone();
            scenario.seed = seed;
            now.give_way(Session::new(&Library::standard(), scenario).unwrap());
        }
        let undone = std::iter::from_fn(|| now.undo().then_some(())).count();
        assert_eq!((undone, now.sim().scenario().seed), (MOST_BEFORE, 4));
        let redone = std::iter::from_fn(|| now.redo().then_some(())).count();
        assert_eq!((redone, now.sim().scenario().seed), (MOST_BEFORE, MOST_BEFORE as u64 + 4));
    }

    #[test]
    fn what_was_taken_back_before_another_run_came_does_not_come_between_them() {
        let library = Library::standard();
        let mut now = session();
        now.seek(Time(300_000_000));
        now.edit(vec![Input::Crash(NodeId(1))]).unwrap();
        assert!(now.undo());
        now.give_way(Session::new(&library, Scenario::new(library.find("primary-backup").unwrap().about(), 7)).unwrap());
        assert!(now.undo() && now.about().id == "ping-pong" && now.can_redo());
        assert!(now.redo() && now.about().id == "primary-backup" && !now.can_redo());
    }

    #[test]
    fn a_link_brings_back_the_run_the_moment_and_the_gestures() {
        let library = Library::standard();
        let mut session = session();
        session.seek(Time(300_000_000));
        session.edit(vec![Input::Crash(faultline::sim::NodeId(1))]).unwrap();
        session.seek(Time(900_000_000));
        let text = session.link().write();
        let (mut again, verdict) = Session::of_link(&library, Link::read(&text, &library).unwrap()).unwrap();
        assert_eq!(verdict, Verdict::Same);
        assert_eq!((again.playhead(), again.sim().hash()), (session.playhead(), session.sim().hash()));
        assert!(again.can_undo() && again.undo() && !again.can_undo());

        let mut other = session.link();
        other.scenario.seed += 1;
        assert!(matches!(Session::of_link(&library, other).unwrap().1, Verdict::Different(..)));
        let mut endless = session.link();
        endless.seal = endless.seal.map(|seal| Seal { moment: Time(u64::MAX), rows: u32::MAX, ..seal });
        assert_eq!(Session::of_link(&library, endless).unwrap().1, Verdict::TooLong);
    }
}
