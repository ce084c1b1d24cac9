# SPDX-License-Identifier: Apache-2.0
"""Translates clang's CORE-V instructions to the core's own, one to one: post-increment addressing, minima, branches on small
constants. Names and order of operands are those of sw/include/flexv/isa.inc."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import accumulate

from flexv_tools.compiler.assembly import REGISTERS, Kind, Line, instruction, instruction_count
from flexv_tools.compiler.remarks import Remarks

SAME_OPERANDS = frozenset(
    f"cv.{name}" for name in ("min", "minu", "max", "maxu", "abs", "exths", "exthz", "extbs", "extbz", "slet", "sletu", "mac", "msu")
)
RENAMED = {"cv.sle": "p.slet", "cv.sleu": "p.sletu"}
MEMORY = re.compile(r"^cv\.([ls][bhw]u?)$")
FAR_INSTRUCTIONS = 500  # a branch on a constant reaches 1024 instructions of 4 bytes; later steps may put something between any two


class UnknownInstruction(Exception):
    """clang made something that the core does not have."""


def memory(kind: str, operands: list[str]) -> list[str]:
    """Mnemonic and operands of a load or store: `rd, (rs1), step` and `rd, offset(rs1)`."""
    post = len(operands) == 3
    found = re.match(r"^(\w*)\((\w+)\)$", operands[1])
    if found is None:
        raise UnknownInstruction(f"cv.{kind} {', '.join(operands)}")
    if not post:
        return [f"p.{kind}.rr", operands[0], found[1], found[2]]
    form = "rrpost" if operands[2] in REGISTERS else "post"
    return [f"p.{kind}.{form}", operands[0], operands[2], found[2]]


def branch(line: Line, is_far: bool, number: int) -> list[Line]:
    register, constant, target = line.operands
    is_equal = line.name == "cv.beqimm"
    if constant == "0":
        return [instruction("beqz" if is_equal else "bnez", register, target, place=line.place)]
    if not is_far:
        return [instruction("p.beqimm" if is_equal else "p.bneimm", register, constant, target, place=line.place)]
    behind = f".Lflexv_near_{number}"
    return [
        instruction("p.bneimm" if is_equal else "p.beqimm", register, constant, behind, place=line.place),
        instruction("j", target, place=line.place),
        Line(Kind.LABEL, f"{behind}:", behind),
    ]


class Distances:
    """How far branches go, in instructions."""

    def __init__(self, lines: list[Line]) -> None:
        self.positions = [0, *accumulate(map(instruction_count, lines))]
        self.labels = {line.name: self.positions[index] for index, line in enumerate(lines) if line.kind is Kind.LABEL}

    def is_far(self, index: int, target: str) -> bool:
        return target not in self.labels or abs(self.labels[target] - self.positions[index]) >= FAR_INSTRUCTIONS


def translated(line: Line, is_far: Callable[[], bool], number: int) -> tuple[str, list[Line]]:
    """The pass that has made an instruction of clang's, and what takes its place."""
    if line.name in ("cv.beqimm", "cv.bneimm"):
        return "immediate-branches", branch(line, is_far(), number)
    if line.name in SAME_OPERANDS or line.name in RENAMED:
        return "minmax", [instruction(RENAMED.get(line.name, "p." + line.name[3:]), *line.operands, place=line.place)]
    if found := MEMORY.match(line.name):
        return "postincrement", [instruction(*memory(found[1], line.operands), place=line.place)]
    raise UnknownInstruction(line.text.strip())


def translate(lines: list[Line], remarks: Remarks) -> list[Line]:
    """Raises UnknownInstruction for what has no counterpart."""
    distances: list[Distances] = []  # found for the first branch

    def is_far(index: int, line: Line) -> bool:
        if not distances:
            distances.append(Distances(lines))
        return distances[0].is_far(index, line.operands[2])

    result: list[Line] = []
    for index, line in enumerate(lines):
        if line.kind is not Kind.INSTRUCTION or not line.name.startswith("cv."):
            result.append(line)
            continue
        name, made = translated(line, partial(is_far, index, line), index)
        if made[0].name.startswith("p."):
            remarks.done(name, line.place, made[0].name)
        result += made
    return result
