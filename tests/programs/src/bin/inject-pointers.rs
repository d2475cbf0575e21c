//! The injector follows no pointer that the kernel would only have refused.
#![no_std]
#![no_main]

use core::ptr;

use rawtrap::interpose::Rule;
use rawtrap::*;
use rawtrap_programs::injected::{INJECTOR, under, under_rules};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    what_the_kernel_refuses_is_refused,
    an_interrupted_sleep_follows_no_bad_pointer,
];

/// Addresses that nobody can read, and lengths that no call takes.
fn what_the_kernel_refuses_is_refused() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
    // The largest pages that there are.
    const PAGE: usize = 65536;
    let (access, private) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    // SAFETY: the memory is new, and nobody has its second half.
    let pages = unsafe { sys_mmap(ptr::null_mut(), 2 * PAGE, access, private, None, 0)? };
    let end = pages as usize + PAGE;
    // SAFETY: as above.
    unsafe { sys_munmap(end as *mut (), PAGE)? };
    let byte = b"x".as_ptr() as usize;
    // The second of them begins where there is no memory.
    let last = (end - size_of::<[usize; 2]>()) as *mut [usize; 2];
    // SAFETY: the first half is there.
    unsafe { last.write([byte, 1]) };
    let huge = [[byte, 1], [byte, usize::MAX]];
    let refusals = || -> [Result<usize>; 5] {
        // SAFETY: the kernel refuses all of them.
        unsafe {
            [
                call!(SYS_readv, reader.as_fd(), 8usize, 1usize),
                call!(SYS_writev, writer.as_fd(), 8usize, 1usize),
                call!(SYS_writev, writer.as_fd(), last, 2usize),
                call!(SYS_writev, writer.as_fd(), &raw const huge, 2usize),
                // A 64-bit kernel takes any length of a 32-bit program's.
                if usize::BITS == 64 {
                    call!(SYS_write, writer.as_fd(), byte, usize::MAX)
                } else {
                    call!(SYS_write, writer.as_fd(), 8usize, usize::MAX)
                },
            ]
        }
    };
    let plain = refusals();
    check_eq!(plain[..4], [Err(EFAULT), Err(EFAULT), Err(EFAULT), Err(EINVAL)]);
    check!(plain[4].is_err());
    check_eq!(under("any:short=1", refusals), plain);
    check!(INJECTOR.report().all(|count| (count.calls, count.hits) == (5, 0)));
    check_err!(sys_read(reader.as_fd(), &mut [0; 8]), EAGAIN);
    // SAFETY: nothing of it is needed any more.
    unsafe { sys_munmap(pages, PAGE)? };
    Ok(())
}

fn an_interrupted_sleep_follows_no_bad_pointer() -> Outcome {
    static CONSTANT: Timespec = Timespec { tv_sec: 1, tv_nsec: 2 };
    let day = Timespec {
        tv_sec: 86400,
        tv_nsec: 5,
    };
    let mut left = CONSTANT;
    let null = ptr::null_mut::<Timespec>();
    let one = if SYS_nanosleep.exists() {
        SYS_nanosleep
    } else {
        wide::SYS_clock_nanosleep
    };
    let sleep = |asked: *const Timespec, left: *mut Timespec| {
        // SAFETY: the call is not made.
        unsafe {
            if SYS_nanosleep.exists() {
                call!(SYS_nanosleep, asked, left)
            } else {
                call!(wide::SYS_clock_nanosleep, CLOCK_MONOTONIC, 0u32, asked, left)
            }
        }
    };
    let asleep = [one, wide::SYS_clock_nanosleep].map(|nr| Rule::of(nr).error(EINTR));
    // SAFETY: none of them is made.
    let answers: [Result<()>; 4] = under_rules(&asleep, || unsafe {
        [
            sleep(ptr::without_provenance(8), ptr::without_provenance_mut(8)),
            sleep(null, &raw mut left),
            sleep(&raw const day, (&raw const CONSTANT).cast_mut()),
            call!(wide::SYS_clock_nanosleep, CLOCK_MONOTONIC, 0u32, &raw const day, 8usize),
        ]
    });
    check_eq!(answers, [Err(EINTR); 4]);
    // SAFETY: it is as it was made; read as it is, not as the compiler knows it.
    check_eq!(
        (left, unsafe { (&raw const CONSTANT).read_volatile() }),
        (CONSTANT, CONSTANT)
    );
    Ok(())
}
