//! Archives as learning platforms take them: files stored one after the other, as they are, with the same
//! bytes for the same files. By hand, because that is all of the format that is needed: a library would
//! bring compression along, and what is packed is sent once, to a server that compresses by itself.

/// An archive that is being made.
#[derive(Default)]
pub(super) struct Zip {
    bytes: Vec<u8>,
    /// The list at the end, by which readers find the files.
    list: Vec<u8>,
    files: u16,
}

/// Version 2.0 of the format, names in UTF-8, stored as it is, the first moment that the format knows.
const KIND: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 33, 0];

impl Zip {
    /// Adds a file. More or larger files than the format can count are no lab.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> Result<(), String> {
        let size = u32::try_from(content.len()).map_err(|_| format!("{name} is too large for an archive"))?;
        let start = u32::try_from(self.bytes.len()).map_err(|_| "the archive is too large".to_owned())?;
        let length = u16::try_from(name.len()).map_err(|_| format!("{name} is too long a name for an archive"))?;
        let mut about = KIND.to_vec();
        about.extend(checksum(content).to_le_bytes());
        about.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        about.extend(length.to_le_bytes());
        about.extend([0, 0]);
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&about);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.list.extend(b"PK\x01\x02\x14\x00");
        self.list.extend(&about);
        self.list.extend([0; 10]);
        self.list.extend(start.to_le_bytes());
        self.list.extend(name.as_bytes());
        self.files = self.files.checked_add(1).ok_or("these are too many files for an archive")?;
        Ok(())
    }

    /// The archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let (start, length) = (self.bytes.len() as u32, self.list.len() as u32);
        self.bytes.extend(&self.list);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend([self.files.to_le_bytes(), self.files.to_le_bytes()].concat());
        self.bytes.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

/// The sum that the format asks for: CRC-32 of IEEE 802.3.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(sum & 1));
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_sum_is_the_one_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b""), 0);
    }
}
