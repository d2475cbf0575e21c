"""The lesson around its chapters: options, the two streams, terminals, and output that ends early."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios

from lib import lesson
from lib.common import ROOT

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
FRAME_TEXT = "== boundary: "
PLAIN_LOCALE = {"LC_ALL": "", "LC_CTYPE": "", "LANG": "C", "NO_COLOR": "", "TERM": "xterm"}


def check(command, run, expect, listed):
    """Checks the frame around the chapters, which --help lists."""
    usage(command, expect)
    whole(command, run, expect, listed)
    terminal(command, expect)
    broken_output(command, expect)
    inherited(command, expect)
    program_named(command, expect)


def help_text(command, expect):
    """Checks --help, and returns the names of the chapters that it lists."""
    ran = lesson.execute(command("--help"))
    chapters = ran.out.partition("chapters:\n")[2].partition("\n\n")[0]
    names = [line.split()[0] for line in chapters.splitlines()]
    expect("--help lists the chapters", ran.status == 0 and not ran.err and "boundary" in names, f"{ran}")
    short = lesson.execute(command("-h"))
    expect("-h is --help", short.out == ran.out and short.status == 0, f"{short}")
    return names


def usage(command, expect):
    # In the order of the crate's own list.
    architectures = " ".join(re.findall(r"\barchitecture!\((\w+)\)", (ROOT / "src/tables.rs").read_text()))
    wrong = {
        "an unknown chapter": (["nowhere"], 'unknown chapter "nowhere"'),
        "an unknown option": (["boundary", "--register"], 'unknown option "--register"'),
        "an argument too many": (["boundary", "more"], '"more" is too much: boundary takes no argument'),
        "an unknown argument": (["abi", "pdp11"], f'unknown argument "pdp11": abi takes one of {architectures}'),
        "two arguments": (["abi", "x86_64", "aarch64"], '"aarch64" is too much: abi takes [ARCH] alone'),
        "a child without a role": (["--child"], "--child takes one of exit signal"),
        "an unknown role": (["--child", "sleep"], "--child takes one of exit signal"),
        "-e without --watch": (["boundary", "-e", "write"], "-e goes with --watch"),
        "-c without --watch": (["-c"], "-c goes with --watch"),
        "-o without --watch": (["-olog", "boundary"], "-o goes with --watch"),
        "-e without names": (["boundary", "--watch", "-e"], "-e wants a value"),
        "a call that is none": (["boundary", "--watch", "-e", "read,wriet"], 'there is no call "wriet"'),
        "an empty name of a call": (["boundary", "--watch", "-e", "read,"], 'there is no call ""'),
        "--inject without rules": (["boundary", "--inject"], "--inject wants a value"),
        "--inject with empty rules": (["boundary", "--inject="], "there are no rules"),
        "chapter inject with empty rules": (["inject", ""], "there are no rules"),
        "nothing but a comment": (["inject", " # nothing"], "there are no rules"),
        "an option with a value that takes none": (["--watch=yes"], 'unknown option "--watch=yes"'),
        "an option behind --": (["--", "--help"], 'unknown chapter "--help"'),
        "an empty argument": ([""], 'unknown chapter ""'),
    }
    for name, (arguments, words) in wrong.items():
        ran = lesson.execute(command(*arguments))
        good = ran.status == 2 and not ran.out and re.fullmatch(r"lesson: " + re.escape(words) + r"; .+\n", ran.err)
        expect(f"{name} is refused on fd 2, status 2", good, f"{ran}")
    ran = lesson.execute(command("boundary", "--inject=write:error=EINTER"))
    where = "lesson: the rules, line 1, column 13: .*\nwrite:error=EINTER\n            \\^\n"
    good = ran.status == 2 and not ran.out and re.fullmatch(where, ran.err)
    expect("rules that make no sense are refused on fd 2, status 2, with the place", good, f"{ran}")
    ran = lesson.execute(command("boundary", "--watch", "-o", "/nowhere/log"))
    good = ran.status == 1 and not ran.out and re.fullmatch(r"lesson: -o: openat -> errno 2: .* \(ENOENT\)\n", ran.err)
    expect("a log that cannot be made is told on fd 2, status 1", good, f"{ran}")
    for role, status in {"exit": 7, "signal": -signal.SIGTERM}.items():
        ran = lesson.execute(command("--child", role))
        expect(f"--child {role} ends as it should", ran.status == status and not ran.out and not ran.err, f"{ran}")
    ran = lesson.execute(command(b"\xff\xfe"))
    good = ran.status == 2 and not ran.out and "not UTF-8" in ran.err
    expect("an argument that is no text is refused on fd 2, status 2", good, f"{ran}")


def whole(command, run, expect, listed):
    ran = lesson.execute(command())
    titles = re.findall(r"^== (\w+): ", ran.out, re.MULTILINE)
    asking = {"quiz", "watch"}
    expect("lesson alone runs the chapters in order", titles == [name for name in listed if name not in asking], f"{titles}")
    diagnostics = [line for name in titles for line in lesson.load(name, run).err]
    good = ran.status == lesson.status(diagnostics) and not lesson.differs(diagnostics, ran.err.splitlines(), {})
    said = f"status {ran.status}, left {ran.left}, fd 2: {ran.err}"
    expect("lesson alone ends as its chapters do, and leaves nothing", good and not ran.left, said)
    drawing = ran.out.partition(FRAME_TEXT)[0]
    parts = [drawing.find(words) for words in ("your program", "the guarded window", "the kernel")]
    expect("it opens with the drawing", -1 not in parts and parts == sorted(parts), f"{drawing}")
    widths = {len(line) for line in drawing.splitlines() if re.match(r"  [+|#]", line)}
    expect("the drawing is straight, in ASCII", len(widths) == 1 and drawing.isascii(), f"{widths} {drawing}")
    one = lesson.execute(command("boundary"))
    expect("a chapter comes without the drawing", "guarded window" not in one.out and one.status == 0, f"{one}")


def on_terminal(command, columns, **variables):
    """What a terminal of this width gets."""
    own, programs_end = pty.openpty()
    fcntl.ioctl(programs_end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    attributes = termios.tcgetattr(programs_end)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(programs_end, termios.TCSANOW, attributes)
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=programs_end, stderr=programs_end,
        env={**os.environ, **PLAIN_LOCALE, **variables},
    )
    os.close(programs_end)
    text = b""
    try:
        while piece := os.read(own, 4096):
            text += piece
    except OSError:  # EIO: the other end is closed
        pass
    os.close(own)
    process.wait(lesson.LIMIT_SECONDS)
    return text.decode()


def longest(text):
    lines = (line for line in ESCAPE.sub("", text).splitlines() if line.startswith("  ") and "    > " not in line)
    return max(len(line) for line in lines if not lesson.one_word(line))


def program_named(command, expect):
    """What the reader is to try is a command that works: it has the program's own path."""
    ran = lesson.execute(command("errno"))
    path = command()[-1]
    expect("Try: names the program as it was called", str(path) in ran.out.rpartition("  Try: ")[2], f"{ran.out[-300:]}")


def terminal(command, expect):
    piped = lesson.execute(command("boundary")).out
    digits = lambda text: re.sub(r"getpid\(\): \d+", "getpid()", text)

    wide = on_terminal(command("boundary"), 80)
    expect("a terminal gets colour", ESCAPE.search(wide), "no escape sequence")
    expect("without the colour it is what a pipe gets", digits(ESCAPE.sub("", wide)) == digits(piped), f"{wide!r}")
    for line in wide.splitlines():
        codes = ESCAPE.findall(line)
        if codes and codes[-1] != "\x1b[0m":
            expect("each line ends its own colour", False, f"{line!r}")
            break
    else:
        expect("each line ends its own colour", True, "")

    for name, variables in {"NO_COLOR": {"NO_COLOR": "1"}, "TERM=dumb": {"TERM": "dumb"}}.items():
        text = on_terminal(command("boundary"), 80, **variables)
        expect(f"{name} is honoured", not ESCAPE.search(text) and digits(text) == digits(piped), f"{text!r}")

    narrow, broad, unset = (longest(on_terminal(command("boundary"), columns)) for columns in (50, 95, 0))
    expect("text fits a narrow terminal", 35 < narrow <= 50, f"{narrow}")
    expect("text uses a broad terminal", 80 < broad <= 95, f"{broad}")
    expect("a terminal without a size gets 80 characters", 65 < unset <= 80, f"{unset}")

    for columns, drawn in {40: False, 67: False, 68: True}.items():
        drawing = on_terminal(command(), columns).partition(FRAME_TEXT)[0]
        widest = max(len(ESCAPE.sub("", line)) for line in drawing.splitlines())
        good = ("guarded window" in drawing) == drawn and widest <= columns
        expect(f"the drawing fits {columns} columns, or is left out", good, f"{drawing}")

    locales = {
        "LANG": ({"LANG": "de_DE.UTF-8"}, True),
        "LC_CTYPE before LANG": ({"LC_CTYPE": "C.utf8", "LANG": "C"}, True),
        "LC_ALL before LC_CTYPE": ({"LC_ALL": "POSIX", "LC_CTYPE": "C.UTF-8", "LANG": "C.UTF-8"}, False),
        "another encoding": ({"LANG": "de_DE.ISO-8859-1"}, False),
    }
    for name, (variables, boxes) in locales.items():
        drawing = on_terminal(command(), 80, **variables).partition(FRAME_TEXT)[0]
        expect(f"box characters by the locale: {name}", ("┌" in drawing) == boxes, f"{drawing}")
    text = lesson.execute(command(), env={"LC_ALL": "C.UTF-8"}).out
    expect("a pipe gets ASCII in a UTF-8 locale", text.isascii(), "it does not")


def broken_output(command, expect):
    def stops(name, ran, words):
        good = ran.status == 1 and re.fullmatch(rf"lesson: standard output: write -> {words}; .+\n", ran.err)
        expect(name, good, f"status {ran.status}, fd 2: {ran.err!r}")

    def closed(*arguments):
        return lesson.execute(["sh", "-c", 'exec "$@" >&-', "sh", *command(*arguments)])

    stops("closed standard output", closed("boundary"), r"errno 9: .* \(EBADF\)")
    stops("closed standard output, all chapters", closed(), r"errno 9: .* \(EBADF\)")
    stops("closed standard output, --help", closed("--help"), r"errno 9: .* \(EBADF\)")
    with open("/dev/full", "w") as full:
        stops("a full device", lesson.execute(command(), stdout=full), r"errno 28: .* \(ENOSPC\)")
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as pipe:
        stops("a pipe that nobody reads", lesson.execute(command(), stdout=pipe), r"errno 32: .* \(EPIPE\)")

    with tempfile.TemporaryFile("w") as file:
        limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *command()]
        stops("a file that may not grow", lesson.execute(limited, stdout=file), r"errno 27: .* \(EFBIG\)")

    quiet = lesson.execute(["sh", "-c", 'exec "$@" 2>&-', "sh", *command("boundary")])
    expect("closed standard error", quiet.status == 0 and "getpid(): " in quiet.out, f"{quiet}")
    ran = lesson.execute(["sh", "-c", 'exec "$@" 2>&-', "sh", *command("nowhere")])
    expect("a usage error that nobody can read", ran.status == 2 and not ran.out, f"{ran}")
    idle = lesson.execute(["sh", "-c", 'exec "$@" <&-', "sh", *command("boundary")])
    expect("closed standard input", idle.status == 0 and not idle.err, f"{idle}")


def inherited(command, expect):
    """What a program is given by whoever started it, besides its arguments and streams."""
    blocked = lesson.execute(["env", "--block-signal=ALRM", *command("errno")], limit=10)
    good = blocked.status == 0 and not blocked.err and "read -> \"pong\"" in blocked.out
    expect("a timer's signal that is blocked", good, f"{blocked}")
    usual = lesson.execute(command("calls"))
    ignored = lesson.execute(["env", "--ignore-signal=CHLD", *command("calls")])
    good = (ignored.status, ignored.err) == (usual.status, usual.err)
    expect("the signal of a child's end, ignored", good, f"{ignored}")
    nowhere = lesson.execute(command("open"), env={"TMPDIR": "/nowhere"})
    named = 'cannot make the directory "/nowhere/rawtrap-lesson-' in nowhere.err
    expect("a temporary directory that is not there", nowhere.status == 1 and named, f"{nowhere}")


def full_file_system(command, expect):
    """Everything that needs space is refused, also what would be written through memory. Where no file system can be
    mounted for it, strace refuses the write that gives the mapped file its bytes."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    mount = 'mount -t tmpfs -o size=64k none "$TMPDIR"'
    works = lesson.execute([*alone, "sh", "-c", mount]).status == 0
    if works:
        fill = 'head -c 65536 /dev/zero >"$TMPDIR/filler" && exec "$@"'
        ran = lesson.execute([*alone, "sh", "-c", f"{mount} && {fill}", "sh", *command("calls")])
    else:
        log = next(iter(lesson.strace(command("calls")).logs.values()))
        writes = [line for line in log if line.startswith("write(")]
        place = next(at for at, line in enumerate(writes, 1) if line.endswith('\\0", 4096) = 4096'))
        ran = lesson.strace(command("calls"), f"--inject=write:error=ENOSPC:when={place}").ran
    said = ran.err.splitlines()
    good = ran.status == 1 and said and all(line.startswith("lesson: calls: write -> errno 28: ") for line in said)
    expect(f"a full file system{'' if works else ', as strace plays it'}", good, f"{ran}")


def broken_writes(command, expect):
    """Answers of write(2) that only strace can bring about; the second write of `boundary` is its title."""
    whole = lesson.execute(command("boundary"))

    def inject(spec):
        return lesson.strace(command("boundary"), f"--inject=write:{spec}").ran

    def numbers(text):
        return re.sub(r"getpid\(\): \d+", "getpid()", text)

    short = inject("retval=3:when=2")
    # strace claims three bytes and takes none: what is behind them must follow.
    good = short.status == 0 and numbers(short.out) == numbers(whole.out).replace("== boundary", "boundary", 1)
    expect("a short count of standard output loses nothing", good, f"status {short.status}, fd 1: {short.out!r}")
    for name, spec, words in (
        ("a write that takes nothing", "retval=0:when=2", "write -> errno 5: .* \\(EIO\\)"),
        ("a device that fills up half-way", "error=ENOSPC:when=2", "write -> errno 28: .* \\(ENOSPC\\)"),
        ("a device that is full for good", "error=ENOSPC:when=2+", "write -> errno 28: .* \\(ENOSPC\\)"),
    ):
        ran = inject(spec)
        said = re.search(words, ran.err) or "2+" in spec
        expect(f"{name} ends the lesson", ran.status == 1 and said and "getpid" not in ran.out, f"{ran}")
