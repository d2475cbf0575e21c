//! `--registers`: a hook that shows, for each trap, the registers of this machine before it and after it. They stand on
//! fd 1, between the lines of the chapter that made the calls.

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed};

use rawtrap::interpose::{Call, Hook, Interpose};
use rawtrap::tables::{ErrorSign, NATIVE};
use rawtrap::{
    BorrowedFd, EINTR, EIO, Partial, Reg, STDOUT, SYS_execve, SYS_execveat, SYS_exit_group, SYS_getpid, SYS_gettid,
    SYS_write, raw, syscall0,
};

use crate::lesson::Outcome;
use crate::out::{Out, Style, UNBROKEN};
use crate::terminal::Look;

static REGISTERS: Registers = Registers::new();

/// The hook, to be set after [`prepare`].
pub const fn hook() -> Hook {
    // SAFETY: each call is made once, as it came, and answers what the kernel answered.
    unsafe { Hook::new(&REGISTERS) }
}

/// How the lines are to look. The thread that calls this is the one whose lines need no number.
pub fn prepare(look: Look) {
    REGISTERS.colour.store(look.colour, Relaxed);
    REGISTERS.width.store(look.width, Relaxed);
    REGISTERS.thread.store(thread(), Relaxed);
    REGISTERS.process.store(process(), Relaxed);
}

/// Says that what `write` writes, from a buffer that begins at `text`, is the lesson's own text.
pub fn own_text<T>(text: &[u8], write: impl FnOnce() -> T) -> T {
    REGISTERS.text.store(text.as_ptr().addr(), Relaxed);
    let answer = write();
    REGISTERS.text.store(NOWHERE, Relaxed);
    answer
}

const NOWHERE: usize = 0;

struct Registers {
    colour: AtomicBool,
    width: AtomicUsize,
    process: AtomicI32,
    thread: AtomicI32,
    /// Where the text begins that the lesson writes just now.
    text: AtomicUsize,
    /// How many such writes there were.
    own: AtomicUsize,
}

impl Registers {
    const fn new() -> Registers {
        Registers {
            colour: AtomicBool::new(Look::PLAIN.colour),
            width: AtomicUsize::new(Look::PLAIN.width),
            process: AtomicI32::new(0),
            thread: AtomicI32::new(0),
            text: AtomicUsize::new(NOWHERE),
            own: AtomicUsize::new(0),
        }
    }

    /// True for a write from the buffer that was named; a signal handler's may come in between.
    fn is_own_text(&self, call: &Call) -> bool {
        let text = self.text.load(Relaxed);
        let from = call.args().get(1).map_or(NOWHERE, |start| start.to_usize());
        text != NOWHERE && call.nr() == SYS_write && (text..text + Out::CAPACITY).contains(&from)
    }

    fn show(&self, text: fmt::Arguments<'_>) {
        let look = Look {
            colour: self.colour.load(Relaxed),
            utf8: false,
            width: self.width.load(Relaxed),
        };
        let mut out = Out::unseen(STDOUT, look);
        let thread = thread();
        // The lesson finds out by itself when nobody listens any more.
        let _: Outcome = if thread == self.thread.load(Relaxed) {
            out.paragraph(Style::Registers, MARGIN, text)
        } else {
            out.paragraph(Style::Registers, MARGIN, format_args!("[{thread}] {text}"))
        };
    }
}

const MARGIN: &str = "      ";

impl Interpose for Registers {
    fn around(&self, call: &Call) -> Reg {
        if self.is_own_text(call) {
            self.own.fetch_add(1, Relaxed);
            // SAFETY: it is made once, as its caller wants it.
            return unsafe { call.make() };
        }
        // Where it succeeds, nothing of this program is left to show it.
        let replaces = call.nr() == SYS_execve || call.nr() == SYS_execveat;
        if replaces {
            self.show(format_args!("{}", Before(call)));
        }
        // SAFETY: as above.
        let answer = unsafe { call.make() };
        if replaces {
            self.show(format_args!("| {}", After(answer)));
        } else {
            self.show(format_args!("{} | {}", Before(call), After(answer)));
        }
        answer
    }

    fn exits(&self, call: &Call) {
        self.show(format_args!("{} | does not come back", Before(call)));
        if call.nr() == SYS_exit_group && process() == self.process.load(Relaxed) {
            let own = self.own.load(Relaxed);
            self.show(format_args!("{own} writes of the lesson's own text are not shown"));
        }
    }
}

/// `rax=0x1 (write) rdi=0x1 rsi=0x7ffd58 rdx=0x14 | syscall`
struct Before<'a>(&'a Call);

impl fmt::Display for Before<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Before(call) = self;
        write!(
            f,
            "{}={:#x}{UNBROKEN}({:?})",
            NATIVE.number,
            call.nr().number(),
            call.nr()
        )?;
        for (register, arg) in NATIVE.args.iter().zip(call.args()) {
            write!(f, " {register}={arg:?}")?;
        }
        f.write_str(" | ")?;
        let unbroken = |character| if character == ' ' { UNBROKEN } else { character };
        NATIVE
            .instruction
            .chars()
            .map(unbroken)
            .try_for_each(|character| f.write_char(character))
    }
}

/// `rax=0x14; lost: rcx r11`, `rax=0xfffffffffffffff7 (-9, EBADF); lost: rcx r11`
struct After(Reg);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (result, After(word)) = (NATIVE.result, self);
        match (word.result(), NATIVE.error) {
            (Ok(value), ErrorSign::Negative) => write!(f, "{result}={value:?}")?,
            (Ok(value), ErrorSign::Flag(flag)) => write!(f, "{result}={value:?} {flag}=0")?,
            (Err(errno), ErrorSign::Negative) => {
                write!(f, "{result}={word:?}{UNBROKEN}({},{UNBROKEN}{errno:?})", -errno.raw())?;
            }
            (Err(errno), ErrorSign::Flag(flag)) => {
                let number = errno.raw();
                write!(
                    f,
                    "{result}={number:#x}{UNBROKEN}({number},{UNBROKEN}{errno:?}) {flag}=1"
                )?;
            }
        }
        if !NATIVE.clobbers.is_empty() {
            f.write_str("; lost:")?;
            ranges(NATIVE.clobbers, f)?;
        }
        Ok(())
    }
}

/// Names, of which three or more that count up are written as the first and the last: ` p0..p15 ffr`.
fn ranges(mut names: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    while let [first, rest @ ..] = names {
        let more = names.windows(2).take_while(|pair| follows(pair[0], pair[1])).count();
        names = match more {
            0 | 1 => {
                write!(f, "{UNBROKEN}{first}")?;
                rest
            }
            _ => {
                write!(f, "{UNBROKEN}{first}..{}", names[more])?;
                &names[more + 1..]
            }
        };
    }
    Ok(())
}

/// True for `r9` and `r10`.
fn follows(one: &str, next: &str) -> bool {
    match (numbered(one), numbered(next)) {
        (Some((kind, number)), Some((next_kind, next_number))) => kind == next_kind && number + 1 == next_number,
        _ => false,
    }
}

/// `("r", 10)`
fn numbered(name: &str) -> Option<(&str, u32)> {
    let kind = name.trim_end_matches(|character: char| character.is_ascii_digit());
    Some((kind, name.get(kind.len()..)?.parse().ok()?))
}

fn thread() -> i32 {
    // SAFETY: gettid(2) touches no memory.
    unsafe { syscall0(SYS_gettid) }.to_usize() as i32
}

fn process() -> i32 {
    // SAFETY: getpid(2) touches no memory.
    unsafe { syscall0(SYS_getpid) }.to_usize() as i32
}

/// As `write_all`, past the hooks.
pub fn write_unseen(fd: BorrowedFd<'_>, buffer: &[u8]) -> Result<(), Partial> {
    let mut done = 0;
    while done < buffer.len() {
        match raw::sys_write(fd, &buffer[done..]) {
            Ok(count) if count > 0 => done += count,
            Err(EINTR) => {}
            answer => {
                let errno = Some(answer.err().unwrap_or(EIO));
                return Err(Partial { done, errno });
            }
        }
    }
    Ok(())
}
