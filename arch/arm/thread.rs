//! clone(2) onto a new stack on arm.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's general registers but for r0 and sp, so `entry` and `arg` reach it in two of them. It
/// jumps where one would call, to ARM or Thumb code as the address says, and its return address is 0, at which
/// unwinders and debuggers end. r7 is saved as in trap.rs.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    // SAFETY: the parent traps and puts r7 back; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm!(
            "mov {saved}, r7",
            "mov r7, {nr}",
            "svc 0",
            "cmp r0, #0",
            "bne 2f",
            "movs r7, #0", // the outermost frame
            "mov r11, r7",
            "mov lr, r7",
            "mov r0, r8",
            "bx r5",
            "2:",
            "mov r7, {saved}",
            saved = out(reg) _,
            nr = in(reg) SYS_clone as usize,
            in("r0") a,
            in("r1") b,
            in("r2") c,
            in("r3") d,
            in("r4") e,
            in("r5") entry,
            in("r8") arg,
            lateout("r0") result,
            options(nostack),
        );
    }
    result
}
