//! How to see every call of this very program from outside.

use rawtrap::{AT_FDCWD, SYS_fcntl64, SYS_fork, SYS_futex_time64, sys_readlinkat};

use crate::lesson::{Chapter, Lesson, Outcome, answer, hint, shown, text, words};

pub const CHAPTER: Chapter = Chapter {
    name: "strace",
    about: "how to watch these calls from outside",
    argument: None,
    asks: false,
    parts: &[commands, elsewhere],
};

/// A command, and lines that it prints, in their order. The tests run all of them.
struct Watch {
    options: &'static str,
    chapter: &'static str,
    lines: &'static [&'static str],
}

const WATCHES: [Watch; 15] = [
    Watch {
        options: "-f",
        chapter: "boundary",
        lines: &[
            r#"write(1, "hello from write(2)\n", 20) = 20"#,
            r#"write(999, "nobody hears this\n", 18) = -1 EBADF (Bad file descriptor)"#,
            r#"pipe2([FD, FD], O_CLOEXEC) = 0"#,
            r#"getpid() = PID"#,
        ],
    },
    Watch {
        options: "-f -e trace=openat,read,%signal",
        chapter: "errno",
        lines: &[
            r#"openat(AT_FDCWD, "/there/is/no/such/file", O_RDONLY|...) = -1 ENOENT (No such file or directory)"#,
            r#"read(FD, ADDRESS, 16) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"#,
            r#"--- SIGALRM {si_signo=SIGALRM, ...} ---"#,
            r#"read(FD, "pong", 16) = 4"#,
        ],
    },
    Watch {
        options: "-f -e trace=dup,dup3",
        chapter: "fds",
        lines: &[
            r#"dup3(FD, FD, O_CLOEXEC) = FD"#,
            r#"dup(1) = -1 EMFILE (Too many open files)"#,
        ],
    },
    Watch {
        options: "-f -e trace=%file",
        chapter: "open",
        lines: &[
            r#"openat(AT_FDCWD, "...", O_WRONLY|O_CREAT|O_TRUNC..., 0644) = FD"#,
            r#"unlinkat(AT_FDCWD, "...", AT_REMOVEDIR) = 0"#,
        ],
    },
    Watch {
        options: "-f -q -e trace=%process",
        chapter: "calls",
        lines: &[
            if SYS_fork.exists() {
                r#"fork() = PID"#
            } else {
                r#"clone(child_stack=NULL, flags=SIGCHLD) = PID"#
            },
            r#"execve("/proc/self/exe", ["lesson", "--child", "exit"], ADDRESS /* 0 vars */) = 0"#,
            r#"wait4(PID, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = PID"#,
            r#"wait4(PID, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM}], 0, NULL) = PID"#,
        ],
    },
    Watch {
        options: "-f -e trace=%network",
        chapter: "calls",
        lines: &[
            r#"bind(FD, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
            r#"connect(FD, {sa_family=AF_INET, sin_port=htons(PORT), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
        ],
    },
    Watch {
        options: if SYS_fcntl64.exists() {
            "-f -e trace=write,fcntl64"
        } else {
            "-f -e trace=write,fcntl"
        },
        chapter: "pitfalls",
        lines: &[
            if SYS_fcntl64.exists() {
                r#"fcntl64(FD, F_SETPIPE_SZ, 4096) = ..."#
            } else {
                r#"fcntl(FD, F_SETPIPE_SZ, 4096) = ..."#
            },
            r#"write(FD, "..."..., ...) = ..."#,
            r#"write(FD, "..."..., 904) = -1 EAGAIN (Resource temporarily unavailable)"#,
        ],
    },
    Watch {
        options: "-f -s 100",
        chapter: "strace",
        lines: &[r#"readlinkat(AT_FDCWD, "/proc/self/exe", "...", 4096) = ..."#],
    },
    Watch {
        options: "-f -e trace=read,write",
        chapter: "inject",
        lines: &[
            r#"write(FD, "sec", 3) = 3"#,
            r#"write(FD, "third ", 6) = 6"#,
            r#"read(FD, "secthird ", 38) = 9"#,
        ],
    },
    Watch {
        options: "-f -e trace=uname",
        chapter: "portable",
        lines: &[r#"uname({sysname="Linux", ...}) = 0"#],
    },
    Watch {
        options: if SYS_futex_time64.exists() {
            "-f -q -e trace=clone,read,futex_time64"
        } else {
            "-f -q -e trace=clone,read,futex"
        },
        chapter: "scheduler",
        lines: &[
            r#"clone(child_stack=ADDRESS, flags=CLONE_VM|CLONE_FS|CLONE_FILES|...) = PID"#,
            r#"read(FD, "go on", 5) = 5"#,
        ],
    },
    Watch {
        options: "-f -e trace=read",
        chapter: "quiz",
        lines: &[r#"read(0, "...", 64) = ..."#],
    },
    Watch {
        options: "-f -e trace=write",
        chapter: "abi",
        lines: &[r#"write(-1, "ping", 4) = -1 EBADF (Bad file descriptor)"#],
    },
    Watch {
        options: "-f -e inject=pipe2:error=EMFILE",
        chapter: "boundary",
        lines: &[r#"pipe2(ADDRESS, O_CLOEXEC) = -1 EMFILE (Too many open files) (INJECTED)"#],
    },
    Watch {
        options: "-f -c",
        chapter: "boundary",
        lines: &[r#"% time seconds usecs/call calls errors syscall"#],
    },
];

fn commands(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "strace runs a program and has the kernel stop it at each call, on the way in and on the way out. It sees what was \
         asked, whatever language asked it. -f follows the processes that the program starts, -e trace= picks calls by \
         name or by kind, -q leaves strace's own news out, -o FILE keeps the log apart from the program's lines; -e inject= \
         lets calls fail that would not, and -c counts. The program to watch is this one:"
    )?;
    let mut buf = [0; 4096];
    shown!(lesson, let length = sys_readlinkat(AT_FDCWD, c"/proc/self/exe", &mut buf) => "readlinkat");
    let program = words(&buf[..length])?;
    text!(
        lesson,
        "A command, and some of the lines that it prints. FD, PID, PORT and ADDRESS stand for numbers, three dots for \
         more. Where several processes run, a call may come in two pieces, <unfinished ...> and <... resumed>."
    )?;
    for Watch {
        options,
        chapter,
        lines,
    } in &WATCHES
    {
        answer!(lesson, "$ strace {options} {program} {chapter}")?;
        lines.iter().try_for_each(|line| answer!(lesson, "{line}"))?;
    }
    Ok(())
}

fn elsewhere(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "macOS has dtruss for that: `sudo dtruss -f PROGRAM`, of a program that the system lets you watch. The calls are \
         macOS's own; this program makes Linux's and does not run there. Under an emulator strace shows the emulator's \
         calls; QEMU has a log of its own: qemu-aarch64 -strace PROGRAM."
    )?;
    text!(
        lesson,
        "A small strace of our own is chapter watch: where no strace is installed, `cargo lesson watch true` shows the \
         calls of any program too."
    )?;
    hint!(
        lesson,
        "`strace -f -e trace=openat,read cat /etc/hostname`: any program can be watched, and what it is waiting for \
         shows as the last line: `strace -p PID`."
    )
}
