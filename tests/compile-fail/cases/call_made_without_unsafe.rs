// expects: E0133, Call::make

use rawtrap::interpose::{Call, Runtime};

/// It makes every call twice.
struct Twice;

impl Runtime for Twice {
    type Token = ();

    fn enter_syscall(&self, call: &Call) {
        call.make();
    }

    fn exit_syscall(&self, (): (), _: &Call) {}
}

fn main() {}
