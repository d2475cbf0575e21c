"""The trap and clone of csky. asm! takes no r7: what it is given is executed here, with names in place of values."""

import re

from lib.report import expect

BLOCK = re.compile(r"\basm!\((.*?)\n\s*\);", re.DOTALL)
TEMPLATE = re.compile(r'^\s*"([^"]*)",', re.MULTILINE)
OPERAND = re.compile(r'\b(?:(\w+) = )?(in|out|inlateout|lateout)\("?(\w+)"?\)\s*([^,=]+?)\s*(?:=>\s*(\w+)\s*)?,')
FUNCTION = re.compile(
    r"unsafe fn syscall(\d)\(nr: usize((?:, \w: Word)*)\) -> \*mut \(\) \{\s*trap!\(nr(.*?)\)\s*\}", re.DOTALL)
OUTPUTS = {"r0": "result", "{kept}": "_"}


class Asm:
    def __init__(self, text):
        (self.block,) = BLOCK.findall(text)
        self.template = TEMPLATE.findall(self.block)
        self.inputs, self.outputs = {}, {}
        for name, direction, place, value, result in OPERAND.findall(self.block):
            register = f"{{{name}}}" if place == "reg" else place
            if "in" in direction:
                self.inputs[register] = value.split(" as ")[0]
            if "out" in direction:
                self.outputs[register] = result or value

    def run(self, answer):
        """The registers at the trap and at the end, and where the child goes."""
        registers, at_trap, at = {"r7": "r7 before", **self.inputs}, None, 0
        while at < len(self.template):
            match self.template[at].replace(",", " ").split():
                case ["lsli32", to, value, "0"] | ["mov16", to, value]:
                    registers[to] = registers[value]
                case ["movi32", to, number]:
                    registers[to] = int(number)
                case ["trap32", "0"]:
                    at_trap = dict(registers)
                    registers["r0"] = answer
                case ["cmpnei32", "r0", "0"] | ["2:"]:
                    pass
                case ["bt32", "2f"]:
                    at = self.template.index("2:") if registers["r0"] != 0 else at
                case ["jmp32", to]:
                    return at_trap, registers, registers[to]
                case _:
                    raise SystemExit(f"csky: this check does not know the instruction {self.template[at]}")
            at += 1
        return at_trap, registers, None


def check_trap(text, abi):
    asm = Asm(text)
    at_trap, after, _ = asm.run("answer")
    expect("csky trap.rs instruction", asm.template.count(abi["instruction"].replace("trap", "trap32")) == 1, asm.template)
    expect("csky trap.rs number", at_trap[abi["number"]] == "$nr", at_trap)
    expect("csky trap.rs outputs", asm.outputs == OUTPUTS, asm.outputs)
    # A late output may share its register with an input.
    expect("csky trap.rs keeps r7 apart", "kept = out(reg) _," in asm.block, asm.block)
    expect("csky trap.rs keeps r7", (after["r7"], after["r0"]) == ("r7 before", "answer"), after)
    expect("csky trap.rs options", "options(nostack)," in asm.block, asm.block)
    expect("csky trap.rs arguments", "$(in($register) $arg,)*" in asm.block, "the macro does not place them")
    functions = {int(count): (parameters, used) for count, parameters, used in FUNCTION.findall(text)}
    expect("csky trap.rs functions", sorted(functions) == list(range(7)), sorted(functions))
    for count, (parameters, used) in sorted(functions.items()):
        names, placed = re.findall(r"(\w): Word", parameters), re.findall(r'"(\w+)" = (\w)', used)
        wanted = list(zip(abi["args"], names))
        expect(f"csky syscall{count}", len(names) == count and placed == wanted, f"{placed}, wanted {wanted}")


def check_clone(text, abi):
    asm = Asm(text)
    at_trap, after, jumped = asm.run("the child")
    seen = [at_trap[register] for register in (abi["number"], *abi["args"][:5])]
    expect("csky thread.rs arguments", seen == ["SYS_clone", *"abcde"], seen)
    expect("csky thread.rs outputs", asm.outputs == OUTPUTS, asm.outputs)
    expect("csky thread.rs parent", (after["r7"], after["r0"], jumped) == ("r7 before", "the child", None), after)
    expect("csky thread.rs options", "options(nostack)," in asm.block, asm.block)
    _, child, jumped = asm.run(0)
    seen = [jumped, child["r0"], child["r8"], child["r15"]]
    expect("csky thread.rs child", seen == ["entry", "arg", 0, 0], seen)
