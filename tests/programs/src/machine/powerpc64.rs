//! powerpc64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: r13.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mr {}, 13", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
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
            "stdu 1, -384(1)",
            "std 2, 32(1)",
            "std 3, 40(1)",
            "std 13, 48(1)",
            "std 29, 56(1)",
            "std 30, 64(1)",
            "std 31, 72(1)",
            "mflr 0",
            "std 0, 80(1)",
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
            "ld 0, 248(3)",
            "mtlr 0",
            "ld 0, 0(3)",
            "ld 2, 8(3)",
            "ld 4, 24(3)",
            "ld 5, 32(3)",
            "ld 6, 40(3)",
            "ld 7, 48(3)",
            "ld 8, 56(3)",
            "ld 9, 64(3)",
            "ld 10, 72(3)",
            "ld 11, 80(3)",
            "ld 12, 88(3)",
            "ld 13, 96(3)",
            "ld 14, 104(3)",
            "ld 15, 112(3)",
            "ld 16, 120(3)",
            "ld 17, 128(3)",
            "ld 18, 136(3)",
            "ld 19, 144(3)",
            "ld 20, 152(3)",
            "ld 21, 160(3)",
            "ld 22, 168(3)",
            "ld 23, 176(3)",
            "ld 24, 184(3)",
            "ld 25, 192(3)",
            "ld 26, 200(3)",
            "ld 27, 208(3)",
            "ld 28, 216(3)",
            "ld 29, 224(3)",
            "ld 30, 232(3)",
            "ld 31, 240(3)",
            "ld 3, 16(3)",
            "sc",
            "std 3, 88(1)",
            "std 4, 96(1)",
            "ld 4, 40(1)",
            "std 0, 0(4)",
            "std 2, 8(4)",
            "std 5, 32(4)",
            "std 6, 40(4)",
            "std 7, 48(4)",
            "std 8, 56(4)",
            "std 9, 64(4)",
            "std 10, 72(4)",
            "std 11, 80(4)",
            "std 12, 88(4)",
            "std 13, 96(4)",
            "std 14, 104(4)",
            "std 15, 112(4)",
            "std 16, 120(4)",
            "std 17, 128(4)",
            "std 18, 136(4)",
            "std 19, 144(4)",
            "std 20, 152(4)",
            "std 21, 160(4)",
            "std 22, 168(4)",
            "std 23, 176(4)",
            "std 24, 184(4)",
            "std 25, 192(4)",
            "std 26, 200(4)",
            "std 27, 208(4)",
            "std 28, 216(4)",
            "std 29, 224(4)",
            "std 30, 232(4)",
            "std 31, 240(4)",
            "ld 3, 88(1)",
            "std 3, 16(4)",
            "ld 3, 96(1)",
            "std 3, 24(4)",
            "mflr 0",
            "std 0, 248(4)",
            "mfcr 0",
            "rlwinm 0, 0, 4, 31, 31",
            "std 0, 256(4)",
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
            "ld 0, 80(1)",
            "mtlr 0",
            "ld 2, 32(1)",
            "ld 3, 40(1)",
            "ld 13, 48(1)",
            "ld 29, 56(1)",
            "ld 30, 64(1)",
            "ld 31, 72(1)",
            "addi 1, 1, 384",
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
