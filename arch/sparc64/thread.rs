//! clone(2) onto a new stack on sparc64.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;
use crate::arch::generic::flag::word;

/// What a function expects at the stack pointer: a save area for 16 registers, and room for six arguments.
const FRAME: usize = 16 * 8 + 6 * 8;
/// The stack pointer is that much less than the address it stands for.
const BIAS: usize = 2047;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers, so `entry` and `arg` reach it in two of them; o1, 1 in the child alone, tells it
/// what it is. The kernel copies this function's frame onto the new stack (`clone_stackframe`). The child jumps where one
/// would call: the frame pointer and the address it returns to are 0, at which unwinders and debuggers end.
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
#[inline(never)] // as `twice` in trap.rs
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    let failed: usize;
    // SAFETY: the stack has room below its end. The parent only traps; the child leaves this function's frame for
    // `stack` and never comes back.
    unsafe {
        let stack = b.assume_init().cast::<u8>().sub(FRAME + BIAS);
        asm!(
            "mov {nr}, %g1",
            "t 0x6d",
            "bcs,pn %xcc, 2f",
            "mov 1, {failed}", // in the delay slot
            "brz,pt %o1, 2f",
            "clr {failed}",
            "clr %fp",
            "mov %g3, %o0",
            "jmp %g2",
            "clr %o7",
            "2:",
            nr = in(reg) SYS_clone as usize,
            in("o0") a,
            inout("o1") stack => _,
            in("o2") c,
            in("o3") d,
            in("o4") e,
            in("g2") entry,
            in("g3") arg,
            lateout("o0") result,
            failed = out(reg) failed,
            options(nostack),
        );
    }
    word(result, failed != 0)
}
