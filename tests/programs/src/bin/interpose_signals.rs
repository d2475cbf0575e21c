//! The hook between a call and its trap, where a signal's handler makes calls: the rules that `rawtrap::interpose` states.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};

use rawtrap::interpose::{Call, Hook, Interpose};
use rawtrap::*;
use rawtrap_programs::hooks::{Installed, Recorder};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err, recorder};

cases![a_handler_interrupts_a_call, a_handler_interrupts_the_hook];

fn handle(signal: Signal, handler: extern "C" fn(Signal)) -> Result<Sigaction> {
    // SAFETY: the handlers here use atomics and calls alone.
    unsafe { sys_rt_sigaction(signal, Some(&Sigaction::new(Handler::Signal(handler)))) }
}

static PIPE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn write_pong(_: Signal) {
    // SAFETY: the case keeps the pipe open.
    let _ = sys_write(unsafe { BorrowedFd::borrow_raw(PIPE.load(SeqCst)) }, b"pong");
}

fn a_handler_interrupts_a_call() -> Outcome {
    let (recorder, hook) = recorder!();
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    PIPE.store(writer.as_raw(), SeqCst);
    handle(SIGALRM, write_pong)?;
    let soon = Itimerval {
        it_interval: Timeval { tv_sec: 0, tv_usec: 0 },
        it_value: Timeval {
            tv_sec: 0,
            tv_usec: 50_000,
        },
    };
    let mut buf = [0; 16];
    let set = Installed::new(hook);
    let started = sys_setitimer(ITIMER_REAL, &soon);
    let first = sys_read(reader.as_fd(), &mut buf);
    let second = sys_read(reader.as_fd(), &mut buf);
    drop(set);
    started?;
    check_err!(first, EINTR);
    check_eq!(second, Ok(4));
    // The handler's call came while the first read was within the hook.
    check!(recorder.saw(&[SYS_setitimer, SYS_read, SYS_write, SYS_read]));
    let answers = [0, -EINTR.raw() as isize, 4, 4];
    check!(recorder.seen().map(|seen| seen.answer).eq(answers));
    Ok(())
}

/// Sends its own thread a signal, once, before it makes the call.
struct Interrupted {
    inner: Recorder,
    done: AtomicBool,
}

impl Interpose for Interrupted {
    fn around(&self, call: &Call) -> Reg {
        if !self.done.swap(true, SeqCst) {
            // SAFETY: the calls touch no memory of ours.
            unsafe {
                let (pid, tid) = (syscall0(SYS_getpid), syscall0(SYS_gettid));
                syscall3(SYS_tgkill, pid, tid, SIGUSR1.as_raw());
            }
        }
        self.inner.around(call)
    }
}

static PARENT: AtomicI32 = AtomicI32::new(0);

extern "C" fn ask_for_the_parent(_: Signal) {
    PARENT.store(sys_getppid().as_raw(), SeqCst);
}

fn a_handler_interrupts_the_hook() -> Outcome {
    static INTERRUPTED: Interrupted = Interrupted {
        inner: Recorder::new(),
        done: AtomicBool::new(false),
    };
    // SAFETY: it answers what the kernel answers.
    static HOOK: Hook = unsafe { Hook::new(&INTERRUPTED) };
    handle(SIGUSR1, ask_for_the_parent)?;
    let set = Installed::new(&HOOK);
    let pid = sys_getpid();
    drop(set);
    check_eq!(pid, sys_getpid());
    check_eq!(PARENT.load(SeqCst), sys_getppid().as_raw());
    check!(INTERRUPTED.inner.saw(&[SYS_getppid, SYS_getpid]));
    let answers = [PARENT.load(SeqCst) as isize, pid.as_raw() as isize];
    check!(INTERRUPTED.inner.seen().map(|seen| seen.answer).eq(answers));
    Ok(())
}
