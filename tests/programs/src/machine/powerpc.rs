//! powerpc

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: r2.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mr {}, 2", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
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

/// r2 and r13 among them: nothing uses them between two instructions of `trap`.
pub const GENERAL: [&str; 33] = [
    "r0", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "r16", "r17",
    "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28", "r29", "r30", "r31", "lr", "cr0.so",
];

/// Their 64 bits are the first word.
pub const VECTOR: [&str; 32] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17",
    "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31",
];

/// What is lost is lost in the kernel.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: what cannot be named as a clobber is put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "stwu 1, -64(1)",
            "stw 2, 16(1)",
            "stw 3, 20(1)",
            "stw 13, 24(1)",
            "stw 29, 28(1)",
            "stw 30, 32(1)",
            "stw 31, 36(1)",
            "mflr 0",
            "stw 0, 40(1)",
            "lfd 0, {vector}+0(3)",
            "lfd 1, {vector}+16(3)",
            "lfd 2, {vector}+32(3)",
            "lfd 3, {vector}+48(3)",
            "lfd 4, {vector}+64(3)",
            "lfd 5, {vector}+80(3)",
            "lfd 6, {vector}+96(3)",
            "lfd 7, {vector}+112(3)",
            "lfd 8, {vector}+128(3)",
            "lfd 9, {vector}+144(3)",
            "lfd 10, {vector}+160(3)",
            "lfd 11, {vector}+176(3)",
            "lfd 12, {vector}+192(3)",
            "lfd 13, {vector}+208(3)",
            "lfd 14, {vector}+224(3)",
            "lfd 15, {vector}+240(3)",
            "lfd 16, {vector}+256(3)",
            "lfd 17, {vector}+272(3)",
            "lfd 18, {vector}+288(3)",
            "lfd 19, {vector}+304(3)",
            "lfd 20, {vector}+320(3)",
            "lfd 21, {vector}+336(3)",
            "lfd 22, {vector}+352(3)",
            "lfd 23, {vector}+368(3)",
            "lfd 24, {vector}+384(3)",
            "lfd 25, {vector}+400(3)",
            "lfd 26, {vector}+416(3)",
            "lfd 27, {vector}+432(3)",
            "lfd 28, {vector}+448(3)",
            "lfd 29, {vector}+464(3)",
            "lfd 30, {vector}+480(3)",
            "lfd 31, {vector}+496(3)",
            "lwz 0, 124(3)",
            "mtlr 0",
            "lwz 0, 0(3)",
            "lwz 2, 4(3)",
            "lwz 4, 12(3)",
            "lwz 5, 16(3)",
            "lwz 6, 20(3)",
            "lwz 7, 24(3)",
            "lwz 8, 28(3)",
            "lwz 9, 32(3)",
            "lwz 10, 36(3)",
            "lwz 11, 40(3)",
            "lwz 12, 44(3)",
            "lwz 13, 48(3)",
            "lwz 14, 52(3)",
            "lwz 15, 56(3)",
            "lwz 16, 60(3)",
            "lwz 17, 64(3)",
            "lwz 18, 68(3)",
            "lwz 19, 72(3)",
            "lwz 20, 76(3)",
            "lwz 21, 80(3)",
            "lwz 22, 84(3)",
            "lwz 23, 88(3)",
            "lwz 24, 92(3)",
            "lwz 25, 96(3)",
            "lwz 26, 100(3)",
            "lwz 27, 104(3)",
            "lwz 28, 108(3)",
            "lwz 29, 112(3)",
            "lwz 30, 116(3)",
            "lwz 31, 120(3)",
            "lwz 3, 8(3)",
            "sc",
            "stw 3, 44(1)",
            "stw 4, 48(1)",
            "lwz 4, 20(1)",
            "stw 0, 0(4)",
            "stw 2, 4(4)",
            "stw 5, 16(4)",
            "stw 6, 20(4)",
            "stw 7, 24(4)",
            "stw 8, 28(4)",
            "stw 9, 32(4)",
            "stw 10, 36(4)",
            "stw 11, 40(4)",
            "stw 12, 44(4)",
            "stw 13, 48(4)",
            "stw 14, 52(4)",
            "stw 15, 56(4)",
            "stw 16, 60(4)",
            "stw 17, 64(4)",
            "stw 18, 68(4)",
            "stw 19, 72(4)",
            "stw 20, 76(4)",
            "stw 21, 80(4)",
            "stw 22, 84(4)",
            "stw 23, 88(4)",
            "stw 24, 92(4)",
            "stw 25, 96(4)",
            "stw 26, 100(4)",
            "stw 27, 104(4)",
            "stw 28, 108(4)",
            "stw 29, 112(4)",
            "stw 30, 116(4)",
            "stw 31, 120(4)",
            "lwz 3, 44(1)",
            "stw 3, 8(4)",
            "lwz 3, 48(1)",
            "stw 3, 12(4)",
            "mflr 0",
            "stw 0, 124(4)",
            "mfcr 0",
            "rlwinm 0, 0, 4, 31, 31",
            "stw 0, 128(4)",
            "stfd 0, {vector}+0(4)",
            "stfd 1, {vector}+16(4)",
            "stfd 2, {vector}+32(4)",
            "stfd 3, {vector}+48(4)",
            "stfd 4, {vector}+64(4)",
            "stfd 5, {vector}+80(4)",
            "stfd 6, {vector}+96(4)",
            "stfd 7, {vector}+112(4)",
            "stfd 8, {vector}+128(4)",
            "stfd 9, {vector}+144(4)",
            "stfd 10, {vector}+160(4)",
            "stfd 11, {vector}+176(4)",
            "stfd 12, {vector}+192(4)",
            "stfd 13, {vector}+208(4)",
            "stfd 14, {vector}+224(4)",
            "stfd 15, {vector}+240(4)",
            "stfd 16, {vector}+256(4)",
            "stfd 17, {vector}+272(4)",
            "stfd 18, {vector}+288(4)",
            "stfd 19, {vector}+304(4)",
            "stfd 20, {vector}+320(4)",
            "stfd 21, {vector}+336(4)",
            "stfd 22, {vector}+352(4)",
            "stfd 23, {vector}+368(4)",
            "stfd 24, {vector}+384(4)",
            "stfd 25, {vector}+400(4)",
            "stfd 26, {vector}+416(4)",
            "stfd 27, {vector}+432(4)",
            "stfd 28, {vector}+448(4)",
            "stfd 29, {vector}+464(4)",
            "stfd 30, {vector}+480(4)",
            "stfd 31, {vector}+496(4)",
            "lwz 0, 40(1)",
            "mtlr 0",
            "lwz 2, 16(1)",
            "lwz 3, 20(1)",
            "lwz 13, 24(1)",
            "lwz 29, 28(1)",
            "lwz 30, 32(1)",
            "lwz 31, 36(1)",
            "addi 1, 1, 64",
            vector = const offset_of!(Registers, vector),
            in("r3") registers,
            out("r14") _, out("r15") _, out("r16") _, out("r17") _, out("r18") _, out("r19") _,
            out("r20") _, out("r21") _, out("r22") _, out("r23") _, out("r24") _, out("r25") _,
            out("r26") _, out("r27") _, out("r28") _,
            out("f14") _, out("f15") _, out("f16") _, out("f17") _, out("f18") _, out("f19") _,
            out("f20") _, out("f21") _, out("f22") _, out("f23") _, out("f24") _, out("f25") _,
            out("f26") _, out("f27") _, out("f28") _, out("f29") _, out("f30") _, out("f31") _,
            clobber_abi("C"),
        );
    }
}
