use super::*;
use crate::calls::net::{AF_NETLINK, AF_PACKET};

fn bytes(addr: &SocketAddr) -> Vec<u8> {
    addr.to_bytes(&mut MaybeUninit::uninit()).to_vec()
}

/// The two bytes of the family, then `data`.
fn raw(family: AddressFamily, data: &[u8]) -> Vec<u8> {
    [&(family.bits() as u16).to_ne_bytes(), data].concat()
}

fn unix(sun_path: &[u8]) -> UnixAddr {
    match SocketAddr::from_bytes(&raw(AF_UNIX, sun_path)) {
        SocketAddr::Unix(addr) => addr,
        other => panic!("{other:?}"),
    }
}

fn goes_and_comes(addr: SocketAddr) {
    assert_eq!(SocketAddr::from_bytes(&bytes(&addr)), addr);
}

#[test]
fn v4_is_in_network_order() {
    let addr = SocketAddr::from(SocketAddrV4::new(Ipv4Addr::new(127, 1, 2, 3), 0x1234));
    let expected = raw(AF_INET, &[0x12, 0x34, 127, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes(&addr), expected);
    goes_and_comes(addr);
    assert_eq!(addr.family(), AF_INET);
}

#[test]
fn v6_is_in_network_order() {
    let ip = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0x0102, 0x0304);
    let addr = SocketAddr::from(SocketAddrV6::new(ip, 0x1234, 0x0506_0708, 9));
    let written = bytes(&addr);
    assert_eq!(written.len(), 28);
    assert_eq!(written[2..4], [0x12, 0x34]);
    assert_eq!(written[4..8], 0x0506_0708u32.to_ne_bytes());
    assert_eq!(written[8..24], ip.octets());
    assert_eq!(written[24..28], 9u32.to_ne_bytes());
    goes_and_comes(addr);
    assert_eq!(addr.family(), AF_INET6);
}

#[test]
fn ip_addresses_too_short_stay_raw() {
    for (family, whole) in [(AF_INET, IN_LEN), (AF_INET6, IN6_LEN)] {
        for len in 2..whole {
            let short = raw(family, &vec![7; len - 2]);
            let SocketAddr::Other(addr) = SocketAddr::from_bytes(&short) else {
                panic!("{family:?} of {len} bytes");
            };
            assert_eq!((addr.family(), addr.data()), (family, &short[2..]));
        }
        let whole = raw(family, &vec![7; whole - 2]);
        assert!(!matches!(SocketAddr::from_bytes(&whole), SocketAddr::Other(_)));
    }
}

#[test]
fn ip_addresses_need_no_alignment() {
    let addr = SocketAddr::from(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 80, 0, 0));
    let shifted = [vec![0], bytes(&addr)].concat();
    assert_eq!(SocketAddr::from_bytes(&shifted[1..]), addr);
}

#[test]
fn nothing_is_no_address() {
    assert_eq!(SocketAddr::from_bytes(&[]), SocketAddr::Unspec);
    assert_eq!(SocketAddr::from_bytes(&[1]), SocketAddr::Unspec);
    assert_eq!(SocketAddr::from_bytes(&raw(AF_UNSPEC, &[1, 2, 3])), SocketAddr::Unspec);
    assert_eq!(bytes(&SocketAddr::Unspec), [0; 16]);
    assert_eq!(SocketAddr::default(), SocketAddr::Unspec);
}

#[test]
fn unix_paths_end_with_zero_where_there_is_room() {
    let addr = UnixAddr::from_path(c"/tmp/x").unwrap();
    assert_eq!(addr.name(), UnixName::Path(b"/tmp/x"));
    assert_eq!(bytes(&addr.into()), raw(AF_UNIX, b"/tmp/x\0"));
    goes_and_comes(addr.into());

    for (len, written) in [(106, 109), (107, 110), (108, 110)] {
        let path = [vec![b'p'; len], vec![0]].concat();
        let addr = UnixAddr::from_path(core::ffi::CStr::from_bytes_with_nul(&path).unwrap()).unwrap();
        assert_eq!(bytes(&addr.into()).len(), written);
        assert_eq!(addr.name(), UnixName::Path(&path[..len]));
        goes_and_comes(addr.into());
    }
    let path = [vec![b'p'; 109], vec![0]].concat();
    let path = core::ffi::CStr::from_bytes_with_nul(&path).unwrap();
    assert_eq!(UnixAddr::from_path(path), Err(ENAMETOOLONG));
    assert_eq!(UnixAddr::from_path(c""), Err(ENOENT));
}

#[test]
fn unix_paths_are_believed_nothing() {
    let addr = UnixAddr::from_path(c"/tmp/x").unwrap();
    // Without its zero, with one, with what a larger struct held before.
    assert_eq!(unix(b"/tmp/x"), addr);
    assert_eq!(unix(b"/tmp/x\0"), addr);
    assert_eq!(unix(b"/tmp/x\0garbage\0"), addr);
    // 108 bytes without zero, with one as the 109th, and a kernel that says more than there can be.
    let full = [b'p'; 108];
    for bytes in [full.to_vec(), [&full[..], b"\0"].concat(), vec![b'p'; 126]] {
        assert_eq!(unix(&bytes).name(), UnixName::Path(&full));
        goes_and_comes(unix(&bytes).into());
    }
}

#[test]
fn unix_names_without_path() {
    assert_eq!(unix(b""), UnixAddr::UNNAMED);
    assert_eq!(unix(b"").name(), UnixName::Unnamed);
    assert_eq!(bytes(&UnixAddr::UNNAMED.into()), raw(AF_UNIX, b""));
    goes_and_comes(UnixAddr::UNNAMED.into());

    for name in [&b""[..], b"\0", b"name", b"na\0me", b"name\0", &[b'n'; 107]] {
        let addr = UnixAddr::from_abstract(name).unwrap();
        assert_eq!(addr.name(), UnixName::Abstract(name));
        assert_eq!(bytes(&addr.into()), raw(AF_UNIX, &[b"\0", name].concat()));
        goes_and_comes(addr.into());
    }
    assert_ne!(
        UnixAddr::from_abstract(b"a").unwrap(),
        UnixAddr::from_abstract(b"a\0").unwrap()
    );
    assert_ne!(UnixAddr::from_abstract(b"").unwrap(), UnixAddr::UNNAMED);
    assert_eq!(UnixAddr::from_abstract(&[b'n'; 108]), Err(ENAMETOOLONG));
}

#[test]
fn other_families_stay_raw() {
    let addr = OtherAddr::new(AF_NETLINK, &[0, 0, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    assert_eq!(bytes(&addr.into()), raw(AF_NETLINK, addr.data()));
    goes_and_comes(addr.into());
    assert_eq!(SocketAddr::from(addr).family(), AF_NETLINK);

    assert_eq!(OtherAddr::new(AF_PACKET, &[]).unwrap().data(), b"");
    assert_eq!(OtherAddr::new(AF_PACKET, &[1; 126]).unwrap().data(), [1; 126]);
    assert_eq!(OtherAddr::new(AF_PACKET, &[1; 127]), None);
    // More than the kernel has room for is cut.
    assert_eq!(
        SocketAddr::from_bytes(&raw(AF_PACKET, &[1; 200])),
        OtherAddr::new(AF_PACKET, &[1; 126]).unwrap().into()
    );
}

#[test]
fn a_call_that_claims_more_than_its_room_is_cut() {
    let mut answer = Answer::new();
    let written = bytes(&OtherAddr::new(AF_PACKET, &[1; 126]).unwrap().into());
    for (claimed, expected) in [(0, 0), (2, 2), (127, 127), (128, 128), (129, 128), (u32::MAX, 128)] {
        let (addr, len) = answer.parts();
        // SAFETY: the room has 128 bytes.
        let found = unsafe {
            addr.cast::<u8>().copy_from(written.as_ptr(), written.len());
            len.write(claimed);
            answer.bytes()
        };
        assert_eq!(found, &written[..expected]);
    }
}

#[test]
fn debug_is_readable() {
    let show = |addr: SocketAddr| format!("{addr:?}");
    assert_eq!(
        show(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80).into()),
        "V4(127.0.0.1:80)"
    );
    assert_eq!(
        show(UnixAddr::from_path(c"/tmp/\x01").unwrap().into()),
        r#"Unix("/tmp/\x01")"#
    );
    assert_eq!(
        show(UnixAddr::from_abstract(b"a\0").unwrap().into()),
        r#"Unix("@a\x00")"#
    );
    assert_eq!(show(UnixAddr::UNNAMED.into()), "Unix(unnamed)");
    assert_eq!(
        show(OtherAddr::new(AF_PACKET, &[1, 255]).unwrap().into()),
        "Other(AF_PACKET [01, ff])"
    );
}
