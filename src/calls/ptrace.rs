//! Watching other processes: ptrace(2), as a tracer that attaches with PTRACE_SEIZE uses it, and their memory.
//!
//! A tracee is a thread, not a process, and belongs to the thread that attached. It stops at what it is watched for,
//! which [`sys_wait4`](crate::sys_wait4) tells with [`__WALL`](crate::__WALL); only then does it take requests, all but
//! SEIZE and INTERRUPT. A request to a tracee that runs, that is another's or that SIGKILL just ended is `ESRCH`.

use core::mem::MaybeUninit;
use core::ptr;

use crate::Result;
use crate::buffer::IoSliceMut;
use crate::calls::process::Pid;
use crate::calls::sigaction::Siginfo;
use crate::calls::signal::Signal;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};

values! {
    /// What [`sys_ptrace`] is asked for.
    pub type PtraceRequest = PtraceRequestFamily(u32) {
        /// The parent becomes the tracer.
        PTRACE_TRACEME = 0,
        /// A word of memory is read.
        PTRACE_PEEKTEXT = 1,
        /// The same.
        PTRACE_PEEKDATA = 2,
        /// A word of what the kernel knows of the registers is read.
        PTRACE_PEEKUSR = 3,
        /// A word of memory is written.
        PTRACE_POKETEXT = 4,
        /// The same.
        PTRACE_POKEDATA = 5,
        /// A register is written.
        PTRACE_POKEUSR = 6,
        /// The tracee goes on.
        PTRACE_CONT = 7,
        /// As kill(2) with SIGKILL, and worse.
        PTRACE_KILL = 8,
        /// It goes on for one instruction.
        PTRACE_SINGLESTEP = 9,
        /// It becomes a tracee, and gets SIGSTOP.
        PTRACE_ATTACH = 16,
        /// It is let go.
        PTRACE_DETACH = 17,
        /// It goes on up to the next call's beginning or end.
        PTRACE_SYSCALL = 24,
        /// What it stops for.
        PTRACE_SETOPTIONS = 0x4200,
        /// More about the event that it stopped for.
        PTRACE_GETEVENTMSG = 0x4201,
        /// The signal that it stopped for.
        PTRACE_GETSIGINFO = 0x4202,
        /// That signal is changed.
        PTRACE_SETSIGINFO = 0x4203,
        /// A set of registers is read.
        PTRACE_GETREGSET = 0x4204,
        /// A set of registers is written.
        PTRACE_SETREGSET = 0x4205,
        /// It becomes a tracee, and runs on.
        PTRACE_SEIZE = 0x4206,
        /// It stops.
        PTRACE_INTERRUPT = 0x4207,
        /// It stays in its group-stop, and is watched.
        PTRACE_LISTEN = 0x4208,
        /// Signals that wait are read.
        PTRACE_PEEKSIGINFO = 0x4209,
        /// The signals that it blocks.
        PTRACE_GETSIGMASK = 0x420a,
        /// They are changed.
        PTRACE_SETSIGMASK = 0x420b,
        /// One of its seccomp filters.
        PTRACE_SECCOMP_GET_FILTER = 0x420c,
        /// That filter's flags.
        PTRACE_SECCOMP_GET_METADATA = 0x420d,
        /// The call that it stopped at.
        PTRACE_GET_SYSCALL_INFO = 0x420e,
        /// Where its restartable sequences are.
        PTRACE_GET_RSEQ_CONFIGURATION = 0x420f,
        /// How its calls are sent back to it (prctl(2), PR_SET_SYSCALL_USER_DISPATCH): changed.
        PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210,
        /// The same, read.
        PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211,
        /// The call that it stopped at is changed.
        PTRACE_SET_SYSCALL_INFO = 0x4212,
    }
}

flags! {
    /// What a tracee stops for besides signals, and what becomes of it.
    pub type PtraceOptions = PtraceOptionsFamily(u32) {
        /// The stops of [`sys_ptrace_syscall`] are told as [`SIGTRAP`](crate::SIGTRAP)` | 0x80`.
        PTRACE_O_TRACESYSGOOD = 1 << 0,
        /// A child of fork(2) is a tracee too.
        PTRACE_O_TRACEFORK = 1 << 1,
        /// A child of vfork(2) is a tracee too.
        PTRACE_O_TRACEVFORK = 1 << 2,
        /// A child of clone(2) is a tracee too; a thread is one.
        PTRACE_O_TRACECLONE = 1 << 3,
        /// It stops when execve(2) has succeeded.
        PTRACE_O_TRACEEXEC = 1 << 4,
        /// It stops when vfork(2) lets it go on.
        PTRACE_O_TRACEVFORKDONE = 1 << 5,
        /// It stops before it ends.
        PTRACE_O_TRACEEXIT = 1 << 6,
        /// It stops where a seccomp filter says SECCOMP_RET_TRACE.
        PTRACE_O_TRACESECCOMP = 1 << 7,
        /// It is killed when the tracer ends.
        PTRACE_O_EXITKILL = 1 << 20,
        /// Its seccomp filters are off.
        PTRACE_O_SUSPEND_SECCOMP = 1 << 21,
    }
}

values! {
    /// The event that a tracee stopped for ([`WaitStatus::ptrace_event`](crate::WaitStatus::ptrace_event)).
    pub type PtraceEvent = PtraceEventFamily(u32) {
        /// It called fork(2), or clone(2) with SIGCHLD: the message is the child's number.
        PTRACE_EVENT_FORK = 1,
        /// It called vfork(2), or clone(2) with CLONE_VFORK: the message is the child's number.
        PTRACE_EVENT_VFORK = 2,
        /// It called clone(2): the message is the child's number.
        PTRACE_EVENT_CLONE = 3,
        /// It executes another program: the message is the number that it had before, of a thread perhaps that has its
        /// process's now.
        PTRACE_EVENT_EXEC = 4,
        /// vfork(2) lets it go on: the message is the child's number.
        PTRACE_EVENT_VFORK_DONE = 5,
        /// It is about to end: the message is its wait status.
        PTRACE_EVENT_EXIT = 6,
        /// A seccomp filter said SECCOMP_RET_TRACE: the message is the filter's.
        PTRACE_EVENT_SECCOMP = 7,
        /// It is new, or [`sys_ptrace_interrupt`] stopped it (the signal is SIGTRAP), or its whole process is stopped (by
        /// that signal).
        PTRACE_EVENT_STOP = 128,
    }
}

values! {
    /// Where in a call a tracee stopped.
    pub type PtraceSyscallOp = PtraceSyscallOpFamily(u8) {
        /// In none.
        PTRACE_SYSCALL_INFO_NONE = 0,
        /// At its beginning.
        PTRACE_SYSCALL_INFO_ENTRY = 1,
        /// At its end.
        PTRACE_SYSCALL_INFO_EXIT = 2,
        /// At its beginning, by a seccomp filter.
        PTRACE_SYSCALL_INFO_SECCOMP = 3,
    }
}

/// The call that a tracee stopped at: the kernel's `struct ptrace_syscall_info`. What its union holds is told by
/// [`stop`](PtraceSyscallInfo::stop).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PtraceSyscallInfo {
    /// Where it stopped.
    pub op: PtraceSyscallOp,
    pad: [u8; 3],
    /// The architecture whose call it is, an AUDIT_ARCH number (seccomp(2)); a 64-bit process can make 32-bit calls.
    pub arch: u32,
    /// Where the program goes on.
    pub instruction_pointer: u64,
    /// Its stack.
    pub stack_pointer: u64,
    words: [u64; 8],
}

/// What a [`PtraceSyscallInfo`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyscallStop {
    /// It is in no call.
    None,
    /// It is about to make this call.
    Entry {
        /// The number.
        nr: u64,
        /// What is in the registers of all six arguments.
        args: [u64; 6],
    },
    /// The call has returned.
    Exit {
        /// The value, or the negative errno.
        rval: i64,
        /// Which of both it is.
        is_error: bool,
    },
    /// It is about to make this call, and a seccomp filter said SECCOMP_RET_TRACE.
    Seccomp {
        /// The number.
        nr: u64,
        /// What is in the registers of all six arguments.
        args: [u64; 6],
        /// The filter's message.
        ret_data: u32,
    },
}

impl PtraceSyscallInfo {
    /// The fields that go with `op`.
    #[inline]
    pub const fn stop(&self) -> SyscallStop {
        let [nr, args @ .., _] = self.words;
        match self.op {
            PTRACE_SYSCALL_INFO_ENTRY => SyscallStop::Entry { nr, args },
            PTRACE_SYSCALL_INFO_EXIT => SyscallStop::Exit {
                rval: self.words[0] as i64,
                is_error: self.words[1].to_ne_bytes()[0] != 0,
            },
            PTRACE_SYSCALL_INFO_SECCOMP => {
                let [a, b, c, d, ..] = self.words[7].to_ne_bytes();
                let ret_data = u32::from_ne_bytes([a, b, c, d]);
                SyscallStop::Seccomp { nr, args, ret_data }
            }
            _ => SyscallStop::None,
        }
    }
}

/// ptrace(2): any request, with its two arguments as they stand in registers. The typed functions are safe, and say what
/// the answer means.
///
/// PTRACE_PEEKTEXT, PTRACE_PEEKDATA and PTRACE_PEEKUSR store the word at `data`; it is libc that returns it.
///
/// # Safety
/// Where `addr` or `data` is a pointer it must be valid for what `request` does with it. What is written into a tracee's
/// registers or memory must be sound there, also where that memory is shared with us.
///
/// # Errors
/// - `ESRCH`: there is no such task, it is no tracee of this thread, or it is not stopped.
/// - `EPERM`: it may not be traced, or is traced already.
/// - `EIO`: the kernel does not know the request; another area of memory is meant; a signal that does not exist.
/// - Others by request: see ptrace(2).
///
/// # Kernel
/// Since Linux 1.0. QEMU's user mode has no ptrace(2): `ENOSYS`. Source: ptrace(2).
#[inline]
pub unsafe fn sys_ptrace(request: PtraceRequest, pid: Pid, addr: *mut (), data: *mut ()) -> Result<usize> {
    // SAFETY: the caller answers for the arguments.
    unsafe { call!(never_blocks: SYS_ptrace, request, pid, addr, data) }
}

/// ptrace(2), PTRACE_SEIZE: makes the thread `pid` a tracee of this one. It runs on; [`sys_ptrace_interrupt`] stops it.
///
/// # Errors
/// - `EPERM`: it is traced already (also by whoever debugs us), is another user's or runs a program that changes users,
///   is one of our own threads; or the system forbids it (ptrace(2), "Ptrace access mode checking").
/// - `ESRCH`: there is no such thread.
/// - `EIO`: `options` hold what the kernel does not know.
///
/// # Kernel
/// Since Linux 3.4. QEMU's user mode has no ptrace(2): `ENOSYS`. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_seize(pid: Pid, options: PtraceOptions) -> Result<()> {
    // SAFETY: the arguments are numbers; a thread that is watched does what it did.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_SEIZE, pid, 0usize, options) }
}

/// ptrace(2), PTRACE_INTERRUPT: lets a tracee that runs stop, which [`sys_wait4`](crate::sys_wait4) tells as
/// [`PTRACE_EVENT_STOP`]. A call that it sleeps in is begun anew afterwards.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread.
/// - `EIO`: it became one in another way than by [`sys_ptrace_seize`].
///
/// # Kernel
/// Since Linux 3.4. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_interrupt(pid: Pid) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_INTERRUPT, pid, 0usize, 0usize) }
}

/// ptrace(2), PTRACE_CONT: lets a tracee go on up to the next event. `signal` is delivered first, if it stopped for a
/// signal; [`Signal::NONE`] suppresses that.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EIO`: there is no such signal.
///
/// # Kernel
/// Since Linux 1.0. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_cont(pid: Pid, signal: Signal) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_CONT, pid, 0usize, signal) }
}

/// ptrace(2), PTRACE_SYSCALL: as [`sys_ptrace_cont`], and it also stops at the beginning and at the end of the next call.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EIO`: there is no such signal.
///
/// # Kernel
/// Since Linux 1.0. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_syscall(pid: Pid, signal: Signal) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_SYSCALL, pid, 0usize, signal) }
}

/// ptrace(2), PTRACE_LISTEN: leaves a tracee in the group-stop that it is in, as it would be without a tracer, and tells
/// when SIGCONT ends that.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EIO`: it did not stop by [`PTRACE_EVENT_STOP`].
///
/// # Kernel
/// Since Linux 3.4. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_listen(pid: Pid) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_LISTEN, pid, 0usize, 0usize) }
}

/// ptrace(2), PTRACE_DETACH: lets a tracee go for good, with a signal as in [`sys_ptrace_cont`].
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EIO`: there is no such signal.
///
/// # Kernel
/// Since Linux 1.0. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_detach(pid: Pid, signal: Signal) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_DETACH, pid, 0usize, signal) }
}

/// ptrace(2), PTRACE_SETOPTIONS: changes what a tracee stops for.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EINVAL`: `options` hold what the kernel does not know.
/// - `EPERM`: [`PTRACE_O_SUSPEND_SECCOMP`] without `CAP_SYS_ADMIN`, or under a filter of our own.
///
/// # Kernel
/// Since Linux 2.4.6; the options came one by one, up to 4.3. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_setoptions(pid: Pid, options: PtraceOptions) -> Result<()> {
    // SAFETY: the arguments are numbers.
    unsafe { call!(never_blocks: SYS_ptrace, PTRACE_SETOPTIONS, pid, 0usize, options) }
}

/// ptrace(2), PTRACE_GETEVENTMSG: more about the event that a tracee stopped for: see [`PtraceEvent`].
///
/// # Errors
/// `ESRCH`: it is no tracee of this thread, or not stopped.
///
/// # Kernel
/// Since Linux 2.5.46. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_geteventmsg(pid: Pid) -> Result<usize> {
    let mut message = MaybeUninit::<usize>::uninit();
    // SAFETY: the kernel writes one `unsigned long`.
    let answer: Result<()> =
        unsafe { call!(never_blocks: SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0usize, message.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { message.assume_init() })
}

/// ptrace(2), PTRACE_GETSIGINFO: what the kernel knows of the signal that a tracee stopped for.
///
/// # Errors
/// - `ESRCH`: it is no tracee of this thread, or not stopped.
/// - `EINVAL`: it is in a group-stop, and became a tracee by PTRACE_ATTACH.
///
/// # Kernel
/// Since Linux 2.3.99. Source: ptrace(2).
#[inline]
pub fn sys_ptrace_getsiginfo(pid: Pid) -> Result<Siginfo> {
    let mut info = MaybeUninit::<Siginfo>::uninit();
    // SAFETY: the kernel writes one struct.
    let answer: Result<()> =
        unsafe { call!(never_blocks: SYS_ptrace, PTRACE_GETSIGINFO, pid, 0usize, info.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { info.assume_init() })
}

/// ptrace(2), PTRACE_GET_SYSCALL_INFO: the call at whose beginning or end a tracee stopped, the same on every
/// architecture.
///
/// # Errors
/// `ESRCH`: it is no tracee of this thread, or not stopped.
///
/// # Kernel
/// Since Linux 5.3; `EIO` before. [`PTRACE_O_TRACESYSGOOD`] must be set: without it the kernel knows of no call. Source:
/// ptrace(2).
#[inline]
pub fn sys_ptrace_get_syscall_info(pid: Pid) -> Result<PtraceSyscallInfo> {
    // The kernel leaves out what does not go with `op`.
    let mut info = PtraceSyscallInfo {
        op: PTRACE_SYSCALL_INFO_NONE,
        pad: [0; 3],
        arch: 0,
        instruction_pointer: 0,
        stack_pointer: 0,
        words: [0; 8],
    };
    // SAFETY: the kernel writes at most one struct, in which any bytes are a value.
    let answer: Result<usize> = unsafe {
        call!(
            never_blocks: SYS_ptrace,
            PTRACE_GET_SYSCALL_INFO,
            pid,
            size_of::<PtraceSyscallInfo>(),
            &raw mut info
        )
    };
    answer.map(|_| info)
}

/// Memory of another process, for [`sys_process_vm_readv`]: the kernel's `struct iovec` over an address that is nothing
/// to us.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteIoSlice {
    /// Where it begins there.
    pub iov_base: usize,
    /// How many bytes.
    pub iov_len: usize,
}

blocking! {
    /// process_vm_readv(2): copies memory of another process, from all of `remote` in turn into all of `local` in turn, and
    /// returns how many bytes those were: fewer where memory ends.
    ///
    /// A stretch that ends in the middle may be left out as a whole, or not: cut it where pages end, to get what is there.
    ///
    /// # Errors
    /// - `EFAULT`: nothing is where the first of `remote` begins.
    /// - `ESRCH`: there is no such process, or it has no memory any more.
    /// - `EPERM`: it may not be traced.
    /// - `EINVAL`: more than 1024 slices, or lengths that overflow together.
    ///
    /// # Kernel
    /// Since Linux 3.2, where the kernel is configured with it (`ENOSYS`). Source: process_vm_readv(2).
    #[inline]
    pub fn sys_process_vm_readv(pid: Pid, local: &mut [IoSliceMut<'_>], remote: &[RemoteIoSlice]) -> Result<usize> {
        let (local, count) = (ptr::from_ref(&*local).cast::<()>(), local.len());
        let (remote, pieces) = (ptr::from_ref(remote).cast::<()>(), remote.len());
        // SAFETY: the kernel reads both lists, and writes into the buffers of the first. Of our own memory too it only reads
        // what the second names.
        unsafe { call!(may_block: SYS_process_vm_readv, pid, local, count, remote, pieces, 0usize) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_is_read_as_op_says() {
        let mut info = PtraceSyscallInfo {
            op: PTRACE_SYSCALL_INFO_ENTRY,
            pad: [0; 3],
            arch: 0,
            instruction_pointer: 0,
            stack_pointer: 0,
            words: [1, 2, 3, 4, 5, 6, 7, 0],
        };
        let args = [2, 3, 4, 5, 6, 7];
        assert_eq!(info.stop(), SyscallStop::Entry { nr: 1, args });
        info.op = PTRACE_SYSCALL_INFO_SECCOMP;
        info.words[7] = u64::from_ne_bytes([0x78, 0x56, 0, 0, 0xff, 0, 0, 0]);
        let ret_data = u32::from_ne_bytes([0x78, 0x56, 0, 0]);
        assert_eq!(info.stop(), SyscallStop::Seccomp { nr: 1, args, ret_data });
        info.op = PTRACE_SYSCALL_INFO_EXIT;
        info.words = [
            -9i64 as u64,
            u64::from_ne_bytes([1, 0, 0, 0, 0, 0, 0, 0]),
            9,
            9,
            9,
            9,
            9,
            9,
        ];
        let (rval, is_error) = (-9, true);
        assert_eq!(info.stop(), SyscallStop::Exit { rval, is_error });
        info.op = PTRACE_SYSCALL_INFO_NONE;
        assert_eq!(info.stop(), SyscallStop::None);
    }
}
