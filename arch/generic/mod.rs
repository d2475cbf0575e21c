//! What most architectures share: the values of include/uapi/asm-generic/. A folder's `abi.rs` takes these modules by
//! glob and defines what differs.

pub mod file;
pub mod names;
