# SPDX-License-Identifier: Apache-2.0
"""What no other hart and no cache may do to a program: make it faster.

Hart 0 runs random code over one bank of the TCDM and ends the run, the others load from the same bank all the
time. The numbers of the RTL are not needed for that.
"""

from __future__ import annotations

import random
import tempfile
import unittest
from pathlib import Path

import runs

SEEDS = range(6)
INSTRUCTIONS = 250
BANK_STRIDE = 64  # bytes from a word to the next one of its bank: 16 banks, the default
MAX_CYCLES = 100_000

START = """
  .globl _start
_start:
  csrr t0, mhartid
  andi t0, t0, 31
  li s0, 0x10000000
  li s1, 0x10002000
  beqz t0, main
1: lw t1, 0(s1)
  j 1b
main:
"""
END = """
  li t0, 0x1a1040a0
  li t1, 0x80000000
  sw t1, 0(t0)
  j .
"""


def body(seed: int) -> str:
    rng = random.Random(seed)
    lines = []
    for number in range(INSTRUCTIONS):
        register = f"a{rng.randrange(6)}"
        word = BANK_STRIDE * rng.randrange(8)
        lines += rng.choice(
            (
                [f"addi {register}, {register}, {rng.randrange(100)}"],
                [f"lw {register}, {word}(s0)"],
                [f"lw {register}, {word + 2}(s0)"],  # in two parts
                [f"sw {register}, {word}(s0)"],
                [f"lw {register}, {word}(s0)", f"add a0, a0, {register}"],
                [f"div {register}, a1, a2"],
                [f"mulh {register}, a1, a2"],
                [f"bgeu {register}, x0, 8f", "nop", "8:"],
                ["j 9f", "nop", "9:"],
                [f"li a7, {2 + rng.randrange(4)}", f"7: lw {register}, {word}(s0)", "addi a7, a7, -1", "bnez a7, 7b"],
            )
        )
        if number % 50 == 49:
            lines.append(".balign 64")
    return "\n".join("  " + line for line in lines)


def build(folder: str, seed: int) -> Path:
    source = Path(folder) / f"{seed}.S"
    source.write_text(START + body(seed) + END)
    image = Path(folder) / f"{seed}.elf"
    runs.assemble(source, image, "-nostartfiles", "-Wl,-Ttext=0x1c000000")
    return image


class TimingLaws(unittest.TestCase):
    def cycles(self, image: Path, harts: int, is_ideal: bool) -> int:
        settings = {
            "soc.cluster.core_count": harts,
            "soc.cluster.icache.is_ideal": str(is_ideal).lower(),
            "soc.cluster.icache.is_enabled_at_reset": "true",
        }
        run = runs.simulate(image, settings, MAX_CYCLES)
        self.assertEqual(run.status, 0, run.stderr)
        return int(run.report["cycles"])

    @runs.needs_compiler
    def test_a_conflict_more_never_shortens(self) -> None:
        waited = False
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                image = build(folder, seed)
                alone = self.cycles(image, 1, True)
                for harts in (2, 4, 8):
                    with self.subTest(seed=seed, harts=harts):
                        among_others = self.cycles(image, harts, True)
                        self.assertGreaterEqual(among_others, alone)
                        waited = waited or among_others > alone
        self.assertTrue(waited, "nobody was ever in the way")

    @runs.needs_compiler
    def test_ideal_caches_are_never_slower(self) -> None:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                image = build(folder, seed)
                for harts in (1, 8):
                    with self.subTest(seed=seed, harts=harts):
                        self.assertLess(self.cycles(image, harts, True), self.cycles(image, harts, False))


if __name__ == "__main__":
    runs.main()
