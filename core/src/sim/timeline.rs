//! Time travel: any moment of a run, forwards and backwards, and other futures from there.
//!
//! A run is a pure function of its scenario, so going back is coming back to an earlier keyframe
//! and letting the same things happen again. Keyframes are spread evenly over the run, and thinned
//! out as it grows: there are never more than a hundred or so, and fewer where nodes remember much. What
//! was written down far from where somebody looks is forgotten, so that a run may go on for as long as
//! one likes, and written down again when somebody goes there.
//!
//! Whoever changes the past starts a new branch. The old future is not lost: its scenario is kept,
//! and with it everything that would have happened. Every gesture can be taken back and done again.

use super::machine::{Keyframe, Sim};
use super::time::{Span, Time};
use crate::models::Library;
use crate::scenario::{Fault, Input, Scenario, Timed};

/// A run that can be looked at at any of its moments.
pub struct Timeline {
    /// Where the models of other worlds are found.
    library: Library,
    sim: Sim,
    /// The moment that is looked at. Everything up to it has happened in `sim`.
    playhead: Time,
    /// How far this run was ever taken.
    reached: Time,
    frames: Vec<Keyframe>,
    /// How many steps lie between two keyframes.
    spacing: u64,
    /// How large all keyframes together may become.
    words: usize,
    /// How many rows are kept, and with how many it is time to forget some.
    most: usize,
    full: usize,
    /// Where else than at the playhead somebody has looked: a row.
    elsewhere: u32,
    /// The inputs the scenario was opened with. Those to come stay when the past is changed; later
    /// gestures do not, for they belonged to the other future.
    script: Vec<Timed>,
    branches: Vec<Branch>,
    /// What there was before each gesture, and what there was after those that were taken back.
    undone: Vec<Version>,
    redone: Vec<Version>,
}

/// Everything that a gesture changes.
#[derive(Clone, Debug)]
struct Version {
    scenario: Scenario,
    playhead: Time,
    reached: Time,
    script: Vec<Timed>,
    branches: Vec<Branch>,
}

/// A future that was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// What leads to it.
    pub scenario: Scenario,
    /// Where it and the run that replaced it part.
    pub left_at: Time,
    /// How far it was taken.
    pub reached: Time,
}

/// Where to go.
#[derive(Clone, Copy)]
enum Goal {
    /// Everything up to and including a moment has happened.
    Moment(Time),
    /// So many events were handled.
    Steps(u64),
    /// A row was written.
    Row(u32),
}

impl Goal {
    /// Whether a place in the run, which has come so far, is not behind it.
    fn is_after(self, now: Time, steps: u64, rows: u32) -> bool {
        match self {
            Self::Moment(moment) => now <= moment,
            Self::Steps(goal) => steps <= goal,
            Self::Row(row) => rows <= row,
        }
    }

    /// Goes a step towards it. Says whether there was one.
    fn approach(self, sim: &mut Sim) -> bool {
        match self {
            Self::Moment(moment) => sim.step_until(moment),
            Self::Steps(goal) => sim.steps() < goal && sim.step(),
            Self::Row(row) => sim.rows() <= row && sim.step(),
        }
    }
}

const FIRST_SPACING: u64 = 512;
const MOST_FRAMES: usize = 128;
/// Where nodes remember more and more, all keyframes together are no larger than so many words of eight
/// bytes, or little larger; but there are always a few.
const MOST_WORDS: usize = 1 << 22;
const FEW_FRAMES: usize = 8;
/// Enough for what is in sight twice over, and little enough for a phone.
const MOST_ROWS: usize = 1 << 16;
/// A row that is far from all others.
const NOWHERE: u32 = u32::MAX;
/// How many rows before and after a place one sees there.
const AROUND: u32 = 2048;
/// How many gestures can be taken back.
const MOST_VERSIONS: usize = 200;

impl Timeline {
    /// A run at its beginning.
    ///
    /// # Errors
    /// If the scenario cannot be run: names the fault and its place.
    pub fn new(library: &Library, scenario: Scenario) -> Result<Self, Fault> {
        let script = scenario.inputs.clone();
        let sim = Sim::new(library, scenario)?;
        Ok(Self {
            library: library.clone(),
            frames: vec![sim.keyframe()],
            spacing: spacing(&sim),
            words: MOST_WORDS,
            most: MOST_ROWS,
            full: MOST_ROWS,
            elsewhere: NOWHERE,
            sim,
            playhead: Time::ZERO,
            reached: Time::ZERO,
            script,
            branches: Vec::new(),
            undone: Vec::new(),
            redone: Vec::new(),
        })
    }

    /// A run that somebody has worked on before: its inputs are gestures that can be taken back.
    ///
    /// # Errors
    /// If the scenario cannot be run: names the fault and its place.
    pub fn resume(library: &Library, scenario: Scenario) -> Result<Self, Fault> {
        let before = |count: usize| {
            let inputs = scenario.inputs[..count].to_vec();
            Version {
                scenario: Scenario { inputs, ..scenario.clone() },
                playhead: Time::ZERO,
                reached: Time::ZERO,
                script: Vec::new(),
                branches: Vec::new(),
            }
        };
        let gestures = scenario.inputs.len();
        let undone = (gestures.saturating_sub(MOST_VERSIONS)..gestures).map(before).collect();
        Ok(Self { script: Vec::new(), undone, ..Self::new(library, scenario)? })
    }

    /// Whether there is a gesture to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Whether a gesture was taken back that can be done again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redone.is_empty()
    }

    /// The run as it is at the playhead.
    #[must_use]
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    /// The moment that is looked at.
    #[must_use]
    pub fn playhead(&self) -> Time {
        self.playhead
    }

    /// How far this run was ever taken.
    #[must_use]
    pub fn reached(&self) -> Time {
        self.reached
    }

    /// The futures that were left, the oldest first.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Lets the next thing happen and looks at its moment. Says whether there was one.
    pub fn step(&mut self) -> bool {
        if !self.sim.step() {
            return false;
        }
        self.keep();
        self.look_at(self.sim.now());
        true
    }

    /// Takes the last thing that happened back. Says whether there was one.
    pub fn back(&mut self) -> bool {
        let Some(steps) = self.sim.steps().checked_sub(1) else { return false };
        self.to_step(steps);
        true
    }

    /// Looks at a moment: everything up to and including it has happened.
    pub fn seek(&mut self, moment: Time) {
        self.visit(Goal::Moment(moment));
        self.look_at(moment);
    }

    /// Looks at the moment just after so many events were handled, or the end if there are fewer.
    pub fn to_step(&mut self, steps: u64) {
        self.visit(Goal::Steps(steps));
        self.look_at(self.sim.now());
    }

    /// Looks at the moment in which a row of the trace was written.
    pub fn to_row(&mut self, row: u32) {
        self.visit(Goal::Row(row));
        self.look_at(self.sim.now());
    }

    /// Sees to it that what happened around another moment than that of the playhead is in the trace.
    pub fn recall(&mut self, moment: Time) {
        let row = self.sim.trace().first_at(moment);
        if self.has_around(row) {
            return;
        }
        let steps = self.sim.steps();
        self.elsewhere = self.sim.rows();
        self.visit(Goal::Moment(moment.min(self.reached)));
        self.elsewhere = self.sim.rows();
        self.go(Goal::Steps(steps));
    }

    /// Goes somewhere, where what happened around it is in the trace.
    fn visit(&mut self, goal: Goal) {
        self.go(goal);
        let rows = self.sim.rows();
        if !self.has_around(rows) {
            let (steps, last) = (self.sim.steps(), rows + AROUND);
            self.go(Goal::Row(rows.saturating_sub(AROUND)));
            while self.sim.rows() < last.min(self.sim.trace().len() as u32) && self.sim.step() {
                self.keep();
            }
            self.go(Goal::Steps(steps));
        }
    }

    fn has_around(&self, row: u32) -> bool {
        let trace = self.sim.trace();
        trace.has(row.saturating_sub(AROUND), (row + AROUND).min(trace.len() as u32))
    }

    /// Goes somewhere, from here or from the last keyframe before it.
    fn go(&mut self, goal: Goal) {
        let frame = self.frames.partition_point(|frame| goal.is_after(frame.now(), frame.steps(), frame.rows())).saturating_sub(1);
        let sim = &self.sim;
        if !goal.is_after(sim.now(), sim.steps(), sim.rows()) || self.frames[frame].steps() > sim.steps() {
            self.sim.restore(&self.frames[frame]);
        }
        while goal.approach(&mut self.sim) {
            self.keep();
        }
    }

    /// Goes on until something is the case after an event, but not further than a moment. Says
    /// whether it is.
    pub fn run_until(&mut self, limit: Time, mut found: impl FnMut(&Sim) -> bool) -> bool {
        while self.sim.step_until(limit) {
            self.keep();
            self.look_at(self.sim.now());
            if found(&self.sim) {
                return true;
            }
        }
        self.look_at(limit);
        false
    }

    /// Says that the run was never taken further than a moment: what came after it was only tried.
    pub fn forget_after(&mut self, moment: Time) {
        self.reached = moment.max(self.playhead);
    }

    /// Does something to the run at the playhead. If the run had already been taken further, that
    /// future becomes a branch.
    ///
    /// # Errors
    /// If the input cannot be used: names the fault.
    pub fn edit(&mut self, input: Input) -> Result<(), Fault> {
        self.edit_all(vec![input])
    }

    /// Does several things at the playhead in one gesture.
    ///
    /// # Errors
    /// If one of them cannot be used: names the fault. Then none of them is done.
    pub fn edit_all(&mut self, inputs: Vec<Input>) -> Result<(), Fault> {
        if self.sim.stands_still() {
            let why = "it stands still at this moment, so nothing can come after it; go back to an earlier one".into();
            return Err(Fault { place: "time".into(), why });
        }
        let at = self.next_gesture();
        let old = self.sim.scenario();
        let mut scenario = old.clone();
        scenario.inputs.retain(|timed| timed.at <= at || self.script.contains(timed));
        for input in inputs {
            scenario.add(at, input);
        }
        scenario.check_for(self.sim.about())?;
        self.remember();
        if self.reached > at {
            self.branches.push(Branch { scenario: self.sim.scenario().clone(), left_at: at, reached: self.reached });
        }
        self.replace(scenario);
        self.reached = self.playhead;
        self.seek(at);
        Ok(())
    }

    /// Another world from its beginning, in one gesture: other nodes, another seed, another model.
    ///
    /// # Errors
    /// If the scenario cannot be run: names the fault and its place. Then nothing is done.
    pub fn rebuild(&mut self, scenario: Scenario) -> Result<(), Fault> {
        scenario.check(&self.library)?;
        self.remember();
        self.branches.clear();
        self.script.clone_from(&scenario.inputs);
        self.begin(scenario);
        (self.playhead, self.reached) = (Time::ZERO, Time::ZERO);
        self.seek(Time::ZERO);
        Ok(())
    }

    /// The earliest moment for a gesture: it comes after everything that has already happened, and so
    /// at a later nanosecond.
    #[must_use]
    pub fn next_gesture(&self) -> Time {
        self.playhead.max(self.sim.now() + Span(1))
    }

    /// Becomes another run from the same beginning, without a trace of this one, and looks at the
    /// same moment of that: a scenario that differs from this one's in its inputs only.
    ///
    /// # Errors
    /// If it cannot be run: names the fault and its place.
    pub fn turn_into(&mut self, scenario: Scenario) -> Result<(), Fault> {
        scenario.check_for(self.sim.about())?;
        self.go_over(scenario, self.playhead);
        Ok(())
    }

    /// Takes the last gesture back. Says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(version) = self.undone.pop() else { return false };
        self.redone.push(self.version());
        self.come_back(version);
        true
    }

    /// Does the last gesture that was taken back again. Says whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(version) = self.redone.pop() else { return false };
        self.undone.push(self.version());
        self.come_back(version);
        true
    }

    /// Nothing that was taken back can be done again: something else was done since.
    pub fn forget_undone(&mut self) {
        self.redone.clear();
    }

    /// Goes over to a branch; this run becomes a branch in its place.
    pub fn switch(&mut self, index: usize) {
        if index >= self.branches.len() {
            return;
        }
        self.remember();
        let branch = &mut self.branches[index];
        let here = Branch { scenario: self.sim.scenario().clone(), left_at: branch.left_at, reached: self.reached };
        let there = std::mem::replace(branch, here);
        self.go_over(there.scenario, there.reached);
        self.seek(there.reached);
    }

    /// Puts a branch into another place among them. Where they stand changes nothing else, so there is
    /// nothing to take back.
    pub fn arrange(&mut self, from: usize, to: usize) {
        if from.max(to) < self.branches.len() {
            let branch = self.branches.remove(from);
            self.branches.insert(to, branch);
        }
    }

    fn version(&self) -> Version {
        Version {
            scenario: self.sim.scenario().clone(),
            playhead: self.playhead,
            reached: self.reached,
            script: self.script.clone(),
            branches: self.branches.clone(),
        }
    }

    /// Before a gesture: what it can be taken back to.
    fn remember(&mut self) {
        self.redone.clear();
        self.undone.push(self.version());
        if self.undone.len() > MOST_VERSIONS {
            self.undone.remove(0);
        }
    }

    fn come_back(&mut self, version: Version) {
        self.branches = version.branches;
        self.script = version.script;
        if same_world(self.sim.scenario(), &version.scenario) {
            return self.go_over(version.scenario, version.reached);
        }
        self.begin(version.scenario);
        self.reached = version.reached;
        self.seek(version.playhead);
    }

    /// A run from its beginning.
    fn begin(&mut self, scenario: Scenario) {
        self.sim = Sim::new(&self.library, scenario).expect("its scenario was checked before");
        self.frames = vec![self.sim.keyframe()];
        self.spacing = spacing(&self.sim);
        (self.full, self.elsewhere) = (self.most, NOWHERE);
    }

    /// Replaces the run by one that begins like it, and looks at the same moment of that.
    fn go_over(&mut self, scenario: Scenario, reached: Time) {
        let (old, new) = (&self.sim.scenario().inputs, &scenario.inputs);
        let common = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let parting = [old, new].into_iter().filter_map(|inputs| inputs.get(common)).map(|timed| timed.at).min();
        let playhead = self.playhead;
        match parting {
            None => {}
            // What was done at the very beginning is undone only by beginning anew.
            Some(Time::ZERO) => self.begin(scenario),
            Some(parting) => {
                self.seek(playhead.min(parting - Span(1)));
                self.replace(scenario);
            }
        }
        self.reached = reached;
        self.seek(playhead);
    }

    /// Another future from here. Its inputs up to the present moment are those of this run.
    fn replace(&mut self, scenario: Scenario) {
        let rows = self.sim.rows();
        self.frames.retain(|frame| frame.rows() <= rows);
        self.sim.replace_future(scenario);
    }

    fn look_at(&mut self, moment: Time) {
        // Where time stands still no later moment ever comes.
        let moment = if self.sim.stands_still() { moment.min(self.sim.now()) } else { moment };
        self.playhead = moment;
        self.reached = self.reached.max(moment);
    }

    /// Keeps a keyframe when it is time for one, and forgets what is far away when there is too much.
    fn keep(&mut self) {
        if self.sim.trace().held() > self.full {
            self.sim.forget(&self.frames, [self.sim.rows(), self.elsewhere], self.most);
            self.full = self.sim.trace().held() + self.most / 4;
        }
        let last = self.frames.last().map_or(0, Keyframe::steps);
        // Where ever more is under way, each copy takes longer than the last.
        if self.sim.steps() < last + self.spacing.max(self.sim.queued()) {
            return;
        }
        self.frames.push(self.sim.keyframe());
        // Nodes remember more and more, so the last is hardly ever small. To learn how large it is takes longer than the
        // copy, so it is asked only now and then.
        let count = self.frames.len();
        if count > MOST_FRAMES || count.is_multiple_of(FEW_FRAMES) && count * self.sim.size() > self.words {
            self.spacing *= 2;
            let mut index = 0;
            self.frames.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }
}

/// How many steps lie between two keyframes at first: a large cluster's keyframe is large too.
fn spacing(sim: &Sim) -> u64 {
    FIRST_SPACING.max(u64::from(sim.scenario().nodes) * 16)
}

/// Whether two runs differ in nothing but their inputs, so that one can go over into the other.
fn same_world(one: &Scenario, other: &Scenario) -> bool {
    let Scenario { model, nodes, clients, seed, settings, network, disk, workload, patience, inputs: _ } = one;
    let same = (model, nodes, clients, seed, settings) == (&other.model, &other.nodes, &other.clients, &other.seed, &other.settings);
    same && (network, disk, workload, patience) == (&other.network, &other.disk, &other.workload, &other.patience)
}

#[cfg(test)]
mod tests {
    use super::super::draw::{Chance, Purpose, below, draw};
    use super::*;
    use crate::sim::NodeId;

    fn timeline() -> Timeline {
        let library = Library::standard();
        let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 3);
        scenario.network.loss = Chance::percent(20);
        scenario.nodes = 10;
        Timeline::new(&library, scenario).unwrap()
    }

    #[test]
    fn every_moment_is_the_same_however_one_comes_to_it() {
        let mut straight = timeline();
        let mut at = vec![(straight.sim().hash(), straight.sim().now())];
        while straight.sim().steps() < 5_000 {
            straight.step();
            at.push((straight.sim().hash(), straight.sim().now()));
        }
        let mut jumping = timeline();
        for n in 0..200 {
            let steps = below(draw(1, Purpose::Search, 0, n), 5_000);
            jumping.to_step(steps);
            assert_eq!((jumping.sim().hash(), jumping.sim().now()), at[steps as usize], "step {steps}");
            if n % 3 == 0 && jumping.back() {
                assert_eq!(jumping.sim().hash(), at[steps as usize - 1].0);
            }
        }
        jumping.to_row(4_321);
        assert!(jumping.sim().rows() > 4_321);
        jumping.back();
        assert!(jumping.sim().rows() <= 4_321);
        jumping.seek(Time::ZERO + Span::secs(1));
        assert!(jumping.sim().now() <= jumping.playhead());
        assert!(jumping.sim().next_time().unwrap() > jumping.playhead());
    }

    /// The same long run twice: one forgets nearly everything, the other nothing. Messages are lost, held
    /// up for long, and wait for nodes that are paused; disks are slow.
    fn twice(model: &str) -> [Timeline; 2] {
        use crate::scenario::{Fate, Pace, Route, Workload};
        use crate::sim::Latency;
        let library = Library::standard();
        let about = library.find(model).unwrap().about();
        let mut scenario = Scenario::new(about, 3);
        (scenario.network.loss, scenario.network.duplicate) = (Chance::percent(2), Chance::percent(2));
        scenario.disk.sync = Latency::Exponential { min: Span::millis(1), mean: Span::millis(20) };
        if !about.ops.is_empty() {
            let pace = Pace::Open(Latency::Exponential { min: Span::ZERO, mean: Span::millis(100) });
            scenario.workload = Some(Workload { pace, route: Route::Rotate, keys: 3, limit: u32::MAX });
        }
        let at = |seconds| Time::ZERO + Span::secs(seconds);
        for round in 0..6 {
            let (start, one, other) = (at(round * 20 + 1), NodeId(round as u16 % 2), NodeId(1 - round as u16 % 2));
            scenario.add(start, Input::Message { from: one, to: other, nth: 40 * (round as u32 + 1), fate: Fate::Delay(Span::secs(25)) });
            scenario.add(start + Span::secs(3), Input::Pause(one));
            scenario.add(start + Span::secs(15), Input::Resume(one));
            scenario.add(start + Span::secs(17), Input::Crash(other));
            scenario.add(start + Span::secs(18), Input::Restart(other));
        }
        let mut forgets = Timeline::new(&library, scenario.clone()).unwrap();
        (forgets.most, forgets.full) = (4_096, 4_096);
        let mut knows = Timeline::new(&library, scenario).unwrap();
        (knows.most, knows.full) = (usize::MAX, usize::MAX);
        [forgets, knows]
    }

    /// Whoever looks at one and the other at the same place sees the same.
    fn alike(forgets: &Timeline, knows: &Timeline) {
        use crate::judge::history::History;
        let (one, other) = (forgets.sim(), knows.sim());
        assert_eq!((one.hash(), one.steps(), one.rows(), one.now()), (other.hash(), other.steps(), other.rows(), other.now()));
        let rows = one.rows();
        for row in rows.saturating_sub(AROUND / 2)..(rows + AROUND / 2).min(one.trace().len() as u32) {
            assert_eq!(
                (one.trace().row(row), one.trace().notes(row)),
                (other.trace().row(row), other.trace().notes(row)),
                "{row} of {rows}"
            );
            assert_eq!(one.describe_row(row), other.describe_row(row), "{row} of {rows}");
        }
        let first = one.trace().row(rows.saturating_sub(AROUND / 2)).unwrap().time;
        assert_eq!(one.trace().first_at(first), other.trace().first_at(first));
        let flights = |sim: &Sim| sim.flights().map(|flight| (flight.message, flight.sent)).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(flights(one), flights(other));
        for node in (0..one.scenario().nodes).map(NodeId) {
            assert!(one.timers(node).eq(other.timers(node)));
            assert_eq!(one.load(node), other.load(node));
        }
        assert_eq!(one.trace().tally(rows), other.trace().tally(rows));
        assert_eq!((History::of(one), one.heard()), (History::of(other), other.heard()));
    }

    #[test]
    fn a_run_that_forgets_is_the_same_run_wherever_one_looks() {
        for model in ["raft", "primary-backup", "quorums", "replicated-log", "queue-server", "two-phase-commit"] {
            let [mut forgets, mut knows] = twice(model);
            for timeline in [&mut forgets, &mut knows] {
                timeline.seek(Time::ZERO + Span::secs(150));
            }
            let (end, steps) = (forgets.sim().rows(), forgets.sim().steps());
            assert!(end > 10_000, "{model} {end}");
            assert!(end < 20_000 || !forgets.sim().trace().has(0, end), "{model} {end}");
            assert_eq!(forgets.sim().trace().len(), knows.sim().trace().len());
            alike(&forgets, &knows);
            for n in 0..12 {
                let dice = |bound: u64| below(draw(1, Purpose::Search, 0, n), bound);
                for timeline in [&mut forgets, &mut knows] {
                    match n % 4 {
                        0 => timeline.to_step(dice(steps)),
                        1 => timeline.to_row(dice(u64::from(end)) as u32),
                        2 => timeline.seek(Time(dice(150_000_000_000))),
                        _ => assert!(timeline.back()),
                    }
                    timeline.step();
                }
                alike(&forgets, &knows);
                let moment = Time(below(draw(2, Purpose::Search, 0, n), 150_000_000_000));
                let (hash, row) = (forgets.sim().hash(), knows.sim().trace().first_at(moment));
                forgets.recall(moment);
                assert_eq!((forgets.sim().hash(), forgets.sim().trace().first_at(moment)), (hash, row), "{model}");
                let around = row.saturating_sub(AROUND / 2)..(row + AROUND / 2).min(end);
                assert!(around.into_iter().all(|row| forgets.sim().describe_row(row) == knows.sim().describe_row(row)), "{model}");
            }
            // Another future, and back to the old one.
            for timeline in [&mut forgets, &mut knows] {
                timeline.seek(Time::ZERO + Span::secs(50));
                timeline.edit(Input::Crash(NodeId(0))).unwrap();
                timeline.seek(Time::ZERO + Span::secs(80));
            }
            alike(&forgets, &knows);
            assert!(forgets.undo() && knows.undo());
            for timeline in [&mut forgets, &mut knows] {
                timeline.seek(Time::ZERO + Span::secs(120));
            }
            alike(&forgets, &knows);
        }
    }

    #[test]
    fn messages_are_counted_alike_however_one_came_to_the_end() {
        for model in ["raft", "quorums"] {
            let [mut forgets, mut knows] = twice(model);
            for second in 0..12 {
                let end = Time::ZERO + Span::secs(76 + second);
                for timeline in [&mut forgets, &mut knows] {
                    timeline.seek(end);
                    // Far back, and on from there until what is at the end is forgotten.
                    timeline.seek(Time::ZERO + Span::secs(1));
                    timeline.seek(Time::ZERO + Span::secs(25));
                    timeline.seek(end + Span::millis(500));
                }
                let (one, other) = (forgets.sim(), knows.sim());
                assert_eq!(one.trace().tally(one.rows()), other.trace().tally(other.rows()), "{model}, {end}");
            }
        }
    }

    #[test]
    fn keyframes_of_nodes_that_remember_ever_more_become_fewer() {
        let [mut run, mut other] = twice("raft");
        run.words = 20_000;
        for timeline in [&mut run, &mut other] {
            timeline.seek(Time::ZERO + Span::secs(60));
        }
        assert!((FEW_FRAMES / 2..2 * FEW_FRAMES).contains(&run.frames.len()), "{}", run.frames.len());
        assert!(other.frames.len() > 2 * run.frames.len());
        for timeline in [&mut run, &mut other] {
            timeline.to_step(7_654);
        }
        alike(&run, &other);
    }

    #[test]
    fn what_a_run_keeps_does_not_grow_with_it() {
        let mut run = timeline();
        let mut most = 0;
        for million in 1..=4 {
            run.to_row(million * 250_000);
            most = most.max(run.sim().trace().held());
            assert!(run.sim().trace().held() < MOST_ROWS * 3 / 2, "{}", run.sim().trace().held());
        }
        run.to_row(100_000);
        assert!(run.sim().trace().row(99_000).is_some() && run.sim().trace().row(600_000).is_none());
        run.to_row(999_999);
        assert!(run.sim().trace().row(999_000).is_some() && run.sim().trace().held() < most + MOST_ROWS);
    }

    #[test]
    fn a_run_becomes_another_from_the_same_beginning_at_the_same_moment_and_keeps_nothing_of_this_one() {
        let mut played = timeline();
        played.seek(Time(3_000_000_000));
        let mut other = played.sim().scenario().clone();
        other.add(Time(1_000_000_000), Input::Crash(NodeId(1)));
        played.turn_into(other.clone()).unwrap();
        let mut straight = Sim::new(&Library::standard(), other).unwrap();
        straight.run_until(Time(3_000_000_000));
        assert_eq!((played.playhead(), played.sim().hash()), (Time(3_000_000_000), straight.hash()));
        assert!(played.branches().is_empty() && !played.can_undo());
        let mut wrong = played.sim().scenario().clone();
        wrong.add(Time(1), Input::Crash(NodeId(99)));
        assert!(played.turn_into(wrong).is_err());
        assert_eq!(played.sim().hash(), straight.hash(), "nothing was done");
    }

    #[test]
    fn a_gesture_gives_the_run_that_a_scenario_with_it_gives() {
        let mut played = timeline();
        played.seek(Time(2_000_000_000));
        played.edit(Input::Crash(NodeId(1))).unwrap();
        played.seek(Time(3_000_000_000));
        played.edit(Input::Restart(NodeId(1))).unwrap();
        played.seek(Time(9_000_000_000));
        let mut fresh = Timeline::new(&Library::standard(), played.sim().scenario().clone()).unwrap();
        fresh.seek(Time(9_000_000_000));
        assert_eq!(played.sim().hash(), fresh.sim().hash());
        assert!(played.branches().is_empty(), "nothing was left behind");
    }

    #[test]
    fn changing_the_past_keeps_the_old_future_as_a_branch() {
        let mut run = timeline();
        run.seek(Time(4_000_000_000));
        run.edit(Input::Crash(NodeId(1))).unwrap();
        run.seek(Time(8_000_000_000));
        let (old_hash, old) = (run.sim().hash(), run.sim().scenario().clone());
        run.seek(Time(2_000_000_000));
        run.edit(Input::Pause(NodeId(0))).unwrap();
        assert_eq!(run.sim().scenario().inputs.len(), 1, "the later crash belongs to the other future");
        run.seek(Time(8_000_000_000));
        let new_hash = run.sim().hash();
        assert_ne!(new_hash, old_hash);
        assert_eq!(run.branches().len(), 1);
        run.switch(0);
        assert_eq!((run.sim().scenario(), run.sim().hash()), (&old, old_hash));
        run.switch(0);
        assert_eq!(run.sim().hash(), new_hash);
    }

    #[test]
    fn another_world_is_a_gesture_that_can_be_taken_back_and_done_again() {
        let mut run = timeline();
        run.seek(Time(4_000_000_000));
        run.edit(Input::Crash(NodeId(1))).unwrap();
        run.seek(Time(2_000_000_000));
        run.edit(Input::Pause(NodeId(0))).unwrap();
        run.seek(Time(5_000_000_000));
        let (old, old_hash, branches) = (run.sim().scenario().clone(), run.sim().hash(), run.branches().to_vec());

        let raft = Library::standard().find("raft").unwrap();
        let other = Scenario { nodes: 7, ..Scenario::new(raft.about(), 11) };
        assert_eq!(run.rebuild(Scenario { nodes: 9_999, ..other.clone() }).unwrap_err().place, "nodes");
        assert_eq!((run.sim().scenario(), run.playhead()), (&old, Time(5_000_000_000)), "what cannot be done changes nothing");
        run.rebuild(other.clone()).unwrap();
        assert_eq!((run.sim().about().id, run.playhead(), run.reached(), run.branches()), ("raft", Time::ZERO, Time::ZERO, &[][..]));
        run.seek(Time(3_000_000_000));
        run.edit(Input::Crash(NodeId(6))).unwrap();
        let crashed = run.sim().scenario().clone();

        assert!(run.undo() && run.undo());
        assert_eq!((run.sim().scenario(), run.sim().hash(), run.playhead()), (&old, old_hash, Time(5_000_000_000)));
        assert_eq!(run.branches(), branches);
        assert!(run.undo() && run.redo() && run.redo());
        assert_eq!(run.sim().scenario(), &other);
        assert!(run.redo() && !run.can_redo());
        assert_eq!(run.sim().scenario(), &crashed);
        let mut fresh = Timeline::new(&Library::standard(), crashed).unwrap();
        run.seek(Time(9_000_000_000));
        fresh.seek(Time(9_000_000_000));
        assert_eq!(run.sim().hash(), fresh.sim().hash());
    }

    #[test]
    fn branches_stand_in_any_order_and_lead_to_the_same_futures() {
        let mut run = timeline();
        for node in 1..4 {
            run.seek(Time(4_000_000_000));
            run.seek(Time(1_000_000_000));
            run.edit(Input::Crash(NodeId(node))).unwrap();
        }
        let before = run.branches().to_vec();
        run.arrange(0, 2);
        assert_eq!(run.branches(), [before[1].clone(), before[2].clone(), before[0].clone()]);
        run.arrange(2, 0);
        run.arrange(0, 3);
        assert_eq!(run.branches(), before);
        run.arrange(1, 0);
        run.switch(0);
        assert_eq!(run.sim().scenario(), &before[1].scenario);
    }

    #[test]
    fn undo_leaves_the_run_as_if_the_gesture_had_never_been() {
        let mut untouched = timeline();
        untouched.seek(Time(5_000_000_000));
        let mut run = timeline();
        run.seek(Time(1_000_000_000));
        run.edit(Input::Crash(NodeId(3))).unwrap();
        run.seek(Time(5_000_000_000));
        let crashed = run.sim().hash();
        assert!(run.undo());
        assert_eq!(run.sim().hash(), untouched.sim().hash());
        assert!(!run.undo());
        assert!(run.redo());
        assert_eq!(run.sim().hash(), crashed);
        assert!(!run.redo());
    }

    #[test]
    fn undo_brings_a_left_future_back_and_redo_leaves_it_again() {
        let mut run = timeline();
        run.seek(Time(4_000_000_000));
        run.edit(Input::Crash(NodeId(1))).unwrap();
        run.seek(Time(8_000_000_000));
        let long = run.sim().hash();
        run.seek(Time(2_000_000_000));
        run.edit_all(vec![Input::Pause(NodeId(0)), Input::Pause(NodeId(2))]).unwrap();
        let other = run.sim().hash();
        assert_eq!(run.branches().len(), 1);
        assert!(run.undo());
        assert_eq!((run.branches().len(), run.playhead() > Time(1_999_999_999), run.reached()), (0, true, Time(8_000_000_000)));
        run.seek(Time(8_000_000_000));
        assert_eq!(run.sim().hash(), long);
        assert!(run.redo());
        run.seek(Time(2_000_000_001));
        assert_eq!((run.sim().hash(), run.branches().len()), (other, 1));
        run.switch(0);
        assert_eq!(run.sim().hash(), long);
        assert!(run.undo());
        assert_eq!(run.branches().len(), 1);
        assert!(run.sim().scenario().inputs.iter().all(|timed| matches!(timed.input, Input::Pause(_))));
    }

    #[test]
    fn a_message_that_is_delayed_or_delivered_by_hand_arrives_even_if_the_network_had_lost_it() {
        use crate::scenario::Fate;
        use crate::sim::EventKind;
        let arrives = |fate: Option<Fate>, late: bool| {
            let library = Library::standard();
            let mut scenario = Scenario::new(library.find("ping-pong").unwrap().about(), 3);
            scenario.network.loss = Chance::percent(100);
            let mut run = Timeline::new(&library, scenario).unwrap();
            run.seek(if late { Time(5_000_000) } else { Time::ZERO });
            let nth = u32::from(!late);
            if let Some(fate) = fate {
                run.edit(Input::Message { from: NodeId(0), to: NodeId(1), nth, fate }).unwrap();
            }
            run.seek(Time(800_000_000));
            let rows: Vec<_> =
                run.sim().trace().rows().unwrap().filter(|row| row.node == NodeId(1) && row.kind == EventKind::Deliver).collect();
            rows.len()
        };
        for late in [true, false] {
            assert_eq!(arrives(None, late), 0);
            assert_eq!(arrives(Some(Fate::Delay(Span::millis(30))), late), 1, "on its way: {late}");
            assert_eq!(arrives(Some(Fate::Deliver), late), 1, "on its way: {late}");
            assert_eq!(arrives(Some(Fate::Drop), late), 0);
        }
    }

    #[test]
    fn a_gesture_after_undo_ends_what_could_be_done_again() {
        let mut run = timeline();
        run.seek(Time(1_000_000_000));
        run.edit(Input::Crash(NodeId(3))).unwrap();
        run.undo();
        run.edit(Input::Crash(NodeId(4))).unwrap();
        assert!(!run.can_redo() && run.can_undo());
    }

    #[test]
    fn a_gesture_that_makes_no_sense_is_refused_and_changes_nothing() {
        let mut run = timeline();
        run.seek(Time(1_000_000_000));
        let before = run.sim().hash();
        assert!(run.edit(Input::Crash(NodeId(99))).is_err());
        assert_eq!((run.sim().hash(), run.sim().scenario().inputs.len()), (before, 0));
    }
}
