//! Threads: a child on a stack of its own, and waiting on a word of memory.

use core::ops::BitOr;
use core::sync::atomic::AtomicU32;

use crate::Result;
use crate::calls::process::{Pid, sys_exit};
use crate::calls::signal::Signal;
use crate::calls::time::Timespec;
use crate::reg::{Reg, Ret};
use crate::sysno::*;
use crate::trap::{Child, blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// What a child of [`sys_clone`] shares with its parent, and what the kernel prepares for it. The low byte is the
    /// signal that the parent gets when the child ends: `CLONE_VM | SIGCHLD`.
    pub type CloneFlags = CloneFlagsFamily(u32) {
        /// They share their memory.
        CLONE_VM = 0x0000_0100,
        /// They share the root and the current directory, and the umask.
        CLONE_FS = 0x0000_0200,
        /// They share their fds; without it, the child gets a copy of each.
        CLONE_FILES = 0x0000_0400,
        /// They share their signal handlers; needs [`CLONE_VM`].
        CLONE_SIGHAND = 0x0000_0800,
        /// A pidfd of the child is stored at `ptid`.
        CLONE_PIDFD = 0x0000_1000,
        /// Who traces the parent also traces the child.
        CLONE_PTRACE = 0x0000_2000,
        /// The parent stands still until the child ends or calls execve(2).
        CLONE_VFORK = 0x0000_4000,
        /// The child is a child of the parent's parent.
        CLONE_PARENT = 0x0000_8000,
        /// The child is a thread of the parent's process, and sends no signal at its end; needs [`CLONE_SIGHAND`].
        CLONE_THREAD = 0x0001_0000,
        /// The child has a mount namespace of its own.
        CLONE_NEWNS = 0x0002_0000,
        /// They share the list of System V semaphore adjustments (semop(2), `SEM_UNDO`).
        CLONE_SYSVSEM = 0x0004_0000,
        /// The child's thread pointer is `tls`.
        CLONE_SETTLS = 0x0008_0000,
        /// The child's number is stored at `ptid`, in the parent's memory, before the call returns.
        CLONE_PARENT_SETTID = 0x0010_0000,
        /// When the child ends, 0 is stored at `ctid` in the child's memory, and one waiter on that futex is woken.
        CLONE_CHILD_CLEARTID = 0x0020_0000,
        /// Ignored.
        CLONE_DETACHED = 0x0040_0000,
        /// Nobody can force [`CLONE_PTRACE`] on the child.
        CLONE_UNTRACED = 0x0080_0000,
        /// The child's number is stored at `ctid` in the child's memory, before it runs.
        CLONE_CHILD_SETTID = 0x0100_0000,
        /// The child has a cgroup namespace of its own.
        CLONE_NEWCGROUP = 0x0200_0000,
        /// The child has a hostname namespace of its own.
        CLONE_NEWUTS = 0x0400_0000,
        /// The child has a System V IPC and message queue namespace of its own.
        CLONE_NEWIPC = 0x0800_0000,
        /// The child has a user namespace of its own.
        CLONE_NEWUSER = 0x1000_0000,
        /// The child is process 1 of a namespace of its own.
        CLONE_NEWPID = 0x2000_0000,
        /// The child has a network namespace of its own.
        CLONE_NEWNET = 0x4000_0000,
        /// They share their I/O context (io scheduling).
        CLONE_IO = 0x8000_0000,
    }
}

/// The signal at the child's end alone: nothing is shared, as after fork(2).
impl From<Signal> for CloneFlags {
    #[inline(always)]
    fn from(signal: Signal) -> CloneFlags {
        CloneFlags::from_bits(signal.as_raw() as u32)
    }
}

/// Adds the signal at the child's end.
impl BitOr<Signal> for CloneFlags {
    type Output = CloneFlags;

    #[inline(always)]
    fn bitor(self, signal: Signal) -> CloneFlags {
        self | CloneFlags::from(signal)
    }
}

flags! {
    /// How [`sys_futex_op_wait`] and [`sys_futex_op_wake`] find the word. Other bits are ignored: they would make other
    /// operations, which write through arguments that are not there.
    pub type FutexFlags = FutexFlagsFamily(u32) {
        /// Only threads of this process wait on the word and wake it, which is cheaper. Both sides must agree on it.
        FUTEX_PRIVATE_FLAG = 128,
    }
}

/// The operation that waits, and the one that wakes (include/uapi/linux/futex.h).
const FUTEX_WAIT: u32 = 0;
const FUTEX_WAKE: u32 = 1;

impl FutexFlags {
    #[inline(always)]
    const fn with(self, operation: u32) -> u32 {
        operation | (self.bits() & FUTEX_PRIVATE_FLAG.bits())
    }
}

/// What the child finds at the end of its stack. It is aligned as every architecture wants a stack, and so is what lies
/// below it.
#[repr(align(16))]
struct Start<T> {
    entry: unsafe fn(*mut T) -> i32,
    arg: *mut T,
}

impl<T> Start<T> {
    /// Where the child begins. A panic of `entry` does not unwind past this function: it aborts the process.
    #[inline]
    extern "C" fn begin(start: *mut ()) -> ! {
        // SAFETY: `sys_clone` has written it, and made a copy for this child alone.
        let Start { entry, arg } = unsafe { start.cast::<Start<T>>().read() };
        // SAFETY: who called `sys_clone` answers for `entry`, `arg` and the stack.
        unsafe { sys_exit(entry(arg)) }
    }
}

blocking! {
    /// clone(2): makes a child that calls `entry(arg)` on a stack of its own, and ends with what that returns as its
    /// status. The child may be a thread or a process, by `flags`. Returns its number, in the parent alone.
    ///
    /// `stack` is the end of the child's stack, its highest address, which is rounded down to a multiple of 16, as
    /// every architecture wants it. The other pointers may be null where no flag asks for them: `ptid`
    /// ([`CLONE_PARENT_SETTID`], [`CLONE_PIDFD`]), `tls` ([`CLONE_SETTLS`]) and `ctid` ([`CLONE_CHILD_SETTID`],
    /// [`CLONE_CHILD_CLEARTID`]). What `tls` means is the platform's: on x86_64 the word at that address must be its
    /// own address, on aarch64 the thread's variables begin 16 bytes behind it. On x86 it points to a
    /// [`UserDesc`](crate::UserDesc), which holds the address.
    ///
    /// A thread is everything that pthreads share, and it is joined on the word at `ctid`:
    ///
    /// ```
    /// use core::ptr::{null_mut, without_provenance_mut};
    /// use core::sync::atomic::{AtomicU32, Ordering};
    /// use rawtrap::*;
    ///
    /// const THREAD: CloneFlags = CLONE_VM
    ///     .union(CLONE_FS)
    ///     .union(CLONE_FILES)
    ///     .union(CLONE_SIGHAND)
    ///     .union(CLONE_THREAD)
    ///     .union(CLONE_SYSVSEM)
    ///     .union(CLONE_CHILD_CLEARTID);
    ///
    /// unsafe fn double(number: *mut u32) -> i32 {
    ///     // SAFETY: the parent waits until this thread has ended.
    ///     unsafe { *number *= 2 };
    ///     0
    /// }
    ///
    /// let mut number = 21;
    /// let running = AtomicU32::new(1);
    /// let mut stack = vec![0u8; 64 << 10];
    /// let end = stack.as_mut_ptr_range().end.cast();
    /// // SAFETY: the stack, `number` and `running` outlive the thread, which uses no variable of the thread that made it.
    /// unsafe { sys_clone(THREAD, end, null_mut(), null_mut(), running.as_ptr(), double, &raw mut number)? };
    /// loop {
    ///     match running.load(Ordering::Acquire) {
    ///         0 => break,
    ///         // The kernel wakes it as a word that other processes may share: no FUTEX_PRIVATE_FLAG.
    ///         alive => _ = sys_futex_op_wait(&running, FutexFlags::empty(), alive, None),
    ///     }
    /// }
    /// assert_eq!(number, 42);
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    /// - `EAGAIN`: the user, the cgroup or the system has as many tasks as it may.
    /// - `EINVAL`: flags that do not go together ([`CLONE_THREAD`] without [`CLONE_SIGHAND`], that without
    ///   [`CLONE_VM`], [`CLONE_PIDFD`] with [`CLONE_THREAD`], others in clone(2)).
    /// - `ENOMEM`: no memory for what the child needs in the kernel.
    /// - `EPERM`: a new namespace needs `CAP_SYS_ADMIN`.
    /// - `ENOSPC`: too many nested or too many namespaces.
    ///
    /// # Safety
    /// - `stack` ends a stretch of writable memory, large enough for `entry` and for the signal handlers that may run
    ///   there, which nothing else uses until the child has ended. With [`CLONE_CHILD_CLEARTID`] that is when the word
    ///   at `ctid` becomes 0: the child no longer needs its stack then.
    /// - The pointers that `flags` bring into play are valid for as long as that: the kernel writes through `ctid` when
    ///   the child ends.
    /// - `entry(arg)` is sound to call from there: with [`CLONE_VM`] the child runs at the same time on the same
    ///   memory, so what it touches must outlive it and be shared as between threads; without, it runs on a copy, where
    ///   no other thread goes on and a lock that one of them held stays locked.
    /// - Without [`CLONE_SETTLS`] the child has the parent's thread pointer: it must not touch thread-local variables,
    ///   nor anything of a libc or of `std`.
    ///
    /// # Kernel
    /// Since Linux 1.2 ([`CLONE_THREAD`] and what came with it: 2.4 to 2.6). The kernel's order of the arguments differs
    /// between architectures; here it is one. Source: clone(2), set_tid_address(2).
    #[inline]
    pub unsafe fn sys_clone<T>(
        flags: CloneFlags,
        stack: *mut (),
        ptid: *mut Pid,
        tls: *mut (),
        ctid: *mut u32,
        entry: unsafe fn(*mut T) -> i32,
        arg: *mut T,
    ) -> Result<Pid> {
        // SAFETY: the caller answers for all of it; the child's stack begins below `start`. clone(2) answers a
        // process's number, or an error.
        unsafe {
            let aligned = stack.map_addr(|end| end & !(align_of::<Start<T>>() - 1));
            let start = aligned.cast::<Start<T>>().sub(1);
            start.write(Start { entry, arg });
            let child = Child {
                entry: Start::<T>::begin,
                arg: start.cast(),
            };
            Result::from_reg(way::clone(
                [
                    Reg::from(flags.bits() as usize),
                    Reg::from(start),
                    Reg::from(ptid),
                    Reg::from(tls),
                    Reg::from(ctid),
                ],
                child,
            ))
        }
    }

    /// futex(2), FUTEX_WAIT: sleeps until another thread wakes `word` with [`sys_futex_op_wake`], if it still holds
    /// `expected`. `timeout` is relative; `None` waits for good.
    ///
    /// Whoever changes the word changes it first and wakes then: the kernel compares and falls asleep in one step, so
    /// no wake-up is lost between. `Ok` does not say that the word has changed: look at it again.
    ///
    /// # Errors
    /// - `EAGAIN`: the word does not hold `expected`.
    /// - `ETIMEDOUT`: nobody woke it in time.
    /// - `EINTR`: a signal came. A relative timeout begins anew when the call is repeated.
    /// - `EINVAL`: the timeout is negative, or its nanoseconds are not below 1,000,000,000.
    ///
    /// # Kernel
    /// Since Linux 2.6.0; [`FUTEX_PRIVATE_FLAG`] since 2.6.22. The clock is CLOCK_MONOTONIC. [`Timespec`] has 64-bit
    /// seconds, as the call that 32-bit architectures have for it since 5.1, futex_time64. The name leaves room for another
    /// call, futex_wait of Linux 6.7. Source: futex(2).
    #[inline]
    pub fn sys_futex_op_wait(
        word: &AtomicU32,
        flags: FutexFlags,
        expected: u32,
        timeout: Option<&Timespec>,
    ) -> Result<()> {
        let timeout = timeout.map_or(core::ptr::null(), core::ptr::from_ref);
        // SAFETY: the kernel only reads the word and the time.
        unsafe { call!(may_block: wide::SYS_futex, word.as_ptr(), flags.with(FUTEX_WAIT), expected, timeout) }
    }
}

/// set_tid_address(2): when this thread ends, the kernel stores 0 at `tid` and wakes one waiter on that futex, as with
/// [`CLONE_CHILD_CLEARTID`]; null takes that back. Returns the thread's number.
///
/// # Errors
/// None.
///
/// # Safety
/// `tid` stays valid for a write until the thread ends or the call is made again. In a program with a libc the pointer
/// is the libc's, which waits there in pthread_join(3).
///
/// # Kernel
/// Since Linux 2.5.48, the same on every architecture. Source: set_tid_address(2).
#[inline]
pub unsafe fn sys_set_tid_address(tid: *mut u32) -> Pid {
    // SAFETY: the kernel keeps the pointer; the caller answers for it.
    unsafe { call!(never_blocks: SYS_set_tid_address, tid) }
}

/// futex(2), FUTEX_WAKE: wakes at most `count` threads that wait on `word`, and returns how many those were.
///
/// `i32::MAX` wakes all. A `count` below 1 wakes one: Linux counts after it has woken.
///
/// # Errors
/// `EINVAL`: somebody waits on the word as on a priority-inheriting lock, which only its owner hands over.
///
/// # Kernel
/// Since Linux 2.6.0; see [`sys_futex_op_wait`]. Source: futex(2).
#[inline]
pub fn sys_futex_op_wake(word: &AtomicU32, flags: FutexFlags, count: i32) -> Result<usize> {
    // SAFETY: the kernel looks for waiters by the word's address, and touches no memory of ours.
    unsafe { call!(never_blocks: wide::SYS_futex, word.as_ptr(), flags.with(FUTEX_WAKE), count) }
}
