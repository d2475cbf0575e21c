//! What a watcher wrote, and what it should have written.

use core::fmt::{self, Write};

use rawtrap::interpose::{self, Hook, Watcher};
use rawtrap::{
    BorrowedFd, O_APPEND, OwnedFd, Result, STDERR, SYS_memfd_create, call, pread_exact, sys_fcntl_setfl, sys_ftruncate,
    sys_lseek,
};

use crate::{Failure, Outcome};

/// Text without an allocator.
pub struct Text {
    bytes: [u8; SIZE],
    len: usize,
}

const SIZE: usize = 16 << 10;

impl Text {
    pub const fn new() -> Text {
        Text {
            bytes: [0; SIZE],
            len: 0,
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.as_bytes().split_inclusive(|byte| *byte == b'\n')
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::new()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// A file without a name that a watcher writes to.
pub struct Log(OwnedFd);

impl Log {
    pub fn new() -> Result<Log> {
        // SAFETY: the name ends with a zero byte.
        let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"log".as_ptr(), 0u32) };
        let file = file?;
        // Lines of several threads follow each other: a memfd has no lock on its offset.
        sys_fcntl_setfl(file.as_fd(), O_APPEND)?;
        Ok(Log(file))
    }

    /// Its fd, which stays open for as long as somebody watches: to the end of the case.
    pub fn fd(&self) -> BorrowedFd<'static> {
        // SAFETY: the cases take the hook away before they drop the log.
        unsafe { BorrowedFd::borrow_raw(self.0.as_raw()) }
    }

    /// Runs something while its calls are watched.
    pub fn watch<T>(&self, watcher: &'static Watcher, hook: &'static Hook, work: impl FnOnce() -> T) -> T {
        watcher.write_to(self.fd());
        interpose::install(hook);
        let answer = work();
        interpose::remove();
        answer
    }

    /// Takes what was written.
    pub fn take(&self, text: &mut Text) -> Outcome {
        let len = sys_lseek(self.0.as_fd(), 0, rawtrap::SEEK_END)? as usize;
        if len > SIZE {
            return Err(Failure::new(format_args!(
                "the log has {len} bytes, expected {SIZE} at most"
            )));
        }
        pread_exact(self.0.as_fd(), &mut text.bytes[..len], 0)?;
        text.len = len;
        sys_ftruncate(self.0.as_fd(), 0)?;
        Ok(())
    }
}

static WATCHER: Watcher = Watcher::new(STDERR);
static HOOK: Hook = WATCHER.hook();

/// Runs something while all its calls are watched.
pub fn watch<T>(log: &Log, work: impl FnOnce() -> T) -> T {
    log.watch(&WATCHER, &HOOK, work)
}

/// A text many times.
pub struct Repeated(pub &'static str, pub usize);

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.1).try_for_each(|_| f.write_str(self.0))
    }
}

/// Ends the case unless the log says just this. What differs first is told.
#[track_caller]
pub fn expect(log: &Log, expected: fmt::Arguments<'_>) -> Outcome {
    let (mut seen, mut wanted) = (Text::new(), Text::new());
    log.take(&mut seen)?;
    if wanted.write_fmt(expected).is_err() {
        return Err(Failure::new(format_args!(
            "there is more to expect than there is room for"
        )));
    }
    let mut lines = seen.lines();
    for line in wanted.lines() {
        let seen = lines.next().unwrap_or_default();
        if seen != line {
            return Err(Failure::new(format_args!(
                "`{}`, expected `{}`",
                seen.escape_ascii(),
                line.escape_ascii()
            )));
        }
    }
    match lines.next() {
        None => Ok(()),
        Some(more) => Err(Failure::new(format_args!("a line too many: `{}`", more.escape_ascii()))),
    }
}

/// What is printed where registers have 64 bits, and where they have 32.
pub struct Either<'a>(pub fmt::Arguments<'a>, pub fmt::Arguments<'a>);

impl fmt::Display for Either<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(if usize::BITS == 32 { self.1 } else { self.0 })
    }
}
