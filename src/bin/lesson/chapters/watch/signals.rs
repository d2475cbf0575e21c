//! Signals: those that a tracee gets, as lines, and those that we get.

use core::fmt;
use core::sync::atomic::{AtomicI32, Ordering};

use rawtrap::*;

/// `{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, ...}`, in strace's manner.
pub struct Shown<'a>(pub &'a Siginfo);

/// What the kernel's own reasons are called, by signal (sigaction(2)); the first is 1.
const REASONS: [(Signal, &[&str]); 6] = [
    (
        SIGCHLD,
        &[
            "CLD_EXITED",
            "CLD_KILLED",
            "CLD_DUMPED",
            "CLD_TRAPPED",
            "CLD_STOPPED",
            "CLD_CONTINUED",
        ],
    ),
    (SIGSEGV, &["SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR"]),
    (SIGBUS, &["BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"]),
    (
        SIGFPE,
        &["FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND"],
    ),
    (
        SIGILL,
        &["ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC"],
    ),
    (SIGTRAP, &["TRAP_BRKPT", "TRAP_TRACE"]),
];

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown(info) = *self;
        let (signal, code) = (info.si_signo(), info.si_code());
        let reasons = REASONS.iter().find(|(of, _)| *of == signal);
        let reason = usize::try_from(code.bits() - 1)
            .ok()
            .and_then(|place| reasons?.1.get(place));
        write!(f, "{{si_signo={}, si_code=", Name(signal))?;
        match reason {
            Some(reason) => f.write_str(reason)?,
            None => write!(f, "{code:?}")?,
        }
        if signal == SIGCHLD && code.bits() > 0 {
            sender(f, info)?;
            let status = info.si_status();
            match reason {
                Some(&"CLD_EXITED") => write!(f, ", si_status={status}")?,
                _ => write!(f, ", si_status={}", Name(Signal::from_raw(status)))?,
            }
            write!(f, ", si_utime={}, si_stime={}", info.si_utime(), info.si_stime())?;
        } else if code.bits() > 0 && reason.is_some() {
            match info.si_addr().addr() {
                0 => f.write_str(", si_addr=NULL")?,
                address => write!(f, ", si_addr={address:#x}")?,
            }
        } else if code != SI_KERNEL && code != SI_TIMER {
            sender(f, info)?;
        }
        f.write_str("}")
    }
}

fn sender(f: &mut fmt::Formatter<'_>, info: &Siginfo) -> fmt::Result {
    write!(f, ", si_pid={:?}, si_uid={}", info.si_pid(), info.si_uid().as_raw())
}

/// `SIGINT`, `SIGRT_1`.
pub struct Name(pub Signal);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first real-time signal is the kernel's 32 on every architecture; libc keeps two for itself and counts on.
        match (self.0.name(), self.0.as_raw()) {
            (Some(name), _) => f.write_str(name),
            (None, number @ 32..) => write!(f, "SIGRT_{}", number - 32),
            (None, number) => write!(f, "{number}"),
        }
    }
}

/// Those that mean: end.
const FATAL: [Signal; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// The program, to which they are passed on; 0: there is none, and they are for us.
static PROGRAM: AtomicI32 = AtomicI32::new(0);
/// The one that came, if it was for us.
static TOLD: AtomicI32 = AtomicI32::new(0);

extern "C" fn fatal(signal: Signal, info: &Siginfo, _: *mut ()) {
    match PROGRAM.load(Ordering::Relaxed) {
        0 => TOLD.store(signal.as_raw(), Ordering::Relaxed),
        // The terminal has sent it to the program as well, which knows what to do.
        _ if info.si_code() == SI_KERNEL => {}
        program => {
            // It may have ended.
            let _ = sys_kill(Pid::from_raw(program), signal);
        }
    }
}

/// It comes so that a wait ends.
extern "C" fn tick(_: Signal) {}

/// How long nothing may happen before what is being waited for is shown.
const IDLE_MICROSECONDS: u32 = 200_000;

/// From here on, signals that mean the end are the program's, or tell us to let go of what we have attached to.
pub fn prepare(program: Option<Pid>) {
    PROGRAM.store(program.map_or(0, Pid::as_raw), Ordering::Relaxed);
    let set = |signal, handler| {
        // SAFETY: the handlers only use atomics and make one call. Where the kernel refuses, it stays as it was.
        let _ = unsafe { sys_rt_sigaction(signal, Some(&Sigaction::new(handler))) };
    };
    for signal in FATAL {
        // SAFETY: nothing is changed.
        let before = unsafe { sys_rt_sigaction(signal, None) };
        // What whoever started us keeps from us is kept from the program as well.
        if !matches!(before.map(|action| action.sa_handler), Ok(Handler::Ignore)) {
            set(signal, Handler::Siginfo(fatal));
        }
    }
    set(SIGPIPE, Handler::Ignore);
    set(SIGXFSZ, Handler::Ignore);
    set(SIGCHLD, Handler::Default);
    set(SIGALRM, Handler::Signal(tick));
    let time = Timeval {
        tv_sec: 0,
        tv_usec: IDLE_MICROSECONDS as _,
    };
    let ticks = Itimerval {
        it_interval: time,
        it_value: time,
    };
    let _ = sys_rt_sigprocmask(SIG_UNBLOCK, Some(&FATAL.into_iter().chain([SIGALRM]).collect()));
    let _ = sys_setitimer(ITIMER_REAL, &ticks);
}

/// From here on they are for us.
pub fn program_ended() {
    PROGRAM.store(0, Ordering::Relaxed);
}

/// The signal that told us to let go.
pub fn told() -> Option<Signal> {
    match TOLD.load(Ordering::Relaxed) {
        0 => None,
        signal => Some(Signal::from_raw(signal)),
    }
}

/// Ends as the program did, without a core file of our own; the status, should that be impossible.
pub fn die_of(signal: Signal) -> i32 {
    let none = Rlimit64 {
        rlim_cur: 0,
        rlim_max: 0,
    };
    let _ = sys_prlimit64(None, RLIMIT_CORE, Some(&none));
    // SAFETY: it takes a handler away.
    let _ = unsafe { sys_rt_sigaction(signal, Some(&Sigaction::new(Handler::Default))) };
    let _ = sys_rt_sigprocmask(SIG_UNBLOCK, Some(&Sigset::empty().with(signal)));
    let _ = sys_kill(sys_getpid(), signal);
    128 + signal.as_raw()
}
