//! The few lines of assembly that the tests need, by architecture.

#[cfg_attr(target_arch = "x86_64", path = "machine/x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "machine/aarch64.rs")]
mod this;

pub use this::thread_pointer;
