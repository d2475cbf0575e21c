"""The trap and clone of mips and mips64. asm! cannot name $1, hi and lo, and on mips the arguments from the fifth on stand
on the stack: what asm! is given is executed here, with names in place of values, so that what is in each place at the
trap and after it can be compared."""

import re

from lib.convention import source
from lib.report import expect

# What asm! has no name for, and aside.rs puts aside.
NAMELESS = {"$1", "hi", "lo"}
SP = "$29"
KEPT = [*(f"${number}" for number in range(1, 32) if number not in (26, 27)), "hi", "lo"]
OPERAND = re.compile(r'\b(in|out|lateout)\("(\$\d+)"\) ([^,]+),')
IN_MEMORY = re.compile(r"(-?\d+)\((\$29|sp)\)")


class Machine:
    def __init__(self, registers, named, lost, result):
        self.registers = {**{name: f"{name} before" for name in KEPT}, SP: 0, "$0": 0, **registers}
        self.before = dict(self.registers)
        self.named, self.lost, self.result = named, lost, result
        self.memory, self.at_trap, self.jumped = {}, None, None

    def run(self, template):
        at = 0
        while at < len(template) and self.jumped is None:
            at = self.step(template, at)
        return self

    def step(self, template, at):
        registers = self.registers
        match template[at].replace(",", " ").split():
            case [".set", "noat"] | ["2:"]:
                pass
            case ["syscall"]:
                self.at_trap = (dict(registers), dict(self.memory))
                registers.update({name: "lost" for name in self.lost}, **self.result)
            case ["move", to, value]:
                registers[to] = registers[value]
            case ["mfhi" | "mflo" as name, to]:
                registers[to] = registers[name[2:]]
            case ["mthi" | "mtlo" as name, value]:
                registers[name[2:]] = registers[value]
            case ["addiu", "$29", "$29", number]:
                registers[SP] += int(number)
            case ["sw", value, place]:
                offset, _ = IN_MEMORY.fullmatch(place).groups()
                self.memory[registers[SP] + int(offset)] = self.named[value.strip("{}")]
            case ["bnez", register, "2f"]:
                return template.index("2:") if registers[register] != 0 else at + 1
            case ["jr", register]:
                self.jumped = registers[register]
            case _:
                raise SystemExit(f"mips: this check does not know the instruction {template[at]}")
        return at + 1

    def seen(self, places):
        """What stood in these places at the trap; those on the stack count from its pointer there."""
        registers, memory = self.at_trap
        return [memory.get(registers[SP] + int(found[1])) if (found := IN_MEMORY.fullmatch(place))
                else registers[place] for place in places]  # fmt: skip

    def keeps(self, told):
        changed = [name for name in KEPT if name not in told and self.registers[name] != self.before[name]]
        return not changed, f"{changed} changed, and the compiler was not told"


class Around:
    """One of the two macros of aside.rs."""

    def __init__(self, release_6):
        blocks = re.findall(r"=> \{\s*asm!\((.*?)\n\s*\)\s*\};", source("mips", "aside.rs"), re.DOTALL)
        block = blocks[release_6]
        strings = re.findall(r'^\s*("[^"]*"|\$\(\$text,\)\*),?$', block, re.MULTILINE)
        at = strings.index("$($text,)*")
        self.before, self.after = ([text.strip('"') for text in part] for part in (strings[:at], strings[at + 1 :]))
        self.scratch = set(re.findall(r'^\s*out\("(\$\d+)"\) _,$', block, re.MULTILINE))
        # What release 6 lacks, nothing keeps there.
        self.absent = {"hi", "lo"} if release_6 else set()


def operands(block):
    found = OPERAND.findall(block)
    inputs = {register: value for way, register, value in found if way == "in"}
    outputs = {register: value for way, register, value in found if way != "in"}
    # Ours are early, as an input must not share them; the kernel's are late.
    return inputs, outputs, {way for way, *_ in found}


def check_operands(name, abi, block, on_stack):
    """Returns what the compiler is told that it loses, besides what aside.rs tells."""
    _, outputs, ways = operands(block)
    lost = {register for register, value in outputs.items() if value == "_"}
    named = abi["clobbers"] - NAMELESS - {"$7"}
    expect(f"{name} clobbers", lost == named and ways == {"in", "lateout"}, sorted(lost ^ named))
    expect(f"{name} result", outputs[abi["result"]] == "result" and outputs["$7"] == "failed", outputs)
    options = re.findall(r"options\((.*?)\)", block)
    expect(f"{name} options", options == ([] if on_stack else ["nostack"]), options)
    return set(outputs)


def asm_block(text):
    """What stands between the brackets, which is executed, and the operands."""
    (block,) = re.findall(r"\basm_around_trap!\((.*?)\n\s*\);", text, re.DOTALL)
    inner, _, outer = block.partition("],")
    return inner.partition("[")[2], outer


def template_of(block):
    """Strings, and what a macro puts among them."""
    lines = re.findall(r'^\s*(".*"|\$\(.*\)\*),?\s*$', block, re.MULTILINE)
    return [line.strip('"') for line in lines]


def check_trap(text, abi):
    arch = abi["arch"]
    (inner, block), on_stack = asm_block(text), abi["args"][4] not in KEPT
    told = check_operands(f"{arch} trap.rs", abi, block, on_stack)
    inputs, *_ = operands(block)
    expect(f"{arch} trap.rs number", inputs == {abi["number"]: "$nr"}, inputs)
    expect(f"{arch} trap.rs arguments", "$(in($register) $arg,)*" in block, "the macro does not place them")
    expect(f"{arch} trap.rs flag", "flag::word(result, failed != 0)" in text, "the errno is not negated")
    pieces = re.findall(r"trap!\(@ \[(.*?)\], \$nr", text, re.DOTALL)
    expect(f"{arch} trap.rs text", inner == ("$($text),*" if on_stack else '"syscall"'), inner)
    expect(f"{arch} trap.rs pieces", len(pieces) == (2 if on_stack else 0), len(pieces))
    deep = on_stack and template_of(pieces[1])
    bodies = re.findall(r"unsafe fn syscall(\d)\(nr: usize((?:, \w: Word)*)\) -> \*mut \(\) \{\s*trap!\(nr(.*?)\)\s*\}",
                        text, re.DOTALL)  # fmt: skip
    most = 7 if on_stack else 6
    expect(f"{arch} trap.rs functions", [int(count) for count, *_ in bodies] == list(range(most + 1)),
           [each[0] for each in bodies])  # fmt: skip
    for count, parameters, body in bodies:
        names = re.findall(r"(\w): Word", parameters)
        in_registers, _, in_memory = body.partition(";")
        stacked = re.findall(r"(\d+) = (\w)", in_memory)
        trap = ["syscall"] if not stacked else [
            line for piece in deep
            for line in ([f"sw {{{name}}}, {offset}($29)" for offset, name in stacked] if "concat!" in piece else [piece])
        ]  # fmt: skip
        placed = dict(re.findall(r'"(\$\d+)" = (\w)', in_registers))
        places = [*abi["args"], *([abi["seventh"]] if on_stack else [])]
        for around in (Around(False), Around(True)):
            name = f"{arch} syscall{count}{' release 6' * bool(around.absent)}"
            machine = Machine({abi["number"]: "nr", **placed}, {name: name for name in names}, abi["clobbers"], {})
            machine.run([*around.before, *trap, *around.after])
            seen = machine.seen([abi["number"], *places[: int(count)]])
            expect(name, seen == ["nr", *names] and len(names) == int(count), seen)
            expect(f"{name} keeps registers", *machine.keeps(told | around.scratch | around.absent))


def check_clone(text, abi):
    arch = abi["arch"]
    (inner, block), on_stack = asm_block(text), abi["args"][4] not in KEPT
    told = check_operands(f"{arch} thread.rs", abi, block, on_stack)
    inputs, *_ = operands(block)
    inputs = {register: value.split()[0] for register, value in inputs.items()}
    around = Around(False)
    free = not around.scratch & set(inputs)
    expect(f"{arch} thread.rs scratch", free, f"{around.scratch} hold what is put aside, {set(inputs)} are inputs")

    def run(result):
        template = [*around.before, *template_of(inner), *around.after]
        return Machine(inputs, {"e": "e"}, abi["clobbers"], result).run(template)

    for name, result in {"parent": {"$2": 1, "$7": 0}, "failure": {"$2": 11, "$7": 1}}.items():
        parent = run(result)
        seen = parent.seen([abi["number"], *abi["args"][:5]])
        expect(f"{arch} thread.rs {name} arguments", seen == ["SYS_clone", *"abcde"], seen)
        kept, why = parent.keeps(told | around.scratch)
        expect(f"{arch} thread.rs {name}", kept and parent.jumped is None, why)
    child = run({"$2": 0, "$7": 0})
    registers = child.registers
    seen = [child.jumped, *(registers[name] for name in ("$25", "$4", "$30", "$31"))]
    expect(f"{arch} thread.rs child", seen == ["entry", "entry", "arg", 0, 0], seen)
    # o32: room for four arguments on a stack that is the child's own, below which it was made.
    moved = registers[SP] - child.at_trap[0][SP]
    expect(f"{arch} thread.rs child's stack", moved == (-16 if on_stack else 0), moved)
    expect(f"{arch} thread.rs flag", "flag::word(result, failed != 0)" in text, "the errno is not negated")
