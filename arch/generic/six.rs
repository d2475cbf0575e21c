//! Machines that pass six arguments.

use crate::arch::Word;

/// Not needed: where six registers are all that a call can take, a declaration that needs more does not compile
/// (`Places::within`). Written so that it adds no instruction where the number of arguments is known at run time only.
///
/// # Safety
/// As for `syscall6`.
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub unsafe fn syscall7(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word, _: Word) -> *mut () {
    // SAFETY: the caller answers for the call.
    unsafe { crate::arch::syscall6(nr, a, b, c, d, e, f) }
}
