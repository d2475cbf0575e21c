//! The chapters, in their order. One file each; a new one is a `mod` line and a place in the list.

use crate::lesson::Chapter;

mod abi;
mod boundary;
pub mod calls;
mod errno;
mod fds;
mod inject;
mod open;
mod pitfalls;
mod portable;
mod quiz;
mod scheduler;
mod strace;
pub mod watch;

pub const ALL: &[&Chapter] = &[
    &boundary::CHAPTER,
    &errno::CHAPTER,
    &fds::CHAPTER,
    &open::CHAPTER,
    &calls::CHAPTER,
    &pitfalls::CHAPTER,
    &strace::CHAPTER,
    &watch::CHAPTER,
    &inject::CHAPTER,
    &portable::CHAPTER,
    &scheduler::CHAPTER,
    &quiz::CHAPTER,
    &abi::CHAPTER,
];

/// The chapter that a person names.
pub fn find(name: &str) -> Option<&'static Chapter> {
    ALL.iter().copied().find(|chapter| chapter.name == name)
}
