// expects: E0133, borrow_raw, from_raw

use rawtrap::{BorrowedFd, OwnedFd};

fn main() {
    let _ = BorrowedFd::borrow_raw(1);
    let _ = OwnedFd::from_raw(1);
}
