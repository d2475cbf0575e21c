//! Threads for the tests.

use core::marker::PhantomData;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};

use rawtrap::*;

use crate::machine::Tls;

/// What pthreads share. QEMU's user mode takes CLONE_VM only with all of it.
pub const THREAD: CloneFlags = CLONE_VM
    .union(CLONE_FS)
    .union(CLONE_FILES)
    .union(CLONE_SIGHAND)
    .union(CLONE_THREAD)
    .union(CLONE_SYSVSEM)
    .union(CLONE_SETTLS)
    .union(CLONE_PARENT_SETTID)
    .union(CLONE_CHILD_CLEARTID);

/// The memory of one thread: its stack, and below that what it is told about itself.
pub struct Stack {
    base: *mut Bottom,
}

/// What lies at the lowest addresses of a stack.
#[repr(C)]
struct Bottom {
    thread_pointer: *mut (),
    tls: Tls,
    running: AtomicU32,
}

const SIZE: usize = 64 << 10;

impl Stack {
    pub fn new() -> Result<Stack> {
        // SAFETY: the kernel chooses an address where nothing is.
        let base = unsafe {
            sys_mmap(
                ptr::null_mut(),
                SIZE,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS,
                None,
                0,
            )?
        };
        let base = base.cast::<Bottom>();
        let bottom = Bottom {
            thread_pointer: base.cast(),
            tls: Tls::new(base.cast())?,
            running: AtomicU32::new(0),
        };
        // SAFETY: it is ours, and large enough.
        unsafe { base.write(bottom) };
        Ok(Stack { base })
    }

    /// The highest address.
    pub fn end(&self) -> *mut () {
        self.base.wrapping_byte_add(SIZE).cast()
    }

    /// What a thread here has as its thread pointer.
    pub fn thread_pointer(&self) -> *mut () {
        self.base.cast()
    }

    /// What `sys_clone` takes for that.
    pub fn tls(&self) -> *mut () {
        // SAFETY: it was written by `new`, and clone(2) reads it at most.
        unsafe { (*self.base).tls.argument() }
    }

    /// Not 0 while a thread runs here.
    pub fn running(&self) -> &AtomicU32 {
        // SAFETY: it was written by `new`.
        unsafe { &(*self.base).running }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: `Thread` waits until nobody runs here.
        let _ = unsafe { sys_munmap(self.base.cast(), SIZE) };
    }
}

/// A thread that runs, and is waited for when it is dropped. It must not be forgotten.
pub struct Thread<'a> {
    /// Its number, as `sys_clone` returned it.
    pub tid: Pid,
    /// Its number, as CLONE_PARENT_SETTID stored it.
    pub stored: Pid,
    stack: Stack,
    borrows: PhantomData<&'a ()>,
}

impl<'a> Thread<'a> {
    /// Runs `task` in a new thread.
    pub fn new<F: Fn() + Sync>(task: &'a F) -> Result<Thread<'a>> {
        Thread::on(Stack::new()?, task)
    }

    /// Runs `task` in a new thread on this stack.
    pub fn on<F: Fn() + Sync>(stack: Stack, task: &'a F) -> Result<Thread<'a>> {
        unsafe fn begin<F: Fn()>(task: *mut F) -> i32 {
            // SAFETY: who made the thread keeps the task until it has ended.
            unsafe { (*task)() };
            0
        }

        let mut stored = Pid::from_raw(0);
        stack.running().store(1, Ordering::Relaxed);
        // SAFETY: the stack is the thread's own until it has ended, for which `drop` waits, and the task lives longer.
        let tid = unsafe {
            sys_clone(
                THREAD,
                stack.end(),
                &raw mut stored,
                stack.tls(),
                stack.running().as_ptr(),
                begin::<F>,
                ptr::from_ref(task).cast_mut(),
            )?
        };
        let borrows = PhantomData;
        Ok(Thread {
            tid,
            stored,
            stack,
            borrows,
        })
    }

    /// Not 0 while it runs.
    pub fn running(&self) -> &AtomicU32 {
        self.stack.running()
    }

    /// Waits until it has ended.
    pub fn join(self) {}
}

impl Drop for Thread<'_> {
    fn drop(&mut self) {
        loop {
            match self.stack.running().load(Ordering::Acquire) {
                0 => return,
                // Another answer than Ok is seen by looking again.
                running => _ = sys_futex_op_wait(self.stack.running(), FutexFlags::empty(), running, None),
            }
        }
    }
}
