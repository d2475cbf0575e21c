// expects: E0308, E0423, BorrowedFd

use rawtrap::{BorrowedFd, sys_write};

fn main() {
    let _ = sys_write(1, b"a number is no fd");
    let _ = BorrowedFd(1);
}
