// expects: unused `Result`, unused_must_use

#![deny(unused_must_use)]

use rawtrap::{STDOUT, sys_write};

fn main() {
    sys_write(STDOUT, b"who counts?");
}
