"""`lesson CHAPTER --registers`: each trap with the registers of the machine, as convention.rs names them, and, where
strace can watch, the same calls with the same values as strace sees them, none left out."""

import re

from lib import lesson, lesson_frame, narrow, strace_log
from lib.convention import convention

MARGIN = "      "
# The hook asks the kernel who it is and what is behind fd 1, past the hooks, and writes its lines.
OWN_CALLS = {"gettid", "getpid", "ioctl", "write"}
# What chapters do with the bare trap, which no hook sees.
BARE = {"abi": [("write", -1)], "portable": [("syscall_0xffff", None)]}
# What a chapter calls by the raw twins, which pass no hook either: its read, and how its threads wait (FUTEX_WAIT is 0).
RAW = {"scheduler": lambda name, args: name == "read" or name in ("futex", "futex_time64") and args[1] & 127 == 0}
CLOSING = re.compile(r"(\d+) writes of the lesson's own text are not shown")


def check(command, run, result, chapters, outside):
    abi = convention(run.arch)
    for name in chapters:
        expected = lesson.load(name, run)
        ran = lesson.execute(command(*name.split(), "--registers"), stdin=expected.stdin)
        complaint = wrong_frame(expected, ran, outside(ran.pid)) or wrong_lines(ran, abi)
        result(f"{name}/registers", complaint)
        if run.how == "native":
            complaint = unlike_strace(command, name, expected.stdin, abi)
            result(f"{name}/registers as strace sees them", complaint)

    result("boundary/registers on a terminal", wrong_look(command))


def wrong_look(command):
    """On a terminal the lines are in colour, each for itself, and as narrow as it is."""
    for columns in (50, 95):
        text = lesson_frame.on_terminal(command("boundary", "--registers"), columns)
        lines = [line for line in text.splitlines() if re.match(r"\x1b\[35m *", line)]
        if not lines or not all(line.endswith("\x1b[0m") for line in lines):
            return f"not each line has its own colour: {lines}"
        widest = max(len(lesson_frame.ESCAPE.sub("", line)) for line in lines)
        if not columns - 15 < widest <= columns:
            return f"{widest} characters on a terminal of {columns}"
    return ""


def wrong_frame(expected, ran, bound):
    """What the chapter says is what it says without the option."""
    complaint = lesson.differs(expected.lines, ran.lines, bound) or lesson.differs(expected.err, ran.err.splitlines(), {})
    return complaint or (ran.status != lesson.status(expected.err) and f"status {ran.status}")


def records(output, abi):
    """(thread or None, text) for each trap, in one line again; the last is the closing line."""
    begins = re.compile(rf"(?:\[(\d+)\] )?((?:{re.escape(abi['number'])}=0x[0-9a-f]+ \(\w+\)|{CLOSING.pattern}).*)")
    returned = re.compile(r"(?:\[(\d+)\] )?(\| .*)")
    found = []
    for line in output.splitlines():
        if not re.match(MARGIN + r"[^ ]", line):
            continue
        line = line.removeprefix(MARGIN)
        if begun := begins.fullmatch(line):
            found.append([begun[1], begun[2]])
        elif (after := returned.fullmatch(line)) and after[1]:
            last = next(record for record in reversed(found) if record[0] == after[1])
            last[1] += f" {after[2]}"
        elif found:
            found[-1][1] += f" {line}"
    return found


def pattern(abi):
    args = "".join(rf"(?: {re.escape(register)}=(0x[0-9a-f]+)" for register in abi["args"]) + ")?" * len(abi["args"])
    lost = r"; lost: ([\w$. ]+)" if abi["clobbers"] else "()"
    failed, worked = (rf" {re.escape(abi['flag'])}={bit}" if abi["flag"] else "" for bit in (1, 0))
    error = rf" \((-?\d+), (E[A-Z0-9]+)\){failed}"
    result = rf"{re.escape(abi['result'])}=(0x[0-9a-f]+)(?:{error}|{worked}){lost}"
    number = rf"{re.escape(abi['number'])}=(0x[0-9a-f]+) \((\w+)\)"
    return re.compile(rf"{number}{args} \| {re.escape(abi['instruction'])}(?: \| (?:{result}|(does not come back)))?")


def spelled_out(names):
    """`p0..p2 ffr` as a set of names."""
    found = set()
    for name in names.split():
        first, _, last = name.partition("..")
        kind = first.rstrip("0123456789")
        numbers = range(int(first[len(kind):]), int(last[len(kind):]) + 1) if last else ()
        found |= {f"{kind}{number}" for number in numbers} or {first}
    return found


def wrong_lines(ran, abi):
    if any(len(line) > 80 for line in ran.out.splitlines() if re.match(MARGIN + "[^ ]", line)):
        return "a line of more than 80 characters"
    lines = records(ran.out, abi)
    if not lines or not CLOSING.fullmatch(lines[-1][1]):
        return f"it ends with {lines[-1:]}"
    shape = pattern(abi)
    for _, line in lines[:-1]:
        match = shape.fullmatch(line)
        if not match:
            return f"not as the registers are shown: {line!r}"
        if match[10] and signed(int(match[9], 16), abi) != int(match[10]):
            return f"the word and the errno differ: {line!r}"
        if match[12] and spelled_out(match[12]) != abi["clobbers"]:
            return f"lost are {sorted(abi['clobbers'])}, not {match[12]}"
    ends = [line for _, line in lines if line.endswith("does not come back")]
    return "" if any("(exit_group)" in line for line in ends) else "the exit is missing"


def shown(line, abi):
    """A trap as (name, arguments, result): numbers, an errno's name, or None where nothing came back."""
    match = pattern(abi).fullmatch(line)
    args = [int(value, 16) for value in match.groups()[2:8] if value]
    return match[2], args, match[11] or (int(match[9], 16) if match[9] else None)


def seen(call):
    """The same of strace's."""
    args = [int(value, 0) for value in call.args.split(", ") if value]
    error = re.match(r"-1 (E\w+) ", call.result)
    number = re.match(r"(-?\w+)", call.result)
    return call.name, args, error[1] if error else int(number[1], 0) if number else None


def signed(word, abi):
    bits = narrow.bits(abi["arch"])
    return word - (1 << bits) if word >> (bits - 1) else word


def unlike_strace(command, name, stdin, abi):
    trace = lesson.strace(command(*name.split(), "--registers"), "-X", "raw", "-e", "raw=all", stdin=stdin)
    lines = records(trace.ran.out, abi)
    own_text = int(CLOSING.fullmatch(lines.pop()[1])[1])
    main, *others = trace.logs
    by_thread = {pid: [shown(line, abi) for thread, line in lines if (thread or main) == pid] for pid in trace.logs}
    if unknown := {thread for thread, _ in lines if thread} - set(others):
        return f"strace saw no {unknown}"
    for pid, traps in by_thread.items():
        if pid != main and traps and traps[0][0] in ("fork", "clone"):
            # Where the child of a fork begins, strace saw no call of its.
            traps.pop(0)
        calls = [seen(call) for call in strace_log.calls(trace.logs[pid])][pid == main:]
        writes = own_text + len(traps) + 1 if pid == main else None
        if trace.logs[pid][-1].startswith("+++ killed by "):
            # The signal may come between the trap and the line that shows it, at any call of the hook's own.
            while calls and is_own(*calls[-1]):
                calls.pop()
            if calls and (not traps or traps[-1][:2] != (calls[-1][0], calls[-1][1][:len(traps[-1][1])])):
                calls.pop()
        bare = list(BARE.get(name.removesuffix(f" {abi['arch']}"), ())) if pid == main else []
        if complaint := missing(traps, calls, writes, bare, RAW.get(name, lambda *call: False), abi):
            return f"process {pid}: {complaint}"
    return ""


def is_own(name, args, _):
    """True for what the hook or the frame calls, as far as its name tells."""
    return name in OWN_CALLS and (name != "write" or args[0] == 1)


def missing(traps, calls, writes, bare, is_raw, abi):
    """What one of the two shows and the other does not. `writes`: how many are the hook's and the frame's; `bare`: calls
    without a hook, as name and first argument; `is_raw`: others, of which there may be any number."""
    left = []
    rest = iter(traps)
    trap = next(rest, None)
    for call in calls:
        name, args, result = call
        # strace knows how many arguments a call can have, the trap how many it has.
        if trap and trap[:2] == (name, args[:len(trap[1])]) and trap[2] in (result, None):
            if name == "execve" and trap[2] is None:
                return ""  # another program begins
            trap = next(rest, None)
        else:
            left.append(call)
    if trap:
        return f"strace does not see {trap}"
    for name, args, result in left:
        expected = next((one for one in bare if one[0] == name and one[1] in (None, signed(args[0], abi))), None)
        if expected:
            bare.remove(expected)
        elif is_raw(name, args):
            continue
        elif not is_own(name, args, result):
            return f"not shown: {name}{args} = {result}"
    if bare:
        return f"strace does not see {bare}"
    count = sum(name == "write" and args[0] == 1 for name, args, _ in left)
    return "" if writes in (None, count) else f"{count} writes are not shown, {writes} are accounted for"
