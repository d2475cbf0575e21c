//! Lines that reach an fd whole, by calls that no hook sees.

use core::fmt;

use crate::arch::abi;
use crate::calls::{SIG_BLOCK, SIG_SETMASK, SIGPIPE, SIGXFSZ, Sigset};
use crate::errno::{EFBIG, EINTR, EIO, EPIPE, Errno};
use crate::sysno::*;
use crate::{syscall2, syscall3, syscall4, wide};

/// A line of usual length. It is on the stack of whoever makes a call, which may be a small one.
const USUAL: usize = 512;

/// A longer line. What is longer still is written in pieces, between which others may write.
const LONG: usize = 2048;

/// Writes what is formatted to an fd, by one write(2) if it is not longer than [`LONG`].
#[inline]
pub(super) fn write_line(fd: i32, line: fmt::Arguments<'_>) -> Result<(), Errno> {
    let mut room = [0; USUAL];
    let mut text = Text {
        room: &mut room,
        len: 0,
        overflow: None,
        sent: Ok(()),
    };
    if fmt::write(&mut text, line).is_ok() {
        send(fd, &text.room[..text.len])
    } else {
        write_long(fd, line)
    }
}

/// Formats it once more: a frame of its own, so that usual lines do not pay for the room.
#[cold]
#[inline(never)]
fn write_long(fd: i32, line: fmt::Arguments<'_>) -> Result<(), Errno> {
    let mut room = [0; LONG];
    let mut text = Text {
        room: &mut room,
        len: 0,
        overflow: Some(fd),
        sent: Ok(()),
    };
    // It never fails: what does not fit is sent on.
    let _ = fmt::write(&mut text, line);
    let last = send(fd, &text.room[..text.len]);
    text.sent.and(last)
}

struct Text<'a> {
    room: &'a mut [u8],
    len: usize,
    /// Where a piece goes when the room is full. Without it, that is an error.
    overflow: Option<i32>,
    /// What became of the pieces.
    sent: Result<(), Errno>,
}

impl fmt::Write for Text<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while rest.len() > self.room.len() - self.len {
            let fd = self.overflow.ok_or(fmt::Error)?;
            let (now, later) = rest.split_at(self.room.len() - self.len);
            self.room[self.len..].copy_from_slice(now);
            self.sent = self.sent.and(send(fd, self.room));
            (self.len, rest) = (0, later);
        }
        self.room[self.len..self.len + rest.len()].copy_from_slice(rest);
        self.len += rest.len();
        Ok(())
    }
}

/// Writes all, and sees to it that no signal comes of it: what a pipe without a reader and a file that may not grow bring
/// would end the program. They are held back, and taken away.
fn send(fd: i32, bytes: &[u8]) -> Result<(), Errno> {
    let held = Sigset::empty().with(SIGPIPE).with(SIGXFSZ);
    let before = mask(SIG_BLOCK.bits(), &held);
    // A program that holds one back itself, and has it waiting, keeps it.
    let waiting = if before.contains(SIGPIPE) || before.contains(SIGXFSZ) {
        pending()
    } else {
        Sigset::empty()
    };
    let mut rest = bytes;
    let mut sent = Ok(());
    while !rest.is_empty() {
        // SAFETY: the kernel only reads the bytes.
        match unsafe { syscall3(SYS_write, fd, rest.as_ptr(), rest.len()) }.result() {
            // A write that takes nothing of something is an error of the device, as for `write_all`.
            Ok(count) if count.to_usize() == 0 => {
                sent = Err(EIO);
                break;
            }
            Ok(count) => rest = rest.get(count.to_usize()..).unwrap_or_default(),
            Err(EINTR) => {}
            Err(errno) => {
                take(errno, &waiting);
                sent = Err(errno);
                break;
            }
        }
    }
    mask(SIG_SETMASK.bits(), &before);
    sent
}

/// Takes the signal away that an error of write(2) brings along.
#[cold]
fn take(errno: Errno, waiting: &Sigset) {
    let signal = match errno {
        EPIPE => SIGPIPE,
        EFBIG => SIGXFSZ,
        _ => return,
    };
    if !waiting.contains(signal) {
        let (set, no_time) = (Sigset::empty().with(signal), [0u64; 2]);
        // SAFETY: the kernel only reads the set and the time, which is none: it takes the signal or answers.
        unsafe {
            syscall4(
                wide::SYS_rt_sigtimedwait,
                &raw const set,
                0usize,
                no_time.as_ptr(),
                SIZE,
            )
        };
    }
}

/// The bytes of a set.
const SIZE: usize = abi::_NSIG / 8;

/// Changes the mask and returns the one before.
fn mask(how: u32, set: &Sigset) -> Sigset {
    let mut before = Sigset::empty();
    // SAFETY: the kernel reads one set and writes another.
    unsafe { syscall4(SYS_rt_sigprocmask, how, core::ptr::from_ref(set), &raw mut before, SIZE) };
    before
}

/// The signals that wait.
#[cold]
fn pending() -> Sigset {
    let mut set = Sigset::empty();
    // SAFETY: the kernel writes one set.
    unsafe { syscall2(SYS_rt_sigpending, &raw mut set, SIZE) };
    set
}
