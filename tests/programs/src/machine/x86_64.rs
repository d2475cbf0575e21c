//! x86_64

use core::arch::asm;
use core::mem::offset_of;

use super::Registers;

/// The thread pointer: fs, whose first word is its own address (x86-64 psABI and Drepper's ELF TLS, variant II).
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: a thread that was made with CLONE_SETTLS has such a word there.
    unsafe { asm!("mov {}, fs:[0]", out(reg) pointer, options(nostack, readonly, preserves_flags)) };
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
    unsafe { asm!("/* {} */", inout(xmm_reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

pub const GENERAL: [&str; 15] = [
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
];

pub const VECTOR: [&str; 16] = [
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
    "xmm14", "xmm15",
];

/// The instruction itself overwrites them (Intel's manual, SYSCALL).
pub const ALWAYS_LOST: &[&str] = &["rcx", "r11"];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: rbx and rbp, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "push rbx",
            "push rbp",
            "push rdi",
            "movups xmm0, [rdi + {vector}]",
            "movups xmm1, [rdi + {vector} + 16]",
            "movups xmm2, [rdi + {vector} + 32]",
            "movups xmm3, [rdi + {vector} + 48]",
            "movups xmm4, [rdi + {vector} + 64]",
            "movups xmm5, [rdi + {vector} + 80]",
            "movups xmm6, [rdi + {vector} + 96]",
            "movups xmm7, [rdi + {vector} + 112]",
            "movups xmm8, [rdi + {vector} + 128]",
            "movups xmm9, [rdi + {vector} + 144]",
            "movups xmm10, [rdi + {vector} + 160]",
            "movups xmm11, [rdi + {vector} + 176]",
            "movups xmm12, [rdi + {vector} + 192]",
            "movups xmm13, [rdi + {vector} + 208]",
            "movups xmm14, [rdi + {vector} + 224]",
            "movups xmm15, [rdi + {vector} + 240]",
            "mov rax, [rdi]",
            "mov rbx, [rdi + 8]",
            "mov rcx, [rdi + 16]",
            "mov rdx, [rdi + 24]",
            "mov rsi, [rdi + 32]",
            "mov rbp, [rdi + 48]",
            "mov r8, [rdi + 56]",
            "mov r9, [rdi + 64]",
            "mov r10, [rdi + 72]",
            "mov r11, [rdi + 80]",
            "mov r12, [rdi + 88]",
            "mov r13, [rdi + 96]",
            "mov r14, [rdi + 104]",
            "mov r15, [rdi + 112]",
            "mov rdi, [rdi + 40]",
            "syscall",
            "xchg rdi, [rsp]",
            "mov [rdi], rax",
            "mov [rdi + 8], rbx",
            "mov [rdi + 16], rcx",
            "mov [rdi + 24], rdx",
            "mov [rdi + 32], rsi",
            "pop rax",
            "mov [rdi + 40], rax",
            "mov [rdi + 48], rbp",
            "mov [rdi + 56], r8",
            "mov [rdi + 64], r9",
            "mov [rdi + 72], r10",
            "mov [rdi + 80], r11",
            "mov [rdi + 88], r12",
            "mov [rdi + 96], r13",
            "mov [rdi + 104], r14",
            "mov [rdi + 112], r15",
            "movups [rdi + {vector}], xmm0",
            "movups [rdi + {vector} + 16], xmm1",
            "movups [rdi + {vector} + 32], xmm2",
            "movups [rdi + {vector} + 48], xmm3",
            "movups [rdi + {vector} + 64], xmm4",
            "movups [rdi + {vector} + 80], xmm5",
            "movups [rdi + {vector} + 96], xmm6",
            "movups [rdi + {vector} + 112], xmm7",
            "movups [rdi + {vector} + 128], xmm8",
            "movups [rdi + {vector} + 144], xmm9",
            "movups [rdi + {vector} + 160], xmm10",
            "movups [rdi + {vector} + 176], xmm11",
            "movups [rdi + {vector} + 192], xmm12",
            "movups [rdi + {vector} + 208], xmm13",
            "movups [rdi + {vector} + 224], xmm14",
            "movups [rdi + {vector} + 240], xmm15",
            "pop rbp",
            "pop rbx",
            vector = const offset_of!(Registers, vector),
            in("rdi") registers,
            out("r12") _, out("r13") _, out("r14") _, out("r15") _,
            clobber_abi("sysv64"),
        );
    }
}
