# SPDX-License-Identifier: Apache-2.0
"""Assembly as clang writes it, line by line: labels, directives, instructions with operands, and blocks of inline assembly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

REGISTERS = frozenset(
    ["zero", "ra", "sp", "gp", "tp", *(f"t{i}" for i in range(7)), *(f"s{i}" for i in range(12)), *(f"a{i}" for i in range(8))]
)
LABEL = re.compile(r"^([\w.$]+):\s*(.*)$")
STRING = r'"((?:\\.|[^"\\])*)"'
FILE = re.compile(rf"\s*\.file\s+(\d+)\s+(?:{STRING}\s+)?{STRING}")
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))")
ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
# What may stand in inline assembly inside of a hardware loop: no jumps, no calls, no unknown macros.
PLAIN = re.compile(
    r"^(c\.)?(add|addi|sub|and|andi|or|ori|xor|xori|sll|slli|srl|srli|sra|srai|slt|slti|sltu|sltiu|lui|li|mv|nop|not|neg|seqz|snez"
    r"|mul|mulh|mulhu|mulhsu|div|divu|rem|remu|lb|lbu|lh|lhu|lw|sb|sh|sw|csrr|csrw|csrwi|csrrw|csrrs|csrs|csrc|csrsi|csrci"
    r"|la|lla|auipc|p\.(?!elw|beqimm|bneimm)[\w.]+|pv\.[\w.]+)$"
)


HARMLESS_DIRECTIVE = re.compile(r"^\.(option\s+(norvc|rvc|push|pop|norelax|relax)|balign\s|balignw\s|p2align\s)")
CSR_WRITE = re.compile(r"^csr(w|s|c|rw|rs|rc)i?$")
LOOP_CSRS = range(0x7C0, 0x7C7)
ANY_LENGTH = 1 << 20  # instructions of a block that repeats or reserves


class SourceError(Exception):
    """What a function asks for cannot be had; `place` is FILE:LINE:COLUMN of the source."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(text)
        self.place = place


class Kind(Enum):
    """What a line is."""

    LABEL = auto()
    DIRECTIVE = auto()
    INSTRUCTION = auto()
    INLINE = auto()  # user's or multi-line assembly, whole
    OTHER = auto()  # comments, blank lines


@dataclass
class Line:
    """One line, or one block of inline assembly."""

    kind: Kind
    text: str  # as it is written out
    name: str = ""  # label, directive or mnemonic
    operands: list[str] = field(default_factory=list)
    comment: str = ""
    place: str = ""  # FILE:LINE:COLUMN of the source, when it is known
    reads: frozenset[str] | None = None  # registers, found once by flow.py
    writes: frozenset[str] | None = None
    way: tuple[bool, str | None] | None = None  # whether a block ends here, and where it may go

    def words(self) -> set[str]:
        """Names in the operands: registers and labels."""
        source = self.text if self.kind is Kind.INLINE else " ".join(self.operands)
        return set(re.findall(r"[\w.$]+", source))


def split_operands(text: str) -> list[str]:
    """`a0, 4(a1), "x,y"` at its commas."""
    parts = re.findall(r'(?:[^,"]|"(?:\\.|[^"\\])*")+', text)
    return [part.strip() for part in parts if part.strip()]


def without_comment(text: str) -> tuple[str, str]:
    """The text up to `#`, and what follows it."""
    in_string = False
    for index, character in enumerate(text):
        if character == '"' and (index == 0 or text[index - 1] != "\\"):
            in_string = not in_string
        elif character == "#" and not in_string:
            return text[:index].rstrip(), text[index + 1 :].strip()
    return text.rstrip(), ""


def instruction(name: str, *operands: str, place: str = "") -> Line:
    """An instruction that a pass makes."""
    return Line(Kind.INSTRUCTION, f"\t{name}\t{', '.join(operands)}".rstrip(), name, list(operands), place=place)


def directive(text: str) -> Line:
    """A directive that a pass makes."""
    return Line(Kind.DIRECTIVE, f"\t{text}", text.split(maxsplit=1)[0])


def label(name: str) -> Line:
    """A label that a pass makes."""
    return Line(Kind.LABEL, f"{name}:", name)


def parse_line(raw: str) -> list[Line]:
    """A line of ordinary assembly; a label with an instruction behind it is two."""
    text, comment = without_comment(raw)
    found = LABEL.match(text.strip())
    if found:
        rest = parse_line("\t" + found[2]) if found[2] else []
        return [Line(Kind.LABEL, f"{found[1]}:", found[1], comment=comment), *rest]
    text = text.strip()
    if not text:
        return [Line(Kind.OTHER, raw)]
    parts = text.split(maxsplit=1)
    operands = split_operands(parts[1]) if len(parts) > 1 else []
    kind = Kind.DIRECTIVE if text.startswith(".") else Kind.INSTRUCTION
    return [Line(kind, raw if kind is Kind.DIRECTIVE else "\t" + text, parts[0], operands, comment)]


def parse_inline(lines: list[str]) -> list[Line]:
    """A block of inline assembly: single plain instructions become ordinary ones, which the passes understand."""
    statements = [part.strip() for line in lines for part in without_comment(line)[0].split(";") if part.strip()]
    if len(statements) == 1 and not LABEL.match(statements[0]) and not statements[0].startswith("."):
        mnemonic = statements[0].split(maxsplit=1)[0]
        if PLAIN.match(mnemonic) or mnemonic == "flexv.count":
            comment = without_comment(lines[0])[1]
            line = parse_line("\t" + statements[0])[0]
            line.comment = comment
            return [line]
    return [Line(Kind.INLINE, "\n".join(["#APP", *lines, "#NO_APP"]))]


def parse(text: str) -> list[Line]:
    """A whole file."""
    result: list[Line] = []
    inline: list[str] | None = None
    for raw in text.split("\n"):  # comments of debug information may hold any byte
        stripped = raw.strip()
        if stripped == "#APP":
            inline = []
        elif stripped == "#NO_APP" and inline is not None:
            result += parse_inline(inline)
            inline = None
        elif inline is not None:
            inline.append(raw)
        else:
            result += parse_line(raw)
    note_places(result)
    return result


def unescaped(text: str) -> str:
    """The contents of a string as clang writes it: bytes that are no ASCII in octal."""
    if "\\" not in text:
        return text
    written = text.encode("utf-8", "surrogateescape")
    return ESCAPE.sub(lambda found: bytes([int(found[1], 8)]) if found[1] else ESCAPED.get(found[2], found[2]), written).decode("utf-8", "surrogateescape")


def note_places(lines: Iterable[Line]) -> None:
    """Gives each line the source place of the `.loc` before it."""
    files: dict[str, str] = {}
    place = ""
    here = f"{Path.cwd()}/"  # paths are told as the user gives them
    for line in lines:
        if line.kind is Kind.DIRECTIVE and line.name == ".file":
            if found := FILE.match(line.text):
                folder, name = unescaped(found[2] or ""), unescaped(found[3])
                path = f"{folder}/{name}" if folder and not name.startswith("/") else name
                files[found[1]] = path.removeprefix(here)
        elif line.kind is Kind.DIRECTIVE and line.name == ".loc":
            fields = line.text.split()
            place = f"{files.get(fields[1], '')}:{fields[2]}:{fields[3]}" if len(fields) > 3 else ""
        if line.kind in (Kind.INSTRUCTION, Kind.INLINE):
            line.place = place


def statements(line: Line) -> list[Line]:
    """Instructions and directives of a line; a block of inline assembly has several. Labels are left out."""
    if line.kind is not Kind.INLINE:
        return [line]
    parts = (part for raw in line.text.splitlines() for part in without_comment(raw)[0].split(";"))
    lines = (found for part in parts for found in parse_line(f"\t{part.strip()}"))
    return [found for found in lines if found.kind in (Kind.INSTRUCTION, Kind.DIRECTIVE)]


def written_csr(line: Line) -> int | None:
    """The number of the CSR that an instruction writes."""
    if not CSR_WRITE.match(line.name) or not line.operands:
        return None
    number = line.operands[1 if line.name.startswith("csrr") and len(line.operands) > 1 else 0]
    try:
        return int(number, 0)
    except ValueError:
        return None


def is_plain_inline(line: Line) -> bool:
    """Whether a block of inline assembly has nothing that could leave it or a hardware loop around it, other than a
    hardware loop of its own."""
    return all(map(is_plain_statement, statements(line)))


def is_plain_statement(statement: Line) -> bool:
    if statement.kind is Kind.DIRECTIVE:
        return HARMLESS_DIRECTIVE.match(statement.text.strip()) is not None
    if written_csr(statement) in LOOP_CSRS:
        return False
    is_own_branch = statement.name in ("beqz", "bnez") and ".Lflexv_" in statement.operands[-1]
    return PLAIN.match(statement.name) is not None or statement.name in ("lp.setup", "lp.setupi") or is_own_branch


def hardware_loops_of(line: Line) -> set[int]:
    """Numbers of the hardware loops that a line sets up."""
    source = line.text if line.kind is Kind.INLINE else f"{line.name} {' '.join(line.operands)}"
    return {int(number) for number in re.findall(r"\blp\.\w+\s+(\d)", source)}


def instruction_count(line: Line) -> int:
    """How many instructions of 4 bytes a line may be, at most: a branch that goes far becomes two."""
    if line.kind is Kind.INLINE:
        is_long = any(part.kind is Kind.DIRECTIVE and not HARMLESS_DIRECTIVE.match(part.text.strip()) for part in statements(line))
        return ANY_LENGTH if is_long else line.text.count("\n") + line.text.count(";")
    if line.kind is not Kind.INSTRUCTION:
        return 0
    return 2 if line.name in ("li", "la", "lla", "call", "tail") or line.name.startswith(("b", "cv.b", "p.b")) else 1
