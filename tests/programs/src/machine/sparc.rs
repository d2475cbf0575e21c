//! sparc

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
    "l5", "l6", "l7", "i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "icc.c",
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
            "save %sp, -128, %sp",
            "st %i6, [%sp + 100]",
            "st %i7, [%sp + 104]",
            "st %g6, [%sp + 108]",
            "st %g7, [%sp + 112]",
            "st %i0, [%sp + 96]",
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
            "ld [%i0 + 0], %g1",
            "ld [%i0 + 4], %g2",
            "ld [%i0 + 8], %g3",
            "ld [%i0 + 12], %g4",
            "ld [%i0 + 16], %g5",
            "ld [%i0 + 20], %g6",
            "ld [%i0 + 24], %g7",
            "ld [%i0 + 28], %o0",
            "ld [%i0 + 32], %o1",
            "ld [%i0 + 36], %o2",
            "ld [%i0 + 40], %o3",
            "ld [%i0 + 44], %o4",
            "ld [%i0 + 48], %o5",
            "ld [%i0 + 52], %o7",
            "ld [%i0 + 56], %l0",
            "ld [%i0 + 60], %l1",
            "ld [%i0 + 64], %l2",
            "ld [%i0 + 68], %l3",
            "ld [%i0 + 72], %l4",
            "ld [%i0 + 76], %l5",
            "ld [%i0 + 80], %l6",
            "ld [%i0 + 84], %l7",
            "ld [%i0 + 92], %i1",
            "ld [%i0 + 96], %i2",
            "ld [%i0 + 100], %i3",
            "ld [%i0 + 104], %i4",
            "ld [%i0 + 108], %i5",
            "ld [%i0 + 112], %i6",
            "ld [%i0 + 116], %i7",
            "ld [%i0 + 88], %i0",
            "t 0x10",
            "st %i0, [%sp + 120]",
            "ld [%sp + 96], %i0",
            "st %g1, [%i0 + 0]",
            "st %g2, [%i0 + 4]",
            "st %g3, [%i0 + 8]",
            "st %g4, [%i0 + 12]",
            "st %g5, [%i0 + 16]",
            "st %g6, [%i0 + 20]",
            "st %g7, [%i0 + 24]",
            "st %o0, [%i0 + 28]",
            "st %o1, [%i0 + 32]",
            "st %o2, [%i0 + 36]",
            "st %o3, [%i0 + 40]",
            "st %o4, [%i0 + 44]",
            "st %o5, [%i0 + 48]",
            "st %o7, [%i0 + 52]",
            "st %l0, [%i0 + 56]",
            "st %l1, [%i0 + 60]",
            "st %l2, [%i0 + 64]",
            "st %l3, [%i0 + 68]",
            "st %l4, [%i0 + 72]",
            "st %l5, [%i0 + 76]",
            "st %l6, [%i0 + 80]",
            "st %l7, [%i0 + 84]",
            "st %i1, [%i0 + 92]",
            "st %i2, [%i0 + 96]",
            "st %i3, [%i0 + 100]",
            "st %i4, [%i0 + 104]",
            "st %i5, [%i0 + 108]",
            "st %i6, [%i0 + 112]",
            "st %i7, [%i0 + 116]",
            "ld [%sp + 120], %l0",
            "st %l0, [%i0 + 88]",
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
            "ld [%sp + 100], %i6",
            "ld [%sp + 104], %i7",
            "ld [%sp + 108], %g6",
            "ld [%sp + 112], %g7",
            "clr %l0",
            "movcs %icc, 1, %l0",
            "st %l0, [%i0 + 120]",
            "restore",
            vector = const offset_of!(Registers, vector),
            in("o0") registers,
            out("g2") _, out("g3") _, out("g4") _,
        );
    }
}
