// expects: E0277, Runtime

use std::cell::Cell;

use rawtrap::interpose::{Call, Runtime};

struct Counter(Cell<u32>);

impl Runtime for Counter {
    type Token = ();

    fn enter_syscall(&self, _: &Call) {
        self.0.set(self.0.get() + 1);
    }

    fn exit_syscall(&self, (): (), _: &Call) {}
}

fn main() {}
