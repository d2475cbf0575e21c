//! mips

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer, a register of its own (or the kernel's emulation of one).
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!(".set noat", "rdhwr {}, $29", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
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

/// Release 6 has the last two no more: what stands for them here nobody touches.
pub const GENERAL: [&str; 30] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
    "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$28", "$30", "$31", "hi", "lo",
];

/// The even ones: the odd ones are their upper halves where the FPU has 32-bit registers (FR=0).
pub const VECTOR: [&str; 16] = [
    "$f0", "$f2", "$f4", "$f6", "$f8", "$f10", "$f12", "$f14", "$f16", "$f18", "$f20", "$f22", "$f24", "$f26", "$f28",
    "$f30",
];

/// The error flag is told by every call; the kernel may drop the other ones, and need not.
pub const ALWAYS_LOST: &[&str] = &["$7"];

/// Moves hi and lo between the registers and memory, by way of $2.
#[cfg(not(target_arch = "mips32r6"))]
macro_rules! hi_lo {
    (load) => {
        "lw $2, 112($4)\nmthi $2\nlw $2, 116($4)\nmtlo $2"
    };
    (store) => {
        "mfhi $2\nsw $2, 112($4)\nmflo $2\nsw $2, 116($4)"
    };
}
#[cfg(target_arch = "mips32r6")]
macro_rules! hi_lo {
    ($way:tt) => {
        ""
    };
}

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: $1, $28, $30 and $31, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            ".set noat",
            "addiu $29, $29, -48",
            "sw $4, 20($29)",
            "sw $1, 24($29)",
            "sw $28, 28($29)",
            "sw $30, 32($29)",
            "sw $31, 36($29)",
            "ldc1 $f0, {vector} + 0($4)",
            "ldc1 $f2, {vector} + 16($4)",
            "ldc1 $f4, {vector} + 32($4)",
            "ldc1 $f6, {vector} + 48($4)",
            "ldc1 $f8, {vector} + 64($4)",
            "ldc1 $f10, {vector} + 80($4)",
            "ldc1 $f12, {vector} + 96($4)",
            "ldc1 $f14, {vector} + 112($4)",
            "ldc1 $f16, {vector} + 128($4)",
            "ldc1 $f18, {vector} + 144($4)",
            "ldc1 $f20, {vector} + 160($4)",
            "ldc1 $f22, {vector} + 176($4)",
            "ldc1 $f24, {vector} + 192($4)",
            "ldc1 $f26, {vector} + 208($4)",
            "ldc1 $f28, {vector} + 224($4)",
            "ldc1 $f30, {vector} + 240($4)",
            hi_lo!(load),
            "lw $1, 0($4)",
            "lw $2, 4($4)",
            "lw $3, 8($4)",
            "lw $5, 16($4)",
            "lw $6, 20($4)",
            "lw $7, 24($4)",
            "lw $8, 28($4)",
            "lw $9, 32($4)",
            "lw $10, 36($4)",
            "lw $11, 40($4)",
            "lw $12, 44($4)",
            "lw $13, 48($4)",
            "lw $14, 52($4)",
            "lw $15, 56($4)",
            "lw $16, 60($4)",
            "lw $17, 64($4)",
            "lw $18, 68($4)",
            "lw $19, 72($4)",
            "lw $20, 76($4)",
            "lw $21, 80($4)",
            "lw $22, 84($4)",
            "lw $23, 88($4)",
            "lw $24, 92($4)",
            "lw $25, 96($4)",
            "lw $28, 100($4)",
            "lw $30, 104($4)",
            "lw $31, 108($4)",
            "lw $4, 12($4)",
            "syscall",
            "sw $4, 16($29)",
            "lw $4, 20($29)",
            "sw $1, 0($4)",
            "sw $2, 4($4)",
            "sw $3, 8($4)",
            "sw $5, 16($4)",
            "sw $6, 20($4)",
            "sw $7, 24($4)",
            "sw $8, 28($4)",
            "sw $9, 32($4)",
            "sw $10, 36($4)",
            "sw $11, 40($4)",
            "sw $12, 44($4)",
            "sw $13, 48($4)",
            "sw $14, 52($4)",
            "sw $15, 56($4)",
            "sw $16, 60($4)",
            "sw $17, 64($4)",
            "sw $18, 68($4)",
            "sw $19, 72($4)",
            "sw $20, 76($4)",
            "sw $21, 80($4)",
            "sw $22, 84($4)",
            "sw $23, 88($4)",
            "sw $24, 92($4)",
            "sw $25, 96($4)",
            "sw $28, 100($4)",
            "sw $30, 104($4)",
            "sw $31, 108($4)",
            "lw $2, 16($29)",
            "sw $2, 12($4)",
            hi_lo!(store),
            "sdc1 $f0, {vector} + 0($4)",
            "sdc1 $f2, {vector} + 16($4)",
            "sdc1 $f4, {vector} + 32($4)",
            "sdc1 $f6, {vector} + 48($4)",
            "sdc1 $f8, {vector} + 64($4)",
            "sdc1 $f10, {vector} + 80($4)",
            "sdc1 $f12, {vector} + 96($4)",
            "sdc1 $f14, {vector} + 112($4)",
            "sdc1 $f16, {vector} + 128($4)",
            "sdc1 $f18, {vector} + 144($4)",
            "sdc1 $f20, {vector} + 160($4)",
            "sdc1 $f22, {vector} + 176($4)",
            "sdc1 $f24, {vector} + 192($4)",
            "sdc1 $f26, {vector} + 208($4)",
            "sdc1 $f28, {vector} + 224($4)",
            "sdc1 $f30, {vector} + 240($4)",
            "lw $1, 24($29)",
            "lw $28, 28($29)",
            "lw $30, 32($29)",
            "lw $31, 36($29)",
            "addiu $29, $29, 48",
            vector = const offset_of!(Registers, vector),
            inout("$4") registers => _,
            out("$2") _, out("$3") _, out("$5") _, out("$6") _, out("$7") _,
            out("$8") _, out("$9") _, out("$10") _, out("$11") _, out("$12") _,
            out("$13") _, out("$14") _, out("$15") _, out("$16") _, out("$17") _,
            out("$18") _, out("$19") _, out("$20") _, out("$21") _, out("$22") _,
            out("$23") _, out("$24") _, out("$25") _, out("$f0") _, out("$f2") _,
            out("$f4") _, out("$f6") _, out("$f8") _, out("$f10") _, out("$f12") _,
            out("$f14") _, out("$f16") _, out("$f18") _, out("$f20") _, out("$f22") _,
            out("$f24") _, out("$f26") _, out("$f28") _, out("$f30") _,
        );
    }
}
