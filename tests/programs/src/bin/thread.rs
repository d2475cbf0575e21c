//! Threads: a child on a stack of its own, and waiting on a word of memory.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;

use rawtrap::*;
use rawtrap_programs::machine::thread_pointer;
use rawtrap_programs::threads::{Stack, Thread};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    clone_flags_as_text,
    clone_shares_memory,
    clone_is_joined_by_the_cleared_word,
    clone_sets_the_thread_pointer,
    clone_begins_on_an_aligned_stack,
    clone_keeps_the_memory_of_a_process_apart,
    clone_shares_the_umask_of_a_process,
    clone_stores_the_number_in_the_child,
    clone_stores_the_number_in_the_parent,
    clone_tells_a_death_by_signal,
    clone_refuses_flags,
    set_tid_address_moves_the_word,
    set_thread_area_has_three_places,
    futex_wait_on_another_value,
    futex_wait_times_out,
    futex_wait_refuses_a_time,
    futex_wait_is_interrupted,
    futex_wake_without_waiters,
    futex_wake_counts,
    futex_wake_meets_a_lock,
    futex_flags_cannot_be_operations,
    futex_hands_over_ten_thousand_times,
];

const PRIVATE: FutexFlags = FUTEX_PRIVATE_FLAG;
const NOT_LONG: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

fn now() -> Result<Timespec> {
    sys_clock_gettime(CLOCK_MONOTONIC)
}

/// Waits for the end of a child that is a process: its exit status, and the signal that ended it.
fn wait_for(child: Pid) -> Result<(Option<i32>, Option<Signal>)> {
    let status = sys_wait4(child, WaitOptions::empty(), None)?.map(|(_, status)| status);
    Ok((
        status.and_then(WaitStatus::exited),
        status.and_then(WaitStatus::signaled),
    ))
}

fn clone_flags_as_text() -> Outcome {
    struct Text([u8; 80], usize);
    impl core::fmt::Write for Text {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            let end = self.1 + text.len();
            self.0
                .get_mut(self.1..end)
                .ok_or(core::fmt::Error)?
                .copy_from_slice(text.as_bytes());
            self.1 = end;
            Ok(())
        }
    }
    let number = SIGCHLD.as_raw();
    let (mut text, mut wanted) = (Text([0; 80], 0), Text([0; 80], 0));
    check!(core::fmt::write(&mut text, format_args!("{:?}", CLONE_FS | CLONE_VM | SIGCHLD)).is_ok());
    check!(core::fmt::write(&mut wanted, format_args!("CLONE_VM|CLONE_FS|{number:#x}")).is_ok());
    check_eq!(&text.0[..text.1], &wanted.0[..wanted.1]);
    check_eq!(CloneFlags::from(SIGCHLD).bits(), number as u32);
    Ok(())
}

fn clone_shares_memory() -> Outcome {
    let (child, number) = (AtomicU32::new(0), AtomicU32::new(21));
    let task = || {
        child.store(sys_gettid().as_raw() as u32, Ordering::Relaxed);
        number.fetch_add(21, Ordering::Relaxed);
    };
    let thread = Thread::new(&task)?;
    let (tid, stored) = (thread.tid, thread.stored);
    thread.join();
    check_eq!(number.into_inner(), 42);
    check!(tid != sys_getpid());
    check_eq!(child.into_inner(), tid.as_raw() as u32);
    check_eq!(stored, tid);
    Ok(())
}

fn clone_is_joined_by_the_cleared_word() -> Outcome {
    let go = AtomicU32::new(0);
    let task = || {
        while go.load(Ordering::Acquire) == 0 {
            let _ = sys_futex_op_wait(&go, PRIVATE, 0, None);
        }
    };
    let thread = Thread::new(&task)?;
    check_eq!(thread.running().load(Ordering::Acquire), 1);
    check_err!(
        sys_futex_op_wait(thread.running(), FutexFlags::empty(), 1, Some(&NOT_LONG)),
        ETIMEDOUT
    );
    go.store(1, Ordering::Release);
    sys_futex_op_wake(&go, PRIVATE, 1)?;
    // A wait without a timeout: only the kernel's own wake-up ends it.
    match sys_futex_op_wait(thread.running(), FutexFlags::empty(), 1, None) {
        Ok(()) | Err(EAGAIN) => {}
        Err(errno) => return Err(errno.into()),
    }
    check_eq!(thread.running().load(Ordering::Acquire), 0);
    Ok(())
}

fn clone_sets_the_thread_pointer() -> Outcome {
    let seen = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let first = || seen[0].store(thread_pointer().addr(), Ordering::Relaxed);
    let second = || seen[1].store(thread_pointer().addr(), Ordering::Relaxed);
    let stacks = (Stack::new()?, Stack::new()?);
    let expected = [stacks.0.thread_pointer().addr(), stacks.1.thread_pointer().addr()];
    let threads = (Thread::on(stacks.0, &first)?, Thread::on(stacks.1, &second)?);
    drop(threads);
    check_eq!(seen.map(AtomicUsize::into_inner), expected);
    Ok(())
}

/// A value whose alignment every stack has (AAPCS64 and x86-64 psABI), so that no code is made to arrange it.
#[repr(align(16))]
struct Aligned(#[allow(dead_code)] [u8; 16]);

fn clone_begins_on_an_aligned_stack() -> Outcome {
    unsafe fn misalignment(_: *mut ()) -> i32 {
        let value = Aligned([0; 16]);
        (black_box(&raw const value).addr() % 16) as i32
    }
    for cut in [0, 1, 8, 15, 16, 24] {
        let stack = Stack::new()?;
        let end = stack.end().wrapping_byte_sub(cut);
        // SAFETY: the child is a process of its own on a copy of this memory; its stack is not used here.
        let child = unsafe {
            sys_clone(
                CloneFlags::from(SIGCHLD),
                end,
                null_mut(),
                null_mut(),
                null_mut(),
                misalignment,
                null_mut(),
            )?
        };
        check_eq!((cut, wait_for(child)?), (cut, (Some(0), None)));
    }
    Ok(())
}

fn clone_keeps_the_memory_of_a_process_apart() -> Outcome {
    unsafe fn change(number: *mut u32) -> i32 {
        // SAFETY: this is the child's copy of it.
        unsafe {
            *number += 1;
            *number as i32
        }
    }
    let stack = Stack::new()?;
    let mut number = black_box(41);
    // SAFETY: the child is a process of its own on a copy of this memory; its stack is not used here.
    let child = unsafe {
        sys_clone(
            CloneFlags::from(SIGCHLD),
            stack.end(),
            null_mut(),
            null_mut(),
            null_mut(),
            change,
            &raw mut number,
        )?
    };
    check_eq!(wait_for(child)?, (Some(42), None));
    check_eq!(black_box(number), 41);
    Ok(())
}

fn clone_shares_the_umask_of_a_process() -> Outcome {
    unsafe fn set(_: *mut ()) -> i32 {
        sys_umask(0o123) as i32
    }
    let stack = Stack::new()?;
    let before = sys_umask(0o77);
    // SAFETY: the child is a process of its own on a copy of this memory; its stack is not used here.
    let child = unsafe {
        sys_clone(
            CLONE_FS | SIGCHLD,
            stack.end(),
            null_mut(),
            null_mut(),
            null_mut(),
            set,
            null_mut(),
        )
    };
    let status = child.and_then(wait_for);
    let after = sys_umask(before);
    check_eq!((status?, after), ((Some(0o77), None), 0o123));
    Ok(())
}

fn clone_stores_the_number_in_the_child() -> Outcome {
    unsafe fn compare(word: *mut u32) -> i32 {
        // SAFETY: this is the child's copy of it.
        i32::from(unsafe { word.read_volatile() } == sys_gettid().as_raw() as u32)
    }
    let stack = Stack::new()?;
    let mut tid = 0;
    let word = &raw mut tid;
    let flags = CLONE_CHILD_SETTID | SIGCHLD;
    // SAFETY: as above; the word is written in the copy.
    let child = unsafe { sys_clone(flags, stack.end(), null_mut(), null_mut(), word, compare, word)? };
    check_eq!(wait_for(child)?, (Some(1), None));
    check_eq!(black_box(tid), 0);
    Ok(())
}

fn clone_stores_the_number_in_the_parent() -> Outcome {
    unsafe fn nothing(_: *mut ()) -> i32 {
        0
    }
    let stack = Stack::new()?;
    let mut stored = Pid::from_raw(0);
    let flags = CLONE_PARENT_SETTID | SIGCHLD;
    // SAFETY: as above; the number is written before the call returns.
    let child = unsafe {
        sys_clone(
            flags,
            stack.end(),
            &raw mut stored,
            null_mut(),
            null_mut(),
            nothing,
            null_mut(),
        )?
    };
    check_eq!(stored, child);
    check_eq!(wait_for(child)?, (Some(0), None));
    Ok(())
}

fn clone_tells_a_death_by_signal() -> Outcome {
    unsafe fn end(_: *mut ()) -> i32 {
        let _ = sys_kill(sys_getpid(), SIGKILL);
        0
    }
    let stack = Stack::new()?;
    // SAFETY: the child is a process of its own on a copy of this memory; its stack is not used here.
    let child = unsafe {
        sys_clone(
            CloneFlags::from(SIGCHLD),
            stack.end(),
            null_mut(),
            null_mut(),
            null_mut(),
            end,
            null_mut(),
        )?
    };
    check_eq!(wait_for(child)?, (None, Some(SIGKILL)));
    Ok(())
}

fn clone_refuses_flags() -> Outcome {
    unsafe fn never(_: *mut ()) -> i32 {
        sys_exit_group(99)
    }
    let stack = Stack::new()?;
    let refused = [
        CLONE_SIGHAND | SIGCHLD,
        CLONE_THREAD | CLONE_VM | SIGCHLD,
        CLONE_FS | CLONE_NEWNS | SIGCHLD,
    ];
    for flags in refused {
        // SAFETY: the kernel refuses, so that nobody runs on the stack.
        let answer = unsafe {
            sys_clone(
                flags,
                stack.end(),
                null_mut(),
                null_mut(),
                null_mut(),
                never,
                null_mut(),
            )
        };
        check_err!(answer, EINVAL);
    }
    Ok(())
}

/// It cannot fail.
fn set_tid_address_moves_the_word() -> Outcome {
    let (elsewhere, answer, go) = (AtomicU32::new(1), AtomicU32::new(0), AtomicU32::new(0));
    let task = || {
        // SAFETY: the word outlives the thread, which is waited for on it.
        let tid = unsafe { sys_set_tid_address(elsewhere.as_ptr()) };
        answer.store((tid == sys_gettid()) as u32, Ordering::Relaxed);
        while go.load(Ordering::Acquire) == 0 {
            let _ = sys_futex_op_wait(&go, PRIVATE, 0, None);
        }
        // SAFETY: the first word is the one that the thread's end is told by.
        unsafe { sys_set_tid_address(elsewhere.as_ptr()) };
    };
    let thread = Thread::new(&task)?;
    go.store(1, Ordering::Release);
    sys_futex_op_wake(&go, PRIVATE, 1)?;
    while elsewhere.load(Ordering::Acquire) != 0 {
        match sys_futex_op_wait(&elsewhere, FutexFlags::empty(), 1, None) {
            Ok(()) | Err(EAGAIN) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    check_eq!(thread.running().load(Ordering::Acquire), 1);
    thread.running().store(0, Ordering::Release);
    check_eq!(answer.load(Ordering::Relaxed), 1);
    Ok(())
}

fn set_thread_area_has_three_places() -> Outcome {
    let word = 0usize;
    // SAFETY: no selector names the place.
    let set = |desc: &mut UserDesc| unsafe { sys_set_thread_area(desc) };
    let place = |number| UserDesc::data(number, (&raw const word).cast());
    if !cfg!(target_arch = "x86") {
        check_err!(set(&mut place(UserDesc::ANY)), ENOSYS);
        return Ok(());
    }
    check_err!(set(&mut place(0)), EINVAL);
    // One is this thread's already, if it has made another.
    let mut taken = [0; 3];
    let mut count = 0;
    let full = loop {
        let mut desc = place(UserDesc::ANY);
        match set(&mut desc) {
            Ok(()) => taken[count] = desc.entry_number,
            Err(errno) => break errno,
        }
        check_eq!(desc.selector(), (desc.entry_number << 3 | 3) as u16);
        count += 1;
    };
    for number in &taken[..count] {
        // The one description that the kernel takes for "nothing": read_exec_only and seg_not_present.
        let nothing = UserDesc {
            entry_number: *number,
            base_addr: 0,
            limit: 0,
            flags: 1 << 3 | 1 << 5,
        };
        set(&mut nothing.clone())?;
    }
    check_eq!(full, ESRCH);
    check!((2..=3).contains(&count) && taken[..count].is_sorted_by(|one, next| one + 1 == *next));
    Ok(())
}

fn futex_wait_on_another_value() -> Outcome {
    let word = AtomicU32::new(0x8000_0001);
    check_err!(sys_futex_op_wait(&word, PRIVATE, 1, None), EAGAIN);
    check_err!(sys_futex_op_wait(&word, FutexFlags::empty(), 0, None), EAGAIN);
    // The highest bit is compared as well: this one waits.
    check_err!(
        sys_futex_op_wait(&word, PRIVATE, 0x8000_0001, Some(&NOT_LONG)),
        ETIMEDOUT
    );
    Ok(())
}

fn futex_wait_times_out() -> Outcome {
    let word = AtomicU32::new(7);
    for flags in [FutexFlags::empty(), PRIVATE] {
        let before = now()?;
        check_err!(sys_futex_op_wait(&word, flags, 7, Some(&NOT_LONG)), ETIMEDOUT);
        let waited = now()?.duration_since(before);
        check!(waited.is_some_and(|waited| waited >= Duration::from_millis(20)));
    }
    Ok(())
}

fn futex_wait_refuses_a_time() -> Outcome {
    let word = AtomicU32::new(7);
    for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (-1, 0)] {
        check_err!(
            sys_futex_op_wait(&word, PRIVATE, 7, Some(&Timespec { tv_sec, tv_nsec })),
            EINVAL
        );
    }
    Ok(())
}

static INTERRUPTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(_: Signal) {
    INTERRUPTED.fetch_add(1, Ordering::Relaxed);
}

fn futex_wait_is_interrupted() -> Outcome {
    // SAFETY: the handler adds to an atomic.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(note))))? };
    let (word, waiter, ended) = (AtomicU32::new(0), sys_gettid(), AtomicU32::new(0));
    // A signal may come before the wait begins, so they come until it has ended.
    let disturb = || {
        while ended.load(Ordering::Acquire) == 0 {
            let _ = sys_tgkill(sys_getpid(), waiter, SIGUSR1);
            let _ = sys_nanosleep(
                &Timespec {
                    tv_sec: 0,
                    tv_nsec: 1_000_000,
                },
                None,
            );
        }
    };
    let thread = Thread::new(&disturb)?;
    let answer = sys_futex_op_wait(&word, PRIVATE, 0, None);
    ended.store(1, Ordering::Release);
    thread.join();
    check_eq!(answer, Err(EINTR));
    check!(INTERRUPTED.load(Ordering::Relaxed) > 0);
    Ok(())
}

fn futex_wake_without_waiters() -> Outcome {
    let word = AtomicU32::new(0);
    check_eq!(sys_futex_op_wake(&word, PRIVATE, i32::MAX), Ok(0));
    check_eq!(sys_futex_op_wake(&word, FutexFlags::empty(), 1), Ok(0));
    Ok(())
}

fn futex_wake_counts() -> Outcome {
    const WAITERS: usize = 4;
    for flags in [PRIVATE, FutexFlags::empty()] {
        let (gate, bed, woken) = (AtomicU32::new(0), AtomicU32::new(0), AtomicUsize::new(0));
        let task = || {
            if sys_futex_op_wait(&gate, flags, 0, None) == Ok(()) {
                woken.fetch_add(1, Ordering::Relaxed);
            }
        };
        let threads = [
            Thread::new(&task)?,
            Thread::new(&task)?,
            Thread::new(&task)?,
            Thread::new(&task)?,
        ];
        // Whoever waits at the gate is moved to the bed, asleep: then all of them wait for certain.
        let mut moved = 0;
        while moved < WAITERS {
            const FUTEX_CMP_REQUEUE: u32 = 4;
            let (from, operation, wake, to) = (gate.as_ptr(), FUTEX_CMP_REQUEUE | flags.bits(), 0u32, bed.as_ptr());
            // SAFETY: the kernel looks for waiters by the addresses of two words that are alive.
            let answer = unsafe { syscall6(wide::SYS_futex, from, operation, wake, i32::MAX as usize, to, 0u32) };
            moved += answer.result()?.to_usize();
            sys_sched_yield()?;
        }
        // The other kind of waiting is another queue.
        let other = if flags == PRIVATE { FutexFlags::empty() } else { PRIVATE };
        check_eq!(sys_futex_op_wake(&bed, other, i32::MAX), Ok(0));
        check_eq!(sys_futex_op_wake(&bed, flags, 2), Ok(2));
        check_eq!(sys_futex_op_wake(&bed, flags, 1), Ok(1));
        check_eq!(sys_futex_op_wake(&bed, flags, i32::MAX), Ok(1));
        check_eq!(sys_futex_op_wake(&bed, flags, i32::MAX), Ok(0));
        threads.into_iter().for_each(Thread::join);
        check_eq!(woken.into_inner(), WAITERS);
    }
    Ok(())
}

/// The one error of a wake-up: somebody waits on the word as on a priority-inheriting lock, which is handed over.
fn futex_wake_meets_a_lock() -> Outcome {
    const FUTEX_LOCK_PI: u32 = 6;
    const FUTEX_UNLOCK_PI: u32 = 7;
    let lock = AtomicU32::new(sys_gettid().as_raw() as u32);
    // SAFETY: the kernel changes the word as the protocol of these locks has it (futex(2)).
    let ask = |operation: u32| unsafe { syscall4(wide::SYS_futex, lock.as_ptr(), operation, 0u32, 0usize) }.result();
    let (ended, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    let task = || {
        if ask(FUTEX_LOCK_PI).and_then(|_| ask(FUTEX_UNLOCK_PI)).is_err() {
            failed.store(1, Ordering::Relaxed);
        }
        ended.store(1, Ordering::Release);
    };
    let thread = Thread::new(&task)?;
    let answer = loop {
        match sys_futex_op_wake(&lock, FutexFlags::empty(), 1) {
            // It does not wait yet.
            Ok(0) if ended.load(Ordering::Acquire) == 0 => sys_sched_yield()?,
            answer => break answer,
        }
    };
    let unlocked = ask(FUTEX_UNLOCK_PI);
    thread.join();
    unlocked?;
    check_eq!(answer, Err(EINVAL));
    check_eq!(failed.load(Ordering::Relaxed), 0);
    check_eq!(lock.load(Ordering::Relaxed), 0);
    Ok(())
}

/// FUTEX_WAKE_OP would write where the fifth register points.
fn futex_flags_cannot_be_operations() -> Outcome {
    let word = AtomicU32::new(0);
    for bits in (1..=127).chain((8..32).map(|bit| 1 << bit)) {
        let flags = FutexFlags::from_bits(bits);
        check_eq!(sys_futex_op_wake(&word, flags, 1), Ok(0));
        check_err!(sys_futex_op_wait(&word, flags, 1, None), EAGAIN);
    }
    Ok(())
}

fn futex_hands_over_ten_thousand_times() -> Outcome {
    const ROUNDS: u32 = 10_000;
    /// Takes every second turn.
    fn play(turn: &AtomicU32, mine: u32) -> Result<()> {
        for round in (mine..ROUNDS).step_by(2) {
            loop {
                match turn.load(Ordering::Acquire) {
                    now if now == round => break,
                    other => match sys_futex_op_wait(turn, PRIVATE, other, None) {
                        Ok(()) | Err(EAGAIN) => {}
                        Err(errno) => return Err(errno),
                    },
                }
            }
            turn.store(round + 1, Ordering::Release);
            sys_futex_op_wake(turn, PRIVATE, 1)?;
        }
        Ok(())
    }
    let (turn, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    let other = || {
        if play(&turn, 1).is_err() {
            failed.store(1, Ordering::Relaxed);
        }
    };
    let thread = Thread::new(&other)?;
    play(&turn, 0)?;
    thread.join();
    check_eq!(failed.into_inner(), 0);
    check_eq!(turn.into_inner(), ROUNDS);
    Ok(())
}
