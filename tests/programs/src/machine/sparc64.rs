//! sparc64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer, a register of its own (System V ABI, SPARC supplement: g7 is the system's).
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mov %g7, {}", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
    pointer
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// asm! takes no floating-point register here.
#[inline(always)]
pub fn opaque_float(value: f64) -> f64 {
    core::hint::black_box(value)
}

/// The last is the carry, which no trap starts from.
pub const GENERAL: [&str; 31] = [
    "g1", "g2", "g3", "g4", "g5", "g6", "g7", "o0", "o1", "o2", "o3", "o4", "o5", "o7", "l0", "l1", "l2", "l3", "l4",
    "l5", "l6", "l7", "i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "xcc.c",
];

/// Each holds two of the 32 with 64 bits that can be named.
pub const VECTOR: [&str; 16] = [
    "q0", "q4", "q8", "q12", "q16", "q20", "q24", "q28", "q32", "q36", "q40", "q44", "q48", "q52", "q56", "q60",
];

/// The instruction keeps all.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: all happens in a register window of its own, the two registers that are the system's are put back, and no
    // function keeps the others.
    unsafe {
        asm!(
            "save %sp, -240, %sp",
            "stx %i6, [%sp + 2231]",
            "stx %i7, [%sp + 2239]",
            "stx %g6, [%sp + 2247]",
            "stx %g7, [%sp + 2255]",
            "stx %i0, [%sp + 2223]",
            "ldd [%i0 + {vector} + 0], %f0",
            "ldd [%i0 + {vector} + 8], %f2",
            "ldd [%i0 + {vector} + 16], %f4",
            "ldd [%i0 + {vector} + 24], %f6",
            "ldd [%i0 + {vector} + 32], %f8",
            "ldd [%i0 + {vector} + 40], %f10",
            "ldd [%i0 + {vector} + 48], %f12",
            "ldd [%i0 + {vector} + 56], %f14",
            "ldd [%i0 + {vector} + 64], %f16",
            "ldd [%i0 + {vector} + 72], %f18",
            "ldd [%i0 + {vector} + 80], %f20",
            "ldd [%i0 + {vector} + 88], %f22",
            "ldd [%i0 + {vector} + 96], %f24",
            "ldd [%i0 + {vector} + 104], %f26",
            "ldd [%i0 + {vector} + 112], %f28",
            "ldd [%i0 + {vector} + 120], %f30",
            "ldd [%i0 + {vector} + 128], %f32",
            "ldd [%i0 + {vector} + 136], %f34",
            "ldd [%i0 + {vector} + 144], %f36",
            "ldd [%i0 + {vector} + 152], %f38",
            "ldd [%i0 + {vector} + 160], %f40",
            "ldd [%i0 + {vector} + 168], %f42",
            "ldd [%i0 + {vector} + 176], %f44",
            "ldd [%i0 + {vector} + 184], %f46",
            "ldd [%i0 + {vector} + 192], %f48",
            "ldd [%i0 + {vector} + 200], %f50",
            "ldd [%i0 + {vector} + 208], %f52",
            "ldd [%i0 + {vector} + 216], %f54",
            "ldd [%i0 + {vector} + 224], %f56",
            "ldd [%i0 + {vector} + 232], %f58",
            "ldd [%i0 + {vector} + 240], %f60",
            "ldd [%i0 + {vector} + 248], %f62",
            "ldx [%i0 + 0], %g1",
            "ldx [%i0 + 8], %g2",
            "ldx [%i0 + 16], %g3",
            "ldx [%i0 + 24], %g4",
            "ldx [%i0 + 32], %g5",
            "ldx [%i0 + 40], %g6",
            "ldx [%i0 + 48], %g7",
            "ldx [%i0 + 56], %o0",
            "ldx [%i0 + 64], %o1",
            "ldx [%i0 + 72], %o2",
            "ldx [%i0 + 80], %o3",
            "ldx [%i0 + 88], %o4",
            "ldx [%i0 + 96], %o5",
            "ldx [%i0 + 104], %o7",
            "ldx [%i0 + 112], %l0",
            "ldx [%i0 + 120], %l1",
            "ldx [%i0 + 128], %l2",
            "ldx [%i0 + 136], %l3",
            "ldx [%i0 + 144], %l4",
            "ldx [%i0 + 152], %l5",
            "ldx [%i0 + 160], %l6",
            "ldx [%i0 + 168], %l7",
            "ldx [%i0 + 184], %i1",
            "ldx [%i0 + 192], %i2",
            "ldx [%i0 + 200], %i3",
            "ldx [%i0 + 208], %i4",
            "ldx [%i0 + 216], %i5",
            "ldx [%i0 + 224], %i6",
            "ldx [%i0 + 232], %i7",
            "ldx [%i0 + 176], %i0",
            "t 0x6d",
            "stx %i0, [%sp + 2271]",
            "ldx [%sp + 2223], %i0",
            "stx %g1, [%i0 + 0]",
            "stx %g2, [%i0 + 8]",
            "stx %g3, [%i0 + 16]",
            "stx %g4, [%i0 + 24]",
            "stx %g5, [%i0 + 32]",
            "stx %g6, [%i0 + 40]",
            "stx %g7, [%i0 + 48]",
            "stx %o0, [%i0 + 56]",
            "stx %o1, [%i0 + 64]",
            "stx %o2, [%i0 + 72]",
            "stx %o3, [%i0 + 80]",
            "stx %o4, [%i0 + 88]",
            "stx %o5, [%i0 + 96]",
            "stx %o7, [%i0 + 104]",
            "stx %l0, [%i0 + 112]",
            "stx %l1, [%i0 + 120]",
            "stx %l2, [%i0 + 128]",
            "stx %l3, [%i0 + 136]",
            "stx %l4, [%i0 + 144]",
            "stx %l5, [%i0 + 152]",
            "stx %l6, [%i0 + 160]",
            "stx %l7, [%i0 + 168]",
            "stx %i1, [%i0 + 184]",
            "stx %i2, [%i0 + 192]",
            "stx %i3, [%i0 + 200]",
            "stx %i4, [%i0 + 208]",
            "stx %i5, [%i0 + 216]",
            "stx %i6, [%i0 + 224]",
            "stx %i7, [%i0 + 232]",
            "ldx [%sp + 2271], %l0",
            "stx %l0, [%i0 + 176]",
            "std %f0, [%i0 + {vector} + 0]",
            "std %f2, [%i0 + {vector} + 8]",
            "std %f4, [%i0 + {vector} + 16]",
            "std %f6, [%i0 + {vector} + 24]",
            "std %f8, [%i0 + {vector} + 32]",
            "std %f10, [%i0 + {vector} + 40]",
            "std %f12, [%i0 + {vector} + 48]",
            "std %f14, [%i0 + {vector} + 56]",
            "std %f16, [%i0 + {vector} + 64]",
            "std %f18, [%i0 + {vector} + 72]",
            "std %f20, [%i0 + {vector} + 80]",
            "std %f22, [%i0 + {vector} + 88]",
            "std %f24, [%i0 + {vector} + 96]",
            "std %f26, [%i0 + {vector} + 104]",
            "std %f28, [%i0 + {vector} + 112]",
            "std %f30, [%i0 + {vector} + 120]",
            "std %f32, [%i0 + {vector} + 128]",
            "std %f34, [%i0 + {vector} + 136]",
            "std %f36, [%i0 + {vector} + 144]",
            "std %f38, [%i0 + {vector} + 152]",
            "std %f40, [%i0 + {vector} + 160]",
            "std %f42, [%i0 + {vector} + 168]",
            "std %f44, [%i0 + {vector} + 176]",
            "std %f46, [%i0 + {vector} + 184]",
            "std %f48, [%i0 + {vector} + 192]",
            "std %f50, [%i0 + {vector} + 200]",
            "std %f52, [%i0 + {vector} + 208]",
            "std %f54, [%i0 + {vector} + 216]",
            "std %f56, [%i0 + {vector} + 224]",
            "std %f58, [%i0 + {vector} + 232]",
            "std %f60, [%i0 + {vector} + 240]",
            "std %f62, [%i0 + {vector} + 248]",
            "ldx [%sp + 2231], %i6",
            "ldx [%sp + 2239], %i7",
            "ldx [%sp + 2247], %g6",
            "ldx [%sp + 2255], %g7",
            "clr %l0",
            "movcs %xcc, 1, %l0",
            "stx %l0, [%i0 + 240]",
            "restore",
            vector = const offset_of!(Registers, vector),
            in("o0") registers,
            out("g2") _, out("g3") _, out("g4") _, out("g5") _,
        );
    }
}
