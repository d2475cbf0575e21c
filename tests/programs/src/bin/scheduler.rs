//! The lesson's scheduler without its lesson: so many hand-offs that threads meet in every order they can.
#![no_std]
#![no_main]

#[path = "../../../../src/bin/lesson/chapters/scheduler/machines.rs"]
mod machines;
#[path = "../../../../src/bin/lesson/chapters/scheduler/runtime.rs"]
mod runtime;
#[path = "../../../../src/bin/lesson/chapters/scheduler/state.rs"]
mod state;
#[allow(dead_code)] // the lesson has more reasons to end early
#[path = "../../../../src/bin/lesson/chapters/scheduler/trouble.rs"]
mod trouble;

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use rawtrap::interpose::{self, Call, Hook, Interpose, Scheduled};
use rawtrap::{
    BorrowedFd, CLOCK_MONOTONIC, EBADF, EIO, FUTEX_PRIVATE_FLAG, O_CLOEXEC, OwnedFd, Pid, Reg, SIGKILL, Timespec,
    WNOHANG, WaitOptions, WaitStatus, raw, sys_clock_gettime, sys_exit_group, sys_fork, sys_kill, sys_nanosleep,
    sys_pipe2, sys_read, sys_sched_yield, sys_wait4, wide,
};
use rawtrap_programs::{Failure, Outcome, cases, check, check_eq};

use self::machines::Machines;
use self::runtime::{Scheduler, Tasks};
use self::state::{Fifo, MACHINES, PROCESSORS, State};
use self::trouble::{READ, Trouble};

cases![
    numbers_come_out_in_their_order,
    the_state_is_one_word,
    two_hundred_storms,
    a_lost_wake_up_is_a_standstill,
    a_task_runs_twice,
    a_refused_call_ends_all,
    too_few_threads,
    one_at_a_time,
];

const TASKS: usize = 8;
const READY: [&[usize]; PROCESSORS] = [&[0, 1, 2, 3], &[4, 5, 6, 7]];
/// Each of these plays with the other: they send a byte back and forth. One pair has a P for each, one shares a P.
const PARTNER: [Option<usize>; TASKS] = [Some(4), Some(2), Some(1), None, Some(0), None, None, None];
/// One M for each P and one for each player.
const ENOUGH: usize = PROCESSORS + 4;
const _: () = assert!(ENOUGH == MACHINES);

/// Tasks that play, and tasks that compute meanwhile.
struct Storm {
    /// How often each task has its turn. A turn of a player is a byte sent or a byte received.
    turns: AtomicU32,
    taken: [AtomicU32; TASKS],
    left: AtomicU32,
    /// How many steps of this task are to meet; else none.
    meets: AtomicU32,
    met: AtomicU32,
    /// Where each player reads, and where its partner does.
    reader: [AtomicI32; TASKS],
    writer: [AtomicI32; TASKS],
}

impl Storm {
    const fn new() -> Storm {
        Storm {
            turns: AtomicU32::new(0),
            taken: [const { AtomicU32::new(0) }; TASKS],
            left: AtomicU32::new(0),
            meets: AtomicU32::new(0),
            met: AtomicU32::new(0),
            reader: [const { AtomicI32::new(-1) }; TASKS],
            writer: [const { AtomicI32::new(-1) }; TASKS],
        }
    }

    fn fd(number: &AtomicI32) -> BorrowedFd<'static> {
        // SAFETY: `play_with` keeps it open until all is over.
        unsafe { BorrowedFd::borrow_raw(number.load(Ordering::Relaxed)) }
    }

    fn play(&self, task: usize, partner: usize, turn: u32) -> rawtrap::Result<()> {
        // Whoever has the higher number begins to read.
        if (turn & 1 == 0) == (task < partner) {
            raw::sys_write(Storm::fd(&self.writer[task]), &[turn as u8])?;
        } else {
            let mut byte = [0];
            let count = sys_read(Storm::fd(&self.reader[task]), &mut byte)?;
            if (count, byte) != (1, [turn as u8]) {
                return Err(EIO);
            }
        }
        Ok(())
    }
}

impl Tasks for Storm {
    /// No wake-up is refused here, and one that is lost is to show.
    const PATIENCE: Option<Timespec> = None;

    fn step(&self, scheduler: &Scheduler<Storm>, _: usize, task: usize) -> Result<bool, Trouble> {
        let turn = self.taken[task].fetch_add(1, Ordering::Relaxed);
        self.met.fetch_add(1, Ordering::AcqRel);
        while self.met.load(Ordering::Acquire) < self.meets.load(Ordering::Relaxed) {
            sys_sched_yield().map_err(|errno| Trouble::Call(&"sched_yield", errno))?;
        }
        if let Some(partner) = PARTNER[task] {
            let played = self.play(task, partner, turn);
            // Nobody comes back from a call without a P, unless all is over already.
            let holds = scheduler.processor().ok_or(EIO);
            played.and(holds).map_err(|errno| Trouble::Call(READ, errno))?;
        }
        let more = turn + 1 < self.turns.load(Ordering::Relaxed);
        if !more {
            self.left.fetch_sub(1, Ordering::AcqRel);
            scheduler.announce();
        }
        Ok(more)
    }
}

static SCHEDULED: Scheduled<Scheduler<Storm>> = Scheduled::new(Scheduler::new(Storm::new()));
static HOOK: Hook = SCHEDULED.hook().then(&DEAF);

/// Within it: wakes nobody any more, where that is wanted, as it looks for sleepers on words that processes share. The
/// runtime's own are private ones.
struct Deaf {
    now: AtomicBool,
}

static IS_DEAF: Deaf = Deaf {
    now: AtomicBool::new(false),
};
// SAFETY: each call is made once. No memory depends on who is woken.
static DEAF: Hook = unsafe { Hook::new(&IS_DEAF) };

impl Interpose for Deaf {
    fn around(&self, call: &Call) -> Reg {
        match call.args() {
            [word, operation, count] if call.nr() == wide::SYS_futex && self.now.load(Ordering::Relaxed) => {
                let shared = operation.to_usize() & !(FUTEX_PRIVATE_FLAG.bits() as usize);
                // SAFETY: it is made once; see above.
                unsafe { call.make_with(&[*word, Reg::from(shared), *count]) }
            }
            // SAFETY: it is made once, as its caller wants it.
            _ => unsafe { call.make() },
        }
    }
}

impl From<Trouble> for Failure {
    #[track_caller]
    fn from(trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Call(call, errno) => Failure::new(format_args!("{call}: {errno:?}")),
            Trouble::Broken(what) => Failure::new(format_args!("{what}")),
        }
    }
}

fn numbers_come_out_in_their_order() -> Outcome {
    let mut numbers = Fifo(0);
    check_eq!(numbers.pop(), None);
    for first in 0..TASKS {
        // As many as there is room for, from each of them on.
        let order = || (0..TASKS).map(|number| (first + number) % TASKS);
        order().for_each(|number| numbers.push(number));
        for number in order() {
            check_eq!(numbers.pop(), Some(number));
        }
        check_eq!(numbers.pop(), None);
    }
    Ok(())
}

fn the_state_is_one_word() -> Outcome {
    let mut waiting = Fifo(0);
    (0..MACHINES).for_each(|m| waiting.push(m));
    for idle in 0..1 << PROCESSORS {
        for spare in 0..1 << MACHINES {
            let state = State { idle, spare, waiting };
            let again = State::of(state.word());
            check_eq!((again.idle, again.spare, again.waiting.0), (idle, spare, waiting.0));
        }
    }
    Ok(())
}

/// Lets all tasks run to their end, and answers how many Ps were handed on and how often a task found none.
fn storm(machines: usize, turns: u32) -> Result<(u32, u32), Trouble> {
    play_with(machines, turns, READY, |_| {})
}

/// The same, with something changed before.
fn play_with(
    machines: usize,
    turns: u32,
    ready: [&[usize]; PROCESSORS],
    change: impl Fn(&Storm),
) -> Result<(u32, u32), Trouble> {
    let pipe = || sys_pipe2(O_CLOEXEC).map_err(|errno| Trouble::Call(&"pipe2", errno));
    let (pipes, scheduler) = ([pipe()?, pipe()?, pipe()?, pipe()?], SCHEDULED.runtime());
    let storm = &scheduler.tasks;
    let players = (0..TASKS).filter(|task| PARTNER[*task].is_some());
    for (task, (reader, writer)) in players.zip(&pipes) {
        let partner = PARTNER[task].unwrap_or(task);
        storm.reader[task].store(reader.as_raw(), Ordering::Relaxed);
        storm.writer[partner].store(writer.as_raw(), Ordering::Relaxed);
    }
    storm.turns.store(turns, Ordering::Relaxed);
    storm
        .left
        .store(ready.map(<[_]>::len).iter().sum::<usize>() as u32, Ordering::Relaxed);
    storm.meets.store(0, Ordering::Relaxed);
    storm.met.store(0, Ordering::Relaxed);
    storm.taken.iter().for_each(|taken| taken.store(0, Ordering::Relaxed));
    change(storm);
    let [a, b, c, d] = pipes;
    let (_readers, writers) = ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1]);
    interpose::install(&HOOK);
    let ended = run(scheduler, machines, ready, writers);
    interpose::remove();
    ended?;
    Ok(scheduler.counts())
}

/// The writing ends are closed before the threads are waited for, so that nobody reads for ever.
fn run(
    scheduler: &'static Scheduler<Storm>,
    machines: usize,
    ready: [&[usize]; PROCESSORS],
    writers: [OwnedFd; 4],
) -> Result<(), Trouble> {
    let machines = Machines::start(scheduler, machines)?;
    scheduler.go(ready);
    let over = scheduler.wait_for(|storm| storm.left.load(Ordering::Acquire) == 0);
    drop(writers);
    over.and(machines.finish())
}

/// No wake-up is lost, as nobody looks without one; no task runs twice at once, each has all its turns, and it ends. Where
/// a whole machine is emulated, as many storms as come in some seconds.
fn two_hundred_storms() -> Outcome {
    const TURNS: u32 = 400;
    const SECONDS: i64 = 8;
    let second = || sys_clock_gettime(CLOCK_MONOTONIC).map(|now| now.tv_sec);
    let (mut storms, mut handed, mut queued) = (0, 0, 0);
    let end = second()? + SECONDS;
    while storms < 20 || storms < 200 && second()? < end {
        let counts = storm(ENOUGH, TURNS)?;
        for taken in &SCHEDULED.runtime().tasks.taken {
            check_eq!(taken.load(Ordering::Relaxed), TURNS);
        }
        storms += 1;
        handed += counts.0;
        queued += counts.1;
    }
    // Half of the players' turns are calls. Task 4 begins with one, and leaves three tasks behind.
    let calls = storms * 4 * TURNS / 2;
    check!((storms..=calls).contains(&handed));
    check!((1..=calls).contains(&queued));
    Ok(())
}

/// That the storms end tells that no wake-up was lost: one that wakes nobody would stop them.
fn a_lost_wake_up_is_a_standstill() -> Outcome {
    let ended = storm_in_a_child(false)?;
    check_eq!(
        sys_wait4(ended, WaitOptions::empty(), None)?.and_then(|(_, status)| status.exited()),
        Some(0)
    );
    let stands = storm_in_a_child(true)?;
    // Far longer than the other one took, on any machine.
    for _ in 0..20 {
        sys_nanosleep(
            &Timespec {
                tv_sec: 0,
                tv_nsec: 100_000_000,
            },
            None,
        )?;
        check_eq!(
            sys_wait4(stands, WNOHANG, None)?.map(|(_, status)| status),
            None::<WaitStatus>
        );
    }
    sys_kill(stands, SIGKILL)?;
    let ended = sys_wait4(stands, WaitOptions::empty(), None)?;
    check_eq!(ended.and_then(|(_, status)| status.signaled()), Some(SIGKILL));
    Ok(())
}

fn storm_in_a_child(deaf: bool) -> rawtrap::Result<Pid> {
    // SAFETY: there is one thread, and the child ends in this block.
    match unsafe { sys_fork() }? {
        Some(child) => Ok(child),
        None => {
            IS_DEAF.now.store(deaf, Ordering::Relaxed);
            sys_exit_group(storm(ENOUGH, 50).is_err().into())
        }
    }
}

/// Two Ps have the same task, and it does not end before both are at it.
fn a_task_runs_twice() -> Outcome {
    let both = |storm: &Storm| storm.meets.store(2, Ordering::Relaxed);
    let Some(Trouble::Broken(what)) = play_with(ENOUGH, 1, [&[3], &[3]], both).err() else {
        return Err(Failure::new(format_args!("nobody saw it")));
    };
    check_eq!(*what, "a task ran on two threads at once");
    Ok(())
}

fn a_refused_call_ends_all() -> Outcome {
    for task in [0, 1, 2, 4] {
        let trouble = play_with(ENOUGH, 50, READY, |storm| {
            storm.reader[task].store(999, Ordering::Relaxed)
        })
        .err();
        check!(matches!(trouble, Some(Trouble::Call(&"read", EBADF))));
    }
    Ok(())
}

/// A call that leaves ready tasks behind, and no thread for them, is an error and no standstill.
fn too_few_threads() -> Outcome {
    let Some(Trouble::Broken(what)) = storm(PROCESSORS, 50).err() else {
        return Err(Failure::new(format_args!("it did not end as it should")));
    };
    check_eq!(*what, "no thread is spare for a processor with tasks");
    Ok(())
}

fn one_at_a_time() -> Outcome {
    let machines = Machines::start(SCHEDULED.runtime(), PROCESSORS)?;
    let second = Machines::start(SCHEDULED.runtime(), PROCESSORS).err();
    check!(matches!(
        second,
        Some(Trouble::Broken(&"the scheduler is at work already"))
    ));
    machines.finish()?;
    storm(ENOUGH, 50)?;
    Ok(())
}
