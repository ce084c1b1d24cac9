# SPDX-License-Identifier: Apache-2.0
"""Loops with a counter `flexv.count` (sw/compiler/hwloops.cpp) in finished assembly, and whether they may become hardware loops.

A loop may when its body calls nothing, when the counter is used for nothing else, and when the text lets it: the head comes
before the latch, and the only way back is the latch's branch. The hardware jumps from the last instruction of the body,
which must be none that jumps, and needs at least two instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flexv_tools.compiler import flow
from flexv_tools.compiler.assembly import LOOP_CSRS, Kind, Line, hardware_loops_of, instruction_count, is_plain_inline, written_csr

MAX_INSTRUCTIONS = 1500  # lp.setup reaches 4095 halfwords; hazards.py may put a short nop behind every second one


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
    number = function.block_at(count)
    branch = function.blocks[number].last - 1
    if not flow.is_branch(function.lines[branch]):
        raise Refused("its counter is not tested at once")
    if number + 1 < len(function.blocks):
        following = function.blocks[number + 1]
        executed = [i for i in range(following.first, following.last) if function.lines[i].kind in (Kind.INSTRUCTION, Kind.INLINE)]
        if len(executed) == 1 and function.lines[executed[0]].name == "j":
            return number, branch, executed[0]
    return number, branch, None


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
        if written_csr(line) in LOOP_CSRS:
            raise Refused("it has assembly that writes loop registers")
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
