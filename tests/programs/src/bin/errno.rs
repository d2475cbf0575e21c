//! Errors as the kernel tells them: every errno there is, made by a seccomp filter, and the edge of the convention.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    every_errno_from_the_kernel,
    close_is_not_repeated,
    words_beside_the_range_are_values,
    calls_that_do_not_exist,
    a_value_with_the_top_bits_set,
    numbers_and_names,
];

/// `struct sock_filter` (include/uapi/linux/filter.h)
#[repr(C)]
struct Instruction {
    code: u16,
    jump_true: u8,
    jump_false: u8,
    operand: u32,
}

const fn instruction(code: u16, jump_true: u8, jump_false: u8, operand: u32) -> Instruction {
    Instruction {
        code,
        jump_true,
        jump_false,
        operand,
    }
}

/// `struct sock_fprog`
#[repr(C)]
struct Program {
    len: u16,
    filter: *const Instruction,
}

// include/uapi/linux/bpf_common.h
const LOAD_WORD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const AND: u16 = 0x54;
const OR: u16 = 0x44;
const RETURN: u16 = 0x06;
const RETURN_ACCUMULATOR: u16 = 0x16;

// include/uapi/linux/prctl.h, seccomp.h
const PR_SET_NO_NEW_PRIVS: u32 = 38;
const SECCOMP_SET_MODE_FILTER: u32 = 1;
const SECCOMP_RET_ALLOW: u32 = 0x7fff_0000;
const SECCOMP_RET_ERRNO: u32 = 0x0005_0000;

/// `struct seccomp_data` begins with the number of the call; the first argument stands at 16. This is its low half.
const FIRST_ARGUMENT: u32 = if cfg!(target_endian = "little") { 16 } else { 20 };

/// The call that the filter answers: nothing here needs it.
const ANSWERED: Sysno = SYS_io_cancel;

/// Answers `ANSWERED(n)` with errno `n`, and lets every other call through.
fn answer_with_errnos() -> Result<()> {
    let filter = [
        instruction(LOAD_WORD, 0, 0, 0),
        instruction(JUMP_IF_EQUAL, 1, 0, ANSWERED.number()),
        instruction(RETURN, 0, 0, SECCOMP_RET_ALLOW),
        instruction(LOAD_WORD, 0, 0, FIRST_ARGUMENT),
        instruction(AND, 0, 0, 0xffff),
        instruction(OR, 0, 0, SECCOMP_RET_ERRNO),
        instruction(RETURN_ACCUMULATOR, 0, 0, 0),
    ];
    install(&filter)
}

fn install(filter: &[Instruction]) -> Result<()> {
    let program = Program {
        len: filter.len() as u16,
        filter: filter.as_ptr(),
    };
    // SAFETY: the program and its filter are laid out as seccomp(2) wants them, and only read.
    unsafe {
        syscall5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1usize, 0usize, 0usize, 0usize).result()?;
        syscall3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u32, &raw const program).result()?;
    }
    Ok(())
}

/// close(2) of this fd is answered with EINTR for ever: who repeats it never comes back.
fn close_is_not_repeated() -> Outcome {
    const NEVER: u32 = 777;
    install(&[
        instruction(LOAD_WORD, 0, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 2, SYS_close.number()),
        instruction(LOAD_WORD, 0, 0, FIRST_ARGUMENT),
        instruction(JUMP_IF_EQUAL, 1, 0, NEVER),
        instruction(RETURN, 0, 0, SECCOMP_RET_ALLOW),
        instruction(RETURN, 0, 0, SECCOMP_RET_ERRNO | EINTR.raw() as u32),
    ])?;
    // SAFETY: nobody owns the number.
    let fd = || unsafe { OwnedFd::from_raw(NEVER as i32) };
    check_err!(sys_close(fd()), EINTR);
    drop(fd());
    Ok(())
}

fn every_errno_from_the_kernel() -> Outcome {
    answer_with_errnos()?;
    for number in 1..=4095 {
        // SAFETY: the filter answers before the kernel looks at the argument.
        let answer: Result<()> = unsafe { call!(ANSWERED, number) };
        check_eq!(answer.map_err(Errno::raw), Err(number));
        // SAFETY: as above.
        let raw = unsafe { syscall1(ANSWERED, number) };
        check_eq!(raw.to_isize(), -(number as isize));
    }
    Ok(())
}

fn words_beside_the_range_are_values() -> Outcome {
    for value in [0, 1, isize::MAX, isize::MIN, -4096, -4097] {
        check_eq!(Reg::from(value).result(), Ok(Reg::from(value)));
    }
    for number in [1, 4095] {
        check_eq!(
            Reg::from(-number).result().map_err(|errno| errno.raw() as isize),
            Err(number)
        );
    }
    Ok(())
}

fn calls_that_do_not_exist() -> Outcome {
    // SAFETY: no kernel has these numbers.
    unsafe {
        check_err!(syscall0(Sysno::new(rawtrap::tables::ABSENT)).result(), ENOSYS);
        check_err!(syscall6(Sysno::new(9999), 1, 2, 3, 4, 5, 6).result(), ENOSYS);
    }
    Ok(())
}

/// lseek(2) in /proc/self/mem may answer an offset that looks negative: a value, however odd.
fn a_value_with_the_top_bits_set() -> Outcome {
    // SAFETY: the path ends with a zero byte, and the fd is new.
    let mem: Result<OwnedFd> = unsafe { call!(SYS_openat, AT_FDCWD, c"/proc/self/mem".as_ptr(), O_CLOEXEC, 0u32) };
    let mem = mem?;
    const ODD: i64 = -8192;
    check_eq!(sys_lseek(mem.as_fd(), ODD, SEEK_SET), Ok(ODD as u64));
    let mut buf = [MaybeUninit::uninit(); 1];
    check_err!(sys_read(mem.as_fd(), &mut buf), EIO);
    Ok(())
}

fn numbers_and_names() -> Outcome {
    for errno in Errno::all() {
        check_eq!(Errno::from_raw(errno.raw()), Some(errno));
        check!(errno.name().is_some_and(|name| name.starts_with('E')));
    }
    check_eq!(Errno::from_name("EBADF"), Some(EBADF));
    check_eq!(Sysno::from_name("write"), Some(SYS_write));
    check_eq!(SYS_write.name(), Some("write"));
    check_eq!(Sysno::from_name("no_such_call"), None);
    Ok(())
}
