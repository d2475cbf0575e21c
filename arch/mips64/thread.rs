//! clone(2) onto a new stack on mips64.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;
use crate::arch::generic::flag;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers $16 and $17, so `entry` and `arg` reach it in them. A function finds its own
/// address in $25; the return address is 0, at which unwinders and debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let (result, failed): (_, usize);
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm_around_trap!(
            [
                "syscall",
                "bnez $7, 2f",
                "bnez $2, 2f",
                "move $30, $0", // the outermost frame
                "move $31, $0",
                "move $4, $17",
                "move $25, $16",
                "jr $25",
                "2:",
            ],
            in("$2") SYS_clone as usize,
            in("$4") a,
            in("$5") b,
            in("$6") c,
            in("$7") d,
            in("$8") e,
            in("$16") entry,
            in("$17") arg,
            lateout("$2") result,
            lateout("$7") failed,
            lateout("$3") _, lateout("$10") _, lateout("$11") _, lateout("$12") _,
            lateout("$13") _, lateout("$14") _, lateout("$15") _, lateout("$24") _,
            options(nostack),
        );
    }
    flag::word(result, failed != 0)
}
