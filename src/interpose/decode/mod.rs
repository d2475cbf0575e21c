//! One call as a line, as strace(1) prints it.
//!
//! ```
//! use rawtrap::interpose::{Before, Line, OwnMemory};
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
//! meaning of constants that this crate does not have, are numbers.

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
    /// What the memory held before the call, of what the call overwrites.
    pub before: Before,
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

/// What a call finds in memory and overwrites: the room for an address, the fds that select(2) waits for, the time that
/// ppoll(2) may wait. It is shown as it was before the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before([u64; 5]);

impl Before {
    /// Reads it, before the call is made.
    #[inline]
    pub fn of(nr: Sysno, args: &[Reg], memory: &dyn Memory) -> Before {
        let mut before = Before::default();
        if let Some(signature) = Signature::of(nr) {
            for (i, kind) in signature.kinds().iter().enumerate() {
                let at = value(signature.kinds(), args, i);
                structs::keep(*kind, i, at, memory, &mut before.0);
            }
        }
        before
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
            before: Before::of(nr, args, memory),
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
        let signature = Signature::of(self.nr);
        if self.part != Part::End {
            match self.nr.name() {
                Some(name) => p.text(name),
                None => {
                    p.text("syscall_");
                    p.hex(self.nr.number().into());
                }
            }
            p.text("(");
        }
        match signature {
            Some(signature) => known(&mut p, self, signature.kinds()),
            None => unknown(&mut p, self),
        }
        if self.part != Part::Start {
            p.text(") = ");
            answer::answer(&mut p, self, signature);
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

/// The arguments, up to the first that the call fills in, or from there on, or all.
fn known(p: &mut Printer<'_>, line: &Line<'_>, kinds: &'static [Kind]) {
    let call = Arguments { line, kinds };
    let split = (0..kinds.len()).find(|i| call.is_filled(*i)).unwrap_or(kinds.len());
    // What clone(2) and clone3(2) have filled in need not be shown at all, and brings its comma along.
    let clone = matches!(kinds.get(split), Some(Kind::CloneParent | Kind::CloneFilled));
    let range = match line.part {
        Part::Whole => 0..kinds.len(),
        Part::Start => 0..split,
        Part::End => split..kinds.len(),
    };
    p.separate(clone && line.part == Part::End);
    for i in range {
        call.show(p, i);
    }
    if line.part == Part::Start && split < kinds.len() && p.separates() && !clone {
        p.text(", ");
    }
}

/// A call that is not in the table: its registers.
fn unknown(p: &mut Printer<'_>, line: &Line<'_>) {
    if line.part != Part::End {
        p.separate(false);
        for reg in line.args {
            p.comma();
            p.hex(reg.to_usize() as u64);
        }
    }
}

/// A call and what its arguments are.
#[derive(Clone, Copy)]
struct Arguments<'a> {
    line: &'a Line<'a>,
    kinds: &'static [Kind],
}

impl Arguments<'_> {
    /// The argument at a place of the man page's prototype.
    fn value(&self, i: usize) -> u64 {
        value(self.kinds, self.line.args, i)
    }

    /// What the call answered, if that is no error.
    fn answer(&self) -> Option<u64> {
        let reg = self.line.result?.result().ok()?;
        Some(reg.to_usize() as u64)
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
        crate::tables::Wide::Pair { high_first, .. } => {
            let mut wide = [false; 6];
            for (wide, kind) in wide.iter_mut().zip(kinds) {
                *wide = matches!(kind, Kind::Wide);
            }
            let at = Places::of(CONVENTION.wide, &wide[..kinds.len().min(6)]).at[i.min(5)];
            match (wide.get(i), high_first) {
                (Some(true), false) => register(at) | register(at + 1) << 32,
                (Some(true), true) => register(at) << 32 | register(at + 1),
                _ => register(at),
            }
        }
    }
}
