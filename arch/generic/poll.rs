//! Waiting for fds: include/uapi/asm-generic/poll.h, include/uapi/linux/eventpoll.h.

use crate::EpollEvents;

pub const POLLWRNORM: u16 = 0x0100;
pub const POLLWRBAND: u16 = 0x0200;
pub const POLLMSG: u16 = 0x0400;
pub const POLLREMOVE: u16 = 0x1000;
pub const POLLRDHUP: u16 = 0x2000;

/// What is watched for or has happened, and whose it is. Packed on x86_64: read its fields by value.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpollEvent {
    /// The events.
    pub events: EpollEvents,
    /// A number that comes back as it was given.
    pub data: u64,
}
