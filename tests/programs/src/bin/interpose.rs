//! The hook between a call and its trap: the rules that `rawtrap::interpose` states. Those of signals, threads and
//! processes are in `interpose_processes`.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::ptr::{self, null_mut};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use rawtrap::interpose::{self, Call, Hook, Interpose};
use rawtrap::*;
use rawtrap_programs::hooks::{Installed, Recorder};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err, recorder};

cases![
    nothing_is_seen_before_a_hook_is_set,
    install_and_remove_answer_the_hook_before,
    a_call_is_seen_as_it_is_made,
    no_argument_to_six,
    numbers_are_seen_extended,
    classes_are_those_of_the_declarations,
    a_call_without_a_class_may_block,
    an_error_is_seen_as_its_word,
    the_answer_is_the_hooks,
    a_refused_call_never_reaches_the_kernel,
    other_arguments_reach_the_kernel,
    as_many_arguments_as_before,
    outer_hooks_come_first,
    an_inner_hook_sees_what_the_outer_one_makes,
    what_the_outer_hook_refuses_the_inner_one_does_not_see,
    twins_and_bare_traps_pass_by,
    a_hook_meets_its_own_typed_calls,
    comforts_and_drops_pass,
];

fn nothing_is_seen_before_a_hook_is_set() -> Outcome {
    let (recorder, hook) = recorder!();
    sys_getpid();
    check_eq!(recorder.count(), 0);
    let set = Installed::new(hook);
    let seen = sys_getpid();
    drop(set);
    check_eq!(recorder.count(), 1);
    check_eq!(sys_getpid(), seen);
    check_eq!(recorder.count(), 1);
    Ok(())
}

fn install_and_remove_answer_the_hook_before() -> Outcome {
    let ((_, first), (second_recorder, second)) = (recorder!(), recorder!());
    check!(interpose::remove().is_none());
    check!(interpose::install(first).is_none());
    check!(interpose::install(second).is_some_and(|before| ptr::eq(before, first)));
    check!(interpose::install(second).is_some_and(|before| ptr::eq(before, second)));
    sys_getpid();
    check!(interpose::remove().is_some_and(|before| ptr::eq(before, second)));
    check!(interpose::remove().is_none());
    check_eq!(second_recorder.count(), 1);
    Ok(())
}

fn a_call_is_seen_as_it_is_made() -> Outcome {
    let (recorder, hook) = recorder!();
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let text = b"seen";
    let set = Installed::new(hook);
    let written = sys_write(writer.as_fd(), text);
    drop(set);
    check_eq!(written, Ok(4));
    check!(recorder.saw(&[SYS_write]));
    let seen = recorder.first()?;
    check_eq!(seen.args(), &[writer.as_raw() as usize, text.as_ptr().addr(), 4]);
    check_eq!(seen.answer, 4);
    let mut buf = [0; 8];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(4));
    Ok(())
}

fn no_argument_to_six() -> Outcome {
    let (recorder, hook) = recorder!();
    let mut fds = [MaybeUninit::<i32>::uninit(); 2];
    let path = c"/";
    let set = Installed::new(hook);
    let parent = sys_getppid();
    let copy = sys_dup(STDOUT)?;
    // SAFETY: the kernel writes two numbers, which are closed below.
    let pipe: Result<()> = unsafe { call!(SYS_pipe2, fds.as_mut_ptr(), O_CLOEXEC) };
    let random = sys_getrandom(&mut [0; 4], GrndFlags::empty());
    let root = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)?;
    let status = sys_statx(root.as_fd(), c"", AT_EMPTY_PATH, STATX_TYPE);
    let copied = sys_copy_file_range(root.as_fd(), None, root.as_fd(), None, 4096, 0);
    drop(set);
    pipe?;
    // SAFETY: pipe2 has written them, and they are ours.
    let _: [OwnedFd; 2] = unsafe { fds.map(|fd| OwnedFd::from_raw(fd.assume_init())) };
    check!(status.is_ok());
    check!(copied.is_err()); // a directory has no bytes
    check!(recorder.saw(&[
        SYS_getppid,
        SYS_dup,
        SYS_pipe2,
        SYS_getrandom,
        SYS_openat,
        SYS_statx,
        SYS_copy_file_range
    ]));
    let counts = [0, 1, 2, 3, 4, 5, 6];
    check!(recorder.seen().map(|seen| seen.args().len()).eq(counts));
    let word = |call: Sysno, at: usize| recorder.only(call).map(|seen| seen.args()[at]);
    check_eq!(word(SYS_dup, 0), Some(1));
    check_eq!(word(SYS_pipe2, 0), Some(fds.as_ptr().addr()));
    check_eq!(word(SYS_openat, 1), Some(path.as_ptr().addr()));
    check_eq!(word(SYS_statx, 3), Some(STATX_TYPE.bits() as usize));
    check_eq!(word(SYS_copy_file_range, 2), Some(root.as_raw() as usize));
    check_eq!(word(SYS_copy_file_range, 4), Some(4096));
    let answers = recorder.seen().map(|seen| Reg::from(seen.answer).result().ok());
    let random = random.ok().map(|count| count as isize);
    let wanted = [
        Some(parent.as_raw() as isize),
        Some(copy.as_raw() as isize),
        Some(0),
        random,
        Some(root.as_raw() as isize),
        Some(0),
        None,
    ];
    check!(answers.map(|answer| answer.map(Reg::to_isize)).eq(wanted));
    Ok(())
}

fn numbers_are_seen_extended() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    // SAFETY: no fd has the number -1, and the others are no pointers; none of the calls does anything.
    let answers: [Result<()>; 3] = unsafe {
        [
            call!(SYS_close, -1i32),
            call!(SYS_close, u32::MAX),
            call!(SYS_fchown, -1i32, -2isize, 0),
        ]
    };
    drop(set);
    check_eq!(answers, [Err(EBADF); 3]);
    let mut seen = recorder.seen();
    check_eq!(seen.next().map(|call| call.args()[0]), Some(usize::MAX));
    check_eq!(seen.next().map(|call| call.args()[0]), Some(u32::MAX as usize));
    check_eq!(seen.next().map(|call| call.args()[1]), Some(-2isize as usize));
    Ok(())
}

fn classes_are_those_of_the_declarations() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    sys_getpid();
    let slept = sys_nanosleep(&Timespec { tv_sec: 0, tv_nsec: 1 }, None);
    let read = sys_read(STDIN, &mut [0; 0]);
    drop(set);
    slept?;
    check!(matches!(read, Ok(0) | Err(_)));
    let class = |call| recorder.only(call).map(|seen| seen.blocks);
    check_eq!(class(SYS_getpid), Some(Blocks::Never));
    check_eq!(class(SYS_read), Some(Blocks::May));
    check_eq!(class(wide::SYS_nanosleep), Some(Blocks::Always));
    Ok(())
}

fn a_call_without_a_class_may_block() -> Outcome {
    let (recorder, hook) = recorder!();
    let set = Installed::new(hook);
    // SAFETY: the three touch no memory.
    let pids: [Result<u32>; 3] = unsafe {
        [
            call!(SYS_getpid),
            call!(never_blocks: SYS_getpid),
            call!(blocks: SYS_getpid),
        ]
    };
    drop(set);
    check!(pids.iter().all(|pid| *pid == pids[0]));
    let classes = [Blocks::May, Blocks::Never, Blocks::Always];
    check!(recorder.seen().map(|seen| seen.blocks).eq(classes));
    Ok(())
}

fn an_error_is_seen_as_its_word() -> Outcome {
    let (recorder, hook) = recorder!();
    // SAFETY: -1 is no fd.
    let nowhere = unsafe { BorrowedFd::borrow_raw(-1) };
    let set = Installed::new(hook);
    let answer = sys_write(nowhere, b"nobody hears this");
    drop(set);
    check_err!(answer, EBADF);
    check_eq!(recorder.only(SYS_write).map(|seen| seen.answer), Some(-9));
    Ok(())
}

/// Answers in the place of the kernel, or with other arguments, where the call is the one that it is for.
struct Instead {
    nr: Sysno,
    answer: fn(&Call) -> Reg,
}

impl Interpose for Instead {
    fn around(&self, call: &Call) -> Reg {
        if call.nr() == self.nr {
            (self.answer)(call)
        } else {
            // SAFETY: the call is made once, as its caller wants it.
            unsafe { call.make() }
        }
    }
}

/// The hook of an `Instead`.
macro_rules! instead {
    ($nr:expr, $answer:expr) => {{
        static INSTEAD: Instead = Instead {
            nr: $nr,
            answer: $answer,
        };
        // SAFETY: each case says what its answers are to its own calls.
        static HOOK: Hook = unsafe { Hook::new(&INSTEAD) };
        &HOOK
    }};
}

fn the_answer_is_the_hooks() -> Outcome {
    // Any number is a process's.
    let set = Installed::new(instead!(SYS_getpid, |_| Reg::from(4711)));
    let pid = sys_getpid();
    let parent = sys_getppid();
    drop(set);
    check_eq!(pid, Pid::from_raw(4711));
    check_eq!(parent, sys_getppid());
    Ok(())
}

fn a_refused_call_never_reaches_the_kernel() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
    let set = Installed::new(instead!(SYS_write, |_| Reg::from(EIO)));
    let refused = sys_write(writer.as_fd(), b"lost");
    drop(set);
    check_err!(refused, EIO);
    check_err!(sys_read(reader.as_fd(), &mut [0; 8]), EAGAIN);
    Ok(())
}

fn other_arguments_reach_the_kernel() -> Outcome {
    // SAFETY: fewer bytes of the same buffer, so that the count is true of the caller's too.
    let hook = instead!(SYS_write, |call| unsafe {
        call.make_with(&[call.args()[0], call.args()[1], Reg::from(2usize)])
    });
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let set = Installed::new(hook);
    let written = sys_write(writer.as_fd(), b"shortened");
    drop(set);
    check_eq!(written, Ok(2));
    let mut buf = [0; 16];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(2));
    check_eq!(&buf[..2], b"sh");
    Ok(())
}

fn as_many_arguments_as_before() -> Outcome {
    // SAFETY: the program has one thread.
    let child = unsafe { sys_fork()? };
    let Some(child) = child else {
        // What the panic says is not of interest.
        // SAFETY: fd 2 of this process is used no more.
        drop(unsafe { OwnedFd::from_raw(2) });
        // SAFETY: it does not come to the call.
        interpose::install(instead!(SYS_getpid, |call| unsafe { call.make_with(&[Reg::from(0)]) }));
        sys_getpid();
        sys_exit_group(0);
    };
    let ended = sys_wait4(child, WaitOptions::empty(), None)?;
    // The panic handler's status.
    check_eq!(ended.and_then(|(_, status)| status.exited()), Some(101));
    Ok(())
}

/// Writes down when a call comes and when it goes.
struct Gate(&'static [u8; 2]);

static GATES: AtomicU32 = AtomicU32::new(0);

fn pass(mark: u8) {
    GATES.store(GATES.load(SeqCst) << 8 | u32::from(mark), SeqCst);
}

impl Interpose for Gate {
    fn around(&self, call: &Call) -> Reg {
        pass(self.0[0]);
        // SAFETY: the call is made once, as its caller wants it.
        let answer = unsafe { call.make() };
        pass(self.0[1]);
        answer
    }
}

static OUTER_GATE: Gate = Gate(b"Oo");
static INNER_GATE: Gate = Gate(b"Ii");

fn outer_hooks_come_first() -> Outcome {
    // SAFETY: both answer what the kernel answers.
    static OUTER: Hook = unsafe { Hook::new(&OUTER_GATE) }.then(&INNER);
    // SAFETY: as above.
    static INNER: Hook = unsafe { Hook::new(&INNER_GATE) };
    GATES.store(0, SeqCst);
    let set = Installed::new(&OUTER);
    let pid = sys_getpid();
    drop(set);
    check_eq!(&GATES.load(SeqCst).to_be_bytes(), b"OIio");
    check_eq!(pid, sys_getpid());
    // The inner one is a hook of its own as well.
    GATES.store(0, SeqCst);
    let set = Installed::new(&INNER);
    sys_getpid();
    drop(set);
    check_eq!(&GATES.load(SeqCst).to_be_bytes(), b"\0\0Ii");
    Ok(())
}

fn an_inner_hook_sees_what_the_outer_one_makes() -> Outcome {
    static RECORDER: Recorder = Recorder::new();
    // SAFETY: it answers what the kernel answers.
    static INNER: Hook = unsafe { Hook::new(&RECORDER) };
    static SHORT: Instead = Instead {
        nr: SYS_write,
        // SAFETY: fewer bytes of the same buffer.
        answer: |call| unsafe { call.make_with(&[call.args()[0], call.args()[1], Reg::from(3usize)]) },
    };
    // SAFETY: its answer is true of the caller's request too.
    static OUTER: Hook = unsafe { Hook::new(&SHORT) }.then(&INNER);
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let set = Installed::new(&OUTER);
    let written = sys_write(writer.as_fd(), b"shortened");
    drop(set);
    check_eq!(written, Ok(3));
    check!(RECORDER.saw(&[SYS_write]));
    let seen = RECORDER.first()?;
    check_eq!((seen.args()[2], seen.answer, seen.blocks), (3, 3, Blocks::May));
    Ok(())
}

fn what_the_outer_hook_refuses_the_inner_one_does_not_see() -> Outcome {
    static RECORDER: Recorder = Recorder::new();
    // SAFETY: it answers what the kernel answers.
    static INNER: Hook = unsafe { Hook::new(&RECORDER) };
    static REFUSING: Instead = Instead {
        nr: SYS_write,
        answer: |_| Reg::from(ENOSPC),
    };
    // SAFETY: it answers errors, or what the kernel answers.
    static OUTER: Hook = unsafe { Hook::new(&REFUSING) }.then(&INNER);
    let set = Installed::new(&OUTER);
    let refused = sys_write(STDOUT, b"not to be seen\n");
    sys_getpid();
    drop(set);
    check_err!(refused, ENOSPC);
    check!(RECORDER.saw(&[SYS_getpid]));
    Ok(())
}

fn twins_and_bare_traps_pass_by() -> Outcome {
    let (recorder, hook) = recorder!();
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (fd, text) = (writer.as_raw(), b"bare");
    let mut buf = [0; 16];
    let set = Installed::new(hook);
    let written = raw::sys_write(writer.as_fd(), b"raw ");
    // SAFETY: the buffers are as long as is said; -1 is no fd, and flags and sizes of it change nothing.
    let bare = unsafe {
        [
            syscall0(SYS_getpid),
            syscall1(SYS_close, -1),
            syscall2(SYS_munmap, 1usize, 0usize),
            syscall3(SYS_write, fd, text.as_ptr(), text.len()),
            syscall4(SYS_openat, -1, c"".as_ptr(), 0, 0),
            syscall5(SYS_statx, -1, c"".as_ptr(), 0, 0, null_mut::<()>()),
            syscall6(wide::SYS_mmap, 0usize, 0usize, 0, MAP_PRIVATE.bits(), -1, 0usize),
        ]
    };
    let read = raw::sys_read(reader.as_fd(), &mut buf);
    drop(set);
    check_eq!((written, read), (Ok(4), Ok(8)));
    check_eq!(&buf[..8], b"raw bare");
    check!(bare[0].result().is_ok() && bare[3].to_usize() == 4);
    check_eq!(recorder.count(), 0);
    Ok(())
}

/// Makes a typed call of its own each time, down to a depth.
struct Careless {
    depth: AtomicU32,
    seen: AtomicU32,
}

const DEEPEST: u32 = 5;

impl Interpose for Careless {
    fn around(&self, call: &Call) -> Reg {
        self.seen.fetch_add(1, SeqCst);
        if self.depth.fetch_add(1, SeqCst) < DEEPEST {
            sys_getuid();
        }
        self.depth.fetch_sub(1, SeqCst);
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

fn a_hook_meets_its_own_typed_calls() -> Outcome {
    static CARELESS: Careless = Careless {
        depth: AtomicU32::new(0),
        seen: AtomicU32::new(0),
    };
    // SAFETY: it answers what the kernel answers.
    static HOOK: Hook = unsafe { Hook::new(&CARELESS) };
    let set = Installed::new(&HOOK);
    let pid = sys_getpid();
    drop(set);
    check_eq!(pid, sys_getpid());
    check_eq!(CARELESS.seen.load(SeqCst), 1 + DEEPEST);
    Ok(())
}

fn comforts_and_drops_pass() -> Outcome {
    let (recorder, hook) = recorder!();
    let mut buf = [0; 4];
    let set = Installed::new(hook);
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let written = write_all(writer.as_fd(), b"ping");
    let read = read_exact(reader.as_fd(), &mut buf);
    drop(writer);
    drop(reader);
    drop(set);
    check!(written.is_ok() && read.is_ok());
    check_eq!(&buf, b"ping");
    check!(recorder.saw(&[SYS_pipe2, SYS_write, SYS_read, SYS_close, SYS_close]));
    Ok(())
}
