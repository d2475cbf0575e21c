// expects: E0277, Interpose

use std::cell::Cell;

use rawtrap::Reg;
use rawtrap::interpose::{Call, Interpose};

struct Counter(Cell<u32>);

impl Interpose for Counter {
    fn around(&self, call: &Call) -> Reg {
        self.0.set(self.0.get() + 1);
        unsafe { call.make() }
    }
}

fn main() {}
