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

FAULTS = {
    (call, kind, chapter): reason
    for calls, kinds, chapter, reason in MAY for call in calls.split() for kind in kinds.split()
}
seen = set()


def unlisted(chapter, fault):
    """What is wrong with a fault that was survived, if anything."""
    for where in (chapter, None):
        key = (fault.call, fault.errno or "short", where)
        if key in FAULTS:
            seen.add(key)
            return ""
    return "survived without a word: lib/survivors.py has no reason for that"


def stale():
    """What is listed, and was not survived anywhere."""
    return [" ".join(filter(None, key)) for key in FAULTS if key not in seen]
