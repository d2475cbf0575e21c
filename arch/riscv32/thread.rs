//! clone(2) onto a new stack on riscv32.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's general registers but for a0 and sp, so `entry` and `arg` reach it in two of them. It
/// jumps where one would call, and its return address is 0, at which unwinders and debuggers end. t2 is the register
/// from which a jump may land anywhere where landing pads are checked (Zicfilp).
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
            "ecall",
            "bnez a0, 2f",
            "mv s0, zero", // the outermost frame
            "mv ra, zero",
            "mv a0, a5",
            "jr t2",
            "2:",
            in("a7") SYS_clone as usize,
            in("a0") a,
            in("a1") b,
            in("a2") c,
            in("a3") d,
            in("a4") e,
            in("a5") arg,
            in("t2") entry,
            lateout("a0") result,
            // The vector unit, as in trap.rs.
            out("v0") _, out("v1") _, out("v2") _, out("v3") _,
            out("v4") _, out("v5") _, out("v6") _, out("v7") _,
            out("v8") _, out("v9") _, out("v10") _, out("v11") _,
            out("v12") _, out("v13") _, out("v14") _, out("v15") _,
            out("v16") _, out("v17") _, out("v18") _, out("v19") _,
            out("v20") _, out("v21") _, out("v22") _, out("v23") _,
            out("v24") _, out("v25") _, out("v26") _, out("v27") _,
            out("v28") _, out("v29") _, out("v30") _, out("v31") _,
            options(nostack),
        );
    }
    result
}
