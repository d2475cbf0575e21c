//! A program without libc: its entry, and what the kernel hands it.
//!
//! [`entry!`](crate::entry) makes a static program of a function. The library defines none of the symbols that a program
//! needs once (`_start`, the panic handler, `memcpy`): the macros emit them in the user's own crate, so that this crate
//! can also be a dependency of programs that have a libc.

use core::ffi::{CStr, c_char};
use core::marker::PhantomData;

use crate::{CStrList, Errno};

/// What the kernel puts on the stack of a new program (execve(2); Documentation: the psABI of each architecture):
///
/// ```text
/// sp ->  argc
///        argv[0] ... argv[argc - 1], 0
///        environment strings, 0
///        auxiliary vector: pairs of type and value, the last of type AT_NULL (0)
/// ```
#[derive(Clone, Copy)]
pub struct Start {
    stack: *const usize,
}

impl Start {
    /// Reads the initial stack.
    ///
    /// # Safety
    /// `stack` is the stack pointer that the kernel started the program with, and nothing there was changed.
    #[inline]
    pub const unsafe fn new(stack: *const usize) -> Start {
        Start { stack }
    }

    /// The arguments, the program's name as it was called first.
    #[inline]
    pub fn args(self) -> Strings {
        // SAFETY: argv stands behind argc, and ends with a null pointer.
        let argv = unsafe { self.stack.add(1) };
        Strings {
            next: argv.cast(),
            start: PhantomData,
        }
    }

    /// The environment, as `NAME=value`.
    #[inline]
    pub fn env(self) -> Strings {
        // SAFETY: the environment stands behind argv's null pointer.
        let envp = unsafe { self.stack.add(1 + *self.stack + 1) };
        Strings {
            next: envp.cast(),
            start: PhantomData,
        }
    }

    /// The value of an environment variable.
    #[inline]
    pub fn var(self, name: &[u8]) -> Option<&'static CStr> {
        self.env().find_map(|entry| {
            let value = entry.to_bytes_with_nul().strip_prefix(name)?.strip_prefix(b"=")?;
            CStr::from_bytes_with_nul(value).ok()
        })
    }

    /// The auxiliary vector: pairs of type and value (getauxval(3)).
    #[inline]
    pub fn auxv(self) -> Auxv {
        let mut env = self.env();
        while env.next().is_some() {}
        // SAFETY: the auxiliary vector stands behind the environment's null pointer.
        let auxv = unsafe { env.next.add(1) };
        Auxv { next: auxv.cast() }
    }
}

/// Strings that the kernel laid down for the life of the program.
#[derive(Clone, Debug)]
pub struct Strings {
    next: *const *const c_char,
    start: PhantomData<&'static CStr>,
}

impl Strings {
    /// What is left of the list, to pass it on through [`sys_execve`](crate::sys_execve).
    #[inline]
    pub const fn as_list(&self) -> CStrList<'static> {
        // SAFETY: the kernel laid it down, ended it with a null pointer, and leaves it for the life of the program.
        unsafe { CStrList::from_ptr(self.next) }
    }
}

impl Iterator for Strings {
    type Item = &'static CStr;

    #[inline]
    fn next(&mut self) -> Option<&'static CStr> {
        // SAFETY: the list ends with a null pointer, which is never passed.
        let string = unsafe { *self.next };
        if string.is_null() {
            return None;
        }
        // SAFETY: as above; the kernel terminates each string, and the stack's bottom stays for good.
        unsafe {
            self.next = self.next.add(1);
            Some(CStr::from_ptr(string))
        }
    }
}

/// The pairs of the auxiliary vector.
#[derive(Clone, Debug)]
pub struct Auxv {
    next: *const [usize; 2],
}

impl Iterator for Auxv {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        // SAFETY: the vector ends with a pair of type AT_NULL, which is never passed.
        let [kind, value] = unsafe { *self.next };
        if kind == 0 {
            return None;
        }
        // SAFETY: as above.
        self.next = unsafe { self.next.add(1) };
        Some((kind, value))
    }
}

/// What `main` may return: the exit status of the program.
pub trait Exit {
    /// The status, of which the parent sees the low 8 bits.
    fn status(self) -> i32;
}

impl Exit for () {
    #[inline]
    fn status(self) -> i32 {
        0
    }
}

impl Exit for u8 {
    #[inline]
    fn status(self) -> i32 {
        self.into()
    }
}

impl Exit for core::convert::Infallible {
    #[inline]
    fn status(self) -> i32 {
        match self {}
    }
}

impl Exit for i32 {
    #[inline]
    fn status(self) -> i32 {
        self
    }
}

/// Success is 0, failure 1, and the error is written to fd 2.
impl<T: Exit> Exit for crate::Result<T> {
    #[inline]
    fn status(self) -> i32 {
        match self {
            Ok(value) => value.status(),
            Err(errno) => {
                report(errno);
                1
            }
        }
    }
}

#[cold]
#[inline]
fn report(errno: Errno) {
    use core::fmt::Write;
    // Nothing is left to do where fd 2 takes nothing.
    let _ = writeln!(crate::Writer::new(crate::STDERR), "Error: {errno} ({errno:?})");
}

/// Where `_start` goes: runs the program and ends the process.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run<R: Exit>(stack: *const usize, main: impl FnOnce(Start) -> R) -> ! {
    // SAFETY: the caller is `_start`, which passes what the kernel gave it.
    let start = unsafe { Start::new(stack) };
    crate::sys_exit_group(main(start).status())
}

/// Makes a static program without libc of `fn main(start: Start) -> R`, where `R` is `()`, `i32` or a
/// [`Result`](crate::Result) of one of them.
///
/// ```no_run
/// # // A doctest is a program with libc, which has a `_start` already.
/// # const PROGRAM: &str = stringify! {
/// #![no_std]
/// #![no_main]
///
/// use rawtrap::{Result, STDOUT, start::Start, sys_write};
///
/// rawtrap::entry!(main);
///
/// fn main(_: Start) -> Result<()> {
///     sys_write(STDOUT, b"hello\n")?;
///     Ok(())
/// }
/// # };
/// ```
///
/// It is [`start!`](macro@crate::start), [`panic_handler!`](crate::panic_handler),
/// [`memory_functions!`](crate::memory_functions) and [`eh_personality!`](crate::eh_personality) together: take those
/// that you need where you have some of your own. Link with `-nostdlib -static` and `-Crelocation-model=static`, and set
/// `panic = "abort"`; the README has the lines.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        $crate::start!($main);
        $crate::panic_handler!();
        $crate::memory_functions!();
        $crate::eh_personality!();
    };
}

/// Defines `_start` alone: it aligns the stack, calls `$main` and exits with what that returns.
#[macro_export]
macro_rules! start {
    ($main:path) => {
        $crate::__start!(__rawtrap_start);

        unsafe extern "C" fn __rawtrap_start(stack: *const usize) -> ! {
            // SAFETY: `_start` passes the stack pointer that the kernel gave it.
            unsafe { $crate::start::run(stack, $main) }
        }
    };
}

/// Defines a panic handler that writes the panic to fd 2 and ends the process with status 101, as std does.
#[macro_export]
macro_rules! panic_handler {
    () => {
        const _: () = {
            #[panic_handler]
            fn panic(info: &::core::panic::PanicInfo<'_>) -> ! {
                use ::core::fmt::Write as _;
                // Nothing is left to do where fd 2 takes nothing.
                let _ = ::core::writeln!($crate::Writer::new($crate::STDERR), "{info}");
                $crate::sys_exit_group(101)
            }
        };
    };
}

/// Defines `rust_eh_personality`, which `core` as rustup ships it refers to, with `panic = "abort"` too. It is never
/// called: nothing unwinds.
///
/// `core` refers to it through a word of writable data that each object brings along and the linker merges
/// (`DW.ref.rust_eh_personality`); the first one wins, and ours is read-only and null. A symbol that is `.set`, and not a
/// label, is one that the compiler may define again in the same object, as it does where LTO merges all into one.
#[macro_export]
macro_rules! eh_personality {
    () => {
        #[unsafe(no_mangle)]
        extern "C" fn rust_eh_personality() {}

        $crate::__global_asm! {
            ".pushsection .rodata.DW.ref.rust_eh_personality,\"aG\",%progbits,DW.ref.rust_eh_personality,comdat",
            ".weak DW.ref.rust_eh_personality",
            ".hidden DW.ref.rust_eh_personality",
            ".Lrust_eh_personality:",
            ".dc.a 0",
            ".set DW.ref.rust_eh_personality, .Lrust_eh_personality",
            ".popsection",
        }
    };
}
