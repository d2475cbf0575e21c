//! The entry of a program on arm.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc; functions want it 8-aligned at their entry (AAPCS32, 6.2.1.2). r11 in ARM
/// mode and r7 in Thumb mode are the frame pointer, and are zeroed with lr to end the chain of frames.
///
/// The kernel enters Thumb code where the address of the entry is odd. The text cannot know its mode (see mod.rs), and
/// `.thumb_func` would switch to Thumb: the symbol is odd where its first instruction takes 2 bytes and not 4.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",%progbits",
            ".globl _start",
            ".type _start,%function",
            "2:",
            "mov r0, sp",
            "3:",
            "movs r7, #0",
            "mov r11, r7",
            "mov lr, r7",
            "bic r1, r0, #7",
            "mov sp, r1",
            "bl {rust}",
            "udf #0",
            ".set _start, 2b + (4 - (3b - 2b)) / 2",
            ".size _start, . - 2b",
            ".popsection",
            rust = sym $rust,
        }
    };
}
