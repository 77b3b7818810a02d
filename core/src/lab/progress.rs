//! What a learner has done so far: kept on the device, exported as a few lines of text that anybody can
//! read, and brought together from several devices.
//!
//! ```text
//! faultline progress 1
//! lab L07 step=4 bet=right
//! challenge L07 lose stars=2 actions=3 hints=1 seeds=7,8
//! guess L02 silence request-lost/answer-lost=2 slow/slow=1
//! ```
//!
//! A guess is counted by what it was, and what was said.

use super::challenge::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a learner has done in all labs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Each lab by its id.
    pub labs: BTreeMap<String, LabProgress>,
}

/// What a learner has done in one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabProgress {
    /// How many steps of the guided part are done.
    pub step: u32,
    /// Whether the bet was right, once it is decided.
    pub bet: Option<bool>,
    /// Each challenge by its id.
    pub challenges: BTreeMap<String, Solved>,
    /// What was guessed behind each curtain, by its id.
    pub guesses: BTreeMap<String, Guesses>,
}

/// How often it was this and that was said: the ids of both.
pub type Guesses = BTreeMap<(String, String), u32>;

/// A challenge that was solved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solved {
    /// One to three.
    pub stars: u8,
    /// The fewest actions.
    pub actions: u32,
    /// How many hints were read.
    pub hints: u8,
    /// With which seeds.
    pub seeds: BTreeSet<u64>,
}

const HEAD: &str = "faultline progress 1";

impl LabProgress {
    /// Takes in that a challenge was decided. Says how many stars it has now; none if it is not solved.
    ///
    /// One star for solving it, one for no more actions than par, and one for a bet that was right or
    /// for solving it with a second seed. Every hint costs one of them, but not the first.
    pub fn decided(&mut self, challenge: &str, verdict: &Verdict, par: u32, hints: u8) -> u8 {
        if verdict.solved != Some(true) {
            return self.challenges.get(challenge).map_or(0, |solved| solved.stars);
        }
        let new = !self.challenges.contains_key(challenge);
        let solved = self.challenges.entry(challenge.into()).or_default();
        solved.seeds.insert(verdict.run.seed);
        solved.actions = if new { verdict.actions } else { solved.actions.min(verdict.actions) };
        solved.hints = solved.hints.max(hints);
        let hints = solved.hints;
        let all = self.reached(challenge, par).into_iter().filter(|reached| *reached).count() as u8;
        let solved = self.challenges.entry(challenge.into()).or_default();
        solved.stars = solved.stars.max(all.saturating_sub(hints).max(1));
        solved.stars
    }

    /// What there is a star for, and whether it was reached: that the challenge is solved, with no more actions than
    /// par, and after a bet that was right or with a second seed.
    #[must_use]
    pub fn reached(&self, challenge: &str, par: u32) -> [bool; 3] {
        self.challenges
            .get(challenge)
            .map_or([false; 3], |solved| [true, solved.actions <= par, self.bet == Some(true) || solved.seeds.len() > 1])
    }

    /// Takes in what was done elsewhere: of everything the better.
    pub fn merge(&mut self, other: Self) {
        self.step = self.step.max(other.step);
        // The first bet counts; two devices do not know which was first.
        self.bet = self.bet.or(other.bet);
        for (name, theirs) in other.challenges {
            let solved = self.challenges.entry(name).or_insert_with(|| theirs.clone());
            solved.stars = solved.stars.max(theirs.stars);
            solved.actions = solved.actions.min(theirs.actions);
            solved.hints = solved.hints.max(theirs.hints);
            solved.seeds.extend(theirs.seeds);
        }
        // The same guesses may come twice, so the larger count is taken and nothing is added up.
        for (name, theirs) in other.guesses {
            let guesses = self.guesses.entry(name).or_default();
            for (pair, count) in theirs {
                let ours = guesses.entry(pair).or_default();
                *ours = count.max(*ours);
            }
        }
    }
}

impl Progress {
    /// As text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = format!("{HEAD}\n");
        for (id, lab) in &self.labs {
            let bet = match lab.bet {
                Some(true) => " bet=right",
                Some(false) => " bet=wrong",
                None => "",
            };
            let _ = writeln!(out, "lab {id} step={}{bet}", lab.step);
            for (name, solved) in &lab.challenges {
                let seeds: Vec<_> = solved.seeds.iter().map(ToString::to_string).collect();
                let Solved { stars, actions, hints, .. } = solved;
                let _ = writeln!(out, "challenge {id} {name} stars={stars} actions={actions} hints={hints} seeds={}", seeds.join(","));
            }
            for (name, guesses) in lab.guesses.iter().filter(|(_, guesses)| !guesses.is_empty()) {
                let counts: String = guesses.iter().map(|((truth, said), count)| format!(" {truth}/{said}={count}")).collect();
                let _ = writeln!(out, "guess {id} {name}{counts}");
            }
        }
        out
    }

    /// Reads what [`write`](Self::write) has written.
    ///
    /// # Errors
    /// Names the first line that cannot be read.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = (1..).zip(text.lines());
        if lines.next().is_none_or(|(_, line)| line.trim() != HEAD) {
            return Err(format!("line 1 should be “{HEAD}”"));
        }
        let mut progress = Self::default();
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            progress.read_line(line).ok_or_else(|| format!("line {number} cannot be read: {line}"))?;
        }
        Ok(progress)
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split_whitespace();
        let kind = words.next()?;
        let lab = self.labs.entry(words.next()?.into()).or_default();
        match kind {
            "lab" => {
                for (key, value) in words.map(|word| word.split_once('=')).collect::<Option<Vec<_>>>()? {
                    match (key, value) {
                        ("step", number) => lab.step = number.parse().ok()?,
                        ("bet", "right") => lab.bet = Some(true),
                        ("bet", "wrong") => lab.bet = Some(false),
                        _ => return None,
                    }
                }
            }
            "challenge" => {
                let solved = lab.challenges.entry(words.next()?.into()).or_default();
                for (key, value) in words.map(|word| word.split_once('=')).collect::<Option<Vec<_>>>()? {
                    match key {
                        "stars" => solved.stars = value.parse().ok().filter(|stars| (1..=3).contains(stars))?,
                        "actions" => solved.actions = value.parse().ok()?,
                        "hints" => solved.hints = value.parse().ok()?,
                        "seeds" => solved.seeds = value.split(',').map(|seed| seed.parse().ok()).collect::<Option<_>>()?,
                        _ => return None,
                    }
                }
                // Nobody solves a challenge in no run, or for no star.
                if solved.stars == 0 || solved.seeds.is_empty() {
                    return None;
                }
            }
            "guess" => {
                let guesses = lab.guesses.entry(words.next()?.into()).or_default();
                for word in words {
                    let ((truth, said), count) = word.split_once('=').and_then(|(pair, count)| Some((pair.split_once('/')?, count)))?;
                    guesses.insert((truth.into(), said.into()), count.parse().ok()?);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Takes in what was done elsewhere, lab by lab.
    pub fn merge(&mut self, other: Self) {
        for (id, theirs) in other.labs {
            self.labs.entry(id).or_default().merge(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Library;
    use crate::scenario::Scenario;

    fn verdict(solved: bool, actions: u32, seed: u64) -> Verdict {
        let run = Scenario::new(Library::standard().find("ping-pong").unwrap().about(), seed);
        Verdict { solved: Some(solved), said: String::new(), why: Vec::new(), at: None, actions, fresh_seed: false, over: true, run }
    }

    #[test]
    fn stars_are_for_solving_for_par_and_for_foresight_and_hints_cost() {
        let mut lab = LabProgress::default();
        assert_eq!(lab.decided("a", &verdict(false, 1, 7), 3, 0), 0);
        assert_eq!(lab.decided("a", &verdict(true, 5, 7), 3, 0), 1);
        assert_eq!(lab.decided("a", &verdict(true, 3, 7), 3, 0), 2);
        assert_eq!(lab.decided("a", &verdict(true, 9, 8), 3, 0), 3, "a second seed");
        assert_eq!(lab.decided("b", &verdict(true, 3, 7), 3, 1), 1);
        lab.bet = Some(true);
        assert_eq!(lab.decided("b", &verdict(true, 3, 7), 3, 0), 2, "a hint that was read stays read");
        assert_eq!(lab.decided("c", &verdict(true, 3, 7), 3, 3), 1, "the first star stays");
    }

    #[test]
    fn guesses_are_kept_and_never_counted_twice() {
        let text = "faultline progress 1\nlab x step=4\nguess x dark lost/late=2 slow/slow=1\n";
        let mut one = Progress::read(text).unwrap();
        assert_eq!(one.write(), text);
        one.merge(Progress::read(&text.replace("lost/late=2", "lost/late=3 lost/lost=1")).unwrap());
        one.merge(Progress::read(text).unwrap());
        assert_eq!(one.write(), text.replace("lost/late=2", "lost/late=3 lost/lost=1"));
        for bad in ["lost=2", "lost/late=many", "lost/late"] {
            assert!(Progress::read(&text.replace("lost/late=2", bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn progress_is_written_read_and_brought_together() {
        let mut one = Progress::default();
        let lab = one.labs.entry("x".into()).or_default();
        (lab.step, lab.bet) = (4, Some(false));
        lab.decided("a", &verdict(true, 5, 7), 3, 1);
        assert_eq!(one.write(), "faultline progress 1\nlab x step=4 bet=wrong\nchallenge x a stars=1 actions=5 hints=1 seeds=7\n");
        assert_eq!(Progress::read(&one.write()), Ok(one.clone()));
        let mut two = Progress::default();
        two.labs.entry("x".into()).or_default().decided("a", &verdict(true, 2, 9), 3, 0);
        two.merge(one);
        assert_eq!(two.write(), "faultline progress 1\nlab x step=4 bet=wrong\nchallenge x a stars=2 actions=2 hints=1 seeds=7,9\n");
        for bad in [
            "",
            "faultline progress 2",
            "faultline progress 1\nlab",
            "faultline progress 1\nchallenge x a stars=4",
            "faultline progress 1\nchallenge x a actions=2",
            "faultline progress 1\nlab x step",
        ] {
            assert!(Progress::read(bad).is_err(), "{bad}");
        }
    }
}
