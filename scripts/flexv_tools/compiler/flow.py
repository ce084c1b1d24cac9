# SPDX-License-Identifier: Apache-2.0
"""Control flow and liveness of one function in assembly."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from flexv_tools.compiler.assembly import REGISTERS, Kind, Line

ENDS = frozenset(["j", "ret", "jr", "tail", "mret"])
NO_LABEL = ENDS - {"j"}
BRANCH = re.compile(r"^(b(eq|ne|lt|ge|gt|le)(u|z)?|p\.(beq|bne)imm)$")
CALLS = frozenset(["call", "jal", "jalr", "ecall", "ebreak", "wfi", "fence", "fence.i"])
SAVED = frozenset(["sp", "gp", "tp", "ra", *(f"s{i}" for i in range(12))])
ARGUMENTS = frozenset(f"a{i}" for i in range(8))
ALL = frozenset(REGISTERS - {"zero"})
ACCUMULATES = re.compile(
    r"^(flexv\..*|p\.(mac|msu|insert|add\w*nr|sub\w*nr).*|pv\.(sdot|mls|insert|shuffle2|pack(hi|lo)|cplxmul).*|lp\..*)$"
)
READS_ONLY = re.compile(r"^(s[bhw]|p\.s[bhw]\..*|csrw.*|csrs.*|csrc.*|nop)$")


def is_branch(line: Line) -> bool:
    return line.kind is Kind.INSTRUCTION and BRANCH.match(line.name) is not None


def way_of(line: Line) -> tuple[bool, str | None]:
    """Whether control may go elsewhere behind a line, and the label it goes to; found once."""
    if line.way is None:
        jumps = line.kind is Kind.INSTRUCTION and (line.name in ENDS or is_branch(line))
        line.way = (jumps, line.operands[-1] if jumps and line.operands and line.name not in NO_LABEL else None)
    return line.way


def target_of(line: Line) -> str | None:
    """The label that a branch or jump goes to."""
    return way_of(line)[1]


@dataclass
class Block:
    """Lines first..last - 1 of the function; control enters at the first and leaves behind the last."""

    first: int
    last: int
    successors: list[int] = field(default_factory=list)
    predecessors: list[int] = field(default_factory=list)


@dataclass
class Function:
    """Lines of a function, its blocks in the order of the text."""

    lines: list[Line]
    blocks: list[Block]
    block_of_label: dict[str, int]
    is_understood: bool  # no jumps to computed places, no labels that inline assembly uses
    live: dict[bool, list[set[str]]] = field(default_factory=dict)  # by blocks, found when they are asked for

    def block_at(self, index: int) -> int:
        """The number of the block that a line belongs to."""
        return bisect_right(self.blocks, index, key=lambda block: block.first) - 1


def targets(lines: list[Line]) -> set[str]:
    """Labels that something may jump to."""
    direct = {target for line in lines if (target := target_of(line)) is not None}
    inline = {word for line in lines if line.kind is Kind.INLINE for word in line.words() if word.startswith(".LBB")}
    return direct | inline


def ends_block(line: Line) -> bool:
    return way_of(line)[0]


def split_blocks(lines: list[Line], entries: set[str]) -> list[Block]:
    blocks: list[Block] = []
    first = 0
    for index, line in enumerate(lines):
        if line.kind is Kind.LABEL and line.name in entries and index > first:
            blocks.append(Block(first, index))
            first = index
        elif ends_block(line):
            blocks.append(Block(first, index + 1))
            first = index + 1
    if first < len(lines):
        blocks.append(Block(first, len(lines)))
    return blocks


def analyse(lines: list[Line]) -> Function:
    entries = targets(lines)
    blocks = split_blocks(lines, entries)
    places: dict[str, int] = {}
    for number, block in enumerate(blocks):
        for line in lines[block.first : block.last]:
            if line.kind is Kind.LABEL:
                places[line.name] = number
    for number, block in enumerate(blocks):
        end = lines[block.last - 1] if block.last > block.first else None
        target = target_of(end) if end is not None else None
        if target is not None and target in places:
            block.successors.append(places[target])
        falls = end is None or end.kind is not Kind.INSTRUCTION or end.name not in ENDS
        if falls and number + 1 < len(blocks):
            block.successors.append(number + 1)
    for number, block in enumerate(blocks):
        for successor in block.successors:
            blocks[successor].predecessors.append(number)
    return Function(lines, blocks, places, all(map(is_simple, lines)) and entries <= places.keys())


def is_simple(line: Line) -> bool:
    """Not a jump to a computed place, nor assembly with labels of the compiler."""
    if line.kind is Kind.INLINE:
        return ".LBB" not in line.text
    return not (line.kind is Kind.INSTRUCTION and line.name in ("jr", "jump"))


def natural_loop(function: Function, head: int, latch: int) -> set[int]:
    """Blocks from which the latch is reached without passing the head."""
    found = {head, latch}
    work = [latch] if latch != head else []
    while work:
        for predecessor in function.blocks[work.pop()].predecessors:
            if predecessor not in found:
                found.add(predecessor)
                work.append(predecessor)
    return found


def registers_in(operands: list[str]) -> set[str]:
    return {word for operand in operands for word in re.findall(r"\w+", operand)} & ALL


def reads_of(line: Line) -> frozenset[str]:
    """Registers that a line may read."""
    if line.reads is None:
        line.reads = find_reads(line)
    return line.reads


def writes_of(line: Line) -> frozenset[str]:
    """Registers that certainly get a new value."""
    if line.writes is None:
        line.writes = find_writes(line)
    return line.writes


def has_own_convention(line: Line) -> bool:
    """Calls of code that clang has taken out of functions, and of its helpers that save registers: they may read and write any."""
    return line.name in ("call", "jal", "tail") and (len(line.operands) > 1 or line.operands[0].startswith("OUTLINED_FUNCTION_"))


def find_reads(line: Line) -> frozenset[str]:
    if line.kind is Kind.INLINE:
        return ALL
    if line.kind is not Kind.INSTRUCTION:
        return frozenset()
    name = line.name
    if name == "mret" or has_own_convention(line):
        return ALL  # an interrupted program needs all of them
    if name in ("ret", "jr"):
        return SAVED | {"a0", "a1"} | registers_in(line.operands)
    if name in CALLS or name == "tail":
        return SAVED | ARGUMENTS | registers_in(line.operands)
    reads_first = ACCUMULATES.match(name) or READS_ONLY.match(name) or is_branch(line)
    return frozenset(registers_in(line.operands if reads_first else line.operands[1:]))


def find_writes(line: Line) -> frozenset[str]:
    if line.kind is not Kind.INSTRUCTION or has_own_convention(line):
        return frozenset()
    if line.name in ("call", "jal", "jalr"):
        return frozenset(ALL - SAVED)
    if line.name in CALLS or READS_ONLY.match(line.name) or ends_block(line):
        return frozenset()
    return frozenset(registers_in(line.operands[:1]))


def named_reads_of(line: Line) -> frozenset[str]:
    """Registers that a line reads and says so: not those that may be arguments or results."""
    by_convention = line.kind is Kind.INLINE or line.name in CALLS or line.name in ENDS
    return reads_of(line) & line.words() if by_convention else reads_of(line)


def effects(function: Function, block: Block, only_named: bool) -> tuple[set[str], set[str]]:
    """Registers that a block reads before it writes them, and those that it writes."""
    reads: set[str] = set()
    writes: set[str] = set()
    for line in function.lines[block.first : block.last]:
        reads |= (named_reads_of(line) if only_named else reads_of(line)) - writes
        writes |= writes_of(line)
    return reads, writes


def find_live(function: Function, only_named: bool) -> list[set[str]]:
    """For each block the registers whose values at its start something reads later on."""
    blocks = function.blocks
    found = [effects(function, block, only_named) for block in blocks]
    live = [set(reads) for reads, _ in found]
    work = list(range(len(blocks)))  # the last ones come first
    while work:
        number = work.pop()
        block = blocks[number]
        reads, writes = found[number]
        falls_out = not block.successors and not ends_block(function.lines[block.last - 1])
        behind = set(ALL) if falls_out else set().union(*(live[successor] for successor in block.successors))
        now = reads | (behind - writes)
        if now != live[number]:
            live[number] = now
            work += block.predecessors
    return live


def is_live(function: Function, register: str, entry: int, only_named: bool = False) -> bool:
    """Whether something from the start of block `entry` on reads the value that the register has there; `only_named`: by its name."""
    if only_named not in function.live:
        function.live[only_named] = find_live(function, only_named)
    return register in function.live[only_named][entry]
