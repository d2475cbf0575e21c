//! The smallest program: write, exit_group.
#![no_std]
#![no_main]

use rawtrap::{STDOUT, start::Start, sys_write};

rawtrap::entry!(main);

fn main(_: Start) -> i32 {
    i32::from(sys_write(STDOUT, b"hello\n") != Ok(6))
}
