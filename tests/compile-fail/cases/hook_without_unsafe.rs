// expects: E0133, Hook::new

use rawtrap::Reg;
use rawtrap::interpose::{self, Call, Hook, Interpose};

/// It says that every read filled its buffer.
struct Liar;

impl Interpose for Liar {
    fn around(&self, call: &Call) -> Reg {
        call.args()[2]
    }
}

static HOOK: Hook = Hook::new(&Liar);

fn main() {
    interpose::install(&HOOK);
}
