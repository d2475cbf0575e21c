//! Why a runtime wants to know of calls that block.

use core::cell::OnceCell;

use rawtrap::interpose::{self, Hook, Scheduled};
use rawtrap::{O_CLOEXEC, OwnedFd, sys_pipe2, write_all};

use self::machines::Machines;
use self::runtime::Scheduler;
use self::scene::{AWAY, HOOKED, MESSAGE, RAW, READY, Scene};
use self::state::PROCESSORS;
use self::trouble::Trouble;
use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, rust, text};

mod machines;
mod runtime;
mod scene;
mod state;
mod trouble;

pub const CHAPTER: Chapter = Chapter {
    name: "scheduler",
    about: "why a runtime wants to be told before a call blocks",
    argument: None,
    asks: false,
    parts: &[raw, hooked],
};

/// One M for each P, and one for the task that waits.
const MACHINES: usize = PROCESSORS + 1;

static SCHEDULED: Scheduled<Scheduler<Scene>> = Scheduled::new(Scheduler::new(Scene::new()));

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Stop {
        match trouble {
            Trouble::Call(call, errno) => Stop::call(call, errno),
            Trouble::Broken(what) => Stop::unexpected(what),
        }
    }
}

/// The scheduler's hook around the one that was there before, which comes back when this is dropped.
struct Outermost {
    before: Option<&'static Hook>,
}

/// A hook is for good, and what stands within it is known when the lesson runs.
struct Place(OnceCell<Hook>);

// SAFETY: the main thread alone looks into it.
unsafe impl Sync for Place {}

static PLACE: Place = Place(OnceCell::new());

impl Outermost {
    fn set() -> Outermost {
        let before = interpose::remove();
        interpose::install(PLACE.0.get_or_init(|| match before {
            Some(inner) => SCHEDULED.hook().then(inner),
            None => SCHEDULED.hook(),
        }));
        Outermost { before }
    }
}

impl Drop for Outermost {
    fn drop(&mut self) {
        match self.before {
            Some(hook) => interpose::install(hook),
            None => interpose::remove(),
        };
    }
}

/// The tasks of each P, without the one that waits.
const OTHERS: [&str; PROCESSORS] = ["B C D", "E F G H"];

/// What was counted.
struct Report {
    /// For each P, the units that its tasks did while the reader waited, and how many there are.
    meanwhile: [(u32, u32); PROCESSORS],
    handed: u32,
    queued: u32,
    units: u32,
    time: u32,
}

/// Runs the tasks from the beginning to the end. The message is written when these Ps have nothing more to do without it.
fn run(how: u32, awaited: &[usize]) -> Outcome<Report> {
    let scheduler = SCHEDULED.runtime();
    let (reader, writer) = sys_pipe2(O_CLOEXEC).of(&"pipe2")?;
    scheduler.tasks.set(how, reader.as_fd());
    let _hook = Outermost::set();
    let machines = Machines::start(scheduler, MACHINES)?;
    let meanwhile = direct(scheduler, awaited, writer)?;
    machines.finish()?;
    let units = scheduler
        .tasks
        .all_done()
        .ok_or(Stop::unexpected(&"a unit of work was done twice, or not at all"))?;
    let (handed, queued) = scheduler.counts();
    Ok(Report {
        meanwhile,
        handed,
        queued,
        units,
        time: scheduler.tasks.length(),
    })
}

/// What the main thread does meanwhile. When it returns, the writing end is closed, so that nobody waits for it for ever.
fn direct(scheduler: &Scheduler<Scene>, awaited: &[usize], writer: OwnedFd) -> Outcome<[(u32, u32); PROCESSORS]> {
    scheduler.go(READY);
    scheduler.wait_for(|scene| scene.waits_for_the_reader_alone(awaited))?;
    let meanwhile = core::array::from_fn(|p| scheduler.tasks.done(p));
    scheduler.tasks.now();
    write_all(writer.as_fd(), MESSAGE).of(&"write")?;
    // Where less of it arrives than was said to be taken, the reader is told.
    drop(writer);
    scheduler.wait_for(Scene::is_over)?;
    Ok(meanwhile)
}

fn show(lesson: &mut Lesson<'_>, report: &Report) -> Outcome {
    for (p, (done, all)) in report.meanwhile.iter().enumerate() {
        answer!(lesson, "while A waits, {} do {done} of their {all} units", OTHERS[p])?;
    }
    answer!(
        lesson,
        "hand-offs of P0: {}; waits of A for a P: {}",
        report.handed,
        report.queued
    )?;
    let scene = &SCHEDULED.runtime().tasks;
    for p in 0..PROCESSORS {
        answer!(lesson, "P{p} |{}|", scene.row(p))?;
    }
    if report.handed > 0 {
        answer!(lesson, "-- |{}|", scene.row(AWAY))?;
    }
    answer!(
        lesson,
        "{} units in all, each of them done once, in {} columns",
        report.units,
        report.time
    )
}

fn raw(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Many tasks can share a few threads, as Go's goroutines do. Go calls a thread an M (machine), and the right to run \
         tasks a P (processor). A P has a queue of tasks that are ready, and an M that holds a P runs them, one after the \
         other. So no more tasks run at a time than there are Ps."
    )?;
    text!(
        lesson,
        "Here are two Ps, P0 with the tasks A B C D and P1 with E F G H, and {MACHINES} Ms: threads that clone made, on \
         stacks that mmap made. Two Ms hold the Ps; the third is spare and sleeps on a futex. A task has four units of \
         work, and after each the next task of the queue has its turn. D and H have a fifth unit, a long one: D's ends when \
         A's call is over, and H's when A runs again."
    )?;
    text!(
        lesson,
        "After its first unit A reads from a pipe, and main, a thread without a P, writes to the pipe when the other tasks \
         have got as far as they can without A. What they do until then is counted, but for the fifth units, which wait for A \
         themselves. First A calls read in a way that tells nobody, as Go does with RawSyscall:"
    )?;
    rust!(lesson, "raw::sys_read(pipe, &mut buf)")?;
    let report = run(RAW, &[1])?;
    show(lesson, &report)?;
    text!(
        lesson,
        "A row is a P, and a letter is a unit of that task; r is A's read, and - goes on with a long unit. A column is as \
         long as a short unit, and no time in seconds: a wait ends where what it waited for is done. The M of P0 waited in the kernel and \
         held its P all the while. B, C and D were ready, an M was spare, and nobody ran them. Go's RawSyscall is for calls \
         that do not block, such as getpid."
    )
}

fn hooked(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Now A calls read in the usual way, and a hook stands before the trap: Scheduled, in src/interpose/schedule.rs. It \
         calls enter_syscall before each call that may block, which hands P0 on to the spare M, and exit_syscall after \
         it, which asks for a P."
    )?;
    rust!(lesson, "sys_read(pipe, &mut buf)")?;
    let report = run(HOOKED, &[0, 1])?;
    show(lesson, &report)?;
    text!(
        lesson,
        "The last row is A without a P: r while it waits in read, q while it queues for a P. Its M has an answer and may not \
         go on: two Ms hold the two Ps. The first of them to end a unit sees A in the queue, hands its P over and sleeps."
    )?;
    text!(
        lesson,
        "Go's Syscall has the same pair, entersyscall and exitsyscall: a call that waits keeps no P from the others, and who \
         is back goes on with the old P if that is free, or with an idle one. Where none is free the two differ most. \
         Here a task is bound to its M as long as it is in a step, so a P must come to that M. A goroutine has a stack of \
         its own: Go puts it into a queue of the whole program and lets its M sleep, and whichever M with a P takes it out \
         goes on with it. No M gives up its P for that; at most sysmon, a thread of the runtime, interrupts a goroutine that \
         has run for long."
    )?;
    text!(
        lesson,
        "Two more things are simpler here. Go hands a P on only when the call takes long, which sysmon looks for every now \
         and then. And an idle P of Go's takes tasks from the queues of the others, so that P1 would have run some of B, C \
         and D in the first run too; but one processor of two would have been lost all the same. Go spares itself all of \
         it where it can: a read from a pipe through os.File keeps no thread waiting, as the goroutine is parked and epoll \
         tells when there is something to read. The hand-off is for what does block: files, descriptors in blocking mode, \
         calls through package syscall."
    )?;
    let program = lesson.program();
    hint!(
        lesson,
        "`strace -f -q -e trace=clone,read,futex {program} scheduler`: each run makes three threads. A's read is what stays \
         <unfinished ...>, and the last FUTEX_WAKE of its thread before it is the hand-off, in the second run alone."
    )
}
