//! Watching another process: ptrace(2) and process_vm_readv(2).
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::ptr;

use rawtrap::*;
use rawtrap_programs::threads::Thread;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    seize_follows_each_call,
    seize_refused,
    interrupt_stops_what_sleeps,
    cont_delivers_a_signal_or_not,
    listen_stays_in_a_group_stop,
    detach_lets_go,
    options_follow_fork_and_exec,
    options_follow_threads,
    options_follow_vfork,
    exitkill_ends_the_tracee,
    a_tracee_that_runs_takes_no_request,
    a_signal_that_does_not_exist,
    siginfo_tells_the_sender,
    peek_stores_at_the_address,
    ptrace_of_nobody,
    process_vm_readv_copies,
    process_vm_readv_refused,
];

const SYSCALL_STOP: Signal = Signal::from_raw(SIGTRAP.as_raw() | 0x80);

/// A child, which is killed and waited for.
struct Child {
    pid: Pid,
    /// Open for as long as the child shall wait.
    gate: Option<OwnedFd>,
}

impl Child {
    /// Forks; the child waits until `open` is called, and then exits with what `work` returns.
    fn new(work: impl FnOnce() -> i32) -> Result<Child> {
        let (closed, gate) = sys_pipe2(O_CLOEXEC)?;
        // SAFETY: the child makes calls and ends.
        match unsafe { sys_fork()? } {
            Some(pid) => Ok(Child { pid, gate: Some(gate) }),
            None => {
                drop(gate);
                let _ = sys_read(closed.as_fd(), &mut [0; 1]);
                sys_exit_group(work())
            }
        }
    }

    /// A child that waits for a signal.
    fn sleeper() -> Result<Child> {
        let child = Child::new(|| {
            loop {
                let _ = sleep(core::time::Duration::from_secs(50));
            }
        })?;
        Ok(child)
    }

    /// A tracee that stands still, by PTRACE_EVENT_STOP.
    fn stopped(work: impl FnOnce() -> i32, options: PtraceOptions) -> Result<Child> {
        let child = Child::new(work)?;
        sys_ptrace_seize(child.pid, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | options)?;
        sys_ptrace_interrupt(child.pid)?;
        match child.wait()?.ptrace_event() {
            Some(PTRACE_EVENT_STOP) => Ok(child),
            _ => Err(EIO),
        }
    }

    /// Lets `work` begin.
    fn open(&mut self) {
        self.gate = None;
    }

    fn wait(&self) -> Result<WaitStatus> {
        wait(self.pid)
    }

    /// The next stop at a call's beginning or end, after this one.
    fn next_call(&self) -> Result<SyscallStop> {
        sys_ptrace_syscall(self.pid, Signal::NONE)?;
        if self.wait()?.stopped() != Some(SYSCALL_STOP) {
            return Err(EIO);
        }
        Ok(sys_ptrace_get_syscall_info(self.pid)?.stop())
    }

    /// The stop at the beginning of that call, whatever comes before.
    fn until(&self, nr: Sysno) -> Result<[u64; 6]> {
        for _ in 0..50 {
            match self.next_call()? {
                SyscallStop::Entry { nr: made, args } if made == u64::from(nr.number()) => return Ok(args),
                _ => {}
            }
        }
        Err(EIO)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = sys_kill(self.pid, SIGKILL);
        // It may be stopped, and have threads.
        while let Ok(Some((_, status))) = retry(|| sys_wait4(self.pid, __WALL, None)) {
            if status.stopped().is_none() {
                break;
            }
            let _ = sys_ptrace_cont(self.pid, Signal::NONE);
        }
    }
}

fn wait(target: impl Into<Target> + Copy) -> Result<WaitStatus> {
    match retry(|| sys_wait4(target, __WALL, None))? {
        Some((_, status)) => Ok(status),
        None => Err(ECHILD),
    }
}

fn seize_follows_each_call() -> Outcome {
    static TEXT: &[u8] = b"seen";
    // SAFETY: 999 is no fd.
    let nowhere = unsafe { BorrowedFd::borrow_raw(999) };
    let mut child = Child::stopped(
        || {
            let _ = sys_write(nowhere, TEXT);
            sys_getpid().as_raw() & 0x7f
        },
        PtraceOptions::empty(),
    )?;
    let pid = child.pid.as_raw();
    child.open();
    let args = child.until(SYS_write)?;
    check_eq!(args[..3], [999, TEXT.as_ptr().addr() as u64, 4]);
    let info = sys_ptrace_get_syscall_info(child.pid)?;
    check_eq!(info.op, PTRACE_SYSCALL_INFO_ENTRY);
    check!(info.arch != 0 && info.instruction_pointer != 0 && info.stack_pointer != 0);
    check_eq!(sys_ptrace_geteventmsg(child.pid)?, 1);
    let (rval, is_error) = (-i64::from(EBADF.raw()), true);
    check_eq!(child.next_call()?, SyscallStop::Exit { rval, is_error });
    check_eq!(sys_ptrace_geteventmsg(child.pid)?, 2);
    child.until(SYS_getpid)?;
    let (rval, is_error) = (i64::from(pid), false);
    check_eq!(child.next_call()?, SyscallStop::Exit { rval, is_error });
    check_eq!(child.until(SYS_exit_group)?[0], (pid & 0x7f) as u64);
    sys_ptrace_syscall(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.exited(), Some(pid & 0x7f));
    Ok(())
}

fn seize_refused() -> Outcome {
    let none = PtraceOptions::empty();
    check_err!(sys_ptrace_seize(sys_getpid(), none), EPERM);
    check_err!(sys_ptrace_seize(Pid::from_raw(i32::MAX), none), ESRCH);
    let child = Child::sleeper()?;
    check_err!(sys_ptrace_seize(child.pid, PtraceOptions::from_bits(1 << 30)), EIO);
    check_eq!(sys_ptrace_seize(child.pid, none), Ok(()));
    check_err!(sys_ptrace_seize(child.pid, none), EPERM);
    Ok(())
}

fn interrupt_stops_what_sleeps() -> Outcome {
    let child = Child::sleeper()?;
    check_err!(sys_ptrace_interrupt(child.pid), ESRCH);
    sys_ptrace_seize(child.pid, PTRACE_O_TRACESYSGOOD)?;
    check_eq!(sys_ptrace_interrupt(child.pid), Ok(()));
    let status = child.wait()?;
    check_eq!(
        (status.stopped(), status.ptrace_event()),
        (Some(SIGTRAP), Some(PTRACE_EVENT_STOP))
    );
    check_eq!(sys_ptrace_get_syscall_info(child.pid)?.stop(), SyscallStop::None);
    Ok(())
}

fn cont_delivers_a_signal_or_not() -> Outcome {
    let child = Child::stopped(|| 1, PtraceOptions::empty())?;
    for delivered in [Signal::NONE, SIGTERM] {
        sys_kill(child.pid, SIGTERM)?;
        if delivered == Signal::NONE {
            sys_ptrace_cont(child.pid, Signal::NONE)?;
        }
        let status = child.wait()?;
        check_eq!((status.stopped(), status.ptrace_event()), (Some(SIGTERM), None));
        check_eq!(sys_ptrace_cont(child.pid, delivered), Ok(()));
    }
    check_eq!(child.wait()?.signaled(), Some(SIGTERM));
    check_err!(sys_ptrace_cont(child.pid, Signal::NONE), ESRCH);
    Ok(())
}

fn listen_stays_in_a_group_stop() -> Outcome {
    let child = Child::stopped(|| 1, PtraceOptions::empty())?;
    sys_kill(child.pid, SIGSTOP)?;
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.stopped(), Some(SIGSTOP));
    check_err!(sys_ptrace_listen(child.pid), EIO);
    sys_ptrace_cont(child.pid, SIGSTOP)?;
    let status = child.wait()?;
    check_eq!(
        (status.stopped(), status.ptrace_event()),
        (Some(SIGSTOP), Some(PTRACE_EVENT_STOP))
    );
    check_eq!(sys_ptrace_listen(child.pid), Ok(()));
    check_eq!(sys_wait4(child.pid, __WALL | WNOHANG, None), Ok(None));
    sys_kill(child.pid, SIGCONT)?;
    let status = child.wait()?;
    check_eq!(
        (status.stopped(), status.ptrace_event()),
        (Some(SIGTRAP), Some(PTRACE_EVENT_STOP))
    );
    check_err!(sys_ptrace_listen(Pid::from_raw(i32::MAX)), ESRCH);
    Ok(())
}

fn detach_lets_go() -> Outcome {
    let mut child = Child::stopped(|| 5, PtraceOptions::empty())?;
    check_eq!(sys_ptrace_detach(child.pid, Signal::NONE), Ok(()));
    check_err!(sys_ptrace_detach(child.pid, Signal::NONE), ESRCH);
    child.open();
    check_eq!(child.wait()?.exited(), Some(5));
    Ok(())
}

fn options_follow_fork_and_exec() -> Outcome {
    let mut child = Child::stopped(
        || {
            // SAFETY: there is one thread.
            match unsafe { sys_fork() } {
                Ok(None) => {
                    let Err(errno) = sys_execve(c"/", CStrList::empty(), CStrList::empty());
                    i32::from(errno != EACCES)
                }
                Ok(Some(_)) => 0,
                Err(_) => 2,
            }
        },
        PtraceOptions::empty(),
    )?;
    check_err!(
        sys_ptrace_setoptions(child.pid, PtraceOptions::from_bits(1 << 30)),
        EINVAL
    );
    let options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;
    check_eq!(sys_ptrace_setoptions(child.pid, options), Ok(()));
    child.open();
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.ptrace_event(), Some(PTRACE_EVENT_FORK));
    let born = Pid::from_raw(sys_ptrace_geteventmsg(child.pid)? as i32);
    check_eq!(wait(born)?.ptrace_event(), Some(PTRACE_EVENT_STOP));
    sys_ptrace_cont(born, Signal::NONE)?;
    // It could not execute a directory, which is as it expected.
    check_eq!(wait(born)?.ptrace_event(), Some(PTRACE_EVENT_EXIT));
    check_eq!(sys_ptrace_geteventmsg(born)?, 0);
    sys_ptrace_cont(born, Signal::NONE)?;
    check_eq!(wait(born)?.exited(), Some(0));
    check_err!(sys_ptrace_geteventmsg(born), ESRCH);
    check_err!(sys_ptrace_setoptions(born, options), ESRCH);
    Ok(())
}

fn options_follow_threads() -> Outcome {
    let mut child = Child::stopped(
        || Thread::new(&|| {}).map_or(1, |thread| thread.tid.as_raw() & 0x7f),
        PTRACE_O_TRACECLONE,
    )?;
    child.open();
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.ptrace_event(), Some(PTRACE_EVENT_CLONE));
    let thread = Pid::from_raw(sys_ptrace_geteventmsg(child.pid)? as i32);
    check_eq!(wait(thread)?.ptrace_event(), Some(PTRACE_EVENT_STOP));
    sys_ptrace_cont(thread, Signal::NONE)?;
    // Before the process ends: a thread that is waited for later has the process's status.
    check_eq!(wait(thread)?.exited(), Some(0));
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.exited(), Some(thread.as_raw() & 0x7f));
    Ok(())
}

fn options_follow_vfork() -> Outcome {
    unsafe fn begin(status: *mut i32) -> i32 {
        // SAFETY: the parent stands still until this child has ended.
        unsafe { *status }
    }
    let mut child = Child::stopped(
        || {
            let (mut stack, mut status) = ([MaybeUninit::<u128>::uninit(); 512], 3);
            let end = stack.as_mut_ptr_range().end.cast();
            let (no, flags) = (ptr::null_mut(), CLONE_VM | CLONE_VFORK | SIGCHLD);
            // SAFETY: the stack and the status outlive the child, which nobody runs beside.
            let made = unsafe { sys_clone(flags, end, no, no.cast(), no.cast(), begin, &raw mut status) };
            i32::from(made.is_err())
        },
        PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE,
    )?;
    child.open();
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.ptrace_event(), Some(PTRACE_EVENT_VFORK));
    let born = Pid::from_raw(sys_ptrace_geteventmsg(child.pid)? as i32);
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(wait(born)?.ptrace_event(), Some(PTRACE_EVENT_STOP));
    sys_ptrace_cont(born, Signal::NONE)?;
    check_eq!(wait(born)?.exited(), Some(3));
    check_eq!(child.wait()?.ptrace_event(), Some(PTRACE_EVENT_VFORK_DONE));
    check_eq!(sys_ptrace_geteventmsg(child.pid)?, born.as_raw() as usize);
    Ok(())
}

fn exitkill_ends_the_tracee() -> Outcome {
    let child = Child::sleeper()?;
    let tracer = Child::new(|| sys_ptrace_seize(child.pid, PTRACE_O_EXITKILL).map_or_else(Errno::raw, |()| 0));
    let mut tracer = tracer?;
    tracer.open();
    check_eq!(tracer.wait()?.exited(), Some(0));
    check_eq!(child.wait()?.signaled(), Some(SIGKILL));
    Ok(())
}

fn a_tracee_that_runs_takes_no_request() -> Outcome {
    let child = Child::sleeper()?;
    sys_ptrace_seize(child.pid, PtraceOptions::empty())?;
    let (pid, none) = (child.pid, Signal::NONE);
    check_err!(sys_ptrace_cont(pid, none), ESRCH);
    check_err!(sys_ptrace_syscall(pid, none), ESRCH);
    check_err!(sys_ptrace_listen(pid), ESRCH);
    check_err!(sys_ptrace_detach(pid, none), ESRCH);
    check_err!(sys_ptrace_setoptions(pid, PtraceOptions::empty()), ESRCH);
    check_err!(sys_ptrace_geteventmsg(pid), ESRCH);
    check_err!(sys_ptrace_getsiginfo(pid), ESRCH);
    check_err!(sys_ptrace_get_syscall_info(pid), ESRCH);
    Ok(())
}

fn a_signal_that_does_not_exist() -> Outcome {
    let child = Child::stopped(|| 1, PtraceOptions::empty())?;
    let none = Signal::from_raw(1000);
    check_err!(sys_ptrace_cont(child.pid, none), EIO);
    check_err!(sys_ptrace_syscall(child.pid, none), EIO);
    check_err!(sys_ptrace_detach(child.pid, none), EIO);
    Ok(())
}

fn siginfo_tells_the_sender() -> Outcome {
    let child = Child::stopped(|| 1, PtraceOptions::empty())?;
    let info = sys_ptrace_getsiginfo(child.pid)?;
    check_eq!(info.si_code().bits(), 128 << 8 | SIGTRAP.as_raw());
    sys_kill(child.pid, SIGUSR1)?;
    sys_ptrace_cont(child.pid, Signal::NONE)?;
    check_eq!(child.wait()?.stopped(), Some(SIGUSR1));
    let info = sys_ptrace_getsiginfo(child.pid)?;
    check_eq!((info.si_signo(), info.si_code()), (SIGUSR1, SI_USER));
    check_eq!((info.si_pid(), info.si_uid()), (sys_getpid(), sys_getuid()));
    // A group-stop of the older kind has none.
    let child = Child::sleeper()?;
    // SAFETY: there are no pointers.
    unsafe { sys_ptrace(PTRACE_ATTACH, child.pid, ptr::null_mut(), ptr::null_mut())? };
    check_eq!(child.wait()?.stopped(), Some(SIGSTOP));
    sys_ptrace_cont(child.pid, SIGSTOP)?;
    check_eq!(child.wait()?.stopped(), Some(SIGSTOP));
    check_err!(sys_ptrace_getsiginfo(child.pid), EINVAL);
    Ok(())
}

fn peek_stores_at_the_address() -> Outcome {
    static WORD: usize = 0x0123_4567;
    let child = Child::stopped(|| 1, PtraceOptions::empty())?;
    let mut word = 0usize;
    let at = ptr::from_ref(&WORD).cast_mut().cast();
    // SAFETY: the kernel writes one word.
    let answer = unsafe { sys_ptrace(PTRACE_PEEKDATA, child.pid, at, (&raw mut word).cast()) };
    check_eq!((answer, word), (Ok(0), WORD));
    // SAFETY: nothing is written.
    let answer = unsafe { sys_ptrace(PTRACE_PEEKDATA, child.pid, ptr::null_mut(), (&raw mut word).cast()) };
    check_err!(answer, EIO);
    Ok(())
}

fn ptrace_of_nobody() -> Outcome {
    let nobody = Pid::from_raw(i32::MAX);
    let nothing = ptr::null_mut();
    // SAFETY: there is no such process.
    check_err!(unsafe { sys_ptrace(PTRACE_ATTACH, nobody, nothing, nothing) }, ESRCH);
    check_err!(sys_ptrace_detach(nobody, Signal::NONE), ESRCH);
    Ok(())
}

fn process_vm_readv_copies() -> Outcome {
    static TEXT: &[u8; 12] = b"hello, world";
    let child = Child::sleeper()?;
    let (mut first, mut second) = ([0; 5], [0; 10]);
    let here = |at: usize, iov_len| RemoteIoSlice {
        iov_base: TEXT[at..].as_ptr().addr(),
        iov_len,
    };
    let mut local = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    let answer = sys_process_vm_readv(child.pid, &mut local, &[here(7, 5), here(0, 7)]);
    check_eq!(answer, Ok(12));
    check_eq!((&first, &second[..7]), (b"world", &b"hello, "[..]));
    // What is there, up to the end of memory.
    let nowhere = RemoteIoSlice {
        iov_base: 8,
        iov_len: 3,
    };
    let answer = sys_process_vm_readv(child.pid, &mut [IoSliceMut::new(&mut second)], &[here(7, 5), nowhere]);
    check_eq!((answer, &second[..5]), (Ok(5), &b"world"[..]));
    Ok(())
}

fn process_vm_readv_refused() -> Outcome {
    let mut byte = [0];
    let mut local = [IoSliceMut::new(&mut byte)];
    let nowhere = [RemoteIoSlice {
        iov_base: 8,
        iov_len: 1,
    }];
    check_err!(sys_process_vm_readv(sys_getpid(), &mut local, &nowhere), EFAULT);
    check_err!(
        sys_process_vm_readv(Pid::from_raw(i32::MAX), &mut local, &nowhere),
        ESRCH
    );
    check_err!(
        sys_process_vm_readv(sys_getpid(), &mut local, &[nowhere[0]; 1025]),
        EINVAL
    );
    Ok(())
}
