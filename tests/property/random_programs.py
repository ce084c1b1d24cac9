# SPDX-License-Identifier: Apache-2.0
"""Random RV32IMC programs as assembly text that runs under any machine that has the instructions.

A program loads x1..x31 from its block, executes, and stores them there again; blocks are the data of a
batch, so that the memory from `begin_signature` to `end_signature` holds everything that came out. Programs
follow one another without jumps between them.

  block of a program, in words: UNFINISHED, which becomes 0 at its end; x1..x31; AREA_WORDS words that its
  loads and stores reach

Left out is what a user program may not do (CSRs, traps) and the compressed hints on which the Flex-V core
traps (docs/spec/isa.md, section 6).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

AREA_WORDS = 64
UNFINISHED = 1
BLOCK_WORDS = 32 + AREA_WORDS

STACK = "x2"  # base of the area, for the compressed forms with sp
COUNTER = "x4"  # of loops
MIDDLE = "x8"  # middle of the area: compressed and full loads reach all of it
RESERVED = (2, 4, 8)
FREE = [f"x{n}" for n in range(32) if n not in RESERVED]
NONZERO = FREE[1:]
COMPRESSED = [f"x{n}" for n in range(9, 16)]

EDGES = (0, 1, 2, 3, 0x7F, 0x80, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF)

REGISTER_OPERATIONS = "add sub sll slt sltu xor srl sra or and mul mulh mulhsu mulhu div divu rem remu".split()
IMMEDIATE_OPERATIONS = "addi slti sltiu xori ori andi".split()
SHIFTS = "slli srli srai".split()
LOADS = "lb lh lw lbu lhu".split()
STORES = "sb sh sw".split()
BRANCHES = "beq bne blt bge bltu bgeu".split()

Unit = list[str]  # instructions that no jump enters in the middle


class Generator:
    """One stream of programs; the seed determines all of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0
        self.straight: list[Callable[[], Unit]] = [
            self.register_operation,
            self.register_operation,
            self.immediate_operation,
            self.constant,
            self.load,
            self.store,
            self.compressed_operation,
            self.compressed_operation,
            self.compressed_load,
            self.compressed_store,
            self.computed_address,
            self.stack_pointer,
            self.fence,
        ]
        self.kinds: list[Callable[[], Unit]] = [*self.straight, self.branch, self.branch, self.jump, self.loop]

    def batch(self, programs: int, instructions: int) -> str:
        """Assembly of `programs` programs of at least `instructions` instructions each."""
        first = self.number
        texts = [self.program(instructions) for _ in range(programs)]
        blocks = [self.block(number) for number in range(first, self.number)]
        return (
            '.option norelax\n.option rvc\n.section .programs, "ax"\n.globl run_programs\nrun_programs:\n'
            + "\n".join(texts)
            + '\nj programs_done\n.section .blocks, "aw"\n.balign 4\n.globl begin_signature, end_signature\n'
            + "begin_signature:\n"
            + "\n".join(blocks)
            + "\nend_signature:\n"
        )

    def program(self, instructions: int) -> str:
        name = f"program_{self.number}"
        self.number += 1
        self.name, self.labels, self.units = name, 0, 0
        self.pending: dict[int, list[str]] = defaultdict(list)
        lines = [f"{name}:", ".option norvc", f"la x31, {name}_block"]
        lines += [f"lw x{n}, {4 * n}(x31)" for n in range(1, 32)]
        lines.append(".option rvc")
        done = 0
        while done < instructions:
            unit = self.pick(self.kinds)()
            lines += [*self.labels_here(), *unit]
            done += sum(not line.endswith(":") for line in unit)
            self.units += 1
        while self.pending:  # jumps over the end
            lines += self.labels_here()
            self.units += 1
        lines.append(".option norvc")
        lines += [f"sw x{n}, {4 * n - 4 * 64}({MIDDLE})" for n in range(32)]
        return "\n".join(lines)

    def block(self, number: int) -> str:
        words: list[object] = [UNFINISHED, *(self.value() for _ in range(31))]
        name = f"program_{number}_block"
        words[2] = f"{name} + {4 * 32}"
        words[8] = f"{name} + {4 * 64}"
        words += [self.value() for _ in range(AREA_WORDS)]
        return f"{name}: .word " + ", ".join(str(word) for word in words)

    # operands

    def pick(self, choices):  # type: ignore[no-untyped-def]
        return self.random.choice(choices)

    def value(self) -> int:
        return self.pick(EDGES) if self.random.random() < 0.5 else self.random.getrandbits(32)

    def immediate(self, bits: int) -> int:
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        return self.pick((low, high, -1, 0, 1)) if self.random.random() < 0.3 else self.random.randint(low, high)

    def labels_here(self) -> Unit:
        return [f"{label}:" for label in self.pending.pop(self.units, [])]

    def ahead(self) -> str:
        """A label behind one of the next units."""
        self.labels += 1
        label = f".L{self.name}_{self.labels}"
        self.pending[self.units + self.random.randint(1, 6)].append(label)
        return label

    # units

    def register_operation(self) -> Unit:
        operation = self.pick(REGISTER_OPERATIONS)
        return [full(f"{operation} {self.pick(FREE)}, {self.pick(FREE)}, {self.pick(FREE)}")]

    def immediate_operation(self) -> Unit:
        rd, rs1 = self.pick(FREE), self.pick(FREE)
        if self.random.random() < 0.3:
            return [full(f"{self.pick(SHIFTS)} {rd}, {rs1}, {self.random.randrange(32)}")]
        return [full(f"{self.pick(IMMEDIATE_OPERATIONS)} {rd}, {rs1}, {self.immediate(12)}")]

    def constant(self) -> Unit:
        kind = self.random.randrange(3)
        rd = self.pick(FREE)
        if kind == 0:
            return [full(f"{self.pick(('lui', 'auipc'))} {rd}, {self.random.getrandbits(20)}")]
        value, rd = self.value(), self.pick(NONZERO)
        low = (value & 0xFFF) - (value & 0x800) * 2
        high = (value - low) >> 12 & 0xFFFFF
        return [full(f"lui {rd}, {high}"), full(f"addi {rd}, {rd}, {low}")]

    def load(self) -> Unit:
        return [full(f"{self.pick(LOADS)} {self.pick(FREE)}, {self.random.randint(-128, 124)}({MIDDLE})")]

    def store(self) -> Unit:
        return [full(f"{self.pick(STORES)} {self.pick(FREE)}, {self.random.randint(-128, 124)}({MIDDLE})")]

    def computed_address(self) -> Unit:
        address = self.pick(NONZERO)
        where = f"{self.random.randint(-128, -4)}({address})"
        access = f"{self.pick(LOADS)} {self.pick(FREE)}" if self.random.random() < 0.5 else ""
        access = access or f"{self.pick(STORES)} {self.pick(FREE)}"
        return [
            full(f"andi {address}, {self.pick(FREE)}, 127"),
            f"c.add {address}, {MIDDLE}",
            full(f"{access}, {where}"),
        ]

    def compressed_operation(self) -> Unit:
        wide, rd, rs2 = self.pick(NONZERO), self.pick(COMPRESSED), self.pick(COMPRESSED)
        shift = self.random.randint(1, 31)
        # 6 bits; not 0 where that is a hint or another instruction
        small = self.immediate(6) or 1
        page = self.pick([*range(1, 32), *range(0xFFFE0, 0x100000)])
        return [
            self.pick(
                (
                    f"c.addi {wide}, {small}",
                    f"c.li {wide}, {self.immediate(6)}",
                    f"c.lui {wide}, {page}",
                    f"c.slli {wide}, {shift}",
                    f"c.srli {rd}, {shift}",
                    f"c.srai {rd}, {shift}",
                    f"c.andi {rd}, {self.immediate(6)}",
                    f"c.sub {rd}, {rs2}",
                    f"c.xor {rd}, {rs2}",
                    f"c.or {rd}, {rs2}",
                    f"c.and {rd}, {rs2}",
                    f"c.mv {wide}, {self.pick(NONZERO)}",
                    f"c.add {wide}, {self.pick(NONZERO)}",
                    f"c.addi4spn {rd}, {STACK}, {4 * self.random.randint(1, 255)}",
                    "c.nop",
                )
            )
        ]

    def compressed_load(self) -> Unit:
        if self.random.random() < 0.5:
            return [f"c.lwsp {self.pick(NONZERO)}, {4 * self.random.randrange(AREA_WORDS)}({STACK})"]
        return [f"c.lw {self.pick(COMPRESSED)}, {4 * self.random.randrange(AREA_WORDS // 2)}({MIDDLE})"]

    def compressed_store(self) -> Unit:
        if self.random.random() < 0.5:
            return [f"c.swsp {self.pick(FREE)}, {4 * self.random.randrange(AREA_WORDS)}({STACK})"]
        return [f"c.sw {self.pick(COMPRESSED)}, {4 * self.random.randrange(AREA_WORDS // 2)}({MIDDLE})"]

    def stack_pointer(self) -> Unit:
        step = 16 * self.random.randint(1, 31)
        read = full(f"addi {self.pick(FREE)}, {STACK}, {self.immediate(12)}")
        return [f"c.addi16sp {STACK}, {step}", read, f"c.addi16sp {STACK}, {-step}"]

    def fence(self) -> Unit:
        return [self.pick(("fence", "fence.i"))]

    def branch(self) -> Unit:
        if self.random.random() < 0.3:
            return [f"{self.pick(('c.beqz', 'c.bnez'))} {self.pick(COMPRESSED)}, {self.ahead()}"]
        registers = f"{self.pick(FREE)}, {self.pick(FREE)}"
        return [full(f"{self.pick(BRANCHES)} {registers}, {self.ahead()}")]

    def jump(self) -> Unit:
        """Calls and jumps; the lowest bit of a computed target does not count."""
        kind = self.random.randrange(4)
        label = self.ahead()
        if kind == 0:
            return [full(f"jal {self.pick(FREE)}, {label}")]
        if kind == 1:
            return [f"{self.pick(('c.j', 'c.jal'))} {label}"]
        target = self.pick(NONZERO)
        address = [full(f"lla {target}, {label}")]
        if kind == 2:
            return [*address, full(f"jalr {self.pick(FREE)}, {self.random.randrange(2)}({target})")]
        return [*address, f"{self.pick(('c.jr', 'c.jalr'))} {target}"]

    def loop(self) -> Unit:
        """A few turns around straight code."""
        self.labels += 1
        label = f".L{self.name}_{self.labels}"
        body = [line for _ in range(self.random.randint(1, 4)) for line in self.pick(self.straight)()]
        start = full(f"addi {COUNTER}, x0, {self.random.randint(1, 5)}")
        back = self.pick((f"bne {COUNTER}, x0, {label}", f"blt x0, {COUNTER}, {label}"))
        return [start, f"{label}:", *body, full(f"addi {COUNTER}, {COUNTER}, -1"), full(back)]


def full(instruction: str) -> str:
    """Keeps the assembler from choosing a compressed form."""
    return f".option norvc; {instruction}; .option rvc"
