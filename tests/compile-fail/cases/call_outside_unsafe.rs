// expects: E0133, call

use rawtrap::{Result, SYS_close, call};

fn main() {
    let _: Result<()> = call!(SYS_close, 1u32);
}
