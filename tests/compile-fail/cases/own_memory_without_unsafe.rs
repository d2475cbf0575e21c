// expects: E0133, OwnMemory::new

use rawtrap::interpose::{Memory, OwnMemory};

/// What somebody else has at an address.
fn main() {
    let mut bytes = [0; 16];
    let _ = OwnMemory::new().read(0x1000, &mut bytes);
}
