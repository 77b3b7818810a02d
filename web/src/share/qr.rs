//! An address as a QR code: the picture is one path, of whole rows, so that it is sharp at any size.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use std::fmt::Write as _;

/// The largest code that a phone reads off a screen from an arm's length, and the letters in it.
const LARGEST: u8 = 25;
pub(crate) const MOST_LETTERS: usize = 1_273;
/// How much white there has to be around it.
const MARGIN: i32 = 4;

/// How long the side of the code is, and the path of its dark squares; nothing if the address is too long.
pub(crate) fn picture(address: &str) -> Option<(i32, String)> {
    let letters = [QrSegment::make_bytes(address.as_bytes())];
    // As small as it gets, and in that as hard to misread as it gets.
    let code = QrCode::encode_segments_advanced(&letters, QrCodeEcc::Low, Version::MIN, Version::new(LARGEST), None, true).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let begin = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > begin {
                let _ = write!(path, "M{} {}h{}v1h-{}z", begin + MARGIN, y + MARGIN, x - begin, x - begin);
            }
            x += 1;
        }
    }
    Some((size + 2 * MARGIN, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_code_up_to_a_length_and_none_beyond() {
        let (side, path) = picture("https://example.org/#run=1abc").unwrap();
        assert!(side == 25 + 2 * MARGIN || side == 29 + 2 * MARGIN, "{side}");
        // The pattern in the corner by which a code is found.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert_eq!(picture(&"a".repeat(MOST_LETTERS)).unwrap().0, 117 + 2 * MARGIN);
        assert!(picture(&"a".repeat(MOST_LETTERS + 1)).is_none());
    }
}
