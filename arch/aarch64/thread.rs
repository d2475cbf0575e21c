//! clone(2) onto a new stack on aarch64.

use core::arch::asm;

use super::nr::SYS_clone;

/// Makes a child that begins in `entry(arg)` on the stack whose end is `stack`.
///
/// The kernel's order here is flags, stack, ptid, tls, ctid (CONFIG_CLONE_BACKWARDS, clone(2)).
///
/// The child has the parent's general registers but for x0 and sp, so `entry` and `arg` reach it in two of them. It
/// jumps where one would call, and its return address is 0, at which unwinders and debuggers end. x16 is one of the two
/// registers from which a jump may land on a function's entry where branch targets are guarded (BTI).
///
/// # Safety
/// `stack`, a multiple of 16, ends a writable area large enough for `entry`; the other pointers are as clone(2) wants
/// them for `flags`.
pub unsafe fn clone(
    flags: usize,
    stack: *mut (),
    ptid: *mut i32,
    tls: *mut (),
    ctid: *mut i32,
    entry: extern "C" fn(*mut ()) -> !,
    arg: *mut (),
) -> *mut () {
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
            in("x0") flags,
            in("x1") stack,
            in("x2") ptid,
            in("x3") tls,
            in("x4") ctid,
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
