//! The stable hash of a run: the same number on every machine, in debug and in release, next year.
//!
//! The hash of a value is fed by serde, whose data model does not depend on the width of a pointer
//! or on how the compiler numbers the variants of an enum, as the standard library's `Hash` does.

use super::draw::mix;
use serde::ser::{self, Serialize};
use std::fmt;

/// A hash that grows with a run, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TraceHash(pub u64);

impl TraceHash {
    pub(crate) const EMPTY: Self = Self(0xfa17_11fe_0000_0001);

    #[inline]
    pub(crate) fn add(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word).wrapping_add(word);
    }
}

impl fmt::Display for TraceHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// The stable hash of any value that can be written down.
#[must_use]
pub fn stable_hash<T: Serialize + ?Sized>(value: &T) -> u64 {
    hash_and_size(value).0
}

/// The stable hash of a value, and how many words it was made of.
pub(super) fn hash_and_size<T: Serialize + ?Sized>(value: &T) -> (u64, usize) {
    let mut hasher = Hasher(TraceHash::EMPTY, 0);
    // The hasher accepts everything, so there is no error to meet.
    let _ = value.serialize(&mut hasher);
    (hasher.0.0, hasher.1)
}

struct Hasher(TraceHash, usize);

/// The hasher refuses nothing.
#[derive(Debug)]
struct Never;

impl fmt::Display for Never {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value that cannot be hashed")
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl Hasher {
    #[inline]
    fn word(&mut self, word: u64) -> Result<(), Never> {
        self.0.add(word);
        self.1 += 1;
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Never> {
        self.word(bytes.len() as u64)?;
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word))?;
        }
        Ok(())
    }
}

macro_rules! words {
    ($($method:ident: $type:ty),*) => {
        $(#[inline] fn $method(self, v: $type) -> Result<(), Never> { self.word(v as u64) })*
    };
}

impl ser::Serializer for &mut Hasher {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    words!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_char: char);

    fn serialize_f32(self, v: f32) -> Result<(), Never> {
        self.word(u64::from(v.to_bits()))
    }
    fn serialize_f64(self, v: f64) -> Result<(), Never> {
        self.word(v.to_bits())
    }
    fn serialize_str(self, v: &str) -> Result<(), Never> {
        self.bytes(v.as_bytes())
    }
    fn serialize_bytes(self, v: &[u8]) -> Result<(), Never> {
        self.bytes(v)
    }
    fn serialize_none(self) -> Result<(), Never> {
        self.word(0)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        self.word(1)?;
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Never> {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<(), Never> {
        self.word(u64::from(index))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.word(u64::from(index))?;
        value.serialize(self)
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Self, Never> {
        self.word(len.unwrap_or(usize::MAX) as u64)?;
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }
    fn serialize_tuple_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        self.word(u64::from(index))?;
        Ok(self)
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Self, Never> {
        self.word(len.unwrap_or(usize::MAX) as u64)?;
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }
    fn serialize_struct_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        self.word(u64::from(index))?;
        Ok(self)
    }
    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! parts {
    ($($part:ident { $method:ident }),*) => {
        $(impl ser::$part for &mut Hasher {
            type Ok = ();
            type Error = Never;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                value.serialize(&mut **self)
            }
            fn end(self) -> Result<(), Never> {
                Ok(())
            }
        })*
    };
}

parts!(
    SerializeSeq { serialize_element },
    SerializeTuple { serialize_element },
    SerializeTupleStruct { serialize_field },
    SerializeTupleVariant { serialize_field }
);

macro_rules! named_parts {
    ($($part:ident),*) => {
        $(impl ser::$part for &mut Hasher {
            type Ok = ();
            type Error = Never;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Never> {
                value.serialize(&mut **self)
            }
            fn end(self) -> Result<(), Never> {
                Ok(())
            }
        })*
    };
}

named_parts!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for &mut Hasher {
    type Ok = ();
    type Error = Never;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        key.serialize(&mut **self)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        value.serialize(&mut **self)
    }
    fn end(self) -> Result<(), Never> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    enum Message {
        Ping(u32),
        Data { key: &'static str, values: Vec<Option<i64>> },
    }

    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(
            [
                stable_hash(&Message::Ping(7)),
                stable_hash(&Message::Data { key: "cart", values: vec![None, Some(-1)] }),
                stable_hash(&(1u8, 2u16, "three", '4', true)),
            ],
            FROZEN
        );
    }

    const FROZEN: [u64; 3] = [1_049_912_127_411_383_151, 6_953_656_759_016_773_291, 8_120_449_406_935_374_386];

    #[test]
    fn values_that_differ_only_in_shape_differ_in_hash() {
        assert_ne!(stable_hash(&(vec![1u8, 2], vec![3u8])), stable_hash(&(vec![1u8], vec![2u8, 3])));
        assert_ne!(stable_hash("ab"), stable_hash("ba"));
        assert_ne!(stable_hash("a"), stable_hash("a\0"));
        assert_ne!(stable_hash(&None::<u8>), stable_hash(&Some(0u8)));
    }
}
