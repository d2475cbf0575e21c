//! No clone: there is no kernel to ask.

use super::trap::syscall0;

/// Answers `ENOSYS`.
///
/// # Safety
/// None is needed; the signature is the contract's.
pub unsafe fn clone(
    _flags: usize,
    _stack: *mut (),
    _ptid: *mut i32,
    _tls: *mut (),
    _ctid: *mut i32,
    _entry: extern "C" fn(*mut ()) -> !,
    _arg: *mut (),
) -> *mut () {
    // SAFETY: nothing is called.
    unsafe { syscall0(0) }
}
