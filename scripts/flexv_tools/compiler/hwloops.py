# SPDX-License-Identifier: Apache-2.0
"""Hardware loops out of `flexv.count` (sw/compiler/hwloops.cpp), on two levels.

A loop is converted when its body calls nothing, when the counter is used for nothing else, and when the text lets it: the head comes
before the latch, and the only way back is the latch's branch. The hardware jumps from the last instruction of the body,
which must be none that jumps, and needs at least two instructions. Anything else counts in software, which is always right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flexv_tools.compiler import flow
from flexv_tools.compiler.assembly import (
    Kind,
    Line,
    directive,
    hardware_loops_of,
    instruction,
    instruction_count,
    is_plain_inline,
    label,
)
from flexv_tools.compiler.remarks import Remarks

MARK = "flexv.count"
LEVELS = 2
MAX_INSTRUCTIONS = 1800  # lp.setup reaches 4095 halfwords


class Refused(Exception):
    """Why a loop stays in software."""


@dataclass
class Loop:
    """Indices of lines: the counter, the branch back and where it goes."""

    count: int
    register: str
    branch: int
    jump: int | None  # `j head` behind a branch out of the loop
    head: int
    latch: int
    blocks: set[int]
    exit_label: str | None  # where the branch out goes when there is a jump


def find_latch(function: flow.Function, count: int) -> tuple[int, int, int | None]:
    """Block of the latch, line of its branch, line of the jump behind it."""
    for number, block in enumerate(function.blocks):
        if block.first <= count < block.last:
            branch = block.last - 1
            if not flow.is_branch(function.lines[branch]):
                raise Refused("its counter is not tested at once")
            following = function.blocks[number + 1] if number + 1 < len(function.blocks) else None
            only_jump = following is not None and [
                i for i in range(following.first, following.last) if function.lines[i].kind in (Kind.INSTRUCTION, Kind.INLINE)
            ]
            if only_jump and len(only_jump) == 1 and function.lines[only_jump[0]].name == "j":
                return number, branch, only_jump[0]
            return number, branch, None
    raise Refused("its counter is not tested at once")


def tests_zero(line: Line, register: str) -> str | None:
    """`ne` or `eq` when the branch compares the counter with zero."""
    operands = line.operands
    if line.name in ("bnez", "beqz") and operands[0] == register:
        return line.name[1:3]
    if line.name in ("bne", "beq") and set(operands[:2]) == {register, "zero"}:
        return line.name[1:]
    return None


def find_loop(function: flow.Function, count: int) -> Loop:
    if not function.is_understood:
        raise Refused("the function jumps to computed places")
    register = function.lines[count].operands[0]
    latch, branch, jump = find_latch(function, count)
    sense = tests_zero(function.lines[branch], register)
    if sense is None:
        raise Refused("its counter does not stay in one register")
    target = function.lines[branch].operands[-1]
    exit_label = None
    if sense == "eq":
        if jump is None or function.blocks[latch + 1].predecessors != [latch]:
            raise Refused("its end comes before its start")
        exit_label, target = target, function.lines[jump].operands[-1]
    else:
        jump = None
    head = function.block_of_label[target]
    blocks = flow.natural_loop(function, head, latch)
    if jump is not None:
        blocks.discard(latch + 1)
        blocks = flow.natural_loop(function, head, latch)
    return Loop(count, register, branch, jump, head, latch, blocks, exit_label)


def check_entry(function: flow.Function, loop: Loop) -> None:
    head = function.blocks[loop.head]
    inside = [number for number in head.predecessors if number in loop.blocks]
    back = [loop.latch] if loop.jump is None else [loop.latch + 1]
    ways_back = inside if loop.jump is None else [n for n in head.predecessors if n in loop.blocks or n == loop.latch + 1]
    if ways_back != back:
        raise Refused("it has several ways back to its start")
    if loop.head > loop.latch:
        raise Refused("its end comes before its start")
    for number in loop.blocks - {loop.head}:
        if any(predecessor not in loop.blocks for predecessor in function.blocks[number].predecessors):
            raise Refused("it is entered in its middle")
    if 0 in loop.blocks:  # the function's start leads into it past the head, or is the head
        raise Refused("it is entered in its middle")


def loop_lines(function: flow.Function, loop: Loop) -> list[int]:
    return [i for number in loop.blocks for i in range(function.blocks[number].first, function.blocks[number].last)]


def check_body(function: flow.Function, loop: Loop) -> set[int]:
    """Hardware loops that the body uses itself. Raises Refused when it must not be one."""
    used: set[int] = set()
    for index in loop_lines(function, loop):
        line = function.lines[index]
        if line.kind is Kind.INLINE and not is_plain_inline(line):
            raise Refused("it has assembly that may jump")
        if line.kind is Kind.INSTRUCTION and (line.name in flow.CALLS or line.name in ("ret", "tail", "mret")):
            raise Refused("it calls a function")
        if index not in (loop.count, loop.branch) and loop.register in (flow.reads_of(line) | flow.writes_of(line)):
            if line.kind is not Kind.INLINE or re.search(rf"\b{loop.register}\b", line.text):
                raise Refused("its counter is used for something else, too")
        used |= hardware_loops_of(line)
    first, last = function.blocks[loop.head].first, loop.branch
    if sum(map(instruction_count, function.lines[first:last])) > MAX_INSTRUCTIONS:
        raise Refused("it is too long")
    return used


def needs_zero(function: flow.Function, loop: Loop) -> bool:
    """Whether something behind the loop relies on the counter's last value, 0. Behind an early exit it has a value that nobody knows:
    it cannot be an argument or a result there."""
    needed = False
    for number in loop.blocks:
        for successor in function.blocks[number].successors:
            if successor in loop.blocks or not flow.is_live(function, loop.register, successor, number != loop.latch):
                continue
            if loop.jump is not None and successor == loop.latch + 1:
                continue
            if number != loop.latch:
                raise Refused("its counter is used behind an early exit")
            needed = True
    return needed


def can_be_last(line: Line) -> bool:
    is_ordinary = line.kind is Kind.INSTRUCTION and not flow.ends_block(line) and line.name not in flow.CALLS
    return is_ordinary and not line.name.startswith(("lp.", "csr", "p.elw")) and line.name not in ("li", "la", "lla")


def body_end(function: flow.Function, loop: Loop, removed: set[int]) -> tuple[int | None, int]:
    """Line of the last instruction in the latch that can end the body, and how many instructions the body has when it is one block."""
    block = function.blocks[loop.latch]
    candidates = [
        i
        for i in range(block.first, loop.branch)
        if i not in removed and function.lines[i].kind in (Kind.INSTRUCTION, Kind.INLINE)
    ]
    size = len(candidates) if loop.head == loop.latch else 2
    last = candidates[-1] if candidates and can_be_last(function.lines[candidates[-1]]) else None
    return last, size


class Conversion:
    """Writes a function anew with one loop converted."""

    def __init__(self, function: flow.Function, loop: Loop, level: int, name: str) -> None:
        self.function = function
        self.loop = loop
        self.level = level
        self.start = f".Lflexv_start_{name}"
        self.end = f".Lflexv_end_{name}"
        self.restores_zero = needs_zero(function, loop)

    def lines(self) -> list[Line]:
        loop, function = self.loop, self.function
        removed = {loop.count, loop.branch} | ({loop.jump} if loop.jump is not None else set())
        last, size = body_end(function, loop, removed)
        padding = max(2 - size, 0) if last is not None else max(2 - size, 1)
        labels = self.head_labels()
        inside = set(loop_lines(function, loop))
        result: list[Line] = []
        for index, line in enumerate(function.lines):
            if index == function.blocks[loop.head].first:
                result += self.set_up()
            if index == last and padding == 0:
                result.append(label(self.end))
            if index == loop.branch:
                result += self.close(padding)
            if index in removed:
                continue
            if index not in inside and flow.target_of(line) in labels:
                line = instruction(line.name, *line.operands[:-1], self.start, place=line.place)
            result.append(line)
        return result

    def head_labels(self) -> set[str]:
        return {name for name, number in self.function.block_of_label.items() if number == self.loop.head and self.is_at_head(name)}

    def is_at_head(self, name: str) -> bool:
        block = self.function.blocks[self.loop.head]
        for line in self.function.lines[block.first : block.last]:
            if line.kind is Kind.LABEL and line.name == name:
                return True
            if line.kind in (Kind.INSTRUCTION, Kind.INLINE):
                return False
        return False

    def set_up(self) -> list[Line]:
        # The loop-back costs a cycle when a 32-bit instruction at the start is not aligned.
        place = self.function.lines[self.loop.count].place
        return [
            label(self.start),
            directive(".balign 4"),
            instruction("lp.setup", str(self.level), self.loop.register, self.end, place=place),
        ]

    def close(self, padding: int) -> list[Line]:
        result: list[Line] = []
        for i in range(padding):
            if i == padding - 1:
                result.append(label(self.end))
            result.append(instruction("nop"))
        if self.restores_zero:
            result.append(instruction("li", self.loop.register, "0"))
        if self.loop.exit_label is not None:
            result.append(instruction("j", self.loop.exit_label))
        return result


def count_in_software(lines: list[Line], count: int) -> None:
    register = lines[count].operands[0]
    lines[count] = instruction("addi", register, register, "-1", place=lines[count].place)


def size(function: flow.Function, count: int) -> int:
    """How many blocks a loop has: inner ones first."""
    try:
        return len(find_loop(function, count).blocks)
    except Refused:
        return len(function.blocks)


def marks_inner_first(lines: list[Line]) -> list[Line]:
    """The counters of a function."""
    marks = [index for index, line in enumerate(lines) if line.kind is Kind.INSTRUCTION and line.name == MARK]
    if len(marks) > 1:
        function = flow.analyse(lines)
        sizes = {index: size(function, index) for index in marks}
        marks.sort(key=lambda index: sizes[index])
    return [lines[index] for index in marks]


def convert(lines: list[Line], name: str, remarks: Remarks) -> list[Line]:
    """All marked loops of one function, inner ones first."""
    function: flow.Function | None = None  # of the lines as they are
    for number, mark in enumerate(marks_inner_first(lines)):
        function = function or flow.analyse(lines)
        count = next(index for index, line in enumerate(lines) if line is mark)
        place = mark.comment or mark.place
        try:
            loop = find_loop(function, count)
            check_entry(function, loop)
            used = check_body(function, loop)
            level = max(used, default=-1) + 1
            if level >= LEVELS:
                raise Refused("the loops inside use both hardware loops")
            lines = Conversion(function, loop, level, f"{name}_{number}").lines()
            function = None
            remarks.done("hwloops", place, f"hardware loop {level}")
        except Refused as reason:
            count_in_software(lines, count)
            remarks.missed("hwloops", place, f"no hardware loop: {reason}")
    return lines
