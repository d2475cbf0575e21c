//! m68k

use core::arch::asm;

use super::Registers;

/// The thread pointer, which the kernel keeps (arch/m68k/kernel/sys_m68k.c, `sys_get_thread_area`).
pub fn thread_pointer() -> *mut () {
    // SAFETY: the call touches no memory.
    unsafe { rawtrap::syscall0(rawtrap::SYS_get_thread_area) }.to_ptr()
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Floating-point registers cannot be operands here: by way of two others.
#[inline(always)]
pub fn opaque_float(value: f64) -> f64 {
    let bits = value.to_bits();
    let (low, high) = (opaque(bits as usize), opaque((bits >> 32) as usize));
    f64::from_bits(low as u64 | (high as u64) << 32)
}

pub const GENERAL: [&str; 15] = [
    "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
];

/// The ABI keeps fp2 to fp7; they are loaded and stored as doubles, as the second word of each is no register here.
pub const VECTOR: [&str; 0] = [];

pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: a4 to a6, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "movem.l %a4-%a6, -(%sp)",
            "move.l %a0, -(%sp)",
            "movem.l (%a0), %d0-%d7",
            "move.l 36(%a0), %a1",
            "move.l 40(%a0), %a2",
            "move.l 44(%a0), %a3",
            "move.l 48(%a0), %a4",
            "move.l 52(%a0), %a5",
            "move.l 56(%a0), %a6",
            "move.l 32(%a0), %a0",
            "trap #0",
            "move.l %a0, -(%sp)",
            "move.l 4(%sp), %a0",
            "movem.l %d0-%d7, (%a0)",
            "move.l (%sp), %d0",
            "move.l %d0, 32(%a0)",
            "move.l %a1, 36(%a0)",
            "move.l %a2, 40(%a0)",
            "move.l %a3, 44(%a0)",
            "move.l %a4, 48(%a0)",
            "move.l %a5, 52(%a0)",
            "move.l %a6, 56(%a0)",
            "adda.l #8, %sp",
            "movem.l (%sp), %a4-%a6",
            "adda.l #12, %sp",
            inout("a0") registers => _,
            out("d0") _, out("d1") _, out("d2") _, out("d3") _, out("d4") _, out("d5") _, out("d6") _, out("d7") _,
            out("a1") _, out("a2") _, out("a3") _,
        );
    }
}
