//! What became of a child.

use core::fmt;
use core::mem::MaybeUninit;
use core::ptr;

use crate::Result;
use crate::calls::process::{Pid, Target};
use crate::calls::ptrace::PtraceEvent;
use crate::calls::sigaction::{CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, SiCode, Siginfo};
use crate::calls::signal::{Signal, Timeval};
use crate::errno::{EINVAL, ESRCH};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// For which events of a child [`sys_wait4`] waits, besides its end, and [`sys_waitid`].
    pub type WaitOptions = WaitOptionsFamily(u32) {
        /// Do not wait: `None` if nothing happened yet.
        WNOHANG = 0x1,
        /// Children that a signal stopped, too.
        WUNTRACED = 0x2,
        /// Children that ended, for [`sys_waitid`].
        WEXITED = 0x4,
        /// Children that SIGCONT set going again, too.
        WCONTINUED = 0x8,
        /// The same as [`WUNTRACED`].
        WSTOPPED = 0x2,
        /// [`sys_waitid`] leaves the child as it is: it can be waited for again.
        WNOWAIT = 0x0100_0000,
        /// Only children of this thread, not of the process's others.
        __WNOTHREAD = 0x2000_0000,
        /// All children, whatever signal they send at their end.
        __WALL = 0x4000_0000,
        /// Only children that do not send SIGCHLD at their end (clone(2)).
        __WCLONE = 0x8000_0000,
    }
}

/// The options that the kernel takes in wait4(2) (kernel/exit.c).
const WAIT4_KNOWS: WaitOptions = WNOHANG
    .union(WUNTRACED)
    .union(WCONTINUED)
    .union(__WNOTHREAD)
    .union(__WALL)
    .union(__WCLONE);

values! {
    /// For which child [`sys_waitid`] waits.
    pub type IdType = IdTypeFamily(u32) {
        /// Any.
        P_ALL = 0,
        /// The process with this number.
        P_PID = 1,
        /// Those of the process group with this number; 0: of the caller's own (Linux 5.4).
        P_PGID = 2,
        /// The process that this fd stands for (pidfd_open(2); Linux 5.4).
        P_PIDFD = 3,
    }
}

/// What happened to a child, as [`sys_wait4`] tells it.
///
/// Exactly one of [`exited`](WaitStatus::exited), [`signaled`](WaitStatus::signaled),
/// [`stopped`](WaitStatus::stopped) and [`continued`](WaitStatus::continued) holds.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WaitStatus(i32);

impl WaitStatus {
    /// A status as the kernel packs it (wait(2), "WIFEXITED" and its sisters).
    #[inline(always)]
    pub const fn from_raw(status: i32) -> WaitStatus {
        WaitStatus(status)
    }

    /// The status as the kernel packs it.
    #[inline(always)]
    pub const fn as_raw(self) -> i32 {
        self.0
    }

    /// The status as waitid(2) tells the same (kernel/exit.c: what either call does with an exit code).
    #[inline]
    const fn of(code: SiCode, status: i32) -> WaitStatus {
        WaitStatus(match code {
            CLD_EXITED => (status & 0xff) << 8,
            CLD_KILLED => status & 0x7f,
            CLD_DUMPED => status & 0x7f | 0x80,
            CLD_CONTINUED => 0xffff,
            // CLD_STOPPED, CLD_TRAPPED
            _ => status << 8 | 0x7f,
        })
    }

    /// The exit status, 0 to 255, if the child ended by itself.
    #[inline]
    pub const fn exited(self) -> Option<i32> {
        if self.low() == 0 { Some(self.high()) } else { None }
    }

    /// The signal that ended the child, if one did.
    #[inline]
    pub const fn signaled(self) -> Option<Signal> {
        match self.low() {
            0 | 0x7f => None,
            signal => Some(Signal::from_raw(signal)),
        }
    }

    /// True if a signal ended the child, and left its memory in a core file (core(5)).
    #[inline]
    pub const fn core_dumped(self) -> bool {
        self.signaled().is_some() && self.0 & 0x80 != 0
    }

    /// The signal that stopped the child, if one did.
    #[inline]
    pub const fn stopped(self) -> Option<Signal> {
        if self.low() == 0x7f && !self.continued() {
            Some(Signal::from_raw(self.high()))
        } else {
            None
        }
    }

    /// The event that a tracee stopped for, if that was not a signal's delivery or a call (ptrace(2)). A stop at a call
    /// is told as [`stopped`](WaitStatus::stopped) by SIGTRAP | 0x80: see
    /// [`PTRACE_O_TRACESYSGOOD`](crate::PTRACE_O_TRACESYSGOOD).
    #[inline]
    pub const fn ptrace_event(self) -> Option<PtraceEvent> {
        match self.0 as u32 >> 16 {
            0 => None,
            event => Some(PtraceEvent::from_bits(event)),
        }
    }

    /// True if SIGCONT set the child going again.
    #[inline]
    pub const fn continued(self) -> bool {
        self.0 == 0xffff
    }

    #[inline]
    const fn low(self) -> i32 {
        self.0 & 0x7f
    }

    #[inline]
    const fn high(self) -> i32 {
        self.0 >> 8 & 0xff
    }
}

/// `exited with 3`, `ended by SIGKILL`
impl fmt::Debug for WaitStatus {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.exited() {
            write!(f, "exited with {status}")
        } else if let Some(signal) = self.stopped() {
            write!(f, "stopped by {signal:?}")
        } else if let Some(signal) = self.signaled() {
            let core = if self.core_dumped() { ", core dumped" } else { "" };
            write!(f, "ended by {signal:?}{core}")
        } else {
            f.write_str("continued")
        }
    }
}

/// What a process used: the kernel's `struct rusage`. Linux leaves the fields without a comment zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rusage {
    /// CPU time in user mode.
    pub ru_utime: Timeval,
    /// CPU time in the kernel.
    pub ru_stime: Timeval,
    /// The most memory that it had at once, in KiB.
    pub ru_maxrss: isize,
    pub ru_ixrss: isize,
    pub ru_idrss: isize,
    pub ru_isrss: isize,
    /// Page faults that needed no input.
    pub ru_minflt: isize,
    /// Page faults that did.
    pub ru_majflt: isize,
    pub ru_nswap: isize,
    /// How often a file system had to read, in blocks of 512 bytes.
    pub ru_inblock: isize,
    /// How often a file system had to write, likewise.
    pub ru_oublock: isize,
    pub ru_msgsnd: isize,
    pub ru_msgrcv: isize,
    pub ru_nsignals: isize,
    /// How often it gave the CPU up, to wait.
    pub ru_nvcsw: isize,
    /// How often the CPU was taken from it.
    pub ru_nivcsw: isize,
}

blocking! {
    /// wait4(2): waits until a child ends (or stops or goes on, as `options` say), and returns which, and what
    /// happened. A child that ended is gone then, and its number free.
    ///
    /// `None` is the answer only with [`WNOHANG`]: there are such children, and nothing happened yet. `rusage` gets
    /// what the child and those of its own children that it waited for used.
    ///
    /// # Errors
    /// - `ECHILD`: there is no such child, or SIGCHLD is ignored and the last one ended.
    /// - `EINTR`: a signal handler ran; see [`retry`](crate::retry).
    /// - `EINVAL`: `options` hold what the kernel does not know.
    /// - `ESRCH`: the number in `target` is not positive, or it is group 1.
    ///
    /// # Kernel
    /// Since Linux 1.0. Where there is no such call (riscv32) this is [`sys_waitid`]. Source: wait4(2), wait(2).
    #[inline]
    pub fn sys_wait4(
        target: impl Into<Target>,
        options: WaitOptions,
        rusage: Option<&mut Rusage>,
    ) -> Result<Option<(Pid, WaitStatus)>> {
        if wide::WAIT_BY_WAITID {
            let (which, id) = target.into().for_waitid().ok_or(ESRCH)?;
            if !WAIT4_KNOWS.contains(options) {
                return Err(EINVAL);
            }
            let child = sys_waitid(which, id, options | WEXITED, rusage)?;
            return Ok(child.map(|info| (info.si_pid(), WaitStatus::of(info.si_code(), info.si_status()))));
        }
        let mut status = MaybeUninit::<i32>::uninit();
        let rusage = rusage.map_or(ptr::null_mut(), ptr::from_mut);
        // SAFETY: the kernel writes one int, and one rusage where it was lent one.
        let answer: Result<Pid> =
            unsafe { call!(may_block: SYS_wait4, target.into(), status.as_mut_ptr(), options, rusage) };
        answer.map(|pid| {
            // SAFETY: it has written the status of the child that it names.
            (pid.as_raw() != 0).then(|| (pid, WaitStatus(unsafe { status.assume_init() })))
        })
    }

    /// waitid(2): waits until a child ends, stops or goes on, whichever `options` name, and returns what SIGCHLD would
    /// tell of it: [`si_pid`](Siginfo::si_pid), [`si_uid`](Siginfo::si_uid), [`si_status`](Siginfo::si_status), and in
    /// [`si_code`](Siginfo::si_code) what happened. A child that ended is gone then, unless [`WNOWAIT`] is given.
    ///
    /// `None` is the answer only with [`WNOHANG`]: there are such children, and nothing happened yet. `rusage` gets
    /// what the child and those of its own children that it waited for used.
    ///
    /// # Errors
    /// - `ECHILD`: there is no such child, or SIGCHLD is ignored and the last one ended.
    /// - `EINTR`: a signal handler ran; see [`retry`](crate::retry).
    /// - `EINVAL`: `options` name none of [`WEXITED`], [`WSTOPPED`] and [`WCONTINUED`], or hold what the kernel does not
    ///   know; or no child can have such an `id`.
    /// - `EBADF`: [`P_PIDFD`], and `id` is not open.
    /// - `EAGAIN`: [`P_PIDFD`], and the fd is non-blocking, and nothing happened yet.
    ///
    /// # Kernel
    /// Since Linux 2.6.9; [`P_PGID`] with 0 since 5.4. What is filled in besides is not told by libc's function. Source:
    /// wait(2).
    #[inline]
    pub fn sys_waitid(
        which: IdType,
        id: i32,
        options: WaitOptions,
        rusage: Option<&mut Rusage>,
    ) -> Result<Option<Siginfo>> {
        // The kernel fills in seven numbers, and leaves the rest of the struct alone.
        let mut info = MaybeUninit::<Siginfo>::zeroed();
        let rusage = rusage.map_or(ptr::null_mut(), ptr::from_mut);
        // SAFETY: the kernel writes a part of one siginfo_t, and one rusage where it was lent one.
        let answer: Result<()> = unsafe { call!(may_block: SYS_waitid, which, id, info.as_mut_ptr(), options, rusage) };
        // SAFETY: the rest is zero.
        let info = answer.map(|()| unsafe { info.assume_init() })?;
        Ok((info.si_pid().as_raw() != 0).then_some(info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::ptrace::PTRACE_EVENT_STOP;
    use crate::calls::sigaction::{CLD_STOPPED, CLD_TRAPPED};
    use crate::calls::signal::{SIGABRT, SIGCONT, SIGKILL, SIGSTOP};

    /// The packing is the kernel's, the same on every architecture: include/uapi has no header for it, wait(2) names
    /// the macros.
    #[test]
    fn exactly_one_of_four_holds() {
        let sigstop = SIGSTOP.as_raw();
        for (raw, exited, signaled, stopped, continued, text) in [
            (0x0000, Some(0), None, None, false, "exited with 0"),
            (0xff00, Some(255), None, None, false, "exited with 255"),
            (0x0009, None, Some(SIGKILL), None, false, "ended by SIGKILL"),
            (
                0x0086,
                None,
                Some(SIGABRT),
                None,
                false,
                "ended by SIGABRT, core dumped",
            ),
            (
                sigstop << 8 | 0x7f,
                None,
                None,
                Some(SIGSTOP),
                false,
                "stopped by SIGSTOP",
            ),
            (0xffff, None, None, None, true, "continued"),
        ] {
            let status = WaitStatus::from_raw(raw);
            assert_eq!(
                (status.exited(), status.signaled(), status.stopped(), status.continued()),
                (exited, signaled, stopped, continued)
            );
            assert_eq!(status.core_dumped(), raw == 0x86);
            assert_eq!(format!("{status:?}"), text);
            assert_eq!(status.ptrace_event(), None);
        }
    }

    /// What waitid(2) tells of each, as kernel/exit.c makes both from one exit code.
    #[test]
    fn waitid_tells_the_same() {
        let (sigstop, event) = (SIGSTOP.as_raw(), 128 << 8 | SIGSTOP.as_raw());
        for (code, status, raw) in [
            (CLD_EXITED, 0, 0),
            (CLD_EXITED, 255, 0xff00),
            (CLD_KILLED, 9, 9),
            (CLD_DUMPED, 6, 0x86),
            (CLD_STOPPED, sigstop, sigstop << 8 | 0x7f),
            (CLD_TRAPPED, event, 128 << 16 | sigstop << 8 | 0x7f),
            (CLD_CONTINUED, SIGCONT.as_raw(), 0xffff),
        ] {
            assert_eq!(WaitStatus::of(code, status), WaitStatus::from_raw(raw));
        }
        let waited = |target: Target| target.for_waitid();
        assert_eq!(waited(Target::Any), Some((P_ALL, 0)));
        assert_eq!(waited(Target::OwnGroup), Some((P_PGID, 0)));
        assert_eq!(waited(Target::Group(Pid::from_raw(7))), Some((P_PGID, 7)));
        assert_eq!(waited(Pid::from_raw(7).into()), Some((P_PID, 7)));
        for nobody in [
            Target::Group(Pid::from_raw(1)),
            Pid::from_raw(0).into(),
            Pid::from_raw(-1).into(),
        ] {
            assert_eq!(waited(nobody), None);
        }
    }

    #[test]
    fn a_tracee_stops_for_an_event() {
        let status = WaitStatus::from_raw(128 << 16 | SIGSTOP.as_raw() << 8 | 0x7f);
        assert_eq!(
            (status.stopped(), status.ptrace_event()),
            (Some(SIGSTOP), Some(PTRACE_EVENT_STOP))
        );
    }
}
