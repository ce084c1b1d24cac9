# SPDX-License-Identifier: Apache-2.0
"""Small firmware images, written word by word: no compiler is needed, and a symbol may have any name."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BASE = 0x1C000000
ENTRY = 0x1C000080  # what the cores boot from
STDOUT = 0x1A10F000
CONTROL = 0x10200000
TIMER = 0x10200400
EVENT_UNIT = 0x10204000

EVENT_SLEEP = 0x3C  # place of EVT_MASK_WAIT_CLEAR in the event unit as a core sees it

T0, T1, T2, A0 = 5, 6, 7, 10
MHARTID = 0xF14


def lui(rd: int, value: int) -> int:
    return (value & 0xFFFFF000) | rd << 7 | 0x37


def addi(rd: int, rs: int, value: int) -> int:
    return (value & 0xFFF) << 20 | rs << 15 | rd << 7 | 0x13


def lw(rd: int, offset: int, base: int) -> int:
    return (offset & 0xFFF) << 20 | base << 15 | 2 << 12 | rd << 7 | 0x03


def sw(source: int, offset: int, base: int) -> int:
    return (offset >> 5 & 0x7F) << 25 | source << 20 | base << 15 | 2 << 12 | (offset & 0x1F) << 7 | 0x23


def jump(offset: int) -> int:
    bits = offset & 0x1FFFFF
    return (bits >> 20 & 1) << 31 | (bits >> 1 & 0x3FF) << 21 | (bits >> 11 & 1) << 20 | (bits >> 12 & 0xFF) << 12 | 0x6F


def branch_not_zero(rs: int, offset: int) -> int:
    bits = offset & 0x1FFF
    high = (bits >> 12 & 1) << 31 | (bits >> 5 & 0x3F) << 25
    return high | rs << 15 | 1 << 12 | (bits >> 1 & 0xF) << 8 | (bits >> 11 & 1) << 7 | 0x63


def read_csr(rd: int, csr: int) -> int:
    return csr << 20 | 2 << 12 | rd << 7 | 0x73


def sleep_for_event(rd: int, offset: int, base: int) -> int:
    """p.elw rd, offset(base)"""
    return (offset & 0xFFF) << 20 | base << 15 | 6 << 12 | rd << 7 | 0x03


def region_begin(number: int) -> int:
    return number << 20 | 2 << 12 | 0x13  # slti x0, x0, number


def region_end(number: int) -> int:
    return number << 20 | 3 << 12 | 0x13  # sltiu x0, x0, number


def load(rd: int, value: int) -> list[int]:
    upper = (value + 0x800) & 0xFFFFF000
    return [lui(rd, upper), addi(rd, rd, value - upper)]


def store(address: int, value: int) -> list[int]:
    return [*load(T0, address), *load(T1, value), sw(T1, 0, T0)]


def print_text(text: str) -> list[int]:
    words = load(T0, STDOUT)
    for letter in text.encode():
        words += [addi(T1, 0, letter), sw(T1, 0, T0)]
    return words


@dataclass
class Image:
    """One segment of code at `base`, and symbols: name, first word, number of words."""

    code: list[int]
    symbols: list[tuple[bytes, int, int]] = field(default_factory=list)
    regions: bytes = b""  # contents of .flexv.regions
    base: int = ENTRY

    def write(self, path: str) -> None:
        names = b"\0"
        table = bytes(16)
        for name, first, words in self.symbols:
            table += struct.pack("<IIIBBH", len(names), self.base + 4 * first, 4 * words, 0x12, 0, 1)
            names += name + b"\0"
        code = b"".join(struct.pack("<I", word & 0xFFFFFFFF) for word in self.code)
        titles = b"\0.text\0.symtab\0.strtab\0.shstrtab\0.flexv.regions\0"
        parts = [code, table, names, titles, self.regions]
        kinds = [1, 2, 3, 3, 1]
        offsets = [0x80]
        for part in parts:
            offsets.append((offsets[-1] + len(part) + 3) // 4 * 4)
        sections = bytes(40)
        labels = [b".text", b".symtab", b".strtab", b".shstrtab", b".flexv.regions"]
        for index, (part, kind, label) in enumerate(zip(parts, kinds, labels, strict=True)):
            flags, address = (6, self.base) if index == 0 else (0, 0)
            link, info, size = (3, 1, 16) if kind == 2 else (0, 0, 0)
            sections += struct.pack(
                "<10I", titles.index(label), kind, flags, address, offsets[index], len(part), link, info, 4, size
            )
        ident = b"\x7fELF\x01\x01\x01" + bytes(9)
        header = ident + struct.pack(
            "<HHIIIIIHHHHHH", 2, 243, 1, ENTRY, 52, offsets[-1], 0, 52, 32, 1, 40, len(parts) + 1, 4
        )
        header += struct.pack("<8I", 1, 0x80, self.base, self.base, len(code), len(code), 5, 4)
        with open(path, "wb") as file:
            file.write(header.ljust(0x80, b"\0"))
            for part, offset in zip(parts, offsets, strict=False):
                file.write(bytes(offset - file.tell()) + part)
            file.write(bytes(offsets[-1] - file.tell()) + sections)


def only_core_0(body: list[int]) -> list[int]:
    """The other cores spin."""
    return [read_csr(T0, MHARTID), branch_not_zero(T0, 4 * (len(body) + 1)), *body, jump(0)]


def end_with(code: int) -> list[int]:
    return store(CONTROL + 0x100, code) + store(CONTROL, 1)


def end_with_register(rd: int) -> list[int]:
    return [*load(T0, CONTROL), sw(rd, 0x100, T0), addi(T1, 0, 1), sw(T1, 0, T0)]


def read_and_end(address: int) -> list[int]:
    """Ends with the word at `address`."""
    return [*load(T2, address), lw(A0, 0, T2), *end_with_register(A0)]


def listen_to(line: int) -> list[int]:
    """The core's events are those of `line`."""
    return store(EVENT_UNIT, 1 << line)


def sleep() -> list[int]:
    return [*load(T2, EVENT_UNIT), sleep_for_event(A0, EVENT_SLEEP, T2)]


def started() -> list[int]:
    """Core 0 tells that it runs."""
    body = print_text("started\n")
    return [read_csr(T0, MHARTID), branch_not_zero(T0, 4 * (len(body) + 1)), *body]


def spin() -> Image:
    """Every core counts for ever, inside a region, with a signature."""
    code = [region_begin(7), *started(), addi(T0, T0, 1), jump(-4)]
    end = len(code)
    symbols = [(b"spins_here", 0, end), (b"begin_signature", end, 0), (b"end_signature", end + 2, 0)]
    return Image([*code, 0xCAFEF00D, 0x12345678], symbols)


def asleep() -> Image:
    """Every core sleeps; the timer alone runs, towards a compare value that no test waits for."""
    code = [*started(), *store(TIMER + 0x10, 0xFFFFFFFF), *store(TIMER, 0x5), *store(EVENT_UNIT, 1 << 10)]
    code += [*load(T0, EVENT_UNIT), sleep_for_event(T2, EVENT_SLEEP, T0), jump(-4)]
    return Image(code, [(b"sleeps_here", 0, len(code))])


def prints_for_ever() -> Image:
    body = print_text("line\n")
    return Image(only_core_0([*body, jump(-4 * len(body))]), [(b"prints_here", 0, len(body) + 4)])


def prints_and_ends(code: int = 0, signature: bool = False) -> Image:
    marks = [(b"begin_signature", 0, 0), (b"end_signature", 2, 0)] if signature else []
    return Image(only_core_0([*print_text("done\n"), *end_with(code)]), [(b"main", 0, 26), *marks])
