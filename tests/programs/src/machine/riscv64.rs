//! riscv64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: tp, which the psABI keeps for it.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mv {}, tp", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
    pointer
}

#[inline(always)]
pub fn opaque(mut value: u64) -> u64 {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

#[inline(always)]
pub fn opaque_float(mut value: f64) -> f64 {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(freg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// x1 and x3 to x31, by the names of the psABI.
pub const GENERAL: [&str; 30] = [
    "ra", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4",
    "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
];

/// The registers of floating-point numbers, which have 64 bits; a vector unit is nothing that the emulator's machine has.
pub const VECTOR: [&str; 32] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17",
    "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31",
];

/// A kernel may drop what the convention says, and need not.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: gp, tp, s0 and s1, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "addi sp, sp, -48",
            "sd a0, 0(sp)",
            "sd gp, 8(sp)",
            "sd tp, 16(sp)",
            "sd s0, 24(sp)",
            "sd s1, 32(sp)",
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fld f\n, {vector} + 16 * \n(a0)",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fld f\n, {vector} + 16 * \n(a0)",
            ".endr",
            "ld x1, 0(a0)",
            ".irp n, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"ld x\n, 8 * \n - 16(a0)",
            ".endr",
            "ld a0, 8 * 10 - 16(a0)",
            "ecall",
            "sd a0, 40(sp)",
            "ld a0, 0(sp)",
            "sd x1, 0(a0)",
            ".irp n, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"sd x\n, 8 * \n - 16(a0)",
            ".endr",
            "ld t0, 40(sp)",
            "sd t0, 8 * 10 - 16(a0)",
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fsd f\n, {vector} + 16 * \n(a0)",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fsd f\n, {vector} + 16 * \n(a0)",
            ".endr",
            "ld gp, 8(sp)",
            "ld tp, 16(sp)",
            "ld s0, 24(sp)",
            "ld s1, 32(sp)",
            "addi sp, sp, 48",
            vector = const offset_of!(Registers, vector),
            in("a0") registers,
            out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _,
            out("fs0") _, out("fs1") _, out("fs2") _, out("fs3") _, out("fs4") _, out("fs5") _,
            out("fs6") _, out("fs7") _, out("fs8") _, out("fs9") _, out("fs10") _, out("fs11") _,
            clobber_abi("C"),
        );
    }
}
