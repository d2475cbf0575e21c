//! The memory that a call's arguments point to.

use core::mem::MaybeUninit;
use core::ptr;

use crate::arch::abi;
use crate::errno::EINVAL;
use crate::syscall4;
use crate::sysno::SYS_rt_sigprocmask;

/// A process's memory, as far as it can be read.
pub trait Memory {
    /// Copies the bytes from the address `at` on into `into`, and returns how many could be read before the first that
    /// could not: less than asked for is no error.
    fn read(&self, at: usize, into: &mut [u8]) -> usize;
}

/// This process's own memory. A bad pointer is never followed.
///
/// Before a page is touched the kernel is asked whether it can be read, by a call that copies a few bytes from it and
/// changes nothing: rt_sigprocmask(2) with an operation that does not exist. A thread that unmaps the page between that
/// and the copy takes the process down, as it would take down any other reader of the buffer.
#[derive(Clone, Copy, Debug)]
pub struct OwnMemory;

impl Memory for OwnMemory {
    #[inline]
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let mut done = 0;
        while done < into.len() {
            let from = at.wrapping_add(done);
            if !readable(from) {
                break;
            }
            let count = (into.len() - done).min(PAGE - from % PAGE);
            for byte in &mut into[done..done + count] {
                // SAFETY: the kernel has just read from this page. Volatile, because it is not ours: another thread
                // may be writing it.
                *byte = unsafe { ptr::with_exposed_provenance::<u8>(at.wrapping_add(done)).read_volatile() };
                done += 1;
            }
        }
        done
    }
}

/// What is readable is so by whole pages, and no machine has smaller ones.
const PAGE: usize = 4096;

/// The bytes of a set of signals.
const SET: usize = abi::_NSIG / 8;

/// True if the kernel can read the page that `at` is in.
#[inline]
fn readable(at: usize) -> bool {
    let page = at & !(PAGE - 1);
    // No operation has this number. The kernel copies the set before it looks at the operation: EFAULT if it cannot,
    // EINVAL if it can, and the mask stays as it is in both cases.
    let nothing = u32::MAX;
    // SAFETY: the kernel only reads, and what it cannot read it tells.
    let answer = unsafe { syscall4(SYS_rt_sigprocmask, nothing, page, 0usize, SET) };
    // Null is the one address that the kernel takes for no set at all. It is nobody's.
    page != 0 && answer.result() == Err(EINVAL)
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
