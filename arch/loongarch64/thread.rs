//! clone(2) onto a new stack on loongarch64.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's general registers but for $a0, $sp and the temporary ones, so `entry` and `arg` reach it
/// in two that the kernel keeps. It jumps where one would call, and its return address is 0, at which unwinders and
/// debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends
/// a writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm!(
            "syscall 0",
            "bnez $a0, 2f",
            "move $fp, $zero", // the outermost frame
            "move $ra, $zero",
            "move $a0, $a5",
            "jr $a6",
            "2:",
            in("$a7") SYS_clone as usize,
            in("$a0") a,
            in("$a1") b,
            in("$a2") c,
            in("$a3") d,
            in("$a4") e,
            in("$a5") arg,
            in("$a6") entry,
            lateout("$a0") result,
            // As in trap.rs.
            out("$t0") _, out("$t1") _, out("$t2") _, out("$t3") _, out("$t4") _,
            out("$t5") _, out("$t6") _, out("$t7") _, out("$t8") _,
            options(nostack),
        );
    }
    result
}
