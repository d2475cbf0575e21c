//! clone(2) onto a new stack on powerpc.

use core::arch::asm;

use super::nr::SYS_clone;
use super::trap::CR0_SO;
use crate::arch::Word;
use crate::arch::generic::flag;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for r3, r1 and what a call loses, so `entry` and `arg` reach it in two that
/// the kernel keeps. It jumps where one would call, from a frame into which `entry` may store lr; its back chain and lr
/// are 0, at which unwinders and debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let (result, flags): (_, usize);
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm!(
            "sc",
            "mfcr 0",
            "cmpwi 3, 0",
            "bne 2f",
            "li 0, 0", // the outermost frame
            "mtlr 0",
            "stwu 0, -16(1)",
            "mr 3, 15",
            "mtctr 14",
            "bctr",
            "2:",
            in("r0") SYS_clone as usize,
            in("r3") a,
            in("r4") b,
            in("r5") c,
            in("r6") d,
            in("r7") e,
            in("r14") entry,
            in("r15") arg,
            lateout("r3") result,
            lateout("r0") flags,
            lateout("r4") _, lateout("r5") _, lateout("r6") _, lateout("r7") _, lateout("r8") _,
            lateout("r9") _, lateout("r10") _, lateout("r11") _, lateout("r12") _,
            lateout("cr0") _, lateout("ctr") _, lateout("xer") _,
            options(nostack),
        );
    }
    flag::word(result, flags & CR0_SO != 0)
}
