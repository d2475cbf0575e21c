// expects: E0277, Args

use rawtrap::{Result, SYS_mmap, call};

fn main() {
    // SAFETY: it does not compile.
    let _: Result<usize> = unsafe { call!(SYS_mmap, 1u32, 2u32, 3u32, 4u32, 5u32, 6u32, 7u32) };
}
