//! clone(2) onto a new stack on aarch64.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's general registers but for x0 and sp, so `entry` and `arg` reach it in two of them. It
/// jumps where one would call, and its return address is 0, at which unwinders and debuggers end. x16 is one of the two
/// registers from which a jump may land on a function's entry where branch targets are guarded (BTI).
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
            "cbnz x0, 2f",
            "mov x29, xzr", // the outermost frame
            "mov x30, xzr",
            "mov x0, x5",
            "br x16",
            "2:",
            in("x8") SYS_clone as usize,
            in("x0") a,
            in("x1") b,
            in("x2") c,
            in("x3") d,
            in("x4") e,
            in("x5") arg,
            in("x16") entry,
            lateout("x0") result,
            // SVE state, as in trap.rs.
            out("p0") _, out("p1") _, out("p2") _, out("p3") _,
            out("p4") _, out("p5") _, out("p6") _, out("p7") _,
            out("p8") _, out("p9") _, out("p10") _, out("p11") _,
            out("p12") _, out("p13") _, out("p14") _, out("p15") _,
            out("ffr") _,
            options(nostack),
        );
    }
    result
}
