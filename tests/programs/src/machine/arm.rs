//! arm, in ARM and in Thumb mode

use core::arch::asm;
use core::mem::{offset_of, transmute};

use super::Registers;

/// The thread pointer, asked for by the kernel's helper (Documentation/arch/arm/kernel_user_helpers.rst): machines before
/// ARMv6K have no register for it.
pub fn thread_pointer() -> *mut () {
    // SAFETY: the kernel has such a function there.
    let kuser_get_tls = unsafe { transmute::<usize, extern "C" fn() -> *mut ()>(0xffff_0fe0) };
    kuser_get_tls()
}

#[inline(always)]
pub fn opaque(mut value: usize) -> usize {
    // SAFETY: no instruction.
    unsafe { asm!("/* {} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}

#[cfg(target_abi = "eabihf")]
mod float {
    use core::arch::asm;

    #[inline(always)]
    pub fn opaque_float(mut value: f64) -> f64 {
        // SAFETY: no instruction.
        unsafe { asm!("/* {} */", inout(dreg) value, options(nomem, nostack, preserves_flags)) };
        value
    }

    /// q0 is d0 and d1, and so on.
    pub const VECTOR: [&str; 8] = ["q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7"];

    /// An instruction on these registers.
    macro_rules! vector {
        ($instruction:literal) => {
            $instruction
        };
    }
    pub(super) use vector;
}

/// Without such registers: numbers are passed, and computed, in the general ones.
#[cfg(not(target_abi = "eabihf"))]
mod float {
    #[inline(always)]
    pub fn opaque_float(value: f64) -> f64 {
        let (high, low) = ((value.to_bits() >> 32) as usize, value.to_bits() as usize);
        f64::from_bits((super::opaque(high) as u64) << 32 | super::opaque(low) as u64)
    }

    pub const VECTOR: [&str; 0] = [];

    macro_rules! vector {
        ($instruction:literal) => {
            ""
        };
    }
    pub(super) use vector;
}

use float::vector;
pub use float::{VECTOR, opaque_float};

pub const GENERAL: [&str; 14] = [
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r14",
];

/// The instruction itself overwrites none.
pub const ALWAYS_LOST: &[&str] = &[];

/// # Safety
/// As for the call that the registers describe.
#[inline(never)]
pub unsafe fn trap(registers: &mut Registers) {
    // SAFETY: the registers that a function must keep are put back; the stack pointer is where it was.
    unsafe {
        asm!(
            vector!("vpush {{d8-d15}}"),
            "push {{r0, r4-r11, lr}}",
            "add r1, r0, #{vector}",
            vector!("vldmia r1, {{d0-d15}}"),
            "ldm r0, {{r0-r12, lr}}",
            "svc 0",
            "push {{r0, r1}}",
            "ldr r0, [sp, #8]",
            "add r0, r0, #4",
            "stm r0, {{r1-r12, lr}}",
            "add r1, r0, #{vector} - 4",
            vector!("vstmia r1, {{d0-d15}}"),
            "pop {{r1, r2}}",
            "str r1, [r0, #-4]",
            "pop {{r0, r4-r11, lr}}",
            vector!("vpop {{d8-d15}}"),
            vector = const offset_of!(Registers, vector),
            in("r0") registers,
            clobber_abi("C"),
        );
    }
}
