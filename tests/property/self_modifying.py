# SPDX-License-Identifier: Apache-2.0
"""New code is executed whoever wrote it: a function in the TCDM or in L2 is called, gets another instruction,
and is called again.

Every writer meets every view through which the code can be executed, with the instruction inside a word,
across two words, and across two pages.
"""

from __future__ import annotations

import itertools
import tempfile
import unittest
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import runs

PAGE = 4096
TCDM, L2 = 0x10000000, 0x1C000000
VIEWS = {"tcdm": (TCDM, 0, TCDM + 0x100000), "l2": (L2,)}  # own window, alias, test-and-set
OFFSETS = {"in a word": 0x100, "across words": 0x202, "across pages": PAGE - 2}
COPY = TCDM + 0x1F000  # of the new instruction
OLD, NEW = 1, 32

# What a case costs and brings: the old code runs once, then the new one five times in a hardware loop.
EXPECTED = OLD + 5 * NEW


@dataclass(frozen=True)
class Case:
    memory: str
    executed: int  # view
    writer: str
    written: int  # view; of the address that a writer uses
    place: str

    def __str__(self) -> str:
        return f"{self.memory} at {self.executed:#x} by {self.writer} at {self.written:#x}, {self.place}"


def cases() -> list[Case]:
    found = []
    for memory, views in VIEWS.items():
        for executed, written, place in itertools.product(views, views, OFFSETS):
            found += [Case(memory, executed, writer, written, place) for writer in ("own store", "other core")]
        for executed, place in itertools.product(views, OFFSETS):
            found.append(Case(memory, executed, "DMA", views[0], place))
    found += [Case("tcdm", TCDM, "DMA to an alias", 0, place) for place in OFFSETS]
    return found


def writes(case: Case) -> list[str]:
    """Stores the instruction at s1 + the view's distance; by halfwords, as it may cross a word."""
    return [
        f"li t1, {case.written - case.executed:#x}",
        "add t1, t1, s1",
        "la t2, new_code",
        "lhu t3, 0(t2)",
        "sh t3, 0(t1)",
        "lhu t3, 2(t2)",
        "sh t3, 2(t1)",
    ]


def dma(case: Case) -> list[str]:
    """Four bytes, from L2 into the TCDM or the other way."""
    is_receive = case.memory == "tcdm"
    source = "la t2, new_code" if is_receive else f"li t2, {COPY:#x}"
    target = [f"li t1, {case.written - case.executed:#x}", "add t1, t1, s1"]
    first, second = ("t1", "t2") if is_receive else ("t2", "t1")
    return [
        *target,
        source,
        "li t0, 0x10204400",
        "lw t4, 0(t0)",
        f"li t5, 4 | {int(is_receive)} << 17 | 1 << 18",
        "sw t5, 0(t0)",
        f"sw {first}, 0(t0)",
        f"sw {second}, 0(t0)",
        "li t5, 1",
        "sll t5, t5, t4",
        "1: lw t3, 4(t0)",
        "and t3, t3, t5",
        "bnez t3, 1b",
        "sw t5, 4(t0)",
    ]


def text_of(number: int, case: Case) -> str:
    """Both cores come here; core 0 executes, and core 1 writes where it is the writer."""
    lines = [
        f"# {number}: {case}",
        f"la s1, patched{number}",
        f"li t0, {case.executed - VIEWS[case.memory][0]:#x}",
        "add s1, s1, t0",
        "li a0, 0",
        f"bnez s7, second{number}",
        "jalr ra, 0(s1)",
        "call barrier",
    ]
    if case.writer == "own store":
        lines += writes(case)
    elif case.writer.startswith("DMA"):
        lines += dma(case)
    lines += [
        "call barrier",
        "fence.i",
        "li t0, 5",
        f"lp.setup 0, t0, last{number}",
        "jalr ra, 0(s1)",
        "nop",
        f"last{number}: nop",
        "sw a0, 0(s0)",
        "addi s0, s0, 4",
        f"j done{number}",
        f"second{number}: call barrier",
    ]
    if case.writer == "other core":
        lines += writes(case)
    lines += ["call barrier", f"done{number}:"]
    return "\n  ".join(lines)


def functions(memory: str, places: Iterable[tuple[str, str]]) -> tuple[list[str], int]:
    """Functions patched0... for cases of (memory, place), and the first page behind them: a page has one function of
    each place; the last one reaches into the next page."""
    pages = dict.fromkeys(OFFSETS, 0)
    placed = []
    for number, (where, place) in enumerate(places):
        if where == memory:
            placed.append((pages[place] * PAGE + OFFSETS[place], number))
            pages[place] += 1
    lines = [f'.section .{memory}_code, "awx"']
    for offset, number in sorted(placed):
        lines += [f".org {offset}", f"patched{number}:", f"addi a0, a0, {OLD}", "ret"]
    return lines, max(pages.values()) + 1


TEMPLATE = """
  .include "flexv/isa.inc"
  .option norelax
  .option norvc
  .globl _start, begin_signature, end_signature
_start:
  csrr s7, mhartid
  li t0, 2
  bgeu s7, t0, park
  li t0, 0x10204000
  li t1, 1 << 16
  sw t1, 0(t0)
  li t1, 3
  sw t1, 0x200(t0)
  sw t1, 0x20c(t0)
  la s0, begin_signature
  li t0, {copy:#x}
  la t1, new_code
  lw t1, 0(t1)
  sw t1, 0(t0)
  {body}
  bnez s7, park
  li t0, 0x10200000
  sw x0, 0x100(t0)
  li t1, 1
  sw t1, 0(t0)
park:
  j park
barrier:
  li t0, 0x10204000
  p.elw t1, 0x21c, t0
  ret
  .balign 4
new_code:
  addi a0, a0, {new}
begin_signature:
  .skip 4 * {count}
end_signature:
  {functions}
"""


@runs.needs_compiler
class SelfModifying(unittest.TestCase):
    def test_new_code_is_executed_whoever_wrote_it(self) -> None:
        all_cases = cases()
        places = [(case.memory, case.place) for case in all_cases]
        body = "\n  ".join(text_of(number, case) for number, case in enumerate(all_cases))
        text = TEMPLATE.format(
            body=body,
            copy=COPY,
            new=NEW,
            count=len(all_cases),
            functions="\n  ".join(line for memory in VIEWS for line in functions(memory, places)[0]),
        )
        with tempfile.TemporaryDirectory() as folder:
            path, image, signature = (Path(folder) / name for name in ("code.S", "code.elf", "signature"))
            path.write_text(text)
            places = f"-Wl,-n,--section-start=.tcdm_code={TCDM:#x},--section-start=.l2_code={L2 + 0x100000:#x}"
            runs.assemble(path, image, places, f"-Wa,-I{runs.ROOT / 'sw/include'}")
            run = runs.simulate(image, max_cycles=500_000, options=("--signature", str(signature)))
            self.assertEqual(run.status, 0, run.stderr)
            results = [int(word, 16) for word in signature.read_text().split()]
        wrong = [f"{case}: {got}" for case, got in zip(all_cases, results) if got != EXPECTED]
        self.assertEqual(wrong, [])
        self.assertEqual(len(results), len(all_cases))


if __name__ == "__main__":
    runs.main()
