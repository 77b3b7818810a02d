//! Reading and writing: what the clients of most stores ask for, whatever the store does about it.
//! In one home, so that every model names, writes down and judges a read and a write alike.

use serde::{Deserialize, Serialize};

use crate::judge::history::Word;

/// What is asked of a store that keeps one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueOp {
    /// What is the value?
    Read,
    /// It is this from now on.
    Write(u32),
}

impl ValueOp {
    /// The operation of that code. The value begins with 0, and no write is of it.
    pub fn of(code: u8, unique: u32) -> Option<Self> {
        match code {
            0 => Some(Self::Read),
            1 => Some(Self::Write(unique + 1)),
            _ => None,
        }
    }

    /// It in a few words.
    pub fn describe(self) -> String {
        match self {
            Self::Read => "read".into(),
            Self::Write(value) => format!("write {value}"),
        }
    }

    /// It to a judge of histories, with the value that was read.
    pub fn word(self, read: Option<u32>) -> Word {
        match self {
            Self::Read => Word::read(None, read),
            Self::Write(value) => Word::write(None, value),
        }
    }
}

/// What is asked of a store that keeps a value for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyOp {
    /// What is the value of this key?
    Read(u32),
    /// It is this from now on.
    Write(u32, u32),
}

impl KeyOp {
    /// The operation of that code on the key that is its argument. Every key begins with 0, and no
    /// write is of it.
    pub fn of(code: u8, argument: i64, unique: u32) -> Option<Self> {
        let key = u32::try_from(argument).ok()?;
        match code {
            0 => Some(Self::Read(key)),
            1 => Some(Self::Write(key, unique + 1)),
            _ => None,
        }
    }

    /// It in a few words.
    pub fn describe(self) -> String {
        match self {
            Self::Read(key) => format!("read key {key}"),
            Self::Write(key, value) => format!("write {value} to key {key}"),
        }
    }

    /// It to a judge of histories, with the value that was read.
    pub fn word(self, read: Option<u32>) -> Word {
        match self {
            Self::Read(key) => Word::read(Some(key), read),
            Self::Write(key, value) => Word::write(Some(key), value),
        }
    }
}
