//! clone(2) onto a new stack on hexagon.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for r0 and r29, so `entry` and `arg` reach it in two of them. It jumps where
/// one would call: the frame pointer and the address it returns to are 0, at which unwinders and debuggers end.
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
            "trap0(#1)",
            "if (r0!=#0) jump:t 2f",
            "r30 = #0",
            "r31 = #0",
            "r0 = r8",
            "jumpr r7",
            "2:",
            in("r6") SYS_clone as usize,
            in("r0") a,
            in("r1") b,
            in("r2") c,
            in("r3") d,
            in("r4") e,
            in("r7") entry,
            in("r8") arg,
            lateout("r0") result,
            options(nostack),
        );
    }
    result
}
