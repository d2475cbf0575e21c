//! s390x

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: the access registers 0 and 1 (s390x ELF ABI, "Thread-local storage").
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the registers can be read at any time.
    unsafe {
        asm!(
            "ear {pointer}, %a0",
            "sllg {pointer}, {pointer}, 32",
            "ear {pointer}, %a1",
            pointer = out(reg) pointer,
            options(nostack, nomem),
        );
    }
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

pub const GENERAL: [&str; 15] = [
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
];

/// Their 64 bits are the first word; where there are vector registers, these are the halves of the first sixteen.
pub const VECTOR: [&str; 16] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15",
];

/// The kernel keeps all of them.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: r11, which cannot be named as a clobber, is put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "aghi %r15, -24",
            "stg %r2, 0(%r15)",
            "stg %r11, 8(%r15)",
            "ld %f0, {vector}+0(%r2)",
            "ld %f1, {vector}+16(%r2)",
            "ld %f2, {vector}+32(%r2)",
            "ld %f3, {vector}+48(%r2)",
            "ld %f4, {vector}+64(%r2)",
            "ld %f5, {vector}+80(%r2)",
            "ld %f6, {vector}+96(%r2)",
            "ld %f7, {vector}+112(%r2)",
            "ld %f8, {vector}+128(%r2)",
            "ld %f9, {vector}+144(%r2)",
            "ld %f10, {vector}+160(%r2)",
            "ld %f11, {vector}+176(%r2)",
            "ld %f12, {vector}+192(%r2)",
            "ld %f13, {vector}+208(%r2)",
            "ld %f14, {vector}+224(%r2)",
            "ld %f15, {vector}+240(%r2)",
            "lmg %r0, %r1, 0(%r2)",
            "lmg %r3, %r14, 24(%r2)",
            "lg %r2, 16(%r2)",
            "svc 0",
            "stg %r2, 16(%r15)",
            "lg %r2, 0(%r15)",
            "stmg %r0, %r1, 0(%r2)",
            "stmg %r3, %r14, 24(%r2)",
            "mvc 16(8,%r2), 16(%r15)",
            "std %f0, {vector}+0(%r2)",
            "std %f1, {vector}+16(%r2)",
            "std %f2, {vector}+32(%r2)",
            "std %f3, {vector}+48(%r2)",
            "std %f4, {vector}+64(%r2)",
            "std %f5, {vector}+80(%r2)",
            "std %f6, {vector}+96(%r2)",
            "std %f7, {vector}+112(%r2)",
            "std %f8, {vector}+128(%r2)",
            "std %f9, {vector}+144(%r2)",
            "std %f10, {vector}+160(%r2)",
            "std %f11, {vector}+176(%r2)",
            "std %f12, {vector}+192(%r2)",
            "std %f13, {vector}+208(%r2)",
            "std %f14, {vector}+224(%r2)",
            "std %f15, {vector}+240(%r2)",
            "lg %r11, 8(%r15)",
            "aghi %r15, 24",
            vector = const offset_of!(Registers, vector),
            in("r2") registers,
            out("r6") _, out("r7") _, out("r8") _, out("r9") _, out("r10") _, out("r12") _, out("r13") _,
            out("f8") _, out("f9") _, out("f10") _, out("f11") _, out("f12") _, out("f13") _, out("f14") _, out("f15") _,
            clobber_abi("C"),
        );
    }
}
