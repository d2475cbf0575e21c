//! Memory from the kernel.

use core::ptr;

use rawtrap::{
    BorrowedFd, MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, MapFlags, O_CLOEXEC, O_CREAT, O_RDWR, PROT_READ, PROT_WRITE,
    pread_exact, sys_mmap, sys_munmap, sys_open, write_all,
};

use crate::lesson::{Lesson, Of, Outcome, Stop, answer, rust, same, shown, text};
use crate::scratch::Scratch;

const LENGTH: usize = 4096;
const TEXT: &[u8; 26] = b"written without any write\n";

/// Mapped memory, unmapped when it is dropped.
struct Mapping(*mut u8);

impl Mapping {
    fn new(flags: MapFlags, fd: Option<BorrowedFd<'_>>) -> rawtrap::Result<Mapping> {
        // SAFETY: the kernel chooses an address where nothing is.
        let memory = unsafe { sys_mmap(ptr::null_mut(), LENGTH, PROT_READ | PROT_WRITE, flags, fd, 0)? };
        Ok(Mapping(memory.cast()))
    }

    fn write(&mut self) {
        // SAFETY: there are `LENGTH` bytes, ours and, if they are a file's, within the file.
        unsafe { ptr::copy_nonoverlapping(TEXT.as_ptr(), self.0, TEXT.len()) }
    }

    fn read(&self, at: usize) -> u8 {
        assert!(at < LENGTH);
        // SAFETY: as above.
        unsafe { self.0.add(at).read_volatile() }
    }

    fn unmap(self) -> rawtrap::Result<()> {
        let start = self.0;
        core::mem::forget(self);
        // SAFETY: nobody else knows the address.
        unsafe { sys_munmap(start.cast(), LENGTH) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: nobody else knows the address. The part ended early, and that has been said.
        let _ = unsafe { sys_munmap(self.0.cast(), LENGTH) };
    }
}

pub fn of_a_file(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "mmap makes a file appear in memory. With MAP_SHARED what is written to that memory is written to the file, \
         without a call; reading the file by a call shows it."
    )?;
    let scratch = Scratch::new(lesson)?;
    let file = sys_open(scratch.file.as_cstr(), O_RDWR | O_CREAT | O_CLOEXEC, 0o600).of(&"openat")?;
    // A file of zeros that takes no space is quicker made, with ftruncate. But where the file system is full, the kernel
    // would find no space when the memory is written to, and end the program with SIGBUS (mmap(2)); this is refused.
    let zeros = [0; LENGTH];
    write_all(file.as_fd(), &zeros).of(&"write")?;
    rust!(
        lesson,
        "sys_mmap(null_mut(), {LENGTH}, PROT_READ | PROT_WRITE, MAP_SHARED, Some(file.as_fd()), 0)"
    )?;
    let mut mapping = Mapping::new(MAP_SHARED, Some(file.as_fd())).of(&"mmap")?;
    answer!(lesson, "mmap -> {:p}", mapping.0)?;
    shown!(lesson, mapping.write());
    let mut buf = [0; TEXT.len()];
    shown!(lesson, pread_exact(file.as_fd(), &mut buf, 0)).of(&"pread64")?;
    answer!(lesson, "pread64 -> {}", same(&buf, TEXT)?)?;
    rust!(lesson, "sys_munmap(mapping, {LENGTH})")?;
    mapping.unmap().of(&"munmap")?;
    scratch.remove()
}

pub fn anonymous(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Without a file, and with MAP_ANONYMOUS, it is plain memory, zeroed: this is where an allocator gets its own."
    )?;
    rust!(
        lesson,
        "sys_mmap(null_mut(), {LENGTH}, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0)"
    )?;
    let mut mapping = Mapping::new(MAP_PRIVATE | MAP_ANONYMOUS, None).of(&"mmap")?;
    let zeros = (0..LENGTH).filter(|at| mapping.read(*at) == 0).count();
    answer!(lesson, "mmap -> {:p}, {zeros} of {LENGTH} bytes are 0", mapping.0)?;
    shown!(lesson, mapping.write());
    let same = (0..LENGTH)
        .take_while(|at| mapping.read(*at) == TEXT.get(*at).copied().unwrap_or(0))
        .count();
    if same != LENGTH {
        return Err(Stop::unexpected(&"mmap: memory does not hold what was written to it"));
    }
    answer!(lesson, "{} bytes written, and read back", TEXT.len())?;
    rust!(lesson, "sys_munmap(mapping, {LENGTH})")?;
    mapping.unmap().of(&"munmap")
}
