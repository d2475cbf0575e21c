//! clone(2) onto a new stack on s390x.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for r2 and r15, so `entry` and `arg` reach it in two of them. It jumps where
/// one would call, with room on its stack for `entry` to save registers in; the back chain there, the frame pointer and
/// the return address are 0, at which unwinders and debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm!(
            "svc 0",
            "ltgr %r2, %r2",
            "jne 2f",
            "aghi %r15, -160",
            "xc 0(8,%r15), 0(%r15)", // the outermost frame
            "lghi %r11, 0",
            "lghi %r14, 0",
            "lgr %r2, %r9",
            "br %r8",
            "2:",
            in("r1") SYS_clone as usize,
            in("r2") a,
            in("r3") b,
            in("r4") c,
            in("r5") d,
            in("r6") e,
            in("r8") entry,
            in("r9") arg,
            lateout("r2") result,
            options(nostack),
        );
    }
    result
}
