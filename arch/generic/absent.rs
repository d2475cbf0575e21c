//! Calls that an architecture lacks, where the kernel's answer to an unknown number is not ENOSYS.

use core::ptr;

use crate::ENOSYS;
use crate::tables::ABSENT;

#[inline(always)]
pub fn is_absent(nr: usize) -> bool {
    nr == ABSENT as usize
}

/// The word that other kernels answer.
#[inline(always)]
pub fn no_such_call() -> *mut () {
    ptr::without_provenance_mut(-(ENOSYS.raw() as isize) as usize)
}
