//! The smallest program: write, exit_group. It has nobody to tell should the write fail.
#![no_std]
#![no_main]

use rawtrap::{STDOUT, start::Start, sys_write};

rawtrap::entry!(main);

fn main(_: Start) {
    let _ = sys_write(STDOUT, b"hello\n");
}
