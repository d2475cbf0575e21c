"""Machines whose registers have 32 bits: calls that have another name there, or another word, told as the others' are."""

import re

from lib import uapi

# The name where registers have 64 bits: the name where they have 32. rt_sigreturn is not the way back from every handler.
NAMES = {
    "clock_gettime": "clock_gettime64",
    "fcntl": "fcntl64",
    "futex": "futex_time64",
    "mmap": "mmap2",
    "ppoll": "ppoll_time64",
    "rt_sigreturn": "sigreturn",
}
WIDE = {narrow: wide for wide, narrow in NAMES.items()}
NAME = re.compile(r"^(<\.\.\. )?(\w+)")
FLAG = re.compile(r"^(openat\(.*)\|O_LARGEFILE")


def bits(arch):
    return next(row.bits for row in uapi.architectures() if row.folder == arch)


def is_narrow(arch):
    return bits(arch) == 32


def told(log):
    """A log of strace's in the other machines' words."""
    renamed = (NAME.sub(lambda match: (match[1] or "") + WIDE.get(match[2], match[2]), line) for line in log)
    return [FLAG.sub(r"\1", line) for line in renamed]


def injected(spec):
    """`fcntl,clone:error=EPERM` in this machine's words."""
    names, colon, rest = spec.partition(":")
    return ",".join(NAMES.get(name, name) for name in names.split(",")) + colon + rest
