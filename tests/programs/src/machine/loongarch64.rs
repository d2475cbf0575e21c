//! loongarch64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: $tp, which the psABI keeps for it.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("move {}, $tp", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
    pointer
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
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

/// $r1, $r2 and $r4 to $r31, by the names of the psABI; $r21 has none.
pub const GENERAL: [&str; 30] = [
    "$ra", "$tp", "$a0", "$a1", "$a2", "$a3", "$a4", "$a5", "$a6", "$a7", "$t0", "$t1", "$t2", "$t3", "$t4", "$t5",
    "$t6", "$t7", "$t8", "$r21", "$fp", "$s0", "$s1", "$s2", "$s3", "$s4", "$s5", "$s6", "$s7", "$s8",
];

/// The registers of floating-point numbers: the low 64 bits of the vector registers, of which the emulator's machine
/// has no more.
pub const VECTOR: [&str; 32] = [
    "$f0", "$f1", "$f2", "$f3", "$f4", "$f5", "$f6", "$f7", "$f8", "$f9", "$f10", "$f11", "$f12", "$f13", "$f14",
    "$f15", "$f16", "$f17", "$f18", "$f19", "$f20", "$f21", "$f22", "$f23", "$f24", "$f25", "$f26", "$f27", "$f28",
    "$f29", "$f30", "$f31",
];

/// A kernel may drop what the convention says, and need not.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: $tp, $r21, $fp and $s8, which cannot be named as clobbers, are put back; the stack pointer is where it
    // was.
    unsafe {
        asm!(
            "addi.d $sp, $sp, -64",
            "st.d $a0, $sp, 0",
            "st.d $tp, $sp, 8",
            "st.d $r21, $sp, 16",
            "st.d $fp, $sp, 24",
            "st.d $s8, $sp, 32",
            "addi.d $t0, $a0, {vector}",
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fld.d $f\n, $t0, 16 * \n",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fld.d $f\n, $t0, 16 * \n",
            ".endr",
            "ld.d $ra, $a0, 0",
            "ld.d $tp, $a0, 8",
            ".irp n, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17",
            r"ld.d $r\n, $a0, 8 * (\n - 2)",
            ".endr",
            ".irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"ld.d $r\n, $a0, 8 * (\n - 2)",
            ".endr",
            "ld.d $a0, $a0, 16",
            "syscall 0",
            "st.d $a0, $sp, 40",
            "ld.d $a0, $sp, 0",
            "st.d $ra, $a0, 0",
            "st.d $tp, $a0, 8",
            ".irp n, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17",
            r"st.d $r\n, $a0, 8 * (\n - 2)",
            ".endr",
            ".irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"st.d $r\n, $a0, 8 * (\n - 2)",
            ".endr",
            "ld.d $t0, $sp, 40",
            "st.d $t0, $a0, 16",
            "addi.d $t0, $a0, {vector}",
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fst.d $f\n, $t0, 16 * \n",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fst.d $f\n, $t0, 16 * \n",
            ".endr",
            "ld.d $tp, $sp, 8",
            "ld.d $r21, $sp, 16",
            "ld.d $fp, $sp, 24",
            "ld.d $s8, $sp, 32",
            "addi.d $sp, $sp, 64",
            vector = const offset_of!(Registers, vector),
            in("$a0") registers,
            out("$s0") _, out("$s1") _, out("$s2") _, out("$s3") _,
            out("$s4") _, out("$s5") _, out("$s6") _, out("$s7") _,
            out("$fs0") _, out("$fs1") _, out("$fs2") _, out("$fs3") _,
            out("$fs4") _, out("$fs5") _, out("$fs6") _, out("$fs7") _,
            clobber_abi("C"),
        );
    }
}
