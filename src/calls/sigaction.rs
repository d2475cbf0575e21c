//! What happens when a signal comes.

use core::fmt;
use core::mem::{self, MaybeUninit};
use core::ptr;

use crate::arch::{abi, restorer};
use crate::calls::identity::Uid;
use crate::calls::process::Pid;
use crate::calls::signal::{Signal, Sigset};
use crate::sysno::*;
use crate::{Result, call};

/// What a signal does.
///
/// A handler runs between two instructions of whatever the thread was doing, and may do only what is
/// async-signal-safe: see [`sys_rt_sigaction`].
#[derive(Clone, Copy)]
pub enum Handler {
    /// SIG_DFL: what the signal does by itself; most end the process (signal(7)).
    Default,
    /// SIG_IGN: nothing.
    Ignore,
    /// The function is called.
    Signal(unsafe extern "C" fn(Signal)),
    /// The function is called, with what the kernel knows of the signal and with the interrupted thread's registers
    /// (`ucontext_t`, which differs between architectures). This is SA_SIGINFO.
    Siginfo(unsafe extern "C" fn(Signal, &Siginfo, *mut ())),
}

impl fmt::Debug for Handler {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Handler::Default => f.write_str("SIG_DFL"),
            Handler::Ignore => f.write_str("SIG_IGN"),
            Handler::Signal(function) => write!(f, "{function:?}"),
            Handler::Siginfo(function) => write!(f, "{function:?} with SA_SIGINFO"),
        }
    }
}

flags! {
    /// How a signal is handled. SA_SIGINFO and SA_RESTORER are not here: [`Handler::Siginfo`] says the first, and the
    /// second is the machine's own affair.
    pub type SaFlags = SaFlagsFamily(u32) {
        /// SIGCHLD: not when a child stops or goes on.
        SA_NOCLDSTOP = abi::SA_NOCLDSTOP,
        /// SIGCHLD: children leave no zombies, and there is nothing to wait for.
        SA_NOCLDWAIT = abi::SA_NOCLDWAIT,
        /// On the stack that [`sys_sigaltstack`] named.
        SA_ONSTACK = abi::SA_ONSTACK,
        /// An interrupted call is made again instead of failing with `EINTR`, where that is sensible (signal(7)).
        SA_RESTART = abi::SA_RESTART,
        /// The signal is not blocked while its own handler runs.
        SA_NODEFER = abi::SA_NODEFER,
        /// Back to SIG_DFL when the handler is called.
        SA_RESETHAND = abi::SA_RESETHAND,
        /// Asks whether the kernel knows the flags: it takes this one away when it tells them back, since 5.11.
        SA_UNSUPPORTED = 0x400,
        /// `si_addr` keeps the bits of an address that the architecture gives a meaning of its own.
        SA_EXPOSE_TAGBITS = 0x800,
    }
}

/// What [`sys_rt_sigaction`] sets and tells: the kernel's `struct sigaction`, without what is the machine's own affair.
#[derive(Clone, Copy, Debug)]
pub struct Sigaction {
    /// What happens: `sa_handler` or `sa_sigaction`.
    pub sa_handler: Handler,
    /// How.
    pub sa_flags: SaFlags,
    /// What is blocked while the handler runs, besides the signal itself.
    pub sa_mask: Sigset,
}

impl Sigaction {
    /// No flags, and nothing blocked but the signal itself.
    #[inline]
    pub const fn new(sa_handler: Handler) -> Sigaction {
        Sigaction {
            sa_handler,
            sa_flags: SaFlags::empty(),
            sa_mask: Sigset::empty(),
        }
    }

    #[inline]
    fn to_kernel(self) -> Passed {
        let flags = self.sa_flags.bits() & !abi::SA_SIGINFO;
        let (handler, flags) = match self.sa_handler {
            Handler::Default => (ptr::without_provenance(SIG_DFL), flags),
            Handler::Ignore => (ptr::without_provenance(SIG_IGN), flags),
            Handler::Signal(function) => (function as *const (), flags),
            Handler::Siginfo(function) => (function as *const (), flags | abi::SA_SIGINFO),
        };
        let mask = self.sa_mask.words();
        Passed {
            action: KernelSigaction::new(handler, flags, mask),
            tail: [mask[mask.len() - 1]; abi::SIGACTION_TAIL],
        }
    }

    /// # Safety
    /// The kernel told it, so `sa_handler` is what somebody set as a handler of the kind that the flags say.
    #[inline]
    unsafe fn from_kernel(action: KernelSigaction) -> Sigaction {
        let flags = action.flags();
        let sa_handler = match action.sa_handler.addr() {
            SIG_DFL => Handler::Default,
            SIG_IGN => Handler::Ignore,
            _ if flags & abi::SA_SIGINFO != 0 => {
                type Function = unsafe extern "C" fn(Signal, &Siginfo, *mut ());
                // SAFETY: the caller answers for it.
                Handler::Siginfo(unsafe { mem::transmute::<*const (), Function>(action.sa_handler) })
            }
            _ => {
                type Function = unsafe extern "C" fn(Signal);
                // SAFETY: as above.
                Handler::Signal(unsafe { mem::transmute::<*const (), Function>(action.sa_handler) })
            }
        };
        Sigaction {
            sa_handler,
            sa_flags: SaFlags::from_bits(flags & !abi::SA_SIGINFO),
            sa_mask: Sigset::from_words(action.sa_mask),
        }
    }
}

// The same on every architecture: asm-generic/signal-defs.h.
const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

values! {
    /// Who sent a signal ([`Siginfo::si_code`]). Positive values belong to the signal: see sigaction(2).
    pub type SiCode = SiCodeFamily(i32) {
        /// kill(2)
        SI_USER = 0,
        /// The kernel.
        SI_KERNEL = 0x80,
        /// sigqueue(3)
        SI_QUEUE = -1,
        /// A POSIX timer expired.
        SI_TIMER = abi::SI_TIMER,
        /// A POSIX message queue is no longer empty.
        SI_MESGQ = abi::SI_MESGQ,
        /// POSIX asynchronous input or output ended.
        SI_ASYNCIO = abi::SI_ASYNCIO,
        /// Input or output became possible (old kernels).
        SI_SIGIO = -5,
        /// tgkill(2)
        SI_TKILL = -6,
    }
}

// Not among the names of the family: other signals give these numbers another meaning.

/// SIGCHLD, waitid(2): the child ended by itself.
pub const CLD_EXITED: SiCode = SiCode::from_bits(1);
/// SIGCHLD, waitid(2): a signal ended it.
pub const CLD_KILLED: SiCode = SiCode::from_bits(2);
/// SIGCHLD, waitid(2): a signal ended it, and left its memory in a core file (core(5)).
pub const CLD_DUMPED: SiCode = SiCode::from_bits(3);
/// SIGCHLD, waitid(2): it stopped for its tracer.
pub const CLD_TRAPPED: SiCode = SiCode::from_bits(4);
/// SIGCHLD, waitid(2): a signal stopped it.
pub const CLD_STOPPED: SiCode = SiCode::from_bits(5);
/// SIGCHLD, waitid(2): SIGCONT set it going again.
pub const CLD_CONTINUED: SiCode = SiCode::from_bits(6);

pub use abi::{KernelSigaction, Siginfo};

/// What the kernel is pointed to: its struct, and room for an emulator whose own is longer. That one takes the end of the
/// mask for a restorer; it has a whole mask where the last word, which is repeated behind it, is the only one.
#[repr(C)]
struct Passed {
    action: KernelSigaction,
    tail: [usize; abi::SIGACTION_TAIL],
}

/// Which fields mean something depends on the signal and on `si_code`: see sigaction(2). The others hold bits of
/// another field or zero.
impl Siginfo {
    /// The signal.
    #[inline]
    pub const fn si_signo(&self) -> Signal {
        Signal::from_raw(self.si_signo)
    }

    /// An errno that goes with the signal; Linux hardly uses it.
    #[inline]
    pub const fn si_errno(&self) -> i32 {
        self.si_errno
    }

    /// Who sent it, or why.
    #[inline]
    pub const fn si_code(&self) -> SiCode {
        SiCode::from_bits(self.si_code)
    }

    /// From kill(2), tgkill(2), sigqueue(3): who sent it. SIGCHLD: which child.
    #[inline]
    pub const fn si_pid(&self) -> Pid {
        // SAFETY: the kernel fills the whole union, and any bits are a number.
        Pid::from_raw(unsafe { self.fields.sender.si_pid })
    }

    /// The real user of that process.
    #[inline]
    pub const fn si_uid(&self) -> Uid {
        // SAFETY: as for si_pid.
        Uid::from_raw(unsafe { self.fields.sender.si_uid })
    }

    /// SIGCHLD: the exit status, or the number of the signal that ended or stopped the child.
    #[inline]
    pub const fn si_status(&self) -> i32 {
        // SAFETY: as for si_pid.
        unsafe { self.fields.sender.si_status }
    }

    /// SIGCHLD: the CPU time that the child used in user mode, in ticks of the kernel's clock (times(2)).
    #[inline]
    pub const fn si_utime(&self) -> isize {
        // SAFETY: as for si_pid.
        unsafe { self.fields.sender.si_utime }
    }

    /// SIGCHLD: the CPU time that it used in the kernel, likewise.
    #[inline]
    pub const fn si_stime(&self) -> isize {
        // SAFETY: as for si_pid.
        unsafe { self.fields.sender.si_stime }
    }

    /// SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP: the address of the fault.
    #[inline]
    pub const fn si_addr(&self) -> *mut () {
        // SAFETY: as for si_pid; a pointer may have any bits.
        unsafe { self.fields.addr }
    }

    /// From sigqueue(3) and POSIX timers: what the sender passed.
    #[inline]
    pub const fn si_value(&self) -> *mut () {
        // SAFETY: as for si_addr.
        unsafe { self.fields.value.si_value }
    }
}

impl fmt::Debug for Siginfo {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Siginfo")
            .field("si_signo", &self.si_signo())
            .field("si_code", &self.si_code())
            .finish_non_exhaustive()
    }
}

/// rt_sigaction(2): says what happens when `signal` comes, for the whole process, and returns what was said before.
/// With `None` nothing is changed.
///
/// ```
/// use rawtrap::*;
/// use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
///
/// static HUNG_UP: AtomicBool = AtomicBool::new(false);
///
/// extern "C" fn note(_: Signal) {
///     HUNG_UP.store(true, Relaxed);
/// }
///
/// // SAFETY: the handler stores into an atomic, and touches nothing else.
/// unsafe { sys_rt_sigaction(SIGHUP, Some(&Sigaction::new(Handler::Signal(note))))? };
/// sys_kill(sys_getpid(), SIGHUP)?;
/// # while !HUNG_UP.load(Relaxed) { sys_sched_yield()?; }
/// assert!(HUNG_UP.load(Relaxed));
/// # Ok::<(), Errno>(())
/// ```
///
/// # Safety
/// A handler may interrupt any instruction of any thread that does not block the signal, also one that holds a lock or
/// has a value half written. It must be async-signal-safe (signal-safety(7)): atomics and syscalls are fine; taking a
/// lock, allocating, panicking and `static mut` are not. It must stay callable for as long as it is installed. Another
/// part of the program, such as Rust's std with its handlers for SIGSEGV and SIGPIPE, may count on what was installed
/// before.
///
/// # Errors
/// `EINVAL`: there is no such signal, or it is SIGKILL or SIGSTOP, which nobody can handle.
///
/// # Kernel
/// Since Linux 2.2. The kernel's struct differs between architectures, and some want to be told where a handler returns
/// to (SA_RESTORER; sparc: an argument): both are done here. Source: sigaction(2).
#[inline]
pub unsafe fn sys_rt_sigaction(signal: Signal, new: Option<&Sigaction>) -> Result<Sigaction> {
    let mut old = MaybeUninit::<Passed>::uninit();
    let siginfo = new.is_some_and(|action| matches!(action.sa_handler, Handler::Siginfo(_)));
    let new = new.map(|action| action.to_kernel());
    let new = new.as_ref().map_or(ptr::null(), ptr::from_ref);
    let (old_action, size) = (old.as_mut_ptr(), size_of::<Sigset>());
    // SAFETY: the kernel reads one struct if there is one, and writes one. The caller answers for the handler.
    let answer: Result<()> = unsafe {
        if abi::RESTORER_IS_AN_ARGUMENT {
            let restorer = restorer(siginfo).unwrap_or(ptr::null());
            call!(never_blocks: SYS_rt_sigaction, signal, new, old_action, restorer, size)
        } else {
            call!(never_blocks: SYS_rt_sigaction, signal, new, old_action, size)
        }
    };
    // SAFETY: it has written the struct, which stands first; nobody reads the tail.
    answer.map(|()| unsafe { Sigaction::from_kernel(old.as_ptr().cast::<KernelSigaction>().read()) })
}

flags! {
    /// What a signal stack is, for [`sys_sigaltstack`].
    pub type StackFlags = StackFlagsFamily(u32) {
        /// The thread runs on it now; only told, never set.
        SS_ONSTACK = 1,
        /// There is none.
        SS_DISABLE = 2,
        /// It is switched off while a handler runs on it.
        SS_AUTODISARM = 1 << 31,
    }
}

/// A stack for signal handlers: the kernel's `stack_t`.
pub type Stack = abi::Stack<StackFlags>;

/// The least that the kernel takes as a signal stack, if its machine has no large registers: AT_MINSIGSTKSZ (51) of the
/// auxiliary vector has what this machine wants.
pub const MINSIGSTKSZ: usize = abi::MINSIGSTKSZ;

/// What the headers advise for a signal stack; it is too small for machines with large registers (sigaltstack(2)).
pub const SIGSTKSZ: usize = abi::SIGSTKSZ;

/// sigaltstack(2): names the stack on which this thread runs handlers with [`SA_ONSTACK`], and returns what was named
/// before. With `None` nothing is changed; a stack of [`SS_DISABLE`] takes it away. What a handler changes is undone
/// when it returns.
///
/// # Safety
/// The stack must be writable memory that nothing else uses for as long as it is named. Rust's std names one for each
/// of its threads and counts on it to report a stack overflow.
///
/// # Errors
/// - `EINVAL`: `ss_flags` holds another flag.
/// - `ENOMEM`: `ss_size` is below the least.
/// - `EPERM`: the thread runs on its signal stack now.
///
/// # Kernel
/// Since Linux 2.2; [`SS_AUTODISARM`] since 4.7. Source: sigaltstack(2).
#[inline]
pub unsafe fn sys_sigaltstack(new: Option<&Stack>) -> Result<Stack> {
    let mut old = MaybeUninit::<Stack>::uninit();
    let new = new.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel reads one struct if there is one, and writes one. The caller answers for the memory.
    let answer: Result<()> = unsafe { call!(never_blocks: SYS_sigaltstack, new, old.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { old.assume_init() })
}
