//! Files by name and what is known of them.

use crate::arch::abi;

flags! {
    /// How a file is opened (openat(2)), and the flags of an open file (fcntl(2), pipe2(2)).
    pub struct OpenFlags(u32) {
        /// For reading. The access mode is a value and not a flag: [`O_ACCMODE`] masks it.
        O_RDONLY = abi::O_RDONLY,
        /// For writing.
        O_WRONLY = abi::O_WRONLY,
        /// For reading and writing.
        O_RDWR = abi::O_RDWR,
        /// Make the file if it is not there; its mode is an argument.
        O_CREAT = abi::O_CREAT,
        /// With O_CREAT: `EEXIST` if it is there.
        O_EXCL = abi::O_EXCL,
        /// A terminal does not become the process's controlling one.
        O_NOCTTY = abi::O_NOCTTY,
        /// Cut the file to length 0.
        O_TRUNC = abi::O_TRUNC,
        /// Each write goes to the end of the file.
        O_APPEND = abi::O_APPEND,
        /// Do not wait: `EAGAIN` instead.
        O_NONBLOCK = abi::O_NONBLOCK,
        /// As O_DSYNC, and the metadata too.
        O_SYNC = abi::__O_SYNC | abi::O_DSYNC,
        /// Each write returns when the data is on the disk.
        O_DSYNC = abi::O_DSYNC,
        /// Signal when input or output becomes possible.
        O_ASYNC = abi::O_ASYNC,
        /// Past the page cache; for a pipe: packets.
        O_DIRECT = abi::O_DIRECT,
        /// Sizes that do not fit into 31 bits are welcome; 64-bit kernels set it themselves.
        O_LARGEFILE = abi::O_LARGEFILE,
        /// An unnamed file in a directory.
        O_TMPFILE = abi::__O_TMPFILE | abi::O_DIRECTORY,
        /// `ENOTDIR` if it is no directory.
        O_DIRECTORY = abi::O_DIRECTORY,
        /// `ELOOP` if it is a symbolic link.
        O_NOFOLLOW = abi::O_NOFOLLOW,
        /// Reading does not change the time of the last access.
        O_NOATIME = abi::O_NOATIME,
        /// execve(2) closes the fd.
        O_CLOEXEC = abi::O_CLOEXEC,
        /// The fd only names the file.
        O_PATH = abi::O_PATH,
    }
}

/// The bits of the access mode: [`O_RDONLY`], [`O_WRONLY`] or [`O_RDWR`].
pub const O_ACCMODE: OpenFlags = O_WRONLY.union(O_RDWR);
