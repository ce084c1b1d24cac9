# SPDX-License-Identifier: Apache-2.0
"""Code that the fabric controller writes, and code that it executes: in the TCDM and in L2, by itself and by a core
of the cluster, across words and pages, and in the course of a hardware loop.
"""

from __future__ import annotations

import itertools
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import runs
import self_modifying
from self_modifying import L2, NEW, OFFSETS, OLD, PAGE, TCDM, EXPECTED

MEMORIES = {"tcdm": TCDM, "l2": L2 + 0x100000}
HARTS = ("fabric", "core")
ROUNDS = 3000  # of a loop that somebody writes into or beside
BESIDE = 40  # words that are written beside such a loop, one after the other
QUANTA = (1, 1000)


@dataclass(frozen=True)
class Case:
    memory: str
    executor: str
    writer: str
    place: str


CASES = [Case(*parts) for parts in itertools.product(MEMORIES, HARTS, HARTS, OFFSETS)]
LOOPS = list(itertools.product(MEMORIES, HARTS, ("beside", "into")))  # memory, who executes, where the other one writes


def stores_of_code(target: str) -> list[str]:
    """By halfwords, as the instruction may cross a word."""
    return [f"la t1, {target}", "la t2, new_code", "lhu t3, 0(t2)", "sh t3, 0(t1)", "lhu t3, 2(t2)", "sh t3, 2(t1)"]


def side_of(hart: str, number: int, case: Case) -> list[str]:
    """What one of the two does in a case; they meet before the write, behind it, and at the end."""
    executes, writes = hart == case.executor, hart == case.writer
    lines = [f"# {number}: {case}"]
    if executes:
        lines += ["li a0, 0", f"la s1, patched{number}", "jalr ra, 0(s1)"]
    lines += ["call meet", *(stores_of_code(f"patched{number}") if writes else []), "call meet"]
    if executes:
        last = f"last_{hart}{number}"
        lines += ["fence.i", f"la s1, patched{number}", "li t0, 5", f"lp.setup 0, t0, {last}"]
        lines += ["jalr ra, 0(s1)", "nop", f"{last}: nop", f"la t1, results + {4 * number}", "sw a0, 0(t1)"]
    return [*lines, "call meet"]


def side_of_loop(hart: str, number: int, memory: str, executor: str, where: str) -> list[str]:
    lines = [f"# loop {number}: {executor} in {memory}, the other one writes {where}", "call meet"]
    if hart == executor:
        lines += ["li a0, 0", f"la s1, loop{number}", "jalr ra, 0(s1)"]
        lines += [f"la t1, results + {4 * (len(CASES) + number)}", "sw a0, 0(t1)"]
    elif where == "beside":
        lines += [f"la t1, beside{number}", f"la t2, loop{number}", f"li t0, {BESIDE}"]
        lines += ["1: sw t0, 0(t1)", "sw t0, -4(t2)", "addi t1, t1, 4", "addi t0, t0, -1", "bnez t0, 1b"]
    else:
        lines += ["li t0, 100", "1: addi t0, t0, -1", "bnez t0, 1b", *stores_of_code(f"inside{number}")]
    return [*lines, "call meet"]


def functions(memory: str) -> list[str]:
    """The loops have pages of their own."""
    lines, first = self_modifying.functions(memory, [(case.memory, case.place) for case in CASES])
    for number, (place, _, _) in enumerate(LOOPS):
        if place != memory:
            continue
        lines += [f".org {first * PAGE}", ".skip 64", f"loop{number}:", f"li t0, {ROUNDS}"]
        lines += [f"lp.setup 0, t0, end{number}", f"inside{number}:", f"addi a0, a0, {OLD}", "nop", f"end{number}: nop"]
        lines += ["ret", f"beside{number}:", f".skip {4 * BESIDE}"]
        first += 1
    return lines


TEMPLATE = """
  .include "flexv/isa.inc"
  .option norelax
  .option norvc
  .globl _start, begin_signature, end_signature
_start:
  li s4, 0
  csrr s7, mhartid
  li t0, 0x3e0
  beq s7, t0, fabric
  bnez s7, park
  la s2, met
  addi s3, s2, 4
  {core}
  li t0, 0x10200000
  sw x0, 0x100(t0)
  li t1, 1
  sw t1, 0(t0)
park:
  j park
fabric:
  la s3, met
  addi s2, s3, 4
  li t0, 0x10200000
  la t1, _start
  sw t1, 0x40(t0)
  li t1, 1
  sw t1, 8(t0)
  {fabric}
  j park
meet:
  addi s4, s4, 1
  sw s4, 0(s2)
1:
  lw t1, 0(s3)
  blt t1, s4, 1b
  ret
  .balign 4
new_code:
  addi a0, a0, {new}
met:
  .word 0, 0
begin_signature:
results:
  .skip 4 * {count}
end_signature:
  {functions}
"""


def program() -> str:
    sides = {hart: [line for number, case in enumerate(CASES) for line in side_of(hart, number, case)] for hart in HARTS}
    for hart in HARTS:
        for number, loop in enumerate(LOOPS):
            sides[hart] += side_of_loop(hart, number, *loop)
    return TEMPLATE.format(
        core="\n  ".join(sides["core"]),
        fabric="\n  ".join(sides["fabric"]),
        new=NEW,
        count=len(CASES) + len(LOOPS),
        functions="\n  ".join(line for memory in MEMORIES for line in functions(memory)),
    )


@runs.needs_compiler
class FabricCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.results = []
        with tempfile.TemporaryDirectory() as folder:
            path, image, signature = (Path(folder) / name for name in ("code.S", "code.elf", "signature"))
            path.write_text(program())
            places = ",".join(f"--section-start=.{memory}_code={base:#x}" for memory, base in MEMORIES.items())
            runs.assemble(path, image, f"-Wl,-n,{places}", f"-Wa,-I{runs.ROOT / 'sw/include'}")
            for quantum in QUANTA:
                settings: dict[str, object] = {"simulation.quantum_cycles": quantum}
                options = ("--config", "pulp_open", "--signature", str(signature))
                run = runs.simulate(image, settings, 2_000_000, options)
                if run.status != 0:
                    raise RuntimeError(run.stderr)
                cls.results.append([int(word, 16) for word in signature.read_text().split()])

    results: list[list[int]]

    def test_the_quantum_changes_nothing(self) -> None:
        self.assertTrue(all(results == self.results[0] for results in self.results))

    def test_new_code_is_executed_whoever_wrote_it(self) -> None:
        wrong = [f"{case}: {got}" for case, got in zip(CASES, self.results[0]) if got != EXPECTED]
        self.assertEqual(wrong, [])
        self.assertEqual(len(self.results[0]), len(CASES) + len(LOOPS))

    def test_a_loop_goes_on_while_somebody_writes_beside_it(self) -> None:
        for loop, got in zip(LOOPS, self.results[0][len(CASES) :]):
            if loop[2] == "beside":
                with self.subTest(loop=loop):
                    self.assertEqual(got, ROUNDS * OLD)

    def test_a_loop_goes_on_with_the_new_instruction(self) -> None:
        """Some rounds have the old one, some the new one, and none is lost."""
        for loop, got in zip(LOOPS, self.results[0][len(CASES) :]):
            if loop[2] == "into":
                with self.subTest(loop=loop):
                    rounds, rest = divmod(got - ROUNDS * OLD, NEW - OLD)
                    self.assertEqual(rest, 0)
                    self.assertGreater(rounds, 0)
                    self.assertLess(rounds, ROUNDS)


if __name__ == "__main__":
    runs.main()
