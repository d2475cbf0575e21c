//! Paths that are put together, without an allocator.

use core::ffi::CStr;
use core::fmt::{self, Write};

use crate::lesson::{Outcome, Stop};

/// The longest path that the kernel takes, its zero byte included (PATH_MAX, include/uapi/linux/limits.h).
const LONGEST: usize = 4096;

/// A path for the kernel.
pub struct Path {
    bytes: [u8; LONGEST],
    used: usize,
}

impl Path {
    /// A path of these bytes.
    pub fn new(bytes: &[u8]) -> Outcome<Path> {
        let mut path = Path {
            bytes: [0; LONGEST],
            used: 0,
        };
        path.push(bytes)?;
        Ok(path)
    }

    /// This path, and a name behind it.
    pub fn join(&self, name: fmt::Arguments<'_>) -> Outcome<Path> {
        let mut path = Path::new(&self.bytes[..self.used])?;
        path.write_char('/')
            .and_then(|()| path.write_fmt(name))
            .map_err(|_| TOO_LONG)?;
        Ok(path)
    }

    /// As the kernel takes it.
    pub fn as_cstr(&self) -> &CStr {
        // `push` leaves a zero byte.
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }

    fn push(&mut self, bytes: &[u8]) -> Outcome {
        let end = self.used + bytes.len();
        if end >= LONGEST {
            return Err(TOO_LONG);
        }
        self.bytes[self.used..end].copy_from_slice(bytes);
        self.used = end;
        Ok(())
    }
}

const TOO_LONG: Stop = Stop::unexpected(&"the path of the temporary directory is too long");

impl Write for Path {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
