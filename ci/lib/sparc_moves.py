"""The trap and clone of sparc and sparc64. asm! takes no g1, and tells an error and a child by instructions behind the
trap: what asm! is given is executed here, with names in place of values."""

import re

from lib.report import expect

BLOCK = re.compile(r"\basm!\((.*?)\n\s*\);", re.DOTALL)
TEMPLATE = re.compile(r'^\s*"([^"]*)",', re.MULTILINE)
OPERAND = re.compile(r'\b(?:(\w+) = )?(in|out|inout|lateout)\("?(\w+)"?\)\s*([^,=]+?)\s*(?:=>\s*(\w+)\s*)?,')
FUNCTION = re.compile(
    r"unsafe fn syscall(\d)\(nr: usize((?:, \w: Word)*)\) -> \*mut \(\) \{\s*trap!\(nr(.*?)\)\s*\}", re.DOTALL)


class Machine:
    """`answer` is what the trap leaves: o0, o1 and the carry."""

    def __init__(self, registers, answer):
        self.registers, self.answer = dict(registers), answer
        self.at_trap = self.jumped = self.carry = self.zero = None

    def run(self, template):
        at, target = 0, None
        while at < len(template) and self.jumped is None:
            branch = self.step(template[at])
            # The instruction behind a branch is executed before its target.
            if branch is not None:
                self.step(template[at + 1])
                if branch in ("2f", "2:"):
                    target = template.index("2:")
                    at = target
                    continue
                if branch:
                    self.jumped = branch
                at += 1
            at += 1
        return self

    def value(self, word):
        return self.registers[word] if word in self.registers else int(word)

    def step(self, text):
        """None, or where a branch goes: "" if it is not taken."""
        registers = self.registers
        match text.replace(",", " ").split():
            case ["t", "0x6d" | "0x10"]:
                self.at_trap = dict(registers)
                registers["%o0"], registers["%o1"], self.carry = self.answer
            case ["mov", value, to]:
                registers[to] = self.value(value)
            case ["clr", to]:
                registers[to] = 0
            case ["movcs", "%icc" | "%xcc", value, to]:
                registers[to] = self.value(value) if self.carry else registers[to]
            case ["tst", one]:
                self.zero = registers[one] == 0
            case ["bcs", "2f"] | ["bcs", "pn", "%xcc", "2f"]:
                return "2f" if self.carry else ""
            case ["be", "2f"]:
                return "2f" if self.zero else ""
            case ["brz", "pt", one, "2f"]:
                return "2f" if registers[one] == 0 else ""
            case ["jmp", one]:
                return registers[one]
            case ["2:"]:
                pass
            case _:
                raise SystemExit(f"sparc: this check does not know the instruction {text}")
        return None


class Asm:
    def __init__(self, text):
        (block,) = BLOCK.findall(text)
        self.block, self.template = block, TEMPLATE.findall(block)
        self.inputs, self.outputs = {}, {}
        for name, direction, place, value, result in OPERAND.findall(block):
            register = f"{{{name}}}" if place == "reg" else f"%{place}"
            if "in" in direction:
                self.inputs[register] = value.split(" as ")[0]
            if "out" in direction:
                self.outputs[register] = result or value


def check_carry(arch, asm, carry):
    """The word is told to be an error where the kernel sets the carry, and nowhere else."""
    for failed in (0, 1):
        machine = Machine({**asm.inputs, "{failed}": 0}, ("word", 0, failed)).run(asm.template)
        seen = machine.registers["%o0"], machine.registers["{failed}"]
        expect(f"{arch} {'error' if failed else 'value'}", seen == ("word", failed), seen)
    expect(f"{arch} carry", any(carry in line for line in asm.template), asm.template)


def check_trap(text, abi):
    arch, asm = abi["arch"], Asm(text)
    expect(f"{arch} trap.rs options", "options(nostack)," in asm.block, "it is not nostack alone")
    expect(f"{arch} trap.rs results", asm.outputs == {"%o0": "result", "%o1": "second", "{failed}": "failed"}, asm.outputs)
    expect(f"{arch} trap.rs arguments", "$(in($register) $arg,)*" in asm.block, "the macro does not place them")
    machine = Machine({**asm.inputs, "{failed}": 0}, ("word", 0, 0)).run(asm.template)
    expect(f"{arch} trap.rs number", machine.at_trap[f"%{abi['number']}"] == "$nr", machine.at_trap)
    expect(f"{arch} trap.rs instruction", abi["instruction"] in asm.template, asm.template)
    check_carry(f"{arch} trap.rs", asm, "%xcc" if arch == "sparc64" else "%icc")
    functions = {int(count): (parameters, used) for count, parameters, used in FUNCTION.findall(text)}
    expect(f"{arch} trap.rs functions", sorted(functions) == list(range(7)), sorted(functions))
    for count, (parameters, used) in sorted(functions.items()):
        names = re.findall(r"(\w): Word", parameters)
        placed = re.findall(r'"(\w+)" = (\w)', used)
        wanted = list(zip(abi["args"], names))
        expect(f"{arch} syscall{count}", len(names) == count and placed == wanted, f"{placed}, wanted {wanted}")


def check_clone(text, abi):
    arch, asm = abi["arch"], Asm(text)
    expect(f"{arch} thread.rs options", "options(nostack)," in asm.block, "it is not nostack alone")
    outputs = {"%o0": "result", "%o1": "_", "{failed}": "failed"}
    expect(f"{arch} thread.rs results", asm.outputs == outputs, asm.outputs)
    parent = Machine(asm.inputs, ("word", 0, 0)).run(asm.template)
    seen = [parent.at_trap[f"%{register}"] for register in (abi["number"], *abi["args"][:5])]
    expect(f"{arch} thread.rs arguments", seen == ["SYS_clone", "a", "stack", "c", "d", "e"], seen)
    expect(f"{arch} thread.rs parent", parent.jumped is None, parent.jumped)
    expect(f"{arch} thread.rs instruction", abi["instruction"] in asm.template, asm.template)
    check_carry(f"{arch} thread.rs", asm, "%xcc" if arch == "sparc64" else "bcs")
    child = Machine(asm.inputs, ("the parent", 1, 0)).run(asm.template)
    seen = [child.jumped, *(child.registers.get(register) for register in ("%o0", "%fp", "%o7"))]
    expect(f"{arch} thread.rs child", seen == ["entry", "arg", 0, 0], seen)
