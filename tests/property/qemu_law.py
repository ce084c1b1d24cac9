#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random RV32IMC programs leave the same registers and memory on the Flex-V core as under QEMU.

Batches are assembled once and linked twice: as a Linux process for qemu-riscv32 and as firmware for flexv-vp;
code and data lie at the same addresses. The data lies in L2 or in TCDM, the core is that of the subset flexv or
rv32imc, each in turn.
FLEXV_SEED repeats a run. Without QEMU or a cross compiler the test is skipped (exit status 77).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from random_programs import BLOCK_WORDS, Generator

SKIPPED = 77
COMPILER = "riscv64-unknown-elf-gcc"
EMULATOR = "qemu-riscv32"
FOLDER = Path(__file__).resolve().parent
TEXT, PROGRAMS = 0x1C002000, 0x1C003000
DATA = (0x1C100000, 0x10001000)  # L2, TCDM; the linker puts the ELF header into the page below

ISA = ("flexv", "rv32imc")


@dataclass(frozen=True)
class Batch:
    """A batch in a folder of its own."""

    folder: Path
    seed: int
    programs: int
    instructions: int
    data: int
    isa: str

    def generate(self) -> None:
        self.folder.mkdir(parents=True)
        text = Generator(self.seed).batch(self.programs, self.instructions)
        (self.folder / "programs.S").write_text(text)

    def link(self, name: str, *options: str) -> Path:
        image = self.folder / name
        command = [COMPILER, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "-nostdlib", "-static", *options]
        command += [f"-Wl,-Ttext={TEXT:#x},--section-start=.programs={PROGRAMS:#x},--no-relax"]
        command += [f"-Wl,--section-start=.blocks={self.data:#x}", "-o", str(image)]
        run([*command, str(FOLDER / "qemu_start.S"), str(self.folder / "programs.S")])
        return image

    def under_qemu(self) -> list[int]:
        dump = run([EMULATOR, str(self.link("linux.elf"))]).stdout
        return list(struct.unpack(f"<{len(dump) // 4}I", dump))

    def on_flexv(self, program: str) -> list[int]:
        image, signature = self.link("flexv.elf", "-DON_FLEXV"), self.folder / "signature"
        settings = ["--set", "soc.cluster.core_count=1", "--set", f"soc.cluster.core.isa={self.isa}"]
        limits = ["--quiet", "--max-cycles", "50000000"]
        run([program, "run", str(image), *limits, *settings, "--signature", str(signature)])
        return [int(line, 16) for line in signature.read_text().split()]

    def differences(self, program: str) -> list[str]:
        """What the core does otherwise, a line per program."""
        self.generate()
        expected, actual = self.under_qemu(), self.on_flexv(program)
        if len(expected) != self.programs * BLOCK_WORDS or len(actual) != len(expected):
            return [f"{self.folder.name}: {len(actual)} words from flexv-vp, {len(expected)} from QEMU"]
        if any(block[0] != 0 for block in blocks(expected)):
            return [f"{self.folder.name}: not every program has come to its end under QEMU"]
        pairs = enumerate(zip(blocks(expected), blocks(actual)))
        return [
            f"{self.folder.name}/programs.S, program_{i}: {compared(wanted, got)}"
            for i, (wanted, got) in pairs
            if wanted != got
        ]


def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}\n{done.stderr.decode()}")
    return done


def blocks(words: list[int]) -> list[list[int]]:
    return [words[i : i + BLOCK_WORDS] for i in range(0, len(words), BLOCK_WORDS)]


def place(word: int) -> str:
    return f"x{word}" if word < 32 else f"memory word {word - 32}"


def compared(expected: list[int], actual: list[int]) -> str:
    return ", ".join(
        f"{place(i)} = {b:08x}, QEMU {a:08x}" for i, (a, b) in enumerate(zip(expected, actual)) if a != b
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="flexv-vp")
    parser.add_argument("--batches", type=int, default=4, metavar="N", help="runs of both sides (default 4)")
    parser.add_argument("--programs", type=int, default=256, metavar="N", help="programs a batch (default 256)")
    parser.add_argument("--instructions", type=int, default=200, metavar="N", help="of a program (default 200)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="new folder that keeps programs and images")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    for tool in (EMULATOR, COMPILER):
        if shutil.which(tool) is None:
            print(f"SKIPPED: {tool} is not installed")
            return SKIPPED
    seed = int(os.environ.get("FLEXV_SEED", random.SystemRandom().getrandbits(32)))
    print(f"FLEXV_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as workers:
        folder = options.keep or Path(scratch)
        batches = [
            Batch(folder / f"batch{i}", seed + i, options.programs, options.instructions, DATA[i % 2], ISA[i // 2 % 2])
            for i in range(options.batches)
        ]
        wrong = [line for lines in workers.map(lambda b: b.differences(options.program), batches) for line in lines]
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    if wrong:
        print(f"hint: FLEXV_SEED={seed} {__file__} {options.program} --keep DIR keeps the programs", file=sys.stderr)
    print(f"{options.batches * options.programs} programs, {len(wrong)} differ from QEMU")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
