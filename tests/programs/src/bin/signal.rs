//! Signals: handlers, masks, stacks and timers.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering::SeqCst};

use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    handler_runs_and_returns,
    handler_begins_on_an_aligned_stack,
    handler_learns_who_sent_it,
    sigaction_tells_what_was_set,
    sigaction_ignores,
    sigaction_refused,
    resethand_runs_once,
    sigprocmask_blocks,
    sigprocmask_changes_the_set,
    sigprocmask_knows_the_last_signal,
    last_signal_is_blocked_and_handled,
    sigprocmask_refused,
    sigaltstack_refused,
    setitimer_tells_what_was_set,
    setitimer_refused,
    // Last, because emulators of ci/gaps end the program in the handlers of some.
    handler_of_a_fault_learns_the_address,
    sigaltstack_is_run_on,
    eintr_without_sa_restart,
    no_eintr_with_sa_restart,
    mask_of_a_handler,
    nodefer_nests,
    handler_leaves_the_registers_alone,
];

/// How often `count` ran, and for which signal last.
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LAST: AtomicI32 = AtomicI32::new(0);

extern "C" fn count(signal: Signal) {
    COUNT.fetch_add(1, SeqCst);
    LAST.store(signal.as_raw(), SeqCst);
}

fn handle(signal: Signal, action: Sigaction) -> Result<Sigaction> {
    COUNT.store(0, SeqCst);
    // SAFETY: the handlers here use atomics and syscalls alone.
    unsafe { sys_rt_sigaction(signal, Some(&action)) }
}

/// Installs `count` with these flags.
fn count_with(signal: Signal, sa_flags: SaFlags) -> Result<()> {
    let action = Sigaction {
        sa_flags,
        ..Sigaction::new(Handler::Signal(count))
    };
    handle(signal, action).map(|_| ())
}

/// A signal to this very thread is there when the call returns.
fn raise(signal: Signal) -> Result<()> {
    sys_tgkill(sys_getpid(), sys_gettid(), signal)
}

fn handler_runs_and_returns() -> Outcome {
    count_with(SIGUSR1, SaFlags::empty())?;
    for n in 1..=100 {
        sys_kill(sys_getpid(), SIGUSR1)?;
        check_eq!(COUNT.load(SeqCst), n);
    }
    check_eq!(Signal::from_raw(LAST.load(SeqCst)), SIGUSR1);
    // A real-time signal has no name, and is handled like the rest.
    let rt = Signal::from_raw(40);
    count_with(rt, SaFlags::empty())?;
    raise(rt)?;
    check_eq!((COUNT.load(SeqCst), LAST.load(SeqCst)), (1, 40));
    Ok(())
}

#[repr(align(16))]
#[allow(dead_code)] // only its place is looked at
struct Aligned(u8);

static MISALIGNMENT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The compiler lays an aligned variable out by the alignment that the stack should have at a function's entry.
extern "C" fn look_at_the_stack(_: Signal) {
    let variable = black_box(Aligned(0));
    MISALIGNMENT.store(black_box(&raw const variable).addr() % 16, SeqCst);
}

fn handler_begins_on_an_aligned_stack() -> Outcome {
    handle(SIGUSR1, Sigaction::new(Handler::Signal(look_at_the_stack)))?;
    raise(SIGUSR1)?;
    check_eq!(MISALIGNMENT.load(SeqCst), 0);
    Ok(())
}

static CODE: AtomicI32 = AtomicI32::new(0);
static SENDER: AtomicI32 = AtomicI32::new(0);
static USER: AtomicI32 = AtomicI32::new(0);
static CONTEXT: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

extern "C" fn learn(signal: Signal, info: &Siginfo, context: *mut ()) {
    count(if info.si_signo() == signal {
        signal
    } else {
        Signal::NONE
    });
    CODE.store(info.si_code().bits(), SeqCst);
    SENDER.store(info.si_pid().as_raw(), SeqCst);
    USER.store(info.si_uid().as_raw() as i32, SeqCst);
    CONTEXT.store(context, SeqCst);
}

fn handler_learns_who_sent_it() -> Outcome {
    handle(SIGUSR2, Sigaction::new(Handler::Siginfo(learn)))?;
    for (code, send) in [
        (SI_USER, (|| sys_kill(sys_getpid(), SIGUSR2)) as fn() -> Result<()>),
        (SI_TKILL, || raise(SIGUSR2)),
    ] {
        SENDER.store(0, SeqCst);
        send()?;
        check_eq!(Signal::from_raw(LAST.load(SeqCst)), SIGUSR2);
        check_eq!(SiCode::from_bits(CODE.load(SeqCst)), code);
        check_eq!(Pid::from_raw(SENDER.load(SeqCst)), sys_getpid());
        check_eq!(USER.load(SeqCst) as u32, sys_getuid().as_raw());
    }
    check!(!CONTEXT.load(SeqCst).is_null());
    Ok(())
}

/// Keeps many registers busy, of both kinds, and depends on every bit of them.
#[inline(never)]
fn busy(rounds: u32) -> (u64, u64) {
    let mut ints = [1u64, 2, 3, 4, 5, 6, 7, 8];
    let mut floats = [1.0f64, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    for round in 0..rounds {
        for i in 0..8 {
            ints[i] = (ints[i] ^ ints[(i + 1) % 8]).wrapping_mul(0x9e37_79b9_7f4a_7c15) + u64::from(round);
            floats[i] = floats[i] * 0.999 + floats[(i + 3) % 8] * 0.001 + 1.0;
        }
    }
    (
        ints.iter().fold(0, |sum, n| sum ^ n),
        floats.iter().fold(0, |sum, n| sum ^ n.to_bits()),
    )
}

extern "C" fn be_busy(signal: Signal) {
    black_box(busy(black_box(3)));
    count(signal);
}

fn handler_leaves_the_registers_alone() -> Outcome {
    let expected = busy(black_box(20_000));
    handle(SIGALRM, Sigaction::new(Handler::Signal(be_busy)))?;
    every(500)?;
    let mut same = true;
    while COUNT.load(SeqCst) < 100 {
        same &= busy(black_box(20_000)) == expected;
    }
    every(0)?;
    check!(same);
    Ok(())
}

static ADDRESS: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

extern "C" fn make_readable(_: Signal, info: &Siginfo, _: *mut ()) {
    ADDRESS.store(info.si_addr(), SeqCst);
    // SAFETY: the page is the case's own, and nobody runs while this does.
    let answer = unsafe { sys_mprotect(info.si_addr(), 1, PROT_READ) };
    if answer.is_err() {
        sys_exit_group(99);
    }
}

/// The handler returns into the very instruction that failed.
fn handler_of_a_fault_learns_the_address() -> Outcome {
    // SAFETY: the kernel chooses where.
    let page = unsafe { sys_mmap(ptr::null_mut(), 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0)? };
    handle(SIGSEGV, Sigaction::new(Handler::Siginfo(make_readable)))?;
    // SAFETY: the handler makes the page readable.
    check_eq!(unsafe { page.cast::<u8>().read_volatile() }, 0);
    check_eq!(ADDRESS.load(SeqCst), page);
    handle(SIGSEGV, Sigaction::new(Handler::Default))?;
    // SAFETY: nobody uses it any more.
    unsafe { sys_munmap(page, 65536)? };
    Ok(())
}

fn sigaction_tells_what_was_set() -> Outcome {
    let set = Sigaction {
        sa_handler: Handler::Siginfo(learn),
        sa_flags: SA_RESTART | SA_NODEFER | SA_ONSTACK,
        sa_mask: [SIGINT, SIGHUP, Signal::from_raw(64)].into_iter().collect(),
    };
    check!(matches!(handle(SIGWINCH, set)?.sa_handler, Handler::Default));
    // SAFETY: nothing is changed.
    let told = unsafe { sys_rt_sigaction(SIGWINCH, None)? };
    let Handler::Siginfo(function) = told.sa_handler else {
        check!(false);
        return Ok(());
    };
    check_eq!(function as usize, learn as *const () as usize);
    check_eq!(told.sa_flags, set.sa_flags);
    check_eq!(told.sa_mask, set.sa_mask);
    let told = handle(SIGWINCH, Sigaction::new(Handler::Signal(count)))?;
    check!(matches!(told.sa_handler, Handler::Siginfo(_)));
    let told = handle(SIGWINCH, Sigaction::new(Handler::Ignore))?;
    check!(matches!(told.sa_handler, Handler::Signal(function) if function as usize == count as *const () as usize));
    check_eq!((told.sa_flags, told.sa_mask), (SaFlags::empty(), Sigset::empty()));
    check!(matches!(
        handle(SIGWINCH, Sigaction::new(Handler::Default))?.sa_handler,
        Handler::Ignore
    ));
    Ok(())
}

fn sigaction_ignores() -> Outcome {
    handle(SIGTERM, Sigaction::new(Handler::Ignore))?;
    // It would end the program.
    check_eq!(raise(SIGTERM), Ok(()));
    handle(SIGTERM, Sigaction::new(Handler::Default))?;
    Ok(())
}

fn sigaction_refused() -> Outcome {
    let ignore = Sigaction::new(Handler::Ignore);
    for signal in [
        SIGKILL,
        SIGSTOP,
        Signal::NONE,
        Signal::from_raw(-1),
        Signal::from_raw(1000),
    ] {
        check_err!(handle(signal, ignore), EINVAL);
    }
    // SAFETY: nothing is changed.
    check!(matches!(
        unsafe { sys_rt_sigaction(SIGKILL, None) }?.sa_handler,
        Handler::Default
    ));
    Ok(())
}

static INSIDE: AtomicUsize = AtomicUsize::new(0);
static DEEPEST: AtomicUsize = AtomicUsize::new(0);

/// Sends itself two signals at its first run, and notes how many of its runs are inside of each other.
extern "C" fn nest(_: Signal) {
    let inside = INSIDE.fetch_add(1, SeqCst) + 1;
    DEEPEST.fetch_max(inside, SeqCst);
    if COUNT.fetch_add(1, SeqCst) == 0 && (raise(SIGUSR1).is_err() || raise(SIGUSR2).is_err()) {
        sys_exit_group(99);
    }
    INSIDE.fetch_sub(1, SeqCst);
}

fn nested(sa_flags: SaFlags, sa_mask: Sigset) -> Result<(usize, usize)> {
    let action = Sigaction {
        sa_handler: Handler::Signal(nest),
        sa_flags,
        sa_mask,
    };
    handle(SIGUSR2, action)?;
    handle(SIGUSR1, action)?;
    DEEPEST.store(0, SeqCst);
    raise(SIGUSR1)?;
    Ok((COUNT.load(SeqCst), DEEPEST.load(SeqCst)))
}

fn mask_of_a_handler() -> Outcome {
    // Its own signal waits until the handler is over, another one only if the mask says so.
    check_eq!(nested(SaFlags::empty(), Sigset::empty()), Ok((3, 2)));
    check_eq!(nested(SaFlags::empty(), Sigset::empty().with(SIGUSR2)), Ok((3, 1)));
    Ok(())
}

fn nodefer_nests() -> Outcome {
    check_eq!(nested(SA_NODEFER, Sigset::empty().with(SIGUSR2)), Ok((3, 2)));
    Ok(())
}

fn resethand_runs_once() -> Outcome {
    count_with(SIGUSR1, SA_RESETHAND)?;
    raise(SIGUSR1)?;
    check_eq!(COUNT.load(SeqCst), 1);
    // SAFETY: nothing is changed.
    check!(matches!(
        unsafe { sys_rt_sigaction(SIGUSR1, None) }?.sa_handler,
        Handler::Default
    ));
    Ok(())
}

fn sigprocmask_blocks() -> Outcome {
    count_with(SIGUSR1, SaFlags::empty())?;
    let set = Sigset::empty().with(SIGUSR1);
    let before = sys_rt_sigprocmask(SIG_BLOCK, Some(&set))?;
    check!(!before.contains(SIGUSR1));
    raise(SIGUSR1)?;
    check_eq!(COUNT.load(SeqCst), 0);
    check_eq!(sys_rt_sigprocmask(SIG_UNBLOCK, Some(&set))?, before.with(SIGUSR1));
    check_eq!(COUNT.load(SeqCst), 1);
    Ok(())
}

fn sigprocmask_changes_the_set() -> Outcome {
    let set = Sigset::empty().with(SIGHUP).with(Signal::from_raw(50));
    let before = sys_rt_sigprocmask(SIG_SETMASK, Some(&set))?;
    check_eq!(sys_rt_sigprocmask(SIG_SETMASK, None), Ok(set));
    sys_rt_sigprocmask(SIG_BLOCK, Some(&Sigset::empty().with(SIGINT)))?;
    sys_rt_sigprocmask(SIG_UNBLOCK, Some(&Sigset::empty().with(SIGHUP)))?;
    let more = Sigset::empty().with(SIGTERM).with(SIGKILL).with(SIGSTOP);
    check_eq!(
        sys_rt_sigprocmask(SIG_SETMASK, Some(&more)),
        Ok(set.without(SIGHUP).with(SIGINT))
    );
    // Two are left out silently.
    check_eq!(
        sys_rt_sigprocmask(SIG_SETMASK, Some(&before)),
        Ok(Sigset::empty().with(SIGTERM))
    );
    Ok(())
}

fn sigprocmask_knows_the_last_signal() -> Outcome {
    let last = Sigset::empty().with(Signal::from_raw(64));
    let before = sys_rt_sigprocmask(SIG_SETMASK, Some(&last))?;
    let one = sys_rt_sigprocmask(SIG_SETMASK, Some(&Sigset::full()));
    let full = sys_rt_sigprocmask(SIG_SETMASK, Some(&before));
    check_eq!(one, Ok(last));
    check_eq!(full, Ok(Sigset::full().without(SIGKILL).without(SIGSTOP)));
    Ok(())
}

/// On mips it is 128: in the second half of what other machines have as a set.
fn last_signal_is_blocked_and_handled() -> Outcome {
    let last = Signal::from_raw(8 * size_of::<Sigset>() as i32);
    count_with(last, SaFlags::empty())?;
    let set = Sigset::empty().with(last);
    sys_rt_sigprocmask(SIG_BLOCK, Some(&set))?;
    raise(last)?;
    check_eq!(COUNT.load(SeqCst), 0);
    sys_rt_sigprocmask(SIG_UNBLOCK, Some(&set))?;
    check_eq!((COUNT.load(SeqCst), LAST.load(SeqCst)), (1, last.as_raw()));
    Ok(())
}

fn sigprocmask_refused() -> Outcome {
    check_err!(
        sys_rt_sigprocmask(MaskHow::from_bits(99), Some(&Sigset::full())),
        EINVAL
    );
    Ok(())
}

/// Large enough for every machine's registers.
const STACK_SIZE: usize = 65536;

static ON_STACK: AtomicBool = AtomicBool::new(false);
static CHANGED: AtomicI32 = AtomicI32::new(0);

/// With SA_SIGINFO: some machines have another frame for handlers without it, in which the stack is not kept.
extern "C" fn look_where(_: Signal, _: &Siginfo, _: *mut ()) {
    let local = 0u8;
    ADDRESS.store((&raw const local).cast_mut().cast(), SeqCst);
    // SAFETY: nothing is changed.
    let told = unsafe { sys_sigaltstack(None) };
    ON_STACK.store(told.is_ok_and(|stack| stack.ss_flags.contains(SS_ONSTACK)), SeqCst);
    // SAFETY: the kernel refuses it.
    let answer = unsafe { sys_sigaltstack(Some(&NO_STACK)) };
    CHANGED.store(answer.map_or_else(Errno::raw, |_| 0), SeqCst);
}

const NO_STACK: Stack = Stack {
    ss_sp: ptr::null_mut(),
    ss_flags: SS_DISABLE,
    ss_size: 0,
};

fn sigaltstack_is_run_on() -> Outcome {
    // SAFETY: the kernel chooses where.
    let memory = unsafe {
        sys_mmap(
            ptr::null_mut(),
            STACK_SIZE,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            None,
            0,
        )?
    };
    let stack = Stack {
        ss_sp: memory,
        ss_flags: StackFlags::empty(),
        ss_size: STACK_SIZE,
    };
    // SAFETY: the memory is mapped until after the stack is taken away.
    let before = unsafe { sys_sigaltstack(Some(&stack))? };
    check_eq!(before.ss_flags, SS_DISABLE);
    let on_it = || {
        raise(SIGUSR1)?;
        let at = ADDRESS.load(SeqCst).addr();
        Ok::<bool, Errno>((memory.addr()..memory.addr() + STACK_SIZE).contains(&at))
    };

    handle(SIGUSR1, Sigaction::new(Handler::Siginfo(look_where)))?;
    // The handler is not for this stack, so it may take it away; the way back from a handler names it again.
    check!(!on_it()? && !ON_STACK.load(SeqCst));
    check_eq!(CHANGED.load(SeqCst), 0);
    // SAFETY: nothing is changed.
    check_eq!(unsafe { sys_sigaltstack(None)? }.ss_sp, memory);

    let action = Sigaction {
        sa_flags: SA_ONSTACK,
        ..Sigaction::new(Handler::Siginfo(look_where))
    };
    handle(SIGUSR1, action)?;
    check!(on_it()? && ON_STACK.load(SeqCst));
    check_eq!(Errno::from_raw(CHANGED.load(SeqCst)), Some(EPERM));

    // SAFETY: no handler runs.
    let told = unsafe { sys_sigaltstack(Some(&NO_STACK))? };
    check_eq!(
        (told.ss_sp, told.ss_flags, told.ss_size),
        (memory, StackFlags::empty(), STACK_SIZE)
    );
    check!(!on_it()?);
    // SAFETY: nobody uses it any more.
    unsafe { sys_munmap(memory, STACK_SIZE)? };
    Ok(())
}

fn sigaltstack_refused() -> Outcome {
    let mut memory = [0u8; 64];
    let mut stack = |ss_flags| Stack {
        ss_sp: memory.as_mut_ptr().cast(),
        ss_flags,
        ss_size: 64,
    };
    let (small, unknown) = (stack(StackFlags::empty()), stack(StackFlags::from_bits(0x100)));
    // SAFETY: the kernel refuses both.
    check_err!(unsafe { sys_sigaltstack(Some(&small)) }, ENOMEM);
    check_err!(unsafe { sys_sigaltstack(Some(&unknown)) }, EINVAL);
    Ok(())
}

/// Has SIGALRM come after so many microseconds, again and again; 0 ends it. Returns what was set before.
fn every(microseconds: u32) -> Result<Itimerval> {
    let time = Timeval {
        tv_sec: 0,
        tv_usec: microseconds as _,
    };
    let timer = Itimerval {
        it_interval: time,
        it_value: time,
    };
    sys_setitimer(ITIMER_REAL, &timer)
}

fn setitimer_tells_what_was_set() -> Outcome {
    let set = Itimerval {
        it_interval: Timeval { tv_sec: 7, tv_usec: 8 },
        it_value: Timeval {
            tv_sec: 1000,
            tv_usec: 0,
        },
    };
    for timer in [ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF] {
        check_eq!(sys_setitimer(timer, &set), Ok(Itimerval::default()));
        let told = sys_setitimer(timer, &Itimerval::default())?;
        check_eq!(told.it_interval, set.it_interval);
        check!(
            told.it_value
                > Timeval {
                    tv_sec: 900,
                    tv_usec: 0
                }
        );
        check!(
            told.it_value
                <= Timeval {
                    tv_sec: 1001,
                    tv_usec: 0
                }
        );
    }
    Ok(())
}

fn setitimer_refused() -> Outcome {
    let off = Itimerval::default();
    check_err!(sys_setitimer(Itimer::from_bits(99), &off), EINVAL);
    let too_many = Timeval {
        tv_sec: 0,
        tv_usec: 1_000_000,
    };
    check_err!(
        sys_setitimer(
            ITIMER_REAL,
            &Itimerval {
                it_value: too_many,
                ..off
            }
        ),
        EINVAL
    );
    Ok(())
}

/// The fd that `feed` writes a byte to, once there is one.
static FEED: AtomicI32 = AtomicI32::new(-1);

extern "C" fn feed(_: Signal) {
    COUNT.fetch_add(1, SeqCst);
    let fd = FEED.load(SeqCst);
    if fd >= 0 {
        // SAFETY: the case keeps it open for as long as it is here.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        if sys_write(fd, b"f") == Ok(1) {
            FEED.store(-1, SeqCst);
        }
    }
}

fn eintr_without_sa_restart() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    handle(SIGALRM, Sigaction::new(Handler::Signal(feed)))?;
    every(5000)?;
    let mut buf = [0; 4];
    let first = sys_read(reader.as_fd(), &mut buf);
    FEED.store(writer.as_raw(), SeqCst);
    let second = retry(|| sys_read(reader.as_fd(), &mut buf));
    every(0)?;
    check_err!(first, EINTR);
    check_eq!(second, Ok(1));
    check_eq!(buf[0], b'f');
    check!(COUNT.load(SeqCst) >= 2);
    Ok(())
}

extern "C" fn feed_at_the_third(signal: Signal) {
    if COUNT.load(SeqCst) < 2 {
        COUNT.fetch_add(1, SeqCst);
    } else {
        feed(signal);
    }
}

fn no_eintr_with_sa_restart() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    FEED.store(writer.as_raw(), SeqCst);
    let action = Sigaction {
        sa_flags: SA_RESTART,
        ..Sigaction::new(Handler::Signal(feed_at_the_third))
    };
    handle(SIGALRM, action)?;
    every(20_000)?;
    let answer = sys_read(reader.as_fd(), &mut [0; 4]);
    every(0)?;
    check_eq!(answer, Ok(1));
    check!(COUNT.load(SeqCst) >= 3);
    Ok(())
}
