// expects: E0133, syscall1

use rawtrap::{SYS_close, syscall1};

fn main() {
    syscall1(SYS_close, 1);
}
