//! What the test programs share: cases, checks, and results that `ci/test` counts.
//!
//! A program prints its plan first, `plan CASES ARCH MACHINE` (the architecture that it was compiled for, and what
//! uname(2) says of the machine), then a line for each case: `ok NAME` or `FAIL NAME: reason`. It exits with status 1
//! if a case failed. A crash is seen by what is missing.
#![no_std]
#![cfg_attr(
    any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6",
        target_arch = "sparc",
        target_arch = "sparc64",
        target_arch = "m68k",
        target_arch = "hexagon",
        target_arch = "csky"
    ),
    feature(asm_experimental_arch)
)]

#[cfg(feature = "interpose")]
pub mod faults;
#[cfg(feature = "interpose")]
pub mod hooks;
#[cfg(feature = "interpose")]
pub mod injected;
#[cfg(feature = "interpose")]
pub mod log;
pub mod machine;
pub mod scratch;
pub mod threads;

use core::fmt::{self, Write};
use core::panic::Location;

use rawtrap::{BorrowedFd, Errno, Partial, STDOUT, SYS_uname, Writer, syscall1};

/// A multiple of every machine's pages, which are of 4 to 64 KiB.
pub const PAGES: usize = 1 << 16;

/// An fd that is none.
pub fn bad() -> BorrowedFd<'static> {
    // SAFETY: no program here has that many files open, so nobody owns it; the kernel answers EBADF.
    unsafe { BorrowedFd::borrow_raw(999) }
}

/// How a case ends.
pub type Outcome = Result<(), Failure>;

/// One case: its name, and what it does.
pub type Case = (&'static str, fn() -> Outcome);

/// Why a case failed, in words.
pub struct Failure {
    text: [u8; 400],
    len: usize,
}

impl Failure {
    /// A reason, and where it was found.
    #[track_caller]
    pub fn new(reason: fmt::Arguments<'_>) -> Failure {
        let place = Location::caller();
        let mut failure = Failure { text: [0; 400], len: 0 };
        // A reason that is too long is cut.
        let _ = write!(failure, "{}:{}: {reason}", place.file(), place.line());
        failure
    }

    fn text(&self) -> &str {
        core::str::from_utf8(&self.text[..self.len]).unwrap_or("a reason that is cut inside a character")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Write for Failure {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.text.get_mut(self.len).ok_or(fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}

/// A call that should have succeeded.
impl From<Errno> for Failure {
    #[track_caller]
    fn from(errno: Errno) -> Failure {
        Failure::new(format_args!("unexpected {errno:?}"))
    }
}

impl From<Partial> for Failure {
    #[track_caller]
    fn from(partial: Partial) -> Failure {
        Failure::new(format_args!("unexpected {partial:?}"))
    }
}

/// Ends the case unless both are equal.
#[macro_export]
macro_rules! check_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => {
                if !(*left == *right) {
                    return Err($crate::Failure::new(format_args!(
                        "{} is {left:?}, expected {right:?}",
                        stringify!($left),
                    )));
                }
            }
        }
    };
}

/// Ends the case unless the condition holds.
#[macro_export]
macro_rules! check {
    ($condition:expr $(,)?) => {
        if !$condition {
            return Err($crate::Failure::new(format_args!("not so: {}", stringify!($condition))));
        }
    };
}

/// Ends the case unless the call failed with this errno. What it answered needs no `PartialEq`.
#[macro_export]
macro_rules! check_err {
    ($call:expr, $errno:expr $(,)?) => {
        match $call {
            Err(errno) if errno == $errno => {}
            Err(errno) => {
                return Err($crate::Failure::new(format_args!(
                    "{} failed with {errno:?}, expected {:?}",
                    stringify!($call),
                    $errno,
                )));
            }
            Ok(_) => {
                return Err($crate::Failure::new(format_args!(
                    "{} succeeded, expected {:?}",
                    stringify!($call),
                    $errno,
                )));
            }
        }
    };
}

/// Makes a test program of the named functions, each a `fn() -> Outcome`.
///
/// `cases![first, second, ...];`
///
/// With `with_arguments = function;` in front, the program calls that `fn(Start) -> i32` instead when it is given
/// arguments: a case can then execute the program anew.
#[macro_export]
macro_rules! cases {
    (with_arguments = $child:ident; $($case:ident),* $(,)?) => {
        rawtrap::entry!(main);

        fn main(start: rawtrap::start::Start) -> i32 {
            match start.args().count() {
                0 | 1 => $crate::run(&[$((stringify!($case), $case as fn() -> $crate::Outcome)),*]),
                _ => $child(start),
            }
        }
    };
    ($($case:ident),* $(,)?) => {
        rawtrap::entry!(main);

        fn main(_: rawtrap::start::Start) -> i32 {
            $crate::run(&[$((stringify!($case), $case as fn() -> $crate::Outcome)),*])
        }
    };
}

/// Runs the cases and prints the plan and the results; the status for the shell.
pub fn run(cases: &[Case]) -> i32 {
    let mut machine = [0u8; 6 * 65];
    // SAFETY: `struct new_utsname` is six arrays of 65 bytes (include/uapi/linux/utsname.h).
    let answer = unsafe { syscall1(SYS_uname, machine.as_mut_ptr()) };
    let machine = match answer.result() {
        Ok(_) => machine[4 * 65..].split(|byte| *byte == 0).next().unwrap_or_default(),
        Err(_) => b"unknown",
    };
    let machine = core::str::from_utf8(machine).unwrap_or("unknown");
    say(format_args!(
        "plan {} {} {machine}\n",
        cases.len(),
        rawtrap::tables::NATIVE.arch
    ));
    let mut status = 0;
    for (name, case) in cases {
        match case() {
            Ok(()) => say(format_args!("ok {name}\n")),
            Err(failure) => {
                status = 1;
                say(format_args!("FAIL {name}: {}\n", failure.text()));
            }
        }
    }
    status
}

fn say(line: fmt::Arguments<'_>) {
    // The driver misses a line that was not written, and says so.
    let _ = Writer::new(STDOUT).write_fmt(line);
}
