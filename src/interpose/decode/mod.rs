//! One call as a line, as strace(1) prints it.
//!
//! ```
//! use rawtrap::interpose::{Line, OwnMemory};
//! use rawtrap::{AT_FDCWD, ENOENT, O_CLOEXEC, O_RDONLY, Reg, SYS_openat, SYS_write};
//!
//! // SAFETY: what the arguments point to lives.
//! let own = unsafe { OwnMemory::new() };
//! let args = [Reg::from(1), Reg::from(c"hi\n".as_ptr()), Reg::from(3)];
//! let line = Line::new(SYS_write, &args, Some(Reg::from(3)), &own);
//! assert_eq!(line.to_string(), r#"write(1, "hi\n", 3) = 3"#);
//!
//! let path = Reg::from(c"/none".as_ptr());
//! let args = [Reg::from(AT_FDCWD.as_raw()), path, Reg::from((O_RDONLY | O_CLOEXEC).bits())];
//! let line = Line::new(SYS_openat, &args, Some(Reg::from(ENOENT)), &own);
//! assert_eq!(
//!     line.to_string(),
//!     r#"openat(AT_FDCWD, "/none", O_RDONLY|O_CLOEXEC) = -1 ENOENT (no such file or directory)"#
//! );
//! ```
//!
//! # What differs from strace
//! The words in parentheses behind an errno are this crate's. The result stands one space behind the arguments (`strace
//! -a 1`). rt_sigreturn(2) has no arguments: its mask is on the stack. Structs that only untyped calls take, and the
//! meaning of constants that this crate does not have, are numbers. A call that is unknown shows the registers that were
//! placed, not all six. Addresses of IPv6 are written as Rust writes them, `::102:304`. `O_ASYNC` has this name, not
//! `FASYNC`. A set of more than 1024 fds, and for rt_sigpending(2) a set shorter than the kernel's, is an address. Of an
//! environment, 4096 variables are counted at most. What is known before the call is shown as it was then only if it has
//! no more than 512 bytes: see [`Before`]. Where registers have 32 bits, structs of the calls that have 32-bit times there
//! are addresses; fadvise64_64(2) and sync_file_range2(2) show their arguments in the machine's order.

mod answer;
mod args;
mod arrays;
mod names;
mod net;
mod print;
mod structs;
mod table;
#[cfg(test)]
mod tests;
mod unions;

#[doc(hidden)]
pub use self::names::names;

use core::fmt;

use self::print::Printer;
use self::table::{Kind, Signature};
use super::memory::{AHEAD, Memory, Window};
use crate::arch::CONVENTION;
use crate::reg::{Places, Reg};
use crate::sysno::Sysno;

/// A call that was made, or is about to be. [`Display`](fmt::Display) prints it as strace does.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// Which call.
    pub nr: Sysno,
    /// Its registers; those that are missing are taken for 0.
    pub args: &'a [Reg],
    /// What the kernel answered, if it has.
    pub result: Option<Reg>,
    /// Where its pointers point to.
    pub memory: &'a dyn Memory,
    /// What the memory held before the call.
    pub before: Option<&'a Before>,
    /// Which part is printed.
    pub part: Part,
}

/// A part of a line. [`Start`](Part::Start) and [`End`](Part::End), one behind the other, are the [`Whole`](Part::Whole).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `read(3, "abc", 64) = 3`
    Whole,
    /// What is known before the call is made: `read(3, `.
    Start,
    /// The rest, known when it has been made: `"abc", 64) = 3`.
    End,
}

/// What memory held before the call: the first part of the line, as the call may overwrite what it was given. A line
/// without it, or whose first part has more than 512 bytes, shows what memory holds when it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    text: [u8; ROOM],
    /// How much of it is text. None: it did not fit.
    len: Option<usize>,
    /// The room that there is for an address or an option.
    length: Option<u32>,
}

/// A line of usual length.
const ROOM: usize = 512;

impl Before {
    /// Reads it, before the call is made.
    #[inline]
    pub fn of(nr: Sysno, args: &[Reg], memory: &dyn Memory) -> Before {
        let mut before = Before::nothing();
        before.read(nr, args, memory);
        before
    }

    #[inline]
    pub(super) const fn nothing() -> Before {
        Before {
            text: [0; ROOM],
            len: None,
            length: None,
        }
    }

    /// Reads it in place: it is large, and on the stack of whoever makes the call.
    #[inline(never)]
    pub(super) fn read(&mut self, nr: Sysno, args: &[Reg], memory: &dyn Memory) {
        let mut room = [0; AHEAD];
        let window = Window::new(memory, &mut room);
        let memory: &dyn Memory = &window;
        let call = Arguments::of(nr, args, None, None);
        let length = call.kinds.iter().position(|kind| matches!(kind, Kind::Length));
        self.length = length.and_then(|i| memory.get(call.value(i)));
        self.len = Some(0);
        let mut p = Printer::new(self, memory);
        call.start(&mut p);
        if p.finish().is_err() {
            self.len = None;
        }
    }

    fn text(&self) -> Option<&str> {
        let text = self.text.get(..self.len?)?;
        // SAFETY: whole strings, one behind the other: `write_str` alone puts something there.
        Some(unsafe { core::str::from_utf8_unchecked(text) })
    }
}

impl fmt::Write for Before {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let from = self.len.ok_or(fmt::Error)?;
        let to = from + text.len();
        self.text
            .get_mut(from..to)
            .ok_or(fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.len = Some(to);
        Ok(())
    }
}

impl<'a> Line<'a> {
    /// A whole line. What the call overwrites is shown as it is now: see [`Before`].
    #[inline]
    pub fn new(nr: Sysno, args: &'a [Reg], result: Option<Reg>, memory: &'a dyn Memory) -> Line<'a> {
        Line {
            nr,
            args,
            result,
            memory,
            before: None,
            part: Part::Whole,
        }
    }
}

impl fmt::Display for Line<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = [0; AHEAD];
        let memory = Window::new(self.memory, &mut room);
        let mut p = Printer::new(f, &memory);
        let call = Arguments::of(
            self.nr,
            self.args,
            self.result,
            self.before.and_then(|before| before.length),
        );
        if self.part != Part::End {
            match self.before.and_then(Before::text) {
                Some(text) => p.text(text),
                None => call.start(&mut p),
            }
        }
        if self.part != Part::Start {
            call.end(&mut p);
        }
        p.finish()
    }
}

impl fmt::Debug for Line<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A call and what its arguments are.
#[derive(Clone, Copy)]
struct Arguments<'a> {
    nr: Sysno,
    args: &'a [Reg],
    result: Option<Reg>,
    /// What a length was before the call.
    length: Option<u32>,
    signature: Option<&'static Signature>,
    kinds: &'static [Kind],
}

impl Arguments<'_> {
    fn of(nr: Sysno, args: &[Reg], result: Option<Reg>, length: Option<u32>) -> Arguments<'_> {
        let signature = Signature::of(nr);
        Arguments {
            nr,
            args,
            result,
            length,
            signature,
            kinds: signature.map_or(&[], Signature::kinds),
        }
    }

    /// The argument at a place of the man page's prototype.
    #[inline(never)]
    fn value(&self, i: usize) -> u64 {
        value(self.kinds, self.args, i)
    }

    /// What the call answered, if that is no error.
    fn answer(&self) -> Option<u64> {
        let reg = self.result?.result().ok()?;
        Some(reg.to_usize() as u64)
    }

    /// The first argument that the call fills in, and all behind it, are shown when it has.
    fn split(&self) -> usize {
        let all = self.kinds.len();
        (0..all).find(|i| self.is_filled(*i)).unwrap_or(all)
    }

    /// What clone(2) and clone3(2) have filled in need not be shown at all, and brings its comma along.
    fn brings_comma(&self, i: usize) -> bool {
        matches!(self.kinds.get(i), Some(Kind::CloneParent | Kind::CloneFilled))
    }

    /// The name, and the arguments that are known before the call.
    fn start(&self, p: &mut Printer<'_>) {
        match self.nr.name() {
            Some(name) => p.text(name),
            None => {
                p.text("syscall_");
                p.hex(self.nr.number().into());
            }
        }
        p.text("(");
        p.separate(false);
        if self.signature.is_none() {
            for reg in self.args {
                p.comma();
                p.hex(reg.to_usize() as u64);
            }
        }
        let split = self.split();
        for i in 0..split {
            self.show(p, i);
        }
        if split < self.kinds.len() && p.separates() && !self.brings_comma(split) {
            p.text(", ");
        }
    }

    /// The others, and the answer.
    fn end(&self, p: &mut Printer<'_>) {
        let split = self.split();
        p.separate(self.brings_comma(split));
        for i in split..self.kinds.len() {
            self.show(p, i);
        }
        p.text(") = ");
        answer::answer(p, self);
    }
}

/// The argument at a place of the man page's prototype: a 64-bit one may be in two registers.
fn value(kinds: &[Kind], args: &[Reg], i: usize) -> u64 {
    // What is read through the address later is what the pointer may read.
    let register = |at: usize| {
        args.get(at)
            .map_or(0, |reg| reg.to_ptr::<u8>().expose_provenance() as u64)
    };
    match CONVENTION.wide {
        crate::tables::Wide::Whole => register(i),
        crate::tables::Wide::Pair { .. } => {
            let mut wide = [false; 6];
            for (wide, kind) in wide.iter_mut().zip(kinds) {
                *wide = matches!(kind, Kind::Wide);
            }
            let at = Places::of(CONVENTION.wide, &wide[..kinds.len().min(6)]).at[i.min(5)];
            match (wide.get(i), cfg!(target_endian = "big")) {
                (Some(true), false) => register(at) | register(at + 1) << 32,
                (Some(true), true) => register(at) << 32 | register(at + 1),
                _ => register(at),
            }
        }
    }
}
