"""The trap and clone of x86, whose registers are moved by hand around the instruction: what asm! is given is executed
here, with names in place of values, so that what is in each register at the trap and after it can be compared."""

import re

from lib.report import expect

KEPT = ("ebx", "ecx", "edx", "esi", "edi", "ebp")
STRING = re.compile(r'"([^"]*)"')
OPTIONS = re.compile(r"options\((.*?)\)")


class Machine:
    """`memory` is what edi points at, from there on; `stack` what is on the stack, the top last."""

    def __init__(self, registers, memory=()):
        self.registers = {**{name: f"{name} before" for name in KEPT}, **registers}
        self.before = dict(self.registers)
        self.memory, self.stack = memory, []
        self.at_trap = self.jumped = None

    def run(self, template, result="result"):
        """From the first to the last; `result` is what the trap answers, and 0 is not taken for a jump."""
        at = 0
        while at < len(template) and self.jumped is None:
            at = self.step(template, at, result)
        return self

    def step(self, template, at, result):
        words = template[at].replace(",", " ").split()
        registers = self.registers
        match words:
            case ["int", "0x80"]:
                self.at_trap = dict(registers)
                registers["eax"] = result
            case ["xchg", one, other]:
                registers[one], registers[other] = registers[other], registers[one]
            case ["push", one]:
                self.stack.append(registers.get(one, one))
            case ["sub", "esp", size]:
                self.stack += [None] * (int(size) // 4)
            case ["mov", one, other] if other in registers:
                registers[one] = registers[other]
            case ["pop", one]:
                registers[one] = self.stack.pop()
            case ["mov", one, "[edi]"]:
                registers[one] = self.load(0)
            case ["mov", one, "[edi", "+", offset]:
                registers[one] = self.load(int(offset.rstrip("]")))
            case ["xor", one, other] if one == other:
                registers[one] = 0
            case ["test", "eax", "eax"] | ["2:"]:
                pass
            case ["jnz", "2f"]:
                return template.index("2:") if registers["eax"] != 0 else at + 1
            case ["jmp", one]:
                self.jumped = registers[one]
            case _:
                raise SystemExit(f"x86: this check does not know the instruction {template[at]}")
        return at + 1

    def load(self, offset):
        if self.registers["edi"] != "memory":
            raise SystemExit("x86: edi is read through and is no pointer any more")
        return self.memory[offset // 4]

    def keeps(self, but=()):
        """What the compiler believes: all but the result and what it is told of are as they were."""
        changed = [name for name in KEPT if name not in but and self.registers[name] != self.before[name]]
        return not changed and not self.stack, f"{changed} changed, {self.stack} left on the stack"


def asm_options(text):
    return [OPTIONS.findall(block) for block in re.findall(r"\basm!\((.*?)\n\s*\);", text, re.DOTALL)]


def check_trap(text, abi):
    # The stack is the compiler's where nothing is pushed; `nomem`, `readonly` and `preserves_flags` are never true.
    expect("x86 trap.rs options", asm_options(text) == [["nostack"], []], asm_options(text))
    bodies = re.findall(r"unsafe fn syscall(\d)\(nr: usize((?:, \w: Word)*)\) -> \*mut \(\) \{(.*?)\n\}", text, re.DOTALL)
    expect("x86 trap.rs functions", [int(count) for count, *_ in bodies] == list(range(7)), [each[0] for each in bodies])
    for count, parameters, body in bodies:
        names = re.findall(r"(\w): Word", parameters)
        operands = dict(re.findall(r'"(\w+)" = (\w)\b', body))
        if "trap_by_memory!" in body:
            memory = re.search(r"let rest = \[(.*?)\];", body)[1].split(", ")
            before, after = (STRING.findall(part) for part in body.split(";\n")[2:4])
            machine, lost = Machine({"eax": "nr", "edi": "memory", **operands}, memory), ("edi",)
        else:
            before = after = STRING.findall(body.partition(";")[2])
            machine, lost = Machine({"eax": "nr", **operands}), ()
        machine.run([*before, abi["instruction"], *after])
        seen = [machine.at_trap[register] for register in (abi["number"], *abi["args"][: int(count)])]
        expect(f"x86 syscall{count}", seen == ["nr", *names] and len(names) == int(count), seen)
        expect(f"x86 syscall{count} keeps registers", *machine.keeps(lost))


def check_clone(text, abi):
    (block,) = re.findall(r"\basm!\((.*?)\n\s*\);", text, re.DOTALL)
    template = re.findall(r'^\s*"([^"]*)",', block, re.MULTILINE)
    operands = dict(re.findall(r'\bin\("(\w+)"\) (\w+),', block))
    expect("x86 thread.rs operands", 'inlateout("eax") SYS_clone as usize => result,' in block
           and 'inout("edi") rest.as_ptr() => _,' in block and "options(" not in block, block)  # fmt: skip
    memory = re.search(r"let rest = \[(.*?), MaybeUninit::new\((\w+) as \*mut \(\)\)\];", text)
    memory = [*memory[1].split(", "), memory[2]]
    start = {"eax": "SYS_clone", "edi": "memory", **operands}
    parent = Machine(start, memory).run(template)
    seen = [parent.at_trap[register] for register in abi["args"][:5]]
    expect("x86 thread.rs arguments", seen == list("abcde"), seen)
    expect("x86 thread.rs parent", *parent.keeps(("edi",)))
    # The child has the stack that it was made for, a multiple of 16, and nothing on it.
    child = Machine(start, memory)
    trap = template.index(abi["instruction"])
    child.run(template[: trap + 1], result=0)
    child.stack, child.registers["esp"] = [], "arg"
    child.run(template[trap + 1 :])
    seen = [child.jumped, child.registers["ebp"], *child.stack]
    expect("x86 thread.rs child", seen == ["entry", 0, None, None, None, "arg", "0"], seen)
