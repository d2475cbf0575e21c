//! One source for many machines: what differs between them, and where that is kept.

use core::fmt;
use core::mem::{offset_of, size_of};

use rawtrap::tables::{ABSENT, ARCHITECTURES, CONVENTIONS, Convention, NATIVE};
use rawtrap::{ENOSYS, O_DIRECTORY, Stat, Sysno, sys_uname, syscall0};

use crate::lesson::{Chapter, Lesson, Outcome, Stop, answer, hint, shown, text, words};
use crate::numbers::{self, Number};

pub const CHAPTER: Chapter = Chapter {
    name: "portable",
    about: "what differs between machines, and what does not",
    argument: None,
    asks: false,
    parts: &[isolated, numbers, layouts, elsewhere],
};

fn isolated(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "This chapter has one source for every machine; so has the whole lesson. What differs between machines stands in \
         one folder for each, arch/NAME: the trap, the numbers, the layouts of structs and the values of flags that are \
         not the same everywhere, the first instructions of a program. All other code asks that folder, by name, and \
         a folder that lacks something does not compile."
    )?;
    shown!(lesson, let name = sys_uname() => "uname");
    let [system, release, machine] = [name.sysname(), name.release(), name.machine()].map(|word| word.to_bytes());
    answer!(
        lesson,
        "uname -> {} {} on {}; compiled for {}",
        words(system)?,
        words(release)?,
        words(machine)?,
        NATIVE.arch
    )
}

/// Calls that say something about a machine: the first two have a number everywhere.
const COLUMNS: [Column; 6] = [
    column("write", "SYS_write"),
    column("openat", "SYS_openat"),
    column("open", "SYS_open"),
    column("stat", "SYS_stat"),
    column("pipe", "SYS_pipe"),
    column("fork", "SYS_fork"),
];

struct Column {
    head: &'static str,
    numbers: numbers::OfEach,
}

const fn column(head: &'static str, call: &str) -> Column {
    Column {
        head,
        numbers: numbers::of_each(call),
    }
}

/// How many calls each architecture has.
const COUNTS: numbers::OfEach = {
    let mut counts = [Number(None); ARCHITECTURES.len()];
    let mut place = 0;
    while place < counts.len() {
        counts[place] = Number(Some(ARCHITECTURES[place].calls.len() as u32));
        place += 1;
    }
    counts
};

fn numbers(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "The same call has another number on another machine, for no deeper reason than the order in which they were \
         added. Machines that came late lack the calls that had a better successor by then: there sys_open is openat, \
         and sys_fork is clone. These numbers are read from the kernel's headers when rawtrap is made."
    )?;
    answer!(lesson, "{}", Head)?;
    for (place, convention) in CONVENTIONS.iter().enumerate() {
        answer!(lesson, "{}", Row(place, convention))?;
    }
    hint!(
        lesson,
        "`cargo lesson abi aarch64`, which has the other registers of that machine."
    )
}

struct Head;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:12}{:10}", "machine", "trap")?;
        COLUMNS.iter().try_for_each(|column| write!(f, "{:>7}", column.head))?;
        write!(f, "{:>10}", "all calls")
    }
}

struct Row(usize, &'static Convention);

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row(place, convention) = *self;
        write!(f, "{:12}{:10}", convention.arch, convention.instruction)?;
        COLUMNS
            .iter()
            .try_for_each(|column| write!(f, "{:>7}", column.numbers[place]))?;
        write!(f, "{:>10}", COUNTS[place])
    }
}

fn layouts(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Structs and flags differ too, some of them. The source says st_mode and O_DIRECTORY; on this machine that is:"
    )?;
    answer!(
        lesson,
        "struct stat: {} bytes, st_mode at byte {}; O_DIRECTORY: {:#o}",
        size_of::<Stat>(),
        offset_of!(Stat, st_mode),
        O_DIRECTORY.bits()
    )
}

fn elsewhere(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "On macOS or Windows, in WebAssembly, or on a machine whose folder nobody has written yet, the crate compiles as \
         well; every call then answers ENOSYS without a trap, so that a program can say what it misses. Linux itself \
         gives that answer to a number that it does not have:"
    )?;
    // SAFETY: no kernel has a call with this number.
    let word = shown!(lesson, unsafe { syscall0(Sysno::new(ABSENT)) });
    match word.result() {
        Err(ENOSYS) => answer!(lesson, "errno {}: {ENOSYS} ({ENOSYS:?})", ENOSYS.raw())?,
        Err(errno) => {
            return Err(Stop::call(&"a call that no kernel has", errno));
        }
        Ok(_) => return Err(Stop::unexpected(&"a call that no kernel has succeeded")),
    }
    text!(
        lesson,
        "Code that wants to run on kernels of any age does the same: it makes the newer call, and takes the older one \
         when the answer is ENOSYS."
    )
}
