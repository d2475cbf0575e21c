//! No trap: every call answers `ENOSYS`.

use core::ptr;

use super::errno::ENOSYS;
use crate::arch::Word;
pub use crate::arch::generic::six::syscall7;

fn enosys() -> *mut () {
    ptr::without_provenance_mut(-(ENOSYS as isize) as usize)
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall0(_nr: usize) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall1(_nr: usize, _a: Word) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall2(_nr: usize, _a: Word, _b: Word) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall3(_nr: usize, _a: Word, _b: Word, _c: Word) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall4(_nr: usize, _a: Word, _b: Word, _c: Word, _d: Word) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall5(_nr: usize, _a: Word, _b: Word, _c: Word, _d: Word, _e: Word) -> *mut () {
    enosys()
}

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall6(_nr: usize, _a: Word, _b: Word, _c: Word, _d: Word, _e: Word, _f: Word) -> *mut () {
    enosys()
}

/// Panics: there is no kernel to end the program.
///
/// # Safety
/// None is needed; the signature is the contract's.
#[inline(always)]
pub unsafe fn syscall1_noreturn(_nr: usize, _a: Word) -> ! {
    panic!("rawtrap cannot end a program on this system: there is no trap")
}
