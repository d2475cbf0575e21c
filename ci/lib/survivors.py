"""Which faults the lesson may survive as if nothing had been: each call and errno (`short`: fewer bytes), and why.
Whoever ignores what a call answers survives its faults as well; so whatever is not listed here is to be told."""

REPEATED = "a signal: the call is made again"

# calls, errnos, the one chapter where it may be (all, if none is named), reason
MAY = [
    ("read write pread64 wait4 ppoll nanosleep", "EINTR", None, REPEATED),
    ("read write pread64", "short", None, "the rest is asked for as well, or what is shown is the count"),
    ("read write", "EAGAIN", "pitfalls", "its pipe does not wait: it is filled until this comes, and emptied too"),
    ("close", "EINTR EIO ENOSPC EPERM ENOSYS", None, "an OwnedFd is dropped: nobody can be told, and it is closed"),
    ("rt_sigaction", "EPERM ENOSYS", None, "what a signal does stays as it was inherited"),
    ("ioctl", "EPERM ENOSYS", None, "TIOCGWINSZ: fd 1 counts as no terminal"),
    ("getpid", "EPERM ENOSYS", "calls", "it cannot fail, and any number will do for a file's name"),
    ("getpid", "EPERM ENOSYS", "open", "as in calls"),
    ("process_vm_readv", "ENOMEM EPERM ENOSYS", "watch true", "a string is shown as its address"),
    ("rt_sigprocmask setitimer", "EPERM ENOSYS", "watch true", "for signals that come in between, and none does"),
]

# Besides, under an emulator that has no ptrace, where chapter watch ends before it has begun.
EMULATED = [
    ("ptrace", "ENOSYS", "watch true", "the emulator's own answer"),
    ("kill wait4", "EPERM ENOSYS", "watch true", "the program is ended that cannot be watched, and that was told"),
]


def expanded(rows):
    return {(call, kind, chapter) for calls, kinds, chapter, _ in rows for call in calls.split() for kind in kinds.split()}


seen = set()


def unlisted(chapter, fault, native):
    """What is wrong with a fault that was survived, if anything."""
    listed = expanded(MAY) | (set() if native else expanded(EMULATED))
    for where in (chapter, None):
        key = (fault.call, fault.errno or "short", where)
        if key in listed:
            seen.add(key)
            return ""
    return "survived without a word: lib/survivors.py has no reason for that"


def stale(native):
    """What is listed, and was not survived anywhere."""
    return [" ".join(filter(None, key)) for key in sorted(expanded(MAY if native else EMULATED) - seen, key=str)]
