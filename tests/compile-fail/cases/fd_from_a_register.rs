// expects: E0133, from_reg

use rawtrap::OwnedFd;
use rawtrap::reg::{Reg, Value};

fn main() {
    let _: OwnedFd = Value::from_reg(Reg::from(5));
}
