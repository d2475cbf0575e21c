"""What chapter watch does when it loses something: its log, the program, or the means to look at it."""

import os
import re
import resource
import signal
import struct
import sys
import tempfile
from pathlib import Path

from lib.processes import wait_for
from lib.watch_manners import LIMIT_SECONDS, run, start, status_of

ENOSPC = "lesson: watch: write -> errno 28: no space left on device (ENOSPC); the program runs on\n"


def check(executable, expect):
    lost_log(executable, expect)
    lost_process(executable, expect)
    without_readv(executable, expect)
    kept_signals(executable, expect)
    if os.uname().machine == "x86_64":
        foreign(executable, expect)


def lost_log(executable, expect):
    """The program runs on as if nobody had watched, which is what counts; and that a line was lost is said once."""
    script = "for i in 1 2 3; do (echo $i); done; kill -USR1 $$; echo survived; exit 4"
    program = ["sh", "-c", f"trap : USR1; {script}"]
    whole = "1\n2\n3\nsurvived\n"
    for name, options in (("lines", []), ("counts", ["-c"])):
        ran = run([executable, "watch", *options, "-o", "/dev/full", *program])
        good = (ran.returncode, ran.stdout, ran.stderr) == (1, whole, ENOSPC)
        expect(f"a full device, {name}: said once, and the program runs on", good, f"{ran}")
    shell = ["sh", "-c", 'exec "$@" 2>&-', "-", executable, "watch", *program]
    ran = run(shell)
    expect("a closed fd 2: the program runs on, status 1", (ran.returncode, ran.stdout) == (1, whole), f"{ran}")
    reader, writer = os.pipe()
    os.close(reader)
    process = start([executable, "watch", *program], stderr=writer)
    os.close(writer)
    out, _ = process.communicate(timeout=LIMIT_SECONDS)
    expect("nobody reads the lines: the program runs on, status 1", (process.returncode, out) == (1, whole), f"{process.returncode} {out}")
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        ran = run([executable, "watch", "-o", Path(folder) / "log", *program], preexec_fn=limit)
        good = (ran.returncode, ran.stdout) == (1, whole) and ran.stderr.count("(EFBIG)") == 1
        expect("a log that may not grow: said once, and the program runs on", good, f"{ran}")


def lost_process(executable, expect):
    ran = run([executable, "--inject=wait4:error=ECHILD:when=3", "watch", "sh", "-c", "exit 3"])
    good = ran.returncode == 1 and "watch: wait4 -> errno 10: no child processes (ECHILD)\n" in ran.stderr
    expect("a program that cannot be waited for is told", good, f"{ran}")
    program = start(["sleep", "50"])
    ran = run([executable, "watch", "-o", "/dev/full", "-p", program.pid]) if wakes(program) else None
    good = ran and ran.returncode == 1 and ran.stderr == ENOSPC.replace("the program runs on", "it is let go")
    expect("-p: a full device is told, and the process is let go", good and program.poll() is None, f"{ran}")
    program.kill()
    program.communicate()
    for name, pid in (("itself", "$$"), ("the kernel's own", "2")):
        ran = run(["sh", "-c", f'exec "$0" watch -p {pid}', executable])
        good = ran.returncode == 1 and "watch: this process may not be watched: " in ran.stderr and "ptrace_scope" in ran.stderr
        expect(f"-p of {name}: why", good and ran.stderr.endswith("cargo lesson boundary --watch\n"), f"{ran}")


def wakes(program):
    """It is asleep: what wakes it is that we come, and that is a line."""
    return wait_for(lambda: "nanosleep" in Path(f"/proc/{program.pid}/wchan").read_text() or program.poll() is None)


def without_readv(executable, expect):
    """Where a sandbox has no process_vm_readv(2), the memory of a task that stands still is read by ptrace."""
    for errno in "ENOSYS", "EPERM":
        ran = run([executable, f"--inject=process_vm_readv:error={errno}", "watch", "-e", "execve,write", "sh", "-c", "echo hello, world"])
        good = ran.returncode == 0 and 'write(1, "hello, world\\n", 13) = 13\n' in ran.stderr
        expect(f"strings without process_vm_readv, {errno}", good and re.search(r'^execve\("[^"]*/sh", \["sh", "-c", ', ran.stderr), f"{ran}")


SENT = 600
# Of a real-time signal none is lost but by a tracer, and each writes a byte.
COUNTER = f"""
import os, select, signal, time
reader, writer = os.pipe()
signal.signal(signal.SIGRTMIN, lambda *_: None)
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
print(flush=True)
count, end = 0, time.monotonic() + 20
while count < {SENT} and time.monotonic() < end:
    if select.select([reader], [], [], 0.1)[0]:
        count += len(os.read(reader, 65536))
print(count)
"""


def kept_signals(executable, expect):
    """A process that is let go gets the signal that it stopped for."""
    program = start([sys.executable, "-c", COUNTER])
    program.stdout.readline()
    for sent in range(SENT):
        if sent % 60 == 0:
            process = start([executable, "watch", "-o", "/dev/null", "-p", program.pid])
            wait_for(lambda: status_of(program.pid, "TracerPid") == str(process.pid))
        if sent % 60 == 30:
            process.terminate()
        os.kill(program.pid, signal.SIGRTMIN)
        if sent % 60 == 59:
            process.communicate(timeout=LIMIT_SECONDS)
    out, _ = program.communicate(timeout=LIMIT_SECONDS)
    expect("no signal is lost when a process is let go", out.split() == [str(SENT)], f"{out} of {SENT}")


# getpid, close(-1), exit(7), by i386's numbers.
I386 = bytes.fromhex("b814000000cd80" "b806000000bbffffffffcd80" "b801000000bb07000000cd80")


def i386_program():
    """A static ELF file of one segment (elf(5))."""
    base, headers = 0x10000, 52 + 32
    size = headers + len(I386)
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    header = struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, base + headers, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack("<8I", 1, 0, base, base, size, size, 5, 4096)
    return ident + header + segment + I386


def foreign(executable, expect):
    """A 32-bit program's numbers mean other calls: they must not get the names of this machine's."""
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        program = Path(folder) / "i386"
        program.write_bytes(i386_program())
        program.chmod(0o755)
        alone = run([program])
        expect("a 32-bit program runs", alone.returncode == 7, f"{alone}")
        ran = run([executable, "watch", program])
        lines = [re.sub(r"0x\w+(?=[,)])", "N", line) for line in ran.stderr.splitlines()[1:]]
        args = "(" + ", ".join(["N"] * 6) + ")"
        shown = [re.sub(r"\d+$", "PID", line) if "0x14" in line else line for line in lines]
        wanted = [f"32-bit syscall_0x14{args} = PID", f"32-bit syscall_0x6{args} = -9", f"32-bit syscall_0x1{args} = ?", "+++ exited with 7 +++"]
        expect("a 32-bit program's calls have no names of ours", ran.returncode == 7 and shown == wanted, f"{shown}")
        ran = run([executable, "watch", "-c", program])
        names = re.findall(r"^ *\d+\.\d+ .* (\w+)$", ran.stderr, re.MULTILINE)
        good = names == ["execve", "total"] and "besides 2 32-bit calls, of which 1 failed\n" in ran.stderr
        expect("-c counts a 32-bit program's calls apart", good, f"{ran.stderr}")
