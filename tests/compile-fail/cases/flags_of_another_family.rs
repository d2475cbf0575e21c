// expects: E0308, OpenFlags, FdFlags

use rawtrap::{FD_CLOEXEC, O_NONBLOCK, sys_pipe2};

fn main() {
    let _ = sys_pipe2(FD_CLOEXEC);
    let _ = sys_pipe2(O_NONBLOCK | FD_CLOEXEC);
}
