//! A small scheduler with the parts of Go's: an M (machine) is a thread, a P (processor) is the right to run tasks and has
//! a queue of those that are ready, and an M that holds a P runs them, one after the other. It uses rawtrap alone.
//!
//! What it lacks is the G, a task with a stack of its own, which can change threads. Here a task that is back from a call
//! stays with its M, which waits until a P is handed to it. Go queues the task, for any M that holds a P.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use rawtrap::interpose::{Call, Runtime};
use rawtrap::{EAGAIN, EINTR, ETIMEDOUT, FUTEX_PRIVATE_FLAG, FutexFlags, Timespec, raw, sys_futex_op_wake};

use super::machines::{SLOT, here};
use super::state::{Fifo, MACHINES, PROCESSORS, State, take};
use super::trouble::{FUTEX, NO_SPARE, TWICE, Trouble};

/// What there is to do.
pub trait Tasks: Sync + Sized + 'static {
    /// Nobody sleeps longer without a look at the word. Where the kernel may refuse a wake-up, that is needed to end; without
    /// it a lost wake-up is a standstill, which no test can miss. A look alone does not tell that one was lost: whoever
    /// changed the word may be about to wake, however slow it is.
    const PATIENCE: Option<Timespec>;

    /// Does one step of a task, on this P; true if there is more to do.
    fn step(&self, scheduler: &Scheduler<Self>, p: usize, task: usize) -> Result<bool, Trouble>;

    /// A task's call has begun, and has let go of this P.
    fn enters(&self, _p: usize) {}

    /// The call is over, and no P is free.
    fn queues(&self, _scheduler: &Scheduler<Self>) {}

    /// The task goes on, on this P.
    fn resumes(&self, _p: usize) {}

    /// Nothing more is to be waited for.
    fn over(&self, _scheduler: &Scheduler<Self>) {}
}

/// What an M is told while it sleeps: one more than the P that it gets, or that there is nothing more to do.
const NOTHING: u32 = 0;
const OVER: u32 = u32::MAX;

struct Machine {
    /// One more than the P that it holds. Only its own thread looks here.
    processor: AtomicU32,
    told: AtomicU32,
    /// Not 0 while the thread runs: the kernel stores 0 at its end.
    alive: AtomicU32,
}

impl Machine {
    const fn new() -> Machine {
        Machine {
            processor: AtomicU32::new(0),
            told: AtomicU32::new(NOTHING),
            alive: AtomicU32::new(0),
        }
    }
}

pub struct Scheduler<T> {
    pub tasks: T,
    state: AtomicU32,
    /// A `Fifo` for each P, which belongs to whoever holds the P.
    queues: [AtomicU32; PROCESSORS],
    machines: [Machine; MACHINES],
    /// Where the stacks of the Ms are; 0 while there are none.
    stacks: AtomicUsize,
    /// The tasks that are being run.
    running: AtomicU32,
    /// Counts what the main thread may want to know of.
    news: AtomicU32,
    trouble: AtomicU32,
    /// How many Ps were let go of by a call, and went to another M.
    handed: AtomicU32,
    /// How many calls came back and found no P.
    queued: AtomicU32,
}

impl<T: Tasks> Scheduler<T> {
    pub const fn new(tasks: T) -> Scheduler<T> {
        Scheduler {
            tasks,
            state: AtomicU32::new(0),
            queues: [const { AtomicU32::new(0) }; PROCESSORS],
            machines: [const { Machine::new() }; MACHINES],
            stacks: AtomicUsize::new(0),
            running: AtomicU32::new(0),
            news: AtomicU32::new(0),
            trouble: AtomicU32::new(0),
            handed: AtomicU32::new(0),
            queued: AtomicU32::new(0),
        }
    }

    /// Before the first of so many Ms is made: each of them will sleep. False if the scheduler is at work already.
    pub fn prepare(&self, machines: usize, stacks: *mut ()) -> bool {
        let free = self
            .stacks
            .compare_exchange(0, stacks.addr(), Ordering::AcqRel, Ordering::Relaxed);
        if free.is_err() {
            return false;
        }
        for machine in &self.machines {
            machine.processor.store(0, Ordering::Relaxed);
            machine.told.store(NOTHING, Ordering::Relaxed);
        }
        let state = State {
            idle: 0,
            spare: (1 << machines) - (1 << PROCESSORS),
            waiting: Fifo(0),
        };
        for word in [&self.running, &self.trouble, &self.handed, &self.queued] {
            word.store(0, Ordering::Relaxed);
        }
        self.state.store(state.word(), Ordering::Release);
        true
    }

    /// After the last M was made: each P gets these tasks, and one of the first Ms.
    pub fn go(&self, tasks: [&[usize]; PROCESSORS]) {
        for (p, tasks) in tasks.into_iter().enumerate() {
            let mut ready = Fifo(0);
            tasks.iter().for_each(|task| ready.push(*task));
            self.queues[p].store(ready.0, Ordering::Relaxed);
            self.give(p, p);
        }
    }

    /// After the last M has ended.
    pub fn released(&self) {
        self.stacks.store(0, Ordering::Release);
    }

    /// Not 0 while that M runs.
    pub fn alive(&self, m: usize) -> &AtomicU32 {
        &self.machines[m].alive
    }

    /// Which M calls. There is no thread pointer to ask, but each M has a stack of its own, and they lie side by side.
    fn me(&self) -> Option<usize> {
        let offset = here().wrapping_sub(self.stacks.load(Ordering::Relaxed));
        Some(offset / SLOT).filter(|m| *m < MACHINES)
    }

    /// The P that the calling M holds.
    pub fn processor(&self) -> Option<usize> {
        self.holds(self.me()?)
    }

    fn holds(&self, m: usize) -> Option<usize> {
        let p = self.machines[m].processor.load(Ordering::Relaxed);
        p.checked_sub(1).map(|p| p as usize)
    }

    fn change<R>(&self, decide: impl Fn(&mut State) -> R) -> R {
        let mut before = self.state.load(Ordering::Acquire);
        loop {
            let mut state = State::of(before);
            let answer = decide(&mut state);
            match self
                .state
                .compare_exchange_weak(before, state.word(), Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return answer,
                Err(other) => before = other,
            }
        }
    }

    /// What an M does from its beginning to its end.
    pub fn work(&self) {
        let Some(m) = self.me() else { return };
        let machine = &self.machines[m];
        while machine.told.load(Ordering::Acquire) != OVER {
            if let Some(p) = self.holds(m) {
                if let Some(task) = self.next(m, p) {
                    self.run(m, p, task);
                }
            } else if let Some(p) = self.sleep(m) {
                machine.processor.store(p as u32 + 1, Ordering::Relaxed);
            }
        }
    }

    /// The next task of this P, unless the P is for another M, or for none: then this one is spare.
    fn next(&self, m: usize, p: usize) -> Option<usize> {
        let queue = &self.queues[p];
        let mut ready = Fifo(queue.load(Ordering::Relaxed));
        let task = ready.pop();
        // Whoever is back from a call goes first.
        let (keeps, other) = self.change(|state| {
            let other = state.waiting.pop();
            let keeps = other.is_none() && task.is_some();
            if !keeps {
                state.spare |= 1 << m;
            }
            if !keeps && other.is_none() {
                state.idle |= 1 << p;
            }
            (keeps, other)
        });
        if keeps {
            queue.store(ready.0, Ordering::Relaxed);
            return task;
        }
        self.machines[m].processor.store(0, Ordering::Relaxed);
        if let Some(other) = other {
            self.give(other, p);
        }
        None
    }

    fn run(&self, m: usize, p: usize, task: usize) {
        let bit = 1 << task;
        if self.running.fetch_or(bit, Ordering::AcqRel) & bit != 0 {
            self.fail(TWICE);
        }
        let outcome = self.tasks.step(self, p, task);
        self.running.fetch_and(!bit, Ordering::AcqRel);
        match outcome {
            // A call within the step may have changed the P. There is none where all is over.
            Ok(true) => {
                if let Some(p) = self.holds(m) {
                    let mut ready = Fifo(self.queues[p].load(Ordering::Relaxed));
                    ready.push(task);
                    self.queues[p].store(ready.0, Ordering::Relaxed);
                }
            }
            Ok(false) => {}
            Err(trouble) => self.fail(trouble),
        }
    }

    /// Gives a P to an M that sleeps, or is about to.
    fn give(&self, m: usize, p: usize) {
        let told = &self.machines[m].told;
        // Where all is over, it stays so.
        let _ = told.compare_exchange(NOTHING, p as u32 + 1, Ordering::Release, Ordering::Relaxed);
        self.wake(told);
    }

    /// Sleeps until this M is given a P; `None` when all is over.
    fn sleep(&self, m: usize) -> Option<usize> {
        let told = &self.machines[m].told;
        loop {
            match told.load(Ordering::Acquire) {
                NOTHING => self.wait(told, NOTHING),
                OVER => return None,
                p => {
                    let _ = told.compare_exchange(p, NOTHING, Ordering::Relaxed, Ordering::Relaxed);
                    return Some(p as usize - 1);
                }
            }
        }
    }

    /// Sleeps while the word is as it was seen, or less.
    pub fn wait(&self, word: &AtomicU32, seen: u32) {
        match raw::sys_futex_op_wait(word, FUTEX_PRIVATE_FLAG, seen, T::PATIENCE.as_ref()) {
            Ok(()) | Err(EAGAIN | EINTR | ETIMEDOUT) => {}
            Err(errno) => self.fail(Trouble::Call(FUTEX, errno)),
        }
    }

    /// Wakes who sleeps on the word.
    pub fn wake(&self, word: &AtomicU32) {
        if let Err(errno) = sys_futex_op_wake(word, FUTEX_PRIVATE_FLAG, i32::MAX) {
            self.fail(Trouble::Call(FUTEX, errno));
        }
    }

    /// Waits until that M's thread has ended, and no longer uses its stack.
    pub fn join(&self, m: usize) {
        let alive = self.alive(m);
        while alive.load(Ordering::Acquire) != 0 {
            // The kernel wakes it as a word that other processes may share: no FUTEX_PRIVATE_FLAG.
            match raw::sys_futex_op_wait(alive, FutexFlags::empty(), 1, T::PATIENCE.as_ref()) {
                Ok(()) | Err(EAGAIN | EINTR | ETIMEDOUT) => {}
                Err(errno) => self.fail(Trouble::Call(FUTEX, errno)),
            }
        }
    }

    /// How many Ps a call let go of that went to another M, and how many calls came back and found none.
    pub fn counts(&self) -> (u32, u32) {
        (self.handed.load(Ordering::Acquire), self.queued.load(Ordering::Acquire))
    }

    /// Tells the main thread that something it waits for may have come.
    pub fn announce(&self) {
        self.news.fetch_add(1, Ordering::Release);
        self.wake(&self.news);
    }

    /// The main thread waits here.
    pub fn wait_for(&self, come: impl Fn(&T) -> bool) -> Result<(), Trouble> {
        loop {
            let seen = self.news.load(Ordering::Acquire);
            self.trouble()?;
            if come(&self.tasks) {
                return Ok(());
            }
            self.wait(&self.news, seen);
        }
    }

    /// What went wrong, if anything did.
    pub fn trouble(&self) -> Result<(), Trouble> {
        Trouble::decode(self.trouble.load(Ordering::Acquire)).map_or(Ok(()), Err)
    }

    /// The first trouble counts. It ends all.
    fn fail(&self, trouble: Trouble) {
        let first = self
            .trouble
            .compare_exchange(0, trouble.encode(), Ordering::AcqRel, Ordering::Relaxed);
        if first.is_ok() {
            self.end();
            self.announce();
        }
    }

    /// Each M ends after its step.
    pub fn end(&self) {
        for Machine { told, alive, .. } in &self.machines {
            let sleeps = alive.load(Ordering::Relaxed) != 0;
            told.store(OVER, Ordering::Release);
            if sleeps {
                self.wake(told);
            }
        }
        self.tasks.over(self);
    }
}

impl<T: Tasks> Runtime for Scheduler<T> {
    /// The P that was let go of.
    type Token = Option<usize>;

    fn enter_syscall(&self, _: &Call) -> Option<usize> {
        // The main thread is no M, and within a pair there is nothing more to let go of.
        let m = self.me()?;
        let p = self.holds(m)?;
        self.machines[m].processor.store(0, Ordering::Relaxed);
        self.tasks.enters(p);
        let ready = self.queues[p].load(Ordering::Relaxed) != 0;
        let other = self.change(|state| {
            let other = match state.waiting.pop() {
                None if ready => take(&mut state.spare),
                other => other,
            };
            if other.is_none() {
                state.idle |= 1 << p;
            }
            other
        });
        match other {
            Some(other) => {
                self.handed.fetch_add(1, Ordering::Relaxed);
                self.give(other, p);
            }
            None if ready => self.fail(NO_SPARE),
            None => {}
        }
        Some(p)
    }

    fn exit_syscall(&self, token: Option<usize>, _: &Call) {
        let (Some(last), Some(m)) = (token, self.me()) else {
            return;
        };
        let free = self.change(|state| {
            let own = state.idle & 1 << last;
            let p = take(&mut if own != 0 { own } else { state.idle });
            match p {
                Some(p) => state.idle &= !(1 << p),
                None => state.waiting.push(m),
            }
            p
        });
        let p = free.or_else(|| {
            self.queued.fetch_add(1, Ordering::Relaxed);
            self.tasks.queues(self);
            self.sleep(m)
        });
        if let Some(p) = p {
            self.machines[m].processor.store(p as u32 + 1, Ordering::Relaxed);
            self.tasks.resumes(p);
        }
    }
}
