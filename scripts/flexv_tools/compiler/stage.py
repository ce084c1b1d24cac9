# SPDX-License-Identifier: Apache-2.0
"""The assembly stage: from clang's text to one that GNU as takes, function by function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flexv_tools.compiler import hazards, hwloops, interrupts, xcv
from flexv_tools.compiler.assembly import Kind, Line, SourceError, directive, parse
from flexv_tools.compiler.remarks import Remarks

HEADER = '\t.include "flexv/isa.inc"'
DROPPED = frozenset([".addrsig", ".addrsig_sym", ".attribute", ".ident"])
ALIGNMENT = re.compile(r"\.(balign|p2align|align)[ \t]+(\d+)[ \t]*(?=$|;)", re.MULTILINE)  # without a value to fill with
ABOUT_SYMBOLS = frozenset([".weak", ".globl", ".hidden", ".protected", ".set", ".symver", ".weakref"])
DEBUG_SECTION = re.compile(r"^\s*\.section\s+\"?\.debug_")


@dataclass(frozen=True)
class Result:
    """The text, and for each of its lines the source line FILE:LINE:COLUMN it comes from."""

    text: str
    places: list[str]


def functions(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The file in pieces: functions with their names, what is between with an empty one."""
    names = {line.operands[0] for line in lines if line.name == ".type" and "@function" in line.text}
    piece: list[Line] = []
    name = ""
    for line in lines:
        if line.kind is Kind.LABEL and line.name in names:
            yield name, piece
            name, piece = line.name, []
        elif name and line.kind is Kind.LABEL and line.name.startswith(".Lfunc_end"):
            yield name, piece
            name, piece = "", []
        piece.append(line)
    yield name, piece


def without_debug(lines: list[Line]) -> Iterator[Line]:
    """Drops debug sections and line numbers that were only made for messages. What clang says of symbols behind them stays."""
    is_in_debug = False
    for line in lines:
        if line.kind is Kind.DIRECTIVE:
            if line.name in (".section", ".text", ".data", ".bss"):
                is_in_debug = DEBUG_SECTION.match(line.text) is not None
            if line.name == ".loc" or (line.name == ".file" and re.match(r"\s*\.file\s+\d", line.text)):
                continue
        if not is_in_debug or line.name in ABOUT_SYMBOLS:
            yield line


def refuse_constructors(lines: list[Line]) -> None:
    """Raises SourceError: they would be compiled and never run."""
    section = ""
    for line in lines:
        if line.name == ".section":
            section = line.operands[0]
        elif line.name == ".word" and section.startswith((".init_array", ".fini_array", ".ctors", ".dtors")):
            raise SourceError("", f"the runtime runs no constructors and destructors; call {line.operands[0]} from main")


def with_nops(found: re.Match[str]) -> str:
    number = int(found[2])
    return f".balignw {number if found[1] == 'balign' else 1 << number}, 1"


def without_relaxation(lines: list[Line]) -> list[Line]:
    """The linker must not touch bodies of hardware loops, whose ends are numbers by then. Nor the rest of such a function: it would
    take away a `lui` outside whose other half lies in a body, and move an inner loop by two bytes when it aligns the outer one. Without
    relaxation GNU as aligns with zeros, so the compressed nop is named."""
    if not any(line.kind is Kind.INSTRUCTION and line.name == "lp.setup" for line in lines):
        return lines
    for line in lines:
        if line.kind in (Kind.DIRECTIVE, Kind.INLINE):
            line.text = ALIGNMENT.sub(with_nops, line.text)
    return [*map(directive, (".option push", ".option norelax", ".balignw 4, 1")), *lines, directive(".option pop")]


def run(text: str, keeps_debug: bool, remarks: Remarks, avoids_hazards: bool = True) -> Result:
    """Raises xcv.UnknownInstruction when clang made what the core does not have, SourceError when the source asks for it."""
    lines = [line for line in parse(text) if line.name not in DROPPED]
    refuse_constructors(lines)
    result: list[Line] = []
    for number, (name, piece) in enumerate(functions(lines)):
        if name:
            interrupts.check(piece)
            piece = hwloops.convert(xcv.translate(piece, remarks), f"{number}", remarks)
            piece = interrupts.keep_loops(piece)
            if avoids_hazards:
                piece = hazards.separate(piece, remarks)
            piece = without_relaxation(piece)
        result += piece
    if not keeps_debug:
        result = list(without_debug(result))
    for line in result:
        if line.name == ".section" and ".noinit" in line.text:
            line.text = line.text.replace("@progbits", "@nobits")  # clang does not know this one
    written, places = [HEADER], [""]
    for line in result:
        parts = line.text.split("\n")
        written += parts
        places += [line.place] * len(parts)
    return Result("\n".join(written) + "\n", places)
