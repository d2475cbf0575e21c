//! aarch64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer, a register of its own.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
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
    unsafe { asm!("/* {:d} */", inout(vreg) value, options(nomem, nostack, preserves_flags)) };
    value
}

pub const GENERAL: [&str; 31] = [
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
    "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
];

pub const VECTOR: [&str; 32] = [
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17",
    "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31",
];

/// A kernel may drop what the convention says, and need not.
pub const ALWAYS_LOST: &[&str] = &[];

/// With SVE: whether the predicates P0 and P15 outlive getpid(2). A kernel that knows SVE clears them (sve.rst, section 3).
#[inline(never)]
pub fn wide_state_kept(hwcap: usize) -> Option<bool> {
    const HWCAP_SVE: usize = 1 << 22; // arch/arm64/include/uapi/asm/hwcap.h
    if hwcap & HWCAP_SVE == 0 {
        return None;
    }
    // Each has a bit for each byte of a vector, whose longest is of 256 bytes.
    let mut predicates = [0u8; 2 * 256 / 8];
    // SAFETY: the processor has these instructions; the call touches no memory, and the stores are in the buffer.
    unsafe {
        asm!(
            ".arch_extension sve",
            "ptrue p0.b",
            "ptrue p15.b",
            "svc 0",
            "str p0, [{buf}]",
            "str p15, [{buf}, #1, mul vl]",
            buf = in(reg) predicates.as_mut_ptr(),
            in("x8") rawtrap::SYS_getpid.number() as usize,
            lateout("x0") _, out("p0") _, out("p15") _,
            options(nostack),
        );
    }
    Some(predicates.iter().any(|byte| *byte != 0))
}

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: x19 and x29, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "stp x0, x19, [sp, #-32]!",
            "stp x29, x30, [sp, #16]",
            "add x1, x0, {vector}",
            "ldp q0, q1, [x1], #32",
            "ldp q2, q3, [x1], #32",
            "ldp q4, q5, [x1], #32",
            "ldp q6, q7, [x1], #32",
            "ldp q8, q9, [x1], #32",
            "ldp q10, q11, [x1], #32",
            "ldp q12, q13, [x1], #32",
            "ldp q14, q15, [x1], #32",
            "ldp q16, q17, [x1], #32",
            "ldp q18, q19, [x1], #32",
            "ldp q20, q21, [x1], #32",
            "ldp q22, q23, [x1], #32",
            "ldp q24, q25, [x1], #32",
            "ldp q26, q27, [x1], #32",
            "ldp q28, q29, [x1], #32",
            "ldp q30, q31, [x1], #32",
            "ldp x2, x3, [x0, #16]",
            "ldp x4, x5, [x0, #32]",
            "ldp x6, x7, [x0, #48]",
            "ldp x8, x9, [x0, #64]",
            "ldp x10, x11, [x0, #80]",
            "ldp x12, x13, [x0, #96]",
            "ldp x14, x15, [x0, #112]",
            "ldp x16, x17, [x0, #128]",
            "ldp x18, x19, [x0, #144]",
            "ldp x20, x21, [x0, #160]",
            "ldp x22, x23, [x0, #176]",
            "ldp x24, x25, [x0, #192]",
            "ldp x26, x27, [x0, #208]",
            "ldp x28, x29, [x0, #224]",
            "ldr x30, [x0, #240]",
            "ldp x0, x1, [x0]",
            "svc 0",
            "stp x0, x1, [sp, #-16]!",
            "ldr x0, [sp, #16]",
            "stp x2, x3, [x0, #16]",
            "stp x4, x5, [x0, #32]",
            "stp x6, x7, [x0, #48]",
            "stp x8, x9, [x0, #64]",
            "stp x10, x11, [x0, #80]",
            "stp x12, x13, [x0, #96]",
            "stp x14, x15, [x0, #112]",
            "stp x16, x17, [x0, #128]",
            "stp x18, x19, [x0, #144]",
            "stp x20, x21, [x0, #160]",
            "stp x22, x23, [x0, #176]",
            "stp x24, x25, [x0, #192]",
            "stp x26, x27, [x0, #208]",
            "stp x28, x29, [x0, #224]",
            "str x30, [x0, #240]",
            "ldp x1, x2, [sp], #16",
            "stp x1, x2, [x0]",
            "add x1, x0, {vector}",
            "stp q0, q1, [x1], #32",
            "stp q2, q3, [x1], #32",
            "stp q4, q5, [x1], #32",
            "stp q6, q7, [x1], #32",
            "stp q8, q9, [x1], #32",
            "stp q10, q11, [x1], #32",
            "stp q12, q13, [x1], #32",
            "stp q14, q15, [x1], #32",
            "stp q16, q17, [x1], #32",
            "stp q18, q19, [x1], #32",
            "stp q20, q21, [x1], #32",
            "stp q22, q23, [x1], #32",
            "stp q24, q25, [x1], #32",
            "stp q26, q27, [x1], #32",
            "stp q28, q29, [x1], #32",
            "stp q30, q31, [x1], #32",
            "ldp x29, x30, [sp, #16]",
            "ldp x0, x19, [sp], #32",
            vector = const offset_of!(Registers, vector),
            in("x0") registers,
            out("x20") _, out("x21") _, out("x22") _, out("x23") _, out("x24") _,
            out("x25") _, out("x26") _, out("x27") _, out("x28") _,
            out("v8") _, out("v9") _, out("v10") _, out("v11") _,
            out("v12") _, out("v13") _, out("v14") _, out("v15") _,
            clobber_abi("C"),
        );
    }
}
