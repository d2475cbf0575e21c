//! riscv64 and riscv32, which differ in what moves a register.

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: tp, which the psABI keeps for it.
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: the register can be read at any time.
    unsafe { asm!("mv {}, tp", out(reg) pointer, options(nostack, nomem, preserves_flags)) };
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

/// x1 and x3 to x31, by the names of the psABI.
pub const GENERAL: [&str; 30] = [
    "ra", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4",
    "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
];

/// The registers of floating-point numbers, which have 64 bits.
pub const VECTOR: [&str; 32] = [
    "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17",
    "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31",
];

/// A kernel may drop what the convention says, and need not.
pub const ALWAYS_LOST: &[&str] = &[];

#[cfg(target_pointer_width = "64")]
macro_rules! load {
    () => {
        "ld"
    };
}
#[cfg(target_pointer_width = "64")]
macro_rules! store {
    () => {
        "sd"
    };
}
#[cfg(target_pointer_width = "32")]
macro_rules! load {
    () => {
        "lw"
    };
}
#[cfg(target_pointer_width = "32")]
macro_rules! store {
    () => {
        "sw"
    };
}

/// With the V extension: whether v8 outlives getpid(2). A kernel that knows V overwrites it (vector.rst, section 3).
#[cfg(target_pointer_width = "64")]
#[inline(never)]
pub fn wide_state_kept(hwcap: usize) -> Option<bool> {
    const COMPAT_HWCAP_ISA_V: usize = 1 << (b'V' - b'A'); // arch/riscv/include/uapi/asm/hwcap.h
    if hwcap & COMPAT_HWCAP_ISA_V == 0 {
        return None;
    }
    // The longest register that the specification allows.
    let mut stored = [0u8; 65536 / 8];
    // SAFETY: the processor has these instructions; the call touches no memory, and the stores are in the buffer.
    unsafe {
        asm!(
            ".option push",
            ".option arch, +v",
            "vsetvli {len}, {all}, e8, m1, ta, ma",
            "vmv.v.i v8, 5",
            "ecall",
            "vs1r.v v8, ({buf})",
            ".option pop",
            buf = in(reg) stored.as_mut_ptr(),
            all = in(reg) usize::MAX,
            len = out(reg) _,
            in("a7") rawtrap::SYS_getpid.number() as usize,
            // Not late: the buffer's address is wanted behind the trap.
            out("a0") _, out("v8") _,
            options(nostack),
        );
    }
    Some(stored[0] == 5)
}

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: gp, tp, s0 and s1, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "addi sp, sp, -48",
            concat!(store!(), " a0, 0(sp)"),
            concat!(store!(), " gp, {word} * 1(sp)"),
            concat!(store!(), " tp, {word} * 2(sp)"),
            concat!(store!(), " s0, {word} * 3(sp)"),
            concat!(store!(), " s1, {word} * 4(sp)"),
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fld f\n, {vector} + 16 * \n(a0)",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fld f\n, {vector} + 16 * \n(a0)",
            ".endr",
            concat!(load!(), " x1, 0(a0)"),
            ".irp n, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17",
            concat!(load!(), r" x\n, {word} * (\n - 2)(a0)"),
            ".endr",
            ".irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            concat!(load!(), r" x\n, {word} * (\n - 2)(a0)"),
            ".endr",
            concat!(load!(), " a0, {word} * 8(a0)"),
            "ecall",
            concat!(store!(), " a0, {word} * 5(sp)"),
            concat!(load!(), " a0, 0(sp)"),
            concat!(store!(), " x1, 0(a0)"),
            ".irp n, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17",
            concat!(store!(), r" x\n, {word} * (\n - 2)(a0)"),
            ".endr",
            ".irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            concat!(store!(), r" x\n, {word} * (\n - 2)(a0)"),
            ".endr",
            concat!(load!(), " t0, {word} * 5(sp)"),
            concat!(store!(), " t0, {word} * 8(a0)"),
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            r"fsd f\n, {vector} + 16 * \n(a0)",
            ".endr",
            ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            r"fsd f\n, {vector} + 16 * \n(a0)",
            ".endr",
            concat!(load!(), " gp, {word} * 1(sp)"),
            concat!(load!(), " tp, {word} * 2(sp)"),
            concat!(load!(), " s0, {word} * 3(sp)"),
            concat!(load!(), " s1, {word} * 4(sp)"),
            "addi sp, sp, 48",
            word = const size_of::<usize>(),
            vector = const offset_of!(Registers, vector),
            in("a0") registers,
            out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _,
            out("fs0") _, out("fs1") _, out("fs2") _, out("fs3") _, out("fs4") _, out("fs5") _,
            out("fs6") _, out("fs7") _, out("fs8") _, out("fs9") _, out("fs10") _, out("fs11") _,
            clobber_abi("C"),
        );
    }
}
