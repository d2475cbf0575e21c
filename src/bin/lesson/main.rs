//! The lesson: a program without libc that walks through the boundary between a program and the kernel.
//!
//! `cargo lesson` builds it and runs it. Every other build of this file is an ordinary program that says so; all modules
//! compile in both, so that editors and clippy see them.

#![cfg_attr(rawtrap_freestanding, no_std, no_main)]
#![cfg_attr(not(rawtrap_freestanding), allow(dead_code))] // the ordinary program teaches nothing

mod chapters;
mod command;
mod drawing;
mod faults;
mod lesson;
mod numbers;
mod options;
mod out;
mod path;
mod quoted;
mod registers;
mod scratch;
mod terminal;
mod tour;

#[cfg(rawtrap_freestanding)]
rawtrap::entry!(tour::run);

// The alias `cargo lesson` sets RAWTRAP_LESSON, and the compiler flags that make `rawtrap_freestanding`. Where only the
// first arrived, the program could not run: the build ends here, with the reason.
#[cfg(not(rawtrap_freestanding))]
const _: () = assert!(option_env!("RAWTRAP_LESSON").is_none(), "{}", WHY_NOT);

#[cfg(not(rawtrap_freestanding))]
const WHY_NOT: &str = if !cfg!(target_os = "linux") {
    "
    The lesson talks to the Linux kernel, and this target is another system.
    Run `cargo lesson` on Linux: a machine, a virtual machine, WSL 2 or a container will do.
    "
} else if !rawtrap::SYS_write.exists() {
    "
    The lesson has no trap for this architecture yet: arch/README.md says what one needs.
    Run `cargo lesson` on an architecture that has a folder in arch/, or under QEMU: ci/run TRIPLE lesson.
    "
} else {
    "
    The lesson lost its compiler flags: RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS or a `--config` of yours replaced them.
    Run it without: env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS cargo lesson
    "
};

#[cfg(not(rawtrap_freestanding))]
fn main() {
    eprintln!("This build of the lesson has a libc, so it has nothing to show. Start the lesson with: cargo lesson");
    std::process::exit(2);
}
