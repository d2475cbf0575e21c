//! What the convention gives up beside general registers: the state of SVE and V. An emulator that keeps it is no proof that
//! a clobber is not needed.
#![no_std]
#![no_main]

use core::fmt::Write;

use rawtrap::{O_CLOEXEC, O_RDONLY, Result, STDERR, Writer, sys_open, sys_read};
use rawtrap_programs::{Outcome, cases, check, check_eq, machine};

cases![the_processor_is_known, a_kernel_drops_it];

/// Linux tells what the processor can on every architecture (getauxval(3), proc_pid_auxv(5)).
fn the_processor_is_known() -> Outcome {
    check_eq!(hwcap()?.is_some(), true);
    Ok(())
}

fn a_kernel_drops_it() -> Outcome {
    let kept = machine::wide_state_kept(hwcap()?.unwrap_or(0));
    // Where the processor is chosen (ci/kernels), it has such a state: that is looked for.
    let _ = writeln!(Writer::new(STDERR), "kept: {kept:?}");
    check!(kept != Some(true));
    Ok(())
}

fn hwcap() -> Result<Option<usize>> {
    const AT_HWCAP: usize = 16;
    let file = sys_open(c"/proc/self/auxv", O_RDONLY | O_CLOEXEC, 0)?;
    let mut bytes = [0; 1024];
    let count = sys_read(file.as_fd(), &mut bytes)?;
    let mut words = bytes[..count]
        .chunks_exact(size_of::<usize>())
        .map(|word| word.try_into().map_or(0, usize::from_ne_bytes));
    while let (Some(kind), Some(value)) = (words.next(), words.next()) {
        if kind == AT_HWCAP {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
