//! The options that every chapter takes: what stands between it and the kernel.

use rawtrap::STDOUT;
use rawtrap::interpose::{self, Hook};
use rawtrap::start::Start;

use crate::command::Wrong;
use crate::faults;
use crate::registers;
use crate::terminal::Look;

/// Each option, for `--help`.
pub const HELP: [(&str, &str); 1] = [("--registers", "for each trap, the registers before and after it")];

/// What was asked for.
#[derive(Clone, Copy, Default)]
pub struct Options {
    registers: bool,
}

static SHOWN: Hook = registers::hook();
static KERNEL: Hook = faults::KERNEL.then(&SHOWN);
static REGISTERS: Hook = faults::HOOK.then(&KERNEL);

impl Options {
    /// Takes one option.
    pub fn take(&mut self, word: &'static str) -> Result<(), Wrong> {
        match word {
            "--registers" => self.registers = true,
            _ => return Err(Wrong::Option(word)),
        }
        Ok(())
    }

    /// Sets the hooks. What is behind fd 1 is asked before, so that no hook sees it.
    pub fn install(self, start: Start) {
        if self.registers {
            registers::prepare(Look::of(STDOUT, start));
            interpose::install(&REGISTERS);
        }
    }
}
