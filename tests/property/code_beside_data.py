# SPDX-License-Identifier: Apache-2.0
"""Random programs whose data lie between the instructions, in one page with them: they compute the same in
the same number of cycles as with their data far away, whoever writes.

Eight cores run one program. Each works on words of its own and leaves messages for its neighbour; the DMA of
each core copies, too. Code has the same addresses in both forms and data the same banks, so that nothing but
the distance differs.
"""

from __future__ import annotations

import random
import tempfile
import unittest
from pathlib import Path

import runs

SEED = 20260611
PROGRAMS = 12
CORES = 8
PAGE = 4096
FAR = 0x8000  # a multiple of the banks' period
WORDS = 8  # of a core in a chunk
CHUNK = 4 * WORDS * CORES
RESULTS = ("t0", "t1", "t2", "a2", "a3", "a4")
BASES = {"l2": 0x1C010000, "tcdm": 0x10002000}
DMA = 0x10204400

OWN, MAILBOX = "s0", "s1"  # where a core's words of the present chunk are, and its neighbour's


class Generator:
    """The body of one program; the seed determines it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.labels = 0

    def label(self) -> str:
        self.labels += 1
        return f".Lbody{self.labels}"

    def computation(self) -> list[str]:
        target, left, right = (self.random.choice(RESULTS) for _ in range(3))
        operation = self.random.choice(("add", "sub", "xor", "mul", "sltu"))
        return [f"{operation} {target}, {left}, {right}"]

    def short_computation(self) -> list[str]:
        """16 bits, so that what follows may lie across a word, a line or a page."""
        return [f"c.addi {self.random.choice(RESULTS)}, {self.random.randint(1, 31)}"]

    def store(self) -> list[str]:
        base, reach = self.random.choice(((OWN, 4 * WORDS), (MAILBOX, 4 * WORDS)))
        size, width = self.random.choice((("sb", 1), ("sh", 2), ("sw", 4)))
        where = self.random.randrange(0, reach // 2 - width + 1)  # unaligned, too
        if base == MAILBOX:
            where += 4 * WORDS // 2  # its lower half is the neighbour's own
        return [f"{size} {self.random.choice(RESULTS)}, {where}({base})"]

    def load(self) -> list[str]:
        where = self.random.randrange(0, 4 * WORDS // 2 - 3)
        return [f"lw {self.random.choice(RESULTS)}, {where}({OWN})"]

    def branch(self) -> list[str]:
        skip = self.label()
        condition = self.random.choice(("beq", "blt", "bgeu"))
        registers = f"{self.random.choice(RESULTS)}, {self.random.choice(RESULTS)}"
        return [f"{condition} {registers}, {skip}", *self.computation(), f"{skip}:"]

    def plain(self) -> list[str]:
        kinds = (self.computation, self.short_computation, self.store, self.store, self.load)
        return self.random.choice(kinds)()

    def loop(self, level: int) -> list[str]:
        """A hardware loop; 1 holds 0. Its last instruction is a plain one, a store as often as not."""
        last = self.label()
        body = [line for _ in range(self.random.randint(1, 4)) for line in self.plain()]
        if level == 1:
            body += self.loop(0)
        if self.random.random() < 0.3:
            body += self.branch()
        end = self.store() if self.random.random() < 0.5 else self.computation()
        head = [f"li t6, {self.random.randint(2, 5)}", f"lp.setup {level}, t6, {last}"]
        return [*head, *body, *self.plain(), f"{last}:", *end]

    def piece(self) -> list[str]:
        kinds = (self.plain, self.plain, self.branch, lambda: self.loop(0), lambda: self.loop(1))
        return [line for _ in range(self.random.randint(2, 5)) for line in self.random.choice(kinds)()]

    def body(self, pieces: int) -> list[str]:
        lines: list[str] = []
        for number in range(pieces):
            lines += [f"CHUNK {number}", *self.piece(), f"j behind{number}", ".balign 4", f"chunk{number}:"]
            lines += [f".fill {CHUNK // 4}, 4, {self.random.getrandbits(31)}", f"behind{number}:"]
        return lines


def copy_by_dma() -> list[str]:
    """One word of L2 into the own part of the chunk, where nothing else writes; waits for its end."""
    return [
        f"li t6, {DMA:#x}",
        "lw s2, 0(t6)",
        "li s3, 4 | 1 << 17 | 1 << 18",
        "sw s3, 0(t6)",
        f"addi s3, s0, {4 * WORDS // 2 - 4}",
        "sw s3, 0(t6)",
        "la s3, words_for_dma",
        "sw s3, 0(t6)",
        "li s3, 1",
        "sll s3, s3, s2",
        "1: lw s4, 4(t6)",
        "and s4, s4, s3",
        "bnez s4, 1b",
        "sw s3, 4(t6)",
    ]


def source(seed: int, memory: str, distance: int) -> str:
    generator = Generator(seed)
    pieces = generator.random.randint(4, 6)
    lead = generator.random.randrange(PAGE - 1024, PAGE, 2)  # the body begins near the end of a page
    lines: list[str] = []
    for line in generator.body(pieces):
        word, _, number = line.partition(" ")
        if word != "CHUNK":
            lines.append(line)
            continue
        place = f"chunk{number} + {distance}"
        lines += [f"lui s0, %hi({place})", f"addi s0, s0, %lo({place})", "add s1, s0, s6", "add s0, s0, s5"]
        if memory == "tcdm" and generator.random.random() < 0.7:
            lines += copy_by_dma()
    return TEMPLATE.format(
        registers="\n".join(f"li {name}, {generator.random.getrandbits(32)}" for name in RESULTS),
        lead=lead,
        body="\n".join(lines),
        results="\n".join(f"sw {name}, {4 * index}(t6)" for index, name in enumerate(RESULTS)),
        words=len(RESULTS),
        cores=CORES,
        own=4 * WORDS,
        chunks="\n".join(f".word chunk{number}, chunk{number} + {distance}" for number in range(pieces)),
    )


# Core 0 puts the chunks where the body finds them, and at the end beside the results.
TEMPLATE = """
  .include "flexv/isa.inc"
  .option norelax
  .option norvc
  .globl _start, begin_signature, end_signature
_start:
  csrr s7, mhartid
  bnez s7, wait
  la t0, table
  la t1, table_end
1:
  lw t2, 0(t0)
  lw t3, 4(t0)
  li t4, {cores} * {own}
2:
  lw t5, 0(t2)
  sw t5, 0(t3)
  addi t2, t2, 4
  addi t3, t3, 4
  addi t4, t4, -4
  bnez t4, 2b
  addi t0, t0, 8
  bne t0, t1, 1b
wait:
  li t0, 0x10204000
  li t1, 1 << 16
  sw t1, 0(t0)  # event mask: the barrier's line
  li t1, (1 << {cores}) - 1
  sw t1, 0x200(t0)
  sw t1, 0x20c(t0)
  p.elw t1, 0x21c, t0  # barrier 0
  li t1, {own}
  mul s5, s7, t1
  addi s6, s7, 1
  andi s6, s6, {cores} - 1
  mul s6, s6, t1
  {registers}
  la t6, body
  jalr ra, 0(t6)
  la t6, begin_signature
  li s2, 4 * {words}
  mul s2, s2, s7
  add t6, t6, s2
  {results}
  li t0, 0x10204000
  p.elw t1, 0x21c, t0
  bnez s7, park
  la t0, table
  la t1, table_end
  la t2, chunk_results
1:
  lw t3, 4(t0)
  li t4, {cores} * {own}
2:
  lw t5, 0(t3)
  sw t5, 0(t2)
  addi t2, t2, 4
  addi t3, t3, 4
  addi t4, t4, -4
  bnez t4, 2b
  addi t0, t0, 8
  bne t0, t1, 1b
  li t0, 0x10200000
  sw x0, 0x100(t0)
  li t1, 1
  sw t1, 0(t0)
park:
  j park
  .balign 4
table:
  {chunks}
table_end:
words_for_dma:
  .word 0x600df00d
begin_signature:
  .skip 4 * {words} * {cores}
chunk_results:
  .skip (table_end - table) / 8 * {cores} * {own}
end_signature:

  .section .body, "awx"
  .skip {lead}
  .option rvc
body:
  {body}
  ret
"""


@runs.needs_compiler
class CodeBesideData(unittest.TestCase):
    def outcome(self, folder: Path, seed: int, memory: str, distance: int) -> tuple[runs.Run, str]:
        text = folder / "program.S"
        text.write_text(source(seed, memory, distance))
        image, signature = folder / "program.elf", folder / "signature"
        place = f"-Wl,--section-start=.body={BASES[memory]:#x},-n"
        runs.assemble(text, image, place, f"-Wa,-I{runs.ROOT / 'sw/include'}")
        run = runs.simulate(image, max_cycles=200_000, options=("--signature", str(signature)))
        self.assertEqual(run.status, 0, f"seed {seed} in {memory}, distance {distance:#x}: {run.stderr}")
        return run, signature.read_text()

    def check(self, memory: str) -> None:
        with tempfile.TemporaryDirectory() as name:
            for seed in range(SEED, SEED + PROGRAMS):
                near, near_results = self.outcome(Path(name), seed, memory, 0)
                far, far_results = self.outcome(Path(name), seed, memory, FAR)
                with self.subTest(memory=memory, seed=seed):
                    self.assertEqual(near_results, far_results)
                    self.assertEqual(near.report["cycles"], far.report["cycles"])
                    self.assertEqual(near.report["harts"], far.report["harts"])

    def test_code_in_the_tcdm(self) -> None:
        self.check("tcdm")

    def test_code_in_l2(self) -> None:
        self.check("l2")


if __name__ == "__main__":
    runs.main()
