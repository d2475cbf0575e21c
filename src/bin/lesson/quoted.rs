//! Bytes as a Rust literal.

use core::fmt::{self, Write};

/// Shows bytes between quotes, those that a terminal would not show as escapes. Much smaller than what core has for a
/// `str`, which knows all of Unicode.
pub struct Quoted<'a>(pub &'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for byte in self.0 {
            match byte {
                b'\n' => f.write_str("\\n")?,
                b'"' | b'\\' => write!(f, "\\{}", *byte as char)?,
                b' '..=b'~' => f.write_char(*byte as char)?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char('"')
    }
}
