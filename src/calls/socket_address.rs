//! Addresses of sockets: typed for IPv4, IPv6 and Unix, raw bytes for every other family.

use core::fmt;
use core::mem::{self, MaybeUninit};
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use core::{ptr, slice};

use crate::calls::net::{AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, AddressFamily};
use crate::{ENAMETOOLONG, ENOENT, Result};

/// The kernel's `struct in_addr`, in network byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct InAddr {
    /// The address.
    pub s_addr: u32,
}

/// The kernel's `struct sockaddr_in`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SockaddrIn {
    /// [`AF_INET`].
    pub sin_family: u16,
    /// The port, in network byte order.
    pub sin_port: u16,
    /// The address, in network byte order.
    pub sin_addr: InAddr,
    /// Zeros.
    pub sin_zero: [u8; 8],
}

/// The kernel's `struct in6_addr`. The bytes are in network order.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct In6Addr {
    /// The address.
    pub s6_addr: [u8; 16],
    // The kernel's is a union with four words, whose alignment it takes over.
    words: [u32; 0],
}

impl In6Addr {
    /// An address of 16 bytes.
    #[inline]
    pub const fn new(s6_addr: [u8; 16]) -> In6Addr {
        In6Addr { s6_addr, words: [] }
    }
}

/// The kernel's `struct sockaddr_in6`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SockaddrIn6 {
    /// [`AF_INET6`].
    pub sin6_family: u16,
    /// The port, in network byte order.
    pub sin6_port: u16,
    /// Flow label and traffic class, in network byte order.
    pub sin6_flowinfo: u32,
    /// The address, in network byte order.
    pub sin6_addr: In6Addr,
    /// The interface of a link-local address, in the machine's byte order.
    pub sin6_scope_id: u32,
}

/// The kernel's `struct sockaddr_un`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SockaddrUn {
    /// [`AF_UNIX`].
    pub sun_family: u16,
    /// What of it counts, the length of the address tells.
    pub sun_path: [u8; 108],
}

/// The kernel's `struct __kernel_sockaddr_storage`: room for an address of any family.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SockaddrStorage {
    /// The address family.
    pub ss_family: u16,
    /// What the family makes of it.
    pub __data: [u8; 126],
    // The kernel's is a union with a pointer, whose alignment it takes over.
    align: [usize; 0],
}

const IN_LEN: usize = size_of::<SockaddrIn>();
const IN6_LEN: usize = size_of::<SockaddrIn6>();
const FAMILY_LEN: usize = mem::offset_of!(SockaddrUn, sun_path);
const SUN_PATH_LEN: usize = size_of::<SockaddrUn>() - FAMILY_LEN;
const STORAGE_LEN: usize = size_of::<SockaddrStorage>();

impl From<SocketAddrV4> for SockaddrIn {
    #[inline]
    fn from(addr: SocketAddrV4) -> SockaddrIn {
        SockaddrIn {
            sin_family: AF_INET.bits() as u16,
            sin_port: addr.port().to_be(),
            sin_addr: InAddr {
                s_addr: u32::from_ne_bytes(addr.ip().octets()),
            },
            sin_zero: [0; 8],
        }
    }
}

impl From<SockaddrIn> for SocketAddrV4 {
    #[inline]
    fn from(raw: SockaddrIn) -> SocketAddrV4 {
        let ip = Ipv4Addr::from(raw.sin_addr.s_addr.to_ne_bytes());
        SocketAddrV4::new(ip, u16::from_be(raw.sin_port))
    }
}

/// The flow information passes through as it stands, as in the standard library.
impl From<SocketAddrV6> for SockaddrIn6 {
    #[inline]
    fn from(addr: SocketAddrV6) -> SockaddrIn6 {
        SockaddrIn6 {
            sin6_family: AF_INET6.bits() as u16,
            sin6_port: addr.port().to_be(),
            sin6_flowinfo: addr.flowinfo(),
            sin6_addr: In6Addr::new(addr.ip().octets()),
            sin6_scope_id: addr.scope_id(),
        }
    }
}

impl From<SockaddrIn6> for SocketAddrV6 {
    #[inline]
    fn from(raw: SockaddrIn6) -> SocketAddrV6 {
        SocketAddrV6::new(
            Ipv6Addr::from(raw.sin6_addr.s6_addr),
            u16::from_be(raw.sin6_port),
            raw.sin6_flowinfo,
            raw.sin6_scope_id,
        )
    }
}

/// The address of a socket.
///
/// ```
/// use core::net::{Ipv4Addr, SocketAddrV4};
/// use rawtrap::{SocketAddr, UnixAddr};
///
/// let web: SocketAddr = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80).into();
/// let log: SocketAddr = UnixAddr::from_path(c"/run/log.sock")?.into();
/// let hidden: SocketAddr = UnixAddr::from_abstract(b"lesson")?.into();
/// # let _ = (web, log, hidden);
/// # Ok::<(), rawtrap::Errno>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SocketAddr {
    /// No address (`AF_UNSPEC`): what the kernel answers where there is none, as for a stream's data or an unnamed Unix
    /// sender. Given to [`sys_connect`](crate::sys_connect), it makes a datagram socket forget its peer.
    #[default]
    Unspec,
    /// IPv4 (ip(7)).
    V4(SocketAddrV4),
    /// IPv6 (ipv6(7)).
    V6(SocketAddrV6),
    /// Unix (unix(7)).
    Unix(UnixAddr),
    /// A family that this crate does not decode, or an address too short for its family.
    Other(OtherAddr),
}

impl SocketAddr {
    /// The family.
    #[inline]
    pub const fn family(&self) -> AddressFamily {
        match self {
            SocketAddr::Unspec => AF_UNSPEC,
            SocketAddr::V4(_) => AF_INET,
            SocketAddr::V6(_) => AF_INET6,
            SocketAddr::Unix(_) => AF_UNIX,
            SocketAddr::Other(addr) => addr.family(),
        }
    }

    /// Decodes an address as the kernel writes it. Nothing is believed: what does not hold what its family promises is
    /// [`SocketAddr::Other`].
    #[inline]
    pub fn from_bytes(bytes: &[u8]) -> SocketAddr {
        let Some((family, data)) = bytes.split_first_chunk() else {
            return SocketAddr::Unspec;
        };
        match AddressFamily::from_bits(u16::from_ne_bytes(*family).into()) {
            AF_UNSPEC => SocketAddr::Unspec,
            // SAFETY: there are that many bytes, and any are a `SockaddrIn`.
            AF_INET if bytes.len() >= IN_LEN => unsafe {
                SocketAddr::V4(bytes.as_ptr().cast::<SockaddrIn>().read_unaligned().into())
            },
            // SAFETY: there are that many bytes, and any are a `SockaddrIn6`.
            AF_INET6 if bytes.len() >= IN6_LEN => unsafe {
                SocketAddr::V6(bytes.as_ptr().cast::<SockaddrIn6>().read_unaligned().into())
            },
            AF_UNIX => SocketAddr::Unix(UnixAddr::from_sun_path(data)),
            family => SocketAddr::Other(OtherAddr::cut(family, data)),
        }
    }

    /// The address as the kernel reads it: bytes of `self`, or of `room` if they have to be made.
    #[inline]
    pub fn to_bytes<'a>(&'a self, room: &'a mut MaybeUninit<SockaddrStorage>) -> &'a [u8] {
        match self {
            // `struct sockaddr`, as connect(2) wants it.
            SocketAddr::Unspec => &[0; 16],
            SocketAddr::V4(addr) => put(room, SockaddrIn::from(*addr)),
            SocketAddr::V6(addr) => put(room, SockaddrIn6::from(*addr)),
            SocketAddr::Unix(addr) => addr.as_bytes(),
            SocketAddr::Other(addr) => addr.as_bytes(),
        }
    }
}

/// Places a struct in the room for one.
#[inline]
fn put<T: Copy>(room: &mut MaybeUninit<SockaddrStorage>, sockaddr: T) -> &[u8] {
    const {
        assert!(size_of::<T>() <= STORAGE_LEN && align_of::<T>() <= align_of::<SockaddrStorage>());
    }
    let start: *mut u8 = room.as_mut_ptr().cast();
    // SAFETY: the room is large and aligned enough, and neither IP struct has padding.
    unsafe {
        start.cast::<T>().write(sockaddr);
        slice::from_raw_parts(start, size_of::<T>())
    }
}

/// Where a call puts an address.
pub(crate) struct Answer {
    room: MaybeUninit<SockaddrStorage>,
    len: u32,
}

impl Answer {
    #[inline(always)]
    pub(crate) const fn new() -> Answer {
        Answer {
            room: MaybeUninit::uninit(),
            len: STORAGE_LEN as u32,
        }
    }

    /// The two arguments of the call.
    #[inline(always)]
    pub(crate) fn parts(&mut self) -> (*mut SockaddrStorage, *mut u32) {
        (self.room.as_mut_ptr(), &raw mut self.len)
    }

    /// As [`Answer::parts`], null if nobody wants the address.
    #[inline(always)]
    pub(crate) fn parts_if(&mut self, wanted: bool) -> (*mut SockaddrStorage, *mut u32) {
        if wanted {
            self.parts()
        } else {
            (ptr::null_mut(), ptr::null_mut())
        }
    }

    /// The bytes that the kernel has put there.
    ///
    /// # Safety
    /// A call that got [`Answer::parts`] has succeeded.
    #[inline(always)]
    unsafe fn bytes(&self) -> &[u8] {
        // The kernel tells the address's own length, which may be more than it had room for.
        let len = (self.len as usize).min(STORAGE_LEN);
        // SAFETY: the kernel has written as many bytes.
        unsafe { slice::from_raw_parts(self.room.as_ptr().cast(), len) }
    }

    /// The address that the kernel has put there.
    ///
    /// # Safety
    /// A call that got [`Answer::parts`] has succeeded.
    #[inline(always)]
    pub(crate) unsafe fn decode(&self) -> SocketAddr {
        // SAFETY: the caller answers for the call.
        SocketAddr::from_bytes(unsafe { self.bytes() })
    }
}

impl From<SocketAddrV4> for SocketAddr {
    #[inline]
    fn from(addr: SocketAddrV4) -> SocketAddr {
        SocketAddr::V4(addr)
    }
}

impl From<SocketAddrV6> for SocketAddr {
    #[inline]
    fn from(addr: SocketAddrV6) -> SocketAddr {
        SocketAddr::V6(addr)
    }
}

impl From<core::net::SocketAddr> for SocketAddr {
    #[inline]
    fn from(addr: core::net::SocketAddr) -> SocketAddr {
        match addr {
            core::net::SocketAddr::V4(addr) => SocketAddr::V4(addr),
            core::net::SocketAddr::V6(addr) => SocketAddr::V6(addr),
        }
    }
}

impl From<UnixAddr> for SocketAddr {
    #[inline]
    fn from(addr: UnixAddr) -> SocketAddr {
        SocketAddr::Unix(addr)
    }
}

impl From<OtherAddr> for SocketAddr {
    #[inline]
    fn from(addr: OtherAddr) -> SocketAddr {
        SocketAddr::Other(addr)
    }
}

/// The address of a Unix socket, with its length. Two are equal if they name the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnixAddr {
    // Zeros beyond `len`.
    sockaddr: SockaddrUn,
    len: u32,
}

/// What a [`UnixAddr`] says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UnixName<'a> {
    /// No name: a socket that is not bound, or one of a pair.
    Unnamed,
    /// A path in the file system, without its terminating zero.
    Path(&'a [u8]),
    /// A name in the abstract namespace, without the zero before it. It may hold zeros.
    Abstract(&'a [u8]),
}

impl UnixAddr {
    /// No name. [`sys_bind`](crate::sys_bind) to it takes an abstract name that the kernel chooses.
    pub const UNNAMED: UnixAddr = UnixAddr {
        sockaddr: SockaddrUn {
            sun_family: AF_UNIX.bits() as u16,
            sun_path: [0; SUN_PATH_LEN],
        },
        len: FAMILY_LEN as u32,
    };

    /// A path in the file system, of at most 108 bytes. With 108 there is no room for its terminating zero, which other
    /// systems and some programs want.
    ///
    /// # Errors
    /// - `ENAMETOOLONG`: the path has more bytes.
    /// - `ENOENT`: the path is empty, which path_resolution(7) answers in this way.
    #[inline]
    pub fn from_path(path: &core::ffi::CStr) -> Result<UnixAddr> {
        match path.to_bytes() {
            [] => Err(ENOENT),
            path if path.len() > SUN_PATH_LEN => Err(ENAMETOOLONG),
            path => Ok(UnixAddr::with(path, (path.len() + 1).min(SUN_PATH_LEN))),
        }
    }

    /// A name in the abstract namespace, of at most 107 bytes: it is in no file system, and is gone with the last
    /// socket that has it.
    ///
    /// # Errors
    /// `ENAMETOOLONG`: the name has more bytes.
    #[inline]
    pub fn from_abstract(name: &[u8]) -> Result<UnixAddr> {
        if name.len() > SUN_PATH_LEN - 1 {
            return Err(ENAMETOOLONG);
        }
        let mut addr = UnixAddr::UNNAMED;
        addr.sockaddr.sun_path[1..=name.len()].copy_from_slice(name);
        addr.len += 1 + name.len() as u32;
        Ok(addr)
    }

    /// The name.
    #[inline]
    pub fn name(&self) -> UnixName<'_> {
        let bytes = &self.sockaddr.sun_path[..self.len as usize - FAMILY_LEN];
        match bytes {
            [] => UnixName::Unnamed,
            [0, name @ ..] => UnixName::Abstract(name),
            [path @ .., 0] => UnixName::Path(path),
            path => UnixName::Path(path),
        }
    }

    /// The address with these first bytes, `len` of them counting. There are no more than the struct has.
    #[inline]
    fn with(bytes: &[u8], len: usize) -> UnixAddr {
        let mut addr = UnixAddr::UNNAMED;
        addr.sockaddr.sun_path[..bytes.len()].copy_from_slice(bytes);
        addr.len += len as u32;
        addr
    }

    /// What the kernel answers: a path may lack its terminating zero, have bytes after it, or, as unix(7) tells under
    /// BUGS, have it after the 108 bytes of the struct.
    #[inline]
    fn from_sun_path(bytes: &[u8]) -> UnixAddr {
        let bytes = &bytes[..bytes.len().min(SUN_PATH_LEN)];
        match bytes {
            [] | [0, ..] => UnixAddr::with(bytes, bytes.len()),
            _ => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                UnixAddr::with(&bytes[..end], (end + 1).min(SUN_PATH_LEN))
            }
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        // SAFETY: the struct has no padding, and `len` is within it.
        unsafe { slice::from_raw_parts((&raw const self.sockaddr).cast(), self.len as usize) }
    }
}

impl fmt::Debug for UnixAddr {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

/// `"/run/log.sock"`, `"@name"` for an abstract name, `unnamed`.
impl fmt::Debug for UnixName<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnixName::Unnamed => f.write_str("unnamed"),
            UnixName::Path(path) => write!(f, "\"{}\"", path.escape_ascii()),
            UnixName::Abstract(name) => write!(f, "\"@{}\"", name.escape_ascii()),
        }
    }
}

/// An address of a family that this crate does not decode, as raw bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OtherAddr {
    // Zeros beyond `len`.
    storage: SockaddrStorage,
    len: u32,
}

impl OtherAddr {
    /// An address of any family, of which `data` is what follows the family in the kernel's struct. `None` if that is
    /// more than 126 bytes.
    ///
    /// ```
    /// use rawtrap::{AF_NETLINK, OtherAddr};
    /// // struct sockaddr_nl after nl_family: two bytes of padding, nl_pid, nl_groups. All zero: the kernel.
    /// let kernel = OtherAddr::new(AF_NETLINK, &[0; 10]).unwrap();
    /// assert_eq!((kernel.family(), kernel.data().len()), (AF_NETLINK, 10));
    /// ```
    #[inline]
    pub fn new(family: AddressFamily, data: &[u8]) -> Option<OtherAddr> {
        (data.len() <= STORAGE_LEN - FAMILY_LEN).then(|| OtherAddr::cut(family, data))
    }

    #[inline]
    fn cut(family: AddressFamily, data: &[u8]) -> OtherAddr {
        let data = &data[..data.len().min(STORAGE_LEN - FAMILY_LEN)];
        let mut storage = SockaddrStorage {
            ss_family: family.bits() as u16,
            __data: [0; STORAGE_LEN - FAMILY_LEN],
            align: [],
        };
        storage.__data[..data.len()].copy_from_slice(data);
        let len = (FAMILY_LEN + data.len()) as u32;
        OtherAddr { storage, len }
    }

    /// The family.
    #[inline]
    pub const fn family(&self) -> AddressFamily {
        AddressFamily::from_bits(self.storage.ss_family as u32)
    }

    /// What follows the family.
    #[inline]
    pub fn data(&self) -> &[u8] {
        &self.storage.__data[..self.len as usize - FAMILY_LEN]
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        // SAFETY: the struct has no padding, and `len` is within it.
        unsafe { slice::from_raw_parts((&raw const self.storage).cast(), self.len as usize) }
    }
}

impl fmt::Debug for OtherAddr {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:02x?}", self.family(), self.data())
    }
}

#[cfg(test)]
mod tests;
