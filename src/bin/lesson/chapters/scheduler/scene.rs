//! What the tasks do: they compute, and one of them waits for a message.

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, AtomicU32, AtomicUsize, Ordering};

use rawtrap::{BorrowedFd, Timespec, raw, sys_read};

use super::runtime::{Scheduler, Tasks};
use super::state::PROCESSORS;
use super::trouble::{GARBLED, READ, Trouble};

/// The tasks of each P, in the order in which they run first.
pub const READY: [&[usize]; PROCESSORS] = [&[0, 1, 2, 3], &[4, 5, 6, 7]];
const TASKS: usize = 8;
/// The task that waits, and its P.
const READER: usize = 0;
pub const MESSAGE: &[u8] = b"go on";
/// Every task has so many units of work, and the last of each P a long one behind them.
const UNITS: u32 = 4;
const LONG: [usize; PROCESSORS] = [3, 7];

/// How the reader calls read.
pub const RAW: u32 = 0;
pub const HOOKED: u32 = 1;

/// What becomes of the reader's call.
const WAITS: u32 = 0;
const QUEUES: u32 = 1;
const RESUMES: u32 = 2;
const OVER: u32 = 3;

/// The rows of the timeline: one for each P, and one for the reader where it has none.
pub const AWAY: usize = PROCESSORS;
const ROWS: usize = PROCESSORS + 1;

/// Time is counted in units, on each P by itself, and whoever waited goes on no earlier than what it waited for: so the
/// same run gives the same numbers, however fast the machine is (Lamport's clocks).
pub struct Scene {
    how: AtomicU32,
    pipe: AtomicI32,
    units: [AtomicU32; TASKS],
    /// The tasks that are not at their end.
    left: AtomicU32,
    /// The long units that have begun.
    long: AtomicU32,
    asked: AtomicU32,
    moment: AtomicU32,
    /// When it came to each of the moments.
    times: [AtomicU32; 3],
    clocks: [AtomicU32; PROCESSORS],
    /// When the message was written.
    written: AtomicU32,
    /// What was done on which row, from when to when.
    events: [AtomicU32; 64],
    recorded: AtomicUsize,
}

/// A piece of a row.
#[derive(Clone, Copy)]
struct Event {
    row: usize,
    letter: u8,
    start: u32,
    end: u32,
}

impl Event {
    fn word(self) -> u32 {
        u32::from_le_bytes([self.row as u8, self.letter, self.start as u8, self.end as u8])
    }

    fn of(word: u32) -> Event {
        let [row, letter, start, end] = word.to_le_bytes();
        Event {
            row: row.into(),
            letter,
            start: start.into(),
            end: end.into(),
        }
    }
}

impl Scene {
    pub const fn new() -> Scene {
        Scene {
            how: AtomicU32::new(RAW),
            pipe: AtomicI32::new(-1),
            units: [const { AtomicU32::new(0) }; TASKS],
            left: AtomicU32::new(0),
            long: AtomicU32::new(0),
            asked: AtomicU32::new(0),
            moment: AtomicU32::new(WAITS),
            times: [const { AtomicU32::new(0) }; 3],
            clocks: [const { AtomicU32::new(0) }; PROCESSORS],
            written: AtomicU32::new(0),
            events: [const { AtomicU32::new(0) }; 64],
            recorded: AtomicUsize::new(0),
        }
    }

    /// Everything from the beginning. The pipe stays open until the last M has ended.
    pub fn set(&self, how: u32, pipe: BorrowedFd<'_>) {
        let one_each = [&self.long, &self.asked, &self.moment, &self.written];
        let all = one_each
            .into_iter()
            .chain(&self.units)
            .chain(&self.times)
            .chain(&self.clocks);
        all.for_each(|word| word.store(0, Ordering::Relaxed));
        self.how.store(how, Ordering::Relaxed);
        self.pipe.store(pipe.as_raw(), Ordering::Relaxed);
        self.left.store(TASKS as u32, Ordering::Relaxed);
        self.recorded.store(0, Ordering::Relaxed);
    }

    /// The units that this P's tasks have done, without the reader's and the long one, and how many there are.
    pub fn done(&self, p: usize) -> (u32, u32) {
        let others = || READY[p].iter().filter(|task| **task != READER);
        let done = others()
            .map(|task| self.units[*task].load(Ordering::Acquire).min(UNITS))
            .sum();
        (done, others().count() as u32 * UNITS)
    }

    /// The reader is in its call, and these Ps' tasks have done all that they do without it.
    pub fn waits_for_the_reader_alone(&self, ps: &[usize]) -> bool {
        let done = |p: &usize| {
            let (done, all) = self.done(*p);
            done == all && self.long.load(Ordering::Acquire) & 1 << p != 0
        };
        self.asked.load(Ordering::Acquire) != 0 && ps.iter().all(done)
    }

    /// The message is about to be written, after all that was done until now.
    pub fn now(&self) {
        let now = self.clocks.iter().map(|clock| clock.load(Ordering::Acquire)).max();
        self.written.store(now.unwrap_or(0), Ordering::Release);
    }

    pub fn is_over(&self) -> bool {
        self.left.load(Ordering::Acquire) == 0
    }

    /// Every unit was done, and none twice: how many those were.
    pub fn all_done(&self) -> Option<u32> {
        let expected = |task: usize| UNITS + u32::from(LONG.contains(&task));
        let units = self.units.iter().map(|units| units.load(Ordering::Acquire));
        let right = units.clone().enumerate().all(|(task, units)| units == expected(task));
        right.then(|| units.sum())
    }

    /// The time at the end.
    pub fn length(&self) -> u32 {
        self.clocks
            .iter()
            .map(|clock| clock.load(Ordering::Acquire))
            .max()
            .unwrap_or(0)
    }

    /// A row of the timeline.
    pub fn row(&self, row: usize) -> Row<'_> {
        Row { scene: self, row }
    }

    fn record(&self, row: usize, letter: u8, start: u32, end: u32) {
        let event = Event {
            row,
            letter,
            start,
            end,
        };
        if start < end {
            let place = self.recorded.fetch_add(1, Ordering::AcqRel);
            if let Some(word) = self.events.get(place) {
                word.store(event.word(), Ordering::Release);
            }
        }
    }

    fn come_to(&self, scheduler: &Scheduler<Scene>, moment: u32, time: u32) {
        if let Some(when) = self.times.get(moment as usize) {
            when.store(time, Ordering::Release);
        }
        self.moment.fetch_max(moment, Ordering::AcqRel);
        scheduler.wake(&self.moment);
    }

    /// Keeps its P until it has come to that moment, and returns when that was.
    fn until(&self, scheduler: &Scheduler<Scene>, moment: u32) -> u32 {
        loop {
            let seen = self.moment.load(Ordering::Acquire);
            if seen >= moment {
                return self.times[moment as usize].load(Ordering::Acquire);
            }
            scheduler.wait(&self.moment, seen);
        }
    }

    fn unit(&self, scheduler: &Scheduler<Scene>, p: usize, task: usize, done: u32) {
        let start = self.clocks[p].fetch_add(1, Ordering::AcqRel);
        let mut end = start + 1;
        if done == UNITS {
            // The first P's long unit ends when the reader is back, the other one's when it runs.
            self.long.fetch_or(1 << p, Ordering::AcqRel);
            scheduler.announce();
            end = end.max(self.until(scheduler, [QUEUES, RESUMES][p]));
            self.clocks[p].fetch_max(end, Ordering::AcqRel);
        }
        self.record(p, b'A' + task as u8, start, end);
    }

    fn read(&self, scheduler: &Scheduler<Scene>, p: usize) -> Result<(), Trouble> {
        let start = self.clocks[p].load(Ordering::Acquire);
        self.asked.store(1, Ordering::Release);
        scheduler.announce();
        // SAFETY: who set it keeps it open until the last M has ended.
        let pipe = unsafe { BorrowedFd::borrow_raw(self.pipe.load(Ordering::Relaxed)) };
        let mut buf = [0; MESSAGE.len()];
        let mut length = 0;
        while length < buf.len() {
            let call = match self.how.load(Ordering::Relaxed) {
                RAW => raw::sys_read(pipe, &mut buf[length..]),
                _ => sys_read(pipe, &mut buf[length..]),
            };
            match call {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(errno) => return Err(Trouble::Call(READ, errno)),
            }
        }
        if buf != MESSAGE {
            return Err(GARBLED);
        }
        // Without a P all is over, and nobody looks.
        let p = scheduler.processor().unwrap_or(p);
        let mut now = self.clocks[p].load(Ordering::Acquire);
        if self.how.load(Ordering::Relaxed) == RAW {
            now = now.max(self.written.load(Ordering::Acquire));
            self.clocks[p].fetch_max(now, Ordering::AcqRel);
            self.record(p, b'r', start, now);
            self.come_to(scheduler, QUEUES, now);
        }
        self.come_to(scheduler, RESUMES, now);
        Ok(())
    }
}

impl Tasks for Scene {
    const PATIENCE: Option<Timespec> = Some(Timespec { tv_sec: 1, tv_nsec: 0 });

    fn step(&self, scheduler: &Scheduler<Scene>, p: usize, task: usize) -> Result<bool, Trouble> {
        let done = self.units[task].load(Ordering::Relaxed);
        self.unit(scheduler, p, task, done);
        self.units[task].fetch_add(1, Ordering::AcqRel);
        if task == READER && done == 0 {
            self.read(scheduler, p)?;
        }
        let more = done + 1 < UNITS + u32::from(LONG.contains(&task));
        if !more {
            self.left.fetch_sub(1, Ordering::AcqRel);
        }
        if done + 1 >= UNITS {
            scheduler.announce();
        }
        Ok(more)
    }

    fn enters(&self, p: usize) {
        let now = self.clocks[p].load(Ordering::Acquire);
        self.times[WAITS as usize].store(now, Ordering::Release);
    }

    fn queues(&self, scheduler: &Scheduler<Scene>) {
        let now = self.written.load(Ordering::Acquire);
        // Whoever lets go of a P for it does so at the end of a unit.
        self.come_to(scheduler, QUEUES, now + 1);
    }

    fn resumes(&self, p: usize) {
        let since = self.times[WAITS as usize].load(Ordering::Acquire);
        let back = self.written.load(Ordering::Acquire).max(since);
        let now = self.clocks[p].fetch_max(back, Ordering::AcqRel).max(back);
        self.record(AWAY, b'r', since, back);
        self.record(AWAY, b'q', back, now);
    }

    fn over(&self, scheduler: &Scheduler<Scene>) {
        self.come_to(scheduler, OVER, 0);
    }
}

/// One character for each unit of time: a letter for each unit of a task, and `-` where a long one goes on.
pub struct Row<'a> {
    scene: &'a Scene,
    row: usize,
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_assert!(self.row < ROWS);
        let Scene { events, recorded, .. } = self.scene;
        let events = &events[..recorded.load(Ordering::Acquire).min(events.len())];
        (0..self.scene.length()).try_for_each(|now| {
            let found = events
                .iter()
                .map(|word| Event::of(word.load(Ordering::Acquire)))
                .find(|event| event.row == self.row && (event.start..event.end).contains(&now));
            f.write_char(match found {
                None => ' ',
                Some(event) if event.letter.is_ascii_uppercase() && event.start < now => '-',
                Some(event) => event.letter.into(),
            })
        })
    }
}
