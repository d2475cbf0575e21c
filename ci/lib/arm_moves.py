"""The trap and clone of arm, where r7 is moved by hand around the instruction: what asm! is given is executed here, with
names in place of values, for each choice of registers that is left to the compiler."""

import re

from lib.report import expect

GENERAL = [*(f"r{number}" for number in range(13)), "lr"]
# In ARM mode the compiler may choose r7 itself for one of them.
CHOICES = [{"saved": "r12", "nr": "lr"}, {"saved": "r7", "nr": "r12"}, {"saved": "r12", "nr": "r7"}]
FUNCTION = re.compile(
    r"unsafe fn syscall(\d)\(nr: usize((?:, \w: Word)*)\) -> \*mut \(\) \{\s*trap!\(nr(.*?)\)\s*\}", re.DOTALL)


class Asm:
    """The one asm! of a file."""

    def __init__(self, text):
        (block,) = re.findall(r"\basm!\((.*?)\n\s*\);", text, re.DOTALL)
        self.template = re.findall(r'^\s*"([^"]*)",', block, re.MULTILINE)
        self.operands = [line.strip() for line in re.sub(r'^\s*"[^"]*",', "", block, flags=re.MULTILINE).split("\n")]
        self.operands = [line.rstrip(",") for line in self.operands if line]

    def run(self, choice, nr, operands, result):
        """The registers before, at the trap and after it, and where a jump went."""
        registers = {**{name: f"{name} before" for name in GENERAL}, **operands, choice["nr"]: nr}
        before, at_trap, zero = dict(registers), None, result == 0
        template = [line.format(**choice) for line in self.template]
        at = 0
        while at < len(template):
            match template[at].replace(",", " ").split():
                case ["svc", "0"]:
                    at_trap = dict(registers)
                    registers["r0"] = result
                case ["mov" | "movs", to, "#0"]:
                    registers[to] = 0
                case ["mov", to, source]:
                    registers[to] = registers[source]
                case ["cmp", "r0", "#0"] | ["2:"]:
                    pass
                case ["bne", "2f"]:
                    at = at if zero else template.index("2:")
                case ["bx", to]:
                    return before, at_trap, registers, registers[to]
                case _:
                    raise SystemExit(f"arm: this check does not know the instruction {template[at]}")
            at += 1
        return before, at_trap, registers, None


def keeps(choice, before, after):
    """What the compiler believes: all but the result and what it is told of are as they were."""
    changed = [name for name in GENERAL if name not in ("r0", choice["saved"]) and before[name] != after[name]]
    return not changed, f"{choice}: {changed} changed"


def check_trap(text, abi):
    asm = Asm(text)
    wanted = ["saved = out(reg) _", "nr = in(reg) $nr", "$(in($register) $arg,)*", 'lateout("r0") result', "options(nostack)"]
    expect("arm trap.rs operands", asm.operands == wanted, asm.operands)
    functions = FUNCTION.findall(text)
    expect("arm trap.rs functions", [int(count) for count, *_ in functions] == list(range(7)), functions)
    for count, parameters, used in functions:
        names = re.findall(r"(\w): Word", parameters)
        for choice in CHOICES:
            before, at_trap, after, _ = asm.run(choice, "nr", dict(re.findall(r'"(\w+)" = (\w)\b', used)), "result")
            seen = [at_trap[register] for register in (abi["number"], *abi["args"][: int(count)])]
            name = f"arm syscall{count} saved={choice['saved']} nr={choice['nr']}"
            expect(name, seen == ["nr", *names] and len(names) == int(count), seen)
            expect(f"{name} keeps registers", *keeps(choice, before, after))


def check_clone(text, abi):
    asm = Asm(text)
    placed = dict(match.groups() for line in asm.operands if (match := re.fullmatch(r'in\("(\w+)"\) (\w+)', line)))
    others = [line for line in asm.operands if not re.fullmatch(r'in\("(\w+)"\) (\w+)', line)]
    wanted = ["saved = out(reg) _", "nr = in(reg) SYS_clone as usize", 'lateout("r0") result', "options(nostack)"]
    expect("arm thread.rs operands", others == wanted, others)
    for choice in CHOICES:
        name = f"arm clone saved={choice['saved']} nr={choice['nr']}"
        before, at_trap, after, _ = asm.run(choice, "nr", placed, "result")
        seen = [at_trap[register] for register in (abi["number"], *abi["args"][:5])]
        expect(f"{name} arguments", seen == ["nr", "a", "b", "c", "d", "e"], seen)
        expect(f"{name} parent", *keeps(choice, before, after))
        *_, child, jumped = asm.run(choice, "nr", placed, 0)
        seen = [jumped, *(child[register] for register in ("r0", "r7", "r11", "lr"))]
        expect(f"{name} child", seen == ["entry", "arg", 0, 0, 0], seen)
