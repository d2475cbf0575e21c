//! What of a process's own memory can be read, and how often it is asked for.

use core::sync::atomic::AtomicUsize;
use core::time::Duration;
use std::thread;
use std::vec;

use super::*;
use crate::calls::*;

fn map(size: usize) -> usize {
    let (prot, flags) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    // SAFETY: the kernel chooses a place where nothing is.
    let at = unsafe { sys_mmap(ptr::null_mut(), size, prot, flags, None, 0) }.unwrap();
    at.expose_provenance()
}

fn unmap(at: usize, size: usize) {
    // SAFETY: the tests own what they unmap.
    unsafe { sys_munmap(ptr::with_exposed_provenance_mut(at), size) }.unwrap();
}

#[test]
fn memory_may_go_while_it_is_read() {
    const SIZE: usize = 256 * PAGE;
    static AT: AtomicUsize = AtomicUsize::new(0);
    static ENDS: AtomicBool = AtomicBool::new(false);
    // SAFETY: nobody believes what it says.
    let own = unsafe { OwnMemory::new() };
    assert_eq!(
        copied(c"a".as_ptr().expose_provenance(), &mut [0; 2]),
        Some(2),
        "it is refused here"
    );
    let other = thread::spawn(|| {
        while !ENDS.load(Ordering::Relaxed) {
            let at = map(SIZE);
            AT.store(at, Ordering::Relaxed);
            thread::sleep(Duration::from_micros(100));
            unmap(at, SIZE);
        }
    });
    let (mut room, mut cut) = (vec![0; SIZE], 0);
    while cut < 20 {
        let count = own.read(AT.load(Ordering::Relaxed), &mut room);
        cut += usize::from(count != 0 && count < SIZE);
    }
    ENDS.store(true, Ordering::Relaxed);
    other.join().unwrap();
}

/// By the kernel's copy, and by the probe.
fn both(at: usize, len: usize) -> usize {
    let (mut one, mut other) = (vec![1; len], vec![2; len]);
    // SAFETY: no other thread unmaps it.
    let count = unsafe { OwnMemory::new() }.read(at, &mut one);
    assert_eq!(probed(at, &mut other), count, "{at:#x}");
    assert_eq!(one[..count], other[..count]);
    count
}

#[test]
fn it_ends_where_the_memory_ends() {
    let at = map(4 * PAGE);
    unmap(at + 3 * PAGE, PAGE);
    let text = ptr::with_exposed_provenance_mut::<u8>(at);
    // SAFETY: the first three pages are mapped.
    unsafe { text.add(PAGE - 1).write_bytes(7, 2 * PAGE) };
    for (from, len, count) in [
        (0, 3 * PAGE, 3 * PAGE),
        (1, 4 * PAGE, 3 * PAGE - 1),
        (PAGE - 2, 4, 4),
        (3 * PAGE - 2, 4, 2),
        (3 * PAGE, 1, 0),
    ] {
        assert_eq!(both(at + from, len), count, "{from}");
    }
    unmap(at, 3 * PAGE);
    for nonsense in [0, 1, PAGE, usize::MAX, usize::MAX - 2, 1 << (usize::BITS - 1)] {
        assert_eq!(both(nonsense, 8), 0);
    }
}

/// One page of a file, and what is behind its end.
#[test]
fn it_ends_where_the_file_ends() {
    let name = c"f".as_ptr();
    // SAFETY: the name ends with a zero byte.
    let file: crate::Result<crate::OwnedFd> = unsafe { crate::call!(crate::SYS_memfd_create, name, 0u32) };
    let file = file.unwrap();
    sys_ftruncate(file.as_fd(), 100).unwrap();
    // SAFETY: the kernel chooses a place where nothing is.
    let at = unsafe { sys_mmap(ptr::null_mut(), 2 * PAGE, PROT_READ, MAP_SHARED, Some(file.as_fd()), 0) }.unwrap();
    let at = at.expose_provenance();
    assert_eq!(both(at, 2 * PAGE), PAGE);
    assert_eq!(both(at + PAGE, 1), 0);
    unmap(at, 2 * PAGE);
}

struct Counter<'a>(&'a [u8], AtomicUsize);

impl Memory for Counter<'_> {
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        self.1.fetch_add(1, Ordering::Relaxed);
        let rest = self.0.get(at.wrapping_sub(10 * PAGE)..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        count
    }
}

#[test]
fn a_window_asks_seldom_and_answers_the_same() {
    let bytes: vec::Vec<u8> = (0..2 * PAGE + 100).map(|i| (i * 7 / 5) as u8).collect();
    let memory = Counter(&bytes, AtomicUsize::new(0));
    let mut held = [0; AHEAD];
    let window = Window::new(&memory, &mut held);
    for entry in 0..1000 {
        for (field, size) in [(0, 4), (4, 2), (6, 2)] {
            let (from, mut value) = (entry * 8 + field, [0; 4]);
            assert_eq!(window.read(10 * PAGE + from, &mut value[..size]), size);
            assert_eq!(value[..size], bytes[from..from + size]);
        }
    }
    assert_eq!(memory.1.load(Ordering::Relaxed), (1000 * 8usize).div_ceil(AHEAD));
    for (from, len) in [
        (PAGE - 3, 7),
        (0, 2 * PAGE),
        (2 * PAGE + 90, 20),
        (2 * PAGE + 99, 3),
        (9000, 1),
        (3, 300),
    ] {
        let mut room = vec![0; len];
        let count = window.read(10 * PAGE + from, &mut room);
        assert_eq!(room[..count], bytes[from.min(bytes.len())..][..count]);
        assert_eq!(count, len.min(bytes.len().saturating_sub(from)));
    }
}
