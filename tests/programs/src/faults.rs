//! Something made of calls, under each fault that can meet one of them: an errno at the first, second and last
//! occurrence of each call, once and from there on; and short counts.

use core::fmt::{self, Write};
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32};

use rawtrap::interpose::{self, Call, Hook, Injector, Interpose, Rule, Script};
use rawtrap::*;

use crate::{Failure, Outcome};

const ERRNOS: [Errno; 6] = [EINTR, EAGAIN, ENOMEM, EIO, ENOSPC, EMFILE];
/// Of these, `short` makes a smaller request.
const TRANSFERS: [Sysno; 5] = [SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_recvfrom];
/// Nothing here makes so many calls, unless it goes round for ever.
const ENDLESS: u32 = 2000;

/// What was done to one call of a run.
#[derive(Clone, Copy)]
pub struct Fault {
    rule: Option<Rule>,
    errno: Option<Errno>,
}

impl Fault {
    /// What the caller must be told; `None` where all is to go well: without a fault, after `EINTR`, after a short
    /// count.
    pub fn told(self) -> Option<Errno> {
        self.errno.filter(|errno| *errno != EINTR)
    }

    /// The errno, `EINTR` too: for calls that are made once.
    pub fn errno(self) -> Option<Errno> {
        self.errno
    }

    /// The count of one call is smaller than it would be.
    pub fn is_short(self) -> bool {
        self.rule.is_some() && self.errno.is_none()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "under {rule}"),
            None => f.write_str("without a fault"),
        }
    }
}

/// Counts the calls as they are asked for, and stops what does not end.
struct Counter {
    calls: [AtomicU32; NUMBERS],
    may_wait: [AtomicBool; NUMBERS],
    total: AtomicU32,
    /// How many of them the fault met.
    met: AtomicU32,
    /// Where a child tells of its writes when it exits, or -1.
    tell: AtomicI32,
}

/// More calls than any machine has.
const NUMBERS: usize = 512;
/// Where they begin: on mips at 4000 or 5000.
const FIRST: u32 = SYS_write.number() / 1000 * 1000;

fn place(nr: Sysno) -> usize {
    (nr.number() - FIRST) as usize
}

impl Counter {
    fn of(&self, nr: Sysno) -> &AtomicU32 {
        &self.calls[place(nr)]
    }

    fn clear(&self) {
        self.total.store(0, Relaxed);
        for count in &self.calls {
            count.store(0, Relaxed);
        }
    }
}

impl Interpose for Counter {
    fn around(&self, call: &Call) -> Reg {
        self.of(call.nr()).fetch_add(1, Relaxed);
        self.may_wait[place(call.nr())].store(call.blocks() != Blocks::Never, Relaxed);
        if self.total.fetch_add(1, Relaxed) == ENDLESS {
            interpose::remove();
            panic!("{call:?} again and again");
        }
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }

    fn exits(&self, _: &Call) {
        let fd = self.tell.load(Relaxed);
        if fd >= 0 {
            // SAFETY: who set the number keeps the fd open.
            let fd = unsafe { BorrowedFd::borrow_raw(fd) };
            let [a, b, c, d] = self.of(SYS_write).load(Relaxed).to_ne_bytes();
            let [e, f, g, h] = met().to_ne_bytes();
            // The parent misses it.
            let _ = rawtrap::raw::sys_write(fd, &[a, b, c, d, e, f, g, h]);
        }
    }
}

static COUNTER: Counter = Counter {
    calls: [const { AtomicU32::new(0) }; NUMBERS],
    may_wait: [const { AtomicBool::new(false) }; NUMBERS],
    total: AtomicU32::new(0),
    met: AtomicU32::new(0),
    tell: AtomicI32::new(-1),
};
static INJECTOR: Injector = Injector::new();
static INJECT: Hook = INJECTOR.hook();
// SAFETY: it answers what the injector answers.
static HOOK: Hook = unsafe { Hook::new(&COUNTER).then(&INJECT) };

/// How many calls the first rule, the fault, met.
fn met() -> u32 {
    INJECTOR.report().next().map_or(0, |counted| counted.hits as u32)
}

/// How often a call was asked for in the last run.
pub fn calls(nr: Sysno) -> u32 {
    COUNTER.of(nr).load(Relaxed)
}

/// Runs something between the hooks, which see no other call of the case.
pub fn hooked<T>(run: impl FnOnce() -> T) -> T {
    COUNTER.clear();
    interpose::install(&HOOK);
    let answer = run();
    interpose::remove();
    COUNTER.met.store(met(), Relaxed);
    answer
}

/// In a child, which ends here: runs something that makes no call but write(2) between the hooks. [`adopt`] takes its
/// counts from the other end of `tell`.
pub fn hooked_to_the_end(tell: BorrowedFd<'_>, run: impl FnOnce() -> i32) -> ! {
    COUNTER.clear();
    COUNTER.tell.store(tell.as_raw(), Relaxed);
    interpose::install(&HOOK);
    sys_exit_group(run())
}

/// Takes a child's counts for those of the last run.
pub fn adopt(tell: BorrowedFd<'_>) -> Outcome {
    let mut counts = [0; 8];
    read_exact(tell, &mut counts)?;
    let [a, b, c, d, e, f, g, h] = counts;
    COUNTER.clear();
    COUNTER.of(SYS_write).store(u32::from_ne_bytes([a, b, c, d]), Relaxed);
    COUNTER.may_wait[place(SYS_write)].store(true, Relaxed);
    COUNTER.met.store(u32::from_ne_bytes([e, f, g, h]), Relaxed);
    Ok(())
}

/// What came of a case: true if all went well in spite of the fault, false if it was told of.
pub type Tried = core::result::Result<bool, Failure>;

/// Runs a case without a fault, and then under each. It sets its stage, runs what it is about in [`hooked`], and judges
/// what came of that. The rules in `always` act besides the fault, for a transfer that takes several calls.
pub fn under_faults(name: &str, always: &[Rule], case: impl Fn(Fault) -> Tried) -> Outcome {
    let whole = Fault {
        rule: None,
        errno: None,
    };
    INJECTOR.set(&Script::new(always))?;
    blame(whole, case(whole))?;
    let asked: [u32; NUMBERS] = core::array::from_fn(|at| COUNTER.calls[at].load(Relaxed));
    let (mut tried, mut survived) = (0, 0);
    let mut short = false;
    for (number, count) in asked.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        let nr = Sysno::new(FIRST + number as u32);
        // A signal interrupts a wait.
        let interrupted = COUNTER.may_wait[number].load(Relaxed);
        let (second, last) = ((count > 1).then_some(2), (count > 2).then_some(count));
        for place in [Some(1), second, last].into_iter().flatten() {
            for fault in at_place(nr, place).filter(|fault| interrupted || fault.errno != Some(EINTR)) {
                let mut rules = [fault.rule.unwrap_or(Rule::of(nr)); Script::RULES];
                rules[1..=always.len()].copy_from_slice(always);
                INJECTOR.set(&Script::new(&rules[..=always.len()]))?;
                let well = blame(fault, case(fault))?;
                match (COUNTER.met.load(Relaxed), fault.is_short()) {
                    (0, true) => continue, // it asks for no more than that
                    (0, false) => return Err(Failure::new(format_args!("{fault}: no such call was made"))),
                    (_, is_short) => short |= is_short,
                }
                tried += 1;
                survived += u32::from(well);
            }
        }
    }
    let transfers = TRANSFERS.iter().any(|nr| asked[place(*nr)] > 0);
    if tried == 0 || transfers && !short {
        return Err(Failure::new(format_args!("too little was tried")));
    }
    // The numbers are for a person.
    let _ = writeln!(
        Writer::new(STDERR),
        "{name}: {tried} faults tried, {survived} survived, the others told"
    );
    Ok(())
}

/// The faults at one occurrence of a call.
fn at_place(nr: Sysno, place: u32) -> impl Iterator<Item = Fault> {
    let errors = ERRNOS.into_iter().flat_map(move |errno| {
        let rule = Rule::of(nr).error(errno);
        let again = if errno == EINTR { None } else { Some(rule.since(place)) };
        [Some(rule.when(place)), again]
            .into_iter()
            .flatten()
            .map(move |rule| (rule, Some(errno)))
    });
    let short = [1, 2].into_iter().filter(move |_| TRANSFERS.contains(&nr));
    errors
        .chain(short.map(move |bytes| (Rule::of(nr).short(bytes).when(place), None)))
        .map(|(rule, errno)| Fault {
            rule: Some(rule),
            errno,
        })
}

/// Says under which fault a case failed.
fn blame(fault: Fault, tried: Tried) -> Tried {
    tried.map_err(|failure| Failure::new(format_args!("{fault}: {failure}")))
}
