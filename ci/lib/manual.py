"""The Linux manual's pages (ci/manual), as plain words."""

import functools
import gzip
import re
import subprocess

from lib.common import ROOT, die


@functools.cache
def folder():
    made = subprocess.run([ROOT / "ci/manual"], stdout=subprocess.PIPE, text=True)
    if made.returncode:
        die("ci/manual failed")
    return made.stdout.strip()


@functools.cache
def source(name, section):
    """The page's roff; a name that only leads to another page is followed. None: there is no such page."""
    try:
        with gzip.open(f"{folder()}/man{section}/{name}.{section}.gz", "rt") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    if other := re.match(r"\.so man\d/(.+)\.(\d)$", text.strip()):
        return source(other[1], int(other[2]))
    return text


def names(roff):
    """The calls that a page is about: what stands before the dash under NAME, and the page's own."""
    head = re.search(r"^\.TH (\S+)", roff, re.MULTILINE)[1]
    return {head, *re.split(r",\s*", plain(chapter(roff, "NAME")).split(" - ")[0])}


def chapter(roff, title, macro="SH"):
    ends = r"^\.SH" if macro == "SH" else r"^\.S[SH]"
    found = re.search(rf'^\.{macro} "?{title}"?\s*\n(.*?)(?={ends}|\Z)', roff, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def paragraphs(roff):
    return re.split(r"^\.(?:TP|PP|IP.*|P)\n", roff, flags=re.MULTILINE)


def plain(roff):
    """Words with one blank between them; macros and fonts are gone, and so are comments."""
    lines = []
    for line in roff.splitlines():
        if re.match(r"[.']\s*\\\"", line):
            continue
        if macro := re.match(r"\.([A-Z]+)\s*(.*)", line):
            pieces = re.findall(r'"[^"]*"|\S+', macro[2])
            # Of two letters each is a font: the pieces stand against each other.
            between = "" if macro[1] in ("BR", "RB", "IR", "RI", "BI", "IB") else " "
            line = between.join(each.strip('"') for each in pieces)
        lines.append(re.sub(r"\\f.|\\&|\\c$", "", line).replace("\\-", "-").replace("\\(dq", '"'))
    return " ".join(" ".join(lines).split())


def interrupted():
    """The calls that signal(7) names as interrupted by a handler, in its points; the means to an end is not one."""
    roff = chapter(source("signal", 7), "Interruption of system calls and library functions by signal handlers", "SS")
    points = [plain(re.split(r"^\.PP", each, flags=re.MULTILINE)[0]) for each in roff.split(".IP")[1:]]
    return {name for each in points for name in re.findall(r"(?<!using )\b(\w+)\(2\)", each)}
