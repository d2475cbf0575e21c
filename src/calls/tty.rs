//! Terminals and their kin: what [`sys_ioctl`](crate::sys_ioctl) is asked about them.

use crate::arch::abi;

values! {
    /// A request to a terminal (ioctl_tty(2)). Any other file answers it with `ENOTTY`.
    pub type TtyRequest = TtyRequestFamily(u32) {
        /// The terminal's size, into a [`Winsize`].
        TIOCGWINSZ = abi::TIOCGWINSZ,
    }
}

values! {
    /// A request that many kinds of files know.
    pub type FileRequest = FileRequestFamily(u32) {
        /// How many bytes wait to be read, into an `i32`: a terminal, a pipe, a socket, a file.
        FIONREAD = abi::FIONREAD,
    }
}

/// The kernel's `struct winsize`: the size of a terminal, zeros where nobody has set it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Winsize {
    /// Lines.
    pub ws_row: u16,
    /// Characters a line.
    pub ws_col: u16,
    /// Not used by the kernel.
    pub ws_xpixel: u16,
    /// Not used by the kernel.
    pub ws_ypixel: u16,
}
