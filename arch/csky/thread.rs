//! clone(2) onto a new stack on csky.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for r0 and sp, so `entry` and `arg` reach it in two of them. It jumps where one
/// would call, and its return address is 0, at which unwinders and debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    // SAFETY: the parent only traps, with r7 put back; the child leaves this function's frame for `stack` and never comes
    // back.
    unsafe {
        asm!(
            "lsli32 {kept}, r7, 0",
            "lsli32 r7, {nr}, 0",
            "trap32 0",
            "lsli32 r7, {kept}, 0",
            "cmpnei32 r0, 0",
            "bt32 2f",
            "movi32 r8, 0", // the outermost frame
            "movi32 r15, 0",
            "mov16 r0, r10",
            "jmp32 r9",
            "2:",
            kept = out(reg) _,
            nr = in(reg) SYS_clone as usize,
            inlateout("r0") a => result,
            in("r1") b,
            in("r2") c,
            in("r3") d,
            in("r4") e,
            in("r9") entry,
            in("r10") arg,
            options(nostack),
        );
    }
    result
}
