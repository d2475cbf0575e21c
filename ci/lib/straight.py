"""How many instructions a function takes on its shortest way through the trap: what runs while nothing is in the way."""

import re
import subprocess
from collections import deque

from lib.common import find_tool

TRAP = {"syscall", "svc", "int"}
# A jump without a condition, and the end of the way.
ALWAYS = {"jmp", "b"}
END = {"ret", "retq", "retl"}


def functions(path):
    """By name: address, mnemonic and the address that a jump names."""
    listing = subprocess.run(
        [find_tool("llvm-objdump", "llvm-22"), "--disassemble", "--no-show-raw-insn", path],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = {}
    for line in listing.splitlines():
        if header := re.match(r"[0-9a-f]+ <(.+)>:", line):
            found[header[1]] = []
        elif match := re.match(r"\s*([0-9a-f]+):\s+(\S+)(?:.*?\b0x([0-9a-f]+) <)?", line):
            target = int(match[3], 16) if match[3] else None
            found[next(reversed(found))].append((int(match[1], 16), match[2], target))
    return found


def length(instructions):
    """Breadth first over (instruction, whether the trap is behind it)."""
    at = {address: index for index, (address, *_) in enumerate(instructions)}
    waiting, seen = deque([(0, False, 1)]), {(0, False)}
    while waiting:
        index, trapped, steps = waiting.popleft()
        _, mnemonic, target = instructions[index]
        trapped |= mnemonic in TRAP
        if mnemonic in END:
            if trapped:
                return steps
            continue
        follow = [] if mnemonic in ALWAYS else [index + 1]
        if target in at and mnemonic not in ("call", "callq", "calll", "bl"):
            follow.append(at[target])
        for each in follow:
            if each < len(instructions) and (each, trapped) not in seen:
                seen.add((each, trapped))
                waiting.append((each, trapped, steps + 1))
    raise SystemExit(f"no way through the trap in {instructions}")


def count(path):
    return {name: length(instructions) for name, instructions in functions(path).items() if instructions}
