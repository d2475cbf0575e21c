//! Where the lines go: a buffer, and an fd behind it.

use core::fmt;

use rawtrap::{BorrowedFd, EIO, Errno, write_all};

/// Collects text and writes it when it is flushed. After an error it takes everything and writes nothing.
pub struct Log<'fd> {
    fd: BorrowedFd<'fd>,
    buffer: [u8; 4096],
    used: usize,
    /// What the fd answered once.
    pub failed: Option<Errno>,
}

impl<'fd> Log<'fd> {
    pub fn new(fd: BorrowedFd<'fd>) -> Log<'fd> {
        Log {
            fd,
            buffer: [0; 4096],
            used: 0,
            failed: None,
        }
    }

    pub fn flush(&mut self) {
        if self.used > 0 && self.failed.is_none() {
            let written = write_all(self.fd, &self.buffer[..self.used]);
            self.failed = written.err().map(|partial| partial.errno.unwrap_or(EIO));
        }
        self.used = 0;
    }

    pub fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.used == self.buffer.len() {
                self.flush();
            }
            self.buffer[self.used] = *byte;
            self.used += 1;
        }
    }
}

impl fmt::Write for Log<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}
