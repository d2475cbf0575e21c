"""The registers of a program at its syscalls, seen from outside by ptrace(2), without any tool."""

import ctypes
import os
import signal
import sys

TRACEME, SETOPTIONS, SYSCALL, GETREGSET = 0, 0x4200, 24, 0x4204
TRACESYSGOOD, EXITKILL = 1, 0x100000
NT_PRSTATUS = 1

# The kernel's struct user_regs_struct, in its order (arch/*/include/uapi/asm/ptrace.h, asm/user.h).
REGISTERS = {
    "x86_64": "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss".split(),
    "x86": "ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss".split(),
    "aarch64": [*(f"x{number}" for number in range(31)), "sp", "pc", "pstate"],
}
# Those whose registers have 32 bits, and whose programs run under a 64-bit kernel: their own registers are shown.
NARROW = {"x86_64": "x86"}
# Where the number is kept once the kernel has put something else into its register.
NUMBER_AT_ENTRY = {"x86_64": "orig_rax", "x86": "orig_eax"}

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def ptrace(request, pid, address=0, data=0):
    if libc.ptrace(request, pid, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)} (strace needs the same permission)")


def registers(pid, machine):
    room = (ctypes.c_uint64 * 64)()
    iovec = Iovec(ctypes.addressof(room), ctypes.sizeof(room))
    ptrace(GETREGSET, pid, NT_PRSTATUS, ctypes.addressof(iovec))
    names, word = REGISTERS[machine], ctypes.c_uint64
    if iovec.length < len(names) * ctypes.sizeof(word):
        names, word = REGISTERS[NARROW[machine]], ctypes.c_uint32
    return dict(zip(names, (word * len(names)).from_buffer(room)))


def syscalls(command):
    """The registers at each stop of the program's syscalls: entry, exit, entry, ... An exec's exit comes first."""
    machine = os.uname().machine
    pid = os.fork()
    if pid == 0:
        try:
            ptrace(TRACEME, 0)
            os.execv(command[0], command)
        except OSError as error:
            print(error, file=sys.stderr)
        os._exit(127)
    os.waitpid(pid, 0)
    ptrace(SETOPTIONS, pid, 0, TRACESYSGOOD | EXITKILL)
    stops = []
    deliver = 0
    while True:
        ptrace(SYSCALL, pid, 0, deliver)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return stops
        deliver = os.WSTOPSIG(status)
        if deliver == signal.SIGTRAP | 0x80:
            deliver = 0
            stops.append(registers(pid, machine))
