//! mips64

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

pub const VECTOR: [&str; 32] = [
    "$f0", "$f1", "$f2", "$f3", "$f4", "$f5", "$f6", "$f7", "$f8", "$f9", "$f10", "$f11", "$f12", "$f13", "$f14",
    "$f15", "$f16", "$f17", "$f18", "$f19", "$f20", "$f21", "$f22", "$f23", "$f24", "$f25", "$f26", "$f27", "$f28",
    "$f29", "$f30", "$f31",
];

/// The error flag is told by every call; the kernel may drop the other ones, and need not.
pub const ALWAYS_LOST: &[&str] = &["$7"];

/// Moves hi and lo between the registers and memory, by way of $2.
#[cfg(not(target_arch = "mips64r6"))]
macro_rules! hi_lo {
    (load) => {
        "ld $2, 224($4)\nmthi $2\nld $2, 232($4)\nmtlo $2"
    };
    (store) => {
        "mfhi $2\nsd $2, 224($4)\nmflo $2\nsd $2, 232($4)"
    };
}
#[cfg(target_arch = "mips64r6")]
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
            "daddiu $29, $29, -64",
            "sd $4, 8($29)",
            "sd $1, 16($29)",
            "sd $28, 24($29)",
            "sd $30, 32($29)",
            "sd $31, 40($29)",
            "ldc1 $f0, {vector} + 0($4)",
            "ldc1 $f1, {vector} + 16($4)",
            "ldc1 $f2, {vector} + 32($4)",
            "ldc1 $f3, {vector} + 48($4)",
            "ldc1 $f4, {vector} + 64($4)",
            "ldc1 $f5, {vector} + 80($4)",
            "ldc1 $f6, {vector} + 96($4)",
            "ldc1 $f7, {vector} + 112($4)",
            "ldc1 $f8, {vector} + 128($4)",
            "ldc1 $f9, {vector} + 144($4)",
            "ldc1 $f10, {vector} + 160($4)",
            "ldc1 $f11, {vector} + 176($4)",
            "ldc1 $f12, {vector} + 192($4)",
            "ldc1 $f13, {vector} + 208($4)",
            "ldc1 $f14, {vector} + 224($4)",
            "ldc1 $f15, {vector} + 240($4)",
            "ldc1 $f16, {vector} + 256($4)",
            "ldc1 $f17, {vector} + 272($4)",
            "ldc1 $f18, {vector} + 288($4)",
            "ldc1 $f19, {vector} + 304($4)",
            "ldc1 $f20, {vector} + 320($4)",
            "ldc1 $f21, {vector} + 336($4)",
            "ldc1 $f22, {vector} + 352($4)",
            "ldc1 $f23, {vector} + 368($4)",
            "ldc1 $f24, {vector} + 384($4)",
            "ldc1 $f25, {vector} + 400($4)",
            "ldc1 $f26, {vector} + 416($4)",
            "ldc1 $f27, {vector} + 432($4)",
            "ldc1 $f28, {vector} + 448($4)",
            "ldc1 $f29, {vector} + 464($4)",
            "ldc1 $f30, {vector} + 480($4)",
            "ldc1 $f31, {vector} + 496($4)",
            hi_lo!(load),
            "ld $1, 0($4)",
            "ld $2, 8($4)",
            "ld $3, 16($4)",
            "ld $5, 32($4)",
            "ld $6, 40($4)",
            "ld $7, 48($4)",
            "ld $8, 56($4)",
            "ld $9, 64($4)",
            "ld $10, 72($4)",
            "ld $11, 80($4)",
            "ld $12, 88($4)",
            "ld $13, 96($4)",
            "ld $14, 104($4)",
            "ld $15, 112($4)",
            "ld $16, 120($4)",
            "ld $17, 128($4)",
            "ld $18, 136($4)",
            "ld $19, 144($4)",
            "ld $20, 152($4)",
            "ld $21, 160($4)",
            "ld $22, 168($4)",
            "ld $23, 176($4)",
            "ld $24, 184($4)",
            "ld $25, 192($4)",
            "ld $28, 200($4)",
            "ld $30, 208($4)",
            "ld $31, 216($4)",
            "ld $4, 24($4)",
            "syscall",
            "sd $4, 0($29)",
            "ld $4, 8($29)",
            "sd $1, 0($4)",
            "sd $2, 8($4)",
            "sd $3, 16($4)",
            "sd $5, 32($4)",
            "sd $6, 40($4)",
            "sd $7, 48($4)",
            "sd $8, 56($4)",
            "sd $9, 64($4)",
            "sd $10, 72($4)",
            "sd $11, 80($4)",
            "sd $12, 88($4)",
            "sd $13, 96($4)",
            "sd $14, 104($4)",
            "sd $15, 112($4)",
            "sd $16, 120($4)",
            "sd $17, 128($4)",
            "sd $18, 136($4)",
            "sd $19, 144($4)",
            "sd $20, 152($4)",
            "sd $21, 160($4)",
            "sd $22, 168($4)",
            "sd $23, 176($4)",
            "sd $24, 184($4)",
            "sd $25, 192($4)",
            "sd $28, 200($4)",
            "sd $30, 208($4)",
            "sd $31, 216($4)",
            "ld $2, 0($29)",
            "sd $2, 24($4)",
            hi_lo!(store),
            "sdc1 $f0, {vector} + 0($4)",
            "sdc1 $f1, {vector} + 16($4)",
            "sdc1 $f2, {vector} + 32($4)",
            "sdc1 $f3, {vector} + 48($4)",
            "sdc1 $f4, {vector} + 64($4)",
            "sdc1 $f5, {vector} + 80($4)",
            "sdc1 $f6, {vector} + 96($4)",
            "sdc1 $f7, {vector} + 112($4)",
            "sdc1 $f8, {vector} + 128($4)",
            "sdc1 $f9, {vector} + 144($4)",
            "sdc1 $f10, {vector} + 160($4)",
            "sdc1 $f11, {vector} + 176($4)",
            "sdc1 $f12, {vector} + 192($4)",
            "sdc1 $f13, {vector} + 208($4)",
            "sdc1 $f14, {vector} + 224($4)",
            "sdc1 $f15, {vector} + 240($4)",
            "sdc1 $f16, {vector} + 256($4)",
            "sdc1 $f17, {vector} + 272($4)",
            "sdc1 $f18, {vector} + 288($4)",
            "sdc1 $f19, {vector} + 304($4)",
            "sdc1 $f20, {vector} + 320($4)",
            "sdc1 $f21, {vector} + 336($4)",
            "sdc1 $f22, {vector} + 352($4)",
            "sdc1 $f23, {vector} + 368($4)",
            "sdc1 $f24, {vector} + 384($4)",
            "sdc1 $f25, {vector} + 400($4)",
            "sdc1 $f26, {vector} + 416($4)",
            "sdc1 $f27, {vector} + 432($4)",
            "sdc1 $f28, {vector} + 448($4)",
            "sdc1 $f29, {vector} + 464($4)",
            "sdc1 $f30, {vector} + 480($4)",
            "sdc1 $f31, {vector} + 496($4)",
            "ld $1, 16($29)",
            "ld $28, 24($29)",
            "ld $30, 32($29)",
            "ld $31, 40($29)",
            "daddiu $29, $29, 64",
            vector = const offset_of!(Registers, vector),
            inout("$4") registers => _,
            out("$2") _, out("$3") _, out("$5") _, out("$6") _, out("$7") _,
            out("$8") _, out("$9") _, out("$10") _, out("$11") _, out("$12") _,
            out("$13") _, out("$14") _, out("$15") _, out("$16") _, out("$17") _,
            out("$18") _, out("$19") _, out("$20") _, out("$21") _, out("$22") _,
            out("$23") _, out("$24") _, out("$25") _, out("$f0") _, out("$f1") _,
            out("$f2") _, out("$f3") _, out("$f4") _, out("$f5") _, out("$f6") _,
            out("$f7") _, out("$f8") _, out("$f9") _, out("$f10") _, out("$f11") _,
            out("$f12") _, out("$f13") _, out("$f14") _, out("$f15") _, out("$f16") _,
            out("$f17") _, out("$f18") _, out("$f19") _, out("$f20") _, out("$f21") _,
            out("$f22") _, out("$f23") _, out("$f24") _, out("$f25") _, out("$f26") _,
            out("$f27") _, out("$f28") _, out("$f29") _, out("$f30") _, out("$f31") _,
        );
    }
}
