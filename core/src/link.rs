//! A run in a link: a few hundred letters that anybody can open, anywhere, to see the same run.
//!
//! A link carries the scenario and, if it was sealed, how far the run had come and the hash of its
//! trace until there, so that whoever opens it can prove that it is the same run. Everything is
//! packed with postcard, checked by a sum, and written in the letters of base64url. There is nothing
//! compressed in it: 50 faults fit into less than a kilobyte as they are, and what was never
//! compressed cannot blow up.
//!
//! The format is frozen: a change of the order or the fields of [`Scenario`] or
//! [`Input`](crate::scenario::Input) needs a new version, and the old one stays readable.

use crate::models::Library;
use crate::scenario::{Fault, Scenario};
use crate::sim::{Sim, Time, TraceHash, stable_hash};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A run in a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The run.
    pub scenario: Scenario,
    /// What the run was like when the link was made.
    pub seal: Option<Seal>,
}

/// How far a run had come, and what its trace was until there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The moment that was looked at.
    pub moment: Time,
    /// How many rows the trace had.
    pub rows: u32,
    /// The hash of these rows.
    pub hash: TraceHash,
}

impl Seal {
    /// A run as it is now, seen at a moment.
    #[must_use]
    pub fn of(sim: &Sim, moment: Time) -> Self {
        Self { moment, rows: sim.rows(), hash: sim.hash() }
    }
}

/// What came out of running a link again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the very same run.
    Same,
    /// It is another run, with so many rows and this hash.
    Different(u32, TraceHash),
    /// The link does not say what the run was like.
    Unsealed,
    /// The run is longer than anybody wanted to wait for.
    TooLong,
}

/// Why a link cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// There is nothing there.
    Empty,
    /// It has so many letters, more than any link.
    TooLong(usize),
    /// It was made by a newer Faultline, in this version of the format.
    Newer(char),
    /// The letter at this place does not belong into a link.
    Letter(char, usize),
    /// Some of it is missing or was changed on the way.
    Damaged,
    /// Its sum is right, but it says nothing that makes sense: it was not made by Faultline.
    Nonsense,
    /// It describes a scenario that cannot be run.
    Scenario(Fault),
    /// It should have two runs, and has so many.
    NotTwo(usize),
    /// Of two runs this one, from 0, cannot be read.
    OfTwo(usize, Box<Self>),
}

impl fmt::Display for LinkFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(out, "the link is empty"),
            Self::TooLong(length) => write!(out, "the link has {length} letters; no link has more than {}", Link::MOST_LETTERS),
            Self::Newer(version) => {
                write!(out, "the link is of version {version}, made by a newer Faultline than this one, which reads version {VERSION}")
            }
            Self::Letter(letter, place) => write!(out, "“{letter}”, the letter at place {place} of the link, does not belong there"),
            Self::Damaged => write!(out, "a part of the link is missing or was changed on the way; copy it again"),
            Self::Nonsense => write!(out, "the link does not describe a run"),
            Self::Scenario(fault) => write!(out, "the run in the link cannot be run: {fault}"),
            Self::NotTwo(count) => write!(out, "a link to a comparison has two runs, this one has {count}"),
            Self::OfTwo(which, fault) => write!(out, "of the {} run, {fault}", if *which == 0 { "first" } else { "second" }),
        }
    }
}

impl std::error::Error for LinkFault {}

const VERSION: char = '1';
/// What a link begins with, after the page's address.
pub const MARK: &str = "#run=";
/// What a link to two runs begins with, to be looked at side by side.
pub const COMPARE: &str = "#compare=";
/// What stands between the two.
const BETWEEN: char = '.';
/// How many bytes the sum has.
const SUM: usize = 4;

fn sum(bytes: &[u8]) -> [u8; SUM] {
    (stable_hash(bytes) as u32).to_le_bytes()
}

impl Link {
    /// The most letters that are read.
    pub const MOST_LETTERS: usize = 65_536;

    /// The link as it follows the page's address.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = MARK.to_owned();
        self.letters(&mut text);
        text
    }

    fn letters(&self, text: &mut String) {
        let mut bytes = postcard::to_allocvec(self).expect("a scenario has no parts that cannot be packed");
        bytes.extend(sum(&bytes));
        text.push(VERSION);
        URL_SAFE_NO_PAD.encode_string(&bytes, text);
    }

    /// A link to two runs, as it follows the page's address.
    #[must_use]
    pub fn write_two(runs: &[Self; 2]) -> String {
        let mut text = COMPARE.to_owned();
        runs[0].letters(&mut text);
        text.push(BETWEEN);
        runs[1].letters(&mut text);
        text
    }

    /// Reads a link to two runs, with the page's address before it or without.
    ///
    /// # Errors
    /// Names what is wrong with it, and with which of them.
    pub fn read_two(text: &str, library: &Library) -> Result<[Self; 2], LinkFault> {
        let text = text.rsplit_once(COMPARE).map_or(text, |(_, text)| text).trim();
        let runs: Vec<&str> = text.split(BETWEEN).collect();
        let [one, other] = runs[..] else { return Err(LinkFault::NotTwo(runs.len())) };
        let read = |which: usize, text| Self::read(text, library).map_err(|fault| LinkFault::OfTwo(which, Box::new(fault)));
        Ok([read(0, one)?, read(1, other)?])
    }

    /// Reads a link, with the page's address before it or without. Its scenario can be run.
    ///
    /// # Errors
    /// Names what is wrong with it.
    pub fn read(text: &str, library: &Library) -> Result<Self, LinkFault> {
        let text = text.rsplit_once(MARK).map_or(text, |(_, text)| text).trim();
        if text.len() > Self::MOST_LETTERS {
            return Err(LinkFault::TooLong(text.len()));
        }
        let version = text.chars().next().ok_or(LinkFault::Empty)?;
        let strange = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_';
        if let Some((place, letter)) = text.chars().enumerate().find(|(_, letter)| strange(*letter)) {
            return Err(LinkFault::Letter(letter, place + 1));
        }
        if version != VERSION {
            let newer = version.is_ascii_digit() && version > VERSION;
            return Err(if newer { LinkFault::Newer(version) } else { LinkFault::Letter(version, 1) });
        }
        let bytes = URL_SAFE_NO_PAD.decode(&text[1..]).map_err(|_| LinkFault::Damaged)?;
        let (body, end) = bytes.split_last_chunk::<SUM>().ok_or(LinkFault::Damaged)?;
        if sum(body) != *end {
            return Err(LinkFault::Damaged);
        }
        let (link, rest) = postcard::take_from_bytes::<Self>(body).map_err(|_| LinkFault::Nonsense)?;
        if !rest.is_empty() {
            return Err(LinkFault::Nonsense);
        }
        link.scenario.check(library).map_err(LinkFault::Scenario)?;
        Ok(link)
    }

    /// Runs it again and compares.
    ///
    /// # Errors
    /// If the scenario cannot be run.
    pub fn verify(&self, library: &Library, most_rows: u32) -> Result<Verdict, Fault> {
        let mut sim = Sim::new(library, self.scenario.clone())?;
        let Some(seal) = self.seal else { return Ok(Verdict::Unsealed) };
        if seal.rows > most_rows {
            return Ok(Verdict::TooLong);
        }
        // A run with too many rows is another one: no need to wait for its end.
        while sim.rows() <= seal.rows && sim.step_until(seal.moment) {}
        let same = (sim.rows(), sim.hash()) == (seal.rows, seal.hash);
        Ok(if same { Verdict::Same } else { Verdict::Different(sim.rows(), sim.hash()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Input;
    use crate::sim::{Latency, NodeId, Span};

    fn scenario(faults: u64) -> Scenario {
        let mut scenario = Scenario::new(Library::standard().find("primary-backup").unwrap().about(), 7);
        for fault in 0..faults {
            let node = NodeId((fault % 3) as u16);
            let input = match fault % 5 {
                0 => Input::Crash(node),
                1 => Input::Restart(node),
                2 => Input::Cut { from: node, to: NodeId((node.0 + 1) % 3) },
                3 => Input::Partition(vec![vec![node]]),
                _ => Input::Set { key: "heartbeat".into(), value: 150_000_000 + fault as i64 },
            };
            scenario.add(Time(fault * 123_456_789 + fault * fault), input);
        }
        scenario
    }

    fn sealed(faults: u64) -> Link {
        let mut sim = Sim::new(&Library::standard(), scenario(faults)).unwrap();
        let moment = Time::ZERO + Span::secs(9);
        sim.run_until(moment);
        Link { scenario: scenario(faults), seal: Some(Seal::of(&sim, moment)) }
    }

    #[test]
    fn a_link_brings_back_the_same_run_and_is_short() {
        let library = Library::standard();
        let link = sealed(50);
        let text = link.write();
        assert!(text.len() <= 2_000, "{} letters for 50 faults", text.len());
        for text in [format!("https://example.org/a/b/{text}"), format!(" {text}\n"), text.replace(MARK, "")] {
            let again = Link::read(&text, &library).unwrap();
            assert_eq!(again, link);
            assert_eq!(again.verify(&library, 100_000), Ok(Verdict::Same));
        }
    }

    #[test]
    fn two_runs_fit_into_one_link_and_a_fault_says_which_it_is_of() {
        let library = Library::standard();
        let runs = [sealed(3), sealed(5)];
        let text = Link::write_two(&runs);
        assert!(text.starts_with(COMPARE));
        assert_eq!(Link::read_two(&text, &library), Ok(runs.clone()));
        assert_eq!(Link::read_two(&format!(" https://example.org/{text}\n"), &library), Ok(runs));
        assert_eq!(Link::read_two(&text[..text.len() - 1], &library), Err(LinkFault::OfTwo(1, Box::new(LinkFault::Damaged))));
        assert_eq!(Link::read_two("#compare=.", &library), Err(LinkFault::OfTwo(0, Box::new(LinkFault::Empty))));
        assert_eq!(Link::read_two("#compare=", &library), Err(LinkFault::NotTwo(1)));
        assert_eq!(Link::read_two("#compare=1a.1b.1c", &library), Err(LinkFault::NotTwo(3)));
    }

    #[test]
    fn the_format_is_frozen() {
        let read = Link::read(FROZEN, &Library::standard()).unwrap();
        assert_eq!(read, Link { scenario: scenario(3), seal: None });
        assert_eq!(read.write(), FROZEN);
    }

    const FROZEN: &str = "#run=1DnByaW1hcnktYmFja3VwAwEHAAGAtIkTgI7OHAAAAAAAAMCWsQIAAICU69wDAwAAAJaa7zoBAa603nUFAgAAcEHCGg";

    #[test]
    fn another_run_is_told_from_the_same() {
        let mut link = sealed(3);
        link.scenario.seed += 1;
        assert!(matches!(link.verify(&Library::standard(), 100_000), Ok(Verdict::Different(..))));
        link.seal.as_mut().unwrap().rows = u32::MAX;
        assert_eq!(link.verify(&Library::standard(), 100_000), Ok(Verdict::TooLong));
        link.seal = None;
        assert_eq!(link.verify(&Library::standard(), 100_000), Ok(Verdict::Unsealed));
    }

    #[test]
    fn every_damage_is_noticed_and_named() {
        let library = Library::standard();
        let text = sealed(5).write();
        let read = |text: &str| Link::read(text, &library).unwrap_err();
        for cut in MARK.len() + 1..text.len() {
            assert_eq!(read(&text[..cut]), LinkFault::Damaged, "cut at {cut}");
        }
        for place in MARK.len() + 1..text.len() {
            let mut other = text.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(std::str::from_utf8(&other).unwrap()), LinkFault::Damaged, "changed at {place}");
        }
        assert_eq!(read("#run="), LinkFault::Empty);
        assert_eq!(read("#run=1ab%c"), LinkFault::Letter('%', 4));
        assert_eq!(read("#run=2abc"), LinkFault::Newer('2'));
        assert_eq!(read("#run=0abc"), LinkFault::Letter('0', 1));
        assert_eq!(read("nonsense"), LinkFault::Letter('n', 1));
        assert_eq!(read(&"1".repeat(100_000)), LinkFault::TooLong(100_000));
    }

    /// A link whose sum is right, whatever it says.
    fn forged(mut bytes: Vec<u8>) -> String {
        bytes.extend(sum(&bytes));
        format!("{MARK}{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    #[test]
    fn hostile_links_get_an_answer_too() {
        let library = Library::standard();
        let good = postcard::to_allocvec(&sealed(5)).unwrap();
        // Every byte, with every third value.
        for place in 0..good.len() {
            for value in (0..=255).step_by(3) {
                let mut bytes = good.clone();
                bytes[place] = value;
                let _ = Link::read(&forged(bytes), &library);
            }
        }
        // Lists that claim to be endless.
        assert_eq!(Link::read(&forged([0xff; 10].into()), &library), Err(LinkFault::Nonsense));
        // A scenario that fits the format, but not the model.
        let link = Link { scenario: Scenario { nodes: 9_999, ..scenario(0) }, seal: None };
        let Err(LinkFault::Scenario(fault)) = Link::read(&link.write(), &library) else { panic!() };
        assert_eq!(fault.place, "nodes");
    }

    #[test]
    fn shapes_inside_shapes_end_somewhere() {
        let mut shape = Latency::Constant(Span(1));
        for _ in 0..200 {
            shape = Latency::After(Span(1), Box::new(shape));
        }
        let mut link = Link { scenario: scenario(0), seal: None };
        link.scenario.network.latency = shape;
        assert_eq!(Link::read(&link.write(), &Library::standard()), Err(LinkFault::Nonsense));
    }
}
