//! clone(2) onto a new stack on m68k.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for d0 and sp, so `entry` and `arg` reach it in two of them. An argument is on
/// the stack, and below it an address to return to, which is 0: unwinders and debuggers end there. The child jumps where
/// one would call.
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
            "trap #0",
            "cmpi.l #0, %d0",
            "bne 2f",
            "suba.l %a6, %a6", // the outermost frame
            "move.l %a1, -(%sp)",
            "move.l %d0, -(%sp)",
            "jmp (%a0)",
            "2:",
            inlateout("d0") SYS_clone as usize => result,
            in("d1") a,
            in("d2") b,
            in("d3") c,
            in("d4") d,
            in("d5") e,
            in("a0") entry,
            in("a1") arg,
            options(nostack),
        );
    }
    result
}
