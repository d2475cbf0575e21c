//! `memcpy` and its kin, for programs without libc.
//!
//! The compiler makes calls of them out of ordinary code, and out of loops: a `memcpy` that is written as a loop may be
//! compiled to a call to itself. Volatile accesses are left alone (core::ptr::read_volatile), and they move words and
//! bytes of any kind, uninitialised ones too. [`memory_functions!`](crate::memory_functions) emits the symbols.

use core::mem::{MaybeUninit, size_of};

type Byte = MaybeUninit<u8>;
type Block = MaybeUninit<usize>;

const WORD: usize = size_of::<usize>();

/// Moves one `T` from `src + at` to `dest + at`.
///
/// # Safety
/// Both are valid for that and aligned for `T`.
#[inline(always)]
unsafe fn step<T: Copy>(dest: *mut Byte, src: *const Byte, at: usize) {
    // SAFETY: the caller answers for both places.
    unsafe {
        dest.add(at)
            .cast::<T>()
            .write_volatile(src.add(at).cast::<T>().read_volatile())
    }
}

/// memcpy(3)
///
/// # Safety
/// `src` and `dest` are valid for `count` bytes, and do not overlap.
#[inline]
pub unsafe fn copy(dest: *mut Byte, src: *const Byte, count: usize) {
    let mut at = 0;
    // SAFETY: `at` stays below `count`; words are moved only while both sides are aligned.
    unsafe {
        if (dest.addr() ^ src.addr()) % WORD == 0 {
            while at < count && (dest.addr() + at) % WORD != 0 {
                step::<Byte>(dest, src, at);
                at += 1;
            }
            while count - at >= WORD {
                step::<Block>(dest, src, at);
                at += WORD;
            }
        }
        while at < count {
            step::<Byte>(dest, src, at);
            at += 1;
        }
    }
}

/// memmove(3)
///
/// # Safety
/// `src` and `dest` are valid for `count` bytes; they may overlap.
#[inline]
pub unsafe fn copy_overlapping(dest: *mut Byte, src: *const Byte, count: usize) {
    if dest.addr().wrapping_sub(src.addr()) >= count {
        // `dest` does not begin within `src`: no byte is overwritten before it was read, going up. A word is read whole
        // before it is written, and the next lies above it.
        // SAFETY: the caller answers for both.
        return unsafe { copy(dest, src, count) };
    }
    let mut at = count;
    // SAFETY: `at` stays below `count`; words are moved only while both sides are aligned.
    unsafe {
        if (dest.addr() ^ src.addr()) % WORD == 0 {
            while at > 0 && (dest.addr() + at) % WORD != 0 {
                at -= 1;
                step::<Byte>(dest, src, at);
            }
            while at >= WORD {
                at -= WORD;
                step::<Block>(dest, src, at);
            }
        }
        while at > 0 {
            at -= 1;
            step::<Byte>(dest, src, at);
        }
    }
}

/// memset(3)
///
/// # Safety
/// `dest` is valid for `count` bytes.
#[inline]
pub unsafe fn fill(dest: *mut Byte, byte: u8, count: usize) {
    let mut at = 0;
    // The byte in each place of a word; an array literal would be a call of memset.
    let block = byte as usize * (usize::MAX / 255);
    // SAFETY: `at` stays below `count`; words are written only where `dest` is aligned.
    unsafe {
        while at < count && (dest.addr() + at) % WORD != 0 {
            dest.add(at).write_volatile(Byte::new(byte));
            at += 1;
        }
        while count - at >= WORD {
            dest.add(at).cast::<usize>().write_volatile(block);
            at += WORD;
        }
        while at < count {
            dest.add(at).write_volatile(Byte::new(byte));
            at += 1;
        }
    }
}

/// memcmp(3): the difference of the first bytes that differ.
///
/// # Safety
/// `a` and `b` are valid and initialised for `count` bytes.
#[inline]
pub unsafe fn compare(a: *const u8, b: *const u8, count: usize) -> i32 {
    for at in 0..count {
        // SAFETY: `at` is below `count`.
        let (a, b) = unsafe { (a.add(at).read_volatile(), b.add(at).read_volatile()) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
    }
    0
}

/// strlen(3)
///
/// # Safety
/// `string` ends with a zero byte.
#[inline]
pub unsafe fn length(string: *const u8) -> usize {
    let mut len = 0;
    // SAFETY: no byte behind the zero byte is read.
    while unsafe { string.add(len).read_volatile() } != 0 {
        len += 1;
    }
    len
}

/// Defines `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen`, which compiled code calls.
#[macro_export]
macro_rules! memory_functions {
    () => {
        const _: () = {
            use ::core::mem::MaybeUninit;
            use $crate::memory_functions as functions;

            #[unsafe(no_mangle)]
            unsafe extern "C" fn memcpy(
                dest: *mut MaybeUninit<u8>,
                src: *const MaybeUninit<u8>,
                count: usize,
            ) -> *mut MaybeUninit<u8> {
                // SAFETY: memcpy(3) asks the same of its caller.
                unsafe { functions::copy(dest, src, count) };
                dest
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn memmove(
                dest: *mut MaybeUninit<u8>,
                src: *const MaybeUninit<u8>,
                count: usize,
            ) -> *mut MaybeUninit<u8> {
                // SAFETY: memmove(3) asks the same of its caller.
                unsafe { functions::copy_overlapping(dest, src, count) };
                dest
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn memset(dest: *mut MaybeUninit<u8>, byte: i32, count: usize) -> *mut MaybeUninit<u8> {
                // SAFETY: memset(3) asks the same of its caller.
                unsafe { functions::fill(dest, byte as u8, count) };
                dest
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
                // SAFETY: memcmp(3) asks the same of its caller.
                unsafe { functions::compare(a, b, count) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
                // SAFETY: bcmp(3) asks the same of its caller.
                unsafe { functions::compare(a, b, count) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn strlen(string: *const u8) -> usize {
                // SAFETY: strlen(3) asks the same of its caller.
                unsafe { functions::length(string) }
            }
        };
    };
}
