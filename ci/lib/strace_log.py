"""The calls of one process or thread in a log of `strace -ff`."""

import re
from dataclasses import dataclass, replace

CALL = re.compile(r"(\w+)\((.*)\) += (.*)")
RESTART = re.compile(r"(?:\?|-1) ERESTART")
# From a handler; the second is from one without SA_SIGINFO on x86.
WAYS_BACK = {"rt_sigreturn", "sigreturn"}
INTERRUPTED = "-1 EINTR (Interrupted system call)"


@dataclass(frozen=True)
class Call:
    name: str
    args: str
    result: str

    def __str__(self):
        return f"{self.name}({self.args}) = {self.result}"


def calls(log):
    """The calls as their caller sees them, in the order in which they come back. A call that a signal interrupts comes
    back after what the signal's handler does, or begins anew by itself; the way back from a handler is no call of
    the program's."""
    found, interrupted = [], []
    for line in log:
        match = CALL.fullmatch(line)
        if not match:
            continue
        call = Call(*match.groups())
        if interrupted and call.name == "restart_syscall":
            call = replace(interrupted.pop(), result=call.result)
        elif interrupted and (call.name, call.args) == (interrupted[-1].name, interrupted[-1].args):
            interrupted.pop()
        if RESTART.match(call.result):
            interrupted.append(call)
        elif call.name not in WAYS_BACK:
            found.append(call)
        elif interrupted and call.result.startswith("-1 EINTR"):
            found.append(replace(interrupted.pop(), result=INTERRUPTED))
    return found
