//! The assembly that the tests need, by architecture. Each file holds the same items:
//!
//! - `thread_pointer()`: what CLONE_SETTLS set.
//! - `Tls`: what `sys_clone` takes as `tls` for a thread pointer. The pointer itself, but on x86.
//! - `opaque(usize)`, `opaque_float(f64)`: the same value, in a register, of which the compiler knows nothing any more.
//! - `GENERAL`, `VECTOR`: the names of the registers that `Registers` holds, in its order. The stack pointer is not
//!   among them: it has to stay what it is.
//! - `trap(&mut Registers)`: loads them all, executes the machine's trap and nothing else, and stores them all.
//! - `wide_state_kept(hwcap)`: whether a part of the state beside `Registers` that the convention gives up outlives a
//!   trap; `None` where there is no such state, or this processor has none.
//! - `ALWAYS_LOST`: registers that the trap's instruction itself overwrites, whatever the kernel does then.

#[cfg_attr(target_arch = "x86_64", path = "machine/x86_64.rs")]
#[cfg_attr(target_arch = "x86", path = "machine/x86.rs")]
#[cfg_attr(target_arch = "aarch64", path = "machine/aarch64.rs")]
#[cfg_attr(target_arch = "arm", path = "machine/arm.rs")]
#[cfg_attr(target_arch = "riscv64", path = "machine/riscv.rs")]
#[cfg_attr(target_arch = "loongarch64", path = "machine/loongarch64.rs")]
#[cfg_attr(target_arch = "riscv32", path = "machine/riscv.rs")]
#[cfg_attr(target_arch = "s390x", path = "machine/s390x.rs")]
#[cfg_attr(any(target_arch = "mips", target_arch = "mips32r6"), path = "machine/mips.rs")]
#[cfg_attr(any(target_arch = "mips64", target_arch = "mips64r6"), path = "machine/mips64.rs")]
#[cfg_attr(target_arch = "sparc", path = "machine/sparc.rs")]
#[cfg_attr(target_arch = "sparc64", path = "machine/sparc64.rs")]
#[cfg_attr(target_arch = "m68k", path = "machine/m68k.rs")]
#[cfg_attr(target_arch = "hexagon", path = "machine/hexagon.rs")]
#[cfg_attr(target_arch = "powerpc64", path = "machine/powerpc64.rs")]
#[cfg_attr(target_arch = "powerpc", path = "machine/powerpc.rs")]
mod this;

pub use this::{ALWAYS_LOST, GENERAL, VECTOR, opaque, opaque_float, thread_pointer, trap};

#[cfg(target_arch = "x86")]
pub use this::Tls;

#[cfg(not(target_arch = "x86"))]
pub struct Tls(*mut ());

#[cfg(not(target_arch = "x86"))]
impl Tls {
    pub fn new(thread_pointer: *mut ()) -> rawtrap::Result<Tls> {
        Ok(Tls(thread_pointer))
    }

    pub fn argument(&mut self) -> *mut () {
        self.0
    }
}

#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
pub use this::wide_state_kept;

#[cfg(not(any(target_arch = "aarch64", target_arch = "riscv64")))]
pub fn wide_state_kept(_hwcap: usize) -> Option<bool> {
    None
}

/// The contents of the registers before or after a trap.
#[repr(C, align(16))]
#[derive(Clone)]
pub struct Registers {
    pub general: [usize; GENERAL.len()],
    pub vector: [[u64; 2]; VECTOR.len()],
}
