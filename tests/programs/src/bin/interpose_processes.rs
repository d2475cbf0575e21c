//! The hook between a call and its trap, where threads share it, and processes begin and end: the rules that
//! `rawtrap::interpose` states.
#![no_std]
#![no_main]

use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicI32, AtomicU32, AtomicUsize, Ordering::SeqCst};

use rawtrap::interpose::{self, Call, Hook, Interpose};
use rawtrap::{start::Start, *};
use rawtrap_programs::hooks::{Installed, NO_ANSWER, Recorder};
use rawtrap_programs::threads::{Stack, Thread};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err, recorder};

cases![
    with_arguments = executed;
    a_call_under_way_comes_back_through_its_hook,
    each_call_of_many_threads_meets_one_hook,
    threads_bear_a_hook_that_comes_and_goes,
    fork_comes_back_twice,
    a_refused_fork_makes_nobody,
    a_forked_hook_counts_on_its_own,
    a_thread_begins_outside_the_hook_and_shares_it,
    a_process_on_a_stack_of_its_own_has_a_copy,
    a_refused_clone_makes_nobody,
    a_failed_execve_comes_back,
    execve_leaves_the_hook_behind,
    exit_group_is_announced_to_each_hook_once,
    the_end_of_a_program_is_announced,
    exit_of_a_thread_is_announced,
];

/// What a child exits with that runs `child`.
fn exit_of(child: impl FnOnce() -> i32) -> Result<Option<i32>> {
    // SAFETY: the program has one thread here, and the child exits without dropping anything.
    match unsafe { sys_fork()? } {
        Some(pid) => end_of(pid),
        None => sys_exit_group(child()),
    }
}

/// The exit status of a child that is waited for.
fn end_of(pid: Pid) -> Result<Option<i32>> {
    let ended = retry(|| sys_wait4(pid, WaitOptions::empty(), None))?;
    Ok(ended.and_then(|(_, status)| status.exited()))
}

fn a_call_under_way_comes_back_through_its_hook() -> Outcome {
    let ((recorder, hook), (other_recorder, other)) = (recorder!(), recorder!());
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let read = || {
        let _ = sys_read(reader.as_fd(), &mut [0; 4]);
    };
    interpose::install(hook);
    let thread = Thread::new(&read)?;
    while recorder.only(SYS_read).is_none() {
        // SAFETY: sched_yield(2) touches no memory.
        unsafe { syscall0(SYS_sched_yield) };
    }
    let waiting = recorder.only(SYS_read).map(|seen| seen.answer);
    interpose::install(other);
    interpose::remove();
    sys_write(writer.as_fd(), b"ping")?;
    thread.join();
    check_eq!(waiting, Some(NO_ANSWER));
    check_eq!(recorder.only(SYS_read).map(|seen| seen.answer), Some(4));
    check_eq!(other_recorder.count(), 0);
    Ok(())
}

/// Counts the calls of one number.
struct Counter(AtomicUsize);

impl Interpose for Counter {
    fn around(&self, call: &Call) -> Reg {
        if call.nr() == SYS_getppid {
            self.0.fetch_add(1, SeqCst);
        }
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

/// Their hooks are set in turn.
static COUNTERS: [Counter; 3] = [const { Counter(AtomicUsize::new(0)) }; 3];
// SAFETY: they answer what the kernel answers.
static HOOKS: [Hook; 2] = unsafe { [Hook::new(&COUNTERS[0]), Hook::new(&COUNTERS[1]).then(&INNER)] };
// SAFETY: as above.
static INNER: Hook = unsafe { Hook::new(&COUNTERS[2]) };

const THREADS: usize = 4;
const CALLS: usize = 2_000;

/// Many threads make calls while `change` is called; the number of wrong answers.
fn many(change: impl Fn(usize)) -> Result<usize> {
    let (parent, wrong, ended) = (sys_getppid(), AtomicUsize::new(0), AtomicUsize::new(0));
    for counter in &COUNTERS {
        counter.0.store(0, SeqCst);
    }
    let task = || {
        for _ in 0..CALLS {
            if sys_getppid() != parent {
                wrong.fetch_add(1, SeqCst);
            }
        }
        ended.fetch_add(1, SeqCst);
    };
    let threads: [Result<Thread<'_>>; THREADS] = core::array::from_fn(|_| Thread::new(&task));
    let mut round = 0;
    let running = threads.iter().filter(|thread| thread.is_ok()).count();
    while ended.load(SeqCst) < running {
        change(round);
        round += 1;
        let _ = raw::sys_futex_op_wait(&AtomicU32::new(0), FutexFlags::empty(), 1, None);
    }
    for thread in threads {
        thread?.join();
    }
    interpose::remove();
    Ok(wrong.into_inner())
}

fn seen_by(counter: usize) -> usize {
    COUNTERS[counter].0.load(SeqCst)
}

fn each_call_of_many_threads_meets_one_hook() -> Outcome {
    interpose::install(&HOOKS[0]);
    check_eq!(many(|round| _ = interpose::install(&HOOKS[round % 2]))?, 0);
    // One of the two is set at any time: none is lost, and none counted twice.
    check_eq!(seen_by(0) + seen_by(1), THREADS * CALLS);
    check_eq!(seen_by(2), seen_by(1));
    Ok(())
}

fn threads_bear_a_hook_that_comes_and_goes() -> Outcome {
    let change = |round| match round % 2 {
        0 => _ = interpose::install(&HOOKS[1]),
        _ => _ = interpose::remove(),
    };
    check_eq!(many(change)?, 0);
    check!(seen_by(1) <= THREADS * CALLS);
    check_eq!(seen_by(2), seen_by(1));
    Ok(())
}

/// The number by which a process is made where there is no fork(2).
const FORK: Sysno = if SYS_fork.exists() { SYS_fork } else { SYS_clone };
const WAIT: Sysno = if SYS_wait4.exists() { SYS_wait4 } else { SYS_waitid };

fn fork_comes_back_twice() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    // SAFETY: there is one thread.
    let child = unsafe { sys_fork()? };
    if child.is_none() {
        let answers = recorder.only(FORK).map(|seen| seen.answer);
        sys_exit_group(if answers == Some(0) { 42 } else { 1 });
    }
    drop(set);
    let child = child.ok_or(ECHILD)?;
    check_eq!(
        recorder.only(FORK).map(|seen| seen.answer),
        Some(child.as_raw() as isize)
    );
    check_eq!(end_of(child)?, Some(42));
    Ok(())
}

/// Refuses to make processes and threads.
struct Alone;

impl Interpose for Alone {
    fn around(&self, call: &Call) -> Reg {
        if call.nr() == FORK || call.nr() == SYS_clone {
            return Reg::from(EAGAIN);
        }
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

// SAFETY: it answers errors, or what the kernel answers.
static ALONE: Hook = unsafe { Hook::new(&Alone) };

fn no_child() -> Outcome {
    check_err!(sys_wait4(Target::Any, WNOHANG, None), ECHILD);
    Ok(())
}

fn a_refused_fork_makes_nobody() -> Outcome {
    let set = Installed::new(&ALONE);
    // SAFETY: there is one thread.
    let answer = unsafe { sys_fork() };
    drop(set);
    if let Ok(None) = answer {
        sys_exit_group(1);
    }
    check_err!(answer, EAGAIN);
    no_child()
}

fn a_forked_hook_counts_on_its_own() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    sys_getppid();
    let child = exit_of(|| {
        let before = recorder.count();
        sys_getppid();
        sys_getppid();
        (10 * before + recorder.count()) as i32
    });
    drop(set);
    // Two before: getppid and the fork itself.
    check_eq!(child, Ok(Some(24)));
    check!(recorder.saw(&[SYS_getppid, FORK, WAIT]));
    check_eq!(recorder.exits(), 0);
    Ok(())
}

fn a_thread_begins_outside_the_hook_and_shares_it() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    let task = || {
        sys_getppid();
    };
    let thread = Thread::new(&task)?;
    let tid = thread.tid;
    thread.join();
    drop(set);
    check_eq!(
        recorder.only(SYS_clone).map(|seen| seen.answer),
        Some(tid.as_raw() as isize)
    );
    check_eq!(recorder.only(SYS_clone).map(|seen| seen.blocks), Some(Blocks::May));
    check_eq!(
        recorder.only(SYS_getppid).map(|seen| seen.answer),
        Some(sys_getppid().as_raw() as isize)
    );
    check_eq!(recorder.exits(), 1);
    Ok(())
}

/// Makes a child with a stack of its own, and memory of its own.
fn clone_process(entry: unsafe fn(*mut Recorder) -> i32, recorder: &'static Recorder) -> Result<Pid> {
    let stack = Stack::new()?;
    // SAFETY: the child is a process of its own on a copy of this memory; its stack is not used here.
    unsafe {
        sys_clone(
            CloneFlags::from(SIGCHLD),
            stack.end(),
            null_mut(),
            null_mut(),
            null_mut(),
            entry,
            ptr::from_ref(recorder).cast_mut(),
        )
    }
}

/// Counts what the child's copy of the recorder sees.
unsafe fn two_calls(recorder: *mut Recorder) -> i32 {
    // SAFETY: it is a static.
    let recorder = unsafe { &*recorder };
    let before = recorder.count();
    sys_getppid();
    sys_getppid();
    (10 * (recorder.count() - before) + recorder.exits()) as i32
}

fn a_process_on_a_stack_of_its_own_has_a_copy() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    let child = clone_process(two_calls, recorder);
    drop(set);
    let child = child?;
    check_eq!(end_of(child)?, Some(20));
    check_eq!(
        recorder.only(SYS_clone).map(|seen| seen.answer),
        Some(child.as_raw() as isize)
    );
    check_eq!(recorder.only(SYS_clone).map(|seen| seen.args().len()), Some(5));
    check!(recorder.only(SYS_getppid).is_none());
    Ok(())
}

fn a_refused_clone_makes_nobody() -> Outcome {
    let (recorder, _) = recorder!();
    let set = Installed::new(&ALONE);
    let answer = clone_process(two_calls, recorder);
    drop(set);
    check_err!(answer, EAGAIN);
    no_child()
}

const SELF: &core::ffi::CStr = c"/proc/self/exe";

/// What this program is when a case executes it: no hook is set.
fn executed(_: Start) -> i32 {
    let (recorder, _) = recorder!();
    sys_getpid();
    let before = interpose::remove();
    if before.is_none() && recorder.count() == 0 {
        42
    } else {
        1
    }
}

fn a_failed_execve_comes_back() -> Outcome {
    let (recorder, hook) = recorder!();
    let path = c"/there/is/no/such/program";
    let set = Installed::new(hook);
    let Err(errno) = sys_execve(path, CStrArray::new([path]).as_list(), CStrList::empty());
    drop(set);
    check_eq!(errno, ENOENT);
    let seen = recorder.only(SYS_execve);
    check_eq!(seen.map(|seen| seen.answer), Some(-2));
    check_eq!(seen.map(|seen| seen.args()[0]), Some(path.as_ptr().addr()));
    Ok(())
}

fn execve_leaves_the_hook_behind() -> Outcome {
    let (recorder, hook) = recorder!();
    let child = exit_of(|| {
        interpose::install(hook);
        let argv = CStrArray::new([c"interpose_processes", c"look for a hook"]);
        let Err(errno) = sys_execve(SELF, argv.as_list(), CStrList::empty());
        100 + errno.raw() + recorder.exits() as i32
    })?;
    check_eq!(child, Some(42));
    Ok(())
}

/// Where that is written.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// Writes down the ends that it is told of, and by which hook.
struct Ends(u8);

impl Interpose for Ends {
    fn around(&self, call: &Call) -> Reg {
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }

    fn exits(&self, call: &Call) {
        let which = if call.nr() == SYS_exit_group { b'g' } else { b't' };
        let status = call.args().first().map_or(0, |status| status.to_usize() as u8);
        let count = call.args().len() as u8;
        // SAFETY: the case keeps the pipe open.
        let pipe = unsafe { BorrowedFd::borrow_raw(PIPE.load(SeqCst)) };
        let _ = raw::sys_write(pipe, &[self.0, which, count, status]);
    }
}

// SAFETY: both answer what the kernel answers.
static OUTER_END: Hook = unsafe { Hook::new(&Ends(b'O')) }.then(&INNER_END);
// SAFETY: as above.
static INNER_END: Hook = unsafe { Hook::new(&Ends(b'I')) };

/// What the hooks said while `run` ran.
fn ends(run: impl FnOnce() -> Outcome, said: &mut [u8; 32]) -> core::result::Result<usize, rawtrap_programs::Failure> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    PIPE.store(writer.as_raw(), SeqCst);
    run()?;
    drop(writer);
    Ok(read_to_end(reader.as_fd(), &mut said[..])?)
}

fn exit_group_is_announced_to_each_hook_once() -> Outcome {
    let mut said = [0; 32];
    let child = || {
        let child = exit_of(|| {
            interpose::install(&OUTER_END);
            sys_exit_group(7)
        })?;
        check_eq!(child, Some(7));
        Ok(())
    };
    let length = ends(child, &mut said)?;
    check_eq!(&said[..length], b"Og\x01\x07Ig\x01\x07");
    Ok(())
}

fn the_end_of_a_program_is_announced() -> Outcome {
    let mut said = [0; 32];
    let child = || {
        let child = exit_of(|| {
            interpose::install(&INNER_END);
            // As `entry!` ends a program with what its main returned.
            // SAFETY: an empty stack of arguments: their number, and what ends them, the environment and the auxiliary vector.
            unsafe { start::run([0usize; 5].as_ptr(), |_| 9) }
        })?;
        check_eq!(child, Some(9));
        Ok(())
    };
    let length = ends(child, &mut said)?;
    check_eq!(&said[..length], b"Ig\x01\x09");
    Ok(())
}

fn exit_of_a_thread_is_announced() -> Outcome {
    let mut said = [0; 32];
    let threads = || {
        let set = Installed::new(&OUTER_END);
        Thread::new(&|| {})?.join();
        // SAFETY: nothing of this thread is left to be dropped.
        Thread::new(&|| unsafe { sys_exit(3) })?.join();
        drop(set);
        Ok(())
    };
    let length = ends(threads, &mut said)?;
    check_eq!(&said[..length], b"Ot\x01\x00It\x01\x00Ot\x01\x03It\x01\x03");
    Ok(())
}
