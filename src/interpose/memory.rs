//! The memory that a call's arguments point to.

use core::cell::RefCell;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::calls::FUTEX_PRIVATE_FLAG;
use crate::errno::{EACCES, EAGAIN, EFAULT, ENOSYS, EPERM};
use crate::sysno::{SYS_gettid, SYS_process_vm_readv};
use crate::{syscall0, syscall6, wide};

/// A process's memory, as far as it can be read.
pub trait Memory {
    /// Copies the bytes from the address `at` on into `into`, and returns how many could be read before the first that
    /// could not: less than asked for is no error. A line asks for more than it shows, to ask less often.
    fn read(&self, at: usize, into: &mut [u8]) -> usize;
}

/// This process's own memory. A bad pointer is never followed.
///
/// The kernel copies, by process_vm_readv(2) of the thread itself: what cannot be read, or is unmapped at this moment by
/// another thread, is an error and no fault. Where there is no such call (QEMU's user mode, some containers), the kernel
/// is asked of each page whether it can be read, by a call that reads one word of it and does nothing (a futex(2) that
/// moves no waiter), and then it is read.
#[derive(Debug)]
pub struct OwnMemory(());

impl OwnMemory {
    /// To look at calls of this process.
    ///
    /// # Safety
    /// [`read`](Memory::read) takes any address. Whoever calls it, or prints a [`Line`](super::Line) with it, reads memory
    /// that others own: it must be such as they have lent, like the arguments of a call that is being made, or what it
    /// says must not be believed. Where process_vm_readv(2) is refused, no other thread may unmap it meanwhile.
    #[inline]
    pub const unsafe fn new() -> OwnMemory {
        OwnMemory(())
    }
}

impl Memory for OwnMemory {
    #[inline]
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let mut done = 0;
        while done < into.len() {
            let most = (into.len() - done).min(PAGE);
            let (from, rest) = (at.wrapping_add(done), &mut into[done..done + most]);
            let count = copied(from, rest).unwrap_or_else(|| probed(from, rest));
            done += count;
            if count < most {
                break;
            }
        }
        done
    }
}

/// What is readable is so by whole pages, and no machine has smaller ones.
const PAGE: usize = 4096;

/// What is left of the page that `at` is in.
fn to_end_of_page(at: usize) -> usize {
    PAGE - at % PAGE
}

/// There is no process_vm_readv(2) here, or it is forbidden.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Lets the kernel copy at most a page. None if it does not.
#[inline]
fn copied(at: usize, into: &mut [u8]) -> Option<usize> {
    if REFUSED.load(Ordering::Relaxed) {
        return None;
    }
    // A piece for each page: the kernel promises to count whole pieces alone.
    let first = into.len().min(to_end_of_page(at));
    let local = [into.as_mut_ptr().expose_provenance(), into.len()];
    let remote = [[at, first], [at.wrapping_add(first), into.len() - first]];
    let pieces = if first < into.len() { 2usize } else { 1 };
    // Not the process's number: its first thread may have ended, and has no memory then.
    // SAFETY: no memory is touched.
    let thread = unsafe { syscall0(SYS_gettid) };
    let (local, remote) = (&raw const local, remote.as_ptr());
    // SAFETY: the kernel writes into the buffer alone, and what it cannot read it tells.
    let answer = unsafe { syscall6(SYS_process_vm_readv, thread, local, 1usize, remote, pieces, 0usize) };
    match answer.result() {
        Ok(count) => Some(count.to_usize().min(into.len())),
        Err(EFAULT) => Some(0),
        Err(ENOSYS | EPERM | EACCES) => {
            REFUSED.store(true, Ordering::Relaxed);
            None
        }
        Err(_) => None,
    }
}

/// Reads, where the kernel says that it can.
#[cold]
fn probed(at: usize, into: &mut [u8]) -> usize {
    let mut done = 0;
    while done < into.len() {
        let from = at.wrapping_add(done);
        if !readable(from) {
            break;
        }
        let count = (into.len() - done).min(to_end_of_page(from));
        for byte in &mut into[done..done + count] {
            // SAFETY: the kernel has just read from this page. Volatile, because it is not ours: another thread may be
            // writing it.
            *byte = unsafe { ptr::with_exposed_provenance::<u8>(at.wrapping_add(done)).read_volatile() };
            done += 1;
        }
    }
    done
}

/// True if the kernel can read the page that `at` is in.
#[inline]
fn readable(at: usize) -> bool {
    const FUTEX_CMP_REQUEUE: u32 = 4;
    let page = at & !(PAGE - 1);
    let operation = FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG.bits();
    // The kernel reads the word before all else: EFAULT if it cannot. Then it compares (EAGAIN), wakes none and moves
    // none (0). An emulator that copies what other calls read, and trips itself over a page behind the end of a file,
    // hands this address on as it is.
    // SAFETY: the kernel only reads, and what it cannot read it tells.
    let answer = unsafe { syscall6(wide::SYS_futex, page, operation, 0usize, 0usize, page, 0usize) };
    matches!(answer.result(), Ok(_) | Err(EAGAIN))
}

/// Asks a memory seldom, and for more at once: lists are read word by word. Good for one line: it holds what it has read.
pub(super) struct Window<'a> {
    memory: &'a dyn Memory,
    held: RefCell<Held<'a>>,
}

struct Held<'a> {
    at: usize,
    len: usize,
    room: &'a mut [u8; AHEAD],
}

/// How much is asked for.
pub(super) const AHEAD: usize = 256;

impl<'a> Window<'a> {
    #[inline]
    pub(super) fn new(memory: &'a dyn Memory, room: &'a mut [u8; AHEAD]) -> Window<'a> {
        let held = Held { at: 0, len: 0, room };
        Window {
            memory,
            held: RefCell::new(held),
        }
    }
}

impl Memory for Window<'_> {
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        // Not beyond the page: what is not asked for may be unmapped at any time.
        let ahead = AHEAD.min(to_end_of_page(at));
        let (true, Ok(mut held)) = (into.len() <= ahead, self.held.try_borrow_mut()) else {
            return self.memory.read(at, into);
        };
        let held = &mut *held;
        let mut skip = at.wrapping_sub(held.at);
        if skip > held.len || held.len - skip < into.len() {
            held.len = self.memory.read(at, &mut held.room[..ahead]);
            held.at = at;
            skip = 0;
        }
        let count = into.len().min(held.len - skip);
        into[..count].copy_from_slice(&held.room[skip..skip + count]);
        count
    }
}

/// Types of which any bytes are a value.
///
/// # Safety
/// No bit pattern may be invalid.
pub(super) unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        // SAFETY: integers and raw pointers alone, or such in a struct.
        unsafe impl Plain for $type {}
    )*};
}

plain! {
    i16, u16, i32, u32, i64, u64, usize, [i32; 2], [u64; 2], [usize; 2],
    crate::Timespec, crate::Timeval, crate::Itimerval, crate::Stat, crate::Statx, crate::Sigset, crate::KernelSigaction,
    crate::Stack, crate::Rlimit64, crate::EpollEvent, crate::Winsize, crate::Linger, [u32; 3],
}

impl dyn Memory + '_ {
    /// The value at `at`, if all of it can be read.
    #[inline]
    pub(super) fn get<T: Plain>(&self, at: u64) -> Option<T> {
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: the bytes are zeroed, and they are borrowed for no longer than `value`.
        let bytes = unsafe { core::slice::from_raw_parts_mut(value.as_mut_ptr().cast::<u8>(), size_of::<T>()) };
        // SAFETY: any bytes are a `T`.
        (self.read(at as usize, bytes) == bytes.len()).then(|| unsafe { value.assume_init() })
    }
}

#[cfg(test)]
mod tests;
