//! Errors as values.

use core::fmt;
use core::num::NonZeroIsize;

use crate::arch::errno;

/// Why the kernel refused a call.
///
/// It is one register wide and holds the kernel's own negative word, so that a `Result<usize, Errno>` travels in two
/// registers and an error costs no instruction to make. The constants can be compared and matched:
///
/// ```
/// use rawtrap::{EBADF, Errno};
/// let error = Errno::from_raw(EBADF.raw()).unwrap();
/// assert!(matches!(error, EBADF));
/// assert_eq!((error.name(), error.raw()), (Some("EBADF"), EBADF.raw()));
/// assert_eq!(format!("{error:?}: {error}"), "EBADF: bad file descriptor");
/// ```
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(NonZeroIsize);

/// The largest errno that a kernel can tell (`MAX_ERRNO`, include/linux/err.h).
const MAX: i32 = 4095;

/// True for `-4095..=-1`, the words that tell an error. One unsigned comparison.
#[inline(always)]
pub(crate) const fn is_error(word: usize) -> bool {
    word > -(MAX as isize + 1) as usize
}

impl Errno {
    /// The error that the kernel's word tells.
    ///
    /// # Safety
    /// `word` is within `-4095..=-1`.
    #[inline(always)]
    pub(crate) const unsafe fn from_negative(word: isize) -> Errno {
        // SAFETY: zero is not within the caller's range.
        Errno(unsafe { NonZeroIsize::new_unchecked(word) })
    }

    /// The error with this number (9 for `EBADF` on most architectures), if it is within `1..=4095`.
    #[inline]
    pub const fn from_raw(number: i32) -> Option<Errno> {
        match number {
            // SAFETY: the negative of 1..=4095.
            1..=MAX => Some(unsafe { Errno::from_negative(-(number as isize)) }),
            _ => None,
        }
    }

    /// The number, positive, as `errno` has it in C and errno(3) in its list.
    #[inline(always)]
    pub const fn raw(self) -> i32 {
        -(self.0.get() as i32)
    }

    /// The name (`"EBADF"`), if this crate knows the number.
    #[inline]
    pub fn name(self) -> Option<&'static str> {
        self.known().map(|(name, _)| name)
    }

    /// The error with this name, other spellings of a number (`"EWOULDBLOCK"`) included.
    #[inline]
    pub fn from_name(name: &str) -> Option<Errno> {
        known().find(|(_, known, _)| *known == name).map(|(errno, _, _)| errno)
    }

    /// Every error that this crate knows, in the order of asm-generic's numbers.
    #[inline]
    pub fn all() -> impl Iterator<Item = Errno> {
        known().map(|(errno, _, _)| errno)
    }

    #[inline]
    fn known(self) -> Option<(&'static str, &'static str)> {
        let (_, name, message) = known().find(|(errno, _, _)| *errno == self)?;
        Some((name, message))
    }
}

/// Every error with its name and its message.
#[inline]
fn known() -> impl Iterator<Item = (Errno, &'static str, &'static str)> {
    NUMBERS.iter().zip(WORDS.split('\n')).filter_map(|(number, words)| {
        let (name, message) = words.split_once(' ')?;
        Some((Errno::from_raw(i32::from(*number))?, name, message))
    })
}

/// `EBADF`
impl fmt::Debug for Errno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "errno {}", self.raw()),
        }
    }
}

/// `bad file descriptor`
impl fmt::Display for Errno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((_, message)) => f.pad(message),
            None => write!(f, "unknown error {}", self.raw()),
        }
    }
}

impl core::error::Error for Errno {}

#[cfg(feature = "std")]
impl From<Errno> for std::io::Error {
    #[inline]
    fn from(errno: Errno) -> std::io::Error {
        // Elsewhere the numbers mean something else: it is `ENOSYS`, whatever the call.
        if cfg!(any(target_os = "linux", target_os = "android")) {
            std::io::Error::from_raw_os_error(errno.raw())
        } else {
            std::io::ErrorKind::Unsupported.into()
        }
    }
}

/// The typed constants, and what a person reads for each. The numbers are the architecture's.
macro_rules! errnos {
    ($($name:ident $message:literal)*) => {
        $(
            #[doc = $message]
            pub const $name: Errno = Errno::from_raw(errno::$name as i32).unwrap();
        )*

        // One text instead of references to many: those would be two thirds of the whole in a program that prints errors.
        const NUMBERS: &[u16] = &[$(errno::$name as u16,)*];
        const WORDS: &str = concat!($(stringify!($name), " ", $message, "\n",)*);
    };
}

errnos! {
    EPERM "operation not permitted"
    ENOENT "no such file or directory"
    ESRCH "no such process"
    EINTR "interrupted by a signal"
    EIO "input/output error"
    ENXIO "no such device or address"
    E2BIG "argument list too long"
    ENOEXEC "not in an executable format"
    EBADF "bad file descriptor"
    ECHILD "no child processes"
    EAGAIN "resource temporarily unavailable"
    ENOMEM "cannot allocate memory"
    EACCES "permission denied"
    EFAULT "bad address"
    ENOTBLK "block device required"
    EBUSY "device or resource busy"
    EEXIST "file exists"
    EXDEV "link across file systems"
    ENODEV "no such device"
    ENOTDIR "not a directory"
    EISDIR "is a directory"
    EINVAL "invalid argument"
    ENFILE "too many open files in the system"
    EMFILE "too many open files in this process"
    ENOTTY "inappropriate ioctl for this file"
    ETXTBSY "executable file is being written or run"
    EFBIG "file too large"
    ENOSPC "no space left on device"
    ESPIPE "cannot seek here"
    EROFS "read-only file system"
    EMLINK "too many links"
    EPIPE "broken pipe"
    EDOM "argument outside the function's domain"
    ERANGE "result out of range"
    EDEADLK "would deadlock"
    ENAMETOOLONG "file name too long"
    ENOLCK "no locks available"
    ENOSYS "function not implemented"
    ENOTEMPTY "directory not empty"
    ELOOP "too many levels of symbolic links"
    EWOULDBLOCK "would block"
    ENOMSG "no message of that type"
    EIDRM "identifier removed"
    ECHRNG "channel number out of range"
    EL2NSYNC "level 2 not synchronized"
    EL3HLT "level 3 halted"
    EL3RST "level 3 reset"
    ELNRNG "link number out of range"
    EUNATCH "protocol driver not attached"
    ENOCSI "no CSI structure available"
    EL2HLT "level 2 halted"
    EBADE "invalid exchange"
    EBADR "invalid request descriptor"
    EXFULL "exchange full"
    ENOANO "no anode"
    EBADRQC "invalid request code"
    EBADSLT "invalid slot"
    EDEADLOCK "file lock would deadlock"
    EBFONT "bad font file format"
    ENOSTR "not a stream"
    ENODATA "no data available"
    ETIME "timer expired"
    ENOSR "out of streams resources"
    ENONET "machine is not on the network"
    ENOPKG "package not installed"
    EREMOTE "object is remote"
    ENOLINK "link was severed"
    EADV "advertise error"
    ESRMNT "srmount error"
    ECOMM "communication error on send"
    EPROTO "protocol error"
    EMULTIHOP "multihop attempted"
    EDOTDOT "RFS-specific error"
    EBADMSG "bad message"
    EOVERFLOW "value too large for its type"
    ENOTUNIQ "name not unique on the network"
    EBADFD "file descriptor in a bad state"
    EREMCHG "remote address changed"
    ELIBACC "cannot access a needed shared library"
    ELIBBAD "a shared library is corrupt"
    ELIBSCN "the .lib section is corrupt"
    ELIBMAX "too many shared libraries to link"
    ELIBEXEC "a shared library cannot be executed"
    EILSEQ "invalid or incomplete character"
    ERESTART "call should be restarted"
    ESTRPIPE "streams pipe error"
    EUSERS "too many users"
    ENOTSOCK "not a socket"
    EDESTADDRREQ "destination address required"
    EMSGSIZE "message too long"
    EPROTOTYPE "protocol of the wrong type for this socket"
    ENOPROTOOPT "protocol option not available"
    EPROTONOSUPPORT "protocol not supported"
    ESOCKTNOSUPPORT "socket type not supported"
    EOPNOTSUPP "operation not supported"
    EPFNOSUPPORT "protocol family not supported"
    EAFNOSUPPORT "address family not supported"
    EADDRINUSE "address already in use"
    EADDRNOTAVAIL "address not available"
    ENETDOWN "network is down"
    ENETUNREACH "network is unreachable"
    ENETRESET "connection dropped by the network"
    ECONNABORTED "connection aborted"
    ECONNRESET "connection reset by the peer"
    ENOBUFS "no buffer space available"
    EISCONN "socket is connected already"
    ENOTCONN "socket is not connected"
    ESHUTDOWN "socket was shut down"
    ETOOMANYREFS "too many references"
    ETIMEDOUT "connection timed out"
    ECONNREFUSED "connection refused"
    EHOSTDOWN "host is down"
    EHOSTUNREACH "no route to the host"
    EALREADY "operation already in progress"
    EINPROGRESS "operation now in progress"
    ESTALE "stale file handle"
    EUCLEAN "structure needs cleaning"
    ENOTNAM "not a XENIX named type file"
    ENAVAIL "no XENIX semaphores available"
    EISNAM "is a named type file"
    EREMOTEIO "remote input/output error"
    EDQUOT "disk quota exceeded"
    ENOMEDIUM "no medium found"
    EMEDIUMTYPE "wrong medium type"
    ECANCELED "operation canceled"
    ENOKEY "required key not available"
    EKEYEXPIRED "key has expired"
    EKEYREVOKED "key has been revoked"
    EKEYREJECTED "key was rejected"
    EOWNERDEAD "owner of the lock died"
    ENOTRECOVERABLE "state not recoverable"
    ERFKILL "not possible because of RF-kill"
    EFSBADCRC "bad checksum in the file system"
    EFSCORRUPTED "file system is corrupt"
    EFTYPE "wrong file type"
    EHWPOISON "memory page has a hardware error"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_4095_words_are_errors() {
        let word = |value: isize| value as usize;
        assert!(is_error(word(-1)) && is_error(word(-4095)));
        assert!(!is_error(word(-4096)) && !is_error(0) && !is_error(1) && !is_error(word(isize::MIN)));
    }

    #[test]
    fn every_errno_of_the_headers_has_a_message() {
        for (name, number) in errno::TABLE {
            let known = Errno::from_name(name).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(known.raw(), *number as i32, "{name}");
            assert!(!known.to_string().is_empty());
        }
        assert_eq!(
            known().count(),
            errno::TABLE.len(),
            "a name that the headers do not have"
        );
    }

    #[test]
    fn no_message_stands_for_two_errors() {
        let mut messages: Vec<String> = Errno::all()
            .map(|errno| format!("{:04} {errno}", errno.raw()))
            .collect();
        messages.sort();
        messages.dedup(); // aliases of one number
        let mut texts: Vec<&str> = messages.iter().map(|line| &line[5..]).collect();
        texts.sort();
        let all = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), all);
    }

    #[test]
    fn aliases_print_as_the_first_name() {
        assert_eq!(format!("{EWOULDBLOCK:?} {EAGAIN:?}"), "EAGAIN EAGAIN");
    }

    #[test]
    fn numbers_outside_the_range_are_refused() {
        assert_eq!([0, -1, 4096].map(Errno::from_raw), [None; 3]);
        assert_eq!(
            format!("{0:?}: {0}", Errno::from_raw(4095).unwrap()),
            "errno 4095: unknown error 4095"
        );
    }
}
