"""Chapter strace: the commands that it shows are run, and print the lines that it shows."""

import re
import shlex

from lib import lesson
from lib.common import find_tool

# What stands for something else in a shown line.
PLACEHOLDERS = {r"\bFD\b": r"\\d+", r"\bPID\b": r"\\d+", r"\bPORT\b": r"\\d+", r"\bADDRESS\b": r"0x[0-9a-f]+", r"\\\.\\\.\\\.": ".*"}
PID = re.compile(r"(?:\[pid +(\d+)\] )?(.*)")
UNFINISHED = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")


def check(command, expect):
    find_tool("strace", "strace")
    shown = lesson.execute(command("strace")).lines
    blocks = [list(block) for block in commands(shown)]
    chapters = {shlex.split(line)[-1] for line, *_ in blocks}
    listed = lesson.execute(command("--help")).out.partition("chapters:\n")[2].partition("\n\n")[0]
    # A tracee has one tracer: what chapter watch watches, strace cannot.
    missing = {line.split()[0] for line in listed.splitlines()} - chapters - {"watch"}
    expect("strace: a command for each chapter", not missing, f"none for {sorted(missing)}")
    for line, *lines in blocks:
        ran = lesson.execute(shlex.split(line.removeprefix("$ ")), stdin="b\n")
        name = "strace: $ " + line.replace(command("")[0], "lesson").removeprefix("$ ")
        if not lines:
            expect(name, False, "it is shown without a line that it prints")
            continue
        log = whole_calls(ran.err)
        rest = iter(log)
        absent = [text for text in lines if not any(re.fullmatch(pattern(text), got) for got in rest)]
        expect(name, not absent, f"strace does not print {absent}, but {log}")


def commands(lines):
    """Each command with the lines behind it."""
    block = []
    for line in lines:
        if line.startswith("$ "):
            if block:
                yield block
            block = [line]
        elif block:
            block.append(line)
    if block:
        yield block


def pattern(text):
    regex = re.escape(single_blanks(text))
    for word, meaning in PLACEHOLDERS.items():
        regex = re.sub(word, meaning, regex)
    return regex


def single_blanks(line):
    return re.sub(" +", " ", line.strip())


def whole_calls(log):
    """The lines of a log, without the process in front, and calls in one piece that another process had broken in two."""
    lines, open_calls = [], []
    for line in log.splitlines():
        pid, text = PID.fullmatch(line).groups()
        if begun := UNFINISHED.fullmatch(text):
            open_calls.append((pid, begun[1], begun[2]))
        elif ended := RESUMED.fullmatch(text):
            # A process that is alone has no number in front.
            same = [call for call in open_calls if call[1] == ended[1] and (call[0] == pid or None in (pid, call[0]))]
            if same:
                open_calls.remove(same[0])
                lines.append(single_blanks(f"{ended[1]}({same[0][2]}{ended[2]}"))
        else:
            lines.append(single_blanks(text))
    return lines
