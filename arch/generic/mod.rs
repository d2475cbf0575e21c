//! What most architectures share: the values of include/uapi/asm-generic/. A folder's `abi.rs` takes these modules by
//! glob and defines what differs.

// For machines whose kernel does not answer ENOSYS.
#[allow(dead_code)]
pub mod absent;
// What a folder shadows is dead code to the compiler.
#[allow(dead_code)]
pub mod file;
// For machines that tell an error by a flag.
#[allow(dead_code)]
pub mod flag;
#[allow(dead_code)]
pub mod memory;
pub mod names;
#[allow(dead_code)]
pub mod net;
#[allow(dead_code)]
pub mod poll;
#[allow(dead_code)]
pub mod process;
#[allow(dead_code)]
pub mod sigaction;
#[allow(dead_code)]
pub mod sigaction_without_flag;
#[allow(dead_code)]
pub mod sigaction_without_restorer;
#[allow(dead_code)]
pub mod signal;
#[allow(dead_code)]
pub mod six;
#[allow(dead_code)]
pub mod stat;
#[allow(dead_code)]
pub mod stat_by_statx;
#[allow(dead_code)]
pub mod tty;
