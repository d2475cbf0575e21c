//! Memory: include/uapi/asm-generic/mman-common.h and mman.h.

pub const PROT_SEM: u32 = 0x8;

pub const MAP_FIXED: u32 = 0x10;
pub const MAP_ANONYMOUS: u32 = 0x20;
pub const MAP_GROWSDOWN: u32 = 0x100;
pub const MAP_DENYWRITE: u32 = 0x800;
pub const MAP_EXECUTABLE: u32 = 0x1000;
pub const MAP_LOCKED: u32 = 0x2000;
pub const MAP_NORESERVE: u32 = 0x4000;
pub const MAP_POPULATE: u32 = 0x8000;
pub const MAP_NONBLOCK: u32 = 0x1_0000;
pub const MAP_STACK: u32 = 0x2_0000;
pub const MAP_HUGETLB: u32 = 0x4_0000;
pub const MAP_FIXED_NOREPLACE: u32 = 0x10_0000;

pub const MADV_DONTNEED: u32 = 4;

pub const MS_ASYNC: u32 = 1;
pub const MS_INVALIDATE: u32 = 2;
pub const MS_SYNC: u32 = 4;

/// Whether mmap(2) takes a pointer to its six arguments.
pub const MMAP_BY_POINTER: bool = false;
/// How many bytes of a file mmap2(2) counts as one, on machines that have it.
pub const MMAP2_UNIT: u64 = 4096;
