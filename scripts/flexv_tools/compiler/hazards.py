# SPDX-License-Identifier: Apache-2.0
"""Keeps instructions apart that the core does not interlock (docs/spec/isa.md, quirks Q2, Q5, Q6, Q25, Q27): a `nop` goes between

- a Mac&Load and an instruction that reads its sum,
- a write of a CSR of the SIMD formats and an instruction on lanes,
- a load and a dot product in status mode that reads what is loaded. The core would wait that cycle anyway,
- a Mac&Load with a load and a dot product in status mode,
- a conditional branch and a Mac&Load with a load.

The inside of a block of assembly of several instructions stays as its author wrote it; what stands before and behind it is kept apart
from its first and its last instruction."""

from __future__ import annotations

import re
from collections.abc import Callable

from flexv_tools.compiler import flow
from flexv_tools.compiler.assembly import Kind, Line, instruction, statements, written_csr
from flexv_tools.compiler.remarks import Remarks

LOAD = re.compile(r"^(p\.)?l(b|bu|h|hu|w)(\..*)?$")
STATUS_DOT = re.compile(r"^pv\.s?dot.*\.v$")
FORMAT_CSRS = range(0x00D, 0x011)
REFILLS = 8 | 16  # bits of a Mac&Load's immediate


def edge(line: Line, position: int) -> Line | None:
    """The first (0) or last (-1) instruction of a line."""
    if line.kind is not Kind.INLINE:
        return line
    executed = [part for part in statements(line) if part.kind is Kind.INSTRUCTION]
    return executed[position] if executed else None


def mentions(line: Line, register: str) -> bool:
    """Whether the line may read the register."""
    if line.kind is Kind.INLINE:
        return re.search(rf"\b{re.escape(register)}\b", line.text) is not None
    return register in flow.reads_of(line)


def refills(line: Line) -> bool:
    """Whether it is a Mac&Load that loads."""
    if not line.name.startswith("pv.ml"):
        return False
    try:
        return int(line.operands[-1], 0) & REFILLS != 0
    except (ValueError, IndexError):
        return True


def hazard(first: Line, second: Line) -> str:
    """Why the two must not follow each other at once; empty when they may."""
    last, next_one = edge(first, -1), edge(second, 0)
    if last is None or next_one is None:
        return ""
    if last.name.startswith("pv.ml") and last.operands[0] != "zero" and mentions(second, last.operands[0]):
        return "the next instruction reads the sum of a Mac&Load"
    if written_csr(last) in FORMAT_CSRS and next_one.name.startswith("pv."):
        return "an instruction on lanes follows a change of their format"
    if STATUS_DOT.match(next_one.name):
        if LOAD.match(last.name) and mentions(next_one, last.operands[0]):
            return "a dot product in status mode reads what was just loaded"
        if refills(last):
            return "a dot product in status mode follows a Mac&Load that loads"
    if flow.is_branch(last) and refills(next_one):
        return "a Mac&Load that loads follows a branch, which it would do even when that is taken"
    return ""


def loop_starts(lines: list[Line]) -> dict[str, int]:
    """End labels of hardware loops, and the line behind their set-up."""
    found = {}
    for index, line in enumerate(lines):
        if line.kind is Kind.INSTRUCTION and line.name in ("lp.setup", "lp.setupi"):
            found[line.operands[-1]] = index + 1
    return found


def next_line(lines: list[Line], index: int) -> Line | None:
    """The next line from there on that executes."""
    return next((line for line in lines[index:] if line.kind in (Kind.INSTRUCTION, Kind.INLINE)), None)


def separate(lines: list[Line], remarks: Remarks) -> list[Line]:
    """`lines` of one function, hardware loops included."""
    starts = loop_starts(lines)
    result: list[Line] = []
    ends: list[tuple[int, str]] = []  # where labels of loop ends stand in the result, until something executes
    moved: set[int] = set()
    for index, line in enumerate(lines):
        if line.kind is Kind.LABEL and line.name in starts:
            ends.append((len(result), line.name))
        result.append(line)
        if line.kind not in (Kind.INSTRUCTION, Kind.INLINE):
            continue
        behind = next_line(lines, index + 1)
        again = [next_line(lines, starts[name]) for _, name in ends]
        reason = next((text for text in map(pair_with(line), [behind, *again]) if text), "")
        if reason:  # where loops ended at this line, they end at the `nop`
            moved |= {place for place, _ in ends}
            result += [*(result[place] for place, _ in ends), instruction("nop", place=line.place)]
            remarks.done("hazards", line.place, f"nop: {reason}")
        ends = []
    return [line for index, line in enumerate(result) if index not in moved]


def pair_with(first: Line) -> Callable[[Line | None], str]:
    return lambda second: hazard(first, second) if second is not None else ""
