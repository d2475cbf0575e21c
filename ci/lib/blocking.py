"""The list ci/blocking, and what the declarations in src/calls say."""

import re
from dataclasses import dataclass

from lib.common import ROOT, die

CLASSES = {"never_blocks": "never", "may_block": "may", "blocks": "always"}
LIST = ROOT / "ci/blocking"

FUNCTION = re.compile(
    r"^(?P<docs>(?: *///.*\n)*)(?: *#\[.*\n)*"
    r"(?P<indent> *)(?P<pub>pub )?(?:pub\(crate\) )?(?:const )?(?:unsafe )?fn (?P<name>\w+)(?:<(?P<generics>[^()]*)>)?\((?:[^;{]|; \d+\])*\{(?P<body>.*\}$|(?s:.*?)^(?P=indent)\})",
    re.MULTILINE,
)
MACRO = re.compile(r"\bcall!\(\s*(?:(?P<word>\w+):\s*)?(?:wide::)?SYS_(?P<syscall>\w+)(?P<rest>[^;}]*)")
# The two ways to the trap beside `call!`, of src/trap.rs.
EXIT = re.compile(r"\bexit\(SYS_(?P<syscall>\w+)")
CLONE = re.compile(r"\bclone\(\s*\[")
CLONE_CLASS = re.compile(r"fn around_clone\b.*?\bBlocks::(\w+).*?^}", re.MULTILINE | re.DOTALL)
BLOCKING = re.compile(r"^blocking! \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^\s*//.*", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    cls: str
    why: str
    source: str


@dataclass(frozen=True)
class Call:
    cls: str | None
    place: str
    text: str


@dataclass(frozen=True)
class Function:
    docs: str
    generics: str
    public: bool
    body: str
    place: str
    module: str
    twin: bool


def lines():
    """By function and syscall."""
    found = {}
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split(None, 4)
        if len(fields) < 5 or tuple(fields[:2]) in found:
            die(f"ci/blocking:{number}: it wants FUNCTION SYSCALL CLASS WHY SOURCE, once")
        found[tuple(fields[:2])] = Line(*fields[2:])
    return found


def functions():
    """Those of src/calls, by name."""
    found = {}
    for path in sorted((ROOT / "src/calls").glob("*.rs")):
        text = path.read_text().split("#[cfg(test)]\nmod tests")[0]
        twins = [match.span(1) for match in BLOCKING.finditer(text)]
        for match in FUNCTION.finditer(text):
            place = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start('name')) + 1}"
            twin = any(start <= match.start() < end for start, end in twins)
            body = COMMENT.sub("", match["body"])
            found[match["name"]] = Function(match["docs"], match["generics"] or "", bool(match["pub"]), body, place, path.stem, twin)
    return found


def calls(functions):
    """By function and syscall."""
    found = {}
    for name, function in functions.items():
        for match in MACRO.finditer(function.body):
            cls = CLASSES.get(match["word"])
            found[name, match["syscall"]] = Call(cls, function.place, match["rest"])
        for match in EXIT.finditer(function.body):
            found[name, match["syscall"]] = Call("ends", function.place, "")
        if CLONE.search(function.body):
            hooked = CLONE_CLASS.search((ROOT / "src/interpose/mod.rs").read_text())
            found[name, "clone"] = Call(hooked and hooked[1].lower(), "src/interpose/mod.rs", "")
    return found


def documents(functions, name, errno, seen=()):
    """Whether the docs of a function list an errno; also by "Those of [`another`]", or by "Others by command" or driver,
    where all that there are have no end."""
    errors = re.search(r"/// # Errors\n(.*?)(?=/// # |\Z)", functions[name].docs, re.DOTALL)
    if not errors:
        return False
    others = re.findall(r"Those of \[`(\w+)`\]", errors[1])
    return f"`{errno}`" in errors[1] or "- Others by " in errors[1] or any(
        documents(functions, other, errno, (*seen, name)) for other in others if other not in seen and other in functions
    )
