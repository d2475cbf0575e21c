"""Boots a real kernel with our own process 1 (tests/programs/src/bin/init.rs), which runs programs of ours.

The table ci/kernels says which kernel a target has and in which machine it runs; ci/kernel downloads it. The programs go
along in the image that the kernel unpacks as its first file system, and what they did comes back over the console: no
disk, no network and no shared folder take part.
"""

import codecs
import os
import re
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from lib import cpio
from lib.common import ROOT, die, ends_with_us

# Beside what the programs are given: until process 1 speaks, and after its last word.
BOOT_SECONDS = 120
OFF_SECONDS = 20
MEMORY = "1G"

# Nothing but what makes the kernel die interrupts the lines of process 1; and then the emulator ends too.
COMMAND_LINE = "quiet loglevel=1 panic=-1 oops=panic"

# Debian's packages of the emulators, by the end of their names.
PACKAGES = {"x86_64": "x86", "i386": "x86", "aarch64": "arm", "arm": "arm", "ppc64": "ppc", "ppc64le": "ppc",
            "mips": "mips", "mipsel": "mips", "mips64": "mips", "mips64el": "mips"}

WORD = re.compile(r"rawtrap: (boot|begin|out|err|left|exit|signal|late|down|init:)(?: (.*))?")


@dataclass(frozen=True)
class Machine:
    """A row of ci/kernels."""

    triple: str
    suite: str
    package: str
    console: str
    command: tuple

    def emulator(self):
        """The command; stops with a message if there is no such program."""
        name = self.command[0]
        if not shutil.which(name):
            kind = PACKAGES.get(name.removeprefix("qemu-system-"), "misc")
            die(f"{name} is missing: apt-get install --no-install-recommends qemu-system-{kind}")
        return list(self.command)

    def kernel(self):
        fetched = subprocess.run([ROOT / "ci/kernel", self.suite, self.package], stdout=subprocess.PIPE, text=True)
        if fetched.returncode != 0:
            die(f"no kernel for {self.triple}: above is what ci/kernel {self.suite} {self.package} says")
        return fetched.stdout.strip()


def machines():
    rows = {}
    for line in (ROOT / "ci/kernels").read_text().splitlines():
        fields = line.split()
        if fields and not fields[0].startswith("#"):
            rows[fields[0]] = Machine(*fields[:4], tuple(fields[4:]))
    return rows


@dataclass
class Task:
    """A program to be run there, and what came of it."""

    executable: Path
    arguments: tuple = ()
    limit: int = 240  # seconds
    stdin: bytes | None = None  # None: /dev/null

    pid: str = ""
    out: bytes = b""
    err: bytes = b""
    left: list = field(default_factory=list)
    seconds: float = 0
    status: int | None = None  # None: its time was over; negative: the signal that ended it
    ended: bool = False  # False: the machine did not live to tell

    @property
    def path(self):
        """As cargo has it: what is built in two ways has one name."""
        return f"/bin/{self.executable.parent.name}/{self.executable.name}"

    def text(self):
        return self.out.decode(errors="replace"), self.err.decode(errors="replace")


@dataclass
class Boot:
    release: str = ""
    machine: str = ""
    complaint: str = ""  # what is wrong with the run as a whole
    console: str = ""  # all that came over the serial line
    seconds: float = 0
    cpu_seconds: float = 0  # what the machine took of a processor: other rows run at the same time


def image(init, tasks):
    """The first file system, as bytes."""
    archive = cpio.Archive()
    # The kernel's own root is open to all, which no system's is.
    archive.folder(".")
    archive.folder("dev")
    # The kernel opens it for process 1 before that can make anything itself.
    archive.device("dev/console", 5, 1)
    archive.file("init", init.read_bytes(), 0o755)
    for folder in ("bin", *sorted({task.path.lstrip("/").rpartition("/")[0] for task in tasks}), "input"):
        archive.folder(folder)
    for path, executable in {task.path: task.executable for task in tasks}.items():
        archive.file(path.lstrip("/"), executable.read_bytes(), 0o755)
    strings = []
    for number, task in enumerate(tasks):
        given = "/dev/null"
        if task.stdin is not None:
            given = f"/input/{number}"
            archive.file(given.lstrip("/"), task.stdin, 0o644)
        strings += [str(task.limit), given, str(1 + len(task.arguments)), task.path, *task.arguments]
    archive.file("runs", b"".join(os.fsencode(each) + b"\0" for each in strings), 0o644)
    return archive.bytes()


def boot(machine, init, tasks, on_output=lambda task, name, text: None):
    """Runs the tasks on a machine of their own, and fills them. `on_output` sees what they write as it comes."""
    result, began, used = Boot(), time.monotonic(), cpu_of_children()
    with tempfile.TemporaryDirectory(prefix="rawtrap-kernel-") as scratch:
        initrd = Path(scratch) / "initrd"
        initrd.write_bytes(image(init, tasks))
        process = subprocess.Popen(
            [*machine.emulator(), "-accel", "tcg", "-m", MEMORY, "-display", "none", "-monitor", "none",
             "-serial", "stdio", "-nic", "none", "-no-reboot", "-kernel", machine.kernel(), "-initrd", str(initrd),
             "-append", f"console={machine.console} {COMMAND_LINE}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=ends_with_us,
        )
        try:
            listen(process, result, tasks, on_output)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
    result.seconds, result.cpu_seconds = time.monotonic() - began, cpu_of_children() - used
    return result


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_alone(machine, init, executable, arguments):
    """One program, whose output is passed on as it comes; returns what a shell makes of its end."""
    given = None if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read()
    task = Task(executable, tuple(arguments), limit=3600, stdin=given)

    def pass_on(_, name, text):
        stream = sys.stdout if name == "out" else sys.stderr
        stream.buffer.write(text)
        stream.flush()

    result = boot(machine, init, [task], pass_on)
    if result.complaint or not task.ended:
        die(f"{result.complaint}; the console:\n{result.console}")
    if task.status is None:
        die(f"still running after {task.limit} seconds")
    return task.status if task.status >= 0 else 128 - task.status


def listen(process, result, tasks, on_output):
    """Reads the console until the machine is off, or its time is over."""
    reader = Reader(result, tasks, on_output)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    end = time.monotonic() + BOOT_SECONDS
    rest = ""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0, end - time.monotonic())):
                result.complaint = result.complaint or f"nothing more to be heard for too long, {reader.place()}"
                return
            data = os.read(process.stdout.fileno(), 1 << 16)
            if not data:
                break
            text = decode(data)
            result.console += text
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                if seconds := reader.take(line.rstrip("\r")):
                    end = time.monotonic() + seconds
    if not reader.down:
        result.complaint = result.complaint or f"the machine went off {reader.place()}"
    elif not result.release or not all(task.ended for task in tasks):
        result.complaint = result.complaint or "process 1 left something out"


class Reader:
    """Understands the lines of process 1."""

    def __init__(self, result, tasks, on_output):
        self.result, self.tasks, self.on_output = result, tasks, on_output
        self.current, self.last, self.began, self.down = None, None, 0, False

    def place(self):
        if self.current:
            return f"while {self.current.path} {' '.join(self.current.arguments)}".rstrip() + " ran"
        return "between two programs" if self.result.release else "before process 1 spoke"

    def is_current(self, number):
        return self.current is not None and self.current is self.tasks[int(number)]

    def take(self, line):
        """The seconds until something must follow, if this line begins something new."""
        if not (said := WORD.fullmatch(line)):
            return None
        word, rest = said[1], said[2] or ""
        match word, rest.split():
            case "boot", [release, machine]:
                self.result.release, self.result.machine = release, machine
            case "begin", [number, pid]:
                self.current = self.last = self.tasks[int(number)]
                self.current.pid, self.began = pid, time.monotonic()
                return self.current.limit + OFF_SECONDS
            case "out" | "err", _ if self.current:
                text = unescaped(rest)
                setattr(self.current, word, getattr(self.current, word) + text)
                self.on_output(self.current, word, text)
                return None
            case "left", _ if self.last:
                self.last.left.append(unescaped(rest).decode(errors="replace"))
            case "exit" | "signal" | "late", [number, status] if self.is_current(number):
                task, self.current = self.current, None
                task.ended, task.seconds = True, time.monotonic() - self.began
                task.status = {"exit": int(status), "signal": -int(status), "late": None}[word]
            case "down", []:
                self.down = True
            case _:
                self.result.complaint = f"process 1 says: {line}"
        return OFF_SECONDS


def unescaped(text):
    """What `<[u8]>::escape_ascii` made."""
    return codecs.escape_decode(text)[0]
