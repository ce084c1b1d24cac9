# SPDX-License-Identifier: Apache-2.0
"""Keeps instructions apart that the core does not interlock (docs/spec/isa.md, quirks Q2, Q5, Q6): a `nop` goes between

- a Mac&Load and an instruction that reads its sum,
- a write of a CSR of the SIMD formats and an instruction on lanes,
- a load and a dot product in status mode that reads what is loaded. The core would wait that cycle anyway.

Blocks of assembly of several instructions stay as their author wrote them; what stands around them is kept apart from them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flexv_tools.compiler import flow
from flexv_tools.compiler.assembly import Kind, Line, instruction
from flexv_tools.compiler.remarks import Remarks

LOAD = re.compile(r"^(p\.)?l(b|bu|h|hu|w)(\..*)?$")
FORMAT_WRITE = re.compile(r"^csr(w|s|c|rw|rs|rc)i?$")
FORMAT_CSRS = range(0x00D, 0x011)


def mentions(line: Line, register: str) -> bool:
    """Whether the line may read the register."""
    if line.kind is Kind.INLINE:
        return re.search(rf"\b{re.escape(register)}\b", line.text) is not None
    return register in flow.reads_of(line)


def on_lanes(line: Line) -> bool:
    return re.search(r"\bpv\.", line.text) is not None


def written_csr(line: Line) -> int | None:
    """The number of the CSR that a line writes."""
    if not FORMAT_WRITE.match(line.name):
        return None
    number = line.operands[1 if line.name.startswith("csrr") else 0]
    try:
        return int(number, 0)
    except ValueError:
        return None


def hazard(first: Line, second: Line) -> str:
    """Why the two must not follow each other at once; empty when they may."""
    if first.kind is not Kind.INSTRUCTION or second.kind not in (Kind.INSTRUCTION, Kind.INLINE):
        return ""
    if first.name.startswith("pv.ml") and first.operands[0] != "zero" and mentions(second, first.operands[0]):
        return "the next instruction reads the sum of a Mac&Load"
    if written_csr(first) in FORMAT_CSRS and on_lanes(second):
        return "an instruction on lanes follows a change of their format"
    in_status_mode = second.kind is Kind.INSTRUCTION and re.match(r"^pv\.s?dot.*\.v$", second.name)
    if LOAD.match(first.name) and in_status_mode and mentions(second, first.operands[0]):
        return "a dot product in status mode reads what was just loaded"
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
    for index, line in enumerate(lines):
        if line.kind is Kind.LABEL and line.name in starts:
            ends.append((len(result), line.name))
        result.append(line)
        if line.kind not in (Kind.INSTRUCTION, Kind.INLINE):
            continue
        behind = next_line(lines, index + 1)
        again = [next_line(lines, starts[name]) for _, name in ends]
        reason = next((text for text in map(pair_with(line), [behind, *again]) if text), "")
        if reason:
            result = with_nop(result, ends)
            remarks.done("hazards", line.place, f"nop: {reason}")
        ends = []
    return result


def pair_with(first: Line) -> Callable[[Line | None], str]:
    return lambda second: hazard(first, second) if second is not None else ""


def with_nop(lines: list[Line], ends: list[tuple[int, str]]) -> list[Line]:
    """A `nop` behind the last line; where loops ended there, they end at the `nop`."""
    moved = {place for place, _ in ends}
    kept = [line for index, line in enumerate(lines) if index not in moved]
    return [*kept, *(lines[place] for place in sorted(moved)), instruction("nop", place=lines[-1].place)]
