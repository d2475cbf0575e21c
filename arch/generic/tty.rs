//! Terminals: include/uapi/asm-generic/ioctls.h.

pub const TIOCGWINSZ: u32 = 0x5413;
