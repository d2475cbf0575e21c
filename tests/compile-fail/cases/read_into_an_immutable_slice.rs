// expects: E0277, `&[u8; 4]: Buffer`

use rawtrap::{STDIN, sys_read};

fn main() {
    let buf = [0u8; 4];
    let _ = sys_read(STDIN, &buf);
}
