//! An strace within the process: a [`Watcher`] prints each typed call of the program to an fd, as strace(1) prints it, but
//! without ptrace(2): under an emulator and in a container too.
//!
//! ```
//! use rawtrap::interpose::{self, Hook, Watcher};
//! use rawtrap::{O_CLOEXEC, STDERR, sys_pipe2, sys_read, sys_write};
//!
//! static WATCHER: Watcher = Watcher::new(STDERR).only(&["pipe2", "read"]);
//! static HOOK: Hook = WATCHER.hook();
//!
//! # let (log, to) = sys_pipe2(O_CLOEXEC)?;
//! # WATCHER.write_to(unsafe { rawtrap::BorrowedFd::borrow_raw(to.into_raw()) });
//! interpose::install(&HOOK);
//! let (reader, writer) = sys_pipe2(O_CLOEXEC)?; // pipe2([3, 4], O_CLOEXEC) = 0
//! sys_write(writer.as_fd(), b"ping")?; // not among those that are watched
//! sys_read(reader.as_fd(), &mut [0; 8])?; // read(3, "ping", 8) = 4
//! interpose::remove();
//! # let mut lines = [0; 256];
//! # let len = sys_read(log.as_fd(), &mut lines)?;
//! # let lines = core::str::from_utf8(&lines[..len]).unwrap();
//! # let (a, b) = (reader.as_raw(), writer.as_raw());
//! # assert_eq!(lines, format!("pipe2([{a}, {b}], O_CLOEXEC) = 0\nread({a}, \"ping\", 8) = 4\n"));
//! # Ok::<(), rawtrap::Errno>(())
//! ```
//!
//! # What a line says
//! A line is written when the call has come back, by one write(2): lines of several threads do not mix, unless one is
//! longer than 2048 bytes. Of fork(2) and clone(2), the parent's return alone has a line. execve(2), from which nobody
//! returns, has its line before: `execve("/bin/sh", ["sh"], 0x7f.. /* 9 vars */ <unfinished ...>`, and a second if it
//! fails, `<... execve resumed>) = -1 ENOENT (..)`. Of exit(2) and exit_group(2) nothing is known but that they are made:
//! `exit_group(0) = ?`. See [`Line`] for how it differs from strace's.
//!
//! # What it does to the program
//! It changes no call and no answer. It reads memory that the kernel could read, and nothing else: the kernel copies it.
//! Where process_vm_readv(2) is refused, by a sandbox or by QEMU's user mode, it asks the kernel first and reads then
//! itself: another thread that unmaps what a call was given, while the line is made, brings a fault there.
//!
//! Its own calls are not seen by any hook. When its fd takes no more, the line or its rest is lost, as
//! [`error`](Watcher::error) tells, and no SIGPIPE or SIGXFSZ comes of it. A pipe that nobody empties makes it wait. Where
//! several processes write to one file, it is best opened with O_APPEND.
//!
//! Its own calls are write(2), rt_sigprocmask(2) around it, gettid(2), process_vm_readv(2) where a line follows a pointer,
//! or futex(2) where that one is refused, and clock_gettime(2) where it takes the time; rt_sigpending(2) and
//! rt_sigtimedwait(2) where a signal waits. A seccomp(2) filter that kills must let them pass.
//!
//! It takes up to 3.25 KB of the caller's stack, which may be a signal handler's, and 5.5 KB for a line of more than 512
//! bytes (5 and 7.25 KB on sparc, powerpc and s390x, where each frame has room for registers of others); without
//! optimisation 7 to 10 KB, and 12 KB (measured beyond what the call takes without a hook).

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use core::time::Duration;

use super::counts::Counts;
use super::decode::{Before, Line, Part};
use super::memory::OwnMemory;
use super::output::write_line;
use super::{Call, Hook, Interpose};
use crate::arch::nr;
use crate::calls::{CLOCK_MONOTONIC, Pid, Timespec};
use crate::errno::Errno;
use crate::fd::BorrowedFd;
use crate::reg::Reg;
use crate::sysno::*;
use crate::{syscall0, syscall2, wide};

/// Prints each typed call of the program to an fd. See [the module](self).
pub struct Watcher {
    fd: AtomicI32,
    /// A bit for each place in the table. Calls that this architecture does not have are watched where all are.
    places: [AtomicUsize; WORDS],
    all: AtomicBool,
    quiet: AtomicBool,
    ids: AtomicBool,
    /// The thread whose lines need no number; 0: none.
    known: AtomicI32,
    /// Why a line was lost, the last one; 0: none was.
    error: AtomicI32,
    counts: Option<&'static Counts>,
}

const BITS: usize = usize::BITS as usize;
const WORDS: usize = nr::TABLE.len().div_ceil(BITS);

impl Watcher {
    /// Prints every call to `fd`.
    #[inline]
    pub const fn new(fd: BorrowedFd<'static>) -> Watcher {
        Watcher {
            fd: AtomicI32::new(fd.as_raw()),
            places: [const { AtomicUsize::new(0) }; WORDS],
            all: AtomicBool::new(true),
            quiet: AtomicBool::new(false),
            ids: AtomicBool::new(false),
            known: AtomicI32::new(0),
            error: AtomicI32::new(0),
            counts: None,
        }
    }

    /// Watches the calls with these names alone.
    ///
    /// # Panics
    /// If this architecture has no call with such a name: at compile time, in a static.
    #[must_use = "it returns the new watcher"]
    #[inline]
    pub const fn only(self, names: &[&str]) -> Watcher {
        let mut words = [0; WORDS];
        let mut i = 0;
        while i < names.len() {
            match place(names[i].as_bytes()) {
                Some(place) => words[place / BITS] |= 1 << (place % BITS),
                None => panic!("no call has this name here"),
            }
            i += 1;
        }
        let mut places = [const { AtomicUsize::new(0) }; WORDS];
        let mut i = 0;
        while i < WORDS {
            places[i] = AtomicUsize::new(words[i]);
            i += 1;
        }
        Watcher {
            fd: self.fd,
            places,
            all: AtomicBool::new(false),
            quiet: self.quiet,
            ids: self.ids,
            known: self.known,
            error: self.error,
            counts: self.counts,
        }
    }

    /// Begins each line with the number of the thread: `[pid 17] `.
    #[must_use = "it returns the new watcher"]
    #[inline]
    pub const fn with_ids(self) -> Watcher {
        Watcher {
            ids: AtomicBool::new(true),
            ..self
        }
    }

    /// Counts the calls, and takes their time by the monotonic clock. exit(2) and execve(2), from which nobody returns,
    /// are not counted.
    #[must_use = "it returns the new watcher"]
    #[inline]
    pub const fn counting(self, counts: &'static Counts) -> Watcher {
        Watcher {
            counts: Some(counts),
            ..self
        }
    }

    /// Prints no lines: counts alone.
    #[must_use = "it returns the new watcher"]
    #[inline]
    pub const fn quiet(self) -> Watcher {
        Watcher {
            quiet: AtomicBool::new(true),
            ..self
        }
    }

    /// The hook that this watcher is.
    #[inline]
    pub const fn hook(&'static self) -> Hook {
        // SAFETY: it answers what the call answered.
        unsafe { Hook::new(self) }
    }

    /// From now on, prints to this fd.
    #[inline]
    pub fn write_to(&self, fd: BorrowedFd<'static>) {
        self.fd.store(fd.as_raw(), Ordering::Relaxed);
    }

    /// From now on, watches the calls alone that a list names, with commas and blanks between: `write, read`. A name that no
    /// call has here is handed back as the error, and nothing is changed.
    #[inline]
    pub fn set_only<'a>(&self, names: &'a str) -> Result<(), &'a str> {
        let mut words = [0; WORDS];
        for name in names.split(',').map(str::trim) {
            let place = place(name.as_bytes()).ok_or(name)?;
            words[place / BITS] |= 1 << (place % BITS);
        }
        for (place, word) in self.places.iter().zip(words) {
            place.store(word, Ordering::Relaxed);
        }
        self.all.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// From now on, watches all calls.
    #[inline]
    pub fn set_all(&self) {
        self.all.store(true, Ordering::Relaxed);
    }

    /// From now on, prints no lines, or prints them.
    #[inline]
    pub fn set_quiet(&self, quiet: bool) {
        self.quiet.store(quiet, Ordering::Relaxed);
    }

    /// From now on, begins each line with the number of the thread, or none.
    #[inline]
    pub fn set_ids(&self, ids: bool) {
        self.known.store(0, Ordering::Relaxed);
        self.ids.store(ids, Ordering::Relaxed);
    }

    /// From now on, begins each line with the number of the thread, where that is another than this one.
    #[inline]
    pub fn set_ids_beside(&self, thread: Pid) {
        self.known.store(thread.as_raw(), Ordering::Relaxed);
        self.ids.store(true, Ordering::Relaxed);
    }

    /// Prints the table of counts to the watcher's fd. Without counts, nothing.
    #[inline]
    pub fn report(&self) {
        if let Some(counts) = self.counts {
            self.write(format_args!("{counts}"));
        }
    }

    /// Why a line was lost, if one was; of several, the last.
    #[inline]
    pub fn error(&self) -> Option<Errno> {
        Errno::from_raw(self.error.load(Ordering::Relaxed))
    }

    fn write(&self, text: fmt::Arguments<'_>) {
        if let Err(errno) = write_line(self.fd.load(Ordering::Relaxed), text) {
            self.error.store(errno.raw(), Ordering::Relaxed);
        }
    }

    fn watches(&self, nr: Sysno) -> bool {
        self.all.load(Ordering::Relaxed)
            || nr
                .place()
                .is_some_and(|place| self.places[place / BITS].load(Ordering::Relaxed) >> (place % BITS) & 1 != 0)
    }

    /// Prints one line, or a piece of one that ends with a line's end.
    fn print(&self, before: &str, line: &Line<'_>, after: &str) {
        if self.quiet.load(Ordering::Relaxed) {
            return;
        }
        let id = self.ids.load(Ordering::Relaxed).then(|| Id(gettid()));
        let id = id.filter(|id| id.0 != self.known.load(Ordering::Relaxed) as usize);
        let id: &dyn fmt::Display = id.as_ref().map_or(&"", |id| id);
        self.write(format_args!("{id}{before}{line}{after}\n"));
    }
}

impl fmt::Debug for Watcher {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watcher(fd {})", self.fd.load(Ordering::Relaxed))
    }
}

impl Interpose for Watcher {
    #[inline]
    fn around(&self, call: &Call) -> Reg {
        let nr = call.nr();
        if !self.watches(nr) {
            // SAFETY: the call is made once, as its caller wants it.
            return unsafe { call.make() };
        }
        let replaces = nr == SYS_execve || nr == SYS_execveat;
        // SAFETY: the arguments of a call that is being made; what the module's page says of threads that unmap them.
        let memory = unsafe { OwnMemory::new() };
        let mut before = Before::nothing();
        if !self.quiet.load(Ordering::Relaxed) {
            before.read(nr, call.args(), &memory);
        }
        let mut line = Line {
            nr,
            args: call.args(),
            result: None,
            memory: &memory,
            before: Some(&before),
            part: Part::Start,
        };
        if replaces {
            self.print("", &line, " <unfinished ...>");
        }
        let start = self.counts.map(|_| now());
        // SAFETY: the call is made once, as its caller wants it.
        let result = unsafe { call.make() };
        // The child's return from fork(2): it is a copy of the parent, and the line is the parent's.
        if result.to_usize() == 0 && [SYS_fork, SYS_vfork, SYS_clone, SYS_clone3].contains(&nr) {
            return result;
        }
        if let (Some(counts), Some(start)) = (self.counts, start) {
            let time = now().duration_since(start).unwrap_or(Duration::ZERO);
            counts.add(nr, result.result().is_err(), time);
        }
        line.result = Some(result);
        if replaces {
            line.part = Part::End;
            self.print(if nr == SYS_execve { EXECVE } else { EXECVEAT }, &line, "");
        } else {
            line.part = Part::Whole;
            self.print("", &line, "");
        }
        result
    }

    #[inline]
    fn exits(&self, call: &Call) {
        if self.watches(call.nr()) {
            // SAFETY: the arguments of a call that is being made; what the module's page says of threads that unmap them.
            let memory = unsafe { OwnMemory::new() };
            let line = Line::new(call.nr(), call.args(), None, &memory);
            self.print("", &line, "");
        }
    }
}

const EXECVE: &str = "<... execve resumed>";
const EXECVEAT: &str = "<... execveat resumed>";

/// What stands in front of a line.
struct Id(usize);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[pid {}] ", self.0)
    }
}

fn gettid() -> usize {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { syscall0(SYS_gettid) }.to_usize()
}

fn now() -> Timespec {
    let mut time = Timespec::default();
    // SAFETY: the kernel writes one timespec.
    unsafe { syscall2(wide::SYS_clock_gettime, CLOCK_MONOTONIC.bits(), &raw mut time) };
    time
}

/// The place of the call with this name in the table.
const fn place(name: &[u8]) -> Option<usize> {
    const PREFIX: usize = "SYS_".len();
    let mut place = 0;
    while place < nr::TABLE.len() {
        let known = nr::TABLE[place].0.as_bytes();
        if known.len() == PREFIX + name.len() {
            let mut i = 0;
            while i < name.len() && known[PREFIX + i] == name[i] {
                i += 1;
            }
            if i == name.len() {
                return Some(place);
            }
        }
        place += 1;
    }
    None
}
