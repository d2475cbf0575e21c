//! x86

use core::arch::asm;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, Ordering};

use super::Registers;
use rawtrap::*;

/// The thread pointer: gs, whose first word is its own address (Drepper's ELF TLS, variant II).
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: a thread that was made with CLONE_SETTLS has such a word there.
    unsafe { asm!("mov {}, gs:[0]", out(reg) pointer, options(nostack, readonly, preserves_flags)) };
    pointer
}

/// A thread pointer is the base of a segment: `sys_clone` takes its description.
pub struct Tls(UserDesc);

/// The segment's place in the table, once it is known. (An emulator begins with a selector of its own in gs.)
static PLACE: AtomicU32 = AtomicU32::new(0);

impl Tls {
    /// In the place that gs selects: a child begins with its parent's selectors, and the first thread asks for one.
    pub fn new(thread_pointer: *mut ()) -> Result<Tls> {
        let mut desc = UserDesc::data(PLACE.load(Ordering::Relaxed), thread_pointer);
        if desc.entry_number == 0 {
            desc.entry_number = UserDesc::ANY;
            // SAFETY: the place is free, and nobody in these programs uses gs otherwise. Bare, as the tests look at what
            // their hooks see.
            unsafe {
                syscall1(SYS_set_thread_area, &raw mut desc).result()?;
                asm!("mov gs, {:x}", in(reg) desc.selector(), options(nostack, preserves_flags));
            }
            PLACE.store(desc.entry_number, Ordering::Relaxed);
        }
        Ok(Tls(desc))
    }

    pub fn argument(&mut self) -> *mut () {
        (&raw mut self.0).cast()
    }
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

#[cfg(target_feature = "sse2")]
#[inline(always)]
pub fn opaque_float(mut value: f64) -> f64 {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(xmm_reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

/// The registers of the x87 form a stack, and asm! takes none as an operand.
#[cfg(not(target_feature = "sse2"))]
#[inline(always)]
pub fn opaque_float(value: f64) -> f64 {
    core::hint::black_box(value)
}

pub const GENERAL: [&str; 7] = ["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp"];

pub const VECTOR: [&str; 8] = ["xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"];

/// The instruction keeps all.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: ebx, esi and ebp, which cannot be named as clobbers, are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            "push ebx",
            "push esi",
            "push ebp",
            "push edi",
            "movups xmm0, [edi + {vector}]",
            "movups xmm1, [edi + {vector} + 16]",
            "movups xmm2, [edi + {vector} + 32]",
            "movups xmm3, [edi + {vector} + 48]",
            "movups xmm4, [edi + {vector} + 64]",
            "movups xmm5, [edi + {vector} + 80]",
            "movups xmm6, [edi + {vector} + 96]",
            "movups xmm7, [edi + {vector} + 112]",
            "mov eax, [edi]",
            "mov ebx, [edi + 4]",
            "mov ecx, [edi + 8]",
            "mov edx, [edi + 12]",
            "mov esi, [edi + 16]",
            "mov ebp, [edi + 24]",
            "mov edi, [edi + 20]",
            "int 0x80",
            "xchg edi, [esp]",
            "mov [edi], eax",
            "mov [edi + 4], ebx",
            "mov [edi + 8], ecx",
            "mov [edi + 12], edx",
            "mov [edi + 16], esi",
            "pop eax",
            "mov [edi + 20], eax",
            "mov [edi + 24], ebp",
            "movups [edi + {vector}], xmm0",
            "movups [edi + {vector} + 16], xmm1",
            "movups [edi + {vector} + 32], xmm2",
            "movups [edi + {vector} + 48], xmm3",
            "movups [edi + {vector} + 64], xmm4",
            "movups [edi + {vector} + 80], xmm5",
            "movups [edi + {vector} + 96], xmm6",
            "movups [edi + {vector} + 112], xmm7",
            "pop ebp",
            "pop esi",
            "pop ebx",
            vector = const offset_of!(Registers, vector),
            in("edi") registers,
            clobber_abi("C"),
        );
    }
}
