//! The threads: their stacks, their beginning and their end.

use core::hint::black_box;
use core::mem::ManuallyDrop;
use core::ptr;
use core::sync::atomic::Ordering;

use rawtrap::{
    CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM, CloneFlags,
    MAP_ANONYMOUS, MAP_PRIVATE, PROT_NONE, PROT_READ, PROT_WRITE, sys_clone, sys_mmap, sys_mprotect, sys_munmap,
};

use super::runtime::{Scheduler, Tasks};
use super::state::MACHINES;
use super::trouble::Trouble;

/// What pthreads share, but for the thread pointer: nothing here has variables of a thread.
const THREAD: CloneFlags = CLONE_VM
    .union(CLONE_FS)
    .union(CLONE_FILES)
    .union(CLONE_SIGHAND)
    .union(CLONE_THREAD)
    .union(CLONE_SYSVSEM)
    .union(CLONE_CHILD_CLEARTID);

/// A stack, and below it as much that nobody may touch, so that a stack which grows too far meets SIGSEGV and not its
/// neighbour. No page of Linux's common ones has more.
const STACK: usize = 64 << 10;
/// The stack of M number m ends at the end of slot m.
pub const SLOT: usize = 2 * STACK;
const LENGTH: usize = MACHINES * SLOT;

/// An address on the stack of whoever calls.
#[inline(never)]
pub fn here() -> usize {
    let local = 0u8;
    black_box(&raw const local).addr()
}

/// The Ms, which end and are waited for when this is dropped.
pub struct Machines<T: Tasks> {
    scheduler: &'static Scheduler<T>,
    stacks: *mut (),
    made: usize,
}

impl<T: Tasks> Machines<T> {
    /// Makes so many, at least one for each P. They sleep until `Scheduler::go`.
    pub fn start(scheduler: &'static Scheduler<T>, count: usize) -> Result<Machines<T>, Trouble> {
        // SAFETY: the kernel chooses an address where nothing is.
        let stacks = unsafe { sys_mmap(ptr::null_mut(), LENGTH, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0) };
        let stacks = stacks.map_err(|errno| Trouble::Call(&"mmap", errno))?;
        if !scheduler.prepare(count, stacks) {
            // SAFETY: nobody has seen it.
            let _ = unsafe { sys_munmap(stacks, LENGTH) };
            return Err(Trouble::Broken(&"the scheduler is at work already"));
        }
        let mut machines = Machines {
            scheduler,
            stacks,
            made: 0,
        };
        for m in 0..count {
            machines.make(m)?;
        }
        Ok(machines)
    }

    fn make(&mut self, m: usize) -> Result<(), Trouble> {
        unsafe fn begin<T: Tasks>(scheduler: *mut Scheduler<T>) -> i32 {
            // SAFETY: it is a static, which all threads share.
            unsafe { &*scheduler }.work();
            0
        }

        let stack = self.stacks.wrapping_byte_add(m * SLOT + STACK);
        // SAFETY: it lies within the memory that `start` mapped, and nobody uses it yet.
        unsafe { sys_mprotect(stack, STACK, PROT_READ | PROT_WRITE) }
            .map_err(|errno| Trouble::Call(&"mprotect", errno))?;
        let alive = self.scheduler.alive(m);
        alive.store(1, Ordering::Relaxed);
        // SAFETY: the stack is the thread's own until it has ended, for which `end` waits. The scheduler lives for good, and
        // `prepare` saw to it that no other M of it has this word.
        let made = unsafe {
            sys_clone(
                THREAD,
                stack.wrapping_byte_add(STACK),
                ptr::null_mut(),
                ptr::null_mut(),
                alive.as_ptr(),
                begin::<T>,
                ptr::from_ref(self.scheduler).cast_mut(),
            )
        };
        made.map_err(|errno| Trouble::Call(&"clone", errno))?;
        self.made += 1;
        Ok(())
    }

    /// Ends them, and says what went wrong with any.
    pub fn finish(self) -> Result<(), Trouble> {
        let scheduler = self.scheduler;
        let unmapped = ManuallyDrop::new(self).end();
        scheduler.trouble()?;
        unmapped.map_err(|errno| Trouble::Call(&"munmap", errno))
    }

    fn end(&self) -> rawtrap::Result<()> {
        self.scheduler.end();
        (0..self.made).for_each(|m| self.scheduler.join(m));
        self.scheduler.released();
        // SAFETY: none of the threads runs any more.
        unsafe { sys_munmap(self.stacks, LENGTH) }
    }
}

impl<T: Tasks> Drop for Machines<T> {
    fn drop(&mut self) {
        // The part ended early, and that has been said.
        let _ = self.end();
    }
}
