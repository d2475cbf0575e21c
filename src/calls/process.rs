//! Processes: who we are, making others, ending.

use crate::calls::signal::SIGCHLD;
use crate::calls::wait::{IdType, P_ALL, P_PGID, P_PID};
use crate::reg::{Arg, Reg, Regs, Ret, Value};
use crate::sysno::*;
use crate::trap::exit;
use crate::{Result, call};

/// The number of a process or a thread.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(i32);

impl Pid {
    /// A number that is known to name a process; the kernel answers `ESRCH` where it does not.
    #[inline(always)]
    pub const fn from_raw(number: i32) -> Pid {
        Pid(number)
    }

    /// The number.
    #[inline(always)]
    pub const fn as_raw(self) -> i32 {
        self.0
    }
}

impl core::fmt::Debug for Pid {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Value for Pid {
    #[inline(always)]
    unsafe fn from_reg(reg: Reg) -> Pid {
        Pid(reg.to_usize() as i32)
    }
}

impl Arg for Pid {
    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        regs.set(at, Reg::from(self.0));
    }
}

/// `None` is the caller itself, 0, in the calls that take a process's or a thread's number.
impl Arg for Option<Pid> {
    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        self.unwrap_or(Pid(0)).put(regs, at);
    }
}

/// For the calls that cannot fail.
impl Ret for Pid {
    #[inline(always)]
    unsafe fn from_reg(reg: Reg) -> Pid {
        // SAFETY: any number is a `Pid`.
        unsafe { <Pid as Value>::from_reg(reg) }
    }
}

/// Whom [`sys_kill`](crate::sys_kill) signals, and for which child [`sys_wait4`](crate::sys_wait4) waits.
///
/// In C these are one number, of which -1 and 0 mean many processes at once. Here a [`Pid`] is always one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The process with this number.
    Process(Pid),
    /// Every process of the group with this number.
    Group(Pid),
    /// Every process of the caller's own group.
    OwnGroup,
    /// kill(2): every process that may be signalled, but init and the caller. wait4(2): any child.
    Any,
}

impl From<Pid> for Target {
    #[inline(always)]
    fn from(pid: Pid) -> Target {
        Target::Process(pid)
    }
}

impl Target {
    /// As waitid(2) takes it, or `None` where wait4(2) would answer `ESRCH`.
    #[inline]
    pub(crate) fn for_waitid(self) -> Option<(IdType, i32)> {
        match self {
            Target::Process(Pid(number @ 1..)) => Some((P_PID, number)),
            Target::Group(Pid(number @ 2..)) => Some((P_PGID, number)),
            Target::Process(_) | Target::Group(_) => None,
            Target::OwnGroup => Some((P_PGID, 0)),
            Target::Any => Some((P_ALL, 0)),
        }
    }
}

/// The kernel's one number. Where it would come to mean everybody, because a number of `Process` is not positive or the
/// group is 1, it becomes `i32::MIN`, for which the kernel answers `ESRCH`.
impl Arg for Target {
    #[inline]
    fn put(self, regs: &mut Regs, at: usize) {
        let number = match self {
            Target::Process(Pid(number @ 1..)) => number,
            Target::Group(Pid(number @ 2..)) => -number,
            Target::Process(_) | Target::Group(_) => i32::MIN,
            Target::OwnGroup => 0,
            Target::Any => -1,
        };
        regs.set(at, Reg::from(number));
    }
}

/// getpid(2): the number of this process.
///
/// # Errors
/// None. Where the call is not made (another operating system, a seccomp filter) the number is the negative errno.
///
/// # Kernel
/// Since Linux 1.0. Source: getpid(2).
#[inline]
pub fn sys_getpid() -> Pid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_getpid) }
}

/// getppid(2): the number of the parent, or of the process that took its place when it ended (init, or a subreaper);
/// 0 if the parent is outside of this pid namespace.
///
/// # Errors
/// None; see [`sys_getpid`].
///
/// # Kernel
/// Since Linux 1.0. Source: getpid(2).
#[inline]
pub fn sys_getppid() -> Pid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_getppid) }
}

/// gettid(2): the number of this thread; that of a process's first thread is the process's.
///
/// # Errors
/// None; see [`sys_getpid`].
///
/// # Kernel
/// Since Linux 2.4.11. Source: gettid(2).
#[inline]
pub fn sys_gettid() -> Pid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_gettid) }
}

/// fork(2): makes a second process that goes on from here too, with a copy of the memory and the same open files.
///
/// Returns twice: `None` in the child, the child's number in the parent, which [`sys_wait4`](crate::sys_wait4) takes.
///
/// # Safety
/// The child has one thread, the one that called; what the others were doing stays as it was, a lock that one of them
/// held stays locked for good. While other threads exist, the child may do only what is async-signal-safe
/// (signal-safety(7)), until it calls [`sys_execve`](crate::sys_execve) or [`sys_exit_group`]. Values that stand for
/// something outside of memory exist twice from here on: both processes would close an [`OwnedFd`](crate::OwnedFd)
/// (which is right), but also remove a temporary file or flush a buffer of std.
///
/// # Errors
/// - `EAGAIN`: RLIMIT_NPROC, the kernel's limit of threads, or the cgroup's limit of processes.
/// - `ENOMEM`: no memory; or the pid namespace's init has ended.
///
/// # Kernel
/// Since Linux 1.0. Where there is no such call (aarch64 and all newer architectures) this is clone(2) with nothing
/// but SIGCHLD. Unlike libc's function it runs no pthread_atfork(3) handlers. Source: fork(2).
#[inline]
pub unsafe fn sys_fork() -> Result<Option<Pid>> {
    // SAFETY: the child gets a copy of the memory, this stack included; the caller answers for what it does there.
    let answer: Result<Pid> = unsafe {
        if SYS_fork.exists() {
            call!(never_blocks: SYS_fork)
        } else {
            call!(never_blocks: SYS_clone, SIGCHLD, 0usize, 0usize, 0usize, 0usize)
        }
    };
    answer.map(|pid| (pid != Pid(0)).then_some(pid))
}

/// sched_yield(2): lets the other threads of the same priority run first.
///
/// # Errors
/// None on Linux.
///
/// # Kernel
/// Since Linux 2.0. Source: sched_yield(2).
#[inline]
pub fn sys_sched_yield() -> Result<()> {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_sched_yield) }
}

/// exit(2), the kernel's: ends this thread, and the process with its last one, of which the parent sees the low 8 bits
/// of `status`. What libc calls exit ends all threads: that is [`sys_exit_group`].
///
/// # Safety
/// Nothing on the thread's stack is dropped. Nobody may wait for this thread or hold on to its stack in another way
/// than the kernel's (set_tid_address(2)): neither Rust's std nor a libc expects a thread of theirs to end like this.
///
/// # Errors
/// None: it does not return.
///
/// # Kernel
/// Since Linux 1.0; of one thread alone since 2.4. Source: _exit(2).
#[inline]
pub unsafe fn sys_exit(status: i32) -> ! {
    exit(SYS_exit, status)
}

/// exit_group(2): ends all threads of the process. The parent sees the low 8 bits of `status`.
///
/// # Errors
/// None: it does not return. On a system without a trap it panics.
///
/// # Kernel
/// Since Linux 2.5.35. Source: exit_group(2).
#[inline]
pub fn sys_exit_group(status: i32) -> ! {
    exit(SYS_exit_group, status)
}
